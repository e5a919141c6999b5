"""Courses that chance would bring about too seldom: hearings, the simple procedure, reviews and what came of them.

Each is one petition and the acts that took it to where somebody should see it standing today. The last act lies a few days
back, so that its clocks have begun to run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from petitions.cases.models import Case
from petitions.demo.lives import Data, Step, classified, opinion, received
from petitions.demo.phrases import PHRASES, TEAMS
from petitions.demo.stories import Spun
from petitions.matters.models import Matter
from petitions.matters.reviewing import opinion_of

Id = Callable[[str], int]
"""From a key of the county to the number of a unit, or of whoever handles cases there."""

_HEARD = {
    "attendance": "信访人、承办人、{village}干部到场，另有旁听群众四人。",
    "statements": "信访人：这处房子有灶有床，一年大半时间住在里面。\n承办人：没有建房审批，登记时按生产用房丈量。",
    "evidence": "出示登记表、付款凭证和拆除前照片，各方没有异议。", "questions": "主持人问建房时间和用途，信访人当场说明。",
    "minutes_signed": "all",
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One petition and its course."""

    name: str
    story: str
    """Key of the story it tells."""
    steps: Callable[["Cast"], Sequence[Step]]
    state: str
    """Where the matter stands at the end."""
    rest: int = 2
    """日 since the last act."""
    review: str = ""
    """Where its newest review stands, if there is one."""
    refiled: tuple[Step, ...] | None = None
    """The same person writes the same again after the end; the acts on that petition."""


@dataclass(frozen=True)
class Cast:
    """Who and what a course is about."""

    spun: Spun
    draw: Random
    unit_id: Id
    handler_id: Id
    reviewer_id: Id


def _accepted(cast: Cast) -> list[Step]:
    spun = cast.spun
    return [
        Step(1, "screen_as_first", "clerk"),
        Step(1, "classify", "officer", classified(spun)),
        Step(1, "transfer", "officer", _sent(cast)),
        Step(1, "sign", "receiver"),
        Step(0, "appoint", "receiver", {"handler": cast.handler_id(spun.unit)}),
        Step(3, "accept", "handler", lambda matter: {"routes": {str(claim.id): "R6" for claim in matter.claims}}),
        received("handler", 1),
        Step(5, "inquire", "handler",
             {"inquiry_kind": "talk", "people": TEAMS[0], "record": PHRASES["inquiry"][0]}, dated=("held_on",)),
    ]  # fmt: skip


def _sent(cast: Cast) -> dict[str, Any]:
    return {"unit": cast.unit_id(cast.spun.unit), "opinion": cast.draw.choice(PHRASES["transfer"])}


def _answered(cast: Cast) -> list[Step]:
    return [
        *_accepted(cast),
        Step(9, "submit_opinion", "handler", opinion(cast.spun)),
        Step(1, "approve_opinion", "head", {"note": PHRASES["approve_opinion"][1]}),
        _served(cast, 1),
    ]


def _served(cast: Cast, days: int, who: str = "handler", of: str = "matter") -> Step:
    data = {"method": "direct", "receiver": cast.spun.who.name}
    return Step(days, "serve", who, data, dated=("served_on",), of=of)


# --- hearings and the simple procedure -------------------------------------------------------------------------------


def _asked_to_be_heard(cast: Cast) -> list[Step]:
    asked = {"hearing_asked_by": "petitioner", "hearing_reason": "房屋用途各说各话，信访人要求当面质证。"}
    return [*_accepted(cast), Step(2, "ask_hearing", "handler", asked, dated=("hearing_asked_on",))]


def _called(cast: Cast, of: str = "matter", in_days: int = 9) -> list[Step]:
    subject = cast.spun.claims[0]
    called = {
        "hearing_subject": subject, "hearing_time": "上午9时30分", "hearing_place": "县信访局二楼听证室", "openness": "public",
        "chair": "门治平", "members": "宿明义、暨公道", "clerk": "双记言",
    }  # fmt: skip
    who = "reviewer" if of == "review" else "handler"
    return [
        Step(1, "grant_hearing", "head", of=of),
        Step(1, "call_hearing", who, called, ahead=(("hearing_on", in_days),), of=of),
        received(who, 0, of),
    ]


