from odoo import models
from odoo.exceptions import UserError


class RecouvrementDossier(models.Model):
    """The end of follow-up: nothing stays to be done, and the journal says so."""

    _inherit = "recouvrement.dossier"

    def write(self, vals):
        """Withdraw what is pending when a dossier is archived."""
        if "active" not in vals:
            return super().write(vals)
        in_use = self.filtered("active")
        archived = self.browse() if vals["active"] else in_use
        restored = self - in_use if vals["active"] else self.browse()
        archived._check_archivable()
        result = super().write(vals)
        archived._stop_work()
        restored._resume_work()
        return result

    def _check_archivable(self):
        """Refuse while a courier holds a cheque of the guarantor.

        :raise UserError: naming the courier and the errand
        """
        # A cheque is a cheque, whoever may see the errand.
        held_sudo = (
            self.env["recouvrement.pickup"]
            .sudo()
            .search(
                [("dossier_id", "in", self.ids), ("state", "=", "collected")], limit=1
            )
        )
        if held_sudo:
            raise UserError(
                self.env._(
                    "%(courier)s holds a cheque of %(guarantor)s (%(amount)s, errand"
                    " %(errand)s): have it handed over to the accountant before the"
                    " guarantor is archived.",
                    amount=held_sudo.currency_id.format(held_sudo.amount),
                    courier=held_sudo.user_id.name or self.env._("The courier"),
                    errand=held_sudo.display_name,
                    guarantor=held_sudo.partner_id.display_name,
                )
            )

    def _stop_work(self):
        """Cancel what is still to be done outside, and say what is left open.

        The steps still to do are withdrawn by the refresh. Promises stay: what comes
        in still keeps them.
        """
        if not self:
            return
        # What is pending is cancelled whoever archives the guarantor.
        for dossier in self.sudo():
            env = dossier._localized().env
            cancelled = dossier._cancel_work(env._("the guarantor is archived"))
            if dossier.currency_id.is_zero(dossier.balance) and not cancelled:
                continue
            dossier._log_note(
                env._("Follow-up ended"),
                " ".join(
                    (
                        env._(
                            "The guarantor is archived with a balance of %s.",
                            dossier.currency_id.format(dossier.balance),
                        ),
                        *cancelled,
                    )
                ),
            )

    def _cancel_work(self, reason):
        """Cancel what is planned for a dossier that is archived: here, errands.

        For an extension that plans something else: visits, letters...

        :param str reason: why, in the language of the officer
        :return: one sentence per kind of thing cancelled
        :rtype: list[str]
        """
        self.ensure_one()
        errands = self.env["recouvrement.pickup"].search(
            [
                ("dossier_id", "=", self.id),
                ("state", "in", ("to_collect", "to_deliver")),
            ]
        )
        if not errands:
            return []
        errands._cancel(reason)
        return [
            self._localized().env._(
                "Errands cancelled: %s.", ", ".join(errands.mapped("display_name"))
            )
        ]

    def _resume_work(self):
        """Say that the guarantor is followed up again."""
        # Whoever brings a guarantor back need not see its dossier.
        for dossier in self.sudo().filtered("action_ids"):
            dossier._log_note(dossier._localized().env._("Followed up again"))
