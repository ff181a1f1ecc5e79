"""Kinds of people on a grid of 8 to 40: found where none are, found where they are, and in the shipped studies.

    python benchmarks/personas_grid.py [runs a cell of a world of degrees] [runs of any other cell] [processes]

Runs the whole of ``personas.fit(personas.features(grid=…))``. Writes benchmarks/results/personas_grid.md.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SIZES = (8, 12, 16, 24)
WITHOUT = (
    "one degree, even",
    "one degree, even, 30% blank",
    "one degree, at both ends",
    "one degree, normal",
    "two degrees",
    "two degrees, even",
    "independent",
    "independent, 30% blank",
    "skewed",
)


def without_kinds(world: str, n: int, rng: np.random.Generator, p: int = 12) -> np.ndarray:
    """People on p ranges of 1 to 7 among whom there are no kinds."""
    if world.startswith("one degree, even"):
        z = 0.85 * rng.uniform(-(3**0.5), 3**0.5, (n, 1)) + 0.53 * rng.normal(size=(n, p))
    elif world == "one degree, at both ends":  # arcsine
        z = 0.85 * 2**0.5 * np.cos(np.pi * rng.random((n, 1))) + 0.53 * rng.normal(size=(n, p))
    elif world == "two degrees, even":
        z = 0.85 * rng.uniform(-(3**0.5), 3**0.5, (n, 2))[:, np.arange(p) % 2] + 0.53 * rng.normal(size=(n, p))
    elif world == "one degree, normal":
        z = 0.7 * rng.normal(size=(n, 1)) + 0.71 * rng.normal(size=(n, p))
    elif world == "two degrees":
        z = 0.75 * rng.normal(size=(n, 2))[:, np.arange(p) % 2] + 0.66 * rng.normal(size=(n, p))
    else:
        z = rng.normal(size=(n, p))
    x = 1 + np.floor(7 * rng.beta(0.8, 3, (n, p))) if world == "skewed" else np.round(4 + 1.6 * z)
    blank = rng.random((n, p)) < (0.3 if "blank" in world else 0.0)
    return np.where(blank, np.nan, np.clip(x, 1, 7))


def grid_of(x: np.ndarray) -> Any:
    from cjmkit import personas

    scale = tuple(personas.Variable(id=f"v{j:02d}", ends=("left", "right")) for j in range(x.shape[1]))
    rows = [["eva", f"p{i:02d}", scale[j].id, x[i, j]] for i, j in zip(*np.nonzero(~np.isnan(x)))]
    return personas.Grid(scale, pd.DataFrame(rows, columns=["rater", "participant", "variable", "value"]))


def one(job: tuple[str, int, float, int, float, int]) -> tuple[str, int, float]:
    """(why, k, ari) of one simulated study."""
    from sklearn.metrics import adjusted_rand_score

    from cjmkit import personas
    from cjmkit.personas.power import simulated_kinds

    warnings.simplefilter("ignore")
    world, n, gap, k, missing, run = job
    rng = np.random.default_rng([run, n, int(gap * 10), len(world), k])
    kinds = world == "kinds"
    x = simulated_kinds(rng, 1, n, 12, gap, k, 1.2, missing)[0] if kinds else without_kinds(world, n, rng)
    found = personas.fit(personas.features(grid=grid_of(x)), seed=run, nulls=99)
    here = [int(str(p)[1:]) % k for p in found.labels.index] if kinds else []
    ari = adjusted_rand_score(here, found.labels.fillna("-")) if kinds else float("nan")
    return found.why, found.k if found.found else 0, ari


def shipped(name: str, shuffles: int, pool: ProcessPoolExecutor) -> list[str]:
    """What the grid of a shipped study gives, and what its shuffled copies give."""
    from sklearn.metrics import adjusted_rand_score

    import cjmkit as cj
    from cjmkit.study.shipped import example

    study = cj.Study.example(name, tempfile.mkdtemp() + "/study")
    grid, turns = cj.personas.grid(study), study.turns()
    with open(example(name) / "truth" / "personas.csv", encoding="utf-8", newline="") as file:
        planted = {r["participant"]: r["persona"] for r in csv.DictReader(file)}
    f = cj.personas.features(grid=grid)
    found = cj.personas.fit(f)
    truth = [planted[p] for p in found.labels.index]
    agree = grid.agreement()
    false = sum(pool.map(_shuffled, [(f, s) for s in range(shuffles)], chunksize=10))
    alone = []
    for rater in grid.raters:
        own = cj.personas.Grid(grid.variables, grid.placements[grid.placements["rater"] == rater])
        labels = cj.personas.fit(cj.personas.features(grid=own)).labels
        alone.append(adjusted_rand_score([planted[p] for p in labels.index], labels.fillna("-")))
    hit, chance = [], []
    for row in grid.placements.drop_duplicates(["participant", "variable"]).iloc[::4].itertuples():
        ranked = grid.passages(str(row.participant), str(row.variable), turns=turns, n=1000)
        over = ((ranked["start"] < row.end) & (ranked["end"] > row.start)).to_numpy()
        hit.append(bool(over[:5].any()))
        chance.append(min(1.0, 5 * over.sum() / max(1, len(over))))
    return [
        f"| {name} | {grid.n} | {len(grid.variables)} | {float(agree.table['alpha'].median()):.2f} | {found.k} | "
        f"{adjusted_rand_score(truth, found.labels.fillna('-')):.2f} | {', '.join(f'{a:.2f}' for a in alone)} | "
        f"{found.p_value:.3f} | {int(found.carriers()['carries'].sum())} | {false} of {shuffles} | "
        f"{np.mean(hit):.2f} ({np.mean(chance):.2f}) |"
    ]


def _shuffled(job: tuple[Any, int]) -> bool:
    from cjmkit import personas

    warnings.simplefilter("ignore")
    return bool(personas.fit(personas.shuffled(job[0], job[1]), nulls=99, seed=job[1]).found)


def main(degrees: int = 100, runs: int = 40, processes: int = 1) -> None:
    from cjmkit import personas
    from cjmkit.stats import wilson

    warnings.simplefilter("ignore")
    result = Path(__file__).with_name("results") / "personas_grid.md"
    lines = ["# Personas from a grid of placements", ""]
    lines += ["`personas.fit(personas.features(grid=…))` as a whole, 99 grids of each null.", ""]
    with ProcessPoolExecutor(processes) as pool:
        head = ["study", "people", "variables", "median alpha", "k", "ARI", "ARI, each rater alone", "p"]
        head += ["variables that carry", "found in shuffled copies", "cited passage among the first five (by chance)"]
        lines += ["## The shipped studies", "", *table_head(head)]
        for name in ("mealkit", "residential"):
            lines += shipped(name, 40, pool)
        lines += [
            "",
            "Both raters are one reader, a language model that read twice: alpha and ARI flatter what two people",
        ]
        lines += ["would reach.", "", "## Groups said to be found, no kinds there", ""]
        lines += [
            "The null was made with the even degree in view; those at both ends and with blanks were held out.",
            "",
        ]
        lines += table_head(["world", "runs a cell", *(f"n = {n}" for n in SIZES), "all"])
        for world in WITHOUT:
            hits, many = [], degrees if "degree" in world else runs
            for n in SIZES:
                got = list(pool.map(one, [(world, n, 0.0, 1, 0.0, r) for r in range(many)], chunksize=5))
                hits.append(sum(g[1] > 0 for g in got))
            v, low, high = wilson(sum(hits), many * len(SIZES))
            shares = " | ".join(f"{s / many:.3f}" for s in hits)
            lines.append(f"| {world} | {many} | {shares} | {v:.3f} [{low:.3f}, {high:.3f}] |")
            print(lines[-1], flush=True)
            result.write_text("\n".join(lines) + "\n", "utf-8")  # what is measured stays, whatever comes after
        lines += ["", "## Kinds of people, 12 ranges of 1 to 7, eight of them informative, spread 1.2", ""]
        lines += [f"{runs} runs a cell.", ""]
        lines += table_head(["kinds", "gap", "blank", "n", "found", "k right", "ARI where found", "`personas.power`"])
        for k, gap, missing in ((3, 2.0, 0.0), (3, 3.0, 0.0), (3, 4.0, 0.0), (3, 3.0, 0.3), (2, 3.0, 0.0)):
            for n in (12, 16, 24):
                got = list(pool.map(one, [("kinds", n, gap, k, missing, r) for r in range(runs)], chunksize=5))
                good = [g for g in got if g[1]]
                ari = f"{np.mean([g[2] for g in good]):.2f}" if good else "–"
                right = sum(g[1] == k for g in got) / runs
                planned = personas.power(n=n, gap=gap, k=k, missing=missing, studies=200).table["share"].iloc[0]
                cells = [
                    k,
                    f"{gap:g}",
                    f"{missing:g}",
                    n,
                    f"{len(good) / runs:.2f}",
                    f"{right:.2f}",
                    ari,
                    f"{planned:.2f}",
                ]
                lines.append("| " + " | ".join(map(str, cells)) + " |")
                print(lines[-1], flush=True)
            result.write_text("\n".join(lines) + "\n", "utf-8")  # what is measured stays, whatever comes after
    result.write_text("\n".join(lines) + "\n", "utf-8")


def table_head(columns: list[str]) -> list[str]:
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
