"""How often the 95 % interval of an NPS covers the truth: adjusted Wald beside plain Wald, over sizes and shapes.

Run: python benchmarks/survey_coverage.py [draws]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from cjmkit.survey._intervals import adjusted_nps

SIZES = (10, 20, 50, 100, 300)
SHAPES = {"40/20": (0.40, 0.20), "70/5": (0.70, 0.05), "92/2": (0.92, 0.02), "15/45": (0.15, 0.45)}


def coverage(n: int, p: float, d: float, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    truth = 100 * (p - d)
    counts, times = np.unique(rng.multinomial(n, [p, 1 - p - d, d], size=draws), axis=0, return_counts=True)
    adjusted = plain = 0
    for (a, b, c), k in zip(counts, times):
        low, high, _ = adjusted_nps(a, b, c)
        adjusted += k * (low <= truth <= high)
        value = 100 * (a - c) / n
        se = 100 * np.sqrt(max((a + c) / n - ((a - c) / n) ** 2, 0) / n)
        plain += k * (value - 1.959964 * se <= truth <= value + 1.959964 * se)
    return adjusted / draws, plain / draws


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rng = np.random.default_rng(2026)
    lines = [
        f"Coverage of the 95 % interval of the NPS, {draws:,} draws a cell",
        "",
        "| promoters/detractors, % | n | adjusted Wald | plain Wald |",
        "|---|---|---|---|",
    ]
    seen = []
    for shape, (p, d) in SHAPES.items():
        for n in SIZES:
            a, b = coverage(n, p, d, draws, rng)
            seen.append((a, b))
            lines.append(f"| {shape} | {n} | {a:.1%} | {b:.1%} |")
    adjusted, plain = zip(*seen)
    lines += [
        "",
        f"Adjusted Wald covers {min(adjusted):.1%} to {max(adjusted):.1%}, plain Wald {min(plain):.1%} to "
        f"{max(plain):.1%}.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "survey_coverage.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
