"""The right half of the queue: one matter with all that is needed to decide about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.chip import Chip
from petitions.cases.duties import chip_of, name_of
from petitions.cases.fields import Choice, Field
from petitions.cases.models import Deadline
from petitions.cases.perform import Surroundings, leads, surroundings
from petitions.clock import today
from petitions.matters import who
from petitions.matters.fields import FIELDS
from petitions.matters.listing import RETURNED
from petitions.matters.models import Matter, Petition
from petitions.matters.paper_values import petition_of
from petitions.matters.present import PRESENT, classification
from petitions.matters.repeats import Suspect
from petitions.matters.reviewing import ended_among
from petitions.matters.states import STATES
from petitions.matters.suspicion import Signs, hints
from petitions.matters.worklist import who_asks
from petitions.triage.candidates import SCREENING, candidates, remembered
from petitions.triage.sorting import CLASSIFY, Way, asked_by, ways
from petitions.triage.suggestion import Suggestion, suggest
from petitions.words import Sentence, say

GROUPS: Mapping[str, Sentence] = {
    "1": say("分办"),
    "3": say("不属受理、导引"),
    "4": say("需补充"),
    "h": say("稍后"),
    "c": say("只分类"),
}
"""What the keys of the queue stand for; 2 (重复件) leads to the comparison."""

_LISTS = ("nature", "purpose", "content_class", "urgency", "flag", "channel", "refusal", "file_reason")


@dataclass(frozen=True)
class Asked:
    """One field of the form."""

    field: Field
    required: bool
    value: Any
    choices: Sequence[Choice]

    @property
    def usual(self) -> bool:
        """Asked of every case; the others are folded until they are needed."""
        return self.required or self.field.name == "urgency"


@dataclass(frozen=True)
class Pane:
    """What the right half shows."""

    matter: Matter
    petition: Petition
    state: str
    came_back: bool
    """It was handed over and has come back."""
    clocks: Sequence[tuple[Sentence, Chip]]
    """The open duties, the most urgent first."""
    facts: Sequence[tuple[str, str]]
    ways: Sequence[Way]
    way: Way | None
    """The one whose form is shown; None when nothing may be done here."""
    classifying: Sequence[Asked]
    asking: Sequence[Asked]
    suspects: Sequence[Suspect]
    remembered: Matter | None
    """The one somebody at the counter suspected."""
    ended: frozenset[int]
    """Which of those suspected were finally reviewed: the same again is not taken up (第36条第三款)."""
    unscreened: bool
    """Nobody has said yet whether it is a repeat."""
    suggestion: Suggestion | None
    accusing: Sequence[Sentence]
    """Why it may be an accusation, as long as nobody has said what it is."""
    sealing: Mapping[str, Any]
    """What the one click that seals it sends: the classification as it stands, as an accusation."""

    @property
    def groups(self) -> list[tuple[str, Sentence, Way]]:
        """The keys offered, each with its word and its first way."""
        firsts: dict[str, Way] = {}
        for way in self.ways:
            firsts.setdefault(way.key, way)
        return [(key, GROUPS[key], way) for key, way in firsts.items()]

    @property
    def beside(self) -> list[Way]:
        """The ways of the same key, to choose between."""
        return [way for way in self.ways if self.way is not None and way.key == self.way.key]

    @property
    def fields(self) -> list[Field]:
        """Every field of the form, in order: what the summary of errors names."""
        return [asked.field for asked in (*self.classifying, *self.asking)]


def pane(matter: Matter, reader: User, signs: Signs, name: str = "", typed: Mapping[str, Any] | None = None) -> Pane:
    """The pane of `matter` with the form of the way `name` (what comes next when there is no such way)."""
    codes.read(*_LISTS)
    petition, open_ways = petition_of(matter), ways(matter, reader)
    way = next((one for one in open_ways if one.action.name == name), None) or _usual(open_ways, matter, reader)
    around = surroundings(matter, reader)
    values = {**_presented(matter, reader, way), **(typed or {})}
    required, accepted = asked_by(way) if way else ((), ())
    fields = [_asked(FIELDS[one], one in required, values, around) for one in (*required, *accepted)]
    own = set(way.action.fields) if way and way.action is not CLASSIFY else set()
    suspected, first = candidates(matter, reader), remembered(matter, reader)
    shows_units = any(asked.field.choices == "receiving_units" for asked in fields)
    return Pane(
        matter=matter,
        petition=petition,
        state=next(state.label for state in STATES if state.name == matter.state),
        came_back=matter.state in RETURNED,
        clocks=[(name_of(row), chip_of(row)) for row in _running(matter)],
        facts=_facts(matter, petition),
        ways=open_ways,
        way=way,
        classifying=[asked for asked in fields if asked.field.name not in own],
        asking=[asked for asked in fields if asked.field.name in own],
        suspects=suspected,
        remembered=first,
        ended=_ended([one.matter for one in suspected] + ([first] if first else [])),
        unscreened=matter.state in SCREENING,
        suggestion=suggest(matter, around.choices("receiving_units")) if shows_units else None,
        accusing=_accusing(matter, petition, signs) if any(way.action is CLASSIFY for way in open_ways) else (),
        sealing={**classification(matter, reader), "nature": "accusation", "purpose": "accusation"},
    )


def _ended(suspected: Sequence[Matter]) -> frozenset[int]:
    """Those that a 复核 has ended. Only what is closed can be, and mostly nothing of it is: then nothing is asked."""
    return ended_among(one.id for one in suspected if one.closed_on is not None)


def _accusing(matter: Matter, petition: Petition, signs: Signs) -> Sequence[Sentence]:
    """A nature that somebody has chosen is the answer."""
    if matter.sealed or matter.nature:
        return ()
    told = "\n".join([petition.title, petition.text, *(claim.text for claim in matter.claims)])
    return hints(signs, told, matter.class_code, "、".join(row.name for row in matter.respondents))


def _usual(open_ways: Sequence[Way], matter: Matter, reader: User) -> Way | None:
    """What comes next; where nothing does, what this reader may still say about the matter, and never a refusal."""
    next_ones = [way for way in open_ways if leads(reader, way.action, matter)]
    if next_ones:
        return max(next_ones, key=lambda way: way.action.rank)
    return next((way for way in open_ways if way.action is CLASSIFY), open_ways[0] if open_ways else None)


def _presented(matter: Matter, reader: User, way: Way | None) -> dict[str, Any]:
    """What the form holds before anybody types."""
    if way is None:
        return {}
    present = PRESENT.get(way.action.name)
    return {
        **classification(matter, reader),
        **({"note": way.note} if way.note else {}),
        **({"until": (today() + timedelta(days=1)).isoformat()} if way.action.name == "snooze" else {}),
        **(present(matter, reader) if present else {}),
    }


def _running(matter: Matter) -> list[Deadline]:
    open_ones = [row for row in matter.deadlines if row.ended_on is None and not row.window]
    return sorted(open_ones, key=lambda row: row.due_on)


def _asked(field: Field, required: bool, values: Mapping[str, Any], around: Surroundings) -> Asked:
    offered = around.choices(field.choices) if field.choices and field.kind not in ("case",) else []
    return Asked(field, required, values.get(field.name), offered)


def _facts(matter: Matter, petition: Petition) -> list[tuple[str, str]]:
    first = next((person for person in matter.petitioners if person.part == "petitioner"), None)
    told = [
        (say("信访人"), who_asks(matter)),
        (say("电话"), who.masked(first).get("phone", "") if first and not matter.sealed else ""),
        (say("住址"), first.region if first and not matter.sealed else ""),
        (say("形式"), codes.label("channel", petition.channel)),
        (say("来件"), petition.received_on.isoformat()),
        (say("人数"), say("{count}人", count=petition.headcount) if petition.headcount > 1 else ""),
        (say("属地"), matter.place),
        (say("类别"), codes.label("content_class", matter.class_code) if matter.class_code else ""),
    ]
    return [(label, value) for label, value in told if value]
