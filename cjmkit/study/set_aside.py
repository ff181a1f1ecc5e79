"""Work that was set aside because its file was another's by then: which there is, and taking it back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit import files
from cjmkit.errors import one_of
from cjmkit.files import in_place_of, keep_earlier, locked, write_atomically
from cjmkit.i18n import count, say
from cjmkit.study.data import StudyData

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["notice", "take_back", "waiting"]


def waiting(study: StudyData, /) -> pd.DataFrame:
    r"""Work that was set aside and waits for you: nothing of it is used, and nothing of it is deleted.

    The coding pane, the map editor and ``cjmkit run`` set work aside in ``unsaved/`` where somebody else has changed
    its file meanwhile, or where they were closed before it was saved. :meth:`take_back` puts it into its place; what
    you do not want you delete yourself.

    Returns
    -------
    pandas.DataFrame
        The newest last: file, belongs_to (both within the study), written (local time), lines (how many of its lines
        the file does not have).

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida")
    >>> _ = cj.files.set_aside(study.path / "codings" / "eva.csv", "document,start,end,code\\n", session="0a")
    >>> study.waiting()[["file", "belongs_to", "lines"]].values.tolist()
    [['codings/unsaved/eva.0a.csv', 'codings/eva.csv', 1]]
    """
    import pandas as pd

    rows = []
    for path in files.waiting(study.path):
        target = in_place_of(path)
        written = datetime.fromtimestamp(path.stat().st_mtime)
        rows.append((_within(study, path), _within(study, target), written, len(_lines(path) - _lines(target))))
    return pd.DataFrame(rows, columns=["file", "belongs_to", "written", "lines"])


def take_back(study: StudyData, /, name: str) -> Path:
    r"""Put work that was set aside into its place; what lies there now goes to ``history/`` beside it.

    Parameters
    ----------
    name : str
        Which one, as :meth:`waiting` names it (the name alone is enough).

    Returns
    -------
    pathlib.Path
        The file that holds the work now.

    Raises
    ------
    CjmError
        If nothing of that name waits, or several do: then give the whole name.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida")
    >>> _ = cj.files.set_aside(study.path / "codings" / "eva.csv", "document,start,end,code\\n", session="0a")
    >>> study.take_back("eva.0a.csv").name, len(study.waiting())
    ('eva.csv', 0)
    """
    found = {_within(study, p): p for p in files.waiting(study.path)}
    chosen = [where for where, p in found.items() if name in (where, p.name)]
    path = found[chosen[0] if len(chosen) == 1 else one_of(name, found, what="file")]
    target = in_place_of(path)
    with locked(target):
        content = path.read_bytes()
        keep_earlier(target, content)
        write_atomically(target, content)
        if files.seen(path) == content:
            path.unlink()
    return target


def notice(study: StudyData) -> str:
    """A sentence where work waits, else nothing."""
    found = files.waiting(study.path)
    if not found:
        return ""
    n = count(len(found), en=("file", "files"), ru=("файл", "файла", "файлов"), lang=study.language)
    names = ", ".join(_within(study, p) for p in found[-3:])
    return say(
        en=f"Work that was set aside waits: {n} ({names}). "
        "study.waiting() shows it, study.take_back(name) puts it back.",
        ru=f"Ждёт отложенная работа: {n} ({names}). study.waiting() её покажет, study.take_back(name) вернёт.",
        lang=study.language,
    )


def _within(study: StudyData, path: Path) -> str:
    return path.relative_to(study.path).as_posix()


def _lines(path: Path) -> set[bytes]:
    return {line.strip() for line in (files.seen(path) or b"").splitlines()}
