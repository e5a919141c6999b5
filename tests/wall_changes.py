"""The runs of reliability.md §5 about change: units and people that move (L4), recusal (L5), lists of names (L6)."""

from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import db
from petitions.access import admin, staff, succession
from petitions.access.audit import AuditEntry
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases import queries
from petitions.cases.perform import perform
from petitions.matters.models import Matter, Respondent
from petitions.matters.register import register
from petitions.web.responses import Application
from petitions.words import Refusal
from tests.conftest import Isolated
from tests.factories import CLASSIFIED, make_unit, make_user, typed
from tests.pages import Browser
from tests.wall_runs import Figures, apart
from tests.walls import County, Crawl, accuse, make_county

# --- L4: organisation changes keep the wall --------------------------------------------------------------------------


def changes_keep_the_wall(app: Application, database: Isolated, seed: int, sequences: int) -> Figures:
    """Units are moved, people change units and roles, by the administrator's own verbs; the accused side stays outside."""
    figures = Figures()
    draw = Random(seed)  # noqa: S311 - the same counties each time
    for number in range(sequences):
        with apart(database) as session:
            county = make_county(session, draw, draw.randrange(3, 6))
            unit = draw.choice(county.others)
            secret = accuse(session, app, county, unit, draw, late=draw.random() < 0.5)
            session.commit()
            insiders: set[int] = {person.id for person in county.desk}
            for _ in range(draw.randrange(2, 6)):
                figures.count(_change(session, draw, county, unit, insiders))
            session.commit()
            crawl, side = Crawl(), _side(session, unit)
            for person in draw.sample(side, min(2, len(side))):
                crawl.everything(Browser(app, person), [secret])
            figures.count("sequences")
            figures.count("responses", crawl.responses)
            figures.wrong += [f"sequence {number}: {hit}" for hit in crawl.hits]
    return figures


def _change(session: Session, draw: Random, county: County, unit: Unit, insiders: set[int]) -> str:
    kind = draw.choice(("unit moved", "person moved in", "roles given", "new unit below", "desk moved in"))
    below = [one for one in county.under(unit) if one is not unit]
    try:
        if kind == "unit moved":
            moved = draw.choice(county.others)
            parent = draw.choice([county.root, *county.others])
            succession.place_under(moved, parent, "青编〔2026〕3号", None)
        elif kind == "person moved in":
            person = county.people[draw.choice(county.others).id]
            admin.change_user(
                person,
                {**staff.values_of_user(person), "unit": str(unit.id)},
                [role.value for role in person.roles],
                "root",
            )
        elif kind == "roles given":
            person = county.people[draw.choice([unit, *below]).id]
            admin.change_user(person, staff.values_of_user(person), [role.value for role in Role], "root")
        elif kind == "new unit below":
            fresh = make_unit(session, f"新设{draw.randrange(10**9)}", UnitKind.SECTION, draw.choice([unit, *below]))
            county.others.append(fresh)
            county.people[fresh.id] = make_user(session, fresh, *Role)
        else:
            person = county.desk[1]
            admin.change_user(
                person, {**staff.values_of_user(person), "unit": str(unit.id)}, ["restricted_clerk"], "root"
            )
    except Refusal:
        return "refused"
    session.flush()
    session.info.pop("units", None)
    return kind


def _side(session: Session, unit: Unit) -> list[User]:
    """Everybody of the unit and of whatever is under it now."""
    parents = dict(session.execute(select(Unit.id, Unit.parent_id)).all())

    def is_under(one: int | None) -> bool:
        while one is not None and one != unit.id:
            one = parents[one]
        return one is not None

    return [
        person
        for person in session.scalars(select(User).order_by(User.id))
        if person.active and is_under(person.unit_id)
    ]


# --- L5: recusal -----------------------------------------------------------------------------------------------------


