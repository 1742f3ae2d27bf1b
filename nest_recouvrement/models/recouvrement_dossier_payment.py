from markupsafe import Markup

from odoo import models


class RecouvrementDossier(models.Model):
    """What the officer is told about payments of her dossiers."""

    _inherit = "recouvrement.dossier"

    def _report_rejection(self, name, note, amounts=None):
        """Write a rejected cheque into the journal, and tell the officer.

        :param str name: what was rejected, in the language of the officer
        :param str note: number, reason and fees
        :param dict amounts: what is owed again, by account.move.line
        """
        # Who books the rejection only reads the dossier.
        for dossier in self.sudo():
            dossier.env["recouvrement.action"]._log_done(
                dossier, "payment", name, amounts=amounts, note=note
            )
            dossier.activity_schedule(
                "nest_recouvrement.mail_activity_type_rejected_cheque",
                date_deadline=dossier.company_id._recouvrement_today(),
                note=Markup("<br/>").join(note.splitlines()),
                summary=name,
                user_id=(dossier.user_id or self.env.user).id,
            )
            dossier._message_log(body=name)
