from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementSuspensionNotify(models.TransientModel):
    """How a suspension notice is sent, and from when services are suspended."""

    _name = "recouvrement.suspension.notify"
    _description = "Send a Suspension Notice"

    suspension_id = fields.Many2one(
        comodel_name="recouvrement.suspension", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="suspension_id.company_id")
    partner_id = fields.Many2one(related="suspension_id.partner_id")
    currency_id = fields.Many2one(related="suspension_id.currency_id")
    amount = fields.Monetary(related="suspension_id.amount")
    date_effective = fields.Date(
        string="Services Suspended From",
        help="A full payment received before this day avoids the suspension.",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    recipients = fields.Char(string="E-mailed To", compute="_compute_recipients")
    by_email = fields.Boolean(
        string="By E-mail",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    by_courier = fields.Boolean()
    courier_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    courier_date = fields.Date(
        string="Delivered On",
        default=lambda self: self.env.company._recouvrement_today(),
    )
    contact_id = fields.Many2one(
        string="Handed To",
        comodel_name="res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    by_registered = fields.Boolean(string="By Registered Letter")
    registered_number = fields.Char(string="Registered Letter No.")
    registered_on = fields.Date(
        string="Posted On",
        default=lambda self: self.env.company._recouvrement_today(),
    )

    @api.depends("suspension_id")
    def _compute_defaults(self):
        """By e-mail if somebody has an address, after the company's days of notice."""
        contacts = self.suspension_id.dossier_id._get_reminder_contacts()
        for wizard in self:
            dossier = wizard.suspension_id.dossier_id
            company = dossier.company_id or self.env.company
            wizard.by_email = bool(contacts.get(dossier))
            wizard.contact_id = dossier.partner_id
            wizard.date_effective = company._recouvrement_today() + timedelta(
                days=company.recouvrement_suspension_notice_days
            )

    @api.depends("suspension_id")
    def _compute_recipients(self):
        contacts = self.suspension_id.dossier_id._get_reminder_contacts()
        for wizard in self:
            wizard.recipients = ", ".join(
                contact.email_formatted
                for contact in contacts.get(wizard.suspension_id.dossier_id, ())
            )

    @api.constrains("date_effective")
    def _check_date_effective(self):
        for wizard in self:
            if wizard.date_effective < wizard.company_id._recouvrement_today():
                raise ValidationError(
                    self.env._(
                        "A suspension takes effect today or later: leave the guarantor"
                        " the time to pay."
                    )
                )

    @api.constrains("by_registered", "registered_number")
    def _check_registered(self):
        for wizard in self.filtered("by_registered"):
            if not (wizard.registered_number or "").strip():
                raise ValidationError(
                    self.env._("Enter the number of the registered letter.")
                )

    def action_confirm(self):
        """Send the notice, and keep what proves it."""
        self.ensure_one()
        self.suspension_id._notify(
            self.date_effective,
            by_email=self.by_email,
            courier=self.by_courier and self._prepare_courier_values(),
            registered=self.by_registered and self._prepare_registered_values(),
        )

    def _prepare_courier_values(self):
        return {
            "contact_id": (self.contact_id or self.partner_id).id,
            "date": self.courier_date or self.company_id._recouvrement_today(),
            "user_id": self.courier_id.id,
        }

    def _prepare_registered_values(self):
        return {
            "registered_number": self.registered_number,
            "registered_on": self.registered_on
            or self.company_id._recouvrement_today(),
        }
