"""A machine's share, corrected by what people found in a sample of the same units. Arrays in, no tables.

A machine's own share is off by its false and missed codes, and its interval shrinks around the wrong value as material
grows. So people code a sample, and each stratum (machine said yes, machine said no, by group) contributes its own
human share by its size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cjmkit.errors import CjmError, NotEnough
from cjmkit.i18n import say
from cjmkit.stats import z_of

__all__ = ["FEWEST_PERSONS", "Corrected", "corrected_share", "difference_of", "ppi"]

Floats = NDArray[np.floating]

FEWEST_PERSONS = 8
"""Below so many people with human codes no share is corrected: the interval was not tested there."""


@dataclass(frozen=True)
class Corrected:
    """A corrected share.

    Parameters
    ----------
    value, low, high : float
        The share and its interval.
    n, n_labelled, persons : int
        Units, units that people coded, and people among those (0: units are people).
    n_eff : float
        How many units of a plain sample would tell as much.
    machine, human : float
        The machine's own share over all units, and the people's share of the sample, weighted by stratum.
    level : float
        Of the interval.
    warnings : tuple of str
        Codes of what to be careful about: ``"few:<stratum>"``.
    influence : numpy.ndarray
        What each unit adds to the error of the share, for differences of shares that rest on the same people.
    """

    value: float
    low: float
    high: float
    n: int
    n_labelled: int
    persons: int
    n_eff: float
    machine: float
    human: float
    level: float = 0.95
    warnings: tuple[str, ...] = ()
    influence: Floats = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)


def _wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval at a share with an effective n, which need not be whole."""
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def corrected_share(
    machine: Any, human: Any, *, group: Any = None, person: Any = None, level: float = 0.95
) -> Corrected:
    r"""The share of units that people would give a code, from the machine's codes of all and people's codes of some.

    Parameters
    ----------
    machine : array of bool, shape (n,)
        The machine's code of every unit.
    human : array of float, shape (n,)
        1 or 0 where a person coded the unit, NaN where nobody did.
    group : array, shape (n,), optional
        Further strata, for example the persona: the machine may err differently there.
    person : array, shape (n,), optional
        Who said each unit, where a person said several; the interval then counts people.
    level : float
        Confidence level.

    Returns
    -------
    Corrected
        With its interval.

    Raises
    ------
    NotEnough
        If a stratum has no human code, or fewer than eight people were coded.

    Notes
    -----
    Strata :math:`h` are machine code times group, :math:`W_h = N_h/N`, :math:`m_h = x_h/n_h`, the share is
    :math:`\\sum W_h m_h`. With :math:`p_h = (x_h+1)/(n_h+2)` the variance is :math:`\\sum W_h^2 p_h(1-p_h)/n_h +
    N^{-1}\\sum W_h(m_h-\\theta)^2`; the interval is Wilson's at the effective n. With persons the variance is the
    larger of this and the one of influence values summed by person, and the effective n shrinks by :math:`(z/t)^2`.
    It serves random samples (post-stratified) and samples drawn by stratum alike.

    Examples
    --------
    >>> machine = [1] * 60 + [0] * 140 + [1] * 520 + [0] * 1280
    >>> human = [1] * 48 + [0] * 12 + [1] * 10 + [0] * 130 + [float("nan")] * 1800
    >>> s = corrected_share(machine, human)
    >>> round(s.value, 3), round(s.low, 3), round(s.high, 3), round(s.machine, 2)
    (0.283, 0.239, 0.33, 0.29)
    """
    f, y, strata = _checked(machine, human, group)
    labelled = ~np.isnan(y)
    names, at = np.unique(strata, return_inverse=True)
    size = np.bincount(at, minlength=len(names)).astype(float)
    n_h = np.bincount(at[labelled], minlength=len(names)).astype(float)
    x_h = np.bincount(at[labelled], weights=y[labelled], minlength=len(names))
    if (n_h == 0).any():
        empty = [str(names[k]) for k in np.flatnonzero(n_h == 0)]
        listed = " or ".join(empty)
        raise NotEnough(
            say(
                en=f"nobody coded a unit where the machine's answer is {listed}",
                ru=f"никто не закодировал единиц, где ответ машины — {listed}",
            ),
            why=say(
                en="what the machine gets wrong there cannot be told", ru="нельзя сказать, как часто она там ошибается"
            ),
            action=say(
                en="draw a sample with cj.coding.plan_validation and have it coded",
                ru="наберите выборку через cj.coding.plan_validation и закодируйте её",
            ),
        )
    n = len(f)
    share_of = size / n
    m = x_h / n_h
    theta = float(share_of @ m)
    p = (x_h + 1) / (n_h + 2)
    variance = float((share_of**2) @ (p * (1 - p) / n_h) + (share_of @ (m - theta) ** 2) / n)
    influence = m[at] - theta
    influence[labelled] += (size / n_h)[at[labelled]] * (y[labelled] - m[at[labelled]])
    z, shrink, persons = z_of(level), 1.0, 0
    if person is not None:
        who, of = np.unique(np.asarray(person).astype(str), return_inverse=True)
        persons = len(np.unique(of[labelled]))
        _enough(persons)
        clustered = _clustered(influence, of, len(who), n)
        variance = max(variance, clustered)
        shrink = (z / _t(level, persons - 1)) ** 2
    else:
        _enough(int(labelled.sum()))
    # At 0 or 1 the variance of a single unit is taken from the smoothed shares.
    inner = theta if 0 < theta < 1 else float(share_of @ p)
    n_eff = inner * (1 - inner) / variance * shrink
    low, high = _wilson(theta, n_eff, z)
    few = tuple(f"few:{names[k]}" for k in np.flatnonzero(n_h < 10))
    human_share = float((share_of @ m) if group is not None else y[labelled].mean())
    return Corrected(
        theta, low, high, n, int(labelled.sum()), persons, n_eff, float(f.mean()), human_share, level, few, influence
    )


