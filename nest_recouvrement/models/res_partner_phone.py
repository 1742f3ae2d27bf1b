from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Numbers that somebody answered: the next caller dials them first.

    As a wrong number, the number that was reached is remembered by value: entering
    another one clears it.
    """

    _inherit = "res.partner"

    recouvrement_reached_phone = fields.Char(
        help="The number that was answered last: a new number clears it.",
        copy=False,
        readonly=True,
    )
    recouvrement_reached_date = fields.Date(copy=False, readonly=True)
    recouvrement_reached_on = fields.Date(
        string="Number Reached On",
        help="When somebody answered for this contact at the present number.",
        compute="_compute_recouvrement_reached_on",
    )

    @api.depends(
        "phone",
        "phone_sanitized",
        "recouvrement_is_phone_wrong",
        "recouvrement_reached_date",
        "recouvrement_reached_phone",
    )
    def _compute_recouvrement_reached_on(self):
        for partner in self:
            reached = partner.recouvrement_reached_phone
            partner.recouvrement_reached_on = (
                reached
                and reached == partner._recouvrement_number()
                and not partner.recouvrement_is_phone_wrong
                and partner.recouvrement_reached_date
            )

    def action_recouvrement_phone_reached(self):
        """Note that somebody answered at this number, today: it is right.

        :raise UserError: no number, or no guarantor whom the user follows up
        """
        self.ensure_one()
        self.check_access("read")
        dossiers = self.env["recouvrement.dossier"].search(
            [
                ("company_id", "in", self.env.companies.ids),
                ("partner_id", "=", self.commercial_partner_id.id),
            ]
        )
        dossiers.check_access("write")
        number = self._recouvrement_number()
        if not dossiers or not number:
            raise UserError(
                self.env._(
                    "%s has no number, or is no contact of a guarantor that you follow"
                    " up.",
                    self.display_name,
                )
            )
        today = self.env.company._recouvrement_today()
        if self.recouvrement_reached_on == today:
            return True
        # Who calls may not be allowed to edit contacts.
        partner_sudo = self.sudo()
        partner_sudo.write(
            {
                "recouvrement_reached_date": today,
                "recouvrement_reached_phone": number,
                "recouvrement_wrong_phone": False,
            }
        )
        for dossier in dossiers:
            dossier._log_note(
                dossier._localized().env._(
                    "Number reached: %(number)s (%(contact)s)",
                    contact=self.name,
                    number=self.phone,
                )
            )
        return True
