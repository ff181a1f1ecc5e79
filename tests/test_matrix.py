"""Any material gets a map: every combination that a researcher may have on day one, alone and together.

The notebooks' cells are run as a notebook runs them, in one shell and not in eight kernels, so that all rows fit into a
minute or two; tests/test_cli.py runs kernels.
"""

import importlib.util
import random
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import cjmkit as cj

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


def interviews(study, lang, n=5):
    for k in range(n):
        (study.path / "interviews" / f"i{k}.txt").write_text(SAID[lang].replace("Anna", f"Anna{k}"), "utf-8")


def codings(study, lang, coders=("eva",), **without):
    documents = study.transcripts().documents
    for coder in coders:
        rows = []
        for name, text in zip(documents["document"], documents["text"], strict=True):
            for words, code, valence in WORDS[lang]:
                at = text.find(words)
                rows.append((name, at, at + len(words), words, code, coder, Path(name).stem, valence, "purchase"))
        columns = ["document", "start", "end", "quote", "code", "coder", "participant", "valence", "stage"]
        table = pd.DataFrame(rows, columns=columns).assign(**without)
        table.to_csv(study.path / "codings" / f"{coder}.csv", index=False)
    (study.path / "codebook.yaml").write_text(
        "codes:\n- {name: late, title: Late, lane: barriers, stage: purchase}\n"
        "- {name: easy, title: Easy, lane: thoughts, stage: purchase}\n"
    )


def survey(study, questions, *, name="guests", seed=1, n=60):
    r = random.Random(seed)
    rows = pd.DataFrame({"id": [f"u{k:03d}" for k in range(n)]})
    for q in questions:
        rows[q] = [r.randint(0, 10) if "0-10" in q else r.randint(1, 5) for _ in range(n)]
    rows.to_csv(study.path / "surveys" / f"{name}.csv", index=False)
    return rows


def events(study):
    r = random.Random(2)
    rows = [
        (f"u{k:03d}", f"2026-01-{1 + k % 28:02d}T10:{j:02d}:00", event, r.choice(["ads", "search"]))
        for k in range(80)
        for j, event in enumerate(["visit", "cart", "order"][: r.randint(1, 3)])
    ]
    table = pd.DataFrame(rows, columns=["user", "time", "event", "channel"])
    table.to_csv(study.path / "events" / "log.csv", index=False)


ROWS = {
    "nothing": lambda s, lang: None,
    "interviews": interviews,
    "one coder": lambda s, lang: (interviews(s, lang), codings(s, lang)),
    "two coders": lambda s, lang: (interviews(s, lang), codings(s, lang, ("eva", "ivo"))),
    "codings without valence": lambda s, lang: (interviews(s, lang), codings(s, lang, valence=None)),
    "codings without stage": lambda s, lang: (interviews(s, lang), codings(s, lang, stage=None)),
    "survey, NPS only": lambda s, lang: survey(s, [NPS[lang]]),
    "survey, one rating": lambda s, lang: survey(s, [ONE[lang]]),
    "survey with a battery": lambda s, lang: survey(s, [*BATTERY[lang], NPS[lang]]),
    "two waves": lambda s, lang: [
        survey(s, [*BATTERY[lang], NPS[lang]], name=f"wave-{year}", seed=year) for year in (2025, 2026)
    ],
    "events": lambda s, lang: events(s),
    "desk sources": lambda s, lang: (s.path / "sources" / "sources.csv").write_text("id,title\nD1,A report\n"),
    "interviews and a survey of others": lambda s, lang: (
        interviews(s, lang),
        codings(s, lang),
        survey(s, BATTERY[lang]),
    ),
    "events and a survey": lambda s, lang: (events(s), survey(s, BATTERY[lang])),
}


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


@pytest.fixture(params=["en", "ru"])
def lang(request):
    yield request.param
    cj.use_language("en")


@pytest.mark.parametrize("row", ROWS)
def test_any_material_gets_a_map_with_every_figure_it_supports(row, lang, tmp_path, monkeypatch, capsys):
    study = cj.Study.create(tmp_path / "study", title="Study", language=lang)
    ROWS[row](study, lang)
    done = work(cj.Study(study.path), monkeypatch)
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
        assert bool(rated) == bool(points)
    if "cod" in row or "interviews and" in row:
        barrier = next(n for s in journey.stages for n in s.barriers)
        assert (barrier.estimate.value, barrier.estimate.n) == (1.0, 5)
        felt = points.get(("coding", "purchase"))
        assert (felt is None) == ("valence" in row)
        if felt is not None:
            assert felt.value == pytest.approx(-0.5)
    if not points:
        assert "emotion" in empty
    if not any(s.barriers for s in journey.stages):
        assert "barriers" in empty
    for gap in journey.gaps:
        assert gap.action
        if gap.lane != "personas":
            assert gap.missing.split("'")[0][:30] in page
    assert not [
        f for f in cj.lint.check(journey, study=done).items if f.rule in ("material-unreadable", "evidence-gone")
    ]