def _heard(cast: Cast, of: str = "matter") -> list[Step]:
    who = "reviewer" if of == "review" else "handler"
    told = {name: text.format(village=cast.spun.village) for name, text in _HEARD.items()}
    found = {
        "deliberation": "三人一致认为，房屋用途以审批和登记为准。",
        "finding": "看护房属于生产用临时建筑，补助按公布的附着物标准核算，信访人的请求缺乏依据。",
    }
    return [
        *_called(cast, of),
        Step(9, "open_hearing", who, dated=("opened_on",), of=of),
        Step(0, "close_hearing", who, told, dated=("ended_on",), of=of),
        Step(2, "conclude_hearing", who, found, of=of),
    ]


def _simple(cast: Cast) -> list[Step]:
    return [
        Step(0, "screen_as_first", "clerk"),
        Step(0, "classify", "officer", classified(cast.spun)),
        Step(0, "propose_simple", "officer", {"fit": "daily"}),
        Step(1, "transfer", "officer", _sent(cast)),
        Step(0, "sign", "receiver"),
        Step(0, "appoint", "receiver", {"handler": cast.handler_id(cast.spun.unit)}),
        Step(1, "accept_simple", "handler", {"fit": "daily", "told_by": "phone", "supportable": True}),
    ]


# --- reviews ---------------------------------------------------------------------------------------------------------


def _asking(cast: Cast, level: str) -> Data:
    first = level == "review"

    def data(case: Case) -> dict[str, Any]:
        assert isinstance(case, Matter)
        paper = opinion_of(case) if first else opinion_of(case.followers[-1], "review_opinion")
        assert paper is not None
        return {
            "against" if first else "against_review": str(paper.id),
            "review_body" if first else "rereview_body": cast.unit_id("county" if first else "city"),
            "review_claims": [str(claim.id) for claim in case.claims],
            "demand": f"撤销{paper.title}，支持原来的请求。", "review_ground": cast.draw.choice(PHRASES["review_ground"]),
        }  # fmt: skip

    return data


def _requested(cast: Cast, days: int, level: str = "review") -> list[Step]:
    name = "request_review" if level == "review" else "request_rereview"
    return [Step(days, name, "clerk", _asking(cast, level), dated=("requested_on",))]


def _taken_up(cast: Cast, days: int, level: str = "review") -> list[Step]:
    body = "county" if level == "review" else "city"
    return [
        *_requested(cast, days, level),
        Step(1, "appoint", "receiver", {"handler": cast.reviewer_id(body)}, of="review"),
        Step(1, "accept", "reviewer", of="review"),
        received("reviewer", 1, "review"),
        Step(6, "inquire", "reviewer",
             {"inquiry_kind": "papers", "people": "复查复核工作人员两人", "record": PHRASES["review_inquiry"][0]},
             dated=("held_on",), of="review"),
    ]  # fmt: skip


def _drafted(result: str, days: int = 5) -> Step:
    told: dict[str, Any] = {
        "facts": PHRASES["review_facts"][0], "opinion": PHRASES[f"review_{result}"][0],
        "basis": PHRASES["review_basis"][0], "review_result": result,
    }  # fmt: skip

    def data(case: Case) -> dict[str, Any]:
        changed = {str(claim.id): "S" for claim in case.matter.claims}  # type: ignore[attr-defined]
        return told | ({"outcomes": changed} if result == "change" else {})

    return Step(
        days, "submit_opinion", "reviewer", data, ahead=(("redo_until", 40),) if result == "annul" else (), of="review"
    )


def _decided(cast: Cast, result: str, days: int, level: str = "review") -> list[Step]:
    return [*_taken_up(cast, days, level), _drafted(result), Step(1, "approve_opinion", "head", of="review")]


def _reviewed(cast: Cast, result: str, days: int, level: str = "review") -> list[Step]:
    return [*_decided(cast, result, days, level), _served(cast, 2, "reviewer", "review")]


