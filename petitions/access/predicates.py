"""The words of the permission table: small questions about a person and a case.

A case is known here only by the units and people that hold it, so that this package stays below the kernel.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select

from petitions import db
from petitions.access import units
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.words import Sentence, say


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

    @property
    def reviewer_ids(self) -> Collection[int]:
        """The units that review what was answered in it."""
        ...


Question = Callable[[User, Held | None], bool]


@dataclass(frozen=True)
class Predicate:
    """A word of the table: what it asks, and how the administrators' page says it."""

    asks: Question
    label: Sentence


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


def of_reviewer(user: User, case: Held | None) -> bool:
    """The person's unit reviews what was answered in the case now."""
    return case is not None and user.unit_id in case.reviewer_ids


def of_superior(user: User, case: Held | None) -> bool:
    """The unit that must act on the case now lies below the person's unit."""
    return case is not None and units.is_below(case.unit_id, user.unit_id)


def of_region(user: User, case: Held | None) -> bool:
    """The unit that must act on the case now lies in the region the person's unit looks after."""
    if case is None:
        return False
    region = units.region_of(user.unit_id)
    return case.unit_id == region or units.is_below(case.unit_id, region)


def is_handler(user: User, case: Held | None) -> bool:
    """The person works on the case."""
    return case is not None and user.id == case.handler_id


def anybody(user: User, case: Held | None) -> bool:  # noqa: ARG001
    """Anybody who is logged in; a case was loaded through `visible_to` before."""
    return True


def unsplit(user: User, case: Held | None) -> bool:  # noqa: ARG001
    """Nobody in use is security administrator: a new installation, or one from before the three were kept apart."""
    held = select(UserRole.user_id).join(User).where(User.active, UserRole.role == Role.SECURITY_ADMINISTRATOR.value)
    return db.session().scalar(held.limit(1)) is None


def _holds(role: Role) -> Question:
    def holds(user: User, case: Held | None) -> bool:  # noqa: ARG001
        return role in user.roles

    holds.__doc__ = f"The person holds the role {role.value}."
    return holds


PREDICATES: Mapping[str, Predicate] = {
    "of_office": Predicate(of_office, say("在登记此件的单位")),
    "of_holder": Predicate(of_holder, say("在承办此件的单位")),
    "of_sender": Predicate(of_sender, say("在转出此件的单位")),
    "of_part": Predicate(of_part, say("在参与此件的单位")),
    "of_reviewer": Predicate(of_reviewer, say("在正在复查、复核此件的单位")),
    "of_superior": Predicate(of_superior, say("在承办单位的上级单位")),
    "of_region": Predicate(of_region, say("承办单位在本人单位的辖区内")),
    "is_handler": Predicate(is_handler, say("此件的承办人本人")),
    "anybody": Predicate(anybody, say("登录的人都可以")),
    "unsplit": Predicate(unsplit, say("还没有安全管理员")),
    # Who is not logged in is let through before anybody is asked (`may`)
    "everybody": Predicate(anybody, say("任何人，不用登录")),
    **{role.value: Predicate(_holds(role), role.label) for role in Role},
}
