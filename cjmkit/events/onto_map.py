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

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> funnel = log.funnel(["visit", "form", "paid"])
    >>> notes = cj.events.kpi_notes(funnel, {"form": "offer", "paid": "deal"})
    >>> [(n.stage, n.note.text, round(n.note.estimate.value, 2)) for n in notes]
    [('offer', 'Visit → Form', 0.67), ('deal', 'Form → Paid', 0.5)]
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
