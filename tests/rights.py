"""What each point of view must be answered at every endpoint, by what the table grants (oracle_of_rights.py)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from petitions.access.models import Unit, User
from petitions.access.roles import Role
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.web.permits import PUBLIC, permission_of
from petitions.web.responses import Application
from tests.factories import World, make_user, matter_in, new_petition
from tests.intake.numbers import id_number
from tests.oracle_of_rights import Facts, Person, Thing
from tests.pages import Browser

# --- people and relations --------------------------------------------------------------------------------------------


NUMBERS = ("19900001234", id_number(501))
"""The telephone and the identity number of petitioners: never on a page, except where they are revealed."""


def points_of_view(world: World, session: Session) -> dict[str, User | None]:
    """Whoever looks: nobody, everybody of two offices, superiors, the discipline body, the accused, the gone, the moved."""
    named = (
        "clerk", "officer", "office_head", "restricted", "receiver", "handler", "second_handler", "head",
        "bureau_restricted", "section_receiver", "section_head", "township_receiver", "township_handler", "inspector",
        "auditor", "administrator", "security", "other_clerk", "other_officer", "other_receiver", "other_head",
    )  # fmt: skip
    people: dict[str, User | None] = {"nobody": None, **{name: world.people[name] for name in named}}
    people["leader"] = make_user(session, world.county, Role.CASE_LEADER, Role.UNIT_HEAD)
    people["conference"] = make_user(session, world.county, Role.JOINT_CONFERENCE)
    people["reader"] = make_user(session, world.discipline, Role.HANDLER)
    people["colleague"] = make_user(session, world.discipline, Role.HANDLER, Role.RESTRICTED_CLERK)
    people["accused"] = make_user(session, world.office, Role.RESTRICTED_CLERK, Role.PETITION_OFFICER)
    people["disabled"] = make_user(session, world.bureau, Role.UNIT_HEAD)
    people["moved"] = make_user(session, world.bureau, Role.UNIT_HEAD, Role.RECEIVING_CLERK)
    return people


def relations(world: World, people: Mapping[str, User | None]) -> dict[str, Matter]:
    """A case in every relation to these people."""
    handled, passed = matter_in(world, "accepted", id_number=NUMBERS[1]), matter_in(world, "signed")
    perform(passed, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    helped = matter_in(world, "accepted")
    perform(helped, "negotiate", {"minutes": "协商", "assist_units": [world.township.id]}, world.handler)
    found = {
        "sorted": matter_in(world, "triage"),
        "handled": handled,
        "passed on": passed,
        "helped": helped,
        "addressed": matter_in(world, "notice_due"),
        "objected": matter_in(world, "objected"),
        "taken back": matter_in(world, "returned"),
        "in approval": matter_in(world, "in_approval"),
        "concluded": matter_in(world, "concluded"),
        "elsewhere": new_petition(world, world.other_clerk).matter,
    }
    sealed = new_petition(world, purpose="accusation", respondent_unit=str(world.bureau.id)).matter
    reader, accused = people["reader"], people["accused"]
    assert reader is not None
    assert accused is not None
    perform(sealed, "admit", {"reader": str(reader.id), "reason": "协助"}, world.restricted)
    by_name = new_petition(world, purpose="accusation").matter
    perform(by_name, "name_accused", {"respondent_person": str(accused.id)}, world.restricted)
    late = matter_in(world, "accepted")
    perform(late, "recall_sealed", {"reason": "是检举", "respondent_unit": str(world.bureau.id)}, world.restricted)
    return {**found, "accusation": sealed, "accusation by name": by_name, "accusation found late": late}


def unsettle(world: World, people: Mapping[str, User | None]) -> None:
    """What happens to accounts after they have logged in."""
    disabled, moved = people["disabled"], people["moved"]
    assert disabled is not None
    assert moved is not None
    disabled.active = False
    _move(moved, world.township)


def _move(person: User, unit: Unit) -> None:
    person.unit, person.unit_id = unit, unit.id


# --- what must be answered -------------------------------------------------------------------------------------------

NOBODYS = 10**6
"""A number that no row has: whoever may look for it finds nothing."""

FINE = frozenset((200, 302, 303, 400, 409, 422))
"""The page, the way on, or a sentence about what was typed or about the state: the person was let through."""

LOGIN, FORBIDDEN, ABSENT = frozenset((302,)), frozenset((403,)), frozenset((404,))

SEEN = {
    "cases.show", "cases.deadlines", "cases.documents", "cases.keep_draft", "cases.discard_draft", "cases.document", "cases.file",
    "cases.document_word", "cases.document_pdf", "cases.documents_word", "cases.documents_pdf",
    "handling.approval",
}  # fmt: skip
"""Whoever sees the case is let through."""

OF_MEDIATIONS: Mapping[str, frozenset[int] | None] = {
    "mediation_dossier.show": FINE, "mediation_dossier.download": None, "mediation.reveal": None, "mediation.add_party": None,
    "mediation.enter_party": None, "mediation.correct_party": None, "mediation.put_party_right": None,
}  # fmt: skip
"""What is asked of a mediation alone; None: whoever mediates, which is one permission for parties and who they are."""

OF_MATTERS = {"matters.reveal", "matters.ask", "followup.dossier", "followup.download", "handling.approval"}
"""What is asked of a matter alone: by the number of a mediation there is nothing, for nobody."""

ALIKE = {"cases.place"}
"""Answers the same for every number: a part of a page that is empty."""


@dataclass(frozen=True)
class Request:
    """One request about one case, or about none."""

    endpoint: str
    method: str
    url: str
    thing: Thing | None = None
    action: str = ""


def answer(facts: Facts, app: Application, person: Person | None, request: Request) -> frozenset[int]:  # noqa: PLR0911, PLR0912
    """The answers that are right."""
    permission = permission_of(app, request.endpoint) or ""
    if permission == PUBLIC:
        # No provider is named here, and nobody's feed.
        return ABSENT if request.endpoint.startswith("provider.") or request.endpoint == "reminders.ics" else FINE
    if person is None or not person.active:
        return LOGIN
    if not facts.holds(person, permission):
        return FORBIDDEN
    thing, name = request.thing, request.endpoint
    if name in ("handover.person", "handover.hand_over"):
        whose = facts.people[int(request.url.rpartition("/")[2])]
        return FINE if whose.unit == person.unit else ABSENT
    if thing is None or name in ALIKE:
        return FINE | ABSENT if str(NOBODYS) in request.url or name == "who.answer" else FINE
    if name == "cases.one_summary":
        return FINE if not thing.sealed and facts.holds(person, "case:summary", thing) else ABSENT
    sees = facts.sees(person, thing)
    if name in ("intake.done", "intake.receipt") and thing.kind == "matter":
        return FINE if sees or _registered(facts, person, thing) else ABSENT
    if not sees or (name.startswith(("mediation.", "mediation_dossier.")) and thing.kind != "mediation"):
        return ABSENT  # a matter is no mediation
    if thing.kind == "mediation" and name in OF_MEDIATIONS:
        return OF_MEDIATIONS[name] or (FINE if facts.holds(person, "mediation:identity", thing) else FORBIDDEN)
    if thing.kind == "mediation" and (name in OF_MATTERS or name.startswith(("triage.", "assignment.", "intake."))):
        return ABSENT
    if name.startswith("triage."):
        return FINE | FORBIDDEN if person.unit == thing.office else ABSENT
    if name.startswith("assignment."):
        return (FINE | FORBIDDEN if request.method == "POST" else FINE) if person.unit == thing.holder else ABSENT
    if name == "followup.dossier":
        return FINE | ABSENT  # there is a file once the matter has ended
    if name == "followup.download":
        return FINE if facts.holds(person, "case:take_out", thing) else FORBIDDEN
    if name == "handling.decide":
        return FINE | FORBIDDEN
    if name in ("matters.reveal", "matters.ask"):
        needed = "petition:identity" if name == "matters.reveal" else "identity:ask"
        return FINE if facts.holds(person, needed, thing) else FORBIDDEN
    if name in ("cases.act", "cases.perform_act", "cases.preview"):
        row = KINDS[thing.kind].flow.action.get(request.action)
        if row is None or row.opens:
            return ABSENT
        return FINE if facts.holds(person, row.permission, thing) else FORBIDDEN
    if name in ("cases.document_pdf", "cases.documents_pdf"):
        return ABSENT  # no office program lies on the machine of a test
    assert name in SEEN, f"say in tests/rights.py what {name} must answer"
    return FINE | ABSENT if name == "cases.keep_draft" else FINE  # the forms of short acts keep none, for nobody


REGISTRARS: dict[int, int] = {}
"""Case -> who registered it; filled by `Numbers`."""


def _registered(facts: Facts, person: Person, thing: Thing) -> bool:
    """Whoever brought it in keeps the receipt, unless it accuses them."""
    line = {person.unit, *facts.above(person.unit)}
    accused = thing.sealed and (person.id in thing.accused_people or bool(line & thing.accused_units))
    return REGISTRARS.get(thing.id) == person.id and person.unit == thing.office and not accused


# --- requests --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Numbers:
    """What addresses about one case are made of."""

    thing: Thing
    petition: int
    document: int
    person: int
    file: int
    party: int = 1

    @classmethod
    def of(cls, session: Session, facts: Facts, matter: Case, file: int) -> "Numbers":
        """Read from the tables."""

        def one(query: str) -> int:
            return int(session.execute(text(query), {"id": matter.id}).scalar() or 0)

        REGISTRARS[matter.id] = one("SELECT registered_by_id FROM petitions WHERE matter_id = :id ORDER BY id LIMIT 1")
        return cls(
            facts.things[matter.id], one("SELECT min(id) FROM petitions WHERE matter_id = :id"),
            one("SELECT min(id) FROM documents WHERE case_id = :id"),
            one("SELECT min(id) FROM petitioners WHERE matter_id = :id"), file,
            one("SELECT min(id) FROM parties WHERE mediation_id = :id") or 1,
        )  # fmt: skip


def pages(app: Application, values: Mapping[str, Any]) -> Iterator[Request]:
    """Every endpoint that is about no case."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.arguments & {"case_id", "document_id", "petition_id"}:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            args = {name: values[name] for name in rule.arguments}
            yield Request(rule.endpoint, method, adapter.build(rule.endpoint, args, method=method))


