"""What one column asks, from its wording and its answers alone; its neighbours are asked afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cjmkit.survey._decode import label_of, norm, parse_number
from cjmkit.survey.items import Item
from cjmkit.survey.multi import find_options
from cjmkit.survey.reading._facts import (
    _EFFORT,
    _MULTI_HINT,
    _NPS,
    _OPEN,
    _RATED,
    _SATISFIED,
    Facts,
    _kind,
    guess_language,
)
from cjmkit.survey.reading.headers import names_things
from cjmkit.survey.reading.ordering import ordered_answers
from cjmkit.survey.reading.persons import personal
from cjmkit.survey.reading.platforms import Column
from cjmkit.survey.reading.resolve import Evidence, Reading, Resolution, resolve
from cjmkit.survey.reading.scales import half_ordered, order_labels, valence
from cjmkit.survey.reading.wording import COUNTING, stated

__all__ = ["Seen", "read_as", "see"]

Note = tuple[str, str]


@dataclass
class Seen:
    """One column read on its own: the item, what is known of its codes, a doubt if there is one, what to tell."""

    item: Item
    evidence: Evidence | None = None
    doubt: Resolution | None = None
    notes: list[Note] = field(default_factory=list)


def read_as(item: Item, fit: Resolution, f: Facts) -> Item:
    """The item as a resolution reads it; words for "no answer" that were seen stay."""
    r = fit.chosen
    missing = list(dict.fromkeys([*f.missing, *r.missing]))
    return item.replace(
        type=r.type, scale=r.scale, missing=missing, reverse=r.reverse, status=fit.status, why=fit.reason[0],
        why_ru=fit.reason[1],
    )  # fmt: skip


def see(c: Column, f: Facts, answers: pd.Series) -> Seen:
    """Read one column.

    Parameters
    ----------
    c : Column
        What its header says.
    f : Facts
        What was counted in it.
    answers : pandas.Series
        The column itself, for texts that were too many to count.
    """
    wording = norm(f"{c.name} {c.text}")
    base: dict[str, object] = {"item": c.name, "text": c.text, "group": c.group, "option": c.option}
    if c.kind in ("id", "weight", "date"):
        return Seen(Item(**base, type=c.kind, why="header"))
    if c.kind in ("meta", "duration"):
        return Seen(Item(**base, type="meta", why="duration" if c.kind == "duration" else "header"))
    base["language"] = guess_language(c.text or c.name)
    if f.n == 0:
        return Seen(Item(**base, type="open", why="no answers"))
    if f.date:
        return Seen(Item(**base, type="date", why="answers are dates"))
    if c.unit:
        return Seen(Item(**base, type="number", unit=c.unit, status="known", why=f"amounts in {c.unit}"))
    if f.numeric and (named := names_things(c.name)):
        every = named == "id" and f.distinct >= min(f.n, 401)
        return Seen(
            Item(
                **base, type="meta" if every else "single", why="codes are names of things, as the header says",
                why_ru="коды – названия, так говорит заголовок",
            )
        )  # fmt: skip
    if f.numbers and not (f.numeric and f.distinct > 60):
        return _numeric(base, c, wording, f, answers)
    if f.numeric:
        return Seen(Item(**base, type="number", why="numbers"))
    return _text(base, c, wording, f, answers)


def _evidence(wording: str, f: Facts) -> Evidence:
    said = stated(wording)
    attitude = "nps" if _NPS.search(wording) else "score" if wording.strip() in ("score", "балл", "оценка") else ""
    if not attitude and (_RATED.search(wording) or _SATISFIED.search(wording) or _EFFORT.search(wording)):
        attitude = _kind(wording)
    codes: dict[float, int] = {}
    labels: dict[float, float | None] = {}
    for u, k in zip(f.uniques, f.counts):
        if (v := f.numbers.get(u)) is not None:
            codes[v] = codes.get(v, 0) + k
            if label := label_of(u):
                labels[v] = valence(label)
    # An age or an income of 4 is a band.
    bands = (
        bool(re.search(r"income|salary|\bage\b|age$|доход|зарплат|возраст", wording)) and max(codes, default=99) <= 12
    )
    counting = bool(COUNTING.search(wording)) and said.ends is None and not bands
    return Evidence(
        codes=codes, labels=labels, ends=said.ends, reverse=said.reverse, attitude=attitude, counting=counting
    )


def _numeric(base: dict[str, object], c: Column, wording: str, f: Facts, answers: pd.Series) -> Seen:
    e = _evidence(wording, f)
    if not f.numeric and 2 < len(e.labels) < len(f.numbers) and f.distinct > 12:
        return _text(base, c, wording, f, answers)
    labels = tuple((int(f.numbers[u]), label_of(u)) for u in f.numbers if label_of(u) and f.numbers[u].is_integer())
    if said := _labelled_codes(base, labels, f):
        return Seen(said)
    fit = resolve(e)
    shown = tuple((int(f.numbers[u]), str(u)) for u in f.numbers if label_of(u) and f.numbers[u].is_integer())
    return Seen(read_as(Item(**base, labels=shown), fit, f), e, fit if fit.status == "contradictory" else None)


def _labelled_codes(base: dict[str, object], labels: tuple[tuple[int, str], ...], f: Facts) -> Item | None:
    """A scale every code of which is written with its label: "(0) Not a problem", "(1) Minor", "(2) Major"."""
    told = dict(sorted(labels))
    codes = list(told)
    if len(told) < 3 or len(told) != len(f.numbers) or codes != list(range(codes[0], codes[-1] + 1)):
        return None
    scale = order_labels(told.values())
    if scale is None or set(scale.labels) != set(told.values()):
        return None
    order = list(scale.labels)
    if order not in (list(told.values()), list(reversed(told.values()))):
        return None
    turned = order != list(told.values())
    return Item(
        **base, type=scale.kind, scale=(codes[0], codes[-1]), reverse=turned != scale.bad, missing=f.missing,
        labels=tuple((int(f.numbers[u]), str(u)) for u in f.numbers), status="known", why="every code has its label",
        why_ru="у каждого кода есть подпись",
    )  # fmt: skip


_COMMENTS = re.compile(r"(?:(?:any|other|further|your) )?comments?(?: \(\d+\))?|(?:ваши? )?комментари[ий](?: \(\d+\))?")


def _text(base: dict[str, object], c: Column, wording: str, f: Facts, answers: pd.Series) -> Seen:
    doubt: Resolution | None = None
    if _COMMENTS.fullmatch(norm(c.name)) and f.length > 8:
        # "Same as above" under "Comments" is what people write there, and no point of a scale.
        return Seen(Item(**base, type="open", why="headed as comments", why_ru="так озаглавлено: комментарии"))
    if f.uniques and f.distinct <= 14:
        scale = order_labels(f.labels)
        if scale is not None:
            kind = scale.kind if scale.kind == "ordered" else _kind(wording, scale)
            return Seen(
                Item(
                    **base, type=kind, scale=scale.labels, missing=f.missing, why="verbal scale",
                    why_ru="словесная шкала",
                    reverse=scale.bad and kind != "ordered", status="known" if scale.complete else "guessed",
                )
            )  # fmt: skip
        if order := ordered_answers(str(x) for x in f.labels):
            return Seen(
                Item(
                    **base, type="ordered", scale=order, missing=f.missing, why="answers with an order",
                    why_ru="ответы с порядком",
                )
            )  # fmt: skip
        if order := half_ordered(f.labels):
            doubt = _perhaps_a_scale(order, wording)
    numeric = sum(k for u, k in zip(f.uniques, f.counts) if parse_number(u, anchored=False) is not None)
    if f.uniques and numeric >= 0.8 * f.n and numeric < f.n:
        return Seen(Item(**base, type="number", missing=f.missing, why="most answers are numbers"))
    if why := personal(c.name if not c.text else c.text, f, answers):
        return Seen(Item(**base, type="meta", why=why[0], why_ru=why[1]))
    joined, notes = _joined(base, c, wording, f, answers)
    if joined is not None:
        return Seen(joined, notes=notes)
    if doubt is not None:
        return Seen(read_as(Item(**base), doubt, f), doubt=doubt)
    return Seen(_words(base, wording, f))


def _perhaps_a_scale(order: tuple[str, ...], wording: str) -> Resolution:
    shown = " < ".join(order)
    return Resolution(
        (
            Reading("single", words=("no scale: options without an order", "не шкала: варианты без порядка")),
            Reading(_kind(wording), order, words=(f"a scale: {shown}", f"шкала: {shown}")),
        ),
        "contradictory",
        ("most labels read as a scale, but their order is not clear", "похоже на шкалу, но порядок подписей неясен"),
    )


def _words(base: dict[str, object], wording: str, f: Facts) -> Item:
    """One of several options, or an answer in somebody's own words."""
    if not f.uniques:
        # Many different answers: texts, or names that repeat (countries, cities).
        return Item(**base, type="open", why="many different answers")
    repeated = sum(k for k in f.counts if k >= (3 if f.n >= 30 else 2)) / f.n
    few = f.distinct <= max(12, 0.05 * f.n)
    asks_for_words = bool(_OPEN.search(wording)) and f.length > 20
    if f.n < 12 and f.distinct > 0.8 * f.n and (f.length > 20 or (_OPEN.search(wording) and f.length > 8)):
        return Item(**base, type="open", why="texts")
    # Nobody writes the same long text as others do: what comes back was ticked.
    if repeated >= 0.85 or (few and f.length <= 60 and not (asks_for_words and repeated < 0.5)):
        return Item(**base, type="single", why="few different answers")
    if repeated >= 0.6 and f.length < 40 and not asks_for_words:
        return Item(**base, type="single", why="answers repeat")
    return Item(**base, type="open", why="texts")


