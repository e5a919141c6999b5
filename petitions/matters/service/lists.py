"""What the fields of a service offer to choose from."""

from collections.abc import Callable, Mapping, Sequence

from petitions.access.models import User
from petitions.cases.fields import Choice
from petitions.cases.models import Case
from petitions.words import say

FIXED: Mapping[str, tuple[Choice, ...]] = {
    "receiver_relations": (
        Choice("self", say("受送达人本人")),
        Choice("family", say("同住的成年家属")),
        Choice("agent", say("代理人")),
        Choice("appointed", say("受送达人指定的代收人")),
        Choice("representative", say("联名信访的代表")),
        Choice("organisation", say("法人、组织负责收件的人")),
        Choice("unit", say("受托、转交单位的经办人")),
    ),
    "service_failures": (
        Choice("absent", say("无人在家")),
        Choice("refused", say("拒绝签收")),
        Choice("moved", say("已搬离或者地址不详")),
        Choice("returned", say("邮件退回")),
        Choice("silent", say("电话、系统联系不上")),
        Choice("posted", say("公告已发出，等待期满")),
        Choice("other", say("其他（在说明里写明）")),
    ),
}
"""Short lists that belong to a field and are nobody's to edit."""


def _constant(listed: tuple[Choice, ...]) -> Callable[[Case | None, User], Sequence[Choice]]:
    def offered(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
        return listed

    return offered


CHOICES: Mapping[str, Callable[[Case | None, User], Sequence[Choice]]] = {
    name: _constant(listed) for name, listed in FIXED.items()
}
