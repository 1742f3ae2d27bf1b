from odoo import models


class RecouvrementCommitment(models.Model):
    """Screens of promises refresh first what is stale: paid is kept, at once."""

    _name = "recouvrement.commitment"
    _inherit = ["recouvrement.commitment", "recouvrement.freshness.mixin"]

    def _get_shown_dossiers(self):
        return self.dossier_id