def _enough(people: int) -> None:
    if people < FEWEST_PERSONS:
        raise NotEnough(
            say(
                en=f"human codes for {people} people; {FEWEST_PERSONS} or more are needed",
                ru=f"человеком закодировано {people} чел.; нужно не меньше {FEWEST_PERSONS}",
            ),
            why=say(en="an interval from so few was not tested", ru="интервал по такому числу не проверен"),
            action=say(
                en="have more coded: cj.coding.plan_validation draws whom",
                ru="закодируйте ещё: кого, скажет cj.coding.plan_validation",
            ),
        )


def _t(level: float, df: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.5 + level / 2, max(1, df)))


def _clustered(influence: Floats, of: NDArray[np.integer], people: int, n: int) -> float:
    sums = np.bincount(of, weights=influence, minlength=people)
    return float(people / (people - 1) * (sums**2).sum() / n**2) if people > 1 else 0.0


def _checked(machine: Any, human: Any, group: Any) -> tuple[Floats, Floats, NDArray[Any]]:
    f = np.asarray(machine, dtype=float)
    y = np.asarray(human, dtype=float)
    if f.shape != y.shape or f.ndim != 1 or not len(f):
        raise CjmError(
            en=f"machine and human have to be as long as each other and not empty; they have {f.shape} and {y.shape}",
            ru=f"machine и human одинаковой длины и не пусты; здесь {f.shape} и {y.shape}",
        )
    if not np.isin(f, (0, 1)).all() or not np.isin(y[~np.isnan(y)], (0, 1)).all():
        raise CjmError(
            en="machine is 0 or 1 for every unit; human is 0, 1 or missing",
            ru="machine — 0 или 1 для каждой единицы; human — 0, 1 или пропуск",
        )
    answers = np.where(f == 1, "yes", "no")
    if group is None:
        return f, y, answers
    g = np.asarray(group).astype(str)
    if g.shape != f.shape:
        raise CjmError(
            en=f"group has {len(g)} values for {len(f)} units", ru=f"group: значений {len(g)}, а единиц {len(f)}"
        )
    return f, y, np.char.add(np.char.add(answers, ", "), g)


