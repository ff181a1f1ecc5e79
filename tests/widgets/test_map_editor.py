"""The map editor without a browser: every act equals a method of the journey, and no work is lost."""

import errno
import os

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import cjmkit as cj
from cjmkit.exchange import read_journey, write_journey
from cjmkit.files import set_aside, waiting

QUOTE = cj.Quote(document="a.txt", start=0, end=9, quote="promised date", participant="u1")


def journey():
    survey = cj.EmotionPoint(stage="deal", source="survey", estimate=cj.Estimate(value=-1, low=-1.4, high=-0.6, n=40))
    return (
        cj.Journey.from_framework("loyalty-loop", title="First flat", language="en")
        .with_note("deal", "barriers", "Small <i>print</i>")
        .with_note("deal", "barriers", "No date", evidence=[QUOTE])
        .with_touchpoint("deal", "Sales office", channel="office", owner="Sales")
        .with_emotion([survey])
    )


def edit(start=None, **kwargs):
    return cj.widgets.map_editor(start or journey(), evidence=[QUOTE], lang="en", **kwargs)


def say(editor, **content):
    """What the page sends."""
    editor._receive(editor, content, [])


def ident(text, j=None):
    return next(item.id for *_, item in (j or journey()).cells() if item.text == text)


@pytest.mark.parametrize(
    ("act", "twin"),
    [
        (
            {"op": "add", "stage": "deal", "lane": "goals", "text": "Keys"},
            lambda j: j.with_note("deal", "goals", "Keys"),
        ),
        (
            {"op": "add", "stage": "deal", "lane": "touchpoints", "text": "Bot"},
            lambda j: j.with_touchpoint("deal", "Bot"),
        ),
        ({"op": "delete", "id": ident("No date")}, lambda j: j.without_note(ident("No date"))),
        (
            {"op": "move", "id": ident("No date"), "stage": "trigger", "lane": "questions"},
            lambda j: j.with_note_moved(ident("No date"), "trigger", "questions"),
        ),
        (
            {"op": "move", "id": ident("No date"), "stage": "deal", "lane": "barriers", "position": 0},
            lambda j: j.with_note_moved(ident("No date"), "deal", "barriers", position=0),
        ),
        ({"op": "add_stage", "title": "Repair"}, lambda j: j.with_stage(cj.Stage(id="repair", title="Repair"))),
        ({"op": "delete_stage", "id": "deal"}, lambda j: j.without_stage("deal")),
        (
            {"op": "rename_stage", "id": "deal", "title": "Contract"},
            lambda j: j.with_stage(j.stage("deal").replace(title="Contract")),
        ),
        (
            {"op": "move_stage", "id": "deal", "by": -1},
            lambda j: j.with_stage_order(swapped([s.id for s in j.stages], "deal")),
        ),
    ],
    ids=lambda a: a["op"] if isinstance(a, dict) else "",
)
def test_what_the_page_does_equals_the_journeys_own_method(act, twin):
    editor = edit()
    say(editor, **act)
    assert editor.journey == twin(journey())
    assert editor.journey != journey()
    editor.undo()
    assert editor.journey == journey()


def swapped(order, name):
    k = order.index(name)
    order[k - 1], order[k] = order[k], order[k - 1]
    return order


def test_the_journey_handed_in_is_never_changed():
    start = journey()
    editor = edit(start)
    say(editor, op="delete_stage", id="deal")
    assert start == journey()


def test_evidence_is_attached_once():
    editor = edit()
    where = ident("Small <i>print</i>")
    say(editor, op="attach", id=where, evidence=QUOTE.id)
    say(editor, op="attach", id=where, evidence=QUOTE.id)
    assert editor.journey.stage("deal").barriers[0].evidence == (QUOTE,)
    say(editor, op="attach", id=where, evidence="nothing")
    assert editor._map["problem"]


