from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class RecouvrementCommitment(models.Model):
    """What a promise leads to: transfer order, courier's errand, another promise."""

    _inherit = "recouvrement.commitment"

    is_transfer_announced = fields.Boolean(
        string="Transfer Announced",
        help="The guarantor says that the transfer is ordered: its order document is"
        " asked for, and the accountant expects it.",
        copy=False,
    )
    document_ids = fields.Many2many(
        string="Documents",
        help="Transfer order, or letter of the guarantor.",
        comodel_name="ir.attachment",
        relation="recouvrement_commitment_document_rel",
        column1="commitment_id",
        column2="attachment_id",
        copy=False,
    )
    transfer_order_missing = fields.Boolean(
        compute="_compute_transfer_order_missing", store=True, index=True
    )
    replaces_id = fields.Many2one(
        string="Replaces",
        comodel_name="recouvrement.commitment",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
        copy=False,
    )
    kept_share = fields.Float(
        string="Kept",
        help="Share of the ended promises that were kept.",
        compute="_compute_kept_share",
        store=True,
        aggregator="avg",
    )

    @api.depends("document_ids", "is_transfer_announced", "state")
    def _compute_transfer_order_missing(self):
        for commitment in self:
            commitment.transfer_order_missing = (
                commitment.is_transfer_announced
                and commitment.state == "open"
                and not commitment.document_ids
            )

    @api.depends("state")
    def _compute_kept_share(self):
        for commitment in self:
            commitment.kept_share = commitment.state == "kept"

    def write(self, vals):
        """Stop asking for a transfer order that has come, or is needed no more."""
        missing = self.filtered("transfer_order_missing")
        result = super().write(vals)
        found = missing.filtered(lambda promise: not promise.transfer_order_missing)
        if found:
            # The activity is the officer's, the document may come from another person.
            found.sudo().activity_unlink(
                ["nest_recouvrement.mail_activity_type_transfer_order"]
            )
        return result

    def _write_plainly(self, vals):
        result = super()._write_plainly(vals)
        if "state" in vals and self.activity_ids:
            # What was to be obtained for the promise is no longer needed.
            self.sudo().activity_unlink(
                ["nest_recouvrement.mail_activity_type_transfer_order"]
            )
        return result

    # === ACTION METHODS === #

    def action_ask_cancel(self):
        """Ask why the promise is cancelled."""
        return self._open_cancel("cancel", self.env._("Cancel the promise"))

    def action_ask_replace(self):
        """Ask for the new date and the reason of a promise made again."""
        return self._open_cancel("replace", self.env._("Replace the promise"))

    def _open_cancel(self, mode, title):
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "recouvrement.commitment.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_commitment_id": self.id,
                "default_means": self.means,
                "default_mode": mode,
            },
        }

    def _check_open(self):
        """Refuse what only concerns open promises.

        :raise UserError: naming the promise and its state
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        for commitment in self:
            if commitment.state != "open":
                raise UserError(
                    self.env._(
                        "%(promise)s is %(state)s: only an open promise can be"
                        " changed.",
                        promise=commitment.display_name,
                        state=states[commitment.state].lower(),
                    )
                )

    # === BUSINESS METHODS - END === #

    def _cancel(self):
        """Cancel these promises, whose reason is written, and what they led to."""
        self._end_cancelled()
        self.dossier_id._refresh()

    def _end_cancelled(self):
        """Cancel these promises and their errands; the caller refreshes."""
        for company, commitments in self.grouped("company_id").items():
            commitments._write_plainly(
                {"date_ended": company._recouvrement_today(), "state": "cancelled"}
            )
        for commitment in self:
            commitment._cancel_errands(commitment.cancel_reason)
        self._log_event("cancelled")

    def _replace(self, date, means, reason):
        """Cancel the promise, and make it again for what is not paid yet.

        An errand that was not done yet goes with it.

        :param datetime.date date: the new date
        :param str means: the new means
        :param str reason: why it was negotiated again
        :return: the new promise
        :rtype: recouvrement.commitment
        """
        self.ensure_one()
        self._check_open()
        lines = [
            fields.Command.create(
                {
                    "move_line_id": line.move_line_id.id,
                    "amount": line.amount - line.paid_amount,
                }
            )
            for line in self._get_unpaid_lines()
        ]
        self._write_plainly({"cancel_reason": reason})
        # Whoever negotiates the promise again moves its errand.
        errands_sudo = self.sudo().pickup_ids.filtered(
            lambda pickup: pickup.state == "to_collect" and means == "cheque"
        )
        errands_sudo.write({"commitment_id": False})
        self._cancel()
        commitment = self.create(
            {
                "dossier_id": self.dossier_id.id,
                "date": date,
                "line_ids": lines,
                "means": means,
                "note": reason,
                "pickup_ids": [
                    fields.Command.link(errand.id) for errand in errands_sudo
                ],
                "replaces_id": self.id,
            }
        )
        for errand_sudo in errands_sudo:
            values = commitment._prepare_errand_values()
            errand_sudo.write(
                {
                    "date": date,
                    "line_ids": [fields.Command.clear(), *values["line_ids"]],
                }
            )
        return commitment

    # === BUSINESS METHODS - TRANSFERS === #

    def _announce_transfer(self):
        """Tell the accountant about announced transfers, and ask for their orders."""
        for commitment in self:
            company = commitment.company_id
            accountant = company._recouvrement_responsible("accountant")
            commitment._tell_accountant(
                accountant or commitment.dossier_id.user_id or self.env.user
            )
            if commitment.transfer_order_missing:
                commitment.activity_schedule(
                    "nest_recouvrement.mail_activity_type_transfer_order",
                    date_deadline=company._recouvrement_next_working_day(2),
                    user_id=(commitment.dossier_id.user_id or self.env.user).id,
                )

    def _tell_accountant(self, user):
        """Give the accountant an activity with date, amount, invoices, document."""
        self.ensure_one()
        localized = self.with_context(lang=user.lang or self.env.lang)
        # The accountant finds the activity on the dossier; who calls need not be able
        # to write on behalf of others.
        activity_sudo = self.dossier_id.sudo().activity_schedule(
            "nest_recouvrement.mail_activity_type_transfer",
            date_deadline=self.date,
            note=localized._get_transfer_note(),
            summary=localized.env._(
                "Transfer of %(amount)s announced for %(date)s",
                amount=self.currency_id.format(self.amount),
                date=format_date(localized.env, self.date),
            ),
            user_id=user.id,
        )
        activity_sudo.attachment_ids = self.document_ids
        return activity_sudo

    def _get_transfer_note(self):
        """Return what the accountant reads: the invoices, the order, the notes."""
        invoices = Markup().join(
            Markup("<li>%s</li>")
            % self.env._(
                "%(invoice)s: %(amount)s",
                invoice=line.name,
                amount=self.currency_id.format(line.amount),
            )
            for line in self.line_ids
        )
        documents = Markup(", ").join(
            Markup('<a href="/web/content/%s?download=true">%s</a>')
            % (document.id, document.name)
            for document in self.document_ids
        )
        order = (
            self.env._("Transfer order: %s", "")
            if documents
            else self.env._("The transfer order is not received yet.")
        )
        return Markup("<ul>%s</ul><p>%s%s</p>%s") % (
            invoices,
            order,
            documents,
            Markup("<p>%s</p>") % self.note if self.note else "",
        )
