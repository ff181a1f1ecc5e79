"""Exports of reviews, tickets, chats, letters and mentions as their tools write them: who said what, when, how good.

The shapes are those of the tools; the people and their words are made up here.
"""

import json
from email.message import EmailMessage

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.voices.reading import recognised

REVIEWS = {
    "app_store.csv": (
        "Date,App Version,Rating,Title,Review,Nickname,Country,Developer Response\n"
        "2026-03-05T10:00:00-07:00,4.1,2,Crashes,It closes on start,mia22,US,Please update\n"
        "2026-03-06T09:00:00-07:00,4.2,5,Better,Works again,leo_k,GB,\n"
    ),
    "google_play.csv": (
        "Package Name,App Version Name,Reviewer Language,Device,Review Submit Date and Time,"
        "Review Submit Millis Since Epoch,Star Rating,Review Title,Review Text,Developer Reply Date and Time,"
        "Developer Reply Text,Review Link\n"
        "com.x,4.1,en,pixel,2026-03-05T10:00:00Z,1772704800000,2,,It closes on start,2026-03-06T10:00:00Z,"
        "Please update,http://a\n"
        "com.x,4.1,en,pixel,2026-03-06T10:00:00Z,1772791200000,5,,Works again,,,http://b\n"
    ),
    "trustpilot.csv": (
        "Review Id,Review Created (UTC),Review Consumer User Name,Review Title,Review Content,Review Stars,"
        "Company Reply Text,Tags\n"
        "a1,2026-03-05,Mia Berg,Crashes,It closes on start,2,Please update,app\n"
        "a2,2026-03-06,Leo King,Better,Works again,5,,\n"
    ),
    "yandex.csv": (
        "Автор;Дата;Оценка;Текст отзыва;Ответ организации;Адрес;Ссылка\n"
        "Мия Б.;5 марта 2026;2;Закрывается при запуске;Обновите;ул. Мира, 1;http://a\n"
        "Лев К.;6 марта 2026;5;Снова работает;;ул. Мира, 1;http://b\n"
    ),
    "2gis.csv": (
        "Имя;Филиал;Звезды;Отзыв;Дата отзыва;Официальный ответ\n"
        "Мия Б.;Центр;2 из 5;Закрывается при запуске;05.03.2026;Обновите\n"
        "Лев К.;Центр;5 из 5;Снова работает;06.03.2026;\n"
    ),
    "market.csv": (
        "Товар;Пользователь;Оценка;Достоинства;Недостатки;Комментарий;Дата;Ответ продавца\n"
        "Чайник;Мия Б.;★★☆☆☆;дешёвый;течёт;не берите;2026-03-05;Замените\n"
        "Чайник;Лев К.;★★★★★;тихий;;всё отлично;2026-03-06;\n"
    ),
}


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_review_is_a_document_of_its_author_with_its_mark_and_the_reply_is_the_companys(name, encoding, tmp_path):
    file = tmp_path / name
    # cp1251 has no stars: there an export writes numbers.
    written = REVIEWS[name] if encoding == "utf-8" else REVIEWS[name].replace("★★★★★", "5").replace("★★☆☆☆", "2")
    file.write_bytes(written.encode(encoding))
    said = cj.voices.read(file)
    assert recognised(file)[0] == "reviews"
    assert said.table["mark"].tolist() == [2.0, 5.0]
    assert said.table[["low", "high"]].iloc[0].tolist() == [1.0, 5.0]
    assert [d.date().isoformat() for d in said.table["date"]] == ["2026-03-05", "2026-03-06"]
    assert said.turns["role"].tolist() == ["respondent", "company", "respondent"]
    assert said.turns.loc[1, "text"] in ("Please update", "Обновите", "Замените")
    assert said.turns.loc[said.turns["role"].eq("company"), "participant"].isna().all()
    assert said.table["participant"].nunique() == 2
    # Offsets point into the stored text.
    for row in said.turns.to_dict("records"):
        assert said.transcripts.text(row["document"])[row["start"] : row["end"]] == row["text"]


def test_attributes_of_a_review_are_columns_to_group_by(tmp_path):
    file = tmp_path / "market.csv"
    file.write_text(REVIEWS["market.csv"], "utf-8")
    said = cj.voices.read(file)
    assert said.table["product"].tolist() == ["Чайник", "Чайник"]
    assert said.said["text"].tolist() == ["не берите\n+ дешёвый\n− течёт", "всё отлично\n+ тихий"]
    survey = said.survey()
    assert cj.survey.score(survey, "mark").estimate.value == 3.5


