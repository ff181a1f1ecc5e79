"""Make the surveys, the event log and the truth tables of the meal-kit study: made-up data with known answers.

Run it as ``python make_survey_and_events.py [FOLDER]``. The same bytes come out every time: one seed, the standard
library only, gzip without a time stamp. Interviews, open answers and codings are not made here: they were written.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import math
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
SEED = 20260701
START, END = dt.datetime(2026, 1, 1), dt.datetime(2026, 7, 1)
N_FIRST = 6000  # people who come by themselves; invited friends come on top

RELIEF, EXPLORER, SPENDER = KINDS = ("relief", "explorer", "spender")
SHARES = {RELIEF: 0.40, EXPLORER: 0.31, SPENDER: 0.29}
CURRENT, PAST, NEVER = STATUSES = ("current", "past", "never")

PODCAST, SOCIAL, SEARCH, VIDEO, LEAFLET = "podcast", "paid social", "generic search", "creator video", "leaflet"
BRAND, EMAIL, DIRECT, FRIEND = "brand search", "e-mail", "direct", "friend's code"

# The twenty people interviewed: kind, status, first channel, age band, household (positions in AGES and HOMES).
INTERVIEWED = {
    "u00017": (RELIEF, CURRENT, PODCAST, 2, 3),
    "u00042": (EXPLORER, CURRENT, VIDEO, 1, 1),
    "u00108": (SPENDER, NEVER, LEAFLET, 4, 0),
    "u00233": (RELIEF, PAST, FRIEND, 2, 3),
    "u00311": (EXPLORER, CURRENT, PODCAST, 1, 2),
    "u00377": (RELIEF, CURRENT, FRIEND, 4, 4),
    "u00402": (SPENDER, PAST, FRIEND, 2, 3),
    "u00519": (SPENDER, PAST, SOCIAL, 0, 1),
    "u00588": (RELIEF, NEVER, PODCAST, 2, 3),
    "u00640": (RELIEF, CURRENT, PODCAST, 1, 3),
    "u00702": (EXPLORER, CURRENT, PODCAST, 5, 0),
    "u00755": (SPENDER, NEVER, SOCIAL, 0, 4),
    "u00811": (EXPLORER, PAST, PODCAST, 2, 2),
    "u00874": (RELIEF, PAST, PODCAST, 3, 3),
    "u00930": (SPENDER, CURRENT, LEAFLET, 3, 3),
    "u01004": (EXPLORER, NEVER, VIDEO, 2, 3),
    "u01066": (EXPLORER, CURRENT, PODCAST, 1, 1),
    "u01121": (RELIEF, PAST, PODCAST, 3, 4),
    "u01190": (SPENDER, PAST, LEAFLET, 3, 3),
    "u01257": (EXPLORER, CURRENT, PODCAST, 1, 2),
}
# The week in which those who left did so, as they tell it; one of them paused and never came back.
LEFT_IN_WEEK = {"u00233": 17, "u00402": 4, "u00519": 5, "u00811": 17, "u00874": 13, "u01121": 19, "u01190": 6}
PAUSED = {"u01121"}
NO_ACCOUNT = {"u00108"}  # of those who never bought, the one who left without making an account

# ---------------------------------------------------------------- the event log

OPENING = {SOCIAL: 0.47, SEARCH: 0.23, LEAFLET: 0.12, VIDEO: 0.12, BRAND: 0.02, DIRECT: 0.04}
LATER = {SOCIAL: 0.49, SEARCH: 0.25, VIDEO: 0.11, EMAIL: 0.08, DIRECT: 0.05, BRAND: 0.02}
DECIDED = {BRAND: 0.72, EMAIL: 0.12, DIRECT: 0.12, SOCIAL: 0.04}
CLICKED = {PODCAST, SOCIAL, SEARCH, VIDEO, BRAND}

HEARS_PODCAST = {RELIEF: 0.42, EXPLORER: 0.38, SPENDER: 0.22}
LOOKS_AT_MENU = {RELIEF: 0.72, EXPLORER: 0.80, SPENDER: 0.70}
TAKES_QUIZ = {RELIEF: 0.55, EXPLORER: 0.30, SPENDER: 0.35}
LOOKS_AT_PLANS = {RELIEF: 0.68, EXPLORER: 0.62, SPENDER: 0.70}
# What really moves people from the plan page to an account: a podcast host or a friend. The name search moves nobody.
SIGNS_UP = {RELIEF: 0.06, EXPLORER: 0.06, SPENDER: 0.05}
LIFT = {PODCAST: 0.42, FRIEND: 0.45}
BACK_TO_MENU = {True: 0.30, False: 0.52}  # by whether the person will sign up: the price is looked for in a circle
WAITING_LIST = 0.17  # of new accounts: no delivery slot in the area, and nothing ever follows
PAYS = 0.88  # of the others
SKIPS = {RELIEF: 0.18, EXPLORER: 0.24, SPENDER: 0.34}
CANCELS = {RELIEF: 0.030, EXPLORER: 0.034, SPENDER: 0.050}  # a week
CANCELS_WEEK_5 = {RELIEF: 0.09, EXPLORER: 0.08, SPENDER: 0.40}  # the week after the offer ends
PAUSES, COMES_BACK, RESUMES = 0.020, 0.14, 0.55
INVITES = 0.040  # a week


def pick(rng: random.Random, weights: dict[str, float]) -> str:
    """Draw one key."""
    x = rng.random() * sum(weights.values())
    for key, w in weights.items():
        x -= w
        if x < 0:
            return key
    return key


def on_day(rng: random.Random, day: dt.datetime, low: float = 6.5, high: float = 24, mode: float = 20.5) -> dt.datetime:
    """A plausible time of that day, in whole seconds."""
    second = int(rng.triangular(low, high, mode) * 3600) - 1
    return dt.datetime(day.year, day.month, day.day) + dt.timedelta(seconds=second)


class Person:
    """One person's way through the log."""

    def __init__(self, rng: random.Random, name: str, start: dt.datetime, kind: str, invited: bool) -> None:
        self.rng, self.name, self.kind = rng, name, kind
        self.fixed = INTERVIEWED.get(name)
        self.first = self.fixed[2] if self.fixed else FRIEND if invited else ""
        drawn = rng.random() < HEARS_PODCAST[kind]
        self.podcast = self.first == PODCAST if self.fixed else drawn and not invited
        self.now = start
        self.rows: list[tuple[dt.datetime, str, str, str, str]] = []
        self.status = NEVER
        self.reached = 2  # how many of the five stages this person can speak of
        self.invitations: list[dt.datetime] = []

    def add(self, event: str, channel: str = "", value: str = "", related: str = "") -> None:
        """Log an event now."""
        self.rows.append((self.now, event, channel, value, related))

    def tick(self, low: int, high: int) -> None:
        """Move on by so many seconds."""
        self.now += dt.timedelta(seconds=self.rng.randint(low, high))

    def wait(self, days: float) -> None:
        """Move on by about so many days (exponential, so that a few take very long)."""
        later = on_day(self.rng, self.now + dt.timedelta(days=self.rng.expovariate(1 / days)))
        self.now = max(later, self.now + dt.timedelta(minutes=7))

    def visit(self, channel: str, menu: bool) -> None:
        """One visit: the click and the page are logged in the same second."""
        self.first = self.first or channel
        if channel in CLICKED:
            self.add("ad_click", channel)
        self.add("site_visit", channel)
        self.tick(4, 60)
        for _ in range((1 + int(self.rng.expovariate(1.3))) if menu else 0):
            self.add("menu_view", channel)
            self.tick(15, 240)

    def quiz(self, channel: str) -> None:
        """Take the taste quiz, perhaps to its end."""
        self.add("quiz_start", channel)
        self.tick(40, 200)
        if self.rng.random() < 0.82:
            self.add("quiz_done", channel)
            if self.rng.random() < 0.35:
                self.add("menu_view", channel)  # the quiz opens the menu: the same second
            self.tick(5, 60)

    def plans(self, channel: str, will_sign_up: bool) -> None:
        """Look at the plans, go back to the menu, look again: the full price is not there."""
        self.add("plan_view", channel)
        self.tick(20, 300)
        while self.rng.random() < BACK_TO_MENU[will_sign_up]:
            self.add("menu_view", channel)
            self.tick(15, 160)
            self.add("plan_view", channel)
            self.tick(15, 200)

    def live(self) -> None:
        """From the first visit to the first payment, or as far as this person gets."""
        rng, fixed = self.rng, self.fixed
        channels = (
            [self.first] if self.first else [PODCAST if self.podcast and rng.random() < 0.72 else pick(rng, OPENING)]
        )
        while rng.random() < (0.25 if self.podcast else 0.45):
            channels.append(pick(rng, LATER))
        if self.podcast and (PODCAST not in channels or (channels[-1] != PODCAST and rng.random() < 0.8)):
            channels.append(PODCAST)  # the host's code is read out again, and they come back with it
        menu = fixed is not None or rng.random() < LOOKS_AT_MENU[self.kind]
        for i, channel in enumerate(channels):
            if i:
                self.wait(6.0)
            self.visit(channel, menu and (i > 0 or rng.random() < 0.7 or len(channels) == 1))
        if not menu:
            return
        channel = channels[-1]
        if not any(e == "menu_view" for _, e, *_ in self.rows):
            self.add("menu_view", channel)
            self.tick(15, 240)
        if rng.random() < TAKES_QUIZ[self.kind]:
            self.quiz(channel)
        if not (fixed or rng.random() < LOOKS_AT_PLANS[self.kind]):
            if rng.random() < 0.2:
                self.wait(9)
                self.visit(pick(rng, LATER), True)
            return
        self.reached = 3
        chance = SIGNS_UP[self.kind] + LIFT.get(PODCAST if self.podcast else self.first, 0)
        signs_up = rng.random() < chance if not fixed else self.name not in NO_ACCOUNT
        if rng.random() < 0.06:
            self.add("sign_up_start", channel)  # a few open the form before they have seen a plan
            self.tick(5, 60)
        self.plans(channel, signs_up)
        if not signs_up:
            while rng.random() < 0.30:  # a reminder brings them back, for a look
                self.wait(7)
                again = pick(rng, LATER | {EMAIL: 0.5})
                self.visit(again, rng.random() < 0.6)
                if rng.random() < 0.5:
                    self.plans(again, False)
            return
        if rng.random() < 0.58:  # the decision is made; the way back leads through the name in a search engine
            self.wait(2.5)
            channel = pick(rng, DECIDED)
            self.visit(channel, rng.random() < 0.4)
            self.plans(channel, True)
        self.add("sign_up", channel)
        if fixed[1] == NEVER if fixed else rng.random() < WAITING_LIST:
            if not fixed:
                self.tick(2, 30)
                self.add("waiting_list", channel)
            return
        if not fixed and rng.random() > PAYS:
            return
        self.tick(60, 600)
        if rng.random() < 0.12:
            self.wait(0.8)
        self.add("payment", channel, value=pick(rng, {"19.90": 0.46, "26.40": 0.2, "30.95": 0.34}))
        self.eat()

    def eat(self) -> None:
        """First box, then week by week: box, skip, pause, cancel, come back, invite."""
        rng, wanted = self.rng, self.fixed[1] if self.fixed else ""
        self.status, self.reached = CURRENT, 4
        self.now = on_day(rng, self.now + dt.timedelta(days=rng.randint(4, 9)), 8, 20, 13)
        if self.now >= END:
            return
        self.add("first_box")
        if rng.random() < 0.42:
            self.tick(20000, 110000)
            self.add("rating", value=str(rng.choices((1, 2, 3, 4, 5), (4, 6, 15, 40, 35))[0]))
        week = 1
        while True:
            week += 1
            self.now = on_day(rng, self.now + dt.timedelta(days=7 - self.now.weekday() + rng.randint(0, 4)), 8, 20, 13)
            if self.now >= END:
                return
            self.reached = 5
            hazard = (CANCELS_WEEK_5 if week == 5 else CANCELS)[self.kind]
            leaves = rng.random() < hazard and wanted != CURRENT
            if week >= LEFT_IN_WEEK[self.name] if wanted == PAST else leaves:
                self.add("pause" if self.name in PAUSED else "cancel")
                self.status = PAST
                if wanted == PAST or rng.random() > COMES_BACK:
                    return
                self.wait(30)
                if self.now >= END:
                    return
                self.add("reactivate", pick(rng, {EMAIL: 0.6, DIRECT: 0.4}))
                self.status, week = CURRENT, 6
                continue
            if rng.random() < SKIPS[self.kind]:
                self.add("skip_week")
                while rng.random() < 0.35:  # several weeks in one go, within seconds
                    self.tick(0, 2)
                    self.add("skip_week")
                continue
            if rng.random() < PAUSES:
                self.add("pause")
                self.wait(25)
                if (wanted != CURRENT and rng.random() > RESUMES) or self.now >= END:
                    self.status = CURRENT if wanted == CURRENT else PAST
                    return
                self.add("reactivate", DIRECT)
                continue
            self.add("box")
            if rng.random() < 0.10:
                self.tick(3000, 40000)
                self.add("support_chat")
            if rng.random() < 0.13:
                self.tick(20000, 90000)
                self.add("rating", value=str(rng.choices((1, 2, 3, 4, 5), (5, 8, 17, 40, 30))[0]))
            if rng.random() < INVITES:
                self.invitations.append(self.now)


