"""Links, sets and graphs of an exchange project: nothing here uses them, yet they survive a round trip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from cjmkit.intake.containers import parse_xml
from cjmkit.qda.xml import ILLEGAL, children, each, guid_of, local

__all__ = ["GROUPS", "Kept", "keep", "kept_items"]

GROUPS = ("Links", "Sets", "Graphs")
# Which attributes point at something, by element; a set or a graph stays without the members that are gone.
_POINTERS = {
    "Link": ("originGUID", "targetGUID"),
    "MemberCode": ("targetGUID",),
    "MemberSource": ("targetGUID",),
    "MemberNote": ("targetGUID",),
    "NoteRef": ("targetGUID",),
    "Vertex": ("representedGUID",),
    "Edge": ("representedGUID",),
}


def keep(root: Any, done: set[str]) -> str:
    """The links, sets and graphs of a project as one piece of XML; links in `done` have been used."""
    out = Element("Kept")
    for group in GROUPS:
        items = [x for x in each(root, group, group[:-1]) if guid_of(x.get("guid")) not in done]
        if items:
            _copy(items, SubElement(out, group))
    return tostring(out, encoding="unicode") if len(out) else ""


def _copy(items: list[Any], into: Element) -> None:
    """Copies without namespaces."""
    for item in items:
        plain = SubElement(into, local(item), {k: ILLEGAL.sub("�", v) for k, v in item.attrib.items() if "}" not in k})
        plain.text = item.text
        _copy(list(item), plain)


@dataclass(frozen=True)
class Kept:
    """One link, set or graph."""

    element: Any

    @property
    def name(self) -> str:
        """What its maker called it."""
        return str(self.element.get("name") or "")

    def written(self, here: set[str]) -> tuple[str, bool]:
        """Its XML with what points at things that are here, and whether something is gone; empty for a broken link."""
        known = {g.casefold() for g in here}
        gone = False

        def dangles(element: Any) -> bool:
            targets = [guid_of(element.get(a)) for a in _POINTERS.get(local(element), ()) if element.get(a)]
            return any(t not in known for t in targets)

        if local(self.element) == "Link" and dangles(self.element):
            return "", True
        copy = Element(self.element.tag, dict(self.element.attrib))
        vertices = set()
        copy.text = self.element.text
        _copy([x for x in self.element if not dangles(x)], copy)
        gone = len(copy) < len(self.element)
        # An edge needs both its ends.
        vertices = {guid_of(v.get("guid")) for v in children(copy, "Vertex")}
        for edge in list(children(copy, "Edge")):
            if not {guid_of(edge.get("sourceVertex")), guid_of(edge.get("targetVertex"))} <= vertices:
                copy.remove(edge)
                gone = True
        return re.sub(r"\s+$", "", tostring(copy, encoding="unicode")), gone


def kept_items(kept: str) -> Iterator[tuple[str, list[Kept]]]:
    """Groups of what was kept, in the order of the format."""
    if not kept:
        return
    root = parse_xml(kept.encode("utf-8"), "kept")
    for group in GROUPS:
        yield group, [Kept(x) for x in each(root, group, group[:-1])]
