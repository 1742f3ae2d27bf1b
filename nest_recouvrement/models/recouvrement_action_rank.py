from datetime import timedelta

from odoo import api, fields, models

# What leads to what, within one moment: a payment keeps a promise, a call makes one.
RANKS = {"check": 10, "courier": 25, "payment": 30, "promise": 40}
STEP_RANK = 20
# What comes of a promise: an errand that is asked for, or called off.
AFTER_PROMISE_RANK = 50
SAME_MOMENT = timedelta(minutes=10)


class RecouvrementAction(models.Model):
    """The order of the journal: what is done at once reads from cause to consequence.

    What one transaction writes happened at one moment, whatever seconds went by and in
    whatever order its methods ran; at one moment, the rank decides.
    """

    _inherit = "recouvrement.action"
    _order = "date_done desc, rank desc, date_deadline, id desc"

    rank = fields.Integer(
        help="Among what happened at the same moment, what comes first caused what"
        " comes after.",
        compute="_compute_rank",
        store=True,
        precompute=True,
        readonly=False,
        aggregator=None,
    )

    @api.depends("channel")
    def _compute_rank(self):
        for action in self:
            action.rank = RANKS.get(action.channel, STEP_RANK)

    @api.model
    def _get_moment(self):
        """Return the moment of this transaction: the same for all that it writes.

        :rtype: datetime.datetime
        """
        now = fields.Datetime.now()
        data = self.env.cr.precommit.data
        moment = data.get("recouvrement.moment")
        if not moment or not timedelta() <= now - moment < SAME_MOMENT:
            moment = data["recouvrement.moment"] = now
        return moment
