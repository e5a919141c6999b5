"""Meeting what was finally reviewed again: the ended matter that a new petition may say once more (第36条第三款)."""

from petitions import db
from petitions.access.models import User
from petitions.cases.queries import sees
from petitions.matters.models import Matter
from petitions.matters.repeats import asked_of, suspects
from petitions.matters.reviewing import is_ended

_LOOKED_AT = 24
"""Of the likeliest earlier matters so many are looked at: as many as the comparison of repeats reads."""


def ended_candidate(matter: Matter, viewer: User) -> Matter | None:
    """The matter that somebody has linked this one to, or the likeliest earlier one, if it was finally reviewed."""
    linked = db.session().get(Matter, matter.related_to_id) if matter.related_to_id is not None else None
    if linked is not None and is_ended(linked) and sees(linked.id, viewer):
        return linked
    found = suspects(asked_of(matter, viewer), limit=_LOOKED_AT)
    return next((one.matter for one in found if _fits(one.matter, matter) and is_ended(one.matter)), None)


def _fits(earlier: Matter, matter: Matter) -> bool:
    return earlier.office_id == matter.office_id and earlier.sealed == matter.sealed
