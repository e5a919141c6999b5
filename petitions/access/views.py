"""Logging in and out, the reader's language and preferences."""

import re

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from petitions.access import login as logins
from petitions.access import provider, second_step, totp
from petitions.access.account_views import remind_of_password
from petitions.access.gate import user
from petitions.settings import Settings
from petitions.web.inputs import options
from petitions.web.permits import PUBLIC, permits
from petitions.web.translation import LANGUAGES, chosen_language
from petitions.words import Refused, say

bp = Blueprint("access", __name__)


_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f-\x9f]*")


def safe_next(given: str) -> str:
    """A path of this site, or the workbench: no scheme, no host, no backslash or blank tricks (reliability.md E3b)."""
    return given if _PATH.fullmatch(given) else url_for("cases.workbench")


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
        person = logins.checked(username, request.form.get("password", ""))
    except Refused as refusal:
        # Not a 4xx: the count of wrong tries must be kept by the commit.
        return _login_page(wanted, refusal.sentence, username)
    if totp.of(person) is not None:
        second_step.hold(person, wanted)
        return redirect(url_for("second_step.ask"))
    logins.begin(person)
    remind_of_password(person)
    return redirect(safe_next(wanted))


def _login_page(wanted: str, sentence: str = "", username: str = "") -> str:
    settings: Settings = current_app.config["SETTINGS"]
    errors = {"": sentence} if sentence else {}
    return render_template(
        "access/login.html",
        next=wanted,
        errors=errors,
        username=username,
        notice=settings.login_notice,
        provider=settings.oidc_name if provider.is_there() else "",
    )


@bp.post("/logout")
@permits("page:first")
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
