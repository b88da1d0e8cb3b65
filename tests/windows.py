"""Windows of many sizes and kinds, each of a client with a network of their own.

conftest.py makes its fixtures known to all tests.
"""

from itertools import count
from urllib.parse import urlsplit

import pytest
from conftest import PATIENCE
from payer import Payer

WIDE, PHONE = (1280, 860), (390, 780)
#: The width in CSS pixels of a window of 1280 pixels at 400 % (WCAG 1.4.10).
ZOOMED = (320, 640)
#: What stands out of the window to the right; hidden things don't.
OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('#wrap *')].filter(el => {
        const box = el.getBoundingClientRect();
        return box.width && (box.right > width + 1 || box.left < -1)
            && el.checkVisibility({visibilityProperty: true})
            && getComputedStyle(el).clip === 'auto';
    }).map(el => el.outerHTML.slice(0, 200));
}"""
#: Texts that are cut off by the box in which they stand.
CUT = """() => [...document.querySelectorAll('#wrap *')].filter(el => {
    const style = getComputedStyle(el);
    return el.checkVisibility({visibilityProperty: true})
        && el.clientWidth && style.overflowX !== 'visible'
        && (el.scrollWidth > el.clientWidth + 1
            || el.scrollHeight > el.clientHeight + 1)
        && !el.matches('input, select, textarea, .visually-hidden');
}).map(el => el.outerHTML.slice(0, 200))"""
#: What is pressed and lower than a finger needs.
SMALL = """() => [...document.querySelectorAll('#wrap :is(button, input, select)')]
    .filter(el => el.checkVisibility() && el.type !== 'hidden' && el.type !== 'radio'
        && el.getBoundingClientRect().height < 24)
    .map(el => el.outerHTML)"""
visitors = count(1)
sizes = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


@pytest.fixture(scope="module")
def proxied(start_server):
    """A server that is told by a proxy where its clients come from."""
    return start_server(arguments=("--proxy-mode",))


@pytest.fixture
def visit(browser, proxied):
    """A function that gives a client of their own network with a window of a size."""
    contexts = []

    def give(size=WIDE, **options):
        width, height = size
        context = browser.new_context(
            base_url=proxied.url,
            viewport={"width": width, "height": height},
            extra_http_headers={
                "X-Forwarded-For": f"198.51.100.{next(visitors)}",
                "X-Forwarded-Host": urlsplit(proxied.url).netloc,
            },
            **{"locale": "en-US", **options},
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(2 * PATIENCE)
        contexts.append(context)
        payers.append(Payer(context.new_page()))
        return payers[-1]

    payers = []
    yield give
    for context in contexts:
        context.close()
    assert not [payer.complaints for payer in payers if payer.complaints]
