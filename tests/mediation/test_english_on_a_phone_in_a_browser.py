"""The pages of mediation on a telephone and in English: words are longer there, and nothing may break or run off."""

import pytest
from playwright.sync_api import Browser, Page, expect

from petitions.access.models import User
from petitions.access.passwords import hash_password
from tests.deep.conftest import present
from tests.live import PASSWORD, Live
from tests.mediation.phones import HEIGHT, Phone, phone_of
from tests.mediations import Mediators, agreed, begun, do, session_of, set_up_committee

pytestmark = pytest.mark.browser

STANDING_ON_END = """() => [...document.querySelectorAll('dd, td, .btn-text, .bottombar span')]
  .filter((e) => e.checkVisibility() && e.textContent.trim().length > 3 && e.getBoundingClientRect().width < 28)
  .map((e) => e.textContent.trim().slice(0, 30))"""
"""What has so little room beside its word that its letters stand under one another."""


@pytest.fixture
def cases(live: Live) -> tuple[User, User, int, int, int]:
    """The chair, the justice office, the committee, a mediation with sessions, and one with an agreement and a plan."""
    with live.database.work() as session:
        mediators: Mediators = set_up_committee(session, present(live.world, session))
        talking = begun(mediators)
        do(talking, "hold_session", mediators.mediator, **session_of(talking))
        going, done = talking.id, agreed(mediators).id
        people = (mediators.chair, mediators.justice)
        for person in people:
            person.password_hash, person.language = hash_password(PASSWORD), "en"
        session.flush()
        found = (*people, mediators.unit.id, going, done)
        for person in people:
            session.refresh(person)
            _ = person.username
        session.commit()
        session.expunge_all()
    return found


def _fits(phone: Phone, path: str) -> None:
    phone.go(path)
    broken = phone.page.evaluate(STANDING_ON_END)
    assert broken == [], (path, broken)


def test_english_words_fit_a_telephone(live: Live, chromium: Browser, cases: tuple[User, User, int, int, int]) -> None:
    chair, justice, committee, going, done = cases
    with phone_of(live, chromium) as phone:
        phone.held_by(chair, "/mediations")
        for path in (
            f"/cases/{going}", f"/cases/{done}", f"/cases/{going}/hold_session", f"/cases/{done}/record_performance",
            f"/mediations/{done}/dossier", "/mediation-figures", "/mediation-figures/cases?key=agreed", "/dispute-ledger",
        ):  # fmt: skip
            _fits(phone, path)
        phone.held_by(justice, "/committees")
        for path in ("/committees", f"/committees/{committee}", "/committees/new", "/mediation-figures?by=mediator"):
            _fits(phone, path)


def test_a_preview_on_a_telephone_is_brought_into_sight(
    live: Live, chromium: Browser, cases: tuple[User, User, int, int, int]
) -> None:
    with phone_of(live, chromium) as phone:
        phone.held_by(cases[0], f"/cases/{cases[3]}/hold_session")
        page = phone.page
        # A time is chosen on the telephone's own clock, and is read as it is stored.
        expect(page.locator("[name=began_at]")).to_have_attribute("type", "time")
        page.locator("[name=began_at]").fill("09:30")
        page.locator("[name=record]").fill("双方各自说明了情况。")
        page.locator("[name=session_outcome]").nth(1).check()
        page.locator(".button-bar [hx-target='#beside']").click()
        paper = page.locator("#beside .paper-preview")
        expect(paper).to_contain_text("09:30")
        page.wait_for_function(
            "height => document.querySelector('#beside').getBoundingClientRect().top < height / 2", arg=HEIGHT
        )


OUTSIDE = """() => { const card = document.querySelector('#act .block, #act section').getBoundingClientRect();
  return [...document.querySelectorAll('.rows-row > *')].filter((e) => e.getBoundingClientRect().right > card.right)
  .map((e) => e.textContent.trim()) }"""


def test_a_plan_stays_in_its_card_beside_the_facts(
    live: Live, page: Page, cases: tuple[User, User, int, int, int]
) -> None:
    live.log_in(page, cases[0])
    for width in (1366, 1024, 1600, 1800):
        page.set_viewport_size({"width": width, "height": 768})
        page.goto(f"{live.url}/cases/{cases[3]}/draft_agreement")
        expect(page.locator(".rows-row").first).to_be_visible()
        assert page.evaluate(OUTSIDE) == []
