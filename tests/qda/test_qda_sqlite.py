import sqlite3

import pytest

from cjmkit import qda
from cjmkit.errors import CjmError, FileFormatError

TEXT = "Ольга: ужасно 😡! Оплата & доставка"


def database(path, script, rows):
    db = sqlite3.connect(path)
    db.executescript(script)
    for table, values in rows:
        db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)
    db.commit()
    db.close()
    return path


TAGUETTE = """
CREATE TABLE projects (id, name, description); CREATE TABLE project_members (project_id, user_login);
CREATE TABLE documents (id, name, description, project_id, contents);
CREATE TABLE tags (id, project_id, path, description);
CREATE TABLE highlights (id, document_id, start_offset, end_offset, snippet);
CREATE TABLE highlight_tags (highlight_id, tag_id);
CREATE TABLE commands (id, project_id, user_login, payload);
"""


def taguette(path, marks, projects=1):
    html = "<p>Ольга: <b>ужасно 😡</b>!</p>\n<p>Оплата &amp; доставка</p>"
    rows = [("projects", (k + 1, f"P{k + 1}", "")) for k in range(projects)]
    rows += [
        ("project_members", (1, "eva")),
        ("project_members", (1, "bob")),
        ("documents", (1, "o.html", "", 1, html)),
    ]
    rows += [("tags", (1, 1, "боль", "плохо")), ("tags", (2, 1, "боль.оплата", ""))]
    for k, (a, b, tag, who) in enumerate(marks, 1):
        rows += [("highlights", (k, 1, a, b, "")), ("highlight_tags", (k, tag))]
        rows += [("commands", (k, 1, who, f'{{"type": "highlight_add", "highlight_id": {k}}}'))]
    return database(path, TAGUETTE, rows)


def test_bytes_of_a_page_become_code_points(tmp_path):
    plain = "Ольга: ужасно 😡!\nОплата & доставка"
    spans = []
    for q in ("ужасно 😡", "Оплата & доставка"):
        a = len(plain[: plain.index(q)].encode())
        spans.append((a, a + len(q.encode())))
    path = taguette(tmp_path / "t.sqlite3", [(*spans[0], 1, "eva"), (*spans[1], 2, "bob"), (5000, 5010, 1, "eva")])
    got = qda.read_taguette(path)
    assert got.documents["text"].tolist() == [plain]
    assert got.codings[["quote", "code", "coder"]].values.tolist() == [
        ["ужасно 😡", "боль", "eva"],
        ["Оплата & доставка", "боль.оплата", "bob"],
    ]
    assert got.codebook["боль.оплата"].parent == "боль"
    assert got.dropped["reason"].tolist() == ["empty or beyond the end of its text"]


def test_one_of_several_projects_has_to_be_named(tmp_path):
    path = taguette(tmp_path / "t.sqlite3", [], projects=2)
    with pytest.raises(CjmError, match="2 projects"):
        qda.read_taguette(path)
    assert len(qda.read_taguette(path, project="P2").documents) == 0
    with pytest.raises(CjmError, match="unknown project"):
        qda.read_taguette(path, project="P3")


QUALCODER = """
CREATE TABLE code_cat (catid, name, owner, date, memo, supercatid);
CREATE TABLE code_name (cid, name, memo, catid, owner, date, color);
CREATE TABLE source (id, name, fulltext, mediapath, memo, owner, date);
CREATE TABLE code_text (cid, fid, seltext, pos0, pos1, owner, date, memo, avid, important);
CREATE TABLE cases (caseid, name, memo, owner, date); CREATE TABLE case_text (id, caseid, fid, pos0, pos1);
CREATE TABLE attribute (attrid, name, attr_type, value, id); CREATE TABLE code_image (imid);
CREATE TABLE journal (jid, name, jentry, date, owner);
"""


def test_a_qualcoder_project_comes_over_with_cases_and_categories(tmp_path):
    folder = tmp_path / "study.qda"
    folder.mkdir()
    database(
        folder / "data.qda",
        QUALCODER,
        [
            ("code_cat", (1, "Боль", "eva", "", "плохое", None)),
            ("code_cat", (2, "Оплата", "eva", "", "", 1)),
            ("code_name", (1, "отказ", "не прошла", 2, "eva", "", "#FF0000")),
            ("code_name", (2, "Боль", "", None, "eva", "", "red")),
            ("source", (1, "o.txt", TEXT, None, "памятка", "eva", "2026-01-01")),
            ("source", (2, "o.mp3", None, "/audio/o.mp3", "", "eva", "")),
            ("code_text", (1, 1, "", 7, 15, "eva", "2026-01-01 10:00:00", "memo", None, 1)),
            ("code_text", (2, 1, "", 7, 999, "eva", "", "", None, 0)),
            ("cases", (1, "Ольга", "", "eva", "")),
            ("case_text", (1, 1, 1, 0, 10)),
            ("attribute", (1, "возраст", "case", "34", 1)),
            ("code_image", (1,)),
            ("journal", (1, "день 1", "начали", "2026-01-01", "eva")),
        ],
    )
    got = qda.read_qualcoder(folder)
    row = got.codings.iloc[0]
    assert (row["quote"], row["code"], row["coder"], row["participant"], row["memo"]) == (
        "ужасно 😡",
        "отказ",
        "eva",
        "Ольга",
        "memo",
    )
    assert got.codebook.path("отказ") == "Боль / Оплата / отказ"
    assert "Боль (code)" in got.codebook
    assert got.participants.iloc[0].to_dict() == {"document": "o.txt", "participant": "Ольга", "возраст": "34"}
    assert sorted(got.dropped["what"]) == ["coding", "coding", "document"]
    assert got.memos["kind"].tolist() == ["free", "document"]


@pytest.mark.parametrize("reader", [qda.read_taguette, qda.read_qualcoder])
def test_another_file_is_refused(tmp_path, reader):
    path = tmp_path / "x.sqlite3"
    path.write_text("hello")
    with pytest.raises(FileFormatError, match="not an SQLite"):
        reader(path)
    database(tmp_path / "y.sqlite3", "CREATE TABLE a (b)", [])
    with pytest.raises(FileFormatError, match="no table"):
        reader(tmp_path / "y.sqlite3")
    raw = (tmp_path / "y.sqlite3").read_bytes()
    (tmp_path / "z.sqlite3").write_bytes(raw[:120] + bytes(2000))
    with pytest.raises(FileFormatError):
        reader(tmp_path / "z.sqlite3")
    with pytest.raises(FileFormatError, match="no such file"):
        reader(tmp_path / "none.sqlite3")
