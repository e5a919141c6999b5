"""What somebody has agreed to be at, by day and hour: the calendar of a person shows it beside what is due.

A kind of case that makes appointments adds to `BOOKS` who looks them up; whoever draws a calendar reads all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from petitions.access.models import User
from petitions.words import Sentence


@dataclass(frozen=True)
class Appointment:
    """One of them. It says of the case its number and no more: a calendar leaves the house."""

    key: str
    """What tells it from every other one, also after its hour was changed."""
    case_id: int
    number: str
    what: Sentence
    at: datetime


BOOKS: list[Callable[[User], Sequence[Appointment]]] = []
"""Of a person what lies ahead, without anything sealed; filled by petitions/app.py."""
