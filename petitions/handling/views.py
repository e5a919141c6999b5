"""我的待办, 待审批, and the phrases people write with."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.cases import codes, queries
from petitions.cases.posted import submission_of, version_of
from petitions.handling import queries as lists
from petitions.handling import services as unserved
from petitions.handling.deciding import decide_request
from petitions.handling.queries import Waiting
from petitions.matters.beside import BESIDE
from petitions.matters.models import Matter
from petitions.matters.panels import load
from petitions.matters.workflow import FLOW
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
    waiting = lists.approvals(user())
    return _page(waiting, next((one for one in waiting if not one.why_not), waiting[0] if waiting else None))


@bp.get("/approvals/<int:case_id>")
@permits("approval:list")
def approval(case_id: int) -> ResponseReturnValue:
    """待审批 with one request open; back to the list when it is decided already."""
    waiting = lists.approvals(user())
    chosen = next((one for one in waiting if one.matter.id == case_id), None)
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
    matter, action = queries.find(case_id, user()), request.form.get("do", "")
    if not isinstance(matter, Matter):
        abort(404)
    typed = {"note": request.form.get("note", "")}
    try:
        decide_request(
            matter, action, typed, user(), version=version_of(request.form),
            submission=submission_of(request.form, matter),
        )  # fmt: skip
    except FieldErrors as refusal:
        return _again(case_id, typed, refusal.errors), 422
    except NotPermitted as refusal:
        return _again(case_id, typed, {"": refusal.sentence}), 403
    except Refused as refusal:
        return _again(case_id, typed, {"": refusal.sentence}), 409
    flash(say("{number}：“{action}”已办好", number=matter.number, action=say(FLOW.action[action].label)), "success")
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
    waiting = lists.approvals(user())
    return _page(waiting, next((one for one in waiting if one.matter.id == case_id), None), typed, errors)


def _page(
    waiting: list[Waiting],
    chosen: Waiting | None,
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    shown = None
    if chosen is not None:
        audit.looked_at(chosen.matter.id)
        load(chosen.matter)
        shown = BESIDE[chosen.approve.name](chosen.matter, user(), {})
    return render_template(
        "handling/approvals.html", waiting=waiting, chosen=chosen, shown=shown, typed=typed or {}, errors=errors or {},
        submission_id=uuid.uuid4().hex,
    )  # fmt: skip
