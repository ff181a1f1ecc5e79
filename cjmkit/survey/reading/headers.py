"""Headers of the columns that platforms add by themselves, and what each of them is."""

from __future__ import annotations

import re

from cjmkit.survey._decode import norm

__all__ = [
    "GENERIC",
    "GIZMO",
    "LIME",
    "LIME_CORE",
    "MONKEY",
    "MONKEY_SECOND",
    "QUALTRICS",
    "QUALTRICS_CORE",
    "RUSSIAN",
    "TIMESTAMPS",
    "TYPEFORM",
    "YANDEX",
    "names_things",
]

QUALTRICS = {
    "startdate": "date", "enddate": "date", "recordeddate": "date", "status": "meta", "ipaddress": "meta",
    "progress": "meta",
    "duration (in seconds)": "duration", "finished": "meta", "responseid": "id", "responseset": "meta",
    "recipientlastname": "meta", "recipientfirstname": "meta", "recipientemail": "meta", "externalreference": "meta",
    "externaldatareference": "meta", "locationlatitude": "meta", "locationlongitude": "meta",
    "locationaccuracy": "meta",
    "distributionchannel": "meta", "userlanguage": "meta", "q_recaptchascore": "meta", "q_relevantidduplicate": "meta",
    "emailaddress": "meta", "name": "meta", "sc0": "meta",
}  # fmt: skip
QUALTRICS_CORE = {
    "startdate", "enddate", "recordeddate", "status", "ipaddress", "progress", "finished", "responseid", "responseset",
    "distributionchannel", "userlanguage", "externalreference", "externaldatareference",
}  # fmt: skip
LIME = {
    "id": "id", "submitdate": "date", "lastpage": "meta", "startlanguage": "meta", "seed": "meta", "startdate": "date",
    "datestamp": "date", "ipaddr": "meta", "refurl": "meta", "token": "meta", "interviewtime": "duration",
    "response id": "id", "date submitted": "date", "last page": "meta", "start language": "meta",
    "date started": "date",
    "date last action": "date", "ip address": "meta", "referrer url": "meta", "total time": "duration",
    "id ответа": "id", "номер ответа": "id", "дата отправки": "date", "последняя страница": "meta",
    "начальный язык": "meta",
    "язык начала": "meta", "дата начала": "date", "дата последнего действия": "date", "ip-адрес": "meta",
    "общее время": "duration",
}  # fmt: skip
LIME_CORE = {
    "submitdate", "lastpage", "startlanguage", "date submitted", "last page", "start language", "дата отправки",
    "последняя страница", "начальный язык", "язык начала", "seed",
}  # fmt: skip
MONKEY = {
    "respondentid": "id", "respondent id": "id", "collectorid": "meta", "collector id": "meta", "collector": "meta",
    "start date": "date", "end date": "date", "startdate": "date", "enddate": "date", "date created": "date",
    "date modified": "date", "ip address": "meta", "email address": "meta", "first name": "meta", "last name": "meta",
    "last name ": "meta", "custom data": "meta", "custom data 1": "meta", "custom value": "meta", "custom": "meta",
}  # fmt: skip
MONKEY_SECOND = {
    "response", "open-ended response", "ответ", "развернутый ответ", "antwort", "réponse", "respuesta", "resposta",
    "risposta",
    "reponse", "comment", "comments",
}  # fmt: skip
TIMESTAMPS = {
    "timestamp", "отметка времени", "marca temporal", "zeitstempel", "horodateur", "carimbo de data/hora",
    "tijdstempel",
    "informazioni cronologiche", "позначка часу", "sygnatura czasowa", "zaman damgası", "タイムスタンプ", "时间戳记",
}  # fmt: skip
TYPEFORM = {
    "#": "id", "start date (utc)": "date", "submit date (utc)": "date", "stage date (utc)": "date",
    "network id": "meta",
    "response type": "meta", "tags": "meta", "ending": "meta", "score": "number",
}  # fmt: skip
GIZMO = {
    "response id": "id", "responseid": "id", "time started": "date", "date submitted": "date", "status": "meta",
    "contact id": "meta", "legacy comments": "meta", "comments": "meta", "language": "meta", "referer": "meta",
    "sessionid": "meta", "session id": "meta", "user agent": "meta", "tags": "meta", "ip address": "meta",
    "longitude": "meta", "latitude": "meta", "country": "meta", "city": "meta", "state/region": "meta",
    "postal": "meta",
}  # fmt: skip
YANDEX = {
    "id": "id", "id ответа": "id", "время создания": "date", "дата создания": "date", "created": "date",
    "creation time": "date",
    "время": "date", "ip": "meta", "uid": "meta", "яндекс id": "meta",
}  # fmt: skip
RUSSIAN: list[tuple[re.Pattern[str], str]] = [
    (
        re.compile(
            r"^(№|#|номер|id|ид|код)\s*(анкеты|ответа|респондента|участника|п/п|интервью)$|^(id|№|№ п/п)$|^респондент$"
        ),
        "id",
    ),
    (
        re.compile(
            r"^(дата|время)\s+(и время\s+)?(начала|окончания|завершения|заполнения|ответа|создания|прохождения|"
            r"отправки)"
        ),
        "date",
    ),
    (re.compile(r"^(длительность|продолжительность|время (заполнения|прохождения)|общее время)"), "duration"),
    (
        re.compile(
            r"^(статус|источник|канал|коллектор|ip|ip-адрес|ссылка|браузер|устройство|регион по ip|страна по ip)"
        ),
        "meta",
    ),
]
GENERIC: list[tuple[re.Pattern[str], str]] = [
    (
        re.compile(
            r"^(respondent|response|participant|resp|user|person|case|interview|customer|client|submission)[ "
            r"_-]?(id|no|num|number|uuid|code)?$|"
            r"^(uuid|guid|caseid|record_?id|респондент|участник|id[ _-]?респондента|id[ _-]?участника)$"
        ),
        "id",
    ),
    (
        re.compile(
            r"^(weight|wt|wgt|weights|weight_?\d*|вес|весовой коэффициент|w_?final|pweight|psweight|design_?weight)$"
        ),
        "weight",
    ),
    (
        re.compile(
            r"^(start|end|submit|submitted|completed|created|modified|recorded)[ _-]?(date|time|at|on)?(\s*\(utc\))?$|"
            r"^(date|дата|timestamp|отметка времени)$"
        ),
        "date",
    ),
    (re.compile(r"^(duration|time spent|time to complete|interviewtime|total ?time)\b.*$"), "duration"),
    (
        re.compile(
            r"^(ip[ _-]?(addr(ess)?)?|latitude|longitude|user[ _-]?agent|referr?er|collector|language|locale|"
            r"e-?mail( address)?|phone( number)?|full name|(first|last|your) name|"
            r"адрес электронной почты|электронная почта|почта|имя пользователя|телефон|ф\.?и\.?о\.?|имя|фамилия)$"
        ),
        "meta",
    ),
]
_NAMING = re.compile(
    r"(?:^|[_\s-])(?:code|gate|flight|zip|zipcode|zip code|postcode|postal|strata|stratum|cluster|psu|route|sku|"
    r"индекс|код|рейс|номер заказа)$|(?:^|[_\s-])(?:zip|postcode)(?:[_\s-]|$)"
)


def names_things(header: str) -> str:
    """Say "id" or "code" where a header says that its numbers are names: ``RUNID``, ``DEST_CODE``; else nothing.

    Examples
    --------
    >>> names_things("RUNID"), names_things("dest_code"), names_things("Gate"), names_things("paid")
    ('id', 'code', 'code', '')
    """
    bare = header.strip()
    if re.search(r"(?:^|[A-Z_\s-])ID$|[a-z]Id$|[_\s-](?:id|uuid)$", bare):
        return "id"
    return "code" if _NAMING.search(norm(bare)) else ""
