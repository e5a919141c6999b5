"""What is said in mediation stays with its mediators and the chair of the committee (第15条第四项, issue: 保密).

A petition office, another unit and the other mediators of the committee see stage, dates and result where they may see
the matter or a summary; never the case itself. Before anybody is chosen, every mediator of the committee may take it up.
"""

from sqlalchemy import ColumnElement, exists, or_

from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import queries
from petitions.cases.models import Case
from petitions.mediation.models import Seat


def confided(user: User) -> ColumnElement[bool]:
    """Any case but a mediation; a mediation to whom it is confided."""
    other = Case.kind != "mediation"
    if Role.COMMITTEE_CHAIR in delegation.roles(user):
        # 若干规定第26条: also a chair who had to leave a dispute hears no more of it.
        left = exists().where(Seat.mediation_id == Case.id, Seat.user_id.in_(delegation.hands(user)), Seat.recused)
        return or_(other, ~left)
    # Once somebody was chosen it is theirs and the chair's, also while a chair is empty after a recusal.
    chosen = exists().where(Seat.mediation_id == Case.id)
    mine = exists().where(
        Seat.mediation_id == Case.id, Seat.user_id.in_(delegation.hands(user)), Seat.left_on.is_(None)
    )
    if Role.MEDIATOR in delegation.roles(user):
        return or_(other, mine, ~chosen)
    return other


queries.CONFIDENCES.append(confided)
