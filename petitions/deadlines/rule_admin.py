"""Keeping the rules of reminding: what may be entered, and what a rule would do today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from petitions import clock, db
from petitions.access import audit, units
from petitions.access.models import Unit, User
from petitions.cases import checks, local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import days_left
from petitions.cases.duties import owed
from petitions.cases.limit import Duty, Limit, Origin
from petitions.cases.limits import LIMITS
from petitions.deadlines import rules
from petitions.deadlines.ladder import running
from petitions.deadlines.rules import Ladder, ReminderRule, Rules
from petitions.web.inputs import Input, Option
from petitions.words import FieldErrors, Sentence, say

log = structlog.get_logger()

CODE = Input("code", say("期限"), "choice")
PLACE = Input("place", say("适用单位"), "unit", help=say("这个单位和它以下的单位都适用；不选就是全部单位"))
BEFORE = Input(
    "before", say("到期前几天提醒"), help=say("用空格隔开，当天写0，例如7 3 1 0；按该期限的单位计"), max_length=60
)
EVERY = Input("every", say("超期后每隔几天提醒承办人"), "integer", help=say("从超期第1天起；1就是每天，不提醒的留空"))
HEAD = Input("head", say("超期第几天报单位负责人"), "integer", help=say("不报的留空"))
OFFICE = Input("office", say("超期第几天列入督办建议"), "integer", help=say("由信访部门决定是否督办；不列入的留空"))
INPUTS = (CODE, PLACE, BEFORE, EVERY, HEAD, OFFICE)

LONGEST = 365
"""No duty is longer than a year, and a reminder that comes a year late is none."""


@dataclass(frozen=True)
class Line:
    """One limit as the page of rules shows it."""

    limit: Limit
    ladder: Ladder
    row: ReminderRule | None
    """Where it comes from; None: our default."""
    today: int
    """Open cases of which somebody is told today by it."""


def kept_for() -> list[Limit]:
    """The limits that remind: every duty, and a unit's own right that lapses on a later day than it began."""
    rights = [limit for limit in LIMITS.values() if limit.window and limit.length and limit.duty is Duty.HOLDER]
    return sorted([*owed(), *rights], key=lambda limit: list(LIMITS).index(limit.code))


def choices() -> dict[str, list[Option]]:
    """What the boxes of the form offer."""
    named = [Option(limit.code, say("{code} {name}", code=limit.code, name=say(limit.name))) for limit in kept_for()]
    return {
        "code": [Option("", say("全部期限")), *named],
        "place": [Option("", say("全部单位")), *(Option(str(unit.id), unit.name) for unit in units.in_force())],
    }


def lines(unit_id: int | None) -> list[Line]:
    """The ladder of each limit at a unit (None: where no unit has rules of its own), and whom it reminds today."""
    known = rules.read()
    told = _told_today(known, unit_id)
    return [
        Line(limit, _within(known.of(limit.code, unit_id), limit), known.row(limit.code, unit_id), told[limit.code])
        for limit in kept_for()
    ]


def _within(ladder: Ladder, limit: Limit) -> Ladder:
    """The rungs that lie inside the term of the limit: the others are never reached."""
    longest = limit.length or LONGEST
    return replace(ladder, before=tuple(days for days in ladder.before if days < longest))


def read(values: Mapping[str, str]) -> ReminderRule:
    """A rule as it is typed, not kept yet. Raises FieldErrors with what is wrong."""
    errors: dict[str, str] = {}
    code, place = str(values.get("code") or ""), _place(str(values.get("place") or ""), errors)
    limit = next((one for one in kept_for() if one.code == code), None)
    if code and limit is None:
        errors["code"] = say("选择一个会提醒的期限")
    before = _days(str(values.get("before") or ""), limit, errors)
    after = {name: _number(str(values.get(name) or ""), name, errors) for name in ("every", "head", "office")}
    ladder = Ladder(before, after["every"], after["head"], after["office"])
    if not errors:
        errors |= against_duty(ladder, limit)
    if errors:
        raise FieldErrors(errors)
    return ReminderRule(
        code=code, unit_id=place.id if place else None, days_before=",".join(str(one) for one in before),
        every_days=ladder.every, head_after=ladder.head, office_after=ladder.office,
    )  # fmt: skip