def make_people(rng: random.Random) -> list[Person]:
    """Everybody in the log; invited friends follow those who invited them."""
    free = [f"u{n:05d}" for n in range(1, 6400) if f"u{n:05d}" not in INTERVIEWED]
    names = rng.sample(free, len(free))
    queue = [
        Person(
            rng,
            name,
            on_day(rng, START + dt.timedelta(days=rng.uniform(2, 9 if name in LEFT_IN_WEEK else 30))),
            kind,
            False,
        )
        for name, (kind, *_) in INTERVIEWED.items()
    ]
    while len(queue) < N_FIRST:
        day = START + dt.timedelta(days=rng.uniform(0, 170))
        queue.append(Person(rng, names.pop(), on_day(rng, day), pick(rng, SHARES), False))
    people = []
    while queue:
        person = queue.pop(0)
        person.live()
        people.append(person)
        for when in person.invitations:
            kind = person.kind if rng.random() < 0.6 else pick(rng, SHARES)
            friend = Person(rng, names.pop(), on_day(rng, when + dt.timedelta(days=rng.uniform(1, 12))), kind, True)
            person.rows.append((when, "referral_sent", "", "", friend.name))
            if friend.now < END - dt.timedelta(days=2):
                queue.append(friend)
    return people


def event_rows(people: list[Person]) -> list[list[str]]:
    """All rows of the window in time order; rows of one second keep the order in which they happened."""
    present = {p.name for p in people if p.rows[0][0] < END}
    rows = []
    for p in people:
        for i, (time, event, channel, value, related) in enumerate(p.rows):
            if time < END:
                rows.append((time, p.name, i, event, channel, value, related if related in present else ""))
    rows.sort(key=lambda r: r[:3])
    return [[r[1], r[0].strftime("%Y-%m-%d %H:%M:%S"), *r[3:]] for r in rows]


