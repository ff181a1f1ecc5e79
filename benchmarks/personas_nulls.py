"""Are groups found where none are, and found where they are? Runs the whole of ``personas.fit``.

    python benchmarks/personas_nulls.py [runs a cell] [processes]

False personas on the five worlds without groups, power on three groups `gap` SD apart on eight of twelve questions,
mixed data with and without groups, and shuffled copies. Writes benchmarks/results/personas_nulls.md.
"""

from __future__ import annotations

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from personas_worlds import WITHOUT, mixed, with_groups, without_groups

SIZES = (20, 30, 60, 100, 200)


def one(job: tuple[str, int, float, int]) -> tuple[bool, int, float]:
    """(found, k, ari) of one simulated study."""
    from sklearn.metrics import adjusted_rand_score

    from cjmkit import personas

    warnings.simplefilter("ignore")
    world, n, gap, run = job
    rng = np.random.default_rng([run, n, int(gap * 10), len(world)])
    kind = None
    if world in WITHOUT:
        table = without_groups(world, n, rng)
    elif world == "mixed, continuum":
        table = mixed(n, 1, rng, factor=True)[0]
    elif world == "mixed, three groups":
        table, kind = mixed(n, gap, rng)
    else:
        table, kind = with_groups(n, gap, rng)
    f = personas.features(survey=pd.DataFrame(table))
    if world == "three groups, shuffled":
        f = personas.shuffled(f, seed=run)
    found = personas.fit(f, seed=run, nulls=99, resamples=50)
    ari = float("nan") if kind is None else adjusted_rand_score(kind, found.labels.fillna("-"))
    return found.found, found.k if found.found else 0, ari


def cell(pool: ProcessPoolExecutor, world: str, n: int, gap: float, runs: int) -> tuple[float, float, float]:
    got = list(pool.map(one, [(world, n, gap, r) for r in range(runs)], chunksize=5))
    hits = [g for g in got if g[0]]
    ari = float(np.mean([g[2] for g in hits])) if hits else float("nan")
    return len(hits) / runs, sum(g[1] == 3 for g in got) / runs, ari


def main(runs: int = 40, processes: int = 2) -> None:
    from cjmkit.stats import wilson

    lines = ["# Personas where there are none, and where there are", ""]
    lines += [f"`personas.fit` as a whole, 99 null tables and 50 resamples, {runs} runs a cell.", ""]

    def say(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    with ProcessPoolExecutor(processes) as pool:
        say("## Groups said to be found, no groups there")
        say("")
        say("| world | " + " | ".join(f"n = {n}" for n in SIZES) + " | all |")
        say("|---|" + "---|" * (len(SIZES) + 1))
        total = []
        for world in (*WITHOUT, "three groups, shuffled"):
            rates = [cell(pool, world, n, 2, runs)[0] for n in SIZES]
            total += rates
            say(f"| {world} | " + " | ".join(f"{r:.3f}" for r in rates) + f" | {np.mean(rates):.3f} |")
        k = round(sum(total) * runs)
        share, low, high = wilson(k, len(total) * runs)
        say("")
        say(f"All: {share:.3f} [{low:.3f}, {high:.3f}], {k} of {len(total) * runs} runs.")
        say("")
        say("## Three groups, five-point answers")
        say("")
        say("| gap, SD | n | found | found and k = 3 | ARI where found |")
        say("|---|---|---|---|---|")
        for gap, n in ((2, 20), (2, 30), (2, 40), (2, 60), (2, 100), (3, 30), (1, 200)):
            r = cell(pool, "three groups", n, gap, runs)
            say(f"| {gap} | {n} | {r[0]:.2f} | {r[1]:.2f} | {r[2]:.2f} |")
        say("")
        say("## Mixed data: seven numbers, five choices, eight options")
        say("")
        say("| world | n | found | found and k = 3 | ARI where found |")
        say("|---|---|---|---|---|")
        for world, gap, n in (
            ("mixed, continuum", 1, 60), ("mixed, continuum", 1, 120), ("mixed, continuum", 1, 250),
            ("mixed, continuum", 1, 420), ("mixed, three groups", 1, 60), ("mixed, three groups", 1, 120),
            ("mixed, three groups", 1, 250),
        ):  # fmt: skip
            r = cell(pool, world, n, gap, runs)
            say(f"| {world} | {n} | {r[0]:.2f} | {r[1]:.2f} | {r[2]:.2f} |")
    out = Path(__file__).parent / "results" / "personas_nulls.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
