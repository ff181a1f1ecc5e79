"""What the columns of an export are, by their headings: of reviews, tickets, chats, mentions; English and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["KINDS", "ROLES", "kind_of", "norm", "roles_of"]

KINDS = ("reviews", "tickets", "chats", "letters", "mentions")
"""Kinds of what people write of their own accord."""

# Headings after `norm`; the order of roles decides where a heading could be two.
ROLES: dict[str, frozenset[str]] = {
    role: frozenset(h.strip() for h in headings.split("|"))
    for role, headings in {
        "text": "review|review text|review content|review body|text|body|content|full text|mention text|snippet|"
        "message|post|post text|comment|comments|description|description text|feedback|отзыв|текст отзыва|текст|"
        "сообщение|текст сообщения|комментарий|описание|содержание|обращение|текст обращения|пост|упоминание",
        "title": "title|review title|subject|summary|headline|заголовок|тема|тема обращения|заголовок отзыва",
        "pros": "pros|advantages|достоинства|плюсы|преимущества|what do you like best|понравилось",
        "cons": "cons|disadvantages|недостатки|минусы|what do you dislike|не понравилось",
        "mark": "rating|star rating|stars|review stars|review rating|score|mark|grade|star|satisfaction score|"
        "satisfaction rating|satisfaction|csat|customer satisfaction|survey results|conversation rating|"
        "last teammate rating|оценка|рейтинг|звезды|количество звезд|балл|баллы|оценка отзыва|оценка клиента|"
        "удовлетворенность|im rating|starrating",
        "reply": "reply|developer reply|developer reply text|developer response|response|reply text|owner response|"
        "company reply|company reply text|business reply|replycontent|reply content|response from the owner|ответ|"
        "ответ компании|ответ организации|официальный ответ|ответ разработчика|ответ банка|ответ на отзыв|"
        "ответ продавца|ответ владельца|ответ представителя|review reply",
        "reply date": "reply date|developer reply date and time|replied at|repliedat|response date|дата ответа",
        "person": "user id|author id|reviewer id|customer id|requester id|contact id|consumer id|participant|"
        "person|user|client id|profile id|id клиента|клиент|id пользователя|id автора|email|requester email|"
        "review consumer user id|reporter id",
        "author": "author|author name|user name|username|reviewer|reviewer name|nickname|name|full name|requester|"
        "reporter|customer|customer name|review consumer user name|consumer name|contact|автор|имя|имя автора|ник|"
        "пользователь|имя пользователя|заявитель|инициатор|отправитель|от кого|profile name|display name",
        "id": "id|review id|reviewid|ticket id|ticket|issue key|issue id|conversation id|chat id|dialog id|"
        "dialogue id|thread id|номер|id отзыва|номер обращения|номер заявки|id обращения|id диалога|id чата|№|"
        "номер тикета|case number|ключ задачи",
        "date": "date|created|created at|created time|review date|review created|review created utc|"
        "review submit date and time|submitted at|published|published at|time|timestamp|posted|posted at|at|sent at|"
        "review last update date and time|дата|дата отзыва|дата создания|создано|создан|дата публикации|время|"
        "дата и время|опубликовано|createtime|date posted|updated|дата обращения",
        "product": "product|product name|app|app name|package name|item|goods|model|version|app version|"
        "app version name|reviewcreatedversion|im version|brand|товар|продукт|услуга|модель|версия|"
        "версия приложения|приложение|бренд|банк|request type|custom field request type|тип обращения|категория|"
        "category|type|ticket type|issue type",
        "place": "place|location|store|branch|city|country|territory|address|region|storefront|branch name|shop|"
        "место|город|адрес|филиал|страна|регион|магазин|отделение|точка",
        "channel": "source|channel|via|platform|site|network|social network|media|domain|источник|канал|площадка|"
        "платформа|сайт|соцсеть|место публикации|способ обращения",
        "url": "url|link|review link|permalink|review url|mention url|ссылка|ссылка на отзыв|адрес страницы",
        "tags": "tags|tag|labels|label|conversation tags|topics|themes|теги|тег|метки|метка|тематика|темы",
        "status": "status|state|статус|состояние",
        "sender": "sender|sender type|author type|from|role|who|direction|отправитель сообщения|кто|роль|тип автора|"
        "направление",
        "sentiment": "sentiment|tone|tonality|тональность|настроение",
        "reach": "reach|audience|engagement|likes|potential reach|охват|аудитория|вовлеченность|лайки|просмотры",
        "first answer": "first reply time|first reply time in minutes|first response time|first response time in hrs|"
        "initial response time|time to first response|custom field time to first response|first answer|"
        "first response at|время первого ответа|первый ответ|время до первого ответа|first response time in minutes|"
        "first reply at|first response time seconds",
        "solved": "full resolution time|full resolution time in minutes|resolution time|resolution time in hrs|"
        "resolved|resolved time|solved at|resolved at|resolutiondate|closed time|time to resolution|closed at|"
        "custom field time to resolution|время решения|решено|дата решения|закрыто|дата закрытия|время до решения",
    }.items()
}
"""Headings by role."""

_ENOUGH: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    (
        "tickets",
        (
            frozenset({"title", "status", "id"}),
            frozenset({"title", "id", "first answer"}),
            frozenset({"title", "id", "solved"}),
            frozenset({"text", "id", "status", "date"}),
        ),
    ),
    ("chats", (frozenset({"text", "id", "sender"}),)),
    ("mentions", (frozenset({"text", "channel", "sentiment"}), frozenset({"text", "url", "reach"}))),
    (
        "reviews",
        (
            *(
                frozenset({body, "mark", more})
                for body in ("text", "pros")
                for more in ("date", "author", "title", "reply", "url", "product", "place", "channel", "cons")
            ),
            frozenset({"text", "reply", "date"}),
            frozenset({"text", "reply", "author"}),
        ),
    ),
    ("mentions", (frozenset({"text", "author", "url"}), frozenset({"text", "date", "url"}))),
)


def norm(heading: str) -> str:
    """A heading without case, brackets and underscores.

    Examples
    --------
    >>> norm("First response time (in hrs)"), norm("Дата_создания:")
    ('first response time in hrs', 'дата создания')
    """
    return re.sub(r"[^\w№]+", " ", heading.casefold().replace("ё", "е").replace("_", " ")).strip()


def roles_of(header: Sequence[str]) -> dict[str, list[int]]:
    """Which columns play which role: a role may have several columns (comments, labels).

    Examples
    --------
    >>> roles_of(["Issue key", "Summary", "Comment", "Comment"])
    {'id': [0], 'title': [1], 'text': [2, 3]}
    """
    out: dict[str, list[int]] = {}
    for k, heading in enumerate(header):
        folded = norm(heading)
        role = next((r for r, names in ROLES.items() if folded in names), None)
        if role:
            out.setdefault(role, []).append(k)
    return out


def kind_of(header: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """What an export holds, by its headings, and the headings that say so; an empty kind where none does.

    Parameters
    ----------
    header : iterable of str
        The headings.

    Returns
    -------
    (str, tuple of str)
        One of reviews, tickets, chats, mentions, or ``""``; and the headings.

    Examples
    --------
    >>> kind_of(["Review Title", "Review Text", "Star Rating", "Developer Reply Text"])
    ('reviews', ('Review Text', 'Review Title', 'Star Rating'))
    >>> kind_of(["id", "How was it?", "Rating", "Comment"])[0]
    ''
    """
    heads = [str(h) for h in header]
    # A questionnaire asks; its columns of marks and comments belong to its questions.
    if any(h.rstrip(" *:»\"'").endswith("?") for h in heads):
        return "", ()
    found = roles_of(heads)
    if len(found.get("mark", ())) > 1 and not {"reply", "solved", "first answer"} & set(found):
        return "", ()
    if sum(map(len, found.values())) < 0.4 * len(heads) and len(found) < 5:
        return "", ()
    for kind, sets in _ENOUGH:
        need = next((s for s in sets if s <= set(found)), None)
        if need:
            order = sorted(need, key=list(ROLES).index)
            return kind, tuple(heads[found[r][0]] for r in order)
    return "", ()
