from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmkit.errors import CjmError
from cjmkit.text.identifiers import luhn
from cjmkit.text.names import name_forms
from cjmkit.text.redact import Finder

FINDER = Finder(["Анна Петрова", "Иван", "Сергей Кузнецов", "John O'Neil", "Вера"])


def found(said):
    return [(said[h.start : h.end], h.kind) for h in FINDER.find(said)]


@pytest.mark.parametrize(
    "number",
    [
        "8 (916) 123-45-67", "89161234567", "+7-916-123-45-67", "+7 (495) 123 45 67",
        "8(800)555-35-35",
        "7 916 123 45 67",
        "916 123-45-67", "123-45-67", "020 7946 0958", "07700900123", "(555) 123-4567",
        "555-123-4567", "+44 20 7946 0958",
        "+1 (555) 123-4567",
        "+49 30 901820", "+380 44 123-45-67", "0049 30 901820123",
    ],
)  # fmt: skip
def test_phones_are_found_whole(number):
    assert found(f"в 2019 мой номер: {number}, звоните после 10:30") == [(number, "phone")]


@pytest.mark.parametrize(
    "said",
    [
        "12.02.2017, потом 2017-02-12 и 10:30–11:45",
        "3 500 000 рублей, 65 метров, 2 комнаты, этаж 12-14",
        "версия 10.15.7, порт 127.0.0.1",
        "по 30–40 тысяч в 2025–2026 годах",
        "код 4276 3800 1234 5678 без верной контрольной цифры",
        "ISBN 978-5-4461-1234-5",
        "оплата в 2 клика, @ и @@",
    ],
)
def test_dates_sums_and_order_numbers_are_left_alone(said):
    assert found(said) == []


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("пишите на anna.k+cjm@mail.example.ru!", "email", "anna.k+cjm@mail.example.ru"),
        ("мой ник @anna_k, да", "handle", "@anna_k"),
        ("вот t.me/anna_k.", "handle", "t.me/anna_k"),
        ("карта 4111 1111 1111 1111 сбер", "card", "4111 1111 1111 1111"),
        ("СНИЛС 112-233-445 95", "snils", "112-233-445 95"),
        ("паспорт серия 45 10 123456", "passport", "45 10 123456"),
        ("живу на ул. Ленина, д. 5, корп. 2, кв. 7, второй этаж", "address", "ул. Ленина, д. 5, корп. 2, кв. 7"),
        ("офис: Невский проспект, 28.", "address", "Невский проспект, 28"),
        ("на улице Новый Арбат 15 шумно", "address", "улице Новый Арбат 15"),
        ("at 221B Baker Street, Flat 4, since May", "address", "221B Baker Street, Flat 4"),
        ("в NW1 6XE тихо", "postcode", "NW1 6XE"),
    ],
)
def test_each_kind_is_found_with_its_bounds(said, kind, words):
    assert found(said) == [(words, kind)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("звонила Анне Петровой вчера", ["Анне Петровой"]),
        ("у Ивана и ИВАНУ", ["Ивана", "ИВАНУ"]),
        ("И тут А. С. Петрова говорит", ["А. С. Петрова"]),
        ("Кузнецовым Сергеем доволен", ["Кузнецовым Сергеем"]),
        ("Вера ушла, веры нет", ["Вера"]),
        ("Ивановка, иван-чай, Анналы", []),
        ("John said: O'Neil's phone", ["John", "O'Neil"]),
    ],
)
def test_names_are_found_in_all_cases_and_only_as_names(said, words):
    assert [w for w, k in found(said) if k == "person"] == words


def test_surnames_of_husband_and_wife_decline_each_in_its_way():
    assert {"петрова", "петрову", "петровым", "петровой"} <= name_forms("Петров")
    assert {"достоевского", "достоевская", "достоевскую"} <= name_forms("Достоевский")
    assert {"ольге", "ольги", "ольгой"} <= name_forms("Ольга")
    assert {"марии", "марию", "марией"} <= name_forms("Мария")
    assert {"игоря", "игорем"} <= name_forms("Игорь")
    assert name_forms("Шевченко") == {"шевченко"}


def test_spellings_of_one_person_share_a_key():
    finder = Finder({"Анна Петрова": "anna", "Аня": "anna"})
    assert {h.key for h in finder.find("Аня? Ане и Анне Петровой")} == {"anna"}
    assert [h.kind for h in Finder(["Вера"], any_case=True).find("вера")] == ["person"]
    with pytest.raises(CjmError, match="unknown kind"):
        Finder(kinds=["phones"])


@given(st.integers(10**14, 10**15 - 1))
def test_one_wrong_digit_breaks_a_card_number(body):
    digits = str(body)
    check = next(d for d in "0123456789" if luhn(digits + d))
    good = digits + check
    for i in range(len(good)):
        other = good[:i] + str((int(good[i]) + 1) % 10) + good[i + 1 :]
        assert not luhn(other)


@given(st.text(alphabet=st.sampled_from("Анна Петрова+7916123-45@mail.ru/tме.ул 45,кв\n"), max_size=60))
def test_places_lie_in_the_text_in_order_and_do_not_overlap(said):
    hits = FINDER.find(said)
    assert all(0 <= h.start < h.end <= len(said) for h in hits)
    assert all(a.end <= b.start for a, b in pairwise(hits))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Мы на Ленинградском проспекте 75к1 живём", "Мы на [ADDRESS_1] живём"),
        ("Набережная Фонтанки, 14", "[ADDRESS_1]"),
        ("Это на Профсоюзной, дом пять, квартира двадцать девять.", "Это на [ADDRESS_1]."),
        ("Это на Профсоюзной, дом 5.", "Это на [ADDRESS_1]."),
        ("Наш дом пятый год строят, а в доме холодно.", "Наш дом пятый год строят, а в доме холодно."),
        ("Платила картой 4276 1600 1234 5678, СНИЛС 112-233-445 95", "Платила картой [CARD_1], СНИЛС [SNILS_1]"),
    ],
)
def test_russian_addresses_and_cards_as_people_say_them(said, left):
    from cjmkit import interviews

    assert interviews.redact(said).texts.iloc[0] == left


def test_a_name_ends_with_its_line_and_labels_greetings_and_verbs_are_nobody():
    pytest.importorskip("natasha")
    from cjmkit import interviews

    said = (
        "Интервьюер — Елена Смирнова\nИнтервьюер: Здравствуйте, Ольга Сергеевна! Как вы?\nРеспондент: Угу.\n"
        "Интервьюер: Сколько ждали?\nРеспондент: Ждал сорок минут, Рустам помог.\n"
    )
    masked = interviews.redact(said).texts.iloc[0]
    assert [line.split(":")[0] for line in masked.splitlines()[1:]] == ["Интервьюер", "Респондент"] * 2
    assert "Здравствуйте" in masked and "Угу" in masked and "Ждал сорок" in masked
    assert not any(name in masked for name in ("Елена", "Смирнова", "Ольга", "Сергеевна", "Рустам"))
