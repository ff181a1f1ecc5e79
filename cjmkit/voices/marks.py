"""Marks and text tone side by side: do people's words say what their stars say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.result import Figure, Result
from cjmkit.errors import NotEnough
from cjmkit.i18n import number, say
from cjmkit.stats import mean_interval, wilson
from cjmkit.text.tone import tone_table
from cjmkit.voices.data import VoicesData

__all__ = ["MarksAndTone", "marks_and_tone"]

_FEWEST = 10


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MarksAndTone(Result):
    """Marks beside the tone of the same people's words.

    Attributes
    ----------
    table : pandas.DataFrame
        By reading of the mark (bad, neutral, good): mark and tone (means of people, −2 to 2), low and high (of the
        tone), n people.
    texts : pandas.DataFrame
        A row a text: document, participant, mark, tone (−2 to 2), apart (tone − mark), text.
    correlation : Estimate
        Rank correlation (Spearman) of mark and tone over people.
    same : Estimate
        Share of people whose mark and tone read alike (bad, neutral, good).
    """

    table: pd.DataFrame
    texts: pd.DataFrame
    correlation: Estimate
    same: Estimate
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("reading",)
    _figure = Figure(value="tone")
    _shown = ("reading", "mark", "tone", "n")
    _names = {"reading": ("mark reads", "оценка"), "mark": ("mark", "оценка, среднее"), "tone": ("tone", "тон")}

    def summary(self, lang: str | None = None) -> str:
        """How well words and marks agree."""
        r, share = self.correlation, self.same
        return say(
            en=f"Stars and words agree with a rank correlation of {r.text(lang=lang)}; "
            f"{number(share.value, 0, percent=True, lang=lang)} read alike.",
            ru=f"Оценки и слова согласны: ранговая корреляция {r.text(lang=lang)}; "
            f"одинаково читаются {number(share.value, 0, percent=True, lang=lang)}.",
            lang=lang,
        )

    def apart(self, n: int = 5) -> pd.DataFrame:
        """The texts whose words are furthest from their mark: to be read, for the mark or the machine is wrong."""
        order = self.texts["apart"].abs().sort_values(ascending=False, kind="stable").index[:n]
        return self.texts.loc[order].reset_index(drop=True)


def marks_and_tone(voices: VoicesData, /, *, scorer: Any = None, level: float = 0.95) -> MarksAndTone:
    r"""Compare what people marked with how their words sound.

    Parameters
    ----------
    scorer : Scorer, optional
        What reads the tone; the shipped scorers otherwise.
    level : float
        Confidence level.

    Returns
    -------
    MarksAndTone

    Raises
    ------
    NotEnough
        With fewer than ten people who gave both a mark and words whose language has a scorer.

    Notes
    -----
    Several texts of one person are averaged first. Limits of the correlation: Fisher's z with the variance of Bonett
    and Wright (2000); of the share: Wilson. A mark or tone beyond ±0.5 reads as bad or good.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "r.csv"
    >>> rows = [(f"user_{k},1,Awful and rude" if k % 2 else f"user_{k},5,Great and friendly") for k in range(20)]
    >>> _ = file.write_text("author,rating,review\n" + "\n".join(rows))
    >>> cj.voices.read(file).marks_and_tone().same.value
    1.0
    """
    both = voices.said.merge(voices.table[["document", "mark", "low", "high"]].dropna(), on="document")
    both["tone"] = tone_table(both["text"], scorer=scorer)["tone"].to_numpy()
    both = both.dropna(subset=["tone"])
    both["mark"] = 4 * (both["mark"] - both["low"]) / (both["high"] - both["low"]) - 2
    people = both.groupby("participant")[["mark", "tone"]].mean()
    n = len(people)
    if n < _FEWEST:
        raise NotEnough(
            say(en=f"marks with words: {n} people", ru=f"оценок со словами: {n}"),
            why=say(
                en="agreement of marks and words needs ten people",
                ru="чтобы судить о согласии оценок и слов, нужно десять человек",
            ),
            action=say(en="add more reviews: cjmkit add FILE", ru="добавьте отзывов: cjmkit add ФАЙЛ"),
        )
    said: list[str] = []
    if people["mark"].nunique() < 2:
        said.append(say(en="all marks are the same: no correlation", ru="все оценки одинаковы: корреляции нет"))
    alike = int((people["mark"].map(_reading) == people["tone"].map(_reading)).sum())
    share = wilson(alike, n, level=level)
    rows = []
    for reading in ("bad", "neutral", "good"):
        part = people[people["mark"].map(_reading) == reading]
        tone = mean_interval(part["tone"], level=level)
        rows.append((reading, part["mark"].mean(), tone.value, tone.low, tone.high, len(part)))
    texts = both[["document", "participant", "mark", "tone", "text"]].assign(apart=both["tone"] - both["mark"])
    return MarksAndTone(
        table=pd.DataFrame(rows, columns=["reading", "mark", "tone", "low", "high", "n"]),
        texts=texts.reset_index(drop=True),
        correlation=_spearman(people["mark"], people["tone"], level),
        same=Estimate(
            value=float(share.value), low=float(share.low), high=float(share.high), n=n, percent=True, level=level,
            method="Wilson",
        ),
        warnings=tuple(said),
        level=level,
    )  # fmt: skip


def _reading(value: float) -> str:
    return "good" if value > 0.5 else "bad" if value < -0.5 else "neutral"


def _spearman(x: pd.Series, y: pd.Series, level: float) -> Estimate:
    from scipy import stats

    from cjmkit.stats import z_of

    n, method = len(x), "Spearman; Bonett and Wright"
    if x.nunique() < 2 or y.nunique() < 2:
        return Estimate(value=None, n=n, level=level, method=method)
    r = float(stats.spearmanr(x, y)[0])
    half = z_of(level) * np.sqrt((1 + r**2 / 2) / max(n - 3, 1))
    low, high = np.tanh(np.arctanh(np.clip(r, -0.9999, 0.9999)) + np.array([-half, half]))
    return Estimate(value=r, low=float(min(low, r)), high=float(max(high, r)), n=n, level=level, method=method)
