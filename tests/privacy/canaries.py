"""A matter full of words that stand nowhere else, and the search for them in everything that lies on the disk."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Text, cast, make_url, select
from sqlalchemy.orm import object_session
from werkzeug.datastructures import FileStorage

from petitions import clock
from petitions.cases import act_drafts
from petitions.cases.files import Store
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.intake import drafts
from petitions.intake.ledger import files as ledgers
from petitions.intake.models import ImportBatch, ImportRow
from petitions.matters.models import Matter, Petition
from petitions.matters.performance import promises_of
from petitions.settings import Settings
from petitions.words import Refusal
from tests.factories import CLASSIFIED, World, new_petition, per_claim

NAME, PHONE, ID_NUMBER = "欧阳禾苗", "19900077531", "419999199003077756"
ADDRESS, REGION = "雁栖坡七组", "河湾镇鹭鸶村"
PERSONAL = (NAME, PHONE, ID_NUMBER, ADDRESS, REGION, "oyhm", "𠮷㐂")
"""𠮷㐂: two rare characters are one whole entry of the text index."""


def said(where: str) -> str:
    """A phrase that stands in one place only."""
    return f"独句{where}𠮷㐂句独"


def personal(*places: str) -> dict[str, str]:
    """Unique phrases for these fields."""
    return {place: said(place) for place in places}


PHRASE = ("独句", "句独")
"""Every phrase of `said` begins and ends so."""


def upload(name: str, content: str) -> FileStorage:
    """A text file as a form brings it."""
    return FileStorage(io.BytesIO(content.encode()), name)


def plant(world: World, settings: Settings) -> Matter:
    """A matter of a person that went its whole way into the archive, with something personal wherever one can type."""
    people = {
        "name": NAME,
        "phone": PHONE,
        "id_number": ID_NUMBER,
        "region": REGION,
        "address": ADDRESS,
        "headcount": "6",
    }
    petition = new_petition(
        world, channel="LF", **people, **personal("window", "receiver", "title", "text", "claims", "respondent",
        "original_number"), representatives=f"{NAME} {PHONE}", agents=f"{NAME} {PHONE} 之兄",
    )  # fmt: skip
    matter, files = petition.matter, Store(settings.files_dir)
    kept = files.keep([upload(f"{NAME}的信.txt", said("content"))], 1 << 20)
    perform(matter, "attach", {"files": kept}, world.clerk)
    act_drafts.keep(matter, "note", world.clerk, personal("act_draft"))
    drafts.save(world.clerk, "a" * 32, {**people, **personal("draft")})
    steps: list[tuple[str, Any, str]] = [
        ("screen_as_first", personal("note"), "clerk"),
        ("classify", {**CLASSIFIED, "respondent": said("accused")}, "officer"),
        ("transfer", {"unit": world.bureau.id, "opinion": said("opinion")}, "officer"),
        ("sign", {}, "receiver"),
        ("object", {"objection": said("objection"), "proposed_unit": world.township.id}, "receiver"),
        ("reject_objection", personal("note"), "officer"),
        ("appoint", {"handler": world.handler.id}, "receiver"),
        ("accept", {"routes": per_claim(matter, "R6")}, "handler"),
        ("inquire", {"inquiry_kind": "talk", "held_on": clock.today().isoformat(), **personal("people", "record")},
         "handler"),
        ("note", personal("note"), "handler"),
        ("submit_opinion", {**personal("demands", "facts", "opinion", "basis"), "outcomes": per_claim(matter, "S")},
         "handler"),
        ("approve_opinion", personal("note"), "head"),
        ("serve", {"method": "direct", "relation": "family", "served_on": clock.today().isoformat(), **personal("receiver", "note")}, "handler"),
        ("visit", {"held_on": clock.today().isoformat(), "way": "phone", "performed": "done", "office_rating": "dissatisfied",
                   "unit_rating": "dissatisfied", **personal("office_reason", "unit_reason", "said", "new_claim")}, "officer"),
        ("take_follow_up", {}, "officer"),
        ("close_follow_up", personal("done"), "officer"),
        ("plan_performance", {"perform_by": clock.today().isoformat(), **personal("promised", "performer")}, "handler"),
        ("perform_opinion", lambda: {"held_on": clock.today().isoformat(), "performance": "done", **personal("record"),
                                     "promise": str(promises_of(matter)[0].id)}, "handler"),
        ("conclude", {"accepted_by_petitioner": True, **personal("note")}, "head"),
        ("correct", {**personal("reason"), "title": said("corrected")}, "officer"),
    ]  # fmt: skip
    for action, data, person in steps:
        perform(matter, action, data() if callable(data) else data, world.people[person])
    archive(world, matter)
    repeat = new_petition(world, **people, text=said("repeat")).matter
    perform(repeat, "join_as_repeat", {"matter": matter.number, **personal("note")}, world.clerk)
    in_a_ledger(world, settings, petition)
    return matter


def archive(world: World, matter: Matter) -> None:
    """Serve what is not served yet, and close the file."""
    for paper in list(matter.documents):
        slip = {
            "paper": paper.id,
            "method": "direct",
            "relation": "family",
            "receiver": said("receiver"),
            "served_on": clock.today().isoformat(),
        }
        try:
            perform(matter, "serve_notice", slip, world.officer)
        except Refusal:
            continue
    perform(matter, "archive", personal("note"), world.officer)


def in_a_ledger(world: World, settings: Settings, petition: Petition) -> ImportBatch:
    """A ledger that was brought in long ago and says the same."""
    content = f"姓名,电话,诉求\n{NAME},{PHONE},{said('ledger')}\n".encode()
    digest = ledgers.keep(ledgers.folder_of(settings.data_dir), io.BytesIO(content))
    batch = ImportBatch(
        office_id=world.office.id, by_id=world.officer.id, file_name=f"{NAME}台账.csv", sha256=digest, state="done",
        created_at=clock.now(), imported=1, total=1,
    )  # fmt: skip
    rows = object_session(petition)
    rows.add(batch)
    rows.flush()
    row = {"batch_id": batch.id, "row": 2, "result": "imported", "petition_id": petition.id, "reason": said("row")}
    rows.add(ImportRow(**row))
    rows.flush()
    return batch


def left(database: Database, settings: Settings, words: tuple[str, ...] = (*PERSONAL, *PHRASE)) -> list[str]:
    """Where one of the words still stands: in the file of SQLite and its log, in any column of PostgreSQL, in any file
    of the data folder or its name."""
    places = _places(database, settings.data_dir)
    return sorted(f"{where}: {word}" for where, content in places for word in set(words) if written(word, content))


def written(word: str, content: bytes) -> bool:
    """Whether the word stands there, as it is or as JSON spells it."""
    return word.encode() in content or json.dumps(word)[1:-1].encode() in content


def _places(database: Database, folder: Path) -> Iterator[tuple[str, bytes]]:
    if database.is_sqlite:
        file = Path(make_url(str(database.engine.url)).database or "")
        for one in file.parent.glob(file.name + "*"):
            yield one.name, one.read_bytes()
    else:
        yield from columns(database)
    for one in sorted(folder.rglob("*")):
        yield str(one.name), one.name.encode()
        if one.is_file():
            yield str(one.name), one.read_bytes()


def columns(database: Database) -> Iterator[tuple[str, bytes]]:
    """Every table with all its values as text."""
    with database.engine.connect() as connection:
        held = MetaData()
        held.reflect(connection)
        for table in held.sorted_tables:
            rows = connection.execute(select(*(cast(column, Text) for column in table.columns)))
            yield table.name, "\n".join(str(value) for row in rows for value in row).encode()
