"""第22、23条: what is handed over, through the tiers and back, and who hears of it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import db
from petitions.cases.perform import offers, open_to, perform, surroundings
from petitions.cases.queries import find
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.notices.models import Notice
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import CLASSIFIED, OPINION, World, matter_in, per_claim, steps_to, take
from tests.matters.issuing import assigned, paper, reported, soon


def running(matter: Matter) -> set[str]:
    return {row.code for row in matter.deadlines if row.ended_on is None}


def forwarded(world: World, matter: Matter) -> Matter:
    perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请核实"}, world.receiver)
    return matter


def test_a_helper_the_bureau_asked_stays_when_the_bureau_takes_back_what_it_forwarded(world: World) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "negotiate", {"minutes": "协商", "assist_units": [world.township.id]}, world.head)
    forwarded(world, matter)
    perform(matter, "recall_forward", {"reason": "自己办理"}, world.receiver)
    assert find(matter.id, world.township_receiver) is matter
    assert find(matter.id, world.section_receiver) is None


def test_a_helper_leaves_with_the_dispatch_it_stands_under(world: World) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "negotiate", {"minutes": "协商", "assist_units": [world.township.id]}, world.head)
    objection = {"objection": "本单位没有这项职责，应由乡镇办理。", "proposed_unit": world.township.id}
    perform(matter, "object", objection, world.receiver)
    perform(matter, "uphold_objection", {"note": "同意"}, world.officer)
    assert find(matter.id, world.township_receiver) is None
    assert matter.dispatches[-1].parent_id == matter.dispatches[0].id


def test_a_helper_that_was_given_the_lead_helps_on_when_the_lead_is_taken_back(world: World) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "negotiate", {"minutes": "协商", "assist_units": [world.section.id]}, world.head)
    forwarded(world, matter)
    perform(matter, "recall_forward", {"reason": "自己办理"}, world.receiver)
    assert find(matter.id, world.section_receiver) is matter
    assert {row.unit_id: row.part for row in matter.parts if row.left_on is None}[world.section.id] == "assist"


def test_a_helper_may_add_what_it_knows_and_do_nothing_else(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "negotiate", {"minutes": "协商", "assist_units": [world.township.id]}, world.handler)
    assert {row.name for row in open_to(world.township_handler, matter)} == {"note", "attach"}
    perform(matter, "note", {"note": "已经核对承包台账"}, world.township_handler)
    with pytest.raises(NotPermitted):
        perform(matter, "note", {"note": "别的单位"}, world.other_receiver)


def test_what_was_brought_directly_is_passed_on_with_a_notice_to_the_petitioner(world: World) -> None:
    matter = matter_in(world, "notice_due")
    perform(matter, "forward_direct", {"subordinate": world.section.id, "opinion": "请核实"}, world.receiver)
    notice = paper(matter, "whereabouts_notice")
    assert notice.recipient == "田小禾"
    assert f"转送{world.section.name}处理" in notice.text
    assert paper(matter, "transfer_letter").recipient == world.section.name
    assert running(matter) == {"T4", "T5"}
    offered = surroundings(matter, world.receiver).choices("unserved_papers")
    assert str(notice.id) in [choice.value for choice in offered]


def test_what_was_brought_directly_is_not_passed_on_in_silence_even_after_it_came_back(world: World) -> None:
    matter = matter_in(world, "notice_due")
    data = {"subordinate": world.section.id, "opinion": "请核实"}
    with pytest.raises(Refused):
        perform(matter, "forward", data, world.receiver)
    perform(matter, "forward_direct", data, world.receiver)
    perform(matter, "recall_forward", {"reason": "自己办理"}, world.receiver)
    assert "T3" in running(matter)
    with pytest.raises(Refused, match="转送下级并告知"):
        perform(matter, "forward", data, world.receiver)
    perform(matter, "forward_direct", data, world.receiver)
    assert matter.state == "dispatched"


def reported_from_below(world: World) -> Matter:
    matter = forwarded(world, take(world, assigned(world), [("sign", {}, "receiver")]))
    steps: list[tuple[str, Any, str]] = [
        ("sign", {}, "section_receiver"), ("appoint", {"handler": world.section_handler.id}, "section_receiver"),
        ("accept", {"routes": per_claim(matter, "R6")}, "section_handler"),
        ("submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, "section_handler"),
        ("approve_opinion", {}, "section_head"),
        ("serve", {"method": "direct", "receiver": "田小禾", "served_on": soon(0)}, "section_handler"),
        ("report_back", {"report": "已经办结"}, "section_handler"),
    ]  # fmt: skip
    return take(world, matter, steps)


def test_a_report_from_below_goes_to_the_office_that_assigned_the_matter(world: World, session: Session) -> None:
    matter = reported_from_below(world)
    report = paper(matter, "completion_report")
    assert report.recipient == world.office.name
    assert "交办的" in report.text
    told = select(Notice.recipient_id).where(Notice.case_id == matter.id, Notice.kind == "report_back")
    assert set(session.scalars(told)) == {world.officer.id}


def test_the_office_that_assigned_returns_the_report_from_below(world: World) -> None:
    matter = reported_from_below(world)
    with pytest.raises(NotPermitted):
        perform(matter, "return_report", {"note": "补充"}, world.receiver)
    perform(matter, "return_report", {"note": "补充"}, world.officer)
    assert "T12" in running(matter)
    with pytest.raises(Refused, match="先反馈"):
        perform(matter, "conclude", {"accepted_by_petitioner": True}, world.section_head)
    perform(matter, "report_back", {"report": "已补充"}, world.section_handler)
    with pytest.raises(Refused, match="已经反馈"):
        perform(matter, "report_back", {"report": "再报"}, world.section_handler)
    perform(matter, "conclude", {"accepted_by_petitioner": True}, world.section_head)


def test_what_was_assigned_and_then_only_transferred_owes_no_report(world: World) -> None:
    matter = assigned(world)
    steps: list[tuple[str, Any, str]] = [
        ("recall", {"reason": "改为转送"}, "officer"),
        ("transfer", {"unit": world.bureau.id, "opinion": "请办理"}, "officer"),
        ("sign", {}, "receiver"), ("appoint", {"handler": world.handler.id}, "receiver"),
        ("accept", {"routes": per_claim(matter, "R6")}, "handler"),
        ("submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, "handler"),
        ("approve_opinion", {}, "head"),
        ("serve", {"method": "direct", "receiver": "田小禾", "served_on": soon(0)}, "handler"),
    ]  # fmt: skip
    take(world, matter, steps)
    for action, person in (("report_back", world.handler), ("return_report", world.officer)):
        with pytest.raises(Refused):
            perform(matter, action, {"report": "已办结", "note": "退回"}, person)
    perform(matter, "conclude", {"accepted_by_petitioner": True}, world.head)


def test_a_report_on_an_earlier_assignment_does_not_answer_the_present_one(world: World) -> None:
    matter = reported(world)
    reasons = {row.name: reason for row, reason in offers(world.officer, matter)}
    assert reasons["return_report"] is None
    again = assigned(world)
    perform(again, "recall", {"reason": "改日期"}, world.officer)
    due = {"unit": world.bureau.id, "opinion": "请认真办理", "due_on": soon(50)}
    perform(again, "assign", due, world.officer)
    steps: list[tuple[str, Any, str]] = [
        ("sign", {}, "receiver"), ("appoint", {"handler": world.handler.id}, "receiver"),
        ("accept", {"routes": per_claim(again, "R6")}, "handler"),
        ("submit_opinion", {**OPINION, "outcomes": per_claim(again, "S")}, "handler"),
        ("approve_opinion", {}, "head"), ("report_back", {"report": "已办结"}, "handler"),
    ]  # fmt: skip
    take(world, again, steps)
    assert "T12" not in running(again)


def test_putting_a_matter_to_the_government_is_one_of_the_ways_to_dispose_of_it_in_time(world: World) -> None:
    matter = matter_in(world, "triage")
    perform(matter, "report_up", {"report": "情况重大，建议成立专班。"}, world.officer)
    assert running(matter) == set()
    perform(matter, "transfer", {"unit": world.bureau.id, "opinion": "请办理"}, world.officer)
    assert running(matter) == {"T4", "T5"}


@pytest.mark.parametrize(
    ("action", "article"),
    [
        ("register_at_unit", "第23条第一款"),
        ("forward", "第23条第一款"),
        ("forward_direct", "第23条第一款"),
        ("transfer", "第22条第一款第一、二项"),
        ("assign", "第22条第一款第三项"),
        ("divert_litigation", "第22条第二款"),
        ("divert_discipline", "第22条第二款、第30条"),
    ],
)
def test_an_act_names_the_paragraph_it_rests_on(action: str, article: str) -> None:
    assert FLOW.action[action].article == article


def test_what_was_laid_aside_and_came_back_is_seen_again(world: World) -> None:
    matter = matter_in(world, "triage")
    perform(matter, "snooze", {"until": soon(10)}, world.clerk)
    assert matter.snoozed_until is not None
    perform(matter, "note", {"note": "等材料"}, world.clerk)
    assert matter.snoozed_until is not None
    perform(matter, "transfer", {"unit": world.bureau.id, "opinion": "请办理"}, world.officer)
    perform(matter, "recall", {"reason": "改派"}, world.officer)
    assert (matter.state, matter.snoozed_until) == ("returned", None)


def test_a_joined_matter_opens_nothing_on_new_facts_and_keeps_its_people(world: World) -> None:
    matter, repeat = matter_in(world, "accepted"), matter_in(world, "triage")
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.officer)
    with pytest.raises(Refused, match="没有送达记录"):
        perform(repeat, "archive", {}, world.officer)
    receipt = {
        "paper": paper(repeat, "progress_notice").id,
        "method": "direct",
        "receiver": "本人",
        "served_on": soon(0),
    }
    perform(repeat, "serve_notice", receipt, world.officer)
    perform(repeat, "archive", {}, world.officer)
    with pytest.raises(Refused, match=matter.number):
        perform(repeat, "new_facts", {"title": "新事实", "new_facts": "新的事实"}, world.officer)


@pytest.mark.parametrize("person", ["receiver", "head"])
def test_whoever_keeps_the_files_of_a_unit_opens_a_matter_on_new_facts(world: World, person: str) -> None:
    matter = matter_in(world, "notice_due")
    course = steps_to(world, matter)["concluded"]
    take(
        world, matter, [("classify", CLASSIFIED, "receiver"), *course[[act for act, _, _ in course].index("accept") :]]
    )
    event = perform(matter, "new_facts", {"title": "又有新情况", "new_facts": "又被占了一亩。"}, world.people[person])
    opened = db.session().scalars(select(Matter).where(Matter.related_to_id == matter.id)).one()
    assert (event.to_state, opened.state, opened.office_id) == ("concluded", "notice_due", world.bureau.id)
    assert running(opened) == {"T2", "T3"}


@pytest.mark.parametrize("number", ["XF2026-999999", "不存在"])
def test_a_repeat_is_received_only_where_it_was_registered(world: World, number: str) -> None:
    matter, other = matter_in(world, "accepted"), matter_in(world, "triage")
    for given in (number, other.number):
        with pytest.raises(Refused, match="没有登记在此件之下"):
            perform(matter, "receive_repeat", {"petition": given}, world.clerk)


def test_digits_alone_name_no_matter_and_the_number_of_any_of_its_petitions_does(world: World) -> None:
    matter, other = matter_in(world, "accepted"), matter_in(world, "triage")
    repeat = matter_in(world, "triage")
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.officer)
    with pytest.raises(FieldErrors, match="没有找到"):
        perform(other, "file_as_copy", {"matter": str(matter.id), "note": "同一封信"}, world.officer)
    perform(other, "file_as_copy", {"matter": repeat.number.lower(), "note": "同一封信"}, world.officer)
    assert other.related_to_id == matter.id
