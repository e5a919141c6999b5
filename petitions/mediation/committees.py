"""人民调解委员会: which units are one, who belongs to it, and whether it stands as the law asks (第8条、第9条).

A committee that does not stand as it should is warned about and never kept from helping people: the law makes no
agreement void because a term is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from petitions import clock, db
from petitions.access import past, units
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.mediation.models import Committee, Member
from petitions.words import Sentence, say

KINDS: Mapping[str, Sentence] = {
    "village": say("村（居）调委会"), "township": say("乡镇（街道）调委会"), "enterprise": say("企业事业单位调委会"),
    "professional": say("行业性、专业性调委会"), "other": say("其他调委会"),
}  # fmt: skip
"""第8条、第34条."""

POSTS: Mapping[str, Sentence] = {
    "chair": say("主任"), "vice": say("副主任"), "member": say("委员"), "appointed": say("聘任的调解员"),
}  # fmt: skip

SEATED = ("chair", "vice", "member")
"""The posts that make up the committee itself; who is appointed mediates beside it (第13条)."""

FEWEST, MOST = 3, 9
"""第8条第二款: 由委员三至九人组成."""

TERM_YEARS = 3
"""第9条第二款."""

SOON = 60
"""日 before the end of a term from which it is spoken of: an election takes its time."""


def committee_of(unit_id: int) -> Committee | None:
    """What a unit is as a committee; None for a unit that is none."""
    return db.session().get(Committee, unit_id)


def every() -> list[Committee]:
    """All committees."""
    return list(db.session().scalars(select(Committee).order_by(Committee.unit_id)))


def kept_by(user: User) -> list[Committee]:
    """The committees a person looks after: an administrator all, a justice office those of its region, in force today."""
    there = {unit.id for unit in units.in_force() if unit.kind == UnitKind.COMMITTEE}
    if Role.ADMINISTRATOR not in user.roles:
        there &= set(within(user))
    query = select(Committee).where(Committee.unit_id.in_(there)).order_by(Committee.unit_id)
    return list(db.session().scalars(query.options(joinedload(Committee.unit), selectinload(Committee.members))))


def keeps(user: User | None, unit_id: int) -> bool:
    """Whether that committee, or a unit it may lie under, is this person's to look after; nobody: the machine itself."""
    return user is None or Role.ADMINISTRATOR in user.roles or unit_id in within(user)


def within(user: User) -> list[int]:
    """The units of the region a person looks after, what came before them included: their cases bear the old numbers.

    No committee is set up under a justice office: it guides those beside it, of the county or township it stands in
    (第5条、第10条), as a petition office does.
    """
    stands = user.unit_id
    if Role.JUDICIAL_OFFICE in user.roles:
        stands = next((one.parent_id for one in units.every() if one.id == stands and one.parent_id), stands)
    region = units.region_of(stands)
    there = [region, *(one.id for one in units.below(region))]
    return list(dict.fromkeys(old for one in there for old in past.forebears(one)))


def units_to_take(user: User | None) -> list[Unit]:
    """Units of the kind that are not yet entered as committees."""
    known = set(db.session().scalars(select(Committee.unit_id)))
    return [
        unit for unit in units.in_force()
        if unit.kind == UnitKind.COMMITTEE and unit.id not in known and keeps(user, unit.id)
    ]  # fmt: skip


def roofs(user: User | None) -> list[Unit]:
    """Under which units one may be set up: a village, township, enterprise or trade; never a petition office or a court of
    discipline, which decide themselves."""
    never = (UnitKind.COMMITTEE, UnitKind.OFFICE, UnitKind.DISCIPLINE)
    return [unit for unit in units.in_force() if unit.kind not in never and keeps(user, unit.id)]


def sitting(committee: Committee, day: date | None = None) -> list[Member]:
    """Who belongs to it on a day, today by default."""
    on = day or clock.today()
    return [one for one in committee.members if one.until is None or one.until >= on]


def accounts_of(unit_id: int) -> list[User]:
    """The accounts of the committee that mediate."""
    roles = {Role.MEDIATOR, Role.COMMITTEE_CHAIR}
    people = db.session().scalars(select(User).where(User.unit_id == unit_id, User.active).order_by(User.id)).unique()
    return [one for one in people if one.roles & roles]


@dataclass(frozen=True)
class Count:
    """A committee in numbers: what is told to the court (第10条)."""

    seated: int
    appointed: int
    women: int
    minority: int
    chairs: Sequence[str]


def counted(people: Iterable[Member]) -> Count:
    """The numbers of those who belong to it; of the women and the minorities only those who are of the committee itself."""
    people = list(people)
    seated = [one for one in people if one.post in SEATED]
    return Count(
        len(seated), len(people) - len(seated), sum(one.woman for one in seated), sum(one.minority for one in seated),
        [one.name for one in seated if one.post == "chair"],
    )  # fmt: skip


def warnings(committee: Committee) -> list[Sentence]:
    """What the law asks of it and it has not, each with the article; empty where it stands as it should."""
    today, count = clock.today(), counted(sitting(committee))
    found = [
        (count.seated < FEWEST, say("委员{count}人，少于三人（第8条第二款：委员三至九人）", count=count.seated)),
        (count.seated > MOST, say("委员{count}人，多于九人（第8条第二款：委员三至九人）", count=count.seated)),
        (not count.chairs, say("没有主任（第8条第二款：设主任一人）")),
        (len(count.chairs) > 1, say("主任多于一人（第8条第二款：设主任一人）")),
        (not count.women, say("没有妇女成员（第8条第三款）")),
        (
            committee.several_peoples and not count.minority,
            say("多民族居住的地区，还没有少数民族成员（第8条第三款）"),
        ),
        (not committee.court, say("没有登记所在地基层人民法院（第5条第二款、第10条）")),
        (committee.term_to is None, say("没有登记任期（第9条第二款：每届任期三年）")),
    ]
    told = [sentence for amiss, sentence in found if amiss]
    if committee.term_to is not None:
        left = (committee.term_to - today).days
        if left < 0:
            told.append(
                say("任期{day}已届满，应当换届；换届前照常调解（第9条第二款）", day=committee.term_to.isoformat())
            )
        elif left <= SOON:
            told.append(
                say(
                    "任期{day}届满，还有{count}日，准备换届（第9条第二款）",
                    day=committee.term_to.isoformat(),
                    count=left,
                )
            )
    return told
