from markupsafe import Markup

from odoo import models


class RecouvrementDossier(models.Model):
    """Phone, e-mail, address and coordinates: complete and verified (`sources/1`)."""

    _inherit = "recouvrement.dossier"

    def _request_contact_update(self, reason):
        """Ask the officers to complete contact data, once per dossier at a time.

        :param str reason: what is wrong, in the language of the reader
        """
        activity_type = self.env.ref("nest_recouvrement.mail_activity_type_contact")
        # What a person found out is asked of the officer, whoever the person is.
        for dossier in self.sudo():
            pending = dossier.activity_ids.filtered(
                lambda activity: activity.activity_type_id == activity_type
            )
            note = Markup("<p>%s</p>") % reason
            if pending:
                pending[0].note = Markup("%s%s") % (pending[0].note or "", note)
                continue
            dossier.activity_schedule(
                activity_type_id=activity_type.id,
                note=note,
                user_id=(dossier.user_id or self.env.user).id,
            )
