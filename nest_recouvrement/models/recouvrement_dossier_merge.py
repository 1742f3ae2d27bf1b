from odoo import models
from odoo.tools import SQL

from .recouvrement_dossier_fields import ESCALATION_FIELDS, LEDGER_FIGURES

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

    # === BUSINESS METHODS - WHAT PEOPLE ENTERED === #

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
