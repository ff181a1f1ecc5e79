"""Links of rated questions to touchpoints and stages, proposed from the words, and accepted by the researcher.

A link is a guess, the figure is not: until somebody accepts them, proposed links place ratings on the map and are
marked there as proposed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from cjmkit.core.stage import Stage
from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.study.data import StudyData

if TYPE_CHECKING:
    import pandas as pd

    from cjmkit.survey import Survey

__all__ = [
    "agreed_only",
    "agreed_said",
    "outcome_item",
    "propose",
    "rated_items",
    "stage_words",
    "touchpoint_name",
    "with_proposed",
]

_RATED = ("likert", "csat", "ces", "number")
_OVERALL = re.compile(
    r"\b(overall|in general|general(?:ly)?|all in all|on the whole|as a whole|nps|recommend\w*|likely)\b|"
    r"в целом|общая оценка|общ\w+ впечатлени|порекоменд|рекоменд|_?ALL$|NETPRO",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:q|в|вопрос|question)\s?\d+[a-zа-я]?[._):\s]*)?(?:(?:please|пожалуйста)\W*)?"
    r"(?:(?:how (?:satisfied|happy) (?:are|were) you with|how (?:would|do|did) you (?:rate|like|find|feel about)|"
    r"how (?:easy|convenient|clear|good) (?:was|were|is)(?: it)?(?: to)?|how (?:was|were)|(?:please )?rate|"
    r"satisfaction with|(?:your )?(?:rating|opinion) of|quality of|"
    r"насколько (?:вы )?(?:довольны|удовлетворены)|насколько (?:вам )?(?:удобно|понятно|легко|просто)(?: было)?|"
    r"как (?:бы )?(?:вы )?(?:оцените|оцениваете|оценили|оценили бы)|оцените|оценка|удовлетворённость|удовлетворенность|"
    r"качество работы|качество|насколько|как вам)\W*)+",
    re.IGNORECASE,
)
# A statement about oneself says who somebody is, not how something went.
_ATTITUDE = re.compile(r"^\W*(?:I|I'm|I’m|my|for me|я|мне|для меня|мой|моя)\b", re.IGNORECASE)
_AGREES = re.compile(r"agree|соглас", re.IGNORECASE)
_ACRONYMS = {"WIFI": "Wi-Fi", "SMS": "SMS", "ATM": "ATM", "FAQ": "FAQ"}
# "по 5-балльной шкале, где 1 — очень сложно, 5 — очень легко, …": how to answer, not what about.
_LEGEND = re.compile(
    r"^(?:по\s+)?(?:шкале от \d+ до \d+|\w+-?балльной шкале)(?:,?\s*где\s[^?]*\d\s*[—–-]\s*[^,?]+)?,\s*"
    r"|^on a scale (?:of|from) \d+ (?:to|[-–]) \d+(?:,?\s*where\s[^?]*\d\s*(?:is|means|=|[—–-])\s*[^,?]+)?,\s*",
    re.IGNORECASE,
)
_CODE = re.compile(r"^(?:[A-Za-zА-Яа-я]{1,3}\d+[a-z]?(?:[_.]\d+)*_?|\d+_)(?=[A-Za-zА-Яа-яЁё]{2})")
# What a column's name says of itself, not of its thing.
_MARK = re.compile(r"(?<=[A-Za-zА-Яа-я]{3})[ _]?(?:RATE|RATING|SCORE|SAT|ОЦЕНКА)$")

_STEPS = re.compile(r"\b(steps?|stages?|phases?|journey|part of (the|your) way)\b|этап|шаг|стади", re.IGNORECASE)

# When on the way a thing is met, by the words for it: stems in both languages.
_PHASES: tuple[tuple[str, str], ...] = (
    (
        "before",
        "advert реклам search поиск websit сайт site brand бренд review отзыв compar сравн price цен choice выбор "
        "choos выбир inform информ consult консульт learn узна signup sign-up регистр regist book брон road дорог "
        "getting добрать travel подъезд park парк airtrain rental прокат sign указател find найти",
    ),
    (
        "during",
        "order заказ pay оплат checkout касс check-in регистрац queue очеред wait ожидан purchas покуп buy deal сделк "
        "contract договор deliver достав courier курьер pickup выдач staff персонал employee сотрудник service сервис "
        "обслуж food еда пита кухн restaurant ресторан store shop магазин restroom туалет clean чист wifi wi-fi secur "
        "safe безопас boarding посадк screen экран walkway art room номер kitchen recip рецепт box meal app приложен "
        "install установ apartment квартир quality качест",
    ),
    (
        "after",
        "support поддерж help помощ warrant гарант repair ремонт return возврат refund complain жалоб renew продл "
        "again повтор loyal лояльн bonus бонус recommend рекоменд feedback отзывчив after после updat обновл "
        "cancel отмен",
    ),
)


# Telling in a question, but in a text about anything they stand everywhere.
_LOOSE = frozenset(
    "find найти sign after после again повтор getting learn узна service сервис quality качест recommend рекоменд "
    "feedback brand бренд choice выбор inform информ review отзыв help помощ".split()
)


def _about_everything(item: Any) -> bool:
    # A row of a battery is about one thing even where that is a recommendation.
    return bool(re.match(r"\W*(?:overall|в целом|nps\b)", item.option or "x", re.IGNORECASE)) or bool(
        not item.option and _OVERALL.search(f"{item.text} {item.item}")
    )


def rated_items(survey: Survey) -> list[Any]:
    """Rating items of a survey that are about one thing, not about everything."""
    out = []
    for it in survey.all_items:
        attitude = _ATTITUDE.search(it.option or it.text) or any(
            _AGREES.search(str(x)) for x in (*it.scale, it.group, it.text)
        )
        rated = it.type in _RATED and (it.type != "number" or it.scale)
        # The statements of a usability questionnaire rate the whole product, whatever words they use.
        whole = it.type == "sus" or it.group == "PSSUQ"
        about_one = it.stage or not (attitude or whole or _about_everything(it))
        if rated and about_one:
            out.append(it)
    return out


def agreed_only(survey: Survey) -> list[Any]:
    """Statements that people agree with and that do not speak of themselves, without a place on the way.

    They may say what somebody is like or how it went, and "I had to call myself" is worse the more agree: no words tell
    that, so they are left to the researcher.
    """
    rated = {it.item for it in rated_items(survey)}
    return [
        it
        for it in survey.all_items
        if it.type in _RATED
        and it.item not in rated
        and it.group != "PSSUQ"
        and not _about_everything(it)
        and any(_AGREES.search(str(x)) for x in (*it.scale, it.group, it.text))
    ]


def agreed_said(survey: Survey, lang: str) -> str:
    """What to do with such statements where no rating has a place; empty where there are none or ratings have one."""
    found = agreed_only(survey)
    if not found or rated_items(survey):
        return ""
    name = touchpoint_name(found[0])
    return say(
        en=f"{len(found)} statements are taken for attitudes, from which personas are made (“{name}” …). Those that "
        f"say how it went belong on the emotion curve: give them a stage in surveys/{survey.name}.items.yaml, and "
        "`reverse: true` where agreeing is worse",
        ru=f"утверждений, принятых за установки, по которым ищут портреты: {len(found)} («{name}» …). Тем, что "
        f"говорят, как всё прошло, место на эмоциональной кривой: дайте им этап в surveys/{survey.name}.items.yaml и "
        "`reverse: true`, где согласие хуже",
        lang=lang,
    )


def outcome_item(study: StudyData, survey: Survey) -> str:
    """The item whose drivers are asked for: the one that study.yaml names, else an overall rating, else the NPS."""
    if study.settings.survey.outcome:
        return study.settings.survey.outcome
    overall = [i for i in survey.all_items if i.type in _RATED and i.scale and _about_everything(i)]
    nps = [i for i in survey.all_items if i.type == "nps"]
    return next((i.item for i in (*overall, *nps)), "")


def touchpoint_name(item: Any) -> str:
    """What a question is about: its own words without the asking, else the words in the column's name."""
    text = str(item.option or item.text or item.item)
    if text == item.item:
        text = _MARK.sub("", _CODE.sub("", text).replace("_", " "))
    name = _LEAD.sub("", _LEGEND.sub("", _LEAD.sub("", text))).strip(" ?.!:;,*«»\"'()-–—")
    name = re.sub(r"^(?:the|our|your|нашего|нашей|наших|вашего|вашей)\s+", "", name, flags=re.IGNORECASE)
    name = re.sub(r"\s*[(\[].*?[)\]]\s*$", "", name) or text
    if name.isupper() and len(name) > 2:
        name = _ACRONYMS.get(name, name.capitalize())
    return (name[:1].upper() + name[1:])[:60].strip()


