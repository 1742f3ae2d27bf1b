from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .recouvrement_dossier_fields import (
    COMPUTED_FIELDS,
    ESCALATION_FIELDS,
    LEDGER_FIGURES,
)


class RecouvrementDossier(models.Model):
    """What one commercial partner owes to one company, and who follows it up.

    This file holds identity, people and holds. What the ledger says, what comes next
    and the statement of account are in the files that extend it.
    """

    _name = "recouvrement.dossier"
    _description = "Collection Dossier"
    _inherit = [
        "recouvrement.freshness.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "score DESC, next_action_date, days_overdue DESC, id"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    # === Who === #
    partner_id = fields.Many2one(
        string="Guarantor",
        comodel_name="res.partner",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        string="Collection Officer",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    partner_phone = fields.Char(related="partner_id.phone")
    partner_email = fields.Char(related="partner_id.email")
    city = fields.Char(related="partner_id.city", store=True)

    # === What kind of guarantor === #
    category_id = fields.Many2one(
        comodel_name="recouvrement.guarantor.category",
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
    )
    category_locked = fields.Boolean(
        help="The category no longer follows the turnover.", tracking=True
    )
    handling = fields.Selection(related="category_id.handling")
    payer_profile = fields.Selection(
        help="Suggested from the payments and promises of the last 12 months.",
        selection=[
            ("good", "Good payer"),
            ("careless", "Careless payer"),
            ("bad", "Bad payer"),
            ("administrative", "Administrative payer"),
        ],
        tracking=True,
    )
    payer_profile_locked = fields.Boolean(
        string="Profile Locked",
        help="The profile no longer follows the behaviour.",
        tracking=True,
    )
    seniority = fields.Selection(
        selection=[("new", "New"), ("regular", "Regular"), ("repeat", "Repeat")],
        readonly=True,
    )

    # === Holds === #
    hold_until = fields.Date(
        string="On Hold Until",
        help="Nothing is pressed for up to and including this day.",
        tracking=True,
        copy=False,
    )
    hold_reason = fields.Char(tracking=True, copy=False)
    is_held = fields.Boolean(compute="_compute_is_held", search="_search_is_held")

    # === Related records === #
    action_ids = fields.One2many(
        string="Journal",
        comodel_name="recouvrement.action",
        inverse_name="dossier_id",
    )
    commitment_ids = fields.One2many(
        string="Promises",
        comodel_name="recouvrement.commitment",
        inverse_name="dossier_id",
    )
    dispute_ids = fields.One2many(
        string="Disputes",
        comodel_name="recouvrement.dispute",
        inverse_name="dossier_id",
    )

    _partner_company_uniq = models.UniqueIndex(
        "(company_id, partner_id)",
        "This guarantor already has a dossier in this company.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for dossier in self:
            dossier.display_name = dossier.partner_id.display_name

    @api.depends("hold_until", "company_id")
    def _compute_is_held(self):
        for dossier in self:
            today = dossier.company_id._recouvrement_today()
            dossier.is_held = bool(dossier.hold_until and dossier.hold_until >= today)

    def _search_is_held(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("hold_until", ">=" if True in value else "<", "today")]

    # === CONSTRAINT METHODS === #

    @api.constrains("hold_until", "hold_reason")
    def _check_hold_reason(self):
        for dossier in self:
            if dossier.hold_until and not (dossier.hold_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why the follow-up of %(dossier)s is on hold until"
                        " %(date)s.",
                        dossier=dossier.display_name,
                        date=fields.Date.to_string(dossier.hold_until),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Lock what a person sets by hand, and plan again what depends on it."""
        self._check_written_by_hand(vals)
        former_officers = dict(self.grouped("user_id")) if "user_id" in vals else {}
        vals = dict(vals)
        for field_name, lock in (
            ("category_id", "category_locked"),
            ("payer_profile", "payer_profile_locked"),
            ("plan_id", "plan_locked"),
        ):
            if vals.get(field_name):
                vals.setdefault(lock, True)
        result = super().write(vals)
        for former_officer, dossiers in former_officers.items():
            dossiers._hand_over_pending(former_officer)
        if self._get_replanning_fields() & vals.keys():
            self._refresh()
        return result

    def _get_replanning_fields(self):
        """Return the fields whose change by hand moves the next step."""
        return {
            "active",
            "category_id",
            "category_locked",
            "hold_until",
            "payer_profile",
            "payer_profile_locked",
            "plan_id",
            "plan_locked",
        }

    def _check_written_by_hand(self, vals):
        """Refuse to write by hand what the ledger and the journal say.

        :raise UserError: naming the first such field
        """
        if self.env.su:
            return
        by_hand = {"category_id", "payer_profile", "plan_id"}
        computed = {*LEDGER_FIGURES, *ESCALATION_FIELDS, *COMPUTED_FIELDS} - by_hand
        if forbidden := computed & vals.keys():
            raise UserError(
                self.env._(
                    "%(field)s comes from the ledger and the journal: it cannot be"
                    " written by hand.",
                    field=self._fields[min(forbidden)]._description_string(self.env),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        dossiers = super().create(vals_list)
        dossiers._assign_officer()
        dossiers._refresh_contacts()
        dossiers._refresh()
        return dossiers

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        for dossier in self:
            if any(action.state == "done" for action in dossier.action_ids):
                raise UserError(
                    self.env._(
                        "The journal of %(dossier)s is evidence: archive the dossier"
                        " instead of deleting it.",
                        dossier=dossier.display_name,
                    )
                )

    def _get_shown_dossiers(self):
        return self

    # === ACTION METHODS === #

    def action_refresh(self):
        """Read the ledger again for these dossiers."""
        self.check_access("read")
        self._refresh()

    def action_hold(self):
        """Ask until when, and why, the follow-up of these dossiers is on hold."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put on hold"),
            "res_model": "recouvrement.dossier.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dossier_ids": self.ids},
        }

    def action_resume(self):
        """End the hold now."""
        self.write({"hold_until": False, "hold_reason": False})

    # === BUSINESS METHODS - MAIL === #

    def _message_get_default_recipients(self, with_cc=False, all_tos=False):
        """Write to whom reminders go; see :meth:`_get_reminder_contacts`."""
        contacts = self._get_reminder_contacts()
        return {
            dossier.id: {
                "email_cc": "",
                "email_to": "",
                "partner_ids": contacts[dossier].ids,
            }
            for dossier in self
        }

    @api.model
    def mail_allowed_qweb_expressions(self):
        """Let the language of a letter be read without evaluating code each time."""
        return (*super().mail_allowed_qweb_expressions(), "object.partner_id.lang")
