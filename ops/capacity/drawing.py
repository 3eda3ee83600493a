"""A chart of stacked bars, as SVG."""

from dataclasses import dataclass
from html import escape
from typing import Final

from ops.capacity.figures import dollars

WIDTH: Final = 860
LEFT: Final = 250
RIGHT: Final = 120
ROW: Final = 34
TOP: Final = 64
COLOURS: Final = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e")


@dataclass(frozen=True)
class Bar:
    """One bar: a title, and its parts by name in the order of the legend."""

    title: str
    parts: dict[str, float]

    @property
    def total(self) -> float:
        """Its length."""
        return sum(self.parts.values())


def chart(title: str, bars: list[Bar], line: float) -> str:
    """Draw bars.

    Args:
        title: Over the chart.
        bars: From top to bottom.
        line: A value at which a dashed line stands.
    """
    names = list(dict.fromkeys(name for bar in bars for name in bar.parts))
    colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(names)}
    scale = (WIDTH - LEFT - RIGHT) / max(bar.total for bar in bars)
    height = TOP + ROW * len(bars) + 16
    x = LEFT + line * scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
        *_legend(colours),
        *(each for index, bar in enumerate(bars) for each in _bar(bar, TOP + index * ROW, scale, colours)),
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 10}" stroke="#000" stroke-dasharray="4 3"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(colours: dict[str, str]) -> list[str]:
    found, x = [], 12.0
    for name, colour in colours.items():
        found.append(f'<rect x="{x:.0f}" y="34" width="11" height="11" fill="{colour}"/>')
        found.append(f'<text x="{x + 15:.0f}" y="44" font-size="11">{escape(name)}</text>')
        x += 28 + 6.2 * len(name)
    return found


def _bar(bar: Bar, y: float, scale: float, colours: dict[str, str]) -> list[str]:
    found, x = [f'<text x="{LEFT - 8}" y="{y + 17}" text-anchor="end">{escape(bar.title)}</text>'], float(LEFT)
    for name, value in bar.parts.items():
        width = value * scale
        found.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="24" fill="{colours[name]}"/>')
        x += width
    found.append(f'<text x="{x + 6:.1f}" y="{y + 17}">{dollars(bar.total)}</text>')
    return found
