"""People with planted kinds, and people without."""

import numpy as np
import pandas as pd
import pytest


def likert(n: int = 90, *, gap: float = 2.2, seed: int = 0, k: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """Twelve five-point items; each of the first nine sets one of the kinds apart."""
    rng = np.random.default_rng(seed)
    kind = rng.permutation(np.arange(n) % k)
    z = rng.standard_normal((n, 12))
    for j in range(9):
        z[:, j] += gap * (kind == j % k) - gap / k
    frame = pd.DataFrame(np.clip(np.round(z + 3), 1, 5), columns=[f"q{j}" for j in range(12)])
    frame.index = [f"r{i}" for i in range(n)]
    return frame, kind


@pytest.fixture(scope="session")
def kinds() -> tuple[pd.DataFrame, np.ndarray]:
    return likert()


@pytest.fixture(scope="session")
def continuum() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    f = rng.standard_normal((90, 1))
    z = 0.7 * f + np.sqrt(0.51) * rng.standard_normal((90, 12))
    return pd.DataFrame(np.clip(np.round(z + 3), 1, 5), index=[f"r{i}" for i in range(90)])
