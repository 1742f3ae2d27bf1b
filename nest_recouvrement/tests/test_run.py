from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import NOW, RecouvrementCommon

RUN_LOGGER = "odoo.addons.nest_recouvrement.models.recouvrement_run_execution"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRun(RecouvrementCommon):
    """The weekly follow-up: idempotent, one failure alone, one at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "recouvrement_no_pdf": True})
        cls.runs = cls.env["recouvrement.run"]

    @classmethod
    def _guarantors(cls, count, amount=1000):
        guarantors = cls.env["res.partner"].concat(
            *(
                cls._create_guarantor(name=f"IPM {i}", email=f"ipm{i}@example.com")
                for i in range(count)
            )
        )
        for guarantor in guarantors:
            cls._invoice(guarantor, amount)
        return guarantors

    def _execute(self, company=None):
        run = self.runs.create({"company_id": (company or self.company).id})
        run.action_execute()
        return run

    def test_counts_and_state(self):
        """A run tells what it looked at, what it made, when, and by whom."""
        self._guarantors(3)
        not_overdue = self._create_guarantor(name="Not overdue")
        self._invoice(not_overdue, 500, due=10)
        run = self._execute()
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "dossier_count": 4,
                    "action_count": 6,
                    "failure_count": 0,
                    "mail_count": 3,
                    "user_id": self.env.uid,
                }
            ],
        )
        self.assertTrue(run.start_date and run.end_date)

    def test_second_run_does_nothing(self):
        """Executed twice the same day, the follow-up does nothing twice."""
        self._guarantors(3)
        self._execute()
        mails = self.env["mail.mail"].search_count([])
        self.assertEqual(self._execute().action_count, 0)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_journal_is_unique_per_step(self):
        """The database refuses the same step twice in a cycle."""
        guarantor = self._guarantors(1)
        self._execute()
        action = self._dossier(guarantor).action_ids[0]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "recouvrement_action_step_uniq"),
            self.env.cr.savepoint(),
        ):
            action.sudo().copy()

    def test_executed_run_is_not_executed_again(self):
        """A run is executed once; its history cannot be deleted."""
        run = self._execute()
        with (
            self.assertRaisesRegex(UserError, "already executed"),
            self.env.cr.savepoint(),
        ):
            run.action_execute()
        with (
            self.assertRaisesRegex(UserError, "kept for good"),
            self.env.cr.savepoint(),
        ):
            run.unlink()

    def test_second_run_meanwhile_is_refused(self):
        """Two follow-ups of one company do not run at the same time."""
        run = self.runs.create({"company_id": self.company.id})
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                    "recouvrement.run",
                    self.company.id,
                )
            )
            with (
                self.assertRaisesRegex(UserError, "running already"),
                self.env.cr.savepoint(),
            ):
                run.action_execute()
        self.assertEqual(run.state, "draft")
        run.action_execute()
        self.assertEqual(run.state, "done")

    def test_interrupted_run_is_closed(self):
        """A run whose process was lost is closed by the next one, which goes on."""
        self._guarantors(1)
        lost = self.runs.create({"company_id": self.company.id})
        lost._start()
        run = self._execute()
        self.assertEqual((lost.state, run.state), ("failed", "done"))
        self.assertIn("Interrupted", lost.message)
        self.assertEqual(run.action_count, 2)

    def test_officer_cannot_run(self):
        """Officers read the history of runs; managers run the follow-up."""
        run = self.runs.create({"company_id": self.company.id})
        with self.assertRaises(AccessError):
            run.with_user(self.officer).action_execute()
        run.with_user(self.manager).action_execute()
        self.assertEqual(run.user_id, self.manager)

    def test_preview_shows_the_run_and_does_nothing(self):
        """The preview lists exactly what the run does next, and leaves no trace."""
        guarantors = self._guarantors(2)
        guarantors[1].email = False
        models = ("mail.mail", "mail.activity", "recouvrement.action", self.runs._name)
        before = {model: self.env[model].search_count([]) for model in models}
        action = self.env["recouvrement.run.preview"].action_open()
        preview = self.env["recouvrement.run.preview"].browse(action["res_id"])
        self.assertEqual(
            before, {model: self.env[model].search_count([]) for model in models}
        )
        self.assertEqual((preview.action_count, preview.failure_count), (3, 1))
        run = self._execute()
        self.assertEqual(
            [
                (line.dossier_id, line.step_id, line.state, line.amount)
                for line in preview.line_ids
            ],
            [
                (action.dossier_id, action.step_id, action.state, action.amount)
                for action in run.action_ids.sorted("id")
            ],
        )

    def test_no_address_fails_alone(self):
        """Without an address the reminder fails, with its reason, and alone."""
        guarantors = self._guarantors(3)
        guarantors[1].email = False
        run = self._execute()
        failed = run.action_ids.filtered(lambda action: action.state == "failed")
        self.assertEqual(failed.partner_id, guarantors[1])
        self.assertIn("No e-mail address", failed.failure_reason)
        self.assertEqual(failed.activity_ids.user_id, failed.dossier_id.user_id)
        self.assertEqual((run.failure_count, run.action_count), (1, 5))

    def test_failed_step_is_retried_the_next_day(self):
        """A failed step is not tried twice a day, and is tried again later."""
        guarantor = self._guarantors(1)
        guarantor.email = False
        self._execute()
        self.assertEqual(self._execute().action_count, 0)
        guarantor.email = "found@example.com"
        with freeze_time("2026-03-19 10:00:00"):
            run = self._execute()
        dossier = self._dossier(guarantor)
        self.assertEqual(run.action_count, 2)
        reminder = dossier.action_ids.filtered(lambda action: action.channel == "email")
        self.assertRecordValues(
            reminder, [{"state": "done", "failure_reason": False, "run_id": run.id}]
        )
        self.assertFalse(reminder.activity_ids)

    def test_template_error_fails_alone(self):
        """A message that cannot be written for one dossier fails for it alone."""
        guarantors = self._guarantors(3)
        guarantors[1].ref = "zero"
        template = self.env.ref("nest_recouvrement.mail_template_reminder_1")
        template.body_html = (
            "<p t-out=\"1 / (0 if object.partner_id.ref == 'zero' else 1)\"/>"
        )
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            run = self._execute()
        failed = run.action_ids.filtered(lambda action: action.state == "failed")
        self.assertEqual(failed.partner_id, guarantors[1])
        self.assertEqual(run.mail_count, 2)

    def test_document_error_fails_alone(self):
        """A statement that cannot be rendered fails for its dossier alone."""
        guarantors = self._guarantors(3)
        dossiers = type(self.env["recouvrement.dossier"])

        def render(records, scope):
            if guarantors[1] in records.partner_id:
                raise ValueError("No more paper")
            return dict.fromkeys(records, b"%PDF-1.4 statement")

        with patch.object(dossiers, "_render_statement_batch", render):
            run = self.runs.create({"company_id": self.company.id})
            run.with_context(recouvrement_no_pdf=False).action_execute()
        failed = run.action_ids.filtered(lambda action: action.state == "failed")
        self.assertEqual(failed.partner_id, guarantors[1])
        self.assertIn("No more paper", failed.failure_reason)
        self.assertEqual(run.mail_count, 2)

    def test_unexpected_error_fails_alone(self):
        """Whatever breaks for one dossier, the others get their steps."""
        guarantors = self._guarantors(3)
        actions = type(self.env["recouvrement.action"])
        perform = actions._perform_task

        def break_one(records):
            if guarantors[1] in records.partner_id:
                raise ValueError("Broken")
            return perform(records)

        with (
            patch.object(actions, "_perform_task", break_one),
            mute_logger(RUN_LOGGER),
        ):
            run = self._execute()
        failed = run.action_ids.filtered(lambda action: action.state == "failed")
        self.assertEqual(failed.partner_id, guarantors[1])
        self.assertEqual(failed.failure_reason, "Broken")
        self.assertEqual(run.mail_count, 2)
        self.assertEqual(run.action_count, 5)

    def test_evidence_adds_up_and_stays(self):
        """What was claimed is kept item by item, whatever is paid later."""
        guarantor = self._create_guarantor()
        first = self._invoice(guarantor, 1000, due=-40)
        second = self._invoice(guarantor, 700, due=-10)
        self._invoice(guarantor, 50, due=10)
        self._receive(guarantor, 250)
        self._execute()
        self._dossier(guarantor).pending_check_id.action_nothing()
        run = self._execute()
        action = run.action_ids.filtered(lambda action: action.channel == "email")
        self.assertEqual(action.amount, 1450)
        evidence = [
            {"name": first.name, "residual_amount": 1000, "amount": 750},
            {"name": second.name, "residual_amount": 700, "amount": 700},
        ]
        self.assertRecordValues(action.line_ids, evidence)
        self._pay(first)
        self.assertRecordValues(action.line_ids, evidence)
        second.button_draft()
        second.unlink()
        self.assertRecordValues(action.line_ids, evidence)

    def test_done_action_is_kept(self):
        """A done action can neither be deleted nor have its evidence changed."""
        guarantor = self._guarantors(1)
        self._execute()
        action = self._dossier(guarantor).action_ids.filtered("mail_message_id")
        with (
            self.assertRaisesRegex(UserError, "in the journal for good"),
            self.env.cr.savepoint(),
        ):
            action.unlink()
        with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
            action.with_user(self.officer).amount = 1
        with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
            self._dossier(guarantor).unlink()

    def test_call_done_by_its_activity(self):
        """Marking the activity as done marks the call as done, with its note."""
        guarantor = self._guarantors(1)
        self._execute()
        call = self._dossier(guarantor).pending_action_id
        call.activity_ids.with_user(self.officer).action_feedback(feedback="Friday")
        self.assertRecordValues(
            call,
            [{"state": "done", "note": "Friday", "done_user_id": self.officer.id}],
        )

    def test_call_done_by_the_journal(self):
        """Marking the call as done closes its activity."""
        guarantor = self._guarantors(1)
        self._execute()
        call = self._dossier(guarantor).pending_action_id
        activity = call.activity_ids
        call.with_user(self.officer).action_done()
        self.assertFalse(activity.active)
        with (
            self.assertRaisesRegex(UserError, "nothing is left to do"),
            self.env.cr.savepoint(),
        ):
            call.action_done()

    def test_handover_to_another_officer(self):
        """What is to do follows the dossier to its new officer."""
        guarantor = self._guarantors(1)
        dossier = self._dossier(guarantor)
        dossier.user_id = self.officer
        self._execute()
        dossier.with_user(self.manager).user_id = self.officer_2
        self.assertEqual(dossier.pending_action_id.user_id, self.officer_2)
        self.assertEqual(dossier.pending_action_id.activity_ids.user_id, self.officer_2)

    def test_companies_run_apart(self):
        """The follow-up of a company leaves the dossiers of the others alone."""
        other = self.setup_other_company()["company"]
        guarantor = self._guarantors(1)
        self._invoice(guarantor, 300, company=other)
        run = self._execute()
        self.assertEqual(run.action_ids.company_id, self.company)
        run = self._execute(other)
        self.assertEqual(run.action_ids.company_id, other)
        self.assertEqual(set(run.action_ids.mapped("amount")), {300})

    def test_cron_runs_every_company_once(self):
        """The scheduler executes the follow-up of every company with dossiers."""
        other = self.setup_other_company()["company"]
        guarantor = self._guarantors(1)
        self._invoice(guarantor, 300, company=other)
        pending = self.runs.search([("state", "in", ("draft", "running"))])
        self.assertFalse(pending)
        cron = self.env.ref("nest_recouvrement.ir_cron_weekly_run")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        runs = self.runs.search([("is_scheduled", "=", True)])
        self.assertLessEqual(self.company | other, runs.company_id)
        self.assertEqual(set(runs.mapped("state")), {"done"})
        actions = self.env["recouvrement.action"].search([("run_id", "in", runs.ids)])
        self.assertEqual(
            actions.filtered("mail_message_id").company_id, runs.company_id
        )

    def test_scheduled_run_is_taken_by_the_cron(self):
        """A follow-up asked for in the background is executed by the scheduler."""
        self._guarantors(1)
        run = self.runs.with_user(self.manager).create({"company_id": self.company.id})
        run.action_schedule()
        cron = self.env.ref("nest_recouvrement.ir_cron_weekly_run")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((run.state, run.action_count), ("done", 2))

    def test_constant_queries_per_batch(self):
        """A batch of thirty dossiers takes the queries of a batch of ten."""
        self._guarantors(2)
        self._execute()  # warm caches

        def count_queries(guarantors):
            dossiers = self._refresh(guarantors)
            run = self.runs.create({"company_id": self.company.id})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            actions = run.sudo()._process_batch(dossiers)
            self.env.flush_all()
            self.assertEqual(len(actions), 2 * len(guarantors))
            return self.env.cr.sql_log_count - before

        few = count_queries(self._guarantors(10))
        many = count_queries(self._guarantors(30))
        self.assertLessEqual(many, few + 2)

    def test_claim_date_is_kept_in_company_day(self):
        """The day of a step is that of the company, not of the server."""
        guarantor = self._guarantors(1)
        self.company.partner_id.tz = "Pacific/Auckland"  # 13 hours ahead
        with freeze_time("2026-03-18 20:00:00"):
            self._execute()
            action = self._dossier(guarantor).pending_action_id
        self.assertEqual(action.attempted_on, fields.Date.to_date("2026-03-19"))
