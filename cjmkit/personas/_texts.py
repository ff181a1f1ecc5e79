"""Columns of people from what they said: themes, topics, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, need_columns
from cjmkit.i18n import say
from cjmkit.personas._builder import Builder
from cjmkit.personas._columns import add_shares
from cjmkit.personas._engine import cluster_tables, silhouettes
from cjmkit.personas._space import principal
from cjmkit.personas.data import person_index
from cjmkit.stats import log_odds
from cjmkit.text.grouping import kmeans_once
from cjmkit.text.language import detect_language
from cjmkit.text.vectors import Embedder, TextVectors, Vectors, content_stems, embedded, probable_names, spelled

__all__ = ["Talk", "Texts", "talk"]

FEWEST_PASSAGES = 5
"""With fewer answers a person (median) a mix of themes is mostly chance; topics of all they said are used instead."""
TOPICS = 10


def talk(b: Builder, turns: pd.DataFrame) -> pd.DataFrame:
    """Passages of the respondents' own talk: person, text."""
    need_columns(turns, ["participant", "text"], what="turns")
    table = turns
    if "role" in turns.columns:
        role = turns["role"].astype(str).str.casefold()
        own = role.eq("respondent")
        if not own.any():
            raise CjmError(
                en=f"turns: nobody has the role 'respondent'; roles found: {', '.join(sorted(role.unique())[:6])}. Say "
                f"who is who with "
                "the roles mapping of interviews.read",
                ru=f"turns: ни у кого нет роли 'respondent'; роли: {', '.join(sorted(role.unique())[:6])}. Скажите, "
                f"кто есть кто, через roles в interviews.read",
            )
        _compare_questions(b, turns[role.eq("interviewer")], turns)
        table = turns[own]
    else:
        b.warn(
            say(
                en="turns have no column role: all words count as the respondents' own, the interviewer's among them",
                ru="в turns нет столбца role: все слова считаются словами респондентов, в том числе слова интервьюера",
            )
        )
    known = table["participant"].notna() & table["text"].notna()
    return pd.DataFrame(
        {
            "person": person_index(table.loc[known, "participant"]),
            "text": table.loc[known, "text"].astype(str).to_numpy(),
        }
    )


def _compare_questions(b: Builder, asked: pd.DataFrame, turns: pd.DataFrame) -> None:
    """Warn where interviews were asked so differently that the guide could be what groups them."""
    who = "document" if "document" in turns.columns else "participant"
    if not len(asked) or asked[who].nunique() < 6:
        return
    docs = {d: Counter(s for t in g for s in set(content_stems(str(t)))) for d, g in asked.groupby(who)["text"]}
    vocabulary = Counter(s for c in docs.values() for s in c)
    words = sorted(s for s, k in vocabulary.items() if k >= 2)
    if len(words) < 10:
        return
    table = np.array([[float(c[w] > 0) for w in words] for c in docs.values()])
    x = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    x = (x - x.mean(axis=0)).astype(np.float32)
    rng = np.random.default_rng(0)
    labels = [cluster_tables(x[None], k, rng.random((1, 8, k)))[0][0] for k in (2, 3)]
    # Words of a guide appear together: permuting each word over the interviews keeps how common it is, and no guide.
    null = []
    for _ in range(39):
        y = np.column_stack([c[rng.permutation(len(c))] for c in table.T])
        y = y / np.maximum(np.linalg.norm(y, axis=1, keepdims=True), 1e-9)
        y = (y - y.mean(axis=0)).astype(np.float32)
        own = [cluster_tables(y[None], k, rng.random((1, 8, k)))[0][0] for k in (2, 3)]
        null.append(silhouettes(y, own, [2, 3]))
    got = silhouettes(x, labels, [2, 3])
    if (got > np.max(null, axis=0) + 0.05).any():
        best = int((got - np.max(null, axis=0)).argmax())
        sizes = sorted(np.bincount(labels[best]).tolist(), reverse=True)
        b.warn(
            say(
                en="the interviewer's questions fall into groups of "
                f"{' and '.join(map(str, sizes))} interviews: what people say may differ because they were asked "
                f"different things",
                ru="вопросы интервьюера распадаются на группы интервью: "
                f"{' и '.join(map(str, sizes))}. Ответы могут различаться потому, что людей спрашивали о разном",
            )
        )