def propose(study: StudyData, survey: Survey) -> pd.DataFrame:
    """Where each rated question belongs, with the reason.

    Words of a question are compared with the names, the typical notes and the channels of each stage, then with words
    that tell before, during and after; a question without such a word stands by its neighbours in the questionnaire.

    Parameters
    ----------
    study : StudyData
        Its stages are the places.
    survey : Survey
        Its ratings are placed.

    Returns
    -------
    pandas.DataFrame
        Columns item, text, stage, touchpoint, reason, sure (``"name"``, ``"battery"``, ``"words"``, ``"phase"`` or
        ``"order"``), linked (whether the decisions of the survey say so already).

    Examples
    --------
    >>> import tempfile, pandas as pd, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> answers = pd.DataFrame({"id": ["a", "b"], "q1": [5, 4], "q2": [2, 3]})
    >>> s = cj.survey.Survey.from_frame(answers)
    >>> s = s.set_item("q1", type="likert", scale=(1, 5), text="How would you rate the payment?")
    >>> s = s.set_item("q2", type="likert", scale=(1, 5), text="How satisfied are you with customer support?")
    >>> propose(study, s)[["stage", "touchpoint"]].values.tolist()
    [['purchase', 'Payment'], ['retention', 'Customer support']]
    """
    import pandas as pd

    lang = study.language
    stages = study.stages(content=True)
    vocabulary = [_words_of(s) for s in stages]
    items = rated_items(survey)
    batteries: dict[str, list[Any]] = {}
    for it in items:
        batteries.setdefault(it.group or "", []).append(it)
    placed = {
        it.item: found
        for group, rows in batteries.items()
        for it, found in _along(rows, stages, vocabulary, lang, group)
    }
    out = []
    for it in items:
        at, reason, sure = placed[it.item]
        if it.stage:
            decided = say(en="decided", ru="решено", lang=lang)
            out.append((it.item, it.text, it.stage, it.touchpoint, decided, "", True))
        else:
            out.append((it.item, it.text, stages[at].id, it.touchpoint or touchpoint_name(it), reason, sure, False))
    return pd.DataFrame(out, columns=["item", "text", "stage", "touchpoint", "reason", "sure", "linked"])