# ---------------------------------------------------------------- the surveys

AGREE = "How far do you agree (1 to 5)?"
ATTITUDES = {  # latent mean by kind: relief, explorer, spender
    "By six o'clock I cannot make one more decision": (4.3, 2.3, 2.6),
    "Dinner should take care of itself": (4.3, 2.0, 2.7),
    "I want to know on Sunday what we eat on Thursday": (4.2, 2.4, 3.3),
    "The fewer steps in a recipe, the better": (4.2, 2.1, 3.0),
    "Someone else may choose the dishes for me": (4.0, 2.3, 2.2),
    "I like to cook something that I cannot do yet": (2.0, 4.4, 2.2),
    "A new ingredient makes my week": (2.1, 4.4, 2.0),
    "Cooking is how I unwind": (2.0, 4.3, 2.5),
    "I want to know why a recipe works": (2.1, 4.2, 2.4),
    "I get bored if a dish comes back": (2.3, 4.1, 2.0),
    "I know what a portion costs me": (2.5, 2.4, 4.4),
    "I only buy food on offer if I can": (2.2, 1.9, 4.3),
    "Throwing food away makes me angry": (2.9, 3.0, 4.4),
    "I stop a subscription the day the discount ends": (2.1, 2.0, 4.3),
}
ATTITUDE_SD = 0.95

