"""A4 期限: every limit with its article, a region's own numbers, and the calculator."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock, db
from petitions.access import units
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases import clocks
from petitions.cases.limit import DUTIES, ORIGINS
from petitions.cases.limits import ADDED, FOREIGN_PROCEDURES, MEDIATION, PETITION
from petitions.cases.local_limits import LimitVersion
from petitions.deadlines import calculator, limit_admin
from petitions.web.inputs import Input, Option
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("limits", __name__)

CHAPTERS = ((say("信访"), PETITION), (say("调解"), MEDIATION), (say("其他程序"), FOREIGN_PROCEDURES))

LIMIT = Input("limit", say("期限"), "choice")
START = Input("start", say("起算日"), "date", help=say("当日不计"))
EXTEND = Input("extend", say("延长"), "integer", help=say("按该期限的单位；没有延长的留空"))
PAUSE = Input("pause", say("不计入的日子"), help=say("例如2026-11-10..2026-11-17；有几段的用空格隔开"), max_length=500)
PLACE = Input("place", say("地区"), "unit", help=say("有本地规定的，按这个单位的"))
QUESTIONS = (LIMIT, START, EXTEND, PAUSE, PLACE)


@bp.get("/limits")
@permits("limit:read")
def index() -> ResponseReturnValue:
    """Every limit, by chapter."""
    return render_template(
        "deadlines/limits.html", chapters=CHAPTERS, own=limit_admin.rows_by_code(), duties=DUTIES, origins=ORIGINS,
        units=limit_admin.UNITS, today=clock.today(), keeps=may(user(), "limit:manage"),
    )  # fmt: skip


@bp.get("/limits/new")
@permits("limit:manage")
def new() -> ResponseReturnValue:
    """The form of a region's own number."""
    return _form({"code": request.args.get("code", ""), "place": str(user().unit_id), "unit": "days"}, {})


@bp.post("/limits/new")
@permits("limit:manage")
def add() -> ResponseReturnValue:
    """Enter it."""
    try:
        row = limit_admin.add(request.form, user())
    except FieldErrors as refusal:
        return _form(request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已增加{code}的本地期限", code=row.code), "success")
    return redirect(url_for("limits.version", version_id=row.id))


@bp.get("/limits/versions/<int:version_id>")
@permits("limit:manage")
def version(version_id: int) -> ResponseReturnValue:
    """One row, and its end."""
    row = _row(version_id)
    return _version(row, {"valid_to": row.valid_to.isoformat() if row.valid_to else ""}, {})


@bp.post("/limits/versions/<int:version_id>/end")
@permits("limit:manage")
def end(version_id: int) -> ResponseReturnValue:
    """Let it hold until a day."""
    row = _row(version_id)
    try:
        limit_admin.end(row, request.form, user())
    except FieldErrors as refusal:
        return _version(row, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已保存截止日期"), "success")
    return redirect(url_for("limits.index"))


@bp.post("/limits/versions/<int:version_id>/remove")
@permits("limit:manage")
def remove(version_id: int) -> ResponseReturnValue:
    """Take it back."""
    row = _row(version_id)
    try:
        limit_admin.remove(row, user())
    except Refused as refusal:
        return _version(row, {}, {"valid_to": refusal.sentence}), HTTPStatus.CONFLICT
    flash(say("已删除"), "success")
    return redirect(url_for("limits.index"))


@bp.get("/limits/calculator", endpoint="calculator")
@permits("limit:read")
def count() -> ResponseReturnValue:
    """The calculator. What is asked stands in the address: it names nobody."""
    asked = {one.name: request.args.get(one.name, "")[: one.max_length] for one in QUESTIONS}
    asked["place"] = asked["place"] or str(user().unit_id)
    answer: calculator.Answer | None = None
    errors: Mapping[str, str] = {}
    if request.args.get("limit") or request.args.get("start"):
        try:
            answer = calculator.calculate(asked, _place(asked["place"]))
        except FieldErrors as refusal:
            errors = refusal.errors
    shown = {
        "limit": [
            Option(limit.code, say("{code} {name}", code=limit.code, name=say(limit.name)), group=label)
            for label, limits in CHAPTERS
            for limit in limits
            if limit.length is not None and limit.code not in ADDED
        ],
        "place": limit_admin.choices()["place"],
    }
    page = render_template(
        "deadlines/calculator.html", asked=asked, answer=answer, errors=errors, questions=QUESTIONS, choices=shown,
        duties=DUTIES, origins=ORIGINS, in_words=clocks.in_words,
    )  # fmt: skip
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


@bp.get("/limits/calculator.json")
@permits("limit:read")
def count_json() -> ResponseReturnValue:
    """The same for a script."""
    place = _place(request.args.get("place", "") or str(user().unit_id))
    try:
        return jsonify(calculator.calculate(request.args, place).as_json())
    except FieldErrors as refusal:
        said = {name: str(sentence) for name, sentence in refusal.errors.items()}
        return jsonify({"errors": said}), HTTPStatus.UNPROCESSABLE_ENTITY


def _place(text: str) -> int | None:
    return next((unit.id for unit in units.in_force() if str(unit.id) == text), None)


def _row(version_id: int) -> LimitVersion:
    row = db.session().get(LimitVersion, version_id) if version_id < 1 << 31 else None
    return row if row is not None else abort(HTTPStatus.NOT_FOUND)


def _form(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "deadlines/limit_form.html",
        inputs=limit_admin.INPUTS,
        values=values,
        errors=errors,
        choices=limit_admin.choices(),
    )


def _version(row: LimitVersion, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    limit = row.limit
    return render_template(
        "deadlines/limit_version.html", row=row, limit=limit, values=values, errors=errors, box=limit_admin.TO,
        extension=clocks.counted(limit.extension, limit.unit),
    )  # fmt: skip
