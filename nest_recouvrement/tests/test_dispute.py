from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDispute(RecouvrementCommon):
    """What is contested is not claimed until the dispute is closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-20)

    def test_resolved_is_claimed_again(self):
        """Closed with a word on how it ended, the claim resumes."""
        dispute = self._dispute(self.invoice, amount=400)
        dossier = self._search_dossiers(self.guarantor)
        self.assertEqual(
            (dossier.disputed_amount, dossier.claimable_amount), (400, 600)
        )
        with (
            self.assertRaisesRegex(ValidationError, "how the dispute ended"),
            self.env.cr.savepoint(),
        ):
            dispute.action_resolve()
        dispute.resolution = "The care was authorised"
        dispute.action_resolve()
        self.assertEqual((dossier.disputed_amount, dossier.claimable_amount), (0, 1000))
        self.assertEqual(dispute.date_resolved, self.today)
        dispute.action_reopen()
        self.assertEqual(dossier.disputed_amount, 400)

    def test_whole_open_amount_by_default(self):
        """Without an amount the whole open amount is contested."""
        dispute = self.env["recouvrement.dispute"].create(
            {
                "name": "Duplicate",
                "dossier_id": self._dossier(self.guarantor).id,
                "line_ids": [(0, 0, {"move_line_id": self._items(self.invoice).id})],
            }
        )
        self.assertEqual(dispute.amount, 1000)
        self.assertEqual(dispute.user_id, dispute.dossier_id.user_id)

    def test_bad_disputes(self):
        """Without invoice, above what is open, or on a paid invoice: refused."""
        with (
            self.assertRaisesRegex(ValidationError, "Name the invoices"),
            self.env.cr.savepoint(),
        ):
            self.env["recouvrement.dispute"].create(
                {"name": "Why", "dossier_id": self._dossier(self.guarantor).id}
            )
        with (
            self.assertRaisesRegex(ValidationError, "contest at most"),
            self.env.cr.savepoint(),
        ):
            self._dispute(self.invoice, amount=1001)
        paid = self._invoice(self.guarantor, 10)
        item = self._items(paid)
        self._pay(paid)
        with (
            self.assertRaisesRegex(ValidationError, "Nothing is open"),
            self.env.cr.savepoint(),
        ):
            self.env["recouvrement.dispute"].create(
                {
                    "name": "Why",
                    "dossier_id": self._dossier(self.guarantor).id,
                    "line_ids": [(0, 0, {"move_line_id": item.id, "amount": 10})],
                }
            )
