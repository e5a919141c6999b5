"""The rows of a list: what the kernel knows of a case, and the cells that a kind of case adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from petitions import db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.cases import duties
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case
from petitions.words import Sentence, say


@dataclass(frozen=True)
class Column:
    """A column that a kind of case adds, after the summary."""

    name: str
    label: Sentence
    css: str = ""


@dataclass(frozen=True)
class Decoration:
    """What a kind of case adds to every list."""

    columns: Sequence[Column]
    cells: Callable[[Sequence[int], User], Mapping[int, Mapping[str, str]]]
    """The words of the cells, by case id and column, for the reader; with a fixed number of queries."""


DECORATIONS: dict[str, Decoration] = {}
"""By kind of case; filled by app.py."""


@dataclass(frozen=True)
class Row:
    """One case in a list. It is also what a permission asks of a case (access/predicates.py, `Held`)."""

    id: int
    kind: str
    number: str
    title: str
    state: str
    received_on: date
    closed: bool
    sealed: bool
    urgency: str
    office_id: int
    numbered_by_id: int
    unit_id: int
    sender_id: int | None
    handler_id: int | None
    version: int
    unit: str
    handler: str
    chip: Chip | None = None
    clock: Sentence = field(default_factory=lambda: say(""))
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def unit_ids(self) -> frozenset[int]:
        """The units known to take part: a list asks for no others."""
        return frozenset(one for one in (self.office_id, self.unit_id, self.sender_id) if one is not None)

    @property
    def reviewer_ids(self) -> frozenset[int]:
        """Nobody: what a review asks of its matter is no act on many."""
        return frozenset()

    @property
    def register(self) -> str:
        """See `register_of`."""
        return register_of(self)

    @property
    def stage(self) -> str:
        """The state's Chinese name."""
        return KINDS[self.kind].flow.state[self.state].label

    @property
    def stage_kind(self) -> str:
        """How the stage is drawn: what is finished is plain."""
        return "done" if self.closed else "open"


def rows(case_ids: Sequence[int], user: User, lens: Lens | None = None) -> list[Row]:
    """These cases as rows, in the order given. The ids must come from a list the reader may see.

    Two queries, and those of the decorations.
    """
    if not case_ids:
        return []
    holder, person = aliased(Unit), aliased(User)
    wanted = (
        select(
            Case.id, Case.kind, Case.number, Case.title, Case.state, Case.received_on, Case.closed_on, Case.sealed,
            Case.urgency, Case.office_id, Case.numbered_by_id, Case.unit_id, Case.sender_id, Case.handler_id,
            Case.version, holder.name.label("unit_name"), person.name.label("handler_name"),
        )
        .join(holder, holder.id == Case.unit_id)
        .outerjoin(person, person.id == Case.handler_id)
        .where(Case.id.in_(case_ids))
    )  # fmt: skip
    clocks = duties.shown(case_ids, lens or Lens(user.unit_id))
    there = db.session().execute(wanted).all()
    cells: dict[int, Mapping[str, str]] = {}
    for kind, decoration in DECORATIONS.items():
        # A kind that stands in no row asks the database nothing.
        if ids := [one.id for one in there if one.kind == kind]:
            cells |= decoration.cells(ids, user)
    found = {}
    for one in there:
        clock = clocks.get(one.id)
        found[one.id] = Row(
            id=one.id, kind=one.kind, number=one.number, title=one.title, state=one.state, received_on=one.received_on,
            closed=one.closed_on is not None, sealed=one.sealed, urgency=one.urgency, office_id=one.office_id,
            numbered_by_id=one.numbered_by_id, unit_id=one.unit_id, sender_id=one.sender_id, handler_id=one.handler_id, version=one.version,
            unit=one.unit_name, handler=one.handler_name or "", cells=cells.get(one.id, {}),
            chip=duties.chip_of(clock) if clock else None, clock=duties.name_of(clock) if clock else say(""),
        )  # fmt: skip
    return [found[case_id] for case_id in case_ids if case_id in found]


def register_of(case: Row | Case) -> str:
    """The unit in whose register a case has its number, where its office has taken that over; empty otherwise.

    Offices that merge bring the same numbers along: this tells two cases of one number apart.
    """
    if case.numbered_by_id == case.office_id:
        return ""
    return next(unit.name for unit in units.every() if unit.id == case.numbered_by_id)


def columns() -> list[Column]:
    """The columns that kinds of case add, each once."""
    return list({column.name: column for one in DECORATIONS.values() for column in one.columns}.values())
