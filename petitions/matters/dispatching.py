"""Handing a matter over and taking it back: the tree of dispatches through the tiers (第22、23条)."""

from collections.abc import Iterable
from datetime import date

from petitions import db
from petitions.cases import parts
from petitions.cases.kinds import Act, Effect
from petitions.matters.guards import current_dispatch, matter_of
from petitions.matters.models import Dispatch


def dispatch(act: Act) -> None:
    """转送 or 交办 by the petition office: one lead unit, any number of assisting ones."""
    due_on = act.data.get("due_on")
    _hand_over(act, act.data["unit"], act.action.name, date.fromisoformat(due_on) if due_on else None)
    _assist(act, act.data.get("assist_units", ()))


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
    """The matter returns to whoever sent it; the unit and its helpers leave the case with this transaction."""
    given, case = _current(act), act.case
    leaving = {given.unit_id}
    _end(given, act)
    for row in matter_of(act).dispatches:
        if row.part == "assist" and row.ended_at is None and row.sender_id == given.sender_id:
            leaving.add(row.unit_id)
            _end(row, act)
    act.extra["former_unit_ids"] = sorted(leaving)
    for unit_id in leaving:
        parts.leave(case, unit_id, act.on)
    case.unit_id, case.handler_id = given.sender_id, None
    above = db.session().get(Dispatch, given.parent_id) if given.parent_id else None
    case.sender_id = above.sender_id if above else None
    if case.sender_id is not None:
        parts.join(case, case.unit_id, "holder", act.on)


def recall_sealed(act: Act) -> None:
    """An accusation that was handed over by mistake: every unit leaves, and from now on it is sealed (第30条)."""
    matter, case = matter_of(act), act.case
    for row in matter.dispatches:
        if row.ended_at is None:
            _end(row, act)
    for part in list(case.parts):
        parts.leave(case, part.unit_id, act.on)
    case.unit_id, case.sender_id, case.handler_id = case.office_id, None, None
    case.sealed, matter.nature = True, "accusation"


def add_assists(act: Act) -> None:
    """Units that were negotiated in (第24条)."""
    _assist(act, act.data.get("assist_units", ()))


def _current(act: Act) -> Dispatch:
    given = current_dispatch(act)
    assert given is not None
    return given


def _hand_over(act: Act, unit_id: int, way: str, due_on: date | None) -> None:
    case, above = act.case, current_dispatch(act)
    matter_of(act).dispatches.append(
        Dispatch(parent_id=above.id if above else None, sender_id=case.unit_id, unit_id=unit_id, part="lead", way=way,
                 due_on=due_on, sent_at=act.at)
    )  # fmt: skip
    if case.unit_id != case.office_id:
        parts.join(case, case.unit_id, "relay", act.on)
    case.sender_id, case.unit_id, case.handler_id = case.unit_id, unit_id, None
    parts.join(case, unit_id, "holder", act.on)
    db.session().flush()


def _assist(act: Act, unit_ids: Iterable[int]) -> None:
    case, matter = act.case, matter_of(act)
    there = {row.unit_id for row in matter.dispatches if row.ended_at is None}
    for unit_id in unit_ids:
        if unit_id in there:
            continue
        matter.dispatches.append(
            Dispatch(sender_id=act.actor.unit_id, unit_id=unit_id, part="assist", way="transfer", sent_at=act.at)
        )
        parts.join(case, unit_id, "assist", act.on)
        act.extra.setdefault("assist_unit_ids", []).append(unit_id)


def _end(row: Dispatch, act: Act) -> None:
    row.ended_at = act.at
    row.end = "recalled" if act.action.name.startswith("recall") else "returned"


DISPATCHING: dict[str, Effect] = {
    "dispatch": dispatch,
    "forward": forward,
    "sign": sign,
    "object": object_to,
    "take_back": take_back,
    "recall_sealed": recall_sealed,
    "add_assists": add_assists,
}
