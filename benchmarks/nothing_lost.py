"""Nothing acknowledged is lost: processes killed at any moment, two writers at once, a full disk, files that mean harm.

A child process works and says after each step that it is done; it is killed with SIGKILL at a random moment, and then
everything that it said was done has to be on the disk, whole. Needs Linux.

    python benchmarks/nothing_lost.py [kills] [results file]
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

import cjmkit as cj
from cjmkit.exchange import read_journey
from cjmkit.files import load_yaml, waiting

_AT_ONCE = 8
Work = Callable[[Path, Callable[[int], None]], None]
TALK = cj.interviews.read_text("Q: how was it?\n" + "A: Slow and dear, no news for weeks.\n" * 60, document="d")
BOOK = cj.coding.Codebook(["a", "b", "c"])
SPANS = [(int(a), int(b)) for a, b in TALK.turns[["start", "end"]].itertuples(index=False) if b - a > 6]


# ── what is done, and what has to be there afterwards ────────────────────────────────────────────────────────────


def pane_work(folder: Path, done: Callable[[int], None]) -> None:
    pane = cj.widgets.coding_pane(TALK.documents, TALK.turns, codebook=BOOK, coder="anna", folder=folder)
    start = len(pane.mine)
    for k in range(start, len(SPANS)):
        pane.add(SPANS[k][0], SPANS[k][0] + 4, "a")
        done(k)


def pane_lost(folder: Path, said: int) -> int:
    files = [*folder.glob("*.csv"), *waiting(folder)]
    rows = pd.concat([cj.coding.read_codings(p) for p in files]) if files else pd.DataFrame({"start": []})
    return len({SPANS[k][0] for k in range(said + 1)} - set(rows["start"]))


def editor_work(folder: Path, done: Callable[[int], None]) -> None:
    path = folder / "flat.yaml"
    editor = cj.widgets.map_editor(read_journey(path), path=path)
    for k in range(10_000):
        editor.change(editor.journey.with_note("action", "goals", f"note {k}"))
        if k % 4 == 3:
            editor.save()
        done(k)


def editor_start(folder: Path) -> None:
    cj.exchange.write_journey(cj.Journey.from_framework("aida", title="Flat"), folder / "flat.yaml")


def editor_lost(folder: Path, said: int) -> int:
    kept = [read_journey(p) for p in (folder / "flat.yaml", *waiting(folder / "flat.yaml"))]
    notes = {n.text for j in kept for n in j.stage("action").goals}
    return len({f"note {k}" for k in range(said + 1)} - notes)


def save_work(folder: Path, done: Callable[[int], None]) -> None:
    study = cj.Study(folder)
    first = study.new_journey()
    for k in range(10_000):
        study.save(first.replace(scenario=f"version {k}"))
        done(k)


def save_lost(folder: Path, said: int) -> int:
    kept = [*(folder / "journeys").glob("*.yaml"), *(folder / "journeys" / "history").glob("*.yaml")]
    return len({f"version {k}" for k in range(said + 1)} - {read_journey(p).scenario for p in kept})


def conclude_work(folder: Path, done: Callable[[int], None]) -> None:
    study = cj.Study(folder)
    for k in range(10_000):
        study.conclude(1, f"key {k}", "So it is.")
        done(k)


def conclude_lost(folder: Path, said: int) -> int:
    file = folder / "results" / "findings.yaml"
    found = {f["key"] for f in load_yaml(file)} if file.is_file() else set()
    return len({f"key {k}" for k in range(said + 1)} - found)


def new_study(folder: Path) -> None:
    study = cj.Study.create(folder / "s", title="Flat", framework="aida")
    for path in study.path.iterdir():
        shutil.move(path, folder / path.name)
    (folder / "s").rmdir()


KINDS: dict[str, tuple[Callable[[Path], object], Work, Callable[[Path, int], int]]] = {
    "coding pane": (lambda folder: None, pane_work, pane_lost),
    "map editor": (editor_start, editor_work, editor_lost),
    "study.save": (new_study, save_work, save_lost),
    "study.conclude": (new_study, conclude_work, conclude_lost),
}


# ── killing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(folder: Path, work: Work) -> tuple[int, int]:
    """A child that works: its number, and the pipe on which it says which step is done."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            work(folder, lambda k: os.write(writing, k.to_bytes(4, "big")) and None)
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def end(child: int, reading: int, delay: float) -> int:
    """Kill a child `delay` seconds after its first sign of life, and return the last step that it said."""
    said = os.read(reading, 4)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reading, 4096):
        said += part
    os.close(reading)
    return int.from_bytes(said[-4:], "big") if said else -1


