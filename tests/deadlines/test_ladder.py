"""The ladder of reminders: who is told what, on which day, and never twice."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from petitions import clock, jobs
from petitions.access.models import User
from petitions.cases.models import Deadline, Event
from petitions.cases.perform import perform
from petitions.deadlines import ladder, rule_admin
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from petitions.settings import Settings
from tests.conftest import Isolated
from tests.factories import World, matter_in, new_petition

NOON = clock.noon_of(date(2026, 6, 1))
"""A Monday with no holiday near it but 端午 (2026-06-19)."""


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """The clock of the test: noon of 2026-06-01."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class Office:
    """A place to tick in: carries the time on and reads who was told what."""

    def __init__(
        self, database: Isolated, session: Session, settings: Settings, traveller: time_machine.Traveller
    ) -> None:
        self.database, self.session, self.settings, self.traveller = database, session, settings, traveller

    def tick(self) -> list[tuple[int, str, str]]:
        """Tick once; the new reminders as (recipient, kind, text)."""
        before = self.session.scalar(select(func.max(Notice.id))) or 0
        self.session.commit()
        ladder.remind(self.database)
        rows = select(Notice).where(Notice.id > before).order_by(Notice.id)
        return [(row.recipient_id, row.kind, row.text) for row in self.session.scalars(rows)]

    def on(self, day: date) -> list[tuple[int, str, str]]:
        """Tick once on that day."""
        self.traveller.move_to(clock.noon_of(day))
        return self.tick()


@pytest.fixture
def office(database: Isolated, session: Session, settings: Settings, traveller: time_machine.Traveller) -> Office:
    """See Office."""
    return Office(database, session, settings, traveller)


@pytest.fixture
def world(world: World, traveller: time_machine.Traveller) -> World:
    """The usual world, at the time of the test."""
    return world


def _clock(matter: Matter, code: str) -> Deadline:
    return next(row for row in matter.deadlines if row.code == code and row.ended_on is None)


def test_a_duty_is_told_at_seven_three_and_one_day_on_its_day_and_daily_after_it(office: Office, world: World) -> None:
    matter = matter_in(world, "accepted")
    due = _clock(matter, "T6").due_on
    told: dict[int, list[str]] = {}
    for ahead in range(70, -5, -1):
        for recipient, kind, text in office.on(due - timedelta(days=ahead)):
            if recipient == world.handler.id and "办理期限" in text:
                told.setdefault(ahead, []).append(f"{kind} {text.removeprefix(matter.number + '：')}")
    assert told == {
        7: ["due_soon 办理期限剩7天"],
        3: ["due_soon 办理期限剩3天"],
        1: ["due_soon 办理期限剩1天"],
        0: ["due_today 办理期限今天到期"],
        -1: ["overdue 办理期限已超期1天"],
        -2: ["overdue 办理期限已超期2天"],
        -3: ["overdue 办理期限已超期3天"],
        -4: ["overdue 办理期限已超期4天"],
    }


def test_the_head_hears_after_one_day_and_the_petition_office_after_three_each_once(
    office: Office, world: World
) -> None:
    matter = matter_in(world, "accepted")
    due = _clock(matter, "T6").due_on
    escalated = {
        days: {
            (recipient, text) for recipient, kind, text in office.on(due + timedelta(days=days)) if kind == "escalated"
        }
        for days in range(6)
    }
    number = matter.number
    assert {recipient for recipient, _ in escalated[1]} == {world.head.id}
    assert {text for _, text in escalated[1]} == {f"{number}：办理期限已超期1天，请督促办理"}
    assert {recipient for recipient, _ in escalated[3]} == {world.officer.id, world.inspector.id}
    assert {text for _, text in escalated[3]} == {f"{number}：办理期限已超期3天（青禾县自然资源局），建议督办"}
    assert not escalated[0] | escalated[2] | escalated[4] | escalated[5]


def test_any_number_of_ticks_tells_everybody_once(office: Office, world: World) -> None:
    matter = matter_in(world, "accepted")
    day = _clock(matter, "T6").due_on + timedelta(days=4)
    assert office.on(day)
    assert office.tick() == []
    assert office.tick() == []


