"""机构调整: the wizard that shows what a merger, a split or a move would do before it is done (ux.md A1)."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from petitions import db
from petitions.access import staff, succession
from petitions.access.admin import NO_KEY
from petitions.access.gate import user
from petitions.access.models import SuccessionKind, Unit
from petitions.reorganisation import orders
from petitions.reorganisation.carrying_out import carry_out, preview
from petitions.reorganisation.orders import Order
from petitions.web.inputs import Input, insist_on_length, line
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refusal, Refused, say

bp = Blueprint("reorganisation", __name__, url_prefix="/admin/units")

_BASIS = Input("basis", say("依据"), help=say("哪个机关的什么文件，写进每件的办理过程"), max_length=200)

INPUTS: Mapping[SuccessionKind, tuple[Input, ...]] = {
    SuccessionKind.MERGE: (
        Input("heirs", say("并入哪个单位"), "unit", help=say("新组建的单位先在“增加单位”里增加")),
        Input("olds", say("一起并入的其他单位"), "units", help=say("没有就不选")),
        _BASIS,
    ),
    SuccessionKind.SPLIT: (
        Input("heirs", say("拆分成哪些单位"), "units", help=say("第一个单位接办没有另行指定的事项和人员")),
        _BASIS,
    ),
    SuccessionKind.MOVE: (
        Input("parent", say("新的上级单位"), "unit", help=say("留空就是最上一级")),
        _BASIS,
    ),
}
RULES = Input(
    "rules", say("按事项指定承接单位"), "long", rows=4, max_length=20_000,
    help=say("一行一条：编号、内容分类代码或者属地 = 承接单位，如“河湾镇 = 青禾县水利局”。没有写到的随承办人走，没有承办人的归第一个单位"),
)  # fmt: skip
DONE = {
    SuccessionKind.MERGE: say("“{name}”已并入“{heirs}”，{count}件已移交"),
    SuccessionKind.SPLIT: say("“{name}”已拆分为“{heirs}”，{count}件已移交"),
    SuccessionKind.MOVE: say("“{name}”的上级单位已改变，{count}件已移交"),
}


@bp.get("/<int:unit_id>/<any(merge, split, move):kind>")
@permits("unit:manage")
def ask(unit_id: int, kind: str) -> ResponseReturnValue:
    """The form of an order about one unit."""
    return _form(_found(unit_id), SuccessionKind(kind), MultiDict())


@bp.post("/<int:unit_id>/<any(merge, split, move):kind>")
@permits("unit:manage")
def order(unit_id: int, kind: str) -> ResponseReturnValue:
    """Show the consequences (`do=preview`), or carry it out (`do=carry_out`)."""
    unit, what, typed = _found(unit_id), SuccessionKind(kind), request.form
    if what is SuccessionKind.SPLIT and typed.get("do") == "heirs":
        return _form(unit, what, typed)
    try:
        ordered = _read(unit, what, typed)
        if typed.get("do") != "carry_out":
            return render_template(
                "admin/consequences.html", unit=unit, kind=what, order=ordered, found=preview(ordered, user()),
                kept=[(name, value) for name, value in typed.items(multi=True) if name not in ("csrf_token", "do")],
            )  # fmt: skip
        found = carry_out(ordered, user())
    except FieldErrors as refusal:
        return _form(unit, what, typed, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refused as refusal:
        return _form(unit, what, typed, {"": refusal.sentence}), HTTPStatus.CONFLICT
    count = found.open + found.closed + found.sealed
    flash(_done(what, unit, ordered, count), "success")
    return redirect(url_for("access_admin.units"))


def _done(kind: SuccessionKind, unit: Unit, ordered: Order, count: int) -> str:
    return say(DONE[kind].pattern, name=unit.name, heirs=succession.named(ordered.heirs), count=count)


def _read(unit: Unit, kind: SuccessionKind, typed: MultiDict[str, str]) -> Order:
    """The order as it was typed. Raises FieldErrors for what cannot be read."""
    inputs = (*INPUTS[kind], RULES)
    values = {one.name: typed.get(one.name, "") for one in inputs if one.kind in ("text", "long")}
    values["basis"] = line(values["basis"])
    insist_on_length(inputs, values)
    heirs = [one for given in typed.getlist("heirs") if (one := orders.unit_of(given)) is not None]
    others = [one for given in typed.getlist("olds") if (one := orders.unit_of(given)) is not None and one is not unit]
    try:
        rules = orders.rules_from(values.get("rules", ""), heirs)
    except Refusal as refusal:
        raise FieldErrors({"rules": refusal.sentence}) from refusal
    parent = orders.unit_of(typed.get("parent"))
    if typed.get("parent") and parent is None:
        raise FieldErrors({"parent": say("没有这个单位，重新选择")})
    return Order(
        kind, [unit, *others], list(dict.fromkeys(heirs)), parent, values["basis"], _each(typed, "person-"),
        _each(typed, "below-"), rules,
    )  # fmt: skip


def _each(typed: MultiDict[str, str], prefix: str) -> dict[int, Unit]:
    chosen = (
        (name.removeprefix(prefix), orders.unit_of(value)) for name, value in typed.items() if name.startswith(prefix)
    )
    return {int(key): unit for key, unit in chosen if key.isdecimal() and unit is not None}


def _form(unit: Unit, kind: SuccessionKind, typed: MultiDict[str, str], errors: Mapping[str, str] | None = None) -> str:
    heirs = [one for given in typed.getlist("heirs") if (one := orders.unit_of(given)) is not None]
    divides = kind is SuccessionKind.SPLIT and len(heirs) > 1
    values = {
        one.name: typed.getlist(one.name) if one.kind == "units" else typed.get(one.name, "") for one in INPUTS[kind]
    }
    return render_template(
        "admin/reorganise.html", unit=unit, kind=kind, inputs=INPUTS[kind], values=values, errors=dict(errors or {}),
        units=staff.choices(without=unit.id), heirs=heirs if divides else [], rules=RULES, typed=typed,
        people=[person for person in succession.people_of(unit) if person.active] if divides else [],
        below=succession.below_of(unit) if divides else [],
    )  # fmt: skip


def _found(unit_id: int) -> Unit:
    found = db.session().get(Unit, unit_id) if unit_id < NO_KEY else None
    return found if found is not None else abort(HTTPStatus.NOT_FOUND)
