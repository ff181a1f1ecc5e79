"""What is known of each barrier: who named it, how it felt, and how the deal ended for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.barriers.ordering import lost_draws
from cjmkit.barriers.ticks import Ticked
from cjmkit.coding import Shares
from cjmkit.emotion.limits import felt as felt_by
from cjmkit.emotion.scores import person_ids, read_scores
from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.stats import wilson, z_of

__all__ = ["Beside", "measure", "odds_ratio", "outcome_of", "stage_scores", "ticked_row", "valence_of"]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What other material than interviews knows of barriers.

    Parameters
    ----------
    ticked : DataFrame, optional
        Barriers that people ticked in a survey: index participant, a column per barrier (its code or title), True or
        False. Interviews tell what the barriers are, a survey how many have them: where it knows a barrier, its many
        people decide about the association with failing and about the rank.
    funnel : Funnel or DataFrame, optional
        step, users, conversion, low, high, n: how many people are lost at the barrier's stage.
    stage_of : mapping, optional
        Stage of each funnel step, where the steps are not named as the stages and the funnel does not say.
    scores : DataFrame, optional
        participant, stage, score: how people who named a barrier feel at its stage, compared with the others.
    machine : Shares, optional
        Shares of a machine's codes, corrected by people's (:func:`cjmkit.coding.share`, per person, without groups):
        they take the place of counted ones, and a barrier whose share cannot be corrected yet has none.

    Examples
    --------
    >>> steps = pd.DataFrame({"step": ["visit", "deal"], "users": [100, 40]})
    >>> Beside(funnel=steps, stage_of={"visit": "search"}).stage_of
    {'visit': 'search'}
    """

    ticked: pd.DataFrame | None = None
    funnel: Any = None
    stage_of: Mapping[str, str] | None = None
    scores: pd.DataFrame | None = None
    machine: Shares | None = None


def outcome_of(outcome: pd.Series | None, people: list[str], said: list[str]) -> npt.NDArray[np.float64] | None:
    """Whether each person succeeded: 1, 0 or NaN; None where nothing can be compared."""
    if outcome is None:
        return None
    if not isinstance(outcome, pd.Series):
        raise CjmError(
            en=f"outcome is a Series (index participant, value True or False); {type(outcome).__name__} came",
            ru=f"outcome — это Series (индекс — участник, значение — True или False); пришло {type(outcome).__name__}",
        )
    kept = outcome.dropna()
    values = set(kept.unique().tolist())
    if not values <= {True, False}:
        raise CjmError(
            en=f"outcome holds True or False; it has {', '.join(map(repr, sorted(map(str, values))[:5]))}",
            ru=f"outcome содержит True или False; здесь {', '.join(map(repr, sorted(map(str, values))[:5]))}",
        )
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


def stage_scores(
    scores: pd.DataFrame | None, people: list[str], *, order: list[str], said: list[str]
) -> tuple[dict[str, int], npt.NDArray[np.float64]] | None:
    """Place of each stage and the scores (people, stages) of those interviewed."""
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


def measure(
    code: Any,
    part: pd.DataFrame,
    named: npt.NDArray[np.bool_],
    *,
    success: npt.NDArray[np.float64] | None,
    losses: pd.DataFrame | None,
    felt: tuple[dict[str, int], npt.NDArray[np.float64]] | None,
    people: list[str],
    level: float,
) -> dict[str, Any]:
    """The row of one barrier."""
    k, n = int(named.sum()), len(people)
    _, low, high = wilson(k, n, level=level)
    each = part.dropna(subset=["valence"]).groupby("participant")["valence"].mean().to_numpy()
    valence = felt_by(each, level=level)
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
        "valence_low": valence[1],
        "valence_high": valence[2],
        "n_valence": len(each),
    }
    row |= _lost(named, success, level)
    drop = (np.nan,) * 3
    row |= {"_drop_lost": np.nan, "_drop_n": np.nan}
    if losses is not None and stage in set(losses["stage"]):
        here = losses[losses["stage"] == stage].iloc[0]
        drop = float(here["loss"]), float(here["low"]), float(here["high"])
        row |= {"_drop_lost": float(here["lost"]), "_drop_n": float(here["n"])}
    row |= dict(zip(("drop_off", "drop_off_low", "drop_off_high"), drop, strict=True))
    row["effect_from"] = "interviews" if not np.isnan(row["effect"]) else ""
    if np.isnan(row["effect"]) and not np.isnan(drop[0]):
        row["effect_from"] = "funnel"
        row |= {"effect": drop[0], "effect_low": drop[1], "effect_high": drop[2], "effect_kind": "drop-off"}
    row |= dict(zip(("felt", "felt_low", "felt_high"), _felt(named, felt, stage, level), strict=True))
    return row