def against_duty(ladder: Ladder, limit: Limit | None) -> dict[str, Sentence]:
    """What is wrong with a ladder as a whole, for a limit or (None) for all of them."""
    if limit is not None and limit.window:
        given = {"every": ladder.every, "head": ladder.head, "office": ladder.office}
        named = say("“{name}”到期就失效，不会超期，此项留空", name=say(limit.name))
        return {name: named for name, days in given.items() if days is not None}
    if ladder.office is not None and (ladder.head is None or ladder.office < ladder.head):
        return {"office": say("先报单位负责人，再列入督办建议：天数不能早于报负责人")}
    # What the regulation sets is a duty: nobody may be left to miss it unawares.
    if limit is None or limit.origin is Origin.LAW:
        if 0 not in ladder.before:
            return {"before": say("法定期限到期当天必须提醒，加上0")}
        if ladder.every is None and ladder.head is None:
            return {"every": say("法定期限超期后至少要有一次提醒")}
    return {}


def keep(row: ReminderRule, by: User) -> None:
    """Keep a rule that `read` gave, in place of the one for the same limit and unit."""
    for other in rules.every():
        if (other.code, other.unit_id) == (row.code, row.unit_id):
            db.session().delete(other)
    db.session().flush()
    row.entered_by_id, row.entered_at = by.id, clock.now()
    db.session().add(row)
    _changed("reminder:set", row, by)


def remove(row: ReminderRule, by: User) -> None:
    """Take a rule back: what stood above it holds again."""
    db.session().delete(row)
    _changed("reminder:remove", row, by)


def would_tell(row: ReminderRule) -> int:
    """In how many open cases somebody would be told today where this rule holds, were it kept."""
    others = [one for one in rules.every() if (one.code, one.unit_id) != (row.code, row.unit_id)]
    known = Rules([*others, row])
    told = _told_today(known, row.unit_id, only=row)
    return sum(told.values())


def _told_today(known: Rules, unit_id: int | None, only: ReminderRule | None = None) -> Counter[str]:
    """By limit, the clocks that reach a rung on this very day, at a unit and below or everywhere. No accusation counts."""
    today, calendar, found = clock.today(), load_calendar(), Counter[str]()
    within = {unit_id, *(unit.id for unit in units.below(unit_id))} if unit_id is not None else None
    for row in db.session().execute(running(today, None, known.ahead)):
        if row.sealed or (within is not None and row.unit_id not in within):
            continue
        if only is not None and known.row(row.code, row.unit_id) is not only:
            continue
        ladder, limit = known.of(row.code, row.unit_id), local_limits.of(row)
        late = rules.since(row.due_on, today)
        if late <= 0:
            term = days_left(row.target_on, row.start_on, limit.unit, calendar)
            left = days_left(row.target_on, today, limit.unit, calendar)
            found[row.code] += left < term and left in ladder.before
        elif not limit.window:
            daily = ladder.every is not None and rules.step(late, ladder.every) == late
            found[row.code] += daily or late in (ladder.head, ladder.office)
    return found


def _place(text: str, errors: dict[str, str]) -> Unit | None:
    if not text:
        return None
    found = next((unit for unit in units.in_force() if str(unit.id) == text), None)
    if found is None:
        errors["place"] = say("选择适用的单位")
    return found


def _days(text: str, limit: Limit | None, errors: dict[str, str]) -> tuple[int, ...]:
    """Days ahead, the largest first."""
    found = list[int]()
    for part in checks.narrow(text).replace("、", " ").replace(",", " ").split():
        try:
            found.append(checks.integer(part))
        except checks.Unreadable as refusal:
            errors["before"] = refusal.sentence
            return ()
    longest = _longest(limit)
    if any(one < 0 for one in found):
        errors["before"] = say("天数不能是负数")
    elif len(set(found)) < len(found):
        errors["before"] = say("同一天写了两次")
    elif any(one and one >= longest for one in found):
        errors["before"] = say("提前的天数要比期限短：最多{most}天", most=longest - 1)
    return tuple(sorted(found, reverse=True))


def _longest(limit: Limit | None) -> int:
    """A rung on the first day of the term or before it would never be told. A sender may name any day."""
    return (limit.length or LONGEST) if limit is not None else max(one.length or 0 for one in owed())


def _number(text: str, name: str, errors: dict[str, str]) -> int | None:
    if not text.strip():
        return None
    try:
        number = checks.integer(text)
    except checks.Unreadable as refusal:
        errors[name] = refusal.sentence
        return None
    if not 1 <= number <= LONGEST:
        errors[name] = say("应在{least}到{most}之间", least=1, most=LONGEST)
    return number


def _changed(act: str, row: ReminderRule, by: User) -> None:
    about = {
        "limit": row.code, "place": row.unit_id, "before": row.days_before, "every": row.every_days,
        "head": row.head_after, "office": row.office_after,
    }  # fmt: skip
    log.info("administration", act=act, by=by.username, limit=row.code)
    db.session().flush()
    audit.record(act, None if act == "reminder:remove" else row, after=about)
