"""P3: a person sees, copies, corrects and deletes their own data, in at most five clicks, and never anybody else's."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.roles import Role
from petitions.cases.disposal import Disposal
from petitions.cases.perform import perform
from petitions.cases.who_saw import who_saw
from petitions.matters import openings, who
from petitions.matters.models import ReturnVisit
from petitions.privacy import requests
from petitions.privacy.models import PersonRequest
from petitions.words import FieldErrors, Refused
from tests.factories import World, dispose, make_user, matter_in, new_petition
from tests.pages import Browse

PHONE = "19900007101"
ASKED = {"kind": "copy", "asker": "田小禾", "checked": "card", "phone": PHONE}


def test_a_copy_is_asked_printed_and_answered_with_five_clicks(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = matter_in(world, "accepted", phone=PHONE, text="承包地被占用，独此一句。")
    other = new_petition(world, name="李四方", phone="19900007102", text="别人的事").matter
    officer = browser_of(world.officer)
    clicks = [
        officer.get("/person-requests"),
        officer.get("/person-requests/new"),
        officer.post("/person-requests/new", ASKED, follow_redirects=True),
    ]
    asked = session.scalars(select(PersonRequest)).one()
    clicks.append(officer.get(f"/person-requests/{asked.id}/extract"))
    clicks.append(officer.post(f"/person-requests/{asked.id}", {"decision": "granted"}, follow_redirects=True))
    assert [click.status_code for click in clicks] == [200] * 5
    found, printed = clicks[2].get_data(as_text=True), clicks[3].get_data(as_text=True)
    assert matter.number in found
    assert other.number not in found
    for words in ("田小禾", PHONE, "柳林村三组", "独此一句", "信访事项受理告知书"):
        assert words in printed
    assert "李四方" not in printed
    assert "同意" in clicks[4].get_data(as_text=True)
    assert [one.person for one in who_saw([matter.id]) if "person:print" in one.acts] == [world.officer.name]
    rows = session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("person:")).order_by(AuditEntry.id)).all()
    assert [row.act for row in rows] == ["person:ask", "person:print", "person:answer"]
    assert PHONE not in str([(row.subject, row.after, row.reason) for row in rows])


TWENTY = [
    (kind, answer)
    for kind in requests.KINDS
    for answer in (
        {"decision": "granted", "early": "47-1"},
        {"decision": "refused", "ground": "secret", "reason": "依法应当保密"},
        {"decision": "partly", "ground": "others", "reason": "含有他人的信息，已遮去"},
        {"decision": "refused"},
        {"decision": "partly", "ground": "others", "reason": " "},
    )
]


def test_twenty_requests_of_every_sort_are_answered_with_at_most_five_clicks_and_recorded(
    browser_of: Browse, world: World, session: Session
) -> None:
    officer = browser_of(world.officer)
    for n, (kind, decided) in enumerate(TWENTY):
        phone = f"199000074{n:02d}"
        matter_in(world, "archived" if kind == "delete" else "accepted", phone=phone)
        clicks = [officer.get("/person-requests"), officer.get("/person-requests/new")]
        form = {**ASKED, "kind": kind, "phone": phone, "wish": "住址" if kind in ("correct", "delete") else ""}
        clicks.append(officer.post("/person-requests/new", form))
        here = clicks[-1].location
        if kind in ("see", "copy"):
            clicks.append(officer.get(f"{here}/extract"))
        clicks.append(officer.post(here, decided))
        whole = decided["decision"] == "granted" or decided.get("reason", "").strip()
        assert len(clicks) <= 5
        assert clicks[-1].status_code == (302 if whole else 422), (kind, decided)
        about = f"person_requests {here.rsplit('/')[-1]}"
        lines = select(AuditEntry).where(AuditEntry.subject == about, AuditEntry.act == "person:answer")
        answered = [row.after for row in session.scalars(lines)]
        assert [row["decision"] for row in answered] == ([decided["decision"]] if whole else [])
    asked = session.scalars(select(AuditEntry).where(AuditEntry.act == "person:ask")).all()
    assert len(asked) == len(TWENTY) == 20


def test_the_number_it_was_searched_by_is_not_kept(world: World, session: Session) -> None:
    new_petition(world, phone=PHONE)
    asked = requests.take(world.officer, ASKED)
    assert len(asked.petitioner_ids) == 1
    assert PHONE not in str({column.key: getattr(asked, column.key) for column in PersonRequest.__table__.columns})


def test_what_the_wall_hides_and_what_others_registered_is_not_told(world: World, session: Session) -> None:
    new_petition(world, clerk=world.other_clerk, phone=PHONE)
    sealed = new_petition(world, clerk=world.restricted, phone=PHONE, purpose="accusation", respondent="某人").matter
    seen = new_petition(world, phone=PHONE).matter
    assert sealed.sealed
    asked = requests.take(world.officer, ASKED)
    assert [one.matter.id for one in requests.held(asked, world.officer, {})] == [seen.id]
    assert {one.matter.id for one in requests.held(asked, world.restricted, {})} == {seen.id, sealed.id}
    assert requests.find(asked.id, world.other_officer) is None


def test_an_accuser_gets_an_extract_once_it_was_opened_and_no_token_is_printed(
    browser_of: Browse, world: World, session: Session
) -> None:
    """第30条: what stands for the accuser in the file is put back for the accuser only."""
    colleague = make_user(session, world.office, Role.RESTRICTED_CLERK)
    matter = new_petition(world, clerk=world.restricted, phone=PHONE, purpose="accusation", respondent="某人").matter
    visit = ReturnVisit(matter_id=matter.id, event_id=matter.events[0].id, way="phone", visited_on=clock.today(),
                        said=who.with_tokens(matter, "田小禾说已经办了"))  # fmt: skip
    session.add(visit)
    session.flush()
    session.refresh(matter)
    assert "田小禾" not in visit.said
    asked = requests.take(world.restricted, ASKED)
    closed = requests.extract(asked, world.restricted, {})
    assert (closed.told, closed.closed) == ([], 1)
    opening = openings.ask(matter, world.restricted, "data_request")
    openings.decide(opening.id, True, colleague)
    page = browser_of(world.restricted).get(f"/person-requests/{asked.id}/extract").get_data(as_text=True)
    assert "田小禾说已经办了" in page
    assert "⟦" not in page


def test_a_repeat_that_was_joined_is_told_with_the_matter_and_deleted_with_it(world: World, session: Session) -> None:
    matter = new_petition(world, phone=PHONE).matter
    repeat = new_petition(world, phone=PHONE, text="又来一次").matter
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.clerk)
    asked = requests.take(world.officer, {**ASKED, "kind": "delete", "wish": "全部"})
    held = requests.held(asked, world.officer, {})
    assert [(one.matter.id, len(one.petitions)) for one in held] == [(matter.id, 2)]
    assert "又来一次" in str(requests.extract(asked, world.officer, {}).told)


def test_the_page_says_when_each_may_be_deleted_and_what_was_deleted_is_not_printed(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter_in(world, "accepted", phone=PHONE)
    archived = matter_in(world, "archived", phone=PHONE)
    asked = requests.take(world.officer, ASKED)
    for_ever = [str(one.when) for one in requests.held(asked, world.officer, {"none": 0})]
    assert for_ever == ["未归档", "永久保存"]
    page = browser_of(world.officer).get(f"/person-requests/{asked.id}").get_data(as_text=True)
    assert f"{clock.today().year + 11}-01-01" in page
    dispose(world, archived)
    assert [str(one.when) for one in requests.held(asked, world.officer, {})] == ["未归档", "已匿名化"]
    assert archived.id not in [one.matter.id for one, _ in requests.extract(asked, world.officer, {}).told]


def test_a_refusal_needs_a_ground_and_a_reason(browser_of: Browse, world: World, session: Session) -> None:
    asked = requests.take(world.officer, {**ASKED, "kind": "delete", "wish": "全部"})
    with pytest.raises(FieldErrors) as refused:
        requests.answer(asked, world.officer, {"decision": "refused"}, {})
    assert set(refused.value.errors) == {"ground", "reason"}
    told = {"decision": "refused", "ground": "term", "reason": "法定保存期限未满"}
    page = browser_of(world.officer).post(f"/person-requests/{asked.id}", told, follow_redirects=True)
    assert "保存期限未届满" in page.get_data(as_text=True)
    session.refresh(asked)
    assert (asked.decision, asked.ground, asked.answered_on) == ("refused", "term", clock.today())
    with pytest.raises(Refused):
        requests.answer(asked, world.officer, told, {})
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(PersonRequest).values(ground=""))


def test_deletion_is_an_approved_disposal_and_waits_for_the_term_or_a_ground_of_the_law(
    world: World, session: Session
) -> None:
    matter = matter_in(world, "archived", phone=PHONE)
    asked = requests.take(world.officer, {**ASKED, "kind": "delete", "wish": "全部"})
    with pytest.raises(FieldErrors) as refused:
        requests.answer(asked, world.officer, {"decision": "granted"}, {})
    assert set(refused.value.errors) == {"early"}
    assert not asked.decision
    requests.answer(asked, world.officer, {"decision": "granted", "early": "47-4"}, {})
    listed = session.scalars(select(Disposal)).one()
    assert (listed.state, listed.ground, [row.case_id for row in listed.cases]) == ("asked", "47-4", [matter.id])


def test_nothing_is_deleted_while_it_is_being_handled(world: World, session: Session) -> None:
    matter_in(world, "accepted", phone=PHONE)
    asked = requests.take(world.officer, {**ASKED, "kind": "delete", "wish": "全部"})
    with pytest.raises(Refused, match="还没有归档"):
        requests.answer(asked, world.officer, {"decision": "granted", "early": "47-1"}, {})
    assert session.scalars(select(Disposal)).all() == []


def test_a_correction_leads_to_the_recorded_act(browser_of: Browse, world: World, session: Session) -> None:
    matter = matter_in(world, "accepted", phone=PHONE)
    form = {**ASKED, "kind": "correct", "wish": "概况写错了"}
    page = browser_of(world.officer).post("/person-requests/new", form, follow_redirects=True).get_data(as_text=True)
    assert f"/cases/{matter.id}/correct" in page


def test_a_request_says_everything_that_is_missing(browser_of: Browse, world: World) -> None:
    answer = browser_of(world.officer).post("/person-requests/new", {"kind": "delete", "checked": "x"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("填写申请人姓名", "电话和身份证号至少填一项", "写明要更正或者删除的内容", "选择一项"):
        assert words in page
    assert browser_of(world.handler).get("/person-requests").status_code == 403


def test_who_asked_is_forgotten_after_the_answer(world: World, session: Session) -> None:
    asked = requests.take(world.officer, ASKED)
    requests.answer(asked, world.officer, {"decision": "granted"}, {})
    assert requests.forget_old() == 0
    with time_machine.travel(clock.now() + timedelta(days=requests.KEPT_DAYS + 1), tick=False):
        assert requests.forget_old() == 1
    session.refresh(asked)
    assert (asked.asker, asked.petitioner_ids, asked.decision) == ("", [], "granted")
