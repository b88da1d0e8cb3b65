# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
import hashlib
import logging
import re
import threading
from collections.abc import Mapping
from json import JSONDecoder
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from lxml import etree, html
from werkzeug.test import Client
from werkzeug.wrappers import Response

from odoo.http import root

_logger = logging.getLogger(__name__)

TIMEOUT = 20  # Seconds.
CSRF_TOKEN = re.compile(r"\b[0-9a-f]{40}o\d+\b")
SETTINGS = "odoo.__session_info__ ="
OWN = "own"  # What is noted of a script that its owner changes without us.


class Script(NamedTuple):
    """A script that a page runs."""

    #: Where it is, or None if it stands within the page; without a host if it is ours.
    address: SplitResult | None
    #: The beginning of one within the page, or its id.
    name: str
    #: Its hash; what else the website answered; `OWN` if it comes from elsewhere.
    value: str


class Sight(NamedTuple):
    """What a visitor gets who opens a page."""

    #: What the website answered, where it led to if elsewhere, or what kept it from
    #: answering.
    status: int | str
    headers: Mapping[str, str]
    page: html.HtmlElement
    scripts: list[Script]


class Visitor:
    """Somebody with a browser of their own, who opens pages of one website.

    They come through the front door, by what stands before Odoo: a proxy may add a
    script or drop a header. Many a server can't reach its own address, though; it then
    answers within this process, by all the same code.
    """

    def __init__(self, url):
        """
        :param str url: The address of the website.
        """
        self.url = url
        self.session = requests.Session()
        self.is_reached = False
        self.client = None  # Once the website is found to be out of reach.

    def look(self, path):
        """Open a page, with the scripts of the website on it.

        :param str path: Where it is on the website.
        :return: What is seen: an empty page if there is none, or part of it is missing.
        :rtype: Sight
        """
        try:
            status, headers, body, place = self._open(path)
            led_to = urlsplit(place).path
            if "/paynow" not in led_to.lower():  # As to a login.
                status = f"{status} {led_to}"
            page = html.fromstring(body)
            scripts = [self._read(element) for element in page.iter("script")]
        except (requests.RequestException, etree.LxmlError, RuntimeError) as error:
            # The last one where a page within this process leads to another website.
            return Sight(type(error).__name__, {}, html.Element("html"), [])
        return Sight(status, headers, page, scripts)

    def ask(self, path):
        """Open a page within this process, without what is on it.

        It takes no second worker, and no time that somebody who waits would notice.

        :param str path: Where it is on the website.
        :return: What the website answered, and the path of what it led to.
        :rtype: tuple[int, str]
        :raise RuntimeError: If it leads to another website.
        """
        self.client = Client(root, Response)
        status, _headers, _body, place = self._open(path)
        return status, urlsplit(place).path

    def _read(self, element):
        """Return what a script is.

        :param lxml.html.HtmlElement element: The script.
        :rtype: Script
        """
        url = element.get("src") or element.get("data-src")
        if not url:
            code = _strip(element.text or "")
            name = element.get("id") or " ".join(code.split())[:40]
            return Script(None, name, _digest(code.encode()))
        address = urlsplit(urljoin(self.url, url))
        own = urlsplit(self.url)
        if address[:2] != own[:2]:
            return Script(address, url, OWN)
        status, _headers, body, _place = self._open(url)
        value = _digest(body) if status == 200 else str(status)
        return Script(address._replace(scheme="", netloc=""), url, value)

    def _open(self, path):
        """Open a page or a file, as every visitor gets it.

        :param str path: Where it is on the website.
        :return: The status, the headers, the body, and the address that it led to.
        :rtype: tuple[int, Mapping[str, str], bytes, str]
        :raise requests.RequestException: If the website stops answering.
        """
        if not self.client:
            try:
                response = self.session.get(urljoin(self.url, path), timeout=TIMEOUT)
                self.is_reached = True
                return (
                    response.status_code,
                    response.headers,
                    response.content,
                    response.url,
                )
            except requests.RequestException as error:
                if self.is_reached:
                    raise
                _logger.info("%s is out of reach: %s", self.url, type(error).__name__)
                self.client = Client(root, Response)
        thread = threading.current_thread()
        attributes = dict(vars(thread))
        try:
            response = self.client.get(path, base_url=self.url, follow_redirects=True)
            return (
                response.status_code,
                response.headers,
                response.get_data(),
                response.request.url,
            )
        finally:  # Odoo took it for the thread of a request.
            for name in vars(thread).keys() - attributes.keys():
                delattr(thread, name)
            vars(thread).update(attributes)


def _digest(content):
    """Return a hash as browsers compare it (Subresource Integrity).

    :param bytes content: The content.
    :rtype: str
    """
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


def _strip(code):
    """Return a script within a page without the data that each visitor gets anew.

    :param str code: The script.
    :rtype: str
    """
    code = CSRF_TOKEN.sub("", code)
    before, settings, after = code.partition(SETTINGS)
    try:
        _data, end = JSONDecoder().raw_decode(after.lstrip())
    except ValueError:
        return code
    return before + settings + after.lstrip()[end:]
