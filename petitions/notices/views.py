"""S4 消息: the inbox."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.notices import queries, reading
from petitions.notices.models import Notice
from petitions.web.permits import permits
from petitions.words import say

bp = Blueprint("notices", __name__)


@bp.get("/inbox")
@permits("page:own")
def inbox() -> ResponseReturnValue:
    """What this person was told."""
    show = request.args.get("show", "")
    show = show if show in queries.SHOWN else "all"
    page = queries.page(user(), show, request.args.get("after", ""))
    return render_template(
        "notices/inbox.html", page=page, show=show, shown=queries.SHOWN, waiting=queries.unread(user())
    )


@bp.post("/inbox/<int:notice_id>/open")
@permits("page:own")
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Read a message and go to the very entry of the case it tells of."""
    notice = _own(notice_id)
    reading.read(notice)
    return redirect(queries.target(notice) or url_for("notices.inbox"))


@bp.post("/inbox/<int:notice_id>/read")
@permits("page:own")
def read_notice(notice_id: int) -> ResponseReturnValue:
    """Put a message away without opening its case."""
    reading.read(_own(notice_id))
    return redirect(url_for("notices.inbox", show=request.form.get("show") or None))


@bp.post("/inbox/read")
@permits("page:own")
def read_all() -> ResponseReturnValue:
    """Put away everything that was there when the page was made."""
    until = request.form.get("until", "")
    count = reading.read_all(user(), int(until)) if until.isascii() and until.isdigit() and len(until) <= _DIGITS else 0
    flash(say("已将{count}条标为已读", count=count) if count else say("没有未读消息"), "success")
    return redirect(url_for("notices.inbox", show=request.form.get("show") or None))


_DIGITS = 9
"""A longer number is no key of ours."""


def _own(notice_id: int) -> Notice:
    notice = queries.find(user(), notice_id) if notice_id < 10**_DIGITS else None
    return notice if notice is not None else abort(HTTPStatus.NOT_FOUND)
