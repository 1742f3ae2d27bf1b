from datetime import datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@freeze_time(NOW)
class VisitCommon(RecouvrementCommon):
    """A guarantor with one overdue invoice, whom a plan of one step has visited."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "recouvrement_no_pdf": True})
        cls.guarantor = cls._create_guarantor(street="12 rue Moussé Diop", city="Dakar")
        cls.invoice = cls._invoice(cls.guarantor, 600000, due=-40)
        cls.plan = cls.env["recouvrement.plan"].create(
            {
                "name": "Visit at once",
                "step_ids": [
                    Command.create({"name": "Visit", "channel": "visit"} | extra)
                    for extra in (
                        {"responsible": "manager", "anchor": "due_date"},
                        {"name": "Call", "channel": "phone", "delay_days": 3},
                    )
                ],
            }
        )
        cls.dossier = cls._dossier(cls.guarantor)
        cls.dossier.write({"user_id": cls.officer.id, "plan_id": cls.plan.id})

    @classmethod
    def _propose_by_plan(cls):
        """Let the weekly run propose the visit."""
        runs = cls.env["recouvrement.run"]
        runs.create({"company_id": cls.company.id}).action_execute()
        return cls.dossier.visit_ids

    @classmethod
    def _create_visit(cls, **values):
        return cls.env["recouvrement.visit"].create(
            {"dossier_id": cls.dossier.id, "reason": "Nobody answers", **values}
        )

    @classmethod
    def _schedule(cls, visit, start="2026-03-20 10:00:00"):
        as_manager = visit.with_user(cls.manager)
        as_manager.action_approve()
        as_manager.start = start
        as_manager.action_schedule()
        return visit

    @classmethod
    def _hold(cls, visit, outcome="refusal", user=None, **values):
        visit.with_user(user or cls.officer).write(
            {"outcome": outcome, "report": "<p>They will not pay.</p>", **values}
        )
        visit.with_user(user or cls.officer).action_hold()
        return visit


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisit(VisitCommon):
    """From the proposal of the plan to the report (`sources/1`, step 7)."""

    def test_step_7_unanswered_reminders_propose_a_visit(self):
        """Ensure that management is told, with the reason and the amounts, once."""
        visit = self._propose_by_plan()
        self._propose_by_plan()
        self.assertRecordValues(
            self.dossier.visit_ids,
            [
                {
                    "state": "proposed",
                    "amount": 600000,
                    "days_overdue": 40,
                    "user_id": self.manager.id,
                    "location": "12 rue Moussé Diop, Dakar",
                }
            ],
        )
        self.assertIn("40", visit.reason)
        action = visit.action_id
        self.assertEqual((action.state, action.user_id), ("todo", self.manager))
        self.assertEqual(action.activity_ids.user_id, self.manager)
        self.assertIn(visit.name, action.activity_ids.note)

    def test_step_7_visit_held_closes_the_step(self):
        """Ensure that approval, meeting and report lead on to the next step."""
        visit = self._schedule(self._propose_by_plan())
        self.assertEqual(visit.state, "scheduled")
        self.assertRecordValues(
            visit.event_id,
            [
                {
                    "start": datetime(2026, 3, 20, 10),
                    "stop": datetime(2026, 3, 20, 11),
                    "location": "12 rue Moussé Diop, Dakar",
                    "user_id": self.manager.id,
                }
            ],
        )
        with freeze_time("2026-03-20 15:00:00"):
            self._hold(visit)
        self.assertRecordValues(
            visit,
            [
                {
                    "state": "held",
                    "held_on": fields.Date.to_date("2026-03-20"),
                    "payment_deadline": fields.Date.to_date("2026-03-27"),
                    "aftermath": "waiting",
                }
            ],
        )
        self.assertRecordValues(
            visit.action_id,
            [
                {
                    "state": "done",
                    "outcome": "refusal",
                    "done_user_id": self.officer.id,
                }
            ],
        )
        self.assertIn("They will not pay", visit.action_id.note)
        self.assertEqual(self.dossier.next_step_id, self.plan.step_ids[1])

    def test_only_management_decides(self):
        """Ensure that an officer proposes and reports, and decides nothing."""
        visit = self._create_visit().with_user(self.officer)
        for decide in (
            visit.action_approve,
            visit.action_decline,
            visit.action_schedule,
        ):
            with self.assertRaisesRegex(AccessError, "Only management"):
                decide()
        for values in ({"state": "approved"}, {"start": "2026-03-20 10:00:00"}):
            with self.assertRaises(UserError):
                visit.write(values)
        with self.assertRaisesRegex(UserError, "starts as a proposal"):
            self.env["recouvrement.visit"].with_user(self.officer).create(
                {"dossier_id": self.dossier.id, "reason": "x", "state": "approved"}
            )
        self.assertEqual(visit.state, "proposed")
        self.assertEqual(visit.sudo().activity_ids.user_id, self.manager)

    def test_courier_sees_no_visit(self):
        """Ensure that a courier reads no visit."""
        self._create_visit()
        with self.assertRaises(AccessError):
            self.env["recouvrement.visit"].with_user(self.courier).search([])

    def test_report_without_outcome(self):
        """Ensure that a report without outcome, text or promise is refused."""
        visit = self._schedule(self._create_visit()).with_user(self.officer)
        with self.assertRaisesRegex(ValidationError, "Choose the outcome"):
            visit.action_hold()
        visit.outcome = "promise"
        with self.assertRaisesRegex(ValidationError, "Write the report"):
            visit.action_hold()
        visit.report = "<p>They pay on Friday.</p>"
        with self.assertRaisesRegex(ValidationError, "Note the promise"):
            visit.action_hold()
        self._promise(self.invoice, amount=100000, visit_id=visit.id)
        visit.action_hold()
        self.assertEqual((visit.state, visit.commitment_ids.amount), ("held", 100000))

    def test_report_is_final(self):
        """Ensure that a report handed in is not rewritten, nor handed in twice."""
        visit = self._hold(self._schedule(self._create_visit()))
        with self.assertRaisesRegex(UserError, "was handed in"):
            visit.with_user(self.manager).outcome = "paid"
        with self.assertRaisesRegex(UserError, "is held"):
            visit.with_user(self.manager).action_hold()

    def test_not_before_it_is_held(self):
        """Ensure that no visit is reported for a day to come."""
        visit = self._schedule(self._create_visit())
        with self.assertRaisesRegex(ValidationError, "once it was held"):
            visit.held_on = self._in_days(1)

    def test_not_before_it_was_proposed(self):
        """Ensure that a wrong year sets no deadline that is past already."""
        visit = self._schedule(self._create_visit()).with_user(self.officer)
        with self.assertRaisesRegex(ValidationError, "Correct the day"):
            self._hold(visit, held_on="2025-03-18")
        self.assertEqual(visit.state, "scheduled")

    def test_decided_visit_stays_with_its_guarantor(self):
        """Ensure that nobody moves an approved visit to another dossier."""
        visit = self._create_visit()
        visit.with_user(self.manager).action_approve()
        other = self.env["recouvrement.dossier"].search(
            [("id", "!=", visit.dossier_id.id)], limit=1
        )
        with self.assertRaisesRegex(UserError, "stays with its guarantor"):
            visit.with_user(self.manager).dossier_id = other or visit.dossier_id

    def test_scheduled_in_the_past(self):
        """Ensure that a visit is scheduled with a day, and for later."""
        visit = self._create_visit().with_user(self.manager)
        visit.action_approve()
        with self.assertRaisesRegex(ValidationError, "Say when"):
            visit.action_schedule()
        visit.start = "2026-03-18 09:00:00"
        with self.assertRaisesRegex(ValidationError, "is past"):
            visit.action_schedule()
        self.assertFalse(visit.event_id)

    def test_approved_twice(self):
        """Ensure that a visit is decided once."""
        visit = self._create_visit().with_user(self.manager)
        visit.action_approve()
        with self.assertRaisesRegex(UserError, "is approved"):
            visit.action_approve()

    def test_moved_in_the_calendar(self):
        """Ensure that the visit and its meeting move together."""
        visit = self._schedule(self._create_visit())
        visit.event_id.with_user(self.manager).write(
            {"start": "2026-03-23 09:00:00", "stop": "2026-03-23 11:00:00"}
        )
        self.assertRecordValues(
            visit, [{"start": datetime(2026, 3, 23, 9), "duration": 2.0}]
        )
        visit.with_user(self.manager).start = "2026-03-24 09:00:00"
        self.assertEqual(visit.event_id.start, datetime(2026, 3, 24, 9))
        self.assertEqual(visit.event_id.stop, datetime(2026, 3, 24, 11))

    def test_meeting_removed(self):
        """Ensure that a visit whose meeting is removed is to be scheduled again."""
        visit = self._schedule(self._create_visit())
        visit.event_id.with_user(self.manager).unlink()
        self.assertRecordValues(visit, [{"state": "approved", "start": False}])
        self.assertIn("again", visit.activity_ids.summary)

    def test_not_held_in_time_is_reminded_once(self):
        """Ensure that a visit without report is asked about once, the day after."""
        visit = self._schedule(self._create_visit())
        visits = self.env["recouvrement.visit"]
        with freeze_time("2026-03-20 23:00:00"):
            visits._cron_follow_up()
        self.assertFalse(visit.activity_ids)
        for _time in range(2):
            with freeze_time("2026-03-21 03:00:00"):
                visits._cron_follow_up()
        self.assertEqual(len(visit.activity_ids), 1)
        self.assertEqual(visit.activity_ids.user_id, self.manager)
        visit.with_user(self.manager).start = "2026-03-23 09:00:00"
        with freeze_time("2026-03-24 03:00:00"):
            visits._cron_follow_up()
        self.assertEqual(len(visit.activity_ids), 2)

    def _decline(self, visit, **values):
        self.env["recouvrement.visit.decline"].with_user(self.manager).create(
            {"visit_id": visit.id, "reason": "They pay next week", **values}
        ).action_confirm()

    def test_declined_goes_back_and_follow_up_goes_on(self):
        """Ensure that a declined visit returns with its reason, the step left out."""
        visit = self._propose_by_plan()
        self._decline(visit)
        self.assertRecordValues(
            visit, [{"state": "declined", "decision_reason": "They pay next week"}]
        )
        self.assertEqual(visit.action_id.state, "skipped")
        self.assertIn("They pay next week", visit.action_id.note)
        self.assertIn(self.officer, self.dossier.activity_ids.user_id)
        self.assertEqual(self.dossier.next_step_id, self.plan.step_ids[1])

    def test_declined_until_a_day(self):
        """Ensure that the officer proposes again what management put off."""
        visit = self._propose_by_plan()
        with self.assertRaisesRegex(ValidationError, "after today"):
            self._decline(visit, follow_up="postpone", date=self.today)
        self._decline(visit, follow_up="postpone", date=self._in_days(5))
        action = visit.action_id
        self.assertRecordValues(
            action,
            [
                {
                    "state": "todo",
                    "user_id": self.officer.id,
                    "date_deadline": self._in_days(5),
                }
            ],
        )
        visit.with_user(self.officer).action_propose_again()
        self.assertEqual((visit.state, action.user_id), ("proposed", self.manager))

    def test_step_is_not_ticked(self):
        """Ensure that the step of a visit is done by its report only."""
        visit = self._propose_by_plan()
        with self.assertRaisesRegex(UserError, "report handed in"):
            visit.action_id.with_user(self.manager).action_done()
        visit.action_id.activity_ids.with_user(self.manager).action_done()
        self.assertEqual(visit.action_id.state, "todo")
        self.assertEqual(
            self.dossier.with_user(self.manager).action_todo_done()["res_id"], visit.id
        )

    def test_paid_before_the_visit(self):
        """Ensure that a proposal goes with its claim; planned ones are asked about."""
        visit = self._propose_by_plan()
        self._pay(self.invoice)
        self._refresh(self.dossier)
        self.assertEqual(visit.state, "cancelled")
        self._invoice(self.guarantor, 5000, due=-50)
        planned = self._schedule(self._propose_by_plan() - visit)
        self._pay(self._search_dossiers(self.guarantor).open_item_ids.move_id)
        self._refresh(self.dossier)
        self.assertEqual(planned.state, "scheduled")
        self.assertIn("keep the visit", planned.activity_ids.summary)

    def test_archived_guarantor(self):
        """Ensure that nobody goes to an archived guarantor, and the journal says so."""
        visit = self._schedule(self._propose_by_plan())
        event = visit.event_id
        self.guarantor.active = False
        self.assertRecordValues(
            visit,
            [{"state": "cancelled", "decision_reason": "the guarantor is archived"}],
        )
        self.assertFalse(event.exists())
        (note,) = self.dossier.action_ids.filtered(
            lambda action: action.name == "Follow-up ended"
        )
        self.assertIn(visit.name, note.note)

    def test_visitors_of_the_company(self):
        """Ensure that those who visit work for the company."""
        stranger = self._create_user(
            "stranger",
            "base.group_user",
            company=self.env["res.company"].create({"name": "Elsewhere"}),
        )
        with self.assertRaisesRegex(ValidationError, "does not work for"):
            self._create_visit(participant_ids=[Command.link(stranger.id)])

    def test_file_on_one_page(self):
        """Ensure that the file says who owes what, what was said, and where."""
        self._promise(self.invoice, amount=1000)
        visit = self._create_visit()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "nest_recouvrement.action_report_visit_file", visit.ids
        )
        text = html.decode()
        for word in (
            "IPM Teranga",
            self.invoice.name,
            "Nobody answers",
            "12 rue Moussé Diop",
            "openstreetmap",
        ):
            self.assertIn(word, text)
