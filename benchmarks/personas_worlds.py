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
    n: int,
    gap: float,
    rng: np.random.Generator,
    *,
    items: int = 12,
    informative: int = 8,
    k: int = 3,
    degree: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Groups that lie high or low (`gap` SD apart) on the informative questions; each two differ on three at least."""
    while True:
        side = rng.choice([-gap / 2, gap / 2], (k, informative))
        if min((side[a] != side[b]).sum() for a in range(k) for b in range(a)) >= 3:
            break
    kind = rng.permutation(np.arange(n) % k)
    z = rng.standard_normal((n, items))
    if degree:
        z = degree * rng.standard_normal((n, 1)) + np.sqrt(1 - degree**2) * z
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
    "ideal points", "independent", "ceiling", "lognormal", "kinds, shuffled",
    "1 to 5 and 0 to 100 in one column", "fan",
)  # fmt: skip
HELD_OUT = (
    "ring", "related lines, graded", "counts of one degree", "rounded by habit", "heap and blanks", "saturation",
)  # fmt: skip
"""Thought of after the rules were fixed."""


def guarded(world: str, n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A table of people among whom there are no kinds, and the columns that have to be put aside."""
    index = [f"r{i}" for i in range(n)]
    if "0 to 100" in world or world == "fan":
        return held_out(world, n, rng)
    if world in ("independent", "lognormal"):
        return pd.DataFrame(without_groups(world, n, rng), index=index).add_prefix("q"), ()
    if world == "ceiling":
        return pd.DataFrame(without_groups("skewed", n, rng), index=index).add_prefix("q"), ()
    if world == "kinds, shuffled":
        x = rng.permuted(with_groups(n, 2.0, rng)[0], axis=0)
        return pd.DataFrame(x, index=index).add_prefix("q"), ()
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
    return _asked(x, index, aside, stratum if aside else None)


def _asked(
    x: np.ndarray, index: list[str], aside: tuple[str, ...], stratum: np.ndarray | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    table = pd.DataFrame(x, index=index, columns=[f"How much do you like number {j} in general?" for j in range(12)])
    if stratum is not None:
        table[aside[0]] = stratum + 1
    return table, aside


def held_out(world: str, n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """As `guarded`: people who are no kinds, in shapes that no rule was made for."""
    noise = rng.standard_normal((n, 12))
    turned = np.where(np.arange(12) % 2, 1, -1)
    if world == "ring":
        # Values on a circle: people stand evenly around it, each statement is somewhere on it.
        at = rng.uniform(0, 2 * np.pi, (n, 1)) - np.arange(12) * np.pi / 6
        x = five(1.3 * np.cos(at) + 0.7 * noise)
    elif world == "related lines, graded":
        # Two related lines with a few far out, statements that are hard or easy and more or less to the point.
        shared = rng.standard_t(5, (n, 1))
        place = np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.standard_t(5, (n, 2))
        slope, hard = rng.uniform(0.8, 2.5, 12), rng.normal(0, 1, (12, 1)) + np.array([-1.5, -0.5, 0.5, 1.5])
        told = slope * place[:, np.arange(12) % 2] + rng.logistic(size=(n, 12))
        x = 1 + (told[..., None] > slope[:, None] * hard).sum(axis=2)
    elif world == "fan":
        # Newcomers answer alike; the longer somebody is there, the more answers differ.
        place = rng.uniform(0, 1, (n, 1))
        x = five(turned * (2 * place - 1) + (0.2 + 1.2 * place) * noise)
    elif world == "heap and blanks":
        # Most are in the middle, a few far out on either side; everybody skips a fifth of the questions.
        x = np.clip(np.round(4 + 0.9 * turned * rng.laplace(size=(n, 1)) + 0.9 * noise), 1, 7)
        x[rng.random(x.shape) < 0.2] = np.nan
    elif world == "saturation":
        # What is learnt over the years: fast at first, then hardly any more; people of all years alike.
        x = five(turned * (3 / (1 + np.exp(-rng.uniform(-4, 4, (n, 1)))) - 1.5) + 0.8 * noise)
    elif world == "counts of one degree":
        # How often each thing was done, by people who are more or less busy.
        x = rng.poisson(np.exp(0.8 + 0.9 * rng.standard_normal((n, 1)) + 0.4 * noise)).astype(float)
    else:
        share = np.clip(50 + 22 * (0.7 * turned * rng.standard_normal((n, 1)) + np.sqrt(0.51) * noise), 0, 100)
        if world == "rounded by habit":
            to = rng.choice([5, 10, 50], (n, 1), p=[0.4, 0.4, 0.2])
            x = np.round(share / to) * to
        elif world == "1 to 5 and 0 to 100 in one column":
            x = np.where(rng.random((n, 1)) < 0.3, 1 + np.round(share / 25), np.round(share))
        else:
            raise ValueError(world)
    return _asked(x, [f"r{i}" for i in range(n)], (), None)


def planted(
    k: int, gap: float, n: int, rng: np.random.Generator, *, within: bool = False
) -> tuple[pd.DataFrame, np.ndarray]:
    """Kinds as in `with_groups`, as a survey's table; `within`: those of a kind are more or less content, too."""
    x, kind = with_groups(n, gap, rng, k=k, degree=0.5 if within else 0.0)
    return pd.DataFrame(x, index=[f"r{i}" for i in range(n)]).add_prefix("q"), kind
