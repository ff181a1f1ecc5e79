"""Reading, scoring and drivers at 100,000 respondents × 200 items, beside plain pandas on the same file.

Two files: all answers codes, and half of them words with an open answer. Memory is the peak of a process that reads the
file, above that of one that only imports, beside the size of the frame that pandas makes of it.

Run: python benchmarks/survey_speed.py [respondents] [items]
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np
import pandas as pd

from cjmkit.survey import drivers, read, score


def made_up(n: int, k: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    mood = rng.normal(size=n)
    columns: dict[str, object] = {"respondent_id": np.arange(1, n + 1)}
    for j in range(k - 1):
        x = np.clip(np.round(3 + 0.5 * mood + rng.normal(size=n)), 1, 5)
        x[rng.random(n) < 0.03] = np.nan
        columns[f"q{j // 10 + 1}_{j % 10 + 1}"] = x
    columns["How likely are you to recommend us?"] = np.clip(np.round(7 + 2 * mood + rng.normal(size=n)), 0, 10)
    return pd.DataFrame(columns)


WORDS = np.array(["Very poor", "Poor", "Fair", "Good", "Very good"])


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Every second rating in words, and one open answer a person."""
    columns: dict[str, object] = {}
    for j, name in enumerate(frame.columns):
        codes = frame[name]
        worded = 0 < j < frame.shape[1] - 1 and j % 2
        columns[name] = np.where(codes.isna(), None, WORDS[codes.fillna(1).astype(int) - 1]) if worded else codes
    columns["why"] = [f"because of reason number {k}" for k in range(len(frame))]
    return pd.DataFrame(columns)


_PEAK = """
import sys
import pandas as pd
from cjmkit.survey import read
what, path = sys.argv[1:]
kept = read(path, quiet=True) if what == "cjmkit" else pd.read_csv(path) if what == "pandas" else None
print(next(int(x.split()[1]) for x in open("/proc/self/status") if x.startswith("VmHWM")) / 1024)
"""


def peak(what: str, path: Path) -> float:
    """Megabytes at most in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PEAK, what, str(path)], capture_output=True, text=True, check=True
    )
    return float(told.stdout.split()[-1])


def reading(path: Path, repeats: int) -> tuple[list[tuple[str, float, str]], object]:
    """Rows of the table for one file, and the survey."""
    # Turn and turn about, so that both meet the same machine; the best of each.
    pairs = [(best(lambda: pd.read_csv(path), 1)[0], best(lambda: read(path, quiet=True), 1)) for _ in range(repeats)]
    pandas_time = min(a for a, _ in pairs)
    read_time, survey = min((b for _, b in pairs), key=lambda b: b[0])
    frame = pd.read_csv(path).memory_usage(deep=True).sum() / 2**20
    kept = survey.data.memory_usage(deep=True).sum() / 2**20
    nothing, ours, theirs = (peak(w, path) for w in ("nothing", "cjmkit", "pandas"))
    return [
        (f"read {path.stem}", read_time, f"{read_time / pandas_time:.2f} × pandas.read_csv ({pandas_time:.2f} s)"),
        (
            f"memory of {path.stem}, MB at most", ours - nothing,
            f"{(ours - nothing) / frame:.2f} × its frame ({frame:.0f} MB); pandas.read_csv alone "
            f"{(theirs - nothing) / frame:.2f} ×; kept {kept / frame:.2f} ×",
        ),
    ], survey  # fmt: skip


def best(function, repeats=1):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        out = function()
        times.append(time.perf_counter() - start)
    return min(times), out


def main() -> None:
    n, k = (int(a) for a in (sys.argv[1:] + ["100000", "200"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        path, worded = Path(folder, "codes.csv"), Path(folder, "words.csv")
        frame = made_up(n, k)
        frame.to_csv(path, index=False)
        in_words(frame).to_csv(worded, index=False)
        size, size_words = (p.stat().st_size / 1e6 for p in (path, worded))
        rows, survey = reading(path, 7)
        rows += reading(worded, 3)[0]
        fresh = read(path, quiet=True)
        start = time.perf_counter()
        table = score(fresh).table
        score_time = time.perf_counter() - start
        items = [f"q{j // 10 + 1}_{j % 10 + 1}" for j in range(15)]
        johnson_time, found = best(lambda: drivers(survey, "*recommend*", items, resamples=1000), 1)
        lmg_time, _ = best(lambda: drivers(survey, "*recommend*", items, method="lmg", resamples=1000), 1)
    rows += [
        (f"score all ({len(table)} figures)", score_time, ""),
        (f"drivers, Johnson, 15 items, 1000 resamples (n = {found.n:,})", johnson_time, ""),
        ("drivers, LMG, 15 items, 1000 resamples", lmg_time, ""),
    ]
    lines = [
        f"{n:,} respondents × {k} items; CSV of {size:.0f} MB (codes) and {size_words:.0f} MB (words); "
        f"Python {platform.python_version()}, pandas {pd.__version__}, 2 threads",
        "",
        "| what | seconds or MB | beside |",
        "|---|---|---|",
        *(f"| {what} | {t:.2f} | {note} |" for what, t, note in rows),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "survey_speed.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
