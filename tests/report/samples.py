"""Realistic journeys, made up for the tests: Russian and English, long labels, several personas, gaps, beliefs."""

import datetime as dt

import cjmkit as cj
from cjmkit import (
    Action,
    DeskSource,
    EmotionPoint,
    Estimate,
    EventFigure,
    Link,
    Note,
    Persona,
    Quote,
    Stage,
    SurveyFigure,
    Touchpoint,
    Verdict,
)

TRANSCRIPT = (
    "И: Расскажите, как вы выбирали. Р: Честно говоря, сначала мы просто ходили и смотрели, что строят "
    "рядом с родителями. "
    "Потом я села сравнивать сайты, и вот тут началось: на половине сайтов нет ни одной живой фотографии, "
    "одни рендеры. "
    "Мне было страшно, что стройка встанет и мы останемся без денег и без квартиры. Муж говорит, что надо искать "
    "отзывы, "
    "а отзывов нет, только купленные. В чате мне ответили через сорок минут, когда я уже закрыла вкладку. "
    "Зато на просмотре менеджер всё показал и сам назвал срок сдачи, и я успокоилась."
)


def quote(words, participant="P07", **fields):
    start = TRANSCRIPT.index(words)
    return Quote(
        document="P07.txt",
        start=start,
        end=start + len(words),
        quote=words,
        participant=participant,
        coder="anna",
        **fields,
    )


def figure(value, low, high, n, **fields):
    return Estimate(value=value, low=low, high=high, n=n, **fields)


def survey(value=0.42, low=0.31, high=0.54, n=70, **fields):
    return SurveyFigure(
        survey="buyers-2026",
        item="q12",
        question="Что мешало вам выбрать квартиру?",
        where="купили в 2026 году",
        statistic="доля",
        estimate=figure(value, low, high, n, method="Wilson"),
        **fields,
    )


def events():
    return EventFigure(
        log="site-2026",
        query="funnel(visit → chat → viewing → deal), step viewing",
        engine="duckdb",
        sha256="9f" * 32,
        estimate=figure(0.18, 0.16, 0.20, 1480, method="Wilson"),
    )


def desk():
    return DeskSource(
        source="S3",
        title="Обзор рынка новостроек",
        date=dt.date(2026, 3, 1),
        url="https://example.org/report?a=1&b=2",
        passage="Каждый третий покупатель сравнивает больше пяти комплексов.",
    )


