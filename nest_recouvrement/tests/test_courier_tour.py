from odoo.tests import HttpCase, tagged

from .common_courier import CourierCommon


@tagged("post_install", "-at_install")
class TestCourierTour(CourierCommon, HttpCase):
    """The courier's day, on a phone. Time goes on: the browser has its own clock."""

    freeze_time = None
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._recouvrement_today()
        cls.company.partner_id.write(
            {"partner_latitude": 14.66, "partner_longitude": -17.43}
        )
        cls.guarantor.write({"partner_latitude": 14.67, "partner_longitude": -17.43})
        cls.cement = cls._create_guarantor(name="Sahel Ciment", street2="Fann")
        cls.mutual = cls._create_guarantor(
            name="Mutuelle du Large",
            street2="Yoff",
            partner_latitude=14.75,
            partner_longitude=-17.43,
        )
        cls._invoice(cls.mutual, 1000)
        cls.cheque = cls._errand(cls._invoice(cls.guarantor, 600000, due=-130))
        cls.not_ready = cls._errand(cls._invoice(cls.cement, 400000, due=-15))
        cls.letter = cls._letter(cls.mutual, date=-1)

    def test_courier_s_day(self):
        """Ensure that a courier collects, reports, delivers and hands over."""
        self.start_tour("/odoo/my-errands", "recouvrement_courier", login="courier")
        self.assertRecordValues(
            self.cheque,
            [
                {
                    "state": "handed_over",
                    "cheque_number": "0045871",
                    "cheque_amount": 500000,
                    "amount": 500000,
                    "expected_amount": 600000,
                    "difference_reason": "Rejected care deducted",
                }
            ],
        )
        self.assertTrue(self.cheque.photo)
        self.assertEqual(self.not_ready.state, "failed")
        self.assertEqual(self.not_ready.outcome_note, "Back to the office")
        self.assertRecordValues(
            self.letter, [{"state": "delivered", "received_by": "Awa Diop"}]
        )
        self.assertEqual(
            self.cheque.custody_ids.mapped("event"), ["collected", "handed_over"]
        )
        self.assertEqual(self.cheque.slip_line_ids.slip_id.amount, 500000)

    def test_courier_s_first_screen(self):
        """Ensure that a courier's errands are the first screen after the login."""
        self.browser_js(
            "/odoo",
            "console.log('test successful');",
            "!!document.querySelector('.o_recouvrement_round .o_kanban_record')",
            login="courier",
        )
