"""The pages of a review: its case page, its matter's, the desk, the lists and the search, for whoever may see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases import batch
from petitions.cases.perform import perform
from petitions.followup.queries import listed
from petitions.followup.script import visit_script
from petitions.review.states import STATES
from petitions.words import Refused
from tests.cases.many import counted
from tests.conftest import Isolated
from tests.factories import World, new_petition
from tests.pages import Browser
from tests.reviews import ask, go, review_in

Browse = Callable[[Any], Browser]
OPEN = [state.name for state in STATES if not state.closed and not state.final]


@pytest.mark.parametrize("level", ["review", "rereview"])
@pytest.mark.parametrize("state", [*OPEN, "review_served", "review_refused"])
def test_a_review_and_its_matter_stay_within_fifteen_queries(
    bodies: World, session: Session, browser_of: Browse, database: Isolated, state: str, level: str
) -> None:
    review = review_in(bodies, state, level)
    body = "county" if level == "review" else "city"
    urls = (f"/cases/{review.id}", f"/cases/{review.about_id}")
    for name in ("officer", f"{body}_handler", f"{body}_head"):
        browser = browser_of(bodies.people[name])
        for url in urls:
            browser.get(url)
            session.expunge_all()
            with counted(database) as queries:
                status = browser.get(url).status_code
            # Who has refused a request has no more business with the file of the matter.
            gone = state == "review_refused" and name != "officer" and url == urls[1]
            assert status == (404 if gone else 200)
            assert len(queries) <= 15, (name, url, "\n".join(queries))


def test_the_page_says_what_is_asked_and_leads_to_the_matter(bodies: World, browser_of: Browse) -> None:
    review = review_in(bodies, "reviewing")
    matter, html = review.matter, browser_of(bodies.county_handler).get(f"/cases/{review.id}").get_data(as_text=True)
    for words in ("撤销该意见，退还承包地。", matter.number, review.against.number, "承包地被占用", "没有逾期"):
        assert words in html
    assert f'href="/cases/{matter.id}"' in html
    told = browser_of(bodies.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert review.number in told
    assert f'href="/cases/{review.id}"' not in told, "whose answer is contested reads that it is, and no more"
    assert browser_of(bodies.handler).get(f"/cases/{review.id}").status_code == 404


def test_the_desk_shows_what_the_unit_reviews_and_what_the_office_keeps(
    bodies: World, session: Session, browser_of: Browse, database: Isolated
) -> None:
    first, second = review_in(bodies, "review_requested"), review_in(bodies, "reviewing", "rereview")
    session.commit()
    for name, seen, unseen in (
        ("county_receiver", first, second), ("city_receiver", second, first), ("city_handler", second, first),
    ):  # fmt: skip
        browser = browser_of(bodies.people[name])
        html = browser.get("/reviews").get_data(as_text=True)
        assert seen.number in html
        assert unseen.number not in html
    officer = browser_of(bodies.officer)
    with counted(database) as queries:
        html = officer.get("/reviews").get_data(as_text=True)
    assert first.number in html
    assert len(queries) <= 15
    assert second.number in officer.get("/reviews?stage=reviewing").get_data(as_text=True)
    assert first.number not in browser_of(bodies.other_officer).get("/reviews").get_data(as_text=True)
    assert browser_of(bodies.administrator).get("/reviews").status_code == 403


def test_lists_search_and_workbench_know_reviews(bodies: World, browser_of: Browse) -> None:
    review = review_in(bodies, "review_requested")
    receiver = browser_of(bodies.county_receiver)
    listed = receiver.get("/cases?review=accept").get_data(as_text=True)
    assert review.number in listed
    assert "申请待受理" in listed
    assert "复查复核待受理" in receiver.get("/").get_data(as_text=True)
    assert review.number in receiver.get(f"/cases?state={review.state}").get_data(as_text=True)
    found = receiver.client.post("/search", data={"q": review.number}, follow_redirects=True).get_data(as_text=True)
    assert review.number in found
    assert receiver.get("/cases?review=nothing").status_code in (200, 422)


def test_a_batch_of_both_kinds_does_what_each_allows(bodies: World) -> None:
    review = review_in(bodies, "reviewing")
    shown = batch.preview(bodies.county_head, "appoint", [review.id, review.about_id])
    assert [row.id for row in shown.possible] == [review.id]
    assert [one.row.id for one in shown.refusing] == [review.about_id]


def test_the_review_body_is_pressed_like_any_other_unit(bodies: World) -> None:
    review = review_in(bodies, "reviewing")
    with pytest.raises(Refused, match="督促"):
        perform(review, "urge", {}, bodies.officer)
    row = next(row for row in review.deadlines if row.ended_on is None)
    row.start_on = row.nominal_on = row.due_on = row.target_on = row.due_on.replace(year=row.due_on.year - 1)
    event = perform(review, "supervise", {"reason": "复查超期", "answer_by": "2099-01-01"}, bodies.officer)
    assert "复查期限" in review.documents[-1].text
    perform(review, "answer_supervision", {"report": "正在核实，本周内答复。"}, bodies.county_handler)
    assert event.id < review.events[-1].id


def test_whoever_decided_and_has_moved_up_approves_no_review_of_it(bodies: World) -> None:
    review = review_in(bodies, "review_in_approval")
    bodies.head.unit_id, bodies.head.unit = bodies.county_handler.unit_id, bodies.county_handler.unit
    with pytest.raises(Refused, match="参加过原意见"):
        perform(review, "approve_opinion", {}, bodies.head)


def test_a_second_request_waits_for_the_first(bodies: World) -> None:
    review = review_in(bodies, "reviewing")
    with pytest.raises(Refused, match="正在复查"):
        ask(bodies, review.matter)


def test_whoever_sorts_the_same_again_is_told_of_the_end_and_led_to_the_refusal(
    bodies: World, browser_of: Browse
) -> None:
    ended = review_in(bodies, "review_served", "rereview").matter
    again = new_petition(bodies).matter
    page = browser_of(bodies.officer).get(f"/triage/{again.id}").get_data(as_text=True)
    assert "已复核终结" in page
    assert f"/cases/{again.id}/refuse_no_longer?matter={ended.number}" in page


def test_what_is_not_ended_is_no_reason_to_refuse(bodies: World, browser_of: Browse) -> None:
    review_in(bodies, "review_served")
    again = new_petition(bodies).matter
    page = browser_of(bodies.officer).get(f"/triage/{again.id}").get_data(as_text=True)
    assert "疑似重复" in page
    assert "已复核终结" not in page


def test_a_matter_under_review_says_so_before_its_own_text(bodies: World, browser_of: Browse) -> None:
    review = review_in(bodies, "review_requested")
    page = browser_of(bodies.clerk).get(f"/cases/{review.about_id}").get_data(as_text=True)
    assert page.index('id="reviews"') < page.index("诉求原文")
    go(bodies, review, "review_served")
    page = browser_of(bodies.clerk).get(f"/cases/{review.about_id}").get_data(as_text=True)
    assert page.index('id="reviews"') > page.index("诉求原文")


def test_a_matter_whose_review_was_answered_is_visited_and_concluded_by_the_window_of_the_rereview(
    bodies: World,
) -> None:
    matter = review_in(bodies, "review_served").matter
    said = {"held_on": clock.today().isoformat(), "way": "phone", "performed": "nothing", "office_rating": "satisfied",
            "unit_rating": "dissatisfied", "unit_reason": "没有到现场"}  # fmt: skip
    script = visit_script(matter, bodies.officer, {})
    assert "申请复核（第36条）" in str(script.data["advice"])
    perform(matter, "visit", said, bodies.officer)
    (row,) = listed(bodies.officer, "unhappy").rows
    assert "申请复核" in str(row.advice)
    assert listed(bodies.officer, "conclude").rows == []
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        assert [row.line.matter.id for row in listed(bodies.officer, "conclude").rows] == [matter.id]
        assert listed(bodies.officer, "unhappy").rows == []
