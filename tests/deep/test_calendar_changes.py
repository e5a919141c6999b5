"""R28: fifty days of the calendar change under five thousand open cases, in one transaction; counted by another hand."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from petitions import clock, migrating
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.cases import recount
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import Unit
from petitions.cases.models import Deadline, Event
from petitions.cases.perform import perform
from petitions.daysoff.confirming import confirm
from petitions.daysoff.proposal import consequences, of_notice
from petitions.db import Database
from petitions.demo.people import seeded
from petitions.notices.models import Notice
from tests.cases.many import copy_cases
from tests.daysoff.notices import NOTICE, OF_2027
from tests.deep.counting import Days, Term
from tests.factories import World, build_world, matter_in

pytestmark = pytest.mark.deep

CASES, DAYS, DAY = 5_000, 50, timedelta(days=1)
LAW = {"T1": (15, Unit.DAYS), "T3": (15, Unit.DAYS), "T4": (15, Unit.DAYS), "T5": (5, Unit.WORKDAYS),
       "T6": (60, Unit.DAYS), "T8": (30, Unit.DAYS)}  # fmt: skip
"""第22条、第23条、第34条、第35条, said once more."""
RIGHTS = {"T5", "T8"}
"""Whoever lets them lapse is not overdue."""
LEAST = 3
"""Days that are left of T1 when a handing-over is taken back."""

OTHERWISE = """\
2027-01-01,休,元旦
2027-01-11..2027-01-22,休,元旦
2027-02-01..2027-02-04,休,春节
2027-02-05..2027-02-08,休,春节
2027-02-15..2027-02-19,休,春节
2027-02-20,班,春节
2027-02-21,班,春节
2027-03-06,班,清明节
2027-03-08..2027-03-12,休,清明节
2027-04-05,休,清明节
2027-05-01..2027-05-02,休,劳动节
2027-06-09,休,端午节
2027-09-15,休,中秋节
2027-10-01..2027-10-03,休,国庆节
"""
"""Not what anybody would announce: as many days as possible become something else where the clocks end."""


def _second_count() -> Days:
    calendar = load_calendar(fresh=True)
    return Days(calendar.holidays, calendar.workdays, calendar.published)


def _spread(session: Session, draw: Random) -> None:
    """Every clock with a start of its own, and the days the other count gives it."""
    days, changed = _second_count(), []
    for one in session.execute(select(Deadline.id, *_COLUMNS).where(Deadline.ended_on.is_(None))).mappings():
        start = date(2026, 12, 8) - draw.randrange(80 if one["code"] == "T6" else 20) * DAY
        if one["length"] is not None:
            changed.append({"id": one["id"], "start_on": start, **_expected({**one, "start_on": start}, days, session)})
    session.execute(update(Deadline), changed)


_COLUMNS = (
    Deadline.code, Deadline.start_on, Deadline.length, Deadline.extension, Deadline.started_by_id, Deadline.nominal_on,
    Deadline.due_on, Deadline.target_on, Deadline.provisional,
)  # fmt: skip


def _expected(one: Mapping[str, Any], days: Days, session: Session) -> dict[str, Any]:
    length, unit = LAW[one["code"]]
    counted = days.count(Term(one["start_on"], length, unit, True, one["extension"]))
    begun = session.get_one(Event, one["started_by_id"])
    least = clock.day_of(begun.at) + LEAST * DAY if begun.action == "recall" and one["code"] == "T1" else date.min
    return {
        "nominal_on": counted.nominal, "due_on": max(counted.rolled, least), "target_on": max(counted.target, least),
        "provisional": counted.provisional,
    }  # fmt: skip


def _filled(database: Database, cases: int) -> tuple[int, set[int]]:
    """Open cases of six kinds with a clock that was extended, one taken back, one that is named, and ended ones."""
    migrating.fill(database)
    with database.work() as session, time_machine.travel(clock.noon_of(date(2026, 12, 8)), tick=False):
        world = build_world(session)
        proposed = of_notice(2027, OF_2027, NOTICE)
        confirm(proposed, consequences(proposed).fingerprint, world.administrator)
        kinds = [matter_in(world, state) for state in ("triage", "signed", "accepted", "served")]
        kinds += [_extended(world), _taken_back(world), _assigned(world)]
        for matter in kinds:
            copy_cases(session, matter, cases // len(kinds))
        session.expire_all()
        _spread(session, seeded(28))
        kept = session.scalars(select(Deadline.id).where(Deadline.ended_on.is_not(None) | Deadline.length.is_(None)))
        return world.administrator.id, set(kept)


def _extended(world: World) -> Any:
    matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": 30, "reason": "案情复杂，需要鉴定"}, world.handler)
    perform(matter, "extend", {"days": 30, "reason": "同意延期办理"}, world.head)
    return matter


def _taken_back(world: World) -> Any:
    matter = matter_in(world, "dispatched")
    perform(matter, "recall", {"reason": "转送有误，收回重新分办"}, world.officer)
    return matter


def _assigned(world: World) -> Any:
    matter = matter_in(world, "triage")
    said = {"unit": world.bureau.id, "opinion": "请依法办理", "due_on": "2027-01-20"}
    perform(matter, "assign", said, world.officer)
    perform(matter, "sign", {}, world.receiver)
    return matter


def _rows(session: Session) -> dict[int, Any]:
    return {
        row["id"]: row
        for row in session.execute(select(Deadline.id, Deadline.case_id, *_COLUMNS).order_by(Deadline.id)).mappings()
    }


def _changed(database: Database, administrator: int, kept: set[int]) -> list[str]:
    """Change the calendar and say what is wrong afterwards; figures are printed."""
    today = date(2027, 1, 18)
    with time_machine.travel(clock.noon_of(today)):
        with database.work(write=False) as session:
            began = time.monotonic()
            found = consequences(of_notice(2027, OTHERWISE, NOTICE))
            seen = time.monotonic() - began
            before, events = _rows(session), session.scalar(select(func.count()).select_from(Event))
        commits: list[Any] = []
        note = commits.append
        event.listen(database.engine, "commit", note)
        began = time.monotonic()
        with database.work() as session:
            done = confirm(of_notice(2027, OTHERWISE, NOTICE), found.fingerprint, session.get_one(User, administrator))
        took = time.monotonic() - began
        event.remove(database.engine, "commit", note)
    with database.work(write=False) as session:
        after, days = _rows(session), _second_count()
        wrong = [f"clock {key} was touched" for key in kept if after[key] != before[key]]
        for key in after.keys() - kept:
            expected = _expected(before[key], days, session)
            differ = {name: after[key][name] for name in expected if after[key][name] != expected[name]}
            if differ:
                wrong.append(f"clock {key} ({after[key]['code']}): {differ}, not {expected}")
        moved = {row["case_id"] for key, row in before.items() if after[key]["due_on"] != row["due_on"]}
        told = session.execute(select(Event.case_id).where(Event.action == "recount")).scalars().all()
        wrong += [] if sorted(told) == sorted(moved) else [f"{len(told)} events for {len(moved)} cases"]
        wrong += [] if len(done.changes) >= DAYS else [f"only {len(done.changes)} days"]
        duties = [key for key, row in before.items() if row["code"] not in RIGHTS]
        late = sum(after[key]["due_on"] < today <= before[key]["due_on"] for key in duties)
        no_more = sum(before[key]["due_on"] < today <= after[key]["due_on"] for key in duties)
        said = done.late, done.late_no_more
        wrong += [] if said == (late, no_more) else [f"{said} late and late no more, not {late, no_more}"]
        assert len(commits) == 1, "one transaction"
        line = session.scalars(
            select(AuditEntry).where(AuditEntry.act == "calendar:change").order_by(AuditEntry.id.desc())
        ).first()
        assert line is not None
        assert line.after["cases"] == len(moved) == done.cases
        notices = session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "recount"))
        print(
            f"\n{database.engine.dialect.name}: {len(after) - len(kept)} open clocks, {len(done.changes)} days changed,"
            f" {len(done.seen)} clocks of {done.cases} cases moved, {done.late} late, {done.late_no_more} late no more,"
            f" {notices} messages; preview {seen:.1f} s, confirmation {took:.1f} s; {len(wrong)} differences"
        )  # fmt: skip
        assert events is not None
    return wrong


def test_fifty_days_change_under_five_thousand_open_cases(own_database: Database) -> None:
    administrator, kept = _filled(own_database, CASES)
    assert _changed(own_database, administrator, kept) == []


_count, _open = recount.recounted, recount.open_clocks


def the_extension_is_forgotten(running: recount.Clock, calendar: Any) -> recount.Move | None:
    """第34条: the days that were granted are lost."""
    move = _count(replace(running, extension=0), calendar)
    return replace(move, clock=running) if move else None


def the_least_rest_is_forgotten(*given: Any) -> date:
    """A clock that was taken back ends before anybody can act."""
    return date.min


def the_last_chunk_is_forgotten(*which: Any) -> Any:
    """Only what one query brings is counted again."""
    for number, one in enumerate(_open(*which)):
        if number >= 500:
            return
        yield one


FAULTS = {
    "recounted": the_extension_is_forgotten,
    "_least": the_least_rest_is_forgotten,
    "open_clocks": the_last_chunk_is_forgotten,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_recount_is_noticed(own_database: Database, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    administrator, kept = _filled(own_database, 700)
    monkeypatch.setattr(recount, name, FAULTS[name])
    found = _changed(own_database, administrator, kept)
    print(f"{FAULTS[name].__name__}: {len(found)} noticed")
    assert found
