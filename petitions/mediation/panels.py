"""What a mediation shows on its page, and what its matter shows of it: stage, dates and result, never a word said in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import codes, duties, history
from petitions.cases.chip import Chip
from petitions.cases.clocks import in_words
from petitions.cases.models import Case, Document, Event
from petitions.cases.panels import Draftsman, Furniture, Panel, PanelMaker, Place, Presenter
from petitions.cases.perform import offers
from petitions.cases.queries import sees
from petitions.matters.to_mediation import STAGES
from petitions.mediation import courts, dossier_page, identity
from petitions.mediation.lists import FIXED, SOURCES
from petitions.mediation.models import (
    Agreement,
    Confirmation,
    Mediation,
    MediationSession,
    Party,
    Performance,
    Seat,
    yuan,
)
from petitions.mediation.next_session import has_lapsed
from petitions.mediation.present import PRESENT as PRESENTED
from petitions.mediation.queries import WINDOW
from petitions.words import Sentence, say


def load(case: Case) -> None:
    """What the panels and guards of a mediation ask of it, with one query a table; none for what cannot be there yet."""
    assert isinstance(case, Mediation)
    codes.read("dispute_type", "reveal_reason")
    # Few sit and few requests go to a court, so they come with the case itself.
    wanted: list[Any] = [
        # Few of each: read together they cost one question instead of three.
        joinedload(Mediation.parties).joinedload(Party.identity),
        joinedload(Mediation.seats).joinedload(Seat.user).lazyload(User.held),
        joinedload(Mediation.about).lazyload("*"),
        joinedload(Mediation.confirmations),
        joinedload(Mediation.committee),
    ]
    if case.begun_on is not None:
        wanted += [
            selectinload(Mediation.sessions),
            selectinload(Mediation.agreements).joinedload(Agreement.performances),
        ]
    else:
        set_committed_value(case, "sessions", [])
        set_committed_value(case, "agreements", [])
    db.session().scalars(select(Mediation).where(Mediation.id == case.id).options(*wanted)).unique().one()


@dataclass(frozen=True)
class Link:
    """An act or a page that is reached from a panel."""

    label: Sentence | str
    url: str


def _acts(case: Case, user: User, place: str, *, but: Sequence[str] = ()) -> list[Link]:
    """The acts whose place is this panel, as far as this person may do them now."""
    return [
        Link(row.label, url_for("cases.act", case_id=case.id, action=row.name))
        for row, reason in offers(user, case, history.latest_of_each(case.id))
        if row.panel == place and not reason and row.name not in but
    ]


def _open(case: Case, user: User) -> set[str]:
    return {row.name for row, reason in offers(user, case, history.latest_of_each(case.id)) if not reason}


def dispute(case: Case, user: User) -> Panel | None:
    """What it is about, and how it came."""
    if not isinstance(case, Mediation):
        return None
    about = case.about if case.about_id is not None else None
    sees_it = about is not None and sees(about.id, user)
    facts: list[tuple[Sentence, Any]] = [
        (say("纠纷类型"), codes.label("dispute_type", case.dispute_type)),
        (say("来源"), SOURCES[case.source]),
        (say("移送、委托单位"), case.sent_by),
        (say("来函文号或者案号"), case.letter_number),
        (say("收到日期"), in_words(case.received_on)),
        (say("纠纷发生地"), case.place),
        (say("涉及金额"), say("{amount}元", amount=yuan(case.amount)) if case.amount is not None else ""),
        (say("涉及当事人数"), say("{count}人", count=case.headcount)),
        (say("疑难复杂纠纷"), say("是") if case.difficult else ""),
        (say("受理日期"), in_words(case.accepted_on) if case.accepted_on else ""),
        (say("开始调解"), in_words(case.begun_on) if case.begun_on else ""),
    ]
    return Panel(
        say("纠纷"), "mediation/_dispute.html", Place.TOP, "dispute",
        {
            "facts": [(label, value) for label, value in facts if value], "about": about,
            "about_url": url_for("cases.show", case_id=about.id) if about is not None and sees_it else "",
        },
    )  # fmt: skip


def people(case: Case, user: User) -> Panel | None:
    """The parties, what each of them said to being mediated, and how to reach them."""
    if not isinstance(case, Mediation):
        return None
    open_now, reasons = _open(case, user), identity.reasons()
    return Panel(
        say("当事人"), "mediation/_parties.html", Place.SIDE, "parties",
        {
            "rows": identity.rows(case, user), "reasons": reasons,
            "acts": _acts(case, user, "parties", but=("add_party", "correct_party", "remove_party")),
            "may_add": "add_party" in open_now, "may_correct": "correct_party" in open_now,
            "may_remove": "remove_party" in open_now,
        },
    )  # fmt: skip


def mediators(case: Case, user: User) -> Panel | None:  # noqa: ARG001 - the shape of a panel
    """Who mediates, who presides, who had to leave."""
    if not isinstance(case, Mediation) or not case.seats:
        return None
    return Panel(say("调解员"), "mediation/_mediators.html", Place.SIDE, "mediators", {"seats": case.seats})


def next_session(case: Case, user: User) -> Panel | None:
    """When and where they meet next, as long as they are to."""
    if not isinstance(case, Mediation) or case.sealed or case.next_on is None:
        return None
    return Panel(
        say("下次调解"), "mediation/_next.html", Place.TOP, "next-session",
        {
            "lapsed": has_lapsed(case), "today": case.next_on == clock.today(),
            "acts": [row for row in _open(case, user) if row in ("arrange_session", "hold_session")],
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One session as its reader may see it."""

    number: int
    session: MediationSession
    present: str
    signed: str
    statements: Sequence[tuple[str, str]]
    outcome: Sentence | str


