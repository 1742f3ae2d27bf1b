from markupsafe import Markup

from odoo import models


class RecouvrementCommitment(models.Model):
    """What is no longer owed is no longer promised: credited or cancelled invoices.

    Such a promise is neither kept nor broken: it is reduced, or cancelled with a
    reason, and its officer is told.
    """

    _inherit = "recouvrement.commitment"

    def _release_lost_items(self, final=False):
        """Take what is no longer owed off these open promises.

        :param bool final: see :meth:`_evaluate`
        :return: the promises that are cancelled, for nothing is left of them
        :rtype: recouvrement.commitment
        """
        self.env.flush_all()
        lost = self.env.execute_query(self._get_lost_query(final))
        # The ledger takes it off, not whoever looks at the promise.
        lines = (
            self.env["recouvrement.commitment.line"]
            .sudo()
            .with_context(recouvrement_release=True)
        )
        cancelled = self.browse()
        by_commitment = {}
        for line_id, still_expected, status in lost:
            line = lines.browse(line_id)
            by_commitment.setdefault(line.commitment_id, []).append(
                (line, float(still_expected), status)
            )
        for commitment, released in by_commitment.items():
            reason = commitment._localized()._get_release_reason(released)
            if commitment._release(released, reason):
                cancelled += commitment
            commitment._tell_released(reason)
        return self.browse(cancelled.ids)

    def _release(self, released, reason):
        """Reduce the promise, or cancel it if nothing is left.

        :param list released: (line, amount still expected, state of the item)
        :param str reason: why, in the language of the officer
        :return: whether it was cancelled
        """
        self.ensure_one()
        emptied = self.env["recouvrement.commitment.line"]
        reduced = []
        for line, still_expected, _status in released:
            amount = line.paid_amount + still_expected
            if line.currency_id.is_zero(amount):
                emptied += line
            else:
                reduced.append((line, amount))
        if not reduced and len(emptied) == len(self.line_ids):
            # The lines stay: they say what was promised.
            self._write_plainly({"cancel_reason": reason})
            self._end_cancelled()
            return True
        for line, amount in reduced:
            line.amount = amount
        emptied.unlink()
        self._log_event("reduced", note=reason, done_user_id=False)
        return False

    def _get_release_reason(self, released):
        """Return why something is no longer owed, naming the invoices."""
        names = {"draft": [], "gone": [], "posted": []}
        for line, _amount, status in released:
            names[status].append(line.name)
        sentences = []
        if names["gone"]:
            sentences.append(
                self.env._(
                    "%s cancelled: nothing is owed on it.", ", ".join(names["gone"])
                )
            )
        if names["draft"]:
            sentences.append(
                self.env._(
                    "%s put back to draft and not confirmed again.",
                    ", ".join(names["draft"]),
                )
            )
        if names["posted"]:
            sentences.append(
                self.env._(
                    "%s credited, or settled otherwise than by a payment.",
                    ", ".join(names["posted"]),
                )
            )
        return " ".join(sentences)

    def _tell_released(self, reason):
        """Tell the officer that a promise no longer stands as it was made."""
        self.ensure_one()
        localized = self._localized()
        user = self.dossier_id.user_id or self.user_id
        if self.state == "cancelled":
            summary = localized.env._("Promise cancelled with its invoice")
        else:
            summary = localized.env._("Promise reduced with its invoice")
        self.dossier_id.activity_schedule(
            "nest_recouvrement.mail_activity_type_promise",
            summary=summary,
            note=Markup("<p>%s</p>") % reason,
            user_id=(user or self.env.user).id,
        )

    def _get_outcome(self):
        """Judge no promise while an invoice of it is being corrected."""
        outcome = super()._get_outcome()
        if outcome[0] in ("broken", "partly_kept") and any(
            move.state == "draft" for move in self._get_unpaid_lines().move_id
        ):
            return "open", None
        return outcome

    def _relink_items(self, moves):
        """Have promises follow invoices that were corrected and confirmed again.

        A corrected invoice may have another journal item: that of the same due date,
        else the first one that the promise does not name yet. What it is worth now is
        looked at by the next evaluation.

        :param account.move moves: invoices that were just confirmed
        """
        # Whoever confirms an invoice need not see what is promised on it.
        lines_sudo = (
            self.env["recouvrement.commitment.line"]
            .sudo()
            .with_context(recouvrement_release=True)
            .search(
                [
                    ("commitment_id.state", "=", "open"),
                    ("move_id", "in", moves.ids),
                    ("move_line_id", "=", False),
                ]
            )
        )
        for line in lines_sudo:
            items = line.move_id.line_ids.filtered(
                lambda item: item.account_id.account_type == "asset_receivable"
            )
            free = (items - line.commitment_id.line_ids.move_line_id).sorted(
                lambda item, line=line: (
                    item.date_maturity != line.date_maturity,
                    item.date_maturity or item.date,
                    item.id,
                )
            )
            line.move_line_id = free[:1]
