"""The audit: every act and every refused try leaves a line, nothing that was undone does, and no line can be changed."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access import audit, audit_chain
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.matters.models import Matter
from petitions.web.responses import Application
from petitions.words import Refusal, Refused, say
from tests.conftest import Isolated
from tests.factories import World, matter_in, new_petition
from tests.pages import Browse, Browser


def lines(session: Session, **wanted: object) -> list[AuditEntry]:
    """The rows so far, the oldest first."""
    return list(session.scalars(select(AuditEntry).filter_by(**wanted).order_by(AuditEntry.id)))


def test_an_act_leaves_one_line_with_what_it_changed(world: World, session: Session) -> None:
    matter = matter_in(world, "signed")
    session.commit()
    before = len(lines(session))
    perform(matter, "accept", {"routes": {str(claim.id): "R6" for claim in matter.claims}}, world.handler)
    assert len(lines(session)) == before, "not before the commit"
    session.commit()
    line = lines(session)[-1]
    assert len(lines(session)) == before + 1
    assert (line.act, line.outcome, line.case_id, line.subject) == (
        "matter:accept",
        "done",
        matter.id,
        f"cases {matter.id}",
    )
    assert (line.actor_id, line.unit_id) == (world.handler.id, world.bureau.id)
    assert (line.before["state"], line.after["state"]) == ("signed", "accepted")


def test_a_registration_is_recorded_under_the_number_it_gets(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    session.commit()
    assert [line.case_id for line in lines(session, act="matter:register")] == [matter.id]


def test_what_was_rolled_back_is_not_recorded_as_done(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    session.commit()
    undone = session.begin_nested()
    perform(matter, "note", {"note": "将被撤销"}, world.clerk)
    undone.rollback()
    perform(matter, "note", {"note": "留下"}, world.clerk)
    session.commit()
    assert len(lines(session, act="matter:note")) == 1


def test_a_refused_act_is_recorded_although_everything_else_is_undone(world: World, database: Isolated) -> None:
    matter = new_petition(world).matter
    db.session().commit()
    with pytest.raises(Refusal), database.work() as own:
        perform(own.get_one(Matter, matter.id), "approve_opinion", {}, own.get_one(User, world.other_head.id))
    with database.work(write=False) as session:
        (line,) = lines(session, act="matter:approve_opinion")
        assert (line.outcome, line.case_id, line.actor_id) == ("refused", matter.id, world.other_head.id)
        assert "“{action}”" in line.reason


def test_the_reason_of_a_refusal_never_holds_what_was_typed(world: World, database: Isolated) -> None:
    with database.work():
        audit.refused("page:x", Refused(say("“{word}”不是完整的电话", word="19900001234")), actor=world.clerk)
    with database.work(write=False) as session:
        assert [line.reason for line in lines(session, act="page:x")] == ["“{word}”不是完整的电话"]


def test_pages_leave_lines_of_what_was_seen_printed_and_tried(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = matter_in(world, "accepted")
    paper = matter.documents[0]
    handler, stranger = browser_of(world.handler), browser_of(world.other_officer)
    for _ in range(3):
        handler.get(f"/cases/{matter.id}")
    handler.get(f"/documents/{paper.id}")
    handler.post(f"/cases/{matter.id}/people/{matter.petitioners[0].id}/reveal", {"reason": "contact"})
    stranger.get(f"/cases/{matter.id}")
    handler.get("/ledger")
    session.expire_all()
    told = [(line.act, line.outcome, line.actor_id) for line in lines(session) if not line.act.startswith("matter:")]
    mine, theirs = world.handler.id, world.other_officer.id
    assert [one for one in told if one[0] != "login"] == [
        ("case:see", "done", mine), ("paper:print", "done", mine), ("identity:reveal", "done", mine),
        ("page:cases.show", "refused", theirs), ("page:ledger.batches", "refused", mine),
    ]  # fmt: skip
    seen = lines(session, act="page:cases.show")[0]
    assert (seen.case_id, seen.address) == (matter.id, "127.0.0.1")
    assert len({line.request for line in lines(session, case_id=matter.id) if line.request}) == 4


def test_a_case_opened_again_later_is_another_look(browser_of: Browse, world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    browser_of(world.handler).get(f"/cases/{matter.id}")
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        browser_of(world.handler).get(f"/cases/{matter.id}")
    assert len(lines(session, act="case:see")) == 2


def test_logging_in_and_out_is_recorded(browser_of: Browse, world: World, session: Session) -> None:
    browser = browser_of(world.clerk)
    browser.post("/logout")
    browser.post("/login", {"username": world.clerk.username, "password": "不对的密码"})
    told = [(line.act, line.outcome, line.actor_id) for line in lines(session)]
    assert told == [
        ("login", "done", world.clerk.id),
        ("logout", "done", world.clerk.id),
        ("login", "refused", world.clerk.id),
    ]


def test_no_line_can_be_changed_or_taken_away(world: World, session: Session) -> None:
    new_petition(world)
    session.commit()
    for attack in (update(AuditEntry).values(act="nothing"), delete(AuditEntry), text("DELETE FROM audit")):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(attack)
    assert audit_chain.verify().whole


def _tamper(session: Session, statement: str) -> None:
    """Somebody who owns the database takes the guard away first."""
    if session.get_bind().dialect.name == "sqlite":
        for name in ("audit_no_update", "audit_no_delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    else:
        session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    session.execute(text(statement))


ATTACKS = {
    "changed": ("UPDATE audit SET actor_id = -1 WHERE id = 3", 3),
    "reworded": ("UPDATE audit SET reason = 'x' WHERE id = 2", 2),
    "taken out": ("DELETE FROM audit WHERE id = 4", 4),
    "beheaded": ("DELETE FROM audit WHERE id = 1", 1),
    "moved": ("UPDATE audit SET id = 1000 WHERE id = 5", 5),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_tampering_is_seen_where_it_begins(world: World, session: Session, attack: str) -> None:
    for _ in range(6):
        new_petition(world)
    session.commit()
    assert audit_chain.verify().whole
    statement, where = ATTACKS[attack]
    _tamper(session, statement)
    session.expire_all()
    verdict = audit_chain.verify()
    assert (verdict.whole, verdict.broken_at) == (False, where)


def test_a_tail_that_was_cut_off_is_seen_by_whoever_has_a_printed_head(world: World, session: Session) -> None:
    for _ in range(4):
        new_petition(world)
    session.commit()
    printed = audit_chain.head()
    assert printed is not None
    assert audit_chain.verify(printed.hash).anchored is True
    _tamper(session, "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
    session.expire_all()
    assert audit_chain.verify().whole, "without the paper nobody can tell"
    assert audit_chain.verify(printed.hash).whole is False


def test_the_head_of_a_day_is_its_last_line(world: World, session: Session) -> None:
    yesterday = clock.today() - timedelta(days=1)
    with time_machine.travel(clock.noon_of(yesterday), tick=False):
        new_petition(world)
        session.commit()
    new_petition(world)
    session.commit()
    old, new = audit_chain.head(yesterday), audit_chain.head()
    assert old is not None
    assert new is not None
    assert (old.day, new.day, old.id < new.id) == (yesterday, clock.today(), True)


def test_many_writers_make_one_chain(own_database: Database) -> None:
    def write(times: int) -> None:
        for _ in range(times):
            with own_database.work():
                audit.record("test")

    threads = [threading.Thread(target=write, args=(15,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_database.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 90
        assert audit_chain.verify().whole


def test_a_forged_form_leaves_a_line_of_whose_browser_sent_it_and_a_stranger_leaves_none(
    real: tuple[Application, User],
) -> None:
    app, person = real
    app.config["WTF_CSRF_ENABLED"] = True
    theirs, strange = Browser(app, person), Browser(app, None)
    for browser in (theirs, strange):
        for typed in ({}, {"csrf_token": "王小明19900001234"}, {"note": "王小明", "csrf_token": ""}):
            assert browser.post("/cases/1/note", typed).status_code == 400
    with app.database.work(write=False) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.outcome == "refused")).all()
        assert [(one.actor_id, one.act) for one in told] == [(person.id, "page:cases.perform_act")] * 3
        assert {one.reason for one in told} == {"表单的令牌不对，可能是别的网站代发的"}
        assert all(one.address == "127.0.0.1" and one.request for one in told)
        assert "王小明" not in str([vars(one) for one in told])
