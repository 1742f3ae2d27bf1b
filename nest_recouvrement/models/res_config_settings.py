from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_scope = fields.Selection(
        related="company_id.recouvrement_scope", readonly=False
    )
    recouvrement_turnover_months = fields.Integer(
        related="company_id.recouvrement_turnover_months", readonly=False
    )
    recouvrement_new_months = fields.Integer(
        related="company_id.recouvrement_new_months", readonly=False
    )
    recouvrement_good_payer_days = fields.Integer(
        related="company_id.recouvrement_good_payer_days", readonly=False
    )
    recouvrement_slow_payer_days = fields.Integer(
        related="company_id.recouvrement_slow_payer_days", readonly=False
    )
    recouvrement_commitment_grace_days = fields.Integer(
        related="company_id.recouvrement_commitment_grace_days", readonly=False
    )
    recouvrement_promise_days = fields.Integer(
        related="company_id.recouvrement_promise_days", readonly=False
    )
    recouvrement_own_dossiers_only = fields.Boolean(
        related="company_id.recouvrement_own_dossiers_only", readonly=False
    )
    recouvrement_officer_id = fields.Many2one(
        related="company_id.recouvrement_officer_id", readonly=False
    )
    recouvrement_manager_id = fields.Many2one(
        related="company_id.recouvrement_manager_id", readonly=False
    )
    recouvrement_accountant_id = fields.Many2one(
        related="company_id.recouvrement_accountant_id", readonly=False
    )
    recouvrement_payment_instructions = fields.Html(
        related="company_id.recouvrement_payment_instructions", readonly=False
    )
    recouvrement_contact_months = fields.Integer(
        related="company_id.recouvrement_contact_months", readonly=False
    )
    recouvrement_courtesy_days = fields.Integer(
        related="company_id.recouvrement_courtesy_days", readonly=False
    )
    recouvrement_check_days = fields.Integer(
        related="company_id.recouvrement_check_days", readonly=False
    )
    recouvrement_visit_payment_days = fields.Integer(
        related="company_id.recouvrement_visit_payment_days", readonly=False
    )
    recouvrement_suspension_notice_days = fields.Integer(
        related="company_id.recouvrement_suspension_notice_days", readonly=False
    )
    recouvrement_payment_invoices = fields.Selection(
        related="company_id.recouvrement_payment_invoices", readonly=False
    )
    recouvrement_suspension_policy = fields.Selection(
        related="company_id.recouvrement_suspension_policy", readonly=False
    )
    recouvrement_call_attempts = fields.Integer(
        related="company_id.recouvrement_call_attempts", readonly=False
    )
