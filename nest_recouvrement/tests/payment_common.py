from odoo import Command

from .common import RecouvrementCommon


class PaymentCommon(RecouvrementCommon):
    """A guarantor who owes 1 000, 2 000 and 3 000, and short ways to its payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()
        cls.old = cls._invoice(cls.guarantor, 1000, due=-60)
        cls.middle = cls._invoice(cls.guarantor, 2000, due=-30)
        cls.young = cls._invoice(cls.guarantor, 3000, due=-5)
        cls.invoices = cls.old + cls.middle + cls.young
        cls.payments = cls.env["account.payment"]
        cls._refresh()

    @classmethod
    def _prepare_payment(cls, amounts=None, amount=None, partner=None, **values):
        """Return the values of a payment that names ``amounts`` by invoice."""
        amounts = amounts or {}
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": (partner or cls.guarantor).id,
            "amount": sum(amounts.values()) if amount is None else amount,
            "date": cls.today,
            "journal_id": cls.bank_journal.id,
            "recouvrement_line_ids": [
                Command.create(
                    {"move_line_id": cls._items(invoice).id, "amount": named}
                )
                for invoice, named in amounts.items()
            ],
            **values,
        }

    @classmethod
    def _name(cls, amounts=None, amount=None, post=True, **values):
        """Create a payment that names ``amounts`` by invoice, posted."""
        payment = cls.payments.create(cls._prepare_payment(amounts, amount, **values))
        if post:
            payment.action_post()
        return payment

    @classmethod
    def _errand(cls, amounts, state="handed_over", **values):
        """Create a courier's errand for a cheque on ``amounts`` by invoice.

        The system writes its states: no courier takes part in these tests.
        """
        lines = [
            Command.create({"move_line_id": cls._items(invoice).id, "amount": named})
            for invoice, named in amounts.items()
        ]
        errands = cls.env["recouvrement.pickup"].sudo()
        promise = cls.env["recouvrement.commitment"].browse(values.get("commitment_id"))
        if errand := promise.sudo().pickup_ids:
            # A promise by cheque sent the courier already.
            errand.write(
                {
                    "date": cls.today,
                    "name": "C/2026/0001",
                    "user_id": cls.courier.id,
                    "line_ids": [Command.clear(), *lines],
                    **values,
                }
            )
        else:
            errand = errands.create(
                {
                    "kind": "collect",
                    "name": "C/2026/0001",
                    "dossier_id": cls._dossier(cls.guarantor).id,
                    "date": cls.today,
                    "user_id": cls.courier.id,
                    "line_ids": lines,
                    **values,
                }
            )
        for passage in ("collected", "handed_over"):
            errand.state = passage
            if passage == state:
                break
        if errand.state == "handed_over":
            errand.received_on = cls.env.cr.now()
        return errand

    @classmethod
    def _open_form(cls, action, user=None, **changes):
        """Create the payment that a prefilled form would create."""
        assert action["res_model"] == "account.payment", action
        payments = cls.payments.with_context(**action["context"])
        if user:
            payments = payments.with_user(user)
        return payments.create(changes)

    def assertResiduals(self, old, middle, young):
        """Compare what is open on the three invoices."""
        self.assertEqual(self.invoices.mapped("amount_residual"), [old, middle, young])

    def _journal(self, channel="payment"):
        """Return what the journal of the guarantor says, the last line first."""
        return self.env["recouvrement.action"].search(
            [
                ("partner_id", "=", self.guarantor.id),
                ("channel", "=", channel),
                ("state", "=", "done"),
            ],
            order="id desc",
        )
