from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RecouvrementPickupSlip(models.Model):
    """The slip with which a courier hands cheques over to the accountant.

    It keeps what was handed over, whatever becomes of each cheque later. The accountant
    confirms the receipt cheque by cheque; what is missing goes back to the courier.
    """

    _name = "recouvrement.pickup.slip"
    _description = "Cheque Hand-over Slip"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(string="Handed Over On", required=True, readonly=True)
    user_id = fields.Many2one(
        string="Courier",
        comodel_name="res.users",
        required=True,
        readonly=True,
        index=True,
    )
    accountant_id = fields.Many2one(
        string="Received By", comodel_name="res.users", readonly=True, tracking=True
    )
    received_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        selection=[
            ("sent", "Receipt to confirm"),
            ("received", "Received"),
            ("partial", "Partly received"),
            ("refused", "Refused"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        string="Cheques",
        comodel_name="recouvrement.pickup.slip.line",
        inverse_name="slip_id",
        readonly=True,
    )
    amount = fields.Monetary(
        string="Total", compute="_compute_amount", store=True, tracking=True
    )
    received_amount = fields.Monetary(
        string="Received", compute="_compute_amount", store=True
    )
    cheque_count = fields.Integer(
        string="Number of Cheques", compute="_compute_amount", store=True
    )

    @api.depends("line_ids.amount", "line_ids.state")
    def _compute_amount(self):
        for slip in self:
            received = slip.line_ids.filtered(lambda line: line.state == "received")
            slip.amount = sum(slip.line_ids.mapped("amount"))
            slip.received_amount = sum(received.mapped("amount"))
            slip.cheque_count = len(slip.line_ids)

    @api.depends("line_ids.state")
    def _compute_state(self):
        for slip in self:
            states = set(slip.line_ids.mapped("state"))
            if "pending" in states or not states:
                slip.state = "sent"
            elif len(states) > 1:
                slip.state = "partial"
            else:
                slip.state = states.pop()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        if self.line_ids:
            raise UserError(
                self.env._(
                    "A slip is evidence of what was handed over: it cannot be deleted."
                )
            )

    # === ACTION METHODS === #

    def action_confirm_receipt(self):
        """Ask the accountant which cheques are there, and their total."""
        self.ensure_one()
        self._check_may_receive()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm the Receipt of %s", self.name),
            "res_model": "recouvrement.pickup.receive",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_slip_id": self.id},
        }

    def _check_may_receive(self):
        """Refuse whoever is no accountant, or handed the cheques over.

        :return: the slips with the rights that receiving needs
        :raise AccessError: for anybody else than an accountant
        :raise UserError: for the courier, or once everything is confirmed
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._("The accountant confirms the receipt of cheques.")
            )
        for slip in self:
            if slip.user_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You handed these cheques over: somebody else confirms their"
                        " receipt."
                    )
                )
            if slip.state != "sent":
                raise UserError(
                    self.env._(
                        "The receipt of %(slip)s is already confirmed.", slip=slip.name
                    )
                )
        # Accountants receive cheques, and write neither slips nor errands.
        return self.sudo()

    # === BUSINESS METHODS === #

    @api.model
    def _create_for(self, pickups):
        """Create the slip of collected cheques of one courier and company.

        :param recouvrement.pickup pickups: with the rights to write them
        """
        company = pickups.company_id
        company.ensure_one()
        slip = self.create(
            {
                "name": company._recouvrement_next_number("recouvrement.pickup.slip"),
                "company_id": company.id,
                "date": fields.Datetime.now(),
                "user_id": pickups.user_id.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "pickup_id": pickup.id,
                            "partner_name": pickup.partner_id.name,
                            "bank": pickup.bank,
                            "cheque_number": pickup.cheque_number,
                            "cheque_date": pickup.cheque_date,
                            "amount": pickup.cheque_amount,
                        }
                    )
                    for pickup in pickups
                ],
            }
        )
        slip._ask_accountant()
        return slip

    def _ask_accountant(self):
        """Ask the accountant of the company to confirm the receipt."""
        self.ensure_one()
        accountant = self.company_id._recouvrement_responsible("accountant")
        if not accountant:
            return
        localized = self.with_context(lang=accountant.lang)
        self.activity_schedule(
            "nest_recouvrement.mail_activity_type_receipt",
            date_deadline=self.company_id._recouvrement_today(),
            summary=localized.env._(
                "%(count)s cheque(s) of %(courier)s, %(amount)s",
                count=self.cheque_count,
                courier=self.user_id.name,
                amount=localized.currency_id.format(self.amount),
            ),
            user_id=accountant.id,
        )

    def _confirm(self, refused, counted_amount):
        """Confirm the receipt of a slip.

        :param dict refused: reason by slip line, for the cheques that are not there
        :param float counted_amount: what the accountant counts, on the others
        :raise UserError: the count is another one
        """
        self.ensure_one()
        slip_sudo = self._check_may_receive()
        slip_sudo.lock_for_update(allow_referencing=True)
        lines = slip_sudo.line_ids
        missing = lines.filtered(lambda line: line.id in refused)
        received = lines - missing
        expected = sum(received.mapped("amount"))
        if slip_sudo.currency_id.compare_amounts(expected, counted_amount):
            raise UserError(
                self.env._(
                    "You count %(counted)s, and the cheques marked as received make"
                    " %(expected)s: unmark those that are missing or wrong, and say"
                    " why.",
                    counted=slip_sudo.currency_id.format(counted_amount),
                    expected=slip_sudo.currency_id.format(expected),
                )
            )
        received._receive()
        for line in missing:
            line._refuse(refused[line.id])
        slip_sudo.write(
            {"accountant_id": self.env.uid, "received_on": fields.Datetime.now()}
        )
        slip_sudo.activity_feedback(["nest_recouvrement.mail_activity_type_receipt"])

    def _get_report_filename(self):
        """Return the name of the printed slip, without its extension."""
        self.ensure_one()
        return self.env._("Slip %s", self.name.replace("/", "-"))
