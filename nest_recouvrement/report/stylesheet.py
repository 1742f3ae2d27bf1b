"""The part of a stylesheet that concerns a document: plain functions, no ORM.

wkhtmltopdf reads the styles again for each document, and for the header and the footer
of each page. Odoo's bundle of report styles weighs 400 kB; a letter uses 10 of them.
"""

import re

STRING = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
TOKEN = re.compile(rf"{STRING}|/\*.*?\*/|[{{}};]", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What a selector may say beyond classes, ids and tags, in the order of removal.
CONDITIONS = re.compile(
    rf"\[(?:{STRING}|[^\]])*\]|(?<!\\):{{1,2}}[\w-]+(?:\([^()]*\))?"
)
NAME = re.compile(r"[.#]?(?:\\.|[\w-])+")
FONT_URL = re.compile(r"url\(\s*[\"']?(/[^\"')?#]+\.(?:woff|ttf))[\"']?\s*\)")
FONT_FAMILY = re.compile(r"font-family:\s*([^;}]+)")


def iter_rules(css):
    """Yield the ``(prelude, body)`` of each block at the top level of a stylesheet."""
    depth = start = opening = 0
    for match in TOKEN.finditer(css):
        token = match[0]
        if token == "{":
            if not depth:
                opening = match.start()
            depth += 1
        elif token == "}":
            depth -= 1
            if not depth:
                prelude = COMMENT.sub("", css[start:opening]).strip()
                yield prelude, css[opening + 1 : match.start()]
                start = match.end()
        elif token == ";" and not depth:
            # @charset, @import
            start = match.end()


def get_names(html):
    """Return the classes, ids and tags that occur in a document, as in selectors."""
    names = {f".{name}" for text in _get_values(html, "class") for name in text.split()}
    names.update(f"#{text}" for text in _get_values(html, "id"))
    names.update(tag.lower() for tag in re.findall(r"<([a-zA-Z][\w-]*)", html))
    return names


def _get_values(html, attribute):
    return re.findall(rf'\s{attribute}="([^"]*)"', html)


def is_concerned(selectors, names):
    """Return whether one of the selectors of a rule may match among ``names``."""
    plain = CONDITIONS.sub("", selectors)
    if "(" in plain:
        return True
    return any(
        all(name.replace("\\", "") in names for name in NAME.findall(selector))
        for selector in plain.split(",")
    )


def prune(css, names):
    """Return the rules that may concern ``names``, in order, without the fonts.

    A rule is kept or left as a whole: its meaning depends on all of its selectors.
    """
    kept = []
    for prelude, body in iter_rules(css):
        if prelude.startswith("@media"):
            if inner := prune(body, names):
                kept.append(f"{prelude}{{{inner}}}")
        elif not prelude.startswith("@") and is_concerned(prelude, names):
            kept.append(f"{prelude}{{{body}}}")
    return "\n".join(kept)


def get_fonts(css, families):
    """Return the regular and bold faces of font ``families``: style and local path.

    :rtype: list[tuple[str, str]]
    """
    faces = []
    for prelude, body in iter_rules(css):
        family = FONT_FAMILY.search(body)
        url = FONT_URL.search(body)
        if (
            prelude == "@font-face"
            and family
            and url
            and unquote(family[1]) in families
            and not re.search(r"font-style:\s*italic|font-weight:\s*[1-35689]", body)
        ):
            weight = "700" if re.search(r"font-weight:\s*(7|bold)", body) else "400"
            style = f'font-family: "{unquote(family[1])}"; font-weight: {weight};'
            faces.append((style, url[1]))
    return faces


def get_families(css):
    """Return the font families that a stylesheet asks for."""
    return {
        unquote(family)
        for families in FONT_FAMILY.findall(css)
        for family in families.split(",")
    }


def unquote(name):
    """Return the name of a font as it is written between quotes."""
    return name.strip().strip("\"'")
