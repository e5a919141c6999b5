"""The numbers of a register: contiguous in each unit, and never the same in two of them."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from petitions import clock, migrating
from petitions.access.models import Unit, UnitKind
from petitions.access.roles import Role
from petitions.cases.finding import found
from petitions.db import Database
from petitions.documents.models import Counter
from petitions.matters.lists import find_matter
from petitions.matters.register import register
from tests.factories import World, make_unit, make_user, new_petition, typed

YEAR = clock.today().year


def numbers(world: World, *people: str) -> list[str]:
    return [register(typed(name=f"来信人{n}"), world.people[one]).number for n, one in enumerate(people)]


def test_two_units_of_one_county_never_give_the_same_number(world: World) -> None:
    given = numbers(world, "clerk", "receiver", "township_receiver", "other_clerk", "clerk", "receiver")
    assert given == [
        f"XF{YEAR}-000001", f"青自然XF{YEAR}-000001", f"河XF{YEAR}-000001", f"开XF{YEAR}-000001",
        f"XF{YEAR}-000002", f"青自然XF{YEAR}-000002",
    ]  # fmt: skip


def test_a_sign_that_another_register_has_gives_way_to_the_name(world: World, session: Session) -> None:
    namesake = make_unit(session, "河源镇", UnitKind.TOWNSHIP, world.county, "河")
    silent = make_unit(session, "河源镇", UnitKind.TOWNSHIP, None, "")
    world.people |= {
        "namesake": make_user(session, namesake, Role.RECEIVING_CLERK),
        "silent": make_user(session, silent, Role.RECEIVING_CLERK),
    }
    given = numbers(world, "township_receiver", "namesake", "silent")
    assert given == [f"河XF{YEAR}-000001", f"河源镇XF{YEAR}-000001", f"河源镇{silent.id}XF{YEAR}-000001"]


def test_a_sign_that_is_changed_counts_from_the_next_year(world: World, session: Session) -> None:
    numbers(world, "township_receiver")
    world.township.sign = "河湾"
    session.flush()
    assert numbers(world, "township_receiver") == [f"河XF{YEAR}-000002"]
    earlier = register(typed(received_on=f"{YEAR - 1}-03-02"), world.township_receiver)
    assert earlier.number == f"河湾XF{YEAR - 1}-000001"


@pytest.mark.parametrize("asked", ["河XF{year}-000001", "河xf{year}-1", "XF{year}-000001", "XF{year}-1", "000001"])
def test_a_signed_number_is_found_with_and_without_its_sign(world: World, asked: str) -> None:
    numbers(world, "clerk")
    own = register(typed(), world.township_receiver).matter
    seen = [hit.case_id for hit in found(asked.format(year=YEAR), world.township_receiver)[0].hits]
    assert seen == [own.id]


def test_whoever_sees_both_registers_is_shown_both_matters_of_a_number(world: World, session: Session) -> None:
    first = new_petition(world).matter
    second = register(typed(name="另一人"), world.township_receiver).matter
    from petitions.cases import parts  # noqa: PLC0415 - the office takes part in the township's matter

    parts.join(second, world.office.id, "assist", clock.today())
    session.flush()
    hits = found(first.number, world.officer)[0].hits
    assert {hit.case_id for hit in hits} == {first.id, second.id}
    assert [hit.case_id for hit in found(second.number, world.officer)[0].hits] == [second.id]


def test_a_clerk_names_a_matter_of_their_own_register_without_its_sign(world: World) -> None:
    new_petition(world)
    own = register(typed(name="另一人"), world.township_receiver).matter
    chosen = find_matter(None, world.township_receiver, f"XF{YEAR}-000001")
    assert chosen is not None
    assert chosen.value == str(own.id)


def test_a_ledger_keeps_its_own_number_beside_the_signed_one(world: World) -> None:
    petition = register(
        typed(original_number="河信2019-77"), world.township_receiver, history=True, office=world.township
    )
    assert (petition.number, petition.original_number) == (f"河XF{YEAR}-000001", "河信2019-77")


def test_registers_of_the_version_before_go_on_counting_under_their_sign(own_database: Database) -> None:
    migrating.downgrade(own_database, "0007")
    with own_database.engine.begin() as connection:
        for unit_id, name, kind, sign in ((1, "河湾镇", "township", "河"), (2, "青禾县信访局", "office", "青"),
                                          (3, "河源镇", "township", "河")):  # fmt: skip
            connection.execute(Unit.__table__.insert().values(id=unit_id, name=name, kind=kind, sign=sign, phone=""))
        for unit_id, last in ((1, 7), (2, 40), (3, 2)):
            row: dict[str, Any] = {"unit_id": unit_id, "series": "XF", "year": YEAR, "last": last}
            connection.execute(Counter.__table__.insert().values(**row))
        connection.execute(Counter.__table__.insert().values(unit_id=1, series="转", year=YEAR, last=3))
    migrating.upgrade(own_database)
    with own_database.work() as session:
        kept = {(row.unit_id, row.series): (row.sign, row.last) for row in session.query(Counter)}
    assert kept == {
        (1, "XF"): ("河", 7), (2, "XF"): ("", 40), (3, "XF"): ("河源镇", 2), (1, "转"): (None, 3),
    }  # fmt: skip
