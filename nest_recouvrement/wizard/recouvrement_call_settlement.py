from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementCall(models.TransientModel):
    """What is agreed on named invoices: promise, transfer, cheque, dispute."""

    _inherit = "recouvrement.call"

    date = fields.Date(string="For", help="Day on which they pay.")
    means = fields.Selection(
        string="By",
        selection=lambda self: self.env["recouvrement.commitment"]
        ._fields["means"]
        ._description_selection(self.env),
        default="transfer",
    )
    document_ids = fields.Many2many(
        string="Transfer Order",
        help="The order that they gave to their bank.",
        comodel_name="ir.attachment",
        relation="recouvrement_call_document_rel",
        column1="call_id",
        column2="attachment_id",
    )
    pickup_contact_id = fields.Many2one(
        string="Place", help="Whom to ask for, and where.", comodel_name="res.partner"
    )
    hour_from = fields.Float(string="From", default=8.0)
    hour_to = fields.Float(string="To", default=17.0)
    instructions_courier = fields.Char(
        string="For the Courier", help="Floor, desk, documents to bring…"
    )

    @api.onchange("outcome")
    def _onchange_outcome_settlement(self):
        """Propose a day and a place for what is ready; a promise has its own day."""
        if self.outcome in ("transfer", "cheque") and not self.date:
            self.date = self.company_id._recouvrement_next_working_day()
        if self.outcome == "cheque" and not self.pickup_contact_id:
            self.pickup_contact_id = self.partner_id

    # === OUTCOMES === #

    def _log_promise(self):
        """Expect a payment on the day, and by the means, that were promised."""
        commitment = self._log_commitment(self.means)
        return commitment._get_event_name("made")

    def _log_transfer(self):
        """Expect a transfer: its order is asked for, the accountant is told."""
        documents = self.document_ids
        commitment = self._log_commitment(
            "transfer",
            document_ids=[fields.Command.set(documents.ids)],
            is_transfer_announced=True,
        )
        # They would go with the call, which is transient.
        documents.write({"res_model": commitment._name, "res_id": commitment.id})
        commitment._announce_transfer()
        return "\n".join(
            (
                commitment._get_event_name("made"),
                self.env._("The accountant is told.")
                if documents
                else self.env._(
                    "The accountant is told. The transfer order is still to be"
                    " obtained."
                ),
            )
        )

    def _log_cheque(self):
        """Send the courier, to the place and at the hours that were agreed."""
        self._check_hour(self.hour_from, self.hour_to)
        if self.hour_to and self.hour_to < self.hour_from:
            raise UserError(self.env._("The courier comes before the office closes."))
        commitment = self._log_commitment(
            "cheque",
            pickup_contact_id=self.pickup_contact_id.id,
            pickup_hour_from=self.hour_from,
            pickup_hour_to=self.hour_to,
            pickup_instructions=self.instructions_courier,
        )
        pickup = commitment.pickup_ids
        return "\n".join(
            (
                commitment._get_event_name("made"),
                self.env._(
                    "The courier collects the cheque on %(date)s: %(place)s.",
                    date=self._format_day(pickup.date),
                    place=pickup.contact_id.display_name,
                ),
            )
        )

    def _log_dispute(self):
        """Note what they contest, and why: it is not claimed meanwhile."""
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why they contest these invoices."))
        amounts = self._get_selected_amounts()
        self._write_journal("dispute", self.reason, self.note)
        dispute = self.env["recouvrement.dispute"].create(
            {
                "name": self.reason,
                "dossier_id": self.dossier_id.id,
                "line_ids": self._prepare_item_lines(amounts),
            }
        )
        return self.env._(
            "Dispute on %(amount)s: %(reason)s",
            amount=self.currency_id.format(dispute.amount),
            reason=dispute.name,
        )

    # === BUSINESS METHODS === #

    def _log_commitment(self, means, **values):
        """Create the promise on the invoices selected, and log the call.

        :param str means: of payment
        :param values: more field values of the promise
        :rtype: recouvrement.commitment
        """
        if not self.date:
            raise UserError(self.env._("Enter the day on which they pay."))
        amounts = self._get_selected_amounts()
        # First of all: a promise of everything would withdraw the call.
        self._write_journal(self.outcome, self.note)
        commitment = self.env["recouvrement.commitment"].create(
            {
                "dossier_id": self.dossier_id.id,
                "date": self.date,
                "line_ids": self._prepare_item_lines(amounts),
                "means": means,
                "note": self.note,
                **values,
            }
        )
        localized = commitment._localized()
        # Notes may be added to what is done.
        self.journal_id.sudo()._append_note(localized._get_event_name("made"))
        return commitment

    def _get_selected_amounts(self):
        """Return the amounts agreed on, by journal item.

        :raise UserError: nothing is selected, or an amount is missing
        """
        selected = self.line_ids.filtered("selected")
        if not selected:
            raise UserError(
                self.env._("Check the invoices concerned, and the amount on each.")
            )
        for line in selected:
            if line.currency_id.compare_amounts(line.amount, 0.0) <= 0:
                raise UserError(
                    self.env._(
                        "Enter the amount agreed on %s, or uncheck it.", line.name
                    )
                )
        return {line.move_line_id: line.amount for line in selected}

    @api.model
    def _prepare_item_lines(self, amounts):
        return [
            fields.Command.create({"move_line_id": item.id, "amount": amount})
            for item, amount in amounts.items()
        ]
