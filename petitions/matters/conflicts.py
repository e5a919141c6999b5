"""回避 (第28条第三款): who does not work on a matter, because it was decided so or because it is their own."""

from sqlalchemy import select

from petitions import db
from petitions.access import vault
from petitions.access.models import User
from petitions.cases import checks
from petitions.cases.kinds import Act
from petitions.matters.course import matter_of
from petitions.matters.hearing.names import named_people
from petitions.matters.models import Matter
from petitions.words import Refusal, Sentence, say


def why_away(person: User, matter: Matter) -> Sentence | None:
    """Why this person may not be its handler, or None."""
    if any(row.user_id == person.id for row in matter.recusals):
        return say("{name}应当回避此件（第28条第三款）", name=person.name)
    if speaks_in(person, matter):
        return say("{name}与此件信访人的电话相同，应当回避（第28条第三款）", name=person.name)
    return None


def panel_is_not_recused(act: Act) -> Sentence | None:
    """Whoever must stay away from the matter does not hear it either. A panel is of names: some come from outside."""
    named = {act.data.get("chair"), act.data.get("replacement"), *named_people(act.data.get("members", ""))}
    away = [row.user_id for row in matter_of(act).recusals]
    if not away or not any(named):
        return None
    recused = db.session().scalars(select(User.name).where(User.id.in_(away)))
    found = next((name for name in recused if name in named), None)
    return say("{name}应当回避此件（第28条第三款），不能参加听证", name=found) if found else None


def speaks_in(person: User, matter: Matter) -> bool:
    """Whether the telephone of the account is that of somebody who speaks in the matter; compared by its marks."""
    try:
        phone = checks.phone(person.phone)
    except Refusal:  # an inner number that only colleagues can read
        return False
    known = vault.marks("phone", phone)
    return any(row.identity is not None and row.identity.phone_mark in known for row in matter.petitioners)
