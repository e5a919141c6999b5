"""The world with somebody above its bureau and somebody above them."""

import pytest

from tests.factories import World
from tests.reviews import set_up_bodies


@pytest.fixture
def bodies(world: World) -> World:
    """The world of most tests, with the bodies that review and re-review."""
    return set_up_bodies(world)
