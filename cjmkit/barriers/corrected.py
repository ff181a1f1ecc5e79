"""Shares of a machine's codes, corrected by people's, in the place of counted ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.coding import Shares, corrected_on
from cjmkit.errors import CjmError
from cjmkit.i18n import listing, say
from cjmkit.stats import z_of

__all__ = ["with_corrected"]

Floats = npt.NDArray[np.float64]


def with_corrected(
    table: pd.DataFrame, ranked: tuple[Floats, Floats, Floats], machine: Shares | None, *, way: str, said: list[str]
) -> tuple[pd.DataFrame, tuple[Floats, Floats, Floats]]:
    """The table and its scores with corrected shares.

    Parameters
    ----------
    table : DataFrame
        A row a barrier, with counted shares.
    ranked : tuple of array
        Score (B,), key (B,) and its draws (resamples, B), each a share times something.
    machine : Shares or None
        Corrected shares of everybody.
    way : str
        What ranks.
    said : list of str
        What a reader should know; is added to.

    Returns
    -------
    tuple
        The same, and the column `corrected`: by how many people's codes (0 for a counted share).
    """
    table = table.assign(corrected=0)
    if machine is None:
        return table, ranked
    if machine.per != "person" or set(machine.table["group"]) != {""}:
        raise CjmError(
            en="barriers are counted in people: Beside(machine=…) takes cj.coding.share(…, per='person') without by=",
            ru="барьеры считаются по людям: Beside(machine=…) берёт cj.coding.share(…, per='person') без by=",
        )
    score, key, drawn = (a.copy() for a in ranked)
    known = machine.table.set_index("code")
    rng = np.random.default_rng(0)
    lacking = []
    for i, barrier in enumerate(table["barrier"]):
        row = known.loc[barrier] if barrier in known.index else None
        counted = float(table["share"].iloc[i])
        columns = ["share", "low", "high"]
        if row is None or row["value"] != row["value"]:
            lacking.append(str(table["title"].iloc[i]))
            table.loc[table.index[i], columns] = np.nan
            score[i], key[i], drawn[:, i] = np.nan, -1.0, -1.0
            continue
        table.loc[table.index[i], columns] = [row["value"], row["low"], row["high"]]
        table.loc[table.index[i], "n"] = int(row["n"])
        table.loc[table.index[i], "corrected"] = int(row["n_labelled"])
        spread = (row["high"] - row["low"]) / (2 * z_of(machine.level))
        shares = np.clip(rng.normal(row["value"], spread, len(drawn)), 0, 1)
        if way == "frequency":
            score[i] = key[i] = row["value"]
            drawn[:, i] = shares
        elif counted > 0:  # what was counted on people's codes keeps its other factor: how it felt, how it ended
            drawn[:, i] = np.where(drawn[:, i] > -1, drawn[:, i] / counted * shares, drawn[:, i])
            score[i], key[i] = score[i] / counted * row["value"], key[i] / counted * row["value"]
    on = int(table["corrected"].max())
    if on:
        said.append(say(en=f"shares: {corrected_on(on, 'en')}", ru=f"доли: {corrected_on(on, 'ru')}"))
    if lacking:
        said.append(
            say(
                en=f"no share yet for {listing(lacking)}: too few of people's codes to correct the machine's; "
                "cj.coding.plan_validation says how many are needed",
                ru=f"доли пока нет: {listing(lacking)} — слишком мало кодов человека, чтобы исправить машину; "
                "сколько нужно, говорит cj.coding.plan_validation",
            )
        )
    return table, (score, key, drawn)
