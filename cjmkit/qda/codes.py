"""Codes as exchange files hold them, projects and codebooks alike."""

from __future__ import annotations

import re
from typing import Any

from cjmkit.coding.codebook import Code, Codebook
from cjmkit.core.stage import LANES
from cjmkit.qda.fields import CODE_FIELDS, unpack_fields
from cjmkit.qda.model import Losses
from cjmkit.qda.xml import child, children, guid_of, text_of

__all__ = ["codes_of"]


def codes_of(parent: Any, losses: Losses, *, fields: bool = False) -> tuple[Codebook, dict[str, str]]:
    """Codebook from a ``Codes`` element, and the code name of each GUID; `fields` stand in the descriptions."""
    found: list[tuple[str, str, Any]] = []  # guid, parent guid, element

    def walk(element: Any, above: str) -> None:
        for c in children(element, "Code"):
            guid = guid_of(c.get("guid")) or f"#{len(found)}"
            if any(guid == g for g, _, _ in found):
                losses.add("code", "a second code with the same GUID got another identity", c.get("name", ""))
                guid += f"#{len(found)}"
            found.append((guid, above, c))
            walk(c, guid)

    if parent is not None:
        walk(parent, "")
    above = {g: p for g, p, _ in found}
    plain = {g: (c.get("name") or "").strip() for g, _, c in found}
    for g, _, _ in found:
        if not plain[g]:
            plain[g] = f"code {g[:8]}"
            losses.add("code", "a code without a name was named by its GUID", g)

    def path(g: str) -> str:
        parts = [plain[g]]
        while above[g]:
            g = above[g]
            parts.append(plain[g])
        return " / ".join(reversed(parts))

    names: dict[str, str] = {}
    taken: set[str] = set()
    often: dict[str, int] = {}
    for g in plain:
        often[plain[g]] = often.get(plain[g], 0) + 1
    for g, _, _ in found:
        name = plain[g] if often[plain[g]] == 1 else path(g)
        k = 2
        while name in taken:
            name = f"{plain[g] if often[plain[g]] == 1 else path(g)} ({k})"
            k += 1
        if name != plain[g]:
            losses.add("code", "codes of the same name were told apart by their path", name)
        taken.add(name)
        names[g] = name
    codes = []
    for g, p, c in found:
        colour = (c.get("color") or "").strip()
        if colour and not re.fullmatch(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colour):
            losses.add("colour", "not #RRGGBB", colour)
            colour = ""
        described = text_of(child(c, "Description"))
        extra, definition = unpack_fields(described, CODE_FIELDS, name="definition") if fields else ({}, described)
        lane = extra.get("lane", [""])[0]
        codable = (c.get("isCodable") or "true").casefold() not in ("false", "0") and "heading" not in extra
        codes.append(
            Code(
                names[g],
                definition=definition,
                title=extra.get("title", [""])[0],
                parent=names.get(p, ""),
                stage=extra.get("stage", [""])[0],
                lane=lane if lane in (*LANES, "touchpoints", "emotion") else "",
                colour=colour,
                include=tuple(extra.get("include", ())),
                exclude=tuple(extra.get("exclude", ())),
                codable=codable,
                text=extra.get("text", [""])[0],
                guid=extra.get("guid", [(c.get("guid") or "").strip("{}")])[0],
            )
        )
    return Codebook(tuple(codes)), names
