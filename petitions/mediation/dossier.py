"""卷宗: what it holds, in the Ministry's order, and what of it must be there (domain.md §5B-1, 人民调解法第27条).

A file stands in the part its act belongs to, unless somebody says which part it is of: with the file, or afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.cases.dossier import Item, Section, listed
from petitions.cases.models import Attachment, Event
from petitions.mediation.dossier_parts import BACK, BROUGHT, BY_CODE, LEAVES, PARTS
from petitions.mediation.models import Mediation
from petitions.words import Sentence


@dataclass(frozen=True)
class Part:
    """One of the thirteen: whether it must be there, and whether it is."""

    section: Section
    needed: bool
    """必须; otherwise 按需."""
    there: bool
    account: str = ""
    """Why it will never be there, where somebody has said so."""

    @property
    def name(self) -> str:
        """Its code."""
        return self.section.code

    @property
    def label(self) -> Sentence:
        """What it is called."""
        return self.section.label

    @property
    def is_missing(self) -> bool:
        """It must be there, is not, and nobody has said why. The last sheet is made with the archive."""
        return self.needed and not self.there and not self.account and self.section is not BACK


@dataclass
class _Sorted:
    """What the history says of the files: which act brought them, where they were put, what will never come."""

    by_digest: dict[tuple[str, str], str] = field(default_factory=dict)
    by_file: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)


def _sorted(mediation: Mediation) -> _Sorted:
    found, of_act = _Sorted(), {act: part.code for part in PARTS for act in part.acts}
    rows = select(Event.action, Event.data).where(Event.case_id == mediation.id).order_by(Event.id)
    for action, data in db.session().execute(rows):
        for file in data.get("files", ()):
            # With the name: one scan may be brought for two parts.
            found.by_digest.setdefault(
                (str(file.get("sha256", "")), str(file.get("name", ""))),
                data.get("dossier_part") or of_act.get(action, "evidence"),
            )
        if action == "file_into_dossier":
            found.by_file[data["dossier_file"]] = data["dossier_part"]
        if action == "account_for_part":
            found.accounts[data["missing_part"]] = data.get("reason", "")
    return found


def _part_of(file: Attachment, found: _Sorted) -> Section:
    return BY_CODE[found.by_file.get(str(file.id)) or found.by_digest.get((file.sha256, file.name), "evidence")]


def items_of(mediation: Mediation) -> list[Item]:
    """Everything in the dossier in its order, with its pages; a paper that was taken back is not in it."""
    return _items(mediation, _sorted(mediation))


def _items(mediation: Mediation, found: _Sorted) -> list[Item]:
    papers = [paper for paper in mediation.papers if paper.kind not in (*LEAVES, *BACK.papers)]
    files = [(file, _part_of(file, found)) for file in mediation.attachments]
    last = [paper for paper in mediation.papers if paper.kind in BACK.papers]
    return [
        *listed(PARTS, BY_CODE["account"], papers, files),
        *(Item(BACK, paper.title, "", paper.issued_on, None, None, paper) for paper in last),
    ]


def parts_of(mediation: Mediation, latest: Mapping[str, Event] | None = None) -> Sequence[Part]:  # noqa: ARG001
    """The thirteen parts in their order."""
    return looked_through(mediation)[0]


def looked_through(mediation: Mediation) -> tuple[Sequence[Part], Sequence[Item]]:
    """The parts and what stands in them, with one query."""
    found = _sorted(mediation)
    items = _items(mediation, found)
    there, needed = {item.section.code for item in items}, _needed(mediation)
    parts = [
        Part(one, one.code in needed, one.code in there, "" if one.code in there else found.accounts.get(one.code, ""))
        for one in PARTS
    ]
    return parts, items


def _needed(mediation: Mediation) -> set[str]:
    """必须 of a dossier that ended so: what was never begun has told nobody their rights, and ends with no agreement."""
    begun, agreed = mediation.begun_on is not None, mediation.result == "agreed"
    spoken_for = any(one.part == "agent" and one.left_on is None for one in mediation.parties)
    asked: dict[str, Any] = {
        "application": mediation.accepted_on is not None or mediation.source == "application",
        "rights": begun,
        "identity": begun,
        "power": begun and spoken_for,
        "records": agreed or bool(mediation.sessions),
        "agreement": agreed,
        "back": True,
    }
    return {code for code, holds in asked.items() if holds}


def missing_in(mediation: Mediation) -> Sequence[Part]:
    """What keeps it from the archive."""
    return [part for part in parts_of(mediation) if part.is_missing]


def accountable(mediation: Mediation) -> Sequence[Part]:
    """What is missing and can be accounted for."""
    return [part for part in missing_in(mediation) if part.name in BROUGHT]
