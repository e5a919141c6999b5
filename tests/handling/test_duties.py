"""我的待办, the checklist, phrases: what a unit owes and what an inquiry has done."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from petitions import clock
from petitions.cases.perform import perform
from petitions.handling.checklist import checklist
from petitions.handling.queries import STAGES, duties
from petitions.matters.models import Matter
from tests.factories import OPINION, World, matter_in, new_petition, per_claim, take

STAGE_OF = {
    "dispatched": "arrived", "signed": "notice", "notice_due": "notice", "accepted": "working", "mediating": "working",
    "in_approval": "approval", "opinion_issued": "service",
}  # fmt: skip


def ids(world: World, stage: str, person: str = "receiver", *, whole: bool = True) -> list[int]:
    return [line.matter.id for line in duties(world.people[person], stage, whole=whole).rows]


def returned_draft(world: World) -> Matter:
    matter = matter_in(world, "in_approval")
    perform(matter, "return_opinion", {"note": "依据不足"}, world.head)
    return matter


def assigned(world: World) -> Matter:
    """Given with a date and answered, the report still owed."""
    matter = matter_in(world, "triage")
    due = (clock.today() + timedelta(days=40)).isoformat()
    served = {"method": "direct", "receiver": "田小禾", "served_on": clock.today().isoformat()}
    steps: list[tuple[str, Any, str]] = [
        ("assign", {"unit": world.bureau.id, "opinion": "请办理", "due_on": due}, "officer"),
        ("sign", {}, "receiver"),
        ("appoint", {"handler": world.handler.id}, "receiver"),
        ("accept", lambda: {"routes": per_claim(matter, "R6")}, "handler"),
        ("submit_opinion", lambda: {**OPINION, "outcomes": per_claim(matter, "S")}, "handler"),
        ("approve_opinion", {}, "head"),
        ("serve", served, "handler"),
    ]
    return take(world, matter, steps)


@pytest.mark.parametrize(("state", "stage"), STAGE_OF.items())
def test_every_state_at_a_unit_has_its_tab_and_only_one(world: World, state: str, stage: str) -> None:
    matter = matter_in(world, state)
    assert [name for name in STAGES if matter.id in ids(world, name)] == [stage]


def test_a_draft_that_came_back_stands_by_itself(world: World) -> None:
    matter = returned_draft(world)
    assert ids(world, "back") == [matter.id]
    assert ids(world, "working") == []
    perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.handler)
    assert ids(world, "back") == []


def test_an_objection_that_was_not_upheld_stands_among_what_came_back(world: World) -> None:
    matter = matter_in(world, "objected")
    perform(matter, "reject_objection", {"note": "属于你局"}, world.officer)
    assert ids(world, "back") == [matter.id]


def test_a_requested_extension_waits_for_approval(world: World) -> None:
    matter = matter_in(world, "accepted")
    matter_in(world, "signed")
    perform(matter, "request_extension", {"days": 20, "reason": "案情复杂"}, world.handler)
    assert (ids(world, "approval"), ids(world, "working")) == ([matter.id], [])
    perform(matter, "refuse_extension", {"note": "按期办结"}, world.head)
    assert (ids(world, "approval"), ids(world, "working")) == ([], [matter.id])


def test_an_assigned_matter_owes_its_report(world: World) -> None:
    matter = assigned(world)
    assert ids(world, "report") == [matter.id]
    perform(matter, "report_back", {"report": "已办结"}, world.handler)
    assert ids(world, "report") == []
    perform(matter, "return_report", {"note": "缺落实情况"}, world.officer)
    assert ids(world, "report") == ids(world, "back") == [matter.id]


def test_a_handler_sees_their_own_and_what_nobody_has_signed_for(world: World) -> None:
    mine, unsigned = matter_in(world, "accepted"), matter_in(world, "dispatched")
    assert ids(world, "working", "handler", whole=False) == [mine.id]
    assert ids(world, "working", "second_handler", whole=False) == []
    assert ids(world, "arrived", "second_handler", whole=False) == [unsigned.id]


def test_no_unit_sees_the_duties_of_another(world: World) -> None:
    for state in ("dispatched", "accepted"):
        matter_in(world, state)
    for person in ("township_receiver", "section_receiver", "other_receiver"):
        shown = duties(world.people[person])
        assert [count for _, count in shown.counts] == [0] * len(STAGES)


def test_the_most_urgent_stands_first(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(days=5), tick=False):
        old = matter_in(world, "dispatched")
    new = matter_in(world, "dispatched")
    assert ids(world, "arrived") == [old.id, new.id]


@pytest.mark.parametrize("person", ["receiver", "handler", "head"])
@pytest.mark.parametrize("stage", [*STAGES, "nonsense", ""])
def test_every_tab_opens(world: World, browser_of: Any, person: str, stage: str) -> None:
    for state in ("dispatched", "accepted", "in_approval"):
        matter_in(world, state)
    assert browser_of(world.people[person]).get(f"/duties?stage={stage}&whose=mine").status_code == 200


def test_officials_of_the_petition_office_have_no_unit_duties(world: World, browser_of: Any) -> None:
    assert browser_of(world.officer).get("/duties").status_code == 403


# Checklist


def done(matter: Matter, person: Any) -> dict[str, bool]:
    panel = checklist(matter, person)
    assert panel is not None
    return {str(item.label): item.done is not None for item in panel.data["items"]}


def test_the_checklist_is_read_from_what_was_recorded(world: World) -> None:
    matter = matter_in(world, "accepted")
    today = clock.today().isoformat()
    assert not any(done(matter, world.handler).values())
    told = {"inquiry_kind": "hearing_of_petitioner", "held_on": today, "people": "甲、乙", "record": "听取陈述"}
    perform(matter, "inquire", told, world.handler)
    assert done(matter, world.handler)["听取信访人陈述"]
    assert not done(matter, world.handler)["调查核实"]
    perform(matter, "inquire", {**told, "inquiry_kind": "site"}, world.handler)
    assert done(matter, world.handler)["调查核实"]
    perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.handler)
    assert done(matter, world.handler)["法律法规依据"]


def test_a_suggestion_has_a_checklist_of_its_own(world: World) -> None:
    matter = matter_in(world, "accepted")
    matter.nature = "suggestion"
    assert set(done(matter, world.handler)) == {"研究论证", "答复的依据"}


@pytest.mark.parametrize("state", ["dispatched", "signed", "served", "concluded"])
def test_there_is_no_checklist_before_and_after_the_inquiry(world: World, state: str) -> None:
    assert checklist(matter_in(world, state), world.handler) is None


def test_only_who_may_act_is_led_to_the_act(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "accepted")
    assert f"/cases/{matter.id}/inquire" in browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    panel = checklist(matter, world.officer)
    assert panel is not None
    assert {item.action for item in panel.data["items"]} <= {"", "attach"}


# Phrases


def test_the_phrases_are_those_of_the_dictionary(world: World, browser_of: Any) -> None:
    told = browser_of(world.handler).get("/phrases").get_json()
    assert len(told) >= 12
    assert {"label": "属实", "text": "经调查核实，信访人反映的情况属实。", "keys": "ss"} in told


def test_a_stranger_sees_no_duties(world: World, browser_of: Any) -> None:
    new_petition(world)
    assert browser_of(None).get("/duties").status_code == 302


def test_a_report_is_not_sent_with_what_was_left_to_be_written(world: World, browser_of: Any) -> None:
    matter = assigned(world)
    url, browser = f"/cases/{matter.id}/report_back", browser_of(world.handler)
    page = browser.get(url).get_data(as_text=True)
    (begun,) = re.findall(r'<textarea[^>]*name="report"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert "（写明）" in begun
    answer = browser.post(url, {"report": begun})
    assert answer.status_code == 422
    assert "“（写明）”还没有写" in answer.get_data(as_text=True)
    assert browser.post(url, {"report": begun.replace("（写明）", "已经落实。")}).status_code == 302


def test_a_report_begins_with_what_was_recorded(world: World, browser_of: Any) -> None:
    matter = assigned(world)
    today = clock.today().isoformat()
    perform(matter, "perform_opinion", {"held_on": today, "record": "土地已经退还"}, world.handler)
    visit = {"held_on": today, "way": "phone", "performed": "done", "unit_rating": "satisfied", "said": "没有别的意见"}
    perform(matter, "visit", visit, world.officer)
    html = browser_of(world.handler).get(f"/cases/{matter.id}/report_back").get_data(as_text=True)
    assert "土地已经退还" in html
    assert "满意；没有别的意见" in html
