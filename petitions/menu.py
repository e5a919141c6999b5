"""The left menu: one line an entry, shown to whoever holds its permission."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from petitions.access.models import User
from petitions.access.policy import may
from petitions.words import Sentence, say


@dataclass(frozen=True)
class Entry:
    """One place of the menu."""

    endpoint: str
    label: Sentence
    icon: str
    permission: str
    key: str = ""


ENTRIES = (
    Entry("cases.workbench", say("工作台"), "home", "page:own", "g w"),
    Entry("intake.new", say("登记"), "plus", "petition:register", "n"),
    Entry("mediation.index", say("我的调解"), "people", "mediation:list", "g m"),
    Entry("mediation.new", say("登记调解"), "plus", "mediation:register", "g n"),
    Entry("triage.queue", say("分办"), "triage", "triage:work", "g f"),
    Entry("assignment.objections", say("异议核实"), "undo", "objection:list"),
    Entry("assignment.arrivals", say("待签收"), "inbox", "duty:list"),
    Entry("handling.duties", say("我的待办"), "note", "duty:list", "g t"),
    Entry("reminders.index", say("我的提醒"), "clock", "page:own", "g r"),
    Entry("handling.services", say("送达"), "send", "service:list"),
    Entry("review.desk", say("复查复核"), "undo", "review:list"),
    Entry("cases.index", say("案件列表"), "list", "case:list", "g l"),
    Entry("papers.index", say("文书中心"), "file", "paper:list", "g p"),
    Entry("cases.summaries", say("下级概览"), "eye", "summary:list"),
    Entry("deadlines.board", say("期限督办"), "clock", "deadline:board", "g d"),
    Entry("rules.index", say("提醒规则"), "clock", "reminder:manage"),
    Entry("limits.index", say("期限表"), "book", "limit:read"),
    Entry("handling.approvals", say("待审批"), "check", "approval:list"),
    Entry("matters.requests", say("身份查看审批"), "lock", "opening:list"),
    Entry("followup.due", say("回访"), "phone", "visit:list"),
    Entry("followup.shelf", say("归档"), "book", "visit:list"),
    Entry("ledger.batches", say("台账导入"), "upload", "ledger:import"),
    Entry("dispute_ledger.index", say("调解台账导入"), "upload", "mediation:register"),
    Entry("figures.index", say("调解统计"), "list", "mediation:figures"),
    Entry("requests.index", say("个人信息申请"), "people", "person:answer"),
    Entry("disposals.index", say("到期处置"), "clock", "disposal:ask"),
    Entry("handover.people", say("离岗移交"), "send", "duty:hand_over"),
    Entry("access_admin.units", say("单位"), "unit", "unit:manage"),
    Entry("committees.index", say("调委会"), "people", "committee:manage"),
    Entry("access_admin.users", say("人员"), "people", "user:manage"),
    Entry("codes.lists", say("字典"), "book", "code:manage"),
    Entry("paper_templates.index", say("文书模板"), "file", "template:manage"),
    Entry("daysoff.calendar", say("日历"), "calendar", "calendar:read"),
    Entry("outbox.index", say("发件箱"), "send", "outbox:manage"),
    Entry("policy.permissions", say("权限表"), "lock", "policy:read"),
    Entry("audit.index", say("审计查询"), "search", "audit:read"),
)


@dataclass(frozen=True)
class Point:
    """An entry as a page shows it."""

    url: str
    label: Sentence
    icon: str
    badge: int
    active: bool
    key: str


def menu_for(user: User, badges: dict[str, int]) -> list[Point]:
    """The entries this person may use; `badges` counts by endpoint."""
    return [
        Point(url_for(e.endpoint), e.label, e.icon, badges.get(e.endpoint, 0), _is_here(e.endpoint), e.key)
        for e in ENTRIES
        if e.endpoint in current_app.view_functions and may(user, e.permission)
    ]


def _is_here(endpoint: str) -> bool:
    """Whether the present page is this entry's, or belongs to it: the only entry of its package, or what lies under it."""
    here, package = request.endpoint or "", endpoint.partition(".")[0]
    if here == endpoint or request.blueprint != package or any(entry.endpoint == here for entry in ENTRIES):
        return here == endpoint
    alone = sum(entry.endpoint.partition(".")[0] == package for entry in ENTRIES) == 1
    within = endpoint.startswith(here) or request.path.startswith(url_for(endpoint) + "/")
    return package not in ("cases", "access") and (alone or within)
