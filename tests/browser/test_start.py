"""From a folder of files to a map with clicks alone, in a real JupyterLab, in both languages."""

import numpy as np
import pandas as pd
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = {
    "en": (
        "Make the map",
        "done",
        "How satisfied were you with {} (1 = not at all, 5 = completely)?",
        "I.: How did it go?",
    ),
    "ru": (
        "Построить карту",
        "готово",
        "Насколько вы довольны: {} (1 — совсем нет, 5 — полностью)?",
        "И.: Как всё прошло?",
    ),
}
SAID = {
    "en": "R.: I looked for a bicycle for weeks and could not find the price. Then the shop called me back and it was "
    "easy.",
    "ru": "Р.: Я неделями искал велосипед и не мог найти цену. Потом из магазина перезвонили, и всё прошло легко.",
}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_files_become_a_map_by_clicks(open_lab, tmp_path, lang):
    button, done, question, asked = WORDS[lang]
    interview = tmp_path / "anna.txt"
    interview.write_text(f"{asked}\n{SAID[lang]}\n", "utf-8")
    rng = np.random.default_rng(4)
    answers = pd.DataFrame({question.format(x): rng.integers(1, 6, 40) for x in ("search", "choice", "delivery")})
    survey = tmp_path / "answers.csv"
    answers.assign(id=[f"p{i}" for i in range(40)]).to_csv(survey, index=False)
    study = tmp_path / "bikes"
    lab = open_lab(
        f"start-{lang}",
        [
            f"import cjmkit as cj\nstudy = cj.Study.create({str(study)!r}, language={lang!r}, framework='five-stages')",
            "form = cj.widgets.start(study)\nform",
        ],
    )
    with lab.page.expect_file_chooser() as chosen:
        lab.page.locator("button.jupyter-widgets.jupyter-button").first.click()
    chosen.value.set_files([str(interview), str(survey)])
    lab.page.get_by_text("interviews/anna.txt").first.wait_for(timeout=20_000)
    assert lab.py("study.has('survey') and study.has('interviews')") is True
    assert (study / "surveys" / "answers.csv").is_file()
    lab.page.locator("button", has_text=button).click()
    lab.page.get_by_text(done, exact=True).wait_for(timeout=240_000)
    assert (study / "report" / "map.html").is_file()
    assert lab.page.get_by_text("report/map.html").count() > 0
    # One interview that nobody coded is a gap with what to do next, not a failure.
    assert lab.py("[g.action for g in study.gaps()][:1] != ['']") is True
    lab.page.screenshot(path=str(tmp_path / "start.png"))
    assert lab.py("len(study.journey().stages)") == 5
