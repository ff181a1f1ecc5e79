"""Small line drawings for channels and marks: our own paths on a 16 × 16 grid, drawn with the current colour."""

# ruff: noqa: E501 (a drawing is one line)

from __future__ import annotations

import re

from markupsafe import Markup

__all__ = ["ICONS", "MARKER_PATHS", "channel_icon", "icon", "mark", "marker", "sprite"]

ICONS: dict[str, str] = {
    "web": "<circle cx='8' cy='8' r='6'/><path d='M2 8h12M8 2c2 1.8 2.8 3.8 2.8 6S10 12.2 8 14C6 12.2 5.2 10.2 5.2 8S6 3.8 8 2z'/>",
    "app": "<rect x='4.5' y='1.8' width='7' height='12.4' rx='1.5'/><path d='M7 12.2h2'/>",
    "phone": "<path d='M3.2 2.5h2.6l1.2 3-1.6 1.2a8.5 8.5 0 0 0 3.9 3.9l1.2-1.6 3 1.2v2.6c0 .6-.5 1-1.1 1C7 13.5 2.5 9 2.2 3.6c0-.6.4-1.1 1-1.1z'/>",
    "chat": "<path d='M2.5 3.5h11v7.5H7.2L4.2 13.5V11H2.5z'/><path d='M5.2 6.3h5.6M5.2 8.4h3.6'/>",
    "email": "<rect x='2' y='3.5' width='12' height='9' rx='1'/><path d='M2.3 4.2 8 8.8l5.7-4.6'/>",
    "office": "<path d='M3 14V3.2L9.5 2v12M9.5 5.5H13V14M2 14h12M5.2 5.6h2M5.2 8.2h2M5.2 10.8h2'/>",
    "people": "<circle cx='5.7' cy='5.3' r='2.2'/><circle cx='11' cy='6' r='1.7'/><path d='M1.8 13c.2-2.6 1.7-4 3.9-4s3.7 1.4 3.9 4M10.8 9.5c1.9 0 3.2 1.2 3.4 3.5'/>",
    "ads": "<path d='M2.5 6.2v3.4h2l6.5 3.2V3L4.5 6.2zM13 6.2v3.4M5 9.8l.8 3.7h1.6l-.7-2.9'/>",
    "search": "<circle cx='7' cy='7' r='4.5'/><path d='m10.4 10.4 3.6 3.6'/>",
    "social": "<circle cx='4' cy='8' r='1.9'/><circle cx='11.8' cy='4' r='1.9'/><circle cx='11.8' cy='12' r='1.9'/><path d='m5.7 7.1 4.4-2.2M5.7 8.9l4.4 2.2'/>",
    "review": "<path d='M2.5 2.8h11v8H8.2l-3 2.7v-2.7H2.5z'/><path d='m8 4.4.8 1.5 1.7.2-1.3 1.2.3 1.7L8 8.2 6.5 9l.3-1.7-1.3-1.2 1.7-.2z'/>",
    "video": "<rect x='2' y='3.5' width='12' height='9' rx='1.5'/><path d='M6.7 6v4L10 8z'/>",
    "event": "<rect x='2.5' y='3.2' width='11' height='10.3' rx='1'/><path d='M2.5 6.5h11M5.3 1.8v2.6M10.7 1.8v2.6'/>",
    "document": "<path d='M4 2h5.5L12.5 5v9H4zM9.3 2v3.2h3.2M6 8h4.5M6 10.5h4.5'/>",
    "parcel": "<path d='M8 1.9 13.5 4.6v6.8L8 14.1l-5.5-2.7V4.6zM2.7 4.7 8 7.4l5.3-2.7M8 7.4V14M5.2 3.3l5.4 2.7'/>",
    "card": "<rect x='2' y='3.5' width='12' height='9' rx='1.2'/><path d='M2 6.5h12M4.2 10h3'/>",
    "press": "<path d='M2.5 3h9.2v9.2c0 .7.5 1.3 1.2 1.3H3.7c-.7 0-1.2-.6-1.2-1.3zM11.7 6h1.9v6.3M4.7 5.7h4.8M4.7 8h4.8M4.7 10.3h3'/>",
    "outdoor": "<path d='M2 2.5h12v7H2zM5 9.5V14M11 9.5V14M4.5 5h7M4.5 7h4'/>",
    "place": "<path d='M8 14.2c3-3.4 4.5-5.7 4.5-7.9a4.5 4.5 0 0 0-9 0c0 2.2 1.5 4.5 4.5 7.9z'/><circle cx='8' cy='6.3' r='1.6'/>",
    "other": "<circle cx='8' cy='8' r='5.5'/><circle cx='8' cy='8' r='1.4'/>",
    "star": "<path d='m8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6z' fill='currentColor'/>",
    "person": "<circle cx='8' cy='5' r='2.7'/><path d='M2.8 14c.3-3.2 2.2-4.9 5.2-4.9s4.9 1.7 5.2 4.9'/>",
    "quote": "<path d='M3 11.5c2 0 3-1.2 3-3.3V4.5H2.8v3.7H5M9.8 11.5c2 0 3-1.2 3-3.3V4.5H9.6v3.7h2.2'/>",
    "do": "<path d='M2 8h10.5M8.6 4l4 4-4 4'/>",
    "sun": "<circle cx='8' cy='8' r='3'/><path d='M8 1.5v1.7M8 12.8v1.7M1.5 8h1.7M12.8 8h1.7M3.4 3.4l1.2 1.2M11.4 11.4l1.2 1.2M12.6 3.4l-1.2 1.2M4.6 11.4l-1.2 1.2'/>",
    "print": "<path d='M4.5 6V2h7v4M4.5 11.5H2.2V6h11.6v5.5h-2.3M4.5 9.5h7V14h-7z'/>",
    "close": "<path d='m3.5 3.5 9 9M12.5 3.5l-9 9'/>",
    "skip": "<path d='M2 11c1-5 8.5-6.5 11-2M13.4 5.6 13.2 9.2l-3.5-.4'/>",
    "back": "<path d='M14 11C13 6 5.5 4.5 3 9M2.6 5.6l.2 3.6 3.5-.4'/>",
    "repeat": "<path d='M12.8 6.2A5.2 5.2 0 1 0 13 9.5M13 2.8v3.5H9.5'/>",
    "loop": "<path d='M12.8 6.2A5.2 5.2 0 1 0 13 9.5M13 2.8v3.5H9.5'/>",
    "next": "<path d='M2 8h10.5M8.6 4l4 4-4 4'/>",
    "leave": "<path d='M9 2.5H3v11h6M6.5 8H14M11 5l3 3-3 3'/>",
    "good": "<circle cx='8' cy='8' r='6'/><path d='M5.2 9.3c1.2 2 4.4 2 5.6 0M5.9 6.1v.6M10.1 6.1v.6'/>",
    "bad": "<circle cx='8' cy='8' r='6'/><path d='M5.2 11c1.2-2 4.4-2 5.6 0M5.9 6.1v.6M10.1 6.1v.6'/>",
}

