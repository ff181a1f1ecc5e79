import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import coding


def codings(text, *quotes):
    rows = []
    for q in quotes:
        a = text.index(q)
        rows.append({"document": "d", "start": a, "end": a + len(q), "quote": q, "code": "c", "coder": "eva"})
    return coding.check_codings(pd.DataFrame(rows))


def docs(text):
    return pd.DataFrame({"document": ["d"], "text": [text]})


OLD = "Интервьюер: Как?\nОльга: Сайт завис 😡. Потом «оплата» не прошла. Сайт завис."


def test_codings_follow_an_insertion_and_lost_ones_are_listed():
    table = codings(OLD, "Сайт завис 😡", "«оплата» не прошла")
    new = "Дата: 5 мая\n" + OLD.replace("«оплата» не прошла", "деньги ушли")
    got = coding.anchor(table, docs(new))
    assert got.codings["quote"].tolist() == ["Сайт завис 😡"]
    assert new[got.codings["start"].iloc[0] : got.codings["end"].iloc[0]] == "Сайт завис 😡"
    assert got.report["status"].tolist() == ["moved", "lost"]
    assert got.report["shift"].iloc[0] == 12
    assert got.lost["quote"].tolist() == ["«оплата» не прошла"]


def test_other_quotation_marks_spacing_and_decomposed_letters_are_the_same_words():
    table = codings(OLD, "«оплата» не прошла")
    got = coding.anchor(table, docs('И тут "Оплата"  не\nпрошла, йода'))
    assert got.codings["quote"].tolist() == ['"Оплата"  не\nпрошла']
    assert got.report["status"].tolist() == ["respelt"]
    old = "Мой заказ"
    decomposed = "Вот: Мои\u0306 заказ."
    assert coding.anchor(codings(old, "Мой"), docs(decomposed)).codings["quote"].tolist() == ["Мои\u0306"]


def test_of_several_places_the_one_that_moved_with_its_neighbours_is_taken():
    table = codings(OLD, "Потом", "Сайт завис")
    table.loc[1, ["start", "end"]] = [OLD.rindex("Сайт"), OLD.rindex("Сайт") + 10]
    new = "Сайт завис. " * 3 + OLD
    got = coding.anchor(table, docs(new))
    assert got.codings["start"].tolist() == [new.index("Потом"), new.rindex("Сайт")]
    assert got.report["places"].tolist() == [1, 5]


def test_a_coding_beyond_the_end_is_found_by_its_words_or_reported():
    table = coding.check_codings(
        pd.DataFrame(
            [
                {"document": "d", "start": 900, "end": 904, "quote": "Как?", "code": "c", "coder": "eva"},
                {"document": "d", "start": 900, "end": 904, "quote": "", "code": "c", "coder": "eva"},
                {"document": "x", "start": 0, "end": 4, "quote": "Как?", "code": "c", "coder": "eva"},
            ]
        )
    )
    got = coding.anchor(table, docs(OLD))
    assert got.report["status"].tolist() == ["moved", "no quote", "no document"]
    assert got.codings["start"].tolist() == [OLD.index("Как?")]


def test_two_coders_whose_texts_differ_meet_on_one_text():
    anna = codings(OLD, "Потом")
    bob = codings(OLD.replace("\n", "\n\n\n"), "Потом").assign(coder="bob")
    both = coding.concat_codings([anna, bob])
    got = coding.anchor(both, docs(OLD))
    assert got.codings["start"].nunique() == 1
    assert got.report["status"].tolist() == ["kept", "moved"]


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet='аб й\u0306«" —-\n😀e\u0301', min_size=3, max_size=40),
    st.data(),
)
def test_whatever_is_inserted_elsewhere_a_passage_is_found_with_its_own_words(text, data):
    a = data.draw(st.integers(0, len(text) - 1))
    b = data.draw(st.integers(a + 1, len(text)))
    quote = text[a:b]
    table = coding.check_codings(
        pd.DataFrame([{"document": "d", "start": a, "end": b, "quote": quote, "code": "c", "coder": "e"}])
    )
    added = data.draw(st.text(alphabet="xyz ", max_size=9))
    got = coding.anchor(table, docs(added + text))
    row = got.codings.iloc[0]
    assert row["quote"] == quote
    assert (added + text)[row["start"] : row["end"]] == quote


@pytest.mark.parametrize("quote", ["   ", "\u200b"])
def test_a_quote_of_nothing_visible_is_lost_not_found_everywhere(quote):
    table = coding.check_codings(
        pd.DataFrame([{"document": "d", "start": 0, "end": 1, "quote": quote, "code": "c", "coder": "e"}])
    )
    assert coding.anchor(table, docs("abc")).report["status"].tolist() == ["lost"]
