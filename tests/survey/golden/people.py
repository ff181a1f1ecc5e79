"""The generated people: ``python people.py``, then ``Rscript banner.R banner.csv banner.json``."""

from pathlib import Path

import numpy as np
import pandas as pd


def tables() -> pd.DataFrame:
    rng = np.random.default_rng(20261128)
    n = 420
    group = rng.choice(["a", "b", "c", "d"], n, p=[0.4, 0.3, 0.25, 0.05])
    lift = pd.Series(group).map({"a": 0.0, "b": 0.7, "c": 0.2, "d": 0.0}).to_numpy()
    rating = np.clip(np.round(3 + lift + rng.normal(0, 1.1, n)), 1, 5).astype(int)
    plan = np.where(rng.random(n) < 0.25 + 0.2 * lift, "plus", rng.choice(["basic", "family"], n, p=[0.9, 0.1]))
    weight = np.round(np.exp(0.6 * rng.standard_normal(n)), 4)
    parts = [
        pd.DataFrame({"table": name, "answer": answer, "column": group, "weight": w})
        for name, answer, w in (
            ("rating", rating.astype(str), 1.0),
            ("rating_weighted", rating.astype(str), weight),
            ("plan", plan, 1.0),
            ("plan_weighted", plan, weight),
        )
    ]
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    tables().to_csv(Path(__file__).with_name("banner.csv"), index=False, lineterminator="\n")
