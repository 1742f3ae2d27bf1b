from odoo import models


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    # The last call of every dossier: its score reads only this.
    _last_call_idx = models.Index(
        "(dossier_id, date_done) WHERE channel = 'phone' AND state = 'done'"
    )
