"""Groups that are no kinds of people: how often each is taken for personas, and whether real kinds survive the guards.

    python benchmarks/persona_guards.py [runs a cell] [processes] [worlds or kinds] [largest n]

Runs the whole of ``personas.fit``. A run in which tables without groups look as grouped needs no resamples: they could
not change its verdict. Writes benchmarks/results/persona_guards.md and persona_guards_kinds.md.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from personas_worlds import GUARDED, guarded, planted

SIZES = (20, 60, 150, 300, 1000, 3000, 10000)
LARGE = 1000
KINDS = ((3, 2.0), (2, 2.5), (5, 3.0))
MANY = (20, 30, 40, 60, 150, 300, 1000, 10000)


def fitted(table: pd.DataFrame, aside: tuple[str, ...], seed: int) -> Any:
    """The verdict of the whole procedure; the resamples only where they can change it."""
    import cjmkit as cj
    from cjmkit import personas

    warnings.simplefilter("ignore")
    if aside:
        survey = cj.survey.Survey.from_frame(table)
        f = personas.features(survey=survey)
        assert set(aside) <= set(f.left_out["column"])
    else:
        f = personas.features(survey=table)
    quick = personas.fit(f, seed=seed, nulls=39, resamples=0)
    return personas.fit(f, seed=seed, nulls=39, resamples=20) if quick.p_value <= 0.05 else quick


def one(job: tuple[str, int, int]) -> tuple[str, int]:
    world, n, run = job
    rng = np.random.default_rng([run, n, len(world), sum(map(ord, world))])
    table, aside = guarded(world, n, rng)
    found = fitted(table, aside, run)
    return found.why, found.k if found.found else 0


def kind(job: tuple[int, float, int, int]) -> tuple[str, int, float]:
    from sklearn.metrics import adjusted_rand_score

    k, gap, n, run = job
    rng = np.random.default_rng([run, n, int(10 * gap), k])
    table, truth = planted(k, gap, n, rng)
    found = fitted(table, (), run)
    return found.why, found.k if found.found else 0, adjusted_rand_score(truth, found.labels.fillna("-"))


def false_groups(pool: ProcessPoolExecutor, runs: int, largest: int) -> Iterator[str]:
    """The table of worlds without kinds, line by line."""
    from cjmkit.stats import wilson

    sizes = [n for n in SIZES if n <= largest]
    yield from ["## Groups said to be found, no kinds there", ""]
    yield "| world | " + " | ".join(f"n = {n:,}" for n in sizes) + " | all | refused by |"
    yield "|---|" + "---|" * (len(sizes) + 2)
    hits = trials = 0
    for world in GUARDED:
        cells, why, own, of = [], Counter[str](), 0, 0
        for n in sizes:
            many = runs if n < LARGE else max(3, runs // 4)
            got = list(pool.map(one, [(world, n, r) for r in range(many)], chunksize=5))
            false = sum(g[1] > 0 for g in got)
            why.update(g[0] for g in got if not g[1])
            cells.append(f"{false} of {many}")
            own, of = own + false, of + many
        hits, trials = hits + own, trials + of
        value, low, high = wilson(own, of)
        by = ", ".join(f"{w} {c / of:.2f}" for w, c in why.most_common(4))
        yield f"| {world} | {' | '.join(cells)} | {value:.3f} [{low:.3f}, {high:.3f}] | {by} |"
    value, low, high = wilson(hits, trials)
    yield from ["", f"All: {value:.3f} [{low:.3f}, {high:.3f}], {hits} of {trials} runs."]


def real_kinds(pool: ProcessPoolExecutor, runs: int, largest: int) -> Iterator[str]:
    """The table of planted kinds, line by line."""
    yield from ["## Planted kinds, eight of twelve five-point questions informative", ""]
    yield "| kinds | gap, SD | n | runs | found | k right | ARI where found | refused by |"
    yield "|" + "---|" * 8
    for k, gap in KINDS:
        for n in [m for m in (MANY if k == 3 else MANY[3:7:2]) if m <= largest]:
            many = (2 if n <= 100 else 1) * runs if n < LARGE else max(3, runs // 4)
            got = [*pool.map(kind, [(k, gap, n, r) for r in range(many)], chunksize=5)]
            good = [g for g in got if g[1]]
            ari = f"{np.mean([g[2] for g in good]):.2f}" if good else "–"
            by = Counter(g[0] for g in got if not g[1])
            told = ", ".join(f"{w} {c / many:.2f}" for w, c in by.most_common(3))
            right = sum(g[1] == k for g in got) / many
            yield f"| {k} | {gap:g} | {n:,} | {many} | {len(good) / many:.2f} | {right:.2f} | {ari} | {told} |"


def main(runs: int = 100, processes: int = 1, what: str = "worlds", largest: int = SIZES[-1]) -> None:
    name, table = {"worlds": ("persona_guards", false_groups), "kinds": ("persona_guards_kinds", real_kinds)}[what]
    lines = ["# " + {"worlds": "What is no kind of people", "kinds": "Kinds of people, with all guards up"}[what], ""]
    lines += [
        f"`personas.fit` as a whole, 39 null tables, 20 resamples; {runs} runs a cell, fewer from {LARGE:,} people"
    ]
    lines += [f"on. The Monte-Carlo standard error of a share of .05 is {(0.05 * 0.95 / runs) ** 0.5:.3f} a cell.", ""]
    out = Path(__file__).parent / "results" / f"{name}.md"
    with ProcessPoolExecutor(processes) as pool:
        for line in table(pool, runs, largest):
            lines.append(line)
            print(line, flush=True)
            out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3]), *sys.argv[3:4], *(int(a) for a in sys.argv[4:5]))
