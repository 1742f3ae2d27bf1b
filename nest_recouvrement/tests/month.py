"""What the guarantors of the demo network say and do in the scripted month.

Plain data: who acts on it is in ``month_people.py``, what must come of it in
``test_month.py``. What is not written here is an ordinary guarantor, who promises a
transfer for the next day but one, and keeps it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What a guarantor answers to a call, and what it does about it.

    ``days`` lead to the day that is agreed; ``items`` limits what is agreed on to the
    oldest items; ``pays`` is the share of it that really comes; ``courier`` is what
    awaits him: a cheque as announced, a lower one, none yet, or none at all.
    """

    outcome: str
    days: int = 2
    items: int = 0
    pays: float = 1.0
    courier: str = "ready"
    order: bool = False


PROMISE = Reply("promise")
EMPTY_PROMISE = Reply("promise", pays=0)
REFUSAL = Reply("refusal")
NO_ANSWER = Reply("no_answer")

# Replies to one call after the other; the last one is repeated.
REPLIES = {
    "boulangerie_fournil": (REFUSAL,),
    "ecole_flamboyants": (NO_ANSWER, Reply("promise", days=1), PROMISE),
    "gardiennage_fortin": (
        Reply("call_back", days=1),
        Reply("promise", days=1, pays=0.5),
        PROMISE,
    ),
    "mutuelle_ker_yaye": (EMPTY_PROMISE, REFUSAL),
    "imprimerie_encrier": (Reply("cheque", days=1), PROMISE),
    "ipm_tisserands": (NO_ANSWER, NO_ANSWER, NO_ANSWER, PROMISE),
    "mutuelle_pecheurs": (EMPTY_PROMISE, EMPTY_PROMISE, PROMISE),
    "centre_kora": (Reply("dispute", items=1), PROMISE),
    "ipm_tamarinier": (Reply("cheque", days=1), PROMISE),
    "mutuelle_rail": (Reply("cheque", days=1, courier="other_amount"), PROMISE),
    "transports_kaolinor": (REFUSAL,),
    "textiles_indigo": (Reply("cheque", days=1, courier="refused"), REFUSAL),
    "huilerie_arachidest": (REFUSAL,),
    "ipm_filaos": (Reply("wrong_number"), Reply("transfer", days=2, order=True)),
    "gouye_assurances": (NO_ANSWER, NO_ANSWER, NO_ANSWER, PROMISE),
    "regie_bacs": (Reply("cheque", days=2, courier="cancelled"), REFUSAL),
    "ipm_teranga": (Reply("transfer", days=1, order=True), PROMISE),
    "cimenterie_ravin": (Reply("cheque", days=1, courier="not_ready"), PROMISE),
    "calebasse": (Reply("promise", items=2), REFUSAL),
    "pelican": (Reply("transfer", days=3), PROMISE),
}
DEFAULT_REPLY = PROMISE

# What the officer decides on the steps of adaptable guarantors, one after the other;
# then they are executed as planned.
DECISIONS = {
    "harmattan": ("replace",),
    "conserverie_yaboye": ("postpone",),
    "agence_puits": ("skip",),
    "almadine": ("skip",),
}

# What the accountant answers when asked about receipts; None: nothing at all, the
# time limit is left to pass.
CHECKS = {"ocre_sel": "match", "ipm_dimb": "match", "ipm_tisserands": None}

# Who pays everything overdue without being asked: by day of the month (from 0), and
# whether it is in the morning, while the reminder is still in the mail queue.
UNASKED = {
    "ipm_minotiers": (0, "queue"),
    "gouye_assurances": (10, "day"),
    # After the visit, before the notice; and before the suspension takes effect.
    "mutuelle_pecheurs": (18, "day"),
    "textiles_indigo": (28, "day"),
    # While suspended.
    "mutuelle_ker_yaye": (31, "day"),
}
# After its visit, this one pays its oldest invoice only.
PARTLY_PAID = {"transports_kaolinor": (18, "day")}

DECLINED_VISITS = {"boulangerie_fournil": "skip"}
# Management calls them and gives the visit up after all.
CANCELLED_VISITS = {"regie_bacs"}

# How the notice is sent: by e-mail, by the courier too.
NOTICES_BY_COURIER = {"textiles_indigo"}
# Lifted by decision, without full payment, on that day of the month.
LIFTED_BY_DECISION = {"huilerie_arachidest": 32}

# The bank returns their first cheque unpaid, days after its payment.
REJECTED_CHEQUES = {"ipm_tamarinier": 3}

# The mail server takes no message for this address.
REFUSED_ADDRESS = "contact@ipm-filaos.example"
