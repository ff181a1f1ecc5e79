"""Labels placed by their parts: a step of a ladder ("low", "never", "beginner"), and what it is a step of."""

from __future__ import annotations

import re

from cjmkit.survey._decode import norm
from cjmkit.survey.reading.parts import subject

__all__ = ["steps"]

# A ladder is a name and its steps; a step is a pattern and its place. The first pattern that fits counts.
_LADDERS: dict[str, tuple[tuple[str, float], ...]] = {
    "level": (
        (r"unable.*|can ?not.*|не могу.*", 4.5), (r"not (?:a|an)|no|none|zero|absent|нет|никак\w*|отсутству\w*|"
         r"не", 0.0),
        (r"(?:very|extremely) (?:low|small|weak|minor|mild)|(?:очень|крайне) (?:низк\w+|слаб\w+|мал\w+)", 0.7),
        (r"below average|lower than average|ниже средн\w+", 1.5),
        (r"above average|higher than average|выше средн\w+", 2.5),
        (r"trivial|negligible|ничтожн\w+", 0.5),
        (r"low|minor|mild|weak|small|slight|minimal|limited|низк\w+|слаб\w+|мал\w+|небольш\w+|незначительн\w+|"
         r"легк\w+", 1.0),
        (r"medium|moderate|average|mid|средн\w+|умеренн\w+", 2.0),
        (r"(?:very|extremely) (?:high|serious|severe|strong|large|big|major)|"
         r"(?:очень|крайне) (?:высок\w+|сильн\w+|больш\w+|серь[её]зн\w+)", 3.5),
        (r"high|serious|severe|strong|large|big|great|huge|major|considerable|significant|высок\w+|сильн\w+|больш\w+|"
         r"серь[её]зн\w+|значительн\w+", 3.0),
        (r"essential|critical|extreme|full|complete|total|полн\w+|абсолютн\w+|worst imaginable|unbearable|highest|"
         r"top|критическ\w+|невыносим\w+|максимальн\w+",
         4.0),
    ),
    "often": (
        (r"almost never|hardly ever|very rarely|почти никогда|очень редко", 0.5), (r"never|никогда|ни разу", 0.0),
        (r"rarely|seldom|редко", 1.0), (r"occasionally|время от времени", 2.0),
        (r"sometimes|about half the time|иногда", 2.5), (r"very often|очень часто", 4.4),
        (r"often|frequently|usually|mostly|most of the time|часто|обычно", 4.0),
        (r"almost always|почти всегда", 4.7), (r"always|constantly|всегда|постоянно", 5.0),
    ),
    "sure": (
        (r"(?:definitely|certainly|absolutely) (?:not|no)|"
         r"(?:точно|определенно|безусловно|однозначно|категорически) нет", -2.0),
        (r"(?:probably|rather|likely) (?:not|no)|скорее нет(?:,? чем да)?|вряд ли|пожалуй,? нет", -1.0),
        (r"might or might not|maybe|perhaps|possibly|may or may not|может быть|возможно|50/50|пополам", 0.0),
        (r"(?:probably|rather|likely)(?: yes)?|скорее да(?:,? чем нет)?|пожалуй,? да", 1.0),
        (r"(?:definitely|certainly|absolutely)(?: yes)?|(?:точно|определенно|безусловно|однозначно) да", 2.0),
        (r"no|нет", -1.5), (r"yes|да", 1.5),
    ),
    "skill": (
        (r"no experience|none|без опыта|не владею", -1.0),
        (r"beginner|novice|basic|junior|начинающ\w+|базов\w+|новичок", 0.0),
        (r"elementary|начальн\w+", 0.5), (r"intermediate|middle|competent|средн\w+", 1.0),
        (r"advanced|proficient|senior|продвинут\w+|опытн\w+", 2.0), (r"expert|fluent|native|lead|эксперт\w*", 3.0),
    ),
    "aware": (
        (r"not aware.*|never heard.*|don't know it|unknown|не слыша\w+.*|не знаю так\w+.*|не знаком\w*", 0.0),
        (r"(?:have )?heard.*|слышал\w*.*", 1.0), (r"(?:i )?know(?: it)?|знаю|знаком\w*.*", 2.0),
        (r"(?:have )?(?:used|tried)(?: it)?|пользовал\w*|пробовал\w*", 3.0),
        (r"use (?:it )?(?:regularly|often|now)|пользуюсь.*", 4.0),
    ),
    "verdict": (
        (r"worst|awful|terrible|horrible|disgusting|ужасн\w+|кошмарн\w+|отвратительн\w+|хуже некуда", -3.0),
        (r"(?:very|extremely) (?:poor|bad)(?:ly)?|(?:очень|крайне) плох\w+", -2.0),
        (r"(?:rather|quite|fairly) (?:poor|bad)|скорее плох\w+", -0.7),
        (r"below average|ниже среднего", -0.4),
        (r"poor(?:ly)?|bad(?:ly)?|inadequate|unsatisfactory|плох\w+|неудовлетворительн\w+", -1.0),
        (r"so-so|mediocre|fair|average|ok(?:ay)?|acceptable|neutral|так себе|средн\w+|нормальн\w+|удовлетворительн\w+|"
         r"нейтральн\w+|приемлем\w+", 0.0),
        (r"above average|выше среднего", 0.5), (r"adequate(?:ly)?|fine|satisfactory|decent|неплох\w+|"
         r"скорее хорош\w+", 0.7),
        (r"(?:very|extremely) (?:good|well)|очень хорош\w+", 2.0), (r"good|well|хорош\w+", 1.0),
        (r"great|прекрасн\w+|замечательн\w+", 2.4),
        (r"excellent|отличн\w+|великолепн\w+", 3.0), (r"outstanding|perfect|exceptional|превосходн\w+|идеальн\w+", 3.5),
    ),
    "mark": (
        (r"кол|единица", 1.0), (r"двойка", 2.0), (r"тройка", 3.0), (r"четверка", 4.0), (r"пятерка", 5.0),
        (r"grade a|a\+?", 5.0), (r"grade b|b", 4.0), (r"grade c|c", 3.0), (r"grade d|d", 2.0), (r"grade f|f", 1.0),
    ),
    "liking": (
        (r"hated?(?: it)?|ненавижу", -3.0),
        (r"(?:strongly|really|very much) disliked?(?: it)?|(?:совсем|совершенно|вообще|очень) не (?:по)?нрав\w+", -2.0),
        (r"(?:somewhat|rather|slightly) disliked?(?: it)?|скорее не (?:по)?нрав\w+", -0.7),
        (r"disliked?(?: it)?|не (?:по)?нрав\w+", -1.0),
        (r"neither like nor disliked?(?: it)?|neutral|it was ok(?:ay)?|нейтральн\w+", 0.0),
        (r"(?:somewhat|rather|slightly) liked?(?: it)?|скорее (?:по)?нрав\w+", 0.7),
        (r"(?:strongly|really|very much) liked?(?: it)?|like (?:it )?(?:very much|a lot)|очень (?:по)?нрав\w+", 2.0),
        (r"liked?(?: it)?|(?:по)?нрав\w+", 1.0), (r"loved?(?: it)?|обожаю", 3.0),
    ),
}  # fmt: skip
_COMPILED = {
    name: [(re.compile(rf"(?:{p})(?=$|[\s,])"), place) for p, place in ladder] for name, ladder in _LADDERS.items()
}
# Where a step may be followed by what it is a step of: "low effort", "never true".
_OF = {"level", "often", "verdict"}


def steps(label: str) -> dict[str, tuple[float, str]]:
    """On which ladders a label is a step: its place there, and of what ("effort" of "low effort").

    Examples
    --------
    >>> steps("low effort"), steps("Never true")
    ({'level': (1.0, 'effort')}, {'often': (0.0, 'true')})
    """
    t = re.sub(r"^(?:i have|i am|i'm|there (?:is|are)|у меня) ", "", norm(label).strip(" .,!"))
    out: dict[str, tuple[float, str]] = {}
    for name, ladder in _COMPILED.items():
        for pattern, place in ladder:
            m = pattern.match(t)
            rest = " ".join(subject(t[m.end() :])) if m else ""
            if m and (not rest or (name in _OF and len(rest.split()) <= 3)):
                out[name] = (place, rest)
                break
    return out
