from datetime import datetime, time, timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentPolicy(PaymentCommon):
    """What a company asks of payments that do not name their invoices."""

    def test_required(self):
        """Ensure that a payment with neither invoices nor a reason is not posted."""
        self.company.recouvrement_payment_invoices = "required"
        payment = self._name(amount=500, post=False)
        with self.assertRaisesRegex(
            ValidationError, "500.* of this payment of IPM Teranga name no invoice"
        ):
            payment.action_post()
        self.assertEqual(payment.state, "draft")
        payment.recouvrement_unallocated_reason = "   "
        with self.assertRaisesRegex(ValidationError, "name no invoice"):
            payment.action_post()
        payment.recouvrement_unallocated_reason = "List of invoices on Friday"
        payment.action_post()
        self.assertEqual(payment.state, "in_process")
        self.assertFalse(payment.activity_ids)
        self.assertIn("List of invoices on Friday", self._journal()[0].note)

    def test_required_and_named(self):
        """Ensure that names are enough."""
        self.company.recouvrement_payment_invoices = "required"
        self._name({self.old: 500})
        self.assertResiduals(500, 2000, 3000)

    def test_required_and_partly_named(self):
        """Ensure that the rest of a payment is named, or explained, as well."""
        self.company.recouvrement_payment_invoices = "required"
        payment = self._name({self.old: 500}, amount=800, post=False)
        with self.assertRaisesRegex(
            ValidationError, "300.* of this payment of IPM Teranga name no invoice"
        ):
            payment.action_post()
        payment.recouvrement_unallocated_reason = "Paid twice"
        payment.action_post()
        self.assertResiduals(500, 2000, 3000)

    def test_required_only_of_guarantors(self):
        """Ensure that patients and other customers pay as before."""
        self.company.recouvrement_payment_invoices = "required"
        patient = self._create_guarantor(
            name="Patient", is_guarantor=False, is_company=False
        )
        payment = self._name(amount=500, partner=patient)
        self.assertEqual(
            (payment.recouvrement_policy, payment.state), ("off", "in_process")
        )

    def _ask(self, days=1):
        """Let the scheduler ask ``days`` days later."""
        with freeze_time(datetime.combine(self.today + timedelta(days=days), time(3))):
            self.env.flush_all()
            self.payments._ask_to_name()

    def test_warning(self):
        """Ensure that the accountant is asked the next day, once, until it is done."""
        self.company.recouvrement_payment_invoices = "warning"
        payment = self._name(amount=500)
        named = self._name({self.old: 100})
        self._ask(0)
        self.assertFalse(payment.activity_ids)
        self._ask()
        self._ask(2)
        self.assertRecordValues(
            payment.activity_ids,
            [
                {
                    "activity_type_id": self.env.ref(
                        "nest_recouvrement.mail_activity_type_name_invoices"
                    ).id,
                    "user_id": self.accountant.id,
                }
            ],
        )
        self.assertFalse(named.activity_ids)
        self._reconcile(payment.move_id, self.young)
        self._ask(3)
        self.assertFalse(payment.activity_ids)

    def test_a_reason_is_enough(self):
        """Ensure that the accountant is not asked again for what is explained."""
        payment = self._name(amount=500, recouvrement_unallocated_reason="Advance")
        self._ask()
        self.assertFalse(payment.activity_ids)

    def test_matched_by_hand_is_recorded(self):
        """Ensure that the scheduler names what was matched by hand, in the journal."""
        payment = self._name(amount=1500)
        self._reconcile(payment.move_id, self.young)
        self.assertFalse(self._journal())
        for _time in range(2):
            with self.enter_registry_test_mode():
                self.env.ref(
                    "nest_recouvrement.ir_cron_name_payments"
                ).method_direct_trigger()
        self.assertRecordValues(
            payment.recouvrement_line_ids,
            [{"name": self.young.name, "amount": 1500, "settled_amount": 1500}],
        )
        self.assertEqual(self._journal().mapped("amount"), [1500])

    def test_history_is_no_news(self):
        """Ensure that old payments, loaded matched, do not fill the journal today."""
        self._pay(self.young, amount=1500, date=-90)
        with self.enter_registry_test_mode():
            self.env.ref(
                "nest_recouvrement.ir_cron_name_payments"
            ).method_direct_trigger()
        self.assertFalse(self._journal())

    def test_off(self):
        """Ensure that nothing is asked where the company does not ask."""
        self.company.recouvrement_payment_invoices = "off"
        payment = self._name(amount=500)
        self._ask()
        self.assertFalse(payment.activity_ids)

    def test_posted_by_writing_the_state(self):
        """Ensure that a program obeys the same rule, on writing and on creating."""
        self.company.recouvrement_payment_invoices = "required"
        payment = self._name(amount=500, post=False)
        with self.assertRaisesRegex(ValidationError, "name no invoice"):
            payment.write({"state": "paid"})
        with self.assertRaises(ValidationError):
            self.payments.create(
                self._prepare_payment(
                    amount=500, state="in_process", outstanding_account_id=False
                )
            )

    def test_import(self):
        """Ensure that an imported payment obeys the same rule when it is posted."""
        self.company.recouvrement_payment_invoices = "required"
        result = self.payments.load(
            [
                "id",
                "payment_type",
                "partner_type",
                "partner_id/.id",
                "amount",
                "date",
                "journal_id/.id",
                "recouvrement_line_ids/move_line_id/.id",
                "recouvrement_line_ids/amount",
            ],
            [
                [
                    "__import__.named",
                    "inbound",
                    "customer",
                    str(self.guarantor.id),
                    "700",
                    "2026-03-18",
                    str(self.bank_journal.id),
                    str(self._items(self.young).id),
                    "700",
                ],
                [
                    "__import__.unnamed",
                    "inbound",
                    "customer",
                    str(self.guarantor.id),
                    "800",
                    "2026-03-18",
                    str(self.bank_journal.id),
                    "",
                    "",
                ],
            ],
        )
        self.assertFalse(result["messages"])
        named, unnamed = self.payments.browse(result["ids"])
        named.action_post()
        self.assertResiduals(1000, 2000, 2300)
        with self.assertRaisesRegex(ValidationError, "name no invoice"):
            unnamed.action_post()

    # === REGISTERED ON INVOICES === #

    def _register(self, invoices, **values):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"group_payment": True, "payment_date": self.today, **values})
        )
        return wizard._create_payments()

    def test_register_payment_names_its_invoices(self):
        """Ensure that Odoo's own wizard passes, and records what it settled."""
        self.company.recouvrement_payment_invoices = "required"
        payment = self._register(self.old + self.middle, amount=2500)
        self.assertResiduals(0, 500, 3000)
        self.assertEqual(
            {
                line.name: (line.amount, line.settled_amount)
                for line in payment.recouvrement_line_ids
            },
            {self.old.name: (1000, 1000), self.middle.name: (1500, 1500)},
        )
        self.assertEqual(len(self._journal()), 1)
        self.assertEqual(self._journal().amount, 2500)

    def test_register_one_payment_per_invoice(self):
        """Ensure that several payments each record their invoice."""
        self.company.recouvrement_payment_invoices = "required"
        payments = self._register(self.old + self.middle, group_payment=False)
        self.assertEqual(len(payments), 2)
        self.assertEqual(
            payments.recouvrement_line_ids.sorted("amount").mapped("amount"),
            [1000, 2000],
        )

    # === WITHOUT A JOURNAL ENTRY === #

    def _without_entry(self, amounts):
        """Create a draft payment that Odoo would post without a journal entry."""
        payment = self._name(amounts, post=False)
        payment.outstanding_account_id = False
        return payment

    def test_entry_is_made_where_nothing_else_books_it(self):
        """Ensure that named invoices are settled in the ledger, not on screen only."""
        payment = self._without_entry({self.middle: 1500})
        payment.action_post()
        self.assertTrue(payment.move_id)
        self.assertResiduals(1000, 500, 3000)

    def _post_without_entry(self, amounts):
        payment = self._without_entry(amounts)
        self.patch(type(payment), "_is_entry_needed", lambda payment: False)
        payment.action_post()
        self.assertFalse(payment.move_id)
        return payment

    def _bank_transaction(self, amount, book=True):
        transaction = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": self.today,
                "payment_ref": "VIR IPM TERANGA",
                "partner_id": self.guarantor.id,
                "amount": amount,
            }
        )
        if book:
            self._book(transaction)
        return transaction

    def _book(self, transaction):
        """Book the counterpart of a transaction by hand, as the accountant does."""
        _liquidity, suspense, _other = transaction._seek_for_lines()
        transaction.move_id.with_context(skip_readonly_check=True).write(
            {
                "line_ids": [
                    Command.update(
                        suspense.id, {"account_id": self.receivable_account.id}
                    )
                ]
            }
        )

    def test_bank_transaction_settles_what_the_payment_names(self):
        """Ensure that a payment without an entry settles its names with the bank's."""
        payment = self._post_without_entry({self.young: 1200, self.old: 300})
        self.assertResiduals(1000, 2000, 3000)
        transaction = self._bank_transaction(1500)
        self.assertResiduals(700, 2000, 1800)
        self.assertEqual(payment.recouvrement_statement_line_id, transaction)
        self.assertTrue(transaction.is_reconciled)
        self.assertEqual(
            sorted(payment.recouvrement_line_ids.mapped("settled_amount")), [300, 1200]
        )

    def test_bank_transaction_came_first(self):
        """Ensure that names are settled with a transaction that is booked already."""
        transaction = self._bank_transaction(1500)
        payment = self._post_without_entry({self.young: 1500})
        self.assertResiduals(1000, 2000, 3000)
        payment.action_settle_named()
        self.assertResiduals(1000, 2000, 1500)
        self.assertEqual(payment.recouvrement_statement_line_id, transaction)

    def test_no_bank_transaction_yet(self):
        """Ensure that the accountant is told what is missing."""
        payment = self._post_without_entry({self.young: 1500})
        with self.assertRaisesRegex(ValidationError, "no journal entry"):
            payment.action_settle_named()

    def test_two_bank_transactions(self):
        """Ensure that nobody guesses between two transactions of one amount."""
        self._bank_transaction(1500)
        self._bank_transaction(1500)
        payment = self._post_without_entry({self.young: 1500})
        with self.assertRaisesRegex(ValidationError, "2 transactions"):
            payment.action_settle_named()

    def test_bank_transaction_by_hand(self):
        """Ensure that transactions matched by hand work as they did."""
        transaction = self._bank_transaction(1500)
        credit = self._items(transaction.move_id)
        self.middle.js_assign_outstanding_line(credit.id)
        self.assertResiduals(1000, 500, 3000)

    def test_payment_through_the_bank_account(self):
        """Ensure that names are settled where payments go straight to the bank."""
        method = self.bank_journal.inbound_payment_method_line_ids[0]
        method.payment_account_id = self.bank_journal.default_account_id
        payment = self._name({self.young: 1200})
        self.assertEqual(payment.state, "paid")
        self.assertResiduals(1000, 2000, 1800)


@tagged("post_install", "-at_install")
class TestPaymentSenegal(PaymentCommon):
    """The same on the chart of Senegal: outstanding receipts are on its accounts."""

    chart_template = "sn"

    def test_settles_exactly_what_is_named(self):
        """Ensure that partial amounts are settled on 411100."""
        payment = self._name({self.middle: 1500, self.young: 500})
        self.assertEqual(payment.destination_account_id.code, "411100")
        self.assertTrue(payment.outstanding_account_id)
        self.assertResiduals(1000, 500, 2500)

    def test_without_outstanding_account(self):
        """Ensure that a method without an account still books what is named."""
        payment = self._name({self.young: 700}, post=False)
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertTrue(payment.move_id)
        self.assertResiduals(1000, 2000, 2300)

    def test_rejected(self):
        """Ensure that a returned cheque leaves the debt on 411100, not on 4131."""
        payment = self._name({self.young: 700})
        payment._reject_unpaid(self.today, "Insufficient funds")
        self.assertResiduals(1000, 2000, 3000)
        self.assertEqual(payment.state, "rejected")
        self.assertEqual(
            self._items(payment.move_id.reversal_move_ids).account_id.code, "411100"
        )
