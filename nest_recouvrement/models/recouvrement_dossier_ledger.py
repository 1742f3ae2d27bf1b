from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .recouvrement_dossier_fields import (
    LEDGER_FIGURES,
)


class RecouvrementDossier(models.Model):
    """What the ledger says: figures stored by a set-based refresh (design, section 3).

    All amounts are in the company's currency, from the residuals of posted receivable
    items, never from the payment state of invoices.
    """

    _inherit = "recouvrement.dossier"

    not_due_amount = fields.Monetary(
        string="Not Due",
        help="Open items due today or later.",
        readonly=True,
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        help="Open items due before today, without those excluded from follow-up.",
        readonly=True,
    )
    excluded_amount = fields.Monetary(
        string="Excluded",
        help="Overdue items excluded from follow-up. Odoo excludes those of general"
        " journals, such as opening balances, until they are included by hand.",
        readonly=True,
    )
    unallocated_credit = fields.Monetary(
        help="Payments and credit notes that are not matched yet.",
        readonly=True,
    )
    balance = fields.Monetary(
        help="Not due + overdue + excluded - unallocated credit: what the general"
        " ledger says.",
        readonly=True,
    )
    bucket_1_30 = fields.Monetary(string="1-30 Days", readonly=True)
    bucket_31_60 = fields.Monetary(string="31-60 Days", readonly=True)
    bucket_61_90 = fields.Monetary(string="61-90 Days", readonly=True)
    bucket_91_120 = fields.Monetary(string="91-120 Days", readonly=True)
    bucket_121_plus = fields.Monetary(string="Over 120 Days", readonly=True)
    disputed_amount = fields.Monetary(
        string="Disputed", help="Overdue, under an open dispute.", readonly=True
    )
    promised_amount = fields.Monetary(
        string="Promised",
        help="Overdue, covered by promises that have not expired.",
        readonly=True,
    )
    claimable_amount = fields.Monetary(
        string="Claimable",
        help="Overdue - disputed - promised - unallocated credit: what a reminder may"
        " press for.",
        readonly=True,
    )
    oldest_due_date = fields.Date(
        help="Of the overdue items that are neither disputed nor promised.",
        readonly=True,
    )
    days_overdue = fields.Integer(
        string="Days Late",
        help="Days since the oldest due date.",
        readonly=True,
        aggregator="max",
    )
    open_invoice_count = fields.Integer(string="Open Invoices", readonly=True)
    overdue_invoice_count = fields.Integer(string="Overdue Invoices", readonly=True)
    first_invoice_date = fields.Date(readonly=True)
    monthly_turnover = fields.Monetary(
        help="Untaxed invoices minus credit notes, a month, over the last complete"
        " calendar months.",
        readonly=True,
    )
    average_delay_days = fields.Float(
        string="Average Delay (Days)",
        help="From due date to full payment, over the last 12 months, weighted by"
        " amount.",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
    )
    promise_kept_rate = fields.Float(
        string="Promises Kept",
        help="Share of the promises ended in the last 12 months that were kept.",
        readonly=True,
        aggregator="avg",
    )
    refreshed_on = fields.Datetime(readonly=True)
    is_stale = fields.Boolean(compute="_compute_is_stale")

    aging_bar = fields.Json(
        help="Amounts by age, for the bar of the form.", compute="_compute_aging_bar"
    )
    open_item_ids = fields.Many2many(
        string="Open Items",
        comodel_name="account.move.line",
        compute="_compute_open_item_ids",
    )

    @api.depends("not_due_amount", "overdue_amount")
    def _compute_aging_bar(self):
        for dossier in self:
            fields_shown = ["not_due_amount", *(row[0] for row in self._get_buckets())]
            dossier.aging_bar = [
                {
                    "name": name,
                    "label": self._fields[name]._description_string(self.env),
                    "amount": dossier[name],
                    "formatted": dossier.currency_id.format(dossier[name]),
                }
                for name in fields_shown
            ]

    @api.depends("balance")
    def _compute_open_item_ids(self):
        for dossier in self:
            dossier.open_item_ids = self.env["account.move.line"].search(
                dossier._get_open_items_domain(), order="date_maturity, id"
            )

    def _compute_is_stale(self):
        changes_sudo = self.env["recouvrement.ledger.change"].sudo()
        stale = changes_sudo._read_group(
            [("partner_id", "in", self.partner_id.ids)], ["company_id", "partner_id"]
        )
        stale_ids = {(company.id, partner.id) for company, partner in stale}
        for dossier in self:
            key = (dossier.company_id.id, dossier.partner_id.id)
            dossier.is_stale = key in stale_ids

    # === BUSINESS METHODS - ITEMS === #

    def _get_open_items_domain(self):
        """Return the domain of the unpaid receivable items of one dossier."""
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("amount_residual", "!=", 0),
        ]

    def _check_own_items(self, items):
        """Refuse journal items that are no open debt of this dossier's guarantor.

        :param account.move.line items: items named by a promise or a dispute
        :raise ValidationError: naming the first wrong one
        """
        self.ensure_one()
        for item in items:
            if (
                item.partner_id.commercial_partner_id != self.partner_id
                or item.company_id != self.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is not owed by %(guarantor)s to %(company)s.",
                        invoice=item.move_id.name,
                        guarantor=self.display_name,
                        company=self.company_id.name,
                    )
                )
            if (
                item.parent_state != "posted"
                or item.account_id.account_type != "asset_receivable"
                or item.amount_residual <= 0
            ):
                raise ValidationError(
                    self.env._(
                        "Nothing is open on %(invoice)s: choose an unpaid invoice.",
                        invoice=item.move_id.name,
                    )
                )

    # === BUSINESS METHODS - REFRESH === #

    def _refresh(self):
        """Read the ledger again, and plan again what comes next.

        On an empty recordset: every company of the environment, creating the missing
        dossiers. On records: these only. A fixed number of statements, whatever the
        number of dossiers. Running it twice changes nothing.
        """
        # The figures are those of the ledger whoever asks for them.
        self_sudo = self.sudo().with_context(active_test=False)
        companies = self_sudo.company_id or self.env.companies.sudo()
        # What is taken now is refreshed below, in the same transaction.
        self.env["recouvrement.ledger.change"]._take(
            company_ids=companies.ids,
            partner_ids=self_sudo.partner_id.ids if self else None,
        )
        if not self:
            self_sudo._create_missing(companies)
        self_sudo._refresh_figures(companies)

    def _refresh_figures(self, companies):
        """Evaluate promises, then store the figures, then plan what comes next.

        :param res.company companies: companies of the dossiers
        """
        scope = [("dossier_id", "in", self.ids)] if self else []
        self.env["recouvrement.commitment"].search(
            [("state", "=", "open"), ("company_id", "in", companies.ids), *scope]
        )._evaluate()
        self._refresh_ledger(companies)
        self._refresh_escalation(companies)

    def _refresh_stale(self, limit=None):
        """Refresh the dossiers whose ledger changed, creating the missing ones.

        On records: these only; on an empty recordset: all of them.

        :param int limit: highest number of changes to take; all by default
        :return: number of guarantors refreshed
        """
        # A change is not tied to who looks at it.
        self_sudo = self.sudo().with_context(active_test=False)
        taken = self_sudo.env["recouvrement.ledger.change"]._take(
            company_ids=self_sudo.company_id.ids if self else None,
            partner_ids=self_sudo.partner_id.ids if self else None,
            limit=limit,
        )
        if not taken:
            return 0
        company_ids, partner_ids = map(set, zip(*taken, strict=True))
        companies = self_sudo.env["res.company"].browse(company_ids)
        self_sudo._create_missing(companies, partner_ids)
        dossiers = self_sudo.search(
            [
                ("company_id", "in", list(company_ids)),
                ("partner_id", "in", list(partner_ids)),
            ]
        )
        if dossiers:
            dossiers._refresh_figures(dossiers.company_id)
        return len(taken)

    @api.model
    def _cron_refresh_stale(self, batch_size=500):
        """Refresh what changed in the ledger since the last refresh."""
        cron = self.env["ir.cron"]
        changes_sudo = self.env["recouvrement.ledger.change"].sudo()
        cron._commit_progress(remaining=changes_sudo.search_count([]))
        while done := self._refresh_stale(limit=batch_size):
            if not cron._commit_progress(done):
                break

    @api.model
    def _cron_refresh_all(self):
        """Refresh every dossier of every company: days late grow by themselves."""
        companies_sudo = self.env["res.company"].sudo().search([])
        self.with_context(allowed_company_ids=companies_sudo.ids)._refresh()

    def _create_missing(self, companies, partner_ids=None):
        """Create the dossiers of partners who are followed up and have a ledger.

        One statement; another transaction creating the same dossier is no error.

        :param res.company companies: companies to look at
        :param partner_ids: only these commercial partners, if given
        """
        self.env.flush_all()
        created = self.env.execute_query(
            SQL(
                """
                INSERT INTO recouvrement_dossier
                       (company_id, partner_id, city, active, cycle, stage,
                        create_uid, create_date, write_uid, write_date)
                SELECT company.id, entity.id, entity.city, TRUE, 0, 'none',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM res_partner entity
                  JOIN res_company company ON company.id = ANY(%(company_ids)s)
                 WHERE entity.active
                   AND entity.commercial_partner_id = entity.id
                   AND (entity.is_guarantor
                        OR company.recouvrement_scope = 'companies'
                           AND entity.is_company)
                   AND %(only)s
                   AND NOT EXISTS (
                       SELECT 1 FROM recouvrement_dossier dossier
                        WHERE dossier.company_id = company.id
                          AND dossier.partner_id = entity.id)
                   AND EXISTS (
                       SELECT 1
                         FROM account_move_line item
                         JOIN res_partner partner ON partner.id = item.partner_id
                         JOIN account_account account
                           ON account.id = item.account_id
                          AND account.account_type = 'asset_receivable'
                        WHERE partner.commercial_partner_id = entity.id
                          AND item.company_id = company.id
                          AND item.parent_state = 'posted')
                    ON CONFLICT (company_id, partner_id) DO NOTHING
                RETURNING id
                """,
                company_ids=companies.ids,
                now=fields.Datetime.now(),
                only=SQL("entity.id = ANY(%s)", list(partner_ids))
                if partner_ids is not None
                else SQL("TRUE"),
                uid=self.env.uid,
            )
        )
        dossiers = self.browse(id_ for (id_,) in created)
        dossiers._assign_officer()
        return dossiers

    def _refresh_ledger(self, companies):
        """Compute and store every figure of the ledger, in one statement.

        :param res.company companies: companies of the dossiers
        """
        self.env.flush_all()
        self._lock_for_refresh(companies)
        changes = self.env.execute_query(
            SQL(
                """
                WITH %(computed)s
                UPDATE recouvrement_dossier dossier
                   SET (%(columns)s, refreshed_on) = ROW(%(values)s, %(now)s)
                  FROM computed
                 WHERE dossier.id = computed.dossier_id
             RETURNING dossier.id, computed.old_category_id, dossier.category_id
                """,
                columns=SQL(", ").join(map(SQL.identifier, LEDGER_FIGURES)),
                computed=self._get_ledger_query(companies),
                now=fields.Datetime.now(),
                values=SQL(", ").join(
                    SQL.identifier("computed", name) for name in LEDGER_FIGURES
                ),
            )
        )
        self.invalidate_model(flush=False)
        self._log_category_changes(
            {
                dossier_id: (old_id, new_id)
                for dossier_id, old_id, new_id in changes
                if old_id and old_id != new_id
            }
        )

    def _lock_for_refresh(self, companies):
        """Lock the dossiers, in the same order for everybody: no deadlock.

        In a statement of its own: PostgreSQL knows no statistics of an expression that
        locks, and would plan the large joins blindly. Nor is compiling a query worth
        the second that it takes.

        :param res.company companies: companies of the dossiers
        """
        self.env.execute_query(
            SQL(
                """
                SELECT set_config('jit', 'off', TRUE), COUNT(*) FROM (
                    SELECT FROM recouvrement_dossier dossier
                     WHERE %s
                     ORDER BY dossier.id
                       FOR NO KEY UPDATE) locked
                """,
                SQL("dossier.id = ANY(%s)", self.ids)
                if self
                else SQL("dossier.company_id = ANY(%s)", companies.ids),
            )
        )

    def _get_ledger_query(self, companies):
        """Return the common table expressions that end in ``computed``.

        The rows of ``computed`` are the dossiers of ``self``, or every dossier of
        ``companies`` if ``self`` is empty, with the figures of the ledger.

        :rtype: odoo.tools.SQL
        """
        only = SQL("dossier.id = ANY(%s)", self.ids) if self else SQL("TRUE")
        return SQL(
            """
            setting AS NOT MATERIALIZED (%(settings)s),
            target AS NOT MATERIALIZED (
                SELECT dossier.id AS dossier_id, dossier.partner_id,
                       dossier.category_id AS old_category_id,
                       dossier.category_locked, dossier.payer_profile AS old_profile,
                       dossier.payer_profile_locked, setting.*
                  FROM recouvrement_dossier dossier
                  JOIN setting ON setting.company_id = dossier.company_id
                 WHERE %(only)s
            ),
            %(items)s,
            %(history)s,
            computed AS (%(computed)s)
            """,
            computed=self._get_computed_query(),
            history=self._get_history_query(),
            items=self._get_items_query(),
            only=only,
            settings=self._get_settings_query(companies),
        )

    @api.model
    def _get_settings_query(self, companies):
        """Return one row of settings per company, with its own current day."""
        rows = [
            SQL(
                "(%s, %s::date, %s, %s, %s, %s, %s, %s)",
                company.id,
                company._recouvrement_today(),
                company._recouvrement_timezone(),
                company.recouvrement_turnover_months,
                company.recouvrement_new_months,
                company.recouvrement_good_payer_days,
                company.recouvrement_slow_payer_days,
                company.recouvrement_commitment_grace_days,
            )
            for company in companies
        ]
        return SQL(
            """
            SELECT * FROM (VALUES %s) AS setting
                   (company_id, today, tz, turnover_months, new_months, good_days,
                    slow_days, grace_days)
            """,
            SQL(", ").join(rows),
        )

    @api.model
    def _get_items_query(self):
        """Return the expressions about open items: amounts, delays, claims.

        An item is claimable for what is neither disputed nor promised.
        """
        return SQL(
            """
            item AS (
                SELECT target.dossier_id, line.id AS line_id, line.move_id,
                       line.display_type, line.amount_residual AS residual,
                       target.today
                           - COALESCE(line.date_maturity, line.date) AS days_late,
                       COALESCE(line.date_maturity, line.date) AS due_date,
                       COALESCE(line.no_followup, FALSE) AS excluded
                  FROM account_move_line line
                  JOIN res_partner partner ON partner.id = line.partner_id
                  JOIN target ON target.partner_id = partner.commercial_partner_id
                             AND target.company_id = line.company_id
                 WHERE line.parent_state = 'posted'
                   AND line.amount_residual <> 0
                   AND line.account_id IN (
                       SELECT id FROM account_account
                        WHERE account_type = 'asset_receivable')
            ),
            %(contested)s,
            ledger AS (
                SELECT item.dossier_id,
                       SUM(residual) AS balance,
                       SUM(residual) FILTER (
                           WHERE residual > 0 AND days_late <= 0) AS not_due_amount,
                       SUM(residual) FILTER (
                           WHERE residual > 0 AND days_late > 0
                             AND NOT excluded) AS overdue_amount,
                       SUM(residual) FILTER (
                           WHERE residual > 0 AND days_late > 0
                             AND excluded) AS excluded_amount,
                       -SUM(residual) FILTER (WHERE residual < 0)
                           AS unallocated_credit,
                       %(buckets)s,
                       SUM(disputed) FILTER (
                           WHERE residual > 0 AND days_late > 0
                             AND NOT excluded) AS disputed_amount,
                       SUM(promised) FILTER (
                           WHERE residual > 0 AND days_late > 0
                             AND NOT excluded) AS promised_amount,
                       MIN(due_date) FILTER (
                           WHERE residual > COALESCE(disputed, 0)
                                            + COALESCE(promised, 0)
                             AND residual > 0 AND days_late > 0
                             AND NOT excluded) AS oldest_due_date,
                       COUNT(DISTINCT move_id) FILTER (
                           WHERE residual > 0
                             AND display_type = 'payment_term')
                           AS open_invoice_count,
                       COUNT(DISTINCT move_id) FILTER (
                           WHERE residual > 0 AND days_late > 0 AND NOT excluded
                             AND display_type = 'payment_term')
                           AS overdue_invoice_count
                  FROM item
             LEFT JOIN contested ON contested.line_id = item.line_id
              GROUP BY item.dossier_id
            )
            """,
            buckets=SQL(", ").join(
                SQL(
                    "SUM(residual) FILTER (WHERE residual > 0 AND NOT excluded"
                    " AND days_late >= %s AND days_late <= %s) AS %s",
                    first,
                    last,
                    SQL.identifier(name),
                )
                for name, first, last in self._get_buckets()
            ),
            contested=self._get_contested_query(),
        )

    @api.model
    def _get_buckets(self):
        """Return (field, first day, last day) of the aging buckets, in order."""
        return (
            ("bucket_1_30", 1, 30),
            ("bucket_31_60", 31, 60),
            ("bucket_61_90", 61, 90),
            ("bucket_91_120", 91, 120),
            ("bucket_121_plus", 121, 1_000_000),
        )

    @api.model
    def _get_contested_query(self):
        """Return what is disputed and promised on each open item that is.

        Both never exceed the residual together: a dispute comes first.
        """
        return SQL(
            """
            contested AS (
                SELECT line_id, disputed,
                       LEAST(promised, residual - disputed) AS promised
                  FROM (
                    SELECT item.id AS line_id, item.amount_residual AS residual,
                           LEAST(SUM(part.disputed), item.amount_residual) AS disputed,
                           SUM(part.promised) AS promised
                      FROM account_move_line item
                      JOIN (
                        SELECT line.move_line_id, line.amount AS disputed,
                               0 AS promised
                          FROM recouvrement_dispute_line line
                          JOIN recouvrement_dispute dispute
                            ON dispute.id = line.dispute_id
                         WHERE dispute.state = 'open'
                         UNION ALL
                        SELECT line.move_line_id, 0,
                               GREATEST(line.amount - COALESCE(line.paid_amount, 0), 0)
                          FROM recouvrement_commitment_line line
                          JOIN recouvrement_commitment commitment
                            ON commitment.id = line.commitment_id
                          JOIN setting
                            ON setting.company_id = commitment.company_id
                         WHERE commitment.state = 'open'
                           AND commitment.date + setting.grace_days
                               >= setting.today
                      ) part ON part.move_line_id = item.id
                     WHERE item.amount_residual > 0
                  GROUP BY item.id
                ) summed
            )
            """
        )

    @api.model
    def _get_history_query(self):
        """Return the expressions about the past: turnover, delays, promises."""
        return SQL(
            """
            invoicing AS (
                SELECT target.dossier_id, first.invoice_date AS first_date,
                       ROUND(period.amount / months.count, 2) AS monthly_turnover
                  FROM target
                  JOIN LATERAL (
                    SELECT move.invoice_date FROM account_move move
                     WHERE move.commercial_partner_id = target.partner_id
                       AND move.company_id = target.company_id
                       AND move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.move_type = 'out_invoice'
                  ORDER BY move.invoice_date
                     LIMIT 1) first ON TRUE
            CROSS JOIN LATERAL (
                    -- Complete calendar months since then: 1 to the setting.
                    SELECT LEAST(target.turnover_months, GREATEST(1,
                        12 * (date_part('year', target.today)
                              - date_part('year', first.invoice_date))
                        + date_part('month', target.today)
                        - date_part('month', first.invoice_date)
                        - (date_part('day', first.invoice_date) > 1)::int
                    ))::int AS count) months
            CROSS JOIN LATERAL (
                    SELECT SUM(move.amount_untaxed_signed) AS amount
                      FROM account_move move
                     WHERE move.commercial_partner_id = target.partner_id
                       AND move.company_id = target.company_id
                       AND move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.invoice_date < date_trunc('month', target.today)::date
                       AND move.invoice_date >= (date_trunc('month', target.today)
                           - make_interval(months => months.count))::date) period
            ),
            settled AS (
                SELECT debit_move_id AS line_id, MAX(max_date) AS settled_on
                  FROM account_partial_reconcile
                 WHERE company_id IN (SELECT company_id FROM setting)
                   AND max_date >= (SELECT MIN(today) FROM setting)
                                   - interval '12 months'
                   AND %(settled_scope)s
              GROUP BY debit_move_id
            ),
            paid AS (
                -- By partner first: few rows are left to be joined.
                SELECT line.partner_id, line.company_id,
                       SUM((settled.settled_on - line.date_maturity) * line.balance)
                           AS weighted_days,
                       SUM(line.balance) AS amount
                  FROM settled
                  JOIN account_move_line line ON line.id = settled.line_id
                  JOIN setting ON setting.company_id = line.company_id
                 WHERE line.reconciled
                   AND line.parent_state = 'posted'
                   AND line.display_type = 'payment_term'
                   AND line.balance > 0
                   AND line.account_id IN (
                       SELECT id FROM account_account
                        WHERE account_type = 'asset_receivable')
                   AND settled.settled_on > setting.today - interval '12 months'
              GROUP BY line.partner_id, line.company_id
            ),
            delay AS (
                SELECT target.dossier_id,
                       SUM(paid.weighted_days) / SUM(paid.amount)
                           AS average_delay_days
                  FROM paid
                  JOIN res_partner partner ON partner.id = paid.partner_id
                  JOIN target ON target.partner_id = partner.commercial_partner_id
                             AND target.company_id = paid.company_id
              GROUP BY target.dossier_id
            ),
            promise AS (
                SELECT commitment.dossier_id,
                       COUNT(*) AS ended,
                       COUNT(*) FILTER (WHERE commitment.state = 'kept') AS kept,
                       COUNT(*) FILTER (WHERE commitment.state = 'broken')
                           AS broken
                  FROM recouvrement_commitment commitment
                  JOIN target USING (dossier_id)
                 WHERE commitment.state IN ('kept', 'partly_kept', 'broken')
                   AND commitment.date_ended > target.today - interval '12 months'
              GROUP BY commitment.dossier_id
            ),
            noticed AS (
                SELECT DISTINCT action.dossier_id
                  FROM recouvrement_action action
                  JOIN recouvrement_plan_step step ON step.id = action.step_id
                  JOIN target ON target.dossier_id = action.dossier_id
                 WHERE action.state = 'done' AND step.stage = 'litigation'
                   AND action.date_done > target.today - interval '12 months'
            )
            """,
            settled_scope=SQL(
                """debit_move_id IN (
                    SELECT line.id FROM account_move_line line
                      JOIN res_partner partner ON partner.id = line.partner_id
                     WHERE partner.commercial_partner_id = ANY(%s)
                       AND line.parent_state = 'posted' AND line.reconciled
                       AND line.display_type = 'payment_term'
                       AND line.balance > 0)""",
                self.partner_id.ids,
            )
            if self
            else SQL("TRUE"),
        )

    @api.model
    def _get_computed_query(self):
        """Return every figure of every target, from the expressions above."""
        return SQL(
            """
            SELECT target.dossier_id, target.old_category_id,
                   %(ledger_amounts)s,
                   GREATEST(COALESCE(overdue_amount, 0) - COALESCE(disputed_amount, 0)
                       - COALESCE(promised_amount, 0)
                       - COALESCE(unallocated_credit, 0), 0) AS claimable_amount,
                   ledger.oldest_due_date,
                   COALESCE(target.today - ledger.oldest_due_date, 0) AS days_overdue,
                   COALESCE(ledger.open_invoice_count, 0) AS open_invoice_count,
                   COALESCE(ledger.overdue_invoice_count, 0) AS overdue_invoice_count,
                   invoicing.first_date AS first_invoice_date,
                   COALESCE(invoicing.monthly_turnover, 0) AS monthly_turnover,
                   COALESCE(delay.average_delay_days, 0) AS average_delay_days,
                   COALESCE(promise.kept::numeric / promise.ended, 0)
                       AS promise_kept_rate,
                   CASE WHEN target.category_locked THEN target.old_category_id
                        ELSE category.id END AS category_id,
                   CASE WHEN target.payer_profile_locked THEN target.old_profile
                        ELSE %(profile)s END AS payer_profile,
                   CASE WHEN noticed.dossier_id IS NOT NULL OR promise.broken >= 2
                             THEN 'repeat'
                        WHEN invoicing.first_date
                             + make_interval(months => target.new_months)
                             > target.today THEN 'new'
                        ELSE 'regular' END AS seniority
              FROM target
         LEFT JOIN ledger USING (dossier_id)
         LEFT JOIN invoicing USING (dossier_id)
         LEFT JOIN delay USING (dossier_id)
         LEFT JOIN promise USING (dossier_id)
         LEFT JOIN noticed USING (dossier_id)
         LEFT JOIN LATERAL (
                SELECT id FROM recouvrement_guarantor_category category
                 WHERE category.active
                   AND category.turnover_min
                       <= GREATEST(COALESCE(invoicing.monthly_turnover, 0), 0)
                   AND COALESCE(category.company_id, 0) = CASE WHEN EXISTS (
                       SELECT 1 FROM recouvrement_guarantor_category own
                        WHERE own.active AND own.company_id = target.company_id)
                       THEN target.company_id ELSE 0 END
              ORDER BY category.turnover_min DESC LIMIT 1) category ON TRUE
            """,
            ledger_amounts=SQL(", ").join(
                SQL(
                    "COALESCE(%s, 0) AS %s",
                    SQL.identifier("ledger", name),
                    SQL.identifier(name),
                )
                for name in LEDGER_FIGURES[: LEDGER_FIGURES.index("claimable_amount")]
            ),
            profile=self._get_payer_profile_expression(),
        )

    @api.model
    def _get_payer_profile_expression(self):
        """Return the profile suggested by behaviour (`sources/5`).

        Good: pays on time. Careless: pays late, when reminded. A slow payer is bad if
        it broke promises or lets a quarter of its debt get older than 120 days, and
        administrative if it merely takes its time. Nothing paid yet: no suggestion,
        unless promises were broken.
        """
        return SQL(
            """
            CASE WHEN promise.broken >= 2 THEN 'bad'
                 WHEN delay.average_delay_days IS NULL THEN NULL
                 WHEN delay.average_delay_days <= target.good_days THEN 'good'
                 WHEN delay.average_delay_days <= target.slow_days THEN 'careless'
                 WHEN promise.broken >= 1
                      OR ledger.bucket_121_plus * 4 > ledger.overdue_amount THEN 'bad'
                 ELSE 'administrative' END
            """
        )

    def _log_category_changes(self, changes):
        """Tell in the chatter of each dossier that its category changed.

        :param dict changes: (former, new) category ids by dossier id
        """
        if not changes:
            return
        categories = self.env["recouvrement.guarantor.category"]
        bodies = defaultdict(str)
        dossiers = self.browse(changes)
        for dossier in dossiers:
            old_id, new_id = changes[dossier.id]
            bodies[dossier.id] = self.env._(
                "Category: %(old)s → %(new)s, for a monthly turnover of %(turnover)s.",
                old=categories.browse(old_id).name,
                new=categories.browse(new_id).name or "-",
                turnover=dossier.currency_id.format(dossier.monthly_turnover),
            )
        dossiers._message_log_batch(bodies=dict(bodies))
