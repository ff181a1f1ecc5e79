"""Every survey row of the collected cases reads right with the plain call."""

import numpy as np
import pandas as pd
import pytest

from cjmkit.survey import Survey, read, score

META = ("id", "meta", "date")


@pytest.fixture(scope="module")
def case(shared):
    return lambda name, **how: read(shared / "data" / "cases" / "survey" / name, quiet=True, **how)


def one(heading, answers):
    return Survey.from_frame(pd.DataFrame({"id": range(len(answers)), heading: answers}))


def options(s, group):
    return [i.option for i in s.all_items if i.group == group and i.type in ("multi", "ranking")]


def kind(s, name):
    return s.item(name).type


def test_kobo_splits_multi_selects_on_blanks_and_knows_its_own_columns(case):
    s = case("kobo_single_column.csv")
    assert s.source.platform == "kobo"
    assert set(score(s, "visit/channels").table["option"]) == {"shop", "web", "phone"}
    assert {kind(s, c) for c in ("_uuid", "_status", "__version__", "_tags", "_notes", "_index")} <= set(META)


def test_redcap_options_are_their_codes_and_system_columns_no_questions(case):
    s = case("redcap_raw.csv")
    assert options(s, "used") == ["0", "1", "2", "99"]
    own = [i.item for i in s.all_items if i.item.startswith("redcap_") or i.item.endswith("_complete")]
    assert {kind(s, c) for c in own} == {"meta"}


def test_the_box_for_other_answers_is_called_as_the_platform_calls_it(case):
    assert "Other" in options(case("limesurvey_codes.csv"), "Q2")
    assert "Other (please specify)" in options(case("surveymonkey_merged.xlsx"), "What did you buy? (Select all)")
    assert "Other - Write In" in options(case("alchemer.csv"), "What did you use?")


def test_yes_and_no_an_option_are_one_multi_select(case):
    assert options(case("limesurvey_full.csv"), "What did you use?") == ["Shop", "Web, app", "Other"]


def test_ms_forms_rankings_and_quiz_columns(case):
    s = case("msforms.xlsx")
    table = score(s, "Rank what matters").table
    assert set(table["option"]) == {"Quality", "Price", "Speed"} and table["value"].sum() == pytest.approx(6)
    ru, quiz = case("msforms_ru.xlsx"), case("msforms_quiz.xlsx")
    assert ru.person == "Идентификатор" and quiz.person == "ID"
    assert {kind(ru, "Баллы*"), kind(ru, "Отзыв*"), kind(quiz, "Total points"), kind(quiz, "Points*")} == {"meta"}


def test_faces_are_a_scale_of_five(case):
    s = case("nps_ends_emoji.csv")
    assert s.item("How was your visit?").points == 5
    assert s.item("How was your visit?").scale[0] == "😡" and s.item("How was your visit?").scale[-1] == "😍"
    assert kind(s, "Recommend us") == "nps" and s.item("Recommend us").scale == (0, 10)


def test_spreadsheet_days_are_dates_and_spelling_does_not_split_an_answer(case):
    s = case("ru_cp1251_serial.csv")
    assert s.data["Дата"].iloc[0] == pd.Timestamp("2025-12-09")
    shown = score(s, "Как вам доставка*").table["answer"].str.casefold().str.replace("ё", "е")
    assert shown.is_unique


def test_qualtrics_previews_are_left_out_the_unfinished_counted_and_derived_columns_meta(case):
    s = case("qualtrics_utf16.tsv")
    assert kind(s, "Q1_NPS_GROUP") == "meta" and kind(s, "Q3_DO_1") == "meta"
    assert "3 previews" in s.report("en") and "unfinished" in s.report("en")
    assert s.n == 37 and case("qualtrics_utf16.tsv", unfinished=False).n < 37
    assert set(score(s, "Q2").table["option"]) <= {"1", "2", "5"}


def test_money_and_per_cent_are_numbers_with_a_unit(case):
    s = case("money_percent.csv")
    assert s.values("How much did you spend?").max() == 12050.5 and s.item("How much did you spend?").unit == "$"
    assert s.values("Chance you come again").iloc[0] == 90 and s.item("Chance you come again").unit == "%"


@pytest.mark.parametrize("name", ["title_row.csv", "title_row.xlsx", "readme_first.xlsx"])
def test_titles_and_read_me_sheets_do_not_hide_the_table(case, name):
    s = case(name)
    assert s.n == 60 and kind(s, "How likely are you to recommend us?") == "nps"


