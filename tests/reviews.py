"""Reviews for tests, all made through the door."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from petitions import clock, db
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.review.models import Review
from tests.factories import OPINION, World, dispose, make_unit, make_user, matter_in, per_claim, steps_to, take

COUNTY, CITY = "青禾县人民政府", "青河市人民政府"

_STAFF = {"receiver": Role.RECEIVING_CLERK, "handler": Role.HANDLER, "second": Role.HANDLER, "head": Role.UNIT_HEAD}


def set_up_bodies(world: World) -> World:
    """The government that reviews what the bureau answers, and the one that reviews that; their people join the world's."""
    session = db.session()
    if "county_handler" in world.people:
        return world
    session.info[db._DATABASE].reviewers = {"": COUNTY, COUNTY: CITY}
    for body, name, parent, sign in (("county", COUNTY, world.county, "青政"), ("city", CITY, None, "河市政")):
        unit = session.scalar(select(Unit).where(Unit.name == name))
        if unit is None:
            unit = make_unit(session, name, UnitKind.BUREAU, parent, sign)
            for role in _STAFF.values():
                make_user(session, unit, role)
        people = session.scalars(select(User).where(User.unit_id == unit.id).order_by(User.id)).all()
        world.people |= {f"{body}_{part}": person for part, person in zip(_STAFF, people, strict=False)}
    return world


def body_of(world: World, level: str) -> User:
    """The handler of whoever reviews on this level."""
    return world.people["county_handler" if level == "review" else "city_handler"]


def answered(world: World, outcome: str = "N", **changes: Any) -> Matter:
    """A matter whose opinion has reached the petitioner today; not supported unless said otherwise."""
    matter = matter_in(world, "accepted", **changes)
    steps = steps_to(world, matter)["served"][-3:]
    steps[0] = ("submit_opinion", lambda: {**OPINION, "outcomes": per_claim(matter, outcome)}, "handler")
    return take(world, matter, steps)


def asking(world: World, matter: Matter, level: str = "review", **changes: Any) -> dict[str, Any]:
    """What a clerk types for a request."""
    first = level == "review"
    kind, sources = ("opinion", [matter]) if first else ("review_opinion", matter.followers)
    paper = [one for source in sources for one in source.documents if one.kind == kind][-1]
    return {
        "requested_on": clock.today().isoformat(), "against" if first else "against_review": str(paper.id),
        "review_body" if first else "rereview_body": body_of(world, level).unit_id,
        "review_claims": [str(claim.id) for claim in matter.claims], "demand": "撤销该意见，退还承包地。",
        "review_ground": "调查没有听取本组村民的陈述。", **changes,
    }  # fmt: skip


def ask(world: World, matter: Matter, level: str = "review", person: str = "clerk", **changes: Any) -> Review:
    """A request, recorded on the matter."""
    name = "request_review" if level == "review" else "request_rereview"
    perform(matter, name, asking(world, matter, level, **changes), world.people[person])
    found = matter.followers[-1]
    assert isinstance(found, Review)
    return found


DRAFT = {"facts": "经复查，占用属实。", "opinion": "原意见认定事实清楚。", "basis": "《农村土地承包法》第五十七条"}


def drafted(review: Review, result: str, **changes: Any) -> dict[str, Any]:
    """What the handler of a review types."""
    if result == "change":
        changes = {"outcomes": dict.fromkeys(review.claims, "S"), **changes}
    if result == "annul":
        changes = {"redo_until": (clock.today() + timedelta(days=20)).isoformat(), **changes}
    return {**DRAFT, "review_result": result, **changes}


def steps_of(world: World, review: Review, result: str = "uphold") -> dict[str, list[tuple[str, Any, str]]]:
    """For each state the acts that lead there from the request."""
    body, today = "county" if review.level == "review" else "city", clock.today().isoformat()
    appointed = [("appoint", {"handler": world.people[f"{body}_handler"].id}, f"{body}_receiver")]
    accepted = [*appointed, ("accept", {"late_reason": "确有障碍"}, f"{body}_receiver")]
    in_approval = [*accepted, ("submit_opinion", lambda: drafted(review, result), f"{body}_handler")]
    issued = [*in_approval, ("approve_opinion", {}, f"{body}_head")]
    return {
        "review_requested": [],
        "reviewing": accepted,
        "review_in_approval": in_approval,
        "review_issued": issued,
        "review_served": [*issued, ("serve", {"method": "direct", "receiver": "田小禾", "relation": "self", "served_on": today}, f"{body}_handler")],
        "review_refused": [
            *appointed,
            ("refuse", {"review_refusal": "not_concerned", "note": "申请人不是原信访人。"}, f"{body}_receiver"),
        ],
        "review_withdrawn": [
            *appointed, ("withdraw", {"reason": "不再申请", "free_will": True}, f"{body}_receiver"),
        ],
    }  # fmt: skip


def go(world: World, review: Review, state: str, result: str = "uphold") -> Review:
    """The review in `state`, brought there through the door."""
    for action, data, person in steps_of(world, review, result)[state]:
        perform(review, action, data() if callable(data) else data, world.people[person])
    assert review.state == state
    return review


def ended(world: World, **changes: Any) -> Matter:
    """A matter that a 复核 has ended."""
    matter = answered(set_up_bodies(world), **changes)
    for level in ("review", "rereview"):
        go(world, ask(world, matter, level), "review_served")
    return matter


def review_in(world: World, state: str, level: str = "review", result: str = "uphold", **changes: Any) -> Review:
    """A review of an answer of the bureau in `state`."""
    matter = answered(world, **changes)
    if level == "rereview":
        go(world, ask(world, matter), "review_served")
    review = ask(world, matter, level)
    if state in ("review_stopped", "review_anonymised"):
        return _ended(world, review, state)
    return go(world, review, state, result)


def _ended(world: World, review: Review, state: str) -> Review:
    if state == "review_stopped":
        perform(review.matter, "recall_sealed", {"reason": "实为检举控告", "respondent": "某村干部"}, world.restricted)
        return review
    go(world, review, "review_served")
    dispose_of(world, review.matter)
    return review


def dispose_of(world: World, matter: Matter) -> None:
    """Close the matter, take it to the archive and anonymise it, with everything about it."""
    if matter.closed_on is None:
        perform(matter, "conclude", {"accepted_by_petitioner": True}, world.head)
    for paper in [one for one in matter.documents if not one.services and one.kind == "acceptance_notice"]:
        perform(matter, "serve_notice", {"paper": paper.id, "method": "direct", "receiver": "田小禾", "relation": "self",
                                         "served_on": clock.today().isoformat()}, world.officer)  # fmt: skip
    perform(
        matter, "visit", {"held_on": clock.today().isoformat(), "way": "phone", "performed": "nothing"}, world.officer
    )
    perform(matter, "excuse_missing", {"lacking": ["inquiry"], "reason": "事实清楚"}, world.officer)
    perform(matter, "archive", {}, world.officer)
    dispose(world, matter)
