"""The gallery: every public plot is in it, and its pages are what its list says."""

import importlib.util
import json
from pathlib import Path

import pytest

import cjmkit as cj

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_gallery", DOCS / "make_gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_plot_is_in_the_gallery_once(make):
    shown = make.names()
    assert len(shown) == len(set(shown))
    assert set(shown) | set(make.WITHOUT) == {n for n in cj.plot.__all__ if callable(getattr(cj.plot, n))}
    assert not set(shown) & set(make.WITHOUT)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_pages_are_what_the_list_and_the_stored_findings_say(make, lang):
    found = make.stored(lang)
    assert not [name for name in make.names() if not found.get(name)]
    assert make.PAGES[lang].read_text("utf-8") == make.page(lang, found), "run: python docs/make_gallery.py --pages"


def test_pictures_are_there_for_both_languages_and_small(make):
    files = {p.name for p in make.PICTURES.glob("*.png")}
    assert files == {f"{name}-{lang}.png" for name in make.names() for lang in make.PAGES}
    sizes = [p.stat().st_size for p in make.PICTURES.glob("*.png")]
    assert max(sizes) <= make.LARGEST
    assert sum(sizes) <= 4_000_000


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_no_entry_is_longer_than_its_promise_and_all_of_it_is_code(make, lang):
    for section in make.SECTIONS:
        for plot in section.plots:
            code = make.lines(plot.code, lang)
            compile(code, plot.name, "exec")
            assert len(code.splitlines()) <= 6
            assert f"cj.plot.{plot.name}(" in code.splitlines()[-1]
            assert max(map(len, code.splitlines())) <= 120


def test_the_stored_finding_is_the_title_that_the_plot_writes(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(make, "PICTURES", tmp_path)
    stored = json.loads((DOCS / "pictures" / "gallery" / "findings.json").read_text("utf-8"))["en"]
    drawn = make.draw("en", {"nps", "shares", "saturation", "barrier_ranking"})
    assert drawn == {name: stored[name] for name in drawn} and len(drawn) == 4
