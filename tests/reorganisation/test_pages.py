"""The wizard of the administrator, and what lists and filters show afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import past, staff
from petitions.access.models import SuccessionKind, Unit, UnitKind, UnitSuccession
from petitions.access.roles import Role
from petitions.cases.facets import chosen_from
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.cases.saved_views import SavedView
from petitions.matters.lists import receiving_units
from petitions.matters.register import register
from petitions.notices.models import Notice
from petitions.reorganisation.carrying_out import carry_out, preview
from petitions.reorganisation.orders import Order, Rule, rules_from
from petitions.words import Refused
from tests.factories import (
    CLASSIFIED,
    World,
    make_unit,
    make_user,
    matter_in,
    new_petition,
    register_typed,
    take,
    typed,
)  # fmt: skip
from tests.pages import Browse, Browser

BASIS = "青编〔2026〕3号"


@pytest.fixture
def desk(browser_of: Browse, world: World) -> Browser:
    """The administrator's browser."""
    return browser_of(world.administrator)


@pytest.fixture
def water(session: Session, world: World) -> Unit:
    """A bureau that is new."""
    return make_unit(session, "青禾县水利局", UnitKind.BUREAU, world.county, "青水")


def test_a_merger_is_shown_before_it_is_done(desk: Browser, session: Session, world: World, water: Unit) -> None:
    matter, closed = matter_in(world, "accepted"), matter_in(world, "concluded")
    sealed = register(
        typed(purpose="accusation", respondent_unit=str(world.township.id)), world.bureau_restricted
    ).matter
    sealed_number = f"{sealed.number}（保密）"
    session.commit()
    where = f"/admin/units/{world.bureau.id}/merge"
    assert "并入其他单位：青禾县自然资源局" in desk.get(where).get_data(as_text=True)
    said = {"heirs": str(water.id), "basis": BASIS}
    page = desk.post(where, {**said, "do": "preview"})
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert matter.number in text
    assert closed.number not in text
    assert sealed_number not in text
    assert matter.title not in text
    assert "1件换单位，只计数" in text
    session.expire_all()
    assert session.get_one(Unit, world.bureau.id).valid_to is None
    assert desk.post(where, {**said, "do": "carry_out"}).status_code == 302
    session.expire_all()
    assert session.get_one(Case, matter.id).unit_id == water.id
    page = desk.get(f"/admin/units/{world.bureau.id}").get_data(as_text=True)
    assert "“青禾县自然资源局”并入“青禾县水利局”" in page
    assert BASIS in page
    assert desk.post(f"/admin/units/{world.bureau.id}/reopen").status_code == 409


def test_a_split_asks_where_people_and_cases_go(desk: Browser, session: Session, world: World, water: Unit) -> None:
    near, far = matter_in(world, "signed"), matter_in(world, "dispatched", place="柳林乡")
    far.place = "柳林乡"
    session.commit()
    where, land = (
        f"/admin/units/{world.bureau.id}/split",
        make_unit(session, "青禾县国土局", UnitKind.BUREAU, world.county),
    )
    session.commit()
    said = {"heirs": [str(land.id), str(water.id)], "basis": BASIS}
    page = desk.post(where, {**said, "do": "heirs"}).get_data(as_text=True)
    assert f'name="person-{world.handler.id}"' in page
    assert f'name="below-{world.section.id}"' in page
    said |= {f"person-{world.second_handler.id}": str(water.id), f"below-{world.section.id}": str(water.id)}
    assert desk.post(where, {**said, "rules": "柳林乡 给 水利局", "do": "preview"}).status_code == 422
    page = desk.post(where, {**said, "rules": "柳林乡 = 青禾县水利局", "do": "preview"})
    assert page.status_code == 200
    assert desk.post(where, {**said, "rules": "柳林乡 = 青禾县水利局", "do": "carry_out"}).status_code == 302
    session.expire_all()
    found = {one.id: one.unit_id for one in session.scalars(select(Case))}
    assert (found[near.id], found[far.id]) == (land.id, water.id)
    assert (world.handler.unit_id, world.second_handler.unit_id, world.section.parent_id) == (
        land.id,
        water.id,
        water.id,
    )


@pytest.mark.parametrize("kind", ["merge", "split", "move"])
def test_what_cannot_be_ordered_is_said_at_its_box(desk: Browser, session: Session, world: World, kind: str) -> None:
    page = desk.post(f"/admin/units/{world.bureau.id}/{kind}", {"do": "carry_out"})
    assert page.status_code == 422
    assert "写明依据：哪个机关的什么文件" in page.get_data(as_text=True)
    page = desk.post(f"/admin/units/{world.bureau.id}/move", {"parent": "999999", "basis": BASIS})
    assert (page.status_code, "没有这个单位，重新选择" in page.get_data(as_text=True)) == (422, True)
    assert desk.get(f"/admin/units/999999/{kind}").status_code == 404


