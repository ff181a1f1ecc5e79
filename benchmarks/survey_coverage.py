"""How often the 95 % intervals of NPS, shares and means cover the truth: sizes, shapes, weights, raking and clusters.

Without weights every possible sample is weighed with its probability (no simulation error); with weights, samples are
drawn. Run: python benchmarks/survey_coverage.py [draws]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, xlogy

from cjmkit.survey._figures import FIGURES
from cjmkit.survey._intervals import Bearing, design_weights, exact_share, nps_interval

SIZES = (10, 30, 100, 300)
SHAPES = {"40/20": (0.40, 0.20), "70/5": (0.70, 0.05), "92/2": (0.92, 0.02), "15/45": (0.15, 0.45), "50/30": (0.5, 0.3)}
SHARES = (0.5, 0.2, 0.1, 0.05, 0.95)
SPREADS = {"moderate (Kish's n 78 %)": 0.5, "strong (53 %)": 0.8}
"""Weights are log-normal with this standard deviation of the logarithm."""
Floats = npt.NDArray[np.float64]


def outcomes(n: int, chances: tuple[float, ...]) -> tuple[list[Floats], Floats]:
    """Counts of promoters and detractors (or of who chose) of every sample, and its probability."""
    first = np.arange(n + 1.0)
    if len(chances) == 1:
        counts = [first, n - first]
        p = [chances[0], 1 - chances[0]]
    else:
        a, b = np.meshgrid(first, first, indexing="ij")
        fits = a + b <= n
        counts = [a[fits], b[fits], n - a[fits] - b[fits]]
        p = [*chances, 1 - sum(chances)]
    log = gammaln(n + 1) + sum(xlogy(k, q) - gammaln(k + 1) for k, q in zip(counts, p, strict=True))
    return counts, np.exp(log)


def exactly(chances: tuple[float, ...], n: int, *, plain: bool = False) -> float:
    """Coverage over all samples of n people without weights."""
    counts, chance = outcomes(n, chances)
    if plain:
        p, d = counts[0] / n, counts[1] / n
        half = 100 * 1.959964 * np.sqrt((p + d - (p - d) ** 2) / n)
        low, high = 100 * (p - d) - half, 100 * (p - d) + half
    elif len(chances) == 1:
        low, high = exact_share(counts[0], n)
    else:
        likely = chance > 1e-9  # the rest of 45,000 samples weighs less than a thousandth of a point
        counts, chance = [c[likely] for c in counts], chance[likely]
        low, high = np.array([nps_interval(a, c, b) for a, b, c in zip(*counts, strict=True)]).T
    truth = chances[0] if len(chances) == 1 else 100 * (chances[0] - chances[1])
    return float((chance * ((low - 1e-9 <= truth) & (truth <= high + 1e-9))).sum())


def drawn(
    kind: str, sample: Callable[[np.random.Generator], tuple[Floats, Floats]], truth: float, draws: int, seed: int
) -> float:
    """Share of drawn samples whose interval holds the truth."""
    rng = np.random.default_rng(seed)
    hit = 0
    for _ in range(draws):
        x, w = sample(rng)
        found = FIGURES[kind](x, w, None, None, 0.95)
        hit += found["low"] - 1e-9 <= truth <= found["high"] + 1e-9
    return hit / draws


def answers(u: Floats, chances: tuple[float, ...]) -> Floats:
    """Answers to uniform numbers: 1 and 0, or 10, 8 and 3."""
    if len(chances) == 1:
        return (u < chances[0]).astype(float)
    return np.where(u < chances[0], 10.0, np.where(u > 1 - chances[1], 3.0, 8.0))


def weighted(
    chances: tuple[float, ...], n: int, spread: float
) -> Callable[[np.random.Generator], tuple[Floats, Floats]]:
    return lambda rng: (answers(rng.random(n), chances), np.exp(spread * rng.standard_normal(n)))


def raked(chances: tuple[float, ...], n: int) -> Callable[[np.random.Generator], tuple[Floats, Floats]]:
    """Half of the population is a group that is three in ten of the sample and answers higher than the others."""

    def sample(rng: np.random.Generator) -> tuple[Floats, Floats]:
        while True:
            group = (rng.random(n) < 0.3).astype(int)
            k = np.bincount(group, minlength=2)
            if k.min() > 1:
                break
        # Group 1 takes the upper half of the uniform numbers with probability .8, group 0 with .2: together .5.
        upper = rng.random(n) < np.where(group == 1, 0.8, 0.2)
        u = rng.random(n) / 2 + 0.5 * upper
        return answers(u, chances), design_weights((0.5 * n / k)[group], Bearing(margins=(group,)))

    return sample


def clustered(
    chances: tuple[float, ...], clusters: int, alike: float
) -> Callable[[np.random.Generator], tuple[Floats, Floats]]:
    """Clusters of ten whose answers go together: normal scores correlated by `alike`."""
    from scipy.special import ndtr

    unit = np.repeat(np.arange(clusters), 10)

    def sample(rng: np.random.Generator) -> tuple[Floats, Floats]:
        z = np.sqrt(alike) * rng.standard_normal(clusters)[unit] + np.sqrt(1 - alike) * rng.standard_normal(len(unit))
        return answers(ndtr(z), chances), design_weights(np.ones(len(unit)), Bearing(clusters=unit))

    return sample


def table(head: str, columns: list[str], rows: list[tuple[str, str, list[float]]]) -> list[str]:
    lines = [f"| {head} | weights | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    return lines + [f"| {a} | {b} | " + " | ".join(f"{v:.1%}" for v in cells) + " |" for a, b, cells in rows]


def verdict(rows: list[tuple[str, str, list[float]]]) -> str:
    cells = [v for _, what, values in rows if "plain" not in what for v in values]
    low, high = sum(v < 0.94 for v in cells), sum(v > 0.96 for v in cells)
    return (
        f"{min(cells):.1%} to {max(cells):.1%}; below 94 %: {low} of {len(cells)} cells; above 96 % (cautious): {high}."
    )


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    sizes = [f"n {n}" for n in SIZES]
    lines = [
        f"Coverage of the 95 % intervals. Without weights: exact, over all samples. With weights: {draws:,} draws "
        f"a cell (standard error {np.sqrt(0.0475 / draws):.2%}).",
        "",
    ]
    for kind, cells, what in (
        ("nps", SHAPES, "NPS, promoters/detractors, %"),
        ("share", {f"{p:.0%}": (p,) for p in SHARES}, "share"),
    ):
        rows = []
        for name, chances in cells.items():
            truth = chances[0] if kind == "share" else 100 * (chances[0] - chances[1])
            rows.append((name, "none", [exactly(chances, n) for n in SIZES]))
            for spread_name, spread in SPREADS.items():
                found = [drawn(kind, weighted(chances, n, spread), truth, draws, n) for n in SIZES]
                rows.append((name, spread_name, found))
            rows.append((name, "raked", [drawn(kind, raked(chances, n), truth, draws, n) for n in SIZES]))
            if kind == "nps":
                rows.append((name, "none; plain Wald", [exactly(chances, n, plain=True) for n in SIZES]))
        lines += [*table(what, sizes, rows), "", verdict(rows), ""]
    rows = []
    for alike in (0.05, 0.2):
        for kind, chances in (("nps", (0.40, 0.20)), ("nps", (0.7, 0.05)), ("share", (0.5,)), ("share", (0.1,))):
            truth = chances[0] if kind == "share" else 100 * (chances[0] - chances[1])
            name = f"NPS {chances[0]:.0%}/{chances[1]:.0%}" if len(chances) > 1 else f"share {chances[0]:.0%}"
            found = [drawn(kind, clustered(chances, m, alike), truth, draws, m) for m in (10, 20, 50)]
            rows.append((name, f"clusters of 10, alike {alike}", found))
    lines += [*table("clusters", ["10 clusters", "20", "50"], rows), "", verdict(rows), ""]
    text = "\n".join(lines).rstrip() + "\n"
    print(text)
    (Path(__file__).parent / "results" / "survey_coverage.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
