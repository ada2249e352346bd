"""Which files `archc check` takes: folders, patterns, standard input, what git calls changed; and where the report goes."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_specs import GOOD

from archc.cli.main import main
from archc.cli.targets import targets

BAD = GOOD.replace("classes: 10", "clases: 10")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path in ("a.yaml", "b.yml", "deep/er/c.yaml", "deep/d.yaml", "e.txt", ".hidden.yaml", ".git_/f.yaml", "deep/[x].yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(GOOD.format(name="net"))
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["."], ["./a.yaml", "./b.yml", "./deep/[x].yaml", "./deep/d.yaml", "./deep/er/c.yaml"]),
        (["deep", "a.yaml"], ["deep/[x].yaml", "deep/d.yaml", "deep/er/c.yaml", "a.yaml"]),
        (["*.y*ml"], ["a.yaml", "b.yml"]),
        (["**/*.yaml"], ["a.yaml", "deep/[x].yaml", "deep/d.yaml", "deep/er/c.yaml"]),
        (["de*"], ["deep/[x].yaml", "deep/d.yaml", "deep/er/c.yaml"]),
        (["deep/[x].yaml"], ["deep/[x].yaml"]),
        (["a.yaml", "*.yaml", "./a.yaml"], ["a.yaml"]),
        (["resnet18", "-"], ["resnet18", "-"]),
        ([".hidden.yaml"], [".hidden.yaml"]),
    ],
)
def test_files_meant(paths: list[str], expected: list[str]) -> None:
    assert targets(paths) == expected


def test_a_link_only_where_the_file_itself_is_not_meant(folder: Path) -> None:
    (folder / "0.yaml").symlink_to("a.yaml")
    (folder / "1.yaml").symlink_to("nowhere.yaml")
    assert (targets(["0.yaml"]), targets(["*.yaml"]), targets(["a.yaml", "0.yaml"])) == (
        ["0.yaml"],
        ["a.yaml", "1.yaml"],
        ["a.yaml"],
    )


@pytest.mark.usefixtures("folder")
def test_a_pattern_that_matches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["check", "z*.yaml"]), capsys.readouterr().err) == (2, "error: no file matches `z*.yaml`\n")


class TestStandardInput:
    def give(self, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-8")), encoding="utf-8"))

    @pytest.mark.parametrize(("text", "code"), [(GOOD.format(name="net"), 0), (BAD.format(name="net"), 1), ("", 1)])
    def test_exit_code(self, text: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(text, monkeypatch)
        assert main(["check", "-"]) == code

    @pytest.mark.parametrize(("words", "name"), [([], "<stdin>"), (["--stdin-name", "deep/net.yaml"], "deep/net.yaml")])
    def test_name(self, words: list[str], name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.give(BAD.format(name="net"), monkeypatch)
        main(["check", "-", "--format", "concise", *words])
        assert capsys.readouterr().out.startswith(f"{name}:4:1: error[E0201]: ")

    def test_parents_are_beside_the_name(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give("archc: 1\nname: child\nextends: d\nexpect: {depth: 4}\n", monkeypatch)
        assert main(["check", "-", "--stdin-name", "deep/child.yaml"]) == 0

    def test_it_stands_for_the_file_of_its_name(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(BAD.format(name="net"), monkeypatch)
        assert main(["check", "-", "--stdin-name", "a.yaml"]) == 1

    def test_a_name_for_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "resnet18", "--stdin-name", "x.yaml"]), capsys.readouterr().err.splitlines()[0]) == (
            2,
            "error: --stdin-name names what `-` stands for, and no `-` is given",
        )

    def test_too_much_is_refused(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.give("# " * 1000, monkeypatch)
        main(["check", "-", "--limit", "bytes=100", "--format", "concise"])
        assert "error[E0401]" in capsys.readouterr().out


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True, capture_output=True)


class TestChanged:
    @pytest.fixture
    def repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """`main` with three specs; on a branch one committed, one staged, one unstaged, one new, one deleted."""
        monkeypatch.chdir(tmp_path)
        git("init", "--initial-branch=main")
        (tmp_path / "specs").mkdir()
        for name in ("same", "committed", "staged", "unstaged", "gone"):
            (tmp_path / "specs" / f"{name}.yaml").write_text(GOOD.format(name=name))
        git("add", "--all")
        git("commit", "--message", "one")
        git("checkout", "-b", "topic")
        (tmp_path / "specs" / "committed.yaml").write_text(GOOD.format(name="other"))
        git("commit", "--all", "--message", "two")
        (tmp_path / "specs" / "staged.yaml").write_text(GOOD.format(name="other"))
        git("add", "--all")
        (tmp_path / "specs" / "unstaged.yaml").write_text(GOOD.format(name="other"))
        (tmp_path / "specs" / "nèw $(x).yaml").write_text(GOOD.format(name="other"))
        (tmp_path / "specs" / "gone.yaml").unlink()
        (tmp_path / "top.yaml").write_text(GOOD.format(name="other"))
        return tmp_path

    @pytest.mark.usefixtures("repository")
    @pytest.mark.parametrize(
        ("paths", "revision", "expected"),
        [
            (["specs"], "HEAD", ["nèw $(x)", "staged", "unstaged"]),
            (["specs"], "main", ["committed", "nèw $(x)", "staged", "unstaged"]),
            ([], "HEAD", ["top", "nèw $(x)", "staged", "unstaged"]),
            ([], "specs", ["nèw $(x)", "staged", "unstaged"]),
            (["specs/staged.yaml", "specs/same.yaml"], "HEAD", ["staged"]),
        ],
    )
    def test_since(self, paths: list[str], revision: str, expected: list[str]) -> None:
        assert [Path(path).stem for path in targets(paths, revision)] == expected

    def test_below_a_folder(self, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(repository / "specs")
        assert targets(["."], "HEAD") == ["./nèw $(x).yaml", "./staged.yaml", "./unstaged.yaml"]

    def test_what_main_has_done_meanwhile_is_not_changed(self, repository: Path) -> None:
        git("stash", "--include-untracked")
        git("checkout", "main")
        (repository / "specs" / "same.yaml").write_text(GOOD.format(name="other"))
        git("commit", "--all", "--message", "three")
        git("checkout", "topic")
        assert targets(["specs"], "main") == ["specs/committed.yaml"]

    def test_none(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git("stash", "--include-untracked")
        assert (main(["check", "specs", "--changed"]), capsys.readouterr().out) == (0, "0 files checked: all good\n")

    @pytest.mark.usefixtures("repository")
    @pytest.mark.parametrize("revision", ["nope", "--upload-pack=x", "HEAD:specs", ""])
    def test_no_revision(self, revision: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "specs", f"--changed={revision}"]), capsys.readouterr().err.splitlines()[0]) == (
            2,
            f"error: git knows no revision `{revision}`",
        )

    def test_before_the_first_commit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        git("init")
        (tmp_path / "a.yaml").write_text(GOOD.format(name="a"))
        git("add", "--all")
        assert targets([], "HEAD") == ["./a.yaml"]

    def test_no_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        monkeypatch.chdir(tmp_path)
        assert (main(["check", "--changed"]), capsys.readouterr().err.splitlines()[1]) == (2, "run it in a git repository")

    def test_no_git(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert main(["check", "--changed"]) == 2


class TestOutput:
    @pytest.fixture(autouse=True)
    def bad(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "bad.yaml").write_text(BAD.format(name="bad"))

    @pytest.mark.parametrize("form", ["text", "concise", "json", "sarif", "github", "gitlab", "junit"])
    def test_every_format(self, form: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "bad.yaml", "--format", form]) == 1
        assert "E0201" in capsys.readouterr().out

    def test_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "bad.yaml", "--format", "json", "-o", "out.json"]) == 1
        assert json.loads((tmp_path / "out.json").read_text())["errors"] == 1
        said = capsys.readouterr()
        assert (said.out, said.err) == (
            "1 file checked: 1 error in bad.yaml (1 can be mended with --fix)\n",
            "wrote out.json\n",
        )

    @pytest.mark.parametrize(("words", "code"), [([], 2), (["--force"], 1)])
    def test_an_existing_file(self, words: list[str], code: int, tmp_path: Path) -> None:
        (tmp_path / "out.json").write_text("mine")
        assert main(["check", "bad.yaml", "-o", "out.json", *words]) == code
        assert ((tmp_path / "out.json").read_text() == "mine") is (code == 2)

    def test_a_limit_cuts(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "worse.yaml").write_text(BAD.format(name="worse"))
        assert main(["check", ".", "--format", "json", "--limit", "diagnostics=1"]) == 1
        said = json.loads(capsys.readouterr().out)
        assert (len(said["diagnostics"]), said["omitted"], said["errors"]) == (1, 1, 2)


class TestWarnings:
    @pytest.fixture(autouse=True)
    def odd(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "odd.yaml").write_text(GOOD.format(name="odd").replace("out: 16, r", "out: 20, r"))

    @pytest.mark.parametrize(
        ("words", "code"), [([], 0), (["--strict"], 1), (["--error-on-warning"], 1), (["--strict", "--no-lint"], 0)]
    )
    def test_exit_code(self, words: list[str], code: int) -> None:
        assert main(["check", "odd.yaml", *words]) == code

    def test_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["check", "odd.yaml"])
        lines = capsys.readouterr().out.splitlines()
        assert (lines[0], lines[-1]) == (
            "warning[W0601]: 20 channels are no multiple of 8",
            "1 file checked: 1 warning in odd.yaml",
        )
