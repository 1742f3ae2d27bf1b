from odoo.tests import BaseCase, tagged

from ..tools.text import is_named, is_numbered, normalise


@tagged("post_install", "-at_install")
class TestText(BaseCase):
    """Names found in the text of a bank line."""

    def test_normalise(self):
        """Ensure that accents, case and punctuation do not count."""
        self.assertEqual(
            normalise("Sté Générale (Dakar) - N°12"), "ste generale dakar n 12"
        )
        self.assertEqual(normalise(None), "")

    def test_whole_words_only(self):
        """Ensure that a name is found as whole words, wherever it stands."""
        text = normalise("VIR RECU DE IPM-TERANGA/FACT MARS")
        self.assertTrue(is_named(normalise("IPM Téranga"), text))
        self.assertFalse(is_named(normalise("IPM Teran"), text))
        self.assertFalse(is_named(normalise("Teranga IPM"), text))

    def test_short_names_mean_nothing(self):
        """Ensure that a name of three letters, or none, is not looked for."""
        self.assertFalse(is_named("ipm", "ipm teranga"))
        self.assertFalse(is_named("", "ipm teranga"))

    def test_account_numbers(self):
        """Ensure that an account number is found however it is spaced."""
        text = normalise("Virement SN08 SN01 0015 2000 0485")
        self.assertTrue(is_numbered(normalise("SN08SN010015200000485"[:16]), text))
        self.assertTrue(is_numbered("sn01 0015 2000", text))
        self.assertFalse(is_numbered("sn01", text))
