"""我的提醒: what one is reminded of today, when the digest comes, and the calendar feed."""

import re
import unicodedata
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access.gate import user
from petitions.deadlines import feed, mine
from petitions.notices import mail
from petitions.settings import Settings
from petitions.web.inputs import Input, line
from petitions.web.permits import PUBLIC, permits
from petitions.words import say

bp = Blueprint("reminders", __name__)

SHOWN = 200
"""Clocks on the page, the most pressing."""

INPUTS = (
    Input("digest_on", say("每天发一封邮件提醒我"), "flag"),
    Input("digest_at", say("时间"), help=say("24小时制，如 08:30；留空用全单位统一的时间"), max_length=5),
)

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@bp.get("/reminders")
@permits("page:own")
def index() -> ResponseReturnValue:
    """The page."""
    return _page()


def _page(values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, link: str = "") -> str:
    person, settings = user(), _settings()
    items = mine.today(person)
    return render_template(
        "deadlines/reminders.html", items=items[:SHOWN], more=max(0, len(items) - SHOWN), titles=mine.titles(items, person),
        inputs=INPUTS, values=values or {"digest_on": person.digest_on, "digest_at": person.digest_at}, errors=dict(errors or {}),
        person=person, house_time=settings.digest_at, mails=mail.is_on(settings), feed=feed.of(person), link=link,
        now=clock.now(),
    )  # fmt: skip


@bp.post("/reminders/settings")
@permits("page:own")
def save() -> ResponseReturnValue:
    """Keep whether and when the digest comes."""
    typed = line(unicodedata.normalize("NFKC", request.form.get("digest_at", "")))
    typed = f"0{typed}" if re.fullmatch(r"[0-9]:[0-9]{2}", typed) else typed
    if typed and not _TIME.fullmatch(typed):
        errors = {"digest_at": say("时间写成 08:30 的样子，从 00:00 到 23:59")}
        return _page(request.form, errors), HTTPStatus.UNPROCESSABLE_ENTITY
    person = user()
    person.digest_on, person.digest_at = bool(request.form.get("digest_on")), typed
    flash(say("已保存"), "success")
    return redirect(url_for("reminders.index"))


@bp.post("/reminders/feed")
@permits("page:own")
def make_feed() -> ResponseReturnValue:
    """Make a calendar link; it is on the answer and never shown again."""
    return _page(link=_root() + url_for("reminders.ics", token=feed.renew(user())))


@bp.post("/reminders/feed/end")
@permits("page:own")
def end_feed() -> ResponseReturnValue:
    """End the calendar link."""
    flash(say("日历链接已失效") if feed.revoke(user()) else say("没有日历链接"), "success")
    return redirect(url_for("reminders.index"))


@bp.get("/feeds/<token>.ics")
@permits(PUBLIC, passive=True)
def ics(token: str) -> ResponseReturnValue:
    """The calendar, for whoever has the link: a program that cannot log in."""
    found = feed.found(token)
    if found is None:
        return abort(HTTPStatus.NOT_FOUND)
    if feed.too_soon(found):
        return Response(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(feed.EVERY.seconds)})
    answer = Response(feed.calendar(found.user, _root()), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


def _root() -> str:
    """What our addresses begin with, for a reader outside."""
    return _settings().public_url.rstrip("/") or request.url_root.rstrip("/")
