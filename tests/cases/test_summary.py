"""A superior knows that a case exists and how its clock stands, and nothing of what it says."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access.audit import AuditEntry
from petitions.cases import queries
from petitions.matters.models import Matter
from tests.factories import World, make_user, register_typed
from tests.pages import Browse


@pytest.fixture
def below(world: World) -> Matter:
    """A matter that somebody brought to the township itself: the office has no part in it."""
    return register_typed(
        world, world.township_receiver, name="欧阳小禾", text="只有镇里知道的这句话。", title="只有镇里知道的标题"
    )


SAID = ("只有镇里知道", "欧", "19900001234", "柳林村")


def test_the_inspector_of_the_region_sees_number_stage_unit_and_clock_and_nothing_else(
    browser_of: Browse, world: World, session: Session, below: Matter
) -> None:
    browser = browser_of(world.inspector)
    for url in ("/summaries", f"/cases/{below.id}/summary"):
        page = browser.get(url).get_data(as_text=True)
        assert below.number in page, url
        assert world.township.name in page, url
        assert not [words for words in SAID if words in page], url
    assert browser.get(f"/cases/{below.id}").status_code == 404
    assert below.number not in browser.get("/cases").get_data(as_text=True)
    looks = session.scalars(select(AuditEntry).where(AuditEntry.act == "case:summary")).all()
    assert [(line.case_id, line.actor_id) for line in looks] == [(below.id, world.inspector.id)]


def test_whoever_is_above_nobody_that_holds_it_does_not_know_of_it(
    browser_of: Browse, world: World, below: Matter
) -> None:
    for person in (world.other_officer, world.head):
        browser = browser_of(person)
        assert browser.get(f"/cases/{below.id}/summary").status_code == 404
        assert below.number not in browser.get("/summaries").get_data(as_text=True)
    assert browser_of(world.handler).get("/summaries").status_code == 403


def test_an_accusation_has_no_summary(browser_of: Browse, world: World, session: Session) -> None:
    from petitions.access.roles import Role  # noqa: PLC0415 - of this test only

    desk = make_user(session, world.township, Role.RESTRICTED_CLERK)
    sealed = register_typed(world, desk, purpose="accusation", respondent="某村干部")
    assert sealed.sealed
    browser = browser_of(world.inspector)
    assert browser.get(f"/cases/{sealed.id}/summary").status_code == 404
    assert sealed.number not in browser.get("/summaries").get_data(as_text=True)


def test_a_clock_that_is_none_is_told_at_its_box(browser_of: Browse, world: World) -> None:
    answer = browser_of(world.inspector).get("/summaries?clock=lately")
    assert answer.status_code == 422
    assert "没有“lately”这个选项" in answer.get_data(as_text=True)


def test_the_rule_stands_in_one_query(world: World, session: Session, below: Matter) -> None:
    session.flush()
    seen = session.scalars(queries.summarised_to(world.inspector, select(Matter.id))).all()
    assert seen == [below.id]
    assert session.scalars(queries.summarised_to(world.other_officer, select(Matter.id))).all() == []
