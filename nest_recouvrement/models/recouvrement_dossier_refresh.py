from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .recouvrement_dossier_fields import LEDGER_FIGURES


class RecouvrementDossier(models.Model):
    """The set-based refresh: who is refreshed when, and by which statements."""

    _inherit = "recouvrement.dossier"

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
        self.env["recouvrement.ledger.change"]._take(companies.ids, self_sudo)
        if not self:
            self_sudo._create_missing(companies)
        self_sudo._refresh_figures(companies)

    def _refresh_figures(self, companies):
        """Evaluate promises, then store the figures, then plan what comes next.

        :param res.company companies: companies of the dossiers
        """
        scope = [("dossier_id", "in", self.ids)] if self else []
        commitments = self.env["recouvrement.commitment"]
        commitments.search(
            [
                *commitments._get_pending_domain(),
                ("company_id", "in", companies.ids),
                *scope,
            ]
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
            dossiers=self_sudo, limit=limit
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
        self._refresh_contacts()
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
              ORDER BY company.id, entity.id
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
        if dossiers:
            dossiers._refresh_contacts()
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
