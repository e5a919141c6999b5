"""离岗移交: what lies with a colleague goes into other hands before the account ends."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.access import admin, delegation
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import act_drafts, handover
from petitions.cases.models import ActDraft, Case
from petitions.intake import drafts
from petitions.intake.models import Draft
from petitions.matters.models import Matter, Recusal
from tests.factories import World, lend, make_user, matter_in, typed
from tests.pages import Browse, Browser

Hands = Callable[[User, User], Browser]


@pytest.fixture
def desk(browser_of: Browse, world: World) -> Browser:
    """The receiving clerk of the bureau, who appoints handlers."""
    return browser_of(world.receiver)


def _hand_over(browser: Browser, leaver: User, taker: User) -> str:
    answer = browser.post(
        f"/handover/{leaver.id}",
        {
            "handler": str(taker.id),
            "action": "appoint",
            "submission": "0" * 32,
            "list": f"handler={leaver.id}&state=open",
        },
    )
    return answer.get_data(as_text=True) if answer.status_code in (200, 422) else str(answer.status_code)


def _counts(person: User) -> dict[str, int]:
    return {label.pattern: count for label, count in handover.in_hand(person)}


def test_the_cases_go_through_the_door_and_then_the_account_can_end(
    desk: Browser, session: Session, world: World
) -> None:
    matters = [matter_in(world, state, name=f"田小禾{n}", phone=f"1990000{n:04d}") for n, state in
               enumerate(("signed", "accepted", "in_approval"))]  # fmt: skip
    session.commit()
    with pytest.raises(admin.StillHolds):
        admin.disable_user(world.handler, "admin")
    page = desk.get(f"/handover/{world.handler.id}").get_data(as_text=True)
    assert all(matter.number in page for matter in matters)
    assert "3件全部办好" in _hand_over(desk, world.handler, world.second_handler)
    session.expire_all()
    for matter in matters:
        found = session.get_one(Matter, matter.id)
        assert found.handler_id == world.second_handler.id
        assert (found.events[-1].action, found.events[-1].actor_id) == ("appoint", world.receiver.id)
    assert admin.disable_user(session.get_one(User, world.handler.id), "admin") == 0


def test_many_cases_are_handed_over_in_steps_and_none_twice(desk: Browser, session: Session, world: World) -> None:
    for number in range(25):
        matter_in(world, "signed", name=f"田禾{number}", phone=f"1990001{number:04d}")
    session.commit()
    page = _hand_over(desk, world.handler, world.second_handler)
    assert "已办20件，共25件" in page
    waiting = page.split('name="waiting" value="')[1].split('"')[0]
    done = page.split('name="done" value="')[1].split('"')[0]
    kept = {"action": "appoint", "handler": str(world.second_handler.id), "submission": "0" * 32}
    for _ in range(2):  # a double click
        last = desk.post("/cases/batch/run", {**kept, "waiting": waiting, "done": done}).get_data(as_text=True)
        assert "25件全部办好" in last
    session.expire_all()
    assert handover.of_person(world.handler.id).total == 0
    acts = [event for matter in session.scalars(select(Matter)) for event in matter.events if event.action == "appoint"]
    assert len(acts) == 25 * 2  # named once before, once now


def test_whoever_must_stay_away_gets_nothing_and_the_page_says_why(
    desk: Browser, session: Session, world: World
) -> None:
    matter = matter_in(world, "accepted")
    matter.recusals.append(Recusal(user_id=world.second_handler.id, event=matter.events[-1]))
    session.commit()
    page = _hand_over(desk, world.handler, world.second_handler)
    assert "应当回避" in page
    session.expire_all()
    assert session.get_one(Matter, matter.id).handler_id == world.handler.id
    assert handover.of_person(world.handler.id).total == 1


def test_a_case_taken_from_the_queue_goes_back_into_it(browser_of: Browse, session: Session, world: World) -> None:
    for number in range(2):
        matter_in(world, "triage", name=f"田禾{number}", phone=f"1990002{number:04d}")
    session.commit()
    officer = browser_of(world.officer)
    assert officer.post("/triage/next").status_code in (302, 303)
    session.expire_all()
    taken = session.scalars(select(Case).where(Case.taken_by_id == world.officer.id)).one()
    version = taken.version
    assert _counts(world.officer)["取走待分办的件"] == 1
    assert _hand_over(browser_of(world.office_head), world.officer, world.clerk) == "302"
    session.expire_all()
    assert _counts(world.officer)["取走待分办的件"] == 0
    assert session.get_one(Case, taken.id).version == version, "nobody's open form becomes stale"


def test_delegations_end_with_the_handover(desk: Browser, session: Session, world: World) -> None:
    lend(world.handler, world.second_handler)
    session.commit()
    assert _counts(world.handler)["委托代办"] == 1
    assert _hand_over(desk, world.handler, world.second_handler) == "302"
    session.info.clear()
    assert delegation.givers(world.second_handler) == []


def test_what_was_begun_goes_on_under_another_name(desk: Browser, session: Session, world: World) -> None:
    matter, other = matter_in(world, "accepted"), matter_in(world, "accepted", name="亓小青", phone="19900005678")
    act_drafts.keep(matter, "submit_opinion", world.handler, {"facts": "已经到现场"})
    act_drafts.keep(other, "submit_opinion", world.handler, {"facts": "旧"})
    act_drafts.keep(other, "submit_opinion", world.second_handler, {"facts": "我自己的"})
    session.commit()
    _hand_over(desk, world.handler, world.second_handler)
    session.expire_all()
    kept = {(row.case_id, row.user_id): row.data["facts"] for row in session.scalars(select(ActDraft))}
    assert kept[matter.id, world.second_handler.id] == "已经到现场"
    assert kept[other.id, world.second_handler.id] == "我自己的", "what somebody wrote themselves is never overwritten"
    assert _counts(world.handler)["没有提交的办理草稿"] == 1


def test_a_draft_of_an_accusation_goes_to_the_restricted_desk_only(
    browser_of: Browse, session: Session, world: World
) -> None:
    drafts.save(world.clerk, "a" * 32, typed(text="普通来信"))
    drafts.save(world.clerk, "b" * 32, typed(text="检举某人", purpose="accusation"))
    session.commit()
    head = browser_of(world.office_head)
    assert _counts(world.clerk)["没有登记完的草稿"] == 2
    _hand_over(head, world.clerk, world.officer)
    session.expire_all()
    owner = {row.submission: row.user_id for row in session.scalars(select(Draft))}
    assert owner == {"a" * 32: world.officer.id, "b" * 32: world.clerk.id}
    _hand_over(head, world.clerk, world.restricted)
    session.expire_all()
    assert session.scalar(select(Draft.user_id).where(Draft.submission == "b" * 32)) == world.restricted.id


def test_a_sealed_case_is_said_and_neither_counted_nor_named(desk: Browser, session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    matter.sealed = True
    session.commit()
    page = desk.get(f"/handover/{world.handler.id}").get_data(as_text=True)
    assert matter.number not in page
    assert "另有保密件，由受限岗移交" in page
    assert _counts(world.handler)["未办结事项"] == 0
    assert _hand_over(desk, world.handler, world.second_handler) == "302"
    session.expire_all()
    assert session.get_one(Matter, matter.id).handler_id == world.handler.id


@pytest.mark.parametrize("name", ["clerk", "officer", "handler", "administrator", "security", "auditor", "inspector"])
def test_only_the_desk_and_the_heads_hand_over(browser_of: Browse, world: World, name: str) -> None:
    browser = browser_of(world.people[name])
    for path in ("/handover", f"/handover/{world.handler.id}"):
        assert browser.get(path).status_code == 403
    assert browser.post(f"/handover/{world.handler.id}", {"handler": str(world.second_handler.id)}).status_code == 403


@pytest.mark.parametrize("name", ["clerk", "other_head", "section_handler", "township_handler"])
def test_people_of_other_units_are_not_found(desk: Browser, world: World, name: str) -> None:
    stranger = world.people[name]
    assert desk.get(f"/handover/{stranger.id}").status_code == 404
    assert desk.post(f"/handover/{stranger.id}", {"handler": str(world.second_handler.id)}).status_code == 404
    assert stranger.name not in desk.get("/handover").get_data(as_text=True)


@pytest.mark.parametrize("given", ["", "self", "stranger", "desk", "x", "9" * 30])
def test_a_successor_who_cannot_take_over_is_refused_before_anything_moves(
    desk: Browser, session: Session, world: World, given: str
) -> None:
    matter = matter_in(world, "accepted")
    lend(world.handler, world.second_handler)
    session.commit()
    named = {"self": world.handler.id, "stranger": world.other_head.id, "desk": world.receiver.id}
    page = desk.post(f"/handover/{world.handler.id}", {"handler": str(named.get(given, given)), "submission": "0" * 32})
    assert page.status_code == 422
    assert "选择接手的人" in page.get_data(as_text=True)
    session.expire_all()
    assert session.get_one(Matter, matter.id).handler_id == world.handler.id
    assert _counts(world.handler)["委托代办"] == 1


def test_the_handover_is_written_down(desk: Browser, session: Session, world: World) -> None:
    lend(world.handler, world.second_handler)
    session.commit()
    _hand_over(desk, world.handler, world.second_handler)
    line = session.scalars(select(AuditEntry).where(AuditEntry.act == "handover")).one()
    assert (line.actor_id, line.subject) == (world.receiver.id, f"users {world.handler.id}")
    assert line.after["taker"] == world.second_handler.id


def test_the_security_administrator_sees_how_much_lies_with_a_person_and_no_case(
    browser_of: Browse, session: Session, world: World
) -> None:
    matter = matter_in(world, "accepted")
    act_drafts.keep(matter, "submit_opinion", world.handler, {"facts": "x"})
    page = browser_of(world.security).get(f"/admin/users/{world.handler.id}").get_data(as_text=True)
    shown = page.replace("\n", "").replace("  ", "")
    assert "<dt>未办结事项</dt><dd>1</dd>" in shown
    assert "<dt>没有提交的办理草稿</dt><dd>1</dd>" in shown
    assert matter.number not in page
    assert "由受限岗移交" not in page
    matter.sealed = True
    session.commit()
    page = browser_of(world.security).get(f"/admin/users/{world.handler.id}").get_data(as_text=True)
    assert "由受限岗移交" in page, "how many is told nobody (第30条)"


def test_a_colleague_without_the_role_of_a_handler_is_greyed_with_the_reason(
    desk: Browser, session: Session, world: World
) -> None:
    make_user(session, world.bureau, Role.RECEIVING_CLERK, name="仇不办")
    matter_in(world, "accepted")
    session.commit()
    page = desk.get(f"/handover/{world.handler.id}").get_data(as_text=True)
    assert "不是承办人" in page[page.index("仇不办") - 200 : page.index("仇不办") + 50]
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
