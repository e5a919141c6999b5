"""A unit has ended: its successor goes on with the matter, its dispatches and its objections."""

from petitions import db
from petitions.access import past
from petitions.cases import parts
from petitions.cases.kinds import Act, Effect, Guard
from petitions.matters.course import current_dispatch, matter_of
from petitions.matters.models import Dispatch, Matter
from petitions.matters.sealing import close_walls, why_not_kept
from petitions.words import say


def take_over(act: Act) -> None:
    """Everything the former unit is to the matter its successor is; an open matter's dispatches go on in rows of their own."""
    matter, old_id, new_id = matter_of(act), act.data["former_unit"], act.data["successor"]
    parts.hand_on(matter, old_id, new_id, act.on)
    if matter.closed_on is None:
        _go_on(act, matter, old_id, new_id)
        if matter.sender_id == matter.unit_id:
            given = current_dispatch(act)
            matter.sender_id = given.sender_id if given else None
    db.session().flush()
    db.session().expire(matter, ["office", "unit", "sender"])
    if matter.sealed:
        # The list follows to the desk that answers for it now; whoever it accuses leaves with this transaction.
        close_walls(matter)


def _go_on(act: Act, matter: Matter, old_id: int, new_id: int) -> None:
    """The rows of the unit end as they were; others take their places in the tree.

    Where sender and receiver have become one unit a tier has vanished: the row above it is the one worked under.
    """
    standing = {row.id: row for row in matter.dispatches if row.ended_at is None}
    leading = {row.unit_id for row in standing.values() if row.part == "lead"}
    places = dict[int, Dispatch | None]()
    for row in standing.values():
        above = places.get(row.parent_id, standing.get(row.parent_id)) if row.parent_id else None
        if old_id not in (row.sender_id, row.unit_id):
            row.parent_id = (
                above.id if row.parent_id in places and above else None if row.parent_id in places else row.parent_id
            )
            continue
        sender_id, unit_id = (new_id if one == old_id else one for one in (row.sender_id, row.unit_id))
        if row.part == "lead" and sender_id == unit_id:
            places[row.id] = above
            if above is not None:
                above.signed_at, above.signed_by_id = row.signed_at, row.signed_by_id
        elif row.part == "assist" and (unit_id == sender_id or _helps(matter, unit_id) or old_id in leading):
            places[row.id] = None
        else:
            places[row.id] = _heir(matter, row, above, sender_id, unit_id)
        row.ended_at, row.end = act.at, "succeeded"
    _spare(act, matter, new_id)


def _heir(matter: Matter, row: Dispatch, above: Dispatch | None, sender_id: int, unit_id: int) -> Dispatch:
    heir = Dispatch(
        parent_id=above.id if above else None, sender_id=sender_id, unit_id=unit_id, part=row.part, way=row.way,
        due_on=row.due_on, sent_at=row.sent_at, signed_at=row.signed_at, signed_by_id=row.signed_by_id,
        objected_at=row.objected_at, objection=row.objection, proposed_unit_id=row.proposed_unit_id,
        succeeds_id=row.id,
    )  # fmt: skip
    matter.dispatches.append(heir)
    db.session().flush()
    return heir


def _helps(matter: Matter, unit_id: int) -> bool:
    return any(row.unit_id == unit_id and row.ended_at is None for row in matter.dispatches)


def _spare(act: Act, matter: Matter, unit_id: int) -> None:
    """A unit that has the matter to answer helps nobody with it."""
    own = [row for row in matter.dispatches if row.unit_id == unit_id and row.ended_at is None]
    if any(row.part == "lead" for row in own):
        for row in own:
            if row.part == "assist":
                row.ended_at, row.end = act.at, "succeeded"


def unit_has_gone(act: Act) -> str | None:
    """Only what a unit leaves behind is taken over: by one that was named its successor, or by another desk (第30条)."""
    matter = matter_of(act)
    there = {matter.office_id, matter.unit_id, matter.sender_id, *parts.everybody(matter)} - {None}
    gone = {one for one in there if one is not None and past.direct_heirs(one)}
    if matter.sealed:
        gone |= {one for one in there if one is not None and why_not_kept(one, matter.respondents)}
    if not gone or (not act.asking and act.data["former_unit"] not in gone):
        return say("此件所在的单位没有合并、拆分，不用承接")
    if act.asking:
        return None
    former, successor = act.data["former_unit"], act.data["successor"]
    if matter.sealed:
        return why_not_kept(successor, matter.respondents)
    return None if successor in past.direct_heirs(former) else say("只能由指定的承接单位承接")


def objection_has_lapsed(act: Act) -> str | None:
    """Whoever objected and whoever was to decide it have become one unit: there is nobody left to ask."""
    given = current_dispatch(act)
    if given is None or given.objected_at is None:
        return None
    return say("异议还等发送单位核实")


SUCCEEDING: dict[str, Effect] = {"take_over": take_over}
SUCCESSION_GUARDS: tuple[Guard, ...] = (unit_has_gone, objection_has_lapsed)
