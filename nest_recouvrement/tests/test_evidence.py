from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW
from .test_commitment_life import CommitmentCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEvidence(CommitmentCommon):
    """Officers act on dossiers; what happened is written by what they do."""

    def assertRefused(self, sentence, write, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            write()

    # === PROMISES === #

    def test_end_of_a_promise_is_not_written(self):
        """Ensure that no officer says that a promise is kept, or what was paid."""
        promise = self._promise(self.invoice).with_user(self.officer)
        for vals in (
            {"state": "kept"},
            {"state": "cancelled"},
            {"date_ended": "2026-03-01"},
            {"paid_amount": 1000},
            {"is_answer_due": False},
        ):
            with self.subTest(**vals):
                self.assertRefused("is evidence", lambda vals=vals: promise.write(vals))
        for vals in ({"paid_amount": 1000}, {"matched_before": 900}):
            with self.subTest(**vals):
                self.assertRefused(
                    "is evidence", lambda vals=vals: promise.line_ids.write(vals)
                )
        self.assertRefused(
            "is evidence",
            lambda: promise.create(
                {
                    "dossier_id": self.dossier.id,
                    "date": "2026-03-01",
                    "state": "kept",
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": self._items(self.other).id,
                                "amount": 500,
                            }
                        )
                    ],
                }
            ),
        )

    def test_ended_promise_stays_as_it_was_said(self):
        """Ensure that neither the day nor the invoices of a broken promise change."""
        promise = self._promise(self.invoice, date=0).with_user(self.officer)
        self._evaluate(23)
        self.assertEqual(promise.state, "broken")
        for write in (
            lambda: promise.write({"date": "2026-04-30"}),
            lambda: promise.write({"means": "cash"}),
            lambda: promise.line_ids.write({"amount": 1}),
            lambda: promise.line_ids.unlink(),
            lambda: promise.line_ids.create(
                {
                    "commitment_id": promise.id,
                    "move_line_id": self._items(self.other).id,
                    "amount": 500,
                }
            ),
        ):
            self.assertRefused("is evidence", write)

    def test_promise_for_a_far_day(self):
        """Ensure that a promise pauses the claim for 120 days at most, a setting."""
        self.company.recouvrement_promise_days = 30
        today = self.company._recouvrement_today()
        self._promise(self.invoice, amount=100, date=today + timedelta(days=30))
        late = today + timedelta(days=31)
        self.assertRefused(
            "or by instalments",
            lambda: self._promise(self.invoice, amount=100, date=late),
            ValidationError,
        )
        self.company.recouvrement_promise_days = 0
        self._promise(self.invoice, amount=100, date=today + timedelta(days=3000))

    def test_proofs_are_not_rewritten(self):
        """Ensure that the document of a done action keeps its content."""
        document = self.env["ir.attachment"].create(
            {"name": "Transfer order", "raw": b"said on 18 March"}
        )
        action = self.env["recouvrement.action"]._log_done(
            self.dossier,
            "payment",
            "Transfer announced",
            document_ids=[Command.set(document.ids)],
        )
        document.sudo().write({"res_model": action._name, "res_id": action.id})
        own = document.with_user(self.officer)
        self.assertEqual(own.raw, b"said on 18 March")
        self.assertRefused("is a proof of", lambda: own.write({"raw": b"never said"}))
        self.assertRefused("is a proof of", own.unlink)
        own.write({"description": "Read again on 20 March"})

    def test_errand_in_the_past(self):
        """Ensure that no courier is sent out yesterday."""
        errands = self.env["recouvrement.pickup"].with_user(self.officer)
        yesterday = self.company._recouvrement_today() - timedelta(days=1)
        self.assertRefused(
            "choose a day from today on",
            lambda: errands.create(
                {
                    "dossier_id": self.dossier.id,
                    "date": yesterday,
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": self._items(self.invoice).id,
                                "amount": 100,
                            }
                        )
                    ],
                }
            ),
            ValidationError,
        )

    def test_copy_has_nothing_paid(self):
        """Ensure that a copied promise starts with nothing paid."""
        self.env["recouvrement.commitment.line"].flush_model()
        promise = self._promise(self.invoice, amount=400)
        self._pay(self.invoice, 400)
        self._dossier(self.guarantor)
        self.assertRecordValues(promise, [{"state": "kept", "paid_amount": 400}])
        copy = promise.with_user(self.officer).copy()
        self.assertRecordValues(copy, [{"state": "open", "paid_amount": 0}])
        self.assertEqual(copy.line_ids.matched_before, 400)

    def test_amount_without_an_invoice(self):
        """Ensure that no promise, dispute or errand names an amount on nothing."""
        line = [Command.create({"amount": 100})]
        for model, values in (
            ("recouvrement.commitment", {"date": self.today}),
            ("recouvrement.dispute", {"name": "Not covered"}),
            ("recouvrement.pickup", {"kind": "collect"}),
        ):
            with self.subTest(model=model):
                self.assertRefused(
                    "Choose the invoice",
                    lambda model=model, values=values: (
                        self.env[model]
                        .with_user(self.officer)
                        .create(
                            {
                                "dossier_id": self.dossier.id,
                                "line_ids": line,
                                **values,
                            }
                        )
                    ),
                    ValidationError,
                )

    def test_courier_s_words_are_not_rewritten(self):
        """Ensure that an officer rewrites neither what a courier noted, nor amounts."""
        errand = (
            self.env["recouvrement.pickup"]
            .with_user(self.officer)
            .create(
                {
                    "dossier_id": self.dossier.id,
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": self._items(self.invoice).id,
                                "amount": 1000,
                            }
                        )
                    ],
                }
            )
        )
        for vals in (
            {"amount": 1},
            {"difference_reason": "Agreed"},
            {"outcome_note": "Nobody there"},
            {"suspension_id": False},
        ):
            with self.subTest(**vals):
                self.assertRefused(
                    "cannot be written by hand", lambda vals=vals: errand.write(vals)
                )

    # === JOURNAL === #

    def test_journal_is_not_written_by_hand(self):
        """Ensure that a done step is neither opened again nor typed in."""
        actions = self.env["recouvrement.action"].with_user(self.officer)
        done = actions._log_done(self.dossier, "email", "Reminder", outcome="reached")
        done = done.sudo(False)
        self.assertEqual(done.env.user, self.officer)
        for vals in (
            {"state": "todo"},
            {"done_user_id": self.officer_2.id},
            {"outcome": "promise"},
            {"document_ids": [Command.clear()]},
        ):
            with self.subTest(**vals):
                self.assertRefused(
                    "not written by hand", lambda vals=vals: done.write(vals)
                )
        step = self.dossier.next_step_id
        self.assertTrue(step)
        for vals in (
            {"channel": "email", "name": "Reminder", "state": "done"},
            {"channel": step.channel, "step_id": step.id, "cycle": 1},
        ):
            with self.subTest(**vals):
                self.assertRefused(
                    "not written by hand",
                    lambda vals=vals: actions.create(
                        {"dossier_id": self.dossier.id, **vals}
                    ),
                )

    def test_step_is_not_done_by_writing_its_state(self):
        """Ensure that a step to do is left to its buttons."""
        step = (
            self.env["recouvrement.action"]
            .sudo()
            .create({"dossier_id": self.dossier.id, "channel": "phone", "name": "Call"})
        ).with_user(self.officer)
        self.assertRefused("not written by hand", lambda: step.write({"state": "done"}))
        self.assertRefused(
            "not written by hand", lambda: step.write({"state": "skipped"})
        )

    # === MONEY THAT CAME BACK, OR CHANGED === #

    def test_rejected_before_the_promise_is_made_up_for(self):
        """Ensure that what came back from the bank does not eat up what follows."""
        earlier = self._pay(self.invoice, 400)
        promise = self._promise(self.invoice, amount=600)
        earlier._reject_unpaid(self.today, "No funds")
        self.assertRecordValues(promise, [{"state": "open", "paid_amount": 0}])
        self._pay(self.invoice, 600)
        self._dossier(self.guarantor)
        self.assertRecordValues(promise, [{"state": "kept", "paid_amount": 600}])

    def test_exchange_difference_belongs_to_its_payment(self):
        """Ensure that a promise paid in its currency is kept, whatever the rate."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        for day, value in (("2026-01-01", 656), ("2026-03-10", 600)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": euro.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": 1 / value,
                }
            )
        invoice = self._invoice(self.guarantor, 100, due=-40, currency_id=euro.id)
        promise = self._promise(invoice)
        self.assertEqual(promise.amount, 65600)
        self._pay(invoice, 100, currency_id=euro.id)
        self._dossier(self.guarantor)
        self.assertRecordValues(
            promise, [{"state": "kept", "amount": 65600, "paid_amount": 65600}]
        )
        self.assertFalse(self._journal("Promise reduced"))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitMeeting(CommitmentCommon):
    """The meeting of a visit belongs to those who make it (design, section 6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls.env["recouvrement.visit"].create(
            {
                "dossier_id": cls.dossier.id,
                "reason": "Owes 1 500",
                "start": "2026-03-20 09:00:00",
                "user_id": cls.manager.id,
            }
        )
        cls.visit.action_approve()
        cls.visit.action_schedule()
        cls.event = cls.visit.event_id
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_claim_is_not_in_the_calendar_of_all(self):
        """Ensure that a courier does not read in a meeting what is claimed."""
        self.assertRecordValues(
            self.event.with_user(self.courier), [{"name": "Busy", "description": False}]
        )
        self.env.invalidate_all()
        event = self.event.with_user(self.manager)
        self.assertIn("Owes 1 500", event.description)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_meeting_is_not_moved_by_others(self):
        """Ensure that neither couriers nor officers move a visit by its meeting."""
        for user in (self.courier, self.officer):
            event = self.event.with_user(user)
            with self.assertRaises(AccessError):
                event.write(
                    {"start": "2026-03-25 09:00:00", "stop": "2026-03-25 10:00:00"}
                )
            with self.assertRaises(AccessError):
                event.unlink()
        self.assertEqual(str(self.visit.start), "2026-03-20 09:00:00")
        self.event.with_user(self.manager).write(
            {"start": "2026-03-25 09:00:00", "stop": "2026-03-25 10:00:00"}
        )
        self.assertEqual(str(self.visit.start), "2026-03-25 09:00:00")

    def test_paid_without_an_invoice_is_no_refusal(self):
        """Ensure that money not matched yet is no reason to suspend."""
        self.visit.write({"outcome": "refusal", "report": "<p>No.</p>"})
        self.visit.action_hold()
        with freeze_time("2026-03-20 10:00:00"):
            self._receive(self.guarantor, 1200, date="2026-03-20")
        with freeze_time("2026-04-20 10:00:00"):
            self.env["recouvrement.visit"]._cron_follow_up()
        self.assertEqual(self.dossier.claimable_amount, 300)
        self.assertEqual(self.visit.aftermath, "partly_paid")
        self.assertFalse(self.dossier.suspension_ids)
