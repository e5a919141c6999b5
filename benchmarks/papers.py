"""Papers as Word files beside the bare library: `python -m benchmarks.papers [COUNT]`.

The same template and the same texts, in turns of fifty, so that both meet the machine in the same mood. The bare library
renders each paper from its template with the values as they are, escaped; ours renders the template once and sets every
paper in afterwards, checks nothing less, and gives the same bytes for the same paper.
"""

import io
import sys
import time
from collections.abc import Callable

from docxtpl import DocxTemplate
from jinja2 import Environment

from petitions.documents.face import Face
from petitions.documents.layouts import shipped
from petitions.documents.word import FIELDS, fill

TURN = 50


def face(number: int) -> Face:
    """A notice of a page and a half, another one each time."""
    paragraph = (
        f"第{number}件。经调查核实，您反映的承包地被占用一事属实，现将处理情况告知如下，"
        + "请按照告知的期限办理，" * 12
    )
    lines = [line for head in "一二三四五" for line in (f"{head}、处理情况", paragraph, paragraph)]
    return Face(
        title="信访事项受理告知书", number=f"青自然信受〔2026〕{number}号", recipient=f"田{number}", lines=lines, unit="青禾县自然资源局",
        day="2026年3月5日", signed_by="辛桃", case=f"XF2026-{number:06d}",
    )  # fmt: skip


def bare(template: bytes, one: Face) -> bytes:
    """The library as it is meant to be used."""
    document = DocxTemplate(io.BytesIO(template))
    values = {name: getattr(one, of) for name, of in FIELDS.items()}
    document.render({**values, "正文": "\a".join(one.lines)}, jinja_env=Environment(autoescape=True), autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def main() -> None:
    """Print papers a second of both, and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    template = shipped("notice-1")
    ways: dict[str, Callable[[bytes, Face], bytes]] = {"bare docxtpl": bare, "ours": fill}
    taken, sizes = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0)
    for start in range(0, count, TURN):
        faces = [face(number) for number in range(start, min(start + TURN, count))]
        for name, make in ways.items():
            begun = time.perf_counter()
            sizes[name] += sum(len(make(template, one)) for one in faces)
            taken[name] += time.perf_counter() - begun
    print(f"| {count} papers | s | papers/s | ms each | kB each |\n|---|---:|---:|---:|---:|")
    for name, seconds in taken.items():
        print(
            f"| {name} | {seconds:.2f} | {count / seconds:.0f} | {seconds / count * 1000:.1f} | {sizes[name] / count / 1000:.1f} |"
        )
    print(f"\nours / bare: {taken['ours'] / taken['bare docxtpl']:.2f}")


if __name__ == "__main__":
    main()
