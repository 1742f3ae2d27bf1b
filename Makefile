# A thin front: the work is done by tools/workbench, see tools/bootstrap.sh.
#
# Settings, all optional, as in `make test KEEP=1 ARGS="-k name"`:
#   ODOO_HOME  an Odoo 19 checkout or installed source to use instead of Debian's
#   DB         name of the database
#   ARGS       options for pytest or the benchmarks
#   KEEP       test: keep the database of the last run and only update the addon
#   PORT       demo, serve: HTTP port (8069)
#   SERVE      demo: 0 to exit instead of serving

export ODOO_HOME DB ARGS KEEP PORT SERVE

.DEFAULT_GOAL := help
COMMANDS := setup demo test db shell serve bench lint i18n screenshots stop clean

.PHONY: help $(COMMANDS)

help: ## print this list
	@echo "make <command>, from a bare Debian 12 or 13:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12
	@sed -n 's/^# \(Settings.*\|  [A-Z].*\)/\1/p' Makefile

setup: ## prepare Odoo 19, Python, PostgreSQL, nothing else
demo: ## the demo network followed up for a week, served until Ctrl-C
test: ## the whole test suite on a fresh database
db: ## DB=name: a fresh database with the addon, no demo data
shell: ## DB=name: odoo shell; reads a script from standard input
serve: ## DB=name: serve a database until Ctrl-C
bench: ## the benchmarks
lint: ## ruff and pylint-odoo
i18n: ## export the terms, bring i18n/fr.po up to date
screenshots: ## the pictures of the guides, from the demo database
stop: ## stop the servers and clusters that were left running
clean: ## stop everything and remove what the workbench made

$(COMMANDS):
	@sh tools/bootstrap.sh $@
