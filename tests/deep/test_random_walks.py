"""R9: whatever anybody tries on a matter, in whatever order, only legal steps are taken and a refusal leaves no trace."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from petitions.cases import parts
from petitions.demo.people import seeded
from petitions.matters import who
from petitions.matters.guards import GUARDS
from petitions.matters.kind import MATTER
from petitions.matters.states import STATES
from petitions.matters.workflow import FLOW
from tests.deep.conftest import Installation
from tests.deep.oracle import numbers
from tests.deep.walking import Figures, Walk

pytestmark = pytest.mark.deep

SEED, STEPS = 9, 100
WALKS = {"sqlite": 40, "postgresql": 20}
"""The same walks on both; PostgreSQL takes longer for each step and the rules are the same."""


def _walk(place: Installation, walks: int, figures: Figures) -> Iterator[str]:
    for number in range(walks):
        draw = seeded(f"{SEED}-{number}")
        yield from (f"walk {number}, {wrong}" for wrong in Walk(place.database, place.world, draw, figures).go(STEPS))


def test_no_walk_leaves_the_table(installation: Installation) -> None:
    began, walks, figures = time.monotonic(), WALKS[installation.kind], Figures()
    wrong = list(_walk(installation, walks, figures))
    with installation.database.engine.connect() as connection:
        wrong += numbers(connection)
    acts, refused = figures.done, ", ".join(f"{name} {count}" for name, count in sorted(figures.refused.items()))
    print(f"\n{installation.kind}: {walks * STEPS} tries, {acts.total()} done ({len(acts)} of {len(FLOW.actions)} acts, "
          f"{len(figures.states)} of {len(STATES)} states), refused: {refused}, sent twice {figures.again}, "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    assert wrong == []
    assert len(figures.states) == len(STATES)


def _nothing_against(act: Any) -> None:
    """A guard that was deleted."""


def _leaves_it_undone(*_: Any) -> None:
    """A step of an effect that was forgotten."""


def _always(case: Any) -> bool:
    """A condition that was forgotten."""
    return True


def _writes_and_refuses(act: Any) -> str | None:
    """A guard that changes what it looks at."""
    if act.asking:
        return None
    act.case.title += "。"
    return "不行"


def _row(name: str, **changes: Any) -> tuple[Any, str, Any]:
    return FLOW.action, name, replace(FLOW.action[name], **changes)


SABOTAGE: dict[str, tuple[tuple[Any, str, Any], str, tuple[str, ...], str]] = {
    "the asker approves": ((GUARDS, "approver_is_not_asker", _nothing_against),
                           "accepted", ("request_extension", "extend"), "nobody_decides"),
    "the drafter approves": ((GUARDS, "approver_is_not_drafter", _nothing_against),
                             "accepted", ("submit_opinion", "approve_opinion"), "nobody_decides"),
    "extensions add up": ((GUARDS, "extension_fits", _nothing_against),
                          "accepted", ("request_extension", "extend"), "extensions_stay"),
    "a second clock runs": ((MATTER.applies, "petition_procedure", _always),
                            "accepted", ("reclassify_accepted",), "no_clock_runs_twice"),
    "a clock runs on": (_row("withdraw", stops=()), "registered", ("withdraw",), "no_clock_runs_in"),
    "whoever must stay away acts": ((GUARDS, "is_not_recused", _nothing_against),
                                    "accepted", ("recuse", "inquire"), "nobody_works"),
    "a unit keeps an accusation": ((vars(parts), "leave", _leaves_it_undone),
                                   "signed", ("recall_sealed",), "an_accusation"),
    "who accuses stays in clear": ((vars(who), "seal", _leaves_it_undone),
                                   "served", ("seal", "classify"), "who_accuses"),
    "a refusal leaves a trace": ((GUARDS, "extension_is_left", _writes_and_refuses),
                                 "accepted", ("request_extension",), "was written"),
}  # fmt: skip
"""A rule taken away, where the walks begin, what people then like to do, and by what it must be found."""


@pytest.mark.parametrize("name", SABOTAGE)
def test_a_rule_that_is_taken_away_is_missed(
    on_sqlite: Installation, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    spoilt, state, favoured, found_by = SABOTAGE[name]
    monkeypatch.setitem(*spoilt)
    wrong: list[str] = []
    for number in range(50):
        draw = seeded(f"{name} {number}")
        wrong += Walk(on_sqlite.database, on_sqlite.world, draw, Figures(), (state,), favoured, keen=0.8).go(40)
        if wrong:
            break
    assert any(found_by in each for each in wrong), wrong
