"""What a matter is found by: its petitions' texts in the index, and what people know of it at the counter."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, select, union
from sqlalchemy.orm import InstrumentedAttribute

from petitions import clock, db
from petitions.access import vault
from petitions.access.models import Unit, User
from petitions.cases import checks, search
from petitions.cases.finding import Asked, Finder, Hit, numbered
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.cases.search import Piece, Source
from petitions.matters import who
from petitions.matters.identities import Identity
from petitions.matters.masks import masked_name
from petitions.matters.models import Petition, Petitioner
from petitions.words import Sentence, say


def petition_words(title: str, text: str) -> str:
    """The text a petition is found by."""
    return f"{title}\n{text}"


def _petitions(case_ids: Sequence[int]) -> Iterable[Piece]:
    wanted = select(Petition.matter_id, Petition.id, Petition.title, Petition.text)
    rows = db.session().execute(wanted.where(Petition.matter_id.in_(case_ids)))
    return [Piece(case_id, row_id, petition_words(title, text)) for case_id, row_id, title, text in rows]


PETITIONS = search.add(Source("petition", _petitions))
"""诉求原文 of every petition of a matter."""

search.HUSHES.append(who.hushes)


def _by_petition_number(asked: Asked) -> list[Select[Any]]:
    """The petition's own number (of a repeat too), the number of the ledger it came from, the petitioner's code."""
    numbers = numbered(Petition.id, Petition.office_id, Petition.number, asked)
    ways: list[ColumnElement[bool]] = [Petition.id.in_(one) for one in numbers]
    # The index on original numbers begins with the office and leaves the empty ones out: both are said for its sake.
    in_ledger = and_(
        Petition.office_id.in_(select(Unit.id)), Petition.original_number == asked.line,
        Petition.original_number != literal_column("''"),
    )  # fmt: skip
    ways.append(in_ledger)
    if _CODE.fullmatch(asked.plain):
        ways.append(Petition.query_code == asked.plain)
    return [select(Petition.matter_id).where(way) for way in ways]


_CODE = re.compile(r"[0-9A-Z]{6,16}")


def _people(asked: Asked) -> list[ColumnElement[bool]]:
    """The ways to mean a person; each is served by an index of its own. A number is sought by its mark."""
    ways: list[ColumnElement[bool]] = []
    if len(asked.line) > 1 and not asked.digits:
        named = select(Petitioner.id).where(Petitioner.name.contains(asked.line, autoescape=True))
        ways.append(Petitioner.id.in_(named))
    if len(asked.plain) > 1 and asked.plain.isascii() and asked.plain.isalpha():
        ways.append(Petitioner.initials.startswith(asked.plain.lower(), autoescape=True))
    if len(asked.digits) == 4:
        ways.append(_marked(Identity.phone_tail_mark, "tail", asked.digits))
    for read, column, what in (
        (checks.phone, Identity.phone_mark, "phone"),
        (_whole_identity, Identity.id_number_mark, "id_number"),
    ):
        try:
            whole = read(asked.plain)
        except checks.Unreadable:
            continue
        ways += [_marked(column, what, whole)] if whole else []
    return ways


def _marked(column: InstrumentedAttribute[str], what: str, value: str) -> ColumnElement[bool]:
    bearers = select(Identity.petitioner_id).where(column.in_(sorted(vault.marks(what, value))))
    return Petitioner.id.in_(bearers)


def _whole_identity(text: str) -> str:
    """An identity number is sought whole or not at all: by parts of it one could guess the rest."""
    return checks.id_number(text, clock.today())


def _by_person(asked: Asked) -> list[Select[Any]]:
    return [select(Petitioner.matter_id).where(way) for way in _people(asked)]


def _person_hits(asked: Asked, user: User, count: int) -> list[Hit]:
    ways = _people(asked)
    if not ways:
        return []
    ids = union(*(select(Petitioner.id).where(way) for way in ways)).subquery()
    people: Any = select(Petitioner, Case.sealed).join(Case, Case.id == Petitioner.matter_id)
    wanted = visible_to(user, people.where(Petitioner.id.in_(select(ids.c[0]))))
    rows = db.session().execute(wanted.order_by(Petitioner.id.desc()).limit(count))
    return [Hit(person.matter_id, say("已保密") if sealed else _line_of(person)) for person, sealed in rows]


def _line_of(person: Petitioner) -> Sentence:
    phone = who.masked(person).get("phone", "")
    return _in_line([masked_name(person.name), PARTS[person.part], phone, person.region])


def _in_line(parts: Sequence[str]) -> Sentence:
    """The parts there are, one after another, as a sentence that can still be translated part by part."""
    first, *rest = [part for part in parts if part] or [""]
    return say("{first}　{rest}", first=first, rest=_in_line(rest)) if rest else say("{only}", only=first)


PARTS = {"petitioner": "", "representative": say("代表"), "agent": say("代理人"), "companion": say("同行人")}

FINDERS = (
    Finder("petition", _by_petition_number),
    Finder("people", _by_person, say("信访人"), _person_hits),
)
"""What the kernel's search box is taught about matters; handed over by app.py."""
