"""筛重: which earlier matters may be the same. The search suspects, a person confirms (domain.md §1.5a).

Same person: an identical ID number, or phone and name, or name and place; same thing: the texts are close.
Only matters of the same office are looked at, and sealed ones only by those who may see them.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from petitions import db
from petitions.matters.models import Matter, Petition, Petitioner
from petitions.words import Sentence, say

_COMPARED = 2000
"""Characters of each text that are compared: beyond that a letter repeats itself."""

_CLOSE = 60.0
"""Per cent of likeness from which two texts of one person are offered first."""


@dataclass(frozen=True)
class Asked:
    """What is known of the petition whose repeats are sought."""

    office_id: int
    name: str = ""
    phone: str = ""
    id_number: str = ""
    place: str = ""
    text: str = ""
    sealed_too: bool = False
    """Whether the asker may see sealed matters."""
    but: int | None = None
    """The matter that asks."""


@dataclass(frozen=True)
class Suspect:
    """An earlier matter that may be the same."""

    matter: Matter
    petition: Petition
    petitioner: Petitioner
    reasons: tuple[Sentence, ...]
    likeness: int
    """Per cent."""
    rank: float


def suspects(asked: Asked, limit: int = 5) -> list[Suspect]:
    """The likeliest earlier matters, best first; closed and refused ones are looked at too."""
    same = [
        column == value
        for column, value in (
            (Petitioner.id_number, asked.id_number),
            (Petitioner.phone, asked.phone),
            (Petitioner.name, asked.name),
        )
        if value
    ]
    if not same:
        return []
    query = (
        select(Petitioner, Petition, Matter)
        .join(Petition, Petition.id == Petitioner.petition_id)
        .join(Matter, Matter.id == Petition.matter_id)
        .options(joinedload(Matter.unit))
        .where(or_(*same), Petition.office_id == asked.office_id, Petitioner.part != "companion")
        .order_by(Petition.id.desc())
        .limit(200)
    )
    if not asked.sealed_too:
        query = query.where(Matter.sealed.is_(False))
    if asked.but is not None:
        query = query.where(Matter.id != asked.but)
    best: dict[int, Suspect] = {}
    for petitioner, petition, matter in db.session().execute(query).tuples():
        found = _compare(asked, petitioner, petition, matter)
        if found and (matter.id not in best or best[matter.id].rank < found.rank):
            best[matter.id] = found
    return sorted(best.values(), key=lambda suspect: (-suspect.rank, -suspect.matter.id))[:limit]


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0–100, whatever the order of their sentences."""
    return float(fuzz.token_set_ratio(_grams(one), _grams(other))) if one and other else 0.0


def _grams(text: str) -> str:
    """Pairs of characters as words: Chinese has no spaces for the comparison to work on."""
    squeezed = "".join(text.split())[:_COMPARED]
    return " ".join(squeezed[i : i + 2] for i in range(len(squeezed) - 1)) or squeezed


def _compare(asked: Asked, petitioner: Petitioner, petition: Petition, matter: Matter) -> Suspect | None:
    reasons, person = [], 0.0
    if asked.id_number and petitioner.id_number == asked.id_number:
        reasons, person = [say("证件号相同")], 100.0
    if asked.phone and petitioner.phone == asked.phone:
        reasons.append(say("电话相同"))
        person = max(person, 80.0)
    if asked.name and petitioner.name == asked.name:
        reasons.append(say("姓名相同"))
        person = min(100.0, person + 20.0)
    alike = likeness(asked.text, petition.text)
    near = bool(asked.place and matter.place and (asked.place in matter.place or matter.place in asked.place))
    if near:
        reasons.append(say("属地相同"))
    # A name alone is no suspicion in a county of namesakes: it needs the place or a like text beside it.
    if person <= 20.0 and not near and alike < _CLOSE:
        return None
    if alike >= _CLOSE:
        reasons.append(say("内容相近"))
    return Suspect(matter, petition, petitioner, tuple(reasons), round(alike), person + alike + 10 * near)
