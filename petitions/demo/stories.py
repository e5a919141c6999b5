"""Petitions that nobody wrote to anybody: read from texts/*.toml and spun into as many different ones as asked for.

A story is told at least twice in different words, so that a later letter about the same thing reads like one. Its
placeholders are filled from the people and places of the county, from its own ranges of numbers and its own lists of
words; the answer of the unit uses the same values as the petition. The same generator in the same state gives the
same petitions.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from random import Random
from typing import Any

from petitions.demo import frames
from petitions.demo.county import TOWNSHIPS, ZONE, Township
from petitions.demo.people import GROWN_UP, Person, person
from petitions.matters.seed import rows_of

TOWNSHIP = "township"
"""Where a story names this as its unit, the township of the place is meant."""


class Ending(StrEnum):
    """How the unit deals with it in the end."""

    OPINION = "opinion"
    """Accepted and answered with a written opinion (第32条)."""
    REPLY = "reply"
    """A suggestion or an enquiry: studied and replied to (第29条)."""
    DIVERT = "divert"
    """Led to another procedure (第31条第一至五项)."""
    TRANSFER = "transfer"
    """Litigation or accusation: handed over by the petition office (第22条第二款)."""
    REFUSE = "refuse"
    NO_LONGER = "no_longer"
    """It has been reviewed to the end and comes again (第36条第三款)."""
    FILE = "file"


@dataclass(frozen=True)
class Story:
    """One thing people petition about; texts still hold placeholders."""

    key: str
    title: str
    tellings: tuple[str, ...]
    """The petition in different words: the first as it comes first, the others as it comes again."""
    claims: tuple[str, ...]
    unit: str
    """Key of the competent unit, or TOWNSHIP; empty when none is (refused, filed, handed over)."""
    class_code: str
    purpose: str
    nature: str
    ending: Ending
    routes: tuple[str, ...] = ()
    """One of R1–R6 per claim; empty when 第31条 does not apply."""
    outcomes: tuple[str, ...] = ()
    """One per claim (domain.md §4.8a)."""
    facts: str = ""
    reasons: str = ""
    opinion: str = ""
    basis: str = ""
    body: str = ""
    """Full name of the body that has the power, where it is led away."""
    limit: str = ""
    """X1–X5: the limit of that body's procedure."""
    guidance: str = ""
    """What the notice tells the petitioner, where it is led away, refused or filed."""
    reason: str = ""
    """Code of the reason of refusal or of filing."""
    setting: str = "any"
    """village, town, zone or any."""
    group: tuple[int, int] = (1, 1)
    """How many people come, at least and at most."""
    channels: tuple[str, ...] = ("LX", "WS", "LD", "LF", "XX")
    signature: str = "real"
    flags: tuple[str, ...] = ()
    urgency: str = "ordinary"
    assist: tuple[str, ...] = ()
    accused: str = ""
    """Key of the accused unit, or TOWNSHIP: it and everything under it never learn of the petition (第30条)."""
    respondent: str = ""
    """Who or what the petition is about, in words."""
    organisation: bool = False
    """Brought by an organisation, the person signs for it; its name is among the words."""
    sex: str = ""
    age: tuple[int, int] = GROWN_UP
    """Whom the story fits."""
    months: tuple[int, ...] = ()
    """Months it can be told in; empty for any: nobody's rice lacks water in January."""
    numbers: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    """Own number placeholders: least, most, step."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Own word placeholders."""


@dataclass(frozen=True)
class Spun:
    """One petition, its words complete, and what will be answered."""

    story: Story
    who: Person
    on: date
    channel: str
    telling: int
    headcount: int
    township: Township
    village: str
    values: Mapping[str, str]
    text: str

    @property
    def title(self) -> str:
        """概况."""
        return self.fill(self.story.title)

    @property
    def claims(self) -> tuple[str, ...]:
        """诉求, one to three."""
        return tuple(self.fill(claim) for claim in self.story.claims)

    @property
    def office(self) -> str:
        """Key of the petition office it is brought to."""
        return "zone_office" if self.township is ZONE else "petition_office"

    @property
    def place(self) -> str:
        """问题属地."""
        return self.township.name + self.village

    @property
    def unit(self) -> str:
        """Key of the competent unit; empty when there is none."""
        return self._unit(self.story.unit)

    @property
    def assist(self) -> tuple[str, ...]:
        """Keys of the units that help."""
        return tuple(self._unit(key) for key in self.story.assist)

    @property
    def accused(self) -> str:
        """Key of the accused unit, or empty."""
        return self._unit(self.story.accused)

    @property
    def organisation(self) -> str:
        """Name of the organisation that petitions, or empty."""
        return self.values["organisation"] if self.story.organisation else ""

    @property
    def respondent(self) -> str:
        """Who or what it is about, or empty."""
        return self.fill(self.story.respondent)

    @property
    def facts(self) -> str:
        """What the inquiry found."""
        return self.fill(self.story.facts)

    @property
    def reasons(self) -> str:
        """Why the unit decides so."""
        return self.fill(self.story.reasons)

    @property
    def opinion(self) -> str:
        """处理意见."""
        return self.fill(self.story.opinion)

    @property
    def basis(self) -> str:
        """法律法规依据."""
        return self.fill(self.story.basis)

    @property
    def guidance(self) -> str:
        """What is told where it is led away, refused or filed."""
        return self.fill(self.story.guidance)

    @property
    def body(self) -> str:
        """The body it is led to."""
        return self.fill(self.story.body)

    def fill(self, text: str) -> str:
        """`text` with this petition's values; raises KeyError for an unknown placeholder."""
        return text.format_map(self.values)

    def _unit(self, key: str) -> str:
        return self.township.key if key == TOWNSHIP else key


