"""What archc offers to CI: pre-commit's hooks, GitHub's action, GitLab's template, and the page that shows them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SHOWN = {
    name: text for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) for name in text.split("\n")[:1]
}
SMALL = """\
archc: 1
name: small
input: {channels: 3, height: 32, width: 32}
classes: 10
stem: {conv: {kernel: 3, out: 16}}
block: {kind: bottleneck, order: post,  stride_at: conv1, shortcut: B}
stages:
  layer1: {out: 64, repeat: 2}
  layer2: {out: 128, repeat: 2, stride: 2}
  layer3: {out: 256, repeat: 2}
head:
  pool: {op: global_pool}
  flat: {op: flatten}
  fc: {op: linear, out: classes}
expect: {depth: 20}
"""
WIDE = """\
archc: 1
name: wide
extends: small
set:
  classes: 100
  stages.layer3.repeat: 12     # twice as many
expect: {depth: 50}
"""
ALLOW = "allow: {lossy_stride: as in the paper}\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which `archc` and `python` are those under test."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, words in (("archc", "-m archc "), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words}"$@"\n')
        (programs / name).chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COV", "GIT", "GITHUB"))}
    path = os.pathsep.join([str(programs), kept["PATH"]])
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


@pytest.fixture
def repository(tmp_path: Path, environment: dict[str, str]) -> Path:
    """Two specs, committed."""
    folder = tmp_path / "repository"
    (folder / "specs").mkdir(parents=True)
    (folder / "specs" / "small.yaml").write_text(SMALL)
    (folder / "specs" / "wide.yaml").write_text(WIDE)
    run(["git", "init", "--quiet", "--initial-branch=main"], folder, environment)
    commit(folder, environment)
    return folder


def run(words: list[str], folder: Path, environment: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=environment | more, stdout=-1, stderr=subprocess.STDOUT, text=True, check=False)


def commit(folder: Path, environment: dict[str, str]) -> str:
    """Everything committed; the commit's hash."""
    run(["git", "add", "--all"], folder, environment)
    run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--message", "x"], folder, environment)
    return run(["git", "rev-parse", "HEAD"], folder, environment).stdout.strip()


class TestPreCommit:
    def test_hooks_are_valid(self, tmp_path: Path) -> None:
        words = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
        assert run(words, tmp_path, dict(os.environ)).returncode == 0

    def run_hook(self, hook: dict[str, Any], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """As pre-commit runs it, with archc from the path instead of from an environment it makes."""
        local = {key: value for key, value in hook.items() if key != "description"} | {"language": "system"}
        (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local]}]}))
        run(["git", "add", "--all"], folder, environment)
        words = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"]
        return run(words, folder, environment, PRE_COMMIT_HOME=str(folder.parent / "cache"))

    @pytest.mark.parametrize(("old", "new", "code"), [("repeat", "repeat", 0), ("repeat", "repaet", 1)])
    def test_check(self, old: str, new: str, code: int, repository: Path, environment: dict[str, str]) -> None:
        (repository / "specs" / "wide.yaml").write_text(WIDE.replace(old, new))
        (repository / "other.yaml").write_text("not: a spec\n")
        assert self.run_hook(HOOKS[0], repository, environment).returncode == code

    def test_fix(self, repository: Path, environment: dict[str, str]) -> None:
        (repository / "specs" / "wide.yaml").write_text(WIDE.replace("repeat", "repaet"))
        said = self.run_hook(HOOKS[1], repository, environment)
        assert ("files were modified by this hook" in said.stdout, (repository / "specs" / "wide.yaml").read_text()) == (
            True,
            WIDE,
        )


