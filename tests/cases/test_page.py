"""The case page: what it shows to whom, what it hides, and with how many queries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as happening
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases import history
from petitions.cases.checks import check_character
from petitions.cases.history import PAGE, Sort
from petitions.cases.perform import open_to, perform
from petitions.matters.models import Matter
from petitions.matters.register import register
from petitions.matters.workflow import FLOW
from tests.conftest import Isolated
from tests.factories import World, matter_in, new_petition, typed
from tests.pages import Browse

STATES = [state.name for state in FLOW.states]
ROLES = ("clerk", "officer", "office_head", "restricted", "receiver", "handler", "head", "section_head", "inspector")
ID_NUMBER = "99990119900101101" + check_character("99990119900101101")
"""With a right check character, in a place that does not exist."""


@contextmanager
def counted(database: Isolated) -> Iterator[list[str]]:
    """The queries of a block."""
    seen: list[str] = []

    def note(*args: object) -> None:
        statement = str(args[2])
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    happening.listen(database.connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        happening.remove(database.connection, "before_cursor_execute", note)


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_page_and_offers_only_what_is_open(world: World, browser_of: Browse, state: str) -> None:
    matter = matter_in(world, state)
    shown = 0
    for name in ROLES:
        person = world.people[name]
        answer = browser_of(person).get(f"/cases/{matter.id}")
        if answer.status_code == 404:
            continue
        shown += 1
        html = answer.get_data(as_text=True)
        offered = set(re.findall(rf'(?:href|action)="/cases/{matter.id}/([a-z_]+)"', html)) - {"documents", "place"}
        assert offered <= {row.name for row in open_to(person, matter)}, name
        assert {row.name for row in open_to(person, matter) if not row.quiet} <= offered, name
    assert shown


def test_a_foreign_case_is_not_found_whether_it_exists_or_not(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    foreign = browser_of(world.other_officer).get(f"/cases/{matter.id}")
    missing = browser_of(world.other_officer).get("/cases/99999999")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    token = re.compile(rb'(nonce|content|value|data-idle|data-total|data-login)="[^"]*"')
    assert token.sub(b"", foreign.data) == token.sub(b"", missing.data)
    assert browser_of(world.officer).get("/cases/999999999999999999999").status_code == 404


def test_the_page_takes_a_fixed_number_of_queries_whatever_the_history(
    world: World, session: Session, browser_of: Browse, database: Isolated
) -> None:
    matter, url = matter_in(world, "accepted"), ""
    url = f"/cases/{matter.id}"
    asked = {}
    for name in ("officer", "handler", "head"):
        browser = browser_of(world.people[name])
        browser.get(url)  # the first look within the hour is written down besides
        session.expunge_all()
        with counted(database) as short:
            assert browser.get(url).status_code == 200
        asked[name] = len(short)
        assert len(short) <= 15, "\n".join(short)
    matter = session.get_one(Matter, matter.id)
    for number in range(300):
        perform(matter, "note", {"note": f"第{number}次记录"}, world.handler)
    for name, before in asked.items():
        browser = browser_of(world.people[name])
        session.expunge_all()
        with counted(database) as long:
            assert browser.get(url).status_code == 200
        assert len(long) == before, name


def test_every_state_stays_within_fifteen_queries(
    world: World, session: Session, browser_of: Browse, database: Isolated
) -> None:
    for state in (one for one in STATES if one != "ended"):  # with its reviews in tests/review/test_pages.py
        matter = matter_in(world, state)
        person = world.receiver if state == "notice_due" else world.officer
        browser = browser_of(person)
        browser.get(f"/cases/{matter.id}")
        session.expunge_all()
        with counted(database) as queries:
            assert browser.get(f"/cases/{matter.id}").status_code == 200
        assert len(queries) <= 15, (state, "\n".join(queries))


def test_the_course_shows_the_newest_entries_and_leads_to_older_ones(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    for number in range(PAGE + 20):
        perform(matter, "note", {"note": f"第{number}次记录"}, world.handler)
    browser = browser_of(world.handler)
    html = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    assert html.count('<li id="event-') == PAGE
    assert "第69次记录" in html
    assert "第0次记录" not in html
    older = re.search(r'hx-get="([^"]+)"', html.split('id="course-older"')[1])
    assert older is not None
    whole = browser.get(older.group(1)).get_data(as_text=True)
    assert "第0次记录" in whole
    assert "回到最新的记录" in whole
    part = browser.get(older.group(1), headers={"HX-Request": "true", "HX-Target": "course-older"}).get_data(
        as_text=True
    )
    assert part.lstrip().startswith("<li")
    assert "第0次记录" in part


@pytest.mark.parametrize(
    ("sort", "there", "missing"),
    [
        (Sort.STATE, "受理", "申请延期"),
        (Sort.PAPER, "受理", "备注"),
        (Sort.TALK, "申请延期", "受理"),
        (Sort.SYSTEM, "收到重复件", "备注"),
    ],
)
def test_the_course_is_filtered_by_what_a_reader_looks_for(
    world: World, session: Session, sort: Sort, there: str, missing: str
) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "note", {"note": "电话沟通"}, world.handler)
    perform(matter, "request_extension", {"days": 10, "reason": "等鉴定"}, world.handler)
    register(typed(), world.clerk, joins=matter)
    session.flush()
    page = history.page(matter.id, FLOW, sort)
    labels = {FLOW.action[event.action].label for event in page.events}
    assert there in labels
    assert missing not in labels
    assert page.latest["note"].data == {"note": "电话沟通"}, "the guards see the newest of every act"


def test_what_was_filled_in_is_shown_in_words(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "served")
    html = browser_of(world.officer).get(f"/cases/{matter.id}").get_data(as_text=True)
    for words in (world.bureau.name, "予以支持", "直接送达", "申诉求决类", "信访程序", "经核实，占用属实。"):
        assert words in html
    for code in (">R6<", "direct<", "appeal<", "&#39;S&#39;"):
        assert code not in html


def test_the_page_hides_numbers_until_somebody_who_works_on_it_asks(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted", id_number=ID_NUMBER, text="请求退还承包地。")
    person = matter.petitioners[0]
    for name in ("officer", "handler", "head"):
        browser = browser_of(world.people[name])
        html = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
        assert "199****1234" in html
        for secret in ("19900001234", ID_NUMBER, "柳林村三组"):
            assert secret not in html
        url, why = f"/cases/{matter.id}/people/{person.id}/reveal", {"reason": "contact"}
        asked = browser.post(url, headers={"HX-Request": "true"})
        assert asked.status_code == 422, "a reason is asked for"
        assert "19900001234" not in asked.get_data(as_text=True)
        part = browser.post(url, why, headers={"HX-Request": "true"})
        shown = part.get_data(as_text=True)
        assert '<span data-expires="60">19900001234</span>' in shown
        assert ID_NUMBER in shown
        assert "柳林村三组" in shown
        whole = browser.post(url, why)
        assert "<h1>信访人信息</h1>" in whole.get_data(as_text=True), "without script it is a page"


def test_a_helper_of_the_case_sees_no_name_and_may_not_ask(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "negotiate", {"minutes": "会商", "assist_units": [str(world.township.id)]}, world.handler)
    browser = browser_of(world.township_receiver)
    html = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    people = html.split('id="people"')[1].split("</section>")[0]
    assert "田**" in people
    assert "田小禾" not in people
    assert "查看" not in people
    person = matter.petitioners[0].id
    assert browser.post(f"/cases/{matter.id}/people/{person}/reveal").status_code == 403
    assert browser_of(world.other_officer).post(f"/cases/{matter.id}/people/{person}/reveal").status_code == 404
    assert browser_of(world.officer).post(f"/cases/{matter.id}/people/999999/reveal").status_code == 404


def test_an_accusation_is_seen_by_its_desk_alone_and_names_nobody(world: World, browser_of: Browse) -> None:
    matter = new_petition(world, purpose="accusation", text="检举截留补贴。", title="检举截留补贴").matter
    for name in ("clerk", "officer", "office_head", "head"):
        assert browser_of(world.people[name]).get(f"/cases/{matter.id}").status_code == 404
    html = browser_of(world.restricted).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "信访人（已保密）" in html
    assert "田小禾" not in html
    assert "保密件" in html


def test_every_clock_says_how_its_day_was_counted(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    html = browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "怎么算的" in html
    assert "《信访工作条例》第34条" in html
    assert "满60日" in html
    assert "已结束的期限" in html


def test_an_extended_clock_shows_the_day_it_had_before(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": 10, "reason": "等鉴定"}, world.handler)
    perform(matter, "extend", {"days": 10, "reason": "等鉴定"}, world.head)
    html = browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert re.search(r"<s>原期限\d+年\d+月\d+日</s>", html)
    assert "（已延期）" in html


def test_a_button_names_its_article_and_the_clock_it_answers(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "signed")
    html = browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert re.search(
        r'class="btn btn-primary" href="/cases/\d+/accept"[^>]*title="第23条、第34条 · 告知15日 剩15天"', html
    )


def test_what_a_guard_holds_back_is_told_with_its_reason(world: World, browser_of: Browse) -> None:
    matter = new_petition(world).matter
    perform(matter, "screen_as_first", {}, world.clerk)
    html = browser_of(world.officer).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "先做“分类”" in html.split('id="held"')[1]
    assert re.search(r'class="btn btn-primary" href="/cases/\d+/classify"', html), (
        "what must come first is the main act"
    )


def test_an_act_that_asks_nothing_is_done_by_its_button(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "dispatched")
    browser = browser_of(world.receiver)
    html = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    form = re.search(rf'<form method="post" action="/cases/{matter.id}/sign".*?</form>', html, re.S)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group(0)))
    assert browser.post(f"/cases/{matter.id}/sign", fields).status_code == 302
    session.expire_all()
    assert matter.state == "signed"


def test_a_joined_petition_is_readable_in_both_places(world: World, session: Session, browser_of: Browse) -> None:
    first = matter_in(world, "triage", text="第一封信：请求退还承包地。")
    second = new_petition(world, text="第二封信：承包地还没有退。").matter
    perform(second, "join_as_repeat", {"matter": first.number}, world.clerk)
    browser = browser_of(world.officer)
    kept = browser.get(f"/cases/{first.id}").get_data(as_text=True)
    assert "第二封信" in kept
    assert "重复件" in kept
    assert "并入此件" in kept
    moved = browser.get(f"/cases/{second.id}").get_data(as_text=True)
    assert "第二封信" in moved
    assert f'<a href="/cases/{first.id}">{first.number}</a>' in moved
    assert "已并入" in moved


def test_the_tree_of_hand_overs_shows_every_tier_and_helper(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    html = browser_of(world.officer).get(f"/cases/{matter.id}").get_data(as_text=True)
    tree = html.split('id="dispatches"')[1].split("</section>")[0]
    assert tree.index(world.bureau.name) < tree.index(world.section.name)
    assert tree.count('<ul class="tree">') == 2
    assert "已签收" in tree
    assert "待签收" in tree


def test_a_paper_prints_from_its_frozen_text_for_those_who_see_the_case(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "dispatched", title="承包地被占")
    letter = next(paper for paper in matter.documents if paper.kind == "transfer_letter")
    matter.title = "后来改的概况"
    session.flush()
    html = browser_of(world.receiver).get(f"/documents/{letter.id}").get_data(as_text=True)
    assert letter.number in html
    assert "承包地被占" in html
    assert "后来改的概况" not in html
    assert 'class="menu"' not in html
    assert browser_of(world.other_officer).get(f"/documents/{letter.id}").status_code == 404
    assert browser_of(world.officer).get("/documents/99999999").status_code == 404
    every = browser_of(world.officer).get(f"/cases/{matter.id}/documents").get_data(as_text=True)
    assert every.count('<article class="paper"') == len(matter.documents)
    assert browser_of(world.other_officer).get(f"/cases/{matter.id}/documents").status_code == 404


def test_the_papers_say_whether_they_have_reached_their_recipient(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    paper = next(paper for paper in matter.documents if paper.kind == "acceptance_notice")
    browser = browser_of(world.handler)
    assert "待送达" in browser.get(f"/cases/{matter.id}").get_data(as_text=True).split('id="papers"')[1]
    today = clock.today().isoformat()
    perform(matter, "serve_notice", {"paper": str(paper.id), "method": "direct", "receiver": "田小禾", "served_on": today},
            world.handler)  # fmt: skip
    papers = browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True).split('id="papers"')[1]
    papers = papers.split("</section>")[0]
    assert f"{today} 直接送达" in papers
    assert "待送达" not in papers


def test_the_page_keeps_the_list_it_was_opened_from(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    html = browser.get(f"/cases/{matter.id}?list=all").get_data(as_text=True)
    assert f'href="/cases/{matter.id}/submit_opinion?list=all"' in html
    assert f'hx-get="/cases/{matter.id}/place?list=all"' in html
    assert browser.get(f"/cases/{matter.id}/place?list=all").status_code == 200
    assert browser.get(f"/cases/{matter.id}/place").status_code == 200
    answer = browser.post(f"/cases/{matter.id}/note", {"note": "电话沟通", "list": "all"})
    assert answer.headers["Location"].endswith("&list=all")


@pytest.mark.parametrize(
    "query", ["show=nothing", "before=x", "before=-1", "file=99999", "done=1e9", "before=" + "9" * 40, "list=%00%ff"]
)
def test_a_mangled_address_shows_the_plain_page(world: World, browser_of: Browse, query: str) -> None:
    matter = matter_in(world, "accepted")
    assert browser_of(world.handler).get(f"/cases/{matter.id}?{query}").status_code == 200


def test_an_entry_written_down_later_says_so(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted", received_on=(clock.today() - timedelta(days=9)).isoformat())
    yesterday = clock.now() - timedelta(days=2)
    perform(matter, "note", {"note": "补记的电话"}, world.handler, yesterday)
    html = browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert f"{clock.today().isoformat()}补记" in html
