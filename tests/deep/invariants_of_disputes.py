"""What must hold of every mediation after every step, read back with plain SQL."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from petitions.mediation.workflow import FLOW
from tests.deep.invariants import OF_EVERY_CASE, Reading, Rule, told

AGREED = ("agreed", "performed", "unperformed")
ENDED = ("mediation_refused", "mediation_failed", "mediation_archived", "mediation_anonymised")


class Disputes(Reading):
    """The rows of some mediations, by mediation."""

    flow = FLOW

    def __init__(self, session: Session, ids: Sequence[int]) -> None:
        session.flush()
        self._read, self._ids = session.connection().exec_driver_sql, list(ids)
        self.cases = self._rows(
            "(SELECT c.*, m.result, m.begun_on, m.effective_on FROM cases c JOIN mediations m ON m.id = c.id) c", "id"
        )
        self.events = self._rows("events", "case_id")
        self.clocks = self._rows("deadlines", "case_id")
        self.parts = self._rows("case_units", "case_id", "AND left_on IS NULL")
        self.parties = self._rows("parties", "mediation_id")
        self.seats = self._rows("mediation_seats", "mediation_id")
        self.sessions = self._rows("mediation_sessions", "mediation_id")
        self.agreements = self._rows("agreements", "mediation_id")
        self.confirmations = self._rows("confirmations", "mediation_id")
        self.plan = self._rows(
            "(SELECT p.*, a.mediation_id, a.effective_on FROM performances p JOIN agreements a ON a.id = p.agreement_id) p",
            "mediation_id",
        )
        self.units = dict(self._read("SELECT id, unit_id FROM users").all())  # type: ignore[arg-type]

    def principals(self, each: int) -> list[Row[Any]]:
        """The parties themselves who are in it."""
        return [row for row in self.parties[each] if row.part == "party" and row.left_on is None]


def broken(session: Session, ids: Sequence[int]) -> list[str]:
    """Every rule that one of these mediations breaks, in words."""
    return told(Disputes(session, ids), ids, RULES)


def _day(value: Any) -> date:
    return date.fromisoformat(str(value))


def _nobody_is_mediated_with_who_has_not_agreed(read: Disputes, each: int) -> Iterator[object]:
    """第17条."""
    state = read.cases[each][0].state
    if state in ("agreement_drafted", *AGREED):
        yield from (f"party {row.id} in {state}" for row in read.principals(each) if row.consent != "given")
    agreed = {row.id: row.consent_on for row in read.parties[each] if row.consent == "given"}
    for row in read.sessions[each]:
        there = {str(one) for one in _listed(row.present)}
        yield from (
            f"party {one.id} in session {row.id}" for one in read.principals(each) if str(one.id) in there and one.id not in agreed
            and one.consent != "refused"
        )  # fmt: skip


def _listed(value: Any) -> list[Any]:
    """One database gives the text of it, the other the list."""
    return list(json.loads(value)) if isinstance(value, str) else list(value)


def _a_refusal_ends_it(read: Disputes, each: int) -> Iterator[object]:
    state = read.cases[each][0].state
    if any(row.consent == "refused" for row in read.parties[each]) and state not in ENDED:
        yield state


def _a_side_is_never_empty(read: Disputes, each: int) -> Iterator[object]:
    state = read.cases[each][0].state
    if state not in ("mediation_requested", *ENDED) and {row.side for row in read.principals(each)} != {
        "applicant",
        "respondent",
    }:
        yield state


def _sessions_lie_after_the_beginning(read: Disputes, each: int) -> Iterator[object]:
    case, acts = read.cases[each][0], [row.id for row in read.events[each] if row.action == "hold_session"]
    if sorted(row.event_id for row in read.sessions[each]) != sorted(acts):
        yield f"{len(read.sessions[each])} sessions of {len(acts)} acts"
    yield from (
        f"{row.held_on} before {case.begun_on}"
        for row in read.sessions[each]
        if _day(row.held_on) < _day(case.begun_on)
    )


def _an_agreement_follows_a_session(read: Disputes, each: int) -> Iterator[object]:
    for row in read.agreements[each]:
        if row.effective_on is None:
            continue
        before = [one for one in read.sessions[each] if one.event_id < row.event_id]
        if not before or max(_day(one.held_on) for one in before) > _day(row.effective_on):
            yield f"agreement {row.id} of {row.effective_on}"


def _the_result_goes_with_the_state(read: Disputes, each: int) -> Iterator[object]:
    case = read.cases[each][0]
    right = dict.fromkeys(AGREED, "agreed") | {"mediation_failed": "failed", "mediation_refused": "refused"}
    if case.sealed:
        return
    if case.state in right and case.result != right[case.state]:
        yield f"{case.result} in {case.state}"
    if (case.state in AGREED) and case.effective_on is None:
        yield f"no day of effect in {case.state}"


def _nothing_is_paid_twice_or_early(read: Disputes, each: int) -> Iterator[object]:
    for row in read.plan[each]:
        if row.amount is not None and row.paid > row.amount:
            yield f"{row.paid} of {row.amount}"
        if row.amount is not None and (row.done_on is not None) != (row.paid == row.amount):
            yield f"row {row.id}: {row.paid} of {row.amount}, done on {row.done_on}"
        if row.effective_on is not None and _day(row.due_on) < _day(row.effective_on):
            yield f"row {row.id} is due on {row.due_on}, before {row.effective_on}"
        if row.done_on is not None and _day(row.done_on) < _day(row.effective_on):
            yield f"row {row.id} was done on {row.done_on}"


def _the_clock_of_performance_runs_to_the_earliest_row(read: Disputes, each: int) -> Iterator[object]:
    case, newest = read.cases[each][0], read.agreements[each][-1].id if read.agreements[each] else 0
    owed = sorted(_day(row.due_on) for row in read.plan[each] if row.agreement_id == newest and row.done_on is None)
    running = [_day(row.due_on) for row in read.clocks[each] if row.code == "MP" and row.ended_on is None]
    if running != (owed[:1] if case.state == "agreed" else []):
        yield f"{running} in {case.state}, owed {owed}"


def _the_window_for_the_court_is_of_the_agreement(read: Disputes, each: int) -> Iterator[object]:
    case = read.cases[each][0]
    for row in read.clocks[each]:
        if (
            row.code == "M9"
            and row.ended_on is None
            and (_day(row.start_on) != _day(case.effective_on) or row.length != 30)
        ):
            yield f"from {row.start_on}, in effect on {case.effective_on}"
    took_effect = {row.id: row.effective_on for row in read.agreements[each]}
    ends = {str(row.start_on): _day(row.due_on) for row in read.clocks[each] if row.code == "M9"}
    for row in read.confirmations[each]:
        start = took_effect[row.agreement_id]
        if not _day(start) <= _day(row.asked_on) <= ends[str(start)]:
            yield f"asked on {row.asked_on}, in effect on {start}"
        if row.accepted_on is not None and _day(row.accepted_on) < _day(row.asked_on):
            yield f"accepted on {row.accepted_on}, asked on {row.asked_on}"


def _whoever_is_recused_is_gone(read: Disputes, each: int) -> Iterator[object]:
    gone = {row.user_id for row in read.seats[each] if row.recused}
    yield from (f"{row.user_id} sits again" for row in read.seats[each] if row.user_id in gone and row.left_on is None)
    left: set[int] = set()
    for event in read.events[each]:
        if event.actor_id in left and event.action not in ("take_over", "recount", "recall_sealed", "seal", "dispose"):
            yield f"{event.action} by {event.actor_id}"
        if event.action == "recuse":
            data = event.data if isinstance(event.data, dict) else _loaded(event.data)
            left.add(int(data.get("recused_mediator") or 0))
    if sum(bool(row.presides) for row in read.seats[each] if row.left_on is None) > 1:
        yield "two preside"


def _loaded(value: str) -> dict[str, Any]:
    return dict(json.loads(value))


def _behind_the_wall_nobody_is_named(read: Disputes, each: int) -> Iterator[object]:
    case = read.cases[each][0]
    if case.sealed:
        yield from (f"party {row.id}" for row in read.parties[each] if row.name or row.initials)
        if {row.unit_id for row in read.parts[each]} != {case.office_id}:
            yield f"units {[row.unit_id for row in read.parts[each]]}"


RULES: tuple[Rule, ...] = (
    *OF_EVERY_CASE,
    _nobody_is_mediated_with_who_has_not_agreed,  # type: ignore[list-item]
    _a_refusal_ends_it,
    _a_side_is_never_empty,
    _sessions_lie_after_the_beginning,
    _an_agreement_follows_a_session,
    _the_result_goes_with_the_state,
    _nothing_is_paid_twice_or_early,
    _the_clock_of_performance_runs_to_the_earliest_row,
    _the_window_for_the_court_is_of_the_agreement,
    _whoever_is_recused_is_gone,
    _behind_the_wall_nobody_is_named,
)
