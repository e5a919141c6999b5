"""Keeping units and people."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.access import admin, staff, succession
from petitions.access.models import Login, Unit, UnitKind, User
from petitions.access.passwords import hash_password
from petitions.access.roles import Role
from petitions.cases import queries
from petitions.cases.models import Case
from petitions.db import Database
from petitions.words import FieldErrors, Refused
from tests.factories import World, make_unit, make_user, matter_in
from tests.pages import Browse, Browser

BY = "admin"


@pytest.fixture
def office(browser_of: Browse, world: World) -> Browser:
    """The system administrator's browser: units."""
    return browser_of(world.administrator)


@pytest.fixture
def desk(browser_of: Browse, world: World) -> Browser:
    """The security administrator's browser: people."""
    return browser_of(world.security)


def _unit(**changes: str) -> dict[str, str]:
    return {"name": "青禾县水利局", "kind": "bureau", "parent": "", "sign": "青水", "phone": "0300-2200214", **changes}


def _user(world: World, **changes: str) -> dict[str, str]:
    return {"username": "wuming", "name": "亓小青", "unit": str(world.bureau.id), "phone": "", **changes}


def test_a_unit_is_added_under_another_and_shown_after_it(office: Browser, session: Session, world: World) -> None:
    assert office.post("/admin/units/new", _unit(parent=str(world.bureau.id))).status_code == 302
    made = session.scalars(select(Unit).where(Unit.name == "青禾县水利局")).one()
    assert (made.parent_id, made.sign, made.valid_to) == (world.bureau.id, "青水", None)
    names = [branch.unit.name for branch in staff.tree()]
    assert names.index("青禾县水利局") == names.index("耕地保护站") + 1
    assert "青禾县水利局" in office.get("/admin/units").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": "  "}, "name", "填写单位名称"),
        ({"name": "水" * 101}, "name", "单位名称最多100个字，现在是101个字"),
        ({"kind": "palace"}, "kind", "选择单位类别"),
        ({"parent": "999999"}, "parent", "没有这个单位，重新选择"),
        ({"parent": "9" * 30}, "parent", "没有这个单位，重新选择"),
        ({"phone": "问前台"}, "phone", "电话只写数字、空格、括号和横线，如 0300-2200200"),
    ],
)
def test_a_unit_that_cannot_be_taken_is_refused_at_its_field(
    office: Browser, session: Session, changes: dict[str, str], field: str, sentence: str
) -> None:
    before = session.scalar(select(func.count()).select_from(Unit))
    answer = office.post("/admin/units/new", _unit(**changes))
    assert answer.status_code == 422
    assert f'id="f-{field}-error">{sentence}' in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Unit)) == before


def test_two_units_under_one_roof_never_bear_the_same_name(session: Session, world: World) -> None:
    county = str(world.county.id)
    admin.add_unit(_unit(parent=county), BY)
    with pytest.raises(FieldErrors, match="同一上级下已有“青禾县水利局”"):
        admin.add_unit(_unit(parent=county), BY)
    with pytest.raises(FieldErrors, match="同一上级下已有"):
        admin.add_unit(_unit(parent=county, name="青禾县 水利局"), BY)


def test_a_unit_at_the_top_never_bears_a_name_that_is_known(session: Session, world: World) -> None:
    admin.add_unit(_unit(parent=str(world.county.id)), BY)
    with pytest.raises(FieldErrors, match="“青禾县”下面已有“青禾县水利局”"):
        admin.add_unit(_unit(), BY)
    admin.add_unit(_unit(name="青禾县总工会"), BY)
    with pytest.raises(FieldErrors, match="同一上级下已有"):
        admin.add_unit(_unit(name="青禾县总工会"), BY)
    for above in (world.bureau, world.township):
        admin.add_unit(_unit(name="办公室", parent=str(above.id)), BY)


def test_the_box_of_the_unit_above_finds_it_by_its_pinyin(office: Browser, world: World) -> None:
    page = office.get("/admin/units/new").get_data(as_text=True)
    assert f'<option value="{world.township.id}" data-keys="hwz">' in page


