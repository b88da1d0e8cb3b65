"""A reverse proxy, as small as can be: it hands requests on and says whose they are."""

from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from dev.server import free_port

#: What is between two of three only (RFC 9110), and what is sent anew.
NOT_PASSED = {"connection", "content-length", "keep-alive", "transfer-encoding"}


@contextmanager
def proxying(url, paths=("/",)):
    """Stand before a server for as long as the block runs.

    :param str url: the server's
    :param tuple paths: with which what is handed on begins; nothing else is there
    :return: the proxy's address
    :rtype: str
    """

    class Handler(BaseHTTPRequestHandler):
        """One connection of a visitor."""

        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if not self.path.startswith(paths):
                self.answer(404, [], b"")
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {
                **self.headers,
                "X-Forwarded-For": self.client_address[0],
                "X-Forwarded-Host": self.headers["Host"],
                "X-Forwarded-Proto": "http",
            }
            server = HTTPConnection(urlsplit(url).netloc)
            try:
                server.request(self.command, self.path, body, headers)
                answer = server.getresponse()
                self.answer(answer.status, answer.getheaders(), answer.read())
            finally:
                server.close()

        do_POST = do_GET

        def answer(self, status, headers, body):
            """Send an answer."""
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in NOT_PASSED:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Say nothing."""

    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as proxy:
        thread = Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{port}"
        finally:
            proxy.shutdown()
            thread.join()
