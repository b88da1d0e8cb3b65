# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

#: What stood with the choice; the mandate has it now.
OLD_COLUMNS = (
    "consent_text",
    "consent_date",
    "consent_ip",
    "consent_user_id",
    "consent_source",
)


def migrate(cr, _version):
    """Make a mandate of each consent to automatic payment that was recorded.

    Odoo itself keeps the columns in which it stood, which may not be empty.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    if not column_exists(cr, "paynow_autopay", "consent_text"):
        return  # A database that was made by a version with mandates.
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    cr.execute(
        """
        SELECT id, consent_text, consent_date, consent_ip, consent_user_id,
               consent_source
          FROM paynow_autopay
         WHERE mandate_id IS NULL
        """
    )
    for autopay_id, text, date, ip, user_id, source in cr.fetchall():
        autopay = env["paynow.autopay"].browse(autopay_id)
        token = autopay.token_id
        mandate = env["paynow.mandate"]._authorize(
            autopay.company_id,
            autopay.partner_id,
            kind="invoices" if autopay.invoice_id else "standing",
            invoice_ids=[(6, 0, autopay.invoice_id.ids)],
            medium=env["paynow.mandate.text"]._get_medium(token.payment_method_id.code),
            token_id=token.id,
            method_name=token._paynow_get_autopay_name(),
            text=text,
            date=date,
            ip=ip,
            user_id=user_id,
            proof="login" if source == "portal" else "staff",
            lang=autopay.partner_id.lang,
        )
        if not autopay.active:
            mandate.write(
                {
                    "state": "revoked",
                    "state_date": autopay.end_date,
                    "state_user_id": autopay.end_user_id.id,
                }
            )
        cr.execute(
            "UPDATE paynow_autopay SET mandate_id = %s WHERE id = %s",
            [mandate.id, autopay_id],
        )
        cr.execute(
            """
            UPDATE payment_transaction tx
               SET paynow_mandate_id = %s
              FROM account_invoice_transaction_rel rel
              JOIN account_move move ON move.id = rel.invoice_id
             WHERE rel.transaction_id = tx.id
               AND tx.paynow_run_key IS NOT NULL
               AND move.paynow_autopay_id = %s
            """,
            [mandate.id, autopay_id],
        )
    cr.execute("ALTER TABLE paynow_autopay ALTER COLUMN mandate_id SET NOT NULL")
    for column in OLD_COLUMNS:
        cr.execute(
            SQL(
                "ALTER TABLE paynow_autopay DROP COLUMN IF EXISTS %s",
                SQL.identifier(column),
            )
        )