def test_what_was_right_stays_right(case):
    s = case("missing_ranges.sav")
    assert s.item("sat").missing == (97, 98, 99) and s.item("nps").missing == (-1,)
    s = case("gforms_ru.xlsx")
    assert s.item("Что было важно?").options[-1] in ("Срок, удобное время", "Цена", "Отзывы")
    assert set(case("dup_headers.csv").data) == {"ID", "Why?", "Rate it", "Why? (2)", "Rate it (2)"}
    assert options(case("yandex_forms.csv"), "Чем пользовались?") == ["Чат", "Телефон"]
    assert case("sep_line.csv").n == 60


@pytest.mark.parametrize(
    "heading",
    [
        "How satisfied are you? (1 = very satisfied, 5 = very dissatisfied)",
        "Насколько вы довольны? 1 – отлично, 5 – ужасно",
    ],
)
def test_the_good_end_that_the_heading_states_counts(heading):
    s = one(heading, [1, 2, 1, 2, 1, 5] * 10)
    assert score(s, heading, "top2").estimate.value == pytest.approx(5 / 6)


@pytest.mark.parametrize(
    "labels",
    [
        "Very dissatisfied|Dissatisfied|Satisfied|Very satisfied",
        "Poor|Fair|Good|Excellent",
        "Never|Rarely|Often|Always",
        "Very difficult|Difficult|Easy|Very easy",
        "Совсем не важно|Скорее не важно|Скорее важно|Очень важно",
        "Совсем не важно|Не важно|Важно|Очень важно",
    ],
)
def test_four_labels_are_four_points(labels):
    s = one("How was it?", labels.split("|") * 100)
    item = s.item("How was it?")
    assert item.scale == tuple(labels.split("|"))
    assert score(s, "How was it?", "mean").estimate.value == pytest.approx(2.5)


@pytest.mark.parametrize("code", [6, 8, 9])
@pytest.mark.parametrize("heading", ["Rate the service (1-5)", "Оцените сервис от 1 до 5"])
def test_a_code_outside_the_stated_scale_never_stretches_it(heading, code):
    s = one(heading, [1, 2, 3, 4, 5] * 20 + [code] * 15)
    assert score(s, heading, "mean").estimate.value == pytest.approx(3.0)
    assert s.values(heading).notna().sum() == 100
    assert str(code) in s.questions().loc[1, "reason"]


def test_minus_one_between_minus_three_and_three_is_an_answer():
    s = one("Rate us", [-3, -2, -1, 0, 1, 2] * 10)
    assert s.values("Rate us").notna().sum() == 60


def test_bare_codes_have_no_mean():
    s = one("Q4BAGS", [1] * 60 + [2] * 50 + [3] * 4 + [0] * 20)
    assert kind(s, "Q4BAGS") == "single"


def test_the_airport_is_asked_once_a_battery_and_settled_in_one_line(shared):
    s = read(shared / "data" / "survey" / "airport_2017" / "airport_survey_2017.csv", quiet=True)
    assert len(s.doubts()) <= 5 and {"Q7", "Q9"} <= set(s.doubts()["doubt"])
    assert s.item("Q7FOOD").status == "contradictory"
    settled = s.settle({"*": {"scale": (1, 5), "missing": [0, 6]}}, keep=False)
    food, safety = (score(settled, i, "mean").estimate for i in ("Q7FOOD", "Q10SAFE"))
    assert (round(food.value, 3), food.n) == (3.615, 2421)
    assert (round(safety.value, 3), safety.n) == (4.374, 2781)
    assert round(score(s, "NETPRO").estimate.value, 2) == 39.84


def test_pssuq_of_a_published_study_is_the_mean_of_its_items(shared):
    path = shared / "data" / "swj2022_usability" / "PSSUQ" / "scores" / "SERDIF_PSSUQ_P1.csv"
    t = pd.read_csv(path).set_index("Questions").T.rename_axis("id").reset_index()
    s = Survey.from_frame(t, person="id").set_item("Q*", type="likert", scale=(1, 7), group="PSSUQ")
    found = score(s, "Q*", "pssuq")
    x = t.drop(columns="id").apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    assert x.shape == (10, 19)
    parts = [np.nanmean(x[:, a:b], axis=1).mean() for a, b in ((0, 19), (0, 8), (8, 15), (15, 18))]
    assert found.table["value"].tolist() == pytest.approx(parts)
    assert found.estimate.n == 10
