from odoo import models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    """Somebody leaves the collection team: the work goes to others."""

    _inherit = "res.users"

    def action_archive(self):
        """Hand the collection work over before Odoo deletes the activities."""
        leaving = self.filtered("active")
        leaving.write({"active": False})
        return super().action_archive()

    def write(self, vals):
        """Hand the collection work of those who leave over to others."""
        leaving = self.browse()
        if "active" in vals and not vals["active"]:
            leaving = self.filtered(lambda user: user.active and not user.share)
            leaving._check_no_cheque_in_hand()
        result = super().write(vals)
        if leaving:
            leaving._hand_over_collection()
        return result

    def _check_no_cheque_in_hand(self):
        """Refuse to archive a courier who holds a cheque.

        :raise UserError: naming the cheque
        """
        # A cheque is a cheque, whoever may see the errand.
        held_sudo = (
            self.env["recouvrement.pickup"]
            .sudo()
            .search([("user_id", "in", self.ids), ("state", "=", "collected")], limit=1)
        )
        if held_sudo:
            raise UserError(
                self.env._(
                    "%(courier)s holds a cheque of %(guarantor)s (%(amount)s, errand"
                    " %(errand)s): have it handed over to the accountant first.",
                    amount=held_sudo.currency_id.format(held_sudo.amount),
                    courier=held_sudo.user_id.name,
                    errand=held_sudo.display_name,
                    guarantor=held_sudo.partner_id.display_name,
                )
            )

    def _hand_over_collection(self):
        """Give dossiers, promises, errands and activities of archived users to others.

        Dossiers go to other officers by the company's rule, or to the manager if there
        is none; what belongs to a dossier goes to its officer.
        """
        # Whoever manages users need not see the dossiers.
        self_sudo = self.sudo()
        companies_sudo = self_sudo.env["res.company"].search([])
        self_sudo = self_sudo.with_context(allowed_company_ids=companies_sudo.ids)
        for name in ("officer", "manager", "accountant"):
            setting = f"recouvrement_{name}_id"
            companies_sudo.filtered(
                lambda company, setting=setting: company[setting] in self
            ).write({setting: False})
        for user_sudo in self_sudo:
            user_sudo._hand_over_dossiers()
            user_sudo._hand_over_records()
            user_sudo._hand_over_activities()

    def _hand_over_dossiers(self):
        """Give the dossiers of this user to other officers, and note to whom."""
        self.ensure_one()
        dossiers = (
            self.env["recouvrement.dossier"]
            .with_context(active_test=False)
            .search([("user_id", "=", self.id)])
        )
        dossiers._assign_officer()
        for company, left in (
            dossiers.filtered(lambda dossier: dossier.user_id == self)
            .grouped("company_id")
            .items()
        ):
            left.user_id = company._recouvrement_responsible("manager")
        for officer, taken in dossiers.grouped("user_id").items():
            lang = officer.lang or self.env.lang
            env = self.with_context(lang=lang).env
            taken._log_note(
                env._(
                    "%(officer)s takes over from %(former)s",
                    former=self.name,
                    officer=officer.name or env._("Nobody"),
                )
            )

    def _hand_over_records(self):
        """Give open promises and disputes to the officers, errands to no courier."""
        self.ensure_one()
        for model in ("recouvrement.commitment", "recouvrement.dispute"):
            records = self.env[model].search(
                [("user_id", "=", self.id), ("state", "=", "open")]
            )
            for officer, theirs in records.grouped(
                lambda record: record.dossier_id.user_id
            ).items():
                theirs.user_id = officer
        self.env["recouvrement.pickup"].search(
            [("user_id", "=", self.id), ("state", "in", ("to_collect", "to_deliver"))]
        ).user_id = False

    def _hand_over_activities(self):
        """Give what this user had to do in Collection to whoever is in charge now."""
        self.ensure_one()
        activities = self.env["mail.activity"].search(
            [("user_id", "=", self.id), ("res_model", "=like", "recouvrement.%")]
        )
        for model, of_model in activities.grouped("res_model").items():
            records = self.env[model].browse(of_model.mapped("res_id")).exists()
            by_id = {record.id: record for record in records}
            for activity in of_model:
                if record := by_id.get(activity.res_id):
                    activity.user_id = self._get_successor(record) or activity.user_id

    def _get_successor(self, record):
        """Return who takes over an activity about ``record``.

        :rtype: res.users
        """
        dossier = record if record._name == "recouvrement.dossier" else None
        if "dossier_id" in record._fields:
            dossier = record.dossier_id
        manager = record.company_id._recouvrement_responsible("manager")
        return (dossier.user_id if dossier else None) or manager
