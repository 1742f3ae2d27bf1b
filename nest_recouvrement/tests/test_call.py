from datetime import date

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, RecouvrementCommon


class CallCommon(RecouvrementCommon):
    """A guarantor to be called: two invoices overdue, one that is not due."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()
        cls.old, cls.recent, cls.coming = cls.invoices = cls._invoices(
            cls.guarantor, (600000, -130), (250000, -40), (90000, 20)
        )
        cls.runs = cls.env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
        cls._run()
        cls.dossier = cls._dossier(cls.guarantor)
        cls.step = cls.dossier.pending_action_id

    @classmethod
    def _run(cls):
        cls.runs.create({"company_id": cls.company.id}).action_execute()
        cls.env["recouvrement.dossier"]._refresh()

    def _call(self, dossier=None, user=None):
        """Open a call, as ``user``: the officer by default."""
        dossier = (dossier or self.dossier).with_user(user or self.officer)
        action = dossier.action_call()
        return (
            self.env[action["res_model"]]
            .with_user(dossier.env.user)
            .browse(action["res_id"])
        )

    def _log(self, outcome, call=None, only=None, **values):
        """Log an outcome.

        :param only: the invoices concerned: all that is claimed by default
        """
        call = call or self._call()
        if only is not None:
            items = self._items(only)
            for line in call.line_ids:
                line.selected = line.move_line_id in items
        call.write({"outcome": outcome, **values})
        call.action_log()
        return call

    def _break_promise(self, invoices, **values):
        """Make a promise that was broken."""
        with freeze_time("2026-02-16 10:00:00"):
            promise = self._promise(invoices, date=date(2026, 2, 16), **values)
        self.dossier._refresh()
        self.assertEqual(promise.state, "broken")
        return promise


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCall(CallCommon):
    """The call: one screen, and outcomes that lead on by themselves."""

    def test_step_6_call_shows_what_is_needed(self):
        """Ensure that the call shows numbers, what was sent, invoices, last calls."""
        self.env["res.partner"].create(
            {
                "name": "Awa Sarr",
                "function": "Comptable",
                "parent_id": self.guarantor.id,
                "phone": "+221 77 000 00 00",
            }
        )
        call = self._call()
        self.assertEqual(
            call.contact_ids.mapped("phone"), ["+221 33 800 00 00", "+221 77 000 00 00"]
        )
        self.assertEqual(call.sent_ids.mapped("channel"), ["email"])
        self.assertFalse(call.call_ids)
        self.assertEqual(call.waiting_id, self.step)
        self.assertTrue(call.instructions)
        # What is claimed is selected; what is not due can be agreed on all the same.
        self.assertRecordValues(
            call.line_ids,
            [
                {"name": self.old.name, "selected": True, "amount": 600000},
                {"name": self.recent.name, "selected": True, "amount": 250000},
                {"name": self.coming.name, "selected": False, "amount": 90000},
            ],
        )
        self.assertEqual(call.selected_amount, 850000)

    def test_step_6_wrong_number_is_not_dialled_first(self):
        """Ensure that numbers reported as wrong come after those that are right."""
        awa = self.env["res.partner"].create(
            {
                "name": "Awa Sarr",
                "parent_id": self.guarantor.id,
                "phone": "+221 77 000 00 00",
            }
        )
        self._log("wrong_number", wrong_partner_id=self.guarantor.id)
        call = self._call()
        self.assertEqual(list(call.contact_ids), [awa, self.guarantor])
        # Whose number was wrong is asked with the number that is dialled now.
        with Form(call) as form:
            form.outcome = "wrong_number"
            self.assertEqual(form.wrong_partner_id, awa)

    def test_step_6_number_reached_in_one_click(self):
        """Ensure that a number reached is noted once, until it is another number."""
        self.dossier._report_wrong_number(self.guarantor, self.guarantor.phone)
        guarantor = self.guarantor.with_user(self.officer)
        before = len(self.dossier.action_ids)
        guarantor.action_recouvrement_phone_reached()
        guarantor.action_recouvrement_phone_reached()
        self.assertEqual(guarantor.recouvrement_reached_on, self.today)
        self.assertFalse(guarantor.recouvrement_is_phone_wrong)
        self.assertEqual(len(self.dossier.action_ids), before + 1)
        self.assertIn(
            "+221 33 800 00 00", self.dossier.action_ids.sorted("id")[-1].title
        )
        self.guarantor.phone = "+221 33 800 00 01"
        self.assertFalse(guarantor.recouvrement_reached_on)
        with self.assertRaises(AccessError):
            self.guarantor.with_user(
                self.accountant
            ).action_recouvrement_phone_reached()

    def test_selection(self):
        """Ensure that checkboxes and typed amounts make the total."""
        call = self._call()
        with Form(call) as form:
            form.select_all = False
            self.assertEqual(form.selected_amount, 0)
            with form.line_ids.edit(1) as line:
                line.amount = 100000
            self.assertEqual(form.selected_amount, 100000)

    def test_step_6_no_answer_is_tried_again(self):
        """Ensure that nobody answering leads to another attempt next working day."""
        call = self._log("no_answer")
        self.assertEqual(call.state, "logged")
        # A Wednesday: tomorrow.
        self.assertRecordValues(
            self.step,
            [
                {
                    "state": "todo",
                    "attempt_count": 1,
                    "not_before": self._in_days(1),
                    "date_deadline": self._in_days(1),
                }
            ],
        )
        self.assertEqual(self.step.activity_ids.date_deadline, self._in_days(1))
        self.assertRecordValues(
            call.journal_id,
            [
                {
                    "channel": "phone",
                    "state": "done",
                    "outcome": "no_answer",
                    "done_user_id": self.officer.id,
                }
            ],
        )
        self.assertFalse(self.dossiers.with_user(self.officer)._get_next_call())

    def test_no_answer_before_a_weekend(self):
        """Ensure that Friday's unanswered call is made again on Monday."""
        with freeze_time("2026-03-20 10:00:00"):
            self._log("no_answer")
        self.assertEqual(str(self.step.not_before), "2026-03-23")

    def test_no_answer_three_times(self):
        """Ensure that the follow-up goes on after the attempts of the company."""
        for day in ("18", "19"):
            with freeze_time(f"2026-03-{day} 10:00:00"):
                self._log("no_answer")
        self.assertEqual(self.step.state, "todo")
        with freeze_time("2026-03-20 10:00:00"):
            self._log("no_answer", note="Rang ten times")
        self.assertRecordValues(
            self.step,
            [{"state": "done", "outcome": "no_answer", "note": "Rang ten times"}],
        )
        calls = self.dossier.action_ids.filtered(lambda a: a.channel == "phone")
        self.assertEqual(calls.mapped("outcome"), ["no_answer"] * 3)
        self.assertFalse(self.step.activity_ids)
        self.assertFalse(self.dossier.pending_action_id)

    def test_one_attempt(self):
        """Ensure that the number of attempts is a setting."""
        self.company.recouvrement_call_attempts = 1
        self._log("no_answer")
        self.assertEqual(self.step.state, "done")

    def test_attempts_start_again(self):
        """Ensure that a call withdrawn and taken up again has all its attempts."""
        self._log("no_answer")
        self.dossier.write({"hold_until": self._in_days(1), "hold_reason": "Inventory"})
        self.assertEqual(self.step.state, "skipped")
        self.dossier.action_resume()
        self._run()
        self.assertRecordValues(
            self.step, [{"state": "todo", "attempt_count": 0, "not_before": False}]
        )

    def test_step_6_call_back(self):
        """Ensure that a call back waits for its day, and nothing presses meanwhile."""
        call = self._log(
            "call_back", call_back_date=self._in_days(5), call_back_hour=15.5
        )
        self.assertRecordValues(
            self.step,
            [
                {
                    "state": "todo",
                    "date_deadline": self._in_days(5),
                    "not_before": self._in_days(5),
                }
            ],
        )
        self.assertEqual(call.journal_id.outcome, "call_back")
        self.assertIn("15:30", self.step.activity_ids.summary)
        self.assertIn("15:30", self.dossier.todo_label)
        self.assertIn("not before", self.dossier.next_step_explanation)
        officer_dossiers = self.dossiers.with_user(self.officer)
        self.assertFalse(officer_dossiers._get_next_call())
        with freeze_time("2026-03-23 08:00:00"):
            self.assertEqual(officer_dossiers._get_next_call(), self.dossier)

    def test_call_back_without_a_step(self):
        """Ensure that a call agreed outside of any step is made, or withdrawn."""
        self._log("refusal", reason="No contract")
        self.assertFalse(self.dossier.pending_action_id)
        self._log("call_back", call_back_date=self._in_days(2))
        agreed = self.dossier.action_ids.filtered(lambda action: action.state == "todo")
        self.assertRecordValues(
            agreed,
            [{"step_id": False, "channel": "phone", "user_id": self.officer.id}],
        )
        self.assertEqual(self.dossier.todo_action_id, agreed)
        with freeze_time("2026-03-20 08:00:00"):
            next_call = self.dossiers.with_user(self.officer)._get_next_call()
            self.assertEqual(next_call, self.dossier)
        self._pay(self.old + self.recent)
        self.dossier._refresh()
        self.assertEqual(agreed.state, "skipped")
        self.assertFalse(agreed.activity_ids)

    def test_step_6_promise(self):
        """Ensure that a promise names its invoices, and the amount on each."""
        call = self._call()
        call.line_ids[1].write({"amount": 100000})
        self._log("promise", call, date=self._in_days(3), means="cash", note="Mr Ba")
        promise = self.dossier.commitment_ids
        self.assertRecordValues(
            promise,
            [
                {
                    "date": self._in_days(3),
                    "means": "cash",
                    "amount": 700000,
                    "user_id": self.officer.id,
                }
            ],
        )
        self.assertEqual(promise.line_ids.mapped("amount"), [600000, 100000])
        self.assertEqual(self.dossier.claimable_amount, 150000)
        self.assertEqual((self.step.state, self.step.outcome), ("done", "promise"))
        self.assertIn("Mr Ba", self.step.note)
        # The journal tells it, with the amount on each invoice.
        made = self.dossier.action_ids.filtered(lambda a: a.channel == "promise")
        self.assertEqual(made.line_ids.mapped("amount"), [600000, 100000])

    def test_promise_of_everything(self):
        """Ensure that the call is done, not withdrawn, when all is promised."""
        self._log("promise", date=self._in_days(3))
        self.assertEqual((self.step.state, self.step.is_withdrawn), ("done", False))
        self.assertEqual(self.dossier.claimable_amount, 0)

    def test_step_6_transfer(self):
        """Ensure that a transfer asks for its order, and tells the accountant."""
        self._log("transfer", only=self.old, date=self._in_days(2))
        transfer = self.dossier.commitment_ids
        self.assertRecordValues(
            transfer, [{"means": "transfer", "transfer_order_missing": True}]
        )
        told = self.dossier.activity_ids.filtered(
            lambda activity: activity.user_id == self.accountant
        )
        self.assertIn(self.old.name, told.note)
        self.assertIn("600", told.note)
        self.assertIn("not received", told.note)
        self.assertNotIn(self.recent.name, told.note)
        # Wednesday, two working days: Friday.
        self.assertRecordValues(
            transfer.activity_ids,
            [{"user_id": self.officer.id, "date_deadline": self._in_days(2)}],
        )
        orders = self.env["ir.attachment"].with_user(self.officer)
        order = orders.create({"name": "Order.pdf", "raw": b"%PDF"})
        transfer.with_user(self.officer).document_ids = order
        self.assertFalse(transfer.transfer_order_missing)
        self.assertFalse(transfer.activity_ids)

    def test_transfer_with_its_order(self):
        """Ensure that the order given during the call stays with the promise."""
        call = self._call()
        order = (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .create(
                {
                    "name": "Order.pdf",
                    "raw": b"%PDF",
                    "res_id": call.id,
                    "res_model": call._name,
                }
            )
        )
        self._log(
            "transfer",
            call,
            date=self._in_days(2),
            document_ids=[Command.link(order.id)],
        )
        transfer = self.dossier.commitment_ids
        self.assertFalse(transfer.transfer_order_missing)
        self.assertFalse(transfer.activity_ids)
        call.sudo().unlink()
        self.assertEqual(transfer.document_ids, order)
        told = self.dossier.activity_ids.filtered(
            lambda activity: activity.user_id == self.accountant
        )
        self.assertEqual(told.attachment_ids, order)
        self.assertTrue(order.with_user(self.accountant).has_access("read"))

    def test_step_6_cheque(self):
        """Ensure that a cheque sends the courier, with place, hours and invoices."""
        cashier = self.env["res.partner"].create(
            {"name": "Cashier", "parent_id": self.guarantor.id, "type": "other"}
        )
        self._log(
            "cheque",
            only=self.old,
            date=self._in_days(1),
            hour_from=9.0,
            hour_to=12.0,
            instructions_courier="Second floor",
            pickup_contact_id=cashier.id,
        )
        promise = self.dossier.commitment_ids
        self.assertRecordValues(promise, [{"means": "cheque", "amount": 600000}])
        self.assertRecordValues(
            promise.pickup_ids,
            [
                {
                    "kind": "collect",
                    "state": "to_collect",
                    "date": self._in_days(1),
                    "hour_from": 9.0,
                    "hour_to": 12.0,
                    "contact_id": cashier.id,
                    "instructions": "Second floor",
                    "amount": 600000,
                }
            ],
        )
        self.assertEqual(
            promise.pickup_ids.line_ids.move_line_id, self._items(self.old)
        )
        self.assertIn("courier", self.dossier.action_ids.mapped("channel"))

    def test_step_6_dispute(self):
        """Ensure that a dispute names its invoices and its reason."""
        self._log("dispute", only=self.recent, reason="Not our employees")
        self.assertRecordValues(
            self.dossier.dispute_ids, [{"name": "Not our employees", "amount": 250000}]
        )
        self.assertEqual(self.dossier.claimable_amount, 600000)
        self.assertEqual((self.step.state, self.step.outcome), ("done", "dispute"))

    def test_step_6_refusal(self):
        """Ensure that a refusal has a reason, which management is told."""
        self._log("refusal", reason="They say the care was free")
        told = self.dossier.activity_ids.filtered(
            lambda activity: activity.user_id == self.manager
        )
        self.assertIn("care was free", told.note)
        self.assertIn("care was free", self.step.note)

    def test_step_6_wrong_number(self):
        """Ensure that a wrong number is to be corrected, and the call still made."""
        call = self._log("wrong_number", wrong_partner_id=self.guarantor.id)
        self.assertEqual(self.step.state, "todo")
        self.assertEqual(call.journal_id.outcome, "wrong_number")
        self.assertIn("+221 33 800 00 00", call.journal_id.note)
        asked = self.dossier.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("nest_recouvrement.mail_activity_type_contact")
        )
        self.assertIn("+221 33 800 00 00", asked.note)

    def test_and_also(self):
        """Ensure that one call may promise some invoices and contest others."""
        call = self._log("promise", only=self.old, date=self._in_days(3))
        call.action_continue()
        self.assertEqual(
            call.line_ids.filtered("selected").move_line_id, self._items(self.recent)
        )
        self._log("dispute", call, reason="Not our employees")
        self.assertEqual(self.dossier.commitment_ids.amount, 600000)
        self.assertEqual(self.dossier.dispute_ids.amount, 250000)
        self.assertEqual(self.dossier.claimable_amount, 0)
        # One call: one line of the journal, which tells both.
        calls = self.dossier.action_ids.filtered(lambda a: a.channel == "phone")
        self.assertEqual(calls, self.step)
        self.assertEqual(self.step.outcome, "promise")
        self.assertIn("Not our employees", self.step.note)
        call.action_continue()
        with self.assertRaisesRegex(UserError, "Somebody answered"):
            self._log("no_answer", call)

    def test_call_at_any_time(self):
        """Ensure that a call that no step asks for has its own line, with evidence."""
        self.step.action_done()
        call = self._log("refusal", reason="No")
        self.assertRecordValues(
            call.journal_id,
            [{"step_id": False, "outcome": "refusal", "amount": 850000}],
        )
        self.assertEqual(call.journal_id.line_ids.mapped("amount"), [600000, 250000])

    def test_next_call(self):
        """Ensure that the next call is the next of the worklist, then none."""
        other = self._create_guarantor(name="Sahel Ciment", email="s@example.com")
        self._invoice(other, 400000, due=-15)
        self._run()
        action = self._call().action_next()
        next_call = self.env["recouvrement.call"].browse(action["res_id"])
        self.assertEqual(next_call.partner_id, other)
        self._log("promise", next_call.with_user(self.officer), date=self._in_days(2))
        self._log("no_answer")
        action = next_call.with_user(self.officer).action_next()
        self.assertEqual(action["tag"], "display_notification")
        # Those of another officer are hers.
        self.assertFalse(self.dossiers.with_user(self.officer_2)._get_next_call())

    def test_nobody_who_paid_is_called(self):
        """Ensure that who paid a minute ago is not the next call."""
        officer_dossiers = self.dossiers.with_user(self.officer)
        self.assertEqual(officer_dossiers._get_next_call(), self.dossier)
        self._pay(self.old + self.recent)
        self.assertEqual(
            officer_dossiers.action_next_call()["tag"], "display_notification"
        )
        call = self._call()
        self.assertTrue(call.pause_reason)
        self.assertFalse(call.line_ids.filtered("selected"))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallFaults(CallCommon):
    """Bad input and faults: a clear sentence, and nothing half done."""

    def _assert_refused(self, sentence, outcome, error=UserError, **values):
        """Check that an outcome is refused, and that nothing of it stays."""
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            self._log(outcome, **values)
        self.assertEqual(self.step.state, "todo")
        self.assertFalse(self.dossier.commitment_ids)
        self.assertFalse(self.dossier.dispute_ids)

    def test_bad_promises(self):
        """Ensure that a promise in the past, or of too much, is refused."""
        self._assert_refused("Enter the day", "promise")
        self._assert_refused(
            "today or later", "promise", ValidationError, date=self._in_days(-1)
        )
        self._assert_refused(
            "Check the invoices",
            "promise",
            date=self.today,
            only=self.env["account.move"],
        )
        call = self._call()
        call.line_ids[0].amount = 600001
        self._assert_refused(
            "at most", "promise", ValidationError, call=call, date=self.today
        )
        call.line_ids[0].amount = 0
        self._assert_refused("Enter the amount", "promise", call=call, date=self.today)

    def test_promise_on_a_paid_invoice(self):
        """Ensure that an invoice paid during the call is promised no more."""
        call = self._call()
        self._pay(self.old)
        self._assert_refused(
            "Nothing is open", "promise", ValidationError, call=call, date=self.today
        )

    def test_promise_on_an_invoice_of_another(self):
        """Ensure that the invoice of another guarantor cannot be promised."""
        other = self._create_guarantor(name="Sahel Ciment", email="s@example.com")
        foreign = self._items(self._invoice(other, 400000))
        call = self._call()
        call.line_ids[0].move_line_id = foreign
        self._assert_refused(
            "is not owed by", "promise", ValidationError, call=call, date=self.today
        )

    def test_outcome_without_its_details(self):
        """Ensure that each outcome says what it lacks."""
        self._assert_refused("Choose how", False)
        self._assert_refused("why they contest", "dispute")
        self._assert_refused("why they refuse", "refusal", reason="  ")
        self._assert_refused("day to call back", "call_back")
        self._assert_refused(
            "day to call back", "call_back", call_back_date=self._in_days(-1)
        )
        self._assert_refused(
            "hour between",
            "call_back",
            call_back_date=self.today,
            call_back_hour=25.0,
        )
        self._assert_refused("whose number", "wrong_number")
        self._assert_refused(
            "before the office closes",
            "cheque",
            date=self.today,
            hour_from=12.0,
            hour_to=9.0,
        )

    def test_logged_once(self):
        """Ensure that a second click logs no second outcome."""
        call = self._log("promise", date=self._in_days(2), only=self.old)
        journal = self.dossier.action_ids
        call.action_log()
        self.assertEqual(len(self.dossier.commitment_ids), 1)
        self.assertEqual(self.dossier.action_ids, journal)

    def test_logged_by_another(self):
        """Ensure that what another officer logged meanwhile is said, not doubled."""
        mine = self._call()
        self._log("refusal", self._call(user=self.officer_2), reason="No")
        with self.assertRaisesRegex(UserError, "officer_2.*Refusal"):
            self._log("promise", mine, date=self._in_days(2))
        self.assertFalse(self.dossier.commitment_ids)

    def test_attempt_of_another(self):
        """Ensure that two officers do not count one evening as two attempts."""
        mine = self._call()
        self._log("no_answer", self._call(user=self.officer_2))
        with self.assertRaisesRegex(UserError, "meanwhile"):
            self._log("no_answer", mine)
        self.assertEqual(self.step.attempt_count, 1)

    def test_ticked_call_asks_about_broken_promises(self):
        """Ensure that the activity of a call does not bypass the broken promises."""
        promise = self._break_promise(self.old)
        self._run()
        call = self.dossier.pending_action_id
        activity = call.activity_ids
        self.assertEqual((call.channel, len(activity)), ("phone", 1))
        with self.assertRaisesRegex(UserError, "Call"), self.env.cr.savepoint():
            activity.with_user(self.officer).action_feedback(feedback="Called")
        self.assertEqual(call.state, "todo")
        promise.answer = "The cheque book was empty"
        activity.with_user(self.officer).action_feedback(feedback="Called")
        self.assertEqual(call.state, "done")

    def test_step_6_broken_promises_first(self):
        """Ensure that a broken promise is asked about before anything is agreed."""
        promise = self._break_promise(self.old)
        self._run()
        step = self.dossier.pending_action_id
        call = self._call()
        self.assertEqual(call.answer_ids.commitment_id, promise)
        with self.assertRaisesRegex(UserError, "First ask why"):
            self._log("promise", call, date=self._in_days(2))
        self.assertEqual(step.state, "todo")
        call.answer_ids.answer = "The signatory was away"
        self._log("promise", call, date=self._in_days(2))
        self.assertRecordValues(
            promise,
            [
                {
                    "answer": "The signatory was away",
                    "answered_by_id": self.officer.id,
                    "is_answer_due": False,
                }
            ],
        )
        self.assertFalse(self._call().answer_ids)
        asked = self.dossier.action_ids.filtered(
            lambda action: action.note == "The signatory was away"
        )
        self.assertEqual(asked.line_ids.amount, 600000)

    def test_unanswered_call_asks_nothing(self):
        """Ensure that no answer, and a wrong number, need no reason."""
        promise = self._break_promise(self.old)
        self._run()
        self._log("wrong_number", wrong_partner_id=self.guarantor.id)
        self._log("no_answer")
        self.assertTrue(promise.is_answer_due)

    def test_who_may_call(self):
        """Ensure that an accountant, a courier and a foreign officer log no call."""
        for user in (self.accountant, self.courier):
            with self.assertRaises(AccessError):
                self._call(user=user)
        call = self._call()
        with self.assertRaises(AccessError):
            call.with_user(self.officer_2).action_log()
        self.company.recouvrement_own_dossiers_only = True
        self.env.registry.clear_cache()
        with self.assertRaises(AccessError):
            self._call(user=self.officer_2)

    def test_attempts_setting(self):
        """Ensure that a call is attempted at least once."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.company.recouvrement_call_attempts = 0
            self.company.flush_recordset()
