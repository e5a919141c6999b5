"""Who may do what: the whole table. A permission that does not stand here is held by nobody.

Each permission lists its alternatives, separated by `|`; an alternative is a list of words from
`predicates.py` that must all be true. `may()` is the only evaluator.
"""

from collections.abc import Mapping

from petitions.access.models import User
from petitions.access.predicates import PREDICATES, Held
from petitions.web.permits import PUBLIC

_OFFICE = "petition_officer of_office | petition_head of_office"
# A unit that was addressed directly keeps what it registered (第23条第二款): its desk does what an office's does.
_KEEPER = (
    "intake_clerk of_office | restricted_clerk of_office | "
    + _OFFICE
    + " | receiving_clerk of_office | unit_head of_office"
)
_HOLDER = "receiving_clerk of_holder | unit_head of_holder"
_HANDLING = "is_handler of_holder | unit_head of_holder"

TABLE: Mapping[str, str] = {
    # Pages
    PUBLIC: "anybody",
    "page:own": "anybody",
    "case:list": "anybody",
    "case:see": "anybody",
    "petition:register": "intake_clerk | petition_officer | receiving_clerk | restricted_clerk",
    "petition:identity": "intake_clerk of_office | petition_officer of_office | petition_head of_office"
    " | restricted_clerk of_office | receiving_clerk of_holder | is_handler of_holder | unit_head of_holder",
    # 检举控告: who accuses is seen by nobody alone. The desk asks, somebody else of the same unit decides (ux.md §9)
    "identity:ask": "restricted_clerk of_office",
    "identity:decide": "restricted_clerk of_office | petition_head of_office | unit_head of_office",
    "opening:list": "restricted_clerk | petition_head | unit_head",
    "ledger:import": "petition_officer | petition_head",
    "triage:work": "intake_clerk | petition_officer | petition_head | restricted_clerk",
    "duty:list": "receiving_clerk | handler | unit_head",
    "objection:list": "petition_officer | petition_head | receiving_clerk | unit_head",
    "deadline:board": "petition_head | petition_officer | unit_head | inspector | case_leader",
    "approval:list": "unit_head | petition_head",
    "visit:list": "petition_officer | petition_head",
    "unit:manage": "administrator",
    "user:manage": "administrator",
    "code:manage": "administrator",
    "audit:read": "auditor",
    "disposal:ask": "petition_officer | petition_head | receiving_clerk | unit_head",
    "disposal:approve": "petition_head | unit_head",
    # Acts on a case: screening and sorting (第22条) belong to the office that registered it
    "case:screen": _KEEPER,
    "case:classify": _KEEPER + " | is_handler of_office",
    "case:dispatch": _OFFICE,
    "case:recall": "petition_officer of_sender | petition_head of_sender | receiving_clerk of_sender",
    "case:record_answer": _OFFICE,
    "case:divert": _OFFICE,
    # Accusations go to the discipline body through one restricted desk only (第30条)
    "case:divert_sealed": "restricted_clerk of_office",
    "case:file": _OFFICE,
    "case:supplement": _KEEPER,
    # The unit that holds it (第23条)
    "case:sign": _HOLDER + " | handler of_holder",
    "case:object": _HOLDER,
    # The sender verifies; a unit never decides its own objection (第23条第三款)
    "case:decide_objection": "petition_officer of_sender | petition_head of_sender"
    " | receiving_clerk of_sender | unit_head of_sender",
    "case:forward": _HOLDER,
    "case:appoint": _HOLDER,
    "case:declare": "is_handler of_holder",
    "case:recuse": "unit_head of_holder | receiving_clerk of_holder | is_handler of_holder | " + _OFFICE,
    "case:answer": _HOLDER + " | is_handler of_holder",
    # Whoever holds it refuses it: the office while it sorts, the unit once it has it
    "case:refuse": "petition_officer of_holder | petition_head of_holder | " + _HOLDER + " | is_handler of_holder",
    "case:handle": _HANDLING,
    "case:request_extension": _HANDLING,
    # 第34条: approved by the person in charge of the unit; the guard adds "never the asker"
    "case:approve_extension": "unit_head of_holder | petition_head of_holder",
    "case:draft_opinion": _HANDLING,
    "case:approve_opinion": "unit_head of_holder | petition_head of_holder",
    "case:serve": _HOLDER + " | is_handler of_holder",
    "case:serve_notice": _KEEPER + " | " + _HOLDER + " | is_handler of_holder",
    "case:report_back": _HOLDER + " | is_handler of_holder",
    # The report goes to the office that assigned it, however many tiers lie between
    "case:return_report": _OFFICE,
    "case:visit": _KEEPER + " | is_handler of_holder",
    "case:conclude": _OFFICE + " | unit_head of_holder | is_handler of_holder",
    "case:discontinue": "unit_head of_holder | petition_head of_holder",
    "case:withdraw": _OFFICE + " | unit_head of_holder | receiving_clerk of_holder | is_handler of_holder",
    "case:archive": _KEEPER,
    # A unit that helps, or passed it down, may add what it knows
    "case:note": _KEEPER + " | " + _HOLDER + " | is_handler of_holder"
    " | receiving_clerk of_part | handler of_part | unit_head of_part",
    "case:correct": _KEEPER,
    "case:hold": _OFFICE + " | unit_head of_office",
    # Whoever approved the list answers for every case on it; the guard adds "never the asker"
    "case:dispose": "petition_head of_office | unit_head of_office",
    "case:new_facts": _KEEPER,
}

RULES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    permission: tuple(tuple(words.split()) for words in alternatives.split("|"))
    for permission, alternatives in TABLE.items()
}


def unknown_words() -> list[str]:
    """Words of the table that no predicate defines; checked at start."""
    return sorted({word for rule in RULES.values() for words in rule for word in words} - set(PREDICATES))


def may(user: User | None, permission: str, case: Held | None = None) -> bool:
    """Whether `user` holds `permission`, on `case` where it concerns one. Unknown permissions are held by nobody."""
    if permission == PUBLIC:
        return True
    if user is None or not user.active:
        return False
    return any(all(PREDICATES[word](user, case) for word in words) for words in RULES.get(permission, ()))
