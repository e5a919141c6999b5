"""A clock that stands still: nobody is late, nobody is reminded, and it runs on by as many days (第36条第二款)."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from petitions import clock, db
from petitions.cases import duties, readings, recount, timing
from petitions.cases.calendar import load_calendar
from petitions.cases.chip import Kind
from petitions.cases.kinds import Act
from petitions.cases.models import Deadline, Event
from petitions.deadlines import ladder
from petitions.flow import Action, Flow, State
from petitions.matters.kind import MATTER
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from tests.factories import World, matter_in

_OPEN = Action("open_hearing", "听证开始", "accepted", None, "case:handle", pauses="T6")
_CLOSE = Action("close_hearing", "听证结束", "accepted", None, "case:handle", continues="T6")
_STOP = Action("answer", "答复", "accepted", None, "case:handle", stops="T6")
_EXTEND = Action("extend", "延期", "accepted", None, "case:handle", extends="T6")


def _do(world: World, matter: Matter, action: Action, on: date, **data: object) -> Deadline:
    at = datetime(on.year, on.month, on.day, 10, tzinfo=clock.ZONE)
    event = Event(
        case=matter, action=action.name, from_state=matter.state, to_state=matter.state, actor=world.handler,
        unit_id=matter.unit_id, at=at, recorded_at=at, data=data,
    )  # fmt: skip
    db.session().add(event)
    db.session().flush()
    timing.follow(MATTER, Act(matter, action, data, world.handler, at, on, event=event), matter.unit_id)
    db.session().flush()
    return _term(matter)


def _term(matter: Matter) -> Deadline:
    return next(row for row in matter.deadlines if row.code == "T6")


def _accepted(world: World) -> tuple[Matter, date]:
    matter = matter_in(world, "accepted")
    return matter, _term(matter).start_on


def test_the_days_of_a_hearing_are_not_counted(world: World) -> None:
    matter, start = _accepted(world)
    _do(world, matter, _OPEN, start + timedelta(days=8))
    term = _do(world, matter, _CLOSE, start + timedelta(days=15))
    assert term.nominal_on == start + timedelta(days=60 + 8)
    assert term.rests_since is None
    words = str(readings.explanation(term, load_calendar()))
    assert "不计入期限（共8日）" in words
    assert "停止计算" not in words


def test_one_day_of_hearing_is_one_day(world: World) -> None:
    matter, start = _accepted(world)
    day = start + timedelta(days=8)
    _do(world, matter, _OPEN, day)
    assert _do(world, matter, _CLOSE, day).nominal_on == start + timedelta(days=61)


def test_two_hearings_that_touch_are_counted_once(world: World) -> None:
    matter, start = _accepted(world)
    for first, last in ((8, 10), (10, 12)):
        _do(world, matter, _OPEN, start + timedelta(days=first))
        term = _do(world, matter, _CLOSE, start + timedelta(days=last))
    assert term.nominal_on == start + timedelta(days=65)


def test_who_rests_is_neither_late_nor_reminded(world: World) -> None:
    matter, start = _accepted(world)
    term = _do(world, matter, _OPEN, start + timedelta(days=8))
    with time_machine.travel(datetime(start.year, start.month, start.day, 10, tzinfo=clock.ZONE) + timedelta(days=80)):
        shown = duties.shown([matter.id], duties.Lens(matter.unit_id))[matter.id]
        assert duties.chip_of(shown).kind is Kind.PAUSED
        assert readings.chip_of(term, clock.today(), load_calendar()).kind is Kind.PAUSED
        assert not [one for one in ladder.Sweep(clock.today()).due() if term.id in one.ids]
        told = readings.as_json(term, clock.today(), load_calendar())
        assert (told["due"], told["overdue"], told["rests_since"]) == (None, False, term.rests_since.isoformat())  # type: ignore[union-attr]
        assert "停止计算，恢复后顺延" in told["explanation"]


def test_what_was_said_of_a_clock_is_put_away_when_it_rests(world: World) -> None:
    matter, start = _accepted(world)
    term = _term(matter)
    notice = Notice(
        recipient_id=world.handler.id, kind="reminder", key=f"deadline:{term.id}:before-7:{term.due_on}:x", text="t",
        created_at=clock.now(), case_id=matter.id, deadline_id=term.id,
    )  # fmt: skip
    db.session().add(notice)
    db.session().flush()
    _do(world, matter, _OPEN, start + timedelta(days=8))
    db.session().expire_all()
    assert db.session().get_one(Notice, notice.id).read_at is not None


@pytest.mark.parametrize("first", [_EXTEND, _OPEN])
def test_an_extension_and_a_pause_come_to_the_same_in_either_order(world: World, first: Action) -> None:
    matter, start = _accepted(world)
    if first is _EXTEND:
        _do(world, matter, _EXTEND, start + timedelta(days=3), days=30)
    _do(world, matter, _OPEN, start + timedelta(days=8))
    if first is _OPEN:
        resting = _do(world, matter, _EXTEND, start + timedelta(days=9), days=30)
        assert resting.rests_since is not None
    assert _do(world, matter, _CLOSE, start + timedelta(days=15)).nominal_on == start + timedelta(days=98)


def test_what_ends_during_a_pause_has_a_last_day_again_and_was_in_time(world: World) -> None:
    matter, start = _accepted(world)
    _do(world, matter, _OPEN, start + timedelta(days=60))
    term = _do(world, matter, _STOP, start + timedelta(days=69))
    assert term.ended_on == start + timedelta(days=69)
    assert term.nominal_on == start + timedelta(days=70)
    assert readings.chip_of(term, term.ended_on, load_calendar()).late is False


def test_a_term_that_is_over_is_not_revived(world: World) -> None:
    matter, start = _accepted(world)
    term = _do(world, matter, _OPEN, start + timedelta(days=61))
    assert term.rests_since is None
    assert term.nominal_on == start + timedelta(days=60)
    assert _do(world, matter, _CLOSE, start + timedelta(days=65)).nominal_on == start + timedelta(days=60)


def test_a_calendar_that_changes_leaves_a_resting_clock_alone_and_counts_the_pause(world: World) -> None:
    matter, start = _accepted(world)
    _do(world, matter, _OPEN, start + timedelta(days=8))
    assert not list(recount.open_clocks(matter.id))
    _do(world, matter, _CLOSE, start + timedelta(days=15))
    (running,) = recount.open_clocks(matter.id)
    assert running.pauses == ((start + timedelta(days=8), start + timedelta(days=15)),)
    assert recount.recounted(running, load_calendar()) is None


@pytest.mark.parametrize(
    ("actions", "flaw"),
    [
        ((_OPEN,), "clock T6 is paused but never continued"),
        ((_CLOSE,), "clock T6 is continued but never paused"),
        ((_OPEN, _CLOSE), "clock T6 is paused but never started"),
    ],
)
def test_a_table_that_lets_a_clock_rest_for_ever_is_unsound(actions: tuple[Action, ...], flaw: str) -> None:
    assert flaw in Flow("one", (State("accepted", "已受理", "已受理"),), actions).flaws()
