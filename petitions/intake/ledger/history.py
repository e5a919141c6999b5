"""Bringing one row in through the door, with the days on which things really happened (docs/import.md).

A row with a reply arrives as a matter that was answered: registered on the day it came, answered on the day it was
answered, the reply frozen as a paper. What a ledger does not say (transfer, acceptance, service) is not made up.
"""

from datetime import date, datetime
from enum import StrEnum

from petitions import clock, db
from petitions.access import vault
from petitions.access.models import Unit, User
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.intake.ledger.earlier import Past, Verdict
from petitions.intake.ledger.entries import Entry
from petitions.matters.models import Matter, Petition
from petitions.matters.register import record
from petitions.words import say


class Unanswered(StrEnum):
    """What becomes of rows without a reply."""

    OPEN = "open"
    """They are work to be done; their clocks run from the day they came."""
    FILED = "filed"
    """They are kept and counted; nobody owes an act."""


def bring_in(
    entry: Entry, verdict: Verdict, actor: User, office: Unit, submission: str, unanswered: Unanswered
) -> Petition:
    """Register a row, joined to the matter it repeats where the verdict says so; written with the next flush.

    `submission` names batch and row, so that no row can come in twice. Raises Refused, FieldErrors or NotPermitted.
    """
    values = dict(entry.values)
    if verdict.number_taken:
        # A number of the old system is unique here; the second bearer keeps it as a note.
        given, other = values.pop("original_number"), verdict.number_taken
        note = say("原编号：{number}（已登记过）", number=given)
        if other.visible:
            note = say("原编号：{number}（与{other}相同）", number=given, other=other.number)
        values["ledger_notes"] = "\n".join(filter(None, (values.get("ledger_notes", ""), note)))
    at = moment_of(entry.received_on)
    if verdict.joins:
        matter = matter_of(verdict.joins)
        return record(values, actor, at=at, submission=submission, joins=matter, fingerprint=entry.fingerprint,
                      office=office)  # fmt: skip
    closed = entry.answer is None and unanswered is Unanswered.FILED
    petition = record(values, actor, at=at, submission=submission, fingerprint=entry.fingerprint, office=office,
                      action="bring_in_closed" if closed else "bring_in", wait=True)  # fmt: skip
    if entry.answer is not None:
        answered = moment_of(entry.answer["answered_on"])
        perform(petition.matter, "record_answer", entry.answer, actor, answered, submission=f"{submission}-answer")
    return petition


def matter_of(past: Past) -> Matter:
    """The matter of an earlier petition."""
    return past.petition.matter if past.petition else db.session().get_one(Matter, past.matter_id)


def as_past(
    entry: Entry, verdict: Verdict, closed_on: date | None, actor: User, petition: Petition | None = None
) -> Past:
    """What later rows have to know of this one; without a petition in a dry run."""
    visible = not entry.sealed or Role.RESTRICTED_CLERK in actor.roles
    return Past(
        petition_id=None, matter_id=None, number=petition.number if petition else "", petition=petition,
        original_number="" if verdict.number_taken else entry.of("original_number"), fingerprint=entry.fingerprint,
        came_on=entry.received_on, began_on=verdict.joins.began_on if verdict.joins else entry.received_on,
        closed_on=closed_on, sealed=entry.sealed,
        name=vault.mark("name", entry.of("name"), sealed=True) if entry.sealed else entry.of("name"),
        **{name: vault.mark(name, entry.of(name), sealed=entry.sealed) for name in ("phone", "id_number")},
        text=entry.of("text"), visible=visible,
    )  # fmt: skip


def closed_on(entry: Entry, verdict: Verdict, unanswered: Unanswered) -> date | None:
    """The day from which nobody owes an act on the row's matter; None while somebody does."""
    if verdict.joins:
        return verdict.joins.closed_on
    if entry.answer is not None:
        answered: date = entry.answer["answered_on"]
        return answered
    return entry.received_on if unanswered is Unanswered.FILED else None


def moment_of(day: date) -> datetime:
    """Noon of a day of which nothing else is known; today, not later than now."""
    return min(clock.noon_of(day), clock.now())
