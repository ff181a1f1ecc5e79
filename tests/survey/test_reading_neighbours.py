"""What a column says on its own and beside its neighbours: people's names, codes of mentions, rows against theirs."""

import numpy as np
import pandas as pd
import pytest

from cjmkit.survey import Survey, score


def survey(**columns):
    n = max(len(v) for v in columns.values())
    return Survey.from_frame(pd.DataFrame({"id": [f"p{k}" for k in range(n)], **columns}))


@pytest.mark.parametrize(
    ("heading", "answers"),
    [
        ("How do we reach you?", [f"person{k}@mail{k}.org" for k in range(40)]),
        ("Телефон для связи", [f"+7 (9{k:02}) 123-45-{k:02}" for k in range(40)]),
        ("What is your full name?", [f"Ann{chr(97 + k % 26)} Miller{chr(97 + k // 26)}" for k in range(40)]),
        ("Как к вам обращаться?", ["Анна", "Иван", "Мария", "Олег", "Вера"] * 8),
        ("Как вас зовут?", [f"Мария{chr(1072 + k % 30)}" for k in range(40)]),
    ],
    ids=["mail", "phone", "name", "повторы", "имя"],
)
def test_who_somebody_is_is_no_open_answer(heading, answers):
    s = survey(**{heading: answers, "Why?": [f"it took {k} days to get an answer" for k in range(40)]})
    item = s.item(heading)
    assert item.type == "meta" and "kept out" in item.why and item.why_ru and item.status == "guessed"
    assert [i.item for i in s.all_items if i.type == "open"] == ["Why?"]
    assert "kept out of the open answers" in s.report("en") and repr(heading)[:20] in s.report("en")


def test_brands_and_cities_are_answers():
    brands = [f"Brand{chr(97 + k % 26)} House{k}" for k in range(40)]
    s = survey(**{"What is the name of the company you left?": brands, "City": ["San Jose", "New York"] * 20})
    assert {s.item("City").type, s.item("What is the name of the company you left?").type} <= {"single", "open"}


def test_codes_of_mentions_filled_from_the_left_are_one_multi_select():
    dice = np.random.default_rng(3)
    rows = [dice.permutation(np.arange(1, 15))[: dice.choice([0, 1, 1, 1, 2, 3])] for _ in range(300)]
    columns = {f"Q8COM{k + 1}": [r[k] if len(r) > k else (0 if k == 0 else np.nan) for r in rows] for k in range(3)}
    s = survey(**columns)
    assert {s.item(c).type for c in columns} == {"multi"}
    table = score(s, "Q8COM").table.set_index("option")
    assert int(table.loc["3", "chosen"]) == sum(3 in r for r in rows)
    assert "0" not in table.index


def test_ages_of_children_are_no_mentions():
    dice = np.random.default_rng(4)
    one, two = dice.integers(1, 18, 200).astype(float), dice.integers(1, 18, 200).astype(float)
    two[60:] = np.nan
    s = survey(**{"age of child 1": one, "age of child 2": two})
    assert {s.item("age of child 1").type, s.item("age of child 2").type} == {"number"}


def test_every_code_with_its_label_is_a_known_scale_and_its_trouble_is_bad():
    labels = ["(0) Not a problem for me", "(1) Trivial.", "(2) Minor", "(3) Major", "(4) Critical", "N/A - skip"]
    s = survey(**{"Lost data": labels * 20})
    item = s.item("Lost data")
    assert (item.type, item.scale, item.reverse, item.status) == ("likert", (0, 4), True, "known")
    assert item.missing == ("N/A - skip",)
    assert s.values("Lost data").dropna().tolist()[:5] == [4, 3, 2, 1, 0]


def test_numbered_options_without_an_order_stay_options():
    s = survey(**{"Which plan": ["1 - Home", "2 - Office", "3 - Travel"] * 20})
    assert s.item("Which plan").type == "single"


def test_a_row_that_runs_against_its_battery_is_asked_about_and_not_turned_over():
    dice = np.random.default_rng(1)
    mood = dice.normal(size=300)

    def row(sign):
        return np.clip(np.round(3 + sign * mood + dice.normal(scale=0.7, size=300)), 1, 5).astype(int)

    s = survey(**{f"Rate the visit: {w}": row(sign) for w, sign in zip("abcde", (1, 1, 1, -1, 1), strict=True)})
    odd = "Rate the visit: d"
    assert s.item(odd).status == "contradictory" and not s.item(odd).reverse
    doubt = s.doubts().set_index("doubt").loc[odd]
    assert doubt["mean_used"] + doubt["mean_or"] == pytest.approx(6)
    assert s.settle({odd: 1}, keep=False).item(odd).reverse
    assert {s.item(f"Rate the visit: {w}").status for w in "abce"} == {"guessed"}


def test_words_of_a_scale_in_doubtful_order_are_asked_about():
    answers = ["satisfied", "quite satisfied", "dissatisfied"] * 20
    s = survey(**{"How was it": answers})
    item, doubts = s.item("How was it"), s.doubts()
    assert (item.type, item.status) == ("single", "contradictory")
    assert "dissatisfied < satisfied < quite satisfied" in doubts["or"].iloc[0]
    assert s.settle({"How was it": 1}, keep=False).item("How was it").scale[0] == "dissatisfied"


def test_whole_numbers_under_a_mute_header_are_one_doubt_and_names_of_things_have_no_mean():
    dice = np.random.default_rng(2)
    s = survey(
        HOME=dice.integers(1, 24, 400), COUNTY=dice.integers(1, 30, 400), GATE=dice.integers(1, 99, 400),
        DEST_CODE=dice.integers(1, 70, 400), waited=dice.choice([30, 45, 60, 90, 120], 400),
    )  # fmt: skip
    assert {s.item(c).type for c in ("HOME", "COUNTY", "GATE", "DEST_CODE")} == {"single"}
    assert s.item("waited").type == "number"
    assert s.doubts()["columns"].tolist() == [("HOME", "COUNTY")]


def test_codes_below_zero_without_a_middle_are_asked_about():
    codes = [1, 2, 3, 3, 2, -1, -2, 1, 2, 3] * 6
    s = survey(**{"Rate the taste: soup": codes, "Rate the taste: fish": codes[::-1]})
    assert s.item("Rate the taste: soup").scale == (1, 3)
    assert s.item("Rate the taste: soup").missing == (-2, -1)
    assert s.item("Rate the taste: soup").status == "contradictory"


@pytest.mark.parametrize(
    "answers",
    [
        ("Days", "Weeks", "Months", "Years"),
        ("Less than 1 year", "1 year", "2-5 years", "5+ years"),
        ("1", "2", "3+"),
        ("Next 6 months", "6-12 months", "13-24 months", "Greater than 24 months"),
        ("Less than high school", "High school graduate", "Some college", "College degree", "Graduate degree"),
        ("Less than once a month", "Monthly", "Weekly", "Daily", "Hourly"),
        ("None", "Beginner", "Intermediate", "Expert"),
        ("never heard of it", "heard of it", "used it"),
    ],
    ids="/".join,
)
def test_steps_have_an_order_and_no_mean(answers):
    s = survey(**{"column": list(answers[::-1]) * 15})
    assert (s.item("column").type, s.item("column").scale) == ("ordered", answers)
