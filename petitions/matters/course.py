"""Where a matter stands in its course: its latest acts, its clocks, the dispatch its holder works under."""

from collections.abc import Iterable

from sqlalchemy import select

from petitions import db
from petitions.cases import codes
from petitions.cases.kinds import Act
from petitions.cases.models import Case, Deadline, Event
from petitions.matters.models import Dispatch, Matter


def matter_of(act: Act) -> Matter:
    """The matter an act is about: the case itself, or the one that a review of it is about."""
    matter = act.case.about or act.case
    assert isinstance(matter, Matter)
    return matter


def last_event(act: Act, *names: str) -> Event | None:
    """The latest event of these actions."""
    if act.latest is not None:
        return max((act.latest[name] for name in names if name in act.latest), key=lambda event: event.id, default=None)
    return db.session().scalar(
        select(Event).where(Event.case_id == act.case.id, Event.action.in_(names)).order_by(Event.id.desc()).limit(1)
    )


def outcome_of(outcomes: Iterable[str]) -> str:
    """What names the outcome of a matter whose claims are decided so: something granted before the rest; "" for none."""
    return min((one for one in outcomes if one), key=_weight, default="")


def _weight(outcome: str) -> tuple[bool, int]:
    row = codes.entry("outcome", outcome)
    return (row is None or not row.extra.get("favourable"), row.position if row else 0)


def deadline_of(act: Act, code: str, unit_id: int | None = None) -> Deadline | None:
    """The latest clock of this code, of all units or of the one named."""
    of_code = [row for row in act.case.deadlines if row.code == code and unit_id in (None, row.unit_id)]
    return of_code[-1] if of_code else None


def current_dispatch(act: Act) -> Dispatch | None:
    """The lead dispatch the holder works under."""
    mine = [row for row in matter_of(act).dispatches if row.unit_id == act.case.unit_id and row.part == "lead"]
    return next((row for row in reversed(mine) if row.ended_at is None), None)


def came_from_a_sender(act: Act) -> bool:
    """Whether the holder got the matter from another unit, or has it because it was addressed to it directly."""
    return act.case.sender_id is not None


def assignment(act: Act) -> Dispatch | None:
    """The 交办 that still stands, however far the matter was passed on under it; None for what was only transferred."""
    roots = (row for row in matter_of(act).dispatches if row.part == "lead" and row.parent_id is None)
    standing = next((row for row in roots if row.ended_at is None), None)
    return standing if standing is not None and standing.way == "assign" else None


def report_of(act: Act) -> Event | None:
    """The report that came back on the present assignment and was not returned."""
    last = last_event(act, "assign", "report_back", "return_report")
    return last if last is not None and last.action == "report_back" else None


def petition_procedure(case: Case) -> bool:
    """第34条 sets its 60 日 for claims of 第31条第六项 only; suggestions (第29条) have no such term."""
    return (
        isinstance(case, Matter) and case.nature != "suggestion" and any(claim.route == "R6" for claim in case.claims)
    )


def pending_extension(act: Act) -> Event | None:
    """The request that waits for a decision."""
    last = last_event(act, "request_extension", "extend", "refuse_extension", "accept")
    return last if last is not None and last.action == "request_extension" else None
