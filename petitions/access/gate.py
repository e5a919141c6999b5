"""The gate before every view: who is this, is the form one of ours, and may they enter."""

import secrets
from http import HTTPStatus

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from petitions.access import audit, beforehand, totp
from petitions.access.models import User
from petitions.access.policy import RULES, flaws, in_whose_name
from petitions.web.permits import PUBLIC, insist, permission_of
from petitions.words import NotPermitted, Refused, say


def user() -> User:
    """The person this request belongs to; the gate has made sure there is one."""
    person: User | None = g.get("user")
    if person is None:
        raise NotPermitted(say("先登录"))
    return person


def _meet() -> None:
    if request.endpoint == "static":
        # Styles and scripts belong to nobody, and no unit of work is open in which a login could be looked up.
        g.user = None
        return
    audit.under(audit.Circumstances(None, secrets.token_hex(6), request.remote_addr or ""))
    g.login = None
    known = current_user if current_user.is_authenticated else None
    g.user = known.user if known else None
    audit.acting(g.user)


def _enter(app: Flask) -> ResponseReturnValue | None:
    if request.endpoint in (None, "static"):
        return None
    permission = permission_of(app, request.endpoint) or ""
    if permission == PUBLIC:
        return None
    name = in_whose_name(g.user, permission)
    if name is not None:
        audit.acting(g.user, name)
        return None if permission == beforehand.FIRST else _led_away(app, user())
    if g.user is None:
        if request.method == "GET":
            return redirect(url_for("access.login", next=request.full_path.rstrip("?")))
        flash(say("登录已过期，重新登录后再提交"), "warning")
        return redirect(url_for("access.login"))
    raise NotPermitted(say("你没有使用这个页面的权限。如工作需要，请向本单位管理员申请"))


def _led_away(app: Flask, person: User) -> ResponseReturnValue | None:
    """To what this person owes before anything else."""
    owed = beforehand.owed(person, app.config["SETTINGS"])
    if owed is None:
        return None
    endpoint, why = owed
    if request.method != "GET":
        flash(why, "warning")
    return redirect(url_for(endpoint))


_REFUSALS = (403, 404, 409)

_FORGED = Refused(say("表单的令牌不对，可能是别的网站代发的"))
"""Said of a form whose token (csrf_token) is missing, of another login, or made up."""


def _noted(response: Response) -> Response:
    """An attempt that was answered with a refusal is recorded with the place and the object it was aimed at."""
    if response.status_code in _REFUSALS and request.endpoint not in (None, "static") and not audit.is_told():
        args = request.view_args or {}
        if g.get("user") is not None and (args or response.status_code != HTTPStatus.NOT_FOUND):
            audit.refused(f"page:{request.endpoint}", case_id=args.get("case_id"))
    elif g.get("forged") and g.get("user") is not None:
        # Of who is logged in only: a stranger, who needs no token to be refused, must not be able to fill the audit.
        audit.refused(f"page:{request.endpoint}", _FORGED)
    return response


def install(app: Flask) -> None:
    """Ask at every request, and record what is refused. `insist_on_policy` is called when all routes are there.

    Raises ValueError where the settings name a role that is none.
    """
    totp.required_roles(app.config["SETTINGS"])
    # In this order: of a forged form the audit says in whose browser it was sent.
    app.before_request(_meet)
    CSRFProtect(app)
    app.before_request(lambda: _enter(app))
    app.after_request(_noted)
    app.teardown_request(lambda _: audit.under(audit.Circumstances()))


def insist_on_policy(app: Flask) -> None:
    """Refuse to start when a route has no entry or the table is unsound. The acts of a kind are checked with its table."""
    wrong = flaws()
    if wrong:
        raise RuntimeError("the permission table: " + "; ".join(wrong))
    insist(app, RULES)
