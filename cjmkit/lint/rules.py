"""The rules themselves: id, severity, what is wrong, why it matters, and the rule of the method behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cjmkit.i18n import say

__all__ = ["METHOD", "RULES", "Rule", "Severity", "rules_page", "severity_title"]

Severity = Literal["error", "warning", "note"]

METHOD: dict[int, tuple[str, str]] = {
    1: ("Nothing on the map is invented.", "На карте нет ничего выдуманного."),
    2: ("One map describes one persona.", "Одна карта описывает один портрет."),
    3: ("Every touchpoint has an owner.", "У каждой точки контакта есть ответственный."),
    4: ("The chain is as strong as its weakest link.", "Цепь прочна настолько, насколько прочно слабое звено."),
    5: ("Critical points are where obstacles pile up.", "Критические точки там, где копятся препятствия."),
    6: (
        "Obstacles are ranked by how they change the chance that the deal fails.",
        "Барьеры упорядочены по тому, как они меняют вероятность срыва сделки.",
    ),
    7: ("Moments of truth decide the whole impression.", "Моменты истины решают всё впечатление."),
    8: (
        "Do not stare at touchpoints alone: motives, needs, expectations and emotions belong on the map.",
        "Не смотрите только на точки контакта: на карте нужны мотивы, потребности, ожидания и эмоции.",
    ),
    9: ("Real people do not walk in a line.", "Настоящие люди не идут по прямой."),
    10: (
        "The journey has a before, a during and an after, and closes into a loop.",
        "У пути есть «до», «во время» и «после», и он замыкается в петлю.",
    ),
    11: ("A map is never finished.", "Карта никогда не закончена."),
    12: (
        "Research material is confidential: names, phones and e-mails are masked.",
        "Материал исследования конфиденциален: имена, телефоны и почта скрыты.",
    ),
    13: ("A focus group has six to eight people.", "В фокус-группе от шести до восьми человек."),
    14: (
        "Every figure carries n, its unit and an interval.",
        "У каждого числа есть n, единица наблюдения и интервал.",
    ),
}
"""The rules of the method; the last is the toolkit's own promise."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id : str
        Its name, as it is switched off.
    severity : {"error", "warning", "note"}
        An error makes the check fail.
    en, ru : str
        What is wrong, in a few words.
    why_en, why_ru : str
        Why it matters.
    method : int
        The rule of the method behind it.
    """

    id: str
    severity: Severity
    en: str
    ru: str
    why_en: str
    why_ru: str
    method: int

    def title(self, lang: str | None = None) -> str:
        """What is wrong."""
        return say(en=self.en, ru=self.ru, lang=lang)

    def why(self, lang: str | None = None) -> str:
        """Why it matters, and the method's rule."""
        reason = say(en=self.why_en, ru=self.why_ru, lang=lang)
        en, ru = METHOD[self.method]
        return f"{reason} {say(en=en, ru=ru, lang=lang)}"


