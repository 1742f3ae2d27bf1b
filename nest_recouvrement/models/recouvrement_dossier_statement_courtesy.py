from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .recouvrement_courtesy import ACTIONS


class RecouvrementDossier(models.Model):
    """What falls due soon: announced once, in a friendly message (`sources/1`, 3).

    Only to guarantors without anything overdue; what is disputed, promised, excluded
    from follow-up or covered by credits is not announced.
    """

    _inherit = "recouvrement.dossier"

    is_courtesy_due = fields.Boolean(
        help="Nothing is overdue, and something that was not announced yet falls due"
        " within the days of courtesy that the company sets.",
        compute="_compute_is_courtesy_due",
        search="_search_is_courtesy_due",
    )

    # === COMPUTE METHODS === #

    def _compute_is_courtesy_due(self):
        known = self._origin
        # The settings of the company are no secret.
        rows = known._fetch_courtesy_items(known.sudo().company_id) if known else ()
        due = {row["dossier_id"] for row in rows}
        for dossier in self:
            dossier.is_courtesy_due = dossier._origin.id in due

    def _search_is_courtesy_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows = self.browse()._fetch_courtesy_items(self.env.companies)
        due = Domain("id", "in", {row["dossier_id"] for row in rows})
        return due if True in value else ~due

    # === BUSINESS METHODS - CHOICE === #

    def _get_courtesy_dossier_ids(self, company):
        """Return the ids of the dossiers of ``company`` with something to announce.

        One statement.

        :rtype: list[int]
        """
        rows = self.browse()._fetch_courtesy_items(company)
        return sorted({row["dossier_id"] for row in rows})

    def _fetch_courtesy_items(self, companies, actions=None):
        """Read the items that these dossiers are to be told about, in one statement.

        Credits that are not matched yet are set against the oldest items. A dossier
        that owes nothing net of them is left out.

        :param res.company companies: companies of the dossiers; on an empty recordset,
            every dossier of theirs is looked at
        :param recouvrement.action actions: courtesy messages whose own items are read
            as they stand now, instead of those never announced
        :return: one dict per item, with what is due on it net of credits
        :rtype: list[dict]
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH setting AS (%(settings)s),
                target AS (
                    SELECT dossier.id AS dossier_id, dossier.partner_id,
                           dossier.unallocated_credit,
                           company.recouvrement_courtesy_days AS courtesy_days,
                           setting.*
                      FROM recouvrement_dossier dossier
                      JOIN setting ON setting.company_id = dossier.company_id
                      JOIN res_company company ON company.id = dossier.company_id
                 LEFT JOIN recouvrement_guarantor_category category
                        ON category.id = dossier.category_id
                     WHERE %(only)s AND dossier.active
                       AND dossier.overdue_amount <= 0
                       AND dossier.not_due_amount > dossier.unallocated_credit
                       AND (dossier.hold_until IS NULL
                            OR dossier.hold_until < setting.today)
                       AND (%(known)s OR COALESCE(category.courtesy_mode, 'automatic')
                                         != 'none')
                ),
                %(items)s,
                announced AS (
                    SELECT item.*, known.action_id,
                           SUM(item.residual) OVER (
                               PARTITION BY item.dossier_id, known.action_id
                               ORDER BY item.due_date, item.line_id)
                               - target.unallocated_credit AS cumulated,
                           SUM(item.residual) OVER (
                               PARTITION BY item.dossier_id, known.action_id)
                               - target.unallocated_credit AS total
                      FROM item
                      JOIN target ON target.dossier_id = item.dossier_id
                 LEFT JOIN contested ON contested.line_id = item.line_id
                 LEFT JOIN recouvrement_courtesy known
                        ON known.move_line_id = item.line_id
                     WHERE item.residual > 0 AND NOT item.excluded
                       AND item.days_late <= 0 AND contested.line_id IS NULL
                       AND %(which)s
                )
                SELECT announced.dossier_id, announced.action_id,
                       announced.line_id, move.name, announced.due_date,
                       announced.residual,
                       GREATEST(LEAST(residual, cumulated), 0) AS amount
                  FROM announced
                  JOIN account_move move ON move.id = announced.move_id
                 WHERE announced.total > 0
              ORDER BY announced.dossier_id, announced.due_date, announced.line_id
                """,
                items=self._get_items_query(),
                known=actions is not None,
                only=SQL("dossier.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
                settings=self._get_settings_query(companies),
                which=SQL(
                    "known.id IS NULL AND item.days_late >= -target.courtesy_days"
                )
                if actions is None
                else SQL("known.action_id = ANY(%s)", actions.ids),
            )
        )

    def _get_courtesy_stop_reason(self):
        """Return why nothing is announced any more, for the journal."""
        self.ensure_one()
        if self.is_held or not self.active:
            return self._get_pause_reason()
        if self.overdue_amount > 0:
            return self.env._("It is overdue by now: the reminders take over.")
        return self.env._("Nothing is left to announce.")

    # === BUSINESS METHODS - WORDS === #

    def _get_courtesy_action(self):
        """Return the courtesy message that is being written, or the last one.

        For the message template and the statement.

        :rtype: recouvrement.action
        """
        self.ensure_one()
        return self._get_courtesy_actions()[self]

    def _get_courtesy_actions(self):
        """Return the courtesy message being written, or the last one, by dossier.

        :rtype: dict[recouvrement.dossier, recouvrement.action]
        """
        actions = self.env["recouvrement.action"]
        written = actions.browse(self.env.context.get(ACTIONS, ()))
        by_dossier = {action.dossier_id: action for action in written}
        if missing := self.filtered(lambda dossier: dossier not in by_dossier):
            # The newest comes last, and stays.
            by_dossier |= {
                action.dossier_id: action
                for action in actions.search(
                    [
                        ("is_courtesy", "=", True),
                        ("dossier_id", "in", missing.ids),
                        ("state", "!=", "skipped"),
                    ],
                    order="id",
                )
            }
        return {dossier: by_dossier.get(dossier, actions) for dossier in self}

    # === BUSINESS METHODS - STATEMENT === #

    def _get_statement_condition(self, scope):
        if scope != "courtesy":
            return super()._get_statement_condition(scope)
        actions = self.env["recouvrement.action"].concat(
            *self._get_courtesy_actions().values()
        )
        return SQL(
            """item.residual < 0 OR EXISTS (
                SELECT 1 FROM recouvrement_courtesy known
                 WHERE known.move_line_id = item.line_id
                   AND known.action_id = ANY(%s))""",
            actions.ids,
        )

    def _get_statement_buckets(self, scope, items, currency):
        """Sum up what falls due: nothing of it is late."""
        if scope != "courtesy":
            return super()._get_statement_buckets(scope, items, currency)
        label = self._fields["not_due_amount"]._description_string(self.env)
        amount = sum(item["residual"] for item in items)
        return [(label, currency.round(amount))]

    def _get_statement_filename(self, scope):
        if scope != "courtesy":
            return super()._get_statement_filename(scope)
        env = self.with_context(lang=self._get_statement_lang()).env
        return env._(
            "Invoices falling due - %(guarantor)s - %(date)s",
            **self._get_filename_values(),
        )

    def _refresh_escalation(self, companies):
        """Withdraw the proposals to announce what was paid, or fell due, meanwhile."""
        result = super()._refresh_escalation(companies)
        scope = [("dossier_id", "in", self.ids)] if self else []
        proposed = self.env["recouvrement.action"].search(
            [
                ("is_courtesy", "=", True),
                ("state", "=", "proposed"),
                ("company_id", "in", companies.ids),
                *scope,
            ]
        )
        if proposed:
            proposed._withdraw_moot_courtesy()
        return result
