"""批量归档 and 批量办结: the same act on several matters, each by itself; what is refused stays and says why."""

from collections.abc import Iterable
from dataclasses import dataclass

from petitions import db
from petitions.access.models import User
from petitions.cases import queries
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.words import Refusal

ACTS = ("archive", "conclude")


@dataclass(frozen=True)
class Done:
    """What became of a batch."""

    done: tuple[str, ...]
    """Numbers."""
    refused: tuple[tuple[str, str], ...]
    """Number and reason."""


def do_each(case_ids: Iterable[int], action: str, actor: User) -> Done:
    """Carry out `action` (one of ACTS, which ask for nothing) on every matter that `actor` may see.

    A refusal of one leaves the others done. Raises ValueError for another action.
    """
    if action not in ACTS:
        raise ValueError(action)
    done, refused = [], []
    for case_id in dict.fromkeys(case_ids):
        matter = queries.find(case_id, actor)
        if not isinstance(matter, Matter):
            continue
        try:
            with db.session().begin_nested():
                perform(matter, action, {}, actor)
            done.append(matter.number)
        except Refusal as refusal:
            refused.append((matter.number, refusal.sentence))
    return Done(tuple(done), tuple(refused))
