"""第30条: what turns out to be an accusation goes behind the wall, whenever that is found out."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access.models import User
from petitions.access.policy import may
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.cases.queries import find
from petitions.matters.lists import find_matter
from petitions.matters.models import Matter, Respondent
from petitions.matters.register import register
from petitions.notices import queries as inbox
from petitions.notices import reading
from petitions.notices.models import Notice
from petitions.words import FieldErrors, OutOfSight, Refused
from tests.factories import CLASSIFIED, World, make_user, matter_in, new_petition, per_claim, take, typed

ACCUSATION = {**CLASSIFIED, "nature": "accusation"}
"""Registered as a request, found to be an accusation."""

LATE = ("awaiting_supplement", "dispatched", "signed", "objected", "accepted", "mediating", "in_approval", "opinion_issued",
        "served", "concluded", "not_accepted", "no_longer_accepted", "diverted", "filed", "withdrawn", "archived")  # fmt: skip
CLOSED = LATE[LATE.index("concluded") :]


def seal(world: World, matter: Matter) -> None:
    """By the act that stands open for the restricted desk in the matter's state."""
    if matter.state == "awaiting_supplement":
        perform(matter, "classify", ACCUSATION, world.restricted)
    else:
        action = "seal" if matter.state in CLOSED else "recall_sealed"
        perform(matter, action, {"reason": "反映的是干部违纪"}, world.restricted)


@pytest.mark.parametrize("state", LATE)
def test_an_accusation_found_out_late_is_sealed_from_every_state(world: World, session: Session, state: str) -> None:
    matter = matter_in(world, state)
    seal(world, matter)
    session.flush()
    assert matter.sealed
    assert matter.nature == "accusation"
    stays = state in CLOSED or state == "awaiting_supplement"
    assert matter.state == (state if stays else "returned")
    for person in (world.clerk, world.officer, world.receiver, world.handler, world.head, world.bureau_restricted):
        assert find(matter.id, person) is None
    assert find(matter.id, world.restricted) is matter
    assert all(row.ended_at for row in matter.dispatches)


def test_what_was_sealed_in_its_course_goes_on_to_the_discipline_body(world: World) -> None:
    matter = matter_in(world, "served")
    seal(world, matter)
    perform(matter, "divert_discipline", {"discipline_unit": world.discipline.id, "note": "转送"}, world.restricted)
    assert matter.state == "diverted"
    assert [row.code for row in matter.deadlines if row.ended_on is None] == []


def test_new_facts_of_an_accusation_stay_behind_the_wall(world: World, session: Session) -> None:
    matter = matter_in(world, "triage", name="田小禾")
    accused = {"respondent": "河湾镇财政所", "respondent_unit": world.township.id}
    steps: list[tuple[str, Any, str]] = [
        ("classify", {**ACCUSATION, **accused}, "officer"),
        ("divert_discipline", {"discipline_unit": world.discipline.id, "note": "转送"}, "restricted"),
        ("archive", {}, "restricted"),
        ("new_facts", {"title": "又有新的线索", "new_facts": "新的事实"}, "restricted"),
    ]
    take(world, matter, steps)
    opened = session.scalars(select(Matter).where(Matter.related_to_id == matter.id)).one()
    assert (opened.sealed, opened.nature, opened.first.signed) == (True, "accusation", "real")
    assert [(row.name, row.unit_id) for row in opened.respondents] == [("河湾镇财政所", world.township.id)]
    assert find(opened.id, world.officer) is None
    assert not [paper for paper in opened.documents if "田小禾" in paper.text]


def test_helpers_leave_with_the_wall_whoever_asked_them(world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "negotiate", {"minutes": "协商一致", "assist_units": [world.township.id]}, world.handler)
    assert find(matter.id, world.township_receiver) is matter
    clerk = make_user(session, world.township, Role.RESTRICTED_CLERK)
    seal(world, matter)
    session.flush()
    assert find(matter.id, clerk) is None
    assert {row.unit_id for row in matter.parts if row.left_on is None} == {world.office.id}


def test_classifying_as_accusation_lets_every_unit_leave(world: World, session: Session) -> None:
    matter = matter_in(world, "notice_due")
    assert matter.handler_id == world.handler.id
    perform(matter, "classify", {**ACCUSATION, "respondent": "某人"}, world.receiver)
    session.flush()
    assert matter.handler_id is None
    assert find(matter.id, world.handler) is None
    assert find(matter.id, world.bureau_restricted) is matter


def test_a_unit_that_was_left_in_an_accusation_by_mistake_sees_nothing_of_it(world: World, session: Session) -> None:
    matter = matter_in(world, "triage")
    perform(matter, "classify", {**ACCUSATION, "respondent_unit": world.bureau.id}, world.officer)
    below = make_user(session, world.section, Role.RESTRICTED_CLERK)
    elsewhere = make_user(session, world.township, Role.RESTRICTED_CLERK)
    for person in (world.bureau_restricted, below, elsewhere):
        _leave_in_the_case(session, matter, person)
        assert find(matter.id, person) is None
    assert find(matter.id, world.restricted) is matter


def _leave_in_the_case(session: Session, matter: Matter, person: User) -> None:
    part = type(matter.parts[0])
    session.add(part(case_id=matter.id, unit_id=person.unit_id, part="assist", joined_on=matter.received_on))
    session.flush()


