"""Who may do what with which model: the table of design section 6.

A model is found by the first pattern that its whole name matches, without the prefix
``recouvrement.``. A model that none matches makes the tests of roles fail: say here
who may do what with it.
"""

import re

# Letters: read, write, create, unlink. A group that is not named may do nothing.
RIGHTS = (
    # Work on dossiers.
    (r"dossier", {"officer": "rw", "manager": "rwcu", "accountant": "r"}),
    (r"action", {"officer": "rwc", "manager": "rwcu", "accountant": "r"}),
    (r"commitment|dispute", {"officer": "rwc", "manager": "rwcu", "accountant": "r"}),
    (
        r"(commitment|dispute)\.line",
        {"officer": "rwcu", "manager": "rwcu", "accountant": "r"},
    ),
    # Evidence: the system writes it.
    (
        r"action\.(line|decision)|check(\.line)?|suspension\.(line|exception)",
        {"officer": "r", "manager": "r", "accountant": "r"},
    ),
    (r"deviation\.report", {"manager": "rw"}),
    # Couriers: their errands are completed by buttons, which check whose they are.
    (
        r"pickup",
        {"officer": "rwc", "manager": "rwc", "accountant": "r", "courier": "r"},
    ),
    (
        r"pickup\.line",
        {"officer": "rwcu", "manager": "rwcu", "accountant": "r", "courier": "r"},
    ),
    (
        r"pickup\.(custody|slip|slip\.line)",
        {"officer": "r", "manager": "r", "accountant": "r", "courier": "r"},
    ),
    (
        r"pickup\.failure\.reason",
        {"officer": "r", "manager": "rwcu", "accountant": "r", "courier": "r"},
    ),
    (r"courier\.district", {"officer": "r", "manager": "rwcu"}),
    # Management decides on visits and suspensions.
    (r"visit", {"officer": "rwc", "manager": "rwcu", "accountant": "r"}),
    (r"suspension", {"officer": "r", "manager": "rwcu", "accountant": "r"}),
    # Accountants settle payments.
    (r"payment\.line", {"officer": "r", "manager": "r", "accountant": "rwcu"}),
    (r"unallocated\.report", {"officer": "r", "manager": "r", "accountant": "r"}),
    # Rules are records of management.
    (
        r"guarantor\.category|plan(\.step)?|score\.reason|occasion(\.date)?"
        r"|commitment\.reason",
        {"officer": "r", "manager": "rwcu", "accountant": "r"},
    ),
    (
        r"contact\.role",
        dict.fromkeys(("officer", "manager", "accountant", "courier", "internal"), "r"),
    ),
    (r"run", {"officer": "r", "manager": "rwcu"}),
    # Machinery.
    (r"ledger\.change|dispatch|courtesy", {}),
)

# Dialogs: who may open them.
DIALOGS = (
    (
        r"dossier\.hold|action\.decide|call(\..*)?|commitment\.cancel"
        r"|pickup\.cancel|suspension\.proof",
        {"officer", "manager"},
    ),
    (
        r"pickup\.(collect|deliver|fail|hand\.over)",
        {"officer", "manager", "courier"},
    ),
    (
        r"run\.preview(\.line)?|visit\.\w+|suspension\.(notify|decide|allow)",
        {"manager"},
    ),
    (
        r"check\.match|payment\.reject|pickup\.receive(\.line)?",
        {"accountant"},
    ),
)

# Models without a company: lists shared by all, and machinery.
WITHOUT_COMPANY = r"contact\.role|pickup\.failure\.reason|commitment\.reason|dispatch"

# Rows are written straight into the tables, with the first value of each selection:
# what a constraint of the database asks for instead, by model.
ROW_VALUES = {"recouvrement.plan.step": {"channel": "phone", "delay_days": 0}}


def find(table, model):
    """Return what a table says about a model, or None.

    :param table: RIGHTS or DIALOGS
    :param str model: technical name
    """
    name = model.removeprefix("recouvrement.")
    for pattern, value in table:
        if re.fullmatch(pattern, name):
            return value
    return None
