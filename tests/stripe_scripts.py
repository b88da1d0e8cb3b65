"""What the tests with Stripe ask of Odoo's shell and of the database."""

SETUP = """
method = env.ref("payment.payment_method_card")
env["payment.provider"].search([]).filtered(
    lambda p: p.state != "disabled").state = "disabled"
stripe = env["payment.provider"].search(
    [("code", "=", "stripe"), ("company_id", "=", env.ref("base.main_company").id)])
stripe.write({
    "stripe_publishable_key": "pk_test_standin", "stripe_secret_key": SECRET,
    "stripe_webhook_secret": WEBHOOK_SECRET, "state": "test", "is_published": True,
    "allow_tokenization": True, "payment_method_ids": [(6, 0, method.ids)]})
method.active = True
env["ir.config_parameter"].set_param("paynow_stripe_standin.url", URL)
client = env["res.partner"].search([("email", "=", EMAIL)])
env["res.users"].with_context(no_reset_password=True).create({
    "name": "Stripe client", "login": "stripe", "password": "stripe-client",
    "partner_id": client.id, "group_ids": env.ref("base.group_portal").ids})
env.cr.commit()
"""
#: Charges a saved card for an invoice, as automatic payment does.
CHARGE = """
import json
token = env["payment.token"].browse(TOKEN)
invoice = env["account.move"].search([("name", "=", NUMBER)])
tx = env["payment.transaction"].search([("reference", "=", f"auto-{NUMBER}")])
if not tx:
    tx = tx.create({
        "provider_id": token.provider_id.id, "token_id": token.id,
        "payment_method_id": token.payment_method_id.id, "operation": "offline",
        "amount": invoice.amount_residual, "currency_id": invoice.currency_id.id,
        "partner_id": token.partner_id.id, "reference": f"auto-{NUMBER}",
        "invoice_ids": [(6, 0, invoice.ids)]})
else:
    tx.write({"state": "draft", "provider_reference": False})
env.cr.commit()
tx._charge_with_token()
env.cr.rollback() if CRASH else env.cr.commit()
print(json.dumps([tx.state, tx.state_message, tx.provider_reference]))
"""
REFUND = """
tx = env["payment.transaction"].search([("reference", "=", REFERENCE)])
tx._refund(AMOUNT)
env.cr.commit()
"""
#: Takes the secret away for a moment; returns what is wrong then, and afterwards.
WITHOUT_SECRET = """
import json
stripe = env["payment.provider"].search(
    [("code", "=", "stripe"), ("company_id", "=", env.ref("base.main_company").id)])
secret, stripe.stripe_webhook_secret = stripe.stripe_webhook_secret, False
without = stripe._paynow_get_problem()
stripe.stripe_webhook_secret = secret
print(json.dumps([without, stripe._paynow_get_problem()]))
"""
TRANSACTIONS = """
SELECT state, round(100 * amount)::int, is_post_processed FROM payment_transaction
 WHERE reference = %s OR source_transaction_id =
       (SELECT id FROM payment_transaction WHERE reference = %s)
 ORDER BY id
"""
TOKENS = """
SELECT id, paynow_brand, paynow_expiry_month, paynow_expiry_year, payment_details
  FROM payment_token ORDER BY id
"""
