"""The curve of a million ratings: time and memory, beside seaborn's row bootstrap.

    python benchmarks/emotion_speed.py [--one FORM]

Each measurement runs in a fresh process; memory is what the computation adds to the process at its peak.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

STAGES = [f"stage {k}" for k in range(10)]


def ratings(rows: int) -> tuple[pd.DataFrame, pd.Series]:
    """Shuffled ratings of ten stages with a fifth missing, and five personas."""
    rng = np.random.default_rng(0)
    people = int(rows / 10 / 0.8)
    names = np.array([f"u{i}" for i in range(people)])
    table = pd.DataFrame(
        {
            "participant": np.repeat(names, 10),
            "stage": np.tile(STAGES, people),
            "score": rng.integers(-2, 3, people * 10).astype(float),
            "source": "survey",
        }
    )
    table = table[rng.random(len(table)) < 0.8].head(rows)
    return table.sample(frac=1, random_state=1).reset_index(drop=True), pd.Series(
        rng.choice(list("ABCDE"), people), names
    )


def measure(form: str) -> None:
    """Run one form and print seconds and megabytes."""
    name, rows = form.split(":")
    table, labels = ratings(int(rows))
    if name == "seaborn":
        import matplotlib as mpl

        mpl.use("Agg")
        import seaborn as sns

        table["persona"] = labels.reindex(table["participant"]).to_numpy()
    else:
        import cjmkit.emotion as emotion

        emotion.curve(table.head(1000), by=labels, stages=STAGES)  # imports are not what is measured
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    start = time.perf_counter()
    if name == "seaborn":
        sns.lineplot(table, x="stage", y="score", hue="persona")
    elif name == "difference":
        emotion.difference(table[table["participant"] < "u5"], by=labels[labels.isin(["A", "B"])], stages=STAGES)
    else:
        emotion.curve(table, by=labels, stages=STAGES)
    seconds = time.perf_counter() - start
    print(f"{seconds:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3 - before:.0f}")


def main() -> None:
    """Measure all forms, best of three, and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--one")
    one = parser.parse_args().one
    if one:
        measure(one)
        return
    lines = ["| what | ratings | seconds | memory, MB |", "|---|---|---|---|"]
    forms = {
        "curve:10000": "curve, 5 personas × 10 stages, 2,000 draws over people",
        "curve:100000": "the same",
        "curve:1000000": "the same",
        "difference:100000": "difference of two personas, 1,999 permutations or their limit",
        "seaborn:100000": "seaborn lineplot, 1,000 draws over rows (its default)",
        "seaborn:1000000": "the same",
    }
    for form, title in forms.items():
        runs = []
        for _ in range(1 if form.startswith("seaborn") else 3):
            out = subprocess.run([sys.executable, __file__, "--one", form], capture_output=True, text=True, check=True)
            runs.append(tuple(map(float, out.stdout.split())))
        seconds, memory = min(runs)
        lines.append(f"| {title} | {int(form.split(':')[1]):,} | {seconds:.2f} | {memory:.0f} |")
        print(lines[-1], flush=True)
    out = Path(__file__).parent / "results" / "emotion_speed.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text(f"{(__doc__ or '').splitlines()[0]}\n\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
