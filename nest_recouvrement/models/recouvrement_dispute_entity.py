from odoo import Command, models


class RecouvrementDispute(models.Model):
    """A dispute some of whose invoices belong to another entity now is split."""

    _inherit = "recouvrement.dispute"

    def _release_moved_items(self, moved, target):
        """Contest the invoices that moved in a dispute of their own.

        Without a dossier for them, they are left out: nobody claims them.

        :return: what was done, for the journal
        """
        self.ensure_one()
        if target:
            part = moved.filtered(
                lambda line: (
                    line.move_line_id.partner_id.commercial_partner_id
                    == target.partner_id
                )
            )
            self.copy(
                {
                    "dossier_id": target.id,
                    "date": self.date,
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": line.move_line_id.id,
                                "amount": line.amount,
                            }
                        )
                        for line in part
                    ],
                }
            )
        localized = self.dossier_id._localized()
        if moved == self.line_ids:
            self.write(
                {"resolution": localized.env._("Its invoices are owed by others now.")}
            )
            self.action_resolve()
            return localized.env._("Dispute closed: %s", self.name)
        self.write({"line_ids": [Command.delete(line.id) for line in moved]})
        return localized.env._("Dispute split: %s", self.name)
