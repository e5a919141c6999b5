"""The Word templates of offices: uploaded, begun, ended. What was once in force stays, for the papers that were set in it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from petitions import clock, db
from petitions.access import audit, units
from petitions.access.models import Unit, User
from petitions.documents.checking import own_words, problems
from petitions.documents.models import PaperTemplate
from petitions.words import FieldErrors, Refused, say

FILE = "template"
"""The field in which a template is uploaded."""

_KEPT = "documents.templates"


def in_force(kind: str, unit_id: int) -> int | None:
    """The version in which a paper of this kind that the unit issues now is set: of the nearest unit above that has one.

    None: it has the shipped layout. Read once per unit of work.
    """
    known: Mapping[tuple[int, str], int] | None = db.session().info.get(_KEPT)
    if known is None:
        rows = select(PaperTemplate.unit_id, PaperTemplate.kind, PaperTemplate.id).where(_IN_FORCE)
        known = {(unit, name): number for unit, name, number in db.session().execute(rows)}
        db.session().info[_KEPT] = known
    if not any(name == kind for _, name in known):
        return None
    return next((known[unit, kind] for unit in units.upwards(unit_id) if (unit, kind) in known), None)


_IN_FORCE = PaperTemplate.begun_at.is_not(None) & PaperTemplate.ended_at.is_(None)


def kept_by(user: User) -> Sequence[Unit]:
    """The units whose templates an administrator keeps: those of the region, the region itself among them."""
    root = units.region_of(user.unit_id)
    return [unit for unit in units.in_force() if unit.id == root or units.is_below(unit.id, root)]


def of_kind(kind: str, user: User) -> Sequence[PaperTemplate]:
    """Every version of a kind at the units an administrator keeps, the newest first."""
    rows = select(PaperTemplate).where(PaperTemplate.kind == kind, PaperTemplate.unit_id.in_(_ids(user)))
    return db.session().scalars(rows.order_by(PaperTemplate.id.desc())).all()


def begun(user: User) -> Sequence[PaperTemplate]:
    """What is in force at the units an administrator keeps."""
    rows = select(PaperTemplate).where(_IN_FORCE, PaperTemplate.unit_id.in_(_ids(user)))
    return db.session().scalars(rows.order_by(PaperTemplate.kind, PaperTemplate.id)).all()


def find(template_id: int, user: User) -> PaperTemplate | None:
    """A version of a unit the administrator keeps."""
    return db.session().scalar(
        select(PaperTemplate).where(PaperTemplate.id == template_id, PaperTemplate.unit_id.in_(_ids(user)))
    )


def content_of(template_id: int) -> bytes:
    """The file of a version."""
    return db.session().scalars(select(PaperTemplate.content).where(PaperTemplate.id == template_id)).one()


def words_of(template_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """What these versions say themselves, by version."""
    if not template_ids:
        return {}
    rows = select(PaperTemplate.id, PaperTemplate.words).where(PaperTemplate.id.in_(template_ids))
    return {row.id: row.words for row in db.session().execute(rows)}


def _ids(user: User) -> list[int]:
    return [unit.id for unit in kept_by(user)]


def keep(kind: str, unit: Unit, name: str, content: bytes, by: User) -> PaperTemplate:
    """Keep an uploaded file as the next version of the unit, not in force yet.

    Raises FieldErrors with everything that is wrong with it; then nothing is kept.
    """
    wrong = problems(content)
    if wrong:
        raise FieldErrors({FILE if not place else f"{FILE}-{place}": one for place, one in enumerate(wrong)})
    last = select(func.max(PaperTemplate.version)).where(PaperTemplate.unit_id == unit.id, PaperTemplate.kind == kind)
    # Two uploads at once would be one version: the second waits for the first.
    units.hold(unit.id)
    row = PaperTemplate(
        unit_id=unit.id, kind=kind, version=(db.session().scalar(last) or 0) + 1, name=name, content=content,
        words=own_words(content), uploaded_by_id=by.id, uploaded_at=clock.now(),
    )  # fmt: skip
    db.session().add(row)
    db.session().flush()
    audit.record("template:upload", row, after={"unit": unit.id, "version": row.version})
    return row


def begin(row: PaperTemplate, by: User) -> None:
    """Set papers in it from now on; the version before ends. Raises Refused for one that is or was in force."""
    if row.begun_at is not None:
        raise Refused(say("这个版本已经启用过。要重新启用，请下载后作为新版本上传"))
    now = clock.now()
    same = PaperTemplate.unit_id == row.unit_id, PaperTemplate.kind == row.kind, _IN_FORCE
    for before in db.session().scalars(select(PaperTemplate).where(*same)):
        before.ended_at, before.ended_by_id = now, by.id
    db.session().flush()
    row.begun_at, row.begun_by_id = now, by.id
    _changed("template:begin", row)


def end(row: PaperTemplate, by: User) -> None:
    """Go back to what holds without it. Papers that were set in it stay as they are. Raises Refused when it is not in force."""
    if not row.in_force:
        raise Refused(say("这个版本没有启用"))
    row.ended_at, row.ended_by_id = clock.now(), by.id
    _changed("template:end", row)


def _changed(act: str, row: PaperTemplate) -> None:
    db.session().flush()
    db.session().info.pop(_KEPT, None)
    audit.record(act, row, after={"unit": row.unit_id, "version": row.version})
