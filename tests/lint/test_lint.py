import datetime as dt
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import cjmkit as cj
from cjmkit import (
    Action,
    DeskSource,
    EmotionPoint,
    Estimate,
    Link,
    Note,
    Persona,
    Quote,
    Stage,
    SurveyFigure,
    Touchpoint,
    Verdict,
)
from cjmkit.lint import RULES, check, rules_page
from cjmkit.lint._context import CHECKS
from cjmkit.lint.evidence_rules import personal

TODAY = dt.date(2026, 11, 22)


def quote(text="слова", participant="P1", **fields):
    return Quote(document="d.txt", start=0, end=len(text), quote=text, participant=participant, **fields)


def sound():
    """A map that no rule objects to."""
    cited = (quote(), quote("другие", "P2"))
    barrier = Note(text="No reviews", evidence=cited)

    def stage(id, phase, **more):
        return Stage(id=id, title=id, phase=phase, goals=(Note(text=f"goal {id}", evidence=cited),), **more)

    return cj.Journey(
        id="sound",
        title="Sound",
        date=dt.date(2026, 6, 1),
        personas=(Persona(id="p", name="P", participants=("P1", "P2"), verdict=Verdict(status="stable", n=40)),),
        stages=(
            stage("need", "before"),
            stage(
                "buy",
                "during",
                touchpoints=(
                    Touchpoint(name="Checkout", channel="site", owner="IT", moment_of_truth=True, evidence=cited),
                ),
                barriers=(barrier,),
            ),
            stage("use", "after"),
        ),
        links=(Link(source="use", target="need", kind="loop"), Link(source="buy", target="need", kind="back")),
        emotion=tuple(
            EmotionPoint(
                stage=s, source="survey", estimate=Estimate(value=0.5, low=0, high=1, n=40, method="bootstrap")
            )
            for s in ("need", "buy", "use")
        ),
        improvements=(Action(title="Collect reviews", stage="buy", owner="IT", barriers=(barrier.id,), metric="NPS"),),
        agreement=Estimate(value=0.84, low=0.8, high=0.9, n=24),
    )


def rules(journey, **kwargs):
    return {f.rule for f in check(journey, today=TODAY, **kwargs).items}


def test_a_sound_map_meets_no_objection():
    found = check(sound(), today=TODAY)
    assert found.items == ()
    assert found.exit_code == 0
    assert found.summary() == "No objection."


def with_stage(j, id, **changes):
    return j.with_stage(j.stage(id).replace(**changes))


def with_point(j, **changes):
    first = j.emotion[0]
    estimate = first.estimate.replace(**{k: v for k, v in changes.items() if k in ("n", "low", "high", "method")})
    rest = {k: v for k, v in changes.items() if k == "source"}
    return j.replace(emotion=(first.replace(estimate=estimate, **rest), *j.emotion[1:]))


def from_surveys(j, *names):
    estimate = Estimate(value=0.5, low=0, high=1, n=40)
    figures = [SurveyFigure(survey=name, item="q", estimate=estimate) for name in names]
    points = [p.replace(evidence=(figure,)) for p, figure in zip(j.emotion, figures, strict=False)]
    return j.replace(emotion=(*points, *j.emotion[len(points) :]))


