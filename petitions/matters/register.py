"""Registering a petition: the door through which the counter, the import, the API and the demo bring one in.

A first petition opens a matter; a repeat joins one (design.md §2). Nothing here commits.
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.access.policy import may
from petitions.cases import checks, fields, search
from petitions.cases.kinds import KINDS
from petitions.cases.models import Event
from petitions.cases.perform import Surroundings, opening, perform
from petitions.documents.numbering import next_number
from petitions.matters import registration
from petitions.matters.finding import petition_words
from petitions.matters.models import Claim, Matter, Petition, Petitioner, Respondent
from petitions.matters.people import petitioners_from
from petitions.words import FieldErrors, NotPermitted, say

SERIES = "XF"
"""信访件编号 XF2026-000123."""

_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O and 1/I/L: the code is read over the phone and copied by hand."""

_TITLE = 40
"""Characters of the text that serve as the summary when nobody wrote one."""


def check(data: Mapping[str, Any], actor: User, *, history: bool = False) -> dict[str, Any]:
    """The cleaned values of a registration as typed; raises FieldErrors, nothing is written.

    `history` relaxes what an old ledger cannot know (place and class).
    """
    required = registration.REQUIRED_OF_HISTORY if history else registration.REQUIRED
    asked = Surroundings(KINDS["matter"], None, actor, clock.today(), None)
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    channel = str(data.get("channel") or "")
    own = registration.CHANNELS[channel].fields if channel in registration.CHANNELS else ()
    accepted = [name for name in (*registration.COMMON, *own) if name not in required]
    try:
        values = fields.clean(registration.FIELDS, required, accepted, data, asked)
    except FieldErrors as refusal:
        errors.update(refusal.errors)
    if not checks.tidy_line(str(data.get("name") or "")) and not data.get("unsigned") and not history:
        errors.setdefault("name", say("填写信访人姓名。匿名来信请勾选“未署名”"))
    if not errors:
        petitioners_from(values)
        return values
    raise FieldErrors({name: errors[name] for name in registration.FIELDS if name in errors})


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
) -> Petition:
    """Register one petition and return it, numbered.

    `data` as typed; `submission` the form's id, so a double click is one petition; `joins` the matter it repeats;
    `history` for rows of an old ledger. Raises FieldErrors or NotPermitted.
    """
    done = _already(submission)
    if done is not None:
        return done
    if not may(actor, "petition:register"):
        raise NotPermitted(say("你没有登记信访件的权限"))
    values = check(data, actor, history=history)
    return record(values, actor, at=at, submission=submission, joins=joins, fingerprint=fingerprint, office=office)


def record(
    values: Mapping[str, Any],
    actor: User,
    *,
    at: datetime | None = None,
    submission: str | None = None,
    joins: Matter | None = None,
    fingerprint: str = "",
    office: Unit | None = None,
) -> Petition:
    """Register values that `check()` has cleaned. The same promises as `register()`."""
    place = office or actor.unit
    moment = at or clock.now()
    petition = _petition(values, actor, place, moment, submission, fingerprint)
    people = petitioners_from(dict(values))
    if joins is None:
        _open(petition, people, values, actor, place, moment, submission)
    else:
        petition.matter = joins
        _settle(petition, people, joins)
        perform(joins, "receive_repeat", {"petition": petition.number}, actor, at)
    return petition


def open_from(old: Matter, title: str, text: str, actor: User, at: datetime) -> Matter:
    """第36条第三款 read backwards: new facts are a new matter, with the old one's people, linked to it."""
    values = {
        "channel": old.first.channel, "received_on": clock.day_of(at).isoformat(), "title": title, "text": text,
        "place": old.place, "class_code": old.class_code, "purpose": old.purpose,
    }  # fmt: skip
    petition = _petition(values, actor, old.office, at, None, "")
    copied = [
        Petitioner(part=p.part, name=p.name, initials=p.initials, id_number=p.id_number, phone=p.phone,
                   phone_tail=p.phone_tail, region=p.region, address=p.address, details=p.details)
        for p in old.petitioners
    ]  # fmt: skip
    # At an office it goes straight to sorting; a unit that was addressed directly owes its notice anew.
    action = "open_from_new_facts" if old.office.is_office else "register_at_unit"
    _open(petition, copied, values, actor, old.office, at, None, action=action)
    petition.matter.related_to_id = old.id
    return petition.matter


def _already(submission: str | None) -> Petition | None:
    if not submission:
        return None
    return db.session().scalar(select(Petition).where(Petition.submission == submission))


def _petition(
    values: Mapping[str, Any], actor: User, office: Unit, at: datetime, submission: str | None, fingerprint: str
) -> Petition:
    received = date.fromisoformat(values["received_on"])
    number = f"{SERIES}{received.year}-{next_number(office.id, SERIES, received.year):06d}"
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(10))
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
    line = " ".join(text.split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def _open(
    petition: Petition, people: list[Petitioner], values: Mapping[str, Any], actor: User, office: Unit, at: datetime,
    submission: str | None, action: str = "",
) -> Event:  # fmt: skip
    kind = KINDS["matter"]
    row = kind.flow.action[action or ("register" if office.is_office else "register_at_unit")]
    matter = Matter(
        kind="matter", state=row.target, number=petition.number, title=petition.title, office_id=office.id, unit_id=office.id,
        received_on=petition.received_on, opened_at=at, urgency=values.get("urgency", "ordinary"),
        purpose=values.get("purpose", ""), class_code=values.get("class_code", ""), place=values.get("place", ""),
        sealed=values.get("purpose") == "accusation",
        nature="accusation" if values.get("purpose") == "accusation" else "",
    )  # fmt: skip
    matter.office = matter.unit = office
    petition.matter = matter
    lines = [line.strip() for line in values.get("claims", "").splitlines() if line.strip()]
    matter.claims = [Claim(position=n, text=line) for n, line in enumerate(lines or [petition.title], 1)]
    if values.get("respondent") or values.get("respondent_unit"):
        matter.respondents = [Respondent(name=values.get("respondent", ""), unit_id=values.get("respondent_unit"))]
    db.session().add(petition)
    db.session().flush()
    _settle(petition, people, matter)
    return opening(matter, kind, row, {}, actor, at, submission)


def _settle(petition: Petition, people: list[Petitioner], matter: Matter) -> None:
    db.session().add(petition)
    db.session().flush()
    search.put("petition", matter.id, petition.id, petition_words(petition.title, petition.text))
    for person in people:
        person.petition_id = petition.id
        matter.petitioners.append(person)
