# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

OLD = "{{ object.get_base_url() }}/my/autopay"
NEW = (
    "{{ object.company_id._paynow_get_site_url() or object.get_base_url() }}/my/autopay"
)


def migrate(cr, _version):
    """Lead a branch's client to the website that serves it, where they can log in.

    The mail on an automatic payment that failed is the administrator's; only the
    address of its link follows, in every language.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    cr.execute(
        """
        UPDATE mail_template
           SET body_html = replace(body_html::text, %s, %s)::jsonb
          FROM ir_model_data data
         WHERE data.module = 'paynow_module'
           AND data.model = 'mail.template'
           AND data.name = 'mail_template_autopay_failed'
           AND data.res_id = mail_template.id
        """,
        [OLD, NEW],
    )
