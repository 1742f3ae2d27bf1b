from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestWorklist(RecouvrementCommon):
    """What screens show of what comes next, and the buttons that do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()

    def _run(self):
        runs = self.env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
        runs.create({"company_id": self.company.id}).action_execute()

    def _worklist(self, user):
        """Return the dossiers that the worklist shows to ``user`` by default."""
        view = self.env.ref("nest_recouvrement.recouvrement_dossier_view_search")
        node = etree.fromstring(view.arch).find(".//filter[@name='mine_to_do']")
        domain = safe_eval(node.get("domain"), {"uid": user.id})
        return self.dossiers.with_user(user).search(domain)

    def assertTodo(self, dossier, state, channel, date):
        self.assertRecordValues(
            dossier,
            [{"todo_state": state, "todo_channel": channel, "todo_date": date}],
        )

    def test_nothing_to_do(self):
        """Ensure that nothing is to be done when nothing is overdue."""
        self._invoice(self.guarantor, 100000, due=10)
        self.assertTodo(self._dossier(self.guarantor), "none", False, False)
        self.assertFalse(self._worklist(self.officer))

    def test_call_then_planned(self):
        """Ensure that a call waits for its officer, then the run has its turn."""
        self._invoice(self.guarantor, 100000)
        self._run()
        dossier = self._dossier(self.guarantor)
        call = dossier.pending_action_id
        self.assertTodo(dossier, "todo", "phone", call.date_deadline)
        self.assertEqual(dossier.todo_label, call.step_id.name)
        self.assertTrue(dossier.todo_instructions)
        self.assertEqual(self._worklist(self.officer), dossier)
        self.assertFalse(self._worklist(self.officer_2))
        screen = dossier.with_user(self.officer).action_todo_done()
        self.assertEqual(screen["res_model"], "recouvrement.call")
        call.with_user(self.officer).action_done()
        self.assertTodo(dossier, "planned", "email", self._in_days(3))
        self.assertFalse(self._worklist(self.officer))

    def test_proposed_then_executed(self):
        """Ensure that a proposed step is decided from the dossier."""
        self.category_small.handling = "adaptable"
        self._invoice(self.guarantor, 100000)
        self._run()
        dossier = self._dossier(self.guarantor).with_user(self.officer)
        proposed = dossier.pending_action_id
        self.assertTodo(dossier, "proposed", "email", proposed.date_deadline)
        self.assertEqual(self._worklist(self.officer), dossier)
        self.assertEqual(
            dossier.action_todo_decide()["context"]["default_action_id"], proposed.id
        )
        dossier.with_context(recouvrement_no_pdf=True).action_todo_execute()
        self.assertEqual(proposed.state, "done")

    def test_failed_then_tried_again(self):
        """Ensure that a failure stays on the worklist, with its reason."""
        self.guarantor.email = False
        self._invoice(self.guarantor, 100000)
        self._run()
        dossier = self._dossier(self.guarantor).with_user(self.officer)
        failed = dossier.action_ids.filtered("step_id")
        self.assertTodo(dossier, "failed", "email", failed.date_deadline)
        self.assertEqual(dossier.todo_failure_reason, failed.failure_reason)
        self.assertEqual(self._worklist(self.officer), dossier)
        self.guarantor.email = "ipm.teranga@example.com"
        dossier.with_context(recouvrement_no_pdf=True).action_todo_retry()
        self.assertEqual(failed.state, "done")

    def test_held(self):
        """Ensure that a hold says why, and until when."""
        self._invoice(self.guarantor, 100000)
        self._run()
        dossier = self._dossier(self.guarantor)
        dossier.write({"hold_until": self._in_days(5), "hold_reason": "Inventory"})
        self.assertTodo(dossier, "held", False, self._in_days(5))
        self.assertEqual(dossier.todo_label, "Inventory")
        self.assertFalse(self._worklist(self.officer))

    def test_button_of_a_stale_page(self):
        """Ensure that a button whose action is gone says so."""
        self._invoice(self.guarantor, 100000, due=10)
        dossier = self._dossier(self.guarantor)
        with self.assertRaisesRegex(UserError, "IPM Teranga"):
            dossier.action_todo_done()

    def test_decisions_of_management(self):
        """Ensure that who decides on a visit finds its dossier in the worklist."""
        self._invoice(self.guarantor, 100000)
        dossier = self._dossier(self.guarantor)
        self.assertNotIn(dossier, self._worklist(self.manager))
        visits = self.env["recouvrement.visit"].with_user(self.officer)
        visit = visits.create({"dossier_id": dossier.id, "reason": "No answer"})
        self.assertIn(dossier, self._worklist(self.manager))
        visit.with_user(self.manager).action_approve()
        self.assertNotIn(dossier, self._worklist(self.manager))

    def test_preview_is_named(self):
        """Ensure that the preview of the run has a title, not a number."""
        preview = self.env["recouvrement.run.preview"].create({})
        self.assertEqual(preview.display_name, "Preview of the weekly follow-up")

    def test_new_promise(self):
        """Ensure that a promise is about what is claimed, unless it is changed."""
        disputed, promised, _free = invoices = self._invoices(
            self.guarantor, (100000, -40), (200000, -30), (300000, -10)
        )
        self._invoice(self.guarantor, 400000, due=10)
        self._dispute(disputed, amount=40000)
        self._promise(promised)
        dossier = self._dossier(self.guarantor).with_user(self.officer)
        action = dossier.action_new_commitment()
        commitments = self.env[action["res_model"]].with_user(self.officer)
        with Form(commitments.with_context(**action["context"])) as form:
            form.date = self._in_days(2)
        items = self._items(invoices)
        self.assertRecordValues(
            form.record.line_ids,
            [
                {"move_line_id": items[0].id, "amount": 60000},
                {"move_line_id": items[2].id, "amount": 300000},
            ],
        )

    def test_accountant_notes_nothing(self):
        """Ensure that who only reads dossiers notes no promise and no dispute."""
        self._invoice(self.guarantor, 100000)
        dossier = self._dossier(self.guarantor).with_user(self.accountant)
        with self.assertRaises(AccessError):
            dossier.action_new_commitment()
        with self.assertRaises(AccessError):
            dossier.action_new_dispute()
