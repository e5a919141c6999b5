"""筛重对照: two petitions row by row, what is the same and what is not. Numbers are compared whole and shown masked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from petitions.cases import codes
from petitions.matters.models import Matter, Petition, Petitioner
from petitions.matters.paper_values import names_of, people_of, petition_of
from petitions.matters.repeats import likeness
from petitions.matters.who import marks_of, masked
from petitions.matters.workflow import FLOW
from petitions.triage.shared import shared_phrases, underlined
from petitions.words import Sentence, say

_SHOWN = 6000
"""Characters of a text on the page: what comes later is a repetition of what came before, or an attachment."""


@dataclass(frozen=True)
class Row:
    """One line of the comparison; the HTML sides are there for the texts with underlined phrases."""

    label: Sentence
    left: str
    right: str
    same: bool
    given: bool = True
    """Whether either side says anything: two silences are neither the same nor different."""
    left_html: Markup | None = None
    right_html: Markup | None = None


@dataclass(frozen=True)
class Side:
    """What is compared of one matter."""

    matter: Matter
    petition: Petition
    people: Sequence[Petitioner]

    @property
    def person(self) -> Petitioner:
        """The petitioner; who only speaks for others comes after."""
        return next((row for row in self.people if row.part == "petitioner"), self.people[0])


@dataclass(frozen=True)
class Comparison:
    """Two matters side by side."""

    rows: tuple[Row, ...]
    likeness: int
    """Per cent, of the texts."""
    shared: int
    """How many phrases are underlined."""


def side(matter: Matter) -> Side:
    """What is compared of `matter`, also after it was joined to another."""
    return Side(matter, petition_of(matter), people_of(matter))


def compare(new: Side, old: Side) -> Comparison:
    """The new petition on the left, the candidate on the right."""
    left, right = shared_phrases(new.petition.text[:_SHOWN], old.petition.text[:_SHOWN])
    text = Row(
        say("诉求"), new.petition.text[:_SHOWN], old.petition.text[:_SHOWN],
        _squeezed(new.petition.text) == _squeezed(old.petition.text),
        left_html=underlined(left), right_html=underlined(right),
    )  # fmt: skip
    return Comparison(
        (*_people(new, old), text, *_facts(new, old)),
        round(likeness(new.petition.text, old.petition.text)),
        sum(segment.shared for segment in left),
    )


def _people(new: Side, old: Side) -> Iterator[Row]:
    """What is the same is told by marks: nothing is opened to be compared."""
    one, other = marks_of(new.person), marks_of(old.person)
    yield _marked(say("姓名"), _named(new), _named(old), one.spelled, other.spelled)
    yield _marked(say("手机"), _shown(new, "phone"), _shown(old, "phone"), one.phone, other.phone)
    yield _marked(say("证件"), _shown(new, "id_number"), _shown(old, "id_number"), one.id_number, other.id_number)
    yield _marked(say("住址"), _living(new), _living(old), one.home, other.home)


def _named(one: Side) -> str:
    """Who accuses is nobody's to read at a glance (ux.md §9); whether it is the same person is told beside it."""
    return say("信访人（已保密）") if one.matter.sealed else names_of(one.people)


def _shown(one: Side, what: str) -> str:
    mask = masked(one.person).get(what, "")
    return say("已保密") if one.matter.sealed and mask else mask


def _living(one: Side) -> str:
    if one.matter.sealed and one.person.homed:
        return say("已保密")
    return one.person.region or ("***" if one.person.homed else "")


def _facts(new: Side, old: Side) -> Iterator[Row]:
    one, other = new.matter, old.matter
    yield _row(say("属地"), one.place, other.place)
    yield _row(say("类别"), *(codes.label("content_class", m.class_code) if m.class_code else "" for m in (one, other)))
    yield _row(say("来件日期"), new.petition.received_on.isoformat(), old.petition.received_on.isoformat())
    yield _row(say("信访形式"), *(codes.label("channel", s.petition.channel) for s in (new, old)))
    yield _row(say("状态"), FLOW.state[one.state].label, FLOW.state[other.state].label)
    yield _row(say("承办单位"), one.unit.name, other.unit.name)


def _marked(label: Sentence, left: str, right: str, one: frozenset[str], other: frozenset[str]) -> Row:
    return Row(label, left, right, bool(one & other), given=bool(one or other))


def _row(label: Sentence, left: str, right: str) -> Row:
    one, other = _squeezed(left), _squeezed(right)
    return Row(label, left, right, bool(one) and one == other, given=bool(one or other))


def _squeezed(text: str) -> str:
    return "".join(text.split())
