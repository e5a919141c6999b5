"""R9 over mediations: whatever anybody tries, in whatever order, no step leaves the table, the consents or the clocks."""

import time
from dataclasses import replace
from typing import Any

import pytest

from petitions.demo.people import seeded
from petitions.mediation.guards import GUARDS
from petitions.mediation.kind import MEDIATION
from petitions.mediation.states import STATES
from petitions.mediation.workflow import FLOW
from tests.deep.conftest import Installation, present
from tests.deep.walking import Figures
from tests.deep.walking_disputes import COMMITTEE, DisputeWalk, settle_down

pytestmark = pytest.mark.deep

SEED, STEPS = 6, 80
WALKS = {"sqlite": 25, "postgresql": 10}


def _peopled(place: Installation) -> None:
    with place.database.work() as session:
        world = present(place.world, session)
        settle_down(session, world)
        place.world.people |= {name: world.people[name] for name in COMMITTEE if name in world.people}


def test_no_walk_over_mediations_leaves_the_table(installation: Installation) -> None:
    _peopled(installation)
    began, walks, figures, wrong = time.monotonic(), WALKS[installation.kind], Figures(), list[str]()
    for number in range(walks):
        draw = seeded(f"{SEED}-{number}")
        wrong += [
            f"walk {number}, {one}"
            for one in DisputeWalk(installation.database, installation.world, draw, figures).go(STEPS)
        ]
    acts, refused = figures.done, ", ".join(f"{name} {count}" for name, count in sorted(figures.refused.items()))
    print(f"\n{installation.kind}: {walks * STEPS} tries, {acts.total()} done ({len(acts)} of {len(FLOW.actions)} acts, "
          f"{len(figures.states)} of {len(STATES)} states), refused: {refused}, sent twice {figures.again}, "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    assert wrong == []
    assert len(figures.states) == len(STATES)
    assert len(acts) >= 25


def _nothing_against(act: Any) -> None:
    """A guard that was deleted."""


def _always(case: Any) -> bool:
    """A condition that was forgotten."""
    return True


def _forgotten(act: Any) -> None:
    """An effect that does nothing."""


def _row(name: str, **changes: Any) -> tuple[Any, str, Any]:
    return FLOW.action, name, replace(FLOW.action[name], **changes)


SABOTAGE: dict[str, tuple[tuple[Any, str, Any], str, tuple[str, ...], str]] = {
    "an agreement without a consent": ((GUARDS, "everybody_consents", _nothing_against),
                                       "in_mediation", ("hold_session", "draft_agreement"), "nobody_is_mediated"),
    "a session without a consent": ((GUARDS, "whoever_is_there_consents", _nothing_against),
                                    "in_mediation", ("add_party", "hold_session"), "nobody_is_mediated"),
    "a refusal ends nothing": (_row("revoke_consent", target=None), "in_mediation", ("revoke_consent",), "a_refusal"),
    "a side is left empty": ((GUARDS, "a_side_stays", _nothing_against), "in_mediation", ("remove_party",), "a_side_is_never"),
    "an agreement without a session": ((GUARDS, "a_session_was_held", _nothing_against),
                                       "mediation_accepted", ("notify_rights", "agree_orally"), "an_agreement_follows"),
    "more is paid than is owed": ((GUARDS, "payment_fits", _nothing_against), "agreed", ("record_performance",), "nothing_is_paid"),
    "who is recused goes on": ((GUARDS, "is_not_recused", _nothing_against), "in_mediation", ("recuse", "note", "appoint"), "whoever_is_recused"),
    "who is recused sits again": ((GUARDS, "replacement_is_sound", _nothing_against), "in_mediation", ("recuse",), "whoever_is_recused"),
    "a clock runs on": (_row("fail", stops=()), "in_mediation", ("fail",), "no_clock_runs_in"),
    "performance is watched for ever": ((MEDIATION.applies, "is_owed", _always), "unperformed", ("record_performance",), "the_clock_of_performance"),
    "the court is asked too early": ((GUARDS, "window_is_open", _nothing_against), "agreed", ("ask_confirmation",), "the_window_for_the_court"),
    "a session before the beginning": ((GUARDS, "session_is_after_acceptance", _nothing_against),
                                       "mediation_accepted", ("notify_rights", "hold_session"), "sessions_lie_after"),
    "a failure without a result": ((MEDIATION.effects, "fail", _forgotten), "in_mediation", ("fail",), "the_result_goes"),
}  # fmt: skip
"""A rule taken away, where the walks begin, what people then like to do, and by what it must be found."""


@pytest.mark.parametrize("name", SABOTAGE)
def test_a_rule_of_mediation_that_is_taken_away_is_missed(
    on_sqlite: Installation, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _peopled(on_sqlite)
    spoilt, state, favoured, found_by = SABOTAGE[name]
    monkeypatch.setitem(*spoilt)
    wrong: list[str] = []
    for number in range(50):
        draw = seeded(f"{name} {number}")
        walk = DisputeWalk(on_sqlite.database, on_sqlite.world, draw, Figures(), (state,), favoured, keen=0.8)
        wrong += walk.go(40)
        if wrong:
            break
    assert any(found_by in each for each in wrong), wrong
