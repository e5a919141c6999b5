"""筛重: which earlier matters may be the same. The search suspects, a person confirms (domain.md §1.5a).

Same person: an identical ID number, or phone and name, or name and place; same thing: the texts are close. Everybody
who speaks in a petition is compared, representatives and agents too; a lawyer of many clients is the weakest sign.
An anonymous accusation has no person: there the accused is compared.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, or_, select, union
from sqlalchemy.orm import contains_eager, defer, joinedload

from petitions import db
from petitions.access import past
from petitions.access.models import User
from petitions.cases.queries import visible_to
from petitions.matters.identities import Identity
from petitions.matters.models import Matter, Petition, Petitioner, Respondent
from petitions.matters.paper_values import people_of, petition_of
from petitions.matters.who import NOBODY, Marks, marks_of
from petitions.words import Sentence, say

_COMPARED = 2000
"""Characters of each text that are compared: beyond that a letter repeats itself."""

_CLOSE = 40.0
"""Per cent of likeness from which two texts are called close: retold by the same hand they share more than that,
letters about different things under 15."""

_LOOKED_AT = 200
"""Earlier petitions whose texts are compared: the best matches of the person, newest first."""


@dataclass(frozen=True)
class Asked:
    """What is known of the petition whose repeats are sought."""

    office_id: int
    who: Marks = NOBODY
    """The petitioner."""
    place: str = ""
    text: str = ""
    but: int | None = None
    """The matter that asks."""
    beside: tuple[Marks, ...] = ()
    """Representatives and agents."""
    respondent: str = ""
    respondent_unit: int | None = None
    """被检举人: compared where nobody signed and the asker may see accusations."""
    viewer: User | None = None
    """Looks at everything this person may see, sealed matters too where they may; without one, at what the office
    registered and is not sealed."""

    @property
    def people(self) -> tuple[Marks, ...]:
        """Everybody who speaks, the petitioner first."""
        return tuple(person for person in (self.who, *self.beside) if person)


@dataclass(frozen=True)
class Suspect:
    """An earlier matter that may be the same."""

    matter: Matter
    petition: Petition
    petitioner: Petitioner
    reasons: tuple[Sentence, ...]
    likeness: int
    """Per cent; 0 when there is no text to compare yet."""
    rank: float
    text: str
    """The beginning of the petition's text, as far as it was compared."""


def asked_of(matter: Matter, viewer: User) -> Asked:
    """The question a registered matter asks; sealed with sealed, open with open is for whoever reads the answer."""
    petition, people = petition_of(matter), people_of(matter)
    first = next((row for row in people if row.part == "petitioner"), None)
    accused = matter.respondents[0] if matter.respondents else None
    return Asked(
        office_id=matter.office_id,
        who=marks_of(first) if first else NOBODY,
        place=matter.place,
        text=petition.text,
        but=matter.id,
        beside=tuple(marks_of(row) for row in people if row.part in ("representative", "agent")),
        respondent=accused.name if accused and matter.sealed else "",
        respondent_unit=accused.unit_id if accused and matter.sealed else None,
        viewer=viewer,
    )


def suspects(asked: Asked, limit: int = 5) -> list[Suspect]:
    """The likeliest earlier matters, best first; closed and refused ones are looked at too."""
    best: dict[int, Suspect] = {}
    grams = grams_of(asked.text)
    for petitioner, petition, matter, text, accused in _candidates(asked):
        found = _compare(asked, grams, petitioner, petition, matter, text, accused)
        if found and (matter.id not in best or best[matter.id].rank < found.rank):
            best[matter.id] = found
    return sorted(best.values(), key=lambda suspect: (-suspect.rank, -suspect.matter.id))[:limit]


def _candidates(asked: Asked) -> Sequence[Row[Petitioner, Petition, Matter, str, bool]]:
    if asked.people:
        weight = _weight(asked)
        query = _earlier(asked, literal(False)).where(
            Petitioner.id.in_(_same(asked.people)), Petitioner.part != "companion"
        )
        query = query.order_by(weight.desc(), Petition.id.desc()).limit(_LOOKED_AT)
    elif asked.respondent or asked.respondent_unit:
        accused = [Respondent.name == asked.respondent] if asked.respondent else []
        accused += [Respondent.unit_id == asked.respondent_unit] if asked.respondent_unit else []
        of_these = select(Respondent.matter_id).where(or_(*accused))
        query = _earlier(asked, literal(True)).where(
            Matter.id.in_(of_these), Matter.sealed, Petitioner.part == "petitioner"
        )
        query = query.order_by(Petition.id.desc()).limit(_LOOKED_AT)
    else:
        return []
    return db.session().execute(query).all()


