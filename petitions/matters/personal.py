"""Whatever a matter keeps about a person: the one place that reads it whole, finds it, and takes it out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, false, or_, select, update

from petitions import clock, db
from petitions.cases import checks
from petitions.matters.models import Matter, Petition, Petitioner

_BLANK: dict[str, Any] = {
    "name": "", "initials": "", "id_number": "", "phone": "", "phone_tail": "", "region": "", "address": "",
    "details": {},
}  # fmt: skip
"""Everything of a petitioner's row but whose it is and in which part."""


def forget(matter_id: int, petition_ids: Sequence[int]) -> None:
    """Take out who the people of these petitions (and of the matter itself) were; how many they were stays."""
    theirs = or_(Petitioner.matter_id == matter_id, Petitioner.petition_id.in_(petition_ids))
    gone = update(Petitioner).where(theirs).values(_BLANK)
    db.session().execute(gone, execution_options={"synchronize_session": False})


def known(person: Petitioner) -> dict[str, str]:
    """Everything that is kept about who a person is, by the name of the field; what is not known is absent."""
    told = {name: str(getattr(person, name)) for name in ("name", "phone", "id_number", "region", "address")}
    told["relation"] = str(person.details.get("relation", ""))
    return {name: value for name, value in told.items() if value}


def of_person(phone: str = "", id_number: str = "") -> Select[int]:
    """The numbers of the petitioners with exactly this telephone or identity number, whoever's matters they are in.

    As typed at a counter. What is no whole telephone or identity number finds nobody: by parts one could guess the
    rest.
    """
    ways = []
    for typed, read, column in ((phone, checks.phone, Petitioner.phone), (id_number, _identity, Petitioner.id_number)):
        try:
            whole = read(typed) if typed else ""
        except checks.Unreadable:
            continue
        if whole:
            ways.append(column == whole)
    return select(Petitioner.id).where(or_(*ways) if ways else false())


def matters_of(phone: str = "", id_number: str = "") -> Select[int]:
    """The matters that hold something of this person, also where their petition was first registered."""
    theirs = of_person(phone, id_number)
    brought = select(Petition.opened_matter_id).join(Petitioner).where(
        Petitioner.id.in_(theirs), Petition.opened_matter_id.is_not(None)
    )  # fmt: skip
    return select(Matter.id).where(
        or_(
            Matter.id.in_(select(Petitioner.matter_id).where(Petitioner.id.in_(theirs))),
            Matter.id.in_(brought),
        )
    )


def _identity(typed: str) -> str:
    return checks.id_number(typed, clock.today())
