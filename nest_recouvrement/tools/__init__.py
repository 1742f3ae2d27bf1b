from . import dates, route, text
