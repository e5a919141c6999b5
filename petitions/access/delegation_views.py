"""委托代办: giving one's duties to a colleague for a while, and taking them back."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access import delegation
from petitions.access.gate import user
from petitions.access.roles import NEVER_LENT
from petitions.web.inputs import Option
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("delegation", __name__, url_prefix="/account/delegation")


@bp.get("")
@permits("page:own")
def index() -> ResponseReturnValue:
    """What one has given and was given, and the form."""
    today = clock.today().isoformat()
    return _page({"from_on": today, "until_on": today})


def _page(values: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    person = user()
    return render_template(
        "account/delegation.html", standing=delegation.standing(person), inputs=delegation.INPUTS, values=values,
        colleagues=[Option(str(one.id), one.name) for one in delegation.colleagues(person)],
        errors=dict(errors or {}), today=clock.today(), can_lend=bool(person.roles - NEVER_LENT),
    )  # fmt: skip


@bp.post("")
@permits("page:own")
def give() -> ResponseReturnValue:
    """Let a colleague stand in."""
    try:
        row = delegation.give(user(), request.form)
    except FieldErrors as refusal:
        return _page(request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refused as refusal:
        return _page(request.form, {"": refusal.sentence}), HTTPStatus.CONFLICT
    flash(
        say("已委托{name}代办，自{first}至{last}", name=row.taker.name, first=str(row.from_on), last=str(row.until_on)),
        "success",
    )
    return redirect(url_for("delegation.index"))


@bp.post("/<int:delegation_id>/end")
@permits("page:own")
def end(delegation_id: int) -> ResponseReturnValue:
    """Take it back, or hand it back: over at once."""
    row = delegation.find(delegation_id, user())
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    delegation.end(row, user())
    flash(say("这项委托已结束"), "success")
    return redirect(url_for("delegation.index"))
