from odoo import api, fields, models
from odoo.tools import SQL, format_amount, formatLang


class RecouvrementDossier(models.Model):
    """Who is to be called first, and why: points per reason, added up and shown.

    The points are records (`recouvrement.score.reason`); they are counted in one
    statement, after the figures and the next step are known.
    """

    _inherit = "recouvrement.dossier"

    score = fields.Integer(
        string="Priority",
        help="Sum of the points of the reasons shown: the highest is called first.",
        readonly=True,
        aggregator="max",
        index=True,
    )
    score_details = fields.Json(
        help="Reason, points and what was counted, of each reason.", readonly=True
    )
    score_chips = fields.Json(string="Reasons", compute="_compute_score_chips")

    # === COMPUTE METHODS === #

    @api.depends("score_details")
    @api.depends_context("lang")
    def _compute_score_chips(self):
        reason_ids = {
            reason_id
            for dossier in self
            for reason_id, _points, _quantity in dossier.score_details or ()
        }
        # Everybody reads the names of the reasons.
        reasons_sudo = self.env["recouvrement.score.reason"].sudo()
        reasons = {
            reason.id: reason for reason in reasons_sudo.browse(reason_ids).exists()
        }
        for dossier in self:
            dossier.score_chips = [
                {
                    "label": reasons[reason_id].name,
                    "points": points,
                    "tone": reasons[reason_id].code,
                    "title": dossier._get_score_title(reasons[reason_id], quantity),
                }
                for reason_id, points, quantity in dossier.score_details or ()
                if reason_id in reasons
            ]

    def _get_score_title(self, reason, quantity):
        """Return what was counted, in words, for whoever wonders about the points."""
        self.ensure_one()
        condition = dict(reason._fields["code"]._description_selection(self.env))
        counted = (
            format_amount(self.env, quantity, self.currency_id)
            if reason.code == "amount"
            else formatLang(self.env, quantity, digits=0)
        )
        return f"{condition[reason.code]}: {counted}"

    # === BUSINESS METHODS - REFRESH === #

    def _refresh_escalation(self, companies):
        """Order the worklist once what comes next is known."""
        result = super()._refresh_escalation(companies)
        self._refresh_score(companies)
        return result

    def _refresh_score(self, companies):
        """Add up the points of every dossier, in one statement.

        :param res.company companies: companies of the dossiers
        """
        if not companies:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH %(expressions)s
                UPDATE recouvrement_dossier dossier
                   SET score = COALESCE(scored.score, 0),
                       score_details = scored.details
                  FROM target
             LEFT JOIN scored ON scored.dossier_id = target.id
                 WHERE dossier.id = target.id
                   AND (dossier.score, dossier.score_details) IS DISTINCT FROM
                       (COALESCE(scored.score, 0), scored.details)
             RETURNING dossier.id
                """,
                expressions=self._get_score_query(companies),
            )
        )
        self.invalidate_model(["score", "score_details", "score_chips"], flush=False)
