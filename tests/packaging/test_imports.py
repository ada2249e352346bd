"""What is loaded: start-up is part of every command, so heavy libraries come in only where they are used."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "onnx", "graphviz", "numpy", "jsonschema", "yaml", "importlib.metadata", "reportlab", "resvg_py"}


def loaded_after(program: str) -> set[str]:
    """Which of the heavy libraries are there after a program ran in a fresh interpreter."""
    code = f"{program}\nimport sys\nprint('|'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return HEAVY & set(done.stderr.splitlines()[-1].split("|"))


def command(*words: str) -> str:
    return f"from archc.cli.main import main\nassert main({list(words)}) == 0"


def test_import_archc_loads_none() -> None:
    assert loaded_after("import archc") == set()


def test_import_archc_loads_no_module_of_its_own() -> None:
    code = "import sys, archc; print(sorted(name for name in sys.modules if name.startswith('archc')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "['archc']\n"


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("explain", "E0540")])
def test_commands_without_a_spec_read_no_yaml(words: tuple[str, ...]) -> None:
    assert loaded_after(command(*words)) == set()


def test_an_own_backend_is_not_looked_for_among_installed_packages() -> None:
    """The help shows the options of the target."""
    assert loaded_after(command("build", "--help")) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("check", "resnet50"),
        ("resolve", "resnet50"),
        ("ir", "resnet18"),
        ("list", "--names"),
        ("diff", "resnet18", "resnet18"),
        ("cost", "resnet18"),
    ],
)
def test_checking_loads_no_library_of_a_backend(words: tuple[str, ...]) -> None:
    assert loaded_after(command(*words)) <= {"yaml", "jsonschema"}


def test_drawing_svg_loads_no_other_ink() -> None:
    assert loaded_after(command("draw", "resnet18", "-o", "-")) == {"yaml"}


def test_emitting_torch_source_needs_no_torch() -> None:
    assert loaded_after(command("build", "resnet50", "-o", "-")) & {"torch", "onnx", "graphviz", "numpy"} == set()


def test_public_names() -> None:
    import archc

    assert {name: getattr(archc, name).__name__ for name in archc.__all__ if name != "__version__"} == {
        name: name for name in archc.__all__ if name != "__version__"
    }


def test_unknown_attribute() -> None:
    import archc

    with pytest.raises(AttributeError, match="module 'archc' has no attribute 'torch_modul'"):
        archc.torch_modul  # noqa: B018
