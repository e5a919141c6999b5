"""The papers of the cases a person may see: a list with filters, and the register of numbers. Nothing is shown twice."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from petitions import db
from petitions.access import units
from petitions.access.models import User
from petitions.cases.kinds import paper_kinds
from petitions.cases.models import Document, Service
from petitions.cases.queries import visible_to
from petitions.documents.concealed import readable
from petitions.matters.lists import is_served_on_paper, must_be_served
from petitions.web.inputs import Option, line
from petitions.words import say

PAGE = 50
REGISTER = 200
"""Rows of a page of the register: it is printed, and a sheet takes forty."""

AT_ONCE = 100
"""Papers that are printed or taken away together."""

_LONGEST = 60

STATES = (
    Option("unserved", say("待送达")), Option("served", say("已送达")), Option("standing", say("有效")), Option("void", say("已作废")),
)  # fmt: skip
"""What may be asked about a paper; 待送达 is asked of those that must reach the petitioner."""


@dataclass(frozen=True)
class Asked:
    """The filters, as the address says them. What cannot be is left out."""

    kind: str = ""
    number: str = ""
    first: date | None = None
    last: date | None = None
    unit: int = 0
    state: str = ""
    before: int = 0

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Asked":
        """From an address."""
        kind, state = args.get("kind", ""), args.get("state", "")
        return cls(
            kind=kind if kind in paper_kinds() else "",
            number=line(args.get("number", ""))[:_LONGEST],
            first=_day(args.get("first", "")),
            last=_day(args.get("last", "")),
            unit=_number(args.get("unit", "")),
            state=state if state in {one.value for one in STATES} else "",
            before=_number(args.get("before", "")),
        )

    def args(self, **other: Any) -> dict[str, Any]:
        """The address of the same list, other than here where said; without a page."""
        said = {
            "kind": self.kind, "number": self.number, "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(), "unit": self.unit, "state": self.state, **other,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


@dataclass(frozen=True)
class Page:
    """A page of the list."""

    papers: Sequence[Document]
    older: int | None
    """The last number on it, where older ones follow."""


def _visible(user: User) -> Select[Document]:
    """第30条: the join is to cases the reader may see, so a paper of an accusation is not even counted for others."""
    return visible_to(user, select(Document).join(Document.case)).options(
        contains_eager(Document.case),
        selectinload(Document.services),
        joinedload(Document.unit),
        joinedload(Document.void_event).lazyload("*"),
    )


def listed(asked: Asked, user: User) -> Page:
    """The newest papers first."""
    query = _visible(user)
    for condition in _conditions(asked):
        query = query.where(condition)
    found = db.session().scalars(query.order_by(Document.id.desc()).limit(PAGE + 1)).all()
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def _conditions(asked: Asked) -> Iterable[Any]:
    if asked.kind:
        yield Document.kind == asked.kind
    if asked.number:
        yield Document.number.contains(asked.number, autoescape=True)
    if asked.first:
        yield Document.issued_on >= asked.first
    if asked.last:
        yield Document.issued_on <= asked.last
    if asked.unit:
        yield Document.unit_id == asked.unit
    if asked.before:
        yield Document.id < asked.before
    served, standing = exists().where(Service.document_id == Document.id), Document.void_event_id.is_(None)
    known = {
        "served": served,
        "unserved": and_(is_served_on_paper(), standing, ~served),
        "standing": standing,
        "void": ~standing,
    }
    if asked.state:
        yield known[asked.state]


def owed(paper: Document) -> bool:
    """Whether it still has to reach the petitioner."""
    return must_be_served(paper) and not paper.services and not paper.is_void


def chosen(ids: Iterable[str], user: User) -> Sequence[Document]:
    """The papers of these numbers the reader may see, in the order they were issued; at most AT_ONCE."""
    numbers = sorted({number for text in ids if (number := _number(text))})[:AT_ONCE]
    return db.session().scalars(_visible(user).where(Document.id.in_(numbers)).order_by(Document.id)).all()


# --- the register of numbers -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A number of the register."""

    paper: Document
    reason: str
    """Why it was taken back; empty where it stands."""
    by: str
    """The number of the paper issued in its place."""


@dataclass(frozen=True)
class Register:
    """The numbers of a unit, a kind and a year that the reader may see."""

    rows: Sequence[Row]
    more: int | None
    years: Sequence[int]
    """In which the unit has issued papers of this kind."""


def register(unit_id: int, kind: str, year: int, after: int, user: User) -> Register:
    """The numbers in their order. Those of cases the reader may not see are not there, and nothing stands in their place."""
    own = Document.unit_id == unit_id, Document.kind == kind
    query = _visible(user).where(*own, Document.issued_on.between(date(year, 1, 1), date(year, 12, 31)))
    query = query.where(Document.id > after)
    found = db.session().scalars(query.order_by(Document.id).limit(REGISTER + 1)).all()
    shown = found[:REGISTER]
    replaced = _replacing([one.id for one in shown if one.is_void])
    rows = [Row(one, str(readable(one.void_reason)), replaced.get(one.id, "")) for one in shown]
    return Register(
        sorted(rows, key=lambda row: (_order(row.paper.number), row.paper.id)),
        shown[-1].id if len(found) > REGISTER else None,
        _years(own, user),
    )


def _replacing(ids: Sequence[int]) -> Mapping[int, str]:
    if not ids:
        return {}
    rows = select(Document.replaces_id, Document.number).where(Document.replaces_id.in_(ids))
    return {void: number for void, number in db.session().execute(rows) if void is not None}


def _years(own: Iterable[Any], user: User) -> Sequence[int]:
    """From the first to the last: asking for each would read every row."""
    ends = [
        db.session().scalar(
            visible_to(user, select(Document.issued_on).join(Document.case)).where(*own).order_by(order).limit(1)
        )
        for order in (Document.issued_on, Document.issued_on.desc())
    ]
    first, last = ends
    return [] if first is None or last is None else list(range(last.year, first.year - 1, -1))


_ORDER = re.compile(r"〕(\d+)号")


def _order(number: str) -> int:
    found = _ORDER.search(number)
    return int(found[1]) if found else 0


def kind_choices() -> Sequence[Option]:
    """Every kind of paper there is."""
    return [Option(kind, one.title) for kind, one in paper_kinds().items()]


def unit_choices() -> Sequence[Option]:
    """The units in use."""
    return [Option(str(unit.id), unit.name) for unit in units.in_force()]
