"""Whether a row is known already, or repeats something: what is certain is done, what is likely is left to a person.

Known: the same content (fingerprint) without another number, or the same number with practically the same content.
A repeat joins its matter by itself only when that is certain: the same number, or the same person with a text that is
at least nine tenths the same. Even then it does not when joining would hide something: a row with an answer of its own
keeps its own matter; one that came after the matter was closed waits for somebody's decision; one that came before it
would start the clock too late; and an accusation and an ordinary petition never meet (第30条).
What the importer may not see is known by its exact content only: whether somebody has accused anybody is not to be
found out by trying names and texts.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from petitions import db
from petitions.access.models import User
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.intake.ledger.entries import Entry
from petitions.matters.identities import Identity
from petitions.matters.models import Petition, Petitioner

SAME_TEXT = 90.0
"""Per cent of the two texts that must agree, letter by letter and in order."""
LIKE_TEXT = 60.0
"""From here on a text of the same person is mentioned as a possible repeat, as at the counter (repeats.py)."""
REMEMBERED = 20
"""Earlier petitions of one person that are compared: the latest ones. Some names fill half a ledger."""
_COMPARED = 20_000
"""Characters of each text."""

_NOBODY = frozenset(
    (
        "市民", "网友", "群众", "村民", "居民", "业主", "住户", "家长", "学生", "职工", "工人", "农民", "商户", "租户", "乘客",
        "游客", "用户", "消费者", "热心市民", "热心群众", "热心网友", "信访人", "来访人", "来电人", "来信人", "投诉人", "举报人",
        "反映人", "诉求人", "申请人", "当事人", "先生", "女士", "小姐", "同志", "保密",
    )
)  # fmt: skip
_SALUTATION = re.compile(r"^.{1,2}(先生|女士|小姐|同志|师傅|老师|某|某某)$|[*＊×]|[xX]{2}|^某")
"""王先生, 张某, 李**, 李XX: many people are called so; the name alone says nothing."""


@dataclass(frozen=True, eq=False)
class Past:
    """An earlier petition, as far as it matters here."""

    petition_id: int | None
    """None: it stands in an earlier row and is not written yet (`petition`), or would be (a dry run)."""
    matter_id: int | None
    number: str
    """Its number in the office; empty in a dry run."""
    original_number: str
    fingerprint: str
    came_on: date
    """The day of the petition."""
    began_on: date
    """The day of its matter."""
    closed_on: date | None
    sealed: bool
    name: str
    """The name itself, or of an accusation its mark; empty for none."""
    phone: str
    id_number: str
    """The marks of the two (access/vault.py)."""
    text: str
    visible: bool = True
    """To whoever brings the ledger in."""
    petition: Petition | None = None

    @cached_property
    def folded(self) -> str:
        """The text as it is compared."""
        return fold(self.text)


@dataclass(frozen=True)
class Verdict:
    """What a row is."""

    known: Past | None = None
    joins: Past | None = None
    number_taken: Past | None = None
    """Another petition of the office has the row's original number."""
    suspected: bool = False
    """Somebody should look whether it is a repeat."""


class Earlier:
    """The earlier petitions of an office that rows may repeat: those of the database, and the rows before."""

    def __init__(self, office_id: int) -> None:
        self._office_id = office_id
        self._seen: set[int] = set()
        self._fingerprints: dict[str, list[Past]] = {}
        self._numbers: dict[str, Past] = {}
        self._people: dict[tuple[str, str], deque[Past]] = {}

    def look_up(self, entries: Sequence[Entry], actor: User) -> None:
        """Fetch what the database has that any of these rows may be or repeat: a fixed number of queries.

        `actor` brings the ledger in.
        """
        wanted = {row.fingerprint for row in entries}
        numbers = {row.of("original_number") for row in entries} - {""}
        ids = set(self._ids(Petition.fingerprint.in_(wanted)))
        if numbers:
            ids.update(self._ids(Petition.original_number.in_(numbers)))
        for field, columns in _PERSON.items():
            known = {mark for row in entries for mark in _sought(row, field)}
            for column in columns if known else ():
                ids.update(self._of_people(column, known))
        if new := sorted(ids - self._seen):
            for past in _load(new, actor):
                self.add(past)

    def add(self, past: Past) -> None:
        """Remember a petition."""
        if past.petition_id is not None:
            self._seen.add(past.petition_id)
        self._fingerprints.setdefault(past.fingerprint, []).append(past)
        if past.original_number:
            self._numbers[past.original_number] = past
        for field in _PERSON:
            if value := getattr(past, field):
                self._people.setdefault((field, value), deque(maxlen=REMEMBERED)).append(past)

    def judge(self, entry: Entry) -> Verdict:
        """What the row is to what came before."""
        number = entry.of("original_number")
        taken = self._numbers.get(number) if number else None
        for past in self._fingerprints.get(entry.fingerprint, ()) if entry.fingerprint else ():
            if not number or not past.original_number or past.original_number == number:
                return Verdict(known=past)
        text = fold(entry.of("text"))
        if (
            taken
            and taken.visible
            and taken.came_on == entry.received_on
            and _same_text(taken, text)
            and _agrees(taken, entry)
        ):
            return Verdict(known=taken)
        people = self._same_people(entry)
        certain = [past for past in people if _same_text(past, text)]
        fitting = [past for past in (taken, *certain) if past and past.visible and _may_join(past, entry)]
        best = max(fitting, default=None, key=lambda past: past.came_on)
        if best:
            return Verdict(joins=best, number_taken=taken)
        numbered = taken is not None and taken.visible
        likely = bool(certain) or numbered or any(_like(past, text) for past in people)
        return Verdict(number_taken=taken, suspected=likely)

    def _same_people(self, entry: Entry) -> list[Past]:
        found: list[Past] = []
        for field in _PERSON:
            known = [past for mark in _sought(entry, field) for past in self._people.get((field, mark), ())]
            found += [past for past in known if past not in found and past.visible and _is_same_person(past, entry)]
        return found

    def _ids(self, wanted: ColumnElement[bool]) -> Iterable[int]:
        return db.session().scalars(select(Petition.id).where(Petition.office_id == self._office_id, wanted))

    def _of_people(self, column: InstrumentedAttribute[str], values: set[str]) -> Iterable[int]:
        place = func.row_number().over(partition_by=column, order_by=Petitioner.petition_id.desc()).label("place")
        ranked = (
            select(Petitioner.petition_id, place)
            .join(Petition, Petition.id == Petitioner.petition_id)
            .outerjoin(Identity, Identity.petitioner_id == Petitioner.id)
            .where(column.in_(values), Petitioner.part == "petitioner", Petition.office_id == self._office_id)
            .subquery()
        )
        return db.session().scalars(select(ranked.c.petition_id).where(ranked.c.place <= REMEMBERED))


