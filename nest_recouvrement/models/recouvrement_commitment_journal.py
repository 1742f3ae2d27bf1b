from odoo import api, models
from odoo.tools import format_date


class RecouvrementCommitment(models.Model):
    """The story of promises in the journal of their dossiers, one batch per event."""

    _inherit = "recouvrement.commitment"

    @api.model_create_multi
    def create(self, vals_list):
        """Write new promises into the journal."""
        commitments = super().create(vals_list)
        commitments.filtered(lambda promise: promise.state == "open")._log_event("made")
        return commitments

    def _log_outcome(self):
        """Write into the journal how promises ended, or that they are open again."""
        for state, commitments in self.grouped("state").items():
            # The ledger ended them, not the person whose screen read it.
            commitments._log_event(state, done_user_id=False)

    def _log_event(self, event, **values):
        """Write one line per promise into the journals, in one batch.

        :param str event: a key of :meth:`_get_event_names`
        :param values: more values of the lines, the same for all
        """
        actions = self.env["recouvrement.action"]
        # The journal is written for whoever did something.
        actions.sudo().create(
            [
                actions._prepare_done_values(
                    commitment.dossier_id,
                    "promise",
                    commitment._localized()._get_event_name(event),
                    **{
                        "amounts": commitment._get_event_amounts(event),
                        "note": commitment._localized()._get_event_note(event),
                        "user_id": commitment.user_id.id,
                        **values,
                    },
                )
                for commitment in self
            ]
        )

    def _localized(self):
        """Return the promise in the language of the officer of its dossier."""
        self.ensure_one()
        lang = self.dossier_id.user_id.lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)

    def _get_event_name(self, event):
        """Return what happened to the promise, in a few words."""
        self.ensure_one()
        values = {
            "amount": self.currency_id.format(self.amount),
            "date": format_date(self.env, self.date),
            "means": dict(self._fields["means"]._description_selection(self.env))[
                self.means
            ],
            "paid": self.currency_id.format(self.paid_amount),
        }
        return {
            "made": lambda: self.env._(
                "Promise of %(amount)s for %(date)s (%(means)s)", **values
            ),
            "kept": lambda: self.env._(
                "Promise kept: %(amount)s for %(date)s", **values
            ),
            "partly_kept": lambda: self.env._(
                "Promise partly kept: %(paid)s of %(amount)s for %(date)s", **values
            ),
            "broken": lambda: self.env._(
                "Promise broken: %(amount)s for %(date)s", **values
            ),
            "cancelled": lambda: self.env._(
                "Promise cancelled: %(amount)s for %(date)s", **values
            ),
            "open": lambda: self.env._(
                "Promise open again, its payment was taken back: %(amount)s for"
                " %(date)s",
                **values,
            ),
            "reduced": lambda: self.env._(
                "Promise reduced to %(amount)s for %(date)s", **values
            ),
            "answered": lambda: self.env._(
                "Asked about the promise of %(amount)s for %(date)s", **values
            ),
        }[event]()

    def _get_event_note(self, event):
        """Return what is to be known about the event, or nothing."""
        self.ensure_one()
        return {
            "answered": self._get_answer(),
            "cancelled": self.cancel_reason,
            "made": self.note,
        }.get(event)

    def _get_event_amounts(self, event):
        """Return the amounts of the event by journal item: what the line proves."""
        self.ensure_one()
        amounts = {}
        # Without a filter: the items of every promise are read at once.
        for line in self.line_ids:
            amount = {
                "kept": line.paid_amount,
                "broken": line.amount - line.paid_amount,
                "open": line.amount - line.paid_amount,
                "partly_kept": line.amount - line.paid_amount,
                "answered": line.amount - line.paid_amount,
            }.get(event, line.amount)
            if line.move_line_id and amount > 0:
                amounts[line.move_line_id] = amount
        return amounts
