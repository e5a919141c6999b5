"""The case page: everything one person may see of one case, gathered with a fixed number of queries."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from petitions import clock
from petitions.access.models import User
from petitions.cases import history, panels, queries, voiding
from petitions.cases.buttons import Offered, offered
from petitions.cases.calendar import load_calendar
from petitions.cases.checks import tidy_line
from petitions.cases.entries import Entry, entries
from petitions.cases.fields import Choice
from petitions.cases.filekinds import viewer_of
from petitions.cases.history import Sort
from petitions.cases.kinds import CaseKind, kind_of
from petitions.cases.models import Attachment, Case, CaseUnit, Document
from petitions.cases.panels import Panel, Place
from petitions.cases.places import chosen_in, list_url
from petitions.cases.readings import Reading, most_urgent, readings
from petitions.cases.rows import register_of
from petitions.flow import State
from petitions.words import Sentence, say

_LONGEST = 2000
"""Characters of a list's conditions in an address."""

PARTS: Mapping[str, Sentence] = {
    "office": say("登记"),
    "holder": say("主办"),
    "assist": say("协办"),
    "relay": say("转办"),
    "review": say("复查复核（只读）"),
}


@dataclass(frozen=True)
class CasePage:
    """What the template draws."""

    case: Case
    kind: CaseKind
    state: State
    clocks: Sequence[Reading]
    urgent: Reading | None
    offered: Offered
    course: Sequence[Entry]
    sort: Sort
    next_before: int | None
    panels: Sequence[Panel]
    unserved: frozenset[int]
    """Ids of the papers that still have to reach somebody."""
    voidable: frozenset[int]
    """Ids of those the reader may take back, and of the void ones they may issue anew."""
    reissuable: frozenset[int]
    opened: Attachment | None
    """The file shown on the page."""
    done: Entry | None
    """What the reader has just done."""
    carried: str
    """The list the case was opened from, as its address says it."""
    form_id: str
    """The submission id of the small forms of the page."""
    older: bool
    """Older entries of the course are shown than the newest."""
    today: date
    sorts: Sequence[Sort] = tuple(Sort)

    def at(self, place: str) -> list[Panel]:
        """The panels of one place, in their order."""
        return [panel for panel in self.panels if panel.place == Place(place)]

    @property
    def register(self) -> str:
        """The unit whose register the number is from, where it is not the office's own."""
        return register_of(self.case)

    @property
    def running(self) -> list[Reading]:
        """The clocks that have not ended."""
        return [reading for reading in self.clocks if not reading.ended]

    @property
    def ended(self) -> list[Reading]:
        """The clocks that have."""
        return [reading for reading in self.clocks if reading.ended]

    @property
    def units(self) -> list[tuple[CaseUnit, Sentence]]:
        """The units that take part or took part, those still in first."""
        parts = sorted(self.case.parts, key=lambda row: (row.left_on is not None, row.id))
        return [(row, PARTS[row.part]) for row in parts]

    @property
    def papers(self) -> list[Document]:
        """The papers, newest first."""
        return list(reversed(self.case.documents))

    def url(self, **more: Any) -> str:
        """This page with other choices, in the same list."""
        return url_for("cases.show", case_id=self.case.id, list=self.carried or None, **more)

    @property
    def list_url(self) -> str:
        """The way back to the list the case was opened from."""
        return list_url(chosen_in(self.carried), at=self.case.id)

    def size(self, file: Attachment) -> str:
        """How large a file is, in the units people know."""
        return f"{file.size / 1048576:.1f} MB" if file.size >= 1048576 else f"{max(1, round(file.size / 1024))} KB"

    def viewer(self, file: Attachment) -> str:
        """How a file can be shown on the page; empty when it can only be saved."""
        return viewer_of(file.media_type)


def _ids(choices: Sequence[Choice]) -> frozenset[int]:
    return frozenset(int(choice.value) for choice in choices)


def carried_in(args: Mapping[str, str]) -> str:
    """The list a case was opened from, as an address or a form brings it along; empty for none."""
    return tidy_line(args.get("list", ""))[:_LONGEST]


def case_page(
    case_id: int, user: User, *, sort: Sort = Sort.ALL, before: int | None = None, file: int = 0, done: int = 0,
    carried: str = "",
) -> CasePage | None:  # fmt: skip
    """The page of a case for `user`; None where they may not see it, whether it exists or not.

    `sort` and `before` choose the entries of the course, `file` is the attachment to open, `done` the event to
    confirm, `carried` the list the case was opened from.
    """
    case = queries.for_page(case_id, user)
    if case is None:
        return None
    kind, today = kind_of(case), clock.today()
    furniture = panels.furniture[case.kind]
    furniture.load(case)
    course = history.page(case.id, kind.flow, sort, before)
    clocks = readings(case.deadlines, user.unit_id, today, load_calendar())
    pressing = most_urgent(case.deadlines, user.unit_id)
    shown = entries(kind, case, user, course.events)
    made = [make(case, user) for make in (*furniture.panels, *panels.panels)]
    buttons = offered(case, user, clocks, course.latest, carried)
    return CasePage(
        case=case,
        kind=kind,
        state=kind.flow.state[case.state],
        clocks=clocks,
        urgent=next((reading for reading in clocks if reading.deadline is pressing), None),
        offered=buttons,
        course=shown,
        sort=sort,
        next_before=course.next_before,
        panels=[panel for panel in made if panel is not None],
        unserved=frozenset(paper.id for paper in furniture.unserved(case)),
        voidable=_ids(voiding.to_void(case, user)) if "void_paper" in buttons.quiet else frozenset(),
        reissuable=_ids(voiding.to_reissue(case, user)) if "reissue_paper" in buttons.quiet else frozenset(),
        opened=next((one for one in case.attachments if one.id == file), None),
        done=next((entry for entry in shown if entry.event.id == done and entry.event.actor_id == user.id), None),
        carried=carried,
        form_id=uuid.uuid4().hex,
        older=before is not None,
        today=today,
    )
