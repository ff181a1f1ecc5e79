"""From coded passages to the notes of a map: every note keeps the quotes it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cjmkit.coding.machine.shares import Shares, corrected_on
from cjmkit.coding.retrieval import interviewed, stage_of
from cjmkit.core.cite import cite
from cjmkit.core.codings import by_people
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.journey import EmotionPoint
from cjmkit.core.placed import PlacedNote, PlacedTouchpoint
from cjmkit.core.stage import LANES, Note, Touchpoint
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.people import ids
from cjmkit.stats import wilson

__all__ = ["chance_to_hear", "felt_points", "notes", "touchpoints"]


def notes(
    codings: pd.DataFrame,
    codebook: Any,
    *,
    lanes: Iterable[str] = ("goals", "expectations", "actions", "questions", "thoughts", "barriers"),
    min_n: int = 2,
    n: int = 3,
    by: Mapping[str, str] | pd.Series | None = None,
    shares: Shares | None = None,
    turns: pd.DataFrame | None = None,
) -> tuple[PlacedNote, ...]:
    """Turn coded passages into notes: one note a code and stage, resting on its quotes.

    A passage counts for the stage that :func:`stage_of` gives it. Several coders' passages
    count once per person. The figure of a note is the share of interviewed people who said it there.

    Parameters
    ----------
    codings : pandas.DataFrame
        Columns document, start, end, quote, code, participant; stage and coder where there are any.
    codebook : Codebook
        Says the title, stage and lane of each code.
    lanes : iterable of str
        Lanes to fill; codes of other lanes are left out.
    min_n : int
        Fewer people than this make no note.
    n : int
        How many quotes a note keeps, at most one a person: those of middling length first, because a single word
        says little and a page says too much.
    by : mapping or Series, optional
        Persona of each participant. With it, notes are made per persona and carry its id.
    shares : Shares, optional
        Corrected shares of a machine's codes, from :func:`cjmkit.coding.share`: they take the place of counted ones,
        and a code without a corrected share makes no note. Without them a machine's codings are left out.
    turns : pandas.DataFrame, optional
        Turns of the interviews: who was interviewed, which is the base of the shares, as in
        :func:`cjmkit.barriers.rank`. Without them the base is the people with codings.

    Returns
    -------
    tuple of PlacedNote
        In the order of the codebook; :meth:`cjmkit.Journey.with_notes` puts them on a map.

    Raises
    ------
    CjmError
        If a code of the codings is not in the codebook, or a lane does not exist.

    Examples
    --------
    >>> from cjmkit.coding import Code, Codebook
    >>> book = Codebook([Code("wait", title="Nobody calls", stage="buying", lane="barriers")])
    >>> said = pd.DataFrame({"document": ["anna", "boris"], "start": 0, "end": 4, "quote": ["Slow", "Late"],
    ...     "code": "wait", "participant": ["anna", "boris"]})
    >>> [(p.stage, p.note.text, p.note.estimate.n) for p in notes(said, book)]
    [('buying', 'Nobody calls', 2)]
    """
    wanted = list(lanes)
    for lane in wanted:
        if lane not in LANES:
            raise CjmError(suggest(lane, LANES, what="lane"))
    if shares is None:
        codings = by_people(codings)
    need_columns(codings, ("participant", "code", "quote"), what="codings")
    need_columns(getattr(codebook, "table", codebook), ("name",), what="codebook")
    book = codebook.table.set_index("name")
    used = codings["code"].dropna().unique()
    strangers = [c for c in used if c not in book.index]
    if strangers:
        raise CjmError(suggest(strangers[0], book.index, what="code in the codings"))
    table = codings[codings["participant"].notna()].copy()
    table["lane"] = table["code"].map(book["lane"])
    table["stage"] = stage_of(table, codebook).fillna("")
    table["participant"] = ids(table["participant"])
    if by is not None:
        labels = pd.Series(by).dropna()
        by = dict(zip(ids(labels.index), labels.astype(str), strict=True))
    table["persona"] = table["participant"].map(by) if by is not None else ""
    base = pd.Series(interviewed(table, turns))
    counts = base.map(by).value_counts() if by is not None else pd.Series({"": len(base)})
    people = {str(k): int(v) for k, v in counts.items()}
    order = {code: k for k, code in enumerate(book.index)}
    out = []
    groups = table[table["lane"].isin(wanted) & table["stage"].astype(str).ne("")].groupby(["code", "stage", "persona"])
    for key, passages in sorted(groups, key=lambda g: order[g[0][0]]):
        code, stage, persona = key
        k, of = passages["participant"].nunique(), people[str(persona)]
        if k < min_n:
            continue
        figure = _figure(k, of, shares, str(code), str(persona))
        if figure is None:
            continue
        says = next((str(v) for k in ("text", "title") if (v := book.loc[code].get(k))), str(code))
        note = Note(
            text=says,
            evidence=tuple(cite(row) for _, row in telling(passages, n).iterrows()),
            estimate=figure,
            persona=str(persona),
            id=f"{code}-{stage}" + (f"-{persona}" if persona else ""),
        )
        out.append(PlacedNote(str(stage), str(book.loc[code, "lane"]), note))
    return tuple(out)


def _figure(k: int, of: int, shares: Shares | None, code: str, persona: str) -> Estimate | None:
    """The share counted, or the one corrected for a machine's errors; None where there is none yet."""
    if shares is None:
        _, low, high = wilson(k, of)
        return Estimate(value=k / of, low=low, high=high, n=of, method="Wilson", percent=True)
    found = shares.table[(shares.table["code"] == code) & (shares.table["group"] == persona)]
    if found.empty or found["value"].isna().all():
        return None
    return shares.estimate(code, persona).replace(method=corrected_on(int(found["n_labelled"].iloc[0])))


