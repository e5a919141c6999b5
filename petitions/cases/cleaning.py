"""The one validator of what is typed: strings of a person or a file, or values already typed, become plain values."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from petitions.cases import checks
from petitions.cases.fields import NUMBERED, Choice, Context, Field, Kind
from petitions.words import FieldErrors, Refusal, Sentence, say

_TO_BE_FILLED = re.compile(r"[（(](?:写明|填写|待填|待补|此处)[^（()）\n]{0,30}[）)]|[_＿]{3,}")
"""What a text that was begun for its writer, or copied from an earlier paper, leaves to be filled in."""


def clean(
    fields: Mapping[str, Field],
    required: Iterable[str],
    accepted: Iterable[str],
    data: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The checked values of the named fields; those left empty and not required are absent.

    Raises FieldErrors with a sentence for every field that cannot be taken. Names that are not asked are ignored.
    """
    # In the order they were asked, so that what is kept reads like the form.
    needed, values, errors = list(required), dict[str, Any](), dict[str, str]()
    for name in dict.fromkeys([*needed, *accepted]):
        field = fields[name]
        if field.hinge is not None:
            says = values.get(field.hinge.on)
            if not field.hinge.asks(says):
                continue
            if field.hinge.needs(says):
                needed.append(name)
        try:
            value = _CHECKS[field.kind](field, _shaped(field, data.get(name)), context)
        except Refusal as refusal:
            errors[name] = refusal.sentence
            continue
        if value in (None, "", [], {}) or (value is False and field.hinge is not None and name in needed):
            if name in needed:
                errors[name] = _missing(field)
        else:
            values[name] = value
    if errors:
        raise FieldErrors({name: errors[name] for name in [*fields] if name in errors})
    return values


def _shaped(field: Field, raw: Any) -> Any:
    """`raw`, if it is one value or several as the field asks. No form can get that wrong, another program can."""
    if field.kind in (Kind.PER_PART, Kind.TOLD):
        fits = raw in (None, "") or isinstance(raw, Mapping)
    elif field.kind is Kind.ROWS:
        fits = raw in (None, "") or (isinstance(raw, list) and all(isinstance(row, Mapping) for row in raw))
    elif field.kind in (Kind.CHOICES, Kind.UNITS):
        fits = raw is None or isinstance(raw, str | list | tuple)
    else:
        fits = field.kind is Kind.FILES or not isinstance(raw, list | tuple | Mapping)
    if not fits:
        raise checks.Unreadable(say("{label}的格式不对，重新填写", label=field.label))
    return raw


def _missing(field: Field) -> Sentence:
    if field.kind is Kind.ROWS:
        return say("至少填写一行“{label}”", label=field.label)
    if field.kind in (
        Kind.CHOICE, Kind.CHOICES, Kind.UNIT, Kind.UNITS, Kind.USER, Kind.CASE, Kind.PER_PART, Kind.FILES,
    ):  # fmt: skip
        return say("选择{label}", label=field.label)
    if field.kind is Kind.FLAG:
        return say("勾选“{label}”", label=field.label)
    return say("填写{label}", label=field.label)


def _text(field: Field, raw: Any, context: Context) -> str:  # noqa: ARG001
    tidied = checks.tidy_line if field.kind is Kind.TEXT else checks.tidy
    value = tidied(str(raw)) if raw is not None else ""
    if value and len(value) < field.min_length:
        raise checks.Unreadable(
            say("{label}至少写{least}个字，现在是{now}个字", label=field.label, least=field.min_length, now=len(value))
        )
    if len(value) > field.max_length:
        raise checks.Unreadable(
            say("{label}最多{most}个字，现在是{now}个字", label=field.label, most=field.max_length, now=len(value))
        )
    if field.written and (left := _TO_BE_FILLED.search(value)):
        raise checks.Unreadable(say("{label}里的“{left}”还没有写。补写，或者删去", label=field.label, left=left[0]))
    return value


def _date(field: Field, raw: Any, context: Context) -> str | None:
    if raw in (None, ""):
        return None
    day = raw if isinstance(raw, date) else checks.day(str(raw))
    if field.past and day > context.today:
        raise checks.Unreadable(
            say("{label}不能晚于今天（{today}）", label=field.label, today=context.today.isoformat())
        )
    if field.future and day < context.today:
        raise checks.Unreadable(
            say("{label}不能早于今天（{today}）", label=field.label, today=context.today.isoformat())
        )
    if field.since_receipt and context.received_on and day < context.received_on:
        raise checks.Unreadable(
            say("{label}不能早于来件日期（{received}）", label=field.label, received=context.received_on.isoformat())
        )
    return day.isoformat()


def _integer(field: Field, raw: Any, context: Context) -> int | None:  # noqa: ARG001
    if raw in (None, ""):
        return None
    value = raw if isinstance(raw, int) and not isinstance(raw, bool) else checks.integer(str(raw))
    if field.least is not None and value < field.least:
        raise checks.Unreadable(say("{label}不能少于{least}", label=field.label, least=field.least))
    if field.most is not None and value > field.most:
        raise checks.Unreadable(say("{label}不能超过{most}", label=field.label, most=field.most))
    return value


def _flag(field: Field, raw: Any, context: Context) -> bool:  # noqa: ARG001
    return raw if isinstance(raw, bool) else str(raw or "").strip().lower() in ("1", "on", "true", "yes", "是")


