"""The second step of the login: set up, asked for, taken once, lost and found again."""

import secrets
import threading
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.models import Login, Unit, UnitKind, User
from petitions.access.passwords import hash_password
from petitions.access.roles import Role
from petitions.access.totp import SecondStep
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.access.conftest import PASSWORD, half_in, is_in, set_up
from tests.factories import World, make_user
from tests.pages import Browse, Browser


def test_a_code_of_the_telephone_opens_what_was_asked_for(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser = half_in(app, clerk)
    assert not is_in(browser)
    assert browser.get("/login/code").status_code == 200
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).headers["Location"] == "/inbox"
    assert is_in(browser)


def test_the_cookie_holds_whatever_way_is_asked_for(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser, way = Browser(app, None), "/cases?q=" + secrets.token_hex(3_000)
    answer = browser.post("/login", {"username": clerk.username, "password": PASSWORD, "next": way})
    assert len(answer.headers["Set-Cookie"]) < 4_000
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).headers["Location"] == "/"


def test_the_password_alone_opens_nothing(app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]) -> None:
    browser = half_in(app, clerk)
    for path in ("/", "/cases", "/account", "/account/code", "/preferences", "/account/left"):
        assert browser.get(path).headers["Location"].startswith("/login"), path


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{:.3} {:.3}", "wide"])
def test_a_code_may_be_typed_as_it_is_shown(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], spelling: str
) -> None:
    code = phone[0].at(clock.now())
    if spelling == "wide":
        typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    else:
        typed = f"{code[:3]} {code[3:]}" if "3" in spelling else spelling.format(code)
    browser = half_in(app, clerk)
    assert browser.post("/login/code", {"code": typed}).status_code == 302
    assert is_in(browser)


def test_a_code_is_taken_once(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller
) -> None:
    code = phone[0].at(clock.now())
    assert half_in(app, clerk).post("/login/code", {"code": code}).status_code == 302
    for _ in range(2):
        browser = half_in(app, clerk)
        assert browser.post("/login/code", {"code": code}).status_code == 200
        assert not is_in(browser)
        frozen.shift(timedelta(seconds=20))
    # Nor one from before it, although it has not run out.
    earlier = phone[0].at(clock.now() - timedelta(seconds=60))
    assert half_in(app, clerk).post("/login/code", {"code": earlier}).status_code == 200


def test_a_code_lasts_as_long_as_a_slow_clock_needs_and_no_longer(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller
) -> None:
    frozen.move_to(clock.now().replace(second=0, microsecond=0))
    shown = phone[0].at(clock.now())
    frozen.shift(timedelta(seconds=61))
    assert half_in(app, clerk).post("/login/code", {"code": shown}).status_code == 200
    frozen.shift(timedelta(seconds=-2))
    assert half_in(app, clerk).post("/login/code", {"code": shown}).status_code == 302


def test_guessing_codes_ends_after_five_and_begins_from_the_password(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller, session: Session
) -> None:
    looked_at = 0
    right = {phone[0].at(clock.now() + timedelta(seconds=30 * n)) for n in range(-2, 130)}
    guesses = iter(f"{number:06d}" for number in range(1_000_000) if f"{number:06d}" not in right)
    for _ in range(40):  # as many half logins as the attacker, who knows the password, likes
        browser = half_in(app, clerk)
        for _ in range(10):
            answer = browser.post("/login/code", {"code": next(guesses)})
            if answer.status_code == 302:
                break
            looked_at += 1
    assert looked_at == 4  # the fifth begins the wait
    browser = half_in(app, clerk)
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).headers["Location"] == "/login"
    assert "分钟后再试" in browser.get("/login").get_data(as_text=True)
    assert session.scalar(select(func.count()).where(AuditEntry.act == "second_step")) == 5
    frozen.shift(timedelta(minutes=5, seconds=1))
    browser = half_in(app, clerk)
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 302
    assert is_in(browser)


