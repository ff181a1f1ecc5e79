"""How ratings spread at each stage: a mean of zero may be everybody's shrug or a quarrel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.result import Result, result_html
from cjmkit.emotion._estimator import fit
from cjmkit.emotion._people import labels_of
from cjmkit.emotion._words import source_title
from cjmkit.emotion.limits import mean_limits, same_ratings
from cjmkit.emotion.scores import cautions_of, read_scores
from cjmkit.i18n import current_language, number, say
from cjmkit.stats import wilson

__all__ = ["LEVELS", "Distribution", "Feeling", "bad", "distribution", "nearest", "share_feeling"]

_SPLITS = [
    "persona", "source", "stage", "title", "bad", "bad_low", "bad_high", "good", "good_low", "good_high", "n", "p",
]  # fmt: skip

LEVELS = (-2, -1, 0, 1, 2)

Floats = npt.NDArray[np.float64]


def nearest(values: Any) -> Floats:
    """The feeling (−2 … 2) nearest to each value; halves go away from zero, so that both sides are alike.

    Examples
    --------
    >>> nearest([-1.5, -0.5, 0.4, 0.5]).tolist()
    [-2.0, -1.0, 0.0, 1.0]
    """
    x = np.asarray(values, dtype=float)
    # The tiny term keeps sums of thirds on the side that they belong to.
    out: Floats = np.sign(x) * np.floor(np.abs(x) + 0.5 + 1e-9)
    return out


def bad(values: Any) -> npt.NDArray[np.bool_]:
    """Whether a value is a bad feeling: nearest to −1 or −2. False where it is missing.

    Examples
    --------
    >>> bad([-1.0, -0.5, -0.25, 2.0]).tolist()
    [True, True, False, False]
    """
    return np.asarray(nearest(values) <= -1)


@dataclass(frozen=True, eq=False)
class Feeling:
    """Share of people with a feeling at each stage: `share`, `low`, `high`, `n` (S,), `influence` (P, S)."""

    share: Floats
    low: Floats
    high: Floats
    n: npt.NDArray[np.int64]
    influence: Floats


def share_feeling(y: Floats, chosen: npt.NDArray[np.bool_], *, level: float = 0.95) -> Feeling:
    """Share of people with a feeling, those who left treated as on the curve.

    Parameters
    ----------
    y : array (P, S)
        One value per person and stage, NaN where there is none.
    chosen : array (P, S)
        Who has the feeling.
    level : float
        Level of the limits.

    Examples
    --------
    >>> y = np.array([[-1.0, -2.0], [1.0, np.nan], [2.0, 1.0], [0.0, 1.0]])
    >>> share_feeling(y, bad(y)).share.round(2).tolist()[0]
    0.25
    """
    seen = np.isfinite(y)
    # On the scale from −2 to 2 a share is the mean of answers at the two ends.
    ends = np.where(seen, np.where(chosen, 2.0, -2.0), np.nan)
    one = fit(ends)
    low, high = mean_limits(one.mean, one.se, one.n, same_ratings(ends), level=level, df=1)
    return Feeling((one.mean + 2) / 4, (low + 2) / 4, (high + 2) / 4, one.n, one.influence / 4)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Distribution(Result):
    """Shares of people by feeling.

    Attributes
    ----------
    table : DataFrame
        persona, source, stage, title, feeling (−2 … 2), people, n, share, low, high.
    splits : DataFrame
        persona, source, stage, title, bad (share nearest to −1 or −2), bad_low, bad_high, good, good_low, good_high
        (those who left treated as on the curve), n, p (of one hump, for all stages of the picture), split (p ≤ 1 −
        level).
    """

    table: pd.DataFrame
    splits: pd.DataFrame
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One sentence: at which stages people are split, or where opinions are farthest apart."""
        lang = current_language(lang)
        known = self.splits[self.splits["n"] > 0]
        if known.empty:
            return say(en="Nobody rated a stage.", ru="Никто не оценил ни одного этапа.", lang=lang)
        found = known[known["split"]]
        if found.empty:
            both = known[["bad", "good"]].min(axis=1)
            return (
                say(
                    en="No stage shows two groups; opinions are farthest apart at ",
                    ru="Двух групп не видно ни на одном этапе; дальше всего мнения расходятся на этапе ",
                    lang=lang,
                )
                + f"{_sides(known.iloc[int(both.to_numpy().argmax())], lang)}."
            )
        head = say(
            en="People are split into two groups, which the mean hides: ",
            ru="Люди делятся на две группы, которых среднее не показывает: ",
            lang=lang,
        )
        return head + "; ".join(_sides(r, lang) for r in found.to_dict("records")) + "."

    def _repr_html_(self) -> str:
        wide = self.table.pivot_table(
            index=["persona", "source", "title"], columns="feeling", values="share", sort=False, observed=False
        )
        body = wide.to_html(float_format=lambda v: number(v, 0, percent=True))
        return result_html(self.summary(), body, self.warnings, self.footnotes)


