from odoo.tests import HttpCase, tagged

from .common import RecouvrementCommon

CLICK_EVERYWHERE = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    ".startClickEverywhere('nest_recouvrement.recouvrement_menu_root')"
)


@tagged("post_install", "-at_install")
class TestTours(RecouvrementCommon, HttpCase):
    """The screens, in a real browser. Time goes on: the browser has its own clock."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._recouvrement_today()
        cls.company.recouvrement_officer_id = cls.officer
        cls.teranga = cls._create_guarantor()
        cls.cement = cls._create_guarantor(
            name="Sahel Ciment", email="sahel.ciment@example.com"
        )
        cls._invoices(cls.teranga, (600000, -130), (250000, -40), (90000, 20))
        cls._invoices(cls.cement, (400000, -15))
        cls._refresh()
        run = cls.env["recouvrement.run"].create({"company_id": cls.company.id})
        run.action_execute()
        cls.dossier = cls._search_dossiers(cls.teranga)

    def _click_everywhere(self, login):
        """Open every menu of the app, every view and every filter."""
        self.browser_js(
            "/odoo",
            CLICK_EVERYWHERE,
            "odoo.isReady === true",
            login=login,
            timeout=600,
            success_signal="clickbot test succeeded",
        )

    def test_officer_calls(self):
        """Ensure that an officer finds whom to call, and logs the call."""
        call = self.dossier.pending_action_id
        self.assertEqual(call.channel, "phone")
        self.start_tour("/odoo/worklist", "recouvrement_worklist", login="officer")
        self.assertRecordValues(
            call,
            [
                {
                    "state": "done",
                    "outcome": "promise",
                    "note": "Transfer promised for Friday",
                    "done_user_id": self.officer.id,
                }
            ],
        )
        self.assertFalse(call.activity_ids)
        self.assertRecordValues(
            self.dossier,
            [
                {
                    "pending_action_id": False,
                    "step_id": call.step_id.id,
                    "next_step_id": self.env.ref(
                        "nest_recouvrement.recouvrement_plan_step_weekly_reminder_2"
                    ).id,
                    "next_action_date": self._in_days(3),
                }
            ],
        )

    def test_officer_reads_statement(self):
        """Ensure that an officer reads the statement of a dossier."""
        self.authenticate("officer", "officer")
        report = self.env.ref("nest_recouvrement.action_report_statement").report_name
        answer = self.url_open(f"/report/html/{report}/{self.dossier.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("IPM Teranga", answer.text)
        for item in self.dossier.open_item_ids:
            self.assertIn(item.move_name, answer.text)

    def test_officer_clicks_everywhere(self):
        """Ensure that no screen of the app fails for an officer."""
        self._click_everywhere("officer")

    def test_manager_clicks_everywhere(self):
        """Ensure that no screen of the app fails for a collection manager."""
        self._click_everywhere("manager")

    def test_accountant_clicks_everywhere(self):
        """Ensure that no screen of the app fails for an accountant."""
        self._click_everywhere("accountant")