def sessions(case: Case, user: User) -> Panel | None:  # noqa: ARG001
    """What was said, in the order it was said; whoever sees the case at all is one of those
    it was said to; behind the wall nobody is, and it says when they met and how it ended."""
    if not isinstance(case, Mediation) or not case.sessions:
        return None
    names = {str(one.id): one.name for one in case.parties}
    outcomes = {choice.value: choice.label for choice in FIXED["session_outcomes"]}

    def listed(ids: Sequence[Any]) -> str:
        return "、".join(names.get(str(one), "") for one in ids)

    rows = [
        Told(
            number, one, listed(one.present), listed(one.signed),
            [(names.get(key, ""), text) for key, text in one.statements.items()], outcomes.get(one.outcome, one.outcome),
        )
        for number, one in enumerate(sorted(case.sessions, key=lambda one: (one.held_on, one.began_at, one.id)), 1)
    ]  # fmt: skip
    return Panel(
        say("调解记录"), "mediation/_sessions.html", Place.MAIN, "sessions", {"rows": rows, "withheld": case.sealed}
    )


@dataclass(frozen=True)
class Promised:
    """One row of the plan."""

    row: Performance
    debtor: str
    amount: str
    paid: str
    standing: Sentence
    chip: str


def agreement(case: Case, user: User) -> Panel | None:
    """The agreement that counts, its plan and what was performed of it."""
    found = case.agreement if isinstance(case, Mediation) else None
    if not isinstance(case, Mediation) or found is None:
        return None
    names, open_now = {one.id: one.name for one in case.parties}, _open(case, user)
    return Panel(
        say("调解协议"), "mediation/_agreement.html", Place.TOP, "agreement",
        {
            "agreement": found, "form": say("书面协议") if found.form == "written" else say("口头协议"),
            "rows": [_promised(row, names) for row in found.performances], "older": len(case.agreements) - 1,
            "can_pay": "record_performance" in open_now, "can_urge": "urge_performance" in open_now,
        },
    )  # fmt: skip


