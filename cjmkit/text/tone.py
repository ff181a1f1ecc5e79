"""Text tone, offline: how a text sounds, from bad (−2) to good (2).

Tone is a reading of words by a machine. It is not a rating and is never called one: single texts are often misread,
so a stage shows a tone only from ten texts on (:func:`cjmkit.emotion.curve` sees to that).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.errors import CjmError, suggest
from cjmkit.text.language import detect_language
from cjmkit.text.tone_model import load_model, tokens

__all__ = ["FEWEST_TEXTS", "EnglishScorer", "RussianScorer", "Scorer", "calibrate_tone", "tone_scores", "tone_table"]

Floats = npt.NDArray[np.float64]

# On CEDR the model alone is best; the lexicon is for customers' talk, which CEDR does not hold. With .3 it costs
# .015 of Spearman there.
_LEXICON_SHARE = 0.3
_NEUTRAL = 0.5  # a tone within ±0.5 reads as neutral

FEWEST_TEXTS = 10
"""A stage with fewer texts shows no tone."""


@runtime_checkable
class Scorer(Protocol):
    """Anything that reads tone: called with texts, it returns a number from −2 to 2 for each, or NaN.

    A function is enough, so that a language model of one's own can be passed in:

    >>> isinstance(lambda texts: [0.0 for _ in texts], Scorer)
    True
    """

    def __call__(self, texts: Sequence[str], /) -> Any:
        """Tone of each text."""


@dataclass(frozen=True)
class EnglishScorer:
    """Mean of VADER and a linear model trained on GoEmotions.

    VADER (Hutto and Gilbert 2014; MIT) brings rules for negation, capitals and punctuation, the model (Demszky et al.
    2020; Apache-2.0) words in their company. On the held-out GoEmotions comments Spearman with the human label is .61
    for VADER, .72 for the model and .73 for the mean; see the explanation of the emotion curve.

    Examples
    --------
    >>> low, high = EnglishScorer()(["Awful service, nobody helped", "Quick and friendly, thank you"])
    >>> bool(low < -0.5), bool(high > 0.5)
    (True, True)
    """

    lang = "en"
    experimental = False

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Tone of each text, −2 to 2."""
        vader = _vader()
        rules = np.array([vader.polarity_scores(t)["compound"] for t in texts], dtype=float)
        return rules + load_model("en").score(list(texts))

    def explain(self, text: str) -> pd.DataFrame:
        """Words that move the tone: word, by (model or lexicon), effect (sign and relative size)."""
        lexicon = _vader().lexicon
        rows: list[tuple[str, str, float]] = [(w, "model", v) for w, v in load_model("en").words(text)]
        rows += [(t, "lexicon", float(lexicon[t])) for t in dict.fromkeys(tokens(text, "en")) if t in lexicon]
        return pd.DataFrame(rows, columns=["word", "by", "effect"])


@dataclass(frozen=True)
class RussianScorer:
    """Weighted mean of a linear model trained on CEDR (.7) and a small lexicon (.3); experimental.

    The model (Sboev et al. 2021; Apache-2.0) knows news, blogs and tweets, and reads customers' talk less well; the
    lexicon was written for this project. Where the lexicon knows no word of a text, the model speaks alone.

    Examples
    --------
    >>> low, high = RussianScorer()(["Ужасно долго, никто не перезвонил", "Спасибо, всё быстро и удобно"])
    >>> bool(low < -0.3), bool(high > 0.3)
    (True, True)
    """

    lang = "ru"
    experimental = True

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Tone of each text, −2 to 2."""
        model = load_model("ru").score(list(texts))
        words = np.array([_lexicon_score(t) for t in texts], dtype=float)
        mixed = (1 - _LEXICON_SHARE) * model + _LEXICON_SHARE * np.nan_to_num(words)
        return 2 * np.where(np.isnan(words), model, mixed)

    def explain(self, text: str) -> pd.DataFrame:
        """Words that move the tone: word, by (model or lexicon), effect (sign and relative size)."""
        rows: list[tuple[str, str, float]] = [(w, "model", v) for w, v in load_model("ru").words(text)]
        rows += [(t, "lexicon", v) for t, v in _lexicon_hits(text)]
        return pd.DataFrame(rows, columns=["word", "by", "effect"])


@lru_cache(maxsize=1)
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@lru_cache(maxsize=1)
def _russian_words() -> dict[str, float]:
    from importlib.resources import files

    out: dict[str, float] = {}
    for line in (files("cjmkit.text") / "data" / "tone_words_ru.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            weight, *words = line.split()
            for word in words:
                stem = tokens(word, "ru")[0]
                # Of two forms with one stem the stronger stays ("хам", "хамство").
                if abs(float(weight)) > abs(out.get(stem, 0.0)):
                    out[stem] = float(weight)
    return out


_NOT = frozenset({"не", "ни", "нет", "без", "нельз", "никак", "перест", "вряд"})
_VERY = frozenset({"очен", "слишк", "сам", "совс", "крайн", "оч", "жутк", "чрезвычайн", "настольк", "так"})


def _lexicon_hits(text: str) -> list[tuple[str, float]]:
    lexicon = _russian_words()
    found = tokens(text, "ru")
    hits = []
    for i, token in enumerate(found):
        weight = lexicon.get(token)
        if weight is None:
            continue
        before = found[max(0, i - 2) : i]
        if any(t in _NOT for t in before):
            weight *= -0.7
        if any(t in _VERY for t in before):
            weight *= 1.3
        hits.append((token, weight))
    return hits


def _lexicon_score(text: str) -> float:
    """Sum of the words' weights, squeezed into −1 to 1 as VADER does; NaN where no word is known."""
    hits = _lexicon_hits(text)
    if not hits:
        return np.nan
    total = sum(w for _, w in hits)
    return float(total / np.sqrt(total**2 + 4))


