"""第30条第三款: who had seen an accusation before it was sealed, and what of it shows anywhere afterwards."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.roles import Role
from petitions.cases.models import ActDraft
from petitions.cases.perform import perform
from petitions.matters import need_to_know
from petitions.matters.lists import find_matter
from petitions.matters.models import Matter, Respondent
from petitions.words import FieldErrors
from tests.factories import World, make_user, matter_in, new_petition, typed
from tests.matters.accusations import ACCUSATION, accusation, on_list
from tests.pages import Browse


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
