"""The independent checker of what a storm has left behind: plain SQL, none of the product's own code.

It knows two things: what the clients were told (a history of tries), and what must hold of every register.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

OK, UNKNOWN, FAIL = "ok", "unknown", "fail"


@dataclass(frozen=True)
class Try:
    """One sending of one form."""

    submission: str
    outcome: str
    """`ok` with the id that was answered; `unknown` when the server went away; `fail` for any other answer."""
    row_id: int = 0
    """Of the petition, or of the event of an act."""
    sha256: str = ""
    """Of the file the form brought; empty when it brought none."""
    answer: str = ""


HALVES = {
    "a petition without its matter":
        "SELECT p.id FROM petitions p LEFT JOIN matters m ON m.id = p.matter_id LEFT JOIN cases c ON c.id = p.matter_id"
        " WHERE m.id IS NULL OR c.id IS NULL",
    "a matter without its petition":
        "SELECT c.id FROM cases c WHERE NOT EXISTS (SELECT 1 FROM petitions p WHERE p.matter_id = c.id)",
    "a matter without the event that opened it":
        "SELECT c.id FROM cases c WHERE 1 <> (SELECT count(*) FROM events e WHERE e.case_id = c.id"
        " AND e.from_state = 'new' AND e.to_state = 'registered' AND e.action = 'register')",
    "a matter without its clock T1":
        "SELECT c.id FROM cases c WHERE 1 <> (SELECT count(*) FROM deadlines d JOIN events e ON e.id = d.started_by_id"
        " WHERE d.case_id = c.id AND e.case_id = c.id AND d.code = 'T1')",
    "a matter without its registration form":
        "SELECT c.id FROM cases c WHERE 1 <> (SELECT count(*) FROM documents d JOIN events e ON e.id = d.event_id"
        " WHERE d.case_id = c.id AND e.action = 'register' AND d.kind = 'registration_form')",
    "a matter without people":
        "SELECT c.id FROM cases c WHERE NOT EXISTS (SELECT 1 FROM petitioners p WHERE p.matter_id = c.id)",
    "a person whose address the vault does not hold":
        "SELECT p.id FROM petitioners p LEFT JOIN identities i ON i.petitioner_id = p.id WHERE i.told IS NULL",
    "a matter without a claim":
        "SELECT c.id FROM cases c WHERE NOT EXISTS (SELECT 1 FROM claims l WHERE l.matter_id = c.id)",
    "a matter in which its office takes no part":
        "SELECT c.id FROM cases c WHERE NOT EXISTS"
        " (SELECT 1 FROM case_units u WHERE u.case_id = c.id AND u.unit_id = c.office_id AND u.left_on IS NULL)",
    "a matter that no search finds":
        "SELECT c.id FROM cases c WHERE 3 <> (SELECT count(DISTINCT s.part) FROM case_search s WHERE s.case_id = c.id)",
    "a matter with another number than its petition":
        "SELECT c.id FROM cases c JOIN petitions p ON p.matter_id = c.id WHERE c.number <> p.number",
    "a matter whose acts the audit does not tell":
        "SELECT c.id FROM cases c WHERE (SELECT count(*) FROM events e WHERE e.case_id = c.id) <>"
        " (SELECT count(*) FROM audit a WHERE a.case_id = c.id AND a.outcome = 'done' AND a.act LIKE 'matter:%')",
    "a line of the audit that does not follow the one before":
        "SELECT a.id FROM audit a LEFT JOIN audit b ON b.id = a.id - 1 WHERE a.previous <> COALESCE(b.hash, :nothing)",
    "one form twice":
        "SELECT submission FROM petitions GROUP BY submission HAVING count(*) > 1 UNION ALL"
        " SELECT submission FROM events WHERE submission IS NOT NULL GROUP BY submission HAVING count(*) > 1",
    "a draft of what is registered":
        "SELECT d.id FROM drafts d JOIN petitions p ON p.submission = d.submission",
}  # fmt: skip
"""What a registration that was cut in half would look like, with the query that finds it."""


def flaws(
    engine: Engine, history: Iterable[Try] | None, files: Path | None = None, acts: Iterable[Try] = ()
) -> list[str]:
    """Everything that is wrong with the register, in words.

    `history` holds the registrations, None where nobody kept one; `acts` what was done on matters besides.
    """
    with engine.connect() as connection:
        found = [*_sound(connection), *_halves(connection), *numbers(connection), *_done(list(acts), connection)]
        if history is not None:
            found += _against(list(history), connection, files)
        return found


def _done(acts: list[Try], connection: Connection) -> Iterator[str]:
    """Every act that was acknowledged is in the history of its matter, once, as the event that was answered."""
    stored = defaultdict(list)
    for row_id, submission in connection.execute(
        text("SELECT id, submission FROM events WHERE submission IS NOT NULL")
    ):
        stored[submission[:32]].append(row_id)  # the form's own number, and behind it the case's
    for one in acts:
        if one.outcome == FAIL:
            yield f"act refused: {one.answer}"
        if one.outcome == OK and stored[one.submission] != [one.row_id]:
            yield f"act acknowledged and lost: {one.submission}, stored as {stored[one.submission]}"


def _sound(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    whole = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    loose = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [f"integrity: {line}" for line in whole if line != "ok"] + [f"loose key: {row}" for row in loose]


def _halves(connection: Connection) -> list[str]:
    found = []
    for name, query in HALVES.items():
        named = {"nothing": "0" * 64} if ":nothing" in query else {}
        rows = connection.execute(text(query), named).scalars().all()
        found += [f"{name}: {rows[:5]} ({len(rows)})"] if rows else []
    return found


def numbers(connection: Connection) -> list[str]:
    """Every series runs from 1 to its counter, each number once."""
    given, registers = defaultdict(list), defaultdict(set)
    for office, number in connection.execute(text("SELECT office_id, number FROM petitions")):
        sign, year, order = re.fullmatch(r"(.*)XF([0-9]{4})-([0-9]{6})", number).groups()  # type: ignore[union-attr]
        given[office, "XF", int(year)].append(int(order))
        registers[sign, int(year)].add(office)
    signs = dict(connection.execute(text("SELECT id, sign FROM units")).all())  # type: ignore[arg-type]
    for unit, number in connection.execute(text("SELECT unit_id, number FROM documents")):
        series, year, order = re.fullmatch(rf"{signs[unit]}(.*)〔([0-9]{{4}})〕([0-9]+)号", number).groups()  # type: ignore[union-attr]
        given[unit, series, int(year)].append(int(order))
    last = {
        (unit, series, year): n
        for unit, series, year, n in connection.execute(text("SELECT unit_id, series, year, last FROM counters"))
    }
    shared = [f"one register of units {sorted(units)}: {key}" for key, units in registers.items() if len(units) > 1]
    return shared + [
        f"the numbers of {series} of unit {unit} in {year} are not 1 to {last.get((unit, series, year))}"
        for unit, series, year in sorted({*given, *last})
        if sorted(given[unit, series, year]) != [*range(1, (last.get((unit, series, year)) or 0) + 1)]
    ]


def _against(history: list[Try], connection: Connection, files: Path | None) -> list[str]:
    """What was promised is there once, what is there was sent, and each file lies with its matter."""
    stored = defaultdict(list)
    for row_id, submission in connection.execute(text("SELECT id, submission FROM petitions")):
        stored[submission].append(row_id)
    attached = defaultdict(list)
    for submission, sha256 in connection.execute(text(
        "SELECT p.submission, a.sha256 FROM attachments a JOIN petitions p ON p.matter_id = a.case_id"
    )):  # fmt: skip
        attached[submission].append(sha256)
    found = [f"refused: {one.answer}" for one in history if one.outcome == FAIL]
    for one in {one.submission: one for one in history if one.outcome == OK}.values():
        if not stored.get(one.submission):
            found.append(f"acknowledged and lost: {one.submission}")
    answered = defaultdict(set)
    for one in history:
        if one.outcome == OK:
            answered[one.submission].add(one.row_id)
    for submission, ids in answered.items():
        if stored.get(submission) and ids != set(stored[submission]):
            found.append(f"answered with {sorted(ids)}, stored as {stored[submission]}: {submission}")
    found += [f"never sent: {submission}" for submission in stored.keys() - {one.submission for one in history}]
    for submission, sha256 in {(one.submission, one.sha256) for one in history}:
        if submission not in stored:
            continue
        if attached[submission] != ([sha256] if sha256 else []):
            found.append(f"files {attached[submission]} instead of {sha256!r}: {submission}")
        if sha256 and files is not None and not (files / sha256[:2] / sha256).is_file():
            found.append(f"the file {sha256} is not there: {submission}")
    return found
