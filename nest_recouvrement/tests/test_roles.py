import inspect
import json
import re

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from . import roles
from .common import NOW, RecouvrementCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
LOGINS = ("officer", "manager", "accountant", "courier", "internal", "portal")
SAY = "%s: say who may do what with it, in tests/roles.py"


class RolesCommon(RecouvrementCommon):
    """Every model of the addon, whoever made it, is found in the registry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = cls._create_user("internal", "base.group_user")
        cls.portal = cls._create_user("portal", "base.group_portal")
        cls.guarantor = cls._create_guarantor()
        cls.portal.partner_id.parent_id = cls.guarantor
        cls.models = sorted(
            name
            for name, model in cls.env.items()
            if name.startswith("recouvrement.")
            and not (model._abstract or model._transient)
        )

    def _user(self, login):
        return getattr(self, login)

    def _follow(self, company=None, officer=None, **values):
        """Return the dossier of a guarantor of its own in a company."""
        partner = self._create_guarantor(**values)
        self._invoice(partner, 1000, due=-10, company=company)
        dossier = self._dossier(partner, company)
        if officer:
            dossier.user_id = officer
        return dossier

    # === RECORDS OF ANY MODEL === #

    def _describe(self, model, dossier, depth=0):
        """Return a new record, not stored, of a model that belongs to ``dossier``.

        :return: the record, and whether it belongs to the dossier or only to its
            company; (None, None) if it belongs to neither
        """
        record = self.env[model].sudo()
        company = dossier.company_id
        if model == dossier._name:
            return dossier.sudo(), True
        links = {
            name: field
            for name, field in record._fields.items()
            if field.type == "many2one" and (field.store or not record._auto)
        }
        values = {}
        if "company_id" in links:
            values["company_id"] = company.id
        if "dossier_id" in links and links["dossier_id"].comodel_name == dossier._name:
            return record.new({**values, "dossier_id": dossier.id}), True
        if values and not links["company_id"].related:
            return record.new(values), False
        for name, field in links.items():
            parent = field.comodel_name
            if not field.required or parent == model or depth > 3:
                continue
            if parent.startswith("recouvrement."):
                found, is_owned = self._describe(parent, dossier, depth + 1)
                if found is not None:
                    return record.new({name: found}), is_owned
            elif "company_id" in self.env[parent]._fields and name != "partner_id":
                other = self.env[parent].sudo().new({"company_id": company.id})
                return record.new({name: other}), False
        return None, None

    def _make(self, model, dossier, depth=0):
        """Write a row of a model that belongs to ``dossier``, and return it.

        Straight into the table: what each model asks of its records does not matter
        here, only whose it is.
        """
        record = self.env[model].sudo()
        if model == dossier._name:
            return dossier.sudo()
        known = {
            "company_id": dossier.company_id.id,
            "dossier_id": dossier.id,
            "partner_id": dossier.partner_id.id,
        }
        values = {}
        for name, field in record._fields.items():
            if not (field.store and field.column_type) or name == "id":
                continue
            if name in known:
                values[name] = known[name]
            elif field.type == "many2one" and field.required:
                values[name] = self._make_parent(field.comodel_name, dossier, depth)
            elif field.required or name == "state":
                values[name] = self._make_value(record, field)
        values |= roles.ROW_VALUES.get(model, {})
        self.env.flush_all()
        ((record_id,),) = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(record._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        self.env.invalidate_all()
        return record.browse(record_id)

    def _make_once(self, model, dossier, depth):
        """Return the record of a dossier, which may have one only, or make it."""
        records = self.env[model].sudo()
        if model != dossier._name and "dossier_id" in records._fields:
            records = records.search([("dossier_id", "=", dossier.id)], limit=1)
        return records or self._make(model, dossier, depth)

    def _make_parent(self, model, dossier, depth):
        if model.startswith("recouvrement.") and depth < 4:
            return self._make_once(model, dossier, depth + 1).id
        if model == "account.payment":
            return self._receive(dossier.partner_id, 100, company=dossier.company_id).id
        domain = []
        if model == "account.move.line":
            domain = [
                ("partner_id", "=", dossier.partner_id.id),
                ("company_id", "=", dossier.company_id.id),
            ]
        return self.env[model].sudo().search(domain, limit=1).id

    def _make_value(self, record, field):
        if field.translate:
            return json.dumps({"en_US": "x"})
        if field.type == "selection":
            return record._fields[field.name].get_values(self.env)[0]
        return {
            "boolean": False,
            "char": "x",
            "date": self.today,
            "datetime": fields.Datetime.now(),
            "float": 1,
            "integer": 1,
            "monetary": 1,
        }.get(field.type, "x")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRoles(RolesCommon):
    """Each group does what design section 6 says, and nothing else."""

    # === ACCESS RIGHTS === #

    def test_rights_of_every_model(self):
        """Ensure that each group may do with each model what the table says."""
        found, said = {}, {}
        for model in self.models:
            expected = roles.find(roles.RIGHTS, model)
            self.assertIsNotNone(expected, SAY % model)
            for login in LOGINS:
                as_user = self.env[model].with_user(self._user(login))
                said[model, login] = expected.get(login, "")
                found[model, login] = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if as_user.has_access(operation)
                )
        wrong = {
            key: f"may {found[key]!r}, should {said[key]!r}"
            for key in found
            if found[key] != said[key]
        }
        self.assertFalse(wrong)

    def test_dialogs(self):
        """Ensure that each dialog is opened by those who may do what it does."""
        for model in self.env:
            if not (model.startswith("recouvrement.") and self.env[model]._transient):
                continue
            expected = roles.find(roles.DIALOGS, model)
            self.assertIsNotNone(expected, SAY % model)
            allowed = {
                login
                for login in LOGINS
                if self.env[model].with_user(self._user(login)).has_access("create")
            }
            with self.subTest(model=model):
                self.assertEqual(allowed, expected)

    def test_outsiders_find_nothing(self):
        """Ensure that portal users and other employees cannot even search."""
        for model in self.models:
            expected = roles.find(roles.RIGHTS, model) or {}
            for login in ("internal", "portal"):
                if expected.get(login):
                    continue
                with self.subTest(model=model, login=login):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(self._user(login)).search([])
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(self._user(login)).create({})

    # === RECORD RULES === #

    def _is_visible(self, record, user):
        """Return whether the rules of a user let a record, stored or not, through."""
        rules = self.env["ir.rule"].with_user(user)
        domain = rules._compute_domain(record._name, "read")
        return bool(record.sudo().filtered_domain(domain))

    def _readers(self, model):
        """Return the users of a table's groups who may read a model, not couriers."""
        expected = roles.find(roles.RIGHTS, model) or {}
        return [
            login
            for login in ("officer", "manager", "accountant")
            if "r" in expected.get(login, "")
        ]

    def test_companies_of_every_model(self):
        """Ensure that nobody sees what belongs to a company that is not his."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        own, foreign = self._follow(), self._follow(company_2, name="Theirs")
        for model in self.models:
            if re.fullmatch(roles.WITHOUT_COMPANY, model.removeprefix("recouvrement.")):
                continue
            mine, _owned = self._describe(model, own)
            theirs, _owned = self._describe(model, foreign)
            self.assertIsNotNone(theirs, f"{model}: whose is it? See tests/roles.py")
            for login in self._readers(model):
                with self.subTest(model=model, login=login):
                    self.assertTrue(self._is_visible(mine, self._user(login)))
                    self.assertFalse(self._is_visible(theirs, self._user(login)))

    def test_own_dossiers_of_every_model(self):
        """Ensure that with the setting an officer sees hers and nobody's only."""
        own = self._follow(officer=self.officer)
        colleague = self._follow(officer=self.officer_2, name="Theirs")
        nobody = self._follow(name="Nobody's")
        nobody.user_id = False
        for limited in (False, True):
            self.company.recouvrement_own_dossiers_only = limited
            for model in self.models:
                theirs, is_owned = self._describe(model, colleague)
                if not is_owned:
                    continue
                for login in self._readers(model):
                    user = self._user(login)
                    with self.subTest(model=model, login=login, limited=limited):
                        for dossier in (own, nobody):
                            record, _owned = self._describe(model, dossier)
                            self.assertTrue(self._is_visible(record, user))
                        self.assertEqual(
                            self._is_visible(theirs, user),
                            not limited or login != "officer",
                            (model, login),
                        )

    # === BUTTONS === #

    def _get_buttons(self, record):
        """Return the public methods of a record that screens call as buttons."""
        for name in dir(type(record)):
            method = getattr(type(record), name)
            if (
                not name.startswith("action_")
                or not callable(method)
                or getattr(method, "_api_model", False)
                or (name in ("action_archive", "action_unarchive"))
                and not record._active_name
            ):
                continue
            parameters = list(inspect.signature(method).parameters.values())[1:]
            if all(
                parameter.default is not parameter.empty
                or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
                for parameter in parameters
            ):
                yield name

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_buttons_on_another_company(self):
        """Ensure that no button does, or shows, anything of another company."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        foreign = self._follow(company_2, name="Theirs")
        count, let_through = 0, set()
        for model in self.models:
            if not self.env[model]._auto or re.fullmatch(
                roles.WITHOUT_COMPANY, model.removeprefix("recouvrement.")
            ):
                continue
            record = self._make(model, foreign)
            for name in self._get_buttons(record):
                for login in LOGINS:
                    self.env.invalidate_all()
                    count += 1
                    try:
                        with self.env.cr.savepoint():
                            getattr(record.with_user(self._user(login)), name)()
                    except AccessError:
                        continue
                    except Exception as error:
                        let_through.add((model, name, login, repr(error)[:80]))
                    else:
                        let_through.add((model, name, login, "done"))
        self.assertFalse(let_through, "Check the rights before anything else")
        self.assertGreater(count, 100)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_officer_has_no_rights_of_management(self):
        """Ensure that plans, categories, runs and reports are not the officer's."""
        plan = self.env["recouvrement.plan"].search([], limit=1)
        report = (
            self.env["recouvrement.deviation.report"]
            .sudo()
            .create({"company_id": self.company.id, "week_date": self.today})
        )
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        for call in (
            lambda env: plan.with_env(env).write({"name": "Mine"}),
            lambda env: plan.with_env(env).action_archive(),
            lambda env: plan.step_ids[0].with_env(env).unlink(),
            lambda env: self.category_small.with_env(env).write({"turnover_min": 1}),
            lambda env: run.with_env(env).action_execute(),
            lambda env: run.with_env(env).action_schedule(),
            lambda env: report.with_env(env).read(["deviation_count"]),
            lambda env: report.with_env(env).action_view_decisions(),
        ):
            for user in (self.officer, self.accountant, self.courier):
                source = inspect.getsource(call)
                with (
                    self.subTest(call=source, login=user.login),
                    self.assertRaises(AccessError),
                ):
                    call(self.env(user=user))

    # === MENUS === #

    def _get_visible_menus(self, login):
        """Return the menus of the addon that a user sees, by external id."""
        menus = self.env["ir.ui.menu"].with_user(self._user(login))
        visible = [key for key in menus.load_menus(False) if key != "root"]
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "nest_recouvrement"),
                ("model", "=", "ir.ui.menu"),
                ("res_id", "in", visible),
            ]
        )
        menus = self.env["ir.ui.menu"].sudo()
        return {found.name: menus.browse(found.res_id) for found in data}

    def test_menus_of_each_role(self):
        """Ensure that menus show what their group may read, and only that."""
        of_managers = {
            "recouvrement_action_decision_menu",
            "recouvrement_deviation_report_menu",
            "recouvrement_guarantor_category_menu",
            "recouvrement_menu_configuration",
            "recouvrement_menu_runs",
            "recouvrement_plan_menu",
            "recouvrement_run_menu",
            "recouvrement_run_menu_preview",
        }
        self.assertLessEqual(of_managers, set(self._get_visible_menus("manager")))
        for login in ("officer", "accountant", "courier"):
            with self.subTest(login=login):
                self.assertFalse(of_managers & set(self._get_visible_menus(login)))
        self.assertFalse(self._get_visible_menus("internal"))
        with self.assertRaises(AccessError):
            self._get_visible_menus("portal")
        for login in ("officer", "manager"):
            self.assertIn("recouvrement_menu_worklist", self._get_visible_menus(login))
        for login in LOGINS[:-1]:
            for name, menu in self._get_visible_menus(login).items():
                action = menu.action
                if not action or action._name != "ir.actions.act_window":
                    continue
                model = self.env[action.res_model].with_user(self._user(login))
                with self.subTest(login=login, menu=name):
                    self.assertTrue(model.has_access("read"))

    # === PORTAL === #

    def test_portal_user_sees_nothing_internal(self):
        """Ensure that a guarantor's user reads neither figures nor the journal."""
        dossier = self._follow()
        self.portal.partner_id.parent_id = dossier.partner_id
        partner = dossier.partner_id.with_user(self.portal)
        for name in (
            "recouvrement_dossier_ids",
            "recouvrement_dossier_count",
            "recouvrement_overdue_amount",
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                partner.read([name])
        for method in ("web_read", "read"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                argument = {"balance": {}} if method == "web_read" else ["balance"]
                getattr(dossier.with_user(self.portal), method)(argument)
        with self.assertRaises(AccessError):
            dossier.with_user(self.portal).message_post(body="Let me in")
        with self.assertRaises(AccessError):
            self.env["recouvrement.commitment"].with_user(self.portal).create(
                {
                    "dossier_id": dossier.id,
                    "date": self.today,
                    "line_ids": [Command.create({"amount": 1})],
                }
            )
