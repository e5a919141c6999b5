"""Registering a petition: the door through which the counter, the import, the API and the demo bring one in.

A first petition opens a matter; a repeat joins one (design.md §2). Nothing here commits.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.access.policy import may
from petitions.cases import cleaning, search
from petitions.cases.kinds import KINDS
from petitions.cases.models import Event
from petitions.cases.perform import Surroundings, opening, perform
from petitions.documents.numbering import next_in_register
from petitions.matters import registration, who
from petitions.matters.consistency import already_known, at_odds, claims_of, is_confidential, nature_of, why_not_joined
from petitions.matters.finding import petition_words
from petitions.matters.models import Claim, Matter, Petition, Petitioner, Respondent
from petitions.matters.paper_values import people_of, petition_of
from petitions.matters.people import people_from
from petitions.matters.sealing import accuse, close_wall, named_in
from petitions.words import FieldErrors, NotPermitted, Refused, say

SERIES = "XF"
"""信访件编号 XF2026-000123; before it the sign of the unit where it is not the first petition office."""

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O and 1/I/L: the code is read over the phone and copied by hand."""

_TITLE, _TITLE_LEAST = 40, 10
"""Characters of the text that serve as the summary when nobody wrote one, at most and where they end with a clause."""

_CLAUSE_END = re.compile("[。；！？，;!?,]")


def check(data: Mapping[str, Any], actor: User, *, history: bool = False) -> dict[str, Any]:
    """The cleaned values of a registration as typed; raises FieldErrors with every fault at once, nothing is written.

    `history` relaxes what an old ledger cannot know: place and class, and a name beside the tick "unsigned".
    """
    required = registration.REQUIRED_OF_HISTORY if history else registration.REQUIRED
    asked = Surroundings(KINDS["matter"], None, actor, clock.today(), None)
    own = registration.CHANNELS.get(str(data.get("channel") or ""), registration.Channel("", ()))
    kept = registration.OF_HISTORY if history else ()
    accepted = [name for name in (*registration.COMMON, *own.fields, *kept) if name not in required]
    errors: dict[str, str] = {}
    try:
        values = cleaning.clean(registration.FIELDS, required, accepted, data, asked)
    except FieldErrors as refusal:
        errors.update(refusal.errors)
        # What is readable is held against each other all the same, so that nobody is sent back twice.
        rest = [name for name in (*required, *accepted) if name not in errors]
        values = cleaning.clean(registration.FIELDS, (), rest, data, asked)
    for name, sentence in at_odds(values, actor, history).items():
        errors.setdefault(name, sentence)
    if errors:
        raise FieldErrors({name: errors[name] for name in registration.FIELDS if name in errors})
    return values


def register(
    data: Mapping[str, Any],
    actor: User,
    *,
    at: datetime | None = None,
    submission: str | None = None,
    joins: Matter | None = None,
    history: bool = False,
    fingerprint: str = "",
    office: Unit | None = None,
    query_code: str = "",
) -> Petition:
    """Register one petition and return it, numbered.

    `data` as typed; `submission` the form's id, so a double click is one petition, also when both clicks arrive at
    the same moment; `joins` the matter it repeats (or the field of that name); `history` for rows of an old ledger;
    `query_code` where a world must come out the same each time it is made.
    Raises FieldErrors, NotPermitted, or Refused when it may not join that matter.
    """
    if not may(actor, "petition:register"):
        raise NotPermitted(say("你没有登记信访件的权限"))
    done = registered_with(submission, actor)
    if done is not None:
        return done
    values = check(data, actor, history=history)

    def written() -> Petition:
        return record(
            values, actor, at=at, submission=submission, joins=joins, fingerprint=fingerprint, office=office,
            query_code=query_code,
        )  # fmt: skip

    if submission is None:
        return written()
    try:
        # PostgreSQL lets two transactions come this far: the later one meets the first one's row here and takes
        # back everything it wrote, its number included, so that the register has no gap.
        with db.session().begin_nested():
            return written()
    except IntegrityError:
        done = registered_with(submission, actor)
        if done is not None:
            return done
        raced = already_known(values.get("original_number", ""), (office or actor.unit).id, actor)
        if raced:
            raise FieldErrors(raced) from None
        raise


def registered_with(submission: str | None, actor: User) -> Petition | None:
    """The petition that this very form has made before, if it has. Raises Refused when it was somebody else's form."""
    if not submission:
        return None
    found = db.session().scalar(select(Petition).where(Petition.submission == submission))
    if found is not None and found.registered_by_id != actor.id:
        raise Refused(say("这张登记表已由他人提交。重新打开“登记”再填写"))
    return found