def test_the_desk_is_told_while_nobody_is_appointed_and_the_handler_afterwards(office: Office, world: World) -> None:
    matter = matter_in(world, "dispatched")
    day = _clock(matter, "T4").target_on - timedelta(days=3)
    assert {recipient for recipient, kind, _ in office.on(day) if kind == "due_soon"} == {world.receiver.id}
    perform(matter, "sign", {}, world.receiver)
    perform(matter, "appoint", {"handler": world.handler.id}, world.receiver)
    told = office.on(day + timedelta(days=2))
    assert {recipient for recipient, kind, _ in told if kind == "due_soon"} == {world.handler.id}


def test_a_handler_who_left_is_not_told_but_the_desk(office: Office, world: World) -> None:
    matter = matter_in(world, "accepted")
    world.handler.active = False
    told = office.on(_clock(matter, "T6").due_on)
    assert {recipient for recipient, _, text in told if "办理期限" in text} == {world.receiver.id}


def test_the_office_is_reminded_of_its_own_clock(office: Office, world: World) -> None:
    matter = new_petition(world).matter
    told = office.on(_clock(matter, "T1").due_on + timedelta(days=3))
    assert {(r, k) for r, k, _ in told} == {
        (world.officer.id, "overdue"), (world.office_head.id, "escalated"), (world.inspector.id, "escalated"),
    }  # fmt: skip


def test_a_passed_down_matter_reminds_every_tier_of_its_own_clock(office: Office, world: World) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    outer, inner = (row for row in matter.deadlines if row.code == "T4" and row.ended_on is None)
    assert (outer.unit_id, inner.unit_id) == (world.bureau.id, world.section.id)
    told = office.on(inner.due_on)
    assert {recipient for recipient, _, text in told if "书面告知" in text} >= {
        world.receiver.id,
        world.section_receiver.id,
    }


def test_the_objection_window_is_told_before_it_lapses_to_the_desk_alone_and_never_after(
    office: Office, world: World
) -> None:
    matter = matter_in(world, "signed")
    window = _clock(matter, "T5")
    told = [
        (day, recipient, text)
        for day in (NOON.date() + timedelta(days=n) for n in range(12))
        for recipient, _, text in office.on(day)
        if "异议期" in text
    ]
    assert {recipient for _, recipient, _ in told} == {world.receiver.id}
    assert max(day for day, _, _ in told) == window.due_on == date(2026, 6, 8)
    assert [text.split("：")[1] for _, _, text in told] == ["异议期剩3个工作日", "异议期剩1个工作日", "异议期今天到期"]


def test_the_petitioners_own_window_is_nobodys_reminder(office: Office, world: World) -> None:
    matter = matter_in(world, "served")
    window = _clock(matter, "T8")
    for day in range(45):
        assert not [text for _, _, text in office.on(NOON.date() + timedelta(days=day)) if "复查" in text]
    assert window.ended_on is None


def test_after_an_outage_one_message_says_where_the_clock_stands(office: Office, world: World) -> None:
    matter = matter_in(world, "accepted")
    due = _clock(matter, "T6").due_on
    assert len([1 for _, kind, _ in office.on(due - timedelta(days=7)) if kind == "due_soon"]) == 1
    told = office.on(due + timedelta(days=5))
    assert sorted((recipient, kind) for recipient, kind, _ in told) == sorted(
        [
            (world.handler.id, "overdue"),
            *((one.id, "escalated") for one in (world.head, world.officer, world.inspector)),
        ]
    )


def test_a_rung_that_was_missed_is_told_late(office: Office, world: World) -> None:
    matter = matter_in(world, "accepted")
    told = office.on(_clock(matter, "T6").due_on - timedelta(days=2))
    assert f"{matter.number}：办理期限剩2天" in [text for _, _, text in told]


