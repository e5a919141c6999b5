"""概览: what a superior sees of a case below: that there is one, with whom and where it stands, how its clock runs.

Nothing of what it says, of who asks, of its papers and files is read here: every column is named, so what a case gets
one day is not shown by being forgotten. Whose cases, the permission table says (queries.py, `summarised_to`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.cases import duties, facets
from petitions.cases.calendar import load_calendar
from petitions.cases.checks import Unreadable
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens
from petitions.cases.facets import Chosen
from petitions.cases.kinds import KINDS
from petitions.cases.listing import Position, position_from
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import summarised_to, summarised_units, visible_to
from petitions.cases.readings import Reading, readings
from petitions.web.inputs import Option
from petitions.words import FieldErrors, Sentence, say

PAGE = 50

ASKED = ("unit", "state", "clock")
"""Of the conditions of the case list those that ask nothing of a content."""

_NOBODY = 0
"""No unit: no duty comes before another because it is the reader's own."""


@dataclass(frozen=True)
class Summary:
    """One case."""

    id: int
    number: str
    stage: str
    unit: str
    received_on: date
    whole: bool
    """The reader may open the case itself."""
    chip: Chip | None = None
    clock: Sentence = field(default_factory=lambda: say(""))


@dataclass(frozen=True)
class Page:
    """Some cases, those that came last first."""

    rows: Sequence[Summary]
    older: Position | None
    """The page after begins after this row."""


def page(user: User, chosen: Chosen, after: str = "") -> Page:
    """The cases below that a list asks for. Three queries. Raises FieldErrors."""
    query = _narrowed(_columns(user), chosen, user)
    start = position_from(after, "")
    if start is not None:
        query = query.where(tuple_(Case.received_on, Case.id) < tuple_(start.key, start.case_id))
    found = db.session().execute(query.order_by(Case.received_on.desc(), Case.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    whole, clocks = _seen_whole([row.id for row in shown], user), duties.shown([row.id for row in shown], Lens(_NOBODY))
    last = Position(shown[-1].received_on, shown[-1].id) if len(found) > PAGE else None
    return Page([_summary(row, whole, clocks) for row in shown], last)


def one(case_id: int, user: User) -> tuple[Summary, list[Reading]] | None:
    """One case below with its open clocks; None where this person may not know of it."""
    row = db.session().execute(_columns(user).where(Case.id == case_id)).one_or_none()
    if row is None:
        return None
    open_ones = select(Deadline).where(Deadline.case_id == case_id, Deadline.ended_on.is_(None))
    clocks = db.session().scalars(open_ones.options(joinedload(Deadline.unit)).order_by(Deadline.id)).all()
    summary = _summary(row, _seen_whole([case_id], user), duties.shown([case_id], Lens(_NOBODY)))
    return summary, readings(clocks, user.unit_id, clock.today(), load_calendar())


def units_below(user: User) -> list[Option]:
    """The units whose cases this person may know of, to choose from."""
    return [Option(str(unit.id), unit.name) for unit in summarised_units(user)]


def _columns(user: User) -> Select[Any]:
    columns: Any = select(
        Case.id, Case.kind, Case.number, Case.state, Case.received_on, Unit.name.label("unit")
    ).join(Unit, Unit.id == Case.unit_id)  # fmt: skip
    return summarised_to(user, columns)


def _narrowed(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:
    asked = {name: value for name, value in chosen.values.items() if name in ASKED}
    clocks = asked.pop("clock", "")
    query = facets.narrow(query, Chosen(asked), user)
    if clocks:
        row = aliased(Deadline)
        try:
            shows = facets.shows(row, Chosen({"clock": clocks}), user)
        except Unreadable as refusal:
            raise FieldErrors({"clock": refusal.sentence}) from None
        query = query.where(exists().where(row.case_id == Case.id, shows))
    return query


def _seen_whole(case_ids: Sequence[int], user: User) -> set[int]:
    return set(db.session().scalars(visible_to(user, select(Case.id).where(Case.id.in_(case_ids)))))


def _summary(row: Any, whole: set[int], clocks: Mapping[int, Any]) -> Summary:
    running = clocks.get(row.id)
    return Summary(
        row.id, row.number, KINDS[row.kind].flow.state[row.state].label, row.unit, row.received_on, row.id in whole,
        duties.chip_of(running) if running else None, duties.name_of(running) if running else say(""),
    )  # fmt: skip
