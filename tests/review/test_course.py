"""复查 and 复核 through the door: windows, clocks, the people, the results, the end (第35条、第36条)."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from petitions import clock, db
from petitions.cases.kinds import kind_of
from petitions.cases.perform import may_do, perform
from petitions.cases.queries import sees
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import OPINION, World, per_claim
from tests.reviews import answered, ask, asking, drafted, go, review_in


def _clock(case: Any, code: str) -> Any:
    return [row for row in case.deadlines if row.code == code][-1]


def _at(day: str) -> Any:
    return time_machine.travel(datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=clock.ZONE), tick=False)


def test_a_request_ends_the_window_and_starts_the_term_on_the_day_it_was_received(bodies: World) -> None:
    with _at("2026-07-31"):
        matter = answered(bodies)
    assert _clock(matter, "T8").due_on == date(2026, 8, 31)  # V6: 30日 end on a Sunday
    with _at("2026-08-28"):
        review = ask(bodies, matter, requested_on="2026-08-27")
    assert _clock(matter, "T8").ended_on == date(2026, 8, 27)
    term = _clock(review, "T9")
    assert (term.start_on, term.due_on, term.unit_id) == (date(2026, 8, 27), date(2026, 9, 28), review.unit_id)
    assert not review.late


def test_a_review_is_due_after_the_holiday(bodies: World) -> None:
    with _at("2026-12-01"):
        matter = answered(bodies)
    with _at("2026-12-02"):
        review = ask(bodies, matter)
    assert _clock(review, "T9").due_on == date(2027, 1, 4)  # V7


@pytest.mark.parametrize(("posted", "late"), [("2026-08-31", False), ("2026-09-01", True)])
def test_what_was_posted_in_time_is_in_time(bodies: World, posted: str, late: bool) -> None:
    with _at("2026-07-31"):
        matter = answered(bodies)
    with _at("2026-09-04"):
        review = ask(bodies, matter, request_posted_on=posted, late_ground="obstacle")
    assert review.late is late


def test_a_late_request_is_recorded_with_its_ground_and_decided_by_a_person(bodies: World) -> None:
    with _at("2026-07-31"):
        matter = answered(bodies)
    with _at("2026-09-04"):
        with pytest.raises(Refused, match="逾期的原因"):
            ask(bodies, matter)
        review = ask(bodies, matter, late_ground="force_majeure")
        assert review.late
        perform(review, "appoint", {"handler": bodies.county_handler.id}, bodies.county_receiver)
        with pytest.raises(Refused, match="逾期而受理的理由"):
            perform(review, "accept", {}, bodies.county_receiver)
        perform(review, "accept", {"late_reason": "洪水中断交通，障碍消除后十日内提出"}, bodies.county_receiver)
    assert "洪水中断交通" in review.documents[-1].text


def test_a_late_request_reopens_a_matter_that_was_concluded(bodies: World) -> None:
    with _at("2026-07-31"):
        matter = answered(bodies)
    with _at("2026-09-01"):
        perform(matter, "conclude", {}, bodies.head)
    with _at("2026-09-04"):
        review = ask(bodies, matter, late_ground="none")
        assert matter.state == "served"
        assert matter.closed_on is None
        go(bodies, review, "review_refused")
        perform(matter, "conclude", {}, bodies.head)
    assert matter.state == "concluded"


def test_being_late_is_no_ground_against_a_request_in_time(bodies: World) -> None:
    review = review_in(bodies, "review_requested")
    with pytest.raises(Refused, match="没有逾期"):
        perform(review, "refuse", {"review_refusal": "late", "note": "逾期"}, bodies.county_receiver)


def test_only_the_body_one_level_up_reviews(bodies: World) -> None:
    matter = answered(bodies)
    for unit in (bodies.bureau, bodies.township, bodies.section, bodies.office, bodies.city_handler.unit):
        with pytest.raises(FieldErrors) as refused:
            ask(bodies, matter, review_body=unit.id)
        assert list(refused.value.errors) == ["review_body"]
    assert ask(bodies, matter).unit_id == bodies.county_handler.unit_id


def test_a_request_is_refused_in_words_while_the_body_is_no_unit_here(bodies: World, database: Any) -> None:
    database.reviewers = {"": "青禾县某局"}
    matter = answered(bodies)
    with pytest.raises(FieldErrors, match="复查机关"):
        ask(bodies, matter)


def test_rereview_needs_a_review_before_it(bodies: World) -> None:
    matter = answered(bodies)
    data = {**asking(bodies, matter), "against_review": "1", "rereview_body": bodies.city_handler.unit_id}
    with pytest.raises((Refused, FieldErrors)):
        perform(matter, "request_rereview", data, bodies.clerk)
    review = ask(bodies, matter)
    with pytest.raises((Refused, FieldErrors)):
        perform(matter, "request_rereview", data, bodies.clerk)
    go(bodies, review, "review_served")
    with pytest.raises(Refused, match="已经复查"):
        ask(bodies, matter)
    rereview = ask(bodies, matter, "rereview")
    assert (rereview.previous, rereview.unit_id) == (review, bodies.city_handler.unit_id)


def test_a_claim_that_was_not_made_is_no_part_of_a_review(bodies: World) -> None:
    matter, other = answered(bodies), answered(bodies, name="田小麦", phone="19900005678")
    with pytest.raises(FieldErrors):
        ask(bodies, matter, review_claims=[str(other.claims[0].id)])
    review = ask(bodies, matter, new_claims="另外要求赔偿青苗损失。")
    assert "可以作为新的信访事项提出" in review.documents[0].text
    event = perform(matter, "new_facts", {"title": "青苗损失", "new_facts": "青苗被毁，要求赔偿。"}, bodies.officer)
    assert event.to_state == "served"


def test_service_of_the_review_opens_the_window_for_the_rereview(bodies: World) -> None:
    review = review_in(bodies, "review_served")
    window = _clock(review.matter, "T10")
    assert window.start_on == clock.today()
    assert window.ended_on is None
    assert _clock(review, "T9").ended_on == clock.today()
    slip = review.documents[-1].text
    assert f"至{window.due_on.year}年{window.due_on.month}月{window.due_on.day}日止" in slip
    assert "青河市人民政府" in slip


def test_the_written_answer_ends_the_term_of_a_review_and_the_opinion_that_of_a_rereview(bodies: World) -> None:
    review = review_in(bodies, "review_issued")
    assert _clock(review, "T9").ended_on is None  # 第35条: and answer in writing
    rereview = review_in(bodies, "review_issued", "rereview")
    assert _clock(rereview, "T11").ended_on == clock.today()  # 第36条第一款: the opinion


def test_the_rereview_ends_the_matter(bodies: World) -> None:
    rereview = review_in(bodies, "review_served", "rereview")
    matter = rereview.matter
    assert matter.state == "ended"
    assert matter.closed_on == clock.today()
    assert not [row.code for row in matter.deadlines if row.ended_on is None]
    assert "最终" in rereview.documents[-2].text
    assert "第三十六条第三款" in rereview.documents[-2].text
    perform(matter, "counsel", {"held_on": clock.today().isoformat(), "record": "上门疏导"}, bodies.handler)


def test_an_upheld_answer_nobody_asks_about_again_is_concluded(bodies: World) -> None:
    with _at("2026-07-31"):
        review = review_in(bodies, "review_served")
        with pytest.raises(Refused, match="复核申请期（第36条）到2026-08-31"):
            perform(review.matter, "conclude", {}, bodies.head)
    with _at("2026-09-01"):
        perform(review.matter, "conclude", {}, bodies.head)
    assert review.matter.state == "concluded"


@pytest.mark.parametrize("state", ["review_requested", "reviewing", "review_in_approval", "review_issued"])
def test_a_matter_under_review_is_not_ended(bodies: World, state: str) -> None:
    matter = review_in(bodies, state).matter
    for act, data in (
        ("conclude", {"accepted_by_petitioner": True}),
        ("withdraw", {"reason": "不再", "free_will": True}),
    ):
        with pytest.raises(Refused, match="正在复查"):
            perform(matter, act, data, bodies.officer)


def test_a_change_takes_the_place_of_what_was_decided(bodies: World) -> None:
    review = review_in(bodies, "review_issued", result="change")
    assert [claim.outcome for claim in review.matter.claims] == ["N"]
    go_on = {"method": "direct", "receiver": "田小禾", "relation": "self", "served_on": clock.today().isoformat()}
    perform(review, "serve", go_on, bodies.county_handler)
    assert [claim.outcome for claim in review.matter.claims] == ["S"]
    assert review.matter.outcome == "S", "what lists and terms of keeping go by"


def test_an_annulled_answer_goes_back_with_a_day_and_is_not_given_again(bodies: World) -> None:
    review = review_in(bodies, "review_served", result="annul")
    matter = review.matter
    assert matter.state == "accepted"
    assert ({claim.outcome for claim in matter.claims}, matter.outcome) == ({""}, ""), "it decides nothing any more"
    assert _clock(matter, "T24").due_on == review.redo_until
    assert _clock(matter, "T24").unit_id == bodies.bureau.id
    again = {**OPINION, "facts": "重新调查，事实如前。", "outcomes": per_claim(matter, "N")}
    with pytest.raises(Refused, match="不得以同一依据"):
        perform(matter, "submit_opinion", {**again, "basis": OPINION["basis"] + "。"}, bodies.handler)
    perform(matter, "submit_opinion", {**again, "outcomes": per_claim(matter, "S")}, bodies.handler)
    perform(matter, "approve_opinion", {}, bodies.head)
    assert _clock(matter, "T24").ended_on == clock.today()
    served = {"method": "direct", "receiver": "田小禾", "relation": "self", "served_on": clock.today().isoformat()}
    perform(matter, "serve", served, bodies.handler)
    assert _clock(matter, "T8").ended_on is None
    second = ask(bodies, matter)
    assert second.against.id > review.against.id


def test_other_grounds_may_lead_to_the_same_result(bodies: World) -> None:
    matter = review_in(bodies, "review_served", result="annul").matter
    data = {**OPINION, "basis": "《土地管理法》第六十六条", "outcomes": per_claim(matter, "N")}
    perform(matter, "submit_opinion", data, bodies.handler)
    assert matter.state == "in_approval"


def test_who_drafts_never_approves_and_who_decided_never_reviews(bodies: World) -> None:
    review = review_in(bodies, "reviewing")
    perform(review, "submit_opinion", drafted(review, "uphold"), bodies.county_head)
    with pytest.raises(Refused, match="起草人"):
        perform(review, "approve_opinion", {}, bodies.county_head)
    other = review_in(bodies, "review_requested")
    bodies.handler.unit = bodies.county_handler.unit
    with pytest.raises(FieldErrors, match="参加过原意见"):
        perform(other, "appoint", {"handler": bodies.handler.id}, bodies.county_receiver)


@pytest.mark.parametrize(("result", "changes"), [
    ("change", {"outcomes": {}}), ("change", "same"), ("annul", {"redo_until": ""}), ("annul", {"redo_until": "2020-01-01"}),
])  # fmt: skip
def test_a_result_is_whole(bodies: World, result: str, changes: Any) -> None:
    review = review_in(bodies, "reviewing")
    given = {"outcomes": dict.fromkeys(review.claims, "N")} if changes == "same" else changes
    with pytest.raises((FieldErrors, Refused)):
        perform(review, "submit_opinion", drafted(review, result, **given), bodies.county_handler)
    assert review.state == "reviewing"


@pytest.mark.parametrize("how", ["review_refused", "review_withdrawn"])
@pytest.mark.parametrize("level", ["review", "rereview"])
def test_without_a_review_the_window_is_what_it_was(bodies: World, how: str, level: str) -> None:
    review = review_in(bodies, how, level)
    code = "T8" if level == "review" else "T10"
    first, last = [row for row in review.matter.deadlines if row.code == code]
    assert first.due_on == last.due_on
    assert last.ended_on is None
    assert review.unit_id not in {row.unit_id for row in review.matter.parts if row.left_on is None}
    assert ask(bodies, review.matter, level).id > review.id


@pytest.mark.parametrize("name", ["end", "redo_opinion", "receive_review", "drop_review"])
def test_what_a_review_does_to_its_matter_is_done_by_nothing_else(bodies: World, name: str) -> None:
    review, today = review_in(bodies, "review_issued"), clock.today().isoformat()
    data = {"review": review.number, "served_on": today, "redo_until": today, "note": "自行办理",
            "final_number": "1", "final_on": today}  # fmt: skip
    for person in (bodies.county_handler, bodies.officer):
        with pytest.raises(Refused, match="自动记录"):
            perform(review.matter, name, data, person)
    assert review.matter.state == "served"


def test_whoever_reviews_reads_the_file_and_does_nothing_on_it(bodies: World) -> None:

    review = review_in(bodies, "reviewing")
    matter = review.matter
    quiet = {"drop_review", "drop_rereview", "receive_review", "redo_opinion", "end"}
    for name in ("county_receiver", "county_handler", "county_head"):
        person = bodies.people[name]
        assert sees(matter.id, person)
        assert sees(review.id, person)
        mine = [row.name for row in kind_of(matter).flow.open_to(matter.state) if may_do(person, row, matter)]
        assert set(mine) <= quiet
    for name in ("handler", "head", "receiver", "city_handler", "other_officer"):
        assert not sees(review.id, bodies.people[name])
    assert sees(review.id, bodies.officer)


def test_whoever_must_stay_away_from_the_matter_stays_away_from_its_review(bodies: World) -> None:
    review = review_in(bodies, "review_in_approval")
    named = {"ground": "与信访人同村且有土地纠纷", "asked_by": "unit", "recused": bodies.county_head.id}
    perform(review, "recuse", named, bodies.county_receiver)
    assert review.handler_id == bodies.county_handler.id
    with pytest.raises(Refused, match="应当回避"):
        perform(review, "approve_opinion", {}, bodies.county_head)


def test_strangers_may_not_ask(bodies: World) -> None:
    matter = answered(bodies)
    for name in ("other_clerk", "other_receiver", "township_receiver", "county_receiver"):
        with pytest.raises(NotPermitted):
            ask(bodies, matter, person=name)


def test_a_suggestion_is_not_reviewed(bodies: World) -> None:
    matter = answered(bodies)
    matter.nature = "suggestion"
    db.session().flush()
    with pytest.raises(Refused, match="建议意见"):
        ask(bodies, matter)
