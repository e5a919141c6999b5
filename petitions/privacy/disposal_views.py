"""到期处置: what is due, the lists that were drawn up of it, and the decision on one. They are worked off by command."""

from http import HTTPStatus

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases.disposal import KEEPING, Disposal, due_from
from petitions.documents.render import long_date
from petitions.matters.retention import terms
from petitions.privacy import destruction, disposals
from petitions.web.inputs import Input, insist_on_length, line
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("disposals", __name__, url_prefix="/disposals")

NOTE = Input("note", say("批准意见"), "long", help=say("不写信访人的情况"), max_length=500)


def _changed() -> dict[str, int]:
    years: dict[str, int] = current_app.config["SETTINGS"].retention_years
    return years


@bp.get("")
@permits("disposal:ask")
def index() -> ResponseReturnValue:
    """The dry run of today, and the lists of the unit."""
    changed = _changed()
    rows = []
    for one in disposals.due_now(user(), changed):
        term = destruction.term(one, changed)
        rows.append((one, term, due_from(one.closed_on, term) if one.closed_on else None))
    return render_template(
        "privacy/disposals.html", rows=rows, lists=disposals.lists(user()), states=disposals.STATES,
        grounds=disposals.GROUNDS, terms=[*terms(changed), *(one for keeping in KEEPING.values() for one in keeping.terms())],
    )  # fmt: skip


@bp.post("")
@permits("disposal:ask")
def ask() -> ResponseReturnValue:
    """Draw up a list of everything that is due today."""
    made = disposals.ask(user(), _changed())
    flash(say("清单已提出，请另一位负责人批准"), "success")
    return redirect(url_for("disposals.show", disposal_id=made.id))


@bp.get("/<int:disposal_id>")
@permits("disposal:ask")
def show(disposal_id: int) -> ResponseReturnValue:
    """One list with its cases."""
    return _page(_found(disposal_id))


@bp.post("/<int:disposal_id>")
@permits("disposal:approve")
def decide(disposal_id: int) -> ResponseReturnValue:
    """Approve the list or refuse it."""
    found, approved = _found(disposal_id), request.form.get("verdict") == "approve"
    note = line(request.form.get("note", ""))
    try:
        insist_on_length([NOTE], {"note": note})
        disposals.decide(found, user(), approved=approved, note=note)
    except FieldErrors as refusal:
        return _page(found, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refused as refusal:
        return _page(found, {"": refusal.sentence}), HTTPStatus.CONFLICT
    flash(say("已批准，由系统管理员执行处置命令后生效") if approved else say("未批准，清单作废"), "success")
    return redirect(url_for("disposals.show", disposal_id=found.id))


@bp.get("/<int:disposal_id>/register")
@permits("disposal:ask")
def register(disposal_id: int) -> ResponseReturnValue:
    """销毁清册 to print: the frozen list, who asked, who approved, and a line for each to sign."""
    found = _found(disposal_id)
    if len(disposals.cases_of(found, user())) < len(found.cases):
        raise Refused(say("清册里有你不能查看的件，请由能查看全部的人打印"))
    audit.saw("disposal:print", found)
    return render_template("privacy/register.html", disposal=found, long_date=long_date)


def _found(disposal_id: int) -> Disposal:
    found = disposals.find(disposal_id, user())
    if found is None:
        abort(404)
    return found


def _page(found: Disposal, errors: dict[str, str] | None = None) -> str:
    cases, person = disposals.cases_of(found, user()), user()
    waiting = found.state == "asked" and may(person, "disposal:approve")
    return render_template(
        "privacy/disposal.html", disposal=found, cases=cases, hidden=len(found.cases) - len(cases), errors=errors or {},
        states=disposals.STATES, grounds=disposals.GROUNDS, results=disposals.RESULTS, note=NOTE,
        why_not=disposals.why_not_decided(found, person) if waiting else None, waiting=waiting,
    )  # fmt: skip
