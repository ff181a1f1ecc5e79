"""Groups that are no kinds of people: how often each is taken for personas, and whether real kinds survive the guards.

    python benchmarks/persona_guards.py [runs a cell] [processes] [page] [largest n] [first seed]

Runs the whole of ``personas.fit``. A run in which tables without groups look as grouped needs no resamples: they could
not change its verdict. The page is ``worlds`` (benchmarks/results/persona_guards.md), ``large``
(persona_guards_large.md for 1,000 people and more), ``held`` (persona_guards_held_out.md) or ``kinds``
(persona_guards_kinds.md), written size by size, so that it can be read while the next size is measured.
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
from personas_worlds import GUARDED, HELD_OUT, guarded, held_out, mixed, planted

SIZES = (20, 60, 100, 150, 300, 1000, 3000, 10000)
LARGE = 1000
BENT = ("U-shaped factor", "even factor", "ideal points", "three independent factors")
"""Measured with 100 people too."""
KINDS: tuple[tuple[str, int, float, tuple[int, ...]], ...] = (
    ("five-point", 3, 2.0, (20, 30, 40, 60, 100, 150, 300, 1000)),
    ("five-point", 2, 2.5, (40, 60, 150)),
    ("five-point", 5, 3.0, (60, 150)),
    ("five-point, a degree within", 3, 2.5, (60, 150, 300, 1000)),
    ("mixed", 3, 1.0, (60, 120, 250)),
)
TITLES = {
    "persona_guards": "Guards of personas: worlds without kinds",
    "persona_guards_large": "Guards of personas: worlds without kinds, many people",
    "persona_guards_held_out": "Guards of personas: worlds thought of afterwards",
    "persona_guards_kinds": "Kinds of people, with all guards up",
}
PAGES = {
    "worlds": "persona_guards",
    "large": "persona_guards_large",
    "held": "persona_guards_held_out",
    "kinds": "persona_guards_kinds",
}
NOTES = {
    "persona_guards": "The rules were chosen on tables of the same worlds with other seeds. "
    "What was measured before: `persona_guards_before.md`.",
    "persona_guards_large": "The worlds of `persona_guards.md`; the rules were not chosen at these sizes.",
    "persona_guards_held_out": "Thought of when the rules were fixed. The first four were measured together with a "
    "fifth, `fan`, which led to the bar on valleys and went to the other page; the bar changed nothing here. On `ring` "
    "people stand around a circle; on `saturation` the middle holds a fifth of the density of the ends, which is a gap "
    "by the definition used.",
    "persona_guards_kinds": "Five-point: eight of twelve questions informative, each two kinds `gap` SD apart on three "
    "of them at least. A degree within: people of a kind are more or less content as well (loading .5 on every "
    "question). Mixed: seven numbers, five choices, eight options. ARI where found.",
}
Cells = dict[tuple[Any, int], list[Any]]


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
    table, aside = (held_out if world in HELD_OUT else guarded)(world, n, rng)
    found = fitted(table, aside, run)
    return found.why, found.k if found.found else 0


def kind(job: tuple[tuple[str, int, float], int, int]) -> tuple[str, int, float]:
    from sklearn.metrics import adjusted_rand_score

    (what, k, gap), n, run = job
    rng = np.random.default_rng([run, n, int(10 * gap), k, len(what)])
    if what == "mixed":
        table, truth = mixed(n, gap, rng, k=k)
    else:
        table, truth = planted(k, gap, n, rng, within="within" in what)
    found = fitted(table, (), run)
    return found.why, found.k if found.found else 0, adjusted_rand_score(truth, found.labels.fillna("-"))


def rows_of(what: str, n: int) -> list[Any]:
    """What is measured at a size."""
    if what == "kinds":
        return [(name, k, gap) for name, k, gap, sizes in KINDS if n in sizes]
    if what in ("worlds", "large") and (n >= LARGE) != (what == "large"):
        return []
    if n == 100 and what == "worlds":
        return list(BENT)
    return list(HELD_OUT if what == "held" else GUARDED) if n in SIZES else []


def runs_at(n: int, what: str, runs: int) -> int:
    return runs if n < LARGE or what == "large" else max(3, runs // 4)


def jobs_of(what: str, row: Any, n: int, runs: int, first: int) -> list[Any]:
    """The runs of a cell."""
    if row == "fan":
        first += 200  # the bar on valleys was set on the seeds from 300 on
    return [(row, n, first + r) for r in range(runs_at(n, what, runs))]


def measured(pool: ProcessPoolExecutor, what: str, runs: int, largest: int, first: int) -> Iterator[Cells]:
    """Cells of a page, one size more each time."""
    cells: Cells = {}
    for n in sorted({*SIZES, *(m for *_, sizes in KINDS for m in sizes)}):
        if n <= largest:
            for row in rows_of(what, n):
                jobs = jobs_of(what, row, n, runs, first)
                cells[row, n] = list(pool.map(kind if what == "kinds" else one, jobs, chunksize=2))
            yield cells


def false_groups(cells: Cells) -> Iterator[str]:
    """The table of worlds without kinds, line by line."""
    from cjmkit.stats import wilson

    sizes = sorted({n for _, n in cells})
    yield "| world | " + " | ".join(f"n = {n:,}" for n in sizes) + " | all | refused by |"
    yield "|---|" + "---|" * (len(sizes) + 2)
    for world in dict.fromkeys(w for w, _ in cells):
        own = [cells.get((world, n), []) for n in sizes]
        runs = [g for cell in own for g in cell]
        told = [f"{sum(g[1] > 0 for g in cell)} of {len(cell)}" if cell else "–" for cell in own]
        value, low, high = wilson(sum(g[1] > 0 for g in runs), len(runs))
        why = Counter(g[0] for g in runs if not g[1])
        by = ", ".join(f"{w} {c / len(runs):.2f}" for w, c in why.most_common(4))
        yield f"| {world} | {' | '.join(told)} | {value:.3f} [{low:.3f}, {high:.3f}] | {by} |"
    runs = [g for cell in cells.values() for g in cell]
    hits = sum(g[1] > 0 for g in runs)
    value, low, high = wilson(hits, len(runs))
    yield from ["", f"All: {value:.3f} [{low:.3f}, {high:.3f}], {hits} of {len(runs)} runs."]


def real_kinds(cells: Cells) -> Iterator[str]:
    """The table of planted kinds, line by line."""
    yield "| kinds | gap, SD | n | runs | found | k right | ARI where found | refused by | answers |"
    yield "|" + "---|" * 9
    for what, k, gap, sizes in KINDS:
        for n in sizes:
            got = cells.get(((what, k, gap), n))
            if got is None:
                continue
            good = [g for g in got if g[1]]
            ari = f"{np.mean([g[2] for g in good]):.2f}" if good else "–"
            by = Counter(g[0] for g in got if not g[1])
            told = ", ".join(f"{w} {c / len(got):.2f}" for w, c in by.most_common(3))
            right = sum(g[1] == k for g in got) / len(got)
            yield (
                f"| {k} | {gap:g} | {n:,} | {len(got)} | {len(good) / len(got):.2f} | {right:.2f} | {ari} | {told} "
                f"| {what} |"
            )


def written(cells: Cells, what: str, runs: int, processes: int, largest: int, first: int) -> str:
    """The page."""
    page = PAGES[what]
    table = real_kinds if what == "kinds" else false_groups
    head = [
        f"# {TITLES[page]}",
        "",
        f"Made by `python benchmarks/persona_guards.py {runs} {processes} {what} {largest} {first}`:",
    ]
    head += [f"`personas.fit` as a whole, 39 null tables, 20 resamples; {runs} runs a cell, seeds from {first}"]
    large = "on" if what == "large" else f"on, {runs_at(LARGE, what, runs)} runs from {LARGE:,} people on"
    head += [f"{large}. {NOTES[page]}", ""]
    return "\n".join([*head, *table(cells)]) + "\n"


def main(runs: int = 20, processes: int = 1, what: str = "worlds", largest: int = SIZES[-1], first: int = 100) -> None:
    out = Path(__file__).parent / "results" / f"{PAGES[what]}.md"
    with ProcessPoolExecutor(processes) as pool:
        for cells in measured(pool, what, runs, largest, first):
            out.write_text(written(cells, what, runs, processes, largest, first), encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3]), *sys.argv[3:4], *(int(a) for a in sys.argv[4:6]))
