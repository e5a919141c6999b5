"""第30条: a merger, a split or a move never opens a wall, and nobody keeps the accusation against themselves."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access import admin, staff
from petitions.access.models import SuccessionKind, Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases import readers
from petitions.cases.perform import perform
from petitions.cases.queries import find
from petitions.matters.models import Matter
from petitions.matters.register import register
from petitions.matters.wall import accused_units
from petitions.reorganisation.carrying_out import carry_out, preview
from petitions.reorganisation.orders import Order, Rule
from petitions.words import FieldErrors, Refused
from tests.factories import World, make_unit, make_user, typed

BASIS = "青编〔2026〕3号"


def accusation(clerk: User, accused: Unit, **changes: str) -> Matter:
    return register(typed(purpose="accusation", respondent_unit=str(accused.id), **changes), clerk).matter


def merge(world: World, *olds: Unit, into: Unit) -> None:
    carry_out(Order(SuccessionKind.MERGE, olds, [into], basis=BASIS), world.administrator)


def move(world: World, unit: Unit, parent: Unit | None) -> None:
    carry_out(Order(SuccessionKind.MOVE, [unit], parent=parent, basis=BASIS), world.administrator)


def leave_in_the_case(session: Session, matter: Matter, unit: Unit) -> None:
    """As an old record might be: the wall itself has to hold."""
    part = type(matter.parts[0])
    matter.parts.append(part(unit_id=unit.id, part="assist", joined_on=matter.received_on))
    session.flush()


@pytest.fixture
def fresh(session: Session, world: World) -> Unit:
    """A unit that is accused of nothing, with a restricted desk."""
    unit = make_unit(session, "青禾县综合局", UnitKind.BUREAU, world.county, "青综")
    make_user(session, unit, Role.RESTRICTED_CLERK)
    return unit


def test_whoever_is_merged_stays_walled_off_and_takes_the_wall_along(
    world: World, session: Session, fresh: Unit
) -> None:
    desk = session.scalars(select(User).where(User.unit_id == fresh.id)).one()
    matter = accusation(desk, world.bureau)
    assert find(matter.id, desk) is matter
    merge(world, world.bureau, into=fresh)
    assert world.bureau_restricted.unit_id == fresh.id
    assert find(matter.id, world.bureau_restricted) is None
    assert find(matter.id, desk) is None, "it has come after the accused"
    assert [row.user_id for row in readers.listed(matter)] == [world.restricted.id], "the list has followed the case"
    assert find(matter.id, world.restricted) is matter
    assert {fresh.id, world.section.id} <= set(accused_units(matter))


def test_both_halves_of_a_split_unit_stay_walled_off(world: World, session: Session, fresh: Unit) -> None:
    other = make_unit(session, "青禾县耕地局", UnitKind.BUREAU, world.county)
    matter = accusation(world.restricted, world.bureau)
    people = {world.bureau_restricted.id: other}
    order = Order(SuccessionKind.SPLIT, [world.bureau], [fresh, other], basis=BASIS, people=people)
    carry_out(order, world.administrator)
    for unit in (fresh, other, world.section):
        leave_in_the_case(session, matter, unit)
        assert find(matter.id, make_user(session, unit, Role.RESTRICTED_CLERK)) is None
    assert world.bureau_restricted.unit_id == other.id


def test_a_unit_moved_away_from_the_accused_stays_walled_off(world: World, session: Session) -> None:
    desk = make_user(session, world.section, Role.RESTRICTED_CLERK)
    before = accusation(world.restricted, world.bureau)
    move(world, world.section, world.county)
    # What comes in later may well tell of the time when the unit was still part of the accused body.
    after = accusation(world.restricted, world.bureau, name="亓小青", phone="19900005678")
    for matter in (before, after):
        leave_in_the_case(session, matter, world.section)
        assert find(matter.id, desk) is None
        assert world.section.id in accused_units(matter)


def test_a_unit_moved_under_the_accused_loses_sight_at_once_and_its_desk_hands_over(
    world: World, session: Session
) -> None:
    desk = make_user(session, world.township, Role.RESTRICTED_CLERK)
    matter = accusation(desk, world.bureau)
    assert find(matter.id, desk) is matter
    found = preview(Order(SuccessionKind.MOVE, [world.township], parent=world.bureau, basis=BASIS), world.administrator)
    assert (found.sealed, found.to_desk, found.stuck) == (1, 1, 0)
    assert find(matter.id, desk) is matter
    move(world, world.township, world.bureau)
    assert find(matter.id, desk) is None
    assert find(matter.id, world.restricted) is matter
    assert (matter.office_id, matter.unit_id, matter.numbered_by_id) == (
        world.office.id,
        world.office.id,
        world.township.id,
    )
    assert {row.unit_id for row in matter.deadlines if row.ended_on is None} == {world.office.id}


def test_a_desk_merged_into_the_accused_hands_its_own_accusation_over(world: World, session: Session) -> None:
    desk = make_user(session, world.township, Role.RESTRICTED_CLERK)
    matter = accusation(desk, world.bureau)
    merge(world, world.township, into=world.bureau)
    assert matter.unit_id == world.office.id
    for person in (desk, world.bureau_restricted, world.township_receiver, world.receiver):
        assert find(matter.id, person) is None
    assert find(matter.id, world.restricted) is matter


def test_where_no_desk_could_keep_it_nothing_is_changed(world: World, session: Session) -> None:
    matter = accusation(world.restricted, world.bureau)
    found = preview(Order(SuccessionKind.MOVE, [world.office], parent=world.bureau, basis=BASIS), world.administrator)
    assert found.stuck == 1
    with pytest.raises(Refused, match="有1件检举控告调整后没有受限岗可以接手"):
        move(world, world.office, world.bureau)
    session.expire_all()
    assert world.office.parent_id == world.county.id
    assert find(matter.id, world.restricted) is matter


def test_somebody_who_moves_into_an_accused_line_loses_sight_at_once(
    world: World, session: Session, fresh: Unit
) -> None:
    person = make_user(session, world.office, Role.RESTRICTED_CLERK)
    matter = accusation(world.restricted, world.bureau)
    merge(world, world.bureau, into=fresh)
    assert find(matter.id, person) is matter
    admin.change_user(person, {**staff.values_of_user(person), "unit": str(fresh.id)}, ["restricted_clerk"], "admin")
    leave_in_the_case(session, matter, fresh)
    assert find(matter.id, person) is None


def test_the_successor_of_the_accused_registers_no_accusation_against_itself(
    world: World, session: Session, fresh: Unit
) -> None:
    merge(world, world.bureau, into=fresh)
    with pytest.raises(FieldErrors, match=r"重新选择|没有|不在"):
        accusation(world.bureau_restricted, world.bureau)
    with pytest.raises(FieldErrors, match="被检举的是本单位"):
        accusation(world.bureau_restricted, fresh)


def test_a_sealed_case_is_counted_and_never_named(world: World, session: Session, fresh: Unit) -> None:
    matter = accusation(world.bureau_restricted, world.township)
    ordinary = register(typed(), world.receiver).matter
    session.flush()
    rules = [Rule(matter.number, fresh), Rule("河湾镇", fresh)]
    other = make_unit(session, "青禾县耕地局", UnitKind.BUREAU, world.county)
    found = preview(
        Order(SuccessionKind.SPLIT, [world.bureau], [other, fresh], basis=BASIS, rules=rules), world.administrator
    )
    assert found.sealed == 1
    assert [number for share in found.shares for number in share.numbers] == [ordinary.number]
    assert find(matter.id, world.administrator) is None


def test_what_goes_to_the_discipline_body_skips_the_line_of_the_accused(world: World, session: Session) -> None:
    matter = accusation(world.restricted, world.discipline)
    after = make_unit(session, "青禾县纪检监察委", UnitKind.DISCIPLINE, world.county)
    merge(world, world.discipline, into=after)
    perform(matter, "screen_as_first", {}, world.restricted)
    with pytest.raises(FieldErrors, match="第三十条"):
        perform(matter, "divert_discipline", {"discipline_unit": after.id, "note": "转送"}, world.restricted)


def test_an_accused_body_is_recognised_by_the_name_it_once_had(world: World, session: Session, fresh: Unit) -> None:
    merge(world, world.bureau, into=fresh)
    renamed = {**staff.values_of_unit(world.township), "name": "河湾街道"}
    admin.change_unit(world.township, renamed, "root")
    for old_name, heir in (("青禾县自然资源局", fresh), ("河湾镇", world.township)):
        matter = register(
            typed(purpose="accusation", respondent=old_name, name=old_name[:3], phone="19900005678"), world.restricted
        ).matter
        assert heir.id in accused_units(matter)
        leave_in_the_case(session, matter, heir)
        assert find(matter.id, make_user(session, heir, Role.RESTRICTED_CLERK)) is None
