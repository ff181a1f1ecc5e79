"""A note or touchpoint together with the cell of the map it belongs to: what rooms hand to the journey."""

from __future__ import annotations

from dataclasses import dataclass

from cjmkit.core.stage import Note, Touchpoint

__all__ = ["PlacedNote", "PlacedTouchpoint"]


@dataclass(frozen=True)
class PlacedNote:
    """A note and where it belongs.

    Parameters
    ----------
    stage, lane : str
        The cell of the map.
    note : Note
        The note, with its evidence and its figure.
    """

    stage: str
    lane: str
    note: Note


@dataclass(frozen=True)
class PlacedTouchpoint:
    """A touchpoint and the stage where it belongs.

    Parameters
    ----------
    stage : str
        Id of the stage.
    touchpoint : Touchpoint
        The touchpoint, with its evidence.
    """

    stage: str
    touchpoint: Touchpoint
