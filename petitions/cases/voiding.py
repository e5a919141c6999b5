"""作废: a paper is taken back with a reason, and issued anew with a number of its own. Nothing of it is ever edited.

What has reached its recipient is not taken back: their terms run from it (第35条), and only a review can undo it. Only the
unit that issued a paper takes it back, or whoever came after that unit.
"""

from collections.abc import Callable, Mapping, Sequence

from petitions.access import past
from petitions.access.models import User
from petitions.cases.fields import Choice, Field, Kind
from petitions.cases.issuing import AGAIN
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case, Document
from petitions.words import say

FIELDS = (
    Field("issued_paper", Kind.CHOICE, say("要作废的文书"), choices="papers_to_void", help=say("作废后文号保留，不再使用")),
    Field("void_paper", Kind.CHOICE, say("重新出具的文书"), choices="papers_to_reissue",
          help=say("按登记的现在内容重新出具，用新的文号；当时办理的内容和日期不变")),
)  # fmt: skip


def _ours(paper: Document, actor: User) -> bool:
    return actor.unit_id in past.heirs(paper.unit_id)


def to_void(case: Case | None, actor: User) -> Sequence[Choice]:
    """The papers this person's unit may take back, the newest first."""
    if case is None:
        return []
    return [_choice(one) for one in reversed(case.papers) if not one.services and _ours(one, actor)]


def to_reissue(case: Case | None, actor: User) -> Sequence[Choice]:
    """The void papers of this person's unit that nothing has been issued for."""
    if case is None:
        return []
    replaced = {one.replaces_id for one in case.documents}
    return [
        _choice(one) for one in reversed(case.documents)
        if one.is_void and one.id not in replaced and _ours(one, actor)
    ]  # fmt: skip


def _choice(paper: Document) -> Choice:
    return Choice(str(paper.id), f"{paper.title} {paper.number}")


def not_replaced(case: Case) -> Sequence[Document]:
    """Void papers for which no other of their kind stands."""
    standing = {one.kind for one in case.papers}
    return [one for one in case.documents if one.is_void and one.kind not in standing]


def paper_can_be_voided(act: Act) -> str | None:
    """There is a paper to take back."""
    if to_void(act.case, act.actor):
        return None
    return say("没有可以作废的文书：已送达的不能作废，其他单位出具的由出具单位作废")


def paper_can_be_reissued(act: Act) -> str | None:
    """There is a void paper that nothing has been issued for."""
    return None if to_reissue(act.case, act.actor) else say("没有作废后等待重新出具的文书")


def void_paper(act: Act) -> None:
    """It stands no more. Its number stays, with the reason of the act."""
    _named(act, "issued_paper").void_event = act.event


def reissue_paper(act: Act) -> None:
    """A new one in its place."""
    act.extra[AGAIN] = (_named(act, "void_paper"),)


def _named(act: Act, field: str) -> Document:
    return next(one for one in act.case.documents if str(one.id) == act.data[field])


CHOICES: Mapping[str, Callable[[Case | None, User], Sequence[Choice]]] = {
    "papers_to_void": to_void, "papers_to_reissue": to_reissue,
}  # fmt: skip
GUARDS: tuple[Guard, ...] = (paper_can_be_voided, paper_can_be_reissued)
REISSUES = "reissue_paper"
"""The effect of an act that issues a paper although its row names none."""
EFFECTS: Mapping[str, Effect] = {"void_paper": void_paper, REISSUES: reissue_paper}
