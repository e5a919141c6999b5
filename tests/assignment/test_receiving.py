"""签收或异议: what a unit's desk does with what arrived, and what its sender answers."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.assignment.queries import arrivals, objections
from petitions.assignment.receiving import object_to, take_in
from petitions.cases.duties import chip_of
from petitions.cases.perform import open_to, perform, surroundings
from petitions.matters.models import Matter
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, matter_in

REASON = "本单位没有这项职责，应由乡镇办理。"


def objecting(world: World, **changes: Any) -> dict[str, Any]:
    return {"objection": REASON, "proposed_unit": world.township.id, **changes}


def forwarded(world: World) -> Matter:
    """Transferred to the bureau, signed, and passed on to its section."""
    matter = matter_in(world, "signed")
    perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请你站办理"}, world.receiver)
    return matter


def running(matter: Matter, code: str) -> list[int | None]:
    return [row.unit_id for row in matter.deadlines if row.code == code and row.ended_on is None]


def test_each_clock_of_an_arrival_stands_under_its_own_name(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "triage")
    soon = clock.today() + timedelta(days=2)
    given = {"unit": world.bureau.id, "opinion": "请办理", "due_on": soon.isoformat()}
    perform(matter, "assign", given, world.officer)
    due = {one.code: one.due_on for one in matter.deadlines if one.unit_id == world.bureau.id}
    assert due["T12"] < due["T4"], "the nearest clock is not the one of the notice"
    page = browser_of(world.receiver).get("/arrivals").get_data(as_text=True)
    table = page.split('<table class="list"')[1].split("</table>")[0]
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table, re.DOTALL)
    shown = dict(zip(heads[1:], cells, strict=True))
    for code, heading in (("T4", "告知期限"), ("T12", "反馈期限"), ("T5", "异议期")):
        clock_row = next(one for one in matter.deadlines if one.code == code and one.ended_on is None)
        assert str(chip_of(clock_row).full) in shown[heading], heading


def test_signing_names_the_handler_at_once(world: World) -> None:
    matter = matter_in(world, "dispatched")
    take_in(matter, {"handler": world.handler.id}, world.receiver)
    assert (matter.state, matter.handler_id) == ("signed", world.handler.id)


def test_signing_with_a_handler_of_another_unit_signs_nothing(world: World, session: Session) -> None:
    matter = matter_in(world, "dispatched")
    with pytest.raises(FieldErrors):
        take_in(matter, {"handler": world.section_handler.id}, world.receiver)
    session.expire_all()
    assert matter.state == "dispatched"


def test_objecting_signs_first(world: World) -> None:
    matter = matter_in(world, "dispatched")
    object_to(matter, objecting(world), world.receiver)
    assert matter.state == "objected"
    assert [event.action for event in matter.events][-2:] == ["sign", "object"]


@pytest.mark.parametrize("changes", [{"objection": "不是我们的"}, {"proposed_unit": ""}, {"objection": ""}])
def test_an_objection_without_a_full_reason_or_unit_signs_nothing(
    world: World, session: Session, changes: dict[str, Any]
) -> None:
    matter = matter_in(world, "dispatched")
    with pytest.raises(FieldErrors):
        object_to(matter, objecting(world, **changes), world.receiver)
    session.expire_all()
    assert matter.state == "dispatched"


def test_an_objection_is_offered_until_the_end_of_the_fifth_working_day(world: World) -> None:
    matter = matter_in(world, "signed")
    last = next(row.due_on for row in matter.deadlines if row.code == "T5")
    with time_machine.travel(datetime.combine(last, time(23, 59), clock.ZONE), tick=False):
        assert "object" in {row.name for row in open_to(world.receiver, matter)}
    with time_machine.travel(datetime.combine(last + timedelta(days=1), time(0, 1), clock.ZONE), tick=False):
        assert "object" not in {row.name for row in open_to(world.receiver, matter)}
        with pytest.raises(Refused, match=last.isoformat()):
            object_to(matter, objecting(world), world.receiver)


def test_an_objection_that_was_not_upheld_is_not_raised_again(world: World) -> None:
    matter = matter_in(world, "objected")
    perform(matter, "reject_objection", {"note": "属于你局职责"}, world.officer)
    with pytest.raises(Refused, match="没有同意退回"):
        object_to(matter, objecting(world), world.receiver)


def test_an_objection_is_never_decided_by_its_asker(world: World, session: Session) -> None:
    matter = matter_in(world, "objected")
    matter.events[-1].actor_id = world.officer.id
    session.flush()
    with pytest.raises(Refused, match="自己"):
        perform(matter, "uphold_objection", {"note": "同意"}, world.officer)
    with pytest.raises(NotPermitted):
        perform(matter, "uphold_objection", {"note": "同意"}, world.receiver)


def test_after_an_upheld_objection_the_unit_sees_nothing_and_the_office_has_three_days(world: World) -> None:
    matter = matter_in(world, "dispatched")
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        object_to(matter, objecting(world), world.receiver)
    late = clock.now() + timedelta(days=30)
    with time_machine.travel(late, tick=False):
        perform(matter, "uphold_objection", {"note": "同意退回"}, world.officer)
    (term,) = [row for row in matter.deadlines if row.code == "T1" and row.ended_on is None]
    assert term.due_on == clock.day_of(late) + timedelta(days=3)
    assert (matter.unit_id, matter.state) == (world.office.id, "returned")
    assert running(matter, "T4") == running(matter, "T5") == []
    assert [part.unit_id for part in matter.parts if part.left_on is None] == [world.office.id]


# Tiers


def test_what_is_passed_down_keeps_the_outer_clock_running(world: World) -> None:
    matter = forwarded(world)
    assert running(matter, "T4") == [world.bureau.id, world.section.id]
    assert (matter.unit_id, matter.sender_id) == (world.section.id, world.bureau.id)


def test_an_objection_from_below_is_decided_by_the_tier_above(world: World) -> None:
    matter = forwarded(world)
    take_in(matter, {}, world.section_receiver)
    perform(matter, "object", objecting(world), world.section_receiver)
    with pytest.raises(NotPermitted):
        perform(matter, "uphold_own_objection", {"note": "同意"}, world.officer)
    perform(matter, "uphold_own_objection", {"note": "同意"}, world.head)
    assert (matter.state, matter.unit_id, matter.sender_id) == ("signed", world.bureau.id, world.office.id)
    assert running(matter, "T4") == [world.bureau.id]
    assert world.section.id not in {part.unit_id for part in matter.parts if part.left_on is None}


def test_the_bureau_may_still_object_after_its_section_gave_the_matter_back_in_time(world: World) -> None:
    matter = forwarded(world)
    perform(matter, "recall_forward", {"reason": "转错"}, world.receiver)
    assert running(matter, "T5") == [world.bureau.id]
    perform(matter, "object", objecting(world), world.receiver)
    assert matter.state == "objected"


def test_the_acceptance_below_tells_the_petitioner_for_every_tier(world: World) -> None:
    matter = forwarded(world)
    take_in(matter, {"handler": world.section_handler.id}, world.section_receiver)
    routes = {"routes": {str(claim.id): "R6" for claim in matter.claims}}
    perform(matter, "accept", routes, world.section_handler)
    assert running(matter, "T4") == running(matter, "T5") == []
    assert running(matter, "T6") == [world.section.id]


# Accusations


def test_an_accusation_found_at_a_unit_is_taken_back_and_its_units_lose_sight_of_it(
    world: World, browser_of: Any
) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(NotPermitted):
        perform(matter, "recall_sealed", {"reason": "检举该局工作人员"}, world.officer)
    perform(matter, "recall_sealed", {"reason": "检举该局工作人员"}, world.restricted)
    assert (matter.state, matter.sealed, matter.nature, matter.unit_id) == (
        "returned",
        True,
        "accusation",
        world.office.id,
    )
    assert not [row for row in matter.deadlines if row.ended_on is None and row.code in ("T4", "T5", "T6")]
    for person in (world.receiver, world.handler, world.head, world.officer):
        assert browser_of(person).get(f"/cases/{matter.id}").status_code == 404
    assert browser_of(world.restricted).get(f"/cases/{matter.id}").status_code == 200


def test_a_matter_at_a_unit_is_not_sealed_by_renaming_it(world: World) -> None:
    matter = matter_in(world, "signed")
    told = {
        "nature": "accusation",
        "purpose": "accusation",
        "class_code": "010100",
        "place": "河湾镇",
        "reason": "更正",
    }
    with pytest.raises(Refused, match="收回"):
        perform(matter, "reclassify", told, world.officer)
    assert not matter.sealed


def test_the_accused_unit_and_what_is_under_it_cannot_be_chosen(world: World, session: Session) -> None:
    matter = matter_in(world, "triage")
    told = {"nature": "accusation", "purpose": "accusation", "class_code": "010100", "place": "河湾镇",
            "respondent_unit": world.bureau.id}  # fmt: skip
    perform(matter, "classify", told, world.officer)
    from_lists = {name: offered_units(matter, world, name) for name in ("receiving_units", "other_units")}
    for offered in from_lists.values():
        barred = {choice.value for choice in offered if choice.why_not}
        assert barred == {str(world.bureau.id), str(world.section.id)}
        assert all(world.bureau.name in choice.why_not for choice in offered if choice.why_not)


def test_the_unit_that_an_ordinary_request_complains_of_may_be_chosen(world: World) -> None:
    matter = matter_in(world, "triage")
    told = {"nature": "appeal", "purpose": "request", "class_code": "010100", "place": "河湾镇",
            "respondent_unit": world.bureau.id}  # fmt: skip
    perform(matter, "classify", told, world.officer)
    assert not [choice for choice in offered_units(matter, world, "receiving_units") if choice.why_not]


def test_an_accused_discipline_body_does_not_get_the_accusation(world: World) -> None:
    matter = matter_in(world, "triage")
    told = {"nature": "accusation", "purpose": "accusation", "class_code": "010100", "place": "河湾镇",
            "respondent_unit": world.discipline.id}  # fmt: skip
    perform(matter, "classify", told, world.officer)
    with pytest.raises(FieldErrors, match="第三十条"):
        perform(matter, "divert_discipline", {"discipline_unit": world.discipline.id, "note": "转送"}, world.restricted)


def offered_units(matter: Matter, world: World, name: str) -> list[Any]:
    return surroundings(matter, world.restricted).choices(name)


# Pages


def test_the_list_shows_both_terms_and_only_the_own_unit(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "dispatched")
    assert [row.line.matter.id for row in arrivals(world.receiver).rows] == [matter.id]
    assert arrivals(world.township_receiver).rows == []
    html = browser_of(world.receiver).get("/arrivals").get_data(as_text=True)
    assert matter.number in html
    assert "工作日" in html


def test_the_page_signs_and_the_page_objects(world: World, browser_of: Any, session: Session) -> None:
    first, second = matter_in(world, "dispatched"), matter_in(world, "dispatched")
    browser = browser_of(world.receiver)
    html = browser.get(f"/arrivals/{first.id}").get_data(as_text=True)
    assert "信访事项转送函" in html
    assert "承包地被占用" in html
    done = browser.post(f"/arrivals/{first.id}", {"do": "sign", "handler": world.handler.id, "version": first.version})
    assert done.location.endswith("/arrivals")
    bad = browser.post(
        f"/arrivals/{second.id}", {"do": "object", "objection": "太短", "proposed_unit": world.township.id}
    )
    assert bad.status_code == 422
    assert "太短" in bad.get_data(as_text=True)
    assert browser.post(f"/arrivals/{second.id}", {"do": "object", **objecting(world)}).status_code == 302
    session.expire_all()
    assert (first.state, first.handler_id, second.state) == ("signed", world.handler.id, "objected")


def test_after_the_term_the_page_says_why_and_a_tried_post_is_refused_with_the_date(
    world: World, browser_of: Any
) -> None:
    matter = matter_in(world, "dispatched")
    last = next(row.due_on for row in matter.deadlines if row.code == "T5")
    browser = browser_of(world.receiver)
    with time_machine.travel(datetime.combine(last + timedelta(days=1), time(9), clock.ZONE), tick=False):
        html = browser_of(world.receiver).get(f"/arrivals/{matter.id}").get_data(as_text=True)
        assert f"异议期到{last.isoformat()}为止" in html
        assert 'value="object"' not in html
        refused = browser_of(world.receiver).post(f"/arrivals/{matter.id}", {"do": "object", **objecting(world)})
    assert refused.status_code == 409
    assert last.isoformat() in refused.get_data(as_text=True)
    assert browser.get(f"/arrivals/{matter.id}").status_code == 200


@pytest.mark.parametrize("person", ["township_receiver", "other_receiver", "section_receiver"])
def test_another_unit_finds_no_arrival(world: World, browser_of: Any, person: str) -> None:
    matter = matter_in(world, "dispatched")
    browser = browser_of(world.people[person])
    assert browser.get(f"/arrivals/{matter.id}").status_code == 404
    assert browser.post(f"/arrivals/{matter.id}", {"do": "sign"}).status_code == 404


def test_a_matter_that_is_handled_already_opens_as_a_case(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "accepted")
    assert browser_of(world.receiver).get(f"/arrivals/{matter.id}").location.endswith(f"/cases/{matter.id}")


def test_the_sender_sees_the_objection_with_its_reason(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "objected")
    assert [row.line.matter.id for row in objections(world.officer).rows] == [matter.id]
    assert objections(world.receiver).rows == []
    assert objections(world.other_officer).rows == []
    html = browser_of(world.officer).get("/objections").get_data(as_text=True)
    assert REASON in html
    assert f"/cases/{matter.id}/uphold_objection" in html


def test_a_section_that_objects_is_listed_to_its_bureau(world: World, browser_of: Any) -> None:
    matter = forwarded(world)
    object_to(matter, objecting(world), world.section_receiver)
    html = browser_of(world.receiver).get("/objections").get_data(as_text=True)
    assert f"/cases/{matter.id}/uphold_own_objection" in html
    assert objections(world.officer).rows == []


def test_the_handler_is_asked_once_whether_the_matter_touches_them(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "signed")
    browser = browser_of(world.handler)
    page = f"/cases/{matter.id}"
    assert "有没有直接利害关系" in browser.get(page).get_data(as_text=True)
    assert "有没有直接利害关系" not in browser_of(world.receiver).get(page).get_data(as_text=True)
    assert browser.post(f"{page}/declare", {}).status_code == 302
    assert "有没有直接利害关系" not in browser.get(page).get_data(as_text=True)


def test_a_new_handler_is_asked_again_and_the_recused_one_cannot_be_named(world: World) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "declare", {}, world.handler)
    perform(
        matter,
        "recuse",
        {"ground": "与信访人是亲属", "asked_by": "self", "handler": world.second_handler.id},
        world.handler,
    )
    assert "declare" in {row.name for row in open_to(world.second_handler, matter)}
    with pytest.raises(FieldErrors, match="回避"):
        perform(matter, "appoint", {"handler": world.handler.id}, world.head)
