import contextlib
import re
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit import EmotionPoint, Estimate, Note, Persona, Stage, Touchpoint
from cjmkit.errors import DataWarning, FileFormatError
from cjmkit.exchange._mermaid_text import escape, parse, unescape


def round_trip(j):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return cj.exchange.from_mermaid(cj.exchange.to_mermaid(j))


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_a_diagram_of_ours_comes_back_equal(samples, name):
    read = round_trip(getattr(samples, name)())
    assert read.notes == ()
    assert read.journey == getattr(samples, name)()


texts = st.text(min_size=1, max_size=40).filter(lambda t: t.strip())
keyword = st.builds(
    lambda k, t: k + t,
    st.sampled_from(["Section ", "journey", "Title ", "%% ", "accTitle: ", "a: 3: b", "#", "---"]),
    texts,
)
names = texts | keyword


@st.composite
def journeys(draw):
    people = draw(st.lists(names, max_size=3, unique_by=str.strip))
    personas = tuple(Persona(id=f"p{k}", name=n) for k, n in enumerate(people))
    stages = []
    for k, title in enumerate(draw(st.lists(names, min_size=0, max_size=4))):
        actions = tuple(
            Note(id=f"a{i}", text=t, persona=draw(st.sampled_from(["", *(p.id for p in personas)])))
            for i, t in enumerate(draw(st.lists(names, max_size=3)))
        )
        points = tuple(Touchpoint(id=f"t{i}", name=t) for i, t in enumerate(draw(st.lists(names, max_size=2))))
        stages.append(Stage(id=f"s{k}", title=title, actions=actions, touchpoints=points))
    emotion = tuple(
        EmotionPoint(stage=s.id, source="survey", estimate=Estimate(value=draw(st.floats(-2, 2)), n=9)) for s in stages
    )
    return cj.Journey(
        id="x",
        title=draw(names),
        scenario=draw(st.text(max_size=30)),
        personas=personas,
        stages=tuple(stages),
        emotion=emotion,
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(journeys())
def test_export_then_import_is_the_identity_for_any_name(j):
    read = round_trip(j)
    assert read.notes == ()
    assert read.journey == j


@settings(max_examples=300, deadline=None)
@given(names)
def test_what_is_escaped_is_one_word_of_the_grammar(name):
    for what in ("title", "section", "task", "actor"):
        shown = escape(name, what=what)
        assert unescape(shown) == name
        assert "\n" not in shown
        bare = re.sub(r"#\d+;", "", shown)
        assert not set(bare) & set("#;:")
        if what == "actor":
            assert "," not in bare


def task(line, body="journey\n section S\n"):
    diagram = parse(body + line)
    return diagram.sections[-1].tasks[-1] if diagram.sections[-1].tasks else None, diagram.remarks


@pytest.mark.parametrize(
    ("line", "name", "score", "actors", "says"),
    [
        ("Step 1: pay: 3: Me", "Step 1: pay", 3, ["Me"], "“pay” for the score"),
        ("a: b: c: 4: Me, You", "a: b: c", 4, ["Me", "You"], "write #58;"),
        ("Pay: 3: Me: more", "Pay", 3, ["Me"], "drops what follows the actors (“more”)"),
        ("Pay: high: Me", "Pay", None, ["Me"], "“high” is no number"),
        ("Pay: -2: Me", "Pay", None, ["Me"], "outside 1 to 5"),
        ("Pay: 12: Me", "Pay", None, ["Me"], "outside 1 to 5"),
        ("Pay: 0: Me", "Pay", None, ["Me"], "outside 1 to 5"),
        ("Pay: 3.7: Me", "Pay", 3.7, ["Me"], "no whole number"),
        ("Pay:: Me", "Pay", None, ["Me"], "the score is missing"),
        ("Pay", "Pay", None, [], "without a score is a syntax error"),
        ("Item #5: 3: Me", "Item #5", 3, ["Me"], "a bare “#”"),
        ("a; b: 3: Me", "a; b", 3, ["Me"], "a bare “;”"),
        ("Section 5 review: 3: Me", "Section 5 review", 3, ["Me"], "may not begin with “Section”"),
        ("Journey planning: 3: Me", "Journey planning", 3, ["Me"], "may not begin with “Journey”"),
        ("Title search: 3: Me", "Title search", 3, ["Me"], "becomes the diagram's title"),
        ("Pay: 3: Me %% later", "Pay", 3, ["Me"], "a comment needs a line of its own"),
        ("支払う：3：私", "支払う", 3, ["私"], "the wide colon"),
    ],
)
def test_what_mermaid_refuses_or_misreads_is_repaired_and_reported_with_its_line(line, name, score, actors, says):
    found, remarks = task(line)
    assert (found.name, found.score, found.actors) == (name, score, actors)
    assert [r.line for r in remarks] == [3]
    assert says in remarks[0].en
    with pytest.raises(FileFormatError, match="line 3"):
        cj.exchange.from_mermaid("journey\n section S\n" + line, strict=True)


@pytest.mark.parametrize(
    ("line", "name", "score", "actors"),
    [
        ("Pay: 3: Me", "Pay", 3, ["Me"]),
        ("Pay:3:Me,  Cat", "Pay", 3, ["Me", "Cat"]),
        ("Pay : 5", "Pay", 5, []),
        ("Шаг 1#58; оплата: 2: Анна, Оператор", "Шаг 1: оплата", 2, ["Анна", "Оператор"]),
        ("say #quot;hi#quot;: 2: Me", 'say "hi"', 2, ["Me"]),
        ("#74;ourney: 2: Smith#44; Anna", "Journey", 2, ["Smith, Anna"]),
        ("Sectional view: 2: Me", "Sectional view", 2, ["Me"]),
    ],
)
def test_what_mermaid_reads_is_read_alike(line, name, score, actors):
    found, remarks = task(line)
    assert (found.name, found.score, found.actors) == (name, score, actors)
    assert remarks == []


def test_a_colon_in_a_section_is_kept_and_reported():
    diagram = parse("journey\nsection Pay: online\n Pay: 3: Me")
    assert diagram.sections[0].title == "Pay: online"
    assert diagram.remarks[0].line == 2


def test_tasks_before_any_section_front_matter_comments_and_descriptions_are_understood():
    text = (
        "---\ntitle: Day\nconfig:\n  theme: dark\n---\n%%{init: {'theme': 'base'}}%%\n%% a comment\n  Journey\n"
        "accTitle: Short\naccDescr {\n Two\n lines\n}\n Wake: 3: Me\n section Work\n  Do: 4: Me\n"
    )
    j, notes = cj.exchange.from_mermaid(text)
    assert (j.title, j.scenario, j.memo) == ("Day", "Two\nlines", "Short")
    assert [s.title for s in j.stages] == ["Journey", "Work"]
    assert len(notes) == 2  # config and the directive


def test_scores_become_assumptions_between_minus_two_and_two():
    j, _ = cj.exchange.from_mermaid("journey\n section A\n x: 1: Me\n y: 5: Me, Cat\n section B\n z: 4")
    values = {(p.stage, p.persona): p.estimate.value for p in j.emotion}
    assert values == {("a", "me"): 0, ("a", "cat"): 2, ("b", ""): 1}
    assert {p.source for p in j.emotion} == {"researcher"}
    assert {p.estimate.n for p in j.emotion} == {0}


def test_a_foreign_diagram_exports_with_its_own_scores_and_actors():
    text = "journey\n title T\n section A\n x: 1: Me\n y: 5: Me, Cat\n"
    out = cj.exchange.to_mermaid(cj.exchange.from_mermaid(text).journey)
    shown = [line.strip() for line in out.split("\n") if "%%" not in line]
    assert shown == ["journey", "title T", "section A", "x: 1: Me", "y: 5: Me, Cat", ""]


def test_decimals_that_the_diagram_cannot_show_are_warned_about(samples):
    with pytest.warns(DataWarning, match="десятичные|decimals"):
        cj.exchange.to_mermaid(samples.residential())


def test_visible_changes_to_a_diagram_of_ours_are_taken_over_and_listed(samples):
    j = samples.english()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        text = cj.exchange.to_mermaid(j)
    first = j.stages[0]
    lines = text.split("\n")
    at = next(i for i, x in enumerate(lines) if x.strip() == f"section {first.title}")
    lines[at] = "    section Need arises"
    lines.insert(at + 2, "      A new step: 1: Commuter Tom")
    read = cj.exchange.from_mermaid("\n".join(lines))
    stage = read.journey.stages[0]
    assert (stage.id, stage.title) == (first.id, "Need arises")
    assert stage.goals == first.goals
    assert stage.actions[0].text == "A new step"
    assert len(read.notes) >= 2
    assert read.journey.stages[1:] == j.stages[1:]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("flowchart TD\n A --> B", 1, "a flowchart diagram"),
        ("", 1, "no line “journey”"),
        ("\n\nhello", 3, "'hello'"),
        ("---\ntitle: x\njourney", 1, "no closing ---"),
        ("journey\naccDescr {\n x", 2, "no closing brace"),
    ],
)
def test_what_is_no_journey_diagram_is_refused_with_its_line(text, line, says):
    with pytest.raises(FileFormatError, match=says) as error:
        cj.exchange.from_mermaid(text)
    assert error.value.line == line


