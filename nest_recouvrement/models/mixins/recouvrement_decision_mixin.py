from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RecouvrementDecisionMixin(models.AbstractModel):
    """What management decides on about a dossier: a visit, or a suspension.

    Proposed by the plan or by a person, numbered, decided by management only, kept as
    evidence from then on (design, section 6). The heir has the field ``state``.
    """

    _name = "recouvrement.decision.mixin"
    _description = "Decision of Management on a Dossier"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True

    name = fields.Char(string="Reference", readonly=True, copy=False, default="/")
    dossier_id = fields.Many2one(
        comodel_name="recouvrement.dossier",
        required=True,
        ondelete="restrict",
        index=True,
    )
    partner_id = fields.Many2one(
        string="Guarantor", related="dossier_id.partner_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="dossier_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    officer_id = fields.Many2one(
        string="Collection Officer", related="dossier_id.user_id"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        tracking=True,
    )
    action_id = fields.Many2one(
        string="Step",
        help="The step of the plan that asked for it.",
        comodel_name="recouvrement.action",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "partner_id.display_name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.name} - {record.partner_id.display_name}"

    @api.depends("company_id")
    def _compute_user_id(self):
        """Propose the collection manager of the company."""
        for record in self.filtered(lambda record: not record.user_id):
            company = record.company_id
            record.user_id = (
                company._recouvrement_responsible("manager") if company else False
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number what is proposed."""
        # Numbers are taken for whoever may propose it.
        sequence_sudo = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                vals["name"] = sequence_sudo.next_by_code(self._name) or "/"
        return super().create(vals_list)

    def write(self, vals):
        """Keep what was decided on with the guarantor that it was decided about.

        :raise UserError: naming the record
        """
        if not self.env.su and "dossier_id" in vals:
            for record in self._get_decided():
                raise UserError(
                    self.env._(
                        "%(record)s was decided on: it stays with its guarantor.",
                        record=record.display_name,
                    )
                )
        return super().write(vals)

    def _get_decided(self):
        """Return the records that are more than a proposal."""
        proposed = self._fields["state"].default(self)
        return self.filtered(lambda record: record.state != proposed)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if kept := self._get_decided():
            raise UserError(kept[0]._get_kept_message())

    # === ACTION METHODS === #

    def action_view_dossier(self):
        """Open the dossier of the guarantor."""
        self.ensure_one()
        return self.dossier_id._get_records_action()

    def _open_wizard(self, model, name, **defaults):
        """Return the action that asks what a decision needs.

        :param str model: form that asks, about this record
        :param str name: title of the dialog
        """
        self.ensure_one()
        field_name = f"{self._name.rpartition('.')[2]}_id"
        defaults[field_name] = self.id
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{key}": value for key, value in defaults.items()},
        }

    # === BUSINESS METHODS === #

    def _check_management(self):
        """Refuse whoever is not of management.

        :raise AccessError: for an officer, an accountant or a courier
        """
        if not self.env.su and not self.env.user.has_group(
            "nest_recouvrement.group_manager"
        ):
            raise AccessError(self._get_management_message())

    def _check_state(self, *states):
        """Refuse records that are not in one of these states.

        :raise UserError: naming the first one
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s: this is no longer to be done.",
                        record=record.name,
                        state=labels[record.state].lower(),
                    )
                )

    def _localized(self):
        """Return this record in the language of the officer who reads of it."""
        self.ensure_one()
        # The language of a colleague is no secret.
        lang = self.officer_id.sudo().lang or self.env.lang
        return self.with_context(lang=lang)

    def _close_activities(self):
        """Remove what was asked about these records: it is decided, or done."""
        self.sudo().activity_ids.unlink()

    # Words of the heirs.

    def _get_management_message(self):
        """Return what somebody reads who is not of management."""
        raise NotImplementedError

    def _get_kept_message(self):
        """Return what somebody reads who deletes what was decided on."""
        raise NotImplementedError
