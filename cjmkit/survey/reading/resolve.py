"""From evidence to a decision: which codes are a scale, which are no answer, whether there is a scale at all.

One pure function; everything that a battery, a heading or a code book knows comes in as :class:`Evidence`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

__all__ = ["Doubt", "Evidence", "Reading", "Resolution", "resolve"]

Said = tuple[str, str]

FAR = frozenset({77, 88, 96, 97, 98, 99, 888, 998, 999, 9999})
"""Codes that surveys use for "no answer" far above their scales."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one item, or of a battery taken together.

    Parameters
    ----------
    codes : mapping of number to int
        How often each code stands there; over the whole battery.
    texts : tuple of str
        Answers that are no numbers and no known words for "no answer".
    labels : mapping of number to float or None
        What the codes are called where the answers or a code book say so: how good the label is, None if it does not
        tell.
    ends : (int, int), optional
        The scale that the wording or a code book states.
    reverse : bool, optional
        Whether a high code is the bad end, where something says so.
    attitude : str
        "nps", "csat", "ces" or "likert" where the wording asks for a rating, "score" where it says no more than that;
        else empty.
    counting : bool
        The wording asks for a number: age, hours, how many.
    rows : int
        How many columns the battery has; 1 for an item on its own.
    alike : bool
        Whether the columns of the battery hold the same codes.
    elsewhere : tuple of (int, int)
        Scales that other items of the survey are known to use.
    """

    codes: Mapping[float, int]
    texts: tuple[str, ...] = ()
    labels: Mapping[float, float | None] = field(default_factory=dict)
    ends: tuple[int, int] | None = None
    reverse: bool | None = None
    attitude: str = ""
    counting: bool = False
    rows: int = 1
    alike: bool = False
    elsewhere: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Reading:
    """One way to read the codes."""

    type: str
    scale: tuple[int | str, ...] = ()
    missing: tuple[int, ...] = ()
    reverse: bool = False
    words: Said = ("", "")

    def changes(self, missing: tuple[int | float | str, ...] = ()) -> dict[str, object]:
        """The fields of an item that this reading sets; words for "no answer" that it has already stay."""
        kept = tuple(m for m in missing if isinstance(m, str))
        return {
            "type": self.type,
            "scale": self.scale,
            "missing": (*kept, *self.missing),
            "reverse": self.reverse,
        }


@dataclass(frozen=True)
class Resolution:
    """The decision: the reading that is used, those that fit as well, how sure it is and why."""

    readings: tuple[Reading, ...]
    status: str
    reason: Said

    @property
    def chosen(self) -> Reading:
        """The reading that is used until somebody settles the doubt."""
        return self.readings[0]


@dataclass(frozen=True)
class Doubt:
    """One question to the researcher: items that can be read in more than one way.

    Parameters
    ----------
    items : tuple of str
        Columns that share the answer: a battery, or one item.
    readings : tuple of Reading
        The ways that fit; the first is used until somebody settles it.
    reason : (str, str)
        What is doubtful, in English and Russian.
    """

    items: tuple[str, ...]
    readings: tuple[Reading, ...]
    reason: Said


def resolve(e: Evidence) -> Resolution:
    """Decide what a column or a battery of numeric codes is.

    Parameters
    ----------
    e : Evidence

    Returns
    -------
    Resolution
        With status "known" (the wording or the labels state the scale), "guessed" (one reading fits) or
        "contradictory" (two fit, or what is said does not agree with what was answered).

    Examples
    --------
    >>> fit = resolve(Evidence(codes={1: 20, 2: 20, 3: 20, 4: 20, 5: 20, 9: 7}, ends=(1, 5), attitude="likert"))
    >>> fit.chosen.scale, fit.chosen.missing, fit.status
    ((1, 5), (9,), 'known')
    >>> fit = resolve(Evidence(codes={0: 9, 1: 4, 2: 9, 3: 40, 4: 60, 5: 40, 6: 30}, rows=12, alike=True))
    >>> fit.chosen.scale, fit.chosen.missing, fit.status
    ((1, 5), (0, 6), 'contradictory')
    """
    whole = {v: n for v, n in e.codes.items() if float(v).is_integer()}
    if len(whole) < len(e.codes) or not whole or max(whole) > 9999:
        return Resolution((Reading("number"),), "guessed", ("numbers", "числа"))
    codes = {int(v): n for v, n in sorted(whole.items())}
    if e.attitude == "score":
        return _score(e, codes)
    if e.attitude == "nps" and (fit := _recommendation(e, codes)):
        return fit
    if e.ends is not None and (fit := _as_stated(e, codes)):
        return fit
    inner, far = _without_far_codes(codes)
    if not inner:
        return Resolution((Reading("number"),), "guessed", ("numbers", "числа"))
    if e.counting and not e.attitude:
        return Resolution((Reading("number", missing=far if min(far, default=0) < 0 else ()),), "guessed", _COUNT)
    low, high = min(inner), max(inner)
    if low < 0:
        return _around_zero(e, inner, far)
    if high > 11:
        return Resolution((Reading("number", missing=far),), "guessed", ("numbers", "числа"))
    if set(inner) <= {0, 1} or len(inner) < 2:
        few = ("two codes", "два кода") if len(inner) == 2 else ("one code", "один код")
        return Resolution((Reading("single", missing=_plainly_missing(far)),), "guessed", few)
    told = {c: v for c, v in e.labels.items() if v is not None}
    rated = bool(e.attitude) or len(told) >= 2
    battery = e.rows >= 3 and e.alike and high >= 4 and len(inner) >= 4 and list(inner) == list(range(low, high + 1))
    known = tuple(sorted(inner)) in {tuple(range(a, b + 1)) for a, b in e.elsewhere if b - a >= 4}
    if not (rated and high >= 3) and not battery and not known:
        return Resolution((Reading("single", missing=_plainly_missing(far)),), "guessed", _BARE)
    return _rating(e, inner, far)


_COUNT = ("the wording asks for a number", "спрашивают число")
_BARE = ("bare codes, nothing says that they are a scale", "коды без подписей, ничто не говорит о шкале")
_WORDING = ("wording of a rating", "формулировка просит оценку")
_STATED = ("the wording states the scale", "шкала названа в формулировке")


def _plainly_missing(far: tuple[int, ...]) -> tuple[int, ...]:
    """Of names, 9 may be the ninth; 99 and −9 are no answer there too."""
    return tuple(c for c in far if c in FAR or c < 0)


def _list(codes: tuple[int, ...]) -> str:
    return ", ".join(map(str, codes))


def _without_far_codes(codes: dict[int, int]) -> tuple[dict[int, int], tuple[int, ...]]:
    """Part the run of small codes from codes that stand apart: 99 among 1 to 5, −9 among 0 to 10, 8 and 9 above 1–5.

    99 among ages is an age, and −1 between −3 and 3 an answer.
    """
    positive = [c for c in codes if c >= 0]
    far = {c for c in codes if c in FAR or c <= -7}
    if (-1 in codes) and not any(-7 < c < -1 for c in codes) and max(codes) > 1:
        far.add(-1)
    inner = [c for c in codes if c not in far]
    if not inner or max(inner) - min(inner) > 11 or max(inner) > 11:
        # Among larger numbers 77 and 99 are numbers; negative ones still stand apart.
        low = {c for c in far if c < 0}
        far = low if positive and len(codes) > len(low) else set()
        inner = [c for c in codes if c not in far]
        return {c: codes[c] for c in inner}, tuple(sorted(far))
    # A gap of two or more after a run of at least three: 1 2 3 4 5 . . . 9
    run = [c for c in inner if c >= 0]
    for a, b in pairwise(run):
        start = run[0]
        if b - a >= 2 and b in (7, 8, 9, 11) and a - start >= 2 and a in (3, 4, 5, 7) and b >= a + 2:
            if all(c in (7, 8, 9, 11) for c in run if c > a):
                far |= {c for c in run if c > a}
            break
    return {c: n for c, n in codes.items() if c not in far}, tuple(sorted(far))


def _recommendation(e: Evidence, codes: dict[int, int]) -> Resolution | None:
    """0 to 10 by definition: what is above or below is no answer; 1 to 10 where 0 was plainly not on offer."""
    inside = {c: n for c, n in codes.items() if 0 <= c <= 10}
    if not inside or max(inside) < 6 or (e.ends is not None and e.ends[1] != 10):
        return None
    outside = tuple(c for c in codes if c not in inside)
    if sum(codes[c] for c in outside) > 0.4 * sum(codes.values()):
        return None
    # Many ones and not a single zero: zero was not on offer. Few ones: nobody was that unhappy.
    start = 1 if (e.ends and e.ends[0] == 1) or (0 not in inside and inside.get(1, 0) >= 20) else 0
    reason: Said = ("wording of a recommendation, answers 0 to 10", "формулировка рекомендации, ответы 0–10")
    if outside:
        reason = (
            f"recommendation on 0 to 10; {_list(outside)} is outside: no answer",
            f"рекомендация по шкале 0–10; {_list(outside)} вне шкалы: нет ответа",
        )
    status = "known" if e.ends is not None else "guessed"
    return Resolution((Reading("nps", (start, 10), outside, bool(e.reverse)),), status, reason)


def _score(e: Evidence, codes: dict[int, int]) -> Resolution:
    """NPS tools head the recommendation "Score", others any rating: from 0 to 10 it may be either."""
    other = resolve(replace(e, attitude="likert"))
    fit = _recommendation(e, codes) if {0, 10} <= set(codes) and e.rows == 1 else None
    if fit is None or other.status == "contradictory":
        return other
    nps = replace(fit.chosen, words=("0 to 10, a recommendation (NPS)", "0–10, рекомендация (NPS)"))
    rating = replace(other.chosen, words=("0 to 10, any other rating", "0–10, другая оценка"))
    doubt = (
        "“score” from 0 to 10 may be a recommendation (NPS) or any other rating",
        "балл от 0 до 10: рекомендация (NPS) или другая оценка?",
    )
    return Resolution((nps, rating), "contradictory", doubt)


def _as_stated(e: Evidence, codes: dict[int, int]) -> Resolution | None:
    """The scale that the wording names; a code outside it is no answer, and never stretches it."""
    assert e.ends is not None
    low, high = e.ends
    outside = tuple(c for c in codes if not low <= c <= high)
    inside = sum(n for c, n in codes.items() if low <= c <= high)
    if not inside or (e.counting and not e.attitude and outside):
        return None
    kind = e.attitude if e.attitude not in ("", "nps") else "likert"
    if e.counting and not e.attitude:
        kind = "number"
    first = Reading(kind, (low, high), outside, bool(e.reverse), (f"{low} to {high}", f"{low}–{high}"))
    if not outside:
        return _directed(e, Resolution((first,), "known", _STATED))
    share = 1 - inside / sum(codes.values())
    reason = (
        f"the wording states {low} to {high}; {_list(outside)} is outside: no answer",
        f"в формулировке шкала {low}–{high}; {_list(outside)} вне её: нет ответа",
    )
    if share > 0.4 and max(codes) <= 10 and min(codes) >= 0:
        wide = replace(first, scale=(min(low, min(codes)), max(codes)), missing=(), words=_wide(min(codes), max(codes)))
        return Resolution((first, wide), "contradictory", reason)
    return _directed(e, Resolution((first,), "known", reason))


def _without(low: int, high: int, gone: tuple[int, ...]) -> Said:
    shown = _list(gone)
    if not gone:
        return _wide(low, high)
    return f"{low} to {high}, {shown} no answer", f"{low}–{high}, {shown} нет ответа"


def _wide(low: int, high: int) -> Said:
    return f"{low} to {high}", f"{low}–{high}"


def _around_zero(e: Evidence, inner: dict[int, int], far: tuple[int, ...]) -> Resolution:
    low, high = min(inner), max(inner)
    reach = max(-low, high)
    symmetric = reach <= 10 and low >= -10 and high >= 1 and -low >= high / 2
    if not symmetric or not (e.attitude or e.rows >= 3 or -low == high):
        return Resolution((Reading("number", missing=()),), "guessed", ("numbers below zero", "числа ниже нуля"))
    kind = e.attitude if e.attitude not in ("", "nps") else "likert"
    reason = (f"a scale around zero, {-reach} to {reach}", f"шкала вокруг нуля, от {-reach} до {reach}")
    if 0 not in inner and -low != high and high >= 3 and len([c for c in inner if c > 0]) >= 3:
        # No middle and lopsided: rather a scale from 1, and codes below zero for "no answer".
        gone = tuple(sorted({*far, *(c for c in inner if c < 0)}))
        ways = (
            Reading(kind, (1, high), gone, bool(e.reverse), _without(1, high, gone)),
            Reading(kind, (-reach, reach), far, bool(e.reverse), _wide(-reach, reach)),
        )  # fmt: skip
        return Resolution(
            ways,
            "contradictory",
            ("codes below zero: answers or no answer?", "коды ниже нуля: ответы или их отсутствие?"),
        )
    return Resolution((Reading(kind, (-reach, reach), far, bool(e.reverse)),), "guessed", reason)


def _rating(e: Evidence, inner: dict[int, int], far: tuple[int, ...]) -> Resolution:
    """A rating whose ends nobody states: the usual scales that hold the codes; two that fit are a contradiction."""
    low, high = min(inner), max(inner)
    kind = e.attitude if e.attitude not in ("", "nps") else "likert"
    reason = _WORDING if e.attitude else ("a battery of the same codes", "блок с одинаковыми кодами")

    def reading(a: int, b: int) -> Reading:
        out = tuple(sorted({*far, *(c for c in inner if not a <= c <= b)}))
        dropped = tuple(c for c in inner if not a <= c <= b)
        return Reading(kind, (a, b), out, bool(e.reverse), _without(a, b, dropped))

    labelled = [c for c in e.labels if c in inner]
    if len(labelled) >= 2 and min(labelled) <= low and max(labelled) >= high:
        return _directed(
            e,
            Resolution((reading(int(min(labelled)), int(max(labelled))),), "known", ("end labels", "подписи концов")),
        )
    fits = _usual(inner)
    if len(fits) == 1:
        return _directed(e, Resolution((reading(*fits[0]),), "guessed", reason))
    edge = tuple(c for c in inner if not fits[0][0] <= c <= fits[0][1])
    shown = edge or tuple(c for c in inner if not fits[1][0] <= c <= fits[1][1]) or (fits[1][1],)
    doubt = (
        f"{_list(shown)} may be an answer, or stand for blank, not used, don't know",
        f"{_list(shown)}: это ответ или «пусто», «не пользовался», «не знаю»?",
    )
    return _directed(e, Resolution(tuple(reading(*f) for f in fits), "contradictory", doubt))


def _usual(inner: dict[int, int]) -> list[tuple[int, int]]:
    """The usual scales that could have given these codes, the likeliest first.

    1–5, 1–7, 1–10, 0–10 and 1–4 are usual; 0–5, 0–6, 1–6, 0–7, 1–8, 0–4 and 0–11 may be one of them with a code for
    "no answer" at an edge. A lump at the edge, more than half of its neighbour against a falling distribution, or a
    zero below a minimum, speaks for the code.
    """
    low, high = min(inner), max(inner)
    if low >= 1:
        if high <= 3:
            return [(1, 3), (1, 5)] if high == 3 and sum(inner.values()) >= 30 else [(1, 5)]
        if high == 4:
            return [(1, 4)] if len(inner) == 4 else [(1, 5)]
        if high in (5, 7, 10):
            return [(1, high)]
        if high == 6:
            lump = inner[6] > 1.5 * inner.get(5, 0)
            return ([(1, 5), (1, 6)] if lump else [(1, 6), (1, 5)]) if {4, 5} <= set(inner) else [(1, 7)]
        if high == 8:
            return [(1, 7), (1, 10)] if 7 in inner else [(1, 10)]
        if high == 9:
            return [(1, 10)]
        return [(1, 10), (1, 11)]
    blank = inner[0] > 1.5 * inner.get(1, 0)
    if high <= 5:
        return [(1, high), (0, high)] if blank else [(0, high), (1, high)]
    if high == 6:
        return [(1, 5), (0, 6), (1, 6)] if blank else [(0, 6), (1, 5), (1, 6)]
    if high == 7:
        return [(1, 7), (0, 7)] if blank else [(0, 7), (1, 7)]
    return [(0, 10)] if high <= 10 else [(0, 10), (0, 11)]


def _directed(e: Evidence, r: Resolution) -> Resolution:
    """Which end is good: labels and wording may say so, and may disagree."""
    told = {c: v for c, v in e.labels.items() if v}
    by_labels: bool | None = None
    if len(told) >= 2:
        low, high = min(told), max(told)
        first, last = told[low], told[high]
        if first is not None and last is not None and first != last:
            by_labels = first > last
    if by_labels is None:
        if e.reverse:
            both = (" (a high code is the bad end)", " (высокий код – плохо)")
            return replace(r, reason=(r.reason[0] + both[0], r.reason[1] + both[1]))
        return r
    if e.reverse is not None and e.reverse != by_labels:
        turned = tuple(replace(x, reverse=by_labels, words=_turned(x, by_labels)) for x in r.readings[:1])
        kept = tuple(replace(x, reverse=e.reverse, words=_turned(x, e.reverse)) for x in r.readings[:1])
        return Resolution(
            turned + kept,
            "contradictory",
            ("labels and wording disagree about the good end", "подписи и формулировка спорят, какой конец хороший"),
        )
    return replace(r, readings=tuple(replace(x, reverse=by_labels) for x in r.readings))


def _turned(x: Reading, reverse: bool) -> Said:
    end = x.scale[0] if reverse and x.scale else (x.scale[1] if x.scale else "")
    return f"{x.words[0]}, {end} is best", f"{x.words[1]}, лучшая оценка {end}"
