"""Do two personas, waves or sources feel differently, and at which stages?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.result import Figure, Result
from cjmkit.emotion._people import labels_of
from cjmkit.emotion._words import source_title
from cjmkit.emotion.contrasts import adjusted, contrast, stack
from cjmkit.emotion.scores import cautions_of, person_ids, read_scores
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, current_language, number, p_value, say
from cjmkit.people import named

__all__ = ["Difference", "difference"]

_COLUMNS = [
    "source", "stage", "title", "a", "b", "mean_a", "mean_b", "difference", "low", "high", "band_low", "band_high",
    "n_a", "n_b", "n_paired", "se_a", "se_b", "rho", "same_a", "same_b", "step", "p", "sure", "same", "reason",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Difference(Result):
    """Differences of two groups per stage.

    Attributes
    ----------
    table : DataFrame
        A row per pair of groups, source and stage: source, stage, title, a, b, mean_a, mean_b, difference (b − a),
        low, high (pointwise), band_low, band_high (hold for all comparisons of the picture at once), n_a, n_b,
        n_paired, p (adjusted for all comparisons; missing where suppressed), sure (the band excludes zero), same
        (nobody differs within the groups), reason; and what the limits are made from: se_a, se_b, rho (correlation of
        the two means), same_a, same_b, step.
    """

    table: pd.DataFrame
    level: float = 0.95
    formed_from: bool = False
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
                out.append(_none_shown(pair, compared, lang))
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


def _none_shown(pair: str, compared: pd.DataFrame, lang: str) -> str:
    """Not shown is not the same as not there: how large a difference the data still allow."""
    reach = compared[["band_low", "band_high"]].abs().to_numpy().max()
    most, largest = number(float(reach), 1, lang=lang), _gap(_largest(compared), lang)
    n = say(
        en=f"n = {_range(compared['n_a'])} and {_range(compared['n_b'])}",
        ru=f"n = {_range(compared['n_a'])} и {_range(compared['n_b'])}",
        lang=lang,
    )
    return say(
        en=f"{pair}: no difference shown ({n}); differences up to {most} remain possible; largest {largest}.",
        ru=f"{pair}: различия не показаны ({n}); возможны различия до {most}; наибольшее {largest}.",
        lang=lang,
    )


def _range(n: pd.Series) -> str:
    return str(int(n.min())) if n.min() == n.max() else f"{int(n.min())}–{int(n.max())}"


def _largest(table: pd.DataFrame) -> Any:
    return table.iloc[int(table["difference"].abs().to_numpy().argmax())]


def _gap(row: Any, lang: str) -> str:
    low, high = number(row["low"], 1, lang=lang), number(row["high"], 1, lang=lang)
    sep = "; " if lang == "ru" else ", "
    text = f"{row['title']} {number(row['difference'], 1, lang=lang)} [{low}{sep}{high}]"
    if pd.notna(row["p"]):
        p = p_value(row["p"], lang)
        text += f", p {p if p.startswith('<') else f'= {p}'}"
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
) -> Difference:
    """Compare personas, waves or sources stage by stage.

    Estimates come from the model of :func:`cjmkit.emotion.curve` with one mean per group and stage, intervals from
    those of the two curves (square-and-add), so groups may differ in size and scatter. Bands and p-values are corrected
    for every stage, pair of groups and source that is compared (Bonferroni), so that looking at many stages does not
    make a finding: a band without zero and p ≤ .05 are the same statement. False alarms in 22 worlds are in
    ``benchmarks/results/emotion_differences.md``.

    Parameters
    ----------
    scores : DataFrame
        participant, stage, score, and whatever `by` names.
    by : Series or str
        Group of each person, or a column of `scores` such as ``"wave"`` or ``"source"``. More than two groups:
        every pair is compared, and corrected for.
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
    level : float
        Confidence level.
    min_n : int
        Fewest people per side.

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
    for name in sources:
        part = kept if name is None else kept[kept["source"] == name]
        for i, j in pairs:
            sides = [part[part["_group"] == g] for g in (i, j)]
            if any(one.empty for one in sides):
                continue
            found = _pair(sides, (groups[i], groups[j]), stages=stages, paired=paired, min_n=min_n)
            rows += [{"source": str(name or "")} | row for row in found]
    if not rows:
        raise CjmError(
            en=f"no two of the groups {', '.join(groups)} have scores from the same source",
            ru=f"ни у каких двух групп из {', '.join(groups)} нет оценок из одного источника",
        )
    if formed_from:
        said.append(
            say(
                en="the ratings helped to form the groups: differences are descriptive, without p-values",
                ru="эти оценки участвовали в выделении групп: различия только описание, без p-значений",
            )
        )
    table = adjusted(pd.DataFrame(rows), level=level, descriptive=formed_from)
    compared = int(table["difference"].notna().sum())
    if (len(pairs) > 1 or len(sources) > 1) and not formed_from:
        said.append(
            say(
                en=f"bands and p-values hold for all {compared} comparisons of this picture at once",
                ru=f"границы для всей картины и p-значения учитывают все сравнения сразу, их {compared}",
            )
        )
    same = int(table["same"].sum())
    if same:
        said.append(
            say(
                en=f"at {same} stages nobody differs within the groups; there the limits are bounds, and p is exact",
                ru=f"этапов, где внутри групп никто не отличается: {same}; границы там предельные, p точное",
            )
        )
    result = Difference(
        table=table[_COLUMNS], level=level, formed_from=formed_from, warnings=tuple(dict.fromkeys(said))
    )
    return carried(result, cautions_of(scores))


