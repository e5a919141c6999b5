"""The roles of a petition system (domain.md §1.2). One person may hold several."""

from enum import StrEnum

from petitions.words import Sentence, say


class Role(StrEnum):
    """What somebody is, in their unit."""

    INTAKE_CLERK = "intake_clerk"
    PETITION_OFFICER = "petition_officer"
    PETITION_HEAD = "petition_head"
    RECEIVING_CLERK = "receiving_clerk"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    REVIEWER = "reviewer"
    INSPECTOR = "inspector"
    JOINT_CONFERENCE = "joint_conference"
    CASE_LEADER = "case_leader"
    MEDIATOR = "mediator"
    COMMITTEE_CHAIR = "committee_chair"
    JUDICIAL_OFFICE = "judicial_office"
    RESTRICTED_CLERK = "restricted_clerk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"

    @property
    def label(self) -> Sentence:
        """Chinese name."""
        return LABELS[self]


LABELS = {
    Role.INTAKE_CLERK: say("登记员"),
    Role.PETITION_OFFICER: say("信访部门经办"),
    Role.PETITION_HEAD: say("信访部门负责人"),
    Role.RECEIVING_CLERK: say("单位签收员"),
    Role.HANDLER: say("承办人"),
    Role.UNIT_HEAD: say("单位负责人"),
    Role.REVIEWER: say("复查复核人员"),
    Role.INSPECTOR: say("督查专员"),
    Role.JOINT_CONFERENCE: say("联席办"),
    Role.CASE_LEADER: say("包案领导"),
    Role.MEDIATOR: say("人民调解员"),
    Role.COMMITTEE_CHAIR: say("调委会主任"),
    Role.JUDICIAL_OFFICE: say("司法所"),
    Role.RESTRICTED_CLERK: say("受限岗"),
    Role.AUDITOR: say("审计员"),
    Role.ADMINISTRATOR: say("系统管理员"),
    Role.SECURITY_ADMINISTRATOR: say("安全管理员"),
}

KEEPERS_OF_THE_HOUSE = frozenset({Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
"""三员分立: who keeps the system, who keeps the people in it, who looks at what both did. Nobody is two of them."""

NEVER_LENT = KEEPERS_OF_THE_HOUSE | {Role.RESTRICTED_CLERK}
"""What nobody does in another's place: separate hands stay separate, and accusations stay with their desk (第30条)."""