@dataclass(frozen=True)
class Talk:
    """How what people said is read for :func:`features`.

    Parameters
    ----------
    themes : int
        How many themes passages are sorted into.
    vectors : {"joined", "corpus"} or callable
        What passages are compared by, as in :class:`cjmkit.text.TextVectors`; or list of texts → array.

    Examples
    --------
    >>> Talk(themes=6)
    Talk(themes=6, vectors='joined')
    """

    themes: int = 12
    vectors: Vectors | Embedder = "joined"

    def __post_init__(self) -> None:
        if self.themes < 2:
            raise CjmError(en=f"themes={self.themes}: give 2 or more", ru=f"themes={self.themes}: дайте 2 или больше")


class Texts:
    """Themes (many passages a person) or topics (few) of what people said, and the words they said it with."""

    def __init__(self, b: Builder, talk: Talk, seed: int, old: Mapping[str, Mapping[str, Any]]) -> None:
        self.embed = talk.vectors if callable(talk.vectors) else None
        self.vectors: Vectors = "joined" if callable(talk.vectors) else talk.vectors
        self.b, self.themes, self.seed, self.old = b, talk.themes, seed, old
        self.said: dict[str, tuple[str, ...]] = {}
        self.spelling: dict[str, str] = {}
        self.model: dict[str, dict[str, Any]] = {}

    def add(self, passages: pd.DataFrame, block: str) -> None:
        """Turn passages (person, text) into columns of `block`."""
        passages = passages[passages["text"].str.strip() != ""].reset_index(drop=True)
        if not len(passages):
            self.b.warn(say(en=f"{block}: all texts are empty", ru=f"{block}: все тексты пусты"))
            return
        people = passages.groupby("person", sort=False)["text"].agg(" ".join)
        self._look_at_languages(people, block)
        names = probable_names(passages["text"])
        stems = [content_stems(t, names) for t in passages["text"]]
        # A word of one or two people is a habit, a street or a name: it can tell who speaks, not what kind they are.
        users = Counter(s for d in _pool(passages["person"], stems).values() for s in set(d))
        floor = 1 if block in self.old else 3 if len(people) >= 10 else 2
        stems = [[s for s in d if users[s] >= floor] for d in stems]
        for person, d in _pool(passages["person"], stems).items():
            self.said[person] = (*self.said.get(person, ()), *d)
        for s, form in spelled(passages["text"]).items():
            self.spelling.setdefault(s, form)
        plain = [" ".join(d) for d in stems]
        length = np.array([len(d) for d in stems])
        rows = np.flatnonzero(length >= (2 if (length >= 2).sum() >= 20 else 1))
        if block in self.old:
            self._as_before(passages, plain, np.flatnonzero(length >= 1), block)
        elif rows.size < 4:
            self.b.warn(
                say(
                    en=f"{block}: hardly a word is shared by several people, so the texts say nothing about groups",
                    ru=f"{block}: почти нет слов, общих для нескольких людей; о группах тексты ничего не говорят",
                )
            )
        elif passages.groupby("person").size().median() >= FEWEST_PASSAGES and rows.size >= 5 * self.themes:
            self._themes(passages, plain, rows, block)
        else:
            self._topics(passages, plain, block)

    def _look_at_languages(self, people: pd.Series, block: str) -> None:
        languages = people.map(detect_language)
        other = languages[languages == "other"]
        if len(other):
            self.b.warn(
                say(
                    en=f"{block}: the texts of {len(other)} of {len(people)} people are neither English nor Russian "
                    f"({', '.join(other.index[:3])}): words are compared as they are spelt",
                    ru=f"{block}: тексты не на русском и не на английском: {len(other)} из {len(people)} "
                    f"({', '.join(other.index[:3])}); слова сравниваются по написанию",
                )
            )
        if self.embed is None and min((languages == "en").mean(), (languages == "ru").mean()) > 0.1:
            self.b.warn(
                say(
                    en=f"{block}: people speak two languages, and groups would be the languages; pass Talk(vectors=…) "
                    "with a multilingual model, or look at each language by itself",
                    ru=f"{block}: люди говорят на двух языках, и группами станут языки; передайте Talk(vectors=…) с "
                    f"многоязычной "
                    "моделью или смотрите каждый язык отдельно",
                )
            )

    def _themes(self, passages: pd.DataFrame, plain: list[str], rows: np.ndarray, block: str) -> None:
        """Passages → themes → each person's mix of themes."""
        vectors = None
        if self.embed is not None:
            x = embedded(self.embed, [str(passages["text"].iloc[i]) for i in rows]).astype(np.float32)
        else:
            vectors = TextVectors(stemmed=True, vectors=self.vectors, random_state=self.seed)
            x = vectors.fit_transform([plain[i] for i in rows], said=list(passages["text"].iloc[rows]))
        labels = kmeans_once(x, self.themes, seed=self.seed, starts=10)
        centres = np.array([x[labels == t].mean(axis=0) for t in range(self.themes)])
        titles = _titles([plain[i].split() for i in rows], labels, self.themes, self.spelling)
        self.model[block] = {
            "kind": "themes", "vectors": vectors, "embed": self.embed, "centres": centres, "titles": titles,
        }  # fmt: skip
        self._mix(passages, rows, labels, titles, block)

    def _mix(self, passages: pd.DataFrame, rows: np.ndarray, labels: np.ndarray, titles: list[str], block: str) -> None:
        counts = pd.crosstab(passages["person"].iloc[rows].to_numpy(), labels)
        everybody = pd.unique(passages["person"])
        counts = counts.reindex(index=everybody, columns=range(len(titles)), fill_value=0)
        counts.columns = titles
        add_shares(self.b, counts, block, {t: t for t in titles})

    def _topics(self, passages: pd.DataFrame, plain: list[str], block: str) -> None:
        """All that a person said → a few latent topics."""
        pooled, raw = _everything(passages, plain)
        people = [p for p, d in pooled.items() if d or self.embed is not None]
        vectors = None
        if self.embed is not None:
            x = embedded(self.embed, [" ".join(raw[p]) for p in people])
        else:
            vectors = TextVectors(stemmed=True, vectors=self.vectors, random_state=self.seed)
            x = vectors.fit_transform([pooled[p] for p in people], said=[raw[p] for p in people]).astype(float)
        mean = x.mean(axis=0)
        dims = max(1, min(TOPICS, len(people) // 3, x.shape[1]))
        _, axes = principal(x - mean, dims)
        self.model[block] = {
            "kind": "topics", "vectors": vectors, "embed": self.embed, "mean": mean, "axes": axes,
        }  # fmt: skip
        self._add_topics((x - mean) @ axes, people, block)

    def _add_topics(self, x: np.ndarray, people: list[str], block: str) -> None:
        index = pd.Index(people, name="person", dtype="str")
        for j in range(x.shape[1]):
            name = say(en=f"topic {j + 1}", ru=f"тема {j + 1}")
            self.b.add(
                f"{block}: {j + 1}", pd.Series(x[:, j], index=index), block=block, kind="topic", item=name, text=name
            )

    def _as_before(self, passages: pd.DataFrame, plain: list[str], rows: np.ndarray, block: str) -> None:
        """The themes or topics that were learnt from other people."""
        old = self.old[block]
        self.model[block] = dict(old)
        if old["kind"] == "topics":
            pooled, raw = _everything(passages, plain)
            people = [p for p, d in pooled.items() if d or old["embed"] is not None]
            if not people:
                return
            if old["embed"] is not None:
                x = embedded(old["embed"], [" ".join(raw[p]) for p in people])
            else:
                x = old["vectors"].transform([pooled[p] for p in people], said=[raw[p] for p in people]).astype(float)
            self._add_topics((x - old["mean"]) @ old["axes"], people, block)
            return
        if not rows.size:
            return
        if old["embed"] is not None:
            x = embedded(old["embed"], [str(passages["text"].iloc[i]) for i in rows])
        else:
            x = old["vectors"].transform([plain[i] for i in rows], said=list(passages["text"].iloc[rows]))
        centres = old["centres"]
        labels = ((centres**2).sum(axis=1) - 2 * (x @ centres.T)).argmin(axis=1)
        self._mix(passages, rows, labels, old["titles"], block)


def _everything(passages: pd.DataFrame, plain: list[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """All stems and all passages of each person."""
    pooled: dict[str, str] = {}
    raw: dict[str, list[str]] = {}
    for p, d, t in zip(passages["person"], plain, passages["text"]):
        pooled[p] = f"{pooled.get(p, '')} {d}".strip()
        raw.setdefault(p, []).append(t)
    return pooled, raw


def _pool(people: pd.Series, stems: list[list[str]]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for p, d in zip(people, stems):
        out.setdefault(str(p), []).extend(d)
    return out


def _titles(docs: list[list[str]], labels: np.ndarray, k: int, spelling: dict[str, str]) -> list[str]:
    words = sorted({w for d in docs for w in d})
    at = {w: i for i, w in enumerate(words)}
    table = np.zeros((k, len(words)))
    for d, t in zip(docs, labels):
        for w in d:
            table[t, at[w]] += 1
    total = table.sum(axis=0)
    out: list[str] = []
    for t in range(k):
        z = log_odds(table[t], total - table[t])[1]
        top = [spelling.get(words[i], words[i]) for i in np.argsort(-z, kind="stable")[:3]]
        title = ", ".join(top) or "…"
        while title in out:
            title += " ′"
        out.append(title)
    return out
