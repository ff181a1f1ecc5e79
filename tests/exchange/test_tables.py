import pytest

import cjmkit as cj
from cjmkit.exchange._tables import COLUMNS, from_tables, to_tables


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_flattening_loses_nothing(samples, name):
    j = getattr(samples, name)()
    assert from_tables(to_tables(j)) == j


def test_tables_have_the_columns_they_promise(samples):
    for name, rows in to_tables(samples.residential()).items():
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
