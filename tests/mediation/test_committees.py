"""调委会 and who belongs to them: kept by administrators and justice offices, with the numbers of 第8条 and 第9条."""

from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit_chain import AuditEntry
from petitions.access.models import Unit, UnitKind
from petitions.access.roles import Role
from petitions.mediation import committees, committees_admin, committees_report, figures
from petitions.mediation.committees import committee_of, warnings
from petitions.mediation.models import Committee, Member
from petitions.web.responses import Application
from petitions.words import FieldErrors, Refused
from tests.factories import World, make_unit, make_user
from tests.mediations import Mediators, agreed, opened
from tests.pages import Browser


def typed(**changes: str) -> dict[str, str]:
    """What is typed of a committee that has a unit to be made."""
    return {
        "name": "杏花村人民调解委员会", "kind": "village", "word": "杏", "area": "杏花村", "court": "青禾县人民法院",
        "term_from": "2026-01-01", **changes,
    }  # fmt: skip


def join(committee: Committee, name: str, post: str = "member", **changes: str) -> Member:
    return committees_admin.add_member(committee, {"name": name, "post": post, **changes})


@pytest.fixture
def committee(mediators: Mediators) -> Committee:
    found = committee_of(mediators.unit.id)
    assert found is not None
    return found


def said(committee: Committee) -> str:
    return "\n".join(warnings(committee))


# --- setting one up --------------------------------------------------------------------------------------------------


def test_a_committee_is_made_with_its_unit_under_a_township(mediators: Mediators) -> None:
    made = committees_admin.add(typed(parent=str(mediators.world.township.id)), mediators.justice)
    assert (made.unit.kind, made.unit.parent_id, made.word) == ("committee", mediators.world.township.id, "杏")
    assert made.term_to is not None
    assert made.term_to.isoformat() == "2028-12-31"


def test_a_justice_office_looks_after_the_committees_beside_it(session: Session, mediators: Mediators) -> None:
    world = mediators.world
    bureau = make_unit(session, "青禾县司法局", UnitKind.BUREAU, world.county)
    local = make_unit(session, "河湾司法所", UnitKind.SECTION, world.township)
    elsewhere = make_unit(session, "石桥镇", UnitKind.TOWNSHIP, world.county)
    nearby = committees_admin.add(typed(parent=str(world.township.id)), mediators.justice)
    far = committees_admin.add(typed(name="石桥村调委会", word="石", parent=str(elsewhere.id)), mediators.justice)

    of_the_county = committees.kept_by(make_user(session, bureau, Role.JUDICIAL_OFFICE))
    assert {nearby, far} <= set(of_the_county)
    of_the_township = make_user(session, local, Role.JUDICIAL_OFFICE)
    assert nearby in committees.kept_by(of_the_township)
    assert far not in committees.kept_by(of_the_township)
    assert far.unit_id not in figures.counted_for(of_the_township)
    # It is what the office of justice does, and nobody else of its unit.
    assert not committees.kept_by(make_user(session, local, Role.HANDLER))


