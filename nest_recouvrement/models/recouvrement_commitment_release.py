from markupsafe import Markup

from odoo import models


class RecouvrementCommitment(models.Model):
    """What is no longer owed is no longer promised: credited or cancelled invoices.

    Such a promise is neither kept nor broken: it is reduced, or cancelled with a
    reason, and its officer is told.
    """

    _inherit = "recouvrement.commitment"

    def _release_lost_items(self):
        """Take what is no longer owed off these open promises.

        :return: the promises that are cancelled, for nothing is left of them
        :rtype: recouvrement.commitment
        """
        self.env.flush_all()
        lost = self.env.execute_query(self._get_lost_query())
        lines = self.env["recouvrement.commitment.line"].with_context(
            recouvrement_release=True
        )
        cancelled = self.browse()
        by_commitment = {}
        for line_id, still_expected, is_posted in lost:
            line = lines.browse(line_id)
            by_commitment.setdefault(line.commitment_id, []).append(
                (line, float(still_expected), is_posted)
            )
        for commitment, released in by_commitment.items():
            reason = commitment._localized()._get_release_reason(released)
            if commitment._release(released, reason):
                cancelled += commitment
            commitment._tell_released(reason)
        return self.browse(cancelled.ids)

    def _release(self, released, reason):
        """Reduce the promise, or cancel it if nothing is left.

        :param list released: (line, amount still expected, whether it is posted)
        :param str reason: why, in the language of the officer
        :return: whether it was cancelled
        """
        self.ensure_one()
        emptied = self.env["recouvrement.commitment.line"]
        reduced = []
        for line, still_expected, _is_posted in released:
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
        credited = [line.name for line, _amount, is_posted in released if is_posted]
        gone = [line.name for line, _amount, is_posted in released if not is_posted]
        sentences = []
        if gone:
            sentences.append(
                self.env._("%s cancelled: nothing is owed on it.", ", ".join(gone))
            )
        if credited:
            sentences.append(
                self.env._(
                    "%s credited, or settled otherwise than by a payment.",
                    ", ".join(credited),
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
