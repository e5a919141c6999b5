"""Answers to what went wrong: always a page with a sentence, never a trace, and nothing of the request is kept."""

import secrets
from contextlib import suppress
from http import HTTPStatus

import structlog
from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from petitions import db
from petitions.words import FieldErrors, NotPermitted, OutOfSight, Refused, say

log = structlog.get_logger()

_PAGES = (400, 403, 404, 409, 413, 429, 500, 503)

_SOON = "5"
"""Seconds after which a machine may ask again: what holds the database is a second of somebody's work, or an import's step."""


def _page(status: int, **said: object) -> ResponseReturnValue:
    shown = status if status in _PAGES else (400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500)
    return render_template(f"errors/{shown}.html", **said, back_url=_above()), status


def _above() -> str | None:
    """The nearest page above the refused one, so that no refusal is a dead end: a case for its acts, a list for a case.

    Whether the reader may open it, it says itself.
    """
    steps = [step for step in request.path.split("/") if step]
    adapter = current_app.create_url_adapter(request)
    while adapter is not None and len(steps) > 1:
        steps.pop()
        with suppress(HTTPException):
            adapter.match("/" + "/".join(steps), method="GET")
            return "/" + "/".join(steps)
    return None


def _forget() -> None:
    """Nothing of a refused request stays; the objects the page still shows are read anew."""
    if "session" in g:
        g.session.rollback()


def _be_nobody() -> None:
    """The page is nobody's: Flask-Login would look the account up once more, and it may be that which failed."""
    g.user = g._login_user = None


def install(app: Flask) -> None:
    """Register a page for every kind of refusal and fault."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        _forget()
        return _page(HTTPStatus.CONFLICT, sentence=error.sentence)

    @app.errorhandler(StaleDataError)
    def stale(error: StaleDataError) -> ResponseReturnValue:  # noqa: ARG001
        _forget()
        return _page(HTTPStatus.CONFLICT, sentence=say("刚刚有人改动了此件。返回后看最新内容，再办理一次"))

    @app.errorhandler(NotPermitted)
    def not_permitted(error: NotPermitted) -> ResponseReturnValue:
        _forget()
        return _page(HTTPStatus.FORBIDDEN, sentence=error.sentence)

    @app.errorhandler(OutOfSight)
    def out_of_sight(error: OutOfSight) -> ResponseReturnValue:  # noqa: ARG001
        _forget()
        return _page(HTTPStatus.NOT_FOUND)

    @app.errorhandler(FieldErrors)
    def field_errors(error: FieldErrors) -> ResponseReturnValue:
        _forget()
        return _page(HTTPStatus.BAD_REQUEST, sentence=next(iter(error.errors.values())))

    @app.errorhandler(CSRFError)
    def csrf(error: CSRFError) -> ResponseReturnValue:  # noqa: ARG001
        _forget()
        g.forged = True  # the gate records it
        return _page(HTTPStatus.BAD_REQUEST, sentence=say("页面打开太久或登录已更换。返回后刷新页面，再提交一次"))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        _forget()
        if isinstance(error, InternalServerError):
            return fault(error.original_exception or error)
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST or request.endpoint == "static":
            # A missing picture needs no page, and no unit of work is open to draw one in.
            return error
        if isinstance(error, SecurityError):
            # Asked for under a name that is not ours: no address on a page could be right.
            return error
        return _page(error.code)

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> ResponseReturnValue:
        """Others wrote for longer than this request could wait: nobody's fault, and it may be sent again."""
        if not db.is_busy(error):
            return fault(error)
        log.warning("busy", endpoint=request.endpoint, method=request.method)
        _forget()
        _be_nobody()
        answer = current_app.make_response(_page(HTTPStatus.SERVICE_UNAVAILABLE))
        answer.headers["Retry-After"] = _SOON
        return answer

    @app.errorhandler(Exception)
    def fault(error: BaseException) -> ResponseReturnValue:
        """Something we did not foresee: a short number for the administrator, the trace in the log without data."""
        number = secrets.token_hex(2).upper()
        log.error("fault", number=number, endpoint=request.endpoint, method=request.method, exc_info=error)
        if app.config.get("PROPAGATE"):
            raise error
        _forget()
        _be_nobody()
        return _page(HTTPStatus.INTERNAL_SERVER_ERROR, number=number)
