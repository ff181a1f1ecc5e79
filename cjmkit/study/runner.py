"""Run a study's notebooks in order: continue after an interruption, and name the cell that fails."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import signal
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cjmkit import __version__
from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.files import locked, set_aside, write_atomically
from cjmkit.i18n import say
from cjmkit.study.data import StudyData
from cjmkit.study.freshness import INPUTS, fingerprint

__all__ = ["NotebookFailed", "Run", "run"]

# What every notebook imports sooner or later: the next kernel loads it while the present one computes.
_WARM = "import cjmkit, pandas, matplotlib.pyplot, scipy.stats, sklearn.cluster, duckdb"


class NotebookFailed(CjmError):
    """A cell raised an error.

    Parameters
    ----------
    notebook : pathlib.Path
        The notebook; it is saved with the output up to the error.
    cell : int
        Which code cell, counted from 1.
    source, error : str
        The cell's text and the error's last line.
    """

    def __init__(self, notebook: Path, *, cell: int, source: str, error: str) -> None:
        self.notebook, self.cell, self.source = notebook, cell, source
        shown = "\n".join("    " + line for line in source.strip().splitlines()[:6])
        super().__init__(
            say(en=f"{notebook.name}, code cell {cell}", ru=f"{notebook.name}, ячейка с кодом {cell}")
            + f": {error}\n{shown}\n  "
            + say(
                en="The notebook is saved up to this cell. Mend the cell or the data, then run the same command again: "
                "it continues here.",
                ru="Тетрадь сохранена до этой ячейки. Исправьте ячейку или данные и повторите ту же команду: она "
                "продолжит отсюда.",
            )
        )


@dataclass(frozen=True)
class Run:
    """Which notebooks were run and which were up to date.

    Parameters
    ----------
    executed, skipped : tuple of pathlib.Path
        Notebooks that were run now, and those whose code and material had not changed since their last run.
    """

    executed: tuple[Path, ...]
    skipped: tuple[Path, ...]


def run(
    path: str | Path, *, from_start: bool = False, timeout: int = 600, bar: Callable[..., Any] | None = None
) -> Run:
    """Execute the notebooks of a study in order, in place.

    A notebook whose code, material and predecessors have not changed since it last ran through is skipped, so that a
    run that was interrupted continues where it stopped.

    Parameters
    ----------
    path : path-like
        The study's folder.
    from_start : bool
        Run all of them again.
    timeout : int
        Seconds that one cell may take.
    bar : callable, optional
        Makes the progress bar (``tqdm`` or alike); called with ``total=`` cells.

    Returns
    -------
    Run
        What was run and what was skipped.

    Raises
    ------
    NotebookFailed
        If a cell raises; what ran before it stays done.
    CjmError
        If the study has no notebooks, or Jupyter is not installed.
    """
    try:
        import nbclient  # noqa: F401
        import nbformat  # noqa: F401
    except ImportError as error:
        raise CjmError(
            en="running notebooks needs Jupyter: pip install 'cjmkit[lab]'",
            ru="чтобы запускать тетради, нужен Jupyter: pip install 'cjmkit[lab]'",
        ) from error
    study = StudyData(path)
    # The start page is a form that runs the others.
    notebooks = sorted((study.path / "notebooks").glob("0[1-9]_*.ipynb"))
    if not notebooks:
        raise CjmError(
            en=f"{study.path / 'notebooks'} holds no notebooks; `cjmkit new DIR` makes a study with the eight of them",
            ru=f"в {study.path / 'notebooks'} нет тетрадей; `cjmkit new DIR` создаёт исследование с восемью",
        )
    state = study.path / ".cjmkit" / "run.json"
    done: dict[str, str] = {} if from_start else _done(state)

    loaded = {p: _read(p) for p in notebooks}
    chain = _fingerprint(study.path)
    fingerprints = {}
    for p in notebooks:
        code = "\0".join(c.source for c in loaded[p].cells if c.cell_type == "code")
        chain = hashlib.sha256(f"{chain}\0{p.name}\0{code}".encode()).hexdigest()
        fingerprints[p] = chain
    first = next((k for k, p in enumerate(notebooks) if done.get(p.name) != fingerprints[p]), len(notebooks))
    todo, skipped = notebooks[first:], notebooks[:first]
    total = sum(1 for p in todo for c in loaded[p].cells if c.cell_type == "code")
    progress = bar(total=total) if bar is not None and todo else None

    def finished(p: Path) -> None:
        done[p.name] = fingerprints[p]
        write_atomically(state, json.dumps(done, indent=1) + "\n")

    try:
        asyncio.run(_run_all(todo, loaded, timeout, progress, finished))
    finally:
        if progress is not None:
            progress.close()
    return Run(tuple(todo), tuple(skipped))


def _done(state: Path) -> dict[str, str]:
    """What ran through before; a damaged file means that everything runs again."""
    try:
        found = json.loads(state.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _read(path: Path) -> Any:
    import nbformat

    try:
        return nbformat.reads(path.read_text("utf-8"), as_version=4)
    except Exception as error:
        raise FileFormatError(
            en=f"this notebook cannot be read ({str(error)[:120]})",
            ru=f"тетрадь не читается ({str(error)[:120]})",
            path=path,
        ) from error


def _unlike(path: Path, notebook: Any) -> bool:
    """Whether somebody changed the cells on the disk since the notebook was read."""
    try:
        there = _read(path)
    except (FileFormatError, OSError):
        return True
    return [(c.cell_type, c.source) for c in there.cells] != [(c.cell_type, c.source) for c in notebook.cells]


def _fingerprint(folder: Path) -> str:
    """A hash of the material, so that a new transcript or a changed setting makes the notebooks run again."""
    parts = [__version__, *(fingerprint(folder / name) for name in INPUTS)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def _start_kernel(notebook: Path) -> Any:
    from jupyter_client.manager import AsyncKernelManager

    km = AsyncKernelManager(kernel_name="python3")
    # JupyterLab names the notebook in the same way: gaps are kept under the step that came upon them.
    env = os.environ | {"JPY_SESSION_NAME": str(notebook)}
    # What cells print comes by message; the process's own stream only has the kernel's remarks on itself.
    # Cells can name people (redact(names=…)): they do not go into IPython's history in the home folder.
    await km.start_kernel(
        extra_arguments=["--HistoryManager.enabled=False"],
        cwd=str(notebook.parent),
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return km


async def _warm(km: Any) -> None:
    """Let a fresh kernel load the libraries while nobody waits for it."""
    client = km.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        client.execute(_WARM, silent=True, store_history=False)
    finally:
        client.stop_channels()


async def _run_all(
    todo: list[Path], loaded: dict[Path, Any], timeout: int, progress: Any, finished: Callable[[Path], None]
) -> None:
    ahead: asyncio.Task[Any] | None = None
    try:
        for k, path in enumerate(todo):
            km = await ahead if ahead is not None else await _start_kernel(path)
            ahead = asyncio.create_task(_prepare(todo[k + 1])) if k + 1 < len(todo) else None
            try:
                await _run_one(path, loaded[path], km, timeout=timeout, progress=progress)
            finally:
                await km.shutdown_kernel(now=True)
            finished(path)
        ahead = None
    finally:
        if ahead is not None:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                km = await ahead
                await km.shutdown_kernel(now=True)


async def _prepare(notebook: Path) -> Any:
    km = await _start_kernel(notebook)
    await _warm(km)
    return km


async def _run_one(path: Path, notebook: Any, km: Any, *, timeout: int, progress: Any) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    if progress is not None:
        progress.set_description(path.stem)
    if _unlike(path, notebook):
        # Edited while an earlier notebook ran: the newer text is what runs.
        edited = _read(path)
        notebook.cells, notebook.metadata = edited.cells, edited.metadata
    position: dict[str, Any] = {"cell": 0, "source": ""}

    def started(cell: Any, cell_index: int) -> None:
        if cell.cell_type == "code":
            position["cell"] += 1
            position["source"] = cell.source

    def done(cell: Any, cell_index: int) -> None:
        if progress is not None and cell.cell_type == "code":
            progress.update(1)

    stop = _OnInterrupt()
    client = NotebookClient(
        notebook,
        km=km,
        timeout=timeout,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=started,
        on_cell_complete=done,
        on_notebook_start=stop.listen,
    )
    try:
        await client.async_execute(cleanup_kc=True)
    except CellExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            stop.asked = True
            raise KeyboardInterrupt from None
        said = f"{error.ename}: {str(error.evalue).strip()}"
        raise NotebookFailed(path, cell=position["cell"], source=position["source"], error=said) from None
    except (CellTimeoutError, DeadKernelError) as error:
        if stop.asked:  # the client takes our stop for a kernel that died
            raise KeyboardInterrupt from None
        said = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
        raise NotebookFailed(path, cell=position["cell"], source=position["source"], error=said) from None
    finally:
        if not stop.asked:  # half a notebook is not kept: the next run begins with it
            _keep(path, notebook)


class _OnInterrupt:
    """Ctrl-C during a notebook: stop the run in order, instead of taking the kernel away under it."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self, **_: Any) -> None:
        """Called once the client has set its own handler, which this one replaces."""
        task = asyncio.current_task()

        def stop() -> None:
            self.asked = True
            if task is not None:
                task.cancel()

        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop)


def _keep(path: Path, notebook: Any) -> None:
    """Write an executed notebook into its place, or beside it where somebody edited it meanwhile."""
    import nbformat

    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # wall-clock times differ in every run and only make noise in a diff
    notebook.metadata.pop("widgets", None)
    text = nbformat.writes(notebook) + "\n"
    with locked(path):
        if _unlike(path, notebook):
            aside = set_aside(path, text, session=secrets.token_hex(4))
            warnings.warn(
                say(
                    en=f"{path.name} was edited while it ran: it stays as it is now, the outputs are in "
                    f"unsaved/{aside.name}",
                    ru=f"{path.name} изменили, пока он выполнялся: он остаётся как есть, вывод лежит в "
                    f"unsaved/{aside.name}",
                ),
                DataWarning,
                stacklevel=2,
            )
        else:
            write_atomically(path, text)
