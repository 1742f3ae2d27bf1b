from odoo import models

# Of two checks that become one, the state that counts: what still waits comes first.
JOIN_ORDER = ("pending", "settled", "nothing", "expired", "passed")


class RecouvrementCheck(models.Model):
    """Two checks of one cycle become one, when their dossiers do."""

    _inherit = "recouvrement.check"

    def _join(self, other):
        """Take over the receipts and the answers of another check, which disappears.

        What still waits for an answer goes on waiting, with the receipts of both.

        :param recouvrement.check other: the check of a dossier that is merged
        """
        self.ensure_one()
        both = self + other
        state = next(state for state in JOIN_ORDER if state in both.mapped("state"))
        lead = self if self.state == state else other
        dates = list(filter(None, both.mapped("date")))
        limits = both.filtered(lambda check: check.state == state)
        limits = list(filter(None, limits.mapped("date_deadline")))
        values = {
            "amount": sum(both.mapped("amount")),
            "answer_user_id": lead.answer_user_id.id,
            "date": min(dates, default=False),
            "date_answered": lead.date_answered,
            "date_deadline": max(limits, default=False),
            "note": "\n".join(both._get_answers()),
            "state": state,
            "user_id": lead.user_id.id,
        }
        other.line_ids.write({"check_id": self.id})
        other.message_change_thread(self)
        both.activity_ids.unlink()
        other.unlink()
        self.write(values)
        if state == "pending":
            self._schedule_activities()

    def _get_answers(self):
        """Return what was answered to these checks, one line each.

        :rtype: list[str]
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            ": ".join(
                filter(
                    None,
                    (
                        check.partner_id.display_name,
                        states[check.state],
                        check.answer_user_id.name,
                        check.note,
                    ),
                )
            )
            for check in self
            if check.state not in ("passed", "pending")
        ]
