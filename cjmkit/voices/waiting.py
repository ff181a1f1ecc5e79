"""How long people waited for a first answer and for a solution, and how many within what was promised."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough, one_of
from cjmkit.i18n import number, people, say
from cjmkit.stats import median_interval, wilson
from cjmkit.voices.data import VoicesData

__all__ = ["Waits", "promised_hours", "waits"]

_UNITS = (
    (r"min|мин", 1 / 60), (r"h\b|hr|hour|ч\b|час", 1.0), (r"(?:business |working )?d(?:ay)?s?\b|дн|день|сут", 24.0),
    (r"w(?:eek)?s?\b|недел", 168.0),
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Waits(Result):
    """Hours that people waited.

    Attributes
    ----------
    table : pandas.DataFrame
        Rows ``first_answer`` and ``solved``: median (hours, over people), low, high, quarter and most (the hours
        within which a quarter and 90 % of people were served), n.
    people : pandas.DataFrame
        A row a person: first_answer and solved, the mean of their tickets, in hours.
    """

    table: pd.DataFrame
    people: pd.DataFrame
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("wait",)
    _figure = Figure(value="median", method="order statistics")
    _names = {
        "wait": ("wait", "ожидание"), "median": ("median, h", "медиана, ч"), "quarter": ("25 %", "25 %"),
        "most": ("90 %", "90 %"),
    }  # fmt: skip
    _shown = ("wait", "median", "quarter", "most", "n")

    def summary(self, lang: str | None = None) -> str:
        """The median wait for an answer and for a solution."""
        words = {
            "first_answer": ("first answer", "первый ответ"), "solved": ("solution", "решение"),
        }  # fmt: skip
        parts = []
        for row in self.table[self.table["n"] > 0].to_dict("records"):
            en, ru = words[row["wait"]]
            value, who = number(row["median"], 1, lang=lang), people(int(row["n"]), lang)
            parts.append(say(en=f"{en} after {value} h ({who})", ru=f"{ru} через {value} ч ({who})", lang=lang))
        return say(en="Median: ", ru="Медиана: ", lang=lang) + "; ".join(parts) + "."

    def within(self, promise: str | float, wait: str = "first_answer") -> Estimate:
        """The share of people served within a promise, to hold a touchpoint's service level against.

        Parameters
        ----------
        promise : str or float
            Hours, or words such as ``"answer within 2 h"``, ``"30 min"``, ``"1 день"``.
        wait : {"first_answer", "solved"}
            Which wait.

        Raises
        ------
        CjmError
            If the words hold no length of time.
        """
        limit = promised_hours(promise) if isinstance(promise, str) else float(promise)
        if limit is None:
            raise CjmError(
                say(
                    en=f"{promise!r} names no length of time; for example: 2 h, 30 min, 1 day",
                    ru=f"в {promise!r} нет срока; например: 2 ч, 30 мин, 1 день",
                )
            )
        waited = self.people[one_of(wait, ("first_answer", "solved"), what="wait")].dropna()
        share = wilson(int((waited <= limit + 1e-9).sum()), len(waited), level=self.level)
        if not len(waited):
            return Estimate(value=None, n=0, percent=True)
        return Estimate(
            value=float(share.value), low=float(share.low), high=float(share.high), n=len(waited), percent=True,
            level=self.level, method="Wilson",
        )  # fmt: skip


def promised_hours(text: str) -> float | None:
    """The length of time that a promise names, in hours.

    Examples
    --------
    >>> promised_hours("answer within 2 h"), promised_hours("ответ за 30 минут"), promised_hours("friendly")
    (2.0, 0.5, None)
    """
    for found in re.finditer(r"(\d+(?:[.,]\d+)?)\s*([a-zа-яё]+(?: days?)?)", text.casefold()):
        for unit, size in _UNITS:
            if re.match(unit, found[2]):
                return float(found[1].replace(",", ".")) * size
    return None


def waits(voices: VoicesData, /, *, level: float = 0.95) -> Waits:
    r"""How long people waited for the first answer and for the solution.

    Parameters
    ----------
    level : float
        Confidence level.

    Returns
    -------
    Waits

    Raises
    ------
    NotEnough
        If no text was answered, or the times are missing.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
    >>> head = "Ticket ID,Subject,Status,Requester,First reply time in minutes\n"
    >>> _ = file.write_text(head + "".join(f"{k},Late,open,person_{k},{30 * k}\n" for k in range(1, 9)))
    >>> found = cj.voices.read(file).waits()
    >>> found.table.loc[0, "median"], found.within("2 h").value
    (np.float64(2.25), 0.5)
    """
    each = voices.table.groupby("participant")[["first_answer", "solved"]].mean()
    each = each.dropna(how="all")
    if not len(each) and voices.table["kind"].isin(["review", "mention"]).all():
        raise NotEnough(
            say(en="nobody waited: there are reviews and mentions only", ru="никто не ждал: есть только отзывы"),
            why=say(en="a review waits for no answer", ru="отзыв не ждёт ответа"),
            action=say(
                en="add support tickets or chats, if there are any", ru="добавьте обращения или чаты, если есть"
            ),
        )
    if not len(each):
        raise NotEnough(
            say(en="no times of answers", ru="нет времени ответов"),
            why=say(en="a wait is the time between two moments", ru="ожидание — время между двумя моментами"),
            action=say(
                en="export the tickets with the times of the first reply and of the solution",
                ru="выгрузите обращения со временем первого ответа и решения",
            ),
        )
    rows = []
    for wait in ("first_answer", "solved"):
        x = each[wait].dropna()
        middle = median_interval(x, level=level)
        quarter, most = (float(x.quantile(q)) if len(x) else float("nan") for q in (0.25, 0.9))
        rows.append((wait, middle.value, middle.low, middle.high, quarter, most, len(x)))
    columns = ["wait", "median", "low", "high", "quarter", "most", "n"]
    return Waits(table=pd.DataFrame(rows, columns=columns), people=each, level=level)
