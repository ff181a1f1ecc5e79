"""The public face: one word for one thing, few parameters, an example for everything, and nothing else to see."""

import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pytest

import cjmkit as cj

ROOMS = {name: room for name in cj.__all__ if isinstance(room := getattr(cj, name), ModuleType)}
# The classes that bind a room's verbs: each of their methods is something a researcher calls.
FACADES = {"EventLog", "Journey", "Study", "Personas", "Survey", "Curve", "Codebook"}
# The word for it, and the words that it replaces (docs/design.md says what each means).
GLOSSARY = {
    "resamples": "bootstraps bootstrap n_boot draws replicates n_resamples",
    "permutations": "shuffles n_permutations",
    "seed": "random_state rng",
    "n": "top most quotes periods how_many",
    "by": "labels grouping groupby",
    "rank_by": "criterion order_by sort_by",
    "unit": "within_unit step_unit",
    "quantile": "within percentile",
    "stage_of": "step_stages stage_map",
    "min_n": "min_people minimum fewest min_examples small_n at_least",
    "min_share": "threshold min_fraction",
    "gap": "pause timeout",
    "folder": "directory dir root",
    "path": "file filename filepath",
    "level": "confidence conf alpha",
}
INSTEAD = {wrong: right for right, words in GLOSSARY.items() for wrong in words.split()}
# The same letters for another thing; each says which.
ANOTHER_THING = {
    ("survey.score", "top"): "how many of the upper answers count as one (top-2 box)",
    ("survey.opportunity", "top"): "how many of the upper answers count as one (top-2 box)",
    ("text.calibrate_tone", "labels"): "the tones that people gave to the sentences",
}
POSITIONAL, PARAMETERS = 3, 9

# What is still wrong; nothing may be added, and what is mended has to go.
NOT_YET: dict[str, set[str]] = {
    "words": set(),
    "parameters": {
        "interviews.redact: 1 by place, 10 in all",
        "personas.features: 0 by place, 14 in all",
        "survey.sample_size: 1 by place, 12 in all",
        "survey.score: 3 by place, 10 in all",
        "widgets.coding_pane: 3 by place, 11 in all",
    },
}


def public() -> Iterable[tuple[str, Any]]:
    """Every public function and class by the name under which a notebook finds it."""
    for name in cj.__all__:
        if name not in ROOMS and name != "__version__":
            yield name, getattr(cj, name)
    for name, room in ROOMS.items():
        for inner in room.__all__:
            if not isinstance(getattr(room, inner), ModuleType) and inner not in cj.__all__:
                yield f"{name}.{inner}", getattr(room, inner)


def methods(cls: type) -> Iterable[tuple[str, Callable[..., Any]]]:
    """Public methods that cjmkit wrote, inherited ones too."""
    for name in dir(cls):
        found = inspect.getattr_static(cls, name)
        found = getattr(found, "__func__", found)
        if not name.startswith("_") and inspect.isfunction(found) and found.__module__.startswith("cjmkit"):
            yield name, found


def callables() -> Iterable[tuple[str, Callable[..., Any]]]:
    for name, thing in public():
        if inspect.isclass(thing):
            yield from ((f"{name}.{method}", function) for method, function in methods(thing))
        elif callable(thing):
            yield name, thing


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    # What stands before the slash is the value itself: a verb bound by a facade takes it as ``self``.
    found = inspect.signature(function).parameters.values()
    return [p for p in found if p.name not in ("self", "cls") and p.kind is not p.POSITIONAL_ONLY]


CALLABLES = dict(callables())


def agree(what: str, found: Iterable[str]) -> None:
    new, mended = sorted(set(found) - NOT_YET[what]), sorted(NOT_YET[what] - set(found))
    said = [f"new: {x}" for x in new] + [f"mended, take it off NOT_YET[{what!r}]: {x}" for x in mended]
    assert not said, "\n".join([f"{what}:", *said])


def test_the_enumeration_sees_functions_classes_and_inherited_methods():
    assert {"survey.score", "Study.keep", "personas.Personas.profile", "EventLog.funnel", "cite"} <= set(CALLABLES)
    assert len(CALLABLES) > 300


def test_one_word_for_one_thing():
    wrong = []
    for name, function in CALLABLES.items():
        for parameter in parameters(function):
            word = parameter.name
            if word in INSTEAD and (name, word) not in ANOTHER_THING:
                wrong.append(f"{name}({word}=) is {INSTEAD[word]}=")
    agree("words", wrong)


@pytest.mark.parametrize(("name", "word"), ANOTHER_THING)
def test_every_exception_of_the_glossary_is_still_there(name, word):
    assert word in [p.name for p in parameters(CALLABLES[name])]


def test_three_parameters_by_place_and_nine_in_all():
    wrong = []
    for name, function in CALLABLES.items():
        found = [p for p in parameters(function) if p.kind is not p.VAR_KEYWORD]
        by_place = [p for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        if len(by_place) > POSITIONAL or len(found) > PARAMETERS:
            wrong.append(f"{name}: {len(by_place)} by place, {len(found)} in all")
    agree("parameters", wrong)


def test_every_function_and_facade_method_shows_an_example():
    """Doctest runs them (``--doctest-modules``): an example that is there is an example that works."""
    missing = []
    for name, function in CALLABLES.items():
        owner = name.split(".")[-2] if "." in name else ""
        of_a_result = owner and owner not in ROOMS and owner not in FACADES
        if not of_a_result and ">>>" not in (inspect.getdoc(function) or ""):
            missing.append(name)
    assert not missing, missing


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_a_room_shows_its_public_names_only(name):
    room = ROOMS[name]
    assert [shown for shown in dir(room) if not shown.startswith("_")] == sorted(n for n in room.__all__ if n[0] != "_")


def test_every_public_name_loads():
    assert [name for name in cj.__all__ if getattr(cj, name, None) is None] == []