def residential():
    """A Russian map with two personas, a gap, a small n, a belief and a plan."""
    planner = Persona(
        id="planner",
        name="Планировщица Марина",
        description="Продакт-менеджер в софтверной компании, замужем два года, ждёт ребёнка, живёт с родителями мужа.",
        share=figure(0.38, 0.27, 0.51, 70),
        traits=(
            Note(text="Сравнивает больше пяти комплексов до первого звонка", evidence=(survey(), desk())),
            Note(text="Решение принимает вместе с мужем и родителями"),
        ),
        goals=(Note(text="Своё жильё до рождения ребёнка", evidence=(quote("сначала мы просто ходили и смотрели"),)),),
        quotes=(quote("Мне было страшно, что стройка встанет", valence=-2, code="страх стройки"),),
        channels=("сайт", "чат", "отзывы"),
        participants=("P07", "P11", "P12", "P15"),
        verdict=Verdict(
            status="stable",
            en="a stable group: bootstrap Jaccard .86, 70 people",
            ru="устойчивая группа: Жаккар по бутстрепу 0,86, 70 человек",
            p_value=0.01,
            stability=0.86,
            n=70,
        ),
    )
    investor = Persona(
        id="investor",
        name="Инвестор",
        description="Покупает вторую квартиру, чтобы сдавать.",
        verdict=Verdict(
            status="tentative", en="a tentative group", ru="предварительная группа: 9 человек", stability=0.64, n=70
        ),
    )
    no_reviews = Note(
        text="Нет отзывов, которым можно верить",
        evidence=(quote("а отзывов нет, только купленные", code="отзывы"), survey(), desk()),
        estimate=figure(0.42, 0.31, 0.54, 70, method="Wilson"),
    )
    fear = Note(
        text="Страх, что стройка остановится и деньги пропадут",
        evidence=(quote("Мне было страшно, что стройка встанет", valence=-2, code="страх стройки"),),
        estimate=figure(0.27, 0.18, 0.39, 70, method="Wilson"),
        persona="planner",
    )
    stages = (
        Stage(
            id="sense",
            title="Осмысление",
            phase="before",
            description="Появляется повод: ребёнок, переезд, деньги",
            goals=(Note(text="Комфортное жильё для семьи рядом с родителями", evidence=(survey(0.61, 0.49, 0.72),)),),
            actions=(
                Note(text="Сравнивает районы", evidence=(quote("что строят рядом с родителями"),)),
                Note(text="Ищет застройщиков в сети и спрашивает подругу"),
            ),
            questions=(Note(text="Какой район лучше для семьи с маленьким ребёнком?"),),
            touchpoints=(
                Touchpoint(name="Поиск «новостройки рядом»", channel="поиск", owner="Отдел маркетинга"),
                Touchpoint(name="Рассказ подруги о своём доме", channel="знакомые"),
            ),
            barriers=(
                Note(text="Слишком много застройщиков"),
                Note(text="Боится переполненного детского сада", persona="planner"),
            ),
            tasks=(Note(text="Показать инфраструктуру на карте"),),
        ),
        Stage(
            id="evaluation",
            title="Оценка",
            phase="before",
            goals=(
                Note(
                    text="Лучшее предложение по кредиту, цене, месту и надёжности", evidence=(survey(0.55, 0.43, 0.66),)
                ),
            ),
            expectations=(Note(text="Живые фотографии и планировки без регистрации"),),
            actions=(
                Note(
                    text="Добавляет сайты в закладки, спрашивает в чате, читает отзывы",
                    evidence=(quote("В чате мне ответили через сорок минут"), events()),
                ),
            ),
            questions=(Note(text="Когда сдадут? Что будет, если застройщик разорится?"),),
            thoughts=(Note(text="«Одни рендеры — значит, им есть что скрывать»"),),
            touchpoints=(
                Touchpoint(
                    name="Ответ в чате на сайте",
                    channel="чат",
                    owner="Отдел продаж",
                    moment_of_truth=True,
                    service_level="ответ за 15 секунд",
                    evidence=(quote("В чате мне ответили через сорок минут", valence=-1, code="чат"),),
                ),
                Touchpoint(name="Карточка квартиры", channel="сайт", owner="Продукт", evidence=(events(),)),
                Touchpoint(name="Отзывы на независимой площадке", channel="отзывы"),
            ),
            barriers=(no_reviews, fear, Note(text="Контакты просят раньше, чем показывают условия")),
            tasks=(Note(text="Реклама на запросы об отзывах и надёжности"),),
            kpis=(Note(text="Доля ответов в чате за 15 секунд"),),
        ),
        Stage(
            id="deal",
            title="Сделка",
            phase="during",
            goals=(Note(text="Подписать ипотечный договор без ошибок"),),
            actions=(Note(text="Приходит из закладки с телефона, заполняет форму, получает звонок, подписывает"),),
            touchpoints=(
                Touchpoint(
                    name="Звонок менеджера", channel="телефон", owner="Отдел продаж", service_level="за 15 минут"
                ),
                Touchpoint(
                    name="Просмотр квартиры с менеджером",
                    channel="офис продаж",
                    owner="Отдел продаж",
                    moment_of_truth=True,
                    evidence=(quote("на просмотре менеджер всё показал", valence=2, code="просмотр"),),
                ),
                Touchpoint(name="Ипотечный договор", channel="документы", owner="Юристы"),
            ),
            barriers=(Note(text="Мобильный сайт открывается медленно", estimate=figure(0.12, 0.06, 0.22, 70)),),
            front_stage=(Note(text="Менеджер показывает квартиру"),),
            back_stage=(Note(text="Юрист готовит договор"),),
            support=(Note(text="Банк согласует ипотеку"),),
        ),
        Stage(
            id="loyalty",
            title="Петля лояльности",
            phase="after",
            optional=True,
            actions=(Note(text="Оставляет отзыв за бонус"),),
            touchpoints=(Touchpoint(name="Письмо с просьбой об отзыве", channel="e-mail", owner="Отдел маркетинга"),),
            barriers=(Note(text="Стесняется публичного имени и думает, что отзыв никому не нужен"),),
        ),
        Stage(
            id="trigger",
            title="Триггер: следующая покупка или рекомендация",
            phase="after",
            actions=(Note(text="Рекомендует друзьям ради скидки на ипотеку"),),
            touchpoints=(Touchpoint(name="Программа «Приведи друга»", channel="приложение"),),
            barriers=(Note(text="Боится, что скидка маленькая или её трудно получить"),),
        ),
    )

    def points(persona, source, rows):
        for stage, value, low, high, n in rows:
            yield EmotionPoint(
                stage=stage,
                persona=persona,
                source=source,
                estimate=figure(value, low, high, n, method="bootstrap"),
                evidence=(survey(n=n),) if source == "survey" else (),
            )

    emotion = (
        *points(
            "planner",
            "survey",
            [
                ("sense", 0.6, 0.2, 1.0, 26),
                ("evaluation", -0.9, -1.3, -0.5, 26),
                ("deal", 1.1, 0.7, 1.5, 24),
                ("loyalty", None, None, None, 0),
                ("trigger", 0.5, -0.9, 1.6, 3),
            ],
        ),
        *points(
            "investor",
            "coding",
            [
                ("sense", 0.1, -0.5, 0.7, 9),
                ("evaluation", -0.4, -1.0, 0.2, 9),
                ("deal", 0.3, -0.3, 0.9, 8),
                ("trigger", 1.2, 0.6, 1.8, 9),
            ],
        ),
        *points(
            "", "employees", [(s, v, None, None, 6) for s, v in zip(("sense", "evaluation", "deal"), (1, 0.8, 1.5))]
        ),
    )
    return cj.Journey(
        id="first-flat",
        title="Первая квартира в жилом комплексе",
        language="ru",
        framework="loyalty-loop",
        scenario="Молодая семья ищет первую собственную квартиру и хочет въехать до рождения ребёнка",
        wave="2026-1",
        date=dt.date(2026, 11, 1),
        personas=(planner, investor),
        stages=stages,
        links=(
            Link(source="sense", target="deal", kind="skip", share=figure(0.08, 0.05, 0.12, 310)),
            Link(
                source="evaluation",
                target="sense",
                kind="back",
                share=figure(0.31, 0.27, 0.36, 480),
                evidence=(events(),),
            ),
            Link(source="evaluation", kind="leave", share=figure(0.44, 0.40, 0.49, 480)),
            Link(source="deal", target="deal", kind="repeat", label="второй просмотр"),
            Link(source="trigger", target="sense", kind="loop"),
        ),
        emotion=emotion,
        improvements=(
            Action(
                title="Опрос покупателей и открытая страница настоящих отзывов",
                stage="evaluation",
                barriers=(no_reviews.id,),
                owner="Отдел маркетинга",
                effort=1.5,
                effect=figure(0.05, 0.02, 0.09, 480),
                score=42,
                method="RICE",
                due=dt.date(2027, 2, 1),
                metric="доля сделок после чтения отзывов",
                evidence=(survey(),),
            ),
            Action(title="Камера на стройке", stage="evaluation", barriers=(fear.id,), effort=0.5),
        ),
        agreement=figure(0.78, 0.71, 0.84, 24, unit="interviews", method="Krippendorff alpha"),
    )


