from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..tools.text import is_named, is_numbered, normalise


class RecouvrementDossier(models.Model):
    """The accounting check before the first reminder of a cycle (design, section 4).

    While it is pending nothing is pressed for, and the dossier says so.
    """

    _inherit = "recouvrement.dossier"

    check_ids = fields.One2many(
        string="Accounting Checks",
        comodel_name="recouvrement.check",
        inverse_name="dossier_id",
    )
    pending_check_id = fields.Many2one(
        string="Pending Accounting Check",
        comodel_name="recouvrement.check",
        compute="_compute_pending_check_id",
        search="_search_pending_check_id",
    )

    @api.depends("check_ids.state")
    def _compute_pending_check_id(self):
        pending = self.env["recouvrement.check"].search_fetch(
            [("dossier_id", "in", self.ids), ("state", "=", "pending")],
            [
                "amount",
                "company_id",
                "date",
                "date_deadline",
                "dossier_id",
                "partner_id",
                "user_id",
            ],
        )
        if pending:
            # The people that a screen names are read together.
            (pending.user_id | self.user_id).mapped("name")
        by_dossier = pending.grouped("dossier_id")
        for dossier in self:
            dossier.pending_check_id = by_dossier.get(dossier, pending.browse())[:1]

    def _search_pending_check_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = [("check_ids", "any", [("state", "=", "pending")])]
        if False in value:
            return ["!", *domain]
        return [
            ("check_ids", "any", [("state", "=", "pending"), ("id", "in", list(value))])
        ]

    # === ACTION METHODS === #

    def action_view_check(self):
        """Open the accounting check that holds the reminder back."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.check",
            "res_id": self.pending_check_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS - PAUSE === #

    @api.model
    def _get_pressing_condition(self):
        return SQL(
            """%s AND NOT EXISTS (
                SELECT 1 FROM recouvrement_check pending_check
                 WHERE pending_check.dossier_id = dossier.id
                   AND pending_check.state = 'pending')""",
            super()._get_pressing_condition(),
        )

    def _get_pause_reason(self):
        return super()._get_pause_reason() or self._get_check_reason()

    def _get_check_reason(self):
        """Return for what, for whom and until when the reminder waits, if it does."""
        self.ensure_one()
        check = self.pending_check_id
        if not check:
            return ""
        return self.env._(
            "Accounting check pending: %(amount)s may have been received; the reminder"
            " waits for %(user)s up to %(date)s.",
            amount=check.currency_id.format(check.amount),
            user=check.user_id.name or "-",
            date=format_date(self.env, check.date_deadline),
        )

    def _refresh_escalation(self, companies):
        """Close first the checks that the ledger answered: they pause no longer."""
        self.env["recouvrement.check"]._close_settled(self, companies)
        return super()._refresh_escalation(companies)

    # === BUSINESS METHODS - CHECK === #

    def _in_officer_language(self):
        """Return this dossier in the language of its officer."""
        self.ensure_one()
        lang = self.user_id.lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)

    def _filter_unchecked(self):
        """Return the dossiers at the start of a cycle that no check was made for."""
        starting = self.filtered(lambda dossier: not dossier.step_id)
        checked = {
            (check.dossier_id, check.cycle)
            for check in self.env["recouvrement.check"].search(
                [("dossier_id", "in", starting.ids)]
            )
        }
        return starting.filtered(
            lambda dossier: (dossier, dossier.cycle) not in checked
        )

    def _find_receipts(self):
        """Return the receipts that may settle what these dossiers owe.

        Credits of the guarantor that are not matched, its payments without a posted
        entry, bank lines that are not booked and are its own, or that name it. A fixed
        number of statements.

        :return: values of recouvrement.check.line by dossier id
        :rtype: dict[int, list[dict]]
        """
        receipts = defaultdict(list)
        if self:
            self.env.flush_all()
            for row in self._fetch_own_receipts():
                receipts[row.pop("dossier_id")].append(row)
            for dossier_id, row in self._fetch_named_receipts():
                receipts[dossier_id].append(row)
        return receipts

    def _fetch_own_receipts(self):
        """Read the receipts whose partner is the guarantor or one of its contacts."""
        return self.env.execute_query_dict(
            SQL(
                """
                WITH target AS (
                    SELECT id AS dossier_id, partner_id, company_id
                      FROM recouvrement_dossier WHERE id = ANY(%(ids)s)
                ),
                payer AS (
                    SELECT target.dossier_id, target.company_id,
                           partner.id AS partner_id
                      FROM target
                      JOIN res_partner partner
                        ON partner.commercial_partner_id = target.partner_id
                )
                SELECT payer.dossier_id,
                       CASE WHEN move.move_type = 'out_refund' THEN 'credit_note'
                            WHEN move.statement_line_id IS NOT NULL THEN 'bank'
                            WHEN move.origin_payment_id IS NOT NULL THEN 'payment'
                            ELSE 'entry' END AS kind,
                       CONCAT_WS(', ', move.name, NULLIF(move.ref, '')) AS name,
                       item.date, -item.amount_residual AS amount,
                       item.id AS move_line_id, NULL::int AS payment_id,
                       NULL::int AS statement_line_id
                  FROM payer
                  JOIN account_move_line item ON item.partner_id = payer.partner_id
                   AND item.company_id = payer.company_id
                  JOIN account_move move ON move.id = item.move_id
                 WHERE item.parent_state = 'posted' AND item.amount_residual < 0
                   AND item.account_id IN (
                       SELECT id FROM account_account
                        WHERE account_type = 'asset_receivable')
                 UNION ALL
                SELECT payer.dossier_id, 'draft_payment',
                       CONCAT_WS(', ', NULLIF(payment.name, '/'),
                                 NULLIF(payment.memo, '')),
                       payment.date,
                       ABS(COALESCE(payment.amount_company_currency_signed,
                                    payment.amount)),
                       NULL, payment.id, NULL
                  FROM payer
                  JOIN account_payment payment
                    ON payment.partner_id = payer.partner_id
                   AND payment.company_id = payer.company_id
                 WHERE payment.payment_type = 'inbound'
                   AND payment.partner_type = 'customer'
                   AND (payment.state = 'draft'
                        OR payment.state = 'in_process' AND payment.move_id IS NULL)
                 UNION ALL
                SELECT payer.dossier_id, 'bank_line',
                       CONCAT_WS(', ', move.name, NULLIF(line.payment_ref, '')),
                       move.date, ABS(move.amount_total_signed), NULL, NULL, line.id
                  FROM payer
                  JOIN account_bank_statement_line line
                    ON line.partner_id = payer.partner_id
                   AND line.company_id = payer.company_id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE %(waiting)s
              ORDER BY date, name
                """,
                ids=self.ids,
                waiting=self._get_waiting_line_condition(),
            )
        )

    @api.model
    def _get_waiting_line_condition(self):
        """Return what makes a bank ``line`` of a ``move`` a receipt to be booked."""
        return SQL(
            "line.is_reconciled IS NOT TRUE AND line.amount > 0"
            " AND move.state = 'posted'"
        )

    def _fetch_named_receipts(self):
        """Read the bank lines without a partner whose text names a guarantor.

        By its name as whole words, or by the number of one of its bank accounts.

        :return: pairs of dossier id and values
        :rtype: list[tuple[int, dict]]
        """
        lines = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id AS statement_line_id, line.company_id, move.date,
                       ABS(move.amount_total_signed) AS amount,
                       CONCAT_WS(', ', move.name, NULLIF(line.payment_ref, ''))
                           AS name,
                       CONCAT_WS(' | ', line.payment_ref, line.partner_name,
                                 line.account_number, move.narration) AS text
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id
                 WHERE line.partner_id IS NULL
                   AND line.company_id = ANY(%(company_ids)s)
                   AND %(waiting)s
              ORDER BY move.date, line.id
                """,
                company_ids=self.company_id.ids,
                waiting=self._get_waiting_line_condition(),
            )
        )
        if not lines:
            return []
        for line in lines:
            line["text"] = normalise(line["text"])
        names = {dossier: normalise(dossier.partner_id.name) for dossier in self}
        numbers = self._get_bank_account_numbers()
        return [
            (
                dossier.id,
                {
                    "kind": "named_line",
                    **{
                        key: line[key]
                        for key in ("name", "date", "amount", "statement_line_id")
                    },
                },
            )
            for dossier in self
            for line in lines
            if line["company_id"] == dossier.company_id.id
            and (
                is_named(names[dossier], line["text"])
                or any(
                    is_numbered(number, line["text"])
                    for number in numbers[dossier.partner_id.id]
                )
            )
        ]

    def _get_bank_account_numbers(self):
        """Return the normalised account numbers of each guarantor, by its id.

        :rtype: dict[int, list[str]]
        """
        numbers = defaultdict(list)
        # An account number is compared, not shown.
        accounts_sudo = self.env["res.partner.bank"].sudo()
        for account in accounts_sudo.search(
            [("partner_id.commercial_partner_id", "in", self.partner_id.ids)]
        ):
            entity = account.partner_id.commercial_partner_id
            numbers[entity.id].append(normalise(account.sanitized_acc_number))
        return numbers
