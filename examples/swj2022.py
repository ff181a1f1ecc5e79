"""A journey map from somebody else's study: seventeen people try a tool for health researchers.

The data of Navarro-Gallinad, Orlandi and O'Sullivan, "Designing a usability study for health data researchers"
(Semantic Web Journal, 2022): interviews thinking aloud (ODT), a Taguette project with the coded quotes, times, success
and help per task, a questionnaire. The nine tasks are the stages.

    python examples/swj2022.py DATA_FOLDER [OUTPUT_FOLDER]
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pandas as pd

import cjmkit as cj
from cjmkit.stats import median_interval, wilson

# What the analysts' codes say about the person's feeling is our reading of the codebook's definitions, and stands here
# to be argued with: +1 for what helped, -1 for what got in the way, none for requests and remarks.
HELPED = (
    "Home tab elements useful", "Simple export", "Search feature simple", "Data table features useful",
    "Export (meta)data useful", "Visualization useful", "Overall positive experience",
    "Query inputs and elements useful", "Query process clear", "Metadata content clear and useful",
)  # fmt: skip
HINDERED = (
    "System issue", "Event concept and approach not clear", "Wording not clear", "Query process complex",
    "Search information process complex", "Plot design complex", "Metadata content not useful or confusing",
    "Task sequence complex", "Navigation complex", "Moderator assist",
)  # fmt: skip
WISHED = ("Additional feature suggestion", "Additional explanation")

TASKS = {
    "T1": ("Read the home page", "Home tab"),
    "T2": ("Log in", "Login page"),
    "T3": ("Submit a query", "Query tab"),
    "T4": ("Explore the metadata", "Metadata buttons"),
    "T5": ("Explore the data table", "Data table"),
    "T6": ("Explore the plots", "Plot tabs"),
    "T7": ("Submit another query", "Query tab"),
    "T8": ("Export data and metadata", "Export buttons"),
    "T9": ("Sum up", "Conversation with the moderator"),
}
REASONS = {
    "taskAssistNavigationComplex": "Help needed: could not find the way",
    "taskAssistSystemIssue": "Help needed: the system failed",
    "taskAssistTaskComplex": "Help needed: the task was hard to follow",
}


def task_table(path: Path) -> pd.DataFrame:
    """One of the completion files: rows T1 to T9, a column a person, without the row totals."""
    table = pd.read_csv(path, encoding="utf-16", index_col=0, skipinitialspace=True)
    table.columns = [str(c).strip() for c in table.columns]
    table.index = table.index.str.strip()
    return table.drop(columns="Total")


def task_starts(text: str) -> list[tuple[int, str, str]]:
    """Where each task begins in a transcript: its heading is a line ``4 Explore the …``."""
    found = re.finditer(r"^[ \t]*([1-9]) (\w[^\n]*)$", text, re.MULTILINE)
    return [(m.start(2), f"T{m[1]}", m[2].strip()) for m in found]


def with_tasks(codings: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Give each coding the task during which it was said."""
    starts = {d: task_starts(t) for d, t in zip(documents["document"], documents["text"], strict=True)}

    def stage(row: pd.Series) -> str:
        before = [task for at, task, _ in starts[row["document"]] if at <= row["start"]]
        return before[-1] if before else "T1"

    return codings.assign(stage=codings.apply(stage, axis=1))


def codebook_of(names: list[str], definitions: dict[str, str]) -> cj.coding.Codebook:
    """The analysts' tags with the lane that each belongs to."""
    lane = (
        dict.fromkeys(HINDERED, "barriers") | dict.fromkeys(HELPED, "thoughts") | dict.fromkeys(WISHED, "expectations")
    )
    codes = [{"name": n, "definition": definitions.get(n, ""), "lane": lane.get(n, "thoughts")} for n in names]
    return cj.coding.Codebook(codes)


def share_figure(file: str, query: str, k: int, n: int) -> cj.EventFigure:
    """A share of people from one of the task files, as evidence."""
    _, low, high = wilson(k, n)
    estimate = cj.Estimate(value=k / n, low=low, high=high, n=n, method="Wilson", percent=True)
    return cj.EventFigure(log=file, query=query, engine="pandas", estimate=estimate)


def questionnaire(data: Path) -> pd.DataFrame:
    """The 19 answers of each person (1 best, 7 worst), filled in after the last task, as scores in [-2, 2]."""
    file = data / "PSSUQ" / "scores" / "SERDIF_PSSUQ_P2.csv"
    who = "Input your participant number as: P + Number (e.g. P1, P42)"
    survey = cj.survey.read(file, person=who, quiet=True)
    asked = [item for item in survey.items["item"] if re.match(r"\d+\. ", item)]
    survey = survey.set_item(asked, type="likert", scale=(1, 7), reverse=True, stage="T9")
    return cj.survey.stage_scores(survey)


def minutes(clock: str) -> float:
    """``03:01.59`` as minutes."""
    whole, seconds = clock.strip().split(":")
    return int(whole) + float(seconds) / 60