CASES = {
    "no-stages": lambda j: cj.Journey(id="x", title="x"),
    "empty-stage": lambda j: with_stage(j, "use", goals=()),
    "note-without-evidence": lambda j: with_stage(j, "use", thoughts=("hm",)),
    "one-voice": lambda j: with_stage(j, "use", goals=(Note(text="g", evidence=(quote(), quote("ещё"))),)),
    "duplicate-note": lambda j: with_stage(j, "use", tasks=(Note(id="a", text="Do it"), Note(id="b", text="do  it"))),
    "unknown-persona": lambda j: with_stage(j, "use", tasks=(Note(text="t", persona="nobody"),)),
    "touchpoint-without-owner": lambda j: with_stage(j, "use", touchpoints=(Touchpoint(name="t", channel="site"),)),
    "touchpoint-without-channel": lambda j: with_stage(j, "use", touchpoints=(Touchpoint(name="t", owner="IT"),)),
    "stage-without-goal": lambda j: with_stage(j, "buy", goals=()),
    "only-touchpoints": lambda j: cj.Journey(
        id="x", title="x", stages=(Stage(id="a", title="A", touchpoints=(Touchpoint(name="t"),)),)
    ),
    "no-emotion": lambda j: j.replace(emotion=()),
    "emotion-gap": lambda j: j.replace(emotion=j.emotion[1:]),
    "emotion-small-n": lambda j: with_point(j, n=4),
    "emotion-without-interval": lambda j: with_point(j, low=None),
    "emotion-by-hand": lambda j: with_point(j, source="researcher"),
    "emotion-twice": lambda j: j.replace(emotion=(*j.emotion, j.emotion[0])),
    "mixed-scales": lambda j: from_surveys(j, "first", "second"),
    "barrier-without-action": lambda j: j.replace(improvements=()),
    "action-without-barrier": lambda j: j.replace(improvements=(*j.improvements, Action(title="Idea", owner="IT"))),
    "action-without-owner": lambda j: j.replace(improvements=(j.improvements[0].replace(owner=""),)),
    "action-not-measured": lambda j: j.replace(improvements=(j.improvements[0].replace(metric=""),)),
    "too-many-stages": lambda j: j.replace(
        stages=(*j.stages, *(j.stages[2].replace(id=f"use{k}", title=f"use {k}") for k in range(7)))
    ),
    "crowded-cell": lambda j: with_stage(
        j, "buy", thoughts=tuple(Note(text=f"thought {k}", evidence=(quote(), quote("другие", "P2"))) for k in range(6))
    ),
    "long-label": lambda j: with_stage(
        j, "buy", thoughts=(Note(text="very " * 16 + "long", evidence=(quote(), quote("другие", "P2"))),)
    ),
    "no-moment-of-truth": lambda j: with_stage(
        j, "buy", touchpoints=(j.stage("buy").touchpoints[0].replace(moment_of_truth=False),)
    ),
    "no-persona": lambda j: j.replace(personas=()),
    "several-personas": lambda j: j.with_persona(Persona(id="q", name="Q", participants=("P3",))),
    "persona-without-people": lambda j: j.replace(personas=(Persona(id="p", name="P"),)),
    "persona-not-found": lambda j: j.replace(
        personas=(j.personas[0].replace(verdict=Verdict(status="none", en="not there", n=40)),)
    ),
    "no-before": lambda j: with_stage(j, "need", phase="during"),
    "no-after": lambda j: with_stage(j, "use", phase="during"),
    "no-phases": lambda j: j.replace(stages=tuple(s.replace(phase=None) for s in j.stages)),
    "loop-not-closed": lambda j: j.replace(links=j.links[1:]),
    "only-straight-on": lambda j: j.replace(links=j.links[:1]),
    "stale-source": lambda j: with_stage(
        j, "use", goals=(Note(text="g", evidence=(DeskSource(source="S", date=dt.date(2021, 1, 1)),)),)
    ),
    "stale-map": lambda j: j.replace(date=dt.date(2024, 1, 1)),
    "personal-data": lambda j: with_stage(
        j, "use", goals=(Note(text="g", evidence=(quote("звоните 8 912 345-67-89"), quote("x", "P2"))),)
    ),
    "agreement-missing": lambda j: j.replace(agreement=None),
    "agreement-low": lambda j: j.replace(agreement=Estimate(value=0.6, n=24)),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_objects_to_its_own_fault(rule):
    assert rule not in rules(sound())
    assert rule in rules(CASES[rule](sound()))


NEED_MATERIAL = {
    "headline-without-figure",
    "evidence-gone",
    "evidence-changed",
    "focus-group-size",
    "material-unreadable",
}


def test_every_rule_is_tried_here_or_against_material():
    assert set(CASES) | NEED_MATERIAL == set(RULES)


def test_quotes_are_looked_up_in_the_documents():
    j = sound()
    kept = {"d.txt": "слова другие"}
    found = check(j, documents=kept, today=TODAY)
    moved = [f for f in found.items if f.rule == "evidence-changed"]
    assert moved  # "другие" stands at 6 now, not at 0
    assert "evidence-gone" not in {f.rule for f in found.items}
    gone = check(j, documents={"d.txt": "ничего"}, today=TODAY)
    assert {"evidence-gone"} <= {f.rule for f in gone.items}
    assert gone.exit_code == 1
    assert "evidence-gone" in rules(j, documents={"other.txt": "слова"})


class FakeStudy:
    """A study folder's outside, as far as the linter looks."""

    def __init__(self, path, has=(), participants=None, switched_off=None):
        self.path = path
        self._has, self._participants = set(has), participants
        self.settings = type("S", (), {"switched_off": switched_off or {}, "headline": ""})()

    def has(self, name):
        return name in self._has

    def participants(self):
        return self._participants


def test_a_changed_event_log_is_noticed_by_its_hash(tmp_path):
    import hashlib

    (tmp_path / "events").mkdir()
    log = tmp_path / "events" / "site.csv.gz"
    log.write_bytes(b"a,b\n1,2\n")
    figure = cj.EventFigure(
        log="site",
        query="funnel",
        sha256=hashlib.sha256(log.read_bytes()).hexdigest(),
        estimate=Estimate(value=0.5, n=10),
    )
    j = with_stage(sound(), "use", goals=(Note(text="g", evidence=(figure,)),))
    study = FakeStudy(tmp_path)
    assert not rules(j, study=study) & NEED_MATERIAL
    log.write_bytes(b"a,b\n1,3\n")
    assert "evidence-changed" in rules(j, study=study)
    log.unlink()
    assert "evidence-gone" in rules(j, study=study)


def test_a_survey_that_is_gone_is_noticed(tmp_path):
    (tmp_path / "surveys").mkdir()
    figure = cj.SurveyFigure(survey="buyers", item="q1", estimate=Estimate(value=0.5, n=10))
    j = with_stage(sound(), "use", goals=(Note(text="g", evidence=(figure,)),))
    assert "evidence-gone" in rules(j, study=FakeStudy(tmp_path))


@pytest.mark.parametrize(("people", "objects"), [(5, True), (6, False), (8, False), (9, True)])
def test_a_focus_group_has_six_to_eight_people(tmp_path, people, objects):
    import pandas as pd

    table = pd.DataFrame(
        {"document": "group1.txt", "participant": [f"P{k}" for k in range(people)], "how": "focus group"}
    )
    study = FakeStudy(tmp_path, participants=table)
    assert ("focus-group-size" in rules(sound(), study=study)) is objects


def test_material_that_cannot_be_read_is_a_finding_and_not_a_crash(tmp_path):
    class Broken(FakeStudy):
        def documents(self):
            raise cj.CjmError("d.txt: not a transcript")

    found = check(sound(), study=Broken(tmp_path, has=["interviews"]), today=TODAY)
    assert [f.message for f in found.items if f.rule == "material-unreadable"] == ["d.txt: not a transcript"]


@pytest.mark.parametrize(
    ("headline", "objects"),
    [
        ("", False),
        ("Nobody trusts us before the purchase", False),
        ("It feels like 0.5, n = 40", False),
        ("По шкале 0,5 из 40 человек", False),
        ("73% leave before they pay", True),
    ],
)
def test_every_figure_of_the_headline_stands_on_the_map(tmp_path, headline, objects):
    study = FakeStudy(tmp_path)
    study.settings.headline = headline
    assert ("headline-without-figure" in rules(sound(), study=study)) is objects


def test_a_rule_is_switched_off_with_its_reason(tmp_path):
    j = CASES["several-personas"](sound())
    study = FakeStudy(tmp_path, switched_off={"several-personas": "one household"})
    found = check(j, study=study, today=TODAY)
    assert "several-personas" not in found
    assert found.switched_off == (("several-personas", "one household"),)
    assert "one household" in found.text()
    assert "several-personas" not in rules(j, off=["several-personas"])


def test_switching_off_needs_a_reason_and_a_rule_that_exists(tmp_path):
    with pytest.raises(cj.CjmError, match="without a reason"):
        check(sound(), study=FakeStudy(tmp_path, switched_off={"no-emotion": " "}))
    with pytest.raises(cj.CjmError, match="did you mean 'no-emotion'"):
        check(sound(), off=["no-emotions"])


def test_findings_point_to_the_line_of_the_file(tmp_path):
    j = CASES["touchpoint-without-owner"](sound())
    file = tmp_path / "journeys" / "sound.yaml"
    cj.exchange.write_journey(j, file)
    found = check(j, study=FakeStudy(tmp_path), today=TODAY)
    (f,) = [f for f in found.items if f.rule == "touchpoint-without-owner"]
    assert f.id in file.read_text("utf-8").splitlines()[f.line - 1]
    sarif = json.loads(found.to_sarif())
    result = next(r for r in sarif["runs"][0]["results"] if r["ruleId"] == "touchpoint-without-owner")
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "journeys/sound.yaml"}, "region": {"startLine": f.line}}


