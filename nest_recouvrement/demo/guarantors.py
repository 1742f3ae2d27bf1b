"""Who is in the demo network, how much it is invoiced, and how it pays."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Habit:
    """How a guarantor pays.

    An invoice is ready to be paid some days after its due date; the guarantor's next
    transfer pays everything that is ready.
    """

    # Fewest and most days from the due date to the day when it is ready.
    ready: tuple[int, int]
    # Days between two transfers.
    rhythm: int
    # Share of the invoices that are never paid.
    unpaid: float = 0.0
    # Nothing is paid since that many days.
    stopped: int = 0
    # Not one invoice younger than that many days; all of them are paid.
    settled: int = 0


HABITS = {
    "prompt": Habit(ready=(-60, -50), rhythm=21, settled=26),
    "punctual": Habit(ready=(-29, -28), rhythm=28),
    "careless": Habit(ready=(3, 22), rhythm=42),
    "slow": Habit(ready=(55, 85), rhythm=42),
    "bad": Habit(ready=(40, 105), rhythm=35, unpaid=0.25),
    "stopped": Habit(ready=(-10, 15), rhythm=30, stopped=155),
}

# Days from the date of an invoice to each of its due dates, in equal parts.
TERMS = {
    "30": ("account.account_payment_term_30days", (30,)),
    "60": ("nest_recouvrement.payment_term_60_days", (60,)),
    "30+60": ("nest_recouvrement.payment_term_instalments", (30, 60)),
}


@dataclass(frozen=True)
class Guarantor:
    """One guarantor; its address is in ``res.partner.csv``."""

    key: str
    # Invoiced per month, over each of the last three complete months on average.
    turnover: int
    habit: str
    term: str = "30"
    # Months since the first invoice.
    months: int = 14
    lang: str = "fr_FR"
    currency: str = ""
    # What happens besides, see ``EVENTS`` in ``billing.py`` and ``network.py``.
    events: frozenset[str] = field(default_factory=frozenset)

    @property
    def xmlid(self) -> str:
        return f"nest_recouvrement.guarantor_{self.key}"

    @property
    def pace(self) -> int:
        """Days between two invoices: the bigger, the more often."""
        if self.turnover < 450_000:
            return 21
        return 13 if self.turnover < 850_000 else 8


def _guarantor(key: str, turnover: int, habit: str, *events: str, **values):
    return Guarantor(key, turnover, habit, events=frozenset(events), **values)


# By turnover. Thresholds: 450 000 (medium) and 850 000 (large).
GUARANTORS = (
    _guarantor("ipm_soump", 92_000, "punctual"),
    _guarantor("mutuelle_artisans", 118_000, "careless"),
    _guarantor("boulangerie_fournil", 135_000, "bad"),
    _guarantor("ecole_flamboyants", 150_000, "careless", "partial"),
    _guarantor("ipm_niebe", 164_000, "prompt"),
    # Has no e-mail address.
    _guarantor("gardiennage_fortin", 178_000, "careless"),
    _guarantor("mutuelle_ker_yaye", 196_000, "stopped"),
    _guarantor("ipm_kewel", 215_000, "punctual", term="60"),
    _guarantor("imprimerie_encrier", 228_000, "careless", "matched_credit_note"),
    _guarantor("centre_kora", 240_000, "careless", months=2),
    _guarantor("hotel_sternes", 246_000, "punctual", "unmatched_credit_note"),
    _guarantor("ipm_tisserands", 262_000, "careless", "unallocated"),
    _guarantor("mutuelle_pecheurs", 284_000, "bad"),
    _guarantor("salines_lagune", 305_000, "careless"),
    _guarantor("ipm_tamarinier", 348_000, "slow"),
    _guarantor("ong_mangrove", 372_000, "punctual"),
    _guarantor("chantiers_anse", 405_000, "careless", "contact"),
    _guarantor("ipm_alize", 441_500, "careless"),
    _guarantor("ipm_imprimeurs", 449_999, "punctual"),
    _guarantor("mutuelle_rail", 450_000, "careless"),
    _guarantor("ipm_paletuvier", 458_500, "prompt"),
    _guarantor("transports_kaolinor", 486_000, "bad"),
    _guarantor("delta_relief", 512_000, "punctual", lang="en_US"),
    _guarantor("ipm_mareyeurs", 540_000, "careless", "overpaid"),
    _guarantor("textiles_indigo", 575_000, "slow", term="60"),
    _guarantor("huilerie_arachidest", 604_000, "stopped"),
    # The mail server refuses its address.
    _guarantor("ipm_filaos", 638_000, "careless"),
    _guarantor("mutuelle_niayes", 671_000, "punctual"),
    _guarantor("ipm_dimb", 705_000, "careless", "unallocated_all"),
    _guarantor("gouye_assurances", 742_000, "careless", term="30+60"),
    _guarantor("regie_bacs", 781_000, "slow", term="60"),
    _guarantor("ipm_minotiers", 838_000, "careless", "matched_credit_note"),
    _guarantor("ipm_transporteurs", 849_999, "punctual"),
    _guarantor("ipm_teranga", 850_000, "careless"),
    _guarantor("minoterie_pont", 866_000, "punctual"),
    _guarantor("harmattan", 940_000, "slow", "partial", term="60"),
    _guarantor("conserverie_yaboye", 1_050_000, "bad"),
    _guarantor("sterne_assurances", 1_180_000, "punctual", "contact", term="60"),
    _guarantor("cimenterie_ravin", 1_320_000, "careless"),
    _guarantor("almadine", 1_480_000, "prompt", "overpaid"),
    _guarantor("calebasse", 1_750_000, "slow", "opening_balance", term="60"),
    _guarantor("pelican", 1_900_000, "careless", lang="en_US", currency="EUR"),
    _guarantor("agence_puits", 2_200_000, "slow"),
    _guarantor("ocre_sel", 2_600_000, "stopped", "unallocated"),
    _guarantor("ipm_bois_sacre", 3_100_000, "careless", "partial"),
)
