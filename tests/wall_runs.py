"""The runs of reliability.md §5, by how many: a few in tests/system, all in tests/deep. L1 to L3; L4 to L6: wall_changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.audit import AuditEntry
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.intake.ledger import history
from petitions.intake.ledger.earlier import Verdict
from petitions.intake.ledger.entries import Entry
from petitions.matters.models import Matter
from petitions.matters.need_to_know import seen_before
from petitions.matters.register import check, register
from petitions.mediation.models import Committee
from petitions.notices.models import Notice
from petitions.web.responses import Application
from petitions.words import Refusal
from tests.conftest import Isolated
from tests.factories import CLASSIFIED, make_unit, make_user, typed
from tests.pages import Browser
from tests.walls import County, Crawl, Secret, accuse, counted, make_county


@dataclass
class Figures:
    """What a run counted; printed by the deep tests."""

    done: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, name: str, number: int = 1) -> None:
        """One more of something."""
        self.done[name] = self.done.get(name, 0) + number


@contextmanager
def apart(database: Isolated) -> Iterator[Session]:
    """A world that is undone afterwards, however many transactions there were in it."""
    point = database.connection.begin_nested()
    try:
        with database.work() as session:
            yield session
    finally:
        point.rollback()


# --- L1: the accused side never sees anything ------------------------------------------------------------------------


def accused_see_nothing(
    app: Application, database: Isolated, seed: int, trees: int, viewers: int, accusations: int = 5
) -> Figures:
    """Crawl as people of the accused unit and of units below it; compare every count before and after one more."""
    figures = Figures()
    draw = Random(seed)  # noqa: S311 - the same counties each time
    for tree in range(trees):
        with apart(database) as session:
            county = make_county(session, draw, draw.randrange(3, 7))
            unit = county.others[tree % len(county.others)]
            late = accuse(session, app, county, unit, draw, late=True)
            session.commit()
            side = [county.people[one.id] for one in county.under(unit)]
            one_of_them = Browser(app, draw.choice(side))
            before = counted(one_of_them)
            secrets = [late, *(accuse(session, app, county, unit, draw, late=False) for _ in range(accusations - 1))]
            session.commit()
            after = counted(one_of_them)
            figures.wrong += [f"tree {tree}: {url} has changed" for url in before if before[url] != after[url]]
            figures.count("pages compared", len(before))
            crawl = Crawl()
            for person in draw.sample(side, min(viewers, len(side))):
                crawl.everything(Browser(app, person), secrets)
            figures.count("trees")
            figures.count("accusations", len(secrets))
            figures.count("responses", crawl.responses)
            figures.wrong += [f"tree {tree}: {hit}" for hit in crawl.hits]
            figures.wrong += _desk_is_blind(app, county, secrets)
    return figures


def _desk_is_blind(app: Application, county: County, secrets: list[Secret]) -> list[str]:
    """A crawler that finds nothing anywhere proves nothing: the desk of the office must be shown the words."""
    crawl = Crawl()
    crawl.look(Browser(app, county.desk[0]), secrets, secrets[-1].paths[0])
    return [] if crawl.hits else ["the desk sees nothing either"]


# --- L2: a transfer to the accused or under it is impossible ---------------------------------------------------------

Attempt = Callable[[County, Matter, Unit, User], Any]


def _act(name: str, **data: Any) -> Attempt:
    def attempt(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
        filled = {
            key: unit.id if value == "UNIT" else [unit.id] if value == "UNITS" else value for key, value in data.items()
        }
        return perform(matter, name, filled, actor)

    return attempt


def _batch(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
    from uuid import uuid4  # noqa: PLC0415 - needed here only

    from petitions.cases import batch  # noqa: PLC0415

    return batch.run(actor, "transfer", {"unit": unit.id, "opinion": "请办理"}, [matter.id], uuid4())


def _ledger(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
    """A row of a ledger that says who answered."""
    data = typed(purpose="accusation", respondent_unit=str(unit.id), ledger="台账第1行", name="田小穗", phone="")
    entry = Entry(1, check(data, actor, history=True), {"answer": "已答复", "answered_on": clock.today(),
                  "answering_unit": str(unit.id), "ledger": "台账第1行"}, "", True, clock.today())  # fmt: skip
    petition = history.bring_in(entry, Verdict(), actor, actor.unit, f"ledger-9-{matter.id}", history.Unanswered.OPEN)
    db.session().flush()
    assert unit.id not in petition.matter.unit_ids
    raise Refusal("the row came in, and the unit learnt nothing")


def _join(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
    """Merged into an ordinary matter that the accused holds."""
    other = register(typed(name="别人", phone="19900009999"), county.clerk).matter
    for step, data in (
        ("screen_as_first", {}),
        ("classify", CLASSIFIED),
        ("transfer", {"unit": unit.id, "opinion": "办"}),
    ):
        perform(other, step, data, county.officer)
    return perform(matter, "join_as_repeat", {"matter": other.number}, actor)


def _split(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
    """New facts become a matter of their own, which is then transferred."""
    for step, data in (("screen_as_first", {}), ("divert_discipline", {"discipline_unit": county.discipline.id, "note": "转"}),
                       ("archive", {}), ("new_facts", {"title": "新线索", "new_facts": "新的事实"})):  # fmt: skip
        perform(matter, step, data, actor)
    opened = db.session().scalars(select(Matter).where(Matter.related_to_id == matter.id)).one()
    return perform(opened, "transfer", {"unit": unit.id, "opinion": "请办理"}, actor)


def _open_again(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
    """It is no accusation after all, and yet its purpose says so: the unit stays barred."""
    perform(matter, "screen_as_first", {}, actor)
    perform(matter, "classify", {**CLASSIFIED, "purpose": "accusation"}, actor)
    return perform(matter, "transfer", {"unit": unit.id, "opinion": "请办理"}, actor)


def _discipline_below(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
    """A discipline body that was put under the accused."""
    body = make_unit(db.session(), "派驻纪检组", UnitKind.DISCIPLINE, unit)
    db.session().info.pop("units", None)
    perform(matter, "screen_as_first", {}, actor)
    return perform(matter, "divert_discipline", {"discipline_unit": body.id, "note": "转"}, actor)


def _send_to_mediation(nature: str) -> Attempt:
    """A committee that was set up under the accused is asked to mediate between them and whoever accuses."""

    def attempt(county: County, matter: Matter, unit: Unit, actor: User) -> Any:
        body = make_unit(db.session(), f"{unit.name}调解委员会", UnitKind.COMMITTEE, unit, "调")
        db.session().add(Committee(unit_id=body.id, kind="village", word=f"墙{body.id}"))
        db.session().info.pop("units", None)
        perform(matter, "screen_as_first", {}, actor)
        perform(matter, "classify", {**CLASSIFIED, "purpose": "accusation", "nature": nature}, actor)
        told = {
            "committee": body.id, "dispute_type": "land", "mediation_facts": "双方争议", "other_side": unit.name, "petitioner_agrees": True,
        }  # fmt: skip
        return perform(matter, "send_to_mediation", told, actor)

    return attempt


WRITE_PATHS: dict[str, Attempt] = {
    "transfer": _act("transfer", unit="UNIT", opinion="请办理"),
    "assign": _act("assign", unit="UNIT", opinion="请办理", due_on="2099-01-01"),
    "co-handle": _act("transfer", unit="UNIT", opinion="请办理", assist_units="UNITS"),
    "negotiate": _act("negotiate", minutes="协商", assist_units="UNITS"),
    "forward": _act("forward_direct", subordinate="UNIT", opinion="请办理"),
    "mediate": _act("begin_mediation", consent="both", note="自愿"),
    "send to mediation": _send_to_mediation("accusation"),
    "open again and mediate": _send_to_mediation("appeal"),
    "bulk": _batch,
    "ledger": _ledger,
    "merge": _join,
    "split": _split,
    "open again": _open_again,
    "discipline below": _discipline_below,
}
"""The write paths of reliability.md §5 that exist; those that do not are said in docs/wall.md."""


def no_way_leads_to_the_accused(app: Application, database: Isolated, seed: int, trees: int) -> Figures:
    """Each write path on each tree, by somebody of the desk who holds every role; every try is in the audit."""
    figures = Figures()
    draw = Random(seed)  # noqa: S311 - the same counties each time
    for tree in range(trees):
        for name, attempt in WRITE_PATHS.items():
            with apart(database) as session:
                county = make_county(session, draw, draw.randrange(3, 6))
                accused = draw.choice(county.others)
                unit = draw.choice(county.under(accused))
                actor = county.desk[0]
                actor.roles = frozenset({Role.RESTRICTED_CLERK, Role.PETITION_OFFICER, Role.PETITION_HEAD, Role.UNIT_HEAD,
                                         Role.RECEIVING_CLERK, Role.INTAKE_CLERK, Role.HANDLER})  # fmt: skip
                matter = register(typed(purpose="accusation", respondent_unit=str(accused.id)), county.clerk).matter
                matter.handler_id = actor.id
                session.commit()
                figures.count("attempts")
                figures.wrong += _tried(database, county, matter.id, unit.id, actor.id, attempt, f"tree {tree}, {name}")
    return figures


def _tried(
    database: Isolated, county: County, matter_id: int, unit_id: int, actor_id: int, attempt: Attempt, said: str
) -> list[str]:
    wrong, refused = [], False
    try:
        with database.work() as session:
            result = attempt(county.present(session), session.get_one(Matter, matter_id), session.get_one(Unit, unit_id),
                             session.get_one(User, actor_id))  # fmt: skip
            refused = bool(getattr(result, "refused", False))  # a batch answers case by case
    except Refusal:
        refused = True
    with database.work(write=False) as session:
        matter = session.get_one(Matter, matter_id)
        there = {row.unit_id for row in matter.parts} | {row.unit_id for row in matter.dispatches}
        if not refused or unit_id in there:
            wrong.append(f"{said}: succeeded")
        tries = session.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.outcome == "refused", AuditEntry.actor_id == actor_id)
        )
        if not tries and not said.endswith(("ledger", "bulk")):
            wrong.append(f"{said}: left nothing in the audit")
    return wrong


# --- L3: reclassification closes access at once ----------------------------------------------------------------------


def sealed_at_once(app: Application, database: Isolated, seed: int, cases: int) -> Figures:
    """Matters that a unit has open, with messages waiting, are found to be accusations."""
    figures = Figures()
    draw = Random(seed)  # noqa: S311 - the same counties each time
    for number in range(cases):
        with apart(database) as session:
            county = make_county(session, draw, 3)
            unit = draw.choice(county.others)
            reader = county.people[unit.id]
            matter = register(typed(name="甯知微", text="反映鹓鶵一事", title="反映鹓鶵一事"), county.clerk).matter
            steps = [("screen_as_first", {}, county.officer), ("classify", CLASSIFIED, county.officer),
                     ("transfer", {"unit": unit.id, "opinion": "请办理"}, county.officer), ("sign", {}, reader),
                     ("appoint", {"handler": reader.id}, reader)]  # fmt: skip
            for action, data, person in steps[: draw.randrange(3, 6)]:
                perform(matter, action, data, person)
            colleague = make_user(session, unit, Role.UNIT_HEAD)
            _queue(matter, colleague)
            session.commit()
            browser = Browser(app, reader)
            browser.client.post("/inbox/read", data={"until": "99999999"})
            open_pages = [f"/cases/{matter.id}", f"/documents/{matter.documents[-1].id}", f"/cases/{matter.id}/note"]
            first = [browser.client.get(url).status_code for url in open_pages]
            waiting = _unread(session, matter, unit)
            perform(matter, "recall_sealed", {"reason": "是检举", "respondent_unit": unit.id}, county.desk[0])
            session.commit()
            again = [browser.client.get(url) for url in open_pages]
            posts = [browser.client.post(f"/cases/{matter.id}/note", data={"note": "还在写"}),
                     browser.client.post(f"/cases/{matter.id}/sign", data={})]  # fmt: skip
            figures.count("reclassified")
            figures.count("messages cancelled", waiting - _unread(session, matter, unit))
            said = "".join(answer.get_data(as_text=True) for answer in (*again, *posts, browser.client.get("/inbox")))
            if (
                first != [200, 200, 200]
                or {answer.status_code for answer in (*again, *posts)} != {404}
                or "鹓鶵" in said
            ):
                figures.wrong.append(f"case {number}: {first} then {[one.status_code for one in (*again, *posts)]}")
            if not waiting or _unread(session, matter, unit):
                figures.wrong.append(f"case {number}: messages left")
            panel = seen_before(matter, county.desk[0])
            if panel is None or reader.name not in {row.person for row in panel.data["rows"]}:
                figures.wrong.append(f"case {number}: the list of who had seen it lacks the reader")
    return figures


def _queue(matter: Matter, person: User) -> None:
    """A message that nobody has read."""
    db.session().add(Notice(recipient_id=person.id, case_id=matter.id, kind="sign", text=f"{matter.number}：签收",
                            key=f"test:{matter.id}:{person.id}", created_at=clock.now()))  # fmt: skip


def _unread(session: Session, matter: Matter, unit: Unit) -> int:
    people = select(User.id).where(User.unit_id == unit.id)
    waiting = select(func.count()).where(
        Notice.case_id == matter.id, Notice.recipient_id.in_(people), Notice.read_at.is_(None)
    )
    return session.scalar(waiting) or 0