def test_json_of_stores_and_json_lines(tmp_path):
    apple = {
        "feed": {
            "entry": [
                {
                    "author": {"name": {"label": "mia22"}}, "im:version": {"label": "4.1"}, "im:rating": {"label": "2"},
                    "id": {"label": "11"}, "title": {"label": "Crashes"}, "content": {"label": "It closes"},
                    "updated": {"label": "2026-03-05T10:00:00-07:00"},
                }
            ]
        }
    }  # fmt: skip
    play = [
        {
            "reviewId": "r1", "userName": "Mia Berg", "content": "It closes", "score": 2, "at": "2026-03-05 10:00:00",
            "replyContent": "Please update", "repliedAt": "2026-03-06 10:00:00", "reviewCreatedVersion": "4.1",
        }
    ]  # fmt: skip
    maps = {
        "reviews": [
            {
                "reviewer": {"displayName": "Mia Berg"}, "starRating": "TWO", "comment": "It closes",
                "createTime": "2026-03-05T10:00:00Z",
                "reviewReply": {"comment": "Please update", "updateTime": "2026-03-06T10:00:00Z"},
            }
        ]
    }  # fmt: skip
    for name, data in (("apple.json", apple), ("play.json", play), ("maps.json", maps)):
        file = tmp_path / name
        file.write_text(json.dumps(data), "utf-8")
        assert recognised(file)[0] == "reviews", name
        said = cj.voices.read(file)
        assert said.table["mark"].tolist() == [2.0], name
        assert "It closes" in said.said["text"].iloc[0], name
        if name != "apple.json":
            assert said.table["first_answer"].tolist() == [24.0], name
            assert said.turns["role"].tolist() == ["respondent", "company"]
    lines = tmp_path / "lines.jsonl"
    lines.write_text("\n".join(json.dumps({**play[0], "reviewId": f"r{k}", "userName": f"u{k}"}) for k in range(3)))
    assert len(cj.voices.read(lines)) == 3


ZENDESK = {
    "tickets": [
        {
            "id": 35, "subject": "Late parcel", "description": "Where is it?", "requester_id": 7, "status": "solved",
            "tags": ["late", "vip"], "created_at": "2026-03-05T10:00:00Z", "via": {"channel": "email"},
            "satisfaction_rating": {"score": "bad"},
            "comments": [
                {"author_id": 7, "body": "Where is it?", "created_at": "2026-03-05T10:00:00Z", "public": True},
                {"author_id": 1, "body": "customer is angry", "created_at": "2026-03-05T10:30:00Z", "public": False},
                {"author_id": 1, "body": "On its way", "created_at": "2026-03-05T12:00:00Z", "public": True},
            ],
            "metric_set": {"full_resolution_time_in_minutes": {"calendar": 600, "business": 300}},
        }
    ]
}  # fmt: skip
FRESHDESK = [
    {
        "id": 35, "subject": "Late parcel", "description_text": "Where is it?", "requester_id": 7,
        "tags": ["late", "vip"], "created_at": "2026-03-05T10:00:00Z", "source": 1, "status": 4,
        "conversations": [
            {"body_text": "customer is angry", "private": True, "incoming": False, "user_id": 1},
            {"body_text": "On its way", "private": False, "incoming": False, "user_id": 1,
             "created_at": "2026-03-05T12:00:00Z"},
        ],
        "stats": {"first_responded_at": "2026-03-05T12:00:00Z", "resolved_at": "2026-03-05T20:00:00Z"},
        "satisfaction_rating": {"ratings": {"default_question": -103}},
    }
]  # fmt: skip
INTERCOM = {
    "conversations": [
        {
            "id": "35", "created_at": 1772704800, "contacts": {"contacts": [{"id": "7"}]}, "state": "closed",
            "source": {"type": "conversation", "subject": "Late parcel", "body": "<p>Where is it?</p>",
                       "author": {"type": "user", "id": "7"}},
            "tags": {"tags": [{"name": "late"}, {"name": "vip"}]},
            "conversation_parts": {"conversation_parts": [
                {"part_type": "note", "body": "angry", "author": {"type": "admin", "id": "1"}},
                {"part_type": "comment", "body": "<p>On its way</p>", "created_at": 1772712000,
                 "author": {"type": "admin", "id": "1"}}]},
            "conversation_rating": {"rating": 1},
            "statistics": {"time_to_admin_reply": 7200, "last_close_at": 1772740800},
        }
    ]
}  # fmt: skip
JIRA = {
    "issues": [
        {
            "key": "SD-35",
            "fields": {
                "summary": "Late parcel", "description": "Where is it?", "reporter": {"accountId": "7"},
                "created": "2026-03-05T10:00:00.000+0000", "resolutiondate": "2026-03-05T20:00:00.000+0000",
                "labels": ["late", "vip"], "status": {"name": "Done"},
                "customfield_1": {"rating": 1},
                "comment": {"comments": [
                    {"author": {"accountId": "1"}, "body": "angry", "jsdPublic": False},
                    {"author": {"accountId": "1"}, "body": "On its way", "jsdPublic": True,
                     "created": "2026-03-05T12:00:00.000+0000"}]},
            },
        }
    ]
}  # fmt: skip


