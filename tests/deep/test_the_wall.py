"""第30条 at the sizes of reliability.md §5: L1 to L6, the timing of what is hidden, and mutants that must be caught."""

import subprocess
import sys
import time
from random import Random
from statistics import NormalDist

import pytest
from sqlalchemy.orm import Session

from petitions.web.responses import Application
from tests import wall_changes, wall_runs
from tests.conftest import Isolated
from tests.deep.spoiling import MUTANTS
from tests.factories import World, matter_in, new_petition
from tests.pages import Browser
from tests.wall_runs import Figures

pytestmark = pytest.mark.deep


def _told(name: str, figures: Figures) -> None:
    print(f"\n{name}: " + ", ".join(f"{what} {count}" for what, count in sorted(figures.done.items())))
    assert figures.wrong == [], figures.wrong[:5]


@pytest.mark.parametrize("part", range(6))
def test_300_counties_with_1500_accusations(app: Application, database: Isolated, part: int) -> None:
    figures = wall_runs.accused_see_nothing(app, database, 100 + part, trees=25, viewers=1)
    _told(f"L1 {part}", figures)
    assert figures.done["responses"] >= 25 * 170


@pytest.mark.parametrize("part", range(6))
def test_3600_attempts_to_hand_an_accusation_to_the_accused(app: Application, database: Isolated, part: int) -> None:
    figures = wall_runs.no_way_leads_to_the_accused(app, database, 200 + part, trees=25)
    _told(f"L2 {part}", figures)
    assert figures.done["attempts"] == 25 * len(wall_runs.WRITE_PATHS)


def test_500_matters_found_to_be_accusations(app: Application, database: Isolated) -> None:
    _told("L3", wall_runs.sealed_at_once(app, database, 300, cases=250))


def test_200_sequences_of_organisation_changes(app: Application, database: Isolated) -> None:
    _told("L4", wall_changes.changes_keep_the_wall(app, database, 400, sequences=100))


def test_200_recusals(database: Isolated) -> None:
    _told("L5", wall_changes.whoever_is_recused_stays_away(database, 500, cases=100))


def test_1000_sequences_of_changes_of_lists(database: Isolated) -> None:
    _told("L6", wall_changes.nobody_sees_unnamed(database, 600, sequences=500, steps=8))


# --- timing ----------------------------------------------------------------------------------------------------------


def test_what_is_hidden_takes_as_long_as_what_is_absent(
    app: Application, database: Isolated, world: World, session: Session
) -> None:
    hidden = new_petition(world, purpose="accusation").matter.id
    for _ in range(20):
        matter_in(world, "triage")
    session.commit()
    browser, absent = Browser(app, world.officer), 10**6
    times: dict[int, list[float]] = {hidden: [], absent: []}
    order = [hidden, absent] * 550
    Random(7).shuffle(order)  # noqa: S311 - only mixed
    for number in order:
        start = time.perf_counter()
        answer = browser.client.get(f"/cases/{number}")
        times[number].append(time.perf_counter() - start)
        assert answer.status_code == 404
    p = _mann_whitney(times[hidden][50:], times[absent][50:])
    print(f"\nhidden or absent: p = {p:.3f}, {len(times[hidden]) - 50} and {len(times[absent]) - 50} answers")
    assert p > 0.01


def _mann_whitney(one: list[float], other: list[float]) -> float:
    """The two-sided p of the rank sum, by the normal approximation: good for hundreds of values."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, group) in enumerate(ranked, 1) if group == 0)
    n, m = len(one), len(other)
    mean, deviation = n * (n + m + 1) / 2, (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - NormalDist().cdf(abs(ranks - mean) / deviation))


# --- mutants ---------------------------------------------------------------------------------------------------------


def test_every_hole_in_the_wall_is_found() -> None:
    """The ordinary tests of the wall on code that is spoilt in one place; for each place one of them has to fail."""
    asked = ["-q", "-s", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.deep.spoiling"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *asked, "-k", "not postgresql", *SUITE],
        capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    caught = [line for line in ended.stdout.splitlines() if line.startswith("caught: ")]
    print(f"\nholes in the wall: {len(caught)} of {len(MUTANTS)} caught", *caught, sep="\n")
    assert len(caught) == len(MUTANTS) >= 25, ended.stdout[-1500:]


SUITE = ("tests/matters/test_the_wall.py", "tests/matters/test_behind_the_wall.py", "tests/matters/test_sealing.py",
         "tests/intake/ledger/test_sealed_rows.py", "tests/cases/test_audit_page.py", "tests/access/test_admin.py", "tests/privacy/test_who_saw.py",
         "tests/system/test_the_wall.py")  # fmt: skip
