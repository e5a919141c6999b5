"""What follows a review: the same again after the end, the wall, the disposal, a successor, the file (第30条、第36条第三款)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from petitions import db
from petitions.access.models import SuccessionKind, UnitKind
from petitions.cases.perform import open_to, perform
from petitions.cases.queries import sees
from petitions.matters import dossier
from petitions.matters.models import Matter
from petitions.matters.present import ended_before
from petitions.notices.models import Notice
from petitions.reorganisation.carrying_out import carry_out
from petitions.reorganisation.orders import Order
from petitions.review.models import Review
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, make_unit, new_petition
from tests.pages import Browse, Browser
from tests.reviews import review_in


def _clock(case: Any, code: str) -> Any:
    return [row for row in case.deadlines if row.code == code][-1]


def test_the_same_again_after_the_end_is_met_with_the_final_opinion(bodies: World) -> None:

    rereview = review_in(bodies, "review_served", "rereview")
    ended = rereview.matter
    with pytest.raises((FieldErrors, Refused), match="复核终结"):
        new_petition(bodies, joins=ended.number)
    matter: Matter = new_petition(bodies).matter
    assert ended_before(matter, bodies.officer) == {"matter": ended.number}
    with pytest.raises(Refused, match="复核终结"):
        perform(matter, "join_as_repeat", {"matter": ended.number}, bodies.officer)
    perform(matter, "refuse_no_longer", {"matter": ended.number, "note": "同一地块、同一请求。"}, bodies.officer)
    opinion = next(one for one in rereview.documents if one.kind == "review_opinion")
    assert opinion.number in matter.documents[-1].text
    assert ended.number in matter.documents[-1].text


def test_only_a_final_opinion_lets_a_petition_be_met_so(bodies: World) -> None:

    answered_one: Review = review_in(bodies, "review_served")
    matter = new_petition(bodies).matter
    with pytest.raises(Refused, match="还没有复核终结"):
        perform(matter, "refuse_no_longer", {"matter": answered_one.matter.number, "note": "同一请求"}, bodies.officer)
    with pytest.raises(Refused, match="复核意见书文号"):
        perform(matter, "refuse_no_longer", {"note": "同一请求"}, bodies.officer)


def test_a_matter_goes_behind_the_wall_with_its_reviews(bodies: World) -> None:

    review = review_in(bodies, "review_stopped")
    assert review.sealed
    assert not [row.code for row in review.deadlines if row.ended_on is None]
    for name in ("county_receiver", "county_handler", "county_head", "officer", "clerk", "handler"):
        assert not sees(review.id, bodies.people[name]), name
        assert not sees(review.matter.id, bodies.people[name]), name
    assert sees(review.id, bodies.restricted)
    assert "田小禾" not in review.documents[0].text
    told = select(Notice).where(Notice.case_id == review.id, Notice.read_at.is_(None))
    assert db.session().scalars(told).all() == [], "who reviewed it has nothing unread of it"


def test_a_review_goes_with_its_matter(bodies: World) -> None:
    review = review_in(bodies, "review_anonymised")
    db.session().expire_all()
    assert review.matter.state == "anonymised"
    assert [paper.text for paper in review.documents] == [""] * len(review.documents)
    assert all("demand" not in event.data for event in review.events)


def test_the_successor_of_a_reviewing_body_goes_on_with_its_reviews(bodies: World) -> None:
    review = review_in(bodies, "reviewing")
    old = bodies.county_handler.unit
    new = make_unit(db.session(), "青禾县复查复核办公室", UnitKind.BUREAU, bodies.county, "青复")
    order = Order(SuccessionKind.MERGE, [old], [new], basis="机构改革方案")
    carry_out(order, bodies.administrator)
    db.session().expire_all()
    assert review.unit_id == new.id
    assert _clock(review, "T9").unit_id == new.id
    assert new.id in {row.unit_id for row in review.matter.parts if row.left_on is None and row.part == "review"}
    assert sees(review.matter.id, bodies.county_receiver), "its people have moved along"


def test_whoever_compares_is_led_from_an_ended_matter_to_no_longer_accepting(
    bodies: World, browser_of: Callable[[Any], Browser]
) -> None:
    old = review_in(bodies, "review_served", "rereview").matter
    new = new_petition(bodies).matter
    browser = browser_of(bodies.officer)
    page = browser.get(f"/triage/{new.id}/compare/{old.id}").get_data(as_text=True)
    assert f"{old.number}已经复核终结" in page
    assert f"/cases/{new.id}/refuse_no_longer?matter={old.number}" in page


def test_the_file_of_a_matter_holds_what_its_reviews_told_the_petitioner(bodies: World) -> None:
    matter = review_in(bodies, "review_served", "rereview").matter
    held = [item.title for item in dossier.items_of(matter) if item.section.code == "review"]
    assert held == [
        "信访事项复查申请书", "信访事项复查受理告知书", "信访事项复查意见书",
        "信访事项复核申请书", "信访事项复核受理告知书", "信访事项复核意见书",
    ]  # fmt: skip


def test_whoever_handles_a_review_is_asked_once_whether_it_touches_them(bodies: World, browser_of: Browse) -> None:
    review = review_in(bodies, "reviewing")
    browser, url = browser_of(bodies.county_handler), f"/cases/{review.id}"
    assert "有没有直接利害关系" in browser.get(url).get_data(as_text=True)
    assert "有没有直接利害关系" not in browser_of(bodies.county_head).get(url).get_data(as_text=True)
    with pytest.raises(NotPermitted):
        perform(review, "declare", {}, bodies.county_head)
    assert browser.post(f"{url}/declare", {}).status_code == 302
    assert "有没有直接利害关系" not in browser.get(url).get_data(as_text=True)
    perform(review, "appoint", {"handler": bodies.county_second.id}, bodies.county_receiver)
    assert "declare" in {row.name for row in open_to(bodies.county_second, review)}
