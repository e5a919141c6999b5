"""Making the demo: a county with its people and a year of petitions, through the same door as real ones.

The same seed and day give the same county. Passwords are not part of it: one is given or made up for everybody.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import update

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.access.passwords import hash_password
from petitions.access.roles import Role
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.demo.county import MEMBERS, UNITS, Member
from petitions.demo.disputes import COMMITTEE, mediate, settle_committee
from petitions.demo.lives import POSED, Step, life, pose
from petitions.demo.people import seeded
from petitions.demo.scenes import OLD_FILES, SCENES, Cast, Scene, filed_long_ago
from petitions.demo.stories import STORIES, STORY_BY_KEY, Ending, Spun, deal, retell, spin
from petitions.matters.models import Matter
from petitions.matters.register import CODE_LETTERS, check, record
from petitions.matters.workflow import FLOW
from petitions.notices.models import Notice
from petitions.privacy.disposals import ask
from petitions.words import Refusal

PETITIONS = 300
REPEATS = 0.06
"""Share of petitions that come again in other words."""

EACH = 2
"""So many stand in every state that others only pass through."""

SCENES_FROM = 60
"""Petitions from which on a demo has the scenes too: whoever asks for a handful wants a handful."""

KEPT = 12
"""Years after which a file whose term of keeping is ten is over it, whatever the day of the year."""

AT_ONCE = 20
"""Petitions a transaction: the lists that every act reads are then read once for twenty."""

READ_AFTER = 7
"""日 after which a message in the inbox has been read."""

Progress = Callable[[int, int], None]

_PARTS = {
    "clerk": (Role.INTAKE_CLERK,), "officer": (Role.PETITION_OFFICER,), "restricted": (Role.RESTRICTED_CLERK,),
    "receiver": (Role.RECEIVING_CLERK,), "handler": (Role.HANDLER,), "head": (Role.UNIT_HEAD, Role.PETITION_HEAD),
    "reviewer": (Role.REVIEWER,),
}  # fmt: skip
_AT_OFFICE = ("clerk", "officer", "restricted")


@dataclass
class County:
    """The units and people of the demo, by the keys of county.py."""

    units: dict[str, Unit]
    people: dict[str, list[User]]
    """By the key of their unit."""

    def person(self, unit: str, part: str) -> User:
        """Whoever plays a part in a unit; an office without that desk lets its officer do it."""
        wanted = _PARTS[part]
        found = next((p for p in self.people[unit] if p.roles.intersection(wanted)), None)
        return found or next(p for p in self.people[unit] if Role.PETITION_OFFICER in p.roles)

    def key_of(self, unit_id: int) -> str:
        """The key of a unit."""
        return next(key for key, unit in self.units.items() if unit.id == unit_id)


def make(
    database: Database,
    *,
    seed: int = 1,
    on: date | None = None,
    password: str,
    count: int = PETITIONS,
    progress: Progress | None = None,
) -> tuple[Member, ...]:
    """Fill an empty, upgraded database; returns who can log in. `on` is the demo's today."""
    draw, today = seeded(seed), on or clock.today()
    with database.work():
        county = _settle(password)
    standing = [state for state in POSED for _ in range(min(EACH, count // (4 * len(POSED)) or 1))]
    scenes = SCENES if count >= SCENES_FROM else ()
    if scenes:
        with database.work():
            _file_long_ago(county, draw, today)
    dealt = deal(draw, today, max(count - len(standing) - len(scenes), 0))
    earlier = ""
    for start in range(0, len(dealt), AT_ONCE):
        with database.work():
            for spun in dealt[start : start + AT_ONCE]:
                earlier = _bring(spun, county, draw, today) or earlier
        if progress is not None:
            progress(min(start + AT_ONCE, len(dealt)), count)
    with database.work():
        for state in standing:
            _stand(state, county, draw, today, earlier)
    if progress is not None:
        progress(count, count)
    with database.work():
        for scene in scenes:
            _play(scene, county, draw, today)
    if scenes:
        # Files that were kept long enough, on a list that waits for its second signature.
        with database.work():
            ask(_local(county).person("petition_office", "officer"), db.retention_years())
    with database.work():
        mediate(_local(county).people[COMMITTEE], draw, today)
    with database.work() as session:
        # People have read what came before the last week.
        old = clock.noon_of(today - timedelta(days=READ_AFTER))
        session.execute(update(Notice).where(Notice.created_at < old).values(read_at=Notice.created_at))
    return MEMBERS


def _stand(state: str, county: County, draw: Random, today: date, earlier: str) -> None:
    """One petition that has come just as far as `state`."""
    fitting = [story for story in STORIES if story.ending is Ending.OPINION and story.unit in county.units]
    days = {"in_approval": 16, "opinion_issued": 17, "returned": 5}.get(state, 4)
    spun = next(
        one
        for one in (spin(draw.choice(fitting), draw, today - timedelta(days=days)) for _ in range(50))
        if one.office == "petition_office"
    )
    local = _local(county)
    desk = local.person(spun.unit, "receiver") if state == "notice_due" else None
    matter = _register(spun, local, draw, None, desk)
    _take(matter, pose(state, spun, draw, *_names(local), earlier), local, spun, spun.on)


def _play(scene: Scene, county: County, draw: Random, today: date) -> None:
    """One petition that is taken to where its scene wants it, so many 日 before today."""
    local, story = _local(county), STORY_BY_KEY[scene.story]
    unit_id, handler_id = _names(local)

    def staged(on: date) -> tuple[Spun, Sequence[Step]]:
        spun = spin(story, draw, on)
        return spun, scene.steps(Cast(spun, draw, unit_id, handler_id, lambda key: local.person(key, "reviewer").id))

    # How many days a course takes does not hang on whose it is, and what is told has to fit the day it begins.
    _, steps = staged(today)
    spun, steps = staged(today - timedelta(days=scene.rest + sum(step.days for step in steps)))
    matter = _register(spun, local, draw, None)
    _take(matter, steps, local, spun, spun.on)
    if scene.refiled is not None:
        again = retell(spun, draw, today - timedelta(days=scene.rest // 2))
        _take(_register(again, local, draw, None), scene.refiled, local, again, again.on, matter)


def _take(
    matter: Matter, steps: Iterable[Step], county: County, spun: Spun, day: date, earlier: Matter | None = None
) -> None:
    """Carry out the acts of a course that begins on `day`; `earlier` is the matter that the petition says again."""
    for step in steps:
        day += timedelta(days=step.days)
        _act(step, matter, county, spun, day, earlier)


def _file_long_ago(county: County, draw: Random, today: date) -> None:
    """Files whose term of keeping is over."""
    local = _local(county)
    for key in OLD_FILES:
        spun = spin(STORY_BY_KEY[key], draw, date(today.year - KEPT, 3, 1) + timedelta(days=draw.randrange(200)))
        if spun.office == "petition_office":
            _take(_register(spun, local, draw, None), filed_long_ago(spun), local, spun, spun.on)


def _local(county: County) -> County:
    """The people of the county, known to the present unit of work."""
    merge = db.session().merge
    return County(county.units, {key: [merge(p, load=False) for p in group] for key, group in county.people.items()})


def _names(county: County) -> tuple[Callable[[str], int], Callable[[str], int]]:
    return (lambda key: county.units[key].id), (lambda key: county.person(key, "handler").id)


def _settle(password: str) -> County:
    """Units, parents first, and people; one hash for everybody, for a demo has no secrets."""
    session, units = db.session(), dict[str, Unit]()
    for one in UNITS:
        parent = units.get(one.parent)
        units[one.key] = Unit(
            name=one.name, kind=one.kind.value, sign=one.sign, phone=one.phone, parent_id=parent.id if parent else None
        )
        session.add(units[one.key])
        session.flush()
    stored, people = hash_password(password), dict[str, list[User]]()
    for member in MEMBERS:
        person = User(username=member.login, name=member.name, unit=units[member.unit], password_hash=stored)
        person.roles = frozenset(member.roles)
        people.setdefault(member.unit, []).append(person)
    session.add_all(person for group in people.values() for person in group)
    session.flush()
    settle_committee(units[COMMITTEE], people[COMMITTEE])
    return County(units, people)


def _bring(spun: Spun, county: County, draw: Random, today: date) -> str:
    """One petition and all that happened to it until today; sometimes it comes again.

    Returns the matter's number if another petition to the county's office may be suspected to say the same, else "".
    """
    local = _local(county)
    matter = _register(spun, local, draw, None)
    again = spun.on + timedelta(days=draw.randint(15, 70)) if draw.random() < REPEATS else today + timedelta(days=1)
    day = spun.on
    for step in life(spun, draw, *_names(local), (today - spun.on).days):
        day += timedelta(days=step.days)
        if again <= min(day, today):
            _again(spun, matter, local, draw, again)
            again = today + timedelta(days=1)
        if day > today or not _act(step, matter, local, spun, day):
            break
    return "" if matter.sealed or spun.office != "petition_office" else matter.number


def _again(spun: Spun, matter: Matter, county: County, draw: Random, on: date) -> None:
    if not matter.sealed and matter.state not in FLOW.after("archive"):
        _register(retell(spun, draw, on), county, draw, matter)


def _register(spun: Spun, county: County, draw: Random, joins: Matter | None, desk: User | None = None) -> Matter:
    story, named = spun.story, spun.story.signature == "real"
    typed = {
        "channel": spun.channel, "received_on": spun.on.isoformat(), "text": spun.text, "title": spun.title,
        "claims": "\n".join(spun.claims), "place": spun.place, "class_code": story.class_code,
        "purpose": story.purpose, "urgency": story.urgency, "flags": list(story.flags), "headcount": spun.headcount,
        "respondent": spun.respondent,
    }  # fmt: skip
    if named:
        typed |= {
            "name": spun.organisation or spun.who.name, "phone": spun.who.phone, "id_number": spun.who.id_number,
            "region": spun.who.region, "address": spun.who.address,
        }  # fmt: skip
    else:
        typed["unsigned"] = True
    clerk = desk or county.person(spun.office, "restricted" if story.purpose == "accusation" else "clerk")
    code = "".join(draw.choice(CODE_LETTERS) for _ in range(10))
    values = check(typed, clerk, history=True)
    return record(values, clerk, at=_hour(spun.on, draw), joins=joins, query_code=code).matter


def _act(
    step: Step, matter: Matter, county: County, spun: Spun, day: date, earlier: Matter | None = None
) -> bool:  # fmt: skip
    """Carry one step out at its day; a step that no longer fits (a guard says no) ends the life there."""
    if step.of != "matter" and not matter.followers:
        return False  # nobody is named who would review it (settings.py, `review_bodies`)
    case: Case = matter if step.of == "matter" else matter.followers[-1]
    data = step.data(case) if callable(step.data) else dict(step.data)
    data |= {name: day.isoformat() for name in step.dated}
    data |= {name: (day + timedelta(days=days)).isoformat() for name, days in step.ahead}
    if step.names and earlier is not None:
        data[step.names] = earlier.number
    unit = spun.office if step.who in _AT_OFFICE else county.key_of(case.unit_id)
    last = case.events[-1].at
    at = max(datetime.combine(day, time(10), clock.ZONE), last + timedelta(minutes=7))
    part = "restricted" if matter.sealed and step.who in _AT_OFFICE else step.who
    try:
        perform(case, step.action, data, county.person(unit, part), min(at, clock.now()))
    except Refusal:
        # A paper that needs no receipt, a window that is still open: the demo shows the matter as it stands.
        return step.action in ("serve_notice", "visit", "perform_opinion", "take_follow_up", "close_follow_up")
    return True


def _hour(day: date, draw: Random) -> datetime:
    moment = datetime.combine(day, time(8, 30), clock.ZONE) + timedelta(minutes=draw.randrange(500))
    return min(moment, clock.now())
