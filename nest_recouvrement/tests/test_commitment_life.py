from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


class CommitmentCommon(RecouvrementCommon):
    """A guarantor with two invoices of 1 000 and 500."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-20)
        cls.other = cls._invoice(cls.guarantor, 500, due=-10)
        cls.dossier = cls._dossier(cls.guarantor)

    def _evaluate(self, day):
        with freeze_time(f"2026-03-{day} 06:00:00"):
            self.env["recouvrement.commitment"]._cron_evaluate()

    def _journal(self, text):
        """Return the lines of the journal whose name holds ``text``."""
        return self.dossier.action_ids.filtered(
            lambda action: text in (action.name or "")
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCommitmentLedger(CommitmentCommon):
    """Promises follow the ledger: payments keep them, credit notes do not."""

    def test_kept_the_same_day(self):
        """Ensure that a payment keeps its promise as soon as it is matched."""
        promise = self._promise(self.invoice)
        self._pay(self.invoice)
        # What the cron, or any screen, does with what changed.
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "kept", "date_ended": self.today}])
        self.assertRecordValues(
            self._journal("Promise kept"),
            [{"channel": "promise", "amount": 1000, "done_user_id": False}],
        )

    def test_screen_of_promises_is_fresh(self):
        """Ensure that the list of promises shows what was paid a minute ago."""
        promise = self._promise(self.invoice)
        self._pay(self.invoice)
        shown = self.env["recouvrement.commitment"].web_search_read(
            [("id", "=", promise.id)], {"state": {}}
        )
        self.assertEqual(shown["records"][0]["state"], "kept")

    def test_credit_note_keeps_nothing(self):
        """Ensure that a promise whose invoice is credited is cancelled, not kept."""
        promise = self._promise(self.invoice)
        self._credit_note(self.guarantor, 1000, invoices=self.invoice)
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "cancelled", "paid_amount": 0}])
        self.assertIn(self.invoice.name, promise.cancel_reason)
        told = self.dossier.activity_ids
        self.assertEqual(told.user_id, self.officer)
        self.assertIn(self.invoice.name, told.note)
        self.assertTrue(self._journal("Promise cancelled"))
        self.assertEqual(self.dossier.promise_kept_rate, 0)

    def test_credited_in_part(self):
        """Ensure that a promise is reduced to what is still owed, then kept by it."""
        promise = self._promise(self.invoice)
        self._credit_note(self.guarantor, 300, invoices=self.invoice)
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "open", "amount": 700}])
        self.assertEqual(self._journal("Promise reduced").amount, 700)
        self._pay(self.invoice)
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "kept", "paid_amount": 700}])

    def test_credited_after_a_part_was_paid(self):
        """Ensure that what was paid keeps what is left of the promise."""
        promise = self._promise(self.invoice)
        self._pay(self.invoice, amount=400)
        self._credit_note(self.guarantor, 600, invoices=self.invoice)
        self.dossiers._refresh_stale()
        self.assertRecordValues(
            promise, [{"state": "kept", "amount": 400, "paid_amount": 400}]
        )

    def test_credit_note_and_two_promises(self):
        """Ensure that two promises never cover more than what is left."""
        first = self._promise(self.invoice, amount=600, date=date(2026, 3, 20))
        second = self._promise(self.invoice, amount=400, date=date(2026, 3, 27))
        self._pay(self.invoice, amount=200)
        self._credit_note(self.guarantor, 500, invoices=self.invoice)
        self.dossiers._refresh_stale()
        # 300 are left: the first promise expects 400 more, the second nothing.
        self.assertRecordValues(
            first + second,
            [
                {"state": "open", "amount": 500, "paid_amount": 200},
                {"state": "cancelled", "amount": 400, "paid_amount": 0},
            ],
        )
        self.assertEqual(self.dossier.promised_amount, 300)

    def test_one_of_two_invoices_credited(self):
        """Ensure that the other invoice of the promise is still expected."""
        promise = self._promise(self.invoice + self.other)
        self._credit_note(self.guarantor, 1000, invoices=self.invoice)
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "open", "amount": 500}])
        self.assertEqual(promise.line_ids.move_line_id, self._items(self.other))

    def test_doubtful_debt_keeps_nothing(self):
        """Ensure that a transfer to doubtful debts is no payment."""
        doubtful = self.receivable_account.copy({"code": "416100"})
        promise = self._promise(self.invoice)
        entry = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "date": self.today,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.guarantor.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self.receivable_account, -1000),
                        (doubtful, 1000),
                    )
                ],
            }
        )
        entry.action_post()
        credit = entry.line_ids.filtered(lambda line: line.balance < 0)
        (credit + self._items(self.invoice)).reconcile()
        self.dossiers._refresh_stale()
        self.assertEqual(promise.state, "cancelled")

    def test_invoice_left_in_draft(self):
        """Ensure that the daily evaluation gives up an invoice still in draft."""
        promise = self._promise(self.invoice)
        self.invoice.button_draft()
        self.dossiers._refresh_stale()
        self.assertEqual(promise.state, "open")
        self.env["recouvrement.commitment"]._cron_evaluate()
        self.assertEqual(promise.state, "cancelled")
        self.assertIn("put back to draft", promise.cancel_reason)
        self.assertIn(
            "Promise cancelled with its invoice",
            self.dossier.activity_ids.mapped("summary"),
        )

    def test_invoice_corrected_the_same_day(self):
        """Ensure that a promise survives a correction: reset, fix, confirm again."""
        promise = self._promise(self.invoice)
        self.invoice.button_draft()
        self.dossiers._refresh_stale()
        self.invoice.invoice_date_due = self._in_days(-5)
        self.invoice.action_post()
        self.dossiers._refresh_stale()
        self.env["recouvrement.commitment"]._cron_evaluate()
        self.assertRecordValues(promise, [{"state": "open", "amount": 1000}])
        self.assertEqual(promise.line_ids.move_line_id, self._items(self.invoice))
        self._pay(self.invoice)
        self.dossiers._refresh_stale()
        self.assertEqual(promise.state, "kept")

    def test_invoice_whose_item_is_made_anew(self):
        """Ensure that a promise follows its invoice to another journal item."""
        halves = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        invoice = self._invoice(
            self.guarantor, 1000, due=-10, invoice_payment_term_id=halves.id
        )
        items = self._items(invoice)
        self.assertEqual(len(items), 2)
        promises = self.env["recouvrement.commitment"].union(
            *(self._create_promise(item) for item in items)
        )
        invoice.button_draft()
        invoice.invoice_payment_term_id = False
        self.dossiers._refresh_stale()
        # One of the two items is no more.
        self.assertEqual(len(promises.line_ids.move_line_id), 1)
        invoice.action_post()
        self.dossiers._refresh_stale()
        self.assertEqual(promises.mapped("state"), ["open", "open"])
        self.assertEqual(promises.line_ids.move_line_id, self._items(invoice))

    def test_invoice_corrected_to_less(self):
        """Ensure that a promise is reduced to what the corrected invoice owes."""
        promise = self._promise(self.invoice)
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 700
        self.invoice.action_post()
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "open", "amount": 700}])

    def test_no_promise_is_broken_during_a_correction(self):
        """Ensure that a promise whose day passes is not broken by a draft invoice."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        self.invoice.button_draft()
        with freeze_time("2026-03-25 00:30:00"):
            self.dossier._refresh()
            self.assertEqual(promise.state, "open")

    def test_draft_cancelled_or_deleted(self):
        """Ensure that a promise is released as soon as the draft is given up."""
        for give_up in ("button_cancel", "unlink"):
            invoice = self._invoice(self.guarantor, 100, due=-10)
            promise = self._promise(invoice)
            invoice.button_draft()
            self.dossiers._refresh_stale()
            self.assertEqual(promise.state, "open")
            getattr(invoice.with_context(force_delete=True), give_up)()
            self.dossiers._refresh_stale()
            self.assertEqual(promise.state, "cancelled")

    def test_invoice_cancelled(self):
        """Ensure that a promise is not broken for an invoice that is gone."""
        promise = self._promise(self.invoice + self.other)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._evaluate(31)
        self.assertRecordValues(promise, [{"state": "broken", "amount": 500}])
        self.assertEqual(promise.line_ids.move_line_id, self._items(self.other))

    def test_invoice_cancelled_long_before(self):
        """Ensure that the evaluation after the date finds the invoice gone as well."""
        promise = self._promise(self.invoice)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._evaluate(31)
        self.assertEqual(promise.state, "cancelled")

    def test_paid_too_late_is_not_released(self):
        """Ensure that a late payment leaves a promise broken, not cancelled."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        with freeze_time("2026-03-25 10:00:00"):
            self._pay(self.invoice, date=date(2026, 3, 25))
            self.env["recouvrement.commitment"]._cron_evaluate()
        self.assertRecordValues(promise, [{"state": "broken", "amount": 1000}])

    def test_broken_lifts_the_pause(self):
        """Ensure that what was promised is claimed again once it is broken."""
        self._promise(self.invoice + self.other, date=date(2026, 3, 20))
        self.assertEqual(self.dossier.claimable_amount, 0)
        self._evaluate(23)
        self.assertEqual(self.dossier.claimable_amount, 1500)
        broken = self._journal("Promise broken")
        self.assertEqual(broken.line_ids.mapped("amount"), [1000, 500])

    def test_partly_kept_in_the_journal(self):
        """Ensure that the journal says what is missing of a promise."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        self._pay(self.invoice, amount=400)
        self._evaluate(23)
        self.assertEqual(promise.state, "partly_kept")
        self.assertTrue(promise.is_answer_due)
        self.assertEqual(self._journal("partly kept").amount, 600)

    def test_rest_can_be_promised_again(self):
        """Ensure that after a partial payment only the rest can be promised."""
        self._promise(self.invoice, amount=600)
        self._pay(self.invoice, amount=200)
        self.dossiers._refresh_stale()
        with (
            self.assertRaisesRegex(ValidationError, "at most"),
            self.env.cr.savepoint(),
        ):
            self._promise(self.invoice, amount=401)
        self._promise(self.invoice, amount=400)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCommitmentLife(CommitmentCommon):
    """Promises are answered for, cancelled and made again, with reasons."""

    def _wizard(self, promise, mode, **values):
        return (
            self.env["recouvrement.commitment.cancel"]
            .with_user(self.officer)
            .create({"commitment_id": promise.id, "mode": mode, **values})
        )

    def test_cancelled_by_the_officer(self):
        """Ensure that a promise is cancelled with a reason, which the journal keeps."""
        promise = self._promise(self.invoice)
        with self.assertRaisesRegex(ValidationError, "Write why"):
            self._wizard(promise, "cancel", reason=" ")
        self._wizard(promise, "cancel", reason="Typed twice").action_confirm()
        self.assertEqual(promise.state, "cancelled")
        self.assertRecordValues(
            self._journal("Promise cancelled"),
            [{"note": "Typed twice", "done_user_id": self.officer.id}],
        )
        with self.assertRaisesRegex(UserError, "only an open promise"):
            promise.action_ask_cancel()

    def test_cancelled_with_its_errand(self):
        """Ensure that the courier does not go for a cheque that is called off."""
        promise = self._promise(self.invoice, means="cheque")
        errand = promise.pickup_ids
        self._wizard(promise, "cancel", reason="No cheque").action_confirm()
        self.assertRecordValues(
            errand, [{"state": "cancelled", "cancel_reason": "No cheque"}]
        )
        self.assertEqual(self._journal("Errand cancelled").note, "No cheque")

    def test_cheque_sends_the_courier(self):
        """Ensure that a promise by cheque makes its errand, however it was entered."""
        cashier = self.env["res.partner"].create(
            {"name": "Cashier", "parent_id": self.dossier.partner_id.id}
        )
        promise = self._promise(
            self.invoice,
            600,
            means="cheque",
            pickup_contact_id=cashier.id,
            pickup_hour_from=9,
            pickup_hour_to=12,
            pickup_instructions="Second floor",
        )
        self.assertRecordValues(
            promise.pickup_ids,
            [
                {
                    "amount": 600,
                    "contact_id": cashier.id,
                    "date": promise.date,
                    "hour_from": 9,
                    "hour_to": 12,
                    "instructions": "Second floor",
                    "state": "to_collect",
                }
            ],
        )
        self.assertTrue(self._journal("Courier asked to collect a cheque"))
        promise.write({"date": self._in_days(5), "means": "cheque"})
        self.assertRecordValues(promise.pickup_ids, [{"date": self._in_days(5)}])

    def test_means_becomes_a_cheque(self):
        """Ensure that the courier goes, or not, as the means is changed, and once."""
        promise = self._promise(self.invoice, means="transfer")
        self.assertFalse(promise.pickup_ids)
        promise.means = "cheque"
        first = promise.pickup_ids
        self.assertEqual(first.state, "to_collect")
        promise.means = "cash"
        self.assertRecordValues(
            first,
            [{"state": "cancelled", "cancel_reason": "They pay otherwise: cash"}],
        )
        promise.means = "cheque"
        self.assertEqual(
            promise.pickup_ids.sorted("id").mapped("state"), ["cancelled", "to_collect"]
        )

    def test_cheque_that_is_fetched_already(self):
        """Ensure that a promise takes over the errand for the same invoices."""
        errand = self.env["recouvrement.pickup"].create(
            {
                "dossier_id": self.dossier.id,
                "line_ids": [
                    Command.create(
                        {"move_line_id": self._items(self.invoice).id, "amount": 1000}
                    )
                ],
            }
        )
        promise = self._promise(self.invoice, means="cheque")
        self.assertEqual(promise.pickup_ids, errand)

    def test_replaced(self):
        """Ensure that a promise made again takes over what is not paid yet."""
        promise = self._promise(self.invoice + self.other, means="cheque")
        errand = promise.pickup_ids
        self._pay(self.invoice, amount=400)
        self.dossiers._refresh_stale()
        action = self._wizard(
            promise,
            "replace",
            date=self._in_days(9),
            means="cheque",
            reason="The signatory is away",
        ).action_confirm()
        again = promise.browse(action["res_id"])
        self.assertRecordValues(
            promise + again,
            [
                {"state": "cancelled", "amount": 1500, "date": self._in_days(2)},
                {"state": "open", "amount": 1100, "date": self._in_days(9)},
            ],
        )
        self.assertEqual(again.replaces_id, promise)
        self.assertRecordValues(
            errand,
            [{"amount": 1100, "commitment_id": again.id, "date": self._in_days(9)}],
        )
        self.assertEqual(self.dossier.promised_amount, 1100)

    def test_replaced_by_the_past(self):
        """Ensure that a refused replacement leaves the promise as it was."""
        promise = self._promise(self.invoice)
        for day, sentence in ((False, "Enter the day"), (-1, "today or later")):
            wizard = self._wizard(
                promise,
                "replace",
                date=day and self._in_days(day),
                reason="Away",
            )
            with (
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                wizard.action_confirm()
        self.assertEqual(promise.state, "open")

    def test_answer(self):
        """Ensure that only what was broken is answered for, once."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        with (
            self.assertRaisesRegex(ValidationError, "nothing to ask"),
            self.env.cr.savepoint(),
        ):
            promise.answer = "Away"
        self._evaluate(23)
        self.assertTrue(promise.is_answer_due)
        reason = self.env.ref("nest_recouvrement.recouvrement_commitment_reason_cash")
        promise.with_user(self.officer).answer_reason_id = reason
        self.assertRecordValues(
            promise, [{"is_answer_due": False, "answered_by_id": self.officer.id}]
        )
        self.assertEqual(self._journal("Asked about").note, reason.name)

    def test_line_alone(self):
        """Ensure that a line changed by itself is checked as its promise is."""
        promise = self._promise(self.invoice)
        for change in (
            {"amount": 1001},
            {
                "move_line_id": self._items(
                    self._invoice(self._create_guarantor(name="Other"), 1000)
                ).id
            },
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                promise.sudo().line_ids.write(change)

    def test_lines_are_evidence(self):
        """Ensure that nobody changes by hand what a promise names once it is made."""
        promise = self._promise(self.invoice).with_user(self.officer)
        line = {"move_line_id": self._items(self.other).id, "amount": 100}
        for change in (
            lambda: promise.line_ids.unlink(),
            lambda: promise.line_ids.write({"amount": 10}),
            lambda: promise.line_ids.write({"paid_amount": 1000}),
            lambda: promise.line_ids.create({"commitment_id": promise.id, **line}),
            lambda: promise.write({"line_ids": [Command.create(line)]}),
            lambda: promise.write({"is_draft": True}),
        ):
            with (
                self.assertRaisesRegex(UserError, "evidence of what was promised"),
                self.env.cr.savepoint(),
            ):
                change()
        self.assertRecordValues(promise, [{"amount": 1000, "is_draft": False}])

    def test_accountant_changes_nothing(self):
        """Ensure that who only reads promises cancels none."""
        promise = self._promise(self.invoice).with_user(self.accountant)
        promise.read(["amount"])
        with self.assertRaises(AccessError):
            promise.action_cancel()
        with self.assertRaises(AccessError):
            promise.write({"answer": "Away"})

    def test_kept_share_of_officers(self):
        """Ensure that the rate of an officer is kept promises by ended ones."""
        self._promise(self.invoice, amount=600, date=date(2026, 3, 20))
        self._promise(self.other, date=date(2026, 3, 20))
        self._promise(self.invoice, amount=400, date=date(2026, 3, 30))
        self._pay(self.other)
        self._evaluate(23)
        action = self.env.ref(
            "nest_recouvrement.recouvrement_commitment_action_analysis"
        )
        [(share, count)] = self.env["recouvrement.commitment"]._read_group(
            [("state", "in", ("kept", "partly_kept", "broken"))],
            [],
            ["kept_share:avg", "__count"],
        )
        self.assertIn("kept", action.domain)
        self.assertEqual((share, count), (0.5, 2))
        self.assertEqual(self.dossier.promise_kept_rate, 0.5)
