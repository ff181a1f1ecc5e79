"""The System Usability Scale: scoring (Brooke 1996), and grades and percentiles (Sauro and Lewis 2016).

The curved grading scale and the percentile table are those of *Quantifying the User Experience*, 2nd edition. Between
the rows of the table percentiles are interpolated; a normal curve does not reproduce it.
"""

from __future__ import annotations

import numpy as np

__all__ = ["grade", "percentile", "sus_scores"]

_GRADES = (
    ("A+", 84.1),
    ("A", 80.8),
    ("A-", 78.9),
    ("B+", 77.2),
    ("B", 74.1),
    ("B-", 72.6),
    ("C+", 71.1),
    ("C", 65.0),
    ("C-", 62.7),
    ("D", 51.7),
    ("F", 0.0),
)
_PERCENTILES = (
    (0, 0),
    (5, 0.3),
    (10, 0.4),
    (15, 0.7),
    (20, 1.0),
    (25, 1.5),
    (30, 2),
    (35, 4),
    (40, 6),
    (45, 8),
    (50, 13),
    (55, 19),
    (60, 29),
    (65, 41),
    (66, 44),
    (67, 47),
    (68, 50),
    (69, 53),
    (70, 56),
    (71, 60),
    (72, 63),
    (73, 67),
    (74, 70),
    (75, 73),
    (76, 77),
    (77, 80),
    (78, 83),
    (79, 86),
    (80, 88),
    (85, 97),
    (90, 99.8),
    (95, 99.9999),
    (100, 100),
)


def sus_scores(answers: np.ndarray) -> np.ndarray:
    """Score ten answers on 1 to 5, in the order of the questionnaire.

    Odd statements give x − 1, even ones 5 − x; the sum times 2.5 lies on 0 to 100.

    Parameters
    ----------
    answers : array of shape (N, 10)

    Returns
    -------
    array of shape (N,)
        NaN for who left a statement out.

    Examples
    --------
    >>> import numpy as np
    >>> sus_scores(np.array([[5, 1, 5, 1, 5, 1, 5, 1, 5, 1]])).tolist()
    [100.0]
    """
    good = answers[:, ::2] - 1
    bad = 5 - answers[:, 1::2]
    return 2.5 * (good.sum(axis=1) + bad.sum(axis=1))


def grade(score: float) -> str:
    """Letter grade of a mean SUS score; empty where there is no score.

    Examples
    --------
    >>> grade(68.96), grade(80.8), grade(51.6)
    ('C', 'A', 'F')
    """
    if score != score:
        return ""
    rounded = round(score, 1)
    return next(letter for letter, low in _GRADES if rounded >= low)


def percentile(score: float) -> float:
    """Which share of products, in per cent, scored lower.

    Examples
    --------
    >>> [percentile(s) for s in (68, 75, 74)]
    [50.0, 73.0, 70.0]
    """
    x, y = zip(*_PERCENTILES)
    return float(np.interp(score, x, y))
