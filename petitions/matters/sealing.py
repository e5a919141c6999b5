"""检举控告 (第30条): what happens to a matter that is one, whom it accuses, and who is on its need-to-know list."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select

from petitions import db
from petitions.access import audit, past
from petitions.access.models import User
from petitions.cases import codes, parts, readers, search
from petitions.cases.kinds import Act, Effect, kind_of
from petitions.cases.models import ActDraft, Case
from petitions.cases.perform import perform
from petitions.matters import who
from petitions.matters.course import matter_of
from petitions.matters.dispatching import end
from petitions.matters.models import Matter, Respondent
from petitions.matters.wall import is_under, is_walled_off
from petitions.matters.wording import unit_name
from petitions.notices.models import Notice
from petitions.words import Sentence, say

_NATURE = "accusation"


def is_sealing(nature: str) -> bool:
    """Whether matters of this nature are kept behind the wall."""
    chosen = codes.entry("nature", nature)
    return bool(chosen and chosen.extra.get("confidential"))


def why_not_kept(unit_id: int, accused: Sequence[Respondent]) -> Sentence | None:
    """Why the unit may not keep an accusation of these, or could not: nobody there would see it."""
    if is_under(unit_id, [row.unit_id for row in accused]):
        return say(
            "被检举的是本单位或者本单位的上级，此件不能由本单位登记办理（第30条）。请信访人直接向纪检监察机关提出"
        )
    desk = list(db.session().scalars(readers.desk(unit_id)))
    if not desk:
        return say(
            "本单位没有受限岗人员，检举控告登记后没有人能看到。先请管理员指定受限岗人员，或者请信访人向纪检监察机关提出"
        )
    if all(any(_means(row, person) for row in accused) for person in desk):
        return say("本单位受限岗的人员就是被检举的人，此件不能由本单位办理（第30条）。请信访人直接向纪检监察机关提出")
    return None


def named_in(name: str, unit_id: int | None, user_id: int | None = None) -> list[Respondent]:
    """被反映的单位或个人 as it was filled in, as a row; none when nothing was. A unit named in words only is looked up."""
    if not (name or unit_id or user_id):
        return []
    bearers = past.bearers(name)
    if unit_id is None and len(bearers) == 1:
        unit_id = bearers[0]
    person = db.session().get(User, user_id) if user_id else None
    said = name or (person.name if person else unit_name(unit_id))
    return [Respondent(name=said, unit_id=unit_id, user_id=user_id)]


def accuse(matter: Matter, named: Iterable[Respondent]) -> None:
    """Record whom it accuses beside those who are named already; the form shows these, so one of them is no second."""
    known = {(row.name, row.unit_id, row.user_id) for row in matter.respondents}
    for row in named:
        if (row.name, row.unit_id, row.user_id) not in known:
            matter.respondents.append(Respondent(name=row.name, unit_id=row.unit_id, user_id=row.user_id))


def accuse_as_typed(act: Act) -> None:
    """The same of what the form of an act says."""
    given = [act.data.get(name) for name in ("respondent_unit", "respondent_person")]
    accuse(matter_of(act), named_in(act.data.get("respondent", ""), *given))


def name_accused(act: Act) -> None:
    """The restricted desk names somebody else; from this transaction on they are outside, with their bodies."""
    accuse_as_typed(act)
    close_walls(matter_of(act))


def seal(act: Act) -> None:
    """From now on an accusation. Every unit leaves with this transaction, and what it was told and has not read goes."""
    accuse_as_typed(act)
    _seal(matter_of(act), _NATURE, act)


def reseal(act: Act, nature: str) -> None:
    """Follow a classification: close the wall round the matter, or open it again where it was no accusation."""
    matter = matter_of(act)
    if is_sealing(nature):
        if matter.sealed:
            close_walls(matter)
        else:
            _seal(matter, nature, act)
        return
    for one in _with_joined(matter):
        if one.sealed:
            one.sealed = False
            for follower in one.followers:
                follower.sealed = False
                search.index(follower.id)
            who.unseal(one, matter.petitioners)
            search.index(one.id)
            readers.dismiss(one, [row.user_id for row in readers.listed(one)])
            audit.record("case:unseal", one, actor=act.actor)


def close_wall(matter: Matter) -> None:
    """Take whom it accuses off the list, and put the desk on it where nobody of the desk is left. New matters too.

    Somebody of the desk whose name stands in what was written counts as accused as long as the others do not know
    better: a namesake can be let in, what the accused has read cannot be taken back.
    """
    desk = db.session().scalars(readers.desk(matter.office_id)).all()
    fit = [person.id for person in desk if not _is_accused(person, matter)]
    listed = [db.session().get_one(User, row.user_id) for row in readers.listed(matter)]
    readers.dismiss(matter, [person.id for person in listed if _is_accused(person, matter)])
    if not any(row.user_id in fit for row in readers.listed(matter)):
        readers.admit(matter, fit)


def admit(act: Act) -> None:
    """Somebody more may see it."""
    readers.admit(act.case, [act.data["reader"]])


def dismiss(act: Act) -> None:
    """Somebody sees it no longer, with this transaction."""
    readers.dismiss(act.case, [act.data["listed_reader"]])
    _forget_outsiders(act.case)


def _means(row: Respondent, person: User) -> bool:
    return row.user_id == person.id or (len(person.name) > 1 and person.name in row.name)


def _is_accused(person: User, matter: Matter) -> bool:
    return is_walled_off(person, matter) or any(_means(row, person) for row in matter.respondents)


def _seal(matter: Matter, nature: str, act: Act) -> None:
    for one in _with_joined(matter):
        for row in one.dispatches:
            if row.ended_at is None:
                end(row, act)
        for part in list(one.parts):
            parts.leave(one, part.unit_id, act.on)
        one.unit_id, one.sender_id, one.handler_id = one.office_id, None, None
        one.taken_by_id = one.taken_until = None
        one.sealed, one.nature = True, nature
        _wall_followers(one, act)
        who.seal(one, matter.petitioners)
        search.index(one.id)
        audit.record("case:seal", one, actor=act.actor)
    close_walls(matter)


def _wall_followers(matter: Matter, act: Act) -> None:
    """What is about the matter goes behind its wall by an act of its own table, which has one for each side of its end."""
    reason = str(say("信访事项按检举控告保密"))
    for one in matter.followers:
        name = "recall_sealed" if one.closed_on is None else "seal"
        if not one.sealed and one.state in kind_of(one).flow.before(name):
            perform(one, name, {"reason": reason}, act.actor, act.at)


def close_walls(matter: Matter) -> None:
    """The matters joined to this one are its repeats: they say the same of the same people."""
    for one in _with_joined(matter):
        accuse(one, [*matter.respondents])
        close_wall(one)
        _forget_outsiders(one)


def _with_joined(matter: Matter) -> list[Matter]:
    found, waiting = [matter], [matter]
    while waiting:
        joined = db.session().scalars(select(Matter).where(Matter.joined_to_id == waiting.pop().id)).all()
        found += joined
        waiting += joined
    return found


def _forget_outsiders(matter: Case) -> None:
    """What was told to others and is not read yet goes, and so does what they were typing about it or a review of it."""
    inside = [row.user_id for row in readers.listed(matter)]
    session, ids = db.session(), [matter.id, *(one.id for one in matter.followers)]
    session.execute(
        delete(Notice).where(Notice.case_id.in_(ids), Notice.read_at.is_(None), Notice.recipient_id.not_in(inside))
    )
    session.execute(delete(ActDraft).where(ActDraft.case_id.in_(ids), ActDraft.user_id.not_in(inside)))


SEALING: dict[str, Effect] = {"seal": seal, "name_accused": name_accused, "admit": admit, "dismiss": dismiss}
