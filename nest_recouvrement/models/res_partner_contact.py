from urllib.parse import quote_plus

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the completeness of a guarantor's contact data, and its closing, depend on.
CONTACT_FIELDS = frozenset(
    (
        "active",
        "city",
        "country_id",
        "email",
        "parent_id",
        "partner_latitude",
        "partner_longitude",
        "phone",
        "recouvrement_bounced_email",
        "recouvrement_role_ids",
        "recouvrement_wrong_phone",
        "street",
        "street2",
        "type",
    )
)
MAP_URL = "https://www.openstreetmap.org"


class ResPartner(models.Model):
    """Contact data that collection relies on: roles, numbers, places (`sources/1`).

    Rules about numbers concern guarantors and their contacts only: other partners are
    imported and written as before.
    """

    _inherit = "res.partner"

    recouvrement_role_ids = fields.Many2many(
        string="Collection Roles",
        help="What this contact of a guarantor is for. Reminders go to the contacts for"
        " invoices, else to accounts payable, else to the guarantor.",
        comodel_name="recouvrement.contact.role",
        relation="recouvrement_contact_role_rel",
        column1="partner_id",
        column2="role_id",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_wrong_phone = fields.Char(
        help="The number that was reported as wrong: a new number clears it.",
        copy=False,
        readonly=True,
    )
    recouvrement_is_phone_wrong = fields.Boolean(
        string="Wrong Number",
        compute="_compute_recouvrement_is_phone_wrong",
        store=True,
    )
    recouvrement_bounced_email = fields.Char(
        help="The address that an e-mail came back from: a new address clears it.",
        copy=False,
        readonly=True,
    )
    recouvrement_is_email_bounced = fields.Boolean(
        string="E-mail Came Back",
        compute="_compute_recouvrement_is_email_bounced",
        store=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("phone", "phone_sanitized", "recouvrement_wrong_phone")
    def _compute_recouvrement_is_phone_wrong(self):
        for partner in self:
            wrong = partner.recouvrement_wrong_phone
            partner.recouvrement_is_phone_wrong = bool(
                wrong and wrong == partner._recouvrement_number()
            )

    @api.depends("email", "email_normalized", "recouvrement_bounced_email")
    def _compute_recouvrement_is_email_bounced(self):
        for partner in self:
            bounced = partner.recouvrement_bounced_email
            partner.recouvrement_is_email_bounced = bool(
                bounced and bounced == (partner.email_normalized or partner.email)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("phone")
    def _check_recouvrement_phone(self):
        """Refuse what cannot be a number where a person enters it.

        An import, or a number entered before the partner became a guarantor, is not
        refused: the number counts as missing in the completeness of the dossier.
        """
        if self.env.context.get("import_file") or self.env.context.get("install_mode"):
            return
        impossible = self.filtered(lambda p: p.phone and not p.phone_sanitized)
        for partner in impossible._recouvrement_followed():
            country = partner.country_id or self.env.company.country_id
            raise ValidationError(
                self.env._(
                    "%(number)s cannot be a phone number of %(country)s. Enter one"
                    " complete number (a second one on another contact); start a"
                    " foreign one with + and its country code.",
                    number=partner.phone,
                    country=country.name or "-",
                )
            )

    @api.constrains("partner_latitude", "partner_longitude")
    def _check_recouvrement_coordinates(self):
        for partner in self:
            if not (
                -90 <= partner.partner_latitude <= 90
                and -180 <= partner.partner_longitude <= 180
            ):
                raise ValidationError(
                    self.env._(
                        "%(latitude)s, %(longitude)s is no place on earth: a latitude"
                        " is between -90 and 90, a longitude between -180 and 180"
                        " (Dakar: 14.7, -17.4).",
                        latitude=partner.partner_latitude,
                        longitude=partner.partner_longitude,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._recouvrement_format_phones()
        # Who is new itself has no dossier yet.
        (partners.commercial_partner_id - partners)._recouvrement_contact_changed()
        return partners

    def write(self, vals):
        """Bring the dossiers up to date when contact data change."""
        if not vals.keys() & CONTACT_FIELDS:
            return super().write(vals)
        entities = self.commercial_partner_id
        result = super().write(vals)
        if "phone" in vals:
            self._recouvrement_format_phones()
        (entities | self.commercial_partner_id)._recouvrement_contact_changed()
        return result

    def unlink(self):
        entities = self.commercial_partner_id - self
        result = super().unlink()
        entities._recouvrement_contact_changed()
        return result

    # === ACTION METHODS === #

    def action_recouvrement_locate(self):
        """Look for the coordinates of the address; say what to do without an answer."""
        self.ensure_one()
        self.check_access("write")
        if not (self.street or self.city):
            raise UserError(
                self.env._(
                    "Enter the address of %s first: its coordinates are looked up from"
                    " it.",
                    self.display_name,
                )
            )
        found = self._recouvrement_find_coordinates()
        if found:
            latitude, longitude = found
            self.write(
                {
                    "partner_latitude": latitude,
                    "partner_longitude": longitude,
                    "date_localization": fields.Date.context_today(self),
                }
            )
            message = self.env._(
                "Found at %(latitude)s, %(longitude)s: check it on the map.",
                latitude=round(latitude, 5),
                longitude=round(longitude, 5),
            )
        else:
            message = self.env._(
                "The map service does not know this address, or cannot be reached."
                " Enter the coordinates by hand: on a map, a long press or a right"
                " click on the place shows them."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success" if found else "warning",
                "sticky": not found,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_recouvrement_phone_right(self):
        """Take back that the number is wrong."""
        self.check_access("write")
        self.recouvrement_wrong_phone = False

    def action_recouvrement_open_map(self):
        """Open the place on a map, in another tab."""
        self.ensure_one()
        url = self._recouvrement_map_url()
        if not url:
            raise UserError(
                self.env._(
                    "Neither address nor coordinates of %s are known.",
                    self.display_name,
                )
            )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === BUSINESS METHODS === #

    def _recouvrement_number(self):
        """Return the number as it is dialled: E.164, or as entered if it is none."""
        self.ensure_one()
        return self.phone_sanitized or (self.phone or "").strip()

    def _recouvrement_map_url(self):
        """Return the address of a map of this place, for a courier; False if unknown.

        The coordinates, else the address; those of the guarantor if the contact has
        none of its own.
        """
        self.ensure_one()
        place = self
        if not (place._recouvrement_has_coordinates() or place.street or place.city):
            place = self.commercial_partner_id
        if place._recouvrement_has_coordinates():
            point = f"{place.partner_latitude:.5f}", f"{place.partner_longitude:.5f}"
            latitude, longitude = point
            return (
                f"{MAP_URL}/?mlat={latitude}&mlon={longitude}"
                f"#map=17/{latitude}/{longitude}"
            )
        parts = (place.street, place.street2, place.city, place.country_id.name)
        if not (place.street or place.city):
            return False
        return f"{MAP_URL}/search?query={quote_plus(', '.join(filter(None, parts)))}"

    def _recouvrement_has_coordinates(self):
        self.ensure_one()
        return bool(self.partner_latitude or self.partner_longitude)

    def _recouvrement_find_coordinates(self):
        """Ask the map service; whatever goes wrong there is no answer.

        :return: latitude and longitude, or None
        """
        self.ensure_one()
        # The service knows the names of countries in English.
        partner = self.with_context(lang="en_US")
        try:
            return self._geo_localize(
                partner.street,
                partner.zip,
                partner.city,
                partner.state_id.name,
                partner.country_id.name,
            )
        except UserError:
            return None

    def _recouvrement_mark_bounced(self):
        """Note that an e-mail came back from the address that these partners have."""
        for partner in self:
            address = partner.email_normalized or partner.email
            partner.recouvrement_bounced_email = address

    def _recouvrement_followed(self):
        """Return those of these partners that collection follows, or their contacts."""
        if not self:
            return self
        # Whoever edits a contact need not see its dossier.
        dossiers_sudo = (
            self.env["recouvrement.dossier"]
            .sudo()
            .search([("partner_id", "in", self.commercial_partner_id.ids)])
        )
        entities = dossiers_sudo.partner_id
        return self.filtered(
            lambda partner: partner.commercial_partner_id.is_guarantor
            or partner.commercial_partner_id in entities
        )

    def _recouvrement_format_phones(self):
        """Write the numbers of guarantors and their contacts in one way."""
        for partner in self.filtered("phone_sanitized")._recouvrement_followed():
            number = partner._phone_format(fname="phone", force_format="INTERNATIONAL")
            if number and number != partner.phone:
                partner.phone = number

    def _recouvrement_contact_changed(self):
        """Bring the dossiers of these commercial entities up to date."""
        if not self:
            return
        # Whoever edits a contact need not see its dossier.
        dossiers_sudo = (
            self.env["recouvrement.dossier"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", self.ids)])
        )
        if dossiers_sudo:
            dossiers_sudo._on_contact_changed()
