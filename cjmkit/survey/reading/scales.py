"""Verbal scales: which labels are a scale, in which order, and which of them are no answer.

Full lists come first, since an end of the scale that nobody chose still counts as a point. What is on no list is
ordered by its words: a stem that says what is rated, a sign and a strength.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cjmkit.survey._decode import norm

__all__ = ["Scale", "looks_missing", "order_labels"]


@dataclass(frozen=True)
class Scale:
    """An ordered verbal scale: labels low to high as the file spells them, and what is rated."""

    labels: tuple[str, ...]
    dimension: str
    complete: bool = False


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


def _both(low_to_high: str) -> list[str]:
    return [t.strip() for t in low_to_high.split("|")]


# Dimension, then the labels from low to high.
_LISTS: list[tuple[str, list[str]]] = [
    (d, _both(t))
    for d, t in [
        ("agree", "Strongly disagree|Disagree|Agree|Strongly agree"),
        ("agree", "Strongly disagree|Disagree|Neutral|Agree|Strongly agree"),
        ("agree", "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree"),
        ("agree", "Strongly disagree|Somewhat disagree|Neither agree nor disagree|Somewhat agree|Strongly agree"),
        (
            "agree",
            "Strongly disagree|Disagree|Somewhat disagree|Neither agree nor disagree|Somewhat agree|Agree|Strongly "
            "agree",
        ),
        ("satisfied", "Very dissatisfied|Dissatisfied|Neutral|Satisfied|Very satisfied"),
        ("satisfied", "Very dissatisfied|Dissatisfied|Neither satisfied nor dissatisfied|Satisfied|Very satisfied"),
        (
            "satisfied",
            "Very dissatisfied|Somewhat dissatisfied|Neither satisfied nor dissatisfied|Somewhat satisfied|Very "
            "satisfied",
        ),
        (
            "satisfied",
            "Extremely dissatisfied|Somewhat dissatisfied|Neither satisfied nor dissatisfied|Somewhat satisfied|"
            "Extremely satisfied",
        ),
        (
            "satisfied",
            "Not at all satisfied|Slightly satisfied|Moderately satisfied|Very satisfied|Extremely satisfied",
        ),
        ("likely", "Very unlikely|Unlikely|Neutral|Likely|Very likely"),
        ("likely", "Extremely unlikely|Somewhat unlikely|Neither likely nor unlikely|Somewhat likely|Extremely likely"),
        ("likely", "Not at all likely|Not so likely|Somewhat likely|Very likely|Extremely likely"),
        (
            "important",
            "Not at all important|Slightly important|Moderately important|Very important|Extremely important",
        ),
        ("important", "Not important|Somewhat important|Very important"),
        ("ease", "Very difficult|Difficult|Neutral|Easy|Very easy"),
        ("ease", "Very difficult|Somewhat difficult|Neither easy nor difficult|Somewhat easy|Very easy"),
        ("quality", "Very poor|Poor|Fair|Good|Very good"),
        ("quality", "Poor|Fair|Good|Very good|Excellent"),
        ("quality", "Terrible|Poor|Average|Good|Excellent"),
        (
            "favorable",
            "Very unfavorably|Somewhat unfavorably|Neither favorably nor unfavorably (neutral)|"
            "Somewhat favorably|Very favorably",
        ),
        ("frequency", "Never|Rarely|Sometimes|Often|Always"),
        ("frequency", "Never|Rarely|Sometimes|Frequently"),
        ("degree", "Not at all|Slightly|Moderately|Very|Extremely"),
        ("degree", "Not at all|A little|Moderately|A lot|A great deal"),
        ("yes", "No|Neutral|Yes"),
        ("yes", "Нет|Нейтрально|Да"),
        ("yes", "Нет|Скорее нет|Скорее да|Да"),
        ("agree", "Полностью не согласен|Не согласен|Нейтрально|Согласен|Полностью согласен"),
        (
            "agree",
            "Полностью не согласен|Скорее не согласен|Ни согласен, ни не согласен|Скорее согласен|Полностью согласен",
        ),
        ("agree", "Полностью не согласен|Скорее не согласен|Скорее согласен|Полностью согласен"),
        ("agree", "Совершенно не согласен|Скорее не согласен|Нейтрально|Скорее согласен|Полностью согласен"),
        (
            "satisfied",
            "Полностью не удовлетворен|Скорее не удовлетворен|Нейтрально|Скорее удовлетворен|Полностью удовлетворен",
        ),
        ("satisfied", "Очень недоволен|Недоволен|Нейтрально|Доволен|Очень доволен"),
        ("important", "Совсем не важно|Скорее не важно|Нейтрально|Скорее важно|Очень важно"),
        ("ease", "Очень сложно|Сложно|Нейтрально|Легко|Очень легко"),
        ("ease", "Очень трудно|Скорее трудно|Нейтрально|Скорее легко|Очень легко"),
        ("quality", "Очень плохо|Плохо|Нормально|Хорошо|Отлично"),
        ("quality", "Плохо|Удовлетворительно|Хорошо|Отлично"),
        ("frequency", "Никогда|Редко|Иногда|Часто|Всегда"),
        ("frequency", "Никогда|Редко|Иногда|Часто|Постоянно"),
        ("likely", "Очень маловероятно|Маловероятно|Нейтрально|Вероятно|Очень вероятно"),
    ]
]
_FOLDED = [(d, [norm(t) for t in labels], labels) for d, labels in _LISTS]

_NEUTRAL = re.compile(
    r"^(neutral|neither.*|neutrally|indifferent|no change|about the same|(about )?(the )?same|equally.*|mixed|"
    r"нейтральн.*|ни .*,? ?ни .*|ни то ни.*|и да,? и нет|средне|без изменений|так же|одинаково.*)$|\(neutral\)$"
)
# Stem, its dimension and sign; the negative forms come first, since they contain the positive ones.
_STEMS: list[tuple[re.Pattern[str], str, int]] = [
    (re.compile(p), d, s)
    for p, d, s in [
        (r"\bdisagree|несоглас", "agree", -1),
        (r"\bagree|\bсоглас", "agree", 1),
        (r"dissatisf|unsatisf|неудовлетвор[её]н|недовол|unhappy", "satisfied", -1),
        (r"satisf|\bудовлетвор[её]н|\bдовол(ен|ьна|ьны)\b|\bhappy", "satisfied", 1),
        (r"unlikely|маловероятн|вряд ли|improbable", "likely", -1),
        (r"\blikely|\bвероятн|probable", "likely", 1),
        (r"unimportant|неважн", "important", -1),
        (r"important|\bважн|essential|critical", "important", 1),
        (r"difficult|\bhard|\bсложн|\bтрудн|\bтяжел", "ease", -1),
        (r"\beas(y|ily)|simple|\bлегк|\bпрост", "ease", 1),
        (r"unfavou?rabl", "favorable", -1),
        (r"favou?rabl", "favorable", 1),
        (r"unhelpful|useless|бесполезн", "useful", -1),
        (r"helpful|useful|\bполезн", "useful", 1),
        (r"unclear|непонятн", "clear", -1),
        (r"\bclear|\bпонятн", "clear", 1),
        (r"uncomfortable|неудобн|inconvenient", "comfortable", -1),
        (r"comfortable|\bудобн|convenient", "comfortable", 1),
        (r"unsafe|небезопасн", "safe", -1),
        (r"\bsafe|\bбезопасн", "safe", 1),
        (r"\bworse|\bхуже", "change", -1),
        (r"\bbetter|\bлучше", "change", 1),
        (r"\bless\b|decrease|\bменьше|снизил", "change", -1),
        (r"\bmore\b|increase|\bбольше|вырос", "change", 1),
        (r"\b(below|short of|under|did not meet|fell short|failed to meet)\b|не оправдал|\bниже", "expect", -1),
        (r"\b(exceed|above|beyond|surpass)|превзош|\bвыше", "expect", 1),
        (r"unfamiliar|незнаком", "familiar", -1),
        (r"familiar|\bзнаком", "familiar", 1),
        (r"uninterest|неинтерес", "interested", -1),
        (r"interest|\bинтерес", "interested", 1),
        (r"unconfident|не ?уверен", "confident", -1),
        (r"confident|\bуверен", "confident", 1),
        (r"distrust|недовер", "trust", -1),
        (r"\btrust|\bдовер", "trust", 1),
    ]
]
_WORDS: list[tuple[str, dict[str, float]]] = [
    (
        "quality",
        {
            "terrible": -3,
            "awful": -3,
            "very poor": -2,
            "very bad": -2,
            "poor": -1,
            "bad": -1,
            "fair": 0,
            "average": 0.1,
            "ok": 0.1,
            "okay": 0.1,
            "acceptable": 0.1,
            "good": 1,
            "very good": 2,
            "excellent": 3,
            "outstanding": 3.5,
            "ужасно": -3,
            "очень плохо": -2,
            "плохо": -1,
            "скорее плохо": -0.7,
            "удовлетворительно": 0,
            "нормально": 0.1,
            "средне": 0,
            "скорее хорошо": 0.7,
            "хорошо": 1,
            "очень хорошо": 2,
            "отлично": 3,
            "превосходно": 3.5,
        },
    ),
    (
        "frequency",
        {
            "never": 0,
            "almost never": 0.5,
            "hardly ever": 0.5,
            "very rarely": 0.6,
            "rarely": 1,
            "seldom": 1,
            "occasionally": 2,
            "sometimes": 2.5,
            "about half the time": 3,
            "regularly": 3.5,
            "often": 4,
            "frequently": 4,
            "usually": 4.2,
            "most of the time": 4.3,
            "very often": 4.5,
            "very frequently": 4.5,
            "almost always": 4.7,
            "always": 5,
            "constantly": 5,
            "никогда": 0,
            "почти никогда": 0.5,
            "очень редко": 0.6,
            "редко": 1,
            "время от времени": 2,
            "иногда": 2.5,
            "регулярно": 3.5,
            "часто": 4,
            "обычно": 4.2,
            "очень часто": 4.5,
            "почти всегда": 4.7,
            "всегда": 5,
            "постоянно": 5,
        },
    ),
    (
        "degree",
        {
            "not at all": 0,
            "none at all": 0,
            "very little": 0.7,
            "slightly": 1,
            "a little": 1,
            "a little bit": 1,
            "a bit": 1,
            "somewhat": 2,
            "moderately": 2.2,
            "a moderate amount": 2.2,
            "quite a bit": 3,
            "quite": 3,
            "a lot": 3.2,
            "very": 3.5,
            "very much": 3.6,
            "extremely": 4,
            "a great deal": 4,
            "completely": 4.5,
            "совсем нет": 0,
            "совсем не": 0,
            "немного": 1,
            "слегка": 1,
            "умеренно": 2,
            "отчасти": 1.8,
            "сильно": 3,
            "очень": 3.4,
            "очень сильно": 3.5,
            "полностью": 4,
        },
    ),
    (
        "period",
        {
            "never": 0,
            "less than once a year": 0.5,
            "less than once per year": 0.5,
            "once a year": 1,
            "yearly": 1,
            "a few times a year": 2,
            "several times a year": 2,
            "several times per year": 2,
            "every few months": 2,
            "less than once a month": 2.5,
            "less than monthly": 2.5,
            "once a month": 3,
            "monthly": 3,
            "a few times a month": 4,
            "several times a month": 4,
            "once a week": 5,
            "weekly": 5,
            "a few times a week": 6,
            "several times a week": 6,
            "2+ times per week": 6,
            "once a day": 7,
            "daily": 7,
            "every day": 7,
            "several times a day": 8,
            "more than once a day": 8,
            "никогда": 0,
            "реже раза в год": 0.5,
            "раз в год": 1,
            "несколько раз в год": 2,
            "реже раза в месяц": 2.5,
            "раз в месяц": 3,
            "несколько раз в месяц": 4,
            "раз в неделю": 5,
            "несколько раз в неделю": 6,
            "каждый день": 7,
            "ежедневно": 7,
            "несколько раз в день": 8,
        },
    ),
    ("expect", {"met expectations": 0, "met my expectations": 0, "as expected": 0, "соответствовало ожиданиям": 0}),
]
_STRENGTH: list[tuple[re.Pattern[str], float]] = [
    (re.compile(p), v)
    for p, v in [
        (
            r"\b(extremely|completely|totally|absolutely|entirely|fully|greatly|far|совершенно|полностью|абсолютно|"
            r"крайне|"
            r"совсем|категорически|чрезвычайно|намного|гораздо|значительно)\b",
            2.5,
        ),
        (
            r"\b(very|strongly|definitely|highly|much|well|considerably|significantly|очень|сильно|определенно|"
            r"безусловно)\b",
            2.0,
        ),
        (r"\b(mostly|quite|fairly|generally|вполне|довольно|достаточно|в основном)\b", 1.4),
        (r"\b(moderately|somewhat|rather|partly|partially|probably|tend to|скорее|отчасти|частично|умеренно)\b", 0.8),
        (r"\b(slightly|a little|a bit|немного|слегка|чуть)\b", 0.5),
    ]
]


def _rate(label: str, only: str = "") -> tuple[str, float] | None:
    """Dimension and place of one label, or None; dimension "*" goes with any."""
    t = norm(label)
    if marked := symbol(label):
        return marked
    # "Never -- I don't use it": what follows the dash explains.
    head = re.split(r"\s+-+\s+|\s*:\s+|\s+\(", t, maxsplit=1)[0].strip(" .,;!")
    if _NEUTRAL.search(t):
        return "*", 0.0
    for dimension, words in _WORDS:
        if only in ("", dimension):
            for key in (t, head):
                if key in words:
                    return dimension, words[key]
    for stem, dimension, sign in _STEMS:
        m = stem.search(t)
        if not m:
            continue
        strength = next((v for p, v in _STRENGTH if p.search(t)), 1.0)
        before = t[: m.start()]
        if re.search(r"\bnot at all\b|\bat all\b|\bсовсем не\b|\bвообще не\b|\bсовершенно не\b|\bабсолютно не\b", t):
            return dimension, -3.0 * sign
        if re.search(r"\b(not|isn'?t|no|не)\b", before):
            # "not very satisfied" is milder than "not satisfied"; "fully not satisfied" is stronger.
            mild = re.search(
                r"\b(not|не) (very|so|too|really|quite|fully|completely|очень|вполне|совсем|полностью)\b", before
            )
            return dimension, -sign * (0.6 if mild else max(strength, 0.5))
        return dimension, sign * strength
    return None


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
            return Scale(_offered(d, keys, full, folded), d, complete=True)
    if len(folded) < 3:
        return None
    rated = {s: _rate(s) for s in folded.values()}
    if any(r is not None and r[0] == "period" for r in rated.values()):
        # "never" belongs to two scales; its neighbours tell which.
        rated = {s: _rate(s, only="period") for s in folded.values()}
    if any(r is None for r in rated.values()):
        return None
    dimensions = {r[0] for r in rated.values() if r is not None} - {"*"}
    places = [r[1] for r in rated.values() if r is not None]
    if len(dimensions) != 1 or len(set(places)) < len(places):
        return None
    ordered = sorted(rated, key=lambda s: rated[s][1])  # type: ignore[index]
    return Scale(tuple(ordered), dimensions.pop())


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
