"""Who stands in for whom, what that lets them do, and where it is said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock, jobs
from petitions.access import admin, audit_chain, delegation, staff
from petitions.access.audit import AuditEntry, chained
from petitions.access.delegation import Delegation
from petitions.access.models import User
from petitions.access.policy import may
from petitions.access.roles import Role
from petitions.cases.models import Event
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from petitions.words import FieldErrors, NotPermitted
from tests.conftest import Isolated
from tests.factories import OPINION, World, lend, make_user, matter_in, new_petition, per_claim
from tests.pages import Browse

BY = "admin"


def _opinion(world: World, matter: Matter, who: User) -> Event:
    return perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, who)


def test_the_colleague_does_what_the_handler_could_and_both_names_are_kept(
    browser_of: Browse, session: Session, world: World
) -> None:
    world.handler.name, world.second_handler.name = "李有田", "张守望"
    matter = matter_in(world, "accepted")
    with pytest.raises(NotPermitted):
        _opinion(world, matter, world.second_handler)
    lend(world.handler, world.second_handler)
    event = _opinion(world, matter, world.second_handler)
    assert (event.actor_id, event.behalf_id) == (world.second_handler.id, world.handler.id)
    assert event.who == "张守望（代李有田）"
    session.commit()
    line = session.scalars(select(AuditEntry).where(AuditEntry.act == "matter:submit_opinion")).one()
    assert (line.actor_id, line.behalf_id) == (world.second_handler.id, world.handler.id)
    for reader in (world.second_handler, world.handler, world.head, world.officer):
        assert "张守望（代李有田）" in browser_of(reader).get(f"/cases/{matter.id}").get_data(as_text=True)


def test_what_the_colleague_may_do_anyway_is_done_in_their_own_name(session: Session, world: World) -> None:
    lend(world.handler, world.receiver)
    matter = matter_in(world, "accepted")
    event = perform(matter, "appoint", {"handler": world.second_handler.id}, world.receiver)
    assert event.behalf_id is None
    assert event.who == world.receiver.name


def test_the_audit_finds_what_was_done_in_somebodys_name_and_stays_whole(
    browser_of: Browse, session: Session, world: World
) -> None:
    world.handler.name, world.second_handler.name = "李有田", "张守望"
    lend(world.handler, world.second_handler)
    _opinion(world, matter_in(world, "accepted"), world.second_handler)
    session.commit()
    page = browser_of(world.auditor).get("/audit?person=李有田").get_data(as_text=True)
    assert "张守望（代李有田）" in page
    assert audit_chain.verify().whole


def test_a_changed_name_in_the_audit_does_not_fit_its_hash(session: Session, world: World) -> None:
    lend(world.handler, world.second_handler)
    _opinion(world, matter_in(world, "accepted"), world.second_handler)
    session.commit()
    row = session.scalars(select(AuditEntry).where(AuditEntry.behalf_id.is_not(None))).first()
    assert row is not None
    assert chained(vars(row)) == row.hash
    for other in (None, world.head.id):
        assert chained({**vars(row), "behalf_id": other}) != row.hash


def test_revoking_ends_it_at_once(browser_of: Browse, session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    lent = lend(world.handler, world.second_handler)
    taker, giver = browser_of(world.second_handler), browser_of(world.handler)
    form = f"/cases/{matter.id}/submit_opinion"
    assert taker.get(form).status_code == 200
    assert giver.post(f"/account/delegation/{lent.id}/end").status_code == 302
    assert taker.get(form).status_code == 403
    answer = taker.post(form, {**OPINION, **{f"outcomes.{claim.id}": "S" for claim in matter.claims}})
    assert answer.status_code == 403
    session.expire_all()
    assert session.get_one(Matter, matter.id).state == "accepted"


def test_the_colleague_can_hand_it_back(browser_of: Browse, session: Session, world: World) -> None:
    lent = lend(world.handler, world.second_handler)
    assert browser_of(world.second_handler).post(f"/account/delegation/{lent.id}/end").status_code == 302
    session.expire_all()
    assert delegation.givers(session.get_one(User, world.second_handler.id)) == []


def test_nobody_else_ends_it(browser_of: Browse, session: Session, world: World) -> None:
    lent = lend(world.handler, world.second_handler)
    for name in ("head", "receiver", "security", "administrator", "other_head"):
        assert browser_of(world.people[name]).post(f"/account/delegation/{lent.id}/end").status_code == 404
    with pytest.raises(NotPermitted):
        delegation.end(lent, world.head)
    session.expire_all()
    assert session.get_one(Delegation, lent.id).ended_at is None


def test_it_holds_from_its_first_to_its_last_day(world: World, session: Session) -> None:
    lend(world.handler, world.second_handler, first=2, last=3)
    held = []
    for day in range(6):
        session.info.clear()
        with time_machine.travel(clock.now() + timedelta(days=day), tick=False):
            held.append(bool(delegation.givers(world.second_handler)))
    session.info.clear()
    assert held == [False, False, True, True, False, False]


def _disable(world: World, session: Session) -> None:
    admin.disable_user(world.second_handler, BY)


def _disable_giver(world: World, session: Session) -> None:
    admin.disable_user(world.handler, BY)


def _move(world: World, session: Session) -> None:
    values = {**staff.values_of_user(world.handler), "unit": str(world.township.id)}
    admin.change_user(world.handler, values, ["handler"], BY)


def _other_role(world: World, session: Session) -> None:
    admin.change_user(world.head, staff.values_of_user(world.head), ["handler"], BY)


@pytest.mark.parametrize("ending", [_disable, _disable_giver, _move])
def test_it_ends_with_an_account_and_with_a_move_and_does_not_come_back(
    session: Session, world: World, ending: Callable[[World, Session], None]
) -> None:
    lent = lend(world.handler, world.second_handler)
    ending(world, session)
    assert lent.ended_at is not None
    for person in (world.handler, world.second_handler):
        person.active = True
    world.handler.unit_id = world.bureau.id
    session.flush()
    assert delegation.givers(world.second_handler) == []


def test_what_the_giver_loses_the_colleague_loses(session: Session, world: World) -> None:
    lend(world.head, world.handler)
    assert may(world.handler, "approval:list")
    _other_role(world, session)
    assert not may(world.handler, "approval:list")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"taker": ""}, "taker", "选择代办的人"),
        ({"taker": "self"}, "taker", "选择代办的人"),
        ({"taker": "stranger"}, "taker", "选择代办的人"),
        ({"taker": "9" * 40}, "taker", "选择代办的人"),
        ({"from_on": "2020-01-01"}, "from_on", "不能从过去的日子开始"),
        ({"from_on": "明天"}, "from_on", "日期写成"),
        ({"until_on": ""}, "until_on", "日期写成"),
        ({"from_on": "+5", "until_on": "+4"}, "until_on", "结束日不能早于开始日"),
        ({"until_on": "+90"}, "until_on", "最长委托90天"),
        ({"reason": "  "}, "reason", "填写委托的原因"),
        ({"reason": "差" * 101}, "reason", "最多100个字"),
    ],
)
def test_what_cannot_be_lent_is_refused_at_its_field(
    browser_of: Browse, session: Session, world: World, changes: dict[str, str], field: str, sentence: str
) -> None:
    def filled(value: str) -> str:
        named = {"self": str(world.handler.id), "stranger": str(world.other_head.id)}
        if value.startswith("+"):
            return (clock.today() + timedelta(days=int(value[1:]))).isoformat()
        return named.get(value, value)

    today = clock.today().isoformat()
    typed = {"taker": str(world.second_handler.id), "from_on": today, "until_on": today, "reason": "出差"}
    page = browser_of(world.handler).post(
        "/account/delegation", {**typed, **{name: filled(value) for name, value in changes.items()}}
    )
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert sentence in text[text.index(f'id="f-{field}-error"') :][:200]
    assert session.scalars(select(Delegation)).all() == []


def test_nothing_is_lent_twice_for_the_same_days_nor_to_who_is_away(session: Session, world: World) -> None:
    third = make_user(session, world.bureau, Role.HANDLER)
    lend(world.handler, world.second_handler, first=3, last=6)
    with pytest.raises(FieldErrors, match="已经委托给"):
        lend(world.handler, third, first=6, last=9)
    lend(world.handler, third, first=7, last=9)
    with pytest.raises(FieldErrors, match="自己也委托了别人"):
        lend(world.second_handler, world.handler, first=5, last=5)


def test_the_workbench_and_the_lists_show_what_was_lent(browser_of: Browse, session: Session, world: World) -> None:
    world.handler.name, world.second_handler.name = "李有田", "张守望"
    matter = matter_in(world, "accepted")
    taker = browser_of(world.second_handler)
    assert matter.number not in taker.get("/").get_data(as_text=True)
    lend(world.handler, world.second_handler)
    session.commit()
    page = taker.get("/").get_data(as_text=True)
    assert "你正在代李有田办理" in page
    assert matter.number in page
    assert matter.number in taker.get("/duties?whose=mine").get_data(as_text=True)
    assert "你的工作已委托张守望代办" in browser_of(world.handler).get("/").get_data(as_text=True)
    account = taker.get("/account/delegation").get_data(as_text=True)
    assert "李有田" in account
    assert "生效中" in account


def test_the_pages_of_a_lent_role_open_and_say_in_whose_name(
    browser_of: Browse, session: Session, world: World
) -> None:
    matter = matter_in(world, "in_approval")
    taker = browser_of(world.second_handler)
    assert taker.get("/approvals").status_code == 403
    lend(world.head, world.second_handler)
    session.commit()
    assert matter.number in taker.get("/approvals").get_data(as_text=True)
    assert "待审批" in taker.get("/").get_data(as_text=True)
    taker.post(f"/cases/{matter.id}/approve_opinion", {"version": str(matter.version)})
    session.expire_all()
    event = session.scalars(select(Event).where(Event.action == "approve_opinion")).one()
    assert (event.actor_id, event.behalf_id) == (world.second_handler.id, world.head.id)


def test_a_petitioner_is_revealed_in_both_names(browser_of: Browse, session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    person = matter.petitioners[0]
    taker = browser_of(world.second_handler)
    path = f"/cases/{matter.id}/people/{person.id}/reveal"
    assert taker.post(path, {"reason": "contact"}).status_code == 403
    lend(world.handler, world.second_handler)
    session.commit()
    assert taker.post(path, {"reason": "contact"}).status_code == 200
    line = session.scalars(
        select(AuditEntry).where(AuditEntry.act == "identity:reveal", AuditEntry.outcome == "done")
    ).one()
    assert (line.actor_id, line.behalf_id) == (world.second_handler.id, world.handler.id)


def test_a_registration_in_somebodys_place_says_so(session: Session, world: World) -> None:
    with pytest.raises(NotPermitted):
        new_petition(world, world.inspector)
    lend(world.clerk, world.inspector)
    matter = new_petition(world, world.inspector).matter
    assert matter.events[0].behalf_id == world.clerk.id


def test_who_stands_in_hears_what_the_other_would(session: Session, world: World) -> None:
    matter = matter_in(world, "signed")
    lend(world.handler, world.second_handler)
    perform(matter, "appoint", {"handler": world.handler.id}, world.receiver)
    told = set(
        session.scalars(select(Notice.recipient_id).where(Notice.kind == "appoint", Notice.case_id == matter.id))
    )
    assert {world.handler.id, world.second_handler.id} <= told


def test_reminders_reach_who_stands_in(database: Isolated, session: Session, world: World, settings: Any) -> None:
    matter = matter_in(world, "accepted")
    lend(world.handler, world.second_handler, last=80)
    session.commit()
    due = max(row.target_on for row in matter.deadlines if row.ended_on is None and not row.window)
    with time_machine.travel(clock.noon_of(due), tick=False):
        jobs.tick(database, settings)
    told = session.scalars(select(Notice.recipient_id).where(Notice.kind == "due_today")).all()
    assert {world.handler.id, world.second_handler.id} <= set(told)


def test_who_stands_in_for_nobody_costs_no_query_more(session: Session, world: World) -> None:
    delegation.nobody_lent_to(world.clerk.id)
    assert delegation.givers(world.clerk) == ()
    assert delegation.hands(world.clerk) == {world.clerk.id}
