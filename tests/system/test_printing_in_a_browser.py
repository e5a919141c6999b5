"""What comes out of the printer: whole lists, no heading left behind at the foot of a sheet, no signature on one alone."""

import re
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Page

from petitions import paths

pytestmark = pytest.mark.browser


def sheets(page: Page) -> list[str]:
    """The drawing instructions of every sheet that the page prints."""
    pdf = page.pdf(prefer_css_page_size=True)
    objects = dict(re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL))
    leaves = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    drawn = []
    for leaf in leaves:
        held = objects[re.search(rb"/Contents (\d+) 0 R", leaf)[1]]  # type: ignore[index]
        drawn.append(zlib.decompress(held.split(b"stream\n", 1)[1].split(b"\nendstream")[0]).decode("latin-1"))
    return drawn


def lines_of(sheet: str) -> int:
    """How many lines of text stand on a sheet, its number among them."""
    return len(set(re.findall(r"1 0 0 -1 [\d.]+ ([\d.]+) Tm", sheet)))


def shown(page: Page, body: str) -> None:
    """A page of our own style sheet with `body` in it."""
    css = Path(paths.STATIC, "css", "paper.css").read_text(encoding="utf-8")
    page.set_content(f"<style>{css}</style><main class='papers'>{body}</main>")


def paper(lines: int, end: str = "") -> str:
    """A paper of so many lines, then `end`, then a signature."""
    text = "".join(f"<p>第{n}行</p>" for n in range(lines))
    signed = '<div class="paper-sign"><p>青禾县信访局</p><p>2026年11月28日</p></div>'
    return f'<article class="paper">{text}{end}{signed}</article>'


def test_no_signature_stands_alone_and_no_heading_is_left_behind(page: Page) -> None:
    alone = left = 0
    for lines in range(15, 24):
        shown(page, paper(lines))
        printed = sheets(page)
        if len(printed) == 2:
            alone += 1
            assert lines_of(printed[1]) >= 4, f"after {lines} lines: the number, a line of text, two of the signature"
        shown(page, paper(lines, '<h3 class="paper-head">四、登记</h3><p>登记单位：青禾县信访局</p>'))
        printed = sheets(page)
        if len(printed) == 2:
            left += 1
            assert lines_of(printed[1]) >= 5, f"after {lines} lines: its heading comes along"
    assert alone
    assert left


def test_a_list_lies_on_its_side_and_keeps_its_numbers_whole(page: Page) -> None:
    row = "<td class='whole'>XF2026-000123</td>" + "<td>反映青禾县河湾镇柳林村三组的承包地被占用</td>" * 6
    shown(
        page,
        f'<article class="paper paper-list"><table><tr>{row}<td class="whole">2026-11-28</td></tr></table></article>',
    )
    (sheet,) = sheets(page)
    assert b"/MediaBox [0 0 841" in page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1000, "height": 700})
    assert page.locator("td.whole").evaluate_all(
        "cells => cells.every(cell => cell.clientHeight && cell.firstChild"
        " && (range => (range.selectNodeContents(cell), range.getClientRects().length === 1))(document.createRange()))"
    )
    assert page.locator("table").evaluate("table => table.getBoundingClientRect().right <= innerWidth")
    assert lines_of(sheet)
