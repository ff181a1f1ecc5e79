"""What a code book makes of the answers: scales, missing codes, options; of codes, words and labels."""

import contextlib
import json
import random

import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import codebook, read, score

PEOPLE = 60
FOOD = [1, 2, 3, 4, 5, 6, 0, 5, 4, 6] * (PEOPLE // 10)
RIGHT = [v for v in FOOD if 1 <= v <= 5]


def export(tmp_path, name="wave.csv", **columns):
    columns = columns or {"Q7FOOD": FOOD, "Q9BAG": [1, 2] * (PEOPLE // 2)}
    path = tmp_path / name
    pd.DataFrame({"id": range(1, PEOPLE + 1), **columns}).to_csv(path, index=False)
    return path


def written(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


SYNTAX = """
* Codes of the wave.
VARIABLE LABELS Q7FOOD 'Rate the food' Q9BAG "Checked a ""big"" bag".
VALUE LABELS Q7FOOD 1 "Very poor" 2 "Poor" 3 "Fair" 4 "Good" 5 "Very good" 6 "Have never used" 0 "Blank"
  /Q9BAG 1 'Yes' 2 'No'.
MISSING VALUES Q7FOOD (0, 6).
"""
SHEET = (
    "variable,label,code,meaning\nQ7FOOD,Rate the food,1,Unacceptable\n,,5,Outstanding\n,,6,Never used\n,,0,Blank\n"
    "Q9BAG,Checked bags,1,Yes\n,,2,No\n"
)
RUSSIAN = (
    "Переменная;Вопрос;Коды;Пропуск\nQ7FOOD;Оцените еду;1=ужасно, 2=плохо, 3=средне, 4=хорошо, 5=отлично;0, 6\n"
    "Q9BAG;Багаж;1=да, 2=нет;\n"
)
PASTED = """Q7FOOD  Rate the food
  1  Unacceptable
  5  Outstanding
  6  Never used
  0  Blank

Q9BAG  Bags
 1 = Yes
 2 = No
"""


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("wave.sps", SYNTAX, "utf-8"),
        ("any.txt", SYNTAX, "cp1251"),
        ("codes.csv", SHEET, "utf-8"),
        ("кодировка.csv", RUSSIAN, "cp1251"),
    ],
)
def test_with_a_code_book_the_scale_is_known_and_needs_no_question(tmp_path, name, text, encoding):
    book = codebook(written(tmp_path, name, text, encoding))
    s = read(export(tmp_path), codebook=book, quiet=True)
    food = s.item("Q7FOOD")
    assert (food.status, food.scale, set(food.missing)) == ("known", (1, 5), {0, 6})
    assert s.doubts().empty and s.item("Q9BAG").type == "single"
    figure = score(s, "Q7FOOD", "mean")
    assert figure.estimate.value == pytest.approx(sum(RIGHT) / len(RIGHT)) and figure.estimate.n == len(RIGHT)
    assert s.cautions("Q7FOOD") == ()


def test_a_code_book_beside_the_export_is_found_and_said_and_another_ones_is_not(tmp_path):
    path = export(tmp_path)
    assert (
        read(path, quiet=True).item("Q7FOOD").status == "contradictory"
        or not read(path, quiet=True).item("Q7FOOD").scale
    )
    other = written(tmp_path, "codebook.csv", "variable,code,meaning\nZ1,1,Yes\nZ2,1,Yes\n")
    assert read(path, quiet=True).item("Q7FOOD").status != "known"
    other.unlink()
    written(tmp_path, "wave.codebook.csv", SHEET)
    s = read(path, quiet=True)
    assert s.item("Q7FOOD").status == "known" and "wave.codebook.csv" in s.report(lang="en")


def test_the_code_book_on_another_sheet_of_the_workbook_is_used(tmp_path):
    path = tmp_path / "wave.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"id": range(PEOPLE), "Q7FOOD": FOOD}).to_excel(book, sheet_name="Data", index=False)
        rows = [
            ("Q7FOOD", "Rate the food", 1, "Bad"),
            ("", "", 5, "Good"),
            ("", "", 6, "Never used"),
            ("", "", 0, "Blank"),
        ]
        pd.DataFrame(rows, columns=["variable", "label", "code", "meaning"]).to_excel(
            book, sheet_name="Codes", index=False
        )
    s = read(path, quiet=True)
    assert (s.item("Q7FOOD").status, s.item("Q7FOOD").scale) == ("known", (1, 5)) and len(s) == PEOPLE


def test_what_the_researcher_decided_wins_over_the_code_book(tmp_path):
    written(tmp_path, "wave.codebook.csv", SHEET)
    s = read(export(tmp_path), decisions={"items": {"Q7FOOD": {"type": "likert", "scale": [0, 6]}}}, quiet=True)
    assert s.item("Q7FOOD").scale == (0, 6)


def test_a_code_book_of_another_survey_is_refused_by_name(tmp_path):
    book = written(tmp_path, "other.csv", "variable,code,meaning\nZ1,1,Yes\n")
    with pytest.raises(CjmError, match="none of the export's columns"):
        read(export(tmp_path), codebook=book, quiet=True)


def test_a_falling_scale_of_the_code_book_is_turned(tmp_path):
    labels = "1=Very satisfied; 2=Satisfied; 3=Neutral; 4=Dissatisfied; 5=Very dissatisfied; 9=Refused"
    book = written(tmp_path, "b.csv", f'variable,label,code\nQ1,Service,"{labels}"\n')
    s = read(export(tmp_path, Q1=[1, 1, 2, 5, 9, 1] * 10), codebook=book, quiet=True)
    assert (s.item("Q1").type, s.item("Q1").reverse, s.item("Q1").missing) == ("csat", True, (9,))
    assert s.values("Q1").mean() == pytest.approx((5 + 5 + 4 + 1 + 5) / 5)


def test_a_code_beyond_the_code_book_is_never_counted_in_silence(tmp_path):
    book = written(tmp_path, "b.csv", 'variable,code\nQ1,"1=Very poor; 2=Poor; 3=Fair; 4=Good; 5=Very good"\n')
    s = read(export(tmp_path, Q1=[1, 2, 3, 4, 5, 7] * 10), codebook=book, quiet=True)
    with pytest.warns(UserWarning, match="not on its scale"):
        assert s.values("Q1").mean() == 3


def xlsform(tmp_path):
    path = tmp_path / "form.xlsx"
    survey = [
        ("begin_group", "visit", "", ""), ("select_one rate", "food", "<b>Rate</b> the food", ""),
        ("select_multiple why", "why", "Why?", "${food} < 3"), ("integer", "age", "Age", ""),
        ("end_group", "", "", ""), ("text", "more", "Anything else?", ""),
    ]  # fmt: skip
    choices = [("rate", f"r{k}", t) for k, t in enumerate(("Very poor", "Poor", "Fair", "Good", "Very good"), 1)]
    choices += [("rate", "na", "Don't know"), ("why", "price", "The price"), ("why", "taste", "The taste")]
    with pd.ExcelWriter(path) as book:
        pd.DataFrame(survey, columns=["type", "name", "label::English (en)", "relevant"]).to_excel(
            book, sheet_name="survey", index=False
        )
        pd.DataFrame(choices, columns=["list_name", "name", "label::English (en)"]).to_excel(
            book, sheet_name="choices", index=False
        )
    return path


def test_xlsform_names_choices_groups_and_relevance(tmp_path):
    answers = pd.DataFrame(
        {
            "visit/food": ["r1", "r2", "r4", "r5", "na", "r3"] * 5,
            "visit/why": ["price", "price taste", None, None, "taste", "price"] * 5,
            "visit/why/price": [1, 1, None, None, 0, 1] * 5, "visit/why/taste": [0, 1, None, None, 1, 0] * 5,
            "visit/age": [30, 41, 22, 35, 50, 61] * 5, "more": ["nothing", "it was cold", "ok", "good", "x", "y"] * 5,
            "_uuid": [f"u{k}" for k in range(30)], "_submission_time": ["2026-01-02T10:00:00"] * 30, "_id": range(30),
        }
    )  # fmt: skip
    path = tmp_path / "kobo.csv"
    answers.to_csv(path, index=False)
    s = read(path, codebook=xlsform(tmp_path), quiet=True)
    assert s.item("visit/food").status == "known" and s.values("visit/food").mean() == 3.0
    assert s.item("visit/food").text == "Rate the food" and s.values("visit/food").notna().sum() == 25
    assert (s.item("visit/why/price").type, s.item("visit/why/price").option) == ("multi", "The price")
    assert s.item("visit/why").type == "multi" and s.item("visit/age").type == "number"


def test_redcap_dictionary_names_options_and_branches(tmp_path):
    text = (
        '"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels",'
        '"Text Validation Type OR Show Slider Number","Branching Logic (Show field only if...)"\n'
        'record_id,visit,text,Record,,,\nsat,visit,radio,How satisfied?,"1, Very dissatisfied | 2, Dissatisfied | '
        '3, Neutral | 4, Satisfied | 5, Very satisfied | -9, Refused",,\n'
        'used,visit,checkbox,What do you use?,"0, Branch | 1, App | -1, None",,[sat] > 2\n'
        "age,visit,text,Age,,integer,\n"
    )
    path = tmp_path / "redcap.csv"
    pd.DataFrame(
        {"record_id": range(20), "sat": [1, 5, 3, 4, -9] * 4, "used___0": [0, 1] * 10, "used___1": [1, 0] * 10,
         "used____1": [0, 0, 0, 1] * 5, "age": range(20, 40), "visit_complete": [2] * 20}
    ).to_csv(path, index=False)  # fmt: skip
    s = read(path, codebook=written(tmp_path, "dict.csv", text), quiet=True)
    assert (s.item("sat").status, s.item("sat").scale, s.item("sat").missing) == ("known", (1, 5), (-9,))
    assert s.item("sat").type == "csat" and s.values("sat").mean() == 3.25
    assert [s.item(c).option for c in ("used___0", "used___1", "used____1")] == ["Branch", "App", "None"]
    assert s.item("age").type == "number"


def test_a_qualtrics_survey_file_knows_recodes_rows_and_options(tmp_path):
    def question(**payload):
        return {"Element": "SQ", "Payload": payload}

    labels = {
        "1": {"Display": "Very good"},
        "2": {"Display": "Good"},
        "3": {"Display": "Fair"},
        "4": {"Display": "Poor"},
    }
    qsf = {
        "SurveyElements": [
            question(DataExportTag="Q1", QuestionText="Rate&nbsp;it", QuestionType="MC", Selector="SAVR",
                     Choices=labels,
                     RecodeValues={"1": "4", "2": "3", "3": "2", "4": "1"}),
            question(DataExportTag="Q2", QuestionText="What?", QuestionType="MC", Selector="MAVR",
                     Choices={"1": {"Display": "Web"}, "2": {"Display": "<b>Shop</b>"}}),
            question(DataExportTag="Q3", QuestionText="Grid", QuestionType="Matrix", Selector="Likert",
                     SubSelector="SingleAnswer",
                     Choices={"1": {"Display": "Food"}, "2": {"Display": "Staff"}}, Answers=labels),
            question(DataExportTag="Q4", QuestionText="Recommend?", QuestionType="MC", Selector="NPS", Choices=[]),
        ]
    }  # fmt: skip
    path = export(
        tmp_path, "q.csv", Q1=[4, 3, 2, 1] * 15, Q2_1=[1, None] * 30, Q2_2=[None, 1] * 30, Q3_1=[1, 2, 3, 4] * 15,
        Q3_2=[1, 1, 2, 2] * 15, Q4=[10, 9, 8, 2] * 15,
    )  # fmt: skip
    written(tmp_path, "q.qsf", json.dumps(qsf))
    s = read(path, quiet=True)
    assert (s.item("Q1").scale, s.item("Q1").reverse, s.item("Q1").text) == ((1, 4), False, "Rate it")
    assert (s.item("Q3_1").reverse, s.item("Q3_2").option, s.item("Q3_1").group) == (True, "Staff", "Grid")
    assert (s.item("Q2_2").type, s.item("Q2_2").option) == ("multi", "Shop")
    assert s.item("Q4").type == "nps" and {s.item(i).status for i in ("Q1", "Q3_1", "Q4")} == {"known"}


LSS = """<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<answers><rows><row><qid>1</qid><code>A1</code><answer>Poor</answer></row><row><qid>1</qid><code>A2</code><answer>Good</answer></row>
<row><qid>1</qid><code>A3</code><answer>Excellent</answer></row></rows></answers>
<questions><rows><row><qid>1</qid><parent_qid>0</parent_qid><type>L</type><title>food</title>
<question>Rate the food</question></row>
<row><qid>2</qid><parent_qid>0</parent_qid><type>M</type><title>used</title>
<question>What do you use?</question></row></rows></questions>
<subquestions><rows><row><qid>3</qid><parent_qid>2</parent_qid><type>T</type><title>SQ001</title><question>Web</question></row>
<row><qid>4</qid><parent_qid>2</parent_qid><type>T</type><title>SQ002</title><question>Shop</question></row></rows></subquestions></document>"""
TSV = (
    "id\trelated_id\tclass\ttype/scale\tname\trelevance\ttext\n1\t\tG\tG0\tVisit\t1\t\n"
    "2\t\tQ\tL\tfood\t1\tRate the food\n"
    "3\t\tA\t0\tA1\t\tPoor\n4\t\tA\t0\tA2\t\tGood\n5\t\tA\t0\tA3\t\tExcellent\n6\t\tQ\tM\tused\t1\tWhat do you use?\n"
    "7\t\tSQ\t0\tSQ001\t1\tWeb\n8\t\tSQ\t0\tSQ002\t1\tShop\n"
)


@pytest.mark.parametrize(("name", "text"), [("s.lss", LSS), ("structure.txt", TSV)])
def test_limesurvey_structures_name_answers_and_options(tmp_path, name, text):
    columns = {"food": ["A1", "A2", "A3", "A2"] * 15, "used[SQ001]": ["Y", None] * 30, "used[SQ002]": [None, "Y"] * 30}
    s = read(export(tmp_path, **columns), codebook=written(tmp_path, name, text), quiet=True)
    assert s.item("food").status == "known" and s.values("food").mean() == 2.0
    assert (s.item("used[SQ002]").type, s.item("used[SQ002]").option) == ("multi", "Shop")


def test_damaged_code_books_raise_nothing_but_cjm_errors(tmp_path):
    dice = random.Random(7)
    sources = [
        ("a.sps", SYNTAX),
        ("a.csv", SHEET),
        ("b.csv", RUSSIAN),
        ("a.txt", PASTED),
        ("a.lss", LSS),
        ("s.txt", TSV),
    ]
    sources.append(
        (
            "a.qsf",
            json.dumps({"SurveyElements": [{"Element": "SQ", "Payload": {"DataExportTag": "Q", "Choices": [1]}}]}),
        )
    )
    read_ones = 0
    for name, text in sources:
        raw = text.encode()
        for _ in range(25):
            cut = bytearray(raw)
            for _ in range(dice.randint(1, 8)):
                at = dice.randrange(len(cut))
                cut[at : at + dice.randint(0, 30)] = bytes(dice.choices(range(256), k=dice.randint(0, 6)))
            path = tmp_path / name
            path.write_bytes(bytes(cut) or b"\n")
            with contextlib.suppress(CjmError):
                read_ones += len(codebook(path)) > 0
    assert read_ones > 20


@pytest.mark.parametrize("suffix", [".dta", ".xpt"])
def test_stata_and_sas_files_are_read(tmp_path, suffix):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"id": range(1, 41), "food": [1, 2, 3, 4] * 10})
    path = tmp_path / f"wave{suffix}"
    names = {1: "Very poor", 2: "Poor", 3: "Good", 4: "Very good"}
    if suffix == ".dta":
        pyreadstat.write_dta(frame, str(path), variable_value_labels={"food": names})
    else:
        pyreadstat.write_xport(frame, str(path))
    s = read(path, quiet=True)
    assert len(s) == 40 and s.data["food"].mean() == 2.5
    if suffix == ".dta":
        assert (s.item("food").status, s.item("food").scale) == ("known", (1, 4))


@pytest.mark.parametrize("labels", [False, True], ids=["codes", "labels"])
def test_much_of_a_trouble_is_the_bad_end_whatever_the_codes(labels):
    words = ("Not a problem", "Minor problem", "Moderate problem", "Serious problem")
    book = pd.DataFrame(
        {"variable": ["up"] * 4 + ["down"] * 4, "code": [1, 2, 3, 4] * 2, "meaning": [*words, *reversed(words)]}
    )
    codes = [1, 1, 2, 3, 4] * 8
    up = [words[c - 1] for c in codes] if labels else codes
    down = [words[c - 1] for c in codes] if labels else [5 - c for c in codes]
    s = read(pd.DataFrame({"id": range(40), "up": up, "down": down}), codebook=book, quiet=True)
    assert {s.item("up").status, s.item("down").status} == {"known"}
    # The higher the value, the better: no problem is 4 in both.
    assert s.values("up").tolist() == s.values("down").tolist() == [5 - c for c in codes]
