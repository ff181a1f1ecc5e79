"""The cells of the HTML map: notes with a voice, touchpoints, barriers with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from cjmkit.core.caution import cautions_in, contradictions
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.journey import Action, Journey
from cjmkit.core.stage import Note, Touchpoint
from cjmkit.i18n import count, interval, number, say
from cjmkit.report._evidence import EvidenceList
from cjmkit.report._icons import channel_icon, icon, mark
from cjmkit.view.lanes import actions_for, figure_text, is_share, items
from cjmkit.view.marks import doubt_words, placed_words
from cjmkit.view.people import shares_of
from cjmkit.view.story import by_share, in_order, main_source, spoken, suggested, voice

__all__ = ["Page"]

_LONG = 600
_SHOWN = {"barriers": 3, "touchpoints": 4, "thoughts": 3, "questions": 3}
"""Notes of a cell that are read at once (two in other lanes); the rest is one click away."""
_READ = {"barriers": 90}
"""How much of a quote is read at a glance, in characters (60 in other lanes); all of it stands in the panel."""


@dataclass
class Page:
    """One page being written: the journey, the language, the evidence seen so far and the icons used.

    People are numbered: 0 is everybody, 1 the first persona; class names on the page carry these numbers.
    """

    journey: Journey
    lang: str
    evidence: EvidenceList
    icons: set[str] = field(default_factory=set)
    wave: str = ""
    changed: dict[tuple[str, ...], dict[Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        personas = self.journey.personas
        self.who = {"": 0, **{p.id: k for k, p in enumerate(personas, 1)}}
        self.names = [say(en="Everybody", ru="Все", lang=self.lang), *(p.name for p in personas)]
        self.people = [frozenset[str](), *(frozenset(p.participants) for p in personas)]
        self.suggested = suggested(self.journey)
        self.source = main_source(self.journey)
        self._fixes = actions_for(self.journey)
        self.rank = {a.id: k for k, a in enumerate(in_order(self.journey.improvements), 1)}

    def since(self, earlier: Journey) -> None:
        """Compare with an earlier wave: notes by their id, points of the curve by stage, persona and source."""
        from cjmkit.compare import journeys

        found = journeys(earlier, self.journey)
        self.wave = found.names[0]
        for r in found.shares.to_dict("records"):
            self.changed[r["stage"], r["id"]] = r
        for r in found.emotion.dropna(subset=["difference"]).to_dict("records"):
            self.changed[r["stage"], r["persona"], r["source"]] = r

    def change(self, *key: str, percent: bool) -> Markup:
        """How a figure changed since the earlier wave; one that holds is marked and strong."""
        r = self.changed.get(key)
        if r is None:
            return Markup("")
        factor, digits = (100, 0) if percent else (1, 1)
        d, low, high = (factor * r[k] for k in ("difference", "low", "high"))
        sign = "▲ +" if d > 0 else "▼ " if d < 0 else "= "
        value = sign + number(d, digits, lang=self.lang)
        around = interval(low, high, digits, lang=self.lang)
        points = say(en=" points", ru=" п. п.", lang=self.lang) if percent else ""
        told = f"{value}{points} {around}"
        full = say(en=f"since {self.wave}: {told}", ru=f"с волны {self.wave}: {told}", lang=self.lang)
        full += "" if r["sure"] else say(en=", may be chance", ru=", может быть случайностью", lang=self.lang)
        return Markup('<span class="since{}" title="{}">{}<span class="vh"> {}</span></span>').format(
            " sure" if r["sure"] else "", full, value, full
        )

    def icon(self, name: str, size: int = 16) -> Markup:
        """An icon, remembered for the page's sprite."""
        self.icons.add(name)
        return icon(name, size)

    def mark(self, evidence: Sequence[Evidence], text: str) -> Markup:
        """The quiet way to the evidence: it works as a link where scripts do not run."""
        cited = self.evidence.cite(evidence)
        if not cited:
            return Markup("")
        short = text if len(text) <= 60 else text[:59] + "…"
        doubtful = bool(contradictions(cautions_in(evidence)))
        return Markup('<a class="e" href="#e{}" data-e="{}" aria-label="{}: {}" title="{}">{}<b>{}{}</b></a>').format(
            cited[0],
            " ".join(map(str, cited)),
            self.pieces(len(cited)),
            short,
            self.pieces(len(cited)) + (f" · {doubt_words(self.lang)}" if doubtful else ""),
            self.icon("quote", 12),
            "† " if doubtful else "",
            len(cited),
        )

    def pill(self, item: Note | Touchpoint | Action, text: str) -> Markup:
        """The way to the evidence, or the word that there is none; the eye sees the hatching."""
        if item.evidence:
            return self.mark(item.evidence, text)
        word = say(en="assumption", ru="предположение", lang=self.lang)
        short = text if len(text) <= 60 else text[:59] + "…"
        return Markup('<button type="button" class="e" data-e="" aria-label="{}: {}" title="{}">?</button>').format(
            word, short, word
        )

    def pieces(self, n: int) -> str:
        """How many pieces of evidence, in words."""
        return count(
            n,
            en=("piece of evidence", "pieces of evidence"),
            ru=("основание", "основания", "оснований"),
            lang=self.lang,
        )

    def whose(self, item: Note | Touchpoint) -> str:
        """Classes of what belongs to one persona: hidden, or pale, while another one is chosen."""
        k = self.who.get(item.persona, 0)
        own = f" o{k}" if k else ""
        if isinstance(item, Touchpoint) and item.channel:
            # The channels that a persona prefers stand out while it is chosen.
            own += "".join(f" ch{self.who[p.id]}" for p in self.journey.personas
                           if item.channel.casefold() in {c.casefold() for c in p.channels})  # fmt: skip
        return own

    def persona_tag(self, persona: str) -> Markup:
        """Whose note it is, where the map has several personas."""
        k = self.who.get(persona, 0)
        if not k or len(self.names) < 3:
            return Markup("")
        return Markup('<span class="tag">{}{}</span>').format(self.icon("person", 12), self.names[k])

    def bar(self, estimate: Estimate) -> Markup:
        """A share as a bar with its interval; the words stand beside it."""
        value = 100 * (estimate.value or 0)
        low, high = estimate.low, estimate.high
        whisker: Markup | str = ""
        if low is not None and high is not None:
            whisker = Markup('<b style="left:{:.1f}%;width:{:.1f}%"></b>').format(100 * low, 100 * (high - low))
        return Markup('<span class="bar" aria-hidden="true"><i style="width:{:.1f}%"></i>{}</span>').format(
            value, whisker
        )

    def quotes(self, item: Note | Touchpoint, lane: str) -> Markup:
        """A voice for the note: everybody's, and each persona's own where one of them is quoted."""
        said: dict[str, list[int]] = {}
        for k in range(len(self.names)):
            found = voice(item, self.people[k])
            if found is not None:
                said.setdefault(spoken(found, self.lang, _READ.get(lane, 60)), []).append(k)
        return Markup("").join(
            Markup('<q class="{}" dir="auto">{}</q>').format(" ".join(f"v{k}" for k in whose), text)
            for text, whose in said.items()
        )

    def own_shares(self, note: Note, lane: str) -> Markup:
        """How many people of each kind say it, shown while that persona is chosen."""
        out = Markup("")
        places = sum(n.text == note.text for s in self.journey.stages for n in s.lane(lane))
        for p, e in shares_of(self.journey, note, lane):
            k = self.who[p.id]
            far = say(en="anywhere on the way", ru="где-либо на пути", lang=self.lang)
            shown = figure_text(e, as_share=True, lang=self.lang) + (f", {far}" if places > 1 else "")
            out += Markup('<span class="own f{}" title="{}: {}"><span class="vh">{}: </span>{} {} {}</span>').format(
                k, p.name, far, p.name, mark(k, size=12), shown, self.bar(e)
            )
        return out

    def note(self, note: Note, lane: str, stage: str = "") -> Markup:
        """One note: what it says, one voice, one muted line with figure and way to the evidence."""
        kind = "n" + (" a" if note.assumption else "") + (" b" if lane == "barriers" else "") + self.whose(note)
        kind += " sug" if note.id in self.suggested else ""
        kind += " long" if len(note.text) > _LONG else ""
        meta = bar = Markup("")
        if note.estimate is not None:
            shown = figure_text(note.estimate, as_share=lane == "barriers", lang=self.lang)
            meta += Markup('<span class="num">{}</span>').format(shown)
            if lane == "barriers" and is_share(note.estimate):
                bar = self.bar(note.estimate)
            meta += self.change(stage, note.id, percent=True)
        bar += self.own_shares(note, lane)
        meta += self.persona_tag(note.persona) + self.pill(note, note.text)
        if lane == "barriers":
            meta += self.fixes(note.id)
        return Markup('<li class="{}" id="n-{}" dir="auto"><p>{}</p>{}{}<div class="m">{}</div></li>').format(
            kind, note.id, note.text, self.quotes(note, lane), bar, meta
        )

    def fixes(self, barrier: str) -> Markup:
        """The way from a barrier to what the company will do about it."""
        todo = sorted(self._fixes.get(barrier, []), key=lambda a: self.rank[a.id])
        word = say(en="action", ru="действие", lang=self.lang)
        return Markup("").join(
            Markup('<a class="fix" href="#a-{}" title="{}" aria-label="{} {}: {}">{}{}</a>').format(
                a.id, a.title, word, self.rank[a.id], a.title, self.icon("do", 12), self.rank[a.id]
            )
            for a in todo
        )

    def touchpoint(self, t: Touchpoint) -> Markup:
        """A touchpoint as one line with its icon, and a muted one: who answers for it, figure, evidence."""
        lang = self.lang
        kind = "n t" + (" a" if t.assumption else "") + self.whose(t)
        star = Markup("")
        if t.moment_of_truth:
            star = Markup('<span class="mot" title="{0}">{1}<span class="vh">{0}</span></span>').format(
                say(en="moment of truth", ru="момент истины", lang=lang), self.icon("star", 13)
            )
        facts = [Markup('<span class="vh">{}</span>').format(t.channel)] if t.channel else []
        if t.proposed:
            facts.append(Markup('<span class="prop">≈ {}</span>').format(placed_words(lang)))
        if t.owner:
            facts.append(Markup("<span>{}</span>").format(t.owner))
        else:
            facts.append(
                Markup('<span class="warn">{}</span>').format(say(en="no owner", ru="никто не отвечает", lang=lang))
            )
        if t.estimate is not None:
            facts.append(
                Markup('<span class="num">{}</span>').format(figure_text(t.estimate, as_share=True, lang=lang))
            )
        promise = Markup("")
        if t.service_level:
            promise = Markup('<span class="vh">{}</span>').format(t.service_level)
        return Markup(
            '<li class="{}" id="n-{}" title="{}" dir="auto"><p class="tn">{}<span>{}</span>{}</p>{}'
            '<div class="m">{}</div></li>'
        ).format(
            kind,
            t.id,
            " · ".join(x for x in (t.channel, t.service_level) if x),
            self.icon(channel_icon(t.channel or t.name)),
            t.name,
            star,
            promise,
            Markup(" ").join([*facts, self.persona_tag(t.persona), self.pill(t, t.name)]),
        )

    def action(self, a: Action) -> Markup:
        """A planned action in its lane, where somebody asked for that lane: the table has its figures."""
        return Markup('<li class="n t{}" dir="auto"><p><a href="#a-{}">{} {}</a></p></li>').format(
            " a" if a.assumption else "", a.id, self.rank[a.id], a.title
        )

    def cell(self, index: int, lane: str) -> Markup:
        """One cell of the table, the largest share first; what is too much for a glance is folded."""
        here = items(self.journey, self.journey.stages[index], lane)
        if lane == "barriers":
            here = tuple(by_share(i for i in here if isinstance(i, Note)))
        cards = []
        for item in sorted(here, key=lambda i: i.id in self.suggested):
            if isinstance(item, Touchpoint):
                cards.append(self.touchpoint(item))
            elif isinstance(item, Note):
                cards.append(self.note(item, lane, self.journey.stages[index].id))
            else:
                cards.append(self.action(item))
        if not cards:
            return Markup("<td></td>")
        shown = _SHOWN.get(lane, 2)
        first, rest = cards[:shown], cards[shown:]
        out = Markup('<ul class="cell">{}</ul>').format(Markup("").join(first))
        if rest:
            more = count(len(rest), en=("more", "more"), ru=("ещё", "ещё", "ещё"), lang=self.lang)
            out += Markup('<details class="rest"><summary>{}</summary><ul class="cell">{}</ul></details>').format(
                more, Markup("").join(rest)
            )
        return Markup("<td>{}</td>").format(out)
