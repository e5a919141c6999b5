"""The one primary button of a case is the act that the law wants next of whoever looks, and of nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine

from petitions import clock
from petitions.cases.limits import LIMITS
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from tests.factories import World, matter_in, new_petition, steps_to, take
from tests.pages import Browse, Browser

ASSIGNED = 20
"""Days until the report of what was given with a date."""


def led_by(browser: Browser, matter: Matter) -> str:
    """The act of the primary button; empty for none."""
    html = browser.get(f"/cases/{matter.id}").get_data(as_text=True).split('class="identity-end"')[1]
    bar = html.split("<details")[0].split("</header>")[0]
    found = re.search(r'class="btn btn-primary"[^>]*href="/cases/\d+/(\w+)', bar)
    posted = re.search(r'action="/cases/\d+/(\w+)"(?:(?!</form>).)*btn-primary', bar, re.S)
    assert not (found and posted), "one primary button at most"
    return (found or posted or [None, ""])[1]


@pytest.mark.parametrize(
    ("state", "person", "act"),
    [
        ("registered", "clerk", "screen_as_first"),
        ("triage", "officer", "transfer"),
        ("triage", "clerk", ""),
        ("dispatched", "receiver", "sign"),
        ("dispatched", "officer", ""),
        ("signed", "handler", "accept"),
        ("accepted", "handler", "serve_notice"),
        ("in_approval", "head", "approve_opinion"),
        ("in_approval", "handler", "serve_notice"),
        ("opinion_issued", "handler", "serve"),
    ],
)
def test_the_page_leads_with_what_comes_next(
    world: World, browser_of: Browse, state: str, person: str, act: str
) -> None:
    assert led_by(browser_of(world.people[person]), matter_in(world, state)) == act


def _notices_served(matter: Matter, world: World) -> None:
    for paper in [paper for paper in matter.documents if paper.kind == "acceptance_notice"]:
        given = {"paper": paper.id, "method": "direct", "receiver": "田小禾", "served_on": clock.today().isoformat()}
        perform(matter, "serve_notice", given, world.handler)


def test_after_the_notice_is_received_the_opinion_comes_next(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    _notices_served(matter, world)
    assert led_by(browser_of(world.handler), matter) == "submit_opinion"


def test_the_head_is_led_to_the_extension_that_waits_for_them(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": 10, "reason": "等鉴定"}, world.handler)
    assert led_by(browser_of(world.head), matter) == "extend"


def test_what_was_given_with_a_date_is_reported_before_anything_else(world: World, browser_of: Browse) -> None:
    matter = new_petition(world).matter
    steps = steps_to(world, matter)["served"]
    due = (clock.today() + timedelta(days=ASSIGNED)).isoformat()
    given = {"unit": world.bureau.id, "opinion": "请依法办理", "due_on": due}
    take(world, matter, [("assign", given, who) if act == "transfer" else (act, data, who) for act, data, who in steps])
    _notices_served(matter, world)
    assert led_by(browser_of(world.handler), matter) == "report_back"


def test_nothing_leads_while_the_petitioner_may_still_ask_for_a_review(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "served")
    _notices_served(matter, world)
    browser = browser_of(world.handler)
    assert led_by(browser, matter) == ""
    assert f"/cases/{matter.id}/conclude" in browser.get(f"/cases/{matter.id}").get_data(as_text=True), (
        "a written acceptance still ends it"
    )
    assert LIMITS["T8"].length
    with time_machine.travel(clock.now() + timedelta(days=LIMITS["T8"].length + 10)):
        assert led_by(browser_of(world.handler), matter) == "conclude"


def test_a_concluded_matter_is_visited_and_then_archived(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "concluded")
    perform(matter, "excuse_missing", {"lacking": ["inquiry"], "reason": "事实清楚"}, world.officer)
    for paper in [one for one in matter.documents if not one.services and one.recipient]:
        given = {"paper": paper.id, "method": "direct", "receiver": "田小禾", "served_on": clock.today().isoformat()}
        if paper.kind == "acceptance_notice":
            perform(matter, "serve_notice", given, world.handler)
    browser = browser_of(world.officer)
    assert led_by(browser, matter) == "visit"
    seen = {"held_on": clock.today().isoformat(), "way": "phone", "performed": "done"}
    perform(matter, "visit", seen, world.officer)
    assert led_by(browser, matter) == "archive"


def test_the_queue_opens_on_what_the_clerk_is_there_for_and_never_on_a_refusal(
    world: World, browser_of: Browse
) -> None:
    matter = new_petition(world).matter
    for person, way in (("clerk", "classify"), ("officer", "transfer")):
        html = browser_of(world.people[person]).get(f"/triage/{matter.id}").get_data(as_text=True)
        assert f'name="way" value="{way}"' in html, person


def test_the_restricted_desk_is_led_to_the_discipline_body_with_an_accusation_and_with_nothing_else(
    world: World, browser_of: Browse
) -> None:
    desk = browser_of(world.people["restricted"])
    ordinary = new_petition(world).matter
    assert 'name="way" value="classify"' in desk.get(f"/triage/{ordinary.id}").get_data(as_text=True)
    sealed = new_petition(world, world.people["restricted"], purpose="accusation").matter
    assert 'name="way" value="divert_discipline"' in desk.get(f"/triage/{sealed.id}").get_data(as_text=True)
