from odoo import api, fields, models

ENDED_STATES = ("kept", "partly_kept", "broken")


class RecouvrementCommitment(models.Model):
    """Ended promises are judged again when what pays their items changes.

    A payment is taken back, whichever screen it was registered on: what it kept is
    kept no more. The bank statement of Friday is entered on Monday: what was paid in
    time is kept.
    """

    _inherit = "recouvrement.commitment"

    # Set with the matching, judged with the next refresh: in the same transaction only
    # the promises of the items that are matched are touched.
    is_to_judge = fields.Boolean(readonly=True, copy=False)

    _to_judge_idx = models.Index("(dossier_id) WHERE is_to_judge")

    @api.model
    def _mark_to_judge(self, items):
        """Have the ended promises on these journal items judged again.

        :param account.move.line items: some payment of them was matched, or unmatched
        :return: the promises
        :rtype: recouvrement.commitment
        """
        ended = self._search_ended(items)
        ended.filtered(lambda promise: not promise.is_to_judge)._write_plainly(
            {"is_to_judge": True}
        )
        return ended

    @api.model
    def _search_ended(self, items):
        """Return the ended promises on these journal items, whoever asks."""
        # What is matched decides, whoever matches.
        lines_sudo = (
            self.env["recouvrement.commitment.line"]
            .sudo()
            .search(
                [
                    ("move_line_id", "in", items.ids),
                    ("commitment_id.state", "in", ENDED_STATES),
                ]
            )
        )
        return lines_sudo.commitment_id

    def _get_outcome(self):
        """An ended promise changes with its payments, not with the days that pass."""
        outcome = super()._get_outcome()
        if self.state not in ENDED_STATES:
            return outcome
        state, _date = outcome
        unchanged = self.state, self.date_ended
        if state == "kept":
            return unchanged if self.state == "kept" else outcome
        if not self._is_owed_again():
            return unchanged
        if self.state != "kept":
            # Broken by the bank before its day: it stays so.
            state = "partly_kept" if self.paid_amount > 0 else "broken"
        return unchanged if state == self.state else (state, outcome[1])

    def _is_owed_again(self):
        """Return whether what is missing of the promise is open on its items."""
        self.ensure_one()
        return any(
            line.move_line_id.parent_state == "posted"
            and line.move_line_id.amount_residual > 0
            for line in self._get_unpaid_lines()
        )
