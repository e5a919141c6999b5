"""What has arrived at a unit, and which objections wait for the sender's decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from petitions import db
from petitions.access.models import User
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens, chip_of
from petitions.cases.models import Case, Deadline, Document
from petitions.cases.queries import visible_to
from petitions.matters.listing import before
from petitions.matters.models import Dispatch, Matter
from petitions.matters.wording import unit_name
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import Line, counts, lines, most_pressing_first

SHOWN = 100
"""Rows of a list: the most urgent ones."""

LETTERS = ("transfer_letter", "assignment_letter")


@dataclass(frozen=True)
class Arrival:
    """One matter that lies at the unit unsigned, or signed with the term for an objection still open."""

    line: Line
    notice: Chip | None
    """告知期限 of the unit (第23条)."""
    report: Chip | None
    """反馈期限, where the sender set one."""
    window: Chip | None
    """异议期, the unit's own."""
    dispatch: Dispatch | None


@dataclass(frozen=True)
class Objection:
    """One objection that waits."""

    line: Line
    dispatch: Dispatch | None
    proposed: str
    """The unit the objector proposes."""


@dataclass(frozen=True)
class Listed:
    """A list and how many there are."""

    rows: Sequence[Arrival] | Sequence[Objection]
    total: int


def _arrived(user: User) -> Select[Matter]:
    query = visible_to(user, select(Matter)).where(Case.unit_id == user.unit_id, before("sign"))
    return most_pressing_first(query, Lens(user.unit_id, only=True))


def arrivals(user: User) -> Listed:
    """What this person's unit has to sign for, the most urgent first."""
    found = lines(_arrived(user), Lens(user.unit_id, only=True), SHOWN, people=False)
    ids = [one.matter.id for one in found]
    clocks, given = _clocks(ids, user.unit_id), _dispatches(ids, user.unit_id)
    rows = [
        Arrival(
            one,
            notice=clocks.get((one.matter.id, "T4")),
            report=clocks.get((one.matter.id, "T12")),
            window=clocks.get((one.matter.id, "T5")),
            dispatch=given.get(one.matter.id),
        )
        for one in found
    ]
    return Listed(rows, counts([_arrived(user)])[0])


def _objected(user: User) -> Select[Matter]:
    query = visible_to(user, select(Matter)).where(Case.sender_id == user.unit_id, before("reject_objection"))
    return most_pressing_first(query, Lens(user.unit_id))


def objections(user: User) -> Listed:
    """The objections to what this person's unit has sent."""
    found = lines(_objected(user), Lens(user.unit_id), SHOWN, people=False)
    given: dict[int, Dispatch] = {}
    rows = select(Dispatch).where(
        Dispatch.matter_id.in_([one.matter.id for one in found]), Dispatch.ended_at.is_(None), Dispatch.part == "lead",
        Dispatch.objected_at.is_not(None),
    )  # fmt: skip
    for dispatch in db.session().scalars(rows.order_by(Dispatch.id)):
        given[dispatch.matter_id] = dispatch
    names = _proposed({row.proposed_unit_id for row in given.values() if row.proposed_unit_id})
    listed = [
        Objection(one, row := given.get(one.matter.id), names.get(row.proposed_unit_id or 0, "") if row else "")
        for one in found
    ]
    return Listed(listed, counts([_objected(user)])[0])


def letter_of(matter: Matter) -> Document | None:
    """The letter by which the holding unit got it."""
    return next((paper for paper in reversed(matter.papers) if paper.kind in LETTERS), None)


def is_new(matter: Matter) -> bool:
    """Whether the desk has still to sign, or may still object."""
    return matter.state in FLOW.before("sign", "object")


def _clocks(ids: Sequence[int], unit_id: int) -> dict[tuple[int, str], Chip]:
    """How the unit's own clocks of these cases read, the latest of each kind."""
    rows = select(Deadline).where(
        Deadline.case_id.in_(ids), Deadline.code.in_(("T4", "T5", "T12")), Deadline.unit_id == unit_id
    )
    return {(row.case_id, row.code): chip_of(row) for row in db.session().scalars(rows.order_by(Deadline.id))}


def _dispatches(ids: Sequence[int], unit_id: int) -> dict[int, Dispatch]:
    rows = select(Dispatch).where(
        Dispatch.matter_id.in_(ids), Dispatch.unit_id == unit_id, Dispatch.part == "lead", Dispatch.ended_at.is_(None)
    )
    return {row.matter_id: row for row in db.session().scalars(rows.order_by(Dispatch.id))}


def _proposed(ids: set[int]) -> dict[int, str]:
    return {unit_id: unit_name(unit_id) for unit_id in ids}
