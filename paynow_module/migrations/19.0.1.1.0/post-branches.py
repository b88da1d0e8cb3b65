# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def migrate(cr, _version):
    """Give the payments made for a branch to the branch, as those to come.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    cr.execute(
        """
        UPDATE payment_transaction tx
           SET company_id = move.company_id
          FROM account_invoice_transaction_rel rel
          JOIN account_move move ON move.id = rel.invoice_id
         WHERE rel.transaction_id = tx.id
           AND tx.is_paynow
           AND tx.company_id != move.company_id
        """
    )
    for _generation in range(2):  # A refund of a captured part has two above it.
        cr.execute(
            """
            UPDATE payment_transaction tx
               SET company_id = source.company_id
              FROM payment_transaction source
             WHERE source.id = tx.source_transaction_id
               AND tx.is_paynow
               AND tx.company_id != source.company_id
            """
        )
