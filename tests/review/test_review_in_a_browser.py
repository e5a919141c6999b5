"""From an opinion that supports nothing to the end, and what meets the same petition afterwards, as people do it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import select

from petitions import clock
from petitions.access.models import User
from petitions.access.passwords import hash_password
from petitions.cases.perform import perform
from petitions.review.models import Review
from tests.deep.conftest import present
from tests.factories import new_petition
from tests.live import PASSWORD, Live
from tests.matters.hearings import CALL, FINDING, MINUTES
from tests.reviews import CITY, COUNTY, answered, review_in, set_up_bodies

pytestmark = pytest.mark.browser


def _begin(live: Live) -> tuple[str, int]:
    """An answer that reached the petitioner 29 days ago; its number and id. The people above get the password of all."""
    live.world = replace(live.world, people=dict(live.world.people))  # it is that of every test
    live.database.reviewers = {"": COUNTY, COUNTY: CITY}
    with time_machine.travel(clock.now() - timedelta(days=29)), live.database.work() as session:
        world = set_up_bodies(present(live.world, session))
        for person in world.people.values():
            person.password_hash = hash_password(PASSWORD)
        matter = answered(world)
        number, case_id = matter.number, matter.id
    with live.database.work(write=False) as session:
        for name, person in world.people.items():
            live.world.people[name] = session.get_one(User, person.id)
            session.expunge(live.world.people[name])
    return number, case_id


def _as(live: Live, page: Page, name: str, path: str) -> None:
    """Somebody else sits down at the machine."""
    page.context.clear_cookies()
    live.log_in(page, live.world.people[name])
    page.goto(live.url + path)


def _do(page: Page, label: str) -> None:
    """An act from the buttons of the case."""
    more = page.locator("details.pop summary", has_text="更多")
    act = page.locator(".identity-end").get_by_text(label, exact=True).first
    if not act.is_visible():
        more.click()
    act.click()


def _send(page: Page, label: str) -> None:
    page.locator("form button[type=submit]", has_text=label).first.click()
    page.wait_for_url("**/cases/*?done=*")


def _ask(page: Page, label: str) -> None:
    _do(page, label)
    page.locator("textarea[name=demand]").fill("撤销该意见，退还承包地。")
    page.locator("textarea[name=review_ground]").fill("没有听取本组村民的陈述。")
    _send(page, label)


def _decide(live: Live, page: Page, body: str, number: str, *, accept: bool = True) -> None:
    """The body takes the request up, drafts, approves and serves: 维持."""
    if accept:
        _as(live, page, f"{body}_receiver", "/reviews")
        page.get_by_role("link", name=number).click()
        _do(page, "指定承办人")
        page.locator("[name=handler]").first.select_option(index=1)
        _send(page, "指定承办人")
        _do(page, "受理申请")
        _send(page, "受理申请")
        return
    _as(live, page, f"{body}_handler", "/reviews")
    page.get_by_role("link", name=number).click()
    _do(page, "意见送审")
    page.locator("textarea[name=facts]").fill("经核实，原意见认定的事实清楚。")
    page.locator("textarea[name=opinion]").fill("原意见适用依据正确。")
    page.locator("textarea[name=basis]").fill("《农村土地承包法》第五十七条")
    expect(page.locator("[data-field=redo_until]")).to_be_hidden()
    page.get_by_label("撤销，责令限期重新作出").check()
    expect(page.locator("[data-field=redo_until]")).to_be_visible()
    page.get_by_label("维持", exact=True).check()
    _send(page, "意见送审")
    _as(live, page, f"{body}_head", "/reviews")
    page.get_by_role("link", name=number).click()
    _do(page, "审核同意")
    expect(page.locator(".paper-preview")).to_contain_text("维持信访")
    _send(page, "审核同意")
    _as(live, page, f"{body}_handler", "/reviews")
    page.get_by_role("link", name=number).click()
    _do(page, "送达复查复核意见")
    page.locator("[name=method]").select_option("direct")
    page.locator("[name=receiver]").fill("田小禾")
    _send(page, "送达复查复核意见")


def test_a_petition_goes_to_the_end_and_the_same_again_is_no_longer_accepted(live: Live, page: Page) -> None:
    number, case_id = _begin(live)
    _as(live, page, "officer", f"/cases/{case_id}")
    _ask(page, "登记复查申请")
    expect(page.locator("#reviews")).to_contain_text("申请待受理")
    _decide(live, page, "county", "FC")
    _decide(live, page, "county", "FC", accept=False)

    _as(live, page, "officer", f"/cases/{case_id}")
    expect(page.locator("#reviews")).to_contain_text("维持")
    _ask(page, "登记复核申请")
    _decide(live, page, "city", "FH")
    _hear(live)
    _decide(live, page, "city", "FH", accept=False)

    _as(live, page, "officer", f"/cases/{case_id}")
    expect(page.locator(".identity")).to_contain_text("已终结")
    with live.database.work() as session:
        again = new_petition(present(live.world, session)).matter.id
    page.goto(f"{live.url}/cases/{again}/refuse_no_longer")
    expect(page.locator("[name=matter]")).to_have_value(number)
    page.locator("textarea[name=note]").fill("同一地块、同一请求，没有新的事实。")
    _send(page, "不再受理")
    expect(page.locator(".identity")).to_contain_text("不再受理")
    page.get_by_role("link", name="信访事项不再受理告知书").first.click()
    expect(page.locator("main")).to_contain_text("复核意见书为河市政复核")
    expect(page.locator("main")).to_contain_text(number)


def _hear(live: Live) -> None:
    """The hearing itself is tried in tests/matters; here it has taken place, the same day."""
    live.database.hearing_notice_days = 0
    today = clock.today().isoformat()
    with live.database.work() as session:
        world = present(live.world, session)
        review = session.scalars(select(Review).order_by(Review.id.desc())).first()
        assert review is not None
        handler, head = world.city_handler, world.city_head
        asked = {"hearing_asked_by": "petitioner", "hearing_asked_on": today, "hearing_reason": "四至各说各话"}
        perform(review, "ask_hearing", asked, handler)
        perform(review, "grant_hearing", {}, head)
        perform(review, "call_hearing", {**CALL, "hearing_on": today}, handler)
        perform(review, "open_hearing", {"opened_on": today}, handler)
        perform(review, "close_hearing", {**MINUTES, "ended_on": today}, handler)
        perform(review, "conclude_hearing", FINDING, handler)


def test_an_annulled_opinion_comes_back_to_the_unit_and_is_answered_anew(live: Live, page: Page) -> None:
    _begin(live)
    with live.database.work() as session:
        review = review_in(present(live.world, session), "review_issued", result="annul")
        review_id, case_id, number = review.id, review.about_id, review.number
    _as(live, page, "county_handler", f"/cases/{review_id}")
    _do(page, "送达复查复核意见")
    page.locator("[name=method]").select_option("direct")
    page.locator("[name=receiver]").fill("田小禾")
    _send(page, "送达复查复核意见")

    _as(live, page, "handler", f"/cases/{case_id}")
    expect(page.locator("main")).to_contain_text("责令限期重新作出处理意见")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("重新作出")
    _do(page, "意见送审")
    page.locator("form button[type=submit]", has_text="意见送审").first.click()
    expect(page.locator(".error-summary")).to_contain_text("不得以同一依据作出与原意见相同")
    page.locator("select[name^='outcomes.'], input[name^='outcomes.'][value=S]").first.select_option("S")
    page.locator("textarea[name=opinion]").fill("重新调查后，限期退还承包地。")
    _send(page, "意见送审")
    _as(live, page, "head", f"/cases/{case_id}")
    _do(page, "审核同意")
    _send(page, "审核同意")
    expect(page.locator(".identity")).to_contain_text("待送达")
