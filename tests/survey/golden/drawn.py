"""Two made-up samples for R, from fixed seeds: ``python drawn.py``, then ``Rscript drawn.R . drawn.json``.

The files are remade when a test needs them; only R's numbers are kept.
"""

from pathlib import Path

import numpy as np
import pandas as pd


def drawn() -> pd.DataFrame:
    """People of 24 shops in 4 regions; shops of a region share an opinion."""
    rng = np.random.default_rng(17)
    rows = []
    for region, (shops, size) in {"n": (5, 40), "s": (7, 60), "e": (8, 90), "w": (4, 30)}.items():
        for shop in range(shops):
            opinion = rng.normal(0, 0.7)
            for _ in range(int(rng.integers(4, 12))):
                rating = int(np.clip(np.round(3.4 + opinion + rng.normal()), 1, 5))
                recommend = int(np.clip(np.round(6.5 + 1.2 * opinion + 2 * rng.normal()), 0, 10))
                weight = round(float(size / shops * np.exp(0.4 * rng.normal())), 3)
                plan = rng.choice(["basic", "plus", "team"], p=[0.5, 0.3, 0.2])
                rows.append((region, f"{region}{shop}", size, rating, recommend, weight, plan))
    table = pd.DataFrame(rows, columns=["region", "shop", "shops", "rating", "recommend", "weight", "plan"])
    return table.assign(id=[f"p{i}" for i in range(len(table))])


def choices() -> pd.DataFrame:
    """Choice tasks of 80 people: six tasks, three offers and none of them; utilities that differ between people."""
    rng = np.random.default_rng(23)
    rows = []
    for person in range(80):
        taste = rng.normal(0, 0.6)
        for task in range(6):
            price = rng.choice([10, 15, 20], 3)
            brand = rng.choice(["a", "b", "c"], 3)
            value = -0.12 * price + pd.Series(brand).map({"a": 0.9, "b": 0.3, "c": -0.2}).to_numpy() * (1 + taste)
            value = np.append(value, -1.4) + rng.gumbel(size=4)
            for k in range(4):
                none = k == 3
                rows.append(
                    (f"p{person}", task, k, "" if none else brand[k], 0 if none else price[k], int(value.argmax() == k))
                )
    return pd.DataFrame(rows, columns=["person", "task", "offer", "brand", "price", "chosen"])


if __name__ == "__main__":
    here = Path(__file__).parent
    drawn().to_csv(here / "drawn.csv", index=False)
    choices().to_csv(here / "choices.csv", index=False)
