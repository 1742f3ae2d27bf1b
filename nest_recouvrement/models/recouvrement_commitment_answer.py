from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementCommitment(models.Model):
    """Why a promise was not kept: asked at the next call, before anything else."""

    _inherit = "recouvrement.commitment"

    answer_reason_id = fields.Many2one(
        string="Why It Was Not Kept",
        comodel_name="recouvrement.commitment.reason",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        copy=False,
    )
    answer = fields.Char(help="What the guarantor said.", tracking=True, copy=False)
    answered_on = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        string="Asked By", comodel_name="res.users", readonly=True, copy=False
    )
    is_answer_due = fields.Boolean(
        string="To Be Asked About",
        help="Not kept, or only partly, and nobody asked why yet.",
        compute="_compute_is_answer_due",
        store=True,
        index=True,
    )

    @api.depends("answer", "answer_reason_id", "state")
    def _compute_is_answer_due(self):
        for commitment in self:
            commitment.is_answer_due = (
                commitment.state in ("broken", "partly_kept")
                and not commitment.answer_reason_id
                and not (commitment.answer or "").strip()
            )

    @api.constrains("answer", "answer_reason_id")
    def _check_answer(self):
        for commitment in self:
            if (commitment.answer or commitment.answer_reason_id) and (
                commitment.state not in ("broken", "partly_kept")
            ):
                raise ValidationError(
                    self.env._(
                        "%s was not broken: there is nothing to ask about.",
                        commitment.display_name,
                    )
                )

    def write(self, vals):
        """Note who asked, and write the answer into the journal."""
        if not vals.keys() & {"answer", "answer_reason_id"}:
            return super().write(vals)
        due = self.filtered("is_answer_due")
        result = super().write(vals)
        answered = due.filtered(lambda commitment: not commitment.is_answer_due)
        if answered:
            answered._write_plainly(
                {"answered_by_id": self.env.uid, "answered_on": fields.Datetime.now()}
            )
            answered._log_event("answered")
            # Asked about: it has no points any more.
            answered.dossier_id._refresh_score(answered.company_id)
        return result

    def _get_answer(self):
        """Return why the promise was not kept, in one line."""
        self.ensure_one()
        return " - ".join(
            filter(None, (self.answer_reason_id.name, (self.answer or "").strip()))
        )
