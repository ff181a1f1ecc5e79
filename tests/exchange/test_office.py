"""Workbooks, slides and PDF in a real office program: they open, and hold every note."""

import os
import re
import shutil
import subprocess

import pytest

import cjmkit as cj
from cjmkit.core.stage import LANES
from cjmkit.view.story import suggested

pytestmark = pytest.mark.slow


def lacking(what):
    if os.environ.get("CI"):
        pytest.fail(f"{what}; in CI it has to be there")
    pytest.skip(what)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        lacking(
            "no LibreOffice on this machine (apt-get install libreoffice-calc libreoffice-impress libreoffice-draw)"
        )
    if not shutil.which("pdftotext"):
        lacking("no pdftotext on this machine (apt-get install poppler-utils)")
    profile = tmp_path_factory.mktemp("profile")

    def text_of(path):
        """The text that the program sees, through its own PDF."""
        out = path.parent / f"of-{path.suffix[1:]}"
        subprocess.run(
            [
                program,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                out,
                path,
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        pdf = out / f"{path.stem}.pdf"
        shown = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True).stdout
        return re.sub(r"[\W_]+", "", shown)

    return text_of


def words_of(journey):
    return {w for *_, i in journey.cells() for w in re.findall(r"[^\W_]{4,}", i.text)}


def test_the_deck_opens_and_shows_its_findings(office, samples, tmp_path):
    j = samples.residential()
    text = office(cj.exchange.to_pptx(j, tmp_path / "map.pptx"))
    told = [j.title, *(p.name for p in j.personas), *(s.title for s in j.stages), *(a.owner for a in j.improvements)]
    for words in told:
        assert re.sub(r"[\W_]+", "", words) in text


@pytest.mark.parametrize("suffix", ["xlsx", "pdf"])
def test_the_file_opens_and_holds_every_note(office, samples, tmp_path, suffix):
    j = samples.residential()
    path = tmp_path / f"map.{suffix}"
    if suffix == "pdf":
        cj.report.save_picture(j, path)
    else:
        cj.exchange.write(j, path)
    text = office(path)
    folded = suggested(j) if suffix == "pdf" else frozenset()  # the picture counts what nobody has touched
    kept = {s.id: {k: [n for n in s.lane(k) if n.id not in folded] for k in LANES} for s in j.stages}
    j = j.replace(stages=[s.replace(**kept[s.id]) for s in j.stages])
    assert {w for w in words_of(j) if w not in text} == set()
