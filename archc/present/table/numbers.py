"""A table prints numbers to three digits, rounded half to even from the exact value."""

from fractions import Fraction

GIGA, MEGA, KILO = 10**9, 10**6, 10**3
UNITS = ((GIGA, "G"), (MEGA, "M"), (10 * KILO, "k"))
BYTES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def three(value: Fraction | int) -> str:
    """Write three significant digits, or all of a whole number's: 3.86, 0.408, 11.3, 1024."""
    exact = Fraction(value)
    if exact == 0:
        return "0"
    places = 2
    while places > 0 and exact >= 10 ** (3 - places):
        places -= 1
    while places < 12 and exact * 10 ** (places - 2) < 1:
        places += 1
    text = f"{round(exact * 10**places):0{places + 1}d}"
    # Rounding may add a digit: 9.996 is 10.0.
    if len(text.lstrip("0")) > 3 and places > 0:
        places -= 1
        text = f"{round(exact * 10**places):0{places + 1}d}"
    return f"{text[:-places]}.{text[-places:]}" if places else text


def short(value: int) -> str:
    """Write a count with its unit: 3.86 G, 25.6 M, 62.5 k; below 10,000 it is exact."""
    for size, unit in UNITS:
        if value >= size:
            return f"{three(Fraction(value, KILO if unit == 'k' else size))} {unit}"
    return str(value)


def short_bytes(value: int) -> str:
    """Write bytes with their unit: 82.0 MiB; below 1,024 they are exact."""
    for size, unit in BYTES:
        if value >= size:
            return f"{three(Fraction(value, size))} {unit}"
    return f"{value} B"


def plain(value: Fraction) -> str:
    """Write a number as a paper prints it, with no digit more than it has: 3.8, 11.3, 144."""
    text = f"{float(value):.12g}"
    return text if Fraction(text) == value else three(value)


def percent(value: Fraction) -> str:
    """Write 2 %, or 0.5 %."""
    return f"{plain(value * 100)} %"
