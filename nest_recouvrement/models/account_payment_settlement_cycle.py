from odoo import fields, models


class AccountPayment(models.Model):
    """A payment that the bank takes back never took place: the claim resumes.

    What the follow-up had reached when the payment was posted is kept on the payment.
    An unpaid cheque is worse than a broken promise: nobody starts over with a
    courteous first reminder because of it.
    """

    _inherit = "account.payment"

    recouvrement_cycle = fields.Integer(
        string="Cycle of Reminders",
        help="The cycle that ran when the payment was posted.",
        readonly=True,
        copy=False,
    )
    recouvrement_cycle_start = fields.Date(readonly=True, copy=False)

    def _check_before_posting(self):
        result = super()._check_before_posting()
        self._note_cycle()
        return result

    def _note_cycle(self):
        """Keep which cycle of reminders runs, before the payment ends it."""
        # Other customers cost nothing.
        of_guarantors = self.filtered("partner_id.commercial_partner_id.is_guarantor")
        for payment, dossier in of_guarantors._get_dossiers().items():
            payment.write(
                {
                    "recouvrement_cycle": dossier.cycle_start_date and dossier.cycle,
                    "recouvrement_cycle_start": dossier.cycle_start_date,
                }
            )

    def _reverse_on(self, date, reason):
        """Let the claim go on as soon as the books say that nothing was paid."""
        reversal = super()._reverse_on(date, reason)
        for payment, dossier in self._get_dossiers().items():
            dossier._resume_cycle(
                payment.recouvrement_cycle, payment.recouvrement_cycle_start
            )
        return reversal
