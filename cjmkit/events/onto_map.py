"""From a funnel to the KPI lane of a map."""

from __future__ import annotations

from collections.abc import Mapping

from cjmkit.core.placed import PlacedNote
from cjmkit.core.stage import Note
from cjmkit.errors import CjmError
from cjmkit.events.funnel import Funnel

__all__ = ["kpi_notes"]


def kpi_notes(
    funnel: Funnel, stage_of: Mapping[str, str] | None = None, *, names: Mapping[str, str] | None = None
) -> tuple[PlacedNote, ...]:
    """Turn the steps of a funnel into KPI notes: how many go on to each step, with the query as evidence.

    Parameters
    ----------
    funnel : Funnel
        Without groups.
    stage_of : mapping, optional
        Event to stage; by default the stages that the log knows. A step without a stage makes no note.
    names : mapping, optional
        Event to what people call it; an event without a name is written with spaces for underscores.

    Returns
    -------
    tuple of PlacedNote
        For the lane ``"kpis"``; :meth:`cjmkit.Journey.with_notes` puts them on a map.

    Raises
    ------
    CjmError
        If the funnel is one by groups.
    """
    table = funnel.table
    if "group" in table.columns:
        raise CjmError(
            en="this funnel has groups; ask for it without by=", ru="в воронке есть группы; попросите её без by="
        )
    out: list[PlacedNote] = []
    for before, row in zip(table["step"].iloc[:-1], table.iloc[1:].to_dict("records"), strict=True):
        step = str(row["step"])
        stage = (stage_of or {}).get(step) or row.get("stage")
        if not stage or stage != stage:
            continue
        evidence = funnel._evidence_(step=step)
        estimate = evidence.estimate.replace(percent=True)
        called = ((names or {}).get(s) or s.replace("_", " ").strip().capitalize() for s in (str(before), step))
        note = Note(text=" → ".join(called), evidence=(evidence,), estimate=estimate, id=f"kpi-{len(out) + 1}")
        out.append(PlacedNote(str(stage), "kpis", note))
    return tuple(out)
