"""Rank barriers: how many named it, how it felt, and how the deal ended for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.barriers._intervals import mean_interval, newcombe, odds_ratio, wilson
from cjmkit.barriers._links import step_losses
from cjmkit.barriers._mentions import barrier_codes, interviewed, mentions_of
from cjmkit.barriers._result import Barriers
from cjmkit.barriers._survey import Ticked, ticked
from cjmkit.emotion._scores import person_ids, read_scores, stage_order
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say

__all__ = ["rank"]

RANK_BY = ("auto", "lost", "drop-off", "severity", "frequency")


def rank(
    codings: pd.DataFrame,
    *,
    codebook: Any = None,
    scores: pd.DataFrame | None = None,
    funnel: Any = None,
    outcome: pd.Series | None = None,
    touchpoints: pd.DataFrame | None = None,
    turns: pd.DataFrame | None = None,
    survey: pd.DataFrame | None = None,
    stages: Iterable[Any] | None = None,
    step_stages: Mapping[str, str] | None = None,
    by: str = "auto",
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Barriers:
    """Make one table of barriers with frequency, severity and association with success.

    Parameters
    ----------
    codings : DataFrame
        participant, code, and where known stage, touchpoint, valence (−2..2), document, start, end, quote, coder.
    codebook : Codebook or DataFrame, optional
        code, title, lane, stage, owner; codes of the lane ``"barriers"`` are ranked.
    scores : DataFrame, optional
        participant, stage, score: how people who named a barrier feel at its stage, compared with the others.
    funnel : Funnel or DataFrame, optional
        step, users, conversion, low, high, n: how many people are lost at the barrier's stage.
    outcome : Series, optional
        Whether each person succeeded (bought, stayed), index participant.
    touchpoints : DataFrame, optional
        stage, touchpoint, channel, owner.
    turns : DataFrame, optional
        Turns of the interviews: tells who was interviewed, which is the base of the shares.
    survey : DataFrame, optional
        Barriers that people ticked in a survey: index participant, a column per barrier (its code or title), True or
        False. Interviews tell what the barriers are, a survey how many have them: where it knows a barrier, its many
        people decide about the association with failing and about the rank.
    stages : sequence, optional
        Stages in order; unknown stages in codings are then an error.
    step_stages : mapping, optional
        Stage of each funnel step, where the steps are not named as the stages and the funnel does not say.
    by : {"auto", "lost", "drop-off", "severity", "frequency"}
        What ranks. ``"lost"``: share who named it × extra share who failed among them, that is, people lost with it per
        person interviewed. ``"drop-off"``: share × drop-off of its stage. ``"severity"``: share × how far below
        neutral it felt (0 to 1). ``"frequency"``: share. ``"auto"`` takes the first that the data allow.
    level : float
        Confidence level.
    draws : int
        Resamples of people for how sure the ranks are.
    seed : int
        Seed of the resamples.

    Returns
    -------
    Barriers
        ``.table`` in rank order: barrier, title, people, n, share, low, high, stage (where most named it), stages,
        touchpoints, valence, valence_low, valence_high, n_valence, effect, effect_low, effect_high, effect_kind,
        lost, lost_low, lost_high, n_outcome, effect_from (interviews, survey or funnel), survey_people, survey_n,
        survey_share, survey_low, survey_high, drop_off, drop_off_low, drop_off_high, felt, felt_low, felt_high,
        owner, channel, score, rank, first (share of resamples in which it comes first), rank_low, rank_high.

    Raises
    ------
    CjmError
        If columns are missing, a stage is unknown, or no code is a barrier.

    Notes
    -----
    ``effect`` is the odds ratio of failing, named against not named (Gart's half, Wald limits on the log), or else the
    drop-off of the stage (Wilson). Both are association, not cause: people far along the way also talk more.
    A person counts once, however often they say it and however many coders marked it.

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
    if by not in RANK_BY:
        raise CjmError(suggest(by, RANK_BY, what="way to rank (by=)"))
    said: list[str] = []
    if not isinstance(codings, pd.DataFrame) or "code" not in codings:
        mentions_of(codings, pd.DataFrame({"code": [], "title": [], "stage": []}), None)
    codes = barrier_codes(codings, codebook, said)
    mentions = mentions_of(codings, codes, stages)
    people = interviewed(codings, turns, said)
    order, titles = stage_order(stages)
    place = {p: i for i, p in enumerate(people)}
    named = np.zeros((len(people), len(codes)), dtype=bool)
    at = {c: i for i, c in enumerate(codes["code"])}
    named[[place[p] for p in mentions["participant"]], [at[b] for b in mentions["barrier"]]] = True
    ticks = ticked(survey, codes)
    success = _outcome(outcome, people, said if ticks is None else [])
    ticked_success = _outcome(outcome, ticks.people, said) if ticks is not None else None
    losses = step_losses(funnel, order, step_stages, said) if funnel is not None else None
    felt = _stage_scores(scores, people, order, said)
    rows = []
    for i, code in enumerate(codes.to_dict("records")):
        part = mentions[mentions["barrier"] == code["code"]]
        row = _row(code, part, named[:, i], success, losses, felt, people, level)
        rows.append(row | _ticked(code["code"], ticks, ticked_success, row, level))
    table = pd.DataFrame(rows)
    table["owner"], table["channel"] = _owners(table, mentions, codes, touchpoints)
    way = _way(by, table)
    score, drawn = _drawn(way, named, success, table, draws, seed)
    if ticks is not None and (way != "lost" or ticked_success is not None):
        at_ticks = [i for i, c in enumerate(table["barrier"]) if c in ticks.place]
        chosen = ticks.named[:, [ticks.place[table["barrier"].iloc[i]] for i in at_ticks]]
        score[at_ticks], drawn[:, at_ticks] = _drawn(way, chosen, ticked_success, table.iloc[at_ticks], draws, seed + 1)
    table["score"] = score
    table = pd.concat([table, _sure(drawn, seed)], axis=1)
    nobody = (table["people"].to_numpy() == 0) & ~(table["survey_people"].to_numpy() > 0)
    table.loc[nobody, ["score", "first"]] = [np.nan, 0.0]
    turn = np.lexsort((table["title"].to_numpy(), -table["people"].to_numpy(), -score, nobody))
    table = table.iloc[turn].reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
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
    return Barriers(table, way, level, tuple(said), mentions, tuple(people), touchpoints, titles)


def _outcome(outcome: pd.Series | None, people: list[str], said: list[str]) -> npt.NDArray[np.float64] | None:
    if outcome is None:
        return None
    if not isinstance(outcome, pd.Series):
        raise CjmError(f"outcome is a Series (index participant, value True or False); {type(outcome).__name__} came")
    kept = outcome.dropna()
    values = set(kept.unique().tolist())
    if not values <= {True, False}:
        raise CjmError(f"outcome holds True or False; it has {', '.join(map(repr, sorted(map(str, values))[:5]))}")
    lookup = dict(zip(person_ids(kept.index), kept.astype(float), strict=True))
    found = np.array([lookup.get(p, np.nan) for p in people])
    known = int((~np.isnan(found)).sum())
    if known == 0:
        said.append(
            say(
                en="the outcome is known for none of the people interviewed (do the ids agree?), hence no odds ratio",
                ru="исход не известен ни для кого из опрошенных (те ли id?), отношения шансов нет",
            )
        )
        return None
    if known < len(people):
        said.append(
            say(
                en=f"the outcome is known for {known} of {len(people)} people interviewed",
                ru=f"исход известен для {known} из {len(people)} опрошенных",
            )
        )
    if len(set(found[~np.isnan(found)])) == 1:
        said.append(
            say(
                en="everybody interviewed had the same outcome, hence no odds ratio; interview those who left, too",
                ru="у всех опрошенных один исход, отношения шансов нет; нужны и те, кто ушёл",
            )
        )
        return None
    return found


def _stage_scores(
    scores: pd.DataFrame | None, people: list[str], order: list[str], said: list[str]
) -> tuple[dict[str, int], npt.NDArray[np.float64]] | None:
    if scores is None:
        return None
    read = read_scores(scores, stages=order or sorted({str(s) for s in scores["stage"].dropna()}))
    # Ratings are the yardstick; codings of the same barrier would measure it against itself.
    best = read.sources.index("survey") if "survey" in read.sources else 0
    cells = read.cells(read.source == best)
    y = np.full((len(people), len(read.units)), np.nan)
    place = {str(p): i for i, p in enumerate(cells.people)}
    for i, p in enumerate(people):
        if p in place:
            y[i] = cells.y[place[p]]
    if np.isnan(y).all():
        said.append(
            say(
                en="none of the people interviewed has a score, so how they feel at the stage is not compared",
                ru="ни у кого из опрошенных нет оценок, поэтому чувства на этапе не сравниваются",
            )
        )
        return None
    return {u[0]: k for k, u in enumerate(read.units)}, y


def _row(
    code: Any,
    part: pd.DataFrame,
    named: npt.NDArray[np.bool_],
    success: npt.NDArray[np.float64] | None,
    losses: pd.DataFrame | None,
    felt: tuple[dict[str, int], npt.NDArray[np.float64]] | None,
    people: list[str],
    level: float,
) -> dict[str, Any]:
    k, n = int(named.sum()), len(people)
    low, high = wilson(k, n, level=level)
    each = part.dropna(subset=["valence"]).groupby("participant")["valence"].mean().to_numpy()
    valence = mean_interval(each, level=level)
    once = part.drop_duplicates(["participant", "stage"])
    stages = once.loc[once["stage"] != "", "stage"].value_counts()
    # Equal counts would otherwise be ordered by the order of rows.
    stages = stages.sort_index().sort_values(ascending=False, kind="stable")
    points = (
        part.loc[part["touchpoint"] != ""].drop_duplicates(["participant", "touchpoint"])["touchpoint"].value_counts()
    )
    points = points.sort_index().sort_values(ascending=False, kind="stable")
    stage = str(stages.index[0]) if len(stages) else code["stage"]
    row: dict[str, Any] = {
        "barrier": code["code"],
        "title": code["title"],
        "people": k,
        "n": n,
        "share": k / n if n else np.nan,
        "low": low,
        "high": high,
        "stage": stage,
        "stages": ", ".join(map(str, stages.index)) or code["stage"],
        "touchpoints": ", ".join(map(str, points.index)),
        "valence": valence[0],
        "valence_low": max(valence[1], -2.0),
        "valence_high": min(valence[2], 2.0),
        "n_valence": len(each),
    }
    row |= _lost(named, success, level)
    drop = (np.nan,) * 3
    if losses is not None and stage in set(losses["stage"]):
        here = losses[losses["stage"] == stage].iloc[0]
        drop = float(here["loss"]), float(here["low"]), float(here["high"])
    row |= dict(zip(("drop_off", "drop_off_low", "drop_off_high"), drop, strict=True))
    row["effect_from"] = "interviews" if not np.isnan(row["effect"]) else ""
    if np.isnan(row["effect"]) and not np.isnan(drop[0]):
        row["effect_from"] = "funnel"
        row |= {"effect": drop[0], "effect_low": drop[1], "effect_high": drop[2], "effect_kind": "drop-off"}
    row |= dict(zip(("felt", "felt_low", "felt_high"), _felt(named, felt, stage, level), strict=True))
    return row


def _lost(named: npt.NDArray[np.bool_], success: npt.NDArray[np.float64] | None, level: float) -> dict[str, Any]:
    keys = ("effect", "effect_low", "effect_high", "lost", "lost_low", "lost_high")
    if success is None:
        return dict.fromkeys(keys, np.nan) | {"effect_kind": "", "n_outcome": 0}
    known = ~np.isnan(success)
    failed = known & (success == 0)
    a, b = int((named & failed).sum()), int((named & known & ~failed).sum())
    c, d = int((~named & failed).sum()), int((~named & known & ~failed).sum())
    ratio = odds_ratio(a, b, c, d, level=level)
    extra = newcombe(a, a + b, c, c + d, level=level)
    share = named[known].mean()
    out: dict[str, Any] = dict(zip(keys, (*ratio, *(share * v for v in extra)), strict=True))
    return out | {"effect_kind": "" if np.isnan(ratio[0]) else "odds ratio", "n_outcome": int(known.sum())}


def _ticked(
    code: str, ticks: Ticked | None, success: npt.NDArray[np.float64] | None, row: dict[str, Any], level: float
) -> dict[str, Any]:
    """What the survey says about a barrier; its association with failing replaces that of the interviews."""
    keys = ("survey_people", "survey_n", "survey_share", "survey_low", "survey_high")
    if ticks is None or code not in ticks.place:
        return dict.fromkeys(keys, np.nan)
    named = ticks.named[:, ticks.place[code]]
    k, n = int(named.sum()), len(named)
    out: dict[str, Any] = dict(zip(keys, (k, n, k / n if n else np.nan, *wilson(k, n, level=level)), strict=True))
    found = _lost(named, success, level)
    return out | found | {"effect_from": "survey"} if not np.isnan(found["effect"]) else out


def _felt(
    named: npt.NDArray[np.bool_],
    felt: tuple[dict[str, int], npt.NDArray[np.float64]] | None,
    stage: str,
    level: float,
) -> tuple[float, float, float]:
    """Stage score of those who named it less that of the others (Welch)."""
    if felt is None or stage not in felt[0]:
        return (np.nan,) * 3
    y = felt[1][:, felt[0][stage]]
    one, other = y[named & ~np.isnan(y)], y[~named & ~np.isnan(y)]
    if min(len(one), len(other)) < 3:
        return (np.nan,) * 3
    from scipy import stats

    v1, v2 = one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)
    delta = float(one.mean() - other.mean())
    if v1 + v2 == 0:
        return delta, np.nan, np.nan
    df = (v1 + v2) ** 2 / (v1**2 / (len(one) - 1) + v2**2 / (len(other) - 1))
    half = float(stats.t.ppf(0.5 + level / 2, df) * np.sqrt(v1 + v2))
    return delta, delta - half, delta + half


