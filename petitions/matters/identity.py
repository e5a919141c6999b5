"""信访人 on the case page: masked, and in full for a minute on request of whoever works on the case (ux.md §9)."""

from dataclasses import dataclass

from sqlalchemy import select

from petitions import db
from petitions.access import audit
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases.models import Case
from petitions.cases.panels import Panel, Place
from petitions.cases.queries import visible_to
from petitions.matters.models import Matter, Petitioner
from petitions.matters.paper_values import people_of
from petitions.matters.people import masked_id, masked_name, masked_phone
from petitions.words import NotPermitted, Sentence, say

PARTS = {
    "petitioner": say("信访人"),
    "representative": say("代表"),
    "agent": say("代理人"),
    "companion": say("随访人"),
}

SHOWN_SECONDS = 60
"""So long a full value stays on the screen: enough to dial a number, too short for a desk left alone."""


@dataclass(frozen=True)
class PersonRow:
    """One person of the matter, as this reader may see them."""

    id: int
    part: Sentence
    name: str
    relation: str
    region: str
    phone: str
    id_number: str
    address: str
    hidden: bool = False
    """Something is masked that the reader may ask for."""


def people(case: Case, user: User) -> Panel | None:
    """The people of the matter. Whoever works on it sees names; numbers and addresses are asked for one by one."""
    if not isinstance(case, Matter):
        return None
    knows = may(user, "petition:identity", case)
    rows = [masked(person, case, knows) for person in people_of(case) if person.name or person.phone]
    return Panel(say("信访人"), "matters/_people.html", Place.SIDE, "people", {"rows": rows})


def masked(person: Petitioner, case: Case, knows: bool) -> PersonRow:
    """A person with everything masked that is not needed at a glance; `knows`: the reader may ask for the rest."""
    name = say("信访人（已保密）") if case.sealed else person.name if knows else masked_name(person.name)
    return PersonRow(
        id=person.id,
        part=PARTS[person.part],
        name=name,
        relation=str(person.details.get("relation", "")),
        region=say("已保密") if case.sealed and person.region else person.region,
        phone=masked_phone(person.phone),
        id_number=masked_id(person.id_number),
        address="***" if person.address else "",
        hidden=knows and bool(case.sealed or person.phone or person.id_number or person.address),
    )


def revealed(case_id: int, person_id: int, user: User) -> PersonRow | None:
    """The person in full, and a line of the audit that says so; None where the reader sees no such person.

    Raises NotPermitted for who only sees the case.
    """
    matter = db.session().scalar(visible_to(user, select(Matter).where(Matter.id == case_id)))
    person = next((one for one in people_of(matter) if one.id == person_id), None) if matter else None
    if matter is None or person is None:
        return None
    if not may(user, "petition:identity", matter):
        raise NotPermitted(say("只有登记单位和承办此件的人员可以查看信访人的联系方式"))
    audit.saw("identity:reveal", person, case_id=case_id)
    return PersonRow(
        person.id, PARTS[person.part], person.name, str(person.details.get("relation", "")), person.region,
        person.phone, person.id_number, person.address,
    )  # fmt: skip
