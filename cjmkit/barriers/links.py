"""The weakest link: where most is lost, and how sure it is that it is the worst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.called import called, names_of
from cjmkit.core.caution import carried, unpacked
from cjmkit.core.evidence import EventFigure
from cjmkit.core.result import Result
from cjmkit.emotion.data import CurveData
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import current_language, number, say
from cjmkit.stats import pooled_shares, wilson

__all__ = ["WeakestLink", "step_losses", "weakest_link"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WeakestLink(Result):
    """Links of the chain, weakest first.

    Attributes
    ----------
    table : DataFrame
        link, title, kind (emotion, funnel or transitions), value (mean emotion, or share lost), low, high, n, lost
        (people lost; missing for emotion), waiting (people still on the way, left out), probability
        (share of draws in which this link is the weakest).
    kind : str
        What was compared.
    """

    table: pd.DataFrame
    kind: str
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key = ("link",)
    _names = {
        "lost": ("people lost", "потеряно людей"),
        "probability": ("sure in", "уверенность"),
    }

    @property
    def link(self) -> str:
        """The weakest link itself."""
        return str(self.table["link"].iloc[0])

    @property
    def probability(self) -> float:
        """How often it really comes out worst."""
        return float(self.table["probability"].iloc[0])

    def _row(self, *names: Any, **which: Any) -> dict[str, Any]:
        # The weakest by default.
        return super()._row(*(names or ([] if which else [self.link])), **which)

    def summary(self, lang: str | None = None) -> str:
        """One sentence, which says that this is a rule of thumb and how sure the place is."""
        lang = current_language(lang)
        row: Any = self.table.iloc[0]
        percent = self.kind != "emotion"
        figure = self.estimate().text(0 if percent else 2, percent=percent, lang=lang).rstrip(".")
        sure = number(row["probability"], 0, percent=True, lang=lang)
        if percent:
            so_far = "" if row["waiting"] else say(en=" so far", ru="пока ", lang=lang)
            return say(
                en=f"Weakest link (rule of thumb): “{row['title']}”, {figure} did not go on{so_far}; the worst "
                f"in {sure} of draws.",
                ru=f"Слабое звено (эвристика): «{row['title']}», {so_far}не пошли дальше {figure}; "
                f"худшее в {sure} случаев.",
                lang=lang,
            )
        return say(
            en=f"Weakest link (rule of thumb): “{row['title']}”, mean {figure}; the worst in {sure} of resamples.",
            ru=f"Слабое звено (эвристика): «{row['title']}», среднее {figure}; худшее в {sure} повторных выборок.",
            lang=lang,
        )

    def _evidence_of(self, row: Any) -> EventFigure:
        return EventFigure(log=self.kind, query=f"weakest link: {row['link']}", estimate=self._estimate_of(row))

    @property
    def _shown(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("title", "value", "n", *(() if self.kind == "emotion" else ("lost",)), "probability")

    @property
    def _percent(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("probability",) if self.kind == "emotion" else ("value", "probability")


def weakest_link(
    chain: Any,
    *,
    persona: str = "",
    source: str | None = None,
    rank_by: str = "share",
    success: str | Iterable[str] = (),
    waiting: Any = None,
    resamples: int = 4000,
    seed: int = 0,
) -> WeakestLink:
    """Find the stage, funnel step or transition where most is lost.

    Parameters
    ----------
    chain : Curve, Funnel or DataFrame
        An emotion curve (lowest mean); a funnel with step, users, conversion, n (greatest loss from one step to
        the next); or transitions with source, target, users, n, where target ``"exit"`` or empty means leaving, or
        a result with ``.exits``.
    persona, source : str
        Which curve, where there are several.
    rank_by : {"share", "people"}
        For funnels and transitions: the largest share lost, or the most people lost.
    success : str or sequence
        For transitions: states where a path may well end, which are no loss.
    waiting : Stuck or DataFrame, optional
        For funnels: step, waiting, that is, people at a step who are still within its usual time, as ``log.stuck``
        counts them. They are neither lost nor gone on. Without it a slow step looks like a weak one.
    resamples : int
        Draws for the probability.
    seed : int
        Seed of the draws.

    Returns
    -------
    WeakestLink

    Notes
    -----
    "As strong as its weakest link" is a slogan; no validated formula is known. So this is the plain minimum with its
    interval, and how often it comes out worst: bootstrap over people for a curve; for a funnel, draws of the shares
    lost that are drawn towards each other (:func:`cjmkit.stats.pooled_shares`), because the worst of several looks
    worse than it is.

    Examples
    --------
    >>> import pandas as pd
    >>> steps = pd.DataFrame({"step": ["visit", "chat", "deal"], "users": [1000, 400, 300]})
    >>> worst = weakest_link(steps)
    >>> worst.link, round(worst.estimate().value, 2), worst.probability
    ('visit → chat', 0.6, 1.0)
    """
    if rank_by not in ("share", "people"):
        raise CjmError(suggest(rank_by, ("share", "people"), what="rank_by"))
    if isinstance(chain, CurveData):
        return _of_curve(chain, persona, source)
    table = chain if isinstance(chain, pd.DataFrame) else getattr(chain, "table", None)
    if not isinstance(table, pd.DataFrame):
        raise CjmError(
            en=f"give an emotion curve, a funnel or a table of transitions; {type(chain).__name__} came",
            ru=f"дайте кривую эмоций, воронку или таблицу переходов; пришло {type(chain).__name__}",
        )
    if {"source", "target"} <= set(table.columns):
        losses, kind = _leaving(table, getattr(chain, "exits", None), success), "transitions"
    else:
        losses, kind = _losses(table), "funnel"
    if losses.empty:
        raise CjmError(en="a chain needs two steps at least", ru="в цепочке нужно хотя бы два шага")
    said: list[str] = []
    losses = _still_on_the_way(losses, waiting, kind, said)
    k, n = losses["lost"].to_numpy(dtype=float), losses["n"].to_numpy(dtype=float)
    # Steps are drawn towards each other: with few people the worst of several looks worse than it is.
    drawn = pooled_shares(k, n, resamples=resamples, seed=seed)
    weight = n if rank_by == "people" else np.ones(len(n))
    probability = np.bincount((drawn * weight).argmax(axis=1), minlength=len(k)) / resamples
    share = wilson(k, n)
    out = pd.DataFrame(
        {
            "link": losses["link"],
            "title": [called(names_of(chain), link) for link in losses["link"]],
            "kind": kind,
            "value": k / n,
            "low": share.low,
            "high": share.high,
            "n": n.astype(int),
            "lost": k.astype(int),
            "waiting": losses["waiting"].astype(int),
            "probability": probability,
        }
    )
    key = "lost" if rank_by == "people" else "value"
    out = out.sort_values([key, "link"], ascending=[False, True], kind="stable", ignore_index=True)
    return WeakestLink(table=out, kind=kind, warnings=tuple(said))


def _still_on_the_way(losses: pd.DataFrame, waiting: Any, kind: str, said: list[str]) -> pd.DataFrame:
    """Losses without the people who may still come: neither lost nor gone on."""
    if waiting is None:
        said.append(
            say(
                en="people who have not gone on so far count as lost, also those who may still come; "
                "waiting=log.stuck(…) leaves these out",
                ru="кто пока не пошёл дальше, считается потерянным, даже если ещё может прийти; "
                "waiting=log.stuck(…) таких не считает",
            )
        )
        return losses.assign(waiting=0)
    table = waiting if isinstance(waiting, pd.DataFrame) else getattr(waiting, "steps", None)
    if not isinstance(table, pd.DataFrame):
        raise CjmError(
            en=f"waiting= is what log.stuck(…) returns, or its table of steps; {type(waiting).__name__} came",
            ru=f"waiting= — это то, что возвращает log.stuck(…), или его таблица шагов; пришло "
            f"{type(waiting).__name__}",
        )
    need_columns(table, ("step", "waiting"), what="waiting=")
    if kind != "funnel":
        raise CjmError(
            en="waiting= goes with a funnel; a table of transitions does not tell slow from lost",
            ru="waiting= бывает у воронки; таблица переходов не отличает медленных от потерянных",
        )
    still = (
        table.groupby(table["step"].astype(str))["waiting"].sum().reindex(losses["source"]).fillna(0).to_numpy(float)
    )
    still = np.minimum(still, losses["lost"].to_numpy(dtype=float))
    share = float(still.sum() / max(float(losses["n"].iloc[0]), 1.0))
    said.append(
        say(
            en=f"{int(still.sum())} people ({number(share, 0, percent=True)} of those who began) are still within the "
            "usual time of a step and count neither as lost nor as gone on",
            ru=f"{int(still.sum())} чел. ({number(share, 0, percent=True)} от начавших) ещё не вышли за обычное время "
            "шага; они не считаются ни потерянными, ни прошедшими",
        )
    )
    out = losses.assign(n=losses["n"] - still, lost=losses["lost"] - still, waiting=still)
    return out[out["n"] > 0]


def _of_curve(curve: CurveData, persona: str, source: str | None) -> WeakestLink:
    if source is None and len(curve.sources) > 1:
        source = "survey" if "survey" in curve.sources else curve.sources[0]
    source = source or curve.sources[0]
    if not persona and "" not in curve.personas:
        if len(curve.personas) > 1:
            raise CjmError(
                en=f"this curve has several personas; say persona= one of {', '.join(curve.personas)}",
                ru=f"в кривой несколько персон; скажите persona= — одна из {', '.join(curve.personas)}",
            )
        persona = curve.personas[0]
    curve._row(curve.stages[0], persona, source, curve.table.get("touchpoint", pd.Series([""])).iloc[0])  # checks names
    part = curve.table[(curve.table["persona"] == persona) & (curve.table["source"] == source)].reset_index(drop=True)
    shown = np.flatnonzero(part["shown"].to_numpy())
    if not len(shown):
        raise CjmError(
            en="no stage of this curve has enough people; there is no weakest link to name",
            ru="ни на одном этапе кривой не хватает людей; слабое место назвать нельзя",
        )
    drawn = curve.resampled[persona, source][:, shown]
    part = part.loc[shown]
    name = part["touchpoint"] if "touchpoint" in part else part["title"]
    out = pd.DataFrame(
        {
            "link": (part["touchpoint"] if "touchpoint" in part else part["stage"]).to_numpy(),
            "title": name.to_numpy(),
            "kind": "emotion",
            "value": part["mean"].to_numpy(),
            "low": part["low"].to_numpy(),
            "high": part["high"].to_numpy(),
            "n": part["n"].to_numpy(),
            "lost": np.nan,
            "waiting": 0,
            "probability": np.bincount(drawn.argmin(axis=1), minlength=len(shown)) / len(drawn),
        }
    )
    out = out.sort_values("value", kind="stable", ignore_index=True)
    return carried(WeakestLink(table=out, kind="emotion", level=curve.level), unpacked(part["cautions"]))


def _losses(table: pd.DataFrame) -> pd.DataFrame:
    """Loss from each step to the next, as counts."""
    if "step" not in table or "users" not in table:
        raise CjmError(
            en=f"a funnel's table has the columns step and users; this one has {', '.join(map(str, table.columns))}",
            ru=f"в таблице воронки есть столбцы step и users; здесь {', '.join(map(str, table.columns))}",
        )
    for column in ("segment", "persona", "channel", "group"):
        if column in table and table[column].nunique() > 1:
            raise CjmError(
                en=f"this funnel has several values of {column!r}; choose one and pass its rows",
                ru=f"в воронке несколько значений {column!r}; выберите одно и передайте его строки",
            )
    steps = [str(s) for s in table["step"]]
    users = table["users"].to_numpy(dtype=float)
    if (users[1:] > users[:-1] + 1e-9).any():
        at = int(np.flatnonzero(users[1:] > users[:-1])[0])
        raise CjmError(
            en=f"step {steps[at + 1]!r} has more users than {steps[at]!r} before it; a closed funnel cannot grow, "
            "pass the counts of people who reached every earlier step",
            ru=f"на шаге {steps[at + 1]!r} людей больше, чем перед ним на {steps[at]!r}; закрытая воронка не растёт: "
            f"передайте число людей, прошедших все прежние шаги",
        )
    return pd.DataFrame(
        {
            "link": [f"{a} → {b}" for a, b in pairwise(steps)],
            "source": steps[:-1],
            "target": steps[1:],
            "n": users[:-1],
            "lost": users[:-1] - users[1:],
        }
    ).query("n > 0")


def _leaving(table: pd.DataFrame, exits: Any, success: str | Iterable[str]) -> pd.DataFrame:
    """People who end at a state, of those who were there."""
    count = "users" if "users" in table else "count"
    if count not in table:
        known = ", ".join(map(str, table.columns))
        raise CjmError(
            en=f"a table of transitions has the column users or count; it has {known}",
            ru=f"в таблице переходов есть столбец users или count; здесь {known}",
        )
    grouped = table.groupby("source")
    total = grouped["n"].max() if "n" in table else grouped[count].sum()
    if isinstance(exits, pd.DataFrame) and len(exits):
        lost = pd.Series(exits["users"].to_numpy(), index=exits.iloc[:, 0].astype(str))
        # Where everybody ends nobody goes on, and the table of moves does not know the state.
        total = total.reindex(lost.index).fillna(lost)
    else:
        out = table[table["target"].astype(str).isin(["exit", "", "leave", "(exit)", "end", "nan", "None"])]
        if out.empty:
            raise CjmError(
                en="no transition leads to 'exit' (or an empty target), so nothing tells who was lost where",
                ru="ни один переход не ведёт в 'exit' (или в пустую цель), поэтому неизвестно, кто где потерян",
            )
        lost = out.groupby("source")[count].sum()
    fine = {success} if isinstance(success, str) else set(success)
    for name in fine:
        if name not in set(table["source"]) | set(table["target"]):
            raise CjmError(suggest(name, sorted({*table["source"], *table["target"]}), what="state in success="))
    lost = lost[[i not in fine for i in lost.index]]
    n = np.maximum(total.reindex(lost.index).to_numpy(dtype=float), lost.to_numpy(dtype=float))
    return pd.DataFrame({"link": lost.index.astype(str), "n": n, "lost": lost.to_numpy(dtype=float)})


def step_losses(funnel: Any, order: list[str], stage_of: Mapping[str, str] | None, *, said: list[str]) -> pd.DataFrame:
    """Greatest loss of each stage: people at one of its steps who do not make the next one."""
    table = funnel if isinstance(funnel, pd.DataFrame) else getattr(funnel, "table", None)
    if not isinstance(table, pd.DataFrame):
        raise CjmError(
            en=f"funnel has a table with columns step and users; {type(funnel).__name__} came",
            ru=f"воронка — это таблица со столбцами step и users; пришло {type(funnel).__name__}",
        )
    losses = _losses(table)
    known_stage = dict(stage_of or {})
    if "stage" in table:
        known_stage = dict(zip(table["step"].astype(str), table["stage"].astype(str), strict=True)) | known_stage
    losses["stage"] = [known_stage.get(s, s if s in order else "") for s in losses["source"]]
    lost_steps = losses.loc[losses["stage"] == "", "source"].tolist()
    if lost_steps:
        some, more = ", ".join(lost_steps[:3]), len(lost_steps)
        said.append(
            say(
                en=f"the stage of {more} funnel steps is unknown ({some}); pass stage_of=",
                ru=f"неизвестен этап шагов воронки: {some} (всего {more}); передайте stage_of=",
            )
        )
    losses["loss"], losses["low"], losses["high"] = wilson(losses["lost"], losses["n"])
    known = losses[losses["stage"] != ""].sort_values("loss", ascending=False, kind="stable")
    return known.drop_duplicates("stage").reset_index(drop=True)
