"""What is known, guessed or contradictory, and that settling it changes what it says and nothing else."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmkit.errors import CjmError, ScaleWarning
from cjmkit.survey import Survey, read, score
from cjmkit.survey.reading.resolve import Evidence, resolve

FIVE = [1, 2, 3, 4, 5]


def frame(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"id": range(n), **columns})


def battery(n=40):
    codes = [1, 2, 3, 4, 5, 5, 4, 6, 6, 6, 0, 0]
    return Survey.from_frame(
        frame(**{f"Q7{k}": (codes[i:] + codes[:i]) * n for i, k in enumerate(("ART", "BAR", "CAR"))})
    )


def test_a_battery_is_asked_once_and_one_answer_settles_all_its_columns():
    s = battery()
    assert s.doubts()["items"].tolist() == [3]
    done = s.settle({"Q7BAR": {"scale": (1, 5), "missing": [0, 6]}})
    assert done.doubts().empty and {done.item(f"Q7{k}").status for k in ("ART", "BAR", "CAR")} == {"known"}
    assert s.item("Q7ART").status == "contradictory"


def test_a_figure_of_a_doubtful_item_says_its_value_under_each_reading():
    s = battery()
    with pytest.warns(ScaleWarning, match="Q7ART"):
        figure = score(s, "Q7ART", "mean")
    inside = [v for v in s.data["Q7ART"] if 1 <= v <= 5]
    everything = list(s.data["Q7ART"])
    for part in (inside, everything):
        assert f"{sum(part) / len(part):.2f} (n {len(part)})" in figure.warnings[0]


def test_answers_are_kept_beside_the_export_and_found_again(tmp_path):
    path = tmp_path / "wave.csv"
    battery().data.to_csv(path, index=False)
    s = read(path, quiet=True)
    s.settle({"Q7": 0})
    again = read(path, quiet=True)
    assert again.doubts().empty and again.item("Q7CAR").missing == (0, 6)
    assert again.questions().set_index("item").loc["Q7ART", "status"] == "known"


def test_saving_everything_does_not_settle_a_doubt(tmp_path):
    path = tmp_path / "wave.csv"
    battery().write(path)
    assert len(read(path, quiet=True).doubts()) == 1


def test_an_answer_that_is_no_reading_names_those_there_are():
    with pytest.raises(CjmError, match="1 to 5"):
        battery().settle({"Q7": 9})
    with pytest.raises(CjmError, match="Known: Q7"):
        battery().settle({"Q8": 0})


@given(st.integers(5, 60), st.sampled_from([6, 7, 8, 9, 99, -1]))
def test_a_stray_code_never_changes_a_stated_mean(n, stray):
    codes = dict.fromkeys(map(float, FIVE), n) | {float(stray): 3}
    fit = resolve(Evidence(codes=codes, ends=(1, 5), attitude="likert"))
    assert fit.chosen.scale == (1, 5) and stray in fit.chosen.missing


@given(st.dictionaries(st.integers(-20, 120).map(float), st.integers(1, 500), min_size=1, max_size=12), st.booleans())
def test_every_set_of_codes_has_a_reading_and_nothing_stands_outside_it_in_silence(codes, rated):
    fit = resolve(Evidence(codes=codes, attitude="likert" if rated else ""))
    chosen = fit.chosen
    if chosen.scale:
        outside = {c for c in codes if not chosen.scale[0] <= c <= chosen.scale[1]}
        assert outside <= set(chosen.missing)
    assert (fit.status == "contradictory") == (len(fit.readings) > 1)


def test_labels_against_the_heading_are_a_contradiction():
    heading = "Rate us (1 = excellent, 5 = terrible)"
    s = Survey.from_frame(frame(**{heading: ["1 - terrible", "2", "3", "4", "5 - excellent"] * 10}))
    assert s.item(heading).status == "contradictory" and len(s.doubts()) == 1
