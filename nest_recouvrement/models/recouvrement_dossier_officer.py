from odoo import api, models


class RecouvrementDossier(models.Model):
    """Who follows a dossier up: a fair share, and what is handed over."""

    _inherit = "recouvrement.dossier"

    def _assign_officer(self):
        """Give the dossiers without an active officer one, by the company's rule.

        The default officer of the company; if there is none, the officer with the
        fewest dossiers, one dossier at a time.
        """
        orphans = self.filtered(lambda dossier: not dossier.user_id.active)
        for company, dossiers in orphans.grouped("company_id").items():
            default = company.recouvrement_officer_id
            officers = (
                default
                or company._recouvrement_users(
                    "nest_recouvrement.group_officer"
                ).filtered(self._is_plain_officer)
                or company._recouvrement_users("nest_recouvrement.group_officer")
            )
            if not officers:
                continue
            load = dict.fromkeys(officers, 0) | dict(
                self._read_group(
                    [
                        ("company_id", "=", company.id),
                        ("user_id", "in", officers.ids),
                    ],
                    ["user_id"],
                    ["__count"],
                )
            )
            share = dict.fromkeys(officers, self.browse())
            for dossier in dossiers.sorted("id"):
                least_loaded = min(officers, key=lambda user: (load[user], user.id))
                load[least_loaded] += 1
                share[least_loaded] += dossier
            for officer, assigned in share.items():
                # A first assignment is no change worth a line in each chatter.
                assigned.with_context(tracking_disable=True).user_id = officer

    @api.model
    def _is_plain_officer(self, user):
        """Tell an officer from a manager, who does not take a share of the calls."""
        return not user.has_group("nest_recouvrement.group_manager")

    def _hand_over_pending(self, former_officer):
        """Give what the former officer had to do in these dossiers to the new one."""
        # Activities of the former officer: the new one may not edit them herself.
        pending_sudo = (
            self.env["recouvrement.action"]
            .sudo()
            .search(
                [
                    ("dossier_id", "in", self.ids),
                    ("user_id", "=", former_officer.id),
                    ("state", "in", ("failed", "proposed", "todo")),
                ]
            )
        )
        for officer, dossiers in self.grouped("user_id").items():
            actions = pending_sudo.filtered(
                lambda action, dossiers=dossiers: action.dossier_id in dossiers
            )
            actions.user_id = officer
            if officer:
                actions.activity_ids.filtered(
                    lambda activity: activity.user_id == former_officer
                ).user_id = officer
