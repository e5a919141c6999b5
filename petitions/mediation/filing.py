"""立卷归档: the dossier is complete, and nothing is open at a court (第27条, domain.md §5B-1)."""

from petitions.cases.kinds import Act, Effect, Guard
from petitions.matters.course import deadline_of
from petitions.mediation import dossier
from petitions.mediation.course import mediation_of
from petitions.words import Sentence, say


def nothing_is_with_the_court(act: Act) -> Sentence | None:
    """What a court has in hand is not put away."""
    asked = mediation_of(act).confirmation
    return (
        say("司法确认申请还在法院办理，登记裁定或者撤回以后再归档") if asked is not None and not asked.result else None
    )


def window_is_settled(act: Act) -> Sentence | None:
    """第33条 gives the parties 30 日: the file stays at hand until they are over, or the parties say they do not ask."""
    mediation, window = mediation_of(act), deadline_of(act, "M9")
    if act.asking or mediation.result != "agreed" or window is None or window.ended_on is not None:
        return None
    if act.on > window.due_on or act.data.get("waives_confirmation"):
        return None
    return say(
        "申请司法确认的期限到{day}为止。各方都表示不申请的，勾选后归档；否则期满后再归档（第33条）",
        day=window.due_on.isoformat(),
    )


def dossier_is_complete(act: Act) -> Sentence | None:
    """What a dossier must hold is there: 必须 in the Ministry's list."""
    missing = [str(part.label) for part in dossier.missing_in(mediation_of(act))]
    return say("卷宗还缺：{missing}", missing="、".join(missing)) if missing else None


def something_is_to_be_filed(act: Act) -> Sentence | None:
    """There is a file to put in its place."""
    return None if act.case.attachments else say("还没有附件。先“添加附件”")


def a_part_will_not_come(act: Act) -> Sentence | None:
    """Only what parties bring may stay away; what the committee writes itself has to be written."""
    return None if dossier.accountable(mediation_of(act)) else say("没有可以说明缺件原因的必须材料")


GUARDS: tuple[Guard, ...] = (
    nothing_is_with_the_court, window_is_settled, dossier_is_complete, something_is_to_be_filed, a_part_will_not_come,
)  # fmt: skip


def archive(act: Act) -> None:
    """Kept as long as was settled with it."""
    mediation_of(act).retention = act.data["retention_class"]


EFFECTS: dict[str, Effect] = {"archive": archive}
