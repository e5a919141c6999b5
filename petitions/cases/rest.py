"""A clock that stands still for a while (第36条第二款: 听证所需时间不计算在内), as its row keeps it.

`Deadline.pauses` holds the intervals, first and last day as ISO dates; the last day of one that still lasts is None. As
long as it lasts nobody can say when the term ends, so its days are NEVER: it is neither near nor late in any list, and
nobody is reminded of it.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from petitions.cases.clocks import Pause
from petitions.cases.models import Deadline

NEVER = date.max
"""The last day of a clock that stands still: every comparison of the lists then says what is true of it."""


def intervals(pauses: Iterable[Sequence[str | None]]) -> list[Pause]:
    """The pauses of a row that are over, first and last day of each."""
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pauses if first and last]


def begin(deadline: Deadline, first: date) -> bool:
    """Let the clock stand still from `first` on, that day included; whether it does.

    A clock that stands still already goes on doing so. One whose term is over is not revived: it stays overdue, and a
    window that has lapsed stays lapsed.
    """
    if deadline.rests_since is not None or first > deadline.nominal_on:
        return False
    first = max(first, deadline.start_on)
    deadline.pauses = [*deadline.pauses, [first.isoformat(), None]]
    deadline.rests_since = first
    deadline.nominal_on = deadline.due_on = deadline.target_on = NEVER
    return True


def end(deadline: Deadline, last: date) -> bool:
    """Let the clock run on after `last`, the last day that is not counted; whether it stood still.

    The caller counts its days anew.
    """
    if deadline.rests_since is None:
        return False
    last = max(last, deadline.rests_since)
    *over, (first, _) = deadline.pauses
    deadline.pauses, deadline.rests_since = [*over, [first, last.isoformat()]], None
    return True
