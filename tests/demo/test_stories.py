"""The demo's petitions: every story is whole, fits the code lists and the county, and spins into as many as asked."""

import re
from datetime import date, timedelta
from string import Formatter

import pytest

from petitions.demo.county import TOWNSHIP_BY_KEY, UNIT_BY_KEY
from petitions.demo.people import person, seeded
from petitions.demo.stories import STORIES, STORY_BY_KEY, TOWNSHIP, Ending, Story, deal, retell, spin
from petitions.matters.seed import rows

ON = date(2026, 11, 20)
CODES = {row.list: {other.code: other for other in rows() if other.list == row.list} for row in rows()}
EACH = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)


def written(story: Story) -> list[str]:
    """Every text of a story that holds placeholders."""
    return [
        story.title, *story.tellings, *story.claims, story.facts, story.reasons, story.opinion, story.basis,
        story.guidance, story.body, story.respondent,
    ]  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_there_are_enough_stories_for_a_county() -> None:
    assert len(STORIES) >= 60
    assert len(STORY_BY_KEY) == len(STORIES), "every key occurs once"
    assert {story.ending for story in STORIES} == set(Ending)
    assert {route for story in STORIES for route in story.routes} == {"R1", "R2", "R4", "R5", "R6"}
    assert {code for story in STORIES for code in story.outcomes} == {"S", "E", "N", "M", "A", "PA", "NAd"}


@EACH
def test_every_placeholder_can_be_filled_and_every_own_one_is_used(story: Story) -> None:
    spun = spin(story, seeded(story.key), ON)
    for text in written(story):
        assert "{" not in spun.fill(text)
    used = set().union(*(placeholders(text) for text in written(story))) | ({"organisation"} & story.words.keys())
    assert story.numbers.keys() | story.words.keys() <= used


@EACH
def test_a_story_uses_only_codes_that_are_shipped(story: Story) -> None:
    assert story.class_code in CODES["content_class"]
    assert story.purpose in CODES["purpose"]
    assert story.nature in CODES["nature"]
    assert story.urgency in CODES["urgency"]
    assert story.signature in CODES["signature"]
    assert set(story.channels) <= CODES["channel"].keys()
    assert set(story.flags) <= CODES["flag"].keys()
    assert set(story.routes) <= CODES["route"].keys()
    for outcome in story.outcomes:
        assert story.nature in CODES["outcome"][outcome].extra["natures"]


@EACH
def test_the_units_of_a_story_exist_in_the_county(story: Story) -> None:
    for key in (story.unit, *story.assist, story.accused):
        assert not key or key == TOWNSHIP or key in UNIT_BY_KEY
    spun = spin(story, seeded(1), ON)
    for key in (spun.unit, *spun.assist, spun.accused):
        assert not key or key in UNIT_BY_KEY
    assert spun.unit not in spun.assist
    assert spun.office in UNIT_BY_KEY


@EACH
def test_a_story_is_told_twice_with_one_to_three_claims(story: Story) -> None:
    assert len(set(story.tellings)) >= 2
    assert 1 <= len(story.claims) <= 3
    assert all(len(title) <= 200 for title in (spin(story, seeded(n), ON).title for n in range(5)))


@EACH
def test_the_ending_of_a_story_is_complete(story: Story) -> None:
    answered = (story.facts, story.reasons, story.opinion, story.basis)
    match story.ending:
        case Ending.OPINION:
            assert all(answered)
            assert "R6" in story.routes
            assert len(story.outcomes) == len(story.claims)
        case Ending.REPLY:
            assert all(answered)
            assert story.purpose in ("suggestion", "enquiry")
            assert len(story.outcomes) == (len(story.claims) if story.purpose == "suggestion" else 0)
        case Ending.DIVERT:
            assert story.body
            assert story.guidance
            assert "R6" not in story.routes
            assert story.limit in {limit for route in story.routes for limit in CODES["route"][route].extra["limits"]}
        case Ending.TRANSFER:
            assert story.body
            assert story.guidance
            assert story.nature in ("accusation", "litigation")
        case Ending.REFUSE:
            assert story.guidance
            assert story.reason in CODES["refusal"]
            assert story.reason != "NL1", "that has an act of its own"
        case Ending.NO_LONGER:
            assert story.guidance
        case Ending.FILE:
            assert story.reason in CODES["file_reason"]
    assert len(story.routes) in (0, len(story.claims))
    assert bool(story.routes) == (story.ending in (Ending.OPINION, Ending.DIVERT) or story.nature == "litigation")


