"""Accusations, and who sees them: for the tests of the wall."""

from typing import Any

from petitions.access.models import User
from petitions.cases import readers
from petitions.cases.queries import find
from petitions.matters.models import Matter
from tests.factories import CLASSIFIED, World, new_petition

ACCUSATION = {**CLASSIFIED, "nature": "accusation"}


def accusation(world: World, **changes: Any) -> Matter:
    """One that came as an accusation."""
    return new_petition(world, purpose="accusation", **changes).matter


def sees(matter: Matter, *people: User) -> list[bool]:
    """Whether each of them may see it."""
    return [find(matter.id, person) is not None for person in people]


def on_list(matter: Matter) -> set[int]:
    """The user ids on its list."""
    return {row.user_id for row in readers.listed(matter)}
