"""第23、28、31至35条: what the unit tells and decides, who may decide it, and which clocks run for it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.models import Deadline
from petitions.cases.perform import open_to, perform
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import FieldErrors, Refused
from tests.factories import CLASSIFIED, OPINION, World, matter_in, per_claim, take
from tests.matters.issuing import paper, soon

SUGGESTION = {**CLASSIFIED, "nature": "suggestion", "purpose": "suggestion", "reason": "实为建议"}
REQUEST = {**CLASSIFIED, "reason": "实为求决"}


def clocks(matter: Matter, code: str) -> list[Deadline]:
    return [row for row in matter.deadlines if row.code == code]


def running(matter: Matter) -> set[str]:
    return {row.code for row in matter.deadlines if row.ended_on is None}


# 回避


def test_whoever_is_recused_reads_and_decides_nothing_more(world: World) -> None:
    matter = matter_in(world, "in_approval")
    told = {"ground": "与信访人是亲属", "asked_by": "unit", "recused": world.head.id}
    perform(matter, "recuse", told, world.receiver)
    assert matter.handler_id == world.handler.id, "the handler goes on"
    assert open_to(world.head, matter) == []
    for action, data in (("approve_opinion", {}), ("return_opinion", {"note": "改"}), ("note", {"note": "记"})):
        with pytest.raises(Refused, match="回避"):
            perform(matter, action, data, world.head)


def test_nobody_is_recused_twice_and_a_recused_person_is_no_replacement(world: World) -> None:
    matter = matter_in(world, "accepted")
    told = {"ground": "与信访人是亲属", "asked_by": "self"}
    perform(matter, "recuse", told, world.handler)
    with pytest.raises(FieldErrors, match="已经回避"):
        perform(matter, "recuse", {**told, "recused": world.handler.id}, world.receiver)
    with pytest.raises(FieldErrors, match="回避"):
        perform(matter, "appoint", {"handler": world.handler.id}, world.receiver)
    with pytest.raises(Refused, match="选择应当回避的人"):
        perform(matter, "recuse", told, world.receiver)


def test_the_petition_office_recuses_its_own_people_too(world: World) -> None:
    matter = matter_in(world, "triage")
    told = {"ground": "与信访人是亲属", "asked_by": "interested"}
    with pytest.raises(Refused, match="选择应当回避的人"):
        perform(matter, "recuse", told, world.office_head)
    perform(matter, "recuse", {**told, "recused": world.officer.id}, world.office_head)
    with pytest.raises(Refused, match="回避"):
        perform(matter, "transfer", {"unit": world.bureau.id, "opinion": "请办理"}, world.officer)
    perform(matter, "transfer", {"unit": world.bureau.id, "opinion": "请办理"}, world.office_head)


@pytest.mark.parametrize("state", ["in_approval", "opinion_issued", "served"])
def test_the_work_of_somebody_who_leaves_is_handed_over(world: World, state: str) -> None:
    matter = matter_in(world, state)
    perform(matter, "appoint", {"handler": world.second_handler.id}, world.receiver)
    assert matter.handler_id == world.second_handler.id


# 建议


def suggestion(world: World, state: str = "accepted") -> Matter:
    matter = matter_in(world, "signed")
    take(
        world, matter, [("reclassify", SUGGESTION, "clerk"), ("accept", {"routes": per_claim(matter, "R6")}, "handler")]
    )
    if state == "served":
        take(world, matter, [
            ("submit_opinion", {**OPINION, "outcomes": per_claim(matter, "A")}, "handler"), ("approve_opinion", {}, "head"),
            ("serve", {"method": "direct", "receiver": "田小禾", "served_on": soon(0)}, "handler"),
        ])  # fmt: skip
    return matter


def test_a_suggestion_is_answered_without_a_window_for_review(world: World) -> None:
    matter = suggestion(world, "served")
    assert clocks(matter, "T8") == []
    assert "复查" not in paper(matter, "opinion").text
    perform(matter, "conclude", {}, world.head)
    assert clocks(matter_in(world, "served"), "T8")
    assert "复查" in paper(matter_in(world, "served"), "opinion").text


def test_a_matter_is_accepted_only_once_it_is_classified(world: World) -> None:
    matter = matter_in(world, "notice_due", purpose="suggestion")
    with pytest.raises(Refused, match="分类"):
        perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)
    told = {**CLASSIFIED, "nature": "suggestion", "purpose": "suggestion"}
    perform(matter, "classify", told, world.handler)
    perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)
    assert clocks(matter, "T6") == []


def test_the_sixty_days_end_when_what_was_accepted_turns_out_to_be_a_suggestion(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "reclassify_accepted", SUGGESTION, world.clerk)
    assert "T6" not in running(matter)
    assert clocks(matter, "T6")[0].ended_by is not None


def test_the_sixty_days_of_what_was_no_suggestion_count_from_acceptance(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(days=20), tick=False):
        matter = suggestion(world)
        accepted_on = clock.today()
    perform(matter, "reclassify_accepted", REQUEST, world.clerk)
    (term,) = clocks(matter, "T6")
    assert term.start_on == accepted_on
    assert term.nominal_on == accepted_on + timedelta(days=60)


def test_a_correction_that_changes_nothing_leaves_the_running_term_as_it_is(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "reclassify_accepted", REQUEST, world.clerk)
    assert len(clocks(matter, "T6")) == 1
    assert "T6" in running(matter)


# 告知


def test_only_what_was_brought_directly_is_spared_the_notice_and_only_once(world: World) -> None:
    assert FLOW.action["waive_notice"].sources == ("notice_due",)
    matter = matter_in(world, "notice_due", name="", phone="", region="", address="", unsigned=True)
    perform(matter, "waive_notice", {"waiver": "no_name"}, world.handler)
    assert not running(matter) & {"T2", "T3"}
    with pytest.raises(Refused, match="已经记明"):
        perform(matter, "waive_notice", {"waiver": "no_name"}, world.handler)


def test_a_waived_notice_spares_no_other_paper(world: World) -> None:
    matter = matter_in(world, "notice_due", region="", address="")
    steps: list[tuple[str, Any, str]] = [
        ("waive_notice", {"waiver": "no_address"}, "handler"), ("classify", CLASSIFIED, "receiver"),
        ("accept", {"routes": per_claim(matter, "R6")}, "handler"),
        ("request_extension", {"days": 10, "reason": "情况复杂"}, "handler"),
        ("extend", {"days": 10, "reason": "情况复杂"}, "head"),
        ("discontinue", {"discontinue_reason": "died", "proof": "死亡证明"}, "head"),
        ("visit", {"held_on": soon(0), "way": "phone", "performed": "nothing"}, "receiver"),
    ]  # fmt: skip
    take(world, matter, steps)
    with pytest.raises(Refused) as refused:
        perform(matter, "archive", {}, world.receiver)
    assert "延长办理期限告知书" in refused.value.sentence
    assert "受理告知书" not in refused.value.sentence


def test_no_paper_is_received_before_it_was_issued(world: World, session: Session) -> None:
    with time_machine.travel(clock.now() - timedelta(days=5), tick=False):
        matter = matter_in(world, "signed")
    take(world, matter, [("accept", {"routes": per_claim(matter, "R6")}, "handler")])
    notice = paper(matter, "acceptance_notice")
    session.flush()
    receipt = {"paper": notice.id, "method": "direct", "receiver": "本人", "served_on": soon(-1)}
    with pytest.raises(Refused, match="不能早于文书的日期"):
        perform(matter, "serve_notice", receipt, world.handler)
    perform(matter, "serve_notice", {**receipt, "served_on": soon(0)}, world.handler)


# 第31条


@pytest.mark.parametrize("route", ["R4", "R5"])
def test_a_unit_accepts_its_own_administrative_procedures_and_duties_without_the_sixty_days(
    world: World, route: str
) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "accept", {"routes": per_claim(matter, route)}, world.handler)
    assert matter.state == "accepted"
    assert "T6" not in running(matter)
    text = paper(matter, "acceptance_notice").text
    assert "依法履行或者答复" in text
    assert "60日内办结" not in text


@pytest.mark.parametrize("route", ["R1", "R2", "R3"])
def test_what_really_leaves_is_not_accepted(world: World, route: str) -> None:
    matter = matter_in(world, "signed")
    with pytest.raises(Refused, match="导入法定途径"):
        perform(matter, "accept", {"routes": per_claim(matter, route)}, world.handler)


def test_a_limit_is_kept_only_for_claims_whose_procedure_has_it(world: World) -> None:
    matter = matter_in(world, "signed", claims="退还工资\n撤销处罚")
    first, second = matter.claims
    routes = {str(first.id): "R2", str(second.id): "R4"}
    data = {"foreign_routes": routes, "body": "县劳动人事争议仲裁委员会", "foreign_limit": "X3"}
    perform(matter, "divert", data, world.handler)
    assert (first.foreign_limit, second.foreign_limit) == ("X3", "")
    text = paper(matter, "diversion_notice").text
    assert text.count("1年内申请") == 1
    assert "行政复议" in text


# 第32、34条


def test_only_approval_needs_a_second_person(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.head)
    with pytest.raises(Refused, match="起草人"):
        perform(matter, "approve_opinion", {}, world.head)
    perform(matter, "return_opinion", {"note": "自己收回"}, world.head)
    perform(matter, "request_extension", {"days": 10, "reason": "情况复杂"}, world.head)
    with pytest.raises(Refused, match="申请人"):
        perform(matter, "extend", {"days": 10, "reason": "情况复杂"}, world.head)
    perform(matter, "refuse_extension", {"note": "不需要了"}, world.head)


def test_a_request_is_not_granted_after_the_term_has_run_out(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": 10, "reason": "情况复杂"}, world.handler)
    with (
        time_machine.travel(clock.now() + timedelta(days=90), tick=False),
        pytest.raises(Refused, match="届满"),
    ):
        perform(matter, "extend", {"days": 10, "reason": "情况复杂"}, world.head)


@pytest.mark.parametrize(
    ("outcomes", "whole"), [(("E", "M"), "M"), (("N", "PS"), "PS"), (("D", "E"), "E"), (("N", "E"), "E")]
)
def test_something_granted_names_the_outcome_of_the_matter(world: World, outcomes: tuple[str, str], whole: str) -> None:
    matter = matter_in(world, "accepted", claims="退还承包地\n补偿损失")
    chosen = {str(claim.id): outcome for claim, outcome in zip(matter.claims, outcomes, strict=True)}
    perform(matter, "submit_opinion", {**OPINION, "outcomes": chosen}, world.handler)
    perform(matter, "approve_opinion", {}, world.head)
    assert matter.outcome == whole