@EACH
def test_an_accusation_goes_to_the_discipline_body_and_never_to_the_accused(story: Story) -> None:
    if story.nature == "accusation":
        spun = spin(story, seeded(3), ON)
        assert spun.unit == "discipline"
        assert spun.accused
        assert spun.accused not in (spun.unit, *spun.assist)
    else:
        assert not story.accused


@EACH
def test_who_does_not_sign_is_not_named(story: Story) -> None:
    for seed in range(6):
        spun = spin(story, seeded(seed), ON)
        again = retell(spun, seeded(seed), ON + timedelta(days=30))
        if story.signature != "real":
            assert spun.who.name not in spun.text + again.text


@EACH
def test_a_story_is_chinese_throughout_and_names_nobody_badly(story: Story) -> None:
    for text in written(story):
        plain = re.sub(r"\{\w+\}", "", text)
        assert not re.search(r"[A-Za-z]", plain)
        assert not re.search("上访户|缠访|闹访|刁民", plain)


def test_the_same_seed_gives_the_same_petitions() -> None:
    first, second = deal(seeded(7), ON, 60), deal(seeded(7), ON, 60)
    assert [(one.text, one.title, one.who, one.on, one.channel) for one in first] == [
        (one.text, one.title, one.who, one.on, one.channel) for one in second
    ]
    assert [one.text for one in deal(seeded(8), ON, 60)] != [one.text for one in first]


@pytest.mark.parametrize("seed", range(5))
def test_no_two_of_three_hundred_petitions_are_equal(seed: int) -> None:
    dealt = deal(seeded(seed), ON, 300)
    assert len({one.text for one in dealt}) == 300
    assert len({one.who.id_number for one in dealt}) == 300
    assert {one.story.key for one in dealt} == set(STORY_BY_KEY), "every story has its turn"


def test_dealt_petitions_lie_in_the_year_before_and_come_in_order() -> None:
    days = [one.on for one in deal(seeded(2), ON, 300)]
    assert days == sorted(days)
    assert min(days) > ON - timedelta(days=366)
    assert max(days) <= ON


def test_a_seasonal_story_is_told_in_its_season() -> None:
    seasonal = [one for one in deal(seeded(4), ON, 600) if one.story.months]
    assert seasonal
    assert all(one.on.month in one.story.months for one in seasonal)


def test_a_repeat_keeps_the_person_and_the_matter_and_changes_the_words() -> None:
    for story in STORIES:
        first = spin(story, seeded(story.key), ON)
        again = retell(first, seeded(5), ON + timedelta(days=40))
        assert again.text != first.text
        assert (again.who, again.place, again.claims, again.unit) == (first.who, first.place, first.claims, first.unit)


def test_a_named_person_petitions_about_the_place_the_story_needs() -> None:
    townsman = person(seeded(1), ON, township=TOWNSHIP_BY_KEY["qingxi"])
    spun = spin(STORY_BY_KEY["canal"], seeded(1), ON, townsman)
    assert spun.who == townsman
    assert not spun.township.urban


def test_a_story_of_the_zone_is_brought_to_the_zones_own_office() -> None:
    assert spin(STORY_BY_KEY["zone_road"], seeded(1), ON).office == "zone_office"
    assert spin(STORY_BY_KEY["canal"], seeded(1), ON).office == "petition_office"


def test_an_organisation_signs_with_its_own_name() -> None:
    spun = spin(STORY_BY_KEY["cooperative_grant"], seeded(1), ON, channel="LX")
    assert spun.organisation in spun.title
    assert spun.text.endswith(f"反映人：{spun.organisation}")


def test_a_visit_of_a_group_has_the_people_its_story_says() -> None:
    for seed in range(20):
        spun = spin(STORY_BY_KEY["wages_group"], seeded(seed), ON)
        assert 6 <= spun.headcount <= 23
        assert str(spun.headcount) in spun.text
