"""A journey map from a study that nobody here made: seventeen real usability interviews."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("swj2022", ROOT / "examples" / "swj2022.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(example, shared):
    return example.build(shared / "data" / "swj2022_usability")


def test_success_per_task_is_what_the_data_say(built):
    journey, _ = built
    done = [s.kpis[0].text.removeprefix("Done without help: ") for s in journey.stages]
    assert done == [f"{k} of 17" for k in (12, 16, 10, 4, 11, 9, 4, 9, 17)]


def test_every_note_rests_on_evidence_and_every_quote_stands_in_its_transcript(built):
    journey, documents = built
    text = documents.set_index("document")["text"]
    assert journey.assumptions().empty
    quotes = [e for _, _, item in journey.cells() for e in item.evidence if e.kind == "quote"]
    quotes += [e for p in journey.emotion for e in p.evidence if e.kind == "quote"]
    assert len(quotes) > 200
    assert all(text[q.document][q.start : q.end] == q.quote for q in quotes)


def test_all_coded_quotes_are_found_in_the_original_transcripts(example, shared, capsys):
    example.build(shared / "data" / "swj2022_usability")
    assert "1,930 codings" in capsys.readouterr().out.replace("1930", "1,930")


def test_the_tasks_that_most_people_failed_are_those_that_feel_worst(built):
    journey, _ = built
    felt = {p.stage: p.estimate.value for p in journey.emotion if p.source == "coding"}
    assert len(felt) == 9
    assert min(felt, key=felt.get) == "T4"
    assert felt["T2"] > felt["T7"] > felt["T4"]
    rated = [p for p in journey.emotion if p.source == "survey"]
    assert [(p.stage, p.estimate.n) for p in rated] == [("T9", 17)]


def test_help_that_people_needed_is_counted_in_people(built, example, shared):
    journey, _ = built
    table = example.task_table(
        shared / "data" / "swj2022_usability" / "tasks" / "completion" / "taskAssistNavigationComplex.csv"
    )
    note = next(n for n in journey.stage("T4").barriers if n.text.startswith("Help needed: could not find"))
    assert note.estimate.n == 17
    assert note.estimate.value == pytest.approx((table.loc["T4"] > 0).mean())
