"""Differences that are told by what blocks were told, not by what their operations look like or are called."""

from pathlib import Path

from small_specs import spec

from archc.analyse.diff.read import difference

BASIC = "{kind: basic, order: post, shortcut: B}"
OWN_ORDER = "{kind: basic, order: {each: [conv, norm, act], last: [conv, norm], after_add: [act]}, shortcut: B}"
WITHOUT_NORM = "{layer1: {out: 16, repeat: 2, conv1: {kernel: 3, out: out, norm: none}}, layer2: {out: 32, repeat: 2, stride: 2}}"


def changes(folder: Path, old: str, new: str, **definitions: str) -> list[str]:
    """The sentences of the difference between two specs, beside files of definitions."""
    files = {"old": old, "new": new, **{name: f"archc: 1\n{text}" for name, text in definitions.items()}}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = difference(folder / "old.yaml", folder / "new.yaml")
    return [f"{change.where}: {change.what}" for change in found.changes]


def test_a_shortcut_that_a_path_sets_in_one_block_is_told_in_its_word(tmp_path: Path) -> None:
    stages = "{layer1: {out: 16, repeat: 2}, layer2: {out: 32, repeat: 2, stride: 2, blocks.1.shortcut: none}}"
    assert changes(tmp_path, spec(BASIC), spec(BASIC, stages=stages)) == ["layer2, last block: shortcut B → none"]


def test_a_norm_that_is_gone_from_a_unit_is_no_other_order(tmp_path: Path) -> None:
    removed = ["layer1, every block: `norm1` removed: batch norm"]
    assert changes(tmp_path, spec(OWN_ORDER), spec(OWN_ORDER, stages=WITHOUT_NORM)) == removed


def test_an_order_that_is_spelled_out_is_the_one_its_word_stands_for(tmp_path: Path) -> None:
    removed = ["layer1, every block: `norm1` removed: batch norm"]
    assert changes(tmp_path, spec(BASIC), spec(OWN_ORDER, stages=WITHOUT_NORM)) == removed


def block(more: str) -> str:
    """A definition of two convolutions and steps between them."""
    first, last = "conv1: {kernel: 3, out: out, stride: stride}", "conv2: {kernel: 3, out: out}"
    return "\n  ".join(["stride_at: conv1\nsteps:", first, *more.splitlines(), last]) + "\n"


def test_a_step_whose_name_begins_as_the_additions_is_of_the_branch(tmp_path: Path) -> None:
    old, new = (spec(f"{{kind: {kind}, order: post, shortcut: B}}") for kind in ("noisy", "plain"))
    kinds = {"noisy": "block: noisy\n" + block("add_noise: {op: affine}"), "plain": "block: plain\n" + block("")}
    assert changes(tmp_path, old, new, **kinds) == ["every block: kind `noisy` → `plain`"]


def test_an_insertion_called_shortcut_is_no_shortcut(tmp_path: Path) -> None:
    policy = "{same: none, change: {module: projection, out: out, stride: stride}}"
    stages = "{layer1: {out: 16, repeat: 1, %s}, layer2: {out: 32, repeat: 1, stride: 2}}"
    inserted = stages % "insert: {shortcut: {module: squeeze_excite, width: 8, after: act_out}}"
    old, new = (
        spec(f"{{kind: basic, order: post, shortcut: {policy}}}", stages=each) for each in (inserted, stages % "stride: 2")
    )
    assert "layer1, every block: shortcut none → `projection`" in changes(tmp_path, old, new)


def test_a_norm_is_of_the_convolution_it_was_made_with_not_of_the_one_it_is_called_after(tmp_path: Path) -> None:
    steps = "conv_a: {op: conv, kernel: 3, out: out, when: deep}\nnorm_a: {op: norm, when: deep}"
    kind = "block: mine\nparameters: {deep: {type: boolean, default: true}}\n" + block(steps)
    old, new = (spec(f"{{kind: mine, order: post, shortcut: B, deep: {deep}}}") for deep in ("true", "false"))
    assert changes(tmp_path, old, new, mine=kind) == [
        "every block: deep true → false",
        "every block: `conv_a` removed: 3×3 convolution to 16 channels, 3×3 convolution to 32 channels",
        "every block: `norm_a` removed: batch norm",
    ]
