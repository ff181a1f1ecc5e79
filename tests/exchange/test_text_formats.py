import csv
import io
import re
import subprocess
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit.errors import FileFormatError

SAMPLES = ["residential", "english", "hostile"]


@pytest.mark.parametrize("name", SAMPLES)
def test_long_csv_comes_back_equal(samples, tmp_path, name):
    j = getattr(samples, name)()
    cj.exchange.to_csv(j, tmp_path / "map.csv")
    assert cj.exchange.from_csv(tmp_path / "map.csv") == cj.exchange.Imported(j)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text(min_size=1, max_size=30).filter(lambda t: t.strip()), min_size=1, max_size=5, unique_by=str.strip)
)
def test_any_text_survives_csv_and_json(texts):
    quote = cj.Quote(document="d", start=0, end=3, quote=texts[0])
    notes = tuple(cj.Note(id=f"n{k}", text=t, evidence=(quote,)) for k, t in enumerate(texts))
    j = cj.Journey(id="x", title=texts[-1], stages=[cj.Stage(id="a", title=texts[0], goals=notes)])
    assert cj.exchange.from_csv(cj.exchange.to_csv(j)).journey == j
    assert cj.Journey.model_validate_json(cj.exchange.to_json(j)) == j


def test_no_cell_of_the_csv_begins_like_a_formula(samples):
    rows = list(csv.reader(io.StringIO(cj.exchange.to_csv(samples.hostile()))))
    texts = [c for row in rows[1:] for c in row if not re.fullmatch(r"-?[\d.e-]+", c)]
    assert any("CMD()" in c for c in texts)
    assert not [c for c in texts if c[:1] in "=+-@\t" and c]


def test_a_row_of_an_unknown_kind_is_refused_with_its_line():
    with pytest.raises(FileFormatError, match="did you mean 'notes'") as error:
        cj.exchange.from_csv("row,stage,lane,text\njourney,,,\nnote,a,goals,x\n")
    assert error.value.line == 3


def test_a_csv_of_another_kind_is_refused():
    with pytest.raises(FileFormatError, match="needs the column row"):
        cj.exchange.from_csv("a,b\n1,2\n")


def test_markdown_holds_every_note_and_footnotes_for_all_evidence(samples):
    j = samples.residential()
    text = cj.exchange.to_markdown(j)
    plain = re.sub(r"\\(.)", r"\1", text)
    for *_, item in j.cells():
        assert item.text in plain
    cited = set(re.findall(r"(?<!\n)\[\^(\d+)\]", text))
    given_ = set(re.findall(r"^\[\^(\d+)\]:", text, flags=re.M))
    assert cited
    assert cited == given_


def test_markdown_rows_have_a_cell_per_stage_whatever_the_notes_hold(samples):
    for name in SAMPLES:
        j = getattr(samples, name)()
        text = cj.exchange.to_markdown(j)
        rows = [r for r in text.splitlines() if r.startswith("|")]
        for row in rows:
            assert len(re.findall(r"(?<!\\)\|", row)) == len(j.stages) + 2, row
        assert "<script" not in text


def test_write_and_read_choose_by_suffix(samples, tmp_path):
    j = samples.residential()
    for suffix in ("yaml", "json", "csv", "xlsx", "mmd"):
        path = tmp_path / f"map.{suffix}"
        cj.exchange.write(j, path)
        assert cj.exchange.read(path).journey == j, suffix
    assert cj.exchange.write(j, tmp_path / "map.mmd")
    with pytest.raises(cj.CjmError, match="unknown format '.doc'"):
        cj.exchange.write(j, tmp_path / "map.doc")


def test_a_broken_json_is_refused_with_its_line(tmp_path):
    file = tmp_path / "x.json"
    file.write_text('{\n "id": "x",\n oops\n}', "utf-8")
    with pytest.raises(FileFormatError) as error:
        cj.exchange.read(file)
    assert error.value.line == 3


# ---- diff --------------------------------------------------------------------------------------------------------


def test_equal_maps_have_no_difference(samples):
    assert cj.exchange.diff(samples.residential(), samples.residential()) == ""


def test_every_kind_of_change_is_one_line(samples):
    a = samples.residential()
    note = a.stage("evaluation").barriers[0]
    b = a.with_note("deal", "goals", "Ключи к лету")
    b = b.without_note(a.stage("evaluation").questions[0].id)
    b = b.with_touchpoint("trigger", a.stage("trigger").touchpoints[0].replace(owner="CRM"))
    b = b.with_note("evaluation", "barriers", note.replace(evidence=note.evidence[:1]))
    lines = cj.exchange.diff(a, b).split("\n")
    assert len(lines) == 4
    assert sorted(line[0] for line in lines) == ["+", "-", "~", "~"]
    assert any("ответственный: — → CRM" in line for line in lines)
    assert any("основания" in line for line in lines)


