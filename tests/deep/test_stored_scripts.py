"""S8: every script of scripts.py stored in every text that anybody may write, and every page of the product opened in Chromium.

Then the same pages with honest words: the content policy has nothing to complain of.
"""

import re
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from petitions import clock, jobs
from petitions.access.models import Unit, User
from petitions.app import create_app
from petitions.cases.fields import Kind
from petitions.cases.files import Store
from petitions.cases.models import Attachment, Code
from petitions.cases.perform import perform
from petitions.intake.form import ASKED
from petitions.intake.ledger.files import folder_of
from petitions.matters.models import Matter
from tests.deep.conftest import present
from tests.deep.scripts import SCRIPTS, packed
from tests.deep.trap import Trap
from tests.factories import OPINION, World, matter_in, new_petition, per_claim
from tests.intake.ledger.ledgers import Desk, csv_of
from tests.live import Live

pytestmark = [pytest.mark.deep, pytest.mark.browser]

PEOPLE = ("officer", "handler", "head", "clerk", "administrator", "security", "auditor")
"""Between them they may open every page."""

NO_PAGES = (
    "static",
    "/files/",
    "problems.",
    "/progress",
    "/word",
    "/pdf",
    "/shipped",
    "/versions/",
    "/logout",
    "/head",
    "/left",
)
"""Routes that give no page: files, tables, pieces of a page."""

TEXTS = {
    name: row for name, row in ASKED.items()
    if row.kind in (Kind.TEXT, Kind.LONG) and name not in ("representatives", "agents", "received_time", "claims")
}  # fmt: skip

CHANNELS = ("LX", "LF", "SZ", "LP", "XF")
"""Between them they ask every particular that is text."""


@dataclass
class Ground:
    """What stands in the installation, for the addresses."""

    cases: list[int]
    known: dict[str, Any] = field(default_factory=dict)

    def addresses(self, rules: list[str]) -> list[str]:
        """Every address of these rules for the first case."""
        return [_ARGUMENT.sub(lambda part: str(self.known.get(part[1], 1)), rule) for rule in rules]


_ARGUMENT = re.compile(r"<(?:[^<>]*:)?([a-z_]+)>")


def _rules(live: Live) -> list[str]:
    """Every route that can be opened and is a page."""
    app = create_app(live.settings, live.database)
    return sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not any(one in rule.rule for one in NO_PAGES)
        }
    )


def _known(session: Session, case_id: int) -> dict[str, Any]:
    """What the addresses are filled in with."""

    def newest(table: str, where: str = "") -> int:
        return session.execute(text(f"SELECT max(id) FROM {table} {where}")).scalar() or 1

    return {
        "case_id": case_id, "other_id": case_id, "petition_id": newest("petitions", f"WHERE matter_id = {case_id}"),
        "document_id": newest("documents", f"WHERE case_id = {case_id}"), "batch_id": newest("import_batches"), "user_id": newest("users"),
        "unit_id": newest("units"), "action": "note", "name": "nature", "code": "appeal", "kind": "merge",
        "version_id": newest("limit_versions"), "paper": "opinion", "template_id": newest("paper_templates"),
        "committee_id": newest("units", "WHERE kind = 'committee'"), "member_id": newest("committee_members"),
        "party_id": newest("parties"), "import_id": newest("dispute_imports"),
    }  # fmt: skip


def _honest(live: Live) -> Ground:
    with live.database.work() as session:
        world = present(live.world, session)
        case_id = _worked_on(world, matter_in(world, "accepted"), OPINION, "已联系。").id
        for state in ("triage", "signed", "served", "archived"):
            matter_in(world, state)
    jobs.tick(live.database, live.settings)
    with live.database.work(write=False) as session:
        return Ground([case_id], _known(session, case_id))


def _worked_on(world: World, matter: Matter, said: dict[str, str], note: str) -> Matter:
    perform(matter, "note", {"note": note}, world.handler)
    perform(matter, "submit_opinion", {**said, "outcomes": per_claim(matter, "S")}, world.handler)
    perform(matter, "approve_opinion", {}, world.head)
    return matter


