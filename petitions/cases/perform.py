"""The one door. Nothing else writes a case's state, history, clocks or papers.

`perform()` carries out one row of the table of the case's kind, `opening()` the rows that open a case.
Both only add to the current unit of work: a verb never commits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select

from petitions import clock, db
from petitions.access import audit, delegation
from petitions.access.models import User
from petitions.access.policy import in_whose_name, may
from petitions.cases import calendar, cleaning, history, issuing, queries, search, timing
from petitions.cases.fields import Choice
from petitions.cases.kinds import Act, CaseKind, kind_of
from petitions.cases.models import Attachment, Case, Event
from petitions.flow import NEW, Action
from petitions.notices import outbox
from petitions.words import NotPermitted, OutOfSight, Refusal, Refused, Stale, say


@dataclass
class Surroundings:
    """What the field checks may ask while one act on one case is being filled in."""

    kind: CaseKind
    case: Case | None
    actor: User
    today: date
    received_on: date | None
    _lists: dict[str, list[Choice]] = field(default_factory=dict)

    def choices(self, name: str) -> list[Choice]:
        """The entries of a named list, read once."""
        if name not in self._lists:
            self._lists[name] = list(self.kind.choices[name](self.case, self.actor))
        return self._lists[name]

    def look_up(self, name: str, given: str) -> Choice | None:
        """The case a person named, if they may name it."""
        return self.kind.look_ups[name](self.case, self.actor, given)


def surroundings(case: Case, actor: User) -> Surroundings:
    """What the checks of an act on `case` by `actor` may ask."""
    return Surroundings(kind_of(case), case, actor, clock.today(), case.received_on)


def may_do(actor: User, action: Action, case: Case) -> bool:
    """Whether the row starts from the case's state and the actor holds its permission on this case."""
    return case.state in action.sources and may(actor, action.permission, case)


def open_to(actor: User, case: Case) -> list[Action]:
    """The acts this person may do on this case now, in the order of the table, guards that need no data included."""
    return [action for action, reason in offers(actor, case) if not reason]


def offers(actor: User, case: Case, latest: Mapping[str, Event] | None = None) -> list[tuple[Action, str | None]]:
    """The acts of this person in this state, each with the reason why a guard holds it back for now, or None.

    `latest`: the newest event of each action, if the caller has read them; otherwise they are read once for all.
    """
    acts = [action for action in kind_of(case).flow.open_to(case.state) if may_do(actor, action, case)]
    if acts and latest is None:
        latest = history.latest_of_each(case.id)
    return [(action, why_not(actor, action, case, latest)) for action in acts]


def why_not(actor: User, action: Action, case: Case, latest: Mapping[str, Event] | None = None) -> str | None:
    """The reason a guard gives before anything is typed, or None."""
    return _first_refusal(kind_of(case), _asking(actor, action, case, latest), action.guards)


def leads(actor: User, action: Action, case: Case, latest: Mapping[str, Event] | None = None) -> bool:
    """Whether an act that is offered is one of those that come next."""
    act = _asking(actor, action, case, latest)
    return action.rank > 0 and _first_refusal(kind_of(case), act, action.leads_when) is None


def _asking(actor: User, action: Action, case: Case, latest: Mapping[str, Event] | None) -> Act:
    at = clock.now()
    latest = latest if latest is not None else history.known_latest(case.id)
    return Act(
        case, action, {}, actor, at, clock.day_of(at), behalf=_behalf(actor, action, case), asking=True, latest=latest
    )


def _behalf(actor: User, action: Action, case: Case) -> User | None:
    """Whom the actor stands in for with this act; None when it is their own right."""
    name = in_whose_name(actor, action.permission, case)
    return name if name is not actor else None


def row_of(case: Case, action: str, actor: User) -> Action:
    """The row of `action`, if it starts from here and this person may do it; raises NotPermitted or Refused."""
    kind = kind_of(case)
    row = kind.flow.action.get(action)
    if row is None or row.opens:
        raise Refused(say("没有“{action}”这个操作", action=action))
    if not may(actor, row.permission, case):
        raise NotPermitted(say("你不能在此件上“{action}”，这一步由其他岗位或单位办理", action=say(row.label)))
    if case.state not in row.sources:
        raise Refused(
            say(
                "此件现在是“{state}”，不能“{action}”",
                state=say(kind.flow.state[case.state].label),
                action=say(row.label),
            )
        )
    return row


