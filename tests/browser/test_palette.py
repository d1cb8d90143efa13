"""The palette as it is written: readable, and told apart by people who see colours differently.

Contrast is WCAG 2.2's. Colour vision is simulated with the full-severity matrices of Machado, Oliveira and
Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009); distances are
Euclidean in CIE L*a*b*.
"""

import math
import re
from itertools import combinations
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
HUES = ("ok", "pending", "notready", "off", "unknown", "message")
VISION = {
    "trichromat": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranope": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanope": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
LEAST_DISTANCE = {"light": 18.6, "dark": 23.7}

Triple = tuple[float, float, float]


def palette(theme: str) -> dict[str, Triple]:
    """Linear RGB of every `--name: light-dark(#…, #…)` of the style sheet."""
    pattern = r"--([a-z-]+): light-dark\(#([0-9A-F]{6}), #([0-9A-F]{6})\)"
    found = re.findall(pattern, TOKENS.read_text(encoding="utf-8"))
    return {name: linear(light if theme == "light" else dark) for name, light, dark in found}


def linear(code: str) -> Triple:
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return _linear(red), _linear(green), _linear(blue)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: Triple, other: Triple) -> float:
    lights = sorted(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def seen(matrix: tuple[Triple, ...], colour: Triple) -> Triple:
    """CIE L*a*b* of a colour as seen through a matrix."""
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, colour, strict=True)))) for row in matrix
    )
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = _root(x), _root(y), _root(z)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _root(t: float) -> float:
    return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_text_is_readable_on_every_ground(theme: str, ground: str) -> None:
    colours = palette(theme)
    assert contrast(colours["ink"], colours[ground]) >= 7
    assert contrast(colours["muted"], colours[ground]) >= 4.5
    assert contrast(colours["message"], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("hue", HUES)
def test_glyphs_and_outlines_stand_out_from_every_ground(theme: str, hue: str) -> None:
    colours = palette(theme)
    assert min(contrast(colours[hue], colours[ground]) for ground in ("bg", "surface")) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_states_are_told_apart_by_every_eye(theme: str, vision: str) -> None:
    colours = palette(theme)
    as_seen = {hue: seen(VISION[vision], colours[hue]) for hue in HUES}
    distances = {pair: math.dist(as_seen[pair[0]], as_seen[pair[1]]) for pair in combinations(HUES, 2)}
    nearest = min(distances, key=distances.__getitem__)
    assert distances[nearest] >= LEAST_DISTANCE[theme], nearest
