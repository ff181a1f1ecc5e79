"""Code books of any tool: each typed here in its shape; what they say is known."""

import json

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import FileFormatError
from cjmkit.survey import codebook, read


def means(book, variable):
    """Code to meaning of one variable."""
    rows = book[(book["variable"] == variable) & book["code"].notna()]
    return dict(zip(rows["code"], rows["meaning"], strict=True))


def missing(book, variable):
    return book[(book["variable"] == variable) & book["missing"]]["code"].tolist()


def saved(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_spss_syntax_with_ranges_lists_and_slashes_inside_labels(tmp_path):
    book = codebook(saved(tmp_path, "wave.sps", """\
* Comments stay aside.
VARIABLE LABELS q1 "Satisfaction with food/drink" /q2 'The staff''s kindness'.
VALUE LABELS q1 q2 q3 TO q5
  1 "Very dissatisfied" 2 "Dissatisfied" 3 "Neither" 4 "Satisfied" 5 "Very satisfied" 9 "Not asked"
  /sex 1 "Female" 2 "Male".
MISSING VALUES q1 TO q2 (8,9) sex (LO THRU -1).
"""))  # fmt: skip
    assert means(book, "q1") == {
        1: "Very dissatisfied", 2: "Dissatisfied", 3: "Neither", 4: "Satisfied", 5: "Very satisfied", 9: "Not asked",
        8: "",
    }  # fmt: skip
    assert missing(book, "q1") == [9, 8]
    assert means(book, "q4")[5] == "Very satisfied"
    assert means(book, "sex") == {1: "Female", 2: "Male"}
    texts = dict(zip(book["variable"], book["text"], strict=True))
    assert (texts["q1"], texts["q2"]) == ("Satisfaction with food/drink", "The staff's kindness")


def test_qualtrics_survey_file(tmp_path):
    def question(**payload):
        return {"Element": "SQ", "Payload": payload}

    choices = {"1": {"Display": "Yes"}, "2": {"Display": "<b>No</b>"}}
    elements = [
        question(DataExportTag="Q1", QuestionType="MC", Selector="SAVR", QuestionText="<p>Again?</p>", Choices=choices,
                 RecodeValues={"1": "5", "2": "7"}),
        question(DataExportTag="Q2", QuestionType="MC", Selector="MAVR", QuestionText="Which?", Choices=choices),
        question(DataExportTag="Q3", QuestionType="Matrix", Selector="Likert", SubSelector="SingleAnswer",
                 QuestionText="Rate", Choices={"1": {"Display": "Food"}}, Answers={"1": {"Display": "Bad"},
                 "2": {"Display": "Good"}}, ChoiceDataExportTags={"1": "food"}),
        question(DataExportTag="Q4", QuestionType="TE", Selector="SL", QuestionText="Why?"),
    ]  # fmt: skip
    book = codebook(saved(tmp_path, "survey.qsf", json.dumps({"SurveyElements": elements})))
    assert means(book, "Q1") == {5: "Yes", 7: "No"}
    assert means(book, "Q2_2") == {1: "No"}
    assert means(book, "food") == {1: "Bad", 2: "Good"}
    assert book[book["variable"] == "Q4"]["kind"].tolist() == ["open"]


def workbook(path, **sheets):
    with pd.ExcelWriter(path) as writer:
        for name, rows in sheets.items():
            pd.DataFrame(rows[1:], columns=rows[0]).to_excel(writer, sheet_name=name, index=False)
    return path


def test_an_xlsform_in_two_languages(tmp_path):
    path = workbook(
        tmp_path / "form.xlsx",
        survey=[
            ["type", "name", "label::Русский (ru)", "relevant"],
            ["select_one yn", "again", "Придёте ещё?", ""],
            ["select_multiple ways", "how", "Как добрались?", "${again} = 'y'"],
            ["text", "why", "Почему?", ""],
        ],
        choices=[
            ["list_name", "name", "label::Русский (ru)"],
            ["yn", 1, "Да"], ["yn", 0, "Нет"], ["ways", "bus", "Автобус"], ["ways", "car", "Машина"],
        ],
        settings=[["form_title"], ["x"]],
    )  # fmt: skip
    book = codebook(path)
    assert means(book, "again") == {1: "Да", 0: "Нет"}
    assert means(book, "how/bus") == {1: "Автобус"}
    assert book[book["variable"] == "why"]["kind"].tolist() == ["open"]


def test_a_redcap_dictionary(tmp_path):
    text = """\
Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels"
sat,visit,radio,<div>How satisfied?</div>,"1, Not at all | 2, Somewhat | 3, Very | 99, Don't know"
used,visit,checkbox,What did you use?,"0, Lift | 1, Stairs"
note,visit,notes,Anything else?,
"""
    book = codebook(saved(tmp_path, "dictionary.csv", text))
    assert means(book, "sat") == {1: "Not at all", 2: "Somewhat", 3: "Very", 99: "Don't know"}
    assert missing(book, "sat") == [99]
    assert means(book, "used___1") == {1: "Stairs"}


LSS = """<?xml version="1.0" encoding="UTF-8"?><document>
<questions><rows><row><qid>1</qid><title>Q1</title><type>F</type><question>Rate</question></row>
<row><qid>4</qid><title>Q2</title><type>M</type><question>Used</question></row></rows></questions>
<subquestions><rows><row><qid>2</qid><parent_qid>1</parent_qid><title>SQ1</title><question>Food</question></row>
<row><qid>5</qid><parent_qid>4</parent_qid><title>a</title><question>Lift</question></row></rows></subquestions>
<answers><rows><row><qid>1</qid><code>1</code><answer>Bad</answer></row>
<row><qid>1</qid><code>2</code><answer>Good</answer></row></rows></answers></document>"""


def test_limesurvey_structures_as_xml_and_as_text(tmp_path):
    lines = [
        "class\ttype/scale\tname\ttext", "Q\tF\tQ1\tRate", "SQ\t\tSQ1\tFood", "A\t\t1\tBad", "A\t\t2\tGood",
        "Q\tM\tQ2\tUsed", "SQ\t\ta\tLift",
    ]  # fmt: skip
    for path in (saved(tmp_path, "s.lss", LSS), saved(tmp_path, "structure.txt", "\n".join(lines) + "\n")):
        book = codebook(path)
        assert means(book, "Q1_SQ1") == {1: "Bad", 2: "Good"}, path.name
        assert means(book, "Q2_a") == {1: "Lift"}, path.name
        assert "Rate – Food" in book["text"].tolist()


@pytest.mark.parametrize(
    "head", ["variable,label,code,meaning", "переменная,подпись,код,смысл", "Variable,Question,Value,Value label"]
)
def test_a_plain_sheet_in_either_language(head, tmp_path):
    book = codebook(saved(tmp_path, "codes.csv", f"{head}\nQ1,Food,1,Bad\n,,2,Good\n,,9,Don't know\nQ2,Staff,,\n"))
    assert means(book, "Q1") == {1: "Bad", 2: "Good", 9: "Don't know"}
    assert missing(book, "Q1") == [9]
    assert book["variable"].tolist()[-1] == "Q2"


PASTED = """\
Q7ART                           Artwork and exhibitions
Q7FOOD                          Restaurants
                                5     Outstanding
                                4
                                1     Unacceptable
                                6     Have never used
Q10SAFE                         How safe do you feel?
                                5   Extremely safe
                                1   Not safe at all
"""


def test_a_list_pasted_from_a_document_gives_its_codes_to_all_variables_above(tmp_path):
    book = codebook(saved(tmp_path, "code list.txt", PASTED))
    assert means(book, "Q7ART") == means(book, "Q7FOOD")
    assert means(book, "Q7FOOD") == {5: "Outstanding", 4: "", 1: "Unacceptable", 6: "Have never used"}
    assert means(book, "Q10SAFE") == {5: "Extremely safe", 1: "Not safe at all"}


def test_a_pasted_list_in_which_a_code_stands_twice_is_refused_with_its_line(tmp_path):
    path = saved(tmp_path, "list.txt", PASTED.replace("6     Have", "1     Have"))
    with pytest.raises(FileFormatError, match=r"list\.txt:6: code 1 stands twice under Q7ART, Q7FOOD"):
        codebook(path)


def test_what_is_no_code_book_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileFormatError, match=r"no code book was recognised\. Looked for: SPSS syntax"):
        codebook(saved(tmp_path, "x.csv", "a,b\n1,2\n"))


