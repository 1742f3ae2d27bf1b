from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestRegisterFromPromise(PaymentCommon):
    """A payment registered from a promise is prefilled, and keeps it."""

    def test_step_6_transfer_is_registered_in_one_click(self):
        """Ensure that an announced transfer settles exactly the promised invoices."""
        promise = self._promise(self.middle + self.young, amount=1500)
        action = promise.with_user(self.accountant).action_register_payment()
        payment = self._open_form(action, self.accountant)
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": 3000,
                    "partner_id": self.guarantor.id,
                    "journal_id": self.bank_journal.id,
                    "date": self.today,
                    "recouvrement_commitment_id": promise.id,
                }
            ],
        )
        payment.action_post()
        self.assertResiduals(1000, 500, 1500)
        self.assertRecordValues(promise, [{"state": "kept", "paid_amount": 3000}])

    def test_lower_amount_partly_keeps_the_promise(self):
        """Ensure that a lower amount pays the oldest of the promised invoices."""
        promise = self._promise(self.middle + self.young, amount=1500)
        action = promise.action_register_payment()
        with Form(self.payments.with_context(**action["context"])) as form:
            form.amount = 1600
        payment = form.record
        payment.action_post()
        self.assertResiduals(1000, 500, 2900)
        self.assertRecordValues(promise, [{"state": "open", "paid_amount": 1600}])
        with freeze_time("2026-03-24 10:00:00"):
            promise._cron_evaluate()
        self.assertEqual(promise.state, "partly_kept")

    def test_payment_entered_by_mistake(self):
        """Ensure that a promise is open again when its payment is taken back."""
        promise = self._promise(self.middle)
        payment = self._open_form(promise.action_register_payment())
        payment.action_post()
        self.assertEqual(promise.state, "kept")
        payment.action_draft()
        self.assertRecordValues(promise, [{"state": "open", "paid_amount": 0}])
        payment.action_post()
        self.assertEqual(promise.state, "kept")

    def test_what_is_paid_already_is_not_expected_again(self):
        """Ensure that the next payment of a promise is for what it still expects."""
        promise = self._promise(self.middle)
        self._pay(self.middle, amount=800)
        self._dossier(self.guarantor)
        action = promise.action_register_payment()
        payment = self._open_form(action)
        self.assertEqual(payment.amount, 1200)
        payment.action_post()
        self.assertResiduals(1000, 0, 3000)
        self.assertEqual(promise.state, "kept")

    def test_higher_amount_leaves_a_rest_to_name(self):
        """Ensure that what comes above the promise is named, or stays unallocated."""
        promise = self._promise(self.middle)
        payment = self._open_form(promise.action_register_payment(), amount=2600)
        self.assertEqual(payment.recouvrement_unnamed_amount, 600)
        payment.action_propose_oldest()
        payment.action_post()
        self.assertResiduals(400, 0, 3000)

    def test_cash_goes_to_the_cash_journal(self):
        """Ensure that the journal follows the means of the promise."""
        promise = self._promise(self.middle, means="cash")
        payment = self._open_form(promise.action_register_payment())
        self.assertEqual(payment.journal_id.type, "cash")

    def test_ended_promise(self):
        """Ensure that an ended promise is not registered again."""
        promise = self._promise(self.middle)
        self._open_form(promise.action_register_payment()).action_post()
        with self.assertRaisesRegex(UserError, "is ended"):
            promise.action_register_payment()

    def test_pending_draft_is_opened(self):
        """Ensure that a second click opens the draft of the first one."""
        promise = self._promise(self.middle)
        payment = self._open_form(promise.action_register_payment())
        self.assertEqual(promise.action_register_payment()["res_id"], payment.id)

    def test_officers_do_not_register(self):
        """Ensure that an officer has no right on payments."""
        promise = self._promise(self.middle)
        with self.assertRaises(AccessError):
            promise.with_user(self.officer).action_register_payment()

    def test_announced_transfers(self):
        """Ensure that the accountant's list shows open transfers, and these only."""
        transfer = self._promise(self.middle, means="transfer")
        self._promise(self.old, means="cheque")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nest_recouvrement.recouvrement_commitment_action_transfer"
        )
        promises = self.env["recouvrement.commitment"].with_user(self.accountant)
        domain = [("means", "=", "transfer"), ("state", "=", "open")]
        self.assertIn("transfer", action["domain"])
        self.assertEqual(promises.search(domain), transfer)

    def test_transfer_orders_open_from_the_list(self):
        """Ensure that the accountant's list opens the orders kept on the promise."""
        order = self.env["ir.attachment"].create({"name": "order.pdf", "raw": b"%PDF"})
        self.env["ir.attachment"].create(
            {
                "name": "other.pdf",
                "raw": b"%PDF",
                "res_id": self._promise(self.old, means="transfer").id,
                "res_model": "recouvrement.commitment",
            }
        )
        transfer = self._promise(self.middle, means="transfer")
        transfer.document_ids = order
        action = transfer.action_view_order_documents()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), order)


