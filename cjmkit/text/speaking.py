"""Topics of what many people said: how many there are, how many people speak of each, and whether to believe them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.core.words import row_title
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import count, number, say
from cjmkit.people import groups, said
from cjmkit.stats import holm, newcombe, wilson
from cjmkit.text._topic_names import topic_names
from cjmkit.text._topic_search import RELIABLE, coherence, found_topics, stabilities
from cjmkit.text.sentence import sentences
from cjmkit.text.stop import says_nothing
from cjmkit.text.vectors import Embedder, TextVectors, Vectors, content_stems

__all__ = ["Topics", "topics"]

_LEVEL = 0.95
_REST, _NOTHING = "(fits nowhere)", "(nothing to say)"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Topics(Result):
    """Topics of open answers, with the people who speak of them.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a topic, the largest first, and last (topic 0) ``(fits nowhere)`` and (topic −1) ``(nothing to say)``, the
        people who only said no, none, don't know: topic, name (the words that
        set it apart, as people spell them), people, n (who said anything), value, low, high (share of people who speak
        of it; Wilson), statements, stability (how much of it comes back when a fifth of the statements is left out:
        mean Jaccard index), stable (.6 or more), words, quote (the most central one), participant (whose it is).
    statements : pandas.DataFrame
        participant, text, topic (0 for the rest, −1 for nothing to say), near (cosine to the middle of the topic).
    by_group : pandas.DataFrame
        With `by`: topic, name, group, people, n, value, low, high; difference to the other people with its limits
        diff_low, diff_high (Newcombe), p (Fisher's exact test, Holm's correction over all), told (p below .05).
    status : {"topics", "fragile", "none", "untested"}
        What the test says: topics that come back; words that hang together, but no topic that comes back; no more
        than the same words shuffled give; answers too short or too few to test.
    p : float
        Of the test against shuffled words.
    permutations : int
        How often they were shuffled.
    source, item, question : str
        Where the answers come from, for evidence.
    """

    table: pd.DataFrame
    statements: pd.DataFrame
    by_group: pd.DataFrame
    status: str
    p: float
    permutations: int
    source: str = ""
    item: str = ""
    question: str = ""
    warnings: tuple[str, ...] = ()
    level: float = _LEVEL

    _key: ClassVar[tuple[str, ...]] = ("topic",)
    _figure: ClassVar[Figure] = Figure(percent=True, method="Wilson")
    _percent: ClassVar[tuple[str, ...]] = ("value", "low", "high")
    _shown: ClassVar[tuple[str, ...]] = ("name", "value", "people", "stability", "quote")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        "name": ("topic", "тема"),
        "value": ("share of people", "доля людей"),
        "stability": ("stability", "устойчивость"),
        "quote": ("in their words", "их словами"),
    }

    @property
    def n(self) -> int:
        """How many people said anything."""
        return int(self.statements["participant"].nunique())

    def summary(self, lang: str | None = None) -> str:
        """How many topics there are, and whether to believe them."""
        made = self.table[self.table["topic"] > 0]
        who = _people(self.n, lang)
        p = number(self.p, 2, lang=lang)
        if self.status == "none":
            return say(
                en=f"No topics: what {who} said hangs together no better than the same words shuffled (p = {p}).",
                ru=f"Тем нет: сказанное ({who}) связано не лучше, чем те же слова вперемешку (p = {p}).",
                lang=lang,
            )
        if not len(made):
            return say(
                en=f"{who}: no groups of answers, what one says hardly anybody else does.",
                ru=f"{who}: групп ответов нет, одно и то же почти никто не говорит.",
                lang=lang,
            )
        rest = self.table.loc[self.table["topic"] == 0, "value"]
        left = number(float(rest.iloc[0]) if len(rest) else 0.0, 0, percent=True, lang=lang)
        largest = made.iloc[0]["name"]
        share = number(float(made.iloc[0]["value"]), 0, percent=True, lang=lang)
        good = int(made["stable"].sum())
        told = {
            "topics": say(
                en=f"{good} of {len(made)} topics come back in other samples of the answers (p = {p})",
                ru=f"тем {len(made)}, из них возвращаются в других выборках ответов {good} (p = {p})",
                lang=lang,
            ),
            "fragile": say(
                en=f"{len(made)} groups of answers, none of which comes back in other samples: read them as a sorting, "
                "not as topics",
                ru=f"групп ответов {len(made)}, ни одна не возвращается в других выборках: это раскладка, а не темы",
                lang=lang,
            ),
            "untested": say(
                en=f"{len(made)} groups of answers, too short or too few to test",
                ru=f"групп ответов {len(made)}; ответы коротки или их мало, проверить их нельзя",
                lang=lang,
            ),
        }[self.status]
        return say(
            en=f"{who}: {told}. Most often: {largest} ({share}). {left} said something that fits nowhere.",
            ru=f"{who}: {told}. Чаще всего: {largest} ({share}). Сказали то, что не подходит никуда: {left}.",
            lang=lang,
        )

    def quotes(self, topic: int, n: int = 3) -> pd.DataFrame:
        """The most central statements of a topic, in different words and each of another person.

        Parameters
        ----------
        topic : int
            Its number; 0 for the rest, −1 for nothing to say.
        n : int
            How many.

        Returns
        -------
        pandas.DataFrame
            participant, text, topic, near.

        Examples
        --------
        >>> found = topics(["The price is too high", "Too high a price", "Rude staff", "The staff was rude"], k=2)
        >>> sorted(found.quotes(1)["participant"]) in (["1", "2"], ["3", "4"])
        True
        """
        if topic not in set(self.table["topic"]):
            raise CjmError(suggest(topic, self.table["topic"], what="topic"))
        own = self.statements[self.statements["topic"] == topic].sort_values("near", ascending=False, kind="stable")
        return own.drop_duplicates("text").drop_duplicates("participant").head(n).reset_index(drop=True)

    def members(self) -> pd.Series:
        """What each person speaks of, names joined by "; ": a multi-select for a banner table, or groups for `by`.

        Examples
        --------
        >>> found = topics(["The price is too high", "Too high a price", "Rude staff", "The staff was rude"], k=2)
        >>> found.members().loc["1"] == found.members().loc["2"] != found.members().loc["3"]
        True
        """
        names = dict(zip(self.table["topic"], self.table["name"]))
        own = self.statements.drop_duplicates(["participant", "topic"]).sort_values("topic", kind="stable")
        own = own.assign(name=own["topic"].map(names).str.replace(";", ","))
        return own.groupby("participant", sort=False)["name"].agg("; ".join)

    def wide(self, lang: str | None = None) -> pd.DataFrame:
        """Topics down, everybody and the groups across, as people read it; ``*`` where a group differs.

        Examples
        --------
        >>> said = ["The price is too high", "Too high a price", "Rude staff", "The staff was rude"]
        >>> topics(said, k=2, by={1: "new", 2: "new", 3: "old", 4: "old"}).wide("en").iloc[1].tolist()
        ['50%', '—', '—']
        """
        total = say(en="everybody", ru="все", lang=lang)
        head = say(en="n, people", ru="n, человек", lang=lang)
        out = pd.DataFrame({total: [str(self.n)]}, index=[head])
        names = [row_title(x, lang) for x in self.table["name"]]
        out = pd.concat([out, pd.DataFrame({total: _shares(self.table, lang)}, index=names)])
        for group, rows in self.by_group.groupby("group", sort=False):
            cells = [
                "—" if r["n"] < 3 else number(r["value"], 0, percent=True, lang=lang) + ("*" if r["told"] else "")
                for r in rows.to_dict("records")
            ]
            out[str(group)] = [str(int(rows["n"].iloc[0])), *cells]
        return out

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.source or say(en="open answers", ru="открытые ответы"),
            item=self.item or "text",
            question=self.question,
            where=str(row["name"]),
            statistic=say(en="share of people", ru="доля людей"),
            estimate=self._estimate_of(row),
        )


def topics(
    answers: Any,
    *,
    by: Any = None,
    k: int | None = None,
    min_n: int = 8,
    min_share: float = 0.02,
    permutations: int = 19,
    vectors: Vectors | Embedder = "joined",
    seed: int = 0,
) -> Topics:
    """Find what many people speak of, and say whether it is more than chance.

    Each sentence of an answer is a statement; a person may speak of several topics, and counts once in each.

    Parameters
    ----------
    answers : DataFrame, Series, mapping or list of str
        A table with participant (or respondent) and text, such as :func:`cjmkit.survey.open_answers` or turns; a Series
        from person to text; or a list of texts, each of another person.
    by : Series or mapping, optional
        Groups of people: person → label.
    k : int, optional
        So many topics, instead of as many as there are dense places.
    min_n, min_share : int, float
        A topic is at least so many statements, and at least this share of all.
    permutations : int
        How often the words are shuffled for the test at most; 0 for no test.
    vectors : {"joined", "corpus"} or callable
        What statements are compared by, as in :class:`TextVectors`; or list of texts → array.
    seed : int
        Same seed, same topics.

    Returns
    -------
    Topics

    Raises
    ------
    NotEnough
        If there are fewer than four statements.
    CjmError
        If `answers` or `by` is something else, or there are fewer different statements than `k`.

    Notes
    -----
    Statements as vectors; dense places by HDBSCAN (Campello, Moulavi and Sander 2013), on at most 3,000 of them, what
    is said in the same words once; a statement belongs to the nearest topic unless it is farther from its middle than
    95 % of those that made it, and to the rest otherwise. The test shuffles the words of up to 300 different
    statements, of two words and more, over these statements, each to a place of its script (words that most statements
    have keep their places): the best silhouette of KMeans over several k has to beat every shuffle; at the first that
    is as good the test stops, and p is one in so many shuffles (Besag and Clifford 1991). Benchmarked in
    ``benchmarks/text_topics.py`` on planted topics and on answers without topics.

    Examples
    --------
    >>> said = ["The price is too high", "Too high a price", "Rude staff", "The staff was rude"]
    >>> found = topics(said, k=2)
    >>> found.table[["topic", "people", "n"]].values.tolist()
    [[1, 2, 4], [2, 2, 4]]
    """
    whole = _statements(said(answers))
    spoken = whole[~whole["nothing"]]
    if len(spoken) < 4:
        raise NotEnough(
            say(en=f"{len(spoken)} statements", ru=f"высказываний: {len(spoken)}"),
            why=say(en="topics are what several people speak of", ru="тема — то, о чём говорят несколько человек"),
            action=say(en="read them", ru="прочитайте их"),
        )
    embed = vectors if callable(vectors) else None
    model = TextVectors(vectors="joined" if callable(vectors) else vectors, embed=embed, random_state=seed)
    x = model.fit_transform(list(spoken["text"])).astype(np.float64)
    texts = list(spoken["text"])
    p = coherence(texts, vectors, permutations, seed)
    least = max(2, min_n, round(min_share * len(spoken)))
    found: NDArray[Any]
    near: NDArray[Any]
    if p > 0.05 and k is None:
        found, near = np.zeros(len(x), dtype=int), np.zeros(len(x), dtype=float)
    else:
        found, near = found_topics(texts, x, k, least, seed)
    again = stabilities(texts, x, found, k, least, seed)
    if np.isnan(p):
        status = "untested"
    elif p > 0.05:
        status = "none"
    else:
        status = "topics" if (again >= RELIABLE).any() else "fragile"
    spoken = whole.assign(topic=-1, near=0.0).drop(columns="nothing")
    spoken.loc[~whole["nothing"], "topic"], spoken.loc[~whole["nothing"], "near"] = found, near
    table = _table(spoken, again)
    return Topics(
        table=table,
        statements=spoken,
        by_group=_by_group(spoken, table, by),
        status=status,
        p=p,
        permutations=permutations,
        source=_only(answers, "survey"),
        item=_only(answers, "item"),
        question=_only(answers, "question"),
        warnings=_cautions(spoken, by),
    )


def _statements(answers: pd.DataFrame) -> pd.DataFrame:
    """Sentences with a word in them: participant, text, nothing (the person only says that there is nothing to say)."""
    rows = []
    for who, text in answers[["person", "text"]].itertuples(index=False):
        rows += [(who, text[a:b].strip()) for a, b in sentences(text)]
    out = pd.DataFrame(rows, columns=["participant", "text"])
    out = out[out["text"].str.contains(r"[^\W\d_]", regex=True)].reset_index(drop=True)
    out["nothing"] = out["text"].map(says_nothing).astype(bool)
    # "No. The price is too high": who goes on has something to say.
    more = ~out.groupby("participant")["nothing"].transform("all")
    return out[~(out["nothing"] & more)].reset_index(drop=True)


def _only(answers: Any, column: str) -> str:
    """The one value of a column of the table that came, if it has one."""
    if not isinstance(answers, pd.DataFrame) or column not in answers:
        return ""
    found = answers[column].dropna().unique()
    return str(found[0]) if len(found) == 1 else ""


def _table(spoken: pd.DataFrame, again: np.ndarray) -> pd.DataFrame:
    base = int(spoken["participant"].nunique())
    told = spoken[spoken["topic"] >= 0]
    named = topic_names(list(told["text"]), told["topic"].to_numpy(), len(again))
    rows = []
    for t in [*range(1, len(again) + 1), 0, -1]:
        own = spoken[spoken["topic"] == t]
        if not len(own):
            continue
        people = int(own["participant"].nunique())
        value, low, high = wilson(people, base, level=_LEVEL)
        best = own.loc[_most_central(own)]
        name, words = named[t] if t > 0 else (_NOTHING if t else _REST, "")
        stability = float(again[t - 1]) if t > 0 else float("nan")
        rows.append(
            [t, name, people, base, value, low, high, len(own), stability, bool(t > 0 and stability >= RELIABLE), words,
             best["text"], best["participant"]]
        )  # fmt: skip
    columns = ["topic", "name", "people", "n", "value", "low", "high", "statements", "stability", "stable", "words",
               "quote", "participant"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _most_central(own: pd.DataFrame) -> Any:
    """The nearest to the middle among statements that say something in a few words."""
    length = own["text"].str.len()
    spoken = own[(length >= 12) & (length <= 160)]
    return (spoken if len(spoken) else own)["near"].idxmax()


def _by_group(spoken: pd.DataFrame, table: pd.DataFrame, by: Any) -> pd.DataFrame:
    columns = ["topic", "name", "group", "people", "n", "value", "low", "high", "difference", "diff_low", "diff_high",
               "p", "told"]  # fmt: skip
    if by is None:
        return pd.DataFrame(columns=columns)
    from scipy.stats import fisher_exact

    group = groups(by).reindex(pd.unique(spoken["participant"])).dropna()
    if not len(group):
        raise CjmError(
            en=f"by: none of the {spoken['participant'].nunique()} people who answered is in it; people there are "
            f"{', '.join(map(str, groups(by).index[:3]))}, here {', '.join(spoken['participant'].iloc[:3])}",
            ru=f"by: в группах нет никого из ответивших ({spoken['participant'].nunique()}); там "
            f"{', '.join(map(str, groups(by).index[:3]))}, здесь {', '.join(spoken['participant'].iloc[:3])}",
        )
    rows = []
    labels = group.value_counts().index if group.nunique() > 12 else sorted(group.unique())
    for label in labels:
        inside = group.index[group == label]
        for t, name in zip(table["topic"], table["name"]):
            who = set(spoken.loc[spoken["topic"] == t, "participant"])
            a, n = sum(p in who for p in inside), len(inside)
            others = len(group) - n
            b = sum(p in who for p in group.index) - a
            value, low, high = wilson(a, n, level=_LEVEL)
            if others and min(n, others) >= 3:
                d, d_low, d_high = newcombe((a, n), (b, others), level=_LEVEL)
                p = float(fisher_exact([[a, n - a], [b, others - b]])[1])
            else:
                d = d_low = d_high = p = float("nan")
            rows.append([t, name, label, a, n, value, low, high, d, d_low, d_high, p, False])
    out = pd.DataFrame(rows, columns=columns)
    known = out["p"].notna() & (out["topic"] > 0)
    out.loc[known, "p"] = holm(out.loc[known, "p"].to_numpy())
    out["told"] = known & (out["p"] < 0.05)
    return out


def _people(n: int, lang: str | None) -> str:
    return count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)


def _shares(table: pd.DataFrame, lang: str | None) -> list[str]:
    return ["—" if r["n"] < 3 else number(r["value"], 0, percent=True, lang=lang) for r in table.to_dict("records")]


def _cautions(spoken: pd.DataFrame, by: Any) -> tuple[str, ...]:
    out = []
    short = sum(len(content_stems(t)) < 2 for t in spoken["text"])
    if short * 2 > len(spoken):
        out.append(
            say(
                en=f"{short} of {len(spoken)} statements are a single word: their topics are these words",
                ru=f"из {len(spoken)} высказываний {short} состоят из одного слова: темы здесь и есть эти слова",
            )
        )
    if by is not None:
        lost = set(spoken["participant"]) - set(groups(by).index)
        if lost:
            out.append(
                say(
                    en=f"{_people(len(lost), 'en')} of those who answered are in no group: "
                    f"{', '.join(sorted(lost)[:3])}",
                    ru=f"не входят ни в одну группу: {_people(len(lost), 'ru')} ({', '.join(sorted(lost)[:3])})",
                )
            )
    return tuple(out)
