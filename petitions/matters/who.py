"""Who the petitioners are: the one way into the identity vault. Nothing else opens it (test_structure.py holds that).

What is locked comes out here in four ways only. Masked, or as marks to compare, it tells nothing. In clear it goes to a
reader (`revealed`), who is asked for the permission, by whom an accusation was opened, and who leaves a line in the
audit; and it goes from row to row inside of an act (`seal`, `unseal`, `copy`), where nobody reads it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from petitions import clock, db
from petitions.access import audit, vault
from petitions.access.models import User
from petitions.access.policy import in_whose_name
from petitions.cases.models import Case
from petitions.documents.concealed import CONCEALED, kept_out, readable, token
from petitions.matters import openings
from petitions.matters.follow_up import FollowUpTask
from petitions.matters.hearing.models import hearings_of
from petitions.matters.identities import MASKS, SECRET, Identity
from petitions.matters.models import Matter, Petitioner
from petitions.matters.paper_values import people_of
from petitions.matters.people import Someone
from petitions.matters.performance import Promise
from petitions.web.inputs import initials
from petitions.words import NotPermitted, Refused, say

_SHOWABLE = ("name", "region")
"""What stands in clear beside the vault unless the matter is sealed."""


# --- writing ---------------------------------------------------------------------------------------------------------


def entered(person: Someone, *, sealed: bool) -> Petitioner:
    """The row of a person of a new petition; of an accusation nothing of it is in clear."""
    row = Petitioner(part=person.part, details={"relation": person.relation} if person.relation else {})
    _keep(row, {name: getattr(person, name) for name in SECRET}, sealed=sealed)
    return row


def copy(person: Petitioner, *, sealed: bool) -> Petitioner:
    """The same person in another matter."""
    row = Petitioner(part=person.part, details=dict(person.details))
    _keep(row, _known(person), sealed=sealed)
    return row


def handed_on(person: Petitioner, matter: Matter) -> dict[str, str]:
    """How to reach a person, for the mediation committee the matter goes to with that person's consent (第33条).

    Raises Refused for an accusation: nothing of it leaves the wall.
    """
    if matter.sealed:
        raise Refused(say("检举控告不移送人民调解（第30条）"))
    known = _known(person)
    return {name: known[name] for name in ("phone", "id_number", "address") if known.get(name)}


def differing(person: Petitioner, words: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Of these words the ones that are not known of the person yet: name, before, after, masked but for name and place."""
    known = _known(person)
    told: list[tuple[str, str, str]] = []
    for name, word in words.items():
        if known.get(name, "") != word:
            mask = str if name in _SHOWABLE else MASKS[name]
            told.append((name, mask(known[name]) if known.get(name) else "", mask(word)))
    return told


def amend(person: Petitioner, words: Mapping[str, str], *, sealed: bool) -> None:
    """Put these words right; the others stay as they are."""
    _keep(person, {**_known(person), **words}, sealed=sealed)


def _keep(row: Petitioner, words: Mapping[str, str], *, sealed: bool) -> None:
    shown = {} if sealed else words
    row.name, row.region = (shown.get(name, "") for name in _SHOWABLE)
    row.initials = initials(row.name)
    secret = {name: word for name, word in words.items() if word and (sealed or name not in _SHOWABLE)}
    if row.identity is None and secret:
        row.identity = Identity()
    if row.identity is not None:
        row.identity.keep(secret, sealed=sealed)


def seal(matter: Matter, also: Iterable[Petitioner] = ()) -> None:
    """Lock away whatever says who the people of a matter are, in its rows and in what was written of it.

    `also`: who came with it and belongs to the matter that it was joined to.
    """
    people = _locked_as(matter, also, sealed=True)
    db.session().flush()
    for event in matter.events:
        if "changes" in event.data:
            # A name that was put right is no word of anybody now, and yet close to one.
            event.data = {**event.data, "changes": CONCEALED}
    tokens = _turned(_words(people))
    _rewrite(matter, lambda value: kept_out(value, tokens))


