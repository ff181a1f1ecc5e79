"""Real data that nobody here wrote lies beside the project; where it is absent these tests are skipped, and say so."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference values."""
    here = Path(__file__).resolve().parents[2]
    for candidate in (os.environ.get("CJMKIT_SHARED"), here.parent / "shared"):
        if candidate and (Path(candidate) / "data").is_dir():
            return Path(candidate)
    if os.environ.get("CI"):
        pytest.fail("the shared folder with real data is missing; in CI it has to be there")
    pytest.skip("no folder with real data beside the project (set CJMKIT_SHARED to its path)")
