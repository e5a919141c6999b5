"""What a reader asks of a matter beside the case page: a petitioner's data in full, and the consent that takes."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.matters import identity, openings
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("matters", __name__)


@bp.post("/cases/<int:case_id>/people/<int:person_id>/reveal")
@permits("case:see")
def reveal(case_id: int, person_id: int) -> ResponseReturnValue:
    """One person in full, for a minute: a part of the page, or a page of its own without script."""
    try:
        row = identity.revealed(case_id, person_id, user(), request.form.get("reason", ""))
    except FieldErrors as refusal:
        return _refused(case_id, refusal.errors["reason"])
    if row is None:
        abort(404)
    part = "HX-Request" in request.headers
    return render_template(
        "matters/_person.html" if part else "matters/person.html", row=row, case_id=case_id,
        seconds=identity.SHOWN_SECONDS,
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/people/ask")
@permits("case:see")
def ask(case_id: int) -> ResponseReturnValue:
    """Ask for somebody else's consent to see who accuses."""
    try:
        if identity.ask(case_id, user(), request.form.get("reason", "")) is None:
            abort(404)
    except (FieldErrors, Refused) as refusal:
        return _refused(case_id, refusal.sentence)
    flash(say("已提交申请。由另一名受限岗人员或者负责人批准后，30分钟内可以查看"), "success")
    return _back(case_id)


@bp.get("/identity-requests")
@permits("opening:list")
def requests() -> ResponseReturnValue:
    """The requests that wait for somebody's consent."""
    return render_template("matters/requests.html", rows=openings.waiting(user()))


@bp.post("/identity-requests/<int:opening_id>")
@permits("opening:list")
def decide(opening_id: int) -> ResponseReturnValue:
    """Give or refuse it."""
    given = request.form.get("decision", "")
    if given not in ("grant", "refuse"):
        flash(say("选择批准或者不批准"), "warning")
        return redirect(url_for("matters.requests"))
    if openings.decide(opening_id, given == "grant", user()) is None:
        abort(404)
    flash(say("已批准，申请人30分钟内可以查看") if given == "grant" else say("没有批准，申请人会看到"), "success")
    return redirect(url_for("matters.requests"))


def _refused(case_id: int, sentence: str) -> ResponseReturnValue:
    """The sentence where the form stood, or on top of the case without script."""
    if "HX-Request" in request.headers:
        return render_template("matters/_refused.html", sentence=sentence), 422, {"HX-Reswap": "beforeend"}
    flash(sentence, "warning")
    return _back(case_id)


def _back(case_id: int) -> ResponseReturnValue:
    return redirect(url_for("cases.show", case_id=case_id, _anchor="people"))