STAGE_QUESTION = "How was this step for you (1 to 5)?"
STAGES = {
    "awareness": ("Hearing about Larder & Lane", (3.6, 3.9, 3.4)),
    "consideration": ("Looking around and comparing", (3.7, 4.1, 3.3)),
    "decision": ("Choosing a plan and making up your mind", (2.6, 2.8, 2.0)),
    "purchase": ("Signing up, paying, getting the first box", (4.0, 4.0, 3.8)),
    "retention": ("The weeks since then", (3.6, 3.8, 3.0)),
}
CHANGED_STAGE, CHANGE = "purchase", -0.80  # the year before, this stage was worse, and only this one
PERSON_SD, MOMENT_SD = 0.45, 0.75

CONTACT_QUESTION = "How good was it, if you met it (1 to 5)?"
CONTACTS = {  # touchpoint: stage, mean
    "Adverts and recommendations": ("awareness", 3.5),
    "Home page": ("awareness", 3.8),
    "Taste quiz": ("consideration", 3.7),
    "Menu page": ("consideration", 4.0),
    "Plan page": ("decision", 2.4),
    "Delivery check": ("decision", 3.0),
    "Sign-up and payment": ("purchase", 4.1),
    "First delivery": ("purchase", 4.0),
    "Recipe card": ("retention", 3.6),
    "Week planner in the app": ("retention", 3.5),
    "Customer care": ("retention", 3.9),
}
DRIVER, DRIVER_WEIGHT, OTHER_WEIGHT = "Week planner in the app", 0.55, 0.12
SAT_NOISE = 0.55

