"""What is lent to nobody: one's own approval, the restricted desk, the keeping of the house."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.policy import PERSONAL, RULES, in_whose_name, may
from petitions.access.roles import Role
from petitions.cases import queries
from petitions.cases.disposal import Disposal
from petitions.cases.models import Event
from petitions.cases.perform import open_to, perform
from petitions.matters import openings
from petitions.matters.models import Matter, Recusal, Respondent
from petitions.matters.register import register
from petitions.notices.models import Notice
from petitions.words import FieldErrors, OutOfSight, Refused
from tests.factories import OPINION, World, lend, make_user, matter_in, per_claim, typed
from tests.pages import Browse


def _opinion(world: World, matter: Matter, who: User) -> Event:
    return perform(matter, "submit_opinion", {**OPINION, "outcomes": per_claim(matter, "S")}, who)


def test_who_asks_never_approves_by_whatever_hand(session: Session, world: World) -> None:
    """Handler and colleague, person in charge and deputy: in no combination does an asker approve."""
    # The colleague who drafted, in their own name, with the head's right
    lend(world.head, world.handler)
    matter = matter_in(world, "in_approval")
    with pytest.raises(Refused, match="不能由起草人自己审核"):
        perform(matter, "approve_opinion", {}, world.handler)
    # A third person with the head's right may: nobody's own request
    lent = delegation.standing(world.head).given[0]
    delegation.end(lent, world.head)
    lend(world.head, world.second_handler)
    assert perform(matter, "approve_opinion", {}, world.second_handler).behalf_id == world.head.id


def test_a_head_who_asked_is_not_let_through_by_a_deputy(session: Session, world: World) -> None:
    world.head.roles = frozenset({Role.UNIT_HEAD, Role.HANDLER})
    matter = matter_in(world, "accepted")
    perform(matter, "appoint", {"handler": world.head.id}, world.receiver)
    _opinion(world, matter, world.head)
    lend(world.head, world.second_handler)
    with pytest.raises(Refused, match="不能由起草人自己审核"):
        perform(matter, "approve_opinion", {}, world.second_handler)
    assert "approve_opinion" not in {action.name for action in open_to(world.second_handler, matter)}


def test_a_head_whose_deputy_asked_for_them_does_not_approve(session: Session, world: World) -> None:
    world.head.roles = frozenset({Role.UNIT_HEAD, Role.HANDLER})
    matter = matter_in(world, "accepted")
    perform(matter, "appoint", {"handler": world.head.id}, world.receiver)
    lend(world.head, world.second_handler)
    asked = perform(matter, "request_extension", {"days": 20, "reason": "需要鉴定"}, world.second_handler)
    assert asked.behalf_id == world.head.id
    for person in (world.head, world.second_handler):
        with pytest.raises(Refused, match="不能由申请人自己批准"):
            perform(matter, "extend", {"days": 20, "reason": "需要鉴定"}, person)


def test_an_act_is_in_the_hands_of_who_did_it_and_of_whoever_they_stood_in_for(session: Session) -> None:
    event = Event(actor_id=1, behalf_id=2)
    one, two, three = User(id=1), User(id=2), User(id=3)
    assert event.is_in_hands_of(one, None)
    assert event.is_in_hands_of(three, two)
    assert not event.is_in_hands_of(three, None)


def test_who_must_stay_away_works_by_no_other_hand(session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    event = session.scalars(select(Event).where(Event.case_id == matter.id)).first()
    assert event is not None
    matter.recusals.append(Recusal(user_id=world.handler.id, event=event))
    session.flush()
    lend(world.handler, world.second_handler)
    with pytest.raises(Refused, match="应当回避"):
        _opinion(world, matter, world.second_handler)


def test_that_there_is_no_conflict_of_interest_everybody_says_for_themselves(session: Session, world: World) -> None:
    matter = matter_in(world, "accepted")
    lend(world.handler, world.second_handler)
    assert may(world.handler, "case:declare", matter)
    assert not may(world.second_handler, "case:declare", matter)
    assert set(RULES) >= PERSONAL


def test_it_is_never_passed_on(session: Session, world: World) -> None:
    third = make_user(session, world.bureau, Role.HANDLER)
    matter = matter_in(world, "accepted")
    lend(world.handler, world.second_handler)
    lend(world.second_handler, third)
    assert in_whose_name(world.second_handler, "case:handle", matter) is world.handler
    assert in_whose_name(third, "case:handle", matter) is None


def test_the_restricted_desk_is_lent_to_nobody(browser_of: Browse, session: Session, world: World) -> None:
    sealed = matter_in(world, "triage", name="璩静姝", phone="19900005678")
    sealed.sealed, sealed.nature = True, "accusation"
    session.flush()
    assert queries.sees(sealed.id, world.restricted)
    # Somebody of the desk who is a clerk as well lends the clerk's work, and nothing of the desk's.
    lend(world.restricted, world.officer)
    session.commit()
    assert Role.RESTRICTED_CLERK not in delegation.roles(world.officer)
    assert not queries.sees(sealed.id, world.officer)
    assert not may(world.officer, "case:divert_sealed", sealed)
    browser = browser_of(world.officer)
    assert browser.get(f"/cases/{sealed.id}").status_code == 404
    for page in ("/", "/cases", "/inbox", "/duties", "/triage"):
        assert sealed.number not in browser.get(page).get_data(as_text=True), page
    assert f"/cases/{sealed.id}" not in browser.get(f"/search?q={sealed.number}").get_data(as_text=True)


def test_who_accuses_is_decided_by_no_deputy(browser_of: Browse, session: Session, world: World) -> None:
    matter = register(typed(purpose="accusation"), world.restricted).matter
    row = openings.ask(matter, world.restricted, "contact")
    lend(world.office_head, world.officer)
    session.commit()
    deputy = browser_of(world.officer)
    assert deputy.get("/identity-requests").status_code == 403
    assert deputy.post(f"/identity-requests/{row.id}", {"decision": "grant"}).status_code == 403
    assert openings.decide(row.id, True, world.officer) is None
    assert matter.number not in deputy.get("/").get_data(as_text=True)


def test_a_deputy_who_is_accused_is_kept_out_by_whatever_right(session: Session, world: World) -> None:
    accused = make_user(session, world.office, Role.RESTRICTED_CLERK, Role.PETITION_OFFICER)
    matter = register(typed(purpose="accusation"), world.restricted).matter
    matter.respondents.append(Respondent(name=accused.name, user_id=accused.id))
    row = openings.ask(matter, world.restricted, "contact")
    for giver in (world.office_head, world.clerk):
        lend(giver, accused)
    session.commit()
    assert not queries.sees(matter.id, accused)
    assert openings.waiting(accused) == []
    assert openings.decide(row.id, True, accused) is None
    with pytest.raises(OutOfSight):
        perform(matter, "note", {"note": "看一眼"}, accused)


def test_a_list_for_destruction_is_approved_by_no_deputy(browser_of: Browse, session: Session, world: World) -> None:
    matter_in(world, "archived")
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=False):
        browser_of(world.office_head).post("/disposals")
        listed = session.scalars(select(Disposal)).one()
        lend(world.office_head, world.officer)
        session.commit()
        assert browser_of(world.officer).post(f"/disposals/{listed.id}", {"verdict": "approve"}).status_code == 403
        session.expire_all()
        assert session.scalars(select(Disposal.state)).one() == "asked"


def test_what_is_told_of_an_accusation_is_told_to_no_deputy(session: Session, world: World) -> None:
    lend(world.restricted, world.officer)
    sealed = matter_in(world, "triage")
    sealed.sealed, sealed.nature = True, "accusation"
    session.flush()
    before = session.scalars(select(Notice.id).where(Notice.recipient_id == world.officer.id)).all()
    perform(sealed, "note", {"note": "补记"}, world.restricted)
    assert session.scalars(select(Notice.id).where(Notice.recipient_id == world.officer.id)).all() == before


@pytest.mark.parametrize("name", ["administrator", "security", "auditor"])
def test_keepers_of_the_house_lend_and_are_lent_nothing(session: Session, world: World, name: str) -> None:
    keeper = world.people[name]
    with pytest.raises(Refused, match="不能委托他人代办"):
        lend(keeper, world.officer)
    with pytest.raises(FieldErrors, match="选择代办的人"):
        lend(world.officer, keeper)
    assert keeper not in delegation.colleagues(world.officer)


def test_only_the_desk_has_nothing_to_lend(session: Session, world: World) -> None:
    with pytest.raises(Refused, match="不能委托他人代办"):
        lend(world.bureau_restricted, world.handler)
