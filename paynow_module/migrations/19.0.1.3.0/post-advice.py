# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import SUPERUSER_ID, api

DETAILS = '<t t-out="object._paynow_render_details()"'
ADVICE = (
    '<p style="margin: 0 0 16px 0;" t-out="object._paynow_get_autopay_advice()"></p>'
)


def migrate(cr, _version):
    """Say what to do in the mail on an automatic payment that failed.

    The templates belong to the administrator; the sentence is put before the details.

    :param Cursor cr: The database.
    :param str _version: The installed version.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    template = env.ref(
        "paynow_module.mail_template_autopay_failed", raise_if_not_found=False
    )
    if not template:
        return
    for lang, _name in env["res.lang"].get_installed():
        localized = template.with_context(lang=lang)
        body = str(localized.body_html or "")
        if DETAILS in body and "_paynow_get_autopay_advice" not in body:
            # Not by its terms: they are the same before and after.
            cr.execute(
                """
                UPDATE mail_template
                   SET body_html = body_html || jsonb_build_object(%s::text, %s::text)
                 WHERE id = %s
                """,
                [lang, body.replace(DETAILS, ADVICE + DETAILS, 1), template.id],
            )
    template.invalidate_recordset()
