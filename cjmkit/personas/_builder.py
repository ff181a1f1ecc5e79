"""Collects columns of different blocks, each with its people."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd

from cjmkit.core.caution import Caution
from cjmkit.errors import CjmError, DataWarning

__all__ = ["Builder", "once"]


class Builder:
    """Collects columns of different blocks, each with its people."""

    def __init__(self) -> None:
        self.series: dict[str, pd.Series] = {}
        self.info: list[dict[str, Any]] = []
        self.counts: dict[str, pd.DataFrame] = {}
        self.passages: dict[str, pd.DataFrame] = {}
        self.warnings: list[str] = []
        self.omitted: list[dict[str, Any]] = []
        self.told = 0
        """How many of the omitted were told of already."""
        self.aside: dict[str, pd.Series] = {}
        self.cautions: tuple[Caution, ...] = ()

    def warn(self, message: str, kind: type[Warning] = DataWarning) -> None:
        self.warnings.append(message)
        warnings.warn(kind(message), stacklevel=4)

    def omit(self, name: str, text: str, why: str, values: pd.Series | None = None) -> None:
        """Leave a question out, and say why; one of few levels is kept aside, for groups may be its levels."""
        self.omitted.append({"column": name, "text": text, "why": why})
        if values is not None and 2 <= values.nunique() <= 20:
            self.aside[name] = values

    def add(self, name: str, values: pd.Series, *, block: str, kind: str, item: str, text: str = "") -> None:
        column, again = name, 2
        while column in self.series:
            column, again = f"{name} ({again})", again + 1
        self.series[column] = values
        self.info.append({"column": column, "block": block, "kind": kind, "item": item, "text": text})


def once(index: pd.Index, what: str) -> None:
    twice = index[index.duplicated()].unique()
    if len(twice):
        raise CjmError(
            en=f"{what}: {len(twice)} people have more than one row: {', '.join(map(str, twice[:5]))}; keep one row a "
            f"person "
            "(the last answer, or a mean), or every figure would count them twice",
            ru=f"{what}: больше одной строки у {len(twice)} человек: {', '.join(map(str, twice[:5]))}; оставьте по "
            f"строке на человека (последний ответ или среднее), иначе каждая цифра посчитает их дважды",
        )
