import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tools import format_date

from .recouvrement_pickup import IN_HAND_STATES


class RecouvrementPickup(models.Model):
    """The cheque: what the courier notes of it, and that it is collected once only."""

    _inherit = "recouvrement.pickup"

    cheque_number = fields.Char(readonly=True, copy=False, tracking=True)
    bank = fields.Char(string="Drawn On", readonly=True, copy=False, tracking=True)
    drawer = fields.Char(
        help="Who signed the cheque, if it is not the guarantor.",
        readonly=True,
        copy=False,
    )
    cheque_date = fields.Date(
        help="Date written on the cheque: it is not to be banked before.",
        readonly=True,
        copy=False,
    )
    cheque_amount = fields.Monetary(readonly=True, copy=False, tracking=True)
    expected_amount = fields.Monetary(
        string="Expected",
        help="What was to be collected, before the cheque was seen.",
        readonly=True,
        copy=False,
    )
    unnamed_amount = fields.Monetary(
        string="Without Invoice",
        help="What the cheque pays beyond the invoices that it names.",
        compute="_compute_unnamed_amount",
    )
    difference_reason = fields.Char(readonly=True, copy=False, tracking=True)
    photo = fields.Image(
        max_width=1920, max_height=1920, readonly=True, copy=False, attachment=True
    )
    collected_on = fields.Datetime(readonly=True, copy=False)
    is_postdated = fields.Boolean(
        string="Post-dated",
        help="The cheque bears a later date: it is not to be banked before.",
        compute="_compute_is_postdated",
    )
    cheque_key = fields.Char(
        help="The same for the same cheque, however its number and bank are typed.",
        compute="_compute_cheque_key",
        store=True,
    )

    _cheque_uniq = models.UniqueIndex(
        "(company_id, cheque_key) WHERE cheque_key IS NOT NULL"
        " AND state IN ('collected', 'handed_over', 'paid')",
        "This cheque was already collected: check its number and its bank.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "cheque_amount", "state")
    def _compute_unnamed_amount(self):
        for pickup in self:
            in_hand = pickup.state in (*IN_HAND_STATES, "paid")
            pickup.unnamed_amount = (
                max(pickup.cheque_amount - pickup.amount, 0.0) if in_hand else 0.0
            )

    @api.depends("cheque_date", "state")
    def _compute_is_postdated(self):
        for pickup in self:
            pickup.is_postdated = (
                pickup.state in IN_HAND_STATES
                and bool(pickup.cheque_date)
                and pickup.cheque_date > pickup.company_id._recouvrement_today()
            )

    @api.depends("bank", "cheque_number")
    def _compute_cheque_key(self):
        for pickup in self:
            pickup.cheque_key = self._get_cheque_key(pickup.bank, pickup.cheque_number)

    @api.model
    def _get_cheque_key(self, bank, number):
        """Return what identifies a cheque, or False without a number.

        Case, accents, spaces, punctuation and leading zeros do not make another one.
        """

        def simplify(text):
            plain = unicodedata.normalize("NFKD", text or "")
            return re.sub(r"[^a-z0-9]", "", plain.lower())

        number = simplify(number).lstrip("0")
        return f"{simplify(bank)}/{number}" if number else False

    # === CONSTRAINT METHODS === #

    def _check_named_amount(self):
        """The invoices of a cheque in hand are paid by it: it must be enough.

        :raise ValidationError: more is named than the cheque pays
        """
        self.ensure_one()
        named = sum(self.line_ids.mapped("amount"))
        if self.currency_id.compare_amounts(named, self.cheque_amount) > 0:
            raise ValidationError(
                self.env._(
                    "The cheque is worth %(cheque)s: its invoices cannot name"
                    " %(named)s.",
                    cheque=self.currency_id.format(self.cheque_amount),
                    named=self.currency_id.format(named),
                )
            )

    # === ACTION METHODS === #

    def action_collect(self):
        """Ask for what is written on the cheque."""
        self.ensure_one()
        self._check_may_complete()
        self._check_state("to_collect")
        return self._open_dialog(
            "recouvrement.pickup.collect", self.env._("Cheque Collected")
        )

    # === BUSINESS METHODS === #

    def _collect(self, cheque_number, bank, cheque_amount, cheque_date, **values):
        """Note a cheque that was received, with its evidence: all of it, or nothing.

        :param str cheque_number: as it is printed on the cheque
        :param str bank: on which the cheque is drawn
        :param float cheque_amount: written on the cheque
        :param datetime.date cheque_date: written on the cheque; it may be later
        :param values: ``drawer``, ``photo`` (base64) and, for another amount than
            expected, ``difference_reason``
        """
        self.ensure_one()
        pickup_sudo = self._check_may_complete()
        pickup_sudo._lock()
        pickup_sudo._check_state("to_collect")
        values = {
            **values,
            "bank": (bank or "").strip(),
            "cheque_amount": cheque_amount,
            "cheque_date": cheque_date,
            "cheque_number": (cheque_number or "").strip(),
            "expected_amount": pickup_sudo.amount,
        }
        pickup_sudo._check_cheque(values)
        pickup_sudo._allocate(cheque_amount)
        pickup_sudo.write(
            {
                **values,
                "collected_on": fields.Datetime.now(),
                "date_done": fields.Datetime.now(),
                "state": "collected",
                "user_id": (pickup_sudo.user_id or self.env.user).id,
            }
        )
        pickup_sudo._on_collected()

    def _lock(self):
        """Let nobody else complete these errands at the same moment.

        :raise UserError: somebody does
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "This errand is being completed at this moment: wait, then reload"
                    " the page."
                )
            ) from error
        # What another transaction has done meanwhile counts.
        self.invalidate_recordset()

    def _check_cheque(self, values):
        """Refuse a cheque that lacks something, or that is in somebody's hands.

        :param dict values: as in :meth:`_collect`
        :raise ValidationError: saying what to complete
        """
        self.ensure_one()
        if not self._get_cheque_key(values["bank"], values["cheque_number"]):
            raise ValidationError(self.env._("Enter the number of the cheque."))
        if not values["bank"]:
            raise ValidationError(
                self.env._("Enter the bank on which the cheque is drawn.")
            )
        if self.currency_id.compare_amounts(values["cheque_amount"], 0.0) <= 0:
            raise ValidationError(
                self.env._("Enter the amount of the cheque, above zero.")
            )
        if not values["cheque_date"]:
            raise ValidationError(self.env._("Enter the date written on the cheque."))
        if self.company_id.recouvrement_cheque_photo and not values.get("photo"):
            raise ValidationError(self.env._("Take a photo of the cheque."))
        differs = self.currency_id.compare_amounts(values["cheque_amount"], self.amount)
        if differs and not (values.get("difference_reason") or "").strip():
            raise ValidationError(
                self.env._(
                    "The cheque is for %(cheque)s instead of %(expected)s: write what"
                    " the guarantor says about it.",
                    cheque=self.currency_id.format(values["cheque_amount"]),
                    expected=self.currency_id.format(self.amount),
                )
            )
        self._check_collected_once(values["bank"], values["cheque_number"])

    def _check_collected_once(self, bank, number):
        """Refuse a cheque that was collected already, by whichever courier.

        :raise ValidationError: saying when, and under which number
        """
        key = self._get_cheque_key(bank, number)
        twin = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("cheque_key", "=", key),
                ("state", "in", (*IN_HAND_STATES, "paid")),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if twin:
            raise ValidationError(
                self.env._(
                    "Cheque %(number)s of %(bank)s was already collected on %(date)s"
                    " (%(errand)s): check the number and the bank.",
                    number=number,
                    bank=bank,
                    date=format_date(self.env, twin.collected_on),
                    errand=twin.name,
                )
            )

    def _allocate(self, cheque_amount):
        """Name what the cheque pays: the oldest invoices first, up to its amount."""
        self.ensure_one()
        left = cheque_amount
        for line in self.line_ids.sorted(lambda line: (line.date_maturity, line.id)):
            part = min(line.amount, self.currency_id.round(left))
            left -= part
            if part <= 0:
                line.unlink()
            elif self.currency_id.compare_amounts(part, line.amount):
                line.amount = part
