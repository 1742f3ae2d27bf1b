from . import dates, route
