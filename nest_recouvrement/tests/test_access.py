from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecouvrementCommon

# What each group may do with each model: read, write, create, unlink.
RIGHTS = {
    "recouvrement.dossier": {"officer": "rw", "manager": "rwcu", "accountant": "r"},
    "recouvrement.action": {"officer": "rwc", "manager": "rwcu", "accountant": "r"},
    "recouvrement.action.line": {"officer": "r", "manager": "r", "accountant": "r"},
    "recouvrement.commitment": {
        "officer": "rwc",
        "manager": "rwcu",
        "accountant": "r",
    },
    "recouvrement.commitment.line": {
        "officer": "rwcu",
        "manager": "rwcu",
        "accountant": "r",
    },
    "recouvrement.commitment.reason": {
        "officer": "r",
        "manager": "rwcu",
        "accountant": "r",
    },
    "recouvrement.dispute": {"officer": "rwc", "manager": "rwcu", "accountant": "r"},
    "recouvrement.dispute.line": {
        "officer": "rwcu",
        "manager": "rwcu",
        "accountant": "r",
    },
    "recouvrement.guarantor.category": {
        "officer": "r",
        "manager": "rwcu",
        "accountant": "r",
    },
    "recouvrement.plan": {"officer": "r", "manager": "rwcu", "accountant": "r"},
    "recouvrement.plan.step": {"officer": "r", "manager": "rwcu", "accountant": "r"},
    "recouvrement.run": {"officer": "r", "manager": "rwcu", "accountant": ""},
    "recouvrement.ledger.change": {"officer": "", "manager": "", "accountant": ""},
    "recouvrement.dispatch": {"officer": "", "manager": "", "accountant": ""},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# The models whose records belong to one dossier.
OF_DOSSIERS = (
    "recouvrement.dossier",
    "recouvrement.action",
    "recouvrement.action.line",
    "recouvrement.commitment",
    "recouvrement.commitment.line",
    "recouvrement.dispute",
    "recouvrement.dispute.line",
)


@tagged("post_install", "-at_install")
class TestAccess(RecouvrementCommon):
    """Design, section 6: who may do what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = cls._create_user("internal", "base.group_user")
        cls.guarantor = cls._create_guarantor()
        cls.portal = cls._create_user("portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.guarantor
        cls.dossier, cls.records = cls._create_followed(cls.guarantor)
        cls.plan = cls.env["recouvrement.plan"].search([], limit=1)
        cls.weekly_run = cls.env["recouvrement.run"].create(
            {"company_id": cls.company.id}
        )

    @classmethod
    def _create_followed(cls, partner, company=None):
        """Create a dossier with one record of each model that belongs to it."""
        invoice = cls._invoice(partner, 1000, due=-10, company=company)
        dossier = cls._dossier(partner, company)
        item = cls._items(invoice)
        part = [Command.create({"move_line_id": item.id, "amount": 100})]
        values = {"dossier_id": dossier.id, "line_ids": part}
        env = dossier.env
        promise = env["recouvrement.commitment"].create(
            {**values, "date": cls._in_days(2)}
        )
        dispute = env["recouvrement.dispute"].create({**values, "name": "Not covered"})
        # What was claimed is written by the follow-up itself.
        action = (
            env["recouvrement.action"]
            .sudo()
            .create({**values, "channel": "phone", "user_id": dossier.user_id.id})
        )
        records = (
            dossier,
            action,
            action.line_ids,
            promise,
            promise.line_ids,
            dispute,
            dispute.line_ids,
        )
        return dossier, {record._name: record for record in records}

    def _get_record(self, model):
        """Return one record of a model, of the test's company or of all."""
        return self.records.get(model) or self.env[model].sudo().search([], limit=1)

    def _granted(self, model, user):
        """Return the letters of what a user may do with a record of a model."""
        record = self._get_record(model).with_user(user)
        return "".join(
            letter
            for letter, operation in OPERATIONS.items()
            if record.has_access(operation)
        )

    # === GROUP BY GROUP === #

    def test_every_model_is_listed(self):
        """No model of the addon is left out of what follows."""
        self.assertEqual(
            {
                name
                for name, model in self.env.items()
                if name.startswith("recouvrement.")
                and not (model._transient or model._abstract)
            },
            set(RIGHTS),
        )

    def test_rights_of_groups(self):
        """Officers, managers and accountants may do what the design says, no more."""
        for model, rights in RIGHTS.items():
            for login, expected in rights.items():
                with self.subTest(model=model, login=login):
                    granted = self._granted(model, getattr(self, login))
                    self.assertEqual(granted, expected)

    def test_outsiders_have_no_rights(self):
        """Couriers, other employees and portal users see none of it."""
        for model in RIGHTS:
            for user in (self.courier, self.internal, self.portal):
                with self.subTest(model=model, login=user.login):
                    self.assertEqual(self._granted(model, user), "")
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_courier_sees_nothing_of_the_ledger(self):
        """A courier reads no invoice, item, payment, or figure of a guarantor."""
        for model in ("account.move", "account.move.line", "account.payment"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.courier).search([])
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.courier).web_read({"balance": {}})
        for name in ("recouvrement_dossier_ids", "recouvrement_overdue_amount"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.guarantor.with_user(self.courier).read([name])

    # === WHAT PEOPLE DO === #

    def test_officer_works_on_dossiers(self):
        """An officer puts a dossier on hold, takes promises and disputes."""
        dossier = self.dossier.with_user(self.officer)
        dossier.write({"hold_until": self._in_days(7), "hold_reason": "Ramadan"})
        item = self._items(self._invoice(self.guarantor, 500))
        values = {
            "dossier_id": dossier.id,
            "line_ids": [Command.create({"move_line_id": item.id, "amount": 100})],
        }
        self.env["recouvrement.commitment"].with_user(self.officer).create(
            {**values, "date": self.today}
        )
        self.env["recouvrement.dispute"].with_user(self.officer).create(
            {**values, "name": "Not covered"}
        )
        self.assertFigures(
            self.dossier, is_held=True, promised_amount=200, disputed_amount=200
        )

    def test_officer_changes_no_rule(self):
        """An officer changes neither plans, nor steps, nor categories."""
        for record in (self.plan, self.plan.step_ids[0], self.category_small):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.officer).name = "Mine"
            record.with_user(self.manager).name = "Ours"

    def test_officer_cannot_run_the_follow_up(self):
        """Only a manager executes the weekly follow-up."""
        with self.assertRaises(AccessError):
            self.env["recouvrement.run"].with_user(self.officer).create(
                {"company_id": self.company.id}
            )
        with self.assertRaises(AccessError):
            self.weekly_run.with_user(self.officer).action_execute()
        self.assertEqual(self.weekly_run.state, "draft")

    def test_accountant_only_reads_dossiers(self):
        """An accountant reads dossiers with their figures, and changes none."""
        dossier = self.dossier.with_user(self.accountant)
        self.assertEqual(dossier.web_read({"balance": {}})[0]["balance"], 1000)
        with self.assertRaises(AccessError):
            dossier.write({"hold_until": self.today, "hold_reason": "Mine"})
        with self.assertRaises(AccessError):
            self.records["recouvrement.action"].with_user(self.accountant).action_done()

    def test_officer_does_not_write_the_ledger(self):
        """An officer reads items; a manager or an accountant may include them."""
        item = self._items(self._entry(self.guarantor, 10, due=-1))
        self.assertTrue(item.with_user(self.officer).no_followup)
        with self.assertRaises(AccessError):
            item.with_user(self.officer).action_include_in_followup()
        item.with_user(self.manager).action_include_in_followup()
        self.assertFalse(item.no_followup)
        item.with_user(self.accountant).action_exclude_from_followup()
        self.assertTrue(item.no_followup)

    def test_manager_does_not_write_the_ledger_otherwise(self):
        """A manager who is no accountant changes nothing else of the ledger."""
        item = self._items(self._entry(self.guarantor, 10, due=-1))
        with self.assertRaises(AccessError):
            item.with_user(self.manager).date_maturity = self._in_days(9)

    # === OTHER COMPANIES, OTHER OFFICERS === #

    def assertVisible(self, user, visible, hidden):
        """Check what a user finds, and that the rest cannot be read either."""
        for model in OF_DOSSIERS:
            with self.subTest(model=model, login=user.login):
                as_user = self.env[model].with_user(user)
                shown, kept = (
                    as_user.browse(records[model].ids) for records in (visible, hidden)
                )
                found = shown.search([("id", "in", (shown + kept).ids)])
                self.assertEqual(found, shown)
                self.assertTrue(shown.has_access("read"))
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                    kept.read(["display_name"])
                self.assertFalse(kept.has_access("write"))

    def test_other_companies_are_invisible(self):
        """Nobody sees the dossiers of companies that are not his."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        _dossier, elsewhere = self._create_followed(self.guarantor, company_2)
        for user in (self.officer, self.manager, self.accountant):
            self.assertVisible(user, self.records, elsewhere)

    def test_rules_of_other_companies_are_invisible(self):
        """Plans, categories and runs of another company are not shown."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        plan = self.env["recouvrement.plan"].create(
            {
                "name": "Theirs",
                "company_id": company_2.id,
                "step_ids": [Command.create({"name": "Call", "channel": "phone"})],
            }
        )
        category = self.env["recouvrement.guarantor.category"].create(
            {"name": "Theirs", "company_id": company_2.id}
        )
        run = self.env["recouvrement.run"].create({"company_id": company_2.id})
        for record in (plan, plan.step_ids, category, run):
            for user in (self.officer, self.manager):
                with self.subTest(model=record._name, login=user.login):
                    self.assertFalse(record.with_user(user).has_access("read"))
                    self.assertNotIn(record, record.with_user(user).search([]))

    def test_officer_may_be_limited_to_her_dossiers(self):
        """With the setting, an officer sees hers and nobody's, not her colleague's."""
        colleague, theirs = self._create_followed(self._create_guarantor(name="Theirs"))
        nobody, orphan = self._create_followed(self._create_guarantor(name="Nobody's"))
        self.dossier.user_id = self.officer
        colleague.user_id = self.officer_2
        nobody.user_id = False
        self.assertTrue(colleague.with_user(self.officer).has_access("read"))
        self.company.recouvrement_own_dossiers_only = True
        self.assertVisible(self.officer, self.records, theirs)
        self.assertVisible(self.officer, orphan, theirs)
        self.assertVisible(self.officer_2, theirs, self.records)
        for user in (self.manager, self.accountant):
            self.assertTrue(colleague.with_user(user).has_access("read"))
            self.assertTrue(self.dossier.with_user(user).has_access("read"))
