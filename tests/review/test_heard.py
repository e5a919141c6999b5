"""A re-review with a hearing: its time is not counted, and its opinion may be made public (第36条第二款)."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from petitions import clock
from petitions.cases.perform import perform
from petitions.cases.requests import waiting_for
from petitions.review.models import Review
from petitions.review.panels import PRESENT
from petitions.words import Refused
from tests.factories import World
from tests.matters.hearings import CALL, FINDING, MINUTES
from tests.reviews import answered, ask, drafted, go, review_in, steps_of

TEXT = "某某等不服青禾县自然资源局处理意见一案，经听证，复核维持原意见。"


def _at(day: str) -> Any:
    return time_machine.travel(datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=clock.ZONE), tick=False)


def _asked(world: World, level: str) -> Review:
    """Accepted by the body on the day of the request."""
    matter = answered(world)
    if level == "rereview":
        go(world, ask(world, matter), "review_served")
    return go(world, ask(world, matter, level), "reviewing")


def _hear(world: World, review: Review, body: str, first: str, last: str) -> None:
    handler, head = world.people[f"{body}_handler"], world.people[f"{body}_head"]
    asked = {"hearing_asked_by": "petitioner", "hearing_asked_on": "2026-11-02", "hearing_reason": "四至各说各话"}
    perform(review, "ask_hearing", asked, handler)
    perform(review, "grant_hearing", {}, head)
    perform(review, "call_hearing", {**CALL, "hearing_on": first}, handler)
    with _at(first):
        perform(review, "open_hearing", {"opened_on": first}, handler)
    with _at(last):
        with pytest.raises(Refused, match="听证还没有结束"):
            perform(review, "submit_opinion", drafted(review, "uphold"), handler)
        perform(review, "close_hearing", {**MINUTES, "ended_on": last}, handler)
        perform(review, "conclude_hearing", FINDING, handler)


@pytest.mark.parametrize(("level", "body", "code", "due"), [
    ("rereview", "city", "T11", date(2026, 12, 10)),  # V8: 8 日 of hearing are not counted
    ("review", "county", "T9", date(2026, 12, 2)),  # 第36条第二款 says so of 复核 alone
])  # fmt: skip
def test_the_time_of_a_hearing_is_not_counted_in_a_rereview(
    bodies: World, level: str, body: str, code: str, due: date
) -> None:
    with _at("2026-11-02"):
        review = _asked(bodies, level)
        _hear(bodies, review, body, "2026-11-10", "2026-11-17")
    term = [row for row in review.deadlines if row.code == code][-1]
    assert (term.start_on, term.due_on) == (date(2026, 11, 2), due)


def _heard(world: World) -> Review:
    """A heard re-review whose opinion has reached the petitioner."""
    with _at("2026-11-02"):
        review = _asked(world, "rereview")
        _hear(world, review, "city", "2026-11-10", "2026-11-17")
    for action, data, person in steps_of(world, review)["review_served"][2:]:
        perform(review, action, data() if callable(data) else data, world.people[person])
    return review


def test_a_heard_opinion_is_made_public_in_a_text_that_names_nobody_and_a_second_person_has_read(bodies: World) -> None:
    review = _heard(bodies)
    assert "依法举行了听证" in next(one.text for one in review.documents if one.kind == "review_opinion")
    for words in ("田小禾不服处理意见。", "联系电话19900001234。", "证件号码11010119900307771X"):
        with pytest.raises(Refused, match="公示文本里"):
            perform(review, "propose_publication", {"public_text": words}, bodies.city_handler)
    perform(review, "propose_publication", {"public_text": TEXT}, bodies.city_head)
    with pytest.raises(Refused, match="拟写人"):
        perform(review, "publish", {"nobody_is_harmed": True}, bodies.city_head)
    perform(review, "propose_publication", {"public_text": TEXT}, bodies.city_handler)
    with pytest.raises(Refused, match="核对以后勾选"):
        perform(review, "publish", {"nobody_is_harmed": False}, bodies.city_head)
    perform(review, "publish", {"nobody_is_harmed": True}, bodies.city_head)
    assert (review.publication, review.public_text) == ("public", TEXT)
    perform(review, "unpublish", {"reason": "信访人提出异议"}, bodies.city_head)
    assert (review.publication, review.public_text) == ("", "")


def test_an_opinion_without_a_hearing_and_one_of_a_review_are_not_made_public(bodies: World) -> None:
    for level, why, person in (
        ("rereview", "没有经过听证", "city_handler"),
        ("review", "只有复核意见", "county_handler"),
    ):
        review = review_in(bodies, "review_served", level)
        with pytest.raises(Refused, match=why):
            perform(review, "propose_publication", {"public_text": TEXT}, bodies.people[person])


def test_the_text_that_is_begun_names_nobody(bodies: World) -> None:
    text = PRESENT["propose_publication"](_heard(bodies), bodies.city_handler)["public_text"]
    assert "田小禾" not in text
    assert "柳林村" not in text
    assert "复核意见" in text


def test_what_turns_out_to_be_an_accusation_is_public_no_longer(bodies: World) -> None:
    review = _heard(bodies)
    perform(review, "propose_publication", {"public_text": TEXT}, bodies.city_handler)
    perform(review, "publish", {"nobody_is_harmed": True}, bodies.city_head)
    perform(review.matter, "seal", {"reason": "实为检举控告", "respondent": "某村干部"}, bodies.restricted)
    assert review.sealed
    assert (review.publication, review.public_text) == ("", "")


def test_the_text_to_be_published_does_not_say_by_which_number_the_case_is_asked_for(bodies: World) -> None:
    review = _heard(bodies)
    shown = PRESENT["propose_publication"](review, bodies.city_handler)["public_text"]
    assert "某某" in shown
    assert review.matter.number not in shown
    assert review.number not in shown


def test_a_text_to_be_made_public_waits_for_a_second_person(bodies: World, browser_of: Any) -> None:
    review = _heard(bodies)
    assert waiting_for(bodies.city_head) == []
    perform(review, "propose_publication", {"public_text": TEXT}, bodies.city_handler)
    (one,) = waiting_for(bodies.city_head)
    assert (one.approve.name, [row.name for row in one.others]) == ("publish", ["unpublish"])
    page = browser_of(bodies.city_head).get("/approvals").get_data(as_text=True)
    assert TEXT in page
    assert f"/cases/{review.id}/publish" in page
    answer = browser_of(bodies.city_head).post(f"/approvals/{review.id}", {"do": "publish"})
    assert answer.status_code == 409, "that nobody is harmed is looked at on its own form"
    perform(review, "publish", {"nobody_is_harmed": True}, bodies.city_head)
    assert waiting_for(bodies.city_head) == []