def test_a_reworded_note_is_changed_and_a_moved_one_moved(samples):
    a = samples.residential()
    old = a.stage("evaluation").barriers[2]
    b = a.without_note(old.id).with_note("evaluation", "barriers", "Контакты просят раньше, чем показывают цену")
    (line,) = cj.exchange.diff(a, b).split("\n")
    assert line.startswith("~")
    assert "условия → " in line
    moved = a.without_note(old.id).with_note("deal", "barriers", old)
    (line,) = cj.exchange.diff(a, moved).split("\n")
    assert line.startswith(">")


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(4)), st.integers(0, 4))
def test_diff_and_its_opposite_mirror_each_other(order, cut):
    goals = [f"goal number {k} {'x' * k}" for k in order]
    a = cj.Journey(id="x", title="x", stages=[cj.Stage(id="a", title="A", goals=goals[:cut])])
    b = cj.Journey(id="x", title="x", stages=[cj.Stage(id="a", title="A", goals=goals[cut:])])
    there, back = cj.exchange.diff(a, b, lang="en"), cj.exchange.diff(b, a, lang="en")
    assert sorted(x[0] for x in there.split("\n")) == sorted(
        {"+": "-", "-": "+"}.get(x[0], x[0]) for x in back.split("\n")
    )


def git(folder, *args, ok=True):
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *args],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 or not ok, done.stderr + done.stdout
    return done


def test_two_people_who_add_notes_to_different_stages_merge_without_conflict(samples, tmp_path):
    j = samples.residential()
    file = tmp_path / "map.yaml"
    cj.exchange.write_journey(j, file)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "start")
    git(tmp_path, "checkout", "-qb", "anna")
    anna = j.with_note("sense", "questions", "Сколько стоит садик?").with_note("sense", "barriers", "Далеко до метро")
    cj.exchange.write_journey(anna, file)
    git(tmp_path, "commit", "-qam", "anna")
    git(tmp_path, "checkout", "-q", "main")
    boris = j.with_note("deal", "expectations", "Договор понятным языком").with_touchpoint("loyalty", "Чат жильцов")
    cj.exchange.write_journey(boris, file)
    git(tmp_path, "commit", "-qam", "boris")
    git(tmp_path, "merge", "-q", "anna", "-m", "both")
    both = cj.exchange.read_journey(file)
    texts = {i.text for *_, i in both.cells()}
    assert {"Сколько стоит садик?", "Далеко до метро", "Договор понятным языком", "Чат жильцов"} <= texts
    assert len(texts) == len({i.text for *_, i in j.cells()}) + 4


def test_as_lines_has_a_line_per_thing(samples):
    j = samples.residential()
    lines = cj.exchange.as_lines(j).split("\n")
    things = 1 + len(j.stages) + sum(1 for _ in j.cells()) + len(j.emotion) + len(j.links) + len(j.improvements)
    things += sum(1 + len(p.traits) + len(p.goals) + len(p.expectations) + len(p.barriers) for p in j.personas)
    assert len(lines) == things


def test_hostile_text_stays_on_its_line(samples):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all("|" in line for line in cj.exchange.as_lines(samples.hostile()).split("\n"))


def test_yaml_is_written_as_the_library_would_write_it():
    """Against yaml.dump itself, on texts that look like something else."""
    import datetime as dt
    import itertools
    import random

    import yaml

    from cjmkit.exchange.yaml_file import dump_yaml

    class Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
        def ignore_aliases(self, data):
            return True

    parts = ["", "no", "12", "1e3", "~", "2026-01-01", "=", "<<", "0x1F", ": x", "# a", "- b", "a #b", " x", "x" * 200,
             "слово " * 40, "1:30", ".5", "'s'", "%d", "@x", "`", "\t", "!", "&a", "*b", "|", "\x85"]  # fmt: skip
    scalars = [1, 2.5, None, True, 1e20, float("inf"), dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, 3)]
    draw = random.Random(0)
    pairs = list(itertools.product(parts, parts))
    for _ in range(300):
        a, b = draw.choice(pairs), draw.choice(pairs)
        value = {
            a[0] + "k": b[0] + b[1],
            a[1]: [a[0] + a[1], {"x": []}, {}, draw.choice(scalars)],
            "z": draw.choice(scalars),
        }
        assert dump_yaml(value) == yaml.dump(value, Dumper=Plain, allow_unicode=True, sort_keys=False, width=110)
