"""The acts a person may do on a case now, as buttons: with article, with the clock each one answers."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from petitions.access.models import User
from petitions.cases.kinds import kind_of
from petitions.cases.models import Case, Event
from petitions.cases.perform import leads, offers
from petitions.cases.readings import Reading
from petitions.flow import Action, Flow
from petitions.words import Sentence, say

_KEYS: Mapping[str, str] = {"note": "c", "attach": "u"}
"""Shortcuts of the two acts that stand beside every course (ux.md §6); the main one has `e`."""


@dataclass(frozen=True)
class Button:
    """One act."""

    name: str
    label: str
    url: str
    hint: Sentence | None
    """The article and the clock the act answers."""
    main: bool
    """It comes next: the primary button."""
    danger: bool
    """It ends the course without being its usual end."""
    key: str
    post: bool
    """Nothing is asked: the button is the act."""
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Held:
    """An act of this person that waits for something."""

    label: str
    reason: str


@dataclass(frozen=True)
class Offered:
    """What a person may do on a case, now and not yet."""

    buttons: Sequence[Button]
    quiet: frozenset[str]
    """Names of acts that are done from a place of their own on the page."""
    held: Sequence[Held]


def offered(
    case: Case, user: User, clocks: Sequence[Reading], latest: Mapping[str, Event], carried: str = ""
) -> Offered:
    """The acts of `user` on `case`, the main one first. `carried` is the list the case was opened from."""
    flow = kind_of(case).flow
    answers = offers(user, case, latest)
    rows = [row for row, reason in answers if not reason]
    next_ones = [row for row in rows if not row.quiet and leads(user, row, case, latest)]
    main = max(next_ones, key=lambda row: row.rank, default=None)
    loud = [row for row in rows if not row.quiet and (not row.panel or row is main)]
    order = {row.name: place for place, row in enumerate(flow.actions)}
    loud.sort(key=lambda row: (row is not main, main is None and row.name != "note", order[row.name]))
    return Offered(
        buttons=[_button(case, row, row is main, ends_for_good(row, flow), clocks, carried) for row in loud],
        quiet=frozenset(row.name for row in rows if row.quiet),
        held=[Held(row.label, reason) for row, reason in answers if reason and not row.quiet and not row.panel],
    )


def ends_for_good(row: Action, flow: Flow) -> bool:
    """Whether an act closes the case without being its usual end, and nothing leads back from there."""
    closed = flow.closed_states()
    if row.rank or row.target not in closed:
        return False
    return all(way.target in closed for way in flow.open_to(row.target) if way.target)


def _button(case: Case, row: Action, main: bool, danger: bool, clocks: Sequence[Reading], carried: str) -> Button:
    post = not row.fields
    fields = [("version", str(case.version)), ("submission", uuid.uuid4().hex), ("list", carried)]
    return Button(
        name=row.name,
        label=row.label,
        url=url_for("cases.act", case_id=case.id, action=row.name, list=None if post else carried or None),
        hint=_hint(row, case, clocks),
        main=main,
        danger=danger,
        key="" if main else _KEYS.get(row.name, ""),
        post=post,
        fields=fields if post else [],
    )


def clock_of(row: Action, case: Case, clocks: Sequence[Reading]) -> Reading | None:
    """The open clock that this act ends: a duty of the holding unit before any other."""
    own = [reading for reading in clocks if not reading.ended and reading.deadline.code in (*row.stops, *row.stops_own)]
    return min(
        own,
        key=lambda one: (one.deadline.window, one.deadline.unit_id != case.unit_id, one.deadline.target_on),
        default=None,
    )


def _hint(row: Action, case: Case, clocks: Sequence[Reading]) -> Sentence | None:
    reading = clock_of(row, case, clocks)
    if reading is None:
        return say(row.article) if row.article else None
    if not row.article:
        return say("{clock} {words}", clock=reading.name, words=reading.chip.words)
    return say("{article} · {clock} {words}", article=say(row.article), clock=reading.name, words=reading.chip.words)
