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

    def _hand_over_pending(self, former_officer):
        """Give what the former officer had to do in these dossiers to the new one."""
        # Activities of the former officer: the new one may not edit them herself.
        pending_sudo = (
            self.env["recouvrement.action"]
            .sudo()
            .search(
                [
                    ("dossier_id", "in", self.ids),
                    ("user_id", "=", former_officer.id),
                    ("state", "in", ("failed", "proposed", "todo")),
                ]
            )
        )
        for officer, dossiers in self.grouped("user_id").items():
            actions = pending_sudo.filtered(
                lambda action, dossiers=dossiers: action.dossier_id in dossiers
            )
            actions.user_id = officer
            if officer:
                actions.activity_ids.filtered(
                    lambda activity: activity.user_id == former_officer
                ).user_id = officer

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

    def action_view_open_items(self):
        """Open the unpaid journal items of the guarantor in this company."""
        self.ensure_one()
        views = {
            kind: self.env.ref(
                f"nest_recouvrement.account_move_line_view_{kind}_recouvrement"
            ).id
            for kind in ("list", "search")
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open items of %s", self.display_name),
            "res_model": "account.move.line",
            "views": [(views["list"], "list")],
            "search_view_id": (views["search"], "search"),
            "domain": self._get_open_items_domain(),
            "context": {"create": False},
        }

    def action_view_excluded_items(self):
        """Open the overdue items that are excluded from follow-up."""
        action = self.action_view_open_items()
        today = fields.Date.to_string(self.company_id._recouvrement_today())
        action["name"] = self.env._("Excluded items of %s", self.display_name)
        action["domain"] = [
            *action["domain"],
            ("no_followup", "=", True),
            ("date_maturity", "<", today),
        ]
        return action

    def action_view_invoices(self):
        """Open the customer invoices and credit notes of the guarantor."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "account.action_move_out_invoice_type"
            ),
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ],
            "context": {"create": False, "default_move_type": "out_invoice"},
        }

    def action_view_partner(self):
        """Open the guarantor's contact sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS - PEOPLE === #

    def _assign_officer(self):
        """Give the dossiers without an active officer one, by the company's rule.

        The default officer of the company; if there is none, the officer with the
        fewest dossiers, one dossier at a time.
        """
        orphans = self.filtered(lambda dossier: not dossier.user_id.active)
        for company, dossiers in orphans.grouped("company_id").items():
            default = company.recouvrement_officer_id
            officers = (
                default
                or company._recouvrement_users(
                    "nest_recouvrement.group_officer"
                ).filtered(self._is_plain_officer)
                or company._recouvrement_users("nest_recouvrement.group_officer")
            )
            if not officers:
                continue
            load = dict.fromkeys(officers, 0) | dict(
                self._read_group(
                    [
                        ("company_id", "=", company.id),
                        ("user_id", "in", officers.ids),
                    ],
                    ["user_id"],
                    ["__count"],
                )
            )
            share = dict.fromkeys(officers, self.browse())
            for dossier in dossiers.sorted("id"):
                least_loaded = min(officers, key=lambda user: (load[user], user.id))
                load[least_loaded] += 1
                share[least_loaded] += dossier
            for officer, assigned in share.items():
                # A first assignment is no change worth a line in each chatter.
                assigned.with_context(tracking_disable=True).user_id = officer

    @api.model
    def _is_plain_officer(self, user):
        """Tell an officer from a manager, who does not take a share of the calls."""
        return not user.has_group("nest_recouvrement.group_manager")

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
