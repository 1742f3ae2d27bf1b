from lxml import etree

from odoo.tests import freeze_time, tagged

from .common import NOW
from .common_courier import CourierCommon

STAFF = {"action_cancel", "action_collect", "action_deliver", "action_hand_over"}
ACCOUNTANT = {"action_register_payment", "action_reject_cheque"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPickupForm(CourierCommon):
    """One form of errands for the office and for the accountant."""

    def _form(self, user):
        """Return the form that "Cheques Received" opens for a user."""
        action = self.env.ref("nest_recouvrement.recouvrement_pickup_action_payment")
        views = dict((mode, view) for view, mode in action.with_user(user).sudo().views)
        pickups = self.env["recouvrement.pickup"].with_user(user)
        return etree.fromstring(pickups.get_view(views["form"], "form")["arch"])

    def _buttons(self, form):
        return {button.get("name") for button in form.iter("button")}

    def test_cheques_received_open_the_errand(self):
        """Ensure that the accountant's list opens the form of the errands."""
        errands = self.env.ref("nest_recouvrement.recouvrement_pickup_action")
        views = [
            dict((mode, view) for view, mode in action.views).get("form")
            for action in (
                errands,
                self.env.ref("nest_recouvrement.recouvrement_pickup_action_payment"),
            )
        ]
        default = self.env["recouvrement.pickup"].get_view(views[0], "form")["id"]
        self.assertEqual(default, views[1])

    def test_accountant_sees_his_buttons(self):
        """Ensure that the accountant registers and rejects, and changes nothing."""
        form = self._form(self.accountant)
        buttons = self._buttons(form)
        self.assertLessEqual(ACCOUNTANT, buttons)
        self.assertFalse(STAFF & buttons)
        self.assertEqual(form.get("edit"), "False")
        names = {field.get("name") for field in form.iter("field")}
        self.assertLessEqual({"payment_id", "cheque_number", "line_ids"}, names)

    def test_officer_sees_her_buttons(self):
        """Ensure that the officer runs errands, and registers no payment."""
        buttons = self._buttons(self._form(self.officer))
        self.assertLessEqual(STAFF, buttons)
        self.assertFalse(ACCOUNTANT & buttons)
