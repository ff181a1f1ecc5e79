"""What sets personas apart: numbers, words, passages, channels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import packed
from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, say, shorten
from cjmkit.people import PERSON
from cjmkit.personas._engine import cluster_tables, nearest
from cjmkit.personas._procedure import STARTS, matched
from cjmkit.personas.data import person_index, records
from cjmkit.personas.found import PersonasData
from cjmkit.stats import holm, log_odds, mean_interval, one_blas_thread, wilson
from cjmkit.text.sentence import sentences
from cjmkit.text.vectors import content_stems
from cjmkit.view.people import apart_text

__all__ = ["profile", "quotes", "suggested_names", "words"]

_COLUMNS = [
    "persona", "name", "column", "level", "block", "text", "n", "mean", "mean_low", "mean_high", "n_elsewhere",
    "elsewhere", "elsewhere_low", "elsewhere_high", "difference", "measure", "effect", "low", "high", "p", "in_words",
]  # fmt: skip
_HALVES_FROM = 80
"""From so many people on two halves; fewer are parted into tenths, for half of them would not show the groups."""


def profile(found: PersonasData, outside: pd.DataFrame | None = None) -> pd.DataFrame:
    """What sets each persona apart.

    A column that helped to form the groups differs between them by construction, and a split of the people alone does
    not mend that: who belongs where would still be read from the column (Gao, Bien and Witten 2024). So effects are
    measured out of the sample and without the column: groups are fitted on one half of the people without it, the
    people of the other half go to the nearest of these groups, again without it, and the halves change places. Fewer
    than 80 people are parted into ten, and each tenth goes to the groups of the other nine. p-values are then honest,
    and the effect is not flattered.

    Parameters
    ----------
    outside : pandas.DataFrame, optional
        Other columns (index person), which played no part in forming the groups: they are measured on the groups as
        they are.

    Returns
    -------
    pandas.DataFrame
        One row a persona and column (or option), the largest effects first:

        - persona, name, column, level (the option), block, text (the question in words);
        - as observed, descriptive: n, mean (a share where there are options) with mean_low and mean_high (Wilson for
          shares, Student's t for means, 95%), the same of the others (n_elsewhere, elsewhere, elsewhere_low,
          elsewhere_high), and the difference of the two means;
        - on the split: measure (``g``, Hedges, for numbers; ``h``, Cohen, for shares), effect, low, high, p, p_holm;
        - in_words: all of it in words ("takes a taxi: 61%, others 22%");
        - cautions, where the reading of an item is not known.

    Notes
    -----
    How far effects, intervals and p-values hold is measured in ``benchmarks/personas_profile.py``.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> found.profile()[["persona", "column", "effect"]].head(2).round(1)
      persona column  effect
    0      P1  taste     4.7
    1      P1   time    -4.6
    """
    key = f"profile {current_language()}"
    cache: dict[str, Any] = found.__dict__.setdefault("_cache", {})
    if outside is None and key in cache:
        made: pd.DataFrame = cache[key].copy()
        made["name"] = made["persona"].map(found.name)
        return made
    f = found.features
    rows: list[list[Any]] = []
    here = found.features.people[found.rows]
    labels = found.labels.loc[here]
    for c in records(f.columns_info):
        if c.kind == "topic" or not c.used:
            continue
        formed = c.block in f._block_names()
        without = _out_of_sample(found, c.column) if formed and found.k > 1 else None
        values = f.table.loc[here, c.column]
        rows += _one_column(found, str(c.column), str(c.block), str(c.text or c.item), c.kind, values, labels, without)
    if outside is not None:
        frame = outside.copy(deep=False)
        frame.index = person_index(frame.index)
        if frame.index.has_duplicates:
            raise CjmError(
                en="outside: one person has several rows; keep one row a person",
                ru="outside: у человека несколько строк; оставьте по строке на человека",
            )
        for name in frame.columns:
            values = frame[name].reindex(here)
            number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
            two = number and set(values.dropna().unique()) <= {0, 1}
            kind = "yes_no" if two or pd.api.types.is_bool_dtype(values.dtype) else "number" if number else "level"
            rows += _one_column(found, str(name), "outside", str(name), kind, values, labels, labels)
    out = pd.DataFrame(rows, columns=_COLUMNS)
    item = dict(zip(f.columns_info["column"], f.columns_info["item"], strict=True))
    doubtful = {c: packed(f.cautions_on(str(i))) for c, i in item.items()}
    if any(doubtful.values()):
        out["cautions"] = out["column"].map(doubtful).fillna("")
    out.insert(len(_COLUMNS) - 1, "p_holm", holm(out["p"].to_numpy(dtype=float)))
    out["_size"] = -out["effect"].abs().fillna(-1)
    out["_order"] = out["persona"].map({i: j for j, i in enumerate(found.ids)})
    out = out.sort_values(["_order", "_size"], kind="stable").drop(columns=["_size", "_order"]).reset_index(drop=True)
    if outside is None:
        cache[key] = out
    return out.copy()


def _out_of_sample(found: PersonasData, column: str) -> pd.Series | None:
    """Persona of each person by the groups that others form without one column; None where nothing else is left."""
    f = found.features
    info = f.columns_info[f.columns_info["column"] != column].reset_index(drop=True)
    # The column's own alternatives (options of one question, shares of one whole) would let it in by the back door
    # only in part; it is the column's own weight in forming the groups that has to go.
    counts = {}
    for b, c in f.counts.items():
        kept = [x for x in c.columns if x != column]
        if kept:
            counts[b] = c[kept]
    less = replace(f, table=f.table.drop(columns=column), columns_info=info, counts=counts)
    if not less._block_names():
        return None
    x = less.at(found.rows).space().scores()
    assert found.search is not None
    labels = found.search.labels[found.k]
    rng = np.random.default_rng([found.seed, 77])
    parts = 2 if len(x) >= _HALVES_FROM else 10
    part = rng.permutation(len(x)) % parts
    out = np.empty(len(x), np.intp)
    with one_blas_thread():
        for p in range(parts):
            out[part == p] = _placed(x, part != p, labels, found.k, rng)[part == p]
    return pd.Series(np.array(found.ids, dtype=object)[out], index=f.people[found.rows])


def _placed(x: np.ndarray, fitted: np.ndarray, labels: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Everybody's nearest group of those that some of the people form, numbered like `labels`."""
    lab, centres, _ = cluster_tables(x[fitted][None], k, rng.random((1, STARTS, k)))
    # What the groups are called is all that they have from the real ones.
    number = np.arange(k)
    number[lab[0]] = matched(labels[fitted], lab[0], k)
    return np.asarray(number[nearest(x[None], centres[:, None])[0][0, 0]])


