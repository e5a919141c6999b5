"""The pages of an administrator act on the account they show, and never on whoever is logged in."""

import re

import pytest
from sqlalchemy.orm import Session

from petitions.access.models import User
from tests.factories import World
from tests.pages import Browse


def _forms(page: str) -> list[str]:
    """Where the forms of the page itself lead."""
    return re.findall(r'<form[^>]*action="([^"]+)"', page.split('id="main"')[1].split("</main>", maxsplit=1)[0])


@pytest.mark.parametrize("name", ["clerk", "handler", "auditor"])
def test_the_page_of_an_account_shows_and_changes_that_account(browser_of: Browse, world: World, name: str) -> None:
    shown = world.people[name]
    page = browser_of(world.security).get(f"/admin/users/{shown.id}").get_data(as_text=True)
    assert re.search(rf"<h1>\s*{shown.name}", page)
    forms = _forms(page)
    assert forms
    assert all(f"/admin/users/{shown.id}" in url for url in forms), forms
    assert f'value="{shown.username}"' in page


def test_a_new_account_begins_empty_and_becomes_a_new_one(browser_of: Browse, world: World, session: Session) -> None:
    browser = browser_of(world.security)
    page = browser.get("/admin/users/new").get_data(as_text=True)
    (url,) = _forms(page)
    assert url == "/admin/users/new"
    assert f'value="{world.security.username}"' not in page
    typed = {
        "username": "zhangsan",
        "name": "张小禾",
        "unit": str(world.office.id),
        "phone": "",
        "roles": "intake_clerk",
    }
    browser.post(url, typed)
    session.expire_all()
    assert session.get_one(User, world.security.id).username != "zhangsan"
    assert [person.username for person in session.query(User).filter_by(name="张小禾")] == ["zhangsan"]


def test_a_password_is_reset_for_the_account_that_is_shown(browser_of: Browse, world: World, session: Session) -> None:
    browser = browser_of(world.security)
    page = browser.get(f"/admin/users/{world.clerk.id}").get_data(as_text=True)
    (url,) = [one for one in _forms(page) if "password" in one]
    own = world.security.password_hash
    browser.post(url)
    session.expire_all()
    assert session.get_one(User, world.clerk.id).password_hash
    assert session.get_one(User, world.security.id).password_hash == own
    assert browser.get("/admin/users").status_code == 200, "and nobody is logged out but they"
