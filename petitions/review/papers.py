"""文书 of a review (domain.md §5A 11–13): what each is called, whom it addresses, and what its text is made of."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from petitions.cases import codes
from petitions.cases.calendar import load_calendar
from petitions.cases.kinds import Act, Paper, PaperKind
from petitions.cases.readings import explanation
from petitions.matters.course import deadline_of, last_event
from petitions.matters.hearing import papers as hearing
from petitions.matters.paper_extras import EXTRA as OF_MATTERS
from petitions.matters.paper_values import names_of, people_of
from petitions.matters.paper_values import values as values_of_matter
from petitions.matters.service.effects import served_by
from petitions.matters.supervising import supervised
from petitions.matters.wording import formal, numeral, person_name, unit_name
from petitions.review.guards import review_of
from petitions.review.lists import REFUSAL_ARTICLES
from petitions.review.wording import LEVELS, in_words


def values(act: Act) -> dict[str, Any]:
    """What any paper of a review may say: everything a paper of its matter may, and what the review is about."""
    review = review_of(act)
    told = values_of_matter(replace(act, case=review.matter))
    request = None if act.action.opens else last_event(act, "request", "request_rereview")
    asked = request.data if request else act.data
    ours = {row.code: row for row in review.deadlines}
    return {
        **told,
        "review": review.number,
        "level": str(LEVELS[review.level]),
        "is_final": review.is_final,
        "handler": person_name(review.handler_id),
        "phone": act.actor.unit.phone,
        "received_by": unit_name(review.unit_id),
        "requested_on": review.received_on,
        "posted_on": review.posted_on,
        "against": {
            "title": review.against.title, "number": review.against.number, "day": review.against.issued_on,
            "unit": review.against.unit.name,
        },
        "asked": in_words(asked),
        "contested": _contested(act, asked),
        "late": review.late,
        "window_on": review.window_on,
        "due": {code: row.due_on for code, row in ours.items()},
        "how": {code: explanation(row, load_calendar()) for code, row in ours.items()},
        "data": in_words(act.data),
    }  # fmt: skip


def _contested(act: Act, asked: Mapping[str, Any]) -> list[dict[str, str]]:
    chosen = set(asked.get("review_claims", ()))
    claims = [claim for claim in review_of(act).matter.claims if str(claim.id) in chosen]
    return [
        {"order": numeral(number), "text": claim.text.rstrip("。．.；; "), "outcome": codes.label("outcome", claim.outcome) if claim.outcome else ""}
        for number, claim in enumerate(claims, 1)
    ]  # fmt: skip


def _refused(act: Act) -> dict[str, Any]:
    return {"basis": formal(REFUSAL_ARTICLES[act.data["review_refusal"]])}


def _decided(act: Act) -> dict[str, Any]:
    """The opinion as it was drafted, and each claim as it stands with it."""
    drafted = last_event(act, "submit_opinion")
    return decided(act, drafted.data if drafted else {})


def decided(act: Act, drafted: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a draft in hand."""
    review, outcomes = review_of(act), drafted.get("outcomes") or {}
    claims = [claim for claim in review.matter.claims if str(claim.id) in review.claims]
    return {
        "drafted": {name: "", **in_words(drafted)} if (name := "facts") not in drafted else in_words(drafted),
        "result": drafted.get("review_result", ""),
        "changed": [
            {"order": numeral(number), "text": claim.text.rstrip("。．.；; "),
             "before": codes.label("outcome", claim.outcome) if claim.outcome else "",
             "after": codes.label("outcome", outcomes.get(str(claim.id), claim.outcome) or "")}
            for number, claim in enumerate(claims, 1)
        ],
        "heard": last_event(act, "close_hearing") is not None,
    }  # fmt: skip


def _served(act: Act) -> dict[str, Any]:
    """The receipt of the opinion says until when 复核 can be asked for."""
    review, told = review_of(act), OF_MATTERS["service_slip"](act)
    window = deadline_of(replace(act, case=review.matter), "T10")
    opens = served_by(act).kind == "review_opinion" and not review.is_final and review.result != "annul"
    return {
        **told,
        "window": {"due": window.due_on, "how": explanation(window, load_calendar())} if opens and window else None,
    }


def _to_petitioner(act: Act) -> str:
    return names_of(people_of(review_of(act).matter))


def _to_body(act: Act) -> str:
    return unit_name(act.case.unit_id)


def _to_owing(act: Act) -> str:
    return "、".join(dict.fromkeys(unit_name(row.unit_id) for row in supervised(act)))


def _to_be_signed(act: Act) -> str:  # noqa: ARG001
    """No letter: the petitioner signs it, so it names the petitioner."""
    return ""


_PAPERS: dict[str, tuple[str, str, Callable[[Act], str]]] = {
    # kind: title with the level in it, word of its number, addressee
    "review_request": ("信访事项{level}申请书", "{level}申", _to_body),
    "review_acceptance": ("信访事项{level}受理告知书", "{level}受", _to_petitioner),
    "review_refusal": ("信访事项{level}不予受理告知书", "{level}不受", _to_petitioner),
    "review_opinion": ("信访事项{level}意见书", "{level}", _to_petitioner),
    "service_slip": ("送达回证", "{level}送", _to_be_signed),
    "review_withdrawal": ("信访事项{level}终止告知书", "{level}撤", _to_petitioner),
    "supervision_letter": ("信访事项督办函", "信督", _to_owing),
    **{
        kind: (title, series, _to_be_signed if kind in hearing.TO_BE_SIGNED else _to_petitioner)
        for kind, (title, series) in hearing.TITLES.items()
    },
}

_EXTRA: Mapping[str, Callable[[Act], dict[str, Any]]] = {
    "review_refusal": _refused,
    "review_opinion": _decided,
    "service_slip": _served,
    "supervision_letter": OF_MATTERS["supervision_letter"],
    **hearing.EXTRA,
}


def _paper(kind: str) -> Callable[[Act], Paper]:
    title, series, addressee = _PAPERS[kind]

    def compose(act: Act) -> Paper:
        told = {**values(act), **(_EXTRA[kind](act) if kind in _EXTRA else {})}
        level = str(LEVELS[review_of(act).level])
        word = series.format(level=level)
        # As on the papers of a matter: a petition office has the word in its own sign already.
        word = word.removeprefix("信") if act.actor.unit.sign.endswith("信") else word
        return Paper(title.format(level=level), addressee(act), told, word, _layout_of(kind))

    return compose


def _layout_of(kind: str) -> str:
    if kind == "service_slip":
        return "form"
    return "notice" if _PAPERS[kind][2] is _to_petitioner else "letter"


PAPERS = {kind: _paper(kind) for kind in _PAPERS}

PAPER_KINDS = {
    kind: PaperKind(title.format(level="复查（复核）"), _layout_of(kind)) for kind, (title, _, _) in _PAPERS.items()
}
"""What each is called and how it is set, for lists and for the page of templates."""
