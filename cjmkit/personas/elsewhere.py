"""Personas in other material: the channels they use, how they feel along the journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, need_columns
from cjmkit.people import person_column
from cjmkit.personas.data import person_index
from cjmkit.personas.found import PersonasData
from cjmkit.stats import wilson

if TYPE_CHECKING:
    from cjmkit.events.data import LogData

__all__ = ["by_stage", "channels"]


def channels(found: PersonasData, events: LogData | pd.DataFrame) -> pd.DataFrame:
    """Which channels the people of each persona use: persona, name, channel, people, share, low, high, elsewhere.

    Parameters
    ----------
    events : pandas.DataFrame
        An event log: user (or participant, person), channel.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> visits = pd.DataFrame({"user": found.labels.index, "channel": ["app"] * 20 + ["shop"] * 20})
    >>> found.channels(visits)[["persona", "channel", "people", "share"]]
      persona channel  people  share
    0      P1     app      19    1.0
    1      P1    shop       0    0.0
    2      P2    shop      19    1.0
    3      P2     app       0    0.0
    """
    frame = getattr(events, "frame", events)
    if not isinstance(frame, pd.DataFrame) or "channel" not in frame.columns:
        raise CjmError(
            en="channels: expected an event table with the columns user (or participant) and channel",
            ru="channels: нужна таблица событий со столбцами user (или participant) и channel",
        )
    who = person_column(frame, "channels")
    seen = frame[frame["channel"].notna() & frame[who].notna()]
    pairs = pd.DataFrame({"person": person_index(seen[who]), "channel": seen["channel"].astype(str).to_numpy()})
    pairs = pairs.drop_duplicates()
    pairs = pairs[pairs["person"].isin(found.labels.dropna().index)]
    with_events = pd.Index(pairs["person"].unique())
    group = found.labels.reindex(with_events)
    rows = []
    for i in found.ids:
        own = set(group[group == i].index)
        rest = set(with_events) - own
        for c, people in pairs.groupby("channel")["person"]:
            k = len(own & set(people))
            share, low, high = wilson(k, len(own))
            elsewhere = len(rest & set(people)) / len(rest) if rest else np.nan
            rows.append([i, found.name(i), c, k, len(own), share, low, high, elsewhere])
    out = pd.DataFrame(rows, columns=["persona", "name", "channel", "people", "n", "share", "low", "high", "elsewhere"])
    return out.sort_values(["persona", "share"], ascending=[True, False], kind="stable").reset_index(drop=True)


def by_stage(found: PersonasData, scores: pd.DataFrame) -> pd.DataFrame:
    """Mean score of each persona at each stage: persona, name, stage, source, mean, low, high, n (people).

    The figures are those of :func:`cjmkit.emotion.curve`: one estimator, one set of limits. Descriptive: where the
    scores helped to form the groups, a difference between them proves nothing.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> scores = pd.DataFrame({"participant": found.labels.index, "stage": "pay", "score": [-1] * 20 + [1] * 20})
    >>> found.by_stage(scores)[["persona", "stage", "mean", "n"]]
      persona stage  mean   n
    0      P1   pay  -1.0  19
    1      P2   pay   1.0  19
    """
    from cjmkit.emotion import curve

    need_columns(scores, ["participant", "stage", "score"], what="scores")
    s = scores.dropna(subset=["participant", "stage", "score"])
    stages = list(dict.fromkeys(s["stage"].astype(str)))
    ids = pd.Series(found.labels.to_numpy(), index=found.labels.index, name="persona")
    table = curve(s, by=ids, stages=stages, min_n=2).table
    table = table[table["shown"]].assign(name=lambda t: [found.name(p) for p in t["persona"]])
    return table[["persona", "name", "stage", "source", "mean", "low", "high", "n"]].reset_index(drop=True)
