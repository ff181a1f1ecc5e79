"""How each kind of source becomes columns of people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.personas._numbers import log_odds
from cjmkit.text.vectors import (
    Embedder,
    TextVectors,
    content_stems,
    embedded,
    kmeans_once,
    probable_names,
    spelled,
)

if TYPE_CHECKING:
    from cjmkit.personas._features import _Builder

SCALES = ("nps", "csat", "ces", "sus", "likert")
_RATINGS = (*SCALES, "number", "ranking")
_PERSON = ("participant", "respondent", "person", "user")
FEWEST_PASSAGES = 5
"""With fewer answers a person (median) a mix of themes is mostly chance; topics of all they said are used instead."""
TOPICS = 10


def _index(values: Any) -> pd.Index:
    from cjmkit.personas._features import _person_index

    return _person_index(values)


def _need_columns(table: pd.DataFrame, needed: Sequence[str], what: str) -> None:
    if not isinstance(table, pd.DataFrame):
        raise CjmError(f"{what}: expected a DataFrame, got {type(table).__name__}")
    for c in needed:
        if c not in table.columns:
            raise CjmError(f"{what}: " + suggest(c, table.columns, what="column"))


def _person_column(table: pd.DataFrame, what: str) -> str:
    for c in _PERSON:
        if c in table.columns:
            return c
    raise CjmError(
        f"{what}: no column says who it is; expected one of {', '.join(_PERSON)}, got {', '.join(map(str, table))}"
    )


def _once(index: pd.Index, what: str) -> None:
    twice = index[index.duplicated()].unique()
    if len(twice):
        raise CjmError(
            f"{what}: {len(twice)} people have more than one row: {', '.join(map(str, twice[:5]))}; keep one row a "
            f"person "
            "(the last answer, or a mean), or every figure would count them twice"
        )


# ---- survey ----------------------------------------------------------------------------------------------------------


def from_survey(b: _Builder, survey: Any, items: Sequence[str] | str | None) -> str:
    """Columns of a Survey, or of a plain table with the person in its index."""
    if isinstance(survey, pd.DataFrame):
        _from_frame(b, survey, items)
        return "survey"
    for attribute in ("items", "values", "raw"):
        if not hasattr(survey, attribute):
            raise CjmError(f"survey: expected a Survey or a DataFrame, got {type(survey).__name__}")
    wanted = _wanted(survey, items)
    table = survey.items.set_index("item")
    long = None
    for name in wanted:
        row = table.loc[name]
        kind, option = str(row["type"]), str(row.get("option", "") or "")
        text = _wording(str(row.get("text", "") or name), option)
        if kind in _RATINGS:
            s = survey.values(name)
            b.add(name, _indexed(s, f"survey column {name!r}"), block="ratings", kind="number", item=name, text=text)
        elif kind == "single":
            s = _indexed(survey.raw(name), f"survey column {name!r}")
            _add_choice(b, name, s, text)
        elif kind == "multi":
            if long is None:
                long = survey.answers()
            own = long[long["item"] == name]
            asked = _index(survey.raw(name).index)
            _add_options(b, name, own, asked, text, option)
        elif items is not None:
            raise CjmError(
                f"item {name!r} is of type {kind!r}, which cannot be compared between people; use scales, numbers, "
                f"single and "
                "multiple choices here, and open answers as answers="
            )
    return str(getattr(survey, "name", "survey"))


def _wording(text: str, option: str) -> str:
    """What a row of a grid asks, without the question that all its rows share."""
    if option:
        return option
    grid = re.fullmatch(r".*\[(.+)\]\s*", text, re.DOTALL)
    return grid.group(1) if grid else text


def _wanted(survey: Any, items: Sequence[str] | str | None) -> list[str]:
    known = list(survey.items["item"])
    if items is None:
        person = getattr(survey, "person", None)
        return [i for i in known if i != person]
    asked = [items] if isinstance(items, str) else list(items)
    if hasattr(survey, "find"):
        return list(dict.fromkeys(n for a in asked for n in survey.find(a)))
    for i in asked:
        if i not in known:
            raise CjmError(suggest(i, known, what="item"))
    return asked


def _indexed(s: pd.Series, what: str) -> pd.Series:
    s = s.copy(deep=False)
    s.index = _index(s.index)
    _once(s.index, what)
    return s


def _add_choice(b: _Builder, name: str, s: pd.Series, text: str) -> None:
    s = s.where(s.notna(), None).map(lambda v: None if v is None or v != v else str(v).strip() or None)
    found = s.dropna()
    counts = found.value_counts()
    if len(counts) > max(2, min(20, len(found) // 3)):
        b.warn(
            say(
                en=f"{name!r} has {len(counts)} different answers for {len(found)} people: not a choice that can be "
                f"compared",
                ru=f"у {name!r} разных ответов {len(counts)} на {len(found)} человек: сравнивать людей по нему нельзя",
            )
        )
        return
    rare = counts[counts < max(2, 0.02 * len(found))].index
    if len(rare) and len(counts) - len(rare) >= 1:
        # A level of one person is an indicator of that person, and would be a group of its own.
        s = s.where(~s.isin(rare), say(en="(other)", ru="(другое)") if len(rare) > 1 else None)
    b.add(name, s.astype(object), block="choices", kind="level", item=name, text=text)


def _add_options(b: _Builder, name: str, own: pd.DataFrame, asked: pd.Index, text: str, option: str) -> None:
    people = _index(own["respondent"])
    chosen = own["value"].map(lambda v: str(v).strip())
    if option:
        # One column an option: whatever stands there means that it was chosen.
        no = chosen.str.casefold().isin(["0", "no", "false", "нет", "0.0", "not selected"])
        hit = pd.Series(0.0, index=asked)
        hit[asked.isin(people[~no.to_numpy()])] = 1.0
        b.add(f"{name}", hit, block="options", kind="yes_no", item=name, text=text)
        return
    answered = asked[asked.isin(people)]
    for o in sorted(chosen.unique(), key=lambda o: (-(chosen == o).sum(), o))[:30]:
        hit = pd.Series(0.0, index=answered)
        hit[answered.isin(people[(chosen == o).to_numpy()])] = 1.0
        b.add(f"{name}: {o}", hit, block="options", kind="yes_no", item=name, text=f"{text}: {o}")


def _from_frame(b: _Builder, frame: pd.DataFrame, items: Sequence[str] | str | None) -> None:
    frame = frame.copy(deep=False)
    if isinstance(frame.index, pd.RangeIndex):
        for c in _PERSON:
            if c in frame.columns:
                frame = frame.set_index(c)
                break
    frame.index = _index(frame.index)
    _once(frame.index, "survey")
    if not frame.columns.is_unique:
        raise CjmError(f"survey: column {frame.columns[frame.columns.duplicated()][0]!r} is there twice")
    asked = [items] if isinstance(items, str) else list(items) if items is not None else list(frame.columns)
    for name in asked:
        if name not in frame.columns:
            raise CjmError("survey: " + suggest(name, frame.columns, what="item"))
        s = frame[name]
        if pd.api.types.is_bool_dtype(s.dtype):
            b.add(str(name), s.astype(float), block="options", kind="yes_no", item=str(name))
        elif pd.api.types.is_numeric_dtype(s.dtype) and not isinstance(s.dtype, pd.CategoricalDtype):
            values = s.astype("Float64").astype(float) if str(s.dtype) != "float64" else s
            two = set(values.dropna().unique()) <= {0.0, 1.0}
            b.add(
                str(name), values, block="options" if two else "ratings", kind="yes_no" if two else "number",
                item=str(name),
            )  # fmt: skip
        elif isinstance(s.dtype, pd.CategoricalDtype) and s.cat.ordered:
            values = pd.Series(s.cat.codes.to_numpy(dtype=float), index=s.index).where(lambda c: c >= 0)
            b.add(str(name), values, block="ratings", kind="number", item=str(name))
        elif pd.api.types.is_datetime64_any_dtype(s.dtype):
            raise CjmError(
                f"survey column {name!r} holds dates; make a number of it first, such as days since something"
            )
        else:
            _add_choice(b, str(name), s, "")


# ---- behaviour and codes --------------------------------------------------------------------------------------------


def from_behaviour(b: _Builder, behaviour: pd.DataFrame) -> None:
    """Numbers of each person, from an event log or another register."""
    if not isinstance(behaviour, pd.DataFrame):
        raise CjmError(f"behaviour: expected a DataFrame with the person as index, got {type(behaviour).__name__}")
    frame = behaviour.copy(deep=False)
    if isinstance(frame.index, pd.RangeIndex):
        for c in _PERSON:
            if c in frame.columns:
                frame = frame.set_index(c)
                break
    frame.index = _index(frame.index)
    _once(frame.index, "behaviour")
    left = []
    for name in frame.columns:
        s = frame[name]
        if pd.api.types.is_timedelta64_dtype(s.dtype):
            s = s.dt.total_seconds()
        if pd.api.types.is_bool_dtype(s.dtype):
            b.add(str(name), s.astype(float), block="behaviour", kind="yes_no", item=str(name))
        elif pd.api.types.is_numeric_dtype(s.dtype):
            values = s.astype("Float64").astype(float) if str(s.dtype) != "float64" else s
            b.add(str(name), values, block="behaviour", kind="number", item=str(name))
        elif s.nunique() <= 12:
            _add_choice(b, str(name), s, "")
            if b.info and b.info[-1]["item"] == str(name):
                b.info[-1]["block"] = "behaviour"
        else:
            left.append(str(name))
    if left:
        b.warn(
            say(
                en=f"behaviour: not numbers, left out: {', '.join(left)}",
                ru=f"behaviour: не числа, не участвуют: {', '.join(left)}",
            )
        )


def from_codings(b: _Builder, codings: pd.DataFrame) -> None:
    """The share of each code among a person's codings; a passage that two coders gave the same code counts once."""
    _need_columns(codings, ["participant", "code"], "codings")
    known = codings["participant"].notna() & codings["code"].notna()
    table = codings[known]
    if not len(table):
        raise CjmError("codings: no row has both a participant and a code")
    table = table.assign(participant=_index(table["participant"]).to_numpy(), code=table["code"].astype(str))
    if "coder" in table.columns and table["coder"].nunique() > 1:
        # Each coder's codes weigh the same; the counts stay whole numbers for the null model.
        place = [c for c in ("document", "start", "end") if c in table.columns]
        if len(place) == 3:
            table = table.drop_duplicates(["participant", "code", *place])
    counts = pd.crosstab(table["participant"], table["code"]).reindex(pd.unique(table["participant"]))
    by_people = (counts > 0).sum(axis=0)
    common = by_people[(by_people >= max(2, 0.05 * len(counts)))].index
    rest = [c for c in counts.columns if c not in set(common)]
    if not len(common):
        b.warn(say(en="no code was given to two people", ru="нет кода, который встретился бы у двух человек"))
        return
    kept = counts[list(common)].copy()
    if rest:
        kept[say(en="(rare codes)", ru="(редкие коды)")] = counts[rest].sum(axis=1)
    _add_shares(b, kept, "codes", {c: str(c) for c in kept.columns})