def test_a_unit_is_given_another_place_by_a_reorganisation_only(session: Session, world: World) -> None:
    values = {**staff.values_of_unit(world.section), "parent": str(world.township.id)}
    with pytest.raises(FieldErrors, match="上级单位在“机构调整”里改变"):
        admin.change_unit(world.section, values, BY)
    assert world.section.parent_id == world.bureau.id
    for above in (world.bureau, world.section):
        with pytest.raises(Refused, match="上级单位不能是本单位或它的下级"):
            succession.place_under(world.bureau, above, "青编〔2026〕3号", world.administrator)


def test_a_renamed_unit_keeps_its_people(office: Browser, session: Session, world: World) -> None:
    values = {**staff.values_of_unit(world.bureau), "name": "青禾县自然资源和规划局"}
    assert office.post(f"/admin/units/{world.bureau.id}", values).status_code == 302
    session.expire_all()
    assert session.get_one(User, world.handler.id).unit.name == "青禾县自然资源和规划局"


def test_a_unit_with_people_units_or_cases_is_not_closed(session: Session, world: World) -> None:
    matter_in(world, "accepted")
    with pytest.raises(Refused, match=r"还有\d个在用账号属于“青禾县自然资源局”"):
        admin.close_unit(world.bureau, BY)
    for person in world.people.values():
        person.active = person.unit_id != world.bureau.id
    with pytest.raises(Refused, match=r"下面还有在用单位（耕地保护站）"):
        admin.close_unit(world.bureau, BY)
    world.section.parent_id = None
    with pytest.raises(admin.StillHolds, match="还有1件没有办完") as refusal:
        admin.close_unit(world.bureau, BY)
    assert refusal.value.held.total == 1
    assert world.bureau.valid_to is None


def test_a_closed_unit_is_offered_nowhere_and_can_come_back(office: Browser, session: Session, world: World) -> None:
    lone = make_unit(session, "青禾县粮食局", UnitKind.BUREAU)
    session.commit()
    assert office.post(f"/admin/units/{lone.id}/close").status_code == 302
    assert str(lone.id) not in [choice.value for choice in staff.choices()]
    assert "青禾县粮食局" not in office.get("/admin/units").get_data(as_text=True).split("<table")[1]
    assert "青禾县粮食局" in office.get("/admin/units?closed=1").get_data(as_text=True)
    session.expire_all()
    with pytest.raises(FieldErrors, match="“青禾县粮食局”已停用"):
        admin.add_user(_user(world, unit=str(lone.id)), ["handler"], BY)
    assert office.post(f"/admin/units/{lone.id}/reopen").status_code == 302
    session.expire_all()
    assert str(lone.id) in [choice.value for choice in staff.choices()]


def test_a_new_account_gets_a_password_that_is_shown_once(desk: Browser, session: Session, world: World) -> None:
    page = desk.post("/admin/users/new", {**_user(world), "roles": ["handler", "receiving_clerk"]})
    assert page.status_code == 200
    person = session.scalars(select(User).where(User.username == "wuming")).one()
    assert person.roles == {Role.HANDLER, Role.RECEIVING_CLERK}
    password = page.get_data(as_text=True).split('id="secret">')[1].split("<")[0]
    assert Browser(desk.app, None).post("/login", {"username": "wuming", "password": password}).status_code == 302
    assert password not in desk.get(f"/admin/users/{person.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "roles", "sentence"),
    [
        ({"username": "a"}, ["handler"], "用户名要2至32个字母"),
        ({"username": "有 空格"}, ["handler"], "用户名要2至32个字母"),
        ({"name": ""}, ["handler"], "填写姓名"),
        ({"unit": ""}, ["handler"], "选择单位"),
        ({}, [], "至少选择一个岗位"),
        ({}, ["king"], "没有“king”这个岗位"),
        ({"phone": "x" * 31}, ["handler"], "联系电话最多30个字"),
    ],
)
def test_an_account_that_cannot_be_taken_is_refused_and_keeps_what_was_typed(
    desk: Browser, world: World, changes: dict[str, str], roles: list[str], sentence: str
) -> None:
    page = desk.post("/admin/users/new", {**_user(world, **{"name": "亓小青", **changes}), "roles": roles})
    assert page.status_code == 422
    assert sentence in page.get_data(as_text=True)


