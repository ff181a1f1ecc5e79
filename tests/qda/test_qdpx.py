import io
import random
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import coding, qda
from cjmkit.errors import FileFormatError
from cjmkit.qda.positions import Reading, Selection, Stored, choose_reading

TEXT = "Интервьюер: Как?\r\nОльга: Ужасно 😡! Оплата 💳 не прошла.\r\nОльга: Курьер 👍🏽 вежливый.\r\n"


def qde(selections="", *, origin="Some tool 1.0", source='plainTextPath="internal://a.txt"', codes=None, extra=""):
    codes = codes or '<Code guid="{AAAAAAAA-0000-4000-8000-000000000001}" name="гнев" isCodable="true" color="#f00"/>'
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="P" origin="{origin}">
<Users><User guid="00000000-0000-4000-8000-0000000000aa" name="Анна"/></Users>
<CodeBook><Codes>{codes}</Codes></CodeBook>
<Sources><TextSource guid="00000000-0000-4000-8000-000000000011" name="Ольга" {source}
 creatingUser="00000000-0000-4000-8000-0000000000aa">{selections}</TextSource></Sources>{extra}
</Project>"""


def selection(a, b, name="", code="aaaaaaaa-0000-4000-8000-000000000001"):
    return (
        f'<PlainTextSelection guid="00000000-0000-4000-8000-{a:012d}" name="{name}" startPosition="{a}" '
        f'endPosition="{b}" '
        f'creatingUser="00000000-0000-4000-8000-0000000000AA"><Coding guid="00000000-0000-4000-8001-{a:012d}">'
        f'<CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


def pack(path, project, text=TEXT, member="sources/a.txt", encoding="utf-8"):
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("project.qde", project)
        if text is not None:
            z.writestr(member, text.encode(encoding) if isinstance(text, str) else text)
    return path


def position(text, index, *, utf16, crlf):
    """Count by hand, one character at a time."""
    n = 0
    for i, c in enumerate(text[:index]):
        if c == "\r" and text[i + 1 : i + 2] == "\n" and crlf == 1:
            continue
        n += 2 if utf16 and ord(c) > 0xFFFF else 1
    return n


QUOTES = ("Ужасно 😡", "Оплата 💳 не прошла", "Курьер 👍🏽 вежливый")


@pytest.mark.parametrize("utf16", [False, True])
@pytest.mark.parametrize("crlf", [1, 2])
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("member", ["sources/a.txt", "Sources/A.TXT"])
def test_every_way_to_count_gives_the_same_words(tmp_path, utf16, crlf, named, member):
    parts = []
    for q in QUOTES:
        i = TEXT.index(q)
        a, b = (position(TEXT, x, utf16=utf16, crlf=crlf) for x in (i, i + len(q)))
        parts.append(selection(a, b, q if named else ""))
    got = qda.read_qdpx(pack(tmp_path / "p.qdpx", qde("".join(parts)), member=member))
    assert got.codings["quote"].tolist() == list(QUOTES)
    assert "\r" not in got.documents["text"][0]
    assert got.codings["code"].unique().tolist() == ["гнев"], "GUIDs with braces and in capitals are the same"
    assert got.codings["coder"].unique().tolist() == ["Анна"]
    if named:
        assert got.reading["confidence"][0] in ("high", "certain")


def test_the_choice_says_when_it_does_not_matter_and_when_it_is_unsure():
    plain = Stored("nothing strange here, no emoji")
    assert choose_reading([(plain, [Selection(0, 7)])]).confidence == "certain"
    odd = Stored("😡 aaa\r\nbbb ccc")
    unsure = choose_reading([(odd, [Selection(3, 4)])])
    assert unsure.confidence == "low"
    assert choose_reading([(odd, [Selection(3, 4)])], origin="NVivo for Windows 12").reading.utf16


def test_a_name_that_was_cut_off_still_proves_the_reading():
    text = "😡😡😡 " + "A quotation of some length that the tool cuts off in its name, as tools do."
    start = position(text, 4, utf16=True, crlf=2)
    choice = choose_reading([(Stored(text), [Selection(start, start + 60, "A quotation of some length that…")])])
    assert choice.reading == Reading(utf16=True)
    assert choice.fit == 1


def test_several_codes_on_a_selection_memos_and_cases_come_over(tmp_path):
    codes = (
        '<Code guid="aaaaaaaa-0000-4000-8000-000000000001" name="Боль">'
        '<Code guid="aaaaaaaa-0000-4000-8000-000000000002" '
        'name="гнев"/></Code><Code guid="aaaaaaaa-0000-4000-8000-000000000003" name="Сайт"><Code name="гнев" '
        'guid="aaaaaaaa-0000-4000-8000-000000000004"/></Code>'
    )
    inner = (
        selection(0, 10)
        .replace("<Coding", "<Description>так и сказала</Description><Coding", 1)
        .replace(
            "</PlainTextSelection>",
            '<Coding guid="00000000-0000-4000-8002-000000000000">'
            '<CodeRef targetGUID="aaaaaaaa-0000-4000-8000-000000000004"/>'
            '<NoteRef targetGUID="00000000-0000-4000-8000-00000000ab01"/></Coding></PlainTextSelection>',
        )
    )
    extra = (
        "<Notes>"
        + "".join(
            f'<Note guid="00000000-0000-4000-8000-00000000ab{k}" name="{n}">'
            f"<PlainTextContent>{t}</PlainTextContent></Note>"
            for k, n, t in (("01", "m", "вторая"), ("02", "Дневник", "день 1"), ("03", "к цитате", "связь"))
        )
        + '</Notes><Links><Link guid="00000000-0000-4000-8000-00000000ab09" '
        'originGUID="00000000-0000-4000-8000-00000000ab03" targetGUID="00000000-0000-4000-8000-000000000000"/></Links>'
    )
    project = qde(inner, codes=codes, extra=extra).replace(
        "<Sources>",
        '<Cases><Case guid="00000000-0000-4000-8000-00000000cc01"><SourceRef '
        'targetGUID="00000000-0000-4000-8000-000000000011"/></Case></Cases><Sources>',
    )
    got = qda.read_qdpx(pack(tmp_path / "p.qdpx", project))
    assert got.codings["code"].tolist() == ["Боль", "Сайт / гнев"]
    assert got.codebook.path("Сайт / гнев", sep=">") == "Сайт>Сайт / гнев"
    assert got.codings["memo"].tolist() == ["так и сказала\nсвязь", "так и сказала\nсвязь\nвторая"]
    assert got.memos[["kind", "name", "text"]].values.tolist() == [["free", "Дневник", "день 1"]]
    assert got.codings["participant"].tolist() == ["Ольга", "Ольга"], (
        "a case without a name is called like its document"
    )


@pytest.mark.parametrize(
    ("selections", "reason"),
    [
        (selection(5, 99999), "beyond the end"),
        (selection(5, 5), "selection is empty"),
        (selection(5, 9, code="bbbbbbbb-0000-4000-8000-000000000001"), "code is not in the codebook"),
        (selection(5, 9).replace('startPosition="5"', 'startPosition="x"'), "not a number"),
        (selection(5, 9).replace('startPosition="5"', 'startPosition="-3"'), "beyond the end"),
    ],
)
def test_a_coding_that_cannot_be_placed_is_reported_and_never_guessed(tmp_path, selections, reason):
    got = qda.read_qdpx(pack(tmp_path / "p.qdpx", qde(selections)))
    assert len(got.codings) == 0
    assert got.dropped["reason"].str.contains(reason).any()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('plainTextPath="internal://../../etc/passwd"', "leads outside"),
        ('plainTextPath="absolute:///etc/passwd"', "outside the file"),
        ('plainTextPath="relative:///a.txt"', "outside the file"),
        ('plainTextPath="internal://b.txt"', "missing from the file"),
        ("", "has no text"),
    ],
)
def test_no_file_outside_the_project_is_opened(tmp_path, source, reason):
    got = qda.read_qdpx(pack(tmp_path / "p.qdpx", qde(selection(0, 3), source=source)))
    assert len(got.documents) == 0
    assert got.dropped["reason"].str.contains(reason).any()
    assert (got.dropped["what"] == "coding").any()


def test_an_xml_bomb_is_refused(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    project = qde().replace("?>\n", f"?>\n{bomb}", 1)
    with pytest.raises(FileFormatError, match="entities"):
        qda.read_qdpx(pack(tmp_path / "p.qdpx", project))
    outside = qde().replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1)
    with pytest.raises(FileFormatError, match="entities"):
        qda.read_qdpx(pack(tmp_path / "p.qdpx", outside))


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("project.qde", qde())
        z.writestr("sources/a.txt", b"\0" * 60_000_000)
    with pytest.raises(FileFormatError, match="zip bomb"):
        qda.read_qdpx(path)


def test_a_damaged_file_gives_a_clear_error_wherever_it_is_cut(tmp_path):
    whole = pack(tmp_path / "p.qdpx", qde(selection(0, 3))).read_bytes()
    rng = random.Random(1)
    for _ in range(60):
        cut = bytearray(whole[: rng.randrange(len(whole))]) if rng.random() < 0.5 else bytearray(whole)
        for _ in range(rng.randrange(1, 8)):
            if cut:
                cut[rng.randrange(len(cut))] = rng.randrange(256)
        path = tmp_path / "broken.qdpx"
        path.write_bytes(bytes(cut))
        try:
            got = qda.read_qdpx(path)
        except FileFormatError as error:
            assert "broken.qdpx" in str(error)  # noqa: PT017
        else:
            for r in got.codings.itertuples():
                assert got.documents["text"][0][r.start : r.end] == r.quote


@pytest.mark.parametrize("broken", [b"", b"not a zip", b"PK\x03\x04"])
def test_what_is_no_zip_says_so(tmp_path, broken):
    path = tmp_path / "p.qdpx"
    path.write_bytes(broken)
    with pytest.raises(FileFormatError, match="damaged"):
        qda.read_qdpx(path)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        z.writestr("readme.txt", "x")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(FileFormatError, match=r"no \.qde"):
        qda.read_qdpx(path)


# ---- writing -------------------------------------------------------------------------------------------------------

BOOK = coding.Codebook(
    [
        coding.Code("Этапы", "Категория\r\nв две строки", codable=False),
        coding.Code(
            "Оплата",
            parent="Этапы",
            colour="#DC0000",
            stage="deal",
            lane="barriers",
            title="Платят",
            text="Платят, когда уже поздно",
            include=("ушли деньги",),
        ),
        coding.Code("гнев < & > \"'", parent="Оплата"),
    ]
)


def test_the_same_project_gives_the_same_bytes(tmp_path):
    docs = pd.DataFrame({"document": ["a.txt"], "text": ["abc def"]})
    table = coding.add_coding(
        coding.empty_codings(),
        docs,
        document="a.txt",
        quote="abc",
        code="Оплата",
        coder="eva",
        created="2026-01-01T10:00:00Z",
    )
    for name in ("x", "y"):
        qda.write_qdpx(tmp_path / f"{name}.qdpx", documents=docs, codings=table, codebook=BOOK)
    assert (tmp_path / "x.qdpx").read_bytes() == (tmp_path / "y.qdpx").read_bytes()


texts = st.text(
    alphabet=st.sampled_from('аб Яz.\n\r\t😡👍🏽👨‍👩‍👧e\u0301й\u200fשלום\ufeff\u2028<&"')
    | st.characters(exclude_categories=("Cs",)),
    min_size=1,
    max_size=60,
)
labels = (
    st.text(
        st.sampled_from("абв xyz😡<&\"'\n\tשל") | st.characters(exclude_categories=("Cs", "Cc", "Cn")),
        min_size=1,
        max_size=15,
    )
    .map(str.strip)
    .filter(bool)
)


@st.composite
def projects(draw):
    names = draw(st.lists(labels, min_size=1, max_size=3, unique=True))
    documents = pd.DataFrame({"document": names, "text": [draw(texts) for _ in names]})
    codes: list[coding.Code] = []
    for k, n in enumerate(draw(st.lists(labels, min_size=1, max_size=4, unique=True))):
        codes.append(
            coding.Code(
                n,
                definition=draw(st.sampled_from(["", "когда\r\nболь", "x < y & z"])),
                parent=draw(st.sampled_from(["", codes[0].name])) if k else "",
                stage=draw(st.sampled_from(["", "deal"])),
                colour=draw(st.sampled_from(["", "#00FF7F"])),
                codable=draw(st.booleans()),
                exclude=draw(st.sampled_from([(), ("не то",)])),
            )
        )
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        d = draw(st.integers(0, len(names) - 1))
        text = documents["text"][d]
        a = draw(st.integers(0, len(text) - 1))
        b = draw(st.integers(a + 1, len(text)))
        rows.append(
            {
                "document": names[d],
                "start": a,
                "end": b,
                "code": draw(st.sampled_from([c.name for c in codes])),
                "coder": draw(st.sampled_from(["eva", "Боб", None])),
                "participant": draw(st.sampled_from([None, "p1", "p2"])),
                "stage": draw(st.sampled_from([None, "deal"])),
                "touchpoint": draw(st.sampled_from([None, "чат"])),
                "valence": draw(st.sampled_from([None, -2, 0.5])),
                "memo": draw(st.sampled_from([None, "a\r\nb < c", "памятка"])),
                "created": draw(st.sampled_from([None, "2026-01-02T03:04:05Z", "вчера"])),
            }
        )
    cases = pd.DataFrame(
        {"document": names, "participant": [draw(st.sampled_from(["p1", "p2", "Ольга"])) for _ in names]}
    )
    cases["age"] = [draw(st.integers(0, 99)) for _ in names]
    cases["segment"] = [draw(st.sampled_from(["новые", "старые"])) for _ in names]
    cases[["age", "segment"]] = cases.groupby("participant")[["age", "segment"]].transform("first")
    table = coding.check_codings(pd.DataFrame(rows), documents) if rows else coding.empty_codings()
    return documents, coding.Codebook(tuple(codes)), table, cases


@settings(max_examples=80, deadline=None)
@given(projects())
def test_what_is_written_comes_back(tmp_path_factory, project):
    documents, book, table, cases = project
    path = tmp_path_factory.mktemp("q") / "p.qdpx"
    memos = pd.DataFrame(
        [
            ("code", book.names[0], "n", "о коде", "eva", "2026-01-02T03:04:05Z"),
            ("free", "", "дневник", "a\r\nb", "", ""),
        ],
        columns=["kind", "target", "name", "text", "author", "created"],
    )
    dropped = qda.write_qdpx(path, documents=documents, codings=table, codebook=book, participants=cases, memos=memos)
    got = qda.read_qdpx(path)
    assert got.documents["text"].tolist() == documents["text"].tolist()
    assert got.documents["document"].tolist() == documents["document"].tolist()
    strip = coding.Codebook(tuple(c.__class__(**{**c.__dict__, "guid": ""}) for c in got.codebook))
    assert sorted(strip, key=lambda c: c.name) == sorted(book, key=lambda c: c.name)
    order = list(table.columns)
    expected = table.assign(_d=[documents["document"].tolist().index(d) for d in table["document"]])
    expected = expected.sort_values("_d", kind="stable")[order].reset_index(drop=True)
    if len(expected):
        pd.testing.assert_frame_equal(got.codings[order], expected)
    assert sorted(map(tuple, got.participants[["document", "participant", "age", "segment"]].values)) == sorted(
        map(tuple, cases[["document", "participant", "age", "segment"]].values)
    )
    assert got.memos[["kind", "target", "text"]].values.tolist() == [
        ["code", book.names[0], "о коде"],
        ["free", "", "a\r\nb"],
    ]
    assert len(got.dropped) == 0
    assert set(dropped["what"]) <= {"characters"}


def test_codebooks_come_back_and_losses_are_named(tmp_path):
    dropped = qda.write_qdc(BOOK, tmp_path / "c.qdc")
    got = qda.read_qdc(tmp_path / "c.qdc")
    assert [(c.name, c.parent, c.colour, c.definition, c.codable) for c in got] == [
        (c.name, c.parent, c.colour, c.definition, c.codable) for c in BOOK
    ]
    assert sorted(dropped["what"]) == ["include", "lane", "stage", "text", "title"]
    (tmp_path / "x.qdc").write_text("<html/>")
    with pytest.raises(FileFormatError, match="CodeBook"):
        qda.read_qdc(tmp_path / "x.qdc")


def test_our_codebook_may_hold_what_xml_cannot_and_says_so(tmp_path):
    docs = pd.DataFrame({"document": ["a"], "text": ["ab\x0bc\x00d"]})
    table = coding.check_codings(
        pd.DataFrame([{"document": "a", "start": 1, "end": 4, "code": "c", "coder": "e\x01"}]), docs
    )
    dropped = qda.write_qdpx(tmp_path / "p.qdpx", documents=docs, codings=table)
    got = qda.read_qdpx(tmp_path / "p.qdpx")
    assert got.codings["quote"].tolist() == ["b\x0bc"]
    assert got.documents["text"].tolist() == docs["text"].tolist()
    assert (dropped["what"] == "characters").any()
