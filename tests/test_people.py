"""A person has one id: text, the same from every door."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjmkit as cj
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


# ── every door of every room ─────────────────────────────────────────────────────────────────────────────────────

N = 24
NUMBERS = [str(k) for k in range(1, N + 1)]
PADDED = [f"{k:04d}" for k in range(7, 7 + N)]
WORDS = ["NA", "None", "nan", "1.0", "1e3", "-0", "TRUE", "0007", "7", "Андрей", *(f"p{k}" for k in range(N - 10))]
FORMS = {
    "object": lambda who: pd.Index(who, dtype=object),
    "category": lambda who: pd.CategoricalIndex(who),
    "int": lambda who: pd.Index([int(w) for w in who]),
    "float": lambda who: pd.Index([float(w) for w in who]),
}


def material(index):
    """One little study whose people are written as `index` writes them."""
    who = pd.Series(index)
    twice = pd.concat([who, who], ignore_index=True)
    return {
        "labels": pd.Series(["a", "b"] * (N // 2), index=index, name="persona"),
        "outcome": pd.Series([k % 4 == 0 for k in range(N)], index=index),
        "scores": pd.DataFrame(
            {"participant": twice, "stage": ["s1"] * N + ["s2"] * N, "score": np.linspace(-2, 2, 2 * N)}
        ),
        "codings": pd.DataFrame(
            {"document": "d", "start": range(N), "end": range(1, N + 1), "quote": "x", "memo": "", "coder": "eva"}
            | {"code": ["price", "wait", "price"] * (N // 3), "participant": who, "stage": "s1", "valence": -1.0}
        ),
        "turns": pd.DataFrame({"document": "d", "role": "respondent", "participant": who, "text": "slow"}),
        "log": pd.DataFrame(
            {"user": twice, "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(range(2 * N), "h")}
            | {"event": ["visit"] * N + ["buy"] * (N // 2) + ["look"] * (N // 2)}
        ),
        "answers": pd.DataFrame({"id": who, "q1": [1, 2, 3, 4, 5, 3] * (N // 6), "q2": [5, 1, 2, 4] * (N // 4)}),
    }


def doors(a, b):
    """The n of every question that joins people: `a` has what they did, `b` who they are."""
    survey = cj.survey.read(a["answers"], person="id", quiet=True)
    log = cj.EventLog(a["log"], user="user", time="time", event="event")
    book = cj.coding.Codebook.from_codings(a["codings"])
    weights = pd.Series(1.0, index=b["labels"].index).where(lambda w: np.arange(N) % 2 == 0, 2.0)
    found = {
        "curve": cj.emotion.curve(a["scores"], by=b["labels"]).table["n"],
        "weights": cj.emotion.curve(a["scores"], weights=cj.emotion.Weights(weights, "x")).table["n"],
        "sources": cj.emotion.curve(
            pd.concat([a["scores"].assign(source="survey"), b["scores"].assign(source="coding")])
        ).table["n"],
        "difference": cj.emotion.difference(a["scores"], by=b["labels"]).table.filter(regex="^n"),
        "distribution": cj.emotion.distribution(a["scores"], by=b["labels"]).table["n"],
        "score": cj.survey.score(survey, "q1", by=b["labels"]).table["n"],
        "weighted score": cj.survey.score(survey, "q1", weights=weights).table["value"],
        "compare": cj.survey.compare(survey, item="q1", answer="3", by=b["labels"]).table.filter(regex="^n_"),
        "funnel": log.funnel(["visit", "buy"], by=b["labels"]).table["users"],
        "outcomes": log.outcomes(["buy"], by=b["labels"]).table["people"],
        "code_by": cj.coding.code_by(a["codings"], by=b["labels"]).table[["people", "of"]],
        "interviewed": cj.coding.code_by(a["codings"], by="stage", people=b["labels"].index).table[["people", "of"]],
        "quotes": [cj.coding.quotes(a["codings"], by=b["labels"])["persona"].notna().sum()],
        "notes": [len(cj.coding.notes(a["codings"], book, by=b["labels"]))],
        "stage_scores": [len(cj.coding.stage_scores(pd.concat([a["codings"], b["codings"].assign(coder="bob")])))],
        "saturation": [cj.coding.saturation(a["codings"], people=b["labels"].index, permutations=3).table.shape[0]],
        "barriers": cj.barriers.rank(a["codings"], turns=b["turns"], outcome=b["outcome"]).table[["people", "n"]],
        "lost": cj.barriers.rank(a["codings"], turns=a["turns"], outcome=b["outcome"]).table["lost"].round(9),
        "features": cj.personas.features(survey=survey, codings=b["codings"]).table.notna().sum(),
        "people": [len(cj.personas.features(survey=survey, people=b["labels"].index).table)],
    }
    return {name: np.asarray(values).tolist() for name, values in found.items()}


@pytest.mark.parametrize(
    ("who", "form"),
    [(NUMBERS, "int"), (NUMBERS, "float"), (NUMBERS, "category"), (PADDED, "object"), (WORDS, "category")],
    ids=["int", "float", "category", "padded", "words"],
)
def test_every_door_finds_the_same_people_however_they_are_written(who, form):
    text, other = material(pd.Index(who, dtype="str")), material(FORMS[form](who))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = doors(text, text)
        assert sum(np.ravel(wanted["funnel"])) == N + N // 2
        assert wanted["quotes"] == [N]
        assert doors(text, other) == wanted
        assert doors(other, text) == wanted


def test_padded_and_plain_numbers_are_different_people():
    log = pd.DataFrame({"user": [7, 8], "time": pd.Timestamp("2024-01-01"), "event": ["visit", "pay"]})
    opened = cj.EventLog(log, user="user", time="time", event="event")
    with pytest.raises(cj.CjmError, match="none of the labels"):
        opened.funnel(["visit", "pay"], by=pd.Series(["a"], index=["0007"]))


def test_a_join_that_loses_people_says_how_many():
    a = material(pd.Index(NUMBERS, dtype="str"))
    few = a["labels"].iloc[: N - 5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        survey = cj.survey.read(a["answers"], person="id", quiet=True)
        log = cj.EventLog(a["log"], user="user", time="time", event="event")
        said = {
            "curve": cj.emotion.curve(a["scores"], by=few).warnings,
            "funnel": log.funnel(["visit", "buy"], by=few).warnings,
            "compare": cj.survey.compare(survey, item="q1", answer="3", by=few).warnings,
            "barriers": cj.barriers.rank(a["codings"], turns=a["turns"], outcome=a["outcome"].iloc[:-5]).warnings,
        }
        rows = cj.survey.score(survey, "q1", by=few).table.drop_duplicates("group").set_index("group")["n"]
    for room, words in said.items():
        assert any("5" in w or "19 of 24" in w for w in words), (room, words)
    assert rows["(no answer)"] == 5
    with pytest.warns(cj.errors.DataWarning, match="5 of 24 people"):
        cj.coding.code_by(a["codings"], by=few)
