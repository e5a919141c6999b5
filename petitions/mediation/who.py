"""Who the parties are: the one way to what is locked of them. Nothing else of a mediation opens the vault.

Masked it tells nothing. In clear it goes to a reader only (`revealed`), who is asked for the permission and leaves a line
in the audit.
"""

from collections.abc import Mapping
from datetime import timedelta

from petitions import clock
from petitions.access import audit
from petitions.access.models import User
from petitions.access.policy import in_whose_name
from petitions.matters import openings
from petitions.matters.who import MOST_IN_AN_HOUR
from petitions.mediation.models import Mediation, Party
from petitions.words import NotPermitted, Refused, say

_IN_CLEAR = ("identity:reveal", "identity:print", "person:print")
"""Counted together with what is looked at in matters: it is the same hand that copies."""


def masked(party: Party) -> Mapping[str, str]:
    """What is locked of the party as it may be shown: phone, id_number, address; what is unknown is absent."""
    return party.identity.shown() if party.identity else {}


def revealed(party: Party, mediation: Mediation, reader: User, reason: str) -> dict[str, str]:
    """Everything locked of this party, in clear for `reader`, and one line of the audit that says so.

    `reason` is a code of the list `reveal_reason`. Raises NotPermitted for who may not, FieldErrors where no reason is
    given, Refused behind the wall and where somebody is copying.
    """
    name = in_whose_name(reader, "mediation:identity", mediation)
    if name is None:
        raise NotPermitted(say("只有本调委会的调解员和主任可以查看当事人的联系方式"))
    if mediation.sealed:
        raise Refused(say("此件随信访事项按检举控告保密，不能查看当事人信息（《信访工作条例》第30条）"))
    reason = openings.reason_of(reason)
    if audit.count_since(clock.now() - timedelta(hours=1), reader, *_IN_CLEAR) >= MOST_IN_AN_HOUR:
        audit.refused("identity:reveal", case_id=mediation.id)
        raise Refused(
            say("一小时内已查看{most}次身份信息，请稍后再查看。确有需要的，请与审计管理员联系", most=MOST_IN_AN_HOUR)
        )
    audit.saw("identity:reveal", party, case_id=mediation.id, reason=reason, behalf=name)
    return _known(party)


def _known(party: Party) -> dict[str, str]:
    """The only place where a row of the vault of a party is read in clear."""
    return party.identity.unlocked() if party.identity else {}