def _groups(scores: pd.DataFrame, by: pd.Series | str, said: list[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Group code of each row (−1 for none) and the names of the groups."""
    if isinstance(by, str):
        if by not in scores:
            raise CjmError(suggest(by, scores.columns, what="column of scores for by="))
        column = scores[by]
    else:
        read = read_scores(scores)
        groups: pd.Series = named(by)
        labels_of(read, scores, groups, said)  # its checks: are there labels for these people at all
        person = "participant" if "participant" in scores else "respondent"
        lookup = pd.Series(groups.dropna().astype(str).to_numpy(), index=person_ids(groups.dropna().index))
        column = pd.Series(lookup.reindex(person_ids(scores[person].astype(object))).to_numpy(), index=scores.index)
        if isinstance(groups.dtype, pd.CategoricalDtype):
            column = column.astype(pd.CategoricalDtype([str(c) for c in groups.cat.categories], ordered=True))
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.dropna().astype(str))
        names = [str(c) for c in column.cat.categories if str(c) in present]
    else:
        names = sorted({str(v) for v in column.dropna()})
    if len(names) < 2:
        raise CjmError(
            en=f"a difference needs two groups; {'none' if not names else 'only ' + repr(names[0])} came",
            ru=f"для разницы нужны две группы; пришло {(repr(names[0]) if names else 'ни одной')}",
        )
    place = {n: i for i, n in enumerate(names)}
    return np.array([place.get(str(v), -1) if pd.notna(v) else -1 for v in column]), names


def _pair(
    sides: list[pd.DataFrame], names: tuple[str, str], *, stages: Iterable[Any] | None, paired: bool | None, min_n: int
) -> list[dict[str, Any]]:
    reads = [read_scores(s.drop(columns="source", errors="ignore"), stages=stages) for s in sides]
    cells = [r.cells(np.ones(len(r.person), dtype=bool)) for r in reads]
    y, both = stack(cells[0].people, cells[0].y, cells[1].people, cells[1].y, paired)
    if paired and not both.any():
        raise CjmError(
            en=f"paired=True, but no person is in both {names[0]!r} and {names[1]!r}; with paired=None people are "
            f"matched "
            "where ids agree and compared as strangers otherwise",
            ru=f"paired=True, но никто не входит и в {names[0]!r}, и в {names[1]!r}; с paired=None люди "
            f"сопоставляются по совпавшим id, остальные сравниваются как разные",
        )
    result = contrast(y, min_n=min_n)
    ids = [u[0] for u in reads[0].units]
    return [
        {"stage": name, "title": reads[0].titles.get(name, name), "a": names[0], "b": names[1]}
        | {k: v[s] for k, v in result.items()}
        for s, name in enumerate(ids)
    ]