OBSTACLES = {  # share who tick it: of those not subscribed now, of those subscribed
    "I could not see the full price": (0.58, 0.15),
    "I was afraid of being tied to a subscription": (0.34, 0.20),
    "No delivery time that suits me": (0.19, 0.13),
    "Recipes take longer than promised": (0.20, 0.21),
    "I missed the day for skipping": (0.17, 0.13),
    "Too much packaging": (0.22, 0.23),
    "Portions too small": (0.15, 0.10),
    "Nothing got in the way": (0.06, 0.27),
}
LIKED = {  # share by kind
    "Nobody has to decide": (0.72, 0.14, 0.25),
    "New dishes and ingredients": (0.20, 0.78, 0.16),
    "Nothing is thrown away": (0.26, 0.24, 0.62),
    "It saves a trip to the shop": (0.50, 0.22, 0.33),
    "The offer": (0.15, 0.12, 0.60),
}
AGES = ["18-27", "28-34", "35-44", "45-54", "55-64", "65 or over"]
AGE_WEIGHTS = {RELIEF: (4, 20, 38, 26, 10, 2), EXPLORER: (12, 28, 22, 14, 12, 12), SPENDER: (20, 20, 20, 18, 14, 8)}
HOMES = [
    "I live alone",
    "With housemates",
    "With a partner",
    "With a partner or alone, and children",
    "With other relatives",
]
HOME_WEIGHTS = {RELIEF: (5, 3, 17, 66, 9), EXPLORER: (28, 18, 40, 10, 4), SPENDER: (18, 20, 20, 32, 10)}
HEARD = {
    PODCAST: "On a podcast", SOCIAL: "Advert on social media", SEARCH: "Searching the web for meal kits",
    VIDEO: "A cook's video", LEAFLET: "Leaflet or card", FRIEND: "From a friend or relative",
    BRAND: "I do not remember", DIRECT: "I do not remember",
}  # fmt: skip
STATUS_ANSWER = {CURRENT: "Yes, I am subscribed", PAST: "Not now, but I was", NEVER: "No, I never was"}
NOT_MET, UNSURE = "Not applicable", "Don't know"


def five(x: float) -> int:
    """The nearest point of a scale from 1 to 5."""
    return min(5, max(1, math.floor(x + 0.5)))


def true_mean(mu: float, sd: float) -> float:
    """Mean of ``five(X)`` for a normal X: what a rating averages to once people have to pick a point."""
    return 1 + sum(0.5 * math.erfc((cut - mu) / sd / math.sqrt(2)) for cut in (1.5, 2.5, 3.5, 4.5))


def columns(wave: str) -> list[tuple[str, str, str]]:
    """The three header rows of the export: name, question, import id."""
    cols = [
        ("StartDate", "Start Date", "startDate"), ("EndDate", "End Date", "endDate"),
        ("Status", "Response Type", "status"), ("Progress", "Progress", "progress"),
        ("Duration (in seconds)", "Duration (in seconds)", "duration"), ("Finished", "Finished", "finished"),
        ("RecordedDate", "Recorded Date", "recordedDate"), ("ResponseId", "Response ID", "_recordId"),
        ("DistributionChannel", "Distribution Channel", "distributionChannel"),
        ("UserLanguage", "User Language", "userLanguage"), ("respondent_id", "respondent_id", "respondent_id"),
    ]  # fmt: skip
    if wave == "employees":
        cols += [("Q1", "Which team are you in?", "QID1"), ("Q2", "What is your role?", "QID2")]
        return cols + [
            (f"Q6_{i}", f"{STAGE_QUESTION} - {row}", f"QID6_{i}") for i, (row, _) in enumerate(STAGES.values(), 1)
        ]
    cols += [
        ("Q1", "How old are you?", "QID1"), ("Q2", "Who do you live with?", "QID2"),
        ("Q3", "How did you first hear of us?", "QID3"),
        ("Q4", "Are you subscribed to Larder & Lane at the moment?", "QID4"),
    ]  # fmt: skip
    cols += [(f"Q5_{i}", f"{AGREE} - {a}", f"QID5_{i}") for i, a in enumerate(ATTITUDES, 1)]
    cols += [(f"Q6_{i}", f"{STAGE_QUESTION} - {row}", f"QID6_{i}") for i, (row, _) in enumerate(STAGES.values(), 1)]
    cols += [(f"Q7_{i}", f"{CONTACT_QUESTION} - {c}", f"QID7_{i}") for i, c in enumerate(CONTACTS, 1)]
    cols += [
        (f"Q{q}_{i}", f"{text} Tick all that apply. - Selected Choice - {option}", f"QID{q}_{i}")
        for q, text, options in ((8, "What got in the way?", OBSTACLES), (9, "What do you value most?", LIKED))
        for i, option in enumerate(options, 1)
    ]
    return [
        *cols,
        ("Q10", "How satisfied are you with us overall (1 to 5)?", "QID10"),
        ("Q11_NPS_GROUP", "How likely are you to recommend us to a friend or colleague? - Group", "QID11_NPS_GROUP"),
        ("Q11", "How likely are you to recommend us to a friend or colleague?", "QID11"),
        ("Q12", "What should we put right first? In your own words.", "QID12_TEXT"),
    ]


