from datetime import date, datetime

from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import NOW
from .common_courier import PHOTO, CourierCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPickup(CourierCommon):
    """A courier's errand: who gets it, what it names, how it ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-20)
        cls.invoice_2 = cls._invoice(cls.guarantor, 500, due=-10)
        cls.errand = cls._errand(cls.invoice + cls.invoice_2)
        cls.dossier = cls.errand.dossier_id

    def _last_journal(self):
        return self.dossier.action_ids.sorted("id")[-1:]

    # === GIVING THE ERRAND === #

    def test_reason_fits_the_errand(self):
        """Ensure that a letter fails for reasons of letters, a cheque for its own."""
        reasons = self.env["recouvrement.pickup.failure.reason"]
        cheque, letter = reasons.create(
            [
                {"name": "Not signed yet", "kind": "collect"},
                {"name": "Refused to sign", "kind": "deliver"},
            ]
        )
        errands = {
            letter: self._errand(self._invoice(self.guarantor, 100, due=-10)),
            cheque: self._letter(),
        }
        for wrong, errand in errands.items():
            carried = errand.with_user(errand.user_id)
            with self.assertRefused("is no reason why"):
                carried._fail(wrong)
            with self.assertRefused("is no reason why"):
                carried._postpone(self._in_days(1), wrong)
            self.assertIn(errand.state, ("to_collect", "to_deliver"))

    def test_step_6_cheque_informs_the_courier(self):
        """Ensure that a cheque makes an errand, with its number and activity."""
        self.assertRecordValues(
            self.errand,
            [{"state": "to_collect", "amount": 1500, "user_id": self.courier.id}],
        )
        self.assertRegex(self.errand.name, r"^COU/2026/\d{4}$")
        activity = self.errand.activity_ids
        self.assertEqual(activity.user_id, self.courier)
        self.assertEqual(activity.date_deadline, self.today)
        self.assertIn("IPM Teranga", activity.summary)

    def test_courier_of_the_district(self):
        """Ensure that the courier of the district comes before the default one."""
        self.env["recouvrement.courier.district"].create(
            {"name": " medina", "user_id": self.courier_2.id}
        )
        self.assertEqual(self._letter().user_id, self.courier_2)
        self.guarantor.street2 = "Fann"
        self.assertEqual(self._letter().user_id, self.courier)

    def test_without_any_courier_the_officer_chooses(self):
        """Ensure that an errand nobody is there for is kept, to be assigned."""
        self.company.recouvrement_courier_id = False
        letter = self._letter()
        self.assertFalse(letter.user_id)
        self.assertFalse(letter.activity_ids)
        letter.with_user(self.officer).user_id = self.courier_2
        self.assertEqual(letter.activity_ids.user_id, self.courier_2)

    def test_another_courier_is_told(self):
        """Ensure that the activity follows the courier and the day."""
        self.errand.with_user(self.officer).write(
            {"user_id": self.courier_2.id, "date": self._in_days(1)}
        )
        self.assertRecordValues(
            self.errand.activity_ids,
            [{"user_id": self.courier_2.id, "date_deadline": self._in_days(1)}],
        )

    def test_courier_works_in_the_company(self):
        """Ensure that an errand is given to a courier of its company only."""
        other = self._create_company(name="Thies")
        stranger = self._create_user(
            "stranger", "nest_recouvrement.group_courier", company=other
        )
        with self.assertRefused("does not work in"):
            self.errand.user_id = stranger

    def test_numbers_are_each_company_s_own(self):
        """Ensure that each company numbers its errands by itself."""
        other = self._create_company(name="Thies")
        first = self._letter()
        number = other._recouvrement_next_number("recouvrement.pickup")
        self.assertEqual(number, "COU/2026/0001")
        second = self._letter()
        self.assertEqual(int(second.name[-4:]), int(first.name[-4:]) + 1)

    @mute_logger("odoo.sql_db")
    def test_names_open_invoices(self):
        """Ensure that a cheque names invoices, of its guarantor, for what is open."""
        with self.assertRefused("Name the invoices"):
            self.env["recouvrement.pickup"].create({"dossier_id": self.dossier.id})
        with self.assertRefused("rest is paid, or named by another cheque"):
            self._errand(self.invoice, amount=1)
        other = self._invoice(self._create_guarantor(name="Other"), 10)
        with self.assertRefused("is not owed by"):
            self.errand.write(
                {
                    "line_ids": [
                        Command.create(
                            {"move_line_id": self._items(other).id, "amount": 10}
                        )
                    ]
                }
            )
        with self.assertRefused("check_amount", IntegrityError):
            self.errand.line_ids[0].amount = 0

    @mute_logger("odoo.sql_db")
    def test_hours(self):
        """Ensure that hours are hours, in their order, and shown in short."""
        with self.assertRefused("check_hours", IntegrityError):
            self.errand.write({"hour_from": 12, "hour_to": 9})
            self.errand.flush_recordset()
        self.errand.write({"hour_from": 8.5, "hour_to": 12})
        self.assertEqual(self.errand.hours_label, "08:30 - 12:00")

    def test_place(self):
        """Ensure that the courier reads where to go, whom to ask for and the map."""
        self.assertRecordValues(
            self.errand,
            [
                {
                    "place_name": "IPM Teranga",
                    "place_address": "Rue 12, Medina, Dakar",
                    "district": "Medina",
                    "map_url": "https://www.openstreetmap.org/search?query="
                    "Rue%2012%20Medina%20Dakar%20Senegal",
                }
            ],
        )
        cashier = self.env["res.partner"].create(
            {
                "name": "Awa Diop",
                "parent_id": self.guarantor.id,
                "type": "other",
                "street": "Avenue Cheikh Anta Diop",
                "street2": "Fann",
                "phone": "+221 77 000 00 00",
                "partner_latitude": 14.69,
                "partner_longitude": -17.46,
            }
        )
        self.errand.contact_id = cashier
        self.assertRecordValues(
            self.errand,
            [
                {
                    "place_name": "Awa Diop",
                    "place_phone": "+221 77 000 00 00",
                    "phone_url": "tel:+221770000000",
                    "district": "Fann",
                    "map_url": "https://www.openstreetmap.org/?mlat=14.690000"
                    "&mlon=-17.460000#map=17/14.690000/-17.460000",
                }
            ],
        )

    # === COLLECTED === #

    def test_collected(self):
        """Ensure that a cheque is noted with number, bank, amount, date and photo."""
        self._collect(self.errand)
        self.assertRecordValues(
            self.errand,
            [
                {
                    "state": "collected",
                    "cheque_number": "0012345",
                    "bank": "CBAO",
                    "cheque_amount": 1500,
                    "expected_amount": 1500,
                    "cheque_date": self.today,
                    "holder_name": self.courier.name,
                    "is_postdated": False,
                    "unnamed_amount": 0,
                }
            ],
        )
        self.assertTrue(self.errand.photo)
        self.assertFalse(self.errand.activity_ids)
        journal = self._last_journal()
        self.assertRecordValues(
            journal,
            [{"channel": "courier", "done_user_id": self.courier.id, "amount": 1500}],
        )
        self.assertEqual(journal.line_ids.mapped("amount"), [1000, 500])
        self.assertIn("0012345", journal.name)
        self.assertEqual(len(journal.document_ids), 1)

    def test_bad_cheques(self):
        """Ensure that a cheque without number, bank, amount or photo is refused."""
        refusals = (
            ({"number": " "}, "number of the cheque"),
            ({"number": "000"}, "number of the cheque"),
            ({"bank": " "}, "bank on which"),
            ({"amount": 0}, "above zero"),
            ({"amount": -1500}, "above zero"),
            ({"photo": False}, "Take a photo"),
            ({"amount": 1400}, "instead of"),
        )
        for values, sentence in refusals:
            with self.subTest(**values), self.assertRefused(sentence):
                self._collect(self.errand, **values)
        self.assertRecordValues(
            self.errand, [{"state": "to_collect", "cheque_number": False}]
        )
        self.assertFalse(self.errand.custody_ids)
        self.company.recouvrement_cheque_photo = False
        self._collect(self.errand, photo=False)
        self.assertEqual(self.errand.state, "collected")

    def test_smaller_cheque(self):
        """Ensure that a smaller cheque pays the oldest invoices first, and is told.

        1200 instead of 1500: 1000 on the older invoice, 200 on the other.
        """
        self._collect(self.errand, amount=1200, difference_reason="Care rejected")
        self.assertEqual(self.errand.line_ids.mapped("amount"), [1000, 200])
        self.assertRecordValues(
            self.errand,
            [{"amount": 1200, "expected_amount": 1500, "unnamed_amount": 0}],
        )
        self.assertIn("Care rejected", self._last_journal().note)
        told = self.dossier.activity_ids
        self.assertEqual(told.user_id, self.officer)
        self.assertIn("Care rejected", told.note)

    def test_much_smaller_cheque(self):
        """Ensure that an invoice for which nothing is left is no longer named."""
        self._collect(self.errand, amount=700, difference_reason="Half of it")
        self.assertRecordValues(
            self.errand.line_ids,
            [{"move_line_id": self._items(self.invoice).id, "amount": 700}],
        )

    def test_larger_cheque(self):
        """Ensure that what exceeds the named invoices is told, and can be named."""
        later = self._invoice(self.guarantor, 300, due=-5)
        self._collect(self.errand, amount=1700, difference_reason="With March")
        self.assertRecordValues(self.errand, [{"amount": 1500, "unnamed_amount": 200}])
        line = {"move_line_id": self._items(later).id, "amount": 201}
        errand = self.errand.with_user(self.officer)
        with self.assertRefused("The cheque is worth"):
            errand.line_ids = [Command.create(line)]
        errand.line_ids = [Command.create({**line, "amount": 200})]
        self.assertEqual(self.errand.unnamed_amount, 0)

    def test_collected_twice(self):
        """Ensure that the same cheque is collected once, however it is typed."""
        self._collect(self.errand)
        again = self._errand(self._invoice(self.guarantor, 100))
        for number, bank in (
            ("0012345", "CBAO"),
            ("12345", "c.b.a.o"),
            ("12 345", "Cbào"),
        ):
            with (
                self.subTest(number=number),
                self.assertRefused("already collected on"),
            ):
                self._collect(again, number=number, bank=bank)
        self._collect(again, bank="SGBS")
        self.assertEqual(again.state, "collected")

    @mute_logger("odoo.sql_db")
    def test_collected_twice_at_the_same_moment(self):
        """Ensure that the database refuses what two couriers write at once."""
        self._collect(self.errand)
        again = self._errand(self._invoice(self.guarantor, 100))
        with self.assertRefused("cheque_uniq", IntegrityError):
            again.sudo().write(
                {
                    "state": "collected",
                    "bank": "CBAO",
                    "cheque_amount": 100,
                    "cheque_number": "12345",
                }
            )
            again.flush_recordset()

    def test_form_sent_twice(self):
        """Ensure that a form that is sent twice notes one cheque."""
        form = (
            self.env["recouvrement.pickup.collect"]
            .with_user(self.courier)
            .create(
                {
                    "pickup_id": self.errand.id,
                    "cheque_number": "77",
                    "bank": "CBAO",
                    "cheque_amount": 1500,
                    "photo": PHOTO,
                }
            )
        )
        form.action_confirm()
        with self.assertRefused("nothing was done again", UserError):
            form.action_confirm()
        self.assertEqual(len(self.errand.custody_ids), 1)

    def test_collect_form_suggests(self):
        """Ensure that the form suggests the amount, and the bank of the last cheque."""
        self._collect(self.errand, bank="Ecobank")
        again = self._errand(self._invoice(self.guarantor, 100))
        form = (
            self.env["recouvrement.pickup.collect"]
            .with_user(self.courier)
            .new({}, origin=None)
        )
        values = form.with_context(default_pickup_id=again.id).default_get(
            ["pickup_id", "cheque_amount", "bank", "cheque_date"]
        )
        self.assertEqual(values["cheque_amount"], 100)
        self.assertEqual(values["bank"], "Ecobank")
        self.assertEqual(values["cheque_date"], self.today)

    def test_postdated(self):
        """Ensure that a post-dated cheque is accepted, and not to be banked before."""
        self._collect(self.errand, date=10)
        self.assertTrue(self.errand.is_postdated)
        self.assertIn("03/28/2026", self._last_journal().note)
        with freeze_time("2026-03-28 10:00:00"):
            self.errand.invalidate_recordset(["is_postdated"])
            self.assertFalse(self.errand.is_postdated)

    # === NOT READY === #

    def test_put_off(self):
        """Ensure that a cheque that is not ready is fetched another day, and why."""
        errand = self.errand.with_user(self.courier)
        for day in (None, self.today, self._in_days(-1)):
            with self.subTest(day=day), self.assertRefused("later day"):
                errand._postpone(day, self.reason)
        errand._postpone(self._in_days(2), self.reason, note="Accounts closed")
        self.assertRecordValues(
            self.errand,
            [{"state": "to_collect", "date": date(2026, 3, 20), "postponed_count": 1}],
        )
        self.assertEqual(self.errand.activity_ids.date_deadline, date(2026, 3, 20))
        self.assertIn("03/20/2026", self._last_journal().name)
        self.assertEqual(self._last_journal().note, "Accounts closed")

    def test_failed_returns_to_the_officer(self):
        """Ensure that a failed errand comes back to the officer, with its reason."""
        self.errand.with_user(self.courier)._fail(self.reason, note="Moved out")
        self.assertRecordValues(
            self.errand,
            [{"state": "failed", "failure_reason_id": self.reason.id}],
        )
        self.assertFalse(self.errand.activity_ids)
        activity = self.dossier.activity_ids
        self.assertEqual(activity.user_id, self.officer)
        self.assertIn("closed", activity.summary)
        self.assertIn("closed", self._last_journal().name)
        with self.assertRefused("already failed", UserError):
            self._collect(self.errand)

    def test_failed_stands_in_the_worklist(self):
        """Ensure that the dossier of a failed errand is in the officer's worklist."""
        view = self.env.ref("nest_recouvrement.recouvrement_dossier_view_search")
        mine_to_do = etree.fromstring(view.arch).find(".//filter[@name='mine_to_do']")
        domain = safe_eval(mine_to_do.get("domain"), {"uid": self.officer.id})
        self.dossier.write(
            {"hold_until": self._in_days(30), "hold_reason": "Inventory"}
        )
        dossiers = self.dossiers.with_user(self.officer)
        self.assertNotIn(self.dossier, dossiers.search(domain))
        self.errand.with_user(self.courier)._fail(self.reason)
        self.assertIn(self.dossier, dossiers.search(domain))

    def test_wrong_address_asks_for_contact_data(self):
        """Ensure that a wrong address asks the officer for the right one."""
        wrong = self.env.ref(
            "nest_recouvrement.recouvrement_pickup_failure_reason_wrong_address"
        )
        self.errand.with_user(self.courier)._fail(wrong)
        contact = self.env.ref("nest_recouvrement.mail_activity_type_contact")
        self.assertIn(contact, self.dossier.activity_ids.activity_type_id)

    def test_given_again(self):
        """Ensure that the officer gives a failed errand again, for today."""
        with freeze_time("2026-03-10 10:00:00"):
            self.errand.with_user(self.courier)._fail(self.reason)
        self.errand.with_user(self.officer).action_reopen()
        self.assertRecordValues(
            self.errand,
            [{"state": "to_collect", "date": self.today, "failure_reason_id": False}],
        )
        self.assertEqual(self.errand.activity_ids.user_id, self.courier)

    def test_paid_meanwhile_is_not_given_again(self):
        """Ensure that an errand for a paid invoice is not given again."""
        self.errand.with_user(self.courier)._fail(self.reason)
        self._pay(self.invoice)
        with self.assertRefused("Nothing is open on"):
            self.errand.with_user(self.officer).action_reopen()

    def test_cancelled_with_a_reason(self):
        """Ensure that an errand is cancelled with a reason, while it is open."""
        errand = self.errand.with_user(self.officer)
        with self.assertRefused("Write why"):
            errand._cancel(" ")
        errand._cancel("Paid by transfer")
        self.assertEqual(self.errand.state, "cancelled")
        self.assertEqual(self._last_journal().note, "Paid by transfer")
        with self.assertRefused("nothing was done again", UserError):
            errand._cancel("Again")

    # === DELIVERED === #

    def test_delivered(self):
        """Ensure that a letter is delivered to somebody, with a proof, at a time."""
        letter = self._letter().with_user(self.courier)
        with self.assertRefused("who received"):
            letter._deliver(" ", photo=PHOTO)
        with self.assertRefused("signed for"):
            letter._deliver("Awa Diop")
        with self.assertRefused("time to come"):
            letter._deliver("Awa Diop", photo=PHOTO, date=datetime(2026, 3, 19, 10))
        letter._deliver("Awa Diop", signature=PHOTO)
        self.assertRecordValues(
            letter.sudo(),
            [{"state": "delivered", "received_by": "Awa Diop", "amount": 0}],
        )
        self.assertIn("Awa Diop", self._last_journal().name)
        self.assertTrue(self._last_journal().document_ids)
        self.assertEqual(letter.sudo().custody_ids.receiver_name, "Awa Diop")

    def test_delivery_tells_whoever_asked(self):
        """Ensure that the hook runs once the letter is there, with its date."""
        told = []
        hook = type(self.errand)._on_delivered
        self.patch(
            type(self.errand),
            "_on_delivered",
            lambda pickup: told.append((pickup.state, pickup.date_done))
            or hook(pickup),
        )
        letter = self._letter()
        letter.with_user(self.courier)._deliver("Awa Diop", photo=PHOTO)
        self.assertEqual(told, [("delivered", letter.date_done)])

    def test_letters_are_not_collected(self):
        """Ensure that a letter is not collected, nor a cheque delivered."""
        with self.assertRefused("already to deliver", UserError):
            self._collect(self._letter(), amount=10)
        with self.assertRefused("already to collect", UserError):
            self.errand._deliver("Awa Diop", photo=PHOTO)
