"""第30条 from outside: a few random counties of each run of reliability.md §5. All of them run in tests/deep."""

from petitions.web.responses import Application
from tests import wall_changes, wall_runs
from tests.conftest import Isolated


def test_the_accused_side_sees_nothing_and_counts_nothing(app: Application, database: Isolated) -> None:
    figures = wall_runs.accused_see_nothing(app, database, 30, trees=1, viewers=1, accusations=2)
    assert figures.wrong == []
    assert figures.done["responses"] > 90


def test_no_way_leads_an_accusation_to_the_accused(app: Application, database: Isolated) -> None:
    figures = wall_runs.no_way_leads_to_the_accused(app, database, 31, trees=1)
    assert figures.wrong == []
    assert figures.done["attempts"] == len(wall_runs.WRITE_PATHS)


def test_reclassification_closes_everything_with_its_transaction(app: Application, database: Isolated) -> None:
    figures = wall_runs.sealed_at_once(app, database, 32, cases=3)
    assert figures.wrong == []


def test_a_county_that_changes_keeps_its_walls(app: Application, database: Isolated) -> None:
    figures = wall_changes.changes_keep_the_wall(app, database, 33, sequences=1)
    assert figures.wrong == []


def test_whoever_is_recused_is_not_appointed(database: Isolated) -> None:
    assert wall_changes.whoever_is_recused_stays_away(database, 34, cases=8).wrong == []


def test_nobody_sees_whom_no_list_names(database: Isolated) -> None:
    figures = wall_changes.nobody_sees_unnamed(database, 35, sequences=2, steps=10)
    assert figures.wrong == []
