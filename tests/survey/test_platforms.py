"""Exports typed in the shape that each platform gives them: its own columns are no questions, its habits are known."""

import gzip
import importlib.util
import json
import random
import struct

import pytest

from cjmkit.errors import CjmError, FileFormatError
from cjmkit.survey import read, score

META = ("id", "meta", "date")


@pytest.fixture
def save(tmp_path):
    def put(text, name="export.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return read(path, quiet=True)

    return put


def csv(head, rows, separator=","):
    return "\n".join(separator.join(f'"{c}"' for c in row) for row in [head, *rows]) + "\n"


def types(s):
    return {i.item: i.type for i in s.all_items}


def options(s, group):
    table = score(s, group).table
    return dict(zip(table["option"], table["chosen"].astype(int), strict=True))


def people(n=40):
    for k in range(n):
        dice = random.Random(k)
        yield k, dice, dice.sample(["Shop", "Web", "Phone"], dice.randint(1, 3))


def test_typeform_csv_with_a_column_an_option(save):
    head = [
        "#",
        "How satisfied are you (1-5)?",
        "Shop",
        "Web",
        "Phone",
        "Other",
        "What else?",
        "Response Type",
        "Start Date (UTC)",
        "Stage Date (UTC)",
        "Submit Date (UTC)",
        "Network ID",
        "Tags",
    ]
    rows = [
        (
            f"tok{k}",
            d.randint(1, 5),
            *(w if w in ways else "" for w in ("Shop", "Web", "Phone")),
            "a kiosk" * (k == 3),
            f"nothing to add {k}",
            "completed",
            "2026-03-01 10:00:00",
            "",
            "2026-03-01 10:05:00",
            f"net{k}",
            "",
        )
        for k, d, ways in people()
    ]
    s = save(csv(head, rows))
    kinds = types(s)
    assert s.source.platform == "typeform" and s.person == "#"
    assert {kinds[c] for c in ("Response Type", "Start Date (UTC)", "Submit Date (UTC)", "Network ID")} <= set(META)
    assert {kinds[c] for c in ("Shop", "Web", "Phone")} == {"multi"} and kinds["What else?"] == "open"
    assert s.item("How*").scale == (1, 5) and s.item("How*").status == "known"


def typeform(with_form=True):
    fields = [
        ("f1", "rate", "How satisfied are you (1-5)?"),
        ("f2", "ways", "Which channels did you use?"),
        ("f3", "why", "Why?"),
        ("f4", "plan", "Your plan"),
        ("f5", "again", "Would you come again?"),
    ]
    items = []
    for k, dice, ways in people():
        said = [
            ("number", dice.randint(1, 5)),
            ("choices", {"ids": ["x"], "labels": ways}),
            ("text", f"because of reason {k}"),
            ("choice", {"id": "y", "label": dice.choice(["Small", "Large"])}),
            ("boolean", k % 3 == 0),
        ]
        answers = [
            {"field": {"id": i, "ref": r, "type": "x"}, "type": t, t: v}
            for (i, r, _), (t, v) in zip(fields, said, strict=True)
        ]
        items.append(
            {
                "landing_id": f"l{k}",
                "response_id": f"r{k}",
                "landed_at": "2026-03-01T10:00:00Z",
                "submitted_at": "2026-03-01T10:05:00Z",
                "hidden": {"wave": "spring"},
                "answers": answers[: 5 - (k == 5)],
            }
        )
    out = {"total_items": 40, "page_count": 1, "items": items}
    if with_form:
        out["form"] = {"fields": [{"id": i, "ref": r, "title": t, "type": "x"} for i, r, t in fields]}
    return out


@pytest.mark.parametrize("with_form", [True, False], ids=["wordings", "references"])
def test_typeform_json_becomes_a_row_a_response(save, with_form):
    export = typeform(with_form)
    s = save(json.dumps(export), "typeform.json")
    assert s.source.platform == "typeform" and s.n == 40 and s.person == "Response ID"
    rate, ways, why = (
        ("How satisfied are you (1-5)?", "Which channels did you use?", "Why?")
        if with_form
        else ("rate", "ways", "why")
    )
    told = [next(a["number"] for a in i["answers"] if a["type"] == "number") for i in export["items"]]
    assert s.data[rate].tolist() == told
    labels = [next(a["choices"]["labels"] for a in i["answers"] if a["type"] == "choices") for i in export["items"]]
    assert options(s, ways) == {w: sum(w in x for x in labels) for w in ("Shop", "Web", "Phone")}
    assert types(s)[why] == "open" and s.data.iloc[5, -1] != s.data.iloc[5, -1]


def test_records_in_json_and_json_lines_are_tables_too(save):
    rows = [{"id": f"p{k}", "Rate the visit (1-5)": k % 5 + 1, "used": ["Shop", "Web"][: k % 2 + 1]} for k in range(30)]
    one = save(json.dumps({"count": 30, "results": rows}), "kobo.json")
    lines = save("\n".join(map(json.dumps, rows)), "export.jsonl")
    assert one.n == lines.n == 30 and one.data.equals(lines.data)
    assert float(one.values("Rate*").mean()) == 3.0


@pytest.mark.parametrize("text", ["{}", "[]", "[1, 2]", '{"items": "x"}', "nonsense"])
def test_json_without_responses_is_refused_by_name(save, text):
    with pytest.raises(CjmError, match=r"export\.json"):
        save(text, "export.json")


def test_tally(save):
    head = [
        "Submission ID",
        "Respondent ID",
        "Submitted at",
        "How was it (1-5)?",
        "Which channels?",
        "Which channels? (Shop)",
        "Which channels? (Web)",
        "Which channels? (Phone)",
    ]
    rows = [
        (
            f"s{k}",
            f"r{k}",
            "2026-03-01 10:00:00",
            d.randint(1, 5),
            ", ".join(ways),
            *("TRUE" if w in ways else "FALSE" for w in ("Shop", "Web", "Phone")),
        )
        for k, d, ways in people()
    ]
    s = save(csv(head, rows))
    assert s.source.platform == "tally" and s.person == "Respondent ID"
    assert types(s)["Submission ID"] == "meta" and types(s)["Submitted at"] == "date"
    chosen = {w: sum(w in ways for _, _, ways in people()) for w in ("Shop", "Web", "Phone")}
    assert options(s, "Which channels?") == chosen


def test_jotform(save):
    head = [
        "Submission Date",
        "Rate us >> Food",
        "Rate us >> Staff",
        "Which channels did you use?",
        "Submission IP",
        "Submission ID",
    ]
    words = ["Very poor", "Poor", "Fair", "Good", "Very good"]
    rows = [
        ("Mar 1, 2026", d.choice(words), d.choice(words), "\n".join(ways), f"10.0.0.{k}", f"59{k:06}")
        for k, d, ways in people()
    ]
    s = save(csv(head, rows))
    assert s.source.platform == "jotform" and s.person == "Submission ID"
    assert types(s)["Submission IP"] == "meta"
    assert s.item("Rate us >> Food").scale == tuple(words) and s.item("Rate us >> Food").status == "known"
    assert s.item("Rate us >> Food").group == s.item("Rate us >> Staff").group == "Rate us"
    assert sum(options(s, "Which channels*").values()) == sum(len(w) for _, _, w in people())


def test_surveysparrow(save):
    head = ["Submission Id", "Started Time", "Submitted Time", "How likely are you to recommend us?", "Which channels?"]
    rows = [(k, "2026-03-01 10:00", "2026-03-01 10:04", d.randint(0, 10), ", ".join(ways)) for k, d, ways in people()]
    s = save(csv(head, rows))
    assert s.source.platform == "surveysparrow" and s.person == "Submission Id"
    assert s.item("How likely*").type == "nps" and types(s)["Which channels?"] == "multi"


SOSCI = [
    "CASE",
    "SERIAL",
    "REF",
    "QUESTNNR",
    "MODE",
    "STARTED",
    "AB01_01",
    "AB01_02",
    "AB01_03",
    "CD02_01",
    "CD02_02",
    "CD02_03",
    "EF03",
    "TIME001",
    "TIME_SUM",
    "LASTDATA",
    "FINISHED",
    "LASTPAGE",
    "MISSING",
]


def sosci(labels):
    rows = []
    for k, d, ways in people(60):
        ticks = [2 if w in ways else 1 for w in ("Shop", "Web", "Phone")]
        rated = [d.choice([1, 2, 3, 4, 5, 5, 4]) if d.random() > 0.1 else d.choice([-9, -1]) for _ in range(3)]
        rows.append(
            (
                k,
                "",
                "",
                "base",
                "interview",
                "2026-03-01 10:00:00",
                *ticks,
                *rated,
                d.choice([1, 2, 3, -9]),
                20,
                60,
                "2026-03-01 10:05:00",
                1,
                5,
                0,
            )
        )
    told = [
        (
            "Interview number",
            "Serial",
            "Reference",
            "Questionnaire",
            "Mode",
            "Time started",
            "Channels: Shop",
            "Channels: Web",
            "Channels: Phone",
            "Satisfied with: food",
            "Satisfied with: staff",
            "Satisfied with: price",
            "Plan",
            "Page 1",
            "Sum",
            "Last change",
            "Finished",
            "Last page",
            "Missing",
        )
    ]
    return csv(SOSCI, told * labels + rows, ";")


@pytest.mark.parametrize("labels", [False, True], ids=["codes", "labels"])
def test_sosci_with_its_codes_for_chosen_and_for_no_answer(save, labels):
    s = save(sosci(labels))
    kinds = types(s)
    assert s.source.platform == "sosci" and s.person == "CASE" and s.n == 60
    assert {kinds[c] for c in ("SERIAL", "QUESTNNR", "MODE", "FINISHED", "MISSING", "TIME_SUM")} == {"meta"}
    assert {kinds["STARTED"], kinds["LASTDATA"]} == {"date"}
    assert {kinds[f"AB01_0{k}"] for k in (1, 2, 3)} == {"multi"} and kinds["EF03"] == "single"
    shown = list(options(s, s.item("AB01_01").group).values())
    assert sorted(shown) == sorted(sum(w in ways for _, _, ways in people(60)) for w in ("Shop", "Web", "Phone"))
    rated = s.item("CD02_01")
    assert (rated.type in ("likert", "csat"), rated.scale) == (True, (1, 5)) and {-9, -1} <= set(rated.missing)
    assert s.values("CD02_01").min() == 1


def test_1ka_codes_below_zero_are_no_answers(save):
    dice = random.Random(3)
    head = ["recnum", "code", "status", "lurker", "relevance", "Q1", "Q2a", "Q2b", "Q2c", "t_insert"]
    told = [
        "Record number",
        "Code",
        "Status",
        "Lurker",
        "Relevance",
        "How satisfied are you with us (1-5)?",
        "Used: shop",
        "Used: web",
        "Used: phone",
        "Inserted",
    ]
    rows = [
        (
            k,
            f"c{k}",
            6,
            0,
            1,
            dice.choice([1, 2, 3, 4, 5, -1, -3, -97]),
            *(dice.choice([0, 1, -1]) for _ in range(3)),
            "2026-03-01",
        )
        for k in range(60)
    ]
    s = save(csv(head, [told, *rows], ";"))
    assert s.source.platform == "1ka" and s.person == "recnum"
    assert {types(s)[c] for c in ("code", "status", "lurker", "relevance")} == {"meta"}
    assert s.item("Q1").scale == (1, 5) and {-1, -3, -97} <= set(s.item("Q1").missing)
    assert s.values("Q1").min() == 1 and types(s)["Q2a"] == "multi"


def test_alchemer(save):
    head = [
        "Response ID",
        "Time Started",
        "Date Submitted",
        "Status",
        "Contact ID",
        "Legacy Comments",
        "Comments",
        "Language",
        "Referer",
        "SessionID",
        "User Agent",
        "IP Address",
        "Shop:Which channels did you use?",
        "Web:Which channels did you use?",
        "Other - Write In:Which channels did you use?",
        "How easy was it (1-7)?",
    ]
    rows = [
        (
            k,
            "2026-03-01 10:00:00",
            "2026-03-01 10:05:00",
            "Complete",
            "",
            "",
            "",
            "English",
            "",
            f"x{k}",
            "Mozilla",
            f"10.0.0.{k}",
            *(w if w in ways else "" for w in ("Shop", "Web")),
            f"kiosk {k}" * (k % 9 == 0),
            d.randint(1, 7),
        )
        for k, d, ways in people()
    ]
    s = save(csv(head, rows))
    kinds = types(s)
    assert s.source.platform == "surveygizmo" and s.person == "Response ID"
    assert {kinds[c] for c in ("Status", "Contact ID", "SessionID", "User Agent", "IP Address")} == {"meta"}
    assert options(s, "Which channels did you use?")["Shop"] == sum("Shop" in w for _, _, w in people())
    assert s.item("How easy*").scale == (1, 7)


def rds(columns, factors):
    """A data frame as R writes it (XDR, version 2): numbers, and factors by their levels."""

    def ints(*values):
        return struct.pack(f">{len(values)}i", *values)

    def chars(text):
        raw = text.encode()
        return ints(0x8009, len(raw)) + raw

    def texts(values):
        return ints(16, len(values)) + b"".join(map(chars, values))

    def attributes(**told):
        return b"".join(ints(1026, 1) + chars(k.replace("_", ".")) + v for k, v in told.items()) + ints(254)

    parts = [ints(14, len(v)) + struct.pack(f">{len(v)}d", *v) for v in columns.values()]
    for values in factors.values():
        levels = sorted(set(values))
        codes = ints(781, len(values), *(levels.index(v) + 1 for v in values))
        parts.append(codes + attributes(levels=texts(levels), **{"class": texts(["factor"])}))
    names = texts([*columns, *factors])
    n = len(next(iter(columns.values())))
    frame = ints(787, len(parts)) + b"".join(parts)
    frame += attributes(names=names, row_names=ints(13, 2, -(2**31), -n), **{"class": texts(["data.frame"])})
    return gzip.compress(b"X\n" + ints(2, 0x40000, 0x20300) + frame)


def test_a_data_frame_of_r_or_how_to_save_it_otherwise(tmp_path):
    path = tmp_path / "answers.rds"
    rate, plan = [float(k % 5 + 1) for k in range(30)], [("Small", "Large")[k % 2] for k in range(30)]
    path.write_bytes(rds({"id": [float(k) for k in range(30)], "rate": rate}, {"plan": plan}))
    if importlib.util.find_spec("rdata") is None:
        with pytest.raises(CjmError, match=r"cjmkit\[r\].*write_sav"):
            read(path, quiet=True)
        return
    s = read(path, quiet=True)
    assert s.source.platform == "r" and s.n == 30 and s.data["rate"].tolist() == rate
    assert s.item("plan").type == "single" and s.data["plan"].tolist() == plan
    path.write_bytes(b"no R inside")
    with pytest.raises(FileFormatError, match=r"answers\.rds: this is not an \.rds file"):
        read(path, quiet=True)
