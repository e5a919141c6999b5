"""分办队列: order, one form for three acts, two clerks, laid aside and back."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.roles import Role
from petitions.cases import queue as taking
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.register import register
from petitions.triage.queries import queue, waiting
from petitions.triage.sorting import sort_out, ways
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import CLASSIFIED, World, make_user, matter_in, new_petition, typed

ORDER = {**CLASSIFIED, "opinion": "请依法办理"}


def order(world: World, **changes: Any) -> dict[str, Any]:
    return {**ORDER, "unit": world.bureau.id, **changes}


def acts(matter: Matter) -> list[str]:
    return [event.action for event in matter.events]


def a_day_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def test_one_form_screens_classifies_and_transfers(world: World) -> None:
    matter = new_petition(world).matter
    sort_out(matter, "transfer", order(world), world.officer)
    assert matter.state == "dispatched"
    assert acts(matter) == ["register", "screen_as_first", "classify", "transfer"]


def test_a_classification_that_says_nothing_new_leaves_no_line_in_the_history(world: World) -> None:
    matter = matter_in(world, "triage")
    before = acts(matter)
    sort_out(matter, "transfer", order(world), world.officer)
    assert acts(matter) == [*before, "transfer"]


def test_when_the_last_step_is_refused_nothing_has_happened(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    with pytest.raises(NotPermitted):
        sort_out(matter, "transfer", order(world), world.clerk)
    session.expire_all()
    assert (matter.state, matter.nature, acts(matter)) == ("registered", "", ["register"])


def test_every_missing_field_of_every_step_is_named_at_once(world: World) -> None:
    matter = new_petition(world).matter
    with pytest.raises(FieldErrors) as refused:
        sort_out(matter, "transfer", {"place": ""}, world.officer)
    assert set(refused.value.errors) == {"nature", "purpose", "class_code", "place", "unit", "opinion"}
    assert acts(matter) == ["register"]


def test_a_double_click_sorts_once(world: World) -> None:
    matter = new_petition(world).matter
    first = sort_out(matter, "transfer", order(world), world.officer, submission="a" * 32)
    again = sort_out(matter, "transfer", order(world), world.officer, submission="a" * 32)
    assert first is again
    assert acts(matter).count("transfer") == 1


def test_what_is_suspected_to_be_a_repeat_is_compared_before_it_is_sent_on(world: World) -> None:
    new_petition(world)
    matter = new_petition(world).matter
    with pytest.raises(FieldErrors) as refused:
        sort_out(matter, "transfer", order(world), world.officer)
    assert "疑似重复" in refused.value.errors["first"]
    sort_out(matter, "transfer", order(world, first="1"), world.officer)
    assert matter.state == "dispatched"


def test_an_accusation_found_in_the_queue_is_sealed_and_not_sent_to_a_unit(world: World) -> None:
    matter = matter_in(world, "triage")
    told = {**order(world), "nature": "accusation", "purpose": "accusation"}
    with pytest.raises(Refused, match="第三十条"):
        sort_out(matter, "transfer", told, world.officer)
    assert not matter.sealed
    sort_out(matter, "classify", told, world.officer)
    assert matter.sealed
    assert [row.line.matter.id for row in queue(world.officer).rows] == []
    assert [row.line.matter.id for row in queue(world.restricted).rows] == [matter.id]
    assert {way.action.name for way in ways(matter, world.restricted)} >= {"divert_discipline", "snooze"}
    assert "transfer" not in {way.action.name for way in ways(matter, world.restricted)}


def test_the_restricted_desk_is_handed_accusations_and_nothing_else(world: World, session: Session) -> None:
    desk = make_user(session, world.office, Role.RESTRICTED_CLERK)
    new_petition(world)
    sealed = new_petition(world, name="举报人", purpose="accusation", respondent="某某").matter
    assert [row.line.matter.id for row in queue(desk).rows] == [sealed.id]
    assert queue(desk).total == 1
    taken = taking.take(waiting(desk), desk)
    assert taken is not None
    assert taken.id == sealed.id


def test_the_restricted_desk_of_a_unit_finds_what_was_told_to_the_unit_directly(world: World) -> None:
    told = typed(purpose="accusation", respondent="某某")
    sealed = register(told, world.receiver).matter
    assert sealed.state == "notice_due"
    assert [row.line.matter.id for row in queue(world.bureau_restricted).rows] == [sealed.id]
    assert "divert_discipline" in {way.action.name for way in ways(sealed, world.bureau_restricted)}


def test_the_queue_stands_in_the_order_of_the_clock_and_then_of_age(world: World) -> None:
    today = clock.today()
    days = [today, today - timedelta(days=9), today - timedelta(days=3)]
    ids = [
        new_petition(world, received_on=day.isoformat(), phone="", name=f"来信人{n}").matter.id
        for n, day in enumerate(days)
    ]
    assert [row.line.matter.id for row in queue(world.clerk).rows] == [ids[1], ids[2], ids[0]]


def test_the_queue_holds_only_what_the_own_office_has_to_decide(world: World) -> None:
    shown = {matter_in(world, state, name=state).id for state in ("registered", "screening", "triage", "returned")}
    for state in ("dispatched", "accepted", "filed", "notice_due"):
        matter_in(world, state, name=state)
    listed = {row.line.matter.id for row in queue(world.clerk).rows}
    assert shown <= listed
    assert {row.line.matter.state for row in queue(world.clerk).rows} <= {
        "registered",
        "screening",
        "triage",
        "returned",
    }
    assert queue(world.other_clerk).rows == []


def test_two_clerks_never_take_the_same_case(world: World, session: Session) -> None:
    second = make_user(session, world.office, Role.INTAKE_CLERK)
    for number in range(3):
        new_petition(world, name=f"来信人{number}", phone="")
    mine, theirs = taking.take(waiting(world.clerk), world.clerk), taking.take(waiting(second), second)
    assert mine is not None
    assert theirs is not None
    assert mine.id != theirs.id
    again = taking.take(waiting(world.clerk), world.clerk)
    assert again is not None
    assert again.id == mine.id, "who has one already keeps it"
    rows = {row.line.matter.id: row for row in queue(world.clerk).rows}
    assert rows[mine.id].mine
    assert rows[theirs.id].taken_by == second.name


def test_a_case_laid_aside_returns_at_its_time_with_a_mark(world: World) -> None:
    matter = matter_in(world, "triage")
    until = clock.today() + timedelta(days=3)
    sort_out(matter, "snooze", {"until": until.isoformat()}, world.clerk)
    assert queue(world.clerk).rows == []
    assert queue(world.clerk).aside == 1
    assert [row.line.matter.id for row in queue(world.clerk, aside=True).rows] == [matter.id]
    with time_machine.travel(
        datetime.combine(until, datetime.min.time(), clock.ZONE) + timedelta(minutes=1), tick=False
    ):
        (row,) = queue(world.clerk).rows
        assert row.line.matter.id == matter.id
        assert row.woke


def test_nothing_is_laid_aside_past_its_last_day(world: World) -> None:
    matter = matter_in(world, "triage")
    due = next(row.due_on for row in matter.deadlines if row.code == "T1")
    with pytest.raises(Refused, match=due.isoformat()):
        sort_out(matter, "snooze", {"until": (due + timedelta(days=1)).isoformat()}, world.clerk)


# Pages


def form(world: World, matter: Matter, **changes: Any) -> dict[str, Any]:
    return {"way": "transfer", "version": matter.version, "submission": "b" * 32, **order(world, **changes)}


def test_the_page_shows_the_case_its_form_and_the_keys(world: World, browser_of: Any) -> None:
    matter = new_petition(world).matter
    page = browser_of(world.officer).get(f"/triage/{matter.id}")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "承包地被占用" in html
    assert 'data-key="1"' in html
    assert 'data-key="h"' in html
    assert "19900001234" not in html, "numbers are masked"


def test_a_number_of_any_length_is_answered_with_a_sentence(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "triage")
    browser = browser_of(world.officer)
    # Repeated whole, it made the cookie of its message larger than a browser keeps: digests, which nothing packs smaller.
    number = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(120))
    assert browser.get(f"/triage/{matter.id}/compare?number={number}").status_code == 302
    assert f"没有找到“{number[:8]}" in browser.get(f"/triage/{matter.id}").get_data(as_text=True)


def test_messages_of_pages_nobody_looked_at_do_not_pile_up(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "triage")
    browser = browser_of(world.officer)
    numbers = [hashlib.sha256(bytes([n])).hexdigest() for n in range(60)]
    for number in numbers:
        assert browser.get(f"/triage/{matter.id}/compare?number={number}").status_code == 302
    page = browser.get(f"/triage/{matter.id}").get_data(as_text=True)
    assert [number[:8] in page for number in numbers] == [False] * 55 + [True] * 5


def test_sorting_one_case_opens_the_next_as_this_clerks_own(world: World, browser_of: Any, session: Session) -> None:
    first, second = (new_petition(world, name=f"来信人{n}", phone="").matter for n in range(2))
    browser = browser_of(world.officer)
    answer = browser.post(f"/triage/{first.id}", form(world, first))
    assert answer.status_code == 302
    assert answer.location.endswith(f"/triage/{second.id}")
    session.expire_all()
    assert (first.state, second.taken_by_id) == ("dispatched", world.officer.id)


def test_what_was_typed_comes_back_with_a_sentence_for_each_field(
    world: World, browser_of: Any, session: Session
) -> None:
    matter = new_petition(world).matter
    answer = browser_of(world.officer).post(f"/triage/{matter.id}", form(world, matter, unit="", opinion="先这样写着"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "选择主办单位" in html
    assert "先这样写着" in html
    session.expire_all()
    assert matter.state == "registered"


def test_a_stale_page_is_refused(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "triage")
    old = matter.version
    perform(matter, "classify", {**CLASSIFIED, "place": "别处"}, world.officer)
    answer = browser_of(world.officer).post(f"/triage/{matter.id}", form(world, matter, version=old))
    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["/triage/{id}", "/triage/{id}/compare", "/triage/{id}/compare/{id}"])
def test_another_office_finds_nothing(world: World, browser_of: Any, path: str) -> None:
    matter = new_petition(world).matter
    url = path.format(id=matter.id)
    assert browser_of(world.other_clerk).get(url).status_code == 404
    assert browser_of(world.receiver).get(url).status_code == 403


def test_an_ordinary_clerk_finds_no_sealed_case(world: World, browser_of: Any) -> None:
    matter = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    assert browser_of(world.clerk).get(f"/triage/{matter.id}").status_code == 404
    assert browser_of(world.restricted).get(f"/triage/{matter.id}").status_code == 200


def test_an_empty_queue_says_so(world: World, browser_of: Any) -> None:
    page = browser_of(world.clerk).get("/triage")
    assert "没有待分办的信访件" in page.get_data(as_text=True)


def test_every_way_has_a_form(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "triage")
    browser = browser_of(world.officer)
    for way in ways(matter, world.officer):
        assert browser.get(f"/triage/{matter.id}?way={way.action.name}").status_code == 200, way.action.name


HOSTILE = [
    {},
    {"way": "archive"},
    {"way": "transfer", "version": "x", "unit": "1e9"},
    {"way": "transfer", "version": "99999999999999999999", "unit": "\x00", "place": "\x00"},
    {"way": "snooze", "until": "2026-13-40"},
]


@pytest.mark.parametrize("data", HOSTILE)
def test_hostile_posts_are_answered_with_a_sentence(world: World, browser_of: Any, data: dict[str, Any]) -> None:
    matter = matter_in(world, "triage")
    answer = browser_of(world.officer).post(f"/triage/{matter.id}", data)
    assert 400 <= answer.status_code < 500
