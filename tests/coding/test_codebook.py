import pandas as pd
import pytest

from cjmkit import coding
from cjmkit.errors import CjmError, FileFormatError

BOOK = coding.Codebook(
    [
        coding.Code(
            "молчание",
            "Никто не перезванивает",
            stage="deal",
            lane="barriers",
            colour="#abc",
            include=("ждали неделю",),
        ),
        coding.Code("нет ответа в чате", parent="молчание"),
        coding.Code("нет звонка", parent="молчание", definition="Обещали позвонить"),
        "цена",
    ]
)


def codings(*codes):
    return coding.check_codings(
        pd.DataFrame(
            [{"document": "d", "start": 0, "end": 5, "quote": "abcde", "code": c, "coder": "eva"} for c in codes]
        )
    )


def test_yaml_brings_back_the_same_codebook(tmp_path):
    BOOK.to_yaml(tmp_path / "codebook.yaml")
    assert coding.Codebook.from_yaml(tmp_path / "codebook.yaml") == BOOK
    assert BOOK["молчание"].colour == "#AABBCC"


def test_children_may_be_nested_in_yaml(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text("codes:\n- name: a\n  children:\n  - b\n  - name: c\n    children: [d]\n", encoding="utf-8")
    book = coding.Codebook.from_yaml(path)
    assert book.path("d") == "a / c / d"
    assert book.top("d") == "a"
    assert [c.name for c in book.under("a")] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("codes: [a, a]", "two codes called 'a'"),
        ("codes: [{name: a, parent: b}]", "unknown parent 'b'"),
        ("codes: [{name: a, parent: b}, {name: b, parent: a}]", "own ancestor"),
        ("codes: [{name: a, lane: bariers}]", "did you mean 'barriers'"),
        ("codes: [{name: a, colour: red}]", "not #RRGGBB"),
        ("codes: [{name: a, definiton: x}]", "did you mean 'definition'"),
        ("codes: {a: 1}", "list under 'codes:'"),
        ("codes: [", "codebook.yaml:2"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(tmp_path, text, says):
    path = tmp_path / "codebook.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileFormatError, match=says):
        coding.Codebook.from_yaml(path)


def test_renaming_takes_children_and_codings_along():
    book, table = BOOK.rename("молчание", "тишина", codings("молчание", "цена"))
    assert book["нет звонка"].parent == "тишина"
    assert table["code"].tolist() == ["тишина", "цена"]
    assert "молчание" in BOOK
    with pytest.raises(CjmError, match="use merge"):
        BOOK.rename("цена", "молчание")


def test_merging_keeps_one_of_codings_that_become_equal_and_all_definitions():
    table = codings("нет звонка", "нет ответа в чате", "цена")
    book, out = BOOK.merge(["нет ответа в чате", "нет звонка"], "молчание", table)
    assert sorted(out["code"]) == ["молчание", "цена"]
    assert book.names == ("молчание", "цена")
    assert book["молчание"].definition == "Никто не перезванивает Обещали позвонить"
    with_memo = table.assign(memo=["а", "б", ""])
    assert len(BOOK.merge(["нет ответа в чате", "нет звонка"], "молчание", with_memo)[1]) == 3, (
        "another memo is another remark"
    )


def test_merging_a_parent_into_its_child_makes_no_loop():
    book, _ = BOOK.merge(["молчание"], "нет звонка")
    assert book["нет звонка"].parent == ""
    assert book["нет ответа в чате"].parent == "нет звонка"


def test_splitting_divides_the_codings_and_keeps_the_old_code_while_it_is_used():
    table = codings("цена", "цена").assign(quote=["дорого", "скидка"])
    book, out = BOOK.split("цена", ["дорого", "скидка"], table, choose=lambda row: row["quote"])
    assert out["code"].tolist() == ["дорого", "скидка"]
    assert "цена" not in book
    book, out = BOOK.split("цена", ["дорого"], table, choose={0: "дорого"})
    assert out["code"].tolist() == ["дорого", "цена"]
    assert book["дорого"].parent == "цена"
    with pytest.raises(CjmError, match="say with choose="):
        BOOK.split("цена", ["дорого"], table)


def test_rolling_up_counts_a_passage_once_for_its_top_code():
    out = BOOK.roll_up(codings("нет звонка", "нет ответа в чате", "цена"))
    assert sorted(out["code"]) == ["молчание", "цена"]


@pytest.mark.parametrize(
    "text",
    [
        "k: &a [{name: x}]\n"
        + "".join(f"k{i}: &a{i} [{{name: n{i}, children: *a{i - 1 if i else ''}}}]\n" for i in range(30)),
        "codes: &c [{name: a, children: *c}]\n",
        "codes:\n"
        + "".join("  " * k + f"- name: n{k}\n" + "  " * k + "  children:\n" for k in range(60))
        + "  " * 60
        + "- x\n",
    ],
    ids=["many", "itself", "deep"],
)
def test_a_codebook_that_repeats_or_holds_itself_is_refused_in_words(tmp_path, text):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(CjmError):
        coding.Codebook.from_yaml(tmp_path / "c.yaml")
