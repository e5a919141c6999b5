"""Logging in and out, and what ends a login."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import admin
from petitions.access.login import purge
from petitions.access.models import Login, User
from petitions.access.passwords import hash_password
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World
from tests.pages import Browser

PASSWORD = "青禾-2026-登记"
NEW = "换一句好记的话Qh2026"
WRONG = "用户名或密码不对"


@pytest.fixture
def clerk(session: Session, world: World) -> User:
    """A person with a password."""
    world.clerk.password_hash = hash_password(PASSWORD)
    session.commit()
    return world.clerk


def _try(browser: Browser, username: str, password: str) -> str:
    answer = browser.post("/login", {"username": username, "password": password})
    return "" if answer.status_code == 302 else answer.get_data(as_text=True)


def test_a_person_with_the_right_password_reaches_the_workbench(app: Application, clerk: User) -> None:
    browser = Browser(app, None)
    assert browser.get("/").status_code == 302
    assert _try(browser, clerk.username, PASSWORD) == ""
    assert browser.get("/").status_code == 200


def test_full_width_and_capital_letters_of_a_name_are_a_matter_of_typing(app: Application, clerk: User) -> None:
    wide = " " + "".join(chr(ord(c) + 0xFEE0) for c in clerk.username.upper())
    assert _try(Browser(app, None), wide, PASSWORD) == ""


def test_a_wrong_name_and_a_wrong_password_get_the_same_page(app: Application, clerk: User) -> None:
    def shown(name: str) -> str:
        page = _try(Browser(app, None), name, "不是这个密码").replace(name, "")
        return re.sub(r'(csrf[-_]token" (?:content|value)=")[^"]*', r"\1", page)

    assert WRONG in shown(clerk.username)
    assert shown(clerk.username) == shown("nobody-here")


@pytest.mark.parametrize("name", ["", "nobody-here"])
def test_after_five_wrong_tries_the_name_waits_whether_it_exists_or_not(
    app: Application, clerk: User, name: str
) -> None:
    name, browser = name or clerk.username, Browser(app, None)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(4):
            assert "分钟后再试" not in _try(browser, name, "不是这个密码")
        assert "错误次数过多，请5分钟后再试" in _try(browser, name, "不是这个密码")
        assert "请5分钟后再试" in _try(browser, name, PASSWORD)
        traveller.shift(timedelta(minutes=5, seconds=1))
        assert (_try(browser, name, PASSWORD) == "") is (name == clerk.username)


def test_a_right_password_starts_the_count_anew(app: Application, clerk: User) -> None:
    for _ in range(4):
        _try(Browser(app, None), clerk.username, "不是这个密码")
    assert _try(Browser(app, None), clerk.username, PASSWORD) == ""
    assert "分钟后再试" not in _try(Browser(app, None), clerk.username, "不是这个密码")


def test_a_disabled_account_gets_the_sentence_of_a_wrong_password(
    app: Application, session: Session, clerk: User
) -> None:
    clerk.active = False
    session.commit()
    assert WRONG in _try(Browser(app, None), clerk.username, PASSWORD)


def test_a_cookie_replayed_after_logout_opens_nothing(app: Application, clerk: User) -> None:
    browser = Browser(app, clerk)
    assert browser.get("/").status_code == 200
    with browser.client.session_transaction() as cookies:
        kept = dict(cookies)
    assert browser.post("/logout").headers["Clear-Site-Data"] == '"cache", "storage"'
    with browser.client.session_transaction() as cookies:
        cookies.update(kept)
    assert browser.get("/").status_code == 302


def test_login_leads_to_the_page_that_was_asked_for(app: Application, clerk: User) -> None:
    browser = Browser(app, None)
    asked = browser.get("/inbox?show=all").headers["Location"]
    assert asked.endswith("next=/inbox?show%3Dall")
    answer = browser.post("/login", {"username": clerk.username, "password": PASSWORD, "next": "/inbox?show=all"})
    assert answer.headers["Location"] == "/inbox?show=all"


def test_a_form_sent_after_the_end_is_answered_by_the_login_page(app: Application, clerk: User) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browser = Browser(app, clerk)
        traveller.shift(timedelta(days=1))
        assert browser.post("/preferences", {"density": "loose"}).headers["Location"] == "/login"
        assert "登录已过期" in browser.get("/login").get_data(as_text=True)


def test_the_purge_takes_dead_logins_and_leaves_living_ones(
    app: Application, settings: Settings, session: Session, world: World
) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        Browser(app, world.clerk)
        traveller.shift(timedelta(hours=3))
        browser = Browser(app, world.officer)
        assert purge(settings) == 1
        assert [row.user_id for row in session.query(Login)] == [world.officer.id]
        assert browser.get("/").status_code == 200


def test_disabling_an_account_ends_its_logins_at_once(app: Application, session: Session, world: World) -> None:
    browser = Browser(app, world.inspector)
    assert browser.get("/").status_code == 200
    assert admin.disable_user(session.get_one(User, world.inspector.id), "admin") == 1
    session.commit()
    assert browser.get("/").status_code == 302


def test_changing_ones_password_keeps_this_login_and_ends_the_others(app: Application, clerk: User) -> None:
    here, there = Browser(app, clerk), Browser(app, clerk)
    typed = {"current": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/password", typed).status_code == 302
    assert here.get("/preferences").status_code == 200
    assert there.get("/preferences").status_code == 302
    assert _try(Browser(app, None), clerk.username, PASSWORD) != ""
    assert _try(Browser(app, None), clerk.username, NEW) == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"current": "错的密码", "new": NEW, "again": NEW}, WRONG),
        ({"current": PASSWORD, "new": NEW, "again": NEW + "7"}, "两次输入的新密码不一致"),
        ({"current": PASSWORD, "new": "短", "again": "短"}, "密码至少8个字符"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "新密码与原来的相同"),
        ({}, WRONG),
    ],
)
def test_a_refused_password_changes_nothing(
    app: Application, session: Session, clerk: User, typed: dict[str, str], sentence: str
) -> None:
    browser, before = Browser(app, clerk), clerk.password_hash
    page = browser.post("/password", typed)
    assert page.status_code in (200, 422)
    assert sentence in page.get_data(as_text=True)
    session.expire_all()
    assert session.get_one(User, clerk.id).password_hash == before


def test_preferences_are_kept_and_nonsense_is_ignored(app: Application, session: Session, clerk: User) -> None:
    browser = Browser(app, clerk)
    browser.post("/preferences", {"density": "loose", "text_size": "huge", "language": "en", "keys_on": "1"})
    browser.post("/preferences", {"density": "x", "text_size": "<script>", "language": "tlh"})
    session.expire_all()
    person = session.get_one(User, clerk.id)
    assert (person.density, person.text_size, person.language, person.keys_on) == ("loose", "huge", "en", False)
    page = browser.get("/preferences").get_data(as_text=True)
    assert [value for value in ("zh_CN", "en") if f'name="language" value="{value}" checked' in page] == ["en"]


def test_the_language_switch_works_before_and_after_login(app: Application, session: Session, clerk: User) -> None:
    stranger = Browser(app, None)
    assert stranger.post("/language", {"language": "en", "next": "/login"}).headers["Location"] == "/login"
    assert '<html lang="en"' in stranger.get("/login").get_data(as_text=True)
    person = Browser(app, clerk)
    person.post("/language", {"language": "en", "next": "/preferences"})
    session.expire_all()
    assert session.get_one(User, clerk.id).language == "en"
    assert '<html lang="en"' in person.get("/preferences").get_data(as_text=True)


def test_the_login_page_shows_the_notice_of_the_office(database: Database, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="x", login_notice="周五18时至20时维护")
    assert "周五18时至20时维护" in Browser(create_app(settings, database), None).get("/login").get_data(as_text=True)


def test_a_login_ends_after_the_idle_time_and_lives_on_while_it_is_used(real: tuple[Application, User]) -> None:
    idle = timedelta(minutes=real[0].config["SETTINGS"].session_idle_minutes)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browser = Browser(*real)
        for _ in range(3):
            traveller.shift(idle - timedelta(minutes=1))
            assert browser.get("/preferences").status_code == 200
        traveller.shift(idle + timedelta(minutes=1))
        assert browser.get("/preferences").status_code == 302


def test_a_login_ends_after_a_working_day_however_much_it_is_used(real: tuple[Application, User]) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browser = Browser(*real)
        for _ in range(2 * real[0].config["SETTINGS"].session_hours):
            traveller.shift(timedelta(minutes=29))
            assert browser.get("/preferences").status_code == 200
        traveller.shift(timedelta(minutes=25))
        assert browser.get("/preferences").status_code == 302


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/preferences"), ("post", "/preferences"), ("post", "/register/suspects")]
)
def test_when_somebody_was_seen_is_noted_without_waiting_for_the_request_itself(
    real: tuple[Application, User], method: str, path: str
) -> None:
    """The last one is posted and still reads only: nothing may be written in its own unit of work."""
    app, person = real
    with time_machine.travel(clock.now(), tick=False) as traveller:
        browser = Browser(app, person)
        traveller.shift(timedelta(minutes=20))
        assert getattr(browser, method)(path).status_code in (200, 302)
        with app.database.work(write=False) as session:
            assert session.query(Login).one().seen_at == clock.now()