@pytest.mark.parametrize("person", ["officer", "office_head", "head", "auditor", "restricted"])
def test_nobody_else_orders_a_reorganisation(browser_of: Browse, world: World, person: str) -> None:
    browser = browser_of(world.people[person])
    for kind in ("merge", "split", "move"):
        assert browser.get(f"/admin/units/{world.bureau.id}/{kind}").status_code == 403
        assert browser.post(f"/admin/units/{world.bureau.id}/{kind}", {"do": "carry_out"}).status_code == 403


def test_a_refused_move_says_how_many_and_changes_nothing(desk: Browser, session: Session, world: World) -> None:
    register(typed(purpose="accusation", respondent_unit=str(world.bureau.id)), world.restricted)
    session.commit()
    where, said = f"/admin/units/{world.office.id}/move", {"parent": str(world.bureau.id), "basis": BASIS}
    page = desk.post(where, {**said, "do": "preview"}).get_data(as_text=True)
    assert "有1件检举控告调整后没有受限岗可以接手" in page
    assert "确定调整" not in page
    answer = desk.post(where, {**said, "do": "carry_out"})
    assert answer.status_code == 409
    session.expire_all()
    assert session.get_one(Unit, world.office.id).parent_id == world.county.id


def test_history_and_papers_keep_the_name_they_were_made_under(
    desk: Browser, browser_of: Browse, session: Session, world: World
) -> None:
    matter = matter_in(world, "accepted")
    paper = next(one for one in matter.documents if one.kind == "acceptance_notice")
    yesterday = clock.now() - timedelta(days=1)
    for event in matter.events:
        event.at = event.recorded_at = yesterday
    for one in matter.documents:
        one.issued_on = yesterday.date()
    session.commit()
    values = {**staff.values_of_unit(world.bureau), "name": "青禾县国土空间局", "basis": BASIS}
    assert desk.post(f"/admin/units/{world.bureau.id}", values).status_code == 302
    reader = browser_of(world.handler)
    page = reader.get(f"/cases/{matter.id}").get_data(as_text=True)
    course = page[page.index('class="timeline') :]
    assert "青禾县自然资源局" in course
    assert "青禾县国土空间局" not in course.split("</ol>")[0]
    shown = reader.get(f"/documents/{paper.id}").get_data(as_text=True)
    assert "青禾县自然资源局" in shown
    assert "由“青禾县自然资源局”更名" in desk.get(f"/admin/units/{world.bureau.id}").get_data(as_text=True)


def test_the_tree_of_an_earlier_day_has_the_names_and_places_of_that_day(
    desk: Browser, session: Session, world: World, water: Unit
) -> None:
    values = {**staff.values_of_unit(world.township), "name": "河湾街道"}
    desk.post(f"/admin/units/{world.township.id}", values)
    move = Order(SuccessionKind.MOVE, [world.section], parent=water, basis=BASIS)
    carry_out(move, world.administrator)
    carry_out(Order(SuccessionKind.MERGE, [world.bureau], [water], basis=BASIS), world.administrator)
    session.expire_all()
    today, before = clock.today(), clock.today() - timedelta(days=1)
    then, now = ({one.unit.id: one for one in past.tree_on(day)} for day in (before, today))
    assert (then[world.township.id].name, now[world.township.id].name) == ("河湾镇", "河湾街道")
    assert (then[world.section.id].parent_id, now[world.section.id].parent_id) == (world.bureau.id, water.id)
    assert world.bureau.id in then
    assert world.bureau.id not in now
    assert past.forebears(water.id) == [water.id, world.bureau.id]
    session.commit()
    page = desk.get(f"/admin/units?on={before.isoformat()}").get_data(as_text=True)
    assert "河湾镇" in page
    assert "河湾街道" not in page.split("<table")[1]
    assert desk.get("/admin/units?on=昨天").status_code == 200


def test_a_kept_filter_and_an_old_address_find_the_cases_where_they_are(
    browser_of: Browse, session: Session, world: World, water: Unit
) -> None:
    matter = matter_in(world, "accepted")
    view = SavedView(
        user_id=world.handler.id, unit_id=world.bureau.id, name="本局在办", query=f"unit={world.bureau.id}", shared=True
    )
    session.add(view)
    session.flush()
    carry_out(Order(SuccessionKind.MERGE, [world.bureau], [water], basis=BASIS), world.administrator)
    colleague = make_user(session, water, Role.HANDLER)
    browser = browser_of(colleague)
    page = browser.get("/cases").get_data(as_text=True)
    assert "本局在办" in page
    page = browser.get(f"/cases?unit={world.bureau.id}").get_data(as_text=True)
    assert matter.number in page
    assert "青禾县水利局" in page
    assert chosen_from({"unit": f"own,{world.bureau.id}", "duty": str(world.bureau.id)}, ()).values == {
        "unit": f"own,{water.id}", "duty": str(water.id),
    }  # fmt: skip


