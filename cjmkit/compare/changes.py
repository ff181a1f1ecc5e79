"""What changed from one journey to another: stages, cells, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from cjmkit.compare.matching import Part, match
from cjmkit.core.journey import Journey
from cjmkit.core.stage import LANES, Note, Touchpoint

__all__ = ["changed_cells", "changed_others", "changed_stages", "merged_order", "pieces"]


def _change(kind: str, change: str, *, stage: str = "", lane: str = "", id: str, **more: Any) -> dict[str, Any]:
    base = {"before": "", "after": "", "detail": "", "evidence_before": 0, "evidence_after": 0}
    return {"kind": kind, "stage": stage, "lane": lane, "id": id, "change": change} | base | more


def changed_stages(a: Journey, b: Journey, rows: list[dict[str, Any]]) -> None:
    """Rows of stages that came, went, changed or moved."""
    old, new = {s.id: s for s in a.stages}, {s.id: s for s in b.stages}
    for i in merged_order(a, b):
        if i not in new:
            rows.append(_change("stage", "removed", stage=i, id=i, before=old[i].title))
        elif i not in old:
            rows.append(_change("stage", "added", stage=i, id=i, after=new[i].title))
        else:
            fields = [
                f for f in ("title", "phase", "optional", "description") if getattr(old[i], f) != getattr(new[i], f)
            ]
            if fields:
                rows.append(
                    _change(
                        "stage",
                        "changed",
                        stage=i,
                        id=i,
                        before=old[i].title,
                        after=new[i].title,
                        detail=", ".join(fields),
                    )
                )
    both = [i for i in (s.id for s in a.stages) if i in new]
    turned = [i for i in (s.id for s in b.stages) if i in old]
    # Only what left the longest common order has moved.
    kept = {
        both[m.a + k]
        for m in SequenceMatcher(None, both, turned, autojunk=False).get_matching_blocks()
        for k in range(m.size)
    }
    for i in turned:
        if i not in kept:
            rows.append(
                _change(
                    "stage",
                    "moved",
                    stage=i,
                    id=i,
                    before=str(both.index(i) + 1),
                    after=str(turned.index(i) + 1),
                    detail="order",
                )
            )


def _items(journey: Journey) -> list[tuple[str, str, Note | Touchpoint]]:
    out: list[tuple[str, str, Note | Touchpoint]] = []
    for s in journey.stages:
        for lane in LANES:
            out += [(s.id, lane, n) for n in getattr(s, lane)]
        out += [(s.id, "touchpoints", t) for t in s.touchpoints]
    return out


def changed_cells(a: Journey, b: Journey, rows: list[dict[str, Any]], *, similar: float) -> None:
    """Rows of notes and touchpoints."""
    old, new = _items(a), _items(b)
    pairs = match([_part(x) for x in old], [_part(x) for x in new], similar=similar)
    free_a = set(range(len(old))) - {i for i, _ in pairs}
    free_b = set(range(len(new))) - {j for _, j in pairs}
    for i, j in sorted(pairs, key=lambda p: p[1]):
        _paired(old[i], new[j], rows)
    for i in sorted(free_a):
        stage, lane, item = old[i]
        rows.append(
            _change(
                _kind(lane),
                "removed",
                stage=stage,
                lane=lane,
                id=item.id,
                before=item.text,
                evidence_before=len(item.evidence),
            )
        )
    for j in sorted(free_b):
        stage, lane, item = new[j]
        rows.append(
            _change(
                _kind(lane),
                "added",
                stage=stage,
                lane=lane,
                id=item.id,
                after=item.text,
                evidence_after=len(item.evidence),
            )
        )


def _part(item: tuple[str, str, Note | Touchpoint]) -> Part:
    stage, lane, thing = item
    return Part(_kind(lane), (stage, lane), thing.id, thing.text, thing.persona)


def _kind(lane: str) -> str:
    return "touchpoint" if lane == "touchpoints" else "note"


def _paired(old: tuple[str, str, Any], new: tuple[str, str, Any], rows: list[dict[str, Any]]) -> None:
    (stage_a, lane_a, x), (stage_b, lane_b, y) = old, new
    counts = {"evidence_before": len(x.evidence), "evidence_after": len(y.evidence)}
    names = (
        ["text", "persona", "memo"]
        if isinstance(x, Note)
        else ["name", "channel", "owner", "moment_of_truth", "service_level", "persona", "memo"]
    )
    fields = [f for f in names if getattr(x, f) != getattr(y, f)]
    if x.estimate != y.estimate:
        fields.append("estimate")
    common = {"stage": stage_b, "lane": lane_b, "id": y.id, **counts}
    if (stage_a, lane_a) != (stage_b, lane_b):
        rows.append(
            _change(
                _kind(lane_b),
                "moved",
                before=f"{stage_a} / {lane_a}",
                after=f"{stage_b} / {lane_b}",
                detail=y.text,
                **common,
            )
        )
    if fields:
        told = [f for f in fields if f in ("channel", "owner", "service_level", "moment_of_truth")]
        before, after = (
            " · ".join(
                [
                    v.text,
                    *(f"{f}: {getattr(v, f) or '—'}" for f in told),
                    *([v.estimate.text()] if "estimate" in fields and v.estimate else []),
                ]
            )
            for v in (x, y)
        )
        rows.append(_change(_kind(lane_b), "changed", before=before, after=after, detail=", ".join(fields), **common))
    elif {e.id for e in x.evidence} != {e.id for e in y.evidence}:
        rows.append(_change(_kind(lane_b), "evidence", before=x.text, after=y.text, detail="evidence", **common))


def changed_others(a: Journey, b: Journey, rows: list[dict[str, Any]]) -> None:
    """Rows of personas, actions and links."""
    groups: tuple[tuple[str, Iterable[Any], Iterable[Any], Any, tuple[str, ...]], ...] = (
        (
            "persona",
            a.personas,
            b.personas,
            lambda p: p.name,
            ("name", "description", "share", "traits", "goals", "verdict"),
        ),
        (
            "action",
            a.improvements,
            b.improvements,
            lambda i: i.title,
            ("title", "stage", "owner", "status", "due", "score", "effect", "barriers"),
        ),
        ("link", a.links, b.links, lambda k: f"{k.source} → {k.target or '×'} ({k.kind})", ("share", "label")),
    )
    for kind, one, two, title, names in groups:
        old, new = ({title(x) if kind == "link" else x.id: x for x in side} for side in (one, two))
        for i, x in old.items():
            stage = getattr(x, "stage", "")
            if i not in new:
                rows.append(
                    _change(kind, "removed", id=i, stage=stage, before=title(x), evidence_before=len(x.evidence))
                )
                continue
            y = new[i]
            fields = [f for f in names if getattr(x, f) != getattr(y, f)]
            if fields:
                told = [f for f in fields if f in ("owner", "status", "due", "score")]
                before, after = (
                    " · ".join([title(v), *(f"{f}: {getattr(v, f) or '—'}" for f in told)]) for v in (x, y)
                )
                rows.append(
                    _change(
                        kind,
                        "changed",
                        id=i,
                        stage=getattr(y, "stage", ""),
                        before=before,
                        after=after,
                        detail=", ".join(fields),
                        evidence_before=len(x.evidence),
                        evidence_after=len(y.evidence),
                    )
                )
        for i, y in new.items():
            if i not in old:
                rows.append(
                    _change(
                        kind,
                        "added",
                        id=i,
                        stage=getattr(y, "stage", ""),
                        after=title(y),
                        evidence_after=len(y.evidence),
                    )
                )


def merged_order(a: Journey, b: Journey) -> list[str]:
    """Stages of both: the order of `b`, and each lost stage after the one it followed in `a`."""
    out = [s.id for s in b.stages]
    before = ""
    for s in a.stages:
        if s.id not in out:
            out.insert(out.index(before) + 1 if before in out else 0, s.id)
        before = s.id
    return out


def pieces(journey: Journey) -> int:
    """How many pieces of evidence stand in the cells."""
    return sum(len(item.evidence) for _, _, item in _items(journey))
