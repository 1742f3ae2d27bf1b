from odoo.tests import tagged

from .test_tours import ToursCommon


@tagged("post_install", "-at_install")
class TestWeekTours(ToursCommon):
    """The week of an officer, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        later = cls._create_guarantor(name="Due Later", email="later@example.com")
        cls._invoice(later, 50000, due=20)
        cls._refresh()

    def test_step_2_portfolio_of_the_week(self):
        """Ensure that an officer finds her week, and the lists behind its numbers."""
        self.start_tour("/odoo/worklist", "recouvrement_week", login="officer")
