"""Answers with an order and no numbers: bands, incomes, durations, how often, education."""

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, score
from cjmkit.survey.reading.ordering import ordered_answers

LOW_TO_HIGH = [
    ("Under 18", "18–24", "25–34", "35–64", "65+"),
    ("18-24", "25-34", "35-44", "45-54", "55 or older"),
    ("до 18 лет", "18–24", "25–34", "35 и старше"),
    ("Less than $25,000", "$25,000 - $49,999", "$50,000 - $99,999", "$100,000 or more"),
    ("до 50 000 ₽", "50 000 – 100 000 ₽", "Более 100 000 ₽"),
    ("до 10 тыс. ₽", "10–20 тыс. ₽", "более 20 тыс. ₽"),
    ("Less than a month", "1-3 months", "4-12 months", "More than a year"),
    ("Under 6 months", "6 months - 1 year", "1 - 2 years", "Over 2 years"),
    ("менее месяца", "1–3 месяца", "4–12 месяцев", "более года"),
    ("Never", "Once a month", "Once a week", "Several times a week", "Every day"),
    ("Никогда", "Реже", "Раз в месяц", "Раз в неделю", "Каждый день"),
    ("High school", "Bachelor's degree", "Master's degree", "PhD"),
    ("Среднее", "Среднее специальное", "Неоконченное высшее", "Высшее", "Учёная степень"),
    ("1-10", "11-50", "51-200", "201-500", "500+"),
]


@pytest.mark.parametrize("right", LOW_TO_HIGH, ids=lambda r: r[1])
def test_the_order_is_found_whatever_order_they_come_in(right):
    assert ordered_answers(reversed(right)) == right
    assert ordered_answers(sorted(right)) == right


@pytest.mark.parametrize(
    "answers",
    [
        ("Red", "Green", "Blue"), ("0-10", "5-20", "20+"), ("1", "2", "3"), ("Moscow", "Tver", "18-24"),
        ("Gate 1-10", "Gate 11-20", "Lounge"), ("18-24", "25-34"), ("1,2,5", "2,5", "1"), ("1.2.5", "2", "5"),
        ("٣", "²", "18-24"), ("2026-01-01", "2026-01-02", "2026-01-03"),
    ],
)  # fmt: skip
def test_what_has_no_order_or_overlaps_is_not_forced_into_one(answers):
    assert ordered_answers(answers) is None


def survey():
    ages = ["18–24"] * 10 + ["25–34"] * 15 + ["35+"] * 15 + ["Under 18"] * 10
    return Survey.from_frame(pd.DataFrame({"id": [f"u{k}" for k in range(50)], "How old are you?": ages}))


def test_an_age_band_is_ordered_and_its_shares_add_up_from_below():
    s = survey()
    item = s.item("How old are you?")
    assert (item.type, item.scale) == ("ordered", ("Under 18", "18–24", "25–34", "35+"))
    table = score(s, "How old are you?").table
    assert table["answer"].tolist() == list(item.scale)
    assert table["cumulative"].tolist() == pytest.approx([0.2, 0.4, 0.7, 1.0])
    assert table.loc[table["median"], "answer"].tolist() == ["25–34"]
    assert table["n"].unique().tolist() == [50]


def test_an_ordered_answer_has_no_mean_unless_it_is_asked_for():
    s = survey()
    with pytest.raises(CjmError, match="mean needs a scale"):
        score(s, "How old are you?", "mean")
    asked = s.set_item("How old are you?", type="likert")
    assert score(asked, "How old are you?", "mean").table["value"].iloc[0] == pytest.approx((10 + 20 + 45 + 60) / 50)


def test_personas_take_the_order_and_not_a_column_an_answer():
    s = survey()
    features = cj.personas.features(survey=s, items=["How old are you?"])
    assert features.table.shape[1] == 1
    places = features.table.iloc[:, 0]
    assert places.loc["u0"] < places.loc["u10"] < places.loc["u25"]
    assert places.loc["u40"] == places.min()


def test_codes_with_ordered_labels_keep_their_codes():
    book = pd.DataFrame(
        {"variable": "age", "text": "Age", "code": [1, 2, 3], "meaning": ["Under 30", "30-59", "60 or older"]}
    )
    frame = pd.DataFrame({"id": [f"u{k}" for k in range(30)], "age": [1, 2, 3] * 10})
    s = Survey.from_frame(frame)
    from cjmkit.survey.reading.read_export import frame_data

    item = next(i for i in frame_data(frame, codebook=book).all_items if i.item == "age")
    assert (item.type, item.status, item.scale) == ("ordered", "known", (1, 3))
    assert s.item("age").type != "ordered", "bare codes have no order by themselves"


@pytest.mark.parametrize("letters", ["abc", "ABCD", "AB"])
def test_bare_letters_are_names_and_have_no_mean(letters):
    answers = pd.DataFrame({"id": range(40), "plan": (list(letters) * 40)[:40]})
    assert Survey.from_frame(answers).item("plan").type == "single"
