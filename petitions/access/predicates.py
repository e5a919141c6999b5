"""The words of the permission table: small questions about a person and a case.

A case is known here only by the units and people that hold it, so that this package stays below the kernel.
"""

from collections.abc import Callable, Collection
from typing import Protocol

from petitions.access.models import User
from petitions.access.roles import Role


class Held(Protocol):
    """What a permission may ask of a case."""

    @property
    def office_id(self) -> int:
        """The unit that registered it."""
        ...

    @property
    def unit_id(self) -> int:
        """The unit that must act now."""
        ...

    @property
    def sender_id(self) -> int | None:
        """The unit that handed it to the present one."""
        ...

    @property
    def handler_id(self) -> int | None:
        """The person who works on it."""
        ...

    @property
    def unit_ids(self) -> Collection[int]:
        """The units that take part in it now."""
        ...


Predicate = Callable[[User, Held | None], bool]


def of_office(user: User, case: Held | None) -> bool:
    """The person's unit registered the case."""
    return case is not None and user.unit_id == case.office_id


def of_holder(user: User, case: Held | None) -> bool:
    """The person's unit must act on the case now."""
    return case is not None and user.unit_id == case.unit_id


def of_sender(user: User, case: Held | None) -> bool:
    """The person's unit handed the case to the one that holds it."""
    return case is not None and user.unit_id == case.sender_id


def of_part(user: User, case: Held | None) -> bool:
    """The person's unit takes part in the case: it helps, or has passed it down."""
    return case is not None and user.unit_id in case.unit_ids


def is_handler(user: User, case: Held | None) -> bool:
    """The person works on the case."""
    return case is not None and user.id == case.handler_id


def anybody(user: User, case: Held | None) -> bool:  # noqa: ARG001
    """Anybody who is logged in; a case was loaded through `visible_to` before."""
    return True


def _holds(role: Role) -> Predicate:
    def holds(user: User, case: Held | None) -> bool:  # noqa: ARG001
        return role in user.roles

    holds.__doc__ = f"The person holds the role {role.value}."
    return holds


PREDICATES: dict[str, Predicate] = {
    "of_office": of_office,
    "of_holder": of_holder,
    "of_sender": of_sender,
    "of_part": of_part,
    "is_handler": is_handler,
    "anybody": anybody,
    **{role.value: _holds(role) for role in Role},
}
