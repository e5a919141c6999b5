"""What is refused when a service is recorded. The date of service starts the petitioner's term (第35条、第36条), so it has
to be true: nobody receives a paper before it exists, leaves one unseen, or counts a public notice too early."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from petitions.cases import codes
from petitions.cases.kinds import Act, Guard
from petitions.cases.models import Document
from petitions.documents.concealed import readable
from petitions.words import say

MAIN_PAPERS: frozenset[str] = frozenset(("opinion", "review_opinion"))
"""Papers that have an act of their own for their service."""

_SELF = ("本人", "self")


def served_paper(act: Act) -> Document | None:
    """The paper that is named, or else the newest answer."""
    named = act.data.get("paper") or act.data.get("open_paper")
    rows = [row for row in act.case.papers if (str(row.id) == str(named) if named else row.kind in MAIN_PAPERS)]
    return rows[-1] if rows else None


def deemed_days(method: str) -> int:
    """日 after which a paper counts as received by this method; 0 where somebody really receives it."""
    row = codes.entry("service_method", method)
    return int(row.extra.get("deemed_days", 0)) if row else 0


def _day(act: Act, *names: str) -> date | None:
    given = next((act.data[name] for name in names if act.data.get(name)), None)
    return date.fromisoformat(given) if given else None


def served_after_issue(act: Act) -> str | None:
    """A paper cannot be received, sent or left before it exists."""
    day, paper = _day(act, "sent_on", "served_on", "tried_on"), served_paper(act)
    if day is not None and paper is not None and day < paper.issued_on:
        return say("送达日期不能早于文书的日期（{issued}）", issued=paper.issued_on.isoformat())
    return None


def signer_is_known(act: Act) -> str | None:
    """第88条: the receiver signs, or somebody of whom it is said why they may: a grown-up of the household, an agent."""
    signer, paper = act.data.get("receiver"), served_paper(act)
    if not signer or act.data.get("relation") or paper is None:
        return None
    if signer in _SELF or (not act.case.sealed and signer in str(readable(paper.recipient)).split("、")):
        return None
    return say("签收人不是信访人本人的，选择与受送达人的关系（同住的成年家属、代理人等）")


def left_with_proof(act: Act) -> str | None:
    """第89条: a witness, or pictures of how it was left."""
    if act.data.get("left_at") is None or act.data.get("witness"):
        return None
    if any(file["media_type"].startswith(("image/", "video/")) for file in act.data.get("files", ())):
        return None
    return say("留置送达要有见证人，或者上传留置过程的照片、录像（《民事诉讼法》第89条）")


def consent_came_first(act: Act) -> str | None:
    """第90条: nothing is served electronically before the receiver agreed."""
    agreed, served = _day(act, "consent_on"), _day(act, "served_on")
    if agreed is not None and served is not None and agreed > served:
        return say("同意电子送达的日期不能晚于送达日期")
    return None


def sent_before_it_arrived(act: Act) -> str | None:
    """What arrives was sent before."""
    sent, served = _day(act, "sent_on"), _day(act, "served_on")
    if sent is not None and served is not None and sent > served:
        return say("寄出、发出公告的日期不能晚于送达日期")
    return None


def tracking_is_one(act: Act) -> str | None:
    """A number by which the post can be asked."""
    number = act.data.get("tracking")
    if number and not re.fullmatch(r"[0-9A-Za-z\-]{8,40}", number):
        return say("邮件号码由字母和数字组成，请照回执填写")
    return None


def notice_has_run(act: Act) -> str | None:
    """第95条: a public notice counts as received when its days are over, not when it is put up, and on no other day."""
    days, sent, served = deemed_days(act.data.get("method", "")), _day(act, "sent_on"), _day(act, "served_on")
    if not days or sent is None or served is None:
        return None
    over = sent + timedelta(days=days)
    if served != over:
        return say(
            "{sent}发出的公告，经过{days}日视为送达，送达日期是{over}", sent=sent.isoformat(), days=days,
            over=over.isoformat(),
        )  # fmt: skip
    return None


def next_attempt_fits(act: Act) -> str | None:
    """While a public notice runs nothing else is tried; and only a notice runs."""
    method, tried, planned = act.data.get("tried_by", ""), _day(act, "tried_on"), _day(act, "next_on")
    if tried is None or planned is None:
        return None
    days, posted = deemed_days(method), act.data.get("failure") == "posted"
    if bool(days) != posted:
        return say("发出公告的，方式选“公告送达”，情形选“公告已发出，等待期满”")
    if days and planned != tried + timedelta(days=days):
        return say("公告的期满之日是{over}，下次的日期填这一天", over=(tried + timedelta(days=days)).isoformat())
    if planned <= tried:
        return say("下次的日期应当晚于这次的日期")
    return None


SERVICE_RULES: Sequence[Guard] = (
    served_after_issue,
    signer_is_known,
    left_with_proof,
    consent_came_first,
    sent_before_it_arrived,
    tracking_is_one,
    notice_has_run,
)
"""Every table that records a service names them."""

GUARDS: dict[str, Guard] = {guard.__name__: guard for guard in (*SERVICE_RULES, next_attempt_fits)}
