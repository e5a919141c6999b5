"""What a review shows on its page, and what its matter shows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import codes, duties, history, parts
from petitions.cases.chip import Chip
from petitions.cases.clocks import in_words
from petitions.cases.kinds import Act
from petitions.cases.models import Case, Document
from petitions.cases.panels import Draftsman, Furniture, Panel, Place, Presenter
from petitions.cases.queries import sees
from petitions.documents import render
from petitions.matters import panels as of_matters
from petitions.matters.beside import the_hearing, told
from petitions.matters.hearing.models import Hearing
from petitions.matters.hearing.panel import hearings
from petitions.matters.hearing.present import PRESENT as HEARING
from petitions.matters.lists import unserved_papers
from petitions.matters.models import Matter
from petitions.matters.paper_values import names_of, people_of
from petitions.review.fields import FIELDS
from petitions.review.lists import FIXED, involved_in
from petitions.review.models import Review
from petitions.review.papers import decided, values
from petitions.review.wording import LEVELS, label_of
from petitions.review.workflow import FLOW
from petitions.words import Sentence, say

PUBLICATION = {"": say("没有公示"), "proposed": say("公示文本待审核"), "public": say("可以公示")}

_EMPTY = "（尚未填写）"

_ASKED = {"request_review", "request_rereview"}


def load(case: Case) -> None:
    """What the panels and guards of a review ask of it: its matter, what it is about, its hearings, who had a hand in that."""
    assert isinstance(case, Review)
    previous = aliased(Review)
    rows = db.session().execute(
        select(Matter, Document, previous, Hearing)
        .select_from(Matter)
        .join(Document, Document.id == case.against_id)
        .outerjoin(previous, previous.id == case.previous_id)
        .outerjoin(Hearing, Hearing.case_id == case.id)
        .where(Matter.id == case.about_id)
        .order_by(Hearing.id)
        .options(joinedload(Matter.parts), joinedload(Matter.deadlines), joinedload(Matter.handler).lazyload(User.held), joinedload(previous.parts))
    ).unique().all()  # fmt: skip
    matter, against, before, _ = rows[0]
    for name, value in (("about", matter), ("against", against), ("previous", before)):
        set_committed_value(case, name, value)
    set_committed_value(case, "hearings", [one for row in rows if (one := row[3]) is not None])
    of_matters.load_file(matter)
    case.involved = involved_in(case)


def _reads(about: Case, user: User) -> bool:
    """Whether somebody who sees a review sees what it is about, too."""
    if about.sealed:
        return sees(about.id, user)
    return user.unit_id in parts.everybody(about)


def request(case: Case, user: User) -> Panel | None:
    """申请: against what, by when, about which claims, and what the petitioner wants."""
    if not isinstance(case, Review):
        return None
    matter, asked = case.matter, _asked(case)
    facts = [
        (say("类别"), LEVELS[case.level]),
        (say("不服的意见"), f"{case.against.title} {case.against.number}"),
        (say("作出单位"), case.against.unit.name),
        (say("收到申请"), in_words(case.received_on)),
        (say("邮戳日期"), in_words(case.posted_on) if case.posted_on else ""),
        (
            say("申请期"),
            say(
                "至{day}止（{late}）",
                day=in_words(case.window_on),
                late=say("已逾期") if case.late else say("没有逾期"),
            ),
        ),
        (say("逾期的原因"), label_of(FIELDS["late_ground"], case.late_ground) if case.late_ground else ""),
        (say("结论"), _label("review_results", case.result) if case.result else ""),
        (say("重新作出期限"), in_words(case.redo_until) if case.redo_until else ""),
        (say("公示"), PUBLICATION[case.publication] if case.publication else ""),
    ]
    claims = [
        {"text": claim.text, "outcome": codes.label("outcome", claim.outcome) if claim.outcome else "",
         "inside": str(claim.id) in case.claims}
        for claim in matter.claims
    ]  # fmt: skip
    return Panel(
        say("复查、复核申请"), "review/_request.html", Place.TOP, "request",
        {
            "matter": matter, "url": url_for("cases.show", case_id=matter.id) if _reads(matter, user) else "",
            "facts": [(label, value) for label, value in facts if value], "claims": claims, "asked": asked,
            "previous": _linked(case.previous, user) if case.previous else None, "public_text": case.public_text,
        },
    )  # fmt: skip


def _asked(review: Review) -> Mapping[str, Any]:
    latest = history.latest_of_each(review.id)
    event = latest.get("request") or latest.get("request_rereview")
    return event.data if event else {}


def _linked(review: Review, user: User) -> Mapping[str, Any]:
    seen = _reads(review, user)
    return {"number": review.number, "url": url_for("cases.show", case_id=review.id) if seen else ""}


def _label(choices: str, value: str) -> str:
    return next((choice.label for choice in FIXED[choices] if choice.value == value), value)


def letters(case: Case, user: User) -> Panel | None:
    """诉求原文 of the matter, as long as the reader may see that one."""
    if not isinstance(case, Review):
        return None
    return of_matters.letters(case.matter, user) if _reads(case.matter, user) else None


@dataclass(frozen=True)
class ReviewRow:
    """A review as its matter tells of it: also the unit whose answer is contested reads this much."""

    number: str
    url: str
    level: Sentence
    state: str
    result: str
    body: str
    received_on: str
    chip: Chip | None


def of_matter(case: Case, user: User) -> Panel | None:
    """复查复核 of a matter: what was asked, where it stands, and until when."""
    if isinstance(case, Review) or _ASKED.isdisjoint(history.latest_of_each(case.id)):
        return None
    rows = [row for row in case.followers if isinstance(row, Review)]
    shown = [
        ReviewRow(
            row.number, url_for("cases.show", case_id=row.id) if _reads(row, user) else "", LEVELS[row.level],
            FLOW.state[row.state].label, _label("review_results", row.result) if row.result and row.closed_on else "",
            row.unit.name, row.received_on.isoformat(),
            next((duties.chip_of(one) for one in row.deadlines if one.ended_on is None), None),
        )
        for row in rows
    ]  # fmt: skip
    # While one is open the matter itself waits without a clock of its own: what it waits for stands first.
    place = Place.TOP if any(row.closed_on is None for row in rows) else Place.SIDE
    return Panel(say("复查复核"), "review/_of_matter.html", place, "reviews", {"rows": shown})


def _draft_text(case: Case, user: User, drafted: Mapping[str, Any]) -> str:
    """The paper's own template, filled with a draft; the remedy comes by itself."""
    act = Act(
        case, FLOW.action["approve_opinion"], {}, user, clock.now(), clock.today(), asking=True,
        latest=history.latest_of_each(case.id),
    )  # fmt: skip
    filled = {name: str(drafted.get(name) or "").strip() or _EMPTY for name in ("facts", "opinion", "basis")}
    told = {**values(act), **decided(act, {**drafted, **filled})}
    if not drafted.get("redo_until"):
        told["result"] = "" if told["result"] == "annul" else told["result"]
    return render.text_of("review_opinion", {"unit": user.unit.name, **told})


