from odoo import models


class RecouvrementCommitment(models.Model):
    """A promise some of whose invoices belong to another entity now is taken again."""

    _inherit = "recouvrement.commitment"

    def _release_moved_items(self, moved, _target):
        """Cancel the promise: nobody promised for the other entity.

        :return: what was done, for the journal
        """
        self.ensure_one()
        localized = self.dossier_id._localized()
        owners = moved.move_line_id.partner_id.commercial_partner_id
        reason = localized.env._(
            "Some of its invoices are owed by %s now: take a new promise for the rest.",
            ", ".join(owners.mapped("display_name")),
        )
        label = self.display_name
        self.write({"cancel_reason": reason})
        self.action_cancel()
        self.dossier_id.activity_schedule(
            "nest_recouvrement.mail_activity_type_task",
            note=reason,
            summary=localized.env._("Promise cancelled: %s", label),
            user_id=(self.dossier_id.user_id or self.env.user).id,
        )
        return localized.env._("Promise cancelled: %s", label)
