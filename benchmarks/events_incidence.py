"""Coverage of the interval of cumulative incidence on journeys with known hazards, and how wrong naive shares are.

Run: ``python benchmarks/events_incidence.py``; it writes ``benchmarks/results/events_incidence.md``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cjmkit.events.survival import aalen_johansen

RUNS, PEOPLE, AT = 1000, 300, 4.0
SUCCESS, EXIT = 1 / 3, 1 / 5
"""Hazards a day; people arrive evenly over eight days before the log ends."""


def run() -> str:
    """Simulate, and write the answer as Markdown."""
    rng = np.random.default_rng(0)
    whole = SUCCESS + EXIT
    truth = SUCCESS / whole * (1 - np.exp(-whole * AT))
    ultimate = SUCCESS / whole
    inside, values, closed, everybody = 0, [], [], []
    for _ in range(RUNS):
        a, b, watched = (
            rng.exponential(1 / SUCCESS, PEOPLE),
            rng.exponential(1 / EXIT, PEOPLE),
            rng.uniform(0, 8, PEOPLE),
        )
        time = np.minimum(np.minimum(a, b), watched)
        code = np.where(time == watched, 0, np.where(time == a, 1, 2))
        found = aalen_johansen(time, code)
        row = found[(found["code"] == 1) & (found["time"] <= AT)].iloc[-1]
        inside += row["low"] <= truth <= row["high"]
        values.append(row["incidence"])
        early = time <= AT
        closed.append(((code == 1) & early).sum() / ((code > 0) & early).sum())
        everybody.append(((code == 1) & early).mean())
    return (
        f"# Cumulative incidence\n\n{RUNS:,} simulated logs of {PEOPLE} people; success {SUCCESS:.3f} and exit "
        f"{EXIT:.3f} a day, arrivals over 8 days.\nTrue share of success by day {AT:g}: {truth:.4f} "
        f"(in the end {ultimate:.4f}).\n\n"
        "| estimate | mean | off by | interval holds the truth |\n|---|---|---|---|\n"
        f"| Aalen-Johansen | {np.mean(values):.4f} | {np.mean(values) - truth:+.4f} | {inside / RUNS:.1%} |\n"
        f"| successes of closed journeys | {np.mean(closed):.4f} | {np.mean(closed) - truth:+.4f} | |\n"
        f"| successes of everybody | {np.mean(everybody):.4f} | {np.mean(everybody) - truth:+.4f} | |\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("results").joinpath("events_incidence.md").write_text(run(), encoding="utf-8")
