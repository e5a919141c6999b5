"""What the fields of a hearing offer to choose from."""

from collections.abc import Callable, Mapping, Sequence

from petitions.access.models import User
from petitions.cases.fields import Choice
from petitions.cases.models import Case
from petitions.matters.hearing.models import going_on
from petitions.words import say

FIXED: Mapping[str, tuple[Choice, ...]] = {
    "hearing_askers": (Choice("petitioner", say("信访人申请")), Choice("unit", say("本单位提出"))),
    "opennesses": (
        Choice("public", say("公开举行")),
        Choice("state_secret", say("不公开（涉及国家秘密）")),
        Choice("trade_secret", say("不公开（涉及商业秘密）")),
        Choice("privacy", say("不公开（涉及个人隐私）")),
        Choice("wish", say("不公开（信访人申请并有正当理由）")),
    ),
    "minutes_signings": (
        Choice("all", say("各方核对无误，已签名或者按指印")),
        Choice("refused", say("信访人拒绝签名，主持人已在笔录上注明")),
        Choice("left", say("信访人没有到场或者中途退场，已注明")),
    ),
    "panel_askers": (
        Choice("self", say("本人")), Choice("petitioner", say("信访人")), Choice("unit", say("本单位决定")),
    ),
}  # fmt: skip
"""Short lists that belong to a field and are nobody's to edit."""


def panel(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """Who sits on the panel now."""
    hearing = going_on(case) if case is not None else None
    return [Choice(name, name) for name in hearing.panel] if hearing else []


def _constant(listed: tuple[Choice, ...]) -> Callable[[Case | None, User], Sequence[Choice]]:
    def offered(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
        return listed

    return offered


CHOICES: Mapping[str, Callable[[Case | None, User], Sequence[Choice]]] = {
    "hearing_panel": panel,
    **{name: _constant(listed) for name, listed in FIXED.items()},
}
