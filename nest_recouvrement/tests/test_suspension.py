from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW
from .common_courier import PHOTO
from .test_visit import VisitCommon


class SuspensionCommon(VisitCommon):
    """A visit held on Wednesday 18 March: payment is expected by the 25th."""

    @classmethod
    def _draft_after_visit(cls):
        visit = cls._hold(cls._schedule(cls._create_visit()), held_on=cls.today)
        with freeze_time("2026-03-26 03:00:00"):
            cls.env["recouvrement.visit"]._cron_follow_up()
        return visit.suspension_ids

    @classmethod
    def _draft_by_hand(cls):
        cls.dossier.with_user(cls.manager).action_prepare_suspension()
        return cls.dossier.suspension_id

    @classmethod
    def _notify(cls, suspension=None, **values):
        """Approve and notify; in force on 26 March by default."""
        suspension = suspension or cls._draft_by_hand()
        as_manager = suspension.with_user(cls.manager)
        as_manager.action_approve()
        cls.env["recouvrement.suspension.notify"].with_user(cls.manager).create(
            {"suspension_id": suspension.id, **values}
        ).action_confirm()
        return suspension

    @classmethod
    def _run_on(cls, day):
        with freeze_time(f"2026-{day} 03:30:00"):
            cls.env["recouvrement.suspension"]._cron_follow_up()

    @classmethod
    def _suspend(cls):
        suspension = cls._notify()
        cls._run_on("03-26")
        return suspension

    @classmethod
    def _decide(cls, suspension, kind, **values):
        wizard = cls.env["recouvrement.suspension.decide"].with_user(cls.manager)
        wizard.create(
            {"suspension_id": suspension.id, "kind": kind, "reason": "Agreed", **values}
        ).action_confirm()


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSuspension(SuspensionCommon):
    """From the visit without effect to the lifting (`sources/1`, step 8)."""

    def test_step_8_nothing_paid_after_the_visit(self):
        """Ensure that the notice is drafted once, when the days to pay are over."""
        visit = self._hold(self._schedule(self._create_visit()))
        visits = self.env["recouvrement.visit"]
        with freeze_time("2026-03-25 20:00:00"):
            visits._cron_follow_up()
        self.assertFalse(visit.suspension_ids)
        for _time in range(2):
            with freeze_time("2026-03-26 03:00:00"):
                visits._cron_follow_up()
        suspension = visit.suspension_ids
        self.assertRecordValues(
            suspension,
            [{"state": "draft", "amount": 600000, "user_id": self.manager.id}],
        )
        self.assertEqual(visit.aftermath, "suspension")
        self.assertEqual(suspension.line_ids.move_line_id, self._items(self.invoice))
        self.assertEqual(suspension.activity_ids.user_id, self.manager)

    def test_paid_after_the_visit(self):
        """Ensure that nobody who paid after the visit gets a notice."""
        visit = self._hold(self._schedule(self._create_visit()))
        with freeze_time("2026-03-24 10:00:00"):
            self._pay(self.invoice, date=date(2026, 3, 24))
        with freeze_time("2026-03-26 03:00:00"):
            self.env["recouvrement.visit"]._cron_follow_up()
        self.assertEqual(visit.aftermath, "paid")
        self.assertFalse(visit.suspension_ids)

    def test_partly_paid_after_the_visit(self):
        """Ensure that management decides when part was paid since the visit."""
        visit = self._hold(self._schedule(self._create_visit()))
        with freeze_time("2026-03-24 10:00:00"):
            self._pay(self.invoice, amount=100000, date=date(2026, 3, 24))
        with freeze_time("2026-03-26 03:00:00"):
            self.env["recouvrement.visit"]._cron_follow_up()
        self.assertEqual(visit.aftermath, "partly_paid")
        self.assertFalse(visit.suspension_ids)
        self.assertEqual(visit.activity_ids.user_id, self.manager)

    def test_promise_delays_the_notice(self):
        """Ensure that a promise made on the spot gets its time, then the notice."""
        visit = self._schedule(self._create_visit())
        self._promise(self.invoice, amount=600000, date=10, visit_id=visit.id)
        self._hold(visit, outcome="promise")
        for day, count in (("03-26", 0), ("03-30", 0), ("03-31", 1)):
            with freeze_time(f"2026-{day} 03:00:00"):
                self.env["recouvrement.visit"]._cron_follow_up()
            self.assertEqual(len(visit.suspension_ids), count, day)

    def test_plan_step_drafts_and_notice_closes_it(self):
        """Ensure that a step of the plan drafts the notice, and is done by it."""
        self.plan.step_ids[0].channel = "suspension"
        runs = self.env["recouvrement.run"]
        runs.create({"company_id": self.company.id}).action_execute()
        suspension = self.dossier.suspension_id
        action = suspension.action_id
        self.assertEqual((action.state, action.user_id), ("todo", self.manager))
        with self.assertRaisesRegex(UserError, "notice of"):
            action.with_user(self.manager).action_done()
        self._notify(suspension)
        self.assertEqual((suspension.state, action.state), ("notified", "done"))

    def test_approved_by_the_officer(self):
        """Ensure that an officer decides on no suspension, by button or by RPC."""
        suspension = self._draft_by_hand().with_user(self.officer)
        for decide in (
            suspension.action_approve,
            suspension.action_notify,
            suspension.action_lift,
            suspension.action_cancel,
        ):
            with self.assertRaisesRegex(AccessError, "Only management"):
                decide()
        with self.assertRaises(UserError):
            suspension.write({"state": "in_force"})
        with self.assertRaisesRegex(AccessError, "Only management"):
            self.dossier.with_user(self.officer).action_prepare_suspension()
        self.assertEqual(suspension.state, "draft")

    def test_decided_twice(self):
        """Ensure that a suspension is approved once and lifted once."""
        suspension = self._draft_by_hand().with_user(self.manager)
        suspension.action_approve()
        with self.assertRaisesRegex(UserError, "is approved"):
            suspension.action_approve()
        self._notify_approved(suspension)
        self._run_on("03-26")
        self._pay(self.invoice)
        suspension.action_lift()
        with self.assertRaisesRegex(UserError, "is lifted"):
            suspension.action_lift()

    def _notify_approved(self, suspension, **values):
        self.env["recouvrement.suspension.notify"].with_user(self.manager).create(
            {"suspension_id": suspension.id, **values}
        ).action_confirm()

    def test_notified_by_email(self):
        """Ensure that the notice leaves by e-mail, with its date and its proof."""
        suspension = self._notify()
        self.assertRecordValues(
            suspension,
            [
                {
                    "state": "notified",
                    "date_notified": self.today,
                    "date_effective": date(2026, 3, 26),
                    "recipients": '"IPM Teranga" <ipm.teranga@example.com>',
                }
            ],
        )
        mail = self.env["mail.mail"].search(
            [("model", "=", suspension._name), ("res_id", "=", suspension.id)]
        )
        self.assertEqual(mail.recipient_ids, self.guarantor)
        self.assertIn("25", mail.body_html)
        self.assertIn("SUS/", mail.subject)

    def test_notified_without_address(self):
        """Ensure that a notice nobody would receive is refused; the courier helps."""
        self.guarantor.email = False
        suspension = self._draft_by_hand().with_user(self.manager)
        suspension.action_approve()
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._notify_approved(suspension)
        with self.assertRaisesRegex(ValidationError, "number of the registered"):
            self._notify_approved(suspension, by_registered=True)
        self._notify_approved(suspension, by_courier=True, courier_id=self.courier.id)
        pickup = suspension.pickup_ids
        self.assertRecordValues(
            pickup,
            [
                {
                    "kind": "deliver",
                    "state": "to_deliver",
                    "user_id": self.courier.id,
                    "contact_id": self.guarantor.id,
                }
            ],
        )
        self._run_on("03-26")
        self.assertEqual(suspension.state, "notified")
        self.assertIn("without proof", suspension.activity_ids.summary.lower())
        with freeze_time("2026-03-27 10:00:00"):
            pickup.sudo()._deliver("Awa Diop", photo=PHOTO)
        self.assertEqual(suspension.delivered_on, date(2026, 3, 27))
        self._run_on("03-28")
        self.assertEqual(suspension.state, "in_force")

    def test_registered_letter_and_proof(self):
        """Ensure that the officer records by whom the letter was received."""
        suspension = self._notify(
            by_email=False, by_registered=True, registered_number="RR 123 SN"
        )
        self.assertEqual(suspension.registered_number, "RR 123 SN")
        proof = self.env["recouvrement.suspension.proof"].with_user(self.officer)
        with self.assertRaisesRegex(ValidationError, "between"):
            proof.create(
                {
                    "suspension_id": suspension.id,
                    "date": self._in_days(1),
                    "received_by": "x",
                }
            )
        proof.create(
            {"suspension_id": suspension.id, "received_by": "M. Sow, accountant"}
        ).action_confirm()
        self.assertRecordValues(
            suspension,
            [{"delivered_on": self.today, "received_by": "M. Sow, accountant"}],
        )

    def test_in_force_at_its_date(self):
        """Ensure that the suspension takes effect at its date, and not before."""
        suspension = self._notify()
        self._run_on("03-25")
        self.assertEqual(suspension.state, "notified")
        self._run_on("03-26")
        self.assertRecordValues(
            suspension,
            [{"state": "in_force", "in_force_since": date(2026, 3, 26)}],
        )
        self.assertEqual(suspension.activity_ids.user_id, self.manager)

    def test_paid_before_its_date(self):
        """Ensure that nobody who paid in time is suspended; the notice is withdrawn."""
        suspension = self._notify()
        self._pay(self.invoice)
        self._run_on("03-26")
        self.assertEqual(suspension.state, "notified")
        self.assertIn("lift", suspension.activity_ids.summary)
        suspension.with_user(self.manager).action_lift()
        self.assertEqual(suspension.state, "cancelled")

    def test_unmatched_payment_counts(self):
        """Ensure that money received, not matched yet, keeps the services granted."""
        suspension = self._notify()
        self._receive(self.guarantor, 600000)
        self._run_on("03-26")
        self.assertEqual(
            (suspension.state, suspension.remaining_amount), ("notified", 0)
        )

    def test_full_payment_proposes_lifting_at_once(self):
        """Ensure that management is asked to lift as soon as the claim is settled."""
        suspension = self._suspend()
        self._pay(self.invoice, amount=400000)
        self._refresh(self.dossier)
        self.assertRecordValues(
            suspension,
            [
                {
                    "remaining_amount": 200000,
                    "paid_amount": 400000,
                    "lift_proposed_on": False,
                }
            ],
        )
        payment = self._pay(self.invoice)
        self.dossiers._refresh_stale()
        self.assertEqual(suspension.lift_proposed_on, self.today)
        self.assertIn("lift", suspension.activity_ids[-1].summary)
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.dossiers._refresh_stale()
        self.assertFalse(suspension.lift_proposed_on)

    def test_lifted_with_one_click(self):
        """Ensure that a settled suspension is lifted at once, and journaled."""
        suspension = self._suspend()
        self._pay(self.invoice)
        suspension.with_user(self.manager).action_lift()
        self.assertRecordValues(
            suspension, [{"state": "lifted", "date_lifted": self.today}]
        )
        self.assertFalse(suspension.activity_ids)
        story = self.dossier.action_ids.filtered(
            lambda action: action.channel == "suspension"
        ).sorted("id")
        self.assertEqual(
            story.mapped("name"),
            [
                "Suspension notice drafted",
                "Suspension approved",
                "Suspension notice sent",
                "Suspension in force",
                "Suspension lifted",
            ],
        )
        self.assertEqual(set(story.mapped("amount")), {600000})

    def test_lifted_unpaid_with_a_reason(self):
        """Ensure that lifting without full payment needs a reason."""
        suspension = self._suspend()
        action = suspension.with_user(self.manager).action_lift()
        self.assertEqual(action["res_model"], "recouvrement.suspension.decide")
        with self.assertRaisesRegex(ValidationError, "Write why"):
            self._decide(suspension, "lift", reason="  ")
        self._decide(suspension, "lift", reason="Agreement signed")
        self.assertRecordValues(
            suspension, [{"state": "lifted", "lift_reason": "Agreement signed"}]
        )

    def test_postponed(self):
        """Ensure that services are granted until the new date."""
        suspension = self._suspend()
        with self.assertRaisesRegex(ValidationError, "after today"):
            self._decide(suspension, "postpone", date=self.today)
        self._decide(suspension, "postpone", date=date(2026, 4, 10))
        self.assertRecordValues(
            suspension,
            [
                {
                    "state": "notified",
                    "date_effective": date(2026, 4, 10),
                    "postponed_count": 1,
                }
            ],
        )
        self.assertTrue(self.guarantor._get_service_status()["granted"])
        self._run_on("04-10")
        self.assertEqual(suspension.state, "in_force")

    def test_settled_before_the_notice(self):
        """Ensure that a draft goes when its claim is settled; none is made then."""
        suspension = self._draft_by_hand()
        self._pay(self.invoice)
        self._refresh(self.dossier)
        self.assertEqual(suspension.state, "cancelled")
        with self.assertRaisesRegex(UserError, "No suspension can be prepared"):
            self.dossier.with_user(self.manager).action_prepare_suspension()

    def test_promise_in_the_meantime(self):
        """Ensure that a promise that covers everything holds the suspension back."""
        suspension = self._notify()
        self._promise(self.invoice, amount=600000, date=10)
        self._run_on("03-26")
        self.assertEqual(suspension.state, "notified")
        self._run_on("03-31")
        self.assertEqual(suspension.state, "in_force")

    def test_one_at_a_time(self):
        """Ensure that a guarantor has one suspension at a time."""
        suspension = self._draft_by_hand()
        self.dossier.with_user(self.manager).action_prepare_suspension()
        self._draft_after_visit()
        self.assertEqual(self.dossier.suspension_ids, suspension)

    def test_kept_as_evidence(self):
        """Ensure that a decided suspension is neither rewritten nor deleted."""
        suspension = self._notify().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Use the buttons"):
            suspension.write({"date_effective": self.today})
        with self.assertRaisesRegex(UserError, "is evidence"):
            suspension.unlink()
        self._pay(self.invoice, amount=100000)
        self.assertEqual(suspension.line_ids.amount, 600000)

    def test_archived_guarantor(self):
        """Ensure that a notice ends with the follow-up, and the journal says so."""
        suspension = self._notify()
        self.guarantor.active = False
        self.assertRecordValues(
            suspension,
            [{"state": "cancelled", "lift_reason": "the guarantor is archived"}],
        )
        (note,) = self.dossier.action_ids.filtered(
            lambda action: action.name == "Follow-up ended"
        )
        self.assertIn(suspension.name, note.note)

    def test_archived_guarantor_with_a_draft(self):
        """Ensure that a draft ends with the follow-up; what is in force stays."""
        suspension = self._draft_by_hand()
        self.guarantor.active = False
        self.assertEqual(suspension.state, "cancelled")
        self.guarantor.active = True
        in_force = self._suspend()
        self.guarantor.active = False
        self.assertEqual(in_force.state, "in_force")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestServiceStatus(SuspensionCommon):
    """What an admission desk and the invoicing see of a suspension."""

    def test_status_for_an_admission_desk(self):
        """Ensure that anybody may ask, for a contact as for its entity."""
        contact = self.env["res.partner"].create(
            {"name": "Awa Fall", "parent_id": self.guarantor.id}
        )
        other = self._create_guarantor(name="Sahel Ciment")
        desk = self._create_user("desk", "base.group_user")
        granted = {"granted": True, "reason": "", "suspension_id": False}
        self.assertEqual(contact.with_user(desk)._get_service_status(), granted)
        suspension = self._suspend()
        self.env.invalidate_all()
        partners = (contact + self.guarantor + other).with_user(desk)
        statuses = partners._get_service_statuses()
        self.assertEqual(statuses[other.with_user(desk)], granted)
        for partner in partners[:2]:
            self.assertFalse(statuses[partner]["granted"])
            self.assertEqual(statuses[partner]["suspension_id"], suspension.id)
            self.assertIn("IPM Teranga", statuses[partner]["reason"])
            self.assertTrue(partner.recouvrement_service_suspended)
        search = self.env["res.partner"].with_user(desk).search
        field = "recouvrement_service_suspended"
        scope = ("id", "in", partners.ids)
        self.assertEqual(search([(field, "=", True), scope]), partners[:2])
        self.assertEqual(search([(field, "=", False), scope]), partners[2])

    def test_status_of_another_company(self):
        """Ensure that a suspension counts in its own company."""
        self._suspend()
        company = self.env["res.company"].create({"name": "Clinic of Thiès"})
        status = self.guarantor.with_company(company)._get_service_status()
        self.assertTrue(status["granted"])

    def test_blocked_invoice(self):
        """Ensure that an invoice of a suspended guarantor is not confirmed."""
        self._suspend()
        invoice = self._invoice(self.guarantor, 1000, due=30, post=False)
        with self.assertRaisesRegex(UserError, "are suspended since"):
            invoice.with_user(self.accountant).action_post()
        self.assertEqual(invoice.state, "draft")
        self.assertIn("recouvrement_suspension", invoice.alerts)
        self._credit_note(self.guarantor, 500)
        self.assertEqual(self._invoice(self._create_guarantor(), 10).state, "posted")

    def test_blocked_in_a_batch(self):
        """Ensure that the others of a batch are posted; the blocked one says why."""
        self._suspend()
        blocked = self._invoice(self.guarantor, 1000, due=30, post=False)
        free = self._invoice(self._create_guarantor(), 10, post=False)
        wizard = self.env["validate.account.move"].create(
            {"move_ids": [(6, 0, (blocked + free).ids)], "force_post": True}
        )
        notification = wizard.validate_move()
        self.assertEqual(notification["params"]["type"], "warning")
        self.assertEqual((blocked.state, free.state), ("draft", "posted"))
        self.assertIn("are suspended", blocked.message_ids[0].body)

    def test_scheduler_goes_on(self):
        """Ensure that automatic posting leaves the blocked invoice, and goes on."""
        self._suspend()
        blocked = self._invoice(self.guarantor, 1000, due=30, post=False)
        free = self._invoice(self._create_guarantor(), 10, post=False)
        (blocked + free).auto_post = "at_date"
        (blocked + free)._post()
        self.assertEqual((blocked.state, free.state), ("draft", "posted"))
        with self.enter_registry_test_mode(), self.assertLogs("odoo", level="INFO"):
            self.env.ref(
                "account.ir_cron_auto_post_draft_entry"
            ).method_direct_trigger()
        self.assertEqual(blocked.state, "draft")

    def test_warning_only(self):
        """Ensure that a company may only be warned, and that the invoice keeps it."""
        self.company.recouvrement_suspension_policy = "warning"
        self._suspend()
        invoice = self._invoice(self.guarantor, 1000, due=30)
        self.assertEqual(invoice.state, "posted")
        self.assertIn(
            "although services are suspended", str(invoice.message_ids.mapped("body"))
        )

    def test_allowed_with_a_reason(self):
        """Ensure that overriding asks for a reason, kept in both journals."""
        self._suspend()
        invoice = self._invoice(self.guarantor, 1000, due=30, post=False)
        allow = self.env["recouvrement.suspension.allow"]
        with self.assertRaises(AccessError):
            allow.with_user(self.accountant).create(
                {"move_ids": [(6, 0, invoice.ids)], "reason": "Emergency"}
            ).action_confirm()
        action = (
            invoice.with_user(self.env.user)
            .with_context(disable_abnormal_invoice_detection=False)
            .action_post()
        )
        self.assertEqual(action["res_model"], "recouvrement.suspension.allow")
        with self.assertRaisesRegex(ValidationError, "Write why"):
            allow.create({"move_ids": [(6, 0, invoice.ids)], "reason": " "})
        allow.with_user(self.manager).create(
            {"move_ids": [(6, 0, invoice.ids)], "reason": "Emergency"}
        ).action_confirm()
        self.assertEqual(invoice.state, "draft")
        invoice.with_user(self.accountant).action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertIn("Emergency", str(invoice.message_ids.mapped("body")))
        self.assertIn("Emergency", str(self.dossier.action_ids.mapped("note")))
        self.assertEqual(
            invoice.sudo().recouvrement_exception_ids.user_id, self.manager
        )

    def test_invoices_after_the_lifting(self):
        """Ensure that services and invoices go on once the suspension is lifted."""
        suspension = self._suspend()
        self._decide(suspension, "lift")
        self.assertTrue(self.guarantor._get_service_status()["granted"])
        self.assertEqual(self._invoice(self.guarantor, 1000, due=30).state, "posted")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSuspensionLetters(SuspensionCommon):
    """The letters of a suspension: whole, in the guarantor's language, kept."""

    def _render(self, report, suspension):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            f"nest_recouvrement.action_report_suspension_{report}", suspension.ids
        )
        return " ".join(html.decode().split())

    def test_notice(self):
        """Ensure that the notice says what, how much, by when, what else, and whom."""
        text = self._render("notice", self._notify())
        for part in (
            self.dossier.suspension_id.name,
            self.invoice.name,
            "600,000",
            "Six hundred thousand CFA francs",
            "25 March 2026",
            "26 March 2026",
            "18 March 2026",
            self.officer.name,
            "The Management",
        ):
            self.assertIn(part, text)

    def test_lifting_and_postponement(self):
        """Ensure that these letters name the notice, and what is still to pay."""
        suspension = self._suspend()
        self._pay(self.invoice, amount=100000)
        self._decide(suspension, "postpone", date=date(2026, 4, 10))
        text = self._render("postponement", suspension)
        for part in ("18 March 2026", "500,000", "9 April 2026", "10 April 2026"):
            self.assertIn(part, text)
        self._decide(suspension, "lift")
        text = self._render("lifting", suspension)
        self.assertIn("withdrawn", text)
        self.assertIn("500,000", text)

    def test_kept_as_documents(self):
        """Ensure that the letter sent is kept, and given to the courier as a copy."""
        suspension = self._draft_by_hand().with_context(
            force_report_rendering=True, recouvrement_no_pdf=False
        )
        suspension.with_user(self.manager).action_approve()
        suspension.with_user(self.manager)._notify(
            self._in_days(8), courier={"date": self.today}
        )
        letter = suspension.document_ids
        self.assertTrue(letter.raw.startswith(b"%PDF"))
        copies = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "recouvrement.pickup"),
                ("res_id", "=", suspension.pickup_ids.id),
            ]
        )
        self.assertEqual(copies.checksum, letter.checksum)
        mail = self.env["mail.mail"].search(
            [("model", "=", suspension._name), ("res_id", "=", suspension.id)]
        )
        self.assertEqual(mail.attachment_ids, letter)
        sent = self.dossier.action_ids.filtered(
            lambda action: action.name == "Suspension notice sent"
        )
        self.assertEqual(sent.document_ids, letter)
