"""Whether limits of a conjoint hold planted part-worths, shares and worth in money, and a null attribute is told.

People alike: the planted values. People who differ (tastes normal about the planted ones): the values that the same
logit reaches on 40,000 people, and, for comparison, limits that take every choice as another person's.
Run: python benchmarks/survey_choices.py [draws]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from cjmkit.survey import Conjoint, conjoint

BRAND = {"a": 0.7, "b": 0.0, "c": -0.7}
PRICE = -0.08
OFFERS = {"A": {"brand": "a", "colour": "red", "price": 20}, "B": {"brand": "c", "colour": "blue", "price": 10}}


def made(people: int, tasks: int, spread: float, rng: np.random.Generator, *, alone: bool = False) -> pd.DataFrame:
    """Choices between three offers; the colour plays no part."""
    n = people * tasks * 3
    who = np.repeat(np.arange(people), tasks * 3)
    t = pd.DataFrame({"person": who, "task": np.tile(np.repeat(np.arange(tasks), 3), people)})
    t["brand"], t["colour"] = rng.choice(list("abc"), n), rng.choice(["red", "blue"], n)
    t["price"] = rng.choice([10, 15, 20, 25], n)
    taste = spread * rng.standard_normal((people, 3))
    u = t["brand"].map(BRAND).to_numpy() + taste[who, 0] * t["brand"].map({"a": 1.0, "b": 0.0, "c": -1.0}).to_numpy()
    u = u + (PRICE + 0.1 * taste[who, 1]) * t["price"] + taste[who, 2] * (t["colour"] == "red")
    u = u + rng.gumbel(size=n)
    place = who * tasks + t["task"].to_numpy()
    t["chosen"] = (u == pd.Series(u).groupby(place).transform("max")).astype(int)
    return t.assign(person=place) if alone else t


def figures(found: Conjoint) -> dict[str, tuple[float, float, float]]:
    """Value, low and high of what is watched."""
    worths = found.table.set_index("level")
    price = found.worth("price").set_index("level")
    rows = {"part-worth of brand a": worths.loc["a"], "slope of the price": worths.loc["(slope)"]}
    rows |= {"colour red": worths.loc["red"], "c against a, in money": price.loc["c"]}
    rows |= {"importance of the brand": found.importance.set_index("attribute").loc["brand"]}
    rows |= {"share of offer A": found.shares(OFFERS).table.set_index("offer").loc["A"]}
    return {k: tuple(map(float, r[["value", "low", "high"]])) for k, r in rows.items()}


def cell(people: int, spread: float, draws: int, *, alone: bool = False) -> tuple[dict[str, float], float]:
    """Coverage of each figure, and how often the colour is told from nothing."""
    many = 40_000 if spread else 200
    truth = figures(conjoint(made(many, 6, spread, np.random.default_rng(99)), linear="price"))
    if not spread:
        offers = np.exp([BRAND["a"] + 20 * PRICE, BRAND["c"] + 10 * PRICE])
        brand, price = 1.4, -15 * PRICE
        planted = [0.7, PRICE, 0.0, 1.4 / PRICE, brand / (brand + price), offers[0] / offers.sum()]
        truth = {k: (v, v, v) for k, v in zip(truth, planted, strict=True)}
    rng = np.random.default_rng(people)
    hits, told = dict.fromkeys(truth, 0), 0
    for _ in range(draws):
        found = conjoint(made(people, 6, spread, rng, alone=alone), linear="price")
        for k, (_, low, high) in figures(found).items():
            hits[k] += not (low > truth[k][0] or high < truth[k][0])
        told += bool(found.importance.set_index("attribute").loc["colour", "told"])
    return {k: v / draws for k, v in hits.items()}, told / draws


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    cells = [
        ("30 people alike", 30, 0.0, False),
        ("100 people alike", 100, 0.0, False),
        ("300 people alike", 300, 0.0, False),
        ("30 people who differ", 30, 0.8, False),
        ("100 people who differ", 100, 0.8, False),
        ("300 people who differ", 300, 0.8, False),
        ("100 who differ, each choice taken as another person", 100, 0.8, True),
    ]
    found = [(name, *cell(n, spread, draws, alone=alone)) for name, n, spread, alone in cells]
    keys = list(found[0][1])
    lines = [
        f"Conjoint, six tasks of three offers a person, {draws:,} studies a row (standard error of .95: "
        f"{np.sqrt(0.0475 / draws):.2%})",
        "",
        "| people | " + " | ".join(keys) + " | colour told from nothing |",
        "|---|" + "---|" * (len(keys) + 1),
    ]
    for name, hits, told in found:
        lines.append(f"| {name} | " + " | ".join(f"{hits[k]:.1%}" for k in keys) + f" | {told:.1%} |")
    lines += [
        "",
        "Coverage of 95 % limits. The colour plays no part on average; where people differ, some like it and some do "
        "not. Importance is above 0 by construction: with few people an attribute that weighs little gets too much.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    (Path(__file__).parent / "results" / "survey_choices.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
