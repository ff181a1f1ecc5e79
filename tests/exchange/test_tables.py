import pytest

import cjmkit as cj
from cjmkit.core.course import Gap
from cjmkit.exchange._tables import COLUMNS, ESTIMATE, from_tables, to_tables


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_flattening_loses_nothing(samples, name):
    j = getattr(samples, name)()
    assert from_tables(to_tables(j)) == j


def test_tables_have_the_columns_they_promise(samples):
    for name, rows in to_tables(samples.residential().replace(gaps=(Gap(missing="no log yet"),))).items():
        assert rows
        for row in rows:
            assert set(row) <= set(COLUMNS[name])


def test_equal_evidence_is_listed_once(samples):
    tables = to_tables(samples.residential())
    bodies = [tuple(sorted((k, str(v)) for k, v in r.items() if k != "ref")) for r in tables["evidence"]]
    assert len(bodies) == len(set(bodies))


def test_a_reference_to_evidence_that_is_not_there_is_named_with_its_place(samples):
    tables = to_tables(samples.residential())
    tables["notes"][2]["evidence"] = "E999"
    with pytest.raises(cj.CjmError, match=r"table notes, row 3, column evidence: unknown evidence 'E999'"):
        from_tables(tables)


def test_a_value_out_of_range_is_named_with_its_place(samples):
    tables = to_tables(samples.residential())
    tables["emotion"][0]["value"] = 7
    with pytest.raises(cj.CjmError, match="table emotion, row 1"):
        from_tables(tables)


def test_no_field_of_our_values_is_forgotten():
    def fields(model, *without):
        return set(model.model_fields) - set(without) - {"estimate"}

    figures = set(ESTIMATE)
    assert figures == set(cj.Estimate.model_fields)
    evidence = fields(cj.Quote) | fields(cj.SurveyFigure) | fields(cj.EventFigure) | fields(cj.DeskSource)
    flat = {f for f, v in cj.Stage.model_fields.items() if "tuple" not in str(v.annotation)}
    lists = ("traits", "goals", "expectations", "barriers")
    journey = ("format", "personas", "stages", "links", "emotion", "improvements", "agreement", "gaps")
    verdict = {"status", "verdict_en", "verdict_ru", "p_value", "stability", "people"}
    assert set(cj.Verdict.model_fields) == {"status", "en", "ru", "p_value", "stability", "n"}
    for table, expected in {
        "journey": fields(cj.Journey, *journey),
        "persona_notes": fields(cj.Note) | {"of", "lane"},
        "notes": fields(cj.Note) | {"stage", "lane"},
        "touchpoints": fields(cj.Touchpoint) | {"stage"},
        "emotion": fields(cj.EmotionPoint),
        "gaps": fields(Gap),
        "links": fields(cj.Link, "share"),
        "improvements": fields(cj.Action, "effect", "method") | {"scored_by"},
        "personas": fields(cj.Persona, "share", "verdict", *lists) | verdict,
        "stages": flat,
        "evidence": evidence | {"ref"},
    }.items():
        assert set(COLUMNS[table]) - figures == expected, table


def test_a_proposed_place_of_a_point_survives_workbook_and_csv(samples, tmp_path):
    j = samples.residential()
    j = j.replace(emotion=[p.replace(proposed=k % 2 == 0) for k, p in enumerate(j.emotion)])
    for suffix in ("xlsx", "csv"):
        cj.exchange.write(j, tmp_path / f"map.{suffix}")
        read = cj.exchange.read(tmp_path / f"map.{suffix}")
        assert read.journey == j
        assert read.notes == ()
