"""One sweep over many clocks: each told in its own words, whatever happens between reading and writing."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.orm import Session

from petitions import clock, migrating
from petitions.access.models import UserRole
from petitions.access.roles import Role
from petitions.cases.models import Case, Deadline
from petitions.db import Database
from petitions.deadlines import ladder
from petitions.deadlines.ladder import Sweep
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from petitions.notices.wording import unpack
from tests.conftest import Isolated
from tests.factories import World, build_world, make_user, matter_in, new_petition


@pytest.fixture
def late(world: World, session: Session) -> Iterator[list[Matter]]:
    """Three petitions that run alike and a fourth that does not, none passed on in time, four days after their last day."""
    matters = [new_petition(world, name=f"亓{n}", phone=f"199{n:08d}").matter for n in range(3)]
    matters.append(matter_in(world, "accepted", name="亓小四", phone="19900000004"))
    last_day = _clock(matters[0]).due_on
    _clock(matters[3]).due_on = _clock(matters[3]).target_on = _clock(matters[3]).nominal_on = last_day
    session.commit()
    with time_machine.travel(clock.noon_of(last_day + timedelta(days=4)), tick=False):
        yield matters


def _clock(matter: Matter) -> Deadline:
    return next(row for row in matter.deadlines if row.code in ("T1", "T6") and row.ended_on is None)


def _told(session: Session, matter: Matter, *kinds: str) -> list[Notice]:
    wanted = select(Notice).where(Notice.deadline_id == _clock(matter).id).order_by(Notice.id)
    session.expire_all()
    return list(session.scalars(wanted.where(Notice.kind.in_(kinds)) if kinds else wanted))


def test_clocks_that_run_alike_are_told_with_their_own_number_in_both_languages(
    database: Isolated, session: Session, late: list[Matter]
) -> None:
    strange = 'XF"2026"\\7号'
    session.execute(update(Case).where(Case.id == late[1].id).values(number=strange))
    session.commit()
    ladder.remind(database)
    rows = [_told(session, matter, "overdue")[0] for matter in late[:3]]
    assert [row.text for row in rows] == [f"{matter.number}：转送、交办期限已超期4天" for matter in late[:3]]
    assert rows[1].text.startswith(strange)
    assert [unpack(row.said, "") for row in rows] == [row.text for row in rows]
    assert rows[1].said["values"]["number"] == strange
    assert {(row.case_id, row.event_id) for row in rows} == {
        (matter.id, _clock(matter).started_by_id) for matter in late[:3]
    }


def test_many_batches_tell_what_one_tells(
    database: Isolated, session: Session, late: list[Matter], monkeypatch: pytest.MonkeyPatch
) -> None:
    count, _ = ladder.remind(database)
    once = set(session.execute(select(Notice.key, Notice.text, Notice.kind)).all())
    session.execute(delete(Notice).where(Notice.deadline_id.is_not(None)))
    session.commit()
    monkeypatch.setattr(ladder, "BATCH", 1)
    again, failed = ladder.remind(database)
    assert (again, failed) == (count, 0)
    assert set(session.execute(select(Notice.key, Notice.text, Notice.kind)).all()) == once


def test_a_clock_that_ended_after_the_reading_is_not_told_and_a_handler_who_was_changed_is(
    world: World, session: Session, late: list[Matter]
) -> None:
    sweep = Sweep(clock.today())
    ids = [one for reminder in sweep.due() for one in reminder.ids]
    other = make_user(session, world.bureau, Role.HANDLER)
    session.execute(update(Case).where(Case.id == late[3].id).values(handler_id=other.id))
    session.execute(update(Deadline).where(Deadline.id == _clock(late[0]).id).values(ended_on=clock.today()))
    still = {one: reminder for reminder in sweep.due(ids) for one in reminder.ids if reminder.rung.kind != "escalated"}
    assert set(still) == {_clock(matter).id for matter in late[1:]}
    assert still[_clock(late[3]).id].recipients == (other.id,)


def test_a_case_that_was_sealed_after_the_reading_is_told_to_the_restricted_desk_alone(
    world: World, session: Session, late: list[Matter]
) -> None:
    sweep = Sweep(clock.today())
    ids = [one for reminder in sweep.due() for one in reminder.ids]
    session.execute(update(Case).where(Case.id == late[1].id).values(sealed=True))
    of_it = [reminder for reminder in sweep.due(ids) if _clock(late[1]).id in reminder.ids]
    assert [(reminder.rung.kind, reminder.recipients) for reminder in of_it] == [("overdue", (world.restricted.id,))]
    assert all(len(reminder.ids) == 1 for reminder in of_it), "an accusation runs with no other"


def test_who_left_the_restricted_desk_after_the_reading_is_not_told_of_an_accusation(
    world: World, session: Session, late: list[Matter]
) -> None:
    with time_machine.travel(clock.now() - timedelta(days=19), tick=False):
        accused = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
        session.flush()
    sweep = Sweep(clock.today())
    told = [reminder for reminder in sweep.due() if _clock(accused).id in reminder.ids]
    assert {reminder.recipients for reminder in told} == {(world.restricted.id,)}
    session.execute(delete(UserRole).where(UserRole.user_id == world.restricted.id))
    assert sweep.due([_clock(accused).id]) == []


def test_what_was_told_of_the_same_rung_stays_unread_when_somebody_else_comes_to_it(
    database: Isolated, world: World, session: Session, late: list[Matter]
) -> None:
    ladder.remind(database)
    newcomer = make_user(session, world.office, Role.PETITION_OFFICER)
    session.commit()
    ladder.remind(database)
    rows = _told(session, late[0], "overdue")
    assert [row.read_at for row in rows] == [None] * len(rows)
    assert newcomer.id in {row.recipient_id for row in _told(session, late[0])}


def test_a_newer_rung_puts_away_the_older_of_its_own_clock_only(
    database: Isolated, session: Session, late: list[Matter]
) -> None:
    ladder.remind(database)
    rested = _clock(late[1]).id
    session.execute(update(Deadline).where(Deadline.id == rested).values(ended_on=clock.today()))
    session.commit()
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        ladder.remind(database)
    assert [row.read_at is None for row in _told(session, late[0], "overdue")] == [False, True]
    escalated = _told(session, late[0], "escalated")
    assert escalated
    assert [row.read_at for row in escalated] == [None] * len(escalated)
    left = session.scalars(select(Notice.read_at).where(Notice.deadline_id == rested)).all()
    assert set(left) == {None}, "whoever ends a clock puts away what was said of it, no sweep"


_REFUSES = {
    "sqlite": ("CREATE TRIGGER refuses BEFORE INSERT ON notices WHEN NEW.deadline_id = {id} BEGIN SELECT RAISE(ABORT, 'no'); END",),
    "postgresql": (
        "CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER refuses BEFORE INSERT ON notices FOR EACH ROW WHEN (NEW.deadline_id = {id}) EXECUTE FUNCTION refuses()",
    ),
}  # fmt: skip


def test_a_clock_the_database_refuses_is_counted_and_the_others_are_told(
    database: Isolated, session: Session, late: list[Matter]
) -> None:
    for statement in _REFUSES[database.engine.dialect.name]:
        session.execute(text(statement.format(id=_clock(late[1]).id)))
    session.commit()
    told, failed = ladder.remind(database)
    assert failed == 1
    assert _told(session, late[1]) == []
    assert all(_told(session, matter, "overdue") for matter in (late[0], late[2], late[3]))
    assert told == sum(len(_told(session, matter)) for matter in late)


def test_a_tick_that_finds_nothing_new_writes_nothing(database: Isolated, session: Session, late: list[Matter]) -> None:
    ladder.remind(database)
    sent = list[str]()
    event.listen(database.connection, "before_cursor_execute", lambda *said: sent.append(said[2]))
    assert ladder.remind(database) == (0, 0)
    assert not [one for one in sent if one.startswith(("INSERT", "UPDATE"))]
    assert len(sent) < 16, "however many clocks there are"


def _acts(database: Database, at_work: Signal, done: Signal, case_id: int) -> None:
    with database.work() as session:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        at_work.set()
        done.wait(30)


def test_a_case_somebody_is_at_work_on_is_left_for_the_next_tick(own_database: Database) -> None:
    if own_database.is_sqlite:
        pytest.skip("a writer waits for the other one: BEGIN IMMEDIATE")
    migrating.fill(own_database)
    with own_database.work() as session:
        world = build_world(session)
        matters = [new_petition(world, name=f"亓{n}", phone=f"199{n:08d}").matter for n in range(2)]
        held, free = [matter.id for matter in matters]
        after = _clock(matters[0]).due_on + timedelta(days=1)
    at_work, done = Signal(), Signal()
    acting = Thread(target=_acts, args=(own_database, at_work, done, held))
    with time_machine.travel(clock.noon_of(after), tick=False):
        acting.start()
        assert at_work.wait(30)
        ladder.remind(own_database)
        assert set(_cases_told(own_database)) == {free}
        done.set()
        acting.join(30)
        ladder.remind(own_database)
    told = _cases_told(own_database)
    assert told[held] == told[free]


def _cases_told(database: Database) -> Counter[int]:
    with database.work(write=False) as session:
        rows: Any = session.scalars(select(Notice.case_id).where(Notice.deadline_id.is_not(None)))
        return Counter(rows)
