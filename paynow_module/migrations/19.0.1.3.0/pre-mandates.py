# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def migrate(cr, _version):
    """Let choices be without a mandate until `post-mandates` has made them.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    cr.execute("ALTER TABLE paynow_autopay ADD COLUMN IF NOT EXISTS mandate_id integer")