def perform(
    case: Case,
    action: str,
    data: Mapping[str, Any],
    actor: User,
    at: datetime | None = None,
    *,
    version: int | None = None,
    submission: str | None = None,
) -> Event:
    """Do `action` on `case`: check, then write history, state, clocks, papers and notices in one go.

    `data` holds the fields as typed; `at` is when it happened (now, unless a true history is brought in);
    `version` is what the actor's page showed; `submission` the id of the form, so that a retry is one act.

    Raises OutOfSight, NotPermitted, Stale, Refused (a wrong state, a guard) or FieldErrors; then nothing is changed,
    and the audit says that it was tried.
    """
    try:
        return _done(case, action, data, actor, at, version, submission)
    except Refusal as refusal:
        audit.refused(f"{case.kind}:{action}", refusal, case_id=case.id, actor=actor)
        raise


def _done(
    case: Case, action: str, data: Mapping[str, Any], actor: User, at: datetime | None, version: int | None,
    submission: str | None,
) -> Event:  # fmt: skip
    written = inspect(case).persistent
    # Before the case is locked: a change of the calendar waits for this act, or this act for it, never both.
    calendar.hold()
    if written:
        _lock(case)
        # Asked under the lock: the second of two clicks waits for the first and then finds what it has done.
        done = _already(case, action, actor, submission)
        if done is not None:
            return done
        _in_sight(case, action, actor)
    kind, row = kind_of(case), row_of(case, action, actor)
    if version is not None and version != case.version:
        raise Stale(say("你打开页面后，此件已有变动。你填写的内容还在下方，对照后再保存"))
    moment = at or clock.now()
    _in_order(case, moment)
    # A true history is checked against its own day: a feedback date that lies behind us lay ahead then.
    asked = Surroundings(kind, case, actor, clock.day_of(moment), case.received_on)
    cleaned = cleaning.clean(kind.fields, row.requires, row.accepts, data, asked)
    act = Act(case, row, cleaned, actor, moment, _day(row, cleaned, moment), behalf=_behalf(actor, row, case))
    reason = _first_refusal(kind, act, row.guards)
    if reason:
        raise Refused(reason)
    if case.sealed:
        act.data = kind.conceal(case, act.data)
    if not written:
        return _carry_out(kind, act, case.state, submission)
    try:
        # An effect may come through the door again, on another matter. If it is refused there, the half that is
        # written here goes too.
        with db.session().begin_nested():
            return _carry_out(kind, act, case.state, submission)
    except Exception:
        history.forget()
        raise


def opening(
    case: Case, kind: CaseKind, row: Action, data: Mapping[str, Any], actor: User, at: datetime, submission: str | None
) -> Event:
    """Write the first line of a new case's history. `data` is clean already; `case` is filled but for its state.

    The case and all that is said about it reach the database together, with the next flush.
    Raises NotPermitted when the actor may not open such a case.
    """
    if not may(actor, row.permission, case):
        raise NotPermitted(say("你不能“{action}”", action=say(row.label)))
    calendar.hold()
    db.session().add(case)
    search.later("case", case, case, case.title)
    act = Act(case, row, dict(data), actor, at, case.received_on, behalf=_behalf(actor, row, case))
    return _carry_out(kind, act, NEW, submission)


def _already(case: Case, action: str, actor: User, submission: str | None) -> Event | None:
    """The event this very form has made before, if it has. Raises Refused when the id was used for something else."""
    if not submission:
        return None
    done = db.session().scalar(select(Event).where(Event.submission == submission))
    if done is not None and (done.case_id, done.action, done.actor_id) != (case.id, action, actor.id):
        raise Refused(say("这张表单已经提交过，办理的是另一件事。重新打开页面再办理"))
    return done


def _lock(case: Case) -> None:
    """Let nobody else act on this case until the commit. SQLite's BEGIN IMMEDIATE has done so already."""
    if db.session().get_bind().dialect.name != "sqlite":
        db.session().refresh(case, with_for_update={"of": Case})


