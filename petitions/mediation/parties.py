"""当事人: entering, correcting and counting them. Who they are goes into a table of their own, never into the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from petitions import clock, db
from petitions.access import vault
from petitions.access.models import User
from petitions.cases import checks
from petitions.cases.perform import perform
from petitions.mediation.identities import PartyIdentity
from petitions.mediation.lists import KINDS, PARTS, SIDES
from petitions.mediation.models import Mediation, Party
from petitions.web.inputs import initials
from petitions.words import FieldErrors, Refusal, say

REPRESENTATIVES_AT_MOST = 5
"""Of one side (《宁波市人民调解条例》第20条; the same number the 信访工作条例第20条 has)."""

NAME_AT_MOST = 100

DETAILS = ("sex", "ethnicity", "age", "occupation", "workplace", "legal_representative")
"""What the forms of the Ministry ask for beside name, telephone and address (domain.md §5B-2)."""

SECRET = ("phone", "id_number", "address")


@dataclass(frozen=True)
class Given:
    """A party in clear, as long as it is being written down."""

    side: str
    kind: str
    part: str
    name: str
    secret: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)


_UNSAID = {"side": "", "kind": "natural", "part": "party"}


def read(given: Mapping[str, Any]) -> Given:
    """One party as it was typed. Raises FieldErrors by the names of this form."""
    errors: dict[str, str] = {}
    asked = (*_UNSAID, "name", *SECRET, *DETAILS)
    words = {name: checks.tidy_line(str(given.get(name) or "")) or _UNSAID.get(name, "") for name in asked}
    if words["side"] not in SIDES:
        errors["side"] = say("选择当事人的地位")
    if words["kind"] not in KINDS or words["part"] not in PARTS:
        errors["kind"] = say("没有这个选项，重新选择")
    if not words["name"]:
        errors["name"] = say("填写姓名或者名称")
    elif len(words["name"]) > NAME_AT_MOST:
        errors["name"] = say("姓名最多{most}个字", most=NAME_AT_MOST)
    for name, check in (("phone", checks.phone), ("id_number", _id_number)):
        # What identifies a body is its credit code, which is no identity number.
        if words[name] and (name == "phone" or words["kind"] == "natural"):
            try:
                words[name] = check(words[name])
            except Refusal as refusal:
                errors[name] = refusal.sentence
    if errors:
        raise FieldErrors(errors)
    return Given(
        words["side"], words["kind"], words["part"], words["name"], {name: words[name] for name in SECRET if words[name]},
        {name: words[name] for name in DETAILS if words[name]},
    )  # fmt: skip


def _id_number(text: str) -> str:
    return checks.id_number(text, clock.today())


def checked(people: Iterable[Mapping[str, Any]]) -> list[Given]:
    """The parties of an opening, those left empty are passed over.

    Raises FieldErrors, `parties` with the number of the line, for one that cannot be read, for fewer than two sides,
    for somebody on both sides, and for a sixth representative of one.
    """
    found: list[Given] = []
    for number, one in enumerate(people, 1):
        if not any(str(one.get(name) or "").strip() for name in ("name", *SECRET, *DETAILS)):
            continue
        try:
            found.append(read(one))
        except FieldErrors as refusal:
            told = "；".join(refusal.errors.values())
            raise FieldErrors({"parties": say("第{row}名当事人：{problem}", row=number, problem=told)}) from refusal
    problem: str | None = why_not_together(found)
    if problem is None and {one.side for one in found if one.part == "party"} != set(SIDES):
        problem = say("双方当事人都要登记：申请人和被申请人各至少一人")
    if problem is not None:
        raise FieldErrors({"parties": problem})
    return found


def why_not_together(people: Iterable[Given]) -> str | None:
    """Nobody is on both sides, and a side speaks through five people at most."""
    people = list(people)
    sides: dict[str, set[str]] = {}
    for one in people:
        for key in _told_by(one):
            sides.setdefault(key, set()).add(one.side)
    both = next((one.name for one in people if any(len(sides[key]) > 1 for key in _told_by(one))), None)
    if both is not None:
        return say("“{name}”同时在双方，同一人不能既是申请人又是被申请人（含代理人）", name=both)
    for side, label in SIDES.items():
        if sum(one.side == side and one.part == "representative" for one in people) > REPRESENTATIVES_AT_MOST:
            return say("{side}一方的代表不能超过{most}人", side=label, most=REPRESENTATIVES_AT_MOST)
    return None


def _told_by(one: Given) -> list[str]:
    """By what a person is known again: the identity number where there is one, the name always."""
    number = one.secret.get("id_number")
    return [f"name:{''.join(one.name.split())}", *([f"id:{number}"] if number else [])]


def enter(mediation: Mediation, given: Given) -> Party:
    """The row of a party; what may not be shown goes into the vault."""
    party = Party(side=given.side, kind=given.kind, part=given.part)
    _write(party, given)
    mediation.parties.append(party)
    return party


def _write(party: Party, given: Given) -> None:
    party.side, party.kind, party.part = given.side, given.kind, given.part
    party.name, party.initials, party.details = given.name, initials(given.name), dict(given.details)
    if party.identity is None and given.secret:
        party.identity = PartyIdentity()
    if party.identity is not None:
        party.identity.amend(given.secret)


def add(mediation: Mediation, typed: Mapping[str, Any], actor: User, submission: str | None = None) -> Party:
    """One more party, through the door. Raises what the door raises, and FieldErrors for what was typed.

    `submission` is the id of the form: sent twice it is one party.
    """
    given = read(typed)
    with db.session().begin_nested() as attempt:
        party = enter(mediation, given)
        db.session().flush()
        entered = party.id
        done = perform(mediation, "add_party", {"party": str(entered)}, actor, submission=submission)
        if done.data["party"] == str(entered):
            _hold_apart(mediation, given, party)
            return party
        attempt.rollback()
    return next(one for one in mediation.parties if str(one.id) == done.data["party"])


def correct(mediation: Mediation, party: Party, typed: Mapping[str, Any], reason: str, actor: User) -> None:
    """Put right who a party is. What is not typed again of the locked words stays. Raises like `add`."""
    given = read({**typed, "part": party.part, "side": party.side})
    with db.session().begin_nested():
        perform(mediation, "correct_party", {"party": str(party.id), "reason": reason}, actor)
        _hold_apart(mediation, given, party)
        _write(party, given)


def _hold_apart(mediation: Mediation, given: Given, but: Party) -> None:
    """Asked under the lock of the act, of the parties as they are by then: two people may enter one person at once."""
    db.session().flush()
    db.session().expire(mediation, ["parties"])
    problem = _beside(mediation, given, but=but)
    if problem is not None:
        raise FieldErrors({"name": problem})


def _beside(mediation: Mediation, given: Given, but: Party) -> str | None:
    others = [one for one in mediation.parties if one is not but and one.left_on is None]
    number = given.secret.get("id_number")
    if number:
        marks = vault.marks("id_number", number)
        same = next(
            (o for o in others if o.side != given.side and o.identity and o.identity.id_number_mark in marks), None
        )
        if same is not None:
            return say("“{name}”同时在双方，同一人不能既是申请人又是被申请人（含代理人）", name=given.name)
    return why_not_together([*(Given(o.side, o.kind, o.part, o.name) for o in others), given])


def lock_name(party: Party) -> None:
    """第30条: the name goes into the vault with the rest, and nobody finds the party by it."""
    if party.identity is None:
        party.identity = PartyIdentity()
    party.identity.amend({"name": party.name}, sealed=True)
    party.name, party.initials = "", ""
