"""The world with a mediation committee."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import World
from tests.mediations import Mediators, set_up_committee


@pytest.fixture
def mediators(session: Session, world: World) -> Mediators:
    """A village committee under the township."""
    return set_up_committee(session, world)
