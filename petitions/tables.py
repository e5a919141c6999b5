"""Every module that defines tables: imported by the migrations and by whoever needs the whole schema."""

from petitions.access import audit, delegation, passwords, throttle, totp
from petitions.access import models as access
from petitions.cases import calendar, disposal, local_limits, saved_views, search
from petitions.cases import models as cases
from petitions.deadlines import models as deadlines
from petitions.deadlines import rules
from petitions.documents import models as documents
from petitions.intake import models as intake
from petitions.matters import follow_up, performance, supervising
from petitions.matters import models as matters
from petitions.mediation import identities as party_identities
from petitions.mediation import imports as dispute_imports
from petitions.mediation import models as mediation
from petitions.notices import delivery, robots
from petitions.notices import models as notices
from petitions.privacy import models as privacy
from petitions.review import models as review

ALL = (
    access, audit, calendar, cases, deadlines, delegation, delivery, dispute_imports, disposal, documents, follow_up, intake,
    local_limits, matters, mediation, notices, party_identities, passwords, performance, privacy, review, robots, rules,
    saved_views, search, supervising, throttle, totp,
)  # fmt: skip