def _along(
    items: list[Any], stages: tuple[Stage, ...], vocabulary: list[tuple[set[str], set[str]]], lang: str, group: str
) -> list[tuple[Any, tuple[int, str, str]]]:
    """A stage for each question of a battery: its words, and that a questionnaire usually follows the way.

    Of all orders of stages that never go back, the one with the most words on its side is taken; where a battery asks
    of steps and has as many rows as there are stages, each row is a stage.
    """
    n, last = len(items), len(stages) - 1
    titles = {s.title.casefold().strip(): k for k, s in enumerate(stages)}
    if all(touchpoint_name(it).casefold() in titles for it in items):
        reason = say(en="called as the stage", ru="называется как этап", lang=lang)
        return [(it, (titles[touchpoint_name(it).casefold()], reason, "name")) for it in items]
    # Five rows and five stages may be chance, as the five places of an airport are: the question has to ask of steps.
    if group and n == len(stages) and _STEPS.search(f"{items[0].group} {items[0].text}"):
        reason = say(en="a row for each stage", ru="по строке на этап", lang=lang)
        return [(it, (k, reason, "battery")) for k, it in enumerate(items)]
    words = [_stems(_LEAD.sub("", _words_asked(it))) for it in items]
    # A word that several rows share ("page") names the kind of thing, not the place.
    several = {w for w, times in Counter(w for ws in words for w in ws).items() if times > 1}
    told = [
        [_fit(it, ws - several, s, k, vocabulary, lang) for k, s in enumerate(stages)] for it, ws in zip(items, words)
    ]
    # A lone question has no neighbours to stand between: the middle of the way is nearest to nothing wrong.
    at = [k / (n - 1) if n > 1 else 0.5 for k in range(n)]
    points = [
        [told[i][k][0] - 2.0 * abs(at[i] - k / max(last, 1)) for k in range(last + 1)] for i in range(n)
    ]  # fmt: skip
    best, came = points[0], []
    for i in range(1, n):
        back = [max(range(k + 1), key=lambda j: best[j]) for k in range(last + 1)]
        best = [best[back[k]] + points[i][k] for k in range(last + 1)]
        came.append(back)
    k = max(range(last + 1), key=lambda j: best[j])
    way = [k]
    for back in reversed(came):
        way.append(back[way[-1]])
    way.reverse()
    order = say(en="its place in the questionnaire", ru="место в анкете", lang=lang)
    return [
        (it, (k, told[i][k][1], told[i][k][2]) if told[i][k][1] else (k, order, "order"))
        for i, (it, k) in enumerate(zip(items, way, strict=True))
    ]


