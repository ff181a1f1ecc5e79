"""Saturation: whether further interviews would still bring new codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, need_columns
from cjmkit.i18n import count, interval, number, say
from cjmkit.people import ids

__all__ = ["Saturation", "saturation"]

_FEWEST = 5  # interviews, below which nothing is said of what is still unheard


@dataclass(frozen=True, repr=False, kw_only=True)
class Saturation:
    """How the number of codes grew with the interviews.

    Parameters
    ----------
    table : pandas.DataFrame
        interviews (1, 2 …), codes (mean over orders), low, high (2.5% and 97.5% of the orders), new (mean number of
        codes that this interview adds), as_done (codes in the order in which the interviews were done).
    known : Estimate
        Of the codes that the next interview will name, the share that is known already (sample coverage); n counts
        interviews. Missing below five interviews.
    richness : Estimate
        How many codes there are to be found, by Chao's lower bound; n counts interviews. Missing for one interview.
    seen : int
        Codes found so far.
    permutations : int
        How many orders were drawn.
    """

    table: pd.DataFrame
    known: Estimate
    richness: Estimate
    seen: int
    permutations: int

    @property
    def n(self) -> int:
        """Number of interviews."""
        return len(self.table)

    def summary(self, lang: str | None = None) -> str:
        """Whether to go on, in words."""
        last = float(self.table["new"].iloc[-1])
        talks = count(self.n, en=("interview", "interviews"), ru=("интервью", "интервью", "интервью"), lang=lang)
        codes = count(self.seen, en=("code", "codes"), ru=("код", "кода", "кодов"), lang=lang)
        new = number(last, 1, lang=lang)
        text = say(
            en=f"{codes} in {talks}; the last one adds {new} on average.",
            ru=f"{codes}, {talks}; последнее добавляет в среднем {new}.",
            lang=lang,
        )
        if self.known.value is None:
            return text + say(
                en=f" Too few interviews to say how much is still unheard; that takes {_FEWEST} at least.",
                ru=f" Интервью слишком мало, чтобы сказать, сколько ещё не услышано; нужно хотя бы {_FEWEST}.",
                lang=lang,
            )
        share = number(self.known.value, 0, percent=True, lang=lang)
        limits = interval(self.known.low, self.known.high, 0, percent=True, lang=lang)
        text += say(
            en=f" Of the codes that another interview names, about {share} {limits} are known already.",
            ru=f" Из кодов следующего интервью уже известны около {share} {limits}.",
            lang=lang,
        )
        if self.richness.value:
            found, about = self.seen / self.richness.value, number(self.richness.value, 0, lang=lang)
            most = number(found, 0, percent=True, lang=lang)
            text += say(
                en=f" At least {about} codes are there to be found, so at most {most} are.",
                ru=f" Всего кодов не меньше {about}, то есть найдено не больше {most}.",
                lang=lang,
            )
        return text

    def __repr__(self) -> str:
        return f"<Saturation: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        return f"<p>{html.escape(self.summary())}</p>{frame_html(self.table)}"


def saturation(
    codings: pd.DataFrame, *, people: Iterable[str] | None = None, permutations: int = 1000, seed: int = 0
) -> Saturation:
    r"""Ask whether the interviews have become repetitive.

    The order in which interviews happened is chance, so the curve is the mean over random orders.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table; an interview is a participant.
    people : iterable of str, optional
        Everybody interviewed, in the order of the interviews, also those without codings; without it, in the order of
        the table.
    permutations : int
        How many random orders.
    seed : int
        Start of the random numbers.

    Returns
    -------
    Saturation

    Notes
    -----
    The share of the next interview's codes that is known already is Good's sample coverage, :math:`1 - q_1 / U` with
    :math:`U` mentions (one a person and code), and limits :math:`q_1 ± z \sqrt{q_1 + 2 q_2}` (Good 1953; Robbins 1968).
    With a closed codebook it says how far the codebook was used, not what people have not said. Codes to be found are
    estimated by Chao's lower bound for incidence data,
    :math:`S + \frac{m-1}{m} \frac{q_1(q_1-1)}{2(q_2+1)}`, with :math:`q_1` codes of one person only and
    :math:`q_2` of two among :math:`m` people, and its log-normal interval (Chao 1987, Biometrics 43, 783-791). It
    assumes that people are alike enough to be exchanged, and it is a lower bound: rare codes may hide.

    Examples
    --------
    >>> said = pd.DataFrame({"participant": ["a", "a", "b", "c"], "code": ["wait", "price", "price", "wait"]})
    >>> found = saturation(said, seed=1)
    >>> found.seen, found.n
    (2, 3)
    """
    need_columns(codings, ("participant", "code"), what="codings")
    table = codings.assign(participant=ids(codings["participant"]))
    table = table[table["participant"].notna()]
    order = list(dict.fromkeys(ids(people) if people is not None else table["participant"]))
    if not order:
        raise CjmError(
            en="no coding says whose words it is, so there are no interviews to count",
            ru="ни у одной кодировки не сказано, чьи это слова, поэтому интервью не сосчитать",
        )
    row = {p: i for i, p in enumerate(order)}
    strangers = sorted(set(table["participant"]) - set(row))
    if strangers:
        raise CjmError(
            en=f"the codings hold {strangers[0]!r}, who is not among people=",
            ru=f"в кодировках есть {strangers[0]!r}, но его нет в people=",
        )
    codes = sorted(table["code"].dropna().unique())
    column = {c: j for j, c in enumerate(codes)}
    has = np.zeros((len(order), len(codes)), dtype=bool)
    has[[row[p] for p in table["participant"]], [column[c] for c in table["code"]]] = True
    m = len(order)
    rng = np.random.default_rng(seed)
    curves = np.empty((permutations, m))
    for b in range(permutations):
        curves[b] = _growth(has[rng.permutation(m)])
    mean = curves.mean(axis=0)
    out = pd.DataFrame(
        {
            "interviews": np.arange(1, m + 1),
            "codes": mean,
            "low": np.quantile(curves, 0.025, axis=0),
            "high": np.quantile(curves, 0.975, axis=0),
            "new": np.diff(mean, prepend=0.0),
            "as_done": _growth(has),
        }
    )
    return Saturation(table=out, known=_coverage(has), richness=_chao2(has), seen=len(codes), permutations=permutations)


def _growth(has: np.ndarray) -> np.ndarray:
    """Codes known after each interview; with shape (interviews, codes) in, (interviews,) out."""
    m = len(has)
    first = np.where(has.any(axis=0), has.argmax(axis=0), m)
    return np.cumsum(np.bincount(first, minlength=m + 1)[:m])


def _coverage(has: np.ndarray) -> Estimate:
    """Good's estimate of the share of mentions that are of known codes, with limits of at least Poisson width."""
    m, total = len(has), int(has.sum())
    method = "Good–Turing coverage"
    if m < _FEWEST or not total:
        return Estimate(value=None, n=m, unit="interviews", method=method, reason=f"fewer than {_FEWEST} interviews")
    heard = has.sum(axis=0)
    once, twice = int((heard == 1).sum()), int((heard == 2).sum())
    low, high = _poisson(once)
    # What is missing scatters, too, not only what was heard once (Robbins 1968).
    half = 1.96 * np.sqrt(once + 2 * twice)
    low, high = max(0.0, min(low, once - half)), max(high, once + half)
    value = 1 - once / total
    return Estimate(
        value=value,
        low=max(0.0, 1 - high / total),
        high=1 - low / total,
        n=m,
        unit="interviews",
        method=method,
        percent=True,
    )