def airport(tmp_path, people=300):
    rows = ["RESPNUM,Q7FOOD,Q10SAFE,GATE"]
    rows += [f"{k},{(5, 4, 3, 6, 0, 2)[k % 6]},{(5, 4, 5, 3, 6)[k % 5]},{k % 9}" for k in range(people)]
    return saved(tmp_path, "wave.csv", "\n".join(rows))


def test_with_a_code_book_the_status_is_known_and_the_mean_leaves_out_who_never_used_it(tmp_path):
    export = airport(tmp_path)
    bare = read(export, quiet=True)
    assert bare.item("Q7FOOD").status != "known"
    book = saved(tmp_path, "list.txt", PASTED)
    told = read(export, codebook=book, quiet=True)
    item = told.item("Q7FOOD")
    assert (item.type, item.scale, item.status, item.text) == ("likert", (1, 5), "known", "Restaurants")
    assert set(item.missing) == {6, 0}
    score = cj.survey.score(told, "Q7FOOD")
    assert score.table["value"].iloc[0] == pytest.approx((5 + 4 + 3 + 2) / 4)
    assert score.table["n"].iloc[0] == 200
    assert "Q7FOOD" not in str(told.doubts())


def test_a_code_book_beside_the_export_is_found_and_said(tmp_path):
    export = airport(tmp_path)
    saved(tmp_path, "wave codebook.csv", "variable,label,code,meaning\nQ7FOOD,Food,5,Outstanding\n,,1,Unacceptable\n"
          "Q10SAFE,Safety,5,Extremely safe\n,,1,Not safe at all\n")  # fmt: skip
    saved(tmp_path, "codebook of another survey.csv", "variable,label,code,meaning\nZ1,Z,1,Yes\nZ2,Z,1,Yes\n")
    survey = read(export, quiet=True)
    assert survey.item("Q7FOOD").status == "known"
    assert any("code book wave codebook.csv used" in note[0] for note in survey.source.notes)


