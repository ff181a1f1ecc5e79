"""A persona on a card: who, how sure, what sets them apart, in their own words."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.core.printed import Printing
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language
from cjmkit.personas._card import status_word
from cjmkit.personas._card_picture import draw
from cjmkit.view.card import card

__all__ = ["card_html", "card_png", "table_html"]

_HEADS = {
    "name": ("persona", "портрет"),
    "n": ("people", "людей"),
    "share": ("share", "доля"),
    "low": ("from", "от"),
    "high": ("to", "до"),
    "jaccard": ("stability", "устойчивость"),
    "status": ("status", "статус"),
}


def card_html(persona: Persona, lang: str | None = None, *, journey: Journey | None = None) -> str:
    """The card of a persona as self-contained HTML: what sets it apart as bars, one voice, goals, barriers, how sure.

    Parameters
    ----------
    persona : Persona
        From ``found["Planner"]`` or written by hand; one without data says that it is assumed.
    lang : {"en", "ru"}, optional
        Language of the headings and of the verdict.
    journey : Journey, optional
        The map: the card shows the persona's curve in small, everybody's behind it.

    Returns
    -------
    str
        A ``<div>`` for light and dark pages, without script or style sheet; nothing in it refers to the network.

    Examples
    --------
    >>> from cjmkit import Persona
    >>> "assumption" in card_html(Persona(id="P1", name="Planner"), lang="en")
    True
    """
    return str(card(persona, journey, lang=lang))


def card_png(persona: Persona, path: Any = None, *, lang: str | None = None, dark: bool = False) -> bytes:
    """The card of a persona as a PNG picture, drawn with matplotlib (no browser needed).

    Parameters
    ----------
    persona : Persona
        As for :func:`card_html`.
    path : path, optional
        Where to write it as well.
    lang : {"en", "ru"}, optional
        Language.
    dark : bool
        Light letters on a dark ground.

    Returns
    -------
    bytes
        The PNG.

    Examples
    --------
    >>> from cjmkit import Persona
    >>> card_png(Persona(id="P1", name="Planner"), lang="en")[1:4]
    b'PNG'
    """
    figure = draw(persona, current_language(lang), dark)
    out = io.BytesIO()
    # No date, no version: the same card is the same file.
    figure.savefig(out, format="png", dpi=160, facecolor=figure.get_facecolor(), metadata={"Software": None})
    data = out.getvalue()
    if path is not None:
        write_atomically(path, data)
    return data


def table_html(table: pd.DataFrame) -> str:
    """The personas of a result as a small table."""
    said = table.assign(status=[status_word(str(s), current_language()) for s in table["status"]])
    return Printing(figure="share", percent=("share",), heads=_HEADS).html(said, _HEADS)