class TestAction:
    @pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])
    def test_no_input_is_part_of_a_command(self, step: dict[str, Any]) -> None:
        assert ("${{" in step["run"], step["shell"]) == (False, "bash")

    def test_every_input_is_used(self) -> None:
        given = " ".join(value for step in STEPS for value in step.get("env", {}).values())
        assert sorted(set(re.findall(r"inputs\.(\w+)", given))) == sorted(ACTION["inputs"])

    def test_every_script_is_there(self) -> None:
        named = [name for step in STEPS for name in re.findall(r"\$GITHUB_ACTION_PATH/([\w./]+)", step["run"])]
        assert [name for name in named if not (ROOT / name).is_file()] == []

    def step(self, number: int, folder: Path, environment: dict[str, str], **given: str) -> subprocess.CompletedProcess[str]:
        """A step run as GitHub would, with the values that its `env` names."""
        values = {name: given.get(name, "") for name in STEPS[number].get("env", {})}
        summary = str(folder.parent / "summary.md")
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[number]["run"]]
        return run(words, folder, environment, GITHUB_ACTION_PATH=str(ROOT), GITHUB_STEP_SUMMARY=summary, **values)

    @pytest.mark.parametrize(
        ("spec", "strict", "code", "said"),
        [
            (SMALL + ALLOW, "true", 0, ""),
            (SMALL, "false", 0, "::warning file=specs/small.yaml,line=6,"),
            (SMALL, "true", 1, "::warning file=specs/small.yaml,line=6,"),
            (SMALL.replace("classes: 10", "clases: 10"), "false", 1, "::error file=specs/small.yaml,line=4,"),
        ],
        ids=["good", "warning", "strict", "error"],
    )
    def test_check(self, spec: str, strict: str, code: int, said: str, repository: Path, environment: dict[str, str]) -> None:
        (repository / "specs" / "small.yaml").write_text(spec)
        done = self.step(1, repository, environment, ARCHC_PATHS="specs/small.yaml\n\n", ARCHC_STRICT=strict)
        assert (done.returncode, done.stdout.startswith(said)) == (code, True)

    def test_sarif(self, repository: Path, environment: dict[str, str]) -> None:
        self.step(1, repository, environment, ARCHC_PATHS="specs", ARCHC_SARIF="archc.sarif")
        assert '"ruleId": "W0603"' in (repository / "archc.sarif").read_text()

    def test_paths_are_no_commands(self, repository: Path, environment: dict[str, str]) -> None:
        paths = "specs\n$(touch pwned)\n`touch pwned`\n; touch pwned\n--fix\n"
        done = self.step(1, repository, environment, ARCHC_PATHS=paths, ARCHC_STRICT="$(touch pwned)")
        assert (done.returncode, (repository / "pwned").exists()) == (2, False)

    def test_the_summary_tells_what_changed(self, repository: Path, environment: dict[str, str]) -> None:
        base = run(["git", "rev-parse", "HEAD"], repository, environment).stdout.strip()
        (repository / "specs" / "wide.yaml").write_text(WIDE.replace("classes: 100", "classes: 50"))
        (repository / "specs" / "a $(touch pwned).yaml").write_text(SMALL)
        commit(repository, environment)
        done = self.step(2, repository, environment, ARCHC_PATHS="specs", ARCHC_BASE=base)
        summary = (repository.parent / "summary.md").read_text()
        assert (done.returncode, "classes 100 → 50" in summary, "small" in summary, (repository / "pwned").exists()) == (
            0,
            True,
            False,
            False,
        )

    def test_what_cannot_be_compared_is_told(self, repository: Path, environment: dict[str, str]) -> None:
        base = run(["git", "rev-parse", "HEAD"], repository, environment).stdout.strip()
        (repository / "specs" / "wide.yaml").write_text(WIDE.replace("repeat", "repaet"))
        commit(repository, environment)
        self.step(2, repository, environment, ARCHC_PATHS="specs", ARCHC_BASE=base)
        assert "\n    error[E0201]: unknown key" in (repository.parent / "summary.md").read_text()

    def test_nothing_to_compare_with(self, repository: Path, environment: dict[str, str]) -> None:
        done = self.step(2, repository, environment, ARCHC_PATHS="specs")
        assert (done.returncode, (repository.parent / "summary.md").exists()) == (0, False)

    def test_a_base_is_no_option(self, repository: Path, environment: dict[str, str]) -> None:
        done = self.step(2, repository, environment, ARCHC_PATHS="specs", ARCHC_BASE="--upload-pack=touch pwned")
        assert (done.returncode != 0, (repository / "pwned").exists()) == (True, False)