def _sides(r: Any, lang: str) -> str:
    where = (f"{r['persona']}, " if r["persona"] else "") + source_title(r["source"], lang)
    one, other = (number(r[k], 0, percent=True, lang=lang) for k in ("bad", "good"))
    return say(
        en=f"“{r['title']}” ({where}): {one} bad, {other} good, n = {r['n']}",
        ru=f"«{r['title']}» ({where}): {one} плохо, {other} хорошо, n = {r['n']}",
        lang=lang,
    )


def distribution(
    scores: pd.DataFrame,
    *,
    by: pd.Series | str | None = None,
    source: str | Sequence[str] | None = None,
    stages: Iterable[Any] | None = None,
    level: float = 0.95,
) -> Distribution:
    """Share of people per feeling at each stage, each person's ratings of a stage averaged first.

    Parameters
    ----------
    scores, by, source, stages
        As for :func:`cjmkit.emotion.curve`.
    level : float
        Level of the Wilson intervals.

    Returns
    -------
    Distribution

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"participant": range(24), "stage": "deal", "score": [-2] * 12 + [2] * 12})
    >>> distribution(scores).splits[["stage", "bad", "good", "split"]]
      stage  bad  good  split
    0  deal  0.5   0.5   True
    """
    read = read_scores(scores, source=source, stages=stages)
    said = list(read.warnings)
    groups, group = labels_of(read, scores, by, said)
    rows: list[dict[str, Any]] = []
    splits: list[dict[str, Any]] = []
    for g, persona in enumerate(groups):
        for s, name in enumerate(read.sources):
            y = read.cells((read.source == s) & (group == g)).y
            sides = {"bad": bad(y), "good": np.asarray(nearest(y) >= 1)}
            felt = {k: share_feeling(y, v, level=level) for k, v in sides.items()} if len(y) else {}
            for i, (stage, _) in enumerate(read.units):
                here = nearest(y[~np.isnan(y[:, i]), i]) if len(y) else np.array([])
                n = len(here)
                common = {"persona": persona, "source": name, "stage": stage, "title": read.titles.get(stage, stage)}
                counts = [int((here == feeling).sum()) for feeling in LEVELS]
                for feeling, k in zip(LEVELS, counts, strict=True):
                    share = wilson(k, n, level=level)
                    figures = {"people": k, "n": n, "share": share.value, "low": share.low, "high": share.high}
                    rows.append(common | {"feeling": feeling} | figures)
                one: dict[str, Any] = dict(common)
                for what, v in felt.items():
                    one |= {what: v.share[i], f"{what}_low": v.low[i], f"{what}_high": v.high[i]}
                splits.append(one | {"n": n, "p": _one_hump(counts)})
    table = pd.DataFrame(splits).reindex(columns=_SPLITS)
    looked = max(int(table["p"].notna().sum()), 1)
    table["p"] = np.minimum(table["p"] * looked, 1.0)
    table["split"] = (table["p"] <= 1 - level).fillna(False).astype(bool)
    found = Distribution(table=pd.DataFrame(rows), splits=table, level=level, warnings=tuple(said))
    return carried(found, cautions_of(scores, source))


def _one_hump(counts: list[int]) -> float:
    """P-value of the claim that the five feelings make one hump, against a rarer middle.

    With one hump the middle is at least as frequent as every feeling of one of the two sides. So each side is compared
    with the middle by a binomial test of its two feelings and of both together (times three), and both sides have to be
    clearly more frequent than the middle.
    """
    from scipy import stats

    if not sum(counts):
        return float("nan")
    middle = counts[2]

    def side(far: int, near: int) -> float:
        alone = min(float(stats.binom.cdf(middle, middle + k, 0.5)) for k in (far, near))
        both = float(stats.binom.cdf(middle, middle + far + near, 1 / 3))
        return min(1.0, 3 * min(alone, both))

    return max(side(counts[0], counts[1]), side(counts[4], counts[3]))
