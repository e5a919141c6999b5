"""分办: screening, classification and the way out of the queue, done as one.

A clerk decides all of it in one look, so it is one form and one unit of work: `sort_out()` carries out the rows
that are still missing and then the one that was chosen. When any of them is refused, none has happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import cleaning, fields
from petitions.cases.models import Event
from petitions.cases.perform import perform, surroundings
from petitions.flow import Action
from petitions.matters.fields import FIELDS
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.triage.candidates import SCREENING, candidates
from petitions.words import FieldErrors, Refused, say

FIRST, CLASSIFY = FLOW.action["screen_as_first"], FLOW.action["classify"]


@dataclass(frozen=True)
class Way:
    """One way out of the queue: a row of the table and its place on the page."""

    action: Action
    key: str
    """The group it belongs to: what is pressed."""
    classifies: bool
    """Whether nature, purpose, class and place are asked on the same form."""
    note: str = ""
    """What the field of this name starts with; the clerk changes it."""


# Notes become part of papers and of the file, which are Chinese: no `say` here.
WAYS: Mapping[str, Way] = {
    way.action.name: way
    for way in (
        Way(FLOW.action["transfer"], "1", True),
        Way(FLOW.action["assign"], "1", True),
        Way(FLOW.action["report_up"], "1", False),
        Way(FLOW.action["divert_litigation"], "3", True, "属于涉法涉诉事项，请向该机关反映。"),
        Way(FLOW.action["divert_discipline"], "3", True, "按照管理权限转送，请依规依纪依法处理。"),
        Way(FLOW.action["refuse"], "3", False),
        Way(FLOW.action["refuse_duplicate"], "3", False, "同一信访事项正在办理。"),
        # Why it is the same is for a person to say (第36条第三款)
        Way(FLOW.action["refuse_no_longer"], "3", False),
        Way(FLOW.action["file"], "3", False, "没有可以办理的诉求。"),
        Way(FLOW.action["ask_supplement"], "4", False),
        Way(FLOW.action["snooze"], "h", False),
        Way(CLASSIFY, "c", True),
    )
}


def ways(matter: Matter, actor: User) -> list[Way]:
    """The ways open to `actor` for `matter`, screening counted as done: it is part of the same act."""
    return [way for way in WAYS.values() if _fits(way.action, matter) and may(actor, way.action.permission, matter)]


def asked_by(way: Way) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields of the form of a way: required ones, and those that may be filled."""
    required, accepted = list(way.action.requires), list(way.action.accepts)
    if way.classifies and way.action is not CLASSIFY:
        required = [*CLASSIFY.requires, *required]
        accepted = [*CLASSIFY.accepts, *accepted]
    return tuple(dict.fromkeys(required)), tuple(name for name in dict.fromkeys(accepted) if name not in required)


def typed_by(action: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """What a posted form says about the fields of a way, and whether its clerk has compared."""
    way = WAYS.get(action)
    names = [name for part in asked_by(way) for name in part] if way else []
    return {**fields.from_form([FIELDS[name] for name in names], form), "first": form.get("first", "")}


def sort_out(
    matter: Matter,
    action: str,
    data: Mapping[str, Any],
    actor: User,
    *,
    version: int | None = None,
    submission: str | None = None,
) -> Event:
    """Carry out `action` of the queue, with the screening and the classification it still needs.

    `data` holds the fields of `asked_by()` as typed, and `first` where earlier matters are suspected: the clerk has
    looked at them. All or nothing. Raises FieldErrors (of every step at once), Refused, Stale or NotPermitted.
    """
    done = _already(matter, submission)
    if done is not None:
        return done
    way = WAYS.get(action)
    if way is None:
        raise Refused(say("分办队列里没有“{action}”这一项", action=action))
    required, accepted = asked_by(way)
    typed = cleaning.clean(FIELDS, required, accepted, data, surroundings(matter, actor))
    steps = _before(matter, way, typed, data, actor)
    with db.session().begin_nested():
        for name in steps:
            perform(matter, name, data if name == CLASSIFY.name else {}, actor, version=version)
            version = None
        return perform(matter, action, data, actor, version=version, submission=submission)


def _fits(action: Action, matter: Matter) -> bool:
    if matter.sealed and "not_sealed" in action.guards:
        return False
    return matter.state in action.sources or (matter.state in SCREENING and FIRST.target in action.sources)


def _before(matter: Matter, way: Way, typed: Mapping[str, Any], data: Mapping[str, Any], actor: User) -> list[str]:
    """The acts that come before the chosen one."""
    screens = matter.state in SCREENING and matter.state not in way.action.sources
    if screens and not data.get("first"):
        count = len(candidates(matter, actor))
        if count:
            sentence = say("有{count}件疑似重复。先对照，或者勾选“已核对，是初次件”", count=count)
            raise FieldErrors({"first": sentence})
    classifies = way.classifies and way.action is not CLASSIFY and not _is_classified(matter, typed)
    return [FIRST.name] * screens + [CLASSIFY.name] * classifies


def _is_classified(matter: Matter, typed: Mapping[str, Any]) -> bool:
    """Whether the form says what is known already: then there is nothing to record."""
    if any(getattr(matter, name) != typed[name] for name in CLASSIFY.requires):
        return False
    name, unit_id = typed.get("respondent", ""), typed.get("respondent_unit")
    known = any(name in ("", row.name) and unit_id == row.unit_id for row in matter.respondents)
    new = bool(name or unit_id) and not known
    flags = "flags" in typed and matter.petitions and typed["flags"] != matter.first.flags
    return not new and not flags and typed.get("urgency", matter.urgency) == matter.urgency


def _already(matter: Matter, submission: str | None) -> Event | None:
    """What this very form has done before, if it has: a double click is one act."""
    if not submission:
        return None
    return db.session().scalar(select(Event).where(Event.submission == submission, Event.case_id == matter.id))