def test_a_committee_takes_a_unit_that_is_there(session: Session, mediators: Mediators) -> None:
    unit = make_unit(session, "河湾镇人民调解委员会", UnitKind.COMMITTEE, mediators.world.township)
    made = committees_admin.add(typed(unit=str(unit.id), name="", word="河"), mediators.justice)
    assert made.unit_id == unit.id
    assert committees.units_to_take(mediators.justice) == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"word": "柳"}, "word", "柳林村人民调解委员会”已用这个字"),
        ({"word": "柳调字"}, "word", "已用这个字"),
        ({"word": ""}, "word", "填写编号的字"),
        ({"kind": "club"}, "kind", "选择类别"),
        ({"name": ""}, "name", "填写调委会名称"),
        ({"term_to": "2029-01-01"}, "term_to", "每届任期三年，最迟到2028-12-31（第9条第二款）"),
        ({"term_to": "2025-01-01"}, "term_to", "任期结束早于开始"),
        ({"term_from": "", "term_to": "2028-01-01"}, "term_from", "填写任期开始的日期"),
        ({"term_from": "去年"}, "term_from", "日期写成"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_made(
    session: Session, mediators: Mediators, changes: dict[str, str], field: str, sentence: str
) -> None:
    parent = str(mediators.world.township.id)
    with pytest.raises(FieldErrors) as refusal:
        committees_admin.add(typed(parent=parent, **changes), mediators.justice)
    assert sentence in refusal.value.errors[field]
    assert session.scalar(select(Unit.id).where(Unit.name == "杏花村人民调解委员会")) is None


@pytest.mark.parametrize("roof", ["office", "discipline", "other_bureau"])
def test_it_is_set_up_under_none_but_a_village_township_or_enterprise_of_the_region(
    mediators: Mediators, roof: str
) -> None:
    unit = getattr(mediators.world, roof)
    with pytest.raises(FieldErrors) as refusal:
        committees_admin.add(typed(parent=str(unit.id)), mediators.justice)
    assert "第8条" in refusal.value.errors["parent"]


def test_a_word_stays_once_numbers_were_given_with_it(committee: Committee, mediators: Mediators) -> None:
    committees_admin.change(committee, typed(word="桃"))
    committees_admin.change(committee, typed(word="柳"))
    opened(mediators.mediator)
    with pytest.raises(FieldErrors) as refusal:
        committees_admin.change(committee, typed(word="桃"))
    assert "编过号" in refusal.value.errors["word"]
    assert committee.word == "柳"


def test_its_own_word_may_stay(committee: Committee) -> None:
    committees_admin.change(committee, typed(word="柳"))
    assert (committee.word, committee.area) == ("柳", "杏花村")


# --- members ---------------------------------------------------------------------------------------------------------


def test_a_committee_is_told_what_it_lacks_each_with_its_article(committee: Committee) -> None:
    told = said(committee)
    for sentence in (
        "委员0人，少于三人（第8条第二款",
        "没有主任",
        "没有妇女成员（第8条第三款）",
        "没有登记任期（第9条第二款",
    ):
        assert sentence in told
    assert "少数民族" not in told
    committee.several_peoples = True
    assert "还没有少数民族成员（第8条第三款）" in said(committee)


def test_a_committee_that_stands_as_the_law_asks_is_told_nothing(committee: Committee) -> None:
    committees_admin.change(committee, typed(word="柳", term_from=clock.today().isoformat()))
    join(committee, "乔主任", "chair")
    join(committee, "苗委员", woman="1")
    assert "委员2人" in said(committee)
    join(committee, "阿委员", minority="1")
    committee.several_peoples = True
    assert warnings(committee) == []


def test_a_second_chair_is_refused(committee: Committee) -> None:
    join(committee, "乔主任", "chair")
    with pytest.raises(FieldErrors) as refusal:
        join(committee, "另主任", "chair")
    assert "设主任一人（第8条第二款）" in refusal.value.errors["post"]


def test_a_tenth_member_is_refused_and_may_be_appointed_instead(committee: Committee) -> None:
    for number in range(9):
        join(committee, f"委员{number}")
    with pytest.raises(FieldErrors) as refusal:
        join(committee, "第十人")
    assert "三至九人（第8条第二款）" in refusal.value.errors["post"]
    join(committee, "第十人", "appointed")
    assert committees.counted(committees.sitting(committee)).appointed == 1


def test_who_has_left_counts_no_more(committee: Committee) -> None:
    chair = join(committee, "乔主任", "chair")
    committees_admin.end_member(committee, chair)
    assert "没有主任" in said(committee)
    with pytest.raises(Refused, match="已不是成员"):
        committees_admin.end_member(committee, chair)
    join(committee, "新主任", "chair")


def test_an_account_is_linked_to_one_member(mediators: Mediators, committee: Committee) -> None:
    one = join(committee, "", "appointed", user=str(mediators.mediator.id))
    assert (one.name, one.user_id) == (mediators.mediator.name, mediators.mediator.id)
    with pytest.raises(FieldErrors) as refusal:
        join(committee, "", user=str(mediators.mediator.id))
    assert "已经是成员" in refusal.value.errors["user"]
    with pytest.raises(FieldErrors) as refusal:
        join(committee, "", user=str(mediators.world.clerk.id))
    assert "选择本调委会" in refusal.value.errors["user"]


def test_a_term_that_is_over_is_warned_about_and_keeps_nobody_from_helping(
    mediators: Mediators, committee: Committee
) -> None:
    today = clock.today()
    committee.term_from, committee.term_to = today - timedelta(days=1200), today - timedelta(days=1)
    assert "已届满" in said(committee)
    assert agreed(mediators).state == "agreed"
    committee.term_to = today + timedelta(days=30)
    assert "还有30日" in said(committee)


def test_what_is_done_is_in_the_audit_without_names(session: Session, committee: Committee) -> None:
    member = join(committee, "乔主任", "chair")
    committees_admin.change_member(committee, member, {"name": "乔某", "post": "vice"})
    committees_admin.end_member(committee, member)
    session.commit()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.act.like("committee:%"))).all()
    assert [line.act for line in lines] == ["committee:member_add", "committee:member_change", "committee:member_end"]
    assert "乔" not in str([(line.before, line.after) for line in lines])


