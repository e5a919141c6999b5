"""What must hold of every matter after every step, read back with plain SQL."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from petitions.flow import Flow
from petitions.matters.workflow import FLOW

LONGEST = timedelta(days=90)
"""第34条: 60 日 and at most 30 more from acceptance."""
TELLING = ("田小禾", "19900001234", "柳林村三组")
"""What the clerks of a walk type of a petitioner (factories.typed)."""


class Reading:
    """The rows of some matters, by matter."""

    flow: Flow = FLOW

    def __init__(self, session: Session, ids: Sequence[int]) -> None:
        session.flush()
        self._read, self._ids = session.connection().exec_driver_sql, list(ids)
        self.cases = self._rows("cases JOIN matters USING (id)", "id")
        self.events = self._rows("events", "case_id")
        self.clocks = self._rows("deadlines", "case_id")
        self.parts = self._rows("case_units", "case_id", "AND left_on IS NULL")
        self.dispatches = self._rows("dispatches", "matter_id", "AND ended_at IS NULL")
        self.recusals = self._rows("recusals", "matter_id")
        self.people = self._rows("petitioners LEFT JOIN identities ON petitioner_id = id", "matter_id")
        self.written = {
            "events": self.events,
            "documents": self._rows("documents", "case_id"),
            "notices": self._rows("notices", "case_id"),
            "services": self._rows(
                "(SELECT s.*, d.case_id FROM services s JOIN documents d ON d.id = s.document_id) s", "case_id"
            ),
            "visits": self._rows("return_visits", "matter_id"),
        }
        self.units = dict(self._read("SELECT id, unit_id FROM users").all())  # type: ignore[arg-type]

    def _rows(self, table: str, key: str, further: str = "") -> dict[int, list[Row[Any]]]:
        found: dict[int, list[Row[Any]]] = {each: [] for each in self._ids}
        ids = ",".join(map(str, self._ids))
        query = f"SELECT * FROM {table} WHERE {key} IN ({ids}) {further} ORDER BY id"
        for row in self._read(query):
            found[getattr(row, key)].append(row)
        return found


def broken(session: Session, ids: Sequence[int]) -> list[str]:
    """Every rule that one of these matters breaks, in words."""
    return told(Reading(session, ids), ids, RULES)


def told(read: Reading, ids: Sequence[int], rules: "Sequence[Rule]") -> list[str]:
    """What of these rules does not hold."""
    return [
        f"{rule.__name__.strip('_')}: {what} ({read.flow.name} {each})"
        for each in ids
        for rule in rules
        for what in rule(read, each)
    ]


Rule = Callable[[Reading, int], Iterator[object]]


def _state_is_in_the_table(read: Reading, each: int) -> Iterator[object]:
    if read.cases[each][0].state not in read.flow.state:
        yield read.cases[each][0].state


def _history_has_no_gap(read: Reading, each: int) -> Iterator[object]:
    before = "new"
    for event in read.events[each]:
        if event.from_state != before:
            yield f"{event.action} starts from {event.from_state} after {before}"
        before = event.to_state
    if before != read.cases[each][0].state:
        yield f"the history ends in {before}, the case is {read.cases[each][0].state}"


def _history_follows_the_table(read: Reading, each: int) -> Iterator[object]:
    for event in read.events[each]:
        row = read.flow.action[event.action]
        if event.from_state not in row.sources or event.to_state != (row.target or event.from_state):
            yield f"{event.action} from {event.from_state} to {event.to_state}"


def _no_clock_runs_in_a_closed_state(read: Reading, each: int) -> Iterator[object]:
    case = read.cases[each][0]
    if case.state in read.flow.closed_states():
        yield from (f"{row.code} in {case.state}" for row in read.clocks[each] if row.ended_on is None)


def _no_clock_runs_twice(read: Reading, each: int) -> Iterator[object]:
    running = Counter((row.code, row.unit_id) for row in read.clocks[each] if row.ended_on is None)
    yield from (f"{code} of unit {unit}" for (code, unit), count in running.items() if count > 1)
    if sum(count for (code, _), count in running.items() if code == "T6") > 1:
        yield "T6"


def _extensions_stay_within_thirty_days(read: Reading, each: int) -> Iterator[object]:
    for row in read.clocks[each]:
        nominal, start = (date.fromisoformat(str(day)) for day in (row.nominal_on, row.start_on))
        if row.extension > (30 if row.code == "T6" else 0) or (row.code == "T6" and nominal - start > LONGEST):
            yield f"{row.code} extended by {row.extension} to {nominal}"


def _clocks_belong_to_their_events(read: Reading, each: int) -> Iterator[object]:
    own = {event.id for event in read.events[each]}
    for row in read.clocks[each]:
        if row.started_by_id not in own or (row.ended_by_id or row.started_by_id) not in own:
            yield f"{row.code} was moved by another matter"
        if (row.ended_on is None) != (row.ended_by_id is None) or (row.ended_on and row.ended_on < row.start_on):
            yield f"{row.code} ended on {row.ended_on} by {row.ended_by_id}"


def _closed_on_goes_with_the_state(read: Reading, each: int) -> Iterator[object]:
    case = read.cases[each][0]
    if (case.closed_on is not None) != (case.state in read.flow.closed_states()):
        yield f"{case.state}, closed on {case.closed_on}"


ASKED = {
    "extend": "request_extension", "approve_opinion": "submit_opinion", "uphold_objection": "object",
    "uphold_own_objection": "object", "reject_objection": "object",
}  # fmt: skip
"""Who decides never asked: the decision, and the act that asks for it."""


def _nobody_decides_what_they_asked_for(read: Reading, each: int) -> Iterator[object]:
    last: dict[str, Row[Any]] = {}
    for event in read.events[each]:
        asked = last.get(ASKED.get(event.action, ""))
        if event.action in ASKED and (asked is None or asked.actor_id == event.actor_id):
            yield f"{event.action} by {event.actor_id}"
        last[event.action] = event


def _nobody_works_on_what_they_must_keep_away_from(read: Reading, each: int) -> Iterator[object]:
    for recusal in read.recusals[each]:
        if read.cases[each][0].handler_id == recusal.user_id:
            yield f"{recusal.user_id} handles it"
        for event in read.events[each]:
            if event.id > recusal.event_id and event.actor_id == recusal.user_id and event.action != "receive_repeat":
                yield f"{event.action} by {recusal.user_id}"


def _the_holder_takes_part(read: Reading, each: int) -> Iterator[object]:
    case, parts = read.cases[each][0], {row.unit_id for row in read.parts[each]}
    if case.unit_id not in parts:
        yield f"unit {case.unit_id} is not among {sorted(parts)}"
    if case.handler_id is not None and read.units[case.handler_id] != case.unit_id:
        yield f"handler {case.handler_id} is of another unit than {case.unit_id}"


def _an_accusation_lies_with_its_office_alone(read: Reading, each: int) -> Iterator[object]:
    case = read.cases[each][0]
    if case.sealed and ({row.unit_id for row in read.parts[each]} != {case.office_id} or read.dispatches[each]):
        yield f"units {[row.unit_id for row in read.parts[each]]}, {len(read.dispatches[each])} dispatches"


def _who_accuses_is_locked_away(read: Reading, each: int) -> Iterator[object]:
    sealed = bool(read.cases[each][0].sealed)
    for person in read.people[each]:
        if sealed and (person.name or person.region or person.initials):
            yield f"petitioner {person.id} stands in clear"
        if person.told is not None and bool(person.sealed) != sealed:
            yield f"petitioner {person.id} is locked {'as' if person.sealed else 'unlike'} one of an accusation"
    for table, rows in read.written.items() if sealed else ():
        yield from (f"{table} {row.id} names {word}" for row in rows[each] for word in TELLING if _says(row, word))


def _says(row: Row[Any], word: str) -> bool:
    """Whether a row holds a word, also as the text of a JSON column spells it."""
    return word in (whole := str(row)) or json.dumps(word)[1:-1] in whole.replace("\\\\", "\\")


OF_EVERY_CASE: tuple[Rule, ...] = (
    _state_is_in_the_table,
    _history_has_no_gap,
    _history_follows_the_table,
    _no_clock_runs_in_a_closed_state,
    _no_clock_runs_twice,
    _clocks_belong_to_their_events,
    _closed_on_goes_with_the_state,
    _the_holder_takes_part,
)
"""What holds of a case of any kind."""

RULES: tuple[Rule, ...] = (
    _state_is_in_the_table,
    _history_has_no_gap,
    _history_follows_the_table,
    _no_clock_runs_in_a_closed_state,
    _no_clock_runs_twice,
    _extensions_stay_within_thirty_days,
    _clocks_belong_to_their_events,
    _closed_on_goes_with_the_state,
    _nobody_decides_what_they_asked_for,
    _nobody_works_on_what_they_must_keep_away_from,
    _the_holder_takes_part,
    _an_accusation_lies_with_its_office_alone,
    _who_accuses_is_locked_away,
)
