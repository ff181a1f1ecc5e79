"""How ratings spread at each stage: a mean of zero may be everybody's shrug or a quarrel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.result import Result, result_html
from cjmkit.emotion._people import labels_of
from cjmkit.emotion._words import source_title
from cjmkit.emotion.scores import read_scores
from cjmkit.i18n import current_language, number, say
from cjmkit.stats import wilson

__all__ = ["LEVELS", "Distribution", "distribution"]

LEVELS = (-2, -1, 0, 1, 2)
_SPLIT = 0.25  # share on either side from which a stage is called split


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Distribution(Result):
    """Shares of people by feeling.

    Attributes
    ----------
    table : DataFrame
        persona, source, stage, title, feeling (−2 … 2), people, n, share, low, high.
    splits : DataFrame
        persona, source, stage, title, bad (share below −0.5), good (share above 0.5), n, split (both at least a
        quarter).
    """

    table: pd.DataFrame
    splits: pd.DataFrame
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One sentence: at which stages people are split."""
        lang = current_language(lang)
        found = self.splits[self.splits["split"]]
        if found.empty:
            return say(
                en="At no stage are people split into content and discontent.",
                ru="Ни на одном этапе люди не делятся на довольных и недовольных.",
                lang=lang,
            )
        parts = []
        for r in found.to_dict("records"):
            where = (f"{r['persona']}, " if r["persona"] else "") + source_title(r["source"], lang)
            bad, good = (number(r[k], 0, percent=True, lang=lang) for k in ("bad", "good"))
            parts.append(
                say(
                    en=f"“{r['title']}” ({where}): {bad} bad, {good} good, n = {r['n']}",
                    ru=f"«{r['title']}» ({where}): {bad} плохо, {good} хорошо, n = {r['n']}",
                    lang=lang,
                )
            )
        head = say(
            en="People are split, so the mean hides two groups: ",
            ru="Мнения делятся, среднее скрывает две группы: ",
            lang=lang,
        )
        return head + "; ".join(parts) + "."

    def _repr_html_(self) -> str:
        wide = self.table.pivot_table(
            index=["persona", "source", "title"], columns="feeling", values="share", sort=False, observed=False
        )
        return result_html(
            self.summary(), wide.to_html(float_format=lambda v: number(v, 0, percent=True)), self.warnings
        )


def distribution(
    scores: pd.DataFrame,
    *,
    by: pd.Series | str | None = None,
    source: str | Sequence[str] | None = None,
    stages: Iterable[Any] | None = None,
    level: float = 0.95,
) -> Distribution:
    """Share of people per feeling at each stage, each person's ratings of a stage averaged first.

    Parameters
    ----------
    scores, by, source, stages
        As for :func:`cjmkit.emotion.curve`.
    level : float
        Level of the Wilson intervals.

    Returns
    -------
    Distribution

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"participant": list("abcd"), "stage": "deal", "score": [-2, -2, 2, 1]})
    >>> distribution(scores).splits[["stage", "bad", "good", "split"]]
      stage  bad  good  split
    0  deal  0.5   0.5   True
    """
    read = read_scores(scores, source=source, stages=stages)
    said = list(read.warnings)
    groups, group = labels_of(read, scores, by, said)
    rows: list[dict[str, Any]] = []
    splits: list[dict[str, Any]] = []
    for g, persona in enumerate(groups):
        for s, name in enumerate(read.sources):
            y = read.cells((read.source == s) & (group == g)).y
            for i, (stage, _) in enumerate(read.units):
                here = y[~np.isnan(y[:, i]), i] if len(y) else np.array([])
                n = len(here)
                title = read.titles.get(stage, stage)
                common = {"persona": persona, "source": name, "stage": stage, "title": title}
                # The tiny term keeps sums of thirds on the side that they belong to.
                nearest = np.floor(here + 0.5 + 1e-9)
                for feeling in LEVELS:
                    k = int((nearest == feeling).sum())
                    low, high = wilson(k, n, level=level)[1:]
                    share = k / n if n else np.nan
                    rows.append(
                        common | {"feeling": feeling, "people": k, "n": n, "share": share, "low": low, "high": high}
                    )
                bad = float((here < -0.5).mean()) if n else np.nan
                good = float((here > 0.5).mean()) if n else np.nan
                splits.append(common | {"bad": bad, "good": good, "n": n, "split": n > 0 and min(bad, good) >= _SPLIT})
    return Distribution(table=pd.DataFrame(rows), splits=pd.DataFrame(splits), level=level, warnings=tuple(said))
