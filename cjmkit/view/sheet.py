"""What lies on a sheet of paper before anybody draws it: boxes, lines of text, curves and marks with their places.

Lengths are in points (1/72 inch), y runs downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cjmkit.view.fonts import Measure

__all__ = ["Block", "Box", "Line", "Mark", "Sheet", "Writer"]

INK, MUTED, LINE, STRONG, PAPER, SUNK = "#1c2331", "#586174", "#dedcd3", "#8b90a0", "#ffffff", "#faf9f6"
WARM, STAR, GOOD, COOL = "#a8391a", "#8a5a00", "#24693f", "#285f94"
PHASE_FILL = {"before": "#e6edf6", "during": "#e4efe7", "after": "#f5ebdb", None: "#efeee9"}
CURVES = (INK, "#0072b2", "#d55e00", "#008c66", "#b8578f", "#9a6f00", "#2f86b8", "#6a6a6a", "#7a5e18")
"""Ink for everybody, then a colour for each persona, the same as on the page."""

LEADING = 1.28
SMALLEST = 10.0
"""No text of a picture is smaller, in points on paper or slide."""


@dataclass(frozen=True)
class Box:
    """A rectangle; ``dashed`` and ``hatched`` mark what nobody has observed."""

    x: float
    y: float
    w: float
    h: float
    fill: str = ""
    edge: str = ""
    dashed: bool = False
    hatched: bool = False
    width: float = 0.7
    name: str = ""
    over: bool = False


@dataclass(frozen=True)
class Block:
    """Lines of text from (x, y), the upper left corner (or the middle of the upper edge); broken to fit `w`."""

    x: float
    y: float
    w: float
    lines: tuple[str, ...]
    size: float = SMALLEST
    bold: bool = False
    italic: bool = False
    colour: str = INK
    name: str = ""
    text: str = ""
    centred: bool = False

    @property
    def h(self) -> float:
        """Height of the block."""
        return len(self.lines) * self.size * LEADING

    def baseline(self, k: int) -> float:
        """Where line `k` stands."""
        return self.y + (k + 0.5) * self.size * LEADING + 0.36 * self.size


@dataclass(frozen=True)
class Line:
    """Straight segments through points; ``filled`` closes them to an area."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.0
    dash: tuple[float, ...] = ()
    alpha: float = 1.0
    filled: bool = False
    name: str = ""


@dataclass(frozen=True)
class Mark:
    """A mark of its own shape for each persona: 0 a circle for everybody, then square, triangle, diamond …"""

    x: float
    y: float
    shape: int
    colour: str
    hollow: bool = False
    size: float = 7.0
    alpha: float = 1.0
    name: str = ""


@dataclass
class Sheet:
    """Everything on one sheet of paper; `scale` enlarges it all when it is drawn."""

    width: float
    height: float = 0.0
    scale: float = 1.0
    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


class Writer:
    """Puts things on a sheet.

    Examples
    --------
    >>> w = Writer(Measure(), Sheet(100))
    >>> w.text("a long label", 0, 0, 40, rows=1) == 10 * LEADING, w.sheet.blocks[0].lines
    (True, ('a…',))
    """

    def __init__(self, measure: Measure, sheet: Sheet) -> None:
        self.measure, self.sheet = measure, sheet

    def broken(self, text: str, w: float, size: float, rows: int = 0, *, bold: bool = False) -> tuple[str, ...]:
        """The lines of a text; beyond `rows` it ends in an ellipsis."""
        lines = self.measure.wrap(text, w, size, bold=bold)
        if not rows or len(lines) <= rows:
            return lines
        last = lines[rows - 1]
        if self.measure.width(last + "…", size, bold=bold) > w * 0.985:
            last = last.rsplit(" ", 1)[0] if " " in last else last[:-1]
        return (*lines[: rows - 1], last.rstrip(" ,.;:") + "…")

    def text(
        self, text: str, x: float, y: float, w: float, size: float = SMALLEST, *, rows: int = 0, **style: object
    ) -> float:
        """Write wrapped text; return its height."""
        lines = self.broken(text, w, size, rows, bold=bool(style.get("bold")))
        block = Block(x, y, w, lines, size, text=text, **style)  # type: ignore[arg-type]
        self.sheet.blocks.append(block)
        return block.h

    def box(self, *args: float, **style: object) -> None:
        """Put a rectangle on the sheet."""
        self.sheet.boxes.append(Box(*args, **style))  # type: ignore[arg-type]