def test_machine_formats_say_the_same(samples):
    found = check(samples.residential(), today=TODAY)
    data = json.loads(found.to_json())
    assert len(data["findings"]) == len(found)
    sarif = json.loads(found.to_sarif())
    assert sarif["version"] == "2.1.0"
    assert len(sarif["runs"][0]["results"]) == len(found)
    known = [r["id"] for r in sarif["runs"][0]["tool"]["driver"]["rules"]]
    assert all(known[r["ruleIndex"]] == r["ruleId"] for r in sarif["runs"][0]["results"])
    suite = ET.fromstring(found.to_junit()).find("testsuite")
    failed = {c.get("name") for c in suite if c.find("failure") is not None}
    assert failed == {f.rule for f in found.items if f.severity != "note"}
    assert int(suite.get("failures")) == len(failed)
    assert len(found.table) == len(found)


def test_hostile_text_stays_text_in_every_format(samples):
    found = check(samples.hostile(), today=TODAY)
    assert "<script" not in found._repr_html_()
    ET.fromstring(found.to_junit())
    json.loads(found.to_sarif())


def test_messages_come_in_the_language_asked_for(samples):
    assert "Сначала" in check(samples.residential(), today=TODAY).summary()
    assert "First" in check(samples.residential(), today=TODAY, lang="en").summary()


