"""A banner table as people read it: wide, HTML, Markdown and a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from cjmkit.i18n import number, say

__all__ = ["banner_html", "banner_markdown", "banner_xlsx", "said", "wide"]

_GAP = 3
"""Below this many people in the base a figure is not shown."""

_WORDS = {
    "persona": ("persona", "портрет"),
    "top2": ("upper two answers", "два верхних ответа"),
    "bottom2": ("lower two answers", "два нижних ответа"),
    "mean": ("mean", "среднее"),
    "median": ("median", "медиана"),
    "nps": ("NPS", "NPS"),
    "promoters": ("promoters", "промоутеры"),
    "passives": ("passives", "нейтралы"),
    "detractors": ("detractors", "критики"),
    "total": ("total", "всего"),
}
_SHADE = "#DCE6F5"
_EDGE = "border-bottom:1px solid #ccc"


def said(code: str, lang: str | None = None) -> str:
    """What a code in the table is called."""
    en, ru = _WORDS.get(code, (code, code))
    return say(en=en, ru=ru, lang=lang)


def figure(row: Any, lang: str | None = None) -> str:
    """A cell as a text, without its letters."""
    if row.n < _GAP or row.value != row.value:
        return "—"
    if row.statistic == "share":
        return number(row.value, 0, percent=True, lang=lang)
    return number(row.value, 0 if row.statistic == "nps" else 1 if row.statistic == "median" else 2, lang=lang)


def _rows(block: pd.DataFrame) -> Iterator[tuple[tuple[str, str], list[Any]]]:
    for key, part in block.groupby(["row", "statistic"], sort=False):
        yield key, list(part.itertuples(index=False))  # type: ignore[misc]


def _bases(cells: list[Any], weighted: bool, lang: str | None) -> list[tuple[str, list[float]]]:
    out = [(say(en="n, people", ru="n, человек", lang=lang), [c.n for c in cells])]
    if weighted:
        out.append((say(en="n, weighted", ru="n с весами", lang=lang), [c.n_weighted for c in cells]))
        out.append((say(en="n, effective", ru="n эффективное", lang=lang), [c.n_effective for c in cells]))
    return out


def _head(cells: list[Any], lang: str | None) -> list[tuple[str, str, str]]:
    """Question of the column, its answer, its letter with the mark of a small base."""
    return [
        (said(c.by, lang), said(c.column, lang) if not c.by else c.column, c.letter + ("*" if c.small else ""))
        for c in cells
    ]


def notes(found: Any, lang: str | None = None) -> list[str]:
    """What stands under a published table."""
    level = number(found.level, 0, percent=True, lang=lang)
    name = {
        "holm": say(en="Holm's correction within a row", ru="поправка Холма внутри строки", lang=lang),
        "bh": say(
            en="Benjamini and Hochberg's correction within a row",
            ru="поправка Бенджамини — Хохберга внутри строки",
            lang=lang,
        ),
        "none": say(en="no correction for many comparisons", ru="без поправки на число сравнений", lang=lang),
    }[found.correction]
    out = [
        say(
            en=f"A letter: higher than the column of that letter at {level}; {name}.",
            ru=f"Буква: выше, чем в столбце с этой буквой, на уровне {level}; {name}.",
            lang=lang,
        )
    ]
    if found.table["small"].any():
        out.append(
            say(
                en=f"*: fewer than {found.min_n} people, not tested. —: nobody, or fewer than {_GAP} people.",
                ru=f"*: меньше {found.min_n} чел., не сравнивается. —: никого или меньше {_GAP} чел.",
                lang=lang,
            )
        )
    if found.weighted:
        out.append(
            say(
                en="Weighted; tests and intervals rest on the effective n.",
                ru="С весами; сравнения и интервалы опираются на эффективное n.",
                lang=lang,
            )
        )
    return out


def wide(found: Any, lang: str | None = None) -> pd.DataFrame:
    """Question and row down, columns across, every cell a text with its letters."""
    out, index = [], []
    first = None
    for item, block in found.table.groupby("item", sort=False):
        for k, ((row, _), cells) in enumerate(_rows(block)):
            first = first or cells
            if k == 0:
                for name, values in _bases(cells, found.weighted, lang):
                    out.append([number(v, 0, lang=lang) for v in values])
                    index.append((item, name))
            out.append([f"{figure(c, lang)} {c.letters}".strip() for c in cells])
            index.append((item, said(row, lang)))
    head = [(by, f"{column} ({letter})" if letter else column) for by, column, letter in _head(first or [], lang)]
    names = [say(en="question", ru="вопрос", lang=lang), say(en="answer", ru="ответ", lang=lang)]
    return pd.DataFrame(
        out, index=pd.MultiIndex.from_tuples(index, names=names), columns=pd.MultiIndex.from_tuples(head)
    )


def _heads_html(cells: list[Any], lang: str | None) -> str:
    """Two lines of heads: what the columns are by, and each column with its letter."""
    spans: list[list[Any]] = []
    for c in cells:
        if spans and spans[-1][0] == c.by:
            spans[-1][1] += 1
        else:
            spans.append([c.by, 1])
    over = "".join(
        f'<th colspan="{k}" scope="colgroup" style="text-align:center;{_EDGE}">{escape(said(by, lang))}</th>'
        for by, k in spans
    )
    head = "".join(
        f'<th scope="col" style="text-align:right;vertical-align:bottom;{_EDGE}">{escape(column)}'
        f"{f'<br><small>{letter}</small>' if letter else ''}</th>"
        for _, column, letter in _head(cells, lang)
    )
    return f"<thead><tr><td></td>{over}</tr><tr><td></td>{head}</tr></thead>"


def _figures_html(line: list[Any], lang: str | None, *, small: bool = False) -> str:
    """The cells of a row, shaded where a letter says more; with `small` each with its base."""
    out = []
    for c in line:
        shade = f";background:{_SHADE};color:#000" if c.letters else ""
        letters = f" <small>{c.letters}</small>" if c.letters else ""
        base = f' <small style="color:#777">{number(c.n, 0, lang=lang)}</small>' if small else ""
        out.append(f'<td style="text-align:right{shade}">{figure(c, lang)}{letters}{base}</td>')
    return "".join(out)


def _one_table(found: Any, lang: str | None) -> str:
    """Questions of one row each (their means, say) under each other; empty where a question has more rows."""
    blocks = [(item, block, list(_rows(block))) for item, block in found.table.groupby("item", sort=False)]
    if len(blocks) < 2 or any(len(rows) != 1 for *_, rows in blocks):
        return ""
    texts = [str(block["question"].iloc[0] or item) for item, block, _ in blocks]
    statistics = list(dict.fromkeys(said(rows[0][0][0], lang) for *_, rows in blocks))
    body = []
    stems = [text.rpartition(" - ")[0] for text in texts]
    before = ""
    for text, stem, (*_, rows) in zip(texts, stems, blocks, strict=True):
        if stem and stems.count(stem) > 1:  # the words of a battery once, its items under them
            text = text.rpartition(" - ")[2]
            if stem != before:
                span = len(rows[0][1]) + 1
                body.append(f'<tr><th colspan="{span}" style="text-align:left;color:#777">{escape(stem)}</th></tr>')
        before = stem
        kind = f" ({said(rows[0][0][0], lang)})" if len(statistics) > 1 else ""
        look = f'<th scope="row" style="text-align:left;font-weight:400;max-width:24em">{escape(text + kind)}</th>'
        body.append(f"<tr>{look}{_figures_html(rows[0][1], lang, small=True)}</tr>")
    caption = say(en=f"{statistics[0]}; small: n, people", ru=f"{statistics[0]}; мелко: n, человек", lang=lang)
    if len(statistics) > 1:
        caption = say(en="small: n, people", ru="мелко: n, человек", lang=lang)
    return (
        f'<table style="border-collapse:collapse"><caption style="text-align:left;font-weight:600">{escape(caption)}'
        f"</caption>{_heads_html(blocks[0][2][0][1], lang)}<tbody>{''.join(body)}</tbody></table>"
    )


def banner_html(found: Any, lang: str | None = None) -> str:
    """All tables as HTML; styles lie in the elements, so that a mail keeps them.

    Questions of which only one figure is shown stand in one table.
    """
    small = "<br>".join(escape(t) for t in (*notes(found, lang), *found.warnings))
    below = f"<p><small>{small}</small></p>"
    if together := _one_table(found, lang):
        return together + below
    parts = []
    for item, block in found.table.groupby("item", sort=False):
        rows = list(_rows(block))
        cells = rows[0][1]
        title = block["question"].iloc[0] or item
        body = []
        for name, values in _bases(cells, found.weighted, lang):
            tds = "".join(f'<td style="text-align:right">{number(v, 0, lang=lang)}</td>' for v in values)
            body.append(f'<tr style="color:#555"><th scope="row" style="text-align:left">{name}</th>{tds}</tr>')
        for (row, _), line in rows:
            look = (
                f"text-align:left;padding-left:{0.4 + 1.2 * line[0].depth}em;font-weight:{600 if line[0].net else 400}"
            )
            tds = _figures_html(line, lang)
            body.append(f'<tr><th scope="row" style="{look}">{escape(said(row, lang))}</th>{tds}</tr>')
        parts.append(
            f'<table style="border-collapse:collapse;margin-bottom:1.2em"><caption style="text-align:left;'
            f'font-weight:600">{escape(str(title))}</caption>{_heads_html(cells, lang)}'
            f"<tbody>{''.join(body)}</tbody></table>"
        )
    return "".join(parts) + below


def banner_markdown(found: Any, lang: str | None = None) -> str:
    """All tables as Markdown."""

    def cell(text: object) -> str:
        return " ".join(str(text).replace("|", "\\|").split())

    parts = []
    for item, block in found.table.groupby("item", sort=False):
        rows = list(_rows(block))
        cells = rows[0][1]
        head = [f"{by}: {column}" if by else column for by, column, _ in _head(cells, lang)]
        head = [f"{h} ({x})" if x else h for h, (_, _, x) in zip(head, _head(cells, lang), strict=True)]
        lines = [f"**{cell(block['question'].iloc[0] or item)}**", ""]
        lines += ["| | " + " | ".join(map(cell, head)) + " |", "|---|" + "---:|" * len(head)]
        for name, values in _bases(cells, found.weighted, lang):
            lines.append(f"| {name} | " + " | ".join(number(v, 0, lang=lang) for v in values) + " |")
        for (row, _), line in rows:
            label = "&emsp;" * line[0].depth + cell(said(row, lang))
            label = f"**{label}**" if line[0].net else label
            lines.append(f"| {label} | " + " | ".join(f"{figure(c, lang)} {c.letters}".strip() for c in line) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, *(cell(t) for t in (*notes(found, lang), *found.warnings))]) + "\n"


def banner_xlsx(found: Any, lang: str | None = None) -> bytes:
    """A workbook: contents, then a sheet a question; figures as numbers, letters beside them, no formulas."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    look = {
        "bold": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "align": "center", "text_wrap": True, "bottom": 1, "valign": "bottom"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "grey": book.add_format({"font_color": "#555555", "num_format": "0"}),
        "small": book.add_format({"font_size": 9, "font_color": "#555555"}),
        "link": book.add_format({"font_color": "#0563C1", "underline": 1}),
    }
    for key, base in (("share", "0%"), ("mean", "0.00"), ("median", "0.0"), ("nps", "0")):
        for shaded in (False, True):
            fill = {"bg_color": _SHADE} if shaded else {}
            look[f"{key}{shaded}"] = book.add_format({"num_format": base, "align": "right", **fill})
    look["lettersTrue"] = book.add_format({"font_size": 8, "bg_color": _SHADE})
    contents = book.add_worksheet(say(en="Contents", ru="Содержание", lang=lang))
    contents.write_string(0, 0, found.survey, look["bold"])
    contents.set_column(0, 0, 5)
    contents.set_column(1, 1, 90)
    for k, (item, block) in enumerate(found.table.groupby("item", sort=False), start=1):
        sheet = book.add_worksheet(str(k))
        title = str(block["question"].iloc[0] or item)
        contents.write_number(k + 1, 0, k)
        contents.write_url(k + 1, 1, f"internal:'{k}'!A1", look["link"], title[:250])
        _sheet(sheet, found, block, title, look, lang)
    for i, text in enumerate((*notes(found, lang), *found.warnings)):
        contents.write_string(found.table["item"].nunique() + 3 + i, 1, text, look["wrap"])
    book.close()
    return buffer.getvalue()