def difference_of(
    a: Corrected, b: Corrected, *, person_a: Any = None, person_b: Any = None
) -> tuple[float, float, float]:
    """Difference of two corrected shares with an interval.

    Parameters
    ----------
    a, b : Corrected
        Of two groups, stages or waves, each corrected by a sample of its own.
    person_a, person_b : array, optional
        Who said each unit; needed where the same people are in both.

    Returns
    -------
    (difference, low, high)
        By MOVER (Zou and Donner 2008) from the two intervals; where people are shared, their covariance is taken into
        account.

    Examples
    --------
    >>> def sample(tp, fp, fn, tn, given, rest):
    ...     machine = [1] * (tp + fp) + [0] * (fn + tn) + [1] * given + [0] * (rest - given)
    ...     return corrected_share(machine, [1] * tp + [0] * fp + [1] * fn + [0] * tn + [float("nan")] * rest)
    >>> a, b = sample(48, 12, 10, 130, 520, 1800), sample(30, 20, 5, 145, 400, 1800)
    >>> [round(v, 3) for v in difference_of(a, b)]
    [0.122, 0.06, 0.182]
    """
    if a.level != b.level:
        raise CjmError(
            en=f"the two intervals have different levels: {a.level} and {b.level}",
            ru=f"у двух интервалов разный уровень: {a.level} и {b.level}",
        )
    d = a.value - b.value
    la, ua, lb, ub = a.value - a.low, a.high - a.value, b.value - b.low, b.high - b.value
    r = 0.0
    if person_a is not None and person_b is not None:
        who = np.unique(np.concatenate([np.asarray(person_a).astype(str), np.asarray(person_b).astype(str)]))
        place = {w: k for k, w in enumerate(who)}
        sums = []
        for c, person in ((a, person_a), (b, person_b)):
            of = np.array([place[w] for w in np.asarray(person).astype(str)])
            sums.append(np.bincount(of, weights=c.influence, minlength=len(who)) / c.n)
        scale = np.sqrt((sums[0] ** 2).sum() * (sums[1] ** 2).sum())
        r = float(np.clip((sums[0] @ sums[1]) / scale, -1, 1)) if scale > 0 else 0.0
    low = d - np.sqrt(max(0.0, la**2 + ub**2 - 2 * r * la * ub))
    high = d + np.sqrt(max(0.0, ua**2 + lb**2 - 2 * r * ua * lb))
    return d, max(-1.0, float(low)), min(1.0, float(high))


def ppi(machine: Any, human: Any, *, tuned: bool = True, level: float = 0.95) -> tuple[float, float, float]:
    """Prediction-powered inference for a share, beside which ours is measured; for simple random samples only.

    Parameters
    ----------
    machine, human : array
        As in :func:`corrected_share`.
    tuned : bool
        PPI++ (Angelopoulos, Duchi and Zrnic 2023), else PPI (Angelopoulos et al. 2023).
    level : float
        Confidence level.

    Returns
    -------
    (share, low, high)
        A Wald interval, which can leave 0 to 1 and is too short with few errors.

    Examples
    --------
    >>> machine = [1] * 60 + [0] * 140 + [1] * 520 + [0] * 1280
    >>> human = [1] * 48 + [0] * 12 + [1] * 10 + [0] * 130 + [float("nan")] * 1800
    >>> [round(v, 6) for v in ppi(machine, human)]
    [0.282573, 0.237582, 0.327564]
    """
    f, y, _ = _checked(machine, human, None)
    labelled = ~np.isnan(y)
    fl, yl, fu = f[labelled], y[labelled], f[~labelled]
    n, rest = len(fl), len(fu)
    if n < 2 or rest < 2:
        raise NotEnough(
            say(
                en=f"{n} units with human codes and {rest} without", ru=f"единиц с кодами человека {n}, без них {rest}"
            ),
            why=say(en="two of each are needed", ru="нужно по две тех и других"),
            action=say(en="use the people's own share", ru="берите долю по кодам человека"),
        )
    weight = 1.0
    if tuned:
        pooled = np.concatenate([fl, fu]).var(ddof=1)
        cov = float(np.cov(yl, fl, ddof=0)[0, 1])
        weight = float(np.clip(cov / ((1 + n / rest) * pooled), 0, 1)) if pooled > 0 else 0.0
    theta = yl.mean() + weight * (fu.mean() - fl.mean())
    variance = weight**2 * fu.var() / rest + (yl - weight * fl).var() / n
    half = z_of(level) * np.sqrt(variance)
    return float(theta), float(theta - half), float(theta + half)
