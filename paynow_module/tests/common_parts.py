# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import MODELS
from .common_books import PaynowBooksCommon

WATCHDOG_LOGGER = f"{MODELS}.outcome.payment_transaction_watchdog"


class PaynowPartsCommon(PaynowBooksCommon):
    """Payments that are authorized, captured, voided and refunded in parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write({"support_manual_capture": "partial"})
        cls.today = cls.company._paynow_get_today()

    def _authorize(self, amount=100.0, **values):
        """Create a payment that the provider has authorized.

        :rtype: payment.transaction
        """
        return self._pay("authorized", amount=amount, **values)

    def _capture(self, source, amount=None):
        """Capture an authorized payment as staff does; the provider confirms it.

        :rtype: payment.transaction
        """
        part = source._capture(amount)
        part._set_done()
        return part

    def _post(self, txs):
        """Post payments as the watchdog does, the last one first.

        :return: The same payments.
        :rtype: payment.transaction
        """
        for tx in txs.sorted("id", reverse=True):
            self.assertTrue(tx._paynow_retry(), tx.paynow_problem)
        return txs

    @contextmanager
    def _posting_fails(self):
        """Have no payment be posted meanwhile."""

        def _create_payment(_tx, **_values):
            raise UserError("The moon is full.")  # pylint: disable=translation-required

        with (
            patch.object(
                self.env.registry["payment.transaction"],
                "_create_payment",
                _create_payment,
            ),
            mute_logger(WATCHDOG_LOGGER),
        ):
            yield

    def _assert_payable(self, amount):
        """Assert what can be paid on the invoice now."""
        self.assertEqual(self.invoice._paynow_get_payable(), amount)

    @contextmanager
    def _broken_template(self, name):
        """Have a mail to the payer fail as after an administrator's edit.

        :param str name: Of the template, without `mail_template_`.
        """
        template = self.env.ref(f"paynow_module.mail_template_{name}").sudo()
        # Odoo refuses to save what fails on payments that are there already.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_template SET lang = '{{ 1 / 0 }}' WHERE id = %s", [template.id]
        )
        self.env.invalidate_all()
        with mute_logger(
            "odoo.addons.mail.models.mail_render_mixin",
            f"{MODELS}.outcome.payment_transaction_mail",
        ):
            yield