def telling(passages: pd.DataFrame, n: int, *, length: int = 110) -> pd.DataFrame:
    """Choose `n` passages to show: at most one a person, those nearest to `length` characters first."""
    far = (passages["quote"].str.len() - length).abs()
    ordered = passages.assign(_far=far).sort_values(["_far", "document", "start"], kind="stable")
    return ordered.drop_duplicates("participant").head(n).drop(columns="_far")


_YES = {"yes", "y", "true", "1", "1.0", "x", "да", "д", "истина", "★"}


def touchpoints(
    table: pd.DataFrame, codings: pd.DataFrame | None = None, *, n: int = 3
) -> tuple[PlacedTouchpoint, ...]:
    """Turn the list of touchpoints into touchpoints of a map, with the passages that speak of them as evidence.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns stage and touchpoint; channel, owner, moment_of_truth (yes or no) and service_level where known.
    codings : pandas.DataFrame, optional
        Passages whose ``touchpoint`` is one of the table's names are its evidence. Without any, or where nobody
        spoke of it, the touchpoint is an assumption.
    n : int
        How many quotes a touchpoint keeps, at most one a person.

    Returns
    -------
    tuple of PlacedTouchpoint
        In the order of the table; :meth:`cjmkit.Journey.with_touchpoints` puts them on a map.

    Examples
    --------
    >>> listed = pd.DataFrame({"stage": ["buying"], "touchpoint": ["Call back"], "moment_of_truth": ["yes"]})
    >>> [(p.stage, p.touchpoint.name, p.touchpoint.moment_of_truth) for p in touchpoints(listed)]
    [('buying', 'Call back', True)]
    """
    need_columns(table, ("stage", "touchpoint"), what="touchpoints")
    said = codings[codings["participant"].notna()] if codings is not None else None
    of = said["participant"].nunique() if said is not None else 0
    out = []
    for row in table.to_dict("records"):
        fields = {k: _cell(row.get(k)) for k in ("channel", "owner", "service_level")}
        name, stage = _cell(row["touchpoint"]), _cell(row["stage"])
        evidence: tuple[Evidence, ...] = ()
        estimate = None
        if said is not None:
            passages = said[said["touchpoint"].astype(str).str.strip().str.casefold() == name.casefold()]
            k = passages["participant"].nunique()
            if k:
                _, low, high = wilson(k, of)
                estimate = Estimate(value=k / of, low=low, high=high, n=of, method="Wilson", percent=True)
                evidence = tuple(cite(r) for _, r in telling(passages, n).iterrows())
        made = Touchpoint(
            name=name,
            moment_of_truth=_cell(row.get("moment_of_truth")).casefold() in _YES,
            evidence=evidence,
            estimate=estimate,
            **fields,
        )
        out.append(PlacedTouchpoint(stage, made))
    return tuple(out)