@pytest.mark.parametrize("action", ["forward_direct", "negotiate", "accept"])
def test_a_sealed_matter_is_not_handed_on_or_accepted(world: World, session: Session, action: str) -> None:
    state = "accepted" if action == "negotiate" else "notice_due"
    matter = matter_in(world, state)
    matter.sealed = True
    # Past the door on purpose: somebody who may see it and could act on it, if the guard were not there.
    matter.office_id = world.bureau.id
    world.bureau_restricted.roles |= {Role.UNIT_HEAD}
    session.flush()
    data: dict[str, Any] = {
        "subordinate": world.section.id, "opinion": "请核实", "minutes": "协商", "routes": per_claim(matter, "R6"),
    }  # fmt: skip
    with pytest.raises(Refused, match="第三十条"):
        perform(matter, action, data, world.bureau_restricted)


def test_whoever_had_it_open_when_it_was_sealed_does_nothing_more_on_it(world: World, session: Session) -> None:
    matter = matter_in(world, "signed")
    seal(world, matter)
    session.commit()
    for person, action in ((world.receiver, "forward"), (world.officer, "note"), (world.clerk, "correct")):
        with pytest.raises(OutOfSight):
            perform(matter, action, {"note": "记一笔"}, person)


def test_unread_messages_about_what_is_sealed_are_gone_and_others_stay(world: World, session: Session) -> None:
    matter, other = matter_in(world, "dispatched"), matter_in(world, "dispatched")
    told = select(Notice.case_id).where(Notice.recipient_id == world.receiver.id)
    assert set(session.scalars(told)) == {matter.id, other.id}
    seal(world, matter)
    assert set(session.scalars(told)) == {other.id}


def test_messages_that_were_read_are_hidden_with_what_is_sealed(world: World, session: Session) -> None:
    matter, other = matter_in(world, "dispatched"), matter_in(world, "dispatched")
    reading.read_all(world.receiver, 10**9)

    def shown() -> set[int]:
        days = inbox.page(world.receiver).days
        lines = [line.id for day in days for line in (*day.reminders, *day.acts)]
        return set(session.scalars(select(Notice.case_id).where(Notice.id.in_(lines))))

    assert shown() == {matter.id, other.id}
    seal(world, matter)
    assert shown() == {other.id}


def test_a_repeat_that_was_joined_follows_its_matter_behind_the_wall_and_back(world: World, session: Session) -> None:
    matter, repeat = matter_in(world, "triage"), matter_in(world, "triage")
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.officer)
    assert find(repeat.id, world.officer) is repeat
    perform(matter, "classify", ACCUSATION, world.officer)
    session.flush()
    assert (repeat.sealed, repeat.state) == (True, "filed")
    assert find(repeat.id, world.officer) is None
    perform(matter, "classify", CLASSIFIED, world.restricted)
    session.flush()
    assert find(repeat.id, world.officer) is repeat


def test_the_papers_of_a_joined_repeat_name_nobody_either(world: World, session: Session) -> None:
    matter, repeat = matter_in(world, "served"), new_petition(world, name="田小禾").matter
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.officer)
    session.flush()
    before = [paper.text for paper in repeat.documents]
    assert any("田小禾" in one for one in before)
    seal(world, matter)
    session.flush()
    assert [one.id for one in repeat.documents if "田小禾" in one.text + one.recipient] == []
    perform(matter, "classify", {**ACCUSATION, "nature": "appeal"}, world.restricted)
    assert [paper.text for paper in repeat.documents] == before


def test_the_number_of_a_joined_repeat_tells_nothing_of_a_sealed_matter(world: World, session: Session) -> None:
    matter, repeat, third = matter_in(world, "triage"), matter_in(world, "triage"), matter_in(world, "triage")
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.officer)
    perform(matter, "classify", ACCUSATION, world.officer)
    repeat.sealed = False  # as a repeat of an old record might be
    session.flush()
    assert find_matter(third, world.officer, repeat.number) is None
    with pytest.raises(FieldErrors, match="没有找到"):
        perform(third, "join_as_repeat", {"matter": repeat.number}, world.officer)


def test_what_was_joined_is_sealed_where_it_is_handled(world: World) -> None:
    matter, repeat = matter_in(world, "triage"), matter_in(world, "triage")
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.officer)
    with pytest.raises(Refused, match=matter.number):
        perform(repeat, "seal", {"reason": "是检举"}, world.restricted)


def test_where_there_is_no_restricted_desk_an_accusation_is_not_swallowed(world: World) -> None:
    with pytest.raises(FieldErrors, match="没有受限岗"):
        register(typed(purpose="accusation"), world.other_clerk)
    matter = register(typed(), world.other_clerk).matter
    perform(matter, "screen_as_first", {}, world.other_clerk)
    with pytest.raises(Refused, match="没有受限岗"):
        perform(matter, "classify", ACCUSATION, world.other_officer)
    assert not matter.sealed


def test_the_accused_unit_does_not_register_the_accusation_itself(world: World) -> None:
    with pytest.raises(FieldErrors, match="被检举的是本单位"):
        register(typed(purpose="accusation", respondent_unit=str(world.bureau.id)), world.receiver)
    matter = new_petition(world).matter
    matter.respondents.append(Respondent(name="信访局", unit_id=world.office.id))
    with pytest.raises(Refused, match="被检举的是本单位"):
        perform(matter, "classify", ACCUSATION, world.officer)


def test_the_restricted_desk_may_ask_for_the_petitioner_in_full(world: World, session: Session) -> None:
    desk = make_user(session, world.office, Role.RESTRICTED_CLERK)
    matter = register(typed(purpose="accusation"), desk).matter
    assert may(desk, "petition:identity", matter)
    assert not may(world.bureau_restricted, "petition:identity", matter)
