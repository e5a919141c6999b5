"""The second step of the login: set up, asked for, taken once, lost and found again."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import admin, totp, vault
from petitions.access.audit import AuditEntry
from petitions.access.models import Login, Unit, UnitKind, User
from petitions.access.passwords import hash_password
from petitions.access.policy import RULES
from petitions.access.roles import Role
from petitions.access.totp import RecoveryCode, SecondStep
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused
from tests.factories import World, lend, make_user
from tests.pages import Browse, Browser

PASSWORD = "青禾-2026-登记"
CONFIRMED = re.compile(r"\d+-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}")


@pytest.fixture
def strict(app: Application, settings: Settings) -> Application:
    """An installation with the roles of the default."""
    app.config["SETTINGS"] = settings.model_copy(update={"totp_roles": Settings().totp_roles})
    return app


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """A clock that only moves when it is told to."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(session: Session, world: World) -> User:
    """Somebody with a password who needs no second step."""
    world.clerk.password_hash = hash_password(PASSWORD)
    session.commit()
    return world.clerk


def _secret(browser: Browser) -> str:
    page = browser.get("/account/code").get_data(as_text=True)
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")  # type: ignore[union-attr]


def _set_up(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Go through the page; the telephone and the recovery codes."""
    assert browser.post("/account/code", {"current": PASSWORD}).status_code == 302
    phone = pyotp.TOTP(_secret(browser))
    page = browser.post("/account/code/confirm", {"code": phone.at(clock.now())})
    assert page.status_code == 200
    codes = CONFIRMED.findall(page.get_data(as_text=True))
    assert len(set(codes)) == 10
    return phone, codes


@pytest.fixture
def phone(
    app: Application, browser_of: Browse, clerk: User, frozen: time_machine.Traveller
) -> tuple[pyotp.TOTP, list[str]]:
    """The clerk has set it up; the code used for that has passed."""
    made = _set_up(browser_of(clerk))
    frozen.shift(timedelta(seconds=60))
    return made


def _half(app: Application, person: User) -> Browser:
    browser = Browser(app, None)
    answer = browser.post("/login", {"username": person.username, "password": PASSWORD, "next": "/inbox"})
    assert answer.headers["Location"] == "/login/code"
    return browser


def _is_in(browser: Browser) -> bool:
    return browser.get("/preferences").status_code == 200


def test_a_code_of_the_telephone_opens_what_was_asked_for(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser = _half(app, clerk)
    assert not _is_in(browser)
    assert browser.get("/login/code").status_code == 200
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).headers["Location"] == "/inbox"
    assert _is_in(browser)


def test_the_password_alone_opens_nothing(app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]) -> None:
    browser = _half(app, clerk)
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
    browser = _half(app, clerk)
    assert browser.post("/login/code", {"code": typed}).status_code == 302
    assert _is_in(browser)


def test_a_code_is_taken_once(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller
) -> None:
    code = phone[0].at(clock.now())
    assert _half(app, clerk).post("/login/code", {"code": code}).status_code == 302
    for _ in range(2):
        browser = _half(app, clerk)
        assert browser.post("/login/code", {"code": code}).status_code == 200
        assert not _is_in(browser)
        frozen.shift(timedelta(seconds=20))
    # Nor one from before it, although it has not run out.
    earlier = phone[0].at(clock.now() - timedelta(seconds=60))
    assert _half(app, clerk).post("/login/code", {"code": earlier}).status_code == 200


def test_a_code_lasts_as_long_as_a_slow_clock_needs_and_no_longer(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller
) -> None:
    frozen.move_to(clock.now().replace(second=0, microsecond=0))
    shown = phone[0].at(clock.now())
    frozen.shift(timedelta(seconds=61))
    assert _half(app, clerk).post("/login/code", {"code": shown}).status_code == 200
    frozen.shift(timedelta(seconds=-2))
    assert _half(app, clerk).post("/login/code", {"code": shown}).status_code == 302


def test_guessing_codes_ends_after_five_and_begins_from_the_password(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller, session: Session
) -> None:
    looked_at = 0
    right = {phone[0].at(clock.now() + timedelta(seconds=30 * n)) for n in range(-2, 130)}
    guesses = iter(f"{number:06d}" for number in range(1_000_000) if f"{number:06d}" not in right)
    for _ in range(40):  # as many half logins as the attacker, who knows the password, likes
        browser = _half(app, clerk)
        for _ in range(10):
            answer = browser.post("/login/code", {"code": next(guesses)})
            if answer.status_code == 302:
                break
            looked_at += 1
    assert looked_at == 4  # the fifth begins the wait
    browser = _half(app, clerk)
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).headers["Location"] == "/login"
    assert "分钟后再试" in browser.get("/login").get_data(as_text=True)
    assert session.scalar(select(func.count()).where(AuditEntry.act == "second_step")) == 5
    frozen.shift(timedelta(minutes=5, seconds=1))
    browser = _half(app, clerk)
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 302
    assert _is_in(browser)


def test_whoever_does_not_know_the_password_keeps_nobody_from_their_code(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    stranger = Browser(app, None)
    for number in range(50):
        assert stranger.post("/login/code", {"code": f"{number:06d}"}).headers["Location"] == "/login"
    browser = _half(app, clerk)
    assert browser.post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 302


def test_half_a_login_ends_with_its_time_the_password_and_the_account(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller, session: Session
) -> None:
    def enters(browser: Browser) -> bool:
        browser.post("/login/code", {"code": phone[0].at(clock.now())})
        return _is_in(browser)

    late = _half(app, clerk)
    frozen.shift(timedelta(minutes=5, seconds=1))
    assert not enters(late)
    changed = _half(app, clerk)
    person = session.get_one(User, clerk.id)
    person.password_hash = hash_password(PASSWORD)  # the same words, another password
    session.commit()
    assert not enters(changed)
    disabled = _half(app, clerk)
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
    browser = _half(app, clerk)
    assert browser.post("/login/code", {"code": code.upper()}).headers["Location"] == "/inbox"
    assert "还剩9个" in browser.get("/account").get_data(as_text=True)
    again = _half(app, clerk)
    assert again.post("/login/code", {"code": code}).status_code == 200
    assert not _is_in(again)
    other = _half(app, clerk)
    assert other.post("/login/code", {"code": phone[1][4]}).status_code == 302


@pytest.mark.parametrize(
    "typed", ["", "0-aaaa-bbbb-cccc", "99-aaaa-bbbb-cccc", "3", "3-", "１-aaaa", "9" * 300, "000000", "-", "abc"]
)
def test_what_is_no_code_is_a_wrong_code(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], typed: str
) -> None:
    browser = _half(app, clerk)
    assert "动态码不对" in browser.post("/login/code", {"code": typed}).get_data(as_text=True)
    assert not _is_in(browser)


def test_the_recovery_codes_of_one_open_nothing_for_another(
    app: Application,
    browser_of: Browse,
    clerk: User,
    world: World,
    session: Session,
    phone: tuple[pyotp.TOTP, list[str]],
) -> None:
    world.officer.password_hash = hash_password(PASSWORD)
    _set_up(browser_of(world.officer))
    browser = _half(app, world.officer)
    assert browser.post("/login/code", {"code": phone[1][0]}).status_code == 200


def test_new_recovery_codes_take_the_place_of_the_old_ones(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser = _half(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    page = browser.post("/account/code/recovery", {"current": PASSWORD}).get_data(as_text=True)
    fresh = CONFIRMED.findall(page)
    assert len(fresh) == 10
    assert not set(fresh) & set(phone[1])
    assert _half(app, clerk).post("/login/code", {"code": phone[1][0]}).status_code == 200
    assert _half(app, clerk).post("/login/code", {"code": fresh[0]}).status_code == 302


def test_neither_secret_nor_codes_lie_readable_in_the_database(
    app: Application, session: Session, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    row = session.scalars(select(SecondStep).where(SecondStep.user_id == clerk.id)).one()
    assert phone[0].secret.encode() not in row.secret
    kept = [one.code_hash for one in session.scalars(select(RecoveryCode))]
    assert all(hash_.startswith("$argon2id$") for hash_ in kept)
    assert row.shared() == phone[0].secret
    stolen = SecondStep(user_id=clerk.id + 1, key_id=row.key_id, secret=row.secret)
    with pytest.raises(vault.Locked):
        stolen.shared()


def test_setting_up_ends_the_other_logins(app: Application, browser_of: Browse, clerk: User) -> None:
    here, there = browser_of(clerk), browser_of(clerk)
    _set_up(here)
    assert _is_in(here)
    assert not _is_in(there)


def test_it_is_not_in_force_before_its_first_code(app: Application, browser_of: Browse, clerk: User) -> None:
    browser = browser_of(clerk)
    browser.post("/account/code", {"current": PASSWORD})
    wrong = browser.post("/account/code/confirm", {"code": "000000"})
    assert wrong.status_code == 422
    assert "动态码不对" in wrong.get_data(as_text=True)
    answer = Browser(app, None).post("/login", {"username": clerk.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_the_old_telephone_counts_until_the_new_one_does(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]], frozen: time_machine.Traveller
) -> None:
    browser = _half(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    browser.post("/account/code", {"current": PASSWORD})
    new = pyotp.TOTP(_secret(browser))
    assert new.secret != phone[0].secret
    frozen.shift(timedelta(seconds=60))
    assert _half(app, clerk).post("/login/code", {"code": new.at(clock.now())}).status_code == 200
    assert _half(app, clerk).post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 302
    frozen.shift(timedelta(seconds=60))
    assert browser.post("/account/code/confirm", {"code": new.at(clock.now())}).status_code == 200
    frozen.shift(timedelta(seconds=60))
    assert _half(app, clerk).post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 200
    assert _half(app, clerk).post("/login/code", {"code": new.at(clock.now())}).status_code == 302


@pytest.mark.parametrize("path", ["/account/code", "/account/code/recovery", "/account/code/remove"])
def test_a_browser_left_open_changes_nothing_without_the_password(
    app: Application, session: Session, clerk: User, phone: tuple[pyotp.TOTP, list[str]], path: str
) -> None:
    browser = _half(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    before = session.scalar(select(func.count()).select_from(SecondStep))
    page = browser.post(path, {"current": "guess"})
    assert "用户名或密码不对" in page.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(SecondStep)) == before
    assert _half(app, clerk).post("/login/code", {"code": phone[1][0]}).status_code == 302


def test_who_need_not_have_it_may_do_without_it_again(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser = _half(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    browser.post("/account/code/remove", {"current": PASSWORD})
    answer = Browser(app, None).post("/login", {"username": clerk.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("name", ["administrator", "security", "auditor", "restricted", "office_head", "head"])
def test_who_must_have_it_is_led_to_it_before_anything_else(
    strict: Application, browser_of: Browse, session: Session, world: World, name: str, frozen: time_machine.Traveller
) -> None:
    world.people[name].password_hash = hash_password(PASSWORD)
    browser = browser_of(world.people[name])
    for path in ("/", "/cases", "/preferences", "/inbox", "/account/delegation"):
        assert browser.get(path).headers["Location"] == "/account/code", path
    assert browser.post("/preferences", {"density": "loose"}).headers["Location"] == "/account/code"
    assert "你的岗位登录时要用动态码" in browser.get("/account/code").get_data(as_text=True)
    phone, _ = _set_up(browser)
    assert browser.get("/").status_code == 200
    frozen.shift(timedelta(seconds=60))
    again = _half(strict, world.people[name])
    assert again.post("/login/code", {"code": phone.at(clock.now())}).headers["Location"] == "/inbox"
    assert again.get("/").status_code == 200


@pytest.mark.parametrize("name", ["clerk", "handler", "receiver", "inspector"])
def test_who_need_not_have_it_goes_on(strict: Application, browser_of: Browse, world: World, name: str) -> None:
    assert browser_of(world.people[name]).get("/").status_code == 200


def test_everybody_who_decides_about_an_accusers_identity_must_have_it() -> None:
    asked = {word for one in ("identity:ask", "identity:decide") for words in RULES[one] for word in words}
    assert asked & {role.value for role in Role} <= set(Settings().totp_roles)


def test_who_stands_in_for_one_who_must_have_it_must_have_it(
    strict: Application, browser_of: Browse, session: Session, world: World
) -> None:
    lend(world.office_head, world.officer)
    browser = browser_of(world.officer)
    assert browser.get("/").headers["Location"] == "/account/code"


def test_the_demo_asks_nobody_and_says_so(app: Application, browser_of: Browse, world: World) -> None:
    browser = browser_of(world.administrator)
    assert browser.get("/").status_code == 200
    assert "没有要求任何岗位使用动态码" in browser.get("/account/code").get_data(as_text=True)


def test_a_role_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="king"):
        create_app(Settings(data_dir=tmp_path, secret_key="x", totp_roles=("king",)), Database("sqlite://"))


def test_another_administrator_clears_it_and_it_is_written_down(
    app: Application,
    browser_of: Browse,
    session: Session,
    world: World,
    clerk: User,
    phone: tuple[pyotp.TOTP, list[str]],
) -> None:
    inside = _half(app, clerk)
    inside.post("/login/code", {"code": phone[0].at(clock.now())})
    desk = browser_of(world.security)
    assert "清除动态码" in desk.get(f"/admin/users/{clerk.id}").get_data(as_text=True)
    assert desk.post(f"/admin/users/{clerk.id}/code").status_code == 302
    assert not _is_in(inside)
    answer = Browser(app, None).post("/login", {"username": clerk.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    line = session.scalars(select(AuditEntry).where(AuditEntry.act == "user:totp")).one()
    assert (line.actor_id, line.subject) == (world.security.id, f"users {clerk.id}")


@pytest.mark.parametrize("path", ["code", "password"])
def test_nobody_clears_their_own_code_or_password_as_administrator(
    browser_of: Browse, session: Session, world: World, path: str
) -> None:
    desk = browser_of(world.security)
    answer = desk.post(f"/admin/users/{world.security.id}/{path}")
    assert answer.status_code == 409
    assert desk.get("/admin/users").status_code == 200
    act = admin.reset_second_step if path == "code" else admin.reset_password
    with pytest.raises(Refused, match="自己的"):
        act(world.security, world.security.username)


def test_the_picture_is_drawn_here_and_holds_the_secret(app: Application, browser_of: Browse, clerk: User) -> None:
    browser = browser_of(clerk)
    browser.post("/account/code", {"current": PASSWORD})
    page = browser.get("/account/code").get_data(as_text=True)
    drawn = page[page.index("<svg", page.index("pairing-code")) : page.index("</svg>", page.index("pairing-code"))]
    assert "<path" in drawn
    assert "http" not in drawn
    assert "style=" not in drawn
    with app.app_context(), app.database.work(write=False):
        assert totp.picture(_secret(browser), clerk, "青禾县信访局").count("<path") == 1


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
    browsers = [_half(app, person) for _ in range(6)]
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
