"""What a map says in one sentence: its weakest point, its first barrier, its first action, and a voice for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cjmkit.core import frameworks
from cjmkit.core.course import Action, EmotionPoint
from cjmkit.core.evidence import EventFigure, Quote
from cjmkit.core.journey import Journey
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.core.words import is_assumed, source_title
from cjmkit.i18n import count, interval, number, people, say, shorten
from cjmkit.view.lanes import action_figures, all_evidence, figure_text, is_gap, is_share, share
from cjmkit.view.marks import marked

__all__ = [
    "Story",
    "Tile",
    "asked",
    "by_share",
    "headline",
    "in_order",
    "main_source",
    "spoken",
    "story",
    "suggested",
    "tiles",
    "voice",
    "why",
]

_BEST, _LONGEST = 64, 150
"""Length of a quote that is read at a glance, and of one that is shown at all without being cut."""


def main_source(journey: Journey) -> str:
    """The source of the curve that stands for the map: observed rather than believed, then most people.

    Examples
    --------
    >>> from cjmkit import EmotionPoint, Estimate, Journey, Stage
    >>> points = [("managers", 0), ("coding", 20), ("survey", 380)]
    >>> journey = Journey(id="t", title="Tea", stages=[Stage(id="a", title="A")], emotion=[
    ...     EmotionPoint(stage="a", source=s, estimate=Estimate(value=1, n=n)) for s, n in points])
    >>> main_source(journey)
    'survey'
    """
    weight: dict[str, tuple[bool, int]] = {}
    for p in journey.emotion:
        observed, n = weight.get(p.source, (not is_assumed(p.source), 0))
        weight[p.source] = (observed, max(n, p.estimate.n))
    return max(weight, key=lambda s: weight[s]) if weight else ""


def by_share(notes: Iterable[Note]) -> list[Note]:
    """Notes with the largest share of people first; those without a figure stay in their order at the end."""
    return sorted(notes, key=lambda n: -(n.estimate.value or 0.0) if n.estimate and is_share(n.estimate) else 1.0)


def in_order(actions: Iterable[Action]) -> list[Action]:
    """Planned actions, best score first; those nobody scored at the end."""
    return sorted(actions, key=lambda a: -(a.score if a.score is not None else float("-inf")))


def suggested(journey: Journey) -> frozenset[str]:
    """Ids of the notes that a stage model suggested and that nobody has touched since."""
    if journey.framework not in frameworks.names():
        return frozenset()
    model = frameworks.get(journey.framework)
    known = {
        item.text
        for lang in ("en", "ru")
        for s in model.stages(lang, content=True)
        for lane in LANES
        for item in s.lane(lane)
    }
    return frozenset(
        n.id
        for s in journey.stages
        for lane in LANES
        for n in s.lane(lane)
        if n.assumption and n.text in known and not (n.author or n.memo or n.estimate)
    )


def voice(item: Note | Touchpoint, people: Collection[str] = (), besides: Collection[Quote] = ()) -> Quote | None:
    """The quote that speaks for a note: whole, short, and of one of `people` where they are given.

    Parameters
    ----------
    item : Note or Touchpoint
        What it rests on is looked through.
    people : collection of str
        Participants of a persona; nobody outside it is quoted.
    besides : collection of Quote
        Heard already: another one speaks, where there is one.

    Returns
    -------
    Quote or None
        None where no such person is quoted.

    Examples
    --------
    >>> from cjmkit import Note, Quote
    >>> said = [Quote(document="a.txt", start=0, end=len(t), quote=t, participant=p)
    ...     for t, p in [("No.", "u1"), ("I never found out what the second week would cost.", "u2")]]
    >>> voice(Note(text="The price is hidden", evidence=said)).participant
    'u2'
    >>> voice(Note(text="The price is hidden", evidence=said), ["u1"]).quote
    'No.'
    """
    said = [e for e in item.evidence if isinstance(e, Quote) and (not people or e.participant in people)]
    heard = {(q.document, q.start) for q in besides}
    return min(
        said,
        key=lambda q: ((q.document, q.start) in heard, len(q.quote) > _LONGEST, abs(len(q.quote) - _BEST)),
        default=None,
    )


def spoken(quote: Quote, lang: str | None = None, width: int = _LONGEST) -> str:
    """A quote in quotation marks; one longer than `width` is cut after a whole sentence, else between words.

    Examples
    --------
    >>> said = "Only ever a Friday. On my own. The van does not track, and it is left at the chapel."
    >>> spoken(Quote(document="a", start=0, end=9, quote=said), "en", 40).split()[-4:]
    ['On', 'my', 'own.', '…”']
    """
    text = " ".join(quote.quote.split())
    if len(text) > width:
        ends = [m.end() for m in re.finditer(r"[.!?…](?= )", text[: width - 1])]
        text = f"{text[: ends[-1]]}\u00a0…" if ends and ends[-1] > width * 0.4 else shorten(text, width)
    return say(en=f"“{text}”", ru=f"«{text}»", lang=lang)


def why(
    journey: Journey, point: EmotionPoint, people: Collection[str] = (), besides: Collection[Quote] = ()
) -> Quote | None:
    """The quote that explains a point: from a barrier where it is low, from what people liked where it is high.

    A quote of `besides` is taken only where nobody else said anything of the kind.
    """
    stage = journey.stage(point.stage)
    low = (point.estimate.value or 0.0) < 0
    lanes = ("barriers", "thoughts", "questions") if low else ("thoughts", "actions", "expectations", "goals")
    notes: list[Note | Touchpoint] = [n for lane in lanes for n in by_share(stage.lane(lane))]
    heard = {(q.document, q.start) for q in besides}
    spare = None
    for note in [*notes, *stage.touchpoints]:
        said = [
            e
            for e in note.evidence
            if isinstance(e, Quote) and (e.valence is None or (e.valence < 0) == low) and e.valence != 0
        ]
        found = voice(Note(text="-", evidence=tuple(said)), people, besides) if said else None
        if found is not None and (found.document, found.start) not in heard:
            return found
        spare = spare or found
    return spare


@dataclass(frozen=True)
class Story:
    """What a map comes down to; None where the study does not say.

    Parameters
    ----------
    weakest, best : EmotionPoint or None
        Lowest and highest point of everybody's curve (of the personas' where there is no other).
    as_often : int
        How many other barriers as many people named.
    as_low : tuple of EmotionPoint
        Points of the same curve that cannot be told from the lowest: each lies within the interval of the other.
    barrier : (Stage, Note) or None
        The barrier that most people named.
    action : Action or None
        The planned action with the best score.
    """

    weakest: EmotionPoint | None = None
    best: EmotionPoint | None = None
    barrier: tuple[Stage, Note] | None = None
    action: Action | None = None
    as_low: tuple[EmotionPoint, ...] = ()
    as_often: int = 0


def story(journey: Journey, persona: str = "") -> Story:
    """What a map comes down to, for everybody or for one persona.

    Examples
    --------
    >>> import cjmkit as cj
    >>> from cjmkit.view import story
    >>> j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", barriers=["No kettle"])])
    >>> story(j).barrier[1].text, story(j).weakest
    ('No kettle', None)
    """
    source = main_source(journey)
    points = [p for p in journey.emotion if p.source == source and not is_gap(p)]
    mine = [p for p in points if p.persona == persona] or ([] if persona else points)
    order = sorted(mine, key=lambda p: p.estimate.value or 0.0)
    named = [(s, n) for s in journey.stages for n in s.barriers if n.persona in ("", persona) or not persona]
    ranked = by_share(n for _, n in named)
    first = ranked[0] if ranked else None
    return Story(
        order[0] if order else None,
        order[-1] if len(order) > 1 else None,
        next((pair for pair in named if pair[1] is first), None),
        next(iter(in_order(journey.improvements)), None),
        tuple(p for p in order[1:] if p.persona == order[0].persona and _alike(order[0], p)) if order else (),
        sum(n is not first and _as_often(n, first) for n in ranked) if first else 0,
    )


def _as_often(a: Note, b: Note) -> bool:
    return a.estimate is not None and b.estimate is not None and a.estimate.value == b.estimate.value is not None


def _alike(a: EmotionPoint, b: EmotionPoint) -> bool:
    """Whether each of two points lies within the interval of the other."""
    x, y = a.estimate, b.estimate
    if None in (x.value, x.low, x.high, y.value, y.low, y.high):
        return False
    return bool(y.value <= x.high and x.value >= y.low)  # type: ignore[operator]


def worst(journey: Journey, persona: str = "", lang: str | None = None) -> str:
    """Where the curve is lowest, in words: one stage, two that cannot be told apart, or none that stands out.

    Examples
    --------
    >>> import cjmkit as cj
    >>> points = [
    ...     cj.EmotionPoint(stage=s, source="survey", estimate=cj.Estimate(value=v, low=v - 0.2, high=v + 0.2, n=80))
    ...     for s, v in (("a", 1), ("b", -0.7), ("c", -0.8))
    ... ]
    >>> stages = [cj.Stage(id=x, title=x.upper()) for x in "abc"]
    >>> worst(cj.Journey(id="t", title="Tea", stages=stages, emotion=points), lang="en")
    'C and B feel worst'
    """
    told = story(journey, persona)
    if told.weakest is None:
        return ""
    names = [journey.stage(p.stage).title for p in (told.weakest, *told.as_low)]
    if len(names) > 2:
        return say(en="No single stage feels worst", ru="Ни один этап не хуже прочих", lang=lang)
    if len(names) == 2:
        return say(en=f"{names[0]} and {names[1]} feel worst", ru=f"Хуже всего «{names[0]}» и «{names[1]}»", lang=lang)
    return say(en=f"{names[0]} feels worst", ru=f"Хуже всего «{names[0]}»", lang=lang)


def headline(journey: Journey, lang: str | None = None) -> str:
    """One sentence for the map, with its figures: where it is worst, what stands in the way, what comes first.

    Examples
    --------
    >>> import cjmkit as cj
    >>> share = cj.Estimate(value=0.75, low=0.53, high=0.89, n=20)
    >>> stage = cj.Stage(id="k", title="Kitchen", barriers=[cj.Note(text="No kettle", estimate=share)])
    >>> headline(cj.Journey(id="t", title="Tea", stages=[stage]), "en")
    '75% [53%, 89%], n = 20 name “No kettle”.'
    """
    told, parts = story(journey), []
    if told.weakest is not None:
        low = (told.weakest, *told.as_low)
        lowest = say(en="lowest ", ru="ниже всего ", lang=lang) if len(low) > 2 else ""
        shown = low[:1] if lowest else low
        values = ", ".join(f"{marked(p)}{number(p.estimate.value, 1, lang=lang)}" for p in shown)
        sizes = dict.fromkeys(number(p.estimate.n, 0, lang=lang) for p in shown if p.estimate.n)
        of = f", n = {', '.join(sizes)}" if sizes else ""
        scale = say(en="on −2…2", ru="по шкале −2…2", lang=lang)
        parts.append(f"{worst(journey, lang=lang)} ({lowest}{values} {scale}{of}).")
    if told.barrier is not None:
        note = told.barrier[1]
        if note.estimate is not None and is_share(note.estimate):
            figure = share(note.estimate, lang)
            as_many = _others(told.as_often, lang)
            as_many = f" ({as_many})" if as_many else ""
            parts.append(
                say(
                    en=f"{figure} name “{note.text}”{as_many}.",
                    ru=f"Мешает «{note.text}»: {figure}{as_many}.",
                    lang=lang,
                )
            )
        else:
            parts.append(say(en=f"In the way: “{note.text}”.", ru=f"Мешает: «{note.text}».", lang=lang))
    if told.action is not None:
        title = told.action.title.rstrip(".")
        title = title[:1].lower() + title[1:] if title[1:2].islower() else title
        parts.append(say(en=f"First: {title}.", ru=f"Сначала: {title}.", lang=lang))
    return " ".join(parts)


def _others(n: int, lang: str | None) -> str:
    """That the first barrier is one of several: as many people named others."""
    if not n:
        return ""
    return say(en=f"{n} more named as often", ru=f"столь же часто ещё {n}", lang=lang)


def asked(journey: Journey, lang: str | None = None) -> list[str]:
    """How many people stand behind the map, by source, each as a short phrase.

    Examples
    --------
    >>> from cjmkit import EmotionPoint, Estimate, Journey, Stage
    >>> felt = EmotionPoint(stage="a", source="survey", estimate=Estimate(value=1, n=380))
    >>> asked(Journey(id="t", title="Tea", stages=[Stage(id="a", title="A")], emotion=[felt]), "en")
    ['survey: 380 people']
    """
    said = {e.participant for e in all_evidence(journey) if isinstance(e, Quote) and e.participant}
    of = [
        i.estimate.n
        for _, _, i in journey.cells()
        if i.estimate is not None and i.evidence and all(isinstance(e, Quote) for e in i.evidence)
    ]
    met = max([len(said), *of], default=0)
    out = []
    if met:
        out.append(say(en="interviews: ", ru="интервью: ", lang=lang) + people(met, lang))
    for source in dict.fromkeys(p.source for p in journey.emotion):
        each = [p.estimate.n for p in journey.emotion if p.source == source]
        if not max(each) or source == "coding":
            continue
        said_of = people(max(each), lang)
        if source in ("reviews", "text") and sum(map(bool, each)) > 1:
            # A writer speaks of some stages only: the fullest stage is not all of them.
            least = count(
                max(each),
                en=("person at one stage", "people at one stage"),
                ru=("человека на одном этапе", "человек на одном этапе", "человек на одном этапе"),
                lang=lang,
            )
            said_of = say(en="up to ", ru="до ", lang=lang) + least
        out.append(f"{source_title(source, lang)}: {said_of}")
    logged = [e.estimate.n for e in all_evidence(journey) if isinstance(e, EventFigure)]
    if logged:
        out.append(say(en="event log: ", ru="журнал событий: ", lang=lang) + people(max(logged), lang))
    return out


@dataclass(frozen=True)
class Tile:
    """One of the three things that the first screen, slide and picture say first.

    Parameters
    ----------
    kind : {"low", "why", "act"}
        Weakest point, first barrier, first action.
    name, text, figure, quote : str
        What it is, what was found, its figures, a voice; the last two may be empty.
    target : str
        Id of the stage, note or action; empty where nothing is known.
    """

    kind: str
    name: str
    text: str
    figure: str = ""
    quote: str = ""
    target: str = ""


def tiles(journey: Journey, lang: str | None = None, persona: str = "") -> tuple[Tile, Tile, Tile]:
    """Weakest point, first barrier, first action; what is not known says so.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", barriers=["No kettle"])])
    >>> [t.text for t in tiles(j, "en")]
    ['nobody was asked how it felt', 'No kettle', 'nothing is planned yet']
    """
    told = story(journey, persona)
    of = next((p.participants for p in journey.personas if p.id == persona), ())
    name = say(en="Weakest point", ru="Слабое место", lang=lang)
    low = Tile("low", name, say(en="nobody was asked how it felt", ru="об эмоциях не спрашивали", lang=lang))
    if told.weakest is not None:
        e, stage = told.weakest.estimate, journey.stage(told.weakest.stage)
        figure = (
            f"{marked(told.weakest)}{number(e.value, 1, lang=lang)} {interval(e.low, e.high, 1, lang=lang)}".strip()
        )
        figure += say(en=" on −2…2", ru=" по шкале −2…2", lang=lang)
        figure += f", n = {number(e.n, 0, lang=lang)}" if e.n else ""
        heard = voice(told.barrier[1], of) if told.barrier is not None else None
        quote = why(journey, told.weakest, of, [heard] if heard is not None else [])
        low = Tile("low", name, stage.title, figure, spoken(quote, lang, 112) if quote else "", stage.id)
    name = say(en="First barrier", ru="Главный барьер", lang=lang)
    first = Tile("why", name, say(en="no barrier is known yet", ru="барьеры пока неизвестны", lang=lang))
    if told.barrier is not None:
        stage, note = told.barrier
        figure = figure_text(note.estimate, as_share=True, lang=lang) if note.estimate else ""
        quote = voice(note, of)
        figure = " · ".join(x for x in (stage.title, figure, _others(told.as_often, lang)) if x)
        first = Tile("why", name, note.text, figure, spoken(quote, lang, 112) if quote else "", note.id)
    name = say(en="First action", ru="Первое действие", lang=lang)
    act = Tile("act", name, say(en="nothing is planned yet", ru="действий пока нет", lang=lang))
    if told.action is not None:
        a = told.action
        owner = a.owner or say(en="nobody yet", ru="пока никто", lang=lang)
        act = Tile("act", name, shorten(a.title, 110), " · ".join([owner, *action_figures(a, lang)]), target=a.id)
    return low, first, act
