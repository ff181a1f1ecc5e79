"""Do two personas, waves or sources feel differently, and at which stages?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.result import Figure, Result
from cjmkit.emotion._contrast import contrast, stack
from cjmkit.emotion._people import labels_of
from cjmkit.emotion._words import source_title
from cjmkit.emotion.scores import person_ids, read_scores
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, current_language, number, say

__all__ = ["Difference", "difference"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Difference(Result):
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
    level: float = 0.95
    formed_from: bool = False
    permutations: int = 1999
    warnings: tuple[str, ...] = ()

    _key = ("stage", "a", "b", "source")
    _figure = Figure(value="difference", n=("n_a", "n_b"))
    _shown = ("a", "b", "source", "title", "difference", "n_a", "n_b", "n_paired", "p")
    _names = {
        "a": ("from", "из"),
        "b": ("to", "в"),
        "n_a": ("n from", "n из"),
        "n_b": ("n to", "n в"),
        "n_paired": ("n in both", "n в обеих"),
    }

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

    def _table_shown(self) -> pd.DataFrame:
        return self.table.assign(source=[source_title(str(s)) for s in self.table["source"]])


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
    return Difference(
        table=pd.DataFrame(rows),
        level=level,
        formed_from=formed_from,
        permutations=permutations,
        warnings=tuple(dict.fromkeys(said)),
    )


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
    y, both = stack(cells[0].people, cells[0].y, cells[1].people, cells[1].y, paired)
    if paired and not both.any():
        raise CjmError(
            f"paired=True, but no person is in both {names[0]!r} and {names[1]!r}; with paired=None people are matched "
            "where ids agree and compared as strangers otherwise"
        )
    half = y.shape[1] // 2
    ids = [u[0] for u in reads[0].units]
    result = contrast(y, level=level, min_n=min_n, permutations=permutations, rng=rng)
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
