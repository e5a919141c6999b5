"""Work lists of a capability: matters in the order of what presses most, each with its clock and who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func, nulls_last, select
from sqlalchemy.orm import joinedload, selectinload

from petitions import db
from petitions.access.models import User
from petitions.cases import duties
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Deadline
from petitions.matters.models import Matter
from petitions.matters.people import masked_name
from petitions.matters.states import STATES
from petitions.words import Sentence, say

Rows = TypeVar("Rows", bound=Select[Any])

_LABELS = {state.name: state.label for state in STATES}


@dataclass(frozen=True)
class Line:
    """One matter of a work list."""

    matter: Matter
    state: str
    """Chinese."""
    who: str
    """The petitioner's name, masked; of an accusation only that it is sealed."""
    chip: Chip | None
    """The clock that presses most for the reader's unit."""
    clock: Sentence | None
    """What that clock is called."""


def most_pressing_first(query: Rows, lens: Lens) -> Rows:
    """Order by the most urgent duty, then by age; a matter without a running clock comes last."""
    return query.order_by(nulls_last(lens.due_on().asc()), Case.received_on, Case.id)


def lines(query: Select[Matter], lens: Lens, limit: int) -> list[Line]:
    """The first `limit` matters of a query as lines, with three further queries however many they are."""
    found = db.session().scalars(
        query.limit(limit).options(
            selectinload(Matter.petitioners), joinedload(Case.handler).lazyload(User.held),
            joinedload(Case.unit), joinedload(Case.sender),
        )
    ).unique().all()  # fmt: skip
    clocks = duties.shown([matter.id for matter in found], lens)
    return [_line(matter, clocks.get(matter.id)) for matter in found]


def _line(matter: Matter, clock: Deadline | None) -> Line:
    return Line(
        matter,
        _LABELS[matter.state],
        who_asks(matter),
        duties.chip_of(clock) if clock else None,
        duties.name_of(clock) if clock else None,
    )


def who_asks(matter: Matter) -> str:
    """The petitioner as lists name them."""
    if matter.sealed:
        return say("已保密")
    named = [masked_name(person.name) for person in matter.petitioners if person.part == "petitioner" and person.name]
    return "、".join(dict.fromkeys(named)) or say("未署名")


def counts(queries: Sequence[Select[Any]]) -> list[int]:
    """How many rows each query has, asked in one go."""
    asked = [select(func.count()).select_from(query.order_by(None).subquery()).scalar_subquery() for query in queries]
    return [count or 0 for count in db.session().execute(select(*asked)).one()] if asked else []
