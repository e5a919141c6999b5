"""Return visits in full, the work they leave, and what was promised: three things that move neither state nor clock."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.perform import perform, why_not
from petitions.followup.queries import listed
from petitions.matters.follow_up import open_task
from petitions.matters.models import Matter
from petitions.matters.performance import promises_of
from petitions.matters.workflow import FLOW
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, matter_in
from tests.matters.issuing import paper, soon

VISIT = {"way": "phone", "performed": "done"}


def visit(world: World, matter: Matter, **changes: Any) -> None:
    perform(matter, "visit", {**VISIT, "held_on": soon(0), **changes}, world.officer)


def ids(world: World, stage: str, person: str = "officer") -> list[int]:
    return [row.line.matter.id for row in listed(world.people[person], stage).rows]


def clocks(matter: Matter) -> list[tuple[Any, ...]]:
    return [(row.code, row.due_on, row.extension, row.ended_on) for row in matter.deadlines]


# --- visits ----------------------------------------------------------------------------------------------------------


def test_a_visit_is_due_so_many_days_after_the_answer_was_received(world: World) -> None:
    matter = matter_in(world, "served")
    (row,) = listed(world.officer, "visit", 10).rows
    assert (row.visit_on, row.is_due) == (clock.today() + timedelta(days=10), False)
    assert listed(world.officer, "visit", 10).due == 0
    with time_machine.travel(clock.now() + timedelta(days=10), tick=False):
        shown = listed(world.officer, "visit", 10)
        assert (shown.due, shown.rows[0].is_due) == (1, True)
    perform(matter, "plan_visit", {"visit_on": soon(2)}, world.officer)
    assert listed(world.officer, "visit", 10).rows[0].visit_on == clock.today() + timedelta(days=2)
    visit(world, matter)
    assert matter.visit_on is None
    assert ids(world, "visit") == []


def test_what_is_due_stands_before_what_waits(world: World) -> None:
    first, second = matter_in(world, "served"), matter_in(world, "served")
    perform(second, "plan_visit", {"visit_on": soon(0)}, world.officer)
    assert ids(world, "visit") == [second.id, first.id]


def test_the_list_says_where_the_number_of_days_comes_from(world: World, browser_of: Any) -> None:
    matter_in(world, "served")
    page = browser_of(world.officer).get("/followup").get_data(as_text=True)
    assert "收到答复后10日回访（系统默认，条例没有规定回访的期限）" in page


def test_a_visit_lies_neither_before_the_service_nor_in_the_future(world: World) -> None:
    matter = matter_in(world, "opinion_issued")
    with time_machine.travel(clock.now() + timedelta(days=5), tick=False):
        served = {"method": "direct", "receiver": "田小禾", "served_on": soon(0)}
        perform(matter, "serve", served, world.handler)
        with pytest.raises(Refused, match="不能早于答复送达"):
            visit(world, matter, held_on=soon(-1))
        with pytest.raises(FieldErrors):
            visit(world, matter, held_on=soon(1))
        assert not matter.visits
        visit(world, matter)


def test_two_bodies_are_rated_apart_and_dissatisfaction_has_a_reason(world: World) -> None:
    matter = matter_in(world, "served")
    with pytest.raises(Refused, match="对责任单位不满意，写明原因"):
        visit(world, matter, office_rating="satisfied", unit_rating="dissatisfied")
    with pytest.raises(Refused, match="应选“不满意”"):
        visit(world, matter, office_rating="satisfied", office_reason="态度不好")
    visit(world, matter, office_rating="fairly", unit_rating="dissatisfied", unit_reason="没有丈量")
    (row,) = matter.visits
    assert (row.office_rating, row.unit_rating, row.unit_reason) == ("fairly", "dissatisfied", "没有丈量")
    visit(world, matter)
    assert (matter.visits[-1].office_rating, matter.visits[-1].unit_rating) == ("not_rated", "not_rated")


def test_whoever_was_not_reached_has_rated_nobody(world: World) -> None:
    matter = matter_in(world, "served")
    with pytest.raises(Refused, match="没有联系上"):
        visit(world, matter, performed="not_reached", unit_rating="satisfied")
    visit(world, matter, performed="not_reached", visit_on=soon(3))
    assert (matter.visits[0].office_rating, matter.visit_on) == ("", clock.today() + timedelta(days=3))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nature": "accusation"}, "检举控告类事项不列入"),
        ({"nature": "litigation"}, "涉法涉诉类事项不列入"),
        ({"outcome": "D"}, "已导入其他法定程序"),
    ],
)
def test_a_matter_that_is_not_rated_takes_no_rating(
    world: World, session: Session, change: dict[str, str], reason: str
) -> None:
    matter = matter_in(world, "served")
    for name, value in change.items():
        setattr(matter, name, value)
    session.flush()
    with pytest.raises(Refused, match=reason):
        visit(world, matter, office_rating="satisfied")
    assert not matter.visits
    visit(world, matter, said="知道了")
    assert (matter.visits[0].office_rating, matter.visits[0].unit_rating) == ("", "")
    assert reason in paper(matter, "visit_record").text


def test_an_unsigned_matter_has_nobody_who_could_rate(world: World) -> None:
    matter = matter_in(world, "served", name="", phone="", unsigned=True)
    with pytest.raises(Refused, match="匿名件"):
        visit(world, matter, unit_rating="satisfied")


def test_the_code_on_the_receipt_rates_once_and_is_not_kept(world: World) -> None:
    matter, other = matter_in(world, "served"), matter_in(world, "served")
    rated = {"way": "code", "office_rating": "satisfied", "unit_rating": "satisfied"}
    with pytest.raises(Refused, match="评价码不是此件的"):
        visit(world, matter, **rated, rating_code=other.first.query_code)
    with pytest.raises(Refused, match="评价码不是此件的"):
        visit(world, matter, **rated)
    with pytest.raises(Refused, match="应选“凭评价码评价”"):
        visit(world, matter, rating_code=matter.first.query_code)
    with pytest.raises(Refused, match="凭评价码评价的，填写"):
        visit(world, matter, way="code", rating_code=matter.first.query_code)
    visit(world, matter, **rated, rating_code=matter.first.query_code.lower())
    assert matter.first.query_code not in str(matter.events[-1].data)
    with pytest.raises(Refused, match="已经凭评价码评价过"):
        visit(world, matter, **rated, rating_code=matter.first.query_code)


# --- what is not solved ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ({"performed": "not_done"}, "not_performed"),
        ({"performed": "partly"}, "not_performed"),
        ({"unit_rating": "dissatisfied", "unit_reason": "答复不清楚"}, "dissatisfied"),
    ],
)
def test_what_is_not_solved_is_work_for_a_person_and_moves_no_state_and_no_clock(
    world: World, said: dict[str, str], ground: str
) -> None:
    matter = matter_in(world, "served")
    before = (matter.state, matter.outcome, clocks(matter))
    visit(world, matter, **said)
    task = open_task(matter)
    assert task is not None
    assert task.ground == ground
    assert ids(world, "tasks") == [matter.id]
    with pytest.raises(Refused, match="先领取"):
        perform(matter, "close_follow_up", {"done": "已督促单位"}, world.officer)
    perform(matter, "take_follow_up", {}, world.officer)
    with pytest.raises(Refused, match="由你领取"):
        perform(matter, "take_follow_up", {}, world.officer)
    with pytest.raises(Refused, match="先领取"):
        perform(matter, "close_follow_up", {"done": "我来填"}, world.handler)
    with pytest.raises(FieldErrors):
        perform(matter, "close_follow_up", {"done": ""}, world.officer)
    visit(world, matter, **said)  # the same once more is no second task
    perform(matter, "close_follow_up", {"done": "现场丈量，土地已经交还"}, world.officer)
    assert open_task(matter) is None
    assert (task.done, task.taken_by_id) == ("现场丈量，土地已经交还", world.officer.id)
    assert ids(world, "tasks") == []
    assert (matter.state, matter.outcome, clocks(matter)) == before


def test_somebody_else_may_go_on_with_what_was_taken(world: World) -> None:
    matter = matter_in(world, "served")
    visit(world, matter, performed="not_done")
    perform(matter, "take_follow_up", {}, world.officer)
    perform(matter, "take_follow_up", {}, world.handler)
    perform(matter, "close_follow_up", {"done": "已办"}, world.handler)
    assert open_task(matter) is None


def test_a_solved_visit_leaves_nothing_to_do(world: World) -> None:
    matter = matter_in(world, "served")
    visit(world, matter, unit_rating="satisfied")
    assert open_task(matter) is None
    with pytest.raises(Refused, match="没有待办的跟进任务"):
        perform(matter, "take_follow_up", {}, world.officer)


# --- what was promised -----------------------------------------------------------------------------------------------

PLAN = {"promised": "退还承包地三亩", "performer": "青禾县自然资源局"}


def test_what_was_granted_waits_until_it_is_done(world: World) -> None:
    matter = matter_in(world, "served")
    assert ids(world, "performance") == [matter.id]
    perform(matter, "plan_performance", {**PLAN, "perform_by": soon(20)}, world.handler)
    (row,) = listed(world.officer, "performance").rows
    assert [one.text for one in row.promises] == ["退还承包地三亩"]
    (promise,) = promises_of(matter)
    with pytest.raises(Refused, match="选择应落实事项"):
        perform(matter, "perform_opinion", {"held_on": soon(0), "record": "看过"}, world.handler)
    with pytest.raises(Refused, match="一并填写"):
        perform(matter, "perform_opinion", {"held_on": soon(0), "record": "看过", "performance": "done"}, world.handler)
    before = (matter.state, matter.outcome, clocks(matter))
    told = {"held_on": soon(0), "promise": str(promise.id)}
    perform(matter, "perform_opinion", {**told, "performance": "partly", "record": "已退二亩"}, world.handler)
    assert ids(world, "performance") == [matter.id]
    perform(matter, "perform_opinion", {**told, "performance": "done", "record": "验收单3号"}, world.handler)
    assert (promise.result, promise.proof, promise.looked_on) == ("done", "验收单3号", clock.today())
    assert ids(world, "performance") == []
    assert (matter.state, matter.outcome, clocks(matter)) == before


def test_nothing_is_promised_where_nothing_was_granted(world: World) -> None:
    matter = matter_in(world, "served")
    matter.outcome = "N"
    assert ids(world, "performance") == []
    with pytest.raises(Refused, match="没有应当落实的事项"):
        perform(matter, "plan_performance", {**PLAN, "perform_by": soon(20)}, world.handler)


def test_what_is_due_first_is_looked_at_first(world: World) -> None:
    later, sooner = matter_in(world, "served"), matter_in(world, "served")
    perform(later, "plan_performance", {**PLAN, "perform_by": soon(20)}, world.handler)
    perform(sooner, "plan_performance", {**PLAN, "perform_by": soon(3)}, world.handler)
    assert ids(world, "performance") == [sooner.id, later.id]


def test_outcome_performance_and_state_stand_side_by_side(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "served")
    perform(matter, "plan_performance", {**PLAN, "perform_by": soon(20)}, world.handler)
    visit(world, matter, performed="not_done", unit_rating="dissatisfied", unit_reason="没有退还")
    page = browser_of(world.officer).get(f"/cases/{matter.id}").get_data(as_text=True)
    panel = page[page.index('id="standing"') :]
    for words in ("办理阶段", "已送达", "处理结果", "予以支持", "落实情况", "1项中已落实0项", "不满意", "等待领取"):
        assert words in panel


def test_the_work_lists_are_the_offices_own(world: World) -> None:
    matter = matter_in(world, "served")
    visit(world, matter, performed="not_done")
    assert ids(world, "tasks", "other_officer") == ids(world, "performance", "other_officer") == []
    with pytest.raises(NotPermitted):
        perform(matter, "take_follow_up", {}, world.other_officer)
    assert why_not(world.officer, FLOW.action["take_follow_up"], matter) is None
