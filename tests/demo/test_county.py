"""The invented county: units form two trees, and every unit that answers has people of its own for each part."""

import re
from collections import Counter

import pytest

from petitions.access.models import UnitKind
from petitions.access.roles import Role
from petitions.cases.checks import phone
from petitions.demo.county import MEMBERS, TOWNSHIP_BY_KEY, UNIT_BY_KEY, UNITS, member


def root(key: str) -> str:
    while UNIT_BY_KEY[key].parent:
        key = UNIT_BY_KEY[key].parent
    return key


def test_parents_stand_before_what_is_under_them() -> None:
    seen: set[str] = set()
    for unit in UNITS:
        assert not unit.parent or unit.parent in seen
        seen.add(unit.key)
    assert len(seen) == len(UNITS)


def test_there_are_two_offices_and_each_unit_answers_to_one() -> None:
    assert [unit.key for unit in UNITS if unit.kind is UnitKind.OFFICE] == ["petition_office", "zone_office"]
    # Who reviews stands above what the offices hand matters out to, and beside the offices in the tree.
    assert {root(unit.key) for unit in UNITS} == {"petition_office", "zone_office", "city"}
    assert [unit.key for unit in UNITS if root(unit.key) == "city"] == ["city", "county"]
    assert root("zone_construction") == "zone_office"


def test_every_role_is_held_by_somebody_whose_login_is_shown() -> None:
    assert {role for one in MEMBERS if one.shown for role in one.roles} == set(Role)


@pytest.mark.parametrize("key", [unit.key for unit in UNITS])
def test_every_unit_that_answers_has_three_different_people(key: str) -> None:
    if UNIT_BY_KEY[key].kind is UnitKind.OFFICE or key in ("hewan_justice", "hewan_mediation"):
        return
    people = {member(key, role).login for role in (Role.RECEIVING_CLERK, Role.HANDLER, Role.UNIT_HEAD)}
    assert len(people) == 3, "who asks never approves"


def test_logins_are_unique_and_typed_without_chinese() -> None:
    assert [login for login, times in Counter(one.login for one in MEMBERS).items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z0-9_.]+", one.login) for one in MEMBERS)
    assert all(one.unit in UNIT_BY_KEY for one in MEMBERS)


def test_names_and_signs_are_unique() -> None:
    assert len({one.name for one in MEMBERS}) == len(MEMBERS)
    assert len({unit.name for unit in UNITS}) == len(UNITS)
    assert len({unit.sign for unit in UNITS}) == len(UNITS)


def test_a_place_is_governed_by_a_unit_that_answers() -> None:
    assert all(UNIT_BY_KEY[key].kind is not UnitKind.OFFICE for key in TOWNSHIP_BY_KEY)


def test_unit_phones_read_like_phones() -> None:
    assert all(phone(unit.phone).startswith("0300-") for unit in UNITS)


def test_asking_for_a_part_nobody_has_is_said() -> None:
    with pytest.raises(LookupError, match="hewan_justice"):
        member("hewan_justice", Role.UNIT_HEAD)
