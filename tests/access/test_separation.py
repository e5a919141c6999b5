"""三员分立: the system, the people in it and the look at both are kept by three."""

from itertools import combinations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from petitions import migrating
from petitions.access import admin, staff
from petitions.access.models import User
from petitions.access.policy import RULES, may
from petitions.access.roles import KEEPERS_OF_THE_HOUSE, Role
from petitions.db import Database
from petitions.selfcheck import Level, inspect
from petitions.settings import Settings
from petitions.words import FieldErrors, Refused
from tests.conftest import Isolated
from tests.factories import World, make_user
from tests.pages import Browse

KEEPS = {
    "unit:manage": "administrator",
    "code:manage": "administrator",
    "calendar:manage": "administrator",
    "user:manage": "security",
    "audit:read": "auditor",
}
BY = "admin"


def _typed(world: World, **changes: str) -> dict[str, str]:
    return {"username": "wuming", "name": "亓小青", "unit": str(world.office.id), "phone": "", **changes}


def test_each_of_the_three_keeps_their_own_part_and_no_other(session: Session, world: World) -> None:
    for permission, keeper in KEEPS.items():
        able = {name for name, person in world.people.items() if may(person, permission)}
        assert able == {keeper}, permission


def test_none_of_the_three_has_a_part_in_a_case(session: Session, world: World) -> None:
    for name in ("administrator", "security", "auditor"):
        assert [one for one in RULES if one.startswith("case:") and one not in ("case:list", "case:see")
                and may(world.people[name], one)] == []  # fmt: skip


@pytest.mark.parametrize("pair", list(combinations(sorted(KEEPERS_OF_THE_HOUSE), 2)), ids="+".join)
def test_nobody_is_two_of_the_three(session: Session, world: World, pair: tuple[Role, Role]) -> None:
    with pytest.raises(FieldErrors, match="要由三个人分别担任"):
        admin.add_user(_typed(world), [*pair], BY)
    person = make_user(session, world.office, pair[0])
    with pytest.raises(FieldErrors, match="要由三个人分别担任"):
        admin.change_user(person, staff.values_of_user(person), [*pair], BY)
    session.expire_all()
    assert person.roles == {pair[0]}


def test_the_page_says_why_and_keeps_what_was_typed(browser_of: Browse, world: World) -> None:
    desk = browser_of(world.security)
    page = desk.post("/admin/users/new", {**_typed(world), "roles": ["auditor", "administrator"]})
    assert page.status_code == 422
    assert "一个人只能担任其中一个" in page.get_data(as_text=True)
    assert "亓小青" in page.get_data(as_text=True)


def test_nobody_changes_their_own_roles(browser_of: Browse, session: Session, world: World) -> None:
    desk = browser_of(world.security)
    values = staff.values_of_user(world.security)
    for roles in (["security_administrator", "handler"], ["handler"], ["auditor"]):
        page = desk.post(f"/admin/users/{world.security.id}", {**values, "roles": roles})
        assert page.status_code == 409
        assert "不能改自己的岗位" in page.get_data(as_text=True)
    session.expire_all()
    assert session.get_one(User, world.security.id).roles == {Role.SECURITY_ADMINISTRATOR}
    telephone = {**values, "phone": "0300-2200201", "roles": ["security_administrator"]}
    assert desk.post(f"/admin/users/{world.security.id}", telephone).status_code == 302


def test_the_first_administrator_keeps_the_people_until_somebody_else_does(session: Session, world: World) -> None:
    world.security.active = False
    session.flush()
    assert may(world.administrator, "user:manage")
    assert not may(world.auditor, "user:manage")
    admin.add_user(_typed(world), ["security_administrator"], world.administrator.username)
    assert not may(world.administrator, "user:manage")
    assert may(world.administrator, "unit:manage")


def test_the_page_of_people_asks_for_a_security_administrator_where_there_is_none(
    browser_of: Browse, session: Session, world: World
) -> None:
    desk = browser_of(world.administrator)
    assert desk.get("/admin/users").status_code == 403
    assert "/admin/users" not in desk.get("/admin/units").get_data(as_text=True)
    session.get_one(User, world.security.id).active = False
    session.commit()
    page = desk.get("/admin/users").get_data(as_text=True)
    assert "还没有安全管理员，暂由系统管理员维护人员" in page
    assert "/admin/users" in desk.get("/admin/units").get_data(as_text=True)


def test_the_last_security_administrator_stays_so_the_powers_never_fall_back(session: Session, world: World) -> None:
    with pytest.raises(Refused, match="唯一的安全管理员"):
        admin.disable_user(world.security, BY)


def test_the_check_says_which_of_the_three_is_missing(database: Isolated, session: Session, world: World) -> None:
    def found() -> dict[str, Level]:
        session.commit()
        wanted = ("no_administrator", "no_security_administrator", "no_auditor", "totp")
        return {one.name: one.level for one in inspect(Settings(totp_roles=()), database) if one.name in wanted}

    assert found() == {"totp": Level.AMBER}
    world.security.active = world.auditor.active = False
    assert found() == {"totp": Level.AMBER, "no_security_administrator": Level.AMBER, "no_auditor": Level.AMBER}
    world.administrator.active = False
    assert found()["no_administrator"] is Level.RED


def test_who_was_administrator_and_auditor_is_administrator_after_the_upgrade(own_database: Database) -> None:
    migrating.downgrade(own_database, "0004")
    with own_database.work() as session:
        session.execute(
            text("INSERT INTO units (id, name, kind, sign, phone) VALUES (1, '青禾县信访局', 'office', '', '')")
        )
        for number, roles in enumerate((["administrator"], ["administrator", "auditor"], ["auditor"]), start=1):
            session.execute(
                text("INSERT INTO users (id, username, name, unit_id, phone, password_hash, active, language, density,"
                     " text_size, keys_on) VALUES (:id, :name, 'x', 1, '', '', :yes, '', 'compact', 'normal', :yes)"),
                {"id": number, "name": f"u{number}", "yes": True},
            )  # fmt: skip
            for role in roles:
                session.execute(text("INSERT INTO user_roles VALUES (:id, :role)"), {"id": number, "role": role})
    migrating.upgrade(own_database)
    with own_database.work() as session:
        held = {person.username: person.roles for person in session.scalars(select(User))}
        assert held == {"u1": {Role.ADMINISTRATOR}, "u2": {Role.ADMINISTRATOR}, "u3": {Role.AUDITOR}}
        first = session.scalars(select(User).order_by(User.id)).first()
        assert may(first, "user:manage"), "an installation from before goes on working"
        assert not any(person.password_given for person in session.scalars(select(User)))
        session.get_one(User, 2).roles = frozenset({Role.SECURITY_ADMINISTRATOR})
    migrating.downgrade(own_database, "0004")
    with own_database.work(write=False) as session:
        rows = session.execute(text("SELECT user_id, role FROM user_roles ORDER BY user_id")).all()
        assert [tuple(row) for row in rows] == [(1, "administrator"), (2, "administrator"), (3, "auditor")]
    migrating.upgrade(own_database)
