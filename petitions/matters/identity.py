"""信访人 on the case page: masked, and in full for a minute on request of whoever works on the case (ux.md §9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from petitions import clock, db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import codes
from petitions.cases.fields import Choice
from petitions.cases.models import Case
from petitions.cases.panels import Panel, Place
from petitions.cases.queries import visible_to
from petitions.matters import openings, who
from petitions.matters.identities import SECRET
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Opening, Petitioner
from petitions.matters.paper_values import people_of
from petitions.words import Sentence, say

PARTS = {
    "petitioner": say("信访人"),
    "representative": say("代表"),
    "agent": say("代理人"),
    "companion": say("随访人"),
}

SHOWN_SECONDS = 60
"""So long a full value stays on the screen: enough to dial a number, too short for a desk left alone."""

_CONCEALED = say("信访人（已保密）")


@dataclass(frozen=True)
class PersonRow:
    """One person of the matter, as this reader may see them."""

    id: int
    part: Sentence
    name: str
    relation: str = ""
    region: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    calling_number: str = ""
    contact_notes: str = ""
    viewer: str = ""
    """Who sees an accuser, and when: printed over it, so that a photograph of the screen says whose it was."""
    hidden: bool = False
    """Something is masked that the reader may ask for now."""


@dataclass(frozen=True)
class Asking:
    """Where the reader stands with a matter whose people only open with somebody else's consent."""

    may_ask: bool
    waits: bool
    until: datetime | None
    """Open for the reader until then."""
    refused: bool
    """The last request was."""


def people(case: Case, user: User) -> Panel | None:
    """The people of the matter. Whoever works on it sees names; numbers and addresses are asked for one by one."""
    if not isinstance(case, Matter):
        return None
    knows = may(user, "petition:identity", case)
    asking = _asking(case, user) if case.sealed and knows else None
    opens = knows and (asking is None or asking.until is not None)
    rows = [masked(person, case, knows, opens) for person in people_of(case) if person.named or person.reachable]
    return Panel(
        say("信访人"), "matters/_people.html", Place.SIDE, "people",
        {"rows": rows, "asking": asking if rows else None, "reasons": reasons() if knows else ()},
    )  # fmt: skip


def reasons() -> Sequence[Choice]:
    """The pick list of reasons."""
    return codes.choices("reveal_reason")


def _asking(matter: Matter, user: User) -> Asking:
    last = openings.latest(matter.id, user)
    until = last.until if last and last.until and last.until > clock.now() else None
    waits = last is not None and openings.is_waiting(last)
    return Asking(
        may_ask=may(user, "identity:ask", matter) and not waits and until is None, waits=waits, until=until,
        refused=last is not None and last.decided_at is not None and last.until is None,
    )  # fmt: skip


def masked(person: Petitioner, case: Case, knows: bool, opens: bool) -> PersonRow:
    """A person with everything masked that is not needed at a glance.

    `knows`: the reader works on the matter; `opens`: and may have the rest in full now.
    """
    masks = who.masked(person)
    if case.sealed:
        return PersonRow(person.id, PARTS[person.part], _CONCEALED if person.named else "", hidden=opens)
    return PersonRow(
        person.id, PARTS[person.part], person.name if knows else masked_name(person.name),
        str(person.details.get("relation", "")), person.region,
        phone=masks.get("phone", ""), id_number=masks.get("id_number", ""), address=masks.get("address", ""),
        hidden=opens and bool(masks),
    )  # fmt: skip


def revealed(case_id: int, person_id: int, user: User, reason: str) -> PersonRow | None:
    """The person in full, and a line of the audit that says so; None where the reader sees no such person.

    Raises what `who.revealed` raises.
    """
    matter = _seen(case_id, user)
    person = next((one for one in people_of(matter) if one.id == person_id), None) if matter else None
    if matter is None or person is None:
        return None
    (known,) = who.revealed([person], matter, user, reason)
    seen_by = f"{user.name} {clock.now():%Y-%m-%d %H:%M} {matter.number}" if matter.sealed else ""
    told: dict[str, Any] = {name: known.get(name, "") for name in SECRET}
    row = PersonRow(person.id, PARTS[person.part], "", str(person.details.get("relation", "")), viewer=seen_by)
    return replace(row, **told)


def words_of(case: Case, user: User) -> Mapping[str, str]:
    """What an accuser's own papers say when they are printed: whom they are for, while that is open to this reader."""
    if not isinstance(case, Matter) or not case.sealed or openings.in_force(case.id, user) is None:
        return {}
    return who.words_of(people_of(case), case, user)


def ask(case_id: int, user: User, reason: str) -> Opening | None:
    """Ask to see who the people of an accusation are; None where the reader sees no such case."""
    matter = _seen(case_id, user)
    return openings.ask(matter, user, reason) if matter is not None else None


def _seen(case_id: int, user: User) -> Matter | None:
    return db.session().scalar(visible_to(user, select(Matter).where(Matter.id == case_id)))
