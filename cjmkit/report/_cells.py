"""The cells of the HTML map: notes, touchpoints, barriers with their figures, planned actions."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from cjmkit.core.estimate import Estimate
from cjmkit.core.journey import Action, Journey
from cjmkit.core.stage import Note, Touchpoint
from cjmkit.i18n import count, say
from cjmkit.report._evidence import EvidenceList
from cjmkit.report._icons import channel_icon, icon
from cjmkit.view.lanes import (
    action_figures,
    actions_for,
    figure_text,
    is_share,
    items,
)

__all__ = ["Page"]

_LONG = 600


@dataclass
class Page:
    """One page being written: the journey, the language, the evidence seen so far and the icons used."""

    journey: Journey
    lang: str
    evidence: EvidenceList
    icons: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._names = {p.id: p.name for p in self.journey.personas}
        self._several = len(self.journey.personas) > 1
        self._fixes = actions_for(self.journey)

    def icon(self, name: str, size: int = 16) -> Markup:
        """An icon, remembered for the page's sprite."""
        self.icons.add(name)
        return icon(name, size)

    def pill(self, item: Note | Touchpoint | Action, text: str) -> Markup:
        """The way to the evidence, or the word that there is none: it works as a link where scripts do not run."""
        short = text if len(text) <= 60 else text[:59] + "…"
        cited = self.evidence.cite(item.evidence)
        if not cited:
            word = say(en="assumption", ru="предположение", lang=self.lang)
            return Markup('<button type="button" class="e" data-e="" aria-label="{}: {}">{}</button>').format(
                word, short, word
            )
        words = self.pieces(len(cited))
        label = f"{words}: {short}"
        return Markup('<a class="e" href="#e{}" data-e="{}" aria-label="{}">{}{}</a>').format(
            cited[0], " ".join(map(str, cited)), label, self.icon("quote", 13), words
        )

    def pieces(self, n: int) -> str:
        """How many pieces of evidence, in words."""
        return count(
            n,
            en=("piece of evidence", "pieces of evidence"),
            ru=("основание", "основания", "оснований"),
            lang=self.lang,
        )

    def persona_tag(self, persona: str) -> Markup:
        """Whose note it is, where the map has several personas."""
        if not persona or not self._several:
            return Markup("")
        return Markup('<span class="tag">{}{}</span>').format(
            self.icon("person", 12), self._names.get(persona, persona)
        )

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

    def note(self, note: Note, lane: str) -> Markup:
        """One note as a card."""
        kind = "n" + (" a" if note.assumption else "") + (" b" if lane == "barriers" else "")
        kind += " long" if len(note.text) > _LONG else ""
        meta = Markup("")
        bar = Markup("")
        if note.estimate is not None:
            shown = figure_text(note.estimate, as_share=lane == "barriers", lang=self.lang)
            meta += Markup('<span class="num">{}</span>').format(shown)
            if lane == "barriers" and is_share(note.estimate):
                bar = self.bar(note.estimate)
        meta += self.persona_tag(note.persona)
        meta += self.pill(note, note.text)
        fixes = self.fixes(note.id) if lane == "barriers" else Markup("")
        return Markup('<li class="{}" id="{}" dir="auto"><p>{}</p>{}<div class="m">{}</div>{}</li>').format(
            kind, f"n-{note.id}", note.text, bar, meta, fixes
        )

    def fixes(self, barrier: str) -> Markup:
        """What the company will do about a barrier."""
        todo = self._fixes.get(barrier, [])
        if not todo:
            return Markup("")
        rows = (
            Markup("<li>{}<span>{}{}</span></li>").format(
                self.icon("do", 13), a.title, f" ({a.owner})" if a.owner else ""
            )
            for a in todo
        )
        return Markup('<ul class="fix">{}</ul>').format(Markup("").join(rows))

    def touchpoint(self, t: Touchpoint) -> Markup:
        """A touchpoint with channel, owner, promise and star."""
        lang = self.lang
        kind = "n t" + (" a" if t.assumption else "")
        name = channel_icon(t.channel or t.name)
        facts = []
        if t.channel and t.channel.casefold() != t.name.casefold():
            facts.append((say(en="Channel", ru="Канал", lang=lang), Markup("<span>{}</span>").format(t.channel)))
        owner = (
            Markup("<span>{}</span>").format(t.owner)
            if t.owner
            else Markup('<span class="warn">{}</span>').format(say(en="nobody yet", ru="пока никто", lang=lang))
        )
        facts.append((say(en="Owner", ru="Отвечает", lang=lang), owner))
        if t.service_level:
            facts.append(
                (say(en="Promise", ru="Обещано", lang=lang), Markup("<span>{}</span>").format(t.service_level))
            )
        lines = Markup("").join(
            Markup("<div><dt style='display:inline'>{}: </dt><dd style='display:inline'>{}</dd></div>").format(k, v)
            for k, v in facts
        )
        star = Markup("")
        if t.moment_of_truth:
            star = Markup('<span class="mot">{}{}</span>').format(
                self.icon("star", 13), say(en="moment of truth", ru="момент истины", lang=lang)
            )
        meta = Markup("")
        if t.estimate is not None:
            meta += Markup('<span class="num">{}</span>').format(figure_text(t.estimate, as_share=True, lang=lang))
        meta += self.persona_tag(t.persona) + self.pill(t, t.name)
        return Markup(
            '<li class="{}" id="n-{}" dir="auto"><p class="tn">{}<span>{}</span></p>{}'
            '<dl>{}</dl><div class="m">{}</div></li>'
        ).format(kind, t.id, self.icon(name), t.name, star, lines, meta)

    def action(self, a: Action) -> Markup:
        """A planned action as a card."""
        lang = self.lang
        owner = a.owner or say(en="nobody yet", ru="пока никто", lang=lang)
        facts = [say(en="Owner", ru="Отвечает", lang=lang) + f": {owner}", *action_figures(a, lang)]
        lines = Markup("").join(Markup("<div>{}</div>").format(f) for f in facts)
        return Markup(
            '<li class="n t{}" dir="auto"><p>{}</p><dl class="vh2">{}</dl><div class="m">{}</div></li>'
        ).format(
            " a" if a.assumption else "",
            a.title,
            Markup("<dt class='vh'>{}</dt><dd>{}</dd>").format(say(en="Facts", ru="Сведения", lang=lang), lines),
            self.pill(a, a.title),
        )

    def cell(self, index: int, lane: str) -> Markup:
        """One cell of the table."""
        stage = self.journey.stages[index]
        cards = []
        for item in items(self.journey, stage, lane):
            if isinstance(item, Touchpoint):
                cards.append(self.touchpoint(item))
            elif isinstance(item, Note):
                cards.append(self.note(item, lane))
            else:
                cards.append(self.action(item))
        if not cards:
            return Markup("<td></td>")
        return Markup('<td><ul class="cell">{}</ul></td>').format(Markup("").join(cards))
