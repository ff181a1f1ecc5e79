"""Tables that are not one row a person come out as one, from a row an answer or a column a person; nobody is lost."""

import numpy as np
import pandas as pd
import pytest

from cjmkit.survey import codebook, read, score

DICE = np.random.default_rng(5)
PEOPLE = [f"u{k:03}" for k in range(80)]
WIDE = pd.DataFrame(
    {
        "respondent": PEOPLE,
        "How satisfied are you with delivery (1-5)?": DICE.integers(1, 6, 80),
        "How satisfied are you with the shop (1-5)?": DICE.integers(1, 6, 80),
        "Why did you come back?": [f"because of reason {k}" for k in range(80)],
    }
)
RATED = list(WIDE.columns[1:3])


def long(person="respondent", question="question", answer="answer"):
    rows = WIDE.melt(id_vars="respondent", var_name=question, value_name=answer).rename(columns={"respondent": person})
    return rows.sample(frac=1, random_state=2)


def save(frame, path, **how):
    frame.to_excel(path, index=False, **how) if path.suffix == ".xlsx" else frame.to_csv(path, index=False, **how)
    return path


def means(s):
    return [(float(s.values(c).mean()), s.n) for c in RATED]


TRUTH = [(float(WIDE[c].mean()), 80) for c in RATED]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    "heads",
    [
        ("respondent_id", "Question", "Answer"),
        ("RESPNUM", "questionText", "Response"),
        ("Респондент", "Вопрос", "Ответ"),
        ("case", "variable", "value"),
    ],
    ids="-".join,
)
def test_a_row_an_answer_becomes_a_row_a_person(tmp_path, heads, suffix):
    rows = long(*heads)
    s = read(save(rows, tmp_path / f"bi{suffix}"), quiet=True)
    assert means(s) == TRUTH and s.person == heads[0] and s.respondents.nunique() == 80
    assert f"{len(rows)} rows are 80 people and 3 questions" in s.report("en")
    assert s.source.respondents == 80


def test_several_answers_of_one_person_are_a_multi_select_and_attributes_stay(tmp_path):
    rows = long("respondent_id", "question", "answer")
    ways = [DICE.permutation(["Shop", "Web, app", "Phone"])[: DICE.integers(1, 4)] for _ in PEOPLE]
    used = [(p, "Which channels did you use?", w) for p, chosen in zip(PEOPLE, ways, strict=True) for w in chosen]
    rows = pd.concat([rows, pd.DataFrame(used, columns=rows.columns)]).reset_index(drop=True)
    rows["country"] = rows["respondent_id"].map(dict(zip(PEOPLE, ["NL", "DE"] * 40, strict=True)))
    rows["answered_at"] = pd.date_range("2026-01-01", periods=len(rows), freq="min").astype(str)
    s = read(save(rows, tmp_path / "bi.csv"), quiet=True)
    table = score(s, "Which channels*").table.set_index("option")
    assert table["chosen"].to_dict() == {w: sum(w in c for c in ways) for w in ("Shop", "Web, app", "Phone")}
    assert s.data["country"].tolist() == ["NL" if p in PEOPLE[::2] else "DE" for p in s.data["respondent_id"]]
    assert "answered_at" in s.report("en") and "answered_at" not in s.data and means(s) == TRUTH


def test_an_unanswered_question_is_a_gap_and_a_row_without_a_person_is_said(tmp_path):
    rows = long("respondent_id", "question", "answer").reset_index(drop=True)
    gone = rows.index[(rows["question"] == RATED[0]) & (rows["respondent_id"] == "u007")]
    rows = rows.drop(gone)
    rows.loc[rows.index[0], "respondent_id"] = None
    s = read(save(rows, tmp_path / "bi.csv"), quiet=True)
    assert (
        s.data.set_index("respondent_id").loc["u007", RATED[0]]
        != s.data.set_index("respondent_id").loc["u007", RATED[0]]
    )
    assert "1 rows without person or question" in s.report("en") and s.n == 80


def test_a_table_with_a_question_and_an_answer_a_person_stays_as_it_is(tmp_path):
    frame = pd.DataFrame({"id": PEOPLE, "Question": ["Where?", "When?"] * 40, "Answer": ["here", "now"] * 40})
    assert read(save(frame, tmp_path / "t.csv"), quiet=True).n == 80


@pytest.mark.parametrize("names", ["P{}", "Respondent {}", "Анкета №{}"])
def test_a_column_a_person_is_turned_round(tmp_path, names):
    turned = WIDE.set_index("respondent").T
    turned.columns = [names.format(k) for k in range(1, 81)]
    turned.insert(0, "", turned.index)
    for name in ("t.csv", "t.xlsx"):
        s = read(save(turned, tmp_path / name), quiet=True)
        assert means(s) == TRUTH and s.data[s.person].tolist() == list(turned.columns[1:])
        assert "turned round" in s.report("en")


def test_people_called_by_name_under_the_head_question_are_turned_round_too(tmp_path):
    turned = WIDE.head(5).set_index("respondent").T
    turned.columns = ["Anna", "Boris", "Chen", "Dana", "Eli"]
    turned.insert(0, "Вопрос", turned.index)
    s = read(save(turned, tmp_path / "t.csv"), quiet=True)
    assert s.respondents.tolist() == ["Anna", "Boris", "Chen", "Dana", "Eli"]


def test_columns_called_p1_to_p9_with_people_below_stay(tmp_path):
    frame = pd.DataFrame({"folio": range(80), **{f"P{k}": DICE.integers(1, 6, 80) for k in range(1, 10)}})
    s = read(save(frame, tmp_path / "es.csv"), quiet=True)
    assert s.n == 80 and "turned round" not in s.report("en")


def test_rows_that_repeat_all_answers_are_counted_and_said(tmp_path):
    frame = pd.DataFrame({"id": PEOPLE, **{f"q{k}": DICE.integers(1, 6, 80) for k in range(1, 13)}})
    frame.iloc[40, 1:] = frame.iloc[3, 1:]
    frame.iloc[50, 1:] = frame.iloc[3, 1:]
    s = read(save(frame, tmp_path / "t.csv"), quiet=True)
    assert "2 rows repeat all answers of an earlier row and are counted: 42, 52" in s.report("en") and s.n == 80
    few = frame.assign(**{f"q{k}": np.nan for k in range(4, 13)})
    assert "repeat all answers" not in read(save(few, tmp_path / "few.csv"), quiet=True).report("en")


def test_what_a_page_leaves_in_a_pasted_list_is_passed_over(tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text(
        "Code list 2026\n\nVARIABLE   LABEL\nQ7FOOD   Restaurants\nQ7SHOP   Shops\n"
        "   5   Outstanding, better than\n       anywhere else\n   4   Good\n\n      12\nPage 2 of 9\n"
        "VARIABLE   LABEL\n"
        "   1   Unacceptable\n   6   Never used\n\nQ8AGE   Age\n",
        encoding="utf-8",
    )
    book = codebook(path)
    food = book[book["variable"] == "Q7FOOD"]
    assert food["code"].tolist() == [5, 4, 1, 6] and food["meaning"].iloc[0] == "Outstanding, better than anywhere else"
    assert set(book["variable"]) == {"Q7FOOD", "Q7SHOP", "Q8AGE"}
