from odoo import models


class RecouvrementRun(models.Model):
    """Courtesy messages, after the reminders: sent, or suggested to the officer."""

    _inherit = "recouvrement.run"

    def _get_passes(self, dossiers):
        passes = super()._get_passes(dossiers)
        if self.kind == "weekly":
            ids = dossiers._get_courtesy_dossier_ids(self.company_id)
            passes.append(("_perform_courtesy", [("id", "in", ids)]))
        return passes

    def _perform_courtesy(self, dossiers):
        """Announce what falls due soon in these dossiers, once per item.

        The category of a guarantor says whether the message leaves by itself or is
        suggested to the officer.

        :return: the actions made
        :rtype: recouvrement.action
        """
        actions = self.env["recouvrement.action"]._prepare_courtesy(dossiers, self)
        suggested = actions.filtered(
            lambda action: action.dossier_id.category_id.courtesy_mode == "suggested"
        )
        suggested._propose()
        (actions - suggested)._perform()
        return actions

    def _prepare_failed_values(self, dossier, perform):
        if perform != "_perform_courtesy":
            return super()._prepare_failed_values(dossier, perform)
        return self.env["recouvrement.action"]._prepare_courtesy_values(dossier)
