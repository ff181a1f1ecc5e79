"""Reports that tools write for people: NVivo's coding report, Taguette's HTML, QualCoder's list of codes."""

from __future__ import annotations

import html
import re

from cjmkit.coding.codebook import Code, Codebook
from cjmkit.qda.segments import Segment

__all__ = ["nvivo_report", "qualcoder_codes", "taguette_html"]

_SOURCE = re.compile(r"^<(?P<path>[^<>\n]+)>\s*-\s*§\s*\d+\s+\S+", re.MULTILINE)
_REFERENCE = re.compile(r"^(?:Reference|Referenz|Référence|Referencia|Ссылка)\s+\d+\s*-\s*[\d.,]+\s*%.*$", re.MULTILINE)


def nvivo_report(text: str, name: str) -> list[Segment] | None:
    r"""Segments of an NVivo coding report; None where the text is none. Its code is the heading, else the file's name.

    Examples
    --------
    >>> report = "Name: Price\n<Files\\anna> - § 1 reference coded [2% Coverage]\nReference 1 - 2% Coverage\nDear."
    >>> [(s.document, s.code, s.quote) for s in nvivo_report(report, "x.txt")]
    [('anna', 'Price', 'Dear.')]
    """
    heads = list(_SOURCE.finditer(text))
    if not heads or not _REFERENCE.search(text):
        return None
    code = name.rsplit(".", 1)[0]
    out = []
    for k, m in enumerate(heads):
        above = text[heads[k - 1].end() if k else 0 : m.start()]
        named = re.findall(r"(?m)^(?:Name|Code|Node|Knoten|Имя|Узел|Код):\s*(.+?)\s*$", above)
        code = named[-1] if named else code
        body = text[m.end() : heads[k + 1].start() if k + 1 < len(heads) else len(text)]
        marks = list(_REFERENCE.finditer(body))
        document = re.split(r"\\+", m.group("path").strip())[-1]
        for i, r in enumerate(marks):
            quote = body[r.end() : marks[i + 1].start() if i + 1 < len(marks) else len(body)]
            quote = re.sub(r"(?m)^(?:Name|Code|Node|Knoten|Имя|Узел|Код):.*$", "", quote).strip()
            if quote:
                out.append(Segment(document, quote, code))
    return out


def taguette_html(text: str) -> list[Segment] | None:
    """Segments of Taguette's HTML export, in whatever language its labels are; None where the page is none.

    Examples
    --------
    >>> page = "<hr/><p>Dear</p><p><strong>Document:</strong> a.txt <strong>Tags:</strong> price, time</p><hr/>"
    >>> [s.code for s in taguette_html(page)]
    ['price', 'time']
    """
    tail = re.compile(
        r"<p>\s*<strong>[^<>]{1,40}:</strong>(?P<document>[^<>]*)<strong>[^<>]{1,40}:</strong>(?P<tags>[^<>]*)</p>\s*$"
    )
    out = []
    for block in re.split(r"<hr\s*/?>", text)[1:]:
        block = block.replace("</body>", "").replace("</html>", "").strip()
        m = tail.search(block)
        if not m:
            continue
        shown = re.sub(r"</p>\s*<p[^<>]*>|<br\s*/?>", "\n", block[: m.start()])
        quote = html.unescape(re.sub(r"<[^<>]*>", "", shown)).strip()
        for tag in html.unescape(m.group("tags")).split(","):
            if tag.strip() and quote:
                out.append(Segment(html.unescape(m.group("document")).strip(), quote, tag.strip()))
    return out or None


def qualcoder_codes(text: str) -> Codebook | None:
    r"""QualCoder's list of codes as text; None where the text is none.

    Examples
    --------
    >>> qualcoder_codes("--Code: price, cid:5, Frq: 3, Owner: eva\n--Memo: what it costs").codes[0].definition
    'what it costs'
    """
    codes: list[Code] = []
    above: list[tuple[int, str]] = []
    for line in text.split("\n"):
        m = re.match(r"^(?P<deep>-*)\s*(?P<kind>Code|Category):\s*(?P<name>.+?),\s*(?:cid|catid)\s*:", line)
        memo = re.match(r"^-*\s*Memo:\s*(.*)$", line)
        if m:
            deep = len(m.group("deep"))
            while above and above[-1][0] >= deep:
                above.pop()
            known = {c.name for c in codes}
            name = m.group("name") if m.group("name") not in known else f"{m.group('name')} ({len(codes)})"
            codes.append(Code(name, parent=above[-1][1] if above else "", codable=m.group("kind") == "Code"))
            above.append((deep, name))
        elif memo and codes:
            last = codes[-1]
            codes[-1] = Code(last.name, memo.group(1).strip(), parent=last.parent, codable=last.codable)
    return Codebook(tuple(codes)) if codes else None
