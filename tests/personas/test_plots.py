"""Drawings say what the result says, in the language asked for."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

from cjmkit import personas, plot
from cjmkit.errors import CjmError

NAMES = ("people_map", "k_choice", "silhouette", "stability_matrix", "profile", "snake_plot")


@pytest.fixture(scope="module")
def found(kinds):
    return personas.fit(personas.features(survey=kinds[0]), seed=1, nulls=39, resamples=20).named({"P1": "Planner"})


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_title_says_what_the_picture_shows_and_the_verdict_stands_below(found, name, lang):
    ax = getattr(plot, name)(found, lang=lang)
    verdict = found.verdict(lang).rstrip(".").casefold()
    assert verdict in {t.get_text().replace("\n", " ").casefold() for t in ax.texts}
    assert ax.get_title(loc="left").replace("\n", " ").casefold() not in ("", verdict)


def test_pictures_of_one_result_have_titles_of_their_own(found):
    shown = ("people_map", "k_choice", "silhouette", "stability_matrix", "profile")
    assert len({getattr(plot, name)(found).get_title(loc="left") for name in shown}) == len(shown)


@pytest.mark.parametrize("name", NAMES)
def test_drawings_use_the_axes_they_are_given(found, name):
    _, ax = plt.subplots()
    assert getattr(plot, name)(found, ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_everybody_is_on_the_map(found):
    ax = plot.people_map(found)
    drawn = sum(len(c.get_offsets()) for c in ax.collections if len(c.get_facecolors()))
    assert drawn == 90
    assert "Planner" in ax.get_legend().get_texts()[0].get_text()


def test_the_band_and_the_line_are_the_table(found):
    ax = plot.k_choice(found)
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), found.choice["silhouette"])
    assert list(ax.get_xticks()) == [2, 3, 4, 5, 6]


def test_without_groups_there_is_a_map_and_a_choice_but_no_stability(continuum):
    none = personas.fit(personas.features(survey=continuum), nulls=39, resamples=10)
    assert "no stable groups" in plot.people_map(none, lang="en").get_title(loc="left").casefold().replace("\n", " ")
    plot.k_choice(none)
    with pytest.raises(CjmError):
        plot.stability_matrix(none)
    nothings = {"en": "Nothing sets groups apart here.", "ru": "Здесь нет ничего, что отличало бы группы."}
    for lang, nothing in nothings.items():
        empty = plot.profile(none, lang=lang)
        said = [x.get_text().split("\n") for x in empty.texts]
        assert len(said) == 1 and said[0][0] == nothing and not empty.axison
        assert all(q in " ".join(said[0][1:]) for q in none.about.split(", "))


@pytest.mark.parametrize(("lang", "others"), [("en", "others"), ("ru", "у остальных")])
def test_under_each_question_stand_the_figures_of_whom_it_sets_apart_most(found, lang, others):
    table = found.profile()
    first = table.loc[table["effect"].abs().idxmax()]
    top = plot.profile(found, lang=lang).get_yticklabels()[0].get_text()
    for figure in (first["mean"], first["elsewhere"]):
        assert f"{figure:.1f}".replace(".", {"en": ".", "ru": ","}[lang]) in top
    assert others in top and found.name(first["persona"])[:10] in top