def whoever_is_recused_stays_away(database: Isolated, seed: int, cases: int) -> Figures:
    """A handler who declared a conflict, was challenged, or is the petitioner is never appointed again by anybody."""
    figures = Figures()
    draw = Random(seed)  # noqa: S311 - the same counties each time
    for number in range(cases):
        with apart(database) as session:
            county = make_county(session, draw, 3)
            unit = draw.choice(county.others)
            boss = county.people[unit.id]
            handler = make_user(session, unit, Role.HANDLER)
            matter = register(typed(phone="19900001234"), county.clerk).matter
            for action, data, person in (
                ("screen_as_first", {}, county.officer), ("classify", CLASSIFIED, county.officer),
                ("transfer", {"unit": unit.id, "opinion": "请办理"}, county.officer), ("sign", {}, boss),
            ):  # fmt: skip
                perform(matter, action, data, person)
            way = draw.choice(("self", "interested", "unit", "petitioner"))
            if way == "petitioner":
                handler.phone = draw.choice(("19900001234", "199 0000 1234", "１９９００００１２３４"))
                session.flush()
            else:
                perform(matter, "appoint", {"handler": handler.id}, boss)
                actor = handler if way == "self" else boss
                perform(matter, "recuse", {"ground": "与信访人是亲属", "asked_by": way, "recused": handler.id}, actor)
            figures.count(way)
            for person in (boss, handler):
                try:
                    perform(matter, "appoint", {"handler": handler.id}, person)
                except Refusal:
                    figures.count("refused")
                else:
                    figures.wrong.append(f"case {number}: appointed although {way}")
    return figures


# --- L6: nobody sees whom no list names ------------------------------------------------------------------------------


def nobody_sees_unnamed(database: Isolated, seed: int, sequences: int, steps: int) -> Figures:
    """Random changes of lists, desks and accused, each compared with a list that is kept by hand."""
    figures = Figures()
    draw = Random(seed)  # noqa: S311 - the same counties each time
    for number in range(sequences):
        with apart(database) as session:
            county = make_county(session, draw, 3)
            body = [make_user(session, county.discipline, Role.HANDLER) for _ in range(2)]
            for person, name in zip(county.desk, ("受限岗甲", "受限岗乙"), strict=True):
                # 人员1 stands in 人员12, and whoever's name stands in what is written counts as accused.
                person.name = name
            matter = register(typed(purpose="accusation"), county.clerk).matter
            session.commit()
            named, accused = {person.id for person in county.desk}, set[int]()
            for step in range(steps):
                figures.count(_list_step(draw, county, body, matter, named, accused))
                figures.count("steps")
                session.flush()
                everybody = [*county.desk, *body, county.clerk, county.officer, *county.people.values()]
                desk = _desk(county)
                may = (named & (desk | {two.id for two in body})) | (set() if named & desk else desk)
                right = may - accused
                seen = {one.id for one in everybody if queries.sees(matter.id, one)}
                if seen != right:
                    figures.wrong.append(f"sequence {number}, step {step}: {sorted(seen)}, not {sorted(right)}")
            written = session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.case_id == matter.id)
            )
            figures.count("lines of the audit", written or 0)
    return figures


def _list_step(
    draw: Random, county: County, body: list[User], matter: Matter, named: set[int], accused: set[int]
) -> str:  # fmt: skip
    """One change by somebody who may make it, or a try of somebody who may not; what it did to the list by hand."""
    able = [one for one in county.desk if queries.sees(matter.id, one)]
    actor = draw.choice(able) if able else county.desk[0]
    whom = draw.choice([*county.desk, *body])
    kind = draw.choice(("admit", "dismiss", "name", "stranger", "desk left", "desk back"))
    try:
        with db.session().begin_nested():
            if kind == "admit":
                perform(matter, "admit", {"reader": whom.id, "reason": "需要"}, actor)
                named.add(whom.id)
            elif kind == "dismiss":
                perform(matter, "dismiss", {"listed_reader": whom.id, "reason": "不再需要"}, actor)
                named.discard(whom.id)
            elif kind == "name":
                perform(matter, "name_accused", {"respondent_person": draw.choice(body).id}, actor)
            elif kind == "stranger":
                perform(
                    matter,
                    "admit",
                    {"reader": county.officer.id, "reason": "想看"},
                    draw.choice((county.officer, county.clerk)),
                )
            elif kind == "desk left":
                county.desk[1].roles = frozenset({Role.INTAKE_CLERK})
            else:
                county.desk[1].roles = frozenset({Role.RESTRICTED_CLERK})
    except Refusal:
        return f"{kind} refused"
    accused |= set(
        db.session().scalars(
            select(Respondent.user_id).where(Respondent.matter_id == matter.id, Respondent.user_id.is_not(None))
        )
    )
    named -= accused
    if kind == "name" and not named & _desk(county):
        # Whoever answers for it after the accused has left comes from the desk, somebody who was taken off it too.
        named |= _desk(county) - accused
    return kind


def _desk(county: County) -> set[int]:
    return {one.id for one in county.desk if Role.RESTRICTED_CLERK in one.roles and one.unit_id == county.office.id}
