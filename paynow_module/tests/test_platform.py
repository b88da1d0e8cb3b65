# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import inspect
import re
from contextlib import suppress
from pathlib import Path

from odoo.http import Controller
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open, file_path

OURS = "odoo.addons.paynow_module."
#: What we call of Odoo that it keeps to itself, with what we name.
CALLED = {
    ("account.move.line", "_get_installments_data"): ("payment_date",),
    ("account.move", "_get_invoice_counterpart_amls_for_early_payment_discount"): (),
    ("account.move", "_get_invoice_in_payment_state"): (),
    ("account.move", "_is_eligible_for_early_payment_discount"): (),
    ("ir.cron", "_commit_progress"): ("remaining",),
    ("ir.cron", "_trigger"): (),
    ("ir.http", "_is_allowed_cookie"): (),
    ("ir.http", "_verify_request_recaptcha_token"): (),
    ("payment.method", "_get_compatible_payment_methods"): (
        "currency_id", "website_id", "report",
    ),
    ("payment.provider", "_get_compatible_providers"): (
        "currency_id", "website_id", "report",
    ),
    ("payment.provider", "_is_tokenization_required"): (),
    ("payment.transaction", "_charge_with_token"): (),
    ("payment.transaction", "_get_processing_values"): (),
    ("payment.transaction", "_search_by_reference"): (),
    ("payment.transaction", "_set_canceled"): ("state_message", "extra_allowed_states"),
    ("payment.transaction", "_set_done"): ("state_message",),
    ("website.page", "_allow_cache_insertion"): (),
    ("website.page", "_get_cache_key"): (),
}  # fmt: skip
INTERACTIONS = {
    "payment_form": "payment/static/src/interactions/payment_form.js",
}


#: What would make or fill an entry, or a payment, in place of Odoo.
ENTRY = re.compile(
    r"""["']account\.(?:move(?:\.line)?|payment)["']\]\s*(?:\.\w+\([^()]*\)\s*)*"""
    r"""\.create\(|["'](?:line_ids|debit)["']:"""
)


#: Where a platform's hook makes the lines of a draft anew; it knows one receivable
#: line only, and a payment of several invoices has one for each.
ANEW = {"models/payment/account_payment.py": 1}


def is_ours(cls):
    """Tell whether a class is one of the add-on's."""
    return cls.__module__.startswith(OURS)


def find_overrides(bases):
    """Yield what we override: the name, our function, and the platform's.

    :param bases: The classes, the last one that overrides first.
    """
    for number, cls in enumerate(bases):
        if not is_ours(cls):
            continue
        for name, function in vars(cls).items():
            function = getattr(function, "__func__", function)
            if not inspect.isfunction(function) or name.startswith("__"):
                continue
            for base in bases[number + 1 :]:
                if not is_ours(base) and name in vars(base):
                    theirs = vars(base)[name]
                    yield name, function, getattr(theirs, "__func__", theirs)
                    break


def takes(function, other):
    """Tell whether a function can be called in all ways in which another one can."""
    ours, theirs = inspect.signature(function), inspect.signature(other).parameters
    plain = [p.name for p in theirs.values() if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    named = dict.fromkeys(p.name for p in theirs.values() if p.kind is p.KEYWORD_ONLY)
    for args, kwargs in ((plain, {}), ([], dict.fromkeys(plain))):
        with suppress(TypeError):
            ours.bind(None, *args, **kwargs, **named)
            return True
    return False


@tagged("-at_install", "post_install")
class TestPlatform(TransactionCase):
    """What an update of Odoo would break names itself here."""

    def test_overrides_take_what_the_platform_passes(self):
        """Test that no method that we override has got another parameter."""
        count = 0
        for model in self.env.registry.values():
            bases = [
                cls for cls in model.__mro__ if cls.__module__ != "odoo.orm.models"
            ]
            for name, ours, theirs in find_overrides(bases):
                count += 1
                with self.subTest(model=model._name, method=name):
                    self.assertTrue(takes(ours, theirs), inspect.signature(theirs))
        self.assertGreater(count, 40)

    def test_controllers_take_what_the_platform_passes(self):
        """Test the same of the controllers."""
        count, waiting = 0, [Controller]
        while waiting:
            cls = waiting.pop()
            waiting.extend(cls.__subclasses__())
            if is_ours(cls):
                for name, ours, theirs in find_overrides(cls.__mro__[:-2]):
                    count += 1
                    with self.subTest(controller=cls.__name__, method=name):
                        self.assertTrue(takes(ours, theirs), inspect.signature(theirs))
        self.assertGreater(count, 1)

    def test_what_we_call_is_there(self):
        """Test the methods of the platform that we call, and what we name of theirs."""
        for (model, name), parameters in CALLED.items():
            with self.subTest(model=model, method=name):
                model_cls = self.env.registry[model]
                known = inspect.signature(getattr(model_cls, name)).parameters
                has_any = any(p.kind is p.VAR_KEYWORD for p in known.values())
                self.assertTrue(has_any or set(parameters) <= set(known))

    def test_interactions_have_what_we_patch(self):
        """Test that the payment form in the browser has the methods that we use."""
        for ours, theirs in INTERACTIONS.items():
            with file_open(f"paynow_module/static/src/interactions/{ours}.js") as file:
                text = file.read()
            with file_open(theirs) as file:
                platform = file.read()
            # All interactions have the first two.
            names = set(re.findall(r"super\.(\w+)\(", text)) - {"setup", "start"}
            self.assertTrue(names)
            for name in names:
                with self.subTest(file=ours, method=name):
                    self.assertRegex(platform, rf"(?m)^    (static |async )?{name}\(")

    def test_entries_are_made_by_the_platform_alone(self):
        """Test that no code of ours creates an entry, its lines, or a payment."""
        self.assertRegex('env["account.move"].sudo().create({})', ENTRY)
        self.assertRegex('{"line_ids": []}', ENTRY)
        root, count = Path(file_path("paynow_module")), 0
        for folder in ("controllers", "models", "wizards"):
            for path in (root / folder).rglob("*.py"):
                count += 1
                with self.subTest(path=path.relative_to(root)):
                    found = ENTRY.findall(path.read_text())
                    own = str(path.relative_to(root))
                    self.assertEqual(len(found), ANEW.get(own, 0))
        self.assertGreater(count, 100)