def unseal(matter: Matter, also: Iterable[Petitioner] = ()) -> None:
    """The same back: it was no accusation."""
    words_back = _words(_locked_as(matter, also, sealed=False))
    _rewrite(matter, lambda value: readable(value, words_back))


def _locked_as(matter: Matter, also: Iterable[Petitioner], *, sealed: bool
               ) -> list[tuple[Petitioner, Mapping[str, str]]]:  # fmt: skip
    people: list[tuple[Petitioner, Mapping[str, str]]] = [
        (person, _known(person)) for person in dict.fromkeys((*matter.petitioners, *also))
    ]
    for person, words in people:
        _keep(person, words, sealed=sealed)
    return people


def _rewrite(matter: Matter, change: Callable[[Any], Any]) -> None:
    """Let what was written of the matter name nobody, or name them again. Nothing else of it changes."""
    # What a review of it says names the same people.
    for case in (matter, *matter.followers):
        for event in case.events:
            if (data := change(event.data)) != event.data:
                event.data = data
        for paper in case.documents:
            paper.text, paper.recipient = change(paper.text), change(paper.recipient)
            for service in paper.services:
                service.receiver, service.note = change(service.receiver), change(service.note)
                if (proof := change(service.proof)) != service.proof:
                    service.proof = proof
            for attempt in paper.attempts:
                attempt.note = change(attempt.note)
        for hearing in hearings_of(case):
            hearing.rewrite(change)
    for visit in matter.visits:
        visit.said, visit.new_claim = change(visit.said), change(visit.new_claim)
        visit.office_reason, visit.unit_reason = change(visit.office_reason), change(visit.unit_reason)
    for task in db.session().scalars(select(FollowUpTask).where(FollowUpTask.matter_id == matter.id)):
        task.done = change(task.done)
    for row in db.session().scalars(select(Promise).where(Promise.matter_id == matter.id)):
        row.text, row.performer, row.proof = change(row.text), change(row.performer), change(row.proof)


def _words(people: Iterable[tuple[Petitioner, Mapping[str, str]]]) -> dict[str, str]:
    """What stands for a word -> the word."""
    return {token(person.id, name): word for person, known in people for name, word in _telling(known).items()}


def _telling(known: Mapping[str, str]) -> dict[str, str]:
    """What a text may name somebody by. A township is no secret by itself, and notes are no word."""
    return {name: word for name, word in known.items() if name not in ("region", "contact_notes")}


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {word: stands for stands, word in words.items()}


# --- what tells nothing ----------------------------------------------------------------------------------------------


def masked(person: Petitioner) -> Mapping[str, str]:
    """What is locked of the person as it may be shown: phone, id_number, address …; what is unknown is absent."""
    return person.identity.shown() if person.identity else {}


@dataclass(frozen=True)
class Marks:
    """What a person is compared by: for each value every mark that another row of the same value may bear."""

    name: frozenset[str] = frozenset()
    """Beside the marks the name itself, where that is in clear."""
    phone: frozenset[str] = frozenset()
    id_number: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()
    """The name without blanks; like `home` it is compared between two persons, never looked up."""
    home: frozenset[str] = frozenset()
    """住址 as a whole."""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.id_number)


NOBODY = Marks()


def marks_of(person: Petitioner) -> Marks:
    """The marks of a person of the database."""
    known = _known(person)
    return replace(
        marks(known.get("name", ""), known.get("phone", ""), known.get("id_number", "")),
        spelled=vault.marks("spelled", _squeezed(known.get("name", ""))),
        home=vault.marks("home", _squeezed(known.get("region", "") + known.get("address", ""))),
    )


def marks(name: str = "", phone: str = "", id_number: str = "") -> Marks:
    """The marks of what was typed."""
    named = vault.marks("name", name) | ({name} if name else frozenset())
    return Marks(named, vault.marks("phone", phone), vault.marks("id_number", id_number))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def with_tokens(matter: Matter, value: Any) -> Any:
    """`value` (texts, also in lists and dictionaries) with tokens for everything that says who the people are."""
    people = people_of(matter)
    if any(person.id is None for person in people):
        db.session().flush()  # a token names its owner by number
    return kept_out(value, _turned(_words((person, _known(person)) for person in people)))