@pytest.mark.parametrize("data", [ZENDESK, FRESHDESK, INTERCOM, JIRA], ids=["zendesk", "freshdesk", "intercom", "jira"])
def test_a_ticket_has_its_requester_answers_times_tags_and_mark(data, tmp_path):
    file = tmp_path / "tickets.json"
    file.write_text(json.dumps(data), "utf-8")
    assert recognised(file)[0] == "tickets"
    said = cj.voices.read(file)
    row = said.table.iloc[0]
    assert (row["participant"], row["kind"], row["tags"]) == ("7", "ticket", ("late", "vip"))
    assert (row["first_answer"], row["solved"]) == (2.0, 10.0)
    # The worst mark, on whatever scale the tool has.
    assert 4 * (row["mark"] - row["low"]) / (row["high"] - row["low"]) - 2 == -2
    assert said.turns["role"].tolist() == ["respondent", "company"]
    assert said.turns["text"].tolist() == ["Late parcel\nWhere is it?", "On its way"]
    assert "internal notes left out: 1" in " ".join(said.notes)


def test_tables_of_tickets(tmp_path):
    zendesk = tmp_path / "zendesk.csv"
    zendesk.write_text(
        "Id,Requester,Requester id,Subject,Tags,Status,Created at,Satisfaction Score,First reply time in minutes,"
        "Full resolution time in minutes\n"
        "35,Mia Berg,7,Late parcel,late vip,Solved,2026-03-05 10:00,Bad,120,600\n"
        "36,Leo King,8,Thanks,,Solved,2026-03-05 11:00,Good,30,60\n"
    )
    freshdesk = tmp_path / "freshdesk.csv"
    freshdesk.write_text(
        "Ticket ID,Subject,Status,Created time,Resolved time,First response time (in hrs),Tags,Survey results,"
        "Full name,Contact ID\n"
        '35,Late parcel,Closed,2026-03-05 10:00:00,2026-03-05 20:00:00,02:00:00,"late,vip",Extremely unhappy,Mia,7\n'
        "36,Thanks,Closed,2026-03-05 11:00:00,2026-03-05 12:00:00,00:30:00,,Extremely happy,Leo,8\n"
    )
    jira = tmp_path / "jira.csv"
    jira.write_text(
        "Issue key,Summary,Status,Reporter,Created,Resolved,Description,Labels,Comment,Comment\n"
        "SD-35,Late parcel,Done,mia,05/Mar/26 10:00 AM,05/Mar/26 8:00 PM,Where is it?,late,"
        "05/Mar/26 12:00 PM;agent1;On its way,05/Mar/26 1:00 PM;mia;Thank you\n"
        "SD-36,Thanks,Done,leo,05/Mar/26 11:00 AM,05/Mar/26 12:00 PM,Good,,,\n"
    )
    for file, first in ((zendesk, [2.0, 0.5]), (freshdesk, [2.0, 0.5]), (jira, [2.0])):
        assert recognised(file)[0] == "tickets", file.name
        said = cj.voices.read(file)
        assert said.table["solved"].tolist() == [10.0, 1.0], file.name
        assert said.table["first_answer"].dropna().tolist() == first, file.name
    said = cj.voices.read(jira)
    assert said.turns["role"].tolist() == ["respondent", "company", "respondent", "respondent"]
    assert said.turns["participant"].dropna().tolist() == ["mia", "mia", "leo"]
    both = cj.voices.read([zendesk, freshdesk])
    assert len(both) == 4
    assert both.stage_scores()["score"].tolist() == [-2.0, 2.0, -2.0, 2.0]


def test_chats_are_told_from_interviews_by_their_two_sides(tmp_path):
    chat = tmp_path / "chats.csv"
    chat.write_text(
        "Chat ID,Time,Sender type,Message,User\n"
        "c1,2026-03-05 10:00,visitor,Where is it?,7\nc1,2026-03-05 10:06,agent,On its way,\n"
        "c2,2026-03-05 11:00,visitor,Thanks,8\n"
    )
    said = cj.voices.read(chat)
    assert recognised(chat)[0] == "chats"
    assert said.turns["role"].tolist() == ["respondent", "company", "respondent"]
    assert said.table["participant"].tolist() == ["7", "8"]
    assert said.table["first_answer"].dropna().tolist() == [pytest.approx(0.1)]
    talk = tmp_path / "talk.csv"
    talk.write_text("id,who,text\n1,Anna,Slow\n1,Boris,Why?\n")
    assert recognised(talk)[0] == ""


