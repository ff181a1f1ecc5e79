"""How often the 95 % intervals of NPS and of a share cover the truth, with weights and without, over sizes and shapes.

Run: python benchmarks/survey_coverage.py [draws]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from cjmkit.survey._figures import FIGURES

SIZES = (10, 30, 100, 300)
SHAPES = {"40/20": (0.40, 0.20), "70/5": (0.70, 0.05), "92/2": (0.92, 0.02), "15/45": (0.15, 0.45)}
SHARES = (0.5, 0.2, 0.05, 0.95)
SPREADS = {"none": 0.0, "moderate (Kish's n 78 %)": 0.5, "strong (53 %)": 0.8}
"""Weights are log-normal with this standard deviation of the logarithm."""


def covered(
    kind: str,
    chances: tuple[float, ...],
    n: int,
    spread: float,
    draws: int,
    rng: np.random.Generator,
    plain: bool = False,
) -> float:
    """Share of draws whose interval holds the truth."""
    if kind == "nps":
        p, d = chances
        answers, truth = np.array([10.0, 8.0, 3.0]), 100 * (p - d)
        chance = [p, 1 - p - d, d]
    else:
        answers, truth = np.array([1.0, 0.0]), chances[0]
        chance = [chances[0], 1 - chances[0]]
    hit = 0
    for _ in range(draws):
        x = answers[rng.choice(len(answers), size=n, p=chance)]
        w = np.exp(spread * rng.standard_normal(n)) if spread else None
        found = FIGURES[kind](x, w, None, None, 0.95)
        if plain:
            half = 1.959964 * found["se"]
            found |= {"low": found["value"] - half, "high": found["value"] + half}
        hit += found["low"] - 1e-9 <= truth <= found["high"] + 1e-9
    return hit / draws


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rng = np.random.default_rng(2026)
    lines = [
        f"Coverage of the 95 % intervals, {draws:,} draws a cell (standard error {np.sqrt(0.0475 / draws):.2%})",
        "",
    ]
    for kind, cells, what in (
        ("nps", SHAPES, "NPS, promoters/detractors, %"),
        ("share", {f"{p:.0%}": (p,) for p in SHARES}, "share"),
    ):
        seen: list[float] = []
        worst: list[float] = []
        lines += [
            f"| {what} | weights | " + " | ".join(f"n {n}" for n in SIZES) + " |",
            "|---|---|" + "---|" * len(SIZES),
        ]
        for name, chances in cells.items():
            for weights, spread in SPREADS.items():
                row = [covered(kind, chances, n, spread, draws, rng) for n in SIZES]
                seen += row
                lines.append(f"| {name} | {weights} | " + " | ".join(f"{c:.1%}" for c in row) + " |")
            if kind == "nps":
                row = [covered(kind, chances, n, 0.0, draws, rng, plain=True) for n in SIZES]
                worst.append(min(row))
                lines.append(f"| {name} | none; plain Wald | " + " | ".join(f"{c:.1%}" for c in row) + " |")
        below = sum(c < 0.94 for c in seen)
        said = f" Plain Wald goes down to {min(worst):.1%}." if worst else ""
        lines += ["", f"{min(seen):.1%} to {max(seen):.1%}; below 94 %: {below} of {len(seen)} cells.{said}", ""]
    text = "\n".join(lines).rstrip() + "\n"
    print(text)
    (Path(__file__).parent / "results" / "survey_coverage.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
