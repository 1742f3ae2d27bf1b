"""The workbench: a real Odoo 19 and PostgreSQL for development, in ``.odoo/``.

Standard library only: it runs on Debian's Python before anything is installed.
The exceptions run inside the venv that it makes: ``mailcatcher`` (aiosmtpd) and
``pytest_guard`` (pytest, odoo).
"""
