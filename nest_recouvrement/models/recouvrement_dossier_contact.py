from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Without these the guarantor cannot be reached, or is looked for in the wrong place:
# a request to complete contact data stays open.
ESSENTIAL = frozenset(("address", "bounced_email", "email", "phone", "wrong_phone"))


class RecouvrementDossier(models.Model):
    """Phone, e-mail, address and coordinates: complete and verified (`sources/1`)."""

    _inherit = "recouvrement.dossier"

    contact_completeness = fields.Integer(
        string="Contact Data (%)",
        help="Share of phone, e-mail, address, coordinates and contacts for invoices,"
        " accounts payable and management that is known.",
        readonly=True,
        aggregator="avg",
    )
    contact_missing = fields.Char(
        help="Codes of what is missing or wrong, separated by commas.", readonly=True
    )
    contact_verified_on = fields.Date(
        string="Contact Data Verified On", readonly=True, copy=False
    )
    contact_verified_by_id = fields.Many2one(
        string="Verified By", comodel_name="res.users", readonly=True, copy=False
    )
    contact_requested_on = fields.Datetime(
        help="When contact data were asked for last; empty once they are confirmed.",
        readonly=True,
        copy=False,
    )
    partner_phone_wrong = fields.Boolean(
        related="partner_id.recouvrement_is_phone_wrong"
    )
    contact_is_outdated = fields.Boolean(
        string="To Be Verified",
        help="Never verified, or longer ago than the company's setting.",
        compute="_compute_contact_is_outdated",
        search="_search_contact_is_outdated",
    )
    contact_chips = fields.Json(
        string="Known Contact Data", compute="_compute_contact_chips"
    )
    contact_summary = fields.Char(
        string="To Complete", compute="_compute_contact_summary"
    )

    # === COMPUTE METHODS === #

    @api.depends("contact_verified_on", "company_id")
    def _compute_contact_is_outdated(self):
        limits = self._get_contact_limits()
        for dossier in self:
            limit = limits.get(dossier.company_id)
            verified_on = dossier.contact_verified_on
            dossier.contact_is_outdated = bool(
                limit and (not verified_on or verified_on < limit)
            )

    def _search_contact_is_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        outdated = Domain.FALSE
        for company, limit in self._get_contact_limits(self.env.companies).items():
            outdated |= Domain("company_id", "=", company.id) & (
                Domain("contact_verified_on", "=", False)
                | Domain("contact_verified_on", "<", limit)
            )
        return outdated if True in value else ~outdated

    def _get_contact_limits(self, companies=None):
        """Return the day since which contact data count as verified, per company.

        A company that sets zero months verifies nothing.

        :rtype: dict[res.company, date]
        """
        return {
            company: company._recouvrement_today()
            - relativedelta(months=company.recouvrement_contact_months)
            for company in companies or self.company_id
            if company.recouvrement_contact_months
        }

    @api.depends("contact_missing")
    def _compute_contact_chips(self):
        items, problems = self._get_contact_items(), self._get_contact_problems()
        for dossier in self:
            missing = dossier._get_missing_codes()
            dossier.contact_chips = [
                {"label": label, "tone": "missing" if code in missing else "known"}
                for code, label in items.items()
            ] + [
                {"label": label, "tone": "wrong"}
                for code, label in problems.items()
                if code in missing
            ]

    @api.depends("contact_missing")
    def _compute_contact_summary(self):
        labels = self._get_contact_items() | self._get_contact_problems()
        for dossier in self:
            missing = dossier._get_missing_codes()
            dossier.contact_summary = ", ".join(
                label for code, label in labels.items() if code in missing
            )

    # === ACTION METHODS === #

    def action_confirm_contact(self):
        """Note that the contact data were confirmed, today, by the user."""
        self.check_access("write")
        fresh = self.filtered(
            lambda dossier: dossier.contact_verified_on
            != dossier.company_id._recouvrement_today()
        )
        for company, dossiers in self.grouped("company_id").items():
            # Nobody writes by hand when it was verified.
            dossiers.sudo().write(
                {
                    "contact_requested_on": False,
                    "contact_verified_on": company._recouvrement_today(),
                    "contact_verified_by_id": self.env.uid,
                }
            )
        # Once a day is enough for the journal.
        self.env["recouvrement.action"]._log_done(
            fresh, "note", self.env._("Contact data confirmed")
        )
        self._close_contact_requests()
        return True

    def action_edit_contact(self):
        """Open the guarantor's numbers, addresses and contacts, and nothing else."""
        self.ensure_one()
        view = self.env.ref("nest_recouvrement.res_partner_view_form_contact")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contact data of %s", self.display_name),
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_locate(self):
        """Look for the coordinates of the guarantor."""
        self.ensure_one()
        return self.partner_id.action_recouvrement_locate()

    def action_open_map(self):
        """Open the guarantor's place on a map."""
        self.ensure_one()
        return self.partner_id.action_recouvrement_open_map()

    # === BUSINESS METHODS - RECIPIENTS === #

    def _get_reminder_contacts(self):
        """Return the partners who receive reminders, per dossier.

        Every contact for invoices that has an e-mail address; without one, those of
        accounts payable; else the guarantor itself; else nobody. An address that an
        e-mail came back from is used only if there is no other.

        :rtype: dict[recouvrement.dossier, res.partner]
        """
        contacts = self.env["res.partner"].search(
            [
                ("email", "!=", False),
                ("commercial_partner_id", "in", self.partner_id.ids),
                "|",
                ("type", "=", "invoice"),
                ("recouvrement_role_ids.code", "in", ("invoice", "payable")),
            ],
            order="id",
        )
        # The roles are the same for everybody.
        codes = {
            contact: set(contact.sudo().recouvrement_role_ids.mapped("code"))
            for contact in contacts
        }
        by_guarantor = contacts.grouped("commercial_partner_id")
        recipients = {}
        for dossier in self:
            found = by_guarantor.get(dossier.partner_id, contacts.browse())
            for_invoices = found.filtered(
                lambda contact: contact.type == "invoice" or "invoice" in codes[contact]
            )
            choices = (
                for_invoices,
                found - for_invoices,
                dossier.partner_id.filtered("email"),
            )
            valid = (
                choice.filtered(lambda c: not c.recouvrement_is_email_bounced)
                for choice in choices
            )
            recipients[dossier] = next(
                filter(None, (*valid, *choices)), contacts.browse()
            )
        return recipients

    # === BUSINESS METHODS - EVENTS === #

    def _on_contact_changed(self):
        """Bring completeness, requests and urgency up to date with contact data."""
        self._refresh_contacts()
        self._close_contact_requests()
        self._refresh_score(self.company_id)

    def _report_wrong_number(self, partner, number):
        """Mark a number as wrong, and ask the officer for the right one.

        :param res.partner partner: the guarantor, or the contact, who was called
        :param str number: the number that was dialled, in any format
        """
        self.ensure_one()
        if partner.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._(
                    "%(contact)s is no contact of %(guarantor)s.",
                    contact=partner.display_name,
                    guarantor=self.display_name,
                )
            )
        dialled = partner._phone_format(number=number) or (number or "").strip()
        if dialled and dialled == partner._recouvrement_number():
            # Who calls may not be allowed to edit contacts.
            partner.sudo().recouvrement_wrong_phone = dialled
        self._request_contact_update(
            self._in_officer_language().env._(
                "%(number)s is not the number of %(contact)s: ask for the right one.",
                number=number or "-",
                contact=partner.display_name,
            )
        )
        self._refresh_score(self.company_id)
