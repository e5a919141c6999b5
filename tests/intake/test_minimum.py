"""P4: what a petitioner must give is the least the law asks, and they are told first what becomes of it (第6、17条)."""

import itertools

import pytest
from sqlalchemy.orm import Session

from petitions.cases.fields import Kind
from petitions.intake.notice import notice
from petitions.matters import fields, registration
from petitions.matters.register import check, register
from petitions.matters.workflow import FLOW
from petitions.settings import Settings
from petitions.words import FieldErrors
from tests.factories import World, new_petition, typed
from tests.pages import Browse

LEAST = {"channel", "received_on", "text", "place", "class_code"}
"""信访形式、来件日期、诉求、属地、类别. With it a name, or the tick that there is none."""


def test_nothing_more_is_mandatory_than_the_regulation_needs() -> None:
    assert set(registration.REQUIRED) == LEAST
    assert set(registration.REQUIRED_OF_HISTORY) < LEAST


def test_an_identity_number_or_telephone_is_never_mandatory() -> None:
    everywhere = {**registration.FIELDS, **fields.FIELDS}
    personal = {name for name, row in everywhere.items() if row.kind in (Kind.ID_NUMBER, Kind.PHONE)}
    assert "id_number" in personal
    needed = {*registration.REQUIRED, *itertools.chain(*(action.requires for action in FLOW.actions))}
    assert needed.isdisjoint(personal)


def test_the_least_is_enough_with_a_name_and_without_one(world: World) -> None:
    least = {name: value for name, value in typed().items() if name in LEAST}
    assert register({**least, "name": "田小禾"}, world.clerk).number
    assert register({**least, "unsigned": "yes"}, world.clerk).signed == "anonymous"
    with pytest.raises(FieldErrors) as refused:
        check(least, world.clerk)
    assert set(refused.value.errors) == {"name"}


@pytest.mark.parametrize("channel", sorted(registration.CHANNELS))
def test_no_channel_asks_for_more(world: World, channel: str) -> None:
    least = {name: value for name, value in typed(channel=channel).items() if name in LEAST}
    assert check({**least, "name": "田小禾"}, world.clerk)["channel"] == channel


def test_the_notice_says_who_why_how_long_and_which_rights(world: World) -> None:
    told = "\n".join(notice(world.office, Settings()))
    for words in (
        world.office.name,
        world.office.phone,
        "目的",
        "可以不提供",
        "10年至30年",
        "查阅、复制、更正、补充或者删除",
    ):
        assert words in told
    own = Settings(retention_years={"none": 5, "accusation": 0}, privacy_contact="0000-7654321")
    told = "\n".join(notice(world.office, own))
    assert "5年至30年" in told
    assert "0000-7654321" in told
    assert notice(world.office, Settings(privacy_notice="一段\n\n二段")) == ["一段", "二段"]


def test_the_counter_shows_the_notice_and_the_receipt_prints_it(
    browser_of: Browse, world: World, session: Session
) -> None:
    petition = new_petition(world)
    browser = browser_of(world.clerk)
    for url in ("/register", f"/petitions/{petition.id}/receipt"):
        page = browser.get(url).get_data(as_text=True)
        assert "身份证号属于敏感个人信息" in page, url
        assert "期满清除个人信息" in page, url
