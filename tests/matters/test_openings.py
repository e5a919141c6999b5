"""A look at somebody leaves one line and needs a reason; at an accuser it needs a second person."""

import random
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.matters import identity, openings, who
from petitions.matters.models import Matter, Opening, Respondent
from petitions.matters.register import register
from petitions.notices.models import Notice
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, make_user, matter_in, typed
from tests.pages import Browse

SECRETS = ("田小禾", "19900001234", "柳林村三组")


def lines(session: Session, *acts: str) -> list[tuple[str, str, str]]:
    """The audit's lines of these acts: outcome, reason, what it was about."""
    session.commit()
    rows = session.scalars(select(AuditEntry).where(AuditEntry.act.in_(acts)).order_by(AuditEntry.id))
    return [(row.outcome, row.reason, row.subject) for row in rows]


def accusation(world: World) -> Matter:
    """Registered by the desk."""
    return register(typed(purpose="accusation"), world.restricted).matter


@pytest.fixture
def colleague(world: World, session: Session) -> User:
    """Another person of the desk."""
    return make_user(session, world.office, Role.RESTRICTED_CLERK)


# --- ordinary matters ------------------------------------------------------------------------------------------------


def test_a_look_leaves_exactly_one_line_with_its_reason(world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    person = matter.petitioners[0].id
    row = identity.revealed(matter.id, person, world.handler, "contact")
    assert row is not None
    assert (row.name, row.phone, row.address) == SECRETS
    assert lines(session, "identity:reveal") == [("done", "contact", f"petitioners {person}")]


@pytest.mark.parametrize("reason", ["", "nonsense", "联系信访人"])
def test_without_a_reason_of_the_list_nothing_is_shown_or_recorded(world: World, session: Session, reason: str) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(FieldErrors):
        identity.revealed(matter.id, matter.petitioners[0].id, world.handler, reason)
    assert lines(session, "identity:reveal") == []


def test_whoever_may_not_look_is_shown_nothing_and_leaves_no_line_of_a_look(world: World, session: Session) -> None:
    matter = matter_in(world, "accepted")
    person = matter.petitioners[0].id
    perform(matter, "negotiate", {"minutes": "会商", "assist_units": [world.township.id]}, world.handler)
    with pytest.raises(NotPermitted):
        identity.revealed(matter.id, person, world.township_receiver, "contact")
    assert identity.revealed(matter.id, person, world.other_officer, "contact") is None
    assert identity.revealed(matter.id, 999_999, world.officer, "contact") is None
    assert lines(session, "identity:reveal") == []


def test_what_cannot_be_recorded_is_not_shown(
    world: World, session: Session, browser_of: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.handler)

    def closed(*said: object, **more: object) -> None:
        raise OSError("the audit is closed")

    monkeypatch.setattr("petitions.access.audit.record", closed)
    with pytest.raises(OSError, match="the audit is closed"):
        browser.post(f"/cases/{matter.id}/people/{matter.petitioners[0].id}/reveal", {"reason": "contact"})


# --- accusations -----------------------------------------------------------------------------------------------------


def test_an_accuser_opens_with_a_second_person_for_half_an_hour(
    world: World, session: Session, colleague: User
) -> None:
    matter = accusation(world)
    person = matter.petitioners[0].id
    with pytest.raises(Refused, match="另一人批准"):
        identity.revealed(matter.id, person, world.restricted, "contact")
    row = openings.ask(matter, world.restricted, "serve")
    session.flush()
    with pytest.raises(Refused, match="不能批准自己的申请"):
        openings.decide(row.id, True, world.restricted)
    assert openings.decide(row.id, True, colleague) is row
    shown = identity.revealed(matter.id, person, world.restricted, "")
    assert shown is not None
    assert (shown.name, shown.phone, shown.address) == SECRETS
    assert shown.viewer.startswith(world.restricted.name)
    with pytest.raises(Refused):
        identity.revealed(matter.id, person, colleague, "contact")
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False), pytest.raises(Refused):
        identity.revealed(matter.id, person, world.restricted, "serve")
    told = lines(session, "identity:ask", "identity:grant", "identity:reveal")
    assert told == [("done", "serve", f"identity_openings {row.id}"), ("done", "serve", f"identity_openings {row.id}"),
                    ("done", "serve", f"petitioners {person}")]  # fmt: skip


