from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestContact(RecouvrementCommon):
    """Procedure, step 1: contact data are complete, verified, and asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_officer_id = cls.officer
        cls.roles = {
            role.code: role for role in cls.env["recouvrement.contact.role"].search([])
        }
        cls.guarantor = cls._create_guarantor()
        cls._invoice(cls.guarantor, 100000)
        cls.dossier = cls._dossier(cls.guarantor)

    @classmethod
    def _create_contact(cls, *codes, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Awa Diop",
                "parent_id": cls.guarantor.id,
                "recouvrement_role_ids": [
                    Command.link(cls.roles[code].id) for code in codes
                ],
                **values,
            }
        )

    def _requests(self, dossier=None):
        """Return the open requests to complete contact data."""
        return (dossier or self.dossier)._get_contact_requests()

    def _missing(self):
        return self.dossier._get_missing_codes()

    def _recipients(self):
        return self.dossier._get_reminder_contacts()[self.dossier]

    # === COMPLETENESS === #

    def test_step_1_completeness(self):
        """Ensure that completeness says what is missing, and follows each change."""
        # 2 of 7 items: phone and e-mail.
        self.assertEqual(self.dossier.contact_completeness, 29)
        self.assertEqual(
            self._missing(),
            {
                "address",
                "coordinates",
                "role_invoice",
                "role_payable",
                "role_management",
            },
        )
        self.guarantor.write({"street": "Rue 12", "city": "Dakar"})
        self.assertEqual(self.dossier.contact_completeness, 43)
        self.guarantor.write({"partner_latitude": 14.7, "partner_longitude": -17.4})
        self.assertEqual(self.dossier.contact_completeness, 57)
        # One contact with two roles, another of type invoice.
        contact = self._create_contact(
            "payable", "management", phone="+221 77 123 45 67"
        )
        self.assertEqual(self.dossier.contact_completeness, 86)
        self._create_contact(type="invoice", email="compta@example.com")
        self.assertEqual(self.dossier.contact_completeness, 100)
        self.assertFalse(self.dossier.contact_summary)
        contact.unlink()
        self.assertEqual(self._missing(), {"role_payable", "role_management"})
        self.assertEqual(self.dossier.contact_summary, "Accounts payable, Management")

    def test_contact_of_two_guarantors(self):
        """Ensure that a contact who changes employer counts for the new one only."""
        contact = self._create_contact("management", email="awa@example.com")
        other = self._create_guarantor(name="Sahel Ciment")
        self._invoice(other, 5000)
        other_dossier = self._dossier(other)
        contact.parent_id = other
        self.assertIn("role_management", self._missing())
        self.assertNotIn("role_management", other_dossier._get_missing_codes())

    def test_completeness_is_searched(self):
        """Ensure that incomplete dossiers are found, in the statements of one."""
        self.assertIn(
            self.dossier, self.dossiers.search([("contact_completeness", "<", 100)])
        )
        guarantors = self.env["res.partner"].create(
            [
                {"name": f"Guarantor {rank}", "is_company": True, "is_guarantor": True}
                for rank in range(30)
            ]
        )
        self._invoices(guarantors[0], (1000, -1))
        for guarantor in guarantors[1:]:
            self._invoice(guarantor, 1000)
        dossiers = self._refresh(guarantors)
        self.assertEqual(len(dossiers), 30)
        counts = []
        for some in (dossiers[:2], dossiers[2:4], dossiers[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._refresh_contacts()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_computed_by_the_system_only(self):
        """Ensure that nobody writes by hand that contact data were verified."""
        dossier = self.dossier.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "cannot be written by hand"):
            dossier.contact_verified_on = self.today

    # === RECIPIENTS === #

    def test_reminders_go_to_invoice_contacts_first(self):
        """Ensure the order: invoices, accounts payable, the guarantor."""
        self.assertEqual(self._recipients(), self.guarantor)
        payable = self._create_contact("payable", email="payable@example.com")
        self.assertEqual(self._recipients(), payable)
        by_role = self._create_contact("invoice", email="invoice@example.com")
        by_type = self._create_contact(type="invoice", email="type@example.com")
        self._create_contact("management", email="boss@example.com")
        self.assertEqual(self._recipients(), by_role + by_type)

    def test_bounced_address_is_avoided(self):
        """Ensure that an address that bounced is used only without another."""
        invoices = self._create_contact("invoice", email="invoice@example.com")
        invoices._recouvrement_mark_bounced()
        self.assertTrue(invoices.recouvrement_is_email_bounced)
        self.assertEqual(self._recipients(), self.guarantor)
        self.guarantor._recouvrement_mark_bounced()
        self.assertEqual(self._recipients(), invoices)
        invoices.email = "new@example.com"
        self.assertFalse(invoices.recouvrement_is_email_bounced)
        self.assertEqual(self._recipients(), invoices)

    # === VERIFICATION === #

    def test_step_1_confirmed_in_one_click(self):
        """Ensure that a click notes who verified when, once a day in the journal."""
        dossier = self.dossier.with_user(self.officer)
        self.assertTrue(dossier.contact_is_outdated)
        dossier.action_confirm_contact()
        dossier.action_confirm_contact()
        self.assertRecordValues(
            dossier,
            [
                {
                    "contact_verified_on": self.today,
                    "contact_verified_by_id": self.officer.id,
                    "contact_is_outdated": False,
                }
            ],
        )
        self.assertRecordValues(
            dossier.action_ids,
            [
                {
                    "channel": "note",
                    "title": "Contact data confirmed",
                    "state": "done",
                    "done_user_id": self.officer.id,
                }
            ],
        )

    def test_accountant_confirms_nothing(self):
        """Ensure that who only reads dossiers confirms no contact data."""
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.accountant).action_confirm_contact()

    def test_verification_gets_old(self):
        """Ensure that what was verified too long ago is to be verified again."""
        self.dossier.action_confirm_contact()
        outdated = [("contact_is_outdated", "=", True)]
        with freeze_time("2026-09-18 10:00:00"):
            # Six months to the day.
            self.env.invalidate_all()
            self.assertFalse(self.dossier.contact_is_outdated)
            self.assertNotIn(self.dossier, self.dossiers.search(outdated))
        with freeze_time("2026-09-19 10:00:00"):
            self.env.invalidate_all()
            self.assertTrue(self.dossier.contact_is_outdated)
            self.assertIn(self.dossier, self.dossiers.search(outdated))
            self.company.recouvrement_contact_months = 0
            self.env.invalidate_all()
            self.assertFalse(self.dossier.contact_is_outdated)

    def test_step_1_request_when_too_old(self):
        """Ensure that the officer is asked once, and only about who owes something."""
        settled = self._create_guarantor(name="Nothing Owed")
        self._pay(self._invoice(settled, 1000))
        settled_dossier = self._dossier(settled)
        for _day in range(2):
            self.dossiers._cron_request_contact_updates()
        self.assertRecordValues(
            self._requests(), [{"user_id": self.officer.id, "active": True}]
        )
        self.assertIn("6 months", self._requests().note)
        self.assertFalse(self._requests(settled_dossier))

    def test_requests_are_spread(self):
        """Ensure that an officer has few requests at a time, large debts first."""
        guarantors = self.env["res.partner"]
        for rank in range(5):
            guarantor = self._create_guarantor(name=f"Guarantor {rank}")
            self._invoice(guarantor, 200000 + rank)
            guarantors += guarantor
        dossiers = self._refresh(guarantors)
        self.dossiers._cron_request_contact_updates(waiting=3)
        self.dossiers._cron_request_contact_updates(waiting=3)
        everybody = dossiers + self.dossier
        asked = self.dossiers.browse(everybody._get_contact_requests().mapped("res_id"))
        self.assertEqual(asked, dossiers[:1:-1])
        # One is answered: there is room for the next one.
        dossiers[4].partner_id.write({"street": "Rue 1", "city": "Dakar"})
        dossiers[4].action_confirm_contact()
        self.dossiers._cron_request_contact_updates(waiting=3)
        asked = self.dossiers.browse(everybody._get_contact_requests().mapped("res_id"))
        self.assertEqual(asked, dossiers[3] + dossiers[2] + dossiers[1])

    def test_request_closes_when_complete_and_confirmed(self):
        """Ensure that the request closes with the last of: complete, confirmed."""
        self.dossier._request_contact_update("The courier did not find the place.")
        self.dossier._request_contact_update("Nobody answers.")
        request = self._requests()
        self.assertEqual(len(request), 1)
        self.assertIn("did not find", request.note)
        self.assertIn("Nobody answers", request.note)
        self.dossier.action_confirm_contact()
        self.assertTrue(self._requests())
        self.guarantor.write({"street": "Rue 12", "city": "Dakar"})
        self.assertFalse(self._requests())

    def test_editing_alone_closes_nothing(self):
        """Ensure that complete data that nobody confirmed keep the request open."""
        self.dossier._request_contact_update("The courier did not find the place.")
        self.guarantor.write({"street": "Rue 12", "city": "Dakar"})
        self.assertTrue(self._requests())
        self.dossier.action_confirm_contact()
        self.assertFalse(self._requests())

    # === NUMBERS === #

    def test_step_1_wrong_number(self):
        """Ensure that a wrong number is marked, asked for, and cleared by a new one."""
        self.guarantor.write({"street": "Rue 12", "city": "Dakar"})
        # Who dials need not write +221.
        self.dossier.with_user(self.officer)._report_wrong_number(
            self.guarantor, "33 800 00 00"
        )
        self.assertTrue(self.guarantor.recouvrement_is_phone_wrong)
        self.assertTrue({"phone", "wrong_phone"} <= self._missing())
        self.assertIn("33 800 00 00", self._requests().note)
        self.dossier.action_confirm_contact()
        self.assertTrue(self._requests())
        self.guarantor.phone = "+221 33 800 00 01"
        self.assertFalse(self.guarantor.recouvrement_is_phone_wrong)
        self.assertNotIn("phone", self._missing())
        self.assertFalse(self._requests())

    def test_wrong_number_of_another_guarantor(self):
        """Ensure that a number is reported on a contact of the guarantor only."""
        other = self._create_guarantor(name="Sahel Ciment")
        with self.assertRaisesRegex(ValidationError, "Sahel Ciment"):
            self.dossier._report_wrong_number(other, other.phone)

    def test_number_is_right_after_all(self):
        """Ensure that a mistaken report is taken back."""
        self.dossier._report_wrong_number(self.guarantor, self.guarantor.phone)
        self.guarantor.action_recouvrement_phone_right()
        self.assertFalse(self.guarantor.recouvrement_is_phone_wrong)
        self.assertNotIn("wrong_phone", self._missing())

    def test_phone_in_e164(self):
        """Ensure that numbers of guarantors and contacts are written in one way."""
        self.guarantor.phone = "338000012"
        contact = self._create_contact(phone="00221771234567")
        self.assertRecordValues(
            self.guarantor + contact,
            [
                {"phone": "+221 33 800 00 12", "phone_sanitized": "+221338000012"},
                {"phone": "+221 77 123 45 67", "phone_sanitized": "+221771234567"},
            ],
        )

    def test_impossible_number(self):
        """Ensure that what cannot be a number is refused where it is entered."""
        with self.assertRaisesRegex(ValidationError, "12 34.*Senegal"):
            self.guarantor.phone = "12 34"
        with self.assertRaisesRegex(ValidationError, "one complete number"):
            self._create_contact(phone="33 800 00 00 / 77 123 45 67")

    def test_numbers_of_others_are_left_alone(self):
        """Ensure that ordinary partners, and imports, are not refused."""
        partner = self.env["res.partner"].create({"name": "Shop", "phone": "12 34"})
        self.assertEqual(partner.phone, "12 34")
        self.guarantor.with_context(import_file=True).phone = "12 34"
        self.assertTrue({"phone", "invalid_phone"} <= self._missing())

    # === PLACES === #

    def test_map(self):
        """Ensure that a map is opened by coordinates, else by address."""
        contact = self._create_contact(type="other")
        self.assertFalse(contact._recouvrement_map_url())
        with self.assertRaisesRegex(UserError, "IPM Teranga"):
            self.dossier.action_open_map()
        self.guarantor.write({"street": "Rue 12 x 15", "city": "Dakar"})
        self.assertEqual(
            contact._recouvrement_map_url(),
            "https://www.openstreetmap.org/search?query=Rue+12+x+15%2C+Dakar%2C+Senegal",
        )
        self.guarantor.write({"partner_latitude": 14.6824, "partner_longitude": -17.4})
        self.assertEqual(
            contact._recouvrement_map_url(),
            "https://www.openstreetmap.org/?mlat=14.68240&mlon=-17.40000"
            "#map=17/14.68240/-17.40000",
        )

    def test_bad_coordinates(self):
        """Ensure that a place that is not on earth is refused."""
        for values in ({"partner_latitude": 91}, {"partner_longitude": -180.5}):
            with self.assertRaisesRegex(ValidationError, "no place on earth"):
                self.guarantor.write(values)

    def test_geolocation(self):
        """Ensure that the address is located, and that a failure is no error."""
        guarantor = self.guarantor.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "Enter the address"):
            guarantor.action_recouvrement_locate()
        guarantor.write({"street": "Rue 12", "city": "Dakar"})
        geocoder = type(self.env["base.geocoder"])
        with patch.object(geocoder, "geo_find", side_effect=UserError("offline")):
            answer = guarantor.action_recouvrement_locate()
        self.assertIn("by hand", answer["params"]["message"])
        self.assertFalse(guarantor.partner_latitude)
        with patch.object(geocoder, "geo_find", return_value=(14.7, -17.45)):
            answer = guarantor.action_recouvrement_locate()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertRecordValues(
            guarantor, [{"partner_latitude": 14.7, "partner_longitude": -17.45}]
        )

    def test_officer_edits_contact_data(self):
        """Ensure that the officer completes contact data on one small screen."""
        action = self.dossier.with_user(self.officer).action_edit_contact()
        partner = self.env["res.partner"].with_user(self.officer)
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        with Form(partner.browse(action["res_id"]), view=view) as form:
            form.street = "Rue 12"
            form.city = "Dakar"
            with form.child_ids.new() as contact:
                contact.name = "Awa Diop"
                contact.email = "awa@example.com"
                contact.recouvrement_role_ids.add(self.roles["payable"])
        self.assertEqual(
            self._missing(), {"coordinates", "role_invoice", "role_management"}
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactBounce(RecouvrementCommon):
    """An e-mail that comes back makes the officer complete contact data."""

    def test_step_1_request_when_a_mail_bounces(self):
        """Ensure that the address is marked, avoided, and asked for."""
        self.company.recouvrement_officer_id = self.officer
        guarantor = self._create_guarantor()
        self._invoice(guarantor, 100000)
        runs = self.env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
        runs.create({"company_id": self.company.id}).action_execute()
        dossier = self._dossier(guarantor)
        reminder = dossier.action_ids.filtered("mail_message_id")
        reminder.mail_message_id.sudo().notification_ids.write(
            {"notification_status": "bounce", "failure_reason": "No such user"}
        )
        self.assertTrue(guarantor.recouvrement_is_email_bounced)
        self.assertTrue({"email", "bounced_email"} <= dossier._get_missing_codes())
        request = dossier._get_contact_requests()
        self.assertEqual(request.user_id, self.officer)
        self.assertIn("No such user", request.note)
        self.assertIn("bounced", self._get_tones(dossier))
        guarantor.email = "new@example.com"
        self.assertFalse(guarantor.recouvrement_is_email_bounced)
        self.assertNotIn("bounced", self._get_tones(dossier))

    def _get_tones(self, dossier):
        return [chip["tone"] for chip in dossier.score_chips or []]
