r"""Numbers and units of LaTeX's package siunitx as text: `\SI{5}{\kilo\meter}` is `5 km`."""

from __future__ import annotations

import re

from papertrack.core.text import pairs

COMMAND = (
    r"\\(?P<si>SIrange|qtyrange|numrange|SI|qty|num|si|unit|ang)(?:\[[^\[\]]{0,200}\])?"
    r"(?P<arguments>(?:\{[^{}]{0,100}(?:\{[^{}]{0,20}\}[^{}]{0,100}){0,5}\}){1,3})"
)
"""A command with its arguments, as a pattern."""

_PREFIXES = dict(
    pairs("""
    quecto  q
    ronto   r
    yocto   y
    zepto   z
    atto    a
    femto   f
    pico    p
    nano    n
    micro   µ
    milli   m
    centi   c
    deci    d
    deca    da
    deka    da
    hecto   h
    kilo    k
    mega    M
    giga    G
    tera    T
    peta    P
    exa     E
    zetta   Z
    yotta   Y
    kibi    Ki
    mebi    Mi
    gibi    Gi
    tebi    Ti
""")
)
_UNITS = dict(
    pairs("""
    meter             m
    metre             m
    gram              g
    kilogram          kg
    second            s
    ampere            A
    kelvin            K
    mole              mol
    candela           cd
    becquerel         Bq
    celsius           °C
    degreeCelsius     °C
    coulomb           C
    farad             F
    gray              Gy
    hertz             Hz
    henry             H
    joule             J
    katal             kat
    lumen             lm
    lux               lx
    newton            N
    ohm               Ω
    pascal            Pa
    radian            rad
    siemens           S
    sievert           Sv
    steradian         sr
    tesla             T
    volt              V
    watt              W
    weber             Wb
    astronomicalunit  au
    bel               B
    decibel           dB
    dalton            Da
    day               d
    electronvolt      eV
    hectare           ha
    hour              h
    liter             L
    litre             L
    minute            min
    neper             Np
    tonne             t
    angstrom          Å
    bar               bar
    barn              b
    parsec            pc
    lightyear         ly
    percent           %
    degree            °
    arcminute         ′
    arcsecond         ″
    bit               bit
    byte              B
    year              yr
    um                µm
    us                µs
    ug                µg
    uL                µL
    of
""")
)
_POWERS = {"square": 2, "squared": 2, "cubic": 3, "cubed": 3}
_RAISED = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_WITHOUT_SPACE = ("°", "′", "″")


def printed(command: str, arguments: str) -> str:
    r"""What a command prints, by its name and its arguments in braces.

    >>> printed("SI", r"{9.8e3}{\meter\per\square\second}")
    '9.8 × 10³ m/s²'
    """
    parts = re.findall(r"\{((?:[^{}]|\{[^{}]*\})*)\}", arguments)
    match command:
        case "si" | "unit":
            return _unit(parts[0]) + _rest(parts[1:])
        case "num":
            return _number(parts[0]) + _rest(parts[1:])
        case "ang":
            degrees = parts[0].split(";")
            signs = zip(degrees, _WITHOUT_SPACE, strict=False)
            return "".join(one + sign for one, sign in signs if one) + _rest(parts[1:])
        case "numrange":
            return "–".join(map(_number, parts[:2])) + _rest(parts[2:])
        case "SIrange" | "qtyrange":
            return _quantity("–".join(map(_number, parts[:2])), parts[2:])
    return _quantity(_number(parts[0]), parts[1:])


def _quantity(number: str, parts: list[str]) -> str:
    unit = _unit(parts[0]) if parts else ""
    space = "" if unit in _WITHOUT_SPACE or not unit or not number else " "
    return f"{number}{space}{unit}{_rest(parts[1:])}"


def _rest(parts: list[str]) -> str:
    """Groups after the command's own arguments."""
    return "".join(parts)


def _number(text: str) -> str:
    """`1.5 ± 0.1` of `1.5 +- 0.1`, `2 × 10⁻³` of `2e-3`."""
    text = re.sub(r"\s*(?:\+-|\\pm)\s*", " ± ", text.strip())
    text = re.sub(r"\s*(?:\\times|x)\s*(?=\d)", " × ", text)
    exponent = re.fullmatch(r"(.*?)\s*[eEdD]([+-]?\d+)", text)
    if not exponent:
        return text
    power = f"10{exponent[2].lstrip('+').translate(_RAISED)}"
    return f"{exponent[1]} × {power}" if exponent[1] else power


def _unit(text: str) -> str:
    """`km/h` of `\\kilo\\meter\\per\\hour`, `m·s⁻¹` of `m.s^{-1}`."""
    unit = ""
    is_new = False
    power = 0
    for token in re.finditer(r"\\([A-Za-z]+)|\^\{?([-+]?\d+)\}?|([^\\^]+)", text):
        name, exponent, letters = token.groups()
        if exponent:
            unit += exponent.translate(_RAISED)
        elif letters:
            unit += letters.strip().replace(".", "·").replace("~", "·").strip("{}")
            is_new = letters.strip() != ""
        elif name == "per":
            unit += "/"
            is_new = False
        elif name in ("square", "cubic"):
            power = _POWERS[name]
        elif name in _POWERS:
            unit += str(_POWERS[name]).translate(_RAISED)
        elif name == "tothe":
            continue
        else:
            separator = "·" if is_new else ""
            symbol = _PREFIXES.get(name) or _UNITS.get(name, name)
            unit += separator + symbol
            is_new = name not in _PREFIXES
            if power and is_new:
                unit += str(power).translate(_RAISED)
                power = 0
    return unit
