from odoo import api, fields, models

# Code of a sequence: prefix of its numbers.
SEQUENCES = {
    "recouvrement.pickup": "COU/%(year)s/",
    "recouvrement.pickup.slip": "BRC/%(year)s/",
}


class ResCompany(models.Model):
    """How a company sends its couriers, and numbers what they do."""

    _inherit = "res.company"

    recouvrement_courier_id = fields.Many2one(
        string="Default Courier",
        help="Gets the errands of districts that are no courier's. Empty: the officer"
        " chooses.",
        comodel_name="res.users",
    )
    recouvrement_cheque_photo = fields.Boolean(
        string="Photo of Each Cheque",
        help="A courier cannot complete a collection without a photo of the cheque.",
        default=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._recouvrement_create_sequences()
        return companies

    def _recouvrement_create_sequences(self):
        """Give these companies, or all, the sequences of errands and slips."""
        companies = self or self.env["res.company"].search([])
        # Whoever creates a company need not be allowed to configure sequences.
        sequences_sudo = self.env["ir.sequence"].sudo()
        existing = sequences_sudo.search(
            [("code", "in", list(SEQUENCES)), ("company_id", "in", companies.ids)]
        )
        present = {(sequence.code, sequence.company_id) for sequence in existing}
        sequences_sudo.create(
            [
                {
                    "name": f"{code} - {company.name}",
                    "code": code,
                    "prefix": prefix,
                    "padding": 4,
                    "company_id": company.id,
                }
                for company in companies
                for code, prefix in SEQUENCES.items()
                if (code, company) not in present
            ]
        )

    def _recouvrement_next_number(self, code):
        """Return the next number of a sequence of this company.

        :param str code: ``recouvrement.pickup`` or ``recouvrement.pickup.slip``
        """
        self.ensure_one()
        # Couriers and officers number what they do, and read no sequence.
        sequences_sudo = self.env["ir.sequence"].sudo().with_company(self)
        number = sequences_sudo.next_by_code(code)
        if not number:
            self._recouvrement_create_sequences()
            number = sequences_sudo.next_by_code(code)
        return number

    def _recouvrement_couriers(self):
        """Return the courier of each district of this company, by its plain name.

        :rtype: dict[str, res.users]
        """
        self.ensure_one()
        districts = self.env["recouvrement.courier.district"].search(
            [("company_id", "=", self.id), ("user_id.active", "=", True)]
        )
        return {
            district.name.strip().casefold(): district.user_id for district in districts
        }
