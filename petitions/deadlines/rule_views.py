"""A4 提醒规则: the effective ladder of each limit, what an administrator keeps, and what it would do today."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import db
from petitions.access import units
from petitions.access.gate import user
from petitions.access.models import Unit
from petitions.deadlines import rule_admin, rules
from petitions.deadlines.rules import ReminderRule
from petitions.web.permits import permits
from petitions.words import FieldErrors, say

bp = Blueprint("rules", __name__)


@bp.get("/reminder-rules")
@permits("reminder:manage")
def index() -> ResponseReturnValue:
    """What holds for each limit, everywhere or at one unit."""
    place = _place(request.args.get("place", ""))
    return render_template(
        "deadlines/rules.html", lines=rule_admin.lines(place.id if place else None), kept=rules.every(), place=place,
        choices=rule_admin.choices()["place"], box=rule_admin.PLACE, limits={one.code: one for one in rule_admin.kept_for()},
    )  # fmt: skip


@bp.get("/reminder-rules/new")
@permits("reminder:manage")
def new() -> ResponseReturnValue:
    """The form, with what holds now for the limit and unit that the address names."""
    code, place = request.args.get("code", ""), _place(request.args.get("place", ""))
    ladder = rules.read().of(code, place.id if place else None)
    days = {"every": ladder.every, "head": ladder.head, "office": ladder.office}
    values = {
        "code": code, "place": str(place.id) if place else "", "before": " ".join(str(one) for one in ladder.before),
        **{name: "" if count is None else str(count) for name, count in days.items()},
    }  # fmt: skip
    return _form(values, {})


@bp.post("/reminder-rules/new")
@permits("reminder:manage")
def keep() -> ResponseReturnValue:
    """Say what the rule would do today, or keep it."""
    try:
        row = rule_admin.read(request.form)
    except FieldErrors as refusal:
        return _form(request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    if request.form.get("look"):
        return _form(request.form, {}, row)
    rule_admin.keep(row, user())
    flash(say("已保存提醒规则"), "success")
    return redirect(url_for("rules.index", place=row.unit_id))


@bp.post("/reminder-rules/<int:rule_id>/remove")
@permits("reminder:manage")
def remove(rule_id: int) -> ResponseReturnValue:
    """Take a rule back."""
    row = db.session().get(ReminderRule, rule_id) if rule_id < 1 << 31 else None
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    rule_admin.remove(row, user())
    flash(say("已删除提醒规则"), "success")
    return redirect(url_for("rules.index"))


def _place(text: str) -> Unit | None:
    return next((unit for unit in units.in_force() if str(unit.id) == text), None)


def _form(values: Mapping[str, str], errors: Mapping[str, str], seen: ReminderRule | None = None) -> str:
    return render_template(
        "deadlines/rule_form.html", inputs=rule_admin.INPUTS, values=values, errors=errors, choices=rule_admin.choices(),
        seen=seen, told=rule_admin.would_tell(seen) if seen is not None else 0,
    )  # fmt: skip