def _earlier(asked: Asked, accused: ColumnElement[bool]) -> Select[Petitioner, Petition, Matter, str, bool]:
    """Earlier petitions with their people and matters, within what the asker may see. Only the head of a text is read."""
    head = func.substr(Petition.text, 1, _COMPARED)
    query = (
        select(Petitioner, Petition, Matter, head, accused)
        .join(Petition, Petition.id == Petitioner.petition_id)
        .join(Matter, Matter.id == Petition.matter_id)
        .outerjoin(Petitioner.identity)
        .options(joinedload(Matter.unit), defer(Petition.text), contains_eager(Petitioner.identity))
    )
    if asked.viewer is not None:
        query = visible_to(asked.viewer, query)
    else:
        query = query.where(Petition.office_id.in_(past.forebears(asked.office_id)), Matter.sealed.is_(False))
    return query if asked.but is None else query.where(Matter.id != asked.but)


def _same(people: Sequence[Marks]) -> Select[int]:
    """The ids of whoever has a number or the name in common with one of these people; each way by its own index."""
    ways = (
        (Identity.petitioner_id, Identity.id_number_mark, _all(people, "id_number")),
        (Identity.petitioner_id, Identity.phone_mark, _all(people, "phone")),
        (Identity.petitioner_id, Identity.name_mark, _all(people, "name")),
        (Petitioner.id, Petitioner.name, _all(people, "name")),
    )
    asked = [select(key).where(column.in_(values)) for key, column, values in ways if values]
    return select(union(*asked).subquery().c[0])


def _all(people: Sequence[Marks], what: str) -> list[str]:
    return sorted({mark for person in people for mark in getattr(person, what)})


def _weight(asked: Asked) -> ColumnElement[int]:
    """Of more matches than can be compared these come first: number, then phone, then a namesake of the same place."""
    return case(
        (Identity.id_number_mark.in_(_all(asked.people, "id_number")), 3),
        (Identity.phone_mark.in_(_all(asked.people, "phone")), 2),
        (Matter.place == asked.place, 1),
        else_=0,
    )


def grams_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, blanks and punctuation aside: Chinese has no spaces to compare words by."""
    kept = "".join(c for c in text[:_COMPARED] if unicodedata.category(c)[0] in "LN")
    return frozenset(kept[i : i + 2] for i in range(len(kept) - 1))


def likeness(one: str | frozenset[str], other: str | frozenset[str]) -> float:
    """How alike two texts are, 0–100, whatever the order of their sentences.

    A letter that repeats another and adds to it stays close; a line that happens to occur in a long letter does not.
    """
    left = grams_of(one) if isinstance(one, str) else one
    right = grams_of(other) if isinstance(other, str) else other
    if not left or not right:
        return 0.0
    short, long = sorted((len(left), len(right)))
    return 100.0 * len(left & right) / (0.75 * short + 0.25 * long)


def _compare(
    asked: Asked,
    grams: frozenset[str],
    petitioner: Petitioner,
    petition: Petition,
    matter: Matter,
    text: str,
    accused: bool,
) -> Suspect | None:
    near = bool(asked.place and matter.place and (asked.place in matter.place or matter.place in asked.place))
    alike = likeness(grams, text)
    person, reasons = (60.0, [say("被检举对象相同")]) if accused else _sameness(asked, petitioner)
    # A name alone is no suspicion in a county of namesakes: it needs the place or a like text beside it.
    if person <= 0 or (person <= 20.0 and not near and alike < _CLOSE):
        return None
    if near:
        reasons.append(say("属地相同"))
    if alike >= _CLOSE:
        reasons.append(say("内容相近"))
    return Suspect(matter, petition, petitioner, tuple(reasons), round(alike), person + alike + 10 * near, text)


def _sameness(asked: Asked, known: Petitioner) -> tuple[float, list[Sentence]]:
    """How surely `known` is one of the people who ask, 0–100, and why."""
    best: tuple[float, list[Sentence]] = (0.0, [])
    for person in asked.people:
        found = _same_person(person, known)
        best = found if found[0] > best[0] else best
    certainty, reasons = best
    if reasons and known.part == "agent":
        # The principal decides whether two petitions are one (规则: 委托人相同计), the agent is only a hint.
        return certainty / 2, [say("是该件的代理人"), *reasons]
    if reasons and known.part == "representative":
        return certainty, [say("是该件的代表"), *reasons]
    return certainty, reasons


def _same_person(person: Marks, known: Petitioner) -> tuple[float, list[Sentence]]:
    locked = known.identity
    number, phone, name = (
        (locked.id_number_mark, locked.phone_mark, locked.name_mark or known.name) if locked else ("", "", known.name)
    )
    if number and number in person.id_number:
        return 100.0, [say("证件号相同")]
    certainty, reasons = 0.0, []
    if phone and phone in person.phone:
        certainty, reasons = 70.0, [say("电话相同")]
    differ = person.id_number and number
    if name and name in person.name and not differ:
        certainty, reasons = min(100.0, certainty + 20.0), [*reasons, say("姓名相同")]
    return certainty, reasons
