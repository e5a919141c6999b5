"""The case list: what is in it, in which order, page by page, the same for everybody who may see it."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases import listing
from petitions.cases.duties import Lens
from petitions.cases.facets import Chosen, chosen_from
from petitions.cases.listing import SORTS, Position
from petitions.cases.models import Case, Deadline
from petitions.cases.perform import perform
from petitions.cases.rows import rows
from petitions.web.responses import Application
from tests.factories import World, matter_in, new_petition
from tests.pages import Browser

BrowserOf = Callable[[User], Browser]


@pytest.fixture(autouse=True)
def handed_over(app: Application) -> Application:
    """app.py teaches the list what matters are."""
    return app


def ids(user: User, **asked: str) -> list[int]:
    """The whole list, in order."""
    sort = asked.pop("sort", "")
    given = {name.rstrip("_"): value for name, value in asked.items()}
    return [place.case_id for place in listing.gather(user, chosen_from({**given, "sort": sort}, SORTS)).places]


def days_ago(days: int) -> str:
    return (clock.today() - timedelta(days=days)).isoformat()


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_a_list_holds_what_ones_unit_takes_part_in_and_nothing_else(world: World) -> None:
    registered, signed = new_petition(world).matter, matter_in(world, "signed")
    new_petition(world, world.other_clerk)
    assert set(ids(world.clerk)) == {registered.id, signed.id}
    assert ids(world.receiver) == [signed.id]
    assert ids(world.township_receiver) == []


def test_a_sealed_case_is_in_the_list_of_the_restricted_desk_only(world: World) -> None:
    sealed = new_petition(world, purpose="accusation", respondent="某单位").matter
    open_one = new_petition(world).matter
    assert ids(world.officer) == [open_one.id]
    assert set(ids(world.restricted)) == {sealed.id, open_one.id}
    assert ids(world.restricted, sealed="1") == [sealed.id]
    assert ids(world.officer, sealed="1") == [open_one.id], "a filter that is not theirs changes nothing"


def test_a_unit_that_gave_a_case_back_no_longer_lists_it(world: World) -> None:
    matter = matter_in(world, "returned")
    assert ids(world.receiver) == []
    assert ids(world.officer) == [matter.id]


# --- conditions ------------------------------------------------------------------------------------------------------


def test_each_condition_narrows_the_list(world: World) -> None:
    letter = new_petition(world, received_on=days_ago(40), place="河湾镇", class_code="010100", text="水渠漏水").matter
    other = new_petition(world, received_on=days_ago(2), place="城关镇", class_code="020100", name="张三").matter
    signed = matter_in(world, "signed", received_on=days_ago(1), text="拖欠工资")
    everybody = {letter.id, other.id, signed.id}
    cases: list[tuple[dict[str, str], set[int]]] = [
        ({"state": "signed"}, {signed.id}),
        ({"state": "registered,signed"}, everybody),
        ({"state": "open"}, everybody),
        ({"state": "closed"}, set()),
        ({"unit": str(world.bureau.id)}, {signed.id}),
        ({"unit": "own"}, {letter.id, other.id}),
        ({"handler": str(world.handler.id)}, {signed.id}),
        ({"handler": "none"}, {letter.id, other.id}),
        ({"part": "office"}, everybody),
        ({"part": "sender"}, {signed.id}),
        ({"part": "holder"}, {letter.id, other.id}),
        ({"from": days_ago(2)}, {other.id, signed.id}),
        ({"to": days_ago(2)}, {letter.id, other.id}),
        ({"class": "020100"}, {other.id}),
        ({"class": "010000"}, {letter.id, signed.id}),
        ({"place": "城关"}, {other.id}),
        ({"q": "水渠"}, {letter.id}),
        ({"q": "张三"}, {other.id}),
        ({"q": signed.number}, {signed.id}),
        ({"clock": "overdue"}, {letter.id}),
        ({"code": "T4"}, {signed.id}),
        ({"waiting": "sorting"}, {letter.id, other.id}),
        ({"registered": "me"}, everybody),
        ({"state": "signed", "q": "水渠"}, set()),
    ]
    for asked, expected in cases:
        found = listing.gather(world.clerk, chosen_from(asked, SORTS))
        assert {place.case_id for place in found.places} == expected, asked


def test_a_second_office_and_its_people_are_never_counted(world: World) -> None:
    matter_in(world, "accepted")
    for asked in ({}, {"state": "open"}, {"q": "田小禾"}, {"unit": str(world.bureau.id)}):
        assert listing.gather(world.other_officer, chosen_from(asked, SORTS)).total == 0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"state": "nonsense"}, "没有“nonsense”这个阶段"),
        ({"unit": "abc"}, "“abc”不是编号"),
        ({"unit": "9" * 40}, "不是编号"),
        ({"from": "2026-02-30"}, "2026年2月30日不存在"),
        ({"clock": "x"}, "没有“x”"),
        ({"duty": "x"}, "“x”不是编号"),
        ({"waiting": "x"}, "没有“x”"),
    ],
)
def test_a_condition_that_cannot_be_read_is_said_and_left_out(
    browser_of: BrowserOf, world: World, asked: dict[str, str], sentence: str
) -> None:
    number = new_petition(world).number
    answer = browser_of(world.clerk).get("/cases?" + urlencode(asked))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert sentence in page
    assert number in page
    assert "错误：" in page


# --- the clock of a row ----------------------------------------------------------------------------------------------


def _by_hand(case: Case, lens: Lens) -> Deadline | None:
    """The duty a row shows, chosen the slow way."""
    running = [row for row in case.deadlines if row.ended_on is None and lens.shows(row)]
    return min(running, key=lambda row: (row.unit_id != lens.unit_id, row.target_on, row.id), default=None)


@pytest.fixture
def tiers(world: World) -> list[Case]:
    """Cases with clocks of several units at once, some late."""
    found: list[Case] = []
    for days in (0, 9, 16, 70):
        found.append(new_petition(world, received_on=days_ago(days)).matter)
        found.append(matter_in(world, "accepted", received_on=days_ago(days)))
        passed_on = matter_in(world, "dispatched", received_on=days_ago(days))
        perform(passed_on, "sign", {}, world.receiver)
        perform(passed_on, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
        found.append(passed_on)
    for row in [row for case in found for row in case.deadlines if row.unit_id == world.bureau.id][::2]:
        row.due_on = row.target_on = row.due_on - timedelta(days=20)
    return found


LENSES = ({}, {"code": "T4"}, {"duty": "own"}, {"duty": "any"}, {"code": "T4,T6", "duty": "own"})


def test_the_database_the_page_and_the_eye_choose_the_same_clock(
    world: World, session: Session, tiers: list[Case]
) -> None:
    session.flush()
    session.expire_all()
    today, week = clock.today(), clock.today() + timedelta(days=7)
    for user in (world.clerk, world.receiver, world.section_receiver):
        visible = [case for case in tiers if case.id in ids(user)]
        assert visible
        for asked in LENSES:
            chosen = Chosen(asked, "due")
            lens = chosen.lens(user)
            expected = {case.id: _by_hand(case, lens) for case in visible}
            owing = {case_id: row for case_id, row in expected.items() if row is not None}
            shown = {row.id: row.chip for row in rows(list(expected), user, lens)}
            running = {case_id for case_id, chip in shown.items() if chip and chip.kind != "closed"}
            assert running == set(owing), asked
            keys = {place.case_id: place.key for place in listing.gather(user, chosen).places}
            assert {case_id: key for case_id, key in keys.items() if key} == {
                k: row.target_on for k, row in owing.items()
            }
            late = {case_id for case_id, row in owing.items() if row.due_on < today}
            soon = {case_id for case_id, row in owing.items() if row.due_on >= today and row.target_on <= week}
            assert set(ids(user, clock="overdue", **asked)) == late
            assert set(ids(user, clock="soon", **asked)) == soon


def test_a_right_that_lapses_is_never_overdue(world: World, session: Session) -> None:
    matter = matter_in(world, "served")
    session.execute(update(Deadline).where(Deadline.code == "T8").values(due_on=date(2020, 1, 1)))
    assert ids(world.handler, clock="overdue") == []
    row = rows([matter.id], world.handler)[0]
    assert row.chip is not None
    assert row.chip.words == "按期办结"


# --- order and pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def many(world: World, tiers: list[Case]) -> list[int]:
    """Enough cases for several pages, many alike in what they are sorted by."""
    for number in range(12):
        new_petition(world, received_on=days_ago(number % 4))
    # Overdue whatever day it is: a term that ended on the weekend is not, until Monday is over.
    new_petition(world, received_on=days_ago(60))
    matter_in(world, "withdrawn")
    return ids(world.clerk)


LISTS = [
    Chosen(dict(asked), sort)
    for sort in SORTS
    for asked in ({}, {"state": "open"}, {"clock": "overdue"}, {"q": "承包地"})
]  # fmt: skip


def _walked(user: User, chosen: Chosen, size: int) -> list[int]:
    """The list page after page, as the address carries it; and the same pages backwards."""
    page, pages = listing.page(user, chosen, size=size), list[list[int]]()
    assert page.newer is None
    while True:
        pages.append([place.case_id for place in page.places])
        if page.older is None:
            break
        page = listing.page(user, chosen, after=listing.position_from(str(page.older), chosen.sort), size=size)
    for expected in reversed(pages[:-1]):
        page = listing.page(user, chosen, before=listing.position_from(str(page.newer), chosen.sort), size=size)
        assert [place.case_id for place in page.places] == expected
    assert page.newer is None
    return [case_id for one in pages for case_id in one]


def test_a_long_list_walks_through_the_same_cases_in_the_same_order_as_a_short_one(
    world: World, many: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen in LISTS:
        monkeypatch.setattr(listing, "CAP", 1000)
        whole = [place.case_id for place in listing.gather(world.clerk, chosen).places]
        assert whole
        assert len(whole) == len(set(whole))
        assert _walked(world.clerk, chosen, 7) == whole, chosen
        monkeypatch.setattr(listing, "CAP", 3)
        assert listing.gather(world.clerk, chosen).wide
        assert _walked(world.clerk, chosen, 7) == whole, chosen


def test_previous_and_next_keep_the_list_and_the_way_back_leads_to_the_case(
    world: World, many: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for sort in SORTS:
        chosen = Chosen({"state": "open"}, sort)
        whole = ids(world.clerk, state="open", sort=sort)
        closed = next(case_id for case_id in many if case_id not in whole)
        for cap in (1000, 3):
            monkeypatch.setattr(listing, "CAP", cap)
            assert listing.neighbours(world.clerk, chosen, closed) is None
            for before, here, after in zip([None, *whole], whole, [*whole[1:], None], strict=False):
                found = listing.neighbours(world.clerk, chosen, here)
                assert found is not None
                assert (found.previous_id, found.next_id) == (before, after)
                page = listing.page(world.clerk, chosen, at=here, size=7)
                assert here in [place.case_id for place in page.places]
        monkeypatch.undo()


def test_a_case_that_arrives_meanwhile_moves_no_row_to_another_page(world: World, many: list[int]) -> None:
    first = listing.page(world.clerk, Chosen(), size=10)
    new_petition(world)
    second = listing.page(world.clerk, Chosen(), after=first.older, size=10)
    assert [place.case_id for place in second.places] == many[10:20]


def test_the_total_is_exact_up_to_a_thousand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        new_petition(world)
    monkeypatch.setattr(listing, "CAP", 6)
    assert listing.gather(world.clerk, Chosen()).total_words == "6"
    new_petition(world)
    assert listing.gather(world.clerk, Chosen()).total_words == "6+"


@pytest.mark.parametrize("text", ["", "x", "~", "2026-01-01~x", "2026-13-01~1", "~5", "1~" + "9" * 30, "9" * 40 + "~1"])
def test_a_position_that_is_none_is_the_beginning(text: str) -> None:
    assert listing.position_from(text, "") is None
    assert listing.position_from("2026-01-01~5", "") == Position(date(2026, 1, 1), 5)
    assert listing.position_from("~5", "due") == Position(None, 5)
