"""A persona on a card: who, how sure, what sets them apart, in their own words."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.core.persona import Persona
from cjmkit.i18n import current_language, interval, number, say
from cjmkit.personas._card import MARKS, Line, colour, digest, initials, sections, status_word, verdict_line
from cjmkit.personas._card_picture import draw
from cjmkit.personas.data import records

__all__ = ["card_html", "card_png", "portrait_svg", "table_html"]

_STYLE = """
.cjm-card{--ink:#1c1e21;--soft:#5b6168;--line:#d9dde2;--back:#fff;--tint:#f4f6f8;box-sizing:border-box;max-width:44rem;
border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.25rem;background:var(--back);color:var(--ink);
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
.cjm-card *{box-sizing:border-box}
.cjm-card header{display:flex;gap:1rem;align-items:center;margin:0 0 .8rem}
.cjm-card header svg{flex:none;width:64px;height:64px}
.cjm-card h3{margin:0;font-size:1.3rem;line-height:1.2;color:inherit}
.cjm-card .share{color:var(--soft);margin:.15rem 0 0}
.cjm-card .verdict{margin:0 0 .9rem;padding:.5rem .75rem;border-left:4px solid var(--mark);
background:var(--tint);font-size:.9em}
.cjm-card .verdict b{text-transform:uppercase;letter-spacing:.04em;font-size:.85em;margin-right:.4em}
.cjm-card .cols{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.6rem 1.5rem}
.cjm-card h4{margin:.2rem 0 .3rem;font-size:.78rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft)}
.cjm-card ul{margin:0;padding:0;list-style:none}
.cjm-card li{margin:0 0 .4rem;padding-left:.9rem;text-indent:-.9rem}
.cjm-card li::before{content:"•";display:inline-block;width:.9rem;text-indent:0;color:var(--mark)}
.cjm-card li.assumption{font-style:italic;border-bottom:1px dashed var(--soft)}
.cjm-card small{color:var(--soft)}
.cjm-card li small{white-space:nowrap}
.cjm-card blockquote{margin:.35rem 0;padding-left:.8rem;border-left:3px solid var(--line);font-style:italic}
.cjm-card blockquote small{font-style:normal;display:block}
@media (prefers-color-scheme:dark){.cjm-card{--ink:#e8eaed;--soft:#a3abb5;--line:#3c434b;--back:#1d2024;--tint:#272b30}}
[data-jp-theme-light="false"] .cjm-card,.cjm-dark .cjm-card{
--ink:#e8eaed;--soft:#a3abb5;--line:#3c434b;--back:#1d2024;--tint:#272b30}
[data-jp-theme-light="true"] .cjm-card,.cjm-light .cjm-card{
--ink:#1c1e21;--soft:#5b6168;--line:#d9dde2;--back:#fff;--tint:#f4f6f8}
"""


def portrait_svg(persona: Persona, *, size: int = 64) -> str:
    """A portrait without a face: shapes that follow from the id, and the initials. Never a photograph of nobody."""
    seed = digest(persona)
    turn = seed[1] % 360
    shapes = {
        0: '<circle cx="44" cy="20" r="15" fill="#fff" fill-opacity=".22"/>',
        1: '<rect x="30" y="4" width="28" height="28" fill="#fff" fill-opacity=".2"/>',
        2: '<path d="M32 2 62 54H2z" fill="#fff" fill-opacity=".2"/>',
    }[seed[2] % 3]
    return (
        f'<svg viewBox="0 0 64 64" width="{size}" height="{size}" role="img" aria-label="{escape(persona.name)}">'
        f'<defs><clipPath id="c{seed.hex()[:6]}"><circle cx="32" cy="32" r="32"/></clipPath></defs>'
        f'<g clip-path="url(#c{seed.hex()[:6]})"><rect width="64" height="64" fill="{colour(persona)}"/>'
        f'<g transform="rotate({turn} 32 32)">{shapes}</g></g>'
        f'<text x="32" y="33" text-anchor="middle" dominant-baseline="central" fill="#fff" '
        f'font-family="system-ui,sans-serif" font-size="24" font-weight="600">{escape(initials(persona))}</text></svg>'
    )


def _item(line: Line) -> str:
    kind = ' class="assumption"' if line.assumption else ""
    title = f' title="{escape(line.evidence, quote=True)}"' if line.evidence else ""
    small = f" <small>{escape(line.basis)}</small>" if line.basis else ""
    return f"<li{kind}{title}>{escape(line.text)}{small}</li>"


def card_html(persona: Persona, lang: str | None = None) -> str:
    """The card of a persona as self-contained HTML.

    Parameters
    ----------
    persona : Persona
        From ``found["Planner"]`` or written by hand; one without data says that it is assumed.
    lang : {"en", "ru"}, optional
        Language of the headings and of the verdict.

    Returns
    -------
    str
        A ``<div>`` with its own style, for light and dark pages; nothing in it refers to the network.

    Examples
    --------
    >>> from cjmkit import Persona
    >>> "assumption" in card_html(Persona(id="P1", name="Planner"), lang="en")
    True
    """
    lang = current_language(lang)
    status, told = verdict_line(persona, lang)
    mark = MARKS[persona.verdict.status]
    share = ""
    if persona.share is not None and persona.share.value is not None:
        share = escape(persona.share.text(0, percent=True, lang=lang))
        share = f'<p class="share">{share}</p>'
    columns = [
        f"<section><h4>{escape(title)}</h4><ul>{''.join(map(_item, lines))}</ul></section>"
        for title, lines in sections(persona, lang)
    ]
    said = "".join(
        f"<blockquote>{escape(q.quote)}<small>{escape(q.participant or q.document)}, "
        f"{escape(q.document)}:{q.start}–{q.end}"
        "</small></blockquote>"
        for q in persona.quotes
    )
    if said:
        said = f"<section><h4>{say(en='In their own words', ru='Своими словами', lang=lang)}</h4>{said}</section>"
    about = f"<p>{escape(persona.description)}</p>" if persona.description else ""
    people = ""
    if persona.participants:
        shown = ", ".join(persona.participants[:8]) + (" …" if len(persona.participants) > 8 else "")
        people = f"<p><small>{say(en='People', ru='Люди', lang=lang)}: {escape(shown)}</small></p>"
    return (
        f'<style>{_STYLE}</style><div class="cjm-card" lang="{lang}" style="--mark:{mark}">'
        f"<header>{portrait_svg(persona)}"
        f"<div><h3>{escape(persona.name)}</h3>{share}</div></header>"
        f'<p class="verdict"><b style="color:{mark}">{escape(status)}</b>{escape(told)}</p>'
        f'{about}<div class="cols">{"".join(columns)}</div>{said}{people}</div>'
    )


def card_png(persona: Persona, path: Any = None, *, lang: str | None = None, dark: bool = False) -> bytes:
    """The card of a persona as a PNG picture, drawn with matplotlib (no browser needed).

    Parameters
    ----------
    persona : Persona
        As for :func:`card_html`.
    path : path, optional
        Where to write it as well.
    lang : {"en", "ru"}, optional
        Language.
    dark : bool
        Light letters on a dark ground.

    Returns
    -------
    bytes
        The PNG.

    Examples
    --------
    >>> from cjmkit import Persona
    >>> card_png(Persona(id="P1", name="Planner"), lang="en")[1:4]
    b'PNG'
    """
    figure = draw(persona, current_language(lang), dark)
    out = io.BytesIO()
    # No date, no version: the same card is the same file.
    figure.savefig(out, format="png", dpi=160, facecolor=figure.get_facecolor(), metadata={"Software": None})
    data = out.getvalue()
    if path is not None:
        Path(path).write_bytes(data)
    return data


def table_html(table: pd.DataFrame) -> str:
    """The personas of a result as a small table."""
    lang = current_language(None)
    heads = say(
        en="Persona|People|Share [95%]|Stability|Status", ru="Портрет|Людей|Доля [95 %]|Устойчивость|Статус", lang=lang
    ).split("|")
    rows = []
    for r in records(table):
        mark = MARKS[str(r.status)]
        rows.append(
            f"<tr><td>{escape(str(r.name))}</td><td>{r.n}</td>"
            f"<td>{number(r.share, 0, percent=True, lang=lang)} "
            f"{interval(r.low, r.high, 0, percent=True, lang=lang)}</td><td>{number(r.jaccard, 2, lang=lang)}</td>"
            f'<td><span style="color:{mark}">■</span> {escape(status_word(str(r.status), lang))}</td></tr>'
        )
    head = "".join(f"<th>{h}</th>" for h in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
