"""A journey as Markdown: a table for the map, footnotes for the evidence."""

from __future__ import annotations

import os
import re

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.journey import Action, Journey
from cjmkit.core.stage import Note, Touchpoint, lane_title
from cjmkit.core.words import phase_title, status_title
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language, number, say
from cjmkit.view.lanes import (
    action_figures,
    coverage,
    figure_text,
    items,
    lane_gap,
    link_text,
    series,
    share,
    shown_lanes,
)
from cjmkit.view.marks import marked

__all__ = ["to_markdown"]


def to_markdown(journey: Journey, path: str | os.PathLike[str] | None = None, *, lang: str | None = None) -> str:
    r"""Write a journey as Markdown that code hosts show as a table; evidence becomes footnotes.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like, optional
        Also write it there.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen | home", goals=["Drink *tea*"])])
    >>> print(to_markdown(j).splitlines()[4])
    | | 1. Kitchen \| home |
    """
    writer = _Writer(journey, current_language(lang or journey.language))
    text = writer.write()
    if path is not None:
        write_atomically(path, text)
    return text


def _escape(text: str) -> str:
    """Text that stays text: no markup, no table cells, no HTML, one line."""
    text = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return "<br>".join(line.strip() for line in text.splitlines() if line.strip())


class _Writer:
    def __init__(self, journey: Journey, lang: str) -> None:
        self.j, self.lang = journey, lang
        self.numbers: dict[Evidence, int] = {}

    def cite(self, evidence: tuple[Evidence, ...]) -> str:
        marks = [self.numbers.setdefault(e, len(self.numbers) + 1) for e in evidence]
        return "".join(f"[^{k}]" for k in marks)

    def mark(self, item: Note | Touchpoint | Action) -> str:
        if item.evidence:
            return self.cite(item.evidence)
        return " *(" + say(en="assumption", ru="предположение", lang=self.lang) + ")*"

    def write(self) -> str:
        j, lang = self.j, self.lang
        out = [f"# {_escape(j.title)}", ""]
        facts = [_escape(j.scenario)] if j.scenario else []
        cited, notes = coverage(j)
        facts.append(
            say(
                en=f"{cited} of {notes} notes rest on evidence",
                ru=f"С основаниями {cited} из {notes} записей",
                lang=lang,
            )
        )
        if j.agreement is not None:
            facts.append(
                say(en="coders agree ", ru="согласие кодировщиков ", lang=lang) + j.agreement.text(2, lang=lang)
            )
        facts += [x for x in (_escape(j.wave), j.date.isoformat() if j.date else "") if x]
        out += [" · ".join(facts), ""]
        if j.stages:
            out += self.table()
        for k in range(len(j.links)):
            link = j.links[k]
            out.append(f"- {_escape(link_text(j, k, lang))}{self.cite(link.evidence)}")
        out += [""] if j.links else []
        for p in j.personas:
            out += self.persona(p.id)
        if j.improvements:
            out += self.plan()
        for e, k in self.numbers.items():
            out.append(f"[^{k}]: {self.footnote(e)}")
        return "\n".join(out).rstrip() + "\n"

    def table(self) -> list[str]:
        j, lang = self.j, self.lang
        heads = [f"{k}. {_escape(s.title)}" for k, s in enumerate(j.stages, 1)]
        out = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
        if any(s.phase for s in j.stages):
            row = [phase_title(s.phase, lang) for s in j.stages]
            out.append("| " + say(en="Phase", ru="Фаза", lang=lang) + " | " + " | ".join(row) + " |")
        for lane in shown_lanes(j, blueprint=True):
            if gap := lane_gap(j, lane, lang):
                out.append(f"| **{lane_title(lane, lang)}** | *{_escape(gap)}*" + " |" * len(j.stages))
                continue
            if lane == "emotion":
                out += self.emotion()
                continue
            cells = ["<br>".join(self.item(i, lane) for i in items(j, s, lane)) for s in j.stages]
            out.append(f"| **{lane_title(lane, lang)}** | " + " | ".join(cells) + " |")
        return [*out, ""]

    def item(self, item: Note | Touchpoint | Action, lane: str) -> str:
        more: list[str] = []
        if isinstance(item, Touchpoint):
            text = ("★ " if item.moment_of_truth else "") + marked(item) + _escape(item.name)
            owner = item.owner or say(en="no owner", ru="никто не отвечает", lang=self.lang)
            more = [_escape(x) for x in (item.channel, owner, item.service_level) if x]
        elif isinstance(item, Action):
            text = _escape(item.title)
            more = [_escape(item.owner or say(en="no owner", ru="никто не отвечает", lang=self.lang))]
            more += action_figures(item, self.lang)
        else:
            text = _escape(item.text)
        if not isinstance(item, Action) and item.estimate is not None:
            more.append(figure_text(item.estimate, as_share=lane == "barriers", lang=self.lang))
        return f"• {text}" + (f" ({'; '.join(more)})" if more else "") + self.mark(item)

    def emotion(self) -> list[str]:
        out = []
        for curve in series(self.j, self.lang):
            cells = []
            for p in curve.points:
                cells.append(marked(p) + _figure(p.estimate, self.lang) + self.cite(p.evidence) if p else "—")
            title = lane_title("emotion", self.lang)
            out.append(f"| **{title}: {_escape(curve.label)}** | " + " | ".join(cells) + " |")
        return out

    def persona(self, id: str) -> list[str]:
        p, lang = self.j.persona(id), self.lang
        out = [
            f"## {_escape(p.name)}",
            "",
            f"*{status_title(p.verdict.status, lang)}*: {_escape(p.verdict.text(lang))}",
        ]
        out[-1] += self.cite(p.evidence)
        if p.share is not None:
            out[-1] += " · " + say(en="share ", ru="доля ", lang=lang) + share(p.share, lang)
        out.append("")
        if p.description:
            out += [_escape(p.description), ""]
        groups = (
            (say(en="What sets them apart", ru="Чем отличается", lang=lang), p.traits),
            (lane_title("goals", lang), p.goals),
            (lane_title("expectations", lang), p.expectations),
            (lane_title("barriers", lang), p.barriers),
        )
        for title, notes in groups:
            if notes:
                out += [f"**{title}**", "", *(f"- {_escape(n.text)}{self.mark(n)}" for n in notes), ""]
        for q in p.quotes:
            out += [f"> {_escape(q.label(lang))}{self.cite((q,))}", ""]
        return out

    def plan(self) -> list[str]:
        lang = self.lang
        out = [f"## {lane_title('improvements', lang)}", ""]
        barriers = {n.id: n.text for s in self.j.stages for n in s.barriers}
        for a in self.j.improvements:
            owner = a.owner or say(en="no owner", ru="никто не отвечает", lang=lang)
            removes = "; ".join(_escape(barriers.get(b, b)) for b in a.barriers)
            facts = [_escape(owner), *action_figures(a, lang), *([f"→ {removes}"] if removes else [])]
            facts += [_escape(x) for x in (a.metric, a.service_level, a.status) if x]
            out.append(f"- **{_escape(a.title)}** ({'; '.join(facts)}){self.mark(a)}")
        return [*out, ""]

    def footnote(self, e: Evidence) -> str:
        place = ""
        if e.kind == "quote":
            place = f" ({e.document}, {e.start}–{e.end})"
        elif e.kind == "source" and e.url:
            place = f" ({e.url})"
        return _escape(e.label(self.lang).replace("\n", " ") + place)


def _figure(e: Estimate, lang: str) -> str:
    if e.value is None:
        return "—"
    out = number(e.value, 1, lang=lang)
    if e.low is not None and e.high is not None:
        out += f" ({number(e.low, 1, lang=lang)} … {number(e.high, 1, lang=lang)})"
    return out + (f", n = {e.n}" if e.n else "")
