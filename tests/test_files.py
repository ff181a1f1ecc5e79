"""Our files: whole or not at all, never over somebody else's work, one name for one text, modes and links kept."""

import os
import stat
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmkit import files
from cjmkit.errors import CjmError
from cjmkit.files import file_name, locked, seen, set_aside, waiting, write_atomically, write_unless_changed


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_mode_that_was_narrowed_stays(tmp_path):
    path = write_atomically(tmp_path / "anna.csv", "a")
    path.chmod(0o600)
    write_atomically(path, "b")
    assert (mode(path), path.read_text()) == (0o600, "b")


def test_a_private_file_is_private_from_its_first_byte(tmp_path, monkeypatch):
    modes = []
    monkeypatch.setattr(os, "fsync", lambda fd: modes.append(stat.S_IMODE(os.fstat(fd).st_mode)))
    path = write_atomically(tmp_path / "key.json", "{}", private=True)
    assert modes == [0o600]
    assert mode(path) == 0o600


def test_a_link_stays_a_link_and_what_it_points_to_is_written(tmp_path):
    shared = tmp_path / "drive" / "anna.csv"
    shared.parent.mkdir()
    shared.write_text("old")
    link = tmp_path / "anna.csv"
    link.symlink_to(shared)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert shared.read_text() == "new"


def test_what_a_killed_process_left_is_cleared_and_what_is_being_written_is_not(tmp_path, monkeypatch):
    old, young, own = tmp_path / ".x.csv.0a1b.part", tmp_path / ".cjmkit-0a.part", tmp_path / "x.part"
    for path in (old, young, own):
        path.write_text("half")
    os.utime(old, (time.time() - 3600,) * 2)
    os.utime(own, (time.time() - 3600,) * 2)
    monkeypatch.setattr(files, "_cleared", set())
    write_atomically(tmp_path / "x.csv", "whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".cjmkit-0a.part", "x.csv", "x.part"]


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "memo \ud83d"), ("a\0.csv", "x"), ("n" * 300, "x")], ids=["surrogate", "nul", "long"]
)
def test_what_no_disk_can_hold_is_a_sentence_and_leaves_nothing(tmp_path, name, text):
    with pytest.raises(CjmError, match=r"nothing was written|Nothing was written"):
        write_atomically(tmp_path / name, text)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_a_sentence(tmp_path):
    (tmp_path / "d.yaml").mkdir()
    with pytest.raises(CjmError, match="could not be saved"):
        write_atomically(tmp_path / "d.yaml", "x")


def test_a_file_changed_meanwhile_is_not_written(tmp_path):
    path = tmp_path / "map.yaml"
    assert write_unless_changed(path, "one", before=None)
    before = seen(path)
    path.write_text("theirs")
    assert not write_unless_changed(path, "two", before=before)
    assert path.read_text() == "theirs"
    assert not write_unless_changed(path, "two", before=None)


def test_sessions_set_aside_beside_each_other_and_all_are_offered(tmp_path):
    path = tmp_path / "wave.2024.yaml"
    set_aside(path, "first", session="aa11")
    set_aside(path, "second", session="bb22")
    set_aside(path, "first again", session="aa11")
    set_aside(tmp_path / "wave.yaml", "another file", session="cc33")
    assert {p.read_text() for p in waiting(path)} == {"first again", "second"}


def test_two_processes_that_add_lose_nothing(tmp_path):
    path = tmp_path / "count.txt"
    path.write_text("")
    code = (
        "import sys\nfrom cjmkit.files import locked, write_atomically\nfrom pathlib import Path\n"
        "p = Path(sys.argv[1])\nfor k in range(40):\n"
        "    with locked(p):\n        write_atomically(p, p.read_text() + sys.argv[2])\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(path), word]) for word in "ab"]
    assert [p.wait() for p in both] == [0, 0]
    assert sorted(path.read_text()) == ["a"] * 40 + ["b"] * 40


def test_a_thread_waits_for_the_folder(tmp_path):
    order = []

    def second():
        with locked(tmp_path / "x"):
            order.append("second")

    with locked(tmp_path / "x"):
        other = threading.Thread(target=second)
        other.start()
        time.sleep(0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_spellings_that_a_disk_confuses_have_names_of_their_own():
    spellings = ["a:b", "a/b", "a_b", "a%3Ab", "a.", "a", ".a", "a ", "CON", "%43ON", "x" * 300, "x" * 301]
    assert len({file_name(s) for s in spellings}) == len(spellings)
    assert file_name("Андрей") == file_name("Андрей".replace("й", "и\u0306"))


@given(st.text(min_size=1), st.text(min_size=1))
def test_one_text_one_file_name(a, b):
    import unicodedata

    same = unicodedata.normalize("NFC", a) == unicodedata.normalize("NFC", b)
    assert (file_name(a) == file_name(b)) == same
    for name in (file_name(a), file_name(b)):
        assert not set(name) & set('/\\:*?"<>|\0')
        assert name not in (".", "..")
        assert len(name.encode("utf-8", "replace")) <= 255
