"""A command has arguments and a function that runs it; the table of commands is here."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module

from archc.record import Record

COMMANDS = {
    "build": "compile a spec to source",
    "check": "validate specs and definitions",
    "list": "what ships with archc",
    "new": "write a commented starter spec",
    "resolve": "print a spec in full, each value with the place it came from",
    "ir": "print the graph of a spec",
    "cost": "what networks cost, in a named convention, and why two numbers differ",
    "table": "networks side by side as in a paper, or a row for each part, in six formats",
    "diff": "what changed between two networks, files or git revisions",
    "draw": "draw networks and blocks as figures",
    "verify": "say whether a network and another program are one function",
    "weights": "show a file of weights, or convert it to another zoo's names",
    "expect": "renew the figures that specs state under `expect`",
    "migrate": "bring specs of an older version of the language up to date",
    "schema": "print the JSON Schema of the language",
    "explain": "explain a diagnostic code",
    "completion": "print a completion script for a shell",
}
"""Every command is a module of this package that defines COMMAND; only the one that runs is imported."""


class Command(Record):
    """A command. `run` returns the exit code.

    `arguments` gets the words of the command line too, since the options of `archc build` depend on its target.
    """

    arguments: Callable[[ArgumentParser, Sequence[str]], None]
    run: Callable[[Namespace], int]
    examples: str


def load(name: str) -> Command:
    """Import the command called `name`, one of COMMANDS."""
    command = import_module(f"archc.cli.{name}").COMMAND
    assert isinstance(command, Command)  # noqa: S101  the table above names only modules that define one
    return command
