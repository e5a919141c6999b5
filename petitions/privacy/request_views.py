"""个人信息申请: the register, a new request, what is kept about the person, its print, and the answer."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access.gate import user
from petitions.documents.render import long_date
from petitions.privacy import disposals, requests
from petitions.privacy.models import PersonRequest
from petitions.web.inputs import options
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("requests", __name__, url_prefix="/person-requests")


def _changed() -> dict[str, int]:
    years: dict[str, int] = current_app.config["SETTINGS"].retention_years
    return years


@bp.get("")
@permits("person:answer")
def index() -> ResponseReturnValue:
    """The register of the unit."""
    return render_template(
        "privacy/requests.html", rows=requests.mine(user()), kinds=requests.KINDS, decisions=requests.DECISIONS
    )


@bp.get("/new")
@permits("person:answer")
def new() -> ResponseReturnValue:
    """The form of a new request."""
    return _form({"kind": "see", "checked": "card"})


@bp.post("/new")
@permits("person:answer")
def take() -> ResponseReturnValue:
    """Take a request in, and go to what was found."""
    try:
        made = requests.take(user(), request.form)
    except FieldErrors as refusal:
        return _form(request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("requests.show", request_id=made.id))


@bp.get("/<int:request_id>")
@permits("person:answer")
def show(request_id: int) -> ResponseReturnValue:
    """A request: where the person's data lie, and the answer."""
    return _page(_found(request_id), {})


@bp.get("/<int:request_id>/extract")
@permits("person:answer")
def extract(request_id: int) -> ResponseReturnValue:
    """Everything kept about the person, on paper."""
    found = _found(request_id)
    made = requests.extract(found, user(), _changed())
    return render_template(
        "privacy/extract.html",
        asked=found,
        told=made.told,
        closed=made.closed,
        day=long_date(clock.today()),
        unit=user().unit,
    )


@bp.post("/<int:request_id>")
@permits("person:answer")
def answer(request_id: int) -> ResponseReturnValue:
    """Decide it."""
    found = _found(request_id)
    try:
        requests.answer(found, user(), request.form, _changed())
    except FieldErrors as refusal:
        return _page(found, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refused as refusal:
        return _page(found, request.form, {"": refusal.sentence}), HTTPStatus.CONFLICT
    flash(say("已记录答复"), "success")
    return redirect(url_for("requests.show", request_id=found.id))


def _found(request_id: int) -> PersonRequest:
    found = requests.find(request_id, user())
    if found is None:
        abort(404)
    return found


def _form(values: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    return render_template(
        "privacy/request_new.html", inputs=requests.INPUTS, values=values, errors=errors or {},
        choices={"kind": options(requests.KINDS), "checked": options(requests.CHECKS)},
    )  # fmt: skip


def _page(found: PersonRequest, values: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    choices = {
        "decision": options(requests.DECISIONS), "ground": options(requests.GROUNDS), "early": options(disposals.EARLY),
    }  # fmt: skip
    asks = [one for one in requests.ANSWER if one.name != "early" or found.kind == "delete"]
    return render_template(
        "privacy/request.html", asked=found, held=requests.held(found, user(), _changed()), inputs=asks, values=values,
        errors=errors or {}, choices=choices, kinds=requests.KINDS, checks=requests.CHECKS,
        decisions=requests.DECISIONS, grounds=requests.GROUNDS,
    )  # fmt: skip