_ALL = (
    Rule(
        "no-stages", "error", "the journey has no stages", "в пути нет этапов",
        "Without stages there is no map.", "Без этапов нет карты.", 10,
    ),
    Rule(
        "empty-stage", "warning", "a stage with nothing on it", "пустой этап",
        "Either nobody asked about it, or it is no stage of these people.",
        "Либо о нём не спрашивали, либо у этих людей такого этапа нет.", 9,
    ),
    Rule(
        "note-without-evidence", "warning", "a note without evidence", "запись без основания",
        "What nobody has observed is an assumption; colleagues' guesses do not replace customers' words.",
        "Чего никто не наблюдал, то предположение; догадки коллег не заменяют слов клиентов.", 1,
    ),
    Rule(
        "one-voice", "note", "a finding that rests on one person's words", "вывод по словам одного человека",
        "One person is an example, not a pattern.", "Один человек — пример, а не закономерность.", 1,
    ),
    Rule(
        "duplicate-note", "note", "the same note twice in one stage", "одна запись дважды на этапе",
        "Counting it twice makes it look more important than it is.", "Повтор придаёт ей лишний вес.", 1,
    ),
    Rule(
        "unknown-persona", "error", "a note for a persona that is not on the map", "запись для портрета, которого нет",
        "Nobody can tell whose experience this is.", "Непонятно, чей это опыт.", 2,
    ),
    Rule(
        "touchpoint-without-owner", "error", "a touchpoint without an owner", "точка контакта без ответственного",
        "A touchpoint that nobody answers for never changes.", "То, за что никто не отвечает, не меняется.", 3,
    ),
    Rule(
        "touchpoint-without-channel", "note", "a touchpoint without a channel", "точка контакта без канала",
        "Without its channel it cannot be joined to analytics or to the communication plan.",
        "Без канала её не связать с аналитикой и планом коммуникаций.", 3,
    ),
    Rule(
        "stage-without-goal", "warning", "a stage without a goal of the person", "этап без цели человека",
        "Without a goal nobody can tell whether the stage went well.", "Без цели не понять, удался ли этап.", 8,
    ),
    Rule(
        "only-touchpoints", "error", "touchpoints and nothing of the person", "точки контакта и ничего о человеке",
        "Such a map shows the company's own process.", "Такая карта показывает процесс компании.", 8,
    ),
    Rule(
        "no-emotion", "warning", "no emotion curve", "нет кривой эмоций",
        "Without feelings the weakest link stays unseen.", "Без чувств не видно слабого звена.", 4,
    ),
    Rule(
        "emotion-gap", "note", "a stage where nobody's emotion was measured", "этап, где эмоции не измерены",
        "A gap is a question to ask in the next interviews.", "Пробел — вопрос для следующих интервью.", 4,
    ),
    Rule(
        "emotion-small-n", "warning", "an emotion point with few people", "точка эмоций по малому числу людей",
        "A mean of a few people moves with each of them.", "Среднее нескольких людей меняет каждый из них.", 14,
    ),
    Rule(
        "emotion-without-interval", "warning", "an emotion point without an interval", "точка эмоций без интервала",
        "Without an interval two and two hundred people look alike.",
        "Без интервала двое и двести человек выглядят одинаково.", 14,
    ),
    Rule(
        "emotion-by-hand", "note", "an emotion curve drawn by hand", "кривая эмоций нарисована от руки",
        "It is the researcher's belief until people were asked.",
        "Это мнение исследователя, пока не спросили людей.", 1,
    ),
    Rule(
        "emotion-twice", "error", "two emotion points of one curve at one stage", "две точки одной кривой на этапе",
        "They contradict each other, and only one of them is drawn.", "Они спорят, и на рисунке видна одна.", 14,
    ),
    Rule(
        "mixed-scales", "warning", "scores of different scales joined", "соединены оценки разных шкал",
        "A step between two stages may then be a step between two scales or two questionnaires.",
        "Перепад между этапами может оказаться перепадом между шкалами или анкетами.", 14,
    ),
    Rule(
        "barrier-without-action", "warning", "a barrier that nothing is planned against", "барьер без действия",
        "A map is drawn to change something; what is accepted on purpose is switched off with a reason.",
        "Карту рисуют, чтобы что-то изменить; принятое сознательно отключают с причиной.", 6,
    ),
    Rule(
        "action-without-barrier", "note", "an action that removes no barrier of the map", "действие не снимает барьера",
        "It is an idea looking for a problem.", "Это идея в поисках проблемы.", 6,
    ),
    Rule(
        "action-without-owner", "error", "an action without an owner", "действие без ответственного",
        "What nobody has to do is not done.", "Что никому не поручено, то не сделано.", 3,
    ),
    Rule(
        "action-not-measured", "note", "an action whose effect is measured nowhere", "эффект действия не измеряется",
        "Without a metric nobody will know whether it worked.", "Без показателя не узнать, помогло ли.", 14,
    ),
    Rule(
        "no-moment-of-truth", "note", "no moment of truth is marked", "не отмечены моменты истины",
        "Some short contact decides the whole impression; find out which.",
        "Какой-то короткий контакт решает всё впечатление; узнайте, какой.", 7,
    ),
    Rule(
        "no-persona", "warning", "a map without a persona", "карта без портрета",
        "A map of everybody is a map of nobody.", "Карта для всех — ни для кого.", 2,
    ),
    Rule(
        "several-personas", "warning", "several personas on one map", "несколько портретов на одной карте",
        "Their journeys differ, and the map can tell one story.",
        "Их пути разные, а карта рассказывает одну историю.", 2,
    ),
    Rule(
        "persona-without-people", "warning", "a persona without people behind it", "портрет без людей",
        "Nobody was asked, or nobody wrote down who belongs to it.",
        "Никого не спросили или не записали, кто к нему относится.", 1,
    ),
    Rule(
        "persona-not-found", "warning", "a persona that the data do not show", "портрет, которого нет в данных",
        "The groups were looked for and not found, or are only a first guess.",
        "Группы искали и не нашли, или это лишь первая догадка.", 1,
    ),
    Rule(
        "no-before", "warning", "no stage before the purchase or use", "нет этапа «до»",
        "The need arises before the company is met.", "Потребность возникает до встречи с компанией.", 10,
    ),
    Rule(
        "no-after", "warning", "no stage after the purchase or use", "нет этапа «после»",
        "Use, repeat purchase and recommendation come after.", "Использование, повтор и рекомендация — после.", 10,
    ),
    Rule(
        "too-many-stages", "note", "more stages than one map can be read with", "этапов больше, чем читается",
        "Readable maps hold five to nine stages; the rest is a map of its own. The limit is a habit, not a law.",
        "Читаются карты из 5–9 этапов; остальное — отдельная карта. Предел — привычка, а не закон.", 11,
    ),
    Rule(
        "crowded-cell", "note", "more notes in a cell than anybody reads", "записей в клетке больше, чем читают",
        "Three to five are read; the page folds the rest away.", "Читают три–пять; остальное страница сворачивает.", 11,
    ),
    Rule(
        "long-label", "note", "a label that is a paragraph", "название длиной с абзац",
        "A note is read in a glance or not at all; the rest belongs in its memo.",
        "Запись читают одним взглядом или никак; остальному место в примечании.", 11,
    ),
    Rule(
        "headline-without-figure", "warning", "a headline with a figure that the map does not have",
        "в выводе число, которого нет на карте",
        "The sentence that everybody remembers has to be the one that can be traced.",
        "Фраза, которую запомнят все, должна иметь основание.", 14,
    ),
    Rule(
        "no-phases", "note", "stages without a phase", "этапы без фазы",
        "Say which stages lie before, during and after.", "Отметьте, какие этапы до, во время и после.", 10,
    ),
    Rule(
        "loop-not-closed", "note", "the loop is not closed", "петля не замкнута",
        "A happy customer returns and brings others.", "Довольный клиент возвращается и приводит других.", 10,
    ),
    Rule(
        "only-straight-on", "note", "nobody skips, returns or leaves",
        "никто не пропускает, не возвращается, не уходит",
        "A map without other ways shows the plan, not the people.",
        "Карта без других путей показывает план, а не людей.", 9,
    ),
    Rule(
        "evidence-gone", "error", "evidence that no longer resolves", "основание больше не находится",
        "The words, the item or the file that a note cites are not there any more.",
        "Слов, пункта или файла, на которые ссылается запись, больше нет.", 1,
    ),
    Rule(
        "evidence-changed", "warning", "evidence whose source has changed", "источник основания изменился",
        "The quote stands elsewhere now, or the file is another one than the figure was computed from.",
        "Цитата теперь в другом месте, или файл не тот, по которому считали число.", 1,
    ),
    Rule(
        "stale-source", "warning", "a desk source without a date or out of date", "источник без даты или устарел",
        "A source without a date ages unnoticed.", "Источник без даты стареет незаметно.", 11,
    ),
    Rule(
        "stale-map", "note", "a map that has not been revised for a year", "карту не пересматривали год",
        "It is revised at every stage of the business.", "Её пересматривают на каждом этапе бизнеса.", 11,
    ),
    Rule(
        "personal-data", "error", "unmasked personal data", "незакрытые личные данные",
        "A phone, an address, a card or a passport number leaves the machine with the map.",
        "Почта, телефон или номер карты уйдут с машины вместе с картой.", 12,
    ),
    Rule(
        "agreement-missing", "warning", "quotes without a measure of the coders' agreement",
        "нет согласия кодировщиков",
        "One coder's reading may be nobody else's.", "Прочтение одного кодировщика может не совпасть ни с чьим.", 14,
    ),
    Rule(
        "agreement-low", "warning", "coders agree too little", "кодировщики мало согласны",
        "Below .667 no conclusion, below .8 a tentative one (Krippendorff 2004).",
        "Ниже 0,667 выводов не делают, ниже 0,8 — предварительные (Krippendorff 2004).", 14,
    ),
    Rule(
        "focus-group-size", "warning", "a focus group outside six to eight people", "фокус-группа не из 6–8 человек",
        "Fewer do not talk to each other, more do not get a word in.",
        "Меньше — нет разговора, больше — не все успевают сказать.", 13,
    ),
    Rule(
        "material-unreadable", "error", "material of the study that cannot be read", "материал не читается",
        "Evidence could not be checked against it.", "По нему не удалось проверить основания.", 1,
    ),
)  # fmt: skip

