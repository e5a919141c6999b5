"""Work lists of a capability: matters in the order of what presses most, each with its clock and who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func, nulls_last, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from petitions import db
from petitions.access.models import User
from petitions.cases import duties
from petitions.cases.chip import Chip
from petitions.cases.duties import Clock, Lens
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import visible_to
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Petition, Petitioner
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
    """The petitioner's name, masked; of an accusation only that it is sealed. Empty where the list shows nobody."""
    chip: Chip | None
    """The clock that presses most for the reader's unit."""
    clock: Sentence | None
    """What that clock is called."""


def most_pressing_first(query: Rows, lens: Lens) -> Rows:
    """Order by the most urgent duty, then by age; a matter without a running clock comes last."""
    return query.order_by(nulls_last(lens.due_on().asc()), Case.received_on, Case.id)


def lines(query: Select[Matter], lens: Lens, limit: int, *more: ExecutableOption, people: bool = True) -> list[Line]:
    """The first `limit` matters of a query as lines, with two further queries however many they are.

    A list that does not show who asks leaves the `people` out; `more` adds loader options.
    """
    options = [joinedload(Case.unit), joinedload(Case.office), joinedload(Case.sender), *more]
    options += [joinedload(Case.handler).lazyload(User.held), *([selectinload(Matter.petitioners)] if people else [])]
    found = db.session().scalars(query.limit(limit).options(*options)).unique().all()
    clocks = duties.shown([matter.id for matter in found], lens)
    return [_line(matter, clocks.get(matter.id), people) for matter in found]


def _line(matter: Matter, clock: Clock | None, people: bool) -> Line:
    return Line(
        matter,
        _LABELS[matter.state],
        who_asks(matter) if people else "",
        duties.chip_of(clock) if clock else None,
        duties.name_of(clock) if clock else None,
    )


def opened(case_ids: Sequence[int], reader: User, *more: ExecutableOption) -> dict[int, Matter]:
    """The matters this person may see, by id, with what is read of them on one page: two queries for all.

    Read are units, handler, clocks, claims, respondents, petitions and people; `more` adds loader options.
    """
    whole = visible_to(reader, select(Matter).where(Matter.id.in_(case_ids))).options(
        joinedload(Case.unit), joinedload(Case.office), joinedload(Case.sender),
        joinedload(Case.handler).lazyload(User.held), joinedload(Case.deadlines).joinedload(Deadline.unit),
        joinedload(Matter.claims), joinedload(Matter.respondents), *more,
    )  # fmt: skip
    found = {matter.id: matter for matter in db.session().scalars(whole).unique()}
    brought = (
        select(Petition, Petitioner)
        .outerjoin(Petitioner, Petitioner.petition_id == Petition.id)
        .where(Petition.matter_id.in_(found))
        .order_by(Petition.id, Petitioner.id)
    )
    rows = list(db.session().execute(brought)) if found else []
    for matter in found.values():
        own = [(petition, person) for petition, person in rows if petition.matter_id == matter.id]
        set_committed_value(matter, "petitions", list(dict.fromkeys(petition for petition, _ in own)))
        set_committed_value(matter, "petitioners", [person for _, person in own if person is not None])
    return found


FOR_GUARDS: tuple[ExecutableOption, ...] = (joinedload(Matter.recusals), selectinload(Case.deadlines))
"""What guards ask of every matter of a list, clocks and recusals: one query more for all of them."""


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
