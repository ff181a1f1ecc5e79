"""The formulas that rank ideas, each with its source. Plain functions of numbers or arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["ice_mean", "ice_product", "impact_effort", "opportunity", "rice"]


def rice(reach: Any, impact: Any, confidence: Any, effort: Any) -> Any:
    """``reach · impact · confidence / effort`` (McBride, Intercom 2016).

    Parameters
    ----------
    reach : float or array
        People touched in a period.
    impact : float or array
        3 massive, 2 high, 1 medium, 0.5 low, 0.25 minimal.
    confidence : float or array
        Share of 1.
    effort : float or array
        Person-months.

    Examples
    --------
    >>> rice(2000, 2, 0.8, 4)
    800.0
    """
    return np.asarray(reach) * impact * confidence / effort if np.ndim(reach) else reach * impact * confidence / effort


def ice_mean(impact: Any, confidence: Any, ease: Any) -> Any:
    """Mean of impact, confidence and ease, each 1 to 10 (Ellis and Brown 2017).

    Examples
    --------
    >>> ice_mean(8, 6, 4)
    6.0
    """
    return (impact + confidence + ease) / 3


def ice_product(impact: Any, confidence: Any, ease: Any) -> Any:
    """Product of impact, confidence and ease, each 1 to 10 (Gilad 2023).

    Examples
    --------
    >>> ice_product(8, 6, 4)
    192
    """
    return impact * confidence * ease


def opportunity(importance: Any, satisfaction: Any) -> Any:
    """``importance + max(importance − satisfaction, 0)`` (Ulwick 2005), both from 0 to 10, result from 0 to 20.

    Both are shares of people who answered 4 or 5 of 5, times ten; means of ratings do not belong here.

    Examples
    --------
    >>> float(opportunity(8.0, 0.0)), float(opportunity(1.2, 5.0))
    (16.0, 1.2)
    """
    return importance + np.maximum(np.subtract(importance, satisfaction), 0)


def impact_effort(impact: Any, effort: Any) -> Any:
    """Impact per unit of effort.

    Examples
    --------
    >>> impact_effort(3, 1.5)
    2.0
    """
    return impact / effort
