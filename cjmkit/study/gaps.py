"""Gaps: what a step could not say, why it matters and what to do; kept in the study and shown in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjmkit.core.course import Gap
from cjmkit.errors import NotEnough
from cjmkit.exchange.yaml_file import dump_yaml
from cjmkit.files import load_yaml, write_atomically
from cjmkit.study.data import StudyData

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["forget_gaps", "gaps", "gaps_table", "keep_gap"]


def gaps(study: StudyData, /) -> tuple[Gap, ...]:
    """What the steps so far could not say.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida").gaps()
    ()
    """
    file = study.path / "results" / "gaps.yaml"
    return tuple(Gap.model_validate(g) for g in load_yaml(file) or ()) if file.is_file() else ()


def gaps_table(study: StudyData, /) -> pd.DataFrame:
    """The gaps as a table: columns step, missing, why, action, lane.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> study.gaps_table().columns.tolist()
    ['step', 'missing', 'why', 'action', 'lane']
    """
    import pandas as pd

    columns = ["step", "missing", "why", "action", "lane"]
    return pd.DataFrame([[getattr(g, c) for c in columns] for g in gaps(study)], columns=columns)


def keep_gap(study: StudyData, error: NotEnough, *, step: int = 0) -> Gap:
    """Keep what a step could not say."""
    gap = Gap(step=step, lane=error.lane, missing=error.missing, why=error.why, action=error.action)
    others = [g for g in gaps(study) if (g.step, g.missing, g.lane) != (gap.step, gap.missing, gap.lane)]
    _write(study, sorted([*others, gap], key=lambda g: g.step))
    return gap


def forget_gaps(study: StudyData, *, step: int) -> None:
    """Before a step is done again: what it could not say may have changed."""
    kept = [g for g in gaps(study) if g.step != step]
    if len(kept) != len(gaps(study)):
        _write(study, kept)


def _write(study: StudyData, found: list[Gap]) -> None:
    write_atomically(study.path / "results" / "gaps.yaml", dump_yaml(found))
