"""我的待办, 待审批, and the phrases people write with."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.cases import codes, queries
from petitions.cases.kinds import kind_of
from petitions.cases.panels import furniture
from petitions.cases.perform import why_not
from petitions.cases.posted import submission_of, version_of
from petitions.cases.requests import Waiting, counted_elsewhere, waiting_for
from petitions.handling import queries as lists
from petitions.handling import services as unserved
from petitions.handling.deciding import decide_request, is_one_click
from petitions.web.inputs import initials
from petitions.web.permits import permits
from petitions.words import FieldErrors, NotPermitted, Refused, say

bp = Blueprint("handling", __name__)


@bp.get("/duties")
@permits("duty:list")
def duties() -> ResponseReturnValue:
    """我的待办 by stage; `whose=mine` narrows the unit's to the reader's own."""
    chooses = lists.sees_whole_unit(user())
    whole = chooses and request.args.get("whose") != "mine"
    shown = lists.duties(user(), request.args.get("stage", ""), whole=whole)
    return render_template("handling/duties.html", duties=shown, whole=whole, chooses=chooses)


@bp.get("/approvals")
@permits("approval:list")
def approvals() -> ResponseReturnValue:
    """待审批 with the most urgent request open."""
    waiting = waiting_for(user())
    return _page(waiting, next((one for one in waiting if not one.own), waiting[0] if waiting else None))


@bp.get("/approvals/<int:case_id>")
@permits("approval:list")
def approval(case_id: int) -> ResponseReturnValue:
    """待审批 with one request open; back to the list when it is decided already."""
    waiting = waiting_for(user())
    chosen = _first(waiting, case_id)
    if chosen is None:
        if queries.find(case_id, user()) is None:
            abort(404)
        flash(say("这一件已经办过了"), "info")
        return redirect(url_for("handling.approvals"))
    return _page(waiting, chosen)


@bp.post("/approvals/<int:case_id>")
@permits("approval:list")
def decide(case_id: int) -> ResponseReturnValue:
    """Grant what was asked for, or send it back with a reason (`do`)."""
    case, action = queries.find(case_id, user()) or abort(404), request.form.get("do", "")
    typed = {"note": request.form.get("note", "")}
    try:
        decide_request(
            case, action, typed, user(), version=version_of(request.form),
            submission=submission_of(request.form, case),
        )  # fmt: skip
    except FieldErrors as refusal:
        return _again(case_id, typed, refusal.errors), 422
    except NotPermitted as refusal:
        return _again(case_id, typed, {"": refusal.sentence}), 403
    except Refused as refusal:
        return _again(case_id, typed, {"": refusal.sentence}), 409
    flash(
        say("{number}：“{action}”已办好", number=case.number, action=say(kind_of(case).flow.action[action].label)),
        "success",
    )
    return redirect(url_for("handling.approvals"))


@bp.get("/services")
@permits("service:list")
def services() -> ResponseReturnValue:
    """Papers that nobody has received yet, and attempts that failed (`stage`)."""
    shown = unserved.services(user(), request.args.get("stage", ""))
    return render_template("handling/services.html", services=shown, stages=unserved.STAGES)


@bp.get("/phrases")
@permits("page:own")
def phrases() -> ResponseReturnValue:
    """The office's phrases, for `::` in a long field."""
    rows = [row for row in codes.every("phrase") if row.active]
    return jsonify([{"label": row.label, "text": row.note, "keys": initials(row.label)} for row in rows])


def _again(case_id: int, typed: dict[str, Any], errors: dict[str, str]) -> str:
    waiting = waiting_for(user())
    return _page(waiting, _first(waiting, case_id), typed, errors)


def _first(waiting: Sequence[Waiting], case_id: int) -> Waiting | None:
    """Of a case the request that is somebody else's, where there are two."""
    return next(iter(sorted((one for one in waiting if one.case.id == case_id), key=lambda one: one.own)), None)


def _page(
    waiting: list[Waiting],
    chosen: Waiting | None,
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    shown, reason, choices = None, None, []
    if chosen is not None:
        case, furnished = chosen.case, furniture[chosen.case.kind]
        audit.looked_at(case.id)
        furnished.load(case)
        beside = furnished.beside.get(chosen.approve.name)
        shown = beside(case, user(), {}) if beside else None
        reason = why_not(user(), chosen.approve, case)
        rows = [row for row in chosen.others if why_not(user(), row, case) is None]
        choices = [(row, is_one_click(row, case, user())) for row in (chosen.approve, *rows)]
    return render_template(
        "handling/approvals.html", waiting=waiting, chosen=chosen, shown=shown, typed=typed or {}, errors=errors or {},
        reason=reason, choices=choices, elsewhere=counted_elsewhere(user()), submission_id=uuid.uuid4().hex,
    )  # fmt: skip
