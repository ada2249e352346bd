"""The meaning of a plain scalar by YAML 1.2's core schema (YAML 1.2.2, section 10.3), less what readers disagree on.

PyYAML's own resolver is YAML 1.1's: `no` is false there, `1e-5` a text and `010` eight, other than in an editor.
"""

import re

from archc.language.document.nodes import Plain
from archc.limits import Limits
from archc.record import Record

_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?P<mantissa>\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE](?P<exponent>[-+]?[0-9]+))?")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LARGEST_EXPONENT = 308  # a double's; a larger one would also make exact arithmetic build the power of ten


class Refusal(Record):
    """A number that is not accepted: code, message, help."""

    code: str
    message: str
    help: str


def resolve(text: str, limits: Limits) -> Plain | Refusal:
    """None, a truth, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _DECIMAL.fullmatch(text):
        return _too_many_digits(text, limits) or _leading_zero(text) or int(text)
    if match := _FLOAT.fullmatch(text):
        return _too_many_digits(text, limits) or _leading_zero(text) or _float(text, match)
    if _BASED.fullmatch(text):
        return _too_many_digits(text, limits) or int(text, 0)
    if _SPECIAL.fullmatch(text):
        return Refusal("E0115", f"`{text}` is not a finite number", f'write "{text}" if a text is meant')
    return text


def _float(text: str, match: re.Match[str]) -> float | Refusal:
    value = float(text)
    lost = value == 0 and match["mantissa"].strip("0.") != ""
    if value in (float("inf"), float("-inf")) or lost or abs(int(match["exponent"] or 0)) > _LARGEST_EXPONENT:
        return Refusal("E0115", f"`{text}` is beyond what a double holds", "numbers go from 1e-308 to 1e308")
    return value


def _leading_zero(text: str) -> Refusal | None:
    digits = text.lstrip("+-")
    if len(digits) < 2 or digits[0] != "0" or not digits[1].isdigit():
        return None
    meant = text[: -len(digits)] + (digits.lstrip("0") or "0")
    return Refusal(
        "E0114",
        f"`{text}` has a leading zero: some readers take it as octal",
        f'write {meant} for the decimal number, or "{text}" for a text',
    )


def _too_many_digits(text: str, limits: Limits) -> Refusal | None:
    if len(text) <= limits.digits or sum(character.isalnum() for character in text) <= limits.digits:
        return None
    return Refusal(
        "E0408",
        f"a number of more than {limits.digits} digits",
        "quote it if a text is meant; raise the limit with `--limit digits=N`",
    )
