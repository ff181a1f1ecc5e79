"""Krippendorff's alpha beside ten lines of NumPy: time, memory at many codes, and a thousand bootstraps.

python benchmarks/interviews_alpha.py
"""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import numpy as np

from cjmkit import coding


def bare(x: np.ndarray) -> float:
    """Nominal alpha with a table of counts: units × categories numbers in memory, nothing else around it."""
    values = np.unique(x[~np.isnan(x)])
    counts = np.stack([(x == v).sum(axis=1) for v in values], axis=1).astype(float)
    m = counts.sum(axis=1)
    counts, m = counts[m > 1], m[m > 1]
    n_c = counts.sum(axis=0)
    n = n_c.sum()
    d_o = ((m**2 - (counts**2).sum(axis=1)) / (m - 1)).sum() / n
    d_e = (n**2 - (n_c**2).sum()) / (n * (n - 1))
    return float(1 - d_o / d_e)


def ratings(units: int, codes: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, codes, units)
    x = np.stack([np.where(rng.random(units) < 0.8, truth, rng.integers(0, codes, units)) for _ in range(3)], axis=1)
    x = x.astype(float)
    x[rng.random(x.shape) < 0.1] = np.nan
    return x


def best(f, *args, repeat: int = 7, **kwargs) -> tuple[float, object]:
    times, out = [], None
    for _ in range(repeat):
        t = time.perf_counter()
        out = f(*args, **kwargs)
        times.append(time.perf_counter() - t)
    return min(times), out


def peak_mb(f, *args, **kwargs) -> float:
    tracemalloc.start()
    f(*args, **kwargs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def main() -> None:
    lines = [
        "| units × 3 coders, 10% missing | codes | bare NumPy, s | cjmkit, s | ratio | cjmkit, peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for units, codes in ((1_000, 5), (10_000, 5), (100_000, 5), (100_000, 50), (100_000, 200)):
        x = ratings(units, codes)
        t_bare, a = best(bare, x, repeat=3 if codes > 5 else 7)
        t_ours, e = best(coding.alpha, x, metric="nominal")
        assert abs(a - e.value) < 1e-12
        mb = peak_mb(coding.alpha, x, metric="nominal")
        lines.append(f"| {units:,} | {codes} | {t_bare:.4f} | {t_ours:.4f} | {t_ours / t_bare:.2f} | {mb:.0f} |")
    lines += ["", "| 1,000 bootstraps | seconds |", "|---|---|"]
    x = ratings(100_000, 5)
    interviews = np.repeat(np.arange(100), 1_000)
    for name, how in (("100,000 units drawn", {}), ("100 interviews of 1,000 units drawn", {"clusters": interviews})):
        t, e = best(coding.alpha, x, metric="nominal", resamples=1000, repeat=1, **how)
        lines.append(f"| {name}, 5 codes | {t:.2f} |")
    x = ratings(100_000, 200)
    t, e = best(coding.alpha, x, metric="nominal", resamples=1000, repeat=1, clusters=interviews)
    lines.append(f"| 100 interviews of 1,000 units drawn, 200 codes | {t:.2f} |")
    text = "# Krippendorff's alpha, nominal\n\n" + "\n".join(lines) + "\n"
    print(text)
    target = Path(__file__).parent / "results" / "interviews_alpha.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
