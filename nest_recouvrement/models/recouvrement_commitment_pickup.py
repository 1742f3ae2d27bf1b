from odoo import api, fields, models
from odoo.tools import format_date

from .recouvrement_action_rank import AFTER_PROMISE_RANK
from .recouvrement_pickup import IN_HAND_STATES


class RecouvrementCommitment(models.Model):
    """A promise by cheque sends the courier, however it was entered.

    One errand per promise: from the call, the form, a visit or an import, and also when
    the means becomes a cheque later. What is called off calls the courier off.
    """

    _inherit = "recouvrement.commitment"

    pickup_contact_id = fields.Many2one(
        string="Place of the Cheque",
        help="Whom the courier asks for, and where. Empty: the guarantor.",
        comodel_name="res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
        copy=False,
    )
    pickup_hour_from = fields.Float(string="Courier From", copy=False)
    pickup_hour_to = fields.Float(string="Courier To", copy=False)
    pickup_instructions = fields.Char(
        string="For the Courier",
        help="Floor, desk, documents to bring…",
        copy=False,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        commitments = super().create(vals_list)
        commitments._plan_errands()
        return commitments

    def write(self, vals):
        """Have errands follow the means and the day of their promises."""
        result = super().write(vals)
        if "means" in vals:
            by_cheque = self.filtered(lambda promise: promise.means == "cheque")
            by_cheque._plan_errands()
            for promise in self - by_cheque:
                promise._cancel_errands(promise._get_other_means_reason())
        if "date" in vals:
            # Whoever moves the promise moves its errand.
            waiting_sudo = self.sudo()._get_waiting_errands()
            waiting_sudo.filtered(lambda errand: errand.date != vals["date"]).write(
                {"date": vals["date"]}
            )
        return result

    # === BUSINESS METHODS === #

    def _get_waiting_errands(self):
        """Return the errands of these promises that no courier has done yet."""
        return self.pickup_ids.filtered(lambda errand: errand.state == "to_collect")

    def _plan_errands(self):
        """Send the courier for open promises by cheque that have no errand yet."""
        # Whoever may not see an errand still must not have it made twice.
        for promise in self.filtered(
            lambda promise: promise.means == "cheque"
            and promise.state == "open"
            and all(errand.state == "cancelled" for errand in promise.sudo().pickup_ids)
        ):
            if promise._take_over_errand():
                continue
            errand = self.env["recouvrement.pickup"].create(
                promise._prepare_errand_values()
            )
            promise._log_errand(errand)

    def _take_over_errand(self):
        """Have a cheque that is fetched already, for the same invoices, be this one.

        :rtype: recouvrement.pickup
        """
        self.ensure_one()
        # As in :meth:`_plan_errands`.
        errand_sudo = (
            self.env["recouvrement.pickup"]
            .sudo()
            .search(
                [
                    ("commitment_id", "=", False),
                    ("dossier_id", "=", self.dossier_id.id),
                    ("line_ids.move_line_id", "in", self.line_ids.move_line_id.ids),
                    ("state", "in", ("to_collect", *IN_HAND_STATES)),
                ],
                limit=1,
            )
        )
        errand_sudo.write({"commitment_id": self.id})
        return errand_sudo

    def _prepare_errand_values(self):
        """Return the values of the errand for the cheque of this promise."""
        self.ensure_one()
        return {
            "kind": "collect",
            "commitment_id": self.id,
            "contact_id": (self.pickup_contact_id or self.partner_id).id,
            "date": self.date,
            "dossier_id": self.dossier_id.id,
            "hour_from": self.pickup_hour_from,
            "hour_to": self.pickup_hour_to,
            "instructions": self.pickup_instructions,
            "line_ids": [
                fields.Command.create(
                    {
                        "amount": line.amount - line.paid_amount,
                        "move_line_id": line.move_line_id.id,
                    }
                )
                for line in self._get_unpaid_lines()
            ],
        }

    def _log_errand(self, errand):
        """Write into the journal that the courier was asked to come."""
        self.ensure_one()
        env = self._localized().env
        self.env["recouvrement.action"]._log_done(
            self.dossier_id,
            "courier",
            env._(
                "Courier asked to collect a cheque on %s",
                format_date(env, errand.date),
            ),
            amounts=errand._get_named_amounts(),
            note=errand.contact_id.display_name,
            rank=AFTER_PROMISE_RANK,
        )

    def _cancel_errands(self, reason):
        """Call off the errands of these promises that no courier has done yet.

        :param str reason: why, for the courier and the journal
        """
        # Whoever cancels the promise calls off what it led to.
        if errands_sudo := self.sudo()._get_waiting_errands():
            errands_sudo._cancel(reason)

    def _get_other_means_reason(self):
        """Return why no cheque is fetched, in the language of the officer."""
        self.ensure_one()
        localized = self._localized()
        means = dict(self._fields["means"]._description_selection(localized.env))
        return localized.env._("They pay otherwise: %s", means[self.means].lower())