class Respondent:
    """One person's answers, drawn from the parameters above."""

    def __init__(
        self, rng: random.Random, name: str, kind: str, status: str, reached: int, first: str, shift: float
    ) -> None:
        self.rng, self.name, self.kind, self.status, self.first = rng, name, kind, status, first
        k = KINDS.index(kind)
        self.attitudes = [five(rng.gauss(mu[k], ATTITUDE_SD)) for mu in ATTITUDES.values()]
        mood = rng.gauss(0, PERSON_SD)
        felt = {s: mood + rng.gauss(0, MOMENT_SD) for s in STAGES}
        low = {s: shift if s == CHANGED_STAGE else 0.0 for s in STAGES}
        self.stages = {
            s: five(mu[k] + low[s] + felt[s]) for i, (s, (_, mu)) in enumerate(STAGES.items()) if i < reached
        }
        self.contacts, pull = {}, 0.0
        for c, (stage, mean) in CONTACTS.items():
            rating = five(mean + low[stage] + 0.5 * felt[stage] + rng.gauss(0, 0.85))
            if stage not in self.stages or (c == "Taste quiz" and rng.random() < 0.25):
                continue
            self.contacts[c] = rating
            pull += (DRIVER_WEIGHT if c == DRIVER else OTHER_WEIGHT) * (rating - mean - low[stage])
        latent = 3.5 + pull + rng.gauss(0, SAT_NOISE) - (0.3 if status != CURRENT else 0.0)
        self.satisfied = five(latent)
        self.nps = min(10, max(0, round(2.3 * latent - 1.1 + rng.gauss(0, 0.9))))

    def row(self, start: dt.datetime, answer: str) -> list[str]:
        """The row of the export, some of its answers left out."""
        rng, k, subscribed = self.rng, KINDS.index(self.kind), self.status == CURRENT

        def keep(value: object, p: float = 0.975) -> str:
            return str(value) if rng.random() < p else ""

        age, home = rng.choices(range(6), AGE_WEIGHTS[self.kind])[0], rng.choices(range(5), HOME_WEIGHTS[self.kind])[0]
        if self.name in INTERVIEWED:
            age, home = INTERVIEWED[self.name][3:]
        seconds = int(math.exp(rng.gauss(5.9, 0.45)))
        end = start + dt.timedelta(seconds=seconds)
        code = "R_" + "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789", k=15))
        out = [
            str(start),
            str(end),
            "IP Address",
            "100",
            str(seconds),
            "True",
            str(end + dt.timedelta(seconds=1)),
            code,
            "email",
            "EN-GB",
        ]
        heard = self.first if rng.random() < 0.88 or self.name in INTERVIEWED else rng.choice(list(HEARD))
        out += [
            self.name,
            keep(AGES[age]),
            keep(HOMES[home]),
            keep(HEARD.get(heard, HEARD[DIRECT])),
            STATUS_ANSWER[self.status],
        ]
        out += [UNSURE if rng.random() < 0.012 else keep(a, 0.98) for a in self.attitudes]
        out += [keep(self.stages[s], 0.97) if s in self.stages else "" for s in STAGES]
        out += [keep(self.contacts[c]) if c in self.contacts else keep(NOT_MET, 0.8) for c in CONTACTS]
        *real, nothing = OBSTACLES
        ticked = [o for o in real if rng.random() < OBSTACLES[o][subscribed]]
        if not ticked and rng.random() < 0.8:
            ticked = [nothing]
        out += [o if o in ticked else "" for o in OBSTACLES]
        out += [o if rng.random() < share[k] else "" for o, share in LIKED.items()]
        nps = keep(self.nps, 0.985)
        group = "" if not nps else "Promoter" if self.nps > 8 else "Passive" if self.nps > 6 else "Detractor"
        return [*out, keep(self.satisfied, 0.985), group, nps, answer]