def _sheet(sheet: Any, found: Any, block: pd.DataFrame, title: str, look: dict[str, Any], lang: str | None) -> None:
    rows = list(_rows(block))
    cells = rows[0][1]
    sheet.write_string(0, 0, title, look["bold"])
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 2 * len(cells), 7)
    sheet.freeze_panes(5, 1)
    for j, (by, column, letter) in enumerate(_head(cells, lang)):
        at = 1 + 2 * j
        for line_at, text in ((2, by if j == 0 or cells[j - 1].by != by else ""), (3, column), (4, letter)):
            if line_at == 3:
                sheet.merge_range(3, at, 3, at + 1, text, look["head"])
            elif text:
                sheet.write_string(line_at, at, str(text), look["head" if line_at == 4 else "bold"])
    at = 5
    for name, values in _bases(cells, found.weighted, lang):
        sheet.write_string(at, 0, name, look["grey"])
        for j, v in enumerate(values):
            sheet.write_number(at, 1 + 2 * j, float(v), look["grey"])
        at += 1
    for (row, kind), line in rows:
        text = "    " * line[0].depth + said(row, lang)
        sheet.write_string(at, 0, text, look["bold"] if line[0].net else look["wrap"])
        for j, c in enumerate(line):
            if c.n < _GAP or c.value != c.value:
                sheet.write_string(at, 1 + 2 * j, "—")
                continue
            shaded = bool(c.letters)
            sheet.write_number(at, 1 + 2 * j, float(c.value), look[f"{kind}{shaded}"])
            if shaded:
                sheet.write_string(at, 2 + 2 * j, c.letters, look["lettersTrue"])
        at += 1
    for text in notes(found, lang):
        at += 1
        sheet.write_string(at, 0, text, look["small"])