def test_evidence_is_found_by_any_of_its_words():
    other = cj.Quote(document="b.txt", start=0, end=5, quote="price after the call", participant="u2")
    editor = cj.widgets.map_editor(journey(), evidence=[QUOTE, other], lang="en")
    say(editor, op="search", text="CALL price")
    assert [i["id"] for i in editor._found["items"]] == [other.id]
    say(editor, op="search", text="")
    assert len(editor._found["items"]) == 2
    say(editor, op="search", text="nowhere")
    assert editor._found["items"] == []


def test_a_point_drawn_by_hand_is_an_estimate_without_people_and_data_stay():
    editor = edit()
    say(editor, op="emotion", stage="deal", value=0.7)
    own = [p for p in editor.journey.emotion if p.source == "researcher"]
    assert [(p.estimate.value, p.estimate.n) for p in own] == [(0.7, 0)]
    assert journey().emotion[0] in editor.journey.emotion
    say(editor, op="emotion", stage="deal", value=None)
    assert editor.journey == journey()
    say(editor, op="emotion", stage="deal", value=7)
    assert editor._map["problem"]
    assert editor.journey == journey()


def test_curves_of_different_sources_and_personas_are_told_apart():
    points = [
        cj.EmotionPoint(stage="deal", source="coding", estimate=cj.Estimate(value=1, n=5)),
        cj.EmotionPoint(stage="deal", source="survey", persona="p1", estimate=cj.Estimate(value=0, n=7)),
    ]
    j = journey().with_personas([cj.Persona(id="p1", name="Planner")])
    editor = edit(j.replace(emotion=(*j.emotion, *points)))
    assert editor._map["series"] == ["survey", "interviews", "Planner, survey"]
    deal = next(s for s in editor._map["stages"] if s["id"] == "deal")
    assert [p["series"] for p in deal["emotion"]] == [0, 1, 2]
    assert deal["emotion"][2]["label"].startswith("Planner, survey: ")


def test_namesakes_in_two_cells_are_two_notes():
    j = journey().with_note("trigger", "barriers", "No date").with_note("trigger", "goals", "No date")
    assert ident("No date", j) == j.stage("trigger").barriers[0].id == j.stage("deal").barriers[1].id
    at = {
        (s["id"], lane): [n["id"] for n in notes] for s in edit(j)._map["stages"] for lane, notes in s["cells"].items()
    }
    editor = edit(j)
    say(editor, op="delete", id=at["trigger", "barriers"][0])
    assert [n.text for n in editor.journey.stage("deal").barriers] == ["Small <i>print</i>", "No date"]
    assert editor.journey.stage("trigger").barriers == ()
    editor.undo()
    say(editor, op="edit", id=at["deal", "barriers"][1], change={"text": "No date yet"})
    assert [n.text for n in editor.journey.stage("deal").barriers] == ["Small <i>print</i>", "No date yet"]
    assert editor.journey.stage("trigger").barriers[0].text == "No date"
    editor.undo()
    say(editor, op="move", id=at["trigger", "barriers"][0], stage="trigger", lane="goals", position=None)
    assert [n.text for n in editor.journey.stage("trigger").goals] == ["No date", "No date"]
    assert [n.text for n in editor.journey.stage("deal").barriers] == ["Small <i>print</i>", "No date"]
    assert not editor._map["problem"]


def test_a_touchpoint_of_a_name_that_is_taken_does_not_wipe_the_old_one():
    j = journey().with_touchpoint("deal", "Call", owner="Sales", evidence=[QUOTE])
    editor = edit(j)
    say(editor, op="add", stage="deal", lane="touchpoints", text="Call")
    assert [(t.name, t.owner, len(t.evidence)) for t in editor.journey.stage("deal").touchpoints] == [
        ("Sales office", "Sales", 0), ("Call", "Sales", 1), ("Call", "", 0),
    ]  # fmt: skip


