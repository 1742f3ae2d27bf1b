from markupsafe import Markup

from odoo import Command, models

DECISION = "nest_recouvrement.mail_activity_type_suspension"


class RecouvrementSuspension(models.Model):
    """What the journal and management are told about suspensions."""

    _inherit = "recouvrement.suspension"

    def _log_milestone(self, name, note, documents=None):
        """Write a milestone into the journal of each dossier.

        :param name: returns what happened, from the localized suspension
        :param note: returns the details, from the localized suspension
        :param ir.attachment documents: letters that prove it
        """
        for suspension in self:
            localized = suspension._localized()
            self.env["recouvrement.action"]._log_done(
                suspension.dossier_id,
                "suspension",
                name(localized),
                amounts=suspension._get_evidence(),
                document_ids=[Command.set(documents.ids)] if documents else [],
                note=note(localized),
            )

    def _get_evidence(self):
        """Return the amounts claimed, by journal item that still exists."""
        self.ensure_one()
        return {
            line.move_line_id: line.amount
            for line in self.sudo().line_ids
            if line.move_line_id
        }

    def _tell_management(self, activity_type, summary, note):
        """Create one activity per suspension for its manager, in one batch.

        :param summary: returns the summary, from the localized suspension
        :param note: returns the note, from the localized suspension
        """
        model_id = self.env["ir.model"]._get_id(self._name)
        type_id = self.env.ref(activity_type).id
        vals_list = []
        for suspension in self:
            user = suspension.user_id or self.env.user
            localized = suspension.with_context(lang=user.lang or self.env.lang)
            vals_list.append(
                {
                    "activity_type_id": type_id,
                    "automated": True,
                    "date_deadline": suspension.company_id._recouvrement_today(),
                    "note": Markup("<p>%s</p>") % note(localized),
                    "res_id": suspension.id,
                    "res_model_id": model_id,
                    "summary": summary(localized),
                    "user_id": user.id,
                }
            )
        # Whoever's click leads here, management is asked.
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.with_context(mail_activity_quick_update=True).create(vals_list)
