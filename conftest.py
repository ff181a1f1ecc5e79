"""Drawings without a screen, and each test with the language it found."""

import os

import matplotlib
import pytest
from hypothesis import settings

matplotlib.use("agg")
# The same examples in every run, so that red means a change; HYPOTHESIS=explore looks for new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS", "steady"))


@pytest.fixture(autouse=True)
def _language_and_figures():
    import matplotlib.pyplot as plt

    from cjmkit import i18n

    before = i18n.current_language()
    yield
    i18n.use_language(before)
    plt.close("all")
