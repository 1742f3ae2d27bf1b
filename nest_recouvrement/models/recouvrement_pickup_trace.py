from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date


class RecouvrementPickup(models.Model):
    """What an errand leaves behind: journal, chain of custody, people told.

    Everything here runs with the rights of the follow-up: a courier sees none of it.
    """

    _inherit = "recouvrement.pickup"

    custody_ids = fields.One2many(
        string="Chain of Custody",
        comodel_name="recouvrement.pickup.custody",
        inverse_name="pickup_id",
        readonly=True,
    )
    holder_name = fields.Char(
        string="In the Hands Of", readonly=True, copy=False, tracking=True
    )
    received_on = fields.Datetime(
        help="When the accountant confirmed the receipt of the cheque.",
        readonly=True,
        copy=False,
    )

    # === JOURNAL === #

    def _localized(self):
        """Return this errand in the language of the officer who reads about it."""
        self.ensure_one()
        lang = self.dossier_id.user_id.lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)

    def _log_journal(
        self, describe, note=None, amounts=None, attachments=None, **values
    ):
        """Write what was done into the journal of the dossier.

        :param describe: function of the errand in the officer's language -> str
        :param dict amounts: by account.move.line; by default none
        :param ir.attachment attachments: the proof
        :param values: more field values of the line
        """
        self.ensure_one()
        return self.env["recouvrement.action"]._log_done(
            self.dossier_id,
            "courier",
            describe(self._localized()),
            amounts=amounts,
            note=note or False,
            document_ids=[fields.Command.set(attachments.ids)] if attachments else [],
            **values,
        )

    def _get_named_amounts(self):
        """Return the amount by account.move.line, as the journal keeps it."""
        self.ensure_one()
        return {
            line.move_line_id: line.amount
            for line in self.line_ids.filtered("move_line_id")
        }

    def _attach(self, name, image):
        """Keep an image as a document of the errand, for the journal.

        :param str image: base64, or nothing
        :rtype: ir.attachment
        """
        self.ensure_one()
        attachments = self.env["ir.attachment"]
        if not image:
            return attachments
        return attachments.create(
            {
                "name": name,
                "datas": image,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _pass_on(self, event, giver, receiver, **values):
        """Write one passage into the chain of custody; ``receiver`` has it now.

        :param str event: one of the events of recouvrement.pickup.custody
        """
        self.env["recouvrement.pickup.custody"].create(
            [
                {
                    "pickup_id": pickup.id,
                    "event": event,
                    "giver_name": giver,
                    "receiver_name": receiver,
                    "amount": pickup.cheque_amount,
                    **values,
                }
                for pickup in self
            ]
        )
        self.write({"holder_name": receiver})

    # === WHAT EACH OUTCOME LEAVES BEHIND === #

    def _on_collected(self):
        """Note the cheque in journal and custody, and tell of a different amount."""
        self.ensure_one()
        photo = self._attach(f"{self.name}-{self.cheque_number}.jpg", self.photo)
        self._pass_on(
            "collected",
            self.drawer or self.partner_id.name,
            self.user_id.name,
            attachment_id=photo.id,
        )
        self._close_activity()
        self._log_journal(
            lambda errand: errand.env._(
                "Cheque collected: no. %(number)s, %(bank)s, %(amount)s",
                number=errand.cheque_number,
                bank=errand.bank,
                amount=errand.currency_id.format(errand.cheque_amount),
            ),
            note=self._localized()._get_cheque_note(),
            amounts=self._get_named_amounts(),
            attachments=photo,
        )
        if self.currency_id.compare_amounts(self.cheque_amount, self.expected_amount):
            self._tell_officer(
                lambda errand: errand.env._("Cheque of another amount"),
                self._localized()._get_cheque_note(),
            )

    def _get_cheque_note(self):
        """Return what is particular about a cheque, in the language of the context."""
        self.ensure_one()
        notes = []
        if self.currency_id.compare_amounts(self.cheque_amount, self.expected_amount):
            notes.append(
                self.env._(
                    "%(cheque)s instead of %(expected)s: %(reason)s",
                    cheque=self.currency_id.format(self.cheque_amount),
                    expected=self.currency_id.format(self.expected_amount),
                    reason=self.difference_reason,
                )
            )
        if self.unnamed_amount:
            notes.append(
                self.env._(
                    "%(amount)s names no invoice: ask the guarantor which ones are"
                    " meant.",
                    amount=self.currency_id.format(self.unnamed_amount),
                )
            )
        if self.is_postdated:
            notes.append(
                self.env._(
                    "Not to be banked before %(date)s.",
                    date=format_date(self.env, self.cheque_date),
                )
            )
        if self.drawer and self.drawer != self.partner_id.name:
            notes.append(self.env._("Drawn by %(drawer)s.", drawer=self.drawer))
        return "\n".join(notes)

    def _on_failed(self, photo=None):
        """Give the errand back to the officer, with what the courier found."""
        self.ensure_one()
        attachment = self._attach(f"{self.name}.jpg", photo)
        if self.holder_name:
            self._pass_on(
                "returned",
                self.holder_name,
                self.partner_id.name,
                note=self.outcome_note,
                attachment_id=attachment.id,
            )
            self.holder_name = False
        self._close_activity()
        self._log_journal(
            lambda errand: errand._get_failure_title(),
            note=self.outcome_note,
            amounts=self._get_named_amounts(),
            attachments=attachment,
        )
        localized = self._localized()
        self._tell_officer(
            lambda errand: errand._get_failure_title(), self.outcome_note or ""
        )
        if self.failure_reason_id.is_wrong_contact:
            self.dossier_id._request_contact_update(localized._get_failure_title())

    def _get_failure_title(self):
        self.ensure_one()
        if self.kind == "deliver":
            return self.env._(
                "Letter not delivered: %(reason)s", reason=self.failure_reason_id.name
            )
        return self.env._(
            "Cheque not collected: %(reason)s", reason=self.failure_reason_id.name
        )

    def _after_delivery(self):
        """Note the delivery, and tell whoever gave the letter to the courier."""
        self.ensure_one()
        proofs = self._attach(f"{self.name}.jpg", self.photo) + self._attach(
            f"{self.name}-signature.png", self.signature
        )
        self._pass_on(
            "delivered",
            self.user_id.name or self.env.user.name,
            self.received_by,
            date=self.date_done,
            note=self.outcome_note,
            attachment_id=proofs[:1].id,
        )
        self._close_activity()
        self._log_journal(
            lambda errand: errand.env._(
                "Letter delivered to %(name)s", name=errand.received_by
            ),
            note=self.outcome_note,
            attachments=proofs + self.document_ids,
        )
        self._on_delivered()

    def _note_receipt_by_payment(self):
        """A payment proves that the accountant has the cheque: say so if nobody did."""
        # The accountant who registers a payment does not write errands.
        for pickup_sudo in self.sudo().filtered(
            lambda pickup: pickup.state == "handed_over" and not pickup.received_on
        ):
            pickup_sudo.slip_line_ids.filtered(
                lambda line: line.state == "pending"
            )._receive(note=self.env._("Received with its payment."))

    # === PEOPLE TOLD === #

    def _tell_officer(self, summarize, note):
        """Give the officer something to do about the errand, in her worklist."""
        self.ensure_one()
        localized = self._localized()
        self.dossier_id.activity_schedule(
            "nest_recouvrement.mail_activity_type_errand",
            date_deadline=self.company_id._recouvrement_today(),
            summary=summarize(localized),
            note=Markup("<p>%s</p><p>%s</p>") % (localized.display_name, note),
            user_id=(self.dossier_id.user_id or self.env.user).id,
        )

    def _plan_activities(self):
        """Tell each courier of the errand, once, and the former one that it is gone."""
        # Activities of others: whoever gives an errand may not edit them.
        for pickup_sudo in self.sudo():
            pickup_sudo.activity_unlink(
                ["nest_recouvrement.mail_activity_type_courier"]
            )
            if pickup_sudo.user_id and pickup_sudo.state in (
                "to_collect",
                "to_deliver",
            ):
                courier_env = pickup_sudo.with_context(lang=pickup_sudo.user_id.lang)
                pickup_sudo.activity_schedule(
                    "nest_recouvrement.mail_activity_type_courier",
                    date_deadline=pickup_sudo.date,
                    summary=courier_env._get_courier_summary(),
                    user_id=pickup_sudo.user_id.id,
                )

    def _get_courier_summary(self):
        self.ensure_one()
        if self.kind == "deliver":
            return self.env._(
                "Deliver a letter to %(place)s", place=self.partner_id.display_name
            )
        return self.env._(
            "Collect %(amount)s from %(place)s",
            amount=self.currency_id.format(self.amount),
            place=self.partner_id.display_name,
        )

    def _close_activity(self):
        """End the courier's activity: the errand is done, one way or the other."""
        self.activity_feedback(["nest_recouvrement.mail_activity_type_courier"])

    def _assign_courier(self):
        """Give errands without a courier to the one of the district, or by default."""
        for company, pickups in self.grouped("company_id").items():
            # Whoever creates an errand need not see how districts are shared.
            couriers = company.sudo()._recouvrement_couriers()
            for pickup in pickups.filtered(lambda pickup: not pickup.user_id):
                courier = couriers.get((pickup.district or "").strip().casefold())
                courier = courier or company.sudo().recouvrement_courier_id
                if courier:
                    # A first assignment is no change worth a line in each chatter.
                    pickup.with_context(tracking_disable=True).sudo().user_id = courier
