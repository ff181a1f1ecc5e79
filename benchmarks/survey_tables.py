"""False letters in banner tables, drivers told from nothing, and how long a large table takes.

Run: python benchmarks/survey_tables.py [simulations of drivers]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cjmkit.survey import Survey, banner, drivers

SIZES = (30, 100, 300, 1000)


def false_letters(n: int, spread: float, rng: np.random.Generator, tries: int, questions: int = 40) -> float:
    """Share of null questions, with shares of 5 to 50 %, that carry any letter among four columns of `n` people."""
    false = 0
    people = 4 * n
    by = pd.Series(np.repeat(list("abcd"), n), index=[f"p{i}" for i in range(people)], name="by")
    for _ in range(tries):
        chance = np.linspace(0.05, 0.5, questions)
        t = pd.DataFrame(np.where(rng.random((people, questions)) < chance, "x", "y"))
        t.columns = [f"q{i}" for i in range(questions)]
        s = Survey.from_frame(t.assign(id=by.index), person="id").set_item("q*", type="single")
        w = np.exp(spread * rng.standard_normal(people)) if spread else None
        table = banner(s, "q*", by, weights=w).table
        false += int(table.groupby("item")["letters"].agg(lambda v: v.ne("").any()).sum())
    return false / (tries * questions)


def told(n: int, r: float, rng: np.random.Generator) -> bool:
    """Whether a driver with correlation r is told from nothing, beside four others of which two count."""
    x = 0.55 * rng.standard_normal((n, 1)) + 0.84 * rng.standard_normal((n, 4))
    y = 0.4 * x[:, 0] + 0.3 * x[:, 1] + 0.9 * rng.standard_normal(n)
    probe = r * (y - y.mean()) / y.std() + np.sqrt(1 - r**2) * rng.standard_normal(n)
    t = pd.DataFrame({f"x{i}": x[:, i] for i in range(4)} | {"probe": probe, "y": y})
    s = Survey.from_frame((3 + t).round().clip(1, 5).assign(id=range(n)))
    s = s.set_item(["x*", "probe", "y"], type="likert", scale=(1, 5), group="")
    found = drivers(s, "y", ["x*", "probe"], resamples=0)
    return bool(found.table.set_index("item").loc["probe", "told"])


def seconds(n: int, rng: np.random.Generator) -> tuple[float, int, int]:
    """Processor time of a table, its rows and columns."""
    t = pd.DataFrame({f"q{i}": rng.integers(1, 6, n) for i in range(29)})
    t = t.assign(**{c: rng.choice(list("uvwxy"), n) for c in ("a", "b", "c", "d")}, id=range(n))
    s = Survey.from_frame(t).set_item("q*", type="likert", scale=(1, 5), group="")
    start = time.process_time()
    found = banner(s, "q*", ["a", "b", "c", "d"], weights=rng.uniform(0.5, 2, n))
    table = found.table
    size = len(table[["item", "row"]].drop_duplicates()), len(table[["by", "column"]].drop_duplicates()) - 1
    return time.process_time() - start, *size


def main() -> None:
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    rng = np.random.default_rng(2026)
    lines = [
        "Letters of banner tables where no group differs: questions with any letter, of 400 a cell",
        "",
        "| weights | " + " | ".join(f"n {n}" for n in SIZES) + " |",
        "|---|" + "---|" * len(SIZES),
    ]
    for name, spread in (("none", 0.0), ("log-normal, .5", 0.5)):
        lines.append(f"| {name} | " + " | ".join(f"{false_letters(n, spread, rng, 10):.1%}" for n in SIZES) + " |")
    lines += ["", f"Drivers told from nothing, of {simulations} simulations with 300 people", ""]
    null = np.mean([told(300, 0.0, rng) for _ in range(simulations)])
    planted = np.mean([told(300, 0.3, rng) for _ in range(simulations // 3)])
    lines += ["| unrelated | planted, r = .3 |", "|---|---|", f"| {null:.1%} | {planted:.1%} |", ""]
    for n in (100_000, 2_000):
        spent, rows, columns = seconds(n, rng)
        lines.append(f"{n:,} people, {rows} rows by {columns} columns, weighted: {spent:.1f} s of one processor.")
    text = "\n".join(lines) + "\n"
    print(text)
    (Path(__file__).parent / "results" / "survey_tables.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
