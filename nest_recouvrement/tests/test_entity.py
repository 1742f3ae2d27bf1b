from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEntity(RecouvrementCommon):
    """Partners who change entity, are archived or deleted; people who leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_cheque_photo = False
        cls.company.recouvrement_officer_id = cls.officer
        cls.group = cls._create_guarantor(name="Groupe Sahel")
        cls.guarantor = cls._create_guarantor()
        cls.agency = cls.env["res.partner"].create(
            {"name": "Agency", "parent_id": cls.guarantor.id}
        )

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.with_context(recouvrement_no_pdf=True).action_execute()
        return run

    def _all(self, partner):
        return self.dossiers.with_context(active_test=False).search(
            [("partner_id", "=", partner.id)]
        )

    def _errand(self, *invoices, **values):
        items = self._items(self.env["account.move"].union(*invoices))
        dossier = self._all(items.partner_id.commercial_partner_id)
        return self.env["recouvrement.pickup"].create(
            {
                "dossier_id": dossier.id,
                "user_id": self.courier.id,
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount": 100})
                    for item in items
                ],
                **values,
            }
        )

    def _owe(self, contact, amount):
        """Have a contact owe an amount itself: its invoices are its entity's."""
        entry = self._entry(contact, amount, due=-10)
        self._items(entry).no_followup = False
        return entry

    def _notes(self, dossier):
        return dossier.action_ids.filtered(lambda action: action.channel == "note")

    # === CHANGING ENTITY === #

    def test_guarantor_joins_another(self):
        """Ensure that journal and claims go along with the debt to the new entity."""
        self._invoice(self.group, 1000, due=-10)
        invoice = self._invoice(self.guarantor, 300, due=-10)
        self._refresh()
        self._run()
        dossier, former = self._all(self.group), self._all(self.guarantor)
        promise, errand = self._promise(invoice, amount=100), self._errand(invoice)
        actions = former.action_ids
        self.guarantor.write({"is_company": False, "parent_id": self.group.id})
        self.assertEqual(promise.dossier_id, dossier)
        self.assertEqual(errand.dossier_id, dossier)
        self.assertLessEqual(actions, dossier.action_ids)
        self._refresh()
        self.assertFigures(dossier, balance=1300, promised_amount=100)
        self.assertFigures(former, balance=0, active=False)
        self.assertIn("Groupe Sahel", self._notes(former).note)
        self.assertIn("IPM Teranga", self._notes(dossier).name)

    def test_guarantor_joins_an_entity_that_is_not_followed_up(self):
        """Ensure that what a guarantor owes stays followed up wherever it goes."""
        holding = self.env["res.partner"].create({"name": "Hold", "is_company": True})
        self._invoice(self.guarantor, 300, due=-10)
        former = self._dossier(self.guarantor)
        self._run()
        self.guarantor.write({"is_company": False, "parent_id": holding.id})
        self.assertTrue(holding.is_guarantor)
        dossier = self._all(holding)
        self._refresh()
        self.assertFigures(dossier, balance=300, active=True)
        self.assertEqual(dossier.user_id, former.user_id)
        self.assertFalse(former.active)

    def test_guarantor_leaves_the_group(self):
        """Ensure that the debt, and what was promised, stay with the group.

        Odoo gives what a partner owes to the entity that it joins, for good.
        """
        invoice = self._invoice(self.guarantor, 300, due=-10)
        former = self._dossier(self.guarantor)
        self._run()
        promise = self._promise(invoice, amount=100)
        self.guarantor.write({"is_company": False, "parent_id": self.group.id})
        dossier = self._all(self.group)
        self.guarantor.write({"is_company": True, "parent_id": False})
        self._refresh()
        self.assertFigures(dossier, balance=300, promised_amount=100)
        self.assertEqual(promise.dossier_id, dossier)
        self.assertFigures(former, balance=0, active=True)
        self._invoice(self.guarantor, 70, due=-10)
        self.assertFigures(self._dossier(self.guarantor), balance=70, cycle=1)

    def test_invoices_of_a_contact_stay_with_its_entity(self):
        """Ensure that an agency that leaves takes no debt of its entity along."""
        invoice = self._invoice(self.agency, 500, due=-10)
        dossier = self._dossier(self.guarantor)
        promise = self._promise(invoice)
        self.agency.parent_id = self.group
        self._refresh()
        self.assertFigures(dossier, balance=500, promised_amount=500)
        self.assertEqual((promise.dossier_id, promise.state), (dossier, "open"))

    def test_contact_becomes_its_own_entity(self):
        """Ensure that promises on a contact's invoices go to its own dossier."""
        theirs = self._owe(self.agency, 500)
        self._invoice(self.guarantor, 300, due=-10)
        self._refresh()
        former = self._all(self.guarantor)
        promise, dispute = (
            self._promise(theirs, amount=200),
            self._dispute(theirs, amount=100),
        )
        self.agency.write({"parent_id": False, "is_company": True})
        dossier = self._all(self.agency)
        self.assertEqual(promise.dossier_id + dispute.dossier_id, dossier)
        self._refresh()
        self.assertFigures(
            dossier, balance=500, promised_amount=200, disputed_amount=100
        )
        self.assertFigures(former, balance=300, promised_amount=0, disputed_amount=0)
        self.assertIn("Agency", self._notes(former)[0].name)

    def test_promise_on_invoices_of_two_entities_is_cancelled(self):
        """Ensure that a promise that no longer holds as a whole is taken again."""
        theirs = self._owe(self.agency, 500)
        own = self._invoice(self.guarantor, 300, due=-10)
        self._refresh()
        dossier = self._all(self.guarantor)
        promise, errand = self._promise(theirs + own), self._errand(theirs, own)
        self.agency.parent_id = self.group
        self.assertEqual((promise.state, errand.state), ("cancelled", "cancelled"))
        self.assertIn("Groupe Sahel", promise.cancel_reason)
        self.assertIn("Promise cancelled", dossier.activity_ids.mapped("summary")[0])
        self._refresh()
        self.assertFigures(dossier, balance=300, claimable_amount=300)

    def test_dispute_on_invoices_of_two_entities_is_split(self):
        """Ensure that both parts stay contested, each in the right dossier."""
        theirs = self._owe(self.agency, 500)
        own = self._invoice(self.guarantor, 300, due=-10)
        self._invoice(self.group, 50, due=-10)
        self._refresh()
        dispute = self._dispute(theirs + own)
        self.agency.parent_id = self.group
        self._refresh()
        self.assertFigures(self._all(self.group), balance=550, disputed_amount=500)
        self.assertFigures(self._all(self.guarantor), balance=300, disputed_amount=300)
        self.assertEqual(dispute.amount, 300)

    def test_collected_cheque_stays_with_its_errand(self):
        """Ensure that an errand whose cheque is collected is not cancelled."""
        theirs = self._owe(self.agency, 500)
        own = self._invoice(self.guarantor, 300, due=-10)
        self._refresh()
        errand = self._errand(theirs, own)
        errand.sudo()._collect("0001", "BHS", errand.amount, self.today)
        self.agency.parent_id = self.group
        self.assertEqual(errand.state, "collected")
        self.assertIn("by hand", self._notes(self._all(self.guarantor))[0].name)

    def test_contact_without_claims_moves_silently(self):
        """Ensure that a change of entity that concerns no claim writes no note."""
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        self.agency.parent_id = self.group
        self.assertFalse(self._notes(dossier))

    # === ARCHIVING AND DELETING === #

    def test_archived_guarantor_with_debt(self):
        """Ensure that what is pending is withdrawn, and that the journal says so."""
        invoice = self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        self._run()
        pending = dossier.pending_action_id
        errand, promise = self._errand(invoice), self._promise(invoice, amount=100)
        self.guarantor.active = False
        self.assertFalse(dossier.active)
        self.assertTrue(pending.is_withdrawn)
        self.assertEqual((errand.state, promise.state), ("cancelled", "open"))
        self.assertEqual(errand.cancel_reason, "the guarantor is archived")
        self.assertIn("Errand cancelled", dossier.action_ids.mapped("name"))
        note = self._notes(dossier)
        self.assertEqual(note.name, "Follow-up ended")
        self.assertIn("300", note.note)
        self.assertIn("Errands cancelled", note.note)
        self.assertEqual(self._run().action_count, 0)
        self.guarantor.active = True
        self.assertTrue(dossier.active)
        self.assertTrue(dossier.next_step_id)
        self.assertEqual(
            self._notes(dossier).sorted("id")[-1].name, "Followed up again"
        )

    def test_archiving_is_refused_with_a_cheque_in_hand(self):
        """Ensure that no guarantor is archived while a courier holds its cheque."""
        invoice = self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        errand = self._errand(invoice)
        errand.sudo()._collect("0001", "BHS", errand.amount, self.today)
        for record in (self.guarantor, dossier):
            with (
                self.assertRaisesRegex(UserError, "holds a cheque of IPM Teranga"),
                self.env.cr.savepoint(),
            ):
                record.action_archive()
        with (
            self.assertRaisesRegex(UserError, "holds a cheque"),
            self.env.cr.savepoint(),
        ):
            self.guarantor.is_guarantor = False
        self.assertTrue(dossier.active)
        errand.with_user(self.courier).sudo()._hand_over()
        self.guarantor.action_archive()
        self.assertFalse(dossier.active)

    def test_partner_with_a_dossier_is_not_deleted(self):
        """Ensure that deleting a guarantor is refused in a sentence."""
        invoice = self._invoice(self.guarantor, 300, due=-10)
        self._dossier(self.guarantor)
        with self.assertRaisesRegex(UserError, "archive the contact, or merge it"):
            self.guarantor.unlink()
        self.assertTrue(invoice.exists())

    # === PLANS AND CATEGORIES === #

    def _plan(self, company, **values):
        return self.env["recouvrement.plan"].create(
            {
                "name": "Own plan",
                "sequence": 1,
                "company_id": company.id,
                "step_ids": [
                    Command.create({"name": "Call", "channel": "phone"}),
                    Command.create(
                        {"name": "Letter", "channel": "letter", "sequence": 20}
                    ),
                ],
                **values,
            }
        )

    def test_plan_in_use_elsewhere_is_not_deleted(self):
        """Ensure that the plan of a company that the user does not see is kept."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        plan = self._plan(self.company, company_id=False)
        self._invoice(self.guarantor, 300, due=-10, company=company_2)
        self._refresh(company=company_2)
        self.assertEqual(self._all(self.guarantor).plan_id, plan)
        with self.assertRaisesRegex(UserError, "Own plan is followed by 1 dossier"):
            plan.with_user(self.manager).unlink()

    def test_plan_of_an_archived_dossier_is_not_deleted(self):
        """Ensure that archived dossiers keep their plan as well."""
        plan = self._plan(self.company)
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        dossier.action_archive()
        with self.assertRaisesRegex(UserError, "Own plan is followed by"):
            plan.unlink()

    def test_plan_in_the_journal_is_not_deleted(self):
        """Ensure that a plan that nobody follows any more stays with its journal."""
        plan = self._plan(self.company)
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        self._run()
        dossier.plan_id = self.env.ref("nest_recouvrement.recouvrement_plan_weekly")
        with self.assertRaisesRegex(UserError, "in the journal"):
            plan.unlink()

    def test_archived_plan_passes_its_dossiers_on(self):
        """Ensure that dossiers of an archived plan follow the next one that applies."""
        plan = self._plan(self.company)
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        dossier.plan_id = plan
        self.assertTrue(dossier.plan_locked)
        plan.action_archive()
        weekly = self.env.ref("nest_recouvrement.recouvrement_plan_weekly")
        self.assertRecordValues(dossier, [{"plan_id": weekly.id, "plan_locked": False}])

    def test_last_plan_is_not_archived(self):
        """Ensure that no dossier silently stops being followed up."""
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        plans = self.env["recouvrement.plan"].search([])
        with (
            self.assertRaisesRegex(UserError, "would follow no plan"),
            self.env.cr.savepoint(),
        ):
            plans.action_archive()
        self.assertTrue(dossier.plan_id.active)

    def test_next_step_may_be_deleted(self):
        """Ensure that a step that is only planned is deleted, and the next one is."""
        plan = self._plan(self.company)
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        call, letter = plan.step_ids
        self.assertEqual(dossier.next_step_id, call)
        call.unlink()
        self.assertEqual(dossier.next_step_id, letter)

    def test_step_in_a_hidden_journal_is_not_deleted(self):
        """Ensure that a step done in another company is kept."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        plan = self._plan(self.company, company_id=False)
        self._invoice(self.guarantor, 300, due=-10, company=company_2)
        self._refresh(company=company_2)
        self.env["recouvrement.run"].create({"company_id": company_2.id}).with_context(
            recouvrement_no_pdf=True
        ).action_execute()
        with self.assertRaisesRegex(UserError, "in the journal"):
            plan.step_ids[0].with_user(self.manager).unlink()

    def test_category_in_use_elsewhere_is_not_deleted(self):
        """Ensure that the category of a company that the user does not see is kept."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        self._invoice(self.guarantor, 300, due=-10, company=company_2)
        self._refresh(company=company_2)
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.category_small.with_user(self.manager).unlink()

    # === PEOPLE === #

    def test_officer_leaves(self):
        """Ensure that the work of an officer who leaves goes to her colleague."""
        invoice = self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        self._run()
        call = dossier.pending_action_id
        promise = self._promise(invoice, amount=10, user_id=self.officer.id)
        todo = dossier.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        self.officer.action_archive()
        self.assertEqual(dossier.user_id, self.officer_2)
        self.assertEqual(
            (call.user_id, call.activity_ids.user_id), (self.officer_2,) * 2
        )
        self.assertEqual((promise.user_id, todo.user_id), (self.officer_2,) * 2)
        self.assertFalse(self.company.recouvrement_officer_id)
        self.assertEqual(
            self._notes(dossier).name,
            f"{self.officer_2.name} takes over from {self.officer.name}",
        )

    def test_last_officer_leaves(self):
        """Ensure that without another officer management has the dossiers."""
        self._invoice(self.guarantor, 300, due=-10)
        dossier = self._dossier(self.guarantor)
        officers = self.company._recouvrement_users("nest_recouvrement.group_officer")
        (officers - self.manager - self.env.user).active = False
        self.assertIn(dossier.user_id, self.manager + self.env.user)

    def test_manager_leaves(self):
        """Ensure that what a plan asks of management goes to an active manager."""
        self.manager.active = False
        self.assertFalse(self.company.recouvrement_manager_id)
        self.assertTrue(self.company._recouvrement_responsible("manager").active)

    def test_courier_with_a_cheque_does_not_leave(self):
        """Ensure that a courier who holds a cheque hands it over first."""
        invoice = self._invoice(self.guarantor, 300, due=-10)
        self._dossier(self.guarantor)
        errand = self._errand(invoice)
        errand.sudo()._collect("0001", "BHS", errand.amount, self.today)
        with (
            self.assertRaisesRegex(UserError, "have it handed over"),
            self.env.cr.savepoint(),
        ):
            self.courier.action_archive()
        errand.with_user(self.courier).sudo()._hand_over()
        self.courier.action_archive()
        self.assertFalse(self.courier.active)

    # === COMPANIES === #

    def test_currency_of_a_company_with_a_ledger_stays(self):
        """Ensure that the currency of amounts in the journal cannot change."""
        self._invoice(self.guarantor, 300, due=-10)
        self._dossier(self.guarantor)
        euro = self.env.ref("base.EUR")
        euro.active = True
        with self.assertRaises(UserError):
            self.company.currency_id = euro

    def test_company_without_a_chart(self):
        """Ensure that a company without accounts is followed up without a failure."""
        company = self.env["res.company"].create({"name": "New clinic"})
        self.env.user.company_ids += company
        run = self.env["recouvrement.run"].create({"company_id": company.id})
        run.action_execute()
        self.assertRecordValues(
            run, [{"state": "done", "dossier_count": 0, "failure_count": 0}]
        )

    def test_timezone_of_the_company(self):
        """Ensure that another timezone moves the day from the next refresh on."""
        self._invoice(self.guarantor, 300, due=0)
        dossier = self._dossier(self.guarantor)
        self.assertFigures(dossier, overdue_amount=0)
        self.company.partner_id.tz = "Pacific/Auckland"
        with freeze_time("2026-03-18 12:00:00"):
            self.assertEqual(self.company._recouvrement_today(), date(2026, 3, 19))
            dossier._refresh()
            self.assertFigures(dossier, overdue_amount=300)
