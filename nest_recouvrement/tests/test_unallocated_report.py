from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestUnallocatedReport(PaymentCommon):
    """What guarantors paid that no invoice is matched with, and since when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["recouvrement.unallocated.report"]

    def _rows(self):
        self.env.flush_all()
        return self.report.search([("company_id", "=", self.company.id)])

    def test_ages(self):
        """Ensure that each receipt stands in the bucket of its age."""
        for days in (0, 7, 8, 30, 31, 60, 61, 90, 91):
            self._name(amount=100 + days, date=self._in_days(-days))
        rows = self._rows()
        self.assertEqual(
            {int(row.amount) - 100: (row.days, row.bucket) for row in rows},
            {
                0: (0, "0_7"),
                7: (7, "0_7"),
                8: (8, "8_30"),
                30: (30, "8_30"),
                31: (31, "31_60"),
                60: (60, "31_60"),
                61: (61, "61_90"),
                90: (90, "61_90"),
                91: (91, "91_plus"),
            },
        )

    def test_what_is_left_of_a_payment(self):
        """Ensure that only what is not matched is listed, with its reason."""
        payment = self._name(
            {self.young: 400},
            amount=1000,
            recouvrement_unallocated_reason="Rest to be explained",
        )
        self._name({self.old: 100})
        rows = self._rows()
        self.assertRecordValues(
            rows,
            [
                {
                    "amount": 600,
                    "kind": "payment",
                    "payment_id": payment.id,
                    "partner_id": self.guarantor.id,
                    "reason": "Rest to be explained",
                    "overdue_amount": self._dossier(self.guarantor).overdue_amount,
                }
            ],
        )
        self.assertEqual(rows.action_allocate()["res_id"], payment.id)

    def test_credit_notes_and_entries(self):
        """Ensure that credit notes are listed, and entries matched by hand."""
        note = self._credit_note(self.guarantor, 250)
        entry = self._entry(self.guarantor, -50)
        rows = self._rows().grouped("kind")
        self.assertEqual(rows["credit_note"].amount, 250)
        self.assertEqual(rows["credit_note"].action_allocate()["res_id"], note.id)
        self.assertEqual(rows["entry"].move_id, entry)
        with self.assertRaisesRegex(UserError, "is no payment"):
            rows["entry"].action_allocate()

    def test_only_guarantors(self):
        """Ensure that what patients paid in advance is not listed."""
        patient = self._create_guarantor(name="Patient", is_guarantor=False)
        self._name(amount=500, partner=patient)
        self.assertFalse(self._rows())

    def test_rights(self):
        """Ensure that officers see their own, and couriers nothing."""
        self._name(amount=500)
        self.company.recouvrement_own_dossiers_only = True
        self._search_dossiers(self.guarantor).user_id = self.officer
        self.env.flush_all()
        for user, count in (
            (self.officer, 1),
            (self.officer_2, 0),
            (self.manager, 1),
            (self.accountant, 1),
        ):
            self.assertEqual(self.report.with_user(user).search_count([]), count)
        with self.assertRaises(AccessError):
            self.report.with_user(self.courier).search_count([])

    def test_total_equals_the_ledger(self):
        """Ensure that the list adds up to the unallocated credit of the dossiers."""
        self._name({self.young: 400}, amount=1000)
        self._credit_note(self.guarantor, 250)
        dossier = self._dossier(self.guarantor)
        self.assertEqual(sum(self._rows().mapped("amount")), 850)
        self.assertEqual(dossier.unallocated_credit, 850)
