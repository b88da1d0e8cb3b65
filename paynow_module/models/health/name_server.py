# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading TXT records of a domain, for which Odoo brings no library.

A question goes over TCP, which every name server takes (RFC 7766): no answer is too
long for it.
"""

import secrets
import socket
import struct
from pathlib import Path

TXT = 16
TIMEOUT = 5  # Seconds for each name server.
NO_ERROR, NO_SUCH_NAME = 0, 3
SETTINGS = Path("/etc/resolv.conf")


def read_texts(name):
    """Return the TXT records of a domain, as one of the system's name servers knows it.

    :param str name: The domain.
    :return: The texts; none if there is no such domain.
    :rtype: list[str]
    :raise OSError: If no name server tells.
    :raise UnicodeError: If no domain can be called that.
    """
    labels = [label.encode("idna") for label in name.split(".")]
    question = b"".join(bytes([len(label)]) + label for label in [*labels, b""])
    error = OSError("There is no name server.")
    for address in _get_servers():
        try:
            return _ask(address, question + struct.pack(">HH", TXT, 1))
        except (OSError, struct.error, IndexError) as reason:
            error = OSError(str(reason))
    raise error


def _get_servers():
    """Return the addresses and ports of the system's name servers.

    :rtype: list[tuple[str, int]]
    """
    lines = [line.split() for line in SETTINGS.read_text().splitlines()]
    return [(line[1], 53) for line in lines if line[:1] == ["nameserver"] and line[1:]]


def _ask(address, question):
    """Return what a name server answers.

    :param tuple[str, int] address: The name server.
    :param bytes question: The name, type and class.
    :rtype: list[str]
    """
    # With an id of its own, "recursion desired", and one question.
    query = secrets.token_bytes(2) + struct.pack(">5H", 0x0100, 1, 0, 0, 0) + question
    with socket.create_connection(address, TIMEOUT) as connection:
        connection.sendall(struct.pack(">H", len(query)) + query)
        with connection.makefile("rb") as file:
            (length,) = struct.unpack(">H", file.read(2))
            answer = file.read(length)
    flags, _questions, count = struct.unpack_from(">3H", answer, 2)
    if answer[:2] != query[:2] or flags & 0xF not in (NO_ERROR, NO_SUCH_NAME):
        raise OSError(f"The name server answers with code {flags & 0xF}.")
    return list(_read_records(answer, len(query), count))


def _read_records(answer, place, count):
    """Yield the texts of the records of an answer (RFC 1035, 4.1.3).

    :param bytes answer: All of it.
    :param int place: Where the records begin.
    :param int count: How many there are.
    :rtype: Iterator[str]
    """
    for _record in range(count):
        while 0 < answer[place] < 0xC0:  # The name, or the rest of one named before.
            place += 1 + answer[place]
        place += 1 if answer[place] == 0 else 2
        kind, length = struct.unpack_from(">H6xH", answer, place)
        place, end = place + 10, place + 10 + length
        text = b""
        while kind == TXT and place < end:
            text += answer[place + 1 : place + 1 + answer[place]]
            place += 1 + answer[place]
        place = end
        if kind == TXT:
            yield text.decode(errors="replace")
