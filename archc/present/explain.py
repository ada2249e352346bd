"""Each diagnostic code has a page: what it means, a spec that fails with it, the spec mended."""

import os

from archc.arguments import text


def page(code: str) -> str | None:
    """Return the Markdown page of a code, as of `E0312`, None where there is no such code."""
    if not text("code", code, "a code, as `E0312`").isalnum():
        return None
    try:
        with open(os.path.join(_folder(), f"{code.upper()}.md"), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def codes() -> dict[str, str]:
    """Return every code with its title, sorted."""
    titles: dict[str, str] = {}
    for name in sorted(os.listdir(_folder())):
        if name.endswith(".md"):
            with open(os.path.join(_folder(), name), encoding="utf-8") as file:
                titles[name.removesuffix(".md")] = file.readline().partition(": ")[2].strip()
    return titles


def _folder() -> str:
    """Return `archc/errors` where archc is installed, `docs/errors` in a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(here, "errors")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(here), "docs", "errors")
