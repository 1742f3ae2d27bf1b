from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPartnerMerge(RecouvrementCommon):
    """Merging partners with Odoo's wizard merges their dossiers, and loses nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.kept = cls._create_guarantor(name="IPM Teranga")
        cls.double = cls._create_guarantor(name="IPM TERANGA (old)")
        cls.contacts_manager = new_test_user(
            cls.env,
            login="contacts",
            groups="base.group_partner_manager,account.group_account_readonly",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.with_context(recouvrement_no_pdf=True).action_execute()

    def _merge(self, *partners, into=None, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        if user:
            wizard = wizard.with_user(user)
        merged = self.env["res.partner"].union(*partners)
        into = into or self.kept
        wizard._merge((merged | into).ids, into.with_user(wizard.env.user))
        self.env.invalidate_all()

    def _all(self, partner):
        return self.dossiers.with_context(active_test=False).search(
            [("partner_id", "=", partner.id)]
        )

    def test_figures_are_those_of_both(self):
        """Ensure that one dossier is left, with what both owed: 1 000 + 250."""
        self._invoice(self.kept, 1000, due=-10)
        self._invoice(self.double, 250, due=-40)
        dossier = self._dossier(self.kept)
        self._dossier(self.double)
        self._merge(self.double)
        self.assertFalse(self.double.exists())
        self.assertEqual(self._all(self.kept), dossier)
        self.assertFigures(
            dossier, balance=1250, overdue_amount=1250, oldest_due_date=date(2026, 2, 6)
        )

    def test_dossier_moves_when_the_other_has_none(self):
        """Ensure that the dossier of the double becomes that of the one kept."""
        self._invoice(self.double, 250, due=-40)
        dossier = self._dossier(self.double)
        self._run()
        count = len(dossier.action_ids)
        self._merge(self.double)
        self.assertEqual(self._all(self.kept), dossier)
        self.assertEqual(dossier.action_ids.partner_id, self.kept)
        self.assertEqual(len(dossier.action_ids), count)
        self.assertFigures(dossier, balance=250)

    def _ask_checks(self):
        """Have the accountant asked about a receipt of each guarantor: 100 and 50."""
        for partner, received in ((self.kept, 100), (self.double, 50)):
            self._invoice(partner, 1000, due=-10)
            self._receive(partner, received)
        dossier, other = self._dossier(self.kept), self._dossier(self.double)
        self._run()
        self.assertEqual(
            (dossier.check_ids + other.check_ids).mapped("state"), ["pending"] * 2
        )
        return dossier, other

    def test_accounting_checks_of_one_cycle_become_one(self):
        """Ensure that one check stays, with the receipts and answers of both."""
        dossier, _other = self._ask_checks()
        check = dossier.check_ids
        check.with_user(self.accountant).action_nothing()
        self._merge(self.double)
        self.assertEqual(dossier.check_ids, check)
        self.assertRecordValues(
            check, [{"state": "pending", "cycle": dossier.cycle, "amount": 150}]
        )
        self.assertEqual(sorted(check.line_ids.mapped("amount")), [50, 100])
        self.assertIn("Nothing for this guarantor", check.note)
        self.assertEqual(len(check.activity_ids), 1)
        told = dossier.action_ids.filtered(
            lambda action: action.name == "Accounting check of both dossiers: pending"
        )
        self.assertIn("50", told.note)
        self.assertEqual(dossier.pending_check_id, check)

    def test_accounting_check_of_the_other_goes_on(self):
        """Ensure that the answer to the check of the double is kept, and its lines."""
        dossier, other = self._ask_checks()
        theirs = other.check_ids
        dossier.check_ids.sudo().unlink()
        theirs.with_user(self.accountant).action_nothing()
        self._merge(self.double)
        self.assertEqual(dossier.check_ids, theirs)
        self.assertRecordValues(
            theirs, [{"state": "nothing", "cycle": dossier.cycle, "amount": 50}]
        )

    def test_nothing_is_lost(self):
        """Ensure that journal, claims, errands, activities, messages... move along."""
        first = self._invoice(self.kept, 1000, due=-10)
        second, third = self._invoices(self.double, (300, -40), (200, -35))
        dossier = self._dossier(self.kept)
        other = self._dossier(self.double)
        self._run()
        promise = self._promise(second, amount=100)
        dispute = self._dispute(third)
        errand = self.env["recouvrement.pickup"].create(
            {
                "dossier_id": other.id,
                "line_ids": [
                    Command.create(
                        {"move_line_id": self._items(second).id, "amount": 100}
                    )
                ],
            }
        )
        note = other.message_post(body="Ask for Awa")
        attachment = self.env["ir.attachment"].create(
            {"name": "a.txt", "res_model": other._name, "res_id": other.id}
        )
        follower = self.env["res.partner"].create({"name": "Follower"})
        (dossier + other).message_subscribe(self.manager.partner_id.ids)
        other.message_subscribe(follower.ids)
        activity = other.activity_schedule("mail.mail_activity_data_todo")
        other.write({"hold_until": date(2026, 3, 19), "hold_reason": "Meeting"})
        actions = (dossier + other).action_ids
        done_activity = other.activity_schedule("mail.mail_activity_data_todo")
        done_activity.action_feedback()
        self._merge(self.double)
        self.assertEqual(self._all(self.kept), dossier)
        self.assertLessEqual(actions, dossier.action_ids)
        self.assertEqual(dossier.commitment_ids, promise)
        self.assertEqual(dossier.dispute_ids, dispute)
        self.assertEqual(errand.dossier_id, dossier)
        for record in (*actions, promise, dispute, errand):
            self.assertEqual(record.partner_id, self.kept)
        self.assertIn(note, dossier.message_ids)
        self.assertEqual(attachment.res_id, dossier.id)
        self.assertIn(follower, dossier.message_partner_ids)
        self.assertIn(self.manager.partner_id, dossier.message_partner_ids)
        self.assertIn(activity, dossier.activity_ids)
        self.assertEqual(activity.res_name, dossier.display_name)
        self.assertEqual(
            done_activity.with_context(active_test=False).res_id, dossier.id
        )
        self.assertEqual(dossier.hold_reason, "Meeting")
        self.assertFigures(
            dossier, balance=1500, promised_amount=100, disputed_amount=200
        )
        self.assertTrue(first.exists())

    def test_it_is_written_in_the_journal(self):
        """Ensure that the journal says what came from where."""
        self._invoice(self.kept, 1000, due=-10)
        invoice = self._invoice(self.double, 250, due=-40)
        self._dossier(self.double)
        self._promise(invoice, amount=100)
        dossier = self._dossier(self.kept)
        self._merge(self.double)
        note = dossier.action_ids.filtered(lambda action: action.channel == "note")
        self.assertEqual(note.name, "Merged with the dossier of IPM TERANGA (old)")
        self.assertIn("1 promise(s)", note.note)

    def test_cycles_are_renumbered(self):
        """Ensure that two journals with the same steps and cycles become one."""
        for partner in (self.kept, self.double):
            invoice = self._invoice(partner, 1000, due=-10)
            self._dossier(partner)
            self._run()  # cycle 1: reminder done, call to do
            self._pay(invoice)
            self._refresh()
            self._invoice(partner, 500, due=-5)
        dossier, other = self._dossier(self.kept), self._dossier(self.double)
        self._run()  # cycle 2 of both
        self.assertEqual((dossier.cycle, other.cycle), (2, 2))
        mine = dossier.action_ids.filtered(lambda action: action.cycle == 2)
        pending = other.pending_action_id
        self.assertTrue(pending)
        self._merge(self.double)
        self.assertEqual(dossier.cycle, 4)
        self.assertEqual(set(mine.mapped("cycle")), {4})
        steps = dossier.action_ids.filtered("step_id")
        keys = [(a.cycle, a.step_id.id, a.occurrence) for a in steps]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual({cycle for cycle, _step, _times in keys}, {1, 2, 3, 4})
        # The reminders of the dossier kept go on; those of the other are withdrawn.
        self.assertTrue(pending.is_withdrawn)
        self.assertIn("merged", pending.note)
        self.assertFalse(pending.activity_ids)
        self.assertEqual(dossier.pending_action_id.cycle, 4)
        self.assertEqual(dossier.step_id, mine.filtered("date_done").step_id)

    def test_open_cycle_of_the_other_goes_on(self):
        """Ensure that reminders of the double go on when the other has none."""
        paid = self._invoice(self.kept, 1000, due=-10)
        dossier = self._dossier(self.kept)
        self._run()
        self._pay(paid)
        self._invoice(self.double, 500, due=-5)
        other = self._refresh(self.double)
        self._run()
        self.assertFalse(self._refresh(dossier).cycle_start_date)
        pending, step = other.pending_action_id, other.step_id
        self._merge(self.double)
        self.assertRecordValues(
            dossier,
            [
                {
                    "cycle": 2,
                    "cycle_start_date": self.today,
                    "pending_action_id": pending.id,
                    "step_id": step.id,
                }
            ],
        )
        self.assertEqual(pending.state, "todo")

    def test_three_partners_at_once(self):
        """Ensure that three dossiers become one: 1 000 + 250 + 50."""
        third = self._create_guarantor(name="Teranga IPM")
        for partner, amount in ((self.kept, 1000), (self.double, 250), (third, 50)):
            self._invoice(partner, amount, due=-10)
        self._refresh()
        self._run()
        count = len(
            self._all(self.kept).action_ids
            + self._all(self.double).action_ids
            + self._all(third).action_ids
        )
        self._merge(self.double, third)
        dossier = self._all(self.kept)
        self.assertFigures(dossier, balance=1300, cycle=3)
        notes = dossier.action_ids.filtered(lambda action: action.channel == "note")
        self.assertEqual(len(notes), 2)
        self.assertEqual(len(dossier.action_ids), count + 2)

    def test_two_companies(self):
        """Ensure that dossiers are merged per company, and stay apart."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        self._invoice(self.kept, 1000, due=-10)
        self._invoice(self.double, 250, due=-40)
        self._invoice(self.double, 70, due=-40, company=company_2)
        self._refresh()
        self._refresh(company=company_2)
        self._merge(self.double, user=None)
        balances = {
            dossier.company_id: dossier.balance for dossier in self._all(self.kept)
        }
        self.assertEqual(balances, {self.company: 1250, company_2: 70})

    def test_contact_merged_into_a_company(self):
        """Ensure that the promises on what a contact owes go to the new entity."""
        agency = self.env["res.partner"].create(
            {"name": "Agency", "parent_id": self.double.id}
        )
        theirs = self._entry(agency, 300, due=-10)
        self._items(theirs).no_followup = False
        self._invoice(self.double, 40, due=-10)
        self._invoice(self.kept, 1000, due=-10)
        self._refresh()
        former = self._all(self.double)
        promise = self._promise(theirs, amount=200)
        self._merge(agency)
        dossier = self._all(self.kept)
        self.assertEqual(promise.dossier_id, dossier)
        self.assertFigures(dossier, balance=1300, promised_amount=200)
        self.assertFigures(former, balance=40, promised_amount=0)

    def test_guarantor_merged_into_a_contact(self):
        """Ensure that the entity of the contact follows up what it now owes."""
        self.double.is_company = False
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Head office", "parent_id": group.id}
        )
        invoice = self._invoice(self.double, 250, due=-40)
        dossier = self._dossier(self.double)
        self._run()
        self._merge(self.double, into=contact)
        self.assertTrue(group.is_guarantor)
        self.assertEqual(dossier.partner_id, group)
        self.assertTrue(dossier.active)
        self.assertEqual(dossier.action_ids.partner_id, group)
        self.assertEqual(invoice.commercial_partner_id, group)
        self.assertFigures(dossier, balance=250)

    def test_company_merged_into_a_contact(self):
        """Ensure that the contact, which becomes a company, has the dossier."""
        contact = self.env["res.partner"].create(
            {"name": "Head office", "parent_id": self.kept.id}
        )
        self._invoice(self.double, 250, due=-40)
        dossier = self._dossier(self.double)
        self._run()
        self._merge(self.double, into=contact)
        self.assertEqual(contact.commercial_partner_id, contact)
        self.assertEqual(dossier.partner_id, contact)
        self.assertFigures(dossier, balance=250, active=True)

    def test_contacts_manager_merges(self):
        """Ensure that merging contacts needs no right on the dossiers."""
        self._invoice(self.kept, 1000, due=-10)
        self._invoice(self.double, 250, due=-40)
        self._refresh()
        self._merge(self.double, user=self.contacts_manager)
        self.assertFigures(self._all(self.kept), balance=1250)

    def test_failed_merge_is_undone_completely(self):
        """Ensure that when anything fails both partners and dossiers are as before."""
        self._invoice(self.kept, 1000, due=-10)
        self._invoice(self.double, 250, due=-40)
        self._refresh()
        self._run()
        dossier, other = self._all(self.kept), self._all(self.double)
        before = [(d.cycle, d.balance, d.action_ids.ids) for d in (dossier, other)]
        wizard = type(self.env["base.partner.merge.automatic.wizard"])
        with (
            patch.object(wizard, "_update_values", side_effect=UserError("No")),
            self.assertRaisesRegex(UserError, "No"),
        ):
            self._merge(self.double)
        self.env.invalidate_all()
        self.assertEqual(
            [(d.cycle, d.balance, d.action_ids.ids) for d in (dossier, other)], before
        )
        self.assertTrue(self.double.exists())

    def test_what_exists_once_is_named(self):
        """Ensure that dossiers that cannot be together are refused in a sentence."""
        self._invoice(self.kept, 1000, due=-10)
        self._invoice(self.double, 250, due=-40)
        self._refresh()
        for dossier in self._all(self.kept) + self._all(self.double):
            self._promise(
                self.env["account.move"].search(
                    [("partner_id", "=", dossier.partner_id.id)]
                ),
                amount=10,
            )
        self.env.cr.execute(
            "CREATE UNIQUE INDEX one_promise ON recouvrement_commitment (dossier_id)"
        )
        with self.assertRaisesRegex(UserError, "« Payment Commitment »"):
            self._merge(self.double)
        self.assertTrue(self.double.exists())
