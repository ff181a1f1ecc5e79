"""Behavioural variables: what people are placed on, from one named end to the other or on a choice."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cjmkit.errors import CjmError, FileFormatError, suggest
from cjmkit.files import load_yaml
from cjmkit.i18n import say

__all__ = ["POINTS", "Variable", "read_variables", "variables_yaml"]

POINTS = 7
"""A range has this many places; only who stands left of whom matters."""
_FIELDS = ("id", "name", "kind", "ends", "options", "question", "stage", "note")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One behavioural variable (Cooper, Reimann and Cronin; Goodwin).

    Parameters
    ----------
    id : str
        Short name, used in the files.
    name : str
        What it is about; the id by default.
    ends : (str, str)
        A range: what stands at 1 and what stands at 7.
    options : tuple of str
        A choice instead of a range: what there is to choose from.
    question : str
        What is asked of the transcript.
    stage, note : str
        Stage of the journey it belongs to; anything else.

    Raises
    ------
    CjmError
        If there are neither two ends nor two options, or both.

    Examples
    --------
    >>> money = Variable(id="money", name="Money", ends=("counts every pound", "the price is no question"))
    >>> money.kind, money.checked("3"), money.side(6.5)
    ('range', 3.0, 'the price is no question')
    """

    id: str
    name: str = ""
    ends: tuple[str, str] | tuple[()] = ()
    options: tuple[str, ...] = ()
    question: str = ""
    stage: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not str(self.id).strip():
            raise CjmError(en="a variable needs an id", ru="переменной нужен id")
        object.__setattr__(self, "ends", tuple(str(e).strip() for e in self.ends))
        object.__setattr__(self, "options", tuple(str(o).strip() for o in self.options))
        object.__setattr__(self, "name", self.name or self.id)
        if bool(self.ends) == bool(self.options):
            raise CjmError(
                en=f"variable {self.id!r}: give either ends: [left, right] or options: [...], not both",
                ru=f"переменная {self.id!r}: дайте либо ends: [слева, справа], либо options: [...], не оба",
            )
        named = self.ends or self.options
        if len(named) < 2 or (self.ends and len(self.ends) != 2) or len(set(named)) < len(named) or not all(named):
            raise CjmError(
                en=f"variable {self.id!r}: two different named ends, or two options and more; got {named!r}",
                ru=f"переменная {self.id!r}: два разных названных конца или хотя бы два варианта; пришло {named!r}",
            )

    @property
    def kind(self) -> str:
        """``range`` or ``choice``."""
        return "range" if self.ends else "choice"

    def checked(self, value: Any) -> float | str | None:
        """A value of this variable as it is stored: a number from 1 to 7, an option, or None for nothing.

        Raises
        ------
        CjmError
            If it is neither.
        """
        if value is None or (isinstance(value, float) and math.isnan(value)) or str(value).strip() == "":
            return None
        text = str(value).strip()
        if self.kind == "choice":
            if text not in self.options:
                raise CjmError(f"variable {self.id!r}: " + suggest(text, self.options, what="option"))
            return text
        try:
            place = float(text.replace(",", "."))
        except ValueError:
            place = float("nan")
        if not 1 <= place <= POINTS:
            raise CjmError(
                en=f"variable {self.id!r}: a place is a number from 1 to {POINTS}, got {text!r}",
                ru=f"переменная {self.id!r}: место — число от 1 до {POINTS}, пришло {text!r}",
            )
        return place

    def side(self, value: Any, lang: str | None = None) -> str:
        """A value in words: the end it stands at, between the two, or the option."""
        if self.kind == "choice":
            return str(value)
        middle, place = (1 + POINTS) / 2, self.checked(str(value))
        if not isinstance(place, float):
            return ""
        if abs(place - middle) <= 0.75:
            return say(en="between the two", ru="посередине", lang=lang)
        left, right = self.ends or ("", "")
        return left if place < middle else right

    def title(self, lang: str | None = None) -> str:
        """The name with both ends, or with the options."""
        parts = " ↔ ".join(self.ends) if self.ends else " / ".join(self.options)
        return f"{self.name}: {parts}"

    def written(self, value: Any) -> str:
        """A value as it goes into a file."""
        checked = self.checked(value)
        return "" if checked is None else f"{checked:g}" if isinstance(checked, float) else checked


def read_variables(path: str | os.PathLike[str]) -> tuple[Variable, ...]:
    r"""Read ``variables.yaml``: a list of variables.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    tuple of Variable

    Raises
    ------
    FileFormatError
        If it is no list of variables; the variable is named.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "variables.yaml"
    >>> _ = path.write_text("- id: money\n  ends: [counts every pound, never asks]\n")
    >>> [v.id for v in read_variables(path)]
    ['money']
    """
    found = load_yaml(path)
    if isinstance(found, Mapping) and set(found) == {"variables"}:
        found = found["variables"]
    if not isinstance(found, list) or not all(isinstance(v, Mapping) for v in found):
        raise FileFormatError(
            en="a list of variables is expected: - id: …, name: …, ends: [left, right]",
            ru="нужен список переменных: - id: …, name: …, ends: [слева, справа]",
            path=path,
        )
    out = []
    for entry in found:
        unknown = [k for k in entry if k not in _FIELDS]
        given = {str(k): v for k, v in entry.items() if v is not None and k != "kind"}
        try:
            if unknown:
                raise CjmError(f"variable {entry.get('id')!r}: " + suggest(unknown[0], _FIELDS, what="field"))
            for field in ("ends", "options"):
                if not isinstance(given.get(field, []), list | tuple):
                    raise CjmError(
                        en=f"variable {entry.get('id')!r}: {field} is a list, [one, other]",
                        ru=f"переменная {entry.get('id')!r}: {field} — это список, [одно, другое]",
                    )
            texts = {k: str(v).strip() for k, v in given.items() if k not in ("ends", "options")}
            lists = {k: tuple(v) for k, v in given.items() if k in ("ends", "options")}
            made = Variable(**{"id": "", **texts, **lists})  # type: ignore[arg-type]
        except CjmError as error:
            raise FileFormatError(str(error), path=path) from error
        if entry.get("kind") not in (None, made.kind):
            raise FileFormatError(
                en=f"variable {made.id!r} is called a {entry['kind']}, but is a {made.kind}",
                ru=f"переменная {made.id!r} названа {entry['kind']}, а на деле {made.kind}",
                path=path,
            )
        out.append(made)
    unique(out, path)
    return tuple(out)


def unique(variables: Iterable[Variable], path: Any = None) -> None:
    """Refuse two variables of one id."""
    ids = [v.id for v in variables]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise FileFormatError(
            en=f"the variable {twice[0]!r} is there twice", ru=f"переменная {twice[0]!r} стоит дважды", path=path
        )


def variables_yaml(variables: Iterable[Variable]) -> str:
    """The variables as the text of ``variables.yaml``.

    Examples
    --------
    >>> print(variables_yaml([Variable(id="money", ends=("counts", "never asks"))]), end="")
    - id: money
      name: money
      kind: range
      ends: [counts, never asks]
    """
    import yaml

    rows = []
    for v in variables:
        row: dict[str, Any] = {"id": v.id, "name": v.name, "kind": v.kind}
        row |= {"ends": list(v.ends)} if v.ends else {"options": list(v.options)}
        row |= {k: getattr(v, k) for k in ("question", "stage", "note") if getattr(v, k)}
        rows.append(row)
    text: str = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)
    return text
