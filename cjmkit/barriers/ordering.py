"""Which barrier comes first, and how sure that is when other people had been asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.stats import person_weights

__all__ = ["Sample", "keys_of", "lost_draws", "places"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RESAMPLES = 2000


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """People and what they said of barriers.

    Attributes
    ----------
    named, asked : array (P, B)
        Who named which barrier, and who could have named it.
    success : array (P,) or None
        1, 0 or NaN: how it ended for them.
    valence : array (P, B)
        Mean valence of a person's mentions, NaN where there is none.
    drop : array (B, 2)
        People lost at the barrier's stage, and how many were there; NaN where unknown.
    """

    named: Bools
    asked: Bools
    success: Floats | None
    valence: Floats
    drop: Floats

    def only(self, barriers: list[int]) -> Sample:
        """The same people with some of the barriers."""
        return Sample(
            named=self.named[:, barriers],
            asked=self.asked[:, barriers],
            success=self.success,
            valence=self.valence[:, barriers],
            drop=self.drop[barriers],
        )


def keys_of(sample: Sample, way: str, *, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Score of each barrier, the key that orders them, and that key when people are drawn anew (resamples, B).

    By people lost, a barrier that everybody named has no score, since nobody is left to compare with; its place is
    that of the most it could have lost. Barriers that those who succeeded named as often or more come after all others,
    by their share.
    """
    rng = np.random.default_rng(seed)
    ones = np.ones((1, len(sample.named)))
    score, key = _value(sample, way, ones, _drop_share(sample, None))
    drawn = [
        _value(sample, way, w, _drop_share(sample, rng) if way == "drop-off" else None)[1]
        for w in _weights(sample, rng)
    ]
    return score[0], key[0], np.concatenate(drawn)


def _weights(sample: Sample, rng: np.random.Generator) -> Iterator[Floats]:
    return person_weights(len(sample.named), resamples=RESAMPLES, seed=rng)


def _drop_share(sample: Sample, rng: np.random.Generator | None) -> Floats:
    lost, n = sample.drop[:, 0], sample.drop[:, 1]
    if rng is None:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(lost / n)
    known = np.isfinite(n)
    out = np.full(len(n), np.nan)
    # The funnel's people are others than those interviewed: its doubt comes on top.
    out[known] = rng.beta(lost[known] + 0.5, n[known] - lost[known] + 0.5)
    return out


def _value(sample: Sample, way: str, w: Floats, drop: Floats | None) -> tuple[Floats, Floats]:
    named, asked = (sample.named & sample.asked).astype(float), sample.asked.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num((w @ named) / (w @ asked))
        if way == "drop-off":
            score = share * np.nan_to_num(drop if drop is not None else np.nan)
            return score, score
        if way == "severity":
            felt = np.isfinite(sample.valence).astype(float)
            depth = np.nan_to_num(-(w @ np.nan_to_num(sample.valence)) / (w @ felt))
            score = share * np.clip(depth, 0, None) / 2
            return score, score
        if way != "lost" or sample.success is None:
            return share, share
        known = asked * np.isfinite(sample.success)[:, None]
        failed = known * (np.nan_to_num(sample.success, nan=1.0) == 0)[:, None]
        total, some, some_failed = w @ known, w @ (named * known), w @ (named * failed)
        rest, rest_failed = total - some, w @ failed - some_failed
        lost = some / total * (some_failed / some - rest_failed / rest)
        everybody = (rest == 0) & (some > 0)
        key = np.where(everybody, np.nan_to_num(some_failed / total), np.where(lost > 0, lost, -1 + share))
    return np.where(everybody, np.nan, lost), np.nan_to_num(key, nan=-1.0)


def lost_draws(named: Bools, failed: Bools, *, resamples: int = 4000, seed: int = 0) -> Floats:
    """Draws of the share of people lost with a barrier, from the 2 × 2 table with ¾ of a person added to each cell.

    Share who named it × (share who failed among them − among the others); `named` and `failed` (P,) are of people whose
    outcome is known. The addition was chosen by coverage: .93 to .97 in ``benchmarks/results/edges.md``.
    """
    cells = [named & failed, named & ~failed, ~named & failed, ~named & ~failed]
    a, b, c, d = np.random.default_rng(seed).dirichlet([float(x.sum()) + 0.75 for x in cells], size=resamples).T
    out: Floats = (a + b) * (a / (a + b) - c / (c + d))
    return out


def places(drawn: Floats, there: Bools) -> pd.DataFrame:
    """How often each barrier comes first, and its ranks in nine of ten resamples; nobody's barriers take no place."""
    size = drawn.shape[1]
    out = pd.DataFrame({"first": np.zeros(size), "rank_low": 0, "rank_high": 0})
    if there.any():
        rng = np.random.default_rng(0)
        some = drawn[:, there]
        # Ties are broken at random, so that equal barriers share the first place.
        place = (-(some + rng.random(some.shape) * 1e-9)).argsort(axis=1).argsort(axis=1) + 1
        low, high = np.quantile(place, [0.05, 0.95], axis=0, method="closest_observation").astype(int)
        out.loc[there, "first"] = (place == 1).mean(axis=0)
        out.loc[there, "rank_low"], out.loc[there, "rank_high"] = low, high
    rest = np.flatnonzero(~there)
    # Those that nobody named share the last places.
    out.loc[rest, "rank_low"], out.loc[rest, "rank_high"] = int(there.sum()) + 1, size
    return out
