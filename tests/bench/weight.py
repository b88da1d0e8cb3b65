"""The row of page weight: bytes and requests that /PAYNOW adds to Odoo's own pages."""

import gzip
import re

from client import Client
from place import SMALL, place

from dev import databases
from dev.places import cache
from dev.server import serving

_BUNDLE = re.compile(r'(?:src|href)="(/web/assets/[^"]+)"')
#: What a browser loads by itself; links to other spellings of the page are none.
_RESOURCE = re.compile(
    r'<(?:img|script|link)\b(?![^>]*rel="(?:canonical|alternate)")'
    r'[^>]*?\b(?:src|href)="([^"#]+)"'
)


def measure_weight(stack, options):
    """What a visitor's browser loads besides what it loads for any page of the website.

    All is counted as sent, that is compressed by gzip as a proxy does it.
    """
    with place(stack, SMALL) as here:
        page = Client(here.url).get("/PAYNOW").text
        other = Client(here.url).get("/contactus").text
        with_it = bundles(here.url, page)
    plain = "paynow_bench_plain"
    databases.copy(stack, databases.template(stack), plain)
    try:
        log = cache("logs") / f"{plain}.log"
        with serving(stack, plain, log=log, workers=1) as server:
            home = Client(server.url).get("/web/login").text
            without = bundles(server.url, home)
    finally:
        databases.drop(stack, plain)
    content = re.search(
        r'<div id="wrap".*?(?=<div id="o_shared_blocks"|<footer)', page, re.DOTALL
    )
    in_page = size(page) - size(page.replace(content[0], ""))
    in_bundles = sum(max(0, with_it[name] - without.get(name, 0)) for name in with_it)
    return {
        "bytes more": [in_page + in_bundles],
        "bytes in page": [in_page],
        "bytes in bundles": [in_bundles],
        "requests more": [len(resources(page) - resources(other))],
    }


def bundles(url, page):
    """Return the sizes of the bundles of a page, by their names.

    :rtype: dict[str, int]
    """
    return {
        path.rpartition("/")[2]: size(Client(url).get(path).text)
        for path in set(_BUNDLE.findall(page))
    }


def resources(page):
    """Return the addresses of what a page loads, without their versions.

    :rtype: set[str]
    """
    return {re.sub(r"/assets/\w+/\w+/", "/", path) for path in _RESOURCE.findall(page)}


def size(text):
    """Return the bytes of a text as they are sent.

    :rtype: int
    """
    return len(gzip.compress(text.encode(), 6))
