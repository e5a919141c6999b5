"""The form of an act: drawn from the row of the table and its fields, filled with what is known or what was typed."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import panels, voiding
from petitions.cases.act_drafts import is_kept
from petitions.cases.buttons import clock_of, ends_for_good
from petitions.cases.calendar import load_calendar
from petitions.cases.checks import tidy_line
from petitions.cases.fields import Choice, Field, Kind
from petitions.cases.kinds import CaseKind, kind_of
from petitions.cases.models import Case
from petitions.cases.page import carried_in
from petitions.cases.panels import Panel, Place
from petitions.cases.perform import Surroundings, open_to, surroundings
from petitions.cases.readings import Reading, readings
from petitions.cases.told import in_lines
from petitions.documents.face import Face
from petitions.flow import Action, State

_LISTED = (Kind.CHOICE, Kind.CHOICES, Kind.UNIT, Kind.UNITS, Kind.USER, Kind.PER_PART)

_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])

_WORDY = 40
"""Characters from which a choice is read in full as a line of its own instead of being cut in a select."""


@dataclass(frozen=True)
class Asked:
    """One field of the form."""

    field: Field
    required: bool
    value: Any
    choices: Sequence[Choice] | None
    parts: Sequence[Choice] | None
    columns: Mapping[str, Sequence[Choice] | None]
    """Of a table, by column what may be chosen there."""
    show: str
    """How the macro draws it, where its own rule would not do."""
    hidden: bool
    """What it hinges on says, so far, that it is not asked."""
    decides: bool
    """Other fields hinge on it."""


@dataclass(frozen=True)
class Sent:
    """What a form carries along beside its fields."""

    submission: str = ""
    next: str = ""
    """Where to go afterwards, when that is not the case."""
    list: str = ""
    """The list the case was opened from."""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Sent":
        """What an address or a posted form brings; a form without an id gets one."""
        given = args.get("submission", "")
        own = given if re.fullmatch("[0-9a-f]{32}", given) else uuid.uuid4().hex
        return cls(own, tidy_line(args.get("next", "")), carried_in(args))


@dataclass(frozen=True)
class ActForm:
    """What the template draws."""

    case: Case
    row: Action
    state: State
    target: State | None
    asked: Sequence[Asked]
    errors: Mapping[str, str]
    clock: Reading | None
    """The clock this act answers."""
    beside: Panel | None
    panels: Sequence[Panel]
    """What is asked for, to look up while writing."""
    drafts: Sequence[Face]
    """The papers as they would be issued, when a preview was asked for."""
    hindrance: str
    """Why there is no preview yet."""
    siblings: Sequence[Action]
    """Other answers to the same question: approve or return, uphold or reject."""
    sent: "Sent"
    danger: bool
    """It ends the course without being its usual end."""
    keeps_draft: bool
    saved_at: datetime | None
    """When the draft was saved that the form was filled from."""

    @property
    def fields(self) -> list[Field]:
        """The fields, for the order of the error summary."""
        return [one.field for one in self.asked]

    @property
    def law(self) -> str:
        """The law whose article the row names, where it leaves it out."""
        return kind_of(self.case).law if self.row.article.startswith("第") else ""

    @property
    def issues(self) -> bool:
        """Whether papers come of it, to be seen before."""
        return issues(self.row)

    @property
    def uploads(self) -> bool:
        """Whether files may come with it."""
        return any(one.field.kind is Kind.FILES for one in self.asked)


def issues(row: Action) -> bool:
    """Whether an act issues papers: its own, or a void one anew."""
    return bool(row.document) or row.effect == voiding.REISSUES


def act_form(
    case: Case, user: User, row: Action, sent: Sent, *, typed: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, drafts: Sequence[Face] = (),
    hindrance: str = "", saved_at: datetime | None = None,
) -> ActForm:  # fmt: skip
    """The form of `row`. `typed` is what was typed before; without it what is known is presented.

    `given` are values a link brings along (the paper to be served, the matter it repeats); `saved_at`: what is
    typed comes from a draft of that moment.
    """
    kind, furniture = kind_of(case), panels.furniture[case.kind]
    values = dict(typed) if typed is not None else _presented(case, user, row)
    values |= {name: text for name, text in (given or {}).items() if name in row.fields and text}
    clocks = readings(case.deadlines, user.unit_id, clock.today(), load_calendar())
    draw = furniture.beside.get(row.name)
    made = [make(case, user) for make in furniture.panels]
    return ActForm(
        case=case,
        row=row,
        state=kind.flow.state[case.state],
        target=kind.flow.state[row.target] if row.target else None,
        asked=list(_asked(kind, row, values, surroundings(case, user))),
        errors=errors or {},
        clock=clock_of(row, case, clocks),
        beside=draw(case, user, values) if draw else None,
        panels=[panel for panel in made if panel is not None and panel.place in (Place.TOP, Place.READING)],
        drafts=drafts,
        hindrance=hindrance,
        siblings=_siblings(case, user, row),
        sent=sent,
        danger=ends_for_good(row, kind.flow),
        keeps_draft=is_kept(kind, row),
        saved_at=saved_at,
    )


def _siblings(case: Case, user: User, row: Action) -> list[Action]:
    """The open acts that are decided by reading the same thing."""
    beside = panels.furniture[case.kind].beside
    alike = [name for name, draw in beside.items() if name != row.name and draw is beside.get(row.name)]
    return [one for one in open_to(user, case) if one.name in alike]


def _presented(case: Case, user: User, row: Action) -> dict[str, Any]:
    present = panels.furniture[case.kind].present.get(row.name)
    return dict(present(case, user)) if present else {}


def _asked(kind: CaseKind, row: Action, values: Mapping[str, Any], around: Surroundings) -> Iterable[Asked]:
    hinges = {name: one.hinge for name in row.fields if (one := kind.fields[name]).hinge is not None}
    for name in _as_read(row.fields, kind.fields):
        one, hinge = kind.fields[name], hinges.get(name)
        choices = around.choices(one.choices) if one.kind in _LISTED else None
        yield Asked(
            # Other cases are too many to list: their number is typed.
            field=replace(one, kind=Kind.TEXT) if one.kind is Kind.CASE else one,
            required=name in row.requires or (hinge is not None and set(hinge.asked) <= set(hinge.needed)),
            value=_printable(values.get(name)),
            choices=choices,
            parts=around.choices(one.parts) if one.parts else None,
            columns={c.name: around.choices(c.choices) if c.choices else None for c in one.columns},
            show="radio" if one.kind is Kind.CHOICE and any(len(c.label) > _WORDY for c in choices or ()) else "",
            hidden=hinge is not None and not hinge.asks(values.get(hinge.on)),
            decides=any(other.on == name for other in hinges.values()),
        )


def _as_read(names: Sequence[str], fields: Mapping[str, Field]) -> list[str]:
    """The fields as a form is read: what belongs after another one stands there, the rest as the row has it."""
    read: list[str] = []
    for name in names:
        anchor = fields[name].after
        behind = [one for one in read if one == anchor or fields[one].after == anchor]
        read.insert(read.index(behind[-1]) + 1 if anchor in read else len(read), name)
    return read


def _printable(value: Any) -> Any:
    """What was typed, without the characters that no page may hold."""
    return value.translate(_CONTROLS) if isinstance(value, str) else value


def said(case: Case, user: User, row: Action, values: Mapping[str, Any]) -> dict[str, str]:
    """Label -> text of typed values, for the page that shows two people's texts side by side."""
    kind, around = kind_of(case), surroundings(case, user)
    return {
        str(kind.fields[name].label): _said(kind.fields[name], values.get(name), around)
        for name in row.fields
        if kind.fields[name].kind is not Kind.FILES
    }


def _said(one: Field, value: Any, around: Surroundings) -> str:
    if value in (None, "", [], {}):
        return ""
    if one.kind in (Kind.TOLD, Kind.ROWS):
        named = {part.value: str(part.label) for part in around.choices(one.parts)} if one.parts else {}
        return str(in_lines(one, value, lambda column, told: _said(column, told, around), named))
    if one.kind not in _LISTED:
        return str(value)
    labels = {choice.value: str(choice.label) for choice in around.choices(one.choices)}
    if one.kind is Kind.PER_PART:
        parts = {part.value: part.label for part in around.choices(one.parts)}
        return "\n".join(f"{parts.get(str(part), part)}：{labels.get(str(v), v)}" for part, v in dict(value).items())
    return "、".join(labels.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value]))
