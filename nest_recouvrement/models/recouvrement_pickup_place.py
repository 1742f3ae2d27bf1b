import re
from urllib.parse import quote

from odoo import api, fields, models
from odoo.tools import format_duration

from ..tools.route import make_point


class RecouvrementPickup(models.Model):
    """Where an errand leads to, whom to ask for, and what the courier reads of it."""

    _inherit = "recouvrement.pickup"

    contact_id = fields.Many2one(
        string="Place",
        help="Whom to ask for, and at which address. Empty: the guarantor's own.",
        comodel_name="res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    place_name = fields.Char(string="Whom to Ask For", compute="_compute_place")
    place_phone = fields.Char(string="Phone of the Place", compute="_compute_place")
    phone_url = fields.Char(string="Link to Call", compute="_compute_place")
    place_address = fields.Char(string="Address", compute="_compute_place")
    map_url = fields.Char(string="Map", compute="_compute_place")
    district = fields.Char(
        help="Errands are grouped by district on the courier's phone.",
        compute="_compute_district",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    hours_label = fields.Char(string="Hours", compute="_compute_hours_label")
    invoice_summary = fields.Text(
        string="Invoices Named", compute="_compute_invoice_summary"
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late")

    @api.depends("contact_id", "partner_id")
    def _compute_place(self):
        for pickup in self:
            place = pickup._get_place()
            pickup.place_name = pickup.contact_id.name or pickup.partner_id.name
            pickup.place_phone = pickup.contact_id.phone or pickup.partner_id.phone
            digits = re.sub(r"[^0-9+]", "", pickup.place_phone or "")
            pickup.phone_url = f"tel:{digits}" if digits else False
            pickup.place_address = ", ".join(
                filter(None, (place.street, place.street2, place.city))
            )
            pickup.map_url = pickup._get_map_url()

    @api.depends("contact_id.recouvrement_district", "partner_id.recouvrement_district")
    def _compute_district(self):
        for pickup in self:
            pickup.district = (
                pickup.contact_id.recouvrement_district
                or pickup.partner_id.recouvrement_district
            )

    @api.depends("hour_from", "hour_to")
    def _compute_hours_label(self):
        for pickup in self:
            first, last = map(format_duration, (pickup.hour_from, pickup.hour_to))
            if pickup.hour_from and pickup.hour_to:
                label = f"{first} - {last}"
            elif pickup.hour_from:
                label = self.env._("from %s", first)
            elif pickup.hour_to:
                label = self.env._("until %s", last)
            else:
                label = False
            pickup.hours_label = label

    @api.depends("line_ids.amount", "line_ids.name")
    def _compute_invoice_summary(self):
        for pickup in self:
            pickup.invoice_summary = "\n".join(
                f"{line.name}: {line.currency_id.format(line.amount)}"
                for line in pickup.line_ids
            )

    @api.depends("date", "state")
    def _compute_is_late(self):
        for pickup in self:
            today = pickup.company_id._recouvrement_today()
            pickup.is_late = (
                pickup.state in ("to_collect", "to_deliver") and pickup.date < today
            )

    def _get_place(self):
        """Return the partner whose address is gone to: the contact's if it has one."""
        self.ensure_one()
        contact = self.contact_id
        if contact and (contact.street or contact.city or self._get_point(contact)):
            return contact
        return self.partner_id

    @api.model
    def _get_point(self, partner):
        """Return the coordinates of a partner, or None if they are not known.

        :rtype: nest_recouvrement.tools.route.Point
        """
        return make_point(partner.partner_latitude, partner.partner_longitude)

    def _get_map_url(self):
        """Return a link to a map: the exact point, else the address, else nothing."""
        self.ensure_one()
        place = self._get_place()
        if point := self._get_point(place):
            at = f"{point.latitude:.6f}/{point.longitude:.6f}"
            return (
                f"https://www.openstreetmap.org/?mlat={point.latitude:.6f}"
                f"&mlon={point.longitude:.6f}#map=17/{at}"
            )
        if not (place.street or place.city):
            return False
        address = " ".join(place._display_address(without_company=True).split())
        return f"https://www.openstreetmap.org/search?query={quote(address)}"
