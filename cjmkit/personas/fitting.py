"""From features to personas, or to the plain statement that there are none."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, SmallSampleWarning, suggest
from cjmkit.i18n import say
from cjmkit.personas._procedure import FEWEST, STARTS, Search, search
from cjmkit.personas._space import Space
from cjmkit.personas.data import Features
from cjmkit.personas.found import EVERYBODY, PersonasData
from cjmkit.personas.guards import degree_along, first_objection
from cjmkit.personas.patterns import MOST_PLACED, on_grid, pattern_search, placed, sizes_tried
from cjmkit.personas.placing import FEWEST_PLACED
from cjmkit.personas.power import power_of
from cjmkit.personas.verdict import group_status, overall

__all__ = ["find"]


def find(
    features: Features,
    *,
    k: int | None = None,
    seed: int = 0,
    nulls: int = 199,
    resamples: int = 100,
    largest: int = 6,
    same: Iterable[Iterable[Any]] | None = None,
    progress: bool = False,
    n_jobs: int = 1,
) -> PersonasData:
    """See :func:`cjmkit.personas.fit`."""
    if not isinstance(features, Features):
        raise CjmError(
            en=f"fit takes what personas.features(…) returns, got {type(features).__name__}",
            ru=f"fit берёт то, что возвращает personas.features(…), пришло {type(features).__name__}",
        )
    if nulls < 0 or resamples < 0 or largest < 2:
        raise CjmError(
            en=f"nulls and resamples are 0 or more, largest 2 or more; got {nulls}, {resamples}, {largest}",
            ru=f"nulls и resamples — от 0, largest — от 2; пришло {nulls}, {resamples}, {largest}",
        )
    names = features._block_names()
    used = [c for b in names for c in features._columns(b)]
    # Where no column tells people apart, whoever answered anything still belongs to everybody.
    here = features.table[used or list(features.table.columns)].notna().any(axis=1).to_numpy()
    rows = np.flatnonzero(here)
    if k is not None and not (isinstance(k, int | np.integer) and 1 <= k <= max(1, rows.size // 2)):
        raise CjmError(
            en=f"k = {k!r} groups of {rows.size} people: choose a whole number from 1 to {max(1, rows.size // 2)}",
            ru=f"k = {k!r} групп на {rows.size} человек: возьмите целое число от 1 до {max(1, rows.size // 2)}",
        )
    links = _links(features, rows, same)
    warned = list(features.warnings)
    if on_grid(features) and rows.size <= MOST_PLACED:
        return _on_grid(features, here, k=k, seed=seed, nulls=nulls, largest=largest, links=links, progress=progress)
    if rows.size < 2 or not used or (rows.size < FEWEST and k in (None, 1)):
        return _nobody(features, here, "few" if rows.size < FEWEST else "empty", tuple(warned), seed)
    kinds = set(features.columns_info.loc[features.columns_info["column"].isin(used), "kind"])
    if kinds == {"topic"} and k in (None, 1):
        return _nobody(features, here, "little", tuple(warned), seed)
    space = features.at(rows).space()
    if FEWEST <= rows.size < 40:
        message = say(
            en=f"{rows.size} people: what is found here is exploratory; groups 2 SD apart on most questions are "
            "mostly missed",
            ru=f"{rows.size} человек: найденное здесь — разведка; группы, отстоящие на 2 SD, чаще всего не находятся",
        )
        warnings.warn(SmallSampleWarning(message), stacklevel=2)
        warned.append(message)
    ks = tuple(range(2, min(largest, max(2, rows.size // 3)) + 1))
    show = int(k) if k is not None and k > 1 else None
    models = 2 if space.counts or space.topics else 1
    bar, tick = _bar(progress, (nulls * models if rows.size >= FEWEST else 0) + resamples)
    try:
        found: Search = search(
            space,
            ks=ks,
            nulls=nulls,
            resamples=resamples,
            seed=seed,
            links=links,
            show=show,
            n_jobs=n_jobs,
            tick=tick,
        )
    finally:
        if bar is not None:
            bar.close()
    found, about = _instead(features.at(rows), found, seed)
    made = _groups(
        features, here, found, k=None if k is None else int(k), seed=seed, warnings=tuple(warned), space=space,
        settings={"nulls": nulls, "resamples": resamples, "largest": largest, "starts": STARTS, "n_jobs": n_jobs,
                  "same": tuple(tuple(str(features.people[rows[i]]) for i in g) for g in links or [])},
    )  # fmt: skip
    return replace(made, about=about) if about else made


def _instead(features: Features, found: Search, seed: int) -> tuple[Search, str]:
    """What was found less groups that are something else, and what they are, or along what people differ by degree."""
    if found.why == "found" and found.k is not None:
        objection = first_objection(features, found.scores, found.labels[found.k], found.k, seed=seed)
        return (found, "") if objection is None else (replace(found, k=None, why=objection.why), objection.about)
    return found, degree_along(features, found.scores, seed=seed) if found.why in ("test", "excess") else ""


def _on_grid(
    features: Features,
    here: np.ndarray,
    *,
    k: int | None,
    seed: int,
    nulls: int,
    largest: int,
    links: list[np.ndarray] | None,
    progress: bool,
) -> PersonasData:
    """Patterns among a dozen people or two; where there are none, what this study could have found."""
    rows = np.flatnonzero(here)
    if links:
        raise CjmError(
            en="same= is for surveys: on a grid people stand together because they were placed together",
            ru="same= — для опросов: на сетке люди стоят вместе, потому что их вместе поставили",
        )
    if rows.size < FEWEST_PLACED and k in (None, 1):
        return _nobody(features, here, "placed", features.warnings, seed)
    p, space = placed(features, rows), features.at(rows).space()
    ks = sizes_tried(rows.size, largest)
    if k is not None and k > 1 and k not in ks:
        ks = tuple(sorted({*ks, int(k)}))
    bar, tick = _bar(progress, rows.size + 2 * nulls)
    try:
        found = pattern_search(p, space.scores(), ks=ks, nulls=nulls, seed=seed, tick=tick)
    finally:
        if bar is not None:
            bar.close()
    made = _groups(
        features, here, found, k=None if k is None else int(k), seed=seed, warnings=features.warnings, space=space,
        settings={"nulls": nulls, "resamples": 0, "largest": largest, "starts": STARTS, "n_jobs": 1, "same": ()},
    )  # fmt: skip
    if made.why in ("found", "untested"):
        return made
    return replace(made, settings={**made.settings, "power": partial(power_of, made)})


def _nobody(features: Features, here: np.ndarray, why: str, warned: tuple[str, ...], seed: int) -> PersonasData:
    labels = pd.Series(EVERYBODY, index=features.people, name="persona", dtype="str").where(here)
    member = pd.DataFrame({EVERYBODY: np.where(here, 1.0, np.nan)}, index=features.people)
    return PersonasData(
        features, labels, member, "none", why, 1, float("nan"), (float("nan"),), ("none",), None, None,
        np.flatnonzero(here), seed, warnings=warned,
    )  # fmt: skip


def _groups(
    features: Features,
    here: np.ndarray,
    s: Search,
    *,
    k: int | None,
    seed: int,
    warnings: tuple[str, ...],
    space: Space,
    settings: Mapping[str, Any],
) -> PersonasData:
    rows = np.flatnonzero(here)
    why = s.why
    if not s.p_by_null and why not in ("few",):
        why = "untested"
    shown = k if k is not None else s.k if why == "found" else None
    forced = k if k is not None and not (why == "found" and k == s.k) else None
    if shown is None or shown == 1:
        base = _nobody(features, here, why, warnings, seed)
        return replace(
            base, p_value=s.p_value, search=s, space=space, settings=settings, forced=None if k is None else forced
        )
    jaccard = tuple(float(j) for j in s.jaccard[shown])
    statuses = tuple(group_status(j, why == "found") for j in jaccard)
    lab = s.labels[shown]
    ids = [f"P{j + 1}" for j in range(shown)]
    member, fits = _membership(s.scores, lab, s.centres[shown], shown)
    named = np.array(ids, dtype=object)[lab]
    named[~fits] = None
    labels = pd.Series(None, index=features.people, name="persona", dtype="object")
    labels.iloc[rows] = named
    table = pd.DataFrame(np.nan, index=features.people, columns=ids)
    table.iloc[rows] = member
    return PersonasData(
        features, labels.astype("str"), table, overall(statuses, rows.size), why, shown, s.p_value,
        jaccard, statuses, s, space, rows, seed, forced=forced, warnings=warnings, settings=settings,
    )  # fmt: skip


def _membership(x: np.ndarray, labels: np.ndarray, centres: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each cluster, and who fits anywhere.

    KMeans is a mixture of round groups of one size of spread; the probabilities are those of that mixture. Somebody
    fits nowhere who is farther from their centre than Tukey's outer fence of all distances.
    """
    far2 = ((x[:, None, :].astype(float) - centres[None].astype(float)) ** 2).sum(axis=2)
    own = far2[np.arange(len(x)), labels]
    spread = own.sum() / max(1, (len(x) - k) * x.shape[1])
    share = np.bincount(labels, minlength=k) / len(labels)
    logit = np.log(np.maximum(share, 1e-12)) - far2 / (2 * max(spread, 1e-12))
    logit -= logit.max(axis=1, keepdims=True)
    p = np.exp(logit)
    p /= p.sum(axis=1, keepdims=True)
    d = np.sqrt(own)
    q1, q3 = np.quantile(d, [0.25, 0.75])
    return p, d <= q3 + 3 * (q3 - q1) + 1e-9


def _links(features: Features, rows: np.ndarray, same: Iterable[Iterable[Any]] | None) -> list[np.ndarray] | None:
    """Groups of people who must be together, as row numbers; groups that share somebody are merged."""
    if same is None:
        return None
    at = {p: i for i, p in enumerate(features.people[rows])}
    groups: list[set[int]] = []
    for group in same:
        if isinstance(group, str):
            raise CjmError(
                en=f"same= takes groups of people, such as [('anna', 'boris')]; got the text {group!r}",
                ru=f"same= берёт группы людей, например [('anna', 'boris')]; пришёл текст {group!r}",
            )
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
