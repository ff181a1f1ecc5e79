"""The page of methods: each statistic on the map with its formula, and links to checks that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = {"en": ROOT / "docs" / "methods.md", "ru": ROOT / "docs" / "ru" / "methods.md"}
_CHECK = re.compile(r"`((?:tests|benchmarks)/[\w/.-]+?)(?:::(\w+))?`")


def sections(lang):
    parts = re.split(r"^## ", PAGES[lang].read_text("utf-8"), flags=re.M)[1:]
    return {p.splitlines()[0]: p for p in parts}


@pytest.mark.parametrize("lang", PAGES)
def test_every_check_that_is_named_exists_and_each_statistic_names_one(lang):
    for title, text in sections(lang).items():
        named = _CHECK.findall(text)
        assert named, title
        for file, test in named:
            assert (ROOT / file).is_file(), file
            if test:
                assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"{file}::{test}"


@pytest.mark.parametrize(("lang", "labels"), [
    ("en", ("Formula", "Assumes", "People needed", "Fails", "Source", "Checked against")),
    ("ru", ("Формула", "Допущение", "Сколько людей", "Подводит", "Источник", "Сверено")),
])  # fmt: skip
def test_each_statistic_says_all_six_things(lang, labels):
    for title, text in sections(lang).items():
        assert [x for x in labels if f"- **{x}.**" not in text] == [], title


def test_both_languages_have_the_same_statistics_formulas_and_checks():
    english, russian = (list(sections(lang).values()) for lang in PAGES)
    assert len(english) == len(russian) == 15
    for one, other in zip(english, russian):
        assert _CHECK.findall(one) == _CHECK.findall(other)
        assert re.findall(r"`(cj\.[\w.]+|log\.\w+)`", one) == re.findall(r"`(cj\.[\w.]+|log\.\w+)`", other)
