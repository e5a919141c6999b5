"""A1 单位与人员: the pages on which the system administrator keeps units, and the security administrator people."""

from collections.abc import Iterable, Mapping
from datetime import date
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import db
from petitions.access import admin, provider, staff, succession, totp
from petitions.access import login as logins
from petitions.access.gate import user
from petitions.access.models import UNIT_KINDS, Unit, User
from petitions.access.policy import may
from petitions.access.predicates import unsplit
from petitions.access.roles import LABELS
from petitions.settings import Settings
from petitions.web.inputs import options
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("access_admin", __name__, url_prefix="/admin")

Row = TypeVar("Row", Unit, User)


@bp.get("/units")
@permits("unit:manage")
def units() -> ResponseReturnValue:
    """The tree of units with how many people work in each, as it is or as it was on a day (`on`)."""
    closed, on = bool(request.args.get("closed")), _day(request.args.get("on", ""))
    rows = staff.tree(closed=closed, on=on)
    return render_template("admin/units.html", rows=rows, closed=closed, on=on, sees_people=_sees_people())


@bp.get("/units/new")
@permits("unit:manage")
def new_unit() -> ResponseReturnValue:
    """The form of a new unit."""
    return _unit_page(None, {"parent": request.args.get("parent", ""), "kind": ""})


