"""How many people a survey needs: for a share, a mean, an NPS, and for differences of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from cjmkit.core.result import Shown
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, number, say
from cjmkit.stats import z_of

__all__ = ["SAMPLE_KINDS", "SampleSize", "sample_size"]

SAMPLE_KINDS = ("share", "mean", "nps", "difference of shares", "difference of means", "difference of nps")


@dataclass(frozen=True, repr=False)
class SampleSize(Shown):
    """The answer to "how many people do we need".

    Attributes
    ----------
    kind : str
        What is estimated.
    n : int
        People who have to answer; for differences, in each group.
    exact : float
        The same before rounding up.
    groups : int
        1, or 2 for a difference.
    invitations : int or None
        People to invite, where a response rate was given.
    table : pandas.DataFrame
        margin (or difference) and n around the one asked for, so that the price of precision can be seen.
    assumptions : dict
        What was assumed.
    """

    kind: str
    n: int
    exact: float
    groups: int
    invitations: int | None
    table: pd.DataFrame
    assumptions: dict[str, float | None]
    warnings: tuple[str, ...] = ()

    def in_words(self, target: float, lang: str | None = None) -> str:
        """A margin or a difference in the unit of what is estimated: ``5%``, ``2.5``.

        Examples
        --------
        >>> sample_size("share", margin=0.05).in_words(0.075)
        '7.5%'
        """
        return _plain(target, "share" in self.kind, lang)

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        a = self.assumptions
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        level = number(a["level"], 0, percent=True, lang=lang)
        if self.groups == 1:
            percent = self.kind == "share"
            margin = _plain(a["margin"], percent, lang)
            what = {"share": ("a share", "долю"), "mean": ("a mean", "среднее"), "nps": ("the NPS", "NPS")}[self.kind]
            text = say(
                en=f"For {what[0]} to within ±{margin} at {level} confidence, {people} have to answer",
                ru=f"Чтобы оценить {what[1]} с точностью ±{margin} при доверии {level}, нужны ответы: {people}",
                lang=lang,
            )
        else:
            power = number(a["power"], 0, percent=True, lang=lang)
            points = self.kind == "difference of shares"
            diff = _plain((a["difference"] or 0) * (100 if points else 1), False, lang)
            unit = say(en=" percentage points", ru=" п. п.", lang=lang) if points else ""
            what = {
                "difference of shares": ("shares", "долей"),
                "difference of means": ("means", "средних"),
                "difference of nps": ("NPS", "NPS"),
            }[self.kind]
            text = say(
                en=f"To find a difference of {diff}{unit} between two {what[0]} with {power} power, {people} have to "
                "answer in each group",
                ru=f"Чтобы обнаружить разницу {what[1]} в {diff}{unit} с мощностью {power}, нужны ответы в каждой "
                f"группе: {people}",
                lang=lang,
            )
        if self.invitations is not None:
            rate = number(a["response_rate"], 0, percent=True, lang=lang)
            text += say(
                en=f"; at a response rate of {rate}, invite {self.invitations:,}",
                ru=f"; при доле ответивших {rate} пригласить нужно {self.invitations}",
                lang=lang,
            )
        return text + "."


def _plain(value: float | None, percent: bool, lang: str | None) -> str:
    """A round figure without needless digits: 5, 2.5, 5%."""
    shown = (value or 0) * (100 if percent else 1)
    digits = next((d for d in (0, 1, 2) if abs(shown - round(shown, d)) < 1e-9), 3)
    return number(value, digits, percent=percent, lang=lang)


def sample_size(
    kind: str = "share",
    *,
    margin: float | None = None,
    share: float | tuple[float, float] = 0.5,
    promoters: float | tuple[float, float] | None = None,
    detractors: float | tuple[float, float] | None = None,
    sd: float = 1.0,
    difference: float | None = None,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float | None = None,
    level: float = 0.95,
    power: float = 0.8,
) -> SampleSize:
    """Compute how many people have to answer.

    Parameters
    ----------
    kind : str
        ``"share"``, ``"mean"``, ``"nps"``; ``"difference of shares"``, ``"difference of means"``, ``"difference of
        nps"`` (or ``"difference"`` for means).
    margin : float
        Half the width of the interval: 0.05 for a share, in units of the answers for a mean, in points for the NPS.
    share : float or (float, float)
        Expected share, 0.5 is the worst case; for a difference, both shares.
    promoters, detractors : float or (float, float), optional
        Expected shares for the NPS; 0.5 and 0.5 is the worst case and the default. For a difference both groups may
        differ.
    sd : float
        Standard deviation of the answers.
    difference : float
        The difference to be found: in units of the answers for means (with sd=1, Cohen's d), in points for the NPS.
    population : int, optional
        People there are; a small population needs fewer answers.
    design_effect : float
        How much weighting or clustering inflates the variance; 1 for a simple sample.
    response_rate : float, optional
        Expected share of the invited who answer; gives the number of invitations.
    level, power : float
        Confidence of the interval or test; chance to find the difference if it is there.

    Returns
    -------
    SampleSize

    Notes
    -----
    Share: z²p(1−p)/m². NPS: z²·(p + d − (p − d)²)·10⁴/m². Mean: z²s²/m². Finite population: n/(1 + (n−1)/N).
    Difference of shares: pooled under no difference, separate otherwise (Fleiss); of means: the exact power of the t
    test; of NPS: normal.

    Examples
    --------
    >>> sample_size("share", margin=0.05).n
    385
    >>> sample_size("nps", margin=5, promoters=0.4, detractors=0.2).n
    861
    """
    kind = {"difference": "difference of means", "proportion": "share"}.get(kind, kind)
    if kind not in SAMPLE_KINDS:
        raise CjmError(suggest(kind, SAMPLE_KINDS, what="kind of sample size"))
    if not 0 < level < 1 or not 0 < power < 1:
        raise CjmError(en="level and power lie between 0 and 1", ru="level и power лежат между 0 и 1")
    if response_rate is not None and not 0 < response_rate <= 1:
        raise CjmError(
            en=f"response_rate is a share between 0 and 1; got {response_rate}",
            ru=f"response_rate — доля между 0 и 1; пришло {response_rate}",
        )
    if design_effect <= 0:
        raise CjmError(
            en="design_effect is above 0; 1 for a simple sample", ru="design_effect больше 0; для простой выборки 1"
        )
    two = kind.startswith("difference")
    warnings: list[str] = []

    def need(target: float) -> float:
        raw = (
            _difference(kind, target, share, promoters, detractors, sd, level, power)
            if two
            else _single(kind, target, share, promoters, detractors, sd, level)
        )
        raw *= design_effect
        return raw / (1 + (raw - 1) / population) if population else raw

    if two:
        if kind == "difference of shares":
            if not isinstance(share, tuple):
                if difference is None:
                    raise CjmError(
                        en="give both shares, share=(0.70, 0.75), or one and the difference",
                        ru="дайте обе доли, share=(0.70, 0.75), или одну и разницу",
                    )
                share = (share, share + difference)
            pair = share
            target = abs(pair[1] - pair[0])
        elif difference is None:
            raise CjmError(
                en=f"{kind} needs difference=, the smallest difference that matters",
                ru=f"для {kind} нужна difference= — наименьшая разница, которая важна",
            )
        else:
            target = abs(difference)
        if target == 0:
            raise CjmError(
                en="a difference of 0 cannot be found by any sample", ru="разницу 0 не найдёт никакая выборка"
            )
    else:
        if margin is None or margin <= 0:
            raise CjmError(
                en="margin= is half the width of the interval and above 0: 0.05 for a share, 5 for the NPS, 0.2 for a "
                "mean",
                ru="margin= — половина ширины интервала, больше 0: 0.05 для доли, 5 для NPS, 0.2 для среднего",
            )
        if kind == "share" and margin >= 1:
            raise CjmError(
                en=f"the margin of a share lies between 0 and 1; ±5 % is 0.05, got {margin}",
                ru=f"погрешность доли лежит между 0 и 1; ±5 % — это 0.05, пришло {margin}",
            )
        if kind == "nps" and margin < 1:
            warnings.append(
                say(
                    en="the margin of an NPS is in points: 5 means ±5",
                    ru="погрешность NPS задаётся в пунктах: 5 значит ±5",
                )
            )
        target = margin
    exact = need(target)
    n = max(2, math.ceil(exact - 1e-9))
    if population and n > population:
        n = population
    around = [target * f for f in (0.5, 0.75, 1.0, 1.5, 2.0)]
    if kind == "difference of shares":
        assert isinstance(share, tuple)
        base, sign = share[0], share[1] - share[0]
        table = pd.DataFrame(
            {
                "difference": around,
                "n": [
                    _ceil(
                        _difference(kind, d, (base, base + math.copysign(d, sign)), None, None, sd, level, power)
                        * design_effect
                    )
                    if 0 < base + math.copysign(d, sign) < 1
                    else None
                    for d in around
                ],
            }
        )
    else:
        table = pd.DataFrame({"difference" if two else "margin": around, "n": [_ceil(need(t)) for t in around]})
    invitations = None if response_rate is None else math.ceil(n * (2 if two else 1) / response_rate)
    if n < 30:
        warnings.append(
            say(
                en="below 30 people the formula is rough; look at the interval you will get",
                ru="меньше 30 человек: формула груба, смотрите на интервал",
            )
        )
    assumptions: dict[str, float | None] = {
        "margin": None if two else target, "difference": target if two else None, "level": level,
        "power": power if two else None,
        "population": population, "design_effect": design_effect, "response_rate": response_rate,
    }  # fmt: skip
    return SampleSize(kind, n, exact, 2 if two else 1, invitations, table, assumptions, tuple(warnings))


def _ceil(value: float) -> int:
    return max(2, math.ceil(value - 1e-9))


def _nps_variance(promoters: float | None, detractors: float | None) -> float:
    p, d = (0.5 if promoters is None else promoters), (0.5 if detractors is None else detractors)
    if p < 0 or d < 0 or p + d > 1 + 1e-12:
        raise CjmError(
            en=f"promoters and detractors are shares that add up to at most 1; got {p} and {d}",
            ru=f"доли промоутеров и критиков в сумме не больше 1; пришло {p} и {d}",
        )
    return p + d - (p - d) ** 2


def _single(
    kind: str, margin: float, share: object, promoters: object, detractors: object, sd: float, level: float
) -> float:
    z = z_of(level)
    if kind == "mean":
        if sd <= 0:
            raise CjmError(en="sd is above 0", ru="sd больше 0")
        return (z * sd / margin) ** 2
    if kind == "nps":
        p = promoters if promoters is None or isinstance(promoters, float | int) else None
        d = detractors if detractors is None or isinstance(detractors, float | int) else None
        return z**2 * _nps_variance(p, d) * 1e4 / margin**2
    if not isinstance(share, float | int) or not 0 < share < 1:
        raise CjmError(
            en=f"share= lies between 0 and 1, 0.5 is the worst case; got {share}",
            ru=f"share= лежит между 0 и 1, худший случай 0.5; пришло {share}",
        )
    return z**2 * share * (1 - share) / margin**2


def _difference(
    kind: str,
    target: float,
    share: object,
    promoters: object,
    detractors: object,
    sd: float,
    level: float,
    power: float,
) -> float:
    from scipy.special import ndtri

    za, zb = z_of(level), float(ndtri(power))
    if kind == "difference of shares":
        assert isinstance(share, tuple)
        p1, p2 = share
        if not (0 < p1 < 1 and 0 < p2 < 1):
            raise CjmError(
                en=f"both shares lie between 0 and 1; got {p1} and {p2}",
                ru=f"обе доли лежат между 0 и 1; пришло {p1} и {p2}",
            )
        mean = (p1 + p2) / 2
        return (za * math.sqrt(2 * mean * (1 - mean)) + zb * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))) ** 2 / (
            p1 - p2
        ) ** 2
    if kind == "difference of nps":
        variances = [_nps_variance(_side(promoters, i), _side(detractors, i)) for i in (0, 1)]
        return (za + zb) ** 2 * sum(variances) * 1e4 / target**2
    return _t_power(target / sd, level, power)


def _side(value: object, i: int) -> float | None:
    if value is None or isinstance(value, float | int):
        return value
    assert isinstance(value, tuple)
    return value[i]


def _t_power(d: float, level: float, power: float) -> float:
    """People in each group for a two-sided t test to find Cohen's d; solved for n with fractions, as in R's
    power.t.test.
    """
    from scipy.optimize import brentq
    from scipy.stats import nct, t

    def lack(n: float) -> float:
        df, shift = 2 * (n - 1), d * math.sqrt(n / 2)
        critical = t.ppf(1 - (1 - level) / 2, df)
        return float(nct.sf(critical, df, shift)) - power

    return float(brentq(lack, 2, max(10.0, 60 / d**2 + 10), xtol=1e-8))
