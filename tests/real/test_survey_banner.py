"""Six tables of real surveys, letters included, as R's survey package and prop.test have them (numbers only)."""

import json
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from cjmkit.survey import Survey, read

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "survey" / "golden"))
from banner_check import agrees  # noqa: E402

AIRPORT, STEAK = "airport_2017/airport_survey_2017.csv", "surveymonkey/steak-risk-survey.csv"
RATING = {"type": "likert", "scale": (1, 5)}
TABLES = {
    "satisfaction_by_age": (AIRPORT, "Q7ALL", RATING, "Q19AGE", None),
    "satisfaction_by_age_weighted": (AIRPORT, "Q7ALL", RATING, "Q19AGE", "WEIGHT"),
    "cleanliness_by_strata_weighted": (AIRPORT, "Q9ALL", RATING, "STRATA", "WEIGHT"),
    "trips_by_flying_weighted": (AIRPORT, "Q5TIMESFLOWN", {"type": "single"}, "Q22FLY", "WEIGHT"),
    "steak_by_education": (STEAK, "How do you like*", {"type": "single"}, "Education", None),
    "gambling_by_age": (STEAK, "Do you ever gamble*", {"type": "single"}, "Age", None),
}


def answers(shared, name):
    """The answers of one table as R got them: answer, column, weight."""
    file, item, how, by, weight = TABLES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s = read(shared / "data" / "survey" / file, quiet=True)
        item = s.find(item)[0]
        x = s.set_item(item, **how).values(item) if how["type"] == "likert" else s.raw(item)
    frame = pd.DataFrame({"answer": x.to_numpy(), "column": s.raw(by).astype("Int64" if file == AIRPORT else object)})
    frame["weight"] = 1.0 if weight is None else s.raw(weight).to_numpy(dtype=float)
    frame = frame.dropna()
    frame = frame[frame.groupby("column")["answer"].transform("size") >= 5].reset_index(drop=True)
    if how["type"] == "likert" or file == AIRPORT:
        frame["answer"] = frame["answer"].astype(int)
    return frame, how, weight


@pytest.mark.parametrize("name", list(TABLES))
def test_a_published_table_is_equal_to_r(shared, name):
    frame, how, weight = answers(shared, name)
    expected = json.loads((HERE / "golden" / "banner.json").read_text("utf-8"))[name]
    names = {str(c): f"c{i}" for i, c in enumerate(sorted(frame["column"].astype(str).unique()))}
    codes = {str(a): f"a{i}" for i, a in enumerate(sorted(frame["answer"].astype(str).unique()))}
    answer = frame["answer"] if how["type"] == "likert" else frame["answer"].astype(str).map(codes)
    frame = pd.DataFrame(
        {
            "id": range(len(frame)),
            "answer": answer,
            "column": frame["column"].astype(str).map(names),
            "weight": frame["weight"],
        }
    )
    s = Survey.from_frame(frame, person="id").set_item("answer", **how).set_item("column", type="single")
    s = s.set_item("weight", type="weight")
    assert agrees(s, "answer", "column", expected, "weight" if weight else None) >= 20


def test_there_are_letters_to_get_wrong():
    tables = json.loads((HERE / "golden" / "banner.json").read_text("utf-8"))
    letters = {name: sum(len(h) for row in t for h in row["higher"].values()) for name, t in tables.items()}
    assert sum(v > 0 for v in letters.values()) >= 4, letters
