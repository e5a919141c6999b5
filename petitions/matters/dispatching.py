"""Handing a matter over and taking it back: the tree of dispatches through the tiers (第22、23条)."""

from collections.abc import Iterable
from datetime import date

from petitions import db
from petitions.cases import parts
from petitions.cases.kinds import Act, Effect
from petitions.matters.course import current_dispatch, matter_of
from petitions.matters.models import Dispatch


def dispatch(act: Act) -> None:
    """转送 or 交办 by the petition office: one lead unit, any number of assisting ones."""
    due_on = act.data.get("due_on")
    given = _hand_over(act, act.data["unit"], act.action.name, date.fromisoformat(due_on) if due_on else None)
    _assist(act, act.data.get("assist_units", ()), given)


def forward(act: Act) -> None:
    """转派 by the unit that holds it to one below; the tier above stays in the case and keeps its own clock."""
    _hand_over(act, act.data["subordinate"], "forward", None)


def sign(act: Act) -> None:
    """签收: who and when; the clocks ran from arrival already (domain.md §8.4)."""
    given = _current(act)
    given.signed_at, given.signed_by_id = act.at, act.actor.id


def object_to(act: Act) -> None:
    """异议: the reasons stand on the dispatch until the sender decides."""
    given = _current(act)
    given.objected_at, given.objection = act.at, act.data["objection"]
    given.proposed_unit_id = act.data["proposed_unit"]


def take_back(act: Act) -> None:
    """The matter returns to whoever sent it; the unit and its helpers leave the case with this transaction.

    Its helpers are those that stand under the dispatch which ends; what a tier above has arranged goes on.
    """
    given, case, rows = _current(act), act.case, matter_of(act).dispatches
    helpers = [row for row in rows if row.part == "assist" and row.ended_at is None and row.parent_id == given.id]
    for row in (given, *helpers):
        end(row, act)
    leaving = {row.unit_id for row in (given, *helpers)}
    staying = {row.unit_id for row in rows if row.ended_at is None}
    act.extra["former_unit_ids"] = sorted(leaving)
    for unit_id in leaving:
        if unit_id in staying:
            parts.step_down(case, unit_id)
        else:
            parts.leave(case, unit_id, act.on)
    case.unit_id, case.handler_id = given.sender_id, None
    above = db.session().get(Dispatch, given.parent_id) if given.parent_id else None
    case.sender_id = above.sender_id if above else None
    if case.sender_id is not None:
        parts.join(case, case.unit_id, "holder", act.on)


def add_assists(act: Act) -> None:
    """Units that were negotiated in (第24条); they stay as long as the dispatch of the unit that asked them."""
    _assist(act, act.data.get("assist_units", ()), current_dispatch(act))


def _current(act: Act) -> Dispatch:
    given = current_dispatch(act)
    assert given is not None
    return given


def _hand_over(act: Act, unit_id: int, way: str, due_on: date | None) -> Dispatch:
    case, above = act.case, current_dispatch(act)
    given = Dispatch(
        parent_id=above.id if above else None, sender_id=case.unit_id, unit_id=unit_id, part="lead", way=way,
        due_on=due_on, sent_at=act.at,
    )  # fmt: skip
    matter_of(act).dispatches.append(given)
    if case.unit_id != case.office_id:
        parts.join(case, case.unit_id, "relay", act.on)
    case.sender_id, case.unit_id, case.handler_id = case.unit_id, unit_id, None
    parts.join(case, unit_id, "holder", act.on)
    db.session().flush()
    return given


def _assist(act: Act, unit_ids: Iterable[int], given: Dispatch | None) -> None:
    case, matter = act.case, matter_of(act)
    there = {row.unit_id for row in matter.dispatches if row.ended_at is None}
    for unit_id in unit_ids:
        if unit_id in there:
            continue
        matter.dispatches.append(
            Dispatch(parent_id=given.id if given else None, sender_id=act.actor.unit_id, unit_id=unit_id, part="assist",
                     way="transfer", sent_at=act.at)
        )  # fmt: skip
        parts.join(case, unit_id, "assist", act.on)
        act.extra.setdefault("assist_unit_ids", []).append(unit_id)


def end(row: Dispatch, act: Act) -> None:
    """A dispatch ends: its unit works under it no longer."""
    row.ended_at = act.at
    row.end = "returned" if act.action.name.startswith("uphold") else "recalled"


DISPATCHING: dict[str, Effect] = {
    "dispatch": dispatch,
    "forward": forward,
    "sign": sign,
    "object": object_to,
    "take_back": take_back,
    "add_assists": add_assists,
}
