from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class RecouvrementSuspension(models.Model):
    """The notice of a suspension: how it is sent, and what proves that it came."""

    _inherit = "recouvrement.suspension"

    is_served = fields.Boolean(
        string="Notice Proved",
        help="The notice left by e-mail and did not come back, it was posted as a"
        " registered letter, or somebody received it.",
        compute="_compute_is_served",
        store=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("bounced_on", "delivered_on", "emailed_on", "registered_number")
    def _compute_is_served(self):
        """An e-mail that came back proves nothing."""
        for suspension in self:
            emailed = suspension.emailed_on and not suspension.bounced_on
            suspension.is_served = bool(
                emailed or suspension.delivered_on or suspension.registered_number
            )

    # === BUSINESS METHODS - SENDING === #

    def _notify(self, date_effective, by_email=True, courier=None, registered=None):
        """Send the notice of an approved suspension, by the ways chosen.

        :param date date_effective: day from which services are suspended
        :param bool by_email: whether it leaves by e-mail
        :param dict courier: values of the courier's errand that delivers it
        :param dict registered: number and date of the registered letter
        :raise UserError: if nothing is owed any more, or nobody would receive it
        """
        self.ensure_one()
        self._check_management()
        self._check_notifiable()
        # The ledger decides whether there is still something to claim.
        self.sudo().dossier_id._refresh()
        self._check_still_owed()
        contacts = self.dossier_id._get_reminder_contacts()[self.dossier_id]
        by_email = by_email and bool(contacts)
        if not (by_email or courier or registered):
            raise UserError(
                self.env._(
                    "%(guarantor)s would not receive the notice: it has no e-mail"
                    " address. Send it by the courier or by registered letter.",
                    guarantor=self.partner_id.display_name,
                )
                if not contacts
                else self.env._("Choose at least one way to send the notice.")
            )
        self._update_claim()
        # Only this button sends a notice; it keeps the proof.
        suspension_sudo = self.sudo()
        suspension_sudo.write(
            {
                "date_effective": date_effective,
                "date_notified": self.company_id._recouvrement_today(),
                "state": "notified",
                "unserved_on": False,
                **(registered or {}),
            }
        )
        letter = suspension_sudo._make_letter("notice")
        if by_email:
            suspension_sudo.write(
                {
                    "emailed_on": fields.Datetime.now(),
                    "recipients": suspension_sudo._email_letter("notice", letter),
                }
            )
        if courier:
            suspension_sudo._create_delivery(letter, courier)
        self._close_activities()
        self._log_notified(letter)

    def _check_notifiable(self):
        """Refuse to send a notice twice, unless nobody got it.

        :raise UserError: if it is not approved, or was received
        """
        if self.state != "notified" or self.is_served:
            self._check_state("approved")

    def _create_delivery(self, letter, values):
        """Give the notice to the courier, with a copy of the letter."""
        self.ensure_one()
        pickup = self.env["recouvrement.pickup"].create(
            {
                "dossier_id": self.dossier_id.id,
                "instructions": self._localized().env._(
                    "Deliver the letter %s against a signature.", self.name
                ),
                "kind": "deliver",
                "suspension_id": self.id,
                **values,
            }
        )
        pickup._attach_letter(letter)

    def _log_notified(self, letter):
        """Write the notice into the journal; the step that asked for it is done."""
        self.ensure_one()
        localized = self._localized()
        ways = [
            localized.emailed_on
            and localized.env._("by e-mail to %s", localized.recipients),
            localized.pickup_ids and localized.env._("by the courier"),
            localized.registered_number
            and localized.env._("by registered letter %s", localized.registered_number),
        ]
        note = localized.env._(
            "%(suspension)s: %(amount)s, services suspended from %(date)s; sent"
            " %(ways)s.",
            suspension=self.name,
            amount=self.currency_id.format(self.amount),
            date=format_date(localized.env, self.date_effective),
            ways=", ".join(filter(None, ways)),
        )
        action_sudo = self.sudo().action_id
        if action_sudo.state in ("proposed", "todo", "failed"):
            action_sudo.document_ids = [Command.set(letter.ids)]
            action_sudo.with_user(self.env.user)._mark_done(note=note)
            return
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension notice sent"),
            lambda suspension: note,
            letter,
        )

    # === BUSINESS METHODS - PROOF === #

    def _record_delivery(self, date, received_by=None, documents=None):
        """Record when, and by whom, the notice was received.

        Called by the proof that a person records, and by the courier's delivery.

        :param date date: day of the reception
        :param str received_by: name and position
        :param ir.attachment documents: photo, receipt or acknowledgement
        """
        for suspension in self:
            # The proof is recorded by whoever brings it: officer or courier.
            suspension_sudo = suspension.sudo()
            suspension_sudo.write(
                {
                    "delivered_on": date,
                    "received_by": received_by or suspension.received_by,
                    "document_ids": [
                        Command.link(document.id) for document in documents or ()
                    ],
                }
            )
            localized = suspension_sudo._localized()
            suspension_sudo._log_milestone(
                lambda record: record.env._("Suspension notice received"),
                lambda record, localized=localized: localized.env._(
                    "%(suspension)s received on %(date)s by %(name)s.",
                    suspension=localized.name,
                    date=format_date(localized.env, localized.delivered_on),
                    name=localized.received_by or "-",
                ),
                documents,
            )
