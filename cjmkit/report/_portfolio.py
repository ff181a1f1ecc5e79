"""An index page over several journeys: coverage, worst emotions, owners' load."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from cjmkit.compare.waves import Waves, by_waves
from cjmkit.core.journey import EmotionPoint, Journey
from cjmkit.core.words import SMALL_N, is_assumed, source_title
from cjmkit.errors import CjmError
from cjmkit.files import is_ours, write_atomically
from cjmkit.i18n import count, current_language, interval, number, say
from cjmkit.report._waves import side_by_side
from cjmkit.view.lanes import (
    coverage,
)

__all__ = ["portfolio"]

_WORST = 10


@dataclass(frozen=True)
class _Entry:
    waves: Waves
    link: str

    @property
    def journey(self) -> Journey:
        """The map as it stands now; earlier waves are no maps of their own."""
        return self.waves.latest


def portfolio(
    journeys: str | os.PathLike[str] | Iterable[Journey],
    path: str | os.PathLike[str] | None = None,
    *,
    title: str = "",
    lang: str | None = None,
) -> str:
    """Make an index page of several journeys: their curves side by side, coverage, worst emotions, owners' load.

    Waves of one map (the same title, another wave or date) lie over each other, and changes that hold are marked.

    Parameters
    ----------
    journeys : path-like or iterable of Journey
        A folder of ``.yaml`` files (a study's ``journeys/``, or a folder of studies), or the journeys; what lies in a
        folder ``history`` is left out.
    path : path-like, optional
        Also write the page there. With a folder given, each map is rendered beside it and linked.
    title : str, optional
        Title of the page.
    lang : {"en", "ru"}, optional
        Language of labels; that of the first journey by default.

    Returns
    -------
    str
        The page: one file, no network, no script.

    Raises
    ------
    CjmError
        If there is no journey.

    Examples
    --------
    >>> import cjmkit as cj
    >>> page = portfolio([cj.Journey.from_framework("aida", title="A bicycle")], title="All journeys")
    >>> "All journeys" in page, "A bicycle" in page
    (True, True)
    """
    if isinstance(journeys, str | os.PathLike):
        found = _of_folder(Path(journeys))
        if not found:
            raise CjmError(
                en=f"{journeys}: no journey in it; a journey is a .yaml file that begins with format: cjmkit/journey/1",
                ru=f"{journeys}: пути нет; путь — файл .yaml, который начинается с format: cjmkit/journey/1",
            )
        rendered = path is not None
    else:
        found = list(journeys)
        rendered = False
        if not found:
            raise CjmError(en="no journey was given", ru="не дано ни одного пути")
    lang = current_language(lang or found[0].language)
    entries = []
    taken = {Path(path).stem.casefold()} if path is not None else set()
    for waves in by_waves(found):
        j = waves.latest
        name = next(
            n for n in itertools.chain([j.id], (f"{j.id}-{k}" for k in itertools.count(2))) if n.casefold() not in taken
        )
        taken.add(name.casefold())
        if rendered and path is not None:
            from cjmkit.report._page import html

            html(j, Path(path).parent / f"{name}.html", earlier=waves.earlier)
        entries.append(_Entry(waves, f"{name}.html" if rendered else ""))
    page = _page(entries, title or say(en="Journeys", ru="Карты пути", lang=lang), lang)
    if path is not None:
        write_atomically(path, page)
    return page


def _of_folder(folder: Path) -> list[Journey]:
    from cjmkit.exchange.yaml_file import read_journey

    if not folder.is_dir():
        raise CjmError(en=f"{folder} is no folder", ru=f"{folder} — не папка")
    out = []
    for file in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        # Earlier versions of a map are no maps of their own: they would be counted again.
        inside = file.relative_to(folder).parts
        if not is_ours(file) or {"history", "unsaved"} & set(inside[:-1]) or any(p.startswith(".") for p in inside):
            continue
        with open(file, encoding="utf-8", errors="replace") as f:
            head = f.read(4000)
        if "cjmkit/journey/" in head:
            out.append(read_journey(file))
    return out


def _page(entries: list[_Entry], title: str, lang: str) -> str:
    from cjmkit.report._page import _css

    n = count(len(entries), en=("journey", "journeys"), ru=("карта", "карты", "карт"), lang=lang)
    body = Markup(
        '<header><div class="top"><div><h1>{}</h1><p class="facts">{}</p></div></div></header>'
        "<main>{}{}{}{}{}</main><footer><p>{}</p></footer>"
    ).format(
        title,
        n,
        side_by_side([e.waves for e in entries], lambda j: next(_named(e) for e in entries if e.journey is j), lang),
        _journeys(entries, lang),
        _stages(entries, lang),
        _worst(entries, lang),
        _owners(entries, lang),
        say(
            en="Made with cjmkit. This page loads nothing from the network.",
            ru="Сделано в cjmkit. Страница ничего не загружает из сети.",
            lang=lang,
        ),
    )
    return str(
        Markup(
            '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{}</title>\n<style>\n{}\n'
            "</style>\n</head>\n<body>\n{}\n</body>\n</html>\n"
        ).format(lang, title, Markup(_css()), body)
    )


def _section(id: str, title: str, heads: Iterable[str], rows: Iterable[Markup]) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(h) for h in heads)
    body = Markup("").join(Markup("<tr>{}</tr>").format(r) for r in rows)
    return Markup(
        '<section aria-labelledby="{0}"><h2 id="{0}">{1}</h2><div class="wrap" tabindex="0" role="group" '
        'aria-labelledby="{0}"><table class="plan"><thead><tr>{2}</tr></thead><tbody>{3}</tbody></table></div>'
        "</section>"
    ).format(id, title, head, body)


def _cells(first: str | Markup, *rest: str | Markup) -> Markup:
    return Markup('<th scope="row" dir="auto">{}</th>').format(first) + Markup("").join(
        Markup('<td dir="auto">{}</td>').format(c) for c in rest
    )


def _named(e: _Entry) -> str | Markup:
    return Markup('<a href="{}">{}</a>').format(e.link, e.journey.title) if e.link else e.journey.title


def _meter(share: float, words: str) -> Markup:
    return Markup('<span class="meter" aria-hidden="true"><i style="width:{:.0f}%"></i></span>{}').format(
        100 * share, words
    )


def _points(j: Journey) -> list[EmotionPoint]:
    """What people felt; beliefs only where nobody was asked."""
    measured = [p for p in j.emotion if p.estimate.value is not None]
    return [p for p in measured if not is_assumed(p.source)] or measured


def _figure(p: EmotionPoint, lang: str) -> str:
    e = p.estimate
    out = number(e.value, 1, lang=lang)
    if e.low is not None and e.high is not None:
        sep = say(en=", ", ru="; ", lang=lang)
        out += f" [{number(e.low, 1, lang=lang)}{sep}{number(e.high, 1, lang=lang)}]"
    out += f", n = {e.n}" if e.n else ""
    if is_assumed(p.source):
        out += " · " + say(en="assumption", ru="предположение", lang=lang)
    elif e.n < SMALL_N:
        out += " · " + say(en="few people", ru="мало людей", lang=lang)
    return out


def _journeys(entries: list[_Entry], lang: str) -> Markup:
    heads = (
        say(en="Journey", ru="Карта", lang=lang),
        say(en="Personas", ru="Портреты", lang=lang),
        say(en="Wave", ru="Волна", lang=lang),
        say(en="Stages", ru="Этапы", lang=lang),
        say(en="Rests on evidence", ru="С основаниями", lang=lang),
        say(en="Lowest emotion", ru="Самая низкая эмоция", lang=lang),
        say(en="Changed since the wave before", ru="Изменилось с прошлой волны", lang=lang),
        say(en="Barriers without an action", ru="Барьеры без действия", lang=lang),
        say(en="Touchpoints without an owner", ru="Точки без ответственного", lang=lang),
    )
    rows = []
    for e in entries:
        j = e.journey
        cited, notes = coverage(j)
        points = _points(j)
        worst = min(points, key=lambda p: p.estimate.value or 0.0) if points else None
        answered = {b for a in j.improvements for b in a.barriers}
        barriers = [n for s in j.stages for n in s.barriers]
        touchpoints = [t for s in j.stages for t in s.touchpoints]
        rows.append(
            _cells(
                _named(e),
                ", ".join(p.name for p in j.personas) or "—",
                " ".join(x for x in (j.wave, j.date.isoformat() if j.date else "") if x) or "—",
                str(len(j.stages)),
                _meter(cited / notes, f"{cited} / {notes}") if notes else "—",
                f"{j.stage(worst.stage).title}: {_figure(worst, lang)}" if worst else "—",
                _changed(e, lang),
                f"{sum(n.id not in answered for n in barriers)} / {len(barriers)}",
                f"{sum(not t.owner for t in touchpoints)} / {len(touchpoints)}",
            )
        )
    return _section("journeys", say(en="Journeys", ru="Карты", lang=lang), heads, rows)


def _changed(e: _Entry, lang: str) -> str:
    """Changes of the curve that hold, with their intervals; a dash where there is one wave only."""
    if e.waves.earlier is None:
        return "—"
    out = []
    for stage, r in e.waves.held().items():
        sign = "+" if r["difference"] > 0 else ""
        around = interval(r["low"], r["high"], 1, lang=lang)
        out.append(f"{e.journey.stage(stage).title}: {sign}{number(r['difference'], 1, lang=lang)} {around}")
    return "; ".join(out) or say(en="nothing for sure", ru="ничего наверняка", lang=lang)


def _stages(entries: list[_Entry], lang: str) -> Markup:
    """Journeys × stages × personas: how the same stage feels on each map."""
    titles: dict[str, str] = {}
    for e in entries:
        for s in e.journey.stages:
            titles.setdefault(s.id, s.title)
    everybody = say(en="everybody", ru="все", lang=lang)
    rows = []
    for e in entries:
        j = e.journey
        names = {p.id: p.name for p in j.personas}
        curves: dict[tuple[str, str], dict[str, EmotionPoint]] = {}
        for p in j.emotion:
            curves.setdefault((p.persona, p.source), {})[p.stage] = p
        here = {s.id for s in j.stages}
        for (persona, source), points in curves.items() or {("", ""): {}}.items():
            who = names.get(persona, persona) or everybody
            label = (
                f"{who} · {source_title(source, lang)}" if source else say(en="no emotion", ru="эмоций нет", lang=lang)
            )
            cells = [
                _figure(points[s], lang)
                if s in points and points[s].estimate.value is not None
                else ("—" if s in here else "")
                for s in titles
            ]
            rows.append(_cells(j.title, label, *cells))
    heads = (say(en="Journey", ru="Карта", lang=lang), say(en="Whose", ru="Чья", lang=lang), *titles.values())
    return _section("stages", say(en="Emotion by stage", ru="Эмоции по этапам", lang=lang), heads, rows)


def _worst(entries: list[_Entry], lang: str) -> Markup:
    found = [(p.estimate.value or 0.0, e, p) for e in entries for p in _points(e.journey)]
    found.sort(key=lambda x: x[0])
    heads = (
        say(en="Stage", ru="Этап", lang=lang),
        say(en="Journey", ru="Карта", lang=lang),
        say(en="Persona", ru="Портрет", lang=lang),
        say(en="Emotion", ru="Эмоция", lang=lang),
        say(en="Barriers there", ru="Барьеры на нём", lang=lang),
    )
    rows = []
    for _, e, p in found[:_WORST]:
        stage = e.journey.stage(p.stage)
        names = {q.id: q.name for q in e.journey.personas}
        rows.append(
            _cells(
                stage.title,
                _named(e),
                names.get(p.persona, p.persona) or "—",
                _figure(p, lang),
                "; ".join(n.text for n in stage.barriers[:3]) + ("; …" if len(stage.barriers) > 3 else ""),
            )
        )
    return (
        _section("worst", say(en="Worst emotions", ru="Худшие эмоции", lang=lang), heads, rows) if rows else Markup("")
    )


def _owners(entries: list[_Entry], lang: str) -> Markup:
    touchpoints: Counter[str] = Counter()
    moments: Counter[str] = Counter()
    actions: Counter[str] = Counter()
    barriers: Counter[str] = Counter()
    for e in entries:
        for s in e.journey.stages:
            owners = {t.owner for t in s.touchpoints}
            for t in s.touchpoints:
                touchpoints[t.owner] += 1
                moments[t.owner] += t.moment_of_truth
            for owner in owners:
                barriers[owner] += len(s.barriers)
        for a in e.journey.improvements:
            actions[a.owner] += 1
    heads = (
        say(en="Owner", ru="Ответственный", lang=lang),
        say(en="Touchpoints", ru="Точки контакта", lang=lang),
        say(en="Moments of truth", ru="Моменты истины", lang=lang),
        say(en="Barriers at their stages", ru="Барьеры на их этапах", lang=lang),
        say(en="Planned actions", ru="Действия в плане", lang=lang),
    )
    nobody = Markup('<span class="warn">{}</span>').format(say(en="nobody yet", ru="пока никто", lang=lang))
    order = sorted({*touchpoints, *actions}, key=lambda o: (-touchpoints[o] - actions[o], o))
    rows = [_cells(o or nobody, str(touchpoints[o]), str(moments[o]), str(barriers[o]), str(actions[o])) for o in order]
    return (
        _section("owners", say(en="Owners' load", ru="Нагрузка ответственных", lang=lang), heads, rows)
        if rows
        else Markup("")
    )
