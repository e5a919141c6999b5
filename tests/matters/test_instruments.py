"""授权委托书, 紧急信息报告 and the three suggestions: acts that issue a paper beside the course."""

from datetime import timedelta

import pytest

from petitions import clock
from petitions.cases.perform import open_to, perform
from petitions.matters.instruments.effects import PRESENT
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, matter_in
from tests.matters.issuing import ISSUED, SUGGESTION, URGENT, paper, sealed


def test_an_agent_stands_among_the_people_once(world: World) -> None:
    matter = ISSUED["power_of_attorney"](world)
    again = dict(matter.events[-1].data)
    perform(matter, "authorise", again, world.handler)
    assert [one.name for one in matter.petitioners if one.part == "agent"] == ["柳青"]
    assert "委托权限" in paper(matter, "power_of_attorney").text


def test_nobody_acts_for_a_petitioner_who_has_not_signed(world: World) -> None:
    matter = ISSUED["power_of_attorney"](world)
    with pytest.raises(Refused, match="信访人签名或者盖章以后"):
        perform(matter, "authorise", {**matter.events[-1].data, "principal_signed": False}, world.clerk)


def test_an_urgent_report_goes_to_everybody_the_article_names(world: World) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(Refused, match="四个都要报送"):
        perform(matter, "report_urgent", {**URGENT, "reported_to": ["party", "government"]}, world.handler)
    perform(matter, "report_urgent", URGENT, world.handler)
    report = paper(matter, "urgent_report")
    assert report.recipient == "本级党委、本级政府、相关主管部门、本级信访工作联席会议办公室"
    with pytest.raises(NotPermitted):
        perform(matter, "report_urgent", URGENT, world.auditor)


def test_a_suggestion_is_answered_once_and_in_writing(world: World) -> None:
    matter = ISSUED["suggestion_letter"](world)
    letter = paper(matter, "suggestion_letter")
    assert letter.recipient == world.bureau.name
    with pytest.raises(Refused, match="还没有反馈采纳情况"):
        perform(matter, "suggest", {**SUGGESTION, "addressee": "青禾县人民政府"}, world.officer)
    with pytest.raises(FieldErrors, match="采纳情况"):
        perform(matter, "answer_suggestion", {"report": "已建立。"}, world.head)
    perform(matter, "answer_suggestion", {"adoption": "adopted", "report": "已建立交接登记。"}, world.head)
    assert "answer_suggestion" not in {row.name for row in open_to(world.head, matter)}
    with pytest.raises(Refused, match="没有等待反馈的建议"):
        perform(matter, "answer_suggestion", {"adoption": "adopted", "report": "再次反馈。"}, world.head)
    perform(
        matter, "suggest", {**SUGGESTION, "suggestion_kind": "policy", "addressee": "青禾县人民政府"}, world.officer
    )
    assert "第四十条第二款" in paper(matter, "suggestion_letter").text


def test_the_day_to_answer_a_suggestion_by_is_that_of_the_table_of_limits(world: World) -> None:
    told = PRESENT["suggest"](matter_in(world, "accepted"), world.officer)
    assert told == {"addressee": world.bureau.name, "answer_by": clock.today() + timedelta(days=30)}


@pytest.mark.parametrize("act", ["authorise", "report_urgent"])
def test_an_accusation_has_none_of_these_papers(world: World, act: str) -> None:
    """第30条: an agent or a report to many would tell who accuses."""
    matter = sealed(world)
    assert act not in {row.name for row in open_to(world.restricted, matter)}
