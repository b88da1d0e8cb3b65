# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def migrate(cr, _version):
    """Have the mails of notices that wait during the update tried again, too.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    cr.execute(
        """
        UPDATE mail_mail
           SET paynow_patience = 24 * 60
          FROM paynow_notice notice
         WHERE notice.mail_id = mail_mail.id
           AND mail_mail.state = 'outgoing'
        """
    )