def _poisson(count: float) -> tuple[float, float]:
    """Limits of a Poisson mean (Garwood 1936)."""
    from scipy import stats

    low = float(stats.chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low, float(stats.chi2.ppf(0.975, 2 * count + 2)) / 2


def _chao2(has: np.ndarray) -> Estimate:
    m = len(has)
    found = has.sum(axis=0)
    seen, q1, q2 = int((found > 0).sum()), int((found == 1).sum()), int((found == 2).sum())
    k = (m - 1) / m
    missing = k * q1 * (q1 - 1) / (2 * (q2 + 1))
    if q2 > 0:
        r = q1 / q2
        variance = q2 * (k / 2 * r**2 + k**2 * r**3 + k**2 / 4 * r**4)
    else:
        variance = k * q1 * (q1 - 1) / 2 + k**2 * q1 * (2 * q1 - 1) ** 2 / 4
        variance -= k**2 * q1**4 / (4 * (seen + missing)) if seen + missing else 0
        variance = max(variance, 0.0)
    if m < 2:
        return Estimate(value=None, n=m, unit="interviews", method="Chao2", reason="one interview")
    low = float(seen)
    # Where next to nothing was said once, the limits of how often that happens by chance replace a width of zero.
    once = _poisson(q1)[1]
    high = seen + k * once * max(once - 1, 0) / (2 * (q2 + 1))
    if missing > 0:
        c = np.exp(1.96 * np.sqrt(np.log1p(variance / missing**2)))
        low, high = seen + missing / c, max(seen + missing * c, high)
    return Estimate(
        value=seen + missing, low=low, high=high, n=m, unit="interviews", method="Chao2, log-normal interval"
    )
