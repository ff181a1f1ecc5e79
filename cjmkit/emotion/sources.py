"""Do two sources of scores say the same of the same people?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from cjmkit.emotion._estimator import fit, observed
from cjmkit.emotion.contrasts import sides, spread, stack
from cjmkit.emotion.data import CurveData
from cjmkit.emotion.limits import t_limits

__all__ = ["disagreements"]


def disagreements(curve: CurveData) -> pd.DataFrame:
    """Stages where two sources say different things about the same persona.

    The difference of two sources with a whole-curve interval (Bonferroni), people with both counted as pairs.
    Text tone has no common zero with ratings, so a pair with text is compared by shape: each curve less its own
    average over the stages that both show.

    Returns
    -------
    DataFrame
        persona, stage, source_a, source_b, difference (b − a), low, high, n_a, n_b, by ("level" or "shape"),
        disagree.

    Examples
    --------
    >>> from cjmkit import emotion
    >>> rated = pd.DataFrame({"participant": list("abcd"), "stage": "deal", "score": [1, 2, 1, 2], "source": "survey"})
    >>> told = rated.assign(score=[-1, -2, -1, -1], source="coding")
    >>> emotion.curve(pd.concat([rated, told])).disagreements()[["stage", "difference", "disagree"]]
      stage  difference  disagree
    0  deal       -2.75      True
    """
    rows = []
    tables = curve.table
    for persona in curve.personas:
        for a, b in combinations(curve.sources, 2):
            y, _ = stack(
                curve.people[persona, a],
                curve.values[persona, a],
                curve.people[persona, b],
                curve.values[persona, b],
                None,
            )
            parts = [tables[(tables["persona"] == persona) & (tables["source"] == s)] for s in (a, b)]
            shown = parts[0]["shown"].to_numpy() & parts[1]["shown"].to_numpy()
            if not shown.any():
                continue
            half = len(shown)
            one = fit(y)
            pull = np.nan_to_num(one.influence[:, half:]) - np.nan_to_num(one.influence[:, :half])
            delta = one.mean[half:] - one.mean[:half]
            by_shape = "text" in (a, b)
            if by_shape:
                delta = delta - delta[shown].mean()
                pull = pull - pull[:, shown].mean(axis=1, keepdims=True)
            seen = observed(y)
            in_a, in_b = sides(seen)
            se, df = spread(pull, [in_a & ~in_b, in_b & ~in_a, in_a & in_b], seen, half)
            whole = 1 - (1 - curve.level) / int(shown.sum())
            low, high = t_limits(delta, se, df, level=whole, clip=(-4.0, 4.0))
            for s in np.flatnonzero(shown):
                rows.append(
                    {
                        "persona": persona,
                        "stage": parts[0]["stage"].iloc[s],
                        "source_a": a,
                        "source_b": b,
                        "difference": delta[s],
                        "low": low[s],
                        "high": high[s],
                        "n_a": int(one.n[s]),
                        "n_b": int(one.n[half + s]),
                        "by": "shape" if by_shape else "level",
                        "disagree": bool(low[s] > 0 or high[s] < 0),
                    }
                )
    columns = ["persona", "stage", "source_a", "source_b", "difference", "low", "high", "n_a", "n_b", "by", "disagree"]
    return pd.DataFrame(rows, columns=columns)
