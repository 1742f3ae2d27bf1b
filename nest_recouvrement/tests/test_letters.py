import re
from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import NOW
from .common_courier import PHOTO
from .test_statement import StatementCommon, read_pages

COUNT = 40
# 40 invoices of 30 001, 30 002 and so on.
AMOUNTS = [30_000 + number for number in range(1, COUNT + 1)]
TOTAL = 1_200_820
WORDS = {
    "en_US": "One million, two hundred thousand, eight hundred and twenty CFA francs",
    "fr_FR": "Un million deux cent mille huit cent vingt francs CFA",
}
FIGURES = {"en_US": "1,200,820", "fr_FR": "1 200 820"}
DEADLINES = {"en_US": "25 March 2026", "fr_FR": "25 mars 2026"}
POSTPONED = {"en_US": "9 April 2026", "fr_FR": "9 avril 2026"}
SIGNATURES = {"en_US": "The Management", "fr_FR": "La Direction"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestLetters(StatementCommon):
    """Letters of 40 invoices, read back from the PDF, in English and in French."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = {"en_US": cls.ngo, "fr_FR": cls.guarantor}
        cls.company.recouvrement_courier_id = cls.courier
        for partner in cls.partners.values():
            partner.write(
                {"street": "12, rue Moussé Diop", "zip": "BP 1234", "city": "Dakar"}
            )

    def _render(self, report, records, lang):
        """Return the pages of a document, each without superfluous spaces."""
        reports = self.env["ir.actions.report"].with_user(self.manager)
        self.manager.lang = lang
        content, _type = reports.with_context(
            force_report_rendering=True, lang=lang
        )._render_qweb_pdf(f"nest_recouvrement.action_report_{report}", records.ids)
        return [re.sub(r"\s+", " ", page) for page in read_pages(content)]

    def assertComplete(self, pages, names, lang, *parts):
        """Check that every invoice stands there, and what a letter must say."""
        text = " ".join(pages)
        self.assertFalse([name for name in names if name not in text])
        for part in (FIGURES[lang], *parts):
            self.assertIn(part, text)

    def assertNotOrphaned(self, pages, lang):
        """Check that the last page says more than who signs."""
        if len(pages) > 1:
            before = pages[-1].split(SIGNATURES[lang])[0]
            # Letter head, recipient and footer of a page are about 40 words.
            self.assertGreater(len(before.split()), 60, pages[-1])

    def _owe_40(self, lang, due=-40):
        """Create the invoices of the guarantor who reads ``lang``."""
        partner = self.partners[lang]
        invoices = self._invoices(
            partner, *((amount, due, due - 10) for amount in AMOUNTS)
        )
        dossier = self._dossier(partner)
        dossier.user_id = self.officer
        return dossier, invoices.mapped("name")

    def _suspend(self, dossier):
        suspension = self.env["recouvrement.suspension"].sudo()._draft(dossier)
        suspension.write(
            {
                "date_notified": self.today,
                "date_effective": date(2026, 3, 26),
                "in_force_since": date(2026, 3, 26),
                "state": "in_force",
            }
        )
        return suspension

    def test_suspension_letters(self):
        """Ensure that notice, postponement and lifting say all of 40 invoices."""
        for lang in self.partners:
            dossier, names = self._owe_40(lang)
            suspension = self._suspend(dossier)
            self.assertEqual(suspension.amount, TOTAL)
            always = (WORDS[lang], SIGNATURES[lang], self.officer.name)
            for kind, deadline in (
                ("notice", DEADLINES),
                ("lifting", {}),
                ("postponement", POSTPONED),
            ):
                if kind == "postponement":
                    suspension.date_effective = date(2026, 4, 10)
                with self.subTest(kind=kind, lang=lang):
                    pages = self._render(f"suspension_{kind}", suspension, lang)
                    self.assertComplete(
                        pages, names, lang, *always, *filter(None, [deadline.get(lang)])
                    )
                    self.assertNotOrphaned(pages, lang)
                    self.assertEqual(len(pages), 2)

    def test_statements(self):
        """Ensure that statement and reminder list 40 invoices, and sum them up."""
        for lang in self.partners:
            dossier, names = self._owe_40(lang)
            for report in ("statement", "statement_overdue"):
                with self.subTest(report=report, lang=lang):
                    pages = self._render(report, dossier, lang)
                    self.assertComplete(pages, names, lang, WORDS[lang])

    def test_courtesy(self):
        """Ensure that a courtesy message lists all 40 invoices that fall due."""
        for lang in self.partners:
            dossier, names = self._owe_40(lang, due=5)
            self.env["recouvrement.action"].sudo()._prepare_courtesy(dossier)
            with self.subTest(lang=lang):
                pages = self._render("statement_courtesy", dossier, lang)
                self.assertComplete(pages, names, lang, WORDS[lang])

    def test_visit_file(self):
        """Ensure that the file of a visit stays on one page, and counts the rest."""
        for lang, rest in (("en_US", "more"), ("fr_FR", "autre")):
            dossier, names = self._owe_40(lang)
            visit = self.env["recouvrement.visit"].create(
                {"dossier_id": dossier.id, "reason": "Nobody answers"}
            )
            with self.subTest(lang=lang):
                (page,) = self._render("visit_file", visit, lang)
                shown = [name for name in names if name in page]
                self.assertTrue(shown)
                self.assertRegex(page, rf"\b{COUNT - len(shown)} {rest}")
                self.assertIn(FIGURES[lang], page)

    def _errand(self, dossier, items):
        return self.env["recouvrement.pickup"].create(
            {
                "date": self.today,
                "dossier_id": dossier.id,
                "line_ids": [
                    Command.create(
                        {"move_line_id": item.id, "amount": item.amount_residual}
                    )
                    for item in items
                ],
            }
        )

    def _collect(self, errand, number):
        errand.with_user(self.courier)._collect(
            number, "CBAO", errand.amount, self.today, photo=PHOTO
        )

    def test_errand(self):
        """Ensure that the receipt of a cheque names all 40 invoices that it pays."""
        for lang in self.partners:
            dossier, names = self._owe_40(lang)
            errand = self._errand(dossier, dossier.open_item_ids)
            self._collect(errand, f"0012345-{lang}")
            with self.subTest(lang=lang):
                pages = self._render("pickup", errand, lang)
                self.assertComplete(pages, names, lang, "CBAO")

    def test_slip(self):
        """Ensure that a slip lists 40 cheques, their total, and who signs."""
        roles = {"en_US": "The accountant", "fr_FR": "Le comptable"}
        for lang in self.partners:
            dossier, _names = self._owe_40(lang)
            errands = self.env["recouvrement.pickup"]
            for item in dossier.open_item_ids:
                errand = self._errand(dossier, item)
                self._collect(errand, f"{lang}{item.id}")
                errands += errand
            slip = errands.with_user(self.courier)._hand_over()
            with self.subTest(lang=lang):
                pages = self._render("pickup_slip", slip, lang)
                self.assertComplete(
                    pages,
                    errands.mapped("cheque_number"),
                    lang,
                    WORDS[lang],
                    roles[lang],
                )
                self.assertIn(slip.name, pages[-1])