def _cell(value: Any) -> str:
    return "" if value is None or value != value else str(value).strip()


def chance_to_hear(
    *, shares: Iterable[float] = (0.05, 0.1, 0.2, 0.3), interviews: Iterable[int] = (6, 12, 18, 24, 30)
) -> pd.DataFrame:
    """How likely it is to hear of something at least once, ``1 - (1 - share) ** interviews``.

    It supposes that people are drawn at random and that each tells what concerns them; both make the true chance
    lower, so read the table as the best case.

    Parameters
    ----------
    shares : iterable of float
        Shares of customers whom the thing concerns.
    interviews : iterable of int
        Numbers of interviews.

    Returns
    -------
    pandas.DataFrame
        Rows: share; columns: number of interviews; values: probability.

    References
    ----------
    Nielsen and Landauer (1993), CHI '93, 206-213.

    Examples
    --------
    >>> float(chance_to_hear(shares=[0.1], interviews=[24]).iloc[0, 0].round(2))
    0.92
    """
    rows = {share: {n: 1 - (1 - share) ** n for n in interviews} for share in shares}
    return pd.DataFrame(rows).T.rename_axis(index="share", columns="interviews")


def felt_points(curve: Any, codings: pd.DataFrame, *, n: int = 3, codebook: Any = None) -> tuple[EmotionPoint, ...]:
    """Give the points of a curve from coded valence the words they rest on.

    Parameters
    ----------
    curve : Curve
        From ``cj.emotion.curve(cj.coding.stage_scores(codings), …)``.
    codings : pandas.DataFrame
        The same codings.
    n : int
        How many quotes a point keeps, at most one a person, those whose valence is nearest to the mean first.
    codebook : Codebook, optional
        Stage of codes whose codings have none.

    Returns
    -------
    tuple of EmotionPoint
        For :meth:`cjmkit.Journey.with_emotion`; points from other sources stay as they are.

    Examples
    --------
    >>> from cjmkit.coding import stage_scores
    >>> from cjmkit.emotion import curve
    >>> said = pd.DataFrame({"document": list("abcd"), "start": 0, "end": 4, "code": "wait",
    ...     "quote": ["Slow", "Late", "Dear", "Cold"], "participant": list("abcd"), "stage": "buying",
    ...     "valence": [-2, -1, -1, -2], "coder": "eva"})
    >>> felt = curve(stage_scores(said), stages=["buying"])
    >>> [(p.stage, len(p.evidence)) for p in felt_points(felt, said, n=2)]
    [('buying', 2)]
    """
    table = codings.assign(stage=stage_of(codings, codebook))
    table = table[table["valence"].notna() & table["participant"].notna()]
    out = []
    for point in curve.points():
        mean = point.estimate.value
        if point.source == "coding" and mean is not None:
            here = table[table["stage"] == point.stage]
            far = (here["valence"] - mean).abs()
            near = here[far <= far.nsmallest(max(12, n)).max()] if len(here) else here
            words = tuple(cite(row) for _, row in telling(near, n).iterrows())
            point = point.replace(evidence=words or point.evidence)
        out.append(point)
    return tuple(out)