def _rereview_heard(cast: Cast) -> list[Step]:
    asked = {"hearing_asked_by": "petitioner", "hearing_reason": "信访人要求在复核中公开听证。"}
    return [
        *_answered(cast), *_reviewed(cast, "uphold", 20), *_taken_up(cast, 18, "rereview"),
        Step(1, "ask_hearing", "reviewer", asked, dated=("hearing_asked_on",), of="review"),
        *_heard(cast, "review"),
    ]  # fmt: skip


def _ended(cast: Cast) -> list[Step]:
    return [
        *_rereview_heard(cast), _drafted("uphold"), Step(1, "approve_opinion", "head", of="review"),
        _served(cast, 2, "reviewer", "review"),
    ]  # fmt: skip


_AGAIN = (
    Step(1, "refuse_no_longer", "officer", {"note": "信访人对复核意见不服，仍以同一事实和理由提出。"}, names="matter"),
    received("officer", 0),
)

_OURS, _FLAT, _FAMILY = "watch_hut", "public_rental", "membership"

SCENES: tuple[Scene, ...] = (
    Scene("hearing asked", _OURS, _asked_to_be_heard, "accepted"),
    Scene("hearing announced", _OURS, lambda cast: [*_asked_to_be_heard(cast), *_called(cast)], "accepted"),
    Scene("hearing today", _OURS, lambda cast: [*_asked_to_be_heard(cast), *_called(cast)], "accepted", rest=9),
    Scene("hearing heard", _OURS, lambda cast: [*_asked_to_be_heard(cast), *_heard(cast)], "accepted"),
    Scene("simple", "dark_lamps", _simple, "accepted"),
    Scene("served", _OURS, _answered, "served", rest=29),
    Scene("served by the housing bureau", _FLAT, _answered, "served", rest=12),
    Scene("review asked", _FAMILY, lambda cast: [*_answered(cast), *_requested(cast, 29)], "served",
          review="review_requested"),
    Scene("review under way", _OURS, lambda cast: [*_answered(cast), *_taken_up(cast, 15)], "served", rest=18,
          review="reviewing"),
    Scene("review late", _FLAT, lambda cast: [*_answered(cast), *_taken_up(cast, 12)], "served", rest=25,
          review="reviewing"),
    Scene("review to approve", _FLAT,
          lambda cast: [*_answered(cast), *_taken_up(cast, 9), _drafted("uphold")], "served", review="review_in_approval"),
    Scene("review to serve", _FAMILY, lambda cast: [*_answered(cast), *_decided(cast, "change", 14)], "served",
          review="review_issued"),
    Scene("upheld", _OURS, lambda cast: [*_answered(cast), *_reviewed(cast, "uphold", 16)], "served", rest=10,
          review="review_served"),
    Scene("annulled", _OURS, lambda cast: [*_answered(cast), *_reviewed(cast, "annul", 16)], "accepted", rest=12,
          review="review_served"),
    Scene("rereview under way", _FAMILY,
          lambda cast: [*_answered(cast), *_reviewed(cast, "uphold", 16), *_taken_up(cast, 20, "rereview")], "served",
          review="reviewing"),
    Scene("rereview heard", _OURS, _rereview_heard, "served", rest=4, review="reviewing"),
    Scene("ended", _OURS, _ended, "ended", rest=40, review="review_served", refiled=_AGAIN),
    Scene("ended and here again", _FLAT, _ended, "ended", rest=20, review="review_served", refiled=()),
)  # fmt: skip

OLD_FILES = ("unclear_letter", "emotion", "missing_details")
"""Stories of files whose term of keeping is over."""


def filed_long_ago(spun: Spun) -> list[Step]:
    """Filed and archived in the year it came in."""
    return [
        Step(0, "screen_as_first", "clerk"),
        Step(1, "classify", "officer", classified(spun)),
        Step(1, "file", "officer", {"file_reason": spun.story.reason, "note": spun.guidance}),
        Step(5, "archive", "officer"),
    ]
