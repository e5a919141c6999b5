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
from petitions.access.passwords import hash_password
from petitions.app import create_app
from petitions.cases.fields import Kind
from petitions.cases.files import Store
from petitions.cases.models import Attachment, Code
from petitions.cases.perform import perform
from petitions.intake.form import ASKED
from petitions.intake.ledger.files import folder_of
from petitions.matters.models import Matter
from petitions.mediation.models import Committee
from tests.deep.conftest import present
from tests.deep.scripts import SCRIPTS, packed
from tests.deep.trap import Trap
from tests.factories import OPINION, World, matter_in, new_petition, per_claim
from tests.intake.ledger.ledgers import Desk, csv_of
from tests.live import PASSWORD, Live
from tests.mediations import agreement_of, begun, do, ids, session_of, set_up_committee

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


def _hostile_disputes(live: Live) -> list[int]:
    """Every script in every text of mediations: the parties, what was said, agreed, urged, paid and visited."""
    lines, texts, ids_of = packed(100), packed(2000, line=False), list[int]()
    with live.database.work() as session:
        world = present(live.world, session)
        mediators = set_up_committee(session, world)
        live.world.people |= {name: world.people[name] for name in ("chair", "mediator", "justice")}
        for person in (mediators.chair, mediators.mediator, mediators.justice):
            person.password_hash = hash_password(PASSWORD)
        # Enough mediations that every line was a name once and every text stood in every long field in turn.
        for turn in range(max(len(texts), len(lines) // 8 + 1)):
            line, long = (
                (lambda n, t=turn: lines[(8 * t + n) % len(lines)]),
                (lambda n, t=turn: texts[(t + n) % len(texts)]),
            )
            people = [
                {"side": side, "name": f"{line(n)[:99]}{n}", "workplace": line(n + 2), "occupation": line(n + 3)[:50], "address": line(n + 4)}
                for n, side in enumerate(("applicant", "respondent"))
            ]  # fmt: skip
            who, today = mediators.mediator, clock.today().isoformat()
            case = begun(
                mediators,
                people=people,
                dispute_title=line(5),
                dispute_facts=long(0),
                dispute_requests=long(1),
                dispute_place=line(6),
            )
            ids_of.append(case.id)
            told = {str(one.id): long(n + 2) for n, one in enumerate(case.parties)}
            do(case, "invite", who, invited=long(1), consented_to=ids(case.principals), note=long(2))
            do(case, "investigate", who, held_on=today, place=line(7), people=long(3), record=long(4))
            do(
                case,
                "hold_session",
                who,
                **session_of(case, place=line(0), others=long(5), statements=told, record=long(6), proposal=long(7)),
            )
            do(case, "report_danger", who, danger=long(8), reported_to=line(1), reported_on=today, measures=long(9))
            plan = agreement_of(case, agreed_facts=long(0), disputed_points=long(1), responsibility=long(2), agreed_content=long(3),
                                performance_way=long(4))  # fmt: skip
            for n, row in enumerate(plan["performance_plan"]):
                row["item"] = line(n + 2)
            do(case, "draft_agreement", who, **plan)
            do(
                case,
                "sign_agreement",
                who,
                signed_on=today,
                signed=ids(case.principals),
                mediator_signed=True,
                sealed_by_committee=True,
            )
            assert case.agreement is not None
            row_id = str(case.agreement.owed[0].id)
            do(case, "urge_performance", who, performance_row=row_id, urged_on=today, record=long(5))
            do(case, "record_performance", who, performance_row=row_id, performed_on=today, paid="1", proof=long(6))
            do(
                case,
                "visit",
                who,
                visited_on=today,
                visited_party=ids(case.principals)[0],
                visit_record=long(7),
                satisfaction="none",
                new_risk=long(8),
            )
            do(case, "ask_confirmation", who, asked_on=today, court=line(4), court_rule="committee", together=ids(case.principals),
               materials=["request", "agreement", "presided", "identity"], confirmation_checks="none")  # fmt: skip
            do(case, "note", who, note=long(9))
        mediators.mediator.name, mediators.unit.name = lines[0][:100], lines[1]
        committee = session.get_one(Committee, mediators.unit.id)
        committee.area, committee.court = lines[2], lines[3]
    jobs.tick(live.database, live.settings)
    return ids_of


def test_no_script_runs_in_the_pages_of_a_mediation(live: Live, page: Page) -> None:
    began, trap = time.monotonic(), Trap(page)
    cases = _hostile_disputes(live)
    whole = ("", "/documents", "/deadlines", "/note", "/hold_session", "/sign_agreement", "/record_performance", "/urge_performance", "/visit",
             "/correct_party", "/court_accepts", "/court_rules", "/give_up_performance", "/void_paper", "/file_into_dossier", "/attach")  # fmt: skip
    with live.database.work(write=False) as session:
        parties = {
            row[0]: row[1]
            for row in session.execute(text("SELECT mediation_id, max(id) FROM parties GROUP BY mediation_id"))
        }
    for person, language in (("mediator", ""), ("chair", "en")):
        _log_in(live, page, person, language)
        for number, case_id in enumerate(cases):
            for rest in whole if number % 5 == 0 else whole[:2]:
                trap.look(f"{live.url}/cases/{case_id}{rest}")
            for path in (
                f"/mediations/{case_id}/dossier",
                f"/mediations/{case_id}/parties/new",
                f"/mediations/{case_id}/parties/{parties[case_id]}",
            ):
                trap.look(live.url + path)
        for path in ("/", "/mediations", "/mediations?stage=performing", "/mediations/new", "/mediations/offline", "/mediation-figures",
                     "/mediation-figures?by=mediator", "/mediation-figures/cases?key=received", "/cases", "/inbox", "/deadlines",
                     *(f"/search?q={quote(word)}" for word in SCRIPTS[::25])):  # fmt: skip
            trap.look(live.url + path)
    _log_in(live, page, "justice")
    with live.database.work(write=False) as session:
        unit = session.execute(text("SELECT unit_id FROM committees")).scalar_one()
    for path in (
        "/committees",
        f"/committees/{unit}",
        f"/committees/{unit}/change",
        "/mediation-figures",
        "/mediation-figures?by=committee",
    ):
        trap.look(live.url + path)
    print(f"\n{len(SCRIPTS)} scripts in {len(cases)} mediations: {trap.seen} pages opened, {trap.showing} show them, "
          f"{len(trap.sprung)} came alive, {time.monotonic() - began:.0f} s")  # fmt: skip
    assert trap.sprung == []
    assert trap.showing > trap.seen / 2


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