def task_times(data: Path) -> pd.DataFrame:
    """Minutes per task, a row a person and task."""
    tables = []
    for path in sorted((data / "tasks" / "time").glob("TimeTaskP*.csv")):
        table = pd.read_csv(path)
        person = path.stem.removeprefix("TimeTask")
        tables.append(
            pd.DataFrame({"participant": person, "task": table["Task"], "minutes": table["SingleTime"].map(minutes)})
        )
    return pd.concat(tables, ignore_index=True)


def build(data: Path) -> tuple[cj.Journey, pd.DataFrame]:
    """The journey and the documents its quotes point into."""
    transcripts = cj.interviews.read(data / "transcripts" / "raw")
    documents = transcripts.documents
    documents["participant"] = documents["document"].str.extract(r"^(P\d+)", expand=False)

    project = cj.qda.read_taguette(data / "transcripts" / "thematic-analysis" / "SERDIF_P2_ThematicAnalysis.sqlite3")
    anchored = cj.coding.anchor(project.codings, documents)
    print(f"{len(project.codings)} coded quotes in the Taguette project: {anchored.summary()}")
    codings = with_tasks(anchored.codings, documents)
    codings["participant"] = codings["document"].map(documents.set_index("document")["participant"])
    feeling = dict.fromkeys(HELPED, 1.0) | dict.fromkeys(HINDERED, -1.0)
    codings["valence"] = codings["code"].map(feeling)
    definitions = {c.name: c.definition for c in project.codebook}
    codebook = codebook_of(list(definitions), definitions)

    journey = cj.Journey(
        id="swj2022",
        title="Finding environmental data for health events",
        scenario="A health researcher queries, explores and exports linked data for the first time",
        stages=tuple(cj.Stage(id=t, title=f"{t} {title}", phase="during") for t, (title, _) in TASKS.items()),
    )
    journey = with_task_headings(journey, documents)
    journey = journey.with_notes(cj.coding.notes(codings, codebook, min_n=3))
    journey = with_task_figures(journey, data)
    felt = cj.emotion.curve(cj.coding.stage_scores(codings), stages=journey.stages)
    rated = cj.emotion.curve(questionnaire(data), stages=["T9"])
    journey = journey.with_emotion(cj.coding.felt_points(felt, codings)).with_emotion(rated)
    return journey, documents


def with_task_headings(journey: cj.Journey, documents: pd.DataFrame) -> cj.Journey:
    """Each task's wording as the goal, and the part of the tool it happens in; both cite the task sheet."""
    first = documents.sort_values("document").iloc[0]
    for at, task, wording in task_starts(first["text"]):
        quote = cj.Quote(document=first["document"], start=at, end=at + len(wording), quote=wording)
        journey = journey.with_note(task, "goals", wording.rstrip("."), evidence=[quote])
        # Nobody in the data says who answers for a part of the tool: the owner stays empty, and the linter says so.
        journey = journey.with_touchpoint(task, TASKS[task][1], channel="web", evidence=[quote])
    return journey


def with_task_figures(journey: cj.Journey, data: Path) -> cj.Journey:
    """Success, time and help per task."""
    folder = data / "tasks" / "completion"
    success = task_table(folder / "taskSuccess.csv")
    times = task_times(data)
    for task in TASKS:
        n = success.shape[1]
        k = int(success.loc[task].sum())
        figure = share_figure("taskSuccess.csv", f"{task}: done without help, {k} of {n} people", k, n)
        journey = journey.with_note(
            task, "kpis", f"Done without help: {k} of {n}", evidence=[figure], estimate=figure.estimate
        )
        spent = times.loc[times["task"] == task, "minutes"]
        if len(spent):
            middle, low, high = median_interval(spent)
            estimate = cj.Estimate(value=middle, low=low, high=high, n=len(spent), method="order statistics")
            evidence = cj.EventFigure(
                log="TimeTaskP*.csv", query=f"{task}: minutes", engine="pandas", estimate=estimate
            )
            journey = journey.with_note(task, "kpis", "Median time, minutes", evidence=[evidence], estimate=estimate)
    for name, title in REASONS.items():
        help_needed = task_table(folder / f"{name}.csv")
        for task in TASKS:
            k, n = int((help_needed.loc[task] > 0).sum()), help_needed.shape[1]
            if k:
                figure = share_figure(f"{name}.csv", f"{task}: helped at least once, {k} of {n} people", k, n)
                journey = journey.with_note(task, "barriers", title, evidence=[figure], estimate=figure.estimate)
    return journey


def main() -> None:
    """Build the map and say what it shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with transcripts/, tasks/ and PSSUQ/")
    parser.add_argument("output", type=Path, nargs="?", default=Path("swj2022-map"), help="default: swj2022-map")
    args = parser.parse_args()
    journey, documents = build(args.data)
    for stage in journey.stages:
        print(f"{stage.title:<32} {stage.kpis[0].text}")
    covered = journey.coverage().iloc[-1]
    print(f"{int(covered['evidenced'])} of {int(covered['notes'])} notes rest on evidence")
    args.output.mkdir(parents=True, exist_ok=True)
    cj.exchange.write_journey(journey, args.output / "swj2022.yaml")
    print(cj.report.write(journey, args.output, documents=documents))


if __name__ == "__main__":
    main()
