"""How far two sets of codes are apart: MASI, Jaccard, or equal and not."""

from __future__ import annotations

import numpy as np

from cjmkit.coding.agreeing.patterns import Floats

__all__ = ["SET_METRICS", "set_distances"]

SET_METRICS = ("masi", "jaccard", "nominal")


def set_distances(member: Floats, metric: str) -> Floats:
    """Distances between sets given as rows of zeros and ones, with shape (sets, codes) in and (sets, sets) out."""
    size = member.sum(axis=1)
    common = member @ member.T
    union = size[:, None] + size[None, :] - common
    jaccard = np.divide(common, union, out=np.ones_like(common), where=union > 0)
    equal = (common == size[:, None]) & (common == size[None, :])
    if metric == "nominal":
        return 1.0 - equal
    if metric == "jaccard":
        return 1.0 - jaccard
    nested = (common == size[:, None]) | (common == size[None, :])
    closeness = np.where(equal, 1.0, np.where(common == 0, 0.0, np.where(nested, 2 / 3, 1 / 3)))
    out: Floats = 1.0 - jaccard * closeness
    return np.where(np.abs(out) < 1e-15, 0.0, out)
