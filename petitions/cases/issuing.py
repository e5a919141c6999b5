"""Issuing papers: text, number and layout are frozen on a row. One path for what is issued, previewed and issued anew."""

from jinja2 import UndefinedError

from petitions.cases import search
from petitions.cases.kinds import Act, CaseKind, Paper
from petitions.cases.models import Document
from petitions.documents import numbering, render, templates
from petitions.documents.layouts import newest
from petitions.words import Refused, say

AGAIN = "papers issued again"
"""What an effect leaves in `Act.extra`: the void papers in whose place the act issues new ones."""


def issue_all(kind: CaseKind, act: Act) -> None:
    """The papers of an act, and those it issues anew."""
    for name in act.action.document.split():
        _issue(kind, act, name)
    for paper in act.extra.get(AGAIN, ()):
        _issue_again(kind, act, paper)


def _issue(kind: CaseKind, act: Act, name: str) -> None:
    assert act.event is not None
    paper, unit, day = kind.papers[name](act), act.unit, render.long_date(act.on)
    if paper is None:
        return
    number = _number(act, paper)
    values = {**paper.values, "number": number, "title": paper.title, "recipient": paper.recipient, "day": day}
    _freeze(
        act,
        Document(
            event=act.event, kind=name, number=number, title=paper.title, recipient=paper.recipient,
            text=render.text_of(name, {"unit": unit.name, **values}), issued_on=act.on, unit_id=unit.id,
            layout=newest(paper.layout), template_id=templates.in_force(name, unit.id), signer_id=act.actor.id,
            filled={"unit": unit.name, "day": day, "signed_by": act.who, "case": act.case.number},
        ),
    )  # fmt: skip


def _issue_again(kind: CaseKind, act: Act, void: Document) -> None:
    """The same act says what it says now that its matter was put right; number and day are of today.

    What was done then stays done by whom it was done and on its day. Raises Refused where the paper no longer holds.
    """
    then = void.event
    replayed = Act(
        act.case, kind.flow.action[then.action], dict(then.data), then.actor, then.at, void.issued_on,
        behalf=then.behalf, event=then, issuer=act.actor.unit,
    )  # fmt: skip
    assert act.event is not None
    try:
        paper = kind.papers[void.kind](replayed)
        assert paper is not None
        day, number = render.long_date(act.on), _number(act, paper)
        values = {**paper.values, "number": number, "title": paper.title, "recipient": paper.recipient, "day": day}
        text = render.text_of(void.kind, {"unit": act.unit.name, **values})
    except (UndefinedError, AssertionError, KeyError, StopIteration) as changed:
        # The clock it tells of has ended, the objection it answers was taken back …
        raise Refused(
            say("“{title}”所依据的情况已经变化，不能重新出具。请按现在的阶段另行办理", title=void.title)
        ) from changed
    _freeze(
        act,
        Document(
            event=act.event, kind=void.kind, number=number, title=paper.title, recipient=paper.recipient, text=text,
            issued_on=act.on, unit_id=act.unit.id, layout=newest(paper.layout), replaces_id=void.id,
            template_id=templates.in_force(void.kind, act.unit.id), signer_id=then.actor_id,
            filled={"unit": act.unit.name, "day": day, "signed_by": replayed.who, "case": act.case.number},
        ),
    )  # fmt: skip


def _number(act: Act, paper: Paper) -> str:
    if paper.number:
        return paper.number
    unit, year, series = act.unit, act.on.year, paper.series
    return f"{unit.sign or unit.name}{series}〔{year}〕{numbering.next_number(unit.id, series, year)}号"


def _freeze(act: Act, issued: Document) -> None:
    act.case.documents.append(issued)
    search.later("paper", act.case, issued, search.paper_words(issued.number, issued.title))
