"""Curves over size as an SVG picture, both axes logarithmic."""

import math
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 920, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 320, 64, 80
COLOURS = ("#1b6ca8", "#c0392b", "#d68910", "#7d3c98", "#1e8449", "#7f8c8d")


class Line(NamedTuple):
    """One curve."""

    name: str
    points: list[tuple[float, float]]


def draw(title: str, across: str, up: str, lines: list[Line], note: str) -> str:
    """The picture."""
    points = [point for line in lines for point in line.points if point[1] > 0]
    low, high = (round_(min(y for _, y in points), math.floor), round_(max(y for _, y in points), math.ceil))
    least, most = min(x for x, _ in points), max(x for x, _ in points)

    def place(x: float, y: float) -> tuple[float, float]:
        wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        along = math.log(x / least) / math.log(most / least) if most > least else 0
        return LEFT + wide * along, TOP + tall * (1 - math.log10(y / low) / math.log10(high / low))

    parts = [text(LEFT, 28, title, size=17, weight="bold")]
    for x in sorted({x for x, _ in points}):
        parts.append(text(place(x, low)[0], HEIGHT - BOTTOM + 20, f"{x:,.0f}", anchor="middle"))
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        y = place(least, 10.0**power)[1]
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, y + 4, f"{10.0**power:,g}", anchor="end"))
    parts.append(text((WIDTH - RIGHT + LEFT) / 2, HEIGHT - BOTTOM + 40, across, anchor="middle"))
    parts.append(text(12, TOP - 14, up))
    for line, colour in zip(lines, COLOURS, strict=False):
        placed = [place(x, y) for x, y in line.points if y > 0]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
    ends = sorted(
        (place(*line.points[-1])[1], line.name, colour) for line, colour in zip(lines, COLOURS, strict=False)
    )
    level = 0.0
    for y, name, colour in ends:
        level = max(y, level + 17)
        parts.append(text(WIDTH - RIGHT + 12, level + 4, name, fill=colour))
    parts.append(text(LEFT, HEIGHT - 12, note, size=12))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def round_(value: float, way: object) -> float:
    """To a power of ten."""
    assert callable(way)
    return float(10.0 ** way(math.log10(value)))


def text(
    x: float,
    y: float,
    said: str,
    *,
    size: int = 13,
    anchor: str = "start",
    weight: str = "normal",
    fill: str = "#222",
) -> str:
    """A text element."""
    style = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="{fill}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(said)}</text>'
