from odoo import api, fields, models
from odoo.tools import SQL

TRIGGERED = "nest_recouvrement.ledger_change_triggered"


class RecouvrementLedgerChange(models.Model):
    """Queue of (company, guarantor) whose ledger changed since their last refresh.

    Posting and matching only insert here: two transactions about one guarantor never
    wait for each other nor conflict, as they would if they updated its dossier.
    """

    _name = "recouvrement.ledger.change"
    _description = "Ledger Change to Refresh"
    _log_access = False

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", required=True, ondelete="cascade"
    )

    _company_partner_idx = models.Index("(company_id, partner_id)")

    @api.model
    def _mark(self, pairs):
        """Record that the ledger of these pairs changed, in one statement.

        Pairs whose partner is not followed up are left out. A cron refreshes the
        dossiers as soon as the transaction is committed.

        :param pairs: iterable of (res.company, commercial res.partner)
        """
        values = [
            {"company_id": company.id, "partner_id": partner.id}
            for company, partner in dict.fromkeys(pairs)
            if partner._is_followed_up(company)
        ]
        if not values:
            return
        # The rows are technical: whoever posts an invoice may add them.
        self_sudo = self.sudo()
        self_sudo.create(values)
        # Forgotten when the transaction ends, or is rolled back to a savepoint.
        data = self.env.cr.precommit.data
        if not data.get(TRIGGERED):
            data[TRIGGERED] = True
            self_sudo.env.ref("nest_recouvrement.ir_cron_refresh_stale")._trigger()

    @api.model
    def _take(self, company_ids=None, dossiers=None, limit=None):
        """Remove and return the changes visible to this transaction.

        Rows that another transaction is taking are left to it.

        :param company_ids: only the changes in these companies, if given
        :param recouvrement.dossier dossiers: only theirs, if there are any
        :param int limit: highest number of changes to take; all by default
        :return: set of (company id, partner id)
        """
        self.flush_model()
        where = [SQL("TRUE")]
        if company_ids is not None:
            where.append(SQL("company_id = ANY(%s)", list(company_ids)))
        if dossiers:
            # Not each company with each partner: a guarantor may owe to several.
            dossiers.flush_model(["company_id", "partner_id"])
            where.append(
                SQL(
                    """(company_id, partner_id) IN (
                        SELECT company_id, partner_id FROM recouvrement_dossier
                         WHERE id = ANY(%s))""",
                    dossiers.ids,
                )
            )
        taken = self.env.execute_query(
            SQL(
                """DELETE FROM recouvrement_ledger_change WHERE id IN (
                       SELECT id FROM recouvrement_ledger_change WHERE %s
                        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                   RETURNING company_id, partner_id""",
                SQL(" AND ").join(where),
                limit,
            )
        )
        self.invalidate_model()
        return set(taken)
