from odoo import fields, models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    recouvrement_statement = fields.Selection(
        string="Attach Statement",
        help="Document rendered for each dossier and attached to the message.",
        selection=[
            ("overdue", "Statement of overdue invoices"),
            ("all", "Statement of account"),
        ],
    )
