"""Which codings name a barrier, who said them, and among how many people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cjmkit.coding import interviewed, stage_of, stage_ways
from cjmkit.emotion.scores import person_ids, stage_order
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import number, say

__all__ = ["barrier_codes", "base_of", "mentions_of", "say_ways"]


def barrier_codes(codings: pd.DataFrame, codebook: Any, said: list[str]) -> pd.DataFrame:
    """The codes that are barriers: a table code, title, stage, owner.

    Without a codebook every code counts as a barrier, and that is said.
    """
    if codebook is None:
        codes = sorted(codings["code"].dropna().astype(str).unique())
        said.append(
            say(
                en="no codebook was given, so every code counts as a barrier",
                ru="кодовой книги нет, поэтому барьером считается каждый код",
            )
        )
        return pd.DataFrame({"code": codes, "title": codes, "stage": "", "owner": ""})
    table = codebook if isinstance(codebook, pd.DataFrame) else getattr(codebook, "table", None)
    if not isinstance(table, pd.DataFrame):
        raise CjmError(
            en=f"codebook is a table with columns code, title, lane or has one as .table; {type(codebook).__name__} "
            f"came",
            ru=f"codebook — таблица со столбцами code, title, lane или объект с такой .table; пришло "
            f"{type(codebook).__name__}",
        )
    if "code" not in table and "name" in table:
        table = table.rename(columns={"name": "code"})
    for column in ("code", "lane"):
        if column not in table:
            raise CjmError(
                en=f"the codebook has no column {column!r}; it has {', '.join(map(str, table.columns))}",
                ru=f"в кодификаторе нет столбца {column!r}; есть {', '.join(map(str, table.columns))}",
            )
    chosen = table[table["lane"].astype(str) == "barriers"]
    if chosen.empty:
        lanes = sorted({str(v) for v in table["lane"].dropna()})
        listed = ", ".join(lanes) or say(en="none", ru="никаких")
        raise NotEnough(
            say(
                en=f"no code of the codebook belongs to the lane 'barriers'; lanes in it: {listed}",
                ru=f"ни один код кодовой книги не относится к строке 'barriers'; строки в ней: {listed}",
            ),
            why=say(en="nothing can be ranked", ru="упорядочивать нечего"),
            action=say(
                en="give the codes of obstacles `lane: barriers` in codebook.yaml",
                ru="поставьте кодам препятствий `lane: barriers` в codebook.yaml",
            ),
            lane="barriers",
        )
    out = pd.DataFrame({"code": chosen["code"].astype(str)})
    # A code book of another program has names and no titles.
    titled = chosen["title"].fillna("").astype(str).str.strip() if "title" in chosen else pd.Series("", chosen.index)
    out["title"] = titled.where(titled.ne(""), chosen["code"])
    for column in ("stage", "owner"):
        out[column] = chosen[column].fillna("").astype(str) if column in chosen else ""
    return out.astype({"title": str}).drop_duplicates("code").reset_index(drop=True)


def mentions_of(
    codings: pd.DataFrame,
    codes: pd.DataFrame,
    stages: Iterable[Any] | None,
    *,
    codebook: Any = None,
    touchpoints: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The codings of barriers: participant, barrier, stage, touchpoint, valence and the columns of a quote."""
    if not isinstance(codings, pd.DataFrame):
        raise CjmError(
            en=f"codings is a table (pandas DataFrame); {type(codings).__name__} came",
            ru=f"codings — таблица (pandas DataFrame); пришло {type(codings).__name__}",
        )
    for column in ("participant", "code"):
        if column not in codings:
            raise CjmError(
                en=f"the table of codings has no column {column!r}; it has {', '.join(map(str, codings.columns))}",
                ru=f"в таблице кодировок нет столбца {column!r}; есть {', '.join(map(str, codings.columns))}",
            )
    known, _ = stage_order(stages)
    hit = codings[codings["code"].astype(str).isin(set(codes["code"]))].copy()
    hit["barrier"] = hit["code"].astype(str)
    hit = hit[hit["participant"].notna()]
    hit["participant"] = person_ids(hit["participant"].astype(object)) if len(hit) else hit["participant"].astype(str)
    hit["stage"] = stage_of(hit, codes if codebook is None else codebook, touchpoints).fillna("").astype(str)
    point = hit["touchpoint"].astype(object) if "touchpoint" in hit else pd.Series("", index=hit.index)
    hit["touchpoint"] = point.where(point.notna(), "").astype(str)
    if known:
        for name in sorted(set(hit["stage"]) - {""}):
            if name not in known:
                raise CjmError(suggest(name, known, what="stage of a coding"))
    hit["valence"] = pd.to_numeric(hit["valence"], errors="coerce").astype(float) if "valence" in hit else float("nan")
    outside = hit["valence"].abs() > 2
    if outside.any():
        raise CjmError(
            en=f"{int(outside.sum())} codings have a valence outside −2..2, "
            f"for example {hit['valence'][outside].iloc[0]:g}",
            ru=f"у кодировок ({int(outside.sum())}) знак вне −2..2, например {hit['valence'][outside].iloc[0]:g}",
        )
    return hit.reset_index(drop=True)


def base_of(codings: pd.DataFrame, turns: pd.DataFrame | None, said: list[str]) -> list[str]:
    """Everybody interviewed, with what to say of the count."""
    if turns is None:
        said.append(
            say(
                en="turns were not given: shares are of people with codings; who named nothing is not counted",
                ru="реплики не переданы: доли — от людей с кодировками; кто ничего не назвал, не сосчитан",
            )
        )
        return interviewed(codings)
    silent = set(interviewed(codings)) - set(interviewed(codings.iloc[:0], turns))
    if silent:
        said.append(
            say(
                en=f"{len(silent)} people have codings but no turn of their own; they are counted all the same",
                ru=f"у {len(silent)} чел. есть кодировки, но нет своих реплик; они всё равно сосчитаны",
            )
        )
    return interviewed(codings, turns)


def say_ways(mentions: pd.DataFrame, codings: pd.DataFrame, codebook: Any, touchpoints: pd.DataFrame | None) -> str:
    """Where the stages of the mentions come from; empty where every coder said it."""
    ways = stage_ways(codings[codings["code"].astype(str).isin(set(mentions["barrier"]))], codebook, touchpoints)
    if ways["way"].tolist() in ([], ["coding"]):
        return ""
    words = {
        "coding": ("the coding", "от кодировщика"),
        "code": ("its code", "от кода"),
        "parent": ("the code's parent", "от родительского кода"),
        "touchpoint": ("the touchpoint", "от точки контакта"),
        "none": ("nothing, so without a stage", "ниоткуда, без этапа"),
    }
    parts = zip(ways["way"], ways["share"], strict=True)
    told = ", ".join(f"{say(en=words[w][0], ru=words[w][1])} {number(v, 0, percent=True)}" for w, v in parts)
    return say(en=f"stages of the codings come from: {told}", ru=f"этапы кодировок взяты: {told}")
