"""Barriers: what stops people, how often, how badly, and who answers for it.

>>> from cjmkit import barriers
"""

import pandas as pd

from cjmkit.barriers._critical import CriticalPoints, critical_points
from cjmkit.barriers._links import WeakestLink, weakest_link
from cjmkit.barriers._rank import rank
from cjmkit.barriers._result import Barriers

__all__ = [
    "Barriers",
    "CriticalPoints",
    "WeakestLink",
    "by_channel",
    "by_owner",
    "critical_points",
    "rank",
    "weakest_link",
]


def by_owner(barriers: Barriers) -> pd.DataFrame:
    """Problems by owner; see :meth:`Barriers.by_owner`."""
    return barriers.by_owner()


def by_channel(barriers: Barriers) -> pd.DataFrame:
    """Problems by channel; see :meth:`Barriers.by_channel`."""
    return barriers.by_channel()
