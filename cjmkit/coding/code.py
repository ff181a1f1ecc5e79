"""One code: its name, when to use it, and where on the map its passages belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cjmkit.core.stage import LANES
from cjmkit.errors import CjmError, suggest

__all__ = ["Code", "code_of"]


@dataclass(frozen=True)
class Code:
    """One code.

    Parameters
    ----------
    name : str
        What codings call it; no two codes of a codebook share it.
    definition : str
        When to use it.
    title : str
        What a map and a report call it, where that is not the name.
    parent : str
        Name of the code above it; empty at the top.
    stage, lane : str
        Where on the map its passages belong; a passage may say otherwise.
    colour : str
        ``#RRGGBB``.
    include, exclude : tuple of str
        Examples of what belongs and what does not.
    codable : bool
        False for a heading that only groups codes.
    text : str
        The short sentence that notes made of it say on a map; its title by default.
    guid : str
        Identity in exchange files; made from the name when empty.
    """

    name: str
    definition: str = ""
    title: str = ""
    parent: str = ""
    stage: str = ""
    lane: str = ""
    colour: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    codable: bool = True
    guid: str = ""
    text: str = ""

    @property
    def says(self) -> str:
        """What a note on a map says: the sentence, else the title, else the name."""
        return self.text or self.title or self.name

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise CjmError(en=f"a code needs a name, not {self.name!r}", ru=f"коду нужно имя, а не {self.name!r}")
        if self.name != self.name.strip():
            object.__setattr__(self, "name", self.name.strip())
        for key in ("include", "exclude"):
            value = getattr(self, key)
            object.__setattr__(self, key, (value,) if isinstance(value, str) else tuple(str(v) for v in value or ()))
        for key in ("definition", "title", "parent", "stage", "lane", "colour", "guid", "text"):
            value = getattr(self, key)
            object.__setattr__(self, key, "" if value is None else str(value).strip())
        if self.lane and self.lane not in (*LANES, "touchpoints", "emotion"):
            raise CjmError(
                f"code {self.name!r}: " + suggest(self.lane, (*LANES, "touchpoints", "emotion"), what="lane")
            )
        if self.colour:
            digits = self.colour.removeprefix("#")
            if len(digits) not in (3, 6) or any(c not in "0123456789abcdefABCDEF" for c in digits):
                raise CjmError(
                    en=f"code {self.name!r}: colour {self.colour!r} is not #RRGGBB",
                    ru=f"код {self.name!r}: цвет {self.colour!r} не вида #RRGGBB",
                )
            long = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
            object.__setattr__(self, "colour", "#" + long.upper())


def code_of(given: Code | str | Mapping[str, Any]) -> Code:
    """A code from what a file or a researcher gives: a code, a name, or a mapping of its fields."""
    if isinstance(given, Code):
        return given
    if isinstance(given, str):
        return Code(given)
    if not isinstance(given, Mapping):
        raise CjmError(
            en=f"a code is a name or a mapping, not {given!r}", ru=f"код — это имя или набор полей, а не {given!r}"
        )
    keys = {"color": "colour", "description": "definition"}
    row = {keys.get(str(k), str(k)): v for k, v in given.items()}
    known = [f.name for f in fields(Code)]
    for k in row:
        if k not in known:
            raise CjmError(f"code {row.get('name', '?')!r}: " + suggest(k, known, what="field"))
    if "name" not in row:
        raise CjmError(en=f"a code without a name: {dict(given)}", ru=f"код без имени: {dict(given)}")
    return Code(**{k: v for k, v in row.items() if v is not None})
