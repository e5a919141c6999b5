"""The same act on many cases: looked at first, then done one by one.

What may be done so is named by the kind of case (`ACTS`): an act that asks the same of every case and decides none.
Each case is a transaction of its own, through the door; one that is refused stops no other and says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from petitions import db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import history, listing
from petitions.cases.chip import Chip
from petitions.cases.facets import Chosen
from petitions.cases.fields import Choice, Field, Kind
from petitions.cases.kinds import KINDS, CaseKind
from petitions.cases.models import Case
from petitions.cases.perform import perform, row_of, surroundings, why_not
from petitions.cases.queries import visible_to
from petitions.cases.rows import Row, rows
from petitions.flow import Action, State
from petitions.words import FieldErrors, Refusal, Refused, Sentence, say

ACTS: list[str] = []
"""Names of the acts that may be done on many cases at once; filled by app.py."""


@dataclass(frozen=True)
class Receiving:
    """What one unit will receive."""

    unit: str
    people: Sequence[str]
    """Who will be told; nobody when the unit has no desk and no head."""
    clocks: Sequence[tuple[Case, Sentence, Chip]]
    """About which clock of which case."""


Outlook = Callable[[User, Sequence[Case]], Sequence[Receiving]]

OUTLOOKS: dict[str, Outlook] = {}
"""For acts that send something to units: what each of them will receive; filled by app.py."""

STEP = 20
"""Cases done in one request: about a second, after which the page shows how far it is."""


@dataclass(frozen=True)
class Refusing:
    """A case on which the act is not possible, and why."""

    row: Row
    reason: str


@dataclass(frozen=True)
class Preview:
    """What the act would do, before anything is done."""

    action: Action
    target: State | None
    """The stage every case will be in; None when it stays where it is."""
    possible: Sequence[Row]
    refusing: Sequence[Refusing]
    fields: Sequence[Field]
    choices: Mapping[str, Sequence[Choice]]
    """What the choice fields offer, by field."""
    receiving: Sequence[Receiving] = ()
    """What each unit will receive, for an act that sends something."""

    @property
    def reasons(self) -> list[tuple[str, list[Row]]]:
        """Why it is not possible, each reason once with its cases, the commonest first."""
        found: dict[str, list[Row]] = {}
        for one in self.refusing:
            found.setdefault(one.reason, []).append(one.row)
        return sorted(found.items(), key=lambda pair: -len(pair[1]))


@dataclass(frozen=True)
class Done:
    """What became of some of the cases."""

    done: Sequence[int]
    refused: Mapping[int, str]
    """By case, why not."""
    unfilled: Mapping[str, str]
    """When no case could take what was typed: a sentence for each field."""


def number() -> str:
    """A fresh number for a form that begins a batch: sent twice it is one."""
    return uuid4().hex


def acts_for(user: User, shown: Sequence[Row]) -> list[Action]:
    """The acts this person may do on at least one of the rows, in the order of ACTS."""
    found: dict[str, Action] = {}
    for name in ACTS:
        for row in shown:
            action = KINDS[row.kind].flow.action.get(name)
            if action is not None and may(user, action.permission, row):
                found.setdefault(name, action)
    return list(found.values())


def label_of(name: str) -> str:
    """The act in Chinese."""
    return next((kind.flow.action[name].label for kind in KINDS.values() if name in kind.flow.action), name)


def selected(user: User, chosen: Chosen, ticked: Sequence[str], *, everything: bool) -> list[int]:
    """The ids of the cases meant: the ticked ones this person may see, or all of a list, in the order of the list.

    Raises Refused when nothing is meant, or when a list is too long to be counted.
    """
    if everything:
        gathered = listing.gather(user, chosen)
        if gathered.wide:
            raise Refused(say("一次最多办理{most}件。用筛选条件分成几批", most=listing.CAP))
        ids = [place.case_id for place in gathered.places]
    else:
        ids = seen(user, [int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) <= 9])
    if not ids:
        raise Refused(say("先勾选要一起办理的件"))
    return ids


def seen(user: User, case_ids: Sequence[int]) -> list[int]:
    """Of these cases, which a page of the reader's own names, the ones they may see now; at most CAP."""
    wanted = list(dict.fromkeys(case_ids))[: listing.CAP]
    found = set(db.session().scalars(visible_to(user, select(Case.id).where(Case.id.in_(wanted)))))
    return [case_id for case_id in wanted if case_id in found]