def _promised(row: Performance, names: Mapping[int, str]) -> Promised:
    late = row.done_on is None and row.due_on < clock.today()
    if row.done_on is not None:
        standing, chip = say("{day}已履行", day=row.done_on.isoformat()), "good"
    elif late:
        standing, chip = say("▲ 逾期{days}天", days=(clock.today() - row.due_on).days), "overdue"
    elif row.paid:
        standing, chip = say("部分履行，还欠{left}元", left=yuan(row.left)), "soon"
    else:
        standing, chip = say("待履行"), "plain"
    return Promised(
        row, names.get(row.debtor_id, ""), yuan(row.amount), yuan(row.paid) if row.paid else "", standing, chip
    )


def confirmation(case: Case, user: User) -> Panel | None:
    """司法确认: until when it may be asked, and what the court answered."""
    if not isinstance(case, Mediation) or case.effective_on is None:
        return None
    labels = {name: {choice.value: choice.label for choice in FIXED[name]} for name in ("court_rules", "rulings")}
    window = next((row for row in case.deadlines if row.code == WINDOW and row.ended_on is None), None)
    rows = [
        {"row": one, "rule": labels["court_rules"].get(one.court_rule, one.court_rule), "result": _ruled(one, labels["rulings"])}
        for one in case.confirmations
    ]  # fmt: skip
    return Panel(
        say("司法确认"),
        "mediation/_confirmation.html",
        Place.SIDE,
        "confirmation",
        {
            "rows": rows,
            "window": duties.chip_of(window) if window else None,
            "acts": _acts(case, user, "confirmation"),
            "told": courts.standing(case),
        },
    )


def _ruled(one: Confirmation, labels: Mapping[str, Any]) -> Any:
    if one.result == "withdrawn":
        return say("已撤回")
    return labels.get(one.result, one.result) if one.result else say("法院审查中")


def of_matter(case: Case, user: User) -> Panel | None:
    """人民调解 of a matter: where it was sent, how far it is, and what came of it."""
    if isinstance(case, Mediation) or "send_to_mediation" not in history.latest_of_each(case.id):
        return None
    heard: dict[str, list[Event]] = {}
    events = select(Event).where(Event.case_id == case.id, Event.action == "hear_of_mediation").order_by(Event.id)
    for event in db.session().scalars(events):
        heard.setdefault(event.data["mediation"], []).append(event)
    rows = [_heard(one, heard.get(one.number, []), user) for one in case.followers if one.kind == "mediation"]
    return (
        Panel(say("人民调解"), "mediation/_of_matter.html", Place.SIDE, "mediations", {"rows": rows}) if rows else None
    )


@dataclass(frozen=True)
class Heard:
    """A mediation as its matter tells of it: also the petition office and the units read this much, and no more."""

    number: str
    url: str
    committee: str
    stage: str
    on: str
    result: str
    steps: Sequence[tuple[str, str]]
    chip: Chip | None = None


_RESULTS = ("refused", "failed", "agreed", "performed", "unperformed")


def _heard(one: Case, events: Sequence[Event], user: User) -> Heard:
    last = events[-1].data if events else {}
    stage = last.get("mediation_stage", "")
    result = next((e.data["mediation_stage"] for e in reversed(events) if e.data["mediation_stage"] in _RESULTS), "")
    return Heard(
        one.number, url_for("cases.show", case_id=one.id) if sees(one.id, user) else "", one.unit.name,
        STAGES[stage] if stage else say("已移送，等待受理"),
        last.get("mediation_stage_on", one.received_on.isoformat()), STAGES[result] if result else "",
        [(STAGES[e.data["mediation_stage"]], e.data["mediation_stage_on"]) for e in events],
    )  # fmt: skip


def _nothing(case: Case) -> Sequence[Document]:  # noqa: ARG001
    return ()


PANELS: Sequence[PanelMaker] = (
    dispute,
    next_session,
    sessions,
    agreement,
    people,
    mediators,
    confirmation,
    dossier_page.panel,
)

PRESENT: Mapping[str, Presenter] = {**PRESENTED, **courts.PRESENT}

BESIDE: Mapping[str, Draftsman] = {**courts.BESIDE}

FURNITURE = Furniture(load=load, panels=PANELS, present=PRESENT, beside=BESIDE, unserved=_nothing)
