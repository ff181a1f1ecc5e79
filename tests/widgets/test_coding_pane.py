"""The coding pane without a browser: it does what the plain functions do, and its files are safe."""

import pandas as pd
import pytest

import cjmkit as cj

FIELDS = ["document", "start", "end", "quote", "code", "coder", "stage", "memo", "valence"]


def text_of(pane):
    return pane.desk.documents["text"].iloc[0]


def place(pane, words):
    start = text_of(pane).index(words)
    return start, start + len(words)


def same(a, b):
    pd.testing.assert_frame_equal(a[FIELDS].reset_index(drop=True), b[FIELDS].reset_index(drop=True))


def say(pane, **content):
    """What the page sends."""
    pane._receive(pane, content, [])


def test_adding_editing_and_removing_equal_the_plain_functions(open_pane, talk, other):
    pane = open_pane()
    a, b = place(pane, "found")
    say(pane, op="add", start=a, end=b, code="joy")
    twin = cj.coding.add_coding(other, talk.documents, document="olga.txt", start=a, end=b, code="joy", coder="anna")
    same(pane.codings, twin)
    row = pane.mine.index[0]
    say(pane, op="edit", id=str(row), change={"valence": -2, "stage": "purchase", "memo": "twice"})
    twin = cj.coding.edit_coding(twin, 1, valence=-2, stage="purchase", memo="twice")
    same(pane.codings, twin)
    say(pane, op="remove", id=str(row))
    same(pane.codings, cj.coding.remove_codings(twin, 1))


def test_the_table_handed_in_is_not_changed(open_pane, other):
    before = other.copy()
    pane = open_pane()
    pane.add(*place(pane, "found"), "joy")
    pd.testing.assert_frame_equal(other, before)


def test_a_coding_keeps_its_number_so_that_a_late_message_never_hits_another(open_pane):
    pane = open_pane()
    for word in ("found", "price", "call"):
        pane.add(*place(pane, word), "joy")
    first, second, third = pane.mine.index
    pane.remove(first)
    pane.add(*place(pane, "once"), "wait")
    assert pane.codings.loc[third, "quote"] == "call"
    assert pane.codings.loc[second, "quote"] == "price"
    say(pane, op="edit", id=str(first), change={"memo": "late"})
    assert "late" not in set(pane.codings["memo"].dropna())
    assert "no coding" in pane.message


@pytest.mark.parametrize("words", ["😡", "waited", "مرحبا", "<script>alert(1)</script>", "once more"])
def test_offsets_count_code_points_whatever_the_script(open_pane, words):
    pane = open_pane()
    pane.add(*place(pane, words), "joy")
    assert pane.mine["quote"].tolist() == [words]


def test_only_ones_own_codings_can_be_changed(open_pane):
    pane = open_pane()
    with pytest.raises(cj.CjmError, match="boris"):
        pane.remove(0)
    say(pane, op="edit", id="0", change={"valence": 2})
    assert pane.codings["valence"].isna().all()
    assert "boris" in pane.message


def test_the_same_code_twice_on_the_same_words_is_one_coding(open_pane):
    pane = open_pane()
    pane.add(*place(pane, "found"), "joy")
    pane.add(*place(pane, "found"), "joy")
    pane.add(*place(pane, "found"), "wait")
    assert pane.mine["code"].tolist() == ["joy", "wait"]


def test_an_unknown_code_field_or_document_is_refused_with_what_is_there(open_pane):
    pane = open_pane()
    with pytest.raises(cj.CjmError, match="price"):
        pane.add(0, 3, "prise")
    pane.add(*place(pane, "found"), "joy")
    with pytest.raises(cj.CjmError, match="memo"):
        pane.edit(pane.mine.index[0], mema="x")
    with pytest.raises(cj.CjmError, match=r"olga\.txt"):
        pane.show_document("olga.text")


def test_each_change_is_in_the_file_and_the_last_removal_takes_the_file_away(open_pane, tmp_path):
    pane = open_pane()
    pane.add(*place(pane, "found"), "joy")
    same(cj.coding.read_codings(tmp_path / "codings"), pane.mine)
    pane.edit(pane.mine.index[0], valence=1)
    assert cj.coding.read_codings(tmp_path / "codings")["valence"].tolist() == [1]
    pane.remove(pane.mine.index[0])
    assert not (tmp_path / "codings" / "anna.csv").exists()