def test_a_markdown_file_with_a_diagram_is_read(tmp_path):
    file = tmp_path / "readme.md"
    file.write_text("# Hi\n\n```mermaid\njourney\n title T\n section A\n  x: high\n```\nmore\n", "utf-8")
    j, notes = cj.exchange.from_mermaid(file)
    assert j.title == "T"
    assert notes[0].startswith("line 7:")


def test_a_repeated_section_stays_a_stage_of_its_own_and_is_reported():
    j, notes = cj.exchange.from_mermaid("journey\nsection A\n x: 3\nsection B\n y: 3\nsection A\n z: 3")
    assert [s.id for s in j.stages] == ["a", "b", "a-2"]
    assert "line 6" in notes[0]


def test_the_same_task_twice_is_two_notes():
    j, _ = cj.exchange.from_mermaid("journey\nsection A\n x: 3: Me\n x: 5: Me")
    assert len(j.stages[0].actions) == 2


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_the_reader_crash(text):
    read = None
    with contextlib.suppress(FileFormatError):
        read = cj.exchange.from_mermaid("journey\n" + text)
    assert read is None or read.journey.format == "cjmkit/journey/1"


@pytest.mark.parametrize("line", ["\x85", "#133;: 3", "\u2028: 2: Me"])
def test_a_name_of_nothing_but_blanks_is_left_out_and_said(line):
    read = cj.exchange.from_mermaid("journey\nsection A\n  x: 3\n" + line)
    assert [a.text for a in read.journey.stages[0].actions] == ["x"]
    assert any("without a name" in n for n in read.notes)