def halves(folder: Path) -> int:
    """Files that are there under their own name and cannot be read."""
    bad = 0
    for path in folder.rglob("*"):
        try:
            if path.suffix == ".yaml" and path.is_file():
                load_yaml(path)
            elif path.suffix == ".csv" and path.is_file():
                cj.coding.read_codings(path)
        except cj.CjmError:
            bad += 1
    return bad


def kills(kind: str, n: int, seed: int = 0) -> dict[str, int]:
    """Kill `n` workers of a kind, each in a folder of its own."""
    start, work, lost = KINDS[kind]
    rng = random.Random(f"{kind} {seed}")
    out = Counter({"kills": 0, "acknowledged": 0, "lost": 0, "half files": 0})
    template = Path(tempfile.mkdtemp())
    start(template)
    while out["kills"] < n:
        folders = [Path(tempfile.mkdtemp()) for _ in range(min(_AT_ONCE, n - out["kills"]))]
        for folder in folders:
            shutil.copytree(template, folder, dirs_exist_ok=True)
        children = [begin(folder, work) for folder in folders]
        for folder, (child, reading) in zip(folders, children, strict=True):
            said = end(child, reading, rng.random() * 0.06)
            out["kills"] += 1
            out["acknowledged"] += said + 1
            out["lost"] += lost(folder, said)
            out["half files"] += halves(folder)
            shutil.rmtree(folder)
    shutil.rmtree(template)
    return dict(out)


def runs(n: int) -> dict[str, int]:
    """Kill `cjmkit run` while it writes notebooks, one of which a person edits meanwhile."""
    import nbformat

    new, rng = nbformat.v4, random.Random(1)
    out = Counter({"kills": 0, "acknowledged": 0, "lost": 0, "half files": 0})
    for _ in range(n):
        root = Path(tempfile.mkdtemp())
        study = cj.Study.create(root / "s", framework="aida", title="Flat")
        for path in (study.path / "notebooks").iterdir():
            path.unlink()
        paths = [study.path / "notebooks" / f"{k:02d}_n.ipynb" for k in (1, 2, 3)]
        for path in paths:
            nbformat.write(new.new_notebook(cells=[new.new_code_cell("print('x' * 20000)")]), path)
        command = [sys.executable, "-m", "cjmkit", "run", str(study.path)]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
        time.sleep(rng.uniform(2, 9))
        edited = nbformat.read(paths[2], as_version=4)
        edited.cells.append(new.new_code_cell("my_edit = 1"))
        nbformat.write(edited, paths[2])
        time.sleep(rng.uniform(0, 4))
        with_group = os.getpgid(process.pid) if process.poll() is None else None
        if with_group is not None:
            os.killpg(with_group, signal.SIGKILL)
        process.wait()
        out["kills"] += with_group is not None
        out["acknowledged"] += 1
        for path in paths:
            try:
                cells = nbformat.read(path, as_version=4).cells
            except Exception:
                out["half files"] += 1
                continue
            out["lost"] += path == paths[2] and all(c.source != "my_edit = 1" for c in cells)
            out["lost"] += all("print" not in c.source for c in cells)
        shutil.rmtree(root)
    return dict(out)


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────


def together(folder: Path, *works: Callable[[], None]) -> int:
    """Run works in processes of their own at the same time; how many failed."""
    children = []
    for work in works:
        child = os.fork()
        if not child:
            try:
                work()
                os._exit(0)
            except BaseException:
                os._exit(1)
        children.append(child)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


def two_writers(n: int = 50) -> Iterator[tuple[str, int, int]]:
    """What two processes wrote at once, and how much of it is nowhere."""
    folder = Path(tempfile.mkdtemp())
    new_study(folder)

    def conclude(word: str) -> Callable[[], None]:
        return lambda: [cj.Study(folder).conclude(1, f"{word}{k}", "So.") for k in range(n)] and None

    failed = together(folder, conclude("a"), conclude("b"))
    yield "two processes conclude", 2 * n, 2 * n - len(cj.Study(folder).findings()) + failed

    def save(word: str) -> Callable[[], None]:
        first = cj.Study(folder).new_journey()
        return lambda: [cj.Study(folder).save(first.replace(scenario=f"{word}{k}")) for k in range(n)] and None

    failed = together(folder, save("a"), save("b"))
    kept = [*(folder / "journeys").glob("*.yaml"), *(folder / "journeys" / "history").glob("*.yaml")]
    there = {read_journey(p).scenario for p in kept}
    yield "two processes save a map", 2 * n, len({f"{w}{k}" for w in "ab" for k in range(n)} - there) + failed

    def edit(word: str) -> Callable[[], None]:
        def work() -> None:
            path = folder / "flat.yaml"
            editor = cj.widgets.map_editor(read_journey(path), path=path)
            for k in range(n):
                editor.change(editor.journey.with_note("action", "goals", f"{word}{k}"))
                if k % 10 == 9:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        try:
                            editor.save()
                        except cj.CjmError:
                            continue  # said to the person; the work stays in the editor's own file

        return work

    editor_start(folder)
    failed = together(folder, edit("a"), edit("b"))
    journeys = [read_journey(p) for p in (folder / "flat.yaml", *waiting(folder / "flat.yaml"))]
    notes = {x.text for j in journeys for x in j.stage("action").goals}
    yield "two map editors on one file", 2 * n, len({f"{w}{k}" for w in "ab" for k in range(n)} - notes) + failed

    def code(name: str) -> Callable[[], None]:
        def work() -> None:
            pane = cj.widgets.coding_pane(TALK.documents, TALK.turns, codebook=BOOK, coder="anna", folder=folder / "c")
            for a, _ in SPANS[:n]:
                pane.add(a, a + 4, name)

        return work

    failed = together(folder, code("a"), code("b"))
    files = [*(folder / "c").glob("*.csv"), *waiting(folder / "c")]
    rows = pd.concat([cj.coding.read_codings(p) for p in files])
    got = set(rows[["start", "code"]].itertuples(index=False, name=None))
    wanted = {(a, c) for a, _ in SPANS[:n] for c in "ab"}
    yield "two coding panes of one coder", len(wanted), len(wanted - got) + failed
    shutil.rmtree(folder)


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────────────────────


