"""The table of a matter, tried on both databases."""

import pytest

from petitions import flow
from petitions.cases.perform import perform
from petitions.matters.workflow import FLOW
from petitions.words import Refusal
from tests.factories import World, matter_in

STATES = [state.name for state in FLOW.states]


def test_the_table_has_no_flaws() -> None:
    assert FLOW.flaws() == []


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_through_the_door(world: World, state: str) -> None:
    assert matter_in(world, state).state == state


@pytest.mark.parametrize("state", STATES)
def test_an_action_that_does_not_start_from_a_state_is_refused_and_leaves_no_trace(world: World, state: str) -> None:
    matter = matter_in(world, state)
    events, version = len(matter.events), matter.version
    for action in FLOW.actions:
        if state in action.sources:
            continue
        for person in (world.officer, world.receiver, world.handler, world.head, world.restricted):
            with pytest.raises(Refusal):
                perform(matter, action.name, {}, person)
    assert (matter.state, len(matter.events), matter.version) == (state, events, version)
    assert flow.NEW not in STATES
