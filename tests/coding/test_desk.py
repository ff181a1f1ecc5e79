"""The coder's desk: every step is undone, saved between any two keys, and nobody else's work is touched."""

import itertools
import os
import random
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit import coding, files
from cjmkit.coding import coder_file
from cjmkit.errors import CjmError

TEXT = "Q: How was it?\nAnn: I waited a week. Then the price came.\nQ: And?\nAnn: Too dear, I left."
FIELDS = ["document", "start", "end", "quote", "code", "coder", "stage", "memo", "valence"]


@pytest.fixture
def talk():
    return cj.interviews.read_text(TEXT, document="ann")


@pytest.fixture
def desk(talk, tmp_path):
    def open_(**more):
        given = {"codebook": coding.Codebook(["wait", "price", "left"]), "coder": "eve", "lang": "en"}
        return coding.Desk(talk.documents, talk.turns, **(given | {"folder": tmp_path / "codings"} | more))

    return open_


def at(words):
    return "ann", (TEXT.index(words), TEXT.index(words) + len(words))


def look(desk):
    """All that a desk holds, in a form that compares."""
    rows = desk.codings[FIELDS].astype("str").fillna("").sort_values(FIELDS).to_numpy().tolist()
    tips = sorted((k, r["start"], r["code"]) for k, r in desk.tips.items())
    return rows, tips, repr(desk.book.table.to_dict("list")), desk.notes


def act(desk, rng):
    """One random step of any kind."""
    own = [k for k, r in desk.rows_of("ann").items() if r["coder"] == desk.coder]
    names = list(desk.book.names)
    a = rng.randrange(0, len(TEXT) - 9)
    steps = {
        "add": lambda: desk.add("ann", (a, a + rng.randrange(1, 9)), rng.choice(names), memo=rng.choice([None, "m"])),
        "edit": lambda: desk.edit(rng.choice(own), valence=rng.choice([-2, 1]), memo=rng.choice(["x", "y"])),
        "remove": lambda: desk.remove(rng.choice(own)),
        "new": lambda: desk.add_code(f"code {rng.randrange(999)}"),
        "rename": lambda: desk.edit_code(rng.choice(names), name=f"name/{rng.randrange(999)}", definition="d"),
        "merge": lambda: desk.merge_codes([rng.choice(names)], rng.choice(names)),
        "split": lambda: desk.split_code(
            rng.choice(names), [f"part {rng.randrange(999)}", f"bit {rng.randrange(999)}"]
        ),
        "move": lambda: desk.move_code(rng.choice(names), before=rng.choice(names)),
        "accept": lambda: desk.accept(rng.choice(list(desk.tips))),
        "correct": lambda: desk.accept(rng.choice(list(desk.tips)), rng.choice(names)),
        "refuse": lambda: desk.refuse(rng.choice(list(desk.tips))),
        "settle": lambda: desk.settle("ann", 1, "bob", take=rng.choice(["mine", "theirs", "both"])),
    }
    kind = rng.choice(list(steps))
    if (kind in ("edit", "remove") and not own) or (kind in ("accept", "correct", "refuse") and not desk.tips):
        kind = "add"
    steps[kind]()
    return kind


@pytest.mark.parametrize("seed", range(4))
def test_every_step_can_be_undone_and_done_again_and_the_file_follows(desk, talk, tmp_path, seed):
    rng = random.Random(seed)
    bobs = coding.add_coding(coding.empty_codings(), talk.documents, document="ann", quote="waited a week", code="wait",
                             coder="bob")  # fmt: skip
    one = desk(codings=bobs)
    one.offer(pd.DataFrame([dict(zip(("document", "start", "end"), (at(w)[0], *at(w)[1])), code=c) for w, c in
                            [("week", "wait"), ("price", "price"), ("dear", "cost"), ("left", "left")]]))  # fmt: skip
    seen, kinds = [look(one)], set()
    for _ in range(40):
        before = one.steps
        kinds.add(act(one, rng))
        assert one.steps in (before, before + 1)
        if one.steps > before:
            seen.append(look(one))
        assert one.problem == ""
    assert len(kinds) >= 8
    for expected in reversed(seen[:-1]):
        one.undo()
        assert look(one) == expected
    assert one.undo() == "nothing to undo"
    for expected in seen[1:]:
        one.redo()
        assert look(one) == expected
        if one.steps % 4:
            continue
        stored = coding.read_codings(tmp_path / "codings")
        mine = one.mine[FIELDS].astype("str").fillna("").sort_values(FIELDS).to_numpy().tolist()
        assert stored[FIELDS].astype("str").fillna("").sort_values(FIELDS).to_numpy().tolist() == mine
    assert desk(codings=bobs).book == one.book