def letter(sender, to, subject, text, when, number, answers=""):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = sender, to, subject, when
    message["Message-ID"] = f"<{number}@x>"
    if answers:
        message["In-Reply-To"] = f"<{answers}@x>"
    message.set_content(text)
    return b"From x Thu Mar  5 10:00:00 2026\n" + message.as_bytes() + b"\n\n"


def test_a_mailbox_is_threads_of_letters_without_what_they_quote(tmp_path):
    box = tmp_path / "support.mbox"
    box.write_bytes(
        letter("Мия <mia@mail.ru>", "help@shop.ru", "Где посылка?", "Жду неделю", "Thu, 05 Mar 2026 10:00:00 +0300", 1)
        + letter(
            "help@shop.ru", "mia@mail.ru", "Re: Где посылка?", "Уже едет\n\n05.03.2026 Мия пишет:\n> Жду неделю",
            "Thu, 05 Mar 2026 12:00:00 +0300", 2, 1,
        )
        + letter("leo@mail.ru", "help@shop.ru", "Спасибо", "Всё отлично", "Fri, 06 Mar 2026 10:00:00 +0300", 3)
    )  # fmt: skip
    assert recognised(box)[0] == "letters"
    said = cj.voices.read(box)
    assert said.table["participant"].tolist() == ["mia@mail.ru", "leo@mail.ru"]
    assert said.turns["role"].tolist() == ["respondent", "company", "respondent"]
    assert said.turns["text"].tolist() == ["Где посылка?\nЖду неделю", "Уже едет", "Спасибо\nВсё отлично"]
    assert said.table["first_answer"].dropna().tolist() == [2.0]


def test_mentions_of_a_monitor_have_no_mark(tmp_path):
    file = tmp_path / "monitor.csv"
    file.write_text(
        "Дата;Источник;Автор;Текст;Тональность;Охват;Ссылка\n"
        "05.03.2026 10:00;vk.com;Мия Б.;Посылка опоздала;Негативная;120;http://a\n",
        "utf-8",
    )
    assert recognised(file)[0] == "mentions"
    said = cj.voices.read(file)
    assert said.table.loc[0, "channel"] == "vk.com"
    assert said.table.loc[0, "sentiment"] == "Негативная"
    with pytest.raises(cj.errors.NotEnough, match="mark|оценк"):
        said.stage_scores()


def test_names_that_several_may_have_do_not_make_one_person(tmp_path):
    file = tmp_path / "r.csv"
    rows = "".join(f"{k},Anna,5,Fine\n" for k in range(3)) + "8,Leo King,4,ok\n9,Leo King,2,bad\n10,,3,so so\n"
    file.write_text("id,author,rating,review\n" + rows)
    said = cj.voices.read(file)
    assert said.table["participant"].nunique() == 5
    assert any("Anna" in n for n in said.notes)


def test_surveys_logs_and_interviews_are_no_reviews(tmp_path):
    for name, head, row in (
        ("survey.csv", "id,How was it?,Rating,Comment", "1,4,5,fine"),
        ("two.csv", "Timestamp,Email,Rating of the site,Rating of the app,Comment", "2026,a@b.c,4,5,fine"),
        ("log.csv", "user,time,event,channel", "u1,2026-01-01,visit,ads"),
        ("talk.csv", "speaker,text", "Anna,Slow"),
        ("coded.csv", "document,start,end,quote,code", "a,1,2,x,y"),
    ):
        file = tmp_path / name
        file.write_text(f"{head}\n{row}\n{row}\n")
        assert recognised(file) == ("", ""), name


def test_an_unknown_table_names_its_columns(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(cj.errors.FileFormatError, match="a, b"):
        cj.voices.read(file)


def test_times_are_read_whatever_the_order_of_day_and_month():
    from cjmkit.voices.draft import moments

    assert [t.isoformat()[:10] for t in moments(["25/03/2026", "04/03/2026"])] == ["2026-03-25", "2026-03-04"]
    assert [t.isoformat()[:10] for t in moments(["3/25/2026", "3/4/2026"])] == ["2026-03-25", "2026-03-04"]
    assert pd.isna(moments(["soon"])[0])


def test_a_name_without_a_surname_that_comes_back_is_several_people(tmp_path):
    names = ["Анна К."] * 3 + ["Мария Ивановна"] * 2 + ["Пётр"] * 2 + ["Иван Соколов"] * 2 + ["user7743"] * 2
    rows = "".join(f"{name};2;Привезли поздно\n" for name in names)
    (tmp_path / "r.csv").write_text("Автор;Оценка;Текст отзыва\n" + rows, "utf-8")
    said = cj.voices.read(tmp_path / "r.csv")
    assert said.table["participant"].nunique() == 3 + 2 + 2 + 1 + 1