_SHIPPED: dict[str, Callable[[], Any]] = {"en": EnglishScorer, "ru": RussianScorer}


def _score(texts: list[str], languages: list[str | None], scorer: Scorer | None) -> Floats:
    out = np.full(len(texts), np.nan)
    if scorer is not None:
        at = [i for i, t in enumerate(texts) if t]
        groups: dict[Any, list[int]] = {"own": at} if at else {}
    else:
        groups = {lang: [i for i, k in enumerate(languages) if k == lang and texts[i]] for lang in _SHIPPED}
    for key, at in groups.items():
        if not at:
            continue
        used = scorer if scorer is not None else _SHIPPED[key]()
        found = np.asarray(used([texts[i] for i in at]), dtype=float)
        if found.shape != (len(at),):
            raise CjmError(
                en=f"a scorer returns one number per text; {len(at)} texts went in, "
                f"an answer of shape {found.shape} came back",
                ru=f"оценщик возвращает по числу на текст; текстов {len(at)}, вернулось {found.shape}",
            )
        wrong = np.abs(found) > 2 + 1e-9
        if wrong.any():
            raise CjmError(
                en=f"a scorer returns numbers from −2 to 2; {found[wrong][0]:g} came. A scorer from −1 to 1: multiply "
                f"by 2",
                ru=f"оценщик возвращает числа от −2 до 2; пришло {found[wrong][0]:g}. Если он от −1 до 1, умножьте на "
                f"2",
            )
        out[at] = found
    return out


def tone_table(
    texts: Sequence[str] | pd.Series, *, language: str | None = None, scorer: Scorer | None = None
) -> pd.DataFrame:
    """Tone of each text.

    Parameters
    ----------
    texts : sequence of str
        The texts; missing ones have no tone.
    language : {"en", "ru"}, optional
        Language of all texts; detected per text by default.
    scorer : Scorer, optional
        What reads the tone, instead of the shipped scorers.

    Returns
    -------
    DataFrame
        language, tone (−2 to 2, missing for empty texts and for languages without a scorer), reading (bad, neutral,
        good: beyond ±0.5), experimental; the index of `texts` where it is a Series.

    Examples
    --------
    >>> tone_table(["Great flat!", "", "Ужасный чат"]).round(1)
      language  tone reading  experimental
    0       en   1.7    good         False
    1     None   NaN    None         False
    2       ru  -1.7     bad          True
    """
    if language is not None and language not in _SHIPPED:
        raise CjmError(suggest(language, _SHIPPED, what="language"))
    if isinstance(texts, str | pd.DataFrame) or not hasattr(texts, "__iter__"):
        got = type(texts).__name__
        raise CjmError(
            en=f"texts is a list or a Series of texts; {got} came: put a string into a list, take a column",
            ru=f"texts — список или Series текстов; пришло {got}: строку — в список, из таблицы — столбец",
        )
    index = texts.index if isinstance(texts, pd.Series) else pd.RangeIndex(len(texts))
    plain = ["" if t is None or (not isinstance(t, str) and pd.isna(cast(Any, t))) else str(t).strip() for t in texts]
    languages = [None if not t else (language or detect_language(t)) for t in plain]
    tone = _score(plain, languages, scorer)
    experimental = [scorer is None and k == "ru" for k in languages]
    reading = [None if np.isnan(v) else _read(v) for v in tone]
    out = pd.DataFrame({"tone": tone, "experimental": experimental}, index=index)
    out.insert(0, "language", pd.Series(languages, index=index, dtype=object))
    out.insert(2, "reading", pd.Series(reading, index=index, dtype=object))
    return out


