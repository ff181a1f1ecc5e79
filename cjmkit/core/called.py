"""What people call an event or a stage, wherever its id stands: alone, as one of several, in a link or a path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["called", "names_of"]

_NUMBERED = re.compile(r"(.+) (\(\d+\))")


def called(names: Mapping[str, str], text: Any) -> str:
    """An id in people's words; also in a step of several events, a repeated step, a link and a path.

    Parameters
    ----------
    names : mapping of str to str
        Id to title.
    text : str
        An id, or ids joined by ``" / "`` or ``" → "``.

    Examples
    --------
    >>> called({"site_visit": "Site visit"}, "site_visit → pay / site_visit")
    'Site visit → pay / Site visit'
    >>> called({"pay": "Paid"}, "pay (2)")
    'Paid (2)'
    """
    name = str(text)
    if not names or name in names:
        return names.get(name, name)
    for mark in (" → ", " / "):
        if mark in name:
            return mark.join(called(names, part) for part in name.split(mark))
    again = _NUMBERED.fullmatch(name)
    return f"{names[again[1]]} {again[2]}" if again and again[1] in names else name


def names_of(found: Any) -> dict[str, str]:
    """The titles that came with a result of an event log, or with a table that was made from one.

    Examples
    --------
    >>> import pandas as pd
    >>> names_of(pd.DataFrame())
    {}
    """
    origin = getattr(found, "origin", None)
    return dict(getattr(origin, "names", None) or getattr(found, "attrs", {}).get("names", {}))
