"""How far the effects of a persona's profile hold: as they stand, on split people alone, and as the profile gives them.

    python benchmarks/personas_profile.py [runs a cell]

Three kinds of people, four columns that set each of them apart, and four columns that belong to nobody; and people of
one kind cut into three by force. Writes benchmarks/results/personas_profile.md.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

K, OWN, FREE = 3, 4, 4
COLUMNS = K * OWN + FREE
CELLS = [(60, 2.0), (120, 2.0), (120, 1.2), (400, 1.2), (60, 0.0), (120, 0.0), (400, 0.0)]


def people(n: int, gap: float, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    kind = rng.permutation(np.arange(n) % K)
    x = rng.normal(size=(n, COLUMNS))
    for i in range(K):
        x[kind == i, i * OWN : (i + 1) * OWN] += gap
    return pd.DataFrame(x).add_prefix("c"), kind


def effects(x: np.ndarray, labels: np.ndarray, i: int) -> list[tuple[float, ...]]:
    from cjmkit.personas.profile import _hedges

    return [_hedges(x[labels == i, j], x[labels != i, j]) for j in range(x.shape[1])]


def split_alone(found: Any, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The other half placed by all columns, the one that is measured among them: what a split is often taken for."""
    from cjmkit.personas.profile import _placed

    x = found.space.scores()
    half = rng.permutation(len(x)) % 2 == 0
    out = labels.copy()
    for fitted in (half, ~half):
        out[~fitted] = _placed(x, fitted, labels, K, rng)[~fitted]
    return out


def one(n: int, gap: float, run: int, truth: np.ndarray) -> list[list[Any]]:
    from cjmkit import personas

    rng = np.random.default_rng([run, n, int(10 * gap)])
    frame, kind = people(n, gap, rng)
    found = personas.fit(personas.features(survey=frame), k=K, seed=run, nulls=0, resamples=0)
    split = split_alone(found, found.search.labels[K], rng)
    some = found.labels.notna().to_numpy()
    labels, split, x, kind = found.search.labels[K][some], split[some], frame.to_numpy()[some], kind[some]
    table = found.profile().set_index(["persona", "column"])
    rows: list[list[Any]] = []
    for j, persona in enumerate(found.ids):
        planted = np.bincount(kind[labels == j], minlength=K).argmax()
        ways = {"as found": effects(x, labels, j), "split alone": effects(x, split, j)}
        ways["profile"] = [
            tuple(table.loc[(persona, c), ["effect", "low", "high", "p"]].astype(float)) for c in frame.columns
        ]
        for way, got in ways.items():
            for c, (g, low, high, p) in enumerate(got):
                true = truth[planted, c]
                what = "free" if gap == 0 or c >= K * OWN else "own" if c // OWN == planted else "other"
                rows.append([way, what, g, abs(g), low <= true <= high, p < 0.05, true])
    return rows


def main(runs: int = 25) -> None:
    warnings.simplefilter("ignore")
    lines = [
        "# Effects in the profile of personas",
        "",
        f"{runs} runs a cell; three kinds of people, twelve columns that set them apart by so many standard "
        "deviations and four that belong to nobody (0: nobody is a kind of its own, and the people are cut into "
        "three). Own: the mean g of the columns that a kind is known by, over the true one. Nobody's: the mean "
        "absolute g of columns that set nobody apart (chance alone gives the figure in brackets), and how often p is "
        "below .05. Held: intervals that hold the true g, of all columns. As found: effects between the groups as they "
        "stand. Split alone: groups of one half, people of the other placed by all columns. Profile: the other half "
        "placed without the column.",
        "",
        "| people | apart by | way | own, of the true g | nobody's, mean \\|g\\| | nobody's, p < .05 | held |",
        "|---|---|---|---|---|---|---|",
    ]
    for n, gap in CELLS:
        x, kind = people(200_000, gap, np.random.default_rng(0))
        truth = np.array([[e[0] for e in effects(x.to_numpy(), kind, i)] for i in range(K)])
        rows = [r for run in range(runs) for r in one(n, gap, run, truth)]
        got = pd.DataFrame(rows, columns=["way", "what", "g", "size", "held", "small", "true"])
        chance = np.sqrt(2 / np.pi) * np.sqrt(1 / (n / K) + 1 / (n - n / K))
        for way in ("as found", "split alone", "profile"):
            t = got[got["way"] == way]
            own, free = t[t["what"] == "own"], t[t["what"] == "free"]
            ratio = f"{own['g'].mean() / own['true'].mean():.2f}" if len(own) else "–"
            lines.append(
                f"| {n} | {gap:g} | {way} | {ratio} | {free['size'].mean():.2f} ({chance:.2f}) "
                f"| {free['small'].mean():.3f} | {t['held'].mean():.2f} |"
            )
            print(lines[-1], flush=True)
    (Path(__file__).parent / "results" / "personas_profile.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
