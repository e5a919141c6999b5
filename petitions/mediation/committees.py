"""人民调解委员会: which units are one, who belongs to it, and whether it stands as the law asks (第8条、第9条)."""

from sqlalchemy import select

from petitions import db
from petitions.mediation.models import Committee

KINDS = ("village", "township", "enterprise", "professional", "other")


def committee_of(unit_id: int) -> Committee | None:
    """What a unit is as a committee; None for a unit that is none."""
    return db.session().get(Committee, unit_id)


def every() -> list[Committee]:
    """All committees."""
    return list(db.session().scalars(select(Committee).order_by(Committee.unit_id)))