def _joined(
    base: dict[str, object], c: Column, wording: str, f: Facts, column: pd.Series
) -> tuple[Item | None, list[Note]]:
    """A multi-select in one column: pieces between separators that come back in other combinations."""
    if f.distinct < 4 and not _MULTI_HINT.search(wording):
        return None, []
    if f.uniques:
        answers = [str(u) for u, k in zip(f.uniques, f.counts) for _ in range(min(k, 400))]
    else:
        answers = column.dropna().astype(str).iloc[:4000].tolist()
    commas = sum(a.count(",") for a in answers)
    comma = ", " if 2 * sum(a.count(", ") for a in answers) >= commas else ","
    own = c.separator
    if own and sum(own in a.strip() for a in answers) < 2:
        own = ""
    for sep in dict.fromkeys(((own,) if own else ()) + (";", "\n", "|", comma)):
        hit = sum((sep.strip(" ") or sep) in a for a in answers)
        if hit < 0.08 * len(answers) or hit < 2:
            continue
        options, merged, counts = find_options(answers, sep)
        total = sum(counts.values())
        if total < 1.15 * len(answers) and not _MULTI_HINT.search(wording):
            continue
        floor = 3 if len(answers) >= 30 else 2
        known = [o for o in options if counts[o] >= floor]
        covered = sum(counts[o] for o in known)
        long = np.mean([len(o) for o in known]) if known else 999
        # Chance: real options come back; pieces of sentences do not.
        need = 0.6 if _MULTI_HINT.search(wording) else 0.8
        if len(known) < 2 or covered < need * total or len(known) > 120 or long > 160:
            continue
        if len(answers) > 30 and len(set(answers)) <= len(known) and not _MULTI_HINT.search(wording):
            continue
        notes: list[Note] = []
        if merged:
            shown = "; ".join(repr(m[:60]) for m in merged[:3])
            notes.append(
                (
                    f"{base['item']!r}: kept whole although they contain the separator: {shown}",
                    f"{base['item']!r}: оставлены целыми, хотя содержат разделитель: {shown}",
                )
            )
        return Item(**base, type="multi", separator=sep, options=known, why=f"answers joined by {sep!r}"), notes
    return None, []
