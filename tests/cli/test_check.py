"""`archc check`: what is checked, in which form it is told, and the exit code."""

import json
from pathlib import Path

import pytest
from small_specs import GOOD

from archc.cli.main import main
from archc.cli.several import Progress


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good network, a bad one, and a bad definition below."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD.format(name="good"))
    (tmp_path / "bad.yaml").write_text(GOOD.format(name="bad").replace("classes: 10", "clases: 10"))
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "mine.yml").write_text("archc: 1\nblock: mine\nstesp: {conv1: {kernel: 3, out: out}}\n")
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestText:
    def test_good_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "good.yaml"]), capsys.readouterr().out) == (0, "1 file checked: all good\n")

    def test_two_good_files(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "good.yaml", "resnet18"]), capsys.readouterr().out) == (0, "2 files checked: all good\n")

    def test_one_file_named_twice(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "good.yaml", "./good.yaml"]), capsys.readouterr().out) == (0, "1 file checked: all good\n")

    def test_bad_file_shows_the_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "bad.yaml"]) == 1
        shown = capsys.readouterr().out
        assert ("--> bad.yaml:4:1\n" in shown, shown.splitlines()[-1]) == (
            True,
            "1 file checked: 1 error in bad.yaml (1 can be mended with --fix)",
        )

    def test_folder_is_walked(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "."]) == 1
        shown = capsys.readouterr().out
        assert ("bad.yaml:4:1" in shown, "mine.yml:3:1" in shown, shown.splitlines()[-1].split(":")[0]) == (
            True,
            True,
            "3 files checked",
        )


@pytest.mark.usefixtures("folder")
class TestConcise:
    def test_one_line_a_problem(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "bad.yaml", "--format", "concise"]) == 1
        [line] = capsys.readouterr().out.splitlines()
        assert line.startswith("bad.yaml:4:1: error[E0201]: ")

    def test_good_file_is_silent(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "good.yaml", "--format", "concise"]), capsys.readouterr().out) == (0, "")

    def test_nothing_hidden_is_printed(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "a\x1b[2J.yaml").write_text("archc: 2\n")
        assert main(["check", "a\x1b[2J.yaml", "--format", "concise"]) == 1
        assert "\x1b" not in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
class TestJson:
    def test_place(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "bad.yaml", "--format", "json"]) == 1
        [found] = json.loads(capsys.readouterr().out)["diagnostics"]
        assert (found["code"], found["file"], found["line"], found["column"]) == ("E0201", "bad.yaml", 4, 1)

    def test_good_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "good.yaml", "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["diagnostics"] == []


class TestTargets:
    def test_a_parents_problem_is_told_once(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("one", "two"):
            (folder / f"{name}.yaml").write_text(f"archc: 1\nname: {name}\nextends: bad\n")
        assert main(["check", "bad.yaml", "one.yaml", "two.yaml", "--format", "concise"]) == 1
        assert len(capsys.readouterr().out.splitlines()) == 1

    @pytest.mark.usefixtures("folder")
    @pytest.mark.parametrize(("paths", "code"), [(["no.yaml"], 2), (["no.yaml", "good.yaml"], 2), (["no.yaml", "bad.yaml"], 1)])
    def test_missing_file(self, paths: list[str], code: int) -> None:
        assert main(["check", *paths]) == code

    def test_empty_folder(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", str(tmp_path)]) == 2
        assert capsys.readouterr().err == f"error: there is no *.yaml file in `{tmp_path}` or below it\n"

    def test_linked_folder_is_told(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "blocks" / "mine.yml").unlink()
        (folder / "bad.yaml").unlink()
        (folder / "blocks" / "up").symlink_to(folder)
        assert (main(["check", "."]), capsys.readouterr().err) == (
            0,
            "note: `./blocks/up` is a link to a folder, which is not followed\n",
        )

    def test_nearest_shipped_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "resnte50"]) == 2
        assert "did you mean `resnet50`?" in capsys.readouterr().out


class TestSettings:
    @pytest.mark.usefixtures("folder")
    def test_set(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "good.yaml", "--set", "stages.layer1.repeat=0", "--format", "concise"]) == 1
        assert "--set" in capsys.readouterr().out

    @pytest.mark.usefixtures("folder")
    @pytest.mark.parametrize(("limit", "code"), [("blocks=1", 0), ("bytes=100", 1)])
    def test_limit(self, limit: str, code: int) -> None:
        assert main(["check", "good.yaml", "--limit", limit]) == code


class TestProgress:
    @pytest.fixture
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("archc.cli.several.on_terminal", lambda: True)

    @pytest.mark.usefixtures("terminal")
    def test_shown_after_a_second(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        progress = Progress(60)
        monkeypatch.setattr("archc.cli.several.time.monotonic", lambda: progress.begin + 1.5)
        progress.show(12, "net.yaml")
        progress.clear()
        assert capsys.readouterr().err == "\r\x1b[Kchecking 12/60: 'net.yaml'\r\x1b[K"

    @pytest.mark.usefixtures("terminal")
    def test_not_within_the_first_second(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        progress = Progress(60)
        monkeypatch.setattr("archc.cli.several.time.monotonic", lambda: progress.begin + 0.5)
        progress.show(12, "net.yaml")
        progress.clear()
        assert capsys.readouterr().err == ""

    def test_not_into_a_file(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        progress = Progress(60)
        monkeypatch.setattr("archc.cli.several.time.monotonic", lambda: progress.begin + 1.5)
        progress.show(12, "net.yaml")
        progress.clear()
        assert capsys.readouterr().err == ""