def full_disk() -> Iterator[tuple[str, bool]]:
    """Each way of writing with no room left: told in words, the file as it was, and saved when there is room."""
    for kind, (start, _, _) in KINDS.items():
        folder = Path(tempfile.mkdtemp())
        start(folder)
        yield kind, _full(kind, folder)
        shutil.rmtree(folder)


def _full(kind: str, folder: Path) -> bool:
    before: dict[Path, bytes] = {}
    pane = editor = study = None
    if kind == "coding pane":
        pane = cj.widgets.coding_pane(TALK.documents, TALK.turns, codebook=BOOK, coder="anna", folder=folder)
        pane.add(SPANS[0][0], SPANS[0][0] + 4, "a")
    elif kind == "map editor":
        editor = cj.widgets.map_editor(read_journey(folder / "flat.yaml"), path=folder / "flat.yaml")
    else:
        study = cj.Study(folder)
        study.save(study.new_journey())
        study.conclude(1, "first", "So.")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".cjmkit.lock"}

    def act() -> str:
        """Write; what was said about it, nothing if all went well."""
        try:
            if pane is not None:
                k = len(pane.mine)
                pane.add(SPANS[k][0], SPANS[k][0] + 4, "a")
                return pane.problem
            if editor is not None:
                editor.change(editor.journey.with_note("action", "goals", "more"))
                editor.save()
            elif study is not None and kind == "study.save":
                study.save(study.new_journey().replace(scenario="more"))
            elif study is not None:
                study.conclude(1, "second", "So.")
        except cj.CjmError as error:
            return str(error)
        return ""

    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
    try:
        told = act()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    same = all(p.read_bytes() == content for p, content in before.items())
    after = act()
    whole = not halves(folder) and (pane is None or pane_lost(folder, len(pane.mine) - 1) == 0)
    return bool(told) and same and not after and whole


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent / "results" / "nothing_lost.md"
    warnings.simplefilter("ignore")
    lines = ["# Nothing lost", "", "Made by `benchmarks/nothing_lost.py`, Linux.", ""]
    lines += [
        "Processes killed (SIGKILL) at a random moment; a step counts as acknowledged when its call came back.",
        "",
    ]
    lines += ["| what was killed | kills | steps acknowledged | of them lost | half files |", "|---|---|---|---|---|"]
    found = {kind: kills(kind, n // len(KINDS)) for kind in KINDS}
    found["cjmkit run, a notebook edited meanwhile"] = runs(max(1, n // 50))
    for kind, c in found.items():
        lines.append(f"| {kind} | {c['kills']} | {c['acknowledged']} | {c['lost']} | {c['half files']} |")
        print(lines[-1], flush=True)
    total = {k: sum(c[k] for c in found.values()) for k in ("kills", "acknowledged", "lost", "half files")}
    lines.append(f"| all | {total['kills']} | {total['acknowledged']} | {total['lost']} | {total['half files']} |")
    lines += ["", "Two processes at once; what one of them wrote and is in no file counts as lost.", ""]
    lines += ["| what | written | lost |", "|---|---|---|"]
    for what, written, lost in two_writers():
        lines.append(f"| {what} | {written} | {lost} |")
        print(lines[-1], flush=True)
    lines += [
        "",
        "No room on the disk (a limit on file size): told in words, the file as it was, saved when there is room.",
        "",
    ]
    lines += ["| what | held |", "|---|---|"]
    for what, held in full_disk():
        lines.append(f"| {what} | {'yes' if held else 'NO'} |")
        print(lines[-1], flush=True)
    path.write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
