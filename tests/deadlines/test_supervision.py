"""督促 and 督办: what is proposed to the office, what it decides, who is told, and what ends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases.models import Deadline
from petitions.cases.perform import perform
from petitions.deadlines import ladder, proposals, rule_admin
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from petitions.words import NotPermitted, Refusal, Refused
from tests.conftest import Isolated
from tests.factories import World, matter_in, new_petition
from tests.pages import Browse


def _shift(matter: Matter, days: int, code: str = "T6") -> Deadline:
    """Let the open clock of the matter end so many days from today."""
    row = next(row for row in matter.deadlines if row.code == code and row.ended_on is None)
    row.due_on = row.target_on = row.nominal_on = clock.today() + timedelta(days=days)
    row.start_on = clock.today() - timedelta(days=60)
    return row


def _late(world: World, days: int, name: str = "田小禾") -> Matter:
    matter = matter_in(world, "accepted", name=name)
    _shift(matter, -days)
    return matter


def _numbers(reader: User) -> list[str]:
    found = [row.case.number for row in proposals.proposed(reader)]
    assert len(found) == proposals.count(reader)
    return found


def _letter(**changes: str) -> dict[str, str]:
    return {
        "reason": "已超期，群众多次来电",
        "answer_by": (clock.today() + timedelta(days=5)).isoformat(),
        **changes,
    }


def test_a_clock_is_proposed_from_its_third_day_overdue_to_its_own_office_alone(session: Session, world: World) -> None:
    matter = _late(world, 2)
    session.flush()
    assert _numbers(world.officer) == []
    _shift(matter, -3)
    session.flush()
    assert _numbers(world.officer) == _numbers(world.inspector) == [matter.number]
    assert _numbers(world.other_officer) == _numbers(world.head) == []


def test_what_the_office_owes_itself_is_no_proposal(session: Session, world: World) -> None:
    _shift(matter_in(world, "triage"), -20, "T1")
    session.flush()
    assert _numbers(world.officer) == []


def test_a_rule_of_a_unit_moves_the_day_for_it_and_everything_under_it(session: Session, world: World) -> None:
    matter = _late(world, 4)
    typed = {
        "code": "T6",
        "place": str(world.bureau.id),
        "before": "7 0",
        "every": "1",
        "head": "2",
        "office": "5",
    }
    rule_admin.keep(rule_admin.read(typed), world.administrator)
    session.flush()
    assert _numbers(world.officer) == []
    _shift(matter, -5)
    session.flush()
    assert _numbers(world.officer) == [matter.number]
    rule_admin.keep(rule_admin.read({**typed, "office": ""}), world.administrator)
    session.flush()
    assert _numbers(world.officer) == []


def test_what_was_set_aside_is_proposed_again_a_week_later_and_no_sooner(session: Session, world: World) -> None:
    matter = _late(world, 4)
    perform(matter, "set_supervision_aside", {"reason": "承办单位已约定下周出具意见"}, world.officer)
    for late, expected in ((4, []), (10, []), (11, [matter.number])):
        with _later(session, late - 4):
            assert _numbers(world.officer) == expected, late
    row = next(row for row in matter.deadlines if row.code == "T6")
    row.due_on = row.target_on = clock.today() - timedelta(days=3)
    session.flush()
    assert _numbers(world.officer) == [matter.number], "with another last day it is another question"


@contextmanager
def _later(session: Session, days: int) -> Iterator[None]:
    """Some days later, for what is asked inside."""
    session.flush()
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        yield


def test_a_letter_is_issued_by_a_person_and_says_what_is_overdue_why_and_by_when(
    session: Session, world: World
) -> None:
    matter = _late(world, 4)
    event = perform(matter, "supervise", _letter(), world.officer)
    session.flush()
    (paper,) = [paper for paper in matter.documents if paper.kind == "supervision_letter"]
    assert paper.recipient == "青禾县自然资源局"
    for words in ("办理期限（《信访工作条例》第34条）", "已超期4天", "已超期，群众多次来电", "第四十条", "书面反馈"):
        assert words in paper.text, words
    told = set(session.scalars(select(Notice.recipient_id).where(Notice.event_id == event.id)))
    assert told == {world.handler.id, world.head.id}
    assert _numbers(world.officer) == []
    with _later(session, 5):
        assert _numbers(world.officer) == [], "the day to answer by is not over"
    with _later(session, 6):
        assert _numbers(world.officer) == [matter.number]
        assert proposals.proposed(world.officer)[0].before is event


def test_a_unit_answers_a_letter_once_and_whoever_issued_it_is_told(session: Session, world: World) -> None:
    matter = _late(world, 4)
    with pytest.raises(Refused, match="没有等待反馈的督办"):
        perform(matter, "answer_supervision", {"report": "已安排专人办理，下周办结。"}, world.handler)
    perform(matter, "supervise", _letter(), world.inspector)
    event = perform(matter, "answer_supervision", {"report": "已安排专人办理，下周办结。"}, world.handler)
    session.flush()
    assert session.scalars(select(Notice.recipient_id).where(Notice.event_id == event.id)).all() == [world.inspector.id]
    with pytest.raises(Refused, match="没有等待反馈的督办"):
        perform(matter, "answer_supervision", {"report": "再次反馈。"}, world.handler)


@pytest.mark.parametrize("action", ["supervise", "set_supervision_aside"])
def test_nobody_but_the_office_supervises_and_only_what_is_overdue(world: World, action: str) -> None:
    matter = _late(world, 4)
    for person in (world.head, world.handler, world.receiver, world.clerk):
        with pytest.raises(NotPermitted):
            perform(matter, action, _letter(), person)
    _shift(matter, 0)
    with pytest.raises(Refused, match="没有超期的期限"):
        perform(matter, action, _letter(), world.officer)


def test_an_accusation_is_neither_proposed_nor_urged_nor_supervised(session: Session, world: World) -> None:
    sealed = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    # No act leaves another unit's clock open on a sealed case; were there one, its own restricted desk would see it.
    _shift(sealed, -30, "T1").unit_id = world.bureau.id
    matter = _late(world, 9)
    perform(matter, "recall_sealed", {"reason": "实为检举"}, world.restricted)
    session.flush()
    assert _numbers(world.officer) == _numbers(world.restricted) == []
    for action in ("urge", "supervise", "set_supervision_aside"):
        with pytest.raises(Refusal):
            perform(sealed, action, _letter(), world.restricted)


def test_a_proposal_needs_no_tick(browser_of: Browse, session: Session, world: World) -> None:
    matter = _late(world, 3)
    session.commit()
    assert session.scalars(select(Notice).where(Notice.deadline_id.is_not(None))).all() == []
    page = browser_of(world.officer).get("/deadlines/supervision").get_data(as_text=True)
    assert matter.number in page
    assert f"/cases/{matter.id}/supervise" in page
    board = browser_of(world.officer).get("/deadlines").get_data(as_text=True)
    assert '<span class="sum-number">1</span> 督办建议' in board
    assert browser_of(world.head).get("/deadlines/supervision").status_code == 403


# --- 督促 ------------------------------------------------------------------------------------------------------------


def test_an_urge_tells_whoever_answers_and_their_head_once_a_day(session: Session, world: World) -> None:
    matter = _late(world, 1)
    event = perform(matter, "urge", {"note": "请本周内办结"}, world.officer)
    session.flush()
    rows = session.execute(select(Notice.recipient_id, Notice.text).where(Notice.event_id == event.id)).all()
    assert {row.recipient_id for row in rows} == {world.handler.id, world.head.id}
    assert {row.text for row in rows} == {f"{matter.number}：督促（青禾县信访局）"}
    with pytest.raises(Refused, match="今天已由青禾县信访局督促过"):
        perform(matter, "urge", {}, world.head)
    with _later(session, 1):
        perform(matter, "urge", {}, world.head)


def test_a_head_urges_the_own_unit_and_an_officer_does_not(session: Session, world: World) -> None:
    matter = matter_in(world, "triage")
    _shift(matter, -2, "T1")
    with pytest.raises(Refused, match="不用督促"):
        perform(matter, "urge", {}, world.officer)
    event = perform(matter, "urge", {}, world.office_head)
    session.flush()
    assert world.officer.id in session.scalars(select(Notice.recipient_id).where(Notice.event_id == event.id)).all()


def test_what_has_time_is_not_urged(world: World) -> None:
    matter = _late(world, -8)
    with pytest.raises(Refused, match="没有超期或7天内到期的期限"):
        perform(matter, "urge", {}, world.officer)
    _shift(matter, 7)
    perform(matter, "urge", {}, world.officer)


# --- what ends it ----------------------------------------------------------------------------------------------------


def _unread(session: Session, matter: Matter) -> list[str]:
    unread = select(Notice.kind).where(Notice.case_id == matter.id, Notice.read_at.is_(None))
    return sorted(session.scalars(unread.where(Notice.deadline_id.is_not(None))))


def test_unread_reminders_are_put_away_by_the_act_that_ends_the_clock(
    database: Isolated, session: Session, world: World
) -> None:
    matter, other = _late(world, 3), _late(world, 3, "亓二")
    session.commit()
    ladder.remind(database)
    assert _unread(session, matter) == ["escalated"] * 3 + ["overdue"]
    perform(matter, "discontinue", {"discontinue_reason": "died", "proof": "证明"}, world.head)
    assert _unread(session, matter) == []
    assert _unread(session, other) == ["escalated"] * 3 + ["overdue"]
    session.commit()
    ladder.remind(database)
    assert _unread(session, matter) == [], "nobody is told later"


def test_an_extension_puts_away_what_was_said_of_the_old_day(
    database: Isolated, session: Session, world: World
) -> None:
    matter = matter_in(world, "accepted")
    _shift(matter, 1)
    session.commit()
    ladder.remind(database)
    assert _unread(session, matter) == ["due_soon"]
    perform(matter, "request_extension", {"days": 30, "reason": "情况复杂，需要鉴定"}, world.handler)
    assert _unread(session, matter) == ["due_soon"], "asking changes no clock"
    perform(matter, "extend", {"days": 30, "reason": "同意"}, world.head)
    assert _unread(session, matter) == []


def test_a_reminder_that_was_read_stays_read_when_it_was(database: Isolated, session: Session, world: World) -> None:
    matter = _late(world, 3)
    session.commit()
    ladder.remind(database)
    seen = clock.noon_of(date(2026, 1, 5))
    notice = session.scalars(
        select(Notice).where(Notice.recipient_id == world.handler.id, Notice.kind == "overdue")
    ).one()
    notice.read_at = seen
    perform(matter, "discontinue", {"discontinue_reason": "died", "proof": "证明"}, world.head)
    session.refresh(notice)
    assert notice.read_at == seen
