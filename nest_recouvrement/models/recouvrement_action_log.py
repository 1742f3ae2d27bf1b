from odoo import Command, api, models


class RecouvrementAction(models.Model):
    """What is done outside of the steps of a plan, written into the same journal."""

    _inherit = "recouvrement.action"

    @api.model
    def _log_done(self, dossiers, channel, name, **values):
        """Write one line per dossier into the journal: it is done, now, by the user.

        Whoever does something for a dossier may have it written down, also a courier
        or an accountant, who may not write the journal themselves.

        :param recouvrement.dossier dossiers: concerned by what was done
        :param str channel: one of :meth:`_selection_channel`
        :param str name: what was done, in a few words, in the reader's language
        :param values: more field values, the same for all; ``amounts`` is a dict of
            amounts by account.move.line, kept as evidence
        :rtype: recouvrement.action
        """
        # The journal is written for whoever did something; see above.
        return self.sudo().create(
            [
                self._prepare_done_values(dossier, channel, name, **values)
                for dossier in dossiers
            ]
        )

    @api.model
    def _prepare_done_values(self, dossier, channel, name, amounts=None, **values):
        """Return the values of one line of the journal; see :meth:`_log_done`.

        For who writes lines that differ from dossier to dossier, in one batch.
        """
        lines = [
            Command.create(
                {
                    "move_line_id": item.id,
                    "name": item.move_id.name,
                    "date_maturity": item.date_maturity or item.date,
                    "residual_amount": item.amount_residual,
                    "amount": amount,
                }
            )
            for item, amount in (amounts or {}).items()
        ]
        if amounts:
            values.setdefault("amount", sum(amounts.values()))
        return {
            "dossier_id": dossier.id,
            "channel": channel,
            "name": name,
            "cycle": dossier.cycle,
            "state": "done",
            "date_done": self._get_moment(),
            "done_user_id": self.env.uid,
            "line_ids": lines,
            **values,
        }
