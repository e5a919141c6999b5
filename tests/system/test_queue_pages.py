"""The pages of the four queues ask the database a fixed number of times, however long the list is."""

from typing import Any

import pytest

from petitions.cases.perform import perform
from tests.cases.many import counted
from tests.factories import World, matter_in, new_petition
from tests.matters import hearings
from tests.reviews import review_in, set_up_bodies

MOST = 15
STATES = (
    "registered",
    "triage",
    "returned",
    "dispatched",
    "objected",
    "accepted",
    "in_approval",
    "served",
    "concluded",
    "filed",
)
PAGES = [
    ("officer", "/triage"), ("officer", "/triage/{new}"), ("officer", "/triage/{new}?way=assign"),
    ("officer", "/triage/{new}/compare/{old}"), ("officer", "/objections"), ("officer", "/followup"),
    ("officer", "/followup?stage=unhappy"), ("officer", "/followup?stage=conclude"), ("officer", "/followup?stage=tasks"),
    ("officer", "/followup?stage=performance"),
    ("officer", "/archive"), ("officer", "/archive?tab=missing"), ("officer", "/archive?tab=archived"),
    ("receiver", "/arrivals"), ("receiver", "/arrivals/{arrived}"), ("receiver", "/duties"),
    ("head", "/approvals"), ("head", "/approvals/{extension}"), ("head", "/approvals/{hearing}"),
    ("county_head", "/approvals"), ("county_head", "/approvals/{review}"), ("county_head", "/"), ("head", "/"),
]  # fmt: skip


def fill(world: World, start: int, rounds: int) -> dict[str, int]:
    """Matters in every state a queue shows; the ids the addresses need."""
    for number in range(start, start + rounds):
        for state in STATES:
            matter_in(world, state, name=f"{state}{number}", phone=f"199{number:04d}{STATES.index(state):04d}")
        extension = matter_in(world, "accepted", name=f"延期{number}", phone="")
        perform(extension, "request_extension", {"days": 5, "reason": "需要鉴定"}, world.handler)
        hearing = hearings.asked(world, name=f"听证{number}", phone="")
        review = review_in(world, "review_in_approval", name=f"复查{number}", phone="")
    old, new = (new_petition(world, name="同名", phone="19900001111").matter.id for _ in range(2))
    arrived = matter_in(world, "dispatched", name="刚到", phone="").id
    return {
        "old": old,
        "new": new,
        "arrived": arrived,
        "extension": extension.id,
        "hearing": hearing.id,
        "review": review.id,
    }


@pytest.mark.parametrize("real_database", ["sqlite"], indirect=True)
def test_every_page_of_a_queue_asks_at_most_fifteen_times_whatever_its_length(
    world: World, browser_of: Any, database: Any
) -> None:
    set_up_bodies(world)
    ids = fill(world, 0, 1)
    before = {page: asked(world, browser_of, database, page, ids) for page in PAGES}
    assert {page: count for page, count in before.items() if count > MOST} == {}
    fill(world, 1, 3)
    after = {page: asked(world, browser_of, database, page, ids) for page in PAGES}
    assert {page: (before[page], count) for page, count in after.items() if count > max(before[page], MOST)} == {}


def asked(world: World, browser_of: Any, database: Any, page: tuple[str, str], ids: dict[str, int]) -> int:
    person, url = page
    browser = browser_of(world.people[person])
    browser.get("/phrases")
    browser.get(url.format(**ids))  # the first look within the hour is written down besides
    with counted(database) as sent:
        assert browser.get(url.format(**ids)).status_code == 200
    return len(sent)
