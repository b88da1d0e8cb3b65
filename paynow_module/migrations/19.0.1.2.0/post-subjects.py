# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

TEMPLATES = ("receipt", "returned", "failed", "refunded")


def migrate(cr, _version):
    """Name all invoices of a payment in the subjects of its mails.

    There may be several now, and the name of several is none.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    cr.execute(
        """
        UPDATE mail_template
           SET subject = replace(
                   subject::text, 'object.invoice_ids.name', 'object.paynow_numbers'
               )::jsonb
          FROM ir_model_data data
         WHERE data.module = 'paynow_module'
           AND data.model = 'mail.template'
           AND data.name = ANY(%s)
           AND data.res_id = mail_template.id
        """,
        [[f"mail_template_{name}" for name in TEMPLATES]],
    )
