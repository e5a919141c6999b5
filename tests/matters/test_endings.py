"""Withdrawal, settlement, a petitioner who is gone, and units that cannot agree who leads."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.models import Case
from petitions.cases.perform import perform, surroundings
from petitions.matters.models import Matter
from petitions.matters.performance import promises_of
from petitions.matters.present import PRESENT
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, matter_in
from tests.matters.issuing import SETTLED, paper, soon


def why_nots(case: Case, world: World, name: str) -> dict[str, str]:
    return {choice.value: str(choice.why_not) for choice in surroundings(case, world.head).choices(name)}


# --- withdrawal ------------------------------------------------------------------------------------------------------


def test_one_of_several_petitioners_withdraws_for_nobody_else(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(
        matter,
        "note_loss",
        {"loss": "died", "happened_on": soon(0), "proof": "死亡证明", "until": soon(30)},
        world.handler,
    )
    perform(matter, "take_succession", {"heir": "田大麦", "heir_relation": "之子", "proof": "户口簿"}, world.handler)
    data = {"reason": "不再反映", "free_will": True, "applied_on": soon(0)}
    with pytest.raises(Refused, match="全体信访人签名"):
        perform(matter, "withdraw", data, world.officer)
    with pytest.raises(Refused, match="自愿书面"):
        perform(matter, "withdraw", {**data, "free_will": False, "all_signed": True}, world.officer)
    papers = len(matter.documents)
    perform(matter, "withdraw", {**data, "all_signed": True}, world.officer)
    assert matter.state == "withdrawn"
    assert len(matter.documents) == papers + 1, "nothing goes"
    assert not [row for row in matter.deadlines if row.ended_on is None]
    assert "已经作出的处理意见和达成的协议继续有效" in paper(matter, "withdrawal").text


# --- settlement ------------------------------------------------------------------------------------------------------


def test_an_agreement_needs_both_sides_and_is_tracked_until_it_is_performed(world: World) -> None:
    matter = matter_in(world, "mediating")
    with pytest.raises(Refused, match="双方当事人同意"):
        perform(matter, "settle", {**SETTLED, "both_agree": False}, world.handler)
    perform(matter, "settle", SETTLED, world.handler)
    (row,) = promises_of(matter)
    assert (row.ground, row.performer, row.text) == ("settlement", "柳林村民委员会", "甲方退还土地。")
    assert "协议还没有履行完毕" in why_nots(matter, world, "discontinue_reasons")["agreement_performed"]
    ended = {"discontinue_reason": "agreement_performed", "proof": "交接单"}
    with pytest.raises(FieldErrors, match="还没有履行完毕"):
        perform(matter, "discontinue", ended, world.head)
    done = {"held_on": soon(0), "promise": str(row.id), "performance": "done", "record": "交接单已签"}
    perform(matter, "perform_opinion", done, world.handler)
    perform(matter, "discontinue", ended, world.head)
    assert matter.state == "concluded"


def test_only_what_somebody_asks_for_can_be_settled(world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    matter.nature = "suggestion"
    session.flush()
    with pytest.raises(Refused, match="只有申诉求决类"):
        perform(matter, "begin_mediation", {"consent": "both", "note": "双方同意"}, world.handler)


# --- the petitioner is gone ------------------------------------------------------------------------------------------

LOSS = {"loss": "died", "happened_on": soon(0), "proof": "死亡证明"}


def test_a_successor_may_step_in_within_the_term(world: World) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(Refused, match="不需要承受人"):
        perform(
            matter, "take_succession", {"heir": "田大麦", "heir_relation": "之子", "proof": "户口簿"}, world.handler
        )
    perform(matter, "note_loss", {**LOSS, "until": soon(30)}, world.handler)
    with pytest.raises(Refused, match="正在等待承受人"):
        perform(matter, "note_loss", {**LOSS, "until": soon(60)}, world.handler)
    heir = {
        "heir": "田大麦",
        "heir_relation": "之子",
        "proof": "户口簿",
        "heir_phone": "19900005555",
        "heir_address": "柳林村三组",
    }
    perform(matter, "take_succession", heir, world.handler)
    assert [person.name for person in matter.petitioners] == ["田小禾", "田大麦"]
    assert matter.petitioners[1].reachable
    assert "已有承受人" in why_nots(matter, world, "discontinue_reasons")["died"]


def test_without_a_successor_it_is_discontinued_when_the_term_is_over_and_with_proof(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "note_loss", {**LOSS, "until": soon(30)}, world.handler)
    ended = {"discontinue_reason": "died", "proof": "死亡证明，没有承受人的声明"}
    with pytest.raises(FieldErrors, match="期满后没有承受人才能终止"):
        perform(matter, "discontinue", ended, world.head)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        with pytest.raises(FieldErrors):
            perform(matter, "discontinue", {**ended, "proof": ""}, world.head)
        perform(matter, "discontinue", ended, world.head)
    assert matter.state == "concluded"


# --- several units ---------------------------------------------------------------------------------------------------


def disputed(world: World, *others: int) -> Matter:
    matter = matter_in(world, "signed")
    positions = {
        "positions": "自然资源局认为应由乡镇办理，乡镇认为应由自然资源局办理。",
        "disputing_units": list(others),
    }
    perform(matter, "dispute_lead", positions, world.handler)
    return matter


DECIDED = {"decider": "superior", "decided_on": soon(0), "decision_number": "青政函〔2026〕3号"}


def test_a_dispute_goes_to_the_common_superior(world: World) -> None:
    matter = disputed(world, world.township.id)
    choices = why_nots(matter, world, "lead_deciders")
    assert choices["superior"] == ""
    assert "有共同的上一级“青禾县”" in choices["joint_conference"]
    with pytest.raises(FieldErrors, match="由其决定"):
        perform(matter, "decide_lead", {**DECIDED, "decider": "joint_conference"}, world.officer)
    with pytest.raises(NotPermitted):
        perform(matter, "decide_lead", DECIDED, world.handler)
    before = [(row.code, row.due_on) for row in matter.deadlines if row.ended_on is None]
    perform(matter, "decide_lead", DECIDED, world.officer)
    assert [(row.code, row.due_on) for row in matter.deadlines if row.ended_on is None] == before
    text = paper(matter, "lead_decision").text
    for words in (
        "共同的上一级（青禾县）",
        "青政函〔2026〕3号",
        "由青禾县自然资源局受理",
        "河湾镇",
        "应由乡镇办理",
        "第二十四条",
    ):
        assert words in text
    with pytest.raises(Refused, match="没有等待决定的受理争议"):
        perform(matter, "decide_lead", DECIDED, world.officer)


def test_without_a_common_superior_the_joint_conference_decides(world: World, session: Session) -> None:
    matter = disputed(world, world.township.id)
    world.bureau.parent_id = None
    session.flush()
    choices = why_nots(matter, world, "lead_deciders")
    assert "没有共同的上一级" in choices["superior"]
    assert choices["joint_conference"] == ""
    perform(matter, "decide_lead", {**DECIDED, "decider": "joint_conference"}, world.officer)
    assert "决定机关：共同的信访工作联席会议" in paper(matter, "lead_decision").text


def test_another_unit_gets_it_from_the_office_that_is_offered_the_decision(world: World) -> None:
    matter = disputed(world, world.township.id)
    with pytest.raises(Refused, match="用“决定由本单位受理”"):
        perform(matter, "decide_other_lead", {**DECIDED, "lead_unit": world.bureau.id}, world.officer)
    perform(matter, "decide_other_lead", {**DECIDED, "lead_unit": world.township.id}, world.officer)
    assert (matter.state, matter.unit_id) == ("returned", world.office.id)
    assert "由河湾镇受理" in paper(matter, "lead_decision").text
    assert PRESENT["transfer"](matter, world.officer)["unit"] == world.township.id
    assert {row.code for row in matter.deadlines if row.ended_on is None} == {"T1"}
