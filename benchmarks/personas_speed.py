"""How long the whole procedure takes, test and resamples included.

    python benchmarks/personas_speed.py [threads]

Writes benchmarks/results/personas_speed.md.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from personas_worlds import mixed, with_groups

warnings.simplefilter("ignore")
SHARED = Path(os.environ.get("CJMKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def interviews(people: int, words: int, rng: np.random.Generator) -> pd.DataFrame:
    """Long talk made of short real sentences."""
    clinc = pd.read_csv(SHARED / "data/text/clinc150.csv")["text"].to_numpy()
    rows = []
    for i in range(people):
        said = 0
        while said < words:
            turn = " ".join(rng.choice(clinc, 5))
            said += len(turn.split())
            rows.append((f"p{i}", "respondent", turn))
    return pd.DataFrame(rows, columns=["participant", "role", "text"])


def main(threads: int = 2) -> None:
    from cjmkit import personas

    rng = np.random.default_rng(0)
    lines = [
        "# Time of the whole procedure",
        "",
        f"{threads} threads; features, 199 null tables, resamples, figures.",
        "",
    ]
    lines += ["| study | features, s | fit, s | of it for 1 thread |", "|---|---|---|---|"]

    def row(name: str, make, **kwargs: object) -> None:  # type: ignore[no-untyped-def]
        t0 = time.perf_counter()
        f = make()
        t1 = time.perf_counter()
        two = personas.fit(f, seed=1, n_jobs=threads, **kwargs)
        t2 = time.perf_counter()
        one = personas.fit(f, seed=1, n_jobs=1, **kwargs)
        t3 = time.perf_counter()
        assert one.labels.equals(two.labels)
        assert one.p_value == two.p_value or (one.p_value != one.p_value and two.p_value != two.p_value)
        assert one.jaccard == two.jaccard or np.isnan(one.jaccard).all()
        lines.append(f"| {name} | {t1 - t0:.1f} | {t2 - t1:.1f} | {(t3 - t2) / (t2 - t1):.2f} × |")
        print(lines[-1], flush=True)

    likert = pd.DataFrame(with_groups(420, 2, rng, items=14)[0])
    row("survey, 420 people × 14 ratings, 100 resamples", lambda: personas.features(survey=likert))
    table = mixed(420, 1, rng)[0]
    row("survey, 420 people × 20 mixed questions, 100 resamples", lambda: personas.features(survey=table))
    many = pd.DataFrame(with_groups(2000, 2, rng, items=14)[0])
    row("survey, 2,000 people × 14 ratings, 100 resamples", lambda: personas.features(survey=many))
    talk = interviews(60, 3000, rng)
    row("60 interviews × 3,000 words, 200 resamples", lambda: personas.features(turns=talk), resamples=200)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines += [
        "",
        f"Peak memory {peak:.1f} GB. Results with one thread and with {threads} are equal (checked in each row).",
    ]
    out = Path(__file__).parent / "results" / "personas_speed.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
