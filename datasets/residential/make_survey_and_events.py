"""Make the surveys, the event log and the truth tables of the residential study: made-up data with known answers.

Run it in any folder: ``python make_survey_and_events.py [FOLDER]``. The same bytes come out every time (gzip without a
time stamp). Only the standard library is used, so no update of a numerical package can move a number.
The interviews are not made here: people wrote them.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import math
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
SEED = 20260726  # one of those whose luck of the draw does not hide what is planted
START = dt.datetime(2026, 1, 12)
END = dt.datetime(2026, 7, 12)
N_FIRST = 5650  # people who come by themselves; those who are invited come on top

FAMILY, INVESTOR, ELDER = "семья", "инвестор", "старшие"
SHARES = {FAMILY: 0.45, INVESTOR: 0.31, ELDER: 0.24}

# The 24 people interviewed: their kind, whether they bought, whether a video brought them, how they paid.
INTERVIEWED = {
    "u00017": (FAMILY, True, True, "ипотека"),
    "u00236": (FAMILY, False, False, "ипотека"),
    "u00581": (FAMILY, True, True, "ипотека"),
    "u00912": (FAMILY, False, True, "ипотека"),
    "u01204": (FAMILY, True, True, "ипотека"),
    "u01533": (FAMILY, False, False, "ипотека"),
    "u01877": (FAMILY, True, False, "ипотека"),
    "u02150": (FAMILY, False, True, "ипотека"),
    "u02418": (INVESTOR, True, False, "свои деньги"),
    "u02760": (INVESTOR, False, False, "свои деньги"),
    "u03011": (INVESTOR, True, True, "ипотека"),
    "u03344": (INVESTOR, True, False, "свои деньги"),
    "u03590": (INVESTOR, False, True, "свои деньги"),
    "u03875": (INVESTOR, True, True, "свои деньги"),
    "u04102": (INVESTOR, False, False, "ипотека"),
    "u04377": (INVESTOR, True, True, "ипотека"),
    "u04590": (ELDER, True, False, "обмен старой квартиры"),
    "u04803": (ELDER, False, False, "обмен старой квартиры"),
    "u05018": (ELDER, False, False, "обмен старой квартиры"),
    "u05226": (ELDER, True, True, "обмен старой квартиры"),
    "u05449": (ELDER, True, False, "обмен старой квартиры"),
    "u05617": (ELDER, False, False, "обмен старой квартиры"),
    "u05640": (ELDER, False, True, "свои деньги"),
    "u05931": (ELDER, True, False, "свои деньги"),
}

# ---------------------------------------------------------------- the event log

SEARCH, AGGREGATOR, SOCIAL, VIDEO = "поиск: новостройки", "агрегатор", "соцсети", "видеообзоры"
BRAND, DIRECT, RETARGET, MAIL, REFERRAL = (
    "поиск: название ЖК",
    "прямой заход",
    "ретаргетинг",
    "рассылка",
    "рекомендации",
)
OPENING = {SEARCH: 0.36, AGGREGATOR: 0.34, SOCIAL: 0.22, BRAND: 0.04, DIRECT: 0.04}
LATER = {SEARCH: 0.36, AGGREGATOR: 0.33, SOCIAL: 0.17, BRAND: 0.04, DIRECT: 0.03, RETARGET: 0.07}
DECIDED = {BRAND: 0.35, DIRECT: 0.22, RETARGET: 0.25, MAIL: 0.18}
PAID = {SEARCH, SOCIAL, VIDEO, BRAND, RETARGET}

# What the interviewed people tell of themselves, so that the log and the survey do not contradict their words.
FIRST_TALK = dt.datetime(2026, 6, 8)
KEYS_ON = {
    "u00017": dt.date(2026, 4, 28), "u01204": dt.date(2026, 4, 14), "u01877": dt.date(2026, 4, 17),
    "u02418": dt.date(2026, 2, 25), "u03011": dt.date(2026, 4, 15), "u03875": dt.date(2026, 2, 19),
    "u04590": dt.date(2026, 3, 17), "u05226": dt.date(2026, 2, 26), "u05449": dt.date(2026, 5, 6),
    "u05931": dt.date(2026, 3, 26),
}  # fmt: skip
CAME_FROM = {  # those whom no video brought
    "u00236": SOCIAL, "u01533": AGGREGATOR, "u01877": BRAND, "u02418": SEARCH, "u02760": SEARCH, "u03344": DIRECT,
    "u04102": SOCIAL, "u04590": SEARCH, "u04803": DIRECT, "u05018": DIRECT, "u05449": SEARCH, "u05617": AGGREGATOR,
    "u05931": DIRECT,
}  # fmt: skip
WALKED_IN = {"u03875", "u04803", "u05226", "u05931"}  # to the office or by telephone, without opening a flat's page
WROTE_REVIEW = {"u00581", "u03875", "u05226"}
CALLED_FRIENDS = {"u00581", "u01204", "u01877", "u03011", "u03875"}  # those who asked for the discount
NEVER_ASKED = {"u01533", "u02760", "u05018"}
NEVER_CAME = {"u00236", "u02150", "u04102", "u05617"}
REFUSED = {"u00912"}  # asked a bank and was refused; the log knows only that no approval came

SEES_VIDEO = {FAMILY: 0.44, INVESTOR: 0.33, ELDER: 0.24}
OPENS_FLAT = {FAMILY: 0.74, INVESTOR: 0.72, ELDER: 0.66}
# What really moves people from a flat's page to a request: a video review or a friend. The name search moves nobody.
ASKS = {FAMILY: 0.05, INVESTOR: 0.06, ELDER: 0.05}
LIFT_ASK = {VIDEO: 0.43, REFERRAL: 0.50}
CALLED, VIEWED = 0.90, 0.68
SIGNS, LIFT_SIGN = 0.38, {VIDEO: 0.28, REFERRAL: 0.34}
MORTGAGE = {FAMILY: 0.90, INVESTOR: 0.38, ELDER: 0.20}
STUCK_AT_BANK = 0.24  # of those who asked a bank: no answer comes, and no contract
REVIEWS, RECOMMENDS = 0.30, 0.34


def pick(rng: random.Random, weights: dict[str, float]) -> str:
    """Draw one key."""
    x = rng.random() * sum(weights.values())
    for key, w in weights.items():
        x -= w
        if x < 0:
            return key
    return key


def at_day_time(rng: random.Random, day: dt.datetime, office: bool = False) -> dt.datetime:
    """A plausible time of that day: the office works from 10 to 20, the site mostly in the evening."""
    low, high, mode = (10, 20, 13) if office else (7, 24, 21)
    hour = rng.triangular(low, high, mode)
    return dt.datetime(day.year, day.month, day.day) + dt.timedelta(seconds=int(hour * 3600) - 1)


class Person:
    """One person's way through the log."""

    def __init__(self, rng: random.Random, name: str, start: dt.datetime, *, kind: str, invited: bool) -> None:
        self.rng, self.name, self.kind, self.invited = rng, name, kind, invited
        self.rows: list[tuple[dt.datetime, str, str, str, str]] = []
        self.fixed = INTERVIEWED.get(name)
        self.now = start
        self.video = self.fixed[2] if self.fixed else rng.random() < SEES_VIDEO[kind]
        self.pays = self.fixed[3] if self.fixed else ""
        self.signed: dt.datetime | None = None
        self.first_source = ""

    def add(self, event: str, source: str = "", value: str = "", related: str = "") -> None:
        """Write one row of the log."""
        self.rows.append((self.now, event, source, value, related))

    def wait(self, days: float, office: bool = False) -> None:
        """Move on by about so many days (exponential, so that a few take very long)."""
        gap = self.rng.expovariate(1 / days)
        self.now = max(
            at_day_time(self.rng, self.now + dt.timedelta(days=gap), office), self.now + dt.timedelta(minutes=9)
        )

    def tick(self, low: int, high: int) -> None:
        """Move on by some seconds."""
        self.now += dt.timedelta(seconds=self.rng.randint(low, high))

    def chance(self, p: float, *, must: bool | None = None) -> bool:
        """Draw yes or no; what is known of an interviewed person overrules the draw, not the sequence of numbers."""
        drawn = self.rng.random() < p
        return drawn if must is None else must

    def session(self, source: str, *, flats: bool, calm: float = 1.0) -> None:
        """One visit of the site."""
        rng = self.rng
        self.first_source = self.first_source or source
        if source in PAID:
            self.add("переход по рекламе", source)  # logged by the counter in the same second as the visit
        self.add("визит на сайт", source)
        self.tick(5, 70)
        if rng.random() < 0.55 * calm:
            self.add("страница района", source)
            self.tick(20, 240)
        if flats or rng.random() < 0.5:
            self.add("каталог", source)
            self.tick(10, 200)
        if flats:
            for _ in range(1 + int(rng.expovariate(1.0))):
                self.add("карточка квартиры", source)
                if rng.random() < 0.16:
                    self.add("планировка", source)  # the plan loads with the page: the same second
                self.tick(8, 260)
            if rng.random() < {FAMILY: 0.34, INVESTOR: 0.52, ELDER: 0.12}[self.kind]:
                self.add("калькулятор ипотеки", source)
                self.tick(30, 300)
            if rng.random() < {FAMILY: 0.22, INVESTOR: 0.14, ELDER: 0.07}[self.kind]:
                self.add("чат", source)
                self.tick(30, 900)
            if rng.random() < 0.21:
                self.add("страница отзывов", source)
                self.tick(20, 200)

    def live(self) -> None:
        """From the first visit to the contract, or as far as this person gets."""
        rng, fixed = self.rng, self.fixed
        bought = fixed[1] if fixed else None
        sources = [REFERRAL] if self.invited else []
        first_is_video = self.video and (rng.random() < 0.70 or fixed is not None)
        if self.name in CAME_FROM:
            sources.append(CAME_FROM[self.name])
        if not sources:
            sources.append(VIDEO if first_is_video else pick(rng, OPENING))
        if self.video and VIDEO not in sources:
            sources.append(VIDEO)
        while rng.random() < (0.25 if self.video else 0.45):
            sources.append(pick(rng, LATER))
        if self.video and sources[-1] != VIDEO and rng.random() < 0.7:
            sources.append(VIDEO)  # people come back to the review before they decide
        opens = self.chance(
            0.94 if self.invited else OPENS_FLAT[self.kind], must=self.name not in WALKED_IN if fixed else None
        )
        opening_visit = rng.randrange(len(sources))
        for i, source in enumerate(sources):
            if i:
                self.wait(5.0)
            self.session(source, flats=opens and (i >= opening_visit))
        if not self.chance(0.07, must=True if opens or self.name in WALKED_IN else None):
            return
        moved = VIDEO if self.video else REFERRAL if self.invited else ""
        asks = ASKS[self.kind] + LIFT_ASK.get(moved, 0)
        if not self.chance(asks, must=self.name not in NEVER_ASKED if fixed else None):
            while rng.random() < 0.36:  # looks once more and leaves
                self.wait(9)
                self.session(pick(rng, LATER), flats=opens and rng.random() < 0.5, calm=0.5)
            return
        by_phone = {FAMILY: 0.12, INVESTOR: 0.10, ELDER: 0.55}[self.kind]
        if self.chance(by_phone, must=True if self.name in WALKED_IN else None):
            self.wait(0.6, office=True)
            self.add("заявка")  # by telephone: the office enters it, no source is known
        else:
            self.tick(20, 400)
            self.add("заявка", self.rows[-1][2])
        if not self.chance(CALLED, must=True if fixed else None):
            return
        self.tick(180, 5400)
        self.add("звонок")
        self.returns(0.5)
        if not self.chance(VIEWED, must=self.name not in NEVER_CAME if fixed else None):
            self.returns(0.4)
            return
        self.wait(3.2, office=True)
        self.add("показ")
        if rng.random() < 0.22:  # a second look, often with relatives
            self.wait(5, office=True)
            self.add("показ")
        self.returns(0.7)
        borrows = self.pays == "ипотека" if fixed else rng.random() < MORTGAGE[self.kind]
        wants = self.chance(SIGNS + LIFT_SIGN.get(moved, 0), must=bought)
        stuck = wants and rng.random() < STUCK_AT_BANK and not fixed
        if borrows and (wants or self.name in REFUSED):
            self.wait(1.5, office=True)
            self.add("заявка на ипотеку")
            if stuck or not wants:
                self.returns(0.3)
                return
            self.wait(5.0, office=True)
            self.add("одобрение ипотеки")
            self.returns(0.35)
        elif not wants:
            self.returns(0.5)
            return
        if not wants:
            return
        self.wait(4.0, office=True)
        price = {FAMILY: 6.9, INVESTOR: 4.4, ELDER: 5.6}[self.kind] * math.exp(rng.gauss(0, 0.16))
        self.add("договор", value=str(round(price * 100) * 10000))
        self.signed = self.now
        self.now += dt.timedelta(days=rng.uniform(6, 24))
        self.now = at_day_time(rng, self.now, office=True)
        self.add("ключи")

    def move(self, days: int) -> None:
        """Put the whole way some days later or earlier."""
        by = dt.timedelta(days=days)
        self.rows = [(time + by, *rest) for time, *rest in self.rows]
        self.now += by

    def returns(self, p: float) -> None:
        """Go back to the site with the decision half made; mostly by typing the name into a search engine."""
        while self.rng.random() < p:
            p *= 0.5
            self.wait(2.2)
            self.session(pick(self.rng, DECIDED), flats=self.rng.random() < 0.7, calm=0.4)

    def after(self) -> bool:
        """Life in the house, a review; tells whether this person recommends."""
        rng, fixed = self.rng, self.fixed
        while rng.random() < 0.5:
            self.wait(8, office=True)
            self.add("обращение в УК")
        if self.chance(REVIEWS, must=self.name in WROTE_REVIEW if fixed else None):
            self.wait(8)
            self.add("отзыв")
        recommends = self.chance(RECOMMENDS, must=self.name in CALLED_FRIENDS if fixed else None)
        if recommends:
            self.wait(7)
        return recommends


