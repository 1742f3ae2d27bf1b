import os
print({k:v for k,v in os.environ.items() if k.startswith(("PG","ODOO","NEST","PYTHON"))})
