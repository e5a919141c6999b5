"""回访, 办结 and 归档: the lists, the advice, the batch."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.clocks import in_words
from petitions.cases.perform import perform
from petitions.followup.queries import listed
from petitions.matters.models import Matter
from petitions.words import Refused
from tests.factories import OPINION, World, matter_in, per_claim, take

VISIT = {"way": "phone", "performed": "done", "office_rating": "satisfied", "unit_rating": "satisfied"}


def ids(world: World, stage: str, person: str = "officer") -> list[int]:
    return [row.line.matter.id for row in listed(world.people[person], stage).rows]


def visited(world: World, matter: Matter, **changes: Any) -> None:
    perform(matter, "visit", {**VISIT, "held_on": clock.today().isoformat(), **changes}, world.officer)


def after_the_window() -> datetime:
    return clock.now() + timedelta(days=40)


def test_what_was_answered_waits_for_a_visit_until_somebody_was_reached(world: World) -> None:
    served, concluded = matter_in(world, "served"), matter_in(world, "concluded")
    matter_in(world, "accepted")
    assert ids(world, "visit") == [served.id, concluded.id] or set(ids(world, "visit")) == {served.id, concluded.id}
    visited(world, served, performed="not_reached", office_rating="", unit_rating="")
    (row,) = [row for row in listed(world.officer, "visit").rows if row.line.matter.id == served.id]
    assert row.tried == 1
    visited(world, served)
    assert ids(world, "visit") == [concluded.id]


def test_a_dissatisfied_petitioner_is_told_the_last_day_for_a_review(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "served")
    visited(world, matter, unit_rating="dissatisfied", unit_reason="没有退还")
    until = next(row.due_on for row in matter.deadlines if row.code == "T8")
    (row,) = listed(world.officer, "unhappy").rows
    assert str(row.advice) == f"可在{in_words(until)}前（含当日）申请复查"
    assert in_words(until) in browser_of(world.officer).get("/followup?stage=unhappy").get_data(as_text=True)
    with time_machine.travel(after_the_window(), tick=False):
        assert ids(world, "unhappy") == []


def test_a_matter_may_be_concluded_once_the_window_has_passed_unused(world: World) -> None:
    matter = matter_in(world, "served")
    assert ids(world, "conclude") == []
    with pytest.raises(Refused, match="复查申请期"):
        perform(matter, "conclude", {}, world.officer)
    with time_machine.travel(after_the_window(), tick=False):
        assert ids(world, "conclude") == [matter.id]
        perform(matter, "conclude", {}, world.officer)
    assert matter.state == "concluded"


def test_an_assigned_matter_is_not_offered_before_its_report(world: World) -> None:
    matter = matter_in(world, "triage")
    due = (clock.today() + timedelta(days=30)).isoformat()
    served = {"method": "direct", "receiver": "田小禾", "served_on": clock.today().isoformat()}
    steps: list[tuple[str, Any, str]] = [
        ("assign", {"unit": world.bureau.id, "opinion": "请办理", "due_on": due}, "officer"),
        ("sign", {}, "receiver"),
        ("appoint", {"handler": world.handler.id}, "receiver"),
        ("accept", lambda: {"routes": per_claim(matter, "R6")}, "handler"),
        ("submit_opinion", lambda: {**OPINION, "outcomes": per_claim(matter, "S")}, "handler"),
        ("approve_opinion", {}, "head"),
        ("serve", served, "handler"),
    ]
    take(world, matter, steps)
    with time_machine.travel(after_the_window(), tick=False):
        assert ids(world, "conclude") == []


def test_a_public_notice_starts_the_window_when_it_counts_as_received(world: World) -> None:
    matter = matter_in(world, "opinion_issued")
    posted = clock.today()
    over = posted + timedelta(days=30)
    with time_machine.travel(clock.noon_of(over), tick=False):
        told = {"method": "notice", "notice_place": "村务公开栏", "notice_ground": "下落不明", "sent_on": posted.isoformat(),
                "served_on": over.isoformat()}  # fmt: skip
        perform(matter, "serve", told, world.handler)
    window = next(row for row in matter.deadlines if row.code == "T8")
    assert window.start_on == over
    assert window.nominal_on == posted + timedelta(days=60)


def _fields(page: str) -> dict[str, str]:
    form = page[page.index('action="/cases/batch/run"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_concluding_many_states_nothing_of_a_single_petitioner(world: World, browser_of: Any, session: Session) -> None:
    over, running = matter_in(world, "served"), matter_in(world, "served")
    for row in over.deadlines:
        if row.code == "T8":
            row.due_on = row.target_on = clock.today() - timedelta(days=1)
    browser = browser_of(world.officer)
    data = {"action": "conclude", "next": "/followup?stage=conclude", "case": [str(over.id), str(running.id)]}
    page = browser.post("/cases/batch", data).get_data(as_text=True)
    assert "书面表示接受" not in page
    forged = {**_fields(page), "waiting": f"{over.id},{running.id}", "accepted_by_petitioner": "1"}
    browser.post("/cases/batch/run", forged)
    session.expire_all()
    assert (over.state, running.state) == ("concluded", "served")


@pytest.mark.parametrize("data", [{}, {"action": "archive"}, {"action": "archive", "case": "²"}])
def test_a_batch_of_nothing_says_so(world: World, browser_of: Any, data: dict[str, Any]) -> None:
    browser = browser_of(world.officer)
    answer = browser.post("/cases/batch", {**data, "next": "/archive"})
    assert answer.location.endswith("/archive")
    assert "先勾选" in browser.get(answer.location).get_data(as_text=True)


def test_a_visit_offers_its_record_to_look_at_before(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "served")
    assert "预览文书" in browser_of(world.officer).get(f"/cases/{matter.id}/visit").get_data(as_text=True)
    drafted = matter_in(world, "accepted")
    page = browser_of(world.handler).get(f"/cases/{drafted.id}/submit_opinion").get_data(as_text=True)
    assert "预览文书" in page


def test_another_offices_matters_are_neither_listed_nor_archived(
    world: World, browser_of: Any, session: Session
) -> None:
    matter = matter_in(world, "filed")
    browser_of(world.other_officer).post("/cases/batch", {"action": "archive", "case": str(matter.id)})
    forged = {"action": "archive", "waiting": str(matter.id), "submission": "0" * 32}
    browser_of(world.other_officer).post("/cases/batch/run", forged)
    session.expire_all()
    assert matter.state == "filed"


def test_numbers_are_masked_and_asked_for_one_by_one(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "served")
    html = browser_of(world.officer).get("/followup").get_data(as_text=True)
    assert "19900001234" not in html
    assert "199****1234" in html
    assert f"/cases/{matter.id}/people/" in html


@pytest.mark.parametrize("stage", ["visit", "tasks", "performance", "unhappy", "conclude", "nonsense"])
def test_every_tab_opens(world: World, browser_of: Any, stage: str) -> None:
    for state in ("served", "concluded", "filed", "not_accepted", "withdrawn"):
        matter_in(world, state)
    assert browser_of(world.officer).get(f"/followup?stage={stage}").status_code == 200


@pytest.mark.parametrize("person", ["handler", "receiver", "clerk"])
def test_the_list_is_the_offices(world: World, browser_of: Any, person: str) -> None:
    assert browser_of(world.people[person]).get("/followup").status_code == 403


def test_the_form_of_a_visit_says_what_to_ask_and_until_when_a_review_can_be_asked_for(
    world: World, browser_of: Any
) -> None:
    matter = matter_in(world, "served")
    html = browser_of(world.officer).get(f"/cases/{matter.id}/visit").get_data(as_text=True)
    until = next(row.due_on for row in matter.deadlines if row.code == "T8")
    assert "对办理单位的工作满意吗" in html
    assert in_words(until) in html
