"""Guessing passwords: how far an attacker comes, and that nobody honest is shut out by it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import passwords, throttle
from petitions.access.models import Unit, UnitKind, User
from petitions.access.passwords import hash_password
from petitions.access.roles import Role
from petitions.access.throttle import LoginPlace, LoginTry
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, make_user
from tests.pages import Browser

PASSWORD = "青禾-2026-登记"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
Try = Callable[..., bool]


class Counting(PasswordHasher):
    """Counts how often it was asked to verify."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - as it is called there
        """Compare, and count it."""
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def people(session: Session, world: World) -> list[User]:
    """Eight people with one password."""
    stored, chosen = hash_password(PASSWORD), list(world.people.values())[:8]
    for person in chosen:
        person.password_hash = stored
    session.commit()
    return chosen


@pytest.fixture
def gets_in(app: Application) -> Try:
    """`gets_in(name, password, address)`: whether that opens the workbench."""

    def attempt(name: str, password: str = "guess", address: str = ELSEWHERE) -> bool:
        browser = Browser(app, None)
        place = {"REMOTE_ADDR": address}
        answer = browser.post("/login", {"username": name, "password": password}, environ_overrides=place)
        return answer.status_code == 302 and answer.headers["Location"] == "/"

    return attempt


def test_who_guesses_one_account_has_ten_tries_in_a_quarter_of_an_hour_from_however_many_addresses(
    people: list[User], gets_in: Try, session: Session, frozen: time_machine.Traveller
) -> None:
    name, counted, taken = people[0].username, [], 0
    # Every half minute from one of 50 addresses, for half an hour: far more than is looked at.
    for turn in range(60):
        before = _waiting(session, name)
        gets_in(name, f"guess-{turn}", f"203.0.113.{turn % 50}")
        if not before:
            counted.append(clock.now())
            taken += 1
        frozen.shift(timedelta(seconds=30))
    worst = max(sum(start <= other < start + timedelta(minutes=15) for other in counted) for start in counted)
    assert taken > 5, "the test must reach the second series"
    assert worst <= 10


def _waiting(session: Session, name: str) -> bool:
    session.expire_all()
    return throttle.waits_until(throttle.Attempt(name, ELSEWHERE, known=False)) is not None


def test_waits_double_and_end_at_an_hour(people: list[User], gets_in: Try, frozen: time_machine.Traveller) -> None:
    lengths = []
    for _ in range(6):
        for _ in range(5):
            assert not gets_in(people[0].username)
        until = throttle.waits_until(throttle.Attempt(people[0].username, ELSEWHERE, known=False))
        assert until is not None
        lengths.append(round((until - clock.now()).total_seconds() / 60))
        frozen.shift(until - clock.now() + timedelta(seconds=1))
    assert lengths == [5, 10, 20, 40, 60, 60]
    assert gets_in(people[0].username, PASSWORD)


def test_an_attacker_on_every_account_shuts_nobody_out_who_comes_from_where_they_always_come_from(
    people: list[User], gets_in: Try, session: Session, frozen: time_machine.Traveller
) -> None:
    for person in people:
        assert gets_in(person.username, PASSWORD, HOME)
    for turn in range(5):
        for number, person in enumerate(people):
            assert not gets_in(person.username, f"guess-{turn}", f"203.0.{turn}.{number}")
    assert session.scalar(select(func.count()).where(LoginTry.until.is_not(None))) >= len(people)
    for person in people:
        assert gets_in(person.username, PASSWORD, HOME), person.username
        assert not gets_in(person.username, PASSWORD, ELSEWHERE), "from a strange address it waits"


def test_one_password_tried_on_everybody_stops_at_the_address(
    people: list[User], app: Application, gets_in: Try, frozen: time_machine.Traveller
) -> None:
    app.config["SETTINGS"].login_address_attempts = 10
    for number in range(5):
        assert not gets_in(people[number].username, "Sommer2026!")
        assert not gets_in(f"nobody{number}", "Sommer2026!")
    assert not gets_in(people[0].username, PASSWORD), "the eleventh is not looked at, be it right"
    assert gets_in(people[0].username, PASSWORD, HOME), "elsewhere it is"
    frozen.shift(timedelta(minutes=5, seconds=1))
    assert gets_in(people[1].username, PASSWORD), "no address is shut out for good"


def test_colleagues_behind_one_address_are_let_in_while_somebody_there_guesses(
    people: list[User], app: Application, gets_in: Try, frozen: time_machine.Traveller
) -> None:
    app.config["SETTINGS"].login_address_attempts = 10
    for person in people:
        assert gets_in(person.username, PASSWORD, HOME)
    for turn in range(25):
        assert not gets_in(f"nobody{turn}", "guess", HOME)
    for person in people:
        assert gets_in(person.username, PASSWORD, HOME)


