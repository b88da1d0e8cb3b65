"""`bin/test rooms`: which room of the add-on knows which, and which must not.

A room knows another one where it imports from it, or uses a field, a method or a model
that is defined there. Whatever several rooms define, the lowest of them has it: the
others extend it.
"""

import ast
import re
from collections import defaultdict
from typing import NamedTuple

from .places import ADDON

#: The rooms from the ground up, and whom each may ask: what those may is theirs, too.
ROOMS = {
    "company": (),
    "ledger": ("company",),
    "limits": ("company",),
    "payment": ("ledger", "limits"),
    "links": ("payment",),
    "outcome": ("payment",),
    "mails": ("links",),
    "cards": ("company",),
    "notices": ("ledger", "mails", "cards"),
    "mandates": ("outcome", "mails", "notices"),
    "autopay": ("payment", "cards", "mandates"),
    "reports": ("autopay",),
    "health": ("reports",),
}
#: What stands in no folder of a room.
OTHERS = {
    "controllers/autopay.py": "autopay",
    "controllers/autopay_link.py": "autopay",
    "controllers/card.py": "cards",
    "controllers/checkout.py": "payment",
    "controllers/code.py": "links",
    "controllers/enrol.py": "autopay",
    "controllers/enrol_payment.py": "autopay",
    "controllers/invoice.py": "payment",
    "controllers/items.py": "payment",
    "controllers/link.py": "links",
    "controllers/mandate.py": "mandates",
    "controllers/payment.py": "payment",
    "controllers/paynow.py": "payment",
    "controllers/receipt.py": "outcome",
    "controllers/reminders.py": "notices",
    "controllers/tell.py": "notices",
    "wizards/payment_refund_wizard.py": "outcome",
    "wizards/paynow_hold.py": "autopay",
    "wizards/paynow_mandate_allow.py": "mandates",
    "wizards/paynow_return.py": "outcome",
    "wizards/paynow_settings.py": "health",
    "wizards/res_config_settings.py": "health",
}
#: Methods that nobody calls but a browser; captchas and menus have names like them.
ROUTES = ("paynow", "paynow_link")
#: How our names are told from the platform's.
OURS = re.compile(r"(?<![\w.])[\w.]*paynow[\w.]*")


class Use(NamedTuple):
    """A place where one room knows another one."""

    room: str
    known: str
    name: str
    place: str


def find_room(path):
    """Return the room in which a file of the add-on stands; None: it has none.

    :param str path: The path below the add-on.
    :rtype: str|None
    """
    folder, _slash, rest = path.partition("/")
    room, slash, _name = rest.partition("/")
    if folder in ("models", "views") and slash:
        return room if room in ROOMS else None
    return OTHERS.get(path)


def read():
    """Return all places where a room knows another one.

    :rtype: list[Use]
    """
    trees, texts = {}, {}
    for path in sorted(ADDON.rglob("*")):
        name = path.relative_to(ADDON).as_posix()
        if not (room := find_room(name)):
            continue
        if path.suffix == ".py":
            trees[name] = (room, ast.parse(path.read_text()))
        elif path.suffix == ".xml":
            texts[name] = (room, path.read_text())
    owners = _find_owners(trees)
    uses = []
    for place, (room, tree) in trees.items():
        for name, line in _find_names(tree):
            known = name if name in ROOMS else owners.get(name, room)
            if known != room:
                uses.append(Use(room, known, name, f"{place}:{line}"))
    for place, (room, text) in texts.items():
        for line, content in enumerate(text.splitlines(), 1):
            for match in OURS.finditer(content):
                for name in (match[0], match[0].rpartition(".")[2]):
                    known = owners.get(name, room)
                    if known != room:
                        uses.append(Use(room, known, name, f"{place}:{line}"))
    return uses


def _find_owners(trees):
    """Return the lowest room that defines each of our names."""
    owners, order = {}, list(ROOMS)
    for room, tree in trees.values():
        for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for node in cls.body:
                name = None
                if isinstance(node, ast.FunctionDef):
                    name = node.name
                elif isinstance(node, ast.Assign) and isinstance(
                    node.targets[0], ast.Name
                ):
                    name = node.targets[0].id
                    if name == "_name":
                        owners[node.value.value] = room
                if name and "paynow" in name and name not in ROUTES:
                    owners[name] = min(room, owners.get(name, room), key=order.index)
    return owners


def _find_names(tree):
    """Yield what a file names, and from which rooms it imports, with the lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # As in `mapped("…")`, a domain, or `invoice_ids.paynow_url`.
            for name in {node.value, *node.value.split(".")}:
                if "paynow" in name:
                    yield name, node.lineno
        elif isinstance(node, ast.FunctionDef) and "paynow" in node.name:
            yield node.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level:
            room = (node.module or "").removeprefix("models.").partition(".")[0]
            if room in ROOMS:
                yield room, node.lineno


def find_allowed():
    """Return the rooms that each room may know.

    :rtype: dict[str, set[str]]
    """
    allowed = {}
    for room, asked in ROOMS.items():
        allowed[room] = set(asked).union(*(allowed[each] for each in asked))
    return allowed


def find_faults(uses):
    """Return the uses that go where the room may not ask.

    :param list uses: What `read` returns.
    :rtype: list[Use]
    """
    allowed = find_allowed()
    return [use for use in uses if use.known not in allowed[use.room]]


def render(uses):
    """Return the table of arrows: which room knows which, in how many places.

    :param list uses: What `read` returns.
    :rtype: str
    """
    counts = defaultdict(int)
    for use in uses:
        counts[use.room, use.known] += 1
    rows = ["| room | knows |", "|---|---|"]
    for room in ROOMS:
        known = [
            f"{other} {counts[room, other]}" for other in ROOMS if counts[room, other]
        ]
        rows.append(f"| {room} | {', '.join(known)} |")
    return "\n".join(rows)
