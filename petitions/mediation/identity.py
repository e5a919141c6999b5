"""当事人 on the page of a mediation: masked, and in full for a minute on request of whoever mediates (ux.md §9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from petitions import db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import codes
from petitions.cases.fields import Choice
from petitions.cases.queries import visible_to
from petitions.matters.masks import masked_name
from petitions.mediation import who
from petitions.mediation.lists import KINDS, PARTS, SIDES
from petitions.mediation.models import Mediation, Party
from petitions.words import Sentence, say

SHOWN_SECONDS = 60
"""So long a full value stays on the screen: enough to dial a number, too short for a telephone left lying."""

CONSENTS: Mapping[str, tuple[Sentence, str]] = {
    "": (say("还没有登记是否同意"), "soon"),
    "given": (say("同意调解"), "good"),
    "refused": (say("拒绝调解"), "overdue"),
}
"""By consent the words and the chip."""

_DETAILS = ("sex", "age", "ethnicity", "occupation", "workplace", "legal_representative")


@dataclass(frozen=True)
class PartyRow:
    """One party, as this reader may see it."""

    id: int
    name: str
    side: Sentence
    part: Sentence
    """当事人, 代表 or 委托代理人."""
    kind: Sentence
    details: Sequence[str | Sentence]
    is_party: bool
    left_on: str = ""
    consent: Sentence | None = None
    consent_chip: str = ""
    consent_on: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    hidden: bool = False
    """Something is masked that the reader may ask for."""


def rows(mediation: Mediation, user: User) -> list[PartyRow]:
    """The parties of both sides and who speaks for them, those who have left at the end."""
    knows = may(user, "mediation:identity", mediation)
    order = {side: place for place, side in enumerate(SIDES)}
    people = sorted(mediation.parties, key=lambda one: (one.left_on is not None, order[one.side], one.id))
    return [row(one, mediation, knows=knows) for one in people]


def row(one: Party, mediation: Mediation, *, knows: bool) -> PartyRow:
    """A party with everything masked that is not needed at a glance; `knows`: the reader mediates."""
    masks = who.masked(one)
    sealed = mediation.sealed
    words, chip = CONSENTS[one.consent]
    return PartyRow(
        one.id,
        say("当事人（已保密）") if sealed else one.name if knows else masked_name(one.name),
        SIDES[one.side], PARTS[one.part], KINDS[one.kind], () if sealed else _details(one), one.part == "party",
        one.left_on.isoformat() if one.left_on else "",
        words if one.part == "party" else None, chip, one.consent_on.isoformat() if one.consent_on else "",
        masks.get("phone", ""), masks.get("id_number", ""), masks.get("address", ""),
        hidden=knows and bool(masks) and not sealed,
    )  # fmt: skip


def _details(one: Party) -> list[str | Sentence]:
    told = {name: str(one.details[name]) for name in _DETAILS if one.details.get(name)}
    return [say("{age}岁", age=value) if name == "age" else value for name, value in told.items()]


def reasons() -> Sequence[Choice]:
    """The pick list of reasons."""
    return codes.choices("reveal_reason")


def find(case_id: int, party_id: int, user: User) -> tuple[Mediation, Party] | None:
    """A party of a mediation this person may see."""
    mediation = seen(case_id, user)
    party = next((one for one in mediation.parties if one.id == party_id), None) if mediation else None
    return (mediation, party) if mediation is not None and party is not None else None


def seen(case_id: int, user: User) -> Mediation | None:
    """The mediation, if this person may see it."""
    return db.session().scalar(visible_to(user, select(Mediation).where(Mediation.id == case_id)))


def revealed(case_id: int, party_id: int, user: User, reason: str) -> PartyRow | None:
    """The party in full, and a line of the audit that says so; None where the reader sees no such party.

    Raises what `who.revealed` raises.
    """
    found = find(case_id, party_id, user)
    if found is None:
        return None
    mediation, party = found
    known = who.revealed(party, mediation, user, reason)
    return replace(
        row(party, mediation, knows=True), hidden=False, phone=known.get("phone", ""), id_number=known.get("id_number", ""),
        address=known.get("address", ""),
    )  # fmt: skip
