"""Maps side by side as small curves, waves of one map over each other, what changed for sure marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from cjmkit.compare.waves import Waves
from cjmkit.core.journey import EmotionPoint, Journey
from cjmkit.core.words import SMALL_N, source_title
from cjmkit.i18n import interval, number, say, shorten
from cjmkit.view.lanes import whole
from cjmkit.view.story import main_source, tiles

__all__ = ["side_by_side", "wave_name"]

_W, _H, _TOP = 640, 160, 28


def wave_name(j: Journey, lang: str) -> str:
    """What a wave is called: its name, its date, or that it is the latest."""
    return j.wave or (j.date.isoformat() if j.date else say(en="latest", ru="последняя", lang=lang))


def side_by_side(found: Iterable[Waves], named: Callable[[Journey], str | Markup], lang: str) -> Markup:
    """A card for each map: title, curve, weakest point, first barrier, first action."""
    cards = Markup("")
    for w in found:
        j = w.latest
        line = Markup('<p><span class="k">{}</span> <b dir="auto">{}</b> <span class="num">{}</span></p>')
        told = Markup("").join(line.format(t.name, shorten(t.text, 70), t.figure) for t in tiles(j, lang) if t.target)
        cards += Markup('<article class="onemap"><h3 dir="auto">{}</h3>{}{}</article>').format(
            named(j), _picture(w, lang), told
        )
    title = say(en="Side by side", ru="Рядом", lang=lang)
    note = say(
        en="Curves: mean of people, −2 to 2, the same scale everywhere. Dashed: the wave before. ▲▼: a change whose "
        "interval, corrected for the number of points, excludes zero.",
        ru="Кривые: среднее по людям, от −2 до 2, шкала везде одна. Пунктир: прошлая волна. ▲▼: изменение, интервал "
        "которого с поправкой на число точек не содержит нуля.",
        lang=lang,
    )
    return Markup(
        '<section aria-labelledby="side"><h2 id="side">{}</h2><div class="maps">{}</div><p class="facts">{}</p>'
        "</section>"
    ).format(title, cards, note)


def _place(i: int, n: int, value: float) -> tuple[float, float]:
    return _W * (i + 0.5) / n, _TOP + (_H - 2 * _TOP) * (2 - max(-2.0, min(2.0, value))) / 4


def _picture(w: Waves, lang: str) -> Markup:
    n, points = len(w.latest.stages), w.curve(w.latest)
    if not any(points):
        gap = say(en="nobody was asked how it felt", ru="об эмоциях не спрашивали", lang=lang)
        return Markup('<p class="gaptext">{}</p>').format(gap)
    middle = _place(0, n, 0)[1]
    drawn = f'<path d="M0 {middle:.1f}H{_W}" stroke="var(--line-strong)" stroke-dasharray="3 3"/>'
    for i, s in enumerate(w.latest.stages):
        drawn += str(
            Markup('<text x="{:.1f}" y="{}" text-anchor="middle" class="st">{}</text>').format(
                _place(i, n, 0)[0], _H - 18, shorten(s.title, max(8, 84 // n))
            )
        )
    if w.earlier is not None:
        drawn += _line(w.curve(w.earlier), n, 'stroke="var(--line-strong)" stroke-width="2" stroke-dasharray="6 4"', "")
    drawn += _line(points, n, 'stroke="var(--ink)" stroke-width="2.5"', "var(--ink)")
    words, held = [], w.held()
    for i, p in enumerate(points):
        if p is None or p.estimate.value is None:
            continue
        e, title = p.estimate, w.latest.stages[i].title
        x, y = _place(i, n, p.estimate.value)
        value = number(p.estimate.value, 1, lang=lang)
        drawn += f'<text x="{x:.1f}" y="{_H - 4}" text-anchor="middle">n = {whole(e.n, lang)}</text>'
        if e.low is not None and e.high is not None:
            low, high = _place(i, n, e.low)[1], _place(i, n, e.high)[1]
            drawn += f'<path d="M{x:.1f} {high:.1f}V{low:.1f}" stroke="var(--ink)" stroke-width="1.5"/>'
        told = f"{title}: {value} {interval(e.low, e.high, 1, lang=lang)}, n = {whole(e.n, lang)}"
        mark, kind = value, "va"
        if (r := held.get(w.latest.stages[i].id)) is not None:
            up = r["difference"] > 0
            change = ("▲ +" if up else "▼ ") + number(r["difference"], 1, lang=lang)
            mark, kind = f"{value}  {change}", "va up" if up else "va dn"
            told += f" ({change} {interval(r['low'], r['high'], 1, lang=lang)})"
        drawn += f'<text x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle" class="{kind}">{escape(mark)}</text>'
        words.append(told)
    source = source_title(main_source(w.latest), lang)
    who = wave_name(w.latest, lang)
    key = f"{source} · {who}"
    if w.earlier is not None:
        before = wave_name(w.earlier, lang)
        key += say(en=f" · dashed: {before}", ru=f" · пунктир: {before}", lang=lang)
    return Markup(
        '<svg class="small" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg><p class="facts">{}</p>'
    ).format(_W, _H, "; ".join(words), Markup(drawn), key)


def _line(points: list[EmotionPoint | None], n: int, stroke: str, fill: str) -> str:
    """A broken line through what is known, with its marks: hollow where few people stand behind it."""
    out, run = "", list[str]()
    for i, p in enumerate([*points, None]):
        if p is None or p.estimate.value is None:
            out += f'<polyline points="{" ".join(run)}" fill="none" {stroke}/>' if len(run) > 1 else ""
            run = []
            continue
        x, y = _place(i, n, p.estimate.value)
        run.append(f"{x:.1f},{y:.1f}")
        if fill:
            inside = "var(--paper)" if p.estimate.n < SMALL_N else fill
            out += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{inside}" stroke="{fill}" stroke-width="2"/>'
    return out
