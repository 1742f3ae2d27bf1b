"""What is timed, and the ledgers it is timed on: ``make bench`` (design, section 9)."""
