"""Pictures of priorities, asked through their artists."""

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from cjmkit import plot
from cjmkit.errors import CjmError
from cjmkit.priorities import budget_split, communication_plan, rank, what_if


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def found():
    return rank(
        pd.DataFrame(
            {
                "title": [f"Идея {k} с очень длинным названием, сорок" for k in range(12)],
                "reach": range(100, 1300, 100),
                "impact": [3, 1, 0.5] * 4,
                "confidence": 0.7,
                "effort": [1, 2, 3, 4] * 3,
            }
        )
    )


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_every_idea_is_a_numbered_point_and_a_line_of_the_list(found):
    ax = plot.priority_matrix(found, lang="ru")
    assert {str(k) for k in range(1, 13)} <= set(texts(ax))
    listed = next(t for t in texts(ax) if "\n" in t)
    assert all(f"Идея {k} " in listed for k in range(12))
    table = pd.DataFrame({"title": ["a"], "importance": [8], "satisfaction": [2]})
    with pytest.raises(CjmError, match="'impact'"):
        plot.priority_matrix(rank(table, method="opportunity"))


def test_the_area_of_a_square_is_the_share_of_draws(found):
    ax = plot.rank_stability(found, lang="en")
    shares = found.stability.to_numpy()
    drawn = {
        (round(p.get_x() + p.get_width() / 2), round(p.get_y() + p.get_height() / 2)): p.get_width() for p in ax.patches
    }
    for (x, y), side in drawn.items():
        assert side**2 == pytest.approx(0.94**2 * shares[y, x - 1])


def test_a_plan_shows_every_message_and_hatches_gaps():
    messages = pd.DataFrame(
        {"stage": ["deal", "deal"], "channel": "mail", "message": ["Первое", "Второе"], "owner": ["", "Ann"]}
    )
    stuck = pd.DataFrame({"step": ["form"], "stage": ["deal"], "size": [30]})
    ax = plot.communication_plan(communication_plan(messages, stuck), lang="ru")
    assert {"Первое", "Второе", "30"} <= set(texts(ax))
    assert [p.get_hatch() for p in ax.patches] == ["///"]


def test_budget_rows_go_from_most_to_least_gained():
    channels = pd.DataFrame({"channel": ["a", "b"], "cost": [100.0, 100.0]})
    split = budget_split(channels, pd.DataFrame({"channel": ["a", "b"], "conversions": [10, 90]}))
    ax = plot.budget_split(split, lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "a"]
    assert any(t.startswith("↑") for t in texts(ax))


def test_what_if_shows_every_change_in_the_language_asked_for():
    seen = pd.DataFrame(
        {"source": ["v", "v", "f", "f"], "target": ["f", "exit", "d", "exit"], "users": [40, 60, 10, 30]}
    )
    result = what_if(seen, {("v", "f"): 0.6, ("f", "d"): 0.4}, start="v", success="d")
    ax = plot.what_if(result, lang="ru")
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels[2] == "все вместе"
    assert labels[0].startswith("v → f")
