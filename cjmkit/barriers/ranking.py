"""Rank barriers: how many named it, how it felt, and how the deal ended for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.barriers.corrected import with_corrected
from cjmkit.barriers.counting import Beside, measure, outcome_of, stage_scores, ticked_row, valence_of
from cjmkit.barriers.data import BarriersData
from cjmkit.barriers.links import step_losses
from cjmkit.barriers.mentions import barrier_codes, base_of, mentions_of, say_ways
from cjmkit.barriers.notes import notes, quotes, summary, top
from cjmkit.barriers.ordering import Sample, keys_of, places
from cjmkit.barriers.owners import by_channel, by_owner, by_stage, owners_of
from cjmkit.barriers.ticks import Ticked, ticked
from cjmkit.core.caution import carried
from cjmkit.core.codings import by_people
from cjmkit.core.evidence import Quote, SurveyFigure
from cjmkit.emotion.scores import cautions_of, stage_order
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import listing, say
from cjmkit.stats import pooled

__all__ = ["Barriers", "rank"]

Floats = npt.NDArray[np.float64]

RANK_BY = ("auto", "lost", "drop-off", "severity", "frequency")


class Barriers(BarriersData):
    """Barriers in rank order, with what can be asked of them."""

    summary = summary
    top = top
    quotes = quotes
    notes = notes
    by_owner = by_owner
    by_channel = by_channel
    by_stage = by_stage

    def _evidence_(self, *, barrier: str, quote: int | None = None) -> Quote | SurveyFigure:
        return self.quotes(barrier)[quote] if quote is not None else self._evidence_of(self._row(barrier))


def rank(
    codings: pd.DataFrame,
    *,
    codebook: Any = None,
    outcome: pd.Series | None = None,
    turns: pd.DataFrame | None = None,
    touchpoints: pd.DataFrame | None = None,
    stages: Iterable[Any] | None = None,
    beside: Beside | None = None,
    rank_by: str = "auto",
    level: float = 0.95,
) -> Barriers:
    """Make one table of barriers with frequency, severity and association with success.

    Parameters
    ----------
    codings : DataFrame
        participant, code, and where known stage, touchpoint, valence (−2..2), document, start, end, quote, coder.
    codebook : Codebook or DataFrame, optional
        code, title, lane, stage, owner; codes of the lane ``"barriers"`` are ranked.
    outcome : Series, optional
        Whether each person succeeded (bought, stayed), index participant.
    touchpoints : DataFrame, optional
        stage, touchpoint, channel, owner.
    turns : DataFrame, optional
        Turns of the interviews: tells who was interviewed, which is the base of the shares.
    stages : sequence, optional
        Stages in order; unknown stages in codings are then an error.
    beside : Beside, optional
        Ticks of a survey, a funnel, ratings, a machine's corrected shares: what else is known of the barriers.
    rank_by : {"auto", "lost", "drop-off", "severity", "frequency"}
        What ranks. ``"lost"``: share who named it × extra share who failed among them, that is, people lost with it per
        person interviewed. ``"drop-off"``: share × drop-off of its stage. ``"severity"``: share × how far below
        neutral it felt (0 to 1). ``"frequency"``: share. ``"auto"`` takes the first that the data allow.
    level : float
        Confidence level.

    Returns
    -------
    Barriers
        ``.table`` in rank order: barrier, title, people, n, share, low, high, stage (where most named it), stages,
        touchpoints, valence, valence_low, valence_high, n_valence, effect, effect_low, effect_high, effect_kind,
        lost, lost_low, lost_high, lost_expected (drawn towards the other barriers), n_outcome, effect_from (interviews,
        survey or funnel), survey_people, survey_n (who were asked), survey_share, survey_low, survey_high, drop_off,
        drop_off_low, drop_off_high, felt, felt_low, felt_high, corrected (by how many people's codes a machine's share
        was corrected, 0 for a counted one), owner, channel, score, rank, first (share of resamples
        in which it comes first), rank_low, rank_high.

    Raises
    ------
    CjmError
        If columns are missing, a stage is unknown, or no code is a barrier.

    Notes
    -----
    ``effect`` is the odds ratio of failing, named against not named (Gart's half, Wald limits on the log), or else the
    drop-off of the stage (Wilson). Both are association, not cause: people far along the way also talk more. ``lost``
    has limits from draws of its 2 × 2 table with ¾ of a person in each cell; it is missing where everybody named the
    barrier, and not above zero where those who succeeded name it as often. A person counts once, however often they say
    it and however many coders marked it. How sure a rank is rests on 2,000 resamples of people.

    Examples
    --------
    >>> import pandas as pd
    >>> codings = pd.DataFrame({"participant": list("aabcd"), "code": ["price", "price", "price", "wait", "praise"],
    ...                         "stage": "deal", "valence": [-2, -1, -1, -1, 2]})
    >>> book = pd.DataFrame({"code": ["price", "wait", "praise"], "title": ["Price", "Waiting", "Praise"],
    ...                      "lane": ["barriers", "barriers", "thoughts"]})
    >>> rank(codings, codebook=book).table[["title", "people", "n", "valence"]]
         title  people  n  valence
    0    Price       2  4    -1.25
    1  Waiting       1  4    -1.00
    """
    if rank_by not in RANK_BY:
        raise CjmError(suggest(rank_by, RANK_BY, what="rank_by"))
    other = beside or Beside()
    said: list[str] = []
    if not isinstance(codings, pd.DataFrame) or "code" not in codings:
        mentions_of(codings, pd.DataFrame({"code": [], "title": [], "stage": []}), None)
    codes = barrier_codes(codings, codebook, said)
    codings = by_people(codings)
    mentions = mentions_of(codings, codes, stages, codebook=codebook, touchpoints=touchpoints)
    people = base_of(codings, turns, said)
    said += [text for text in [say_ways(mentions, codings, codebook, touchpoints)] if text]
    order, titles = stage_order(stages)
    place = {p: i for i, p in enumerate(people)}
    named = np.zeros((len(people), len(codes)), dtype=bool)
    at = {c: i for i, c in enumerate(codes["code"])}
    named[[place[p] for p in mentions["participant"]], [at[b] for b in mentions["barrier"]]] = True
    ticks = ticked(other.ticked, codes)
    success = outcome_of(outcome, people, said if ticks is None else [])
    ticked_success = outcome_of(outcome, ticks.people, said) if ticks is not None else None
    losses = step_losses(other.funnel, order, other.stage_of, said=said) if other.funnel is not None else None
    felt = stage_scores(other.scores, people, order=order, said=said)
    rows = []
    for i, code in enumerate(codes.to_dict("records")):
        part = mentions[mentions["barrier"] == code["code"]]
        row = measure(code, part, named[:, i], success=success, losses=losses, felt=felt, people=people, level=level)
        rows.append(row | ticked_row(code["code"], ticks, ticked_success, level=level))
    table = pd.DataFrame(rows)
    table["owner"], table["channel"] = owners_of(table, mentions, codes, touchpoints=touchpoints)
    way = _way(rank_by, table)
    sample = Sample(
        named=named,
        asked=np.ones(named.shape, dtype=bool),
        success=success,
        valence=valence_of(mentions, people, list(codes["code"])),
        drop=table[["_drop_lost", "_drop_n"]].to_numpy(dtype=float),
    )
    score, key, drawn = keys_of(sample, way)
    if ticks is not None and (way != "lost" or ticked_success is not None):
        _by_ticks((score, key, drawn), table, ticks, ticked_success, drop=sample.drop, way=way)
    table, (score, key, drawn) = with_corrected(table, (score, key, drawn), other.machine, way=way, said=said)
    there = (table["people"].to_numpy() > 0) | (table["survey_people"].to_numpy(dtype=float) > 0)
    there |= table["corrected"].to_numpy() > 0
    table["score"] = np.where(there, score, np.nan)
    table["lost_expected"] = _expected(table, there)
    table = pd.concat([table.drop(columns=["_drop_lost", "_drop_n", "_lost_se"]), places(drawn, there)], axis=1)
    turn = np.lexsort((table["title"].to_numpy(), -table["people"].to_numpy(), -key, ~there))
    table = table.iloc[turn].reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
    said += _remarks(table)
    ranking = Barriers(
        table=table,
        ranked_by=way,
        level=level,
        warnings=tuple(said),
        mentions=mentions,
        people=tuple(people),
        touchpoints=touchpoints,
        titles={s: titles.get(s, s) for s in order},
    )
    return carried(ranking, cautions_of(other.scores) if felt is not None and other.scores is not None else ())


def _by_ticks(
    ranked: tuple[Floats, Floats, Floats],
    table: pd.DataFrame,
    ticks: Ticked,
    success: Floats | None,
    *,
    drop: Floats,
    way: str,
) -> None:
    """Where a survey knows a barrier, its many people decide: put their score, key and draws in place."""
    score, key, drawn = ranked
    at_ticks = [i for i, c in enumerate(table["barrier"]) if c in ticks.place]
    columns = [ticks.place[table["barrier"].iloc[i]] for i in at_ticks]
    told = np.nan_to_num(table["valence"].to_numpy(dtype=float))
    many = Sample(
        named=ticks.named[:, columns],
        asked=ticks.asked[:, columns],
        success=success,
        # Ticks have no words: how it felt comes from those who told it.
        valence=np.where(ticks.named[:, columns], told[at_ticks], np.nan),
        drop=drop[at_ticks],
    )
    score[at_ticks], key[at_ticks], drawn[:, at_ticks] = keys_of(many, way, seed=1)


def _remarks(table: pd.DataFrame) -> list[str]:
    """What a reader has to know of a finished ranking."""
    said = []
    named = (table["people"] > 0) | (table["survey_people"] > 0)
    everybody = table.loc[named & table["score"].isna(), "title"].tolist()
    if everybody:
        said.append(
            say(
                en=f"everybody named {listing(everybody)}: nobody is left to compare with, so its place is that of the "
                "most it could have lost",
                ru=f"назвали все: {listing(everybody)}; сравнить не с кем, поэтому место —"
                " по наибольшей возможной потере",
            )
        )
    never = table.loc[table["people"] == 0, "title"].tolist()
    if never:
        said.append(
            say(
                en=f"nobody named {len(never)} of the codebook's barriers: {', '.join(never[:5])}",
                ru=f"никто не назвал барьеров из кодовой книги: {len(never)} ({', '.join(never[:5])})",
            )
        )
    if table["effect_kind"].eq("odds ratio").any():
        said.append(say(en="odds ratios are association, not cause", ru="отношение шансов — это связь, а не причина"))
    return said


def _way(by: str, table: pd.DataFrame) -> str:
    allowed = {
        "lost": table["lost"].notna().any(),
        "drop-off": table["drop_off"].notna().any(),
        "severity": table["valence"].notna().any(),
        "frequency": True,
    }
    if by == "auto":
        return next(w for w, ok in allowed.items() if ok)
    if not allowed[by]:
        need = {"lost": "outcome=", "drop-off": "beside=Beside(funnel=…)", "severity": "a valence in the codings"}[by]
        raise CjmError(
            en=f"rank_by={by!r} needs {need}; the data allow {', '.join(w for w, ok in allowed.items() if ok)}",
            ru=f"для rank_by={by!r} нужно {need}; данные позволяют {', '.join((w for w, ok in allowed.items() if ok))}",
        )
    return by


def _expected(table: pd.DataFrame, there: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """People lost with each barrier, drawn towards the others: the first of several looks worse than it is."""
    lost, se = table["lost"].to_numpy(dtype=float), table["_lost_se"].to_numpy(dtype=float)
    known = there & np.isfinite(lost) & (se > 0)
    out = np.full(len(lost), np.nan)
    if known.sum() > 1:
        out[known] = pooled(lost[known], se[known]).mean(axis=0)
    return np.where(known, np.where(np.isfinite(out), out, lost), np.nan)
