"""A person has one id: text, the same from every door."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmkit.people import ids


def test_names_that_look_like_numbers_stay():
    said = ["0007", "NA", "1", "1.0", "1e3", "nan", "None", "-0"]
    assert list(ids(said)) == said


def test_a_column_of_numbers_with_a_gap_names_the_same_people():
    assert list(ids([7, 8])) == list(ids([7.0, 8.0])) == ["7", "8"]
    assert ids(pd.Series([7, None])).isna().tolist() == [False, True]
    assert list(ids([10**15, 2.5])) == ["1000000000000000", "2.5"]


def test_composed_and_decomposed_letters_are_one_person():
    assert list(ids(["Андрей", "Андреи\u0306"])) == ["Андрей", "Андрей"]


def test_an_empty_cell_is_nobody():
    assert ids(["", "  ", None, np.nan, pd.NA]).isna().all()


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1))
def test_integers_floats_objects_and_categories_name_the_same_people(numbers):
    forms = [
        numbers,
        pd.Series(numbers, dtype="float64"),
        pd.Series(numbers, dtype="object"),
        [str(n) for n in numbers],
    ]
    forms += [pd.Series([str(n) for n in numbers], dtype="category"), pd.array(numbers, dtype="Int64")]
    assert len({tuple(ids(form)) for form in forms}) == 1


@given(st.lists(st.text()))
def test_writing_an_id_twice_changes_nothing(texts):
    once = ids(texts)
    assert once.equals(ids(once))
    assert len(once) == len(texts)


@pytest.mark.parametrize("dtype", ["int64", "float64", "str", "object", "category"])
def test_the_index_keeps_its_name_and_length(dtype):
    index = pd.Index(pd.Series([3, 1, 3]).astype(dtype), name="who")
    assert ids(index).name == "who"
    assert list(ids(index)) == ["3", "1", "3"]
