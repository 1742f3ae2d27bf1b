from odoo.exceptions import AccessError, UserError
from odoo.http import _generate_routing_rules
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW
from .common_courier import PHOTO, CourierCommon

# What a courier may read; everything else of the addon is refused.
READABLE = {
    "recouvrement.pickup",
    "recouvrement.pickup.line",
    "recouvrement.pickup.custody",
    "recouvrement.pickup.slip",
    "recouvrement.pickup.slip.line",
    "recouvrement.pickup.failure.reason",
    # The roles of the contacts that every internal user reads.
    "recouvrement.contact.role",
}
# The forms that a courier fills in.
FORMS = {
    "recouvrement.pickup.collect",
    "recouvrement.pickup.deliver",
    "recouvrement.pickup.fail",
    "recouvrement.pickup.hand.over",
}
LEDGER = (
    "account.bank.statement",
    "account.bank.statement.line",
    "account.full.reconcile",
    "account.journal",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "account.payment.register",
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPickupAccess(CourierCommon):
    """A courier sees and completes own errands, and nothing else of the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-20)
        cls.mine = cls._errand(cls.invoice, amount=400)
        cls.theirs = cls._errand(cls.invoice, amount=300, user_id=cls.courier_2.id)
        cls.unassigned = cls._errand(cls.invoice, amount=200)
        cls.unassigned.user_id = False
        cls.theirs_done = cls._collect(
            cls._errand(cls.invoice, amount=100, user_id=cls.courier_2.id),
            number="9",
        )
        cls.their_slip = cls._hand_over(cls.theirs_done)
        cls.mine_done = cls._collect(
            cls._errand(cls._invoice(cls.guarantor, 50)), number="8"
        )
        cls.my_slip = cls._hand_over(cls.mine_done)
        cls.dossier = cls.mine.dossier_id

    def _get_models(self):
        """Return every model of the addon, and the ledger's."""
        return sorted(
            {name for name in self.env if name.startswith("recouvrement.")}
            | set(LEDGER)
        )

    def _courier(self, record):
        return record.with_user(self.courier)

    # === EVERY MODEL, BY RPC === #

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_model(self):
        """Ensure that each model is refused, except errands to read and own forms."""
        for name in self._get_models():
            model = self._courier(self.env[name])
            if model._abstract:
                continue
            record = self.env[name].sudo().search([], limit=1)
            allowed = {
                "read": name in READABLE | FORMS,
                "create": name in FORMS,
                "write": name in FORMS,
                "unlink": False,
            }
            for operation, expected in allowed.items():
                with self.subTest(model=name, operation=operation):
                    self.assertEqual(
                        model.has_access(operation), expected, (name, operation)
                    )
            if name in READABLE | FORMS:
                continue
            with self.subTest(model=name), self.assertRaises(AccessError):
                model.search_read([], ["display_name"])
            with self.subTest(model=name), self.assertRaises(AccessError):
                model.web_search_read([], {"display_name": {}})
            with self.subTest(model=name), self.assertRaises(AccessError):
                self._courier(record or model.browse(1)).read(["display_name"])
            with self.subTest(model=name), self.assertRaises(AccessError):
                model.name_search("")

    def test_readable_models_are_looked_through(self):
        """Ensure that only what belongs to own errands is found."""
        expected = {
            "recouvrement.pickup": self.mine + self.mine_done,
            "recouvrement.pickup.line": (self.mine + self.mine_done).line_ids,
            "recouvrement.pickup.custody": self.mine_done.custody_ids,
            "recouvrement.pickup.slip": self.my_slip,
            "recouvrement.pickup.slip.line": self.my_slip.line_ids,
        }
        for name, records in expected.items():
            with self.subTest(model=name):
                self.assertEqual(
                    self._courier(self.env[name]).search([]).sorted("id").ids,
                    records.sorted("id").ids,
                )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_errands_of_others(self):
        """Ensure that errands of others are neither read nor completed."""
        for errand in (self.theirs, self.unassigned):
            errand = self._courier(errand)
            for what in (
                lambda errand=errand: errand.read(["partner_id"]),
                lambda errand=errand: errand.line_ids.read(["amount"]),
                errand.action_collect,
                errand.action_report_problem,
                lambda errand=errand: errand._collect("1", "CBAO", 300, self.today),
                lambda errand=errand: errand._fail(self.reason),
                lambda errand=errand: errand._postpone(self._in_days(1), self.reason),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    what()
        with self.assertRaises(AccessError):
            self._courier(self.theirs_done)._hand_over()
        with self.assertRaises(AccessError):
            self._courier(self.their_slip).read(["amount"])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_forms_do_not_open_errands_of_others(self):
        """Ensure that no form reads or completes the errand of another courier."""
        values = {
            "recouvrement.pickup.collect": {
                "cheque_number": "1",
                "bank": "CBAO",
                "cheque_amount": 300,
                "photo": PHOTO,
            },
            "recouvrement.pickup.fail": {
                "reason_id": self.reason.id,
                "decision": "fail",
            },
            "recouvrement.pickup.deliver": {"received_by": "Me", "photo": PHOTO},
        }
        for name, vals in values.items():
            model = self._courier(self.env[name])
            with self.subTest(model=name), self.env.cr.savepoint():
                with self.assertRaises(AccessError):
                    form = model.create({**vals, "pickup_id": self.theirs.id})
                    form.read(["partner_id"])
                with self.assertRaises(AccessError):
                    model.create({**vals, "pickup_id": self.theirs.id}).action_confirm()
        self.assertEqual(self.theirs.state, "to_collect")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_forms_of_others(self):
        """Ensure that nobody reads the form that another courier is filling in."""
        form = (
            self.env["recouvrement.pickup.fail"]
            .with_user(self.courier_2)
            .create({"pickup_id": self.theirs.id, "reason_id": self.reason.id})
        )
        with self.assertRaises(AccessError):
            self._courier(form).read(["note"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nothing_is_written_directly(self):
        """Ensure that a courier writes, creates and deletes no errand by RPC."""
        for values in (
            {"state": "paid"},
            {"state": "collected"},
            {"user_id": self.courier_2.id},
            {"cheque_amount": 1},
            {"date": "2026-04-01"},
            {"instructions": "Nothing"},
        ):
            with self.subTest(**values), self.assertRaises(AccessError):
                self._courier(self.mine).write(values)
        with self.assertRaises(AccessError):
            self._courier(self.mine).line_ids.write({"amount": 1})
        with self.assertRaises(AccessError):
            self._courier(self.mine).unlink()
        with self.assertRaises(AccessError):
            self._courier(self.mine).copy()
        with self.assertRaises(AccessError):
            self._courier(self.env["recouvrement.pickup"]).create(
                {"dossier_id": self.dossier.id, "kind": "deliver"}
            )
        with self.assertRaises(AccessError):
            self._courier(self.my_slip).write({"state": "received"})
        with self.assertRaises(UserError):
            self._courier(self.mine_done.custody_ids).write({"note": "x"})

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_buttons_of_the_office(self):
        """Ensure that the buttons of officers and accountants refuse a courier."""
        for what in (
            self._courier(self.mine).action_cancel,
            self._courier(self.mine).action_reopen,
            lambda: self._courier(self.mine)._cancel("No"),
            self._courier(self.my_slip).action_confirm_receipt,
            lambda: self._courier(self.my_slip)._confirm({}, 50),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                what()

    # === NOTHING OF THE LEDGER THROUGH AN ERRAND === #

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_no_way_to_the_ledger(self):
        """Ensure that neither fields nor filters of an errand lead to the ledger."""
        hidden = {
            "recouvrement.pickup": ("dossier_id", "commitment_id"),
            "recouvrement.pickup.line": ("move_line_id",),
        }
        for name, field_names in hidden.items():
            model = self._courier(self.env[name])
            shown = model.fields_get()
            for field_name in field_names:
                with self.subTest(model=name, field=field_name):
                    self.assertNotIn(field_name, shown)
                    with self.assertRaises(AccessError):
                        model.search([], limit=1).read([field_name])
                    with self.assertRaises(AccessError, msg=field_name):
                        model.search([(field_name, "in", [1, 2, 3])])
        pickups = self._courier(self.env["recouvrement.pickup"])
        for path in (
            "dossier_id.overdue_amount",
            "line_ids.move_line_id.amount_residual",
            "partner_id.recouvrement_overdue_amount",
        ):
            with self.subTest(path=path), self.assertRaises(AccessError, msg=path):
                pickups.search([(path, ">", 0)])

    @mute_logger("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model")
    def test_guarantor_without_figures(self):
        """Ensure that the place is read, and no figure of the guarantor."""
        partner = self._courier(self.guarantor)
        self.assertEqual(partner.read(["street"])[0]["street"], "Rue 12")
        shown = partner.fields_get()
        for name in (
            "credit",
            "recouvrement_dossier_ids",
            "recouvrement_overdue_amount",
            "total_invoiced",
        ):
            with self.subTest(field=name):
                self.assertNotIn(name, shown)
        with self.assertRaises(AccessError):
            partner.write({"street": "Elsewhere"})

    def test_reads_what_the_screen_needs(self):
        """Ensure that every view of the courier's app opens with own errands."""
        menu = self.env.ref("nest_recouvrement.recouvrement_menu_courier")
        for action in menu.child_id.mapped("action"):
            model = self._courier(self.env[action.res_model])
            views = model.get_views(
                [(view.view_id.id, view.view_mode) for view in action.view_ids]
                or [(False, mode) for mode in action.view_mode.split(",")]
            )
            for kind, view in views["views"].items():
                names = list(views["models"][model._name]["fields"])
                with self.subTest(action=action.name, view=kind):
                    self.assertTrue(view["arch"])
                    self.assertTrue(model.search([]).read(names))

    # === MENUS === #

    def test_menus(self):
        """Ensure that a courier's only app of the addon is My Errands."""
        menus = self.env["ir.ui.menu"].with_user(self.courier)
        shown = menus.load_menus(False)
        reachable = list(shown["root"]["children"])
        for menu_id in reachable:
            # The list grows while it is read: down to the last leaf.
            reachable += shown[menu_id]["children"]
        ours = menus.browse(reachable).filtered(
            lambda menu: shown[menu.id]["xmlid"].startswith("nest_recouvrement.")
        )
        root = self.env.ref("nest_recouvrement.recouvrement_menu_courier")
        self.assertEqual(ours.filtered(lambda menu: not menu.parent_id), root)
        self.assertEqual(
            {menu.action.res_model for menu in ours if menu.action},
            {"recouvrement.pickup", "recouvrement.pickup.slip"},
        )
        self.assertNotIn(self.env.ref("account.menu_finance").id, reachable)

    # === COMPANIES === #

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_errand_of_another_company(self):
        """Ensure that an errand of a company that is not the courier's is refused."""
        other = self._create_company(name="Thies")
        self.courier.company_ids += other
        guarantor = self._create_guarantor(name="Thies Ciment")
        dossier = (
            self.env["recouvrement.dossier"]
            .sudo()
            .create({"partner_id": guarantor.id, "company_id": other.id})
        )
        errand = (
            self.env["recouvrement.pickup"]
            .sudo()
            .create(
                {
                    "kind": "deliver",
                    "dossier_id": dossier.id,
                    "user_id": self.courier.id,
                }
            )
        )
        both = self._courier(errand).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        self.assertTrue(both.has_access("read"))
        only = self._courier(errand).with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            only._deliver("Awa", photo=PHOTO)
        self.courier.company_ids -= other
        with self.assertRaises(AccessError):
            self._courier(errand).read(["name"])

    # === OFFICE === #

    def test_officer_sees_errands_of_own_dossiers(self):
        """Ensure that errands follow the officer's own dossiers, if so set."""
        self.company.recouvrement_own_dossiers_only = True
        self.assertEqual(self.dossier.user_id, self.officer)
        for record in (self.mine, self.mine_done.custody_ids, self.my_slip.line_ids):
            self.assertTrue(record.with_user(self.officer).has_access("read"))
            self.assertFalse(record.with_user(self.officer_2).has_access("read"))
            self.assertTrue(record.with_user(self.manager).has_access("read"))
            self.assertTrue(record.with_user(self.accountant).has_access("read"))

    def test_accountant_completes_no_errand(self):
        """Ensure that an accountant reads errands, and completes none."""
        with self.assertRaises(AccessError):
            self.mine.with_user(self.accountant)._collect(
                "1", "CBAO", 400, self.today, photo=PHOTO
            )

    def test_officer_completes_for_a_courier(self):
        """Ensure that the office notes what a courier reports without a phone."""
        self.mine.with_user(self.officer)._collect(
            "1", "CBAO", 400, self.today, photo=PHOTO
        )
        self.assertRecordValues(
            self.mine, [{"state": "collected", "holder_name": self.courier.name}]
        )
        self.assertEqual(self.mine.custody_ids.user_id, self.officer)
        with self.assertRefused("cannot be changed|no longer|The cheque is", UserError):
            self.mine.with_user(self.officer).line_ids.amount = 401


@tagged("post_install", "-at_install")
class TestPickupRoutes(CourierCommon, HttpCase):
    """The addresses of the addon, opened by a courier."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._recouvrement_today()
        cls.errand = cls._errand(cls._invoice(cls.guarantor, 1000))
        cls.theirs = cls._errand(
            cls._invoice(cls.guarantor, 500), user_id=cls.courier_2.id
        )
        cls._collect(cls.theirs)

    def _get_routes(self):
        """Return the addresses of the addon, as they are registered."""
        return {
            url
            for url, _endpoint in _generate_routing_rules(["nest_recouvrement"], False)
        }

    def test_every_route(self):
        """Ensure that every address of the addon refuses a courier."""
        self.authenticate("courier", "courier")
        dossier = self.errand.dossier_id
        addresses = {
            "/recouvrement/statement/<any('all', 'overdue'):scope>.xlsx": (
                f"/recouvrement/statement/all.xlsx?ids={dossier.id}",
                f"/recouvrement/statement/overdue.xlsx?ids={dossier.id}",
            ),
        }
        self.assertLessEqual(
            self._get_routes(), set(addresses), "say what a courier may do there"
        )
        reports = self.env["ir.actions.report"].search(
            [("model", "=", "recouvrement.dossier")]
        )
        urls = [url for variants in addresses.values() for url in variants]
        urls += [
            f"/report/html/{report.report_name}/{dossier.id}" for report in reports
        ]
        for url in urls:
            with self.subTest(url=url), mute_logger("odoo.http", "odoo.addons"):
                answer = self.url_open(url)
                self.assertIn(answer.status_code, (403, 404, 500))
                self.assertNotIn(self.guarantor.name, answer.text)

    def test_photos_of_others(self):
        """Ensure that the photo of another courier's cheque is not to be had."""
        self.authenticate("courier", "courier")
        url = f"/web/image/recouvrement.pickup/{self.theirs.id}/photo"
        photo = self.theirs.sudo().photo
        self.assertTrue(photo)
        answer = self.url_open(url)
        self.assertNotIn(
            self.theirs.name, answer.headers.get("Content-Disposition", "")
        )
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "recouvrement.pickup"),
                    ("res_id", "=", self.theirs.id),
                ],
                limit=1,
            )
        )
        answer = self.url_open(f"/web/content/{attachment.id}")
        self.assertIn(answer.status_code, (403, 404))
