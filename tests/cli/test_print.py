"""The commands that print: `resolve`, `ir`, `schema`, `list`."""

import json
from pathlib import Path

import pytest
from graph_parser import from_text

from archc.cli.main import main
from archc.compile.pipeline import compile_spec, complete_spec, shipped
from archc.diagnostics import Source
from archc.ir.hash import graph_hash
from archc.language.document.loader import parse
from archc.language.document.nodes import plain
from archc.language.editor.view import editor_schema
from archc.limits import Limits


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


class TestResolve:
    @pytest.mark.parametrize("name", ["resnet50", "resnet152_v1", "cifar_preact_resnet110"])
    def test_values_are_the_resolved_ones(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        text = printed(capsys, "resolve", name)
        assert plain(parse(Source(name, text), Limits())) == plain(complete_spec(name))

    def test_places(self, capsys: pytest.CaptureFixture[str]) -> None:
        parent = dict(shipped())["resnet50"].read_text().splitlines()
        line = next(number for number, text in enumerate(parent, 1) if "stride_at: conv2" in text)
        lines = printed(capsys, "resolve", "resnet152", "--set", "classes=10").splitlines()
        found = {
            line.split(":")[0].strip(): line.partition("  # ")[2]
            for line in lines
            if line.strip().startswith(("name", "stride_at", "classes"))
        }
        assert found == {
            "name": "archc:resnet152.yaml:2",
            "stride_at": f"archc:resnet50.yaml:{line}",
            "classes": "--set classes:1",
        }

    def test_defaults_are_marked(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = printed(capsys, "resolve", "resnet50").splitlines()
        assert [line.split() for line in lines if line.lstrip().startswith("last_norm:")] == [
            ["last_norm:", "ones", "#", "default"]
        ]

    @pytest.mark.parametrize("name", ["resnet50", "resnet152_v1", "cifar_preact_resnet110", "vgg19"])
    def test_is_the_same_network(self, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / f"{name}.yaml").write_text(printed(capsys, "resolve", name))
        assert graph_hash(compile_spec(str(tmp_path / f"{name}.yaml")).graph) == graph_hash(compile_spec(name).graph)


class TestIr:
    def test_parses_back(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert from_text(printed(capsys, "ir", "resnet18")) == compile_spec("resnet18").graph


class TestSchema:
    def test_whole(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert json.loads(printed(capsys, "schema")) == editor_schema("any")

    @pytest.mark.parametrize("kind", ["network", "block", "module", "shortcut", "layout"])
    def test_kind(self, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert json.loads(printed(capsys, "schema", "--kind", kind))["$id"].endswith(f":{kind}")

    def test_a_spec_is_a_network(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert json.loads(printed(capsys, "schema", "--kind", "spec")) == editor_schema("network")

    def test_draft_07(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert json.loads(printed(capsys, "schema", "--draft", "07", "--kind", "layout")) == editor_schema("layout", "07")

    def test_a_report_has_one_draft(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = main(["schema", "--kind", "report", "--draft", "07"])
        said = "error: the schema of a report has only draft 2020-12\n"
        assert (code, capsys.readouterr().err.partition("\n")[0] + "\n") == (2, said)


class TestList:
    def test_names(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert printed(capsys, "list", "--names").split() == [name for name, _ in shipped()]

    def test_figures(self, capsys: pytest.CaptureFixture[str]) -> None:
        networks = json.loads(printed(capsys, "list", "--format", "json"))["networks"]
        assert next(network for network in networks if network["name"] == "resnet50") == {
            "name": "resnet50",
            "title": "ResNet-50",
            "params": 25557032,
            "macs": 4089184256,
            "depth": 50,
            "source": "arXiv:1512.03385, Table 1, 50-layer, v1.5",
        }

    @pytest.mark.parametrize("field", ["title", "params", "macs", "depth", "source"])
    def test_every_network_states(self, field: str, capsys: pytest.CaptureFixture[str]) -> None:
        networks = json.loads(printed(capsys, "list", "--format", "json"))["networks"]
        assert [network["name"] for network in networks if not network[field]] == []

    def test_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        row = next(line for line in printed(capsys, "list").splitlines() if line.startswith("resnet152 "))
        assert row.split() == ["resnet152", "60.19", "M", "11.51", "G", "152", "ResNet-152", "arXiv:1512.03385"]


def test_every_shipped_spec_is_a_file() -> None:
    assert [path for _, path in shipped() if not Path(path).is_file()] == []
