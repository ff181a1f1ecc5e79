"""From a table of people to the few dimensions in which they are clustered.

As in multiple factor analysis (Escofier and Pagès 1994) columns are standardised and blocks scaled by their first
singular value, so that none wins by its size alone; but by its square root, half-way to counting all columns alike, for
one choice must not weigh as much as fourteen ratings. Then principal components.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Space", "components_for"]

Floats = NDArray[np.floating]


def components_for(n: int, columns: int) -> int:
    """How many components to keep: 2 to 8, with ten people at least for each.

    Examples
    --------
    >>> components_for(30, 12), components_for(420, 40)
    (3, 8)
    """
    return max(1, min(8, max(2, n // 10), columns))


@dataclass(frozen=True, eq=False)
class Space:
    """Standardised columns of people, by block.

    Parameters
    ----------
    columns : array (n, p)
        One column a question, NaN where unanswered. Nominal columns hold level numbers, in an order that follows the
        leading axis of the rest; other columns hold standardised values.
    levels : tuple of (array or None)
        For a nominal column the coordinates of its levels (levels, q), None for others.
    block : tuple of int
        Number of the block of each column.
    weights : tuple of float
        Weight of each block.
    components : int
        Principal components to keep.
    counts : tuple of (tuple of int, array)
        For blocks of shares: the column numbers, and the counts (n, columns) behind them.
    topics : tuple of tuple of int
        For blocks of text topics: the column numbers.
    """

    columns: Floats
    levels: tuple[Floats | None, ...]
    block: tuple[int, ...]
    weights: tuple[float, ...]
    components: int
    counts: tuple[tuple[tuple[int, ...], Floats], ...] = ()
    topics: tuple[tuple[int, ...], ...] = ()

    @property
    def n(self) -> int:
        """How many people."""
        return int(self.columns.shape[0])

    def with_columns(self, columns: Floats) -> Space:
        """The same questions with other answers."""
        return replace(self, columns=columns)

    def encoded(self, columns: Floats | None = None) -> Floats:
        """Columns as numbers: (n, q), unanswered at the mean, which is zero."""
        c = self.columns if columns is None else columns
        if all(lv is None for lv in self.levels):
            return np.nan_to_num(c)
        parts = []
        for j, lv in enumerate(self.levels):
            if lv is None:
                parts.append(np.nan_to_num(c[:, j : j + 1]))
            else:
                known = ~np.isnan(c[:, j])
                part = np.zeros((c.shape[0], lv.shape[1]))
                part[known] = lv[c[known, j].astype(np.intp)]
                parts.append(part)
        return np.hstack(parts)

    def spans(self) -> list[NDArray[np.intp]]:
        """The encoded columns of each block."""
        wide = np.repeat(self.block, [1 if lv is None else lv.shape[1] for lv in self.levels])
        return [np.flatnonzero(wide == b) for b in range(len(self.weights))]

    def basis(self, encoded: Floats) -> tuple[Floats, Floats, Floats]:
        """Mean (q,), block scale (q,) and axes (q, components) of encoded people."""
        mean = encoded.mean(axis=0)
        centred = encoded - mean
        scale = np.ones(encoded.shape[1])
        for cols, weight in zip(self.spans(), self.weights):
            top = _first_singular(centred[:, cols])
            # In units of the block's own mean column: topics and shares have no natural unit.
            size = np.sqrt((centred[:, cols] ** 2).sum() / max(1, cols.size))
            scale[cols] = weight / np.sqrt(top * size) if min(top, size) > 1e-9 else 0.0
        scale *= np.sqrt(encoded.shape[0])
        _, axes = principal(centred * scale, self.components)
        return mean, scale, axes

    def coordinates(self, columns: Floats | None = None) -> tuple[Floats, Floats]:
        """People on the principal components (n, components) and on all weighted columns (n, q), single precision."""
        e = self.encoded(columns)
        mean, scale, axes = self.basis(e)
        weighted = (e - mean) * scale
        return (weighted @ axes).astype(np.float32), weighted.astype(np.float32)

    def scores(self, columns: Floats | None = None) -> Floats:
        """People on the principal components: (n, components), single precision."""
        return self.coordinates(columns)[0]


def _first_singular(x: Floats) -> float:
    if x.shape[1] == 0:
        return 0.0
    gram = x.T @ x if x.shape[1] <= x.shape[0] else x @ x.T
    return float(np.sqrt(max(np.linalg.eigvalsh(gram)[-1], 0.0)))


def principal(x: Floats, c: int) -> tuple[Floats, Floats]:
    """Singular values and axes (q, c) of a centred table, signs fixed."""
    n, q = x.shape
    if q <= n:
        values, axes = np.linalg.eigh(x.T @ x)
        values, axes = values[::-1][:c], axes[:, ::-1][:, :c]
    else:
        values, left = np.linalg.eigh(x @ x.T)
        values, left = values[::-1][:c], left[:, ::-1][:, :c]
        with np.errstate(invalid="ignore", divide="ignore"):
            axes = np.nan_to_num((x.T @ left) / np.sqrt(np.maximum(values, 0)), posinf=0, neginf=0)
    sign = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.sqrt(np.maximum(values, 0)), axes * np.where(sign == 0, 1, sign)
