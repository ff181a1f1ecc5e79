"""What holds for every picture: no text lies on another or is cut, there is a title, words and no ids, shares to 100 %.

Every public plot is drawn twice: in English on a shipped study, with the lines of the gallery, and in Russian on
material as ugly as people's own: names of ninety letters, fourteen options, groups of three, ties, 0 and 100 %.
"""

import functools
import importlib.util
import re
import warnings
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.text
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import cjmkit as cj

DOCS = Path(__file__).parents[1] / "docs"
ONLY_IN_STUDIES = {"persona_grid"}
ID = re.compile(r"(?<![\w.])[a-z]+_[a-z_]+")


def _make():
    spec = importlib.util.spec_from_file_location("make_gallery", DOCS / "make_gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GALLERY = _make()


# ---- what is looked at -----------------------------------------------------------------------------------------------


def figure_of(drawing):
    first = next(iter(drawing.values())) if isinstance(drawing, dict) else drawing
    figure = first if hasattr(first, "savefig") else first.get_figure()
    if not hasattr(figure.canvas, "get_renderer"):
        FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    return figure


def texts(figure):
    """Every text that is drawn, with the box that it takes."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            live = {id(t) for t in axis._update_ticks()} if ax.axison else set()
            for tick in [*axis.majorTicks, *axis.minorTicks]:
                if id(tick) not in live:
                    hidden |= {id(tick.label1), id(tick.label2)}
            if not ax.axison:
                hidden |= {id(axis.label), id(axis.offsetText)}
    renderer, out = figure.canvas.get_renderer(), {}
    for text in figure.findobj(matplotlib.text.Text):
        if id(text) not in hidden and text.get_visible() and text.get_text().strip():
            # An annotation's own box holds its arrow too; the words alone are meant.
            out[id(text)] = (text, matplotlib.text.Text.get_window_extent(text, renderer))
    return [(t, b) for t, b in out.values() if b.width > 0 and b.height > 0]


def corners(text, box, renderer):
    """The rectangle of the words, turned as they are."""
    angle = text.get_rotation()
    if angle % 90 == 0:
        return np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
    text.set_rotation(0)
    flat = matplotlib.text.Text.get_window_extent(text, renderer)
    text.set_rotation(angle)
    k = np.radians(angle)
    turn = np.array([[np.cos(k), -np.sin(k)], [np.sin(k), np.cos(k)]])
    w, h = flat.width / 2, flat.height / 2
    middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
    return middle + np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) @ turn.T


def depth(p, q):
    """How deep two rectangles lie in each other, in pixels; negative if they are apart (separating axes)."""
    out = np.inf
    for edge in (p[1] - p[0], p[2] - p[1], q[1] - q[0], q[2] - q[1]):
        normal = edge / np.hypot(*edge)
        a, b = p @ normal, q @ normal
        out = min(out, min(a.max(), b.max()) - max(a.min(), b.min()))
    return out


def faults(drawing, *, words=True):
    """What is wrong with a picture, in sentences."""
    figure = figure_of(drawing)
    renderer, seen = figure.canvas.get_renderer(), texts(figure)
    found = []
    for i, (t, a) in enumerate(seen):
        for u, b in seen[i + 1 :]:
            if min(a.x1, b.x1) - max(a.x0, b.x0) <= 1.5 or min(a.y1, b.y1) - max(a.y0, b.y0) <= 1.5:
                continue
            if depth(corners(t, a, renderer), corners(u, b, renderer)) > 1.5:
                found.append(f"{t.get_text()[:50]!r} lies on {u.get_text()[:50]!r}")
    for text, box in seen:
        frame = figure.bbox
        over = max(frame.x0 - box.x0, box.x1 - frame.x1, frame.y0 - box.y0, box.y1 - frame.y1)
        if over > 2:
            found.append(f"{text.get_text()[:50]!r} is cut by the edge of the figure by {over:.0f} px")
        if words and ID.search(text.get_text()):
            found.append(f"{text.get_text()[:60]!r} holds an id")
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            for tick in axis._update_ticks() if ax.axison and axis.get_visible() else ():
                said = re.fullmatch(r"(\d+)(?:[.,]\d+)?\s?%", tick.label1.get_text())
                if said and int(said[1]) > 100 and tick.label1.get_visible():
                    found.append(f"an axis of shares goes to {tick.label1.get_text()}")
    titled = [ax.get_title(loc) for ax in figure.axes for loc in ("left", "center")]
    # A map sets its own headline: large words in the drawing.
    large = [t for t, _ in seen if t.get_fontsize() >= 13]
    if not any(t.strip() for t in titled) and not large:
        found.append("it has no title")
    return found


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")
    cj.use_language("en")


def test_the_checks_find_what_they_are_for():
    ax = plt.subplots()[1]
    ax.text(0.5, 0.5, "one")
    ax.text(0.5, 0.5, "sign_up")
    ax.text(0.95, 0.2, "far too long for the edge")
    ax.yaxis.set_ticks([0, 1.2], ["0%", "120%"])
    said = " ".join(faults(ax))
    for word in ("lies on", "cut by the edge", "holds an id", "goes to 120%", "no title"):
        assert word in said


def test_turned_labels_that_stand_beside_each_other_do_not_overlap():
    ax = plt.subplots(figsize=(4, 4), layout="constrained")[1]
    ax.set_title("turned")
    ax.set_xticks(range(6), ["a rather long label"] * 6, rotation=45, ha="right")
    assert not [f for f in faults(ax) if "lies on" in f]


# ---- the shipped study -----------------------------------------------------------------------------------------------


def _fewer(monkeypatch):
    """The same calls with few draws: what is looked at are words and places, not figures."""

    def less(room, name, **few):
        made = getattr(room, name)
        monkeypatch.setattr(room, name, functools.wraps(made)(lambda *a, **k: made(*a, **{**few, **k})))

    less(cj.personas, "fit", resamples=20, nulls=20)
    less(cj.survey, "correspondence", resamples=20, permutations=49)
    for room, names in (
        (cj.survey, "drivers importance_performance"),
        (cj.barriers, "weakest_link critical_points"),
        (cj.priorities, "rank what_if budget_split"),
        (cj.coding, "agreement"),
    ):
        for name in names.split():
            less(room, name, resamples=20)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Faults of every plot of the gallery that a shipped study feeds."""
    out = {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.chdir(tmp_path_factory.mktemp("gallery"))
        _fewer(patch)
        cj.use_language("en")
        first = {}
        GALLERY.run(GALLERY.lines(GALLERY.START, "en"), first)
        for section in GALLERY.SECTIONS:
            shared = dict(first)
            GALLERY.run(GALLERY.lines(section.code, "en"), shared)
            for plot in section.plots:
                if not plot.howto:
                    out[plot.name] = faults(GALLERY.run(GALLERY.lines(plot.code, "en"), dict(shared)))
                    plt.close("all")
    return out


@pytest.mark.parametrize("name", [p.name for s in GALLERY.SECTIONS for p in s.plots if not p.howto])
def test_a_picture_of_a_shipped_study_has_a_title_words_and_room_for_each(shipped, name):
    assert shipped[name] == []


# ---- ugly material ---------------------------------------------------------------------------------------------------


def _long(k, stem="Название, которое вписали в анкету целиком, с пояснением в скобках (и с запятыми)"):
    return f"{stem} № {k}"


def _ugly_log():
    rng = np.random.default_rng(3)
    events = [_long(k, "Открыл страницу с условиями рассрочки и скидками") for k in range(9)]
    events[4] = "event-name-without-any-space-that-nobody-shortened-4"
    rows = []
    for person in range(60):
        day = pd.Timestamp("2026-03-01") + pd.Timedelta(days=int(rng.integers(0, 40)))
        channel = _long(person % 8, "Рекламная кампания в социальной сети для молодых родителей")
        for k in range(int(rng.integers(1, 9))):
            rows.append((f"u{person}", day, events[k], channel))
            if k and rng.random() < 0.3:
                rows.append((f"u{person}", day + pd.Timedelta(hours=1), events[k - 1], channel))
            day += pd.Timedelta(minutes=float(rng.exponential(3000)))
    frame = pd.DataFrame(rows, columns=["who", "when", "what", "where"])
    stages = {e: _long(k // 2, "Этап с очень длинным названием") for k, e in enumerate(events)}
    log = cj.EventLog(frame, user="who", time="when", event="what", channel="where", stage_of=stages)
    return log, events, stages


def _ugly_events(tmp):
    log, steps, stages = _ugly_log()
    funnel, stuck = log.funnel(steps[:6]), log.stuck(steps[:6])
    yield "funnel", funnel
    yield "funnel", log.funnel(steps[:3], by="first_source")
    yield "sources", log.sources(steps[5])
    yield "attribution", log.attribution(steps[5], resamples=10)
    yield "retention", log.retention("week")
    yield "outcomes", log.outcomes(steps[5], start=steps[0])
    yield "stuck", stuck
    yield "stuck_over_time", stuck
    yield "transitions", log.transitions()
    yield "transitions", log.transitions(unit="stage")
    yield "transition_graph", log.transitions()
    yield "paths", log.paths()
    yield "first_steps", log.paths()
    yield "variants", log.paths()
    yield "weakest_link", cj.barriers.weakest_link(funnel, resamples=50)
    change = {(steps[1], steps[2]): 0.95, (steps[3], steps[4]): 0.95}
    yield (
        "what_if",
        cj.priorities.what_if(cj.priorities.moves(funnel), change, start=steps[0], success=steps[5], resamples=50),
    )
    stage = list(dict.fromkeys(stages.values()))
    told = pd.DataFrame({"stage": stage[:3], "channel": _long(1), "message": _long(2), "owner": [_long(3), "", "Аня"]})
    yield "communication_plan", cj.priorities.communication_plan(told, stuck, stage_of=stages)


def _ugly_survey(tmp):
    rng = np.random.default_rng(5)
    n = 40
    scales = [f"q{k}" for k in range(14)]
    frame = pd.DataFrame({"id": range(n)} | {q: rng.integers(1, 6, n) for q in scales})
    frame["q0"], frame["q1"] = 5, 1  # everybody the same: 100 % and 0 %
    frame["all"] = (frame["q2"] + frame["q3"]).clip(2, 10) // 2
    frame["nps"] = rng.integers(0, 11, n)
    frame["from"] = [_long(k % 14) for k in range(n)]
    frame["kind"] = [_long(k % 3, "Люди, которые пришли по совету родных и давних знакомых") for k in range(n)]
    frame.loc[:2, "kind"] = "трое"

    def survey(t):
        s = cj.survey.Survey.from_frame(t).set_item([*scales, "all"], type="likert", scale=(1, 5))
        for k, q in enumerate(scales):
            s = s.set_item(q, text=_long(k, "Насколько вы довольны тем, как быстро и понятно ответили на вопрос"))
        return s.set_item("nps", type="nps").set_item(["from", "kind"], type="single")

    s = survey(frame)
    yield "likert", s, scales
    yield "nps", cj.survey.score(s, "nps", by="kind")
    yield "shares", cj.survey.score(s, "from", "share")
    yield "trend", cj.survey.trend({"2025": survey(frame.head(15)), "2026": s}, ["q2", "q3", "q4"])
    yield "banner_heat", cj.survey.banner(s, "from", "kind")
    yield "driver_shares", cj.survey.drivers(s, "all", scales[2:], resamples=10)
    yield "importance_performance", cj.survey.importance_performance(s, "all", scales[2:], resamples=10)
    yield "correspondence_map", cj.survey.correspondence(s, "from", "kind", resamples=10, permutations=19)
    pairs = pd.DataFrame(
        [
            (i, _long(k, "Доставка в день заказа, в выходные тоже"), 1 + (i + k) % 5, 1 + (i * k) % 5)
            for i in range(20)
            for k in range(8)
        ],
        columns=["id", "feature", "functional", "dysfunctional"],
    )
    yield "kano", cj.survey.kano(pairs)
    tasks = pd.DataFrame(
        [
            {
                "id": i,
                "task": k,
                **{f"item{j}": _long((i + k + j) % 6) for j in range(1, 5)},
                "best": _long((i + k + 1) % 6),
                "worst": _long((i + k + 2 + i % 3) % 6),
            }
            for i in range(20)
            for k in range(4)
        ]
    )
    yield "best_worst", cj.survey.maxdiff(tasks, resamples=10)
    cards = pd.DataFrame(
        [
            (i, t, _long((i + t + j) % 3, "Доставка"), f"{100 * (j + 1 + t % 2)} ₽", int(j == (i + t) % 2))
            for i in range(30)
            for t in range(4)
            for j in range(2)
        ],
        columns=["person", "task", "delivery", "price", "chosen"],
    )
    yield "part_worths", cj.survey.conjoint(cards)
    middle = 100 + 10 * np.arange(21)
    four = pd.DataFrame({"id": range(21), "a": middle - 60, "b": middle - 20, "c": middle + 20, "d": middle + 60})
    asked = {"too_cheap": "a", "cheap": "b", "expensive": "c", "too_expensive": "d"}
    prices = cj.survey.Survey.from_frame(four).set_item(list("abcd"), type="number")
    yield "price_curves", cj.survey.price_sensitivity(prices, asked, resamples=10)
    offers = pd.DataFrame(
        {"id": range(20), "likes": [";".join(_long(j) for j in range(6) if (i >> j) & 1) or "нет" for i in range(20)]}
    )
    yield (
        "turf_curve",
        cj.survey.turf(
            cj.survey.Survey.from_frame(offers).set_item("likes", type="multi", separator=";"), "likes", largest=3
        ),
    )
    yield "sample_size", cj.survey.sample_size("share", margin=0.001)
    done = tmp / "done.csv"
    done.write_text(",P1,P2,P3\nT1,1,1,1\nT2,0,0,0\n")
    named = {"T1": _long(1, "Найти тариф"), "T2": _long(2, "Оплатить чужой картой")}
    yield "tasks", cj.survey.read_tasks(done).renamed(named)
    yield (
        "topics",
        cj.text.topics(
            ["Цена слишком высокая", "Слишком высокая цена", "Грубый персонал", "Персонал был груб"] * 8, k=2
        ),
    )


def _ugly_people(tmp):
    kind = np.repeat([[4, 4, -4, 0, 0, 0], [-4, 0, 4, 4, 0, 0], [0, -4, 0, 0, 4, 4]], 25, axis=0)
    names = [_long(k, "Я готов ждать дольше, если знаю, чего жду и зачем") for k in range(6)]
    answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=names).round()
    found = cj.personas.fit(cj.personas.features(survey=answers), nulls=19, resamples=10)
    found = found.named({p: _long(p, "Семьи, которые считают каждый рубль и никуда не спешат") for p in found.ids})
    for name in ("people_map", "k_choice", "silhouette", "stability_matrix", "profile", "snake_plot"):
        yield name, found
    rng = np.random.default_rng(2)
    stages = [
        cj.Stage(id=f"s{k}", title=_long(k, "Этап с длинным названием, как его зовут в отделе")) for k in range(8)
    ]
    rows = [
        (p, s.id, int(rng.integers(-2, 3)), _long(p % 5, "Люди, которые пришли по совету родных"))
        for p in range(43)
        for k, s in enumerate(stages)
        if p % 9 >= k or k < 3
    ]
    scores = pd.DataFrame(rows, columns=["participant", "stage", "score", "who"])
    yield "emotion_curve", cj.emotion.curve(scores, stages=stages)
    yield "emotion_curve", cj.emotion.curve(scores, stages=stages, by="who")
    yield "emotion_curve", cj.emotion.curve(scores[scores["stage"] == "s0"].head(12), stages=stages[:1])
    yield "emotion_distribution", cj.emotion.distribution(scores, stages=stages)
    two = scores.assign(who=np.where(scores["participant"] % 2 == 0, _long(1), _long(2)))
    yield "emotion_difference", cj.emotion.difference(two, by="who", stages=stages)
    believed = scores.assign(participant="e" + scores["participant"].astype(str), source="employees")
    yield (
        "expectation_gap",
        cj.compare.expectation_gap(pd.concat([scores.assign(source="survey"), believed]), stages=stages),
    )
    journey = cj.Journey(id="long", title=_long(1), stages=stages, language="ru").with_emotion(
        cj.emotion.curve(scores, stages=stages)
    )
    for k, s in enumerate(stages):
        journey = journey.with_note(s.id, "goals", _long(k))
    yield "journey_map", journey
    yield "portfolio", [journey, journey.replace(title=_long(2), id="other")]
    yield "journey_comparison", cj.compare.journeys(journey.replace(title=_long(3)), journey)


def _ugly_notes(tmp):
    rng = np.random.default_rng(4)
    codes = [_long(k, "Сказал, что цена видна только после звонка оператора") for k in range(12)]
    stage = {c: _long(k % 6, "Этап с длинным названием") for k, c in enumerate(codes)}
    rows = [
        (f"d{p}", 10 * j, 10 * j + 12, f"p{p}", codes[(p * j + j) % 12], coder, int(rng.integers(-2, 1)))
        for p in range(9)
        for j in range(6)
        for coder in "ab"
        if (p + j) % 4 or coder == "a"
    ]
    said = pd.DataFrame(rows, columns=["document", "start", "end", "participant", "code", "coder", "valence"])
    said["stage"] = said["code"].map(stage)
    turns = pd.DataFrame(
        [(f"d{p}", j, "respondent", f"p{p}", 10 * j, 10 * j + 10, "Цена, да.  ") for p in range(9) for j in range(7)],
        columns=["document", "turn", "role", "participant", "start", "end", "text"],
    )
    yield "code_by_stage", cj.coding.code_by(said, by="stage")
    yield "cooccurrence", cj.coding.cooccurrence(said)
    yield "saturation", cj.coding.saturation(said, seed=1)
    yield "agreement_by_code", cj.coding.agreement(said, turns, unit="turn", resamples=0)
    owners = pd.DataFrame(
        {
            "stage": list(dict.fromkeys(stage.values())),
            "touchpoint": [_long(k) for k in range(6)],
            "channel": "сайт",
            "owner": [_long(k % 3, "Отдел по работе с обращениями и жалобами") for k in range(6)],
        }
    )
    barriers = cj.barriers.rank(said, touchpoints=owners)
    yield "barrier_ranking", barriers
    yield "barrier_map", barriers
    yield "problems_by", barriers.by_owner()
    felt = cj.emotion.curve(said.rename(columns={"valence": "score"})[["participant", "stage", "score"]])
    yield "critical_points", cj.barriers.critical_points(barriers, felt, resamples=20)
    ideas = pd.DataFrame({"title": [_long(k, "Показать цену со всеми доплатами на странице тарифа") for k in range(12)],
                          "reach": [100] * 6 + list(range(100, 700, 100)), "impact": 2, "confidence": 0.8,
                          "effort": [1, 1, 1, 2, 2, 2, 3, 3, 8, 8, 0.5, 1]})  # fmt: skip
    plan = cj.priorities.rank(ideas, resamples=50)
    yield "priority_matrix", plan
    yield "rank_stability", plan
    channels = [_long(k, "Реклама в социальной сети") for k in range(5)]
    cost = pd.DataFrame(
        {"channel": channels, "cost": [0, 10, 100, 1000, 1e6], "floor": 0, "ceiling": [0, 50, 200, 2000, 2e6]}
    )
    credit = pd.DataFrame({"channel": channels, "conversions": [0, 10, 3, 40, 500]})
    yield "budget_split", cj.priorities.budget_split(cost, credit, resamples=20)


UGLY = (_ugly_events, _ugly_survey, _ugly_people, _ugly_notes)


@pytest.fixture(scope="module")
def ugly(tmp_path_factory):
    """Faults of every plot on ugly material, in Russian, dark."""
    out = {}
    with warnings.catch_warnings(), mpl.rc_context(), plt.style.context("dark_background"):
        warnings.simplefilter("ignore")
        cj.use_language("ru")
        for make in UGLY:
            for name, *given in make(tmp_path_factory.mktemp("ugly")):
                out.setdefault(name, []).extend(faults(getattr(cj.plot, name)(*given), words=False))
                plt.close("all")
        cj.use_language("en")
    return out


@pytest.mark.parametrize("name", sorted({p.name for s in GALLERY.SECTIONS for p in s.plots} - ONLY_IN_STUDIES))
def test_a_picture_of_ugly_material_has_a_title_and_room_for_every_word(ugly, name):
    assert ugly[name] == []
