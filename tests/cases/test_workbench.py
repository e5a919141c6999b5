"""The workbench: for every role, each number is the number of the list behind it."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import listing, workbench
from petitions.cases.facets import CLOCKS, chosen_from
from petitions.cases.listing import SORTS
from petitions.cases.perform import perform
from petitions.cases.workbench import CARDS, TOP, board, cards_for
from petitions.matters.listing import WAITS
from petitions.web.responses import Application
from tests.factories import World, make_user, matter_in, new_petition
from tests.mediations import agreed, agreed_to, do, mediation_in, opened, set_up_committee
from tests.pages import Browser
from tests.reviews import review_in, set_up_bodies

BrowserOf = Callable[[User], Browser]


@pytest.fixture(autouse=True)
def handed_over(app: Application) -> Application:
    """app.py gives the workbench its cards."""
    return app


@pytest.fixture
def busy(world: World, session: Session) -> World:
    """A county with something in every card, in time and late."""
    today = clock.today()

    def received(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    for days in (0, 12, 15, 30):
        new_petition(world, received_on=received(days))
    for state in ("dispatched", "signed", "returned", "objected", "in_approval", "opinion_issued", "served"):
        matter_in(world, state, received_on=received(3))
    late = matter_in(world, "accepted", received_on=received(3))
    tried = matter_in(world, "opinion_issued", received_on=received(9))
    failed = {"open_paper": tried.documents[-1].id, "tried_by": "direct", "tried_on": received(0), "failure": "absent",
              "next_method": "post", "next_on": received(-1)}  # fmt: skip
    perform(tried, "attempt_service", failed, world.handler)
    tried.documents[-1].attempts[-1].next_on = today
    for row in late.deadlines:
        row.due_on = row.target_on = today - timedelta(days=1)
    asked = matter_in(world, "accepted")
    perform(asked, "request_extension", {"days": 10, "reason": "案情复杂，需要补充调查。"}, world.handler)
    matter_in(world, "notice_due")
    perform(matter_in(world, "dispatched"), "sign", {}, world.receiver)
    sleeping = new_petition(world).matter
    perform(sleeping, "snooze", {"until": (today + timedelta(days=3)).isoformat()}, world.clerk)
    unsolved = {"held_on": today.isoformat(), "way": "phone", "performed": "not_done"}
    perform(matter_in(world, "served"), "visit", unsolved, world.officer)
    new_petition(world, purpose="accusation", respondent="某单位")
    new_petition(world, world.other_clerk)
    set_up_bodies(world)
    for state in ("review_requested", "reviewing", "review_in_approval", "review_issued"):
        review_in(world, state)
    mediators = set_up_committee(session, world)
    for state in ("mediation_requested", "in_mediation", "agreement_drafted", "agreed", "performed"):
        mediation_in(mediators, state)
    nobody_yet = opened(mediators.mediator)
    agreed_to(nobody_yet, mediators.mediator)
    do(nobody_yet, "accept", mediators.mediator, elsewhere="none")
    # Its first instalment is late, and the window for the court near its end.
    agreed(mediators, today - timedelta(days=27))
    return world


def test_every_number_of_every_role_is_the_total_of_the_list_it_leads_to(busy: World, session: Session) -> None:
    session.flush()
    seen = set()
    for person in busy.people.values():
        for shown in board(person):
            seen.add(shown.card.name if shown.gathered.total else "")
            for query, gathered in ((shown.card.query, shown.gathered), *((p.query, p.gathered) for p in shown.parts)):
                chosen = chosen_from(query, SORTS)
                assert chosen.args == dict(query), "a card is a filter of the list and nothing else"
                whole = listing.gather(person, chosen)
                assert gathered.places == whole.places
                assert gathered.total_words == whole.total_words
            assert [row.id for row in shown.rows] == [place.case_id for place in shown.gathered.places[:TOP]]
    assert seen - {""} == {card.name for card in CARDS}, "the test has something in every card"


def test_the_page_says_the_same_numbers_as_the_lists_it_links_to(browser_of: BrowserOf, busy: World) -> None:
    for name in ("clerk", "officer", "office_head", "receiver", "handler", "head", "other_clerk"):
        browser = browser_of(busy.people[name])
        page = browser.get("/").get_data(as_text=True)
        cards = re.findall(r'<section class="card-duty.*?</section>', page, re.DOTALL)
        assert len(cards) == len(cards_for(busy.people[name]))
        for card in cards:
            count = re.search(r'<span class="count">([^<]+)</span>', card)
            assert count is not None
            link = re.search(r'class="all" href="([^"]+)"', card)
            assert (link is None) == (count.group(1) == "0")
            if link is not None:
                listed = browser.get(link.group(1).replace("&amp;", "&")).get_data(as_text=True)
                assert f"共{count.group(1)}件" in listed
            for href, number in re.findall(r'<a href="([^"]+)">[^<]+<b>([^<]+)</b></a>', card):
                assert f"共{number}件" in browser.get(href.replace("&amp;", "&")).get_data(as_text=True)


def test_a_card_lists_the_most_urgent_first_and_leads_to_the_case_in_that_list(
    browser_of: BrowserOf, busy: World
) -> None:
    shown = {one.card.name: one for one in board(busy.clerk)}["sorting"]
    days = [place.key for place in shown.gathered.places]
    assert days == sorted(days, key=lambda day: (day is None, day))
    page = browser_of(busy.clerk).get("/").get_data(as_text=True)
    first = re.search(rf'href="(/cases/{shown.rows[0].id}\?list=[^"]+)"', page)
    assert first is not None
    carried = dict(parse_qsl(urlsplit(first.group(1).replace("&amp;", "&")).query))["list"]
    assert dict(parse_qsl(carried)) == dict(shown.card.query)


def test_the_clocks_of_a_card_are_counted_by_the_same_words_as_the_list(busy: World) -> None:
    shown = {one.card.name: one for one in board(busy.clerk)}["sorting"]
    numbers = {part.label: part.gathered.total for part in shown.parts}
    assert numbers == {CLOCKS["overdue"]: 1, CLOCKS["today"]: 1, CLOCKS["soon"]: 2}
    assert shown.urgent


def test_what_is_laid_aside_waits_in_no_card_but_in_its_own_list(busy: World) -> None:
    sorting = listing.gather(busy.clerk, chosen_from({"waiting": "sorting"}, SORTS)).total
    aside = listing.gather(busy.clerk, chosen_from({"waiting": "snoozed"}, SORTS)).total
    assert (sorting, aside) == (4, 1)


def test_every_kind_of_waiting_can_be_chosen_in_the_list(busy: World) -> None:
    for name in WAITS:
        for person in (busy.officer, busy.receiver, busy.handler, busy.head):
            assert listing.gather(person, chosen_from({"waiting": name}, SORTS)).total >= 0


def test_a_new_office_is_told_how_to_begin(browser_of: BrowserOf, world: World) -> None:
    page = browser_of(world.officer).get("/").get_data(as_text=True)
    assert "还没有登记过信访件" in page
    assert "登记第一件" in page
    assert "card-duty" not in page


def test_somebody_with_nothing_to_do_sees_one_line_a_card(browser_of: BrowserOf, world: World) -> None:
    new_petition(world)
    page = browser_of(world.officer).get("/").get_data(as_text=True)
    assert page.count("is-zero") == len(cards_for(world.officer)) - 1


def test_a_role_without_duties_is_told_so(browser_of: BrowserOf, world: World) -> None:
    new_petition(world)
    assert "现在没有要你办理的件" in browser_of(world.auditor).get("/").get_data(as_text=True)


def test_a_card_longer_than_is_counted_shows_the_first_rows_of_its_list(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {one.card.name: one for one in board(busy.clerk)}["sorting"]
    monkeypatch.setattr(listing, "CAP", 2)
    capped = {one.card.name: one for one in board(busy.clerk)}["sorting"]
    assert capped.gathered.total_words == "2+"
    assert [row.id for row in capped.rows] == [row.id for row in whole.rows]
    assert workbench.is_first_run(busy.clerk) is False


def test_the_restricted_desk_reads_of_a_waiting_accusation_and_of_no_other_petition(
    browser_of: BrowserOf, world: World, session: Session
) -> None:
    new_petition(world)
    desk = make_user(session, world.office, Role.RESTRICTED_CLERK)
    sealed = new_petition(world, name="举报人", purpose="accusation", respondent="某单位").matter
    page = browser_of(desk).get("/").get_data(as_text=True)
    assert re.findall(r"XF\d{4}\S*-\d{6}", page) == [sealed.number]
    assert "待办检举控告" in page
    assert "待办检举控告" not in browser_of(world.clerk).get("/").get_data(as_text=True)


def test_an_accusation_waits_under_one_heading_only(world: World) -> None:
    new_petition(world, world.restricted, purpose="accusation", respondent="某单位")
    new_petition(world, name="另一人")
    total = {one.card.name: one.gathered.total for one in board(world.restricted)}
    assert (total["accusation"], total["sorting"]) == (1, 1)
