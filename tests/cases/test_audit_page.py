"""A11: the auditor, and nobody else, reads the audit; reading it leaves a line too."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.roles import Role
from petitions.cases import audit_list, code_admin, codes
from petitions.cases.perform import perform
from tests.factories import World, make_user, matter_in, new_petition
from tests.pages import Browse


def test_the_auditor_finds_who_saw_a_case(browser_of: Browse, world: World, session: Session) -> None:
    matter, other = matter_in(world, "accepted"), matter_in(world, "accepted")
    browser_of(world.handler).get(f"/cases/{matter.id}")
    browser_of(world.head).get(f"/cases/{other.id}")
    page = browser_of(world.auditor).get(f"/audit?acts=seeing&case={matter.number}").get_data(as_text=True)
    assert "查看案件" in page
    assert world.handler.name in page
    assert world.head.name not in page
    assert other.number not in page


def test_a_refused_try_is_marked_and_an_act_says_what_it_changed(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = matter_in(world, "accepted")
    browser_of(world.other_officer).get(f"/cases/{matter.id}")
    auditor = browser_of(world.auditor)
    refused = auditor.get("/audit?outcome=refused").get_data(as_text=True)
    assert "被拒绝" in refused
    assert world.other_officer.name in refused
    acts = auditor.get(f"/audit?person={world.handler.username}").get_data(as_text=True)
    assert "阶段：已签收 → 办理中" in acts
    assert "state" not in acts.split('id="main"')[1], "no names of the code"


def test_reading_the_audit_is_in_the_audit(browser_of: Browse, world: World, session: Session) -> None:
    auditor = browser_of(world.auditor)
    auditor.get("/audit")
    auditor.post("/audit/head")
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.actor_id == world.auditor.id)).all()
    assert acts == ["login", "audit:read", "audit:verify"]


@pytest.mark.parametrize("name", ["administrator", "office_head", "officer", "inspector", "restricted"])
def test_nobody_else_reads_it(browser_of: Browse, world: World, name: str) -> None:
    browser = browser_of(world.people[name])
    assert browser.get("/audit").status_code == 403
    assert browser.get("/audit/head").status_code == 403
    assert "审计查询" not in browser.get("/").get_data(as_text=True)


def test_pages_of_the_audit_follow_each_other_without_a_gap(browser_of: Browse, world: World, session: Session) -> None:
    matter = new_petition(world).matter
    for number in range(audit_list.PAGE + 5):
        perform(matter, "note", {"note": f"第{number}次"}, world.clerk)
    session.commit()
    first = audit_list.page(audit_list.Asked(person=world.clerk.username), world.auditor)
    second = audit_list.page(audit_list.Asked(person=world.clerk.username), world.auditor, first.older)
    ids = [one.id for one in (*first.lines, *second.lines)]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == audit_list.PAGE + 6
    assert second.older is None
    assert "下一页" in browser_of(world.auditor).get("/audit").get_data(as_text=True)


def test_days_narrow_the_list(world: World, session: Session) -> None:
    yesterday = clock.today() - timedelta(days=1)
    with time_machine.travel(clock.noon_of(yesterday), tick=False):
        new_petition(world)
        session.commit()
    new_petition(world)
    session.commit()
    assert len(audit_list.page(audit_list.Asked(until=yesterday), world.auditor).lines) == 1
    assert len(audit_list.page(audit_list.Asked(since=yesterday), world.auditor).lines) == 2
    assert len(audit_list.page(audit_list.Asked(since=clock.today()), world.auditor).lines) == 1


def test_the_page_says_where_the_chain_is_broken_and_whether_a_printed_head_stands_in_it(
    browser_of: Browse, world: World, session: Session
) -> None:
    new_petition(world)
    auditor = browser_of(world.auditor)
    assert "行全部相符" in auditor.post("/audit/head").get_data(as_text=True)
    assert "没有纸上的那个校验值" in auditor.post("/audit/head", {"anchor": "ab" * 32}).get_data(as_text=True)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER audit_no_update"))
    else:
        session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    session.execute(text("UPDATE audit SET act = 'x' WHERE id = 1"))
    session.commit()
    assert "第1行与前后对不上" in auditor.post("/audit/head").get_data(as_text=True)


def test_a_search_is_recorded_without_what_was_sought(browser_of: Browse, world: World, session: Session) -> None:
    new_petition(world, phone="19900001234")
    browser_of(world.clerk).get("/search?q=19900001234")
    (line,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "case:search"))
    assert line.after == {"found": 1}
    assert "19900001234" not in repr(vars(line))


def test_a_changed_code_is_recorded_with_what_it_was(browser_of: Browse, world: World, session: Session) -> None:
    row = codes.every("channel")[0]
    label = row.label
    listed = next(one for one in code_admin.LISTS.values() if one.name == "channel")
    code_admin.change(listed, row, {"label": "来信改", "note": "", "active": "on"}, "admin")
    session.commit()
    (line,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "code:change"))
    assert (line.before["label"], line.after["label"]) == (label, "来信改")


def test_every_act_that_is_recorded_has_a_word(world: World) -> None:
    for act in ("matter:extend", "login", "case:see", "unit:change", "user:disable"):
        assert not str(audit_list.label_of(act)).isascii(), act


def test_lines_about_an_accusation_are_marks_without_words_but_for_the_discipline_body(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = matter_in(world, "accepted")
    browser_of(world.handler).get(f"/cases/{matter.id}")
    perform(matter, "recall_sealed", {"reason": "反映干部违纪"}, world.restricted)
    session.commit()
    whole = browser_of(world.auditor).get("/audit").get_data(as_text=True)
    assert "保密件的记录" in whole
    assert matter.number not in whole
    assert world.handler.name not in whole.replace(f">{world.handler.name}<", "", 1), "but for the line of the login"
    for asked in (f"case={matter.number}", f"person={world.handler.username}", "acts=seeing", "outcome=done"):
        page = browser_of(world.auditor).get(f"/audit?{asked}").get_data(as_text=True)
        assert "保密件的记录" not in page, "a mark in a narrow list would say whose it is"
        shown = page.split('id="main"')[1].split("</main>")[0].replace(f'value="{matter.number}"', "")
        assert matter.number not in shown
    inspector = make_user(session, world.discipline, Role.AUDITOR)
    session.commit()
    assert matter.number in browser_of(inspector).get("/audit").get_data(as_text=True)


def test_an_auditor_of_the_discipline_body_who_is_accused_reads_nothing_of_it(
    browser_of: Browse, world: World, session: Session
) -> None:
    inspector = make_user(session, world.discipline, Role.AUDITOR)
    matter = new_petition(world, purpose="accusation").matter
    perform(matter, "name_accused", {"respondent_person": str(inspector.id)}, world.restricted)
    session.commit()
    page = browser_of(inspector).get("/audit").get_data(as_text=True)
    assert "登录" in page
    assert matter.number not in page


@pytest.mark.parametrize(
    "query",
    [
        "until=9999-12-31",
        "since=0001-01-01",
        "case=" + "%25" * 20000,
        "case=" + "%F0%A0%AE%B7" * 15000,
        "before=" + "9" * 15,
    ],
)
def test_no_day_and_no_number_is_too_far_or_too_long_to_be_asked_for(
    browser_of: Browse, world: World, query: str
) -> None:
    assert browser_of(world.auditor).get(f"/audit?{query}").status_code == 200


def test_a_number_of_thousands_of_digits_is_no_unit(browser_of: Browse, world: World) -> None:
    assert browser_of(world.security).get("/admin/users?unit=" + "9" * 5000).status_code == 200