@bp.post("/units/new")
@permits("unit:manage")
def add_unit() -> ResponseReturnValue:
    """Add a unit."""
    try:
        unit = admin.add_unit(request.form, user().username)
    except FieldErrors as refusal:
        return _unit_page(None, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已增加单位“{name}”", name=unit.name), "success")
    return redirect(url_for("access_admin.units"))


@bp.get("/units/<int:unit_id>")
@permits("unit:manage")
def unit(unit_id: int) -> ResponseReturnValue:
    """One unit."""
    found = _found(Unit, unit_id)
    return _unit_page(found, staff.values_of_unit(found))


@bp.post("/units/<int:unit_id>")
@permits("unit:manage")
def change_unit(unit_id: int) -> ResponseReturnValue:
    """Rename a unit or correct its data."""
    found = _found(Unit, unit_id)
    try:
        admin.change_unit(found, request.form, user().username)
    except FieldErrors as refusal:
        return _unit_page(found, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已保存“{name}”", name=found.name), "success")
    return redirect(url_for("access_admin.units"))


@bp.post("/units/<int:unit_id>/close")
@permits("unit:manage")
def close_unit(unit_id: int) -> ResponseReturnValue:
    """Stop using a unit."""
    found = _found(Unit, unit_id)
    try:
        admin.close_unit(found, user().username)
    except Refused as refusal:
        return _unit_page(found, staff.values_of_unit(found), {"": refusal.sentence}, refusal), HTTPStatus.CONFLICT
    flash(say("“{name}”已停用", name=found.name), "success")
    return redirect(url_for("access_admin.units"))


@bp.post("/units/<int:unit_id>/reopen")
@permits("unit:manage")
def reopen_unit(unit_id: int) -> ResponseReturnValue:
    """Use a closed unit again."""
    found = _found(Unit, unit_id)
    try:
        admin.reopen_unit(found, user().username)
    except Refused as refusal:
        return _unit_page(found, staff.values_of_unit(found), {"": refusal.sentence}), HTTPStatus.CONFLICT
    except FieldErrors as refusal:
        return _unit_page(found, staff.values_of_unit(found), refusal.errors), HTTPStatus.CONFLICT
    flash(say("“{name}”已恢复使用", name=found.name), "success")
    return redirect(url_for("access_admin.units"))


@bp.get("/users")
@permits("user:manage")
def users() -> ResponseReturnValue:
    """Accounts, filtered by unit, role, state and name."""
    wanted = staff.Wanted.of(request.args)
    rows, total = staff.accounts(wanted)
    return render_template(
        "admin/users.html", rows=rows, total=total, wanted=wanted, units=staff.choices(), roles=options(LABELS),
        with_second_step=totp.with_second_step(row.id for row in rows), unsplit=unsplit(user(), None),
    )  # fmt: skip


@bp.get("/users/new")
@permits("user:manage")
def new_user() -> ResponseReturnValue:
    """The form of a new account."""
    return _user_page(None, {"unit": request.args.get("unit", "")}, ())


@bp.post("/users/new")
@permits("user:manage")
def add_user() -> ResponseReturnValue:
    """Add an account; its first password is shown on the answer, and never again."""
    roles = request.form.getlist("roles")
    try:
        person, password = admin.add_user(request.form, roles, user().username)
    except FieldErrors as refusal:
        return _user_page(None, request.form, roles, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template("admin/password.html", person=person, password=password, fresh=True)


@bp.get("/users/<int:user_id>")
@permits("user:manage")
def account(user_id: int) -> ResponseReturnValue:
    """One account."""
    found = _found(User, user_id)
    return _user_page(found, staff.values_of_user(found), found.roles)


@bp.post("/users/<int:user_id>")
@permits("user:manage")
def change_user(user_id: int) -> ResponseReturnValue:
    """Correct an account, move it, give it other roles."""
    found, roles = _found(User, user_id), request.form.getlist("roles")
    try:
        ended = admin.change_user(found, request.form, roles, user().username)
    except FieldErrors as refusal:
        return _user_page(found, request.form, roles, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refused as refusal:
        return _user_page(found, request.form, roles, {"": refusal.sentence}, refusal), HTTPStatus.CONFLICT
    _say_ended(say("已保存“{name}”", name=found.name), ended)
    return redirect(url_for("access_admin.users"))


@bp.post("/users/<int:user_id>/disable")
@permits("user:manage")
def disable_user(user_id: int) -> ResponseReturnValue:
    """End an account."""
    found = _found(User, user_id)
    try:
        ended = admin.disable_user(found, user().username)
    except Refused as refusal:
        return _refused(found, refusal)
    _say_ended(say("“{name}”的账号已停用", name=found.name), ended)
    return redirect(url_for("access_admin.users"))


@bp.post("/users/<int:user_id>/enable")
@permits("user:manage")
def enable_user(user_id: int) -> ResponseReturnValue:
    """Let an account work again."""
    found = _found(User, user_id)
    admin.enable_user(found, user().username)
    flash(say("“{name}”的账号已恢复", name=found.name), "success")
    return redirect(url_for("access_admin.account", user_id=user_id))


@bp.post("/users/<int:user_id>/password")
@permits("user:manage")
def reset_password(user_id: int) -> ResponseReturnValue:
    """Give an account a new password, shown on the answer and never again."""
    found = _found(User, user_id)
    try:
        password = admin.reset_password(found, user().username)
    except Refused as refusal:
        return _refused(found, refusal)
    return render_template("admin/password.html", person=found, password=password, fresh=False)


def _day(given: str) -> date | None:
    """A day out of an address; None for none and for what is no day: today's tree is shown then."""
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


@bp.post("/users/<int:user_id>/code")
@permits("user:manage")
def reset_second_step(user_id: int) -> ResponseReturnValue:
    """Take the second step from an account whose owner has lost telephone and recovery codes."""
    found = _found(User, user_id)
    try:
        ended = admin.reset_second_step(found, user().username)
    except Refused as refusal:
        return _refused(found, refusal)
    _say_ended(say("“{name}”的动态码已清除，登录后重新设置", name=found.name), ended)
    return redirect(url_for("access_admin.account", user_id=user_id))


@bp.post("/users/<int:user_id>/subject")
@permits("user:manage")
def name_subject(user_id: int) -> ResponseReturnValue:
    """Say what the identity provider calls the owner of an account."""
    found = _found(User, user_id)
    try:
        ended = provider.name(found, request.form.get("subject", ""), user())
    except Refused as refusal:
        return _refused(found, refusal)
    _say_ended(say("已保存“{name}”", name=found.name), ended)
    return redirect(url_for("access_admin.account", user_id=user_id))


def _refused(person: User, refusal: Refused) -> ResponseReturnValue:
    page = _user_page(person, staff.values_of_user(person), person.roles, {"": refusal.sentence}, refusal)
    return page, HTTPStatus.CONFLICT


def _sees_people() -> bool:
    return may(user(), "user:manage")


def _found(table: type[Row], key: int) -> Row:
    row = db.session().get(table, key) if key < admin.NO_KEY else None
    return row if row is not None else abort(HTTPStatus.NOT_FOUND)


def _held(refusal: Refused | None) -> admin.Held | None:
    return refusal.held if isinstance(refusal, admin.StillHolds) else None


def _unit_page(
    unit: Unit | None,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
) -> str:
    return render_template(
        "admin/unit.html", unit=unit, values=values, inputs=admin.CHANGE_INPUTS if unit else admin.UNIT_INPUTS,
        kinds=options(UNIT_KINDS), changes=succession.changes_of(unit) if unit else (),
        heirs=admin.heirs_of(unit) if unit else (),
        units=staff.choices(without=unit.id if unit else 0), errors=dict(errors or {}), held=_held(refusal),
        sees_people=_sees_people(),
    )  # fmt: skip


def _user_page(
    person: User | None, values: Mapping[str, str], roles: Iterable[str], errors: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
) -> str:  # fmt: skip
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "admin/user.html", person=person, values=values, roles=options(LABELS), held_roles=list(roles),
        inputs=admin.USER_INPUTS, units=staff.choices(keeping=person.unit_id if person else 0),
        own=person is user(), provider=settings.oidc_name if provider.is_there() else "",
        has_second_step=person is not None and totp.of(person) is not None,
        logins=len(logins.of(person, settings)) if person else 0,
        in_hand=[thing for of in admin.IN_HAND for thing in of(person)] if person else [],
        holds_sealed=admin.KEEPERS["person"](person.id).sealed if person else False,
        errors=dict(errors or {}), held=_held(refusal),
    )  # fmt: skip


def _say_ended(sentence: str, ended: int) -> None:
    flash(sentence, "success")
    if ended:
        flash(say("同时退出了{count}处登录", count=ended), "info")
