"""The airport's survey with its code list typed into a plain sheet: no question is left about what the list names."""

import warnings

import pytest

import cjmkit as cj

ENDS = {
    "Q7": ("Outstanding", "Unacceptable", "Have never used or visited"),
    "Q9": ("Clean", "Dirty", "Have never used"),
}
FOOD, SAFE = ("Q7FOOD", 3.615, 2421), ("Q10SAFE", 4.374, 2781)


@pytest.fixture(scope="module")
def survey(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("airport")
    export = shared / "data" / "survey" / "airport_2017" / "airport_survey_2017.csv"
    (folder / "airport.csv").write_bytes(export.read_bytes())
    header = export.read_text("utf-8-sig", errors="replace").splitlines()[0].replace('"', "").split(",")
    rows = ["variable,label,code,meaning"]
    for column in header:
        for battery, (high, low, never) in ENDS.items():
            if column.startswith(battery):
                rows += [f"{column},,5,{high}", f",,1,{low}", f",,6,{never}", ",,0,Blank"]
    rows += ["Q10SAFE,How safe do you feel?,5,Extremely safe", ",,3,Neutral", ",,1,Not safe at all", ",,6,Don't know"]
    rows += [",,0,Blank"]
    (folder / "code list.csv").write_text("\n".join(rows), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", cj.errors.ScaleWarning)
        return cj.survey.read(folder / "airport.csv", quiet=True)


@pytest.mark.parametrize(("item", "mean", "n"), [FOOD, SAFE])
def test_the_means_of_the_field_guide_with_the_plain_call(survey, item, mean, n):
    row = cj.survey.score(survey, item).table.iloc[0]
    assert row["value"] == pytest.approx(mean, abs=0.0005)
    assert row["n"] == n


def test_no_question_is_left_about_what_the_list_names(survey):
    left = {column for columns in survey.doubts()["columns"] for column in columns}
    assert not {c for c in left if c.startswith(("Q7", "Q9", "Q10SAFE"))}