def without(matter: Matter, value: Any) -> Any:
    """The same with （已保密） instead, for good: for readers who must never be able to put it back."""
    words = {word for person in people_of(matter) for word in _telling(_known(person)).values()}
    return kept_out(readable(value), dict.fromkeys(words, CONCEALED))


def hushes(case_ids: Sequence[int]) -> Mapping[int, Callable[[str], str]]:
    """By case, of those that are sealed: takes out of a text the words by which nobody may find it. One query."""
    held: Any = select(Case.id, Petitioner).join(
        Petitioner, Petitioner.matter_id == func.coalesce(Case.about_id, Case.id)
    )
    people: dict[int, list[tuple[Petitioner, Mapping[str, str]]]] = {}
    for case_id, person in db.session().execute(held.where(Case.id.in_(case_ids), Case.sealed)):
        people.setdefault(case_id, []).append((person, _known(person)))
    return {case_id: _hush(dict.fromkeys(_words(told).values(), " ")) for case_id, told in people.items()}


def _hush(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: str(kept_out(text, words))


# --- in clear --------------------------------------------------------------------------------------------------------


MOST_IN_AN_HOUR = 120
"""Every half minute for an hour: more than anybody telephones or writes letters. Our default; beyond it somebody is copying."""

_IN_CLEAR = ("identity:reveal", "identity:print", "person:print")


def revealed(people: Sequence[Petitioner], matter: Matter, reader: User, reason: str, act: str = "identity:reveal"
             ) -> list[dict[str, str]]:  # fmt: skip
    """Everything known of these people of one matter, in clear for `reader`, and one line of the audit that says so.

    `reason` is a code of the list `reveal_reason`; of a sealed matter the reason for which it was opened counts.
    Raises NotPermitted for who may not, FieldErrors where no reason is given, Refused where an accusation was not
    opened for them by somebody else.
    """
    name = in_whose_name(reader, "petition:identity", matter)
    if name is None:
        raise NotPermitted(say("只有登记单位和承办此件的人员可以查看信访人的联系方式"))
    if matter.sealed:
        opening = openings.in_force(matter.id, reader)
        if opening is None:
            raise Refused(say("检举控告人的身份须经另一人批准才能查看（第30条）"))
        reason = opening.reason
    reason = openings.reason_of(reason)
    if audit.count_since(clock.now() - timedelta(hours=1), reader, *_IN_CLEAR) >= MOST_IN_AN_HOUR:
        audit.refused(act, case_id=matter.id)
        raise Refused(
            say("一小时内已查看{most}次身份信息，请稍后再查看。确有需要的，请与审计管理员联系", most=MOST_IN_AN_HOUR)
        )
    audit.saw(act, people[0] if len(people) == 1 else None, case_id=matter.id, reason=reason, behalf=name)
    return [_known(person) for person in people]


def words_of(people: Sequence[Petitioner], matter: Matter, reader: User) -> Mapping[str, str]:
    """By what stands for it, everything that was kept out of the papers of a sealed matter: to print them."""
    known = revealed(people, matter, reader, "", act="identity:print")
    return _words(zip(people, known, strict=True))


def told(text: str, people: Sequence[Petitioner], known: Sequence[Mapping[str, str]]) -> str:
    """`text` with what stands for these people put back, as `revealed` made them known; anybody else stays concealed."""
    return str(readable(text, _words(zip(people, known, strict=True))))


def _known(person: Petitioner) -> dict[str, str]:
    """The only place where a row of the vault is opened."""
    shown = {name: getattr(person, name) for name in _SHOWABLE if getattr(person, name)}
    return {**shown, **person.identity.unlocked()} if person.identity else shown
