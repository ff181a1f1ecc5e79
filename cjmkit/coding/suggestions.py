"""Suggestions: which uncoded passages look like coded ones. Always a coder apart, until a person accepts them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.agreeing.units import make_units, mark
from cjmkit.core.codings import check_codings, concat_codings, empty_codings
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import count, number, say

__all__ = ["Suggestions", "accept", "suggest_codes"]

Suggester = Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[str]], Any]

_FOLDS = 5  # of the cross-validation, by person
_MEANING = 1.4  # weight of the sentence vectors beside words


@dataclass(frozen=True, repr=False)
class Suggestions:
    """Passages with the codes that they may deserve.

    Parameters
    ----------
    table : pandas.DataFrame
        document, participant, start, end, quote, code, score (share of suggestions like this one that people had made
        too), raw (what the method said, 0 to 1), useful (highest where the answer is least certain), rank. Most useful
        first.
    quality : pandas.DataFrame
        code, examples, suggested, precision, recall, f1, people (whose words the check rests on): by cross-validation
        in which nobody's words are in both the training and the test. Empty where there were too few examples.
    method : str
        What made them: the built-in method, or the name of the callable.
    unit : str
        What was suggested for: sentences or turns.
    """

    table: pd.DataFrame
    quality: pd.DataFrame
    method: str
    unit: str

    @property
    def codings(self) -> pd.DataFrame:
        """The suggestions as codings of a coder ``suggested: <method>``, to be stored apart or compared with people."""
        if not len(self.table):
            return empty_codings()
        made = self.table[["document", "start", "end", "quote", "code", "participant"]].copy()
        made["coder"] = f"suggested: {self.method}"
        made["memo"] = [f"score {s:.2f}" for s in self.table["score"]]
        return check_codings(made)

    def summary(self, lang: str | None = None) -> str:
        """How many, and how far to trust them."""
        n = count(
            len(self.table), en=("suggestion", "suggestions"), ru=("подсказка", "подсказки", "подсказок"), lang=lang
        )
        if not len(self.quality):
            return say(
                en=f"{n} by {self.method}; too few examples to check them: trust none unread.",
                ru=f"{n}, способ {self.method}; проверить нечем, примеров мало: читайте каждую.",
                lang=lang,
            )
        q = self.quality
        weight = q["suggested"].sum()
        p = (q["precision"] * q["suggested"]).sum() / weight if weight else float("nan")
        r = (q["recall"] * q["examples"]).sum() / q["examples"].sum()
        ps, rs = number(p, 0, percent=True, lang=lang), number(r, 0, percent=True, lang=lang)
        return say(
            en=f"{n} by {self.method}. In cross-validation {ps} of such suggestions were right, and they found {rs} of "
            "what people had coded.",
            ru=f"{n}, способ {self.method}. При перекрёстной проверке верны {ps} подсказок, и найдено {rs} того, что "
            "закодировали люди.",
            lang=lang,
        )

    def __repr__(self) -> str:
        return f"<Suggestions: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        parts = [f"<p>{html.escape(self.summary())}</p>"]
        if len(self.quality):
            parts.append(frame_html(self.quality))
        parts.append(frame_html(self.table))
        return "".join(parts)


def suggest_codes(
    codings: pd.DataFrame,
    turns: pd.DataFrame,
    *,
    unit: str = "turn",
    role: str | None = "respondent",
    n: int | None = 50,
    min_share: float = 0.3,
    min_n: int = 3,
    method: Suggester | None = None,
    seed: int = 0,
) -> Suggestions:
    r"""Suggest codes for what nobody has coded yet.

    Parameters
    ----------
    codings, turns : pandas.DataFrame
        The two tables. Codings of coders whose names begin with "auto:" or "suggested:" are not learnt from.
    unit : {"sentence", "turn"}
        What is suggested for.
    role : str or None
        Whose turns.
    n : int, optional
        At most so many suggestions; None for all.
    min_share : float
        Score at which the quality is computed: 0.3 means that of such suggestions about three in ten were right.
    min_n : int
        Codes with fewer coded units are not suggested.
    method : callable, optional
        In place of the built-in one: called with (texts of examples, their codes, texts to judge); returns for each
        text a mapping from code to score in 0 to 1. Its ``__name__`` is recorded. An embedder or a
        language model of yours goes here; nothing leaves the machine unless your callable sends it.
    seed : int
        Start of the random numbers.

    Returns
    -------
    Suggestions
        Ranked by what looking at them would teach: those whose answer is least certain first; :func:`accept`
        turns the ones you agree with into your codings.

    Notes
    -----
    Built-in: TF-IDF of word stems (Russian and English) and of pairs of them, and a logistic regression a
    code, weights balanced; scores are calibrated on the cross-validation. No model is downloaded,
    and nothing is random but the folds.

    Examples
    --------
    >>> from cjmkit.coding import autocode, suggest_codes
    >>> from cjmkit.interviews import read_text
    >>> talk = "Q: So?\nA: The price is high.\nQ: And?\nA: I waited for a week."
    >>> read = [read_text(talk, document=d) for d in ("anna", "boris", "clara", "dan")]
    >>> turns = pd.concat([r.turns for r in read], ignore_index=True)
    >>> said = autocode(turns[turns["document"] != "dan"], {"price": "price"}, unit="turn", coder="eva")
    >>> found = suggest_codes(said, turns).table.sort_values("raw")
    >>> found[["document", "quote", "code"]].values.tolist()[-1]
    ['dan', 'The price is high.', 'price']
    """
    need_columns(codings, ("document", "start", "end", "code", "coder"), what="codings")
    need_columns(turns, ("document", "turn", "text", "start", "end"), what="turns")
    if unit not in ("sentence", "turn"):
        raise CjmError(suggest(unit, ("sentence", "turn"), what="unit"))
    own = str(getattr(method, "__name__", type(method).__name__))
    made_by = own if method is not None else "tf-idf + logistic regression"
    people = codings[~codings["coder"].astype("str").str.startswith(("auto:", "suggested:")).fillna(False)]
    units = make_units(people, turns, unit, role=role)
    text = _texts(units, turns)
    marks = mark(people, units)
    pairs = np.unique(marks.rows[:, [0, 2]], axis=0)[:, 1]
    counts = np.bincount(pairs, minlength=len(marks.codes))
    kept = [c for c, k in enumerate(counts) if k >= min_n]
    if not kept:
        raise CjmError(
            en=f"no code has {min_n} coded {unit}s yet; code some more first",
            ru=f"ни у одного кода ещё нет {min_n} закодированных единиц ({unit}); сначала закодируйте ещё",
        )
    codes = [marks.codes[c] for c in kept]
    y = np.zeros((len(units), len(kept)), dtype=bool)
    for u, _, c in marks.rows.tolist():
        if c in kept:
            y[u, kept.index(c)] = True
    touched = np.zeros(len(units), dtype=bool)
    touched[np.unique(marks.rows[:, 0])] = True
    # Uncoded text of an interview that a person coded is an example of "none of these"; an unopened interview is not.
    read = marks.read.any(axis=1)
    suggester = method or built_in
    learn = np.flatnonzero(read)
    check = _cross_validated(suggester, text, y, codes, units, learn, seed=seed)
    quality = _quality(check, codes, min_share)
    open_ = np.flatnonzero(~touched & np.array([len(t.split()) >= 2 for t in text], dtype=bool))
    columns = ["document", "participant", "start", "end", "quote", "code", "score", "raw", "useful", "rank"]
    if not len(open_):
        return Suggestions(pd.DataFrame(columns=columns), quality, made_by, unit)
    raw = _scores(suggester, [text[i] for i in learn], _named(y[learn], codes), [text[i] for i in open_], codes)
    scores = _calibrated(check.raw, check.truth, raw) if check is not None else raw
    i, c = np.nonzero((scores > 0) & (raw > 0))
    at = open_[i]
    table = units.iloc[at][["document", "participant", "start", "end"]].reset_index(drop=True)
    table["quote"] = pd.Series([text[k] for k in at], dtype="str")
    table["code"] = pd.Series([codes[k] for k in c], dtype="str")
    table["score"], table["raw"] = scores[i, c], raw[i, c]
    table["useful"] = 1 - 2 * np.abs(table["score"] - 0.5)
    order = ["useful", "raw", "document", "start"]
    table = table.sort_values(order, ascending=[False, False, True, True], kind="stable")
    table = (table.head(n) if n is not None else table).reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
    return Suggestions(table[columns], quality, made_by, unit)


def accept(
    codings: pd.DataFrame, suggestions: Suggestions, rows: Any, *, coder: str, code: str | None = None
) -> pd.DataFrame:
    """Take suggestions over as a person's codings.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings so far.
    suggestions : Suggestions
        What was suggested.
    rows : label or list of labels
        Which rows of ``suggestions.table``.
    coder : str
        Who accepts them.
    code : str, optional
        Another code than the suggested one.

    Returns
    -------
    pandas.DataFrame
        The codings with the accepted ones; their memo says what had suggested them.

    Examples
    --------
    >>> from cjmkit.coding import Suggestions, accept, empty_codings
    >>> table = pd.DataFrame({"document": ["dan"], "participant": ["dan"], "start": [9], "end": [13], "quote": ["Dear"],
    ...     "code": ["price"], "score": [0.8]})
    >>> taken = accept(empty_codings(), Suggestions(table, pd.DataFrame(), "tf-idf", "turn"), 0, coder="eva")
    >>> taken[["code", "coder", "memo"]].values.tolist()
    [['price', 'eva', 'suggested by tf-idf']]
    """
    labels = [rows] if np.isscalar(rows) else list(rows)
    unknown = [r for r in labels if r not in suggestions.table.index]
    if unknown:
        raise CjmError(suggest(unknown[0], suggestions.table.index, what="row"))
    taken = suggestions.table.loc[labels, ["document", "start", "end", "quote", "code", "participant"]].copy()
    taken["coder"] = coder
    if code is not None:
        taken["code"] = code
    taken["memo"] = f"suggested by {suggestions.method}"
    return concat_codings([codings, check_codings(taken)])


def _texts(units: pd.DataFrame, turns: pd.DataFrame) -> list[str]:
    from cjmkit.coding.agreeing.units import turn_of

    at = turn_of(units, turns)
    words, begins = turns["text"], turns["start"]
    return [
        str(words[t])[int(a) - int(begins[t]) : int(b) - int(begins[t])]
        for t, a, b in zip(at, units["start"], units["end"])
    ]


def _named(y: Any, codes: list[str]) -> list[list[str]]:
    return [[codes[k] for k in np.flatnonzero(row)] for row in y]


def _scores(
    suggester: Suggester, examples: list[str], given: list[list[str]], texts: list[str], codes: Sequence[str]
) -> Any:
    """Scores with shape (texts, codes); checks what a callable returns."""
    made = list(suggester(examples, given, texts))
    if len(made) != len(texts):
        raise CjmError(
            en=f"the callable returned {len(made)} results for {len(texts)} texts",
            ru=f"функция вернула результатов {len(made)} на {len(texts)} текстов",
        )
    out = np.zeros((len(texts), len(codes)))
    position = {c: k for k, c in enumerate(codes)}
    for i, row in enumerate(made):
        if not hasattr(row, "items"):
            raise CjmError(
                en=f"the callable has to return a mapping from code to score for each text, not {type(row).__name__}",
                ru=f"функция должна вернуть для каждого текста отображение код → оценка, а не {type(row).__name__}",
            )
        for code, score in row.items():
            if code in position:
                out[i, position[code]] = float(score)
    if not ((out >= 0) & (out <= 1)).all():
        raise CjmError(en="scores have to lie between 0 and 1", ru="оценки лежат между 0 и 1")
    return out


@dataclass(frozen=True)
class _Check:
    """Cross-validation: raw scores and truth with shape (units, codes), and the person and fold of each unit."""

    raw: Any
    truth: Any
    who: Any
    fold: Any


def _cross_validated(
    suggester: Suggester,
    text: list[str],
    y: Any,
    codes: list[str],
    units: pd.DataFrame,
    learn: Any,
    *,
    seed: int,
) -> _Check | None:
    """Scores of people whose words were not learnt from."""
    who = units["participant"].fillna(units["document"]).to_numpy()[learn]
    people = np.array(sorted(set(who)))
    if len(people) < 3:
        return None
    order = np.random.default_rng(seed).permutation(people)
    fold_of = {p: i % min(_FOLDS, len(people)) for i, p in enumerate(order)}
    fold = np.array([fold_of[p] for p in who])
    raw = np.zeros((len(learn), len(codes)))
    for f in np.unique(fold):
        train, test = learn[fold != f], learn[fold == f]
        if y[train].any():
            got = _scores(suggester, [text[i] for i in train], _named(y[train], codes), [text[i] for i in test], codes)
            raw[fold == f] = got
    return _Check(raw, y[learn], who, fold)


def _calibrated(raw: Any, truth: Any, new: Any) -> Any:
    """Scores as the share of suggestions with such a raw score that people had made too (isotonic regression)."""
    from sklearn.isotonic import IsotonicRegression

    known = raw.ravel() > 0
    if not truth.any() or known.sum() < 10:
        return new
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(raw.ravel()[known], truth.ravel()[known].astype(float))
    return np.clip(model.predict(new.ravel()), 0, 0.95).reshape(new.shape)


def _quality(check: _Check | None, codes: list[str], threshold: float) -> pd.DataFrame:
    """Precision and recall at the threshold; each fold is calibrated by the others."""
    columns = ["code", "examples", "suggested", "precision", "recall", "f1", "people"]
    if check is None:
        return pd.DataFrame(columns=columns)
    predicted = np.zeros(check.truth.shape, dtype=bool)
    for f in np.unique(check.fold):
        mine, others = check.fold == f, check.fold != f
        score = _calibrated(check.raw[others], check.truth[others], check.raw[mine])
        predicted[mine] = (score >= threshold) & (check.raw[mine] > 0)
    rows = []
    for k, code in enumerate(codes):
        hit = int((predicted[:, k] & check.truth[:, k]).sum())
        said, there = int(predicted[:, k].sum()), int(check.truth[:, k].sum())
        precision = hit / said if said else float("nan")
        recall = hit / there if there else float("nan")
        f1 = 2 * hit / (said + there) if said + there else float("nan")
        rows.append((code, there, said, precision, recall, f1, len(set(check.who[check.truth[:, k]]))))
    return pd.DataFrame(rows, columns=columns).sort_values("f1", ascending=False, na_position="last", ignore_index=True)


def built_in(examples: Sequence[str], given: Sequence[Sequence[str]], texts: Sequence[str]) -> list[dict[str, float]]:
    """The built-in suggester: meaning, stems and pairs of stems, one logistic regression a code."""
    import scipy.sparse as sp
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from cjmkit.text import stems, stop_words
    from cjmkit.text.meaning import Meaning

    stop = stop_words("en") | stop_words("ru")

    def analyse(text: str) -> list[str]:
        from cjmkit.text import words

        found = [s for w, s in zip(words(text), stems(text), strict=True) if w not in stop]
        return found + [f"{a} {b}" for a, b in pairwise(found)]

    meant = Meaning()
    x, x_new = meant.fit(examples)[0] * _MEANING, meant.of(texts)[0] * _MEANING
    try:
        vectorizer = TfidfVectorizer(analyzer=analyse, sublinear_tf=True)
        x = sp.hstack([vectorizer.fit_transform(examples), sp.csr_matrix(x)]).tocsr()
        x_new = sp.hstack([vectorizer.transform(texts), sp.csr_matrix(x_new)]).tocsr()
    except ValueError:
        pass  # nothing but stop words: what is meant serves alone
    codes = sorted({c for g in given for c in g})
    out: list[dict[str, float]] = [{} for _ in texts]
    for code in codes:
        y = np.array([code in g for g in given])
        if y.all() or not y.any():
            continue
        model = LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear", random_state=0)
        p = model.fit(x, y).predict_proba(x_new)[:, 1]
        for row, score in zip(out, p, strict=True):
            row[code] = float(score)
    return out
