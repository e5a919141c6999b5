"""我的调解, 登记调解, and the page of a mediation, as a mediator and others are shown them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.roles import Role
from petitions.mediation.models import Mediation
from petitions.mediation.queries import STAGES, desk
from tests.cases.many import counted
from tests.conftest import Isolated
from tests.factories import World, make_user
from tests.intake.numbers import id_number
from tests.mediations import Mediators, accepted, agreed, begun, dispute, do, opened, pay, session_of
from tests.pages import Browse

LONG_AGO = timedelta(days=30)

SECRET = {"phone": "19900001234", "id_number": id_number(501), "address": "柳林村三组12号"}

SIX = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
"""A telephone or an identity number in clear (ux.md §9 M4)."""


def _people(**changes: str) -> dict[str, str]:
    """Two blocks, as a browser posts them."""
    return {
        "people-0-side": "applicant", "people-0-kind": "natural", "people-0-part": "party", "people-0-name": "田小禾",
        "people-1-side": "respondent", "people-1-kind": "natural", "people-1-part": "party", "people-1-name": "麦有根",
        **{f"people-0-{name}": value for name, value in SECRET.items()}, **changes,
    }  # fmt: skip


def _form(**changes: Any) -> dict[str, Any]:
    return {
        **dispute(), "way": "apply", "received_on": clock.today().isoformat(), "submission": "a" * 32, **_people(), **changes,
    }  # fmt: skip


# --- M1 --------------------------------------------------------------------------------------------------------------


def test_every_mediation_stands_under_the_tab_of_its_stage(mediators: Mediators) -> None:
    start = clock.today() - LONG_AGO
    made = {
        "requested": opened(mediators.mediator), "mediating": begun(mediators), "overdue": agreed(mediators, start),
        "performing": agreed(mediators),
    }  # fmt: skip
    paid = agreed(mediators, start)
    pay(paid, mediators.mediator, start + timedelta(days=11))
    pay(paid, mediators.mediator)
    do(paid, "conclude_performance", mediators.mediator)
    made["filing"] = paid
    drafted = begun(mediators)
    do(drafted, "hold_session", mediators.mediator, **session_of(drafted))
    made["mediating too"] = drafted
    for name in STAGES:
        rows = {line.mediation.id for line in desk(mediators.chair, name).rows}
        assert rows == {one.id for stage, one in made.items() if stage.split()[0] == name}, name
    (late,) = desk(mediators.mediator, "overdue").rows
    assert late.next == "督促履行"
    assert "第一期赔偿款 700元" in str(late.instalment)
    assert late.instalment_chip is not None
    assert late.instalment_chip.words == "已超期20天"
    assert "田小禾" not in late.people
    lines = {line.mediation.id: line.next for line in desk(mediators.mediator, "mediating").rows}
    assert lines == {made["mediating"].id: "记录第一次调解", drafted.id: "拟写协议书"}


def test_a_mediator_sees_their_own_and_what_is_nobodys_yet_and_a_chair_everything(
    mediators: Mediators, browser_of: Browse
) -> None:
    mine, nobodys = accepted(mediators), opened(mediators.second)
    for person, whose, seen in (
        (mediators.second, "", {nobodys.id}),
        (mediators.mediator, "", {mine.id, nobodys.id}),
        (mediators.chair, "", {mine.id, nobodys.id}),
        (mediators.chair, "own", {nobodys.id}),
    ):
        found = {line.mediation.id for name in STAGES for line in desk(person, name, whose).rows}
        assert found == seen, (person.name, whose)
    page = browser_of(mediators.second).get("/mediations").get_data(as_text=True)
    assert nobodys.number in page
    assert mine.number not in page
    assert browser_of(mediators.world.officer).get("/mediations").status_code == 403


def test_the_desk_and_the_page_of_a_case_ask_few_queries(
    mediators: Mediators, session: Session, browser_of: Browse, database: Isolated
) -> None:
    mediation = agreed(mediators)
    for _ in range(5):
        agreed(mediators)
    browser = browser_of(mediators.mediator)
    for url in ("/mediations?stage=performing", f"/cases/{mediation.id}", "/mediations/new"):
        browser.get(url)
        session.expunge_all()
        with counted(database) as queries:
            assert browser.get(url).status_code == 200
        assert len(queries) <= 15, (url, len(queries), "\n".join(queries))


def test_the_workbench_and_the_case_list_know_the_stages(mediators: Mediators, browser_of: Browse) -> None:
    mediation = agreed(mediators, clock.today() - LONG_AGO)
    browser = browser_of(mediators.chair)
    assert "调解：逾期未履行" in browser.get("/").get_data(as_text=True)
    page = browser.get("/cases?mediation=overdue").get_data(as_text=True)
    assert mediation.number in page
    assert "田**" in page or "田*" in page
    assert mediation.number not in browser.get("/cases?mediation=performing").get_data(as_text=True)


# --- M2 --------------------------------------------------------------------------------------------------------------


def _mediations(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Mediation)) or 0


def test_one_form_sent_twice_is_one_mediation(mediators: Mediators, session: Session, browser_of: Browse) -> None:
    browser = browser_of(mediators.mediator)
    first = browser.post("/mediations/new", _form())
    assert first.status_code == 302, first.get_data(as_text=True)
    again = browser.post("/mediations/new", _form())
    assert again.headers["Location"] == first.headers["Location"]
    assert _mediations(session) == 1
    mediation = session.scalars(select(Mediation)).one()
    assert [one.name for one in mediation.principals] == ["田小禾", "麦有根"]
    assert mediation.amount == 120000


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"people-1-phone": "1990000"}, "people-1-phone", "手机号应为11位数字"),
        ({"people-0-id_number": "11010119900307001"}, "people-0-id_number", "身份证号应为18位"),
        ({"people-1-name": ""}, "parties", "双方当事人都要登记"),
        ({"people-1-name": "田小禾"}, "parties", "同时在双方"),
        ({"dispute_title": ""}, "dispute_title", "填写纠纷名称"),
        ({"way": ""}, "way", "选择怎样来的"),
        ({"way": "receive_referral"}, "referral_source", "选择移送、委托单位类别"),
        ({"received_on": "昨天"}, "received_on", ""),
        ({"received_on": (clock.today() + timedelta(days=1)).isoformat()}, "received_on", "收到日期不能晚于今天"),
        ({"dispute_amount": "一千"}, "dispute_amount", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    mediators: Mediators, session: Session, browser_of: Browse, changes: dict[str, str], field: str, sentence: str
) -> None:
    sent = _form(**changes)
    answer = browser_of(mediators.mediator).post("/mediations/new", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in page
    assert f'id="f-{field}"' in page
    assert sentence in page
    for name, value in sent.items():
        if name.startswith("people-") and value and not name.endswith(("side", "kind", "part")):
            assert f'name="{name}" value="{value}"' in page, name
    assert sent["dispute_facts"] in page
    assert _mediations(session) == 0


def test_without_script_another_block_comes_with_a_button(mediators: Mediators, browser_of: Browse) -> None:
    answer = browser_of(mediators.mediator).post("/mediations/new", _form(then="more"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'name="people-2-name"' in page
    assert 'name="people-1-name" value="麦有根"' in page


def test_a_party_is_found_by_name_initials_and_telephone_by_whoever_sees_the_case(
    mediators: Mediators, browser_of: Browse
) -> None:
    mediation = accepted(mediators)
    for words in ("麦有根", "myg", "5678", "19900005678"):
        page = (
            browser_of(mediators.mediator).post("/search", {"q": words}, follow_redirects=True).get_data(as_text=True)
        )
        assert mediation.number in page, words
        for other in (mediators.second, mediators.world.officer):
            assert mediation.number not in browser_of(other).post(
                "/search", {"q": words}, follow_redirects=True
            ).get_data(as_text=True)


# --- the page of a case ----------------------------------------------------------------------------------------------


def test_numbers_are_masked_until_they_are_asked_for_with_a_reason(
    mediators: Mediators, session: Session, browser_of: Browse
) -> None:
    browser = browser_of(mediators.mediator)
    url = browser.post("/mediations/new", _form()).headers["Location"]
    mediation = session.scalars(select(Mediation)).one()
    one = mediation.sides["applicant"][0]
    page = browser.get(url).get_data(as_text=True)
    assert "199****1234" in page
    assert not SIX.search(page)
    assert SECRET["address"] not in page
    reveal = f"/mediations/{mediation.id}/parties/{one.id}/reveal"
    refused = browser.post(reveal, {"reason": ""}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert not SIX.search(refused.get_data(as_text=True))
    wanted = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "identity:reveal")
    before = session.scalar(wanted) or 0
    shown = browser.post(reveal, {"reason": "contact"}, headers={"HX-Request": "true"})
    assert shown.status_code == 200, shown.get_data(as_text=True)
    text = shown.get_data(as_text=True)
    assert 'data-expires="60">19900001234' in text
    assert SECRET["id_number"] in text
    assert session.scalar(wanted) == before + 1
    assert browser_of(mediators.world.officer).post(reveal, {"reason": "contact"}).status_code == 404


def test_a_party_is_added_and_corrected_and_what_is_locked_stays(
    mediators: Mediators, session: Session, browser_of: Browse
) -> None:
    browser = browser_of(mediators.mediator)
    browser.post("/mediations/new", _form())
    mediation = session.scalars(select(Mediation)).one()
    add = f"/mediations/{mediation.id}/parties/new"
    assert browser.get(add).status_code == 200
    wrong = browser.post(add, {"side": "applicant", "name": "麦有根", "kind": "natural", "part": "agent"})
    assert wrong.status_code == 422
    assert "同时在双方" in wrong.get_data(as_text=True)
    agent = {"side": "applicant", "name": "齐律师", "kind": "natural", "part": "agent", "phone": "19900009999"}
    assert browser.post(add, agent).status_code == 302
    session.refresh(mediation)
    assert [one.name for one in mediation.parties] == ["田小禾", "麦有根", "齐律师"]
    one = mediation.parties[0]
    edit = f"/mediations/{mediation.id}/parties/{one.id}"
    assert not SIX.search(browser.get(edit).get_data(as_text=True))
    assert browser.post(edit, {"name": "田小河", "kind": "natural"}).status_code == 422
    assert browser.post(edit, {"name": "田小河", "kind": "natural", "reason": "听写错误"}).status_code == 302
    session.refresh(one)
    assert one.name == "田小河"
    assert one.identity is not None
    assert one.identity.shown()["phone"] == "199****1234"


def test_forms_are_prefilled_with_the_usual(mediators: Mediators, browser_of: Browse) -> None:
    mediation = begun(mediators)
    browser = browser_of(mediators.mediator)
    page = browser.get(f"/cases/{mediation.id}/hold_session").get_data(as_text=True)
    assert f'value="{clock.today().isoformat()}"' in page
    for one in mediation.principals:
        assert re.search(rf'name="present" value="{one.id}" checked', page)
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation, place="三组晒谷场"))
    assert 'value="三组晒谷场"' in browser.get(f"/cases/{mediation.id}/hold_session").get_data(as_text=True)
    assert "各让一步，共同疏通。" in browser.get(f"/cases/{mediation.id}/draft_agreement").get_data(as_text=True)
    appointing = opened(mediators.mediator)
    assert "adopted" not in browser.get(f"/cases/{appointing.id}/record_consent").get_data(as_text=True)


def test_a_session_is_asked_in_the_order_in_which_it_goes(mediators: Mediators, browser_of: Browse) -> None:
    mediation = begun(mediators)
    page = browser_of(mediators.mediator).get(f"/cases/{mediation.id}/hold_session").text
    asked = [
        "held_on",
        "began_at",
        "ended_at",
        "place",
        "present",
        "others",
        "statements.",
        "record",
        "proposal",
        "session_outcome",
        "signed",
    ]
    places = [page.index(f'name="{name}') for name in asked]
    assert places == sorted(places)


def test_every_open_act_has_a_form_that_answers(mediators: Mediators, browser_of: Browse) -> None:
    for mediation in (opened(mediators.mediator), accepted(mediators), begun(mediators), agreed(mediators)):
        browser = browser_of(mediators.chair)
        page = browser.get(f"/cases/{mediation.id}").get_data(as_text=True)
        for action in set(re.findall(rf"/cases/{mediation.id}/([a-z_]+)(?:\?[^\"]*)?\"", page)):
            if action not in ("place", "documents", "note"):
                assert browser.get(f"/cases/{mediation.id}/{action}").status_code in (200, 405), action


def test_the_page_shows_what_was_said_closed_sessions_and_what_is_overdue(
    mediators: Mediators, session: Session, world: World, browser_of: Browse
) -> None:
    start = clock.today() - LONG_AGO
    mediation = begun(mediators, start)
    do(
        mediation,
        "hold_session",
        mediators.mediator,
        start,
        **session_of(mediation, start, open_session="closed", session_outcome="again"),
    )
    page = browser_of(mediators.mediator).get(f"/cases/{mediation.id}").get_data(as_text=True)
    assert "不公开" in page
    assert "是我堵的。" in page
    assert browser_of(mediators.second).get(f"/cases/{mediation.id}").status_code == 404
    other = make_user(session, mediators.unit, Role.MEDIATOR, name="后来者")
    assert browser_of(other).get(f"/cases/{mediation.id}").status_code == 404
    late = agreed(mediators, start)
    page = browser_of(mediators.chair).get(f"/cases/{late.id}").get_data(as_text=True)
    assert "▲ 逾期20天" in page
    assert "待履行" in page