def read_answers() -> dict[tuple[str, str], list[str]]:
    """The open answers, written by hand, by kind of person and status; each is given to one person only."""
    found: dict[tuple[str, str], list[str]] = {}
    with open(HERE / "truth" / "open_answers.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["persona"], row["status"]), []).append(row["answer"])
    return found


def survey_2026(rng: random.Random, people: list[Person]) -> tuple[list[list[str]], list[Respondent]]:
    """380 people of the log: the 20 interviewed, others drawn by status from those who looked at the plans."""
    fit = [p for p in people if p.reached >= 3 and p.rows[0][0] < END]
    chosen = [p for p in fit if p.fixed]
    for status, size in ((CURRENT, 165), (PAST, 105), (NEVER, 110)):
        pool = [p for p in fit if p.status == status and not p.fixed and (p.reached == 5 or status == NEVER)]
        chosen += rng.sample(pool, size - sum(p.status == status for p in chosen))
    rng.shuffle(chosen)
    answers, start, rows, everybody = read_answers(), dt.datetime(2026, 7, 6, 8, 12, 40), [], []
    for p in chosen:
        start += dt.timedelta(seconds=int(rng.expovariate(1 / 2700)) + 25)
        r = Respondent(rng, p.name, p.kind, p.status, p.reached, p.first, 0.0)
        waiting = [] if p.fixed else answers.get((p.kind, p.status), [])
        rows.append(r.row(start, waiting.pop(0) if waiting else ""))
        everybody.append(r)
    left = sum(len(v) for v in answers.values())
    if left:
        raise RuntimeError(f"{left} of the open answers found no respondent")
    return rows, everybody


def survey_2025(rng: random.Random) -> tuple[list[list[str]], list[Respondent]]:
    """The previous wave: 240 other people, the same questions; one stage was worse then."""
    start, rows, everybody = dt.datetime(2025, 7, 7, 9, 3, 5), [], []
    for i in range(240):
        start += dt.timedelta(seconds=int(rng.expovariate(1 / 4000)) + 25)
        kind, status = pick(rng, SHARES), rng.choices(STATUSES, (44, 27, 29))[0]
        first = pick(rng, OPENING | {PODCAST: 0.3, FRIEND: 0.12})
        r = Respondent(rng, f"w{i + 1:05d}", kind, status, 3 if status == NEVER else 5, first, CHANGE)
        rows.append(r.row(start, ""))
        everybody.append(r)
    return rows, everybody


BELIEVED = {  # what staff and managers believe that customers feel
    "awareness": (3.7, 3.9),
    "consideration": (3.8, 4.1),
    "decision": (3.6, 4.2),
    "purchase": (3.9, 4.2),
    "retention": (3.4, 3.9),
}
STAFF = [
    ("Kitchen and recipes", 5),
    ("Customer care", 6),
    ("Logistics", 4),
    ("Marketing", 4),
    ("App and site", 4),
    ("Management", 6),
]


def survey_employees(rng: random.Random) -> list[list[str]]:
    """The customers' own five questions, answered as staff believe that customers would."""
    start, rows, number = dt.datetime(2026, 7, 9, 10, 1, 0), [], 0
    for team, size in STAFF:
        for _ in range(size):
            number += 1
            start += dt.timedelta(seconds=rng.randint(300, 9000))
            manager = team == "Management"
            marks = [str(five(rng.gauss(pair[manager], 0.6))) for pair in BELIEVED.values()]
            seconds, code = rng.randint(60, 300), f"R_staff{rng.randint(10**9, 10**10 - 1)}"
            end = start + dt.timedelta(seconds=seconds)
            meta = [
                str(start),
                str(end),
                "IP Address",
                "100",
                str(seconds),
                "True",
                str(end),
                code,
                "anonymous",
                "EN-GB",
            ]
            rows.append([*meta, f"e{number:03d}", team, "manager" if manager else "employee", *marks])
    return rows


# ---------------------------------------------------------------- writing


def as_csv(rows: list[list[str]]) -> bytes:
    """CSV as bytes, in UTF-8, with plain newlines."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def export(wave: str, rows: list[list[str]]) -> bytes:
    """A survey with its three header rows."""
    names, texts, ids = zip(*columns(wave), strict=True)
    return as_csv([list(names), list(texts), [json.dumps({"ImportId": i}, separators=(",", ":")) for i in ids], *rows])


def gzipped(data: bytes) -> bytes:
    """Gzip without name and time: the same bytes on every run."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=9) as file:
        file.write(data)
    return out.getvalue()


def truths(now: list[Respondent], before: list[Respondent]) -> list[list[str]]:
    """The true values, from the parameters and the mix of people drawn, never estimated from the answers."""
    sd, rows = math.hypot(PERSON_SD, MOMENT_SD), [["where", "what", "of", "who", "value"]]
    for wave, everybody, shift in (("customers-2026", now, 0.0), ("customers-2025", before, CHANGE)):
        for s, (_, mu) in STAGES.items():
            kinds, low = [r.kind for r in everybody if s in r.stages], shift if s == CHANGED_STAGE else 0.0
            for who in (*KINDS, "all"):
                these = kinds if who == "all" else [who]
                mean = sum(true_mean(mu[KINDS.index(k)] + low, sd) for k in these) / len(these)
                rows.append([wave, "stage mean (1..5)", s, who, f"{mean:.4f}"])
    for a, mu in ATTITUDES.items():
        for k, m in zip(KINDS, mu, strict=True):
            rows.append(["customers-2026", "attitude mean (1..5)", a, k, f"{true_mean(m, ATTITUDE_SD):.4f}"])
    for c in CONTACTS:
        weight = DRIVER_WEIGHT if c == DRIVER else OTHER_WEIGHT
        rows.append(["customers-2026", "weight for satisfaction", c, "all", f"{weight:.4f}"])
    for o, (no, yes) in list(OBSTACLES.items())[:-1]:
        rows.append(
            ["customers-2026", "odds ratio of not being subscribed", o, "all", f"{no / (1 - no) / yes * (1 - yes):.4f}"]
        )
    for s, pair in BELIEVED.items():
        for who, m in zip(("employee", "manager"), pair, strict=True):
            rows.append(["employees-2026", "believed stage mean (1..5)", s, who, f"{true_mean(m, 0.6):.4f}"])
    for k in KINDS:
        for c, lift in {"other channels": 0.0, **LIFT}.items():
            rows.append(["app-2026", "account after the plan page", c, k, f"{SIGNS_UP[k] + lift:.4f}"])
    rows.append(["app-2026", "accounts put on the waiting list", "", "all", f"{WAITING_LIST:.4f}"])
    for will, p in BACK_TO_MENU.items():
        rows.append(["app-2026", "back to the menu after a look at the plans", "", f"signs up: {will}", f"{p:.4f}"])
    for k in KINDS:
        rows.append(["app-2026", "cancels in the week after the offer", "", k, f"{CANCELS_WEEK_5[k]:.4f}"])
    return rows


def make() -> dict[str, bytes]:
    """Everything that the script makes: path in the study → bytes."""
    rng = random.Random(SEED)
    people = make_people(rng)
    rows_2026, now = survey_2026(rng, people)
    rows_2025, before = survey_2025(rng)
    staff = survey_employees(rng)
    asked = {r.name for r in now}
    kinds = [
        [p.name, p.kind, p.status, "yes" if p.fixed else "no", "2026" if p.name in asked else ""]
        for p in sorted(people, key=lambda p: p.name)
        if p.rows[0][0] < END
    ]
    kinds += [[r.name, r.kind, r.status, "no", "2025"] for r in before]
    return {
        "events/app-2026.csv.gz": gzipped(
            as_csv([["user_id", "time", "event", "channel", "value", "related"], *event_rows(people)])
        ),
        "surveys/customers-2026.csv": export("customers-2026", rows_2026),
        "surveys/customers-2025.csv": export("customers-2025", rows_2025),
        "surveys/employees-2026.csv": export("employees", staff),
        "truth/personas.csv": as_csv([["participant", "persona", "status", "interviewed", "surveyed"], *kinds]),
        "truth/values.csv": as_csv(truths(now, before)),
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