def test_a_known_address_has_its_own_five_tries(
    people: list[User], gets_in: Try, frozen: time_machine.Traveller
) -> None:
    name = people[0].username
    assert gets_in(name, PASSWORD, HOME)
    for _ in range(5):
        assert not gets_in(name, "typo", HOME)
    assert not gets_in(name, PASSWORD, HOME)
    assert gets_in(name, PASSWORD, ELSEWHERE), "the owner is not shut out elsewhere by it"
    frozen.shift(timedelta(minutes=5, seconds=1))
    assert gets_in(name, PASSWORD, HOME)


def test_a_new_password_from_the_administrator_ends_every_wait(
    people: list[User], gets_in: Try, browser_of: Callable[[User], Browser], world: World
) -> None:
    assert gets_in(world.clerk.username, PASSWORD, HOME)
    for address in (HOME, ELSEWHERE):
        for _ in range(5):
            assert not gets_in(world.clerk.username, "typo", address)
    page = browser_of(world.security).post(f"/admin/users/{world.clerk.id}/password").get_data(as_text=True)
    given = page.split('id="secret">')[1].split("<")[0]
    for address in (HOME, ELSEWHERE):
        assert gets_in(world.clerk.username, given, address)


def test_what_was_typed_is_not_kept_and_what_is_kept_is_bounded(
    people: list[User], gets_in: Try, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "MOST_ROWS", 20)
    for number in range(60):
        gets_in(f"my-password-{number}", "x", f"203.0.113.{number}")
    rows = session.scalars(select(LoginTry)).all()
    assert len(rows) <= 21
    assert all(len(row.key_hash) == 64 for row in rows)


def test_the_tick_forgets_yesterday_and_strange_addresses_of_last_year(
    people: list[User], gets_in: Try, session: Session, frozen: time_machine.Traveller
) -> None:
    gets_in(people[0].username, PASSWORD, HOME)
    gets_in(people[1].username, "wrong", HOME)
    frozen.shift(timedelta(days=1, minutes=1))
    gets_in(people[2].username, "wrong", HOME)
    throttle.purge()
    assert session.scalar(select(func.count()).select_from(LoginTry)) == 2  # of today: the name and the address
    assert session.scalar(select(func.count()).select_from(LoginPlace)) == 1
    frozen.shift(timedelta(days=200))
    throttle.purge()
    assert session.scalar(select(func.count()).select_from(LoginPlace)) == 0


def test_an_account_remembers_its_ten_latest_addresses(people: list[User], session: Session) -> None:
    for number in range(15):
        throttle.remember_place(people[0], f"198.51.100.{number}")
    kept = session.scalars(select(LoginPlace.address).where(LoginPlace.user_id == people[0].id)).all()
    assert len(kept) == 10
    assert "198.51.100.14" in kept


def test_an_address_of_ipv6_is_the_network_a_visitor_is_given(
    people: list[User], gets_in: Try, app: Application
) -> None:
    app.config["SETTINGS"].login_address_attempts = 5
    for number in range(5):
        gets_in(f"nobody{number}", "x", f"2001:db8:1:2::{number}")
    assert not gets_in(people[0].username, PASSWORD, "2001:db8:1:2:ffff::9")
    assert gets_in(people[0].username, PASSWORD, "2001:db8:1:3::9")


def test_an_unknown_name_is_answered_like_a_known_one_word_for_word_and_costs_a_hash_like_it(
    people: list[User], app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    pages: dict[bool, set[str]] = {True: set(), False: set()}
    for turn in range(5):
        for known in (True, False):
            name = people[turn % len(people)].username if known else f"nx{turn % len(people)}"
            place = {"REMOTE_ADDR": f"203.0.{int(known)}.{turn}"}
            answer = Browser(app, None).client.post(
                "/login", data={"username": name, "password": "guess"}, environ_overrides=place
            )
            page = answer.get_data(as_text=True).replace(f'value="{name}"', "")
            pages[known].add("\n".join(line for line in page.split("\n") if "csrf" not in line and "nonce" not in line))
    assert pages[True] == pages[False]
    assert hasher.verified == 10, "who measures the time learns no name"


def test_of_many_guesses_at_the_same_moment_none_goes_uncounted(own_database: Database, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key="x", totp_roles=()), own_database)
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True, PROPAGATE=True)
    with own_database.work() as session:
        unit = Unit(name="青禾县信访局", kind=UnitKind.OFFICE.value)
        session.add(unit)
        session.flush()
        person = make_user(session, unit, Role.INTAKE_CLERK)
        person.password_hash = hash_password(PASSWORD)
    start, answers = threading.Barrier(13), list[str]()

    def guess(number: int) -> None:
        browser = app.test_client()
        if number:
            start.wait(20)
        answer = browser.post("/login", data={"username": person.username, "password": f"guess-{number}"})
        answers.append(answer.get_data(as_text=True))

    guess(0)  # from now on there is a row to lock
    threads = [threading.Thread(target=guess, args=(number,)) for number in range(1, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("用户名或密码不对" in page for page in answers) == 5, "the others are not looked at"
    assert sum("密码错误次数过多" in page for page in answers) == 9


def test_there_is_no_account_with_a_password_of_ours(own_database: Database) -> None:
    with own_database.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