def test_after_a_dead_kernel_the_same_cell_goes_on_where_the_work_stopped(open_pane):
    pane = open_pane()
    pane.add(*place(pane, "found"), "joy")
    pane.add(*place(pane, "price"), "price", valence=-1)
    again = open_pane()  # with the table as it was before anna began
    same(again.mine, pane.mine)
    again.add(*place(again, "call"), "wait")
    assert sorted(open_pane().mine["quote"]) == ["call", "found", "price"]
    assert len(open_pane().codings) == 4


def test_where_the_file_and_the_table_differ_the_file_has_the_say_and_the_pane_says_so(open_pane, talk, other):
    pane = open_pane()
    pane.add(*place(pane, "found"), "joy")
    stale = cj.coding.add_coding(
        other, talk.documents, document="olga.txt", quote="the price", code="price", coder="anna"
    )
    again = open_pane(codings=stale)
    assert again.mine["quote"].tolist() == ["found"]
    assert "1 coding passed in" in again.message


def test_a_file_changed_meanwhile_stays_and_the_work_lies_apart(open_pane, tmp_path):
    pane = open_pane()
    pane.add(*place(pane, "found"), "joy")
    theirs = "document,start,end,quote,code,coder\nolga.txt,31,32,😡,joy,anna\n"
    (tmp_path / "codings" / "anna.csv").write_text(theirs, encoding="utf-8")
    pane.add(*place(pane, "price"), "price")
    pane.add(*place(pane, "call"), "wait")
    assert (tmp_path / "codings" / "anna.csv").read_text(encoding="utf-8") == theirs
    same(
        cj.coding.read_codings(tmp_path / "codings" / "unsaved").sort_values("start"),
        pane.mine.sort_values("start"),
    )
    assert "unsaved/anna." in pane.problem
    # The rescued file is nobody's second voice: agreement would count it as one more coder.
    assert set(cj.coding.read_codings(tmp_path / "codings")["coder"]) == {"anna"}


def test_a_disk_that_refuses_loses_no_coding_and_the_page_says_so(open_pane, tmp_path):
    (tmp_path / "codings").write_text("a file where the folder should be", encoding="utf-8")
    pane = open_pane()
    say(pane, op="add", start=place(pane, "found")[0], end=place(pane, "found")[1], code="joy")
    assert pane.mine["quote"].tolist() == ["found"]
    assert [s["code"] for s in pane.page["spans"].values() if s["kind"] == "mine"] == ["joy"]
    assert "could not be saved" in pane.problem
    (tmp_path / "codings").unlink()
    pane.add(*place(pane, "price"), "price")
    assert pane.problem == ""
    assert sorted(cj.coding.read_codings(tmp_path / "codings")["quote"]) == ["found", "price"]


def test_a_coder_without_a_name_is_refused(open_pane):
    with pytest.raises(cj.CjmError, match="'anna'"):
        open_pane(coder="  ")


def test_every_coder_has_a_file_whatever_the_name(open_pane, tmp_path):
    names = ["a/b", "a_b", "a:b", "..", ".anna", "anna.", "я" * 300]
    for k, name in enumerate(names):
        open_pane(coder=name).add(30 + k, 40, "joy")
    stored = cj.coding.read_codings(tmp_path / "codings")
    assert sorted(stored["coder"]) == sorted(names)
    assert stored["start"].nunique() == len(names)
    assert all(len(open_pane(coder=name).mine) == 1 for name in names)


def test_blind_mode_sends_nothing_of_the_other_coder_to_the_page(open_pane):
    pane = open_pane(blind=True)
    assert pane.page["spans"] == {}
    say(pane, op="standing")
    for word in ("found", "waited a long time"):
        pane.add(*place(pane, word), "wait")
    assert "boris" not in repr([pane.sent, pane.get_state()])
    assert "boris" in repr(open_pane().sent)


