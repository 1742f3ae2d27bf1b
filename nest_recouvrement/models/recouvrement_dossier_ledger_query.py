from odoo import api, models
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """The SQL of what is owed now: settings, open items, disputes and promises."""

    _inherit = "recouvrement.dossier"

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
                      JOIN (%s) part (move_line_id, disputed, promised)
                        ON part.move_line_id = item.id
                     WHERE item.amount_residual > 0
                  GROUP BY item.id
                ) summed
            )
            """,
            SQL(" UNION ALL ").join(self._get_contested_parts()),
        )

    @api.model
    def _get_contested_parts(self):
        """Return queries of (item, disputed amount, promised amount), added up.

        For an extension to keep other amounts from being claimed, it must override
        this method and add a query; ``setting`` gives the current day of a company.

        :rtype: list[odoo.tools.SQL]
        """
        return [
            SQL(
                """
                SELECT line.move_line_id, line.amount, 0
                  FROM recouvrement_dispute_line line
                  JOIN recouvrement_dispute dispute ON dispute.id = line.dispute_id
                 WHERE dispute.state = 'open'
                """
            ),
            SQL(
                """
                SELECT line.move_line_id, 0,
                       GREATEST(line.amount - COALESCE(line.paid_amount, 0), 0)
                  FROM recouvrement_commitment_line line
                  JOIN recouvrement_commitment commitment
                    ON commitment.id = line.commitment_id
                  JOIN setting ON setting.company_id = commitment.company_id
                 WHERE commitment.state = 'open'
                   AND commitment.date + setting.grace_days >= setting.today
                """
            ),
        ]
