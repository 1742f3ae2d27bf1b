from odoo import api, models
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """The SQL of the score: what each reason counts, and when it makes sense."""

    _inherit = "recouvrement.dossier"

    def _get_score_query(self, companies):
        """Return the common table expressions that end in ``scored``.

        The rows of ``target`` are the dossiers of ``self``, or every dossier of
        ``companies`` if ``self`` is empty.

        :rtype: odoo.tools.SQL
        """
        return SQL(
            """
            setting AS (%(settings)s),
            target AS (
                SELECT dossier.id, dossier.company_id, dossier.cycle,
                       dossier.next_step_id, dossier.claimable_amount,
                       dossier.days_overdue, dossier.contact_missing,
                       dossier.seniority, setting.today,
                       %(urgent)s AS is_urgent, %(followed)s AS is_followed
                  FROM recouvrement_dossier dossier
                  JOIN setting ON setting.company_id = dossier.company_id
                 WHERE %(only)s
            ),
            reason AS (
                SELECT DISTINCT ON (setting.company_id, reason.code)
                       setting.company_id AS for_company_id, reason.*
                  FROM setting
                  JOIN recouvrement_score_reason reason
                    ON reason.active
                   AND COALESCE(reason.company_id, setting.company_id)
                       = setting.company_id
              ORDER BY setting.company_id, reason.code, reason.company_id NULLS LAST
            ),
            %(events)s,
            -- Otherwise every dossier would be counted once per reason.
            fact AS MATERIALIZED (
                SELECT target.id AS dossier_id, target.company_id, counted.*
                  FROM target
             LEFT JOIN called ON called.dossier_id = target.id
             LEFT JOIN promise ON promise.dossier_id = target.id
             LEFT JOIN errand ON errand.dossier_id = target.id
             LEFT JOIN failure ON failure.dossier_id = target.id
             LEFT JOIN waiting_call ON waiting_call.dossier_id = target.id
            CROSS JOIN LATERAL (VALUES %(facts)s) AS counted (code, quantity)
                 WHERE target.is_followed AND counted.quantity > 0
            ),
            scored AS (
                SELECT dossier_id, SUM(points)::int AS score,
                       jsonb_agg(jsonb_build_array(reason_id, points, quantity)
                                 ORDER BY sequence, reason_id) AS details
                  FROM (
                    SELECT fact.dossier_id, fact.quantity, reason.id AS reason_id,
                           reason.sequence,
                           LEAST(reason.points + reason.points_per_unit
                                     * FLOOR(fact.quantity / reason.unit),
                                 NULLIF(reason.points_max, 0))::int AS points
                      FROM fact
                      JOIN reason ON reason.for_company_id = fact.company_id
                                 AND reason.code = fact.code) counted
                 WHERE points > 0
              GROUP BY dossier_id
            )
            """,
            events=self._get_score_events_query(),
            facts=SQL(", ").join(
                SQL("(%s, %s)", code, quantity)
                for code, quantity in self._get_score_facts().items()
            ),
            followed=self._get_score_condition(),
            only=SQL("dossier.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
            settings=self._get_settings_query(companies),
            urgent=self._get_urgent_condition(),
        )

    @api.model
    def _get_score_condition(self):
        """Return the SQL under which a ``dossier`` has a score at all.

        Nobody is called who is on hold, is no longer followed up or owes nothing.
        """
        return SQL(
            "dossier.active AND dossier.balance > 0"
            " AND COALESCE(dossier.hold_until < setting.today, TRUE)"
        )

    @api.model
    def _get_urgent_condition(self):
        """Return the SQL under which a ``dossier`` is pressed for what it owes.

        What is promised, disputed or paid gives no points for its amount and age.
        """
        return SQL(
            "dossier.claimable_amount > 0 AND %s", self._get_pressing_condition()
        )

    @api.model
    def _get_score_facts(self):
        """Return the SQL of the quantity that each condition counts, by its code.

        For a new condition, extend this, and ``_selection_code`` of the reasons.
        """
        return {
            "broken_promise": SQL(
                "CASE WHEN target.is_urgent THEN promise.broken_count END::numeric"
            ),
            "call_back": SQL(
                "CASE WHEN target.is_urgent AND called.outcome = 'call_back'"
                " AND waiting_call.date_deadline <= target.today THEN 1 END"
            ),
            "pickup_failed": SQL("errand.failed_count"),
            "promise_due": SQL("promise.due_count"),
            "amount": SQL(
                "CASE WHEN target.is_urgent THEN target.claimable_amount END"
            ),
            "days_late": SQL("CASE WHEN target.is_urgent THEN target.days_overdue END"),
            "wrong_number": SQL(
                "CASE WHEN target.contact_missing LIKE '%%wrong_phone%%' THEN 1 END"
            ),
            "bounced": SQL(
                "CASE WHEN target.contact_missing LIKE '%%bounced_email%%' THEN 1 END"
            ),
            "step_failed": SQL(
                "CASE WHEN target.is_urgent AND failure.dossier_id IS NOT NULL"
                " THEN 1 END"
            ),
            "repeat": SQL(
                "CASE WHEN target.is_urgent AND target.seniority = 'repeat' THEN 1 END"
            ),
        }

    @api.model
    def _get_unanswered_condition(self):
        """Return the SQL under which a broken ``commitment`` was not asked about yet.

        A call that did not ask why leaves it so.
        """
        return SQL("commitment.is_answer_due")

    @api.model
    def _get_score_events_query(self):
        """Return the expressions about what happened: calls, promises, errands.

        An errand that failed counts until the guarantor is called about it.
        """
        return SQL(
            """
            called AS (
                SELECT DISTINCT ON (action.dossier_id)
                       action.dossier_id, action.date_done AS done_on, action.outcome
                  FROM recouvrement_action action
                  JOIN target ON target.id = action.dossier_id
                 WHERE action.channel = 'phone' AND action.state = 'done'
              ORDER BY action.dossier_id, action.date_done DESC, action.id DESC
            ),
            waiting_call AS (
                SELECT action.dossier_id, MIN(action.date_deadline) AS date_deadline
                  FROM recouvrement_action action
                  JOIN target ON target.id = action.dossier_id
                 WHERE action.channel = 'phone' AND action.state = 'todo'
              GROUP BY action.dossier_id
            ),
            promise AS (
                SELECT commitment.dossier_id,
                       COUNT(*) FILTER (
                           WHERE commitment.state IN ('broken', 'partly_kept')
                             AND (%(unanswered)s)) AS broken_count,
                       COUNT(*) FILTER (
                           WHERE commitment.state = 'open'
                             AND commitment.date <= target.today) AS due_count
                  FROM recouvrement_commitment commitment
                  JOIN target ON target.id = commitment.dossier_id
                 WHERE commitment.state IN ('broken', 'partly_kept', 'open')
              GROUP BY commitment.dossier_id
            ),
            errand AS (
                SELECT pickup.dossier_id, COUNT(*) AS failed_count
                  FROM recouvrement_pickup pickup
                  JOIN target ON target.id = pickup.dossier_id
             LEFT JOIN called ON called.dossier_id = pickup.dossier_id
                 WHERE pickup.state = 'failed'
                   AND (called.done_on IS NULL OR called.done_on < pickup.write_date)
              GROUP BY pickup.dossier_id
            ),
            failure AS (
                SELECT DISTINCT action.dossier_id
                  FROM recouvrement_action action
                  JOIN target ON target.id = action.dossier_id
                             AND target.cycle = action.cycle
                             AND target.next_step_id = action.step_id
                 WHERE action.state = 'failed'
            )
            """,
            unanswered=self._get_unanswered_condition(),
        )