def _stems(text: str) -> set[str]:
    from cjmkit.text import detect_language, stems

    words = set(re.findall(r"[^\W\d_]{3,}", text.casefold().replace("ё", "е")))
    language = "ru" if re.search("[а-я]", text.casefold()) else detect_language(text) or "en"
    try:
        return {s for s in stems(" ".join(sorted(words)), language) if len(s) > 2}
    except CjmError:  # a language without a stemmer: the words themselves
        return words


def _words_of(stage: Stage) -> tuple[set[str], set[str]]:
    """Stems of a stage's name and channels, and of its typical notes."""
    from cjmkit.core.stage import LANES

    names = " ".join([stage.title, stage.id.replace("-", " "), *(t.name for t in stage.touchpoints)])
    notes = " ".join(n.text for lane in LANES for n in stage.lane(lane))
    return _stems(names), _stems(notes)


def stage_words(study: StudyData, touchpoints: pd.DataFrame | None = None) -> dict[str, tuple[str, ...]]:
    """Words by which a text belongs to a stage: its name, its touchpoints, and what people meet at that time.

    A word of several stages tells none. Words for before, during and after go to the last stage before, the first
    during and the first after.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> "order" in stage_words(study)["purchase"], "support" in stage_words(study)["retention"]
    (True, True)
    """
    stages = study.stages(content=True)
    own: dict[str, set[str]] = {s.id: _words_of(s)[0] for s in stages}
    if touchpoints is not None:
        for stage, name in touchpoints[["stage", "touchpoint"]].astype(str).itertuples(index=False, name=None):
            if stage in own:
                own[stage] |= _stems(name)
    times = Counter(w for words in own.values() for w in words)
    out = {s: [w for w in sorted(words) if times[w] == 1 and len(w) > 3] for s, words in own.items()}
    for phase, listed in _PHASES:
        there = [s.id for s in stages if s.phase == phase]
        if there:
            place = there[-1] if phase == "before" else there[0]
            known = [w for words in out.values() for w in words]
            new = [w for w in listed.split() if w not in _LOOSE]
            out[place] += [w for w in new if not any(w.startswith(k) or k.startswith(w) for k in known)]
    return {s: tuple(words) for s, words in out.items()}


def _words_asked(item: Any) -> str:
    return str(item.option or f"{item.text} {_CODE.sub('', item.item).replace('_', ' ')}")


def _fit(
    item: Any, words: set[str], stage: Stage, k: int, vocabulary: list[tuple[set[str], set[str]]], lang: str
) -> tuple[float, str, str]:
    """How well a question's words fit a stage, with the reason; words that fit every stage say nothing."""
    elsewhere = [v for i, v in enumerate(vocabulary) if i != k]
    names, notes = vocabulary[k]
    own = {w for w in words & (names | notes) if not any(w in a or w in b for a, b in elsewhere)}
    folded = _words_asked(item).casefold().replace("ё", "е")
    met = next(
        (s for phase, stems in _PHASES if phase == stage.phase for s in stems.split() if re.search(rf"\b{s}", folded)),
        "",
    )
    points = min(2.0 * len(own & names) + 1.0 * len(own & notes), 3.0) + (0.8 if met else 0.0)
    if own:
        common = ", ".join(sorted(own))
        return points, say(en=f"words of the stage: {common}", ru=f"слова этапа: {common}", lang=lang), "words"
    if met:
        when = {"before": "до", "during": "во время", "after": "после"}[str(stage.phase)]
        return points, say(en=f"“{met}…” is met {stage.phase}", ru=f"«{met}…»: {when}", lang=lang), "phase"
    return 0.0, "", ""


def with_proposed(study: StudyData, survey: Survey) -> tuple[Survey, tuple[str, ...]]:
    """The survey with proposed links where its decisions have none at all, and the items that these place by a guess.

    A question that is called as a stage is no guess.
    """
    if any(i.stage for i in survey.all_items if i.type != "open"):
        return survey, ()
    table = propose(study, survey)
    for row in table.to_dict("records"):
        survey = survey.set_item(row["item"], stage=row["stage"], touchpoint=row["touchpoint"])
    return survey, tuple(table.loc[table["sure"].ne("name"), "item"])
