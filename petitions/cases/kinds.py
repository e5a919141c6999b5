"""A kind of case: its table and the functions the table names. The kernel asks here and knows no more."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from petitions.access.models import Unit, User
from petitions.access.policy import RULES
from petitions.cases.fields import Choice, Field
from petitions.cases.fields import Kind as FieldKind
from petitions.cases.limits import LIMITS
from petitions.cases.models import Case, Event, named
from petitions.documents.layouts import DEFAULT
from petitions.flow import Action, Flow
from petitions.words import say


@dataclass
class Act:
    """One act while it is carried out: what guards, effects, papers and audiences are told."""

    case: Case
    action: Action
    data: dict[str, Any]
    """The cleaned fields."""
    actor: User
    at: datetime
    """When it happened."""
    on: date
    """The day it counts from: the field named by the row's `dated_by`, or the day of `at`."""
    behalf: User | None = None
    """Whose right it is, where the actor stands in for somebody."""
    event: Event | None = None
    """The row of the history, once the guards have let the act through."""
    asking: bool = False
    """Nothing is typed yet: the guards only decide whether the act is offered."""
    latest: Mapping[str, Event] | None = None
    """The newest event of each action, where it was read once for the guards of many acts."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What an effect found out and a paper or an audience wants to know."""

    issuer: Unit | None = None
    """The unit whose paper is issued anew, where somebody else works there now than when the act was done."""

    @property
    def unit(self) -> Unit:
        """The unit that acts, and under whose name and number its papers go out."""
        return self.issuer or self.actor.unit

    @property
    def who(self) -> str:
        """Who does it, and in whose name."""
        return named(self.actor, self.behalf)


@dataclass(frozen=True)
class Paper:
    """What a paper says before it has a number."""

    title: str
    recipient: str
    values: Mapping[str, Any]
    series: str
    """The word of its number: 〔2026〕青信转字第12号 has 转."""
    layout: str = DEFAULT
    """How it is set in Word: letter, notice, form, minutes or cover (documents/layouts.py)."""
    number: str = ""
    """Its number, where the papers of a case bear that of the case; empty: the next one of the series."""


@dataclass(frozen=True)
class PaperKind:
    """What lists and pages of administration say of a kind of paper before there is one."""

    title: str
    layout: str = DEFAULT


Guard = Callable[[Act], str | None]
Effect = Callable[[Act], None]
Audience = Callable[[Act], Iterable[int]]
Choices = Callable[[Case | None, User], Sequence[Choice]]


def _as_typed(case: Case, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    return data


@dataclass(frozen=True)
class CaseKind:
    """Everything the door needs to know about one kind of case."""

    name: str
    label: str
    flow: Flow
    fields: Mapping[str, Field]
    guards: Mapping[str, Guard]
    effects: Mapping[str, Effect]
    audiences: Mapping[str, Audience]
    papers: Mapping[str, Callable[[Act], Paper | None]]
    """None: this time the act issues no such paper."""
    choices: Mapping[str, Choices]
    look_ups: Mapping[str, Callable[[Case | None, User, str], Choice | None]]
    """Cases are too many to list: the one a person named by number or id."""
    applies: Mapping[str, Callable[[Case], bool]]
    """Conditions a limit may name (limits.py, `applies`)."""
    label_of: Callable[[Field, str], str]
    """The word for an entry somebody chose in a field, also when the entry is no longer offered."""
    conceal: Callable[[Case, dict[str, Any]], dict[str, Any]] = _as_typed
    """The fields of an act on a sealed case as they may be written down (documents/concealed.py)."""
    withheld: frozenset[str] = frozenset()
    """Acts whose words are for those who took part. Behind a wall, where others hold the case, they see that it was and when."""
    law: str = say("《信访工作条例》")
    """Whose articles are meant where a row of the table names no law."""
    paper_kinds: Mapping[str, PaperKind] = field(default_factory=dict)
    """By kind what its papers are called; one that is not named here is called by its kind."""


KINDS: dict[str, CaseKind] = {}


def register(kind: CaseKind) -> CaseKind:
    """Make a kind known; raises ValueError naming every word of its table that nothing defines."""
    wrong = [*kind.flow.flaws(), *_unknown(kind)]
    if wrong:
        raise ValueError(f"the table of {kind.name} is unsound: " + "; ".join(wrong))
    KINDS[kind.name] = kind
    return kind


def kind_of(case: Case) -> CaseKind:
    """The kind of a case."""
    return KINDS[case.kind]


def is_withheld(case: Case, action: str) -> bool:
    """Whether the words of this act are for nobody who may see the case now: whoever said them has left it."""
    return case.sealed and action in kind_of(case).withheld


def _clocks(action: Action) -> tuple[str, ...]:
    return (*action.starts, *action.stops, *action.stops_own, *action.pauses, *action.continues, *action.resumes)


def paper_kinds() -> Mapping[str, PaperKind]:
    """Every kind of paper that some kind of case issues."""
    return {
        name: kind.paper_kinds.get(name, PaperKind(name)) for kind in KINDS.values() for name in kind.papers
    }  # fmt: skip


def _unknown(kind: CaseKind) -> list[str]:
    found = []
    for action in kind.flow.actions:
        asked: list[tuple[str, Iterable[str], Iterable[str]]] = [
            ("field", action.fields, kind.fields),
            ("guard", (*action.guards, *action.leads_when), kind.guards),
            ("effect", [action.effect] if action.effect else [], kind.effects),
            ("paper", action.document.split(), kind.papers),
            ("audience", action.notices, kind.audiences),
            ("clock", _clocks(action), LIMITS),
            ("permission", [action.permission], RULES),
        ]
        for what, used, known in asked:
            found += [f"{action.name} names an unknown {what} {word}" for word in used if word not in set(known)]
    named = [(name, one) for name, one in kind.fields.items()]
    for name, one in [*named, *((f"{name}.{c.name}", c) for name, whole in named for c in whole.columns)]:
        if one.name != name.rpartition(".")[2]:
            found.append(f"field {name} calls itself {one.name}")
        if set(one.row_needs) - {column.name for column in one.columns}:
            found.append(f"field {name} needs a column it has not")
        listed = one.kind in (
            FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.UNIT, FieldKind.UNITS, FieldKind.USER, FieldKind.PER_PART,
        )  # fmt: skip
        if listed and one.choices not in kind.choices:
            found.append(f"field {name} offers an unknown list {one.choices!r}")
        if one.kind is FieldKind.CASE and one.choices not in kind.look_ups:
            found.append(f"field {name} asks an unknown look-up {one.choices!r}")
    return found
