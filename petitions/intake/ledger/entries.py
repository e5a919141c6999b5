"""From a checked row of a ledger to what the door takes: a petition, and the answer it had."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from petitions.access.models import User
from petitions.cases import codes
from petitions.intake.ledger import rows
from petitions.intake.ledger.columns import COLUMNS
from petitions.intake.ledger.rows import Checked, Problem
from petitions.matters import register
from petitions.matters.consistency import is_confidential
from petitions.matters.lists import units
from petitions.matters.who import Marks, marks
from petitions.words import FieldErrors, say

OURS = ("原行号", "问题")
"""Columns that the list of problems adds (problems.py): when it comes back corrected, they say nothing."""

_AS_THEY_ARE = (
    "original_number", "name", "phone", "id_number", "address", "headcount", "title", "text", "channel", "terminal",
    "received_on", "purpose", "place", "unsigned",
)  # fmt: skip

_COLUMN_OF = {"class_code": "content_class", "region": "address"}
"""Field of registration -> column of the import, where the names differ."""

_UNIT_NAME = 200
"""Characters of the answering unit that its field takes."""


@dataclass(frozen=True)
class Entry:
    """One row that can be registered."""

    number: int
    """Of the row, as the spreadsheet counts."""
    values: Mapping[str, Any]
    """What `register.check` gave back."""
    answer: Mapping[str, Any] | None
    """The fields of `record_answer`; None when the row has no reply."""
    fingerprint: str
    sealed: bool
    received_on: date

    @cached_property
    def who(self) -> Marks:
        """What the row's person is compared by."""
        return marks(self.of("name"), self.of("phone"), self.of("id_number"))

    def of(self, name: str) -> str:
        """A value as text; empty when the row does not have it."""
        return str(self.values.get(name, ""))


class Reader:
    """Turns rows into entries with the words of the office: its classes, its units. For one unit of work."""

    def __init__(self, actor: User, file_name: str, sheet: str, options: Mapping[str, Any]) -> None:
        self._actor, self._options = actor, options
        self._place = f"{file_name}“{sheet}”" if sheet else file_name
        self._classes = {_bare(code.label): code.code for code in codes.every("content_class") if code.active}
        self._units = {_bare(choice.label): int(choice.value) for choice in units(None, actor)}

    def read(self, checked: Checked, headings: Mapping[str, str]) -> Entry | list[Problem]:
        """The entry of a row, or why it is none. `headings` gives the file's word for a column."""
        if checked.problems:
            return checked.problems
        said, notes = checked.values, dict(checked.extras)
        data = {name: said[name] for name in _AS_THEY_ARE if name in said}
        data["ledger"] = say("{place}第{row}行", place=self._place, row=checked.number)
        data["class_code"] = self._class_of(said.get("content_class", ""), notes, headings)
        data.setdefault("place", self._options.get("place", ""))
        answer = self._answer(said, notes, headings, data["ledger"])
        for heading in OURS:
            notes.pop(heading, None)
        contacts = {heading: text for heading, text in notes.items() if _says_who(heading, text, headings)}
        data["contact_notes"] = _lines(contacts)
        data["ledger_notes"] = _lines({heading: text for heading, text in notes.items() if heading not in contacts})
        try:
            values = register.check(data, self._actor, history=True)
        except FieldErrors as refusal:
            return [_problem(checked.number, name, why, headings) for name, why in refusal.errors.items()]
        sealed = is_confidential(str(values.get("purpose", "")))
        return Entry(checked.number, values, answer, rows.fingerprint(said), sealed, said["received_on"])

    def _class_of(self, words: str, notes: dict[str, str], headings: Mapping[str, str]) -> str:
        """The code of a class named in words, the finer level first; words that name none are kept as a note."""
        if not words:
            return str(self._options.get("class_code", ""))
        for part in [words, *reversed(re.split(r"[/\\>＞|—_、，,;；·\-]+", words))]:
            if code := self._classes.get(_bare(part)):
                return code
        notes[headings.get("content_class", "内容分类")] = words
        return ""

    def _answer(
        self, said: Mapping[str, Any], notes: dict[str, str], headings: Mapping[str, str], ledger: str
    ) -> dict[str, Any] | None:
        unit = str(said.get("unit", ""))
        if "reply" not in said:
            if unit:
                notes[headings.get("unit", "责任单位")] = unit
            return None
        answer = {"answer": said["reply"], "answered_on": said["replied_on"], "ledger": ledger}
        if known := self._units.get(_bare(unit)):
            answer["answering_unit"] = str(known)
        elif unit:
            answer["answered_by"] = unit[:_UNIT_NAME]
        return answer


def headings_of(names: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Column of the import -> its heading in the file."""
    return {mapping[name]: name for name in names if mapping.get(name) in COLUMNS}


def _problem(row: int, field: str, why: str, headings: Mapping[str, str]) -> Problem:
    key = _COLUMN_OF.get(field, field)
    heading = headings.get(key) or (str(COLUMNS[key].label) if key in COLUMNS else str(field))
    return Problem(row, heading, say("第{row}行“{column}”：{problem}", row=row, column=heading, problem=why))


_NUMBERS = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|(?:[0-9]{3,4}-)?[0-9]{7,8}|1[0-9]{10})(?![0-9])")
"""An identity number, a landline, a mobile number: what stands beside a petition and says whose it is."""


def _says_who(heading: str, text: str, headings: Mapping[str, str]) -> bool:
    """Whether a note says who the petitioner is: it stood in the column of names or numbers, or holds a number."""
    return heading in (headings.get("name"), headings.get("phone")) or _NUMBERS.search(text) is not None


def _lines(notes: Mapping[str, str]) -> str:
    return "\n".join(f"{heading}：{text}" for heading, text in notes.items())


def _bare(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
