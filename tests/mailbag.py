"""The mails of a company with clients of three languages, sent as Odoo sends them."""

from inbox import read_html

#: How each language writes what stands in the mails, and the words of the subjects.
WRITTEN = {
    "en_US": {
        "subjects": ("New invoice", "is past due", "Account summary"),
        "texts": ("$1,234.50", "Pay Invoice", "GO TO PORTAL", "15 days past due"),
    },
    "fr_FR": {
        "subjects": ("nouvelle facture", "est échue", "relevé de compte"),
        "texts": ("1 234,50 €", "Payer la facture", "ACCÉDER AU PORTAIL", "15 jours"),
    },
    "de_DE": {
        "subjects": ("Neue Rechnung", "ist überfällig", "Kontoübersicht"),
        "texts": ("1.234,50 €", "Rechnung bezahlen", "ZUM PORTAL", "15 Tagen"),
    },
}

#: Sends each client a new invoice, a reminder, a summary; has the queue worked off.
SEND = """
import json
from datetime import timedelta
from odoo.fields import Command

env["base.language.install"].create({
    "lang_ids": env["res.lang"].with_context(active_test=False).search(
        [("code", "in", ("fr_FR", "de_DE"))]).ids,
    "overwrite": True}).lang_install()
company = env.ref("base.main_company")
company.write({
    "street": "1 Lake Road", "city": "Duluth", "zip": "55802",
    "state_id": env["res.country.state"].search(
        [("code", "=", "MN"), ("country_id.code", "=", "US")]).id,
    "country_id": env.ref("base.us").id,
    "phone": "+1 218-555-0134", "paynow_email_links": True,
    "paynow_invoice_delivery_enabled": True})
Partner, Move = env["res.partner"], env["account.move"]
journal = env.ref("paynow_module.journal_services")
today = company._paynow_get_today()
clients = {
    "en_US": ("Cedar Grove Clinic", "accounts@cedargrove.example.com", "base.USD"),
    "fr_FR": ("Atelier Rivi\\u00e8re", "compta@riviere.example.com", "base.EUR"),
    "de_DE": ("Praxis Nordlicht", "rechnung@nordlicht.example.com", "base.EUR"),
}
numbers = {}

def bill(client, currency, number, amount, due, **values):
    move = Move.create({
        "move_type": "out_invoice", "partner_id": client.id, "name": number,
        "journal_id": journal.id, "currency_id": env.ref(currency).id,
        "invoice_date": today + timedelta(days=due - 15),
        "invoice_date_due": today + timedelta(days=due),
        "invoice_line_ids": [Command.create({
            "name": "Managed network", "price_unit": amount,
            "tax_ids": [Command.clear()]})], **values})
    move.action_post()
    return move

def send(kind, client, period, template, record, invoice=None):
    notice = env["paynow.notice"]._claim(
        kind, company, client, period, **({"invoice": invoice} if invoice else {}))
    template = env.ref(f"paynow_module.mail_template_{template}")
    assert notice._queue(
        template.with_company(company), record.with_company(company), client.email
    ), notice.reason

for code, (name, email, currency) in clients.items():
    client = Partner.create({
        "name": name, "email": email, "lang": code, "is_company": True})
    mark = code[:2].upper()
    late = bill(client, currency, f"{mark}-104", 1234.5, -15)
    fresh = bill(client, currency, f"{mark}-117", 480.0, 10)
    # The PDF was made earlier: the machine of a test has no wkhtmltopdf.
    env["ir.attachment"].create({
        "name": f"{fresh.name}.pdf", "raw": b"%PDF-1.4 %%EOF",
        "mimetype": "application/pdf", "res_model": "account.move",
        "res_id": fresh.id, "res_field": "invoice_pdf_report_file"})
    fresh.invalidate_recordset()
    bill(client, currency, f"{mark}-C3", 50.0, 0, move_type="out_refund")
    wizard = env["account.move.send.wizard"].with_context(
        active_model="account.move", active_ids=fresh.ids).create(
        {"sending_methods": ["email"]})
    wizard.action_send_and_print()
    send("past_due", client, "15", "past_due", late, late)
    send("account_summary", client, "test", "account_summary", client)
    numbers[code] = [email, fresh.name, late.name]
env.cr.commit()  # Odoo sends the invoices now.
env.invalidate_all()
env["mail.mail"].process_email_queue()
env.cr.commit()
print(json.dumps(numbers))
"""


def read(inbox, clients, lang, number):
    """Return one of the three mails of a client as the page that they see.

    :param int number: 0 the new invoice, 1 the reminder, 2 the summary
    """
    message = inbox.find(clients[lang][0], WRITTEN[lang]["subjects"][number])
    return read_html(message)