def record(
    values: Mapping[str, Any],
    actor: User,
    *,
    at: datetime | None = None,
    submission: str | None = None,
    joins: Matter | None = None,
    fingerprint: str = "",
    office: Unit | None = None,
    query_code: str = "",
    action: str = "",
    wait: bool = False,
) -> Petition:
    """Register values that `check()` has cleaned. The same promises as `register()`.

    `action` is the row of the table that opens the matter, where it is not the usual one of the office. With `wait`
    a new matter is written with the next flush, many at once; until then nothing of it has an id.
    """
    place = office or actor.unit
    moment = at or clock.now()
    if joins is None and values.get("joins"):
        joins = db.session().get_one(Matter, values["joins"])
    if joins is not None:
        reason = why_not_joined(joins, place.id, is_confidential(values.get("purpose", "")))
        if reason:
            raise Refused(reason)
    petition = _petition(values, actor, place, moment, submission, fingerprint, query_code)
    sealed = joins.sealed if joins else is_confidential(values.get("purpose", ""))
    people = [who.entered(person, sealed=sealed) for person in people_from(values)]
    if joins is None:
        _open(petition, people, values, actor, place, moment, submission, action=action)
    else:
        petition.matter = joins
        _settle(petition, people, joins)
        if joins.sealed:
            accuse(joins, named_in(values.get("respondent", ""), values.get("respondent_unit")))
            close_wall(joins)
        perform(joins, "receive_repeat", {"petition": petition.number}, actor, at, submission=submission)
    if not wait:
        db.session().flush()
    return petition


def open_from(old: Matter, title: str, text: str, actor: User, at: datetime) -> Matter:
    """第36条第三款 read backwards: new facts are a new matter, with the old one's people, linked to it.

    What was an accusation stays one, behind its wall from the first moment (第30条).
    """
    former = petition_of(old)
    values = {
        "channel": former.channel, "headcount": former.headcount, "received_on": clock.day_of(at).isoformat(),
        "title": title, "text": text, "place": old.place, "class_code": old.class_code, "purpose": old.purpose,
    }  # fmt: skip
    petition = _petition(values, actor, old.office, at, None, "")
    petition.signed = former.signed
    copied = [who.copy(person, sealed=old.sealed) for person in people_of(old)]
    # At an office it goes straight to sorting; a unit that was addressed directly owes its notice anew.
    action = "open_from_new_facts" if old.office.is_office else "open_at_unit_from_new_facts"
    _open(petition, copied, values, actor, old.office, at, None, action=action, old=old)
    return petition.matter


def _petition(
    values: Mapping[str, Any], actor: User, office: Unit, at: datetime, submission: str | None, fingerprint: str,
    query_code: str = "",
) -> Petition:  # fmt: skip
    received = date.fromisoformat(values["received_on"])
    number = next_in_register(office, SERIES, received.year)
    code = query_code or "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    return Petition(
        number=number, query_code=code, office_id=office.id, channel=values["channel"], received_on=received,
        registered_at=at, registered_by_id=actor.id, title=values.get("title") or _summary(values["text"]),
        text=values["text"], headcount=values.get("headcount", 1),
        signed="anonymous" if values.get("unsigned") or not values.get("name") else "real",
        original_number=values.get("original_number", ""), fingerprint=fingerprint, submission=submission,
        particulars={name: values[name] for name in registration.PARTICULARS if values.get(name)},
        flags=values.get("flags", []),
    )  # fmt: skip


def _summary(text: str) -> str:
    """The first clauses that fit: papers quote the summary, and half a sentence reads badly in a letter."""
    line = " ".join(text.split())
    if len(line) <= _TITLE:
        return line
    ends = [found.start() for found in _CLAUSE_END.finditer(line, _TITLE_LEAST, _TITLE)]
    return line[: ends[-1]] if ends else line[: _TITLE - 1] + "…"


def _open(
    petition: Petition, people: list[Petitioner], values: Mapping[str, Any], actor: User, office: Unit, at: datetime,
    submission: str | None, *, action: str = "", old: Matter | None = None,
) -> Event:  # fmt: skip
    kind = KINDS["matter"]
    row = kind.flow.action[action or ("register" if office.is_office else "register_at_unit")]
    purpose = values.get("purpose", "")
    sealed = old.sealed if old else is_confidential(purpose)
    nature = old.nature if old else nature_of(purpose) if sealed else ""
    matter = Matter(
        kind="matter", state=row.target, number=petition.number, numbered_by_id=office.id,
        title=petition.title, office_id=office.id, unit_id=office.id,
        received_on=petition.received_on, opened_at=at, urgency=values.get("urgency", "ordinary"),
        purpose=purpose, class_code=values.get("class_code", ""), place=values.get("place", ""),
        sealed=sealed, nature=nature, related_to_id=old.id if old else None,
    )  # fmt: skip
    matter.office = matter.numbered_by = matter.unit = office
    petition.matter = matter
    claims = claims_of(values.get("claims", "")) or [petition.title]
    matter.claims = [Claim(position=n, text=line) for n, line in enumerate(claims, 1)]
    if old is not None:
        matter.respondents = [
            Respondent(name=row.name, unit_id=row.unit_id, user_id=row.user_id) for row in old.respondents
        ]
    else:
        matter.respondents = named_in(values.get("respondent", ""), values.get("respondent_unit"))
    _settle(petition, people, matter)
    if sealed:
        close_wall(matter)
    told = {name: values[name] for name in row.fields if name in values}
    return opening(matter, kind, row, told, actor, at, submission)


def _settle(petition: Petition, people: list[Petitioner], matter: Matter) -> None:
    db.session().add(petition)
    search.later("petition", matter, petition, petition_words(petition.title, petition.text))
    for person in people:
        person.petition = petition
        matter.petitioners.append(person)
