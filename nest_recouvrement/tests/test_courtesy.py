from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, RecouvrementCommon

TITLE = "Courtesy message before the due date"


class CourtesyCommon(RecouvrementCommon):
    """One small guarantor, with nothing overdue, and the weekly follow-up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "recouvrement_no_pdf": True})
        cls.guarantor = cls._create_guarantor()
        cls.template = cls.env.ref("nest_recouvrement.mail_template_courtesy")

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.action_execute()
        return run

    def _courtesies(self, guarantor=None):
        dossier = self._search_dossiers(guarantor or self.guarantor)
        return dossier.action_ids.filtered("is_courtesy").sorted("id")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCourtesy(CourtesyCommon):
    """What falls due is announced once, to whom owes nothing overdue (sources/1, 3)."""

    def test_step_3_announces_what_falls_due(self):
        """Ensure that items due within a week are announced, and these exactly."""
        today = self._invoice(self.guarantor, 300, due=0)
        week = self._invoice(self.guarantor, 500, due=7)
        self._invoice(self.guarantor, 900, due=8)
        run = self._run()
        courtesy = self._courtesies()
        self.assertRecordValues(
            courtesy,
            [
                {
                    "title": TITLE,
                    "channel": "email",
                    "state": "done",
                    "delivery_state": "outgoing",
                    "amount": 800,
                    "run_id": run.id,
                    "step_id": False,
                }
            ],
        )
        self.assertRecordValues(
            courtesy.line_ids,
            [
                {"name": today.name, "amount": 300, "residual_amount": 300},
                {"name": week.name, "amount": 500, "residual_amount": 500},
            ],
        )
        self.assertEqual((run.action_count, run.mail_count), (1, 1))
        mail = courtesy._get_queued_mails()
        self.assertIn("falling due shortly", mail.subject)
        self.assertIn("800", mail.body_html)

    def test_statement_lists_exactly_these_items(self):
        """Ensure that the statement attached lists what is announced, and credits."""
        self._invoice(self.guarantor, 300, due=2)
        self._invoice(self.guarantor, 900, due=30)
        self._receive(self.guarantor, 100)
        self._run()
        dossier = self._search_dossiers(self.guarantor)
        values = dossier._get_statement_values("courtesy")[dossier]
        self.assertEqual([item["residual"] for item in values["items"]], [300])
        self.assertEqual([item["residual"] for item in values["credits"]], [100])
        self.assertEqual(values["balance"], 200)
        self.assertEqual(self._courtesies().amount, 200)
        self.assertEqual([amount for _label, amount in values["buckets"]], [300])

    def test_statement_is_attached(self):
        """Ensure that the message leaves with its statement, as a PDF."""
        self._invoice(self.guarantor, 300, due=2)
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.with_context(recouvrement_no_pdf=False).action_execute()
        attachment = self._courtesies().attachment_ids
        self.assertRecordValues(attachment, [{"mimetype": "application/pdf"}])
        self.assertIn("falling due", attachment.name)

    def test_never_twice_for_the_same_item(self):
        """Ensure that each item is announced once, and a new one by itself."""
        self._invoice(self.guarantor, 300, due=5)
        self._run()
        self.assertEqual(self._run().action_count, 0)
        self._invoice(self.guarantor, 200, due=6)
        with freeze_time("2026-03-20 10:00:00"):
            self._run()
        self.assertEqual(self._courtesies().mapped("amount"), [300, 200])
        dossier = self._search_dossiers(self.guarantor)
        values = dossier._get_statement_values("courtesy")[dossier]
        self.assertEqual([item["residual"] for item in values["items"]], [200])

    def test_database_refuses_the_same_item(self):
        """Ensure that nothing can announce an item a second time."""
        self._invoice(self.guarantor, 300, due=5)
        self._run()
        known = self.env["recouvrement.courtesy"].sudo().search([])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "recouvrement_courtesy_item_uniq"),
            self.cr.savepoint(),
        ):
            known.copy()

    def test_killed_run_announces_the_rest(self):
        """Ensure that after a lost process nobody is written to twice, or forgotten."""
        others = self.env["res.partner"]
        for rank in range(3):
            other = self._create_guarantor(name=f"Fund {rank}")
            self._invoice(other, 100, due=3)
            others += other
        lost = self.env["recouvrement.run"].create({"company_id": self.company.id})
        lost._start()
        next(lost._execute_batches(batch_size=1))
        self.assertEqual(len(self._courtesies(others)), 1)
        self.assertEqual(self._run().action_count, 2)
        self.assertEqual(self._courtesies(others).partner_id, others)
        self.assertEqual(len(self._courtesies(others)), 3)

    def test_only_without_overdue(self):
        """Ensure that whoever owes something overdue gets reminders only."""
        self._invoice(self.guarantor, 300, due=-1)
        self._invoice(self.guarantor, 500, due=3)
        self._run()
        self.assertFalse(self._courtesies())

    def test_not_on_hold_nor_archived(self):
        """Ensure that nothing is announced on hold, nor to whom is not followed."""
        self._invoice(self.guarantor, 500, due=3)
        dossier = self._dossier(self.guarantor)
        dossier.write({"hold_until": self._in_days(1), "hold_reason": "Merger"})
        self._run()
        self.assertFalse(self._courtesies())
        dossier.action_resume()
        self.guarantor.is_guarantor = False
        self._run()
        self.assertFalse(self._courtesies())
        self.guarantor.is_guarantor = True
        self._run()
        self.assertEqual(self._courtesies().amount, 500)

    def test_credits_cover_it(self):
        """Ensure that nothing is announced that credits already cover."""
        self._invoice(self.guarantor, 500, due=3)
        self._receive(self.guarantor, 500)
        self._run()
        self.assertFalse(self._courtesies())

    def test_disputed_promised_and_excluded_items(self):
        """Ensure that what is contested, promised or excluded is not announced."""
        self._dispute(self._invoice(self.guarantor, 100, due=3))
        self._promise(self._invoice(self.guarantor, 200, due=3))
        self._entry(self.guarantor, 400, due=3)
        self._invoice(self.guarantor, 800, due=3)
        self._run()
        self.assertEqual(self._courtesies().amount, 800)

    def test_days_of_the_company(self):
        """Ensure that the company says how long before the due date."""
        self.company.recouvrement_courtesy_days = 15
        self._invoice(self.guarantor, 500, due=15)
        self._run()
        self.assertEqual(self._courtesies().amount, 500)

    def test_no_address_fails_alone(self):
        """Ensure that without an address it fails with its reason, and alone."""
        other = self._create_guarantor(name="Fund", email=False)
        for partner in self.guarantor + other:
            self._invoice(partner, 500, due=3)
        run = self._run()
        self.assertEqual(self._courtesies().state, "done")
        self.assertEqual(self._courtesies(other).state, "failed")
        self.assertEqual(run.failure_count, 1)
        self.assertIn(TITLE, self._courtesies(other).activity_ids.summary)
        other.email = "found@example.com"
        self._courtesies(other).with_user(self.officer).action_retry()
        self.assertRecordValues(
            self._courtesies(other), [{"state": "done", "amount": 500}]
        )

    def test_unexpected_error_fails_alone(self):
        """Ensure that whatever breaks for one dossier, the others are written to."""
        other = self._create_guarantor(name="Fund")
        for partner in self.guarantor + other:
            self._invoice(partner, 500, due=3)
        actions = type(self.env["recouvrement.action"])
        write = actions._write_courtesy_evidence

        def break_one(records, items):
            if other in records.partner_id:
                raise ValueError("Broken")
            return write(records, items)

        logger = "odoo.addons.nest_recouvrement.models.recouvrement_run_execution"
        with (
            patch.object(actions, "_write_courtesy_evidence", break_one),
            mute_logger(logger),
        ):
            self._run()
        self.assertEqual(self._courtesies().state, "done")
        self.assertRecordValues(
            self._courtesies(other),
            [{"state": "failed", "failure_reason": "Broken", "step_id": False}],
        )

    def test_constant_queries_per_batch(self):
        """Ensure that thirty messages take the statements of ten."""
        self._invoice(self.guarantor, 500, due=3)
        self._run()

        def count(quantity):
            guarantors = self.env["res.partner"]
            for rank in range(quantity):
                guarantor = self._create_guarantor(name=f"Fund {quantity} {rank}")
                self._invoice(guarantor, 500, due=3)
                guarantors += guarantor
            dossiers = self._refresh(guarantors)
            run = self.env["recouvrement.run"].create({"company_id": self.company.id})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            actions = run.sudo()._process_batch(dossiers.sudo(), "_perform_courtesy")
            self.env.flush_all()
            self.assertEqual(set(actions.mapped("state")), {"done"})
            self.assertEqual(len(actions), quantity)
            return self.cr.sql_log_count - before

        few, many = count(10), count(30)
        self.assertLessEqual(many, few + 2)

    def test_preview_shows_it(self):
        """Ensure that the preview of the run shows whom it would write to."""
        self._invoice(self.guarantor, 500, due=3)
        (row,) = self.env["recouvrement.run"]._preview(self.company)
        self.assertEqual((row["title"], row["amount"]), (TITLE, 500))
        self.assertIn("ipm.teranga@example.com", row["recipients"])
        self.assertFalse(self.env["recouvrement.courtesy"].search([]))

    # === SUGGESTED === #

    def _suggest(self):
        self._invoice(self.guarantor, 500, due=3)
        self._dossier(self.guarantor).category_id = self.category_large
        self._run()
        return self._courtesies()

    def test_large_guarantor_is_suggested(self):
        """Ensure that for a large guarantor the officer decides."""
        courtesy = self._suggest()
        officer = courtesy.dossier_id.user_id
        self.assertRecordValues(
            courtesy,
            [{"state": "proposed", "user_id": officer.id, "mail_message_id": False}],
        )
        self.assertEqual(courtesy.activity_ids.user_id, officer)
        self.assertIn(TITLE, courtesy.activity_ids.summary)
        self.assertIn("500", courtesy.activity_ids.note)
        self.assertEqual(self._run().action_count, 0)
        courtesy.with_user(self.officer).action_execute()
        self.assertEqual(courtesy.state, "done")
        self.assertTrue(courtesy.mail_message_id)
        self.assertFalse(courtesy.activity_ids)

    def test_suggested_is_skipped_for_good(self):
        """Ensure that what the officer skips is not suggested again."""
        courtesy = self._suggest()
        self.env["recouvrement.action.decide"].with_user(self.officer).create(
            {"action_id": courtesy.id, "decision": "skip", "reason": "Met yesterday"}
        ).action_confirm()
        self.assertRecordValues(
            courtesy, [{"state": "skipped", "note": "Met yesterday"}]
        )
        self.assertEqual(self._run().action_count, 0)

    def test_suggested_then_paid_is_withdrawn(self):
        """Ensure that a suggestion goes as soon as the invoice is paid."""
        courtesy = self._suggest()
        self._pay(courtesy.line_ids.move_id)
        courtesy.dossier_id._refresh_stale()
        self.assertEqual(courtesy.state, "skipped")
        self.assertIn("Nothing is left to announce", courtesy.note)
        self.assertFalse(courtesy.activity_ids)

    def test_suggested_then_overdue_is_withdrawn(self):
        """Ensure that a suggestion goes when the reminders take over."""
        courtesy = self._suggest()
        with freeze_time("2026-03-23 05:00:00"):
            courtesy.dossier_id._refresh()
        self.assertEqual(courtesy.state, "skipped")
        self.assertIn("reminders take over", courtesy.note)

    def test_category_without_courtesy(self):
        """Ensure that a category may do without."""
        self.category_small.courtesy_mode = "none"
        self._invoice(self.guarantor, 500, due=3)
        self._run()
        self.assertFalse(self._courtesies())

    # === LEAVING === #

    def _leave(self, courtesy):
        """Let the queue check the message as it leaves."""
        courtesy_sudo = courtesy.sudo()
        return courtesy_sudo._check_before_leaving(courtesy_sudo._get_queued_mails())

    def test_paid_meanwhile_does_not_leave(self):
        """Ensure that nothing is announced that was paid while in the queue."""
        invoice = self._invoice(self.guarantor, 500, due=3)
        self._run()
        courtesy = self._courtesies()
        mail = courtesy._get_queued_mails()
        self._pay(invoice)
        self.assertFalse(self._leave(courtesy))
        self.assertEqual(mail.state, "cancel")
        self.assertRecordValues(
            courtesy, [{"state": "skipped", "delivery_state": "cancelled"}]
        )

    def test_partly_paid_meanwhile_leaves_corrected(self):
        """Ensure that it leaves with what is left to pay."""
        invoice = self._invoice(self.guarantor, 500, due=3)
        self._run()
        courtesy = self._courtesies()
        mail = courtesy._get_queued_mails()
        self._pay(invoice, amount=123)
        self.assertTrue(self._leave(courtesy))
        self.assertEqual(courtesy.amount, 377)
        self.assertIn("377", mail.body_html)
        self.assertRecordValues(courtesy.line_ids, [{"amount": 377}])

    def test_unchanged_leaves_as_it_is(self):
        """Ensure that nothing is written again when nothing changed."""
        self._invoice(self.guarantor, 500, due=3)
        self._run()
        courtesy = self._courtesies()
        body = courtesy._get_queued_mails().body_html
        self.assertTrue(self._leave(courtesy))
        self.assertEqual(courtesy._get_queued_mails().body_html, body)

    def test_held_meanwhile_is_announced_later(self):
        """Ensure that what a hold stopped is announced when it ends in time."""
        self._invoice(self.guarantor, 500, due=6)
        self._run()
        courtesy = self._courtesies()
        courtesy.dossier_id.write({"hold_until": self.today, "hold_reason": "Audit"})
        self.assertFalse(self._leave(courtesy))
        self.assertIn("Audit", courtesy.note)
        with freeze_time("2026-03-19 10:00:00"):
            self._run()
        self.assertEqual(self._courtesies().mapped("state"), ["skipped", "done"])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCourtesyOccasion(CourtesyCommon):
    """The greeting of an occasion opens the message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["recouvrement.occasion"].search([]).active = False
        cls.occasion = cls.env["recouvrement.occasion"].create(
            {
                "name": "Feast",
                "kind": "movable",
                "days_before": 2,
                "days_after": 1,
                "subject": "Happy feast",
                "greeting": "<p>We wish you a happy feast.</p>",
                "date_ids": [Command.create({"date": cls._in_days(2)})],
            }
        )
        cls._invoice(cls.guarantor, 500, due=3)

    def _mail(self):
        self._run()
        return self._courtesies()._get_queued_mails()

    def test_confirmed_date_greets(self):
        """Ensure that the greeting opens the message while the occasion is on."""
        self.occasion.date_ids.action_confirm()
        mail = self._mail()
        self.assertEqual(
            mail.subject,
            f"Happy feast - {self.company.name}: your invoices falling due shortly",
        )
        self.assertIn("We wish you a happy feast.", mail.body_html)
        self.assertEqual(self._courtesies().occasion_id, self.occasion)

    def test_unconfirmed_date_does_not(self):
        """Ensure that nobody is greeted for an estimated date."""
        mail = self._mail()
        self.assertNotIn("happy feast", mail.body_html)
        self.assertNotIn("Happy feast", mail.subject)

    def test_other_days_are_not_greeted(self):
        """Ensure that nobody is greeted before or after the days of the occasion."""
        self.occasion.date_ids.write({"confirmed": True, "date": self._in_days(3)})
        self.assertNotIn("happy feast", self._mail().body_html)

    def test_language_of_the_guarantor(self):
        """Ensure that the greeting is in the language of whoever receives it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.guarantor.lang = "fr_FR"
        self.occasion.with_context(lang="fr_FR").subject = "Bonne fête"
        self.occasion.update_field_translations(
            "greeting",
            {
                "fr_FR": {
                    "We wish you a happy feast.": "Nous vous souhaitons une bonne fête."
                }
            },
        )
        self.occasion.date_ids.action_confirm()
        mail = self._mail()
        self.assertIn("Bonne fête", mail.subject)
        self.assertIn("Nous vous souhaitons une bonne fête.", mail.body_html)