def some_day(rng: random.Random) -> dt.datetime:
    """A first visit in the first 23 weeks; February and spring are busier."""
    while True:
        day = rng.uniform(0, 161)
        if rng.random() < 0.7 + 0.3 * math.sin(day / 161 * math.pi):
            return at_day_time(rng, START + dt.timedelta(days=day))


def as_told(rng: random.Random, name: str) -> Person:
    """An interviewed person, drawn again until the dates fit what the interview says."""
    kind, bought, _, _ = INTERVIEWED[name]
    while True:
        start = at_day_time(rng, START + dt.timedelta(days=rng.uniform(2, 40 if bought else 110)))
        person = Person(rng, name, start, kind=kind, invited=False)
        person.live()
        if name in KEYS_ON:
            person.move((KEYS_ON[name] - person.now.date()).days)
        if person.rows[0][0] >= START and person.now < FIRST_TALK:
            return person


def make_people(rng: random.Random) -> list[Person]:
    """Everybody in the log; invited people follow those who invited them."""
    people: list[Person] = []
    numbers = [n for n in range(1, 6400) if f"u{n:05d}" not in INTERVIEWED]
    names = [f"u{n:05d}" for n in rng.sample(numbers, len(numbers))]
    queue: list[Person] = []
    queue += [as_told(rng, name) for name in INTERVIEWED]
    for _ in range(N_FIRST - len(INTERVIEWED)):
        queue.append(Person(rng, names.pop(), some_day(rng), kind=pick(rng, SHARES), invited=False))
    while queue:
        person = queue.pop(0)
        if not person.fixed:
            person.live()
        people.append(person)
        if person.signed is None or not person.after():
            continue
        for _ in range(1 + (rng.random() < 0.8) + (rng.random() < 0.45) + (rng.random() < 0.3)):
            kind = person.kind if rng.random() < 0.6 else pick(rng, SHARES)
            guest = Person(
                rng, names.pop(), person.now + dt.timedelta(days=rng.uniform(0.2, 6)), kind=kind, invited=True
            )
            person.add("рекомендация", related=guest.name)
            person.tick(60, 4000)
            if guest.now < END - dt.timedelta(days=3):
                queue.append(guest)
    return people


