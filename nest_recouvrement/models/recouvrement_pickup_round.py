from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.route import Stop, order_stops
from .recouvrement_pickup import OPEN_STATES


class RecouvrementPickup(models.Model):
    """A courier's round of the day: which stops, in which order.

    It is put into order by itself when it is opened with stops that have no place in
    it yet, in the morning or when an errand comes in during the day.
    """

    _inherit = "recouvrement.pickup"

    round_date = fields.Date(
        help="Day for which the order of the stop was worked out.",
        readonly=True,
        copy=False,
    )
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)

    # === CRUD METHODS === #

    @api.model
    def web_search_read(self, *args, **kwargs):
        """Put the round into order when the courier opens it."""
        self._order_shown()
        return super().web_search_read(*args, **kwargs)

    @api.model
    def web_read_group(self, domain, groupby, aggregates=(), *args, **kwargs):
        """Put the round into order, and its districts into that of the way."""
        self._order_shown()
        if self.env.context.get("recouvrement_round"):
            aggregates = [*{*aggregates, "sequence:min"}]
            kwargs["order"] = "sequence"
        return super().web_read_group(domain, groupby, aggregates, *args, **kwargs)

    # Odoo's own may run on a read-only replica; these write once a day.
    web_search_read._readonly = False
    web_read_group._readonly = False

    def _order_shown(self):
        if self.env.context.get("recouvrement_round") and not self.env.cr.readonly:
            self._order_new_stops()

    # === ACTION METHODS === #

    @api.model
    def action_order_round(self):
        """Put the user's own round of today into order again.

        :return: no action: the screen shows the stops again
        """
        stops = self._get_my_stops()
        if not stops:
            raise UserError(self.env._("Nothing is left to do on your round today."))
        stops._order_round()
        return False

    @api.model
    def get_round_summary(self):
        """Return what is left today, and what the courier carries.

        :rtype: dict
        """
        stops = self._get_my_stops()
        carried = self.search(
            [("user_id", "=", self.env.uid), ("state", "=", "collected")]
        )
        totals = [
            currency.format(sum(cheques.mapped("cheque_amount")))
            for currency, cheques in carried.grouped("currency_id").items()
        ]
        return {
            "left": len(stops),
            "late": len(stops.filtered("is_late")),
            "carried": len(carried),
            "carried_amount": " + ".join(totals),
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_my_stops(self):
        """Return the user's stops of today: planned for today or earlier, not done."""
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date", "<=", company._recouvrement_today())
            for company in self.env.companies
        )
        return self.search(
            domain
            & Domain("user_id", "=", self.env.uid)
            & Domain("state", "in", OPEN_STATES)
        )

    @api.model
    def _order_new_stops(self):
        """Put the user's round into order if a stop has no place in it yet."""
        stops = self._get_my_stops()
        if any(
            stop.round_date != stop.company_id._recouvrement_today() for stop in stops
        ):
            stops._order_round()

    def _order_round(self):
        """Number the stops of each courier, from where the courier is.

        See :func:`nest_recouvrement.tools.route.order_stops`.
        """
        # Couriers may not write errands; the order of their own stops is theirs.
        for courier, stops_sudo in self.sudo().grouped("user_id").items():
            start = stops_sudo._get_start(courier)
            by_place = {
                stop.id: Stop(
                    key=stop.id,
                    point=self._get_point(stop._get_place()),
                    district=stop.district or "",
                    late=stop.is_late,
                )
                for stop in stops_sudo
            }
            ordered = order_stops(start, list(by_place.values()))
            for number, stop in enumerate(ordered, start=1):
                pickup_sudo = stops_sudo.browse(stop.key)
                pickup_sudo.sequence = number
                pickup_sudo.round_date = pickup_sudo.company_id._recouvrement_today()

    def _get_start(self, courier):
        """Return where the courier is: the last stop made today, else the company.

        :rtype: nest_recouvrement.tools.route.Point
        """
        company = self.company_id[:1]
        today = company._recouvrement_today()
        made = self.search(
            [
                ("user_id", "=", courier.id),
                ("round_date", "=", today),
                ("date_done", ">=", fields.Datetime.to_datetime(today)),
            ],
            order="date_done DESC",
        )
        for pickup in made:
            if point := self._get_point(pickup._get_place()):
                return point
        return self._get_point(company.partner_id)

    def _leave_round(self):
        """Forget the place in a round: another courier, or another day."""
        # Plain write: whoever plans an errand does not order its round.
        self.sudo().write({"round_date": False, "sequence": 1000})

    def _check_own(self):
        """Refuse the errands of others.

        :raise AccessError: not the user's own
        """
        if any(pickup.user_id != self.env.user for pickup in self):
            raise AccessError(self.env._("This errand is another courier's."))
