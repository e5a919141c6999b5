"""Keeping a region's own limits: which numbers may be entered, and until when they hold.

The regulation stands above local rules. So a duty it sets may be made shorter, never longer, and a right it gives to
whoever petitions may be made longer, never shorter; both are compared day by day over every year of the calendar,
for 5 working days around 春节 last longer than 5 working days in June.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import structlog
from sqlalchemy import select

from petitions import clock, db
from petitions.access import audit, units
from petitions.access.models import User
from petitions.cases import checks, clocks, local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import Calendar
from petitions.cases.limit import Duty, Limit, Origin
from petitions.cases.limits import ADDED, MEDIATION, PETITION
from petitions.cases.local_limits import LimitVersion
from petitions.cases.models import Deadline
from petitions.web.inputs import Input, Option, insist_on_length, line
from petitions.words import FieldErrors, Refused, say

log = structlog.get_logger()

CODE = Input("code", say("期限"), "choice")
PLACE = Input(
    "place", say("适用地区"), "unit", help=say("这个单位和它以下的单位都适用；同一期限有几条的，按最近的一条")
)
LENGTH = Input("length", say("期限长度"), "integer")
UNIT = Input("unit", say("计算单位"), "choice")
EXTENSION = Input("extension", say("最多延长"), "integer", help=say("按同一单位；不能延长的填0"))
FROM = Input("valid_from", say("施行日期"), "date", help=say("这一天起开始计算的期限适用；已经在计算的期限不变"))
TO = Input("valid_to", say("截止日期"), "date", help=say("没有截止日期的留空"))
SOURCE = Input("source", say("依据"), help=say("文件名称、文号和条款，会印在期限说明里"), max_length=200)
INPUTS = (CODE, PLACE, LENGTH, UNIT, EXTENSION, FROM, TO, SOURCE)

UNITS = {
    clocks.Unit.DAYS: say("日"),
    clocks.Unit.WORKDAYS: say("工作日"),
    clocks.Unit.MONTHS: say("个月"),
    clocks.Unit.YEARS: say("年"),
}

LONGEST = {clocks.Unit.DAYS: 1095, clocks.Unit.WORKDAYS: 750, clocks.Unit.MONTHS: 36, clocks.Unit.YEARS: 3}
"""Three years: no clock of an office is longer, and a slip of the keyboard is."""

_OURS = (Duty.OFFICE, Duty.HOLDER, Duty.PETITIONER, Duty.PARTIES)
_OWN_RIGHT = (Duty.PETITIONER, Duty.PARTIES)


def adjustable() -> list[Limit]:
    """The limits a region may have a number of its own for: those with a number that are kept here."""
    return [
        limit for limit in (*PETITION, *MEDIATION) if limit.length and limit.duty in _OURS and limit.code not in ADDED
    ]


def choices() -> dict[str, list[Option]]:
    """What the boxes of the form offer."""
    return {
        "code": [
            Option(limit.code, say("{code} {name}（{counted}）", code=limit.code, name=say(limit.name), counted=limit.counted))
            for limit in adjustable()
        ],
        "unit": [Option(unit.value, label) for unit, label in UNITS.items()],
        "place": [Option(str(unit.id), unit.name) for unit in units.in_force()],
    }  # fmt: skip


def add(values: Mapping[str, str], by: User) -> LimitVersion:
    """A new row. Raises FieldErrors with what is wrong; changes no clock that runs."""
    errors: dict[str, str] = {}
    limit = next((one for one in adjustable() if one.code == values.get("code")), None)
    place = next((unit for unit in units.in_force() if str(unit.id) == values.get("place")), None)
    source = line(str(values.get("source") or ""))
    insist_on_length((SOURCE,), {"source": source})
    if limit is None:
        errors["code"] = say("选择一个可以有本地规定的期限")
    if place is None:
        errors["place"] = say("选择适用的单位")
    if not source:
        errors["source"] = say("写明依据：没有依据的数字不能作为期限")
    length, extension = _number(values, "length", errors), _number(values, "extension", errors)
    unit = clocks.Unit(values["unit"]) if values.get("unit") in set(clocks.Unit) else None
    if unit is None:
        errors["unit"] = say("选择计算单位")
    begins, ends = _period(values, errors)
    if errors or limit is None or place is None or unit is None or begins is None:
        raise FieldErrors(errors)
    row = LimitVersion(
        code=limit.code, unit_id=place.id, valid_from=begins, valid_to=ends, length=length, unit=unit.value,
        extension=extension, source=source, entered_by_id=by.id, entered_at=clock.now(),
    )  # fmt: skip
    errors |= against_law(limit, row.limit, load_calendar()) | _overlap(row)
    if errors:
        raise FieldErrors(errors)
    db.session().add(row)
    _changed("limit:add", row, by)
    return row


def end(row: LimitVersion, values: Mapping[str, str], by: User) -> None:
    """Let a row hold until a day from today on; clocks started under it keep it. Raises FieldErrors."""
    text = str(values.get("valid_to") or "")
    try:
        last = checks.day(text)
    except checks.Unreadable as refusal:
        raise FieldErrors({"valid_to": refusal.sentence}) from None
    if last < clock.today():
        raise FieldErrors({"valid_to": say("截止日期不能早于今天：已经开始计算的期限不能改")})
    if last < row.valid_from:
        raise FieldErrors({"valid_to": say("截止日期早于施行日期")})
    before = row.valid_to
    row.valid_to = last
    others = _overlap(row)
    if others:
        row.valid_to = before
        raise FieldErrors({"valid_to": others["valid_from"]})
    _changed("limit:end", row, by)


def remove(row: LimitVersion, by: User) -> None:
    """Take a row back that was entered by mistake. Raises Refused once a clock was started under it."""
    if db.session().scalar(select(select(Deadline.id).where(Deadline.rule == row.rule).exists())):
        raise Refused(say("已有期限按这一条计算，不能删除；可以填截止日期"))
    db.session().delete(row)
    _changed("limit:remove", row, by)


def against_law(national: Limit, own: Limit, calendar: Calendar) -> dict[str, str]:
    """What the regulation has against a region's number; empty when nothing. Only what is law binds."""
    if national.origin is not Origin.LAW:
        return {}
    if national.window and national.duty not in _OWN_RIGHT:
        return {
            "length": say("“{name}”由{article}规定，不能改变", name=say(national.name), article=say(national.article))
        }
    if not national.window and own.extension > national.extension:
        most = clocks.counted(national.extension, national.unit)
        return {"extension": say("{article}规定最多延长{most}", article=say(national.article), most=most)
                if national.extension else say("{article}没有规定可以延长", article=say(national.article))}  # fmt: skip
    for start in _starts(calendar):
        law, here = _last(national, start, calendar), _last(own, start, calendar)
        values = {
            "article": say(national.article), "counted": national.counted, "start": clocks.in_words(start),
            "law": clocks.in_words(law), "here": clocks.in_words(here),
        }  # fmt: skip
        if national.window and here < law:
            return {
                "length": say(
                    "会缩短信访人的法定期限：{article}是{counted}。例如{start}起算，法定至{law}，按此只到{here}",
                    **values,
                )
            }
        if not national.window and here > law:
            return {
                "length": say(
                    "超过法定期限：{article}是{counted}。例如{start}起算，法定至{law}，按此要到{here}", **values
                )
            }
    return {}


