"""The few shapes that charts are drawn with, as SVG text; colours are CSS classes of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from low to high along pixels from start to end; logarithmic when asked for."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        low, high, here = self.low, self.high, value
        if self.logarithmic:
            low, high, here = math.log(low), math.log(high), math.log(here)
        share = (here - low) / (high - low) if high > low else 0.0
        return round(self.start + share * (self.end - self.start), 2)


def svg(width: int, height: int, label: str, parts: Iterable[str]) -> str:
    """Return the drawing; `label` is what a screen reader says."""
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">' + "".join(parts) + "</svg>"


def text(x: float, y: float, words: str, *, css: str = "", anchor: str = "start") -> str:
    """Return words whose baseline starts, ends or is centred at a point."""
    return f'<text x="{x}" y="{y}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def line(start: tuple[float, float], end: tuple[float, float], css: str) -> str:
    """Return a straight line."""
    return f'<line x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}" class="{css}"/>'


def dot(x: float, y: float, css: str, title: str, radius: float = 4.5) -> str:
    """Return a dot that tells its title when pointed at."""
    return f'<circle cx="{x}" cy="{y}" r="{radius}" class="{css}"><title>{escape(title)}</title></circle>'


def bar(corner: tuple[float, float], size: tuple[float, float], css: str, title: str) -> str:
    """Return a rectangle from its upper left corner that tells its title when pointed at."""
    return (
        f'<rect x="{corner[0]}" y="{corner[1]}" width="{max(size[0], 0.5):.2f}" height="{max(size[1], 0.5):.2f}"'
        f' class="{css}"><title>{escape(title)}</title></rect>'
    )


def path(points: Sequence[tuple[float, float]], css: str, title: str) -> str:
    """Return a line through points that tells its title when pointed at."""
    joined = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{joined}" class="{css}"><title>{escape(title)}</title></polyline>'


def vertical_grid(axis: Axis, ticks: Iterable[tuple[float, str]], top: float, bottom: float) -> list[str]:
    """Return lines at ticks of a horizontal axis, labelled below."""
    parts: list[str] = []
    for value, label in ticks:
        x = axis.at(value)
        parts += [line((x, top), (x, bottom), "grid"), text(x, bottom + 16, label, css="tick", anchor="middle")]
    return parts


def horizontal_grid(axis: Axis, ticks: Iterable[tuple[float, str]], left: float, right: float) -> list[str]:
    """Return lines at ticks of a vertical axis, labelled on the left."""
    parts: list[str] = []
    for value, label in ticks:
        y = axis.at(value)
        parts += [line((left, y), (right, y), "grid"), text(left - 8, y + 4, label, css="tick", anchor="end")]
    return parts


def shares(low: float = 0.0, steps: int = 5) -> list[tuple[float, str]]:
    """Return evenly spread ticks from low to 1, labelled with two decimals at most.

    >>> shares(0.0, 2)
    [(0.0, '0'), (0.5, '0.5'), (1.0, '1')]
    """
    values = [low + (1.0 - low) * step / steps for step in range(steps + 1)]
    return [(value, f"{round(value, 2):g}") for value in values]


def round_ticks(high: float, count: int = 6) -> list[float]:
    """Return ticks from 0 to high or a little less, at steps of 1, 2 or 5 times a power of ten.

    >>> round_ticks(23.0)
    [0.0, 5.0, 10.0, 15.0, 20.0]
    """
    if high <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(high / count))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * count >= high)
    return [round(step * number, 10) for number in range(int(high / step + 1e-9) + 1)]
