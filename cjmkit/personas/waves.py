"""Personas and other data: new people, another wave, other choices of the analyst."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

import numpy as np
import pandas as pd

from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.personas._engine import cluster_tables
from cjmkit.personas.data import Features
from cjmkit.personas.found import PersonasData
from cjmkit.personas.guards import leading
from cjmkit.stats import one_blas_thread, wilson

__all__ = ["WaveComparison", "assign", "compare", "degree", "sensitivity"]


def new_columns(train: Features, new: Features, space_columns: np.ndarray) -> np.ndarray:
    """Answers of new people on the scales that the old people set: (new people, columns), NaN where not asked."""
    out = []
    kinds = train.columns_info.set_index("column")["kind"]
    j = 0
    for b in train._block_names():
        for c in train._columns(b):
            old = train.table[c]
            coded = space_columns[:, j]
            j += 1
            if c not in new.table.columns:
                out.append(np.full(new.n, np.nan))
                continue
            if kinds[c] == "level":
                known = {v: z for v, z in zip(old, coded) if z == z}
                out.append(np.array([known.get(v, np.nan) for v in new.table[c]], dtype=float))
                continue
            x, raw = new.table[c].to_numpy(dtype=float), old.to_numpy(dtype=float)
            seen = ~np.isnan(raw) & ~np.isnan(coded)
            if kinds[c] == "skewed":
                order = np.argsort(raw[seen], kind="stable")
                out.append(np.where(np.isnan(x), np.nan, np.interp(x, raw[seen][order], coded[seen][order])))
            else:
                # Standardising is a straight line through two different old answers.
                lo, hi = raw[seen].argmin(), raw[seen].argmax()
                slope = (coded[seen][hi] - coded[seen][lo]) / (raw[seen][hi] - raw[seen][lo])
                out.append(coded[seen][lo] + (x - raw[seen][lo]) * slope)
    return np.column_stack(out)


def assign(found: PersonasData, features: Features) -> pd.DataFrame:
    """Put new people into these personas.

    Columns persona, name, probability, one a persona, known (share of the columns that they answered).

    Parameters
    ----------
    features : Features
        Of the new people, with the same columns; for texts made with ``features(..., like=found.features)``.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> new = pd.DataFrame([[1, 1, 5, 5, 3], [5, 4, 1, 2, 3]], columns=answers.columns, index=["eva", "ivo"])
    >>> found.assign(personas.features(survey=new))[["persona", "probability"]].round(2)
           persona  probability
    person
    eva         P1          1.0
    ivo         P2          1.0
    """
    if found.search is None or found.space is None or found.k < 2:
        raise CjmError(
            en=f"there are no personas to put people into: {found.verdict()}",
            ru=f"персон, в которые можно отнести людей, нет: {found.verdict()}",
        )
    train = replace(found.features, table=found.features.table.iloc[found.rows])
    wanted = [c for b in train._block_names() for c in train._columns(b)]
    shared = [c for c in wanted if c in features.table.columns]
    if not shared:
        raise CjmError(
            en=f"the new people have none of the columns that formed the personas ({', '.join(wanted[:5])} …); for "
            f"texts make their "
            "features with features(…, like=found.features)",
            ru=f"у новых людей нет ни одного столбца, по которым найдены персоны ({', '.join(wanted[:5])} …); для "
            f"текстов сделайте признаки через features(…, like=found.features)",
        )
    columns = new_columns(train, features, found.space.columns)
    e = found.space.encoded()
    mean, scale, axes = found.space.basis(e)
    x = ((found.space.encoded(columns) - mean) * scale) @ axes
    s = found.search
    centres, lab = s.centres[found.k].astype(float), s.labels[found.k]
    own = ((s.scores - centres[lab]) ** 2).sum()
    spread = own / max(1, (len(lab) - found.k) * s.scores.shape[1])
    share = np.bincount(lab, minlength=found.k) / len(lab)
    logit = np.log(share) - ((x[:, None] - centres) ** 2).sum(axis=2) / (2 * max(spread, 1e-12))
    p = np.exp(logit - logit.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    known = (~np.isnan(columns)).mean(axis=1)
    some = known > 0
    best = np.array(found.ids, dtype=object)[p.argmax(axis=1)]
    out = pd.DataFrame(np.where(some[:, None], p, np.nan), index=features.people, columns=list(found.ids))
    out.insert(0, "persona", pd.Series(np.where(some, best, None), index=features.people, dtype="str"))
    out.insert(1, "name", out["persona"].map(found.name, na_action="ignore"))
    out.insert(2, "probability", np.where(some, p.max(axis=1), np.nan))
    return out.assign(known=known)


@dataclass(frozen=True, eq=False, repr=False)
class WaveComparison:
    """Whether the personas of one wave return in another.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a persona of the first wave: persona, name, match and match_name (persona of the second), overlap
        (Jaccard, among the second wave's people put into the first wave's personas), returns, share_before,
        share_after, difference, low, high, drift (distance between the centres, in SD of people around them).
    ari : float
        Agreement of the second wave's own groups with the first wave's personas, on the second wave's people: 1 same,
        0 chance.
    n : tuple of int
        People of each wave.
    """

    table: pd.DataFrame
    ari: float
    n: tuple[int, int]
    found: tuple[bool, bool]

    def summary(self, lang: str | None = None) -> str:
        """One or two sentences."""
        if not all(self.found):
            which = [w for w, f in zip(("first", "second"), self.found) if not f]
            ru = {"first": "первой", "second": "второй"}
            return say(
                en=f"No groups were found in the {' and the '.join(which)} wave, so there is nothing that could "
                f"return.",
                ru=f"Групп не найдено в {' и во '.join(ru[w] for w in which)} волне: возвращаться нечему.",
                lang=lang,
            )
        k, back = len(self.table), int(self.table["returns"].sum())
        ari = number(self.ari, 2, lang=lang)
        return say(
            en=f"{back} of {k} personas return (agreement ARI {ari}, n = {self.n[0]} and {self.n[1]} people).",
            ru=f"Вернулись портреты: {back} из {k} (согласие ARI {ari}, n = {self.n[0]} и {self.n[1]} чел.).",
            lang=lang,
        )

    def __repr__(self) -> str:
        return f"<WaveComparison: {self.summary()}>"

    def _repr_html_(self) -> str:
        table = self.table.drop(columns=["persona", "match"])
        return f"<p>{escape(self.summary())}</p>{frame_html(table)}"


def compare(first: PersonasData, second: PersonasData) -> WaveComparison:
    """Do the same personas return in another wave?

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> again = personas.fit(personas.features(survey=answers[::-1].round()), nulls=19, resamples=10)
    >>> print(found.compare(again).summary("en"))
    2 of 2 personas return (agreement ARI 1.00, n = 40 and 40 people).
    """
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_rand_score

    columns = [
        "persona", "name", "match", "match_name", "overlap", "returns", "share_before", "share_after", "difference",
        "low", "high", "drift",
    ]  # fmt: skip
    groups = first.found and first.k > 1, second.found and second.k > 1
    if not all(groups):
        return WaveComparison(pd.DataFrame(columns=columns), float("nan"), (first.n, second.n), groups)
    put = assign(first, second.features)
    own = second.labels
    both = own.notna() & put["persona"].notna()
    a, b = put.loc[both, "persona"], own[both]
    ari = float(adjusted_rand_score(a, b))
    table = (
        pd.crosstab(a, b).reindex(index=list(first.ids), columns=list(second.ids), fill_value=0).to_numpy(dtype=float)
    )
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    overlap = table / np.maximum(union, 1)
    rows, cols = linear_sum_assignment(-overlap)
    partner = dict(zip(rows.tolist(), cols.tolist()))
    centres = _centres_in(first, second)
    assert first.search is not None
    lab = first.search.labels[first.k]
    old = first.search.centres[first.k].astype(float)
    spread = np.sqrt(((first.search.scores - old[lab]) ** 2).sum() / max(1, len(lab) - first.k) / old.shape[1])
    out = []
    for j, i in enumerate(first.ids):
        c = partner.get(j)
        before = int((first.labels == i).sum())
        after = int((put["persona"] == i).sum())
        p1, l1, u1 = wilson(before, first.n)
        p2, l2, u2 = wilson(after, second.n)
        # Newcombe's (1998) hybrid interval for a difference of shares.
        low = p2 - p1 - np.sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2)
        high = p2 - p1 + np.sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2)
        match = second.ids[c] if c is not None else None
        j_overlap = float(overlap[j, c]) if c is not None else 0.0
        drift = float(np.linalg.norm(old[j] - centres[c]) / max(spread, 1e-12)) if c is not None else np.nan
        called = second.name(match) if match is not None else None
        out.append([i, first.name(i), match, called, j_overlap, j_overlap >= 0.5, p1, p2, p2 - p1, low, high, drift])
    return WaveComparison(pd.DataFrame(out, columns=columns), ari, (first.n, second.n), groups)


def _centres_in(first: PersonasData, second: PersonasData) -> np.ndarray:
    """Centres of the second wave's groups, in the first wave's space."""
    assert first.space is not None
    train = replace(first.features, table=first.features.table.iloc[first.rows])
    mean, scale, axes = first.space.basis(first.space.encoded())
    x = ((first.space.encoded(new_columns(train, second.features, first.space.columns)) - mean) * scale) @ axes
    own = second.labels.to_numpy()
    return np.array([x[own == i].mean(axis=0) for i in second.ids])


def sensitivity(found: PersonasData, *, seeds: int = 5) -> pd.DataFrame:
    """How much the groups depend on choices: what, setting, k, ari (agreement with the result), lowest_jaccard.

    Other seeds, other numbers of groups, each block left out, more and fewer components.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> found.sensitivity(seeds=2)[["what", "setting", "k", "ari"]].head(3).round(2)
         what setting  k   ari
    0    seed       1  2  1.00
    1    seed       2  2  1.00
    2  groups       3  3  0.75
    """
    from sklearn.metrics import adjusted_rand_score

    columns = ["what", "setting", "k", "ari", "lowest_jaccard"]
    s = found.search
    if s is None or found.k < 2 or found.space is None:
        return pd.DataFrame(columns=columns)
    base, k = s.labels[found.k], found.k
    rows: list[list[object]] = []

    def again(x: np.ndarray, seed: int) -> float:
        rng = np.random.default_rng([found.seed, seed])
        with one_blas_thread():
            lab = cluster_tables(x[None], k, rng.random((1, 8, k)))[0][0]
        return float(adjusted_rand_score(base, lab))

    for seed in range(1, seeds + 1):
        rows.append([say(en="seed", ru="начало"), str(found.seed + seed), k, again(s.scores, seed), np.nan])
    for other in s.ks:
        if other != k:
            agree = float(adjusted_rand_score(base, s.labels[other]))
            rows.append([say(en="groups", ru="число групп"), str(other), other, agree, float(s.jaccard[other].min())])
    blocks = found.features._block_names()
    if len(blocks) > 1:
        for b in blocks:
            less = found.features.only(*[x for x in blocks if x != b]).at(found.rows).space()
            rows.append([say(en="without block", ru="без блока"), b, k, again(less.scores(), 0), np.nan])
    c = found.space.components
    for other in sorted({max(2, c - 2), c + 2}):
        if other != c and other <= found.space.encoded().shape[1]:
            x = replace(found.space, components=other).scores()
            rows.append([say(en="components", ru="компонент"), str(other), k, again(x, 0), np.nan])
    return pd.DataFrame(rows, columns=columns)


def degree(found: PersonasData, *, parts: int = 3) -> pd.DataFrame:
    """The place of everybody on the axis along which people differ most: what to use instead of personas.

    Parameters
    ----------
    parts : int
        How many equal parts people are cut into; a part is a stretch of the axis, not a kind of people.

    Returns
    -------
    pandas.DataFrame
        Index person; score (standardised), part (1 lowest). ``.attrs["about"]``: the questions that go with it most.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> rng = np.random.default_rng(0)
    >>> answers = pd.DataFrame(rng.normal(size=(60, 1)) + rng.normal(0, 0.6, (60, 6))).add_prefix("q")
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=5)
    >>> found.degree()["part"].value_counts().tolist()
    [20, 20, 20]
    """
    if found.search is None:
        raise CjmError(en="there are too few people for an axis", ru="для оси слишком мало людей")
    if parts < 2:
        raise CjmError(en=f"parts={parts}: give 2 or more", ru=f"parts={parts}: дайте 2 или больше")
    x = found.search.scores[:, 0].astype(float)
    features = found.features.at(found.rows)
    score = (x - x.mean()) / max(x.std(), 1e-12)
    part = pd.Series(score).rank(method="first").sub(1).floordiv(len(x) / parts).astype(int) + 1
    out = pd.DataFrame({"score": score, "part": part.to_numpy()}, index=features.people)
    out.attrs["about"] = leading(features, x)
    return out
