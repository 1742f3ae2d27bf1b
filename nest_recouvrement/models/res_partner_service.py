from odoo import api, fields, models
from odoo.tools import format_date


class ResPartner(models.Model):
    """Whether services may be granted: what an admission desk asks (design, 10)."""

    _inherit = "res.partner"

    recouvrement_service_suspended = fields.Boolean(
        string="Services Suspended",
        help="Its unpaid invoices led to a suspension of services that is in force.",
        compute="_compute_recouvrement_service",
        search="_search_recouvrement_service_suspended",
    )
    recouvrement_service_reason = fields.Char(
        string="Why Services Are Suspended", compute="_compute_recouvrement_service"
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_recouvrement_service(self):
        statuses = self._get_service_statuses()
        for partner in self:
            status = statuses[partner]
            partner.recouvrement_service_suspended = not status["granted"]
            partner.recouvrement_service_reason = status["reason"]

    def _search_recouvrement_service_suspended(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whoever grants services may search by it; see _get_service_statuses().
        suspended_sudo = (
            self.env["recouvrement.suspension"]
            .sudo()
            .search(self._get_service_domain())
        )
        inside = True in value
        return [
            (
                "commercial_partner_id",
                "in" if inside else "not in",
                suspended_sudo.partner_id.ids,
            )
        ]

    def _get_service_status(self):
        """Return whether services may be granted to this partner, and why not.

        In the current company, for the partner's whole commercial entity: the answer
        is the same for the entity and for each of its contacts. For an admission desk
        or any other module, and for users without any right in collection: nothing
        but this answer is disclosed, no amount.

        :return: ``granted`` (bool), ``reason`` (str, in the language of the user;
            empty if granted) and ``suspension_id`` (id of the suspension, or False)
        :rtype: dict
        """
        self.ensure_one()
        return self._get_service_statuses()[self]

    def _get_service_statuses(self):
        """Return the answer of :meth:`_get_service_status` for many partners at once.

        :rtype: dict[res.partner, dict]
        """
        # Whoever grants services must know that they are suspended.
        suspensions_sudo = (
            self.env["recouvrement.suspension"]
            .sudo()
            .search(
                [
                    *self._get_service_domain(),
                    ("partner_id", "in", self.commercial_partner_id.ids),
                ]
            )
        )
        by_entity = {record.partner_id.id: record for record in suspensions_sudo}
        return {
            partner: self._prepare_service_status(
                by_entity.get(partner.commercial_partner_id.id)
            )
            for partner in self
        }

    @api.model
    def _get_service_domain(self):
        """Return the domain of the suspensions that stop services now."""
        return [("company_id", "=", self.env.company.id), ("state", "=", "in_force")]

    @api.model
    def _prepare_service_status(self, suspension):
        """Return the answer for one entity.

        :param recouvrement.suspension suspension: the one in force, if any
        """
        if not suspension:
            return {"granted": True, "reason": "", "suspension_id": False}
        return {
            "granted": False,
            "reason": self.env._(
                "Services to %(guarantor)s are suspended since %(date)s, for unpaid"
                " invoices (decision %(reference)s). Ask the collection team.",
                guarantor=suspension.partner_id.display_name,
                date=format_date(self.env, suspension.in_force_since),
                reference=suspension.name,
            ),
            "suspension_id": suspension.id,
        }

    def action_view_suspension(self):
        """Open the suspension that is in force for this partner."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.suspension",
            "res_id": self._get_service_status()["suspension_id"],
            "view_mode": "form",
        }