def _hostile(live: Live) -> Ground:
    """Every script in every field that can hold it; in names of people, units, codes and files as well."""
    dealt = {name: packed(row.max_length, line=row.kind is Kind.TEXT) for name, row in TEXTS.items()}
    lines, ids = packed(100), []
    with live.database.work() as session:
        world = present(live.world, session)
        whole = "\n".join(SCRIPTS)
        matter = matter_in(world, "accepted", name=lines[0], title=lines[1], text=whole)
        said = {name: "\n".join(SCRIPTS[n :: len(OPINION)]) for n, name in enumerate(OPINION)}
        ids.append(_worked_on(world, matter, said, "\n".join(SCRIPTS[: len(SCRIPTS) // 4])).id)
        for part in range(1, 4):
            perform(matter, "note", {"note": "\n".join(SCRIPTS[part::4])}, world.officer)
        store = Store(live.settings.files_dir)
        for n in range(0, len(lines), 8):
            for file in store.keep(
                [FileStorage(BytesIO(b"letter %d" % n), f"{lines[n].replace('/', '')}.txt")], 10_000
            ):
                matter.attachments.append(Attachment(**file, added_at=clock.now(), added_by_id=world.clerk.id))
        for turn in range(max(len(values) for values in dealt.values())):
            words = {name: values[turn % len(values)] for name, values in dealt.items()}
            words["original_number"] = f"{words['original_number'][:80]}{turn}"
            ids.append(new_petition(world, **words, channel=CHANNELS[turn % len(CHANNELS)]).matter.id)
        matter_in(world, "served", name=lines[2], title=lines[3])
        for n, person in enumerate(session.scalars(select(User))):
            person.name = lines[n % len(lines)][:100]
        for n, unit in enumerate(session.scalars(select(Unit))):
            unit.name = f"{lines[(n + 30) % len(lines)]}{n}"
        for n, entry in enumerate(session.scalars(select(Code))):
            entry.label = f"{lines[n % len(lines)]}{n}"
    jobs.tick(live.database, live.settings)
    with live.database.work(write=False) as session:
        return Ground(ids, _known(session, ids[0]))


def _log_in(live: Live, page: Page, name: str, language: str = "") -> None:
    page.context.clear_cookies()
    live.log_in(page, live.world.people[name])
    if language:
        with live.database.work() as session:
            session.get_one(User, live.world.people[name].id).language = language


def test_the_scripts_are_more_than_four_hundred() -> None:
    assert len(SCRIPTS) >= 400


def test_no_script_runs_wherever_it_was_stored_and_wherever_it_is_shown(live: Live, page: Page) -> None:
    began, trap = time.monotonic(), Trap(page)
    ground, rules = _hostile(live), _rules(live)
    ground.known["batch_id"] = _ledger(live, SCRIPTS, "<img src=x onerror=trap9()>.csv")
    _log_in(live, page, "officer")
    for case_id in ground.cases:
        trap.look(f"{live.url}/cases/{case_id}")
    for path in (*(f"/cases?page={n}" for n in range(1, 12)), *(f"/search?q={quote(word)}" for word in SCRIPTS[::25])):
        trap.look(live.url + path)
    for person in PEOPLE:
        _log_in(live, page, person, "en" if person in ("handler", "auditor") else "")
        for address in ground.addresses(rules):
            trap.look(live.url + address)
    _log_in(live, page, "officer", "en")
    for case_id in ground.cases[::10]:
        for path in (
            f"/cases/{case_id}",
            f"/triage/{case_id}",
            f"/cases/{case_id}/note",
            f"/cases/{case_id}/documents",
        ):
            trap.look(live.url + path)
    print(f"\n{len(SCRIPTS)} scripts in {len(ground.cases)} matters: {trap.seen} pages opened, {trap.showing} show them, "
          f"{len(trap.sprung)} came alive, {time.monotonic() - began:.0f} s")  # fmt: skip
    assert trap.sprung == []
    assert trap.showing > trap.seen / 2


def _ledger(live: Live, words: list[str], name: str) -> int:
    """A ledger with these words in its headings and cells, laid out and checked; the batch."""
    rows = [(f"L{n}", word, "2026-03-05", "来信" if n % 2 else word, word, word, word) for n, word in enumerate(words)]
    content = csv_of(
        [[cell.replace('"', '""') for cell in row] for row in rows],
        ["编号", "姓名", "来件日期", "信访形式", "诉求内容", *(word.replace('"', '""') for word in words[:2])],
    )
    desk = Desk(live.database, folder_of(live.settings.data_dir), live.world.officer)
    batch = desk.take_in(content, name)
    desk.check(batch)
    return batch


def test_the_content_policy_has_nothing_to_say_of_honest_pages(live: Live, page: Page) -> None:
    began, trap = time.monotonic(), Trap(page)
    ground, rules = _honest(live), _rules(live)
    ground.known["batch_id"] = _ledger(live, ["请求修路", "拖欠工资", "承包地被占用"], "台账.csv")
    opened = dict.fromkeys(rules, 0)
    for person in PEOPLE:
        _log_in(live, page, person)
        for rule, address in zip(rules, ground.addresses(rules), strict=True):
            before = trap.open
            trap.look(live.url + address)
            opened[rule] += trap.open - before
    never = [rule for rule, count in opened.items() if not count]
    print(f"\n{len(rules)} routes, {trap.open} pages with honest words opened by {len(PEOPLE)} people: {len(trap.sprung)} complaints, "
          f"{time.monotonic() - began:.0f} s; never opened: {', '.join(never)}")  # fmt: skip
    assert trap.sprung == []
    assert len(never) < len(rules) / 4
