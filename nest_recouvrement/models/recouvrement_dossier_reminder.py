from odoo import models


class RecouvrementDossier(models.Model):
    """What reminders say beyond the claim (`sources/1`, steps 5 and 6)."""

    _inherit = "recouvrement.dossier"

    def _get_broken_promises(self):
        """Return the promises of this cycle that were not kept and are still owed.

        What was paid meanwhile, even late, is no longer mentioned. For the message
        templates, and for whoever calls.

        :return: one dict per promise: ``commitment``, ``date``, ``amount`` (what is
            missing), ``invoices`` (their numbers)
        :rtype: list[dict]
        """
        self.ensure_one()
        ended = self.commitment_ids.filtered(
            lambda promise: promise.state in ("broken", "partly_kept")
            and self.cycle_start_date
            and promise.date_ended
            and promise.date_ended >= self.cycle_start_date
        )
        promises = []
        for commitment in ended.sorted(lambda promise: (promise.date, promise.id)):
            missing = {
                line: min(
                    line.amount - line.paid_amount, line.move_line_id.amount_residual
                )
                for line in commitment.line_ids
                if line.move_line_id
            }
            owed = [line for line, amount in missing.items() if amount > 0]
            if owed:
                promises.append(
                    {
                        "commitment": commitment,
                        "date": commitment.date,
                        "amount": sum(missing[line] for line in owed),
                        "invoices": ", ".join(line.name for line in owed if line.name),
                    }
                )
        return promises