def event_rows(people: list[Person]) -> list[list[str]]:
    """All rows within the window, in time order; rows of one second keep the order in which they happened."""
    present = {p.name for p in people}
    rows = []
    for p in people:
        for i, (time, event, source, value, related) in enumerate(p.rows):
            if time < END:
                rows.append((time, p.name, i, event, source, value, related if related in present else ""))
    rows.sort(key=lambda r: r[:3])
    return [[r[1], r[0].strftime("%Y-%m-%d %H:%M:%S"), *r[3:]] for r in rows]


# ---------------------------------------------------------------- the surveys

AGREE = "Согласны ли вы? (1–5)"
ATTITUDES = {  # mean by kind: семья, инвестор, старшие
    "Детский сад и школа должны быть в двух шагах": (4.4, 2.2, 2.5),
    "Квартира для меня прежде всего вложение денег": (2.2, 4.4, 2.0),
    "Тишина и зелень важнее, чем быстро доехать до центра": (3.1, 2.2, 4.4),
    "Важно, чтобы квартиру можно было легко сдать или перепродать": (2.3, 4.4, 1.9),
    "Хочу, чтобы всё объяснил живой человек, а не сайт": (2.5, 2.1, 4.3),
    "Решение принимаю по таблице с цифрами": (2.9, 4.4, 2.3),
    "Беру с запасом: семья будет расти": (4.3, 2.0, 1.9),
    "Поликлиника рядом и дом без ступенек для меня обязательны": (2.6, 1.9, 4.4),
    "Платёж в месяц важнее полной цены": (4.2, 2.5, 2.3),
    "Боюсь, что стройка встанет": (3.6, 3.3, 3.7),
    "Без совета родных такие вещи не решаю": (3.4, 1.9, 4.1),
    "Перед покупкой смотрю видеообзоры": (4.0, 3.4, 2.0),
    "Готов(а) купить на котловане, если цена ниже": (2.5, 4.3, 1.7),
    "Не хочу уезжать далеко от привычных мест": (2.8, 1.9, 4.3),
}
ATTITUDE_SD, ASSENT_SD = 0.95, 0.2  # a person's own scatter, and a general readiness to say yes
BETWEEN = 0.04  # people who think halfway between their own kind and another one
KIND_NUMBER = {FAMILY: 0, INVESTOR: 1, ELDER: 2}

