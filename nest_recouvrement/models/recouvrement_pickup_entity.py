from odoo import models


class RecouvrementPickup(models.Model):
    """What becomes of an errand when its guarantor or its invoices are others'."""

    _inherit = "recouvrement.pickup"

    def _release_moved_items(self, moved, _target):
        """Cancel the errand, unless the cheque is collected: it is paid as it is.

        :return: what was done, for the journal
        """
        self.ensure_one()
        localized = self.dossier_id._localized()
        if self.state != "to_collect":
            return localized.env._(
                "Errand %s: match its cheque by hand, some of its invoices are owed by"
                " others now",
                self.name,
            )
        owners = moved.move_line_id.partner_id.commercial_partner_id
        self._cancel(
            localized.env._(
                "some of its invoices are owed by %s now",
                ", ".join(owners.mapped("display_name")),
            )
        )
        return localized.env._("Errand cancelled: %s", self.name)
