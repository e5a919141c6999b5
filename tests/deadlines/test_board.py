"""The board: every number is the total of the list it leads to."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import listing
from petitions.cases.facets import chosen_from
from petitions.cases.perform import perform
from petitions.deadlines.board import board
from petitions.matters.models import Matter
from petitions.matters.register import register
from tests.conftest import Isolated
from tests.factories import World, matter_in, new_petition, typed
from tests.pages import Browse

_LINK = re.compile(r'<a href="(/cases\?[^"]*)"[^>]*>(?:<span class="sum-number">)?(\d+)')


def _shift(matter: Matter, code: str, days: int) -> None:
    """Let a clock of the matter end so many days from today."""
    row = next(row for row in matter.deadlines if row.code == code and row.ended_on is None)
    row.due_on = row.target_on = row.nominal_on = clock.today() + timedelta(days=days)


@pytest.fixture
def busy(session: Session, world: World) -> World:
    """A county with clocks of every kind, overdue, near and far, on both tiers."""
    people = iter(range(100))

    def fresh(state: str) -> Matter:
        n = next(people)
        return matter_in(world, state, name=f"亓{n}", phone=f"199{n:08d}")

    for days in (-31, -30, -16, -15, -6, -5):
        _shift(fresh("accepted"), "T6", days)
    for days in (-9, -1, 0, 3, 7, 8, 40):
        _shift(fresh("registered"), "T1", days)
        _shift(fresh("dispatched"), "T4", days)
        _shift(fresh("accepted"), "T6", days)
    passed_down = fresh("signed")
    perform(passed_down, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    outer, inner = (row for row in passed_down.deadlines if row.code == "T4" and row.ended_on is None)
    outer.due_on = outer.target_on = clock.today() + timedelta(days=30)
    inner.due_on = inner.target_on = clock.today() - timedelta(days=2)
    rolled = fresh("accepted")
    _shift(rolled, "T6", 9)
    next(row for row in rolled.deadlines if row.code == "T6").target_on = clock.today() + timedelta(days=6)
    _shift(fresh("served"), "T8", -3)
    sealed = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    _shift(sealed, "T1", -20)
    new_petition(world, world.other_clerk)
    session.flush()
    return world


@pytest.mark.parametrize("person", ["officer", "office_head", "head", "section_head", "inspector", "other_officer"])
def test_every_number_is_the_total_of_its_list(browser_of: Browse, session: Session, busy: World, person: str) -> None:
    reader = busy.people[person]
    page = browser_of(reader).get("/deadlines")
    assert page.status_code == 200
    found = _LINK.findall(page.get_data(as_text=True))
    for address, number in found:
        args = {name: values[0] for name, values in parse_qs(urlsplit(unescape(address)).query).items()}
        total = listing.gather(session.get_one(User, reader.id), chosen_from(args, listing.SORTS)).total
        assert total == int(number), address
    assert len(found) > (8 if person in ("officer", "head") else 2)


def test_an_office_sees_its_units_and_a_unit_itself_and_those_below(busy: World) -> None:
    def seen(reader: User) -> dict[str, tuple[int, int, int]]:
        return {r.unit.name: (r.counts.overdue, r.counts.today, r.counts.soon) for r in board(reader).units}

    assert seen(busy.officer) == {
        "青禾县自然资源局": (10, 2, 7), "青禾县信访局": (2, 1, 3), "耕地保护站": (1, 0, 0),
    }  # fmt: skip
    assert seen(busy.head) == {"青禾县自然资源局": (10, 2, 7), "耕地保护站": (1, 0, 0)}
    assert seen(busy.section_head) == {"耕地保护站": (1, 0, 0)}
    assert seen(busy.other_officer) == {}


@pytest.mark.parametrize("person", ["officer", "head", "section_head", "inspector", "restricted"])
def test_both_tables_add_up_to_the_sums_above_them(busy: World, person: str) -> None:
    shown = board(busy.people[person])
    for window in ("overdue", "today", "soon"):
        total = getattr(shown.total, window)
        assert sum(getattr(row.counts, window) for row in shown.units) == total, window
        assert sum(getattr(row.counts, window) for row in shown.clocks) == total, window
    assert shown.total.overdue
    assert sum(shown.total.late.values()) == shown.total.overdue
    for name, number in shown.total.late.items():
        assert sum(row.counts.late[name] for row in shown.units) == number, name


def test_overdue_cases_are_parted_by_how_long(busy: World) -> None:
    assert board(busy.officer).total.late == {"late_5": 5, "late_15": 5, "late_30": 2, "late_more": 1}


def test_a_large_office_and_a_small_one_count_alike(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in (busy.officer, busy.head, busy.restricted, busy.section_head):
        small = board(person)
        db.session().info.clear()
        monkeypatch.setattr(listing, "CAP", 0)
        assert listing.is_large(person)
        large = board(person)
        assert (large.total, large.calm) == (small.total, small.calm)
        assert [(row.unit, row.counts) for row in large.units] == [(row.unit, row.counts) for row in small.units]
        assert [row.case.number for row in large.worst] == [row.case.number for row in small.worst]
        monkeypatch.undo()
        db.session().info.clear()


def test_a_case_with_two_clocks_is_counted_at_the_more_urgent_one_only(session: Session, world: World) -> None:
    matter = matter_in(world, "triage")
    given = {"unit": world.bureau.id, "opinion": "请办理", "due_on": clock.today().isoformat()}
    perform(matter, "assign", given, world.officer)
    _shift(matter, "T4", 5)
    session.flush()
    counts = {row.code: row.counts.soon for row in board(world.officer).clocks}
    assert (counts["T12"], counts["T4"], board(world.officer).total.soon) == (1, 0, 1)


def test_nothing_is_said_of_units_whose_cases_the_reader_does_not_see(world: World) -> None:
    register(typed(), world.township_receiver)
    matter_in(world, "accepted")
    assert board(world.officer).calm == 1, "the bureau; what the township registered is not this office's to see"


def test_a_right_of_the_petitioner_is_never_overdue_and_an_accusation_is_counted_for_nobody_else(busy: World) -> None:
    assert {row.code for row in board(busy.officer).clocks} == {
        "T1",
        "T3",
        "T4",
        "T6",
        "T9",
        "T11",
        "T12",
        "T16",
        "T17",
        "T18",
        "T24",
    }
    own = next(row for row in board(busy.officer).clocks if row.code == "T1")
    assert own.counts.overdue == 2
    restricted = next(row for row in board(busy.restricted).clocks if row.code == "T1")
    assert restricted.counts.overdue == 3
    assert restricted.counts.longest == 20


def test_the_lamp_is_red_with_something_overdue_yellow_with_something_near(busy: World) -> None:
    assert [row.counts.lamp for row in board(busy.officer).units] == ["red"] * 3
    assert board(busy.officer).calm == 0
    assert board(busy.other_officer).total.lamp == "green"


def test_the_worst_stand_first_with_their_chip(busy: World) -> None:
    worst = board(busy.officer).worst
    assert [str(row.chip.words) for row in worst] == [f"已超期{days}天" for days in (31, 30, 16, 15, 9, 9, 9, 6)]
    assert {row.unit for row in worst} == {"青禾县自然资源局", "青禾县信访局"}


def test_a_board_of_nothing_says_so(browser_of: Browse, world: World) -> None:
    assert "没有超期和7天内到期的件" in browser_of(world.head).get("/deadlines").get_data(as_text=True)


@pytest.mark.parametrize("person", ["clerk", "handler", "receiver", "administrator", "auditor"])
def test_the_board_is_for_those_who_watch_over_others(browser_of: Browse, world: World, person: str) -> None:
    assert browser_of(world.people[person]).get("/deadlines").status_code == 403


def test_the_board_takes_a_fixed_number_of_queries(browser_of: Browse, database: Isolated, busy: World) -> None:
    browser, said = browser_of(busy.officer), list[str]()
    browser.get("/deadlines")
    event.listen(database.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))
    browser.get("/deadlines")
    assert len([s for s in said if s.startswith("SELECT")]) <= 12
