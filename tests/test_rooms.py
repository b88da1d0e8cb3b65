"""The code stands in rooms, and each room knows only those that it may ask."""

from dev import rooms
from dev.places import ROOT


def test_arrows_run_down_only():
    """Imports, fields, methods and models of a room above are named by none below."""
    uses = rooms.read()
    assert {use.room for use in uses} | {"company"} == set(rooms.ROOMS)
    assert rooms.find_faults(uses) == []


def test_an_arrow_that_runs_up_is_found(monkeypatch):
    """Were `autopay` the ground floor, all who extend it would be named."""
    monkeypatch.setitem(rooms.ROOMS, "reports", ())
    faults = rooms.find_faults(rooms.read())
    assert {(fault.room, fault.known) for fault in faults} >= {("reports", "payment")}


def test_every_module_stands_in_a_room():
    """No model, controller, wizard or screen is left beside the rooms."""
    root = {"views/paynow_menus.xml", "views/paynow_settings_views.xml",
            "views/res_config_settings_views.xml"}  # fmt: skip
    names = {
        path.relative_to(rooms.ADDON).as_posix()
        for folder in ("models", "controllers", "wizards", "views")
        for path in (rooms.ADDON / folder).rglob("*")
        if path.suffix in (".py", ".xml") and path.name != "__init__.py"
    }
    outside = {name for name in names if not rooms.find_room(name)}
    assert {name for name in outside if "/snippets/" not in name} == root


def test_the_manual_names_the_rooms():
    """docs/integrator.md lists the rooms and whom they ask, as they are."""
    text = (ROOT / "docs" / "integrator.md").read_text()
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("|")]
    table = {row[0].strip(): row[2].strip() for row in rows if len(row) == 3}
    asked = {room: ", ".join(names) for room, names in rooms.ROOMS.items()}
    assert {room: table.get(room) for room in asked} == asked
