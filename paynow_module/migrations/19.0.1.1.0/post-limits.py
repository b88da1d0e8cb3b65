# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

# As they were, what they are, and by which maximum, where nobody has changed them.
LIMITS = [
    ("limit_lookup_failed_number", 5, 20),
    ("limit_lookup_failed_email", 10, 30),
    ("limit_lookup_failed_company", 30, 30),
    ("limit_lookup_matched_company", 120, 120),
    ("limit_link_requested_company", 30, 120),
    ("limit_payment_started_company", 120, 120),
    ("limit_payment_declined_company", 30, 30),
]


def migrate(cr, _version):
    """Count networks, not tries, where one computer could close a page to all.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    for name, before, now in LIMITS:
        cr.execute(
            """
            UPDATE paynow_limit
               SET by_network = TRUE, maximum = %s
              FROM ir_model_data data
             WHERE data.module = 'paynow_module'
               AND data.name = %s
               AND data.model = 'paynow.limit'
               AND data.res_id = paynow_limit.id
               AND maximum = %s
            """,
            [now, name, before],
        )
    cr.execute(
        """
        UPDATE paynow_limit
           SET effect = 'slow'
          FROM ir_model_data data
         WHERE data.module = 'paynow_module'
           AND data.name = 'limit_lookup_failed_company'
           AND data.model = 'paynow.limit'
           AND data.res_id = paynow_limit.id
           AND by_network
        """
    )