def preview(user: User, name: str, ids: Sequence[int]) -> Preview:
    """What `name` would do on these cases; raises Refused for an act that cannot be done on many."""
    cases = _loaded(user, ids)
    action = _row(name, cases)
    shown, possible, refusing = {row.id: row for row in rows(ids, user)}, [], []
    for case in cases:
        reason = _reason(case, name, user)
        if reason:
            refusing.append(Refusing(shown[case.id], reason))
        else:
            possible.append(case)
    first, kind = (possible or cases)[0], KINDS[cases[0].kind]
    return Preview(
        action, kind.flow.state[action.target] if action.target else None, [shown[case.id] for case in possible],
        refusing, _asked(kind, action), _choices(kind, action, first, user),
        OUTLOOKS[name](user, possible) if possible and name in OUTLOOKS else (),
    )  # fmt: skip


def fields_of(user: User, name: str, ids: Sequence[int]) -> list[Field]:
    """What the act asks; raises Refused for an act that cannot be done on many."""
    cases = _loaded(user, ids[:1])
    action = _row(name, cases)
    return _asked(KINDS[cases[0].kind], action)


def _asked(kind: CaseKind, action: Action) -> list[Field]:
    """What is asked of all alike. A tick states something of one case, and files belong to one."""
    asked = [kind.fields[name] for name in action.fields]
    return [one for one in asked if one.kind not in (Kind.FLAG, Kind.FILES)]


def run(user: User, name: str, data: Mapping[str, Any], ids: Sequence[int], batch: UUID) -> Done:
    """Do the act on each case, committing after each. `batch` makes a repetition harmless: a case is done once."""
    session, done, refused = db.session(), list[int](), dict[int, str]()
    unfilled: list[Mapping[str, str]] = []
    for case_id in ids:
        cases = _loaded(user, [case_id])
        if not cases:
            refused[case_id] = say("没有找到这一件，可能已转走或保密")
            continue
        try:
            _row(name, cases)
            perform(cases[0], name, data, user, submission=uuid5(batch, str(case_id)).hex)
            session.commit()
        except FieldErrors as refusal:
            session.rollback()
            refused[case_id] = "；".join(refusal.errors.values())
            unfilled.append(refusal.errors)
        except Refusal as refusal:
            session.rollback()
            refused[case_id] = refusal.sentence
        else:
            done.append(case_id)
    return Done(done, refused, unfilled[0] if len(unfilled) == len(ids) else {})


def _loaded(user: User, ids: Sequence[int]) -> list[Case]:
    wanted = visible_to(user, select(Case).where(Case.id.in_(ids))).options(
        selectinload(Case.documents), selectinload(Case.deadlines)
    )
    found = {case.id: case for case in db.session().scalars(wanted)}
    return [found[case_id] for case_id in ids if case_id in found]


def _row(name: str, cases: Sequence[Case]) -> Action:
    action = KINDS[cases[0].kind].flow.action.get(name) if cases else None
    if action is None or name not in ACTS:
        raise Refused(say("没有“{action}”这个批量操作", action=name))
    return action


def _reason(case: Case, name: str, user: User) -> Sentence | str | None:
    """Why the act is not possible on this case, before anything is typed."""
    try:
        action = row_of(case, name, user)
    except Refusal as refusal:
        return refusal.sentence
    return why_not(user, action, case, history.latest_of_each(case.id))


def _choices(kind: CaseKind, action: Action, case: Case, user: User) -> dict[str, Sequence[Choice]]:
    context = surroundings(case, user)
    return {name: context.choices(kind.fields[name].choices) for name in action.fields if kind.fields[name].choices}
