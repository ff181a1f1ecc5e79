"""A label taken apart: how much, whether it is denied, and of what ("not very | worried", "скорее | не | подходит")."""

from __future__ import annotations

import re
from itertools import pairwise

from cjmkit.survey._decode import norm

__all__ = ["MIDDLE", "alike", "clear_order", "degree", "order_by_parts", "share", "subject"]

NEAR = 0.045
"""Two words nearer than this to each other have no agreed order ("quite satisfied" and "satisfied")."""

# Denials, the strongest first: a pattern, and the factor that it gives. The group "kept" stays.
_DENIED: list[tuple[re.Pattern[str], float]] = [
    (re.compile(p), f)
    for p, f in [
        (r"\bnot\b(?P<kept>.*?)\bat all\b|\bnone at all\b", -3.0),
        (r"\b(?:would |will )?never\b|\b(?:ни за что|никогда) не\b|\b(?:ничего|совсем|вообще|вовсе|совершенно|"
         r"абсолютно|полностью|категорически|нисколько|ничуть|никак|крайне) не\b", -3.0),
        (r"\bне\b(?P<kept>.*)\b(?:совершенно|совсем|вообще|абсолютно)$", -3.0),
        (r"\b(?:completely|absolutely|totally|strongly|extremely) not\b", -3.0),
        (r"\b(?:definitely|certainly|surely) (?:would |will |do |does |did )?not\b", -2.4),
        (r"\b(?:точно|определенно|безусловно|однозначно|очень|сильно) не\b", -2.4),
        (r"\b(?:probably|rather|somewhat|mostly) (?:would |will |do |does |did )?not\b|\bunlikely to\b", -0.9),
        (r"\b(?:скорее всего|скорее|пожалуй|вероятно|отчасти) не\b|\bвряд ли\b", -0.9),
        (r"\bnot (?:very|too|so|that|really|particularly|quite|fully|completely|entirely|especially|much)\b", -0.6),
        (r"\bне (?:очень|слишком|особо|особенно|вполне|совсем|так|полностью|сильно|до конца)\b", -0.6),
        (r"\b(?:hardly|barely|scarcely)\b|\bпочти не\b|\bедва\b", 0.15),
        (r"\b(?:not|no|without|neither)\b|\b(?:не|нет|без)\b", -1.3),
    ]
]  # fmt: skip
_STRENGTH: list[tuple[re.Pattern[str], float]] = [
    (re.compile(p), f)
    for p, f in [
        (r"\b(?:довольно|достаточно|quite|fairly|rather) (?:сильно|много|strongly|a lot|much)\b", 1.4),
        (r"\b(?:far|much|way) too\b|\b(?:намного|гораздо) слишком\b", 2.8),
        (r"\b(?:slightly|a little|a bit|somewhat) too\b", 0.5),
        (r"\b(?:extremely|completely|totally|absolutely|entirely|fully|greatly|perfectly|incredibly|exceptionally)\b|"
         r"\b(?:совершенно|полностью|абсолютно|крайне|чрезвычайно|категорически|всецело|целиком|максимально|совсем|"
         r"резко)\b", 2.5),
        (r"\b(?:very much|a great deal|to a great extent|exactly)\b|\b(?:в высшей степени|очень сильно)\b", 2.3),
        (r"\b(?:far|much|намного|гораздо|значительно|существенно)\b(?= \w)|\b(?:намного|гораздо|значительно)$", 2.5),
        (r"\b(?:very|strongly|a lot|definitely|certainly|seriously|clearly|highly|considerably|significantly|really|"
         r"deeply|too|well(?= above| below)|"
         r"очень|сильно|определенно|безусловно|однозначно|точно|обязательно|непременно|явно|весьма|слишком|хорошо|"
         r"активно)\b", 2.0),
        (r"\b(?:mostly|quite|generally|pretty|вполне|довольно|достаточно|в основном|в целом)\b", 1.03),
        (r"\b(?:moderately|умеренно|средне)\b", 0.85),
        (r"\bfairly\b", 0.92),
        (r"\b(?:somewhat|some|rather|partly|partially|probably|tend to|to some extent|скорее всего|скорее|отчасти|"
         r"частично|"
         r"пожалуй)\b", 0.77),
        (r"\b(?:might|may|could|perhaps|возможно|может быть)\b", 0.4),
        (r"\b(?:slightly|a little bit|a little|a bit|mildly|немного|слегка|чуть|незначительно|слабо)\b", 0.5),
        (r"\b(?:little|мало)\b(?= \w)|(?<=\w )\b(?:little|мало)\b", 0.3),
    ]
]  # fmt: skip
_SHARE: list[tuple[re.Pattern[str], float]] = [
    (re.compile(rf"\b(?:{p})(?!\w)"), f)
    for p, f in [
        (r"almost never|hardly ever|hardly any|almost none|very rarely|extremely rarely|very few|almost no one|"
         r"почти никогда|очень редко|крайне редко|почти никто|почти ничего", 0.5),
        (r"not very much|not much|not often", 0.7),
        (r"never|none of the time|none|nothing|no one|nobody|никогда|ни разу|никто|ничего|ни один|ни одного", 0.0),
        (r"изредка", 1.25), (r"rarely|seldom|infrequently|редко|меньшинств\w+", 1.0),
        (r"a few|a small number|a little of the time", 1.25), (r"several days|несколько дней", 1.5),
        (r"only some", 1.8), (r"occasionally|once in a while|время от времени|от случая к случаю", 2.0),
        (r"some of the time|some|некоторые", 2.0), (r"sometimes|иногда", 2.5),
        (r"a moderate amount|a fair amount", 2.6), (r"(?:for )?more than half.*|более половины.*|"
         r"больше половины.*", 3.4),
        (r"(?:about |around )?half(?: the time| of the time)?|(?:примерно )?(?:в )?половин\w+(?: случаев)?", 3.0),
        (r"regularly|регулярно", 3.55), (r"(?:fairly|quite|rather) often|довольно часто", 3.7),
        (r"very often|very frequently|очень часто", 4.5), (r"often|frequently|часто", 4.0),
        (r"a lot of the time|a lot of", 3.8), (r"most of the time|most|usually|generally|большинств\w+|обычно|"
         r"в большинстве случаев|как правило|чаще всего", 4.25),
        (r"a great deal of|a great deal", 4.4), (r"(?:nearly|almost) (?:every day|always|all)|почти (?:каждый день|"
         r"всегда|все)",
         4.7),
        (r"all of the time|always|constantly|every time|all|everyone|всегда|постоянно|все", 5.0),
    ]
]  # fmt: skip
_FILLERS = re.compile(
    r"\b(?:i|we|it|is|are|was|were|be|been|am|to|the|a|an|of|for|in|with|about|have|has|had|do|does|did|would|will|"
    r"me|my|"
    r"this|that|them|am|feel|felt|experience|experienced|only|well|time|than|"
    r"я|мы|мне|меня|мной|это|этот|эта|эти|для|бы|чем|в|на|с|испытываю|чувствую|чувствуется|имею|есть|он|она|они|так|"
    r"такой|такого|такая|such|any)\b"
)
_PREFIX = re.compile(r"^(?:un|in|im|ir|il|dis|non|mis|не|без|бес)")
MIDDLE = re.compile(
    r"^(?:neutral|neither\b.*|neutrally|indifferent|no change|(?:about |much )?(?:the )?same(?: as.*)?|equally.*|mixed|"
    r"no preference|(?:about|just) right|(?:remain(?:ed|s)?|stay(?:ed|s)?) (?:the same|unchanged)|unchanged|"
    r"as expected|"
    r"(?:might|may)(?: .*)? or (?:might|may) not.*|not sure either way|"
    r"не изменил\w*|остал\w+ (?:так|преж|без изм)\w+.*|с той же \w+|нейтральн.*|ни .*,? ?ни .*|ни то ни.*|"
    r"и да,? и нет|без изменений|"
    r"так же.*|на (?:том же|прежнем) уровне|at the same level|таки\w+ же.*|такой же.*|столько же|одинаково.*|"
    r"в самый раз|как раз|может быть,? .* может,? .*нет|"
    r"соответств\w+ ожидани\w+|как (?:и )?ожидал\w*)$|\(neutral\)$"
)


