"""Carrying an order out, or trying what it would do: tree, people, cases, filters and numbers in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from petitions import db
from petitions.access import succession, units
from petitions.access.models import SuccessionKind, User
from petitions.access.policy import may
from petitions.cases import calendar
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.cases.saved_views import SavedView
from petitions.documents import numbering
from petitions.matters.models import Matter
from petitions.matters.register import SERIES
from petitions.matters.workflow import FLOW
from petitions.reorganisation import consequences, orders
from petitions.reorganisation.consequences import Consequences, Step
from petitions.reorganisation.orders import Order
from petitions.words import NotPermitted, Refused, say


def preview(order: Order, by: User) -> Consequences:
    """What the order would do. Nothing of it is kept. Raises FieldErrors or Refused for what cannot be ordered."""
    with _undone():
        return _restructured(order, by)[0]


def carry_out(order: Order, by: User) -> Consequences:
    """Do what was ordered: each case goes through the door, with an entry in its history.

    Raises NotPermitted, FieldErrors or Refused; then nothing has changed.
    """
    with db.session().begin_nested():
        calendar.hold()
        _hold(order)
        found, steps = _restructured(order, by)
        if found.stuck:
            raise Refused(
                say(
                    "有{count}件检举控告调整后没有受限岗可以接手（第30条）。先在信访部门指定受限岗人员",
                    count=found.stuck,
                )
            )
        for step in steps:
            _take_over(step, order, by)
        _move_filters(order)
        _move_numbers(order)
        db.session().flush()
    return found


def _hold(order: Order) -> None:
    """Nobody gives a unit a case while it ends: such a case would be left behind.

    The cases first and then the units, as whoever acts on a case does; what has come in between is held by the door.
    """
    if order.kind is not SuccessionKind.MOVE:
        consequences.hold_cases(old.id for old in order.olds)
    staying = [*order.heirs, *([order.parent] if order.parent else [])]
    units.hold_to_change([old.id for old in order.olds], [unit.id for unit in staying])


def _restructured(order: Order, by: User) -> tuple[Consequences, list[Step]]:
    if not may(by, "unit:manage"):
        raise NotPermitted(say("机构调整由系统管理员办理"))
    orders.insist(order)
    ends = order.kind is not SuccessionKind.MOVE
    people = [person for old in order.olds for person in succession.people_of(old)] if ends else []
    below = [unit for old in order.olds for unit in succession.below_of(old)] if ends else []
    order.restructure(by)
    return consequences.of(order, people, below)


def _take_over(step: Step, order: Order, by: User) -> None:
    case = db.session().get_one(Case, step.case.id)
    said = {"former_unit": step.former_id, "successor": step.successor.id, "succession_basis": order.basis}
    perform(case, "take_over", said, by)
    if not isinstance(case, Matter) or case.state not in FLOW.before("lapse_objection"):
        return
    if case.sender_id is None or _nobody_objects(case):
        perform(case, "lapse_objection", {}, by)


def _nobody_objects(matter: Matter) -> bool:
    return not any(
        row.objected_at for row in matter.dispatches if row.ended_at is None and row.unit_id == matter.unit_id
    )


def _move_filters(order: Order) -> None:
    """Kept filters are shared where their owners work now."""
    gone = [old.id for old in order.olds] if order.kind is not SuccessionKind.MOVE else []
    for view, unit_id in db.session().execute(
        select(SavedView, User.unit_id).join(User, User.id == SavedView.user_id).where(SavedView.unit_id.in_(gone))
    ):
        view.unit_id = unit_id


def _move_numbers(order: Order) -> None:
    """Papers of a successor that signs with the same letters go on counting: no number is given twice.

    The register is the successor's own: a petition is known by its number and the unit that registered it.
    """
    if order.kind is SuccessionKind.MOVE:
        return
    for old in order.olds:
        for heir in order.heirs:
            if (old.sign or old.name) == (heir.sign or heir.name):
                numbering.carry_on(old.id, heir.id, but=SERIES)


@contextmanager
def _undone() -> Iterator[None]:
    trial = db.session().begin_nested()
    try:
        yield
    finally:
        trial.rollback()
        db.session().expire_all()