def _one_column(
    found: PersonasData,
    column: str,
    block: str,
    text: str,
    kind: str,
    values: pd.Series,
    labels: pd.Series,
    without: pd.Series | None,
) -> list[list[Any]]:
    if kind == "level":
        known = values.dropna()
        levels = [(str(v), (values == v).astype(float).where(values.notna())) for v in sorted(known.unique(), key=str)]
        measure = "h"
    else:
        levels = [("", values.astype(float))]
        measure = "h" if kind == "yes_no" else "g"
    rows = []
    for level, x in levels:
        if kind == "share":
            x = x**2  # shares themselves are what a reader understands
        for i in found.ids:
            own, other = x[labels == i].dropna(), x[(labels != i) & labels.notna()].dropna()
            here, others = (_limits(v, counted=kind != "share" and measure == "h") for v in (own, other))
            effect = low = high = p = np.nan
            if without is not None:
                a, b = x[without == i].dropna().to_numpy(), x[(without != i) & without.notna()].dropna().to_numpy()
                effect, low, high, p = _hedges(a, b) if measure == "g" else _cohen_h(a, b)
            rows.append(
                [i, found.name(i), column, level, block, text, len(own), *here, len(other), *others,
                 here[0] - others[0], measure, effect, low, high, p,
                 apart_text(f"{text}: {level}" if level else text, here[0], others[0],
                            percent=measure == "h" or kind == "share") if len(own) and len(other) else ""]
            )  # fmt: skip
    return rows


