"""`archc migrate` as a user calls it: in place, as a patch, as a check; all files or none."""

from pathlib import Path

import pytest

from archc.cli.main import main

OLD = "# mine\nname: a\nextends: resnet50\n"
NEW = "# mine\narchc: 1\nname: a\nextends: resnet50\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "new.yaml").write_text(NEW, encoding="utf-8")
    (tmp_path / "old.yaml").write_bytes(b"\xef\xbb\xbf" + OLD.encode())
    return tmp_path


def test_written_in_place(folder: Path) -> None:
    assert main(["migrate", str(folder)]) == 0
    assert (folder / "old.yaml").read_bytes() == b"\xef\xbb\xbf" + NEW.encode()


def test_what_is_up_to_date_is_not_touched(folder: Path) -> None:
    before = (folder / "new.yaml").stat()
    main(["migrate", str(folder)])
    assert (folder / "new.yaml").stat() == before


@pytest.mark.parametrize(("option", "code"), [("--check", 1), ("--diff", 0)])
def test_nothing_is_written(folder: Path, option: str, code: int) -> None:
    assert main(["migrate", option, str(folder)]) == code
    assert (folder / "old.yaml").read_bytes() == b"\xef\xbb\xbf" + OLD.encode()


def test_the_patch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate", "--diff", str(folder / "old.yaml")])
    assert capsys.readouterr().out.splitlines()[3:] == [" \ufeff# mine", "+archc: 1", " name: a", " extends: resnet50"]


def test_a_check_of_what_is_up_to_date(folder: Path) -> None:
    assert main(["migrate", "--check", str(folder / "new.yaml")]) == 0


def test_one_that_cannot_be_leaves_all_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "later.yaml").write_text("archc: 99\nname: a\n", encoding="utf-8")
    assert main(["migrate", str(folder)]) == 1
    assert (folder / "old.yaml").read_bytes() == b"\xef\xbb\xbf" + OLD.encode()
    assert "later.yaml:1:8" in capsys.readouterr().err


def test_standard_input_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "-"]) == 2
    assert "`-` is none" in capsys.readouterr().err
