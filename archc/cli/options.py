"""A backend's fields become options of `archc build`: the name is the field's, the type says how the option is read."""

from argparse import ArgumentParser, Namespace

from archc.backend import Backend, Option, kind_of, options_of
from archc.diagnostics import Source, Span


def add_options(parser: ArgumentParser, target: str, backend: Backend) -> None:
    """Add an option for each field: `fold_bn: bool` is `--fold-bn`, a Literal's words are the choices.

    Help and metavar come from the field's metadata.
    """
    options = options_of(backend)
    if options:
        group = parser.add_argument_group(f"options of --target {target}")
        for option in options:
            spelled = f"--{option.name.replace('_', '-')}"
            help_text, metavar = option.metadata.get("help"), option.metadata.get("metavar")
            kind = kind_of(option)
            if kind is bool:
                group.add_argument(spelled, dest=_dest(option), action="store_true", help=help_text)
            elif isinstance(kind, tuple):
                group.add_argument(spelled, dest=_dest(option), choices=kind, help=help_text)
            else:
                group.add_argument(spelled, dest=_dest(option), type=kind, metavar=metavar or option.name.upper(), help=help_text)


def with_options(backend: Backend, arguments: Namespace) -> Backend:
    """Return the backend with the given options."""
    values = {option.name: getattr(arguments, _dest(option)) for option in options_of(backend)}
    changes = {name: value for name, value in values.items() if value is not None and value is not False}
    return type(backend)(**{name: getattr(backend, name) for name in values} | changes) if changes else backend


def asking(backend: Backend, arguments: Namespace) -> Span:
    """Return the option to blame for what a backend does: the only one of its own that was given, else --target."""
    from archc.language.overrides import whole_span

    given = [option.name for option in options_of(backend) if getattr(arguments, _dest(option)) not in (None, False)]
    option = f"--{given[0].replace('_', '-')}" if len(given) == 1 else f"--target {arguments.target}"
    return whole_span(Source(option, option))


def _dest(option: Option) -> str:
    return f"backend_{option.name}"
