"""In a notebook: a cell that lacks material, or whose question it cannot answer yet, shows a gap instead of failing.

Three things happen to a cell of a study's notebook. If its first line is ``# needs: survey`` and there is none, it is
skipped. If it raises :class:`~cjmkit.errors.NotEnough`, the gap is kept in the study and shown in place of the result.
And if it uses a name that such a cell would have made, it is passed over. Every other error stops, in a sentence.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import warnings
from html import escape
from pathlib import Path
from typing import Any, TextIO

from cjmkit.errors import CjmError, CjmWarning, NotEnough
from cjmkit.i18n import say
from cjmkit.study.data import StudyData
from cjmkit.study.gaps import forget_gaps, keep_gap
from cjmkit.study.parts import called, has, missing, part_of

__all__ = ["missing_for", "watch"]

_NEEDS = re.compile(r"^\s*#\s*needs:\s*(.+)$", re.IGNORECASE)
_GATE = "_cjmkit_gate"


class _Box:
    """What stands in place of a result."""

    def __init__(self, head: str, sentences: list[str]) -> None:
        self.head, self.sentences = head, sentences

    def __repr__(self) -> str:
        return f"{self.head}: " + "; ".join(self.sentences)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(s)}</li>" for s in self.sentences)
        return (
            "<div style='border-left:3px solid #b36b00;padding:2px 10px;color:#222;background:#fff7e6'>"
            f"{escape(self.head)}:<ul>{items}</ul></div>"
        )


def missing_for(cell: str, study: StudyData) -> list[str]:
    r"""What a cell needs and the study does not have.

    Parameters
    ----------
    cell : str
        Source of the cell; its first line may be ``# needs: survey, codings``.
    study : StudyData
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
    return [missing(study, n) for n in _needed(cell) if not has(study, n)]


def _needed(cell: str) -> list[str]:
    first = next((line for line in cell.splitlines() if line.strip()), "")
    match = _NEEDS.match(first)
    return [n.strip() for n in match[1].split(",") if n.strip()] if match else []


