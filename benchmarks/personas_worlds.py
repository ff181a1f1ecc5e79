"""Made-up people with and without kinds: what the benchmarks of the room are run on."""

from __future__ import annotations

import numpy as np
import pandas as pd

WITHOUT = ("independent", "one factor", "two factors", "skewed", "lognormal")


def five(z: np.ndarray) -> np.ndarray:
    """Five-point answers."""
    return np.clip(np.round(z + 3), 1, 5)


def without_groups(world: str, n: int, rng: np.random.Generator, items: int = 12) -> np.ndarray:
    """People who differ by degree only."""
    noise = rng.standard_normal((n, items))
    if world == "independent":
        return five(noise)
    if world == "one factor":
        return five(0.7 * rng.standard_normal((n, 1)) + np.sqrt(0.51) * noise)
    if world == "two factors":
        f = rng.standard_normal((n, 2))
        return five(0.7 * np.repeat(f, items // 2, axis=1) + np.sqrt(0.51) * noise)
    z = np.sqrt(0.5) * rng.standard_normal((n, 1)) + np.sqrt(0.5) * noise
    if world == "skewed":
        return np.clip(np.round(z + 4.4), 1, 5)
    if world == "lognormal":
        return np.exp(z)
    raise ValueError(world)


def with_groups(
    n: int, gap: float, rng: np.random.Generator, *, items: int = 12, informative: int = 8, k: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Groups that lie high or low (`gap` SD apart) on the informative questions; each two differ on three at least."""
    while True:
        side = rng.choice([-gap / 2, gap / 2], (k, informative))
        if min((side[a] != side[b]).sum() for a in range(k) for b in range(a)) >= 3:
            break
    kind = rng.permutation(np.arange(n) % k)
    z = rng.standard_normal((n, items))
    z[:, :informative] += side[kind]
    return five(z), kind


def mixed(
    n: int, effect: float, rng: np.random.Generator, *, k: int = 3, factor: bool = False
) -> tuple[pd.DataFrame, np.ndarray]:
    """Seven numbers, five choices, eight options; three kinds, or (`factor`) one strong continuum."""
    kind = rng.integers(0, k, n)
    f = rng.standard_normal(n)
    out: dict[str, object] = {}
    for j in range(7):
        shift = rng.normal(0, 1, k) * effect * 0.6
        out[f"number {j}"] = (0.8 * f if factor else shift[kind]) + rng.standard_normal(n)
    for j in range(5):
        levels = 4
        base = rng.normal(0, 0.5, levels)
        own = np.outer(f, np.linspace(-1.5, 1.5, levels)) if factor else (rng.normal(0, 1, (k, levels)) * effect)[kind]
        logit = base + own
        p = np.exp(logit)
        p /= p.sum(axis=1, keepdims=True)
        drawn = (rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1).clip(0, levels - 1)
        out[f"choice {j}"] = np.array(list("abcd"))[drawn]
    for j in range(8):
        logit = -0.8 + (1.2 * f if factor else (rng.normal(0, 1, k) * effect)[kind])
        out[f"option {j}"] = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    return pd.DataFrame(out, index=[f"r{i}" for i in range(n)]), kind