def test_turns_in_which_coders_differ_are_named(open_pane):
    pane = open_pane()

    def differ():
        return [k for k, mark in pane.page["turns"].items() if mark["differs"]]

    assert differ() == ["1"]
    pane.add(*place(pane, "waited a long time"), "wait")
    assert differ() == []
    pane.add(*place(pane, "once"), "joy")
    assert differ() == ["2"]
    pane.undo()
    assert differ() == []


def test_suggestions_of_the_library_are_taken_over_or_refused(study):
    codings, turns = study.codings(), study.turns()
    tips = cj.coding.suggest_codes(codings[codings["coder"] == "maya"], turns, n=4, seed=3)
    assert len(tips.codings) == 4
    pane = cj.widgets.coding_pane(
        study.documents(), turns, codings, codebook=study.codebook(), coder="eve", suggestions=tips, lang="en"
    )
    say(pane, op="accept", id="s0")
    say(pane, op="refuse", id="s1")
    first = tips.codings.iloc[0]
    assert pane.mine[["document", "start", "end", "code"]].to_numpy().tolist() == [
        [first["document"], first["start"], first["end"], first["code"]]
    ]
    assert first["coder"] in pane.mine["memo"].iloc[0]
    say(pane, op="accept", id="s1")
    assert "no suggestion" in pane.message
    assert len(pane.mine) == 1


def test_a_suggested_code_that_the_codebook_lacks_is_added_to_it(open_pane):
    start, end = 25, 29
    tips = pd.DataFrame([{"document": "olga.txt", "start": start, "end": end, "code": "newcomer"}])
    pane = open_pane(suggestions=tips)
    pane.accept(0)
    assert pane.mine["code"].tolist() == ["newcomer"]
    assert "newcomer" in pane.codebook


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return cj.Study.example("mealkit", tmp_path_factory.mktemp("studies") / "mealkit")


def test_a_codebook_of_300_codes_is_counted_and_coloured(talk, watch):
    book = cj.coding.Codebook([f"code {k:03}" for k in range(300)])
    pane = cj.widgets.coding_pane(talk.documents, talk.turns, codebook=book, coder="anna", lang="en")
    pane.add(31, 40, "code 299")
    page = watch(pane).page
    assert len(page["codes"]) == 300
    assert all(c["colour"].startswith("#") for c in page["codes"])
    assert page["counts"] == {"code 299": 1}


def test_an_interview_of_a_megabyte_sends_its_text_once_and_only_small_answers_after(tmp_path, watch):
    line = "Ольга: Мы долго выбирали и спорили о цене и о сроках. 😡\nИнтервьюер: А потом?\n"
    (tmp_path / "in").mkdir()
    text = line * (1_000_000 // len(line.encode()) + 1)
    (tmp_path / "in" / "long.txt").write_text(text, encoding="utf-8")
    read = cj.interviews.read(tmp_path / "in")
    book = cj.coding.Codebook(["price"])
    pane = cj.widgets.coding_pane(read.documents, read.turns, codebook=book, coder="anna", lang="en")
    watch(pane)
    last = text.rindex("цене")
    pane.add(last, last + 4, "price")
    assert pane.mine["quote"].tolist() == ["цене"]
    assert [m["kind"] for m in pane.sent] == ["all", "change"]
    assert len(repr(pane.sent[-1])) < 2000


def test_without_a_kernel_a_page_shows_an_escaped_table_without_scripts(open_pane):
    pane = open_pane()
    pane.add(*place(pane, "<script>alert(1)</script>"), "joy")
    html = pane.static_html()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "scope='col'" in html
    data, _ = pane._repr_mimebundle_()
    assert data["text/html"] == html
    assert data["text/plain"] == "<CodingPane: olga.txt, coder anna, 1 codings>"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_pane_speaks_both_languages(open_pane):
    en, ru = open_pane(lang="en"), open_pane(lang="ru")
    assert set(en._words) == set(ru._words)
    assert all(en._words[k] != ru._words[k] for k in en._words)
    ru.add(*place(ru, "found"), "joy")
    ru.undo()
    assert ru.message == "отменено: joy"


def test_no_document_is_an_error_that_says_what_to_do():
    empty = pd.DataFrame({"document": [], "text": []})
    with pytest.raises(cj.CjmError, match="interviews/"):
        cj.widgets.coding_pane(empty, empty, coder="anna")
