import xml.etree.ElementTree as ET

import pytest

import cjmkit as cj
from cjmkit.errors import DataWarning, FileFormatError

ACTUAL = """<CJML version="2.0"><plannedJourney><journeyID>PJ1</journeyID>
 <journeyPhases><journeyPhase phaseID="Pay"><phaseName>Pay</phaseName></journeyPhase></journeyPhases>
 <actors><endUser actorID="Anna"/><serviceProvider actorID="Shop"/></actors>
 <touchpoints><plannedAction><touchpointID>T0</touchpointID><belongsTo phaseIDref="Pay"/>
   <actor><refersTo actorIDref="Shop"/></actor><actionLabel>Prepares the bill</actionLabel></plannedAction>
 </touchpoints></plannedJourney>
 <actualJourney>
 <journeyID>AJ1</journeyID><plannedReference>PJ1</plannedReference>
 <journeyPhases><journeyPhase phaseID="Pay"><phaseName>Payment</phaseName></journeyPhase></journeyPhases>
 <actors><endUser actorID="Anna"/><serviceProvider actorID="Shop"/></actors>
 <touchpoints><actualCommunicationPoint>
  <touchpointID>T1</touchpointID><belongsTo phaseIDref="Pay"/>
  <compliance>failing</compliance>
  <initiator><refersTo actorIDref="Anna"/><initiatorLabel>Pays</initiatorLabel></initiator>
  <receiver><refersTo actorIDref="Bookis"/><receiverLabel>Gets payment</receiverLabel></receiver>
  <channel><channelName>internetViaPC</channelName></channel>
  <timestamps><timeCompleted>2024-01-04</timeCompleted></timestamps>
  <touchpointExperience><experienceDescription>The page froze</experienceDescription>
   <experienceRating>2</experienceRating></touchpointExperience>
 </actualCommunicationPoint>
 <actualCommunicationPoint><touchpointID>D1</touchpointID><belongsTo phaseIDref="Nowhere"/>
  <channel><channelName>phone</channelName></channel>
  <initiator><initiatorLabel>Calls back</initiatorLabel><refersTo actorIDref="Shop"/></initiator>
  <touchpointExperience><experienceRating>9</experienceRating></touchpointExperience>
 </actualCommunicationPoint></touchpoints></actualJourney></CJML>"""


def test_planned_and_actual_journeys_are_read_with_deviations_and_experience():
    planned, actual = cj.exchange.from_cjml(ACTUAL)
    assert planned.journey.stages[0].back_stage[0].text == "Prepares the bill"
    assert planned.notes == ()
    j = actual.journey
    assert j.revises == "pj1"
    assert [s.title for s in j.stages] == ["Payment", "Nowhere"]
    (t,) = j.stages[0].touchpoints
    assert (t.name, t.channel, t.owner) == ("Pays", "internetViaPC", "Bookis")
    assert "failing" in t.memo
    assert j.stages[0].actions[0].text == "Pays"
    (thought,) = j.stages[0].thoughts
    assert thought.text == "The page froze"
    assert thought.evidence[0].date.isoformat() == "2024-01-04"
    (p,) = j.emotion
    assert (p.stage, p.persona, p.estimate.value, p.estimate.n) == ("payment", "anna", -1, 1)
    said = "\n".join(actual.notes)
    for word in ("failing", "D1", "“Bookis” is used but not declared", "“Nowhere”", "“9” lies outside"):
        assert word in said


@pytest.mark.parametrize("kind", ["planned", "actual"])
def test_what_cjml_holds_comes_back(samples, kind, tmp_path):
    j = samples.residential()
    with pytest.warns(DataWarning, match="CJML"):
        cj.exchange.to_cjml(j, tmp_path / "map.xml", kind=kind)
    (read,) = cj.exchange.from_cjml(tmp_path / "map.xml")
    assert [s.title for s in read.journey.stages] == [s.title for s in j.stages]
    assert [p.name for p in read.journey.personas] == [p.name for p in j.personas]
    for a, b in zip(j.stages, read.journey.stages):
        assert [(t.name, t.channel) for t in a.touchpoints] == [(t.name, t.channel) for t in b.touchpoints]
        assert {n.text for n in a.actions} <= {n.text for n in b.actions}
    assert bool(read.journey.emotion) is (kind == "actual")


def test_hostile_names_stay_text_in_xml(samples):
    with pytest.warns(DataWarning):
        text = cj.exchange.to_cjml(samples.hostile())
    assert ET.fromstring(text.split("\n", 1)[1]).find(".//journeyName").text == samples.hostile().title


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<a><b></a>", "not well-formed XML"),
        ("<cjml/>", "holds neither"),
        ('<!DOCTYPE x [<!ENTITY e "boom">]><CJML>&e;</CJML>', "not readable as XML"),
    ],
)
def test_what_is_no_cjml_is_refused(text, says):
    with pytest.raises(FileFormatError, match=says):
        cj.exchange.from_cjml(text)


XES = """<log xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="case 1"/>
 <event><string key="concept:name" value="visit"/><string key="channel" value="site"/></event>
 <event><string key="concept:name" value="chat"/><string key="initiatorID" value="u1"/></event>
 <event><string key="concept:name" value="visit"/><date key="time:timestamp" value="2024-01-04"/></event>
 <event><string key="concept:name" value="visit"/></event>
 <event><string key="concept:name" value="deal"/></event><event/></trace>
<trace><string key="journey" value="2"/><event><string key="channel" value="email"/></event></trace></log>"""


def test_traces_become_journeys_with_the_ways_that_were_taken():
    first, second = cj.exchange.from_xes(XES)
    j = first.journey
    assert [s.title for s in j.stages] == ["visit", "chat", "deal"]
    assert [len(s.touchpoints) for s in j.stages] == [3, 1, 1]
    assert {(k.source, k.target, k.kind) for k in j.links} == {
        ("chat", "visit", "back"), ("visit", "visit", "repeat"), ("visit", "deal", "skip"),
    }  # fmt: skip
    assert "event 6 has no name" in first.notes[0]
    assert second.journey.stages[0].title == "email"
    assert cj.exchange.from_xes(XES, n=1)[0].notes[-1].startswith("1 further traces")


def test_a_file_without_traces_is_refused():
    with pytest.raises(FileFormatError, match="holds none"):
        cj.exchange.from_xes("<log/>")
