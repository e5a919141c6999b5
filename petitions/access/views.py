"""Logging in and out, the reader's language and preferences."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from petitions.access import login as logins
from petitions.access.gate import user
from petitions.access.models import User
from petitions.settings import Settings
from petitions.web.inputs import options
from petitions.web.permits import PUBLIC, permits
from petitions.web.responses import Application
from petitions.web.translation import LANGUAGES, chosen_language
from petitions.words import Refused, say

bp = Blueprint("access", __name__)


def safe_next(given: str) -> str:
    """A path of this site, or the workbench: no scheme, no host, no backslash tricks (reliability.md E3b)."""
    parts = urlsplit(given)
    local = given.startswith("/") and not given.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return given if local and "\\" not in given else url_for("cases.workbench")


@bp.get("/login")
@permits(PUBLIC)
def login() -> ResponseReturnValue:
    """The login page."""
    if g.user is not None:
        return redirect(safe_next(request.args.get("next", "")))
    return _login_page(request.args.get("next", ""))


@bp.post("/login")
@permits(PUBLIC)
def enter() -> ResponseReturnValue:
    """Check name and password; wrong tries are counted even though the page is refused."""
    username, wanted = request.form.get("username", ""), request.form.get("next", "")
    try:
        person = _checked(username, request.form.get("password", ""))
    except Refused as refusal:
        # Not a 4xx: the count of wrong tries must be kept by the commit.
        return _login_page(wanted, refusal.sentence, username)
    logins.begin(person)
    return redirect(safe_next(wanted))


def _login_page(wanted: str, sentence: str = "", username: str = "") -> str:
    settings: Settings = current_app.config["SETTINGS"]
    errors = {"": sentence} if sentence else {}
    return render_template(
        "access/login.html", next=wanted, errors=errors, username=username, notice=settings.login_notice
    )


def _checked(username: str, password: str) -> User:
    assert isinstance(current_app, Application)
    return logins.check_password(current_app.database, username, password, current_app.config["SETTINGS"])


@bp.post("/logout")
@permits("page:own")
def logout() -> ResponseReturnValue:
    """End this login for good; the browser forgets what it kept of us."""
    logins.end()
    response = redirect(url_for("access.login"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.post("/language")
@permits(PUBLIC)
def language() -> ResponseReturnValue:
    """Choose the language of the screens, for this account or this browser."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
        if g.user is not None:
            g.user.language = wanted
    return redirect(safe_next(request.form.get("next", "")))


DENSITIES = {"compact": say("紧凑"), "standard": say("标准"), "loose": say("宽松")}
TEXT_SIZES = {"normal": say("标准字号"), "large": say("大字"), "huge": say("特大字")}


@bp.get("/preferences")
@permits("page:own")
def preferences() -> ResponseReturnValue:
    """What somebody may set for themselves."""
    return _preferences_page({})


def _preferences_page(errors: dict[str, str]) -> str:
    person = user()
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "access/preferences.html",
        person=person,
        densities=options(DENSITIES),
        text_sizes=options(TEXT_SIZES),
        offered=options(LANGUAGES),
        language=chosen_language() or settings.language,
        roles=sorted(person.roles),
        least=logins.PASSWORD_AT_LEAST,
        errors=errors,
    )


@bp.post("/preferences")
@permits("page:own")
def save_preferences() -> ResponseReturnValue:
    """Keep language, density, text size and shortcuts."""
    person, form = user(), request.form
    if form.get("language") in LANGUAGES:
        person.language = session["language"] = form["language"]
    if form.get("density") in DENSITIES:
        person.density = form["density"]
    if form.get("text_size") in TEXT_SIZES:
        person.text_size = form["text_size"]
    person.keys_on = bool(form.get("keys_on"))
    flash(say("已保存"), "success")
    return redirect(url_for("access.preferences"))


@bp.post("/password")
@permits("page:own")
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other login of the account ends."""
    person, errors = user(), dict[str, str]()
    current, new, again = (request.form.get(name, "") for name in ("current", "new", "again"))
    try:
        _checked(person.username, current)
    except Refused as refusal:
        # As on the login page, a wrong try is counted, so the answer is not a 4xx.
        return _preferences_page({"current": refusal.sentence})
    if new != again:
        errors["again"] = say("两次输入的新密码不一致")
    elif new == current:
        errors["new"] = say("新密码与原来的相同")
    else:
        try:
            logins.set_password(person, new)
        except Refused as refusal:
            errors["new"] = refusal.sentence
    if errors:
        return _preferences_page(errors), HTTPStatus.UNPROCESSABLE_ENTITY
    logins.begin(person)
    flash(say("密码已修改，其他地方的登录已退出"), "success")
    return redirect(url_for("access.preferences"))
