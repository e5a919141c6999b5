"""The counter's form: what it asks, what it starts with, and reading what was typed without losing any of it."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import checks, codes
from petitions.cases.fields import Choice, Field, Kind, from_form
from petitions.cases.kinds import KINDS
from petitions.matters.consistency import is_confidential
from petitions.matters.lists import townships
from petitions.matters.models import Matter, Petition
from petitions.matters.registration import CHANNELS, FIELDS, OF_HISTORY, VISIT
from petitions.web.inputs import initials
from petitions.words import say

ASKED = {name: row for name, row in FIELDS.items() if name not in OF_HISTORY}
"""What the counter asks; what only an old ledger has is not among it."""

PEOPLE = ("phone", "name", "id_number", "region", "address")
"""What is kept when the same person brings the next petition."""

_SUBMISSION = re.compile(r"[0-9a-f]{32}")
_RECENT = 300
"""Petitions whose places are suggested again."""
_SUGGESTED = 40

Typed = dict[str, Any]


@dataclass(frozen=True)
class Particular:
    """A field that only some channels ask."""

    field: Field
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """What the template draws."""

    values: Typed
    choices: Mapping[str, Sequence[Choice]]
    submission: str
    errors: Mapping[str, str] = field(default_factory=dict)
    places: Sequence[Choice] = ()
    notes: Sequence[tuple[str, str]] = ()
    """Files the form has brought before: name and signed note."""

    @property
    def channel(self) -> str:
        """The chosen channel."""
        return str(self.values.get("channel") or "")

    def is_open(self, *names: str) -> bool:
        """Whether folded fields show: one of them is filled or has a sentence against it."""
        return any(self.values.get(name) or name in self.errors for name in names)


def particulars() -> list[Particular]:
    """The fields that belong to channels, each once and in the order of the form, with the channels that ask it."""
    asked = [(row, tuple(c.code for c in CHANNELS.values() if row.name in c.fields)) for row in ASKED.values()]
    return [Particular(row, channels) for row, channels in asked if channels]


def choices(actor: User) -> dict[str, Sequence[Choice]]:
    """The entries of every field that offers a choice, by the field's name."""
    kind = KINDS["matter"]
    listed = (Kind.CHOICE, Kind.CHOICES, Kind.UNIT)
    return {name: kind.choices[row.choices](None, actor) for name, row in ASKED.items() if row.kind in listed}


def blank(channel: str = "") -> Typed:
    """What a new form starts with: today, the channel of the last one, one person, nothing urgent."""
    start = channel if channel in CHANNELS else next(iter(CHANNELS))
    return {"channel": start, "received_on": clock.today().isoformat(), "headcount": "1", "urgency": "ordinary"}


def accusing() -> str:
    """The purpose of a petition that accuses somebody."""
    return next(choice.value for choice in codes.choices("purpose") if is_confidential(choice.value))


def typed(form: "MultiDict[str, str]") -> Typed:
    """What a posted form says, as it was typed but for what cannot be seen; empty fields are absent."""
    picked = {name: _seen(value) for name, value in from_form(ASKED.values(), form).items()}
    return {name: value for name, value in picked.items() if value}


def _seen(value: Any) -> Any:
    """Without control characters, which no page can carry back to the one who typed."""
    if isinstance(value, list):
        return [seen for one in value if (seen := checks.tidy(str(one)))]
    return checks.tidy(str(value)) if value is not None else ""


def unelected(values: Typed, least: int) -> dict[str, str]:
    """The sentence for a visit of `least` persons or more that names no representative, by its field.

    第20条第三款: several who bring a common matter on a visit elect at most five. Asked of visits only (走访): who signs a
    letter together has no representatives, and an old ledger cannot be asked.
    """
    given = str(values.get("headcount", "")).strip()
    heads = int(given) if given.isdecimal() and len(given) < 7 else 0
    if values.get("channel") != VISIT or heads < least or values.get("representatives"):
        return {}
    sentence = say(
        "{count}人走访提出共同的信访事项，应当推选代表，代表不超过5人（第20条第三款）。每行填写一名代表的姓名和电话，信访人本人是代表的也要写上",
        count=heads,
    )
    return {"representatives": sentence}


def is_worth_keeping(values: Typed) -> bool:
    """Whether anything stands in the form that it did not start with by itself."""
    return bool(set(values) - set(blank()) - {"joins"})


def is_submission(given: str) -> bool:
    """Whether this is the id of a form of ours."""
    return _SUBMISSION.fullmatch(given) is not None


def submission_of(form: Mapping[str, str]) -> str:
    """The form's id; a page that was tampered with gets a new one."""
    given = form.get("submission", "")
    return given if is_submission(given) else new_submission()


def new_submission() -> str:
    """A new form's id: random, so that nobody hits another's."""
    return uuid.uuid4().hex


def next_submission(submission: str) -> str:
    """The id of the form that follows `submission`: the same one, however often the first is sent."""
    return uuid.uuid5(uuid.NAMESPACE_OID, submission).hex


def places(actor: User) -> list[Choice]:
    """Places to suggest: the townships of the region, then where the office's latest petitions came from."""
    recent = db.session().scalars(
        select(Matter.place)
        .join(Petition, Petition.matter_id == Matter.id)
        .where(Petition.office_id == actor.unit_id, Matter.sealed.is_(False), Matter.place != "")
        .order_by(Petition.received_on.desc(), Petition.id.desc())
        .limit(_RECENT)
    )
    found = dict.fromkeys([*(town.label for town in townships(actor)), *recent])
    return [Choice(place, place, keys=initials(place)) for place in list(found)[:_SUGGESTED]]
