from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDossierHistory(RecouvrementCommon):
    """Design, section 3: turnover, category, delays, promises, profile, seniority."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()

    def _bill(self, partner, *terms):
        """Create invoices of (amount, date), due on their date."""
        return self._invoices(partner, *((amount, day, day) for amount, day in terms))

    def _ended_promise(self, state, date_ended, **values):
        """Create a promise that ended."""
        commitments = self.env["recouvrement.commitment"].sudo()
        return commitments.create(
            {
                "dossier_id": self._dossier(self.guarantor).id,
                "date": date_ended,
                "date_ended": date_ended,
                "state": state,
                **values,
            }
        ).with_env(self.env)

    # === TURNOVER === #

    def test_turnover_is_of_the_last_complete_months(self):
        """Three complete calendar months count, their first and last days included.

        (300 000 + 600 000 - 150 000) / 3, from 1 December to 28 February.
        """
        self._bill(
            self.guarantor,
            (7_000_000, "2025-11-30"),
            (300_000, "2025-12-01"),
            (600_000, "2026-02-28"),
            (9_000_000, "2026-03-01"),
        )
        self._credit_note(self.guarantor, 150_000, date="2026-01-15")
        self._invoice(self.guarantor, 80_000, date="2026-01-15", post=False)
        self._entry(self.guarantor, 40_000, date="2026-01-15")
        self.assertFigures(self._dossier(self.guarantor), monthly_turnover=250_000)

    def test_turnover_is_untaxed(self):
        """Taxes are owed, and are no turnover."""
        self.tax_sale_a.amount = 18
        self._invoice(
            self.guarantor,
            0,
            date="2026-02-01",
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Care",
                        "price_unit": 100_000,
                        "tax_ids": [Command.set(self.tax_sale_a.ids)],
                    }
                )
            ],
        )
        self.assertFigures(
            self._dossier(self.guarantor), monthly_turnover=100_000, balance=118_000
        )

    def test_turnover_months_are_a_setting(self):
        """The company says over how many months the turnover is averaged."""
        self.company.recouvrement_turnover_months = 2
        self._bill(
            self.guarantor,
            (900_000, "2025-12-15"),
            (100_000, "2026-01-15"),
            (200_000, "2026-02-15"),
        )
        self.assertFigures(self._dossier(self.guarantor), monthly_turnover=150_000)

    def test_turnover_of_a_young_guarantor(self):
        """With a first invoice on 1 January, two months are complete, not three."""
        self._bill(self.guarantor, (300_000, "2026-01-01"), (600_000, "2026-02-10"))
        self.assertFigures(self._dossier(self.guarantor), monthly_turnover=450_000)

    def test_turnover_of_an_incomplete_first_month(self):
        """A first invoice in the middle of January leaves February alone complete."""
        self._bill(self.guarantor, (300_000, "2026-01-15"), (600_000, "2026-02-10"))
        self.assertFigures(self._dossier(self.guarantor), monthly_turnover=600_000)

    def test_turnover_of_the_current_month_only(self):
        """The current month is not complete: a new guarantor has no turnover yet."""
        self._bill(self.guarantor, (5_000_000, "2026-03-02"))
        self.assertFigures(
            self._dossier(self.guarantor),
            monthly_turnover=0,
            category_id=self.category_small.id,
            first_invoice_date=date(2026, 3, 2),
        )

    # === CATEGORY === #

    def test_category_boundaries(self):
        """Medium starts at 450 000 a month, large at 850 000, to the franc."""
        expected = {
            449_999: self.category_small,
            450_000: self.category_medium,
            849_999: self.category_medium,
            850_000: self.category_large,
        }
        partners = {amount: self._create_guarantor() for amount in expected}
        for amount, partner in partners.items():
            self._bill(partner, *((amount, f"{ym}-03") for ym in self._months()))
        self._refresh()
        for amount, partner in partners.items():
            dossier = self._search_dossiers(partner)
            self.assertEqual(dossier.monthly_turnover, amount)
            self.assertEqual(dossier.category_id, expected[amount], amount)

    @staticmethod
    def _months():
        return ("2025-11", "2025-12", "2026-01", "2026-02")

    def test_category_handling(self):
        """Small and medium follow their plan, each step of a large one is proposed."""
        self.assertEqual(
            (self.category_small + self.category_medium + self.category_large).mapped(
                "handling"
            ),
            ["standard", "standard", "adaptable"],
        )

    def test_category_of_more_credits_than_invoices(self):
        """A negative turnover is of the lowest category."""
        self._bill(self.guarantor, (100, "2026-01-01"))
        self._credit_note(self.guarantor, 700, date="2026-02-01")
        self.assertFigures(
            self._dossier(self.guarantor),
            monthly_turnover=-300,
            category_id=self.category_small.id,
        )

    def test_category_set_by_hand_is_locked(self):
        """A category chosen by hand no longer follows the turnover, until unlocked."""
        self._bill(self.guarantor, (900_000, "2026-02-01"))
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.category_id, self.category_large)
        dossier.category_id = self.category_small
        self.assertTrue(dossier.category_locked)
        dossier._refresh()
        self.assertEqual(dossier.category_id, self.category_small)
        dossier.category_locked = False
        self.assertEqual(dossier.category_id, self.category_large)

    def test_category_change_is_logged(self):
        """The chatter tells from which category to which a dossier went, once."""
        self._bill(self.guarantor, (500_000, "2026-02-01"))
        dossier = self._dossier(self.guarantor)
        before = dossier.message_ids
        self._bill(self.guarantor, (400_000, "2026-02-02"))
        dossier._refresh()
        dossier._refresh()
        self.assertEqual(dossier.category_id, self.category_large)
        message = dossier.message_ids - before
        self.assertEqual(len(message), 1)
        self.assertRegex(message.body, "Medium.*Large.*900.000")

    def test_company_with_its_own_categories(self):
        """A company with categories of its own uses these, the others the shared."""
        company_2 = self.setup_other_company(name="Thiès")["company"]
        own_small, own_large = self.env["recouvrement.guarantor.category"].create(
            [
                {"name": name, "company_id": company_2.id, "turnover_min": minimum}
                for name, minimum in (("Own small", 0), ("Own large", 100))
            ]
        )
        other = self._create_guarantor(name="Other")
        self._bill(self.guarantor, (500, "2026-02-01"))
        for partner, amount in ((self.guarantor, 100), (other, 99)):
            self._invoice(partner, amount, date="2026-02-01", company=company_2)
        self.assertFigures(
            self._dossier(self.guarantor), category_id=self.category_small.id
        )
        self.assertFigures(
            self._dossier(self.guarantor, company_2), category_id=own_large.id
        )
        self.assertFigures(self._dossier(other, company_2), category_id=own_small.id)

    def test_archived_category_is_not_given(self):
        """An archived category is no longer given by the turnover."""
        self.category_large.active = False
        self._bill(self.guarantor, (900_000, "2026-02-01"))
        self.assertFigures(
            self._dossier(self.guarantor), category_id=self.category_medium.id
        )

    # === DELAYS === #

    def test_average_delay_is_weighted_by_amount(self):
        """10 days late on 100 000, 2 days early on 300 000: (1 000 - 600) / 400."""
        late, early, partly = self._invoices(
            self.guarantor,
            (100_000, "2026-01-10"),
            (300_000, "2026-02-10", "2026-01-01"),
            (500_000, "2026-01-01"),
        )
        self._pay(late, date="2026-01-20")
        self._pay(early, date="2026-02-08")
        self._pay(partly, 499_999, date="2026-03-01")
        self.assertFigures(self._dossier(self.guarantor), average_delay_days=1.0)

    def test_average_delay_runs_until_full_payment(self):
        """An invoice paid in several times is paid on the last day."""
        invoice = self._bill(self.guarantor, (1000, "2026-01-01"))
        self._pay(invoice, 900, date="2026-01-05")
        self._pay(invoice, 100, date="2026-01-31")
        self.assertFigures(self._dossier(self.guarantor), average_delay_days=30.0)

    def test_average_delay_is_of_the_last_twelve_months(self):
        """What was paid more than a year ago no longer counts."""
        old, recent = self._bill(
            self.guarantor, (900, "2025-01-01"), (100, "2025-03-14")
        )
        self._pay(old, date="2025-03-17")
        self._pay(recent, date="2025-03-19")
        self.assertFigures(self._dossier(self.guarantor), average_delay_days=5.0)

    def test_average_delay_ignores_cancelled_invoices(self):
        """An invoice that a credit note cancels was not paid, early or late."""
        cancelled, paid = self._bill(
            self.guarantor, (900, "2026-01-01"), (100, "2026-01-01")
        )
        self._credit_note(self.guarantor, 900, invoices=cancelled)
        self._pay(paid, date="2026-01-08")
        self.assertFigures(self._dossier(self.guarantor), average_delay_days=7.0)

    # === PROMISES, SENIORITY, PROFILE === #

    def test_promise_kept_rate(self):
        """Kept promises over ended ones; open and cancelled ones have not ended."""
        invoice = self._invoice(self.guarantor, 1000, due=-1)
        for state in ("kept", "partly_kept", "broken", "cancelled"):
            self._ended_promise(state, "2026-01-01")
        self._ended_promise("kept", "2025-03-10")
        self._promise(invoice, 10)
        self.assertAlmostEqual(
            self._dossier(self.guarantor).promise_kept_rate, 1 / 3, places=4
        )

    def test_seniority_of_a_first_invoice(self):
        """A first invoice younger than the setting makes a new guarantor."""
        self._invoice(self.guarantor, 1, date="2025-09-19")
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.seniority, "new")
        self._invoice(self.guarantor, 1, date="2025-09-18")
        dossier._refresh()
        self.assertEqual(dossier.seniority, "regular")
        self.company.recouvrement_new_months = 7
        dossier._refresh()
        self.assertEqual(dossier.seniority, "new")

    def test_seniority_after_two_broken_promises(self):
        """Two promises broken within a year make a repeat case, one does not."""
        self._invoice(self.guarantor, 1, date="2025-01-01")
        self._ended_promise("broken", "2026-01-01")
        self._ended_promise("broken", "2025-03-10")
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.seniority, "regular")
        self._ended_promise("broken", "2025-03-25")
        dossier._refresh()
        self.assertEqual(dossier.seniority, "repeat")

    def test_seniority_after_formal_notice(self):
        """A formal notice within the last 12 months makes a repeat case."""
        self._invoice(self.guarantor, 1, date="2025-01-01")
        dossier = self._dossier(self.guarantor)
        notice = self.env["recouvrement.plan"].create(
            {
                "name": "Formal notice",
                "sequence": 99,
                "step_ids": [
                    Command.create(
                        {
                            "name": "Formal notice",
                            "stage": "litigation",
                            "channel": "registered_letter",
                        }
                    )
                ],
            }
        )
        self.env["recouvrement.action"].sudo().create(
            {
                "dossier_id": dossier.id,
                "step_id": notice.step_ids.id,
                "channel": "registered_letter",
                "state": "done",
                "date_done": "2025-03-19 12:00:00",
            }
        )
        dossier._refresh()
        self.assertEqual(dossier.seniority, "repeat")
        with freeze_time("2026-03-21 10:00:00"):
            dossier._refresh()
        self.assertEqual(dossier.seniority, "regular")

    def test_payer_profile_is_suggested_from_behaviour(self):
        """Up to 5 days late: good; up to 60: careless; more: administrative."""
        for days, profile in (
            (5, "good"),
            (6, "careless"),
            (60, "careless"),
            (61, "administrative"),
        ):
            partner = self._create_guarantor()
            invoice = self._invoice(partner, 1000, due=-days)
            self._pay(invoice)
            self.assertEqual(self._dossier(partner).payer_profile, profile, days)

    def test_payer_profile_is_bad_when_promises_are_broken(self):
        """A slow payer that breaks a promise is a bad one."""
        self._pay(self._invoice(self.guarantor, 1000, due=-61))
        self._ended_promise("broken", "2026-01-01")
        self.assertEqual(self._dossier(self.guarantor).payer_profile, "bad")

    def test_payer_profile_is_unknown_at_first(self):
        """Who has paid nothing yet is given no profile."""
        self._invoice(self.guarantor, 1000, due=-61)
        self.assertFalse(self._dossier(self.guarantor).payer_profile)

    def test_payer_profile_set_by_the_officer_is_locked(self):
        """The officer's word on a guarantor stands against the suggestion."""
        self._pay(self._invoice(self.guarantor, 1000, due=-1))
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.payer_profile, "good")
        dossier.with_user(self.officer).payer_profile = "bad"
        dossier._refresh()
        self.assertEqual(dossier.payer_profile, "bad")
        dossier.payer_profile_locked = False
        self.assertEqual(dossier.payer_profile, "good")
