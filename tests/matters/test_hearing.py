"""听证: asked for, decided, called, held and concluded; who sits on it, how early it is told, what it holds back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from petitions import clock, flow
from petitions.access.roles import Role
from petitions.cases import timing
from petitions.cases.kinds import Act
from petitions.cases.perform import open_to, perform
from petitions.matters.hearing.models import Stage, current, hearings_of
from petitions.matters.hearing.panel import hearings
from petitions.matters.kind import MATTER
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.conftest import Isolated
from tests.factories import OPINION, World, dispose, make_user, matter_in, per_claim
from tests.matters.hearings import (
    CALL,
    FINDING,
    MINUTES,
    RECUSAL,
    asked,
    called,
    closed,
    concluded,
    day,
    granted,
    opened,
)
from tests.matters.issuing import paper
from tests.pages import Browse


def stage(matter: Matter) -> str:
    hearing = current(matter)
    assert hearing is not None
    return hearing.stage


def names(matter: Matter, person: Any) -> set[str]:
    return {row.name for row in open_to(person, matter) if row.panel}


def test_a_hearing_goes_from_the_request_to_its_conclusion(world: World) -> None:
    matter = concluded(world)
    hearing = current(matter)
    assert hearing is not None
    assert (hearing.stage, hearing.opened_on, hearing.closed_on) == (Stage.CONCLUDED, clock.today(), clock.today())
    assert hearing.finding == FINDING["finding"]
    assert matter.state in FLOW.before("ask_hearing")
    assert [one.kind for one in matter.documents if one.kind.startswith("hearing_")] == [
        "hearing_notice", "hearing_minutes", "hearing_conclusion",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "handler", "head"),
    [
        (asked, {"withdraw_hearing"}, {"withdraw_hearing", "grant_hearing", "refuse_hearing"}),
        (granted, {"withdraw_hearing", "call_hearing"}, {"withdraw_hearing", "call_hearing"}),
        (called, {"adjourn_hearing", "cancel_hearing", "open_hearing"},
         {"adjourn_hearing", "cancel_hearing", "open_hearing", "replace_panel_member", "keep_panel_member"}),
        (opened, {"adjourn_hearing", "cancel_hearing", "close_hearing"},
         {"adjourn_hearing", "cancel_hearing", "close_hearing", "replace_panel_member", "keep_panel_member"}),
        (closed, {"conclude_hearing"}, {"conclude_hearing"}),
        (concluded, set(), set()),
    ],
)  # fmt: skip
def test_each_step_offers_only_the_next_ones(world: World, make: Any, handler: set[str], head: set[str]) -> None:
    matter = make(world)
    assert names(matter, world.handler) == handler
    assert names(matter, world.head) == head


def test_only_the_person_in_charge_decides_whether_one_is_held(world: World) -> None:
    matter = asked(world)
    with pytest.raises(NotPermitted):
        perform(matter, "grant_hearing", {}, world.handler)
    perform(matter, "grant_hearing", {}, world.head)
    assert stage(matter) == Stage.GRANTED


def test_who_proposes_a_hearing_does_not_grant_it(world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    wish = {"hearing_asked_by": "unit", "hearing_asked_on": day(0), "hearing_reason": "争议大"}
    perform(matter, "ask_hearing", wish, world.head)
    with pytest.raises(Refused, match="另一位负责人"):
        perform(matter, "grant_hearing", {}, world.head)
    second = make_user(session, world.bureau, Role.UNIT_HEAD)
    perform(matter, "grant_hearing", {}, second)
    assert stage(matter) == Stage.GRANTED


def test_a_request_that_is_refused_is_answered_with_the_reason(world: World) -> None:
    matter = asked(world)
    with pytest.raises(FieldErrors):
        perform(matter, "refuse_hearing", {"hearing_refusal": ""}, world.head)
    perform(matter, "refuse_hearing", {"hearing_refusal": "事实清楚，双方没有争议"}, world.head)
    told = paper(matter, "hearing_refusal")
    assert "事实清楚，双方没有争议" in told.text
    assert told.recipient == "田小禾"
    # It has to reach the petitioner like every other notice, and another one may be asked for on other grounds.
    assert str(told.id) in {choice.value for choice in MATTER.choices["unserved_papers"](matter, world.handler)}
    assert "ask_hearing" in {row.name for row in open_to(world.handler, matter)}


def test_what_the_unit_proposed_itself_needs_no_refusal(world: World) -> None:
    matter = matter_in(world, "accepted")
    wish = {"hearing_asked_by": "unit", "hearing_asked_on": day(0), "hearing_reason": "争议大"}
    perform(matter, "ask_hearing", wish, world.handler)
    with pytest.raises(Refused, match="撤回听证申请"):
        perform(matter, "refuse_hearing", {"hearing_refusal": "不必"}, world.head)
    perform(matter, "withdraw_hearing", {"hearing_withdrawal": "双方已有共识"}, world.handler)
    assert stage(matter) == Stage.CANCELLED


@pytest.mark.parametrize(
    ("chair", "members", "sentence"),
    [
        ("田主持", "何听证", "单数，不少于3人，现在是2人"),
        ("田主持", "何听证、方听证、于听证", "现在是4人"),
        ("田主持", "何听证、何听证", "“何听证”写了两次"),
        ("田主持", "田主持、何听证", "“田主持”写了两次"),
    ],
)
def test_a_panel_is_odd_and_nobody_sits_on_it_twice(world: World, chair: str, members: str, sentence: str) -> None:
    matter = granted(world)
    with pytest.raises(Refused, match=sentence):
        perform(
            matter, "call_hearing", {**CALL, "hearing_on": day(9), "chair": chair, "members": members}, world.handler
        )
    assert stage(matter) == Stage.GRANTED


@pytest.mark.parametrize("members", ["何听证、方听证", "何听证，方听证", "何听证 方听证", "何听证；方听证"])
def test_names_are_read_however_they_are_set_apart(world: World, members: str) -> None:
    matter = granted(world)
    perform(matter, "call_hearing", {**CALL, "hearing_on": day(9), "members": members}, world.handler)
    hearing = current(matter)
    assert hearing is not None
    assert hearing.panel == ["田主持", "何听证", "方听证"]


def test_the_handler_sits_on_it_but_does_not_preside(world: World) -> None:
    matter, own = granted(world), world.handler.name
    with pytest.raises(Refused, match="承办人不能担任听证主持人"):
        perform(matter, "call_hearing", {**CALL, "hearing_on": day(9), "chair": own}, world.handler)
    perform(matter, "call_hearing", {**CALL, "hearing_on": day(9)}, world.handler)
    with pytest.raises(Refused, match="承办人不能担任听证主持人"):
        perform(matter, "replace_panel_member", {**RECUSAL, "panel_member": "田主持", "replacement": own}, world.head)
    perform(matter, "replace_panel_member", {**RECUSAL, "panel_member": "何听证", "replacement": own}, world.head)


def test_whoever_stays_away_from_the_matter_does_not_hear_it(world: World) -> None:
    matter, away = granted(world), world.second_handler
    perform(matter, "recuse", {"recused": away.id, "ground": "亲属", "asked_by": "self"}, world.head)
    with pytest.raises(Refused, match="应当回避此件"):
        perform(
            matter, "call_hearing", {**CALL, "hearing_on": day(9), "members": f"何听证、{away.name}"}, world.handler
        )


@pytest.mark.parametrize("days", [0, 6])
def test_a_hearing_is_told_seven_days_before(world: World, days: int) -> None:
    matter = granted(world)
    with pytest.raises(Refused, match="提前7日"):
        perform(matter, "call_hearing", {**CALL, "hearing_on": day(days)}, world.handler)
    perform(matter, "call_hearing", {**CALL, "hearing_on": day(7)}, world.handler)
    assert stage(matter) == Stage.CALLED


def test_how_early_is_the_installation_s_own_matter(world: World, database: Isolated) -> None:
    matter = granted(world)
    database.hearing_notice_days = 10
    with pytest.raises(Refused, match="提前10日"):
        perform(matter, "call_hearing", {**CALL, "hearing_on": day(9)}, world.handler)


def test_whoever_must_leave_the_panel_is_replaced_and_the_record_says_why(world: World) -> None:
    matter = called(world)
    given = {**RECUSAL, "panel_member": "何听证", "replacement": "方听证"}
    with pytest.raises(Refused, match="已经在听证组里"):
        perform(matter, "replace_panel_member", given, world.head)
    perform(matter, "replace_panel_member", {**given, "replacement": "时接替"}, world.head)
    hearing = current(matter)
    assert hearing is not None
    assert hearing.panel == ["田主持", "时接替", "方听证"]
    assert hearing.recusals == [{
        "name": "何听证", "asked_by": "petitioner", "ground": "是村支书的妻弟", "decided_by": world.head.name,
        "decided_on": day(0), "granted": True, "replacement": "时接替",
    }]  # fmt: skip
    with pytest.raises(FieldErrors):
        perform(matter, "replace_panel_member", {**given, "replacement": "何接替"}, world.head)  # he has left


def test_a_request_to_leave_the_panel_that_is_refused_is_not_decided_twice(world: World) -> None:
    matter = called(world)
    given = {**RECUSAL, "panel_member": "田主持", "panel_refusal": "没有亲属关系"}
    perform(matter, "keep_panel_member", given, world.head)
    hearing = current(matter)
    assert hearing is not None
    assert hearing.chair == "田主持"
    with pytest.raises(Refused, match="已经作过决定"):
        perform(matter, "keep_panel_member", given, world.head)
    with pytest.raises(NotPermitted):
        perform(matter, "keep_panel_member", {**given, "panel_ground": "另有事由"}, world.handler)


def test_an_adjourned_hearing_is_told_anew_and_begins_on_the_new_day(world: World) -> None:
    matter = called(world)
    with pytest.raises(Refused, match="晚于原定"):
        perform(matter, "adjourn_hearing", {"hearing_again_on": day(0), "adjournment": "证人有事"}, world.handler)
    perform(matter, "adjourn_hearing", {"hearing_again_on": day(3), "adjournment": "证人有事"}, world.handler)
    told = paper(matter, "hearing_notice").text
    assert "证人有事" in told
    assert "改期" in told
    assert "上午9时30分" in told
    with pytest.raises(Refused, match="通知的听证日期是"):
        perform(matter, "open_hearing", {"opened_on": day(0)}, world.handler)


def test_a_hearing_that_goes_on_another_day_ends_not_before_it(world: World) -> None:
    matter = opened(world)
    perform(matter, "adjourn_hearing", {"hearing_again_on": day(2), "adjournment": "质证没有完"}, world.handler)
    with pytest.raises(Refused, match="不能早于"):
        perform(matter, "close_hearing", {**MINUTES, "ended_on": day(0)}, world.handler)


@pytest.mark.parametrize("field", ["ended_on", "attendance", "statements", "evidence", "minutes_signed"])
def test_minutes_lack_nothing(world: World, field: str) -> None:
    matter = opened(world)
    with pytest.raises(FieldErrors) as refused:
        perform(matter, "close_hearing", {**MINUTES, "ended_on": day(0), field: ""}, world.handler)
    assert set(refused.value.errors) == {field}


def test_a_hearing_ends_not_in_the_future(world: World) -> None:
    matter = opened(world)
    with pytest.raises(FieldErrors):
        perform(matter, "close_hearing", {**MINUTES, "ended_on": day(1)}, world.handler)


def test_the_cancelling_is_told_to_the_petitioner(world: World) -> None:
    matter = called(world)
    perform(matter, "cancel_hearing", {"cancellation": "双方已经和解"}, world.handler)
    assert "双方已经和解" in paper(matter, "hearing_cancellation").text
    assert stage(matter) == Stage.CANCELLED


@pytest.mark.parametrize("make", [asked, granted, called, opened, closed])
def test_nothing_is_decided_while_a_hearing_goes_on(world: World, make: Any) -> None:
    matter = make(world)
    with pytest.raises(Refused, match="听证还没有结束"):
        perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.handler)
    with pytest.raises(Refused, match="听证还没有结束"):
        perform(matter, "begin_mediation", {"consent": "both", "note": "同意"}, world.handler)


def test_the_answer_is_open_after_the_conclusion(world: World) -> None:
    matter = concluded(world)
    perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.handler)
    assert matter.state in FLOW.after("submit_opinion")


def test_a_matter_that_is_withdrawn_ends_its_hearing(world: World) -> None:
    matter = called(world)
    perform(matter, "withdraw", {"reason": "已经和解", "free_will": True}, world.officer)
    assert stage(matter) == Stage.CANCELLED


def test_a_second_hearing_leaves_the_first_as_it_was(world: World) -> None:
    matter = concluded(world)
    wish = {"hearing_asked_by": "petitioner", "hearing_asked_on": day(0), "hearing_reason": "有新证据"}
    perform(matter, "ask_hearing", wish, world.handler)
    assert [one.stage for one in hearings_of(matter)] == [Stage.CONCLUDED, Stage.ASKED]


def test_the_acts_fit_a_clock_that_rests_from_the_first_day_to_the_last(world: World) -> None:
    """What a table whose clock rests says (第36条第二款): two words on two rows, and nothing else."""
    resting = {"open_hearing": {"pauses": "T6"}, "close_hearing": {"continues": "T6"},
               "cancel_hearing": {"continues": "T6"}}  # fmt: skip
    rows = tuple(replace(row, **resting.get(row.name, {})) for row in FLOW.actions)  # type: ignore[arg-type]
    assert flow.Flow("resting", FLOW.states, rows).flaws() == []
    matter = opened(world)
    term = next(row for row in matter.deadlines if row.code == "T6")
    before, table = term.nominal_on, {row.name: row for row in rows}
    for name, on in (("open_hearing", day(1)), ("close_hearing", day(3))):
        act = Act(matter, table[name], {}, world.handler, clock.now(), date.fromisoformat(on), event=matter.events[-1])
        timing.follow(MATTER, act, matter.unit_id)
    assert term.nominal_on == before + timedelta(days=3)


def test_the_page_shows_the_hearing_and_offers_its_next_act(browser_of: Browse, world: World) -> None:
    matter = called(world)
    page = browser_of(world.head).get(f"/cases/{matter.id}").get_data(as_text=True)
    for word in ("已通知", "田主持", "何听证、方听证", "二楼听证室", "上午9时30分", "公开举行"):
        assert word in page
    assert f"/cases/{matter.id}/open_hearing" in page
    assert f"/cases/{matter.id}/close_hearing" not in page
    # What has its own place on the page does not fill the list of what has to wait.
    assert "还没有同意举行听证" not in page


def test_nobody_asked_and_nothing_is_shown(world: World) -> None:
    assert hearings(matter_in(world, "accepted"), world.handler) is None


def test_what_is_disposed_of_names_nobody_of_its_hearing(world: World) -> None:
    matter = concluded(world)
    perform(matter, "withdraw", {"reason": "已经和解", "free_will": True}, world.officer)
    for one in [row for row in matter.documents if row.recipient and not row.services]:
        receipt = {"paper": one.id, "method": "direct", "receiver": "田小禾", "served_on": day(0)}
        if one.kind in ("acceptance_notice", "hearing_notice", "withdrawal"):
            perform(matter, "serve_notice", receipt, world.officer)
    perform(matter, "archive", {}, world.officer)
    dispose(world, matter)
    hearing = current(matter)
    assert hearing is not None
    assert (hearing.reason, hearing.subject, hearing.finding, hearing.chair, hearing.members) == ("", "", "", "", [])
    assert hearing.closed_on == clock.today()


def test_an_accusation_found_out_late_hides_whom_the_hearing_named(world: World) -> None:
    matter = called(world)
    ground = "是田小禾的邻居"
    perform(
        matter,
        "keep_panel_member",
        {**RECUSAL, "panel_ground": ground, "panel_member": "何听证", "panel_refusal": "无"},
        world.head,
    )
    perform(matter, "recall_sealed", {"reason": "检举村支书", "respondent": "某村支书"}, world.restricted)
    hearing = current(matter)
    assert hearing is not None
    assert "田小禾" not in str(hearing.recusals)
