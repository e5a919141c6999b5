"""What the matters put on the pages of the kernel; handed over in app.py."""

from petitions.cases.panels import Furniture
from petitions.matters import panels
from petitions.matters.beside import BESIDE
from petitions.matters.hearing.panel import hearings
from petitions.matters.identity import people, words_of
from petitions.matters.need_to_know import readers_of, seen_before
from petitions.matters.present import PRESENT

FURNITURE = Furniture(
    load=panels.load,
    panels=(
        panels.claims,
        panels.letters,
        people,
        panels.dispatches,
        hearings,
        panels.related,
        readers_of,
        seen_before,
    ),
    present=PRESENT,
    beside=BESIDE,
    unserved=panels.unserved,
    words=words_of,
)
