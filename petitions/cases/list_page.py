"""The page of the case list as its template draws it: form, chips, head, rows, pager, views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from petitions.access.models import User
from petitions.cases import batch, facets, listing, saved_views, workbench
from petitions.cases.facets import FACETS, Chosen, Facet
from petitions.cases.fields import Choice
from petitions.cases.listing import Page
from petitions.cases.places import carried, list_url
from petitions.cases.rows import Column, Row, columns, rows
from petitions.cases.saved_views import View
from petitions.flow import Action
from petitions.words import FieldErrors, Sentence, say


@dataclass(frozen=True)
class Asked:
    """One condition as the form shows it."""

    facet: Facet
    value: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Chip:
    """One condition in force, with the address without it."""

    label: Sentence
    remove_url: str


@dataclass(frozen=True)
class Head:
    """One column of the head."""

    label: Sentence
    css: str = ""
    sort_url: str = ""
    sorted: str = ""
    """`ascending`, `descending` or nothing."""


@dataclass(frozen=True)
class Pager:
    """The foot of the list."""

    newer_url: str
    older_url: str
    total_words: Sentence


@dataclass(frozen=True)
class ListPage:
    """Everything the template draws."""

    chosen: Chosen
    errors: Mapping[str, str]
    first: Sequence[Asked]
    """The conditions of the first row of the form."""
    more: Sequence[Asked]
    """Those behind 展开; empty while nobody wants them, as their choices are long."""
    more_url: str
    chips: Sequence[Chip]
    head: Sequence[Head]
    extra: Sequence[Column]
    rows: Sequence[Row]
    marked: int | None
    """The case one comes back from."""
    pager: Pager
    total: int | None
    """None when it is not known exactly: then not all can be chosen at once."""
    total_words: Sentence
    views: Sequence[View]
    active: View | None
    cards: Sequence[workbench.Card]
    acts: Sequence[Action]
    carried: str
    """The list as the address of a case carries it."""
    loosened: Chip | None
    """When nothing is found: the condition to leave out first."""

    @property
    def is_open(self) -> bool:
        """Whether the conditions behind 展开 are shown: wanted, or one is in force."""
        return bool(self.more)


def list_page(user: User, chosen: Chosen, args: Mapping[str, str]) -> ListPage:
    """The page that an address asks for. A condition that cannot be read is left out and said."""
    errors: Mapping[str, str] = {}
    typed = chosen
    try:
        page = _page(user, chosen, args)
    except FieldErrors as refusal:
        errors = refusal.errors
        chosen = Chosen({k: v for k, v in chosen.values.items() if k not in errors}, chosen.sort)
        page = _page(user, chosen, args)
    shown = rows([place.case_id for place in page.places], user, chosen.lens(user))
    views = saved_views.known_to(user)
    chips = _chips(user, chosen)
    mine = [facet for facet in FACETS.values() if facet.for_whom(user)]
    behind = [facet for facet in mine if not facet.first]
    wanted = bool(args.get("more")) or any(typed.values.get(facet.name) for facet in behind)
    return ListPage(
        chosen=chosen,
        errors=errors,
        first=[_asked(facet, typed, user) for facet in mine if facet.first],
        more=[_asked(facet, typed, user) for facet in behind] if wanted else [],
        more_url=list_url(chosen, more=1),
        chips=chips,
        head=_head(chosen),
        extra=columns(),
        rows=shown,
        marked=_number(args.get("at")),
        pager=_pager(chosen, page, len(shown)),
        total=None if page.gathered.wide else page.gathered.total,
        total_words=say("共{total}件", total=page.gathered.total_words),
        views=views,
        active=saved_views.active(views, chosen),
        cards=workbench.cards_for(user),
        acts=batch.acts_for(user, shown),
        carried=carried(chosen),
        loosened=chips[-1] if chips and not shown else None,
    )


def _page(user: User, chosen: Chosen, args: Mapping[str, str]) -> Page:
    return listing.page(
        user, chosen, at=_number(args.get("at")),
        after=listing.position_from(args.get("after", ""), chosen.sort),
        before=listing.position_from(args.get("before", ""), chosen.sort),
    )  # fmt: skip


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None


def _asked(facet: Facet, chosen: Chosen, user: User) -> Asked:
    value, choices = chosen.values.get(facet.name, ""), list(facet.choices(user))
    parts = chosen.parts(facet.name)
    if facet.kind == "choice" and value and value not in {choice.value for choice in choices}:
        # Several values at once (a card's filter), or one that is no longer offered: kept as an entry of its own.
        labels = {choice.value: choice.label.strip() for choice in choices}
        choices.append(Choice(value, "、".join(labels.get(part, part) for part in parts)))
    return Asked(facet, value, choices)


def _chips(user: User, chosen: Chosen) -> list[Chip]:
    found = []
    for name in chosen.values:
        facet = FACETS[name]
        if not facet.for_whom(user):
            continue
        for value in chosen.parts(name):
            words = facets.label_of(facet, value, user)
            label = say("{condition}：{value}", condition=facet.label, value=words)
            found.append(Chip(label, list_url(chosen.but(name, value))))
    return found


def _head(chosen: Chosen) -> list[Head]:
    def by(sort: str) -> str:
        return list_url(chosen.sorted_by(sort))

    received = {"": "descending", "received": "ascending"}.get(chosen.sort, "")
    return [
        Head(say("编号"), "stick"),
        Head(say("概况"), "grow"),
        *(Head(column.label, column.css) for column in columns()),
        Head(say("期限"), "", by("" if chosen.sort == "due" else "due"), "ascending" if chosen.sort == "due" else ""),
        Head(say("承办")),
        Head(say("阶段")),
        Head(say("来件日"), "", by("received" if chosen.sort == "" else ""), received),
    ]


def _pager(chosen: Chosen, page: Page, count: int) -> Pager:
    words = say("共{total}件", total=page.gathered.total_words)
    if page.first is not None and count:
        words = say(
            "第{first}–{last}件，共{total}件", first=page.first, last=page.first + count - 1,
            total=page.gathered.total_words,
        )  # fmt: skip
    newer = list_url(chosen, before=page.newer) if page.newer else ""
    older = list_url(chosen, after=page.older) if page.older else ""
    return Pager(newer, older, words)
