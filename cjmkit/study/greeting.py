"""In a notebook: cells that need material the study does not have yet say so instead of failing."""

from __future__ import annotations

import re
import sys
import warnings
from html import escape
from typing import TYPE_CHECKING, Any, TextIO

from cjmkit.errors import CjmWarning
from cjmkit.i18n import say

if TYPE_CHECKING:
    from cjmkit.study.folder import Study

__all__ = ["missing_for", "watch"]

_NEEDS = re.compile(r"^\s*#\s*needs:\s*(.+)$", re.IGNORECASE)


class _Gap:
    """What a skipped cell shows."""

    def __init__(self, sentences: list[str], lang: str) -> None:
        self.sentences, self.lang = sentences, lang

    def _head(self) -> str:
        return say(en="Left out, because this is missing", ru="Пропущено: для этой ячейки не хватает", lang=self.lang)

    def __repr__(self) -> str:
        return f"{self._head()}: " + "; ".join(self.sentences)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(s)}</li>" for s in self.sentences)
        return (
            "<div style='border-left:3px solid #b36b00;padding:2px 10px;color:#222;background:#fff7e6'>"
            f"{escape(self._head())}:<ul>{items}</ul></div>"
        )


def missing_for(cell: str, study: Study) -> list[str]:
    r"""What a cell needs and the study does not have.

    Parameters
    ----------
    cell : str
        Source of the cell; its first line may be ``# needs: survey, codings``.
    study : Study
        The study.

    Returns
    -------
    list of str
        A sentence for each missing part; empty when the cell can run.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/x", framework="aida")
    >>> len(missing_for("# needs: survey, events\nprint(1)", study))
    2
    """
    first = next((line for line in cell.splitlines() if line.strip()), "")
    match = _NEEDS.match(first)
    names = [n.strip() for n in match[1].split(",")] if match else []
    return [study.missing(n) for n in names if n and not study.has(n)]


_watched: list[Any] = []


def watch(study: Study) -> None:
    """From now on skip cells of the running notebook whose needs this study cannot meet; no-op outside IPython."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:  # a script without IPython
        return
    shell = get_ipython()
    if shell is None:
        return
    while _watched:
        old = _watched.pop()
        if old in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(old)

    def skip(lines: list[str]) -> list[str]:
        sentences = missing_for("".join(lines), study)
        if not sentences:
            return lines
        shell.user_ns["_gap"] = _Gap(sentences, study.language)
        return ["_gap\n"]

    shell.input_transformers_cleanup.append(skip)
    _watched.append(skip)
    _plain_warnings(study.language)


def _plain_warnings(lang: str) -> None:
    """Show our warnings as a sentence: the line of a temporary file that a cell is run from tells nobody anything."""
    before = getattr(warnings.showwarning, "before", warnings.showwarning)

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, CjmWarning):
            print(say(en=f"Note: {message}", ru=f"Замечание: {message}", lang=lang), file=file or sys.stderr)
        else:
            before(message, category, filename, lineno, file, line)

    show.before = before  # type: ignore[attr-defined]
    warnings.showwarning = show
