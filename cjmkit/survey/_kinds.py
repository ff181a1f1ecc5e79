"""The figure behind each kind of score, and the sentence that says it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.i18n import count, number, say
from cjmkit.survey._intervals import adjusted_nps, weighted_mean, wilson
from cjmkit.survey._intervals import mean_interval as _t_interval
from cjmkit.survey._sus import grade, percentile
from cjmkit.survey.items import Item

if TYPE_CHECKING:
    from cjmkit.survey.scores import Score

__all__ = ["FIGURES", "nps_counts", "sentence", "statistic_name"]

Figure = Callable[[np.ndarray, "np.ndarray | None", "Item | None", "int | None", float], dict[str, Any]]


def _kept(x: np.ndarray, w: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    ok = ~np.isnan(x)
    if w is not None:
        ok &= ~np.isnan(w)
        return x[ok], w[ok]
    return x[ok], None


def effective_counts(shares: np.ndarray, se: float, n: int, variance: float, kish: float) -> np.ndarray:
    """Turn weighted shares into the counts of a simple sample that knows as much.

    The effective n is the one at which a simple sample would have the same standard error; where the variance is
    zero, Kish's.
    """
    effective = variance * n / (n - 1) / se**2 if se > 0 and n > 1 and variance > 0 else kish
    return shares * effective


def nps_counts(x: np.ndarray, w: np.ndarray | None) -> tuple[np.ndarray, int, float, float]:
    """Promoters (9, 10), passives (7, 8) and detractors (0 to 6).

    Returns
    -------
    (counts, n, standard error, effective n)
        With weights, counts of the effective sample; the standard error in NPS points.
    """
    x, w = _kept(x, w)
    n = len(x)
    marks = np.column_stack([x >= 9, (x >= 7) & (x < 9), x < 7])
    if w is None:
        counts = marks.sum(axis=0).astype(float)
        p, d = (counts[0] / n, counts[2] / n) if n else (math.nan, math.nan)
        return counts, n, 100 * math.sqrt(max(p + d - (p - d) ** 2, 0) / n) if n else math.nan, float(n)
    m = weighted_mean(100.0 * (marks[:, 0].astype(float) - marks[:, 2]), w)
    shares = (marks * w[:, None]).sum(axis=0) / w.sum() if n else np.full(3, math.nan)
    variance = 1e4 * (shares[0] + shares[2] - (shares[0] - shares[2]) ** 2)
    counts = effective_counts(shares, m.se, n, variance, m.effective)
    return counts, n, m.se, float(counts.sum())


def _nps(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    counts, n, se, effective = nps_counts(x, w)
    total = counts.sum()
    p, q, d = counts / total if total > 0 else np.full(3, math.nan)
    low, high, _ = adjusted_nps(counts[0], counts[1], counts[2], level) if n else (math.nan,) * 3
    out = {
        "value": 100 * (p - d),
        "low": low,
        "high": high,
        "n": n,
        "promoters": p,
        "passives": q,
        "detractors": d,
        "se": se,
        "method": "adjusted Wald",
    }
    # A score at the very edge lies outside the interval of the adjusted one by construction: it is an end of it.
    if n and not math.isnan(low):
        out["low"], out["high"] = min(low, out["value"]), max(high, out["value"])
    return out | ({"n_effective": effective} if w is not None else {})


def _share(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    x, w = _kept(x, w)
    n = len(x)
    if n == 0:
        return {"value": math.nan, "low": math.nan, "high": math.nan, "n": 0, "method": "Wilson"}
    m = weighted_mean(x, w)
    p = min(max(m.mean, 0.0), 1.0)
    if w is None:
        low, high = wilson(float(x.sum()), n, level=level)
        return {"value": p, "low": low, "high": high, "n": n, "method": "Wilson"}
    effective = float(effective_counts(np.array([1.0]), m.se, n, p * (1 - p), m.effective)[0])
    low, high = wilson(p * effective, effective, level=level)
    return {
        "value": p,
        "low": low,
        "high": high,
        "n": n,
        "se": m.se,
        "n_effective": effective,
        "method": "Wilson, effective n",
    }


def _above(x: np.ndarray, it: Item | None, top: int) -> np.ndarray:
    if it is None or it.ends is None:
        return x
    return np.where(np.isnan(x), np.nan, (x > it.ends[1] - top).astype(float))


def _top(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _share(_above(x, it, top or 2), w, it, None, level)
    m = weighted_mean(x, w)
    return out | {"mean": m.mean, "sd": m.sd}


def _mean(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    m = weighted_mean(x, w)
    if w is None:
        low, high = _t_interval(m.mean, m.sd, m.n, level)
    else:
        from scipy.special import stdtrit

        t = float(stdtrit(m.n - 1, 0.5 + level / 2)) if m.n > 1 else math.nan
        low, high = m.mean - t * m.se, m.mean + t * m.se
    out = {"value": m.mean, "low": low, "high": high, "n": m.n, "sd": m.sd, "se": m.se, "method": "t"}
    return out | ({"n_effective": m.effective} if w is not None else {})


def _ces(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _mean(x, w, it, None, level)
    upper = top or (3 if it is not None and (it.points or 7) >= 7 else 2)
    share = _share(_above(x, it, upper), w, it, None, level)
    return out | {f"top{upper}": share["value"], f"top{upper}_low": share["low"], f"top{upper}_high": share["high"]}


def _sus(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _mean(x, w, it, None, level)
    return out | {"grade": grade(out["value"]), "percentile": percentile(out["value"]) if out["n"] else math.nan}


FIGURES: dict[str, Figure] = {
    "nps": _nps,
    "csat": _top,
    "top2": _top,
    "ces": _ces,
    "sus": _sus,
    "mean": _mean,
    "share": _share,
    "multi": _share,
    "missing": _share,
}


def statistic_name(kind: str, scale: tuple[Any, ...] = ()) -> str:
    """What a figure is called on a map."""
    names = {
        "nps": "NPS",
        "csat": "CSAT",
        "ces": "CES",
        "sus": "SUS",
        "mean": "mean",
        "top2": "top-2 share",
        "share": "share",
        "multi": "share",
        "ranking": "mean rank",
        "alpha": "alpha",
        "omega": "omega",
        "missing": "share without an answer",
    }
    return names.get(kind, kind)


def _people_text(n: int, lang: str | None) -> str:
    return count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)


def _range(low: float | None, high: float | None, digits: int, percent: bool, lang: str | None) -> str:
    if low is None or high is None or low != low or high != high:
        return ""
    sep = say(en=", ", ru="; ", lang=lang)
    return (
        f" [{number(low, digits, percent=percent, lang=lang)}{sep}{number(high, digits, percent=percent, lang=lang)}]"
    )


def sentence(s: Score, lang: str | None = None) -> str:
    """One plain sentence about a score."""
    weighted = say(en=" (weighted)", ru=" (с весами)", lang=lang) if s.weighted else ""
    if s.kind == "all" or (s.overall is None and s.kind not in ("share", "multi", "ranking")):
        k = s.table["item"].nunique() if "item" in s.table else len(s.table)
        figures = count(
            len(s.table), en=("figure", "figures"), ru=("показатель", "показателя", "показателей"), lang=lang
        )
        items = count(k, en=("item", "items"), ru=("вопрос", "вопроса", "вопросов"), lang=lang)
        return say(en=f"{figures} of {items}{weighted}.", ru=f"{figures}, {items}{weighted}.", lang=lang)
    if s.kind in ("share", "multi", "ranking"):
        return _of_options(s, weighted, lang)
    e = s.overall
    assert e is not None
    percent = s.kind in ("csat", "top2", "missing")
    digits = 0 if percent else 1 if s.kind in ("nps", "sus") else 2
    value = number(e.value, digits, percent=percent, lang=lang)
    spread = _range(e.low, e.high, digits, percent, lang)
    people = _people_text(e.n, lang)
    row = s.table.iloc[0]
    if s.kind == "nps":
        if "promoters" in s.table and len(s.table) == 1:
            shares = [number(row[c], 0, percent=True, lang=lang) for c in ("promoters", "passives", "detractors")]
            return say(
                en=f"NPS{weighted} is {value}{spread}, n = {people}: {shares[0]} promoters, {shares[1]} passives, "
                f"{shares[2]} detractors.",
                ru=f"NPS{weighted} равен {value}{spread}, n = {people}: промоутеров {shares[0]}, нейтралов "
                f"{shares[1]}, критиков {shares[2]}.",
                lang=lang,
            )
        text = say(
            en=f"NPS{weighted} is {value}{spread}, n = {people}",
            ru=f"NPS{weighted} равен {value}{spread}, n = {people}",
            lang=lang,
        )
    elif s.kind == "sus":
        letter, place = grade(e.value or math.nan), percentile(e.value or math.nan)
        text = say(
            en=f"SUS{weighted} is {value}{spread}, n = {people}: grade {letter}, better than about "
            f"{number(place, 0, lang='en')}% of products",
            ru=f"SUS{weighted} равен {value}{spread}, n = {people}: оценка {letter}, выше, чем примерно у "
            f"{number(place, 0, lang='ru')} % продуктов",
            lang=lang,
        )
    elif s.kind in ("csat", "top2"):
        text = say(
            en=f"{value}{spread} chose one of the upper two answers{weighted}, n = {people}",
            ru=f"{value}{spread} выбрали два верхних ответа{weighted}, n = {people}",
            lang=lang,
        )
    elif s.kind == "missing":
        text = say(
            en=f"{value}{spread} gave no answer, n = {people}",
            ru=f"{value}{spread} не ответили, n = {people}",
            lang=lang,
        )
    elif s.kind in ("alpha", "omega"):
        name = {"alpha": "α", "omega": "ω"}[s.kind]
        word = _agreement(e.value or 0, lang)
        text = say(
            en=f"{name} = {value}{spread} over {len(s.items)} items, n = {people}: {word}",
            ru=f"{name} = {value}{spread} по {len(s.items)} вопросам, n = {people}: {word}",
            lang=lang,
        )
    else:
        ends = ""
        if s.scale:
            low, high = (1, len(s.scale)) if isinstance(s.scale[0], str) else s.scale
            ends = say(en=f" on {low} to {high}", ru=f" по шкале {low}–{high}", lang=lang)
        name = say(en="CES", ru="CES", lang=lang) if s.kind == "ces" else say(en="the mean", ru="среднее", lang=lang)
        name = name[0].upper() + name[1:]
        text = say(
            en=f"{name}{weighted} is {value}{spread}{ends}, n = {people}",
            ru=f"{name}{weighted}: {value}{spread}{ends}, n = {people}",
            lang=lang,
        )
    if s.by:
        best, worst = s.table.iloc[int(s.table["value"].argmax())], s.table.iloc[int(s.table["value"].argmin())]
        a, b = (number(r["value"], digits, percent=percent, lang=lang) for r in (best, worst))
        text += say(
            en=f"; by {s.by} from {b} ({worst['group']}, n = {int(worst['n'])}) to {a} ({best['group']}, n = "
            f"{int(best['n'])})",
            ru=f"; по группам «{s.by}» от {b} ({worst['group']}, n = {int(worst['n'])}) до {a} ({best['group']}, n "
            f"= {int(best['n'])})",
            lang=lang,
        )
    return text + "."


def _of_options(s: Score, weighted: str, lang: str | None) -> str:
    ranked = s.table.sort_values("value", ascending=s.kind == "ranking")
    first = ranked.iloc[0]
    name = first["option"] if "option" in s.table else first["answer"]
    if s.kind == "ranking":
        value = number(first["value"], 2, lang=lang)
        people = _people_text(int(first["n"]), lang)
        return say(
            en=f"“{name}” ranks best: mean rank {value}{_range(first['low'], first['high'], 2, False, lang)} of "
            f"{len(s.items)}, n = {people}.",
            ru=f"Лучший средний ранг у «{name}»: {value}{_range(first['low'], first['high'], 2, False, lang)} из "
            f"{len(s.items)}, n = {people}.",
            lang=lang,
        )
    value = number(first["value"], 0, percent=True, lang=lang)
    spread = _range(first["low"], first["high"], 0, True, lang)
    n = int(first["n"])
    base = ""
    if s.kind == "multi":
        who = {
            "answering": ("of those answering", "от ответивших"),
            "asked": ("of those asked", "от спрошенных"),
            "choices": ("of all choices", "от всех выборов"),
        }[s.base]
        base = say(en=f" {who[0]}", ru=f" {who[1]}", lang=lang)
    group = say(en=f" in {first['group']}", ru=f" в группе «{first['group']}»", lang=lang) if "group" in s.table else ""
    unit = (
        _people_text(n, lang)
        if s.base != "choices"
        else count(n, en=("choice", "choices"), ru=("выбор", "выбора", "выборов"), lang=lang)
    )
    return say(
        en=f"Most often{group}{weighted}: “{name}”, {value}{spread}{base}, n = {unit}.",
        ru=f"Чаще всего{group}{weighted}: «{name}», {value}{spread}{base}, n = {unit}.",
        lang=lang,
    )


def _agreement(value: float, lang: str | None) -> str:
    if value >= 0.9:
        return say(en="the items say nearly the same", ru="вопросы почти повторяют друг друга", lang=lang)
    if value >= 0.7:
        return say(en="they can be read as one measure", ru="их можно читать как один показатель", lang=lang)
    return say(en="too little for one measure", ru="для одного показателя мало", lang=lang)
