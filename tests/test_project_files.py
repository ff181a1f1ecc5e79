"""What a stranger finds at the top of the repository is whole, and what it names is there."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_or_names_in_the_repository_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    links = [x for x in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in x]
    named = [x for x in re.findall(r"`((?:tests|docs|benchmarks)/[\w./-]+\.(?:py|md))`", text) if "ROOM" not in x]
    missing = [x for x in [*links, *named] if not (ROOT / x).exists()]
    assert not missing
    assert page == "CODE_OF_CONDUCT.md" or links or named


def test_contributing_names_the_files_that_the_recipes_count():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for file in ("survey/reading/platforms.py", "events/log.py", "lint/rules.py", "exchange/_files.py"):
        assert file in text
        assert (ROOT / "cjmkit" / file).is_file()


def test_the_citation_and_the_forms_can_be_read():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"title", "authors", "license", "message"} <= set(citation)
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    assert {f.stem for f in forms} == {"bug", "config", "method", "platform"}
    for form in forms:
        if form.stem != "config":
            fields = yaml.safe_load(form.read_text("utf-8"))
            assert {"name", "description", "body"} <= set(fields)
            assert any(f.get("validations", {}).get("required") for f in fields["body"])
    assert "cjmkit --version --verbose" in (ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml").read_text("utf-8")
