"""Every route with the ground it stands on: somebody to whom it opens, and rows for the numbers in its address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import quote_from_bytes

from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from petitions import clock, jobs
from petitions.access.models import UnitKind
from petitions.access.roles import Role
from petitions.cases.fields import Kind
from petitions.cases.files import Store
from petitions.cases.models import Attachment, Case
from petitions.cases.perform import open_to
from petitions.deadlines import feed
from petitions.matters.fields import FIELDS
from petitions.matters.workflow import FLOW
from petitions.mediation.models import Member
from tests.deep.asking import asked
from tests.deep.conftest import present
from tests.deep.desktop import Desktop, File
from tests.deep.stock import STOCK
from tests.factories import World, approve_disposal, make_unit, make_user, matter_in, new_petition
from tests.mediations import Mediators, agreed, brought, set_up_committee

PEOPLE = (
    "officer", "clerk", "restricted", "receiver", "handler", "head", "office_head", "administrator", "security", "auditor",
    "inspector", "township_receiver", "mediator", "chair", "justice", "nobody",
)  # fmt: skip
STATES = (
    "triage", "accepted", "registered", "dispatched", "signed", "in_approval", "objected", "served", "concluded", "screening",
    "opinion_issued", "awaiting_supplement", "notice_due", "mediating", "withdrawn", "returned", "archived", "accusation", "mediation",
)  # fmt: skip
"""Where a matter may stand; `accusation` is one that the restricted desk has registered, `mediation` a dispute with a committee."""

COMMITTEE = ("chair", "mediator", "second_mediator", "justice")

SHUT = (401, 403, 404, 405)

OWED = ("/login", "/account", "/account/code")
"""Where somebody is led who is not logged in, or owes a password or a second step before anything opens to them."""

HOME = ("/logout", "/login/", "/account", "/password")
"""What begins like that leads there itself, to whomever it opens."""

FRUITLESS = "/audit/who"
"""Says with a 404 that it has found nothing."""

TOKEN = "token of the feed"
SUBSCRIBER = "head"
"""Whose calendar is subscribed to. Not the first of PEOPLE, who ends and renews theirs while the words fly."""

ROWS = {
    "document_id": "documents WHERE case_id = {case}", "petition_id": "petitions WHERE matter_id = {case}",
    "person_id": "petitioners WHERE matter_id = {case}", "claim_id": "claims WHERE matter_id = {case}",
    "other_id": "cases WHERE id <> {case}", "file_id": "attachments WHERE case_id = {case}",
    "notice_id": "notices WHERE recipient_id = {user}", "view_id": "saved_views WHERE user_id = {user}",
    "opening_id": "identity_openings WHERE matter_id = {case}", "batch_id": "import_batches", "disposal_id": "disposals",
    "version_id": "limit_versions", "template_id": "paper_templates", "robot_id": "robots", "rule_id": "reminder_rules",
    "request_id": "person_requests", "delivery_id": "deliveries", "import_id": "dispute_imports",
    "party_id": "parties WHERE mediation_id = {case}", "committee_id": "units WHERE kind = 'committee'", "member_id": "committee_members",
}  # fmt: skip
"""By parameter of an address the newest row it can mean."""


@dataclass
class Door:
    """One route by one method, and one act where the address names one."""

    desktop: Desktop
    endpoint: str
    rule: str
    method: str
    action: str = ""
    person: str = ""
    state: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    """What stands in the address where it takes one of a few words, each of which is a page of its own."""

    @property
    def title(self) -> str:
        """As a report names the route."""
        return f"{self.method} {_CHOICE.sub(lambda part: self.chosen[part[2]], self.rule)}"

    @property
    def arguments(self) -> list[str]:
        """What its address is made of."""
        return _ARGUMENT.findall(self.rule)

    def names(self) -> set[tuple[str, str]]:
        """What it has asked for so far: the part of the request and the name."""
        found = set(asked(self.desktop.app, (self.endpoint, self.method, self.action)))
        if self.method == "POST" and self.action in FLOW.action:
            rows = [FIELDS[name] for name in FLOW.action[self.action].fields]
            found |= {("form", f"{row.name}.{self.known['claim_id']}") for row in rows if row.kind is Kind.PER_PART}
        return found

    def send(self, carried: dict[tuple[str, str], str], **hostile: str) -> TestResponse:
        """Send a request that carries these words by part and name; `hostile` replaces parts of the address."""
        path = self.path(**hostile)
        of = {
            part: {name: word for (where, name), word in carried.items() if where == part} for part in ("args", "form")
        }
        files: list[File] = [(name, word, b"word") for (where, name), word in carried.items() if where == "files"]
        if self.method == "GET":
            return self.desktop.get(self.person, path, of["args"])
        return self.desktop.post(self.person, path, of["form"], files)

    def path(self, **hostile: str) -> str:
        """The address."""
        said = {**self.known, **self.chosen, "action": self.action, **hostile}

        def filled(part: re.Match[str]) -> str:
            return quote_from_bytes(str(said.get(part[1], "1")).encode("utf-8", "surrogatepass"), safe="")

        return _ARGUMENT.sub(filled, self.rule)

    def open(self) -> bool:
        """Find somebody to whom it opens, and a matter it can be asked about."""
        if self.action:
            self.renew(ground(self.desktop, self.state))
            self.let_in(self.send({}))
            return True
        about_a_case = {"case_id", "petition_id", "document_id", "file_id", "opening_id"}.intersection(self.arguments)
        for state, person in product(STATES if about_a_case else STATES[:1], PEOPLE):
            self.state, self.person = state, person
            self.renew(ground(self.desktop, state))
            answer = self.send({})
            in_it = answer.status_code not in SHUT or (answer.status_code == 404 and self.rule == FRUITLESS)
            if in_it and (not _is_led_away(answer) or self.rule.startswith(HOME)):
                self.renew(ground(self.desktop, state, anew=answer.status_code == 302))
                return True
            self.let_in(answer)
        return False

    def let_in(self, answer: TestResponse) -> None:
        """Come in again where a form has ended the login."""
        if _is_login(answer) and self.person != "nobody":
            self.desktop.again(self.person)

    def renew(self, case_id: int) -> None:
        """Stand on this matter, and on a new row of what the route may end or take away."""
        person = self.desktop.place.world.people.get(self.person)
        for name in set(STOCK).intersection(self.arguments):
            with self.desktop.place.database.work() as session:
                STOCK[name](session, present(self.desktop.place.world, session), self.desktop.app.config["SETTINGS"])
        with self.desktop.place.database.work(write=False) as session:
            self.known = {**self.known, "case_id": case_id} | _newest(session, case_id, person.id if person else 0)
        if self.rule.startswith("/handover/"):
            self.known["user_id"] = self.desktop.place.world.second_handler.id  # of the head's own unit
        self.known["token"] = self.desktop.app.extensions.get(TOKEN, "")


_ARGUMENT = re.compile(r"<(?:[^<>]*:)?([a-z_]+)>")
_CHOICE = re.compile(r"<any\(([^()]*)\):([a-z_]+)>")


def _is_login(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.startswith("/login")


def _is_led_away(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.partition("?")[0] in OWED


def _newest(session: Session, case_id: int, user_id: int) -> dict[str, Any]:
    asked_for = {name: f"SELECT max(id) FROM {rest.format(case=case_id, user=user_id)}" for name, rest in ROWS.items()}
    found: dict[str, Any] = {name: session.execute(text(query)).scalar() or 1 for name, query in asked_for.items()}
    found["user_id"], found["unit_id"] = (
        session.execute(text(f"SELECT max(id) FROM {table}")).scalar() for table in ("users", "units")
    )
    return {
        **found,
        "name": "nature",
        "code": "appeal",
        "ending": "csv",
        "filename": "css/petitions.css",
        "paper": "opinion",
        "year": clock.today().year,
    }


def ground(desktop: Desktop, state: str, *, anew: bool = False) -> int:
    """A matter in a state, the same until a new one is asked for."""
    kept: dict[str, int] = desktop.app.extensions.setdefault("ground of the doors", {})
    if anew or state not in kept:
        with desktop.place.database.work() as session:
            world = present(desktop.place.world, session)
            matter = _matter(world, state)
            store = Store(desktop.app.config["SETTINGS"].files_dir)
            for file in store.keep([FileStorage(BytesIO(b"letter"), "来信.txt")], 10_000):
                matter.attachments.append(Attachment(**file, added_at=clock.now(), added_by_id=world.clerk.id))
            kept[state] = matter.id
    return kept[state]


def _matter(world: World, state: str) -> Case:
    if state == "mediation":
        return agreed(Mediators(world, world.mediator.unit, *(world.people[name] for name in COMMITTEE)))
    if state == "accusation":
        return new_petition(world, world.restricted, purpose="accusation").matter
    return matter_in(world, state)


def furnish(desktop: Desktop) -> None:
    """What some routes need beside a matter: a tick, a spare person and unit, a list, a view, a ledger, a request."""
    assert jobs.tick(desktop.place.database, desktop.app.config["SETTINGS"]).failed == []
    with desktop.place.database.work() as session:
        world = present(desktop.place.world, session)
        committee = set_up_committee(session, world)
        brought(committee)
        session.add(Member(unit_id=committee.unit.id, name="苗委员", post="member", added_at=clock.now()))
        desktop.place.world.people |= {name: world.people[name] for name in COMMITTEE}
    with desktop.place.database.work() as session:
        world = present(desktop.place.world, session)
        approve_disposal(world, matter_in(world, "archived"))
        spare = make_unit(session, "备用站", UnitKind.SECTION, world.county, "备")
        make_user(session, spare, Role.HANDLER)
        desktop.app.extensions[TOKEN] = feed.renew(world.people[SUBSCRIBER])
    ledger = ("file", "台账.csv", "编号,姓名,来件日期,诉求内容\r\n1,田小禾,2026-03-05,修路\r\n".encode())
    desktop.post("officer", "/ledger", {}, [ledger])
    for person in PEOPLE[:-1]:
        desktop.post(person, "/cases/views", {"list": "", "name": "我的"})
    accusation = ground(desktop, "accusation")
    desktop.post("restricted", f"/cases/{accusation}/people/ask", {"reason": "contact"})


def doors(desktop: Desktop) -> list[Door]:
    """Every route by every method, with each act for those that carry one."""
    found, acts = list[Door](), _acts(desktop)
    for rule in desktop.app.url_map.iter_rules():
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            if "<action>" not in rule.rule:
                found += [Door(desktop, rule.endpoint, rule.rule, method, chosen=one) for one in _choices(rule.rule)]
            else:
                found += [Door(desktop, rule.endpoint, rule.rule, method, *each) for each in acts]
    return found


def _choices(rule: str) -> Iterator[dict[str, str]]:
    """Every way to fill the places of an address that take one of a few words; one empty way where it has none."""
    places = _CHOICE.findall(rule)
    for words in product(*(words.split(",") for words, _ in places)):
        yield {name: word.strip() for (_, name), word in zip(places, words, strict=True)}


def _acts(desktop: Desktop) -> list[tuple[str, str, str]]:
    """Act, person, state: each act that anybody can do anywhere, once."""
    acts: dict[str, tuple[str, str, str]] = {}
    for state in STATES:
        case_id = ground(desktop, state)
        with desktop.place.database.work(write=False) as session:
            people, matter = present(desktop.place.world, session).people, session.get_one(Case, case_id)
            for person in PEOPLE[:-1]:
                for row in open_to(people[person], matter):
                    acts.setdefault(row.name, (row.name, person, state))
    return list(acts.values())
