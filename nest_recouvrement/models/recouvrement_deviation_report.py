from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class RecouvrementDeviationReport(models.Model):
    """What management reads once a week: steps that were not done as planned.

    One per company and week, made by the weekly follow-up, and none when there is
    nothing to tell. A deviation stands in one report; a step that nobody decided on
    stands in each report until somebody does.
    """

    _name = "recouvrement.deviation.report"
    _description = "Report of Deviations"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "week_date desc, id desc"
    _rec_name = "week_date"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    week_date = fields.Date(
        string="Week Of", help="The Monday of the week.", required=True, readonly=True
    )
    run_id = fields.Many2one(
        string="Weekly Follow-up",
        comodel_name="recouvrement.run",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        string="Collection Manager",
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
    )
    decision_ids = fields.One2many(
        string="Deviations",
        comodel_name="recouvrement.action.decision",
        inverse_name="report_id",
        readonly=True,
    )
    undecided_ids = fields.Many2many(
        string="Left Undecided",
        help="Proposed steps whose deadline was over that day.",
        comodel_name="recouvrement.action",
        relation="recouvrement_deviation_report_undecided_rel",
        column1="report_id",
        column2="action_id",
        readonly=True,
    )
    deviation_count = fields.Integer(string="Number of Deviations", readonly=True)
    undecided_count = fields.Integer(string="Number Left Undecided", readonly=True)

    _company_week_uniq = models.UniqueIndex(
        "(company_id, week_date)",
        "The deviations of this week are reported already.",
    )

    @api.depends("week_date")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Deviations, week of %s", format_date(self.env, report.week_date)
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        raise UserError(self.env._("What was reported to management is kept."))

    @api.model
    def _report_week(self, company, run=None):
        """Report the deviations of ``company`` that management was not told about.

        :param res.company company: company to report on
        :param recouvrement.run run: the weekly follow-up that reports
        :return: the report; empty if there is nothing to tell, or if this week's is
            made already: what comes after it is in the next one
        :rtype: recouvrement.deviation.report
        """
        today = company._recouvrement_today()
        monday = today - timedelta(days=today.weekday())
        # The report is on the whole company, whoever starts the follow-up.
        self_sudo = self.sudo()
        if self_sudo.search_count(
            [("company_id", "=", company.id), ("week_date", "=", monday)], limit=1
        ):
            return self_sudo.browse()
        decisions = self_sudo._get_unreported(company)
        undecided = self_sudo._get_undecided(company)
        if not decisions and not undecided:
            return self_sudo.browse()
        report = self_sudo.create(
            {
                "company_id": company.id,
                "week_date": monday,
                "run_id": run.id if run else False,
                "user_id": company._recouvrement_responsible("manager").id,
                "undecided_ids": [fields.Command.set(undecided.ids)],
                "deviation_count": len(decisions),
                "undecided_count": len(undecided),
            }
        )
        decisions.report_id = report
        report._tell_manager()
        return report

    @api.model
    def _get_unreported(self, company):
        """Return the deviations that stand in no report yet."""
        return self.env["recouvrement.action.decision"].search(
            [
                ("company_id", "=", company.id),
                ("is_deviation", "=", True),
                ("report_id", "=", False),
            ]
        )

    @api.model
    def _get_undecided(self, company):
        """Return the proposed steps whose deadline is over."""
        return self.env["recouvrement.action"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "proposed"),
                ("date_deadline", "<", company._recouvrement_today()),
            ],
            order="date_deadline, id",
        )

    def _tell_manager(self):
        """Give the manager one activity, with the figures of each officer."""
        for report in self.filtered("user_id"):
            localized = report.with_context(lang=report.user_id.lang or self.env.lang)
            report.activity_schedule(
                "nest_recouvrement.mail_activity_type_deviation",
                date_deadline=report.company_id._recouvrement_today(),
                note=localized._get_summary(),
                summary=localized.display_name,
                user_id=report.user_id.id,
            )

    def _get_summary(self):
        """Return the figures of each officer, as a list.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        labels = dict(self.env["recouvrement.action.decision"]._selection_decision())
        late = self.env._("Executed late")
        counts = {}
        for decision in self.decision_ids:
            label = (
                late if decision.decision == "execute" else labels[decision.decision]
            )
            counts.setdefault(decision.user_id, {}).setdefault(label, 0)
            counts[decision.user_id][label] += 1
        for action in self.undecided_ids:
            label = self.env._("Left undecided")
            counts.setdefault(action.dossier_id.user_id, {}).setdefault(label, 0)
            counts[action.dossier_id.user_id][label] += 1
        rows = Markup("").join(
            Markup("<li>%s</li>")
            % self.env._(
                "%(officer)s: %(figures)s",
                officer=officer.name or self.env._("Without an officer"),
                figures=", ".join(
                    f"{label.lower()} {count}" for label, count in by_label.items()
                ),
            )
            for officer, by_label in counts.items()
        )
        return Markup("<ul>%s</ul>") % rows

    def action_view_decisions(self):
        """Open the deviations of the report, to filter and group them."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "nest_recouvrement.recouvrement_action_decision_action"
            ),
            "domain": [("report_id", "=", self.id)],
            "context": {},
        }
