"""One row a person, and where every column came from."""

import numpy as np
import pandas as pd
import pytest

from cjmkit import personas
from cjmkit.errors import CjmError, DataWarning


def test_every_column_says_where_it_came_from():
    survey = pd.DataFrame(
        {"price": [1, 5, 4, 2], "city": list("aabb"), "ads": [0, 1, 0, 1]}, index=["anna", "boris", "vera", "gleb"]
    )
    behaviour = pd.DataFrame({"visits": [3, 8, 1, 4]}, index=["anna", "boris", "vera", "zoya"])
    f = personas.features(survey=survey, behaviour=behaviour)
    info = f.columns_info.set_index("column")
    assert info["block"].to_dict() == {"price": "ratings", "city": "choices", "ads": "options", "visits": "behaviour"}
    assert info["kind"].to_dict() == {"price": "number", "city": "level", "ads": "yes_no", "visits": "number"}
    assert info.loc["visits", "answered"] == 4


def test_people_in_some_sources_only_are_kept_with_missing_values():
    survey = pd.DataFrame({"price": [1, 5]}, index=["anna", "boris"])
    behaviour = pd.DataFrame({"visits": [3, 8]}, index=["boris", "vera"])
    f = personas.features(survey=survey, behaviour=behaviour)
    assert list(f.people) == ["anna", "boris", "vera"]
    assert np.isnan(f.table.loc["anna", "visits"])
    assert np.isnan(f.table.loc["vera", "price"])


def test_a_person_in_two_rows_is_an_error_that_names_them():
    frame = pd.DataFrame({"price": [1, 5, 2]}, index=["anna", "anna", "boris"])
    with pytest.raises(CjmError, match="anna"):
        personas.features(survey=frame)


def test_ids_meet_however_they_were_written():
    survey = pd.DataFrame({"price": [1, 5]}, index=[7.0, 8.0])
    behaviour = pd.DataFrame({"visits": [3, 8]}, index=["7", "8"])
    assert list(personas.features(survey=survey, behaviour=behaviour).people) == ["7", "8"]


def test_a_constant_column_is_left_out_and_said():
    frame = pd.DataFrame({"price": [1, 5, 2], "same": [3, 3, 3]}, index=list("abc"))
    with pytest.warns(DataWarning, match="same"):
        f = personas.features(survey=frame)
    assert not f.columns_info.set_index("column").loc["same", "used"]


def test_infinite_numbers_count_as_missing_and_are_said():
    frame = pd.DataFrame({"price": [1, np.inf, 2, 4], "b": [1, 2, 3, 4]}, index=list("abcd"))
    with pytest.warns(DataWarning, match="infinite"):
        f = personas.features(survey=frame)
    assert np.isnan(f.table.loc["b", "price"])


def test_nothing_to_make_features_from():
    with pytest.raises(CjmError, match="give survey"):
        personas.features()


def test_a_skewed_number_is_taken_by_rank():
    rng = np.random.default_rng(0)
    f = personas.features(behaviour=pd.DataFrame({"spent": np.exp(2 * rng.standard_normal(50))}))
    assert f.columns_info["kind"].tolist() == ["skewed"]
    assert np.abs(f.space().columns).max() < 3


def test_shuffling_keeps_every_column_and_every_total():
    rng = np.random.default_rng(0)
    survey = pd.DataFrame(rng.integers(1, 6, (30, 4)), index=[f"r{i}" for i in range(30)], columns=list("abcd"))
    codings = pd.DataFrame(
        {"participant": rng.choice(survey.index, 300), "code": rng.choice(["fear", "price", "speed", "trust"], 300)}
    )
    f = personas.features(survey=survey, codings=codings)
    g = personas.shuffled(f, seed=2)
    for c in "abcd":
        assert sorted(g.table[c]) == sorted(f.table[c])
    before, after = f.counts["codes"], g.counts["codes"]
    assert (before.sum() == after.sum()).all()
    assert (before.sum(axis=1) == after.sum(axis=1)).all()
    assert not before.equals(after)


def test_weights_are_checked_and_zero_leaves_a_block_out():
    survey = pd.DataFrame({"a": [1, 2, 3, 4]}, index=list("abcd"))
    behaviour = pd.DataFrame({"visits": [3, 8, 1, 1]}, index=list("abcd"))
    f = personas.features(survey=survey, behaviour=behaviour, weights={"behaviour": 0})
    assert f.blocks["block"].tolist() == ["ratings"]
    with pytest.raises(CjmError, match="behavior"):
        personas.features(survey=survey, behaviour=behaviour, weights={"behavior": 1})
    with pytest.raises(CjmError, match="weight"):
        personas.features(survey=survey, weights={"ratings": -1})
