from odoo import api, models
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """What is known of how to reach a guarantor, in one statement for all."""

    _inherit = "recouvrement.dossier"

    @api.model
    def _get_contact_items(self):
        """Return the label of each item of complete contact data, by code."""
        return {
            "phone": self.env._("Phone"),
            "email": self.env._("E-mail"),
            "address": self.env._("Address"),
            "coordinates": self.env._("Coordinates"),
            "role_invoice": self.env._("Contact for invoices"),
            "role_payable": self.env._("Accounts payable"),
            "role_management": self.env._("Management"),
        }

    @api.model
    def _get_contact_problems(self):
        """Return the label of what may be wrong with contact data, by code."""
        return {
            "wrong_phone": self.env._("Wrong number"),
            "invalid_phone": self.env._("Impossible number"),
            "bounced_email": self.env._("E-mail came back"),
        }

    @api.model
    def _get_contact_conditions(self):
        """Return, by code, the SQL that tells whether a ``contact`` has the item.

        Of a problem: whether a ``contact`` has it. One contact is enough.
        """
        email = SQL(
            "contact.email_normalized IS NOT NULL"
            " AND contact.recouvrement_is_email_bounced IS NOT TRUE"
        )
        phone = SQL(
            "contact.phone_sanitized IS NOT NULL"
            " AND contact.recouvrement_is_phone_wrong IS NOT TRUE"
        )
        return {
            "phone": phone,
            "email": email,
            "address": SQL(
                "contact.id = dossier.partner_id AND contact.city > ''"
                " AND COALESCE(NULLIF(contact.street, ''), contact.street2) > ''"
            ),
            "coordinates": SQL(
                "contact.partner_latitude <> 0 OR contact.partner_longitude <> 0"
            ),
            "role_invoice": SQL(
                "(contact.type = 'invoice' OR 'invoice' = ANY(role.codes)) AND %s",
                email,
            ),
            "role_payable": SQL(
                "'payable' = ANY(role.codes) AND (%s OR %s)", email, phone
            ),
            "role_management": SQL(
                "'management' = ANY(role.codes) AND (%s OR %s)", email, phone
            ),
            "wrong_phone": SQL("contact.recouvrement_is_phone_wrong"),
            "invalid_phone": SQL(
                "contact.phone > '' AND contact.phone_sanitized IS NULL"
            ),
            "bounced_email": SQL("contact.recouvrement_is_email_bounced"),
        }

    def _refresh_contacts(self):
        """Store what is known of these guarantors, or of all of them, in one statement.

        Contact data are no figure of the ledger: this is called when they change.
        """
        self.env.flush_all()
        conditions = self._get_contact_conditions()
        items, problems = self._get_contact_items(), self._get_contact_problems()
        found = {
            code: SQL("COALESCE(BOOL_OR(%s), FALSE)", condition)
            for code, condition in conditions.items()
        }
        # A wrong number or address is to be replaced, whatever else is known.
        for item, problem in (("phone", "wrong_phone"), ("email", "bounced_email")):
            found[item] = SQL("(%s AND NOT %s)", found[item], found[problem])
        missing = [
            SQL("CASE WHEN NOT %s THEN %s END", found[code], code) for code in items
        ] + [SQL("CASE WHEN %s THEN %s END", found[code], code) for code in problems]
        self.env.execute_query(
            SQL(
                """
                UPDATE recouvrement_dossier
                   SET contact_completeness = known.share,
                       contact_missing = known.missing
                  FROM (
                    SELECT dossier.id,
                           ROUND(100.0 * (%(count)s) / %(total)s)::int AS share,
                           NULLIF(CONCAT_WS(',', %(missing)s), '') AS missing
                      FROM recouvrement_dossier dossier
                      JOIN res_partner contact
                        ON contact.commercial_partner_id = dossier.partner_id
                       AND (contact.active OR contact.id = dossier.partner_id)
                 LEFT JOIN LATERAL (
                        SELECT array_agg(role.code) AS codes
                          FROM recouvrement_contact_role_rel rel
                          JOIN recouvrement_contact_role role ON role.id = rel.role_id
                         WHERE rel.partner_id = contact.id) role ON TRUE
                     WHERE %(scope)s
                  GROUP BY dossier.id) known
                 WHERE known.id = recouvrement_dossier.id
                   AND (contact_completeness, contact_missing)
                       IS DISTINCT FROM (known.share, known.missing)
             RETURNING known.id
                """,
                count=SQL(" + ").join(SQL("%s::int", found[code]) for code in items),
                missing=SQL(", ").join(missing),
                scope=SQL("dossier.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
                total=len(items),
            )
        )
        self.invalidate_model(["contact_completeness", "contact_missing"], flush=False)

    def _get_missing_codes(self):
        self.ensure_one()
        return set((self.contact_missing or "").split(",")) - {""}
