"""签收或异议, and the objections that wait for their sender."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from petitions import clock
from petitions.access import audit
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.assignment import queries as lists
from petitions.assignment.receiving import object_to, take_in
from petitions.cases import fields
from petitions.cases.calendar import load_calendar
from petitions.cases.models import Case
from petitions.cases.perform import may_do, surroundings, why_not
from petitions.cases.posted import submission_of, version_of
from petitions.cases.readings import readings
from petitions.documents.render import long_date
from petitions.matters.fields import FIELDS
from petitions.matters.models import Matter
from petitions.matters.paper_values import petition_of
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import opened
from petitions.web.permits import permits
from petitions.words import FieldErrors, NotPermitted, Refused, say

bp = Blueprint("assignment", __name__)

_ASKED = [FIELDS[name] for name in ("handler", *FLOW.action["object"].requires)]


@bp.get("/arrivals")
@permits("duty:list")
def arrivals() -> ResponseReturnValue:
    """待签收: what was handed to this person's unit."""
    return render_template("assignment/arrivals.html", listed=lists.arrivals(user()))


@bp.get("/arrivals/<int:case_id>")
@permits("duty:list")
def arrival(case_id: int) -> ResponseReturnValue:
    """One matter with its letter: sign for it, or object."""
    matter = _found(case_id)
    if not lists.is_new(matter):
        return redirect(url_for("cases.show", case_id=case_id))
    return _page(matter, {}, {})


@bp.post("/arrivals/<int:case_id>")
@permits("duty:list")
def receive(case_id: int) -> ResponseReturnValue:
    """Sign (`do=sign`) or object (`do=object`)."""
    matter, typed = _found(case_id), fields.from_form(_ASKED, request.form)
    objects = request.form.get("do") == "object"
    act = object_to if objects else take_in
    try:
        act(
            matter, typed, user(), version=version_of(request.form),
            submission=submission_of(request.form, matter),
        )  # fmt: skip
    except FieldErrors as refusal:
        return _page(matter, typed, refusal.errors), 422
    except NotPermitted as refusal:
        return _page(matter, typed, {"": refusal.sentence}), 403
    except Refused as refusal:
        return _page(matter, typed, {"": refusal.sentence}), 409
    done = (
        say("{number}：异议已提交，等发送单位核实", number=matter.number)
        if objects
        else say("{number}：已签收", number=matter.number)
    )
    flash(done, "success")
    return redirect(url_for("assignment.arrivals"))


@bp.get("/objections")
@permits("objection:list")
def objections() -> ResponseReturnValue:
    """异议核实: what units say is not theirs, for the sender to decide."""
    return render_template("assignment/objections.html", listed=lists.objections(user()))


def _found(case_id: int) -> Matter:
    """A matter that this person's unit holds; anything else does not exist here."""
    documents, sent = joinedload(Case.documents), selectinload(Matter.dispatches)
    found = opened([case_id], user(), documents, sent).get(case_id)
    if found is None or found.unit_id != user().unit_id:
        abort(404)
    return found


def _page(matter: Matter, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    audit.looked_at(matter.id)
    around, person, row = surroundings(matter, user()), user(), FLOW.action["object"]
    return render_template(
        "assignment/arrival.html",
        matter=matter, petition=petition_of(matter), letter=lists.letter_of(matter), typed=typed, errors=errors,
        clocks=[one for one in readings(matter.deadlines, person.unit_id, clock.today(), load_calendar()) if not one.ended],
        unsigned=may_do(person, FLOW.action["sign"], matter), why_no_objection=why_not(person, row, matter),
        may_object=may(person, row.permission, matter), may_appoint=may(person, "case:appoint", matter),
        fields=FIELDS, handlers=around.choices("handlers"), units=around.choices("other_units"),
        submission_id=uuid.uuid4().hex, long_date=long_date,
    )  # fmt: skip
