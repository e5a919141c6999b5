"""待审批: the person in charge decides what was asked, in the words it was asked in, and never their own."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.roles import Role
from petitions.cases.disposal import Disposal
from petitions.cases.kinds import KINDS
from petitions.cases.perform import perform
from petitions.cases.requests import counted_elsewhere, waiting_for
from petitions.cases.workbench import board
from petitions.matters.models import Matter
from petitions.words import Refused
from tests.factories import OPINION, World, make_user, matter_in, per_claim
from tests.matters import hearings
from tests.matters.issuing import soon
from tests.reviews import review_in, set_up_bodies


def asked(world: World, days: int = 20, person: str = "handler") -> Matter:
    """A matter whose handler asks for an extension."""
    matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": days, "reason": "需要委托鉴定"}, world.people[person])
    return matter


def term(matter: Matter) -> Any:
    return next(row for row in matter.deadlines if row.code == "T6")


def test_extensions_and_opinions_wait_for_the_head_of_the_unit(world: World) -> None:
    extension, opinion = asked(world), matter_in(world, "in_approval")
    assert {one.case.id: one.approve.name for one in waiting_for(world.head)} == {
        extension.id: "extend", opinion.id: "approve_opinion",
    }  # fmt: skip
    assert waiting_for(world.section_head) == waiting_for(world.other_head) == []


def test_whatever_the_table_lets_a_second_person_answer_waits_for_them(world: World) -> None:
    """The table says which acts wait: the page shows each of them, of every kind of case, to whoever answers."""
    bodies = set_up_bodies(world)
    made = {
        ("matter", "request_extension"): (asked(bodies), bodies.head),
        ("matter", "submit_opinion"): (matter_in(bodies, "in_approval"), bodies.head),
        ("matter", "ask_hearing"): (hearings.asked(bodies), bodies.head),
        ("review", "submit_opinion"): (review_in(bodies, "review_in_approval"), bodies.county_head),
    }
    heard = review_in(bodies, "reviewing")
    hearing = {"hearing_asked_by": "petitioner", "hearing_asked_on": soon(0), "hearing_reason": "事实不清"}
    perform(heard, "ask_hearing", hearing, bodies.county_handler)
    made["review", "ask_hearing"] = (heard, bodies.county_head)
    known = {(name, asked) for name, kind in KINDS.items() for row in kind.flow.actions for asked in row.answers}
    assert known - set(made) == {("review", "propose_publication")}, "which has a test of its own"
    for (_, act), (case, person) in made.items():
        assert [one.asked.action for one in waiting_for(person) if one.case.id == case.id] == [act]
        assert waiting_for(bodies.other_head) == waiting_for(bodies.officer) == []
    for person, count in ((bodies.head, 3), (bodies.county_head, 2)):
        (card,) = (one for one in board(person) if one.card.name == "approval")
        assert (card.gathered.total, len(waiting_for(person))) == (count, count)


@pytest.mark.parametrize("end", ["grant_hearing", "refuse_hearing", "withdraw_hearing"])
def test_a_hearing_that_was_decided_or_taken_back_waits_no_more(world: World, end: str) -> None:
    matter = hearings.asked(world)
    data = {"grant_hearing": {}, "refuse_hearing": {"hearing_refusal": "事实清楚"},
            "withdraw_hearing": {"hearing_withdrawal": "不再要求"}}[end]  # fmt: skip
    perform(matter, end, data, world.handler if end == "withdraw_hearing" else world.head)
    assert waiting_for(world.head) == []
    assert next(one for one in board(world.head) if one.card.name == "approval").gathered.total == 0


def test_a_hearing_is_granted_with_one_click_and_refused_on_its_own_form(world: World, browser_of: Any) -> None:
    matter = hearings.asked(world)
    page = browser_of(world.head).get(f"/approvals/{matter.id}").get_data(as_text=True)
    assert "四至各说各话" in page
    assert 'value="grant_hearing"' in page
    assert "refuse_hearing" in page
    assert browser_of(world.head).post(f"/approvals/{matter.id}", {"do": "grant_hearing"}).status_code == 302
    assert waiting_for(world.head) == []


def test_a_review_opinion_is_approved_like_any_other(world: World, browser_of: Any, session: Session) -> None:
    bodies = set_up_bodies(world)
    review = review_in(bodies, "review_in_approval")
    browser = browser_of(bodies.county_head)
    assert "复查意见书" in browser.get("/approvals").get_data(as_text=True)
    assert browser.post(f"/approvals/{review.id}", {"do": "approve_opinion"}).status_code == 302
    session.expire_all()
    assert review.state == "review_issued"


def test_a_list_of_disposal_waits_for_a_second_signature(world: World, browser_of: Any, session: Session) -> None:
    session.add(Disposal(office_id=world.office.id, ground="term", asked_by_id=world.officer.id, asked_at=clock.now(),
                         register="", register_sha256=""))  # fmt: skip
    session.commit()
    for path in ("/approvals", "/"):
        page = browser_of(world.office_head).get(path).get_data(as_text=True)
        assert "到期处置清单" in page, path
    assert counted_elsewhere(world.officer) == counted_elsewhere(world.head) == []


def test_one_click_grants_the_extension_as_it_was_asked(world: World, browser_of: Any, session: Session) -> None:
    matter = asked(world)
    before = term(matter).nominal_on
    browser = browser_of(world.head)
    html = browser.get("/approvals").get_data(as_text=True)
    assert "需要委托鉴定" in html
    answer = browser.post(
        f"/approvals/{matter.id}", {"do": "extend", "version": matter.version, "submission": "c" * 32}
    )
    assert answer.location.endswith("/approvals")
    session.expire_all()
    assert term(matter).nominal_on == before + timedelta(days=20)
    assert matter.documents[-1].kind == "extension_notice"


def test_the_opinion_is_read_before_it_is_approved(world: World, browser_of: Any, session: Session) -> None:
    matter = matter_in(world, "in_approval")
    browser = browser_of(world.head)
    html = browser.get(f"/approvals/{matter.id}").get_data(as_text=True)
    assert OPINION["opinion"] in html
    assert "《信访工作条例》第三十五条" in html
    assert browser.post(f"/approvals/{matter.id}", {"do": "approve_opinion"}).status_code == 302
    session.expire_all()
    assert matter.state == "opinion_issued"
    assert matter.documents[-1].kind == "opinion"


@pytest.mark.parametrize(("make", "do"), [("extension", "refuse_extension"), ("opinion", "return_opinion")])
def test_sending_back_needs_a_reason(world: World, browser_of: Any, session: Session, make: str, do: str) -> None:
    matter = asked(world) if make == "extension" else matter_in(world, "in_approval")
    browser = browser_of(world.head)
    bare = browser.post(f"/approvals/{matter.id}", {"do": do, "note": " "})
    assert bare.status_code == 422
    assert "填写说明" in bare.get_data(as_text=True)
    assert browser.post(f"/approvals/{matter.id}", {"do": do, "note": "理由不足"}).status_code == 302
    session.expire_all()
    assert matter.state == "accepted"
    assert matter.events[-1].action == do


def test_the_asker_is_told_why_they_cannot_approve(world: World, browser_of: Any) -> None:
    matter = asked(world, person="head")
    browser = browser_of(world.head)
    html = browser.get("/approvals").get_data(as_text=True)
    assert "延期不能由申请人自己批准" in html
    assert 'value="extend"' not in html
    answer = browser.post(f"/approvals/{matter.id}", {"do": "extend"})
    assert answer.status_code == 409
    assert "自己批准" in answer.get_data(as_text=True)


def test_another_head_of_the_unit_may_approve(world: World, session: Session) -> None:
    matter = asked(world, person="head")
    deputy = make_user(session, world.bureau, Role.UNIT_HEAD)
    (one,) = waiting_for(deputy)
    assert not one.own
    perform(matter, "extend", {"days": 20, "reason": "需要委托鉴定"}, deputy)


def test_a_drafter_never_approves_the_draft(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, world.head)
    assert "不能由起草人自己审核" in browser_of(world.head).get("/approvals").get_data(as_text=True)


def test_an_extension_never_exceeds_what_was_asked_nor_thirty_days(world: World) -> None:
    matter = asked(world, days=10)
    with pytest.raises(Refused, match="10日"):
        perform(matter, "extend", {"days": 11, "reason": "需要委托鉴定"}, world.head)
    perform(matter, "extend", {"days": 10, "reason": "需要委托鉴定"}, world.head)
    with pytest.raises(Refused, match="20日"):
        perform(matter, "request_extension", {"days": 21, "reason": "仍未完成"}, world.handler)
    perform(matter, "request_extension", {"days": 20, "reason": "仍未完成"}, world.handler)
    perform(matter, "extend", {"days": 20, "reason": "仍未完成"}, world.head)
    assert term(matter).nominal_on == term(matter).start_on + timedelta(days=90)
    with pytest.raises(Refused, match="不能再延"):
        perform(matter, "request_extension", {"days": 1, "reason": "再延"}, world.handler)


def test_what_has_run_out_is_not_extended(world: World) -> None:
    matter = matter_in(world, "accepted")
    with time_machine.travel(clock.now() + timedelta(days=80), tick=False), pytest.raises(Refused, match="届满"):
        perform(matter, "request_extension", {"days": 10, "reason": "没有办完"}, world.handler)


@pytest.mark.parametrize("do", ["", "archive", "withdraw", "sign", "approve_opinion"])
def test_the_page_does_nothing_but_decide_what_was_asked(
    world: World, browser_of: Any, session: Session, do: str
) -> None:
    matter = asked(world)
    answer = browser_of(world.head).post(f"/approvals/{matter.id}", {"do": do, "note": "x", "reason": "x"})
    assert answer.status_code == 409
    session.expire_all()
    assert matter.state == "accepted"


def test_what_was_decided_already_leads_back_to_the_list(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "served")
    assert browser_of(world.head).get(f"/approvals/{matter.id}").location.endswith("/approvals")


@pytest.mark.parametrize(("person", "status"), [("handler", 403), ("section_head", 404), ("other_head", 404)])
def test_nobody_else_decides(world: World, browser_of: Any, person: str, status: int) -> None:
    matter = asked(world)
    browser = browser_of(world.people[person])
    assert browser.get(f"/approvals/{matter.id}").status_code == status
    assert browser.post(f"/approvals/{matter.id}", {"do": "extend"}).status_code == status


def test_an_empty_list_says_so(world: World, browser_of: Any) -> None:
    assert "没有等待审批" in browser_of(world.head).get("/approvals").get_data(as_text=True)