def test_a_row_made_at_the_desk_is_the_row_that_the_plain_function_makes(desk, talk):
    one = desk()
    one.add(*at("waited"), "wait", valence=-1, memo=" slow ", stage="deal")
    document, (start, end) = at("waited")
    twin = coding.add_coding(coding.empty_codings(), talk.documents, document=document, start=start, end=end,
                             code="wait", coder="eve", valence=-1, memo=" slow ", stage="deal")  # fmt: skip
    pd.testing.assert_frame_equal(one.mine.drop(columns="created"), twin.drop(columns="created"))
    for span, more in (((5, 5), {}), ((0, 9999), {}), ((0, 3), {"valence": 7})):
        with pytest.raises(cj.CjmError):
            one.add("ann", span, "wait", **more)
    assert len(one.mine) == 1


def test_adding_writes_one_line_whatever_lies_there(desk, monkeypatch):
    one = desk()
    one.add(*at("waited"), "wait")
    whole = []
    monkeypatch.setattr(coder_file, "write_atomically", lambda *a, **k: whole.append(a))
    for k in range(200):
        one.add("ann", (k % 60, k % 60 + 1 + k // 60), "price")
    assert whole == []
    assert len(coding.read_codings(one.path)) == len(one.mine) == 201


def test_rows_of_other_people_in_a_coders_file_are_written_back(desk, tmp_path):
    folder = tmp_path / "codings"
    folder.mkdir()
    rows = "document,start,end,quote,code,coder,mood\n"
    rows += "ann,20,26,waited,wait,Eve,sad\nann,36,40,Then,left,bob,\nann,42,45,the,price,eve,\n"
    (folder / "eve.csv").write_text(rows)
    one = desk(codings=coding.read_codings(folder))
    added = one.add(*at("dear"), "price")
    stored = coding.read_codings(folder)
    assert sorted(stored["coder"]) == ["Eve", "bob", "eve", "eve"]
    assert stored.set_index("coder")["mood"]["Eve"] == "sad"
    one.remove(added)
    one.remove(one.mine.index[0])
    assert sorted(coding.read_codings(folder)["coder"]) == ["Eve", "bob"]


def test_a_memo_that_a_spreadsheet_would_run_is_stored_inert_and_read_as_it_was(desk):
    one = desk()
    one.add(*at("waited"), "wait", memo="=1+1")
    assert ",=1+1" not in one.path.read_text()
    assert desk().mine["memo"].tolist() == ["=1+1"]


def test_a_decomposed_name_is_the_same_coder(desk, tmp_path):
    desk(coder="Андрей").add(*at("waited"), "wait")
    again = desk(coder="Андрей".replace("й", "й"))
    again.add(*at("price"), "price")
    assert len(list((tmp_path / "codings").glob("*.csv"))) == 1
    assert len(coding.read_codings(again.path)) == 2


def test_work_set_aside_by_several_sessions_is_kept_apart_offered_and_taken_up_whole(desk, tmp_path):
    path = tmp_path / "codings" / "eve.csv"
    for words, code in (("waited", "wait"), ("price", "price")):
        one = desk()
        one.add(*at("left"), "left")
        path.write_text("document,start,end,quote,code,coder\nann,0,1,Q,left,eve\n")
        one.add(*at(words), code)
        assert "unsaved/" in one.problem
    assert len(list(path.parent.glob("unsaved/*.csv"))) == 2
    last = desk()
    assert len(last.waiting()) == 2
    assert last.recover() == 3
    assert sorted(last.mine["quote"]) == ["Q", "left", "price", "waited"]
    assert last.waiting() == []
    assert len(coding.read_codings(path)) == 4
    last.undo()
    assert last.mine["quote"].tolist() == ["Q"]


def test_a_file_that_comes_back_as_it_was_takes_the_work_again(desk, tmp_path):
    one = desk()
    one.add(*at("waited"), "wait")
    own = one.path.read_bytes()
    one.path.write_text("document,start,end,quote,code\n")
    one.add(*at("price"), "price")
    assert one.problem
    one.path.write_bytes(own)
    one.add(*at("left"), "left")
    assert one.problem == ""
    assert len(coding.read_codings(one.path)) == 3
    assert files.waiting(one.path) == []


CHILD = """
import sys, cjmkit as cj
talk = cj.interviews.read_text({text!r}, document="ann")
desk = cj.coding.Desk(talk.documents, talk.turns, codebook=cj.coding.Codebook(["a"]), coder="eve", folder=sys.argv[1])
print("ready", flush=True)
for k in range(100000):
    code = f"code {{len(desk.book)}}"
    if k % 5 == 4:
        desk.add_code(code); print("code", code, flush=True)
    start = sum(desk.uses().values())
    row = desk.add("ann", (start % 60, start % 60 + 1 + start // 60), "a")
    print("add", start % 60, start % 60 + 1 + start // 60, flush=True)
    if k % 11 == 10:
        desk.edit(row, memo=f"memo {{k}}"); print("memo", k, flush=True)
"""


def test_a_kill_between_any_two_keys_loses_nothing_that_was_acknowledged(tmp_path):
    folder = tmp_path / "codings"
    rng = random.Random(1)
    for round_ in range(5):
        child = subprocess.Popen([sys.executable, "-c", CHILD.format(text=TEXT), str(folder)], stdout=subprocess.PIPE,
                                 text=True)  # fmt: skip
        assert child.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.01, 0.25))
        child.kill()
        told = [line.split(" ", 1) for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        child.stdout.close()
        child.wait()
        stored = coding.read_codings(folder / "eve.csv") if (folder / "eve.csv").exists() else coding.empty_codings()
        spans = set(zip(stored["start"], stored["end"]))
        memos, names = set(stored["memo"].dropna()), coding.Codebook(())
        if (folder / "codebook.yaml").exists():
            names = coding.Codebook.from_yaml(folder / "codebook.yaml")
        for kind, rest in told:
            if kind == "add":
                assert tuple(map(int, rest.split())) in spans, (round_, rest)
            elif kind == "code":
                assert rest.strip() in names
            else:
                assert f"memo {rest.strip()}" in memos
        assert not list((folder / "unsaved").glob("*")) if (folder / "unsaved").exists() else True
    assert len(stored) > 5


def test_codes_made_at_the_desk_are_in_the_codebook_file_with_definition_and_colour(desk, tmp_path):
    study_file = tmp_path / "codebook.yaml"
    coding.Codebook(["wait", "price", "left"]).to_yaml(study_file)
    study_file.write_text("# made with Nadia\n" + study_file.read_text())
    one = desk()
    one.add_code("a/b", definition="Both at once")
    stored = coding.Codebook.from_yaml(study_file)
    assert stored["a/b"].definition == "Both at once"
    assert stored["a/b"].colour in coding.COLOURS
    assert study_file.read_text().startswith("# made with Nadia\n")
    one.edit_code("a/b", colour="#123456", parent="wait")
    assert coding.Codebook.from_yaml(study_file)["a/b"].colour == "#123456"
    one.undo()
    assert coding.Codebook.from_yaml(study_file)["a/b"].colour in coding.COLOURS
    # A codebook that is not the study's own goes into the coders' folder and is found again.
    other = desk(codebook=coding.Codebook(["mine"]))
    other.add_code("new")
    assert "new" not in coding.Codebook.from_yaml(study_file)
    again = desk(codebook=coding.Codebook(["mine", "later"]))
    assert "new" in again.book
    assert again.codes_passed_over == ["later"]


def test_two_people_who_make_codes_at_once_both_keep_theirs(desk, tmp_path):
    path = tmp_path / "codebook.yaml"
    coding.Codebook(["wait"]).to_yaml(path)
    eve, bob = desk(codebook=path), desk(codebook=path, coder="bob")
    eve.add_code("from eve")
    bob.add_code("from bob")
    bob.edit_code("wait", definition="bob's words")
    eve.edit_code("wait", colour="#0072B2")
    stored = coding.Codebook.from_yaml(path)
    assert set(stored.names) == {"wait", "from eve", "from bob"}
    assert stored["wait"].colour == "#0072B2"


def test_merging_and_renaming_take_own_codings_along_and_leave_what_others_use(desk, talk):
    bobs = coding.add_coding(coding.empty_codings(), talk.documents, document="ann", quote="waited", code="wait",
                             coder="bob")  # fmt: skip
    one = desk(codings=bobs)
    for words, code in (("week", "wait"), ("dear", "price"), ("dear", "left")):
        one.add(*at(words), code)
    one.merge_codes(["left"], "price")
    assert one.mine["code"].tolist() == ["wait", "price"]
    assert "left" not in one.book
    one.edit_code("wait", name="delay")
    assert sorted(one.codings["code"]) == ["delay", "price", "wait"]
    assert {"wait", "delay"} <= set(one.book.names)
    one.merge_codes(["wait"], "delay")
    assert "wait" in one.book
    assert "others still use" in one.last.said
    with pytest.raises(cj.CjmError, match="merge"):
        one.remove_code("wait")
    row = one.mine.index[0]
    one.split_code("delay", ["call", "letter"], {row: "letter"})
    assert one.mine.loc[row, "code"] == "letter"
    assert "delay" not in one.book


def test_settling_changes_ones_own_file_only_and_the_turn_no_longer_differs(desk, talk):
    bobs = coding.empty_codings()
    for quote, code in (("waited a week", "wait"), ("price came", "price")):
        bobs = coding.add_coding(bobs, talk.documents, document="ann", quote=quote, code=code, coder="bob")
    for take, codes in (("mine", {"left"}), ("theirs", {"wait", "price"}), ("both", {"left", "wait", "price"})):
        one = desk(codings=bobs, folder=None)
        one.add(*at("week"), "left")
        assert one.differs("ann", 1)
        one.settle("ann", 1, "bob", take=take)
        assert set(one.mine["code"]) == codes
        assert not one.differs("ann", 1)
        assert set(one.codings.query("coder == 'bob'")["code"]) == {"wait", "price"}
        one.undo()
        assert one.differs("ann", 1)


def test_what_was_refused_and_seen_is_remembered_in_the_next_session(desk):
    tips = pd.DataFrame([{"document": "ann", "start": 20, "end": 26, "code": "wait", "score": 0.5}])
    one = desk()
    one.offer(tips)
    one.refuse(0)
    one.see("ann", [1])
    again = desk()
    again.offer(tips)
    assert again.tips == {}
    assert again.seen("ann") == {1}
    assert coding.standing(again).documents[["turns", "seen"]].to_numpy().tolist() == [[2, 1]]
    again.undo()
    one.undo()
    assert len(one.tips) == 1


def linear(colours):
    c = np.array([[int(h[i : i + 2], 16) / 255 for i in (1, 3, 5)] for h in colours])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB under D65."""
    m = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    )
    x = rgb @ np.array(m).T / np.array([0.95047, 1, 1.08883])
    f = np.where(x > 0.008856, np.cbrt(np.clip(x, 1e-9, None)), 7.787 * x + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)


# Machado, Oliveira and Fernandes (2009), severity 1.0.
SEEN_BY = {
    "everybody": np.eye(3),
    "protanopes": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopes": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopes": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


@pytest.mark.parametrize("who", SEEN_BY)
def test_the_colours_of_codes_stay_apart_for(who):
    seen = lab(np.clip(linear(coding.COLOURS) @ np.array(SEEN_BY[who]).T, 0, 1))
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert nearest > 20  # about nine times what is just told apart
    luminance = linear(coding.COLOURS) @ np.array([0.2126, 0.7152, 0.0722])
    assert (1.05 / (luminance + 0.05)).min() >= 3 if who == "everybody" else True


def test_new_codes_take_the_colours_that_are_free(desk):
    one = desk(codebook=coding.Codebook(["x"]))
    for k in range(29):
        one.add_code(f"c{k}")
    counts = pd.Series([c.colour or coding.COLOURS[0] for c in one.book]).value_counts()
    assert counts.tolist() == [3] * 10


def test_what_a_person_refuses_teaches_the_machine_and_is_not_offered_again():
    price = ("The price was too high for me", "I found it expensive and dear", "It cost a lot of money")
    other = ("I waited for the call", "They wrote a letter", "The flat was bright")
    week = "It cost me a whole week of my time"
    talks = [
        cj.interviews.read_text(
            f"Q: And then?\nA: {price[k % 3]}.\nQ: What else?\nA: {other[k % 3]}.\nQ: More?\nA: {week}, {k}.",
            document=f"p{k}",
        )
        for k in range(10)
    ]
    documents, turns = (
        pd.concat([getattr(t, part) for t in talks], ignore_index=True) for part in ("documents", "turns")
    )
    codings = coding.empty_codings()
    for k in range(5):
        for quote in (price[k % 3], week)[: 1 if k == 4 else 2]:
            codings = coding.add_coding(codings, documents, document=f"p{k}", quote=quote, code="price", coder="eve")
    one = coding.Desk(documents, turns, codings, codebook=coding.Codebook(["price"]), coder="eve")

    def offered():
        coding.propose(one)
        return {r["document"]: r["score"] for r in one.tips.values() if r["quote"].startswith(week)}

    before = offered()
    assert {"p5", "p6", "p7", "p8", "p9"} <= set(before)
    for tip, row in list(one.tips.items()):
        if row["quote"].startswith(week) and row["document"] in ("p5", "p6", "p7", "p8"):
            one.refuse(tip)
    after = offered()
    assert set(after) <= {"p4", "p9"}
    assert after.get("p9", 0) < before["p9"] - 0.2


def test_what_a_full_disk_refused_is_written_with_the_next_coding(tmp_path, monkeypatch):
    file = coder_file.CoderFile(tmp_path, "anna")

    def row(k):
        return {"document": "d", "start": k, "end": k + 1, "quote": "x", "code": "a", "coder": "anna"}

    assert file.save({0: row(0)})
    real = os.write

    def full(handle, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(coder_file.os, "write", full)
    with pytest.raises(CjmError, match="could not be saved"):
        file.save({1: row(1)}, added=True)
    monkeypatch.setattr(coder_file.os, "write", real)
    assert file.save({2: row(2)}, added=True)
    assert cj.coding.read_codings(file.path)["start"].tolist() == [0, 1, 2]