def test_a_username_is_taken_once_whatever_its_letters_look_like(session: Session, world: World) -> None:
    admin.add_user(_user(world), ["handler"], BY)
    with pytest.raises(FieldErrors, match="用户名“wuming”已有人使用"):
        admin.add_user(_user(world, username="ＷｕＭｉｎｇ"), ["handler"], BY)


def test_moving_to_another_unit_ends_all_logins_and_takes_the_old_cases_out_of_sight(
    desk: Browser, browser_of: Browse, session: Session, world: World
) -> None:
    matter = matter_in(world, "signed")
    browser = browser_of(world.second_handler)
    moved = {**staff.values_of_user(world.second_handler), "unit": str(world.township.id), "roles": ["handler"]}
    assert desk.post(f"/admin/users/{world.second_handler.id}", moved).status_code == 302
    assert browser.get("/").status_code == 302
    session.expire_all()
    assert queries.find(matter.id, session.get_one(User, world.second_handler.id)) is None


def test_other_roles_end_all_logins_and_a_new_telephone_does_not(
    desk: Browser, browser_of: Browse, session: Session, world: World
) -> None:
    browser, values = browser_of(world.clerk), staff.values_of_user(world.clerk)
    desk.post(f"/admin/users/{world.clerk.id}", {**values, "phone": "0300-2200201", "roles": ["intake_clerk"]})
    assert browser.get("/").status_code == 200
    desk.post(f"/admin/users/{world.clerk.id}", {**values, "roles": ["intake_clerk", "inspector"]})
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("path", ["disable", ""])
def test_whoever_handles_open_cases_neither_moves_nor_ends(
    desk: Browser, session: Session, world: World, path: str
) -> None:
    matter, sealed = matter_in(world, "accepted"), matter_in(world, "accepted", name="亓小青", phone="19900005678")
    sealed.sealed = True
    session.commit()
    moved = {**staff.values_of_user(world.handler), "unit": str(world.township.id), "roles": ["handler"]}
    page = desk.post(f"/admin/users/{world.handler.id}{path and '/' + path}", moved)
    assert page.status_code == 409
    text = page.get_data(as_text=True)
    assert "还是1件未办结事项的承办人，先改派" in text
    assert "另有保密件" in text, "how many is not told (第30条)"
    assert matter.number in text
    assert sealed.number not in text
    session.expire_all()
    assert session.get_one(User, world.handler.id).active
    assert session.get_one(User, world.handler.id).unit_id == world.bureau.id


@pytest.mark.parametrize(("name", "role"), [("administrator", "系统管理员"), ("security", "安全管理员")])
def test_the_last_administrator_stays(session: Session, world: World, name: str, role: str) -> None:
    last = world.people[name]
    second = make_user(session, world.office, *last.roles)
    second.active = False
    session.commit()
    with pytest.raises(Refused, match=f"是唯一的{role}，先指定另一位"):
        admin.disable_user(last, BY)
    with pytest.raises(Refused, match=f"是唯一的{role}"):
        admin.change_user(last, staff.values_of_user(last), ["handler"], BY)
    session.rollback()
    second.active = True
    session.commit()
    assert admin.disable_user(last, BY) == 0
    assert not last.active


