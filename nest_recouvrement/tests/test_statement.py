import io
import re
import subprocess
from datetime import date, datetime
from unittest.mock import patch

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.nest_recouvrement.report import stylesheet

from .common import NOW, RecouvrementCommon

A4_WIDTH = 595
REPORT_LOGGER = "odoo.addons.base.models.ir_actions_report"


def poppler(tool, pdf, *options):
    """Return what a tool of poppler says about a PDF document."""
    command = [tool, *options, "-"] + (["-"] if tool == "pdftotext" else [])
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def read_pages(pdf):
    """Return the text of each page, with plain spaces."""
    text = poppler("pdftotext", pdf, "-layout")
    return [re.sub(r"[^\S\n]", " ", page) for page in text.split("\f")[:-1]]


class StatementCommon(RecouvrementCommon):
    """A letter head, bank accounts, and guarantors who read French or English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["ir.module.module"].search(
            [("name", "=", "nest_recouvrement")]
        )._update_translations(["fr_FR"])
        cls.company.write(
            {
                "name": "Cliniques du Plateau",
                "street": "12, avenue Cheikh Anta Diop",
                "city": "Dakar",
                "phone": "+221 33 800 10 20",
                "report_footer": "<p>RC SN DKR 2010 B 1234</p>",
                "recouvrement_payment_instructions": "<p>Wave: 77 800 10 20</p>",
            }
        )
        cls.company.partner_id.bank_ids = [
            Command.create({"acc_number": "SN08 0152 2000 0245 0012 34"}),
            Command.create({"acc_number": "SN08 4010 0110 2233 4455 66"}),
        ]
        cls.officer.write(
            {
                "name": "Awa Ndiaye",
                "email": "awa@example.com",
                "phone": "+221 77 123 45 67",
            }
        )
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor(name="IPM Teranga", lang="fr_FR")
        cls.ngo = cls._create_guarantor(name="Global Health", lang="en_US")

    @classmethod
    def _owe(cls, partner, count, amount=10_000, due=-40):
        """Create ``count`` debts of a partner, due one day after the other.

        In one entry of the sales journal: they are followed up as invoices are.
        """
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.company_data["default_journal_sale"].id,
                "date": cls._in_days(due),
                "line_ids": [
                    Command.create(
                        {
                            "name": f"{partner.name} {number:03}",
                            "account_id": cls.receivable_account.id,
                            "partner_id": partner.id,
                            "balance": amount,
                            "date_maturity": cls._in_days(due - number),
                        }
                    )
                    for number in range(count)
                ]
                + [
                    Command.create(
                        {
                            "name": "Counterpart",
                            "account_id": cls.revenue_account.id,
                            "balance": -amount * count,
                        }
                    )
                ],
            }
        )
        entry.action_post()
        return entry

    def _statement(self, partner, scope="all"):
        dossier = self._dossier(partner)
        return dossier._get_statement_values(scope)[dossier]

    def _render(self, partners, scope="all"):
        """Render the statements of partners; none may fail."""
        documents, failures = self._refresh(partners)._render_statements(scope)
        self.assertFalse(failures)
        return {dossier.partner_id: pdf for dossier, pdf in documents.items()}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStatementValues(StatementCommon):
    """What a statement says."""

    def test_open_items_by_due_date(self):
        """Every open item stands on the statement of account, the oldest first, with
        what was paid; a contact's invoice counts for its entity."""
        contact = self._create_guarantor(
            name="Agency", parent_id=self.guarantor.id, is_company=False
        )
        late = self._invoice(self.guarantor, 100_000, due=-40, ref="PEC 1187")
        coming = self._invoice(contact, 20_000, due=10)
        self._pay(late, 30_000)
        self._pay(self._invoice(self.guarantor, 5_000, due=-3))
        items = self._statement(self.guarantor)["items"]
        self.assertEqual(
            [
                (
                    item["name"],
                    item["reference"],
                    item["due_date"],
                    item["days_late"],
                    item["amount"],
                    item["paid"],
                    item["residual"],
                )
                for item in items
            ],
            [
                (
                    late.name,
                    "PEC 1187",
                    date(2026, 2, 6),
                    40,
                    100_000,
                    30_000,
                    70_000,
                ),
                (coming.name, "", date(2026, 3, 28), 0, 20_000, 0, 20_000),
            ],
        )

    def test_totals_are_those_of_the_dossier(self):
        """Balance, aging, disputed and promised amounts equal the dossier's."""
        invoices = self._invoices(
            self.guarantor, (100_000, -40), (50_000, -5), (8_000, -200), (20_000, 0)
        )
        self._entry(self.guarantor, 10_000, due=-60)
        self._receive(self.guarantor, 15_000)
        self._dispute(invoices[2], 3_000)
        self._promise(invoices[1], 50_000)
        dossier = self._dossier(self.guarantor)
        everything = self._statement(self.guarantor)
        self.assertEqual(everything["balance"], 173_000)
        self.assertEqual(everything["balance"], dossier.balance)
        self.assertEqual(everything["credits_amount"], 15_000)
        self.assertEqual(everything["disputed_amount"], dossier.disputed_amount)
        self.assertEqual(everything["promised_amount"], dossier.promised_amount)
        self.assertEqual(
            [amount for _label, amount in everything["buckets"]],
            [20_000, 50_000, 100_000, 0, 0, 8_000, 10_000],
        )
        overdue = self._statement(self.guarantor, "overdue")
        self.assertEqual(overdue["items_amount"], dossier.overdue_amount)
        self.assertEqual(overdue["balance"], 158_000 - 15_000)
        self.assertEqual(
            [amount for _label, amount in overdue["buckets"]],
            [50_000, 100_000, 0, 0, 8_000],
        )

    def test_excluded_items(self):
        """What is excluded from follow-up is marked on the statement of account, and
        not on that of overdue invoices."""
        self._invoice(self.guarantor, 100_000, due=-40)
        self._entry(self.guarantor, 10_000, due=-60)
        items = self._statement(self.guarantor)["items"]
        self.assertEqual([item["excluded"] for item in items], [True, False])
        items = self._statement(self.guarantor, "overdue")["items"]
        self.assertEqual([item["residual"] for item in items], [100_000])

    def test_due_today_is_not_overdue(self):
        """An invoice due today is not on the statement of overdue invoices."""
        self._invoices(self.guarantor, (1_000, 0), (2_000, -1))
        items = self._statement(self.guarantor, "overdue")["items"]
        self.assertEqual([item["residual"] for item in items], [2_000])

    def test_credits(self):
        """Payments and credit notes not matched yet are listed apart, for what is
        left of them."""
        invoice = self._invoice(self.guarantor, 100_000, due=-40)
        payment = self._receive(self.guarantor, 130_000, memo="Transfer CBAO")
        self._reconcile(payment.move_id, invoice)
        refund = self._credit_note(self.guarantor, 8_000)
        statement = self._statement(self.guarantor)
        self.assertFalse(statement["items"])
        self.assertEqual(
            [
                (item["name"], item["amount"], item["residual"])
                for item in statement["credits"]
            ],
            [(payment.move_id.name, 130_000, 30_000), (refund.name, 8_000, 8_000)],
        )
        self.assertEqual(statement["credits"][0]["reference"], "Transfer CBAO")
        self.assertEqual(statement["balance"], -38_000)

    def test_foreign_currency(self):
        """An invoice in euros counts in francs, its own amounts in a note."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "currency_id": euro.id,
                "company_id": self.company.id,
                "inverse_company_rate": 655.957,
            }
        )
        self._invoice(self.guarantor, 100, due=-10, currency_id=euro.id)
        (item,) = self._statement(self.guarantor)["items"]
        self.assertEqual(item["residual"], 65_596)
        self.assertEqual(item["foreign_currency"], euro)
        self.assertEqual(item["amount_currency"], 100)
        pages = read_pages(self._render(self.guarantor)[self.guarantor])
        self.assertIn("65 596", pages[0])
        self.assertIn("100,00 €", pages[0])

    def test_instalments(self):
        """An invoice with two due dates is two items of one name."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in 60 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 60}
                    ),
                ],
            }
        )
        invoice = self._invoice(
            self.guarantor, 90_000, due=None, date=-30, invoice_payment_term_id=term.id
        )
        items = self._statement(self.guarantor)["items"]
        self.assertEqual([item["name"] for item in items], [invoice.name] * 2)
        self.assertEqual([item["days_late"] for item in items], [30, 0])
        self.assertEqual([item["residual"] for item in items], [45_000, 45_000])

    def test_fixed_number_of_queries(self):
        """Twenty dossiers take as many queries as two."""
        partners = self.guarantor.union(
            *(
                self._create_guarantor(name=f"Guarantor {n}", lang="fr_FR")
                for n in range(19)
            )
        )
        for partner in partners:
            self._invoice(partner, 10_000)
        dossiers = self._refresh(partners)
        self.assertEqual(len(dossiers), 20)
        counts = []
        # The first time, access rules and languages are cached.
        for few in (dossiers, dossiers[:2], dossiers):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(few._get_statement_values("all")), len(few))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_amount_in_words(self):
        """An amount is written out as on a cheque, in the guarantor's language."""
        dossier = self.dossiers
        franc = self.company.currency_id
        self.assertEqual(franc.name, "XOF")
        for lang, amount, words in (
            ("en_US", 250_000, "Two hundred and fifty thousand CFA francs"),
            ("fr_FR", 250_001, "Deux cent cinquante mille un francs CFA"),
            ("fr_FR", 2_000_000, "Deux millions de francs CFA"),
            ("fr_FR", 1_200_000, "Un million deux cent mille francs CFA"),
        ):
            with self.subTest(lang=lang, amount=amount):
                self.assertEqual(
                    dossier._get_amount_in_words(franc.with_context(lang=lang), amount),
                    words,
                )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStatementDocument(StatementCommon):
    """The statement as a PDF document, read back page by page."""

    def test_batch(self):
        """In a batch, each guarantor gets its own invoices, pages, page numbers and
        language, whatever the length of the others' statements."""
        port = self._create_guarantor(name="Mutuelle du Port", lang="fr_FR")
        for partner, count in ((self.guarantor, 3), (self.ngo, 120), (port, 40)):
            self._owe(partner, count)
        documents = self._render(self.guarantor | self.ngo | port)
        counts = []
        for partner, pdf in documents.items():
            pages = read_pages(pdf)
            counts.append(len(pages))
            others = (documents.keys() - {partner}).pop().name
            self.assertNotIn(others, "".join(pages))
            self.assertIn(partner.name, pages[0])
            title = (
                "Statement of account" if partner == self.ngo else "Relevé de compte"
            )
            self.assertIn(title, pages[0])
            for number, page in enumerate(pages, start=1):
                self.assertIn(f"Page {number} / {len(pages)}", page)
                self.assertIn("avenue Cheikh Anta Diop", page)
                self.assertIn("RC SN DKR 2010 B 1234", page)
        self.assertEqual(len(set(counts)), 3, counts)

    def test_two_companies(self):
        """In a batch, each company writes under its own name, in its currency."""
        other = self.setup_other_company(name="Clinic of Paris")["company"]
        euro = self.env.ref("base.EUR")
        euro.active = True
        other.write({"street": "1, rue de Rivoli", "currency_id": euro.id})
        self._invoice(self.guarantor, 10_000)
        self._invoice(self.ngo, 99.5, company=other)
        mine, theirs = self._dossier(self.guarantor), self._dossier(self.ngo, other)
        both = self.dossiers.with_context(
            allowed_company_ids=(self.company | other).ids
        ).browse((mine | theirs).ids)
        documents, _failures = both._render_statements("all")
        (page,) = read_pages(documents[mine])
        self.assertIn("avenue Cheikh Anta Diop", page)
        self.assertIn("10 000 CFA", page)
        (page,) = read_pages(documents[theirs])
        self.assertIn("1, rue de Rivoli", page)
        self.assertNotIn("avenue Cheikh Anta Diop", page)
        self.assertRegex(page, r"99\.50.€")

    def test_twenty_invoices_on_one_page(self):
        """Twenty invoices, a credit and how to pay fit on one page."""
        self._owe(self.guarantor, 20)
        self._receive(self.guarantor, 4_500, memo="Transfer")
        (page,) = read_pages(self._render(self.guarantor)[self.guarantor])
        for text in (
            "IPM Teranga 019",
            "-4 500",
            "195 500 CFA",
            "Cent quatre-vingt-quinze mille cinq cents francs CFA",
            "SN08 4010 0110 2233 4455 66",
            "Wave: 77 800 10 20",
            "Awa Ndiaye",
            "+221 77 123 45 67",
            "awa@example.com",
        ):
            self.assertIn(text, page)

    def test_three_hundred_invoices(self):
        """A long statement repeats the heading of its table, and loses no line."""
        self._owe(self.guarantor, 300, amount=9_876_543)
        pdf = self._render(self.guarantor)[self.guarantor]
        pages = read_pages(pdf)
        self.assertGreater(len(pages), 5)
        for page in pages:
            self.assertIn("Échéance", page)
            self.assertIn("Reste dû", page)
        text = "".join(pages)
        for number in range(300):
            self.assertEqual(text.count(f"IPM Teranga {number:03}"), 1)
        self.assertIn("2 962 962 900", pages[-1])
        self.assertNothingClipped(pdf)

    def assertNothingClipped(self, pdf):
        """Ensure that every word stands within the margins of the page."""
        bounds = poppler("pdftotext", pdf, "-bbox")
        rights = [float(right) for right in re.findall(r'xMax="([\d.]+)"', bounds)]
        self.assertTrue(rights)
        self.assertLess(max(rights), A4_WIDTH - 20)

    def test_disputed_promised_and_excluded(self):
        """The guarantor sees what is disputed, what it promised, and what is not
        pressed for."""
        disputed, promised = self._invoices(
            self.guarantor, (100_000, -40), (50_000, -5)
        )
        self._dispute(disputed, 30_000)
        self._promise(promised)
        self._entry(self.guarantor, 10_000, due=-60)
        (page,) = read_pages(self._render(self.guarantor)[self.guarantor])
        self.assertIn("en litige : 30 000", page)
        self.assertIn("promis : 50 000", page)
        self.assertEqual(page.count("*"), 2)

    def test_nothing_owed(self):
        """The statement of who owes nothing says so."""
        self._pay(self._invoice(self.ngo, 1_000))
        (page,) = read_pages(self._render(self.ngo)[self.ngo])
        self.assertIn("No invoice is open at this date.", page)

    def test_headings_in_the_instructions(self):
        """Headings that the company writes do not mix up the documents."""
        self.company.recouvrement_payment_instructions = "<h1>Wave</h1><p>77 800</p>"
        self._owe(self.guarantor, 30)
        self._owe(self.ngo, 2)
        for partner, pdf in self._render(self.guarantor | self.ngo).items():
            text = "".join(read_pages(pdf))
            names = set(re.findall(r"(IPM Teranga|Global Health) \d{3}", text))
            self.assertEqual(names, {partner.name})

    def test_no_web_server_needed(self):
        """Without a web server to ask, the document has the company's font, and does
        not wait for scripts; other reports are left as they are."""
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:1")
        self._owe(self.guarantor, 2)
        reports = self.env["ir.actions.report"]
        build = type(reports)._build_wkhtmltopdf_args
        with patch.object(
            type(reports), "_build_wkhtmltopdf_args", autospec=True, side_effect=build
        ) as built:
            with self.assertNoLogs(REPORT_LOGGER, "WARNING"):
                pdf = self._render(self.guarantor)[self.guarantor]
            (call,) = built.call_args_list
        self.assertIn("Lato", poppler("pdffonts", pdf))
        options = reports._build_wkhtmltopdf_args(*call.args[1:], **call.kwargs)
        self.assertEqual(options[options.index("--javascript-delay") + 1], "0")
        options = reports._build_wkhtmltopdf_args(reports.get_paperformat(), False)
        self.assertEqual(options[options.index("--javascript-delay") + 1], "1000")

    def test_one_failure_stays_alone(self):
        """A dossier whose statement cannot be rendered fails alone, with the reason;
        every other one is rendered."""
        others = self.ngo.union(
            *(self._create_guarantor(name=f"Guarantor {n}") for n in range(4))
        )
        for partner in self.guarantor | others:
            self._owe(partner, 1)
        dossiers = self._refresh(self.guarantor | others)
        bad = self._dossier(self.guarantor)
        with self._failing_for(bad), mute_logger("odoo.sql_db"):
            documents, failures = dossiers._render_statements("all")
        self.assertEqual(failures.keys(), {bad})
        self.assertIn("division by zero", failures[bad])
        self.assertEqual(documents.keys(), set(dossiers - bad))

    def _failing_for(self, bad):
        """Make every rendering fail in which ``bad`` takes part."""
        model = type(self.env["report.nest_recouvrement.report_statement"])
        original = model._get_report_values

        def fail(report, docids, data=None):
            if bad.id in docids:
                # Worse than any other error: it aborts the transaction.
                report.env.cr.execute("SELECT 1 / 0")
            return original(report, docids, data=data)

        return patch.object(model, "_get_report_values", fail)

    def test_who_may_not_read(self):
        """Who may not read a dossier gets no statement of it."""
        dossier = self._dossier(self._owe(self.ngo, 1).line_ids[0].partner_id)
        report = self.env["report.nest_recouvrement.report_statement"]
        with self.assertRaises(AccessError):
            report.with_user(self.courier)._get_report_values(dossier.ids)

    def test_stylesheet_keeps_what_matters(self):
        """Of a stylesheet, the rules that may concern a document are kept whole."""
        css = (
            '@charset "UTF-8"; /* { */ .a, .b > p{color: red;} .c{color: blue;}'
            ' @media print{.a:not(.x){top: 0;} .c{top: 1px;}} .d\\:e{content: "}";}'
            "@keyframes k{0%{top: 0;}} p{margin: 0;}"
        )
        names = stylesheet.get_names('<div class="a d:e"><p id="i"></p></div>')
        self.assertEqual(names, {".a", ".d:e", "#i", "div", "p"})
        self.assertEqual(
            stylesheet.prune(css, names).splitlines(),
            [
                ".a, .b > p{color: red;}",
                "@media print{.a:not(.x){top: 0;}}",
                '.d\\:e{content: "}";}',
                "p{margin: 0;}",
            ],
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStatementMail(StatementCommon):
    """The statement that goes with a reminder, and what the reminder says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder_1 = cls.env.ref("nest_recouvrement.mail_template_reminder_1")
        cls.reminder_2 = cls.env.ref("nest_recouvrement.mail_template_reminder_2")

    def _remind(self, template, partners, pdf=False):
        dossiers = self._refresh(partners)
        template = template.with_context(recouvrement_no_pdf=not pdf)
        mails = template.send_mail_batch(dossiers.ids)
        return dict(zip(dossiers.partner_id, mails, strict=True))

    def _text(self, mail):
        text = html2plaintext(mail.body_html).replace("*", "")
        return re.sub(r"\s+", " ", text.replace("\ufeff", ""))

    def test_attachments_in_one_rendering(self):
        """A batch of reminders renders its statements once per language, and each
        mail carries that of its dossier, named in the guarantor's language."""
        port = self._create_guarantor(name="Mutuelle / Port", lang="fr_FR")
        for partner in self.guarantor | self.ngo | port:
            self._owe(partner, 2)
        reports = type(self.env["ir.actions.report"])
        with patch.object(
            reports,
            "_run_wkhtmltopdf",
            autospec=True,
            side_effect=reports._run_wkhtmltopdf,
        ) as run:
            mails = self._remind(
                self.reminder_1, self.guarantor | self.ngo | port, pdf=True
            )
        self.assertEqual(run.call_count, 2)
        for partner, name in (
            (self.guarantor, "Factures échues - IPM Teranga - 2026-03-18.pdf"),
            (self.ngo, "Overdue invoices - Global Health - 2026-03-18.pdf"),
            (port, "Factures échues - Mutuelle Port - 2026-03-18.pdf"),
        ):
            attachment = mails[partner].attachment_ids
            self.assertEqual(attachment.name, name)
            self.assertEqual(attachment.res_model, "recouvrement.dossier")
            self.assertEqual(attachment.res_id, self._dossier(partner).id)
            self.assertIn(partner.name, read_pages(attachment.raw)[0])

    def test_no_pdf(self):
        """A dry run renders nothing."""
        self._owe(self.guarantor, 2)
        mail = self._remind(self.reminder_1, self.guarantor)[self.guarantor]
        self.assertFalse(mail.attachment_ids)

    def test_failure_says_whose(self):
        """A reminder does not leave without its statement: the error names whose."""
        self._owe(self.ngo, 1)
        model = type(self.env["report.nest_recouvrement.report_statement"])
        with (
            patch.object(model, "_get_report_values", side_effect=UserError("Jam")),
            self.assertRaisesRegex(UserError, "Global Health: no statement. Jam"),
        ):
            self._remind(self.reminder_1, self.ngo, pdf=True)

    def test_first_reminder(self):
        """The first reminder tells how much, how many, since when, and how to answer;
        the answer goes to the officer."""
        self._invoices(self.ngo, (100_000, -40), (50_000, -5))
        mail = self._remind(self.reminder_1, self.ngo)[self.ngo]
        self.assertEqual(
            mail.subject, "Cliniques du Plateau: 150,000\N{NO-BREAK SPACE}CFA overdue"
        )
        self.assertEqual(mail.reply_to, '"Awa Ndiaye" <awa@example.com>')
        text = self._text(mail)
        for part in (
            "150,000 CFA is overdue on the account of Global Health",
            "since 02/06/2026",
            "the 2 overdue invoice(s)",
            "transfer order",
            "courier",
            "crossed this message",
            "Awa Ndiaye",
            "+221 77 123 45 67",
        ):
            self.assertIn(part, text)
        self.assertNotIn("made up", text)

    def test_what_is_not_claimed(self):
        """What is disputed, promised or not matched yet is named and deducted."""
        disputed, promised, _rest = self._invoices(
            self.ngo, (100_000, -40), (50_000, -5), (30_000, -4)
        )
        self._dispute(disputed)
        self._promise(promised)
        self._receive(self.ngo, 10_000)
        text = self._text(self._remind(self.reminder_1, self.ngo)[self.ngo])
        for part in (
            "20,000 CFA is overdue",
            "overdue: 180,000 CFA",
            "under dispute, not claimed meanwhile: -100,000 CFA",
            "covered by your promises to pay: -50,000 CFA",
            "still to be matched: -10,000 CFA",
        ):
            self.assertIn(part, text)

    def test_second_reminder(self):
        """The second reminder names the first one and the call, with their dates."""
        self._invoice(self.ngo, 100_000, due=-40)
        dossier = self._dossier(self.ngo)
        for channel, moment in (
            ("email", datetime(2026, 3, 10, 9)),
            ("phone", datetime(2026, 3, 12, 16)),
        ):
            self.env["recouvrement.action"].sudo().create(
                {
                    "dossier_id": dossier.id,
                    "channel": channel,
                    "cycle": dossier.cycle,
                    "state": "done",
                    "date_done": moment,
                }
            )
        mail = self._remind(self.reminder_2, self.ngo)[self.ngo]
        self.assertIn(
            "We wrote to you on 03/10/2026 and called you on 03/12/2026.",
            self._text(mail),
        )

    def test_in_french(self):
        """A French-speaking guarantor is reminded in French, amounts included."""
        self._invoice(self.guarantor, 1_100_000, due=-40)
        for template in (self.reminder_1, self.reminder_2):
            mail = self._remind(template, self.guarantor)[self.guarantor]
            text = self._text(mail)
            self.assertIn("Madame, Monsieur,", text)
            self.assertIn("1 100 000 CFA", text)
            self.assertIn("06/02/2026", text)
            self.assertNotIn("Sir", text)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStatementWorkbook(StatementCommon, HttpCase):
    """The statement as a workbook."""

    def _open(self, dossiers, scope="all"):
        return openpyxl.load_workbook(io.BytesIO(dossiers._export_statements(scope)))

    def test_dates_numbers_and_formulas(self):
        """Dates are dates, amounts numbers with their format, totals formulas."""
        self._invoices(self.guarantor, (100_000, -40), (50_000, -5))
        self._receive(self.guarantor, 15_000)
        sheet = self._open(self._dossier(self.guarantor))["IPM Teranga"]
        self.assertEqual(sheet["A1"].value, "Relevé de compte - Cliniques du Plateau")
        self.assertEqual(sheet["D5"].value, "Échéance")
        self.assertEqual(sheet["D6"].value, datetime(2026, 2, 6))
        self.assertEqual(sheet["E6"].value, 40)
        self.assertEqual(sheet["F6"].value, 100_000)
        self.assertEqual(sheet["F6"].number_format, "#,##0")
        self.assertEqual(sheet["H6"].value, "=F6-G6")
        self.assertEqual(sheet["H8"].value, "=SUM(H6:H7)")
        self.assertEqual(sheet["H11"].value, -15_000)
        self.assertEqual(sheet["H12"].value, "=SUM(H11:H11)")
        self.assertEqual(sheet["H14"].value, "=H8+H12")
        self.assertEqual(sheet.freeze_panes, "C6")
        self.assertEqual(sheet.print_title_rows, "$5:$5")

    def test_one_sheet_a_dossier(self):
        """Each dossier has its sheet, under a name that Excel accepts."""
        name = "Assurances [Dakar]/Thiès: la Prévoyance du Sahel"
        twins = self._create_guarantor(name=name) | self._create_guarantor(name=name)
        for partner in twins:
            self._owe(partner, 1)
        book = self._open(self._refresh(twins))
        self.assertEqual(
            book.sheetnames,
            ["Assurances Dakar Thiès la Prévo", "Assurances Dakar Thiès la P (2)"],
        )

    def test_nothing_open(self):
        """A statement without items still adds up."""
        self._pay(self._invoice(self.ngo, 1_000))
        sheet = self._open(self._dossier(self.ngo))["Global Health"]
        self.assertEqual(sheet["H6"].value, "=SUM(0)")
        self.assertEqual(sheet["H8"].value, "=H6")

    def test_download(self):
        """The workbook is downloaded by who may read the dossier, and by nobody
        else."""
        self._owe(self.ngo, 1)
        dossier = self._dossier(self.ngo)
        url = dossier.action_export_statement()["url"]
        self.authenticate("manager", "managerx")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Statement", response.headers["Content-Disposition"])
        self.assertTrue(openpyxl.load_workbook(io.BytesIO(response.content)))
        self.assertEqual(self.url_open(url + "x").status_code, 404)
        self.authenticate("courier", "courierx")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(url).status_code, 403)