def _read(tone: float) -> str:
    return "good" if tone > _NEUTRAL else "bad" if tone < -_NEUTRAL else "neutral"


def tone_scores(
    table: pd.DataFrame | Sequence[str],
    *,
    text: str | None = None,
    language: str | None = None,
    scorer: Scorer | None = None,
) -> pd.DataFrame:
    """Scores of source ``"text"`` for :func:`cjmkit.emotion.curve`, a row per text.

    Parameters
    ----------
    table : DataFrame
        participant (or respondent), stage, the text, and optionally touchpoint: comments of a survey linked to
        stages, or coded passages (the column ``quote``).
    text : str, optional
        Column with the text; ``text``, ``quote``, ``comment`` or ``value`` by default.
    language, scorer
        As for :func:`tone_table`.

    Returns
    -------
    DataFrame
        participant, stage, touchpoint, score, source. A passage that several coders marked counts once.

    Raises
    ------
    CjmError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> said = pd.DataFrame({"participant": ["ann", "ben"], "stage": "deal", "text": ["Great flat!", "Terrible chat"]})
    >>> tone_scores(said)[["participant", "stage", "score", "source"]].round(1)
      participant stage  score source
    0         ann  deal    1.7   text
    1         ben  deal   -1.4   text
    """
    if not isinstance(table, pd.DataFrame):
        raise CjmError(
            en=f"tone_scores makes points of the curve and needs a table with participant, stage and text; got "
            f"{type(table).__name__}. The tone of a list of texts: tone_table([…])",
            ru="tone_scores делает точки кривой, нужна таблица с participant, stage и text; пришло "
            f"{type(table).__name__}. Тон списка текстов: tone_table([…])",
        )
    person = "participant" if "participant" in table else "respondent"
    column = text or next((c for c in ("text", "quote", "comment", "value") if c in table), None)
    for name in (person, "stage", column or "text"):
        if name not in table:
            raise CjmError(
                en=f"the table has no column {name!r}; it has {', '.join(map(str, table.columns))}",
                ru=f"в таблице нет столбца {name!r}; есть {', '.join(map(str, table.columns))}",
            )
    part = pd.DataFrame(
        {
            "participant": table[person],
            "stage": table["stage"],
            "touchpoint": table.get("touchpoint", ""),
            "_text": table[column],
        }
    )
    where = [c for c in ("document", "start", "end") if c in table]
    part = part[~pd.concat([part, table[where]], axis=1).duplicated()]
    part = part[part["stage"].notna() & (part["stage"].astype(str) != "")]
    part["score"] = tone_table(part["_text"], language=language, scorer=scorer)["tone"]
    part = part.dropna(subset=["score"]).drop(columns="_text")
    return part.assign(source="text").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A scorer put on the scale of one's own labels: ``label ≈ intercept + slope · tone``, kept inside −2 to 2.

    Attributes
    ----------
    correlation : float
        Rank correlation of tone and label, with limits `low`, `high` (Fisher), over the `n` labelled texts.
    error : float
        Typical miss for a single text, in units of the label (root of the mean squared miss).
    """

    scorer: Scorer
    intercept: float
    slope: float
    correlation: float
    low: float
    high: float
    error: float
    n: int

    def __call__(self, texts: Sequence[str], /) -> Floats:
        """Calibrated tone of each text, kept inside −2 to 2."""
        out: Floats = np.clip(self.intercept + self.slope * np.asarray(self.scorer(texts), dtype=float), -2, 2)
        return out

    def __repr__(self) -> str:
        return (
            f"Calibrated(label ≈ {self.intercept:.2f} + {self.slope:.2f} · tone; Spearman {self.correlation:.2f} "
            f"[{self.low:.2f}, {self.high:.2f}], n = {self.n}, typical miss {self.error:.1f})"
        )


def calibrate_tone(
    texts: Sequence[str],
    labels: Sequence[float],
    *,
    language: str | None = None,
    scorer: Scorer | None = None,
    min_n: int = 30,
) -> Calibrated:
    """Map tone to one's own labels, from texts that a person has rated.

    With a few hundred labels a model trained anew is worse than a shipped one, but its scale can be learned: a straight
    line through how tone answers to labels, ``tone = a + b · label`` by least squares, read backwards.

    Parameters
    ----------
    texts : sequence of str
        Labelled texts.
    labels : sequence of float
        Their labels, −2 to 2.
    language, scorer
        As for :func:`tone_table`.
    min_n : int
        Fewest labels accepted.

    Returns
    -------
    Calibrated
        A scorer for :func:`tone_table` and :func:`tone_scores`, with its correlation and typical miss.

    Raises
    ------
    CjmError
        If there are too few labels, labels outside the scale, or tone does not rise with the labels.

    Notes
    -----
    This is classical calibration (Eisenhart 1939). Regressing labels on tone would guess a single text best, but draws
    every mean towards that of the labelled texts: the angriest stage would come out mild wherever tone is a weak
    witness. What a curve shows are means of stages, whose mix is not that of the labelled texts; there reading the line
    backwards misses by less, and the worst and the best texts lie near the ends (``benchmarks/results/
    tone_accuracy.md``). Single texts are missed by a little more.

    Examples
    --------
    >>> texts = ["Great flat!", "A terrible chat", "It was fine", "I love it", "Awful, never again"] * 8
    >>> mine = calibrate_tone(texts, [2, -2, 0, 2, -2] * 8, language="en")
    >>> mine.n, round(mine.correlation, 1)
    (40, 0.9)
    """
    if len(texts) != len(labels):
        raise CjmError(
            en=f"{len(texts)} texts and {len(labels)} labels came; there has to be one label per text",
            ru=f"текстов {len(texts)}, а меток {len(labels)}; на каждый текст нужна одна метка",
        )
    used: Scorer = scorer if scorer is not None else _Detecting(language)
    x = tone_table(texts, language=language, scorer=scorer)["tone"].to_numpy(dtype=float)
    given = pd.Series(list(labels), dtype="object")
    numbers = pd.to_numeric(given, errors="coerce")
    if (strange := given[given.notna() & numbers.isna()]).size:
        raise CjmError(
            en=f"labels are numbers from −2 to 2; got {strange.iloc[0]!r}",
            ru=f"метки — числа от −2 до 2; пришло {strange.iloc[0]!r}",
        )
    y = numbers.to_numpy(dtype=float)
    ok = np.isfinite(x) & np.isfinite(y)
    x, y = x[ok], y[ok]
    if len(y) < min_n:
        raise CjmError(
            en=f"calibration needs {min_n} labelled texts with a tone; {len(y)} came",
            ru=f"для калибровки нужны {min_n} размеченных текстов с тоном; пришло {len(y)}",
        )
    if (np.abs(y) > 2).any():
        raise CjmError(
            en=f"labels lie from −2 to 2; {y.min():g} to {y.max():g} came",
            ru=f"метки лежат от −2 до 2; пришло от {y.min():g} до {y.max():g}",
        )
    if np.ptp(y) == 0 or np.ptp(x) == 0:
        raise CjmError(
            en="all labels (or all tones) are the same, so there is nothing to calibrate on",
            ru="все метки (или все тона) одинаковы, калибровать не по чему",
        )
    from scipy import stats

    rho = float(stats.spearmanr(x, y)[0])
    half = 1.96 * np.sqrt((1 + rho**2 / 2) / max(len(y) - 3, 1))  # Bonett and Wright (2000)
    low, high = np.tanh(np.arctanh(np.clip(rho, -0.9999, 0.9999)) + np.array([-half, half]))
    together = float(np.cov(x, y)[0, 1])
    if together <= 0 or low <= 0:
        raise CjmError(
            en=f"tone does not rise with these labels (Spearman {rho:.2f} [{low:.2f}, {high:.2f}], n = {len(y)}): "
            "it does not read these texts well enough to be used",
            ru=f"тон не растёт с этими метками (Спирмен {rho:.2f} [{low:.2f}, {high:.2f}], n = {len(y)}): он читает "
            f"эти тексты недостаточно хорошо, чтобы им пользоваться",
        )
    slope = float(np.var(y, ddof=1)) / together
    intercept = float(y.mean() - slope * x.mean())
    error = float(np.sqrt(np.mean((y - np.clip(intercept + slope * x, -2, 2)) ** 2)))
    return Calibrated(used, intercept, slope, rho, float(low), float(high), error, len(y))


@dataclass(frozen=True)
class _Detecting:
    """The shipped scorers, chosen by the language of each text."""

    language: str | None = None

    def __call__(self, texts: Sequence[str], /) -> Floats:
        return tone_table(list(texts), language=self.language)["tone"].to_numpy(dtype=float)
