"""Whatever a spec says, `archc check` answers with diagnostics that stand in its text, soon and in little memory."""

import os
import time
from pathlib import Path

import fuzzing
import pytest
from fuzzing import Run, alone, run_bounded, save, smallest

PARTS, EACH = 10, 5_000
GOOD = {"net.yaml": "archc: 1\nname: net\nextends: resnet18\n"}


@pytest.mark.no_cover
@pytest.mark.parametrize("part", range(PARTS))
def test_fifty_thousand_broken_specs(part: int, tmp_path: Path) -> None:
    """Fresh ones by the million: `make fuzz`. What fails is printed with the folder of its smallest form."""
    run = Run(1, part * EACH, (part + 1) * EACH)
    assert [(fault, save(run, number, fault, tmp_path / "found")) for number, fault in run_bounded(run, tmp_path)] == []


class TestTheNet:
    """That what is looked for would be found."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def test_nothing_is_wrong_with_a_good_spec(self) -> None:
        assert alone(GOOD) == ""

    @pytest.mark.parametrize(
        ("does", "fault"),
        [
            (lambda: {}["x"], "KeyError: 'x'"),
            # far above the bound: this process may give back some of what it had at the fork
            (lambda: bytearray(4 << 30), "MemoryError: "),
            (lambda: os.kill(os.getpid(), 9), "the process ended with SIGKILL"),
            (lambda: any(iter(int, 1)), "the process ended with SIGPROF"),
            (lambda: time.sleep(9), "the process ended with SIGALRM"),
        ],
        ids=["exception", "memory", "signal", "time", "waiting"],
    )
    def test_faults(self, does: object, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
        if "ALRM" in fault:
            monkeypatch.setattr(fuzzing, "WAITING", 0.5)
        monkeypatch.setattr(fuzzing, "check_file", lambda *_, **__: does())  # type: ignore[operator]
        assert alone(GOOD) == fault

    def test_a_place_is_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzzing, "check_file", lambda *_, **__: (fuzzing.Diagnostic("E0001", "m"),))
        assert alone(GOOD) == "misplaced E0001"

    @pytest.mark.parametrize("character", ["\x1b", "\x85", "\u202e", "\ud800", "\ue000"])
    def test_a_control_character_is_seen(self, character: str) -> None:
        assert fuzzing.control(f"a\n{character}b") == character

    def test_what_the_fault_does_not_need_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzzing, "check_file", lambda *_, text, **__: () if b"k: 1" not in text else {}[text])
        files = {"net.yaml": "archc: 1\na: {k: 1}\nb: 2\n"}
        assert smallest(files, "KeyError: b''") == {"net.yaml": "k: 1"}
