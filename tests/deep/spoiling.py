"""Holes in the wall, one at a time: a plugin that runs the tests of the wall on spoilt code and tells which are caught.

`SPOIL` names some of the holes, with commas; without it all are tried.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from sqlalchemy import false, true

from petitions.access import units
from petitions.cases import audit_list, entries, finding, handover, perform, queries, readers
from petitions.deadlines import audience
from petitions.intake import receipts
from petitions.intake.ledger import earlier
from petitions.intake.ledger import views as ledger_views
from petitions.matters import consistency, lists, need_to_know, present, sealing, to_mediation
from petitions.matters.kind import MATTER
from petitions.notices import queries as inbox
from petitions.privacy import who_views

Spoil = Callable[[pytest.MonkeyPatch], None]


def _says(answer: Any) -> Callable[..., Any]:
    """A function that always answers the same; `answer` is made anew each time where it is a function."""
    return lambda *args, **more: answer() if callable(answer) else answer  # noqa: ARG005


def _first(*args: Any) -> set[int]:
    """Every case that was asked about."""
    return set(args[0])


def _second(*args: Any) -> Any:
    """A condition that adds nothing: the query, or the people, come back as they were given."""
    return args[1]


def _put(target: Any, name: str, value: Any) -> Spoil:
    return lambda patch: patch.setattr(target, name, value)


def _unguarded(name: str) -> Spoil:
    """A guard of the table that always lets pass."""
    return lambda patch: patch.setitem(MATTER.guards, name, _says(None))  # type: ignore[arg-type]


def _without_effect(name: str) -> Spoil:
    return lambda patch: patch.setitem(MATTER.effects, name, _says(None))  # type: ignore[arg-type]


MUTANTS: dict[str, tuple[Spoil, str]] = {
    "everybody of a unit sees sealed ones": (_put(queries, "sees_sealed", _says(true)), "the_desk_of_that_day"),
    "everybody is on every list": (_put(readers, "lists", _says(true)), "the_desk_of_that_day"),
    "no list is ever kept": (_put(readers, "is_kept", _says(false)), "the_desk_of_that_day"),
    "no wall": (_put(queries, "WALLS", []), "an_accused_person_sees_nothing"),
    "a unit has nothing above it": (
        _put(units, "line_of", lambda unit_id: frozenset({unit_id})),
        "a_unit_that_is_closed_still",
    ),
    "nobody is accused when a list is made": (
        _put(sealing, "is_walled_off", _says(False)),
        "accused_later_leaves",
    ),
    "names in words accuse nobody": (
        _put(sealing, "_means", _says(False)),
        "named_in_words_is_not_put a_unit_named_in_words",
    ),
    "the accused can be put on a list": (
        _put(lists, "is_walled_off", _says(False)),
        "only_the_desk_and_the_discipline named_in_words an_accused_person nobody_sees_whom",
    ),
    "no unit is barred": (_put(lists, "accused_units", _says(dict)), "barred_while_the_purpose"),
    "no committee is barred": (_put(to_mediation, "accused_units", _says(dict)), "no_way_leads"),
    "the door looks at nobody": (_put(perform, "_in_sight", _says(None)), "whoever_had_it_open"),
    "guard not_sealed": (_unguarded("not_sealed"), "a_sealed_matter_is_not_handed no_way_leads"),
    "guard wall_can_stand": (_unguarded("wall_can_stand"), "not_swallowed does_not_register"),
    "guard desk_stays": (_unguarded("desk_stays"), "never_loses_its_last"),
    "guard is_sealed": (_unguarded("is_sealed"), "an_ordinary_matter_has_no_list"),
    "sealing does nothing": (_without_effect("seal"), "sealed_from_every_state"),
    "naming does nothing": (_without_effect("name_accused"), "an_accused_person_sees_nothing"),
    "dismissing does nothing": (_without_effect("dismiss"), "the_desk_of_that_day whoever_leaves nobody_sees_whom"),
    "messages and drafts stay": (_put(sealing, "_forget_outsiders", _says(None)), "others_were_typing unread_messages"),
    "the desk is not put on the list": (_put(readers, "admit", _says(None)), "the_desk_of_that_day"),
    "nobody is taken off": (_put(readers, "dismiss", _says(None)), "nobody_sees_whom the_desk_of_that_day"),
    "read messages stay readable": (
        lambda patch: patch.setitem(inbox.SIGHT, "concealed", _says(false)),
        "messages_that_were_read",
    ),
    "receipts for the accused": (_put(receipts, "_accuses", _says(False)), "loses_the_receipt"),
    "numbers in the history": (_put(entries, "visible_to", _second), "gone_from_the_history joined_repeat_tells"),
    "the audit hides nothing": (_put(audit_list, "is_of_discipline", _says(True)), "marks_without_words"),
    "who saw whom is told to every auditor": (_put(who_views, "readable_cases", _first), "no_auditor_learns"),
    "imports see sealed ones": (_put(earlier, "visible_to", _second), "find_out_nothing"),
    "original numbers betray ours": (_put(consistency, "visible", _says(true)), "does_not_betray_ours"),
    "papers are found past the wall": (_put(finding, "visible_to", _second), "the_accused_side_sees_nothing"),
    "reminders for everybody": (_put(audience, "among_viewers", _second), "reminders_of_a_sealed"),
    "nobody had seen it": (_put(need_to_know, "who_saw", _says(list)), "told_who_had_seen"),
    "forms propose hidden numbers": (_put(present, "sees", _says(True)), "does_not_propose"),
    "rows of a ledger for everybody": (_put(ledger_views, "_find_own", ledger_views._find), "shown_to_who_brought"),
    "administrators count accusations": (
        _put(handover, "_held", _says(handover.Held(2, ("XF2026-000001",)))),
        "handles_open_cases units_or_cases is_not_closed",
    ),
    "handlers are not asked": (_put(lists, "why_away", _says(None)), "telephone_of_the_petitioner"),
}
"""One hole each, with words of the names of the tests that have to fail by it."""


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Instead of every test once: for each hole its tests, until one fails. Everything is imported and migrated once."""
    wanted = os.environ["SPOIL"].split(",") if os.environ.get("SPOIL") else list(MUTANTS)
    tests = [item for item in session.items if isinstance(item, pytest.Function)]
    for name in wanted:
        spoil, words = MUTANTS[name]
        asked = [item for item in tests if any(word in item.name for word in words.split())]
        asked = [item for item in asked if _passes(item)]  # on sound code, or its failing would say nothing
        with pytest.MonkeyPatch.context() as patch:
            spoil(patch)
            failed = next((item.name for item in asked if not _passes(item)), "")
        print(f"\n{'caught' if failed else 'ESCAPED'}: {name}: {failed or f'{len(asked)} tests passed'}", flush=True)
        session.testsfailed += not failed
    return True


def _passes(item: pytest.Function) -> bool:
    item._initrequest()
    # Followed by one of another folder: what is its own is taken down, what all tests share is not.
    other = next(one for one in item.session.items if one.path.parent != item.path.parent)
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=other))
