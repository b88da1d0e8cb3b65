# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tools import SQL

# Texts that an administrator may have made their own: no update touches them.
COLUMNS = [
    ("mail_template", "body_html", "jsonb"),
    ("mail_template", "subject", "jsonb"),
    ("mail_template", "email_to", "varchar"),
    ("ir_ui_view", "arch_db", "jsonb"),
]


def migrate(cr, _version):
    """Have edited mails and pages call our methods by the names they have now.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    for table, column, kind in COLUMNS:
        name = SQL.identifier(column)
        cr.execute(
            SQL(
                r"""
                UPDATE %(table)s
                   SET %(name)s = regexp_replace(
                           %(name)s::text,
                           '\m_(get|is|has|prepare)_paynow_', '_paynow_\1_', 'g'
                       )::%(kind)s
                 WHERE %(name)s::text ~ '\m_(get|is|has|prepare)_paynow_'
                """,
                table=SQL.identifier(table),
                name=name,
                kind=SQL.identifier(kind),
            )
        )
