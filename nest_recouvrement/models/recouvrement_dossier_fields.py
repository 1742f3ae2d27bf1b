"""Names of the columns that the refresh of a dossier writes."""

# Figures that the refresh writes, in the order of its statement.
LEDGER_FIGURES = (
    "not_due_amount",
    "overdue_amount",
    "excluded_amount",
    "unallocated_credit",
    "balance",
    "bucket_1_30",
    "bucket_31_60",
    "bucket_61_90",
    "bucket_91_120",
    "bucket_121_plus",
    "disputed_amount",
    "promised_amount",
    "claimable_amount",
    "oldest_due_date",
    "days_overdue",
    "open_invoice_count",
    "overdue_invoice_count",
    "first_invoice_date",
    "monthly_turnover",
    "average_delay_days",
    "promise_kept_rate",
    "category_id",
    "payer_profile",
    "seniority",
)

# What the refresh decides about the future, in the order of its statement.
ESCALATION_FIELDS = (
    "plan_id",
    "cycle",
    "cycle_start_date",
    "step_id",
    "last_action_date",
    "next_step_id",
    "next_occurrence",
    "next_action_date",
    "pending_action_id",
    "stage",
)

# What else is computed, and never written by hand.
COMPUTED_FIELDS = (
    "contact_completeness",
    "contact_missing",
    "contact_requested_on",
    "contact_verified_on",
    "contact_verified_by_id",
    "score",
    "score_details",
)