# Words that a channel's name may contain, Russian and English, most telling first.
_CHANNELS: tuple[tuple[str, str], ...] = (
    ("review", r"review|отзыв|рейтинг|rating|форум|forum"),
    ("search", r"search|поиск|seo|google|яндекс(?!\.)|yandex|bing"),
    ("ads", r"\bads?\b|advert|banner|реклам|баннер|таргет|target|контекст|ppc|retarget|ретаргет|promo"),
    ("email", r"e-?mail|почт\w* рассылк|newsletter|рассылк|имейл|e-?мейл|электронн\w* почт|письм|^почта$"),
    ("chat", r"chat|чат|messenger|мессенджер|telegram|телеграм|whats|viber|\bsms\b|смс|\bbot\b|бот\b"),
    ("social", r"social|соц|vk\b|вконтакте|\bвк\b|instagram|facebook|tiktok|blog|блог"),
    ("video", r"video|видео|youtube|ютуб|\btv\b|телевид|webinar|вебинар"),
    ("app", r"\bapp\b|app store|mobile app|приложен|push|пуш"),
    (
        "web",
        r"site|web|сайт|online|онлайн|landing|лендинг|portal|портал|internet|интернет|страниц|marketplace|маркетплейс|кабинет|account",
    ),
    ("phone", r"phone|call|телефон|звон|колл|hotline|горяч"),
    ("people", r"word of mouth|friend|recommend|referr|знаком|друз|друг|рекоменд|сарафан|семь|family|colleague|коллег"),
    ("outdoor", r"outdoor|billboard|наружн|щит|poster|плакат"),
    ("press", r"press|news|magazine|пресс|газет|журнал|сми\b|media"),
    ("event", r"event|exhibition|выстав|мероприят|конференц|meet|встреч|webinar|fair"),
    ("document", r"contract|document|договор|документ|paper|invoice|счёт|счет|manual|инструкц|brochure|буклет"),
    ("parcel", r"deliver|доставк|courier|курьер|parcel|посыл|\bpost|package|упаков"),
    ("card", r"bank|банк|payment|оплат|card|карт|касс|checkout|cash"),
    ("office", r"office|офис|store|shop|магазин|branch|отделен|салон|showroom|шоурум|point of sale|counter|стойк"),
    ("place", r"place|site visit|объект|place|location|место|home|дом\b|clinic|клиник|hotel|airport|station"),
    ("people", r"person|face|personal|личн|manager|менеджер|sales|продав|консульт|staff|сотрудник"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _CHANNELS)


def channel_icon(channel: str) -> str:
    """Name of the icon for a channel; a plain dot for one that no word gives away.

    Examples
    --------
    >>> channel_icon("Чат на сайте"), channel_icon("Phone"), channel_icon("carrier pigeon")
    ('chat', 'phone', 'other')
    """
    text = channel.casefold()
    return next((name for name, pattern in _PATTERNS if pattern.search(text)), "other")


def icon(name: str, size: int = 16) -> Markup:
    """Refer to an icon of the page's sprite; the words beside it say what it is, so it stays hidden from readers."""
    return Markup('<svg width="{0}" height="{0}" aria-hidden="true"><use href="#i-{1}"/></svg>').format(size, name)


def sprite(names: set[str]) -> Markup:
    """The icons that a page uses, once."""
    body = "".join(
        f'<symbol id="i-{n}" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.4" '
        f'stroke-linecap="round" stroke-linejoin="round">{ICONS[n]}</symbol>'
        for n in sorted(names)
    )
    return Markup(f'<svg width="0" height="0" style="position:absolute" aria-hidden="true">{body}</svg>')


# Marker shapes in the order of plot._style.MARKERS, centred on 0 0, about 10 wide.
MARKER_PATHS = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "M-4.6 -4.6h9.2v9.2h-9.2z",
    "M0 -5.6L5.4 4.4H-5.4z",
    "M0 -6L6 0L0 6L-6 0z",
    "M0 5.6L5.4 -4.4H-5.4z",
    "M-1.9 -5.4h3.8v3.5h3.5v3.8h-3.5v3.5h-3.8v-3.5h-3.5v-3.8h3.5z",
    "M-5.2 -2.9L-2.9 -5.2L0 -2.3L2.9 -5.2L5.2 -2.9L2.3 0L5.2 2.9L2.9 5.2L0 2.3L-2.9 5.2L-5.2 2.9L-2.3 0z",
    "M0 -6.2L1.8 -2L6.2 -1.8L2.8 1.1L4 5.4L0 3L-4 5.4L-2.8 1.1L-6.2 -1.8L-1.8 -2z",
)


def marker(index: int, *, hollow: bool = False, size: int = 16) -> Markup:
    """The mark of an emotion curve: its own shape and colour, hollow where few people stand behind it."""
    return Markup(
        '<svg width="{0}" height="{0}" viewBox="-8 -8 16 16" aria-hidden="true"><path d="{1}" fill="{2}" '
        'stroke="var(--s{3})" stroke-width="2"/></svg>'
    ).format(
        size,
        MARKER_PATHS[index % len(MARKER_PATHS)],
        "var(--paper)" if hollow else f"var(--s{index % 8})",
        index % 8,
    )


def mark(who: int, *, hollow: bool = False, size: int = 16) -> Markup:
    """The mark of a persona, its own shape and colour everywhere on the page; ink for everybody."""
    colour = f"var(--s{(who - 1) % 8})" if who else "var(--ink)"
    return Markup(
        '<svg width="{0}" height="{0}" viewBox="-8 -8 16 16" aria-hidden="true"><path d="{1}" fill="{2}" '
        'stroke="{3}" stroke-width="2"/></svg>'
    ).format(size, MARKER_PATHS[who % len(MARKER_PATHS)], "var(--paper)" if hollow else colour, colour)
