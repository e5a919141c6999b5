"""What the permission table grants, worked out a second time: from its words and from the rows, by no code of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from petitions.access.policy import TABLE
from petitions.access.roles import Role

RULES: Mapping[str, tuple[frozenset[str], ...]] = {
    name: tuple(frozenset(way.split()) for way in ways.split("|")) for name, (_, ways) in TABLE.items()
}
"""A copy of its own: a test may spoil the one the application reads."""

HOUSEKEEPING = {"administrator", "security_administrator", "auditor"}


@dataclass(frozen=True)
class Person:
    """Somebody, as far as rights go."""

    id: int
    unit: int
    roles: frozenset[str]
    active: bool


@dataclass(frozen=True)
class Thing:
    """A case, as far as rights go."""

    id: int
    state: str
    office: int
    holder: int
    sender: int | None
    handler: int | None
    sealed: bool
    parts: frozenset[int]
    """The units whose people see it."""
    working: frozenset[int]
    """Those of them that take part, not only read it for a review."""
    reviewers: frozenset[int]
    listed: frozenset[int]
    accused_units: frozenset[int]
    accused_people: frozenset[int]
    kind: str = "matter"
    seated: frozenset[int] = frozenset()
    """Who mediates it now."""
    ever: frozenset[int] = frozenset()
    """Who was ever chosen to."""
    recused: frozenset[int] = frozenset()


@dataclass
class Facts:
    """Everything that decides about rights, read from the tables."""

    parents: dict[int, int | None] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    things: dict[int, Thing] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: Connection | Session) -> "Facts":
        """The tables as they are."""

        def rows(query: str) -> list[Any]:
            return list(connection.execute(text(query)))

        facts = cls()
        for key, parent, kind in rows("SELECT id, parent_id, kind FROM units"):
            facts.parents[key], facts.kinds[key] = parent, kind
        roles: dict[int, set[str]] = {}
        for person, role in rows("SELECT user_id, role FROM user_roles"):
            roles.setdefault(person, set()).add(role)
        for key, unit, active in rows("SELECT id, unit_id, active FROM users"):
            facts.people[key] = Person(key, unit, frozenset(roles.get(key, ())), bool(active))
        sets = {
            "parts": rows("SELECT case_id, unit_id FROM case_units WHERE left_on IS NULL"),
            "working": rows("SELECT case_id, unit_id FROM case_units WHERE left_on IS NULL AND part <> 'review'"),
            "reviewers": rows(
                "SELECT about_id, unit_id FROM cases WHERE about_id IS NOT NULL AND closed_on IS NULL AND kind = 'review'"
            ),
            "listed": rows("SELECT case_id, user_id FROM case_readers WHERE dismissed_at IS NULL"),
            "units": rows("SELECT matter_id, unit_id FROM respondents WHERE unit_id IS NOT NULL"),
            "people": rows("SELECT matter_id, user_id FROM respondents WHERE user_id IS NOT NULL"),
            "seated": rows("SELECT mediation_id, user_id FROM mediation_seats WHERE left_on IS NULL"),
            "ever": rows("SELECT mediation_id, user_id FROM mediation_seats"),
            "recused": rows("SELECT mediation_id, user_id FROM mediation_seats WHERE recused"),
        }
        of = {name: {key: {b for a, b in found if a == key} for key, _ in found} for name, found in sets.items()}
        columns = "id, state, office_id, unit_id, sender_id, handler_id, sealed, kind"
        for key, state, office, holder, sender, handler, sealed, kind in rows(f"SELECT {columns} FROM cases"):  # noqa: S608
            named = [
                frozenset(of[name].get(key, ()))
                for name in ("parts", "working", "reviewers", "listed", "units", "people")
            ]
            chosen = [frozenset(of[name].get(key, ())) for name in ("seated", "ever", "recused")]
            facts.things[key] = Thing(key, state, office, holder, sender, handler, bool(sealed), *named, kind, *chosen)
        return facts

    def above(self, unit: int) -> set[int]:
        """The units over one."""
        found: set[int] = set()
        here = self.parents[unit]
        while here is not None:
            found.add(here)
            here = self.parents[here]
        return found

    def sees(self, person: Person, thing: Thing) -> bool:
        """Whether somebody may see a case at all."""
        if person.roles <= HOUSEKEEPING:
            return False
        if not thing.sealed:
            return person.unit in thing.parts and self.hears(person, thing)
        line = {person.unit, *self.above(person.unit)}
        if person.id in thing.accused_people or line & thing.accused_units:
            return False
        if self.kinds[person.unit] == "discipline" and person.id in thing.listed:
            return True
        desk = {
            one.id for one in self.people.values()
            if one.active and one.unit == thing.office and "restricted_clerk" in one.roles
        }  # fmt: skip
        named = thing.listed & desk
        return person.unit in thing.parts and person.id in (named or desk)

    @staticmethod
    def hears(person: Person, thing: Thing) -> bool:
        """Whether what is said in a case is confided to somebody of its unit: only mediation is not for everybody there."""
        if thing.kind != "mediation":
            return True
        if "committee_chair" in person.roles:
            return person.id not in thing.recused
        return "mediator" in person.roles and (person.id in thing.seated or not thing.ever)

    def holds(self, person: Person, permission: str, thing: Thing | None = None) -> bool:
        """Whether somebody holds a permission."""
        return any(all(self.true(word, person, thing) for word in way) for way in RULES[permission])

    def true(self, word: str, person: Person, thing: Thing | None) -> bool:
        """One word of the table."""
        if word in {role.value for role in Role}:
            return word in person.roles
        if word in ("anybody", "everybody"):
            return True
        if word == "unsplit":
            return not any(one.active and "security_administrator" in one.roles for one in self.people.values())
        if thing is None:
            return False
        region = self.parents[person.unit] if self.kinds[person.unit] == "office" else person.unit
        return {
            "of_office": person.unit == thing.office,
            "of_holder": person.unit == thing.holder,
            "of_sender": person.unit == thing.sender,
            "of_part": person.unit in thing.working,
            "of_reviewer": person.unit in thing.reviewers,
            "of_superior": person.unit in self.above(thing.holder),
            "of_region": region in {thing.holder, *self.above(thing.holder)},
            "is_handler": person.id == thing.handler,
        }[word]
