"""What a mediation is found by: its parties, for whoever sees the case."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import InstrumentedAttribute

from petitions import clock, db
from petitions.access import vault
from petitions.access.models import User
from petitions.cases import checks
from petitions.cases.finding import Asked, Finder, Hit
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.matters.masks import masked_name
from petitions.mediation import who
from petitions.mediation.identities import PartyIdentity
from petitions.mediation.lists import SIDES
from petitions.mediation.models import Party
from petitions.words import Sentence, say


def _people(asked: Asked) -> list[ColumnElement[bool]]:
    """The ways to mean a party; each is served by an index of its own. A number is sought by its mark."""
    ways: list[ColumnElement[bool]] = []
    if len(asked.line) > 1 and not asked.digits:
        ways.append(Party.name.contains(asked.line, autoescape=True))
    if len(asked.plain) > 1 and asked.plain.isascii() and asked.plain.isalpha():
        ways.append(Party.initials.startswith(asked.plain.lower(), autoescape=True))
    if len(asked.digits) == 4:
        ways.append(_marked(PartyIdentity.phone_tail_mark, "tail", asked.digits))
    for read, column, what in (
        (checks.phone, PartyIdentity.phone_mark, "phone"),
        (_whole_identity, PartyIdentity.id_number_mark, "id_number"),
    ):
        try:
            whole = read(asked.plain)
        except checks.Unreadable:
            continue
        ways += [_marked(column, what, whole)] if whole else []
    return ways


def _marked(column: InstrumentedAttribute[str], what: str, value: str) -> ColumnElement[bool]:
    return Party.id.in_(select(PartyIdentity.party_id).where(column.in_(sorted(vault.marks(what, value)))))


def _whole_identity(text: str) -> str:
    """An identity number is sought whole or not at all: by parts of it one could guess the rest."""
    return checks.id_number(text, clock.today())


def _by_party(asked: Asked) -> list[Select[Any]]:
    return [select(Party.mediation_id).where(way) for way in _people(asked)]


def _hits(asked: Asked, user: User, count: int) -> list[Hit]:
    ways = _people(asked)
    if not ways:
        return []
    ids = union(*(select(Party.id).where(way) for way in ways)).subquery()
    people: Any = select(Party, Case.sealed).join(Case, Case.id == Party.mediation_id)
    wanted = visible_to(user, people.where(Party.id.in_(select(ids.c[0]))))
    rows = db.session().execute(wanted.order_by(Party.id.desc()).limit(count))
    return [Hit(one.mediation_id, say("已保密") if sealed else _line(one)) for one, sealed in rows]


def _line(one: Party) -> Sentence:
    words = {"name": masked_name(one.name), "side": SIDES[one.side]}
    phone = who.masked(one).get("phone", "")
    return say("{name}　{side}　{phone}", phone=phone, **words) if phone else say("{name}　{side}", **words)


FINDERS = (Finder("parties", _by_party, say("调解当事人"), _hits),)
"""What the kernel's search box is taught about mediations; handed over by app.py."""
