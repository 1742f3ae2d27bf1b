from odoo import Command, fields
from odoo.tests import tagged

from .test_tours import ToursCommon


@tagged("post_install", "-at_install")
class TestPaymentTour(ToursCommon):
    """The accountant's confirmation and payment, in a real browser."""

    def test_accountant_registers_payments(self):
        """Ensure that a cheque and a transfer settle their invoices in a few clicks."""
        items = self.dossier.open_item_ids.filtered(
            lambda item: item.date_maturity < self.today
        )
        errand = (
            self.env["recouvrement.pickup"]
            .sudo()
            .create(
                {
                    "name": "C/2026/0001",
                    "dossier_id": self.dossier.id,
                    "date": self.today,
                    "user_id": self.courier.id,
                    "line_ids": [
                        Command.create(
                            {"move_line_id": item.id, "amount": item.amount_residual}
                        )
                        for item in items
                    ],
                }
            )
        )
        errand.state = "collected"
        errand.write({"state": "handed_over", "received_on": fields.Datetime.now()})
        announced = self._search_dossiers(self.cement).open_item_ids
        transfer = self._create_promise(announced)
        self.start_tour(
            "/odoo/cheques-received", "recouvrement_payment", login="accountant"
        )
        self.assertEqual(items.mapped("amount_residual"), [0, 0])
        self.assertEqual(errand.state, "paid")
        self.assertEqual(errand.payment_id.amount, 850000)
        self.assertRecordValues(
            transfer, [{"state": "open", "amount": 400000, "paid_amount": 300000}]
        )
        self.assertEqual(transfer.line_ids.move_line_id.amount_residual, 100000)
