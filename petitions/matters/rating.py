"""Which matters are put to the petitioner for a rating, as a list (《信访事项办理群众满意度评价工作办法（试行）》, domain.md §1.8).

What is no matter of the petition procedure is not rated by whoever took it elsewhere: a body that only told somebody the
way answers for neither the decision nor the decider.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from petitions.matters.models import Matter
from petitions.words import Sentence, say

_ELSEWHERE = frozenset(("R1", "R2", "R3"))
"""第31条第一至三项: courts, arbitration, organs of the Party decide there."""


@dataclass(frozen=True)
class NotRated:
    """One sort of matter that is not rated."""

    code: str
    reason: Sentence
    applies: Callable[[Matter], bool]


NOT_RATED: Sequence[NotRated] = (
    NotRated("accusation", say("检举控告类事项不列入满意度评价（第30条）"),
             lambda matter: matter.sealed or matter.nature == "accusation"),
    NotRated("litigation", say("涉法涉诉类事项不列入满意度评价"), lambda matter: matter.nature == "litigation"),
    NotRated("diverted", say("已导入其他法定程序的事项不列入满意度评价"),
             lambda matter: matter.outcome == "D"
             or (bool(matter.claims) and all(claim.route in _ELSEWHERE for claim in matter.claims))),
    NotRated("unsigned", say("匿名件没有可以评价的信访人"),
             lambda matter: not any(person.named for person in matter.petitioners)),
)  # fmt: skip
"""In the order they are asked; the first that applies gives the reason."""


def why_not_rated(matter: Matter) -> Sentence | None:
    """Why nobody is asked to rate this matter, or None where both bodies are rated."""
    return next((rule.reason for rule in NOT_RATED if rule.applies(matter)), None)
