from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """Whose turn it is: the filter that the worklist opens with, and its tab."""

    _inherit = "recouvrement.dossier"

    is_mine_to_do = fields.Boolean(
        string="Mine to Do",
        help="Something waits for me today: a step, a call that was agreed, a decision,"
        " an errand or what failed.",
        compute="_compute_is_mine_to_do",
        search="_search_is_mine_to_do",
    )

    @api.depends_context("uid")
    @api.depends("action_ids.state", "activity_ids", "next_action_date")
    def _compute_is_mine_to_do(self):
        mine = self.filtered_domain(self._get_mine_to_do_domain())
        mine.is_mine_to_do = True
        (self - mine).is_mine_to_do = False

    def _search_is_mine_to_do(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = self._get_mine_to_do_domain()
        return domain if (operator == "in") == (True in value) else ~domain

    @api.model
    def _get_mine_to_do_domain(self):
        """Return the domain of the dossiers where something waits for the user today.

        For an extension whose documents wait for somebody: it adds them with ``|``.

        :rtype: odoo.fields.Domain
        """
        mine = Domain("user_id", "=", self.env.uid)
        no_hour = Domain("not_before", "=", False) | Domain("not_before", "<=", "today")
        agreed_call = (
            mine
            & Domain("channel", "=", "phone")
            & Domain("state", "=", "todo")
            & Domain("step_id", "=", False)
            & no_hour
        )
        errand_type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "nest_recouvrement.mail_activity_type_errand"
        )
        asked = Domain("recouvrement_action_id.state", "=", "failed") | Domain(
            "activity_type_id", "=", errand_type_id
        )
        decision = Domain("date_deadline", "<=", "today")
        return (
            Domain("pending_action_id", "any", mine & no_hour)
            | Domain("action_ids", "any", agreed_call)
            | self._get_asked_domain(self._name, asked)
            | Domain(
                "visit_ids",
                "any",
                self._get_asked_domain("recouvrement.visit", decision),
            )
            | Domain(
                "suspension_ids",
                "any",
                self._get_asked_domain("recouvrement.suspension", decision),
            )
            | (
                mine
                & Domain("pending_action_id", "=", False)
                & Domain("next_action_date", "<=", "today")
            )
        )

    @api.model
    def _get_asked_domain(self, model, domain):
        """Return the domain of the records of ``model`` that an activity asks about.

        :param odoo.fields.Domain domain: which of the user's activities
        """
        # They are the user's own: looked up in SQL, without a check of each document.
        activities_sudo = self.env["mail.activity"].sudo()
        query = activities_sudo._search(
            Domain("user_id", "=", self.env.uid)
            & Domain("res_model", "=", model)
            & domain
        )
        return Domain("id", "in", query.subselect(SQL("mail_activity.res_id")))