def test_a_newer_rung_puts_the_older_unread_one_away(office: Office, session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    due = _clock(matter, "T6").due_on
    for day in (due - timedelta(days=3), due, due + timedelta(days=1)):
        office.on(day)
    session.expire_all()
    own = select(Notice).where(
        Notice.recipient_id == world.handler.id, Notice.kind.in_(("due_soon", "due_today", "overdue"))
    )
    rows = session.scalars(own.order_by(Notice.id)).all()
    assert [row.read_at is None for row in rows] == [False, False, True]


def test_an_extension_moves_the_ladder(office: Office, world: World) -> None:
    matter = matter_in(world, "accepted")
    due = _clock(matter, "T6").due_on
    office.on(due)
    perform(matter, "request_extension", {"days": 30, "reason": "需现场勘测并等待鉴定结论"}, world.handler)
    perform(matter, "extend", {"days": 30, "reason": "需现场勘测并等待鉴定结论"}, world.head)
    later = _clock(matter, "T6").target_on
    assert later > due
    assert not [text for _, kind, text in office.on(due + timedelta(days=1)) if kind == "overdue"]
    assert f"{matter.number}：办理期限今天到期（已延期）" in [text for _, _, text in office.on(later)]


def test_an_ended_clock_reminds_nobody(office: Office, world: World) -> None:
    matter = matter_in(world, "opinion_issued")
    day = next(row for row in matter.deadlines if row.code == "T6").due_on + timedelta(days=9)
    assert not [text for _, _, text in office.on(day) if "办理期限" in text]


def test_an_accusation_is_told_to_the_restricted_desk_alone(office: Office, world: World) -> None:
    matter = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    assert matter.sealed
    for late in (-3, 0, 1, 3, 10):
        told = office.on(_clock(matter, "T1").due_on + timedelta(days=late))
        assert {recipient for recipient, _, _ in told} == {world.restricted.id}


def test_a_message_leads_to_the_act_that_started_the_clock_and_names_nobody(
    office: Office, session: Session, world: World
) -> None:
    matter = matter_in(world, "accepted")
    office.on(_clock(matter, "T6").due_on + timedelta(days=9))
    accepted = session.scalars(select(Event).where(Event.case_id == matter.id, Event.action == "accept")).one()
    rows = session.scalars(select(Notice).where(Notice.key.startswith("deadline:"))).all()
    assert {row.event_id for row in rows} == {accepted.id}
    assert not [row.text for row in rows if "田小禾" in row.text or "19900001234" in row.text]


def test_a_clock_that_cannot_be_read_does_not_keep_the_others_from_being_told(
    office: Office, session: Session, world: World
) -> None:
    broken, whole = matter_in(world, "accepted"), new_petition(world, name="亓小青", phone="19900005678").matter
    session.execute(update(Deadline).where(Deadline.id == _clock(broken, "T6").id).values(code="T99"))
    session.expire_all()
    office.traveller.move_to(clock.noon_of(_clock(whole, "T1").due_on + timedelta(days=60)))
    session.commit()
    told, failed = ladder.remind(office.database)
    assert failed == 1
    assert told
    assert session.scalars(select(Notice).where(Notice.case_id == whole.id, Notice.kind == "overdue")).all()


def test_the_ladder_is_what_an_administrator_keeps(office: Office, world: World, session: Session) -> None:
    typed = {"code": "T6", "place": "", "before": "10 0", "every": "1", "head": "2", "office": "2"}
    rule_admin.keep(rule_admin.read(typed), world.administrator)
    session.commit()
    matter = matter_in(world, "accepted")
    due = _clock(matter, "T6").due_on
    kinds = {
        days: sorted({kind for _, kind, _ in office.on(due + timedelta(days=days))}) for days in (-10, -3, 0, 1, 2)
    }
    assert kinds == {-10: ["due_soon"], -3: [], 0: ["due_today"], 1: ["overdue"], 2: ["escalated", "overdue"]}


def test_a_tick_says_what_it_did_and_gives_a_sign_of_life(office: Office, session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    office.traveller.move_to(clock.noon_of(_clock(matter, "T6").due_on))
    session.commit()
    done = jobs.tick(office.database, office.settings)
    assert (done.reminders, done.failed) == (1, [])
    assert jobs.heartbeat.last(jobs.heartbeat.TICK) == clock.now()
    assert session.get_one(User, world.handler.id).active