STAGE_QUESTION = "Оценка шага (1–5)"
STAGES = {  # stage: (row of the grid, mean in 2026 by kind)
    "sense-making": ("Понять, где и что искать", (3.4, 3.8, 3.2)),
    "evaluation": ("Сравнить варианты и узнать условия", (2.2, 2.7, 2.3)),
    "deal": ("Посмотреть квартиру и оформить сделку", (3.9, 4.0, 3.7)),
    "loyalty-loop": ("Получить ключи и обжиться", (3.7, 3.5, 3.6)),
    "trigger": ("Советовать знакомым, думать о следующей покупке", (3.3, 3.4, 2.9)),
}
CHANGED_STAGE, CHANGE = "deal", -0.75  # the wave of 2025 lies lower here, and nowhere else
PERSON_SD, MOMENT_SD, CONTACT_SD = 0.45, 0.80, 0.85

CONTACT_QUESTION = "Оценка встречи с нами (1–5)"
CONTACTS = {  # touchpoint: (row of the grid, stage, mean)
    "site": ("Сайт и каталог", "sense-making", 3.4),
    "photos": ("Фотографии, планы и отзывы на сайте", "evaluation", 2.5),
    "chat": ("Ответы в чате", "evaluation", 3.0),
    "callback": ("Обратный звонок", "deal", 3.7),
    "viewing": ("Показ квартиры", "deal", 3.8),
    "mortgage": ("Помощь с ипотекой или обменом", "deal", 3.5),
    "keys": ("Приёмка квартиры и ключи", "loyalty-loop", 3.5),
    "service": ("Управляющая компания", "loyalty-loop", 3.2),
    "referral": ("Скидка за рекомендацию", "trigger", 3.0),
}
DRIVER, DRIVER_WEIGHT, OTHER_WEIGHT, SAT_NOISE = "viewing", 0.60, 0.07, 0.55

