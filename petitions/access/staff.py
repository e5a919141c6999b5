"""Reading units and people for the pages of administration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from petitions import clock, db
from petitions.access.admin import is_open, key_of
from petitions.access.models import UNIT_KINDS, Unit, UnitKind, User, UserRole
from petitions.access.past import Placed, tree_on
from petitions.web.inputs import Option, initials
from petitions.words import Sentence

_SHOWN = 200
"""So many accounts on one page; a larger office narrows the list by unit or name."""


@dataclass(frozen=True)
class Branch:
    """A unit in its place in the tree."""

    unit: Unit
    depth: int
    people: int
    """Active accounts, today's."""
    closed: bool
    name: str
    """Its name on the day the tree is shown of."""

    @property
    def kind(self) -> Sentence:
        """Its kind in Chinese."""
        return UNIT_KINDS[UnitKind(self.unit.kind)]


def tree(*, closed: bool = False, on: date | None = None) -> list[Branch]:
    """Every unit with what is under it right after it; closed ones only when asked for.

    `on`: the units in force on that day, as they were called and where they stood then.
    """
    counted = select(User.unit_id, func.count()).where(User.active).group_by(User.unit_id)
    people = {unit_id: int(count) for unit_id, count in db.session().execute(counted)}
    rows = tree_on(on) if on else _present(closed=closed)
    known, below, today = {row.unit.id for row in rows}, dict[int | None, list[Placed]](), clock.today()
    for row in rows:
        # What hangs under a closed unit is shown at the top instead of vanishing.
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[Branch] = []
    left = [(row, 0) for row in reversed(below.get(None, []))]
    while left:
        row, depth = left.pop()
        unit = row.unit
        over = unit.valid_to is not None and unit.valid_to < today
        found.append(Branch(unit, depth, people.get(unit.id, 0), over, row.name))
        left += [(child, depth + 1) for child in reversed(below.get(unit.id, []))]
    return found


def _present(*, closed: bool) -> list[Placed]:
    query = select(Unit).order_by(Unit.id)
    found = db.session().scalars(query if closed else query.where(is_open()))
    return [Placed(unit, unit.name, unit.parent_id) for unit in found]


def choices(*, without: int = 0, keeping: int = 0) -> list[Option]:
    """The open units in the order of the tree; `without` leaves one out, `keeping` offers one although it is closed."""
    rows = [branch for branch in tree(closed=bool(keeping)) if not branch.closed or branch.unit.id == keeping]
    return [
        Option(str(branch.unit.id), "　" * branch.depth + branch.unit.name, keys=initials(branch.unit.name))
        for branch in rows
        if branch.unit.id != without
    ]


@dataclass(frozen=True)
class Wanted:
    """The filter of the list of accounts, as its address has it."""

    q: str = ""
    unit: str = ""
    role: str = ""
    state: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Wanted":
        """The filter in a query string."""
        return cls(**{name: args.get(name, "").strip() for name in ("q", "unit", "role", "state")})


def accounts(wanted: Wanted) -> tuple[list[User], int]:
    """The accounts of the filter, by unit and name, at most 200 of them, and how many there are."""
    query = select(User).join(User.unit)
    if wanted.q:
        pattern = "%" + wanted.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(User.name.like(pattern, escape="\\"), User.username.like(pattern.lower(), escape="\\")))
    if number := key_of(wanted.unit):
        query = query.where(User.unit_id == number)
    if wanted.role:
        query = query.where(User.held.any(UserRole.role == wanted.role))
    if wanted.state:
        query = query.where(User.active.is_(wanted.state == "active"))
    total = db.session().scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.options(contains_eager(User.unit)).order_by(Unit.id, User.active.desc(), User.id)
    return list(db.session().scalars(ordered.limit(_SHOWN))), total


def values_of_unit(unit: Unit) -> dict[str, str]:
    """A unit as its form shows it."""
    parent = str(unit.parent_id) if unit.parent_id else ""
    return {"name": unit.name, "kind": unit.kind, "parent": parent, "sign": unit.sign, "phone": unit.phone}


def values_of_user(person: User) -> dict[str, str]:
    """An account as its form shows it."""
    return {
        "username": person.username, "name": person.name, "unit": str(person.unit_id), "phone": person.phone,
        "email": person.email,
    }  # fmt: skip
