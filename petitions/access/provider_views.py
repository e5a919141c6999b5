"""The way to the identity provider and back."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from petitions import db
from petitions.access import login as logins
from petitions.access import provider, second_step, totp
from petitions.access.views import safe_next
from petitions.web.permits import PUBLIC, permits
from petitions.words import Refused

bp = Blueprint("provider", __name__, url_prefix="/login/provider")


@bp.get("")
@permits(PUBLIC)
def leave() -> ResponseReturnValue:
    """To the provider. A link, not a form: our pages send forms nowhere but here."""
    if not provider.is_there():
        abort(HTTPStatus.NOT_FOUND)
    try:
        return provider.send_there(url_for("provider.answer", _external=True), request.args.get("next", ""))
    except Refused as refusal:
        return _back(refusal)


@bp.get("/answer")
@permits(PUBLIC)
def answer() -> ResponseReturnValue:
    """Back from the provider: in, or to the second step where the account has one and it was not shown there."""
    if not provider.is_there():
        abort(HTTPStatus.NOT_FOUND)
    try:
        vouched, wanted = provider.come_back()
        with db.now():
            person = provider.person_of(vouched)
            if totp.of(person) is not None and not vouched.twice:
                second_step.hold(person, wanted, by_provider=True)
                return redirect(url_for("second_step.ask"))
            logins.begin(person, second=vouched.twice, by_provider=True)
    except Refused as refusal:
        return _back(refusal)
    return redirect(safe_next(wanted))


def _back(refusal: Refused) -> ResponseReturnValue:
    flash(refusal.sentence, "danger")
    return redirect(url_for("access.login"))
