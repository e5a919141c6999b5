"""简易办理: what fits, who decides, its clocks, and the way back to the ordinary procedure."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from petitions import clock
from petitions.cases import clocks
from petitions.cases.calendar import load_calendar
from petitions.cases.models import Deadline
from petitions.cases.perform import perform, why_not
from petitions.handling.services import services
from petitions.matters.completeness import known, of
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import NotPermitted, Refused
from tests.factories import OPINION, World, matter_in, new_petition, per_claim, take
from tests.matters.issuing import paper, soon
from tests.pages import Browse

SIMPLE = {"fit": "clear", "told_by": "phone", "supportable": True}


def running(matter: Matter) -> dict[str, Deadline]:
    return {row.code: row for row in matter.deadlines if row.ended_on is None}


def workdays(start: Any, count: int) -> Any:
    return clocks.due(start, count, clocks.Unit.WORKDAYS, load_calendar()).rolled


def simply(world: World) -> Matter:
    matter = matter_in(world, "signed")
    perform(matter, "accept_simple", SIMPLE, world.handler)
    return matter


def test_the_unit_accepts_within_three_working_days_and_answers_within_ten(world: World) -> None:
    matter = simply(world)
    assert (matter.state, matter.procedure) == ("accepted", "simple")
    assert {claim.route for claim in matter.claims} == {"R6"}
    assert set(running(matter)) == {"T17"}
    assert running(matter)["T17"].due_on == workdays(clock.today(), 10)
    text = paper(matter, "simple_notice").text
    assert "10个工作日内作出处理意见" in text
    perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.handler)
    perform(matter, "approve_opinion", {}, world.head)
    assert "T17" not in running(matter)


def test_after_three_working_days_it_goes_the_ordinary_way(world: World) -> None:
    matter = matter_in(world, "signed")
    last = workdays(clock.today(), 3)
    with time_machine.travel(clock.noon_of(last), tick=False):
        assert why_not(world.handler, FLOW.action["accept_simple"], matter) is None
    with (
        time_machine.travel(clock.noon_of(last + timedelta(days=1)), tick=False),
        pytest.raises(Refused, match="已过期"),
    ):
        perform(matter, "accept_simple", SIMPLE, world.handler)


def test_the_office_proposes_and_passes_it_on_within_a_working_day(world: World) -> None:
    matter = matter_in(world, "triage")
    perform(matter, "propose_simple", {"fit": "daily"}, world.officer)
    assert running(matter)["T18"].due_on == workdays(clock.today(), 1)
    with pytest.raises(Refused, match="已经建议"):
        perform(matter, "propose_simple", {"fit": "daily"}, world.officer)
    take(world, matter, [("transfer", {"unit": world.bureau.id, "opinion": "请简易办理"}, "officer")])
    assert "T18" not in running(matter)
    assert running(matter)["T16"].due_on == workdays(clock.today(), 3)
    take(world, matter, [("sign", {}, "receiver"), ("appoint", {"handler": world.handler.id}, "receiver"),
                         ("accept", {"routes": per_claim(matter, "R6")}, "handler")])  # fmt: skip
    assert set(running(matter)) == {"T6"}, "the unit decides, and it decided otherwise"
    assert matter.procedure == ""


def test_no_clock_of_the_simple_procedure_runs_where_nobody_proposed_it(world: World) -> None:
    assert not {"T16", "T17", "T18"} & set(running(matter_in(world, "signed")))


def _with(matter: Matter, **changes: Any) -> Matter:
    for name, value in changes.items():
        setattr(matter.first, name, value)
    return matter


def test_what_never_fits_is_refused_with_its_reason(world: World) -> None:
    act = FLOW.action["accept_simple"]

    def reason(matter: Matter) -> str:
        return str(why_not(world.handler, act, matter))

    assert "第5条第二项" in reason(_with(matter_in(world, "signed"), channel="SZ"))
    assert "第5条第四项" in reason(_with(matter_in(world, "signed"), headcount=5))
    assert "第5条第四项" in reason(_with(matter_in(world, "signed"), flags=["joint"]))
    elsewhere = matter_in(world, "signed")
    elsewhere.claims[0].route = "R2"
    assert "第5条第一项" in reason(elsewhere)
    repeated = matter_in(world, "signed")
    repeat = new_petition(world).matter
    perform(repeat, "join_as_repeat", {"matter": repeated.number}, world.clerk)
    assert "初次" in reason(repeated)
    assigned = matter_in(world, "triage")
    take(world, assigned, [("assign", {"unit": world.bureau.id, "opinion": "请办理", "due_on": soon(30)}, "officer"),
                           ("sign", {}, "receiver"), ("appoint", {"handler": world.handler.id}, "receiver")])  # fmt: skip
    assert "第5条第二项" in reason(assigned)


def test_what_may_not_be_supported_is_never_simple(world: World) -> None:
    matter = matter_in(world, "signed")
    with pytest.raises(Refused, match="第5条第三项"):
        perform(matter, "accept_simple", {**SIMPLE, "supportable": False}, world.handler)
    with pytest.raises(NotPermitted):
        perform(matter, "accept_simple", SIMPLE, world.officer)
    perform(matter, "accept_simple", SIMPLE, world.handler)
    with pytest.raises(Refused, match="先“转为普通程序”"):
        perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "N")}, world.handler)
    assert matter.state == "accepted"


def test_conversion_keeps_the_first_day_of_the_sixty(world: World) -> None:
    matter = simply(world)
    accepted = clock.today()
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False):
        perform(matter, "convert", {"reason": "需要委托鉴定"}, world.handler)
        term = running(matter)["T6"]
        assert set(running(matter)) == {"T6"}
        assert (term.start_on, term.nominal_on) == (accepted, accepted + timedelta(days=60))
        text = paper(matter, "conversion_notice").text
        assert "受理日期不因转为普通程序而改变" in text
        with pytest.raises(Refused, match="没有适用简易办理"):
            perform(matter, "convert", {"reason": "再转一次"}, world.handler)
        perform(matter, "request_extension", {"days": 10, "reason": "鉴定未完成"}, world.handler)


def test_an_opinion_without_its_legal_basis_is_refused_in_the_simple_procedure_too(world: World) -> None:
    matter = simply(world)
    with pytest.raises(Exception, match="法律法规依据"):
        perform(matter, "submit_opinion", {**OPINION, "basis": "", "outcomes": per_claim(matter, "S")}, world.handler)


def test_a_correction_of_the_class_starts_no_sixty_days_beside_the_ten(world: World) -> None:
    matter = simply(world)
    data = {"nature": "appeal", "purpose": "request", "class_code": "010100", "place": "柳林村", "reason": "属地写错"}
    perform(matter, "reclassify_accepted", data, world.officer)
    assert set(running(matter)) == {"T17"}


@pytest.mark.parametrize(("told_by", "owed"), [("phone", False), ("spot", False), ("paper", True)])
def test_a_receipt_is_owed_only_where_the_petitioner_wanted_it_on_paper(
    world: World, told_by: str, owed: bool, browser_of: Browse
) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "accept_simple", {**SIMPLE, "told_by": told_by}, world.handler)
    waiting = {row.paper.kind for row in services(world.head, "waiting").rows}
    assert ("simple_notice" in waiting) is owed
    found = browser_of(world.head).get("/papers?state=unserved").get_data(as_text=True)
    assert ("信访事项简易办理告知书</span>" in found) is owed
    for held in (of(matter), known([matter])[matter.id]):
        assert [served for kind, _, served in held.papers if kind == "simple_notice"] == [not owed]


def test_that_it_goes_the_ordinary_way_now_has_to_reach_the_petitioner(world: World) -> None:
    matter = simply(world)
    perform(matter, "convert", {"reason": "需要委托鉴定"}, world.handler)
    assert "conversion_notice" in {row.paper.kind for row in services(world.head, "waiting").rows}
    slip = {
        "paper": paper(matter, "conversion_notice").id,
        "method": "direct",
        "receiver": "田小禾",
        "served_on": soon(0),
    }
    perform(matter, "serve_notice", slip, world.handler)
    assert "conversion_notice" not in {row.paper.kind for row in services(world.head, "waiting").rows}