def _lost(named: npt.NDArray[np.bool_], success: npt.NDArray[np.float64] | None, level: float) -> dict[str, Any]:
    keys = ("effect", "effect_low", "effect_high", "lost", "lost_low", "lost_high")
    nothing = dict.fromkeys((*keys, "_lost_se"), np.nan)
    if success is None:
        return nothing | {"effect_kind": "", "n_outcome": 0}
    known = ~np.isnan(success)
    n, chosen, failed = int(known.sum()), named[known], success[known] == 0
    a, b = int((chosen & failed).sum()), int((chosen & ~failed).sum())
    c, d = int((~chosen & failed).sum()), int((~chosen & ~failed).sum())
    ratio = odds_ratio((a, b), (c, d), level=level)
    out: dict[str, Any] = nothing | dict(zip(keys[:3], ratio, strict=True))
    out |= {"effect_kind": "" if np.isnan(ratio[0]) else "odds ratio", "n_outcome": n}
    if 0 < a + b < n:
        lost = (a + b) / n * (a / (a + b) - c / (c + d))
        drawn = lost_draws(chosen, failed)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        out |= {"lost": lost, "lost_low": min(low, lost), "lost_high": max(high, lost), "_lost_se": float(drawn.std())}
    return out


def odds_ratio(yes: tuple[float, float], no: tuple[float, float], *, level: float = 0.95) -> tuple[float, float, float]:
    """Odds ratio of the table ((a, b), (c, d)) with Gart's (1966) half added to each cell.

    The half keeps a table with an empty cell finite, and the interval close to its level in small samples (Agresti
    1999). An empty row or column allows no estimate.

    >>> [round(v, 3) for v in odds_ratio((10, 5), (4, 12))]
    [5.303, 1.193, 23.571]
    """
    (a, b), (c, d) = yes, no
    if a + b <= 0 or c + d <= 0 or a + c <= 0 or b + d <= 0:
        return np.nan, np.nan, np.nan
    a, b, c, d = (v + 0.5 for v in (a, b, c, d))
    centre, se = log(a * d / (b * c)), sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    z = z_of(level)
    return exp(centre), exp(centre - z * se), exp(centre + z * se) if centre + z * se < 700 else inf


def valence_of(mentions: pd.DataFrame, people: list[str], codes: list[str]) -> npt.NDArray[np.float64]:
    """Mean valence of each person's mentions of each barrier (people, barriers); NaN where there is none."""
    each = mentions.dropna(subset=["valence"]).groupby(["participant", "barrier"])["valence"].mean()
    wide = each.unstack() if len(each) else pd.DataFrame()
    return np.asarray(wide.reindex(index=people, columns=codes).to_numpy(dtype=float))


def ticked_row(
    code: str, ticks: Ticked | None, success: npt.NDArray[np.float64] | None, *, level: float
) -> dict[str, Any]:
    """What the survey says about a barrier; its association with failing replaces that of the interviews."""
    keys = ("survey_people", "survey_n", "survey_share", "survey_low", "survey_high")
    if ticks is None or code not in ticks.place:
        return dict.fromkeys(keys, np.nan)
    asked = ticks.asked[:, ticks.place[code]]
    named = ticks.named[asked, ticks.place[code]]
    success = success if success is None else success[asked]
    k, n = int(named.sum()), len(named)
    out: dict[str, Any] = dict(zip(keys, (k, n, k / n if n else np.nan, *wilson(k, n, level=level)[1:]), strict=True))
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