class Gate(ast.NodeTransformer):
    """What watches the cells of one notebook.

    Parameters
    ----------
    study : StudyData
        The study that the notebook belongs to.
    step : int
        Step of the method, from the notebook's name.
    shell : IPython shell
    """

    def __init__(self, study: StudyData, step: int, shell: Any) -> None:
        self.study, self.step, self.shell = study, step, shell
        self.gap = NotEnough
        self.making: set[str] = set()
        self.unmade: set[str] = set()
        """Names that a cell with a gap would have made."""

    # ---- before a cell: as text, and as a tree ---------------------------------------------------------------------

    def skip(self, lines: list[str]) -> list[str]:
        """The cell's lines, or those of a box where the study lacks what the cell needs."""
        cell = "".join(lines)
        lacking = [n for n in _needed(cell) if not has(self.study, n)]
        if not lacking:
            return lines
        for name in lacking:
            part = part_of(name)
            if part.lane:
                self._keep(
                    NotEnough(
                        say(en=f"no {name} yet", ru=f"нет: {called(name, 'ru')}", lang=self.study.language),
                        why=say(en=part.allows_en, ru=part.allows_ru, lang=self.study.language),
                        action=say(en=part.en, ru=part.ru, lang=self.study.language),
                        lane=part.lane,
                    )
                )
        self._forgo(cell)
        head = say(
            en="Left out, because this is missing", ru="Пропущено: для этой ячейки не хватает", lang=self.study.language
        )
        return self._shown(_Box(head, [missing(self.study, n) for n in lacking]))

    def visit(self, tree: ast.AST) -> ast.AST:
        """The cell inside a `try` that keeps a gap; its last expression is shown as it would have been."""
        assert isinstance(tree, ast.Module)
        loaded = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        own = _made(tree)
        waits = sorted(n for n in loaded & self.unmade if n not in self.shell.user_ns)
        gate = ast.Name(_GATE, ast.Load())
        if waits:
            self.unmade |= own
            head = say(
                en="Left out: an earlier cell shows the gap",
                ru="Пропущено: пробел показан выше",
                lang=self.study.language,
            )
            self.shell.user_ns["_gap"] = _Box(head, waits)
            return ast.fix_missing_locations(ast.Module([ast.Expr(ast.Name("_gap", ast.Load()))], []))
        if not tree.body or any(_is_import_star(n) for n in tree.body):
            return tree
        self.unmade -= own
        self.making = own
        body = list(tree.body)
        if isinstance(body[-1], ast.Expr):
            call = ast.Call(ast.Attribute(gate, "show", ast.Load()), [body[-1].value], [])
            body[-1] = ast.copy_location(ast.Expr(call), body[-1])
        caught = ast.ExceptHandler(
            ast.Attribute(gate, "gap", ast.Load()),
            "_cjmkit_error",
            [ast.Expr(ast.Call(ast.Attribute(gate, "fell", ast.Load()), [ast.Name("_cjmkit_error", ast.Load())], []))],
        )
        wrapped = ast.copy_location(ast.Try(body, [caught], [], []), tree.body[0])
        return ast.fix_missing_locations(ast.Module([wrapped], tree.type_ignores))

    # ---- while a cell runs ------------------------------------------------------------------------------------------

    def show(self, value: Any) -> None:
        """Show the last value of a cell."""
        self.shell.displayhook(value)

    def fell(self, error: NotEnough) -> None:
        """Keep the gap that a cell came upon, and show it."""
        self._keep(error)
        self.unmade |= {n for n in self.making if n not in self.shell.user_ns}
        lang = self.study.language
        head = say(en="A gap", ru="Пробел", lang=lang)
        after = say(en=f"Next: {error.action}", ru=f"Дальше: {error.action}", lang=lang)
        self.shell.displayhook(_Box(head, [error.missing, error.why, after]))

    def told(self, shell: Any, kind: type[BaseException], value: BaseException, tb: Any, tb_offset: Any = None) -> Any:
        """One of our errors, as a sentence; where in our code it was raised tells a researcher nothing."""
        lines = [f"{kind.__name__}: {value}"]
        shell._showtraceback(kind, value, lines)
        return lines

    # ---- helpers ----------------------------------------------------------------------------------------------------

    def _keep(self, error: NotEnough) -> None:
        keep_gap(self.study, error, step=self.step)

    def _forgo(self, cell: str) -> None:
        try:
            made = _made(ast.parse(cell))
        except SyntaxError:  # a magic, or a mistake that is told when the cell runs
            return
        self.unmade |= {n for n in made if n not in self.shell.user_ns}

    def _shown(self, box: _Box) -> list[str]:
        self.shell.user_ns["_gap"] = box
        return ["_gap\n"]


def _made(tree: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _is_import_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)


def _step() -> int:
    """Step of the notebook that is running, from its name; 0 where it has none."""
    match = re.match(r"0([1-8])_", Path(os.environ.get("JPY_SESSION_NAME", "")).name)
    return int(match[1]) if match else 0


_watched: list[Gate] = []


def watch(study: StudyData) -> None:
    """From now on watch the cells of the running notebook; no-op outside IPython."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:  # a script without IPython
        return
    shell = get_ipython()
    if shell is None:
        return
    while _watched:
        old = _watched.pop()
        if old.skip in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(old.skip)
        if old in shell.ast_transformers:
            shell.ast_transformers.remove(old)
    step = _step()
    if step:
        forget_gaps(study, step=step)
    gate = Gate(study, step, shell)
    shell.user_ns[_GATE] = gate
    shell.user_ns_hidden[_GATE] = gate
    shell.input_transformers_cleanup.append(gate.skip)
    shell.ast_transformers.append(gate)
    shell.set_custom_exc((CjmError,), gate.told)
    _watched.append(gate)
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