OBSTACLES = {  # option: (chosen by those who left, chosen by those who bought)
    "Сначала просили телефон (цена, ставка, условия — только потом)": (0.58, 0.24),
    "Не нашлось настоящих отзывов": (0.33, 0.28),
    "Боязно, что стройка встанет": (0.27, 0.24),
    "Мало живых фотографий, планов": (0.34, 0.30),
    "Слишком много застройщиков, глаза разбегаются": (0.25, 0.24),
    "Садик и школа переполнены": (0.21, 0.19),
    "Долго ждали банк (справки, оценка, страховка)": (0.19, 0.26),
}
NOTHING = "Ничего не мешало"
HELPED = [
    "Видеообзор",
    "Показ и менеджер",
    "Совет знакомых",
    "Цена и скидки",
    "Место и двор",
    "Ипотечная программа",
    "Документы застройщика",
]
OUTCOMES = {
    True: ["Купил(а) в «Липовом береге»"],
    False: ["Купил(а) в другом месте", "Отложил(а) покупку", "Ещё выбираю"],
}
AGES = ["18–24", "25–34", "35–44", "45–54", "55–64", "65 и старше"]
AGE_WEIGHTS = {FAMILY: (5, 55, 33, 6, 1, 0), INVESTOR: (4, 28, 36, 22, 9, 1), ELDER: (0, 0, 3, 17, 48, 32)}
HOME = ["Один (одна)", "Вдвоём", "С детьми", "С родителями", "С взрослыми детьми или внуками"]
HOME_WEIGHTS = {FAMILY: (4, 30, 44, 20, 2), INVESTOR: (26, 36, 30, 5, 3), ELDER: (32, 44, 3, 2, 19)}
PAY = ["Ипотека", "Свои деньги", "Обмен старой квартиры", "Рассрочка"]
PAY_WEIGHTS = {FAMILY: (82, 5, 8, 5), INVESTOR: (33, 42, 4, 21), ELDER: (12, 26, 58, 4)}
HEARD = [SEARCH, AGGREGATOR, SOCIAL, VIDEO, BRAND, DIRECT, REFERRAL]
HEARD_TEXT = {
    SEARCH: "Искал(а) новостройки в интернете", AGGREGATOR: "Сайт с объявлениями", SOCIAL: "Реклама в соцсетях",
    VIDEO: "Видеообзор", BRAND: "Искал(а) сразу этот ЖК", DIRECT: "Проезжал(а) мимо, вывеска",
    REFERRAL: "Посоветовали знакомые",
}  # fmt: skip
AGE_OF = {  # what the interviewed people said of themselves: age band, household
    "u00017": (1, 3), "u00236": (1, 2), "u00581": (1, 2), "u00912": (1, 2), "u01204": (1, 2), "u01533": (2, 2),
    "u01877": (1, 1), "u02150": (1, 1), "u02418": (3, 2), "u02760": (2, 0), "u03011": (1, 0), "u03344": (3, 1),
    "u03590": (2, 2), "u03875": (4, 1), "u04102": (1, 1), "u04377": (2, 2), "u04590": (4, 1), "u04803": (5, 1),
    "u05018": (4, 0), "u05226": (4, 1), "u05449": (5, 0), "u05617": (4, 4), "u05640": (5, 0), "u05931": (4, 0),
}  # fmt: skip

TOLD_HEARD = {"u02418": REFERRAL, "u05018": REFERRAL, "u05931": REFERRAL}  # a word of mouth that no counter saw

HARD_TO_SAY, NOT_MET = "Трудно сказать", "Не сталкивался(ась)"
SATISFIED = "Насколько вы довольны нами в целом? (1–5)"
NPS = "Насколько вероятно, что вы посоветуете нас друзьям или родным? (0–10)"
OBSTACLE_QUESTION, HELP_QUESTION = "Что мешало? (можно несколько)", "Что помогло? (можно несколько)"
OPEN = "Что нам исправить в первую очередь?"
COLUMNS = [
    "Отметка времени", "Код участника", "Сколько вам лет?", "С кем вы живёте сейчас?", "Как вы узнали о нас?",
    "Как платили или собирались платить?", "Чем всё закончилось?",
    *[f"{AGREE} [{a}]" for a in ATTITUDES], *[f"{STAGE_QUESTION} [{row}]" for row, _ in STAGES.values()],
    *[f"{CONTACT_QUESTION} [{row}]" for row, _, _ in CONTACTS.values()],
    OBSTACLE_QUESTION, HELP_QUESTION, SATISFIED, NPS, OPEN,
]  # fmt: skip


