"""A county of disputes: mediations in every relation to whoever looks, and in every text of them a word that stands nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from random import Random

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from petitions import clock
from petitions.access.models import UnitKind, User
from petitions.access.roles import Role
from petitions.cases.files import Store
from petitions.cases.models import Attachment, Case
from petitions.cases.perform import perform
from petitions.mediation.kind import MEDIATION
from petitions.mediation.models import Committee, Mediation
from petitions.web.responses import Application
from tests import rights
from tests.conftest import Isolated
from tests.factories import World, make_unit, make_user, matter_in
from tests.intake.numbers import id_number
from tests.mediations import (
    Mediators,
    agreed_to,
    agreement_of,
    do,
    ids,
    opened,
    session_of,
    set_up_committee,
)
from tests.oracle_of_rights import Facts
from tests.pages import Browser
from tests.rights import Numbers
from tests.system.test_permissions import Matrix
from tests.walls import LISTS, Crawl, Secret

_RARE = "彧翀旻喆昉晔烜煊珩珮琬琰瑀瑄璟璠祎祺稷竑竫笙筠箴絜綦翊翙耆聿胤臻舸芃茞荃莙菡萁葳蒨蓁蕤薇藻"

ACTS = [action.name for action in MEDIATION.flow.actions if not action.opens]


@dataclass
class Canaries:
    """The words of one mediation, by what they were typed into."""

    draw: Random
    words: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, length: int = 8) -> str:
        """A word for a field; the same one again for the same field."""
        return self.words.setdefault(name, "".join(self.draw.sample(_RARE, length)))

    def phone(self, name: str) -> str:
        """A telephone number that nobody has."""
        return self.words.setdefault(name, f"199{self.draw.randrange(10**8):08d}")

    def number(self, name: str) -> str:
        """An identity number that nobody has."""
        return self.words.setdefault(name, id_number(self.draw.randrange(10_000, 90_000)))

    def people(self) -> list[dict[str, str]]:
        """Both sides, and an agent."""
        return [
            {"side": side, "part": part, "kind": "natural", "name": self.of(f"name of {who}", 3), "phone": self.phone(f"phone of {who}"),
             "id_number": self.number(f"id of {who}"), "address": self.of(f"address of {who}"), "workplace": self.of(f"workplace of {who}")}
            for who, side, part in (("one", "applicant", "party"), ("other", "respondent", "party"), ("agent", "respondent", "agent"))
        ]  # fmt: skip

    def dispute(self) -> dict[str, str]:
        """What it is about."""
        names = ("dispute_title", "dispute_facts", "dispute_requests", "dispute_place")
        return {name: self.of(name) for name in names}


@dataclass
class Disputes:
    """The people, the mediations, and what was said in each."""

    world: World
    mediators: Mediators
    others: Mediators
    people: dict[str, User | None]
    cases: dict[str, Mediation]
    said: dict[str, Canaries]


def committees(session: Session, world: World) -> tuple[Mediators, Mediators]:
    """Two committees under one township."""
    first = set_up_committee(session, world)
    unit = make_unit(session, "槐树村人民调解委员会", UnitKind.COMMITTEE, world.township, "槐调")
    session.add(Committee(unit_id=unit.id, kind="village", word="槐", area="槐树村", court="青禾县人民法院"))
    session.flush()
    chair, mediator, second = (
        make_user(session, unit, role) for role in (Role.COMMITTEE_CHAIR, Role.MEDIATOR, Role.MEDIATOR)
    )
    return first, Mediators(world, unit, chair, mediator, second, first.justice)


def points_of_view(session: Session, world: World, first: Mediators, others: Mediators) -> dict[str, User | None]:
    """Whoever looks: both committees, who guides them, who sent, who holds the matter, whose people a party is, who audits."""
    people: dict[str, User | None] = {"nobody": None, **world.people}
    people |= {"other_chair": others.chair, "other_mediator": others.mediator}
    people["clerk_of_committee"] = make_user(session, first.unit, Role.RECEIVING_CLERK, Role.HANDLER, Role.UNIT_HEAD)
    people["keeper_of_committee"] = make_user(session, first.unit, Role.ADMINISTRATOR)
    people["leader"] = make_user(session, world.county, Role.CASE_LEADER, Role.UNIT_HEAD)
    people["conference"] = make_user(session, world.county, Role.JOINT_CONFERENCE)
    people["township_all"] = make_user(session, world.township, Role.UNIT_HEAD, Role.HANDLER, Role.JUDICIAL_OFFICE)
    people["mediator_elsewhere"] = make_user(session, world.office, Role.MEDIATOR, Role.COMMITTEE_CHAIR)
    people["disabled"] = make_user(session, first.unit, Role.COMMITTEE_CHAIR)
    return people


def _accepted(of: Mediators, mediation: Mediation) -> Mediation:
    agreed_to(mediation, of.mediator)
    do(mediation, "accept", of.mediator, elsewhere="none")
    one = str(of.mediator.id)
    do(mediation, "appoint", of.chair, mediators=[one], presider=one, chosen_by="parties", kinship="none")
    return mediation


def _said_in(of: Mediators, mediation: Mediation, words: Canaries, session_outcome: str = "agreed") -> Mediation:
    """An inquiry and two sessions, one of them closed, with everything that can be said."""
    who, today = of.mediator, clock.today().isoformat()
    do(
        mediation,
        "invite",
        who,
        invited=words.of("invited"),
        consented_to=ids(mediation.principals),
        note=words.of("invited note"),
    )
    do(mediation, "investigate", who, held_on=today, place=words.of("inquiry place"), people=words.of("inquiry people"),
       record=words.of("inquiry record"))  # fmt: skip
    told = ids(mediation.principals)
    do(mediation, "notify_rights", who, told_on=today, told_way="spoken", told_to=told)
    for how in ("open", "closed"):
        statements = {str(one.id): words.of(f"statement {one.id} {how}") for one in mediation.parties}
        do(mediation, "hold_session", who, **session_of(
            mediation, open_session=how, place=words.of(f"place {how}"), statements=statements, others=words.of(f"others {how}"),
            record=words.of(f"record {how}"), proposal=words.of(f"proposal {how}"), session_outcome=session_outcome,
        ))  # fmt: skip
    do(mediation, "report_danger", who, danger=words.of("danger"), reported_to=words.of("reported to"), reported_on=today,
       measures=words.of("measures"))  # fmt: skip
    do(mediation, "note", who, note=words.of("note"))
    return mediation


def _agreed(of: Mediators, mediation: Mediation, words: Canaries) -> Mediation:
    who, today = of.mediator, clock.today().isoformat()
    said = ("agreed_facts", "disputed_points", "responsibility", "agreed_content", "performance_way")
    typed = agreement_of(mediation, **{name: words.of(name) for name in said})
    for number, row in enumerate(typed["performance_plan"]):
        row["item"] = words.of(f"item {number}")
    do(mediation, "draft_agreement", who, **typed)
    do(mediation, "redraft", who, reason=words.of("redraft"))
    do(mediation, "draft_agreement", who, **typed)
    do(
        mediation,
        "sign_agreement",
        who,
        signed_on=today,
        signed=ids(mediation.principals),
        mediator_signed=True,
        sealed_by_committee=True,
    )
    assert mediation.agreement is not None
    row = str(mediation.agreement.owed[0].id)
    do(mediation, "urge_performance", who, performance_row=row, urged_on=today, record=words.of("urged"))
    do(mediation, "record_performance", who, performance_row=row, performed_on=today, paid="1", proof=words.of("proof"))
    do(mediation, "visit", who, visited_on=today, visited_party=ids(mediation.principals)[0], visit_record=words.of("visit"),
       satisfaction="satisfied", new_risk=words.of("new risk"))  # fmt: skip
    return mediation


def _sent(world: World, of: Mediators, words: Canaries) -> Mediation:
    """Of a matter: what its own people typed is theirs to see, so that only what was said afterwards is a secret."""
    matter = matter_in(world, "accepted", phone="19900007777")
    told = {
        "committee": of.unit.id,
        "dispute_type": "land",
        "mediation_facts": "承包地边界争议",
        "other_side": "麦有根",
        "petitioner_agrees": True,
    }
    perform(matter, "send_to_mediation", told, world.handler)
    mediation = next(one for one in matter.followers if isinstance(one, Mediation))
    return _said_in(of, _accepted(of, mediation), words)


def make_disputes(session: Session, world: World, seed: int = 1) -> Disputes:
    """Everything, through the door."""
    first, others = committees(session, world)
    people = points_of_view(session, world, first, others)
    swapped = Mediators(world, first.unit, first.chair, first.second, first.mediator, first.justice)
    draw = Random(seed)  # noqa: S311 - the same words each time
    said: dict[str, Canaries] = {}
    cases: dict[str, Mediation] = {}

    def open_one(name: str, of: Mediators) -> Mediation:
        words = said[name] = Canaries(draw)
        cases[name] = opened(of.mediator, people=words.people(), **words.dispute())
        return cases[name]

    open_one("requested", first)
    for name, of in (
        ("mediated", first),
        ("colleague's", swapped),
        ("recused", first),
        ("agreed", first),
        ("failed", first),
        ("elsewhere", others),
    ):
        _said_in(of, _accepted(of, open_one(name, of)), said[name], "again" if name == "failed" else "agreed")
    _agreed(first, cases["agreed"], said["agreed"])
    do(
        cases["failed"],
        "fail",
        first.mediator,
        failure_ground="other",
        ways_told=["court"],
        note=said["failed"].of("failure"),
    )
    do(cases["recused"], "recuse", first.chair, recused_mediator=str(first.mediator.id), recusal_asked_by="party",
       ground=said["recused"].of("ground"))  # fmt: skip
    for name in ("of a matter", "behind the wall"):
        words = said[name] = Canaries(draw)
        cases[name] = _sent(world, first, words)
    behind = cases["behind the wall"].about
    assert behind is not None
    perform(behind, "recall_sealed", {"reason": "实为检举控告", "respondent": "某村干部"}, world.restricted)
    session.flush()
    return Disputes(world, first, others, people, cases, said)


def make_matrix(app: Application, database: Isolated, session: Session, disputes: Disputes) -> Matrix:
    """The people with their browsers and the mediations, with a file in each, as tests/system/test_permissions.py has matters."""
    store, files = Store(app.config["SETTINGS"].files_dir), {}
    for name, mediation in disputes.cases.items():
        kept = store.keep(
            [FileStorage(BytesIO(b"%PDF-1.4 proof"), f"{disputes.said[name].of('file', 6)}.pdf")], 10**6, "files"
        )
        if mediation.sealed:
            mediation.attachments.append(
                Attachment(**kept[0], added_at=clock.now(), added_by_id=disputes.mediators.mediator.id)
            )
        else:
            actor = disputes.others.chair if name == "elsewhere" else disputes.mediators.chair
            perform(mediation, "attach", {"files": kept}, actor)
        session.flush()
        files[name] = session.scalars(select(Attachment.id).where(Attachment.case_id == mediation.id)).first() or 0
    session.commit()
    browsers = {name: Browser(app, person) for name, person in disputes.people.items()}
    gone = disputes.people["disabled"]
    assert gone is not None
    gone.active = False
    session.commit()
    facts = Facts.read(session)
    numbers = {name: Numbers.of(session, facts, one, files[name]) for name, one in disputes.cases.items()}
    session.commit()
    known = {name: person.id if person else None for name, person in disputes.people.items()}
    return Matrix(app, database, facts, browsers, known, numbers)


# --- who hears a word ------------------------------------------------------------------------------------------------


def secrets_of(disputes: Disputes, matrix: Matrix, person: int | None) -> dict[str, Secret]:
    """The mediations that somebody must not hear a word of, as the crawler of the wall takes them."""
    found = {}
    for name, words in disputes.said.items():
        thing = matrix.numbers[name].thing
        if (
            person is not None
            and matrix.facts.people[person].active
            and matrix.facts.sees(matrix.facts.people[person], thing)
        ):
            continue
        searches = tuple(word[:4] if len(word) > 4 else word for word in words.words.values())
        found[name] = Secret(thing.id, tuple(words.words.values()), (), searches, 0, 0, late=False)
    return found


FIGURES = (
    "/mediations", "/mediations?stage=mediating", "/mediations?stage=closed&whose=own", "/mediation-figures", "/mediation-figures?by=committee",
    "/mediation-figures?by=mediator", "/mediation-figures/cases?key=received", "/mediation-figures/file", "/cases?kind=mediation",
    "/cases?kind=mediation&more=1", "/audit?acts=seeing", "/audit?outcome=refused",
)  # fmt: skip


def addresses(disputes: Disputes, matrix: Matrix, acts: list[str], names: list[str]) -> Iterator[str]:
    """Every address that can be opened: of no case, and of these mediations and the matters behind them."""
    values = rights.no_row(matrix.numbers["mediated"].thing, matrix.people["clerk"])
    for request in rights.pages(matrix.app, values):
        if request.method == "GET" and request.endpoint != "access.logout":
            yield request.url
    yield from (*LISTS, *FIGURES)
    for name in names:
        case: Case = disputes.cases[name]
        for request in rights.about(matrix.app, matrix.numbers[name], acts):
            if request.method == "GET":
                yield request.url
        yield from (f"/documents/{paper.id}{ending}" for paper in case.documents for ending in ("", "/word"))
        yield f"/audit?case={case.number}"
        yield f"/search?q={case.number}"
        if case.about_id is not None:
            yield from (
                f"/cases/{case.about_id}{rest}"
                for rest in ("", "/documents", "/summary", "/deadlines", "/documents/word")
            )


def listen(disputes: Disputes, matrix: Matrix, name: str, acts: list[str], every: int = 1) -> Crawl:
    """Everything there is, opened by one person; a hit is a word they must not hear. `every`: of the searches each so-manieth."""
    crawl, unheard = Crawl(), secrets_of(disputes, matrix, matrix.people[name])
    secrets, browser = list(unheard.values()), matrix.browsers[name]
    for url in addresses(disputes, matrix, acts, list(unheard)):
        crawl.look(browser, secrets, url)
    for word in [word for secret in secrets for word in secret.searches][::every]:
        answer = browser.client.get("/search", query_string={"q": word})
        crawl.responses += 1
        said = answer.get_data(as_text=True).replace(word, "")
        crawl.hits += [f"search {word}: {one}" for secret in secrets for one in secret.words if one in said]
    return crawl


def written_down(session: Session, disputes: Disputes) -> list[str]:
    """Words in what leaves the house or is read by whoever audits: messages, the audit, and whatever a matter was told."""
    found = []
    words = [word for one in disputes.said.values() for word in one.words.values()]
    for table in ("notices", "audit"):
        for row in session.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 - two names of our own
            whole = str(row).encode().decode("unicode_escape") if "\\u" in str(row) else str(row)
            found += [f"{table} {row[0]} says {word}" for word in words if word in whole or word in str(row)]
    for event in session.execute(
        text("SELECT e.id, e.data FROM events e JOIN cases c ON c.id = e.case_id WHERE c.kind <> 'mediation'")
    ):
        found += [f"event {event[0]} of a matter says {word}" for word in words if word in str(event[1])]
    return found
