"""动态码: the page that asks for a code at the login, and the pages on which somebody sets it up."""

from http import HTTPStatus

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from petitions.access import audit, second_step, throttle, totp
from petitions.access import login as logins
from petitions.access.account_views import remind_of_password
from petitions.access.gate import user
from petitions.access.views import safe_next
from petitions.settings import Settings
from petitions.web.permits import PUBLIC, permits
from petitions.words import Refused, say

bp = Blueprint("second_step", __name__)


@bp.get("/login/code")
@permits(PUBLIC)
def ask() -> ResponseReturnValue:
    """The page that asks for the code, for whoever has shown the password."""
    if second_step.held() is None:
        return _from_the_beginning()
    return render_template("access/code.html", errors={})


@bp.post("/login/code")
@permits(PUBLIC)
def enter() -> ResponseReturnValue:
    """Let them in with a code of the telephone or a recovery code; wrong ones are counted."""
    typed = request.form.get("code", "")
    code_id = second_step.looked_up(typed)
    half = second_step.held()
    if half is None:
        return _from_the_beginning()
    until = throttle.code_waits_until(half.person)
    if until is not None:
        second_step.drop()
        return _must_wait(throttle.minutes_to(until))
    if not second_step.takes(half.person, typed, code_id):
        audit.refused("second_step", actor=half.person)
        minutes = second_step.wrong(half.person)
        # Not a 4xx: the count of wrong codes must be kept by the commit.
        if minutes is not None:
            return _must_wait(minutes)
        return render_template("access/code.html", errors={"code": say("动态码不对，看手机上现在显示的6位数字再输入")})
    logins.begin(half.person, second=True, by_provider=half.by_provider)
    if not half.by_provider:
        remind_of_password(half.person)
    if code_id is not None:
        left = totp.recovery_codes_left(half.person)
        flash(say("用掉了一个备用码，还剩{left}个。手机找不到了，请在“个人设置”里重新设置动态码", left=left), "warning")
    return redirect(safe_next(half.wanted))


def _from_the_beginning() -> ResponseReturnValue:
    second_step.drop()
    if g.user is not None:
        return redirect(safe_next(""))
    flash(say("等待动态码的时间已过，重新输入用户名和密码"), "warning")
    return redirect(url_for("access.login"))


def _must_wait(minutes: int) -> ResponseReturnValue:
    flash(say("动态码错误次数过多，请{minutes}分钟后再试", minutes=minutes), "danger")
    return redirect(url_for("access.login"))


@bp.get("/account/code")
@permits("page:first")
def index() -> ResponseReturnValue:
    """Set it up, set it up anew, or see that it is there."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    person = user()
    settings: Settings = current_app.config["SETTINGS"]
    secret = totp.being_set_up(person)
    return render_template(
        "account/code.html",
        person=person,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        # Drawn by segno of what we made ourselves: nothing in it was typed by anybody.
        picture=Markup(totp.picture(secret, person, settings.office_name)) if secret else "",  # noqa: S704
        has_second_step=totp.of(person) is not None,
        is_required=totp.is_required(person, settings),
        asked_of_anybody=bool(settings.totp_roles),
        codes_left=totp.recovery_codes_left(person),
        errors=errors,
    )


def _password_is_shown(errors: dict[str, str]) -> bool:
    """Who changes the second step shows the password again: a browser left open is not enough."""
    try:
        logins.checked(user().username, request.form.get("current", ""))
    except Refused as refusal:
        errors["current"] = refusal.sentence
    return not errors


@bp.post("/account/code")
@permits("page:first")
def start() -> ResponseReturnValue:
    """Make a new secret; what is in force stays so until the new one is confirmed."""
    errors = dict[str, str]()
    if not _password_is_shown(errors):
        return _page(errors)
    totp.start(user())
    return redirect(url_for("second_step.index"))


@bp.post("/account/code/confirm")
@permits("page:first")
def confirm() -> ResponseReturnValue:
    """Put the new secret in force, end the other logins, show the recovery codes once."""
    person = user()
    if not totp.being_set_up(person):
        return redirect(url_for("second_step.index"))
    codes = totp.confirm(person, request.form.get("code", ""))
    if codes is None:
        wrong = say("动态码不对。看看手机的时间准不准，再输入现在显示的6位数字")
        return _page({"code": wrong}), HTTPStatus.UNPROCESSABLE_ENTITY
    logins.mark_second(True)
    ended = logins.end_others(person)
    return render_template("account/recovery.html", codes=codes, fresh=True, ended=ended)


@bp.post("/account/code/recovery")
@permits("page:first")
def recovery() -> ResponseReturnValue:
    """New recovery codes in the place of the old ones, shown once."""
    errors = dict[str, str]()
    if totp.of(user()) is None:
        return redirect(url_for("second_step.index"))
    if not _password_is_shown(errors):
        return _page(errors)
    return render_template("account/recovery.html", codes=totp.renew_recovery_codes(user()), fresh=False, ended=0)


@bp.post("/account/code/remove")
@permits("page:first")
def remove() -> ResponseReturnValue:
    """Do without it again; whoever must have it is led to set it up anew."""
    errors = dict[str, str]()
    if not _password_is_shown(errors):
        return _page(errors)
    totp.remove(user())
    logins.mark_second(False)
    flash(say("动态码已停用"), "success")
    return redirect(url_for("second_step.index"))
