"""Drawings hold what the tables say."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import cjmkit as cj

STEPS = ["a", "b", "d"]


@pytest.fixture(scope="module")
def log(reference) -> cj.EventLog:
    return cj.EventLog(reference.make_log(3, people=60, rows=900), stage_of=reference.STAGES, **reference.ROLES)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax: Axes) -> str:
    labels = [
        t.get_text() for t in (*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label)
    ]
    return "\n".join(labels)


def test_the_bars_of_a_funnel_are_its_shares(log):
    result = log.funnel(STEPS)
    ax = cj.plot.funnel(result, lang="en")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(result.table["overall"].tolist())
    assert "share of those who entered" in texts(ax)
    assert str(int(result.table["users"].iloc[0])) in texts(ax)


def test_a_funnel_with_groups_has_a_line_for_each_with_its_n(log):
    result = log.funnel(STEPS, by="first_source")
    ax = cj.plot.funnel(result)
    labels = [t.get_text().replace("\n", " ") for t in ax.get_legend().get_texts()]
    starts = result.table[result.table["step"] == "a"]
    assert labels == [f"{g} (n = {n})" for g, n in zip(starts["group"], starts["users"])]


def test_the_heat_map_shows_the_matrix(log):
    result = log.transitions()
    ax = cj.plot.transitions(result)
    order = [t.get_text() for t in ax.get_yticklabels()]
    want = result.matrix().loc[order, order].to_numpy()
    assert np.asarray(ax.images[0].get_array()) == pytest.approx(want)


def forty() -> cj.EventLog:
    """People who walk along forty kinds of events, mostly onwards."""
    rng = np.random.default_rng(3)
    rows = []
    for person in range(400):
        at, when = int(rng.choice([0, 0, 0, 1, 25])), pd.Timestamp("2026-03-01")
        for _ in range(int(rng.integers(2, 26))):
            when += pd.Timedelta(minutes=30)
            rows.append((f"p{person}", when, f"kind of event {at:02d}"))
            at = int(rng.integers(0, 40)) if rng.random() < 0.15 else min(39, at + int(rng.integers(1, 3)))
    return cj.EventLog(pd.DataFrame(rows, columns=["who", "when", "what"]), user="who", time="when", event="what")


def test_a_graph_of_forty_kinds_has_boxes_that_do_not_overlap_and_the_commonest_ways_with_their_people():
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    result = forty().transitions()
    ax = cj.plot.transition_graph(result, lang="en")
    boxes = [p.get_bbox() for p in ax.patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) >= 30
    for i, a in enumerate(boxes):
        assert not any(a.overlaps(b) for b in boxes[i + 1 :])
    arrows = [p for p in ax.patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) <= 2 * 40
    moves = result.table[result.table["source"] != result.table["target"]]
    most = moves["users"].nlargest(len(arrows)).sum() / moves["users"].sum()
    assert f"drawn: {most:.0%} of all moves" in texts(ax)
    assert str(int(moves["users"].max())) in texts(ax)
    again = cj.plot.transition_graph(forty().transitions(), lang="en")
    assert [(t.get_text(), t.get_position()) for t in ax.texts] == [
        (t.get_text(), t.get_position()) for t in again.texts
    ]


def test_a_lower_coverage_draws_fewer_ways_and_the_title_is_the_finding(log):
    result = log.transitions()
    few, many = (cj.plot.transition_graph(result, coverage=c, lang="en") for c in (0.2, 0.8))
    assert len(few.patches) < len(many.patches)
    assert log.titles.get(result.table.iloc[0]["source"], result.table.iloc[0]["source"]) in many.get_title(loc="left")
    ax = plt.subplots()[1]
    ax.set_title("mine")
    assert cj.plot.transition_graph(result, ax=ax).get_title(loc="left") == ""


def test_flows_of_the_first_steps_add_up_to_everybody(log):
    from matplotlib.patches import Rectangle

    result = log.paths(steps=3, n=1000)
    ax = cj.plot.first_steps(result, steps=3, lang="en")
    boxes = [p for p in ax.patches if isinstance(p, Rectangle)]
    first = [b.get_height() for b in boxes if abs(b.get_x() + b.get_width() / 2) < 1e-9]
    assert sum(first) == pytest.approx(1)
    assert f"{log.n_people:,} of {log.n_people:,} people" in texts(ax)


def test_the_curve_of_waits_falls_from_one_and_marks_the_usual_time(log):
    result = log.stuck(STEPS)
    ax = cj.plot.stuck(result)
    assert all(line.get_ydata()[0] == 1 for line in ax.lines if len(line.get_ydata()) > 1)
    marks = [line for line in ax.lines if len(line.get_ydata()) == 1]
    assert len(marks) == result.steps["usual_time"].notna().sum()


def test_attribution_marks_channels_about_which_models_disagree(log):
    result = log.attribution("d", resamples=50)
    ax = cj.plot.attribution(result, lang="en")
    starred = {t.get_text().removesuffix(" *") for t in ax.get_yticklabels() if t.get_text().endswith(" *")}
    assert starred == set(result.disagreements.loc[result.disagreements["apart"], "channel"])
    # A strip a model, named above it, each with a mark for every channel on the same scale.
    shown = texts(ax)
    assert all(m in shown for m in ("first touch", "last touch", "linear", "Markov", "Shapley"))
    assert ax.get_legend() is None
    strips = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == result.table["channel"].nunique()]
    assert [int(np.floor(x[0])) for x in strips] == list(range(7))
    scale = (strips[0][0] - strips[0][1]) / (result.wide()["first"].iloc[0] - result.wide()["first"].iloc[1])
    last = result.table[result.table["model"] == "last"].set_index("channel")["share"]
    rows = [t.get_text().removesuffix(" *") for t in ax.get_yticklabels()]
    assert np.diff(strips[1]) == pytest.approx(np.diff(last[rows]) * abs(scale), abs=1e-6) or scale < 0


def test_the_heat_map_stands_in_the_order_of_the_journey_and_speaks_peoples_names():
    rows = [(f"p{i}", d, s) for i in range(20) for d, s in enumerate(["buy", "look", "buy", "use"][i % 2 :])]
    frame = pd.DataFrame(rows, columns=["who", "d", "what"])
    frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["d"], "D")
    stages = {"look": "s1", "buy": "s2", "use": "s3"}
    log = cj.EventLog(frame, user="who", time="when", event="what", stage_of=stages)
    names = {"s1": "Looks around", "s2": "Buys", "s3": "Uses"}
    ax = cj.plot.transitions(log.transitions("stage"), names=names, lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Looks around", "Buys", "Uses"]
    assert "“Looks around” → “Buys”" in ax.get_title(loc="left").replace("\n", " ")
    assert "s2" not in texts(ax)
    assert "share of all moves away from the row" in texts(ax)
    # Without stages what people go away from comes first, what they come to last.
    plain = cj.EventLog(frame[frame["who"] == "p1"], user="who", time="when", event="what")
    assert [t.get_text() for t in cj.plot.transitions(plain.transitions(), lang="en").get_yticklabels()] == [
        "look",
        "buy",
        "use",
    ]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_drawing_takes_axes_gives_axes_and_speaks_the_language(log, lang):
    moves = log.transitions()
    drawings = {
        "funnel": log.funnel(STEPS), "transitions": moves, "transition_graph": moves,
        "first_steps": log.paths(steps=4, n=99), "paths": log.paths(steps=5), "sources": log.sources("d", min_n=5),
        "attribution": log.attribution("d", resamples=20), "stuck": log.stuck(STEPS),
        "retention": log.retention("day"), "variants": log.paths(n=5), "stuck_over_time": log.stuck(STEPS),
    }  # fmt: skip
    for name, result in drawings.items():
        ax = plt.subplots()[1]
        before = plt.get_fignums()
        assert getattr(cj.plot, name)(result, ax=ax, lang=lang) is ax
        assert plt.get_fignums() == before, f"{name} opened a figure although it was given axes"
        ax.figure.canvas.draw()
        if name not in ("paths",):
            assert any("а" <= c <= "я" for c in texts(ax)) == (lang == "ru"), name


def test_nothing_to_show_is_said_and_not_raised():
    frame = pd.DataFrame({"who": ["a", "b"], "when": ["2026-03-01"] * 2, "what": ["x", "y"], "where": ["A", "B"]})
    log = cj.EventLog(frame, user="who", time="when", event="what", channel="where")
    assert "nothing to show" in texts(cj.plot.transitions(log.transitions(), lang="en"))
    assert "nothing to show" in texts(cj.plot.transition_graph(log.transitions(), lang="en"))
    assert cj.plot.funnel(log.funnel(["x", "y"])).patches[1].get_height() == 0


def test_variants_are_ribbons_as_thick_as_their_people_with_each_event_where_half_had_come():
    rows = [(f"a{i}", d, e) for i in range(30) for d, e in ((0, "look"), (4, "ask"), (9 + i % 3, "buy"))]
    rows += [(f"b{i}", d, e) for i in range(10) for d, e in ((0, "look"), (1, "buy"))]
    rows += [("c", 0, "look"), ("d", 0, "look")]
    frame = pd.DataFrame(rows, columns=["who", "d", "what"])
    frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["d"], "D")
    found = cj.EventLog(frame, user="who", time="when", event="what").paths()
    times = found.times()
    long = times[times["path"] == "look → ask → buy"]
    assert (long["time"] / pd.Timedelta(days=1)).tolist() == [0, 4, 10]
    ax = cj.plot.variants(found, names={"look": "Looks around"}, lang="en")
    assert "2 people did one thing only and are not drawn" in texts(ax)
    heights = [np.ptp(c.get_paths()[0].vertices[:, 1]) for c in ax.collections]
    assert heights == pytest.approx([heights[0], heights[0], heights[0] / 3])
    assert "Looks around → ask → buy" in ax.get_title(loc="left").replace("\n", " ")
    assert "look →" not in texts(ax)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    ("draw", "ask"),
    [
        ("funnel", lambda log: log.funnel(STEPS)),
        ("sources", lambda log: log.sources("d")),
        ("retention", lambda log: log.retention("day")),
    ],
)
def test_the_title_is_what_the_result_says(log, draw, ask, lang):
    result = ask(log)
    title = getattr(cj.plot, draw)(result, lang=lang).get_title(loc="left")
    said = " ".join(result.summary(lang).split())
    assert title and said.startswith(" ".join(title.split()).removesuffix("…").strip())


def test_titles_of_a_log_stand_in_sentences_tables_and_pictures_and_change_no_figure():
    rows = [(f"u{i}", f"2026-03-{d:02d}", e) for i in range(40) for d, e in enumerate(("shop_visit", "form_sent"), 1)
            if e == "shop_visit" or i % 4] + [("late", "2026-05-01", "shop_visit")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    roles = {"user": "who", "time": "when", "event": "what"}
    words = {"shop_visit": "Looks round", "form_sent": "Sends the form"}
    plain = cj.EventLog(frame, **roles)
    named = cj.EventLog(frame, **roles, options=cj.events.LogOptions(titles=words))
    steps = ["shop_visit", "form_sent"]
    a, b = plain.funnel(steps), named.funnel(steps)
    pd.testing.assert_frame_equal(a.table, b.table)
    weakest = cj.barriers.weakest_link(b, seed=1)
    assert weakest.link == "shop_visit → form_sent"
    better = cj.priorities.what_if(cj.priorities.moves(b), {("shop_visit", "form_sent"): 0.9}, start=steps[0],
                                   success=steps[1], seed=1)  # fmt: skip
    told = [b, named.stuck(steps), named.paths(), named.transitions(), weakest, better]
    for result in told:
        said = result.summary("en") + result._repr_html_()
        assert "Looks round" in said, type(result)
        assert "shop_visit" not in said, type(result)
    assert "shop_visit" in a.summary("en")
    plots = ("funnel", "stuck", "paths", "transition_graph", "weakest_link", "what_if")
    for result, draw in zip(told, plots, strict=True):
        ax = getattr(cj.plot, draw)(result, lang="en")
        written = [t.get_text() for t in ax.get_figure().findobj(plt.Text)]
        assert any("Looks" in t for t in written), draw
        assert not [t for t in written if "shop_visit" in t], draw