def test_personal_data_are_named_by_kind_and_not_repeated():
    j = CASES["personal-data"](sound())
    found = check(j, today=TODAY)
    assert "345" not in found.text() + found.to_json() + found.to_sarif()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("мой номер +7 (912) 345-67-89", ["phone"]),
        ("89123456789", ["phone"]),
        ("call +44 20 7946 0958 please", ["phone"]),
        ("(212) 555-0199 ext", ["phone"]),
        ("anna.k@пример.рф", ["e-mail"]),
        ("карта 4111 1111 1111 1111", ["card"]),
        ("цена 8 900 000 рублей за 54 м²", []),
        ("1 250 000–1 400 000", []),
        ("2024-01-01 … 2025-12-31", []),
        ("8 из 10, n = 1234567890", []),
        ("интервал 0,78 [0,71; 0,84]", []),
        ("ИНН 7707083893", []),
        ("@nickname", ["handle"]),
        ("020 7946 0958", ["phone"]),
        ("912 345 67 89", ["phone"]),
        ("7 495 123 45 67", ["phone"]),
        ("221-45-67", ["phone"]),
        ("t.me/ivan_petrov", ["handle"]),
        ("паспорт 4509 123456", ["passport"]),
        ("[ТЕЛЕФОН] и [ПОЧТА]", []),
    ],
)
def test_personal_data_are_told_from_other_numbers(text, kinds):
    assert personal(text) == kinds


def test_two_ways_to_make_an_interval_are_not_two_scales():
    assert "mixed-scales" not in rules(with_point(sound(), method="another estimator"))
    assert "mixed-scales" not in rules(from_surveys(sound(), "one", "one"))


def test_every_rule_of_the_table_has_its_function_and_no_function_is_without_a_rule():
    assert set(CHECKS) == set(RULES)


def test_the_page_of_rules_is_current():
    page = Path(cj.__file__).parents[1] / "docs" / "reference" / "lint-rules.md"
    assert page.read_text("utf-8") == rules_page("en"), "run: python -m cjmkit.lint.rules docs/reference/lint-rules.md"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_rules_speak_both_languages(rule):
    import re

    assert re.search("[а-яё]", rule.ru)
    assert re.search("[а-яё]", rule.why_ru)
    assert not re.search("[а-яё]", rule.en + rule.why_en)
