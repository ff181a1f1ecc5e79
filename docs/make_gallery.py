"""Make the gallery: docs/gallery.md, docs/ru/gallery.md and their pictures, from one list of plots and code.

    python docs/make_gallery.py [--pages]

Runs the code of every entry on both shipped studies ("mealkit" in English, "residential" in Russian), saves a small
picture of each plot and the finding that it wrote over itself in docs/pictures/gallery; then writes the pages. With
``--pages`` only the pages, from the findings that are there.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import sys
import tempfile
import warnings
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures" / "gallery"
PAGES = {"en": DOCS / "gallery.md", "ru": DOCS / "ru" / "gallery.md"}
STUDIES = {"en": "mealkit", "ru": "residential"}
LARGEST = 40_000  # bytes of a picture
WIDTH = 900  # pixels; a larger picture is made smaller
WITHOUT = {"show": "turns a drawing into a picture, and draws nothing itself"}
_FENCE = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


class Plot(NamedTuple):
    """A plot, the lines that make it, and the how-to whose made-up data it takes, if the studies have none."""

    name: str
    code: str
    howto: str = ""


class Section(NamedTuple):
    """Plots that share their first lines."""

    en: str
    ru: str
    code: str
    plots: tuple[Plot, ...]


START = 'import cjmkit as cj\n\nstudy = cj.Study.example("{study}", "{study}")\nnames = study.titles()'

SECTIONS = (
    Section(
        "The map",
        "Карта",
        """
        felt = cj.emotion.curve(cj.survey.stage_scores(study.survey()), stages=study.stages())
        journey = study.new_journey().with_emotion(felt)
        journey = journey.with_notes(cj.coding.notes(study.codings(), study.codebook(), turns=study.turns()))
        """,
        (
            Plot("journey_map", 'cj.plot.journey_map(journey, size="16:9")'),
            Plot(
                "portfolio",
                """
                said = cj.coding.stage_scores(study.codings(), codebook=study.codebook())
                other = study.new_journey().with_emotion(cj.emotion.curve(said, stages=study.stages()))
                cj.plot.portfolio([journey.replace(title="{survey}"), other.replace(title="{heard}")])
                """,
            ),
            Plot(
                "journey_comparison",
                """
                before = next(iter(study.waves().values()))
                curve = cj.emotion.curve(cj.survey.stage_scores(before), stages=study.stages())
                cj.plot.journey_comparison(cj.compare.journeys(study.new_journey().with_emotion(curve), journey))
                """,
            ),
        ),
    ),
    Section(
        "Interviews",
        "Интервью",
        "codings, codebook, turns = study.codings(), study.codebook(), study.turns()",
        (
            Plot(
                "code_by_stage",
                """
                table = cj.coding.code_by(codings, by="stage", codebook=codebook)
                cj.plot.code_by_stage(table, stages=study.stages(), titles=names)
                """,
            ),
            Plot("cooccurrence", "cj.plot.cooccurrence(cj.coding.cooccurrence(codings), titles=names)"),
            Plot(
                "topics",
                """
                said = cj.survey.open_answers(survey, "why")
                cj.plot.topics(cj.text.topics(said, by=survey.raw("kind")))
                """,
                "open-answers",
            ),
            Plot("saturation", "cj.plot.saturation(cj.coding.saturation(codings, seed=7))"),
            Plot(
                "agreement_by_code",
                """
                agreement = cj.coding.agreement(codings, turns, unit="turn", seed=7)
                cj.plot.agreement_by_code(agreement, titles=names)
                """,
            ),
        ),
    ),
    Section(
        "Surveys",
        "Опросы",
        "survey, outcome, rated = study.survey(), study.outcome(), study.touchpoint_items()",
        (
            Plot("likert", "cj.plot.likert(survey, rated)"),
            Plot("nps", 'cj.plot.nps(cj.survey.score(survey, "{nps}"))'),
            Plot("shares", 'cj.plot.shares(cj.survey.score(survey, "{single}", "share"))'),
            Plot("trend", "cj.plot.trend(cj.survey.trend(study.waves(), [outcome, *rated[:2]]))"),
            Plot("banner_heat", 'cj.plot.banner_heat(cj.survey.banner(survey, "{single}", "{other}"))'),
            Plot("driver_shares", "cj.plot.driver_shares(cj.survey.drivers(survey, outcome, rated, seed=7))"),
            Plot(
                "importance_performance",
                "cj.plot.importance_performance(cj.survey.importance_performance(survey, outcome, rated, seed=7))",
            ),
            Plot(
                "correspondence_map",
                'cj.plot.correspondence_map(cj.survey.correspondence(survey, "{single}", "{other}", seed=7))',
            ),
            Plot("kano", "cj.plot.kano(cj.survey.kano(answers))", "survey-kano"),
            Plot("best_worst", "cj.plot.best_worst(cj.survey.maxdiff(tasks, resamples=300))", "survey-maxdiff"),
            Plot("part_worths", 'cj.plot.part_worths(cj.survey.conjoint(tasks, linear="price"))', "survey-conjoint"),
            Plot(
                "price_curves",
                """
                asked = {"too_cheap": "q1", "cheap": "q2", "expensive": "q3", "too_expensive": "q4"}
                four = cj.survey.Survey.from_frame(four.round().assign(id=range(n)))
                four = four.set_item(["q1", "q2", "q3", "q4"], type="number")
                cj.plot.price_curves(cj.survey.price_sensitivity(four, asked, resamples=200))
                """,
                "survey-prices",
            ),
            Plot("sample_size", 'cj.plot.sample_size(cj.survey.sample_size("nps", margin=5))'),
            Plot("tasks", "cj.plot.tasks(found)", "survey-ux"),
            Plot("turf_curve", 'cj.plot.turf_curve(cj.survey.turf(offers, "likes", largest=3))', "survey-prices"),
        ),
    ),
    Section(
        "Personas",
        "Портреты",
        """
        features = cj.personas.features(survey=study.survey(), items=study.attitudes())
        found = cj.personas.fit(features, seed=7)
        found = found.named(study.names_for(found.labels))
        """,
        (
            Plot("k_choice", "cj.plot.k_choice(found)"),
            Plot("people_map", "cj.plot.people_map(found)"),
            Plot("profile", "cj.plot.profile(found)"),
            Plot("snake_plot", "cj.plot.snake_plot(found)"),
            Plot("silhouette", "cj.plot.silhouette(found)"),
            Plot("stability_matrix", "cj.plot.stability_matrix(found)"),
            Plot(
                "persona_grid",
                """
                grid = cj.personas.grid(study)
                cj.plot.persona_grid(cj.personas.fit(cj.personas.features(grid=grid), seed=7))
                """,
            ),
        ),
    ),
    Section(
        "Emotion",
        "Эмоции",
        """
        import pandas as pd

        scores = cj.survey.stage_scores(study.survey())
        """,
        (
            Plot(
                "emotion_curve",
                "cj.plot.emotion_curve(cj.emotion.curve(scores, stages=study.stages()), names=names)",
            ),
            Plot(
                "emotion_distribution",
                "cj.plot.emotion_distribution(cj.emotion.distribution(scores, stages=study.stages()))",
            ),
            Plot(
                "emotion_difference",
                """
                felt = {wave: cj.survey.stage_scores(answers) for wave, answers in study.waves().items()}
                both = pd.concat([table.assign(wave=wave) for wave, table in felt.items()])
                change = cj.emotion.difference(both, by="wave", paired=False, stages=study.stages())
                cj.plot.emotion_difference(change)
                """,
            ),
            Plot(
                "expectation_gap",
                """
                both = pd.concat([scores, study.employee_scores()])
                cj.plot.expectation_gap(cj.compare.expectation_gap(both, stages=study.stages()))
                """,
            ),
        ),
    ),
    Section(
        "Event logs",
        "Журналы событий",
        """
        log, events = study.events(), study.settings.events
        steps, success = events.funnel, events.success
        """,
        (
            Plot("funnel", "cj.plot.funnel(log.funnel(steps))"),
            Plot("sources", "cj.plot.sources(log.sources(success))"),
            Plot("attribution", "cj.plot.attribution(log.attribution(success))"),
            Plot("retention", 'cj.plot.retention(log.retention("week"))'),
            Plot("outcomes", "cj.plot.outcomes(log.outcomes(success, start=steps[0]))"),
            Plot("stuck", "cj.plot.stuck(log.stuck(steps))"),
            Plot("stuck_over_time", "cj.plot.stuck_over_time(log.stuck(steps))"),
            Plot("transitions", 'cj.plot.transitions(log.transitions(unit="stage"), names=names)'),
            Plot("transition_graph", "cj.plot.transition_graph(log.transitions())"),
            Plot("paths", "cj.plot.paths(log.paths())"),
            Plot("first_steps", "cj.plot.first_steps(log.paths())"),
            Plot("variants", "cj.plot.variants(log.paths(), names=events.names)"),
        ),
    ),
    Section(
        "Barriers",
        "Барьеры",
        """
        barriers = cj.barriers.rank(
            study.codings(),
            codebook=study.codebook(),
            outcome=study.success(),
            touchpoints=study.table("touchpoints"),
            stages=study.stages(),
        )
        """,
        (
            Plot("barrier_ranking", "cj.plot.barrier_ranking(barriers)"),
            Plot("barrier_map", "cj.plot.barrier_map(barriers)"),
            Plot("problems_by", "cj.plot.problems_by(barriers.by_owner())"),
            Plot(
                "critical_points",
                """
                felt = cj.emotion.curve(cj.survey.stage_scores(study.survey()), stages=study.stages())
                cj.plot.critical_points(cj.barriers.critical_points(barriers, felt))
                """,
            ),
            Plot(
                "weakest_link",
                """
                funnel = study.events().funnel(study.settings.events.funnel)
                cj.plot.weakest_link(cj.barriers.weakest_link(funnel, seed=7))
                """,
            ),
        ),
    ),
    Section(
        "Priorities",
        "Приоритеты",
        """
        plan = cj.priorities.rank(study.table("ideas"), method="rice", seed=7)
        log, steps = study.events(), study.settings.events.funnel
        """,
        (
            Plot("priority_matrix", "cj.plot.priority_matrix(plan)"),
            Plot("rank_stability", "cj.plot.rank_stability(plan)"),
            Plot(
                "what_if",
                """
                chain = cj.priorities.moves(log.funnel(steps))
                change = cj.priorities.best_group(log.funnel(steps, by="first_source")).change()
                gain = cj.priorities.what_if(chain, change, start=steps[0], success=steps[-1], seed=7)
                cj.plot.what_if(gain)
                """,
            ),
            Plot(
                "communication_plan",
                """
                stage_of = study.settings.events.stages
                told = cj.priorities.communication_plan(
                    study.table("messages"), log.stuck(steps), stages=study.stages(), stage_of=stage_of
                )
                cj.plot.communication_plan(told)
                """,
            ),
            Plot(
                "budget_split",
                """
                credit = log.attribution(study.settings.events.success).table
                removal = credit[credit["model"].eq("markov")].reset_index()
                cj.plot.budget_split(cj.priorities.budget_split(study.table("channels"), removal, seed=7))
                """,
            ),
        ),
    ),
)
# Names of questions differ from study to study; everything else is the same code.
ITEMS = {
    "en": {"nps": "Q11", "single": "Q3", "other": "Q2", "survey": "In the survey", "heard": "In the interviews"},
    "ru": {
        "nps": "Насколько вероятно, что вы посоветуете нас друзьям или родным? (0–10)",
        "single": "Как вы узнали о нас?",
        "other": "С кем вы живёте сейчас?",
        "survey": "По опросу",
        "heard": "По интервью",
    },
}
WORDS = {
    "en": {
        "title": "Gallery",
        "opening": "Every plot of `cjmkit.plot`: the finding it shows on a shipped, made-up study (the plot writes "
        "this title itself), and the lines that made it. Copy the first lines of the page, then of the section, "
        "then of the plot. "
        "To show a plot in a notebook with alternative text: `cj.plot.show(drawing, alt=result.summary())`. "
        "What each figure rests on: [the methods](methods.md).",
        "first": "First lines of every section:",
        "here": "First lines of this section:",
        "data": "The data is made up [in the how-to]({0}).",
    },
    "ru": {
        "title": "Галерея",
        "opening": "Все графики `cjmkit.plot`: вывод, который каждый показывает на готовом выдуманном исследовании "
        "(этот заголовок график пишет сам), и строки, которыми он построен. Скопируйте первые строки страницы, потом "
        "раздела, потом графика. Чтобы показать график в блокноте с текстом для тех, кто не видит: "
        "`cj.plot.show(drawing, alt=result.summary())`. На чём держится каждая величина — в [методах](methods.md).",
        "first": "Первые строки каждого раздела:",
        "here": "Первые строки этого раздела:",
        "data": "Данные выдуманы [в инструкции]({0}).",
    },
}


def names() -> list[str]:
    """The plots of the gallery, in its order."""
    return [plot.name for section in SECTIONS for plot in section.plots]


def lines(code: str, lang: str) -> str:
    """Code without the indentation of this file, with the questions of the study put in."""
    out = dedent(code).strip("\n").rstrip()
    for key, item in ITEMS[lang].items():
        out = out.replace("{" + key + "}", item)
    return out.replace("{study}", STUDIES[lang])


def page(lang: str, found: dict[str, str]) -> str:
    """The text of a page: deterministic, from the list and the findings that were stored."""
    words, up = WORDS[lang], "" if lang == "en" else "../"

    def fence(code: str) -> list[str]:
        # "py" and not "python": these lines are run when the pictures are made, not once more by the tests
        return ["```py", lines(code, lang), "```", ""]

    out = [f"# {words['title']}", "", words["opening"], "", words["first"], "", *fence(START)]
    for section in SECTIONS:
        out += [f"## {section.en if lang == 'en' else section.ru}", "", words["here"], "", *fence(section.code)]
        for plot in section.plots:
            told = found[plot.name]
            alt = re.sub(r"[\[\]]", "", told)
            out += [f"### {plot.name}", "", f"**{told}**", ""]
            out += [f"![{alt}]({up}pictures/gallery/{plot.name}-{lang}.png)", ""]
            if plot.howto:
                out += [words["data"].format(f"howto/{plot.howto}.md"), ""]
            out += fence(plot.code)
    return "\n".join(out).rstrip("\n") + "\n"


def stored(lang: str) -> dict[str, str]:
    """The findings that the pictures of this language carry."""
    found: dict[str, str] = json.loads((PICTURES / "findings.json").read_text("utf-8"))[lang]
    return found


def run(code: str, space: dict[str, Any]) -> Any:
    """Run lines; the value of the last, if it is an expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "gallery", "exec"), space)
    return eval(compile(ast.Expression(last.value), "gallery", "eval"), space) if isinstance(last, ast.Expr) else None