def test_whoever_does_not_know_the_password_keeps_nobody_from_their_code(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    stranger = Browser(app, None)
    for number in range(50):
        assert stranger.post("/login/code", {"code": f"{number:06d}"}).headers["Location"] == "/login"
    browser = half_in(app, clerk)
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 302


def test_half_a_login_ends_with_its_time_the_password_and_the_account(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller, session: Session
) -> None:
    def enters(browser: Browser) -> bool:
        browser.post("/login/code", {"code": phone[0].at(clock.now())})
        return is_in(browser)

    late = half_in(app, clerk)
    frozen.shift(timedelta(minutes=5, seconds=1))
    assert not enters(late)
    changed = half_in(app, clerk)
    person = session.get_one(User, clerk.id)
    person.password_hash = hash_password(PASSWORD)  # the same words, another password
    session.commit()
    assert not enters(changed)
    disabled = half_in(app, clerk)
    person.active = False
    session.commit()
    assert not enters(disabled)


def test_half_a_login_cannot_be_made_by_hand(app: Application, clerk: User, world: World) -> None:
    browser = Browser(app, None)
    with browser.client.session_transaction() as cookies:
        cookies["half"] = {"user": clerk.id, "proof": "0" * 32, "until": 9e9, "next": "/"}
    assert browser.get("/login/code").headers["Location"] == "/login"
    client = app.test_client()
    client.set_cookie("session", "eyJoYWxmIjp7InVzZXIiOjF9fQ.aaaa.bbbb")
    assert client.get("/login/code").headers["Location"] == "/login"


def test_a_recovery_code_opens_once(app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]) -> None:
    code = phone[1][3]
    browser = half_in(app, clerk)
    assert browser.post("/login/code", {"code": code.upper()}).headers["Location"] == "/inbox"
    assert "还剩9个" in browser.get("/account").get_data(as_text=True)
    again = half_in(app, clerk)
    assert again.post("/login/code", {"code": code}).status_code == 200
    assert not is_in(again)
    other = half_in(app, clerk)
    assert other.post("/login/code", {"code": phone[1][4]}).status_code == 302


@pytest.mark.parametrize(
    "typed", ["", "0-aaaa-bbbb-cccc", "99-aaaa-bbbb-cccc", "3", "3-", "１-aaaa", "9" * 300, "000000", "-", "abc"]
)
def test_what_is_no_code_is_a_wrong_code(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], typed: str
) -> None:
    browser = half_in(app, clerk)
    assert "动态码不对" in browser.post("/login/code", {"code": typed}).get_data(as_text=True)
    assert not is_in(browser)


def test_the_recovery_codes_of_one_open_nothing_for_another(
    app: Application,
    browser_of: Browse,
    clerk: User,
    world: World,
    session: Session,
    phone: tuple[pyotp.TOTP, list[str]],
) -> None:
    world.officer.password_hash = hash_password(PASSWORD)
    set_up(browser_of(world.officer))
    browser = half_in(app, world.officer)
    assert browser.post("/login/code", {"code": phone[1][0]}).status_code == 200


def test_the_same_code_at_the_same_moment_lets_one_in(own_database: Database, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key="x", totp_roles=()), own_database)
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True, PROPAGATE=True)
    with own_database.work() as session:
        unit = Unit(name="青禾县信访局", kind=UnitKind.OFFICE.value)
        session.add(unit)
        session.flush()
        person = make_user(session, unit, Role.INTAKE_CLERK)
        person.password_hash = hash_password(PASSWORD)
        now, secret = clock.now(), pyotp.random_base32()
        row = SecondStep(user_id=person.id, made_at=now, confirmed_at=now)
        row.keep(secret)
        session.add(row)
    browsers = [half_in(app, person) for _ in range(6)]
    code, start, landed = pyotp.TOTP(secret).at(clock.now()), threading.Barrier(6), list[int]()

    def enter(browser: Browser) -> None:
        start.wait(20)
        landed.append(browser.post("/login/code", {"code": code}).status_code)

    threads = [threading.Thread(target=enter, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(landed) == 6
    with own_database.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Login)) == 1
