"""What ends a login, at once and everywhere; where one is logged in; and that a login leads nowhere else."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import admin, login, staff
from petitions.access.audit import AuditEntry
from petitions.access.models import Login, User
from petitions.access.passwords import hash_password
from petitions.app import create_app
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, matter_in
from tests.pages import Browse, Browser

PASSWORD, NEW = "青禾-2026-登记", "渡口-Rain-7d"


def _kept(browser: Browser) -> dict[str, object]:
    with browser.client.session_transaction() as cookies:
        return dict(cookies)


def _replays(app: Application, kept: dict[str, object]) -> int:
    """The status that a page of one's own has for a browser with an old cookie."""
    browser = Browser(app, None)
    with browser.client.session_transaction() as cookies:
        cookies.update(kept)
    return browser.get("/preferences").status_code


Ending = Callable[[Browser, Browser, World, Session], None]


def _logout(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    browser.post("/logout")


def _own_password(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    assert browser.post("/password", {"current": PASSWORD, "new": NEW, "again": NEW}).status_code == 302


def _reset_password(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    assert desk.post(f"/admin/users/{world.inspector.id}/password").status_code == 200


def _changed(desk: Browser, world: World, **changes: object) -> None:
    values = {**staff.values_of_user(world.inspector), "roles": ["inspector"], **changes}
    assert desk.post(f"/admin/users/{world.inspector.id}", values).status_code == 302


def _unit_move(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    _changed(desk, world, unit=str(world.township.id))


def _role_change(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    _changed(desk, world, roles=["intake_clerk"])


def _other_username(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    _changed(desk, world, username="ducha.new")


def _disabling(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    assert desk.post(f"/admin/users/{world.inspector.id}/disable").status_code == 302


def _code_reset(browser: Browser, desk: Browser, world: World, session: Session) -> None:
    assert desk.post(f"/admin/users/{world.inspector.id}/code").status_code == 302


ENDINGS = [_own_password, _reset_password, _unit_move, _role_change, _other_username, _disabling, _code_reset]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_cookie_of_five_logins_opens_anything_after_it(
    app: Application, browser_of: Browse, session: Session, world: World, ending: Ending
) -> None:
    world.inspector.password_hash = hash_password(PASSWORD)
    browsers = [browser_of(world.inspector) for _ in range(5)]
    kept = [_kept(browser) for browser in browsers]
    assert [_replays(app, one) for one in kept] == [200] * 5
    ending(browsers[0], browser_of(world.security), world, session)
    assert [_replays(app, one) for one in kept * 3] == [302] * 15


def test_logging_out_ends_this_login_and_no_other(app: Application, browser_of: Browse, world: World) -> None:
    here, there = browser_of(world.inspector), browser_of(world.inspector)
    kept = _kept(here)
    answer = here.post("/logout")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert _replays(app, kept) == 302
    assert there.get("/preferences").status_code == 200


def test_a_file_is_refused_to_a_login_that_has_just_ended(
    app: Application, browser_of: Browse, session: Session, world: World
) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    paper = matter.documents[0]
    assert browser.get(f"/documents/{paper.id}").status_code == 200
    login.end_all(session.get_one(User, world.handler.id))
    session.commit()
    assert browser.get(f"/documents/{paper.id}").status_code == 302
    assert browser.get(f"/cases/{matter.id}").status_code == 302


def test_a_hundred_endings_in_a_row_leave_no_way_in(
    app: Application, browser_of: Browse, session: Session, world: World
) -> None:
    kept = []
    for turn in range(100):
        browser = browser_of(world.inspector)
        kept.append(_kept(browser))
        person = session.get_one(User, world.inspector.id)
        if turn % 2:
            browser.post("/logout")
        else:
            login.end_all(person)
            session.commit()
    assert {_replays(app, one) for one in kept} == {302}


def test_the_cookie_of_before_the_login_is_worth_nothing_after_it(
    app: Application, session: Session, world: World
) -> None:
    world.clerk.password_hash = hash_password(PASSWORD)
    session.commit()
    browser = Browser(app, None)
    with browser.client.session_transaction() as cookies:
        cookies["_user_id"] = "planted-by-somebody-else"
        cookies["half"] = {"user": world.officer.id, "proof": "x", "until": 9e9, "next": "/"}
        cookies["language"] = "en"
    assert browser.post("/login", {"username": world.clerk.username, "password": PASSWORD}).status_code == 302
    kept = _kept(browser)
    assert kept["_user_id"] != "planted-by-somebody-else"
    assert "half" not in kept
    assert kept["language"] == "en"
    assert _replays(app, {"_user_id": "planted-by-somebody-else", "_fresh": True}) == 302


def test_logging_in_again_as_somebody_else_ends_the_login_of_before(
    app: Application, browser_of: Browse, session: Session, world: World
) -> None:
    world.clerk.password_hash = hash_password(PASSWORD)
    browser = browser_of(world.officer)
    before = _kept(browser)
    browser.post("/login", {"username": world.clerk.username, "password": PASSWORD})
    assert world.clerk.name in browser.get("/preferences").get_data(as_text=True)
    assert _replays(app, before) == 302
    assert session.scalar(select(func.count()).where(Login.user_id == world.officer.id)) == 0


def test_ones_own_logins_are_listed_and_the_others_ended(app: Application, session: Session, world: World) -> None:
    world.clerk.password_hash = hash_password(PASSWORD)
    session.commit()
    agents = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/99.0 Mobile MicroMessenger/8.0",
    )
    browsers = []
    for number, agent in enumerate(agents):
        browsers.append(Browser(app, None))
        browsers[-1].post(
            "/login", {"username": world.clerk.username, "password": PASSWORD},
            environ_overrides={"REMOTE_ADDR": f"198.51.100.{number}"}, headers={"User-Agent": agent},
        )  # fmt: skip
    page = browsers[0].get("/account").get_data(as_text=True)
    assert "Chrome · Windows" in page
    assert "微信 · Android" in page
    assert "198.51.100.1" in page
    assert "Mozilla" not in page
    assert page.count("本机") == 1
    browsers[0].post("/account/logins/end")
    assert browsers[0].get("/account").status_code == 200
    assert browsers[1].get("/account").status_code == 302


def test_nobody_sees_or_ends_the_logins_of_others(browser_of: Browse, session: Session, world: World) -> None:
    clerk, officer = browser_of(world.clerk), browser_of(world.officer)
    clerk.post("/account/logins/end")
    assert officer.get("/account").status_code == 200
    assert session.scalar(select(func.count()).where(Login.user_id == world.officer.id)) == 1


def test_asking_how_long_is_left_keeps_nobody_logged_in_and_staying_does(real: tuple[Application, User]) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browser = Browser(*real)
        assert browser.get("/account/left").get_json() == {"idle": 1800, "total": 12 * 3600}
        traveller.shift(timedelta(minutes=26))
        assert browser.get("/account/left").get_json()["idle"] == 240
        assert browser.post("/account/stay").get_json() == {"idle": 1800, "total": 12 * 3600 - 26 * 60}
        for _ in range(29):
            traveller.shift(timedelta(minutes=1))
            assert browser.get("/account/left").status_code == 200
        traveller.shift(timedelta(minutes=2))
        assert browser.get("/account/left").status_code == 302


def test_nothing_puts_off_the_end_of_the_working_day(real: tuple[Application, User]) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browser = Browser(*real)
        for _ in range(28):
            traveller.shift(timedelta(minutes=25))
            assert browser.post("/account/stay").status_code == 200
        left = browser.post("/account/stay").get_json()
        assert left["total"] == 20 * 60 < left["idle"]
        traveller.shift(timedelta(minutes=20, seconds=1))
        assert browser.post("/account/stay").status_code == 302


def test_every_page_says_when_the_login_ends(browser_of: Browse, world: World) -> None:
    browser = browser_of(world.clerk)
    for path in ("/", "/cases", "/account", "/inbox", "/nothing-here"):
        page = browser.get(path).get_data(as_text=True)
        assert 'id="session-end"' in page, path
        assert 'data-idle="1' in page
    assert 'id="session-end"' not in Browser(browser.app, None).get("/login").get_data(as_text=True)


@pytest.mark.parametrize("secure", [True, False])
def test_behind_tls_the_cookie_is_bound_to_this_host(
    secure: bool, real: tuple[Application, User], tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="x", totp_roles=(), secure_cookies=secure)
    app = create_app(settings, real[0].database)
    answer = app.test_client().get("/login", base_url="https://office.example" if secure else "http://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=" if secure else "session=")
    for part in ("HttpOnly", "Path=/", "SameSite=Lax", *(["Secure"] if secure else [])):
        assert part in cookie
    assert "Domain" not in cookie


_HOSTS = ("evil.example", "evil。example", "xn--0zwm56d.example", "127.0.0.1@evil.example", "localhost.evil.example", "[::1]",
          "evil.example:80", "0x7f000001", "evil.example%00.localhost", "ｅｖｉｌ.example")  # fmt: skip
_SHAPES = (
    "https://{}", "http://{}/", "HTTPS://{}", "//{}", "///{}", "////{}", "/\\{}", "\\\\{}", "\\/{}", "/\t/{}", "/\n/{}",
    "/\r\n/{}", " //{}", "\u3000//{}", "/\u2028/{}", "https:{}", "https:/{}", "http:\\\\{}", "/\\/{}", "/%09//{}\\",
    "ftp://{}", "//user:pass@{}/", "data:text/html,//{}", "javascript://{}/%0aalert(1)", "vbscript:{}", "\x00//{}", "{}",
    "./{}", "../{}", "?next=//{}", "#//{}", "mailto:a@{}", "blob:https://{}/", "//{}/..", "https:///{}", "/ /{}", "/\x85/{}",
)  # fmt: skip
AWAY = [shape.format(host) for shape in _SHAPES for host in _HOSTS[:4]] + [f"//{host}" for host in _HOSTS]
HERE = ["/", "/cases", "/cases?state=open&sort=due", "/inbox?show=all", "/cases/12?list=a%3Db#course", "/search?q=%E5%BC%A0",
        "/%5cevil.example", "/%2f%2fevil.example", "/cases/http://evil.example", "/@evil.example", "/;//evil.example"]  # fmt: skip


def _leads_here(location: str) -> bool:
    """Whether a browser that is given this Location stays with us, by two readings of the address."""
    asked = "http://office.example/login"
    return all(
        urlsplit(urljoin(asked, form)).netloc == "office.example" and urlsplit(urljoin(asked, form)).scheme == "http"
        for form in (location, location.replace("\\", "/"))
    )


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(set(AWAY)) >= 120


@pytest.mark.parametrize("route", ["login", "logged_in", "language", "act"])
def test_no_address_leads_away_from_this_site(
    app: Application, browser_of: Browse, session: Session, world: World, route: str
) -> None:
    world.clerk.password_hash = hash_password(PASSWORD)
    matter = matter_in(world, "accepted")
    browser = browser_of(world.clerk)
    sent = {
        "login": lambda to: Browser(app, None).post(
            "/login", {"username": world.clerk.username, "password": PASSWORD, "next": to}
        ),
        "logged_in": lambda to: browser.get(f"/login?next={quote(to, safe='')}"),
        "language": lambda to: browser.post("/language", {"language": "zh_CN", "next": to}),
        "act": lambda to: browser.post(f"/cases/{matter.id}/note", {"note": "补记", "next": to}),
    }[route]
    for wanted in AWAY:
        answer = sent(wanted)
        assert answer.status_code in (302, 303, 400), (route, wanted)
        assert _leads_here(answer.headers.get("Location", "/")), (route, wanted, answer.headers["Location"])


def test_addresses_of_this_site_are_followed(browser_of: Browse, world: World) -> None:
    browser = browser_of(world.clerk)
    for wanted in HERE:
        answer = browser.post("/language", {"language": "zh_CN", "next": wanted})
        assert answer.headers["Location"] == wanted
        assert _leads_here(answer.headers["Location"])


def test_disabling_says_how_many_logins_it_ends(browser_of: Browse, world: World, session: Session) -> None:
    for _ in range(3):
        browser_of(world.inspector)
    desk = browser_of(world.security)
    page = desk.get(f"/admin/users/{world.inspector.id}").get_data(as_text=True)
    assert "没有退出的登录</dt><dd>3</dd>" in page.replace("\n", "")
    desk.post(f"/admin/users/{world.inspector.id}/disable")
    assert "同时退出了3处登录" in desk.get("/admin/users").get_data(as_text=True)
    assert admin.disable_user(session.get_one(User, world.inspector.id), "admin") == 0


def test_a_sixth_login_ends_the_one_used_longest_ago(real: tuple[Application, User], tmp_path: Path) -> None:
    app, person = real
    assert app.config["SETTINGS"].sessions == 5
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browsers = []
        for _ in range(5):
            browsers.append(Browser(app, person))
            traveller.shift(timedelta(minutes=2))
        assert browsers[0].get("/account").status_code == 200  # used last, although it began first
        traveller.shift(timedelta(minutes=2))
        newest = Browser(app, person)
        page = newest.get("/account").get_data(as_text=True)
        assert "同时登录最多5处，最久没用的1处已退出" in page
        assert "一个账号最多同时登录5处" in page
        assert [browser.get("/account").status_code for browser in browsers] == [200, 302, 200, 200, 200]
    with app.database.work(write=False) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act == "logins:most")).all()
        assert [(one.actor_id, one.after) for one in told] == [(person.id, {"ended": 1})]


def test_one_login_is_ended_by_its_row_and_no_other(browser_of: Browse, session: Session, world: World) -> None:
    here, lost, kept = (browser_of(world.clerk) for _ in range(3))
    strangers = browser_of(world.officer)
    rows = re.findall(r'name="login" value="(\w+)"', here.get("/account").get_data(as_text=True))
    assert len(rows) == 2, "the one of this request has 退出 elsewhere"
    own = session.scalars(select(Login.token_hash).where(Login.user_id == world.clerk.id)).all()
    other = session.scalars(select(Login.token_hash).where(Login.user_id == world.officer.id)).one()
    (mine,) = set(own) - set(rows)
    for nothing in (mine, other, "0" * 64):
        here.post("/account/logins/end", {"login": nothing})
        assert "没有其他地方的登录" in here.get("/account").get_data(as_text=True)
    (ended,) = (row for row in rows if row == login._hashed(str(_kept(lost)["_user_id"])))
    here.post("/account/logins/end", {"login": ended})
    assert [one.get("/account").status_code for one in (here, lost, kept, strangers)] == [200, 302, 200, 200]
    told = session.scalars(select(AuditEntry.after).where(AuditEntry.act == "logins:end")).all()
    assert told[-1] == {"ended": 1}
