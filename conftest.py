"""Drawings without a screen, and each test with the language it found."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def _language_and_figures():
    import matplotlib.pyplot as plt

    from cjmkit import i18n

    before = i18n.current_language()
    yield
    i18n.use_language(before)
    plt.close("all")