def _plain(label: str) -> str:
    return (
        re.sub(r"n't\b", " not", norm(label)).replace("cannot", "can not").replace("won not", "will not").strip(" .,;!")
    )


def degree(text: str) -> tuple[float, str]:
    """How strongly a label says what it says, below 0 where it denies it, and the words that are left.

    Examples
    --------
    >>> degree("not very worried"), degree("очень подходит"), degree("clean")
    ((-0.6, 'worried'), (2.0, 'подходит'), (1.0, 'clean'))
    """
    factor: float | None = None
    for pattern, value in _DENIED:
        if m := pattern.search(text):
            kept = m.groupdict().get("kept") or ""
            text = f"{text[: m.start()]} {kept} {text[m.end() :]}"
            factor = value
            break
    for pattern, value in _STRENGTH:
        if pattern.search(text):
            text = pattern.sub(" ", text)
            if factor is None:
                factor = value
    if factor is None and re.search(r"[оеё]ват[аоы]?$", text):  # "дороговато": rather
        factor = 0.6
    return (1.0 if factor is None else factor), " ".join(text.split()).strip(" ,;")


def share(text: str) -> tuple[float, str] | None:
    """How much of the time, or of the whole, a label says: 0 never, 5 always; and the words that are left.

    Examples
    --------
    >>> share("rarely true"), share("most of the time"), share("clean")
    ((1.0, 'true'), (4.25, ''), None)
    """
    places = []
    for part in re.split(r"\bor\b|\bили\b", text):
        hit = next(((m, value) for pattern, value in _SHARE if (m := pattern.search(part))), None)
        if hit is None:
            return None
        left = part[: hit[0].start()] + " " + part[hit[0].end() :]
        places.append((hit[1], re.sub(r"\bне\b", " ", left) if hit[1] == 0 else left))  # "никогда не бывает"
    rest = " ".join(_FILLERS.sub(" ", places[-1][1]).replace("раз", " ").split()).strip(" ,;")
    return sum(p for p, _ in places) / len(places), rest