def _load() -> Iterator[Story]:
    for file in sorted((files(__package__) / "texts").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for entry in tomllib.loads(file.read_text(encoding="utf-8"))["story"]:
                yield _story(entry)


_LISTED = ("tellings", "claims", "outcomes", "group", "channels", "flags", "assist", "age", "months")
_NATURES = {row.code: row.extra["nature"] for row in rows_of("purpose")}


def _story(entry: dict[str, Any]) -> Story:
    """One [[story]] table; raises TypeError for a key that no field bears."""
    given = {name: _joined(value) for name, value in entry.items()}
    given["class_code"] = given.pop("class")
    given["ending"] = Ending(given["ending"])
    given["nature"] = given.get("nature", _NATURES[given["purpose"]])
    route = given.pop("route", ())
    given["routes"] = (route,) * len(given["claims"]) if isinstance(route, str) else tuple(route)
    for name in _LISTED:
        if name in given:
            given[name] = tuple(given[name])
    for name in ("numbers", "words"):
        given[name] = {key: tuple(items) for key, items in given.get(name, {}).items()}
    return Story(**given)


def _joined(value: Any) -> Any:
    """Lines of a text are wrapped for the reader of the file: Chinese joins them without a blank; an empty line stays."""
    if isinstance(value, str):
        return re.sub(r"\n+", lambda breaks: "\n" if len(breaks[0]) > 1 else "", value.strip())
    return [_joined(item) for item in value] if isinstance(value, list) else value


STORIES = tuple(_load())
STORY_BY_KEY = {story.key: story for story in STORIES}


def spin(story: Story, draw: Random, on: date, who: Person | None = None, *, channel: str = "") -> Spun:
    """A petition of `who` (or of somebody new whom the story fits) about `story`, brought on the day `on`."""
    home = _home(story, draw)
    who = who or person(draw, on, township=home, sex=story.sex, age=story.age)
    # Who lives elsewhere writes about the place all the same: an owner, a worker, a daughter of the village.
    at_home = home is None or who.township.urban == home.urban
    township = who.township if at_home or home is None else home
    village = who.village if at_home else draw.choice(township.villages)
    headcount = draw.randint(*story.group)
    values = {
        **frames.values(draw, on, who, township, village),
        **{name: str(draw.randrange(least, most + 1, step)) for name, (least, most, step) in story.numbers.items()},
        **{name: draw.choice(words) for name, words in story.words.items()},
        "headcount": str(headcount),
    }
    spun = Spun(
        story=story,
        who=who,
        on=on,
        channel=channel or draw.choice(story.channels),
        telling=0,
        headcount=headcount,
        township=township,
        village=village,
        values=values,
        text="",
    )
    return _told(spun, draw)


def retell(spun: Spun, draw: Random, on: date, *, channel: str = "") -> Spun:
    """The same person about the same thing in other words, on the later day `on`."""
    lately = on - timedelta(days=draw.randrange(1, max(2, (on - spun.on).days)))
    again = replace(
        spun,
        on=on,
        channel=channel or draw.choice(spun.story.channels),
        telling=(spun.telling + 1) % len(spun.story.tellings),
        values={**spun.values, "lately": frames.day_and_month(lately)},
    )
    return _told(again, draw)


def deal(draw: Random, on: date, count: int, *, days: int = 365) -> list[Spun]:
    """`count` petitions of different people over the `days` up to `on`, oldest first, every story about equally often."""
    pack: list[Story] = []
    dealt = []
    for day in sorted(on - timedelta(days=draw.randrange(days)) for _ in range(count)):
        fitting = [story for story in pack if not story.months or day.month in story.months]
        if not fitting:
            pack += draw.sample(STORIES, len(STORIES))
            fitting = [story for story in pack if not story.months or day.month in story.months]
        pack.remove(fitting[0])
        dealt.append(spin(fitting[0], draw, day))
    return dealt


def _told(spun: Spun, draw: Random) -> Spun:
    story = spun.story
    body = spun.fill(_chosen(draw, story.tellings[spun.telling]))
    signed = {
        "real": spun.organisation or spun.who.name,
        "pseudonym": draw.choice(frames.PSEUDONYMS),
        "anonymous": "",
    }[story.signature]
    return replace(spun, text=frames.framed(draw, body, channel=spun.channel, purpose=story.purpose, signed=signed))


def _chosen(draw: Random, text: str) -> str:
    """`text` with one of the wordings taken wherever the story offers several: <this|or that>."""
    return re.sub(r"<([^<>]*)>", lambda offer: draw.choice(offer[1].split("|")), text)


def _home(story: Story, draw: Random) -> Township | None:
    if story.setting == "zone":
        return ZONE
    if story.setting == "any":
        return None
    return draw.choice([township for township in TOWNSHIPS if township.urban == (story.setting == "town")])
