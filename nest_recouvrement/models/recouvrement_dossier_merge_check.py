from odoo import models


class RecouvrementDossier(models.Model):
    """The accounting check of a cycle that goes on is that of both dossiers."""

    _inherit = "recouvrement.dossier"

    def _settle_before_absorbing(self, other):
        """Leave one check in the cycle that goes on, with what both found."""
        result = super()._settle_before_absorbing(other)
        if self.cycle_start_date and other.cycle_start_date:
            self._absorb_check(other)
        return result

    def _absorb_check(self, other):
        """Take over the check of the other open cycle into that of this dossier."""
        # Whoever merges partners need not see what accountants are asked.
        own_sudo = self.sudo()._get_cycle_check()
        other_sudo = other.sudo()._get_cycle_check()
        if not other_sudo:
            return
        if own_sudo:
            own_sudo._join(other_sudo)
        else:
            other_sudo.write({"cycle": self.cycle, "dossier_id": self.id})
            own_sudo = other_sudo
        if own_sudo.state == "passed":
            return
        localized = own_sudo.with_env(self._localized().env).sudo()
        states = dict(own_sudo._fields["state"]._description_selection(localized.env))
        self._log_note(
            localized.env._(
                "Accounting check of both dossiers: %s", states[localized.state].lower()
            ),
            "\n".join(
                (
                    *(line._get_summary() for line in localized.line_ids),
                    *filter(None, [localized.note]),
                )
            ),
        )

    def _get_cycle_check(self):
        """Return the accounting check of the present cycle."""
        self.ensure_one()
        return self.check_ids.filtered(lambda check: check.cycle == self.cycle)