_PERSON = {
    "id_number": (Identity.id_number_mark,), "phone": (Identity.phone_mark,),
    "name": (Petitioner.name, Identity.name_mark),
}  # fmt: skip
"""By what a person is known again, and where it stands."""


def fold(text: str) -> str:
    """A text without what changes when a ledger passes through another program: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text[:_COMPARED]).casefold().split())


def _load(ids: Sequence[int], actor: User) -> Iterable[Past]:
    rows = db.session().execute(
        select(
            Petition.id, Petition.matter_id, Petition.number, Petition.original_number, Petition.fingerprint,
            Petition.received_on, Case.received_on, Case.closed_on, Case.sealed,
            func.coalesce(func.nullif(Petitioner.name, ""), Identity.name_mark, ""),
            func.coalesce(Identity.phone_mark, ""), func.coalesce(Identity.id_number_mark, ""), Petition.text,
        )
        .join(Case, Case.id == Petition.matter_id)
        .join(Petitioner, (Petitioner.petition_id == Petition.id) & (Petitioner.part == "petitioner"))
        .outerjoin(Identity, Identity.petitioner_id == Petitioner.id)
        .where(Petition.id.in_(ids))
        .order_by(Petition.id)
    ).all()  # fmt: skip
    hidden = {row.matter_id for row in rows if row.sealed}
    if hidden:
        hidden -= set(db.session().scalars(visible_to(actor, select(Case.id).where(Case.id.in_(hidden)))))
    for key, matter, number, original, mark, came, began, closed, sealed, name, phone, id_number, text in rows:
        yield Past(key, matter, number, original, mark, came, began, closed, sealed, name, phone, id_number,
                   text, matter not in hidden)  # fmt: skip


def _sought(entry: Entry, field: str) -> frozenset[str]:
    """By which marks the row's person is sought in this field; by none where half the county is called so."""
    marks: frozenset[str] = getattr(entry.who, field)
    return marks if _identifies(field, entry.of(field)) else frozenset()


def _identifies(field: str, value: str) -> bool:
    return bool(value) and (field != "name" or (value not in _NOBODY and not _SALUTATION.search(value)))


def _agrees(past: Past, entry: Entry) -> bool:
    return all(not getattr(past, field) or getattr(past, field) in getattr(entry.who, field) for field in _PERSON)


def _is_same_person(past: Past, entry: Entry) -> bool:
    """An identity number decides; else name or telephone, where the other of the two does not speak against it."""
    who = entry.who
    if past.id_number and who.id_number:
        return past.id_number in who.id_number
    if (past.name and who.name and past.name not in who.name) or (
        past.phone and who.phone and past.phone not in who.phone
    ):
        return False
    return past.phone in who.phone or past.name in _sought(entry, "name")


def _same_text(past: Past, text: str) -> bool:
    return fuzz.ratio(past.folded, text, score_cutoff=SAME_TEXT) >= SAME_TEXT


def _like(past: Past, text: str) -> bool:
    return fuzz.ratio(past.folded, text, score_cutoff=LIKE_TEXT) >= LIKE_TEXT


def _may_join(past: Past, entry: Entry) -> bool:
    return (
        entry.answer is None
        and past.sealed == entry.sealed
        and past.began_on <= entry.received_on
        and (past.closed_on is None or past.closed_on >= entry.received_on)
    )
