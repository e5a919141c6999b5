"""到期处置 on the screen: asked by one, approved by another, seen by nobody else."""

import hashlib
from datetime import timedelta

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.cases.disposal import Disposal
from petitions.cases.perform import perform
from tests.factories import World, matter_in
from tests.pages import Browse


def test_one_asks_another_approves(browser_of: Browse, world: World, session: Session) -> None:
    number = matter_in(world, "archived").number
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=False):
        officer = browser_of(world.officer)
        assert number in officer.get("/disposals").get_data(as_text=True)
        asked = officer.post("/disposals", follow_redirects=True).get_data(as_text=True)
        assert "待批准" in asked
        assert "批准匿名化" not in asked
        listed = session.scalars(select(Disposal)).one()
        assert officer.post(f"/disposals/{listed.id}", {"verdict": "approve"}).status_code == 403
        assert number not in officer.get("/disposals").get_data(as_text=True), "it stands on a list already"
        head = browser_of(world.office_head)
        assert "批准匿名化" in head.get(f"/disposals/{listed.id}").get_data(as_text=True)
        long = head.post(f"/disposals/{listed.id}", {"verdict": "approve", "note": "长" * 501})
        assert long.status_code == 422
        done = head.post(f"/disposals/{listed.id}", {"verdict": "approve"}, follow_redirects=True)
        assert "已批准，待执行" in done.get_data(as_text=True)
        assert head.post(f"/disposals/{listed.id}", {"verdict": "refuse"}).status_code == 409
    session.expire_all()
    assert session.scalars(select(Disposal.state)).one() == "approved"
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("disposal:")).order_by(AuditEntry.id))
    assert acts.all() == ["disposal:ask", "disposal:approve", "disposal:approve"]


def test_who_asked_is_told_that_somebody_else_decides(browser_of: Browse, world: World, session: Session) -> None:
    matter_in(world, "archived")
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=False):
        head = browser_of(world.office_head)
        page = head.post("/disposals", follow_redirects=True)
        assert "提出的人不能批准" in page.get_data(as_text=True)
        listed = session.scalars(select(Disposal)).one()
        assert head.post(f"/disposals/{listed.id}", {"verdict": "approve"}).status_code == 409
        assert browser_of(world.other_officer).get(f"/disposals/{listed.id}").status_code == 404
        assert browser_of(world.handler).get("/disposals").status_code == 403


def test_the_page_of_an_anonymised_case_says_so_and_names_nobody(browser_of: Browse, world: World) -> None:
    matter = matter_in(world, "anonymised")
    page = browser_of(world.officer).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "已匿名化" in page
    assert "田小禾" not in page
    for paper in matter.documents:
        shown = browser_of(world.officer).get(f"/cases/{matter.id}/documents/{paper.id}")
        assert "田小禾" not in shown.get_data(as_text=True)


def test_both_sign_the_same_register_which_names_nobody(browser_of: Browse, world: World, session: Session) -> None:
    matter = matter_in(world, "archived", title="田小禾反映承包地被占")
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=False):
        browser_of(world.officer).post("/disposals")
        listed = session.scalars(select(Disposal)).one()
        assert matter.number in listed.register
        assert "保管10年" in listed.register
        assert "田小禾" not in listed.register
        assert listed.register_sha256 == hashlib.sha256(listed.register.encode()).hexdigest()
        page = browser_of(world.officer).get(f"/disposals/{listed.id}/register").get_data(as_text=True)
        assert world.officer.name in page
        assert listed.register_sha256 in page
        frozen, listed.register = listed.register, listed.register.replace("10年", "1年")
        answer = browser_of(world.office_head).post(f"/disposals/{listed.id}", {"verdict": "approve"})
        assert "与提出时不一致" in answer.get_data(as_text=True)
        listed.register = frozen
        browser_of(world.office_head).post(f"/disposals/{listed.id}", {"verdict": "approve"})
        page = browser_of(world.officer).get(f"/disposals/{listed.id}/register").get_data(as_text=True)
        assert world.office_head.name in page
    signed = session.scalars(
        select(AuditEntry).where(AuditEntry.act.in_(("disposal:ask", "disposal:approve")), AuditEntry.outcome == "done")
    ).all()
    assert {row.after["register"] for row in signed} == {listed.register_sha256}
    assert len({row.actor_id for row in signed}) == 2


def test_what_is_held_stands_on_no_register(browser_of: Browse, world: World, session: Session) -> None:
    held, free = matter_in(world, "archived"), matter_in(world, "archived")
    perform(held, "hold", {"reason": "法院调卷"}, world.office_head)
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=False):
        browser_of(world.officer).post("/disposals")
    register = session.scalars(select(Disposal)).one().register
    assert free.number in register
    assert held.number not in register