def _in_sight(case: Case, action: str, actor: User) -> None:
    """第30条: nobody acts on a sealed case whom its list does not name, whatever they had open when it was sealed.

    Whoever seals it with this very transaction may finish: files are added to what the counter has just registered.
    A unit ends with all its cases, and whoever keeps the tree of units sees none of them.
    """
    row = kind_of(case).flow.action.get(action)
    if row is not None and row.unseen and may(actor, row.permission, case):
        return
    sealer = db.session().info.get(_SEALED, {}).get(case)
    mine = sealer == (actor.id, db.session().get_transaction())
    if case.sealed and not mine and not queries.sees(case.id, actor):
        raise OutOfSight(say("没有找到这个编号。请核对编号，或用姓名、手机号查找"))


_SEALED = "perform.sealed"


def _in_order(case: Case, at: datetime) -> None:
    """An act lies neither in the future nor before the petition came in."""
    if at > clock.now():
        raise Refused(say("办理时间不能晚于现在"))
    if clock.day_of(at) < case.received_on:
        raise Refused(say("办理时间不能早于来件日期（{received}）", received=case.received_on.isoformat()))


def _day(row: Action, cleaned: Mapping[str, Any], at: datetime) -> date:
    given = cleaned.get(row.dated_by) if row.dated_by else None
    return date.fromisoformat(given) if given else clock.day_of(at)


def _first_refusal(kind: CaseKind, act: Act, names: Iterable[str]) -> str | None:
    for name in names:
        reason = kind.guards[name](act)
        if reason:
            return reason
    return None


def _carry_out(kind: CaseKind, act: Act, source: str, submission: str | None) -> Event:
    case, row, session = act.case, act.action, db.session()
    before, was_sealed = _held(case, source), case.sealed and source != NEW
    act.event = Event(
        case=case, action=row.name, from_state=source, to_state=row.target or source, actor=act.actor, behalf=act.behalf,
        unit_id=act.actor.unit_id, at=act.at, recorded_at=clock.now(), data=act.data, submission=submission,
    )  # fmt: skip
    session.add(act.event)
    history.forget()
    holder_id = case.unit_id
    _add_files(act)
    if row.effect:
        kind.effects[row.effect](act)
    if case.sealed and not was_sealed:
        session.info.setdefault(_SEALED, {})[case] = (act.actor.id, session.get_transaction())
    timing.follow(kind, act, holder_id)
    case.state = act.event.to_state
    _close(kind, act, source)
    case.taken_by_id = case.taken_until = None
    issuing.issue_all(kind, act)
    _tell(kind, act)
    audit.record(
        f"{case.kind}:{row.name}", case, before=before, after=_held(case, case.state), actor=act.actor,
        behalf=act.behalf or act.actor,
    )  # fmt: skip
    return act.event


def _held(case: Case, state: str) -> dict[str, Any]:
    """What the audit keeps of a case: where it stands and with whom, nothing that was said in it."""
    return {"state": state, "unit": case.unit_id, "handler": case.handler_id, "sealed": case.sealed}


def _close(kind: CaseKind, act: Act, source: str) -> None:
    """The day from which nobody owed an act: set once, when the case closes; what is recorded later leaves it alone."""
    closed = kind.flow.closed_states()
    if act.case.state not in closed:
        act.case.closed_on = None
    elif source not in closed:
        act.case.closed_on = act.on


def _add_files(act: Act) -> None:
    """The files an act brings become files of the case."""
    for file in act.data.get("files", ()):
        act.case.attachments.append(Attachment(**file, added_at=clock.now(), added_by_id=act.actor.id))


def _tell(kind: CaseKind, act: Act) -> None:
    """Queue what people must hear about, never to the actor, never with personal data."""
    assert act.event is not None
    told = {person for name in act.action.notices for person in kind.audiences[name](act)}
    told = (told | delegation.takers(told) if told else told) - {act.actor.id}
    if told:
        db.session().flush()
        # A notice says that a case exists: of a sealed one only those hear who may see it (第30条).
        told = queries.among_viewers(act.case.id, told) if act.case.sealed else told
    if told:
        outbox.tell(
            sorted(told), kind=act.action.name, about=f"event:{act.event.id}", at=act.at,
            text=say("{number}：{action}（{unit}）", number=act.case.number, action=say(act.action.label), unit=act.actor.unit.name),
            case_id=act.case.id, event_id=act.event.id,
        )  # fmt: skip
