"""fit: from features to personas, or to the plain statement that there are none."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from cjmkit.errors import CjmError, SmallSampleWarning, suggest
from cjmkit.i18n import say
from cjmkit.personas._features import Features
from cjmkit.personas._procedure import FEWEST, STARTS, Search, search
from cjmkit.personas.result import Personas

__all__ = ["fit"]


def fit(
    features: Features,
    *,
    k: int | None = None,
    seed: int = 0,
    nulls: int = 199,
    bootstraps: int = 100,
    largest: int = 6,
    same: Iterable[Iterable[Any]] | None = None,
    progress: bool = False,
    n_jobs: int = 1,
) -> Personas:
    """Find personas, and say whether they are there.

    1. People are placed as in multiple factor analysis: columns standardised, blocks weighted, components kept.
    2. KMeans for 2 to `largest` groups; mean silhouettes.
    3. The same on `nulls` tables without groups, with the same margins and the same correlations (for mixes of codes
       or themes also on people who differ by degree only). p is how often the largest standardised silhouette is as
       large there, on the components and in a second view; the larger p counts.
    4. `bootstraps` resamples of the people: a number of groups is admitted if every group has a mean Jaccard of .60,
       three people and 5% of all. Of those admitted the one that exceeds the null most is taken.

    Parameters
    ----------
    features : Features
        From :func:`cjmkit.personas.features`.
    k : int, optional
        Cut people into this many groups whatever the data say. The verdict stays what it is, and travels along.
    seed : int
        Same seed, same result, on any number of cores.
    nulls : int
        Tables without groups. 199 give p-values in steps of .005; 0 skips the test, and then nothing is called stable.
    bootstraps : int
        Resamples of the people.
    largest : int
        Largest number of groups tried.
    same : iterable of sets of people, optional
        People who are known to be of one kind and must land in one group. They do so in the null tables and the
        resamples too, so the constraint does not make the groups look more certain than they are.
    progress : bool
        Show a progress bar.
    n_jobs : int
        Threads.

    Returns
    -------
    Personas
        Whose verdict may be that there are none.

    Raises
    ------
    CjmError
        If `k` or `same` do not fit the people.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> rng = np.random.default_rng(1)
    >>> kind = np.repeat([0, 1], 30)
    >>> answers = pd.DataFrame(rng.normal(kind[:, None] * [4, 4, -4, 0, 0], 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=39, bootstraps=20)
    >>> found.k, found.status
    (2, 'stable')
    """
    if not isinstance(features, Features):
        raise CjmError(f"fit takes what personas.features(…) returns, got {type(features).__name__}")
    if nulls < 0 or bootstraps < 0 or largest < 2:
        raise CjmError(f"nulls and bootstraps are 0 or more, largest 2 or more; got {nulls}, {bootstraps}, {largest}")
    names = features._block_names()
    used = [c for b in names for c in features._columns(b)]
    # Where no column tells people apart, whoever answered anything still belongs to everybody.
    here = features.table[used or list(features.table.columns)].notna().any(axis=1).to_numpy()
    rows = np.flatnonzero(here)
    if k is not None and not (isinstance(k, int | np.integer) and 1 <= k <= max(1, rows.size // 2)):
        raise CjmError(
            f"k = {k!r} groups of {rows.size} people: choose a whole number from 1 to {max(1, rows.size // 2)}"
        )
    links = _links(features, rows, same)
    warned = list(features.warnings)
    if rows.size < 2 or not used or (rows.size < FEWEST and k in (None, 1)):
        return Personas._none(features, here, "few" if rows.size < FEWEST else "empty", tuple(warned), seed)
    kinds = set(features.columns_info.loc[features.columns_info["column"].isin(used), "kind"])
    if kinds == {"topic"} and k in (None, 1):
        return Personas._none(features, here, "little", tuple(warned), seed)
    space = _space_of(features, rows)
    if FEWEST <= rows.size < 40:
        message = say(
            en=f"{rows.size} people: what is found here is exploratory; groups 2 SD apart on most questions are "
            f"missed half the time",
            ru=f"{rows.size} человек: найденное здесь — разведка; группы, отстоящие на 2 SD, находятся лишь в "
            f"половине случаев",
        )
        warnings.warn(SmallSampleWarning(message), stacklevel=2)
        warned.append(message)
    ks = tuple(range(2, min(largest, max(2, rows.size // 3)) + 1))
    show = int(k) if k is not None and k > 1 else None
    models = 2 if space.counts or space.topics else 1
    bar, tick = _bar(progress, (nulls * models if rows.size >= FEWEST else 0) + bootstraps)
    try:
        found: Search = search(
            space,
            ks=ks,
            nulls=nulls,
            bootstraps=bootstraps,
            seed=seed,
            links=links,
            show=show,
            n_jobs=n_jobs,
            tick=tick,
        )
    finally:
        if bar is not None:
            bar.close()
    return Personas._from_search(
        features, here, found, k=None if k is None else int(k), seed=seed, warnings=tuple(warned), space=space,
        settings={"nulls": nulls, "bootstraps": bootstraps, "largest": largest, "starts": STARTS, "n_jobs": n_jobs,
                  "same": tuple(tuple(str(features.people[rows[i]]) for i in g) for g in links or [])},
    )  # fmt: skip


def _space_of(features: Features, rows: np.ndarray) -> Any:
    from dataclasses import replace

    if rows.size == features.n:
        return features.space()
    counts = {b: c.iloc[rows] for b, c in features.counts.items()}
    return replace(features, table=features.table.iloc[rows], counts=counts).space()


def _links(features: Features, rows: np.ndarray, same: Iterable[Iterable[Any]] | None) -> list[np.ndarray] | None:
    """Groups of people who must be together, as row numbers; groups that share somebody are merged."""
    if same is None:
        return None
    at = {p: i for i, p in enumerate(features.people[rows])}
    groups: list[set[int]] = []
    for group in same:
        if isinstance(group, str):
            raise CjmError(f"same= takes groups of people, such as [('anna', 'boris')]; got the text {group!r}")
        new = set()
        for p in group:
            if str(p) not in at:
                raise CjmError("same=: " + suggest(p, at, what="person"))
            new.add(at[str(p)])
        touching = [g for g in groups if g & new]
        groups = [g for g in groups if not g & new] + [new.union(*touching)]
    return [np.array(sorted(g), np.intp) for g in groups if len(g) > 1] or None


def _bar(progress: bool, total: int) -> tuple[Any, Any]:
    if not progress:
        return None, lambda _: None
    from tqdm.auto import tqdm

    bar = tqdm(total=total, desc=say(en="looking for groups", ru="поиск групп"), leave=False)
    return bar, bar.update