ACTS = st.one_of(
    st.fixed_dictionaries(
        {
            "op": st.just("add"),
            "stage": st.sampled_from(["trigger", "deal", "gone"]),
            "lane": st.sampled_from(["goals", "barriers", "touchpoints"]),
            "text": st.sampled_from(["a", "b", "<b>", "🙂", " "]),
        }
    ),
    st.fixed_dictionaries({"op": st.sampled_from(["delete", "edit", "move"]), "pick": st.integers(0, 9)}),
    st.fixed_dictionaries({"op": st.just("emotion"), "stage": st.just("deal"), "value": st.floats(-3, 3)}),
    st.fixed_dictionaries({"op": st.just("add_stage"), "title": st.sampled_from(["New", "Ещё", "New"])}),
    st.fixed_dictionaries({"op": st.just("move_stage"), "id": st.just("deal"), "by": st.integers(-3, 3)}),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, max_size=8))
def test_undoing_all_leads_to_the_start_and_redoing_all_to_the_end(acts):
    editor = edit()
    states = [editor.journey]
    for act in acts:
        if "pick" in act:
            notes = [n["id"] for s in editor._map["stages"] for cell in s["cells"].values() for n in cell]
            if not notes:
                continue
            act = {"op": act["op"], "id": notes[act["pick"] % len(notes)], "stage": "deal", "lane": "goals"}
            act["change"] = {"text": "changed"}
        say(editor, **act)
        if editor.journey != states[-1]:
            states.append(editor.journey)
    for earlier in reversed(states[:-1]):
        editor.undo()
        assert editor.journey == earlier
    assert not editor._map["can_undo"]
    for later in states[1:]:
        editor.redo()
        assert editor.journey == later
    assert not editor._map["can_redo"]


def test_a_change_after_an_undo_forgets_the_undone_ones():
    editor = edit()
    say(editor, op="add", stage="deal", lane="goals", text="one")
    editor.undo()
    say(editor, op="add", stage="deal", lane="goals", text="two")
    editor.redo()
    assert [n.text for n in editor.journey.stage("deal").goals] == ["two"]


def test_after_a_dead_kernel_the_work_is_offered_and_taken_up(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    lost = edit(path=path)
    say(lost, op="add", stage="deal", lane="goals", text="Keys")
    again = edit(path=path)
    assert again.journey == journey()
    assert "editor.recover()" in again._map["message"]
    again.recover()
    assert again.journey == lost.journey
    again.save()
    assert read_journey(path) == lost.journey
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != ".cjmkit.lock") == ["flat.yaml"]
    with pytest.raises(cj.CjmError, match="no unsaved work"):
        again.recover()


