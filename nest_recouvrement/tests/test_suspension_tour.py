from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .test_visit import VisitCommon


@tagged("post_install", "-at_install")
class TestSuspensionTour(VisitCommon, HttpCase):
    """Management's visit and suspension, in a real browser.

    Time goes on: the browser has its own clock.
    """

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._recouvrement_today()
        cls.visit = cls._propose_by_plan()

    def test_manager_visits_and_suspends(self):
        """Ensure that management does it all on its screens, step by step."""
        visit = self.visit
        self.start_tour("/odoo/visits", "recouvrement_visit", login="manager")
        self.assertRecordValues(
            visit, [{"state": "held", "outcome": "refusal", "aftermath": "waiting"}]
        )
        self.assertEqual(visit.action_id.state, "done")
        visit.sudo().payment_deadline = self.today - timedelta(days=1)
        self.env["recouvrement.visit"]._cron_follow_up()
        suspension = visit.suspension_ids
        self.assertEqual(suspension.state, "draft")
        self.start_tour("/odoo/suspensions", "recouvrement_suspension", login="manager")
        self.assertEqual(suspension.state, "notified")
        suspension.sudo().date_effective = self.today
        self.env["recouvrement.suspension"]._cron_follow_up()
        self.assertEqual(suspension.state, "in_force")
        invoice = self._invoice(self.guarantor, 1000, due=30, post=False)
        self.start_tour(
            f"/odoo/account.move/{invoice.id}",
            "recouvrement_suspended_invoice",
            login="manager",
        )
        self._pay(self.invoice)
        self.dossiers._refresh_stale()
        self.start_tour(
            f"/odoo/suspensions/{suspension.id}", "recouvrement_lift", login="manager"
        )
        self.assertEqual(suspension.state, "lifted")
