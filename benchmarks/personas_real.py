"""Real surveys that nobody here made: which verdict, for which reason, on which answers.

    python benchmarks/personas_real.py [null tables] [resamples] [seed]

Needs the folder of real data (beside the project, or CJMKIT_SHARED). Writes benchmarks/results/personas_real.md.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from pathlib import Path

SHARED = Path(os.environ.get("CJMKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FILES = {
    "an airport's passengers, 2017": "airport_2017/airport_survey_2017.csv",
    "developers on the year, Russian": "google_forms/dou_year_2017_ru.csv",
    "developers who think of moving abroad, Russian": "google_forms/dou_relocation_2016_ru.csv",
    "satisfaction with one's university, Russian": "russian/dou_universities_2016_cp1251.csv",
    "satisfaction with a training": "surveymonkey/carpentries_longterm_2017.csv",
    "a film and its fans": "surveymonkey/StarWars.csv",
    "steak and risk": "surveymonkey/steak-risk-survey.csv",
    "users of notebooks": "surveymonkey/jupyter2020_all_responses.csv",
    "teachers with notebooks": "google_forms/jupyter2016_education.csv",
    "open source offices": "surveymonkey/todogroup_ospo_2018.csv",
    "people who learn to program": "typeform/freecodecamp2016_part1.csv",
    "an online experiment": "qualtrics/w241_mturk_2020.csv",
}


def row(what: str, path: Path, nulls: int, resamples: int, seed: int) -> str:
    """One survey: what was taken, the verdict and its figures."""
    from cjmkit import personas
    from cjmkit.survey import read

    with contextlib.redirect_stdout(io.StringIO()):
        f = personas.features(survey=read(path))
    found = personas.fit(f, nulls=nulls, resamples=resamples, seed=seed)
    used = f.columns_info[f.columns_info["used"]]
    taken = ", ".join(f"{(used['block'] == b).sum()} {b}" for b in dict.fromkeys(used["block"]))
    s = found.search
    looked = "–"
    if s is not None and found.why not in ("few", "empty"):
        # What the verdict is about: the number of groups that comes back and exceeds the null most.
        back = [i for i, k in enumerate(s.ks) if s.jaccard[k].min() >= 0.6] or [0]
        k = s.ks[max(back, key=lambda i: s.excess[i])]
        looked = f"{k} groups: excess {s.excess[s.ks.index(k)]:+.3f}, lowest Jaccard {s.jaccard[k].min():.2f}"
    about = found.about if len(found.about) < 140 else found.about[:139] + "…"
    p = "–" if found.p_value != found.p_value else f"{found.p_value:.3f}"
    return (
        f"| {what} (`{path.name}`) | {found.n:,} | {taken} | {len(f.left_out)} | {found.status}: {found.why} | {p} "
        f"| {looked} | {about or '–'} |".replace("\n", " ")
    )


def main(nulls: int = 39, resamples: int = 20, seed: int = 1) -> None:
    warnings.simplefilter("ignore")
    lines = ["# Personas in real surveys", ""]
    lines += [f"`personas.fit(personas.features(survey=…))`, nothing set by hand; {nulls} null tables, {resamples}"]
    lines += [
        "resamples. `test`: tables without groups look as grouped; `excess`: the departure from them is too small"
    ]
    lines += ["to matter; `unstable`: no grouping comes back; `degree`, `blanks`, `style`, `one`, `stratum`: what the"]
    lines += ["groups are instead of kinds of people.", ""]
    lines += [
        "| survey | people | columns taken | left out | verdict | p | looked at | people differ along, or groups are |"
    ]
    lines += ["|" + "---|" * 8]
    out = Path(__file__).parent / "results" / "personas_real.md"
    for what, path in FILES.items():
        lines.append(row(what, SHARED / "data/survey" / path, nulls, resamples, seed))
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
