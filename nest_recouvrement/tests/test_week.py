from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestWeek(RecouvrementCommon):
    """Procedure, step 2: the portfolio of the week, and the invoices behind it.

    Today is a Wednesday: the week began on Monday 16 March.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()
        cls.soon = cls._create_guarantor(name="Due Soon")
        cls.later = cls._create_guarantor(name="Due Later")
        cls.invoice = cls._invoice(cls.guarantor, 100000)
        cls._invoice(cls.guarantor, 30000, due=20)
        # Courtesy is for what falls due within 7 days.
        cls._invoice(cls.soon, 20000, due=7)
        cls._invoice(cls.later, 40000, due=8)
        cls.followed = cls._refresh(cls.guarantor + cls.soon + cls.later)
        cls.dossier, cls.soon_dossier, cls.later_dossier = cls.followed

    def _summary(self, user=None):
        self.env.flush_all()
        return self.dossiers.with_user(user or self.officer).get_week_summary()

    def _step(self, code, user=None):
        steps = {step["code"]: step for step in self._summary(user)["steps"]}
        return steps[code]

    def _open(self, action, user=None):
        """Return the records of the list behind a number."""
        return (
            self.env[action["res_model"]]
            .with_user(user or self.officer)
            .search(action["domain"])
        )

    def assertStep(self, code, done, left):
        """Compare a step with what is expected, and with the lists behind it."""
        step = self._step(code)
        self.assertEqual((step["done"], step["left"]), (len(done), len(left)))
        opened = self._open(step["done_action"])
        if opened._name == "recouvrement.action":
            opened = opened.dossier_id
        self.assertEqual(opened.sorted("id"), done.sorted("id"))
        self.assertEqual(
            self._open(step["left_action"]).sorted("id"), left.sorted("id")
        )

    def _log(self, channel, dossiers=None, **values):
        return self.env["recouvrement.action"]._log_done(
            dossiers or self.dossier, channel, "Done", **values
        )

    def _run(self):
        runs = self.env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
        runs.create({"company_id": self.company.id}).action_execute()

    def test_step_2_overdue_and_not_due(self):
        """Ensure that the worklist splits what is overdue from what is not due."""
        tabs = {tab["name"]: tab for tab in self._summary()["tabs"]}
        self.assertEqual(
            {name: tab["count"] for name, tab in tabs.items()},
            {"todo": 1, "overdue": 1, "not_due": 2},
        )
        money = self.company.currency_id.format
        self.assertEqual(tabs["overdue"]["amount"], money(100000))
        self.assertEqual(tabs["not_due"]["amount"], money(60000))

    def test_steps_in_order(self):
        """Ensure that the eight steps of the procedure are shown, in order."""
        steps = self._summary()["steps"]
        self.assertEqual([step["number"] for step in steps], list(range(1, 9)))

    def test_contact_data_of_the_week(self):
        """Ensure that contact data count as done when verified since Monday."""
        self.assertStep("contacts", self.dossiers, self.followed)
        self.soon_dossier.action_confirm_contact()
        self.assertStep(
            "contacts", self.soon_dossier, self.dossier + self.later_dossier
        )
        # Verified on the Sunday before: neither done this week nor left.
        self.soon_dossier.sudo().contact_verified_on = self._in_days(-3)
        self.assertStep("contacts", self.dossiers, self.dossier + self.later_dossier)

    def test_balances_of_the_week(self):
        """Ensure that balances count as done when refreshed since Monday."""
        self.assertStep("balances", self.followed, self.dossiers)
        self.later_dossier.sudo().refreshed_on = "2026-03-15 23:59:59"
        self.assertStep(
            "balances", self.dossier + self.soon_dossier, self.later_dossier
        )
        self.later_dossier.sudo().refreshed_on = "2026-03-16 00:00:00"
        self.assertStep("balances", self.followed, self.dossiers)

    def test_courtesy_of_the_week(self):
        """Ensure that courtesy is left for what falls due soon, without a message."""
        self.assertStep("courtesy", self.dossiers, self.soon_dossier)
        self.assertEqual(self.followed.filtered("is_courtesy_due"), self.soon_dossier)
        # Another e-mail is no courtesy message.
        self._log("email", self.soon_dossier)
        self.assertStep("courtesy", self.dossiers, self.soon_dossier)
        self._run()
        self.assertStep("courtesy", self.soon_dossier, self.dossiers)
        # Announced already: what falls due later is not due for courtesy again.
        self.assertFalse(self.followed.filtered("is_courtesy_due"))

    def test_check_reminder_and_call_of_the_week(self):
        """Ensure that a run moves its dossiers from left to done."""
        self.assertStep("check", self.dossiers, self.dossier)
        self.assertStep("reminders", self.dossiers, self.dossier)
        self._log("check")
        self._run()
        self.assertStep("check", self.dossier, self.dossiers)
        self.assertStep("reminders", self.dossier, self.dossiers)
        # The run asks for a call right after the reminder.
        self.assertStep("calls", self.dossiers, self.dossier)
        self._dossier(self.guarantor).pending_action_id._mark_done("reached")
        self.assertStep("calls", self.dossier, self.dossiers)

    def test_courtesy_suggested_is_left(self):
        """Ensure that a message merely suggested is left until it is sent."""
        self.soon_dossier.category_id = self.env[
            "recouvrement.guarantor.category"
        ].create({"name": "Suggested", "courtesy_mode": "suggested"})
        self._run()
        (suggested,) = self.soon_dossier.action_ids.filtered("is_courtesy")
        self.assertEqual(suggested.state, "proposed")
        self.assertFalse(self.soon_dossier.is_courtesy_due)
        self.assertStep("courtesy", self.dossiers, self.soon_dossier)
        suggested.with_user(self.officer).action_execute()
        self.assertStep("courtesy", self.soon_dossier, self.dossiers)

    def test_courtesy_not_due(self):
        """Ensure that what the run would not announce is not left either."""
        self._dispute(self.soon_dossier.partner_id.invoice_ids, amount=20000)
        self.env.invalidate_all()
        self.assertStep("courtesy", self.dossiers, self.dossiers)
        self.assertFalse(self.soon_dossier.is_courtesy_due)

    # === VISITS AND SUSPENSIONS === #

    def _visit(self, state, dossier=None, **values):
        """Return a visit in a state of its life."""
        visit = self.env["recouvrement.visit"].create(
            {
                "dossier_id": (dossier or self.dossier).id,
                "date_proposed": "2026-03-02",
                "reason": "Nobody answers",
            }
        )
        visit.sudo().write({"state": state, **values})
        return visit

    def test_step_7_visits_of_the_week(self):
        """Ensure that visits to decide on, to schedule and to hold are what is left."""
        proposed = self._visit("proposed")
        approved = self._visit("approved")
        sunday = self._visit("scheduled", start="2026-03-22 10:00:00")
        late = self._visit("scheduled", start="2026-03-13 10:00:00")
        self._visit("scheduled", start="2026-03-23 10:00:00")
        held = self._visit("held", held_on="2026-03-16")
        self._visit("held", held_on="2026-03-15")
        self._visit("declined")
        self._visit("cancelled")
        self._visit("proposed", self.later_dossier)
        self.later_dossier.user_id = self.officer_2
        # A word in the journal is no visit.
        self._log("visit")
        self.assertStep("visits", held, proposed + approved + sunday + late)

    def _suspension(self, state, **values):
        """Return a suspension in a state of its life."""
        suspension = self.env["recouvrement.suspension"].sudo()._draft(self.dossier)
        suspension.write({"state": state, **values})
        return suspension.with_env(self.env)

    def test_step_8_suspensions_of_the_week(self):
        """Ensure that suspensions to approve, notify and lift are what is left."""
        for state in ("draft", "approved"):
            suspension = self._suspension(state)
            self.assertStep("suspensions", suspension.browse(), suspension)
            suspension.sudo().state = "cancelled"
        notified = self._suspension(
            "notified", date_notified=self.today, date_effective=self._in_days(8)
        )
        self.assertStep("suspensions", notified, notified.browse())
        # Its date came, and nothing proves that the notice was received.
        notified.sudo().unserved_on = self.today
        self.assertStep("suspensions", notified, notified)
        notified.sudo().write({"unserved_on": False, "state": "in_force"})
        self.assertStep("suspensions", notified, notified.browse())
        notified.sudo().lift_proposed_on = self.today
        self.assertStep("suspensions", notified, notified)
        notified.sudo().write({"state": "lifted", "date_lifted": self.today})
        self.assertStep("suspensions", notified, notified.browse())
        # Notified before this week, lifted in it: done; ended before it: neither.
        notified.sudo().date_notified = "2026-03-02"
        self.assertStep("suspensions", notified, notified.browse())
        notified.sudo().date_lifted = "2026-03-15"
        self.assertStep("suspensions", notified.browse(), notified.browse())

    def test_own_portfolio(self):
        """Ensure that an officer sees her week, and who follows none the whole."""
        self.later_dossier.user_id = self.officer_2
        self.assertEqual(self._step("balances")["done"], 2)
        self.assertEqual(self._step("balances", self.officer_2)["done"], 1)
        summary = self._summary(self.manager)
        self.assertFalse(summary["own"])
        self.assertEqual(self._step("balances", self.manager)["done"], 3)
        with self.assertRaises(AccessError):
            self._summary(self.courier)

    def test_statements(self):
        """Ensure that the whole week takes at most eleven statements."""
        dossiers = self.dossiers.with_user(self.officer)
        dossiers.get_week_summary()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(11):
            dossiers.get_week_summary()

    # === INVOICES PER GUARANTOR === #

    def _portfolio(self, user):
        action = (
            self.env["account.move.line"].with_user(user).action_view_portfolio_items()
        )
        return self._open(action, user)

    def test_step_2_invoices_per_guarantor(self):
        """Ensure that an officer lists the open items of her guarantors, in groups."""
        paid = self._invoice(self.guarantor, 5000)
        self._pay(paid)
        self._invoice(self.guarantor, 7000, post=False)
        contact = self.env["res.partner"].create(
            {"name": "Subsidiary", "parent_id": self.guarantor.id}
        )
        entry = self._entry(contact, 3000, due=-5)
        self.later_dossier.user_id = self.officer_2
        items = self._portfolio(self.officer)
        self.assertEqual(sum(items.mapped("amount_residual")), 153000)
        self.assertIn(self._items(entry), items)
        groups = items.formatted_read_group(
            [("id", "in", items.ids)],
            ["recouvrement_guarantor_id"],
            ["amount_residual:sum"],
        )
        self.assertEqual(
            {
                group["recouvrement_guarantor_id"][0]: group["amount_residual:sum"]
                for group in groups
            },
            {self.guarantor.id: 133000, self.soon.id: 20000},
        )

    def test_invoices_of_other_companies(self):
        """Ensure that a guarantor followed elsewhere by somebody else is not listed."""
        other_company = self._create_company(name="Other Clinic")
        both = self.company + other_company
        self.officer.company_ids = [Command.set(both.ids)]
        self._invoice(self.guarantor, 900000, company=other_company)
        elsewhere = self._dossier(self.guarantor, other_company)
        elsewhere.user_id = self.officer_2
        items = (
            self.env["account.move.line"]
            .with_user(self.officer)
            .with_context(allowed_company_ids=both.ids)
        )
        action = items.action_view_portfolio_items()
        self.assertEqual(items.search(action["domain"]).company_id, self.company)
