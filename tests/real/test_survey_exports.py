"""Real exports of the platforms: what the reader must report about each of them, without a keyword argument."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest

from cjmkit.errors import CjmWarning
from cjmkit.survey import open_answers, quality, read, score


@pytest.fixture(scope="module")
def exports(shared):
    return shared / "data" / "survey"


@pytest.fixture(scope="module")
def expected(shared):
    return json.loads((shared / "reference" / "survey_reference" / "fixtures_expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def load(exports):
    cache = {}

    def get(name):
        if name not in cache:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", CjmWarning)
                cache[name] = read(exports / name, quiet=True)
        return cache[name]

    return get


def test_every_export_is_recognised_with_its_rows_columns_headers_and_encoding(load, expected):
    wrong = []
    for name, facts in expected.items():
        if name.endswith(".sav"):
            pytest.importorskip("pyreadstat")
        report = load(name).source
        pairs = [
            ("respondents",) * 2,
            ("columns",) * 2,
            ("platform",) * 2,
            ("encoding",) * 2,
            ("sep", "separator"),
            ("header_rows",) * 2,
        ]
        pairs += [("blank_rows",) * 2, ("ragged",) * 2, ("empty_headers",) * 2, ("bom",) * 2]
        wrong += [
            f"{name}: {key} {getattr(report, mine)!r}, not {facts[key]!r}"
            for key, mine in pairs
            if key in facts and getattr(report, mine) != facts[key]
        ]
        # One header row: repeated headers are the file's own.
        if (
            facts.get("header_rows") in (1, 3)
            and "duplicate_headers" in facts
            and report.duplicate_headers != facts["duplicate_headers"]
        ):
            wrong.append(f"{name}: {report.duplicate_headers} repeated headers, not {facts['duplicate_headers']}")
        assert len(load(name)) == facts["respondents"], name
    assert not wrong, "\n".join(wrong)


def test_a_willingness_to_recommend_is_found_wherever_it_was_asked(load):
    for name, item in [
        ("google_forms/rstudio2018_en.tsv", "How likely are you to recommend*"),
        ("google_forms/rstudio2019_en.tsv", "How likely are you to recommend R*"),
        ("surveymonkey/carpentries_longterm_2017.csv", "Likely-To-Recommend"),
        ("russian/dou_universities_2016_cp1251.csv", "nps"),
    ]:
        assert load(name).item(item).type == "nps", name


def test_nps_of_the_waves_equals_the_reference(load, shared):
    reference = json.loads((shared / "reference" / "survey_reference" / "reference_R.json").read_text("utf-8"))["nps"]
    for name, key in [
        ("google_forms/rstudio2018_en.tsv", "rstudio2018"),
        ("google_forms/rstudio2019_en.tsv", "rstudio2019"),
    ]:
        e = score(load(name), "How likely are you to recommend R*").estimate
        assert e.value == pytest.approx(reference[key]["nps"])
        assert e.n == reference[key]["n"]
    found = score(load("russian/dou_universities_2016_cp1251.csv"), "nps")
    assert found.estimate.value == pytest.approx(reference["dou2016_scale_1_10"]["nps"])
    assert load("russian/dou_universities_2016_cp1251.csv").item("nps").scale == (1, 10)
    assert any("1" in w and "10" in w for w in found.warnings)


def test_russian_end_labels_decimal_commas_and_dont_know_are_read(load):
    s = load("russian/dou_universities_2016_cp1251.csv")
    prestige = s.item("prestige")
    assert prestige.scale == (1, 10)
    assert prestige.missing == ("Трудно сказать",)
    counted = s.values("prestige").value_counts()
    assert counted[10] == 450
    assert counted[1] == 183
    assert s.data["dep40_54"].sum() == 787
    assert s.item("community_network").missing == ("Трудно сказать",)
    assert s.item("program_tech_1").option == "Java"


def test_multi_select_ranking_and_grid_of_a_two_row_export(load):
    s = load("surveymonkey/StarWars.csv")
    by_type = s.items.groupby("type").size()
    assert by_type["multi"] == 6
    assert by_type["ranking"] == 6
    assert by_type["likert"] == 14
    grid = [i for i in s if i.type == "likert"]
    assert all(len(i.scale) == 5 and i.missing == ("Unfamiliar (N/A)",) for i in grid)
    seen = score(s, [i.item for i in s if i.type == "multi"])
    assert seen.details["answering"] == 835
    ranks = score(s, next(i.group for i in s if i.type == "ranking"))
    assert ranks.details["n"] == 834


def test_options_with_commas_inside_stay_whole(load):
    s = load("google_forms/dou_relocation_2016_ru.csv")
    why = score(s, "Почему вы решили искать работу за рубежом?").table.set_index("option")
    leaders = [o for o in why.index if "Google, Facebook" in o]
    assert leaders == ["Хочу работать в лидерах отрасли (Google, Facebook, Uber и пр.)"]
    raw = s.data["Почему вы решили искать работу за рубежом?"]
    assert why.loc[leaders[0], "chosen"] == raw.str.contains("лидерах отрасли").sum()
    family = [o for o in why.index if o.startswith("Спокойная")]
    assert why.loc[family[0], "chosen"] == raw.str.contains(family[0], regex=False).sum()


def test_a_comma_that_belongs_to_the_option_of_a_single_choice_makes_no_multi_select(load):
    s = load("google_forms/dou_year_2017_ru.csv")
    assert s.item("Как вы оцениваете этот год лично для себя?").type == "single"
    assert s.item("Какие у вас ожидания от 2018?").type == "single"


def test_typeform_options_are_grouped_and_their_write_ins_stay_open(load):
    s = load("typeform/freecodecamp2016_part1.csv")
    assert s.person == "#"
    groups = {i.group for i in s if i.type == "multi"}
    assert len(groups) == 3
    assert s.item("EdX").group != s.item("NodeSchool").group
    assert s.item("Other (3)").type == "open"
    # "None" is an option, not a missing value.
    assert s.data["None"].notna().sum() > 0


def test_a_second_header_row_that_was_lost_is_noticed(load):
    s = load("surveymonkey/carpentries_longterm_2017.csv")
    assert s.item("Column18").option == "Python"
    assert s.item("Column18").group == "Content"
    assert s.item("Skills-Advance-Career").scale == (
        "Strongly disagree",
        "Disagree",
        "Neutral",
        "Agree",
        "Strongly agree",
    )


def test_qualtrics_import_ids_give_groups_whether_json_or_python(load):
    s = load("qualtrics/qt_many_insights.csv")
    assert s.item("Q2_1").group == s.item("Q2_3").group == "QID2"
    assert s.item("Q2_1").option == "Oranges"
    assert s.person == "ResponseID"
    assert load("qualtrics/w241_mturk_2020.csv").person == "ResponseId"
    legacy = load("qualtrics/qt_nobasis_legacy.csv")
    assert legacy.item("V1").type == "id"
    assert legacy.item("Q1").text == "Indicate how you feel about squash"


def test_spss_labels_missing_codes_and_multiple_response_sets(load):
    pytest.importorskip("pyreadstat")
    s = load("sav/mrsets_simple_alltypes.sav")
    assert s.item("x").labels == ((1, "red"), (2, "green"), (3, "blue"))
    assert s.item("x").missing == (7, 8, 99)
    assert {-9, 999} <= set(s.item("z").missing)
    dichotomous = score(s, "My multiple response set")
    assert dichotomous.table["chosen"].tolist() == [3, 4, 0] or dichotomous.table["chosen"].sum() == 7
    assert score(s, "categorical_array").table["option"].tolist() == ["a", "b", "c", "d"]


def test_totals_add_up_to_the_people_of_the_file(load):
    for name in (
        "surveymonkey/StarWars.csv",
        "russian/dou_universities_2016_cp1251.csv",
        "google_forms/rstudio2018_en.tsv",
    ):
        s = load(name)
        for item in s:
            if item.type in ("nps", "csat", "ces", "likert", "single"):
                found = score(s, item.item)
                assert found.distribution["n"].sum() == s.n, (name, item.item)
                counted = found.distribution["n"].iloc[:-2].sum()
                n = found.table["n"].iloc[0]
                assert counted == n, (name, item.item)


def test_open_answers_become_documents_with_their_people(load):
    s = load("google_forms/rstudio2018_en.tsv").set_item(
        "What do you like least*", stage="use", touchpoint="documentation"
    )
    documents = open_answers(s, "What do you like least about using R?")
    assert len(documents) > 2000
    assert documents["document"].is_unique
    assert set(documents["stage"]) == {"use"}
    raw = s.data.set_index(s.person)["What do you like least about using R?"]
    sample = documents.iloc[17]
    assert raw[sample["participant"]] == sample["text"]


def test_the_second_language_of_a_survey_is_read_like_the_first(load):
    s = load("google_forms/rstudio2018_es.tsv")
    enjoy = next(i for i in s if "disfrutas usando" in i.item)
    assert enjoy.scale == (1, 5)
    recommend = next(i for i in s if "recomiendes" in i.item)
    assert recommend.type == "nps"


def test_speed_is_taken_from_the_duration_or_from_start_and_end(load):
    for name in ("qualtrics/w241_mturk_2020.csv", "typeform/freecodecamp2016_part1.csv"):
        found = quality(load(name))
        assert found.table["seconds"].notna().mean() > 0.9
        assert found.table["speeder"].sum() == (found.table["seconds"] < found.slow_enough).sum()


def test_what_was_decided_is_said_and_can_be_taken_back(load, tmp_path):
    s = load("russian/dou_universities_2016_cp1251.csv")
    said = s.report("en")
    assert "cp1251" in said
    assert "'Трудно сказать'" in said
    assert "decimal comma" in said
    assert "десятичная запятая" in s.report("ru")
    changed = s.set_item("prestige", missing=[])
    assert s.item("prestige").missing == ("Трудно сказать",)
    with pytest.warns(CjmWarning, match=r"prestige.*140"):
        assert changed.values("prestige").notna().sum() == s.values("prestige").notna().sum()


def test_reading_twice_gives_equal_surveys_and_saving_decisions_changes_nothing(exports, load, tmp_path):
    name = "surveymonkey/StarWars.csv"
    s = load(name)
    path = s.save_decisions(tmp_path / "starwars.items.yaml")
    again = read(exports / name, decisions=path, quiet=True)
    assert again == s
    assert isinstance(again.items, pd.DataFrame)
