"""Verbal scales: which labels are a scale, in which order, and which of them are no answer.

Full lists come first, since an end of the scale that nobody chose still counts as a point. What is on no list is
ordered by its words: a stem that says what is rated, a sign and a strength.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cjmkit.survey._decode import norm
from cjmkit.survey.reading._scale_words import LISTS, STEMS, WORDS
from cjmkit.survey.reading.ladders import steps
from cjmkit.survey.reading.parts import MIDDLE, alike, clear_order, degree, order_by_parts

__all__ = ["Scale", "half_ordered", "looks_missing", "order_labels", "valence"]


@dataclass(frozen=True)
class Scale:
    """An ordered verbal scale: labels low to high as the file spells them, what is rated, and whether much is bad."""

    labels: tuple[str, ...]
    dimension: str
    complete: bool = False
    bad: bool = False

    @property
    def kind(self) -> str:
        """What a question with these answers is: a rating of satisfaction, of effort, another one, or ordered."""
        return {"satisfied": "csat", "ease": "ces", "skill": "ordered", "aware": "ordered", "period": "ordered"}.get(
            self.dimension, "likert"
        )


_MISSING = re.compile(
    r"^(n\.?/?a\.?|n/a .*|.*\((n/a|n\.a\.|н/п)\)|not applicable.*|does not apply.*|don'?t know.*|do not know.*|dk|"
    r"d/k|dk/na|blank|\(blank\)|пусто|не указано|not asked|never used.*|have never used.*|not used|"
    r"i don'?t (know|remember|recall).*|no opinion.*|not sure(.{0,15})?|unsure|undecided|prefer not to.*|rather not.*|"
    r"can'?t (say|tell|choose|rate).*|cannot (say|rate).*|no answer|no response|refused?|refusal|missing|"
    r"(have not|haven'?t|did not|didn'?t|never) used?( it)?|no basis.*|not enough (information|experience).*|"
    r"не знаю.*|затрудн.*|трудно сказать.*|сложно (сказать|ответить).*|нет ответа|без ответа|не примени.*|неприменим.*|"
    r"отказ.*|не могу (сказать|оценить|ответить).*|нет мнения|не помню.*|не пользовал.{0,25}|не сталкивал(ся|ась|"
    r"ись)?(.{0,10})?|н/д|н/п|н/о|"
    r"wei(ß|ss) nicht|keine (angabe|antwort)|no s[eé]|no sabe.*|no aplica|nsp|sans r[eé]ponse|ne sait pas.*)$"
)


def looks_missing(label: object) -> bool:
    """Whether a label says that there is no answer.

    Examples
    --------
    >>> [looks_missing(t) for t in ("Трудно сказать", "Don't know", "N/A", "Agree")]
    [True, True, True, False]
    """
    return bool(_MISSING.match(norm(label)))


_FOLDED = [(d, [norm(t) for t in labels], labels) for d, labels in LISTS]


def _rate(label: str, only: str = "") -> tuple[str, float] | None:
    """Dimension and place of one label, or None; dimension "*" goes with any."""
    t = norm(label)
    if marked := symbol(label):
        return marked
    # "Never -- I don't use it": what follows the dash explains.
    head = re.split(r"\s+-+\s+|\s*:\s+|\s+\(", t, maxsplit=1)[0].strip(" .,;!")
    if MIDDLE.search(re.sub(r"^(?:i am|i'm|i feel|it is|it's) ", "", t)):
        return "*", 0.0
    for dimension, words in WORDS:
        if only in ("", dimension):
            for key in (t, head):
                if key in words:
                    return dimension, words[key]
    return _by_stem(head)


def _by_stem(label: str) -> tuple[str, float] | None:
    factor, rest = degree(re.sub(r"n't\b", " not", label))
    hit = next(((dimension, sign) for stem, dimension, sign in STEMS if stem.search(rest)), None)
    return (hit[0], factor * hit[1]) if hit else None


_BIPOLAR = ("agree", "satisfied", "likely", "ease", "favorable")


def _offered(dimension: str, keys: list[str], full: list[str], seen: dict[str, str]) -> tuple[str, ...]:
    """Which labels of a known list were on offer: a scale keeps the number of its labels.

    Where both ends were chosen, a middle that nobody chose was not there; of two mirrored labels ("agree" for
    "disagree") one that nobody chose was. An end that nobody chose counts.
    """
    spelt = [seen.get(k, f) for k, f in zip(keys, full)]
    if keys[0] not in seen or keys[-1] not in seen:
        return tuple(spelt)
    last = len(keys) - 1
    mirrored = dimension in _BIPOLAR
    return tuple(
        s
        for i, (k, s) in enumerate(zip(keys, spelt))
        if k in seen or (mirrored and 2 * i != last and keys[last - i] in seen)
    )


_FACES = {
    -3.0: "😡🤬👿😠😤",
    -2.0: "😭😢😞☹🙁😟😣😖😫😩👎",
    -1.0: "😕😒😔🫤",
    0.0: "😐😑😶",
    1.0: "🙂😊☺👍",
    2.0: "😀😃😄😁",
    3.0: "😍🤩🥰😻❤",
}
_FACE = {face: value for value, faces in _FACES.items() for face in faces}


def symbol(label: str) -> tuple[str, float] | None:
    """The place of a label made of symbols: a face by its mood, stars by their number, None for words.

    Examples
    --------
    >>> symbol("😍"), symbol("★★★☆☆"), symbol("good")
    (('face', 3.0), ('stars', 3.0), None)
    """
    bare = re.sub(r"[\s\ufe0f\u20e3\U0001f3fb-\U0001f3ff]", "", label)
    if bare and set(bare) <= set("★⭐✩☆*✭🌟"):
        return "stars", float(sum(c not in "☆✩" for c in bare))
    return ("face", _FACE[bare]) if bare in _FACE else None


def order_labels(labels: Iterable[str]) -> Scale | None:
    """Find the order of a verbal scale.

    Parameters
    ----------
    labels : iterable of str
        The different answers, without those that are no answer.

    Returns
    -------
    Scale or None
        None where the labels are no scale, or their order cannot be told.

    Examples
    --------
    >>> order_labels(["Agree", "Neutral", "Strongly agree"]).labels
    ('Strongly disagree', 'Disagree', 'Neutral', 'Agree', 'Strongly agree')
    >>> order_labels(["скорее доволен", "доволен", "не доволен"]).labels
    ('не доволен', 'скорее доволен', 'доволен')
    >>> order_labels(["Red", "Green", "Blue"]) is None
    True
    """
    seen = list(dict.fromkeys(str(x) for x in labels))
    folded = {norm(s): s for s in seen}
    if len(folded) < 2 or len(folded) > 11:
        return None
    fitting = [(d, keys, full) for d, keys, full in _FOLDED if set(folded) <= set(keys)]
    # Two of five labels are too few to tell the scale from a plain pair of options, unless they are its opposite ends.
    if fitting:
        d, keys, full = min(fitting, key=lambda f: len(f[1]))
        if len(folded) >= 3 or len(folded) == len(keys):
            return Scale(_offered(d, keys, full, folded), d, complete=set(folded) == set(keys))
    if len(folded) < 3:
        return None
    rated = {s: _rate(s) for s in folded.values()}
    if any(r is not None and r[0] == "period" for r in rated.values()):
        # "never" belongs to two scales; its neighbours tell which.
        rated = {s: _rate(s, only="period") for s in folded.values()}
    rated = _with_middle(rated)
    if any(r is None for r in rated.values()):
        return _by_steps(list(folded.values())) or _by_parts(list(folded.values()))
    dimensions = {r[0] for r in rated.values() if r is not None} - {"*"}
    places = [r[1] for r in rated.values() if r is not None]
    if len(dimensions) != 1 or not clear_order(places):
        return _by_steps(list(folded.values())) or _by_parts(list(folded.values()))
    # Little to much where only the bad word is there ("not difficult … very difficult"): then much is the bad end.
    only_bad = all(_of_bad_word(s) for s, r in rated.items() if r is not None and r[0] != "*")
    ordered = sorted(rated, key=lambda s: rated[s][1] * (-1 if only_bad else 1))  # type: ignore[index]
    return Scale(tuple(ordered), dimensions.pop(), bad=only_bad)


_TROUBLE = re.compile(
    r"problem|pain\b|painful|worr(?:y|ied)|\bconcern|anxi|afraid|\bfear|stress|bother|harm|\brisk|danger|\bissue|"
    r"obstacle|"
    r"trouble|annoy|frustrat|\beffort|limited|depress|\btired|fatigue|difficult|severe|unbearable|critical|\bdamage|"
    r"\bбол[ьи]\b|проблем|трудност|сложност|беспоко|тревож|опас|риск|страх|боюсь|стресс|помех|меша|раздраж|ограничен|"
    r"усили|устал|критическ|невыносим|\bвред"
)


def _bad(labels: Iterable[str]) -> bool:
    """Whether the labels say how much there is of something that nobody wants."""
    return any(_TROUBLE.search(norm(t)) for t in labels)


def _of_bad_word(label: str) -> bool:
    _, rest = degree(re.sub(r"n't\b", " not", norm(label)))
    return next((sign < 0 for stem, _, sign in STEMS if stem.search(rest)), False)


def _by_parts(labels: list[str]) -> Scale | None:
    order = order_by_parts(labels)
    return Scale(order, "parts", bad=_bad(order)) if order else None


def half_ordered(labels: Iterable[str]) -> tuple[str, ...] | None:
    """The likeliest order of labels most of which are words of one scale, where :func:`order_labels` will not say it.

    Two labels that people order differently, or one that does not fit ("not my case" between "no" and "yes"), make a
    list doubtful; the latter stands in the middle.

    Examples
    --------
    >>> half_ordered(["Satisfied", "Quite satisfied", "Dissatisfied"])
    ('Dissatisfied', 'Satisfied', 'Quite satisfied')
    >>> half_ordered(["Red", "Green", "Blue"]) is None
    True
    """
    seen = list(dict.fromkeys(str(x) for x in labels))
    rated = {s: _rate(s) for s in seen}
    known = {s: r for s, r in rated.items() if r is not None}
    if not 3 <= len(seen) <= 11 or len({r[0] for r in known.values()} - {"*"}) != 1:
        return None
    if len(known) < 3 or len(known) < len(seen) - 1:
        return None
    return tuple(sorted(seen, key=lambda s: known[s][1] if s in known else 0.0))


_MIDDLE = re.compile(
    r"^(average|reasonable|acceptable|comfortable|normal|ok(ay)?|fair|about right|just right|нормальн\w+(?: цен\w+)?|"
    r"средн\w+|приемлем\w+|комфортн\w+|как раз)$"
)


def _with_middle(rated: dict[str, tuple[str, float] | None]) -> dict[str, tuple[str, float] | None]:
    """The one everyday word ("average", "нормально") among labels that have two opposite sides is their middle."""
    common = {s: r for s, r in rated.items() if r is not None and not _MIDDLE.match(norm(s))}
    odd = [s for s in rated if s not in common]
    sides = {r[1] > 0 for r in common.values() if r[1]}
    about = {r[0] for r in common.values()} - {"*"}
    one = len(about) == 1 and len(odd) == 1 and len(common) >= 2
    if one and (own := _by_stem(norm(odd[0]))) and own[0] in about:
        return {**rated, odd[0]: own}  # "acceptable" beside "unacceptable" is no middle
    if not one or len(sides) < 2 or not _MIDDLE.match(norm(odd[0])) or "quality" in {r[0] for r in common.values()}:
        return rated
    return {**rated, odd[0]: ("*", 0.0)}


def _letters_of_variants(labels: list[str]) -> bool:
    """Whether bare letters are names, as of plans A, B and C; marks have an F below them."""
    bare = [t.strip(" .").casefold() for t in labels]
    return all(len(t) == 1 for t in bare) and "f" not in bare


def _by_steps(labels: list[str]) -> Scale | None:
    """Labels that are steps of one ladder, all of the same thing; two on one step leave the order open."""
    found = [steps(t) for t in labels]
    for ladder in {name: None for f in found for name in f}:
        if ladder == "mark" and _letters_of_variants(labels):
            continue
        if not all(ladder in f for f in found):
            continue
        places = [f[ladder][0] for f in found]
        things = sorted({f[ladder][1] for f in found} - {""}, key=len)
        if all(alike(t, things[0]) for t in things) and len(set(places)) == len(places):
            return Scale(
                tuple(t for _, t in sorted(zip(places, labels, strict=True))), ladder,
                bad=ladder in ("level", "often") and _bad(labels),
            )  # fmt: skip
    return None


_GOOD = re.compile(
    r"\b(best|great|perfect|ideal|love|like it|superb|fantastic|wonderful|high(est)?|yes|definitely|always|"
    r"лучш\w*|прекрасн\w*|замечательн\w*|великолепн\w*|идеальн\w*|нравится|высок\w*|максимальн\w*|да|точно да|всегда)\b"
)
_BAD = re.compile(
    r"\b(worst|awful|horrible|hate|dislike|low(est)?|no|never|not at all|"
    r"худш\w*|кошмар\w*|отвратительн\w*|не нравится|низк\w*|минимальн\w*|нет|никогда|совсем не|вообще не)\b"
)


def valence(label: str) -> float | None:
    """How good the end of a scale is that a label names: above 0 good, below 0 bad; None where it does not tell.

    Examples
    --------
    >>> valence("very satisfied") > 0, valence("ужасно") < 0, valence("blue")
    (True, True, None)
    """
    rated = _rate(label)
    if rated is not None and rated[0] not in ("*", "period", "change"):
        dimension, value = rated
        return (value - 2.2) if dimension in ("frequency", "degree") else value
    words = norm(label)
    if _BAD.search(words):
        return -2.0
    return 2.0 if _GOOD.search(words) else None
