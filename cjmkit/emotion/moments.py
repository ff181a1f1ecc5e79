"""The moments that stay: best, worst, peak and end of each curve, and what people will remember."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.emotion._estimator import fit
from cjmkit.emotion._words import source_title
from cjmkit.emotion.data import CurveData
from cjmkit.emotion.limits import score_limits
from cjmkit.errors import CjmError
from cjmkit.i18n import count, current_language, number, say

__all__ = ["peak_end", "peak_end_value", "people_peak_end", "summary"]


def peak_end_value(moments: Any, *, neutral: float = 0.0) -> float:
    """Mean of the most intense moment and the last one: what is remembered of an episode.

    Parameters
    ----------
    moments : sequence of float
        How it felt, in order; missing moments are skipped.
    neutral : float
        The value from which intensity is measured. Of equally intense moments the later one counts.

    Notes
    -----
    Kahneman, Fredrickson, Schreiber and Redelmeier (1993). How long it lasted does not enter.

    Examples
    --------
    A patient whose pain peaks at 8 and ends at 7 remembers more of it than one whose pain peaks at 8 and ends at 1,
    even if the second examination lasted longer:

    >>> peak_end_value([2, 8, 5, 7]), peak_end_value([2, 8, 5, 4, 3, 1])
    (7.5, 4.5)
    """
    values = np.asarray(moments, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values):
        raise CjmError(
            en="a peak–end value needs at least one moment", ru="для значения «пик — конец» нужен хотя бы один момент"
        )
    peak = float(_extreme(values[None] - neutral)[0]) + neutral
    return (peak + float(values[-1])) / 2


def peak_end(curve: CurveData) -> pd.DataFrame:
    """Best and worst moment, end, and the peak–end value of each curve.

    The peak is the stage whose mean is farthest from neutral; both signs are listed. Peak–end is
    ``(peak + end) / 2`` (Kahneman et al. 1993) with the stages held fixed. `probability` says how often that stage
    comes out best, worst or farthest when people are drawn anew: a peak that changes its place is no finding.

    Returns
    -------
    DataFrame
        persona, source, what (best, worst, peak, end, peak_end), stage, value, low, high (of best, worst and peak: the
        band, because they are chosen after looking), answered (mean of those who answered, where many left), n,
        probability.

    Examples
    --------
    >>> from cjmkit import emotion
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, 0, -2, -1]})
    >>> peak_end(emotion.curve(scores, stages=["search", "deal"]))[["what", "stage", "value"]].head(2)
        what   stage  value
    0   best  search    1.0
    1  worst    deal   -1.0
    """
    rows: list[dict[str, Any]] = []
    for persona, source, part in curve.curves():
        shown = np.flatnonzero(part["shown"].to_numpy())
        if not len(shown):
            continue
        part = part.reset_index(drop=True)
        mean = part["mean"].to_numpy(dtype=float)[shown]
        draws = curve.resampled[persona, source][:, shown]
        end = shown[-1]
        found = {
            "best": (int(mean.argmax()), draws.argmax(axis=1)),
            "worst": (int(mean.argmin()), draws.argmin(axis=1)),
            "peak": (int(np.abs(mean).argmax()), np.abs(draws).argmax(axis=1)),
        }
        for what, (at, often) in found.items():
            row = part.loc[shown[at]]
            rows.append(_moment(row, persona, source, what, float((often == at).mean()), curve.unit, chosen=True))
        rows.append(_moment(part.loc[end], persona, source, "end", np.nan, curve.unit))
        peak = shown[found["peak"][0]]
        one = curve.fits[persona, source].influence
        value = float(mean[found["peak"][0]] + mean[-1]) / 2
        n = int(min(part.loc[peak, "n"], part.loc[end, "n"]))
        se = float(np.sqrt((((np.nan_to_num(one[:, peak]) + np.nan_to_num(one[:, end])) / 2) ** 2).sum()))
        limits = score_limits(
            np.array([value]), np.array([se or np.nan]), n - 1.0, level=1 - (1 - curve.level) / len(shown)
        )
        low, high = float(limits[0][0]), float(limits[1][0])
        rows.append(
            {
                "persona": persona,
                "source": source,
                "what": "peak_end",
                "stage": f"{_name(part.loc[peak], curve.unit)} + {_name(part.loc[end], curve.unit)}",
                "value": value,
                "low": low,
                "high": high,
                "answered": np.nan,
                "n": n,
                "probability": np.nan,
            }
        )
    columns = ["persona", "source", "what", "stage", "value", "low", "high", "answered", "n", "probability"]
    return pd.DataFrame(rows, columns=columns)


def people_peak_end(curve: CurveData) -> pd.DataFrame:
    """Peak–end value of each person, averaged: what people will remember, by the peak–end rule.

    Only people who rated the last shown stage and one more count.

    Returns
    -------
    DataFrame
        persona, source, value, low, high, n.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, 0, -2, -1]})
    >>> mood = cj.emotion.curve(scores, stages=["search", "deal"])
    >>> mood.people_peak_end()[["value", "low", "high", "n"]].round(2)
       value   low  high  n
    0  -0.75 -1.67  0.78  4
    """
    rows = []
    for persona, source, part in curve.curves():
        y = curve.values[persona, source]
        shown = np.flatnonzero(part["shown"].to_numpy())
        if not len(shown):
            continue
        y = y[:, shown]
        y = y[~np.isnan(y[:, -1]) & ((~np.isnan(y)).sum(axis=1) > 1)]
        value = _extreme(y) / 2 + y[:, -1] / 2
        one = fit(value[:, None])
        low, high = score_limits(one.mean, one.se, 2.0 * (one.n - 1), level=curve.level)
        rows.append((persona, source, one.mean[0], low[0], high[0], int(one.n[0])))
    return pd.DataFrame(rows, columns=["persona", "source", "value", "low", "high", "n"])


def _name(row: Any, unit: str) -> str:
    return str(row["stage"] if unit == "stage" else row["touchpoint"])


def _moment(
    row: Any, persona: Any, source: Any, what: str, probability: float, unit: str, *, chosen: bool = False
) -> dict[str, Any]:
    # A stage chosen after looking at all of them gets the limits that hold for all of them.
    return {
        "persona": persona,
        "source": source,
        "what": what,
        "stage": _name(row, unit),
        "value": row["mean"],
        "low": row["band_low"] if chosen else row["low"],
        "high": row["band_high"] if chosen else row["high"],
        "answered": row["answered"] if row["left"] > 0.15 else np.nan,
        "n": int(row["n"]),
        "probability": probability,
    }


def _extreme(y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each person's value farthest from neutral; of equally far ones the later, which is fresher in memory."""
    if not len(y):
        return np.empty(0)
    far = np.where(np.isnan(y), -1.0, np.abs(y))
    at = far.shape[1] - 1 - far[:, ::-1].argmax(axis=1)
    out: npt.NDArray[np.float64] = y[np.arange(len(y)), at]
    return out


