"""离岗移交: what lies with a colleague who leaves goes into other hands, before the account is ended."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.access.models import User
from petitions.cases import batch, handover
from petitions.cases.facets import Chosen
from petitions.cases.list_views import first_of_batch
from petitions.cases.places import carried
from petitions.cases.rows import rows
from petitions.web.inputs import Option
from petitions.web.permits import permits
from petitions.words import Refused, say

bp = Blueprint("handover", __name__, url_prefix="/handover")

_SHOWN = 50
"""Cases listed by number; the rest is counted, and handed over all the same."""


@bp.get("")
@permits("duty:hand_over")
def people() -> ResponseReturnValue:
    """Everybody of the unit with what lies with them."""
    found = [(person, handover.in_hand(person)) for person in handover.people(user())]
    return render_template("handover/people.html", rows=found)


@bp.get("/<int:user_id>")
@permits("duty:hand_over")
def person(user_id: int) -> ResponseReturnValue:
    """One colleague, and who takes over."""
    return _page(_found(user_id), {})


def _found(user_id: int) -> User:
    return handover.colleague(user_id, user()) or abort(HTTPStatus.NOT_FOUND)


def _page(leaver: User, errors: dict[str, str]) -> str:
    cases = handover.cases_of(leaver, user())
    chosen = Chosen({"handler": str(leaver.id), "state": "open"}, "")
    return render_template(
        "handover/person.html", person=leaver, in_hand=handover.in_hand(leaver), cases=rows(cases[:_SHOWN], user()), total=len(cases),
        unseen=handover.unseen(leaver, cases), successors=handover.successors(leaver, handling=bool(cases)),
        chosen=request.form.get("handler", ""), carried=carried(chosen), batch=batch.number(), errors=errors,
    )  # fmt: skip


@bp.post("/<int:user_id>")
@permits("duty:hand_over")
def hand_over(user_id: int) -> ResponseReturnValue:
    """Everything goes to one successor; the cases through the door, one by one, as from the list."""
    leaver = _found(user_id)
    given = request.form.get("handler", "")
    able = [
        one.value
        for one in handover.successors(leaver, handling=bool(handover.cases_of(leaver, user())))
        if _is_able(one)
    ]
    if given not in able:
        return _page(leaver, {"handler": say("选择接手的人")}), HTTPStatus.UNPROCESSABLE_ENTITY
    taker = _found(int(given))
    try:
        moved = handover.empty_drawers(leaver, taker)
    except Refused as refusal:
        return _page(leaver, {"handler": refusal.sentence}), HTTPStatus.CONFLICT
    cases = handover.cases_of(leaver, user())
    if sum(moved.values()) or not cases:
        flash(say("{name}的草稿、委托等{count}项已处理", name=leaver.name, count=sum(moved.values())), "success")
    if not cases:
        return redirect(url_for("handover.person", user_id=leaver.id))
    return first_of_batch("appoint", cases)


def _is_able(one: Option) -> bool:
    return not one.why_not