def clear_order(places: list[float]) -> bool:
    """Whether no two places are the same, or so near that people would not agree on their order."""
    return all(b - a > NEAR for a, b in pairwise(sorted(places)))


def alike(a: str, b: str) -> bool:
    """Whether two words are forms of one word."""
    shared = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        shared += 1
    return (shared >= min(4, max(3, min(len(a), len(b)) - 1)) and shared >= 0.6 * max(len(a), len(b))) or a == b


def subject(rest: str) -> tuple[str, ...]:
    """The words of a label that name what it speaks of: those that carry no grammar only."""
    return tuple(re.findall(r"[^\W_]+", _FILLERS.sub(" ", rest)))


def _signs(subjects: list[tuple[str, ...]]) -> list[int] | None:
    """+1 where a subject is the common one, -1 where it is its opposite by a prefix ("impolite"); None elsewhere."""
    told = [s for s in subjects if s]
    if not told:
        return [1] * len(subjects)
    # The form without a prefix is the one to compare with.
    base = min(told, key=lambda s: sum(map(len, s)))
    signs = []
    for s in subjects:
        if not s:
            signs.append(1)
            continue
        if len(s) != len(base):
            return None
        sign = 1
        for word, of in zip(s, base, strict=True):
            if alike(word, of):
                continue
            bare = _PREFIX.sub("", word)
            if bare == word or not alike(bare, of):
                return None
            sign = -sign
        signs.append(sign)
    # Beside "небезразлично", "безразлично" is the denial itself.
    return [-s for s in signs] if -1 in signs and any(re.match(r"бе[зс]", w) for w in base) else signs


def order_by_parts(labels: list[str]) -> tuple[str, ...] | None:
    """Labels from little to much where all say how much of one thing, whatever it is; None where they do not.

    A denial lies below zero, a middle at zero; opposites differ by a prefix. Two that people would not agree on leave
    the order open.

    Examples
    --------
    >>> order_by_parts(["very worried", "not at all worried", "fairly worried"])
    ('not at all worried', 'fairly worried', 'very worried')
    >>> order_by_parts(["impolite", "very polite", "polite"])
    ('impolite', 'polite', 'very polite')
    >>> order_by_parts(["very green", "red", "blue"]) is None
    True
    """
    told = [re.sub(r"\bмало(?!вероят)(?=[а-я]{4})", "мало ", _plain(t)) for t in labels]
    nothing = [
        bool(re.fullmatch(r"not at all|none(?: at all)?|(?:совсем |вообще )?(?:нет|никак|не)|нисколько|ничего", t))
        for t in told
    ]
    found = [None if n or MIDDLE.search(t) else share(t) for t, n in zip(told, nothing)]
    if sum(f is not None for f in found) >= max(2, len(labels) - 1) and all(f or n for f, n in zip(found, nothing)):
        rests = {f[1] for f in found if f and f[1]}
        places = [f[0] if f else 0.0 for f in found]
        if len(rests) <= 1 and clear_order(places):
            return _sorted(labels, places)
    middles = [bool(MIDDLE.search(t)) for t in told]
    parts = [(0.0, "") if m else (-3.5, "") if n else degree(re.sub(r"^(?:yes|no|да|нет),\s*", "", t))
             for t, m, n in zip(told, middles, nothing)]  # fmt: skip
    signs = _signs([subject(rest) for _, rest in parts])
    if signs is None or sum(middles) > 1 or sum(nothing) > 1:
        return None
    places = [factor * sign for (factor, _), sign in zip(parts, signs)]
    bare = [t for (_, rest), t, m, n in zip(parts, told, middles, nothing) if not (rest or m or n)]
    if any(middles) and not any(p < 0 for p in places):
        return None  # a middle of what?
    # Words of strength alone ("very", "a little") are a scale; a list of bare denials is none.
    if (
        len({p > 0 for p in places}) < 1
        or not clear_order(places)
        or (bare and len(bare) < sum(not m for m in middles) - 1)
    ):
        return None
    return _sorted(labels, places)


def _sorted(labels: list[str], places: list[float]) -> tuple[str, ...]:
    return tuple(t for _, t in sorted(zip(places, labels, strict=True)))
