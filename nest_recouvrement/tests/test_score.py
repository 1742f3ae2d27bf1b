from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestScore(RecouvrementCommon):
    """Procedure, step 2: the worklist is ordered by points whose reasons are shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()

    def _points(self, dossier):
        """Return the points of a dossier by condition."""
        return {chip["tone"]: chip["points"] for chip in dossier.score_chips or []}

    def assertPoints(self, dossier, **points):
        self.assertEqual(self._points(dossier), points)
        self.assertEqual(dossier.score, sum(points.values()))

    def _call(self, dossier, outcome="reached", **values):
        return self.env["recouvrement.action"]._log_done(
            dossier, "phone", "Call", outcome=outcome, **values
        )

    def test_amount_and_age(self):
        """Ensure that full tranches count, up to the limit."""
        # 2 points for each 250 000, 5 for each 30 days.
        self._invoice(self.guarantor, 749999, due=-59)
        self.assertPoints(self._dossier(self.guarantor), amount=4, days_late=5)
        self._invoice(self.guarantor, 1, due=-60)
        self.assertPoints(self._dossier(self.guarantor), amount=6, days_late=10)
        self._invoice(self.guarantor, 9000000, due=-400)
        self.assertPoints(self._dossier(self.guarantor), amount=30, days_late=25)

    def test_chips_explain(self):
        """Ensure that a chip says the reason, its points and what was counted."""
        self._invoice(self.guarantor, 500000, due=-10)
        (chip,) = self._dossier(self.guarantor).score_chips
        self.assertEqual((chip["label"], chip["points"]), ("Amount", 4))
        self.assertIn("500", chip["title"])

    def test_nothing_overdue(self):
        """Ensure that who owes nothing overdue has no points, nor who paid."""
        invoice = self._invoice(self.guarantor, 9000000, due=10)
        self.assertPoints(self._dossier(self.guarantor))
        invoice.line_ids.filtered("date_maturity").date_maturity = self._in_days(-90)
        self.assertEqual(self._dossier(self.guarantor).score, 45)
        self._pay(invoice)
        self.assertPoints(self._dossier(self.guarantor))

    def test_held_and_archived_show_nothing(self):
        """Ensure that a dossier on hold, or archived, is not said to be urgent."""
        self._invoice(self.guarantor, 1000000, due=-90)
        dossier = self._dossier(self.guarantor)
        dossier.write({"hold_until": self._in_days(1), "hold_reason": "Inventory"})
        self.assertPoints(dossier)
        dossier.write({"hold_until": False, "hold_reason": False})
        self.assertPoints(dossier, amount=8, days_late=15)
        dossier.active = False
        self.assertPoints(dossier)

    def test_broken_promise_until_the_next_call(self):
        """Ensure that a broken promise counts until its reason is noted."""
        invoice = self._invoice(self.guarantor, 100000, due=-10)
        dossier = self._dossier(self.guarantor)
        self._call(dossier, "promise")
        promise = self._promise(invoice, date=2)
        self.assertPoints(dossier)
        with freeze_time("2026-03-20 10:00:00"):
            self._refresh(dossier)
            self.assertPoints(dossier, promise_due=20)
        with freeze_time("2026-03-23 10:00:00"):
            self._refresh(dossier)
            self.assertPoints(dossier, broken_promise=30)
        with freeze_time("2026-03-24 10:00:00"):
            # Nobody answered: why is still to be asked.
            self._call(dossier, "no_answer")
            self._refresh(dossier)
            self.assertPoints(dossier, broken_promise=30)
            promise.answer = "The cheque book was empty"
            self.assertPoints(dossier)

    def test_failed_errand_until_the_next_call(self):
        """Ensure that a cheque that was not collected counts until the next call."""
        invoice = self._invoice(self.guarantor, 100000, due=-10)
        dossier = self._dossier(self.guarantor)
        pickup = self.env["recouvrement.pickup"].create(
            {
                "dossier_id": dossier.id,
                "line_ids": [
                    Command.create(
                        {"move_line_id": self._items(invoice).id, "amount": 100000}
                    )
                ],
            }
        )
        self._refresh(dossier)
        self.assertPoints(dossier)
        pickup.sudo().state = "failed"
        self._refresh(dossier)
        self.assertPoints(dossier, pickup_failed=25)
        with freeze_time("2027-03-20 10:00:00"):
            # Writing dates are those of the database.
            self._call(dossier)
        dossier._refresh_score(dossier.company_id)
        self.assertPoints(dossier)

    def test_call_back(self):
        """Ensure that a call-back counts from its day on."""
        self._invoice(self.guarantor, 100000, due=-10)
        dossier = self._dossier(self.guarantor)
        self._call(dossier, "call_back")
        waiting = self.env["recouvrement.action"].create(
            {
                "dossier_id": dossier.id,
                "channel": "phone",
                "cycle": dossier.cycle,
                "date_deadline": self._in_days(1),
            }
        )
        self._refresh(dossier)
        self.assertPoints(dossier)
        waiting.date_deadline = self.today
        self._refresh(dossier)
        self.assertPoints(dossier, call_back=25)

    def test_wrong_number_and_failed_step(self):
        """Ensure that what keeps the guarantor from being reached counts."""
        self.guarantor.email = False
        self._invoice(self.guarantor, 100000)
        runs = self.env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
        runs.create({"company_id": self.company.id}).action_execute()
        dossier = self._dossier(self.guarantor)
        self.assertPoints(dossier, step_failed=10)
        dossier._report_wrong_number(self.guarantor, self.guarantor.phone)
        self.assertPoints(dossier, step_failed=10, wrong_number=15)

    def test_worklist_order(self):
        """Ensure that the highest score comes first, in lists and in the worklist."""
        other = self._create_guarantor(name="Sahel Ciment")
        third = self._create_guarantor(name="Third")
        self._invoice(self.guarantor, 300000, due=-10)
        self._invoice(other, 900000, due=-10)
        self._invoice(third, 100000, due=-90)
        dossiers = self._refresh(self.guarantor + other + third)
        self.assertEqual(
            self.dossiers.search([("id", "in", dossiers.ids)]).mapped("score"),
            [15, 6, 2],
        )
        view = self.env.ref("nest_recouvrement.recouvrement_dossier_view_list_worklist")
        arch = self.dossiers.get_view(view.id)["arch"]
        self.assertIn("score desc", arch)

    def test_manager_edits_points(self):
        """Ensure that points edited by a manager count at once."""
        self._invoice(self.guarantor, 500000, due=-10)
        dossier = self._dossier(self.guarantor)
        reason = self.env.ref("nest_recouvrement.recouvrement_score_reason_amount")
        reason.with_user(self.manager).points_per_unit = 7
        self.assertPoints(dossier, amount=14)
        reason.with_user(self.manager).active = False
        self.assertPoints(dossier)
        with self.assertRaises(AccessError):
            reason.with_user(self.officer).points = 1

    def test_reason_of_a_company(self):
        """Ensure that a company's own reason replaces the shared one, for it only."""
        other_company = self._create_company(name="Other Clinic")
        reasons = self.env["recouvrement.score.reason"]
        self._invoice(self.guarantor, 500000, due=-10)
        dossier = self._dossier(self.guarantor)
        values = {"name": "Amount", "code": "amount", "unit": 100000}
        reasons.create({**values, "points_per_unit": 9, "company_id": other_company.id})
        self.assertPoints(dossier, amount=4)
        reasons.create({**values, "points_per_unit": 1, "company_id": self.company.id})
        self.assertPoints(dossier, amount=5)

    def test_bad_points(self):
        """Ensure that points that make no sense are refused with a sentence."""
        reasons = self.env["recouvrement.score.reason"]
        shipped = self.env.ref("nest_recouvrement.recouvrement_score_reason_amount")
        with self.assertRaisesRegex(ValidationError, "limited to 5"):
            shipped.write({"points": 9, "points_max": 5})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            reasons.create({"name": "X", "code": "amount"})

    def test_score_is_not_written_by_hand(self):
        """Ensure that nobody writes a score."""
        self._invoice(self.guarantor, 500000)
        dossier = self._dossier(self.guarantor).with_user(self.officer)
        with self.assertRaisesRegex(UserError, "cannot be written by hand"):
            dossier.score = 1000

    def test_statements(self):
        """Ensure that scores take as many statements for 2 dossiers as for 20."""
        guarantors = self.env["res.partner"].create(
            [
                {"name": f"Guarantor {rank}", "is_company": True, "is_guarantor": True}
                for rank in range(24)
            ]
        )
        for guarantor in guarantors:
            self._invoice(guarantor, 1000000, due=-40)
        dossiers = self._refresh(guarantors)
        counts = []
        for some in (dossiers[:2], dossiers[2:4], dossiers[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._refresh_score(self.company)
            some.mapped("score_chips")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertEqual(set(dossiers.mapped("score")), {13})
