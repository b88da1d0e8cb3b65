# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from .res_company_watch import FINE
from .visitor import OWN

_logger = logging.getLogger(__name__)

LATE = timedelta(days=2)  # The page is looked at once a day.
# A provider that is no longer offered is no danger.
WAITING = [
    ("state", "!=", "accepted"),
    "|",
    ("state", "!=", "gone"),
    ("kind", "not in", ("provider", "captcha")),
]


class PaynowScript(models.Model):
    """A script or a header of the page on which somebody pays, and who accepted it.

    Source: PCI DSS 4.0.1, requirements 6.4.3 (inventory, why, integrity) and 11.6.1
    (who learns of a change).
    """

    _name = "paynow.script"
    _description = "Script or Header of the Payment Page"
    _order = "state desc, kind, name, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("page", "Page"),
            ("addons", "Installed add-ons"),
            ("bundle", "Scripts of Odoo and its add-ons"),
            ("file", "Script of an add-on"),
            ("inline", "Script within the page"),
            ("provider", "Scripts of a provider"),
            ("captcha", "Scripts of a captcha"),
            ("other", "Unknown script"),
            ("header", "Header"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(required=True, readonly=True)
    owner = fields.Char(string="Whose", readonly=True)
    purpose = fields.Text(string="Why", compute="_compute_purpose")
    value = fields.Char(
        readonly=True, help="What was found: the hash of a script, or a header."
    )
    shown_value = fields.Text(string="Hash or value", compute="_compute_shown_value")
    accepted_value = fields.Char(readonly=True)
    is_there = fields.Boolean(readonly=True, default=True)
    state = fields.Selection(
        selection=[
            ("accepted", "Accepted"),
            ("new", "Newly found"),
            ("changed", "Changed"),
            ("gone", "Gone"),
        ],
        compute="_compute_state",
        store=True,
    )
    changed_date = fields.Datetime(string="Last changed", readonly=True)
    seen_date = fields.Datetime(string="Last seen", readonly=True)
    accepted_uid = fields.Many2one(
        comodel_name="res.users",
        string="Accepted by",
        readonly=True,
        help="OdooBot, where it was there at the first look or came with an update.",
    )
    activity_ids = fields.Many2many(comodel_name="mail.activity", readonly=True)

    _name_uniq = models.UniqueIndex("(company_id, kind, name)")

    @api.depends("value", "accepted_value", "is_there")
    def _compute_state(self):
        for script in self:
            if not script.is_there:
                script.state = "gone"
            elif not script.accepted_value:
                script.state = "new"
            elif script.value != script.accepted_value:
                script.state = "changed"
            else:
                script.state = "accepted"

    @api.depends("value", "kind")
    @api.depends_context("lang")
    def _compute_shown_value(self):
        for script in self:
            shown = script.value
            if script.kind == "page" and shown == FINE:
                shown = self.env._("It opens as it should.")
            elif shown == OWN:
                shown = self.env._("Its owner's own, changes without us")
            script.shown_value = shown

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_purpose(self):
        purposes = {
            "page": self.env._(
                "Here clients pay; it is opened once a day as a visitor would."
            ),
            "addons": self.env._(
                "An update of the add-ons changes scripts, which is then no alarm."
            ),
            "bundle": self.env._(
                "Shows the payment methods and starts the payment: all scripts of Odoo"
                " and its add-ons for public pages."
            ),
            "file": self.env._(
                "Lets the page work although no text may be made into a script on it."
            ),
            "inline": self.env._(
                "Tells the other scripts of the language and of the visitor's session."
            ),
            "provider": self.env._(
                "Shows the form in which the card is typed, and sends it to the"
                " provider only."
            ),
            "captcha": self.env._("Tells people from robots."),
            "other": self.env._(
                "Nobody has told what it is for. Find out, or remove it."
            ),
            "header": self.env._(
                "Tells browsers what the page may run and load, and what they keep"
                " and tell others of it."
            ),
        }
        for script in self:
            purpose = purposes.get(script.kind)
            if script.kind == "file" and not script.name.startswith("/paynow_module/"):
                purpose = self.env._("Comes with the add-on.")
            script.purpose = purpose

    # === WATCH === #

    @api.model
    def _cron_watch(self):
        """Look at the page of each company that has one, and tell what has changed."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("paynow_enabled", "=", True)])
        companies = companies.filtered(
            lambda company: company.website_id and company._paynow_has_page()
        )
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            sight, is_checkout = company._paynow_look()
            # What opening the page wrote, as a missing method of a journal, is not seen
            # before, and can't be written again.
            cron._commit_progress()
            self._compare(company, *company._paynow_explain(sight, is_checkout))
            if not cron._commit_progress(1):
                break

    @api.model
    def _compare(self, company, found, is_whole):
        """Note what was found on the page; tell what differs from what was accepted.

        The first look is accepted as it is. So is what changes with an update of the
        add-ons, but for scripts of which nobody knows whose they are.

        :param res.company company: The company whose page it is.
        :param dict found: See `_paynow_look`.
        :param bool is_whole: Whether what was not found is gone.
        """
        now = fields.Datetime.now()
        scripts = self.search([("company_id", "=", company.id)])
        missing = {(script.kind, script.name): script for script in scripts}
        is_first = set(scripts.mapped("kind")) <= {"page"}
        addons = scripts.filtered(lambda script: script.kind == "addons").value
        is_explained = addons != found.get(("addons", "ir.module.module"), {}).get(
            "value", addons
        )
        moved = self.browse()
        for (kind, name), values in found.items():
            script = missing.pop((kind, name), None)
            if not script:
                script = self.create(
                    {
                        "company_id": company.id,
                        "kind": kind,
                        "name": name,
                        "accepted_value": kind == "page" and FINE,
                    }
                )
            if script.value != values["value"] or not script.is_there:
                script.changed_date = now
                moved += script
            script.write({**values, "is_there": True, "seen_date": now})
        if is_whole:
            for script in missing.values():
                if script.is_there:
                    script.write({"is_there": False, "changed_date": now})
                    moved += script
        silent = moved.filtered(
            lambda script: (
                script.kind != "page"
                and (is_first or (is_explained and script.kind != "other"))
            )
        )
        # A provider that is no longer offered is no danger.
        (moved - silent).filtered(
            lambda script: (
                script.state != "accepted"
                and (
                    script.state != "gone" or script.kind not in ("provider", "captcha")
                )
            )
        )._tell(company)
        if silent:
            _logger.info(
                "Payment page of company %s: %s entries accepted with %s",
                company.id,
                len(silent),
                "the first look" if is_first else "an update of the add-ons",
            )
            silent._accept()

    def _accept(self):
        """Take what was found at the last look as it should be."""
        self.filtered(lambda script: script.state == "gone").unlink()
        for script in self.exists().filtered(lambda script: script.kind != "page"):
            script.write({"accepted_value": script.value, "accepted_uid": self.env.uid})

    def _tell(self, company):
        """Tell the administrator, once, what differs from what was accepted.

        :param res.company company: The company whose page it is.
        """
        if not self:
            return
        administrator = company._paynow_get_administrator()
        self = self.with_context(lang=administrator.lang or "en_US")
        states = dict(self._fields["state"]._description_selection(self.env))
        page = self.filtered(lambda script: script.kind == "page")
        if page:
            summary = self.env._("Pay Now: the payment page does not open")
            text = self.env._(
                "Who opens %(url)s to pay is answered: %(answer)s. What runs on the"
                " page could not be looked at.",
                url=company.paynow_address,
                answer=page.value,
            )
        else:
            summary = self.env._("Pay Now: the payment page has changed")
            text = self.env._(
                "Scripts or headers of the page on which clients pay have changed, and"
                " no add-on was updated. Find out why. If it is meant, press Accept in"
                " Invoicing, Pay Now, Scripts of the Page."
            )
        lines = Markup().join(
            Markup("<li>%s: %s, %s (%s)</li>")
            % (
                states[script.state],
                script.name,
                script.shown_value,
                script.owner or self.env._("nobody knows whose"),
            )
            for script in self - page
        )
        self.activity_ids += company.partner_id._paynow_schedule(
            company,
            administrator,
            summary=summary,
            note=Markup("<p>%s</p><ul>%s</ul>") % (text, lines),
        )

    @api.model
    def _get_doubt(self, company):
        """Return why what runs on the page is not known to be as accepted.

        :param res.company company: The company whose page it is.
        :return: The reason; None if there is none, and before the first look.
        :rtype: str|None
        """
        # In sudo mode as system administrators may not read the list.
        own_sudo = self.sudo().search([("company_id", "=", company.id)])
        if own_sudo.filtered_domain(WAITING):
            return self.env._(
                "The page on which clients pay has changed, and no add-on was updated."
                " Look at what is not accepted in the list of scripts."
            )
        seen = max(own_sudo.mapped("seen_date"), default=None)
        if seen and seen < fields.Datetime.now() - LATE:
            return self.env._(
                "Nobody has looked at the page on which clients pay for days: is the"
                " scheduled action Pay Now: look at the payment page on?"
            )
        return None

    def action_accept(self):
        """Take what was found at the last look as it should be, if somebody may."""
        waiting = [("state", "!=", "accepted")]
        scripts = self.filtered_domain(waiting) or self.search(waiting)
        # In sudo mode as who may read them decides, and nobody else may change them.
        scripts_sudo = scripts.sudo()
        activities_sudo = scripts_sudo.activity_ids
        scripts_sudo._accept()
        waiting_sudo = scripts_sudo.search(
            [("activity_ids", "in", activities_sudo.ids), *waiting]
        )
        (activities_sudo - waiting_sudo.activity_ids).action_feedback(
            feedback=self.env._("Accepted")
        )
