"""The invented people: right in form, nobody real, the same every time."""

from datetime import date

from petitions.cases.checks import id_number, phone
from petitions.demo.county import TOWNSHIP_BY_KEY
from petitions.demo.people import AREA, person, seeded

ON = date(2026, 11, 20)
CROWD = [person(seeded(seed), ON) for seed in range(500)]


def test_an_identity_number_passes_the_checks_of_the_intake_screen() -> None:
    for one in CROWD:
        assert id_number(one.id_number, ON) == one.id_number
        assert one.id_number[6:14] == f"{one.born:%Y%m%d}"
        assert (int(one.id_number[16]) % 2 == 1) == (one.sex == "男")


def test_an_identity_number_and_a_phone_belong_to_nobody() -> None:
    assert AREA.startswith("99"), "no province has this code"
    for one in CROWD:
        assert one.id_number.startswith(AREA)
        assert phone(one.phone) == one.phone
        assert one.phone.startswith("199000")


def test_people_are_grown_up_and_of_the_age_asked_for() -> None:
    assert all(18 < one.age(ON) <= 84 for one in CROWD)
    for seed in range(200):
        assert 60 <= person(seeded(seed), ON, age=(60, 65)).age(ON) <= 65


def test_an_address_runs_from_the_county_to_the_door() -> None:
    for one in CROWD:
        assert one.address.startswith("青禾县" + one.township.name + one.village)
        assert one.address.endswith(("号", "室"))
        assert one.region == "青禾县" + one.township.name
        assert TOWNSHIP_BY_KEY[one.township.key] == one.township


def test_compound_surnames_and_names_of_other_peoples_occur() -> None:
    assert any(one.name.startswith(("欧阳", "司徒", "慕容", "尉迟", "澹台", "令狐")) for one in CROWD)
    assert any("·" in one.name for one in CROWD)
    assert len({one.nation for one in CROWD}) > 3
    assert len({one.name for one in CROWD}) > 450


def test_the_same_seed_gives_the_same_person() -> None:
    assert person(seeded(11), ON) == person(seeded(11), ON)
    assert person(seeded(11), ON, sex="女").sex == "女"