@tagged("post_install", "-at_install")
class TestRegisterFromErrand(PaymentCommon):
    """A cheque handed over becomes a payment; what the bank returns is owed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise = cls._promise(cls.middle, means="cheque")
        cls.errand = cls._errand({cls.middle: 2000}, commitment_id=cls.promise.id)

    def _register(self, **values):
        action = self.errand.with_user(self.accountant).action_register_payment()
        return self._open_form(action, self.accountant, **values)

    def test_step_6_cheque_is_registered(self):
        """Ensure that a cheque settles its invoices: errand paid, promise kept."""
        payment = self._register()
        self.assertEqual(self.errand.payment_id, payment)
        self.assertEqual(self.errand.state, "handed_over")
        payment.action_post()
        self.assertResiduals(1000, 0, 3000)
        self.assertEqual((self.errand.state, self.promise.state), ("paid", "kept"))

    def test_prefilled_with_the_cheque(self):
        """Ensure that the payment has the number, bank, amount and date collected."""
        self.errand.sudo().write(
            {
                "bank": "CBAO",
                "cheque_amount": 1800,
                "cheque_date": self._in_days(6),
                "cheque_number": "0012345",
            }
        )
        payment = self._register()
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": 1800,
                    "date": self._in_days(6),
                    "memo": "Cheque CBAO 0012345",
                    "payment_reference": "0012345",
                }
            ],
        )
        self.assertEqual(payment.recouvrement_line_ids.amount, 1800)

    def test_errand_form_of_the_accountant(self):
        """Ensure that accountants register and reject cheques from the errand."""
        pickups = self.env["recouvrement.pickup"]
        buttons = ("action_register_payment", "action_reject_cheque")
        view = self.env.ref("nest_recouvrement.recouvrement_pickup_view_form")
        arch = pickups.with_user(self.accountant).get_view(view.id)["arch"]
        for button in buttons:
            self.assertIn(button, arch)
        arch = pickups.with_user(self.officer).get_view(view.id)["arch"]
        for button in buttons:
            self.assertNotIn(button, arch)

    def test_only_what_is_handed_over(self):
        """Ensure that no payment exists before the accountant has the cheque."""
        self.errand.state = "collected"
        with self.assertRaisesRegex(UserError, "once the cheque is handed over"):
            self.errand.action_register_payment()

    def test_only_what_is_received(self):
        """Ensure that a cheque is not booked before its receipt is confirmed."""
        self.errand.received_on = False
        for button in ("action_register_payment", "action_reject_cheque"):
            with self.assertRaisesRegex(UserError, "confirm first"):
                getattr(self.errand, button)()

    def test_registered_once(self):
        """Ensure that one cheque is one payment."""
        payment = self._register()
        action = self.errand.action_register_payment()
        self.assertEqual(action["res_id"], payment.id)
        second = payment.copy({"recouvrement_pickup_id": self.errand.id})
        payment.action_post()
        with self.assertRaisesRegex(ValidationError, "is registered already"):
            second.action_post()

    def test_unmatched_by_hand(self):
        """Ensure that an errand is paid only as long as its payment is matched."""
        payment = self._register()
        payment.action_post()
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self.errand.state, "handed_over")
        payment.action_settle_named()
        self.assertEqual(self.errand.state, "paid")

    def test_cancelled_payment_makes_room(self):
        """Ensure that a payment entered by mistake may be replaced."""
        payment = self._register()
        payment.action_post()
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.errand.state, "handed_over")
        self.assertFalse(self.errand.payment_id)
        self._register().action_post()
        self.assertEqual(self.errand.state, "paid")

    def test_officers_and_couriers_do_not_register(self):
        """Ensure that only accountants register, and reject, cheques."""
        for user in (self.officer, self.courier):
            with self.assertRaises(AccessError):
                self.errand.with_user(user).action_register_payment()
            with self.assertRaises(AccessError):
                self.errand.with_user(user).action_reject_cheque()


@tagged("post_install", "-at_install")
class TestRejectedCheque(PaymentCommon):
    """The bank returns a cheque unpaid: what it settled is owed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise = cls._promise(cls.middle, means="cheque")
        cls.errand = cls._errand(
            {cls.middle: 2000, cls.young: 500}, commitment_id=cls.promise.id
        )
        cls.payment = cls._open_form(cls.errand.action_register_payment())
        cls.payment.action_post()

    def _reject(self, record=None, user=None, **values):
        record = (record or self.errand).with_user(user or self.accountant)
        action = record.action_reject_cheque()
        wizard = (
            self.env["recouvrement.payment.reject"]
            .with_user(user or self.accountant)
            .with_context(**action["context"])
            .create({"reason": "Insufficient funds", **values})
        )
        wizard.action_confirm()
        return wizard

    def test_everything_is_owed_again(self):
        """Ensure that invoices are open and overdue since their own due dates."""
        self.assertResiduals(1000, 0, 2500)
        self._reject(fees="5 000")
        self.assertResiduals(1000, 2000, 3000)
        self.assertEqual(self.payment.state, "rejected")
        self.assertEqual(self.errand.state, "rejected")
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=6000,
            unallocated_credit=0,
            balance=6000,
            promised_amount=0,
            bucket_1_30=5000,
            bucket_31_60=1000,
        )

    def test_journal_tells_causes_first(self):
        """Ensure that the journal reads: received, kept, rejected, broken.

        Although the clock goes on meanwhile, and whatever was written first.
        """
        with freeze_time(fields.Datetime.now(), auto_tick_seconds=0.1):
            self._reject()
        titles = [
            action.title.split(":")[0]
            for action in self._dossier(self.guarantor).action_ids[::-1]
        ]
        for cause, effect in (
            ("Payment received", "Promise kept"),
            ("Rejected by the bank", "Promise broken"),
        ):
            self.assertLess(titles.index(cause), titles.index(effect))

    def test_original_entry_is_kept_and_reversed(self):
        """Ensure that the books show the payment, and its reversal of today."""
        self._reject()
        reversal = self.payment.move_id.reversal_move_ids
        self.assertEqual(
            (self.payment.move_id.state, reversal.state, reversal.date),
            ("posted", "posted", self.today),
        )
        self.assertEqual(
            sorted(
                (line.account_id.id, line.balance, line.reconciled)
                for line in reversal.line_ids
            ),
            sorted(
                (line.account_id.id, -line.balance, True)
                for line in self.payment.move_id.line_ids
            ),
        )

    def test_bank_transaction_stays_matched(self):
        """Ensure that money that came and went is matched with both transactions."""
        outstanding = self.payment.move_id.line_ids.filtered("debit")
        deposit = self._entry_on(outstanding.account_id, -2500)
        (deposit + outstanding).reconcile()
        self._reject()
        self.assertTrue(outstanding.reconciled)
        taken_back = self.payment.move_id.reversal_move_ids.line_ids.filtered(
            lambda line: line.account_id == outstanding.account_id
        )
        self.assertEqual(taken_back.amount_residual, -2500)

    def _entry_on(self, account, balance):
        entry = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance}),
                    Command.create(
                        {"account_id": self.revenue_account.id, "balance": -balance}
                    ),
                ],
            }
        )
        entry.action_post()
        return entry.line_ids.filtered(lambda line: line.account_id == account)

    def test_promise_is_broken(self):
        """Ensure that the promise that the cheque kept is broken, and says so."""
        self.assertEqual(self.promise.state, "kept")
        self._reject()
        self.assertRecordValues(self.promise, [{"state": "broken", "paid_amount": 0}])
        self.assertIn(
            "Insufficient funds", "".join(self.promise.message_ids.mapped("body"))
        )

    def test_broken_promise_is_in_the_journal(self):
        """Ensure that the journal says that the promise is broken, for how much."""
        self._reject()
        (line,) = self._journal("promise").filtered(
            lambda action: action.title.startswith("Promise broken")
        )
        self.assertEqual(line.line_ids.mapped("amount"), [2000])

    def test_promise_that_others_cover_stays_kept(self):
        """Ensure that a promise that another payment covers is not broken."""
        self.payment.move_id.line_ids.remove_move_reconcile()
        self._name({self.middle: 2000})
        self._reject()
        self.assertRecordValues(self.promise, [{"state": "kept", "paid_amount": 2000}])

    def test_officer_is_told(self):
        """Ensure that the officer has an activity, and the journal the story."""
        dossier = self._search_dossiers(self.guarantor)
        dossier.user_id = self.officer
        self._reject(fees="5 000 charged")
        activity = dossier.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("nest_recouvrement.mail_activity_type_rejected_cheque")
        )
        self.assertEqual(activity.user_id, self.officer)
        row = self._journal()[0]
        self.assertRecordValues(
            row, [{"amount": 2500, "done_user_id": self.accountant.id}]
        )
        self.assertIn("5 000 charged", row.note)
        self.assertEqual(
            {line.name: line.amount for line in row.line_ids},
            {self.middle.name: 2000, self.young.name: 500},
        )

    def test_from_the_payment(self):
        """Ensure that a rejection recorded on the payment reaches the errand."""
        self._reject(self.payment)
        self.assertEqual(
            (self.payment.state, self.errand.state), ("rejected", "rejected")
        )

    def test_locked_period(self):
        """Ensure that the reversal goes to the first day that is not locked."""
        self.company.fiscalyear_lock_date = self.today
        self._reject()
        self.assertEqual(
            self.payment.move_id.reversal_move_ids.date,
            self.today + timedelta(days=1),
        )
        self.assertEqual(self.payment.move_id.date, self.today)
        self.assertResiduals(1000, 2000, 3000)

    def test_rejected_twice(self):
        """Ensure that a cheque is rejected once."""
        self._reject()
        with self.assertRaisesRegex(UserError, "handed over, or paid"):
            self.errand.action_reject_cheque()
        with self.assertRaisesRegex(ValidationError, "Only a posted payment"):
            self.payment.action_reject_cheque()
        with self.assertRaisesRegex(ValidationError, "register another payment"):
            self.payment.action_draft()

    def test_bad_dates(self):
        """Ensure that a rejection is neither in the future nor before the payment."""
        with self.assertRaisesRegex(ValidationError, "today or earlier"):
            self._reject(date=self._in_days(1))
        with self.assertRaisesRegex(ValidationError, "not rejected before"):
            self._reject(date=self._in_days(-1))
        with self.assertRaisesRegex(ValidationError, "Write why"):
            self._reject(reason=" ")

    def test_without_a_payment(self):
        """Ensure that a cheque returned before its payment exists is rejected too."""
        errand = self._errand({self.old: 1000}, name="C/2026/0002")
        self._reject(errand)
        self.assertEqual(errand.state, "rejected")
        self.assertIn("C/2026/0002", self._journal()[0].note)
        self.assertResiduals(1000, 0, 2500)

    def test_a_new_cheque_after_a_rejection(self):
        """Ensure that the reopened invoices may be paid by another cheque."""
        self._reject()
        errand = self._errand({self.middle: 2000}, name="C/2026/0003")
        self._open_form(errand.action_register_payment()).action_post()
        self.assertResiduals(1000, 0, 3000)
        self.assertEqual((errand.state, self.errand.state), ("paid", "rejected"))
