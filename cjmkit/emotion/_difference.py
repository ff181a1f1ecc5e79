"""Do two personas, waves or sources feel differently, and at which stages?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.emotion._curve import labels_of
from cjmkit.emotion._estimator import fit, information, intercept_ratio, observed
from cjmkit.emotion._html import paragraphs, remarks, table_html
from cjmkit.emotion._intervals import t_limits
from cjmkit.emotion._scores import person_ids, read_scores
from cjmkit.emotion._words import source_title
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, current_language, number, say

if TYPE_CHECKING:
    from cjmkit.emotion._result import Curve

__all__ = ["Difference", "difference", "source_gaps"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Beyond this many people the permutation distribution is drawn from its Gaussian limit: same law, no loop.
_MOST_PERMUTED = 2000


@dataclass(frozen=True, eq=False, repr=False)
class Difference:
    """Differences of two groups per stage.

    Attributes
    ----------
    table : DataFrame
        A row per pair of groups, source and stage: source, stage, title, a, b, mean_a, mean_b, difference (b − a),
        low, high (pointwise), band_low, band_high (for all stages of the pair at once), n_a, n_b, n_paired, p (max-T,
        adjusted for all stages; missing where suppressed), sure (whether the band excludes zero and p ≤ 1 − level),
        reason.
    """

    table: pd.DataFrame
    level: float
    formed_from: bool
    permutations: int
    warnings: tuple[str, ...]

    def summary(self, lang: str | None = None) -> str:
        """One sentence per pair: where the groups differ, or that nothing says they do."""
        lang = current_language(lang)
        out = []
        for (a, b, source), part in self.table.groupby(["a", "b", "source"], sort=False):
            pair = f"{a} → {b} ({source_title(str(source), lang)})"
            compared = part[part["difference"].notna()]
            if compared.empty:
                out.append(
                    say(
                        en=f"{pair}: no stage has enough people on both sides.",
                        ru=f"{pair}: ни на одном этапе не хватает людей с обеих сторон.",
                        lang=lang,
                    )
                )
                continue
            largest = _largest(compared)
            if self.formed_from:
                out.append(
                    say(
                        en=f"{pair}: {_gap(largest, lang)}. Descriptive: these ratings helped to form the groups.",
                        ru=f"{pair}: {_gap(largest, lang)}. Только описание: эти оценки участвовали в разбиении.",
                        lang=lang,
                    )
                )
                continue
            sure = compared[compared["sure"]]
            if sure.empty:
                out.append(
                    say(
                        en=f"{pair}: no difference that chance could not make; largest {_gap(largest, lang)}.",
                        ru=f"{pair}: нет различий, которые нельзя объяснить случаем; наибольшее {_gap(largest, lang)}.",
                        lang=lang,
                    )
                )
            else:
                stages = count(len(sure), en=("stage", "stages"), ru=("этапе", "этапах", "этапах"), lang=lang)
                largest = _largest(sure)
                out.append(
                    say(
                        en=f"{pair}: differ at {stages}, most at {_gap(largest, lang)}.",
                        ru=f"{pair}: различаются на {stages}, сильнее всего {_gap(largest, lang)}.",
                        lang=lang,
                    )
                )
        return "\n".join(out)

    def _repr_html_(self) -> str:
        columns = ["a", "b", "source", "title", "difference", "n_a", "n_b", "n_paired", "p"]
        return paragraphs(self.summary()) + table_html(self.table, columns) + remarks(self.warnings)

    def __repr__(self) -> str:
        return self.summary()


def _largest(table: pd.DataFrame) -> Any:
    return table.iloc[int(table["difference"].abs().to_numpy().argmax())]


def _gap(row: Any, lang: str) -> str:
    low, high = number(row["low"], 1, lang=lang), number(row["high"], 1, lang=lang)
    sep = "; " if lang == "ru" else ", "
    text = f"{row['title']} {number(row['difference'], 1, lang=lang)} [{low}{sep}{high}]"
    if pd.notna(row["p"]):
        text += f", p = {number(row['p'], 3, lang=lang)}"
    return text


def difference(
    scores: pd.DataFrame,
    *,
    by: pd.Series | str,
    paired: bool | None = None,
    source: str | None = None,
    stages: Iterable[Any] | None = None,
    formed_from: bool = False,
    level: float = 0.95,
    min_n: int = 3,
    permutations: int = 1999,
    seed: int = 0,
) -> Difference:
    """Compare personas, waves or sources stage by stage.

    Estimates come from the model of :func:`cjmkit.emotion.curve` with one mean per group and stage, intervals from
    the jackknife over people within groups. The p-values are permutation max-T: group names are exchanged between
    people (or, for people in both groups, swapped within the person), and each stage is compared with the largest
    statistic over all stages, so that looking at many stages does not make a finding (Westfall and Young 1993).

    Parameters
    ----------
    scores : DataFrame
        participant, stage, score, and whatever `by` names.
    by : Series or str
        Group of each person, or a column of `scores` such as ``"wave"`` or ``"source"``. More than two groups:
        every pair, p-values multiplied by the number of pairs.
    paired : bool, optional
        True requires that people appear in both groups; False treats every row of a group as other people, even
        where ids are equal; by default people with the same id in both groups count as pairs.
    source : str, optional
        Only this source.
    stages : sequence, optional
        Order of the stages. Stages that only one group has become gaps.
    formed_from : bool
        Whether the ratings helped to form the groups: p-values are then withheld, since groups made from ratings
        differ in those ratings by construction.
    level, min_n, permutations, seed
        Confidence level; fewest people per side; permutations; their seed.

    Returns
    -------
    Difference

    Raises
    ------
    CjmError
        If there are fewer than two groups, or `paired=True` finds nobody in both.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"participant": list("abcdef"), "stage": "deal", "score": [-1, 0, -1, -2, 0, -1]})
    >>> waves = pd.concat([before.assign(wave="2025"), before.assign(score=[1, 1, 0, 0, 1, 1], wave="2026")])
    >>> difference(waves, by="wave").table[["stage", "difference", "n_paired"]]
      stage  difference  n_paired
    0  deal         1.5         6
    """
    said: list[str] = []
    if source is not None and "source" in scores and source not in set(scores["source"].dropna()):
        raise CjmError(suggest(source, sorted(set(scores["source"].dropna())), what="source"))
    if source is not None and "source" in scores:
        scores = scores[scores["source"] == source]
    group_of, groups = _groups(scores, by, said)
    rows: list[dict[str, Any]] = []
    pairs = list(combinations(range(len(groups)), 2))
    if stages is None and not isinstance(scores["stage"].dtype, pd.CategoricalDtype):
        stages = sorted({str(s) for s in scores.loc[group_of >= 0, "stage"].dropna()})
    kept = scores[group_of >= 0].assign(_group=group_of[group_of >= 0])
    sources: list[Any] = [None]
    if "source" in kept and by != "source" if isinstance(by, str) else "source" in kept:
        sources = sorted(kept["source"].dropna().unique())
    rng = np.random.default_rng(seed)
    for name in sources:
        part = kept if name is None else kept[kept["source"] == name]
        for i, j in pairs:
            sides = [part[part["_group"] == g] for g in (i, j)]
            if any(s.empty for s in sides):
                continue
            rows += _pair(
                sides,
                (groups[i], groups[j]),
                str(name or ""),
                stages,
                paired,
                level,
                min_n,
                len(pairs),
                0 if formed_from else permutations,
                rng,
            )
    if not rows:
        raise CjmError(f"no two of the groups {', '.join(groups)} have scores from the same source")
    if formed_from:
        said.append(
            say(
                en="the ratings helped to form the groups: differences are descriptive, without p-values",
                ru="эти оценки участвовали в выделении групп: различия только описание, без p-значений",
            )
        )
    if len(pairs) > 1 and not formed_from:
        said.append(
            say(
                en=f"p-values are multiplied by {len(pairs)}, the number of pairs of groups",
                ru=f"p-значения умножены на {len(pairs)}, число пар групп",
            )
        )
    return Difference(pd.DataFrame(rows), level, formed_from, permutations, tuple(dict.fromkeys(said)))


def _groups(scores: pd.DataFrame, by: pd.Series | str, said: list[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Group code of each row (−1 for none) and the names of the groups."""
    if isinstance(by, str):
        if by not in scores:
            raise CjmError(suggest(by, scores.columns, what="column of scores for by="))
        column = scores[by]
    else:
        read = read_scores(scores)
        labels_of(read, scores, by, said)  # its checks: are there labels for these people at all
        person = "participant" if "participant" in scores else "respondent"
        lookup = pd.Series(by.dropna().astype(str).to_numpy(), index=person_ids(by.dropna().index))
        column = pd.Series(lookup.reindex(person_ids(scores[person].astype(object))).to_numpy(), index=scores.index)
        if isinstance(by.dtype, pd.CategoricalDtype):
            column = column.astype(pd.CategoricalDtype([str(c) for c in by.cat.categories], ordered=True))
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.dropna().astype(str))
        names = [str(c) for c in column.cat.categories if str(c) in present]
    else:
        names = sorted({str(v) for v in column.dropna()})
    if len(names) < 2:
        raise CjmError(f"a difference needs two groups; {'none' if not names else 'only ' + repr(names[0])} came")
    place = {n: i for i, n in enumerate(names)}
    return np.array([place.get(str(v), -1) if pd.notna(v) else -1 for v in column]), names


