"""Columns that platforms add by themselves, a table a platform: how to know the export, and what each column is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cjmkit.survey._decode import norm

__all__ = ["System", "system_of"]


@dataclass(frozen=True)
class System:
    """The columns of a platform.

    Parameters
    ----------
    name : str
        The platform.
    known_by : tuple of str
        Patterns of headers; as many of them as `enough` says make the export one of this platform's.
    columns : tuple of (pattern, kind)
        What its own columns are: id, date, meta, duration.
    chosen : str
        The code of a chosen option, where options are 1 and 2 and not 0 and 1.
    missing : tuple of int
        Codes that the platform itself writes for no answer.
    separator : str
        What stands between the options of a multi-select in one column, where the platform has a habit of its own.
    """

    name: str
    known_by: tuple[str, ...]
    enough: int
    columns: tuple[tuple[str, str], ...]
    separator: str = ""
    chosen: str = ""
    missing: tuple[int, ...] = ()

    def kind(self, header: str) -> str:
        """What one of its own columns is; empty for a question.

        Examples
        --------
        >>> SYSTEMS[0].kind("_uuid"), SYSTEMS[0].kind("visit/why")
        ('meta', '')
        """
        return next((kind for pattern, kind in self.columns if re.fullmatch(pattern, header)), "")


SYSTEMS = (
    System(
        "kobo",
        ("_uuid", "_submission_time", "__version__", "_submitted_by", "_id", "meta/instanceid", "formhub/uuid"),
        2,
        (("_id", "id"), ("start|end|today|_submission_time", "date"), ("_.*|meta/.*|formhub/.*|deviceid", "meta")),
        separator=" ",
    ),
    System(
        "redcap",
        ("record_id", "redcap_.*", ".*_complete", ".*___\\d+"),
        2,
        (("record_id", "id"), (".*_timestamp", "date"), ("redcap_.*|.*_complete|complete\\?", "meta")),
    ),
    System(
        "ms-forms",
        (
            "start time", "completion time", "last modified time", "время начала", "время выполнения",
            "время завершения", "время последнего изменения",
        ),
        2,
        (
            ("id|ид|идентификатор", "id"),
            ("start time|completion time|last modified time|grade posted time", "date"),
            ("время (начала|выполнения|завершения|последнего изменения|публикации оценки)", "date"),
            ("e-?mail|name|электронная почта|адрес электронной почты|имя|language|язык", "meta"),
            ("total points|quiz feedback|всего баллов|итоговый балл|отзыв о тесте", "meta"),
            (r"(points|feedback|баллы|отзыв|балл) ?- .*", "meta"),
        ),
        separator=";",
    ),
    System(
        "tally",
        ("submission id", "respondent id", "submitted at"),
        3,
        (("respondent id", "id"), ("submission id", "meta"), ("submitted at", "date")),
    ),
    System(
        "jotform",
        ("submission date", "submission id", "submission ip"),
        2,
        (("submission id", "id"), ("submission date", "date"), ("submission ip|last update date|flow id", "meta")),
    ),
    System(
        "sosci",
        ("case", "questnnr", "started", "serial", "mode", "lastdata", "finished"),
        4,
        (
            ("case", "id"), ("started|lastdata", "date"), ("time_sum|time\\d+", "duration"),
            ("serial|ref|questnnr|mode|status|finished|q_viewer|lastpage|maxpage|missing|missrel|time_rsi", "meta"),
        ),
        chosen="2",
        missing=(-1, -2, -8, -9, -10),
    ),
    System(
        "1ka",
        ("recnum", "lurker", "relevance", "testdata", "t_insert", "t_edit", "itime", "unixtime"),
        2,
        (
            ("recnum", "id"), ("t_insert|t_edit|itime|unixtime", "date"),
            ("code|status|lurker|relevance|testdata|ip|language|javascript|browser|device|invitation", "meta"),
        ),
        missing=(-1, -2, -3, -4, -5, -96, -97, -98, -99),
    ),
    System(
        "zoho-survey",
        ("response id", "collector name", "start time", "completion time", "ip address", "respondent email"),
        4,
        (
            ("response id", "id"), ("start time|completion time", "date"),
            ("collector name|ip address|respondent email|response status|country|region|custom variables?.*", "meta"),
        ),
    ),
    System(
        "surveysparrow",
        ("submission id", "submitted time", "started time"),
        2,
        (("submission id", "id"), ("(submitted|started) time", "date"), ("ip|device|browser|os|location|url", "meta")),
    ),
)  # fmt: skip


def system_of(headers: Sequence[str]) -> System | None:
    """Which platform's own columns stand among the headers.

    Examples
    --------
    >>> system_of(["start", "end", "why", "_uuid", "__version__"]).name
    'kobo'
    >>> system_of(["id", "why"]) is None
    True
    """
    seen = {norm(h) for h in headers if h}
    for system in SYSTEMS:
        if sum(any(re.fullmatch(p, h) for h in seen) for p in system.known_by) >= system.enough:
            return system
    return None