def _owners(
    table: pd.DataFrame, mentions: pd.DataFrame, codes: pd.DataFrame, touchpoints: pd.DataFrame | None
) -> tuple[list[str], list[str]]:
    """Owner and channel of each barrier: of its touchpoints, else of its stage where that has only one."""
    from cjmkit.barriers._owners import answer_for

    owner = dict(zip(codes["code"], codes["owner"], strict=True))
    owners, channels = [], []
    for row in table.to_dict("records"):
        part = mentions[mentions["barrier"] == row["barrier"]]
        owners.append(owner[row["barrier"]] or answer_for(part, row["stage"], touchpoints, "owner"))
        channels.append(answer_for(part, row["stage"], touchpoints, "channel"))
    return owners, channels


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
        need = {"lost": "outcome=", "drop-off": "funnel=", "severity": "a valence in the codings"}[by]
        raise CjmError(f"by={by!r} needs {need}; the data allow {', '.join(w for w, ok in allowed.items() if ok)}")
    return by


def _drawn(
    way: str,
    named: npt.NDArray[np.bool_],
    success: npt.NDArray[np.float64] | None,
    table: pd.DataFrame,
    draws: int,
    seed: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Score of each barrier, and its scores when people are drawn anew with replacement."""
    people = len(named)
    rng = np.random.default_rng(seed)
    x = named.astype(float)
    depth = {"drop-off": "drop_off", "severity": "valence"}.get(way)
    factor = np.ones(x.shape[1])
    if depth == "drop_off":
        factor = table["drop_off"].to_numpy(dtype=float)
    elif depth == "valence":
        factor = np.clip(-table["valence"].to_numpy(dtype=float), 0, None) / 2

    def value(w: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if way == "lost" and success is None:
            return np.zeros((len(w), x.shape[1]))
        if way != "lost" or success is None:
            return w @ x / people * np.nan_to_num(factor)
        known = (~np.isnan(success)).astype(float)
        failed = known * (np.nan_to_num(success, nan=1.0) == 0)
        total = (w @ known)[:, None]
        some, some_failed = w @ (x * known[:, None]), w @ (x * failed[:, None])
        rest, rest_failed = total - some, (w @ failed)[:, None] - some_failed
        with np.errstate(invalid="ignore", divide="ignore"):
            out: npt.NDArray[np.float64] = np.nan_to_num(
                some / total * (some_failed / some - rest_failed / rest), nan=0.0
            )
        return out

    score = value(np.ones((1, people)))[0]
    step = max(1, 4_000_000 // max(people, 1))  # weights of that many draws at a time fit into memory
    parts = [
        value(rng.multinomial(people, np.full(people, 1 / people), size=min(step, draws - i)).astype(float))
        for i in range(0, draws, step)
    ]
    return score, np.concatenate(parts)


def _sure(drawn: npt.NDArray[np.float64], seed: int) -> pd.DataFrame:
    """How often each barrier comes first, and its ranks in nine of ten resamples."""
    rng = np.random.default_rng(seed)
    # Ties are broken at random, so that equal barriers share the first place.
    places = (-(drawn + rng.random(drawn.shape) * 1e-9)).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(places, [0.05, 0.95], axis=0, method="closest_observation")
    sure = pd.DataFrame({"first": (places == 1).mean(axis=0), "rank_low": low, "rank_high": high})
    return sure.astype({"rank_low": int, "rank_high": int})
