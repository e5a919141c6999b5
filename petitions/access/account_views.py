"""密码与登录: one's own password, where one is logged in, and how long the login lasts."""

from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit, beforehand, passwords, totp
from petitions.access import login as logins
from petitions.access.gate import user
from petitions.access.models import User
from petitions.settings import Settings
from petitions.web.permits import permits
from petitions.words import Refused, say

bp = Blueprint("account", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@bp.get("/account")
@permits("page:first")
def index() -> ResponseReturnValue:
    """Password, second step, logins."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    person, settings, here = user(), _settings(), logins.here()
    owed = beforehand.owed(person, settings)
    return render_template(
        "account/index.html",
        person=person,
        rules=passwords.rules_of(settings),
        owed=owed[1] if owed is not None else "",
        has_second_step=totp.of(person) is not None,
        needs_second_step=totp.is_required(person, settings),
        codes_left=totp.recovery_codes_left(person),
        logins=logins.of(person, settings),
        here=here.token_hash if here else "",
        most=settings.sessions,
        errors=errors,
    )


@bp.post("/password")
@permits("page:first")
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other login of the account ends."""
    person, errors = user(), dict[str, str]()
    current, new, again = (request.form.get(name, "") for name in ("current", "new", "again"))
    try:
        logins.checked(person.username, current)
    except Refused as refusal:
        # As on the login page, a wrong try is counted, so the answer is not a 4xx.
        return _page({"current": refusal.sentence})
    if new != again:
        errors["again"] = say("两次输入的新密码不一致")
    elif new == current:
        errors["new"] = say("新密码与原来的相同")
    else:
        try:
            logins.set_password(person, new, passwords.rules_of(_settings()), own=True)
        except Refused as refusal:
            errors["new"] = refusal.sentence
    if errors:
        return _page(errors), HTTPStatus.UNPROCESSABLE_ENTITY
    here = logins.here()
    logins.begin(person, second=here is not None and here.second)
    flash(say("密码已修改，其他地方的登录已退出"), "success")
    return redirect(url_for("account.index"))


def remind_of_password(person: User) -> None:
    """Say to somebody who has just logged in that their password must be changed soon."""
    days = passwords.days_left(person, passwords.rules_of(_settings()))
    if days is not None and days > 0:
        flash(say("密码还有{days}天到期，可以现在就在“个人设置”里修改", days=days), "info")


@bp.post("/account/logins/end")
@permits("page:first")
def end_others() -> ResponseReturnValue:
    """End one's own logins everywhere else, or the one of a row."""
    ended = logins.end_others(user(), request.form.get("login", ""))
    audit.record("logins:end", user(), after={"ended": ended})
    flash(say("已退出其他{count}处登录", count=ended) if ended else say("没有其他地方的登录"), "success")
    return redirect(url_for("account.index", _anchor="logins"))


@bp.get("/account/left")
@permits("page:first", passive=True)
def left() -> ResponseReturnValue:
    """How long the login goes on, in seconds: asked by the page before it says that it is about to end."""
    return _told_left()


@bp.post("/account/stay")
@permits("page:first")
def stay() -> ResponseReturnValue:
    """Somebody is there: the idle time begins anew. (That they asked is what extends it, login.py.)"""
    return _told_left()


def _told_left() -> ResponseReturnValue:
    rest = logins.left(_settings())
    assert rest is not None
    return {"idle": rest.idle, "total": rest.total}
