from odoo import models


class RecouvrementDossier(models.Model):
    """A cycle that a payment ended goes on, if the payment never took place."""

    _inherit = "recouvrement.dossier"

    def _resume_cycle(self, cycle, start_date):
        """Take up again a cycle that ended, with its next step.

        A later cycle goes on as it is: its number must not be given twice.

        :param int cycle: number of the cycle that ran before the payment
        :param datetime.date start_date: day on which it had started
        :return: whether it goes on
        :rtype: bool
        """
        self.ensure_one()
        if not (cycle and start_date) or self.cycle_start_date or self.cycle != cycle:
            return False
        # The follow-up is planned for whoever books the rejection.
        dossier_sudo = self.sudo()
        dossier_sudo.cycle_start_date = start_date
        env = dossier_sudo._localized().env
        dossier_sudo.env["recouvrement.action"]._log_done(
            dossier_sudo,
            "note",
            env._("The follow-up goes on where it was"),
            note=env._("The payment that had ended it was not honoured."),
            rank=60,
        )
        return True
