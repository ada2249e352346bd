"""Specs as they were at a git revision, in a repository made for each test."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from archc.analyse.diff import git as git_module
from archc.analyse.diff import revision
from archc.analyse.diff.read import difference
from archc.analyse.diff.revision import Revision, revision_of
from archc.diagnostics import SpecError

Git = Callable[..., None]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, a repository."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "a")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.org")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    return tmp_path


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "commit.gpgsign=false", "-c", "core.symlinks=true", *words], check=True, capture_output=True)


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commit(folder: Path, **files: str) -> None:
    write(folder, **files)
    git("add", "-A")
    git("commit", "-q", "-m", "x")


def child(parent: str = "resnet18", changes: str = "{}") -> str:
    return f"archc: 1\nname: net\nextends: {parent}\nset: {changes}\n"


def told(old: str, new: str) -> list[str]:
    return [f"{one.where}: {one.what}" if one.where else one.what for one in difference(old, new).changes]


def code(old: str, new: str = "resnet18") -> str:
    with pytest.raises(SpecError) as caught:
        difference(old, new)
    return caught.value.diagnostics[0].code


def test_a_file_before_it_was_changed(repo: Path) -> None:
    commit(repo, specs__net=child())
    commit(repo, specs__net=child(changes="{block.shortcut: D}"))
    assert told("HEAD~1:specs/net.yaml", "specs/net.yaml") == ["layer2–layer4, first block: shortcut B → D"]


def test_two_revisions(repo: Path) -> None:
    commit(repo, net=child())
    commit(repo, net=child(changes="{act: silu}"))
    assert told("HEAD:net.yaml", "HEAD~1:net.yaml") == ["every activation silu → relu"]


def test_the_parent_is_that_of_the_revision(repo: Path) -> None:
    commit(repo, parts__base=child(changes="{act: silu}"), net=child("parts/base.yaml"))
    commit(repo, parts__base=child(changes="{act: gelu}"))
    assert told("HEAD~1:net.yaml", "net.yaml") == ["every activation silu → gelu"]


BLOCK = "archc: 1\nblock: own\nstride_at: conv1\nsteps: {{conv1: {{kernel: {kernel}, out: out}}}}\n"


def test_the_block_is_that_of_the_revision(repo: Path) -> None:
    commit(repo, nets__own=BLOCK.format(kernel=3), nets__net=child(changes="{block.kind: own, layouts: null}"))
    write(repo, nets__own=BLOCK.format(kernel=5))
    assert told("HEAD:nets/net.yaml", "nets/net.yaml") == ["every block: `conv1` kernel 3 → 5"]


def test_what_ships_is_that_of_the_revision_in_a_checkout_of_archc(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, specs__blocks__own=BLOCK.format(kernel=3), specs__net=child(changes="{block.kind: own, layouts: null}"))
    write(repo, specs__blocks__own=BLOCK.format(kernel=5))
    base = (revision.shipped_root() / "resnet18.yaml").read_text(encoding="utf-8")
    policy = (revision.shipped_root() / "shortcuts" / "B.yaml").read_text(encoding="utf-8")
    projection = (revision.shipped_root() / "modules" / "projection.yaml").read_text(encoding="utf-8")
    block = (revision.shipped_root() / "blocks" / "basic.yaml").read_text(encoding="utf-8")
    commit(
        repo,
        specs__resnet18=base,
        specs__shortcuts__B=policy,
        specs__modules__projection=projection,
        specs__blocks__basic=block,
        specs__blocks__own=BLOCK.format(kernel=3),
    )
    write(repo, specs__blocks__own=BLOCK.format(kernel=5))
    for module in ("archc.language.library", "archc.analyse.diff.revision", "archc.language.shipped"):
        monkeypatch.setattr(f"{module}.shipped_root", lambda: repo / "specs")
    assert told("HEAD:specs/net.yaml", "specs/net.yaml") == ["every block: `conv1` kernel 3 → 5"]


def test_places_say_the_revision(repo: Path) -> None:
    commit(repo, net=child(changes="{act: silu}"))
    [change] = difference("HEAD:net.yaml", "resnet18").changes
    assert str(change.old_place) == "HEAD:net.yaml:4:7"


def test_a_branch_with_a_slash(repo: Path) -> None:
    commit(repo, base=child(changes="{act: silu}"), net=child("./base.yaml"))
    git("branch", "feature/x")
    [change] = difference("feature/x:net.yaml", "resnet18").changes
    assert str(change.old_place) == "feature/x:base.yaml:4:7"


def test_paths_are_from_the_root_and_with_a_dot_from_here(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, nets__net=child(changes="{act: silu}"))
    monkeypatch.chdir(repo / "nets")
    assert told("HEAD:./net.yaml", "HEAD:nets/net.yaml") == []


def test_a_file_with_a_colon_in_its_name_is_a_file(repo: Path) -> None:
    (repo / "a:b.yaml").write_text(child(changes="{act: silu}"), encoding="utf-8")
    assert told("./a:b.yaml", "a:b.yaml") == []


def test_the_copy_is_gone_afterwards(
    repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    commit(repo, net=child())
    place = tmp_path_factory.mktemp("copies")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    assert (told("HEAD:net.yaml", "resnet18"), os.listdir(place)) == ([], [])


REFUSED = [
    ("HEAD:nothing.yaml", "E0523"),
    ("HEAD:", "E0523"),
    ("HEAD:.", "E0523"),
    ("HEAD:../net.yaml", "E0523"),
    ("HEAD:/etc/passwd", "E0523"),
    ("HEAD:nets", "E0523"),
    ("HEAD:link.yaml", "E0523"),
    ("nothing:net.yaml", "E0522"),
    (":net.yaml", "E0522"),
    ("--output=x:net.yaml", "E0522"),
    ("HEAD\n:net.yaml", "E0522"),
    ("HEAD; touch x:net.yaml", "E0522"),
    ("$(touch x):net.yaml", "E0522"),
    ("HEAD:nets/own.yaml", "E0307"),
    ("HEAD:large.yaml", "E0401"),
    ("HEAD:broken.yaml", "E0112"),
]


@pytest.mark.parametrize(("target", "expected"), REFUSED, ids=ascii)
def test_refusals(target: str, expected: str, repo: Path) -> None:
    os.symlink("net.yaml", repo / "link.yaml")
    (repo / "large.yaml").write_bytes(b"#" * (2**20 + 1))
    commit(repo, net=child(), nets__own=BLOCK.format(kernel=3), broken="")
    before = sorted(os.listdir(repo))
    assert (code(target), sorted(os.listdir(repo))) == (expected, before)


def test_a_near_path_is_proposed(repo: Path) -> None:
    commit(repo, nets__network=child())
    with pytest.raises(SpecError) as caught:
        difference("HEAD:nets/netwrk.yaml", "resnet18")
    assert caught.value.diagnostics[0].help == "did you mean `HEAD:nets/network.yaml`?"


def test_a_shallow_clone_is_told_so(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, net=child())
    commit(repo, net=child(changes="{act: silu}"))
    git("clone", "-q", "--depth", "1", f"file://{repo}", "shallow")
    monkeypatch.chdir(repo / "shallow")
    with pytest.raises(SpecError) as caught:
        difference("HEAD~1:net.yaml", "net.yaml")
    assert caught.value.diagnostics[0].help == (
        "this clone is shallow, and `git fetch --unshallow` brings the rest; a file of that name is `./HEAD~1:net.yaml`"
    )


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert code("HEAD:net.yaml") == "E0521"


def test_without_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    assert code("HEAD:net.yaml") == "E0520"


def test_git_that_does_not_answer(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, net=child())
    monkeypatch.setattr(git_module, "SECONDS", 1e-9)
    assert code("HEAD:net.yaml") == "E0521"


def test_a_damaged_repository(repo: Path) -> None:
    commit(repo, net=child())
    (repo / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    assert code("HEAD:net.yaml") == "E0521"


def test_too_many_files(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, net=child(), other=child())
    monkeypatch.setattr(revision, "MOST", 1)
    assert code("HEAD:net.yaml") == "E0524"


TARGETS = [
    ("resnet18", None),
    ("HEAD:x.yaml", Revision("HEAD:x.yaml", "HEAD", "x.yaml")),
    ("a/b~2:c/x.yaml", Revision("a/b~2:c/x.yaml", "a/b~2", "c/x.yaml")),
    ("HEAD@{10:00}:x.yaml", Revision("HEAD@{10:00}:x.yaml", "HEAD@{10:00}", "x.yaml")),
    ("HEAD:a:b.yaml", Revision("HEAD:a:b.yaml", "HEAD", "a:b.yaml")),
    ("./a:b.yaml", None),
    ("../a:b.yaml", None),
    ("/nets/a:b.yaml", None),
    (r"C:\nets\x.yaml", None),
]


@pytest.mark.parametrize(("target", "expected"), TARGETS, ids=lambda value: ascii(value) if isinstance(value, str) else "")
def test_what_is_a_revision(target: str, expected: Revision | None) -> None:
    assert revision_of(target) == expected
