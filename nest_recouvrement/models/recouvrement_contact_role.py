from odoo import fields, models


class RecouvrementContactRole(models.Model):
    """What a contact of a guarantor is for: invoices, payment, decisions (`sources/1`).

    The roles are shipped: rules of the follow-up ask for them by their code. A contact
    may have several, and several contacts may share one.
    """

    _name = "recouvrement.contact.role"
    _description = "Collection Role of a Contact"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        selection=[
            ("invoice", "Invoices"),
            ("payable", "Accounts payable"),
            ("management", "Management"),
        ],
        required=True,
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()

    _code_uniq = models.UniqueIndex("(code)", "There is one role of each kind.")
