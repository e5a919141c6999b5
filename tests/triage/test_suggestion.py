"""The suggestion of a unit: counted from the last twelve months, never for an accusation, never applied by itself."""

from datetime import timedelta
from typing import Any

from petitions import clock
from petitions.cases.perform import perform, surroundings
from petitions.matters.models import Matter
from petitions.triage.sorting import sort_out
from petitions.triage.suggestion import Suggestion, suggest
from tests.factories import CLASSIFIED, World, matter_in, new_petition


def history(world: World, *units: str, place: str = "河湾镇", days: int = 0) -> None:
    """One matter for each unit, sent there `days` ago."""
    for name in units:
        at = clock.now() - timedelta(days=days)
        day = clock.day_of(at).isoformat()
        matter = new_petition(world, name=f"{name}{place}", phone="", place=place, received_on=day).matter
        matter.opened_at = at
        for event in matter.events:
            event.at = at
        unit = getattr(world, name)
        sort = {**CLASSIFIED, "place": place, "unit": unit.id, "opinion": "请办理", "first": "1"}
        sort_out(matter, "transfer", sort, world.officer)
        for row in matter.dispatches:
            row.sent_at = at


def asked(world: World, **changes: Any) -> tuple[Matter, Suggestion | None]:
    matter = new_petition(world, name="新来的人", phone="", **changes).matter
    return matter, suggest(matter, surroundings(matter, world.officer).choices("receiving_units"))


def test_the_unit_most_like_matters_went_to_is_suggested_with_its_share(world: World) -> None:
    history(world, *["bureau"] * 7, "township")
    _, found = asked(world)
    assert found == Suggestion(world.bureau.id, world.bureau.name, 88, 8, True)
    assert str(found.reason) == "依据：类别+属地，近12个月8件中88%"


def test_a_village_counts_with_its_township(world: World) -> None:
    history(world, *["bureau"] * 5, place="河湾镇柳林村")
    _, found = asked(world, place="河湾镇东头村")
    assert found is not None
    assert found.by_place


def test_where_the_place_knows_too_little_the_class_alone_speaks(world: World) -> None:
    history(world, *["bureau"] * 5, place="石桥乡")
    _, found = asked(world)
    assert found is not None
    assert not found.by_place


def test_four_matters_are_no_history(world: World) -> None:
    history(world, *["bureau"] * 4)
    assert asked(world)[1] is None


def test_a_past_that_points_nowhere_suggests_nothing(world: World) -> None:
    history(world, "bureau", "bureau", "township", "township", "section")
    assert asked(world)[1] is None


def test_what_was_sent_more_than_a_year_ago_does_not_count(world: World) -> None:
    history(world, *["bureau"] * 5, days=400)
    assert asked(world)[1] is None


def test_what_came_back_does_not_count(world: World) -> None:
    for number in range(5):
        matter = matter_in(world, "triage", name=f"来信人{number}", phone="")
        perform(matter, "transfer", {"unit": world.bureau.id, "opinion": "请办理"}, world.officer)
        perform(matter, "recall", {"reason": "转错单位"}, world.officer)
    assert asked(world)[1] is None


def test_a_sealed_matter_gets_no_suggestion(world: World) -> None:
    history(world, *["bureau"] * 6)
    matter = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    assert suggest(matter, surroundings(matter, world.restricted).choices("receiving_units")) is None


def test_a_unit_that_was_closed_is_not_suggested(world: World) -> None:
    history(world, *["bureau"] * 6)
    matter, _ = asked(world)
    assert suggest(matter, []) is None


def test_a_suggestion_is_shown_and_not_filled_in_until_it_is_taken(world: World, browser_of: Any) -> None:
    history(world, *["bureau"] * 6)
    matter, _ = asked(world)
    browser = browser_of(world.officer)
    html = browser.get(f"/triage/{matter.id}").get_data(as_text=True)
    chosen = f'<option value="{world.bureau.id}" data-keys="qhxzrzyj" selected'
    assert "建议：青禾县自然资源局" in html
    assert chosen not in html
    assert chosen in browser.get(f"/triage/{matter.id}?way=transfer&unit={world.bureau.id}").get_data(as_text=True)
