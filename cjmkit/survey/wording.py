"""Words that people of a group use in open answers and others do not: shares of people, limits, a test, a quote."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit import stats
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError
from cjmkit.i18n import count, listing, say
from cjmkit.survey._intervals import exact_share
from cjmkit.survey._result import SMALL, group_of, rows_text
from cjmkit.survey.data import SurveyData
from cjmkit.survey.stages import open_answers

__all__ = ["WordList", "words"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WordList(Result):
    """Words of open answers with how many people use them.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a group and word, the most telling first: group (empty without groups), word (its most frequent form),
        value (share of the group's writers who use it), low, high (exact), people, n (writers of the group), elsewhere
        (share of the other writers), difference, difference_low, difference_high (Newcombe), p (Fisher), p_adjusted
        (Holm over all words and groups that were looked at), told, and a quote: quote, participant, document, start,
        end.
    looked_at : int
        How many words (stems) at least `min_n` people use.
    """

    survey: str
    items: tuple[str, ...]
    by: str
    table: pd.DataFrame
    looked_at: int
    n: int
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key: ClassVar[tuple[str, ...]] = ("group", "word")
    _figure: ClassVar[Figure] = Figure(percent=True, method="exact")
    _shown: ClassVar[tuple[str, ...]] = (
        "group",
        "word",
        "value",
        "low",
        "high",
        "people",
        "n",
        "elsewhere",
        "told",
        "quote",
    )

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        if not self.by:
            named = listing([f"“{w}”" for w in self.table["word"]], 5, lang=lang)
            return say(
                en=f"{people} wrote; most frequent words: {named}.",
                ru=f"Написали {people}; чаще всего: {named}.",
                lang=lang,
            )
        told = self.table[self.table["told"]]
        if told.empty:
            return say(
                en=f"No word is told from chance between groups of “{self.by}” ({self.looked_at} words of {people}).",
                ru=f"Между группами «{self.by}» ни одно слово не отличить от случайности "
                f"(слов {self.looked_at}, {people}).",
                lang=lang,
            )
        parts = [f"{g}: {listing(own['word'], 4, lang=lang)}" for g, own in told.groupby("group", sort=False)]
        return say(
            en=f"Words that one group uses more than the others, beyond chance: {'; '.join(parts)} ({people}).",
            ru=f"Слова, которые одна группа использует чаще других не случайно: {'; '.join(parts)} ({people}).",
            lang=lang,
        )

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(self.items),
            where=f"{self.by}: {row['group']}" if self.by else "",
            statistic=f"share who use “{row['word']}”",
            estimate=self._estimate_of(row),
        )


def words(
    survey: SurveyData, items: Any = None, *, by: Any = None, n: int = 12, min_n: int = 3, level: float = 0.95
) -> WordList:
    """List the words of open answers: by group those that set it apart, otherwise the most frequent.

    A list in place of a word cloud: each word with the share of people who use it, limits, and a quote. Words count
    once a person, in all their forms (stems); stop words, marks of redaction and probable names of people are left out.

    Parameters
    ----------
    survey : Survey
        With open items.
    items : str or iterable of str, optional
        Which open items, joined by person; all of them otherwise.
    by : str or Series, optional
        Groups: an item, or a Series from respondent to group.
    n : int
        Words a group.
    min_n : int
        Only words that at least so many people use.
    level : float
        Of limits, and of being told from chance.

    Returns
    -------
    WordList

    Raises
    ------
    CjmError
        If nobody wrote anything, or fewer than two groups did.

    Notes
    -----
    Each word of each group is tested against the other writers (Fisher's exact test), corrected for all words and
    groups looked at (Holm): of hundreds of words some differ by chance. A word is not a theme: read the quotes, and
    for themes code the answers (``cj.survey.open_answers``).

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, words
    >>> t = pd.DataFrame({"id": range(40), "plan": ["basic", "plus"] * 20})
    >>> t["why"] = ["The delivery was late again", "Support answered quickly"] * 20
    >>> s = Survey.from_frame(t).set_item("why", type="open").set_item("plan", type="single")
    >>> found = words(s, "why", by="plan", n=2)
    >>> found.table.loc[found.table["told"], ["group", "word"]].head(2).to_numpy().tolist()
    [['basic', 'delivery'], ['basic', 'late']]
    """
    answers = open_answers(survey, items)
    said, forms, where = _stems(answers)
    people = pd.Index(said)
    used: dict[str, int] = Counter(s for own in said.values() for s in own)
    stems = sorted(s for s, k in used.items() if k >= min_n)
    if not stems:
        raise CjmError(
            en=f"no word is used by {min_n} people ({len(people)} wrote); lower min_n=",
            ru=f"ни одно слово не использовали {min_n} чел. (написали {len(people)}); уменьшите min_n=",
        )
    grid = np.array([[s in said[p] for s in stems] for p in people])
    name, groups = _groups(survey, by, people)
    rows = []
    labels = [""] if groups is None else sorted(groups.dropna().unique(), key=str)
    for g in labels:
        mine = np.ones(len(people), dtype=bool) if groups is None else (groups == g).to_numpy()
        other = ~mine if groups is None else groups.notna().to_numpy() & ~mine
        rows.append(_of_group(g, grid[mine], grid[other], stems, level).assign(rank=range(len(stems))))
    table = pd.concat(rows, ignore_index=True)
    table["p_adjusted"] = stats.holm(table["p"]) if groups is not None else np.nan
    table["told"] = (table["p_adjusted"] < 1 - level) & (table["difference"] > 0)
    keep = table if groups is None else table[table["difference"] > 0]
    order = ["value"] if groups is None else ["p", "difference"]
    keep = keep[keep["people"] > 0].sort_values(order, ascending=[c == "p" for c in order], kind="stable")
    keep = keep.groupby("group", sort=False).head(n).sort_values("group", kind="stable").reset_index(drop=True)
    keep = _quoted(keep.drop(columns="rank"), answers, said, where, groups)
    keep["word"] = [forms[s].most_common(1)[0][0] for s in keep.pop("stem")]
    front = ["group", "word", "value", "low", "high", "people", "n"]
    keep = keep[front + [c for c in keep.columns if c not in front]]
    return WordList(
        survey=survey.name,
        items=tuple(answers["item"].unique()),
        by=name,
        table=keep,
        looked_at=len(stems),
        n=len(people),
        level=level,
        warnings=tuple(_notes(table, groups, len(people))),
    )


def _stems(answers: pd.DataFrame) -> tuple[dict[str, set[str]], dict[str, Counter[str]], dict[str, list[Any]]]:
    """Stems of each person, forms of each stem, and in which rows a stem stands."""
    from cjmkit.text import words as words_of
    from cjmkit.text.vectors import content_stems, probable_names

    names = probable_names(answers["text"])
    said: dict[str, set[str]] = {}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[str, list[Any]] = defaultdict(list)
    stem_of: dict[str, str] = {}
    for k, (who, text) in enumerate(zip(answers["participant"], answers["text"], strict=True)):
        own = said.setdefault(str(who), set())
        content = set(content_stems(text, names))
        for w in words_of(text):
            if w not in stem_of:
                found = content_stems(w, names)
                stem_of[w] = found[0] if found else ""
            if (s := stem_of[w]) and s in content:
                forms[s][w] += 1
                own.add(s)
        for s in content & set(forms):
            where[s].append(k)
    return said, forms, where


def _groups(survey: SurveyData, by: Any, people: pd.Index) -> tuple[str, pd.Series | None]:
    if by is None:
        return "", None
    name, groups = group_of(survey, by)
    groups = groups.reindex(people)
    if groups.nunique() < 2:
        raise CjmError(
            en=f"by={name!r}: {groups.nunique()} groups wrote something; two are needed to set words apart",
            ru=f"by={name!r}: что-то написали групп: {groups.nunique()}; для сравнения нужны две",
        )
    return name, groups


def _of_group(group: str, mine: np.ndarray, other: np.ndarray, stems: list[str], level: float) -> pd.DataFrame:
    from scipy.stats import fisher_exact

    k, n, j, m = mine.sum(axis=0), len(mine), other.sum(axis=0), len(other)
    low, high = exact_share(k, np.full(len(k), n), level)
    table = pd.DataFrame({"group": group, "stem": stems, "value": k / n, "low": low, "high": high, "people": k, "n": n})
    if m == 0:
        return table.assign(
            elsewhere=np.nan, difference=np.nan, difference_low=np.nan, difference_high=np.nan, p=np.nan
        )
    apart = stats.newcombe((k, n), (j, m), level=level)
    pairs = {(int(a), int(b)) for a, b in zip(k, j, strict=True)}
    p = {(a, b): float(fisher_exact([[a, n - a], [b, m - b]]).pvalue) for a, b in pairs}
    return table.assign(
        elsewhere=j / m,
        difference=apart[0],
        difference_low=apart[1],
        difference_high=apart[2],
        p=[p[int(a), int(b)] for a, b in zip(k, j, strict=True)],
    )


def _quoted(
    table: pd.DataFrame,
    answers: pd.DataFrame,
    said: dict[str, set[str]],
    where: dict[str, list[Any]],
    groups: pd.Series | None,
) -> pd.DataFrame:
    """A sentence beside each word: of the group, not too long, and of another person than the words before."""
    from cjmkit.text import sentences
    from cjmkit.text.vectors import content_stems

    seen: set[str] = set()
    rows = []
    for group, stem in zip(table["group"], table["stem"], strict=True):
        best: tuple[Any, ...] | None = None
        for k in where[stem]:
            who, text = str(answers["participant"].iloc[k]), answers["text"].iloc[k]
            if groups is not None and groups.get(who) != group:
                continue
            for a, b in sentences(text):
                if stem in content_stems(text[a:b]):
                    worth = (who in seen, abs(b - a - 70), k, a)
                    if best is None or worth < best[0]:
                        best = (worth, text[a:b], who, answers["document"].iloc[k], a, b)
                    break
        if best is not None:
            seen.add(best[2])
        rows.append(best[1:] if best is not None else ("", "", "", -1, -1))
    return table.join(pd.DataFrame(rows, columns=["quote", "participant", "document", "start", "end"]))


def _notes(table: pd.DataFrame, groups: pd.Series | None, n: int) -> list[str]:
    notes = []
    small = [str(g) for g, k in table.groupby("group")["n"].first().items() if k < SMALL]
    if groups is not None and small:
        notes.append(
            say(
                en=f"fewer than {SMALL} people wrote in: {rows_text(small)}",
                ru=f"написали меньше {SMALL} чел. в группах: {rows_text(small)}",
            )
        )
    if groups is None and n < SMALL:
        notes.append(say(en=f"only {n} people wrote", ru=f"написали всего {n} чел."))
    if groups is not None and (lost := int(groups.isna().sum())):
        notes.append(
            say(
                en=f"{lost} people who wrote have no group and do not count",
                ru=f"{lost} чел. написали, но без группы; не учтены",
            )
        )
    return notes