def the_draft(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:
    """The opinion as it will read."""
    given = {name: value for name, value in typed.items() if value}
    return Panel(
        say("意见书预览"), "review/_draft.html", data=_titled(case, _draft_text(case, user, given)), drafts=True
    )


def the_submitted(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """The draft that waits for approval, in full."""
    drafted = history.latest_of_each(case.id).get("submit_opinion")
    if drafted is None:
        return None
    return Panel(say("送审的意见书"), "review/_draft.html", data=_titled(case, _draft_text(case, user, drafted.data)))


def the_public_text(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """The text that waits to be made public, and who prepared it."""
    return told(case, user, "propose_publication", say("拟公示的文本"))


def _titled(case: Case, text: str) -> dict[str, Any]:
    assert isinstance(case, Review)
    return {"title": f"信访事项{LEVELS[case.level]}意见书", "text": text}


def opinion(case: Case, user: User) -> Mapping[str, Any]:  # noqa: ARG001
    """The last draft, if there was one."""
    drafted = history.latest_of_each(case.id).get("submit_opinion")
    return dict(drafted.data) if drafted else {}


def service(case: Case, user: User) -> Mapping[str, Any]:
    """Received today by the petitioner; the paper, where only one waits."""
    assert isinstance(case, Review)
    papers, names = unserved_papers(case, user), names_of(people_of(case.matter))
    return {
        "served_on": clock.today(),
        "receiver": "" if case.sealed or names == "信访人" else names,
        "paper": papers[0].value if len(papers) == 1 else "",
    }


def held_today(case: Case, user: User) -> Mapping[str, Any]:  # noqa: ARG001
    """Most is written down the same day."""
    return {"held_on": clock.today(), "people": user.name}


def recusal(case: Case, user: User) -> Mapping[str, Any]:
    """The handler asks for themselves; for others the unit decides."""
    return {"asked_by": "self" if user.id == case.handler_id else "unit", "recused": case.handler_id}


def public_draft(case: Case, user: User) -> Mapping[str, Any]:  # noqa: ARG001
    """The opinion without whom it names: somebody reads on from there."""
    assert isinstance(case, Review)
    paper = next((one for one in reversed(case.documents) if one.kind == "review_opinion"), None)
    return {"public_text": redacted(case, paper.text) if paper else ""}


def redacted(review: Review, text: str) -> str:
    """The text of a paper without the names of those who petition, their places and the numbers by which their case is
    asked for, and without who to call."""
    said = {word for one in people_of(review.matter) for word in (one.name, one.region) if len(word) > 1}
    words = sorted(said | {review.matter.number, review.number}, key=len)
    for word in reversed(words):
        text = text.replace(word, "某某")
    lines = [line for line in text.splitlines() if not line.startswith(("联系单位", "六、联系方式", "案件编号"))]
    return "\n".join(lines)


PRESENT: Mapping[str, Presenter] = {
    **HEARING,
    "submit_opinion": opinion, "serve": service, "serve_notice": service, "inquire": held_today, "recuse": recusal,
    "propose_publication": public_draft,
}  # fmt: skip

BESIDE: Mapping[str, Draftsman] = {
    "submit_opinion": the_draft, "approve_opinion": the_submitted, "return_opinion": the_submitted,
    "grant_hearing": the_hearing, "refuse_hearing": the_hearing, "publish": the_public_text, "unpublish": the_public_text,
}  # fmt: skip

PANELS: Sequence[Any] = (request, letters, hearings)

FURNITURE = Furniture(load=load, panels=PANELS, present=PRESENT, beside=BESIDE, unserved=of_matters.unserved)
