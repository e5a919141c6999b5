"""The second step as an account has it: set up, renewed, asked of some roles, given up, cleared by an administrator."""

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
from petitions.access.models import User
from petitions.access.passwords import hash_password
from petitions.access.policy import RULES
from petitions.access.roles import Role
from petitions.access.totp import RecoveryCode, SecondStep
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused
from tests.access.conftest import CONFIRMED, PASSWORD, half_in, is_in, secret_of, set_up
from tests.factories import World, lend
from tests.pages import Browse, Browser


def test_new_recovery_codes_take_the_place_of_the_old_ones(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser = half_in(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    page = browser.post("/account/code/recovery", {"current": PASSWORD}).get_data(as_text=True)
    fresh = CONFIRMED.findall(page)
    assert len(fresh) == 10
    assert not set(fresh) & set(phone[1])
    assert half_in(app, clerk).post("/login/code", {"code": phone[1][0]}).status_code == 200
    assert half_in(app, clerk).post("/login/code", {"code": fresh[0]}).status_code == 302


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
    set_up(here)
    assert is_in(here)
    assert not is_in(there)


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
    browser = half_in(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    browser.post("/account/code", {"current": PASSWORD})
    new = pyotp.TOTP(secret_of(browser))
    assert new.secret != phone[0].secret
    frozen.shift(timedelta(seconds=60))
    assert half_in(app, clerk).post("/login/code", {"code": new.at(clock.now())}).status_code == 200
    assert half_in(app, clerk).post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 302
    frozen.shift(timedelta(seconds=60))
    assert browser.post("/account/code/confirm", {"code": new.at(clock.now())}).status_code == 200
    frozen.shift(timedelta(seconds=60))
    assert half_in(app, clerk).post("/login/code", {"code": phone[0].at(clock.now())}).status_code == 200
    assert half_in(app, clerk).post("/login/code", {"code": new.at(clock.now())}).status_code == 302


@pytest.mark.parametrize("path", ["/account/code", "/account/code/recovery", "/account/code/remove"])
def test_a_browser_left_open_changes_nothing_without_the_password(
    app: Application, session: Session, clerk: User, phone: tuple[pyotp.TOTP, list[str]], path: str
) -> None:
    browser = half_in(app, clerk)
    browser.post("/login/code", {"code": phone[0].at(clock.now())})
    before = session.scalar(select(func.count()).select_from(SecondStep))
    page = browser.post(path, {"current": "guess"})
    assert "用户名或密码不对" in page.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(SecondStep)) == before
    assert half_in(app, clerk).post("/login/code", {"code": phone[1][0]}).status_code == 302


def test_who_need_not_have_it_may_do_without_it_again(
    app: Application, clerk: User, phone: tuple[pyotp.TOTP, list[str]]
) -> None:
    browser = half_in(app, clerk)
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
    phone, _ = set_up(browser)
    assert browser.get("/").status_code == 200
    frozen.shift(timedelta(seconds=60))
    again = half_in(strict, world.people[name])
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
    inside = half_in(app, clerk)
    inside.post("/login/code", {"code": phone[0].at(clock.now())})
    desk = browser_of(world.security)
    assert "清除动态码" in desk.get(f"/admin/users/{clerk.id}").get_data(as_text=True)
    assert desk.post(f"/admin/users/{clerk.id}/code").status_code == 302
    assert not is_in(inside)
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
        assert totp.picture(secret_of(browser), clerk, "青禾县信访局").count("<path") == 1
