import logging

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL, format_datetime

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100


class RecouvrementRun(models.Model):
    """One execution of the weekly follow-up of a company (design, section 4).

    Refresh, choose the dossiers whose next step is due, perform. What is done is in
    the journal, so that a run killed half-way is resumed, and a run repeated does
    nothing: neither needs to remember where it was.
    """

    _name = "recouvrement.run"
    _description = "Weekly Follow-up"
    _order = "start_date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    kind = fields.Selection(
        help="After accounting checks: only the first reminders that waited for one.",
        selection=[
            ("weekly", "Weekly follow-up"),
            ("checked", "After accounting checks"),
        ],
        default="weekly",
        required=True,
        readonly=True,
    )
    is_scheduled = fields.Boolean(readonly=True, copy=False)
    user_id = fields.Many2one(
        string="Started By", comodel_name="res.users", readonly=True, copy=False
    )
    start_date = fields.Datetime(string="Started On", readonly=True, copy=False)
    end_date = fields.Datetime(string="Ended On", readonly=True, copy=False)
    duration = fields.Float(
        string="Duration (Seconds)", compute="_compute_duration", store=True
    )
    dossier_count = fields.Integer(
        string="Dossiers",
        help="Dossiers looked at.",
        readonly=True,
        copy=False,
    )
    action_count = fields.Integer(
        string="Actions",
        help="Actions made: done, to do, proposed or failed.",
        readonly=True,
        copy=False,
    )
    failed_at_once_count = fields.Integer(
        help="Actions that failed before anything left.", readonly=True, copy=False
    )
    failure_count = fields.Integer(
        string="Failures",
        help="Actions that failed, and e-mails refused or bounced since.",
        compute="_compute_failure_count",
    )
    mail_count = fields.Integer(string="E-mails", compute="_compute_mail_count")
    message = fields.Char(readonly=True, copy=False)
    action_ids = fields.One2many(
        string="Actions Made",
        comodel_name="recouvrement.action",
        inverse_name="run_id",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "start_date")
    def _compute_display_name(self):
        for run in self:
            when = format_datetime(self.env, run.start_date) if run.start_date else ""
            run.display_name = self.env._(
                "Follow-up of %(company)s %(date)s",
                company=run.company_id.name,
                date=when,
            ).strip()

    @api.depends("start_date", "end_date")
    def _compute_duration(self):
        for run in self:
            run.duration = (
                (run.end_date - run.start_date).total_seconds()
                if run.start_date and run.end_date
                else 0.0
            )

    @api.depends("failed_at_once_count", "action_ids.delivery_state")
    def _compute_failure_count(self):
        returned = self._count_actions(
            [("delivery_state", "in", ("exception", "bounced"))]
        )
        for run in self:
            run.failure_count = run.failed_at_once_count + returned.get(run, 0)

    @api.depends("action_ids.mail_message_id")
    def _compute_mail_count(self):
        mails = self._count_actions([("mail_message_id", "!=", False)])
        for run in self:
            run.mail_count = mails.get(run, 0)

    def _count_actions(self, domain):
        return dict(
            self.env["recouvrement.action"]._read_group(
                [("run_id", "in", self.ids), *domain], ["run_id"], ["__count"]
            )
        )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if any(run.state != "draft" for run in self):
            raise UserError(
                self.env._("The history of the weekly follow-up is kept for good.")
            )

    # === ACTION METHODS === #

    def action_execute(self):
        """Execute the weekly follow-up of the company, now.

        Everything is in one transaction; e-mails leave once it is committed.

        :raise UserError: another follow-up of the company is running, or this one was
            executed already
        """
        self.check_access("write")
        for run in self:
            run._check_not_executed()
            run._lock_company()
            run._abandon_interrupted()
            run._start()
            for _batch in run._execute_batches():
                pass
            run._finish()
        for company in self.company_id:
            # Those that a lost process left in the queue are sent as well.
            self.env["recouvrement.action"]._get_unsent(company)._send_queued()
        return True

    def action_schedule(self):
        """Have the follow-up executed in the background, at once."""
        self.check_access("write")
        for run in self:
            run._check_not_executed()
        self.is_scheduled = True
        # Whoever may run the follow-up may wake its cron up.
        self.sudo().env.ref("nest_recouvrement.ir_cron_weekly_run")._trigger()

    def action_view_actions(self):
        """Open the actions made by the run."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "nest_recouvrement.recouvrement_action_action"
            ),
            "domain": [("run_id", "=", self.id)],
            "context": {},
        }

    def action_view_failures(self):
        """Open the actions of the run that failed."""
        self.ensure_one()
        action = self.action_view_actions()
        action["domain"] = [
            ("run_id", "=", self.id),
            "|",
            ("state", "=", "failed"),
            ("delivery_state", "in", ("exception", "bounced")),
        ]
        return action

    def _check_not_executed(self):
        self.ensure_one()
        if self.state not in ("draft", "running"):
            raise UserError(
                self.env._(
                    "%(run)s is already executed: create another one to run it again.",
                    run=self.display_name,
                )
            )

    # === BUSINESS METHODS - SCHEDULER === #

    @api.model
    def _cron_weekly(self, batch_size=BATCH_SIZE):
        """Execute the weekly follow-up of every company, batch by batch.

        Each batch is committed; what a lost process left undone is resumed by the next
        call, before anything new is started.
        """
        runs = self._get_pending_runs() or self._create_scheduled_runs()
        for run in runs:
            if not run._execute_committing(batch_size):
                # Out of time: the scheduler calls again.
                return

    @api.model
    def _get_pending_runs(self, kind="weekly"):
        return self.search(
            [
                ("kind", "=", kind),
                "|",
                ("state", "=", "running"),
                "&",
                ("state", "=", "draft"),
                ("is_scheduled", "=", True),
            ],
            order="id",
        )

    @api.model
    def _create_scheduled_runs(self):
        dossiers = self.env["recouvrement.dossier"]
        dossiers._create_missing(self.env["res.company"].search([]))
        followed = dossiers._read_group([], ["company_id"])
        return self.create(
            [
                {"company_id": company.id, "is_scheduled": True}
                for (company,) in followed
            ]
        )

    def _execute_committing(self, batch_size):
        """Execute this run, committing after each batch.

        Only for the scheduler.

        :return: whether time is left for other runs
        :rtype: bool
        """
        self.ensure_one()
        cron = self.env["ir.cron"]
        try:
            # Held by the connection: it outlives the commits in between.
            self._lock_company("pg_try_advisory_lock")
        except LockError as error:
            # Somebody executes it by hand right now: this one waits for the next call.
            _logger.info("%s", error)
            return bool(cron._commit_progress(remaining=0))
        try:
            return self._execute_batches_committing(batch_size)
        except Exception as error:
            # The follow-up of one company must not stop that of the others.
            _logger.exception("The follow-up of %s failed", self.company_id.name)
            self.env.cr.rollback()
            self.write({"state": "failed", "message": str(error)[:500]})
            return bool(cron._commit_progress(remaining=0))
        finally:
            self._call_lock_function("pg_advisory_unlock")

    def _execute_batches_committing(self, batch_size):
        """Perform batch after batch; return whether time is left at the end."""
        cron = self.env["ir.cron"]
        self._start()
        cron._commit_progress(remaining=1)
        # What a lost process left in the queue.
        unsent = self.env["recouvrement.action"]._get_unsent(self.company_id)
        unsent._get_queued_mails().send(auto_commit=True)
        for actions in self._execute_batches(batch_size):
            time_left = cron._commit_progress(len(actions.dossier_id), remaining=1)
            actions._get_queued_mails().send(auto_commit=True)
            if not time_left:
                return False
        self._finish()
        return bool(cron._commit_progress(remaining=0))

    def _lock_company(self, function="pg_try_advisory_xact_lock"):
        """Take the right to follow up this company; nobody else runs meanwhile.

        Whatever ends the process gives it back.

        :param str function: by default, the end of the transaction gives it back too
        :raise LockError: somebody else holds it
        """
        if not self._call_lock_function(function):
            raise LockError(
                self.env._(
                    "The follow-up of %(company)s is running already: wait for its"
                    " end, then look at what it did.",
                    company=self.company_id.name,
                )
            )

    def _call_lock_function(self, function):
        self.ensure_one()
        ((result,),) = self.env.execute_query(
            SQL(
                "SELECT %s(hashtext(%s), %s)",
                SQL.identifier(function),
                self._name,
                self.company_id.id,
            )
        )
        return result

    def _abandon_interrupted(self):
        """Close the runs of the company whose process was lost."""
        interrupted = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "running"),
                ("id", "!=", self.id),
            ]
        )
        interrupted.write(
            {
                "state": "failed",
                "message": self.env._("Interrupted; resumed by the next follow-up."),
            }
        )

    def _start(self):
        values = {"state": "running", "message": False}
        if not self.start_date:
            values |= {"start_date": fields.Datetime.now(), "user_id": self.env.uid}
        self.write(values)

    def _finish(self):
        self.write({"state": "done", "end_date": fields.Datetime.now()})
