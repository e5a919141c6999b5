"""疑似重复 while typing: what is known so far, asked of the earlier matters, and how each answer is shown.

Everything comes by POST: names and numbers of petitioners never stand in an address.
"""

from collections.abc import Callable
from dataclasses import dataclass

from petitions import clock
from petitions.access.models import User
from petitions.cases import checks, codes
from petitions.intake.form import Typed
from petitions.matters.consistency import is_confidential, why_not_joined
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Petition, Petitioner
from petitions.matters.people import people_of_lines
from petitions.matters.repeats import Asked, suspects
from petitions.matters.who import Marks, marks, masked
from petitions.matters.workflow import FLOW
from petitions.words import Refusal, say

_SHOWN = 400
"""Characters of an earlier petition's text beside the form: enough to know the thing again."""


@dataclass(frozen=True)
class Candidate:
    """An earlier matter as the panel shows it."""

    matter: Matter
    petition: Petition
    who: str
    """The petitioner, masked."""
    phone: str
    reasons: tuple[str, ...]
    likeness: int
    state: str
    is_over: bool
    """Nobody owes an act on it any more."""
    content_class: str
    text: str
    why_not: str
    """Why this petition cannot be counted on it; empty when it can."""


def asked(values: Typed, user: User) -> Asked | None:
    """The question that what is typed so far allows; None while it allows none.

    A telephone number, an identity number, or a name with a place: one of them must be whole and readable.
    """
    phone, number = _read(checks.phone, values.get("phone")), _identity(values.get("id_number"))
    name, place = (checks.tidy_line(str(values.get(key) or "")) for key in ("name", "place"))
    calling = _read(checks.phone, values.get("calling_number"))
    respondent, unit = _accused(values)
    if not (phone or number or calling or (name and place) or respondent or unit):
        return None
    return Asked(
        office_id=user.unit_id,
        who=marks(name, phone, number),
        place=place,
        text=str(values.get("text") or ""),
        beside=(*_speakers(values), *([marks(phone=calling)] if calling else [])),
        respondent=respondent,
        respondent_unit=unit,
        viewer=user,
    )


def candidates(question: Asked, values: Typed, user: User) -> list[Candidate]:
    """The likeliest earlier matters that `user` may see, best first, each with whether it may be joined."""
    confidential = is_confidential(str(values.get("purpose") or ""))
    return [
        Candidate(
            matter=found.matter,
            petition=found.petition,
            who=_named(found.petitioner, found.matter),
            phone="" if found.matter.sealed else masked(found.petitioner).get("phone", ""),
            reasons=found.reasons,
            likeness=found.likeness if question.text else -1,
            state=FLOW.state[found.matter.state].label,
            is_over=found.matter.closed_on is not None,
            content_class=codes.label("content_class", found.matter.class_code) if found.matter.class_code else "",
            text=found.text[:_SHOWN],
            why_not=why_not_joined(found.matter, user.unit_id, confidential) or "",
        )
        for found in suspects(question)
    ]


def _named(person: Petitioner, matter: Matter) -> str:
    return say("已保密") if matter.sealed and person.named else masked_name(person.name)


def _accused(values: Typed) -> tuple[str, int | None]:
    """第30条: an accusation without a name is compared by whom it accuses; nothing else is searched by that."""
    if values.get("name") or not is_confidential(str(values.get("purpose") or "")):
        return "", None
    unit = str(values.get("respondent_unit") or "")
    known = unit.isascii() and unit.isdigit() and len(unit) < 10
    return checks.tidy_line(str(values.get("respondent") or "")), int(unit) if known else None


def _speakers(values: Typed) -> list[Marks]:
    found = []
    for field, part in (("representatives", "representative"), ("agents", "agent")):
        try:
            people = people_of_lines(str(values.get(field) or ""), part)
        except Refusal:
            continue
        found += [marks(row.name, row.phone, row.id_number) for row in people]
    return found


def _read(check: Callable[[str], str], given: object) -> str:
    """The stored form of what is typed, or nothing while it is not whole."""
    try:
        return check(str(given)) if given else ""
    except Refusal:
        return ""


def _identity(given: object) -> str:
    return _read(lambda text: checks.id_number(text, clock.today()), given)
