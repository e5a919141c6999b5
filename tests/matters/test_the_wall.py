"""第30条第三款: whom an accusation is kept from, by name, by unit, by what became of the unit; and who had seen it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import admin, staff, succession
from petitions.access.audit import AuditEntry
from petitions.access.models import SuccessionKind, UnitKind, User
from petitions.access.roles import Role
from petitions.cases import readers
from petitions.cases.models import ActDraft
from petitions.cases.perform import perform, why_not
from petitions.cases.queries import find
from petitions.deadlines.audience import Audience, Staff
from petitions.matters import need_to_know
from petitions.matters.lists import discipline_units, find_matter, readers_to_admit, receiving_units
from petitions.matters.models import Matter, Respondent
from petitions.matters.register import register
from petitions.matters.wall import is_under
from petitions.matters.workflow import FLOW
from petitions.notices.models import Notice
from petitions.words import FieldErrors, NotPermitted, OutOfSight, Refusal, Refused
from tests.factories import CLASSIFIED, World, make_unit, make_user, matter_in, new_petition, typed
from tests.pages import Browse

ACCUSATION = {**CLASSIFIED, "nature": "accusation"}


def accusation(world: World, **changes: Any) -> Matter:
    """One that came as an accusation."""
    return new_petition(world, purpose="accusation", **changes).matter


def sees(matter: Matter, *people: User) -> list[bool]:
    """Whether each of them may see it."""
    return [find(matter.id, person) is not None for person in people]


def on_list(matter: Matter) -> set[int]:
    """The user ids on its list."""
    return {row.user_id for row in readers.listed(matter)}


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


# --- found out late --------------------------------------------------------------------------------------------------


def test_the_desk_is_told_who_had_seen_it_before(browser_of: Browse, world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    handler = browser_of(world.handler)
    handler.get(f"/cases/{matter.id}")
    handler.get(f"/documents/{matter.documents[0].id}")
    browser_of(world.inspector).post("/cases/print", {"case": str(matter.id)})
    browser_of(world.other_officer).get(f"/cases/{matter.id}")
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        perform(matter, "recall_sealed", {"reason": "反映干部违纪"}, world.restricted)
        session.commit()
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        page = browser_of(world.restricted).get(f"/cases/{matter.id}").get_data(as_text=True)
        panel = need_to_know.seen_before(matter, world.restricted)
    assert panel is not None
    seen = {row.person: {str(way) for way, _ in row.words} for row in panel.data["rows"]}
    assert "保密前已被以下人员看过" in page
    assert seen[world.handler.name] == {"受理", "查看案件", "打印文书"}
    assert seen[world.inspector.name] == {"打印清单"}
    assert world.other_officer.name not in seen
    assert all(name in page for name in seen)


def test_what_came_as_an_accusation_had_been_seen_by_nobody(browser_of: Browse, world: World) -> None:
    matter = accusation(world)
    assert "保密前已被" not in browser_of(world.restricted).get(f"/cases/{matter.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "page"),
    [("officer", "/triage/{id}"), ("officer", "/cases/{id}/note"), ("receiver", "/arrivals/{id}")],
)
def test_every_page_that_shows_its_words_is_a_look(
    browser_of: Browse, world: World, session: Session, name: str, page: str
) -> None:
    matter = matter_in(world, "dispatched" if name == "receiver" else "triage")
    browser_of(world.people[name]).get(page.format(id=matter.id))
    session.expire_all()
    seen = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.act == "case:see"))
    assert list(seen) == [world.people[name].id]


def test_suspected_repeats_and_comparisons_are_looks(browser_of: Browse, world: World, session: Session) -> None:
    matter, other = matter_in(world, "triage"), new_petition(world).matter
    browser_of(world.clerk).post("/register/suspects", {"phone": "19900001234"})
    browser_of(world.officer).get(f"/triage/{other.id}/compare/{matter.id}")
    session.expire_all()
    seen = session.execute(select(AuditEntry.actor_id, AuditEntry.case_id).where(AuditEntry.act == "case:see"))
    pairs = {(person.id, one.id) for person in (world.clerk, world.officer) for one in (matter, other)}
    assert {tuple(row) for row in seen} == pairs


def test_what_others_were_typing_about_it_goes_with_the_wall(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = matter_in(world, "accepted")
    browser_of(world.handler).post(f"/cases/{matter.id}/note/draft", {"note": "草稿里写到的话"})
    assert session.scalar(select(ActDraft.id)) is not None
    perform(matter, "recall_sealed", {"reason": "反映干部违纪"}, world.restricted)
    assert session.scalar(select(ActDraft.id)) is None


def test_the_number_of_what_was_sealed_is_gone_from_the_history_of_others(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter, linked = matter_in(world, "triage"), new_petition(world, phone="19900002222").matter
    perform(linked, "screen_as_first", {"related": matter.number}, world.officer)
    session.commit()
    assert matter.number in browser_of(world.officer).get(f"/cases/{linked.id}").get_data(as_text=True)
    perform(matter, "classify", ACCUSATION, world.officer)
    session.commit()
    page = browser_of(world.officer).get(f"/cases/{linked.id}").get_data(as_text=True)
    assert matter.number not in page
    assert "（已保密）" in page
    assert matter.number in browser_of(world.restricted).get(f"/cases/{linked.id}").get_data(as_text=True)


def test_a_form_does_not_propose_the_number_of_what_was_sealed(browser_of: Browse, world: World) -> None:
    matter, suspected = new_petition(world).matter, new_petition(world).matter
    perform(suspected, "suspect", {"matter": matter.number}, world.clerk)
    page = f"/cases/{suspected.id}/screen_as_first"
    assert matter.number in browser_of(world.officer).get(page).get_data(as_text=True)
    perform(matter, "classify", ACCUSATION, world.officer)
    assert matter.number not in browser_of(world.officer).get(page).get_data(as_text=True)
    assert find_matter(suspected, world.officer, matter.number) is None


def test_the_original_number_of_an_accusation_does_not_betray_ours(world: World) -> None:
    matter = accusation(world, original_number="市信〔2026〕9号")
    with pytest.raises(FieldErrors) as refused:
        new_petition(world, original_number="市信〔2026〕9号")
    assert matter.number not in str(refused.value)
    with pytest.raises(FieldErrors, match=matter.number):
        new_petition(world, world.restricted, original_number="市信〔2026〕9号")


def test_files_of_an_accusation_are_added_by_the_counter_that_registers_it(
    browser_of: Browse, world: World, session: Session
) -> None:
    from io import BytesIO  # noqa: PLC0415 - needed here only

    form = {**typed(purpose="accusation"), "submission": "a" * 32, "files": (BytesIO(b"%PDF-1.4 x"), "证据.pdf")}
    answer = browser_of(world.clerk).post("/register", form, content_type="multipart/form-data")
    assert answer.status_code == 302
    session.expire_all()
    matter = session.scalars(select(Matter).where(Matter.sealed)).one()
    assert [file.name for file in matter.attachments] == ["证据.pdf"]
    assert browser_of(world.clerk).get(f"/cases/{matter.id}/files/{matter.attachments[0].id}").status_code == 404


def test_the_accused_stay_recorded_when_a_new_matter_is_opened(world: World, session: Session) -> None:
    matter = accusation(world)
    perform(matter, "name_accused", {"respondent_person": str(world.handler.id)}, world.restricted)
    for step, data in (("screen_as_first", {}), ("divert_discipline", {"discipline_unit": world.discipline.id, "note": "转"}),
                       ("archive", {}), ("new_facts", {"title": "新线索", "new_facts": "新的事实"})):  # fmt: skip
        perform(matter, step, data, world.restricted)
    opened = session.scalars(select(Matter).where(Matter.related_to_id == matter.id)).one()
    accused = session.scalars(select(Respondent.user_id).where(Respondent.matter_id == opened.id)).all()
    assert (accused, on_list(opened)) == ([world.handler.id], {world.restricted.id})


def test_no_auditor_learns_by_a_telephone_that_somebody_has_accused(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = accusation(world, phone="19900005555")
    inspector = make_user(session, world.discipline, Role.AUDITOR)
    for asked in ({"person": "19900005555"}, {"case": matter.number}):
        assert browser_of(world.auditor).post("/audit/who", asked).status_code == 404
        assert world.clerk.name in browser_of(inspector).post("/audit/who", asked).get_data(as_text=True)


@pytest.mark.parametrize("phone", ["19900001234", "199 0000 1234", "１９９００００１２３４"])
def test_whoever_has_the_telephone_of_the_petitioner_is_not_appointed(
    world: World, session: Session, phone: str
) -> None:
    matter = matter_in(world, "signed")
    world.second_handler.phone = phone
    session.flush()
    with pytest.raises(FieldErrors, match="应当回避"):
        perform(matter, "appoint", {"handler": str(world.second_handler.id)}, world.receiver)
    world.second_handler.phone = "0300-2200200"
    perform(matter, "appoint", {"handler": str(world.second_handler.id)}, world.receiver)


def test_a_shared_view_never_says_what_is_sought_among_accusations(
    browser_of: Browse, world: World, session: Session
) -> None:
    desk = browser_of(world.restricted)
    desk.post("/cases/views", {"name": "河湾镇站长的件", "list": "sealed=1&place=河湾镇", "shared": "on"})
    assert "河湾镇站长的件" in desk.get("/cases").get_data(as_text=True)
    assert "河湾镇站长的件" not in browser_of(world.officer).get("/cases").get_data(as_text=True)
