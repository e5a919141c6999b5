"""第30条第三款: whom an accusation is kept from, by name, by unit, by what became of the unit; and who had seen it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import admin, staff, succession
from petitions.access.models import SuccessionKind, UnitKind, User
from petitions.access.roles import Role
from petitions.cases import readers
from petitions.cases.perform import perform, why_not
from petitions.deadlines.audience import Audience, Staff
from petitions.matters.lists import discipline_units, readers_to_admit, receiving_units
from petitions.matters.register import register
from petitions.matters.wall import is_under
from petitions.matters.workflow import FLOW
from petitions.notices.models import Notice
from petitions.words import FieldErrors, NotPermitted, OutOfSight, Refusal, Refused
from tests.factories import CLASSIFIED, World, make_unit, make_user, matter_in, new_petition, typed
from tests.matters.accusations import accusation, on_list, sees
from tests.pages import Browse

# --- the list --------------------------------------------------------------------------------------------------------


def test_the_desk_of_that_day_is_on_the_list_and_whoever_comes_later_is_not(world: World, session: Session) -> None:
    matter = accusation(world)
    later = make_user(session, world.office, Role.RESTRICTED_CLERK)
    assert on_list(matter) == {world.restricted.id}
    assert sees(matter, world.restricted, later) == [True, False]
    perform(matter, "admit", {"reader": str(later.id), "reason": "接替工作"}, world.restricted)
    assert sees(matter, world.restricted, later) == [True, True]
    perform(matter, "dismiss", {"listed_reader": str(world.restricted.id), "reason": "调离"}, later)
    assert sees(matter, world.restricted, later) == [False, True]
    told = session.scalars(select(Notice.recipient_id).where(Notice.case_id == matter.id, Notice.kind == "admit"))
    assert list(told) == [later.id]


def test_a_list_never_loses_its_last_person_of_the_desk(world: World) -> None:
    matter = accusation(world)
    inspector = make_user_of_discipline(world)
    perform(matter, "admit", {"reader": str(inspector.id), "reason": "协助核查"}, world.restricted)
    with pytest.raises(Refused, match="至少要有一名"):
        perform(matter, "dismiss", {"listed_reader": str(world.restricted.id), "reason": "调离"}, world.restricted)


def make_user_of_discipline(world: World, *roles: Role) -> User:
    """Somebody of the discipline body."""
    from petitions import db  # noqa: PLC0415 - inside the unit of work of the test

    return make_user(db.session(), world.discipline, *(roles or (Role.HANDLER,)))


def test_somebody_of_the_discipline_body_sees_by_name_and_does_nothing(world: World, session: Session) -> None:
    matter, ordinary = accusation(world), matter_in(world, "triage")
    inspector, colleague = make_user_of_discipline(world), make_user_of_discipline(world)
    assert sees(matter, inspector, colleague) == [False, False]
    perform(matter, "admit", {"reader": str(inspector.id), "reason": "协助核查"}, world.restricted)
    assert sees(matter, inspector, colleague) == [True, False]
    assert sees(ordinary, inspector) == [False]
    session.commit()
    with pytest.raises(NotPermitted):
        perform(matter, "note", {"note": "记一笔"}, inspector)
    perform(matter, "classify", CLASSIFIED, world.restricted)
    assert sees(matter, inspector) == [False], "once it is no accusation the name opens nothing"


def test_only_the_desk_and_the_discipline_body_can_be_put_on_a_list(world: World) -> None:
    matter = accusation(world)
    offered = {int(choice.value) for choice in readers_to_admit(matter, world.restricted)}
    assert offered == {world.restricted.id}
    with pytest.raises(FieldErrors):
        perform(matter, "admit", {"reader": str(world.officer.id), "reason": "想看"}, world.restricted)
    with pytest.raises(OutOfSight):
        perform(matter, "admit", {"reader": str(world.officer.id), "reason": "想看"}, world.officer)


@pytest.mark.parametrize("change", ["moves", "changes role", "is disabled"])
def test_whoever_leaves_the_desk_sees_nothing_more_and_the_desk_takes_it_over(
    world: World, session: Session, change: str
) -> None:
    matter = accusation(world)
    later = make_user(session, world.office, Role.RESTRICTED_CLERK)
    values = staff.values_of_user(world.restricted)
    roles = ["restricted_clerk"]
    if change == "moves":
        admin.change_user(world.restricted, {**values, "unit": str(world.township.id)}, roles, "root")
    elif change == "changes role":
        admin.change_user(world.restricted, values, ["intake_clerk"], "root")
    else:
        admin.disable_user(world.restricted, "root")
    session.flush()
    assert sees(matter, later) == [True], "or nobody could ever act on it again"
    if change != "is disabled":  # a disabled account does not come in at all
        assert sees(matter, world.restricted) == [False]


def test_a_list_that_has_emptied_brings_the_desk_in_whatever_other_lists_hold(world: World, session: Session) -> None:
    matter, later = accusation(world), make_user(session, world.office, Role.RESTRICTED_CLERK)
    of_another = new_petition(world, later, purpose="accusation", text="另一件检举，写明情况。").matter
    assert readers.at_desk(of_another) == [world.restricted, later], "the list of another accusation is kept"
    for row in matter.readers:
        row.dismissed_at = clock.now()
    session.flush()
    assert sees(matter, later) == [True]


def test_an_ordinary_matter_has_no_list(world: World) -> None:
    matter = matter_in(world, "triage")
    assert "不设知情名单" in str(why_not(world.restricted, FLOW.action["admit"], matter))
    with pytest.raises(Refusal):
        perform(matter, "admit", {"reader": "1", "reason": "x"}, world.restricted)


def test_the_page_shows_the_list_and_whom_it_accuses_to_whom_it_names(browser_of: Browse, world: World) -> None:
    matter = accusation(world, respondent_unit=str(world.bureau.id))
    page = browser_of(world.restricted).get(f"/cases/{matter.id}").get_data(as_text=True)
    for words in ("知情名单", world.restricted.name, world.bureau.name, "增加知情人员", "补充被检举对象"):
        assert words in page
    assert browser_of(world.officer).get(f"/cases/{matter.id}").status_code == 404


def test_reminders_of_a_sealed_clock_reach_nobody_who_is_not_on_the_list(world: World, session: Session) -> None:
    matter = accusation(world)
    make_user(session, world.office, Role.RESTRICTED_CLERK)
    clock_row = next(row for row in matter.deadlines if row.code == "T1")
    clock_row.sealed, clock_row.handler_id, clock_row.office_id = (
        True,
        None,
        world.office.id,
    )  # as ladder.running() has it
    people = Staff([world.office.id])
    told = {audience: people.of(audience, clock_row) for audience in Audience}
    assert told == {"duty": (world.restricted.id,), "desk": (world.restricted.id,), "head": (), "office": ()}


# --- whom it accuses -------------------------------------------------------------------------------------------------


def test_an_accused_person_sees_nothing_wherever_they_work(world: World, session: Session) -> None:
    accused = make_user(session, world.office, Role.RESTRICTED_CLERK, Role.INTAKE_CLERK)
    matter = accusation(world)
    assert sees(matter, accused) == [True]
    perform(matter, "name_accused", {"respondent_person": str(accused.id)}, world.restricted)
    assert sees(matter, accused, world.restricted) == [False, True]
    assert on_list(matter) == {world.restricted.id}
    with pytest.raises(FieldErrors, match="第30条"):
        perform(matter, "admit", {"reader": str(accused.id), "reason": "x"}, world.restricted)
    accused.unit = world.discipline
    accused.unit_id = world.discipline.id
    session.flush()
    with pytest.raises(FieldErrors, match="第30条"):
        perform(matter, "admit", {"reader": str(accused.id), "reason": "x"}, world.restricted)
    readers.admit(matter, [accused.id])  # past the door
    session.flush()
    assert sees(matter, accused) == [False]


def test_somebody_of_the_desk_who_is_named_in_words_is_not_put_on_the_list(world: World, session: Session) -> None:
    accused = make_user(session, world.office, Role.RESTRICTED_CLERK, name="卞小河")
    matter = accusation(world, respondent="信访局卞小河")
    assert on_list(matter) == {world.restricted.id}
    assert sees(matter, accused) == [False]
    other = accusation(world, phone="19900002222")
    perform(other, "name_accused", {"respondent": "卞小河等人"}, world.restricted)
    assert sees(other, accused) == [False]


def test_whoever_belongs_to_a_body_that_is_accused_later_leaves_the_list(world: World) -> None:
    matter, inspector = accusation(world), make_user_of_discipline(world)
    perform(matter, "admit", {"reader": str(inspector.id), "reason": "协助核查"}, world.restricted)
    assert on_list(matter) == {world.restricted.id, inspector.id}
    perform(matter, "name_accused", {"respondent_unit": str(world.discipline.id)}, world.restricted)
    assert on_list(matter) == {world.restricted.id}


def test_a_unit_stays_barred_while_the_purpose_alone_says_accusation(world: World) -> None:
    world.restricted.roles |= {Role.PETITION_OFFICER}
    matter = accusation(world, respondent_unit=str(world.bureau.id))
    perform(matter, "screen_as_first", {}, world.restricted)
    perform(matter, "classify", {**CLASSIFIED, "purpose": "accusation"}, world.restricted)
    assert not matter.sealed
    for unit in (world.bureau, world.section):
        with pytest.raises(FieldErrors, match="不能转给被检举单位及其下属单位"):
            perform(matter, "transfer", {"unit": unit.id, "opinion": "请依法办理"}, world.officer)
    perform(matter, "transfer", {"unit": world.township.id, "opinion": "请依法办理"}, world.officer)


def test_an_accusation_of_the_whole_desk_is_not_swallowed(world: World) -> None:
    with pytest.raises(FieldErrors, match="受限岗的人员就是被检举的人"):
        accusation(world, respondent=f"受限岗{world.restricted.name}")
    matter = accusation(world)
    with pytest.raises(Refused, match="受限岗的人员就是被检举的人"):
        perform(matter, "name_accused", {"respondent_person": str(world.restricted.id)}, world.restricted)


def test_a_unit_named_in_words_is_the_unit_of_that_name(world: World) -> None:
    matter = accusation(world, respondent=world.bureau.name)
    assert [row.unit_id for row in matter.respondents] == [world.bureau.id]


def test_a_name_that_several_units_bear_names_none_of_them(world: World, session: Session) -> None:
    make_unit(session, "财政所", UnitKind.SECTION, world.bureau)
    make_unit(session, "财政所", UnitKind.SECTION, world.township)
    assert [row.unit_id for row in accusation(world, respondent="财政所").respondents] == [None]


def test_a_repeat_that_accuses_somebody_else_closes_the_wall_for_them_too(world: World, session: Session) -> None:
    accused = make_user(session, world.office, Role.RESTRICTED_CLERK, name="卞小河")
    matter, repeat = accusation(world), accusation(world, respondent="卞小河", phone="19900002222")
    assert sees(matter, accused) == [True]
    perform(repeat, "join_as_repeat", {"matter": matter.number}, world.restricted)
    assert sees(matter, accused) == [False]
    third = accusation(world, phone="19900003333")
    register(typed(purpose="accusation", respondent="卞小河"), world.restricted, joins=third)
    assert sees(third, accused) == [False]


def test_whoever_registered_it_and_is_accused_of_it_loses_the_receipt_too(
    browser_of: Browse, world: World, session: Session
) -> None:
    petition = new_petition(world, purpose="accusation")
    receipt = f"/petitions/{petition.id}/receipt"
    assert browser_of(world.clerk).get(receipt).status_code == 200
    perform(petition.matter, "name_accused", {"respondent_person": str(world.clerk.id)}, world.restricted)
    assert browser_of(world.clerk).get(receipt).status_code == 404


# --- units that change -----------------------------------------------------------------------------------------------


def test_a_unit_that_is_closed_still_stands_between_its_people_and_the_wall(world: World, session: Session) -> None:
    below = make_unit(session, "测绘队", UnitKind.SECTION, world.section)
    world.section.valid_to = clock.today() - timedelta(days=1)
    session.flush()
    assert is_under(below.id, [world.bureau.id])


def test_whoever_takes_over_from_the_accused_is_accused(world: World, session: Session) -> None:
    matter = accusation(world, respondent_unit=str(world.section.id))
    assert str(world.township.id) in free(receiving_units(matter, world.restricted))
    succession.end_into(
        world.section, [world.township], SuccessionKind.MERGE, "青编〔2026〕3号", world.administrator, {}, {}
    )
    assert str(world.township.id) not in free(receiving_units(matter, world.restricted))
    assert is_under(make_unit(session, "农办", UnitKind.SECTION, world.township).id, [world.section.id])
    assert not is_under(world.bureau.id, [world.section.id])


def test_a_unit_that_is_moved_away_from_the_accused_stays_outside(world: World, session: Session) -> None:
    succession.place_under(world.section, world.township, "青编〔2026〕3号", world.administrator)
    assert is_under(world.section.id, [world.bureau.id])
    assert is_under(world.section.id, [world.township.id])
    assert not is_under(world.bureau.id, [world.township.id])


def test_a_discipline_body_under_the_accused_gets_no_letter(world: World, session: Session) -> None:
    matter = accusation(world, respondent_unit=str(world.township.id))
    world.discipline.parent_id = world.township.id
    session.flush()
    assert not free(discipline_units(matter, world.restricted))
    perform(matter, "screen_as_first", {}, world.restricted)
    with pytest.raises(FieldErrors, match="第三十条"):
        perform(matter, "divert_discipline", {"discipline_unit": world.discipline.id, "note": "转送"}, world.restricted)


def free(choices: Any) -> list[str]:
    """The values that can be chosen."""
    return [choice.value for choice in choices if not choice.why_not]