def english():
    """An English map from a stage model with its typical content: assumptions only, long labels."""
    j = cj.Journey.from_framework("five-stages", title="Buying a bicycle for commuting", language="en", content=True)
    j = j.with_persona(Persona(id="commuter", name="Commuter Tom"))
    first = j.stages[0].id
    return j.with_note(
        first,
        "thoughts",
        "“I would like to leave the car at home, but the last stretch of the road to the office has no cycle lane, "
        "and I have nobody to ask whether the company would let me keep the bicycle indoors.”",
    ).with_emotion(
        [
            EmotionPoint(stage=s.id, source="researcher", estimate=Estimate(value=v, n=0))
            for s, v in zip(j.stages, (0, 1, -1, 1.5, 0.5))
        ]
    )


def hostile():
    """Everything that must stay text."""
    bad = "<script>alert(1)</script>"
    return cj.Journey(
        id="x",
        title=f"{bad} & \"q\" 'a'",
        scenario=bad,
        personas=(Persona(id="p", name=bad, description="<img src=x onerror=alert(1)>"),),
        stages=(
            Stage(
                id="s",
                title=bad,
                description="</style><b>",
                goals=(
                    Note(
                        text=bad, evidence=(Quote(document=bad, start=0, end=5, quote=f"{bad}</li>", participant=bad),)
                    ),
                    Note(text="=CMD()|' /C calc'!A0"),
                    Note(text="مرحبا بالعالم, שלום 🙂👍 $x_1$ \\frac{1}{2}"),
                    Note(text="слово " * 830),
                    Note(text="WWWWWWWWWW" * 60),
                ),
                touchpoints=(Touchpoint(name=bad, channel=bad, owner=bad),),
                barriers=(Note(text="x", evidence=(DeskSource(source="s", url="javascript:alert(1)", title=bad),)),),
            ),
            Stage(id="s2", title=bad),
        ),
    )


