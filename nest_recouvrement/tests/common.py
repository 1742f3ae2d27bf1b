from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

# A Wednesday; the first quarter is not over: the complete months before it are
# December, January and February.
NOW = "2026-03-18 10:00:00"
TODAY = date(2026, 3, 18)


@freeze_time(NOW)
class RecouvrementCommon(AccountTestInvoicingCommon):
    """A company of Dakar in XOF, its collection team, and short ways to a ledger.

    Time stands still on Wednesday 18 March 2026, 10:00 in Dakar (and UTC). Amounts
    are untaxed; due dates are given in days from today: ``due=-1`` was due yesterday.
    """

    # The plain chart is always there; the country gives the currency: XOF.
    chart_template = "generic_coa"
    country_code = "SN"

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref(
            "nest_recouvrement.group_manager"
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = TODAY
        cls.company = cls.company_data["company"]
        cls.company.partner_id.tz = "Africa/Dakar"
        cls.receivable_account = cls.company_data["default_account_receivable"]
        cls.revenue_account = cls.company_data["default_account_revenue"]
        cls.misc_journal = cls.company_data["default_journal_misc"]
        cls.bank_journal = cls.company_data["default_journal_bank"]
        cls.dossiers = cls.env["recouvrement.dossier"]

        cls.officer = cls._create_user("officer", "nest_recouvrement.group_officer")
        cls.officer_2 = cls._create_user("officer_2", "nest_recouvrement.group_officer")
        cls.manager = cls._create_user("manager", "nest_recouvrement.group_manager")
        cls.accountant = cls._create_user("accountant", "account.group_account_invoice")
        cls.courier = cls._create_user("courier", "nest_recouvrement.group_courier")
        # The user of the tests may do everything: these are the people of the rules.
        cls.company.write(
            {
                "recouvrement_accountant_id": cls.accountant.id,
                "recouvrement_manager_id": cls.manager.id,
            }
        )
        cls.category_small = cls.env.ref(
            "nest_recouvrement.recouvrement_guarantor_category_small"
        )
        cls.category_medium = cls.env.ref(
            "nest_recouvrement.recouvrement_guarantor_category_medium"
        )
        cls.category_large = cls.env.ref(
            "nest_recouvrement.recouvrement_guarantor_category_large"
        )

    # === PEOPLE === #

    @classmethod
    def _create_user(cls, login, groups, company=None, **values):
        """Create a user of the given groups (external ids, separated by commas)."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def _create_guarantor(cls, **values):
        """Create a flagged company with an e-mail address and a phone number."""
        return cls.env["res.partner"].create(
            {
                "name": "IPM Teranga",
                "is_company": True,
                "is_guarantor": True,
                "email": "ipm.teranga@example.com",
                "phone": "+221 33 800 00 00",
                "country_id": cls.env.ref("base.sn").id,
                **values,
            }
        )

    # === LEDGER === #

    @classmethod
    def _in_days(cls, days):
        """Return the date that is ``days`` days from today; dates stay dates."""
        if isinstance(days, int):
            return cls.today + timedelta(days=days)
        return fields.Date.to_date(days)

    @classmethod
    def _invoice(
        cls, partner, amount, due=-1, date=None, company=None, post=True, **values
    ):
        """Create an untaxed customer invoice of one line, posted.

        :param due: due date, or days from today; None leaves it to the payment terms
        :param date: invoice date, or days from today; by default the due date, or
            today if it is not due yet
        :param company: the test's company by default
        """
        move = (
            cls.env["account.move"]
            .with_company(company or cls.company)
            .create(cls._prepare_invoice_values(partner, amount, due, date, **values))
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _invoices(cls, partner, *terms, **values):
        """Create and post several invoices of a partner at once.

        :param terms: (amount, due) or (amount, due, date), as in :meth:`_invoice`
        """
        moves = cls.env["account.move"].create(
            [cls._prepare_invoice_values(partner, *term, **values) for term in terms]
        )
        moves.action_post()
        return moves

    @classmethod
    def _prepare_invoice_values(cls, partner, amount, due=-1, date=None, **values):
        if due is not None:
            due = cls._in_days(due)
            values = {
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                **values,
            }
        day = min(due or cls.today, cls.today) if date is None else cls._in_days(date)
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "date": day,
            "invoice_date": day,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Care",
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
            **values,
        }

    @classmethod
    def _credit_note(cls, partner, amount, date=None, invoices=None, **values):
        """Create a posted credit note, matched with ``invoices`` if given."""
        date = cls.today if date is None else date
        credit_note = cls._invoice(
            partner, amount, due=date, date=date, move_type="out_refund", **values
        )
        if invoices:
            cls._reconcile(credit_note, invoices)
        return credit_note

    @classmethod
    def _receive(cls, partner, amount, date=None, company=None, **values):
        """Create a posted customer payment that is matched with nothing yet."""
        company = company or cls.company
        payment = (
            cls.env["account.payment"]
            .with_company(company)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "amount": amount,
                    "date": cls._in_days(0 if date is None else date),
                    "company_id": company.id,
                    **values,
                }
            )
        )
        payment.action_post()
        return payment

    @classmethod
    def _pay(cls, invoices, amount=None, date=None, **values):
        """Receive a payment and match it with ``invoices``.

        :param amount: what is open on the invoices by default
        :param date: payment date, or days from today; today by default
        :return: the account.payment
        """
        if amount is None:
            amount = sum(invoices.mapped("amount_residual"))
        payment = cls._receive(
            invoices.commercial_partner_id,
            amount,
            date,
            company=invoices.company_id,
            **values,
        )
        cls._reconcile(payment.move_id, invoices)
        return payment

    @classmethod
    def _entry(cls, partner, amount, due=None, date=None, account=None, **values):
        """Create a posted miscellaneous entry on the receivable account of a partner.

        :param amount: positive: the partner owes more; negative: less
        :param account: another receivable account than the default one
        """
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.misc_journal.id,
                "date": cls._in_days(0 if date is None else date),
                "line_ids": [
                    Command.create(
                        {
                            "name": "Partner",
                            "account_id": (account or cls.receivable_account).id,
                            "partner_id": partner.id,
                            "balance": amount,
                            "date_maturity": due is not None and cls._in_days(due),
                        }
                    ),
                    Command.create(
                        {
                            "name": "Counterpart",
                            "account_id": cls.revenue_account.id,
                            "balance": -amount,
                        }
                    ),
                ],
                **values,
            }
        )
        entry.action_post()
        return entry

    @classmethod
    def _items(cls, moves):
        """Return the receivable items of entries, by due date."""
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))

    @classmethod
    def _reconcile(cls, *moves):
        """Match the receivable items of these entries."""
        items = cls.env["account.move.line"].union(*map(cls._items, moves))
        items.filtered(lambda item: not item.reconciled).reconcile()

    # === DOSSIERS === #

    @classmethod
    def _refresh(cls, target=None, company=None):
        """Refresh the dossiers of partners, or dossiers, or everything.

        :param target: res.partner (missing dossiers are created), recouvrement.dossier
            (these only) or nothing (the whole company)
        :param company: the test's company by default
        :return: the dossiers concerned, by id
        """
        if target is not None and target._name == "recouvrement.dossier":
            target._refresh()
            return target
        company = company or cls.company
        cls.dossiers.with_context(allowed_company_ids=company.ids)._refresh()
        return cls._search_dossiers(target, company)

    @classmethod
    def _search_dossiers(cls, partners=None, company=None):
        """Return dossiers as they are stored, without any refresh."""
        domain = [("company_id", "=", (company or cls.company).id)]
        if partners is not None:
            domain.append(("partner_id", "in", partners.commercial_partner_id.ids))
        return cls.dossiers.search(domain, order="id")

    @classmethod
    def _dossier(cls, partner, company=None):
        """Return the dossier of a partner with the figures of now."""
        dossier = cls._refresh(partner, company)
        dossier.ensure_one()
        return dossier

    # === CLAIMS === #

    @classmethod
    def _promise(cls, invoices, amount=None, date=2, **values):
        """Create a promise to pay ``invoices``.

        :param amount: on each invoice; all that is open by default
        :param date: date, or days from today
        """
        items = cls._items(invoices).filtered(lambda item: item.amount_residual > 0)
        return cls._create_promise(items, amount, date, **values)

    @classmethod
    def _create_promise(cls, items, amount=None, date=2, **values):
        commitments = cls.env["recouvrement.commitment"]
        if "state" in values:
            # How a promise ended is the system's to say.
            commitments = commitments.sudo()
        return commitments.create(
            {
                "date": cls._in_days(date),
                **cls._prepare_claim_values(items, amount),
                **values,
            }
        ).with_env(cls.env)

    @classmethod
    def _dispute(cls, invoices, amount=None, **values):
        """Create an open dispute about ``invoices``.

        :param amount: on each invoice; all that is open by default
        """
        items = cls._items(invoices).filtered(lambda item: item.amount_residual > 0)
        return cls._create_dispute(items, amount, **values)

    @classmethod
    def _create_dispute(cls, items, amount=None, **values):
        return cls.env["recouvrement.dispute"].create(
            {
                "name": "Care that was not covered",
                **cls._prepare_claim_values(items, amount),
                **values,
            }
        )

    @classmethod
    def _prepare_claim_values(cls, items, amount):
        return {
            "dossier_id": cls._dossier(items.partner_id.commercial_partner_id).id,
            "line_ids": [
                Command.create(
                    {
                        "move_line_id": item.id,
                        "amount": amount or item.amount_residual,
                    }
                )
                for item in items
            ],
        }

    def assertFigures(self, dossier, **figures):
        """Compare fields of one dossier with the values worked out by hand."""
        self.assertRecordValues(dossier, [figures])
