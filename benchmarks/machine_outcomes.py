"""Regression of an outcome on a machine's codes: how often the interval holds the truth, naive beside it.

The machine errs more often where the outcome is low, which no random error model describes. Run:
``python benchmarks/machine_outcomes.py``; writes ``benchmarks/results/machine_outcomes.md``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.stats import t

from cjmkit.coding.machine.outcomes import _corrected

TRUTH = np.array([0.5, -0.8])
BASE = np.array([0.3, 0.2])
REPEATS = 1000


def world(rng: np.random.Generator, n: int, coded: int, precision: float, recall: float):
    """People with two codes and an outcome, a machine's codes, and who was coded by people."""
    x = (rng.random((n, 2)) < BASE).astype(float)
    y = 1 + x @ TRUTH + rng.normal(size=n)
    found = np.where(y[:, None] > 1, recall + 0.15, recall - 0.15)
    invented = BASE * recall * (1 - precision) / precision / (1 - BASE)
    guess = np.where(x == 1, rng.random((n, 2)) < found, rng.random((n, 2)) < invented).astype(float)
    seen = np.zeros(n, dtype=bool)
    seen[rng.choice(n, coded, replace=False)] = True
    return x, y, guess, seen


def cell(n: int, coded: int, precision: float, recall: float, *, repeats: int = REPEATS, seed: int = 0):
    """Coverage of the corrected and the naive interval, and length beside people's codes alone."""
    rng = np.random.default_rng(seed)
    hits, naive_hits, lengths = [], [], []
    for _ in range(repeats):
        x, y, guess, seen = world(rng, n, coded, precision, recall)
        quantile = t.ppf(0.975, coded - 3)
        beta, se = _corrected(guess, np.where(seen[:, None], x, 0), y, seen)
        naive, naive_se = _corrected(guess, guess, y, np.ones(n, dtype=bool))
        _, alone = _corrected(x[seen], x[seen], y[seen], np.ones(coded, dtype=bool))
        hits.append(np.abs(beta[1:] - TRUTH) <= quantile * se[1:])
        naive_hits.append(np.abs(naive[1:] - TRUTH) <= 1.96 * naive_se[1:])
        lengths.append(se[1:] / alone[1:])
    return np.mean(hits, axis=0), np.mean(naive_hits, axis=0), np.median(lengths, axis=0)


def main() -> None:
    """Run all cells and write the table."""
    lines = [
        "# An outcome regressed on a machine's codes",
        "",
        f"From `python benchmarks/machine_outcomes.py`: {REPEATS} studies a cell, two codes (true coefficients 0.5 and "
        "−0.8); the machine finds a code less often where the outcome is low. Coverage of 95% intervals, corrected "
        "(`cj.coding.outcome_on_codes`) and of the machine's codes taken at face value; length of the corrected "
        "interval beside that of people's codes alone.",
        "",
        "| n | coded by people | precision / recall | corrected | face value | length |",
        "|---|---|---|---|---|---|",
    ]
    for n, coded in ((300, 60), (1000, 150), (2000, 80)):
        for precision, recall in ((0.9, 0.85), (0.8, 0.7), (0.6, 0.6)):
            hit, naive, length = cell(n, coded, precision, recall)
            lines.append(
                f"| {n} | {coded} | {precision} / {recall} | {hit[0]:.3f}, {hit[1]:.3f} | {naive[0]:.3f}, "
                f"{naive[1]:.3f} | {length[0]:.2f}, {length[1]:.2f} |"
            )
            print(lines[-1], flush=True)
    (Path(__file__).parent / "results" / "machine_outcomes.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