def test_offered_work_outlives_an_edit_and_a_save_of_somebody_who_did_not_read_the_offer(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    lost = edit(path=path)
    say(lost, op="add", stage="deal", lane="goals", text="Keys")
    again = edit(path=path)
    say(again, op="add", stage="deal", lane="goals", text="Other")
    again.save()
    assert [read_journey(p) for p in waiting(path)] == [lost.journey]
    again.recover()
    assert again.journey == lost.journey


def test_three_dead_editors_lose_nothing_and_each_is_offered(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    dead = []
    for text in ("Keys", "Lift", "Light"):
        dead.append(edit(path=path))
        say(dead[-1], op="add", stage="deal", lane="goals", text=text)
    again = edit(path=path)
    with pytest.raises(cj.CjmError, match="(?s)3 editors.*Keys.*Lift.*Light"):
        again.recover()
    assert len(waiting(path)) == 3
    names = {read_journey(p).stage("deal").goals[-1].text: p.name for p in waiting(path)}
    again.recover(names["Lift"])
    assert len([p for p in waiting(path) if p.name in names.values()]) == 3
    again.save()
    assert read_journey(path) == dead[1].journey
    assert {p.name for p in waiting(path)} == {names["Keys"], names["Light"]}


def test_two_open_editors_keep_their_work_apart(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    a, b = edit(path=path), edit(path=path)
    for editor, text in ((a, "A1"), (b, "B1"), (a, "A2")):
        say(editor, op="add", stage="deal", lane="goals", text=text)
    assert {tuple(n.text for n in read_journey(p).stage("deal").goals[-2:]) for p in waiting(path)} >= {("A1", "A2")}
    a.save()
    assert [read_journey(p) for p in waiting(path)] == [b.journey]


def test_what_its_owner_wrote_on_after_it_was_taken_up_stays(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    alive, other = edit(path=path), None
    say(alive, op="add", stage="deal", lane="goals", text="First")
    other = edit(path=path)
    other.recover()
    say(alive, op="add", stage="deal", lane="goals", text="Second")
    other.save()
    assert [read_journey(p) for p in waiting(path)] == [alive.journey]


def test_in_a_study_the_version_before_goes_to_the_history(tmp_path):
    study = cj.Study.create(tmp_path / "s", title="Flat", framework="aida")
    saved = study.save(study.new_journey())
    editor = cj.widgets.map_editor(study.journey(), path=saved.path)
    editor.change(editor.journey.with_note("action", "goals", "Keys"))
    editor.save()
    (earlier,) = (study.path / "journeys" / "history").glob("*-????????.yaml")
    assert read_journey(earlier).stage("action").goals == ()
    assert study.journey().stage("action").goals[0].text == "Keys"


def test_a_full_disk_is_said_and_the_change_stands(tmp_path, monkeypatch):
    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    editor = edit(path=path)
    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        say(editor, op="add", stage="deal", lane="goals", text="Keys")
        assert editor._map["problem"]
        assert "No space" in editor._map["message"]
        with pytest.raises(cj.CjmError, match="No space"):
            editor.save()
    assert read_journey(path) == journey()
    editor.save()
    assert read_journey(path).stage("deal").goals[-1].text == "Keys"


def test_a_broken_side_file_stops_nobody_and_stays(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    broken = set_aside(path, "{ not a journey", session="0a")
    editor = edit(path=path)
    say(editor, op="add", stage="deal", lane="goals", text="Keys")
    editor.save()
    assert read_journey(path) == editor.journey
    assert broken.read_text() == "{ not a journey"


def test_the_second_save_is_refused_with_the_difference_and_the_work_stays(tmp_path):
    path = tmp_path / "flat.yaml"
    write_journey(journey(), path)
    one, two = edit(path=path), edit(path=path)
    say(one, op="add", stage="deal", lane="goals", text="First editor")
    one.save()
    say(two, op="add", stage="deal", lane="goals", text="Second editor")
    with pytest.raises(cj.CjmError, match="Second editor"):
        two.save()
    assert read_journey(path) == one.journey
    assert [read_journey(p) for p in waiting(path)] == [two.journey]
    two.save(replace=True)
    assert read_journey(path) == two.journey
    assert one.journey in [read_journey(p) for p in (tmp_path / "history").iterdir()]


def test_a_file_that_holds_another_map_is_not_overwritten_by_a_cell_run_again(tmp_path):
    path = tmp_path / "flat.yaml"
    edited = journey().with_note("deal", "goals", "By hand, last week")
    write_journey(edited, path)
    editor = edit(path=path)
    assert "another map" in editor._map["message"]
    assert editor._map["state"] == "not saved yet"
    with pytest.raises(cj.CjmError, match="By hand, last week"):
        editor.save()
    say(editor, op="save")
    assert editor._map["problem"]
    assert read_journey(path) == edited


def test_without_a_path_saving_says_how_to_get_one():
    with pytest.raises(cj.CjmError, match="path="):
        edit().save()


def test_objections_of_the_linter_stand_beside_their_note():
    deal = next(s for s in edit()._map["stages"] if s["id"] == "deal")
    small, dated = deal["cells"]["barriers"]
    assert small["lint"]
    assert small["evidence"] == 0
    assert dated["evidence"] == 1


def test_without_a_kernel_a_page_shows_an_escaped_table_without_scripts():
    editor = edit(journey().with_note("deal", "goals", "<script>alert(1)</script>"))
    html = editor.static_html()
    assert "<table" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    data, _ = editor._repr_mimebundle_()
    assert data["text/html"] == html
    assert "First flat" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_an_unknown_lane_is_refused():
    with pytest.raises(cj.CjmError, match="goals"):
        edit(lanes=("goalz",))


def test_the_editor_speaks_both_languages():
    en, ru = edit(), cj.widgets.map_editor(journey(), lang="ru")
    assert all(en._words[k] != ru._words[k] for k in en._words)
    assert ru._map["series"] == ["опрос"]
