import re
from html.parser import HTMLParser

import pytest

import cjmkit as cj


class Reader(HTMLParser):
    """Collects tags, text and attributes, as a browser would see them."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes, self._raw = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, k, v) for k, v in attrs]

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


def test_every_note_touchpoint_and_action_is_on_the_page(samples):
    j = samples.residential()
    text = "\n".join(read(cj.report.html(j, blueprint=True)).text)
    for _, _, item in j.cells():
        assert item.text in text
    for action in j.improvements:
        assert action.title in text


def test_notes_without_evidence_are_marked_in_words_and_in_shape(samples):
    j = samples.residential()
    page = cj.report.html(j, blueprint=True)
    assumed = sum(item.assumption for *_, item in j.cells())
    cards = re.findall(r'<li class="(n[^"]*)" id="n-[^"]+"[^>]*>(.*?)</li>', page, flags=re.S)
    marked = [c for kind, c in cards if " a" in kind]
    assert len(marked) == assumed
    assert page.count('aria-label="предположение: ') >= assumed


def test_quotes_are_shown_in_their_context_and_only_their_surroundings_leave_the_study(samples):
    j = samples.residential()
    text = samples.TRANSCRIPT + " тайна " * 200
    page = cj.report.html(j, documents={"P07.txt": text})
    assert "<mark>а отзывов нет, только купленные</mark>" in page
    assert "Муж говорит, что надо искать отзывы" in page
    assert page.count("тайна") < 60


def test_a_quote_that_is_gone_from_its_document_says_so(samples):
    page = cj.report.html(samples.residential(), documents={"P07.txt": "другой текст"})
    assert "Этих слов в документе больше нет." in page


def test_a_quote_whose_document_changed_is_found_again_by_its_words(samples):
    page = cj.report.html(samples.residential(), documents={"P07.txt": "Новая шапка. " + samples.TRANSCRIPT})
    assert "Этих слов в документе больше нет." not in page
    assert "Муж говорит, что надо искать отзывы" in page


def test_nothing_from_data_becomes_markup(samples):
    j = samples.hostile()
    page = cj.report.html(j, documents={"<script>alert(1)</script>": "<script>alert(1)</script></li> and more"})
    reader = read(page)
    assert reader.tags.count("script") == 2  # the words and the page's own script
    assert "img" not in reader.tags
    assert not [v for _, k, v in reader.attributes if k == "href" and v and v.startswith("javascript")]
    assert not [k for _, k, _ in reader.attributes if k.startswith("on")]
    assert "=CMD()|' /C calc'!A0" in "".join(reader.text)


def test_the_page_may_load_nothing(samples):
    page = cj.report.html(samples.residential())
    reader = read(page)
    assert any(v and "default-src 'none'" in v for _, k, v in reader.attributes if k == "content")
    assert not [v for t, k, v in reader.attributes if k in ("src", "srcset", "poster") or (t == "link" and k == "href")]
    assert "@import" not in page
    assert not re.findall(r"url\((?!data:|#)", page)


def test_the_line_breaks_where_there_is_no_data(samples):
    page = cj.report.html(samples.residential()).split('<article class="persona')[0]
    lines = re.findall(r'<polyline points="([^"]+)"', page)
    # planner: sense–evaluation–deal, then a gap, then one point alone; investor the same; employees three
    assert [len(line.split()) for line in lines] == [3, 3, 3]
    assert page.count("нет данных") >= 1


def test_small_n_is_hollow_and_named(samples):
    page = cj.report.html(samples.residential())
    assert "мало людей" in page
    assert 'aria-label="Триггер: следующая покупка или рекомендация: Планировщица Марина · опрос: 0,5' in page


def test_labels_follow_the_language_asked_for(samples):
    page = cj.report.html(samples.residential(), lang="en")
    assert '<html lang="en">' in page
    assert ">Barriers<" in page
    assert "assumption" in page


def test_blueprint_lanes_come_on_request_and_are_not_dropped_in_silence(samples):
    j = samples.residential()
    short, full = cj.report.html(j), cj.report.html(j, blueprint=True)
    assert "Юрист готовит договор" not in short
    assert "Ещё 3 записи" in short
    assert "Юрист готовит договор" in full
    assert "Ещё 3 записи" not in full


def test_a_journey_without_stages_is_a_page_too():
    page = cj.report.html(cj.Journey(id="x", title="Nothing yet"))
    assert "This journey has no stages yet." in page


def test_ids_on_the_page_are_unique(samples):
    ids = [v for _, k, v in read(cj.report.html(samples.residential(), blueprint=True)).attributes if k == "id"]
    assert len(ids) == len(set(ids))


def test_every_reference_to_evidence_resolves(samples):
    reader = read(cj.report.html(samples.residential(), blueprint=True))
    ids = {v for _, k, v in reader.attributes if k == "id"}
    cited = {f"e{n}" for _, k, v in reader.attributes if k == "data-e" and v for n in v.split()}
    assert cited
    assert cited <= ids


def test_the_page_is_written_whole_and_equal(samples, tmp_path):
    page = cj.report.html(samples.residential(), tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text("utf-8") == page


def test_documents_without_text_are_explained(samples):
    import pandas as pd

    with pytest.raises(cj.CjmError, match="text is missing"):
        cj.report.html(samples.residential(), documents=pd.DataFrame({"document": ["a"]}))


def test_a_large_map_stays_sendable(samples):
    j = samples.large()
    assert sum(1 for _ in j.cells()) == 2000
    page = cj.report.html(j, documents={f"P{k:02}.txt": "интервью " * 3_000 for k in range(60)})
    assert len(page.encode()) < 10_000_000


def test_touchpoints_stand_under_the_curve_and_moments_of_truth_are_starred(samples):
    j = samples.residential()
    rail = re.search(r'<div class="rail".*?</div>', cj.report.html(j), re.S).group()
    for stage in j.stages:
        for t in stage.touchpoints:
            (dot,) = re.findall(rf'<a class="([^"]+)" href="#n-{t.id}"[^>]*>(.*?)</a>', rail, re.S)
            assert (t.name in dot[1] and "i-star" in dot[1]) is t.moment_of_truth
    assert rail.count("<span>") == len(j.stages)


def test_a_point_placed_by_a_proposed_link_is_marked_wherever_it_stands(samples):
    j = samples.residential()
    assert "предложенной связи" not in cj.report.html(j)
    k, first = next((k, p) for k, p in enumerate(j.emotion) if p.estimate.n >= 10)
    page = cj.report.html(j.replace(emotion=(*j.emotion[:k], first.replace(proposed=True), *j.emotion[k + 1 :])))
    assert len(re.findall(r'class="pt [^"]*prop"[^>]*предложенной связи', page)) == 1
    assert re.search(r'class="nn [^"]*"[^>]*>≈ n = ', page)
    assert re.search(r'<td class="num">[^<]*≈ этап взят из предложенной связи', page)


def test_numbers_and_dates_are_written_as_people_write_them():
    action = cj.Action(title="Say it", stage="k", score=3915.0, method="RICE", due="2026-09-01")
    barrier = cj.Note(text="Too slow", estimate=cj.Estimate(value=0.4, low=0.3, high=0.5, n=12040))
    j = cj.Journey(id="t", title="T", stages=[cj.Stage(id="k", title="K", barriers=[barrier])], improvements=[action])
    english, russian = cj.report.html(j, lang="en"), cj.report.html(j, lang="ru")
    assert "RICE 3,915" in english
    assert "1 Sep 2026" in english
    assert "n = 12,040" in english
    assert "RICE 3\xa0915" in russian
    assert "01.09.2026" in russian
    assert "2026-09-01" not in english + russian


def test_a_persona_shows_its_curve_in_small_and_says_where_it_is_lowest(samples):
    j = samples.residential()
    page = cj.report.html(j)
    cards = re.findall(r'<article class="persona c(\d+)">(.*?)</article>', page, re.S)
    mine = [p for p in j.emotion if p.persona == j.personas[0].id and p.estimate.n >= 3]
    low = min(mine, key=lambda p: p.estimate.value)
    assert f"ниже всего: {j.stage(low.stage).title} " in cards[0][1]
    assert 'stroke="var(--s0)" stroke-width="2.5"' in cards[0][1]


def share(value, low, high, n):
    return cj.Estimate(value=value, low=low, high=high, n=n, percent=True)


def shop(barriers, personas=(), emotion=(), wave=""):
    stages = [cj.Stage(id="a", title="A", barriers=barriers), cj.Stage(id="b", title="B", barriers=barriers[:1])]
    return cj.Journey(id="t", title="T", stages=stages, personas=personas, emotion=emotion, wave=wave)


def test_a_barrier_carries_the_share_of_each_persona_with_its_n():
    said = [cj.Note(id=f"b{k}", text=t, estimate=share(0.5, 0.3, 0.7, 20)) for k, t in enumerate(["Price", "Wait"])]
    people = [
        cj.Persona(id="P1", name="Planner", barriers=[cj.Note(text="Price", estimate=share(0.8, 0.4, 0.9, 7))]),
        cj.Persona(id="P2", name="Saver", barriers=[cj.Note(text="Wait", estimate=share(0.2, 0.1, 0.5, 9))]),
    ]
    page = cj.report.html(shop(said, people), lang="en")
    price, wait = (re.search(rf'id="n-b{k}".*?</li>', page, re.DOTALL)[0] for k in (0, 1))
    assert "Planner" in price and "80% [40%, 90%], n = 7, anywhere on the way" in price and 'class="own f1"' in price
    assert "Saver" not in price
    # It stands at one stage: nothing has to be said about where.
    assert "20% [10%, 50%], n = 9 " in wait
    # A persona whose journey is not chosen shows nothing of its own.
    assert re.search(r"body:has\(#p-1:checked, #q-1:checked\) \.own\.f1 \{ display: block", page)
    assert ".own { display: none" in page


def test_a_page_with_an_earlier_wave_marks_the_changes_that_hold():
    def wave(value, felt, name):
        notes = [cj.Note(id="b0", text="Price", estimate=share(value, value - 0.05, value + 0.05, 400)),
                 cj.Note(id="b1", text="Wait", estimate=share(0.3 + value / 50, 0.2, 0.4, 400))]  # fmt: skip
        mood = cj.Estimate(value=felt, low=felt - 0.1, high=felt + 0.1, n=300)
        return shop(notes, emotion=[cj.EmotionPoint(stage="a", source="survey", estimate=mood)], wave=name)

    page = cj.report.html(wave(0.7, -0.5, "2026"), earlier=wave(0.4, 0.5, "2025"), lang="en")
    price, wait = (re.search(rf'id="n-b{k}".*?</li>', page, re.DOTALL)[0] for k in (0, 1))
    assert 'class="since sure" title="since 2025: ▲ +30 points [23, 37]"' in price
    assert 'class="since"' in wait and "may be chance" in wait
    assert re.search(r'class="since sure" title="since 2025: ▼ −1\.0 \[−1\.1, −0\.9\]"', page)
    assert "since" not in re.sub(r"<style.*?</style>", "", cj.report.html(wave(0.7, -0.5, "2026")), flags=re.DOTALL)


def test_the_channels_of_a_persona_stand_out_while_it_is_chosen():
    stage = cj.Stage(id="a", title="A", touchpoints=[cj.Touchpoint(name="Chat", channel="Chat"), "Shop"])
    people = [cj.Persona(id="P1", name="Planner", channels=["chat"]), cj.Persona(id="P2", name="Saver")]
    page = cj.report.html(cj.Journey(id="t", title="T", stages=[stage], personas=people), lang="en")
    marked = re.findall(r'<li class="n t[^"]*ch1[^"]*"[^>]*>.*?</li>', page)
    assert len(marked) == 1 and "Chat" in marked[0]
    assert re.search(r"#p-1:checked\) \.ch1 \{ border-color", page)
