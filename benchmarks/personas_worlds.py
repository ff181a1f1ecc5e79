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


# ---- what is no kind of people, a world a guard

GUARDED = (
    "mixed, one factor", "one factor", "two independent factors", "skewed factor", "skip pattern, one factor",
    "straight-lining", "yes/no and scales, one factor", "strata", "rounding", "two scales in one column", "yea-saying",
    "one column", "skip pattern", "mixed, no structure", "three independent factors", "even factor", "U-shaped factor",
    "ideal points",
)  # fmt: skip


def guarded(world: str, n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A table of people among whom there are no kinds, and the columns that have to be put aside."""
    index = [f"r{i}" for i in range(n)]
    if world.startswith("mixed"):
        table = mixed(n, 0.0, rng, factor="factor" in world)[0]
        return table, ()
    noise = rng.standard_normal((n, 12))
    f = rng.standard_normal((n, 1))
    one = 0.7 * f + np.sqrt(0.51) * noise
    # Half of the statements are turned round, so that a degree is not merely how high somebody answers everything.
    turned = np.where(np.arange(12) % 2, 1, -1)
    aside: tuple[str, ...] = ()
    if world == "one factor":
        x = five(one)
    elif world == "even factor":
        x = five(0.8 * turned * rng.uniform(-(3**0.5), 3**0.5, (n, 1)) + 0.6 * noise)
    elif world == "U-shaped factor":
        x = five(4 * turned * (rng.beta(0.8, 0.8, (n, 1)) - 0.5) + 0.9 * noise)
    elif world == "skewed factor":
        x = five(0.8 * turned * (rng.exponential(1, (n, 1)) - 1) + 0.6 * noise)
    elif world == "two independent factors":
        x = five(0.75 * rng.standard_normal((n, 2))[:, np.arange(12) % 2] + 0.66 * noise)
    elif world == "three independent factors":
        x = five(0.75 * rng.uniform(-(3**0.5), 3**0.5, (n, 3))[:, np.arange(12) % 3] + 0.66 * noise)
    elif world == "ideal points":
        # Agreement falls with the distance of one's place from the statement's: one line, but a bent cloud.
        place, ideal = rng.uniform(-2, 2, (n, 1)), np.linspace(-2, 2, 12)
        x = np.clip(np.round(5 - 1.3 * np.abs(place - ideal) + 0.7 * noise), 1, 5)
    elif world in ("skip pattern", "skip pattern, one factor"):
        # A filter sends half of the people past a block of questions, on which the others differ by degree.
        x = five(noise if world == "skip pattern" else one)
        x[rng.random(n) < 0.5, 6:] = np.nan
    elif world == "straight-lining":
        x = five(one)
        lazy = rng.random(n) < 0.25
        x[lazy] = rng.choice([3, 4, 5], (lazy.sum(), 1), p=[0.5, 0.3, 0.2])
    elif world == "yea-saying":
        yes = rng.random((n, 1)) < 0.4
        x = np.clip(np.round(3 + 1.2 * (2 * yes - 1) + 0.8 * noise), 1, 5)
    elif world == "yes/no and scales, one factor":
        x = five(one)
        x[:, 6:] = one[:, 6:] > 0.3 * rng.standard_normal(6)
    elif world == "strata":
        aside = ("Which stratum (code)",)
        stratum = rng.integers(0, 3, n)
        x = five(one + 1.6 * rng.standard_normal((3, 12))[stratum])
    elif world == "rounding":
        # Minutes, euros: some tell what it was, some the nearest ten or fifty.
        z = 50 + 20 * one
        to = rng.choice([1, 10, 50], (n, 1), p=[0.4, 0.4, 0.2])
        x = np.maximum(np.round(z / to) * to, 0)
    elif world == "two scales in one column":
        # Two waves pasted together: five points in one, ten in the other.
        ten = rng.random((n, 1)) < 0.5
        x = np.where(ten, np.clip(np.round(5.5 + 2.2 * one), 1, 10), five(one))
    else:
        x = noise.copy()
        x[:, 0] = np.where(rng.random(n) < 0.5, 6.0, -6.0) + 0.3 * noise[:, 0]
    table = pd.DataFrame(x, index=index, columns=[f"How much do you like number {j} in general?" for j in range(12)])
    if world == "strata":
        table[aside[0]] = stratum + 1
    return table, aside


def planted(k: int, gap: float, n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Kinds as in `with_groups`, as a survey's table."""
    x, kind = with_groups(n, gap, rng, k=k)
    return pd.DataFrame(x, index=[f"r{i}" for i in range(n)]).add_prefix("q"), kind
