from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEscalation(RecouvrementCommon):
    """Plans, cycles and next steps (design, section 4), on the shipped weekly plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env.ref("nest_recouvrement.recouvrement_plan_weekly")
        (
            cls.reminder_1,
            cls.call_1,
            cls.reminder_2,
            cls.call_2,
            cls.visit,
        ) = cls.plan.step_ids
        cls.guarantor = cls._create_guarantor()

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.with_context(recouvrement_no_pdf=True).action_execute()
        return run

    def _make_plan(self, *steps, **values):
        return self.env["recouvrement.plan"].create(
            {
                "name": "Own plan",
                "sequence": 1,
                "step_ids": [
                    Command.create({"name": "Step", **step}) for step in steps
                ],
                **values,
            }
        )

    # === PLAN === #

    def test_first_matching_plan_by_sequence(self):
        """The plan is the first one by sequence whose criteria the dossier meets."""
        call = {"channel": "phone"}
        self._make_plan(call, name="Large only", category_ids=self.category_large.ids)
        self._make_plan(call, name="Bad payers", payer_profile="bad")
        self._make_plan(call, name="From 500 000", balance_min=500_000)
        match = self._make_plan(
            call, name="New", sequence=2, seniority="new", balance_max=500_000
        )
        self._invoice(self.guarantor, 499_999)
        self.assertEqual(self._dossier(self.guarantor).plan_id, match)

    def test_balance_criteria_boundaries(self):
        """A plan applies from its lowest balance on, and below its highest one."""
        low = self._make_plan({"channel": "phone"}, balance_max=1000)
        high = self._make_plan({"channel": "phone"}, sequence=2, balance_min=1000)
        other = self._create_guarantor(name="Mutuelle du Saloum")
        self._invoice(self.guarantor, 999)
        self._invoice(other, 1000)
        self.assertEqual(self._dossier(self.guarantor).plan_id, low)
        self.assertEqual(self._dossier(other).plan_id, high)

    def test_plan_is_kept_during_a_cycle(self):
        """A plan that starts to match does not interrupt the running cycle."""
        self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.plan_id, self.plan)
        self._make_plan({"channel": "phone"})
        dossier._refresh()
        self.assertEqual(dossier.plan_id, self.plan)

    def test_plan_chosen_by_hand_is_locked(self):
        """The plan that an officer chooses stays, until she unlocks it."""
        self._invoice(self.guarantor, 1000, due=5)
        dossier = self._dossier(self.guarantor)
        chosen = self._make_plan({"channel": "phone"}, payer_profile="bad")
        dossier.with_user(self.officer).plan_id = chosen
        dossier._refresh()
        self.assertEqual(dossier.plan_id, chosen)
        self.assertTrue(dossier.plan_locked)
        dossier.plan_locked = False
        self.assertEqual(dossier.plan_id, self.plan)

    def test_used_plan_and_step_cannot_be_deleted(self):
        """A plan that dossiers follow, or a step of the journal, is kept."""
        self._invoice(self.guarantor, 1000)
        self._dossier(self.guarantor)
        self._run()
        with self.assertRaisesRegex(UserError, "archive it"), self.env.cr.savepoint():
            self.plan.unlink()
        with (
            self.assertRaisesRegex(UserError, "in the journal"),
            self.env.cr.savepoint(),
        ):
            self.reminder_1.unlink()

    # === CALENDAR === #

    def test_weekly_plan_day_by_day(self):
        """Reminder and call, both again the next week, then management is told."""
        self._invoice(self.guarantor, 100_000, due=-1)
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.next_step_id, self.reminder_1)
        self.assertEqual(dossier.next_action_date, date(2026, 3, 18))
        self._run()  # Wednesday 18: e-mail done, call to do by Friday 20
        call = dossier.pending_action_id
        self.assertEqual(dossier.step_id, self.reminder_1)
        self.assertEqual(call.step_id, self.call_1)
        self.assertEqual(call.date_deadline, date(2026, 3, 20))
        self.assertEqual(call.user_id, dossier.user_id)
        with freeze_time("2026-03-20 09:00:00"):
            call.with_user(dossier.user_id).action_done()
            self.assertEqual(dossier.next_step_id, self.reminder_2)
            self.assertEqual(dossier.next_action_date, date(2026, 3, 23))
        with freeze_time("2026-03-23 05:00:00"):
            run = self._run()
            self.assertEqual(run.action_ids.step_id, self.reminder_2 + self.call_2)
            dossier.pending_action_id.action_done()
            self.assertEqual(dossier.next_step_id, self.visit)
            self.assertEqual(dossier.next_action_date, date(2026, 3, 30))
        with freeze_time("2026-03-30 05:00:00"):
            self._run()
            visit = dossier.pending_action_id
            self.assertEqual(visit.step_id, self.visit)
            self.assertEqual(visit.user_id, self.manager)
            self.assertEqual(visit.activity_ids.user_id, self.manager)
            self.assertEqual(visit.date_deadline, date(2026, 4, 6))
            # The step is done by the report of its visit.
            visit.visit_ids.action_approve()
            visit.visit_ids.write({"outcome": "refusal", "report": "<p>No.</p>"})
            visit.visit_ids.action_hold()
            self.assertEqual(visit.state, "done")
            self.assertFalse(dossier.next_step_id)

    def test_due_today_is_not_reminded(self):
        """No reminder leaves on the very due day (asks, 11)."""
        self._invoice(self.guarantor, 1000, due=0)
        dossier = self._dossier(self.guarantor)
        self.assertFalse(dossier.next_step_id)
        self.assertFalse(self._run().action_ids.step_id)

    def test_step_waits_for_what_is_to_do(self):
        """What is still to do is done before the next step (asks, 19)."""
        self._invoice(self.guarantor, 1000)
        self._dossier(self.guarantor)
        self._run()
        with freeze_time("2026-05-04 05:00:00"):
            self.assertEqual(self._run().action_count, 0)

    def test_repeated_step(self):
        """A step repeated three times is done on its days, then the next one."""
        plan = self._make_plan(
            {
                "channel": "phone",
                "sequence": 1,
                "anchor": "due_date",
                "delay_days": 1,
                "repeat_count": 3,
                "repeat_days": 4,
            },
            {"channel": "letter", "sequence": 2, "delay_days": 2},
        )
        self._invoice(self.guarantor, 1000, due=-1)
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.plan_id, plan)
        for occurrence, day in enumerate((18, 22, 26), start=1):
            with freeze_time(f"2026-03-{day} 10:00:00"):
                self.assertEqual(dossier.next_action_date, date(2026, 3, day))
                self._run()
                action = dossier.pending_action_id
                self.assertEqual(action.occurrence, occurrence)
                action.action_done()
        self.assertEqual(dossier.next_step_id, plan.step_ids[1])
        self.assertEqual(dossier.next_action_date, date(2026, 3, 28))
        self.assertEqual(len(dossier.action_ids.filtered("step_id")), 3)

    def test_preventive_step_is_not_part_of_a_cycle(self):
        """A step before the due date does not stand before the first reminder."""
        self._make_plan(
            {
                "channel": "phone",
                "stage": "preventive",
                "sequence": 1,
                "anchor": "due_date",
                "delay_days": -5,
            },
            {"channel": "phone", "sequence": 2, "name": "After"},
        )
        self._invoice(self.guarantor, 1000)
        self.assertEqual(self._dossier(self.guarantor).next_step_id.name, "After")

    # === CYCLE === #

    def _reject_payment(self, payment):
        wizard = self.env["recouvrement.payment.reject"].create(
            {"payment_id": payment.id, "reason": "Insufficient funds"}
        )
        wizard.action_confirm()

    def _pay_by_cheque(self, partner, invoice):
        """Post a payment that settles an invoice, named on it."""
        item = self._items(invoice)
        payment = self.env["account.payment"].create(
            {
                "amount": item.amount_residual,
                "partner_id": partner.id,
                "recouvrement_line_ids": [
                    Command.create(
                        {"amount": item.amount_residual, "move_line_id": item.id}
                    )
                ],
            }
        )
        payment.action_post()
        self.dossiers._refresh_stale()
        return payment

    def test_rejected_cheque_resumes_the_cycle(self):
        """An unpaid cheque never paid: same cycle, next step, nothing done twice."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        dossier = self._dossier(self.guarantor)
        self._run()
        step, start = dossier.step_id, dossier.cycle_start_date
        done = dossier.action_ids.filtered("step_id")
        waiting = dossier.next_step_id
        self.assertTrue(step and waiting)
        payment = self._pay_by_cheque(self.guarantor, invoice)
        self.assertFalse(dossier.cycle_start_date)
        with freeze_time("2026-04-02 10:00:00"):
            self._reject_payment(payment)
            dossier._refresh()
            self.assertRecordValues(
                dossier,
                [
                    {
                        "cycle": 1,
                        "cycle_start_date": start,
                        "next_step_id": waiting.id,
                        "step_id": step.id,
                    }
                ],
            )
            self.assertIn(
                "The follow-up goes on where it was", dossier.action_ids.mapped("name")
            )
            self._run()
        again = dossier.action_ids.filtered("step_id")
        keys = [(a.cycle, a.step_id, a.occurrence) for a in again]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertGreaterEqual(again, done)
        self.assertEqual(dossier.cycle, 1)

    def test_rejected_cheque_during_a_later_cycle(self):
        """A cycle that started since the cheque goes on as it is."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        dossier = self._dossier(self.guarantor)
        self._run()
        payment = self._pay_by_cheque(self.guarantor, invoice)
        self._invoice(self.guarantor, 300, due=-10)
        dossier._refresh()
        self.assertEqual(dossier.cycle, 2)
        self._reject_payment(payment)
        dossier._refresh()
        self.assertEqual(dossier.cycle, 2)
        self.assertTrue(dossier.cycle_start_date)

    def test_cycle_ends_with_payment_and_starts_again(self):
        """Paid: the call is withdrawn. A new debt starts a new cycle at step one."""
        invoice = self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self._run()
        self.assertEqual((dossier.cycle, dossier.stage), (1, "amicable"))
        call = dossier.pending_action_id
        self._pay(invoice)
        dossier._refresh_stale()
        self.assertEqual(call.state, "skipped")
        self.assertFalse(call.activity_ids)
        self.assertFalse(dossier.cycle_start_date)
        self.assertEqual(dossier.stage, "none")
        self._invoice(self.guarantor, 500)
        dossier._refresh()
        self.assertEqual(dossier.cycle, 2)
        self.assertEqual(dossier.next_step_id, self.reminder_1)

    def test_promise_pauses_and_broken_goes_on(self):
        """A promise pauses the cycle; broken, the claim goes on where it was."""
        invoice = self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self._run()
        self._promise(invoice, date=2)
        self.assertEqual(dossier.claimable_amount, 0)
        self.assertFalse(dossier.pending_action_id)
        self.assertFalse(dossier.next_action_date)
        with freeze_time("2026-03-23 05:00:00"):  # 20 March + 2 days of grace is over
            self.env["recouvrement.commitment"]._cron_evaluate()
            self.assertEqual(dossier.commitment_ids.state, "broken")
            self.assertEqual(dossier.cycle, 1)
            self.assertEqual(dossier.next_step_id, self.call_1)
            self._run()
            self.assertEqual(dossier.pending_action_id.step_id, self.call_1)
            self.assertEqual(len(dossier.action_ids.filtered("step_id")), 2)

    def test_dispute_leaves_the_rest_claimable(self):
        """The undisputed part is still claimed, and it alone (asks, 8)."""
        contested = self._invoice(self.guarantor, 1000, due=-50)
        other = self._invoice(self.guarantor, 300, due=-10)
        self._dispute(contested)
        dossier = self._dossier(self.guarantor)
        self._run()
        reminder = dossier.action_ids.filtered(lambda action: action.channel == "email")
        self.assertEqual(reminder.amount, 300)
        self.assertEqual(reminder.line_ids.move_line_id, self._items(other))

    # === HOLD === #

    def test_hold_withdraws_and_resumes_by_itself(self):
        """On hold nothing is to do; the day after, the follow-up goes on (asks, 7)."""
        self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self._run()
        self.env["recouvrement.dossier.hold"].with_user(self.officer).create(
            {
                "dossier_ids": dossier.ids,
                "hold_until": date(2026, 3, 25),
                "hold_reason": "Inventory week",
            }
        ).action_confirm()
        self.assertTrue(dossier.is_held)
        self.assertFalse(dossier.pending_action_id)
        self.assertEqual(dossier.next_action_date, date(2026, 3, 26))
        self.assertIn("Inventory week", dossier.next_step_explanation)
        with freeze_time("2026-03-25 10:00:00"):
            self.assertEqual(self._run().action_count, 0)
        with freeze_time("2026-03-26 10:00:00"):
            self.assertEqual(self._run().action_ids.step_id, self.call_1)

    def test_hold_needs_a_reason(self):
        """A hold says why."""
        self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        with (
            self.assertRaisesRegex(ValidationError, "Say why"),
            self.env.cr.savepoint(),
        ):
            dossier.hold_until = date(2026, 3, 25)

    def test_archived_guarantor_is_not_pressed(self):
        """Once a guarantor is no longer followed, nothing is to do about it."""
        self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self._run()
        self.guarantor.is_guarantor = False
        self.assertFalse(dossier.active)
        self.assertFalse(dossier.next_action_date)
        self.assertFalse(dossier.activity_ids)
        self.guarantor.is_guarantor = True
        self.assertTrue(dossier.active)
        self.assertEqual(dossier.next_step_id, self.call_1)

    # === HANDLING === #

    def _propose(self):
        self._make_plan(
            {"channel": "phone", "name": "Call", "automatic": False},
            {"channel": "letter", "name": "Letter", "sequence": 20, "delay_days": 5},
        )
        self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self._run()
        return dossier, dossier.pending_action_id

    def _decide(self, action, **values):
        return (
            self.env["recouvrement.action.decide"]
            .with_user(self.officer)
            .create({"action_id": action.id, **values})
            .action_confirm()
        )

    def test_step_of_adaptable_category_is_proposed(self):
        """For an adaptable category even an automatic e-mail is only proposed."""
        self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        dossier.category_id = self.category_large
        run = self._run()
        action = run.action_ids
        self.assertEqual(action.state, "proposed")
        self.assertFalse(action.mail_message_id)
        self.assertEqual(action.activity_ids.user_id, dossier.user_id)
        action.with_user(self.officer).with_context(
            recouvrement_no_pdf=True
        ).action_execute()
        self.assertEqual(action.state, "done")
        self.assertEqual(action.done_user_id, self.officer)
        self.assertTrue(action.mail_message_id)

    def test_proposed_step_is_skipped_with_a_reason(self):
        """Skipped by decision, the cycle goes on after the step."""
        dossier, action = self._propose()
        with (
            self.assertRaisesRegex(ValidationError, "Write why"),
            self.env.cr.savepoint(),
        ):
            self._decide(action, decision="skip")
        self._decide(action, decision="skip", reason="Met yesterday")
        self.assertEqual((action.state, action.note), ("skipped", "Met yesterday"))
        self.assertEqual(dossier.next_step_id.name, "Letter")
        self.assertEqual(dossier.next_action_date, date(2026, 3, 23))

    def test_proposed_step_is_postponed(self):
        """Postponed, the step and its activity get the new date."""
        dossier, action = self._propose()
        with (
            self.assertRaisesRegex(ValidationError, "after today"),
            self.env.cr.savepoint(),
        ):
            self._decide(
                action, decision="postpone", reason="Away", date=date(2026, 3, 18)
            )
        self._decide(action, decision="postpone", reason="Away", date=date(2026, 3, 27))
        self.assertEqual(action.state, "proposed")
        self.assertEqual(action.date_deadline, date(2026, 3, 27))
        self.assertEqual(action.activity_ids.date_deadline, date(2026, 3, 27))
        self.assertEqual(dossier.pending_action_id, action)

    def test_proposed_step_is_replaced(self):
        """Replaced, the step is to be done through the other channel."""
        dossier, action = self._propose()
        self._decide(action, decision="replace", reason="No phone", channel="letter")
        self.assertEqual((action.state, action.channel), ("todo", "letter"))
        action.with_user(self.officer).action_done()
        self.assertEqual(dossier.step_id, action.step_id)

    def test_decided_step_is_not_decided_twice(self):
        """A step that was skipped cannot be executed."""
        _dossier, action = self._propose()
        self._decide(action, decision="skip", reason="Met yesterday")
        with (
            self.assertRaisesRegex(UserError, "already decided"),
            self.env.cr.savepoint(),
        ):
            self._decide(action, decision="execute")

    # === WORDS === #

    def test_why_nothing_is_claimed(self):
        """A dossier says why nothing is pressed for (asks, 1)."""
        invoice = self._invoice(self.guarantor, 1000)
        dossier = self._dossier(self.guarantor)
        self._promise(invoice, amount=600)
        self._dispute(invoice, amount=400)
        self.assertIn("400", dossier.next_step_explanation)
        self.assertIn("600", dossier.next_step_explanation)
        self._pay(invoice)
        dossier._refresh()
        self.assertEqual(dossier.next_step_explanation, "Nothing is overdue.")
