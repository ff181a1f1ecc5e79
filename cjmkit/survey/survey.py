"""The survey with its verbs bound: reading makes one, and every verb takes one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Any, Self

import pandas as pd

from cjmkit.files import reading
from cjmkit.survey.data import SurveyData
from cjmkit.survey.doubting import doubts, questions, settle
from cjmkit.survey.reading.read_export import frame_data, read_data
from cjmkit.survey.writing import write

__all__ = ["Survey", "read"]


class Survey(SurveyData):
    """A survey: one row a respondent, one column an item.

    Make one with :func:`cjmkit.survey.read` or :meth:`from_frame`. The data stay as they came; what the codes mean lies
    in the items, so every decision can be seen, corrected with :meth:`set_item` and saved with :meth:`save_decisions`.

    Attributes
    ----------
    data : pandas.DataFrame
        The answers as they came; the index counts rows as a spreadsheet does.
    items : pandas.DataFrame
        One row an item: item, text, type, scale, missing, reverse, stage, touchpoint, group, option, language.
    person : str
        The column that says who answered.
    name : str
        Name of the survey, for evidence.
    """

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        name: str = "survey",
        person: str | None = None,
        decisions: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        quiet: bool = True,
    ) -> Self:
        """Make a survey from a table that is already in memory.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row a respondent, one column an item.
        name, person, decisions, quiet
            As for :func:`cjmkit.survey.read`.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> s = Survey.from_frame(pd.DataFrame({"id": [1, 2, 3], "How likely are you to recommend us?": [10, 9, 3]}))
        >>> s.item("*recommend*").type
        'nps'
        """
        return _told(cls.of(frame_data(frame, name=name, person=person, decisions=decisions)), quiet)

    @classmethod
    def of(cls, data: SurveyData) -> Self:
        """Bind the verbs to data.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> s = Survey.from_frame(pd.DataFrame({"id": [1, 2], "q": [4, 5]}))
        >>> Survey.of(s) == s
        True
        """
        return cls(
            data._frame, data._items, data.person, data.name, data.source, data.numbered, data.open_doubts, data._cache
        )

    write = write
    questions = questions
    doubts = doubts
    settle = settle


def _told(survey: Any, quiet: bool) -> Any:
    if not quiet:
        print(survey.report())
    return survey


def read(
    path: str | os.PathLike[str] | pd.DataFrame,
    *,
    decisions: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    person: str | None = None,
    encoding: str | None = None,
    header_rows: int | None = None,
    sheet: str | int | None = None,
    unfinished: bool = True,
    codebook: str | os.PathLike[str] | pd.DataFrame | None = None,
    quiet: bool = False,
) -> Survey:
    r"""Read a survey and say what was decided about it.

    Qualtrics (three, two and re-saved headers), SurveyMonkey, Google Forms, Typeform, SurveyGizmo (Alchemer),
    LimeSurvey, Yandex Forms, Anketolog and other CSV or XLSX with one or two header rows, SPSS ``.sav`` and Parquet are
    told apart by their structure. Types, scales and missing codes of the items are guessed from wording, answers and
    neighbours; nothing is guessed in silence, and :meth:`Survey.set_item` corrects what was guessed.

    Parameters
    ----------
    path : path-like or DataFrame
        The export: ``.csv``, ``.tsv``, ``.txt`` (also ``.gz``, or a ``.zip`` with one of them), ``.xlsx``, ``.sav``,
        ``.parquet``.
    decisions : path-like or mapping, optional
        What was decided earlier (:meth:`Survey.save_decisions`). Without it, ``<name>.items.yaml`` beside the file is
        used where it exists.
    person : str, optional
        The column that says who answered; found by its header otherwise. Where there is none, people are numbered by
        row.
    encoding : str, optional
        Only where the file itself cannot tell.
    header_rows : int, optional
        How many rows are headers, where that is found wrongly; 0 for a file without headers.
    sheet : str or int, optional
        Sheet of a workbook; the first that is not empty otherwise.
    unfinished : bool
        Whether responses that the platform marks as unfinished count. Previews and tests never do; both are counted in
        ``survey.report()``.
    codebook : path-like or DataFrame, optional
        What the codes mean (:func:`cjmkit.survey.codebook`); what it says is known, not guessed. Without it, one that
        lies beside the file is used: of the same name (``.sps``, ``.qsf``, ``.lss``), or a table called a code book.
    quiet : bool
        Do not print what was decided; it stays in ``survey.report()``.

    Returns
    -------
    Survey

    Raises
    ------
    FileFormatError
        If the file cannot be understood, has no headers or no answers, or the decisions do not fit its columns.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "wave.csv")
    >>> lines = ["Timestamp,How likely are you to recommend us?", "1/2/2026 10:00:00,9", "1/2/2026 10:05:00,10"]
    >>> _ = path.write_text("\n".join(lines))
    >>> survey = read(path, quiet=True)
    >>> survey.source.platform, survey.item("*recommend*").type
    ('google-forms', 'nps')
    """
    with contextlib.nullcontext() if isinstance(path, pd.DataFrame) else reading(path):
        data = read_data(
            path,
            decisions=decisions,
            person=person,
            encoding=encoding,
            header_rows=header_rows,
            sheet=sheet,
            unfinished=unfinished,
            codebook=codebook,
        )
    survey: Survey = _told(Survey.of(data), quiet)
    return survey
