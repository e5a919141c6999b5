"""Hearings for tests, made through the door."""

from datetime import date, timedelta
from typing import Any

from petitions import clock
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from tests.factories import World, matter_in

CALL = {
    "hearing_subject": "承包地的四至是否清楚", "hearing_time": "上午9时30分", "hearing_place": "二楼听证室",
    "openness": "public", "chair": "田主持", "members": "何听证、方听证", "clerk": "于记录",
}  # fmt: skip
MINUTES = {
    "attendance": "信访人田小禾、承办人到场", "statements": "田小禾：1998年承包，有经营权证。", "evidence": "经营权证原件，各方没有异议。",
    "questions": "主持人问四至，双方各自指认。", "minutes_signed": "all",
}  # fmt: skip
FINDING = {"deliberation": "三人一致认为四至清楚。", "finding": "占用超出四至，应当退还。"}
RECUSAL = {"panel_asked_by": "petitioner", "panel_ground": "是村支书的妻弟"}


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def asked(world: World, **changes: Any) -> Matter:
    """Accepted, and a hearing asked for by the petitioner, who came twenty days ago."""
    matter = matter_in(world, "accepted", received_on=day(-20), **changes)
    perform(matter, "ask_hearing", {"hearing_asked_by": "petitioner", "hearing_asked_on": day(-12),
                                    "hearing_reason": "四至各说各话"}, world.handler)  # fmt: skip
    return matter


def granted(world: World, **changes: Any) -> Matter:
    """And the person in charge has agreed."""
    matter = asked(world, **changes)
    perform(matter, "grant_hearing", {}, world.head)
    return matter


def called(world: World, on: date | None = None, **changes: Any) -> Matter:
    """And the petitioner was told eight days ago, for today."""
    matter = granted(world, **changes)
    given = {**CALL, "hearing_on": (on or clock.today()).isoformat()}
    perform(matter, "call_hearing", given, world.handler, clock.now() - timedelta(days=8))
    return matter


def opened(world: World, **changes: Any) -> Matter:
    """And it has begun."""
    matter = called(world, **changes)
    perform(matter, "open_hearing", {"opened_on": day(0)}, world.handler)
    return matter


def closed(world: World, **changes: Any) -> Matter:
    """And everybody was heard."""
    matter = opened(world, **changes)
    perform(matter, "close_hearing", {**MINUTES, "ended_on": day(0)}, world.handler)
    return matter


def concluded(world: World, **changes: Any) -> Matter:
    """And the panel has found what it found."""
    matter = closed(world, **changes)
    perform(matter, "conclude_hearing", FINDING, world.handler)
    return matter
