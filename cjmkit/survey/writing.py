"""Write a survey so that reading it gives the same survey: answers in one file, decisions beside it."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from cjmkit.errors import FileFormatError, suggest
from cjmkit.files import write_atomically
from cjmkit.intake.formulas import guarded
from cjmkit.survey.data import SurveyData

__all__ = ["write"]

_ENDINGS = (".csv", ".tsv", ".xlsx", ".parquet")


def write(survey: SurveyData, path: str | os.PathLike[str]) -> Path:
    """Write the answers as CSV, XLSX or Parquet (by the ending), and the decisions beside them.

    ``buyers.csv`` gets ``buyers.items.yaml``; :func:`cjmkit.survey.read` finds both again.

    Parameters
    ----------
    path : path-like
        Where to write; ending .csv, .tsv, .xlsx or .parquet.

    Returns
    -------
    pathlib.Path
        The file of answers.

    Raises
    ------
    FileFormatError
        If the ending is none of .csv, .tsv, .xlsx, .parquet.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, read
    >>> s = Survey.from_frame(pd.DataFrame({"id": ["a", "b"], "How satisfied are you?": [4, 5]}))
    >>> read(s.write(pathlib.Path(tempfile.mkdtemp(), "wave.csv")), quiet=True) == s
    True
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in _ENDINGS:
        raise FileFormatError(suggest(target.suffix, _ENDINGS, what="file ending"), path=target)
    frame = survey.data.reset_index(drop=True)
    buffer = io.BytesIO()
    if ending in (".csv", ".tsv"):
        text = guarded(frame).to_csv(index=False, sep="," if ending == ".csv" else "\t", lineterminator="\n")
        # With a byte order mark Excel opens Cyrillic as Cyrillic.
        buffer.write(b"\xef\xbb\xbf" + text.encode("utf-8"))
    elif ending == ".xlsx":
        _xlsx(frame, buffer)
    else:
        _parquet(frame, buffer)
    decisions: dict[str, Any] = replace(survey, numbered=False, _cache={}).decisions()
    head = {"format": decisions["format"], "header_rows": 1, "person": decisions["person"], "items": decisions["items"]}
    write_atomically(target, buffer.getvalue())
    write_atomically(
        target.with_suffix(".items.yaml"), yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=120)
    )
    return target


def _xlsx(frame: Any, buffer: io.BytesIO) -> None:
    import pandas as pd

    # An answer that begins with "=" is an answer, not a formula.
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as book:
        frame.to_excel(book, index=False, sheet_name="answers", header=False, startrow=1)
        sheet = book.sheets["answers"]
        for j, name in enumerate(frame.columns):
            sheet.write_string(0, j, str(name))


def _parquet(frame: Any, buffer: io.BytesIO) -> None:
    for name in frame.columns:
        if frame[name].dtype == object:
            frame[name] = frame[name].map(str, na_action="ignore").astype("str")
    try:
        frame.to_parquet(buffer, index=False)
    except ImportError:
        import tempfile

        import duckdb

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "answers.parquet")
            con = duckdb.connect()
            con.register("answers", frame)
            con.sql("select * from answers").write_parquet(str(file))
            buffer.write(file.read_bytes())