def _pair(
    sides: list[pd.DataFrame],
    names: tuple[str, str],
    source: str,
    stages: Iterable[Any] | None,
    paired: bool | None,
    level: float,
    min_n: int,
    pairs: int,
    permutations: int,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    reads = [read_scores(s.drop(columns="source", errors="ignore"), stages=stages) for s in sides]
    cells = [r.cells(np.ones(len(r.person), dtype=bool)) for r in reads]
    y, both = _stack(cells[0].people, cells[0].y, cells[1].people, cells[1].y, paired)
    if paired and not both.any():
        raise CjmError(
            f"paired=True, but no person is in both {names[0]!r} and {names[1]!r}; with paired=None people are matched "
            "where ids agree and compared as strangers otherwise"
        )
    half = y.shape[1] // 2
    ids = [u[0] for u in reads[0].units]
    result = _contrast(y, level=level, min_n=min_n, permutations=permutations, rng=rng)
    rows = []
    for s in range(half):
        r = {k: v[s] for k, v in result.items()}
        p = min(1.0, r["p"] * pairs) if np.isfinite(r["p"]) else np.nan
        rows.append(
            {
                "source": source,
                "stage": ids[s],
                "title": reads[0].titles.get(ids[s], ids[s]),
                "a": names[0],
                "b": names[1],
                **r,
                "p": p,
                "sure": bool(p <= 1 - level) if np.isfinite(p) else False,
            }
        )
    return rows


def _stack(people_a: Any, y_a: Floats, people_b: Any, y_b: Floats, paired: bool | None) -> tuple[Floats, Bools]:
    """Both groups side by side, a row per person: (P, 2S), and who is in both."""
    a, b = people_a.astype(str), people_b.astype(str)
    if paired is False:
        a, b = np.char.add("a\0", a), np.char.add("b\0", b)
    people = np.union1d(a, b)
    y = np.full((len(people), y_a.shape[1] * 2), np.nan)
    y[np.searchsorted(people, a), : y_a.shape[1]] = y_a
    y[np.searchsorted(people, b), y_a.shape[1] :] = y_b
    return y, np.isin(people, a) & np.isin(people, b)


def _contrast(
    y: Floats, *, level: float, min_n: int, permutations: int, rng: np.random.Generator
) -> dict[str, npt.NDArray[Any]]:
    """Difference (second half of the columns minus the first) with intervals and max-T p-values."""
    half = y.shape[1] // 2
    seen = observed(y)
    in_a, in_b = _sides(seen)
    both = in_a & in_b
    # The ratio must not see the groups, or exchanging their names would change it.
    pooled = np.concatenate([y[:, :half], y[:, half:]])
    person = np.concatenate([np.arange(len(y))] * 2)
    ratio = intercept_ratio(_by_person(pooled, person, len(y)))
    one = fit(y, ratio=ratio)
    n_a, n_b = one.n[:half], one.n[half:]
    usable = (n_a >= min_n) & (n_b >= min_n)
    pull = np.nan_to_num(one.influence[:, half:]) - np.nan_to_num(one.influence[:, :half])
    se, df = _spread(pull, [in_a & ~in_b, in_b & ~in_a, both], seen, half)
    delta = np.where(usable, one.mean[half:] - one.mean[:half], np.nan)
    se = np.where(usable, se, np.nan)
    whole = 1 - (1 - level) / max(int(usable.sum()), 1)
    low, high = t_limits(delta, se, df, level=level, clip=(-4.0, 4.0))
    band_low, band_high = t_limits(delta, se, df, level=whole, clip=(-4.0, 4.0))
    p = np.full(half, np.nan)
    if permutations and usable.any():
        p[usable] = _max_t(y, ratio, usable, permutations, rng)
    paired = (seen[:, :half] & seen[:, half:]).sum(axis=0)
    reason = np.where(usable, "", np.where((n_a == 0) | (n_b == 0), "one side only", f"fewer than {min_n} people"))
    return {
        "mean_a": np.where(n_a >= min_n, one.mean[:half], np.nan),
        "mean_b": np.where(n_b >= min_n, one.mean[half:], np.nan),
        "difference": delta,
        "low": low,
        "high": high,
        "band_low": band_low,
        "band_high": band_high,
        "n_a": n_a,
        "n_b": n_b,
        "n_paired": paired,
        "p": p,
        "reason": reason,
    }


def _sides(seen: Bools) -> tuple[Bools, Bools]:
    half = seen.shape[1] // 2
    return np.asarray(seen[:, :half].any(axis=1)), np.asarray(seen[:, half:].any(axis=1))


def _by_person(y: Floats, person: npt.NDArray[np.int64], people: int) -> Floats:
    seen = observed(y)
    total, n = np.zeros((people, y.shape[1])), np.zeros((people, y.shape[1]))
    np.add.at(total, person, np.where(seen, y, 0.0))
    np.add.at(n, person, seen)
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = total / n
    return out


def _spread(pull: Floats, strata: list[Bools], seen: Bools, half: int) -> tuple[Floats, Floats]:
    """Standard error and Satterthwaite degrees of freedom from strata of people (only a, only b, both)."""
    parts, freedom = [], []
    answered = seen[:, :half] | seen[:, half:]
    for who in strata:
        if not who.any():
            continue
        k = answered[who].sum(axis=0)
        centred = pull[who] - pull[who].mean(axis=0)
        parts.append((centred**2).sum(axis=0))
        freedom.append(np.maximum(k - 1, 1))
    v = np.array(parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = v.sum(axis=0) ** 2 / (v**2 / np.array(freedom)).sum(axis=0)
    return np.sqrt(v.sum(axis=0)), df


def _statistic(y: Floats, ratio: float, usable: Bools) -> Floats:
    """Studentised differences, with a sandwich variance that allows the groups to scatter differently."""
    half = len(usable)
    o = (~np.isnan(y)).astype(float)
    c, right = information(y, ratio)
    a = np.diag(o.sum(axis=0)) - (o * c[:, None]).T @ o
    empty = o.sum(axis=0) == 0
    a[empty, empty] = 1.0
    inverse = np.linalg.inv(a)
    mean = inverse @ right.sum(axis=0)
    at = o * mean
    score = right - (at - o * (c * at.sum(axis=1))[:, None])
    contrast = inverse[half:] - inverse[:half]
    pull = score @ contrast.T
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.abs(mean[half:] - mean[:half]) / np.sqrt((pull**2).sum(axis=0))
    return np.where(np.isfinite(t), t, 0.0)[usable]


def _max_t(y: Floats, ratio: float, usable: Bools, permutations: int, rng: np.random.Generator) -> Floats:
    half = len(usable)
    keep = ~np.isnan(y).all(axis=1)
    y = y[keep]
    found = _statistic(y, ratio, usable)
    seen = observed(y)
    in_a, in_b = _sides(seen)
    both, single = np.flatnonzero(in_a & in_b), np.flatnonzero(in_a ^ in_b)
    if len(y) > _MOST_PERMUTED:
        largest = _gaussian_limit(y, ratio, usable, permutations, rng)
    else:
        swapped = np.concatenate([y[:, half:], y[:, :half]], axis=1)
        is_b = in_b[single]
        largest = np.empty(permutations)
        for k in range(permutations):
            flip = np.zeros(len(y), dtype=bool)
            flip[both] = rng.random(len(both)) < 0.5
            flip[single] = rng.permutation(is_b) != is_b
            largest[k] = _statistic(np.where(flip[:, None], swapped, y), ratio, usable).max()
    out: Floats = (1 + (largest[:, None] >= found - 1e-12).sum(axis=0)) / (permutations + 1)
    return out


def _gaussian_limit(y: Floats, ratio: float, usable: Bools, size: int, rng: np.random.Generator) -> Floats:
    half = len(usable)
    one = fit(y, ratio=ratio)
    pull = (np.nan_to_num(one.influence[:, half:]) - np.nan_to_num(one.influence[:, :half]))[:, usable]
    covariance = pull.T @ pull
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    z = rng.standard_normal((size, len(scale))) @ (vectors * np.sqrt(np.clip(values, 0, None))).T
    out: Floats = np.abs(z).max(axis=1)
    return out


def source_gaps(curve: Curve) -> pd.DataFrame:
    """Pairs of sources of one curve, compared stage by stage; see ``Curve.disagreements``."""
    rows = []
    tables = curve.table
    for persona in curve.personas:
        for a, b in combinations(curve.sources, 2):
            y, _ = _stack(
                curve._people[persona, a],
                curve._values[persona, a],
                curve._people[persona, b],
                curve._values[persona, b],
                None,
            )
            parts = [tables[(tables["persona"] == persona) & (tables["source"] == s)] for s in (a, b)]
            shown = parts[0]["shown"].to_numpy() & parts[1]["shown"].to_numpy()
            if not shown.any():
                continue
            half = len(shown)
            one = fit(y)
            pull = np.nan_to_num(one.influence[:, half:]) - np.nan_to_num(one.influence[:, :half])
            delta = one.mean[half:] - one.mean[:half]
            by_shape = "text" in (a, b)
            if by_shape:
                delta = delta - delta[shown].mean()
                pull = pull - pull[:, shown].mean(axis=1, keepdims=True)
            seen = observed(y)
            in_a, in_b = _sides(seen)
            se, df = _spread(pull, [in_a & ~in_b, in_b & ~in_a, in_a & in_b], seen, half)
            whole = 1 - (1 - curve.level) / int(shown.sum())
            low, high = t_limits(delta, se, df, level=whole, clip=(-4.0, 4.0))
            for s in np.flatnonzero(shown):
                rows.append(
                    {
                        "persona": persona,
                        "stage": parts[0]["stage"].iloc[s],
                        "source_a": a,
                        "source_b": b,
                        "difference": delta[s],
                        "low": low[s],
                        "high": high[s],
                        "n_a": int(one.n[s]),
                        "n_b": int(one.n[half + s]),
                        "by": "shape" if by_shape else "level",
                        "disagree": bool(low[s] > 0 or high[s] < 0),
                    }
                )
    columns = ["persona", "stage", "source_a", "source_b", "difference", "low", "high", "n_a", "n_b", "by", "disagree"]
    return pd.DataFrame(rows, columns=columns)
