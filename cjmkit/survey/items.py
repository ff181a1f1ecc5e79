"""Item: what one column of a survey asks, and how its answers are to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from cjmkit.core.estimate import Value
from cjmkit.errors import CjmError, FileFormatError, one_of, suggest

__all__ = ["ANSWER_TYPES", "SCALE_TYPES", "TYPES", "Item", "changed", "make_item", "plain"]

SCALE_TYPES = ("nps", "csat", "ces", "sus", "likert")
"""Types whose answers lie on a scale and become numbers."""

ANSWER_TYPES = (*SCALE_TYPES, "single", "ordered", "multi", "ranking", "number", "open", "date")
"""Types that somebody was asked about."""

TYPES = (*ANSWER_TYPES, "id", "weight", "meta")
"""All types; the last three describe the respondent or the interview, not an answer."""

STATUSES = ("known", "guessed", "contradictory")
"""How sure a reading is."""

Code = int | float | str


def plain(value: Any) -> Any:
    """A number or a text as Python writes it: 4.0 and NumPy's 4 become 4, so that they compare and save alike."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class Item(Value):
    """One question, or one row or option of a question that fills several columns.

    Parameters
    ----------
    item : str
        Name of the column in the data.
    text : str
        The wording that people saw.
    type : str
        One of ``nps``, ``csat``, ``ces``, ``sus``, ``likert``, ``single``, ``ordered``, ``multi``, ``ranking``,
        ``number``, ``open``, ``date``, ``id``, ``weight``, ``meta``.
    scale : tuple
        For scales, either the two ends as numbers, ``(1, 5)``, or the labels from low to high,
        ``("Disagree", "Neutral", "Agree")``, which count as 1, 2, 3 …
    labels : mapping of code to text
        What the codes stand for, where the file says so.
    missing : tuple
        Answers that are no answer: codes such as 99 or words such as ``"Don't know"``.
    reverse : bool
        A high answer means something bad; scores turn it round, the data stay as they are.
    stage, touchpoint : str
        Where on the journey the question belongs; never guessed.
    language : str
        ``"en"``, ``"ru"`` or another code; empty where it cannot be told.
    group : str
        The question that the column is a part of: a grid, a list of options, a ranking.
    option : str
        The row or the option of that question that the column stands for.
    separator : str
        For a multi-select in one column: what stands between the options.
    options : tuple of str
        For a multi-select in one column: its options, where they are known.
    coding : str
        For a multi-select in several columns: ``"code"`` where each column holds the code of something chosen; empty
        where each column stands for one option. Then `options`, where given, are the answers that mean "chosen".
    unit : str
        For numbers: what they count, "$", "₽", "%", "s".
    status : str
        How sure the reading is: ``"known"`` (said by the researcher, a code book, labels, the wording or the file),
        ``"guessed"`` (one reading fits) or ``"contradictory"`` (the evidence disagrees, or two readings fit).
    why, why_ru : str
        How the reading was found; for reading only, never compared or saved.
    """

    item: str = Field(min_length=1)
    text: str = ""
    type: str = "open"
    scale: tuple[Code, ...] = ()
    labels: tuple[tuple[Code, str], ...] = ()
    missing: tuple[Code, ...] = ()
    reverse: bool = False
    stage: str = ""
    touchpoint: str = ""
    language: str = ""
    group: str = ""
    option: str = ""
    separator: str = ""
    options: tuple[str, ...] = ()
    coding: str = ""
    unit: str = ""
    status: str = "guessed"
    why: str = ""
    why_ru: str = ""

    # A column name or an option is matched with the file: stripping it would lose the column; a separator is blank-
    # sensitive.
    model_config = Value.model_config | {"str_strip_whitespace": False}

    @field_validator("type")
    @classmethod
    def _known_type(cls, v: str) -> str:
        if v not in TYPES:
            raise CjmError(suggest(v, TYPES, what="item type"))
        return v

    @field_validator("status")
    @classmethod
    def _known_status(cls, v: str) -> str:
        return one_of(v, STATUSES, what="status of an item")

    @field_validator("scale", "missing", mode="before")
    @classmethod
    def _as_tuple(cls, v: Any) -> Any:
        if v is None:
            return ()
        if isinstance(v, str | int | float):
            return (plain(v),)
        return tuple(plain(x) for x in v)

    @field_validator("options", mode="before")
    @classmethod
    def _texts(cls, v: Any) -> Any:
        return () if v is None else tuple(str(x) for x in v)

    @field_validator("labels", mode="before")
    @classmethod
    def _pairs(cls, v: Any) -> Any:
        if v is None:
            return ()
        pairs: Iterable[Any] = v.items() if isinstance(v, Mapping) else v
        return tuple((plain(code), str(text)) for code, text in pairs)

    @field_validator(
        "stage", "touchpoint", "language", "group", "option", "separator", "coding", "unit", "text", mode="before"
    )
    @classmethod
    def _empty_is_empty(cls, v: Any) -> Any:
        return "" if v is None or (isinstance(v, float) and v != v) else str(v)

    @model_validator(mode="before")
    @classmethod
    def _no_echo(cls, v: Any) -> Any:
        # A text that only repeats the column's name says nothing; saved and unsaved items must compare equal.
        return {**v, "text": ""} if isinstance(v, dict) and v.get("text") == v.get("item") else v

    @model_validator(mode="after")
    def _sound_scale(self) -> Item:
        if not self.scale:
            return self
        texts = [isinstance(s, str) for s in self.scale]
        if any(texts) and not all(texts):
            raise CjmError(
                en=f"scale of {self.item!r} mixes numbers and words: {list(self.scale)}; "
                "give the two ends as numbers, (1, 5), or all labels from low to high",
                ru=f"шкала {self.item!r} смешивает числа и слова: {list(self.scale)}; дайте два конца числами, (1, "
                f"5), или все подписи от низкой к высокой",
            )
        if all(texts):
            if len(set(self.scale)) < len(self.scale) or len(self.scale) < 2:
                raise CjmError(
                    en=f"scale of {self.item!r} needs at least two different labels, low to high",
                    ru=f"шкале {self.item!r} нужны хотя бы две разные подписи, от низкой к высокой",
                )
        elif len(self.scale) != 2 or not self.scale[0] < self.scale[1]:  # type: ignore[operator]
            raise CjmError(
                en=f"scale of {self.item!r} is {list(self.scale)}; give its two ends, lower first, for example (1, 5)",
                ru=f"шкала {self.item!r} — {list(self.scale)}; дайте два конца, сначала меньший, например (1, 5)",
            )
        return self

    @property
    def ends(self) -> tuple[float, float] | None:
        """The lowest and the highest value of the scale as numbers; None where there is no scale."""
        if not self.scale:
            return None
        if isinstance(self.scale[0], str):
            return 1.0, float(len(self.scale))
        return float(self.scale[0]), float(self.scale[1])

    @property
    def points(self) -> int | None:
        """How many answers the scale offers; None where there is no scale."""
        ends = self.ends
        return None if ends is None else round(ends[1] - ends[0]) + 1

    @property
    def question(self) -> str:
        """The wording for reading: text, else the column's name."""
        return self.text or self.item

    def saved(self) -> dict[str, Any]:
        """The decision as plain values for YAML; what is empty is left out."""
        out: dict[str, Any] = {"type": self.type}
        if self.text and self.text != self.item:
            out["text"] = self.text
        for name in ("scale", "missing", "options"):
            if value := getattr(self, name):
                out[name] = list(value)
        if self.labels:
            out["labels"] = dict(self.labels)
        if self.reverse:
            out["reverse"] = True
        if self.status == "contradictory":
            out["status"] = self.status
        for name in ("stage", "touchpoint", "language", "group", "option", "separator", "coding", "unit"):
            if value := getattr(self, name):
                out[name] = value
        return out


def changed(item: Item, changes: Mapping[str, Any]) -> Item:
    """A copy with other fields; errors name the item."""
    try:
        return item.replace(**changes)
    except CjmError as error:
        raise CjmError(
            en=f"item {item.item!r}: {str(error).removeprefix('Item: ')}",
            ru=f"вопрос {item.item!r}: {str(error).removeprefix('Item: ')}",
        ) from error


def make_item(where: object, column: str, fields: Mapping[str, Any]) -> Item:
    """An item from a decisions file; errors name file and column."""
    unknown = set(fields) - set(Item.model_fields)
    if unknown:
        allowed = [f for f in Item.model_fields if f not in ("item", "why")]
        raise FileFormatError(suggest(sorted(unknown)[0], allowed, what="field"), path=where, column=column)
    try:
        return Item(**{**fields, "item": column})
    except CjmError as error:
        raise FileFormatError(str(error).removeprefix("Item: "), path=where, column=column) from error
