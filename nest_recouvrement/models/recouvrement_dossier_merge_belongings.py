import logging

from psycopg2 import errors

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class RecouvrementDossier(models.Model):
    """What belongs to a dossier is taken over, in whatever table it stands.

    By a foreign key, by model and number, or by a relation of two columns: also of
    models that this file does not know.
    """

    _inherit = "recouvrement.dossier"

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