RULES: dict[str, Rule] = {r.id: r for r in _ALL}
"""All rules by id, in the order of the page."""


def severity_title(severity: Severity, lang: str | None = None) -> str:
    """How severe a rule is, in words.

    Examples
    --------
    >>> severity_title("warning", "ru")
    'предупреждение'
    """
    words = {"error": ("error", "ошибка"), "warning": ("warning", "предупреждение"), "note": ("note", "замечание")}
    en, ru = words[severity]
    return say(en=en, ru=ru, lang=lang)


def rules_page(lang: str = "en") -> str:
    """The list of rules as a Markdown page, as it stands in the documentation.

    Examples
    --------
    >>> rules_page("en").splitlines()[0]
    '# Rules of a sound map'
    """
    head = say(
        en=(
            "# Rules of a sound map\n\n"
            "`cjmkit check STUDY` and `cj.lint.check(journey)` go through these rules. An error makes the command fail "
            "(exit code 1); warnings and notes do not. A rule is switched off for one study, with the reason, in "
            "`study.yaml`:\n\n"
            "```yaml\nswitched_off:\n  several-personas: both live on the same flat hunt; decided on 3 March\n```\n\n"
            "This page is made from the code by `python -m cjmkit.lint.rules docs/reference/lint-rules.md`.\n"
        ),
        ru=(
            "# Правила хорошей карты\n\n"
            "Их проверяют `cjmkit check` и `cj.lint.check(journey)`. Ошибка даёт код возврата 1. Правило отключают для "
            "исследования, с причиной, в `study.yaml` (поле `switched_off`).\n"
        ),
        lang=lang,
    )
    columns = say(
        en="| rule | severity | what is wrong | why |", ru="| правило | важность | что не так | почему |", lang=lang
    )
    rows = [
        f"| `{r.id}` | {severity_title(r.severity, lang)} | {r.title(lang)} | {r.why(lang)} |" for r in RULES.values()
    ]
    return "\n".join([head, columns, "|---|---|---|---|", *rows, ""])


if __name__ == "__main__":
    import sys
    from pathlib import Path

    Path(sys.argv[1]).write_text(rules_page("en"), encoding="utf-8")
