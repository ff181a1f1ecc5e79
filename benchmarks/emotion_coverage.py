"""How often do the intervals of the emotion curve hold the truth?

Simulated ratings on −2..2 from people with their own level; four shapes of ratings, three ways of missing, n = 8, 15,
30. The truth of a stage is its mean if everybody had stayed. Beside ours: Student's t with the same
model and jackknife, and Student's t on those who answered.

    python benchmarks/emotion_coverage.py [repetitions]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import stats

from cjmkit.emotion._estimator import fit
from cjmkit.emotion.limits import same_rating_limits, score_limits, t_limits

STAGES = 5
SHIFT = np.array([0.4, 0.0, -0.7, 0.3, 0.5])
CUTS = {
    # Latent thresholds between −2, −1, 0, 1, 2: how people use the scale.
    "symmetric": [-1.5, -0.5, 0.5, 1.5],
    "skewed": [-2.6, -2.1, -1.4, -0.4],
    "bimodal": [-0.25, -0.1, 0.1, 0.25],
    "two answers": [-0.1, -0.1, -0.1, -0.1],
}


def people(n: int, shape: str, rng: np.random.Generator) -> np.ndarray:
    """Ratings of n people at all stages."""
    own = rng.normal(0, 0.8, (n, 1))
    latent = own + SHIFT + rng.normal(0, 0.8, (n, STAGES))
    return np.searchsorted(CUTS[shape], latent.ravel()).reshape(n, STAGES) - 2.0


def lose(y: np.ndarray, missing: str, rng: np.random.Generator) -> np.ndarray:
    """Take ratings away: at random, or because unhappy people leave for good."""
    y = y.copy()
    if missing == "25 % at random":
        y[rng.random(y.shape) < 0.25] = np.nan
    elif missing == "unhappy leave":
        gone = np.zeros(len(y), dtype=bool)
        for s in range(STAGES - 1):
            gone |= rng.random(len(y)) < 1 / (1 + np.exp(1.8 + 1.1 * np.nan_to_num(y[:, s])))
            y[gone, s + 1] = np.nan
    return y


def ours(y: np.ndarray, level: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Limits as `cjmkit.emotion.curve` gives them: of a stage, of a whole curve, and with Student's t instead."""
    one = fit(y)
    whole = 1 - (1 - level) / max(int((one.n >= 3).sum()), 1)
    out = {
        "stage": (*score_limits(one.mean, one.se, 2.0 * (one.n - 1), level=level), level),
        "curve": (*score_limits(one.mean, one.se, one.n - 1.0, level=whole), whole),
        "t": (*t_limits(one.mean, one.se, one.n - 1.0, level=level), level),
    }
    for low, high, at in out.values():
        for s in range(STAGES):
            seen = y[~np.isnan(y[:, s]), s]
            if len(seen) and np.ptp(seen) == 0:
                a, b = same_rating_limits(float(seen[0]), len(seen), level=at)
                low[s], high[s] = min(a, one.mean[s]), max(b, one.mean[s])
    return {k: v[:2] for k, v in out.items()}


def plain(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = (~np.isnan(y)).sum(axis=0)
    mean, sd = np.nanmean(y, axis=0), np.nanstd(y, axis=0, ddof=1)
    half = stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)
    return mean - half, mean + half


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rng = np.random.default_rng(20)
    lines = [
        "| ratings | missing | n | ours | lowest stage | whole curve | bias, last stage | same, Student's t "
        "| lowest stage | t on those who answered | lowest stage | bias, last stage |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    np.seterr(all="ignore")
    import warnings

    warnings.simplefilter("ignore")
    for shape in CUTS:
        truth = people(400_000, shape, rng).mean(axis=0)
        for missing in ("none", "25 % at random", "unhappy leave"):
            for n in (8, 15, 30):
                hits: dict[str, list] = {"stage": [], "curve": [], "t": [], "plain": []}
                bias, t_bias = [], []
                for _ in range(repetitions):
                    y = lose(people(n, shape, rng), missing, rng)
                    # A stage with fewer than three people is a gap: no claim, so neither right nor wrong.
                    ok = (~np.isnan(y)).sum(axis=0) >= 3
                    for name, (low, high) in {**ours(y, 0.95), "plain": plain(y)}.items():
                        hits[name].append(np.where(ok, (low <= truth) & (truth <= high), np.nan))
                    bias.append((fit(y).mean - truth)[-1])
                    t_bias.append((np.nanmean(y, axis=0) - truth)[-1])
                mean = {k: np.nanmean(v) for k, v in hits.items()}
                least = {k: np.nanmean(v, axis=0).min() for k, v in hits.items()}
                whole = np.nanmin(np.where(np.isnan(hits["curve"]), 1, hits["curve"]), axis=1).mean()
                lines.append(
                    f"| {shape} | {missing} | {n} | {mean['stage']:.3f} | {least['stage']:.3f} | {whole:.3f} | "
                    f"{np.nanmean(bias):+.2f} | {mean['t']:.3f} | {least['t']:.3f} | {mean['plain']:.3f} | "
                    f"{least['plain']:.3f} | {np.nanmean(t_bias):+.2f} |"
                )
                print(lines[-1], flush=True)
    out = Path(__file__).parent / "results" / "emotion_coverage.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text(
        f"{__doc__.splitlines()[0]}\n\n{repetitions} repetitions, nominal 95 %.\n\n" + "\n".join(lines) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
