"""A3 日历: the year as everybody reads it, and the two ways an administrator changes it, both by way of a preview."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock, db
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases.calendar import AHEAD, FIRST_YEAR, CalendarYear, DayKind, DayOff, days_of, load_calendar
from petitions.daysoff import proposal, reading
from petitions.daysoff.arrangement import NAME_LENGTH
from petitions.daysoff.confirming import confirm
from petitions.daysoff.grid import months, stretches
from petitions.daysoff.proposal import Proposal
from petitions.web.inputs import Input, insist_on_length, line, options
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, Sentence, say

bp = Blueprint("daysoff", __name__, url_prefix="/calendar")

TEXT = Input(
    "text", say("放假安排"), "long", rows=12, max_length=reading.MOST_CHARACTERS,
    help=say("粘贴国务院通知里的安排，或者一行一段：2027-02-05..2027-02-13,休,春节 和 2027-02-14,班,春节"),
)  # fmt: skip
FILE = Input("file", say("或者上传文件"), "file", help=say("同样内容的文本文件或CSV"))
NOTICE = Input("notice", say("通知名称"), max_length=200, help=say("写进每件期限变动的办理过程"))
DAY = Input("day", say("日期"), "date")
KIND = Input("kind", say("这一天"), "choice")
NAME = Input(
    "name", say("节日名称"), max_length=NAME_LENGTH, help=say("放假和调休上班都写节日名称，如“春节”；平常的日子不写")
)
GROUND = Input("ground", say("依据"), max_length=200, help=say("哪个机关的什么文件，写进每件期限变动的办理过程"))
KINDS: Mapping[str, Sentence] = {
    DayKind.HOLIDAY: say("放假"), DayKind.WORKDAY: say("调休上班"), "plain": say("平常的日子"),
}  # fmt: skip

WAYS: Mapping[str, tuple[Input, ...]] = {"import": (TEXT, FILE, NOTICE), "day": (DAY, KIND, NAME, GROUND)}


@bp.get("")
@permits("calendar:read")
def calendar() -> ResponseReturnValue:
    """The present year."""
    return redirect(url_for("daysoff.year", year=clock.today().year))


@bp.get("/<int:year>")
@permits("calendar:read")
def year(year: int) -> ResponseReturnValue:
    """One year: its months, its holidays, and whether it is announced."""
    row = _known(year)
    return render_template(
        "daysoff/year.html", year=year, row=row, months=months(year, load_calendar()), stretches=stretches(days_of(year)),
        earlier=year - 1 if year > FIRST_YEAR else None, later=year + 1 if year < _last() else None,
        manages=may(user(), "calendar:manage"),
    )  # fmt: skip


@bp.get("/<int:year>/<any(import, day):way>")
@permits("calendar:manage")
def ask(year: int, way: str) -> ResponseReturnValue:
    """The form of a year's arrangement, or of a single day."""
    _known(year)
    notice = say("国务院办公厅关于{year}年部分节假日安排的通知", year=year)
    return _form(year, way, {"notice": notice, "day": request.args.get("day", "")})


@bp.post("/<int:year>/<any(import, day):way>/preview")
@permits("calendar:manage", reads=True)
def preview(year: int, way: str) -> ResponseReturnValue:
    """What the change would do. Nothing is written."""
    _known(year)
    try:
        typed = _typed(way)
        proposed = _proposed(year, way, typed)
    except FieldErrors as refusal:
        return _form(year, way, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    return _preview(proposed, way, typed)


@bp.post("/<int:year>/<any(import, day):way>/confirm")
@permits("calendar:manage")
def carry_out(year: int, way: str) -> ResponseReturnValue:
    """Do what was previewed, if the calendar and the clocks are still what they were."""
    _known(year)
    try:
        typed = _typed(way)
        proposed = _proposed(year, way, typed)
    except FieldErrors as refusal:
        return _form(year, way, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        found = confirm(proposed, request.form.get("fingerprint", ""), user())
    except Refused as refusal:
        return _preview(proposed, way, typed, refusal.sentence), HTTPStatus.CONFLICT
    flash(
        say("已更改{year}年的日历{days}天，{cases}件的{clocks}个期限重新计算", year=year, days=len(found.changes),
            cases=found.cases, clocks=len(found.seen)),
        "success",
    )  # fmt: skip
    return redirect(url_for("daysoff.year", year=year))


def _typed(way: str) -> dict[str, str]:
    """What was typed, an uploaded file as its text. Raises FieldErrors."""
    typed = {one.name: request.form.get(one.name, "") for one in WAYS[way] if one is not FILE}
    given = request.files.get("file")
    if way == "import" and given is not None and given.filename:
        if typed["text"].strip():
            raise FieldErrors({"file": say("粘贴和上传只选一种")})
        with _about("file"):
            typed["text"] = reading.text_of(given.stream.read(4 * reading.MOST_CHARACTERS + 1))
    for one in WAYS[way]:
        if one.kind == "text":
            typed[one.name] = line(typed[one.name])
    insist_on_length([one for one in WAYS[way] if one.kind == "text"], typed)
    ground = NOTICE if way == "import" else GROUND
    if not typed[ground.name]:
        raise FieldErrors({ground.name: say("填写{label}", label=ground.label)})
    return typed


def _proposed(year: int, way: str, typed: Mapping[str, str]) -> Proposal:
    """The change as it was typed. Raises FieldErrors for what cannot be one."""
    if way == "import":
        with _about("text"):
            return proposal.of_notice(year, typed["text"], typed["notice"])
    try:
        day = date.fromisoformat(typed["day"].strip())
    except ValueError as fault:
        raise FieldErrors({"day": say("填写日期，如{day}", day=f"{year}-02-05")}) from fault
    if typed["kind"] not in KINDS:
        raise FieldErrors({"kind": say("选择这一天放假、上班还是平常")})
    one = None if typed["kind"] == "plain" else DayOff(DayKind(typed["kind"]), typed["name"])
    with _about("day"):
        return proposal.of_day(year, day, one, typed["ground"])


@contextmanager
def _about(field: str) -> Iterator[None]:
    """A refusal inside is a sentence about this field."""
    try:
        yield
    except Refused as refusal:
        raise FieldErrors({field: refusal.sentence}) from refusal


def _known(year: int) -> CalendarYear | None:
    """The row of a year that has a page; a year is shown as long as clocks may reach it."""
    if not FIRST_YEAR <= year <= _last():
        abort(HTTPStatus.NOT_FOUND)
    return db.session().get(CalendarYear, year)


def _last() -> int:
    return clock.today().year + AHEAD


def _form(year: int, way: str, values: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    return render_template(
        "daysoff/form.html", year=year, way=way, inputs=WAYS[way], errors=dict(errors or {}),
        values={name: reading.legible(value) for name, value in values.items()},
        kinds=options(KINDS),
    )  # fmt: skip


def _preview(proposed: Proposal, way: str, typed: Mapping[str, str], refused: str = "") -> str:
    found = proposal.consequences(proposed)
    return render_template(
        "daysoff/preview.html", proposed=proposed, way=way, typed=typed, found=found,
        lines=proposal.lines(found, user()), errors={"": refused} if refused else {},
    )  # fmt: skip
