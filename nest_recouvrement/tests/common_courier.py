from contextlib import contextmanager

from odoo.exceptions import ValidationError

from .common import RecouvrementCommon

# A white pixel: what a phone would send is larger.
PHOTO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVO"
    "RK5CYII="
)


class CourierCommon(RecouvrementCommon):
    """A courier, a second one, and short ways through the life of a cheque."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.courier_2 = cls._create_user("courier_2", "nest_recouvrement.group_courier")
        cls.company.recouvrement_courier_id = cls.courier
        cls.company.recouvrement_officer_id = cls.officer
        cls.reason = cls.env.ref(
            "nest_recouvrement.recouvrement_pickup_failure_reason_closed"
        )
        cls.guarantor = cls._create_guarantor(
            street="Rue 12", street2="Medina", city="Dakar"
        )

    @classmethod
    def _errand(cls, invoices, amount=None, date=0, **values):
        """Create an errand to collect a cheque for ``invoices``.

        :param amount: on each invoice; all that is open by default
        :param date: day, or days from today
        """
        items = cls._items(invoices).filtered(lambda item: item.amount_residual > 0)
        claim = cls._prepare_claim_values(items, amount)
        errand = cls.env["recouvrement.pickup"].create({**claim, **values})
        # Time passes: nobody plans an errand in the past by hand.
        errand.sudo().date = cls._in_days(date)
        return errand

    @classmethod
    def _letter(cls, partner=None, date=0, **values):
        """Create an errand to deliver a letter to a guarantor."""
        errand = cls.env["recouvrement.pickup"].create(
            {
                "kind": "deliver",
                "dossier_id": cls._dossier(partner or cls.guarantor).id,
                **values,
            }
        )
        # Time passes: nobody plans an errand in the past by hand.
        errand.sudo().date = cls._in_days(date)
        return errand

    @classmethod
    def _collect(cls, errand, amount=None, number="0012345", **values):
        """Have the courier of an errand collect its cheque."""
        errand.with_user(errand.user_id)._collect(
            number,
            values.pop("bank", "CBAO"),
            errand.amount if amount is None else amount,
            cls._in_days(values.pop("date", 0)),
            **{"photo": PHOTO, **values},
        )
        return errand

    @classmethod
    def _hand_over(cls, errands):
        """Have the courier hand cheques over; return the slip."""
        return errands.with_user(errands.user_id)._hand_over().with_env(cls.env)

    @classmethod
    def _receive_slip(cls, slip, refused=None):
        """Have the accountant confirm the receipt of a slip."""
        lines = slip.line_ids.filtered(lambda line: line.id not in (refused or {}))
        slip.with_user(cls.accountant)._confirm(
            refused or {}, sum(lines.mapped("amount"))
        )

    @contextmanager
    def assertRefused(self, sentence, error=ValidationError):
        """Ensure that a block is refused with a sentence, and leaves nothing behind."""
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            yield
