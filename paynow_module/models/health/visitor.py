# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import threading
from urllib.parse import urljoin

import requests
from werkzeug.test import Client
from werkzeug.wrappers import Response

from odoo.http import root

_logger = logging.getLogger(__name__)

TIMEOUT = 20  # Seconds.


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
        self.client = None

    def open(self, path):
        """Open a page or a file, as every visitor gets it.

        :param str path: Where it is on the website.
        :return: The status, the headers and the body.
        :rtype: tuple[int, Mapping[str, str], bytes]
        :raise requests.RequestException: If the website stops answering.
        """
        if not self.client:
            try:
                response = self.session.get(urljoin(self.url, path), timeout=TIMEOUT)
                return response.status_code, response.headers, response.content
            except requests.RequestException as error:
                _logger.info("%s is out of reach: %s", self.url, type(error).__name__)
                self.client = Client(root, Response)
        thread = threading.current_thread()
        attributes = dict(vars(thread))
        try:
            response = self.client.get(path, base_url=self.url, follow_redirects=True)
            return response.status_code, response.headers, response.get_data()
        finally:  # Odoo took it for the thread of a request.
            for name in vars(thread).keys() - attributes.keys():
                delattr(thread, name)
            vars(thread).update(attributes)