def _limits(x: pd.Series, *, counted: bool) -> tuple[float, float, float]:
    """A mean with its limits; of what is counted, a share."""
    values = x.to_numpy(dtype=float)
    if counted and len(values):
        return tuple(wilson(int(values.sum()), len(values)))
    return tuple(mean_interval(values))


def _hedges(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float, float]:
    """Hedges' (1981) g with a normal interval, and Welch's p-value."""
    n, m = len(a), len(b)
    if n < 3 or m < 3:
        return (np.nan,) * 4
    pooled = np.sqrt(((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2))
    if pooled == 0:
        return (np.nan,) * 4
    g = (a.mean() - b.mean()) / pooled * (1 - 3 / (4 * (n + m) - 9))
    se = np.sqrt((n + m) / (n * m) + g * g / (2 * (n + m)))
    from scipy.stats import ttest_ind

    p = float(ttest_ind(a, b, equal_var=False).pvalue) if a.var() + b.var() > 0 else np.nan
    return float(g), float(g - 1.96 * se), float(g + 1.96 * se), p


def _cohen_h(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float, float]:
    """Cohen's (1988) h, the difference of arcsine-transformed shares, with its interval, and Fisher's exact p-value."""
    n, m = len(a), len(b)
    if n < 3 or m < 3:
        return (np.nan,) * 4
    from scipy.stats import fisher_exact

    # With Anscombe's (1948) constants: without them the interval covers 82 % for shares near 0 and 1.
    turned = [2 * np.arcsin(np.sqrt((x.sum() + 0.375) / (k + 0.75))) for x, k in ((a, n), (b, m))]
    h, se = turned[0] - turned[1], np.sqrt(1 / (n + 0.5) + 1 / (m + 0.5))
    table = [[a.sum(), n - a.sum()], [b.sum(), m - b.sum()]]
    p = float(fisher_exact(np.array(table).round().astype(int)).pvalue)
    return float(h), float(h - 1.96 * se), float(h + 1.96 * se), p


def words(found: PersonasData, n: int = 12) -> pd.DataFrame:
    """Words that people of one persona use and others do not.

    Columns persona, name, word, people, share, elsewhere, log_odds, z.

    Counted once a person; log-odds with an informative prior (Monroe, Colaresi, Quinn 2008).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> talk = ["the price is too high", "too dear, the price"] * 10 + ["I trust the taste", "a taste to trust"] * 10
    >>> said = personas.features(survey=answers.round(), answers=pd.Series(talk, answers.index))
    >>> personas.fit(said, nulls=19, resamples=10).words(2)[["persona", "word"]]
      persona   word
    0      P1  price
    1      P1   dear
    2      P2  taste
    3      P2  trust
    """
    columns = ["persona", "name", "word", "people", "share", "elsewhere", "log_odds", "z"]
    said = {p: set(d) for p, d in found.features.said.items() if p in found.labels.index}
    stems = sorted({s for d in said.values() for s in d})
    if not stems or found.k < 2:
        return pd.DataFrame(columns=columns)
    at = {s: i for i, s in enumerate(stems)}
    used = np.zeros((found.k, len(stems)))
    total = np.zeros(found.k)
    for p, d in said.items():
        i = found.labels.loc[p]
        if i == i and i in found.ids:
            j = found.ids.index(i)
            total[j] += 1
            for s in d:
                used[j, at[s]] += 1
    rows = []
    everybody = used.sum(axis=0)
    for j, i in enumerate(found.ids):
        delta, z = log_odds(used[j], everybody - used[j])
        for w in np.argsort(-z, kind="stable")[:n]:
            if z[w] <= 0 or used[j, w] < 2:
                continue
            rest = (everybody[w] - used[j, w]) / max(total.sum() - total[j], 1)
            spelt = found.features.spelling.get(stems[w], stems[w])
            rows.append([i, found.name(i), spelt, int(used[j, w]), used[j, w] / max(total[j], 1), rest, delta[w], z[w]])
    return pd.DataFrame(rows, columns=columns)


def quotes(found: PersonasData, source: pd.DataFrame | None = None, *, n: int = 3) -> pd.DataFrame:
    """Passages that stand for each persona.

    Parameters
    ----------
    source : pandas.DataFrame, optional
        Codings or turns; what the features were made from by default.
    n : int
        Passages a persona; one a person as long as there are enough people.

    Returns
    -------
    pandas.DataFrame
        persona, name, participant, document, start, end, quote, code, score. Rows can be cited.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> codings = pd.DataFrame({"participant": found.labels.index, "quote": ["so tasty"] * 20 + ["too dear"] * 20,
    ...                         "code": "c", "document": "d", "start": 0, "end": 8})
    >>> found.quotes(codings, n=1)[["persona", "quote"]]
      persona     quote
    0      P1  so tasty
    1      P2  too dear
    """
    columns = ["persona", "name", "participant", "document", "start", "end", "quote", "code", "score"]
    sources = [source] if source is not None else list(found.features.passages.values())
    parts = [_passages(t) for t in sources if t is not None]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = parts[0]
    table = table[table["participant"].isin(found.labels.dropna().index)]
    if not len(table):
        return pd.DataFrame(columns=columns)
    weights = _word_weights(found, table)
    code_weights = _code_weights(found, table)
    typical = found.membership.max(axis=1)
    people = found.people
    out = []
    for i in found.ids:
        own = table[table["participant"].map(found.labels) == i]
        if not len(own):
            continue
        score = own["quote"].map(lambda q, i=i: _telling(q, weights.get(i, {}))).to_numpy(dtype=float)
        if "code" in own:
            score = score + own["code"].map(lambda c, i=i: code_weights.get((i, str(c)), 0.0)).to_numpy(dtype=float)
        certain = own["participant"].map(typical).fillna(0.5).to_numpy()
        middle = own["participant"].map(people["role"] == "typical").to_numpy(dtype=float)
        score = (score + 0.1) * (0.5 + 0.5 * certain) * (1 + 0.15 * middle)
        own = own.assign(score=score).sort_values(["score", "document", "start"], ascending=[False, True, True])
        # One passage a person first: three people say more than one person three times.
        nth = own.groupby("participant").cumcount()
        own = own.assign(nth=nth).sort_values(["nth", "score"], ascending=[True, False], kind="stable").head(n)
        own = own.sort_values("score", ascending=False, kind="stable")
        out.append(own.assign(persona=i, name=found.name(i)))
    made = pd.concat(out) if out else pd.DataFrame(columns=columns)
    return made.reindex(columns=columns).reset_index(drop=True)


def _passages(table: pd.DataFrame) -> pd.DataFrame:
    """Quotable passages of codings, turns or answers; long turns are cut into sentences, with their offsets."""
    who = next((c for c in PERSON if c in table.columns), None)
    what = next((c for c in ("quote", "text", "value", "answer") if c in table.columns), None)
    if who is None or what is None:
        raise CjmError(
            en=f"quotes need a participant and a quote or text; this table has {', '.join(map(str, table.columns))}",
            ru=f"цитатам нужны participant и quote или text; в таблице {', '.join(map(str, table.columns))}",
        )
    t = table[table[who].notna() & table[what].notna()]
    if "role" in t.columns:
        t = t[t["role"].astype(str).str.casefold() == "respondent"]
    t = t.assign(participant=person_index(t[who]).to_numpy(), quote=t[what].astype(str))
    if "document" not in t.columns:
        t = t.assign(document=t["participant"])
    placed = "start" in t.columns
    rows = []
    for r in records(t):
        text, start = str(r.quote), int(r.start) if placed and r.start == r.start else 0
        end = int(r.end) if placed and "end" in t.columns and r.end == r.end else start + len(text)
        code = str(getattr(r, "code", "") or "")
        exact = end - start == len(text)
        if len(text) <= 240 or not exact:
            rows.append([r.participant, r.document, start, end, text, code])
            continue
        for a, b in _windows(sentences(text)):
            rows.append([r.participant, r.document, start + a, start + b, text[a:b], code])
    out = pd.DataFrame(rows, columns=["participant", "document", "start", "end", "quote", "code"])
    return out[out["quote"].str.strip().str.len() >= 3].drop_duplicates(["document", "start", "end", "quote"])


def _windows(spans: list[tuple[int, int]], most: int = 240) -> list[tuple[int, int]]:
    """Runs of one to three sentences of at most `most` characters."""
    out = []
    for i, (a, b) in enumerate(spans):
        end = b
        for _, c in spans[i + 1 : i + 3]:
            if c - a > most:
                break
            end = c
        out.append((a, end))
    return out


def _word_weights(found: PersonasData, table: pd.DataFrame) -> dict[str, dict[str, float]]:
    said = {p: set(d) for p, d in found.features.said.items() if p in found.labels.index}
    if not said:
        # The groups come from a survey, the passages from interviews with some of its people.
        own = table.groupby("participant")["quote"].agg(" ".join)
        said = {str(p): set(content_stems(t)) for p, t in own.items()}
    if not said or found.k < 2:
        return {}
    stems = sorted({s for d in said.values() for s in d})
    at = {s: i for i, s in enumerate(stems)}
    used = np.zeros((found.k, len(stems)))
    for p, d in said.items():
        i = found.labels.loc[p]
        if i in found.ids:
            for s in d:
                used[found.ids.index(i), at[s]] += 1
    total = used.sum(axis=0)
    out = {}
    for j, i in enumerate(found.ids):
        z = log_odds(used[j], total - used[j])[1]
        out[i] = {s: float(z[k]) for s, k in at.items() if z[k] > 0.5 and used[j, k] >= 2}
    return out


def _telling(quote: str, weights: dict[str, float]) -> float:
    """How much of a passage is what this persona says and others do not."""
    stems = content_stems(quote)
    if not stems:
        return 0.0
    # The root of the length: neither the longest passage nor the shortest wins by its length.
    return sum(weights.get(s, 0.0) for s in set(stems)) / np.sqrt(len(stems) + 4)


def _code_weights(found: PersonasData, table: pd.DataFrame) -> dict[tuple[str, str], float]:
    if not (table["code"] != "").any() or found.k < 2:
        return {}
    coded = table[table["code"] != ""]
    c = pd.crosstab(coded["participant"], coded["code"])
    used = (c > 0).groupby(found.labels.reindex(c.index)).sum()
    total = used.sum(axis=0)
    out = {}
    for i in used.index:
        z = log_odds(used.loc[i].to_numpy(dtype=float), (total - used.loc[i]).to_numpy(dtype=float), 10.0)[1]
        for name, v in zip(c.columns, z):
            out[(str(i), str(name))] = float(v)
    return out


def suggested_names(found: PersonasData, lang: str | None = None) -> dict[str, str]:
    """A working title for each persona, from what sets it apart. Naming is interpretation, so the name is yours.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> found.suggested_names("en")
    {'P1': '↑ taste · ↓ time', 'P2': '↓ taste · ↑ time'}
    """
    if found.k < 2:
        return {found.ids[0]: say(en="Everybody", ru="Все", lang=lang)}
    table = profile(found, None)
    spoken = words(found, 3)
    out = {}
    for i in found.ids:
        own = table[(table["persona"] == i) & (table["effect"].abs() >= 0.5)]
        parts = []
        for r in records(own.head(2)):
            more = r.difference > 0
            label = r.level or shorten(r.text, 40)
            if r.level or r.measure == "h" or r.block in ("codes", "talk", "answers"):
                parts.append(label if more else say(en=f"no {label}", ru=f"не {label}", lang=lang))
            else:
                parts.append(("↑ " if more else "↓ ") + label)
        if not parts:
            parts = list(spoken.loc[spoken["persona"] == i, "word"])
        out[i] = " · ".join(parts) or i
    return out
