from odoo import api, models
from odoo.fields import Domain


class RecouvrementDossier(models.Model):
    """Whom to call, the next call of the officer, and what a call starts from."""

    _inherit = "recouvrement.dossier"

    # === ACTION METHODS === #

    def action_call(self):
        """Open the call of this dossier: everything needed on one screen."""
        self.ensure_one()
        self.check_access("write")
        self._refresh_stale()
        return self.env["recouvrement.call"]._open(self)

    def action_next_call(self):
        """Open the next call of the officer, or say that none is left.

        The button of the worklist: whatever is selected says nothing.
        """
        self.check_access("write")
        self._refresh_stale()
        if dossier := self._get_next_call():
            return dossier.action_call()
        worklist = self.env["ir.actions.act_window"]._for_xml_id(
            "nest_recouvrement.recouvrement_dossier_action_worklist"
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("No call is left for today."),
                "next": {**worklist, "target": "main"},
            },
        }

    # === BUSINESS METHODS - WHOM === #

    @api.model
    def _get_next_call(self, called=None):
        """Return the first dossier of the officer's worklist that is to be called.

        In the order of the worklist. What is held, promised or paid is not called.

        :param recouvrement.dossier called: dossiers that were just called
        """
        today = self.env.company._recouvrement_today()
        waiting = Domain(
            [
                ("channel", "=", "phone"),
                ("state", "in", ("proposed", "todo")),
                ("user_id", "=", self.env.uid),
            ]
        ) & (Domain("not_before", "=", False) | Domain("not_before", "<=", today))
        return self.search(
            Domain("claimable_amount", ">", 0)
            & Domain("id", "not in", (called or self.browse()).ids)
            & (Domain("hold_until", "=", False) | Domain("hold_until", "<", today))
            & (
                Domain("pending_action_id", "any", waiting)
                | Domain("action_ids", "any", waiting & Domain("step_id", "=", False))
            ),
            limit=1,
        )

    def _get_waiting_call(self):
        """Return the call that waits for a person: a step, or one that was agreed.

        :rtype: recouvrement.action
        """
        self.ensure_one()
        if self.pending_action_id and self.pending_action_id._is_waiting_call():
            return self.pending_action_id
        agreed = self._get_agreed_calls(self._get_waiting_actions())
        return agreed.get(self, self.env["recouvrement.action"])

    def _get_agreed_calls(self, waiting):
        """Return the calls agreed for a day outside of any step, by dossier.

        :param recouvrement.action waiting: see :meth:`_get_waiting_actions`
        :rtype: dict[recouvrement.dossier, recouvrement.action]
        """
        return {
            action.dossier_id: action for action in waiting if action.state == "todo"
        }

    def _get_call_contacts(self):
        """Return whom to call: the guarantor, then its people, those with a number.

        Numbers that were reported as wrong come last: nobody dials them first.

        :rtype: res.partner
        """
        self.ensure_one()
        people = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("id", "!=", self.partner_id.id),
                ("phone", "!=", False),
            ],
            order="type desc, name, id",
        )
        contacts = self.partner_id.filtered("phone") + people
        return contacts.sorted("recouvrement_is_phone_wrong")