def _add_shares(b: _Builder, counts: pd.DataFrame, block: str, texts: dict[str, str]) -> None:
    counts = counts.copy()
    counts.index = _index(counts.index)
    counts.columns = [f"{block}: {c}" for c in counts.columns]
    total = counts.sum(axis=1).astype(float)
    shares = counts.div(total.where(total > 0), axis=0) ** 0.5
    for c, plain in zip(counts.columns, texts.values()):
        b.add(c, shares[c], block=block, kind="share", item=plain, text=plain)
    b.counts[block] = counts


# ---- texts -----------------------------------------------------------------------------------------------------------


def talk(b: _Builder, turns: pd.DataFrame) -> pd.DataFrame:
    """Passages of the respondents' own talk: person, text."""
    _need_columns(turns, ["participant", "text"], "turns")
    table = turns
    if "role" in turns.columns:
        role = turns["role"].astype(str).str.casefold()
        own = role.eq("respondent")
        if not own.any():
            raise CjmError(
                f"turns: nobody has the role 'respondent'; roles found: {', '.join(sorted(role.unique())[:6])}. Say "
                f"who is who with "
                "the roles mapping of interviews.read"
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
        {"person": _index(table.loc[known, "participant"]), "text": table.loc[known, "text"].astype(str).to_numpy()}
    )


