"""A difference does not hang on how a step is called: a step named like a part of a unit is told as what it is."""

from pathlib import Path

from small_specs import spec

from archc.analyse.diff.read import difference

HEAD = "parameters: {mid: {type: channels, default: out}}\n"
PLAIN = "conv1: {kernel: 3, out: mid}\n  conv2: {kernel: 3, out: out}"
SETTINGS = "kind: mine.yaml, order: post, shortcut: B, stride_at: conv1"


def sentences(folder: Path, old: str, new: str, *, settings: tuple[str, str] = (SETTINGS, SETTINGS)) -> list[str]:
    """Each change between two networks whose blocks have these steps."""
    for name, steps, words in (("old", old, settings[0]), ("new", new, settings[1])):
        place = folder / name
        place.mkdir()
        (place / "mine.yaml").write_text(f"archc: 1\nblock: mine\n{HEAD}steps:\n  {steps}\n", encoding="utf-8")
        (place / "net.yaml").write_text(spec(f"{{{words}}}"), encoding="utf-8")
    changes = difference(str(folder / "old" / "net.yaml"), str(folder / "new" / "net.yaml")).changes
    return [f"{change.where}: {change.what}" for change in changes]


def test_a_norm_that_is_a_step_of_its_own_is_no_part_of_a_unit(tmp_path: Path) -> None:
    smooth = "smooth: {op: avg_pool, kernel: 3, padding: 1}"
    more = f"{PLAIN}\n  conv_a: {{op: conv, kernel: 1, out: out}}\n  {smooth}\n  norm_a: {{op: norm}}"
    assert sentences(tmp_path, more, PLAIN) == [
        "every block: `conv_a` removed: 1×1 convolution to 16 channels, 1×1 convolution to 32 channels",
        "every block: `smooth` removed: 3×3 avg pool",
        "every block: `norm_a` removed: batch norm",
    ]


def test_a_step_of_another_kind_of_block_may_be_called_as_the_addition_begins(tmp_path: Path) -> None:
    kinds = tuple(f"kind: {kind}, order: linear_out, shortcut: C, stride_at: conv1" for kind in ("basic", "mine.yaml"))
    more = f"{PLAIN}\n  add_noise: {{op: dropout, rate: 0.1}}"
    assert sentences(tmp_path, PLAIN, more, settings=(kinds[0], kinds[1])) == ["every block: kind `basic` → `mine`"]


def test_norms_that_are_steps_of_their_own_are_paired_by_what_they_are(tmp_path: Path) -> None:
    norms = [f"norm_{name}: {{op: norm, kind: batch, eps: {eps}}}" for name, eps in (("a", 0.001), ("b", 0.01), ("x", 0.001))]
    old, new = (f"conv_{name}: {{op: conv, kernel: 3, out: mid, stride: stride}}" for name in "ab")
    old, new = "\n  ".join((old, norms[0])), "\n  ".join((new, *norms[1:]))
    words = tuple(SETTINGS.replace("conv1", name) for name in ("conv_a", "conv_b"))
    assert sentences(tmp_path, old, new, settings=(words[0], words[1])) == [
        "every block: `norm_b` added: batch norm",
    ]


def test_a_module_in_place_of_a_convolution_takes_its_own_norm_alone(tmp_path: Path) -> None:
    old = "conv1: {op: conv, kernel: 3, out: mid}\n  norm1: {op: norm}\n  conv2: {kernel: 3, out: mid}"
    new = "conv1: {module: squeeze_excite, width: 8}\n  conv2: {kernel: 3, out: mid}"
    words = SETTINGS.replace("conv1", "conv2")
    assert sentences(tmp_path, old, new, settings=(words, words)) == [
        "every block: `conv1` 3×3 convolution → module `squeeze_excite`",
        "every block: `norm1` removed: batch norm",
    ]
