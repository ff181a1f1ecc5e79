"""What is written is what is read, for any items and answers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjmkit.errors import FileFormatError
from cjmkit.survey import Survey, read, score

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=18
)
names = words.map(str.strip).filter(lambda s: s and s != "respondent")
answers = st.one_of(
    st.none(),
    st.integers(-9, 99),
    words.filter(lambda s: s.strip() != ""),
    st.sampled_from(["NA", "None", "=1+1", "1,5", "007", "10 - да", '"', "a\nb"]),
)
kinds = st.sampled_from(["single", "open", "number", "likert", "nps", "multi", "date", "meta"])


@st.composite
def surveys(draw):
    columns = draw(st.lists(names, min_size=1, max_size=5, unique_by=lambda s: s))
    n = draw(st.integers(1, 6))
    frame = pd.DataFrame({"respondent": [f"p{i}" for i in range(n)]})
    for c in columns:
        if draw(st.booleans()):
            frame[c] = pd.Series(
                draw(st.lists(st.one_of(st.none(), st.integers(0, 11)), min_size=n, max_size=n)), dtype="float64"
            )
        else:
            frame[c] = pd.Series(draw(st.lists(answers, min_size=n, max_size=n)), dtype=object)
    s = Survey.from_frame(frame, person="respondent", name="wave")
    for c in columns:
        kind = draw(kinds)
        changes = {
            "type": kind,
            "stage": draw(st.sampled_from(["", "покупка", "use"])),
            "text": draw(words),
            "scale": (),
            "missing": draw(st.lists(st.integers(90, 99), max_size=2)),
        }
        if kind in ("likert", "nps"):
            changes["scale"] = draw(
                st.sampled_from([(0, 10), (1, 5), ("low", "high"), ("плохо", "так себе", "хорошо")])
            )
        changes["reverse"] = draw(st.booleans())
        s = s.set_item([c], **changes)
    return s


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(surveys(), st.sampled_from(["wave.csv", "wave.tsv", "wave.xlsx", "wave.parquet"]))
def test_reading_what_was_written_gives_the_same_survey(survey, name):
    with tempfile.TemporaryDirectory() as folder:
        path = survey.write(Path(folder, name))
        again = read(path, quiet=True)
        assert again.items.drop(columns="item").equals(survey.items.drop(columns="item"))
        assert again == survey


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=2, max_size=40), st.randoms())
def test_shuffling_people_and_weights_of_one_change_no_score(values, rng):
    t = pd.DataFrame({"id": range(len(values)), "q": values})
    mixed = t.sample(frac=1, random_state=rng.randrange(1000))
    for kind in ("nps", "mean", "top2", "share"):
        a, b = (score(Survey.from_frame(x).set_item("q", type="nps", scale=(0, 10)), "q", kind) for x in (t, mixed))
        ones = score(
            Survey.from_frame(t).set_item("q", type="nps", scale=(0, 10)), "q", kind, weights=np.ones(len(values))
        )
        key = "answer" if kind == "share" else "item"
        for other in (b, ones):
            merged = a.table.merge(other.table, on=key)
            for column in ("value", "low", "high", "n"):
                assert np.allclose(merged[f"{column}_x"], merged[f"{column}_y"], equal_nan=True)


def test_a_survey_is_not_equal_to_one_with_another_answer_or_another_decision():
    t = pd.DataFrame({"id": [1, 2], "q": [3, 4]})
    s = Survey.from_frame(t)
    assert s == Survey.from_frame(t.copy())
    assert s != Survey.from_frame(t.assign(q=[3, 5]))
    assert s != s.set_item("q", type="likert", scale=(1, 5))


def test_an_unknown_ending_is_refused(tmp_path):
    s = Survey.from_frame(pd.DataFrame({"id": [1, 2], "q": [3, 4]}))
    with pytest.raises(FileFormatError, match="csv"):
        s.write(tmp_path / "wave.doc")


def test_answers_that_begin_like_formulas_stay_text_in_a_workbook(tmp_path):
    s = Survey.from_frame(pd.DataFrame({"id": [1, 2], "q": ["=cmd|' /C calc'!A0", "+7 900"]})).set_item(
        "q", type="open"
    )
    assert read(s.write(tmp_path / "w.xlsx"), quiet=True).data["q"].tolist() == ["=cmd|' /C calc'!A0", "+7 900"]


def test_long_answers_have_one_row_an_answer_and_leave_out_what_is_missing():
    t = pd.DataFrame({"id": ["a", "b"], "q": [5, 9], "m": ["x, y", None]})
    s = (
        Survey.from_frame(t)
        .set_item("q", type="likert", scale=(1, 5), missing=[9])
        .set_item("m", type="multi", separator=", ")
    )
    assert s.answers().values.tolist() == [["a", "q", 5.0], ["a", "m", "x"], ["a", "m", "y"]]
