"""Clocks as rows: what an act starts, stops, resumes and extends, by the tables and the pure arithmetic."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select, update

from petitions import clock, db
from petitions.access import past
from petitions.cases import clocks, local_limits, recount, rest
from petitions.cases.calendar import load_calendar
from petitions.cases.kinds import Act, CaseKind
from petitions.cases.limit import Duty, Limit
from petitions.cases.limits import LIMITS
from petitions.cases.models import Deadline
from petitions.cases.recount import Move
from petitions.notices import outbox


def follow(kind: CaseKind, act: Act, holder_id: int) -> None:
    """Move the clocks of the case as the row says; the effect has run, `holder_id` held the case before it."""
    row = act.action
    running = [] if row.opens else [deadline for deadline in act.case.deadlines if deadline.ended_on is None]
    changed = list[Deadline]()
    for deadline in running:
        own = deadline.unit_id == holder_id and deadline.code in row.stops_own
        if own or deadline.code in row.stops:
            _stop(deadline, act)
            changed.append(deadline)
    changed += _rest(act, running)
    for code in row.resumes:
        _resume(code, act)
    for code in row.starts:
        condition = LIMITS[code].applies
        if not condition or kind.applies[condition](act.case):
            _start(code, act)
    if row.extends:
        for deadline in running:
            if deadline.code in row.extends:
                deadline.extension += int(act.data["days"])
                deadline.extended_by = act.event
                _reckon(deadline, local_limits.of(deadline))
                changed.append(deadline)
    if row.recounts:
        changed += _recount(act.extra["moves"], running)
    _forget_reminders(changed)


def _rest(act: Act, running: Sequence[Deadline]) -> list[Deadline]:
    """Clocks that stand still or run on with this act; those whose last day is another one now."""
    changed = list[Deadline]()
    for deadline in running:
        if deadline.ended_on is not None:
            continue
        if deadline.code in act.action.pauses and rest.begin(deadline, act.on):
            changed.append(deadline)
        if deadline.code in act.action.continues and rest.end(deadline, act.on):
            _reckon(deadline, local_limits.of(deadline))
            changed.append(deadline)
    return changed


def _recount(moves: Sequence[Move], running: Sequence[Deadline]) -> list[Deadline]:
    """The days that the row's guard has found (`act.extra["moves"]`): it has held them against what the history says.

    Returns the clocks whose days are others now.
    """
    by_clock, changed = {move.clock.id: move for move in moves}, list[Deadline]()
    for deadline in running:
        if (move := by_clock.get(deadline.id)) is not None:
            if (deadline.due_on, deadline.target_on) != (move.due_on, move.target_on):
                changed.append(deadline)
            deadline.nominal_on, deadline.due_on, deadline.target_on = move.nominal_on, move.due_on, move.target_on
            deadline.provisional = move.provisional
    return changed


def settle(moves: Sequence[Move]) -> None:
    """Take the remark that a date is provisional from clocks whose day stays, or put it there: that alone is no act."""
    for provisional in (False, True):
        ids = [move.clock.id for move in moves if move.provisional is provisional and not move.is_seen]
        for start in range(0, len(ids), recount.CHUNK):
            db.session().execute(
                update(Deadline)
                .where(Deadline.id.in_(ids[start : start + recount.CHUNK]))
                .values(provisional=provisional)
            )


def _forget_reminders(changed: list[Deadline]) -> None:
    """What was said of a clock that has ended, or has another day now, is old news with this very transaction."""
    ids = [deadline.id for deadline in changed if deadline.id is not None]
    if ids:
        # What the act has written so far reaches the database with the rest of it, not half done.
        with db.session().no_autoflush:
            outbox.put_away(ids, clock.now())


def _stop(deadline: Deadline, act: Act) -> None:
    # What ends during a pause was never late for it, and has a last day again.
    if rest.end(deadline, act.on):
        _reckon(deadline, local_limits.of(deadline))
    deadline.ended_by = act.event
    deadline.ended_on = max(act.on, deadline.start_on)


def _answers(limit: Limit, act: Act) -> int | None:
    """The unit that answers for a clock: the holder, the registering office, or nobody (the petitioner's right)."""
    if limit.duty is Duty.OFFICE:
        return act.case.office_id
    return act.case.unit_id if limit.duty is Duty.HOLDER else None


def _start(code: str, act: Act) -> Deadline:
    """A new clock counted from the act's day; one whose term the sender sets ends on the field `due_on`.

    It is counted by the region's own number where there is one on that day. An effect may put a later day into
    `act.extra["start_on"]` (a public notice counts as received after a while), or into `act.extra["starts_on"]` by code
    where the clocks of one act begin on different days.
    """
    assert act.event is not None
    start_on = act.extra.get("starts_on", {}).get(code, act.extra.get("start_on", act.on))
    unit_id = _answers(LIMITS[code], act)
    limit, rule = local_limits.in_force(code, unit_id or act.case.unit_id or act.case.office_id, start_on)
    deadline = Deadline(
        code=code, rule=rule, unit_id=unit_id, window=limit.window, start_on=start_on, length=limit.length,
        extension=0, pauses=[], started_by=act.event,
    )  # fmt: skip
    if limit.length is None:
        named = act.extra.get("due_on") or date.fromisoformat(act.data["due_on"])
        deadline.nominal_on = deadline.due_on = deadline.target_on = named
    else:
        _reckon(deadline, limit)
    act.case.deadlines.append(deadline)
    return deadline


def _resume(code: str, act: Act) -> None:
    """A new row for a clock whose end is taken back: the old last day, but at least the limit's `floor` of 日 from now."""
    assert act.event is not None
    last = db.session().scalar(
        select(Deadline)
        .where(Deadline.case_id == act.case.id, Deadline.code == code)
        .order_by(Deadline.id.desc())
        .limit(1)
    )
    if last is None or last.ended_by is None or last.ended_by.action not in act.action.undoes:
        # Nothing to take back: it never ran, or something else had ended it (a waived notice stays waived).
        return
    # Without a floor the old day stands, passed or not: taking back a handing-over gives nobody more time.
    floor = LIMITS[code].floor
    least = date.min if floor is None else act.on + timedelta(days=floor)
    act.case.deadlines.append(
        Deadline(
            code=code, rule=last.rule, unit_id=_heir(last.unit_id, act), window=last.window,
            start_on=last.start_on, length=last.length, extension=last.extension, extended_by=last.extended_by,
            pauses=last.pauses, nominal_on=last.nominal_on, due_on=max(last.due_on, least), target_on=max(last.target_on, least),
            provisional=last.provisional, started_by=act.event,
        )
    )  # fmt: skip


def _heir(unit_id: int | None, act: Act) -> int | None:
    """The unit a clock ran for, or whoever of its successors has the case now."""
    if unit_id is None or unit_id in act.case.unit_ids:
        return unit_id
    return next((one for one in past.heirs(unit_id) if one in act.case.unit_ids), unit_id)


def _reckon(deadline: Deadline, limit: Limit) -> None:
    """Count the last day from the row; of a clock that stands still there is none yet."""
    assert deadline.length is not None
    if deadline.rests_since is not None:
        return
    span = clocks.due(
        deadline.start_on, deadline.length, limit.unit, load_calendar(), roll=limit.roll, extension=deadline.extension,
        pauses=rest.intervals(deadline.pauses),
    )  # fmt: skip
    deadline.nominal_on, deadline.due_on, deadline.target_on = span.nominal, span.rolled, span.target
    deadline.provisional = span.provisional