def about(app: Application, numbers: Numbers, actions: list[str]) -> Iterator[Request]:
    """Every endpoint that is about a case, with these acts where it takes one."""
    adapter, thing = app.url_map.bind("localhost"), numbers.thing
    known = {
        "case_id": thing.id, "document_id": numbers.document, "petition_id": numbers.petition,
        "person_id": numbers.person, "file_id": numbers.file, "other_id": thing.id, "party_id": numbers.party,
    }  # fmt: skip
    for rule in app.url_map.iter_rules():
        if not rule.arguments & {"case_id", "document_id", "petition_id"}:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for action in actions if "action" in rule.arguments else [""]:
                args = {name: action if name == "action" else known[name] for name in rule.arguments}
                url = adapter.build(rule.endpoint, args, method=method)
                yield Request(rule.endpoint, method, url, thing, action)


def no_row(first: Thing, person: int | None) -> dict[str, Any]:
    """What pages that are about no case are addressed with: a unit and an account that are there, and nothing else."""
    names = (
        "code",
        "view_id",
        "batch_id",
        "import_id",
        "notice_id",
        "opening_id",
        "disposal_id",
        "request_id",
        "delegation_id",
        "delivery_id",
        "robot_id",
        "version_id",
        "rule_id",
        "template_id",
        "committee_id",
        "member_id",
    )
    return {
        "unit_id": first.office,
        "user_id": person,
        "name": "phrase",
        "token": "nobodys",
        "ending": "csv",
        "kind": "merge",
        "year": 2026,
        "way": "import",
        "paper": "opinion",
        **dict.fromkeys(names, NOBODYS),
    }


def acts_in_turn() -> Iterator[str]:
    """Every act that is done on a case, again and again."""
    return cycle(action.name for action in FLOW.actions if not action.opens)


def ask(browser: Browser, request: Request) -> TestResponse:
    """The answer, read to its end; forms are sent empty."""
    with browser.client.open(request.url, method=request.method) as answer:
        answer.get_data()
        return answer
