"""Who belongs to which persona, and how much each person counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.emotion.data import Weights
from cjmkit.emotion.scores import Scores, person_ids
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.people import named

__all__ = ["labels_of", "weights_of"]


def labels_of(
    read: Scores, scores: pd.DataFrame, by: pd.Series | str | None, said: list[str]
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Groups in order, and the group of each row (−1 for none)."""
    if by is None:
        return [""], np.zeros(len(read.person), dtype=np.int64)
    if isinstance(by, str):
        if by not in scores:
            raise CjmError(suggest(by, scores.columns, what="column of scores for by="))
        person = "participant" if "participant" in scores else "respondent"
        pairs = scores[[person, by]].dropna().drop_duplicates()
        ids = person_ids(pairs[person])
        if len(set(ids)) < len(ids):
            raise CjmError(
                en=f"some people have several values of {by!r}; a curve needs one persona per person. "
                "For two waves of the same people use cjmkit.emotion.difference(by=…)",
                ru=f"у некоторых людей несколько значений {by!r}; кривой нужна одна персона на человека. Для двух "
                f"волн с теми же людьми есть cjmkit.emotion.difference(by=…)",
            )
        by = pd.Series(pairs[by].to_numpy(), index=ids)
    if not isinstance(by, pd.Series):
        raise CjmError(
            en=f"by is a Series (index participant, value persona) or a column name; {type(by).__name__} came",
            ru=f"by — Series (индекс — участник, значение — персона) или имя столбца; пришло {type(by).__name__}",
        )
    who: pd.Series = named(by)
    order = (
        [str(c) for c in who.cat.categories]
        if isinstance(who.dtype, pd.CategoricalDtype)
        else sorted(map(str, who.dropna().unique()))
    )
    kept = who.dropna()
    lookup = pd.Series(kept.astype(str).to_numpy(dtype=object), index=person_ids(kept.index))
    # Of two labels of one person the last stays, as in a dictionary.
    lookup = lookup[~lookup.index.duplicated(keep="last")]
    known = [g for g in order if g in set(lookup.unique())]
    code = pd.Categorical(lookup.reindex(read.people), categories=known).codes.astype(np.int64)
    if (code < 0).all():
        raise CjmError(
            en=f"none of the {len(read.people)} people with scores has a persona: scores know "
            f"{', '.join(map(repr, read.people[:3]))} …, the labels {', '.join(repr(str(i)) for i in who.index[:3])} …",
            ru=f"ни у кого из {len(read.people)} человек с оценками нет персоны: в оценках "
            f"{', '.join(map(repr, read.people[:3]))} …, в метках {', '.join(repr(str(i)) for i in who.index[:3])} …",
        )
    missing = int((code < 0).sum())
    if missing:
        said.append(
            say(
                en=f"{missing} of {len(code)} people have scores but no persona and are in no curve",
                ru=f"{missing} из {len(code)} чел. оценки поставили, но персоны у них нет; ни в одной кривой их нет",
            )
        )
    return known, code[read.person]


def weights_of(read: Scores, weights: Weights | None, said: list[str]) -> npt.NDArray[np.float64] | None:
    if weights is None:
        return None
    values = weights.values
    lookup = dict(zip(person_ids(values.index), values.to_numpy(dtype=float), strict=True))
    out = np.array([lookup.get(p, np.nan) for p in read.people])
    if (out < 0).any() or not np.isfinite(out[~np.isnan(out)]).all():
        raise CjmError(en="weights are finite numbers from 0 up", ru="веса — конечные числа от 0")
    lost = int(np.isnan(out).sum())
    if lost == len(out):
        raise CjmError(
            en="none of the people with scores has a weight; the index of weights= is the participant",
            ru="ни у кого из людей с оценками нет веса; индекс weights= — участник",
        )
    if lost:
        said.append(
            say(
                en=f"{lost} of {len(out)} people have no weight and were left out",
                ru=f"{lost} из {len(out)} чел. не имеют веса и не учтены",
            )
        )
    if not np.nansum(out) > 0:
        raise CjmError(
            en="all weights are zero, so nobody counts; leave weights= out for equal weights",
            ru="все веса нулевые, никто не считается; уберите weights=, и веса будут равными",
        )
    return np.nan_to_num(out)
