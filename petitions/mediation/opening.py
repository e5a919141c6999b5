"""Opening a mediation: what is said of the dispute and who the parties are, in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.access.policy import may
from petitions.cases import cleaning, parts
from petitions.cases.kinds import KINDS, Act
from petitions.cases.models import Case
from petitions.cases.perform import Surroundings, opening
from petitions.documents.numbering import next_number
from petitions.flow import Action
from petitions.mediation import parties
from petitions.mediation.committees import committee_of
from petitions.mediation.models import Committee, Mediation, cents
from petitions.mediation.parties import Given
from petitions.words import FieldErrors, NotPermitted, Refused, say

SERIES = "mediation"
"""Whose counter the numbers come from; one for each committee and year."""

OPENINGS = ("apply", "take_up", "receive_referral")
"""The rows a committee opens by itself; a matter is handed over with an act of its own (`receive_matter`)."""


def around(actor: User, received_on: date, today: date) -> Surroundings:
    """What the checks of a mediation that is about to be opened may ask."""
    return Surroundings(KINDS["mediation"], None, actor, today, received_on)


def checked(row: Action, data: Mapping[str, Any], actor: User, received_on: date, at: datetime) -> dict[str, Any]:
    """The fields of an opening, clean. Raises FieldErrors."""
    kind = KINDS["mediation"]
    return cleaning.clean(kind.fields, row.requires, row.accepts, data, around(actor, received_on, clock.day_of(at)))


def register(
    action: str, data: Mapping[str, Any], people: Iterable[Mapping[str, Any]], actor: User, received_on: date,
    at: datetime | None = None, submission: str | None = None,
) -> Mediation:  # fmt: skip
    """Open a mediation at the actor's committee: `action` is one of OPENINGS, `people` the parties as typed.

    Raises NotPermitted, Refused (the unit is no committee), or FieldErrors; then nothing is written.
    """
    row = KINDS["mediation"].flow.action[action]
    if action not in OPENINGS or not may(actor, row.permission):
        raise NotPermitted(say("你不能“{action}”", action=say(row.label)))
    if received_on > clock.today():
        raise FieldErrors({"received_on": say("收到日期不能晚于今天")})
    moment = at or clock.now()
    errors: dict[str, str] = {}
    given: list[Given] = []
    cleaned: dict[str, Any] = {}
    try:
        cleaned = checked(row, data, actor, received_on, moment)
    except FieldErrors as refusal:
        errors |= refusal.errors
    try:
        given = parties.checked(people)
    except FieldErrors as refusal:
        errors |= refusal.errors
    if errors:
        raise FieldErrors(errors)
    return opened(row, cleaned, given, actor.unit, actor, moment, received_on, submission=submission)


def numbered(committee: Committee, year: int, number: int | str) -> str:
    """What stands on a case of that committee: (2026)城调字第12号."""
    return f"({year}){committee.word}调字第{number}号"


def opened(
    row: Action, data: Mapping[str, Any], given: Iterable[Given], unit: Unit, actor: User, at: datetime, received_on: date, *,
    submission: str | None = None, about: Case | None = None, sender_id: int | None = None,
) -> Mediation:  # fmt: skip
    """The case itself; `data` and `given` are clean. Raises Refused when `unit` is no mediation committee."""
    committee = committee_of(unit.id)
    if committee is None:
        raise Refused(say("{unit}还没有登记为人民调解委员会", unit=unit.name))
    assert row.target is not None
    number = next_number(unit.id, SERIES, received_on.year)
    mediation = Mediation(
        kind="mediation", state=row.target, number=numbered(committee, received_on.year, number),
        numbered_by=unit, title=data["dispute_title"], office=unit, unit=unit, office_id=unit.id, unit_id=unit.id,
        sender_id=sender_id, received_on=received_on, opened_at=at, source=_source(row, data),
        sent_by=data.get("sent_by", ""), letter_number=data.get("letter_number", ""), dispute_type=data["dispute_type"],
        facts=data["dispute_facts"], requests=data.get("dispute_requests", ""), place=data.get("dispute_place", ""),
        amount=cents(data.get("dispute_amount")), difficult=bool(data.get("difficult")),
    )  # fmt: skip
    mediation.about = about
    for one in given:
        parties.enter(mediation, one)
    mediation.headcount = data.get("dispute_headcount") or max(len(mediation.principals), 2)
    opening(mediation, KINDS["mediation"], row, data, actor, at, submission)
    db.session().flush()
    return mediation


def _source(row: Action, data: Mapping[str, Any]) -> str:
    fixed = {"apply": "application", "take_up": "ex_officio", "receive_matter": "petition"}
    return fixed.get(row.name) or str(data["referral_source"])


def open_mediation(act: Act) -> None:
    """The committee takes part, and nobody else: whoever sent it hears of stage, dates and result through its own case."""
    parts.join(act.case, act.case.office_id, "office", act.on)