def _compare_questions(b: _Builder, asked: pd.DataFrame, turns: pd.DataFrame) -> None:
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
    from cjmkit.personas._engine import cluster_tables, silhouettes

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


def open_answers(answers: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Open answers as passages: person, text."""
    if isinstance(answers, pd.Series):
        known = answers.notna()
        return pd.DataFrame({"person": _index(answers.index[known]), "text": answers[known].astype(str).to_numpy()})
    if not isinstance(answers, pd.DataFrame):
        raise CjmError(f"answers: expected a DataFrame or a Series, got {type(answers).__name__}")
    who = _person_column(answers, "answers")
    what = next((c for c in ("text", "value", "answer") if c in answers.columns), None)
    if what is None:
        raise CjmError("answers: " + suggest("text", answers.columns, what="column"))
    known = answers[who].notna() & answers[what].notna()
    return pd.DataFrame(
        {"person": _index(answers.loc[known, who]), "text": answers.loc[known, what].astype(str).to_numpy()}
    )


class Texts:
    """Themes (many passages a person) or topics (few) of what people said, and the words they said it with."""

    def __init__(
        self, b: _Builder, embed: Embedder | None, themes: int, seed: int, old: Mapping[str, Mapping[str, Any]]
    ) -> None:
        if themes < 2:
            raise CjmError(f"themes={themes}: give 2 or more")
        self.b, self.embed, self.themes, self.seed, self.old = b, embed, themes, seed, old
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
        from cjmkit import text as _text

        languages = people.map(_text.detect_language)
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
                    en=f"{block}: people speak two languages, and groups would be the languages; pass embed= with a "
                    "multilingual model, or look at each language by itself",
                    ru=f"{block}: люди говорят на двух языках, и группами станут языки; передайте embed= с "
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
            vectors = TextVectors(stemmed=True, random_state=self.seed)
            x = vectors.fit_transform([plain[i] for i in rows]).astype(np.float32)
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
        _add_shares(self.b, counts, block, {t: t for t in titles})

    def _topics(self, passages: pd.DataFrame, plain: list[str], block: str) -> None:
        """All that a person said → a few latent topics."""
        pooled, raw = _everything(passages, plain)
        people = [p for p, d in pooled.items() if d or self.embed is not None]
        vectors = None
        if self.embed is not None:
            x = embedded(self.embed, [raw[p] for p in people])
        else:
            vectors = TextVectors(stemmed=True, random_state=self.seed)
            x = vectors.fit_transform([pooled[p] for p in people]).astype(float)
        mean = x.mean(axis=0)
        from cjmkit.personas._space import _principal

        dims = max(1, min(TOPICS, len(people) // 3, x.shape[1]))
        _, axes = _principal(x - mean, dims)
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
                x = embedded(old["embed"], [raw[p] for p in people])
            else:
                x = old["vectors"].transform([pooled[p] for p in people]).astype(float)
            self._add_topics((x - old["mean"]) @ old["axes"], people, block)
            return
        if not rows.size:
            return
        if old["embed"] is not None:
            x = embedded(old["embed"], [str(passages["text"].iloc[i]) for i in rows])
        else:
            x = old["vectors"].transform([plain[i] for i in rows])
        centres = old["centres"]
        labels = ((centres**2).sum(axis=1) - 2 * (x @ centres.T)).argmin(axis=1)
        self._mix(passages, rows, labels, old["titles"], block)


def _everything(passages: pd.DataFrame, plain: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """All stems and all words of each person."""
    pooled: dict[str, str] = {}
    raw: dict[str, str] = {}
    for p, d, t in zip(passages["person"], plain, passages["text"]):
        pooled[p] = f"{pooled.get(p, '')} {d}".strip()
        raw[p] = f"{raw.get(p, '')} {t}".strip()
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
