import logging

from psycopg2 import errors

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .recouvrement_dossier_fields import ESCALATION_FIELDS, LEDGER_FIGURES

_logger = logging.getLogger(__name__)

# What a dossier may take over from another one if it has nothing there itself.
FILLED_TYPES = ("char", "date", "datetime", "html", "many2one", "selection", "text")
NEVER_FILLED = {
    "access_token",
    "company_id",
    "create_date",
    "create_uid",
    "partner_id",
    "refreshed_on",
    "write_date",
    "write_uid",
    *ESCALATION_FIELDS,
    *LEDGER_FIGURES,
}


class RecouvrementDossier(models.Model):
    """Two dossiers become one: partners were merged, or one joined another entity.

    The dossier that stays takes over everything that belongs to the other: journal,
    promises, disputes, errands, activities, messages, followers, documents, and the
    rows of whatever other model refers to it. A fixed number of statements per pair,
    whatever is in them.
    """

    _inherit = "recouvrement.dossier"

    def _absorb(self, others):
        """Take over what belongs to other dossiers of the same company.

        The others are left empty: the caller archives or deletes them. Of two open
        cycles, that of this dossier goes on, and the steps still to do in the other
        one are withdrawn; if only the other has an open cycle, it goes on here.

        :param recouvrement.dossier others: dossiers to be emptied
        :raise UserError: both have something that a dossier has only once
        """
        self.ensure_one()
        for other in others - self:
            self._absorb_one(other)

    def _absorb_one(self, other):
        counts = other._count_belongings()
        self._settle_before_absorbing(other)
        self.env.flush_all()
        self._renumber_cycles(other)
        self._take_over_rows(other)
        self._take_over_references(other)
        self.env.invalidate_all(flush=False)
        self._fill_from(other)
        # The rows that moved are those of this dossier's guarantor.
        self.modified(["partner_id", "company_id"])
        self._log_absorption(other, counts)

    def _settle_before_absorbing(self, other):
        """Settle what two dossiers may not have both: here, steps still to do.

        For an extension with records that a dossier has only once.
        """
        if not (self.cycle_start_date and other.cycle_start_date):
            return
        pending = other.action_ids.filtered(
            lambda action: action.step_id
            and action.state in ("failed", "proposed", "todo")
        )
        for action in pending:
            action._withdraw(
                action._localized().env._(
                    "the dossier was merged with that of %s, whose reminders go on.",
                    self.display_name,
                )
            )

    # === BUSINESS METHODS - CYCLES === #

    def _renumber_cycles(self, other):
        """Have the cycles of both dossiers follow one another, the open one last."""
        other_goes_on = other.cycle_start_date and not self.cycle_start_date
        first, last = (self, other) if other_goes_on else (other, self)
        last._shift_cycles(first.cycle)
        kept = ["cycle_start_date", "plan_id", "plan_locked", "step_id"]
        values = [SQL("cycle = %s", first.cycle + last.cycle)]
        if other_goes_on:
            values += [
                SQL("%s = other.%s", SQL.identifier(name), SQL.identifier(name))
                for name in kept
            ]
        elif self.cycle_start_date:
            values.append(
                SQL(
                    "cycle_start_date"
                    " = LEAST(dossier.cycle_start_date, other.cycle_start_date)"
                )
            )
        self.env.cr.execute(
            SQL(
                """
                UPDATE recouvrement_dossier dossier
                   SET pending_action_id = NULL, %s
                  FROM recouvrement_dossier other
                 WHERE dossier.id = %s AND other.id = %s
                """,
                SQL(", ").join(values),
                self.id,
                other.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE recouvrement_dossier
                   SET cycle = 0, cycle_start_date = NULL, step_id = NULL,
                       next_step_id = NULL, next_occurrence = NULL,
                       next_action_date = NULL, pending_action_id = NULL
                 WHERE id = %s
                """,
                other.id,
            )
        )

    def _shift_cycles(self, shift):
        """Add ``shift`` to the numbers of the cycles of this dossier.

        In two statements: a number must not be taken while it is given back.
        """
        if not shift:
            return
        for table, column in self._get_belonging_columns("cycle"):
            for assignment, condition in (
                (SQL("-(cycle + %s)", shift), SQL("cycle > 0")),
                (SQL("-cycle"), SQL("cycle < 0")),
            ):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET cycle = %s WHERE %s = %s AND %s",
                        SQL.identifier(table),
                        assignment,
                        SQL.identifier(column),
                        self.id,
                        condition,
                    )
                )

    # === BUSINESS METHODS - BELONGINGS === #

    @api.model
    def _get_belonging_columns(self, with_column=None):
        """Return (table, column) of what refers to dossiers by a foreign key.

        :param str with_column: only tables that have this column
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT referring.relname, attribute.attname
                  FROM pg_constraint
                  JOIN pg_class referring ON referring.oid = pg_constraint.conrelid
                  JOIN pg_attribute attribute
                    ON attribute.attrelid = pg_constraint.conrelid
                   AND attribute.attnum = pg_constraint.conkey[1]
                 WHERE contype = 'f' AND array_length(conkey, 1) = 1
                   AND confrelid = 'recouvrement_dossier'::regclass
                   AND (%(name)s IS NULL OR EXISTS (
                       SELECT FROM pg_attribute other
                        WHERE other.attrelid = pg_constraint.conrelid
                          AND other.attname = %(name)s AND NOT other.attisdropped))
              ORDER BY 1, 2
                """,
                name=with_column,
            )
        )

    def _take_over_rows(self, other):
        """Have the rows of every table that refer to ``other`` refer to this one."""
        relations = {
            table for (table,) in self.env.execute_query(self._get_relations_query())
        }
        for table, column in self._get_belonging_columns():
            if table in relations:
                self._take_over_relation(table, column, other)
            else:
                self._take_over_column(table, column, other)

    def _take_over_column(self, table, column, other):
        """Change one column of one table; refuse if its rows cannot be together.

        :raise UserError: naming what each dossier has
        """
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = %(new)s"
                        " WHERE %(column)s = %(old)s",
                        column=SQL.identifier(column),
                        new=self.id,
                        old=other.id,
                        table=SQL.identifier(table),
                    ),
                    log_exceptions=False,
                )
        except errors.UniqueViolation as error:
            _logger.info("Dossiers %s and %s: %s", self.id, other.id, error)
            raise UserError(
                self.env._(
                    "The dossiers of %(guarantor)s and %(other)s in %(company)s cannot"
                    " become one: each has a record of the kind « %(kind)s », of which"
                    " a dossier has only one. End one of them first.",
                    guarantor=self.display_name,
                    other=other.display_name,
                    company=self.company_id.name,
                    kind=self._describe_table(table),
                )
            ) from error

    def _take_over_relation(self, table, column, other):
        """Change one side of a relation, unless both sides are related already."""
        ((far_column,),) = self.env.execute_query(
            SQL(
                """SELECT attname FROM pg_attribute
                    WHERE attrelid = %s::regclass AND attnum > 0
                      AND NOT attisdropped AND attname <> %s""",
                table,
                column,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                WITH taken AS (
                    DELETE FROM %(table)s WHERE %(column)s = %(old)s
                 RETURNING %(far)s
                )
                INSERT INTO %(table)s (%(column)s, %(far)s)
                SELECT %(new)s, %(far)s FROM taken
                ON CONFLICT DO NOTHING
                """,
                column=SQL.identifier(column),
                far=SQL.identifier(far_column),
                new=self.id,
                old=other.id,
                table=SQL.identifier(table),
            )
        )

    @api.model
    def _get_relations_query(self):
        """Return the tables of two columns that refer to dossiers."""
        return SQL(
            """
            SELECT relname FROM pg_class
             WHERE oid IN (SELECT conrelid FROM pg_constraint WHERE contype = 'f'
                              AND confrelid = 'recouvrement_dossier'::regclass)
               AND (SELECT COUNT(*) FROM pg_attribute
                     WHERE attrelid = pg_class.oid AND attnum > 0
                       AND NOT attisdropped) = 2
            """
        )

    @api.model
    def _describe_table(self, table):
        """Return what people call the records of a table."""
        for model in self.env.values():
            if model._table == table and not model._abstract:
                return self.env["ir.model"].sudo()._get(model._name).name
        return table

    def _take_over_references(self, other):
        """Take over what refers to a dossier by model and number, as messages do."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_followers follower
                 WHERE res_model = %(model)s AND res_id = %(old)s
                   AND EXISTS (SELECT FROM mail_followers mine
                                WHERE mine.res_model = %(model)s
                                  AND mine.res_id = %(new)s
                                  AND mine.partner_id = follower.partner_id)
                """,
                model=self._name,
                new=self.id,
                old=other.id,
            )
        )
        for table, model_column, column in self._get_reference_columns():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(new)s"
                    " WHERE %(model_column)s = %(model)s AND %(column)s = %(old)s",
                    column=SQL.identifier(column),
                    model=self._name,
                    model_column=SQL.identifier(model_column),
                    new=self.id,
                    old=other.id,
                    table=SQL.identifier(table),
                )
            )
        self.env.cr.execute(
            SQL(
                """UPDATE mail_activity SET res_name = %s
                    WHERE res_model = %s AND res_id = %s""",
                self.display_name,
                self._name,
                self.id,
            )
        )

    @api.model
    def _get_reference_columns(self):
        """Return (table, column of the model, column of the number) of references."""
        return sorted(
            {
                (model._table, field.model_field, field.name)
                for model in self.env.values()
                if model._auto and not model._abstract
                for field in model._fields.values()
                if field.type == "many2one_reference"
                and field.store
                and field.model_field
                and model._fields[field.model_field].store
            }
        )

    def _fill_from(self, other):
        """Take over what people entered in the other dossier and not in this one."""
        values = {
            name: other[name].id if field.type == "many2one" else other[name]
            for name, field in self._fields.items()
            if field.store
            and field.type in FILLED_TYPES
            and not (field.related or field.compute)
            and name not in NEVER_FILLED
            and other[name]
            and not self[name]
        }
        if other.active and not self.active:
            values["active"] = True
        if values:
            self.write(values)

    # === BUSINESS METHODS - TELLING === #

    def _count_belongings(self):
        """Return how many records of each kind belong to the dossier, for the note."""
        self.ensure_one()
        return {
            "actions": len(self.action_ids),
            "disputes": len(self.dispute_ids),
            "promises": len(self.commitment_ids),
        }

    def _log_absorption(self, other, counts):
        """Write into the journal what came from where."""
        env = self._localized().env
        self._log_note(
            env._("Merged with the dossier of %s", other.display_name),
            env._(
                "Taken over: %(actions)s line(s) of the journal, %(promises)s"
                " promise(s), %(disputes)s dispute(s).",
                **counts,
            ),
        )

    def _log_note(self, name, note=None):
        """Write one note into the journal of each dossier."""
        self.env["recouvrement.action"]._log_done(self, "note", name, note=note)

    def _localized(self):
        """Return this dossier in the language of its officer, who reads the journal."""
        self.ensure_one()
        lang = self.user_id.lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)

    # === BUSINESS METHODS - PARTNERS === #

    @api.model
    def _merge_partners(self, sources, destination):
        """Bring the dossiers of partners who become one together, company by company.

        :param res.partner sources: partners that disappear
        :param res.partner destination: the one that stays
        :return: the dossiers that stay
        :rtype: recouvrement.dossier
        """
        entity = destination.commercial_partner_id
        if any(sources.mapped("is_company")):
            # Odoo makes a company of the contact that a company is merged into.
            entity = destination
        dossiers = self._find(sources + entity)
        kept = self.browse()
        for of_company in dossiers.grouped("company_id").values():
            own = of_company.filtered(lambda dossier: dossier.partner_id == entity)
            others = of_company - own
            if not own:
                own = others.sorted(lambda dossier: (not dossier.active, dossier.id))[0]
                others -= own
                own.write({"partner_id": entity.id})
            own._absorb(others)
            others.unlink()
            kept += own
        followed = sources.filtered(
            lambda source: source.commercial_partner_id == source
        ).filtered("is_guarantor")
        if followed and not entity.is_guarantor:
            entity.is_guarantor = True
        return kept

    @api.model
    def _after_partner_merge(self, destination, former_entities):
        """Put in order what depends on whose debt an item is, once it moved.

        :param res.partner destination: the partner that stays
        :param res.partner former_entities: entities that the merged contacts left
        """
        entity = destination.commercial_partner_id
        if entity != destination:
            # Odoo takes the contact for the entity of its invoices.
            moves = self.env["account.move"].search(
                [("commercial_partner_id", "=", destination.id)]
            )
            moves.write({"commercial_partner_id": entity.id})
        companies = self.env["res.company"].search([])
        self._create_missing(companies, entity.ids)
        self._hand_over_items(entity)
        if concerned := self._find(entity + former_entities):
            concerned._refresh()
