"""A variable whose codes have labels: from SPSS metadata or a code book. What they say is known, not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cjmkit.survey._decode import norm
from cjmkit.survey.items import SCALE_TYPES, Code, Item, plain
from cjmkit.survey.reading._facts import guess_language
from cjmkit.survey.reading.ordering import ordered_answers
from cjmkit.survey.reading.platforms import Column
from cjmkit.survey.reading.scales import looks_missing, order_labels, valence

__all__ = ["labelled_item"]


def labelled_item(
    c: Column,
    answers: pd.Series,
    labels: Mapping[Any, str],
    missing: list[Code],
    guessed: Item,
) -> tuple[Item, bool]:
    """The item that value labels make of a column.

    Parameters
    ----------
    c : Column
    answers : pandas.Series
        As they came: codes, or the labels themselves.
    labels : mapping
        Code to label.
    missing : list
        Codes declared to be no answer.
    guessed : Item
        What the column looks like without labels.

    Returns
    -------
    (Item, bool)
        Whether a code is labelled as no answer without being declared so.
    """
    folded = {norm(m) for m in missing}
    silent = [code for code, text in labels.items() if looks_missing(text) and norm(code) not in folded]
    missing = list(dict.fromkeys([*missing, *silent]))
    base: dict[str, Any] = {
        "item": c.name, "text": c.text, "group": c.group or guessed.group, "option": c.option or guessed.option,
        "missing": missing, "labels": labels, "language": guess_language(c.text), "status": "known",
    }  # fmt: skip
    absent = {norm(m) for m in missing}
    present = [plain(v) for v in answers.dropna().unique() if norm(plain(v)) not in absent]
    real = {k: t for k, t in labels.items() if norm(k) not in absent}

    def kept() -> tuple[Item, bool]:
        """What it looks like, with its labels."""
        both = list(dict.fromkeys([*missing, *guessed.missing]))
        return guessed.replace(labels=labels, text=c.text or guessed.text, missing=both), bool(silent)

    if guessed.type in ("id", "weight", "meta", "date") or not real:
        return kept()
    if said := _in_words(base, present, real):
        return said, bool(silent)
    numbers = sorted(k for k in real if not isinstance(k, str))
    whole = bool(numbers) and all(not isinstance(v, str) and float(v).is_integer() for v in present)
    if guessed.type == "nps" and whole:
        return kept()
    if whole and len(real) == len(numbers):
        if found := _scale(base, numbers, real, present, guessed):
            return found, bool(silent)
        if guessed.type == "number" and len(real) < 0.3 * max(len(present), 1):
            return kept()
    order = list(ordered_answers(real.values()) or ()) if whole and len(real) == len(numbers) else []
    if order and order in ([real[k] for k in numbers], [real[k] for k in reversed(numbers)]):
        ends = {"type": "ordered", "scale": (numbers[0], numbers[-1]), "reverse": order[0] != real[numbers[0]]}
        return Item(**base | ends | {"why": "labels with an order", "why_ru": "подписи с порядком"}), bool(silent)
    return Item(**base | {"type": "single", "why": "value labels", "why_ru": "подписи кодов"}), bool(silent)


def _scale(
    base: dict[str, Any], numbers: list[Any], real: Mapping[Any, str], present: list[Any], guessed: Item
) -> Item | None:
    """A scale that the labels name: all points of it, or its ends."""
    scale = order_labels([real[k] for k in numbers]) if len(numbers) >= 3 else None
    places = [scale.labels.index(real[k]) for k in numbers] if scale and set(real.values()) <= set(scale.labels) else []
    full = numbers == list(range(int(numbers[0]), int(numbers[-1]) + 1))
    if places and full and places in (sorted(places), sorted(places, reverse=True)):
        kind = scale.kind if scale else "likert"
        turned = (places != sorted(places)) != bool(scale and scale.bad and kind != "ordered")
        why = {"why": "value labels are a scale", "why_ru": "подписи кодов — шкала"}
        return Item(**base | {"type": kind, "scale": (numbers[0], numbers[-1]), "reverse": turned} | why)
    told = [k for k in numbers if valence(real[k]) is not None]
    between = [v for v in present if not isinstance(v, str) and numbers[0] < v < numbers[-1] and v not in real]
    # "5 outstanding … 1 unacceptable" with bare numbers between them: the ends are said, and the points are counted.
    points = numbers[-1] - numbers[0]
    if len(numbers) <= 3 and 2 <= points <= 11 and numbers[0] >= -5 and (between or (len(told) >= 2 and points >= 3)):
        outside = [v for v in present if not numbers[0] <= v <= numbers[-1]]
        if len(outside) > 2:
            return None
        ends = [valence(real[k]) for k in (numbers[0], numbers[-1])]
        turned = ends[0] is not None and ends[1] is not None and ends[0] > ends[1]
        kind = guessed.type if guessed.type in SCALE_TYPES and guessed.type != "nps" else "likert"
        missing = list(dict.fromkeys([*base["missing"], *outside]))
        why = {"why": "the ends are labelled", "why_ru": "подписаны концы"}
        return Item(
            **base | {"type": kind, "scale": (numbers[0], numbers[-1]), "reverse": turned, "missing": missing} | why
        )
    return None


def _in_words(base: dict[str, Any], present: list[Any], real: Mapping[Any, str]) -> Item | None:
    """The export holds the labels instead of the codes: their order is that of the codes."""
    if found := _codes_that_are_words(base, present, real):
        return found
    said = {norm(t): t for t in real.values()}
    if not present or not all(isinstance(v, str) and norm(v) in said for v in present):
        return None
    written = {norm(v): v for v in present}
    order = [written.get(norm(real[k]), real[k]) for k in sorted(real, key=lambda k: (isinstance(k, str), k))]
    missing = [t for code, t in base["labels"].items() if norm(code) in {norm(m) for m in base["missing"]}]
    own = base | {"labels": {}, "missing": missing}
    scale = order_labels(order) if len(order) >= 3 else None
    if scale and set(order) <= set(scale.labels):
        kind = scale.kind
        low_first = tuple(t for t in scale.labels if t in order)
        return Item(
            **own
            | {
                "type": kind,
                "scale": low_first,
                "reverse": scale.bad and kind != "ordered",
                "why": "labels of a code book",
                "why_ru": "подписи кодов",
            }
        )
    return Item(**own | {"type": "single", "options": (), "why": "labels of a code book", "why_ru": "подписи кодов"})


def _codes_that_are_words(base: dict[str, Any], present: list[Any], real: Mapping[Any, str]) -> Item | None:
    """Codes such as "very_good" or "A3": they stand in the order of their labels, and keep them."""
    codes = {norm(k): k for k in real}
    if not present or not any(isinstance(k, str) for k in real) or not all(norm(v) in codes for v in present):
        return None
    scale = order_labels(list(real.values())) if len(real) >= 3 else None
    if scale is None or not set(real.values()) <= set(scale.labels):
        return None
    kind = scale.kind
    order = sorted(real, key=lambda k: scale.labels.index(real[k]))
    bad = scale.bad and kind != "ordered"
    return Item(
        **base
        | {"type": kind, "scale": order, "reverse": bad, "why": "labels of a code book", "why_ru": "подписи кодов"}
    )
