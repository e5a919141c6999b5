"""Units merge: their cases, clocks, papers and objections go on under the successor (第24条第二款)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import admin, past
from petitions.access.models import SuccessionKind, Unit, UnitKind
from petitions.access.roles import Role
from petitions.cases.models import Deadline, Event
from petitions.cases.perform import perform
from petitions.cases.queries import find
from petitions.matters.models import Dispatch, Matter
from petitions.privacy import requests
from petitions.reorganisation.carrying_out import carry_out, preview
from petitions.reorganisation.orders import Order
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import (
    CLASSIFIED,
    World,
    make_unit,
    make_user,
    matter_in,
    new_petition,
    per_claim,
    register_typed,
    take,
)

BASIS = "青编〔2026〕3号"
OPEN = ("dispatched", "signed", "objected", "accepted", "mediating", "in_approval", "opinion_issued", "served")


def merging(world: World, *olds: Unit, into: Unit) -> Order:
    return Order(SuccessionKind.MERGE, olds, [into], basis=BASIS)


@pytest.fixture
def planning(session: Session, world: World) -> Unit:
    """The bureau that comes after others."""
    return make_unit(session, "青禾县自然资源和规划局", UnitKind.BUREAU, world.county, "青规")


@pytest.mark.parametrize("state", OPEN)
def test_an_open_case_goes_on_where_it_stood(world: World, session: Session, planning: Unit, state: str) -> None:
    matter = matter_in(world, state)
    clocks = [(row.code, row.due_on, row.target_on) for row in matter.deadlines if row.ended_on is None]
    carry_out(merging(world, world.bureau, into=planning), world.administrator)
    session.expire_all()
    assert (matter.state, matter.unit_id, matter.office_id) == (state, planning.id, world.office.id)
    assert [(row.code, row.due_on, row.target_on) for row in matter.deadlines if row.ended_on is None] == clocks
    assert {row.unit_id for row in matter.deadlines if row.ended_on is None} <= {planning.id, world.office.id, None}
    assert find(matter.id, world.handler) is matter
    last = matter.events[-1]
    assert (last.action, last.actor_id, last.from_state, last.to_state) == (
        "take_over",
        world.administrator.id,
        state,
        state,
    )
    assert last.data == {"former_unit": world.bureau.id, "successor": planning.id, "succession_basis": BASIS}


def test_the_successor_carries_it_to_its_end(world: World, session: Session, planning: Unit) -> None:
    matter = matter_in(world, "signed")
    carry_out(merging(world, world.bureau, into=planning), world.administrator)
    assert matter.handler_id == world.handler.id
    perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)
    perform(matter, "request_extension", {"days": 10, "reason": "案情复杂"}, world.handler)
    perform(matter, "extend", {"days": 10, "reason": "案情复杂"}, world.head)
    assert [(row.unit_id, row.extension) for row in matter.deadlines if row.code == "T6"] == [(planning.id, 10)]
    paper = next(paper for paper in matter.documents if paper.kind == "acceptance_notice")
    assert paper.number.startswith("青规")


def test_people_and_the_units_below_come_along_and_the_old_unit_ends(
    world: World, session: Session, planning: Unit
) -> None:
    found = preview(merging(world, world.bureau, into=planning), world.administrator)
    assert (world.handler.unit_id, world.section.parent_id, world.bureau.valid_to) == (
        world.bureau.id,
        world.bureau.id,
        None,
    )
    assert carry_out(merging(world, world.bureau, into=planning), world.administrator) == found
    assert {world.handler.unit_id, world.receiver.unit_id, world.section.parent_id} == {planning.id}
    assert world.bureau.valid_to == clock.today() - timedelta(days=1)
    assert past.heirs(world.bureau.id) == [planning.id]
    assert found.people == 5
    assert list(found.below) == ["耕地保护站"]


def test_a_preview_counts_and_keeps_nothing(world: World, session: Session, planning: Unit) -> None:
    open_one, closed, waiting = (
        matter_in(world, "accepted"),
        matter_in(world, "concluded"),
        matter_in(world, "objected"),
    )
    session.flush()
    before = session.scalars(select(Event.id)).all()
    found = preview(merging(world, world.bureau, into=planning), world.administrator)
    assert (found.open, found.closed, found.objections, found.sealed) == (2, 1, 0, 0)
    assert found.shares[0].numbers == [open_one.number, waiting.number]
    assert closed.number not in found.shares[0].numbers
    running = [
        row for row in session.scalars(select(Deadline)) if row.unit_id == world.bureau.id and row.ended_on is None
    ]
    assert found.clocks == len(running) > 0
    assert session.scalars(select(Event.id)).all() == before
    assert past.heirs(world.bureau.id) == [world.bureau.id]


def test_what_was_sent_and_what_has_ended_stays_under_the_old_name(
    world: World, session: Session, planning: Unit
) -> None:
    matter = matter_in(world, "accepted")
    sent = [(row.id, row.unit_id) for row in matter.dispatches]
    ended = [(row.id, row.unit_id) for row in matter.deadlines if row.ended_on is not None]
    papers = [(paper.id, paper.text, paper.unit_id) for paper in matter.documents]
    carry_out(merging(world, world.bureau, into=planning), world.administrator)
    session.expire_all()
    kept = session.scalars(select(Dispatch).where(Dispatch.succeeds_id.is_(None))).all()
    assert [(row.id, row.unit_id) for row in kept] == sent
    assert [(row.id, row.unit_id) for row in matter.deadlines if row.ended_on is not None] == ended
    assert [(paper.id, paper.text, paper.unit_id) for paper in matter.documents] == papers
    assert all(event.unit_id == world.bureau.id for event in matter.events if event.actor_id == world.handler.id)


def test_a_recall_or_an_objection_goes_to_the_office_that_came_after_the_sender(world: World, session: Session) -> None:
    after = make_unit(session, "青禾县委社会工作部信访局", UnitKind.OFFICE, world.county, "青")
    waiting, sent = matter_in(world, "objected"), matter_in(world, "dispatched")
    found = carry_out(merging(world, world.office, into=after), world.administrator)
    assert found.objections == 1
    perform(waiting, "uphold_objection", {"note": "同意退回"}, world.officer)
    perform(sent, "recall", {"reason": "转错了"}, world.officer)
    for matter in (waiting, sent):
        assert (matter.state, matter.unit_id, matter.sender_id) == ("returned", after.id, None)
        assert [row.unit_id for row in matter.deadlines if row.ended_on is None] == [after.id]


def test_a_report_comes_back_to_the_office_that_came_after_the_assigner(world: World, session: Session) -> None:
    after = make_unit(session, "青禾县信访工作局", UnitKind.OFFICE, world.county, "青")
    matter = matter_in(world, "triage")
    due = (clock.today() + timedelta(days=20)).isoformat()
    steps = [("assign", {"unit": world.bureau.id, "opinion": "请办理", "due_on": due}, "officer"), ("sign", {}, "receiver"),
             ("appoint", {"handler": world.handler.id}, "receiver")]  # fmt: skip
    take(world, matter, steps)
    carry_out(merging(world, world.office, into=after), world.administrator)
    feedback = next(row for row in matter.deadlines if row.code == "T12")
    assert (feedback.ended_on, feedback.due_on, feedback.unit_id) == (None, date.fromisoformat(due), world.bureau.id)
    bureau = make_unit(session, "青禾县资源局", UnitKind.BUREAU, world.county, "青资")
    carry_out(merging(world, world.bureau, into=bureau), world.administrator)
    assert feedback.unit_id == bureau.id
    perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)
    assert world.officer.unit_id == after.id


def test_two_tiers_become_one_and_no_clock_is_lost(world: World, session: Session) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    perform(matter, "sign", {}, world.section_receiver)
    own = [row.unit_id for row in matter.deadlines if row.code == "T4" and row.ended_on is None]
    assert own == [world.bureau.id, world.section.id]
    carry_out(merging(world, world.section, into=world.bureau), world.administrator)
    assert (matter.unit_id, matter.sender_id, matter.state) == (world.bureau.id, world.office.id, "signed")
    assert [row.unit_id for row in matter.deadlines if row.code == "T4" and row.ended_on is None] == [
        world.bureau.id
    ] * 2
    standing = [row for row in matter.dispatches if row.ended_at is None]
    assert [(row.sender_id, row.unit_id, row.part) for row in standing] == [(world.office.id, world.bureau.id, "lead")]
    perform(matter, "appoint", {"handler": world.handler.id}, world.receiver)
    perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)
    assert not [row for row in matter.deadlines if row.code == "T4" and row.ended_on is None]


@pytest.mark.parametrize("direct", [False, True])
def test_an_objection_between_two_units_that_become_one_lapses(world: World, session: Session, direct: bool) -> None:
    if direct:
        matter = register_typed(world, world.receiver)
        perform(matter, "forward_direct", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    else:
        matter = matter_in(world, "signed")
        perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    perform(matter, "sign", {}, world.section_receiver)
    said = {"objection": "本站没有这项职责，应由乡镇办理。", "proposed_unit": world.township.id}
    perform(matter, "object", said, world.section_receiver)
    carry_out(merging(world, world.section, into=world.bureau), world.administrator)
    assert (matter.state, matter.unit_id) == ("signed", world.bureau.id)
    assert matter.sender_id == (None if direct else world.office.id)
    assert [event.action for event in matter.events[-2:]] == ["take_over", "lapse_objection"]
    if direct:
        perform(matter, "reclassify", {**CLASSIFIED, "reason": "补填"}, world.receiver)
    perform(matter, "appoint", {"handler": world.handler.id}, world.receiver)
    perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)


def test_a_unit_that_helped_and_now_answers_helps_no_more(world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "negotiate", {"minutes": "协商一致", "assist_units": [world.township.id]}, world.handler)
    carry_out(merging(world, world.bureau, into=world.township), world.administrator)
    standing = [(row.unit_id, row.part) for row in matter.dispatches if row.ended_at is None]
    assert standing == [(world.township.id, "lead")]
    assert find(matter.id, world.township_handler) is matter
    assert [row.part for row in matter.parts if row.unit_id == world.township.id and row.left_on is None] == ["holder"]


def as_before_registers_had_signs(matter: Matter) -> Matter:
    """Numbers of then stay as they were given: two offices may have the same."""
    matter.number = matter.petitions[0].number = matter.number[matter.number.index("XF") :]
    return matter


def test_two_registers_under_one_office_keep_their_numbers(world: World, session: Session) -> None:
    theirs, ours = register_typed(world, world.other_clerk), register_typed(world, world.clerk)
    as_before_registers_had_signs(theirs)
    as_before_registers_had_signs(ours)
    session.flush()
    assert theirs.number == ours.number
    carry_out(merging(world, world.other_office, into=world.office), world.administrator)
    session.expire_all()
    assert (theirs.office_id, theirs.numbered_by_id) == (world.office.id, world.other_office.id)
    assert theirs.petitions[0].office_id == world.other_office.id
    third, fourth = register_typed(world, world.clerk), register_typed(world, world.other_clerk)
    assert [int(matter.number[-6:]) for matter in (ours, third, fourth)] == [1, 2, 3]
    # A bare number is the office's own; that of a register taken over is written with its unit.
    perform(third, "suspect", {"matter": ours.number}, world.clerk)
    assert third.related_to_id == ours.id
    perform(fourth, "suspect", {"matter": f"{theirs.number} 青禾经济开发区信访办"}, world.other_clerk)
    assert fourth.related_to_id == theirs.id


def test_a_number_of_several_registers_is_asked_back(world: World, session: Session) -> None:
    theirs, ours = register_typed(world, world.other_clerk), register_typed(world, world.clerk)
    as_before_registers_had_signs(theirs)
    as_before_registers_had_signs(ours)
    session.flush()
    desk = make_unit(session, "青禾县信访中心", UnitKind.OFFICE, world.county)
    carry_out(merging(world, world.other_office, world.office, into=desk), world.administrator)
    third = register_typed(world, world.clerk, received_on=(clock.today() - timedelta(days=400)).isoformat())
    assert theirs.number == ours.number != third.number
    with pytest.raises(FieldErrors, match="在编号后空一格写登记单位"):
        perform(third, "suspect", {"matter": theirs.number}, world.clerk)
    perform(third, "suspect", {"matter": f"{theirs.number} 青禾县信访局"}, world.clerk)
    assert third.related_to_id == ours.id


def test_no_paper_number_is_given_twice_where_the_letters_stay(world: World, session: Session) -> None:
    after = make_unit(session, "青禾县资源规划局", UnitKind.BUREAU, world.county, world.bureau.sign)
    first = matter_in(world, "accepted")
    carry_out(merging(world, world.bureau, into=after), world.administrator)
    second = new_petition(world).matter
    take(world, second, [("screen_as_first", {}, "clerk")])
    perform(second, "classify", CLASSIFIED, world.officer)
    perform(second, "transfer", {"unit": after.id, "opinion": "请办理"}, world.officer)
    perform(second, "sign", {}, world.receiver)
    perform(second, "appoint", {"handler": world.handler.id}, world.receiver)
    perform(second, "accept", {"routes": per_claim(second, "R6")}, world.handler)
    numbers = [
        paper.number for matter in (first, second) for paper in matter.documents if paper.kind == "acceptance_notice"
    ]
    assert len(set(numbers)) == 2


def test_closed_files_stay_within_reach_of_the_successor(world: World, session: Session, planning: Unit) -> None:
    archived, concluded = matter_in(world, "concluded"), matter_in(world, "concluded")
    carry_out(merging(world, world.bureau, into=planning), world.administrator)
    for matter in (archived, concluded):
        assert find(matter.id, world.head) is matter
    perform(concluded, "perform_opinion", {"held_on": clock.today().isoformat(), "record": "已退还"}, world.handler)


def test_only_an_administrator_orders_it_and_only_what_can_be(world: World, session: Session, planning: Unit) -> None:
    with pytest.raises(NotPermitted):
        carry_out(merging(world, world.bureau, into=planning), world.officer)
    for order, field in [
        (Order(SuccessionKind.MERGE, [world.bureau], [planning]), "basis"),
        (Order(SuccessionKind.MERGE, [], [planning], basis=BASIS), "olds"),
        (Order(SuccessionKind.MERGE, [world.bureau], [], basis=BASIS), "heirs"),
        (merging(world, world.bureau, into=world.bureau), "heirs"),
        (merging(world, world.bureau, into=world.section), "heirs"),
        (merging(world, world.bureau, into=world.office), "heirs"),
        (Order(SuccessionKind.SPLIT, [world.bureau], [planning], basis=BASIS), "heirs"),
    ]:
        with pytest.raises(FieldErrors) as refused:
            carry_out(order, world.administrator)
        assert list(refused.value.errors) == [field]
    assert world.bureau.valid_to is None


def test_a_case_is_taken_over_after_a_succession_only(world: World, session: Session, planning: Unit) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(Refused, match="没有合并"):
        perform(matter, "take_over", {"former_unit": world.bureau.id, "successor": planning.id}, world.administrator)
    with pytest.raises(Refused):
        perform(matter_in(world, "objected"), "lapse_objection", {}, world.administrator)


def test_a_unit_with_successors_is_not_reopened(world: World, session: Session, planning: Unit) -> None:
    carry_out(merging(world, world.bureau, into=planning), world.administrator)
    with pytest.raises(Refused, match="已由青禾县自然资源和规划局承接"):
        admin.reopen_unit(world.bureau, "admin")


def test_what_is_returned_after_two_mergers_finds_its_clock_again(
    world: World, session: Session, planning: Unit
) -> None:
    """A clock that had ended under the old name is resumed by whoever answers now."""
    matter = register_typed(world, world.receiver)
    perform(matter, "forward_direct", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    carry_out(merging(world, world.bureau, into=planning), world.administrator)
    perform(matter, "recall_forward", {"reason": "转错了"}, world.receiver)
    assert [(row.code, row.unit_id) for row in matter.deadlines if row.ended_on is None] == [("T3", planning.id)]
    assert isinstance(matter, Matter)
    assert Role.RECEIVING_CLERK in world.receiver.roles
    assert make_user(session, planning, Role.HANDLER).unit_id == planning.id


def test_what_people_asked_about_their_data_is_answered_by_the_office_that_came_after(
    world: World, session: Session
) -> None:
    theirs = register_typed(world, world.other_clerk)
    said = {"kind": "copy", "asker": "田小禾", "checked": "card", "phone": "19900001234"}
    asked = requests.take(world.other_officer, said)
    assert requests.find(asked.id, world.officer) is None
    carry_out(merging(world, world.other_office, into=world.office), world.administrator)
    assert requests.find(asked.id, world.officer) is asked
    assert asked in requests.mine(world.officer)
    assert [one.matter.id for one in requests.held(asked, world.officer, {})] == [theirs.id]
    assert requests.take(world.officer, said).petitioner_ids == asked.petitioner_ids
