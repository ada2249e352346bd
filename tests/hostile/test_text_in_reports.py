"""Four thousand hostile texts in what CI programs read, taken apart as they do: all are still those texts."""

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import pytest
from hostile_texts import COUNT, TEXTS, batches

from archc.diagnostics import Diagnostic, Note, Source, Span
from archc.rendering.concise import as_concise
from archc.rendering.github import as_github
from archc.rendering.gitlab import as_gitlab
from archc.rendering.jsonout import as_json
from archc.rendering.junit import as_junit
from archc.rendering.report import Report, report
from archc.rendering.sarif import as_sarif
from archc.rendering.text import as_text
from archc.rendering.visible import clipped, visible

pytestmark = pytest.mark.no_cover


def said(texts: Sequence[str]) -> Report:
    """A report that says each text in all that a diagnostic has."""
    span = Span(Source("net.yaml", "a\n"), 1, 1, 1, 2)
    found = [Diagnostic("E0201", text, span, text, (Note(text, span), Note(text)), text) for text in dict.fromkeys(texts)]
    return report(["net.yaml"], [found], len(texts))


class TestReports:
    """What CI programs read: their own rules of reading it."""

    def test_json(self) -> None:
        for texts in batches(TEXTS):
            read = json.loads(as_json(said(texts)))["diagnostics"]
            assert {one["message"] for one in read} == {one["help"] for one in read} == {*texts}

    def test_text(self) -> None:
        for texts in batches(TEXTS):
            printed = as_text(said(texts)).splitlines()
            assert [line for line in printed if not line.isprintable()] == []
            assert {line for line in printed if line.startswith("error[")} == {f"error[E0201]: {clipped(text)}" for text in texts}
            assert [line for line in printed if line.startswith(("::", "##"))] == []

    def test_concise(self) -> None:
        for texts in batches(TEXTS):
            printed = as_concise(said(texts)).splitlines()
            assert {*printed} == {f"net.yaml:1:1: error[E0201]: {visible(text)}" for text in texts}

    def test_github(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ten commands a step; of each line the runner undoes the percent signs."""
        monkeypatch.chdir(tmp_path)
        for texts in batches(TEXTS, 10):
            read = [re.fullmatch(r"::error [^:]*::(.*)", line) for line in as_github(said(texts)).splitlines()]
            messages = [found[1].split("%0A") for found in read if found]
            assert len(messages) == len(read)
            assert {_percent(parts[0]) for parts in messages if parts[0] != "net.yaml:1:1: "} >= {visible(t) for t in texts if t}

    def test_gitlab(self) -> None:
        for texts in batches(TEXTS):
            read = {one["description"] for one in json.loads(as_gitlab(said(texts)))}
            assert read == {visible(f"{text} ({text})" if text else text) for text in texts}

    def test_sarif(self) -> None:
        for texts in batches(TEXTS):
            results = json.loads(as_sarif(said(texts), "0", {}.get))["runs"][0]["results"]
            assert {one["message"]["text"].split("\n")[0] for one in results} == {visible(text) for text in texts}

    def test_sarif_names_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        named = {visible(text): text for text in TEXTS if text and "/" not in text and text.strip(".")}
        found = [Diagnostic("E0001", text, Span(Source(text, "a"), 1, 1, 1, 2)) for text in named.values()]
        results = json.loads(as_sarif(report(["net.yaml"], [found], COUNT), "0", {}.get))["runs"][0]["results"]
        there = [one for one in results if "locations" in one]
        uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in there]
        assert [os.fsencode(unquote(uri, errors="surrogateescape")) for uri in uris] == [
            os.fsencode(named[one["message"]["text"]]) for one in there
        ]
        assert len(there) > COUNT // 2

    def test_junit(self) -> None:
        for texts in batches(TEXTS):
            root = ET.fromstring(as_junit(said(texts)))  # noqa: S314  our own output
            assert {failure.get("message") for failure in root.iter("failure")} == {visible(text) for text in texts}


def _percent(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
