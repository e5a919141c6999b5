"""Logging in and out, the reader's language and preferences."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from petitions.access import login as logins
from petitions.access.gate import user
from petitions.web.permits import PUBLIC, permits
from petitions.web.translation import LANGUAGES
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
    return render_template("access/login.html", next=request.args.get("next", ""), errors={}, username="")


@bp.post("/login")
@permits(PUBLIC)
def enter() -> ResponseReturnValue:
    """Check name and password; wrong tries are counted even though the page is refused."""
    username = request.form.get("username", "").strip()
    try:
        person = logins.check_password(username, request.form.get("password", ""), current_app.config["SETTINGS"])
    except Refused as refusal:
        return render_template(
            "access/login.html", next=request.form.get("next", ""), errors={"": refusal.sentence}, username=username
        )
        # Not a 4xx: the count of wrong tries must be kept by the commit.
    logins.begin(person)
    return redirect(safe_next(request.form.get("next", "")))


@bp.post("/logout")
@permits("page:own")
def logout() -> ResponseReturnValue:
    """End this login for good."""
    logins.end()
    return redirect(url_for("access.login"))


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
    return render_template("access/preferences.html", densities=DENSITIES, text_sizes=TEXT_SIZES, errors={})


@bp.post("/preferences")
@permits("page:own")
def save_preferences() -> ResponseReturnValue:
    """Keep density, text size and shortcuts."""
    person = user()
    if request.form.get("density") in DENSITIES:
        person.density = request.form["density"]
    if request.form.get("text_size") in TEXT_SIZES:
        person.text_size = request.form["text_size"]
    person.keys_on = request.form.get("keys_on") == "on"
    flash(say("已保存"), "success")
    return redirect(url_for("access.preferences"))


@bp.post("/password")
@permits("page:own")
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other login of the account ends."""
    person, settings = user(), current_app.config["SETTINGS"]
    try:
        logins.check_password(person.username, request.form.get("current", ""), settings)
        if request.form.get("new", "") != request.form.get("again", ""):
            raise Refused(say("两次输入的新密码不一致"))
        person.password_hash = logins.hash_password(request.form.get("new", ""))
    except Refused as refusal:
        return render_template(
            "access/preferences.html", densities=DENSITIES, text_sizes=TEXT_SIZES, errors={"": refusal.sentence}
        )
    logins.end_all(person)
    logins.begin(person)
    flash(say("密码已修改，其他地方的登录已退出"), "success")
    return redirect(url_for("access.preferences"))