def test_a_code_book_orders_answers_that_are_words(tmp_path):
    answers = pd.DataFrame({"id": list("abcdefgh"), "q": ["Good", "Bad", "Excellent", "Fair"] * 2})
    book = pd.DataFrame(
        {"variable": "q", "text": "The food", "code": [1, 2, 3, 4], "meaning": ["Excellent", "Good", "Fair", "Bad"]}
    )
    from cjmkit.survey.reading.read_export import frame_data

    item = next(i for i in frame_data(answers, codebook=book).all_items if i.item == "q")
    assert item.status == "known"
    assert item.scale == ("Bad", "Fair", "Good", "Excellent")


def test_spss_metadata_is_known(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"id": [1.0, 2, 3, 4], "q1": [1.0, 5, 3, 9]})
    labels = {"q1": {1: "Very bad", 2: "Bad", 3: "Neither", 4: "Good", 5: "Very good", 9: "Refused"}}
    pyreadstat.write_sav(
        frame, str(tmp_path / "w.sav"), variable_value_labels=labels, missing_ranges={"q1": [9]},
        column_labels=["", "The food"],
    )  # fmt: skip
    item = read(tmp_path / "w.sav", quiet=True).item("q1")
    assert (item.status, item.scale, item.missing) == ("known", (1, 5), (9,))
    book = codebook(tmp_path / "w.sav")
    assert missing(book, "q1") == [9]
    assert book[book["variable"] == "q1"]["text"].iloc[0] == "The food"
