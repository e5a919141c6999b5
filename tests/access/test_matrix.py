"""The permission table in words, for administrators, from the table alone."""

import pytest

from petitions.access import matrix
from petitions.access.policy import RULES, TABLE
from tests.factories import World
from tests.pages import Browse


def test_every_permission_says_what_it_is_for_and_by_whom(browser_of: Browse, world: World) -> None:
    page = browser_of(world.administrator).get("/admin/permissions").get_data(as_text=True)
    for permission, (meaning, _) in TABLE.items():
        assert str(meaning) in page, permission
    assert [line.permission for line in matrix.lines()] == list(RULES)
    assert all(line.ways for line in matrix.lines())


@pytest.mark.parametrize("name", ["officer", "office_head", "handler", "inspector"])
def test_others_do_not_read_it(browser_of: Browse, world: World, name: str) -> None:
    assert browser_of(world.people[name]).get("/admin/permissions").status_code == 403


def test_the_table_is_narrowed_to_what_one_role_may_do(browser_of: Browse, world: World) -> None:
    found = {line.permission for line in matrix.found("auditor", "", str)}
    assert "audit:read" in found
    assert "case:dispatch" not in found
    page = browser_of(world.auditor).get("/admin/permissions?role=auditor").get_data(as_text=True)
    assert str(TABLE["audit:read"][0]) in page
    assert str(TABLE["case:dispatch"][0]) not in page
