"""How well the learned coder codes people it has not seen, into benchmarks/results/machine_learned.md.

    python benchmarks/machine_learned.py

Both shipped studies, turns of respondents, codings of both coders; ten folds over people, each code's threshold
chosen on the other folds. Beside it the learning curve over interviews coded, in random order and by what the coder
is least sure of.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import cjmkit as cj  # noqa: E402
from cjmkit.coding.machine import learned as L  # noqa: E402
from cjmkit.coding.machine.running import units_of  # noqa: E402


def pooled_precision(study, at_recall):
    """Precision of all codes together where this share of people's codes is found, ranked by the score."""
    codings, book = study.codings(), study.codebook()
    units = units_of(study.turns(), codings, "turn")
    codes, y, read, who = L._examples(book, units, codings, 5)
    material = L._material(units["text"].tolist(), units["before"].tolist(), [L._about(book, c) for c in codes])
    fold = L._folds(who[read], 0)
    full = np.full(len(units), -1)
    full[read] = fold
    raw = np.full(y.shape, np.nan)
    for k in np.unique(fold):
        raw[full == k] = L._scores(material, y, who, read & (full != k), full == k)
    s, t = np.nan_to_num(raw[read], nan=-9).ravel(), y[read].ravel()
    hits = np.cumsum(t[np.argsort(-s, kind="stable")])
    at = int(np.searchsorted(hits / t.sum(), at_recall))
    return hits[at] / (at + 1)


def main() -> None:
    """Write the tables."""
    rows = ["| study | codes | macro F1 | precision | recall | precision at recall .30 |", "|---|---|---|---|---|---|"]
    curves = ["", "| study | interviews coded | order | macro F1 |", "|---|---|---|---|"]
    for name in ("mealkit", "residential"):
        with tempfile.TemporaryDirectory() as folder:
            study = cj.Study.example(name, Path(folder) / name)
            turns, codings, book = study.turns(), study.codings(), study.codebook()
            coder = cj.coding.Learned()
            cj.coding.code_with(coder, turns, book, codings=codings)
            q = coder.quality
            said, hits = q["recall"] * q["examples"] / q["precision"], q["recall"] * q["examples"]
            precision, recall = hits.sum() / said.sum(), hits.sum() / q["examples"].sum()
            rows.append(
                f"| {name} | {len(q)} | {q['f1'].mean():.2f} | {precision:.2f} | {recall:.2f} | "
                f"{pooled_precision(study, 0.3):.2f} |"
            )
            for r in cj.coding.learning_curve(codings, turns, book, sizes=(5, 10, 15), repeats=2).itertuples():
                curves.append(f"| {name} | {r.coded} | {r.order} | {r.f1:.2f} |")
    text = "# The learned coder\n\n" + (__doc__ or "").strip() + "\n\n" + "\n".join(rows + curves) + "\n"
    (ROOT / "benchmarks" / "results" / "machine_learned.md").write_text(text, "utf-8")
    print("\n".join(rows + curves))


if __name__ == "__main__":
    main()