def large(stages=40, lanes=12, notes=2000, evidence=20000):
    """A journey at the size of the stated limit."""
    from cjmkit.core.stage import LANES

    names = [*LANES, "touchpoints"][:lanes]
    per = max(1, notes // (stages * len(names)))
    extra = notes - per * stages * len(names)
    cited = evidence // notes
    out, made = [], 0
    for s in range(stages):
        fields = {}
        for k, lane in enumerate(names):
            cell = []
            for i in range(per + (1 if (s * len(names) + k) < extra else 0)):
                made += 1
                text = f"Запись {made}: человек сравнивает предложения и не находит ответа на вопрос {s}.{k}.{i}"
                proof = tuple(
                    Quote(
                        document=f"P{(made * 7 + e) % 60:02}.txt",
                        start=made * 100 + e,
                        end=made * 100 + e + 60,
                        quote=f"и вот тут я не поняла, что делать дальше, {made}-{e}, потому что никто не ответил",
                        participant=f"P{(made * 7 + e) % 60:02}",
                        code="нет ответа",
                    )
                    for e in range(cited)
                )
                if lane == "touchpoints":
                    cell.append(Touchpoint(name=text, channel="сайт", owner="Отдел", evidence=proof))
                else:
                    cell.append(Note(text=text, evidence=proof))
            fields[lane] = tuple(cell)
        phase = "before" if s < stages // 3 else "during" if s < 2 * stages // 3 else "after"
        out.append(Stage(id=f"s{s}", title=f"Этап {s + 1}", phase=phase, **fields))
    points = tuple(
        EmotionPoint(
            stage=f"s{s}", source="survey", estimate=figure((s % 9) / 3 - 1.3, (s % 9) / 3 - 1.6, (s % 9) / 3 - 1, 40)
        )
        for s in range(stages)
    )
    return cj.Journey(id="large", title="Большая карта", language="ru", stages=tuple(out), emotion=points)