def _starts(calendar: Calendar) -> list[date]:
    """Every day of the years whose days off are known; of the coming leap cycle where none is."""
    years = sorted(calendar.published) or list(range(2024, 2028))
    return [
        first + timedelta(days=n)
        for first in (date(year, 1, 1) for year in years)
        for n in range((date(first.year + 1, 1, 1) - first).days)
    ]


def _last(limit: Limit, start: date, calendar: Calendar) -> date:
    assert limit.length is not None
    return clocks.due(start, limit.length, limit.unit, calendar, roll=limit.roll).rolled


def _number(values: Mapping[str, str], name: str, errors: dict[str, str]) -> int:
    text = str(values.get(name) or "")
    if name == "extension" and not text.strip():
        return 0
    try:
        number = checks.integer(text)
    except checks.Unreadable as refusal:
        errors[name] = refusal.sentence
        return 0
    unit = values.get("unit")
    most = LONGEST[clocks.Unit(unit)] if unit in set(clocks.Unit) else LONGEST[clocks.Unit.DAYS]
    least = 1 if name == "length" else 0
    if not least <= number <= most:
        errors[name] = say("应在{least}到{most}之间", least=least, most=most)
    return number


def _period(values: Mapping[str, str], errors: dict[str, str]) -> tuple[date | None, date | None]:
    found: list[date | None] = []
    for name in ("valid_from", "valid_to"):
        text = str(values.get(name) or "")
        try:
            found.append(checks.day(text) if text.strip() or name == "valid_from" else None)
        except checks.Unreadable as refusal:
            errors[name] = refusal.sentence
            found.append(None)
    begins, ends = found
    if begins is not None and ends is not None and ends < begins:
        errors["valid_to"] = say("截止日期早于施行日期")
    return begins, ends


def _overlap(row: LimitVersion) -> dict[str, str]:
    """Two numbers for one day would be one too many."""
    for other in local_limits.every():
        same = other is not row and (other.code, other.unit_id) == (row.code, row.unit_id)
        apart = (row.valid_to or date.max) < other.valid_from or (other.valid_to or date.max) < row.valid_from
        if same and not apart:
            return {
                "valid_from": say(
                    "与已有的一条重叠（{begins}起）：先给那一条填截止日期", begins=other.valid_from.isoformat()
                )
            }
    return {}


def _changed(act: str, row: LimitVersion, by: User) -> None:
    about = {
        "limit": row.code, "place": row.unit_id, "length": row.length, "unit": row.unit, "extension": row.extension,
        "from": row.valid_from.isoformat(), "to": row.valid_to.isoformat() if row.valid_to else None, "source": row.source,
    }  # fmt: skip
    log.info("administration", act=act, by=by.username, limit=row.code)
    audit.record(act, None if act == "limit:remove" else row, after=about)
    db.session().flush()
    local_limits.forget()


def rows_by_code() -> Mapping[str, Sequence[LimitVersion]]:
    """Every local row under its limit."""
    found: dict[str, list[LimitVersion]] = {}
    for row in local_limits.every():
        found.setdefault(row.code, []).append(row)
    return found