def test_the_head_decides_about_a_number_and_sees_nothing_of_the_matter(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = accusation(world)
    row = openings.ask(matter, world.restricted, "contact")
    session.flush()
    browser = browser_of(world.office_head)
    page = browser.get("/identity-requests").get_data(as_text=True)
    assert matter.number in page
    assert not [word for word in (*SECRETS, matter.title, matter.place) if word in page]
    assert browser.get(f"/cases/{matter.id}").status_code == 404
    assert browser.post(f"/identity-requests/{row.id}", {"decision": "refuse"}).status_code == 302
    assert openings.in_force(matter.id, world.restricted) is None
    assert len(lines(session, "identity:refuse")) == 1
    with pytest.raises(Refused, match="已经有人决定"):
        openings.decide(row.id, True, world.office_head)


def test_whoever_can_decide_is_told_and_the_asker_hears_the_answer(
    world: World, session: Session, colleague: User
) -> None:
    row = openings.ask(accusation(world), world.restricted, "contact")
    told = select(Notice).where(Notice.kind == "opening").order_by(Notice.id)
    asked = list(session.scalars(told))
    assert {notice.recipient_id for notice in asked} == {colleague.id, world.office_head.id}
    assert all(notice.case_id is None and not re.search(r"XF|田", notice.text) for notice in asked)
    openings.decide(row.id, True, colleague)
    assert [notice.recipient_id for notice in session.scalars(told)][2:] == [world.restricted.id]


def test_nobody_else_may_decide_or_even_know(world: World, session: Session, browser_of: Browse) -> None:
    matter = accusation(world)
    row = openings.ask(matter, world.restricted, "contact")
    session.flush()
    for person in (world.clerk, world.officer, world.bureau_restricted, world.head, world.auditor, world.other_officer):
        assert openings.decide(row.id, True, person) is None
        assert openings.waiting(person) == [] or person.unit_id == world.office.id
    assert browser_of(world.officer).get("/identity-requests").status_code == 403
    assert (
        browser_of(world.bureau_restricted).post(f"/identity-requests/{row.id}", {"decision": "grant"}).status_code
        == 404
    )
    matter.respondents.append(Respondent(name="本局", unit_id=world.office.id))
    session.flush()
    assert openings.waiting(world.office_head) == [], "whose unit is accused is told nothing"
    assert openings.decide(row.id, True, world.office_head) is None


def test_whoever_opens_identities_without_end_is_stopped_for_the_hour(
    world: World, session: Session, browser_of: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = matter_in(world, "triage")
    where = f"/cases/{matter.id}/people/{matter.petitioners[0].id}/reveal"
    monkeypatch.setattr(who, "MOST_IN_AN_HOUR", 3)
    desk = browser_of(world.clerk)
    for _ in range(3):
        assert "19900001234" in desk.post(where, {"reason": "contact"}).get_data(as_text=True)
    stopped = desk.post(where, {"reason": "contact"}).get_data(as_text=True)
    assert "一小时内已查看3次" in stopped
    assert "19900001234" not in stopped
    assert lines(session, "identity:reveal")[-1][0] == "refused"
    assert "19900001234" in browser_of(world.officer).post(where, {"reason": "contact"}).get_data(as_text=True)
    with time_machine.travel(clock.now() + timedelta(minutes=29), tick=True):
        assert "一小时内" in desk.post(where, {"reason": "contact"}).get_data(as_text=True)


def test_a_request_lapses_after_a_day_and_is_made_once(world: World, session: Session, colleague: User) -> None:
    matter = accusation(world)
    row = openings.ask(matter, world.restricted, "contact")
    session.flush()
    with pytest.raises(Refused, match="已经申请过"):
        openings.ask(matter, world.restricted, "contact")
    with time_machine.travel(clock.now() + timedelta(hours=24), tick=False):
        assert openings.waiting(colleague) == []
        with pytest.raises(Refused, match="24小时"):
            openings.decide(row.id, True, colleague)
        openings.ask(matter, world.restricted, "contact")


def test_only_the_desk_asks_and_only_about_an_accusation(world: World, session: Session) -> None:
    with pytest.raises(NotPermitted):
        openings.ask(accusation(world), world.office_head, "contact")
    with pytest.raises(Refused, match="不是检举控告"):
        openings.ask(matter_in(world, "accepted"), world.restricted, "contact")
    with pytest.raises(FieldErrors):
        openings.ask(accusation(world), world.restricted, "")


def test_the_database_itself_knows_that_two_people_are_two(world: World, session: Session) -> None:
    matter = accusation(world)
    row = openings.ask(matter, world.restricted, "contact")
    session.flush()
    alone = update(Opening).where(Opening.id == row.id).values(decided_by_id=world.restricted.id)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(alone)


def test_an_accusers_own_letter_names_them_only_while_it_is_open(
    world: World, session: Session, browser_of: Browse, colleague: User
) -> None:
    matter = accusation(world)
    perform(matter, "screen_as_first", {}, world.restricted)
    perform(matter, "ask_supplement", {"missing": "田小禾的身份证明", "until": (clock.today() + timedelta(days=9)).isoformat()},
            world.restricted)  # fmt: skip
    session.flush()
    paper = matter.documents[-1]
    assert paper.kind == "supplement_notice"
    assert "田小禾" not in paper.text + paper.recipient
    browser = browser_of(world.restricted)
    closed = browser.get(f"/documents/{paper.id}").get_data(as_text=True)
    assert "（已保密）" in closed
    assert not re.search("田小禾|⟦", closed)
    row = openings.ask(matter, world.restricted, "serve")
    session.flush()
    openings.decide(row.id, True, colleague)
    session.commit()
    for url in (f"/documents/{paper.id}", f"/cases/{matter.id}/documents"):
        printed = browser.get(url).get_data(as_text=True)
        assert "田小禾：" in printed
        assert "⟦" not in printed
    assert [one[:2] for one in lines(session, "identity:print")] == [("done", "serve")] * 2
    assert "田小禾" not in browser_of(colleague).get(f"/documents/{paper.id}").get_data(as_text=True)


def test_the_page_of_an_accusation_shows_each_step(
    world: World, session: Session, browser_of: Browse, colleague: User
) -> None:
    matter = accusation(world)
    person, url = matter.petitioners[0].id, f"/cases/{matter.id}"
    desk, other = browser_of(world.restricted), browser_of(colleague)

    def people() -> str:
        page = desk.get(url).get_data(as_text=True)
        assert not [word for word in SECRETS if word in page]
        return page.split('id="people"')[1].split("</section>")[0]

    assert "申请查看身份" in people()
    assert "显示60秒" not in people()
    assert desk.post(f"{url}/people/{person}/reveal", {"reason": "contact"}).status_code == 409
    assert desk.post(f"{url}/people/ask", {"reason": "contact"}).status_code == 302
    assert "等待另一名受限岗人员" in people()
    request_id = session.scalars(select(Opening.id)).one()
    assert "本人的申请" in desk.get("/identity-requests").get_data(as_text=True)
    assert other.post(f"/identity-requests/{request_id}", {"decision": "grant"}).status_code == 302
    assert "已批准，可查看至" in people()
    shown = desk.post(f"{url}/people/{person}/reveal", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "19900001234" in shown
    assert f'data-expires="60"><span>{world.restricted.name}' in shown, "the viewer's name lies over it"
    assert len([line for line in lines(session, "identity:reveal") if line[0] == "done"]) == 1


# --- L6: whatever people do, in any order ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_opens_an_accuser_without_somebody_else(
    world: World, session: Session, colleague: User, seed: int
) -> None:
    """300 random steps of four people on two matters, held against a model of ten lines."""
    draw = random.Random(seed)  # noqa: S311 - the same walk every time
    matters = [accusation(world), accusation(world)]
    people = [world.restricted, colleague, world.office_head, world.officer]
    granted: dict[tuple[int, int], object] = {}
    looks, now = 0, clock.now()
    for _ in range(300):
        now += timedelta(minutes=draw.choice([0, 0, 1, 2, 7, 40]))
        matter, person = draw.choice(matters), draw.choice(people)
        with time_machine.travel(now, tick=False):
            step = draw.choice(["ask", "decide", "look"])
            try:
                if step == "ask":
                    openings.ask(matter, person, "contact")
                    session.flush()
                elif step == "decide":
                    ids = list(session.scalars(select(Opening.id).order_by(Opening.id)))[-3:]
                    row = openings.decide(draw.choice(ids), draw.random() < 0.7, person) if ids else None
                    if row is not None and row.until is not None:
                        assert row.asked_by_id != person.id
                        granted[row.matter_id, row.asked_by_id] = now + timedelta(minutes=30)
                else:
                    seen = identity.revealed(matter.id, matter.petitioners[0].id, person, "contact")
                    until = granted.get((matter.id, person.id))
                    assert seen is None or (until is not None and until > now), "opened by nobody else"
                    looks += seen is not None
            except (Refused, NotPermitted):
                until = granted.get((matter.id, person.id))
                assert step != "look" or until is None or until <= now, "it was open"
    assert len(lines(session, "identity:reveal")) == looks
    assert looks, "the walk opens something"
