import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples():
    """The made-up journeys of samples.py."""
    path = Path(__file__).parents[1] / "report" / "samples.py"
    spec = importlib.util.spec_from_file_location("map_samples", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
