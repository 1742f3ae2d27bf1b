from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestHandling(RecouvrementCommon):
    """Large guarantors: each step is proposed, and deviations are reported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()
        cls.plan = cls.env["recouvrement.plan"].create(
            {
                "name": "Large",
                "sequence": 1,
                "step_ids": [
                    Command.create({"name": "Call", "channel": "phone"}),
                    Command.create(
                        {
                            "name": "Letter",
                            "channel": "letter",
                            "sequence": 20,
                            "delay_days": 7,
                        }
                    ),
                ],
            }
        )

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.with_context(recouvrement_no_pdf=True).action_execute()
        return run

    def _propose(self, guarantor=None):
        """Have the first step of a large guarantor proposed: due Friday 20 March."""
        guarantor = guarantor or self.guarantor
        self._invoice(guarantor, 100_000, due=-10)
        dossier = self._dossier(guarantor)
        dossier.category_id = self.category_large
        self._run()
        action = dossier.pending_action_id
        self.assertRecordValues(
            action, [{"state": "proposed", "date_deadline": date(2026, 3, 20)}]
        )
        return dossier, action

    def _decide(self, action, decision, reason="The board meets", **values):
        wizard = self.env["recouvrement.action.decide"].with_user(self.officer)
        return wizard.create(
            {
                "action_id": action.id,
                "decision": decision,
                "reason": reason,
                **values,
            }
        ).action_confirm()

    def _reports(self):
        return self.env["recouvrement.deviation.report"].search([])

    # === DECISIONS === #

    def test_deviation_needs_a_reason(self):
        """Ensure that replacing, postponing and skipping are each given a reason."""
        _dossier, action = self._propose()
        for decision in ("replace", "postpone", "skip"):
            for reason in (False, "  "):
                with (
                    self.subTest(decision=decision, reason=reason),
                    self.assertRaisesRegex(ValidationError, "Write why"),
                    self.env.cr.savepoint(),
                ):
                    self._decide(action, decision, reason, channel="visit")
        self.assertFalse(action.decision_ids)
        self.assertEqual(action.state, "proposed")

    def test_executed_as_planned_is_no_deviation(self):
        """Ensure that executing in time is noted, and not reported."""
        _dossier, action = self._propose()
        self._decide(action, "execute", "As agreed")
        self.assertRecordValues(
            action.decision_ids,
            [
                {
                    "decision": "execute",
                    "is_deviation": False,
                    "days_late": 0,
                    "reason": "As agreed",
                    "decided_by_id": self.officer.id,
                }
            ],
        )
        self.assertEqual(action.state, "todo")

    def test_executed_late_is_a_deviation(self):
        """Ensure that a decision after the deadline is reported with its delay."""
        _dossier, action = self._propose()
        with freeze_time("2026-03-24 09:00:00"):
            action.with_user(self.officer).action_execute()
        self.assertRecordValues(
            action.decision_ids,
            [{"decision": "execute", "is_deviation": True, "days_late": 4}],
        )

    def test_replaced_step_keeps_what_was_planned(self):
        """Ensure that the channel of the plan stays beside what is done instead."""
        dossier, action = self._propose()
        self._decide(action, "replace", "They prefer letters", channel="letter")
        self.assertRecordValues(
            action,
            [
                {
                    "state": "todo",
                    "channel": "letter",
                    "planned_channel": "phone",
                    "decision": "replace",
                    "decision_reason": "They prefer letters",
                    "decided_by_id": self.officer.id,
                    "user_id": self.officer.id,
                    "note": "Letter instead of Phone: They prefer letters",
                }
            ],
        )
        self.assertRecordValues(
            action.decision_ids,
            [
                {
                    "decision": "replace",
                    "planned_channel": "phone",
                    "channel": "letter",
                    "planned_date": date(2026, 3, 20),
                    "category_id": self.category_large.id,
                    "user_id": self.officer.id,
                    "amount": 100_000,
                    "is_deviation": True,
                }
            ],
        )
        self.assertEqual(dossier.pending_action_id, action)
        self.assertEqual(action.activity_ids.user_id, self.officer)

    def test_replaced_by_a_message_without_template_is_a_task(self):
        """Ensure that nothing leaves by itself for which the plan has no text."""
        _dossier, action = self._propose()
        self._decide(action, "replace", channel="email")
        self.assertEqual((action.state, action.channel), ("todo", "email"))
        self.assertFalse(action.mail_message_id)
        self.assertEqual(len(action.activity_ids), 1)

    def test_replaced_by_the_same_channel_is_refused(self):
        """Ensure that a step is not replaced by itself."""
        _dossier, action = self._propose()
        with (
            self.assertRaisesRegex(UserError, "planned by this channel already"),
            self.env.cr.savepoint(),
        ):
            self._decide(action, "replace", channel="phone")
        self.assertFalse(action.decision_ids)

    def test_postponed_step_waits(self):
        """Ensure that no follow-up takes a postponed step up before its day."""
        dossier, action = self._propose()
        self._decide(action, "postpone", "Away", date=date(2026, 4, 8))
        self.assertRecordValues(
            action,
            [
                {
                    "state": "proposed",
                    "date_deadline": date(2026, 4, 8),
                    "planned_date": date(2026, 3, 20),
                    "postponed_until": date(2026, 4, 8),
                    "note": "Postponed to 04/08/2026: Away",
                }
            ],
        )
        with freeze_time("2026-03-30 05:00:00"):
            self.assertEqual(self._run().action_count, 0)
        self.assertEqual(dossier.pending_action_id, action)
        self.assertEqual(action.activity_ids.date_deadline, date(2026, 4, 8))

    def test_postponed_step_waits_through_a_withdrawal(self):
        """Ensure that a postponed step whose claim goes and comes back still waits."""
        dossier, action = self._propose()
        self._decide(action, "postpone", "Away", date=date(2026, 4, 8))
        dossier.write({"hold_until": date(2026, 3, 24), "hold_reason": "Korité"})
        self.assertTrue(action.is_withdrawn)
        with freeze_time("2026-03-25 05:00:00"):
            self.assertEqual(self._run().action_count, 0)
            self.assertEqual(dossier.next_action_date, date(2026, 4, 8))
        with freeze_time("2026-04-08 05:00:00"):
            self._run()
        self.assertRecordValues(
            action,
            [
                {
                    "state": "proposed",
                    "is_withdrawn": False,
                    "date_deadline": date(2026, 4, 10),
                }
            ],
        )

    def test_postponed_failure_waits(self):
        """Ensure that a failed step that is postponed is not tried again earlier."""
        dossier, action = self._propose()
        action.sudo()._fail("No letter head")
        self._decide(action, "postpone", "Away", date=date(2026, 3, 27))
        self.assertEqual(dossier.next_action_date, date(2026, 3, 27))
        self.assertEqual(self._run().action_count, 0)

    def test_withdrawn_step_is_decided_on_again(self):
        """Ensure that what comes back is proposed as the plan says, in due time."""
        dossier, action = self._propose()
        self._decide(action, "replace", channel="letter")
        promise = self._promise(
            self.env["account.move"].search([("partner_id", "=", self.guarantor.id)]),
            date=date(2026, 3, 20),
        )
        self.assertTrue(action.is_withdrawn)
        with freeze_time("2026-03-23 05:00:00"):
            self.env["recouvrement.commitment"]._cron_evaluate()
            self._run()
        self.assertEqual(promise.state, "broken")
        self.assertRecordValues(
            action,
            [
                {
                    "state": "proposed",
                    "channel": "phone",
                    "date_deadline": date(2026, 3, 25),
                }
            ],
        )
        self.assertEqual(len(action.decision_ids), 1)
        self.assertEqual(dossier.pending_action_id, action)

    def test_each_decision_stays(self):
        """Ensure that a step postponed twice, then skipped, has three decisions."""
        dossier, action = self._propose()
        self._decide(action, "postpone", "Away", date=date(2026, 3, 25))
        self._decide(action, "postpone", "Still away", date=date(2026, 3, 30))
        self._decide(action, "skip", "Paid by the group")
        self.assertEqual(
            action.decision_ids.sorted("id").mapped("decision"),
            ["postpone", "postpone", "skip"],
        )
        self.assertEqual(
            action.decision_ids.sorted("id").mapped("planned_date"),
            [date(2026, 3, 20), date(2026, 3, 25), date(2026, 3, 30)],
        )
        self.assertRecordValues(
            action, [{"state": "skipped", "planned_date": date(2026, 3, 20)}]
        )
        self.assertEqual(dossier.next_step_id.name, "Letter")

    def test_decisions_are_evidence(self):
        """Ensure that nobody writes, adds or deletes decisions by hand."""
        _dossier, action = self._propose()
        self._decide(action, "postpone", date=date(2026, 3, 25))
        decision = action.decision_ids
        with self.assertRaises(AccessError):
            decision.with_user(self.manager).reason = "Other"
        with self.assertRaisesRegex(UserError, "evidence"):
            decision.sudo().unlink()
        with self.assertRaisesRegex(UserError, "stay in the journal"):
            action.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "Decide"):
            action.with_user(self.officer).decision = "execute"

    def test_standard_category_deviates_too(self):
        """Ensure that skipping a call of a small guarantor is a deviation as well."""
        self._invoice(self.guarantor, 100_000, due=-10)
        dossier = self._dossier(self.guarantor)
        self._run()
        call = dossier.pending_action_id
        self.assertEqual(call.state, "todo")
        self._decide(call, "skip", "Seen at the fair")
        self.assertTrue(call.decision_ids.is_deviation)
        self.assertEqual(call.decision_ids.category_id, dossier.category_id)

    # === WEEKLY REPORT === #

    def test_deviations_are_reported_once_a_week(self):
        """Ensure that management gets one report a week, and each deviation once."""
        _dossier, action = self._propose()
        self.assertFalse(self._reports())
        self._decide(action, "postpone", "Away", date=date(2026, 3, 27))
        with freeze_time("2026-03-23 05:00:00"):
            run = self._run()
            report = self._reports()
            self.assertRecordValues(
                report,
                [
                    {
                        "company_id": self.company.id,
                        "week_date": date(2026, 3, 23),
                        "run_id": run.id,
                        "user_id": self.manager.id,
                        "decision_ids": action.decision_ids.ids,
                        "deviation_count": 1,
                        "undecided_count": 0,
                    }
                ],
            )
            activity = report.activity_ids
            self.assertEqual(activity.user_id, self.manager)
            self.assertIn("deferred 1", activity.note)
            self._decide(action, "skip", "Met them")
            self._run()
            self.assertEqual(self._reports(), report)
            self.assertEqual(len(report.decision_ids), 1)
        with freeze_time("2026-03-30 05:00:00"):
            self._run()
            self.assertEqual((self._reports() - report).decision_ids.decision, "skip")

    def test_nothing_to_report(self):
        """Ensure that no report is made when everything went as planned."""
        _dossier, action = self._propose()
        self._decide(action, "execute")
        with freeze_time("2026-03-23 05:00:00"):
            self._run()
        self.assertFalse(self._reports())

    def test_undecided_steps_are_reported(self):
        """Ensure that a proposal that nobody decides on in time is reported."""
        _dossier, action = self._propose()
        with freeze_time("2026-03-20 18:00:00"):
            self._run()  # the deadline is today
            self.assertFalse(self._reports())
        with freeze_time("2026-03-23 05:00:00"):
            self._run()
        report = self._reports()
        self.assertEqual(report.undecided_ids, action)
        self.assertIn("left undecided 1", report.activity_ids.note)
        self.assertIn(self.officer.name, report.activity_ids.note)

    def test_preview_reports_nothing(self):
        """Ensure that looking at the next follow-up tells management nothing."""
        _dossier, action = self._propose()
        self._decide(action, "skip")
        self.env["recouvrement.run"]._preview(self.company)
        self.assertFalse(self._reports())

    def test_report_of_one_company(self):
        """Ensure that a report holds the deviations of its company only."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        _dossier, action = self._propose()
        self._decide(action, "skip")
        reports = self.env["recouvrement.deviation.report"]
        self.assertFalse(reports._report_week(company_2))
        self.assertEqual(
            reports._report_week(self.company).decision_ids.action_id, action
        )
