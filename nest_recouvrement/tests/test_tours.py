from lxml import etree

from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import safe_eval

from .common import RecouvrementCommon


class ToursCommon(RecouvrementCommon, HttpCase):
    """Two guarantors to be called. Time goes on: the browser has its own clock."""

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
        _old, cls.recent, _coming = cls._invoices(
            cls.teranga, (600000, -130), (250000, -40), (90000, 20)
        )
        cls._invoices(cls.cement, (400000, -15))
        cls._refresh()
        runs = cls.env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
        runs.create({"company_id": cls.company.id}).action_execute()
        cls.dossier = cls._search_dossiers(cls.teranga)


@tagged("post_install", "-at_install")
class TestTours(ToursCommon):
    """The screens, in a real browser."""

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
                    "outcome": "refusal",
                    "note": "They never got the invoices",
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

    def test_step_6_officers_monday(self):
        """Ensure that an officer calls all morning, by keyboard if she likes."""
        broken = self._promise(self.recent, date=-10, state="broken")
        calls = self._search_dossiers().pending_action_id
        self.start_tour("/odoo/worklist", "recouvrement_monday", login="officer")
        self.assertRecordValues(
            broken,
            [
                {
                    "answer": "The signatory was away",
                    "answered_by_id": self.officer.id,
                }
            ],
        )
        cheque = self.dossier.commitment_ids - broken
        self.assertRecordValues(cheque, [{"means": "cheque", "amount": 600000}])
        self.assertRecordValues(
            cheque.pickup_ids,
            [{"state": "to_collect", "hour_from": 9.0, "hour_to": 12.0}],
        )
        self.assertRecordValues(
            calls.sorted("amount", reverse=True),
            [
                {"state": "done", "outcome": "cheque", "attempt_count": 0},
                {"state": "todo", "outcome": False, "attempt_count": 1},
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

    def test_officer_sees_every_screen(self):
        """Ensure that no screen of the app fails for an officer."""
        self.start_tour("/odoo/worklist", "recouvrement_screens", login="officer")

    def test_manager_sees_every_screen(self):
        """Ensure that no screen of the app fails for a collection manager."""
        self.start_tour("/odoo/worklist", "recouvrement_screens", login="manager")

    def test_accountant_sees_every_screen(self):
        """Ensure that no screen of the app fails for an accountant."""
        self.start_tour("/odoo/dossiers", "recouvrement_screens", login="accountant")


@tagged("post_install", "-at_install")
class TestPhoneTours(ToursCommon):
    """The same screens on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_officer_calls(self):
        """Ensure that an officer finds whom to call, and logs the call, on a phone."""
        call = self.dossier.pending_action_id
        self.start_tour("/odoo/worklist", "recouvrement_phone", login="officer")
        self.assertRecordValues(call, [{"state": "todo", "attempt_count": 1}])


@tagged("post_install", "-at_install")
class TestSearchViews(RecouvrementCommon):
    """The filters and groupings of the screens."""

    def test_every_filter_finds(self):
        """Ensure that every filter and grouping of our search views works."""
        views = self.env["ir.ui.view"].search(
            [("type", "=", "search"), ("model", "like", "recouvrement.%")]
        )
        self.assertTrue(views)
        for view in views:
            model = self.env[view.model].with_user(self.manager)
            for node in etree.fromstring(view.arch).iter("filter"):
                with self.subTest(model=view.model, filter=node.get("name")):
                    self._apply_filter(model, node)

    def _apply_filter(self, model, node):
        domain = safe_eval(node.get("domain") or "[]", {"uid": self.manager.id})
        context = safe_eval(node.get("context") or "{}")
        model.search(domain, limit=1)
        if group_by := context.get("group_by"):
            model.formatted_read_group(domain, [group_by], ["__count"])