def summary(curve: CurveData, lang: str | None = None) -> str:
    """One or two plain sentences per curve: worst and best stage with intervals and n.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, 0, -2, -1]})
    >>> mood = cj.emotion.curve(scores, stages=["search", "deal"])
    >>> print(mood.summary("en").split(";")[0])
    Everybody (ratings): lowest at “deal” −1.00 [−1.82, 0.80], n = 4 people, the lowest in 100% of resamples
    """
    lang = current_language(lang)
    moments = peak_end(curve)
    out = []
    for (persona, source), part in curve.table.groupby(["persona", "source"], sort=False):
        who = str(persona) or say(en="Everybody", ru="Все вместе", lang=lang)
        what = f"{who} ({source_title(str(source), lang)})"
        here = {r["what"]: r for r in moments.to_dict("records") if (r["persona"], r["source"]) == (persona, source)}
        titles: dict[str, str] = dict(zip(part["stage"], part["title"], strict=True))
        if not here:
            most = int(part["n"].max())
            people = count(most, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
            out.append(
                say(
                    en=f"{what}: no stage has enough people for a point (at most {people}).",
                    ru=f"{what}: ни на одном этапе не хватает людей для точки (самое большее {people}).",
                    lang=lang,
                )
            )
        elif part["shown"].sum() == 1:
            only = _placed(here["end"], titles, curve.level, lang)
            out.append(say(en=f"{what}: one stage only, {only}.", ru=f"{what}: только один этап, {only}.", lang=lang))
        else:
            out.append(_low_and_high(what, here, titles, int((~part["shown"]).sum()), level=curve.level, lang=lang))
    # A Russian "чел." before the full stop needs no second dot.
    return "\n".join(line.replace("..", ".") for line in out)


def _low_and_high(
    what: str, here: dict[str, Any], titles: dict[str, str], gaps: int, *, level: float, lang: str
) -> str:
    worst, best = (_placed(here[k], titles, level, lang) for k in ("worst", "best"))
    sure = number(here["worst"]["probability"], 0, percent=True, lang=lang)
    text = say(
        en=f"{what}: lowest at {worst}, the lowest in {sure} of resamples; highest at {best}.",
        ru=f"{what}: ниже всего {worst}, это минимум в {sure} повторных выборок; выше всего {best}.",
        lang=lang,
    )
    if gaps:
        stages = count(gaps, en=("stage has", "stages have"), ru=("этап", "этапа", "этапов"), lang=lang)
        text += say(en=f" {stages} too few people.", ru=f" Слишком мало людей: {stages}.", lang=lang)
    return text


def _placed(row: Any, titles: dict[str, str], level: float, lang: str) -> str:
    title = titles.get(row["stage"], row["stage"])
    figure = Estimate(value=row["value"], low=row["low"], high=row["high"], n=int(row["n"]), level=level)
    text = figure.text(2, lang=lang)
    if row["answered"] == row["answered"]:
        stayed = number(row["answered"], 2, lang=lang)
        text += say(en=f" (those who answered: {stayed})", ru=f" (у тех, кто ответил: {stayed})", lang=lang)
    return say(en=f"“{title}” {text}", ru=f"«{title}» {text}", lang=lang)
