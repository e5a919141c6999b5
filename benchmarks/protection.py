"""What audit and vault cost: pages and one act with them, beside the same without, in one run.

    python -m benchmarks.protection [--count 120]

Two offices of one seed are made, one without any audit line and with every cell in clear, and both are served at once;
the rounds alternate between them, so that whatever else the machine does weighs on both. SQLite.
"""

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from sqlalchemy import select

from benchmarks.client import Client, measure, served
from benchmarks.ledger import PASSWORD, officer
from benchmarks.pages import noting, page
from benchmarks.server import ring, strip
from petitions import clock, migrating
from petitions.cases.models import Case, CaseUnit
from petitions.db import Database
from petitions.demo.make import make

ROUNDS = 5
"""Of each side; the medians of the rounds are compared."""


def _prepare(which: str, url: str, count: int) -> list[int]:
    if which == "unprotected":
        strip()
    database = Database(url, keys=ring)
    migrating.upgrade(database)
    migrating.fill(database)
    make(database, password=PASSWORD, count=count, on=clock.today())
    with database.work(write=False) as session:
        office = select(CaseUnit.case_id).where(CaseUnit.left_on.is_(None))
        seen = list(
            session.scalars(select(Case.id).where(Case.id.in_(office), Case.sealed.is_(False)).order_by(Case.id))
        )
    database.dispose()
    return seen


def prepared(which: str, url: str, count: int) -> list[int]:
    """Make one office in a process of its own, which alone is stripped; returns its cases."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_prepare, which, url, count).result()


def main() -> None:
    """Make, serve, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=120)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        urls = {name: f"sqlite:///{Path(folder) / name}.sqlite3" for name in ("petitions", "unprotected")}
        seen = {name: prepared(name, url, count) for name, url in urls.items()}
        with served("petitions", urls["petitions"]) as one, served("unprotected", urls["unprotected"]) as other:
            clients = {
                name: Client(port).log_in(officer(), PASSWORD) for name, port in zip(urls, (one, other), strict=True)
            }
            mine = {
                name: [n for n in ids if clients[name].send("GET", f"/cases/{n}")[0] == 200]
                for name, ids in seen.items()
            }
            asked: dict[str, Callable[[str], Callable[[Client, int], int]]] = {
                "work list": lambda _: page("/cases"),
                "case page": lambda name: page(f"/cases/{mine[name][-1]}"),
                "one act (note)": lambda name: noting(mine[name][-1]),
            }
            print("| | with, p50 ms | without, p50 ms | × |\n|---|---|---|---|")
            for label, act in asked.items():
                rounds: dict[str, list[float]] = {name: [] for name in urls}
                for _ in range(ROUNDS):
                    for name in urls:
                        rounds[name].append(measure(lambda n=name: clients[n], act(name), 20, clients=0).p50)
                with_it, without = median(rounds["petitions"]), median(rounds["unprotected"])
                print(f"| {label} | {with_it:.1f} | {without:.1f} | {with_it / without:.2f} |", flush=True)


if __name__ == "__main__":
    main()
