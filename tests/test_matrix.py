"""Any material gets a map: every combination that a researcher may have on day one, alone and together.

Each row is a folder of files as they come, put into a new study by ``cjmkit add`` and worked through by the eight
notebooks. The notebooks' cells are run as a notebook runs them, in one shell and not in eight kernels, so that all rows
fit into two minutes; one row goes through ``cjmkit run`` itself.
"""

import importlib.util
import json
import os
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import cjmkit as cj
from cjmkit.cli import main
from cjmkit.study.parts import called

ROOT = Path(cj.__file__).parents[1]
_spec = importlib.util.spec_from_file_location("make_notebooks", ROOT / "notebooks" / "make.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)

NPS = {
    "en": "How likely are you to recommend us to a friend (0-10)?",
    "ru": "С какой вероятностью вы порекомендуете нас друзьям (0-10)?",
}
ONE = {"en": "How satisfied are you with the delivery?", "ru": "Насколько вы довольны доставкой?"}
BATTERY = {
    "en": [f"How was it (1-5)? [{x}]" for x in ("Website", "Payment", "Delivery", "Customer support")],
    "ru": [f"Как вам было (1-5)? [{x}]" for x in ("Сайт", "Оплата", "Доставка", "Служба поддержки")],
}
SAID = {
    "en": "Q: How was it?\nAnna: The delivery was late.\nQ: And then?\nAnna: I liked the payment, it was easy.\n",
    "ru": "И: Как всё прошло?\nАнна: Доставка опоздала.\nИ: А потом?\nАнна: Оплата понравилась, было легко.\n",
}
WORDS = {
    "en": (("delivery was late", "late", -2), ("liked the payment", "easy", 1)),
    "ru": (("Доставка опоздала", "late", -2), ("Оплата понравилась", "easy", 1)),
}
# A review about the delivery and one about the support: stage, mark, words.
REVIEWED = {
    "en": (("purchase", 2, "The delivery was late, awful"), ("retention", 5, "Friendly support, great")),
    "ru": (("purchase", 2, "Доставка опоздала, ужасно"), ("retention", 5, "Вежливая поддержка, отлично")),
}
HEADS = {
    "en": ["Author", "Date", "Rating", "Review", "Reply"],
    "ru": ["Автор", "Дата", "Оценка", "Отзыв", "Ответ"],
}


def interviews(to, lang, n=5):
    for k in range(n):
        (to / f"i{k}.txt").write_text(SAID[lang].replace("Anna", f"Anna{k}"), "utf-8")


def coded(lang, coder="eva", n=5):
    rows = []
    for k in range(n):
        text = SAID[lang].replace("Anna", f"Anna{k}")
        for words, code, valence in WORDS[lang]:
            at = text.find(words)
            rows.append((f"i{k}.txt", at, at + len(words), words, code, coder, f"i{k}", valence, "purchase"))
    columns = ["document", "start", "end", "quote", "code", "coder", "participant", "valence", "stage"]
    return pd.DataFrame(rows, columns=columns)


def codings(to, lang, coders=("eva",), **without):
    for coder in coders:
        coded(lang, coder).assign(**without).to_csv(to / f"{coder}.csv", index=False)
    (to / "codes.yaml").write_text(
        "codes:\n- {name: late, title: Late, lane: barriers, stage: purchase}\n"
        "- {name: easy, title: Easy, lane: thoughts, stage: purchase}\n"
    )


def project(to, lang):
    documents = pd.DataFrame(
        {
            "document": [f"i{k}.txt" for k in range(5)],
            "text": [SAID[lang].replace("Anna", f"Anna{k}") for k in range(5)],
        }
    )
    names = {
        "en": {"late": "Late delivery", "easy": "Easy payment"},
        "ru": {"late": "Опоздала доставка", "easy": "Оплата"},
    }
    table = coded(lang).assign(stage=None, valence=None)
    table["code"] = table["code"].map(names[lang])
    cj.qda.write_qdpx(to / "study.qdpx", documents=documents, codings=table)


def survey(to, questions, *, name="guests", seed=1, n=60):
    r = random.Random(seed)
    rows = pd.DataFrame({"id": [f"u{k:03d}" for k in range(n)]})
    for q in questions:
        rows[q] = [r.randint(0, 10) if "0-10" in q else r.randint(1, 5) for _ in range(n)]
    rows.to_csv(to / f"{name}.csv", index=False)


def reviews(to, lang, n=40):
    rows = [
        (f"u{k:03d}", f"2026-03-{1 + k % 28:02d}", mark, words, "ok" if k % 4 == 0 else "")
        for k in range(n)
        for _, mark, words in [REVIEWED[lang][k % 2]]
    ]
    pd.DataFrame(rows, columns=HEADS[lang]).to_csv(to / "stars.csv", index=False, sep=";" if lang == "ru" else ",")


def tickets(to, lang, n=20):
    rows = [
        {
            "id": k, "subject": words, "description": words, "requester_id": f"u{k:03d}", "status": "solved",
            "tags": ["late"], "created_at": "2026-03-05T10:00:00Z",
            "satisfaction_rating": {"score": "good" if mark > 3 else "bad"},
            "metric_set": {"reply_time_in_minutes": {"calendar": 60 * (k + 1)}},
        }
        for k in range(n)
        for _, mark, words in [REVIEWED[lang][k % 2]]
    ]  # fmt: skip
    (to / "tickets.json").write_text(json.dumps({"tickets": rows}), "utf-8")


def events(to):
    r = random.Random(2)
    rows = [
        (f"u{k:03d}", f"2026-01-{1 + k % 28:02d}T10:{j:02d}:00", event, r.choice(["ads", "search"]))
        for k in range(80)
        for j, event in enumerate(["visit", "cart", "order"][: r.randint(1, 3)])
    ]
    table = pd.DataFrame(rows, columns=["user", "time", "event", "channel"])
    table.to_csv(to / "log.csv", index=False)


ROWS = {
    "nothing": lambda to, lang: None,
    "interviews": interviews,
    "one coder": lambda to, lang: (interviews(to, lang), codings(to, lang)),
    "two coders": lambda to, lang: (interviews(to, lang), codings(to, lang, ("eva", "ivo"))),
    "codings without valence": lambda to, lang: (interviews(to, lang), codings(to, lang, valence=None)),
    "codings without stage": lambda to, lang: (interviews(to, lang), codings(to, lang, stage=None)),
    "qdpx, its codings": project,
    "survey, NPS only": lambda to, lang: survey(to, [NPS[lang]]),
    "survey, one rating": lambda to, lang: survey(to, [ONE[lang]]),
    "survey with a battery": lambda to, lang: survey(to, [*BATTERY[lang], NPS[lang]]),
    "two waves": lambda to, lang: [
        survey(to, [*BATTERY[lang], NPS[lang]], name=f"wave-{year}", seed=year) for year in (2025, 2026)
    ],
    "reviews": reviews,
    "tickets": tickets,
    "events": lambda to, lang: events(to),
    "desk sources": lambda to, lang: (to / "sources.csv").write_text("id,title\nD1,A report\n"),
    "interviews and a survey of others": lambda to, lang: (
        interviews(to, lang),
        codings(to, lang),
        survey(to, BATTERY[lang]),
    ),
    "reviews and a survey": lambda to, lang: (reviews(to, lang), survey(to, BATTERY[lang])),
    "events and a survey": lambda to, lang: (events(to), survey(to, BATTERY[lang])),
}
# What once stopped a run: the step and, in both languages, words of what the gap says to do; and where it shows.
STOPS = {
    "survey, NPS only": (6, "cjmkit link --accept", "emotion"),
    "survey, one rating": (6, "`survey: outcome:`", ""),
    "one coder": (6, "cj.widgets.coding_pane", ""),
    "codings without valence": (6, "−2", "emotion"),
}
KINDS = {
    "i0.txt": "interviews", "eva.csv": "codings", "codes.yaml": "codebook", "study.qdpx": "codings",
    "guests.csv": "survey", "wave-2026.csv": "survey", "stars.csv": "reviews", "tickets.json": "tickets",
    "log.csv": "events", "sources.csv": "sources",
}  # fmt: skip


def work(study, monkeypatch):
    """Run the eight notebooks cell by cell; every cell has to succeed."""
    import matplotlib.pyplot as plt

    monkeypatch.setenv("CJMKIT_STUDY", str(study.path))
    for source in sorted((ROOT / "notebooks" / "source").glob("[0-9]*.md")):
        monkeypatch.setenv("JPY_SESSION_NAME", source.with_suffix(".ipynb").name)
        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance()
        try:
            for cell in make.cells(source.read_text("utf-8"), study.language):
                if cell.cell_type == "code":
                    result = shell.run_cell(cell.source, silent=False)
                    error = result.error_in_exec or result.error_before_exec
                    assert result.success, f"{source.stem}: {cell.source}\n{error}"
        finally:
            plt.close("all")
            InteractiveShell.clear_instance()
    return cj.Study(study.path)


def given(row, lang, tmp_path, capsys):
    """A new study with the row's files in their places: ``cjmkit new``, ``cjmkit add``, no file edited."""
    place, material = tmp_path / "study", tmp_path / "material"
    material.mkdir()
    ROWS[row](material, lang)
    assert main(["new", str(place), "--title", "Study", "--language", lang]) == 0
    if any(material.iterdir()):
        capsys.readouterr()
        assert main(["add", str(material), "--study", str(place)]) == 0
        said = capsys.readouterr().out
        for file in material.iterdir():
            if file.name in KINDS:
                assert f"{file.name}: {called(KINDS[file.name], lang)}, " in said
    return cj.Study(place)


@pytest.fixture(params=["en", "ru"])
def lang(request):
    yield request.param
    cj.use_language("en")


def assert_one_n(done, journey):
    """A barrier has one share and one n: as a note, in the ranking, on the map's spreadsheet."""
    note = next(n for s in journey.stages for n in s.barriers)
    ranked = pd.read_csv(done.path / "results" / "barriers.csv").iloc[0]
    sheet = pd.read_excel(done.path / "report" / "map.xlsx", sheet_name=None)
    rows = [r for t in sheet.values() for r in t.to_dict("records") if note.text in map(str, r.values())]
    figures = {(note.estimate.value, note.estimate.n), (ranked["share"], ranked["n"])}
    figures |= {(r["value"], r["n"]) for r in rows if "value" in r and pd.notna(r["value"])}
    assert figures == {(1.0, 5)}
    assert rows
    for persona in journey.personas:
        assert all(n.estimate is None or n.estimate.n > 0 for n in persona.barriers)


@pytest.mark.parametrize("row", ROWS)
def test_any_material_gets_a_map_with_every_figure_it_supports(row, lang, tmp_path, monkeypatch, capsys):
    study = given(row, lang, tmp_path, capsys)
    done = work(study, monkeypatch)
    journey, page = done.journey(), (done.path / "report" / "map.html").read_text("utf-8")
    points = {(p.source, p.stage): p.estimate for p in journey.emotion if p.estimate.value is not None}
    empty = {g.lane for g in journey.gaps}

    if "surv" in row or "waves" in row:
        answers = pd.read_csv(done.survey_file())
        if NPS[lang] in answers:
            a = answers[NPS[lang]]
            kpi = next(n for s in journey.stages for n in s.kpis if n.text == "NPS")
            assert kpi.estimate.value == pytest.approx(100 * (a.ge(9).mean() - a.le(6).mean()))
            assert kpi.estimate.n == 60
        rated = [q for q in answers if q != NPS[lang] and q != "id"]
        placed = done.links().set_index("item")
        for stage, items in placed.groupby("stage").groups.items():
            # −2 to 2 from 1 to 5, each person's mean first; all answered everything.
            expected = (answers[list(items)] - 3).mean(axis=1).mean()
            assert points["survey", stage].value == pytest.approx(expected, abs=0.01)
        assert bool(rated) == any(source == "survey" for source, _ in points)
        assert all(p.proposed for p in journey.emotion if p.source == "survey" and p.estimate.value is not None)
    if "cod" in row or "interviews and" in row:
        barrier = next(n for s in journey.stages for n in s.barriers)
        assert (barrier.estimate.value, barrier.estimate.n) == (1.0, 5)
        felt = points.get(("coding", "purchase"))
        assert (felt is None) == ("valence" in row or "qdpx" in row)
        if felt is not None:
            assert felt.value == pytest.approx(-0.5)
    if "reviews" in row:
        for stage, mark, _ in REVIEWED[lang]:
            assert (points["reviews", stage].value, points["reviews", stage].n) == (pytest.approx(mark - 3), 20)
            assert (points["text", stage].value > 0) == (mark > 3)
        assert all(p.proposed for p in journey.emotion if p.source in ("reviews", "text") and p.estimate.value)
    if "tickets" in row:
        assert points["reviews", "purchase"].value == pytest.approx(-2)
        assert points["reviews", "retention"].value == pytest.approx(2)
        waited = next(n for s in journey.stages for n in s.kpis)
        assert (waited.estimate.value, waited.estimate.n) == (pytest.approx(10.5), 20)
    if "reviews and" in row:
        assert {source for source, _ in points} == {"survey", "reviews", "text"}
    if row in STOPS:
        step, action, lane = STOPS[row]
        stopped = [g for g in done.gaps() if g.step == step and action in g.action and g.lane == lane]
        assert stopped
        assert not lane or stopped[0] in journey.gaps
    if row == "codings without stage":
        # Every passage arrives by the stage of its code.
        assert felt.n == 5
    if row in ("survey, one rating", "survey with a battery"):
        # No groups, so one persona for everybody and one curve; the rating that is placed tells people apart.
        assert len({p.persona for p in journey.emotion}) == 1
        assert [p.id for p in journey.personas] == ["all"]
    if row in ("one coder", "interviews and a survey of others"):
        assert_one_n(done, journey)
    if not points:
        assert "emotion" in empty
    if not any(s.barriers for s in journey.stages):
        assert "barriers" in empty
    for gap in journey.gaps:
        assert gap.action
        if gap.lane != "personas":
            assert gap.missing.split("'")[0][:30] in page
    found = cj.lint.check(journey, study=done).items
    assert not [f for f in found if f.rule in ("material-unreadable", "evidence-gone", "evidence-changed")]
    assert main(["check", str(done.path)]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
def test_from_a_folder_of_files_to_a_map_in_three_commands(tmp_path, capsys):
    study = given("reviews and a survey", "ru", tmp_path, capsys)
    assert main(["run", str(study.path)]) == 0
    journey = cj.Study(study.path).journey()
    assert {p.source for p in journey.emotion if p.estimate.value is not None} == {"survey", "reviews", "text"}
    assert (study.path / "report" / "map.html").is_file()


@pytest.mark.browser
@pytest.mark.parametrize("row", ["nothing", "reviews", "events and a survey"])
def test_the_map_of_a_row_opens_without_a_script_error(row, lang, tmp_path, monkeypatch, capsys):
    sync = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on this machine")
    done = work(given(row, lang, tmp_path, capsys), monkeypatch)
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless"])
        page = browser.new_page()
        errors = []
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto((done.path / "report" / "map.html").as_uri())
        page.wait_for_timeout(300)
        assert errors == []
        assert page.locator("h1").first.inner_text() == "Study"
        browser.close()