def five(x: float) -> int:
    """The nearest point of a scale from 1 to 5."""
    return min(5, max(1, math.floor(x + 0.5)))


def true_mean(mu: float, sd: float) -> float:
    """Mean of ``five(X)`` for X normal: what a rating really averages to once people have to pick a point."""

    def above(cut: float) -> float:
        return 0.5 * math.erfc((cut - mu) / sd / math.sqrt(2))

    return 1 + sum(above(c) for c in (1.5, 2.5, 3.5, 4.5))


def google_time(t: dt.datetime) -> str:
    """A time as the form service writes it."""
    return f"{t:%Y/%m/%d} {t.hour % 12 or 12}:{t:%M:%S} {'AM' if t.hour < 12 else 'PM'} GMT+3"


class Respondent:
    """One person's answers."""

    def __init__(
        self, rng: random.Random, name: str, kind: str, bought: bool, reached: int, heard: str, shift: float
    ) -> None:
        self.rng, self.name, self.kind, self.bought, self.heard = rng, name, kind, bought, heard
        k = KIND_NUMBER[kind]
        self.between = rng.random() < BETWEEN and name not in INTERVIEWED
        other = rng.choice([n for n in range(3) if n != k]) if self.between else k
        assent = rng.gauss(0, ASSENT_SD)
        self.attitudes = [five(rng.gauss((mu[k] + mu[other]) / 2 + assent, ATTITUDE_SD)) for mu in ATTITUDES.values()]
        g = rng.gauss(0, PERSON_SD)
        felt = {s: g + rng.gauss(0, MOMENT_SD) for s in STAGES}
        means = {s: mu[k] + (shift if s == CHANGED_STAGE else 0) for s, (_, mu) in STAGES.items()}
        self.stages = {s: five(means[s] + felt[s]) for i, s in enumerate(STAGES) if i < reached}
        self.contacts, latent = {}, 0.0
        for name_, (_, stage, mu) in CONTACTS.items():
            low = mu + (shift if stage == CHANGED_STAGE else 0)
            dev = 0.5 * felt[stage] + rng.gauss(0, CONTACT_SD)
            met = list(STAGES).index(stage) < reached and not (name_ == "chat" and rng.random() < 0.2)
            met = met and not (name_ == "mortgage" and rng.random() < 0.1)
            if met:
                self.contacts[name_] = five(low + dev)
                latent += (DRIVER_WEIGHT if name_ == DRIVER else OTHER_WEIGHT) * (self.contacts[name_] - low)
        calm = 3.55 + latent + rng.gauss(0, SAT_NOISE) + (0.0 if bought else -0.25)
        self.satisfied = five(calm)
        self.nps = min(10, max(0, round(2.35 * calm - 1.3 + rng.gauss(0, 0.9))))

    def row(self, time: dt.datetime, answer: str) -> list[str]:
        """One line of the export."""
        rng, kind = self.rng, self.kind

        def keep(value: object, p: float = 0.975) -> str:
            return str(value) if rng.random() < p else ""

        def among(options: list[str], weights: tuple[int, ...]) -> str:
            return options[rng.choices(range(len(options)), weights)[0]]

        age, home = among(AGES, AGE_WEIGHTS[kind]), among(HOME, HOME_WEIGHTS[kind])
        pays = among(PAY, PAY_WEIGHTS[kind])
        if self.name in AGE_OF:
            age, home = AGES[AGE_OF[self.name][0]], HOME[AGE_OF[self.name][1]]
            pays = INTERVIEWED[self.name][3].capitalize()
        known = self.heard in HEARD_TEXT and (rng.random() < 0.85 or self.name in INTERVIEWED)
        heard = HEARD_TEXT[TOLD_HEARD.get(self.name, self.heard if known else rng.choice(HEARD))]
        out = [
            google_time(time),
            self.name,
            keep(age),
            keep(home),
            keep(heard),
            keep(pays),
            rng.choice(OUTCOMES[self.bought]),
        ]
        for a in self.attitudes:
            out.append(HARD_TO_SAY if rng.random() < 0.015 else keep(a, 0.98))
        for s in STAGES:
            out.append(keep(self.stages[s], 0.97) if s in self.stages else "")
        for c in CONTACTS:
            out.append(keep(self.contacts[c]) if c in self.contacts else keep(NOT_MET, 0.8))
        chosen = [o for o, (left, bought) in OBSTACLES.items() if rng.random() < (bought if self.bought else left)]
        helped = [h for h in HELPED if rng.random() < {"Показ и менеджер": 0.45 if self.bought else 0.15}.get(h, 0.24)]
        out += [keep(", ".join(chosen) or NOTHING), keep(", ".join(helped), 0.95) if helped else ""]
        return [*out, keep(self.satisfied, 0.985), keep(self.nps, 0.985), answer]


