from odoo import api, models

# Claims in these states are over: they stay where they were made.
ENDED_STATES = (
    "broken",
    "cancelled",
    "declined",
    "delivered",
    "expired",
    "failed",
    "held",
    "kept",
    "lifted",
    "nothing",
    "paid",
    "partly_kept",
    "refused",
    "rejected",
    "resolved",
    "settled",
)


class RecouvrementDossier(models.Model):
    """What becomes of a dossier when items belong to another commercial entity.

    A claim (promise, dispute, errand...) follows the invoices that it names. If they
    went to several entities it is cancelled, or shared between them where that is
    possible, with a reason.
    """

    _inherit = "recouvrement.dossier"

    # === BUSINESS METHODS - ENTITIES === #

    @api.model
    def _follow_entities(self, former_entities):
        """Have dossiers follow the debt of partners who changed their entity.

        :param dict former_entities: former commercial entity by res.partner
        """
        entities = self.env["res.partner"]
        for partner, former in former_entities.items():
            entities |= partner.commercial_partner_id
            if former == partner:
                self._join_entity(partner, partner.commercial_partner_id)
        self._create_missing(self.env["res.company"].search([]), entities.ids)
        emptied = self._hand_over_items(entities)
        if emptied:
            (emptied | self._find(entities)).filtered("active")._refresh()

    @api.model
    def _find(self, partners):
        return self.with_context(active_test=False).search(
            [("partner_id", "in", partners.ids)]
        )

    @api.model
    def _join_entity(self, partner, entity):
        """Have the dossier of a partner joined to that of its new entity.

        The journal goes along with the debt. The empty dossier is archived with a note
        that names the other: if the partner leaves the entity, it is taken up again.
        """
        for dossier in self._find(partner).filtered(lambda found: found.active):
            if not dossier._has_belongings():
                continue
            if not entity._is_followed_up(dossier.company_id):
                # What it owes is owed by the entity: it is still followed up.
                entity.is_guarantor = True
            other = self._find(entity).filtered(
                lambda found, company=dossier.company_id: found.company_id == company
            )
            if not other:
                other = self.create(
                    {
                        "company_id": dossier.company_id.id,
                        "partner_id": entity.id,
                        "user_id": dossier.user_id.id,
                    }
                )
            other._absorb(dossier)
            dossier._log_note(
                dossier._localized().env._("Joined to %s", entity.display_name),
                dossier._localized().env._(
                    "%(guarantor)s belongs to %(entity)s now: its debt and its journal"
                    " are in the dossier of %(entity)s.",
                    guarantor=partner.display_name,
                    entity=entity.display_name,
                ),
            )
            dossier.action_archive()
            (other + dossier)._refresh()

    def _has_belongings(self):
        """Return whether something is owed, or was done, in the dossier."""
        self.ensure_one()
        return bool(
            not self.currency_id.is_zero(self.balance)
            or self.action_ids
            or self.commitment_ids
            or self.dispute_ids
        )

    # === BUSINESS METHODS - ITEMS === #

    @api.model
    def _get_claim_models(self):
        """Return (model, model of its lines) of what names items of a dossier.

        Whatever model has a dossier, a state, and lines with a journal item.

        :rtype: list[tuple[models.BaseModel, models.BaseModel]]
        """
        found = []
        for name in sorted(self.env):
            model = self.env[name]
            dossier, lines = map(model._fields.get, ("dossier_id", "line_ids"))
            if (
                name == "recouvrement.action"
                or model._abstract
                or model._transient
                or "state" not in model._fields
                or not (
                    dossier and dossier.store and dossier.comodel_name == self._name
                )
                or not (lines and lines.type == "one2many")
            ):
                continue
            line_model = self.env[lines.comodel_name]
            if "move_line_id" in line_model._fields:
                found.append((model, line_model))
        return found

    @api.model
    def _hand_over_items(self, entities):
        """Have open claims follow the items that belong to ``entities`` now.

        :param res.partner entities: commercial entities that items may have come to
        :return: the dossiers that lost claims
        :rtype: recouvrement.dossier
        """
        emptied = self.browse()
        for model, line_model in self._get_claim_models():
            inverse = model._fields["line_ids"].inverse_name
            lines = line_model.search(
                [
                    (
                        "move_line_id.partner_id.commercial_partner_id",
                        "in",
                        entities.ids,
                    ),
                    (f"{inverse}.state", "not in", ENDED_STATES),
                ]
            )
            moved = lines.filtered(
                lambda line, inverse=inverse: (
                    line.move_line_id.partner_id.commercial_partner_id
                    != line[inverse].dossier_id.partner_id
                )
            )
            for claim, claim_lines in moved.grouped(inverse).items():
                emptied |= claim.dossier_id
                self._hand_over_claim(claim, claim_lines)
        return emptied

    @api.model
    def _hand_over_claim(self, claim, moved):
        """Have one claim follow its items; if it cannot, release them from it.

        A model with ``_release_moved_items(moved, target)`` does that itself, and
        returns what it did; the claims of others stay, and the officer is told.

        :param claim: a record with a dossier and lines that name items
        :param moved: those of its lines whose items belong to another entity now
        """
        former = claim.dossier_id
        entities = moved.move_line_id.partner_id.commercial_partner_id
        target = self._find(entities[:1]).filtered(
            lambda dossier: dossier.company_id == former.company_id
        )
        label = claim.display_name
        owners = ", ".join(entities.mapped("display_name"))
        explanation = former._describe_moved(moved, owners)
        if target and len(entities) == 1 and moved == claim.line_ids:
            claim.write({"dossier_id": target.id})
            target._log_note(
                target._localized().env._(
                    "%(claim)s: taken over from the dossier of %(guarantor)s",
                    claim=label,
                    guarantor=former.display_name,
                )
            )
            what = former._localized().env._(
                "%(claim)s: handed over to the dossier of %(entity)s",
                claim=label,
                entity=owners,
            )
        elif hasattr(claim, "_release_moved_items"):
            what = claim._release_moved_items(moved, target)
        else:
            what = former._localized().env._(
                "%(claim)s: to be looked at, some of its invoices are owed by"
                " %(entity)s now",
                claim=label,
                entity=owners,
            )
        former._log_note(what, explanation)

    def _describe_moved(self, moved, owners):
        """Return which invoices belong to another entity now."""
        return self._localized().env._(
            "Owed by %(entity)s now: %(invoices)s.",
            entity=owners,
            invoices=", ".join(moved.mapped("name")),
        )