def finding(drawing: Any, between: str = " ") -> str:
    """The title that a plot wrote over itself."""
    ax = next(iter(drawing.values())) if isinstance(drawing, dict) else drawing
    figure = ax if hasattr(ax, "savefig") else ax.get_figure()
    above = getattr(figure, "_suptitle", None)
    said = [a.get_title(loc) for a in [ax, *figure.axes] if hasattr(a, "get_title") for loc in ("left", "center")]
    titles = [t for t in [above.get_text() if above else "", *said] if t.strip()]
    if not titles:  # a map writes its own headline: its largest words
        texts = [t for a in figure.axes for t in a.texts if t.get_text().strip()]
        largest = max(t.get_fontsize() for t in texts)
        titles = [between.join(t.get_text() for t in texts if t.get_fontsize() == largest)]
    return " ".join(titles[0].split()).rstrip(".")


def save(png: bytes, file: Path) -> None:
    """Narrow enough for a page, with as many colours as the size allows."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        full = image.convert("RGB")
    for width, many in ((WIDTH, 64), (WIDTH, 32), (WIDTH, 16), (WIDTH * 3 // 4, 16)):
        shown = full
        if full.width > width:
            shown = full.resize((width, round(full.height * width / full.width)), Image.Resampling.LANCZOS)
        shown.quantize(many, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size <= LARGEST:
            return
    raise SystemExit(f"{file.name} has {file.stat().st_size} bytes; show less")


def draw(lang: str, only: set[str]) -> dict[str, str]:
    """Run every entry of a language, save its picture, and say what each picture found."""
    import cjmkit as cj

    cj.use_language(lang)
    first: dict[str, Any] = {}
    run(lines(START, lang), first)
    out: dict[str, str] = {}
    for section in SECTIONS:
        if only and not only & {p.name for p in section.plots}:
            continue
        shared = dict(first)
        run(lines(section.code, lang), shared)
        for plot in section.plots:
            if only and plot.name not in only:
                continue
            space = dict(shared)
            if plot.howto:
                howto = (DOCS / ("howto" if lang == "en" else "ru/howto") / f"{plot.howto}.md").read_text("utf-8")
                with contextlib.redirect_stdout(io.StringIO()):
                    run("\n".join(_FENCE.findall(howto)), space)
                cj.use_language(lang)
            try:
                drawing = run(lines(plot.code, lang), space)
                out[plot.name] = finding(drawing, " · " if plot.name == "portfolio" else " ")
                save(cj.plot.show(drawing, alt=plot.name, dpi=72).png, PICTURES / f"{plot.name}-{lang}.png")
            except Exception as error:
                print(f"{plot.name} ({lang}): {type(error).__name__}: {str(error)[:600]}")
                continue
    return out


def main(*wanted: str) -> None:
    """Make pictures (all, or those named) and pages."""
    import matplotlib as mpl

    mpl.use("agg")
    file = PICTURES / "findings.json"
    PICTURES.mkdir(exist_ok=True)
    found = json.loads(file.read_text("utf-8")) if file.is_file() else {"en": {}, "ru": {}}
    home = Path.cwd()
    for lang in PAGES if "--pages" not in wanted else ():
        with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            os.chdir(scratch)
            try:
                found[lang] |= draw(lang, set(wanted))
            finally:
                os.chdir(home)
    found = {lang: {name: found[lang].get(name, "") for name in names()} for lang in PAGES}
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for lang, path in PAGES.items():
        path.write_text(page(lang, found[lang]), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
