"""Reading, scoring and drivers at 100,000 respondents × 200 items, beside plain pandas on the same file.

Run: python benchmarks/survey_speed.py [respondents] [items]
"""

from __future__ import annotations

import os
import platform
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
        path = Path(folder, "survey.csv")
        made_up(n, k).to_csv(path, index=False)
        size = path.stat().st_size / 1e6
        # Turn and turn about, so that both meet the same machine; the best of seven of each.
        pairs = [(best(lambda: pd.read_csv(path), 1)[0], best(lambda: read(path, quiet=True), 1)) for _ in range(7)]
        pandas_time = min(a for a, _ in pairs)
        read_time, survey = min((b for _, b in pairs), key=lambda b: b[0])
        fresh = read(path, quiet=True)
        start = time.perf_counter()
        table = score(fresh).table
        score_time = time.perf_counter() - start
        items = [f"q{j // 10 + 1}_{j % 10 + 1}" for j in range(15)]
        johnson_time, found = best(lambda: drivers(survey, "*recommend*", items, resamples=1000), 1)
        lmg_time, _ = best(lambda: drivers(survey, "*recommend*", items, method="lmg", resamples=1000), 1)
    rows = [
        ("read", read_time, f"{read_time / pandas_time:.2f} × pandas.read_csv ({pandas_time:.2f} s)"),
        (f"score all ({len(table)} figures)", score_time, ""),
        (f"drivers, Johnson, 15 items, 1000 resamples (n = {found.n:,})", johnson_time, ""),
        ("drivers, LMG, 15 items, 1000 resamples", lmg_time, ""),
    ]
    lines = [
        f"{n:,} respondents × {k} items, {size:.0f} MB CSV; Python {platform.python_version()}, pandas "
        f"{pd.__version__}, 2 threads",
        "",
        "| what | seconds | beside |",
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
