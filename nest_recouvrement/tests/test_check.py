from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, RecouvrementCommon

PENDING = "Accounting check asked: the reminder waits"
PASSED = "Accounting check: nothing received"


class CheckCommon(RecouvrementCommon):
    """One guarantor who owes 1 000 since yesterday, and ways to receive money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "recouvrement_no_pdf": True})
        cls.checks = cls.env["recouvrement.check"]
        cls.guarantor = cls._create_guarantor()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-10)
        cls.reminder = cls.env.ref(
            "nest_recouvrement.recouvrement_plan_step_weekly_reminder_1"
        )

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.action_execute()
        return run

    def _ask(self):
        """Execute the follow-up, and return the check that it asked for."""
        self._run()
        return self._dossier(self.guarantor).pending_check_id

    def _cron(self):
        cron = self.env.ref("nest_recouvrement.ir_cron_after_checks")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _reminders(self, guarantor=None):
        dossier = self._dossier(guarantor or self.guarantor)
        return dossier.action_ids.filtered(
            lambda action: action.step_id.channel == "email"
        )

    def _titles(self):
        """Return what the journal says about checks, the oldest first."""
        actions = self._dossier(self.guarantor).action_ids
        return (
            actions.filtered(lambda action: action.channel == "check")
            .sorted("id")
            .mapped("name")
        )

    def _bank_line(self, amount=400, **values):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": self._in_days(-2),
                "payment_ref": "Transfer",
                "amount": amount,
                **values,
            }
        )

    def _draft_payment(self, amount=400):
        return self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.guarantor.id,
                "amount": amount,
                "date": self._in_days(-1),
            }
        )

    def _match(self, check, user=None, **values):
        wizard = (
            self.env["recouvrement.check.match"]
            .with_user(user or self.accountant)
            .create({"check_id": check.id, **values})
        )
        wizard.action_confirm()
        return wizard


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCheckCandidates(CheckCommon):
    """What is looked for before the first reminder (sources/1, step 4)."""

    def assertFound(self, kind, amount, **record):
        """Execute the follow-up; check that it found this receipt, and waits."""
        check = self._ask()
        self.assertFalse(self._reminders())
        self.assertRecordValues(
            check.line_ids,
            [
                {
                    "kind": kind,
                    "amount": amount,
                    "is_open": True,
                    **{name: value.id for name, value in record.items()},
                }
            ],
        )
        self.assertEqual(check.amount, amount)

    def assertNotFound(self):
        """Execute the follow-up; check that the reminder left at once."""
        self.assertFalse(self._ask())
        self.assertEqual(self._reminders().state, "done")
        self.assertEqual(self._titles(), [PASSED])

    def test_pending_check_is_left_in_the_week(self):
        """Ensure that a check is left to be done until it has an answer."""
        self._receive(self.guarantor, 400)
        dossiers = self.env["recouvrement.dossier"]
        left = dossiers._get_check_left_domain()
        check = self._ask()
        self.assertIn(check.dossier_id, dossiers.search(left))
        check.with_user(self.accountant).action_nothing()
        self._cron()
        self.assertEqual(self._reminders().state, "done")
        self.assertNotIn(check.dossier_id, dossiers.search(left))

    def test_step_4_nothing_received(self):
        """Ensure that without any receipt the check is passed, logged, and no wait."""
        self.assertNotFound()
        dossier = self._dossier(self.guarantor)
        self.assertRecordValues(
            dossier.check_ids, [{"state": "passed", "cycle": 1, "date": self.today}]
        )
        passed = dossier.action_ids.filtered(lambda action: action.channel == "check")
        self.assertRecordValues(
            passed, [{"state": "done", "amount": 1000, "user_id": dossier.user_id.id}]
        )

    def test_step_4_unmatched_payment(self):
        """Ensure that a payment that is not matched holds the reminder back."""
        payment = self._receive(self.guarantor, 400)
        item = self._items(payment.move_id)
        self.assertFound("payment", 400, move_line_id=item)

    def test_step_4_unmatched_credit_note(self):
        """Ensure that a credit note that is not matched holds the reminder back."""
        credit_note = self._credit_note(self.guarantor, 150)
        self.assertFound("credit_note", 150, move_line_id=self._items(credit_note))

    def test_step_4_unmatched_entry(self):
        """Ensure that a credit of the general journal holds the reminder back."""
        entry = self._entry(self.guarantor, -90)
        self.assertFound("entry", 90, move_line_id=self._items(entry))

    def test_step_4_draft_payment(self):
        """Ensure that a payment that is not posted holds the reminder back."""
        self.assertFound("draft_payment", 400, payment_id=self._draft_payment())

    def test_step_4_payment_without_entry(self):
        """Ensure that a payment in process without an entry is found."""
        payment = self._draft_payment()
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertEqual(payment.state, "in_process")
        self.assertFound("draft_payment", 400, payment_id=payment)

    def test_step_4_bank_line_of_a_contact(self):
        """Ensure that a bank line of one of the guarantor's contacts is found."""
        contact = self.env["res.partner"].create(
            {"name": "Treasury", "parent_id": self.guarantor.id}
        )
        line = self._bank_line(partner_id=contact.id)
        self.assertFound("bank_line", 400, statement_line_id=line)

    def test_step_4_bank_line_that_names_it(self):
        """Ensure that a bank line whose text names the guarantor is found."""
        line = self._bank_line(payment_ref="VIR. IPM-TERANGA FACT. MARS")
        self._bank_line(payment_ref="VIR. IPM-TERANGAL")
        self.assertFound("named_line", 400, statement_line_id=line)

    def test_step_4_bank_line_by_partner_name(self):
        """Ensure that the payer's name of an imported line is read, accents apart."""
        self.guarantor.name = "Société Générale d'Afrique"
        line = self._bank_line(partner_name="SOCIETE GENERALE D AFRIQUE")
        self.assertFound("named_line", 400, statement_line_id=line)

    def test_step_4_bank_line_by_account_number(self):
        """Ensure that the number of the guarantor's bank account is recognised."""
        self.env["res.partner.bank"].create(
            {"partner_id": self.guarantor.id, "acc_number": "SN01 0015 2000 0485"}
        )
        line = self._bank_line(account_number="SN010015 20000485")
        self.assertFound("named_line", 400, statement_line_id=line)

    def test_what_is_no_receipt(self):
        """Ensure that others' money, expenses and matched payments are left alone."""
        other = self._create_guarantor(name="Mutuelle du Saloum")
        self._receive(other, 400)
        self._bank_line(amount=-400, partner_id=self.guarantor.id)
        self._bank_line(payment_ref="Cheque deposit")
        self._pay(self._invoice(self.guarantor, 300, due=-40))
        canceled = self._draft_payment()
        canceled.action_cancel()
        self.assertNotFound()

    def test_other_company_is_left_alone(self):
        """Ensure that money received by another company settles nothing here."""
        other = self.setup_other_company()["company"]
        self._receive(self.guarantor, 400, company=other)
        self.assertNotFound()

    def test_constant_queries_per_batch(self):
        """Ensure that 30 checks, asked or passed, take the statements of 10."""
        self._ask()

        def count(quantity, received):
            guarantors = self.env["res.partner"]
            for rank in range(quantity):
                guarantor = self._create_guarantor(name=f"Fund {quantity} {rank}")
                self._invoice(guarantor, 500)
                if received:
                    self._receive(guarantor, 100)
                guarantors += guarantor
            dossiers = self._refresh(guarantors).sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            waiting, _actions = self.checks.sudo()._open(dossiers)
            self.env.flush_all()
            self.assertEqual(len(waiting), quantity if received else 0)
            self.assertEqual(len(dossiers.check_ids), quantity)
            return self.cr.sql_log_count - before

        for received in (True, False):
            count(2, received)
            few = count(10, received)
            many = count(30, received)
            self.assertLessEqual(many, few + 2, received)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCheckAnswers(CheckCommon):
    """What comes of a check: who answers, what goes on, and when."""

    def test_pending_check_pauses_and_says_so(self):
        """Ensure that while the check is pending nothing is pressed for, visibly."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        dossier = check.dossier_id
        self.assertRecordValues(
            check,
            [
                {
                    "state": "pending",
                    "user_id": self.accountant.id,
                    "date_deadline": date(2026, 3, 20),
                    "cycle": 1,
                }
            ],
        )
        self.assertFalse(dossier.next_action_date)
        self.assertEqual(dossier.claimable_amount, 600)
        self.assertIn("Accounting check pending", dossier.next_step_explanation)
        self.assertIn("accountant", dossier.next_step_explanation)
        self.assertEqual(
            (dossier.todo_state, dossier.todo_label), ("held", "Accounting check")
        )
        self.assertEqual(
            self.dossiers.search([("pending_check_id", "!=", False)]), dossier
        )
        self.assertEqual(self._titles(), [PENDING])
        self.assertEqual(self._run().action_count, 0)

    def test_accountant_gets_an_activity_with_the_list(self):
        """Ensure that the accountant is asked, with each receipt found."""
        self._receive(self.guarantor, 400, memo="Transfer 77")
        self._credit_note(self.guarantor, 50)
        check = self._ask()
        activity = check.activity_ids
        self.assertRecordValues(
            activity,
            [{"user_id": self.accountant.id, "date_deadline": date(2026, 3, 20)}],
        )
        for line in check.line_ids:
            self.assertIn(line.name.split(",")[0], activity.note)
        self.assertIn("450", activity.summary)

    def test_preview_shows_the_check(self):
        """Ensure that the preview of the run tells which checks it would ask for."""
        self._receive(self.guarantor, 400)
        (row,) = self.env["recouvrement.run"]._preview(self.company)
        self.assertEqual((row["channel"], row["title"]), ("check", PENDING))
        self.assertFalse(self.checks.search([]))

    def test_nothing_for_this_guarantor(self):
        """Ensure that the reminder leaves the same day, once, after the answer."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        check.with_user(self.accountant).action_nothing()
        self.assertRecordValues(
            check, [{"state": "nothing", "answer_user_id": self.accountant.id}]
        )
        self.assertFalse(check.activity_ids)
        self.assertFalse(self._reminders())
        self._cron()
        self.assertEqual(self._reminders().amount, 600)
        self._cron()
        self.assertEqual(self._run().action_count, 0)
        self.assertEqual(len(self._reminders()), 1)
        self.assertEqual(
            self._titles(), [PENDING, "Accounting check: nothing for this guarantor"]
        )

    def test_answer_wakes_the_reminders_up(self):
        """Ensure that an answer triggers the reminders, without waiting for Monday."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        cron = self.env.ref("nest_recouvrement.ir_cron_after_checks")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        check.with_user(self.accountant).action_nothing()
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_settled_in_part(self):
        """Ensure that matching settles a part, and that the rest is reminded."""
        payment = self._receive(self.guarantor, 400)
        check = self._ask()
        self._match(check)
        self.assertEqual(self._items(self.invoice).amount_residual, 600)
        self.assertTrue(self._items(payment.move_id).reconciled)
        self.assertEqual(check.state, "settled")
        settled = check.dossier_id.action_ids.filtered(
            lambda action: action.name == "Accounting check: settled"
        )
        self.assertRecordValues(
            settled, [{"amount": 400, "done_user_id": self.accountant.id}]
        )
        self.assertRecordValues(
            settled.line_ids, [{"name": self.invoice.name, "amount": 400}]
        )
        self.assertIn(payment.name, settled.note)
        self._cron()
        self.assertEqual(self._reminders().amount, 600)

    def test_settled_in_full_ends_the_cycle(self):
        """Ensure that nothing is reminded once all is paid; a new cycle asks again."""
        self._receive(self.guarantor, 1000)
        check = self._ask()
        # Credits cover the whole claim: nothing is pressed for, nothing is asked.
        self.assertFalse(check)
        self._draft_payment(300)
        self._invoice(self.guarantor, 300, due=-5)
        check = self._ask()
        self.assertEqual(len(check.line_ids), 2)
        self._match(check)
        dossier = self._dossier(self.guarantor)
        self.assertEqual((dossier.overdue_amount, dossier.balance), (0, 0))
        self.assertFalse(dossier.cycle_start_date)
        self._cron()
        self.assertFalse(self._reminders())
        former_cycle = dossier.cycle
        self._invoice(self.guarantor, 200, due=-1)
        self._draft_payment(50)
        check = self._ask()
        self.assertEqual(check.cycle, former_cycle + 1)

    def test_draft_payment_is_posted_and_matched(self):
        """Ensure that matching a draft payment posts it first."""
        payment = self._draft_payment(400)
        check = self._ask()
        self._match(check)
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(self._items(self.invoice).amount_residual, 600)
        self.assertEqual(self._dossier(self.guarantor).unallocated_credit, 0)

    def test_draft_payment_names_the_invoices_that_are_chosen(self):
        """Ensure that settling from the check works where names are required."""
        self.company.recouvrement_payment_invoices = "required"
        payment = self._draft_payment(400)
        check = self._ask()
        self._match(check)
        self.assertEqual(self._items(self.invoice).amount_residual, 600)
        self.assertRecordValues(
            payment.recouvrement_line_ids,
            [{"name": self.invoice.name, "amount": 400, "settled_amount": 400}],
        )

    def test_payment_without_entry_is_booked_and_matched(self):
        """Ensure that matching a payment without an entry books it first."""
        payment = self._draft_payment(400)
        payment.outstanding_account_id = False
        payment.action_post()
        check = self._ask()
        self._match(check)
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(self._items(self.invoice).amount_residual, 600)

    def test_bank_line_is_booked_and_matched(self):
        """Ensure that matching a bank line books it on the guarantor's account."""
        line = self._bank_line(payment_ref="VIR. IPM TERANGA")
        check = self._ask()
        wizard = self.env["recouvrement.check.match"].create({"check_id": check.id})
        # What only names the guarantor is for the accountant to choose.
        self.assertFalse(wizard.receipt_ids)
        self._match(check, receipt_ids=[Command.set(check.line_ids.ids)])
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.partner_id, self.guarantor)
        self.assertEqual(self._items(self.invoice).amount_residual, 600)

    def test_chosen_invoices_only(self):
        """Ensure that only the invoices that the accountant chose are settled."""
        younger = self._invoice(self.guarantor, 700, due=-3)
        self._receive(self.guarantor, 400)
        check = self._ask()
        self._match(check, item_ids=[Command.set(self._items(younger).ids)])
        self.assertEqual(self._items(self.invoice).amount_residual, 1000)
        self.assertEqual(self._items(younger).amount_residual, 300)

    def test_matching_needs_a_choice(self):
        """Ensure that nothing is answered without a receipt and an invoice."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        with self.assertRaisesRegex(UserError, "at least one"), self.cr.savepoint():
            self._match(check, item_ids=[Command.clear()])
        self.assertEqual(check.state, "pending")

    def test_matched_in_accounting_closes_the_check(self):
        """Ensure that matching from another screen answers the check by itself."""
        payment = self._receive(self.guarantor, 400)
        check = self._ask()
        self._reconcile(payment.move_id, self.invoice)
        check.dossier_id._refresh_stale()
        self.assertEqual(check.state, "settled")
        self.assertFalse(check.activity_ids)
        self._cron()
        self.assertEqual(self._reminders().amount, 600)

    def test_paid_meanwhile_closes_the_check(self):
        """Ensure that full payment ends the check, and that nothing leaves."""
        self._draft_payment(400)
        check = self._ask()
        self._pay(self.invoice)
        check.dossier_id._refresh_stale()
        self.assertEqual(check.state, "settled")
        self._cron()
        self.assertFalse(self._reminders())

    # === TIME LIMIT === #

    def test_time_limit_in_working_days(self):
        """Ensure that Friday to Tuesday are two working days, and no more."""
        self._receive(self.guarantor, 400)
        with freeze_time("2026-03-20 10:00:00"):  # a Friday
            check = self._ask()
            self.assertEqual(check.date_deadline, date(2026, 3, 24))
        for day in (21, 22, 23, 24):
            with freeze_time(f"2026-03-{day} 05:30:00"):
                self._cron()
                self.assertEqual(check.state, "pending")
        with freeze_time("2026-03-25 05:30:00"):
            self._cron()
            self.assertEqual(check.state, "expired")
            self.assertFalse(check.activity_ids)
            self.assertEqual(self._reminders().amount, 600)
            self._cron()
            self.assertEqual(len(self._reminders()), 1)
        self.assertEqual(
            self._titles(), [PENDING, "Accounting check: time limit over, no answer"]
        )

    def test_no_reminder_on_a_weekend(self):
        """Ensure that a time limit that ends on Friday lets go on Monday."""
        self._receive(self.guarantor, 400)
        check = self._ask()  # Wednesday 18, hence Friday 20
        for day in (21, 22):
            with freeze_time(f"2026-03-{day} 05:30:00"):
                self._cron()
                self.assertEqual(check.state, "pending")
        with freeze_time("2026-03-23 05:30:00"):
            self._cron()
            self.assertEqual(self._reminders().amount, 600)

    def test_weekly_run_closes_the_time_limit(self):
        """Ensure that the weekly follow-up reminds when the time limit is over."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        with freeze_time("2026-03-23 05:00:00"):
            run = self._run()
        self.assertEqual(check.state, "expired")
        self.assertIn(self.reminder, run.action_ids.step_id)

    def test_no_time_to_wait(self):
        """Ensure that with a limit of zero the reminder waits for nothing."""
        self.company.recouvrement_check_days = 0
        self._receive(self.guarantor, 400)
        self.assertFalse(self._ask())
        self.assertEqual(self._reminders().amount, 600)
        self.assertEqual(
            self._titles(), ["Accounting check: receipts found, nothing waited for"]
        )

    # === ONCE PER CYCLE === #

    def test_once_per_cycle(self):
        """Ensure that money that comes after the first reminder asks for nothing."""
        self._ask()
        self._receive(self.guarantor, 100)
        dossier = self._dossier(self.guarantor)
        dossier.pending_action_id.action_done()
        with freeze_time("2026-03-23 05:00:00"):
            self._run()
        self.assertFalse(dossier.pending_check_id)
        self.assertEqual(dossier.check_ids.mapped("state"), ["passed"])
        self.assertEqual(len(self._reminders()), 2)

    def test_database_refuses_a_second_check(self):
        """Ensure that a cycle is checked once, whatever is run twice."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "recouvrement_check_cycle_uniq"),
            self.cr.savepoint(),
        ):
            check.sudo().copy()

    def test_failed_reminder_is_not_retried_by_the_checks(self):
        """Ensure that what failed after its check waits for the weekly follow-up."""
        self._receive(self.guarantor, 400)
        self.guarantor.email = False
        self._ask().action_nothing()
        self._cron()
        self.assertEqual(self._reminders().state, "failed")
        runs = self.env["recouvrement.run"].search_count([])
        with freeze_time("2026-03-19 05:30:00"):
            self._cron()
        self.assertEqual(self.env["recouvrement.run"].search_count([]), runs)

    # === WHO === #

    def test_officer_reads_and_does_not_answer(self):
        """Ensure that an officer sees the receipts, and answers nothing."""
        self._receive(self.guarantor, 400)
        check = self._ask().with_user(self.officer)
        self.assertEqual(check.line_ids.amount, 400)
        for answer in ("action_nothing", "action_settled", "action_match"):
            with self.subTest(answer=answer), self.assertRaises(AccessError):
                getattr(check, answer)()
        with self.assertRaises(AccessError):
            check.state = "nothing"

    def test_manager_answers_and_does_not_match(self):
        """Ensure that a manager who keeps no books answers, and matches nothing."""
        self._receive(self.guarantor, 400)
        check = self._ask().with_user(self.manager)
        with self.assertRaises(AccessError):
            self._match(check, user=self.manager)
        check.action_nothing()
        self.assertEqual(check.state, "nothing")

    def test_answered_once(self):
        """Ensure that an answered check refuses a second answer."""
        self._receive(self.guarantor, 400)
        check = self._ask()
        check.action_nothing()
        with self.assertRaisesRegex(UserError, "no answer any more"):
            check.action_settled()

    def test_interrupted_run_is_resumed(self):
        """Ensure that a lost run after checks is resumed by its own cron only."""
        self._receive(self.guarantor, 400)
        self._ask().action_nothing()
        run = self.env["recouvrement.run"].create(
            {"company_id": self.company.id, "kind": "checked"}
        )
        run._start()
        self.assertNotIn(run, run._get_pending_runs())
        self._cron()
        self.assertRecordValues(run, [{"state": "done", "action_count": 2}])
