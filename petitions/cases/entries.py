"""办理过程: the events of a case as entries people read. What was filled in is shown in words, never as codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, false, literal, select, union_all
from sqlalchemy.orm.util import identity_key

from petitions import db
from petitions.access import past
from petitions.access.models import Unit, User
from petitions.cases.fields import Field, Kind
from petitions.cases.history import Sort, sort_of
from petitions.cases.kinds import CaseKind, is_withheld
from petitions.cases.models import Attachment, Case, Document, Event
from petitions.cases.queries import visible_to
from petitions.cases.told import in_lines, joined
from petitions.documents.concealed import readable
from petitions.words import Sentence, say

LONG = 120
"""Characters from which a value is folded: the course of a case is skimmed first and read afterwards."""

SHORT = 24
"""Characters up to which a value shares its line with others."""

_TABLES: Mapping[Kind, str] = {Kind.UNIT: "unit", Kind.UNITS: "unit", Kind.USER: "user", Kind.CASE: "case"}

_ROWS: Mapping[str, type[Unit | User]] = {"unit": Unit, "user": User}

_NAMES = {
    "unit": select(literal("unit"), Unit.id, Unit.name, false()).where(Unit.id.in_(bindparam("unit", expanding=True))),
    "user": select(literal("user"), User.id, User.name, false()).where(User.id.in_(bindparam("user", expanding=True))),
    "case": select(literal("case"), Case.id, Case.number, Case.sealed).where(
        Case.id.in_(bindparam("case", expanding=True))
    ),
}

Named = Mapping[tuple[str, int], str]
"""The names of what events point at by id."""


@dataclass(frozen=True)
class Fact:
    """One field of an act as it was filled in."""

    label: str
    value: str | Sentence

    @property
    def wide(self) -> bool:
        """Whether it takes a line of its own; short ones stand side by side."""
        return len(self.value) > SHORT or "\n" in self.value

    @property
    def long(self) -> bool:
        """Whether it is folded."""
        return len(self.value) > LONG or self.value.count("\n") > 2


@dataclass(frozen=True)
class Entry:
    """One event."""

    event: Event
    title: str
    """What was done."""
    state: str
    """The state it led to, when it moved the case; empty otherwise."""
    sort: Sort
    facts: Sequence[Fact]
    documents: Sequence[Document] = ()
    files: Sequence[Attachment] = field(default_factory=tuple)

    @property
    def late(self) -> bool:
        """Whether it was written down on a later day than it happened."""
        return self.event.at.date() != self.event.recorded_at.date()


def entries(kind: CaseKind, case: Case, user: User, events: Sequence[Event]) -> list[Entry]:
    """The events as entries, in the order given. Names they need beyond what is loaded are read with one query."""
    named = _names(kind, events, user)
    issued: dict[int, list[Document]] = {}
    for paper in case.documents:
        issued.setdefault(paper.event_id, []).append(paper)
    return [
        Entry(
            event=event,
            title=_title(kind, event),
            state=kind.flow.state[event.to_state].label if _moved(kind, event) else "",
            sort=sort_of(event, kind.flow),
            facts=[]
            if is_withheld(case, event.action)
            else facts(kind, case, user, event.data, named, event.at.date()),
            documents=issued.get(event.id, ()),
            files=_files(case, event),
        )
        for event in events
    ]


def facts(
    kind: CaseKind, case: Case, user: User, data: Mapping[str, Any], named: Named | None = None, day: date | None = None
) -> list[Fact]:
    """The fields of an act in words, in the order they were asked; files are left out. Units are called as on `day`."""
    known = dict(named if named is not None else _read(_pointed_at(kind, data), user))
    if day is not None:
        earlier = ((key, past.earlier_name(key[1], day)) for key in _pointed_at(kind, data) if key[0] == "unit")
        known |= {key: name for key, name in earlier if name}
    found = []
    for name, value in data.items():
        one = kind.fields.get(name)
        if one is None:
            found.append(Fact(name, str(readable(value))))
        elif one.kind is not Kind.FILES:
            found.append(Fact(one.label, _worded(kind, case, user, one, value, known)))
    return found


def _title(kind: CaseKind, event: Event) -> str:
    row = kind.flow.action.get(event.action)
    return row.label if row else event.action


def _moved(kind: CaseKind, event: Event) -> bool:
    return event.from_state != event.to_state and event.to_state in kind.flow.state


def _files(case: Case, event: Event) -> list[Attachment]:
    brought = {(file["sha256"], file["name"]) for file in event.data.get("files", ())}
    return [file for file in case.attachments if (file.sha256, file.name) in brought]


def _worded(kind: CaseKind, case: Case, user: User, one: Field, value: Any, named: Named) -> str | Sentence:
    if one.kind is Kind.PER_PART:
        parts = {part.value: part.label for part in kind.choices[one.parts](case, user)}
        lines = [
            say("{part}：{choice}", part=parts.get(part, part), choice=say(kind.label_of(one, chosen)))
            for part, chosen in value.items()
        ]
        return joined("{first}\n{rest}", lines)
    if one.kind in (Kind.TOLD, Kind.ROWS):
        parts = {part.value: part.label for part in kind.choices[one.parts](case, user)} if one.parts else {}
        return in_lines(one, value, lambda column, told: _worded(kind, case, user, column, told, named), parts)
    if one.kind in (Kind.CHOICE, Kind.CHOICES):
        return joined("{first}、{rest}", [say(kind.label_of(one, chosen)) for chosen in _each(value)])
    if one.kind in _TABLES:
        return "、".join(named.get((_TABLES[one.kind], int(chosen)), "") for chosen in _each(value))
    return _plain(one, value)


def _plain(one: Field, value: Any) -> str | Sentence:
    if one.kind is Kind.FLAG:
        return say("是") if value else say("否")
    # Of an amount the label says that it is in 元.
    return f"{readable(value)}{one.suffix}"


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _pointed_at(kind: CaseKind, data: Mapping[str, Any]) -> set[tuple[str, int]]:
    return {
        (_TABLES[one.kind], int(chosen))
        for name, value in data.items()
        if (one := kind.fields.get(name)) is not None and one.kind in _TABLES
        for chosen in _each(value)
    }


def _names(kind: CaseKind, events: Sequence[Event], user: User) -> Named:
    wanted = {pointed for event in events for pointed in _pointed_at(kind, event.data)}
    return _read(wanted, user)


def _read(wanted: set[tuple[str, int]], user: User) -> Named:
    """Names by table and id: those of loaded rows as they are, the others with one query for all tables.

    Another case is named by its number, unless it has become an accusation that the reader may not see (第30条).
    """
    named, missing = dict[tuple[str, int], str](), dict[str, list[int]]()
    for table, number in wanted:
        row = db.session().identity_map.get(identity_key(_ROWS[table], number)) if table != "case" else None
        if row is not None:
            named[table, number] = str(getattr(row, "name", ""))
        else:
            missing.setdefault(table, []).append(number)
    if missing:
        query = union_all(*(_NAMES[table] for table in missing))
        sealed = set()
        for table, number, word, is_sealed in db.session().execute(query, missing):
            named[table, number] = word
            sealed.update([number] if is_sealed else [])
        if sealed:
            sealed -= set(db.session().scalars(visible_to(user, select(Case.id).where(Case.id.in_(sealed)))))
        named.update({("case", number): say("（已保密）") for number in sealed})
    return named
