"""今天要做什么: cards in the order of duty. A card is a filter of the case list with a name.

Its number is the number of that list, because it is counted by the same code; all cards of a person are counted with
one query, and their rows are read with two more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import String, cast, exists, literal, null, select, union_all

from petitions import db
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import listing
from petitions.cases.facets import WINDOWS, Chosen
from petitions.cases.listing import Gathered
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.cases.requests import Elsewhere, elsewhere
from petitions.cases.rows import Row, rows
from petitions.words import Sentence

TOP = 5
"""Rows of a card: enough to begin with, few enough for all cards to stand on one screen."""


@dataclass(frozen=True)
class Card:
    """A saved filter of the list, shown to some roles."""

    name: str
    label: Sentence | str
    query: Mapping[str, str]
    """Parameters of the list page, `sort` among them."""
    roles: frozenset[Role]
    urgent: bool = False
    """Something is wrong as long as it is not empty."""
    clocks: bool = False
    """How many are overdue, due today and due soon is shown as well."""
    stages: bool = False
    """Rows show the stage instead of the clock."""
    seconds: bool = False
    """It counts what waits for a second person; what is no case and waits as well is told beside it."""

    @property
    def chosen(self) -> Chosen:
        """What it asks of the list."""
        conditions = {name: value for name, value in self.query.items() if name != "sort"}
        return Chosen(conditions, self.query.get("sort", ""))


@dataclass(frozen=True)
class Part:
    """The share of a card whose clocks press: already over, today, soon."""

    label: Sentence
    query: Mapping[str, str]
    gathered: Gathered


@dataclass(frozen=True)
class Shown:
    """A card with its number and first rows."""

    card: Card
    gathered: Gathered
    rows: Sequence[Row] = ()
    parts: Sequence[Part] = field(default_factory=tuple)
    elsewhere: Sequence[tuple[Elsewhere, int]] = field(default_factory=tuple)
    """What waits for this person on a page of its own."""

    @property
    def urgent(self) -> bool:
        """Whether it is drawn as pressing: by itself, or because something in it is overdue."""
        return bool(self.gathered.total) and (self.card.urgent or any(p.gathered.total for p in self.parts[:1]))


CARDS: list[Card] = []
"""Filled by app.py with what the kinds of case offer."""


def cards_for(user: User) -> list[Card]:
    """The cards of the roles this person works in, in the order of duty."""
    return [card for card in CARDS if card.roles & delegation.roles(user)]


def board(user: User) -> list[Shown]:
    """The workbench of this person. The number of queries does not depend on how much there is to do."""
    cards = cards_for(user)
    asked: dict[str, Chosen] = {card.name: card.chosen for card in cards}
    parts = {f"{card.name}.{clock}": _with_clock(card, clock) for card in cards if card.clocks for clock in WINDOWS}
    others = elsewhere(user) if any(card.seconds for card in cards) else []
    gathered, waiting = _gather({**asked, **parts}, others, user)
    tops = {card.name: _top(user, card, gathered[card.name]) for card in cards}
    found = {row.id: row for row in rows(sorted({one for ids in tops.values() for one in ids}), user)}
    return [
        Shown(
            card,
            gathered[card.name],
            [found[case_id] for case_id in tops[card.name] if case_id in found],
            [
                Part(WINDOWS[clock], parts[f"{card.name}.{clock}"].args, gathered[f"{card.name}.{clock}"])
                for clock in WINDOWS
                if card.clocks
            ],
            waiting if card.seconds else (),
        )
        for card in cards
    ]


def is_first_run(user: User) -> bool:
    """Whether this person's unit has no case at all yet."""
    return not db.session().scalar(select(exists(visible_to(user, select(Case.id)))))


def _with_clock(card: Card, clock: str) -> Chosen:
    return Chosen({**card.chosen.values, "clock": clock}, card.chosen.sort)


def _gather(
    asked: Mapping[str, Chosen], others: Sequence[Elsewhere], user: User
) -> tuple[dict[str, Gathered], list[tuple[Elsewhere, int]]]:
    """Every list counted, and what waits elsewhere, with one query."""
    if not asked:
        return {}, []
    branches = []
    for name, chosen in asked.items():
        one = listing.gathering(user, chosen).subquery()
        branches.append(select(literal(name), one.c.id, cast(one.c.sort_key, String)))
    for other in others:
        ids = other.rows(user).subquery()
        branches.append(select(literal(other.endpoint), ids.c.id, cast(null(), String)))
    found: dict[str, list[tuple[int, str | None]]] = {name: [] for name in (*asked, *(one.endpoint for one in others))}
    for name, one_id, key in db.session().execute(union_all(*branches)):
        found[name].append((one_id, key))
    gathered = {name: listing.settle(_typed(found[name], asked[name].sort), asked[name].sort) for name in asked}
    return gathered, [(other, len(found[other.endpoint])) for other in others if found[other.endpoint]]


def _typed(found: Sequence[tuple[int, str | None]], sort: str) -> list[tuple[int, listing.Key]]:
    """Keys of several kinds travel as text through the one query."""
    return [(case_id, listing.key_from(key, sort)) for case_id, key in found]


def _top(user: User, card: Card, gathered: Gathered) -> list[int]:
    places = listing.walk(user, card.chosen, None, TOP) if gathered.wide else gathered.places[:TOP]
    return [place.case_id for place in places]