def test_two_administrators_who_end_each_other_at_once_do_not_both_succeed(own_database: Database) -> None:
    with own_database.work() as session:
        unit = make_unit(session, "青禾县信访局", UnitKind.OFFICE)
        pair = [make_user(session, unit, Role.SECURITY_ADMINISTRATOR).id for _ in range(2)]
    start, said = Barrier(2), list[str]()

    def end(user_id: int) -> None:
        try:
            with own_database.work() as own:
                person = own.get_one(User, user_id)
                if not own_database.is_sqlite:
                    start.wait(10)
                admin.disable_user(person, BY)
        except Refused as refusal:
            said.append(refusal.sentence)

    threads = [Thread(target=end, args=(user_id,)) for user_id in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1
    with own_database.work(write=False) as session:
        assert session.scalar(select(func.count()).where(User.active)) == 1


def test_a_reset_password_ends_logins_waits_and_the_old_password(
    desk: Browser, browser_of: Browse, session: Session, world: World
) -> None:
    world.clerk.password_hash = hash_password("原来的密码2026")
    browser = browser_of(world.clerk)
    for _ in range(5):
        Browser(desk.app, None).post("/login", {"username": world.clerk.username, "password": "x"})
    page = desk.post(f"/admin/users/{world.clerk.id}/password").get_data(as_text=True)
    password = page.split('id="secret">')[1].split("<")[0]
    assert browser.get("/").status_code == 302
    for typed, status in (("原来的密码2026", 200), (password, 302)):
        again = Browser(desk.app, None).post("/login", {"username": world.clerk.username, "password": typed})
        assert again.status_code == status


def test_a_disabled_account_comes_back_with_its_unit_and_roles(desk: Browser, session: Session, world: World) -> None:
    desk.post(f"/admin/users/{world.inspector.id}/disable")
    desk.post(f"/admin/users/{world.inspector.id}/enable")
    session.expire_all()
    person = session.get_one(User, world.inspector.id)
    assert person.active
    assert person.roles == {Role.INSPECTOR}


def test_accounts_are_found_by_name_unit_role_and_state(session: Session, world: World) -> None:
    world.clerk.name, world.officer.name, world.officer.active = "亓%青", "亓小青", False
    session.flush()

    def found(**wanted: str) -> set[int]:
        rows, total = staff.accounts(staff.Wanted(**wanted))
        assert total == len(rows)
        return {row.id for row in rows}

    assert found(q="亓") == {world.clerk.id, world.officer.id}
    assert found(q="%") == {world.clerk.id}
    assert found(q="亓", state="disabled") == {world.officer.id}
    assert found(unit=str(world.bureau.id), role="handler") == {world.handler.id, world.second_handler.id}
    assert found(unit="9" * 40, role="x") == set()


@pytest.mark.parametrize("name", ["administrator", "security", "auditor"])
def test_keepers_of_the_house_see_no_case(browser_of: Browse, session: Session, world: World, name: str) -> None:
    matter, keeper = matter_in(world, "triage"), world.people[name]
    session.commit()
    assert queries.find(matter.id, keeper) is None
    assert session.scalars(queries.visible_to(keeper, select(Case.id))).all() == []
    assert browser_of(keeper).get(f"/cases/{matter.id}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin/units", "/admin/users", "/admin/units/new", "/admin/users/new", "/admin/codes"]
)
@pytest.mark.parametrize("person", ["clerk", "office_head", "head", "auditor", "inspector"])
def test_nobody_else_administers(browser_of: Browse, world: World, person: str, path: str) -> None:
    assert browser_of(world.people[person]).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/admin/units/999999", "/admin/users/999999", "/admin/users/99999999999999999999"])
def test_what_does_not_exist_is_not_found(office: Browser, desk: Browser, path: str) -> None:
    browser = office if "units" in path else desk
    assert browser.get(path).status_code == 404
    # A number no row can have matches no route at all; then only the method is refused.
    assert browser.post(path).status_code in (404, 405)


def test_no_login_row_is_left_of_a_disabled_account(desk: Browser, session: Session, world: World) -> None:
    desk.post(f"/admin/users/{world.inspector.id}/disable")
    assert session.scalar(select(func.count()).where(Login.user_id == world.inspector.id)) == 0