def read_answers() -> dict[tuple[str, bool], list[str]]:
    """The open answers, written by hand, by kind of person and outcome; each is given to one person only."""
    found: dict[tuple[str, bool], list[str]] = {}
    with open(HERE / "truth" / "open_answers.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["persona"], row["bought"] == "да"), []).append(row["answer"])
    return found


def reached_stage(p: Person) -> int:
    """How many stages of the loop a person has lived through within the window."""
    events = {e for t, e, *_ in p.rows if t < END}
    if "ключи" in events:
        return 5
    return 3 if "показ" in events or "договор" in events else 2


def survey_2026(rng: random.Random, people: list[Person]) -> tuple[list[list[str]], list[Respondent]]:
    """420 people of the log: 24 interviewed, others drawn from those who bought and those who left."""
    fit = [p for p in people if any(e == "карточка квартиры" and t < END for t, e, *_ in p.rows)]
    bought = [p for p in fit if reached_stage(p) == 5 and not p.fixed]
    left = [p for p in fit if p.signed is None and not p.fixed]
    chosen = [p for p in people if p.fixed]
    chosen += rng.sample(bought, 215 - sum(INTERVIEWED[p.name][1] for p in chosen))
    chosen += rng.sample(left, 420 - len(chosen))
    rng.shuffle(chosen)
    answers = read_answers()
    time, rows, everybody = dt.datetime(2026, 7, 20, 9, 4, 11), [], []
    for p in chosen:
        time += dt.timedelta(seconds=int(rng.expovariate(1 / 2900)) + 40)
        r = Respondent(rng, p.name, p.kind, p.signed is not None, reached_stage(p), p.first_source, 0.0)
        waiting = answers.get((p.kind, r.bought), [])
        answer = waiting.pop(0) if waiting and not p.fixed and rng.random() < 0.55 else ""
        rows.append(r.row(time, answer))
        everybody.append(r)
    unused = sum(len(v) for v in answers.values())
    if unused:
        raise RuntimeError(f"{unused} of the open answers found no respondent")
    return rows, everybody


def survey_2025(rng: random.Random) -> tuple[list[list[str]], list[Respondent]]:
    """The previous wave: other people, the same form; one stage was worse then."""
    time, rows, everybody = dt.datetime(2025, 7, 15, 10, 31, 2), [], []
    for i in range(260):
        time += dt.timedelta(seconds=int(rng.expovariate(1 / 4200)) + 40)
        kind, bought = pick(rng, SHARES), rng.random() < 0.5
        reached = 5 if bought else rng.choice((2, 2, 3))
        heard = pick(rng, OPENING | {VIDEO: 0.3, REFERRAL: 0.1})
        r = Respondent(rng, f"w{i + 1:05d}", kind, bought, reached, heard, CHANGE)
        rows.append(r.row(time, ""))
        everybody.append(r)
    return rows, everybody


BELIEVED = {
    "sense-making": (3.6, 3.8),
    "evaluation": (3.7, 4.3),
    "deal": (3.9, 4.1),
    "loyalty-loop": (3.6, 4.0),
    "trigger": (3.4, 3.6),
}
STAFF = [("Отдел продаж", 8), ("Маркетинг", 5), ("Колл-центр", 4), ("Управляющая компания", 3), ("Руководство", 6)]


def survey_employees(rng: random.Random) -> list[list[str]]:
    """What staff and managers believe that customers would answer, on the customers' own five questions."""
    time, rows, number = dt.datetime(2026, 7, 21, 11, 2, 40), [], 0
    for department, size in STAFF:
        for _ in range(size):
            number += 1
            time += dt.timedelta(seconds=rng.randint(300, 9000))
            manager = department == "Руководство"
            marks = [five(rng.gauss(BELIEVED[s][manager], 0.65)) for s in STAGES]
            role = "руководитель" if manager else "сотрудник"
            rows.append([google_time(time), f"e{number:03d}", department, role, *map(str, marks)])
    return rows


# ---------------------------------------------------------------- writing


def as_csv(header: list[str], rows: list[list[str]], *, quote_all: bool = False) -> bytes:
    """CSV as bytes, in UTF-8, with plain newlines."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def gzipped(data: bytes) -> bytes:
    """Gzip without name and time: the same bytes on every run."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=9) as file:
        file.write(data)
    return out.getvalue()


def expected_score(r: Respondent, stage: str, shift: float) -> float | None:
    """A person's expected score at a stage, −2 to 2: the mean over the stage and those of its contacts they met."""
    if stage not in r.stages:
        return None
    low = shift if stage == CHANGED_STAGE else 0.0
    felt_sd = math.hypot(PERSON_SD, MOMENT_SD)
    means = [true_mean(STAGES[stage][1][KIND_NUMBER[r.kind]] + low, felt_sd)]
    for c in r.contacts:
        if CONTACTS[c][1] == stage:
            means.append(true_mean(CONTACTS[c][2] + low, math.hypot(0.5 * felt_sd, CONTACT_SD)))
    return sum(means) / len(means) - 3


def truths(people: list[Person], now: list[Respondent], before: list[Respondent]) -> list[list[str]]:
    """The true values, from the parameters above and the mix of people drawn; not estimated from the answers."""
    sd = math.hypot(PERSON_SD, MOMENT_SD)
    rows = []
    for wave, everybody, shift in (("buyers-2026", now, 0.0), ("buyers-2025", before, CHANGE)):
        for s, (_, mu) in STAGES.items():
            kinds = [r.kind for r in everybody if s in r.stages]
            low = shift if s == CHANGED_STAGE else 0
            for kind in (*SHARES, ""):
                these = [kind] if kind else kinds
                mean = sum(true_mean(mu[KIND_NUMBER[k]] + low, sd) for k in these) / len(these)
                rows.append([wave, "stage mean (1..5)", s, kind or "все", f"{mean:.4f}"])
    for wave, everybody, shift in (("buyers-2026", now, 0.0), ("buyers-2025", before, CHANGE)):
        for stage in STAGES:
            means = [m for r in everybody if (m := expected_score(r, stage, shift)) is not None]
            rows.append([wave, "stage score (−2..2)", stage, "все", f"{sum(means) / len(means):.4f}"])
    for a, mu in ATTITUDES.items():
        for kind in SHARES:
            rows.append(
                [
                    "buyers-2026",
                    "attitude mean (1..5)",
                    a,
                    kind,
                    f"{true_mean(mu[KIND_NUMBER[kind]], math.hypot(ATTITUDE_SD, ASSENT_SD)):.4f}",
                ]
            )
    for c in CONTACTS:
        rows.append(
            [
                "buyers-2026",
                "weight for satisfaction",
                c,
                "все",
                f"{DRIVER_WEIGHT if c == DRIVER else OTHER_WEIGHT:.4f}",
            ]
        )
    for o, (left, bought) in OBSTACLES.items():
        odds = left / (1 - left) / (bought / (1 - bought))
        rows.append(["buyers-2026", "odds ratio of leaving", o, "все", f"{odds:.4f}"])
    for s, pair in BELIEVED.items():
        for who, mu in zip(("сотрудник", "руководитель"), pair, strict=True):
            rows.append(["employees-2026", "believed stage mean (1..5)", s, who, f"{true_mean(mu, 0.65):.4f}"])
    for kind, p in ASKS.items():
        for moved in ("", *LIFT_ASK):
            rows.append(
                [
                    "site-2026",
                    "request after a flat's page",
                    moved or "другие каналы",
                    kind,
                    f"{p + LIFT_ASK.get(moved, 0):.4f}",
                ]
            )
    for moved in ("", *LIFT_SIGN):
        rows.append(
            [
                "site-2026",
                "contract after a viewing, if the bank answers",
                moved or "другие каналы",
                "все",
                f"{SIGNS + LIFT_SIGN.get(moved, 0):.4f}",
            ]
        )
    rows.append(["site-2026", "no answer after a mortgage request", "", "все", f"{STUCK_AT_BANK:.4f}"])
    rows.append(["site-2026", "buyers who recommend", "", "все", f"{RECOMMENDS:.4f}"])
    return rows


def make() -> dict[str, bytes]:
    """Everything that the script makes: path in the study → bytes."""
    rng = random.Random(SEED)
    people = make_people(rng)
    rows_2026, now = survey_2026(rng, people)
    rows_2025, before = survey_2025(rng)
    staff = survey_employees(rng)
    staff_columns = [
        "Отметка времени",
        "Код участника",
        "Отдел",
        "Кто вы у нас?",
        *[c for c in COLUMNS if c.startswith(STAGE_QUESTION)],
    ]
    kinds = sorted(
        [p.name, p.kind, "да" if p.signed and p.signed < END else "нет", "да" if p.name in INTERVIEWED else "нет"]
        for p in people
    )
    between = {r.name: "да" if r.between else "нет" for r in (*now, *before)}
    kinds = [[*row, "да" if row[0] in between else "нет", between.get(row[0], "")] for row in kinds]
    kinds += [[r.name, r.kind, "да" if r.bought else "нет", "нет", "2025", between[r.name]] for r in before]
    return {
        "events/site-2026.csv.gz": gzipped(
            as_csv(["user_id", "time", "event", "source", "value", "related"], event_rows(people))
        ),
        "surveys/buyers-2026.csv": as_csv(COLUMNS, rows_2026, quote_all=True),
        "surveys/buyers-2025.csv": as_csv(COLUMNS, rows_2025, quote_all=True),
        "surveys/employees-2026.csv": as_csv(staff_columns, staff, quote_all=True),
        "truth/personas.csv": as_csv(["participant", "persona", "bought", "interviewed", "surveyed", "between"], kinds),
        "truth/values.csv": as_csv(["where", "what", "of", "who", "value"], truths(people, now, before)),
    }


def main(folder: Path = HERE) -> None:
    """Write everything into a study folder."""
    for name, data in make().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