def _pick(field: Field, raw: Any, choices: Sequence[Choice]) -> str:
    value = str(raw).strip()
    found = next((choice for choice in choices if choice.value == value), None)
    if found is None:
        raise checks.Unreadable(say("{label}：没有这个选项，重新选择", label=field.label))
    if found.why_not:
        raise checks.Unreadable(found.why_not)
    return value


def _choice(field: Field, raw: Any, context: Context) -> str | int | None:
    if raw in (None, ""):
        return None
    value = _pick(field, raw, context.choices(field.choices))
    return int(value) if field.kind in NUMBERED else value


def _case(field: Field, raw: Any, context: Context) -> int | None:
    given = checks.tidy_line(str(raw)) if raw is not None else ""
    if not given:
        return None
    found = context.look_up(field.choices, given)
    if found is None:
        raise checks.Unreadable(say("没有找到“{number}”。请核对编号", number=given))
    if found.why_not:
        raise checks.Unreadable(found.why_not)
    return int(found.value)


def _choices(field: Field, raw: Any, context: Context) -> list[str] | list[int]:
    given = [raw] if isinstance(raw, str) else list(raw or ())
    offered = context.choices(field.choices)
    picked = list(dict.fromkeys(_pick(field, item, offered) for item in given if str(item).strip()))
    return [int(value) for value in picked] if field.kind is Kind.UNITS else picked


def _per_part(field: Field, raw: Any, context: Context) -> dict[str, str]:
    given = {str(key): str(value) for key, value in dict(raw or {}).items() if value not in (None, "")}
    offered = context.choices(field.choices)
    picked = {}
    for part in context.choices(field.parts):
        if part.value in given:
            picked[part.value] = _pick(field, given[part.value], offered)
        elif given:
            raise checks.Unreadable(say("{label}：“{part}”还没有选择", label=field.label, part=part.label))
    return picked


def _told(field: Field, raw: Any, context: Context) -> dict[str, str]:
    """The text of each part that has one, by part."""
    given = dict(raw or {})
    parts = {part.value: part.label for part in context.choices(field.parts)}
    told = {}
    for key, value in given.items():
        if key not in parts:
            raise checks.Unreadable(say("{label}：没有这个选项，重新选择", label=field.label))
        named = replace(field, label=say("{label}（{part}）", label=field.label, part=parts[key]))
        if text := _text(named, _shaped(replace(field, kind=Kind.LONG), value), context):
            told[key] = text
    return told


def _rows(field: Field, raw: Any, context: Context) -> list[dict[str, Any]]:
    """The rows that say anything; one that does must say all of `row_needs`."""
    rows = []
    for number, given in enumerate(raw or [], 1):
        row: dict[str, Any] = {}
        for column in field.columns:
            try:
                value = _CHECKS[column.kind](column, _shaped(column, given.get(column.name)), context)
            except Refusal as refusal:
                raise _in_row(number, refusal.sentence) from refusal
            if value not in (None, "", [], {}, False):
                row[column.name] = value
        if row:
            missing = next((one for one in field.columns if one.name in field.row_needs and one.name not in row), None)
            if missing is not None:
                raise _in_row(number, _missing(missing))
            rows.append(row)
    if len(rows) > field.most_rows:
        raise checks.Unreadable(say("{label}最多{most}行", label=field.label, most=field.most_rows))
    return rows


def _in_row(number: int, problem: str) -> checks.Unreadable:
    return checks.Unreadable(say("第{row}行：{problem}", row=number, problem=problem))


def _money(field: Field, raw: Any, context: Context) -> str:  # noqa: ARG001
    return checks.money(str(raw)) if raw not in (None, "") else ""


def _time(field: Field, raw: Any, context: Context) -> str:  # noqa: ARG001
    return checks.time_of_day(str(raw)) if raw not in (None, "") else ""


def _files(field: Field, raw: Any, context: Context) -> list[dict[str, Any]]:  # noqa: ARG001
    """What `Store.keep` said of each file. Only the faces that have stored a file can say it; words are no files."""
    if raw in (None, ""):
        return []
    asked = {"name": str, "sha256": str, "size": int, "media_type": str}
    whole = isinstance(raw, list) and all(
        isinstance(one, dict) and all(isinstance(one.get(key), kind) for key, kind in asked.items()) for one in raw
    )
    if not whole:
        raise checks.Unreadable(say("选择要上传的文件"))
    return [{key: one[key] for key in asked} for one in raw]


def _phone(field: Field, raw: Any, context: Context) -> str:  # noqa: ARG001
    return checks.phone(str(raw)) if raw not in (None, "") else ""


def _id_number(field: Field, raw: Any, context: Context) -> str:  # noqa: ARG001
    return checks.id_number(str(raw), context.today) if raw not in (None, "") else ""


_CHECKS: Mapping[Kind, Callable[[Field, Any, Context], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.DATE: _date,
    Kind.INTEGER: _integer,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.UNIT: _choice,
    Kind.UNITS: _choices,
    Kind.USER: _choice,
    Kind.CASE: _case,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
    Kind.PER_PART: _per_part,
    Kind.TOLD: _told,
    Kind.ROWS: _rows,
    Kind.MONEY: _money,
    Kind.TIME: _time,
    Kind.FILES: _files,
}
