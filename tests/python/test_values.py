"""What is read off networks in Python: values that print as the commands do, save by suffix, and refuse what they cannot be."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import archc
from archc.cli.main import main

SMALL, OTHER = "cifar_resnet20", "cifar_resnet32"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(list(words))
    return capsys.readouterr().out


def test_a_difference_prints_as_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    found = archc.diff(SMALL, OTHER)
    assert str(found) == printed(capsys, "diff", SMALL, OTHER)
    assert found.to_markdown() == printed(capsys, "diff", SMALL, OTHER, "--format", "markdown")
    assert found.to_dict() == json.loads(printed(capsys, "diff", SMALL, OTHER, "--format", "json"))
    assert (found.same, archc.diff(SMALL, SMALL).same) == (False, True)


def test_a_difference_of_networks_is_that_of_their_specs() -> None:
    net = archc.load(SMALL)
    by_networks, by_specs = (
        archc.diff(net, net.set({"block.shortcut": "B"})),
        archc.diff(SMALL, SMALL, set={"block.shortcut": "B"}),
    )
    assert str(by_networks) == str(by_specs)
    assert archc.diff(net, archc.load(SMALL, head=False)).same is False


def test_a_table_prints_as_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    found = archc.table(SMALL, OTHER)
    for form in ("markdown", "latex", "html", "csv", "json"):
        assert getattr(found, f"to_{form}")() == printed(capsys, "table", SMALL, OTHER, "--format", form)
    assert str(found) == printed(capsys, "table", SMALL, OTHER)


def test_records_are_numbers() -> None:
    rows = archc.table(SMALL, level="stage", columns=["output", "params"]).records()
    assert [(row["part"], row["output"], row["params"]) for row in rows[:2]] == [
        ("stem", "16×32×32", 464),
        ("layer1", "16×32×32", 14016),
    ]


def test_values_are_equal_by_what_they_say() -> None:
    def made(name: str) -> list[object]:
        net = archc.load(name)
        return [net.cost(), net.table(), net.draw(), archc.diff(net, "cifar_resnet44"), archc.check(name)]

    first, again, other = made(SMALL), made(SMALL), made(OTHER)
    assert first == again
    assert len({*first, *again}) == len(first)
    assert [one == two for one, two in zip(first[:4], other[:4], strict=True)] == [False] * 4
    assert archc.table(SMALL, size=64) != archc.table(SMALL)


def test_a_cost_prints_as_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    found = archc.load(SMALL).cost(convention="fvcore", batch=4, size=(64, 32))
    words = ("cost", SMALL, "--convention", "fvcore", "--batch", "4", "--size", "64x32")
    assert str(found) == printed(capsys, *words)
    for form in ("csv", "markdown", "json"):
        assert getattr(found, f"to_{form}")() == printed(capsys, *words, "--format", form)
    both = archc.load(SMALL).cost(archc.load(OTHER), explain=True)
    assert str(both) == printed(capsys, "cost", SMALL, OTHER, "--explain")


def test_a_figure_is_what_draw_writes(tmp_path: Path) -> None:
    for suffix in ("svg", "tex", "html", "dot"):
        assert main(["draw", SMALL, "-o", str(tmp_path / f"command.{suffix}")]) == 0
        archc.draw(SMALL).save(tmp_path / f"python.{suffix}")
        assert (tmp_path / f"command.{suffix}").read_bytes() == (tmp_path / f"python.{suffix}").read_bytes()
    assert archc.draw(SMALL, OTHER, diff=True).scene != archc.draw(SMALL, OTHER).scene
    assert archc.draw(SMALL, block="layer2.0").name == f"{SMALL}_layer2_0"
    assert archc.draw(block="bottleneck").name == "bottleneck"


def test_a_verdict_of_its_own_programs_and_of_a_module() -> None:
    net = archc.load(SMALL)
    verdict = archc.verify(net, net.torch(), sizes=[(16, 16)])
    assert verdict.equal
    assert len(verdict.pairs) == sum(1 for _ in net.graph.parameters())
    other = archc.verify(net, net.set({"act": "silu"}).torch(), sizes=[(16, 16)])
    assert not other.equal
    assert other.to_dict()["equal"] is False
    assert "different" in str(other)


def test_verifying_leaves_the_module_as_it_was() -> None:
    import torch

    net = archc.load(SMALL)
    module = net.torch()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    archc.verify(net, module, sizes=[(16, 16)])
    after = module.state_dict()
    assert all(torch.equal(value, after[key]) and value.dtype == after[key].dtype for key, value in before.items())


def test_reprs_are_one_line() -> None:
    net = archc.load(SMALL)
    values = [net, net.cost(), net.table(), net.draw(), archc.diff(SMALL, OTHER), archc.table(SMALL, level="block")]
    assert [repr(value) for value in values] == [
        "<Network cifar_resnet20: 269,722 parameters, 40,551,040 multiply-adds>",
        "<Cost in macs: cifar_resnet20 40,551,040>",
        "<Table: ResNet-20 (CIFAR-10)>",
        "<Figure cifar_resnet20: 402 × 1177 px>",
        "<Difference cifar_resnet20 → cifar_resnet32: 1 change>",
        "<Table: 7 rows of ResNet-20 (CIFAR-10)>",
    ]


def test_values_save_by_suffix(tmp_path: Path) -> None:
    archc.table(SMALL).save(tmp_path / "t.tex", standalone=True)
    assert (tmp_path / "t.tex").read_text().startswith(r"\documentclass")
    archc.diff(SMALL, OTHER).save(tmp_path / "d.md")
    with pytest.raises(archc.OutputError):
        archc.diff(SMALL, OTHER).save(tmp_path / "d.md")
    archc.diff(SMALL, OTHER).save(tmp_path / "d.md", force=True)
    with pytest.raises(archc.ArchcError, match=re.escape("unknown suffix `.docx`; there are: .txt, .md, .csv, .json")):
        archc.load(SMALL).cost().save(tmp_path / "c.docx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.md", "t.tex"]


WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: archc.table(SMALL, level="blok"), "unknown level `blok`; did you mean `block`?"),
    (lambda: archc.table(SMALL, columns="params"), "`columns` is a list of figures, not a text ('params')"),
    (lambda: archc.table(SMALL, columns=["parms"]), "unknown column `parms`; did you mean `params`?"),
    (lambda: archc.table(SMALL, SMALL), f"`{SMALL}` is given twice; a network is compared with others"),
    (lambda: archc.table(SMALL, size="224"), "`size` is a whole number of pixels, or (height, width), not a text ('224')"),
    (lambda: archc.table(SMALL).to_text(width=3), "`width` is a whole number from 20 to 10000, not 3"),
    (lambda: archc.table(SMALL).to_latex(style="ruld"), "unknown style `ruld`; did you mean `ruled`?"),
    (archc.draw, "a figure is of networks, of one `block`, or a `figure` of a paper"),
    (lambda: archc.draw(SMALL, theme="drak"), "unknown theme `drak`; did you mean `dark`?"),
    (lambda: archc.draw(SMALL, width=8), "`width` is a length, as 8.5cm, not a number (8)"),
    (lambda: archc.draw(SMALL, diff=True), "`diff` compares two networks; give it two"),
    (
        lambda: archc.load(SMALL).cost(dtype="float33"),
        "unknown dtype `float33`; there are: float64, float32, bfloat16, float16, float8, int8",
    ),
    (lambda: archc.load(SMALL).cost(batch=0), "`batch` is a whole number from 1 to 1,000,000,000, not 0"),
    (lambda: archc.load(SMALL).cost(convention="fvcor"), "unknown convention `fvcor`; did you mean `fvcore`?"),
    (lambda: archc.load(SMALL).cost(archc.load(OTHER)).count, "this is the cost of 2 networks; `records` has a row for each"),
    (lambda: archc.verify(SMALL), f"`network` is what `archc.load` makes, not a text ('{SMALL}')"),
    (lambda: archc.verify(archc.load(SMALL), 3), "`program` is a torch.nn.Module, or a text like `timm:NAME`, not a number (3)"),
    (lambda: archc.verify(archc.load(SMALL), sizes=[3]), "`sizes` is a list of (height, width), not a number (3)"),
    (lambda: archc.verify(archc.load(SMALL), tolerance=2.0), "`tolerance` is a number from 0 up to 1, not 2.0"),
    (
        lambda: archc.diff(SMALL, 3),
        "`new` is the path of a spec, the name of a shipped network, or REVISION:PATH, not a number (3)",
    ),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_calls(call: Callable[[], object], message: str) -> None:
    with pytest.raises(archc.ArchcError) as caught:
        call()
    assert str(caught.value) == message


def test_a_report_prints_as_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text(f"archc: 1\nname: bad\nextends: {SMALL}\nset: {{clases: 3}}\n")
    (tmp_path / "good.yaml").write_text(f"archc: 1\nname: good\nextends: {SMALL}\nset: {{classes: 3}}\n")
    report = archc.check(tmp_path)
    for form in ("text", "concise", "json", "sarif", "github", "gitlab", "junit"):
        assert report.written(form) == printed(capsys, "check", str(tmp_path), "--format", form)
    assert (report.ok, len(report.errors), archc.check(tmp_path / "good.yaml").ok) == (False, 1, True)


def test_checking_a_map_raises_nothing_and_has_its_lines() -> None:
    report = archc.check({"archc": 1, "name": "mine", "extends": SMALL, "set": {"clases": 10}}, {"archc": 2})
    assert [str(each.span) for each in report.errors] == ["<text 1>:4:7", "<text 2>:1:9"]


def test_weights_go_to_other_names_and_other_classes(tmp_path: Path) -> None:
    import torch

    net = archc.load("resnet18")
    module = net.torch()
    torch.save(module.state_dict(), tmp_path / "in.pth")
    told = archc.convert_weights(
        tmp_path / "in.pth", tmp_path / "out.pth", net, from_layout="torchvision", to_layout="huggingface", classes=10
    )
    other = net.set(classes=10).under("huggingface").torch()
    other.load_state_dict(torch.load(tmp_path / "out.pth"), strict=True)
    old, new = module.state_dict()["conv1.weight"], next(iter(other.parameters()))
    assert torch.equal(old, new)
    assert repr(told) == f"<Conversion: {told.written} tensors, {told.unchanged} of them as they were>"
    assert told.summary() != []
