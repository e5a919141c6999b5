"""What must be read while an act is filled in: the objection that is decided, the draft that is approved, what a unit will see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import clocks, codes, history
from petitions.cases.calendar import load_calendar
from petitions.cases.entries import facts
from petitions.cases.kinds import Act, kind_of
from petitions.cases.models import Case, Deadline, Event
from petitions.cases.panels import Draftsman, Panel
from petitions.cases.readings import span_of
from petitions.documents import render
from petitions.matters.fields import FIELDS
from petitions.matters.models import Matter
from petitions.matters.paper_extras import EXTRA
from petitions.matters.paper_values import values
from petitions.words import say

_PARTS = ("demands", "facts", "opinion", "basis")
"""第32条第一款: the opinion states demand, facts and reasons, opinion and legal basis."""

_EMPTY = "（尚未填写）"


def what_the_unit_sees(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """Handing over shows the unit everything: said before it is done (ux.md C6)."""
    assert isinstance(case, Matter)
    return Panel(
        say("接收单位将看到"), "matters/_unit_sees.html",
        data={"letters": case.petitions, "files": case.attachments, "people": len(case.petitioners)},
    )  # fmt: skip


def the_objection(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """Who objected, why, and whom they propose."""
    return _told(case, user, history.latest_of_each(case.id).get("object"), say("单位提出的异议"))


def the_report(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """The report that came back."""
    return _told(case, user, history.latest_of_each(case.id).get("report_back"), say("办结报告"))


def the_request(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """What was asked for, with the last day as it is and as it would be."""
    asked = history.latest_of_each(case.id).get("request_extension")
    term = next((row for row in reversed(case.deadlines) if row.code == "T6"), None)
    more = () if asked is None or term is None else _terms(term, int(asked.data["days"]))
    return _told(case, user, asked, say("延期申请"), more)


def the_hearing(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """Who asked for a hearing, and why."""
    return _told(case, user, history.latest_of_each(case.id).get("ask_hearing"), say("听证申请"))


def _terms(term: Deadline, days: int) -> Sequence[tuple[str, str]]:
    later = span_of(term, load_calendar(), extension=term.extension + days)
    return (
        (say("现在的期限"), clocks.in_words(term.due_on)),
        (say("批准后的期限"), clocks.in_words(later.rolled)),
    )


def told(case: Case, user: User, action: str, title: str) -> Panel | None:
    """The newest act of this name, in full."""
    return _told(case, user, history.latest_of_each(case.id).get(action), title)


def _told(
    case: Case, user: User, event: Event | None, title: str, more: Sequence[tuple[str, str]] = ()
) -> Panel | None:
    if event is None:
        return None
    told = facts(kind_of(case), case, user, event.data, day=event.at.date())
    return Panel(title, "cases/_told.html", data={"event": event, "facts": told, "more": more})


@dataclass(frozen=True)
class Part:
    """One thing 第32条 asks of an opinion."""

    name: str
    label: str
    filled: bool


def the_draft(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:
    """The opinion as it will read, with what 第32条 still misses."""
    outcomes = typed.get("outcomes") or {}
    parts = [Part(name, FIELDS[name].label, bool(str(typed.get(name) or "").strip())) for name in _PARTS]
    claims = kind_of(case).choices["claims"](case, user)
    decided = bool(claims) and all(outcomes.get(claim.value) for claim in claims)
    back = _came_back(case)
    return Panel(
        say("意见书预览"), "matters/_draft.html",
        data={
            "parts": [*parts, Part("outcomes", FIELDS["outcomes"].label, decided)],
            "text": _opinion_text(case, user, typed), "back": back,
        },
        drafts=True,
    )  # fmt: skip


def the_submitted(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """The draft that waits for approval, in full, and what has changed since the one before."""
    drafts = [event for event in history.whole(case) if event.action == "submit_opinion"]
    if not drafts:
        return None
    now, before = drafts[-1], drafts[-2] if len(drafts) > 1 else None
    changes = [
        (FIELDS[name].label, before.data.get(name, ""), now.data.get(name, "")) for name in _PARTS
    ] if before else []  # fmt: skip
    return Panel(
        say("送审的意见书"), "matters/_submitted.html",
        data={
            "event": now, "text": _opinion_text(case, user, now.data), "before": before,
            "changes": [change for change in changes if change[1] != change[2]],
        },
    )  # fmt: skip


def _came_back(case: Case) -> Event | None:
    """The approver's remarks, when the last draft was sent back."""
    latest = history.latest_of_each(case.id)
    back, drafted = latest.get("return_opinion"), latest.get("submit_opinion")
    return back if back is not None and drafted is not None and back.id > drafted.id else None


def _opinion_text(case: Case, user: User, drafted: Mapping[str, Any]) -> str:
    """The paper's own template, filled with a draft; the remedy of 第35条 comes by itself."""
    kind, now = kind_of(case), clock.now()
    latest = history.latest_of_each(case.id)
    act = Act(case, kind.flow.action["approve_opinion"], {}, user, now, clock.today(), asking=True, latest=latest)
    told = {**values(act), **EXTRA["opinion"](act)}
    outcomes = drafted.get("outcomes") or {}
    assert isinstance(case, Matter)
    for shown, claim in zip(told["claims"], case.claims, strict=True):
        outcome = outcomes.get(str(claim.id), "")
        shown["outcome"] = codes.label("outcome", outcome) if outcome else _EMPTY
        shown["granted"] = outcome in ("S", "PS")
    told["drafted"] = {name: str(drafted.get(name) or "").strip() or _EMPTY for name in _PARTS}
    return render.text_of("opinion", {"unit": user.unit.name, **told})


BESIDE: Mapping[str, Draftsman] = {
    "transfer": what_the_unit_sees,
    "assign": what_the_unit_sees,
    "forward": what_the_unit_sees,
    "forward_direct": what_the_unit_sees,
    "uphold_objection": the_objection,
    "uphold_own_objection": the_objection,
    "reject_objection": the_objection,
    "extend": the_request,
    "refuse_extension": the_request,
    "return_report": the_report,
    "grant_hearing": the_hearing,
    "refuse_hearing": the_hearing,
    "submit_opinion": the_draft,
    "approve_opinion": the_submitted,
    "return_opinion": the_submitted,
}
