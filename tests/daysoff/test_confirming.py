"""From preview to confirmation: what was shown is done, with history, messages and audit, or nothing at all."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock, selfcheck
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.cases.calendar import CalendarDay, CalendarYear, DayKind, DayOff, load_calendar, write_year
from petitions.cases.models import Deadline, Event
from petitions.cases.perform import perform
from petitions.cases.readings import chip_of, readings
from petitions.daysoff.confirming import confirm
from petitions.daysoff.proposal import Consequences, consequences, lines, of_day, of_notice
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from petitions.settings import Settings
from petitions.words import NotPermitted, Refused
from tests.daysoff.notices import NOTICE, OF_2027
from tests.factories import World, matter_in, new_petition, register_typed, take
from tests.matters.accusations import accusation

day = date.fromisoformat
WORDS = "按法定节日推算，待国务院通知公布后校准"


@pytest.fixture(autouse=True)
def december() -> Iterator[time_machine.Traveller]:
    """The eighth of December of a year whose next one is not announced: 60 日 from here end in 春节."""
    with time_machine.travel(clock.noon_of(day("2026-12-08")), tick=False) as traveller:
        yield traveller


def announced(by: User) -> Consequences:
    """The arrangement of 2027 is entered as it was previewed."""
    proposed = of_notice(2027, OF_2027, NOTICE)
    return confirm(proposed, consequences(proposed).fingerprint, by)


def term(matter: Matter, code: str = "T6") -> Deadline:
    return next(row for row in reversed(matter.deadlines) if row.code == code)


def days_of(row: Deadline) -> tuple[date, date, date, bool]:
    return row.nominal_on, row.due_on, row.target_on, row.provisional


def everything(session: Session) -> dict[str, Any]:
    """What a change of the calendar could have changed."""
    tables = (CalendarDay, CalendarYear, Deadline, Event, Notice)
    return {table.__tablename__: session.execute(select(table.__table__)).all() for table in tables}


def test_a_case_accepted_in_december_is_provisional_and_counted_again_when_the_year_is_announced(
    session: Session, world: World
) -> None:
    """R27: 60 日 end on 2027-02-06, which is 春节 by law; by the notice the holiday lasts until 02-13."""
    matter = matter_in(world, "accepted")
    sixty = term(matter)
    assert days_of(sixty) == (day("2027-02-06"), day("2027-02-09"), day("2027-02-06"), True)
    calendar = load_calendar()
    assert WORDS in readings([sixty], world.bureau.id, clock.today(), calendar)[0].explain
    assert WORDS in chip_of(sixty, clock.today(), calendar).full
    assert chip_of(sixty, clock.today(), calendar).provisional
    notice = next(paper for paper in matter.documents if paper.kind == "acceptance_notice")
    assert f"工作安排以2027年2月6日为准；日期暂定，{WORDS}。" in notice.text
    found = announced(world.administrator)
    assert days_of(sixty) == (day("2027-02-06"), day("2027-02-14"), day("2027-02-06"), False)
    assert [move.clock.id for move in found.seen] == [sixty.id]
    event = session.scalars(select(Event).where(Event.case_id == matter.id).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor_id, event.from_state, event.to_state) == (
        "recount", world.administrator.id, "accepted", "accepted",
    )  # fmt: skip
    assert event.data == {"recounted": "办结60日由2027年2月9日改为2027年2月14日", "recount_ground": NOTICE}
    assert WORDS not in readings([sixty], world.bureau.id, clock.today(), load_calendar())[0].explain
    assert not chip_of(sixty, clock.today(), load_calendar()).provisional
    assert "2027年2月9日" in notice.text, "a paper that was issued says what it said"


def test_a_day_that_stays_loses_the_remark_without_an_entry(session: Session, world: World) -> None:
    matter = matter_in(world, "served")
    window = term(matter, "T8")
    assert days_of(window) == (day("2027-01-07"), day("2027-01-07"), day("2027-01-07"), True)
    events = session.scalar(select(func.count()).select_from(Event))
    found = announced(world.administrator)
    assert (found.seen, found.settled) == ([], 1)
    session.expire(window)
    assert days_of(window) == (day("2027-01-07"), day("2027-01-07"), day("2027-01-07"), False)
    assert session.scalar(select(func.count()).select_from(Event)) == events


def test_the_preview_changes_nothing(session: Session, world: World) -> None:
    matter_in(world, "accepted")
    session.flush()
    before = everything(session)
    found = consequences(of_notice(2027, OF_2027, NOTICE))
    assert len(found.seen) == 1
    assert len(found.changes) == 22
    assert everything(session) == before


def test_what_was_acted_on_after_the_preview_refuses_the_confirmation(session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    proposed = of_notice(2027, OF_2027, NOTICE)
    shown = consequences(proposed)
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    session.flush()
    before = everything(session)
    with pytest.raises(Refused, match="有了变动"):
        confirm(proposed, shown.fingerprint, world.administrator)
    assert everything(session) == before


def test_a_new_clock_or_another_calendar_refuses_it_too(session: Session, world: World) -> None:
    proposed = of_notice(2027, OF_2027, NOTICE)
    shown = consequences(proposed)
    matter_in(world, "accepted")
    with pytest.raises(Refused, match="有了变动"):
        confirm(proposed, shown.fingerprint, world.administrator)
    shown = consequences(proposed)
    row = session.get_one(CalendarDay, day("2027-01-01"))
    row.name = "元旦、迎新"
    session.flush()
    with pytest.raises(Refused, match="有了变动"):
        confirm(proposed, shown.fingerprint, world.administrator)
    assert session.get_one(CalendarYear, 2027).published is False


def test_another_ground_than_the_previewed_one_is_refused(world: World) -> None:
    shown = consequences(of_notice(2027, OF_2027, NOTICE))
    with pytest.raises(Refused):
        confirm(of_notice(2027, OF_2027, "另一份通知"), shown.fingerprint, world.administrator)


def test_only_the_administrator_confirms(world: World) -> None:
    proposed = of_notice(2027, OF_2027, NOTICE)
    shown = consequences(proposed)
    for person in world.people.values():
        if person is not world.administrator:
            with pytest.raises(NotPermitted):
                confirm(proposed, shown.fingerprint, person)


def test_the_same_arrangement_again_has_nothing_to_change(world: World) -> None:
    announced(world.administrator)
    with pytest.raises(Refused, match="相同"):
        announced(world.administrator)


def test_whoever_answers_for_a_clock_that_moved_is_told_once(session: Session, world: World) -> None:
    accepted, waiting = matter_in(world, "accepted"), new_petition(world).matter
    clerk_s = matter_in(world, "served")
    assert term(waiting, "T1").due_on < day("2027-01-01")
    announced(world.administrator)
    told = session.execute(
        select(Notice.recipient_id, Notice.case_id, Notice.text).where(Notice.kind == "recount").order_by(Notice.id)
    ).all()
    assert [(row.recipient_id, row.case_id) for row in told] == [(world.handler.id, accepted.id)]
    assert told[0].text.startswith(f"{accepted.number}：期限因放假安排调整重新计算")
    assert not {waiting.id, clerk_s.id} & {row.case_id for row in told}


def test_the_change_stands_in_the_audit_with_its_numbers(session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    announced(world.administrator)
    session.commit()
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
    line, of_case = rows
    assert (line.act, line.actor_id, line.reason) == ("calendar:change", world.administrator.id, NOTICE)
    assert line.before == {"year": 2027, "published": False, "notice": ""}
    assert line.after == {"year": 2027, "published": True, "notice": NOTICE, "days": 22, "clocks": 1, "cases": 1}
    assert (of_case.act, of_case.case_id) == ("matter:recount", matter.id)


def test_accusations_are_counted_and_never_numbered(session: Session, world: World) -> None:
    """第30条: their clocks move like all others, and of them the administrator learns that there are so many."""
    secret, plain = accusation(world), new_petition(world).matter
    session.flush()
    proposed = of_day(2026, day("2026-12-23"), DayOff(DayKind.HOLIDAY, "本地安排"), "青禾县政府通知")
    found = consequences(proposed)
    assert {move.clock.case_id for move in found.seen} == {secret.id, plain.id}
    assert lines(found, world.administrator) == []
    assert [line.number for line in lines(found, world.officer)] == [plain.number]
    confirm(proposed, found.fingerprint, world.administrator)
    assert term(secret, "T1").due_on == term(plain, "T1").due_on == day("2026-12-24")
    assert [event.action for event in secret.events][-1] == "recount"
    told = session.execute(select(Notice.recipient_id, Notice.case_id).where(Notice.kind == "recount")).all()
    assert {row.recipient_id for row in told if row.case_id == secret.id} == {world.restricted.id}


def test_a_day_somebody_named_and_a_clock_that_has_ended_stay(session: Session, world: World) -> None:
    matter = matter_in(world, "triage")
    said = {"unit": world.bureau.id, "opinion": "请依法办理", "due_on": "2027-02-06"}
    take(world, matter, [("assign", said, "officer"), ("sign", {}, "receiver")])
    named, ended = term(matter, "T12"), term(matter, "T1")
    before = days_of(named), days_of(ended)
    announced(world.administrator)
    session.expire_all()
    assert (days_of(named), days_of(ended)) == before


def test_an_extension_is_counted_from_the_acceptance_again(session: Session, world: World) -> None:
    """第34条: 90 日 from 2026-11-10 end on 2027-02-08."""
    with time_machine.travel(clock.noon_of(day("2026-11-10")), tick=False):
        matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": 30, "reason": "案情复杂"}, world.handler)
    perform(matter, "extend", {"days": 30, "reason": "同意"}, world.head)
    assert days_of(term(matter))[:3] == (day("2027-02-08"), day("2027-02-09"), day("2027-02-08"))
    announced(world.administrator)
    assert days_of(term(matter)) == (day("2027-02-08"), day("2027-02-14"), day("2027-02-08"), False)


def test_a_clock_that_was_taken_back_keeps_its_least_rest(
    session: Session, world: World, december: time_machine.Traveller
) -> None:
    """第22条: 15 日 from 12-08 end on 12-23; taken back on 12-23 at least three are left, whatever the calendar says."""
    matter = matter_in(world, "dispatched")
    december.move_to(clock.noon_of(day("2026-12-23")))
    perform(matter, "recall", {"reason": "转送有误"}, world.officer)
    clock_of = term(matter, "T1")
    assert days_of(clock_of)[:3] == (day("2026-12-23"), day("2026-12-26"), day("2026-12-26"))
    local = [("2026-12-23", day("2026-12-26")), ("2026-12-24", day("2026-12-26"))]
    for first, expected in local:
        proposed = of_day(2026, day(first), DayOff(DayKind.HOLIDAY, "本地安排"), "青禾县政府通知")
        found = consequences(proposed)
        confirm(proposed, found.fingerprint, world.administrator)
        assert clock_of.due_on == expected
        assert not [event for event in matter.events if event.action == "recount"]


def test_duties_that_become_overdue_or_cease_to_be_are_counted_before(
    session: Session, world: World, december: time_machine.Traveller
) -> None:
    late, saved = new_petition(world).matter, register_typed(world, world.clerk, received_on="2026-12-07")
    first = of_day(2026, day("2026-12-22"), DayOff(DayKind.HOLIDAY, "本地安排"), "青禾县政府通知")
    december.move_to(clock.noon_of(day("2026-12-23")))
    found = consequences(first)
    assert (found.late, found.late_no_more) == (0, 1)
    assert [str(line.outcome) for line in lines(found, world.officer)] == ["不再超期"]
    confirm(first, found.fingerprint, world.administrator)
    assert term(saved, "T1").due_on == term(late, "T1").due_on == day("2026-12-23")
    december.move_to(clock.noon_of(day("2026-12-23")))
    back = of_day(2026, day("2026-12-22"), None, "青禾县政府通知")
    found = consequences(back)
    assert (found.late, found.late_no_more) == (1, 0)
    assert [str(line.outcome) for line in lines(found, world.officer)] == ["变为超期"]


def test_a_clock_that_had_ended_is_explained_by_the_calendar_of_its_time(session: Session, world: World) -> None:
    matter = new_petition(world).matter
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    proposed = of_day(2026, day("2026-12-23"), DayOff(DayKind.HOLIDAY, "本地安排"), "青禾县政府通知")
    confirm(proposed, consequences(proposed).fingerprint, world.administrator)
    told = readings([term(matter, "T1")], world.office.id, clock.today(), load_calendar(fresh=True))[0].explain
    assert told.endswith("放假安排后来有变动，此期限按当时的安排至2026年12月23日。")


def test_the_inspection_finds_clocks_that_an_upgrade_left_behind(
    session: Session, world: World, settings: Settings
) -> None:
    matter_in(world, "accepted")
    proposed = of_notice(2027, OF_2027, NOTICE)
    write_year(2027, proposed.days, notice=NOTICE, published=True)
    words = "有1个期限和日历不符，没有重新计算"
    assert words in [str(finding.words) for finding in selfcheck._calendar(settings)]
    confirm(proposed, consequences(proposed).fingerprint, world.administrator)
    assert [str(finding.words) for finding in selfcheck._calendar(settings)] == ["2026年的放假安排已录入"]


@pytest.mark.parametrize(
    "said", [{}, {"recounted": "办结60日由2027年2月9日改为2027年3月9日"}], ids=["nothing", "another"]
)
def test_the_door_takes_no_other_days_than_the_calendar_gives(
    session: Session, world: World, said: Mapping[str, str]
) -> None:
    matter = matter_in(world, "accepted")
    given = {"recounted": "办结60日由2027年2月9日改为2027年2月14日", "recount_ground": NOTICE, **said}
    if said:
        year = of_notice(2027, OF_2027, NOTICE)
        write_year(2027, year.days, notice=NOTICE, published=True)
    with pytest.raises(Refused):
        perform(matter, "recount", given, world.administrator)
    assert term(matter).due_on == day("2027-02-09")
