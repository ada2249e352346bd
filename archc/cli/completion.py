"""`archc completion` prints a script that completes archc's commands, options and shipped names in a shell."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.backend import backend_names
from archc.cli.command import COMMANDS, Command, load
from archc.cli.parsing import parser_of

EXAMPLES = """\
  archc completion bash > ~/.local/share/bash-completion/completions/archc
  archc completion zsh > ~/.zfunc/_archc        with ~/.zfunc in fpath
  archc completion fish > ~/.config/fish/completions/archc.fish
"""
WITH_SPEC = ("build", "check", "cost", "diff", "draw", "ir", "resolve", "table")
"""The commands that take a file or a shipped name."""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(arguments: Namespace) -> int:
    script = {"bash": _bash, "zsh": _zsh, "fish": _fish}[arguments.shell]
    print(script(), end="")
    return 0


def _options(name: str) -> list[tuple[str, list[str], str, bool]]:
    """Return each option of a command: its long spelling, its choices, its help, and whether a value follows."""
    options = {}
    for words in _targets() if name == "build" else [[]]:
        parser = parser_of(name, load(name), words)
        for action in parser._actions:  # noqa: SLF001  argparse shows its actions nowhere else
            if action.option_strings:
                choices = backend_names() if action.dest == "target" else list(map(str, action.choices or ()))
                options[action.option_strings[-1]] = (action.option_strings[-1], choices, action.help or "", action.nargs != 0)
    return list(options.values())


def _targets() -> list[list[str]]:
    """Return the words that select each installed target, since their options differ."""
    return [["--target", target] for target in backend_names()]


def _words(name: str) -> list[str]:
    """Return the words that a command's own argument may be, where they are few."""
    if name in WITH_SPEC:
        from archc.compile.pipeline import shipped

        return [spec for spec, _ in shipped()]
    if name == "explain":
        from archc.present.explain import codes

        return list(codes())
    return {"completion": ["bash", "zsh", "fish"], "weights": ["convert", "show"]}.get(name, [])


def _bash() -> str:
    cases = []
    for name in COMMANDS:
        options = _options(name)
        valued = [
            f"      {option}) COMPREPLY=($(compgen -W '{' '.join(choices)}' -- \"$current\")); return ;;"
            for option, choices, _, _ in options
            if choices
        ]
        words = " ".join([*(option for option, *_ in options), *_words(name)])
        cases.append(
            f"    {name})\n      case $previous in\n"
            + "\n".join([*(line.replace("      ", "        ", 1) for line in valued), "        *) ;;"])
            + f'\n      esac\n      COMPREPLY=($(compgen -W \'{words}\' -- "$current") $(compgen -f -- "$current"))\n      ;;'
        )
    return (
        "# bash completion for archc\n_archc() {\n"
        "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        "  if ((COMP_CWORD == 1)); then\n"
        f"    COMPREPLY=($(compgen -W '{' '.join(COMMANDS)} --help --version' -- \"$current\"))\n    return\n  fi\n"
        "  case ${COMP_WORDS[1]} in\n" + "\n".join(cases) + "\n  esac\n}\ncomplete -o filenames -F _archc archc\n"
    )


def _zsh() -> str:
    commands = "\n".join(f"    '{name}:{_plain(summary)}'" for name, summary in COMMANDS.items())
    cases = []
    for name in COMMANDS:
        lines = [
            f"        '{option}[{_plain(text)}]"
            + (f":value:({' '.join(choices)})" if choices else ":value:_files" if valued else "")
            + "'"
            for option, choices, text, valued in _options(name)
        ]
        words = " ".join(_words(name))
        lines.append(
            f"        '*:argument:{{ compadd {words}; _files }}'" if name in WITH_SPEC else f"        '*:argument:({words})'"
        )
        cases.append(f"    {name})\n      _arguments \\\n" + " \\\n".join(lines) + "\n      ;;")
    return (
        f"#compdef archc\n_archc() {{\n  local -a commands=(\n{commands}\n  )\n"
        "  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n"
        "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n"
        + "\n".join(cases)
        + '\n  esac\n}\n_archc "$@"\n'
    )


def _fish() -> str:
    lines = ["# fish completion for archc"]
    lines += [
        f"complete -c archc -n __fish_use_subcommand -f -a {name} -d '{_plain(summary)}'" for name, summary in COMMANDS.items()
    ]
    for name in COMMANDS:
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        for option, choices, text, valued in _options(name):
            value = f" -x -a '{' '.join(choices)}'" if choices else " -r" if valued else ""
            lines.append(f"complete -c archc {seen} -l {option.lstrip('-')}{value} -d '{_plain(text)}'")
        if words := _words(name):
            lines.append(f"complete -c archc {seen} -a '{' '.join(words)}'")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Remove from a help text the characters that have a meaning in the shells' quoting."""
    return "".join(character for character in text if character not in "'[]:\\\"$`")


COMMAND = Command(arguments, run, EXAMPLES)