def test_the_ended_unit_is_offered_nowhere_and_its_successor_receives(
    browser_of: Browse, session: Session, world: World, water: Unit
) -> None:
    waiting = matter_in(world, "dispatched")
    carry_out(Order(SuccessionKind.MERGE, [world.bureau], [water], basis=BASIS), world.administrator)
    matter = take(
        world, new_petition(world).matter, [("screen_as_first", {}, "clerk"), ("classify", CLASSIFIED, "officer")]
    )
    offered = {choice.value for choice in receiving_units(matter, world.officer)}
    assert (str(water.id) in offered, str(world.bureau.id) in offered) == (True, False)
    perform(matter, "transfer", {"unit": water.id, "opinion": "请办理"}, world.officer)
    assert session.scalars(select(Notice.recipient_id).where(Notice.case_id == matter.id)).all() == [world.receiver.id]
    page = browser_of(world.receiver).get("/arrivals").get_data(as_text=True)
    assert waiting.number in page
    assert matter.number in page


def test_rules_are_asked_in_the_order_of_how_closely_they_name(session: Session, world: World, water: Unit) -> None:
    first, second = matter_in(world, "dispatched"), matter_in(world, "dispatched")
    rules = [Rule("010000", world.township), Rule(first.number, water)]
    order = Order(SuccessionKind.SPLIT, [world.bureau], [water, world.township], basis=BASIS, rules=rules)
    found = preview(order, world.administrator)
    assert {share.unit.id: share.numbers for share in found.shares} == {
        water.id: [first.number], world.township.id: [second.number],
    }  # fmt: skip
    with pytest.raises(Refused, match="第2行"):
        rules_from("河湾镇 = 青禾县水利局\n柳林乡 = 没有的局", [water])


def test_everything_is_undone_together(session: Session, world: World, water: Unit) -> None:
    matter, stuck = matter_in(world, "accepted"), register(
        typed(purpose="accusation", respondent_unit=str(world.bureau.id)), world.restricted
    ).matter  # fmt: skip
    water.parent_id = world.bureau.id
    session.flush()
    before = (matter.unit_id, stuck.office_id, session.scalars(select(UnitSuccession.id)).all())
    for person in world.people.values():
        if person is world.restricted:
            person.active = False
    session.flush()
    with pytest.raises(Refused):
        carry_out(Order(SuccessionKind.MOVE, [world.office], parent=world.bureau, basis=BASIS), world.administrator)
    session.expire_all()
    assert (matter.unit_id, stuck.office_id, session.scalars(select(UnitSuccession.id)).all()) == before


def test_a_filter_on_whose_clock_it_is_finds_the_clocks_of_both_halves(
    browser_of: Browse, session: Session, world: World, water: Unit
) -> None:
    first, second, elsewhere = matter_in(world, "accepted"), matter_in(world, "accepted"), matter_in(world, "triage")
    other = make_unit(session, "青禾县耕地局", UnitKind.BUREAU, world.county)
    rules = [Rule(first.number, water), Rule(second.number, other)]
    carry_out(
        Order(SuccessionKind.SPLIT, [world.bureau], [water, other], basis=BASIS, rules=rules), world.administrator
    )
    session.commit()
    page = browser_of(world.officer).get(f"/cases?duty={world.bureau.id}&sort=due").get_data(as_text=True)
    assert (first.number in page, second.number in page, elsewhere.number in page) == (True, True, False)
    assert "青禾县水利局" in page
    assert "青禾县耕地局" in page


def test_two_cases_of_one_number_are_told_apart_by_their_registers(
    browser_of: Browse, session: Session, world: World
) -> None:
    theirs, ours = register_typed(world, world.other_clerk), register_typed(world, world.clerk)
    theirs.number = ours.number  # as it was before registers had signs
    session.flush()
    carry_out(Order(SuccessionKind.MERGE, [world.other_office], [world.office], basis=BASIS), world.administrator)
    session.commit()
    reader = browser_of(world.clerk)
    for address in ("/cases", f"/search?q={ours.number}"):
        page = reader.get(address).get_data(as_text=True)
        assert {f"/cases/{one.id}?" in page for one in (theirs, ours)} == {True}, address
        assert page.count("青禾经济开发区信访办") == 1 if address == "/cases" else "青禾经济开发区信访办" in page
    assert "编号登记于青禾经济开发区信访办" in reader.get(f"/cases/{theirs.id}").get_data(as_text=True)
    assert "编号登记于" not in reader.get(f"/cases/{ours.id}").get_data(as_text=True)