class TestGitLab:
    JOB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "archc.gitlab-ci.yml").read_text(encoding="utf-8"))["archc"]

    @pytest.mark.parametrize(("spec", "code"), [(SMALL, 0), (SMALL.replace("classes: 10", "clases: 10"), 1)])
    def test_script(self, spec: str, code: int, repository: Path, environment: dict[str, str]) -> None:
        (repository / "specs" / "small.yaml").write_text(spec)
        lines = "\n".join(["set -eo pipefail", *self.JOB["script"]])
        done = run(["bash", "-c", lines], repository, environment, ARCHC_PATHS="specs")
        reports = self.JOB["artifacts"]["reports"].values()
        assert (done.returncode, [(repository / name).is_file() for name in reports]) == (code, [True, True])

    @pytest.mark.parametrize(
        ("package", "code"),
        [
            ("git+https://example.com/your/archc@v0.1.0", 0),
            (".", 0),
            ("x.whl", 0),
            ("", 2),
            ("archc", 2),
            ("archc-compiler", 2),
        ],
    )
    def test_what_is_installed_is_no_name(self, package: str, code: int, tmp_path: Path) -> None:
        (tmp_path / "python").write_text('#!/bin/sh\necho "$@" > installed\n')
        (tmp_path / "python").chmod(0o755)
        path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
        lines = "\n".join(["set -eo pipefail", *self.JOB["before_script"]])
        done = run(["bash", "-c", lines], tmp_path, dict(os.environ), PATH=path, ARCHC_PACKAGE=package)
        installed = tmp_path / "installed"
        words = installed.read_text().split()[-1:] if installed.exists() else []
        assert (done.returncode, words) == (code, [] if code else [package])


BUILTIN = {
    "action.yml": (ROOT / "action.yml", "vendor.github-actions", ()),
    "gitlab": (ROOT / "ci" / "archc.gitlab-ci.yml", "vendor.gitlab-ci", ("--data-transform", "gitlab-ci")),
    "workflow": ("# .github/workflows/specs.yml", "vendor.github-workflows", ()),
    "include": ("# .gitlab-ci.yml", "vendor.gitlab-ci", ("--data-transform", "gitlab-ci")),
}


@pytest.mark.parametrize(("file", "schema", "more"), BUILTIN.values(), ids=BUILTIN)
def test_its_own_schema_takes_it(file: Path | str, schema: str, more: tuple[str, ...], tmp_path: Path) -> None:
    path = file if isinstance(file, Path) else tmp_path / "shown.yml"
    if isinstance(file, str):
        path.write_text(SHOWN[file])
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *more, str(path)]
    done = run(words, tmp_path, dict(os.environ))
    assert (done.returncode, done.stdout) == (0, "ok -- validation done\n")


class TestPage:
    def test_sessions(self, repository: Path, environment: dict[str, str]) -> None:
        (repository / "specs" / "wide.yaml").write_text(WIDE.replace("repeat", "repaet"))
        text = "".join(re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
        lines = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        program = "".join(f"echo {shlex.quote('$ ' + line)}\n{line}\n" for line in lines)
        assert run(["bash", "-c", program], repository, environment).stdout == text

    def test_pre_commit_names_a_hook(self) -> None:
        [shown] = yaml.safe_load(SHOWN["# .pre-commit-config.yaml"])["repos"]
        assert [hook["id"] for hook in shown["hooks"]] == [HOOKS[0]["id"]]

    def test_the_workflow_gives_inputs_that_are_there(self) -> None:
        steps = yaml.safe_load(SHOWN["# .github/workflows/specs.yml"])["jobs"]["specs"]["steps"]
        assert set(steps[-1]["with"]) <= set(ACTION["inputs"])

    def test_gitlab_sets_a_variable_that_is_there(self) -> None:
        shown = yaml.safe_load(SHOWN["# .gitlab-ci.yml"])["archc"]["variables"]
        assert set(shown) <= set(TestGitLab.JOB["variables"])