# --- who keeps them, and the list for the court ----------------------------------------------------------------------


def test_a_justice_office_keeps_those_of_its_region(session: Session, mediators: Mediators) -> None:
    world = mediators.world
    there = make_unit(session, "开发区人民调解委员会", UnitKind.COMMITTEE, world.other_bureau)
    session.add(Committee(unit_id=there.id, kind="professional", word="开"))
    session.flush()
    assert [one.word for one in committees.kept_by(mediators.justice)] == ["柳"]
    assert {one.word for one in committees.kept_by(world.administrator)} == {"柳", "开"}
    far = make_user(session, world.other_bureau, Role.JUDICIAL_OFFICE)
    assert [one.word for one in committees.kept_by(far)] == ["开"]


def test_the_list_for_the_court_holds_committees_and_members_and_no_formula(
    session: Session, mediators: Mediators, committee: Committee
) -> None:
    join(committee, "=HYPERLINK(1)", "chair", woman="1")
    committee.area = "+1"
    made = committees_report.workbook(committees.kept_by(mediators.justice))
    with load_workbook(BytesIO(made)) as book:
        rows = book.get_sheet_by_name("调委会").to_python()
        people = book.get_sheet_by_name("组成人员").to_python()
    assert rows[1][:5] == ["柳林村人民调解委员会", "村（居）调委会", "河湾镇", "+1", "青禾县人民法院"]
    assert rows[1][7:12] == ["=HYPERLINK(1)", 1.0, 1.0, 0.0, 0.0]
    assert people[1][:4] == ["柳林村人民调解委员会", "=HYPERLINK(1)", "主任", "是"]
    assert b"<f>" not in made
    none = committees_report.workbook(committees.kept_by(mediators.justice), "别的法院")
    with load_workbook(BytesIO(none)) as book:
        assert len(book.get_sheet_by_name("组成人员").to_python()) == 1


def test_the_pages_lead_from_the_list_to_a_committee_with_its_members(
    app: Application, session: Session, world: World
) -> None:
    justice = make_user(session, world.county, Role.JUDICIAL_OFFICE)
    session.commit()
    browser = Browser(app, justice)
    assert "还没有登记调委会" in browser.get("/committees").text
    answer = browser.post("/committees/new", typed(parent=str(world.township.id)))
    assert answer.status_code == 302
    place = answer.headers["Location"]
    page = browser.get(place).text
    assert "少于三人" in page
    assert "不影响受理和调解" in page
    assert browser.post(f"{place}/members", {"name": "乔主任", "post": "chair"}).status_code == 302
    assert browser.post(f"{place}/members", {"name": "另一个", "post": "chair"}).status_code == 422
    assert "乔主任" in browser.get(place).text
    assert browser.get("/committees/report").status_code == 200
    assert browser.get(f"{place}/change").status_code == 200
    assert browser.post(f"{place}/change", typed(word="桃")).status_code == 302
    assert "桃" in browser.get("/committees").text
    member = session.scalars(select(Member)).one()
    assert browser.get(f"{place}/members/{member.id}").status_code == 200
    assert browser.post(f"{place}/members/{member.id}", {"name": "乔某", "post": "vice"}).status_code == 302
    assert browser.post(f"{place}/members/{member.id}/end", {}).status_code == 302
    assert Browser(app, world.clerk).get("/committees").status_code == 403
    far = make_user(session, world.other_bureau, Role.JUDICIAL_OFFICE)
    session.commit()
    assert Browser(app, far).get(place).status_code == 404
