"""The queue: once each, by lease, with a fence, growing waits, and an end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from petitions import clock
from petitions.notices import delivery
from petitions.notices.delivery import BATCH, DIGEST, LEASE, WAITS, Channel, State, Taken
from petitions.notices.problems import Undelivered
from tests.factories import World
from tests.notices.conftest import Desk

HOST = "xf.example"


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(clock.noon_of(clock.today()), tick=False) as traveller:
        yield traveller


def _queue(about: str, *people: int) -> list[int]:
    return delivery.queue(DIGEST, Channel.MAIL, people, about, HOST)


def _take() -> list[Taken]:
    return delivery.take(Channel.MAIL)


def test_any_number_of_ticks_queues_a_digest_once(desk: Desk, world: World) -> None:
    assert _queue("2026-06-01", world.handler.id, world.officer.id) == [world.handler.id, world.officer.id]
    assert _queue("2026-06-01", world.handler.id, world.officer.id) == []
    assert _queue("2026-06-02", world.handler.id) == [world.handler.id]


def test_the_id_of_a_message_is_fixed_when_it_is_queued_and_differs_from_every_other(desk: Desk, world: World) -> None:
    _queue("2026-06-01", world.handler.id, world.officer.id)
    first, second = desk.rows()
    assert first.message_id != second.message_id
    assert first.message_id.endswith(f"@{HOST}>")


def test_what_is_leased_is_nobody_elses_until_the_lease_ends(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    _queue("2026-06-01", world.handler.id)
    (mine,) = _take()
    assert _take() == []
    traveller.shift(LEASE + timedelta(seconds=1))
    (theirs,) = _take()
    assert (theirs.id, theirs.fence) == (mine.id, mine.fence + 1)


def test_who_looked_at_the_clock_and_then_waited_takes_nothing_that_was_taken_meanwhile(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    """A writer of SQLite waits up to half a minute for its turn, and has read its clock before."""
    _queue("2026-06-01", world.handler.id)
    traveller.shift(timedelta(minutes=1))
    (mine,) = _take()
    traveller.shift(timedelta(seconds=-30))
    assert _take() == []
    traveller.shift(timedelta(seconds=30))
    assert delivery.sent(mine)


def test_a_worker_that_lost_its_lease_writes_nothing(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    _queue("2026-06-01", world.handler.id)
    (late,) = _take()
    traveller.shift(LEASE + timedelta(seconds=1))
    (now,) = _take()
    assert not delivery.failed(late, Undelivered("address", 550, final=True))
    assert desk.rows()[0].state == State.QUEUED
    assert delivery.sent(now)
    assert not delivery.failed(late, Undelivered("later", 450))
    assert not delivery.give_back(late)
    (row,) = desk.rows()
    assert (row.state, row.problem, row.attempts) == (State.SENT, "", 1)


def test_a_refused_message_waits_longer_each_time_and_is_given_up_after_eight_tries(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    _queue("2026-06-01", world.handler.id)
    for number, wait in enumerate(WAITS, 1):
        (one,) = _take()
        assert delivery.failed(one, Undelivered("later", 450))
        (row,) = desk.rows()
        assert (row.state, row.attempts) == (State.QUEUED, number)
        assert wait <= row.next_at - clock.now() <= wait * 1.1
        traveller.shift(wait - timedelta(seconds=1))
        assert _take() == []
        traveller.shift(wait * 0.1 + timedelta(seconds=1))
    (one,) = _take()
    delivery.failed(one, Undelivered("later", 450))
    (row,) = desk.rows()
    assert (row.state, row.attempts, row.problem, row.number) == (State.PARKED, 8, "later", 450)
    traveller.shift(timedelta(days=2))
    assert _take() == []


def test_what_was_given_up_is_sent_again_when_somebody_says_so(desk: Desk, world: World) -> None:
    _queue("2026-06-01", world.handler.id, world.officer.id)
    for one in _take():
        delivery.failed(one, Undelivered("address", 550, final=True))
    first, _ = desk.rows()
    assert delivery.again(first.id) == 1
    assert [one.id for one in _take()] == [first.id]
    assert delivery.again(first.id) == 0, "it is on its way"
    assert delivery.again() == 1


def test_a_server_that_takes_nothing_costs_no_try(desk: Desk, world: World, traveller: time_machine.Traveller) -> None:
    _queue("2026-06-01", world.handler.id)
    for _ in range(30):
        (one,) = _take()
        delivery.failed(one, Undelivered("unreachable", of_server=True))
        traveller.shift(timedelta(minutes=1))
    (row,) = desk.rows()
    assert (row.state, row.attempts, row.problem) == (State.QUEUED, 0, "unreachable")


def test_the_messages_of_one_person_keep_their_order(desk: Desk, world: World) -> None:
    _queue("2026-06-01", world.handler.id)
    _queue("2026-06-02", world.handler.id, world.officer.id)
    taken = _take()
    assert [one.id for one in taken] == [desk.rows()[0].id, desk.rows()[2].id]
    for one in taken:
        delivery.sent(one)
    assert [one.id for one in _take()] == [desk.rows()[1].id]


def test_a_later_digest_takes_the_place_of_earlier_ones_but_for_one_that_is_on_its_way(
    desk: Desk, world: World
) -> None:
    _queue("2026-06-01", world.handler.id, world.officer.id)
    tomorrow = clock.today() + timedelta(days=1)
    mine, theirs = _take()
    delivery.give_back(theirs)
    delivery.supersede(Channel.MAIL, [world.handler.id, world.officer.id], tomorrow)
    kept, gone = desk.rows()
    assert (kept.state, gone.state, gone.problem) == (State.QUEUED, State.DROPPED, "superseded")
    assert delivery.sent(mine)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps_keeps_no_message_back(
    desk: Desk, world: World, traveller: time_machine.Traveller, days: int
) -> None:
    """R25: neither a lease nor a wait that a wrong clock has written outlasts its being put right."""
    _queue("2026-06-01", world.handler.id, world.officer.id)
    one, other = _take()
    delivery.failed(other, Undelivered("later", 450))
    traveller.shift(timedelta(days=days))
    assert {row.id for row in _take()} == {one.id, other.id}


def test_a_batch_is_small(desk: Desk, world: World) -> None:
    _queue("2026-06-01", *(person.id for person in world.people.values()))
    assert len(world.people) > BATCH
    assert len(_take()) == BATCH


def test_what_was_sent_is_forgotten_after_a_season_and_what_was_given_up_is_not(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    _queue("2026-06-01", world.handler.id, world.officer.id)
    one, other = _take()
    delivery.sent(one)
    delivery.failed(other, Undelivered("address", 550, final=True))
    traveller.shift(timedelta(days=89))
    delivery.purge()
    assert len(desk.rows()) == 2
    traveller.shift(timedelta(days=2))
    delivery.purge()
    assert [row.id for row in desk.rows()] == [other.id]


def test_when_the_trouble_is_over_what_was_refused_in_it_is_due_at_once(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    people = [world.handler.id, world.officer.id, world.head.id]
    _queue("2026-06-01", *people)
    for one in _take():
        delivery.failed(one, Undelivered("cut"))
    for _ in range(2):
        traveller.shift(timedelta(minutes=10))
        for one in _take():
            delivery.failed(one, Undelivered("cut"))
    _queue("2026-06-01", world.clerk.id)
    traveller.shift(timedelta(minutes=1))
    (one,) = _take()
    began = clock.now()
    traveller.shift(timedelta(seconds=1))
    delivery.sent(one)
    delivery.wake(Channel.MAIL, began)
    assert {row.user_id for row in _take()} == set(people)


def test_a_message_that_is_refused_while_others_go_out_waits_its_time(
    desk: Desk, world: World, traveller: time_machine.Traveller
) -> None:
    _queue("2026-06-01", world.handler.id, world.officer.id, world.head.id)
    first, poison, last = _take()
    delivery.sent(first)
    traveller.shift(timedelta(seconds=1))
    delivery.failed(poison, Undelivered("later", 451))
    traveller.shift(timedelta(seconds=1))
    began = clock.now()
    traveller.shift(timedelta(seconds=1))
    delivery.sent(last)
    delivery.wake(Channel.MAIL, began)
    assert _take() == []
